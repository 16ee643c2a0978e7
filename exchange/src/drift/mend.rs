//! What a person does about a finding: accepts it, ignores it until it changes, has the document put back as it was posted, or has its
//! batch posted again. Each is first shown, then done, and proven by another look.

use std::fmt;

use mapping::{DocumentAct, OriginKey, StepKey};
use qb_model::Answer;
use serde::Serialize;
use serde_json::Value;

use super::reading::Reach;
use super::result::{Deviation, Drift, DriftFinding};
use crate::act::Acted;
use crate::by::By;
use crate::entry::{Entry, FindingVerb};
use crate::error::RunError;
use crate::session::{Exchange, Session};
use crate::undo::{Edits, Undo, UndoError, UndoResult};

/// What a person does about a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Verb {
    /// It stays as it is, for a reason; it is shown as accepted, and the tie-out says so.
    Accept,
    /// It is not shown any more until it changes again.
    Ignore,
    /// The document is given back what it was posted with.
    Restore,
    /// What was posted of its batch is taken back, and the next run posts it again as a revision (N-16).
    Repost,
}

impl Verb {
    /// Returns the word that programs use.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Accept => "accept",
            Self::Ignore => "ignore",
            Self::Restore => "restore",
            Self::Repost => "repost",
        }
    }
}

/// What a verb would do about a finding, or what it has done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Mending {
    /// The verb.
    pub verb: Verb,
    /// What it is about.
    pub finding: DriftFinding,
    /// How it stands.
    pub result: MendingResult,
    /// What it does, or why it does not, in a sentence.
    pub words: String,
    /// Of a repost: how the batch is taken back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub undo: Option<Undo>,
}

/// How a mending stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum MendingResult {
    /// A preview: nothing was done.
    ToDo,
    /// It cannot be done; nothing was.
    Forbidden,
    /// It is done, and another look no longer finds it.
    Done,
    /// It was not brought to its end: do it again.
    Incomplete,
}

impl fmt::Display for Mending {
    /// A page for people.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { verb, finding, result, words, undo } = self;
        writeln!(f, "{}  {}", finding.id, finding.words)?;
        let word = match result {
            MendingResult::ToDo => "would",
            MendingResult::Forbidden => "cannot",
            MendingResult::Done => "done:",
            MendingResult::Incomplete => "not done:",
        };
        writeln!(f, "  {word} {}: {words}", verb.word())?;
        match undo {
            Some(undo) => write!(f, "{undo}"),
            None => Ok(()),
        }
    }
}

/// Why nothing was done about a finding. Nothing was changed, unless it is a [`RunError::Log`], after which the act that it names may be
/// done.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MendError {
    /// There is no such finding now.
    #[error(
        "there is no finding {id} now: it was put right, or has changed and has another id; look for drift again"
    )]
    NoSuchFinding {
        /// The id.
        id: String,
    },
    /// The name or the reason is missing.
    #[error("{what} is missing: name it, it is what an auditor reads later")]
    Missing {
        /// Which of the two.
        what: &'static str,
    },
    /// The batch could not be taken back.
    #[error(transparent)]
    Undo(#[from] UndoError),
    /// The log, the company or QuickBooks cannot be read.
    #[error(transparent)]
    Run(#[from] RunError),
}

impl MendError {
    /// Returns a stable word for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoSuchFinding { .. } => "no-such-finding",
            Self::Missing { .. } => "mend-incomplete",
            Self::Undo(error) => error.code(),
            Self::Run(error) => error.code(),
        }
    }
}

impl Exchange {
    /// Says what a verb would do about a finding. Sends nothing.
    ///
    /// # Errors
    /// [`MendError`]; nothing was changed.
    pub async fn preview_mend(&mut self, id: &str, verb: Verb, reach: Reach) -> Result<Mending, MendError> {
        let finding = self.finding(id, reach).await?;
        let mut mending = planned(verb, finding);
        if let Some(origin) = origin_of(&mending).filter(|_| mending.result == MendingResult::ToDo) {
            let undo = self.preview_undo_of(&origin, Edits::Discard).await?;
            if undo.result == UndoResult::Forbidden {
                mending.result = MendingResult::Forbidden;
                mending.words = "something forbids that its batch is taken back".to_owned();
            }
            mending.undo = Some(undo);
        }
        Ok(mending)
    }

    /// Does what a verb says about a finding, and looks again. Safe to repeat.
    ///
    /// # Errors
    /// [`MendError`].
    pub async fn mend(&mut self, id: &str, verb: Verb, reach: Reach, by: &By) -> Result<Mending, MendError> {
        if let Some(what) = by.missing() {
            return Err(MendError::Missing { what });
        }
        let finding = self.finding(id, reach).await?;
        let mending = planned(verb, finding);
        // A rehearsal shows it.
        if mending.result == MendingResult::Forbidden || self.is_rehearsal {
            return Ok(mending);
        }
        match verb {
            Verb::Accept => self.say_of(&mending.finding, FindingVerb::Accept, by).await?,
            Verb::Ignore => self.say_of(&mending.finding, FindingVerb::Ignore, by).await?,
            Verb::Restore => {
                let Some(document) = mending.finding.document.as_ref().map(|document| document.key.clone())
                else {
                    return Ok(mending);
                };
                match self.restore(&document).await? {
                    Acted::Done | Acted::DoneBefore => {}
                    Acted::Refused(why) => return Ok(ended(mending, MendingResult::Forbidden, why)),
                    Acted::InDoubt(why) | Acted::Unreached(why) => {
                        return Ok(ended(mending, MendingResult::Incomplete, why));
                    }
                }
            }
            Verb::Repost => return self.repost(mending, by).await,
        }
        let after = self.drift(reach).await?;
        let is_left = after.findings.iter().any(|finding| finding.id == id && finding.accepted.is_none());
        Ok(match is_left {
            true => ended(mending, MendingResult::Incomplete, "another look still finds it".to_owned()),
            false => Mending { result: MendingResult::Done, ..mending },
        })
    }

    async fn finding(&mut self, id: &str, reach: Reach) -> Result<DriftFinding, MendError> {
        let Drift { findings, .. } = self.drift(reach).await?;
        let found = findings.into_iter().find(|finding| finding.id.eq_ignore_ascii_case(id.trim()));
        found.ok_or_else(|| MendError::NoSuchFinding { id: id.to_owned() })
    }

    /// Writes down that a person accepts or ignores a finding.
    async fn say_of(&mut self, finding: &DriftFinding, verb: FindingVerb, by: &By) -> Result<(), MendError> {
        let mut session = self.with_log().await?;
        let entry = Entry::FindingSettled {
            finding: finding.id.clone(),
            verb,
            document: finding.document.as_ref().map(|document| document.key.clone()),
            state: finding.state.clone(),
            other: finding.other.as_ref().map(|other| (other.entity.clone(), other.id.clone())),
            who: by.who.trim().to_owned(),
            because: by.because.trim().to_owned(),
            at: self.now(),
        };
        let said = self.append(&mut session, "the finding", vec![entry]).await;
        self.keep(session, said.as_ref().err());
        Ok(said?)
    }

    async fn restore(&mut self, document: &StepKey) -> Result<Acted, MendError> {
        self.deadline = self.deadline_from_now();
        let mut session = self.with_log().await?;
        let acted = self.act(&mut session, DocumentAct::Restore, document, forbids_restoring).await;
        self.keep(session, acted.as_ref().err());
        Ok(acted?)
    }

    /// Takes back what was posted of a document's batch, and has it posted again.
    async fn repost(&mut self, mending: Mending, by: &By) -> Result<Mending, MendError> {
        let Some(origin) = origin_of(&mending) else { return Ok(mending) };
        let undo = self.undo_of(&origin, by, Edits::Discard).await?;
        let (result, words) = match undo.result {
            UndoResult::Done => {
                self.post_again(&origin, by).await?;
                (MendingResult::Done, format!("the next run posts {origin} again, under numbers that say so"))
            }
            UndoResult::Forbidden => {
                (MendingResult::Forbidden, "something forbids that its batch is taken back".to_owned())
            }
            _ => (MendingResult::Incomplete, format!("undo {origin} again, which goes on from there")),
        };
        Ok(Mending { undo: Some(undo), ..ended(mending, result, words) })
    }
}

fn ended(mending: Mending, result: MendingResult, words: String) -> Mending {
    Mending { result, words, ..mending }
}

/// The batch of a finding's document, where it is to be posted again.
fn origin_of(mending: &Mending) -> Option<OriginKey> {
    let event = mending.finding.document.as_ref()?.event.parse().ok()?;
    OriginKey::of(&event).filter(|_| mending.verb == Verb::Repost)
}

/// What a verb does about a finding, or why it cannot. Pure.
fn planned(verb: Verb, finding: DriftFinding) -> Mending {
    let name = finding.document.as_ref().map(ToString::to_string).unwrap_or_default();
    let can = |words: String| (MendingResult::ToDo, words);
    let cannot = |words: &str| (MendingResult::Forbidden, words.to_owned());
    let (result, words) = match (verb, finding.what) {
        (Verb::Accept, _) => can("it stays as it is, and is shown as accepted".to_owned()),
        (Verb::Ignore, _) => can("it is not shown until it changes again".to_owned()),
        (Verb::Restore, Deviation::Changed | Deviation::Redated | Deviation::Unmatched) => {
            can(format!("{name} is given back what it was posted with"))
        }
        (Verb::Restore, Deviation::Voided | Deviation::Deleted) => cannot(
            "QuickBooks brings nothing back that was voided or deleted: repost it, which posts its batch again under new numbers",
        ),
        (_, Deviation::PartyMerged) => {
            cannot("QuickBooks takes no merge back: accept it, when the two are the same")
        }
        (_, Deviation::AccountInactive) => cannot(
            "make the account active again in QuickBooks, where its list of accounts has inactive ones too",
        ),
        (_, Deviation::PostedTwice | Deviation::OnControlAccount) => cannot(
            "it was not posted from here: whoever entered it deletes it in QuickBooks, or you accept it",
        ),
        (Verb::Repost, _) => can(format!(
            "what was posted of the batch of {name} is taken back, and the next run posts it again"
        )),
    };
    Mending { verb, finding, result, words, undo: None }
}

/// Why a document must not be given back what it was posted with: closed books refuse it, and what is in a bank deposit cannot change.
fn forbids_restoring(session: &Session, found: &Answer) -> Option<String> {
    let closed = session.snapshot.preferences.book_close_date;
    let date = found.content().ok().and_then(|content| content.txn_date);
    if let Some(closed) = closed.filter(|closed| date.is_some_and(|date| date <= *closed)) {
        return Some(format!("the books are closed to {closed}: ask the accountant to open them"));
    }
    let links = found.raw.get("LinkedTxn").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let is_deposit = |link: &Value| link.get("TxnType").and_then(Value::as_str) == Some("Deposit");
    let deposit = links.iter().find(|link| is_deposit(link))?;
    let id = deposit.get("TxnId").and_then(Value::as_str).unwrap_or_default();
    Some(format!("it was taken to the bank: take it off the deposit with id {id} first"))
}
