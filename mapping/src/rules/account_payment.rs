//! A payment on a customer's account (D-15).
//!
//! ```text
//! 25.00 by card             Payment CL15236A6798B7, all of it unapplied
//! 10.00 of credit in cash   Expense CL15239A6799B7 on A/R, left open
//! 5.00 by certificate       CreditMemo CL15241A6800B7 of the voucher item, left open
//! ```

use std::borrow::Cow;
use std::collections::BTreeMap;

use pos_model::{AccountPayment, Money, TenderKind};

use crate::document::{Document, Expense, Payment, SalesForm, SalesLine, Source};
use crate::plan::Draft;
use crate::{ControlAccount, ItemRole, Number, PlanFault};

/// Adds the documents of one payment on account: one per tender type, netted.
pub(crate) fn documents<'a>(draft: &mut Draft<'a>, payment: &'a AccountPayment) {
    let party = draft.party(Some(payment.customer()));
    let mut nets = BTreeMap::new();
    for tender in payment.tenders() {
        nets.entry(tender.tender_type().id()).or_insert((tender.tender_type(), Money::ZERO)).1 +=
            tender.amount();
    }
    for (id, (tender, net)) in nets {
        let number = Number::OnAccount { tender: id, header: payment.id(), batch: draft.batch().number() };
        let takings = draft.company.takings(id);
        let is_certificate = tender.kind() == TenderKind::GiftCertificate;
        if net.is_zero() {
            continue;
        } else if is_certificate && net.is_negative() {
            draft.fault(|event| PlanFault::CreditPaidBackAsCertificate { event, amount: -net });
        } else if is_certificate {
            let description = Some(Cow::Borrowed("Gift certificate redeemed"));
            let (item, source) = (ItemRole::Voucher, Source::Tenders);
            let line =
                SalesLine { item, description, amount: net, quantity: None, is_taxable: false, source };
            let form = SalesForm { party, lines: vec![line], tax: Money::ZERO, ship_to: None };
            draft.add(number, Document::CreditMemo(form));
        } else if net.is_positive() {
            let into = Some((takings, &**tender));
            draft.add(number, Document::Payment(Payment { party, total: net, into, links: Vec::new() }));
        } else {
            let (paid_from, line_account, payee) = (takings, ControlAccount::Receivable, Some(party));
            let expense = Expense { paid_from, line_account, payee, amount: -net, tender, reason: None };
            draft.add(number, Document::Expense(expense));
        }
    }
}
