//! The plan of a batch: its documents in the order they must be posted, with what each depends on.
//!
//! Adding a step gives a handle, and links take handles: a payment can only be matched with documents that stand before
//! it. The plan knows no QuickBooks id and is made without a network; the same batch and company give the same plan.
//! Down the walk: `rules` fill it by way of `draft`. Up the walk: `exchange` posts it step by step.

use std::collections::BTreeMap;

use crate::document::{Document, Link, LinkTarget, Planned};
use crate::key::{CustomerKey, Event, StepKey};
use crate::list_entry::ListEntry;
use crate::open_invoices::{OpenInvoice, OpenInvoiceIndex, OpenInvoices};
use crate::origin::Origin;
use crate::party::Party;
use crate::step::{CreditMemoStep, ExpenseStep, InvoiceStep, PurchaseOrderStep};
use crate::{ItemDetail, ItemRole, Matching, Period};

/// The steps of a batch or of a purchase order.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan<'a> {
    pub(crate) origin: Origin<'a>,
    pub(crate) period: &'a Period,
    pub(crate) steps: Vec<Step<'a>>,
    pub(crate) open_invoices: Vec<OpenInvoice>,
    pub(crate) item_detail: ItemDetail,
    pub(crate) receipts: BTreeMap<Event, Vec<u64>>,
}

/// One thing to be posted.
#[derive(Debug, Clone, PartialEq)]
pub struct Step<'a> {
    /// The lasting key.
    pub key: StepKey,
    /// Steps of one event share a chain.
    pub chain: u32,
    /// The steps without which it cannot be posted, by their places in [`Plan::steps`], each smaller than its own: the records
    /// that its event names, whichever event was the first to name them, and the document before it of the same event. A
    /// settlement is needed by nothing (D-04).
    pub needs: Vec<usize>,
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

impl Step<'_> {
    /// Returns the document, when this step is one.
    #[must_use]
    pub fn document(&self) -> Option<&Planned<'_>> {
        match &self.content {
            StepContent::Document(planned) => Some(planned),
            StepContent::ListEntry(_) => None,
        }
    }
}

impl<'a> Plan<'a> {
    /// Returns what was planned.
    #[must_use]
    pub fn origin(&self) -> Origin<'a> {
        self.origin
    }

    /// Returns the company as it is mapped on the day of the plan. Accounts and items of its documents are this period's.
    #[must_use]
    pub fn period(&self) -> &'a Period {
        self.period
    }

    /// Returns how much of its receipts the plan sends: of a batch, as it was chosen for the instant at which it was closed
    /// (F-07).
    #[must_use]
    pub fn item_detail(&self) -> ItemDetail {
        self.item_detail
    }

    /// Returns the receipts that each summary of the plan holds, by their transaction numbers in the till's order (F-07).
    #[must_use]
    pub fn receipts(&self) -> &BTreeMap<Event, Vec<u64>> {
        &self.receipts
    }

    /// Returns the steps in posting order.
    #[must_use]
    pub fn steps(&self) -> &[Step<'a>] {
        &self.steps
    }

    /// Returns the documents in posting order.
    pub fn documents(&self) -> impl Iterator<Item = &Planned<'a>> {
        self.steps.iter().filter_map(|step| match &step.content {
            StepContent::Document(planned) => Some(planned),
            StepContent::ListEntry(_) => None,
        })
    }

    /// Returns whether a line of any document names this item.
    #[must_use]
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

    /// Returns the payments on customers' accounts that money was taken for, in posting order: what can be matched with invoices
    /// that stand open in QuickBooks (D-15).
    pub fn payments_on_account(&self) -> impl Iterator<Item = &Planned<'a>> {
        self.documents().filter(|planned| planned.is_payment_on_account())
    }

    /// Matches the payments on account with what is known of open invoices: a payment that may have been sent as it was
    /// matched then, whatever the company says by now; any other with its customer's oldest invoices, when the company says so
    /// (D-15). A payment that finds none open stays unapplied. No amount and no account is touched.
    pub fn match_payments(&mut self, mut known: OpenInvoices) {
        let is_matching = self.period.payments_on_account() == Matching::OldestFirst;
        self.open_invoices.clear();
        for step in &mut self.steps {
            let StepContent::Document(planned) = &mut step.content else { continue };
            let is_on_account = planned.is_payment_on_account();
            let Document::Payment(payment) = &mut planned.document else { continue };
            let Party::Customer(store, customer) = payment.party else { continue };
            if !is_on_account {
                continue;
            }
            let matches = match known.frozen(&planned.key) {
                Some(frozen) => frozen,
                None if is_matching => known.allocate(&CustomerKey::of(store, customer), payment.total),
                None => Vec::new(),
            };
            payment.links.clear();
            for (invoice, amount) in matches {
                let index = self.open_invoices.len() as u32; // as many as steps, at most
                self.open_invoices.push(invoice);
                payment.links.push(Link { target: LinkTarget::OpenInvoice(OpenInvoiceIndex(index)), amount });
            }
        }
    }

    /// Returns the document of this plan that a link points to; none of an invoice that stood in QuickBooks before.
    #[must_use]
    pub fn target(&self, target: LinkTarget) -> Option<&Planned<'a>> {
        let (LinkTarget::Invoice(InvoiceStep(index))
        | LinkTarget::CreditMemo(CreditMemoStep(index))
        | LinkTarget::Expense(ExpenseStep(index))) = target
        else {
            return None;
        };
        self.document(index)
    }

    /// Returns the purchase order whose lines a bill receives.
    #[must_use]
    pub fn purchase_order(&self, PurchaseOrderStep(index): PurchaseOrderStep) -> Option<&Planned<'a>> {
        self.document(index)
    }

    /// Returns the invoice that stood in QuickBooks before and that a link points to (D-15).
    #[must_use]
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
