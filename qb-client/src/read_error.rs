//! What can go wrong while reading. A read changes nothing.
//!
//! Neighbours: `outcome.rs` (why an attempt gave nothing), `error.rs` (values that cannot be made).

use std::time::Duration;

use qb_model::ModelError;

use crate::error::ClientError;
use crate::outcome::{NotSentWhy, Refusal, UnknownWhy};

/// Why a read gave no answer. A read changes nothing: the books are as they were, whatever the variant.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// No attempt reached QuickBooks, or it asked to wait longer than a read waits.
    #[error("read was not sent: {why}")]
    NotSent {
        /// Of the last attempt.
        why: NotSentWhy,
        /// How long to wait before another try, if QuickBooks throttles.
        retry_after: Option<Duration>,
    },
    /// QuickBooks refused the read.
    #[error("read was refused: {0}")]
    Refused(Refusal),
    /// Every attempt ended without a usable answer.
    #[error("read failed: {why}")]
    Failed {
        /// Of the last attempt.
        why: UnknownWhy,
        /// QuickBooks' id of the exchange, for support.
        intuit_tid: Option<String>,
    },
    /// The answer is larger than the limit of its kind; it was not taken in. Asking again brings the same: ask for less.
    #[error("answer is larger than {limit} bytes; ask for less")]
    TooLarge {
        /// The limit in bytes.
        limit: usize,
    },
    /// The answer came but lacks what was asked for.
    #[error("answer cannot be read")]
    Unreadable(#[from] ModelError),
    /// The answer is for something else than was asked.
    #[error("report answers for {found} where {asked} was asked")]
    OtherReport {
        /// What was asked for.
        asked: String,
        /// What came.
        found: String,
    },
    /// The answer to a query disagrees with itself: it says that there are rows and shows none, or shows other ones. Nothing
    /// follows from it, least of all that something is not there.
    #[error("answer about {entity} contradicts itself: {why}; ask again")]
    Contradiction {
        /// The entity asked for.
        entity: &'static str,
        /// What does not go together.
        why: String,
    },
    /// The list did not end after 1,000 pages.
    #[error("list of {entity} does not end after 1000 pages")]
    Endless {
        /// The entity asked for.
        entity: &'static str,
    },
    /// The query itself cannot be written.
    #[error("query cannot be written")]
    Query(#[from] ClientError),
}

impl ReadError {
    /// Returns a stable kebab word for programs; the text may change, this does not.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotSent { .. } => "read-not-sent",
            Self::Refused(_) => "read-refused",
            Self::Failed { .. } => "read-failed",
            Self::TooLarge { .. } => "read-too-large",
            Self::Unreadable(_) => "read-unreadable",
            Self::OtherReport { .. } => "read-other-report",
            Self::Contradiction { .. } => "read-contradiction",
            Self::Endless { .. } => "read-endless",
            Self::Query(_) => "read-invalid-query",
        }
    }
}
