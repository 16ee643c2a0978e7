//! The automatic use of credits: with AutoApplyCredit on, QuickBooks links open credit memos to open invoices of the same
//! customer by a payment of nothing, made by itself.
//!
//! Neighbours: `changes` calls it after every create, `payment` books the link.

use rust_decimal::Decimal;

use super::payment;
use crate::base::amount::money;
use crate::base::json::{Json, object, text};
use crate::base::kind::EntityKind;
use crate::books::company::{Call, Company, number};

/// The note QuickBooks leaves on such a payment.
const NOTE: &str = "Created by QB Online to link credits to charges.";

/// Links what a new invoice or credit memo can be linked with. Does nothing unless the company asks for it.
pub(crate) fn auto_apply(company: &mut Company, kind: EntityKind, id: &str, call: &Call) {
    let others = match kind {
        EntityKind::Invoice => EntityKind::CreditMemo,
        EntityKind::CreditMemo => EntityKind::Invoice,
        _ => return,
    };
    if !company.options.auto_apply_credits {
        return;
    }
    let Some(new) = company.receivables.item(number(id)).cloned() else { return };
    let mut left = new.open;
    let mut lines = Vec::new();
    for (other, item) in company.receivables.open_of(new.customer, others) {
        let part = left.min(item.open);
        if part <= Decimal::ZERO {
            break;
        }
        left -= part;
        lines.push(line(other, item.txn_type, part));
    }
    if lines.is_empty() {
        return;
    }
    lines.push(line(number(id), new.txn_type, new.open - left));
    let date = company.store(kind).get(id).and_then(|record| record.body.get("TxnDate")).cloned();
    let customer = object().with("value", text(new.customer.to_string()));
    let body = object()
        .with("CustomerRef", customer)
        .with("TotalAmt", money(Decimal::ZERO))
        .with_some("TxnDate", date)
        .with("PrivateNote", text(NOTE))
        .with("Line", Json::List(lines));
    // Every amount is open and every name fits: this is refused only where linking is of no use.
    let _ = payment::create(company, &body, call);
}

fn line(id: u64, txn_type: &'static str, amount: Decimal) -> Json {
    let link = object().with("TxnId", text(id.to_string())).with("TxnType", text(txn_type));
    object().with("Amount", money(amount)).with("LinkedTxn", Json::List(vec![link]))
}
