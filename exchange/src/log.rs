//! The posting log's port: where entries are kept.
//!
//! A log keeps rows and knows nothing of what they say: `chain.rs` writes and reads them. So a host's own log is a table of
//! texts and some forty lines; `conformance` tests one.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use async_trait::async_trait;
use chrono::{DateTime, Utc};

/// One row of a log: a text that the log keeps as it is, and beside it the body that was sent, which it may forget.
#[derive(Clone, PartialEq, Eq)]
pub struct Row {
    /// What the entry says, as JSON on one line. Never changes.
    pub text: String,
    /// The body of a request, of an entry that has one: personal data, kept until it is forgotten.
    pub body: Option<String>,
}

impl std::fmt::Debug for Row {
    /// Without the texts: they may hold personal data.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { text, body } = self;
        let body_bytes = body.as_ref().map(String::len);
        f.debug_struct("Row").field("text_bytes", &text.len()).field("body_bytes", &body_bytes).finish()
    }
}

/// What a claim of the log is good for: every claim by another owner has a higher one, and the log takes entries under the
/// highest only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fence(pub u64);

/// What the first `position` entries mean, kept so that a later reader need not read them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// How many entries it stands for.
    pub position: u64,
    /// A text that the log keeps as it is.
    pub text: String,
}

/// A port: where entries are kept. One log serves one company.
///
/// Two writers are kept apart twice. A claim keeps another owner away while it lasts, and fences off a writer whose claim
/// was taken over. The position at which each appends keeps two writers of one owner apart: the second to come has not seen
/// what the first wrote, and is refused.
#[async_trait]
pub trait PostingLog: Send + Sync {
    /// Claims the log for an owner until a time, by the log's own clock. The holder may claim it again, for longer: its
    /// fence stays. Another owner gets it, with a higher fence, once the claim before has run out.
    ///
    /// # Errors
    /// [`LogError::Claimed`] while another owner holds it.
    async fn claim(&self, owner: &str, until: DateTime<Utc>) -> Result<Fence, LogError>;

    /// Appends rows behind the first `position` rows, if there are that many and no more: all of them or none, whatever
    /// happens on the way. When this returns, they survive a loss of power. The comparison and the writing are one act.
    ///
    /// # Errors
    /// [`LogError::Fenced`] when another owner has claimed the log since, [`LogError::Overtaken`] when it has another
    /// length: the rows were not kept. Any other: all are kept, or none.
    async fn append(&self, fence: Fence, position: u64, rows: &[Row]) -> Result<(), LogError>;

    /// The rows behind the first `from`, in the order they were appended.
    ///
    /// # Errors
    /// [`LogError`].
    async fn read(&self, from: u64) -> Result<Vec<Row>, LogError>;

    /// Returns the last snapshot that was kept. None by default: all rows are read.
    ///
    /// # Errors
    /// [`LogError`].
    async fn snapshot(&self) -> Result<Option<Snapshot>, LogError> {
        Ok(None)
    }

    /// Keeps a snapshot in the place of the one before. Does nothing by default.
    ///
    /// # Errors
    /// [`LogError`]; the one before may be kept still.
    async fn keep_snapshot(&self, _fence: Fence, _snapshot: &Snapshot) -> Result<(), LogError> {
        Ok(())
    }

    /// Forgets the bodies of the first `up_to` rows but those of the rows at the positions `but`, counted from 1; their texts stay.
    /// Does nothing by default.
    ///
    /// # Errors
    /// [`LogError`]; some bodies may be forgotten, others not.
    async fn forget_bodies(&self, _fence: Fence, _up_to: u64, _but: &BTreeSet<u64>) -> Result<(), LogError> {
        Ok(())
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
    /// A later version of this program wrote an entry.
    #[error(
        "entry {position} of the posting log has version {found}, this program knows version {known}; use a newer program"
    )]
    NewerEntry {
        /// Which entry, from 1.
        position: i64,
        /// Its version.
        found: u64,
        /// The version known.
        known: u64,
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
    /// Another exchange holds the log. Nothing was sent.
    #[error("the posting log is held by {owner} until {until}; wait for it to end")]
    Claimed {
        /// Who holds it.
        owner: String,
        /// Until when, unless it claims the log again.
        until: DateTime<Utc>,
    },
    /// Another exchange has claimed the log since this one did. The entries were not kept, and nothing was sent.
    #[error(
        "another exchange has claimed the posting log since this one did; end one of the two and run again"
    )]
    Fenced,
    /// Any other failure of the storage: a full disk, say.
    #[error("the posting log cannot be {action}")]
    Storage {
        /// `opened`, `written`, `read` or `copied`.
        action: &'static str,
        /// The cause.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl LogError {
    /// Returns a stable word for this error.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Locked { .. } => "log-locked",
            Self::NotDurable { .. } => "log-not-durable",
            Self::NotALog { .. } => "not-a-log",
            Self::NewerVersion { .. } | Self::NewerEntry { .. } => "log-newer-version",
            Self::Damaged { .. } => "log-damaged",
            Self::Overtaken { .. } => "log-overtaken",
            Self::Claimed { .. } => "log-claimed",
            Self::Fenced => "log-fenced",
            Self::Storage { .. } => "log-storage",
        }
    }
}

/// A log in memory: for tests and demonstrations. It survives nothing.
#[derive(Debug, Default)]
pub struct MemoryLog {
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    rows: Vec<Row>,
    snapshot: Option<Snapshot>,
    /// Who claimed it last, and until when.
    claim: Option<(String, DateTime<Utc>)>,
    fence: u64,
}

impl MemoryLog {
    /// Returns an empty log.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        // A panic elsewhere cannot leave the rows half-written: extending them is their only change.
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    fn check(&self, fence: Fence) -> Result<(), LogError> {
        if fence.0 == self.fence { Ok(()) } else { Err(LogError::Fenced) }
    }
}

#[async_trait]
impl PostingLog for MemoryLog {
    async fn claim(&self, owner: &str, until: DateTime<Utc>) -> Result<Fence, LogError> {
        let mut kept = self.kept();
        match &kept.claim {
            Some((holder, _)) if holder == owner => {}
            Some((holder, until)) if *until > DateTime::<Utc>::from(SystemTime::now()) => {
                return Err(LogError::Claimed { owner: holder.clone(), until: *until });
            }
            _ => kept.fence += 1,
        }
        kept.claim = Some((owner.to_owned(), until));
        Ok(Fence(kept.fence))
    }

    async fn append(&self, fence: Fence, position: u64, rows: &[Row]) -> Result<(), LogError> {
        let mut kept = self.kept();
        kept.check(fence)?;
        let found = kept.rows.len() as u64; // a list in memory is shorter than 2^64
        if found != position {
            return Err(LogError::Overtaken { expected: position, found });
        }
        kept.rows.extend_from_slice(rows);
        Ok(())
    }

    async fn read(&self, from: u64) -> Result<Vec<Row>, LogError> {
        let from = usize::try_from(from).unwrap_or(usize::MAX);
        Ok(self.kept().rows.iter().skip(from).cloned().collect())
    }

    async fn snapshot(&self) -> Result<Option<Snapshot>, LogError> {
        Ok(self.kept().snapshot.clone())
    }

    async fn keep_snapshot(&self, fence: Fence, snapshot: &Snapshot) -> Result<(), LogError> {
        let mut kept = self.kept();
        kept.check(fence)?;
        kept.snapshot = Some(snapshot.clone());
        Ok(())
    }

    async fn forget_bodies(&self, fence: Fence, up_to: u64, but: &BTreeSet<u64>) -> Result<(), LogError> {
        let mut kept = self.kept();
        kept.check(fence)?;
        let rows = (1..=up_to).zip(&mut kept.rows).filter(|(position, _)| !but.contains(position));
        rows.for_each(|(_, row)| row.body = None);
        Ok(())
    }
}
