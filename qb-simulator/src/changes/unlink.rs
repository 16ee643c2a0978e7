//! Taking a document off the payments that settle it, as a person can on the screens before changing, voiding or deleting it; the
//! API refuses all three instead.
//!
//! A payment keeps its money, which is unapplied then. Neighbours: `host::person` calls it, `changes` updates the payments.

use super::links::{links, txn_date};
use super::{Operation, perform};
use crate::base::fault::{self, Checked};
use crate::base::json::{Json, object, text};
use crate::base::kind::EntityKind;
use crate::books::company::{Call, Company};
use crate::entity::Entity;

/// Takes a document off every payment that names it; a payment is taken off everything it names. Refused in closed books before
/// anything changes.
pub(crate) fn unlink(company: &mut Company, kind: EntityKind, id: &str, call: &Call) -> Checked<()> {
    let document = company.store(kind).get(id).ok_or_else(fault::deleted_transaction)?;
    let payments: Vec<String> = match kind {
        EntityKind::Payment => vec![id.to_owned()],
        _ => {
            let paying =
                links(&document.body).iter().filter(|link| link.text_of("TxnType") == Some("Payment"));
            paying.filter_map(|link| link.text_of("TxnId")).map(str::to_owned).collect()
        }
    };
    for payment in &payments {
        let record =
            company.store(EntityKind::Payment).get(payment).ok_or_else(fault::deleted_transaction)?;
        company.check_open(txn_date(&record.body))?;
    }
    company.is_person = true;
    let done = payments.iter().try_for_each(|payment| release(company, payment, id, call));
    company.is_person = false;
    done
}

/// Takes a document off one payment: its lines, or all of them where the rest would be more than the payment's money.
fn release(company: &mut Company, payment: &str, document: &str, call: &Call) -> Checked<()> {
    let Some(record) = company.store(EntityKind::Payment).get(payment) else { return Ok(()) };
    let lines = record.body.get("Line").map_or(&[][..], Json::items).iter();
    let others = lines.filter(|line| {
        payment != document && !links(line).iter().any(|link| link.text_of("TxnId") == Some(document))
    });
    let kept: Vec<Json> = others
        .map(|line| {
            let part = |name| line.get(name).cloned();
            object().with_some("Amount", part("Amount")).with_some("LinkedTxn", part("LinkedTxn"))
        })
        .collect();
    set_lines(company, payment, kept, call).or_else(|_| set_lines(company, payment, Vec::new(), call))
}

fn set_lines(company: &mut Company, payment: &str, lines: Vec<Json>, call: &Call) -> Checked<()> {
    let record = company.store(EntityKind::Payment).get(payment);
    let token = record.and_then(|record| record.body.text_of("SyncToken")).unwrap_or_default().to_owned();
    let body = object()
        .with("Id", text(payment.to_owned()))
        .with("SyncToken", text(token))
        .with("sparse", Json::Bool(true))
        .with("Line", Json::List(lines));
    perform(company, Entity::of(EntityKind::Payment), &body, Operation::Update, call).map(drop)
}
