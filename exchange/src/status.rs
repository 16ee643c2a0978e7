//! What a posting log holds, at a glance: what is posted, what is not settled and why, the last sending, the last certificate. Reads
//! the log alone; QuickBooks is not asked.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use chrono::{DateTime, Utc};
use mapping::{EventKey, StepKey};
use serde::Serialize;

use crate::entry::Entry;
use crate::history::{History, State};
use crate::report::Outcome;

/// What a posting log holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct LogStatus {
    /// QuickBooks' id of the company; none of an empty log.
    pub company: Option<String>,
    /// How many entries there are.
    pub entries: u64,
    /// The documents by what became of them, as the next run will find them: `already_posted` stand in QuickBooks.
    pub documents: BTreeMap<&'static str, u64>,
    /// Those that are not done, in the order of their keys.
    pub not_done: Vec<NotDone>,
    /// Late edits that were corrected.
    pub late_edits: u64,
    /// When a document was sent last.
    pub last_sent: Option<DateTime<Utc>>,
    /// The last certificate.
    pub certificate: Option<LastCertificate>,
}

/// A document that is not done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct NotDone {
    /// The document.
    pub key: StepKey,
    /// `Invoice`, `Payment` ...
    pub kind: &'static str,
    /// Its number.
    pub number: String,
    /// The event it comes from, where it was sent.
    pub event: Option<EventKey>,
    /// What became of it.
    pub outcome: Outcome,
    /// Why, where the log says it.
    pub reason: Option<String>,
    /// When it was sent last; none of one that never was.
    pub sent_at: Option<DateTime<Utc>>,
}

/// A certificate that was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct LastCertificate {
    /// Its number.
    pub number: u64,
    /// Its hash.
    pub sha256: String,
    /// When QuickBooks was read for it.
    pub checked_at: DateTime<Utc>,
}

/// Reads a log's entries one after another, from the first, and says what they come to.
///
/// ```
/// use exchange::{Entry, StatusReader};
///
/// let mut reader = StatusReader::default();
/// reader.take(Entry::Company { realm: "9130347596842384".to_owned() });
/// let status = reader.status();
/// assert_eq!((status.company.as_deref(), status.entries), (Some("9130347596842384"), 1));
/// assert!(status.is_settled());
/// ```
#[derive(Debug, Default)]
pub struct StatusReader {
    history: History,
    entries: u64,
    late_edits: u64,
    last_sent: Option<DateTime<Utc>>,
    certificate: Option<LastCertificate>,
}

impl StatusReader {
    /// Takes the next entry.
    pub fn take(&mut self, entry: Entry) {
        self.entries += 1;
        match &entry {
            Entry::Sending { sent, .. } if sent.identity.is_some() => {
                self.last_sent = self.last_sent.max(Some(sent.sent_at));
            }
            Entry::BatchKept(kept) if kept.edit > 0 => self.late_edits += 1,
            Entry::Certificate { number, sha256, checked_at } => {
                let (number, sha256, checked_at) = (*number, sha256.clone(), *checked_at);
                self.certificate = Some(LastCertificate { number, sha256, checked_at });
            }
            _ => {}
        }
        self.history.apply(entry);
    }

    /// Returns what the entries come to.
    #[must_use]
    pub fn status(&self) -> LogStatus {
        let history = &self.history;
        let all: BTreeSet<&StepKey> = history.documents().collect();
        let (mut documents, mut not_done) = (BTreeMap::new(), Vec::new());
        for key in all {
            let outcome = match history.settlement(key) {
                Some(_) => Outcome::Settled,
                None => history.outcome_of(key),
            };
            *documents.entry(outcome.word()).or_default() += 1;
            if !matches!(outcome, Outcome::AlreadyPosted | Outcome::Settled | Outcome::Undone) {
                let record = history.step(key);
                let reason = record.and_then(|record| match &record.state {
                    State::Refused { reason }
                    | State::Conflict { reason, .. }
                    | State::StoredDifferently { reason, .. } => Some(reason.clone()),
                    State::Sending | State::NotSent | State::Posted { .. } | State::Undone { .. } => None,
                });
                not_done.push(NotDone {
                    key: key.clone(),
                    kind: key.kind().name(),
                    number: key.name().to_owned(),
                    event: record.and_then(|record| record.sent.identity.clone()),
                    outcome,
                    reason: reason.or_else(|| history.conflict(key).cloned()),
                    sent_at: record.map(|record| record.sent.sent_at),
                });
            }
        }
        LogStatus {
            company: history.realm.clone(),
            entries: self.entries,
            documents,
            not_done,
            late_edits: self.late_edits,
            last_sent: self.last_sent,
            certificate: self.certificate.clone(),
        }
    }
}

impl LogStatus {
    /// Returns whether nothing is left to be done: every document that was begun stands in QuickBooks as planned, or a person has
    /// settled it.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        self.not_done.is_empty()
    }
}

fn plural(count: u64, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// Names shown one by one.
const SHOWN: usize = 20;

/// A page for people.
impl fmt::Display for LogStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let moment = |at: DateTime<Utc>| at.format("%Y-%m-%d %H:%M:%S UTC");
        match &self.company {
            Some(company) => writeln!(f, "Company {company}: {}", plural(self.entries, "entry", "entries"))?,
            None => writeln!(f, "Nothing was ever sent.")?,
        }
        let words = |(word, count): (&&str, &u64)| format!("{count} {}", word.replace('_', " "));
        if !self.documents.is_empty() {
            let all: Vec<String> = self.documents.iter().map(words).collect();
            writeln!(f, "Documents: {}", all.join(", "))?;
        }
        if self.late_edits > 0 {
            writeln!(f, "Corrected: {}", plural(self.late_edits, "late edit", "late edits"))?;
        }
        if let Some(at) = self.last_sent {
            writeln!(f, "Last sent: {}", moment(at))?;
        }
        match &self.certificate {
            Some(LastCertificate { number, sha256, checked_at }) => {
                writeln!(f, "Last certificate: {number}, of {}, SHA-256 {sha256}", moment(*checked_at))?;
            }
            None => writeln!(f, "No certificate was made.")?,
        }
        for document in self.not_done.iter().take(SHOWN) {
            write!(f, "{}: {}", document.key.words(), document.outcome.word().replace('_', " "))?;
            if let Some(at) = document.sent_at {
                write!(f, ", sent {}", moment(at))?;
            }
            match &document.reason {
                Some(reason) => writeln!(f, ": {reason}")?,
                None => writeln!(f)?,
            }
        }
        match self.not_done.len().saturating_sub(SHOWN) {
            0 => Ok(()),
            more => writeln!(f, "and {more} more; the report in JSON names them all"),
        }
    }
}
