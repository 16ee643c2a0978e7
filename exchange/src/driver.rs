//! The driver of a run: owns the client, the log and the session, and performs what a set of attempts asks for.
//!
//! It takes up the steps of the plans that are posted together, in their order, as many as QuickBooks' limits let be under way.
//! What they ask for together is done together: one append to the log for all that has come to pass, and requests in batches
//! and side by side, each written down before it leaves. An attempt that must wait out a quarantine is set aside with the rest
//! of its event; other events go on, and what was set aside is finished behind all others, after one wait. Only the driver reads a
//! clock. Neighbours: `course.rs` (where each step stands), `departure.rs` (what leaves now), `flights.rs` (what is asked).

use std::num::NonZeroU32;
use std::time::Duration;

use mapping::{BatchKey, LateEdits, Origin, Plan, Step, StepContent, StepKey};
use qb_client::engine::{Query, QueryField};
use qb_client::{Client, ReadError};
use qb_model::engine::Content;
use qb_model::{Answer, EntityKind};
use tracing::warn;

use crate::attempt::{Attempt, Effect, Happened, Lost};
use crate::course::{Course, Over, keys, receipts};
use crate::departure::{Departures, departures, items, known, window, worthwhile_batches};
use crate::entry::{Entry, MovedCertificate, MovedDeposit};
use crate::error::RunError;
use crate::finished::{Contact, Finished, Job, entry_report, held, refused, unknown, unread};
use crate::flights::{Flights, News};
use crate::history::Record;
use crate::job::Ready;
use crate::kept_batch::KeptBatch;
use crate::observer::WaitingFor;
use crate::pack::Wishes;
use crate::patience::{Ended, ask};
use crate::rehearsal::rehearsed;
use crate::report::{BooksChanged, Hold, Outcome};
use crate::session::{Exchange, Session};
use crate::stop::Paused;

/// Posts the steps of some plans together, and the list entries before them.
pub(crate) struct Driver<'e> {
    pub(crate) exchange: &'e Exchange,
    pub(crate) session: &'e mut Session,
    /// Why the run ends here, once it does.
    ended: Option<Ended>,
}

/// What was appended for an attempt.
enum Noted {
    /// What it asked for.
    Asked(usize),
    /// What it would have sent.
    Rehearsed(usize, Finished),
}

impl<'e> Driver<'e> {
    pub(crate) fn new(exchange: &'e Exchange, session: &'e mut Session) -> Self {
        Self { exchange, session, ended: None }
    }

    /// Posts every step of some plans; `tell` gets what became of each plan as it ends.
    ///
    /// What is in quarantine is waited for only where `waits` says so; otherwise the plans that wait for it are told behind the
    /// others, with what is known.
    ///
    /// # Errors
    /// [`RunError`]: the plans that were not told by then are [`Course::untold`].
    pub(crate) async fn post<'c, 'p: 'c>(
        &mut self,
        course: &mut Course<'c, 'p>,
        waits: bool,
        mut tell: impl FnMut(usize, Over, Option<Paused>),
    ) -> Result<(), RunError> {
        let mut flights = Flights::new(self.exchange.client.clone());
        self.go_on(course, &mut flights, waits, &mut tell).await
    }

    /// Goes on until nothing is left to do.
    async fn go_on<'c, 'p: 'c>(
        &mut self,
        course: &mut Course<'c, 'p>,
        flights: &mut Flights,
        waits: bool,
        tell: &mut impl FnMut(usize, Over, Option<Paused>),
    ) -> Result<(), RunError> {
        loop {
            self.take_up(course, flights).await?;
            self.call_off(course, flights).await?;
            while let Some((plan, over)) = course.next_over() {
                tell(plan, over, self.paused());
            }
            let wishes = Wishes::sort(course.leaving(), &course.batches_under_way());
            if !flights.is_empty() || !wishes.is_empty() || !course.pauses.is_empty() {
                let news = self.news(course, flights, &wishes).await;
                self.hear(course, flights, news).await?;
            } else if course.is_over() || (!waits && !course.aside.is_empty()) {
                return Ok(());
            } else {
                self.settle_rest(course, flights).await?;
            }
        }
    }

    /// Whether the run was asked to end, or has no more time.
    pub(crate) fn is_ended(&self) -> bool {
        self.ended.is_some()
    }

    /// That the run's time is up, when it is.
    pub(crate) fn paused(&self) -> Option<Paused> {
        self.ended.and_then(Ended::paused)
    }

    /// Ends a plan of which some steps do not come to their end in this run.
    pub(crate) fn close(&mut self, course: &mut Course<'_, '_>, plan: usize) {
        for place in course.open_steps(plan) {
            let finished = self.given_up(course, place);
            let Some(step) = course.step(place) else { continue };
            course.cut_short(place);
            course.end(place, entry_report(step, finished), true);
        }
    }

    /// What is known of a step that the run does not bring to its end: nobody knows of one that may have been sent whether it
    /// is posted, and any other was not sent.
    fn given_up(&mut self, course: &mut Course<'_, '_>, place: usize) -> Finished {
        let hold = self.ended.map_or(Hold::Stopped, Ended::hold);
        let attempt =
            course.aside.remove(&place).map(|(_, attempt)| attempt).or_else(|| course.going.remove(&place));
        let key = course.step(place).map(|step| &step.key);
        let is_in_doubt = key.and_then(|key| self.session.history.step(key)).is_some_and(Record::is_in_doubt);
        if is_in_doubt || attempt.is_some_and(|attempt| attempt.has_sent()) {
            return unknown("nobody knows yet whether it is posted; the next run looks it up".to_owned());
        }
        match course.failed_need(place).and_then(|failed| course.step(failed)) {
            Some(failed) => held_by(failed),
            None => held(hold, "it waits for what is in doubt; the next run goes on from here".to_owned()),
        }
    }

    /// Takes up steps whose turn it is.
    async fn take_up(&mut self, course: &mut Course<'_, '_>, flights: &mut Flights) -> Result<(), RunError> {
        let window = window(self.exchange);
        while course.going.len() < window {
            let (mut effects, mut begun) = (Vec::new(), Vec::new());
            while course.going.len() < window {
                if self.ended().is_some() || course.brake.is_pulled() {
                    course.leave_the_waiting();
                }
                let Some(place) = course.next_ready() else { break };
                let plan = course.plan(place).filter(|_| course.begin(place));
                begun.extend(plan.into_iter().flat_map(|plan| self.begun(plan)));
                match self.ready(course, place).await? {
                    Ready::Job(job) => {
                        let attempt = self.attempt(*job);
                        self.exchange.observe(|observer| observer.started(attempt.key()));
                        course.going.insert(place, attempt);
                        effects.push((place, self.tell(course, place, Happened::Begun)?));
                    }
                    Ready::Finished(finished) => {
                        course.brake.note(course.failure(place), finished.contact);
                        self.done(course, place, finished);
                    }
                }
            }
            if !begun.is_empty() {
                self.append(course, begun).await?;
            }
            if effects.is_empty() {
                return Ok(());
            }
            self.perform(course, flights, effects).await?;
        }
        Ok(())
    }

    /// The entries that say what a batch is, when the log does not say it yet (T-06).
    fn begun(&mut self, plan: &Plan<'_>) -> Vec<Entry> {
        let Origin::Batch(of) = plan.origin() else { return Vec::new() };
        if self.session.history.undone(&plan.origin().key()).is_some() {
            return Vec::new();
        }
        let (batch, documents, receipts) = (BatchKey::of(of), keys(plan), receipts(plan));
        let item_detail = plan.item_detail();
        let is_known = self.session.history.begun(&batch).is_some_and(|begun| {
            begun.documents == documents && begun.item_detail == item_detail && begun.receipts == receipts
        });
        if is_known || self.ended().is_some() {
            return Vec::new();
        }
        let history = &self.session.history;
        let is_first = history.begun(&batch).is_none() && history.posted_of(&batch).next().is_none();
        let is_kept = is_first && self.exchange.company.late_edits() == LateEdits::Correct;
        let kept = is_kept.then(|| Entry::BatchKept(KeptBatch::of(of, 0, NonZeroU32::MIN, None)));
        let deposits = MovedDeposit::of(of);
        let certificates = MovedCertificate::of(of, self.exchange.client.realm().as_str());
        let begun = Entry::Batch { batch, documents, deposits, certificates, item_detail, receipts };
        kept.into_iter().chain([begun]).collect()
    }

    /// Once the run is to end, whatever is not sent yet is held, and nothing is read any more.
    async fn call_off(&mut self, course: &mut Course<'_, '_>, flights: &mut Flights) -> Result<(), RunError> {
        let hold = self.ended().map(Ended::hold);
        let Some(hold) = hold.or(course.brake.is_pulled().then_some(Hold::Outage)) else { return Ok(()) };
        let mut places = std::mem::take(&mut course.leaving);
        places.extend(std::mem::take(&mut course.pauses).into_keys());
        if self.ended.is_some() {
            places.extend(flights.drop_reads());
        }
        for (place, (_, attempt)) in std::mem::take(&mut course.aside) {
            course.going.insert(place, attempt);
            places.insert(place);
        }
        if places.is_empty() {
            return Ok(());
        }
        let mut effects = Vec::new();
        for place in places {
            course.cut_short(place);
            effects.push((place, self.tell(course, place, Happened::Stopped(hold))?));
        }
        self.perform(course, flights, effects).await
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

    /// Waits for an answer, a turn to send, the end of a pause, or the host to end the run.
    async fn news(&self, course: &Course<'_, '_>, flights: &mut Flights, wishes: &Wishes) -> News {
        let now = self.exchange.elapsed();
        let closed = course.closed_until.filter(|until| *until > now);
        let until = course.pauses.values().copied().chain(closed).min().map(|due| due.saturating_sub(now));
        let stop = self.exchange.options.stop.clone().filter(|stop| !stop.is_asked());
        let nothing = Wishes::default();
        let wishes = if closed.is_some() { &nothing } else { wishes };
        let batches = worthwhile_batches(self.exchange, course.unsent());
        flights.next(wishes, items(self.exchange), batches, until, stop).await
    }

    /// Acts on what has come to pass.
    async fn hear(
        &mut self,
        course: &mut Course<'_, '_>,
        flights: &mut Flights,
        mut news: News,
    ) -> Result<(), RunError> {
        let now = self.exchange.elapsed();
        let mut told = std::mem::take(&mut news.told);
        let over = course.pauses.extract_if(.., |_, due| *due <= now);
        told.extend(over.map(|(place, _)| (place, Ok(Happened::Waited))));
        let mut effects = Vec::new();
        for (place, told) in told {
            let happened = told.unwrap_or_else(|ended| Happened::Stopped(self.end(ended)));
            effects.push((place, self.tell(course, place, happened)?));
        }
        self.perform(course, flights, effects).await?;
        if let Some(wait) = news.closed_for {
            warn!(seconds = wait.as_secs(), "QuickBooks asks to be left alone");
            self.exchange.tell_wait(WaitingFor::Limit, wait, None);
            match self.exchange.has_time_for(wait) {
                Ok(()) => course.closed_until = Some(now.saturating_add(wait)),
                Err(ended) => _ = self.end(ended),
            }
        }
        self.launch(course, flights, news).await
    }

    /// Tells an attempt what happened.
    fn tell(
        &mut self,
        course: &mut Course<'_, '_>,
        place: usize,
        happened: Happened,
    ) -> Result<Effect, RunError> {
        let known = known(self.exchange, self.session);
        match course.going.get_mut(&place) {
            Some(attempt) => attempt.on(happened, &known),
            // Nothing is told to a step that is not under way.
            None => Ok(Effect::Pause(Duration::ZERO)),
        }
    }

    /// Performs what attempts ask for, until each waits for an answer, a turn or a time. What they have to note is noted in
    /// one append.
    async fn perform(
        &mut self,
        course: &mut Course<'_, '_>,
        flights: &mut Flights,
        mut effects: Vec<(usize, Effect)>,
    ) -> Result<(), RunError> {
        while !effects.is_empty() {
            let (mut entries, mut noted, mut told) = (Vec::new(), Vec::new(), Vec::new());
            for (place, effect) in std::mem::take(&mut effects) {
                match effect {
                    Effect::Append(some) => {
                        entries.extend(some);
                        noted.push(Noted::Asked(place));
                    }
                    Effect::Send if self.exchange.is_rehearsal => {
                        let Some(attempt) = course.going.get_mut(&place) else { continue };
                        attempt.leave(false, &known(self.exchange, self.session))?;
                        entries.extend(attempt.sending(None));
                        let position = self.session.log_length() + entries.len() as u64; // entries of one append
                        let (entry, finished) = would_send(attempt, position);
                        entries.push(entry);
                        noted.push(Noted::Rehearsed(place, finished));
                    }
                    Effect::Send => _ = course.leaving.insert(place),
                    Effect::LookUp { kind, number } => {
                        // What was looked up before the first document is not asked for again the first time.
                        match self.session.seen.remove(&(kind, number.clone())) {
                            Some(answers) => told.push((place, Happened::Found(Ok(answers)))),
                            None => {
                                let ask = move |client: Client| {
                                    let number = number.clone();
                                    async move { client.find_by_number(kind, &number).await }
                                };
                                flights.read(place, self.exchange.patiently(ask));
                            }
                        }
                    }
                    Effect::Read { kind, id } => {
                        let ask = move |client: Client| {
                            let id = id.clone();
                            async move { read(&client, kind, &id).await }
                        };
                        flights.read(place, self.exchange.patiently(ask));
                    }
                    Effect::Pause(wait) => match self.exchange.has_time_for(wait) {
                        Ok(()) => {
                            self.tell_pause(course, place, wait);
                            course.pauses.insert(place, self.exchange.elapsed().saturating_add(wait));
                        }
                        Err(ended) => told.push((place, Happened::Stopped(self.end(ended)))),
                    },
                    // What an earlier run left in doubt is for the next run to wait for.
                    Effect::Quarantine(_) if self.exchange.is_rehearsal => {
                        told.push((place, Happened::Stopped(Hold::Stopped)));
                    }
                    Effect::Quarantine(wait) => self.set_aside(course, place, wait),
                    Effect::Done(finished) => effects.extend(self.finish(course, place, finished)?),
                }
            }
            if !entries.is_empty() {
                self.append(course, entries).await?;
            }
            for noted in noted {
                match noted {
                    Noted::Asked(place) => told.push((place, Happened::Appended)),
                    Noted::Rehearsed(place, finished) => {
                        effects.extend(self.finish(course, place, finished)?)
                    }
                }
            }
            for (place, happened) in told {
                effects.push((place, self.tell(course, place, happened)?));
            }
        }
        Ok(())
    }

    /// Tells that a step is left alone for a while.
    fn tell_pause(&self, course: &Course<'_, '_>, place: usize, wait: Duration) {
        let Some(attempt) = course.going.get(&place) else { return };
        warn!(step = %attempt.key(), seconds = wait.as_secs(), "waiting");
        let what = if attempt.is_throttled() { WaitingFor::Limit } else { WaitingFor::AnotherTry };
        self.exchange.tell_wait(what, wait, Some(attempt.key()));
    }

    /// Appends entries, all or none.
    async fn append(&mut self, course: &Course<'_, '_>, entries: Vec<Entry>) -> Result<(), RunError> {
        let step = entries.iter().find_map(Entry::step).map(StepKey::words);
        let step = step.unwrap_or_else(|| format!("{} steps", course.left()));
        self.exchange.append(self.session, &step, entries).await
    }

    /// Lets leave what these turns allow: all of it is written down in one append, then each request goes.
    async fn launch(
        &mut self,
        course: &mut Course<'_, '_>,
        flights: &mut Flights,
        news: News,
    ) -> Result<(), RunError> {
        let Departures { entries, requests } = departures(self.exchange, self.session, course, news)?;
        if entries.is_empty() {
            return Ok(());
        }
        self.append(course, entries).await?;
        for request in requests {
            flights.write(request);
        }
        Ok(())
    }

    /// Sets an attempt aside; what needs it waits.
    fn set_aside(&mut self, course: &mut Course<'_, '_>, place: usize, wait: Duration) {
        let failure = course.failure(place);
        let Some(attempt) = course.going.remove(&place) else { return };
        // A look-up was answered; only a request of this run that was not answered speaks of an outage.
        let contact = if attempt.has_sent() { Contact::Unreached } else { Contact::Reached };
        course.brake.note(failure, contact);
        course.aside.insert(place, (self.exchange.elapsed().saturating_add(wait), attempt));
    }

    /// When nothing else is left to do: waits out the next quarantine.
    async fn settle_rest(
        &mut self,
        course: &mut Course<'_, '_>,
        flights: &mut Flights,
    ) -> Result<(), RunError> {
        let Some(due) = course.aside.values().map(|(due, _)| *due).min() else {
            return self.give_up(course, flights).await;
        };
        let wait = due.saturating_sub(self.exchange.elapsed());
        if !wait.is_zero() {
            warn!(steps = course.aside.len(), seconds = wait.as_secs(), "waiting out a quarantine");
            self.exchange.tell_wait(WaitingFor::Quarantine, wait, None);
            if let Err(ended) = self.exchange.wait(wait).await {
                self.end(ended);
                return Ok(());
            }
        }
        let now = self.exchange.elapsed();
        let over: Vec<usize> =
            course.aside.iter().filter(|(_, (due, _))| *due <= now).map(|(place, _)| *place).collect();
        let mut effects = Vec::new();
        for place in over {
            let Some((_, attempt)) = course.aside.remove(&place) else { continue };
            course.going.insert(place, attempt);
            effects.push((place, self.tell(course, place, Happened::Waited)?));
        }
        self.perform(course, flights, effects).await
    }

    /// Ends what nothing brings on any more: a run that stands still would never say so.
    async fn give_up(&mut self, course: &mut Course<'_, '_>, flights: &mut Flights) -> Result<(), RunError> {
        let mut effects = Vec::new();
        for place in course.going.keys().copied().collect::<Vec<_>>() {
            effects.push((place, self.tell(course, place, Happened::Stopped(Hold::Stopped))?));
        }
        self.perform(course, flights, effects).await
    }

    /// An attempt has come to its end. A role may have been mapped to another account or item while the one before was in
    /// doubt: the one before is finished as what it was; the one that is mapped is still to come.
    fn finish(
        &mut self,
        course: &mut Course<'_, '_>,
        place: usize,
        finished: Finished,
    ) -> Result<Option<(usize, Effect)>, RunError> {
        if finished.outcome.is_done()
            && let Some(attempt) = course.going.get(&place)
            && let Some(job) = attempt.mapped_since(&known(self.exchange, self.session))
            && course.remapped.insert(place)
        {
            course.going.insert(place, self.attempt(job));
            return Ok(Some((place, self.tell(course, place, Happened::Begun)?)));
        }
        let failure = course.failure(place);
        course.brake.note(failure, finished.contact);
        course.going.remove(&place);
        self.done(course, place, finished);
        Ok(None)
    }

    /// What a step has come to, before anything of it is sent.
    async fn ready(&mut self, course: &mut Course<'_, '_>, place: usize) -> Result<Ready, RunError> {
        let Some(step) = course.step(place) else {
            return Ok(Ready::Finished(refused("the plan has no such step".to_owned())));
        };
        if let Some(by_hand) = self.session.history.settlement(&step.key) {
            let id = self.session.history.posted_id(&step.key).map(str::to_owned);
            return Ok(Ready::Finished(Finished::by_hand(id, format!("settled by {by_hand}"))));
        }
        let origin = course.plan(place).map(|plan| plan.origin().key());
        if let Some(undone) = origin.and_then(|origin| self.session.history.undone(&origin)) {
            return Ok(Ready::Finished(Finished::undone(undone)));
        }
        if let Some(why) = self.held_back(step) {
            return Ok(Ready::Finished(held(Hold::Limit, why)));
        }
        // What is posted since an earlier run waits for nothing.
        let is_unposted = !self.session.history.is_posted(&step.key);
        let failed = course.failed_need(place).filter(|_| is_unposted);
        if let Some(failed) = failed.and_then(|failed| course.step(failed)) {
            return Ok(Ready::Finished(held_by(failed)));
        }
        let is_done = self.session.history.is_done(&step.key);
        if let Some(ended) = self.ended().filter(|_| !is_done) {
            course.cut_short(place);
            return Ok(Ready::Finished(self.not_now(step, ended.hold(), ended.reason())));
        }
        if course.brake.is_pulled() && !is_done {
            course.cut_short(place);
            let reason = "QuickBooks cannot be reached; the next run goes on from here".to_owned();
            return Ok(Ready::Finished(self.not_now(step, Hold::Outage, reason)));
        }
        let Some(plan) = course.plan(place) else {
            return Ok(Ready::Finished(refused("the plan has no such step".to_owned())));
        };
        let exchange = self.exchange;
        let job = ask!(exchange, exchange.job(self.session, step, plan));
        let job = match job {
            Ok(job) => job,
            Err(ended) => {
                course.cut_short(place);
                return Ok(Ready::Finished(held(self.end(ended), ended.reason())));
            }
        };
        match job {
            Err(RunError::Read { what, source }) => Ok(Ready::Finished(unread(what, &source))),
            ready => ready,
        }
    }

    /// A step that is not taken up any more: held, or in doubt still, when an earlier run left it so.
    fn not_now(&self, step: &Step<'_>, hold: Hold, reason: String) -> Finished {
        match self.session.history.step(&step.key).is_some_and(Record::is_in_doubt) {
            true => unknown(reason),
            false => held(hold, reason),
        }
    }

    /// Why a document waits with the whole of its event; none of one that may stand in QuickBooks.
    fn held_back(&self, step: &Step<'_>) -> Option<String> {
        let why = self.exchange.held_back.get(&step.document()?.identity.key())?;
        let may_stand = self.session.history.step(&step.key).is_some_and(|record| record.may_stand());
        (!may_stand).then(|| why.clone())
    }

    /// Notes what became of a step, and gives the next one of its event its turn.
    fn done(&mut self, course: &mut Course<'_, '_>, place: usize, finished: Finished) {
        let Some(step) = course.step(place) else {
            course.provided.insert(place, finished);
            return;
        };
        if let Some(id) = finished.id.as_deref().filter(|_| finished.outcome.is_done()) {
            match step.content {
                StepContent::ListEntry(entry) => {
                    self.session.bindings.bind(entry, id);
                    // One that is posted since an earlier run may have been made inactive.
                    if finished.outcome != Outcome::AlreadyPosted {
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
        let is_waiting = matches!(
            finished.hold,
            Some(Hold::Outage | Hold::Stopped | Hold::Paused | Hold::Limit | Hold::Undo)
        );
        if self.ended.is_some() && !finished.outcome.is_done() {
            course.cut_short(place);
        }
        let has_failed = !finished.outcome.is_done() && !is_waiting;
        let entry = entry_report(step, finished);
        self.exchange.observe(|observer| observer.finished(&entry));
        course.end(place, entry, has_failed);
    }

    /// Posts one list entry, waiting as long as that takes.
    pub(crate) async fn provide(&mut self, job: Job) -> Result<Finished, RunError> {
        let lost = || held(Hold::MissingRecord, "it did not come to an end".to_owned());
        Ok(self.provide_each(vec![job]).await?.pop().unwrap_or_else(lost))
    }

    /// Posts list entries together, waiting as long as that takes.
    pub(crate) async fn provide_each(&mut self, jobs: Vec<Job>) -> Result<Vec<Finished>, RunError> {
        let mut course = Course::beside(self.exchange.options.policy.outage);
        let mut flights = Flights::new(self.exchange.client.clone());
        let places = 0..jobs.len();
        let mut begun = Vec::new();
        for (place, job) in jobs.into_iter().enumerate() {
            course.going.insert(place, self.attempt(job));
            begun.push((place, self.tell(&mut course, place, Happened::Begun)?));
        }
        self.perform(&mut course, &mut flights, begun).await?;
        self.go_on(&mut course, &mut flights, true, &mut |_, _, _| {}).await?;
        let mut provided = std::mem::take(&mut course.provided);
        let lost = || held(Hold::MissingRecord, "it did not come to an end".to_owned());
        let finished: Vec<Finished> =
            places.map(|place| provided.remove(&place).unwrap_or_else(lost)).collect();
        let is_done = finished.iter().all(|finished| finished.outcome.is_done());
        match self.ended.filter(|_| !is_done) {
            Some(ended) => Err(ended.into()),
            None => Ok(finished),
        }
    }

    fn attempt(&self, job: Job) -> Attempt {
        let number = Content::of(&job.create).number.unwrap_or_default();
        let seen = self.session.seen.get(&(job.create.kind(), number));
        let look_first = seen.is_some_and(|answers| !answers.is_empty());
        let sent_by = self.session.behind_since.filter(|_| job.identity.is_some());
        Attempt::new(job, Lost { look_first, sent_by }, &known(self.exchange, self.session))
    }

    /// The entity of this id, when QuickBooks has one.
    pub(crate) async fn read(&self, kind: EntityKind, id: &str) -> Result<Vec<Answer>, ReadError> {
        read(&self.exchange.client, kind, id).await
    }
}

/// The entity of this id, when QuickBooks has one.
pub(crate) async fn read(client: &Client, kind: EntityKind, id: &str) -> Result<Vec<Answer>, ReadError> {
    let mut query = Query::all(kind);
    if kind.is_list_entry() {
        query = query.with_inactive();
    }
    let rows = client.query(&query.equal(QueryField::Id, id)?).await?;
    let mut answers = Vec::new();
    for row in rows {
        answers.push(Answer::read(kind, row)?);
    }
    Ok(answers)
}

/// What a rehearsal notes in the place of a sending, and what it says of the step.
fn would_send(attempt: &Attempt, position: u64) -> (Entry, Finished) {
    let (step, id) = (attempt.key().clone(), rehearsed(position));
    let posted = Entry::Posted { step, id: id.clone(), created_at: None, adopted: false, untaxed: false };
    let finished = Finished::before(Outcome::ToCreate, id, None);
    (posted, Finished { books_changed: BooksChanged::No, contact: Contact::Reached, ..finished })
}

/// What becomes of a step that needs one that failed.
fn held_by(failed: &Step<'_>) -> Finished {
    match failed.content {
        StepContent::Document(_) => {
            held(Hold::EarlierDocument, "an earlier document of the same event failed".to_owned())
        }
        StepContent::ListEntry(_) => {
            held(Hold::NeededRecord, format!("it needs {}, which failed", failed.key.words()))
        }
    }
}
