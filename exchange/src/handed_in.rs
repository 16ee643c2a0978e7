//! What a plan or a step needs to be told of QuickBooks before it can be posted: open invoices for payments on account
//! (D-15), the lines of a purchase order that a bill receives (D-18), and whether a customer's name is taken (D-19).
//!
//! Reads only. Up the walk: `run.rs`.

use std::collections::{BTreeSet, HashSet};

use mapping::{
    Document, Event, ListEntry, OpenInvoice, OpenInvoices, Party, Plan, Planned, Received, Step, StepContent,
};
use pos_model::Money;
use qb_client::{Query, QueryField, ReadError};
use qb_model::{Amount, Answer, Create, EntityKind};
use serde_json::Value;

use crate::error::RunError;
use crate::history::{Record, State};
use crate::run::{Exchange, Session};

impl Exchange {
    /// What the payments on account of a plan can be matched with: what the log says they were matched with, for those that
    /// may have been sent, and else what stands open in QuickBooks for their customers.
    pub(crate) async fn open_invoices(
        &self,
        session: &Session,
        plan: &Plan<'_>,
    ) -> Result<OpenInvoices, RunError> {
        let mut open = OpenInvoices::default();
        let mut customers = BTreeSet::new();
        let on_account = || plan.documents().filter(|planned| is_on_account(planned));
        let is_unknown = |planned: &Planned<'_>| session.history.step(&planned.key().0).is_none();
        let unknown = match on_account().any(is_unknown) {
            true => self.unknown_payments(session, plan).await?,
            false => HashSet::new(),
        };
        for planned in on_account() {
            let Some(Party::Customer(_, customer)) = planned.document.party() else { continue };
            let record = session.history.step(&planned.key().0);
            if let Some((matches, is_in_doubt)) = record.and_then(frozen) {
                open.freeze(planned.key(), matches, is_in_doubt);
                continue;
            }
            // A log that was lost: the payment may stand in QuickBooks, with the matches that it was sent with.
            let number = planned.number.to_string();
            if record.is_none() && unknown.contains(&number) {
                let found = self.client.find_by_number(EntityKind::Payment, &number).await;
                let found = found.map_err(|e| unreadable("a payment", e))?;
                if let Some(matches) = found.iter().find_map(|answer| standing(planned, answer)) {
                    open.freeze(planned.key(), matches, false);
                    continue;
                }
            }
            customers.insert(customer.id());
        }
        for customer in customers {
            let Some(id) = session.history.posted_id(&format!("cust-{customer}")) else { continue };
            let query = Query::all(EntityKind::Invoice).equal(QueryField::CustomerRef, id);
            let query = query.map_err(|e| unreadable("open invoices", e.into()))?.open();
            let rows = self.client.query(&query).await.map_err(|e| unreadable("open invoices", e))?;
            open.add(customer, rows.iter().filter_map(open_invoice));
        }
        Ok(open)
    }

    /// Reads the ids of a purchase order's lines before the bill that receives them is resolved.
    pub(crate) async fn read_order_lines(
        &self,
        session: &mut Session,
        step: &Step<'_>,
        plan: &Plan<'_>,
    ) -> Result<(), RunError> {
        let Some(Document::Bill(form)) = step.document().map(|planned| &planned.document) else {
            return Ok(());
        };
        let Received::Order(order) = form.received else { return Ok(()) };
        let Some(key) = plan.purchase_order(order).map(Planned::key) else { return Ok(()) };
        let Some(id) = session.bindings.documents.get(&key) else { return Ok(()) };
        let query = Query::all(EntityKind::PurchaseOrder).equal(QueryField::Id, id);
        let query = query.map_err(|e| unreadable("a purchase order", e.into()))?;
        let rows = self.client.query(&query).await.map_err(|e| unreadable("a purchase order", e))?;
        let lines = rows.first().and_then(|row| row.get("Line")).and_then(Value::as_array);
        let is_ours = |line: &&Value| {
            line.get("DetailType").and_then(Value::as_str) == Some("AccountBasedExpenseLineDetail")
        };
        let id_of = |line: &Value| Some(line.get("Id")?.as_str()?.to_owned());
        let ids = lines.into_iter().flatten().filter(is_ours).filter_map(id_of).collect();
        session.bindings.order_lines.insert(key, ids);
        Ok(())
    }

    /// A new customer under a name that no other record has (D-19): where the mapping has a second name for a customer whose
    /// name is taken, it is asked whether it is. Other steps go as they are.
    pub(crate) async fn named(
        &self,
        session: &Session,
        step: &Step<'_>,
        plan: &Plan<'_>,
        create: Create,
    ) -> Result<Create, RunError> {
        let StepContent::ListEntry(ListEntry::Customer(party)) = step.content else { return Ok(create) };
        let (Some(second), Create::Customer(mut body)) =
            (plan.company().display_name_if_taken(party), create.clone())
        else {
            return Ok(create);
        };
        // What may have been sent keeps its name.
        let record = session.history.step(&step.key().0);
        if record.is_some_and(|record| !matches!(record.state, State::Refused { .. } | State::NotSent)) {
            return Ok(create);
        }
        for kind in [EntityKind::Customer, EntityKind::Vendor] {
            let found = self.client.find_by_number(kind, &body.display_name).await;
            if !found.map_err(|e| unreadable("a customer's name", e))?.is_empty() {
                body.display_name = second;
                return Ok(body.into());
            }
        }
        Ok(create)
    }
}

fn is_on_account(planned: &Planned<'_>) -> bool {
    matches!(planned.document, Document::Payment(_))
        && matches!(planned.identity.event, Event::AccountPayment(_))
}

/// What a payment that may have been sent is matched with, and whether it is in doubt.
fn frozen(record: &Record) -> Option<(Vec<(OpenInvoice, Money)>, bool)> {
    let is_in_doubt = match record.state {
        State::Sending | State::Conflict { refused: false, .. } => true,
        State::Posted { .. } | State::Distorted { .. } => false,
        State::NotSent | State::Refused { .. } | State::Conflict { refused: true, .. } => return None,
    };
    let Create::Payment(body) = Create::from_json(EntityKind::Payment, record.sent.body.as_bytes()).ok()?
    else {
        return None;
    };
    let matches = body.line.iter().filter_map(|line| {
        let [linked] = &line.linked_txn;
        let amount = Money::from_cents(line.amount.cents()).ok()?;
        // Its number and date are in QuickBooks; the log needs its id only.
        let id = linked.txn_id().to_owned();
        Some((OpenInvoice { txn_date: body.txn_date, number: String::new(), id, balance: amount }, amount))
    });
    Some((matches.collect(), is_in_doubt))
}

/// What a payment that QuickBooks has under this number is matched with; none when its total is another.
fn standing(planned: &Planned<'_>, answer: &Answer) -> Option<Vec<(OpenInvoice, Money)>> {
    let content = answer.content().ok().filter(|found| found.total == planned.document.total().cents())?;
    let invoices = content.links.iter().filter(|link| link.txn_type == "Invoice");
    let matched = invoices.map(|link| {
        let (id, balance) = (link.txn_id.clone(), Money::from_cents(link.amount.cents()).ok()?);
        Some((OpenInvoice { txn_date: planned.txn_date, number: String::new(), id, balance }, balance))
    });
    matched.collect()
}

fn open_invoice(row: &Value) -> Option<OpenInvoice> {
    let text = |field: &str| row.get(field).and_then(Value::as_str);
    let balance: Amount = serde_json::from_value(row.get("Balance")?.clone()).ok()?;
    Some(OpenInvoice {
        txn_date: text("TxnDate")?.parse().ok()?,
        number: text("DocNumber").unwrap_or_default().to_owned(),
        id: text("Id")?.to_owned(),
        balance: Money::from_cents(balance.cents()).ok()?,
    })
}

fn unreadable(what: &'static str, error: ReadError) -> RunError {
    RunError::Read { what, source: Box::new(error) }
}
