//! A plan in the making: rules add documents to it, and it adds what each of them needs.
//!
//! Neighbours: `rules` write to it, `plan` is what comes of it.

use std::collections::BTreeMap;

use chrono::{DateTime, FixedOffset, NaiveDate};
use pos_model::{Customer, Store};

use crate::document::{Document, Planned, PlannedKey};
use crate::key::{Event, Identity, StepKey};
use crate::list_entry::ListEntry;
use crate::origin::Origin;
use crate::party::Party;
use crate::plan::{Plan, Step, StepContent};
use crate::step::{CreditMemoStep, ExpenseStep, InvoiceStep, PurchaseOrderStep};
use crate::{DocNumber, Edition, ItemDetail, Number, NumberTooLong, Numbered, Period, PlanError, PlanFault};

/// What rules write to.
pub(crate) struct Draft<'a> {
    pub(crate) period: &'a Period,
    plan: Plan<'a>,
    identity: Identity<'a>,
    txn_date: NaiveDate,
    /// The day before which nothing is dated, of a correction (T-06).
    not_before: Option<NaiveDate>,
    chain: u32,
    /// The steps of customers, by their ids, and of the store's own customer.
    parties: BTreeMap<&'a str, usize>,
    store_party: Option<usize>,
    /// The steps of the records that the event names.
    records: Vec<usize>,
    /// The step of the event's last document, settlements left out.
    last: Option<usize>,
    faults: Vec<PlanFault>,
}

impl<'a> Draft<'a> {
    pub(crate) fn new(origin: Origin<'a>, edition: Edition, period: &'a Period) -> Self {
        let (batch, documents) = match origin {
            // A sale is an invoice and a payment, most often.
            Origin::Batch(batch) => {
                (Some((batch.register(), batch.number())), 2 * batch.transactions().len())
            }
            Origin::PurchaseOrder(_) => (None, 3),
            Origin::Correction(of) => {
                let batch = of.differences();
                (Some((batch.register(), batch.number())), 4)
            }
            Origin::OpeningEntry { .. } => (None, 1),
        };
        let store = origin.store().code();
        let identity = Identity { store, batch, event: Event::Transaction(0), edition };
        Self {
            period,
            plan: Plan {
                origin,
                period,
                steps: Vec::with_capacity(documents),
                open_invoices: Vec::new(),
                item_detail: ItemDetail::default(),
                receipts: BTreeMap::new(),
            },
            identity,
            txn_date: origin.date(),
            not_before: match origin {
                Origin::Correction(of) => of.not_before(),
                Origin::Batch(_) | Origin::PurchaseOrder(_) | Origin::OpeningEntry { .. } => None,
            },
            chain: 0,
            parties: BTreeMap::new(),
            store_party: None,
            records: Vec::new(),
            last: None,
            faults: Vec::new(),
        }
    }

    /// Moves on to an event: its documents are dated by it and form a chain.
    pub(crate) fn event(&mut self, event: Event, occurred_at: DateTime<FixedOffset>) {
        self.dated(event, self.period.txn_date(self.plan.origin.store(), occurred_at));
    }

    pub(crate) fn dated(&mut self, event: Event, txn_date: NaiveDate) {
        let txn_date = self.not_before.map_or(txn_date, |open| txn_date.max(open));
        self.identity = Identity { event, ..self.identity };
        self.txn_date = txn_date;
        self.chain += 1;
        self.records.clear();
        self.last = None;
    }

    /// Notes how much of its receipts the batch sends (F-07).
    pub(crate) fn choose(&mut self, item_detail: ItemDetail) {
        self.plan.item_detail = item_detail;
    }

    /// Moves on to the summary of a day, which holds these receipts.
    pub(crate) fn summary(&mut self, day: NaiveDate, receipts: Vec<u64>) {
        let event = Event::summary(day);
        self.dated(event, day);
        self.plan.receipts.insert(event, receipts);
    }

    pub(crate) fn finish(self) -> Result<Plan<'a>, PlanError> {
        if self.faults.is_empty() { Ok(self.plan) } else { Err(PlanError::Faults(self.faults)) }
    }

    /// The documents by key and number, as far as there are no faults.
    pub(crate) fn keys(&self) -> Vec<PlannedKey> {
        let key = |planned: &Planned<'_>| PlannedKey {
            key: planned.key.clone(),
            number: planned.number,
            event: planned.identity.key(),
        };
        self.plan.documents().map(key).collect()
    }

    /// The store.
    pub(crate) fn store(&self) -> &'a Store {
        self.plan.origin.store()
    }

    /// Whether what is planned corrects what is posted (T-06).
    pub(crate) fn is_correction(&self) -> bool {
        matches!(self.identity.edition, Edition::Correction(_))
    }

    /// The batch's number; it stands in every number but a purchase order's.
    pub(crate) fn batch_number(&self) -> u64 {
        self.plan.origin.number()
    }

    /// Notes a fault of the event that is being planned.
    pub(crate) fn fault(&mut self, fault: impl FnOnce(String) -> PlanFault) {
        self.faults.push(fault(self.identity.key().words()));
    }

    /// The party of an event, with a step that ensures it in QuickBooks before its first document (D-19): its customer where
    /// the company sends them, or where the account is charged or credited (F-07).
    pub(crate) fn party(&mut self, customer: Option<&'a Customer>, is_on_account: bool) -> Party<'a> {
        let store = self.store();
        let customer = customer.filter(|customer| is_on_account || self.period.sends(customer));
        let (party, known) = match customer {
            Some(customer) => (Party::Customer(store, customer), self.parties.get(customer.id()).copied()),
            None => (Party::Store(store), self.store_party),
        };
        match known {
            Some(step) => self.records.push(step),
            None => {
                let step = self.ensure(ListEntry::Customer(party));
                match customer {
                    Some(customer) => _ = self.parties.insert(customer.id(), step),
                    None => self.store_party = Some(step),
                }
            }
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
        let (register, edition) = (self.identity.batch.map(|(register, _)| register), self.identity.edition);
        self.period.format_number(self.store(), register, Numbered { number, edition })
    }

    /// Adds a document that nothing is ever matched with.
    pub(crate) fn add(&mut self, number: Number, document: Document<'a>) -> u32 {
        match self.format(number) {
            Ok(number) => {
                let (txn_date, identity) = (self.txn_date, self.identity);
                let key = StepKey::of(document.kind(), &number);
                let is_settlement = document.is_settlement();
                let planned = Planned { key: key.clone(), number, txn_date, identity, document };
                let needs = self.records.iter().copied().chain(self.last).collect();
                let step = self.push(key, needs, StepContent::Document(planned));
                if !is_settlement {
                    self.last = Some(step);
                }
                step as u32 // a batch of four billion documents does not fit in memory
            }
            Err(cause) => {
                let document = document.kind().words();
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

    /// Adds a step that makes a record, which the event's documents need.
    fn ensure(&mut self, entry: ListEntry<'a>) -> usize {
        let step = self.push(entry.key(), Vec::new(), StepContent::ListEntry(entry));
        self.records.push(step);
        step
    }

    fn push(&mut self, key: StepKey, needs: Vec<usize>, content: StepContent<'a>) -> usize {
        self.plan.steps.push(Step { key, chain: self.chain, needs, content });
        self.plan.steps.len() - 1
    }
}
