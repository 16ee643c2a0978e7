//! Why a run did not start, or did not end. None of the batch's documents has been sent when one of these is returned, unless
//! the error says otherwise: [`RunError::Partly`] carries what was done.

use chrono::{DateTime, FixedOffset};
use mapping::{BatchKey, EventKey, ItemDetail, PlanError, StepKey, kind_words};
use qb_client::{ClientError, ReadError};

use crate::customers::{CustomerReport, PosCustomersError};
use crate::log::LogError;
use crate::report::Report;
use crate::stop::Paused;

/// Why a run stopped.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RunError {
    /// The batch cannot be planned; nothing was sent.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// The company is not ready. No document was sent; nothing at all, unless [`NotReady::NotProvisioned`] is among them.
    #[error("{}", listing(.0))]
    NotReady(Vec<NotReady>),
    /// N-13: a number that already stands for something else; nothing was sent.
    #[error(
        "{key} already stands for {posted}, so it cannot be {planned}; give the registers or stores prefixes of their own in the company mapping"
    )]
    NumberTaken {
        /// The step's key.
        key: String,
        /// The event posted under it.
        posted: String,
        /// The event planned under it.
        planned: String,
    },
    /// N-13: an event that stands under another number; nothing was sent.
    #[error("{event} stands in QuickBooks as {posted} and would be posted again as {planned}: {remedy}")]
    PostedUnder {
        /// The event: store and order.
        event: String,
        /// The number under which it was posted.
        posted: String,
        /// The number under which it is planned.
        planned: String,
        /// Why, and what to do.
        remedy: &'static str,
    },
    /// T-06: a batch that was posted has been voided in part, changed or added to; nothing was sent.
    #[error(
        "{} was posted and has changed since: {changes}; correct the documents in QuickBooks by hand: what is gone from the file is taken as such once it is deleted or voided there",
        batch.words()
    )]
    BatchChanged {
        /// The batch.
        batch: BatchKey,
        /// The documents that are gone from the batch, and those that are new in it.
        changes: String,
    },
    /// T-06: a batch whose late edits are corrected, and the log has forgotten what it was; nothing was sent.
    #[error(
        "{} was corrected before, and the posting log no longer keeps what it was: what has changed since cannot be told; put the log back as it was before its bodies were purged",
        batch.words()
    )]
    LateEditForgotten {
        /// The batch.
        batch: BatchKey,
    },
    /// T-06: a batch that was changed at the till, where somebody has voided or deleted documents of the same event in QuickBooks;
    /// nothing was sent.
    #[error(
        "{} was posted and has changed since, and somebody has voided or deleted {documents} in QuickBooks: a correction would come on top of that; put them back there as they were, or set late_edits to refuse in the company mapping and put right by hand what is left",
        batch.words()
    )]
    LateEditByHand {
        /// The batch.
        batch: BatchKey,
        /// The documents.
        documents: String,
    },
    /// F-07: a batch that was begun would be posted in another form, because the choice of item detail was changed for the time at
    /// which it was closed; nothing was sent.
    #[error(
        "{}, closed {}, was posted with item_detail {}, and the company mapping now says {} for it; let the change hold from a later instant",
        batch.words(), closed_at.to_rfc3339(), begun.word(), planned.word()
    )]
    ItemDetailChanged {
        /// The batch.
        batch: BatchKey,
        /// What it was posted with.
        begun: ItemDetail,
        /// What it would be posted with.
        planned: ItemDetail,
        /// When it was closed.
        closed_at: DateTime<FixedOffset>,
    },
    /// F-07: QuickBooks has a batch that the log does not know in another form than it would be posted in now: the log was lost, and
    /// the company mapping changed. Nothing was sent.
    #[error(
        "{} stands in QuickBooks in another form, and this posting log does not know it: {documents}; the company mapping now says item_detail {}, and nothing is posted twice: put the log back, or give item_detail and day_ends_at_hour the values back that they had for this batch, and run again, which finds what is posted by its numbers",
        batch.words(), planned.word()
    )]
    PostedInAnotherForm {
        /// The batch.
        batch: BatchKey,
        /// The documents that were found, in words.
        documents: String,
        /// How much of its receipts it would send now.
        planned: ItemDetail,
    },
    /// N-13: the point of sale counts from one again, so that a number stands for two batches or orders; nothing was sent.
    #[error(
        "{what} was posted on {posted}, and this one is of {planned}: the numbers have started again; {remedy}"
    )]
    NumbersRestarted {
        /// The batch or purchase order.
        what: String,
        /// The first date of the documents that were posted under its number.
        posted: chrono::NaiveDate,
        /// The date of this one.
        planned: chrono::NaiveDate,
        /// What to do.
        remedy: &'static str,
    },
    /// T-05: the opening entry is the accountant's to agree to; nothing was sent.
    #[error(
        "the opening balances are not confirmed; when the accountant agrees to them, write confirmed in the company mapping"
    )]
    OpeningNotConfirmed,
    /// T-05: the opening entry was posted before, for another store or of another date; nothing was sent. A company has one.
    #[error(
        "{} is not posted: the company's opening entry is {}, {}; name that store, and correct the entry in QuickBooks by hand if its date was wrong",
        planned.words(),
        key.words(),
        posted.words()
    )]
    OpeningPosted {
        /// The step's key of the entry that stands, or may stand, in QuickBooks.
        key: StepKey,
        /// The store and day that it was posted for.
        posted: Box<EventKey>,
        /// The store and day that were asked for.
        planned: Box<EventKey>,
    },
    /// The log is about another company; nothing was sent.
    #[error("the posting log is about company {found}, not {asked}; name that company's log")]
    OtherCompany {
        /// The company in the log.
        found: String,
        /// The company asked for.
        asked: String,
    },
    /// P-08: the log is from before customers had their retailer in it, and has stores of several; nothing was sent.
    #[error(
        "{store} is of retailer {other}, and this posting log, which does not tell customers of retailers apart, is of retailer {known}: a customer could stand for another; move the log aside and run with a new one, which finds what is posted by its numbers"
    )]
    SeveralRetailers {
        /// The retailer whose customers those are.
        known: String,
        /// Another retailer that the log has documents of.
        other: String,
        /// A store of it.
        store: String,
    },
    /// P-08: the log is from before customers had their retailer in it, and does not know this store; nothing was sent.
    #[error(
        "customer {customer} of {store} is in this posting log, which does not say of which retailer: run a batch of {stores} first, which it has documents of"
    )]
    UnknownRetailer {
        /// The customer's id.
        customer: String,
        /// The name of the store that the log has no documents of.
        store: String,
        /// The codes of the stores that it has documents of.
        stores: String,
    },
    /// The posting log failed. What was in flight may be posted; the next run looks it up. Nothing after it was sent.
    #[error("posting stopped: the log failed at {step}")]
    Log {
        /// The step that it happened at, or what was being done.
        step: String,
        /// The cause.
        #[source]
        source: LogError,
    },
    /// QuickBooks could not be read. No document was sent; list entries that were missing may have been made.
    #[error("QuickBooks could not be asked for {what}")]
    Read {
        /// What was asked for.
        what: &'static str,
        /// The cause.
        #[source]
        source: Box<ReadError>,
    },
    /// The run stopped when something of it was done: documents were posted or looked up, list entries were made.
    #[error("{source}")]
    Partly {
        /// What was done, each entry with its outcome. What is not in it was not sent in this run, but for the step that a
        /// [`RunError::Log`] names, and for documents in quarantine.
        done: Box<Report>,
        /// Why it stopped.
        #[source]
        source: Box<RunError>,
    },
    /// The customers of the point of sale cannot be read or written. QuickBooks' books are as they were.
    #[error(transparent)]
    PosCustomers(#[from] PosCustomersError),
    /// An exchange of customers stopped when something of it was done.
    #[error("{source}")]
    CustomersPartly {
        /// What was done. What is not in it was not changed in this exchange, but for the change that a [`RunError::Log`] names.
        done: Box<CustomerReport>,
        /// Why it stopped.
        #[source]
        source: Box<RunError>,
    },
    /// The host asked the run to end. None of the documents was sent, unless [`RunError::done`] says otherwise.
    #[error("the run was asked to end; run it again to go on")]
    Stopped,
    /// The run's time was up. None of the documents was sent, unless [`RunError::done`] says otherwise.
    #[error("{}", paused(.0))]
    Paused(Paused),
    /// A key cannot be a request id; nothing was sent.
    #[error("{key} cannot be a request id")]
    Key {
        /// The step's key.
        key: String,
        /// The cause.
        #[source]
        source: Box<ClientError>,
    },
}

impl RunError {
    /// Returns whether what follows would fail for the same reason: QuickBooks cannot be reached, the posting log fails, or
    /// it is another company's.
    #[must_use]
    pub fn ends_the_run(&self) -> bool {
        match self.cause() {
            Self::Log { .. } | Self::OtherCompany { .. } | Self::Stopped | Self::Paused(_) => true,
            Self::Read { source, .. } => {
                matches!(**source, ReadError::NotSent { .. } | ReadError::Failed { .. })
            }
            _ => false,
        }
    }

    /// Returns what an exchange of customers has done before it stopped; none of any other error, or when that was nothing.
    #[must_use]
    pub fn customers_done(&self) -> Option<&CustomerReport> {
        match self {
            Self::CustomersPartly { done, .. } => Some(done),
            _ => None,
        }
    }

    /// Returns why the run stopped, without what was done before.
    #[must_use]
    pub fn cause(&self) -> &Self {
        match self {
            Self::Partly { source, .. } | Self::CustomersPartly { source, .. } => source.cause(),
            error => error,
        }
    }

    /// Returns that the run's time was up, when it was.
    #[must_use]
    pub fn paused(&self) -> Option<Paused> {
        match self.cause() {
            Self::Paused(paused) => Some(*paused),
            _ => None,
        }
    }

    /// Returns what was done before the run stopped; none when nothing was.
    #[must_use]
    pub fn done(&self) -> Option<&Report> {
        match self {
            Self::Partly { done, .. } => Some(done),
            _ => None,
        }
    }

    /// Adds to the error what was done before it.
    pub(crate) fn after(self, done: Report) -> Self {
        if done.documents.is_empty() && done.list_entries.is_empty() {
            return self;
        }
        Self::Partly { done: Box::new(done), source: Box::new(self) }
    }

    /// The log failed at this step, or while this was done.
    pub(crate) fn log(step: &str, source: LogError) -> Self {
        Self::Log { step: step.to_owned(), source }
    }

    /// QuickBooks could not be asked for this.
    pub(crate) fn unreadable(what: &'static str, error: ReadError) -> Self {
        Self::Read { what, source: Box::new(error) }
    }

    /// Returns a stable word for this error.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Plan(error) => error.code(),
            Self::NotReady(_) => "not-ready",
            Self::NumberTaken { .. } => "number-taken",
            Self::PostedUnder { .. } => "posted-under-another-number",
            Self::BatchChanged { .. } => "batch-changed",
            Self::LateEditByHand { .. } => "late-edit-by-hand",
            Self::LateEditForgotten { .. } => "late-edit-forgotten",
            Self::ItemDetailChanged { .. } => "item-detail-changed",
            Self::PostedInAnotherForm { .. } => "posted-in-another-form",
            Self::NumbersRestarted { .. } => "numbers-restarted",
            Self::OpeningNotConfirmed => "opening-not-confirmed",
            Self::OpeningPosted { .. } => "opening-posted",
            Self::OtherCompany { .. } => "other-company",
            Self::SeveralRetailers { .. } => "several-retailers",
            Self::UnknownRetailer { .. } => "unknown-retailer",
            Self::Log { source, .. } => source.code(),
            Self::Read { .. } => "read-failed",
            Self::Partly { source, .. } | Self::CustomersPartly { source, .. } => source.code(),
            Self::PosCustomers(error) => error.code(),
            Self::Stopped => "stopped",
            Self::Paused(_) => "paused",
            Self::Key { .. } => "invalid-key",
        }
    }
}

impl NotReady {
    /// Returns a stable word for this fault.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Preference { .. } => "preference",
            Self::AccountType { .. } => "account-type",
            Self::Inactive { .. } => "inactive",
            Self::Gone { .. } => "gone",
            Self::NameTaken { .. } => "name-taken",
            Self::SameName { .. } => "same-name",
            Self::SeveralAccounts { .. } => "several-accounts",
            Self::OtherReceivable { .. } => "other-receivable",
            Self::NoAccount { .. } => "no-account",
            Self::Renamed { .. } => "renamed",
            Self::ItemAccount { .. } => "item-account",
            Self::ItemType { .. } => "item-type",
            Self::Missing { .. } => "missing",
            Self::NoTaxCode { .. } => "no-tax-code",
            Self::UnmappedTaxCode { .. } => "unmapped-tax-code",
            Self::TaxCodesApart { .. } => "tax-codes-apart",
            Self::Survey(fault) => fault.code(),
            Self::Subscription { .. } => "subscription",
            Self::PeriodClosed { .. } => "period-closed",
            Self::DateAhead { .. } => "date-ahead",
            Self::NotProvisioned { .. } => "not-provisioned",
            Self::LogBehind { .. } => "log-behind",
        }
    }
}

/// One thing that must be put right in QuickBooks or in the company mapping before anything is sent.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum NotReady {
    /// A preference that would change or refuse documents.
    #[error("the setting {} is {found} in QuickBooks; {remedy}", setting(preference))]
    Preference {
        /// QuickBooks' name of it.
        preference: &'static str,
        /// What it is.
        found: String,
        /// What to do.
        remedy: &'static str,
    },
    /// an account of a type that its role does not allow.
    #[error("account {name:?} is of type {found}; the role needs {allowed}: map another account")]
    AccountType {
        /// The account's name.
        name: String,
        /// Its type.
        found: String,
        /// The types allowed.
        allowed: String,
    },
    /// A list entry that was made inactive.
    #[error("the {} {name:?} is inactive; make it active in QuickBooks", entity_word(entity))]
    Inactive {
        /// Account, item, tax code, customer or vendor.
        entity: &'static str,
        /// Its name in QuickBooks.
        name: String,
    },
    /// The record of a customer or vendor that was posted to, and is no longer there.
    #[error(
        "the {} record of {name:?} is no longer in QuickBooks: it was deleted there, or merged into another; move the posting log aside and run with a new one, which finds what is posted by its numbers, and the customer by its name",
        entity_word(entity)
    )]
    Gone {
        /// Customer or vendor.
        entity: &'static str,
        /// What it would be called now.
        name: String,
    },
    /// D-19: customers, vendors and employees share one set of names, and another kind of record has this one.
    #[error("{name:?} is {} in QuickBooks; {remedy}", with_article(holder))]
    NameTaken {
        /// The name of the customer or vendor that documents would name.
        name: String,
        /// Customer, vendor or employee.
        holder: &'static str,
        /// What to do.
        remedy: &'static str,
    },
    /// Several active list entries of one name, below different parents: the name does not say which is meant.
    #[error(
        "the company has {count} active entries of its {entity} list called {name:?}; rename all but one, or map another"
    )]
    SameName {
        /// Account, item, location or class.
        entity: &'static str,
        /// The name.
        name: String,
        /// How many.
        count: usize,
    },
    /// More than one A/R or A/P account: documents that belong together might not meet.
    #[error("the company has {count} active {kind} accounts; make all but one inactive{}", naming(kind))]
    SeveralAccounts {
        /// The account type.
        kind: &'static str,
        /// How many.
        count: usize,
    },
    /// the mapping names one of several A/R accounts, and QuickBooks has not been seen to post invoices to it.
    #[error("the company has several active Accounts Receivable accounts, and the mapping names {name:?} as receivable; {}", remedy_for(seen.as_deref()))]
    OtherReceivable {
        /// The name in the mapping.
        name: String,
        /// The account that invoices of the last year post to; none when there is none.
        seen: Option<String>,
    },
    /// A book-keeping account that must exist and does not.
    #[error("there is no account {name:?}; {remedy}")]
    NoAccount {
        /// The account's name.
        name: String,
        /// What to do.
        remedy: &'static str,
    },
    /// An account that was posted to and has another name in QuickBooks now.
    #[error(
        "the account {was:?} is called {now:?} in QuickBooks now; write that name in the company mapping, or rename it back"
    )]
    Renamed {
        /// Its name when it was made, which is the mapping's.
        was: String,
        /// Its present name.
        now: String,
    },
    /// An item that points to another account than its role's.
    #[error(
        "item {name:?} posts to the account {found:?}, not to {wanted:?}; change the item's income account, or, if the account was only renamed, write its new name in the company mapping"
    )]
    ItemAccount {
        /// The item's name.
        name: String,
        /// The account's name.
        found: String,
        /// The account's name.
        wanted: String,
    },
    /// A kind of item that cannot stand for goods sold: a category, a bundle, stock kept in QuickBooks.
    #[error("item {name:?} is of type {found}; map an item of type Service or NonInventory")]
    ItemType {
        /// The item's name.
        name: String,
        /// Its type.
        found: String,
    },
    /// A location or class that the mapping names and the company lacks.
    #[error("the company has no active {entity} {name:?}; {remedy}")]
    Missing {
        /// Location or class.
        entity: &'static str,
        /// Its name.
        name: String,
        /// What to do.
        remedy: &'static str,
    },
    /// A tax code of QuickBooks that the company mapping names, for a store or for a tax code of the POS, and the company
    /// does not have.
    #[error(
        "store {store}: the company mapping names the tax code {id:?}, which QuickBooks does not have; name another there, as the store's tax_code or in tax_codes"
    )]
    NoTaxCode {
        /// The code's id.
        id: String,
        /// The store's code.
        store: String,
    },
    /// D-21: a tax code of the POS that the company mapping does not know.
    #[error("{event}: tax code {code:?} is not in the company mapping; add it to tax_codes")]
    UnmappedTaxCode {
        /// The POS's tax code.
        code: String,
        /// The first event that has it.
        event: String,
    },
    /// D-21: a document names one tax code of QuickBooks, and its lines have codes that lead to several.
    #[error(
        "{event}: tax under the codes {codes}, which lead to different tax codes of QuickBooks, and a document names one; map them together in tax_code_sets"
    )]
    TaxCodesApart {
        /// The POS's tax codes, one for each tax code of QuickBooks'.
        codes: String,
        /// The first event that has them.
        event: String,
    },
    /// What only all batches together show: prefixes that meet, one tender id with two meanings (N-13, P-03).
    #[error(transparent)]
    Survey(Box<mapping::SurveyFault>),
    /// The company's subscription lacks a kind of document.
    #[error(
        "the company has {subscription:?}, which has no {needed}; upgrade it, or leave purchase orders out"
    )]
    Subscription {
        /// The subscription, as QuickBooks calls it.
        subscription: String,
        /// What is needed.
        needed: &'static str,
    },
    /// The books are closed for a document's date, or for an event's.
    #[error(
        "{document} is dated {date}, and the books are closed up to {closed}: its whole batch waits, and nothing of it is sent; set the closing date back in QuickBooks, run again, and close the books once more"
    )]
    PeriodClosed {
        /// The document's key; of a batch that is not planned yet, the event's identity.
        document: String,
        /// Its date.
        date: chrono::NaiveDate,
        /// The closing date.
        closed: chrono::NaiveDate,
    },
    /// A document, or an event, is dated after tomorrow (UTC): a till's clock is wrong.
    #[error(
        "{document} is dated {date}, later than {latest}; set the till's clock and export it again, or run it when its day has come"
    )]
    DateAhead {
        /// The document's key; of a batch that is not planned yet, the event's identity.
        document: String,
        /// Its date.
        date: chrono::NaiveDate,
        /// The latest date that is taken: the day after today in UTC, so that it is not before any shop's today.
        latest: chrono::NaiveDate,
    },
    /// QuickBooks has a document of ours that the posting log does not know: the log was lost or emptied, or is an older copy. Asked
    /// of readiness alone: a run finds what stands there before it sends anything.
    #[error(
        "QuickBooks has {document} with our memo, and this posting log does not know it: the log was lost or emptied, or is an older copy; put the right log back, or run with this one, which first looks up all that it would post and posts none of it twice"
    )]
    LogBehind {
        /// The document: its kind and number.
        document: String,
    },
    /// Something that provisioning needed was not made. No document was sent. List entries before it may have been made:
    /// the next run finds them and makes none twice.
    #[error("{key} could not be made in QuickBooks: {reason}")]
    NotProvisioned {
        /// The step's key.
        key: String,
        /// Why.
        reason: String,
    },
}

/// A setting as QuickBooks' own pages call it.
fn setting(preference: &str) -> &str {
    match preference {
        "TaxPrefs.TaxGroupCodeRef" => "\"default sales tax code\"",
        "TaxPrefs.UsingSalesTax" => "\"sales tax\"",
        "SalesFormsPrefs.DefaultShippingAccount" => "\"account for shipping\", under Sales,",
        "SalesFormsPrefs.CustomTxnNumbers" => "\"Custom transaction numbers\", under Sales,",
        "VendorAndPurchasesPrefs.UseCustomTxnNumbers" => "\"Custom transaction numbers\", under Expenses,",
        "SalesFormsPrefs.AllowShipping" => "\"Shipping\", under Sales,",
        "SalesFormsPrefs.AutoApplyCredit" => "\"Automatically apply credits\", under Advanced,",
        "SalesFormsPrefs.AutoApplyPayments" => "\"Automatically apply payments\", under Advanced,",
        "CurrencyPrefs.MultiCurrencyEnabled" => "\"Multicurrency\", under Advanced,",
        "CurrencyPrefs.HomeCurrency" => "\"Home currency\", under Advanced,",
        other => other,
    }
}

/// A kind of record in a word of its own.
fn entity_word(entity: &str) -> String {
    kind_words(entity).to_lowercase()
}

fn with_article(holder: &str) -> String {
    let article = if holder.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" };
    format!("{article} {holder}")
}

/// The second way out where the mapping may choose: QuickBooks' invoices decide.
fn naming(kind: &str) -> &'static str {
    if kind == "Accounts Receivable" {
        ", or name the one that its invoices post to as receivable in the company mapping"
    } else {
        ""
    }
}

fn remedy_for(seen: Option<&str>) -> String {
    match seen {
        Some(seen) => format!("its invoices post to {seen:?}: name that one, or make the others inactive"),
        None => "no invoice of the last year shows where invoices post: make the others inactive, or write an invoice in QuickBooks first".to_owned(),
    }
}

fn paused(paused: &Paused) -> String {
    match paused.until {
        None => "the run's time was up; run it again to go on".to_owned(),
        Some(until) => format!(
            "QuickBooks asks to be left alone for longer than the run's time; run it again after {}",
            until.format("%Y-%m-%d %H:%M:%S UTC")
        ),
    }
}

fn listing(faults: &[NotReady]) -> String {
    faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}
