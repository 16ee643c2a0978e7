//! What can go wrong on the way to a connection and with it. No text holds a secret; none of these changed the books.

use std::io;
use std::path::PathBuf;

use qb_client::ClientError;

/// Why a text is no key file.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyError {
    /// A line that is no key.
    #[error(
        "line {line} is no key: a key is an id, a space and 32 bytes in base64, as `connect --new-key` writes it"
    )]
    NotAKey {
        /// The line, counted from 1.
        line: usize,
    },
    /// Two keys of one id.
    #[error("line {line} has the id {id} of another line; each key has an id of its own")]
    SameId {
        /// The line, counted from 1.
        line: usize,
        /// The id.
        id: String,
    },
    /// There is no key at all.
    #[error("there is no key; `connect --new-key` makes one")]
    Empty,
    /// More keys than anybody rotates.
    #[error("there are more than {most} keys; take out those that no connection was sealed with")]
    TooMany {
        /// The limit.
        most: usize,
    },
    /// The system gave no random numbers.
    #[error("the system gave no random numbers")]
    NoRandomness,
}

impl KeyError {
    /// Returns a stable kebab word for programs; the text may change, this does not.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotAKey { .. } => "key-malformed",
            Self::SameId { .. } => "key-id-twice",
            Self::Empty => "key-file-empty",
            Self::TooMany { .. } => "key-file-too-long",
            Self::NoRandomness => "no-randomness",
        }
    }
}

/// Why a sealed connection was not opened, or not sealed.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum SealError {
    /// It does not have the form that this crate writes.
    #[error("this is no connection that `connect` has saved")]
    NotAConnection,
    /// A form of another version.
    #[error("this connection was saved by another version of this program; use that one, or connect again")]
    OtherFormat,
    /// The key it names is not there.
    #[error("it was sealed with key {id}; the keys given are {known}. Give the key file that has {id}")]
    UnknownKey {
        /// The id in the file.
        id: String,
        /// The ids of the ring.
        known: String,
    },
    /// The key is there and does not open it.
    #[error(
        "key {key_id} does not open it: the file was changed after it was saved, or that key is another one of the same id. \
         Restore file and key from one backup, or connect again"
    )]
    Broken {
        /// The id in the file.
        key_id: String,
    },
    /// There is no usable key.
    #[error(transparent)]
    Key(#[from] KeyError),
}

impl SealError {
    /// Returns a stable kebab word for programs; the text may change, this does not.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotAConnection => "not-a-connection",
            Self::OtherFormat => "connection-format-unknown",
            Self::UnknownKey { .. } => "connection-key-unknown",
            Self::Broken { .. } => "connection-seal-broken",
            Self::Key(error) => error.code(),
        }
    }
}

/// Why a private file was not read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FileError {
    /// There is no such file.
    #[error("{path}: there is no such file")]
    Absent {
        /// The file.
        path: PathBuf,
    },
    /// Others than its owner may read it.
    #[error("{path}: others may read this file (mode {mode:o}); say `chmod 600 {path}`")]
    OthersMayRead {
        /// The file.
        path: PathBuf,
        /// Its mode.
        mode: u32,
    },
    /// It is larger than such files are.
    #[error("{path}: the file is larger than {limit} bytes; it is not the one that was meant")]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// The limit in bytes.
        limit: u64,
    },
    /// The system refused: no right, a full disk, a drive without locks.
    #[error("{path}: the file cannot be {action}: {source}")]
    Failed {
        /// `read`, `written` or `locked`.
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl FileError {
    /// Returns a stable kebab word for programs; the text may change, this does not.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Absent { .. } => "file-absent",
            Self::OthersMayRead { .. } => "file-not-private",
            Self::TooLarge { .. } => "file-too-large",
            Self::Failed { .. } => "file-failed",
        }
    }
}

/// Why a store did not do what was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The file.
    #[error(transparent)]
    File(#[from] FileError),
    /// Its content.
    #[error("{path}: {source}")]
    Sealed {
        /// The file.
        path: PathBuf,
        /// Why it was not opened.
        source: SealError,
    },
    /// Somebody else wrote in between: the new connection does not follow the one that is kept.
    #[error(
        "the connection was changed by another process (version {found} is kept, {written} was to follow)"
    )]
    Overtaken {
        /// The version that is kept; 0 for none.
        found: u64,
        /// The version that was not kept.
        written: u64,
    },
    /// A host's own store.
    #[error("the connection cannot be {action}: {source}")]
    Host {
        /// `read`, `written` or `locked`.
        action: &'static str,
        /// What the store said, without secrets.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl StoreError {
    /// Returns a stable kebab word for programs; the text may change, this does not.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::File(error) => error.code(),
            Self::Sealed { source, .. } => source.code(),
            Self::Overtaken { .. } => "connection-overtaken",
            Self::Host { .. } => "connection-store-failed",
        }
    }
}

/// Why the authorization server gave no tokens, and what that did to those one has.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum GrantError {
    /// Nothing was asked: the tokens are what they were.
    #[error("the authorization server cannot be reached: {why}")]
    NotSent {
        /// The cause.
        why: String,
    },
    /// No complete answer. The server may have replaced the refresh token; whether the one before still works is for the
    /// next attempt to find out.
    #[error("the authorization server's answer was lost: {why}")]
    Lost {
        /// The cause.
        why: String,
    },
    /// It is in trouble, or wants to be left alone. The tokens are most likely what they were.
    #[error("the authorization server is not available (status {status})")]
    Unavailable {
        /// HTTP status.
        status: u16,
        /// Seconds it wants to be left alone, when it says so.
        retry_after: Option<u64>,
    },
    /// `invalid_grant`: the refresh token or the code is not good, or not any more.
    #[error("{}", invalid_grant(*.user_left))]
    Dead {
        /// The person who allowed the app is not a user of the company any more.
        user_left: bool,
    },
    /// `invalid_client`: the app's client id or secret is wrong, or belongs to the other environment.
    #[error(
        "QuickBooks does not know this client id and secret; take both from the keys page of the app in Intuit's developer \
         portal: development keys for a sandbox, production keys for a real company"
    )]
    ClientRefused,
    /// Any other OAuth error.
    #[error("the authorization server refused the request: {error}")]
    Refused {
        /// Its word, such as `invalid_scope`.
        error: String,
    },
    /// An answer that is none: a page, an empty body, a member missing. The refresh token may have been replaced.
    #[error("the authorization server's answer cannot be used (status {status}, {what})")]
    NotAnAnswer {
        /// HTTP status.
        status: u16,
        /// What is wrong: `no json`, or the member that is missing or malformed.
        what: &'static str,
        /// A refresh token that stood in it all the same; kept, as it may be the only good one.
        spare: Option<crate::secrets::RefreshToken>,
    },
}

fn invalid_grant(user_left: bool) -> &'static str {
    if user_left {
        "the person who connected the company is not a user of it any more (invalid_grant, user_not_in_realm)"
    } else {
        "the refresh token or code is not good any more (invalid_grant)"
    }
}

impl GrantError {
    /// Returns a stable kebab word for programs; the text may change, this does not.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotSent { .. } => "oauth-not-sent",
            Self::Lost { .. } => "oauth-answer-lost",
            Self::Unavailable { .. } => "oauth-unavailable",
            Self::Dead { .. } => "oauth-invalid-grant",
            Self::ClientRefused => "oauth-invalid-client",
            Self::Refused { .. } => "oauth-refused",
            Self::NotAnAnswer { .. } => "oauth-bad-answer",
        }
    }
}

/// Why the authorization page led to no code. Nothing was exchanged; the company is not connected.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum ConsentError {
    /// The answer belongs to another question, or to none.
    #[error(
        "the answer does not belong to this attempt (its state differs); open the address that was printed last, and no \
         older one"
    )]
    StateMismatch,
    /// The person said no.
    #[error("the person at the authorization page did not allow it (access_denied); nothing was connected")]
    Denied,
    /// The page itself found a fault.
    #[error(
        "the authorization page refused the request: {error}; compare scopes and redirect address with the app's settings"
    )]
    Refused {
        /// Its word, such as `invalid_scope`.
        error: String,
    },
    /// Nobody answered.
    #[error("nobody answered the authorization page within {seconds} seconds; start again. {}", foreign_answers(*.foreign))]
    TimedOut {
        /// How long was waited.
        seconds: u64,
        /// Answers that belonged to other attempts.
        foreign: usize,
    },
    /// A member of the answer is missing, doubled or malformed.
    #[error("the answer of the authorization page cannot be read: {what}")]
    Malformed {
        /// The member.
        what: &'static str,
    },
    /// The redirect address cannot be used.
    #[error(
        "redirect address {address:?}: {why}. It must be one that is registered for the app: http://localhost with a port for \
         a sandbox, https for production"
    )]
    Redirect {
        /// The address.
        address: String,
        /// The rule it breaks.
        why: String,
    },
}

fn foreign_answers(count: usize) -> String {
    if count == 0 {
        String::new()
    } else {
        format!("{count} answers belonged to other attempts and were refused")
    }
}

impl ConsentError {
    /// Returns a stable kebab word for programs; the text may change, this does not.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::StateMismatch => "state-mismatch",
            Self::Denied => "consent-denied",
            Self::Refused { .. } => "authorization-refused",
            Self::TimedOut { .. } => "consent-timed-out",
            Self::Malformed { .. } => "authorization-malformed",
            Self::Redirect { .. } => "redirect-address",
        }
    }
}

/// Why there is no connection, or no use for it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConnectError {
    /// A client pair that is none.
    #[error(
        "the client pair has no usable {what}; it is {{\"client_id\": ..., \"client_secret\": ...}} with what the keys page of \
         the app in Intuit's developer portal shows"
    )]
    ClientPair {
        /// The member.
        what: &'static str,
    },
    /// A text that names no environment.
    #[error("the environment is production, sandbox, or a simulator on this machine")]
    UnknownEnvironment,
    /// Nothing is kept in the store.
    #[error("there is no connection; connect the company first")]
    NotConnected,
    /// The store holds another company.
    #[error(
        "this connection is of company {kept}, and the person at the authorization page chose company {chosen}; nothing was \
         exchanged. Choose {kept} there, or save {chosen} elsewhere"
    )]
    OtherCompany {
        /// The company that is kept.
        kept: String,
        /// The one that was chosen.
        chosen: String,
    },
    /// The store is locked by another process.
    #[error("another process works on this connection; try again when it has ended")]
    Busy,
    /// Keys.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The authorization page.
    #[error(transparent)]
    Consent(#[from] ConsentError),
    /// The authorization server.
    #[error(transparent)]
    Grant(#[from] GrantError),
    /// An address, an id, or HTTP itself.
    #[error(transparent)]
    Client(#[from] ClientError),
}

impl ConnectError {
    /// Returns a stable kebab word for programs; the text may change, this does not.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::ClientPair { .. } => "client-pair",
            Self::UnknownEnvironment => "environment-unknown",
            Self::NotConnected => "not-connected",
            Self::OtherCompany { .. } => "other-company",
            Self::Busy => "connection-busy",
            Self::Key(error) => error.code(),
            Self::Store(error) => error.code(),
            Self::Consent(error) => error.code(),
            Self::Grant(error) => error.code(),
            Self::Client(error) => error.code(),
        }
    }
}
