//! Why an undo could not be planned or gone on with.

use mapping::OriginKey;

use super::result::Undo;
use crate::error::RunError;

/// Why there is no undo. Nothing was changed, unless it carries what was done.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum UndoError {
    /// The posting log has no document of it that stands in QuickBooks.
    #[error("{origin} is not posted, as far as the posting log knows: there is nothing to undo")]
    NotPosted {
        /// The batch, purchase order or opening entry.
        origin: OriginKey,
    },
    /// It is undone already.
    #[error("{origin} was undone by {by}; to have it posted again, say so with `--post-again`")]
    IsUndone {
        /// The batch, purchase order or opening entry.
        origin: OriginKey,
        /// Who, when and why.
        by: String,
    },
    /// It is to be posted again, and is not undone.
    #[error("{origin} is not undone: there is nothing to post again")]
    NotUndone {
        /// The batch, purchase order or opening entry.
        origin: OriginKey,
    },
    /// An undo of it broke off and must be finished before it can be posted again.
    #[error("an undo of {origin} broke off: run it again first, which goes on from there")]
    IsUnderWay {
        /// The batch, purchase order or opening entry.
        origin: OriginKey,
    },
    /// The name or the reason is missing.
    #[error("{what} is missing: name it, it is what an auditor reads later")]
    Missing {
        /// Which of the two.
        what: &'static str,
    },
    /// The log, the company or QuickBooks cannot be read; nothing was changed.
    #[error(transparent)]
    Run(#[from] RunError),
    /// The posting log failed in the middle: the act that it names may be done, and nothing after it was. The next undo reads the
    /// document and goes on.
    #[error("{source}")]
    Partly {
        /// What was done before.
        done: Box<Undo>,
        /// The cause.
        #[source]
        source: RunError,
    },
}

impl UndoError {
    /// Returns a stable word for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotPosted { .. } => "not-posted",
            Self::IsUndone { .. } => "already-undone",
            Self::NotUndone { .. } => "not-undone",
            Self::IsUnderWay { .. } => "undo-under-way",
            Self::Missing { .. } => "undo-incomplete",
            Self::Run(error) | Self::Partly { source: error, .. } => error.code(),
        }
    }
}
