//! The rules, one file for each kind of event: what it looks like, which documents it becomes, then the function. Here
//! they are asked in turn: a batch, a purchase order or the opening balances becomes a plan.

pub(crate) mod account_payment;
pub(crate) mod deposit;
pub(crate) mod lines;
pub(crate) mod opening;
pub(crate) mod pay_in_out;
pub(crate) mod purchase_order;
pub(crate) mod settlement;
pub(crate) mod transaction;

use pos_model::{Batch, BatchStatus, PurchaseOrder, Store};

use crate::draft::Draft;
use crate::key::Event;
use crate::open_invoices::OpenInvoices;
use crate::plan::{Origin, Plan};
use crate::{Company, PlanError};

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
    deposit::documents(&mut draft, batch);
    for payment in batch.account_payments() {
        draft.event(Event::AccountPayment(payment.id()), payment.occurred_at());
        account_payment::documents(&mut draft, payment);
    }
    for transaction in batch.transactions() {
        draft.event(Event::Transaction(transaction.number()), transaction.occurred_at());
        transaction::documents(&mut draft, transaction);
    }
    for pay in batch.pay_ins_and_outs() {
        draft.event(Event::PayInOut(pay.id()), pay.occurred_at());
        pay_in_out::documents(&mut draft, pay);
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
    purchase_order::documents(&mut draft, order);
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
    opening::document(&mut draft, &opening);
    draft.finish()
}
