//! What can go wrong while a value of this crate is made. Neighbour: `read_error.rs`, what can go wrong while reading.

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
    /// A batch that has as many items as QuickBooks takes.
    #[error("batch has {most} items already; send it and begin another")]
    BatchFull {
        /// The most there may be.
        most: usize,
    },
    /// A body that cannot stand in a batch.
    #[error("body of {entity} for a batch is no json object")]
    ItemBody {
        /// The entity it is of.
        entity: &'static str,
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
    /// Returns a stable kebab word for programs; the text may change, this does not.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::UntrustedHost { .. } => "untrusted-host",
            Self::InvalidRealm { .. } => "invalid-realm",
            Self::InvalidRequestId { .. } => "invalid-request-id",
            Self::InvalidToken => "invalid-token",
            Self::ControlCharacter { .. } => "control-character",
            Self::BatchFull { .. } => "batch-full",
            Self::ItemBody { .. } => "item-body",
            Self::TransportSetup { .. } => "transport-setup",
        }
    }
}
