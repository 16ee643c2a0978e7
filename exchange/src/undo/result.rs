//! What an undo says, before and after. Plain data.

use std::fmt;

use chrono::NaiveDate;
use mapping::{DocumentAct, OriginKey};
use serde::{Serialize, Serializer};

use crate::posted::PostedDocument;
use crate::text::as_text;

/// What an undo would do, or what it has done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Undo {
    /// The batch, purchase order or opening entry.
    #[serde(serialize_with = "as_text")]
    pub origin: OriginKey,
    /// How it stands.
    pub result: UndoResult,
    /// Its documents in the order in which they are taken back, each with what is done to it and what came of that.
    pub acts: Vec<UndoAct>,
    /// What forbids it. While there is one, nothing is done.
    pub obstacles: Vec<Obstacle>,
    /// What else changes by it, in sentences.
    pub consequences: Vec<String>,
}

/// How an undo stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum UndoResult {
    /// A preview: nothing was done, and nothing forbids it.
    ToDo,
    /// Something forbids it: nothing was done by this undo.
    Forbidden,
    /// Every document is taken back.
    Done,
    /// Part of it is not: the next undo goes on.
    Incomplete,
}

/// One document, and what is done to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct UndoAct {
    /// The act.
    #[serde(serialize_with = "word_of_act")]
    pub what: DocumentAct,
    /// The document.
    pub document: PostedDocument,
    /// What came of it.
    pub outcome: ActOutcome,
    /// Why it was not done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// What came of an act on a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ActOutcome {
    /// It would be done.
    ToDo,
    /// It was done now.
    Done,
    /// It was done before: by an earlier undo, or by a person.
    DoneBefore,
    /// QuickBooks refuses it, or the document has changed meanwhile; nothing was changed.
    Refused,
    /// Nobody knows whether it was done; the next undo reads the document.
    InDoubt,
    /// It was not sent: QuickBooks could not be reached, the run ended, or an act before it failed.
    Held,
}

impl ActOutcome {
    /// Returns whether the document is taken back.
    #[must_use]
    pub const fn is_done(self) -> bool {
        matches!(self, Self::Done | Self::DoneBefore)
    }

    /// Returns the word that pages and JSON use.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::ToDo => "to_do",
            Self::Done => "done",
            Self::DoneBefore => "done_before",
            Self::Refused => "refused",
            Self::InDoubt => "in_doubt",
            Self::Held => "held",
        }
    }
}

/// What forbids an undo. Each says in a sentence what it is and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Obstacle {
    /// The money of a document was taken to the bank in QuickBooks.
    Deposited {
        /// The document.
        document: PostedDocument,
        /// QuickBooks' id of the deposit.
        deposit: String,
    },
    /// The books are closed to its date.
    PeriodClosed {
        /// The document.
        document: PostedDocument,
        /// The last closed day.
        closed_to: NaiveDate,
    },
    /// A later document stands on it: a payment of it, or of a credit with it.
    LaterDocument {
        /// The document.
        document: PostedDocument,
        /// The later one, as people call it.
        later: String,
    },
    /// Somebody changed it in QuickBooks: what would be taken back is not what was posted.
    Edited {
        /// The document.
        document: PostedDocument,
        /// How it is now.
        words: String,
    },
    /// Nobody knows whether it stands in QuickBooks.
    InDoubt {
        /// The document.
        document: PostedDocument,
    },
}

impl Obstacle {
    /// Returns a stable word for programs.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Deposited { .. } => "deposited",
            Self::PeriodClosed { .. } => "period-closed",
            Self::LaterDocument { .. } => "later-document",
            Self::Edited { .. } => "edited",
            Self::InDoubt { .. } => "in-doubt",
        }
    }

    /// Returns the document that it is about.
    #[must_use]
    pub const fn document(&self) -> &PostedDocument {
        match self {
            Self::Deposited { document, .. }
            | Self::PeriodClosed { document, .. }
            | Self::LaterDocument { document, .. }
            | Self::Edited { document, .. }
            | Self::InDoubt { document } => document,
        }
    }
}

impl fmt::Display for Obstacle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Deposited { document, deposit } => write!(
                f,
                "{document} was taken to the bank in QuickBooks: take it off the deposit with id {deposit} first"
            ),
            Self::PeriodClosed { document, closed_to } => write!(
                f,
                "{document} lies in books that are closed to {closed_to}: ask the accountant to open them, or to correct it on an open day"
            ),
            Self::LaterDocument { document, later } => {
                write!(f, "{later} stands on {document}: take it back first")
            }
            Self::Edited { document, words } => write!(
                f,
                "{document} was changed in QuickBooks, it is {words}: change it back first, so that what is taken back is what was posted"
            ),
            Self::InDoubt { document } => write!(
                f,
                "nobody knows whether {document} stands in QuickBooks: run its batch again first, which looks it up"
            ),
        }
    }
}

impl Serialize for Obstacle {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Form<'o> {
            code: &'static str,
            document: &'o PostedDocument,
            words: String,
        }
        Form { code: self.code(), document: self.document(), words: self.to_string() }.serialize(serializer)
    }
}

impl fmt::Display for Undo {
    /// A page for people.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { origin, result, acts, obstacles, consequences } = self;
        let done = acts.iter().filter(|act| act.outcome.is_done()).count();
        let documents = if acts.len() == 1 { "document" } else { "documents" };
        match result {
            UndoResult::ToDo => writeln!(f, "{origin}: an undo would take back {} {documents}.", acts.len())?,
            UndoResult::Forbidden => {
                writeln!(f, "{origin} cannot be undone as it stands; nothing was done.")?
            }
            UndoResult::Done => writeln!(f, "{origin} is undone: {} {documents} taken back.", acts.len())?,
            UndoResult::Incomplete => writeln!(
                f,
                "{origin} is undone in part: {done} of {} {documents} taken back; run the undo again, which goes on from there.",
                acts.len()
            )?,
        }
        for obstacle in obstacles {
            writeln!(f, "  forbidden: {obstacle}")?;
        }
        if *result != UndoResult::Forbidden {
            for UndoAct { what, document, outcome, reason } in acts {
                let reason = reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default();
                writeln!(f, "  {} {document}  {}{reason}", what.word(), outcome.word().replace('_', " "))?;
            }
        }
        for consequence in consequences {
            writeln!(f, "  then: {consequence}")?;
        }
        Ok(())
    }
}

fn word_of_act<S: Serializer>(act: &DocumentAct, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(act.word())
}
