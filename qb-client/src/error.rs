//! What can go wrong outside a write's outcome: making values, and reading.

use std::time::Duration;

use qb_model::ModelError;

use crate::outcome::{NotSentWhy, Refusal, UnknownWhy};

/// Why a value of this crate could not be made. Nothing was sent.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ClientError {
    /// A base address that must not get a token.
    #[error("base address {address:?} is not trusted: {why}")]
    UntrustedHost {
        /// The refused address without user and query part.
        address: String,
        /// The rule it breaks.
        why: &'static str,
    },
    /// A company id that is not 1 to 20 digits.
    #[error("realm id {text:?} is not 1 to 20 digits")]
    InvalidRealm {
        /// The refused text, at most 40 characters of it.
        text: String,
    },
    /// A request id that QuickBooks would refuse or cut.
    #[error("request id {text:?} is not 1 to 36 ascii letters, digits, '-', '_' and '.'")]
    InvalidRequestId {
        /// The refused text, at most 40 characters of it.
        text: String,
    },
    /// An access token that cannot stand in a header. Its text is never shown.
    #[error("access token is empty, longer than 4096 bytes or not visible ascii")]
    InvalidToken,
    /// A query text with a control character.
    #[error("query text for {field} has a control character")]
    ControlCharacter {
        /// The field compared.
        field: &'static str,
    },
    /// The HTTP client could not be set up.
    #[error("http client could not be set up")]
    TransportSetup {
        /// What the library said.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl ClientError {
    /// A stable kebab word for programs; the text may change, this does not.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::UntrustedHost { .. } => "untrusted-host",
            Self::InvalidRealm { .. } => "invalid-realm",
            Self::InvalidRequestId { .. } => "invalid-request-id",
            Self::InvalidToken => "invalid-token",
            Self::ControlCharacter { .. } => "control-character",
            Self::TransportSetup { .. } => "transport-setup",
        }
    }
}

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
    /// A stable kebab word for programs; the text may change, this does not.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotSent { .. } => "read-not-sent",
            Self::Refused(_) => "read-refused",
            Self::Failed { .. } => "read-failed",
            Self::TooLarge { .. } => "read-too-large",
            Self::Unreadable(_) => "read-unreadable",
            Self::OtherReport { .. } => "read-other-report",
            Self::Endless { .. } => "read-endless",
            Self::Query(_) => "read-invalid-query",
        }
    }
}
