//! What became of a batch, entry by entry. Every entry says whether the books changed.

mod page;

use std::collections::BTreeMap;

use chrono::NaiveDate;
use mapping::{EventKey, Origin, OriginKey, StepKey};
use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use crate::stop::Paused;
use crate::text::as_text;

pub(crate) use self::page::write_reports;

/// What became of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Outcome {
    /// Our log says that an earlier run posted it.
    AlreadyPosted,
    /// QuickBooks answered that it is posted, to a request of this run.
    Created,
    /// Found in QuickBooks by a look-up, or answered to an earlier run's sending of the same request: equal to what was planned.
    Adopted,
    /// Another document, or other content, stands under its number; ours was not posted.
    Conflict,
    /// Posted, but what QuickBooks stored differs from the plan. Its word is `distorted`.
    #[serde(rename = "distorted")]
    StoredDifferently,
    /// May or may not be posted; the next run looks it up.
    Unknown,
    /// QuickBooks refused it; nothing was posted.
    Refused,
    /// Not sent: it depends on a step that failed, or QuickBooks could not be reached.
    Held,
    /// A person has settled it in QuickBooks and said so ([`settle`](crate::settle)): nothing is sent.
    Settled,
    /// A person had it taken back ([`Exchange::undo`](crate::Exchange::undo)): nothing is sent until it is to be posted again.
    Undone,
    /// Of a rehearsal ([`Exchange::rehearsal`](crate::Exchange::rehearsal)): a run would create it.
    ToCreate,
}

/// Why a step was held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Hold {
    /// An earlier document of the same event failed.
    EarlierDocument,
    /// A record that it needs, its customer for one, was to be made and failed.
    NeededRecord,
    /// A record that it names, a location for one, is not there.
    MissingRecord,
    /// QuickBooks could not be reached for it.
    Unreachable,
    /// The run ended early: QuickBooks could not be reached for several events in a row ([`Policy::outage`]).
    ///
    /// [`Policy::outage`]: crate::Policy::outage
    Outage,
    /// The run was asked to end ([`Options::stop`](crate::Options::stop)).
    Stopped,
    /// The run's time was up ([`Policy::budget`](crate::Policy::budget)).
    Paused,
    /// Its charge would exceed the customer's limit, or is not judged yet (F-11): its transaction waits whole.
    Limit,
    /// An undo of its batch or order broke off and is to be finished first.
    Undo,
}

impl Hold {
    /// Returns the word reports use.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::EarlierDocument => "earlier_document",
            Self::NeededRecord => "needed_record",
            Self::MissingRecord => "missing_record",
            Self::Unreachable => "unreachable",
            Self::Outage => "outage",
            Self::Stopped => "stopped",
            Self::Paused => "paused",
            Self::Limit => "limit",
            Self::Undo => "undo",
        }
    }
}

/// Whether a step changed the books.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum BooksChanged {
    /// A request of this run changed them.
    Now,
    /// A request of an earlier run did.
    Before,
    /// This step changed nothing.
    No,
    /// Nobody knows yet.
    Unknown,
}

impl Outcome {
    /// What a run may come to by itself, in the order reports use: every outcome but [`Settled`](Outcome::Settled),
    /// [`Undone`](Outcome::Undone) and [`ToCreate`](Outcome::ToCreate), which pages name only where they occur.
    pub const ALL: [Self; 8] = [
        Self::AlreadyPosted,
        Self::Created,
        Self::Adopted,
        Self::Conflict,
        Self::StoredDifferently,
        Self::Unknown,
        Self::Refused,
        Self::Held,
    ];

    /// Returns whether nothing is left to be done: the step stands in QuickBooks as planned, a person has settled it, or, of a
    /// rehearsal, it would stand there after a run.
    #[must_use]
    pub const fn is_done(self) -> bool {
        matches!(
            self,
            Self::AlreadyPosted
                | Self::Created
                | Self::Adopted
                | Self::Settled
                | Self::Undone
                | Self::ToCreate
        )
    }

    /// Returns what it means to a bookkeeper, in a line.
    #[must_use]
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::AlreadyPosted => "an earlier run posted it, as planned",
            Self::Created => "posted as planned",
            Self::Adopted => "it was there already, the same to the cent; taken as ours, not posted twice",
            Self::Conflict => "another document has its number; nothing was posted",
            Self::StoredDifferently => "QuickBooks stored something else than was sent; look at it there",
            Self::Unknown => {
                "sent, and the answer was lost; the next run looks it up before anything is sent again"
            }
            Self::Refused => "QuickBooks said no, in the words above; nothing was posted",
            Self::Held => "waits for something before it; the next run goes on",
            Self::Settled => "a person has settled it in QuickBooks and said so; nothing is sent",
            Self::Undone => "a person had it taken back; nothing is sent until it is to be posted again",
            Self::ToCreate => "a run would create it; nothing was sent",
        }
    }

    /// Returns the word reports use.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::AlreadyPosted => "already_posted",
            Self::Created => "created",
            Self::Adopted => "adopted",
            Self::Conflict => "conflict",
            Self::StoredDifferently => "distorted",
            Self::Unknown => "unknown",
            Self::Refused => "refused",
            Self::Held => "held",
            Self::Settled => "settled",
            Self::Undone => "undone",
            Self::ToCreate => "to_create",
        }
    }
}

/// What became of one list entry or document. Serialises with these names; a key is text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct EntryReport {
    /// The step's key.
    #[serde(serialize_with = "as_text")]
    pub key: StepKey,
    /// `Invoice`, `Expense`, `Customer` ...
    pub kind: &'static str,
    /// The document's number; a list entry's key.
    pub number: String,
    /// The event behind a document.
    pub identity: Option<EventKey>,
    /// What became of it.
    pub outcome: Outcome,
    /// Whether it stands in the books, and since when.
    pub books_changed: BooksChanged,
    /// QuickBooks' id, when it has one; of a conflict, that of the document which holds its number.
    pub id: Option<String>,
    /// Why it is not settled, with the remedy where there is one.
    pub reason: Option<String>,
    /// Why it is held, as a word for programs; none unless it is held.
    pub hold: Option<Hold>,
}

/// What became of a batch or a purchase order. Serialises with these names; dates are `2026-02-03`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Report {
    /// What was run. Not among the serialised names.
    #[serde(skip)]
    pub origin: OriginKey,
    /// The store's name.
    pub store: String,
    /// The register of a batch; none of a purchase order.
    pub register: Option<String>,
    /// The batch's or the order's number.
    pub number: u64,
    /// The batch's business date, or the order's date.
    pub business_date: NaiveDate,
    /// Documents, in posting order.
    pub documents: Vec<EntryReport>,
    /// Accounts, items and payment methods that this run made, customers and vendors that the batch or order brought.
    pub list_entries: Vec<EntryReport>,
    /// Numbers of documents that an earlier run posted for the batch and that are gone from the file and from QuickBooks, where
    /// they were deleted or voided (T-06): the batch is as the file says.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub removed: Vec<String>,
    /// Documents of this batch or order that QuickBooks has and the posting log did not know: the log was lost, or is an older
    /// copy. They were looked up, and none is posted twice.
    #[serde(skip_serializing_if = "is_zero")]
    pub log_behind: u64,
    /// Whether the run ended early, because QuickBooks could not be reached or because it was asked to: the rest is held, and
    /// the next run goes on.
    pub is_cut_short: bool,
    /// What remains and until when, when the run's time was up.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub paused: Option<Paused>,
}

impl Report {
    /// Returns a report without entries: what a host adds its own observations to when a run ended with an error.
    pub fn new<'o>(origin: impl Into<Origin<'o>>) -> Self {
        let origin = origin.into();
        Self {
            origin: origin.key(),
            store: origin.store().name().to_owned(),
            register: match origin {
                Origin::Batch(batch) => Some(batch.register().to_owned()),
                Origin::Correction(of) => Some(of.differences().register().to_owned()),
                Origin::PurchaseOrder(_) | Origin::OpeningEntry { .. } => None,
            },
            number: origin.number(),
            business_date: origin.date(),
            documents: Vec::new(),
            list_entries: Vec::new(),
            removed: Vec::new(),
            log_behind: 0,
            is_cut_short: false,
            paused: None,
        }
    }

    /// Returns the documents counted.
    #[must_use]
    pub fn counts(&self) -> Counts {
        Counts::over(std::slice::from_ref(self))
    }
}

/// Whether a figure is left out of the JSON form.
#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference in")]
fn is_zero(figure: &u64) -> bool {
    *figure == 0
}

/// Documents counted by outcome and by kind. `planned` is the sum of all outcomes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Counts {
    /// All documents.
    pub planned: u64,
    /// How many there are of each outcome; absent is 0.
    pub by_outcome: BTreeMap<Outcome, u64>,
    /// How many there are of each kind; absent is 0.
    pub by_kind: BTreeMap<&'static str, u64>,
}

/// `planned`, `by_kind`, and a figure for every outcome by its word.
pub(crate) struct CountsForm<'c>(pub(crate) &'c Counts);

impl Serialize for CountsForm<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("planned", &self.0.planned)?;
        map.serialize_entry("by_kind", &self.0.by_kind)?;
        for outcome in Outcome::ALL.into_iter().chain([Outcome::Settled, Outcome::Undone, Outcome::ToCreate])
        {
            map.serialize_entry(outcome.word(), &self.0.of(outcome))?;
        }
        map.end()
    }
}

impl Counts {
    /// Counts the documents of several reports.
    pub(crate) fn over(reports: &[Report]) -> Self {
        let mut counts = Self::default();
        reports.iter().flat_map(|report| &report.documents).for_each(|entry| counts.add(entry));
        counts
    }

    /// Counts one more.
    pub fn add(&mut self, entry: &EntryReport) {
        self.planned += 1;
        *self.by_outcome.entry(entry.outcome).or_default() += 1;
        *self.by_kind.entry(entry.kind).or_default() += 1;
    }

    /// Returns how many documents have this outcome.
    #[must_use]
    pub fn of(&self, outcome: Outcome) -> u64 {
        self.by_outcome.get(&outcome).copied().unwrap_or_default()
    }
}
