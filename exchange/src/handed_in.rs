//! What a plan or a step needs to be told of QuickBooks before it can be posted: open invoices for payments on account
//! (D-15), the lines of a purchase order that a bill receives (D-18), and whether a customer's name is taken (D-19).
//!
//! Reads only. Up the walk: `run.rs`.

use std::collections::{BTreeSet, HashMap, HashSet};

use mapping::{
    Company, Document, DocumentKind, Event, ListEntry, Matching, Number, OpenInvoice, OpenInvoices, Party,
    Plan, Planned, PurchaseForm, Received, Step, StepContent, StepKey,
};
use pos_model::Money;
use qb_client::{Query, QueryEntity, QueryField};
use qb_model::{Amount, Answer, Create, EntityKind, Id, LinkType, name_key};
use serde_json::Value;

use crate::error::RunError;
use crate::history::{History, Record, State};
use crate::post::{Settled, refused};
use crate::readiness::unreadable;
use crate::run::{Exchange, Session};

impl Exchange {
    /// What the payments on account of a plan can be matched with: what the log says they were matched with, for those that
    /// may have been sent, and else what stands open in QuickBooks for their customers. What payments in doubt settle, and
    /// invoices whose own payments are still to come, are not open.
    pub(crate) async fn open_invoices(
        &self,
        session: &Session,
        plan: &Plan<'_>,
    ) -> Result<OpenInvoices, RunError> {
        let history = &session.history;
        let mut open = OpenInvoices::default();
        let mut customers = BTreeSet::new();
        let on_account = || plan.documents().filter(|planned| is_on_account(planned));
        let is_unknown = |planned: &Planned<'_>| session.history.step(&planned.key().0).is_none();
        let is_matching = plan.company().payments_on_account() != Matching::Unapplied;
        let unknown = match is_matching && on_account().any(is_unknown) {
            true => self.unknown_payments(session, plan).await?,
            false => HashSet::new(),
        };
        for planned in on_account() {
            let Some(Party::Customer(_, customer)) = planned.document.party() else { continue };
            let record = history.step(&planned.key().0);
            if let Some(matches) = record.filter(|record| record.may_stand()).and_then(matches_of) {
                open.freeze(planned.key(), matches, false);
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
        if customers.is_empty() || plan.company().payments_on_account() == Matching::Unapplied {
            return Ok(open);
        }
        for (key, record) in history.payments_in_doubt() {
            open.freeze(StepKey(key.to_owned()), matches_of(record).unwrap_or_default(), true);
        }
        let unpaid = unpaid(history, plan.company());
        for customer in customers {
            let Some(id) = session.history.posted_id(&format!("cust-{customer}")) else { continue };
            let query = Query::all(EntityKind::Invoice).equal(QueryField::CustomerRef, id);
            let query = query.map_err(|e| unreadable("open invoices", e.into()))?.open();
            let rows = self.client.query(&query).await.map_err(|e| unreadable("open invoices", e))?;
            let invoices = rows.iter().filter_map(open_invoice);
            open.add(customer, invoices.filter(|invoice| !unpaid.contains(invoice.id.as_str())));
        }
        Ok(open)
    }

    /// Finds the ids of a purchase order's lines before the bill that receives them is resolved: a bill that may have been
    /// sent keeps those that it was sent with, for any other they are read. An order that a person has changed by then
    /// refuses the bill: a line of ours could receive another.
    pub(crate) async fn read_order_lines(
        &self,
        session: &mut Session,
        step: &Step<'_>,
        plan: &Plan<'_>,
    ) -> Result<Option<Settled>, RunError> {
        let Some(Document::Bill(form)) = step.document().map(|planned| &planned.document) else {
            return Ok(None);
        };
        let Received::Order(order) = form.received else { return Ok(None) };
        let Some(order) = plan.purchase_order(order) else { return Ok(None) };
        let key = order.key();
        let record = session.history.step(&step.key().0).filter(|record| record.may_stand());
        if let Some(ids) = record.and_then(|record| lines_received(record, form)) {
            session.bindings.order_lines.insert(key, ids);
            return Ok(None);
        }
        let Some(id) = session.bindings.documents.get(&key) else { return Ok(None) };
        let query = Query::all(EntityKind::PurchaseOrder).equal(QueryField::Id, id);
        let query = query.map_err(|e| unreadable("a purchase order", e.into()))?;
        let rows = self.client.query(&query).await.map_err(|e| unreadable("a purchase order", e))?;
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

    /// A new customer under a name that no other record has (D-19): where the mapping has a second name for a customer whose
    /// name is taken, it is asked whether it is. Other steps go as they are.
    pub(crate) async fn named(
        &self,
        session: &mut Session,
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
        if session.books.names.is_none() {
            session.books.names = Some(self.names().await?);
        }
        let names = session.books.names.get_or_insert_default();
        // A log that was lost may have made it: the notes say whose it is.
        let is_ours = |notes: &Option<String>| notes.is_some() && *notes == body.notes;
        let is_taken = names.get(&name_key(&body.display_name)).is_some_and(|notes| !is_ours(notes));
        if is_taken {
            body.display_name = second;
        }
        names.insert(name_key(&body.display_name), body.notes.clone());
        Ok(body.into())
    }

    /// The names that customers, vendors and employees share, each with the notes of the customer that has it.
    async fn names(&self) -> Result<HashMap<String, Option<String>>, RunError> {
        let mut names = HashMap::new();
        for entity in [QueryEntity::Employee, EntityKind::Vendor.into(), EntityKind::Customer.into()] {
            let rows = self.client.query(&Query::all(entity).with_inactive()).await;
            let rows = rows.map_err(|e| unreadable("the names of its customers", e))?;
            let text = |row: &Value, field: &str| row.get(field).and_then(Value::as_str).map(str::to_owned);
            let named = |row: &Value| Some((name_key(&text(row, "DisplayName")?), text(row, "Notes")));
            names.extend(rows.iter().filter_map(named));
        }
        Ok(names)
    }
}

/// A line of a purchase order as QuickBooks has it.
struct OrderLine {
    id: String,
    account: String,
    amount: Amount,
}

/// None of a line that is not of accounts, a subtotal for one; a line that cannot be read makes the list unusable.
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
    let Create::Bill(body) = Create::from_json(EntityKind::Bill, record.sent.body.as_bytes()).ok()? else {
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

fn is_on_account(planned: &Planned<'_>) -> bool {
    matches!(planned.document, Document::Payment(_))
        && matches!(planned.identity.event, Event::AccountPayment(_))
}

/// QuickBooks' ids of our invoices that wait for a document of their own: those will settle them.
fn unpaid<'h>(history: &'h History, company: &Company) -> HashSet<&'h str> {
    let invoice_of = |key: &str| {
        let (prefix, number) = company.parse_number(key.split_once('-')?.1)?;
        let number = match number {
            Number::Transaction { transaction, batch }
            | Number::Returned { transaction, batch }
            | Number::Tendered { transaction, batch, .. } => Number::Transaction { transaction, batch },
            deposit @ Number::Deposit { .. } => deposit,
            _ => return None,
        };
        let number = number.format(prefix, company.numbers()).ok()?.as_str().to_ascii_uppercase();
        history.posted_id(&format!("{}-{number}", DocumentKind::Invoice.short()))
    };
    history.still_to_come().filter_map(invoice_of).collect()
}

/// The invoices that a payment was sent with.
fn matches_of(record: &Record) -> Option<Vec<(OpenInvoice, Money)>> {
    let Create::Payment(body) = Create::from_json(EntityKind::Payment, record.sent.body.as_bytes()).ok()?
    else {
        return None;
    };
    let matches = body.line.iter().filter_map(|line| {
        let [linked] = &line.linked_txn;
        if linked.txn_type() != LinkType::Invoice {
            return None;
        }
        let amount = Money::from_cents(line.amount.cents()).ok()?;
        // Its number and date are in QuickBooks; the log needs its id only.
        let id = linked.txn_id().to_owned();
        Some((OpenInvoice { txn_date: body.txn_date, number: String::new(), id, balance: amount }, amount))
    });
    Some(matches.collect())
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
