//! Lines of documents: what every line has, and the detail that its type calls for.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::field::{Field, List, Slot, Value};
use super::json::{Json, Members};
use super::parts::{CustomExtension, Extension, LinkedTxn};
use super::record::{Record, record};
use super::reference::{Anything, Party, Reference};
use super::survey::Survey;
use super::words::{BillableStatus, DetailType, PostingType};
use crate::amount::Amount;
use crate::{Account, Class, Customer, Department, Item, PaymentMethod, TaxCode, Vendor};

record! {
    /// A line of a document.
    Line {
        /// The line's id within its document. Lines that QuickBooks adds (subtotal, discount, shipping) have none.
        id: Field<String> = "Id",
        /// Its place, from 1.
        line_num: Field<i64> = "LineNum",
        /// What it says.
        description: Field<String> = "Description",
        /// Its money; the sign is the document's: positive raises its total, but for a discount, which lowers it.
        amount: Field<Amount> = "Amount",
        // Above the kind, for it looks at the kind while that is still there.
        /// What its kind calls for.
        detail: LineDetail = "",
        /// What kind of line it is.
        detail_type: Field<DetailType> = "DetailType",
        /// Documents that this line is linked with.
        linked_txn: List<LinkedTxn> = "LinkedTxn",
        /// Dimensions.
        custom_extensions: List<CustomExtension> = "CustomExtensions",
        /// The project it is for.
        project_ref: Field<Reference<Customer>> = "ProjectRef",
        /// How much of an order line has come in.
        received: Field<Decimal> = "Received",
        /// What QuickBooks adds to lines of payments: number, open balance and id of the other document.
        line_ex: Field<Extension> = "LineEx",
    }
}

/// What a line's kind calls for. A kind that is not named here is [`LineDetail::None`], and its members stay in the
/// line's `other`.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub enum LineDetail {
    /// No detail: lines of payments, links of deposits, and kinds not named here.
    #[default]
    None,
    /// Something sold.
    SalesItem(Box<SalesItemDetail>),
    /// A bundle; its lines are inside.
    Group(Box<GroupDetail>),
    /// A text, or an inline subtotal.
    Description(Box<DescriptionDetail>),
    /// A discount on the whole document.
    Discount(Box<DiscountDetail>),
    /// The sum of the items.
    SubTotal(Box<SubTotalDetail>),
    /// A cost on an account.
    AccountExpense(Box<AccountExpenseDetail>),
    /// A cost of an item bought.
    ItemExpense(Box<ItemExpenseDetail>),
    /// A debit or a credit.
    JournalEntry(Box<JournalEntryDetail>),
    /// Money paid into the bank.
    Deposit(Box<DepositDetail>),
    /// A tax of the document.
    Tax(Box<TaxDetail>),
    /// A cost to charge a customer.
    Reimburse(Box<ReimburseDetail>),
    /// A change of stock.
    ItemAdjustment(Box<ItemAdjustmentDetail>),
}

/// The member that holds a detail, and how it is read.
type Kind = (&'static str, DetailType, fn(Members) -> LineDetail);

/// Every kind of detail.
const KINDS: [Kind; 12] = [
    ("SalesItemLineDetail", DetailType::SalesItem, |m| LineDetail::SalesItem(boxed(m))),
    ("GroupLineDetail", DetailType::Group, |m| LineDetail::Group(boxed(m))),
    ("DescriptionLineDetail", DetailType::DescriptionOnly, |m| LineDetail::Description(boxed(m))),
    ("DiscountLineDetail", DetailType::Discount, |m| LineDetail::Discount(boxed(m))),
    ("SubTotalLineDetail", DetailType::SubTotal, |m| LineDetail::SubTotal(boxed(m))),
    ("AccountBasedExpenseLineDetail", DetailType::AccountExpense, |m| LineDetail::AccountExpense(boxed(m))),
    ("ItemBasedExpenseLineDetail", DetailType::ItemExpense, |m| LineDetail::ItemExpense(boxed(m))),
    ("JournalEntryLineDetail", DetailType::JournalEntry, |m| LineDetail::JournalEntry(boxed(m))),
    ("DepositLineDetail", DetailType::Deposit, |m| LineDetail::Deposit(boxed(m))),
    ("TaxLineDetail", DetailType::Tax, |m| LineDetail::Tax(boxed(m))),
    ("ReimburseLineDetail", DetailType::Reimburse, |m| LineDetail::Reimburse(boxed(m))),
    ("ItemAdjustmentLineDetail", DetailType::ItemAdjustment, |m| LineDetail::ItemAdjustment(boxed(m))),
];

fn boxed<R: Record>(members: Members) -> Box<R> {
    Box::new(R::read_members(members))
}

impl LineDetail {
    /// The member's name on the wire, and the detail in it.
    fn parts(&self) -> Option<(&'static str, &dyn Detail)> {
        match self {
            Self::None => None,
            Self::SalesItem(detail) => Some(("SalesItemLineDetail", detail.as_ref())),
            Self::Group(detail) => Some(("GroupLineDetail", detail.as_ref())),
            Self::Description(detail) => Some(("DescriptionLineDetail", detail.as_ref())),
            Self::Discount(detail) => Some(("DiscountLineDetail", detail.as_ref())),
            Self::SubTotal(detail) => Some(("SubTotalLineDetail", detail.as_ref())),
            Self::AccountExpense(detail) => Some(("AccountBasedExpenseLineDetail", detail.as_ref())),
            Self::ItemExpense(detail) => Some(("ItemBasedExpenseLineDetail", detail.as_ref())),
            Self::JournalEntry(detail) => Some(("JournalEntryLineDetail", detail.as_ref())),
            Self::Deposit(detail) => Some(("DepositLineDetail", detail.as_ref())),
            Self::Tax(detail) => Some(("TaxLineDetail", detail.as_ref())),
            Self::Reimburse(detail) => Some(("ReimburseLineDetail", detail.as_ref())),
            Self::ItemAdjustment(detail) => Some(("ItemAdjustmentLineDetail", detail.as_ref())),
        }
    }
}

/// What is done with a detail of any kind.
trait Detail {
    fn json(&self) -> Json;
    fn look(&self, survey: &mut Survey);
}

impl<R: Record> Detail for R {
    fn json(&self) -> Json {
        Record::write(self)
    }

    fn look(&self, survey: &mut Survey) {
        Record::walk(self, survey);
    }
}

impl Slot for LineDetail {
    /// Takes the member that the line's type calls for; without one, the first that is a detail at all. Details beside it
    /// stay where they are.
    fn take(members: &mut Members, _: &'static str) -> Self {
        let stated =
            members.get("DetailType").and_then(|json| <DetailType as Value>::read(json.clone()).ok());
        let stated = stated.map(|(detail_type, _)| detail_type);
        let is_there = |kind: &&Kind| matches!(members.get(kind.0), Some(Json::Object(_)));
        let kind = KINDS
            .iter()
            .find(|kind| Some(kind.1) == stated && is_there(kind))
            .or_else(|| KINDS.iter().find(is_there));
        let Some((name, _, read)) = kind else { return Self::None };
        match members.remove(name) {
            Some(Json::Object(detail)) => read(detail),
            _ => Self::None,
        }
    }

    fn put(&self, _: &'static str, members: &mut Members) {
        if let Some((name, detail)) = self.parts() {
            members.insert(name, detail.json());
        }
    }

    fn survey(&self, _: &'static str, survey: &mut Survey) {
        if let Some((name, detail)) = self.parts() {
            survey.inside(name, |survey| detail.look(survey));
        }
    }
}

record! {
    /// Something sold.
    SalesItemDetail {
        /// The item; `SHIPPING_ITEM_ID` is QuickBooks' own for shipping.
        item_ref: Field<Reference<Item>> = "ItemRef",
        /// How many.
        qty: Field<Decimal> = "Qty",
        /// The price of one.
        unit_price: Field<Decimal> = "UnitPrice",
        /// The price as a part of a hundred of another.
        rate_percent: Field<Decimal> = "RatePercent",
        /// `TAX`, `NON`, or outside the United States a tax code's id.
        tax_code_ref: Field<Reference<TaxCode>> = "TaxCodeRef",
        /// The account that the sale posts to, in newer answers.
        item_account_ref: Field<Reference<Account>> = "ItemAccountRef",
        /// The class, where lines have one.
        class_ref: Field<Reference<Class>> = "ClassRef",
        /// The day of the service.
        service_date: Field<NaiveDate> = "ServiceDate",
        /// What the automated tax takes the item for.
        tax_classification_ref: Field<Reference<Anything>> = "TaxClassificationRef",
        /// How much was added to a cost.
        markup_info: Field<MarkupInfo> = "MarkupInfo",
        /// The line's amount with its tax, where amounts hold the tax.
        tax_inclusive_amt: Field<Decimal> = "TaxInclusiveAmt",
        /// A discount on this line, in percent, outside the United States.
        discount_rate: Field<Decimal> = "DiscountRate",
        /// A discount on this line in money, outside the United States.
        discount_amt: Field<Decimal> = "DiscountAmt",
    }
}

record! {
    /// What is added to a cost that a customer is charged.
    MarkupInfo {
        /// Whether it is a part of a hundred.
        percent_based: Field<bool> = "PercentBased",
        /// How much.
        value: Field<Decimal> = "Value",
        /// How many percent.
        percent: Field<Decimal> = "Percent",
        /// The account that it posts to.
        mark_up_income_account_ref: Field<Reference<Account>> = "MarkUpIncomeAccountRef",
        /// The price level that it follows.
        price_level_ref: Field<Reference<Anything>> = "PriceLevelRef",
    }
}

record! {
    /// A bundle.
    GroupDetail {
        /// The bundle.
        group_item_ref: Field<Reference<Item>> = "GroupItemRef",
        /// How many bundles.
        quantity: Field<Decimal> = "Quantity",
        /// The day of the service.
        service_date: Field<NaiveDate> = "ServiceDate",
        /// What is in it.
        line: List<Line> = "Line",
    }
}

record! {
    /// A line of text.
    DescriptionDetail {
        /// The day of the service.
        service_date: Field<NaiveDate> = "ServiceDate",
        /// Its tax code.
        tax_code_ref: Field<Reference<TaxCode>> = "TaxCodeRef",
    }
}

record! {
    /// A discount on the whole document.
    DiscountDetail {
        /// Whether it is a part of a hundred.
        percent_based: Field<bool> = "PercentBased",
        /// How many percent.
        discount_percent: Field<Decimal> = "DiscountPercent",
        /// The account it posts to.
        discount_account_ref: Field<Reference<Account>> = "DiscountAccountRef",
        /// The discount of a list.
        discount_ref: Field<Reference<Anything>> = "DiscountRef",
        /// The class, where lines have one.
        class_ref: Field<Reference<Class>> = "ClassRef",
        /// Its tax code.
        tax_code_ref: Field<Reference<TaxCode>> = "TaxCodeRef",
        /// The day of the service.
        service_date: Field<NaiveDate> = "ServiceDate",
    }
}

record! {
    /// The sum of the items; QuickBooks makes it, and it is mostly empty.
    SubTotalDetail {
        /// An item, which some clients write.
        item_ref: Field<Reference<Item>> = "ItemRef",
        /// The day of the service.
        service_date: Field<NaiveDate> = "ServiceDate",
    }
}

record! {
    /// A cost on an account.
    AccountExpenseDetail {
        /// The account.
        account_ref: Field<Reference<Account>> = "AccountRef",
        /// The customer it is for.
        customer_ref: Field<Reference<Customer>> = "CustomerRef",
        /// Whether the customer is charged.
        billable_status: Field<BillableStatus> = "BillableStatus",
        /// The class, where lines have one.
        class_ref: Field<Reference<Class>> = "ClassRef",
        /// Its tax code.
        tax_code_ref: Field<Reference<TaxCode>> = "TaxCodeRef",
        /// Its tax.
        tax_amount: Field<Decimal> = "TaxAmount",
        /// Its amount with the tax, where amounts hold the tax.
        tax_inclusive_amt: Field<Decimal> = "TaxInclusiveAmt",
        /// How much is added when the customer is charged.
        markup_info: Field<MarkupInfo> = "MarkupInfo",
        /// The project it is for.
        project_ref: Field<Reference<Customer>> = "ProjectRef",
    }
}

record! {
    /// A cost of an item bought.
    ItemExpenseDetail {
        /// The item.
        item_ref: Field<Reference<Item>> = "ItemRef",
        /// How many.
        qty: Field<Decimal> = "Qty",
        /// The cost of one.
        unit_price: Field<Decimal> = "UnitPrice",
        /// The customer it is for.
        customer_ref: Field<Reference<Customer>> = "CustomerRef",
        /// Whether the customer is charged.
        billable_status: Field<BillableStatus> = "BillableStatus",
        /// The class, where lines have one.
        class_ref: Field<Reference<Class>> = "ClassRef",
        /// Its tax code.
        tax_code_ref: Field<Reference<TaxCode>> = "TaxCodeRef",
        /// Its amount with the tax, where amounts hold the tax.
        tax_inclusive_amt: Field<Decimal> = "TaxInclusiveAmt",
        /// How much is added when the customer is charged.
        markup_info: Field<MarkupInfo> = "MarkupInfo",
        /// The price level that it follows.
        price_level_ref: Field<Reference<Anything>> = "PriceLevelRef",
        /// The project it is for.
        project_ref: Field<Reference<Customer>> = "ProjectRef",
    }
}

record! {
    /// A debit or a credit.
    JournalEntryDetail {
        /// Its side.
        posting_type: Field<PostingType> = "PostingType",
        /// Its account.
        account_ref: Field<Reference<Account>> = "AccountRef",
        /// Whom it concerns.
        entity: Field<JournalParty> = "Entity",
        /// The class, where lines have one.
        class_ref: Field<Reference<Class>> = "ClassRef",
        /// The location.
        department_ref: Field<Reference<Department>> = "DepartmentRef",
        /// Its tax code.
        tax_code_ref: Field<Reference<TaxCode>> = "TaxCodeRef",
        /// `Sales` or `Purchase`.
        tax_applicable_on: Field<String> = "TaxApplicableOn",
        /// Its tax.
        tax_amount: Field<Decimal> = "TaxAmount",
        /// Its amount with the tax.
        tax_inclusive_amt: Field<Decimal> = "TaxInclusiveAmt",
        /// Whether the customer is charged.
        billable_status: Field<BillableStatus> = "BillableStatus",
        /// The journal it stands in, in France.
        journal_code_ref: Field<Reference<Anything>> = "JournalCodeRef",
    }
}

record! {
    /// Whom a line of a journal entry concerns.
    JournalParty {
        /// `Customer`, `Vendor` or `Employee`.
        party_type: Field<String> = "Type",
        /// The party.
        entity_ref: Field<Reference<Party>> = "EntityRef",
    }
}

record! {
    /// Money paid into the bank that is no payment or receipt of its own.
    DepositDetail {
        /// The account it comes from.
        account_ref: Field<Reference<Account>> = "AccountRef",
        /// Whom it comes from.
        entity: Field<Reference<Party>> = "Entity",
        /// How it was paid.
        payment_method_ref: Field<Reference<PaymentMethod>> = "PaymentMethodRef",
        /// The check's number.
        check_num: Field<String> = "CheckNum",
        /// The class, where lines have one.
        class_ref: Field<Reference<Class>> = "ClassRef",
        /// The kind of document it comes from.
        txn_type: Field<String> = "TxnType",
        /// Its tax code.
        tax_code_ref: Field<Reference<TaxCode>> = "TaxCodeRef",
        /// `Sales` or `Purchase`.
        tax_applicable_on: Field<String> = "TaxApplicableOn",
    }
}

record! {
    /// A tax of the document.
    TaxDetail {
        /// The rate.
        tax_rate_ref: Field<Reference<super::TaxRate>> = "TaxRateRef",
        /// Whether it is a part of a hundred.
        percent_based: Field<bool> = "PercentBased",
        /// How many percent.
        tax_percent: Field<Decimal> = "TaxPercent",
        /// The amount that is taxed, before a discount.
        net_amount_taxable: Field<Decimal> = "NetAmountTaxable",
        /// The amount with its tax.
        tax_inclusive_amount: Field<Decimal> = "TaxInclusiveAmount",
        /// How far the tax that was sent is from what QuickBooks computed.
        override_delta_amount: Field<Decimal> = "OverrideDeltaAmount",
        /// The day of the service.
        service_date: Field<NaiveDate> = "ServiceDate",
    }
}

record! {
    /// A cost to charge a customer.
    ReimburseDetail {
        /// The item.
        item_ref: Field<Reference<Item>> = "ItemRef",
        /// The account that charging it posts to.
        item_account_ref: Field<Reference<Account>> = "ItemAccountRef",
        /// How many.
        qty: Field<Decimal> = "Qty",
        /// The price of one.
        unit_price: Field<Decimal> = "UnitPrice",
        /// Its tax code.
        tax_code_ref: Field<Reference<TaxCode>> = "TaxCodeRef",
        /// How much is added.
        markup_info: Field<MarkupInfo> = "MarkupInfo",
        /// The supplier of the cost.
        vendor_ref: Field<Reference<Vendor>> = "VendorRef",
    }
}

record! {
    /// A change of stock.
    ItemAdjustmentDetail {
        /// The item.
        item_ref: Field<Reference<Item>> = "ItemRef",
        /// How many more; negative for fewer.
        qty_diff: Field<Decimal> = "QtyDiff",
        /// The cost of one.
        unit_price: Field<Decimal> = "UnitPrice",
        /// The price it sells for.
        sales_price: Field<Decimal> = "SalesPrice",
    }
}
