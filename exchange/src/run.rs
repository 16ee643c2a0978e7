//! The driver: takes a batch's steps one at a time and reports what became of each.
//!
//! In order: plan, read the log and the company, prepare, then resolve and post step after step. Neighbours: `prepare.rs`
//! before the first step, `post.rs` for each, `tie_out.rs` after the last.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use mapping::{
    Bindings, Company, ListEntry, Origin, Plan, Planned, ResolveError, Step, StepContent, StepKey, legs,
    plan, plan_matching, plan_opening, plan_purchase_order, resolve,
};
use pos_model::{Batch, PurchaseOrder, Store};
use qb_client::{Client, Query, QueryField};
use qb_model::EntityKind;

use crate::error::{NotReady, RunError};
use crate::history::History;
use crate::log::{Entry, PostingLog};
use crate::post::{Contact, Job, Settled, held, log_error, refused, unread};
use crate::readiness::Books;
use crate::report::{EntryReport, Hold, Outcome, Report};
use crate::step::Policy;

/// Preferences older than this are read again before a run: a read is metered, and thousands of purchase orders may follow
/// each other within a minute.
const PREFERENCES_AGE: TimeDelta = TimeDelta::seconds(10);

/// The same for accounts, items and payment methods.
const BOOKS_AGE: TimeDelta = TimeDelta::minutes(5);

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
    pub(crate) company: Arc<Company>,
    pub(crate) log: Arc<dyn PostingLog>,
    pub(crate) options: Options,
    pub(crate) session: Option<Session>,
    /// What became of documents that the last runs did not settle, for the tie-out.
    pub(crate) unsettled: HashMap<StepKey, (Outcome, Option<String>)>,
}

/// What is read once and then kept true by every append. It is given up when the log fails or a run is dropped: the next
/// one reads anew.
pub(crate) struct Session {
    pub(crate) history: History,
    pub(crate) books: Books,
    pub(crate) bindings: Bindings,
    /// When the preferences were read; none when all of it must be read anew.
    read_at: Option<DateTime<Utc>>,
    /// Numbers of payments that QuickBooks has and this log may not know.
    pub(crate) payments: HashSet<String>,
}

impl Session {
    fn new(history: History) -> Self {
        let (books, bindings) = (Books::default(), Bindings::default());
        Self { history, books, bindings, read_at: None, payments: HashSet::new() }
    }

    /// Has the company read again before the next run.
    pub(crate) fn forget_books(&mut self) {
        self.read_at = None;
    }
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

impl Exchange {
    /// An exchange with the default options.
    pub fn new(client: Client, log: Arc<dyn PostingLog>, company: Company) -> Self {
        let company = Arc::new(company);
        Self { client, company, log, options: Options::default(), session: None, unsettled: HashMap::new() }
    }

    /// Chooses other options for the runs to come.
    pub fn set_options(&mut self, options: Options) {
        self.options = options;
    }

    /// Posts what is not yet posted of a closed batch (T-01). Safe to repeat at any time.
    ///
    /// A step that fails holds the rest of its event; other events go on. When QuickBooks cannot be reached for several
    /// events in a row the run ends, and the rest is held ([`Policy::outage`]). Dropping the future is safe at any point.
    ///
    /// # Errors
    /// [`RunError`]. None of the batch's documents has been sent, but for [`RunError::Log`], which says so.
    pub async fn run(&mut self, batch: &Batch) -> Result<Report, RunError> {
        let company = Arc::clone(&self.company);
        let plan = plan(batch, &company)?;
        if batch.account_payments().is_empty() {
            return self.post_plan(&plan).await;
        }
        let session = self.open(plan.company()).await?;
        let open = self.open_invoices(&session, &plan).await;
        self.session = Some(session);
        self.post_plan(&plan_matching(batch, &company, open?)?).await
    }

    /// Posts what is not yet posted of a closed purchase order. Everything that is said of [`Exchange::run`] holds.
    ///
    /// # Errors
    /// As [`Exchange::run`].
    pub async fn run_purchase_order(&mut self, order: &PurchaseOrder) -> Result<Report, RunError> {
        let company = Arc::clone(&self.company);
        self.post_plan(&plan_purchase_order(order, &company)?).await
    }

    /// Posts the entry that moves certificates and deposits at go-live (T-05), when it is not yet posted. A company has one
    /// such entry. The store lends its prefix: give the same one each time.
    ///
    /// # Errors
    /// As [`Exchange::run`]; [`RunError::OpeningNotConfirmed`] until the accountant has agreed;
    /// [`RunError::OpeningPosted`] when the log has it under another store or date.
    pub async fn run_opening(&mut self, store: &Store) -> Result<Report, RunError> {
        let company = Arc::clone(&self.company);
        let plan = plan_opening(store, &company)?;
        if !company.opening().is_some_and(|opening| opening.is_confirmed) {
            return Err(RunError::OpeningNotConfirmed);
        }
        self.post_plan(&plan).await
    }

    async fn post_plan(&mut self, plan: &Plan<'_>) -> Result<Report, RunError> {
        let mut session = self.open(plan.company()).await?;
        let result = self.post_steps(&mut session, plan).await;
        match result {
            // What the log holds is not known now: the next run reads it again.
            Err(RunError::Log { .. }) => return result,
            // Whatever was wrong is put right between two runs.
            Err(_) => session.forget_books(),
            Ok(_) => {}
        }
        self.session = Some(session);
        result
    }

    async fn post_steps(&mut self, session: &mut Session, plan: &Plan<'_>) -> Result<Report, RunError> {
        let made = self.prepare(session, plan).await?;
        let origin = plan.origin();
        let mut report = Report {
            store: origin.store().name().to_owned(),
            register: match origin {
                Origin::Batch(batch) => Some(batch.register().to_owned()),
                Origin::PurchaseOrder(_) | Origin::Opening { .. } => None,
            },
            number: origin.number(),
            business_date: origin.date(),
            documents: Vec::new(),
            list_entries: Vec::new(),
            is_cut_short: false,
        };
        for entry in made {
            self.observe(&entry);
            report.list_entries.push(entry);
        }
        let mut stopped: HashSet<u32> = HashSet::new();
        let mut brake = Brake::new(self.options.policy.outage);
        for step in plan.steps() {
            let settled = if stopped.contains(&step.chain) && step.document().is_some() {
                held(Hold::EarlierDocument, "an earlier document of the same event failed".to_owned())
            } else if brake.is_pulled() && !session.history.is_posted(&step.key().0) {
                report.is_cut_short = true;
                held(Hold::Outage, "QuickBooks cannot be reached; the next run goes on from here".to_owned())
            } else {
                match self.step(session, step, plan).await {
                    Err(RunError::Read { what, source }) => unread(what, &source),
                    settled => settled?,
                }
            };
            brake.note(step.chain, settled.contact);
            let is_waiting = settled.hold == Some(Hold::Outage);
            if !settled.outcome.is_settled() && !is_waiting && !is_settlement(step) {
                stopped.insert(step.chain);
            }
            let entry = entry_report(step, settled);
            if entry.outcome.is_settled() {
                self.unsettled.remove(&entry.key);
            } else {
                self.unsettled.insert(entry.key.clone(), (entry.outcome, entry.reason.clone()));
            }
            self.observe(&entry);
            let entries =
                if step.document().is_some() { &mut report.documents } else { &mut report.list_entries };
            entries.push(entry);
        }
        Ok(report)
    }

    fn observe(&self, entry: &EntryReport) {
        if let Some(observer) = &self.options.observer {
            observer(entry);
        }
    }

    /// The session of the run before; without one, reads the log and the company. Nothing is sent. Accounts and items are
    /// bound as the company is mapped in the period at hand.
    ///
    /// A session is kept through every error: the log need not be read again, the company is.
    pub(crate) async fn open(&mut self, company: &Company) -> Result<Session, RunError> {
        let (mut session, faults) = self.open_with_faults(company).await?;
        if faults.is_empty() {
            return Ok(session);
        }
        session.forget_books();
        self.session = Some(session);
        Err(RunError::NotReady(faults))
    }

    /// The same, with what is wrong in the company beside it.
    pub(crate) async fn open_with_faults(
        &mut self,
        company: &Company,
    ) -> Result<(Session, Vec<NotReady>), RunError> {
        let mut session = match self.session.take() {
            Some(session) => session,
            None => Session::new(self.read_log().await?),
        };
        match self.refresh(&mut session, company).await {
            Ok(faults) => Ok((session, faults)),
            Err(error) => {
                session.forget_books();
                self.session = Some(session);
                Err(error)
            }
        }
    }

    /// The posting log, which must be about this company.
    async fn read_log(&self) -> Result<History, RunError> {
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
                let appended = self.log.append(history.length, &entry).await;
                appended.map_err(|source| log_error("the start", source))?;
                history.apply(entry);
            }
        }
        Ok(history)
    }

    /// Reads what people may have changed in the company since the run before: the closing date, above all. What is wrong.
    async fn refresh(&self, session: &mut Session, company: &Company) -> Result<Vec<NotReady>, RunError> {
        let now = self.client.clock().now();
        match session.read_at.map(|read_at| (now - read_at).abs()) {
            Some(age) if age <= PREFERENCES_AGE => {}
            Some(age) if age <= BOOKS_AGE => {
                session.books.read_preferences(&self.client).await?;
                session.read_at = Some(self.client.clock().now());
            }
            _ => {
                session.books = Books::read(&self.client, &self.company).await?;
                session.read_at = Some(self.client.clock().now());
            }
        }
        Ok(session.books.bind(company, &mut session.bindings))
    }

    /// One step of the plan: bound, held, or a job.
    async fn step(
        &self,
        session: &mut Session,
        step: &Step<'_>,
        plan: &Plan<'_>,
    ) -> Result<Settled, RunError> {
        if let StepContent::ListEntry(entry) = step.content
            && let Some(id) = session.bindings.id(entry)
        {
            return Ok(Settled::before(Outcome::AlreadyPosted, id.to_owned(), None));
        }
        let is_open = !session.history.is_posted(&step.key().0);
        match if is_open { self.is_untaxed(session, step).await } else { Ok(false) } {
            Ok(false) => {}
            Ok(true) => {
                let remedy = "make the customer taxable there, or leave the tax out at the till";
                return Ok(refused(format!(
                    "QuickBooks holds its customer non-taxable and would drop the tax; {remedy}"
                )));
            }
            // Documents before it are posted: their report must not be lost.
            Err(RunError::Read { source, .. }) => {
                let reason = format!("its customer could not be read: {source}");
                return Ok(Settled { contact: Contact::Unreached, ..held(Hold::Unreachable, reason) });
            }
            Err(error) => return Err(error),
        }
        if let Some(refused) = self.read_order_lines(session, step, plan).await? {
            return Ok(refused);
        }
        let create = match resolve(step, plan, &session.bindings) {
            Ok(create) => self.named(session, step, plan, create).await?,
            Err(error @ ResolveError::Unbound { .. }) => {
                return Ok(held(Hold::MissingRecord, error.to_string()));
            }
            Err(error) => return Ok(refused(error.to_string())),
        };
        let key = step.key();
        let job = match step.document() {
            Some(planned) => Job {
                key: key.clone(),
                create,
                identity: Some(planned.identity.to_string()),
                txn_date: Some(planned.txn_date),
                legs: legs_by_account(planned, plan.company(), &session.bindings),
            },
            None => Job { key: key.clone(), create, identity: None, txn_date: None, legs: Vec::new() },
        };
        let settled = self.post(session, job).await?;
        if let Some(id) = settled.id.as_deref().filter(|_| settled.outcome.is_settled()) {
            match step.content {
                StepContent::ListEntry(entry) => session.bindings.bind(entry, id),
                StepContent::Document(_) => {
                    session.bindings.documents.insert(key, id.to_owned());
                }
            }
        }
        Ok(settled)
    }

    /// Whether a step has tax for a customer whom QuickBooks held non-taxable, and still does (D-21).
    async fn is_untaxed(&self, session: &mut Session, step: &Step<'_>) -> Result<bool, RunError> {
        let taxed = step.document().filter(|planned| !planned.document.tax().is_zero());
        let Some(party) = taxed.and_then(|planned| planned.document.party()) else { return Ok(false) };
        let key = party.key();
        let Some(id) = session.bindings.party(party).filter(|_| session.history.is_untaxed(&key.to_string()))
        else {
            return Ok(false);
        };
        let read = |e| RunError::Read { what: "a customer", source: Box::new(e) };
        let query = Query::all(EntityKind::Customer).with_inactive().equal(QueryField::Id, id.as_str());
        let rows = self.client.query(&query.map_err(|e| read(e.into()))?).await.map_err(read)?;
        let is_untaxed =
            rows.iter().any(|row| row.get("Taxable").and_then(serde_json::Value::as_bool) == Some(false));
        if !is_untaxed {
            let (step, id) = (key.to_string(), id.as_str().to_owned());
            let entry =
                Entry::Posted { step: step.clone(), id, created_at: None, adopted: true, untaxed: false };
            self.append(session, &StepKey(step), entry).await?;
        }
        Ok(is_untaxed)
    }
}

/// A document's debits and credits in cents, one figure an account.
fn legs_by_account(planned: &Planned<'_>, company: &Company, bindings: &Bindings) -> Vec<(String, i64)> {
    let mut sums: Vec<(String, i64)> = Vec::new();
    for leg in legs(&planned.document, company) {
        let Some(id) = bindings.accounts.get(&leg.account) else { continue };
        match sums.iter_mut().find(|(account, _)| account == id.as_str()) {
            Some((_, cents)) => *cents += leg.amount.cents(),
            None => sums.push((id.as_str().to_owned(), leg.amount.cents())),
        }
    }
    sums
}

/// D-04: a settlement that went wrong leaves open amounts that cancel out; nothing else need wait for it.
fn is_settlement(step: &Step<'_>) -> bool {
    let document = step.document().map(|planned| &planned.document);
    matches!(document, Some(mapping::Document::Payment(payment)) if payment.is_settlement())
}

fn entry_report(step: &Step<'_>, settled: Settled) -> EntryReport {
    let planned = match &step.content {
        StepContent::ListEntry(entry) => return list_entry_report(*entry, settled),
        StepContent::Document(planned) => planned,
    };
    let Settled { outcome, books_changed, id, reason, hold, contact: _ } = settled;
    EntryReport {
        key: planned.key(),
        kind: planned.document.kind().name(),
        number: planned.number.to_string(),
        identity: Some(planned.identity.to_string()),
        outcome,
        books_changed,
        id,
        reason,
        hold,
    }
}

pub(crate) fn list_entry_report(entry: ListEntry<'_>, settled: Settled) -> EntryReport {
    let kind = match entry {
        ListEntry::Account(_) => "Account",
        ListEntry::Item(..) => "Item",
        ListEntry::PaymentMethod(_) => "PaymentMethod",
        ListEntry::Customer(_) => "Customer",
        ListEntry::Vendor(_) => "Vendor",
        _ => "List entry",
    };
    let key = entry.key();
    let Settled { outcome, books_changed, id, reason, hold, contact: _ } = settled;
    let number = key.0.clone();
    EntryReport { key, kind, number, identity: None, outcome, books_changed, id, reason, hold }
}
