//! The plan of a batch: its documents in the order they must be posted, with what each depends on.
//!
//! Adding a step gives a handle, and links take handles: a payment can only be matched with documents that stand before
//! it. The plan knows no QuickBooks id and is made without a network; the same batch and company give the same plan.
//! Down the walk: `rules` fill it. Up the walk: `exchange` posts it step by step.

use std::collections::HashSet;
use std::fmt;

use chrono::{DateTime, FixedOffset, NaiveDate};
use pos_model::{Batch, BatchStatus, Customer, Money, PurchaseOrder, Store};

use crate::document::{Document, Event, Identity, Link, LinkTarget, Party, Planned};
use crate::open_invoices::{OpenInvoice, OpenInvoiceIndex, OpenInvoices};
use crate::{
    Company, DocNumber, DocumentKind, ItemRole, ListEntry, Matching, Number, NumberTooLong, PlanError,
    PlanFault, rules,
};

/// The steps of a batch or of a purchase order.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan<'a> {
    origin: Origin<'a>,
    company: &'a Company,
    steps: Vec<Step<'a>>,
    open_invoices: Vec<OpenInvoice>,
}

/// What a plan is of.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Origin<'a> {
    /// A closed batch.
    Batch(&'a Batch),
    /// A closed purchase order.
    PurchaseOrder(&'a PurchaseOrder),
    /// The opening balances of a company (T-05).
    Opening {
        /// The store whose prefix the entry's number has.
        store: &'a Store,
        /// Its date.
        date: NaiveDate,
    },
}

impl<'a> Origin<'a> {
    /// The store.
    pub fn store(self) -> &'a Store {
        match self {
            Self::Batch(batch) => batch.store(),
            Self::PurchaseOrder(order) => order.store(),
            Self::Opening { store, .. } => store,
        }
    }

    /// The date people call it by.
    pub fn date(self) -> NaiveDate {
        match self {
            Self::Batch(batch) => batch.business_date(),
            Self::PurchaseOrder(order) => order.date(),
            Self::Opening { date, .. } => date,
        }
    }

    /// Its number; of the opening balances 0.
    pub fn number(self) -> u64 {
        match self {
            Self::Batch(batch) => batch.number(),
            Self::PurchaseOrder(order) => order.number(),
            Self::Opening { .. } => 0,
        }
    }
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

/// A purchase order of this plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PurchaseOrderStep(u32);

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
        step_key(self.document.kind(), &self.number)
    }
}

/// The key of a document. Numbers are compared without case (N-13).
fn step_key(kind: DocumentKind, number: &DocNumber) -> StepKey {
    StepKey(format!("{}-{}", kind.short(), number.as_str().to_ascii_uppercase()))
}

impl<'a> Plan<'a> {
    /// What was planned.
    pub fn origin(&self) -> Origin<'a> {
        self.origin
    }

    /// The company as it was mapped on the day of the plan. Accounts and items of its documents are this mapping's.
    pub fn company(&self) -> &'a Company {
        self.company
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
            Document::Expense(_)
            | Document::Payment(_)
            | Document::PurchaseOrder(_)
            | Document::Bill(_)
            | Document::JournalEntry(_) => false,
        })
    }

    /// The document of this plan that a link points to; none of an invoice that stood in QuickBooks before.
    pub fn target(&self, target: LinkTarget) -> Option<&Planned<'a>> {
        let (LinkTarget::Invoice(InvoiceStep(index))
        | LinkTarget::CreditMemo(CreditMemoStep(index))
        | LinkTarget::Expense(ExpenseStep(index))) = target
        else {
            return None;
        };
        self.document(index)
    }

    /// The purchase order whose lines a bill receives.
    pub fn purchase_order(&self, PurchaseOrderStep(index): PurchaseOrderStep) -> Option<&Planned<'a>> {
        self.document(index)
    }

    /// The invoice that stood in QuickBooks before and that a link points to (D-15).
    pub fn open_invoice(&self, target: LinkTarget) -> Option<&OpenInvoice> {
        let LinkTarget::OpenInvoice(OpenInvoiceIndex(index)) = target else { return None };
        self.open_invoices.get(index as usize)
    }

    /// Whether an earlier payment of the plan is matched with the same open invoice: it left only a part of it.
    pub(crate) fn is_matched_before(&self, target: LinkTarget) -> bool {
        let LinkTarget::OpenInvoice(OpenInvoiceIndex(index)) = target else { return false };
        let (before, from) = self.open_invoices.split_at(self.open_invoices.len().min(index as usize));
        from.first().is_some_and(|this| before.iter().any(|other| other.id == this.id))
    }

    fn document(&self, index: u32) -> Option<&Planned<'a>> {
        match &self.steps.get(index as usize)?.content {
            StepContent::Document(planned) => Some(planned),
            StepContent::ListEntry(_) => None,
        }
    }
}

/// Plans a closed batch: every event becomes its documents (T-01, T-02), nothing is sent.
///
/// # Errors
/// [`PlanError::OpenBatch`], [`PlanError::BeforeStart`], or every fault that the rules found. A batch is planned whole or not at all.
pub fn plan<'a>(batch: &'a Batch, company: &'a Company) -> Result<Plan<'a>, PlanError> {
    plan_matching(batch, company, OpenInvoices::default())
}

/// Plans a closed batch like [`plan`], and matches its payments on account with invoices that stand open in QuickBooks when
/// the company applies the oldest first (D-15).
///
/// # Errors
/// As [`plan`].
pub fn plan_matching<'a>(
    batch: &'a Batch,
    company: &'a Company,
    open_invoices: OpenInvoices,
) -> Result<Plan<'a>, PlanError> {
    let company = company.on(batch.business_date());
    if batch.status() == BatchStatus::Open {
        return Err(PlanError::OpenBatch {
            store: batch.store().code().to_owned(),
            register: batch.register().to_owned(),
            batch: batch.number(),
        });
    }
    if matches!(batch.status(), BatchStatus::Closed(at) if company.is_before_start(at)) {
        let (store, what) = (batch.store().code().to_owned(), format!("batch {}", batch.number()));
        return Err(PlanError::BeforeStart { store, what });
    }
    let mut draft = Draft::new(Origin::Batch(batch), company);
    draft.open_invoices = open_invoices;
    rules::deposit::documents(&mut draft, batch);
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
    draft.finish()
}

/// Plans a closed purchase order: what was received becomes a purchase order and its bill (D-18), nothing is sent.
///
/// # Errors
/// [`PlanError::OpenPurchaseOrder`], [`PlanError::BeforeStart`], or every fault that the rule found.
pub fn plan_purchase_order<'a>(
    order: &'a PurchaseOrder,
    company: &'a Company,
) -> Result<Plan<'a>, PlanError> {
    let company = company.on(order.date());
    if !order.is_closed() {
        let (store, number) = (order.store().code().to_owned(), order.number());
        return Err(PlanError::OpenPurchaseOrder { store, number });
    }
    if company.is_order_before_start(order) {
        let (store, what) = (order.store().code().to_owned(), format!("purchase order {}", order.number()));
        return Err(PlanError::BeforeStart { store, what });
    }
    let mut draft = Draft::new(Origin::PurchaseOrder(order), company);
    draft.dated(Event::PurchaseOrder(order.number()), order.date());
    rules::purchase_order::documents(&mut draft, order);
    draft.finish()
}

/// Plans the entry that moves certificates and deposits from the account that carried them before the company went live
/// (T-05); nothing is sent. The store lends its prefix.
///
/// # Errors
/// [`PlanError::NoOpening`], or a number that is too long.
pub fn plan_opening<'a>(store: &'a Store, company: &'a Company) -> Result<Plan<'a>, PlanError> {
    let opening = company.opening().filter(|opening| opening.from_account.is_some());
    let company = opening.as_ref().map_or(company, |opening| company.on(opening.date));
    let opening = opening.filter(|opening| (opening.vouchers + opening.deposits).is_positive());
    let opening = opening.ok_or(PlanError::NoOpening)?;
    let mut draft = Draft::new(Origin::Opening { store, date: opening.date }, company);
    rules::opening::document(&mut draft, &opening);
    draft.finish()
}

/// A plan in the making: what rules write to.
pub(crate) struct Draft<'a> {
    pub(crate) company: &'a Company,
    plan: Plan<'a>,
    identity: Identity<'a>,
    txn_date: NaiveDate,
    chain: u32,
    parties: HashSet<&'a str>,
    is_store_planned: bool,
    faults: Vec<PlanFault>,
    open_invoices: OpenInvoices,
}

impl<'a> Draft<'a> {
    fn new(origin: Origin<'a>, company: &'a Company) -> Self {
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
            company,
            plan: Plan { origin, company, steps: Vec::with_capacity(documents), open_invoices: Vec::new() },
            identity,
            txn_date: origin.date(),
            chain: 0,
            parties: HashSet::new(),
            is_store_planned: false,
            faults: Vec::new(),
            open_invoices: OpenInvoices::default(),
        }
    }

    /// Moves on to an event: its documents are dated by it and form a chain.
    pub(crate) fn event(&mut self, event: Event, occurred_at: DateTime<FixedOffset>) {
        self.dated(event, self.company.txn_date(self.plan.origin.store(), occurred_at));
    }

    pub(crate) fn dated(&mut self, event: Event, txn_date: NaiveDate) {
        self.identity = Identity { event, ..self.identity };
        self.txn_date = txn_date;
        self.chain += 1;
    }

    fn finish(self) -> Result<Plan<'a>, PlanError> {
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

    /// Notes a fault of the event at hand.
    pub(crate) fn fault(&mut self, fault: impl FnOnce(String) -> PlanFault) {
        self.faults.push(fault(self.identity.to_string()));
    }

    /// The party of an event, with a step that ensures it in QuickBooks before its first document (D-19).
    pub(crate) fn party(&mut self, customer: Option<&'a Customer>) -> Party<'a> {
        let store = self.store();
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

    pub(crate) fn purchase_order(&mut self, number: Number, document: Document<'a>) -> PurchaseOrderStep {
        PurchaseOrderStep(self.add(number, document))
    }

    /// What a payment on account is matched with: what it was sent with, whatever the company says by now; else the
    /// customer's open invoices, the oldest first, when the company says so (D-15).
    pub(crate) fn on_account(&mut self, party: Party<'a>, number: Number, amount: Money) -> Vec<Link> {
        let Party::Customer(_, customer) = party else { return Vec::new() };
        let Ok(number) = self.format(number) else { return Vec::new() };
        let frozen = self.open_invoices.frozen(&step_key(DocumentKind::Payment, &number));
        let matches = match (frozen, self.company.payments_on_account()) {
            (Some(frozen), _) => frozen,
            (None, Matching::Unapplied) => return Vec::new(),
            (None, Matching::OldestFirst) => self.open_invoices.allocate(customer.id(), amount),
        };
        let mut links = Vec::new();
        for (invoice, amount) in matches {
            let index = self.plan.open_invoices.len() as u32; // as many as steps, at most
            self.plan.open_invoices.push(invoice);
            links.push(Link { target: LinkTarget::OpenInvoice(OpenInvoiceIndex(index)), amount });
        }
        links
    }

    fn format(&self, number: Number) -> Result<DocNumber, NumberTooLong> {
        self.company.format_number(self.store(), self.identity.batch.map(|(register, _)| register), number)
    }

    /// Adds a document that nothing is ever matched with.
    pub(crate) fn add(&mut self, number: Number, document: Document<'a>) -> u32 {
        match self.format(number) {
            Ok(number) => {
                let (txn_date, identity) = (self.txn_date, self.identity);
                self.push(StepContent::Document(Planned { number, txn_date, identity, document }))
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
        let name = self.company.vendor(supplier);
        self.push(StepContent::ListEntry(ListEntry::Vendor(name)));
        name
    }

    fn push(&mut self, content: StepContent<'a>) -> u32 {
        let index = self.plan.steps.len() as u32; // a batch of four billion documents does not fit in memory
        self.plan.steps.push(Step { chain: self.chain, content });
        index
    }
}
