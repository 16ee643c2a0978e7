//! A plan in the making: rules add documents to it, and it adds what each of them needs.
//!
//! Neighbours: `rules` write to it, `plan` is what comes of it.

use std::collections::HashSet;

use chrono::{DateTime, FixedOffset, NaiveDate};
use pos_model::{Customer, Store};

use crate::document::{Document, Planned};
use crate::key::{Event, Identity, StepKey};
use crate::list_entry::ListEntry;
use crate::origin::Origin;
use crate::party::Party;
use crate::plan::{Plan, Step, StepContent};
use crate::step::{CreditMemoStep, ExpenseStep, InvoiceStep, PurchaseOrderStep};
use crate::{DocNumber, Number, NumberTooLong, Period, PlanError, PlanFault};

/// What rules write to.
pub(crate) struct Draft<'a> {
    pub(crate) period: &'a Period,
    plan: Plan<'a>,
    identity: Identity<'a>,
    txn_date: NaiveDate,
    chain: u32,
    parties: HashSet<&'a str>,
    is_store_planned: bool,
    faults: Vec<PlanFault>,
}

impl<'a> Draft<'a> {
    pub(crate) fn new(origin: Origin<'a>, period: &'a Period) -> Self {
        let (batch, documents) = match origin {
            // A sale is an invoice and a payment, most often.
            Origin::Batch(batch) => {
                (Some((batch.register(), batch.number())), 2 * batch.transactions().len())
            }
            Origin::PurchaseOrder(_) => (None, 3),
            Origin::Opening { .. } => (None, 1),
        };
        let identity = Identity { store: origin.store().code(), batch, event: Event::Transaction(0) };
        Self {
            period,
            plan: Plan { origin, period, steps: Vec::with_capacity(documents), open_invoices: Vec::new() },
            identity,
            txn_date: origin.date(),
            chain: 0,
            parties: HashSet::new(),
            is_store_planned: false,
            faults: Vec::new(),
        }
    }

    /// Moves on to an event: its documents are dated by it and form a chain.
    pub(crate) fn event(&mut self, event: Event, occurred_at: DateTime<FixedOffset>) {
        self.dated(event, self.period.txn_date(self.plan.origin.store(), occurred_at));
    }

    pub(crate) fn dated(&mut self, event: Event, txn_date: NaiveDate) {
        self.identity = Identity { event, ..self.identity };
        self.txn_date = txn_date;
        self.chain += 1;
    }

    pub(crate) fn finish(self) -> Result<Plan<'a>, PlanError> {
        if self.faults.is_empty() { Ok(self.plan) } else { Err(PlanError::Faults(self.faults)) }
    }

    /// The store.
    pub(crate) fn store(&self) -> &'a Store {
        self.plan.origin.store()
    }

    /// The batch's number; it stands in every number but a purchase order's.
    pub(crate) fn batch_number(&self) -> u64 {
        self.plan.origin.number()
    }

    /// Notes a fault of the event that is being planned.
    pub(crate) fn fault(&mut self, fault: impl FnOnce(String) -> PlanFault) {
        self.faults.push(fault(self.identity.key().words()));
    }

    /// The party of an event, with a step that ensures it in QuickBooks before its first document (D-19).
    pub(crate) fn party(&mut self, customer: Option<&'a Customer>) -> Party<'a> {
        let store = self.store();
        let (party, is_new) = match customer {
            Some(customer) => (Party::Customer(store, customer), self.parties.insert(customer.id())),
            None => (Party::Store(store), !std::mem::replace(&mut self.is_store_planned, true)),
        };
        if is_new {
            self.ensure(ListEntry::Customer(party));
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

    pub(crate) fn purchase_order(&mut self, number: Number, document: Document<'a>) -> PurchaseOrderStep {
        PurchaseOrderStep(self.add(number, document))
    }

    fn format(&self, number: Number) -> Result<DocNumber, NumberTooLong> {
        self.period.format_number(self.store(), self.identity.batch.map(|(register, _)| register), number)
    }

    /// Adds a document that nothing is ever matched with.
    pub(crate) fn add(&mut self, number: Number, document: Document<'a>) -> u32 {
        match self.format(number) {
            Ok(number) => {
                let (txn_date, identity) = (self.txn_date, self.identity);
                let key = StepKey::of(document.kind(), &number);
                let planned = Planned { key: key.clone(), number, txn_date, identity, document };
                self.push(key, StepContent::Document(planned))
            }
            Err(cause) => {
                let document = document.kind().name();
                self.fault(|event| PlanFault::NumberTooLong { event, document, cause });
                0 // a plan with faults is never seen
            }
        }
    }

    /// The vendor of a purchase, with a step that ensures it.
    pub(crate) fn vendor(&mut self, supplier: &str) -> &'a str {
        let name = self.period.vendor(supplier);
        self.ensure(ListEntry::Vendor(name));
        name
    }

    fn ensure(&mut self, entry: ListEntry<'a>) {
        self.push(entry.key(), StepContent::ListEntry(entry));
    }

    fn push(&mut self, key: StepKey, content: StepContent<'a>) -> u32 {
        let index = self.plan.steps.len() as u32; // a batch of four billion documents does not fit in memory
        self.plan.steps.push(Step { key, chain: self.chain, content });
        index
    }
}
