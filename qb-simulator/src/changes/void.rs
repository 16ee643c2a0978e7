//! Voiding: the document stays readable and numbered, and comes to nothing.
//!
//! A voided invoice gives its payments their unapplied amounts back; a voided payment gives its invoices their balances
//! back. Neighbours: `changes` has checked token, deposit and closing date.

use rust_decimal::Decimal;

use super::links::{links, txn_date};
use super::release;
use crate::base::amount::{self, money};
use crate::base::fault::{self, Checked};
use crate::base::json::{Json, text};
use crate::base::kind::EntityKind;
use crate::books::company::{Call, Company, number, touch};
use crate::books::ledger::Entry;

/// Returns whether QuickBooks voids this kind of document.
pub(super) fn has_void(kind: EntityKind) -> bool {
    matches!(
        kind,
        EntityKind::Invoice | EntityKind::SalesReceipt | EntityKind::Payment | EntityKind::BillPayment
    )
}

/// Returns whether a person can void this kind of document besides, on the screens.
pub(super) fn is_on_screens(kind: EntityKind) -> bool {
    matches!(kind, EntityKind::CreditMemo | EntityKind::RefundReceipt | EntityKind::Purchase)
}

/// Refuses to void an invoice that payments settle, where the company chose so: 6000.
pub(super) fn check(company: &Company, kind: EntityKind, old: &Json) -> Checked<()> {
    let is_paid = links(old).iter().any(|link| link.text_of("TxnType") == Some("Payment"));
    let refuses = company.options.choices.refuses_voiding_paid_invoices && !company.is_person;
    if kind == EntityKind::Invoice && is_paid && refuses {
        return Err(fault::business("This invoice has been paid. Unlink its payments before you void it."));
    }
    Ok(())
}

/// Voids a document.
pub(super) fn void(company: &mut Company, kind: EntityKind, old: &Json, call: &Call) {
    let id = number(old.text_of("Id").unwrap_or_default());
    let released = release::release(company, kind, id);
    release::touch_all(company, &released, call.now);
    if kind == EntityKind::Invoice {
        let payments = links(old).iter().filter(|link| link.text_of("TxnType") == Some("Payment"));
        for payment in payments.filter_map(|link| link.text_of("TxnId")) {
            unlink_payment(company, payment, id, call);
        }
    }
    let entry = Entry { date: txn_date(old), legs: Vec::new() };
    company.ledger.post(id, entry);
    company.receivables.remove(id);
    company.payables.remove(id);
    company.store_mut(kind).change(&id.to_string(), |body| {
        empty(body);
        if matches!(kind, EntityKind::Payment | EntityKind::BillPayment) {
            body.set("Line", Json::List(Vec::new()));
        }
        body.set("LinkedTxn", Json::List(Vec::new()));
        let note = match body.text_of("PrivateNote") {
            Some(note) if note.starts_with("Voided") => note.to_owned(),
            Some(note) => format!("Voided - {note}"),
            None => "Voided".to_owned(),
        };
        body.set("PrivateNote", text(note));
        touch(body, call.now);
    });
}

/// Removes the lines of a payment that settle a document; what they settled is unapplied again.
fn unlink_payment(company: &mut Company, payment: &str, document: u64, call: &Call) {
    let document = document.to_string();
    let mut given_back = Decimal::ZERO;
    company.store_mut(EntityKind::Payment).change(payment, |body| {
        if let Some(Json::List(lines)) = body.get_mut("Line") {
            lines.retain(|line| {
                let is_it = links(line).iter().any(|link| link.text_of("TxnId") == Some(&document));
                if is_it {
                    given_back += amount::money_member(line, "Amount").unwrap_or_default();
                }
                !is_it
            });
        }
        let unapplied = amount::money_member(body, "UnappliedAmt").unwrap_or_default();
        body.set("UnappliedAmt", money(unapplied + given_back));
        touch(body, call.now);
    });
    let id = number(payment);
    if let Some(mut item) = company.receivables.remove(id) {
        item.amount += given_back;
        item.open += given_back;
        company.receivables.enter(id, item);
    }
}

/// Sets amounts and quantities to zero and takes unit prices out, at every depth.
fn empty(body: &mut Json) {
    const AMOUNTS: &[&str] = &[
        "Amount",
        "TotalAmt",
        "HomeTotalAmt",
        "Balance",
        "UnappliedAmt",
        "TotalTax",
        "NetAmountTaxable",
        "Qty",
        "Deposit",
    ];
    body.remove("UnitPrice");
    body.remove("OverrideDeltaAmount");
    match body {
        Json::Object(members) => {
            for (name, value) in members {
                match AMOUNTS.contains(&name.as_ref()) {
                    true => *value = Json::Number("0".into()),
                    false => empty(value),
                }
            }
        }
        Json::List(items) => items.iter_mut().for_each(empty),
        _ => {}
    }
}
