//! The driver: takes a plan's steps one at a time, does what `step.rs` says, and writes the log.
//!
//! Order of every attempt: resolve the body, append "sending" with it, send, append the answer. Nothing is sent that is
//! not in the log; nothing in doubt is sent again before it was looked up.

use std::collections::HashSet;
use std::sync::Arc;

use chrono::{DateTime, FixedOffset, NaiveDate, Utc};
use mapping::{
    Bindings, Company, ListEntry, Party, Plan, ResolveError, Step, StepContent, StepKey, legs, plan,
    provision, resolve,
};
use pos_model::Batch;
use qb_client::{Client, Outcome as Answer, RequestId};
use qb_model::{Content, Create, Difference, EntityKind, Id, ModelError};
use tracing::{debug, warn};

use crate::error::{NotReady, RunError};
use crate::history::{History, State};
use crate::log::{Entry, LogError, PostingLog, Sent};
use crate::readiness::Books;
use crate::report::{BatchReport, EntryReport, Outcome};
use crate::step::{Action, Answered, Event, LookedUp, Policy, Standing, StepState, next};

/// Sees every step as it is settled.
pub type Observer = Arc<dyn Fn(&EntryReport) + Send + Sync>;

/// What a host can choose.
#[derive(Clone, Default)]
pub struct Options {
    /// How patient a run is.
    pub policy: Policy,
    /// Called after every step; for progress bars. Must be quick.
    pub observer: Option<Observer>,
}

impl std::fmt::Debug for Options {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Options").field("policy", &self.policy).finish_non_exhaustive()
    }
}

/// Posts batches of one company. One per company; it expects to be the only one writing to its log.
pub struct Exchange {
    pub(crate) client: Client,
    pub(crate) company: Company,
    log: Arc<dyn PostingLog>,
    options: Options,
    session: Option<Session>,
}

/// What is read once, at the first run.
pub(crate) struct Session {
    pub(crate) history: History,
    pub(crate) books: Books,
    pub(crate) bindings: Bindings,
}

/// One step, ready to be posted.
struct Job {
    key: StepKey,
    create: Create,
    identity: Option<String>,
    txn_date: Option<NaiveDate>,
    legs: Vec<(String, i64)>,
}

/// What became of a job.
struct Settled {
    outcome: Outcome,
    id: Option<String>,
    reason: Option<String>,
}

impl Exchange {
    /// An exchange with the default options.
    pub fn new(client: Client, log: Arc<dyn PostingLog>, company: Company) -> Self {
        Self { client, company, log, options: Options::default(), session: None }
    }

    /// Chooses other options for the runs to come.
    pub fn set_options(&mut self, options: Options) {
        self.options = options;
    }

    /// Posts what is not yet posted of a closed batch (T-01). Safe to repeat at any time.
    ///
    /// A step that fails holds the rest of its event; other events go on. Dropping the future is safe at any point.
    ///
    /// # Errors
    /// [`RunError`]. None of the batch's documents has been sent, but for [`RunError::Log`] and
    /// [`RunError::Read`], which say so.
    pub async fn run(&mut self, batch: &Batch) -> Result<BatchReport, RunError> {
        let company = self.company.clone();
        let plan = plan(batch, &company)?;
        self.prepare(batch, &plan).await?;
        let mut report = BatchReport {
            store: batch.store().name().to_owned(),
            register: batch.register().to_owned(),
            number: batch.number(),
            business_date: batch.business_date(),
            documents: Vec::new(),
            list_entries: Vec::new(),
        };
        let mut stopped: HashSet<u32> = HashSet::new();
        for step in plan.steps() {
            let settled = if stopped.contains(&step.chain) && step.document().is_some() {
                held("an earlier document of the same event failed".to_owned())
            } else {
                self.step(step, &plan).await?
            };
            if !settled.outcome.is_settled() && !is_settlement(step) {
                stopped.insert(step.chain);
            }
            let entry = entry_report(step, settled);
            if let Some(observer) = &self.options.observer {
                observer(&entry);
            }
            let entries =
                if step.document().is_some() { &mut report.documents } else { &mut report.list_entries };
            entries.push(entry);
        }
        Ok(report)
    }

    /// Everything that can be wrong before the first document is sent.
    async fn prepare(&mut self, batch: &Batch, plan: &Plan<'_>) -> Result<(), RunError> {
        if self.session.is_none() {
            self.session = Some(self.open().await?);
        }
        let session = self.session()?;
        check_identities(&session.history, batch, plan)?;
        let faults = session.books.plan_faults(plan, &session.bindings);
        if !faults.is_empty() {
            return Err(RunError::NotReady(faults));
        }
        self.provision(batch).await?;
        let dates: Vec<NaiveDate> = plan.documents().map(|planned| planned.txn_date).collect();
        self.take_openings(&dates).await
    }

    /// Reads the log and the company. Nothing is sent.
    async fn open(&self) -> Result<Session, RunError> {
        let entries = self.log.read().await.map_err(|source| log_error("the start", source))?;
        let mut history = History::read(entries);
        let realm = self.client.realm().as_str();
        match &history.realm {
            Some(found) if found != realm => {
                return Err(RunError::OtherCompany { found: found.clone(), asked: realm.to_owned() });
            }
            Some(_) => {}
            None => {
                let entry = Entry::Company { realm: realm.to_owned() };
                self.log.append(&entry).await.map_err(|source| log_error("the start", source))?;
                history.apply(entry);
            }
        }
        let books = Books::read(&self.client).await?;
        let mut bindings = Bindings::default();
        let faults = books.bind(&self.company, &mut bindings);
        if faults.is_empty() {
            Ok(Session { history, books, bindings })
        } else {
            Err(RunError::NotReady(faults))
        }
    }

    pub(crate) fn session(&self) -> Result<&Session, RunError> {
        self.session.as_ref().ok_or_else(|| RunError::NotReady(Vec::new()))
    }

    /// Makes the accounts, items and payment methods that the company lacks.
    async fn provision(&mut self, batch: &Batch) -> Result<(), RunError> {
        let company = self.company.clone();
        let mut made_any = false;
        for entry in provision(&[batch], &company) {
            let session = self.session()?;
            if is_bound(entry, &session.bindings) {
                continue;
            }
            if let Some(id) = session.books.payment_method(entry) {
                let id = id.to_owned();
                self.bind(entry, &id);
                continue;
            }
            let create = entry
                .resolve(&company, &session.bindings)
                .map_err(|e| not_provisioned(entry, e.to_string()))?;
            let job = Job { key: entry.key(), create, identity: None, txn_date: None, legs: Vec::new() };
            let settled = self.post(job).await?;
            match settled.id.filter(|_| settled.outcome.is_settled()) {
                Some(id) => self.bind(entry, &id),
                // A document goes without its payment method.
                None if matches!(entry, ListEntry::PaymentMethod(_)) => {}
                None => return Err(not_provisioned(entry, settled.reason.unwrap_or_default())),
            }
            made_any = true;
        }
        if made_any {
            // Names and types of what was made, for the tie-out.
            let books = Books::read(&self.client).await?;
            if let Some(session) = &mut self.session {
                session.books = books;
            }
        }
        Ok(())
    }

    /// One step of the plan: held, already posted, or a job.
    async fn step(&mut self, step: &Step<'_>, plan: &Plan<'_>) -> Result<Settled, RunError> {
        let session = self.session()?;
        if let StepContent::ListEntry(entry) = &step.content
            && is_bound(*entry, &session.bindings)
        {
            let id = bound_id(*entry, &session.bindings);
            return Ok(Settled { outcome: Outcome::AlreadyPosted, id, reason: None });
        }
        let create = match resolve(step, plan, &self.company, &session.bindings) {
            Ok(create) => create,
            Err(error @ ResolveError::Unbound { .. }) => return Ok(held(error.to_string())),
            Err(error) => return Ok(refused(error.to_string())),
        };
        let document = step.document();
        let legs =
            document.map(|planned| self.legs_by_account(planned, &session.bindings)).unwrap_or_default();
        let job = Job {
            key: step.key(),
            create,
            identity: document.map(|planned| planned.identity.to_string()),
            txn_date: document.map(|planned| planned.txn_date),
            legs,
        };
        let key = job.key.clone();
        let settled = self.post(job).await?;
        if let Some(id) = settled.id.as_ref().filter(|_| settled.outcome.is_settled()) {
            match (&step.content, &mut self.session) {
                (StepContent::ListEntry(entry), _) => self.bind(*entry, id),
                (StepContent::Document(_), Some(session)) => {
                    session.bindings.documents.insert(key, id.clone());
                }
                (StepContent::Document(_), None) => {}
            }
        }
        Ok(settled)
    }

    fn legs_by_account(&self, planned: &mapping::Planned<'_>, bindings: &Bindings) -> Vec<(String, i64)> {
        let mut sums: Vec<(String, i64)> = Vec::new();
        for leg in legs(&planned.document, &self.company) {
            let Some(id) = bindings.accounts.get(&leg.account) else { continue };
            match sums.iter_mut().find(|(account, _)| account == id.as_str()) {
                Some((_, cents)) => *cents += leg.amount.cents(),
                None => sums.push((id.as_str().to_owned(), leg.amount.cents())),
            }
        }
        sums
    }

    /// Posts a job, or finds out that it is posted. The loop that `step.rs` steers.
    async fn post(&mut self, job: Job) -> Result<Settled, RunError> {
        let content = Content::of(&job.create);
        let record = self.session()?.history.step(&job.key.0);
        let mut sent = record.map(|record| record.sent.clone());
        let mut epoch = record.map_or(1, |record| record.next_epoch());
        let standing = match record {
            Some(record) => match settled_before(record, &content) {
                Some(settled) => return Ok(settled),
                None => record.standing(),
            },
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
                        _ => self.sending(&job, epoch)?,
                    };
                    self.append(&job.key, Entry::Sending { step: job.key.0.clone(), sent: sending.clone() })
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
                                self.append(&job.key, Entry::NotSent { step: job.key.0.clone() }).await?;
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
                    return self.finish(&job, outcome, found, reason, state.is_duplicate).await;
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
    ) -> Result<Option<Found>, qb_client::ReadError> {
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
        &mut self,
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
            self.append(&job.key, entry).await?;
        }
        let reason = if outcome.is_settled() { None } else { reason };
        Ok(Settled { outcome, id, reason })
    }

    pub(crate) async fn append(&mut self, key: &StepKey, entry: Entry) -> Result<(), RunError> {
        self.log.append(&entry).await.map_err(|source| log_error(&key.0, source))?;
        if let Some(session) = &mut self.session {
            session.history.apply(entry);
        }
        Ok(())
    }

    fn bind(&mut self, entry: ListEntry<'_>, id: &str) {
        let Some(session) = &mut self.session else { return };
        bind(entry, id, &mut session.bindings);
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
fn settled_before(record: &crate::history::Record, content: &Content) -> Option<Settled> {
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

/// N-13: a number or a batch that already stands for something else.
fn check_identities(history: &History, batch: &Batch, plan: &Plan<'_>) -> Result<(), RunError> {
    let (store, number) = (batch.store().code(), batch.number());
    if let Some(register) =
        history.register_of(store, number).filter(|register| *register != batch.register())
    {
        return Err(RunError::NumberTaken {
            key: format!("batch {number} of store {store}"),
            posted: format!("register {register}"),
            planned: format!("register {}", batch.register()),
        });
    }
    for planned in plan.documents() {
        let key = planned.key();
        let posted = history.step(&key.0).and_then(|record| record.sent.identity.as_deref());
        let identity = planned.identity.to_string();
        if let Some(posted) = posted.filter(|posted| *posted != identity) {
            return Err(RunError::NumberTaken { key: key.0, posted: posted.to_owned(), planned: identity });
        }
    }
    Ok(())
}

/// D-04: a settlement that went wrong leaves open amounts that cancel out; nothing else need wait for it.
fn is_settlement(step: &Step<'_>) -> bool {
    let document = step.document().map(|planned| &planned.document);
    matches!(document, Some(mapping::Document::Payment(payment)) if payment.is_settlement())
}

fn entry_report(step: &Step<'_>, settled: Settled) -> EntryReport {
    let key = step.key();
    let Settled { outcome, id, reason } = settled;
    match step.document() {
        Some(planned) => EntryReport {
            kind: planned.document.kind().name(),
            number: planned.number.to_string(),
            identity: Some(planned.identity.to_string()),
            key,
            outcome,
            id,
            reason,
        },
        None => {
            EntryReport { kind: "Customer", number: key.0.clone(), identity: None, key, outcome, id, reason }
        }
    }
}

fn is_bound(entry: ListEntry<'_>, bindings: &Bindings) -> bool {
    bound_id(entry, bindings).is_some()
}

fn bound_id(entry: ListEntry<'_>, bindings: &Bindings) -> Option<String> {
    match entry {
        ListEntry::Account(account) => bindings.accounts.get(&account).map(ToString::to_string),
        ListEntry::Item(item) => bindings.items.get(&item).map(ToString::to_string),
        ListEntry::PaymentMethod(tender) => {
            bindings.payment_methods.get(&tender.id()).map(ToString::to_string)
        }
        ListEntry::Customer(party) => bindings.parties.get(&party.key()).map(ToString::to_string),
        _ => None,
    }
}

/// Binds an entry; an id that QuickBooks could not have given binds nothing.
fn bind(entry: ListEntry<'_>, id: &str, bindings: &mut Bindings) {
    fn put<K: Ord, E>(map: &mut std::collections::BTreeMap<K, Id<E>>, key: K, id: &str) {
        if let Ok(id) = Id::new(id) {
            map.insert(key, id);
        }
    }
    match entry {
        ListEntry::Account(account) => put(&mut bindings.accounts, account, id),
        ListEntry::Item(item) => put(&mut bindings.items, item, id),
        ListEntry::PaymentMethod(tender) => put(&mut bindings.payment_methods, tender.id(), id),
        ListEntry::Customer(party) => bind_party(party, id, bindings),
        _ => {}
    }
}

fn bind_party(party: Party<'_>, id: &str, bindings: &mut Bindings) {
    if let Ok(id) = Id::new(id) {
        bindings.parties.insert(party.key(), id);
    }
}

fn held(reason: String) -> Settled {
    Settled { outcome: Outcome::Held, id: None, reason: Some(reason) }
}

fn refused(reason: String) -> Settled {
    Settled { outcome: Outcome::Refused, id: None, reason: Some(reason) }
}

fn log_error(step: &str, source: LogError) -> RunError {
    RunError::Log { step: step.to_owned(), source }
}

fn not_provisioned(entry: ListEntry<'_>, reason: String) -> RunError {
    RunError::NotReady(vec![NotReady::NotProvisioned { key: entry.key().0, reason }])
}

fn not_sendable(job: &Job, reason: &str) -> RunError {
    RunError::NotReady(vec![NotReady::NotProvisioned { key: job.key.0.clone(), reason: reason.to_owned() }])
}
