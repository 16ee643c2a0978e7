//! What a tie-out says: figures, documents of other people, and differences, each with its name. Plain data; debit positive.

use std::collections::BTreeMap;
use std::fmt;

use chrono::NaiveDate;
use mapping::StepKey;
use pos_model::Money;

use crate::report::Outcome;

/// A tie-out over some batches and purchase orders.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct TieOut {
    /// Every control account over all of them, in the order of docs/rules.md.
    pub accounts: Vec<AccountTie>,
    /// The same by batch and document date; Accounts Receivable by customer too.
    pub parts: Vec<PartTie>,
    /// Each account's whole balance, by fiscal year.
    pub balances: Vec<AccountBalance>,
    /// What others posted to these accounts in these years, by account and date.
    pub other_documents: Vec<OtherDocument>,
    /// Why the figures are not equal, one document each.
    pub differences: Vec<Difference>,
    /// The sales tax of these documents by tax agency, where the company has several; their sum ties out above.
    pub agencies: Vec<AgencyTax>,
    /// What an accountant should know although nothing differs.
    pub notices: Vec<Notice>,
    /// Of merged customers: the name of their records, and the name under which they are shown.
    pub(crate) merged_names: BTreeMap<String, String>,
}

/// What these documents owe one tax agency, as QuickBooks shares the till's tax out among a code's rates.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct AgencyTax {
    /// The account's name.
    pub account: String,
    /// QuickBooks' id.
    pub account_id: String,
    /// Debit positive: tax owed is negative.
    pub amount: Money,
}

/// Something to know although nothing differs (T-05).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Notice {
    /// Certificates or deposits were outstanding when the company went live and are carried elsewhere in the books: by so
    /// much the account stays short of what is outstanding.
    OpeningElsewhere {
        /// The account's name.
        account: String,
        /// What the company mapping states; more than 0.00.
        amount: Money,
    },
    /// More certificates or deposits were used than the account ever carried: a liability stands on the debit side.
    LiabilityInDebit {
        /// The account's name.
        account: String,
        /// The day of the balance.
        date: NaiveDate,
        /// The balance; more than 0.00.
        balance: Money,
    },
    /// A person had a batch or order taken back: the till's events of it are not counted, and its documents move nothing.
    Undone {
        /// `store/register/batch`, or the order or the opening entry.
        origin: String,
        /// Who, when and why.
        by: String,
        /// Whether all of it is; else the undo broke off, and what still stands is a difference.
        is_done: bool,
    },
    /// QuickBooks has a bill of the same supplier with the supplier's reference, or the date and amount, of a bill of ours:
    /// somebody may have typed it from the supplier's paper, so that the purchase stands in the books twice.
    BillByHand {
        /// The number that the bill has in QuickBooks; empty when it has none.
        number: String,
        /// Its date.
        date: NaiveDate,
        /// What it moves on Accounts Payable; debit positive.
        amount: Money,
        /// The number of the bill of ours.
        ours: String,
    },
}

impl fmt::Display for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OpeningElsewhere { account, amount } => write!(
                f,
                "{amount} outstanding at the start is carried elsewhere in the books, not in {account}"
            ),
            Self::LiabilityInDebit { account, balance, .. } => {
                write!(f, "{account}, a liability, stands at {balance} debit: more was used than it carried")
            }
            Self::Undone { origin, by, is_done: true } => {
                write!(f, "{origin} is undone and counts nothing; {by}")
            }
            Self::Undone { origin, by, is_done: false } => {
                write!(f, "an undo of {origin} broke off: run it again, which goes on from there; {by}")
            }
            Self::BillByHand { number, date, amount, ours } => {
                let number = if number.is_empty() { "without a number" } else { number };
                write!(
                    f,
                    "QuickBooks has a bill {number} of {date} over {} from the supplier of bill {ours}: if both are for the same goods, delete the one that was typed by hand",
                    -*amount
                )
            }
        }
    }
}

/// One account's three figures.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct AccountTie {
    /// The account's name.
    pub name: String,
    /// QuickBooks' id; empty when the company has no such account.
    pub id: String,
    /// What the till's raw events add up to.
    pub pos: Money,
    /// Debits and credits of the planned documents.
    pub planned: Money,
    /// What those documents move in QuickBooks' general ledger.
    pub quickbooks: Money,
    /// By how much documents that were not posted, or that a person has settled, fall short of the plan: the part of the
    /// difference that is explained.
    pub not_posted: Money,
}

/// One account's three figures in one batch on one date.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct PartTie {
    /// `store/register/batch`, or `store/purchase-orders`.
    pub origin: String,
    /// The documents' date. QuickBooks' figure stands on the date that its documents have there.
    pub date: NaiveDate,
    /// The account's name.
    pub account: String,
    /// QuickBooks' id; empty when the company has no such account.
    pub account_id: String,
    /// The customer, on a line of Accounts Receivable by customer. None: the account as a whole.
    pub customer: Option<String>,
    /// What the till's raw events add up to.
    pub pos: Money,
    /// Debits and credits of the planned documents.
    pub planned: Money,
    /// What those documents move in QuickBooks' general ledger.
    pub quickbooks: Money,
}

impl fmt::Debug for PartTie {
    /// Without the customer's name, which is personal data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { origin, date, account, account_id, customer, pos, planned, quickbooks } = self;
        f.debug_struct("PartTie")
            .field("origin", origin)
            .field("date", date)
            .field("account", account)
            .field("account_id", account_id)
            .field("is_by_customer", &customer.is_some())
            .field("pos", pos)
            .field("planned", planned)
            .field("quickbooks", quickbooks)
            .finish_non_exhaustive()
    }
}

/// An account's whole balance over a fiscal year: everything that stands in QuickBooks' general ledger, sorted by whose it
/// is.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct AccountBalance {
    /// The account's name.
    pub account: String,
    /// QuickBooks' id.
    pub account_id: String,
    /// The year's first day.
    pub start_date: NaiveDate,
    /// The year's last day.
    pub end_date: NaiveDate,
    /// Before the first day; 0.00 for income and expense.
    pub opening_balance: Money,
    /// The documents of the batches and orders that are tied out.
    pub ours: Money,
    /// Documents of the posting log that belong to other batches and orders.
    pub other_batches: Money,
    /// Documents that are not of the posting log: [`TieOut::other_documents`] names them.
    pub other_documents: Money,
    /// The trial balance at the last day. It equals the four before it, or a difference says so.
    pub trial_balance: Money,
}

impl AccountBalance {
    /// Returns the general ledger's balance at the last day.
    #[must_use]
    pub fn closing(&self) -> Money {
        self.opening_balance + self.ours + self.other_batches + self.other_documents
    }
}

/// What a document that is not of the posting log moves on one account.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct OtherDocument {
    /// The account's name.
    pub account: String,
    /// QuickBooks' id of the account.
    pub account_id: String,
    /// What QuickBooks' reports call its kind: `Deposit`, `Journal Entry`.
    pub txn_type: String,
    /// QuickBooks' id.
    pub id: String,
    /// Its number; empty when it has none.
    pub number: String,
    /// Its date.
    pub date: NaiveDate,
    /// What it moves on the account.
    pub amount: Money,
    /// The document of ours that has this kind and number and is not posted, as far as the log knows: it may be the same.
    pub may_be: Option<StepKey>,
}

/// A difference and the document, or the figure, behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Difference {
    /// The document; none where no document is to blame.
    pub document: Option<DifferentDocument>,
    /// Why.
    pub cause: Cause,
    /// Where the figures differ; those that are equal are left out.
    pub amounts: Vec<DifferentAmount>,
}

/// A document of ours that is not in QuickBooks as it was planned.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct DifferentDocument {
    /// The step's key.
    pub key: StepKey,
    /// `Invoice`, `Expense` ...
    pub kind: String,
    /// Its number.
    pub number: String,
    /// QuickBooks' id, when it was posted.
    pub id: Option<String>,
    /// `store/register/batch`, or `store/purchase-orders`.
    pub origin: String,
}

/// Two figures that should be equal.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct DifferentAmount {
    /// The account's name.
    pub account: String,
    /// QuickBooks' id; empty when the company has no such account.
    pub account_id: String,
    /// The date.
    pub date: NaiveDate,
    /// The customer, on Accounts Receivable.
    pub customer: Option<String>,
    /// What it should be: planned; on [`Cause::PlanBug`] the till's figure.
    pub expected: Money,
    /// What it is: QuickBooks'; on [`Cause::PlanBug`] the plan's figure.
    pub found: Money,
}

impl fmt::Debug for DifferentAmount {
    /// Without the customer's name, which is personal data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { account, account_id, date, customer, expected, found } = self;
        f.debug_struct("DifferentAmount")
            .field("account", account)
            .field("account_id", account_id)
            .field("date", date)
            .field("is_by_customer", &customer.is_some())
            .field("expected", expected)
            .field("found", found)
            .finish_non_exhaustive()
    }
}

/// Why figures differ.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Cause {
    /// The document was not posted: held, refused, of unknown outcome, or its number is somebody else's. Explained.
    NotPosted {
        /// What became of it.
        outcome: Outcome,
        /// Why, as far as it is known.
        reason: Option<String>,
    },
    /// QuickBooks' answer differed from the plan when it was posted.
    StoredDifferently {
        /// What differed.
        reason: String,
    },
    /// A person has settled it in QuickBooks and said so: it stays as it is. Explained.
    Settled {
        /// Who, when and why.
        remark: String,
    },
    /// Somebody deleted it.
    Deleted,
    /// Somebody voided it.
    Voided,
    /// Somebody changed it.
    Edited {
        /// The date that it has now, when that is another one.
        date: Option<NaiveDate>,
    },
    /// It was posted, and the till or the company mapping plans it otherwise now (T-06).
    PlanChanged,
    /// It was posted, and the till no longer has it (T-06).
    NoLongerPlanned,
    /// An undo of its batch or order broke off before this document was taken back.
    UndoBrokeOff,
    /// It was posted, the general ledger shows it otherwise, and more documents differ than are looked up one by one.
    NotLookedUp,
    /// A document that is not of the posting log has the number, the memo or the kind, date, party and amounts of this one:
    /// what was sold or paid once stands in the books twice.
    PostedTwice {
        /// What QuickBooks' reports call the kind of the other one.
        txn_type: String,
        /// Its number; empty when it has none.
        number: String,
        /// QuickBooks' id.
        id: String,
        /// Its date.
        date: NaiveDate,
    },
    /// The plan's documents do not say what the till's events say: a fault of this program.
    PlanBug,
    /// The general ledger and the trial balance disagree: something was posted between the two reads, or the ledger was cut
    /// off. Tie out again.
    TrialBalance,
}

impl AccountTie {
    /// Returns QuickBooks less the till: 0.00 when the books are right.
    #[must_use]
    pub fn difference(&self) -> Money {
        self.quickbooks - self.pos
    }

    /// Returns whether all three figures agree.
    #[must_use]
    pub fn is_tied_out(&self) -> bool {
        self.pos == self.planned && self.planned == self.quickbooks
    }
}

impl PartTie {
    /// Returns whether all three figures agree.
    #[must_use]
    pub fn is_tied_out(&self) -> bool {
        self.pos == self.planned && self.planned == self.quickbooks
    }
}

impl Difference {
    /// Returns whether the cause is that a document was not posted, and why is known: another run may post it; or that a person has
    /// settled it.
    #[must_use]
    pub fn is_explained(&self) -> bool {
        matches!(self.cause, Cause::NotPosted { .. } | Cause::Settled { .. })
    }

    /// Returns whether another run may make the figures equal.
    #[must_use]
    pub fn is_to_be_posted(&self) -> bool {
        matches!(self.cause, Cause::NotPosted { .. })
    }
}

impl Cause {
    /// Returns a stable word for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotPosted { .. } => "not-posted",
            Self::StoredDifferently { .. } => "distorted",
            Self::Settled { .. } => "settled",
            Self::Deleted => "deleted",
            Self::Voided => "voided",
            Self::Edited { .. } => "edited",
            Self::PlanChanged => "plan-changed",
            Self::NoLongerPlanned => "no-longer-planned",
            Self::UndoBrokeOff => "undo-broke-off",
            Self::NotLookedUp => "not-looked-up",
            Self::PostedTwice { .. } => "posted-twice",
            Self::PlanBug => "plan-disagrees-with-till",
            Self::TrialBalance => "trial-balance",
        }
    }
}

impl std::fmt::Display for Cause {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let text = match self {
            Self::NotPosted { outcome, reason: Some(reason) } => {
                return write!(f, "{}: {reason}", outcome.word());
            }
            Self::NotPosted { outcome, reason: None } => outcome.word(),
            Self::StoredDifferently { reason } => {
                return write!(f, "QuickBooks stored it otherwise: {reason}");
            }
            Self::Settled { remark } => return f.write_str(remark),
            Self::Deleted => "somebody deleted it in QuickBooks; post it by hand",
            Self::Voided => "somebody voided it in QuickBooks; post it by hand",
            Self::Edited { date: Some(date) } => {
                return write!(
                    f,
                    "somebody changed it in QuickBooks, it is dated {date} now; change it back"
                );
            }
            Self::Edited { date: None } => "somebody changed it in QuickBooks; change it back",
            Self::PostedTwice { txn_type, number, date, .. } => {
                let number = if number.is_empty() { "without a number" } else { number };
                return write!(
                    f,
                    "QuickBooks has it a second time, as {txn_type} {number} of {date}, which this program did not post; delete one of the two there"
                );
            }
            Self::PlanChanged => {
                "the till or the mapping says otherwise since it was posted; correct it by hand"
            }
            Self::NoLongerPlanned => "the till no longer has it; correct it by hand",
            Self::UndoBrokeOff => "an undo broke off before it was taken back; run the undo again",
            Self::NotLookedUp => "it is not there as it was posted; look at it in QuickBooks",
            Self::PlanBug => "the plan does not say what the till says; this is a fault of the program",
            Self::TrialBalance => {
                "the general ledger (found) is not the trial balance (expected); tie out again"
            }
        };
        f.write_str(text)
    }
}

impl TieOut {
    /// Returns whether every figure agrees: accounts, batches, dates, customers, balances. Documents of others are no
    /// difference.
    pub fn is_tied_out(&self) -> bool {
        self.differences.is_empty()
            && self.accounts.iter().all(AccountTie::is_tied_out)
            && self.parts.iter().all(PartTie::is_tied_out)
    }

    /// Returns whether whatever differs does so because of documents that a person has settled: nothing is left to be done.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        let is_settled = |difference: &Difference| matches!(difference.cause, Cause::Settled { .. });
        !self.differences.is_empty() && self.differences.iter().all(is_settled)
    }

    /// Returns whether whatever differs does so because of documents that were not posted, or that a person has settled, each named.
    #[must_use]
    pub fn is_explained(&self) -> bool {
        self.differences.iter().all(Difference::is_explained)
            && self
                .accounts
                .iter()
                .all(|tie| tie.pos == tie.planned && tie.planned - tie.quickbooks == tie.not_posted)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tie_out_is_debugged_without_names_of_customers() {
        let (customer, date) = (Some("Sara Edward".to_owned()), NaiveDate::MIN);
        let (account, account_id) = ("Debtors".to_owned(), "84".to_owned());
        let (zero, origin) = (Money::ZERO, "boston/1/4".to_owned());
        let part = PartTie {
            origin,
            date,
            account: account.clone(),
            account_id: account_id.clone(),
            customer: customer.clone(),
            pos: zero,
            planned: zero,
            quickbooks: zero,
        };
        let amount = DifferentAmount { account, account_id, date, customer, expected: zero, found: zero };
        let difference = Difference { document: None, cause: Cause::Deleted, amounts: vec![amount] };
        let ties = TieOut { parts: vec![part], differences: vec![difference], ..TieOut::default() };
        let text = format!("{ties:?}");
        assert!(!text.contains("Sara"), "{text}");
        assert_eq!(text.matches("Debtors").count(), 2, "{text}");
    }
}
