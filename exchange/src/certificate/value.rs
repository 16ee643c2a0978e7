//! What a certificate says: plain data, read and written as JSON. docs/certificate.md is its description.
//!
//! Amounts are text with two decimals, debit positive unless a field says otherwise; dates are `2026-02-03`. What was not read
//! is absent. Names of people stand in [`Personal`], which `Debug` does not show.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Deref;

use chrono::{DateTime, NaiveDate, Utc};
use pos_model::Money;
use serde::{Deserialize, Serialize};

use super::amount::{as_money, as_money_if_known};

/// The version of the JSON form: it grows when a word goes or changes its meaning.
pub const CERTIFICATE_SCHEMA_VERSION: u32 = 1;

/// A text that may name a person: shown to whoever holds the certificate, never by `Debug`.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Personal(String);

impl From<String> for Personal {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl Deref for Personal {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Personal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("..")
    }
}

/// A tie-out to keep: of a batch, a day or a period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Certificate {
    /// [`CERTIFICATE_SCHEMA_VERSION`].
    pub schema_version: u32,
    /// The certificate's number in the posting log, from 1; the files of one certificate share it.
    pub number: u64,
    /// What it is about.
    pub scope: Scope,
    /// QuickBooks' id of the company.
    pub company: String,
    /// The stores whose batches and orders it is about, by code.
    pub stores: BTreeMap<String, String>,
    /// When QuickBooks was read.
    pub checked_at: DateTime<Utc>,
    /// The version of the program that made it.
    pub program: String,
    /// Whether the books are right.
    pub verdict: Verdict,
    /// The debits of all control accounts, a figure for each opinion.
    pub debits: Figures,
    /// Every control account that moved or is always shown.
    pub accounts: Vec<AccountFigures>,
    /// Each account's whole balance, by fiscal year. Of a period only.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub balances: Vec<Balance>,
    /// What each store did on each day, as the till says.
    pub days: Vec<StoreDay>,
    /// What was taken, by type of tender.
    pub tenders: Vec<TenderFigures>,
    /// Gift certificates.
    pub gift_certificates: GiftCertificates,
    /// Deposits on customer orders.
    pub deposits: Deposits,
    /// Sales tax by store.
    pub taxes: Vec<StoreTax>,
    /// Sales tax by agency, where the company has several. Of a period only.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub agencies: Vec<AgencyShare>,
    /// Why figures differ, one document each.
    pub differences: Vec<Finding>,
    /// What to know although nothing differs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notices: Vec<Personal>,
    /// What others posted to the control accounts: in no figure but the balances.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub others: Vec<OtherPosting>,
    /// Every batch, and the purchase orders of every store.
    pub batches: Vec<BatchFigures>,
    /// Entries of the till that post nothing, counted by reason.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub skipped: BTreeMap<String, u64>,
    /// Every document. Absent where they stand in [`Certificate::pages`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub documents: Vec<DocumentLine>,
    /// The certificates of the single days, of a period with many documents.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pages: Vec<DayPage>,
    /// Workbook, tables and journal beside it, each with its hash. Pages are compared with the figures instead.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<FileHash>,
    /// The file of the period's certificate that this one is a day of, without its ending.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part_of: Option<String>,
    /// The SHA-256 of the certificate before it; none of a log's first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<String>,
}

/// What a certificate is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Scope {
    /// One batch, or all purchase orders of a store.
    Batch {
        /// `store/register/batch`, or `store/purchase-orders`.
        origin: String,
    },
    /// The documents of one date.
    Day {
        /// The date.
        date: NaiveDate,
    },
    /// Everything that was handed in.
    Period {
        /// The first document's date.
        first: NaiveDate,
        /// The last document's date.
        last: NaiveDate,
    },
}

/// Whether the books are right, in figures.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Verdict {
    /// Whether every figure agrees.
    pub ties_out: bool,
    /// Whether what differs does so because of documents that are not posted, each named.
    pub is_explained: bool,
    /// The documents of the scope.
    pub documents: u64,
    /// Those among them that are not as planned.
    pub different_documents: u64,
    /// The accounts shown.
    pub accounts: u64,
    /// Those among them whose figures differ.
    pub different_accounts: u64,
    /// Files, batches and purchase orders that are in none of the figures: they were refused or not started.
    pub left_out: u64,
}

/// One figure in the words of each opinion. A figure that was not read is absent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Figures {
    /// Added up from the till's raw events.
    #[serde(with = "as_money")]
    pub till: Money,
    /// The debits and credits of the planned documents.
    #[serde(with = "as_money")]
    pub plan: Money,
    /// The planned debits and credits of those documents that were read back, one by one, and are as they were sent.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "as_money_if_known")]
    pub read_back: Option<Money>,
    /// What the documents move in QuickBooks' general ledger.
    #[serde(with = "as_money")]
    pub general_ledger: Money,
    /// What QuickBooks' trial balance leaves for them beside the opening balance and all other documents of the ledger.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "as_money_if_known")]
    pub trial_balance: Option<Money>,
}

/// A control account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct AccountFigures {
    /// The account's name.
    pub name: String,
    /// QuickBooks' id; empty when the company has no such account.
    pub id: String,
    /// What it stands for: `what customers owe`.
    pub what: String,
    /// Over the whole scope.
    pub figures: Figures,
    /// What documents that were not posted would move: the part of the difference that is explained.
    #[serde(with = "as_money")]
    pub not_posted: Money,
    /// By the documents' date.
    pub days: Vec<DayFigures>,
    /// By customer, on Accounts Receivable.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub customers: Vec<CustomerFigures>,
}

/// A control account on one date.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct DayFigures {
    /// The date. The general ledger's figure stands on the date that the documents have there.
    pub date: NaiveDate,
    /// On that date.
    pub figures: Figures,
}

/// A customer on Accounts Receivable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct CustomerFigures {
    /// The customer's name, or key.
    pub customer: Personal,
    /// What the scope moves on the customer's account.
    pub figures: Figures,
}

/// An account's whole balance over a fiscal year.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Balance {
    /// The account's name.
    pub account: String,
    /// QuickBooks' id.
    pub account_id: String,
    /// The year's first day.
    pub first: NaiveDate,
    /// The year's last day.
    pub last: NaiveDate,
    /// Before the first day.
    #[serde(rename = "opening", with = "as_money")]
    pub opening_balance: Money,
    /// The documents of this certificate.
    #[serde(with = "as_money")]
    pub this_period: Money,
    /// Documents of the posting log that belong to other batches and orders.
    #[serde(with = "as_money")]
    pub other_batches: Money,
    /// Documents that are not of the posting log.
    #[serde(with = "as_money")]
    pub others: Money,
    /// The four together: the general ledger's balance.
    #[serde(with = "as_money")]
    pub balance: Money,
    /// The trial balance at the last day.
    #[serde(with = "as_money")]
    pub trial_balance: Money,
}

/// What a store did on a day. Amounts are the till's, positive when sold and taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct StoreDay {
    /// The documents' date.
    pub date: NaiveDate,
    /// The store's code.
    pub store: String,
    /// How many documents.
    pub documents: u64,
    /// Those among them that are not as planned.
    pub different_documents: u64,
    /// Whether the figures of every account agree on this day in this store.
    pub ties_out: bool,
    /// Goods, services and shipping, less what was returned; before tax.
    #[serde(with = "as_money")]
    pub sold: Money,
    /// Sales tax.
    #[serde(with = "as_money")]
    pub tax: Money,
    /// Cash, checks, cards and other money, net of refunds and of what was put into or taken out of the drawers.
    #[serde(with = "as_money")]
    pub money_in: Money,
    /// The drawers of the batches that have this business date.
    pub drawers: Vec<Drawer>,
    /// What was taken, by type of tender.
    pub tenders: Vec<TenderDay>,
}

/// A register's drawer over one batch. Over and short post nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Drawer {
    /// The register.
    pub register: String,
    /// The batch.
    pub batch: u64,
    /// Cash at opening, when the till says so.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "as_money_if_known")]
    pub float: Option<Money>,
    /// Cash taken, less what was given out.
    #[serde(with = "as_money")]
    pub cash: Money,
    /// Float and cash: what should be there. Absent without a float.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "as_money_if_known")]
    pub expected: Option<Money>,
    /// What was counted. Absent when nobody counted.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "as_money_if_known")]
    pub counted: Option<Money>,
    /// Counted less expected: positive over, negative short.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "as_money_if_known")]
    pub over: Option<Money>,
}

/// A type of tender on one day in one store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct TenderDay {
    /// The tender's name.
    pub name: String,
    /// What the till took, less what it gave.
    #[serde(with = "as_money")]
    pub till: Money,
    /// What the documents with this tender move on their takings accounts in QuickBooks. Absent where no money moves.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "as_money_if_known")]
    pub quickbooks: Option<Money>,
}

/// A type of tender over the whole scope.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct TenderFigures {
    /// The tender's name.
    pub name: String,
    /// Whether it is money.
    pub is_money: bool,
    /// The accounts that it goes into or comes out of.
    pub accounts: Vec<String>,
    /// What each store took, less what it gave, by the store's code.
    #[serde(with = "super::amount::as_moneys")]
    pub stores: BTreeMap<String, Money>,
    /// All stores together.
    #[serde(with = "as_money")]
    pub till: Money,
    /// In QuickBooks; absent where no money moves.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "as_money_if_known")]
    pub quickbooks: Option<Money>,
}

/// Gift certificates over the scope; positive amounts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct GiftCertificates {
    /// Sold, at what they are good for, less those brought back.
    #[serde(with = "as_money")]
    pub sold: Money,
    /// Given out instead of money.
    #[serde(with = "as_money")]
    pub issued: Money,
    /// Used to pay.
    #[serde(with = "as_money")]
    pub redeemed: Money,
    /// Outstanding from before the company went live, where this scope moves them here (T-05).
    #[serde(with = "as_money")]
    pub opening: Money,
    /// By how much more is outstanding than before.
    #[serde(with = "as_money")]
    pub outstanding: Money,
}

/// Deposits over the scope; positive amounts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Deposits {
    /// Outstanding from before the company went live, where this scope moves them here (T-05).
    #[serde(with = "as_money")]
    pub opening: Money,
    /// By how much more is outstanding than before.
    #[serde(with = "as_money")]
    pub outstanding: Money,
    /// By customer order.
    pub orders: Vec<OrderDeposits>,
}

/// The deposits on one customer order; positive amounts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct OrderDeposits {
    /// The store's code.
    pub store: String,
    /// The order.
    pub order: u64,
    /// Paid.
    #[serde(with = "as_money")]
    pub paid: Money,
    /// Used for goods or moved to another order.
    #[serde(with = "as_money")]
    pub used: Money,
    /// Given back.
    #[serde(with = "as_money")]
    pub returned: Money,
    /// What is left of what was paid here; negative where it was paid before the scope.
    #[serde(with = "as_money")]
    pub outstanding: Money,
}

/// A store's sales tax. Positive is sold and owed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct StoreTax {
    /// The store's code.
    pub store: String,
    /// Goods, services and shipping under a taxable code, before tax.
    #[serde(with = "as_money")]
    pub taxed: Money,
    /// The same under other codes.
    #[serde(with = "as_money")]
    pub untaxed: Money,
    /// The tax that the till charged.
    #[serde(with = "as_money")]
    pub till: Money,
    /// The tax of the store's documents in QuickBooks' general ledger.
    #[serde(with = "as_money")]
    pub quickbooks: Money,
}

/// What one tax agency is owed, as QuickBooks shares the tax out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct AgencyShare {
    /// The account's name.
    pub account: String,
    /// QuickBooks' id.
    pub account_id: String,
    /// Debit positive: tax owed is negative.
    #[serde(with = "as_money")]
    pub amount: Money,
}

/// A difference, in a bookkeeper's words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Finding {
    /// The cause, a word for programs: `edited`, `deleted`, `not-posted` ...
    pub cause: String,
    /// The state, in words: `Changed since posting`.
    pub state: String,
    /// The difference in one line.
    pub title: Personal,
    /// What happened.
    pub what: Personal,
    /// A guess at how it came about, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// What to do.
    pub remedy: Personal,
    /// The document behind it; none where no document is to blame.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<DocumentName>,
    /// The other document, of one that stands in the books twice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub other: Option<RecordName>,
    /// Where the figures differ.
    pub amounts: Vec<FindingAmount>,
}

/// A document of ours, by its names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct DocumentName {
    /// `Invoice`, `Expense` ...
    pub kind: String,
    /// Its number.
    pub number: String,
    /// `store/register/batch`, or `store/purchase-orders`.
    pub origin: String,
    /// Its record in QuickBooks, when it was posted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record: Option<RecordName>,
}

/// A record of QuickBooks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct RecordName {
    /// What QuickBooks calls its kind: `Invoice`, `Purchase`.
    pub entity: String,
    /// QuickBooks' id.
    pub id: String,
    /// Where a browser that is signed in to the company shows it; absent where no such page is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
}

/// Two figures that should be equal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct FindingAmount {
    /// The account's name.
    pub account: String,
    /// QuickBooks' id; empty when the company has no such account.
    pub account_id: String,
    /// The date.
    pub date: NaiveDate,
    /// The customer, on Accounts Receivable.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer: Option<Personal>,
    /// What it should be.
    #[serde(with = "as_money")]
    pub expected: Money,
    /// What it is.
    #[serde(with = "as_money")]
    pub found: Money,
}

/// What a document that is not of the posting log moves on one account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct OtherPosting {
    /// Its date.
    pub date: NaiveDate,
    /// What QuickBooks' reports call its kind.
    pub kind: String,
    /// Its number; empty when it has none.
    pub number: String,
    /// Its record.
    pub record: RecordName,
    /// The account's name.
    pub account: String,
    /// What it moves.
    #[serde(with = "as_money")]
    pub amount: Money,
    /// The key of a document of ours that has its kind and number and is not posted: it may be the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub may_be: Option<String>,
}

/// A batch, or the purchase orders of a store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct BatchFigures {
    /// `store/register/batch`, or `store/purchase-orders`.
    pub origin: String,
    /// Its business date; the first one of several orders.
    pub date: NaiveDate,
    /// How many documents.
    pub documents: u64,
    /// Those among them that are not as planned.
    pub different_documents: u64,
    /// Whether every figure of it agrees.
    pub ties_out: bool,
    /// Its debits.
    pub debits: Figures,
}

/// A document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct DocumentLine {
    /// Its date.
    pub date: NaiveDate,
    /// The store's code.
    pub store: String,
    /// Its kind, number, origin and record.
    pub name: DocumentName,
    /// The event of the till: `boston/1/4/transaction-1521022`.
    pub event: String,
    /// Whose it is: a customer, the store, a supplier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub party: Option<Personal>,
    /// What it does, in a sentence.
    pub words: Personal,
    /// Its state, in words: `Posted`, `Refused` ... Absent when nothing was seen of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// Its total; 0.00 or more.
    #[serde(with = "as_money")]
    pub total: Money,
    /// Its debits and credits; none of one that moves no account.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub legs: Vec<LegLine>,
    /// Its lines and the lines of the till behind each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<TillLine>,
}

/// A debit or credit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct LegLine {
    /// The account's name.
    pub account: String,
    /// QuickBooks' id; empty when the company has no such account.
    pub account_id: String,
    /// Debit positive.
    #[serde(with = "as_money")]
    pub amount: Money,
}

/// A line of a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct TillLine {
    /// What people read.
    pub words: Personal,
    /// Before tax.
    #[serde(with = "as_money")]
    pub amount: Money,
    /// The lines of the till's event behind it, counted from 1.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub till_lines: Vec<u32>,
    /// Of a summary: the receipts behind it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub receipts: Vec<TillReceipt>,
}

/// The lines of one receipt behind a line of a summary (F-07).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct TillReceipt {
    /// The receipt's transaction number.
    pub transaction: u64,
    /// Its lines, counted from 1.
    pub till_lines: Vec<u32>,
}

/// A file that was made with a certificate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct FileHash {
    /// Where it stands, seen from the certificate: `tables/accounts.csv`.
    pub file: String,
    /// The SHA-256 of its bytes, in hexadecimal digits.
    pub sha256: String,
}

impl FileHash {
    /// Names a file and the SHA-256 of its bytes.
    pub fn new(file: impl Into<String>, sha256: impl Into<String>) -> Self {
        Self { file: file.into(), sha256: sha256.into() }
    }
}

/// The certificate of one day of a period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct DayPage {
    /// The day.
    pub date: NaiveDate,
    /// Its file, beside this one, without its ending.
    pub file: String,
    /// The SHA-256 of its certificate.
    pub sha256: String,
    /// How many documents it has.
    pub documents: u64,
    /// Those among them that are not as planned.
    pub different_documents: u64,
    /// Whether the day ties out.
    pub ties_out: bool,
}

impl DayPage {
    /// The page of a day, by what its certificate says.
    #[must_use]
    pub fn new(file: String, date: NaiveDate, day: &Certificate, sha256: &str) -> Self {
        let Verdict { documents, different_documents, ties_out, .. } = day.verdict;
        Self { date, file, sha256: sha256.to_owned(), documents, different_documents, ties_out }
    }
}

impl Figures {
    /// Whether all figures that were read agree.
    #[must_use]
    pub fn agree(&self) -> bool {
        let is_same = |figure: Option<Money>| figure.is_none_or(|figure| figure == self.till);
        self.till == self.plan
            && self.till == self.general_ledger
            && is_same(self.read_back)
            && is_same(self.trial_balance)
    }

    /// QuickBooks' general ledger less the till.
    #[must_use]
    pub fn difference(&self) -> Money {
        self.general_ledger - self.till
    }
}
