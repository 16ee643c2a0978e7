//! The plan of a batch: its documents in the order they must be posted, with what each depends on.
//!
//! Adding a step gives a handle, and links take handles: a payment can only be matched with documents that stand before
//! it. The plan knows no QuickBooks id and is made without a network; the same batch and company give the same plan.
//! Down the walk: `rules` fill it. Up the walk: `exchange` posts it step by step.

use std::collections::HashSet;
use std::fmt;

use pos_model::{Batch, BatchStatus, Customer};

use crate::document::{Document, Event, Identity, LinkTarget, Party, Planned};
use crate::{Company, ItemRole, ListEntry, Number, PlanError, PlanFault, rules};

/// A batch's steps.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan<'a> {
    batch: &'a Batch,
    steps: Vec<Step<'a>>,
}

/// One thing to be posted.
#[derive(Debug, Clone, PartialEq)]
pub struct Step<'a> {
    /// Steps of one event share a chain: when one of them fails, the later ones of the chain are held.
    pub chain: u32,
    /// What to post.
    pub content: StepContent<'a>,
}

/// A list entry that documents need, or a document.
#[derive(Debug, Clone, PartialEq)]
pub enum StepContent<'a> {
    /// Ensured once; never in content conflict.
    ListEntry(ListEntry<'a>),
    /// Posted once.
    Document(Planned<'a>),
}

/// The lasting key of a step, the same in every run: `inv-CLT1521022B4`, `cust-1042`. Unique in a company.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StepKey(pub String);

impl fmt::Display for StepKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An invoice of this plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvoiceStep(u32);

/// A credit memo of this plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CreditMemoStep(u32);

/// An expense of this plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExpenseStep(u32);

impl Step<'_> {
    /// The lasting key.
    pub fn key(&self) -> StepKey {
        match &self.content {
            StepContent::ListEntry(entry) => entry.key(),
            StepContent::Document(planned) => planned.key(),
        }
    }

    /// The document, when this step is one.
    pub fn document(&self) -> Option<&Planned<'_>> {
        match &self.content {
            StepContent::Document(planned) => Some(planned),
            StepContent::ListEntry(_) => None,
        }
    }
}

impl Planned<'_> {
    /// The lasting key.
    pub fn key(&self) -> StepKey {
        // Numbers are compared without case (N-13).
        StepKey(format!("{}-{}", self.document.kind().short(), self.number.as_str().to_ascii_uppercase()))
    }
}

impl<'a> Plan<'a> {
    /// The batch planned.
    pub fn batch(&self) -> &'a Batch {
        self.batch
    }

    /// The steps in posting order.
    pub fn steps(&self) -> &[Step<'a>] {
        &self.steps
    }

    /// The documents in posting order.
    pub fn documents(&self) -> impl Iterator<Item = &Planned<'a>> {
        self.steps.iter().filter_map(|step| match &step.content {
            StepContent::Document(planned) => Some(planned),
            StepContent::ListEntry(_) => None,
        })
    }

    /// Whether a line of any document names this item.
    pub fn uses(&self, item: ItemRole) -> bool {
        self.documents().any(|planned| match &planned.document {
            Document::Invoice(form) | Document::CreditMemo(form) => {
                form.lines.iter().any(|line| line.item == item)
            }
            Document::SalesReceipt(receipt) => receipt.lines.iter().any(|line| line.item == item),
            Document::Expense(_) | Document::Payment(_) => false,
        })
    }

    /// The document that a link points to.
    pub fn target(&self, target: LinkTarget) -> Option<&Planned<'a>> {
        let (LinkTarget::Invoice(InvoiceStep(index))
        | LinkTarget::CreditMemo(CreditMemoStep(index))
        | LinkTarget::Expense(ExpenseStep(index))) = target;
        match &self.steps.get(index as usize)?.content {
            StepContent::Document(planned) => Some(planned),
            StepContent::ListEntry(_) => None,
        }
    }
}

/// Plans a closed batch: every event becomes its documents (T-01, T-02), nothing is sent.
///
/// # Errors
/// [`PlanError::OpenBatch`], or every fault that the rules found. A batch is planned whole or not at all.
pub fn plan<'a>(batch: &'a Batch, company: &'a Company) -> Result<Plan<'a>, PlanError> {
    if batch.status() == BatchStatus::Open {
        return Err(PlanError::OpenBatch {
            store: batch.store().code().to_owned(),
            register: batch.register().to_owned(),
            batch: batch.number(),
        });
    }
    let mut draft = Draft::new(batch, company);
    for payment in batch.account_payments() {
        draft.event(Event::AccountPayment(payment.id()), payment.occurred_at());
        rules::account_payment::documents(&mut draft, payment);
    }
    for transaction in batch.transactions() {
        draft.event(Event::Transaction(transaction.number()), transaction.occurred_at());
        rules::transaction::documents(&mut draft, transaction);
    }
    for pay in batch.pay_ins_and_outs() {
        draft.event(Event::PayInOut(pay.id()), pay.occurred_at());
        rules::pay_in_out::documents(&mut draft, pay);
    }
    if draft.faults.is_empty() { Ok(draft.plan) } else { Err(PlanError::Faults(draft.faults)) }
}

/// A plan in the making: what rules write to.
pub(crate) struct Draft<'a> {
    pub(crate) company: &'a Company,
    plan: Plan<'a>,
    identity: Identity<'a>,
    chain: u32,
    parties: HashSet<&'a str>,
    is_store_planned: bool,
    faults: Vec<PlanFault>,
}

impl<'a> Draft<'a> {
    fn new(batch: &'a Batch, company: &'a Company) -> Self {
        let identity = Identity {
            store: batch.store().code(),
            register: batch.register(),
            batch: batch.number(),
            event: Event::Transaction(0),
            occurred_at: Default::default(),
        };
        // A sale is an invoice and a payment, most often.
        let steps = Vec::with_capacity(2 * batch.transactions().len() + batch.account_payments().len());
        let plan = Plan { batch, steps };
        Self {
            company,
            plan,
            identity,
            chain: 0,
            parties: HashSet::new(),
            is_store_planned: false,
            faults: Vec::new(),
        }
    }

    fn event(&mut self, event: Event, occurred_at: chrono::DateTime<chrono::FixedOffset>) {
        self.identity = Identity { event, occurred_at, ..self.identity };
        self.chain += 1;
    }

    pub(crate) fn batch(&self) -> &'a Batch {
        self.plan.batch
    }

    /// Notes a fault of the event at hand.
    pub(crate) fn fault(&mut self, fault: impl FnOnce(String) -> PlanFault) {
        self.faults.push(fault(self.identity.to_string()));
    }

    /// The party of an event, with a step that ensures it in QuickBooks before its first document (D-19).
    pub(crate) fn party(&mut self, customer: Option<&'a Customer>) -> Party<'a> {
        let store: &'a pos_model::Store = self.plan.batch.store();
        let (party, is_new) = match customer {
            Some(customer) => (Party::Customer(store, customer), self.parties.insert(customer.id())),
            None => (Party::Store(store), !std::mem::replace(&mut self.is_store_planned, true)),
        };
        if is_new {
            self.push(StepContent::ListEntry(ListEntry::Customer(party)));
        }
        party
    }

    pub(crate) fn invoice(&mut self, number: Number, document: Document<'a>) -> InvoiceStep {
        InvoiceStep(self.add(number, document))
    }

    pub(crate) fn credit_memo(&mut self, number: Number, document: Document<'a>) -> CreditMemoStep {
        CreditMemoStep(self.add(number, document))
    }

    pub(crate) fn expense(&mut self, number: Number, document: Document<'a>) -> ExpenseStep {
        ExpenseStep(self.add(number, document))
    }

    /// Adds a document that nothing is ever matched with.
    pub(crate) fn add(&mut self, number: Number, document: Document<'a>) -> u32 {
        match number.format(self.company.prefix(self.plan.batch.store())) {
            Ok(number) => {
                let txn_date = self.company.txn_date(self.plan.batch.store(), self.identity.occurred_at);
                let planned = Planned { number, txn_date, identity: self.identity, document };
                self.push(StepContent::Document(planned))
            }
            Err(cause) => {
                let document = document.kind().name();
                self.fault(|event| PlanFault::NumberTooLong { event, document, cause });
                0 // a plan with faults is never seen
            }
        }
    }

    fn push(&mut self, content: StepContent<'a>) -> u32 {
        let index = self.plan.steps.len() as u32; // a batch of four billion documents does not fit in memory
        self.plan.steps.push(Step { chain: self.chain, content });
        index
    }
}
