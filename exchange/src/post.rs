//! One step posted, once: the loop that `step.rs` steers.
//!
//! Order of every attempt: append "sending" with the resolved body, send, append the answer. Nothing is sent that is not
//! in the log; nothing in doubt is sent again before it was looked up. Up the walk: `run.rs` hands in jobs.

use chrono::{DateTime, FixedOffset, Utc};
use qb_client::ReadError;
use qb_client::engine::{RequestId, WriteOutcome};
use qb_model::engine::{Content, Difference};
use qb_model::{EntityKind, ModelError};
use tracing::{debug, warn};

use crate::entry::{Entry, Sent};
use crate::error::{NotReady, RunError};
use crate::history::{Record, State};
use crate::report::{BooksChanged, Hold, Outcome};
use crate::session::{Exchange, Session};
use crate::settled::{Contact, Job, Settled};
use crate::step::{Action, Answered, Input, LookedUp, Standing, StepState, next};
use crate::untaxed::is_held_untaxed;

/// A job on its way.
struct Attempt {
    job: Job,
    /// What was planned.
    content: Content,
    state: StepState,
    /// The epoch of the next body that is sent for the first time.
    epoch: u32,
    /// The last sending, of this run or of an earlier one.
    sent: Option<Sent>,
    found: Option<Found>,
    reason: Option<String>,
}

/// What stands in QuickBooks: answered, or looked up.
struct Found {
    id: String,
    created_at: Option<DateTime<FixedOffset>>,
    untaxed: bool,
    differences: Option<String>,
}

impl Exchange {
    /// Posts a job, or finds out that it is posted.
    ///
    /// A role may have been mapped to another account or item while the one before was in doubt. The one before is settled
    /// as what it was; the one that is mapped is still to come.
    pub(crate) async fn post(&self, session: &mut Session, job: Job) -> Result<Settled, RunError> {
        let mapped = job.create.kind().is_list_entry().then(|| job.clone());
        let settled = self.settle(session, job).await?;
        let Some(job) = mapped.filter(|_| settled.outcome.is_settled()) else { return Ok(settled) };
        let record = session.history.step(&job.key);
        let is_it = record.is_some_and(|r| settled_before(r, &Content::of(&job.create)).is_some());
        if is_it { Ok(settled) } else { self.settle(session, job).await }
    }

    async fn settle(&self, session: &mut Session, job: Job) -> Result<Settled, RunError> {
        let content = Content::of(&job.create);
        if let Some(settled) = session.history.step(&job.key).and_then(|r| settled_before(r, &content)) {
            return Ok(settled);
        }
        let mut attempt = Attempt::new(session, job, content, self.now());
        let mut input = Input::Begun;
        loop {
            let action = next(&attempt.state, input, &self.options.policy, self.now());
            debug!(step = %attempt.job.key, ?action, "next");
            input = match action {
                Action::Send => {
                    let sent = self.first_sending(&attempt)?;
                    Input::Answered(self.send(session, &mut attempt, sent).await?)
                }
                Action::Resend => {
                    let sent = match attempt.sent.take() {
                        Some(earlier) => Sent { sent_at: self.now(), ..earlier },
                        None => self.first_sending(&attempt)?,
                    };
                    Input::Answered(self.send(session, &mut attempt, sent).await?)
                }
                Action::LookUp => self.look_up(session, &mut attempt).await,
                Action::Wait(duration) => {
                    warn!(step = %attempt.job.key, seconds = duration.as_secs(), "waiting");
                    self.client.clock().sleep(duration).await;
                    Input::Waited
                }
                Action::Finish(outcome) => return self.finish(session, attempt, outcome).await,
            };
        }
    }

    /// The job as it is planned now, under an id that never went out with other bytes.
    fn first_sending(&self, attempt: &Attempt) -> Result<Sent, RunError> {
        let job = &attempt.job;
        let body = job.create.to_json().map_err(|e| not_sendable(job, &e.to_string()))?;
        let body = String::from_utf8(body).map_err(|e| not_sendable(job, &e.to_string()))?;
        let is_used = |earlier: &Sent| earlier.epoch == attempt.epoch && earlier.body != body;
        Ok(Sent {
            entity: job.create.kind().name().to_owned(),
            identity: job.identity.clone(),
            epoch: attempt.epoch + u32::from(attempt.sent.as_ref().is_some_and(is_used)),
            sent_at: self.now(),
            body,
            txn_date: job.txn_date,
            legs: job.legs.clone(),
        })
    }

    /// Writes the sending down, sends it once, and says what the answer proves.
    async fn send(
        &self,
        session: &mut Session,
        attempt: &mut Attempt,
        sent: Sent,
    ) -> Result<Answered, RunError> {
        let (key, kind) = (&attempt.job.key, attempt.job.create.kind());
        let id = RequestId::new(format!("{key}-{}", sent.epoch));
        let id = id.map_err(|e| RunError::Key { key: key.to_string(), source: Box::new(e) })?;
        self.append(session, key.as_str(), vec![Entry::Sending { step: key.clone(), sent: sent.clone() }])
            .await?;
        attempt.state.sends += 1;
        attempt.state.sent_at = Some(sent.sent_at);
        attempt.epoch = sent.epoch;
        let answer = self.client.create(kind, sent.body.as_bytes(), &id).await;
        let expected = stored_content(&sent);
        attempt.sent = Some(sent);
        Ok(match answer {
            WriteOutcome::Applied { answer, .. } => {
                let expected = expected.as_ref().unwrap_or(&attempt.content);
                let found = Found::new(differences(expected, answer.content()), answer);
                attempt.reason.clone_from(&found.differences);
                attempt.found = Some(found);
                Answered::Applied { as_planned: attempt.reason.is_none() }
            }
            WriteOutcome::Refused(refusal) => {
                attempt.state.is_duplicate = matches!(refusal.code.as_str(), "6140" | "6240");
                attempt.reason = Some(refusal.to_string());
                Answered::Refused { is_duplicate: attempt.state.is_duplicate }
            }
            WriteOutcome::NotSent { why, retry_after, .. } => {
                attempt.reason = Some(why.to_string());
                if !attempt.state.in_doubt {
                    attempt.state.sent_at = None;
                    self.append(session, key.as_str(), vec![Entry::NotSent { step: key.clone() }]).await?;
                }
                Answered::NotSent { retry_after }
            }
            WriteOutcome::Unknown { why, .. } => {
                attempt.state.in_doubt = true;
                attempt.reason = Some(why.to_string());
                Answered::Unknown
            }
            // A class that this version does not know proves nothing.
            _ => {
                attempt.state.in_doubt = true;
                Answered::Unknown
            }
        })
    }

    /// Looks for the step by its number or name: the one that is equal to what was sent, else any.
    async fn look_up(&self, session: &Session, attempt: &mut Attempt) -> Input {
        match self.candidates(session, attempt).await {
            Ok(mut candidates) => {
                candidates.sort_by_key(|candidate| candidate.differences.is_some());
                let Some(found) = candidates.into_iter().next() else {
                    return Input::LookedUp(LookedUp::Absent);
                };
                attempt.reason.clone_from(&found.differences);
                let is_equal = found.differences.is_none();
                attempt.found = Some(found);
                Input::LookedUp(if is_equal { LookedUp::Equal } else { LookedUp::Different })
            }
            Err(error) => {
                warn!(step = %attempt.job.key, code = error.code(), "look-up failed");
                attempt.state.failed_look_ups += 1;
                Input::LookUpFailed
            }
        }
    }

    async fn candidates(&self, session: &Session, attempt: &Attempt) -> Result<Vec<Found>, ReadError> {
        let kind = attempt.job.create.kind();
        let stored = attempt.sent.as_ref().and_then(stored_content);
        let content = stored.as_ref().unwrap_or(&attempt.content);
        let Some(number) = content.number.as_deref().or(content.name.as_deref()) else {
            return Ok(Vec::new());
        };
        let answers = self.client.find_by_number(kind, number).await?;
        // A payment that was sent unapplied is the user's to match (D-15): its matches say nothing against it.
        let is_unapplied = kind == EntityKind::Payment && content.links.is_empty();
        let differs = |answer: &qb_model::Answer| {
            let mut found = answer.content();
            found.iter_mut().filter(|_| is_unapplied).for_each(|found| found.links.clear());
            differences(content, found)
        };
        let read = |answer| Found::new(differs(&answer), answer);
        let mut found: Vec<Found> = answers.into_iter().map(read).collect();
        // One customer or vendor of QuickBooks never stands for two of ours; an account may play two roles.
        let is_person = matches!(kind, EntityKind::Customer | EntityKind::Vendor);
        for candidate in found.iter_mut().filter(|_| is_person) {
            let other =
                session.history.linked(kind.name(), &candidate.id).filter(|key| **key != attempt.job.key);
            if let Some(other) = other {
                candidate.differences =
                    Some(format!("it is already the record of {other}; give one of them another name"));
            }
        }
        Ok(found)
    }

    /// Writes what became of the job.
    async fn finish(
        &self,
        session: &mut Session,
        attempt: Attempt,
        outcome: Outcome,
    ) -> Result<Settled, RunError> {
        let key = &attempt.job.key;
        let mut entries = Vec::new();
        if outcome == Outcome::Adopted && session.history.step(key).is_none() {
            // Found before this log ever sent it: the log must say what it is, for the tie-out and for later runs.
            let sent = self.first_sending(&attempt)?;
            entries.push(Entry::Sending { step: key.clone(), sent });
        }
        let settled = attempt.settled(outcome);
        entries.extend(attempt.entry(outcome));
        if !entries.is_empty() {
            self.append(session, key.as_str(), entries).await?;
        }
        // What stands there is what was sent; the plan may have changed since.
        let standing = session.history.step(key).and_then(|record| settled_before(record, &attempt.content));
        Ok(standing.filter(|standing| standing.outcome == Outcome::Conflict).unwrap_or(settled))
    }
}

impl Attempt {
    fn new(session: &Session, job: Job, content: Content, now: DateTime<Utc>) -> Self {
        let record = session.history.step(&job.key);
        let is_payment = job.create.kind() == EntityKind::Payment;
        let is_known =
            is_payment && content.number.as_ref().is_some_and(|number| session.payments.contains(number));
        let standing = match record {
            Some(record) => record.standing(),
            // No number of QuickBooks' guards a payment or a journal entry: what a lost log may have posted is looked up.
            None if is_known || job.create.kind() == EntityKind::JournalEntry => Standing::Taken,
            None => Standing::Clear,
        };
        let in_doubt = standing == Standing::InDoubt;
        let sent = record.map(|record| record.sent.clone());
        let state = StepState {
            standing,
            // A clock set back must not make the quarantine longer.
            sent_at: sent.as_ref().filter(|_| in_doubt).map(|sent| sent.sent_at.min(now)),
            sends: 0,
            failed_look_ups: 0,
            is_duplicate: false,
            in_doubt,
        };
        let epoch = record.map_or(1, Record::next_epoch);
        Self { job, content, state, epoch, sent, found: None, reason: None }
    }

    fn settled(&self, outcome: Outcome) -> Settled {
        let is_sent_now = self.state.sends > 0 && !self.state.is_duplicate;
        let books_changed = match outcome {
            Outcome::AlreadyPosted => BooksChanged::Before,
            Outcome::Created | Outcome::Adopted | Outcome::Distorted if is_sent_now => BooksChanged::Now,
            Outcome::Created | Outcome::Adopted | Outcome::Distorted => BooksChanged::Before,
            Outcome::Conflict | Outcome::Refused | Outcome::Held => BooksChanged::No,
            Outcome::Unknown => BooksChanged::Unknown,
        };
        let id = self.found.as_ref().map(|found| found.id.clone());
        let reason = if outcome.is_settled() { None } else { self.reason.clone() };
        let (hold, contact) = match outcome {
            Outcome::Held => (Some(Hold::Unreachable), Contact::Unreached),
            Outcome::Unknown => (None, Contact::Unreached),
            _ => (None, Contact::Reached),
        };
        Settled { outcome, books_changed, id, reason, hold, contact }
    }

    /// The log entry that says it; none while the outcome is open.
    fn entry(&self, outcome: Outcome) -> Option<Entry> {
        let step = self.job.key.clone();
        let reason = self.reason.clone().unwrap_or_default();
        match (outcome, &self.found) {
            (Outcome::Created | Outcome::Adopted, Some(found)) => Some(Entry::Posted {
                step,
                id: found.id.clone(),
                created_at: found.created_at,
                adopted: outcome == Outcome::Adopted,
                untaxed: found.untaxed,
            }),
            (Outcome::Distorted, Some(found)) => {
                let (id, created_at) = (found.id.clone(), found.created_at);
                Some(Entry::Distorted { step, id, created_at, reason })
            }
            (Outcome::Refused, _) => Some(Entry::Refused { step, reason }),
            (Outcome::Conflict, _) => {
                Some(Entry::Conflict { step, reason, refused: self.state.is_duplicate })
            }
            _ => None,
        }
    }
}

impl Found {
    fn new(differences: Option<String>, answer: qb_model::Answer) -> Self {
        let untaxed = answer.kind == EntityKind::Customer && is_held_untaxed(&answer.raw);
        Self { id: answer.id, created_at: answer.created_at, untaxed, differences }
    }
}

/// What the log alone can answer: posted with this content, posted with other content, or distorted.
fn settled_before(record: &Record, content: &Content) -> Option<Settled> {
    match &record.state {
        // A customer or vendor keeps its record whatever its name becomes; another account or item is another one.
        State::Posted { id } if matches!(content.kind, EntityKind::Customer | EntityKind::Vendor) => {
            Some(Settled::before(Outcome::AlreadyPosted, id.clone(), None))
        }
        State::Posted { id } => {
            let posted = stored_content(&record.sent);
            let differences = posted.map(|posted| content.differences(&posted)).unwrap_or_default();
            if differences.is_empty() {
                return Some(Settled::before(Outcome::AlreadyPosted, id.clone(), None));
            }
            if content.kind.is_list_entry() {
                return None;
            }
            let reason = format!("posted before with other content: {}", text_of(&differences));
            Some(Settled {
                books_changed: BooksChanged::No,
                ..Settled::before(Outcome::Conflict, id.clone(), Some(reason))
            })
        }
        State::Distorted { id, reason } => {
            Some(Settled::before(Outcome::Distorted, id.clone(), Some(reason.clone())))
        }
        State::Sending | State::NotSent | State::Refused { .. } | State::Conflict { .. } => None,
    }
}

fn stored_content(sent: &Sent) -> Option<Content> {
    sent.create().map(|create| Content::of(&create))
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
fn not_sendable(job: &Job, reason: &str) -> RunError {
    RunError::NotReady(vec![NotReady::NotProvisioned { key: job.key.to_string(), reason: reason.to_owned() }])
}
