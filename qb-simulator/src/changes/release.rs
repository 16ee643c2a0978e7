//! What a document did to others, undone: payments give back what they settled, bills what they received, deposits what
//! they held.
//!
//! The others are saved first, so that a refused update can put everything back; their SyncTokens rise once, when the
//! change has succeeded. Neighbours: `changes` and `void` call it, `settlement` and `purchase_order` know the links.

use chrono::{DateTime, FixedOffset};

use crate::base::json::Json;
use crate::base::kind::EntityKind;
use crate::books::company::{Company, number, touch};
use crate::books::receivables::OpenItem;
use crate::documents::settlement::{self, Side};
use crate::documents::{deposit, purchase_order};

/// Another document as it stood before.
pub(crate) struct Saved {
    kind: EntityKind,
    id: u64,
    body: Json,
    receivable: Option<OpenItem>,
    payable: Option<OpenItem>,
}

/// Undoes what a document did to others.
pub(crate) fn release(company: &mut Company, kind: EntityKind, id: u64) -> Vec<Saved> {
    let mut saved: Vec<Saved> = others(company, kind, id)
        .into_iter()
        .filter_map(|other| {
            let kind = company.transaction_kind(other)?;
            Some(Saved {
                kind,
                id: other,
                body: company.store(kind).get(&other.to_string())?.body.clone(),
                receivable: company.receivables.item(other).cloned(),
                payable: company.payables.item(other).cloned(),
            })
        })
        .collect();
    match kind {
        EntityKind::Payment => settlement::unapply_all(company, Side::Receivable, kind, id),
        EntityKind::BillPayment => settlement::unapply_all(company, Side::Payable, kind, id),
        EntityKind::Bill => purchase_order::give_back(company, id),
        EntityKind::Deposit => deposit::give_back(company, id),
        _ => saved.clear(),
    }
    saved
}

/// Returns the documents that the lines of a document link, each once.
fn others(company: &Company, kind: EntityKind, id: u64) -> Vec<u64> {
    let record = company.store(kind).get(&id.to_string());
    let lines = record.and_then(|record| record.body.get("Line")).map_or(&[][..], Json::items);
    let links = lines.iter().flat_map(|line| line.get("LinkedTxn").map_or(&[][..], Json::items));
    let mut ids: Vec<u64> = links.filter_map(|link| link.text_of("TxnId")).map(number).collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

/// Puts back what [`release`] undid.
pub(crate) fn restore(company: &mut Company, saved: Vec<Saved>) {
    for other in saved {
        company.store_mut(other.kind).change(&other.id.to_string(), |body| *body = other.body);
        if let Some(item) = other.receivable {
            company.receivables.enter(other.id, item);
        }
        if let Some(item) = other.payable {
            company.payables.enter(other.id, item);
        }
    }
}

/// Raises the tokens of those others that have not risen since they were saved.
pub(crate) fn touch_all(company: &mut Company, saved: &[Saved], now: DateTime<FixedOffset>) {
    for other in saved {
        company.store_mut(other.kind).change(&other.id.to_string(), |body| {
            if body.text_of("SyncToken") == other.body.text_of("SyncToken") {
                touch(body, now);
            }
        });
    }
}
