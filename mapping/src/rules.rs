//! The rules, one file for each kind of event: what it looks like, which documents it becomes, then the function. Here
//! they are asked in turn: a batch, a purchase order or the opening balances becomes a plan.

pub(crate) mod account_payment;
pub(crate) mod deposit;
pub(crate) mod lines;
pub(crate) mod opening;
pub(crate) mod pay_in_out;
pub(crate) mod purchase_order;
pub(crate) mod settlement;
pub(crate) mod summary;
pub(crate) mod transaction;

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroU32;

use chrono::NaiveDate;
use pos_model::{Batch, BatchStatus, PurchaseOrder, Transaction};

use crate::document::PlannedKey;
use crate::draft::Draft;
use crate::key::{Event, StepKey};
use crate::origin::Origin;
use crate::plan::Plan;
use crate::{Company, Edition, ItemDetail, PlanError};

/// Plans a closed batch, a closed purchase order or the opening balances of a company; nothing is sent. Every event of a
/// batch becomes its documents (T-01, T-02), alone or added up with others (F-07); what was received of an order becomes a purchase order and its bill (D-18).
///
/// # Errors
/// [`PlanError::OpenBatch`], [`PlanError::OpenPurchaseOrder`], [`PlanError::BeforeStart`], [`PlanError::NoOpening`], or every
/// fault that the rules found. An origin is planned whole or not at all.
pub fn plan<'a>(origin: impl Into<Origin<'a>>, company: &'a Company) -> Result<Plan<'a>, PlanError> {
    let origin = origin.into();
    let edition = match origin {
        Origin::Correction(of) => Edition::Correction(of.number()),
        Origin::Batch(_) | Origin::PurchaseOrder(_) | Origin::OpeningEntry { .. } => Edition::First,
    };
    plan_edition(origin, edition, company)
}

/// Plans once more what was posted and then undone: the same documents as [`plan`], under the numbers and the identities of
/// revision `n` (N-16); nothing is sent. What was undone keeps its own.
///
/// # Errors
/// Those of [`plan`].
pub fn plan_revision<'a>(
    origin: impl Into<Origin<'a>>,
    n: NonZeroU32,
    company: &'a Company,
) -> Result<Plan<'a>, PlanError> {
    plan_edition(origin.into(), Edition::Revision(n), company)
}

fn plan_edition<'a>(
    origin: Origin<'a>,
    edition: Edition,
    company: &'a Company,
) -> Result<Plan<'a>, PlanError> {
    let mut draft = Draft::new(origin, edition, company.on(origin.date()));
    match origin {
        Origin::Batch(batch) => of_batch(&mut draft, batch, company, company.item_detail_of(batch))?,
        Origin::PurchaseOrder(order) => of_order(&mut draft, order, company)?,
        Origin::Correction(of) => of_correction(&mut draft, of.differences()),
        Origin::OpeningEntry { date, .. } => {
            let opening = company.opening_entry_to_post().filter(|opening| opening.date == date);
            opening::document(&mut draft, &opening.ok_or(PlanError::NoOpening)?);
        }
    }
    draft.finish()
}

/// Returns the documents that a closed batch has in the other form: receipt by receipt where the company adds its receipts up, added
/// up where it sends each by itself (F-07). The two forms share no number but those of what is never added up, which are left out; an
/// engine that has lost its log looks for both. Nothing for an open batch. What the rules find wrong with the other form is no fault.
#[must_use]
pub fn other_form(batch: &Batch, company: &Company) -> Vec<PlannedKey> {
    let chosen = company.item_detail_of(batch);
    let other = if chosen.is_all() { ItemDetail::Charges } else { ItemDetail::All };
    let documents = |item_detail| {
        let origin = Origin::Batch(batch);
        let mut draft = Draft::new(origin, Edition::First, company.on(origin.date()));
        let planned = of_batch(&mut draft, batch, company, item_detail);
        planned.map_or_else(|_| Vec::new(), |()| draft.keys())
    };
    let own: BTreeSet<StepKey> = documents(chosen).into_iter().map(|document| document.key).collect();
    documents(other).into_iter().filter(|document| !own.contains(&document.key)).collect()
}

fn of_batch<'a>(
    draft: &mut Draft<'a>,
    batch: &'a Batch,
    company: &Company,
    item_detail: ItemDetail,
) -> Result<(), PlanError> {
    let store = || batch.store().code().to_owned();
    match batch.status() {
        BatchStatus::Open => {
            let (register, batch) = (batch.register().to_owned(), batch.number());
            return Err(PlanError::OpenBatch { store: store(), register, batch });
        }
        BatchStatus::Closed(at) if company.is_before_start(at) => {
            let what = format!("batch {}", batch.number());
            return Err(PlanError::BeforeStart { store: store(), what });
        }
        BatchStatus::Closed(_) => {}
    }
    draft.choose(item_detail);
    deposit::documents(draft, batch);
    for payment in batch.account_payments() {
        draft.event(Event::AccountPayment(payment.id()), payment.occurred_at());
        account_payment::documents(draft, payment);
    }
    let mut days: BTreeMap<NaiveDate, Vec<&Transaction>> = BTreeMap::new();
    for transaction in batch.transactions() {
        if item_detail.adds_up(transaction) {
            let day = draft.period.txn_date(batch.store(), transaction.occurred_at());
            days.entry(day).or_default().push(transaction);
        } else {
            draft.event(Event::Transaction(transaction.number()), transaction.occurred_at());
            transaction::documents(draft, transaction, item_detail == ItemDetail::Summarised);
        }
    }
    for (day, receipts) in days {
        summary::documents(draft, day, &receipts);
    }
    for pay in batch.pay_ins_and_outs() {
        draft.event(Event::PayInOut(pay.id()), pay.occurred_at());
        pay_in_out::documents(draft, pay);
    }
    Ok(())
}

/// Every event that differs has documents of its own, however much of its receipts the batch sends (F-07).
fn of_correction<'a>(draft: &mut Draft<'a>, differences: &'a Batch) {
    deposit::documents(draft, differences);
    for payment in differences.account_payments() {
        draft.event(Event::AccountPayment(payment.id()), payment.occurred_at());
        account_payment::documents(draft, payment);
    }
    for transaction in differences.transactions() {
        draft.event(Event::Transaction(transaction.number()), transaction.occurred_at());
        transaction::documents(draft, transaction, false);
    }
    for pay in differences.pay_ins_and_outs() {
        draft.event(Event::PayInOut(pay.id()), pay.occurred_at());
        pay_in_out::documents(draft, pay);
    }
}

fn of_order<'a>(draft: &mut Draft<'a>, order: &'a PurchaseOrder, company: &Company) -> Result<(), PlanError> {
    let (store, number) = (order.store().code().to_owned(), order.number());
    if !order.is_closed() {
        return Err(PlanError::OpenPurchaseOrder { store, number });
    }
    if company.is_order_before_start(order) {
        return Err(PlanError::BeforeStart { store, what: format!("purchase order {number}") });
    }
    draft.dated(Event::PurchaseOrder(number), order.date());
    purchase_order::documents(draft, order);
    Ok(())
}
