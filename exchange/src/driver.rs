//! The driver of a run: owns the client, the log and the session, and performs what a set of attempts asks for.
//!
//! It takes the steps of a plan in order. An attempt that must wait out a quarantine is set aside with the rest of its event;
//! other events go on, and what was set aside is settled at the end of the run, all of it after one wait. Only the driver
//! reads a clock, and nothing runs beside it: effects happen one after another, in an order that the plan alone decides.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use mapping::{Plan, Step, StepContent};
use qb_client::ReadError;
use qb_client::engine::{Query, QueryField};
use qb_model::engine::Content;
use qb_model::{Answer, EntityKind};
use tracing::warn;

use crate::attempt::{Attempt, Effect, Happened, Known, Lost};
use crate::entry::Entry;
use crate::error::RunError;
use crate::job::Ready;
use crate::observer::WaitingFor;
use crate::patience::{Ended, ask};
use crate::rehearsal::rehearsed;
use crate::report::{BooksChanged, EntryReport, Hold, Outcome, Report};
use crate::session::{Exchange, Session};
use crate::settled::{Contact, Job, Settled, entry_report, held, unread};

/// What an attempt has come to for now.
enum Turn {
    /// Its end.
    Settled(Settled),
    /// A quarantine: it is to be told in so long that it has waited.
    SetAside(Duration),
}

/// Posts the steps of one plan, and the list entries before them.
pub(crate) struct Driver<'e> {
    pub(crate) exchange: &'e Exchange,
    pub(crate) session: &'e mut Session,
    /// Why the run ends here, once it does.
    ended: Option<Ended>,
}

/// Where a plan's steps stand.
struct Course<'c, 'p> {
    plan: &'c Plan<'p>,
    steps: Vec<&'c Step<'p>>,
    /// What became of each step, by its place.
    done: BTreeMap<usize, EntryReport>,
    /// Attempts in quarantine, by their steps' places, each with the moment at which its wait is over.
    aside: BTreeMap<usize, (Duration, Attempt)>,
    /// Steps that wait for one that is set aside.
    deferred: BTreeSet<usize>,
    /// Events of which a document failed: the rest is held.
    stopped: BTreeSet<u32>,
    brake: Brake,
    is_cut_short: bool,
}

/// Ends a run when QuickBooks cannot be reached: counts the events in a row that failed for that reason.
struct Brake {
    limit: u32,
    failures: u32,
    last: Option<u32>,
}

impl Brake {
    fn new(limit: u32) -> Self {
        Self { limit: limit.max(1), failures: 0, last: None }
    }

    fn note(&mut self, chain: u32, contact: Contact) {
        match contact {
            Contact::None => {}
            Contact::Reached => (self.failures, self.last) = (0, None),
            // Several steps of one event fail together.
            Contact::Unreached if self.last == Some(chain) => {}
            Contact::Unreached => (self.failures, self.last) = (self.failures + 1, Some(chain)),
        }
    }

    fn is_pulled(&self) -> bool {
        self.failures >= self.limit
    }
}

impl<'e> Driver<'e> {
    pub(crate) fn new(exchange: &'e Exchange, session: &'e mut Session) -> Self {
        Self { exchange, session, ended: None }
    }

    /// Posts every step of a plan; the report gets what became of each, in the plan's order, also when an error ends the run.
    pub(crate) async fn post(&mut self, plan: &Plan<'_>, report: &mut Report) -> Result<(), RunError> {
        let mut course = Course {
            plan,
            steps: plan.steps().iter().collect(),
            done: BTreeMap::new(),
            aside: BTreeMap::new(),
            deferred: BTreeSet::new(),
            stopped: BTreeSet::new(),
            brake: Brake::new(self.exchange.options.policy.outage),
            is_cut_short: false,
        };
        let result = self.post_all(&mut course).await;
        report.is_cut_short = course.is_cut_short;
        report.paused = self.ended.and_then(Ended::paused);
        for (place, entry) in course.done {
            let is_document = course.steps[place].document().is_some();
            let entries = if is_document { &mut report.documents } else { &mut report.list_entries };
            entries.push(entry);
        }
        result
    }

    async fn post_all(&mut self, course: &mut Course<'_, '_>) -> Result<(), RunError> {
        for place in 0..course.steps.len() {
            self.take(course, place).await?;
        }
        while let Some(due) = course.aside.values().map(|(due, _)| *due).min() {
            self.settle_aside(course, due).await?;
            for place in std::mem::take(&mut course.deferred) {
                self.take(course, place).await?;
            }
        }
        Ok(())
    }

    /// Takes up one step.
    async fn take(&mut self, course: &mut Course<'_, '_>, place: usize) -> Result<(), RunError> {
        match self.ready(course, place).await? {
            Ready::Job(job) => {
                let attempt = self.attempt(*job);
                self.exchange.observe(|observer| observer.started(attempt.key()));
                self.go_on(course, place, attempt, Happened::Begun).await?;
            }
            Ready::Settled(settled) => self.done(course, place, settled),
            Ready::Unbound(_) => _ = course.deferred.insert(place),
        }
        Ok(())
    }

    /// What a step has come to; unbound while it must wait for one that is set aside.
    async fn ready(&mut self, course: &mut Course<'_, '_>, place: usize) -> Result<Ready, RunError> {
        let step = course.steps[place];
        let is_document = step.document().is_some();
        if let Some(by_hand) = self.session.history.settlement(&step.key) {
            let id = self.session.history.posted_id(&step.key).map(str::to_owned);
            return Ok(Ready::Settled(Settled::by_hand(id, by_hand.to_string())));
        }
        // What is posted since an earlier run waits for nothing.
        let is_open = !self.session.history.is_posted(&step.key);
        if is_document && is_open && course.stopped.contains(&step.chain) {
            let reason = "an earlier document of the same event failed".to_owned();
            return Ok(Ready::Settled(held(Hold::EarlierDocument, reason)));
        }
        if is_document && course.is_waiting(step.chain) {
            return Ok(Ready::Unbound("an earlier document of the same event is in quarantine".to_owned()));
        }
        if let Some(ended) = self.ended().filter(|_| !self.session.history.is_done(&step.key)) {
            course.is_cut_short = true;
            return Ok(Ready::Settled(held(ended.hold(), ended.reason())));
        }
        if course.brake.is_pulled() && !self.session.history.is_done(&step.key) {
            course.is_cut_short = true;
            let reason = "QuickBooks cannot be reached; the next run goes on from here".to_owned();
            return Ok(Ready::Settled(held(Hold::Outage, reason)));
        }
        let exchange = self.exchange;
        let job = ask!(exchange, exchange.job(self.session, step, course.plan));
        let job = match job {
            Ok(job) => job,
            Err(ended) => {
                course.is_cut_short = true;
                return Ok(Ready::Settled(held(self.end(ended), ended.reason())));
            }
        };
        match job {
            Ok(Ready::Unbound(reason)) if course.aside.is_empty() => {
                Ok(Ready::Settled(held(Hold::MissingRecord, reason)))
            }
            Err(RunError::Read { what, source }) => Ok(Ready::Settled(unread(what, &source))),
            ready => ready,
        }
    }

    /// Why the run goes no further, once it does not.
    fn ended(&mut self) -> Option<Ended> {
        self.ended = self.ended.or_else(|| self.exchange.ended());
        self.ended
    }

    /// Ends the run here.
    fn end(&mut self, ended: Ended) -> Hold {
        self.ended.get_or_insert(ended).hold()
    }

    /// Goes on with a step's attempt, to its end or until it is set aside.
    async fn go_on(
        &mut self,
        course: &mut Course<'_, '_>,
        place: usize,
        mut attempt: Attempt,
        happened: Happened,
    ) -> Result<(), RunError> {
        match self.turn(&mut attempt, happened).await? {
            Turn::Settled(settled) => self.done(course, place, settled),
            Turn::SetAside(wait) => {
                // A look-up was answered; only a request of this run that was not answered speaks of an outage.
                let contact = if attempt.has_sent() { Contact::Unreached } else { Contact::Reached };
                course.brake.note(course.steps[place].chain, contact);
                let due = self.exchange.elapsed().saturating_add(wait);
                course.aside.insert(place, (due, attempt));
            }
        }
        Ok(())
    }

    /// Waits until an attempt's quarantine is over and goes on with all whose is.
    async fn settle_aside(&mut self, course: &mut Course<'_, '_>, due: Duration) -> Result<(), RunError> {
        let wait = due.saturating_sub(self.exchange.elapsed());
        let mut hold = self.ended().map(Ended::hold).or(course.brake.is_pulled().then_some(Hold::Outage));
        if hold.is_none() && !wait.is_zero() {
            warn!(steps = course.aside.len(), seconds = wait.as_secs(), "waiting out a quarantine");
            self.exchange.tell_wait(WaitingFor::Quarantine, wait, None);
            hold = self.exchange.wait(wait).await.err().map(|ended| self.end(ended));
        }
        if let Some(hold) = hold {
            course.is_cut_short = true;
            for (place, (_, attempt)) in std::mem::take(&mut course.aside) {
                self.go_on(course, place, attempt, Happened::Stopped(hold)).await?;
            }
            return Ok(());
        }
        let now = self.exchange.elapsed();
        let waiting = std::mem::take(&mut course.aside);
        let (over, waiting) = waiting.into_iter().partition(|(_, (due, _))| *due <= now);
        course.aside = waiting;
        let over: BTreeMap<usize, (Duration, Attempt)> = over;
        for (place, (_, attempt)) in over {
            self.go_on(course, place, attempt, Happened::Waited).await?;
        }
        Ok(())
    }

    /// Notes what became of a step.
    fn done(&mut self, course: &mut Course<'_, '_>, place: usize, settled: Settled) {
        let step = course.steps[place];
        course.brake.note(step.chain, settled.contact);
        if let Some(id) = settled.id.as_deref().filter(|_| settled.outcome.is_settled()) {
            match step.content {
                StepContent::ListEntry(entry) => {
                    self.session.bindings.bind(entry, id);
                    // One that is posted since an earlier run may have been made inactive.
                    if settled.outcome != Outcome::AlreadyPosted {
                        self.session.snapshot.parties.note(entry.kind().entity(), id);
                    }
                }
                StepContent::Document(_) => {
                    self.session.bindings.documents.insert(step.key.clone(), id.to_owned());
                }
            }
        }
        // A document of ours that is posted otherwise than it is planned now stands there all the same.
        if let Some(id) = self.session.history.posted_id(&step.key).filter(|_| step.document().is_some()) {
            self.session.bindings.documents.insert(step.key.clone(), id.to_owned());
        }
        let is_waiting = matches!(settled.hold, Some(Hold::Outage | Hold::Stopped | Hold::Paused));
        course.is_cut_short |= self.ended.is_some() && !settled.outcome.is_settled();
        if !settled.outcome.is_settled() && !is_waiting && !is_settlement(step) {
            course.stopped.insert(step.chain);
        }
        let entry = entry_report(step, settled);
        self.exchange.observe(|observer| observer.settled(&entry));
        course.done.insert(place, entry);
    }

    /// Posts a list entry that documents need, waiting as long as that takes.
    pub(crate) async fn provide(&mut self, job: Job) -> Result<Settled, RunError> {
        let mut attempt = self.attempt(job);
        let mut happened = Happened::Begun;
        loop {
            happened = match self.turn(&mut attempt, happened).await? {
                Turn::Settled(settled) => {
                    let ended = self.ended.filter(|_| !settled.outcome.is_settled());
                    return ended.map_or(Ok(settled), |ended| Err(ended.into()));
                }
                Turn::SetAside(wait) => {
                    self.exchange.wait(wait).await?;
                    Happened::Waited
                }
            };
        }
    }

    fn attempt(&self, job: Job) -> Attempt {
        let number = Content::of(&job.create).number.unwrap_or_default();
        let seen = self.session.seen.get(&(job.create.kind(), number));
        let look_first = seen.is_some_and(|answers| !answers.is_empty());
        let sent_by = self.session.behind_since.filter(|_| job.identity.is_some());
        Attempt::new(job, Lost { look_first, sent_by }, &self.known())
    }

    /// Performs what an attempt asks for until it comes to its end, or to a quarantine.
    ///
    /// A role may have been mapped to another account or item while the one before was in doubt. The one before is settled
    /// as what it was; the one that is mapped is still to come.
    async fn turn(&mut self, attempt: &mut Attempt, happened: Happened) -> Result<Turn, RunError> {
        let turn = self.perform(attempt, happened).await?;
        if !matches!(&turn, Turn::Settled(settled) if settled.outcome.is_settled()) {
            return Ok(turn);
        }
        let Some(job) =
            attempt.mapped_since(self.session.history.step(attempt.key()), &self.session.snapshot)
        else {
            return Ok(turn);
        };
        *attempt = self.attempt(job);
        self.perform(attempt, Happened::Begun).await
    }

    async fn perform(&mut self, attempt: &mut Attempt, mut happened: Happened) -> Result<Turn, RunError> {
        // A place under QuickBooks' limits, held between the entry "sending" and the request.
        let mut admission = None;
        loop {
            let effect = attempt.on(happened, &self.known())?;
            happened = match effect {
                Effect::Append(mut entries) => {
                    let is_sending = entries.iter().any(|entry| matches!(entry, Entry::Sending { .. }));
                    if is_sending && !self.exchange.is_rehearsal {
                        let asked = self.exchange.elapsed();
                        match self.exchange.admission().await {
                            Ok(place) => admission = Some(place),
                            Err(ended) => {
                                happened = Happened::Stopped(self.end(ended));
                                continue;
                            }
                        }
                        if self.exchange.elapsed() > asked {
                            entries = attempt.sending_at(&self.exchange.moment(), entries);
                        }
                    }
                    self.exchange.append(self.session, &attempt.key().words(), entries).await?;
                    Happened::Appended
                }
                Effect::Send { .. } if self.exchange.is_rehearsal => {
                    return Ok(Turn::Settled(self.rehearse(attempt).await?));
                }
                Effect::Send { kind, id, body } => {
                    // What was looked up before says nothing of it any more.
                    attempt.looked_up_by().map(|sent| self.session.seen.remove(&sent));
                    let client = &self.exchange.client;
                    Happened::Answered(match admission.take() {
                        Some(place) => client.create_admitted(place, kind, body.as_bytes(), &id).await,
                        None => client.create(kind, body.as_bytes(), &id).await,
                    })
                }
                Effect::LookUp { kind, number } => self.look_up(kind, number).await,
                Effect::Read { kind, id } => {
                    let read = ask!(self.exchange, self.read(kind, &id));
                    read.map_or_else(|ended| Happened::Stopped(self.end(ended)), Happened::Found)
                }
                Effect::Pause(wait) => {
                    warn!(step = %attempt.key(), seconds = wait.as_secs(), "waiting");
                    let what =
                        if attempt.is_throttled() { WaitingFor::Limit } else { WaitingFor::AnotherTry };
                    self.exchange.tell_wait(what, wait, Some(attempt.key()));
                    match self.exchange.wait(wait).await {
                        Ok(()) => Happened::Waited,
                        Err(ended) => Happened::Stopped(self.end(ended)),
                    }
                }
                // What an earlier run left in doubt is for the next run to wait for.
                Effect::Quarantine(_) if self.exchange.is_rehearsal => Happened::Stopped(Hold::Stopped),
                Effect::Quarantine(wait) => return Ok(Turn::SetAside(wait)),
                Effect::Done(settled) => return Ok(Turn::Settled(settled)),
            };
        }
    }

    /// Notes what a run would send now as posted, in the rehearsal's own log.
    async fn rehearse(&mut self, attempt: &Attempt) -> Result<Settled, RunError> {
        let (step, id) = (attempt.key().clone(), rehearsed(self.session.log_length()));
        let posted = Entry::Posted { step, id: id.clone(), created_at: None, adopted: false, untaxed: false };
        self.exchange.append(self.session, attempt.key().as_str(), vec![posted]).await?;
        let settled = Settled::before(Outcome::ToCreate, id, None);
        Ok(Settled { books_changed: BooksChanged::No, contact: Contact::Reached, ..settled })
    }

    /// What QuickBooks has under a number or name. What was looked up before the first document of the plan is not asked for
    /// again the first time.
    async fn look_up(&mut self, kind: EntityKind, number: String) -> Happened {
        let key = (kind, number);
        if let Some(answers) = self.session.seen.remove(&key) {
            return Happened::Found(Ok(answers));
        }
        let exchange = self.exchange;
        let found = ask!(exchange, exchange.client.find_by_number(kind, &key.1));
        found.map_or_else(|ended| Happened::Stopped(self.end(ended)), Happened::Found)
    }

    /// The entity of this id, when QuickBooks has one.
    pub(crate) async fn read(&self, kind: EntityKind, id: &str) -> Result<Vec<Answer>, ReadError> {
        let mut query = Query::all(kind);
        if kind.is_list_entry() {
            query = query.with_inactive();
        }
        let rows = self.exchange.client.query(&query.equal(QueryField::Id, id)?).await?;
        let mut answers = Vec::new();
        for row in rows {
            answers.push(Answer::read(kind, row)?);
        }
        Ok(answers)
    }

    fn known(&self) -> Known<'_> {
        let (history, policy) = (&self.session.history, &self.exchange.options.policy);
        Known { history, policy, now: self.exchange.moment(), books: &self.session.snapshot }
    }
}

impl Course<'_, '_> {
    /// Whether a document of an event is set aside, or deferred: what follows must wait for it.
    fn is_waiting(&self, chain: u32) -> bool {
        let places = self.aside.keys().chain(&self.deferred);
        let mut steps = places.map(|place| self.steps[*place]);
        steps.any(|step| step.chain == chain && step.document().is_some() && !is_settlement(step))
    }
}

/// D-04: a settlement that went wrong leaves open amounts that cancel out; nothing else need wait for it.
fn is_settlement(step: &Step<'_>) -> bool {
    let document = step.document().map(|planned| &planned.document);
    matches!(document, Some(mapping::Document::Payment(payment)) if payment.is_settlement())
}
