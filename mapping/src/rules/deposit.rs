//! Deposits on customer orders, paid and returned (D-09, D-11, D-12).
//!
//! ```text
//! 50.00 paid in cash on order 700710     Invoice CL15239D700710B4 of the deposit item, Payment of the same number
//! 50.00 returned in cash, order 701255   CreditMemo, Expense and settlement, all CL15239D701255B13
//! paid and returned in one batch         netted by tender type and order: equal amounts leave no document
//! paid by certificate or other deposit   Invoice of 0.00: the deposit item, less the voucher or deposit item
//! paid from order 1, returned into 2     Invoice of 0.00: what order 1 lost and order 2 gained
//! ```

use std::borrow::Cow;
use std::collections::BTreeMap;

use chrono::{DateTime, FixedOffset};
use pos_model::{Batch, Customer, Money, TenderKind, TenderType, TenderTypeId};

use super::lines::GIFTVOUCHER;
use super::transaction::{refund, settlement};
use crate::document::{Document, Link, LinkTarget, Payment, SalesForm, SalesLine, Source};
use crate::draft::Draft;
use crate::key::Event;
use crate::{ItemRole, Number, PlanFault};

/// The deposits on one order in one type of tender over a whole batch.
struct Group<'a> {
    tender: &'a TenderType,
    /// Paid less returned.
    net: Money,
    /// The same by the order that a deposit tender comes from.
    sources: BTreeMap<u64, Money>,
    last: DateTime<FixedOffset>,
    customer: Option<&'a Customer>,
    /// Whether the deposits are charged to the accounts of different customers.
    is_mixed: bool,
}

/// Adds the documents of a batch's deposits: one set per order and type of tender, dated as the group's last event.
pub(crate) fn documents<'a>(draft: &mut Draft<'a>, batch: &'a Batch) {
    for ((order, _), group) in groups(batch) {
        draft.event(Event::Deposit(order), group.last);
        if group.is_mixed {
            draft.fault(|event| PlanFault::DepositOfSeveralCustomers { event });
        } else if group.is_anything_left() {
            post(draft, order, &group);
        }
    }
}

impl Group<'_> {
    /// Equal amounts leave nothing (D-12), unless they came from one order's deposit and went into another's: what is
    /// outstanding on each order must stay right.
    fn is_anything_left(&self) -> bool {
        !self.net.is_zero() || self.sources.values().any(|amount| !amount.is_zero())
    }

    /// Whether the order gained, or at least lost nothing.
    fn is_paid(&self) -> bool {
        !self.net.is_negative()
    }
}

fn groups(batch: &Batch) -> BTreeMap<(u64, TenderTypeId), Group<'_>> {
    let mut groups: BTreeMap<(u64, TenderTypeId), Group<'_>> = BTreeMap::new();
    for deposit in batch.deposits() {
        for tender in deposit.tenders() {
            let tender_type: &TenderType = tender.tender_type();
            let group = groups.entry((deposit.order(), tender_type.id())).or_insert_with(|| Group {
                tender: tender_type,
                net: Money::ZERO,
                sources: BTreeMap::new(),
                last: deposit.occurred_at(),
                customer: None,
                is_mixed: false,
            });
            group.net += tender.amount();
            if let Some(source) = tender.order() {
                *group.sources.entry(source).or_default() += tender.amount();
            }
            group.last = group.last.max(deposit.occurred_at());
            let customer = deposit.customer().map(AsRef::as_ref).or(group.customer);
            let is_on_account = tender_type.kind() == TenderKind::CustomerAccount;
            group.is_mixed |= is_on_account && group.customer.is_some() && group.customer != customer;
            group.customer = customer;
        }
    }
    groups
}

fn post<'a>(draft: &mut Draft<'a>, order: u64, group: &Group<'a>) {
    let is_on_account = group.tender.kind() == TenderKind::CustomerAccount;
    let party = draft.party(group.customer, is_on_account);
    let number = Number::Deposit { tender: group.tender.id(), order, batch: draft.batch_number() };
    let (store, period, tender) = (draft.store().code(), draft.period, group.tender.id());
    let (takings, refunds) = (period.takings(store, tender), period.refunds(store, tender));
    let (is_money, amount) = (group.tender.kind().is_money(), group.net.abs());
    let form = SalesForm {
        party,
        lines: lines(order, group),
        tax: Money::ZERO,
        tax_code: None,
        ship_to: None,
        customer_po: None,
    };
    if group.is_paid() {
        let invoice = draft.invoice(number, Document::Invoice(form));
        if is_money {
            let links = vec![Link { target: LinkTarget::Invoice(invoice), amount }];
            let into = Some((takings, group.tender));
            draft.add(number, Document::Payment(Payment { party, total: amount, into, links }));
        }
    } else {
        let credit_memo = draft.credit_memo(number, Document::CreditMemo(form));
        if is_money {
            let expense = draft.expense(number, refund(refunds, party, group.tender, amount));
            let links = vec![Link { target: LinkTarget::Expense(expense), amount }];
            settlement(draft, number, party, credit_memo, links);
        }
    }
}

/// The deposit, and what it was paid with or returned as when that is no money.
fn lines<'a>(order: u64, group: &Group<'a>) -> Vec<SalesLine<'a>> {
    let is_paid = group.is_paid();
    let line = |item, description: Cow<'a, str>, amount| SalesLine {
        item,
        description: Some(description),
        amount,
        quantity: None,
        is_taxable: false,
        source: Source::Tenders,
    };
    let word = if is_paid { "paid" } else { "returned" };
    let mut lines = Vec::new();
    if !group.net.is_zero() {
        let description = format!("Deposit on order {order} {word}");
        lines.push(line(ItemRole::Deposit, description.into(), group.net.abs()));
    }
    match group.tender.kind() {
        TenderKind::GiftCertificate => {
            let word = if is_paid { "Gift certificate redeemed" } else { GIFTVOUCHER };
            lines.push(line(ItemRole::Voucher, word.into(), -group.net.abs()));
        }
        TenderKind::Deposit => {
            for (source, &amount) in group.sources.iter().filter(|(_, amount)| !amount.is_zero()) {
                let word = if amount.is_positive() { "redeemed" } else { "paid" };
                let amount = if is_paid { -amount } else { amount };
                let description = format!("Deposit on order {source} {word}");
                lines.push(line(ItemRole::Deposit, description.into(), amount));
            }
        }
        // Money has a document of its own, an account is charged or credited by what the form leaves open.
        TenderKind::Cash
        | TenderKind::Card
        | TenderKind::Check
        | TenderKind::Other
        | TenderKind::CustomerAccount => {}
    }
    lines
}
