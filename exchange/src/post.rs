//! One step posted, once: the loop that `step.rs` steers.
//!
//! Order of every attempt: append "sending" with the resolved body, send, append the answer. Nothing is sent that is not
//! in the log; nothing in doubt is sent again before it was looked up. Up the walk: `run.rs` hands in jobs.

use chrono::{DateTime, FixedOffset, NaiveDate, Utc};
use mapping::StepKey;
use qb_client::{Outcome as Answer, ReadError, RequestId};
use qb_model::{Content, Create, Difference, EntityKind, ModelError};
use tracing::{debug, warn};

use crate::error::{NotReady, RunError};
use crate::history::{Record, State};
use crate::log::{Entry, LogError, Sent};
use crate::report::Outcome;
use crate::run::{Exchange, Session};
use crate::step::{Action, Answered, Event, LookedUp, Standing, StepState, next};

/// One step, ready to be posted.
pub(crate) struct Job {
    pub(crate) key: StepKey,
    pub(crate) create: Create,
    pub(crate) identity: Option<String>,
    pub(crate) txn_date: Option<NaiveDate>,
    pub(crate) legs: Vec<(String, i64)>,
}

/// What became of a job.
pub(crate) struct Settled {
    pub(crate) outcome: Outcome,
    pub(crate) id: Option<String>,
    pub(crate) reason: Option<String>,
}

impl Exchange {
    /// Posts a job, or finds out that it is posted. The loop that `step.rs` steers.
    pub(crate) async fn post(&self, session: &mut Session, job: Job) -> Result<Settled, RunError> {
        let content = Content::of(&job.create);
        let record = session.history.step(&job.key.0);
        let mut sent = record.map(|record| record.sent.clone());
        let mut epoch = record.map_or(1, |record| record.next_epoch());
        let standing = match record {
            Some(record) => match settled_before(record, &content) {
                Some(settled) => return Ok(settled),
                None => record.standing(),
            },
            // No number of QuickBooks' guards a payment: a log that was lost may have posted it (reliability 5).
            None if job.create.kind() == EntityKind::Payment => Standing::Taken,
            None => Standing::Clear,
        };
        let mut in_doubt = standing == Standing::InDoubt;
        let mut state = StepState {
            standing,
            sent_at: sent.as_ref().filter(|_| in_doubt).map(|sent| sent.sent_at),
            sends: 0,
            failed_look_ups: 0,
            is_duplicate: false,
        };
        let mut found: Option<Found> = None;
        let mut reason: Option<String> = None;
        let mut event = Event::Begun;
        loop {
            let action = next(&state, event, &self.options.policy, self.client.clock().now());
            debug!(step = %job.key, ?action, "next");
            event = match action {
                Action::Send | Action::Resend => {
                    let sending = match (action, sent.take()) {
                        (Action::Resend, Some(earlier)) => Sent { sent_at: self.now(), ..earlier },
                        (_, earlier) => {
                            let sending = self.sending(&job, epoch)?;
                            // An id that went out with other bytes is not used again.
                            let is_other = |e: &Sent| e.epoch == sending.epoch && e.body != sending.body;
                            let epoch = sending.epoch + u32::from(earlier.as_ref().is_some_and(is_other));
                            Sent { epoch, ..sending }
                        }
                    };
                    let content = stored_content(job.create.kind(), &sending).unwrap_or_else(|| content.clone());
                    self.append(
                        session,
                        &job.key,
                        Entry::Sending { step: job.key.0.clone(), sent: sending.clone() },
                    )
                    .await?;
                    state.sends += 1;
                    state.sent_at = Some(sending.sent_at);
                    let answer = self.send(&job, &sending).await?;
                    epoch = sending.epoch;
                    sent = Some(sending);
                    let answered = match answer {
                        Answer::Applied { answer, .. } => {
                            let differences = differences(&content, answer.content());
                            reason = differences.clone();
                            found = Some(Found { id: answer.id, created_at: answer.created_at, differences });
                            Answered::Applied { as_planned: reason.is_none() }
                        }
                        Answer::Refused(refusal) => {
                            let is_duplicate = matches!(refusal.code.as_str(), "6140" | "6240");
                            state.is_duplicate = is_duplicate;
                            reason = Some(refusal.to_string());
                            Answered::Refused { is_duplicate }
                        }
                        Answer::NotSent { why, retry_after, .. } => {
                            reason = Some(why.to_string());
                            if !in_doubt {
                                state.sent_at = None;
                                self.append(session, &job.key, Entry::NotSent { step: job.key.0.clone() })
                                    .await?;
                            }
                            Answered::NotSent { retry_after }
                        }
                        Answer::Unknown { why, .. } => {
                            in_doubt = true;
                            reason = Some(why.to_string());
                            Answered::Unknown
                        }
                    };
                    Event::Answered(answered)
                }
                Action::LookUp => match self.look_up(&job, &content, sent.as_ref()).await {
                    Ok(Some(candidate)) => {
                        let is_equal = candidate.differences.is_none();
                        reason = candidate.differences.clone();
                        found = Some(candidate);
                        Event::LookedUp(if is_equal { LookedUp::Equal } else { LookedUp::Different })
                    }
                    Ok(None) => Event::LookedUp(LookedUp::Absent),
                    Err(error) => {
                        warn!(step = %job.key, code = error.code(), "look-up failed");
                        state.failed_look_ups += 1;
                        Event::LookUpFailed
                    }
                },
                Action::Wait(duration) => {
                    warn!(step = %job.key, seconds = duration.as_secs(), "waiting");
                    self.client.clock().sleep(duration).await;
                    Event::Waited
                }
                Action::Finish(outcome) => {
                    // Found before this log ever sent it: the log must say what it is, for the tie-out and for later runs.
                    if outcome == Outcome::Adopted && session.history.step(&job.key.0).is_none() {
                        let sent = self.sending(&job, epoch)?;
                        self.append(session, &job.key, Entry::Sending { step: job.key.0.clone(), sent }).await?;
                    }
                    let settled = self.finish(session, &job, outcome, found, reason, state.is_duplicate).await?;
                    // What stands there is what was sent; the plan may have changed since.
                    let standing = session.history.step(&job.key.0).and_then(|r| settled_before(r, &content));
                    return Ok(standing.filter(|s| s.outcome == Outcome::Conflict).unwrap_or(settled));
                }
            };
        }
    }

    fn sending(&self, job: &Job, epoch: u32) -> Result<Sent, RunError> {
        let body = job.create.to_json().map_err(|e| not_sendable(job, &e.to_string()))?;
        let body = String::from_utf8(body).map_err(|e| not_sendable(job, &e.to_string()))?;
        Ok(Sent {
            entity: job.create.kind().name().to_owned(),
            identity: job.identity.clone(),
            epoch,
            sent_at: self.now(),
            body,
            txn_date: job.txn_date,
            legs: job.legs.clone(),
        })
    }

    async fn send(&self, job: &Job, sending: &Sent) -> Result<Answer, RunError> {
        let id = format!("{}-{}", job.key, sending.epoch);
        let id =
            RequestId::new(id).map_err(|e| RunError::Key { key: job.key.0.clone(), source: Box::new(e) })?;
        Ok(self.client.create(job.create.kind(), sending.body.as_bytes(), &id).await)
    }

    /// Looks for the step by its number or name: the one that is equal to what was sent, else any.
    async fn look_up(
        &self,
        job: &Job,
        content: &Content,
        sent: Option<&Sent>,
    ) -> Result<Option<Found>, ReadError> {
        let kind = job.create.kind();
        let stored = sent.and_then(|sent| stored_content(kind, sent));
        let content = stored.as_ref().unwrap_or(content);
        let Some(number) = content.number.as_deref().or(content.name.as_deref()) else { return Ok(None) };
        let mut candidates = Vec::new();
        for answer in self.client.find_by_number(kind, number).await? {
            let differences = differences(content, answer.content());
            candidates.push(Found { id: answer.id, created_at: answer.created_at, differences });
        }
        candidates.sort_by_key(|candidate| candidate.differences.is_some());
        Ok(candidates.into_iter().next())
    }

    /// Writes what became of the job.
    async fn finish(
        &self,
        session: &mut Session,
        job: &Job,
        outcome: Outcome,
        found: Option<Found>,
        reason: Option<String>,
        refused: bool,
    ) -> Result<Settled, RunError> {
        let step = job.key.0.clone();
        let text = reason.clone().unwrap_or_default();
        let (id, created_at) = match found {
            Some(found) => (Some(found.id), found.created_at),
            None => (None, None),
        };
        let entry = match (outcome, &id) {
            (Outcome::Created | Outcome::Adopted, Some(id)) => {
                let adopted = outcome == Outcome::Adopted;
                Some(Entry::Posted { step, id: id.clone(), created_at, adopted })
            }
            (Outcome::Distorted, Some(id)) => {
                Some(Entry::Distorted { step, id: id.clone(), created_at, reason: text })
            }
            (Outcome::Refused, _) => Some(Entry::Refused { step, reason: text }),
            (Outcome::Conflict, _) => Some(Entry::Conflict { step, reason: text, refused }),
            _ => None,
        };
        if let Some(entry) = entry {
            self.append(session, &job.key, entry).await?;
        }
        let reason = if outcome.is_settled() { None } else { reason };
        Ok(Settled { outcome, id, reason })
    }

    /// Appends to the log, then to what is known of it.
    pub(crate) async fn append(
        &self,
        session: &mut Session,
        key: &StepKey,
        entry: Entry,
    ) -> Result<(), RunError> {
        self.log.append(&entry).await.map_err(|source| log_error(&key.0, source))?;
        session.history.apply(entry);
        Ok(())
    }

    fn now(&self) -> DateTime<Utc> {
        self.client.clock().now()
    }
}

/// A document found in QuickBooks, or answered.
struct Found {
    id: String,
    created_at: Option<DateTime<FixedOffset>>,
    differences: Option<String>,
}

/// What the log alone can answer: posted with this content, posted with other content, or distorted.
fn settled_before(record: &Record, content: &Content) -> Option<Settled> {
    match &record.state {
        State::Posted { id } => {
            let posted = stored_content(content.kind, &record.sent);
            let differences = posted.map(|posted| content.differences(&posted)).unwrap_or_default();
            if differences.is_empty() {
                return Some(Settled { outcome: Outcome::AlreadyPosted, id: Some(id.clone()), reason: None });
            }
            let reason = format!("posted before with other content: {}", text_of(&differences));
            Some(Settled { outcome: Outcome::Conflict, id: Some(id.clone()), reason: Some(reason) })
        }
        State::Distorted { id, reason } => {
            Some(Settled { outcome: Outcome::Distorted, id: Some(id.clone()), reason: Some(reason.clone()) })
        }
        State::Sending | State::NotSent | State::Refused | State::Conflict { .. } => None,
    }
}

fn stored_content(kind: EntityKind, sent: &Sent) -> Option<Content> {
    Create::from_json(kind, sent.body.as_bytes()).ok().map(|create| Content::of(&create))
}

fn differences(planned: &Content, found: Result<Content, ModelError>) -> Option<String> {
    match found {
        Ok(found) => Some(planned.differences(&found)).filter(|d| !d.is_empty()).map(|d| text_of(&d)),
        Err(error) => Some(error.to_string()),
    }
}

fn text_of(differences: &[Difference]) -> String {
    let each = differences.iter().map(|d| format!("{} is {:?}, planned {:?}", d.field, d.found, d.planned));
    each.collect::<Vec<_>>().join("; ")
}

pub(crate) fn held(reason: String) -> Settled {
    Settled { outcome: Outcome::Held, id: None, reason: Some(reason) }
}

pub(crate) fn refused(reason: String) -> Settled {
    Settled { outcome: Outcome::Refused, id: None, reason: Some(reason) }
}

pub(crate) fn log_error(step: &str, source: LogError) -> RunError {
    RunError::Log { step: step.to_owned(), source }
}

fn not_sendable(job: &Job, reason: &str) -> RunError {
    RunError::NotReady(vec![NotReady::NotProvisioned { key: job.key.0.clone(), reason: reason.to_owned() }])
}
