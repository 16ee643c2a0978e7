//! The driver: takes a batch's steps one at a time and reports what became of each.
//!
//! In order: plan, read the log and the company, prepare, then resolve and post step after step. Neighbours: `prepare.rs`
//! before the first step, `post.rs` for each, `tie_out.rs` after the last.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use mapping::{
    Bindings, Company, ListEntry, Matching, Origin, Plan, Planned, ResolveError, Step, StepContent, StepKey,
    legs, plan, plan_matching, plan_opening, plan_purchase_order, resolve,
};
use pos_model::{Batch, PurchaseOrder, Store};
use qb_client::{Client, Query, QueryField};
use qb_model::EntityKind;

use crate::error::RunError;
use crate::history::History;
use crate::log::{Entry, PostingLog};
use crate::post::{Job, Settled, held, log_error, refused};
use crate::readiness::Books;
use crate::report::{EntryReport, Outcome, Report};
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

/// What is read once and then kept true by every append. It is given up when a run ends early: the next one reads anew.
pub(crate) struct Session {
    pub(crate) history: History,
    pub(crate) books: Books,
    pub(crate) bindings: Bindings,
    /// When the preferences were read.
    read_at: DateTime<Utc>,
    /// Numbers of payments that QuickBooks has and this log may not know.
    pub(crate) payments: HashSet<String>,
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
    /// A step that fails holds the rest of its event; other events go on. Dropping the future is safe at any point.
    ///
    /// # Errors
    /// [`RunError`]. None of the batch's documents has been sent, but for [`RunError::Log`] and
    /// [`RunError::Read`], which say so.
    pub async fn run(&mut self, batch: &Batch) -> Result<Report, RunError> {
        let company = Arc::clone(&self.company);
        let plan = plan(batch, &company)?;
        if company.payments_on_account() == Matching::Unapplied {
            return self.post_plan(&plan).await;
        }
        let kept = self.session.take();
        let session = self.open(kept, &company).await?;
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

    /// Posts the entry that moves certificates and deposits at go-live (T-05), when it is not yet posted. The store lends its
    /// prefix: give the same one each time.
    ///
    /// # Errors
    /// As [`Exchange::run`]; [`RunError::OpeningNotConfirmed`] until the accountant has agreed.
    pub async fn run_opening(&mut self, store: &Store) -> Result<Report, RunError> {
        let company = Arc::clone(&self.company);
        let plan = plan_opening(store, &company)?;
        if !company.opening().is_some_and(|opening| opening.is_confirmed) {
            return Err(RunError::OpeningNotConfirmed);
        }
        self.post_plan(&plan).await
    }

    async fn post_plan(&mut self, plan: &Plan<'_>) -> Result<Report, RunError> {
        let kept = self.session.take();
        let mut session = self.open(kept, plan.company()).await?;
        self.prepare(&mut session, plan).await?;
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
        };
        let mut stopped: HashSet<u32> = HashSet::new();
        for step in plan.steps() {
            let settled = if stopped.contains(&step.chain) && step.document().is_some() {
                held("an earlier document of the same event failed".to_owned())
            } else {
                self.step(&mut session, step, plan).await?
            };
            if !settled.outcome.is_settled() && !is_settlement(step) {
                stopped.insert(step.chain);
            }
            let entry = entry_report(step, settled);
            if entry.outcome.is_settled() {
                self.unsettled.remove(&entry.key);
            } else {
                self.unsettled.insert(entry.key.clone(), (entry.outcome, entry.reason.clone()));
            }
            if let Some(observer) = &self.options.observer {
                observer(&entry);
            }
            let entries =
                if step.document().is_some() { &mut report.documents } else { &mut report.list_entries };
            entries.push(entry);
        }
        self.session = Some(session);
        Ok(report)
    }

    /// The session of the run before; without one, reads the log and the company. Nothing is sent. Accounts and items are
    /// bound as the company is mapped in the period at hand.
    pub(crate) async fn open(&self, kept: Option<Session>, company: &Company) -> Result<Session, RunError> {
        if let Some(mut session) = kept {
            // People change these between two runs: the closing date, above all.
            let age = (self.client.clock().now() - session.read_at).abs();
            if age > BOOKS_AGE {
                session.books = Books::read(&self.client, &self.company).await?;
            } else if age > PREFERENCES_AGE {
                session.books.read_preferences(&self.client).await?;
            }
            if age > PREFERENCES_AGE {
                session.read_at = self.client.clock().now();
            }
            let faults = session.books.bind(company, &mut session.bindings);
            return if faults.is_empty() { Ok(session) } else { Err(RunError::NotReady(faults)) };
        }
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
        let books = Books::read(&self.client, &self.company).await?;
        let mut bindings = Bindings::default();
        let faults = books.bind(company, &mut bindings);
        if faults.is_empty() {
            Ok(Session {
                history,
                books,
                bindings,
                payments: HashSet::new(),
                read_at: self.client.clock().now(),
            })
        } else {
            Err(RunError::NotReady(faults))
        }
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
        if self.is_untaxed(session, step).await? {
            let remedy = "make the customer taxable there, or leave the tax out at the till";
            return Ok(refused(format!(
                "QuickBooks holds its customer non-taxable and would drop the tax; {remedy}"
            )));
        }
        self.read_order_lines(session, step, plan).await?;
        let create = match resolve(step, plan, &session.bindings) {
            Ok(create) => self.named(session, step, plan, create).await?,
            Err(error @ ResolveError::Unbound { .. }) => return Ok(held(error.to_string())),
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
        let Some(id) =
            session.bindings.parties.get(&key).filter(|_| session.history.is_untaxed(&key.to_string()))
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
    let key = step.key();
    let Settled { outcome, books_changed, id, reason } = settled;
    match step.document() {
        Some(planned) => EntryReport {
            kind: planned.document.kind().name(),
            number: planned.number.to_string(),
            identity: Some(planned.identity.to_string()),
            key,
            outcome,
            books_changed,
            id,
            reason,
        },
        None => {
            let kind = match step.content {
                StepContent::ListEntry(ListEntry::Vendor(_)) => "Vendor",
                _ => "Customer",
            };
            EntryReport {
                kind,
                number: key.0.clone(),
                identity: None,
                key,
                outcome,
                books_changed,
                id,
                reason,
            }
        }
    }
}
