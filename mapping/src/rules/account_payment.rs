//! A payment on a customer's account (D-15).
//!
//! ```text
//! 25.00 by card                 Payment CL15236A6798B7, all of it unapplied, or on the oldest invoices first
//! 10.00 of credit in cash       Expense CL15239A6799B7 on A/R, left open
//! 5.00 by certificate, deposit  CreditMemo CL15241A6800B7 of the voucher or deposit item, left open; taken back by a correction,
//!                                 an Invoice
//! ```

use std::borrow::Cow;
use std::collections::BTreeMap;

use pos_model::{AccountPayment, Money, TenderKind, TenderType, TenderTypeId};

use crate::document::{Document, Expense, Payment, SalesForm, SalesLine, Source};
use crate::draft::Draft;
use crate::party::Party;
use crate::{ControlAccount, ItemRole, Number, PlanFault};

/// What was paid in one type of tender.
struct Net<'a> {
    tender: &'a TenderType,
    net: Money,
    /// The same by the order that a deposit comes from.
    sources: BTreeMap<Option<u64>, Money>,
}

/// Adds the documents of one payment on account: one per tender type, netted.
pub(crate) fn documents<'a>(draft: &mut Draft<'a>, payment: &'a AccountPayment) {
    let party = draft.party(Some(payment.customer()), true);
    let mut nets: BTreeMap<TenderTypeId, Net<'a>> = BTreeMap::new();
    for tender in payment.tenders() {
        let tender_type: &TenderType = tender.tender_type();
        let (net, sources) = (Money::ZERO, BTreeMap::new());
        let entry = nets.entry(tender_type.id()).or_insert(Net { tender: tender_type, net, sources });
        entry.net += tender.amount();
        *entry.sources.entry(tender.order()).or_default() += tender.amount();
    }
    for net in nets.into_values().filter(|net| !net.net.is_zero()) {
        let tender = net.tender.id();
        let number = Number::OnAccount { tender, header: payment.id(), batch: draft.batch_number() };
        let lines = match net.tender.kind() {
            TenderKind::Cash | TenderKind::Card | TenderKind::Check | TenderKind::Other => {
                let document = money(draft, party, &net);
                draft.add(number, document);
                continue;
            }
            // `pos-model` refuses an account that is paid from an account.
            TenderKind::CustomerAccount => continue,
            TenderKind::GiftCertificate => {
                vec![credited(ItemRole::Voucher, "Gift certificate redeemed".into(), net.net)]
            }
            TenderKind::Deposit => deposits(&net),
        };
        let form = |lines| SalesForm {
            party,
            lines,
            tax: Money::ZERO,
            tax_code: None,
            ship_to: None,
            customer_po: None,
        };
        if net.net.is_negative() && draft.is_correction() {
            // It was not paid that way after all: it is owed again.
            let lines = lines.into_iter().map(|line| SalesLine { amount: -line.amount, ..line }).collect();
            draft.add(number, Document::Invoice(form(lines)));
        } else if net.net.is_negative() {
            draft.fault(|event| PlanFault::CreditPaidBackWithoutMoney { event, amount: -net.net });
        } else {
            // A certificate or a deposit is owed no longer, and the customer owes less.
            draft.add(number, Document::CreditMemo(form(lines)));
        }
    }
}

fn money<'a>(draft: &Draft<'a>, party: Party<'a>, net: &Net<'a>) -> Document<'a> {
    if net.net.is_positive() {
        let into = Some((draft.period.takings(draft.store().code(), net.tender.id()), net.tender));
        // What it pays is matched once it is known what stands open: `Plan::match_payments`.
        return Document::Payment(Payment { party, total: net.net, into, links: Vec::new() });
    }
    Document::Expense(Expense {
        paid_from: draft.period.refunds(draft.store().code(), net.tender.id()),
        line_account: ControlAccount::Receivable,
        payee: Some(party),
        amount: -net.net,
        tender: net.tender,
        reason: None,
    })
}

fn deposits<'a>(net: &Net<'a>) -> Vec<SalesLine<'a>> {
    let redeemed = net.sources.iter().filter(|(_, amount)| !amount.is_zero());
    let line = |(order, &amount): (&Option<u64>, &Money)| {
        let description = format!("Deposit on order {} redeemed", order.unwrap_or_default());
        credited(ItemRole::Deposit, description.into(), amount)
    };
    redeemed.map(line).collect()
}

fn credited<'a>(item: ItemRole, description: Cow<'a, str>, amount: Money) -> SalesLine<'a> {
    let (description, source) = (Some(description), Source::Tenders);
    SalesLine { item, description, amount, quantity: None, is_taxable: false, source }
}
