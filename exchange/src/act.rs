//! One act on one posted document: voided, deleted, or given back what it was posted with.
//!
//! ```text
//! read by its id --> it is done --------------------------------> done; nothing is sent
//!       ^  |
//!       |  \-- "sending" with the body is in the log, then it leaves
//!       |        applied        done, when the answer shows it
//!       |------- stale          somebody was quicker: read again
//!       |------- refused        told, unless the document shows that an earlier request did it
//!       |------- unknown        read again: done when the document shows it
//!       \------- not sent       after a pause; in the end it is left to the next run
//! ```
//!
//! No quarantine is needed: a body names the version that it changes, and QuickBooks takes a change of the current version alone. So
//! a request that comes late does nothing, and the same change of the same version goes under the same request id.

use std::time::Duration;

use mapping::{DocumentAct, StepKey};
use qb_client::engine::{NotSentWhy, RequestId, WriteOutcome, throttle_wait};
use qb_model::engine::{Alteration, Content};
use qb_model::{Answer, Create, EntityKind};

use crate::drift::{Standing, standing};
use crate::entry::{Entry, Sent, request_id};
use crate::error::RunError;
use crate::history::{Record, State};
use crate::observer::WaitingFor;
use crate::patience::{Ended, ask};
use crate::refusal_words;
use crate::session::{Exchange, Session};
use crate::snapshot::CompanySnapshot;

/// What became of an act.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Acted {
    /// A request of this run did it.
    Done,
    /// It was done already: by an earlier run, or by a person.
    DoneBefore,
    /// QuickBooks refuses it, or the document is no longer as it was when this was decided. Nothing was changed.
    Refused(String),
    /// Nobody knows; the next run reads the document.
    InDoubt(String),
    /// QuickBooks could not be reached, or the run ends. Nothing was changed.
    Unreached(String),
}

/// What a pause between two requests waits for.
enum Pause {
    /// QuickBooks' limit.
    Limit(Duration),
    /// Another try.
    Retry(Option<Duration>),
}

/// What is acted on.
struct Target {
    kind: EntityKind,
    id: String,
    sent: Option<Create>,
}

impl Target {
    fn of(record: &Record) -> Option<Self> {
        let kind = EntityKind::from_name(&record.sent.entity)?;
        Some(Self { kind, id: record.known_id()?.to_owned(), sent: record.sent.create() })
    }

    /// Whether the document shows that an act on it is done; `found` is none when it is gone.
    fn shows(&self, act: DocumentAct, found: Option<&Answer>, snapshot: &CompanySnapshot) -> bool {
        let sent = self.sent.as_ref().map(Content::of);
        match (act, found) {
            (DocumentAct::Restore, None) => false,
            (DocumentAct::Restore, Some(found)) => {
                sent.is_some_and(|sent| standing(&sent, Some(found.content()), snapshot) == Standing::AsSent)
            }
            (_, None) => true,
            (_, Some(found)) => is_void(found, sent.as_ref()),
        }
    }

    /// The change of the version that was read.
    fn alteration(&self, act: DocumentAct, found: &Answer) -> Result<Alteration, String> {
        match act {
            DocumentAct::Void => {
                Alteration::void(found).ok_or_else(|| "QuickBooks does not void such a document".to_owned())
            }
            DocumentAct::Restore => match &self.sent {
                Some(sent) => Alteration::restore(found, sent).map_err(|error| error.to_string()),
                None => Err("the posting log no longer has what was sent".to_owned()),
            },
            DocumentAct::Delete => Ok(Alteration::delete(found)),
            _ => Err("this program knows no such act".to_owned()),
        }
    }
}

/// Whether a document moves nothing any more and is matched with nothing. One that never did is void once QuickBooks says so.
pub(crate) fn is_void(found: &Answer, sent: Option<&Content>) -> bool {
    let Ok(content) = found.content() else { return false };
    let did_something = sent.is_some_and(|sent| !sent.moves_nothing() || !sent.links.is_empty());
    let is_marked = || found.note().is_some_and(|note| note.starts_with("Voided"));
    content.moves_nothing() && content.links.is_empty() && (did_something || is_marked())
}

impl Exchange {
    /// Does one act on a posted document, unless `forbids` says of the version that is there now why it must not be done.
    ///
    /// # Errors
    /// [`RunError::Log`]: the act may be done; the next run reads the document.
    pub(crate) async fn act(
        &self,
        session: &mut Session,
        act: DocumentAct,
        document: &StepKey,
        forbids: impl Fn(&Session, &Answer) -> Option<String>,
    ) -> Result<Acted, RunError> {
        let target = session.history.step(document).and_then(Target::of);
        let (Some(target), Some(key)) = (target, StepKey::act(act, document)) else {
            return Ok(Acted::Refused("the posting log does not know it as posted".to_owned()));
        };
        if self.is_rehearsal {
            return Ok(Acted::Unreached("a rehearsal sends nothing".to_owned()));
        }
        let policy = self.options.policy;
        let (mut sends, mut throttles) = (0, 0);
        let mut is_sent_now = false;
        loop {
            let is_in_doubt = session.history.act(&key).is_some_and(Record::is_in_doubt);
            let unreached =
                |why: String| if is_in_doubt { Acted::InDoubt(why) } else { Acted::Unreached(why) };
            if let Some(ended) = self.ended() {
                return Ok(unreached(ended.reason()));
            }
            let found = match ask!(self, self.client.read_by_id(target.kind, &target.id)) {
                Ok(Ok(found)) => found,
                Ok(Err(error)) => {
                    return Ok(unreached(refusal_words::unread(&error).unwrap_or_else(|| error.to_string())));
                }
                Err(ended) => return Ok(unreached(ended.reason())),
            };
            if target.shows(act, found.as_ref(), &session.snapshot) {
                self.acted(session, &key, &target, !is_sent_now).await?;
                return Ok(if is_sent_now { Acted::Done } else { Acted::DoneBefore });
            }
            let Some(found) = found else {
                return self.not_acted(session, &key, "it was deleted in QuickBooks".to_owned(), None).await;
            };
            if let Some(why) = forbids(session, &found) {
                return self.not_acted(session, &key, why, None).await;
            }
            if sends >= policy.sends {
                let why = "QuickBooks did not say what it did".to_owned();
                return Ok(unreached(why));
            }
            let alteration = match target.alteration(act, &found) {
                Ok(alteration) => alteration,
                Err(why) => return self.not_acted(session, &key, why, None).await,
            };
            let sent = self.sending(session.history.act(&key), &alteration);
            let id = RequestId::new(request_id(&key, sent.epoch));
            let id = id.map_err(|e| RunError::Key { key: key.to_string(), source: Box::new(e) })?;
            let admission = match ask!(self, self.client.admit()) {
                Ok(Ok(admission)) => admission,
                Ok(Err(_)) => return Ok(unreached("QuickBooks asks to be left alone".to_owned())),
                Err(ended) => return Ok(unreached(ended.reason())),
            };
            self.append(session, &key.words(), vec![Entry::Sending { step: key.clone(), sent }]).await?;
            sends += 1;
            let pause = match self.client.alter_admitted(admission, &alteration, &id).await {
                WriteOutcome::Applied { answer, .. } => {
                    if target.shows(act, answer.as_ref(), &session.snapshot) {
                        self.acted(session, &key, &target, false).await?;
                        return Ok(Acted::Done);
                    }
                    let why =
                        "QuickBooks answered that it did it, and left the document otherwise".to_owned();
                    return self.not_acted(session, &key, why, None).await;
                }
                WriteOutcome::Stale(refusal) | WriteOutcome::Refused(refusal) => {
                    let is_stale = refusal.code == "5010";
                    // An earlier request may have done it; then the document shows it.
                    let found = match ask!(self, self.client.read_by_id(target.kind, &target.id)) {
                        Ok(Ok(found)) => found,
                        _ => return Ok(Acted::InDoubt(refusal_words::refusal(&refusal))),
                    };
                    if target.shows(act, found.as_ref(), &session.snapshot) {
                        self.acted(session, &key, &target, true).await?;
                        return Ok(if is_sent_now { Acted::Done } else { Acted::DoneBefore });
                    }
                    let (why, told) = (refusal_words::refusal(&refusal), Some(refusal.to_string()));
                    let refused = self.not_acted(session, &key, why, told).await?;
                    if !is_stale || sends >= policy.sends {
                        return Ok(refused);
                    }
                    continue;
                }
                WriteOutcome::NotSent { why, retry_after, .. } => {
                    let is_limit = matches!(why, NotSentWhy::Throttled | NotSentWhy::HeldBack);
                    // The limit is no proof that nothing was done: it stays in doubt, and the document is read.
                    if !is_limit && !is_in_doubt {
                        self.append(session, &key.words(), vec![Entry::NotSent { step: key.clone() }])
                            .await?;
                    }
                    if is_limit {
                        (sends, throttles) = (sends - 1, throttles + 1);
                        match retry_after.or_else(|| throttle_wait(throttles - 1)) {
                            Some(wait) => Pause::Limit(wait),
                            None => return Ok(Acted::InDoubt(why.to_string())),
                        }
                    } else if sends < policy.sends {
                        Pause::Retry(retry_after)
                    } else {
                        return Ok(unreached(why.to_string()));
                    }
                }
                // A later client's word that is not known here proves nothing either.
                _ => {
                    is_sent_now = true;
                    Pause::Retry(None)
                }
            };
            if let Err(ended) = self.pause(&key, sends, pause).await {
                let is_in_doubt = session.history.act(&key).is_some_and(Record::is_in_doubt);
                let why = ended.reason();
                return Ok(if is_in_doubt { Acted::InDoubt(why) } else { Acted::Unreached(why) });
            }
        }
    }

    /// What the log is told of a change that is about to be sent. The same change of the same version has one epoch, so that
    /// QuickBooks knows its request id; another one has the next.
    fn sending(&self, earlier: Option<&Record>, alteration: &Alteration) -> Sent {
        let is_same = |record: &&Record| {
            let is_open = matches!(record.state, State::Sending | State::NotSent);
            is_open && record.sent.body == alteration.body()
        };
        let epoch = match earlier {
            None => 1,
            Some(record) => record.sent.epoch + u32::from(Some(record).filter(is_same).is_none()),
        };
        let now = self.moment();
        Sent {
            entity: alteration.document().name().to_owned(),
            identity: None,
            epoch,
            sent_at: now.wall,
            quickbooks_at: now.quickbooks,
            batch_item: None,
            body: alteration.body().to_owned(),
            txn_date: None,
            legs: Vec::new(),
        }
    }

    /// Notes that an act is done.
    async fn acted(
        &self,
        session: &mut Session,
        key: &StepKey,
        target: &Target,
        adopted: bool,
    ) -> Result<(), RunError> {
        let (step, id) = (key.clone(), target.id.clone());
        let entry = Entry::Posted { step, id, created_at: None, adopted, untaxed: false };
        self.append(session, &key.words(), vec![entry]).await
    }

    /// Notes that an act was not done, when the log says that it was being sent.
    async fn not_acted(
        &self,
        session: &mut Session,
        key: &StepKey,
        reason: String,
        told: Option<String>,
    ) -> Result<Acted, RunError> {
        if session.history.act(key).is_some_and(|record| matches!(record.state, State::Sending)) {
            let entry = Entry::Refused { step: key.clone(), reason: reason.clone(), told };
            self.append(session, &key.words(), vec![entry]).await?;
        }
        Ok(Acted::Refused(reason))
    }

    async fn pause(&self, key: &StepKey, sends: u32, pause: Pause) -> Result<(), Ended> {
        let doubling =
            || self.options.policy.pause.saturating_mul(2_u32.saturating_pow(sends.saturating_sub(1)));
        let (what, wait) = match pause {
            Pause::Limit(wait) => (WaitingFor::Limit, wait),
            Pause::Retry(wait) => (WaitingFor::AnotherTry, wait.unwrap_or_else(doubling)),
        };
        self.tell_wait(what, wait, Some(key));
        self.wait(wait).await
    }
}
