//! Settling by hand: a person has put right in QuickBooks what a run could not, and says so.
//!
//! An entry is added to the posting log, and none is removed: later runs pass the document by, and the tie-out shows it with
//! the name and the remark. QuickBooks is not asked.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use mapping::{StepKey, kind_words};
use serde::Serialize;

use crate::chain::Chain;
use crate::entry::Entry;
use crate::history::{History, Record, State};
use crate::log::{LogError, PostingLog};
use crate::report::Outcome;

/// What a person says of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Settlement {
    /// The document's number.
    pub number: String,
    /// Its kind (`Invoice`, `Payment` ...), where documents of several kinds have that number.
    pub kind: Option<String>,
    /// Who says it: a name, not empty.
    pub who: String,
    /// Why: what was done about it; not empty.
    pub because: String,
}

impl Settlement {
    /// Returns what `who` says of the document with this number.
    pub fn new(number: impl Into<String>, who: impl Into<String>, because: impl Into<String>) -> Self {
        Self { number: number.into(), kind: None, who: who.into(), because: because.into() }
    }

    /// Names the kind.
    #[must_use]
    pub fn with_kind(mut self, kind: impl Into<String>) -> Self {
        self.kind = Some(kind.into());
        self
    }
}

/// A document that a person has settled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct SettledDocument {
    /// `Invoice`, `Payment` ...
    pub kind: &'static str,
    /// Its number.
    pub number: String,
    /// What it was until then.
    pub was: Outcome,
    /// Who settled it.
    pub who: String,
    /// Why.
    pub because: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// Why nothing was settled. Neither the log nor the books changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SettleError {
    /// No document that the log knows has the number.
    #[error(
        "the posting log knows no document {number}; write the number as the report has it, or name the log of its company"
    )]
    NoSuchDocument {
        /// The number.
        number: String,
    },
    /// It stands in QuickBooks as planned, as far as the log knows.
    #[error(
        "{kind} {number} is posted as planned: there is nothing to settle; what the tie-out says of it is put right in QuickBooks"
    )]
    IsPosted {
        /// Its kind.
        kind: String,
        /// Its number.
        number: String,
    },
    /// A person has settled it before.
    #[error("{kind} {number} was settled by {who} on {}: {because}", .at.format("%Y-%m-%d"))]
    IsSettled {
        /// Its kind.
        kind: String,
        /// Its number.
        number: String,
        /// Who settled it.
        who: String,
        /// Why.
        because: String,
        /// When.
        at: DateTime<Utc>,
    },
    /// Several documents that are not settled have the number.
    #[error("{number} is the number of several documents that are not settled: {kinds}; name the kind")]
    SeveralKinds {
        /// The number.
        number: String,
        /// Their kinds.
        kinds: String,
    },
    /// The name or the reason is missing.
    #[error("{what} is missing: name it, it is what an auditor reads later")]
    Missing {
        /// Which of the two.
        what: &'static str,
    },
    /// The posting log cannot be read or written.
    #[error(transparent)]
    Log(#[from] LogError),
}

impl SettleError {
    /// Returns a stable word for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoSuchDocument { .. } => "no-such-document",
            Self::IsPosted { .. } => "nothing-to-settle",
            Self::IsSettled { .. } => "already-settled",
            Self::SeveralKinds { .. } => "several-kinds",
            Self::Missing { .. } => "settle-incomplete",
            Self::Log(error) => error.code(),
        }
    }
}

/// How long the log is claimed for: one entry.
const LEASE: TimeDelta = TimeDelta::minutes(1);

/// Settles a document that no run could: one that was stored differently, whose number another document has, of unknown
/// outcome, refused, or held behind such a one. Nothing is sent, and no entry of the log is removed.
///
/// # Errors
/// [`SettleError`]; nothing changed.
pub async fn settle(
    log: &dyn PostingLog,
    owner: &str,
    settlement: &Settlement,
    at: DateTime<Utc>,
) -> Result<SettledDocument, SettleError> {
    let Settlement { number, kind, who, because } = settlement;
    for (text, what) in [(who, "who settled it"), (because, "why")] {
        if text.trim().is_empty() {
            return Err(SettleError::Missing { what });
        }
    }
    let fence = log.claim(owner, at + LEASE).await?;
    let (mut chain, mut history) = (Chain::default(), History::default());
    for row in log.read(0).await? {
        history.apply(chain.read(&row)?);
    }
    let step = history.document_to_settle(number, kind.as_deref())?;
    let settled = SettledDocument {
        kind: step.kind().name(),
        number: step.name().to_owned(),
        was: history.outcome_of(&step),
        who: who.trim().to_owned(),
        because: because.trim().to_owned(),
        at,
    };
    let (who, because) = (settled.who.clone(), settled.because.clone());
    let (rows, _) = chain.rows(&[Entry::Settled { step, who, because, at }])?;
    log.append(fence, chain.length, &rows).await?;
    Ok(settled)
}

impl History {
    /// The document that a person means.
    fn document_to_settle(&self, number: &str, kind: Option<&str>) -> Result<StepKey, SettleError> {
        let is_meant = |key: &&StepKey| {
            let is_kind =
                kind.is_none_or(|kind| kind_words(key.kind().name()).eq_ignore_ascii_case(&kind_words(kind)));
            is_kind && key.name().eq_ignore_ascii_case(number.trim())
        };
        let meant: BTreeSet<&StepKey> = self.documents().filter(is_meant).collect();
        let is_unsettled = |key: &&&StepKey| self.settlement(key).is_none() && !self.is_as_planned(key);
        let unsettled: Vec<&StepKey> = meant.iter().filter(is_unsettled).copied().collect();
        let number = || number.trim().to_owned();
        match (unsettled.as_slice(), meant.first()) {
            ([only], _) => Ok((*only).clone()),
            ([], None) => Err(SettleError::NoSuchDocument { number: number() }),
            ([], Some(key)) => Err(match self.settlement(key) {
                Some(settled) => SettleError::IsSettled {
                    kind: kind_words(key.kind().name()),
                    number: key.name().to_owned(),
                    who: settled.who.clone(),
                    because: settled.because.clone(),
                    at: settled.at,
                },
                None => SettleError::IsPosted {
                    kind: kind_words(key.kind().name()),
                    number: key.name().to_owned(),
                },
            }),
            (several, _) => {
                let kinds: Vec<String> = several.iter().map(|key| kind_words(key.kind().name())).collect();
                Err(SettleError::SeveralKinds { number: number(), kinds: kinds.join(", ") })
            }
        }
    }

    fn is_as_planned(&self, key: &StepKey) -> bool {
        self.step(key)
            .is_some_and(|record| matches!(record.state, State::Posted { .. } | State::Undone { .. }))
    }

    /// What became of a document, as far as the log knows.
    pub(crate) fn outcome_of(&self, key: &StepKey) -> Outcome {
        match self.step(key) {
            Some(Record { state, .. }) => match state {
                State::Sending => Outcome::Unknown,
                State::NotSent => Outcome::Held,
                State::Refused { .. } => Outcome::Refused,
                State::Conflict { .. } => Outcome::Conflict,
                State::Posted { .. } => Outcome::AlreadyPosted,
                State::StoredDifferently { .. } => Outcome::StoredDifferently,
                State::Undone { .. } => Outcome::Undone,
            },
            None if self.conflict(key).is_some() => Outcome::Conflict,
            None => Outcome::Held,
        }
    }
}
