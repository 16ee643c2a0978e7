//! What a look for drift says. Plain data.

use std::fmt;

use chrono::NaiveDate;
use serde::{Serialize, Serializer};
use sha2::{Digest, Sha256};

use crate::posted::PostedDocument;

/// How QuickBooks has drifted from what was posted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Drift {
    /// The documents that were posted.
    pub documents: usize,
    /// Those among them that were compared with what was sent. Of the others QuickBooks told no change.
    pub compared: usize,
    /// Kinds of which QuickBooks told as many changes as it tells at once, 1,000: there may be more. Look at each document then.
    pub capped: Vec<String>,
    /// The last closed day of QuickBooks' books: nothing on or before it can be changed there.
    pub books_closed_to: Option<NaiveDate>,
    /// What has drifted, by document; also what a person has accepted.
    pub findings: Vec<DriftFinding>,
    /// How many findings a person ignores until they change again. They are left out.
    pub ignored: usize,
}

/// One thing that is not as it was posted.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct DriftFinding {
    /// What to call it by: the same for the same deviation in the same state, another once that has changed again.
    pub id: String,
    /// What it is.
    pub what: Deviation,
    /// The document of ours that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub document: Option<PostedDocument>,
    /// The record of others that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub other: Option<OtherRecord>,
    /// What happened, in a sentence.
    pub words: String,
    /// What to do about it.
    pub remedy: String,
    /// Who accepted it, when and why; none of one that is open.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accepted: Option<String>,
    /// What stands for how the document is now.
    #[serde(skip)]
    pub(crate) state: Option<String>,
}

/// What has drifted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Deviation {
    /// A document of ours says something else than was sent.
    Changed,
    /// It has another date, and says all else as it was sent.
    Redated,
    /// A payment is no longer matched as it was.
    Unmatched,
    /// A document of ours moves nothing any more.
    Voided,
    /// A document of ours is gone.
    Deleted,
    /// Its customer or supplier was merged into another one.
    PartyMerged,
    /// An account of documents of ours was made inactive.
    AccountInactive,
    /// Another's document has the number or the memo of one of ours.
    PostedTwice,
    /// Another's document stands on a control account.
    OnControlAccount,
}

/// A record of QuickBooks' that is none of our documents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct OtherRecord {
    /// QuickBooks' name of its kind.
    pub entity: String,
    /// QuickBooks' id.
    pub id: String,
}

impl Drift {
    /// Returns whether everything that was compared stands as it was posted, and nothing was cut off.
    #[must_use]
    pub fn is_none(&self) -> bool {
        self.open().next().is_none() && self.capped.is_empty()
    }

    /// Returns the findings that nobody has accepted.
    pub fn open(&self) -> impl Iterator<Item = &DriftFinding> {
        self.findings.iter().filter(|finding| finding.accepted.is_none())
    }
}

impl fmt::Display for Drift {
    /// A page for people.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { documents, compared, capped, books_closed_to: _, findings, ignored } = self;
        let documents = counted(*documents, "document");
        if *compared == self.documents {
            writeln!(f, "{documents} posted, all compared with what was sent.")?;
        } else {
            writeln!(f, "{documents} posted; of {compared} QuickBooks tells a change of the last 30 days.")?;
        }
        if !capped.is_empty() {
            let kinds = capped.join(", ");
            writeln!(
                f,
                "QuickBooks has more changes than it tells at once ({kinds}): look at each document."
            )?;
        }
        if *ignored > 0 {
            writeln!(f, "{} ignored until they change again.", counted(*ignored, "finding"))?;
        }
        if findings.is_empty() {
            return match ignored {
                0 => writeln!(f, "Nothing of it has drifted."),
                _ => writeln!(f, "Nothing else of it has drifted."),
            };
        }
        writeln!(f, "{}:", counted(findings.len(), "finding"))?;
        for finding in findings {
            let DriftFinding { id, words, remedy, accepted, .. } = finding;
            match accepted {
                Some(by) => writeln!(f, "  {id}  {words}\n              accepted by {by}")?,
                None => writeln!(f, "  {id}  {words}\n              {remedy}")?,
            }
        }
        Ok(())
    }
}

fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

impl DriftFinding {
    /// Gives a finding its id: a digest of what it is about, and of its state.
    pub(super) fn new(
        what: Deviation,
        document: Option<PostedDocument>,
        other: Option<OtherRecord>,
        words: String,
        remedy: String,
    ) -> Self {
        let of_ours = document.as_ref().map(|document| format!("{} {}", document.entity, document.id));
        let of_others = other.as_ref().map(|other| format!("{} {}", other.entity, other.id));
        let text = format!("{}\n{of_ours:?}\n{of_others:?}\n{words}", what.code());
        let digest = Sha256::digest(text.as_bytes());
        let id = digest.iter().take(5).map(|byte| format!("{byte:02x}")).collect();
        Self { id, what, document, other, words, remedy, accepted: None, state: None }
    }
}

impl fmt::Debug for DriftFinding {
    /// Without the sentence, which may name a person.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { id, what, document, other, words: _, remedy: _, accepted: _, state: _ } = self;
        f.debug_struct("DriftFinding")
            .field("id", id)
            .field("what", what)
            .field("document", document)
            .field("other", other)
            .finish_non_exhaustive()
    }
}

impl Deviation {
    /// Returns a stable word for programs.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Changed => "changed",
            Self::Redated => "redated",
            Self::Unmatched => "unmatched",
            Self::Voided => "voided",
            Self::Deleted => "deleted",
            Self::PartyMerged => "party-merged",
            Self::AccountInactive => "account-inactive",
            Self::PostedTwice => "posted-twice",
            Self::OnControlAccount => "on-control-account",
        }
    }
}

impl Serialize for Deviation {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}
