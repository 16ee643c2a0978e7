//! How one document stands, against what was sent. Pure.

use mapping::StepKey;
use qb_model::EntityKind;
use qb_model::ModelError;
use qb_model::engine::Content;
use sha2::{Digest, Sha256};

use crate::content_words::parting;
use crate::history::History;
use crate::snapshot::CompanySnapshot;

/// How a posted document stands in QuickBooks.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Standing {
    /// As it was sent: number, date, party, amounts, tax, lines, matches, account.
    AsSent,
    /// It is there, and otherwise.
    Changed {
        /// What is otherwise: words of [`ContentDifference`](qb_model::engine::ContentDifference).
        fields: Vec<&'static str>,
        /// The same for people: `over 99.00 instead of 42.50`.
        words: String,
    },
    /// It is there, and moves nothing any more.
    Voided,
    /// It is gone.
    Gone,
    /// A person has settled it and said so: it stays as it is.
    Settled,
}

/// Compares what was sent with what stands; `found` is none when the document is gone.
pub(crate) fn standing(
    sent: &Content,
    found: Option<Result<Content, ModelError>>,
    snapshot: &CompanySnapshot,
) -> Standing {
    let mut found = match found {
        None => return Standing::Gone,
        Some(Err(error)) => return Standing::Changed { fields: Vec::new(), words: error.to_string() },
        Some(Ok(found)) => found,
    };
    // A payment that was sent unmatched is the user's to match (D-15).
    if sent.kind == EntityKind::Payment && sent.links.is_empty() {
        found.links.clear();
    }
    if found.moves_nothing() && !sent.moves_nothing() {
        return Standing::Voided;
    }
    match parting(sent, &found, snapshot) {
        None => Standing::AsSent,
        Some(words) => Standing::Changed {
            fields: sent.differences(&found).iter().map(|difference| difference.field).collect(),
            words,
        },
    }
}

impl Standing {
    /// What stands for it in the posting log: the same while nothing changes.
    pub(crate) fn state(&self) -> String {
        let text = match self {
            Self::AsSent | Self::Settled => "as sent".to_owned(),
            Self::Changed { words, .. } => format!("changed {words}"),
            Self::Voided => "voided".to_owned(),
            Self::Gone => "gone".to_owned(),
        };
        let digest = Sha256::digest(text.as_bytes());
        digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect()
    }
}

impl History {
    /// Whether a person said of a document that stands so that it stays as it is.
    pub(crate) fn is_accepted(&self, key: &StepKey, standing: &Standing) -> bool {
        self.said_of_document(key, &standing.state()).is_some()
    }
}
