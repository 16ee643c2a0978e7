//! What a batch or an order asks of the company beyond accounts and items: tax, shipping, dates, a plan with bills.
//!
//! Taken from a plan before it is posted, or from the raw events of a batch that is still open and cannot be planned: so the
//! company can be put in order before the day closes.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use mapping::{Company, Document, Event, Identity, ItemRole, Origin, Plan, Planned};
use pos_model::{Batch, LineKind, PurchaseOrder, Tender};

use crate::history::History;

/// What is asked.
#[derive(Debug, Default)]
pub(crate) struct Needs {
    /// The store's code.
    pub(crate) store: String,
    /// The tax codes of QuickBooks (their ids) that the company mapping names for its taxed documents.
    pub(crate) tax_codes: BTreeSet<String>,
    /// Whether a taxed document leaves its code to the company's default.
    pub(crate) needs_default_tax_code: bool,
    pub(crate) has_tax: bool,
    pub(crate) has_shipping: bool,
    pub(crate) has_purchase_orders: bool,
    pub(crate) has_bills: bool,
    /// What is dated: a document's key or an event's identity.
    pub(crate) dates: Vec<(String, NaiveDate)>,
    /// The POS's tax codes that the company mapping does not know, each with the first event that has it.
    pub(crate) unmapped_tax_codes: BTreeMap<String, String>,
}

impl Needs {
    /// Of the documents of a plan that are not posted yet: what is posted asks for nothing more.
    pub(crate) fn of_plan(plan: &Plan<'_>, history: &History) -> Self {
        let open: Vec<&Planned<'_>> =
            plan.documents().filter(|planned| !history.is_posted(&planned.key().0)).collect();
        let is_purchase = !open.is_empty() && matches!(plan.origin(), Origin::PurchaseOrder(_));
        let mut needs = Self {
            store: plan.origin().store().code().to_owned(),
            has_tax: open.iter().any(|planned| !planned.document.tax().is_zero()),
            has_shipping: !open.is_empty() && plan.uses(ItemRole::Shipping),
            has_purchase_orders: is_purchase,
            has_bills: is_purchase && plan.company().has_bills(),
            dates: open.iter().map(|planned| (planned.key().0, planned.txn_date)).collect(),
            ..Self::default()
        };
        for planned in open.iter().filter(|planned| !planned.document.tax().is_zero()) {
            if let Document::Invoice(form) | Document::CreditMemo(form) = &planned.document {
                needs.name_tax_code(form.tax_code);
            }
        }
        needs
    }

    fn name_tax_code(&mut self, id: Option<&str>) {
        match id {
            Some(id) => _ = self.tax_codes.insert(id.to_owned()),
            None => self.needs_default_tax_code = true,
        }
    }

    /// Of a batch's events, whether it is open or closed.
    pub(crate) fn of_batch(batch: &Batch, company: &Company) -> Self {
        let mut needs = Self { store: batch.store().code().to_owned(), ..Self::default() };
        let name = |event: Event| {
            let batch_of = Some((batch.register(), batch.number()));
            Identity { store: batch.store().code(), batch: batch_of, event }.to_string()
        };
        let is_moved = |tenders: &[Tender]| tenders.iter().any(|tender| !tender.amount().is_zero());
        let date = |at| company.txn_date(batch.store(), at);
        for transaction in batch.transactions() {
            let event = name(Event::Transaction(transaction.number()));
            if transaction.lines().is_empty() && !is_moved(transaction.tenders()) {
                continue;
            }
            for line in transaction.lines() {
                if !line.tax().is_zero() {
                    needs.has_tax = true;
                    let of_store = || company.tax_code(batch.store().code());
                    needs.name_tax_code(company.tax_code_of(line.tax_code()).or_else(of_store));
                }
                needs.has_shipping |= line.kind() == LineKind::Shipping;
                if company.is_taxable(line.tax_code()).is_none() {
                    let code = line.tax_code().to_owned();
                    needs.unmapped_tax_codes.entry(code).or_insert_with(|| event.clone());
                }
            }
            needs.dates.push((event, date(transaction.occurred_at())));
        }
        for deposit in batch.deposits().iter().filter(|deposit| is_moved(deposit.tenders())) {
            needs.dates.push((name(Event::Deposit(deposit.order())), date(deposit.occurred_at())));
        }
        for payment in batch.account_payments().iter().filter(|payment| is_moved(payment.tenders())) {
            needs.dates.push((name(Event::AccountPayment(payment.id())), date(payment.occurred_at())));
        }
        for pay in batch.pay_ins_and_outs() {
            needs.dates.push((name(Event::PayInOut(pay.id())), date(pay.occurred_at())));
        }
        needs
    }

    /// Of a purchase order, whether it is open or closed.
    pub(crate) fn of_order(order: &PurchaseOrder, company: &Company) -> Self {
        let event = Event::PurchaseOrder(order.number());
        let identity = Identity { store: order.store().code(), batch: None, event }.to_string();
        Self {
            store: order.store().code().to_owned(),
            has_purchase_orders: true,
            has_bills: company.has_bills(),
            dates: vec![(identity, order.date())],
            ..Self::default()
        }
    }
}
