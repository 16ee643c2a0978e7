//! The posting log: what was sent, and what came back, in the order it happened.
//!
//! A log is only appended to and read; what it means is for `history.rs` to say, so a host's own log is a table of
//! text and forty lines. `conformance` tests one.

use std::collections::BTreeSet;
use std::sync::Mutex;

use async_trait::async_trait;
use chrono::{DateTime, FixedOffset, NaiveDate, Utc};
use qb_model::{Create, EntityKind};
use serde::{Deserialize, Serialize};

/// One entry of the posting log. Later versions add variants and fields; they never change these.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Entry {
    /// The company this log is about; always the first entry.
    Company {
        /// QuickBooks' id of the company.
        realm: String,
    },
    /// A step is about to be sent. Durable before the first byte leaves.
    Sending {
        /// The step's key.
        step: String,
        /// What is being sent.
        sent: Sent,
    },
    /// The step is in QuickBooks as planned: created, or found equal.
    Posted {
        /// The step's key.
        step: String,
        /// QuickBooks' id.
        id: String,
        /// When QuickBooks made it, by its own clock.
        created_at: Option<DateTime<FixedOffset>>,
        /// Found by a look-up rather than answered to our request.
        adopted: bool,
        /// A customer whom QuickBooks holds non-taxable: it would drop the till's tax (D-21).
        #[serde(default)]
        untaxed: bool,
    },
    /// The step is in QuickBooks, but not as planned.
    Distorted {
        /// The step's key.
        step: String,
        /// QuickBooks' id.
        id: String,
        /// When QuickBooks made it, by its own clock.
        created_at: Option<DateTime<FixedOffset>>,
        /// What differs.
        reason: String,
    },
    /// QuickBooks refused the step; nothing was posted.
    Refused {
        /// The step's key.
        step: String,
        /// QuickBooks' fault code and text.
        reason: String,
    },
    /// The request never reached QuickBooks' books; the same request may be sent again.
    NotSent {
        /// The step's key.
        step: String,
    },
    /// What a batch was when its first document was sent: what is planned later under its name is compared (T-06).
    Batch {
        /// `store/register/batch`.
        batch: String,
        /// The keys of its documents.
        documents: BTreeSet<String>,
    },
    /// Another document has this step's number.
    Conflict {
        /// The step's key.
        step: String,
        /// What differs.
        reason: String,
        /// Whether our own request was definitely refused, so that nothing of ours can be there.
        refused: bool,
    },
}

/// One sending of a step.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Sent {
    /// QuickBooks' name of the entity.
    pub entity: String,
    /// The event behind a document: store, register, batch and event (N-13). None for a list entry.
    pub identity: Option<String>,
    /// Grows after a definite refusal, or when a request that did not reach the books is sent with other bytes.
    pub epoch: u32,
    /// When; the quarantine of an unknown outcome counts from here.
    pub sent_at: DateTime<Utc>,
    /// The resolved body; a restart sends these bytes and no others.
    pub body: String,
    /// The document's date.
    pub txn_date: Option<NaiveDate>,
    /// Its debits (+) and credits (-) in cents, by account id.
    pub legs: Vec<(String, i64)>,
}

impl Sent {
    /// The document or list entry as it was sent; none when the entity or the body is not known to this version.
    pub(crate) fn create(&self) -> Option<Create> {
        let kind = EntityKind::from_name(&self.entity)?;
        Create::from_json(kind, self.body.as_bytes()).ok()
    }
}

impl std::fmt::Debug for Sent {
    /// Without the body, which may hold personal data.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { entity, identity, epoch, sent_at, txn_date, legs, body } = self;
        f.debug_struct("Sent")
            .field("entity", entity)
            .field("identity", identity)
            .field("epoch", epoch)
            .field("sent_at", sent_at)
            .field("body_bytes", &body.len())
            .field("txn_date", txn_date)
            .field("legs", legs)
            .finish()
    }
}

/// Why the posting log cannot be used. Nothing is sent without it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LogError {
    /// Another process has the log open.
    #[error("the posting log {path} is in use by another process; wait for it to end")]
    Locked {
        /// The file.
        path: String,
    },
    /// The storage would not keep what it is given through a loss of power.
    #[error(
        "the posting log {path} is not durable: {setting} is {found}; put it on a disk that supports {wanted}"
    )]
    NotDurable {
        /// The file.
        path: String,
        /// The setting.
        setting: &'static str,
        /// What is in force.
        found: String,
        /// What must be.
        wanted: &'static str,
    },
    /// The file is a database of something else.
    #[error("{path} is not a posting log (application id {found:#x}); name another file")]
    NotALog {
        /// The file.
        path: String,
        /// Its application id.
        found: i64,
    },
    /// A later version of this program wrote it.
    #[error(
        "the posting log {path} has version {found}, this program knows version {known}; use a newer program"
    )]
    NewerVersion {
        /// The file.
        path: String,
        /// Its version.
        found: i64,
        /// The version known.
        known: i64,
    },
    /// An entry cannot be read, or the file fails its own check.
    #[error("the posting log is damaged at entry {position}: {problem}; restore it or look the documents up")]
    Damaged {
        /// Which entry, from 1; 0 for the file as a whole.
        position: i64,
        /// What is wrong.
        problem: String,
    },
    /// Somebody else has written to the log since this writer read it. The entry was not kept, and nothing was sent.
    #[error(
        "the posting log has {found} entries where this writer knows {expected}: another exchange writes to it; end one of the two and run again"
    )]
    Overtaken {
        /// How many entries the writer knew.
        expected: u64,
        /// How many there are.
        found: u64,
    },
    /// Any other failure of the storage: a full disk, say.
    #[error("the posting log cannot be {action}")]
    Storage {
        /// `opened`, `written` or `read`.
        action: &'static str,
        /// The cause.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl LogError {
    /// A stable word for this error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Locked { .. } => "log-locked",
            Self::NotDurable { .. } => "log-not-durable",
            Self::NotALog { .. } => "not-a-log",
            Self::NewerVersion { .. } => "log-newer-version",
            Self::Damaged { .. } => "log-damaged",
            Self::Overtaken { .. } => "log-overtaken",
            Self::Storage { .. } => "log-storage",
        }
    }
}

/// A port: where entries are kept. One log serves one company, and one process at a time.
///
/// Two writers in one process are kept apart by the position that each appends at: the second to come has not seen what
/// the first wrote, and is refused.
#[async_trait]
pub trait PostingLog: Send + Sync {
    /// Appends an entry behind the first `position` entries, if there are that many and no more. When this returns, the
    /// entry survives a loss of power. The comparison and the writing are one act.
    ///
    /// # Errors
    /// [`LogError::Overtaken`] when the log has another length: the entry was not kept. Any other: it may or may not be kept.
    async fn append(&self, position: u64, entry: &Entry) -> Result<(), LogError>;

    /// All entries, in the order they were appended.
    ///
    /// # Errors
    /// [`LogError`].
    async fn read(&self) -> Result<Vec<Entry>, LogError>;
}

/// A log in memory: for tests and demonstrations. It survives nothing.
#[derive(Debug, Default)]
pub struct MemoryLog {
    entries: Mutex<Vec<Entry>>,
}

impl MemoryLog {
    /// An empty log.
    pub fn new() -> Self {
        Self::default()
    }

    fn entries(&self) -> std::sync::MutexGuard<'_, Vec<Entry>> {
        // A panic elsewhere cannot leave the list half-written: pushing is its only change.
        self.entries.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

#[async_trait]
impl PostingLog for MemoryLog {
    async fn append(&self, position: u64, entry: &Entry) -> Result<(), LogError> {
        let mut entries = self.entries();
        let found = entries.len() as u64; // a list in memory is shorter than 2^64
        if found != position {
            return Err(LogError::Overtaken { expected: position, found });
        }
        entries.push(entry.clone());
        Ok(())
    }

    async fn read(&self) -> Result<Vec<Entry>, LogError> {
        Ok(self.entries().clone())
    }
}
