//! One step on its way into QuickBooks: a machine that is told what happened and says what to do next.
//!
//! Pure: it holds no client, no log and no clock. Every decision is `step.rs`'; here they become effects, and what happened
//! becomes facts. Order of every sending: the entry "sending" with the body, then the request, then the entry that says what
//! came of it. Up the walk: `driver.rs` performs the effects.

use std::mem;
use std::time::Duration;

use chrono::{DateTime, FixedOffset, TimeDelta, Utc};
use mapping::StepKey;
use qb_client::ReadError;
use qb_client::engine::{NotSentWhy, RequestId, UnknownWhy, WriteOutcome};
use qb_model::engine::Content;
use qb_model::{Answer, EntityKind, Id, ModelError};

use crate::content_words::{is_mapped_otherwise, parting, taken};
use crate::entry::{BatchItem, Entry, Sent, request_id};
use crate::error::{NotReady, RunError};
use crate::finished::{Contact, Finished, Job};
use crate::history::{History, Record, State};
use crate::refusal_words;
use crate::report::{BooksChanged, Hold, Outcome};
use crate::snapshot::CompanySnapshot;
use crate::step::{Action, Answered, Input, LookedUp, Moment, Policy, StepState, next};
use crate::untaxed::is_held_untaxed;

/// QuickBooks' fault that says no more than that a rule of its own was broken, or that a request id is known already.
const UNCLEAR_FAULT: &str = "6000";

/// How far two of QuickBooks' own clocks may be apart: that of its answers' header, in whole seconds, and that of its books.
const CLOCK_SLACK: TimeDelta = TimeDelta::seconds(5);

/// What the driver is to do.
pub(crate) enum Effect {
    /// Make these entries durable, all or none; then say [`Happened::Appended`].
    Append(Vec<Entry>),
    /// Send it when its turn comes: [`Attempt::leave`], make [`Attempt::sending`] durable, send, then say
    /// [`Happened::Answered`].
    Send,
    /// Look for this number or name; then say [`Happened::Found`].
    LookUp { kind: EntityKind, number: String },
    /// Read this id; then say [`Happened::Found`].
    Read { kind: EntityKind, id: String },
    /// Leave QuickBooks alone for so long; then say [`Happened::Waited`].
    Pause(Duration),
    /// Leave this attempt alone for so long, and go on with others; then say [`Happened::Waited`].
    Quarantine(Duration),
    /// It has come to its end.
    Done(Finished),
}

/// What happened.
pub(crate) enum Happened {
    Begun,
    Appended,
    Answered(WriteOutcome),
    Found(Result<Vec<Answer>, ReadError>),
    Waited,
    /// The run has no more time for it.
    Stopped(Hold),
}

/// What an attempt may know.
pub(crate) struct Known<'k> {
    pub(crate) history: &'k History,
    pub(crate) policy: &'k Policy,
    pub(crate) now: Moment,
    /// What its items and accounts are called.
    pub(crate) snapshot: &'k CompanySnapshot,
}

/// With what a step may share a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Sharing {
    /// With any others: it never went out, or what went out came to nothing.
    Free,
    /// With none: so it went out before, and the same request goes again.
    Alone,
    /// With those of this batch: so it went out before, and the same batch goes again.
    Batch(BatchItem),
}

/// What leaves.
pub(crate) struct Leaving {
    pub(crate) kind: EntityKind,
    /// Its number or name.
    pub(crate) number: Option<String>,
    pub(crate) id: RequestId,
    pub(crate) body: String,
}

/// What is known of a step whose log entries may be lost.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Lost {
    /// It may stand in QuickBooks: it is looked up first.
    pub(crate) look_first: bool,
    /// And may have been sent as late as this.
    pub(crate) sent_by: Option<Moment>,
}

/// A job on its way.
pub(crate) struct Attempt {
    job: Job,
    /// What was planned.
    content: Content,
    state: StepState,
    /// The epoch of the next body that is sent for the first time.
    epoch: u32,
    /// The last sending, of this run or of an earlier one.
    sent: Option<Sent>,
    /// When that was.
    sent_at: Option<Moment>,
    /// When this run first sent it, by QuickBooks' clock.
    first_sent_at: Option<DateTime<Utc>>,
    /// Whether the last word on a request was 401 or 429: no proof, for a later run, that it did nothing.
    is_unproven: bool,
    /// Whether the last word on a request was that QuickBooks' limit is reached.
    is_throttled: bool,
    found: Option<Found>,
    reason: Option<String>,
    /// QuickBooks' own words of its last refusal, for the log.
    told: Option<String>,
    hold: Option<Hold>,
    /// Whether what is to be sent are the bytes that went out before.
    is_again: bool,
    /// What comes once the log has the entries.
    then: Then,
}

/// What stands in QuickBooks: answered, looked up or read.
struct Found {
    id: String,
    created_at: Option<DateTime<FixedOffset>>,
    untaxed: bool,
    differences: Option<String>,
}

#[derive(Default)]
enum Then {
    #[default]
    Nothing,
    Next(Input),
    Done(Finished),
}

impl Attempt {
    pub(crate) fn new(job: Job, lost: Lost, known: &Known<'_>) -> Self {
        let record = known.history.step(&job.key);
        let sent = record.map(|record| record.sent.clone());
        let sent_at = sent.as_ref().map(|sent| sent.moment().seen_from(&known.now));
        let mut state = StepState::default();
        match record {
            Some(record) if record.is_in_doubt() => state.doubt = sent_at,
            Some(record) => {
                state.is_taken = matches!(record.state, State::Conflict { refused: true, .. });
                state.is_stored_differently = matches!(record.state, State::StoredDifferently { .. });
            }
            None => {
                state.is_taken = lost.look_first || known.history.conflict(&job.key).is_some();
                state.doubt = lost.sent_by;
            }
        }
        let (found, reason) = match record.map(|record| &record.state) {
            Some(State::StoredDifferently { id, reason }) => (Some(Found::known(id)), Some(reason.clone())),
            _ => (None, None),
        };
        Self {
            content: Content::of(&job.create),
            epoch: record.map_or(1, Record::next_epoch),
            job,
            state,
            sent,
            sent_at,
            first_sent_at: None,
            is_unproven: false,
            is_throttled: false,
            found,
            reason,
            told: None,
            hold: None,
            is_again: false,
            then: Then::Nothing,
        }
    }

    /// The job, when it is a list entry other than the one that has just been finished: what is mapped now is still to come.
    pub(crate) fn mapped_since(&self, known: &Known<'_>) -> Option<Job> {
        let record = known.history.step(self.key());
        let is_it = record.is_some_and(|record| finished_before(record, &self.content, known).is_some());
        (self.job.create.kind().is_list_entry() && !is_it).then(|| self.job.clone())
    }

    /// The step's key.
    pub(crate) fn key(&self) -> &StepKey {
        &self.job.key
    }

    /// Returns whether a request was sent in this run.
    pub(crate) fn has_sent(&self) -> bool {
        self.state.sends > 0
    }

    /// The kind, and the number or name, by which it is looked up.
    pub(crate) fn looked_up_by(&self) -> Option<(EntityKind, String)> {
        let content = self.expected();
        Some((self.job.create.kind(), content.number.or(content.name)?))
    }

    /// What to do next, now that this happened.
    ///
    /// # Errors
    /// [`RunError`]: it cannot be sent at all; nothing was.
    pub(crate) fn on(&mut self, happened: Happened, known: &Known<'_>) -> Result<Effect, RunError> {
        let input = match happened {
            Happened::Begun => {
                let record = known.history.step(self.key());
                if let Some(finished) =
                    record.and_then(|record| finished_before(record, &self.content, known))
                {
                    return Ok(Effect::Done(finished));
                }
                Input::Begun
            }
            Happened::Appended => match mem::take(&mut self.then) {
                Then::Next(input) => input,
                Then::Done(finished) => return Ok(Effect::Done(self.as_it_stands(finished, known))),
                Then::Nothing => Input::Waited,
            },
            Happened::Answered(answer) => {
                let input = self.answered(answer, known);
                let is_proven =
                    matches!(input, Input::Answered(Answered::NotSent { .. })) && !self.is_unproven;
                if is_proven && self.state.doubt.is_none() {
                    self.then = Then::Next(input);
                    return Ok(Effect::Append(vec![Entry::NotSent { step: self.key().clone() }]));
                }
                input
            }
            Happened::Found(answers) => self.found(answers, known),
            Happened::Waited => Input::Waited,
            Happened::Stopped(hold) => {
                self.hold = Some(hold);
                Input::Stopped
            }
        };
        let action = next(&self.state, input, known.policy, &known.now);
        tracing::debug!(step = %self.key(), ?action, "next");
        self.act(action, known)
    }

    fn act(&mut self, action: Action, known: &Known<'_>) -> Result<Effect, RunError> {
        Ok(match action {
            Action::Send | Action::Resend => {
                self.is_again = action == Action::Resend && self.sent.is_some();
                Effect::Send
            }
            Action::LookUp => match self.looked_up_by() {
                Some((kind, number)) => Effect::LookUp { kind, number },
                None => return self.on(Happened::Found(Ok(Vec::new())), known),
            },
            Action::ReadBack => {
                let id = self.found.as_ref().map(|found| found.id.clone()).unwrap_or_default();
                Effect::Read { kind: self.job.create.kind(), id }
            }
            Action::Pause(duration) => Effect::Pause(duration),
            Action::Quarantine(duration) => Effect::Quarantine(duration),
            Action::Finish(outcome) => self.finish(outcome, known)?,
        })
    }

    /// The job as it is planned now, under an id that never went out with other bytes.
    fn first_sending(&self, known: &Known<'_>) -> Result<Sent, RunError> {
        let job = &self.job;
        let body = job.create.to_json().map_err(|e| not_sendable(job, &e.to_string()))?;
        let body = String::from_utf8(body).map_err(|e| not_sendable(job, &e.to_string()))?;
        let is_used = |earlier: &Sent| earlier.epoch == self.epoch && earlier.body != body;
        Ok(Sent {
            entity: job.create.kind().name().to_owned(),
            identity: job.identity.clone(),
            epoch: self.epoch + u32::from(self.sent.as_ref().is_some_and(is_used)),
            sent_at: known.now.wall,
            quickbooks_at: known.now.quickbooks,
            batch_item: None,
            body,
            txn_date: job.txn_date,
            legs: job.legs.clone(),
        })
    }

    /// Whether QuickBooks' limit turned the last request away.
    pub(crate) fn is_throttled(&self) -> bool {
        self.is_throttled
    }

    /// Says with what it may leave.
    pub(crate) fn sharing(&self) -> Sharing {
        match self.sent.as_ref().filter(|_| self.is_again).map(|sent| &sent.batch_item) {
            None => Sharing::Free,
            Some(None) => Sharing::Alone,
            Some(Some(item)) => Sharing::Batch(item.clone()),
        }
    }

    /// The batch in which it was last sent.
    pub(crate) fn batch_id(&self) -> Option<&str> {
        Some(&self.sent.as_ref()?.batch_item.as_ref()?.request_id)
    }

    /// Has its turn. The bytes that went out in a batch leave under an id of their own, of a new epoch, when that batch cannot
    /// go again as it was.
    ///
    /// # Errors
    /// [`RunError`]: it cannot be sent at all; nothing was.
    pub(crate) fn leave(&mut self, is_same_batch: bool, known: &Known<'_>) -> Result<Leaving, RunError> {
        let earlier = if self.is_again { self.sent.take() } else { None };
        let sent = match earlier {
            Some(earlier) => earlier.again(is_same_batch, &known.now),
            None => self.first_sending(known)?,
        };
        self.epoch = sent.epoch;
        let id = RequestId::new(request_id(self.key(), sent.epoch));
        let id = id.map_err(|e| RunError::Key { key: self.key().to_string(), source: Box::new(e) })?;
        let (kind, body) = (self.job.create.kind(), sent.body.clone());
        self.sent = Some(sent);
        let number = self.looked_up_by().map(|(_, number)| number);
        let leaving = Leaving { kind, number, id, body };
        self.state.sends += 1;
        (self.state.is_refused, self.state.is_duplicate) = (false, false);
        self.sent_at = Some(known.now);
        self.first_sent_at = self.first_sent_at.or(known.now.quickbooks);
        Ok(leaving)
    }

    /// The entry that says that it is being sent; in which batch, when it is not alone.
    pub(crate) fn sending(&mut self, batch_item: Option<BatchItem>) -> Option<Entry> {
        let sent = self.sent.as_mut()?;
        sent.batch_item = batch_item;
        Some(Entry::Sending { step: self.job.key.clone(), sent: sent.clone() })
    }

    /// What an answer proves.
    fn answered(&mut self, answer: WriteOutcome, known: &Known<'_>) -> Input {
        self.is_throttled =
            matches!(answer, WriteOutcome::NotSent { why: NotSentWhy::Throttled | NotSentWhy::HeldBack, .. });
        self.is_unproven |= matches!(
            answer,
            WriteOutcome::NotSent { why: NotSentWhy::Unauthorized | NotSentWhy::Throttled, .. }
        );
        Input::Answered(match answer {
            WriteOutcome::Applied { answer, .. } => {
                let found = Found::new(differences(&self.expected(), answer.content(), known), answer);
                self.reason.clone_from(&found.differences);
                self.state.is_replayed = self.is_of_earlier_run(&found);
                self.state.is_applied = true;
                self.found = Some(found);
                Answered::Applied { as_planned: self.reason.is_none() }
            }
            WriteOutcome::Refused(refusal) | WriteOutcome::Stale(refusal) => {
                self.state.is_refused = true;
                self.state.is_duplicate = matches!(refusal.code.as_str(), "6140" | "6240");
                self.reason = Some(refusal_words::refusal(&refusal));
                self.told = Some(refusal.to_string());
                Answered::Refused { is_duplicate: self.state.is_duplicate }
            }
            WriteOutcome::NotSent { why, retry_after, .. } => {
                self.reason = Some(why.to_string());
                if matches!(why, NotSentWhy::Throttled | NotSentWhy::HeldBack) {
                    self.state.sends -= 1;
                    self.state.throttles += 1;
                    Answered::Throttled { retry_after }
                } else {
                    Answered::NotSent { retry_after }
                }
            }
            WriteOutcome::Unknown { why, .. } => {
                // A fault that comes again after a whole quarantine is no accident: once absence is proven it is a refusal.
                let is_unclear = matches!(&why, UnknownWhy::Fault { code, .. } if code == UNCLEAR_FAULT);
                self.state.is_refused = is_unclear && self.state.doubt.is_some() && self.state.sends > 1;
                self.state.doubt = self.sent_at;
                self.reason = Some(refusal_words::unknown(&why));
                self.told = Some(why.to_string());
                Answered::Unknown
            }
            // A later client's word that is not known here proves nothing.
            other => {
                self.state.doubt = self.sent_at;
                self.reason = Some(other.code().to_owned());
                Answered::Unknown
            }
        })
    }

    /// Whether QuickBooks made what it answers with before this run sent it: the answer is that to an earlier run's request.
    fn is_of_earlier_run(&self, found: &Found) -> bool {
        let moments = found.created_at.zip(self.first_sent_at);
        moments.is_some_and(|(created, sent)| created < sent - CLOCK_SLACK)
    }

    /// What was found by number or name, or by id: the one that is equal to what was sent, else any.
    fn found(&mut self, answers: Result<Vec<Answer>, ReadError>, known: &Known<'_>) -> Input {
        let answers = match answers {
            Ok(answers) => answers,
            Err(error) => {
                tracing::warn!(step = %self.key(), code = error.code(), "look-up failed");
                self.state.failed_look_ups += 1;
                return Input::LookUpFailed;
            }
        };
        let is_read_back = self.found.is_some();
        let mut candidates: Vec<Found> =
            answers.into_iter().map(|answer| self.candidate(answer, is_read_back, known)).collect();
        candidates.sort_by_key(|candidate| candidate.differences.is_some());
        let found = candidates.into_iter().next();
        if is_read_back {
            let gone = || Some("it is no longer in QuickBooks".to_owned());
            self.reason = found.as_ref().map_or_else(gone, |found| found.differences.clone());
            self.found = found.or_else(|| self.found.take());
            return Input::ReadBack { as_planned: self.reason.is_none() };
        }
        let Some(found) = found else { return Input::LookedUp(LookedUp::Absent) };
        self.reason.clone_from(&found.differences);
        let is_equal = found.differences.is_none();
        self.found = Some(found);
        Input::LookedUp(if is_equal { LookedUp::Equal } else { LookedUp::Different })
    }

    fn candidate(&self, answer: Answer, is_read_back: bool, known: &Known<'_>) -> Found {
        let (kind, expected) = (self.job.create.kind(), self.expected());
        let mut content = answer.content();
        // A payment that was sent unapplied is the user's to match (D-15): its matches say nothing against it.
        if kind == EntityKind::Payment && expected.links.is_empty() {
            content.iter_mut().for_each(|content| content.links.clear());
        }
        let is_ours = self.carries_our_key(&answer);
        content.iter_mut().for_each(|content| follow_merges(&expected, content, known.history));
        let mut differs = match &content {
            // Another document's content says little; whose it is says what to do.
            Ok(found) if !is_read_back && !kind.is_list_entry() => {
                let parting = parting(&expected, found, known.snapshot);
                parting.map(|parting| taken(&answer, found, is_ours, &parting))
            }
            _ => differences(&expected, content, known),
        };
        if differs.is_none() && !is_read_back && !is_ours {
            differs = Some(
                "QuickBooks has one that is equal in everything but our key, which its memo does not carry: it may have been entered by hand; delete that one, and run again".to_owned(),
            );
        }
        if self.job.must_carry_key && !self.is_noted(&answer) {
            differs = Some("another record of QuickBooks has its name".to_owned());
        }
        // One customer or vendor of QuickBooks never stands for two of ours; an account may play two roles.
        if matches!(kind, EntityKind::Customer | EntityKind::Vendor)
            && let Some(other) =
                known.history.linked(kind.name(), &answer.id).filter(|key| *key != self.key())
        {
            let remedy = if self.key().customer_key().is_some() {
                "give one of them another account number in the point of sale, or write {name} in the company mapping's display_name too"
            } else {
                "map another customer or vendor for one of the two"
            };
            differs = Some(format!("it is already the record of {}; {remedy}", other.words()));
        }
        Found::new(differs, answer)
    }

    /// Whether the memo of a document names the event that ours stands for. A list entry is known by its name.
    fn carries_our_key(&self, answer: &Answer) -> bool {
        self.job.identity.as_ref().is_none_or(|identity| answer.carries_key(&identity.to_string()))
    }

    /// Whether the notes of a record name the customer that it is made for.
    fn is_noted(&self, answer: &Answer) -> bool {
        let notes = answer.raw.get("Notes").and_then(|notes| notes.as_str()).unwrap_or_default();
        self.job.key.customer_key().is_some_and(|customer| customer.is_noted(notes))
    }

    /// What was sent, or is planned when nothing was.
    fn expected(&self) -> Content {
        self.sent.as_ref().and_then(stored_content).unwrap_or_else(|| self.content.clone())
    }

    /// Has written down what became of the job.
    fn finish(&mut self, outcome: Outcome, known: &Known<'_>) -> Result<Effect, RunError> {
        let mut entries = Vec::new();
        let record = known.history.step(self.key());
        if outcome == Outcome::Adopted && record.is_none() {
            // Found before this log ever sent it: the log must say what it is, for the tie-out and for later runs.
            let sent = self.first_sending(known)?;
            entries.push(Entry::Sending { step: self.key().clone(), sent });
        }
        let is_news = |entry: &Entry| match (entry, record.map(|record| &record.state)) {
            (
                Entry::StoredDifferently { id, reason, .. },
                Some(State::StoredDifferently { id: was, reason: before }),
            ) => id != was || reason != before,
            (Entry::Conflict { reason, .. }, None) => known.history.conflict(self.key()) != Some(reason),
            _ => true,
        };
        entries.extend(self.entry(outcome).filter(is_news));
        let finished = self.finished(outcome);
        if entries.is_empty() {
            return Ok(Effect::Done(self.as_it_stands(finished, known)));
        }
        self.then = Then::Done(finished);
        Ok(Effect::Append(entries))
    }

    /// What stands in QuickBooks is what was sent; the plan may have changed since.
    fn as_it_stands(&self, finished: Finished, known: &Known<'_>) -> Finished {
        let record = known.history.step(self.key());
        let before = record.and_then(|record| finished_before(record, &self.content, known));
        before.filter(|before| before.outcome == Outcome::Conflict).unwrap_or(finished)
    }

    fn finished(&self, outcome: Outcome) -> Finished {
        let is_sent_now = self.state.sends > 0 && !self.state.is_duplicate && !self.state.is_replayed;
        let books_changed = match outcome {
            Outcome::AlreadyPosted => BooksChanged::Before,
            Outcome::Created | Outcome::Adopted | Outcome::StoredDifferently if is_sent_now => {
                BooksChanged::Now
            }
            Outcome::Created | Outcome::Adopted | Outcome::StoredDifferently => BooksChanged::Before,
            Outcome::Conflict
            | Outcome::Refused
            | Outcome::Held
            | Outcome::Settled
            | Outcome::Undone
            | Outcome::ToCreate => BooksChanged::No,
            Outcome::Unknown => BooksChanged::Unknown,
        };
        let id = self.found.as_ref().map(|found| found.id.clone());
        let reason = if outcome.is_done() { None } else { self.reason.clone() };
        let (hold, contact) = match outcome {
            Outcome::Held => (self.hold.or(Some(Hold::Unreachable)), Contact::Unreached),
            Outcome::Unknown => (None, Contact::Unreached),
            _ => (None, Contact::Reached),
        };
        Finished { outcome, books_changed, id, reason, hold, contact }
    }

    /// The log entry that says it; none while the outcome is open.
    fn entry(&self, outcome: Outcome) -> Option<Entry> {
        let step = self.job.key.clone();
        let reason = self.reason.clone().unwrap_or_default();
        match (outcome, &self.found) {
            (Outcome::Created | Outcome::Adopted | Outcome::AlreadyPosted, Some(found)) => {
                Some(Entry::Posted {
                    step,
                    id: found.id.clone(),
                    created_at: found.created_at,
                    adopted: outcome != Outcome::Created,
                    untaxed: found.untaxed,
                })
            }
            (Outcome::StoredDifferently, Some(found)) => {
                let (id, created_at) = (found.id.clone(), found.created_at);
                Some(Entry::StoredDifferently { step, id, created_at, reason })
            }
            (Outcome::Refused, _) => Some(Entry::Refused { step, reason, told: self.told.clone() }),
            (Outcome::Conflict, _) => {
                Some(Entry::Conflict { step, reason, refused: self.state.is_duplicate })
            }
            _ => None,
        }
    }
}

impl Found {
    fn new(differences: Option<String>, answer: Answer) -> Self {
        let untaxed = answer.kind == EntityKind::Customer && is_held_untaxed(&answer.raw);
        Self { id: answer.id, created_at: answer.created_at, untaxed, differences }
    }

    /// What the log says stands under this id.
    fn known(id: &str) -> Self {
        Self { id: id.to_owned(), created_at: None, untaxed: false, differences: None }
    }
}

/// What the log alone can answer: posted with this content, or with other content.
fn finished_before(record: &Record, content: &Content, known: &Known<'_>) -> Option<Finished> {
    match &record.state {
        // A customer or vendor keeps its record whatever its name becomes; another account or item is another one.
        State::Posted { id } if matches!(content.kind, EntityKind::Customer | EntityKind::Vendor) => {
            Some(Finished::before(Outcome::AlreadyPosted, id.clone(), None))
        }
        State::Posted { id } => {
            let Some(mut posted) = stored_content(&record.sent) else {
                return Some(Finished::before(Outcome::AlreadyPosted, id.clone(), None));
            };
            follow_merges(content, &mut posted, known.history);
            let Some(parting) = parting(content, &posted, known.snapshot) else {
                return Some(Finished::before(Outcome::AlreadyPosted, id.clone(), None));
            };
            if content.kind.is_list_entry() {
                return None;
            }
            let remedy = if is_mapped_otherwise(content, &posted) {
                "the company mapping has changed since; write what changed under changes, with the day from which it holds, or put the document right in QuickBooks by hand"
            } else {
                "put it right in QuickBooks by hand"
            };
            let reason = format!("it was posted {parting}: {remedy}");
            Some(Finished {
                books_changed: BooksChanged::No,
                ..Finished::before(Outcome::Conflict, id.clone(), Some(reason))
            })
        }
        State::Sending
        | State::NotSent
        | State::Refused { .. }
        | State::Conflict { .. }
        | State::StoredDifferently { .. }
        | State::Undone { .. } => None,
    }
}

/// F-08: a document on a record of the customer that it is planned for is that customer's, whichever record new ones name now.
fn follow_merges(planned: &Content, found: &mut Content, history: &History) {
    let record = |party: &Option<String>| Id::new(party.as_deref()?).ok();
    if let (Some(now), Some(then)) = (record(&planned.party), record(&found.party))
        && history.customers.are_of_one(&now, &then)
    {
        found.party.clone_from(&planned.party);
    }
}

fn stored_content(sent: &Sent) -> Option<Content> {
    sent.create().map(|create| Content::of(&create))
}

fn differences(planned: &Content, found: Result<Content, ModelError>, known: &Known<'_>) -> Option<String> {
    match found {
        Ok(mut found) => {
            follow_merges(planned, &mut found, known.history);
            parting(planned, &found, known.snapshot)
        }
        Err(error) => Some(error.to_string()),
    }
}

fn not_sendable(job: &Job, reason: &str) -> RunError {
    RunError::NotReady(vec![NotReady::NotProvisioned { key: job.key.to_string(), reason: reason.to_owned() }])
}
