//! The lines of a purchase order that a bill receives (D-18).
//!
//! Reads only. Up the walk: `run.rs`.

use mapping::{Document, Plan, PurchaseForm, Received, Step};
use qb_client::engine::{Query, QueryField};
use qb_model::{Amount, Create, EntityKind, Id};
use serde_json::Value;

use crate::error::RunError;
use crate::finished::{Finished, refused};
use crate::history::Record;
use crate::rehearsal::is_rehearsed;
use crate::session::{Exchange, Session};

impl Exchange {
    /// Finds the ids of a purchase order's lines before the bill that receives them is resolved: a bill that may have been
    /// sent keeps those that it was sent with, for any other they are read. An order that a person has changed by then
    /// refuses the bill: a line of ours could receive another.
    pub(crate) async fn read_order_lines(
        &self,
        session: &mut Session,
        step: &Step<'_>,
        plan: &Plan<'_>,
    ) -> Result<Option<Finished>, RunError> {
        let Some(Document::Bill(form)) = step.document().map(|planned| &planned.document) else {
            return Ok(None);
        };
        let Received::Order(order) = form.received else { return Ok(None) };
        let Some(order) = plan.purchase_order(order) else { return Ok(None) };
        let key = order.key.clone();
        let record = session.history.step(&step.key).filter(|record| record.may_stand());
        if let Some(ids) = record.and_then(|record| lines_received(record, form)) {
            session.bindings.order_lines.insert(key, ids);
            return Ok(None);
        }
        let Some(id) = session.bindings.documents.get(&key) else { return Ok(None) };
        if let (true, Document::PurchaseOrder(ordered)) = (is_rehearsed(id), &order.document) {
            let ids = (1..=ordered.lines.len()).map(|line| line.to_string());
            session.bindings.order_lines.insert(key, ids.collect());
            return Ok(None);
        }
        let query = Query::all(EntityKind::PurchaseOrder).equal(QueryField::Id, id);
        let query = query.map_err(|e| RunError::unreadable("a purchase order", e.into()))?;
        let rows =
            self.client.query(&query).await.map_err(|e| RunError::unreadable("a purchase order", e))?;
        let found: Option<Vec<OrderLine>> = (rows.first().and_then(|row| row.get("Line")))
            .and_then(Value::as_array)
            .and_then(|lines| lines.iter().filter_map(order_line).collect());
        let found = found.unwrap_or_default();
        let is_as_posted = matches!(&order.document, Document::PurchaseOrder(ordered)
        if ordered.lines.len() == found.len()
            && ordered.lines.iter().zip(&found).all(|(line, found)| {
                let account = session.bindings.accounts.get(&line.account).map(Id::as_str);
                account == Some(&found.account) && line.amount.cents() == found.amount.cents()
            }));
        if !is_as_posted {
            let number = &order.number;
            return Ok(Some(refused(format!(
                "the lines of purchase order {number} were changed in QuickBooks since it was posted; change them back, or enter the bill by hand"
            ))));
        }
        session.bindings.order_lines.insert(key, found.into_iter().map(|line| line.id).collect());
        Ok(None)
    }
}

/// A line of a purchase order as QuickBooks has it.
struct OrderLine {
    id: String,
    account: String,
    amount: Amount,
}

/// Reads a line; none of one that is not of accounts, a subtotal for one; a line that cannot be read makes the list unusable.
fn order_line(line: &Value) -> Option<Option<OrderLine>> {
    let detail = "AccountBasedExpenseLineDetail";
    (line.get("DetailType").and_then(Value::as_str) == Some(detail)).then(|| {
        Some(OrderLine {
            id: line.get("Id")?.as_str()?.to_owned(),
            account: line.pointer(&format!("/{detail}/AccountRef/value"))?.as_str()?.to_owned(),
            amount: serde_json::from_value(line.get("Amount")?.clone()).ok()?,
        })
    })
}

/// The ids of the order's lines that a bill was sent with, at the places where the planned bill asks for them.
fn lines_received(record: &Record, form: &PurchaseForm<'_>) -> Option<Vec<String>> {
    let Create::Bill(body) = record.sent.create()? else {
        return None;
    };
    let mut ids = Vec::new();
    for (planned, sent) in form.lines.iter().zip(&body.line) {
        let ([linked], row) = (sent.linked_txn.as_ref()?, planned.order_line? as usize);
        ids.resize(ids.len().max(row + 1), String::new());
        ids[row].clone_from(&linked.txn_line_id);
    }
    (form.lines.len() == body.line.len()).then_some(ids)
}
