//! One step to be posted, and what became of it.

use chrono::NaiveDate;
use mapping::engine::ListEntry;
use mapping::{EventKey, Step, StepContent, StepKey};
use qb_client::ReadError;
use qb_model::Create;

use crate::history::Undone;
use crate::refusal_words;
use crate::rehearsal::is_rehearsed;
use crate::report::{BooksChanged, EntryReport, Hold, Outcome};

/// One step, ready to be posted.
#[derive(Clone)]
pub(crate) struct Job {
    pub(crate) key: StepKey,
    pub(crate) create: Create,
    pub(crate) identity: Option<EventKey>,
    pub(crate) txn_date: Option<NaiveDate>,
    pub(crate) legs: Vec<(String, i64)>,
    /// Whether a record of its name is taken for it only when that record's notes carry our key: names of people are not unique.
    pub(crate) must_carry_key: bool,
}

impl Job {
    /// A list entry.
    pub(crate) fn of_list(key: StepKey, create: Create) -> Self {
        Self { key, create, identity: None, txn_date: None, legs: Vec::new(), must_carry_key: false }
    }
}

/// What became of a job.
pub(crate) struct Finished {
    pub(crate) outcome: Outcome,
    pub(crate) books_changed: BooksChanged,
    pub(crate) id: Option<String>,
    pub(crate) reason: Option<String>,
    pub(crate) hold: Option<Hold>,
    pub(crate) contact: Contact,
}

/// Whether settling a step says that QuickBooks can be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Contact {
    /// It was not asked.
    None,
    /// It said what it did.
    Reached,
    /// It could not be reached, or did not say what it did.
    Unreached,
}

impl Finished {
    /// It stands in QuickBooks since an earlier run.
    pub(crate) fn before(outcome: Outcome, id: String, reason: Option<String>) -> Self {
        Self {
            outcome,
            books_changed: BooksChanged::Before,
            id: Some(id),
            reason,
            hold: None,
            contact: Contact::None,
        }
    }

    /// Takes the made-up id of a rehearsal away: in a report, what was not sent has none.
    fn without_rehearsed_id(self) -> Self {
        Self { id: self.id.filter(|id| !is_rehearsed(id)), ..self }
    }
}

impl Finished {
    /// A person has settled it; the books did not change by it in this run.
    pub(crate) fn by_hand(id: Option<String>, reason: String) -> Self {
        Self {
            outcome: Outcome::Settled,
            books_changed: BooksChanged::No,
            id,
            reason: Some(reason),
            hold: None,
            contact: Contact::None,
        }
    }
}

impl Finished {
    /// A person had its batch or order taken back: nothing of it is sent until it is to be posted again, and nothing at all while
    /// the undo is not finished.
    pub(crate) fn undone(undone: &Undone) -> Self {
        let Undone { by, is_done } = undone;
        if *is_done {
            unsent(Outcome::Undone, format!("undone by {by}"))
        } else {
            let reason = format!(
                "an undo broke off, which was asked for by {by}; run the undo again, which goes on from there"
            );
            held(Hold::Undo, reason)
        }
    }
}

/// It may stand in QuickBooks; the next run looks it up.
pub(crate) fn unknown(reason: String) -> Finished {
    Finished {
        books_changed: BooksChanged::Unknown,
        contact: Contact::Unreached,
        ..unsent(Outcome::Unknown, reason)
    }
}

pub(crate) fn held(hold: Hold, reason: String) -> Finished {
    Finished { hold: Some(hold), ..unsent(Outcome::Held, reason) }
}

/// Not sent, because QuickBooks could not be asked for something that it depends on.
pub(crate) fn unread(what: &str, error: &ReadError) -> Finished {
    let why = refusal_words::unread(error).unwrap_or_else(|| error.to_string());
    let reason = format!("QuickBooks could not be asked for {what}: {why}");
    Finished { contact: Contact::Unreached, ..held(Hold::Unreachable, reason) }
}

/// Refused here, before anything was sent.
pub(crate) fn refused(reason: String) -> Finished {
    unsent(Outcome::Refused, reason)
}

fn unsent(outcome: Outcome, reason: String) -> Finished {
    let (books_changed, contact) = (BooksChanged::No, Contact::None);
    Finished { outcome, books_changed, id: None, reason: Some(reason), hold: None, contact }
}

pub(crate) fn entry_report(step: &Step<'_>, finished: Finished) -> EntryReport {
    let planned = match &step.content {
        StepContent::ListEntry(entry) => return list_entry_report(*entry, finished),
        StepContent::Document(planned) => planned,
    };
    let Finished { outcome, books_changed, id, reason, hold, contact: _ } = finished.without_rehearsed_id();
    EntryReport {
        key: planned.key.clone(),
        kind: planned.document.kind().name(),
        number: planned.number.to_string(),
        identity: Some(planned.identity.key()),
        outcome,
        books_changed,
        id,
        reason,
        hold,
    }
}

pub(crate) fn list_entry_report(entry: ListEntry<'_>, finished: Finished) -> EntryReport {
    let (key, kind) = (entry.key(), entry.kind().name());
    let Finished { outcome, books_changed, id, reason, hold, contact: _ } = finished.without_rehearsed_id();
    let number = key.to_string();
    EntryReport { key, kind, number, identity: None, outcome, books_changed, id, reason, hold }
}
