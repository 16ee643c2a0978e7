//! Values out of a short list of words, as QuickBooks spells them. A word that is not in the list is kept as it came, and
//! the survey names it.

use super::json::Json;
use super::scalar::Scalar;

/// Whether two spellings are one word: `NEED_TO_PRINT` is `NeedToPrint`, for Intuit writes both, and blanks and capitals
/// differ between its versions.
fn is_same_word(one: &str, other: &str) -> bool {
    fn letters(text: &str) -> impl Iterator<Item = u8> {
        text.bytes().filter(|byte| !matches!(byte, b' ' | b'_' | b'-')).map(|byte| byte.to_ascii_lowercase())
    }
    letters(one).eq(letters(other))
}

macro_rules! words {
    ($($(#[$meta:meta])* $name:ident: $expected:literal { $($(#[$about:meta])* $word:ident = $wire:literal,)* })*) => {
        $(
            $(#[$meta])*
            #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
            #[non_exhaustive]
            pub enum $name {
                $($(#[$about])* #[doc = concat!(" On the wire: `", $wire, "`.")] $word,)*
            }

            impl $name {
                /// Every word of the list.
                pub const ALL: &'static [Self] = &[$(Self::$word),*];

                /// Returns the word on the wire.
                #[must_use]
                pub const fn word(self) -> &'static str {
                    match self {
                        $(Self::$word => $wire,)*
                    }
                }
            }

            impl Scalar for $name {
                const EXPECTED: &'static str = $expected;

                fn read(json: &Json) -> Option<Self> {
                    let Json::String(text) = json else { return None };
                    Self::ALL.iter().copied().find(|word| is_same_word(word.word(), text))
                }

                fn write(&self) -> Json {
                    Json::String(self.word().to_owned())
                }
            }
        )*
    };
}

words! {
    /// What the members of a line mean.
    DetailType: "the type of a line" {
        /// Something sold.
        SalesItem = "SalesItemLineDetail",
        /// A bundle with lines of its own.
        Group = "GroupLineDetail",
        /// A text, or a subtotal between the lines.
        DescriptionOnly = "DescriptionOnly",
        /// A discount on the whole document.
        Discount = "DiscountLineDetail",
        /// The sum of the items, before discount and shipping.
        SubTotal = "SubTotalLineDetail",
        /// A cost on an account.
        AccountExpense = "AccountBasedExpenseLineDetail",
        /// A cost of an item bought.
        ItemExpense = "ItemBasedExpenseLineDetail",
        /// A debit or a credit.
        JournalEntry = "JournalEntryLineDetail",
        /// Money paid into the bank.
        Deposit = "DepositLineDetail",
        /// A tax of the document.
        Tax = "TaxLineDetail",
        /// A cost to charge a customer.
        Reimburse = "ReimburseLineDetail",
        /// A change of stock.
        ItemAdjustment = "ItemAdjustmentLineDetail",
        /// A payment's line in older answers.
        Payment = "PaymentLineDetail",
    }

    /// The side of a journal entry's line.
    PostingType: "Debit or Credit" {
        /// The debit side.
        Debit = "Debit",
        /// The credit side.
        Credit = "Credit",
    }

    /// Whether a cost is charged to a customer.
    BillableStatus: "Billable, NotBillable or HasBeenBilled" {
        /// It will be.
        Billable = "Billable",
        /// It is not.
        NotBillable = "NotBillable",
        /// It stands on an invoice.
        HasBeenBilled = "HasBeenBilled",
    }

    /// How a purchase was paid.
    PurchaseType: "Cash, Check or CreditCard" {
        /// Cash, or anything that QuickBooks calls an expense.
        Cash = "Cash",
        /// A check.
        Check = "Check",
        /// A credit card.
        CreditCard = "CreditCard",
    }

    /// How bills are paid.
    PayType: "Check or CreditCard" {
        /// From a bank account.
        Check = "Check",
        /// From a credit card.
        CreditCard = "CreditCard",
    }

    /// Whether a document was printed.
    PrintStatus: "NotSet, NeedToPrint or PrintComplete" {
        /// Nobody asked for it.
        NotSet = "NotSet",
        /// It waits to be printed.
        NeedToPrint = "NeedToPrint",
        /// It was.
        PrintComplete = "PrintComplete",
    }

    /// Whether a document was sent by e-mail.
    EmailStatus: "NotSet, NeedToSend or EmailSent" {
        /// Nobody asked for it.
        NotSet = "NotSet",
        /// It waits to be sent.
        NeedToSend = "NeedToSend",
        /// It was.
        EmailSent = "EmailSent",
    }

    /// Whether the amounts of a document hold the tax, outside the United States.
    TaxCalculation: "TaxExcluded, TaxInclusive or NotApplicable" {
        /// The tax comes on top.
        TaxExcluded = "TaxExcluded",
        /// The tax is within.
        TaxInclusive = "TaxInclusive",
        /// There is none.
        NotApplicable = "NotApplicable",
    }

    /// What became of an estimate.
    EstimateStatus: "the status of an estimate" {
        /// Open.
        Pending = "Pending",
        /// The customer took it.
        Accepted = "Accepted",
        /// It became an invoice, or is done with.
        Closed = "Closed",
        /// The customer did not take it.
        Rejected = "Rejected",
        /// It became an invoice.
        Converted = "Converted",
    }

    /// Whether goods are still expected.
    OrderStatus: "Open or Closed" {
        /// They are.
        Open = "Open",
        /// They are not.
        Closed = "Closed",
    }

    /// What an item is.
    ItemKind: "the type of an item" {
        /// Work, or anything that is not kept in stock.
        Service = "Service",
        /// Goods whose stock is counted.
        Inventory = "Inventory",
        /// Goods whose stock is not counted.
        NonInventory = "NonInventory",
        /// A name that others stand below.
        Category = "Category",
        /// A bundle of items.
        Group = "Group",
        /// A bundle, in newer answers.
        Bundle = "Bundle",
        /// Something bought for use.
        FixedAsset = "Fixed Asset",
    }

    /// The side of the books that an account is on.
    Classification: "Asset, Equity, Expense, Liability or Revenue" {
        /// What is owned.
        Asset = "Asset",
        /// What is the owners'.
        Equity = "Equity",
        /// What was spent.
        Expense = "Expense",
        /// What is owed.
        Liability = "Liability",
        /// What was earned.
        Revenue = "Revenue",
    }

    /// The type of an account.
    AccountKind: "the type of an account" {
        /// Money in the bank or in a register.
        Bank = "Bank",
        /// What customers owe.
        AccountsReceivable = "Accounts Receivable",
        /// What turns into money within a year.
        OtherCurrentAsset = "Other Current Asset",
        /// What is used for years.
        FixedAsset = "Fixed Asset",
        /// Any other thing owned.
        OtherAsset = "Other Asset",
        /// What suppliers are owed.
        AccountsPayable = "Accounts Payable",
        /// A credit card.
        CreditCard = "Credit Card",
        /// What is owed within a year.
        OtherCurrentLiability = "Other Current Liability",
        /// What is owed later.
        LongTermLiability = "Long Term Liability",
        /// The owners' share.
        Equity = "Equity",
        /// What sales earn.
        Income = "Income",
        /// What is earned beside the trade.
        OtherIncome = "Other Income",
        /// What the goods sold had cost.
        CostOfGoodsSold = "Cost of Goods Sold",
        /// What the trade costs.
        Expense = "Expense",
        /// What is spent beside the trade.
        OtherExpense = "Other Expense",
        /// An account that nothing is posted to.
        NonPosting = "Non-Posting",
    }

    /// Whether a way to pay is a card.
    MethodKind: "CREDIT_CARD or NON_CREDIT_CARD" {
        /// A card.
        CreditCard = "CREDIT_CARD",
        /// Anything else.
        NonCreditCard = "NON_CREDIT_CARD",
    }

    /// What a journal is for, in France.
    JournalKind: "the type of a journal" {
        /// What is bought.
        Expenses = "Expenses",
        /// What is sold.
        Sales = "Sales",
        /// The bank.
        Bank = "Bank",
        /// Opening balances of a year.
        Nouveaux = "Nouveaux",
        /// Opening balances of a year, as answers spell it.
        ReportANouveaux = "Report A Nouveaux",
        /// Pay.
        Wages = "Wages",
        /// Cash.
        Cash = "Cash",
        /// Anything else.
        Others = "Others",
    }

    /// How the days of a term are counted.
    TermKind: "STANDARD or DATE_DRIVEN" {
        /// From the document's day.
        Standard = "STANDARD",
        /// To a day of the month.
        DateDriven = "DATE_DRIVEN",
    }

    /// How a customer wants documents.
    DeliveryMethod: "Print, Email, None or NotSet" {
        /// On paper.
        Print = "Print",
        /// By e-mail.
        Email = "Email",
        /// Not at all.
        NoDelivery = "None",
        /// Nobody chose.
        NotSet = "NotSet",
    }

    /// What a batch item, or a change that is told of, did.
    Operation: "create, update, delete, merge, void or query" {
        /// A record was made.
        Create = "create",
        /// A record was changed.
        Update = "update",
        /// A record was deleted.
        Delete = "delete",
        /// Two list entries became one.
        Merge = "merge",
        /// A document was voided: it stays, with amounts of 0.
        Void = "void",
        /// Something was read.
        Query = "query",
        /// A document was sent by e-mail.
        Emailed = "emailed",
    }

    /// What a row of a report is.
    RowKind: "Data or Section" {
        /// Cells.
        Data = "Data",
        /// Rows below a heading.
        Section = "Section",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read_in_each_of_intuits_spellings_and_no_other() {
        let read = |text: &str| PrintStatus::read(&Json::String(text.to_owned()));
        for text in ["NeedToPrint", "NEED_TO_PRINT", "needtoprint", "Need to print"] {
            assert_eq!(read(text), Some(PrintStatus::NeedToPrint), "{text}");
        }
        for text in ["", "_", "NeedToPrin", "NeedToPrints", "need.to.print"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
