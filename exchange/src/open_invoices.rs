//! What payments on account can be matched with (D-15): the open invoices of their customers.
//!
//! Reads only. Up the walk: `prepare.rs`, which asks for the payments that the log does not know too.

use std::collections::{BTreeMap, BTreeSet};

use mapping::engine::{OpenInvoice, OpenInvoices};
use mapping::{
    Company, CustomerKey, Document, DocumentKind, Matching, Number, Numbered, Party, Plan, Planned, StepKey,
};
use pos_model::Money;
use qb_client::engine::{Query, QueryField};
use qb_model::parts::LinkType;
use qb_model::{Amount, Answer, Create, EntityKind};
use serde_json::Value;

use crate::error::RunError;
use crate::history::{History, Record};
use crate::rehearsal::is_rehearsed;
use crate::session::{Exchange, Session};

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
        if plan.payments_on_account().next().is_none() {
            return Ok(open);
        }
        let is_unknown = |planned: &Planned<'_>| session.history.step(&planned.key).is_none();
        let is_matching = plan.period().payments_on_account() != Matching::Unapplied;
        let unknown = match is_matching && plan.payments_on_account().any(is_unknown) {
            true => self.unknown_payments(session, plan).await?,
            false => BTreeMap::new(),
        };
        for planned in plan.payments_on_account() {
            let Some(Party::Customer(store, customer)) = planned.document.party() else { continue };
            let record = history.step(&planned.key);
            if let Some(matches) = record.filter(|record| record.may_stand()).and_then(matches_of) {
                open.freeze(planned.key.clone(), matches, false);
                continue;
            }
            // A log that was lost: the payment may stand in QuickBooks, with the matches that it was sent with.
            let number = planned.number.to_string();
            let found = unknown.get(&number).filter(|_| record.is_none());
            if let Some(matches) =
                found.into_iter().flatten().find_map(|answer| matched_in_books(planned, answer))
            {
                open.freeze(planned.key.clone(), matches, false);
                continue;
            }
            customers.insert(CustomerKey::of(store, customer));
        }
        if customers.is_empty() || plan.period().payments_on_account() == Matching::Unapplied {
            return Ok(open);
        }
        for (key, record) in history.payments_in_doubt() {
            open.freeze(key.clone(), matches_of(record).unwrap_or_default(), true);
        }
        let unpaid = unpaid(history, &self.company);
        for customer in customers {
            let id = session.history.posted_id(&StepKey::customer(&customer));
            let Some(id) = id.filter(|id| !is_rehearsed(id)) else { continue };
            let query = Query::all(EntityKind::Invoice).equal(QueryField::CustomerRef, id);
            let query = query.map_err(|e| RunError::unreadable("open invoices", e.into()))?.open();
            let rows =
                self.client.query(&query).await.map_err(|e| RunError::unreadable("open invoices", e))?;
            let invoices = rows.iter().filter_map(open_invoice);
            open.add(customer, invoices.filter(|invoice| !unpaid.contains(invoice.id.as_str())));
        }
        Ok(open)
    }

    /// The payments that QuickBooks has on the dates of those of a plan that this log does not know, by number: a log that was
    /// lost or restored may have posted them, and no number of QuickBooks' guards a payment. One query for such a plan.
    pub(crate) async fn unknown_payments(
        &self,
        session: &Session,
        plan: &Plan<'_>,
    ) -> Result<BTreeMap<String, Vec<Answer>>, RunError> {
        let is_unknown = |planned: &&Planned<'_>| {
            matches!(planned.document, Document::Payment(_)) && session.history.step(&planned.key).is_none()
        };
        let dates = || plan.documents().filter(is_unknown).map(|planned| planned.txn_date);
        let (Some(first), Some(last)) = (dates().min(), dates().max()) else { return Ok(BTreeMap::new()) };
        let numbers = plan.documents().filter(is_unknown).map(|planned| planned.number.as_str());
        let seen = session.payments.as_ref().and_then(|seen| seen.of((first, last), numbers));
        if let Some(seen) = seen {
            return Ok(seen);
        }
        let found = self.client.find_by_date(EntityKind::Payment, first, last).await;
        let found = found.map_err(|e| RunError::unreadable("its payments", e))?;
        let mut by_number: BTreeMap<String, Vec<Answer>> = BTreeMap::new();
        for answer in found {
            let Some(number) = answer.raw.get("PaymentRefNum").and_then(|number| number.as_str()) else {
                continue;
            };
            by_number.entry(number.to_owned()).or_default().push(answer);
        }
        Ok(by_number)
    }
}

/// QuickBooks' ids of our invoices that wait for a document of their own: those will settle them.
fn unpaid<'h>(history: &'h History, company: &Company) -> BTreeSet<&'h str> {
    let invoice_of = |key: &StepKey| {
        let (prefix, Numbered { number, edition }) = company.parse_number(key.name())?;
        let number = match number {
            Number::Transaction { transaction, batch }
            | Number::Returned { transaction, batch }
            | Number::Tendered { transaction, batch, .. } => Number::Transaction { transaction, batch },
            Number::Summary { date, batch }
            | Number::SummaryReturned { date, batch }
            | Number::SummaryTendered { date, batch, .. } => Number::Summary { date, batch },
            deposit @ Number::Deposit { .. } => deposit,
            _ => return None,
        };
        let number = Numbered { number, edition }.format(prefix, company.numbers()).ok()?;
        history.posted_id(&StepKey::of(DocumentKind::Invoice, &number))
    };
    history.still_to_come().filter_map(invoice_of).collect()
}

/// The invoices that a payment was sent with.
pub(crate) fn matches_of(record: &Record) -> Option<Vec<(OpenInvoice, Money)>> {
    let Create::Payment(body) = record.sent.create()? else {
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
fn matched_in_books(planned: &Planned<'_>, answer: &Answer) -> Option<Vec<(OpenInvoice, Money)>> {
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
