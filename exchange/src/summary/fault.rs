//! An error of a run as programs and people need it: a stable code, a place, whether another run helps, and who must act.

use mapping::{Origin, OriginKey, SurveyFault};
use qb_client::ReadError;
use qb_client::engine::UnknownWhy;
use serde::Serialize;

use crate::customers::PosCustomersError;
use crate::error::{NotReady, RunError};
use crate::log::LogError;
use crate::refusal_words;
use crate::report::{BooksChanged, EntryReport, Hold, Outcome, Report};

/// How a program ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Exit {
    /// Everything is posted and ties out.
    Ok,
    /// The books, or a document, are not as planned.
    Differences,
    /// The configuration, the company or the command line must be put right.
    Configuration,
    /// Something is left for another run.
    Incomplete,
    /// An input must be put right.
    RefusedInput,
    /// Another process has the posting log.
    InUse,
}

impl Exit {
    /// The order in which they apply: the first that does is the run's.
    pub const ORDER: [Self; 6] =
        [Self::Configuration, Self::InUse, Self::RefusedInput, Self::Differences, Self::Incomplete, Self::Ok];

    /// Returns the number that a process returns.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Self::Ok => 0,
            Self::Differences => 1,
            Self::Configuration => 2,
            Self::Incomplete => 3,
            Self::RefusedInput => 4,
            Self::InUse => 5,
        }
    }
}

/// Who must act before another run does better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Who {
    /// Nobody: run it again.
    Nobody,
    /// Whoever exports the till's files.
    Till,
    /// Whoever keeps the books in QuickBooks.
    Bookkeeper,
    /// Whoever runs this program: configuration, connection, disk.
    Administrator,
}

/// Where something went wrong. What is not known, or does not apply, is absent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Place {
    /// An input, as the host calls it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub input: Option<String>,
    /// The store's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub store: Option<String>,
    /// The register.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub register: Option<String>,
    /// The batch's number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub batch: Option<u64>,
    /// The purchase order's number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub purchase_order: Option<u64>,
    /// The document: `Invoice CLT1521022B4`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub document: Option<String>,
    /// A part of the run: `tie-out`, `connection`, `opening balances`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub part: Option<&'static str>,
}

impl Place {
    /// Returns the place of a batch, a purchase order or the opening balances.
    #[must_use]
    pub fn of_origin(origin: Origin<'_>) -> Self {
        let store = origin.store().name();
        match origin {
            Origin::Batch(batch) => Self::of_batch(store, batch.register(), batch.number()),
            Origin::Correction(of) => {
                let batch = of.differences();
                Self::of_batch(store, batch.register(), batch.number())
            }
            Origin::PurchaseOrder(order) => Self::of_purchase_order(store, order.number()),
            Origin::OpeningEntry { .. } => Self::of_part("opening balances"),
        }
    }

    /// Returns the place of an input.
    pub fn of_input(name: impl Into<String>) -> Self {
        Self { input: Some(name.into()), ..Self::default() }
    }

    /// Returns the place of a batch of a store's register.
    pub fn of_batch(store: impl Into<String>, register: impl Into<String>, number: u64) -> Self {
        let (store, register) = (Some(store.into()), Some(register.into()));
        Self { store, register, batch: Some(number), ..Self::default() }
    }

    /// Returns the place of a store's purchase order.
    pub fn of_purchase_order(store: impl Into<String>, number: u64) -> Self {
        Self { store: Some(store.into()), purchase_order: Some(number), ..Self::default() }
    }

    /// Returns the place of a part of the run.
    #[must_use]
    pub fn of_part(part: &'static str) -> Self {
        Self { part: Some(part), ..Self::default() }
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let number = |word: &str, number: Option<u64>| number.map(|number| format!("{word} {number}"));
        let parts = [
            self.input.clone(),
            self.store.clone(),
            self.register.as_ref().map(|register| format!("register {register}")),
            number("batch", self.batch),
            number("purchase order", self.purchase_order),
            self.document.clone(),
            self.part.map(str::to_owned),
        ];
        f.write_str(&parts.into_iter().flatten().collect::<Vec<_>>().join(", "))
    }
}

/// One error.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Fault {
    /// A stable word.
    pub code: String,
    /// What is wrong and what to do, with its causes.
    pub message: String,
    /// Where.
    pub place: Place,
    /// Whether the books changed by what failed.
    pub books_changed: BooksChanged,
    /// Whether another run may do better as things are.
    pub does_retry_help: bool,
    /// Who must act.
    pub who: Who,
    #[serde(skip)]
    exit: Exit,
}

impl Fault {
    /// Returns an error of the host's own, before which or by which nothing was sent. Who must act, and whether another run
    /// helps, follow from how it ends the program.
    pub fn new(code: impl Into<String>, message: impl Into<String>, place: Place, exit: Exit) -> Self {
        let who = match exit {
            Exit::Ok | Exit::Incomplete | Exit::InUse => Who::Nobody,
            Exit::Differences => Who::Bookkeeper,
            Exit::Configuration => Who::Administrator,
            Exit::RefusedInput => Who::Till,
        };
        Self {
            code: code.into(),
            message: message.into(),
            place,
            books_changed: BooksChanged::No,
            does_retry_help: who == Who::Nobody,
            who,
            exit,
        }
    }

    /// Says that somebody else must act, and that another run does not help before.
    #[must_use]
    pub fn for_whom(mut self, who: Who) -> Self {
        (self.who, self.does_retry_help) = (who, who == Who::Nobody);
        self
    }

    /// Says whether the books changed by it.
    #[must_use]
    pub(super) fn with_books(self, books_changed: BooksChanged) -> Self {
        Self { books_changed, ..self }
    }

    /// Returns why a batch, a purchase order or a part of the run was not started or not finished.
    #[must_use]
    pub fn of_run(error: &RunError, place: Place) -> Self {
        let fault = |exit| Self::new(error.code(), with_causes(error), place.clone(), exit);
        match error {
            RunError::Partly { done, source } => {
                let fault = Self::of_run(source, place);
                let is_now = |entry: &EntryReport| entry.books_changed == BooksChanged::Now;
                let is_changed = done.documents.iter().chain(&done.list_entries).any(is_now);
                match fault.books_changed {
                    BooksChanged::No if is_changed => Self { books_changed: BooksChanged::Now, ..fault },
                    _ => fault,
                }
            }
            RunError::Plan(_)
            | RunError::BatchChanged { .. }
            | RunError::LateEditForgotten { .. }
            | RunError::LateEditByHand { .. }
            | RunError::NumbersRestarted { .. } => fault(Exit::RefusedInput),
            RunError::CustomersPartly { done, source } => {
                let fault = Self::of_run(source, place);
                let changed = done.counts.added_to_quickbooks + done.counts.updated_in_quickbooks;
                match fault.books_changed {
                    BooksChanged::No if done.counts.in_doubt > 0 => {
                        Self { books_changed: BooksChanged::Unknown, ..fault }
                    }
                    BooksChanged::No if changed > 0 => Self { books_changed: BooksChanged::Now, ..fault },
                    _ => fault,
                }
            }
            RunError::PosCustomers(PosCustomersError::Unavailable { .. }) => {
                fault(Exit::Incomplete).for_whom(Who::Administrator)
            }
            RunError::Stopped | RunError::Paused(_) => fault(Exit::Incomplete),
            RunError::NotReady(_) => fault(Exit::Configuration).for_whom(Who::Bookkeeper),
            RunError::Log { source: LogError::Locked { .. }, .. } => fault(Exit::InUse),
            RunError::Log { .. } => Self {
                books_changed: BooksChanged::Unknown,
                ..fault(Exit::Incomplete).for_whom(Who::Administrator)
            },
            RunError::Read { source, .. } if is_forbidden(source) => fault(Exit::Configuration),
            RunError::Read { source, .. } => {
                let is_unauthorized = matches!(
                    **source,
                    qb_client::ReadError::NotSent {
                        why: qb_client::engine::NotSentWhy::Unauthorized
                            | qb_client::engine::NotSentWhy::NoToken(_),
                        ..
                    }
                );
                let who = if is_unauthorized { Who::Administrator } else { Who::Nobody };
                fault(Exit::Incomplete).for_whom(who)
            }
            _ => fault(Exit::Configuration),
        }
    }

    /// Returns the same, one by one where several things are not in order: each has a code of its own ([`NotReady::code`]).
    #[must_use]
    pub fn each_of_run(error: &RunError, place: &Place) -> Vec<Self> {
        let RunError::NotReady(faults) = error.cause() else {
            return vec![Self::of_run(error, place.clone())];
        };
        let whole = Self::of_run(error, place.clone());
        let each = |fault: &NotReady| {
            let who = match fault {
                NotReady::DateAhead { .. } => Who::Till,
                NotReady::Survey(fault) => Self::of_survey(fault).who,
                _ => whole.who,
            };
            let (code, message) = (fault.code().to_owned(), fault.to_string());
            Self { code, message, ..whole.clone() }.for_whom(who)
        };
        faults.iter().map(each).collect()
    }

    /// What only all inputs together show: a prefix of two stores, a tender id of two meanings. Nothing is sent before it is put
    /// right.
    pub fn of_survey(fault: &SurveyFault) -> Self {
        let store = fault.store().map(str::to_owned);
        let mut place = Place { store, ..Place::of_part("all files together") };
        if let SurveyFault::BatchOfTwoRegisters { register, batch, .. } = fault {
            (place.register, place.batch) = (Some(register.clone()), Some(*batch));
        }
        let who = if fault.is_of_mapping() { Who::Administrator } else { Who::Till };
        Self::new(fault.code(), fault.to_string(), place, Exit::RefusedInput).for_whom(who)
    }

    /// Each document and list entry of a report that is not settled.
    pub(super) fn of_unfinished(report: &Report) -> impl Iterator<Item = Self> {
        let entries = report.list_entries.iter().chain(&report.documents);
        // What waits for room under a customer's limit is told with the exchange: it is as it should be (F-11).
        let is_open = |entry: &&EntryReport| !entry.outcome.is_done() && entry.hold != Some(Hold::Limit);
        entries.filter(is_open).map(|entry| Self::of_entry(report, entry))
    }

    fn of_entry(report: &Report, entry: &EntryReport) -> Self {
        let place = Place { document: Some(entry.key.words()), ..place_of(report) };
        let exit = match entry.outcome {
            Outcome::Held | Outcome::Unknown => Exit::Incomplete,
            _ => Exit::Differences,
        };
        let message = entry.reason.clone().unwrap_or_else(|| "no reason is known".to_owned());
        let fault = Self::new(entry.outcome.word(), message, place, exit);
        // What was refused is tried again by the next run, once its cause is mended.
        Self { books_changed: entry.books_changed, ..fault }
    }

    /// Returns how it ends the program.
    #[must_use]
    pub fn exit(&self) -> Exit {
        self.exit
    }

    /// Whether something that was to be posted was not even started for it.
    pub(super) fn is_of_unstarted(&self) -> bool {
        self.place.batch.is_some() || self.place.purchase_order.is_some()
    }
}

/// Whether QuickBooks answered that this connection may not, or that the company's subscription has ended: another run brings
/// the same until somebody has changed it.
fn is_forbidden(error: &ReadError) -> bool {
    const CODES: [&str; 4] = ["120", "3100", "5020", "6190"];
    match error {
        ReadError::Refused(refusal) => CODES.contains(&refusal.code.as_str()),
        ReadError::Failed { why: UnknownWhy::Fault { code, .. }, .. } => CODES.contains(&code.as_str()),
        _ => false,
    }
}

pub(super) fn place_of(report: &Report) -> Place {
    match &report.origin {
        OriginKey::Batch(batch) | OriginKey::Correction { batch, .. } => {
            Place::of_batch(&report.store, &batch.register, batch.number)
        }
        OriginKey::PurchaseOrder { number, .. } => Place::of_purchase_order(&report.store, *number),
        OriginKey::OpeningEntry { .. } => {
            Place { store: Some(report.store.clone()), ..Place::of_part("opening balances") }
        }
    }
}

/// An error with its causes, one a line; a cause that the text says already is not said twice.
fn with_causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let line = error.downcast_ref().and_then(refusal_words::unread).unwrap_or_else(|| error.to_string());
        if !text.contains(&line) {
            text = format!("{text}\n  because {line}");
        }
        cause = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_named_from_the_large_to_the_small() {
        assert_eq!(Place::of_batch("Boston Store", "1", 4).to_string(), "Boston Store, register 1, batch 4");
        assert_eq!(Place::of_input("day.json").to_string(), "day.json");
    }

    #[test]
    fn who_must_act_follows_from_the_end_unless_it_is_said() {
        let fault = |exit| Fault::new("x", "x", Place::default(), exit);
        assert_eq!(fault(Exit::RefusedInput).who, Who::Till);
        assert!(fault(Exit::Incomplete).does_retry_help);
        assert!(!fault(Exit::Incomplete).for_whom(Who::Administrator).does_retry_help);
    }

    #[test]
    fn a_log_that_fails_may_have_changed_the_books() {
        let error =
            RunError::log("inv-CLT1B4", LogError::Damaged { position: 3, problem: "torn".to_owned() });
        let fault = Fault::of_run(&error, Place::of_batch("Boston Store", "1", 4));
        assert_eq!((fault.books_changed, fault.exit()), (BooksChanged::Unknown, Exit::Incomplete));
        assert!(fault.message.contains("because"), "{}", fault.message);
    }
}
