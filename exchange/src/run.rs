//! A run: takes a batch's steps one at a time and reports what became of each.
//!
//! In order: plan, read the log and the company, prepare, then resolve and post step after step. Neighbours: `prepare.rs`
//! before the first step, `post.rs` for each, `tie_out.rs` after the last.

use std::collections::HashSet;
use std::sync::Arc;

use mapping::{
    Bindings, Company, Origin, Plan, Planned, ResolveError, Step, StepContent, legs, plan, plan_matching,
    plan_opening, plan_purchase_order, resolve,
};
use pos_model::{Batch, PurchaseOrder, Store};

use crate::error::RunError;
use crate::report::{Hold, Outcome, Report};
use crate::session::{Exchange, Session};
use crate::settled::{Contact, Job, Settled, entry_report, held, refused, unread};

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
    /// Posts what is not yet posted of a closed batch (T-01). Safe to repeat at any time.
    ///
    /// A step that fails holds the rest of its event; other events go on. When QuickBooks cannot be reached for several
    /// events in a row the run ends, and the rest is held ([`Policy::outage`](crate::Policy::outage)). Dropping the future is safe at any point.
    ///
    /// # Errors
    /// [`RunError`]. None of the batch's documents has been sent, but for [`RunError::Log`], which says so.
    pub async fn run(&mut self, batch: &Batch) -> Result<Report, RunError> {
        let company = Arc::clone(&self.company);
        let plan = plan(batch, &company)?;
        if batch.account_payments().is_empty() {
            return self.post_plan(&plan).await;
        }
        let session = self.begin(plan.company()).await?;
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
        let mut session = self.begin(plan.company()).await?;
        let result = self.post_steps(&mut session, plan).await;
        self.keep(session, result.as_ref().err());
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
            } else if brake.is_pulled() && !session.history.is_posted(&step.key) {
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
        let is_open = !session.history.is_posted(&step.key);
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
        let key = step.key.clone();
        let job = match step.document() {
            Some(planned) => Job {
                key: key.clone(),
                create,
                identity: Some(planned.identity.key()),
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
