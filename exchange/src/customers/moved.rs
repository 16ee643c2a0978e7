//! Whose balance may have moved in QuickBooks: customers and the parties of documents that have changed, or, once a day, whoever owes
//! or is owed.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use mapping::EventKey;
use mapping::customers::RecordId;
use qb_client::engine::Query;
use qb_client::{EntityName, ReadError};
use qb_model::Id;
use qb_model::received::{
    CreditMemo, Customer, Deposit, Invoice, JournalEntry, Json, Kind, Payment, Purchase, RefundReceipt,
};
use serde_json::Value;

use crate::error::RunError;
use crate::history::History;
use crate::patience::ask;
use crate::session::Exchange;

/// QuickBooks tells of changes of the last 30 days.
const OLDEST: TimeDelta = TimeDelta::hours(30 * 24 - 1);

/// Records whose balance may have moved.
pub(super) struct Moved {
    pub(super) records: BTreeSet<RecordId>,
    /// Records that became inactive, and got a credit memo that is none of ours: QuickBooks makes one of what is owed then.
    pub(super) written_off: BTreeSet<RecordId>,
    /// When it was read, by QuickBooks' clock.
    pub(super) read_at: DateTime<Utc>,
    /// Whether it has everybody who owes.
    pub(super) is_whole: bool,
}

/// Reads whose balance may have moved since a mark; whoever owes or is owed without one.
pub(super) async fn moved(
    exchange: &Exchange,
    history: &History,
    since: Option<DateTime<Utc>>,
) -> Result<Moved, RunError> {
    let now = exchange.client.quickbooks_time().unwrap_or_else(|| exchange.now());
    if let Some(since) = since.filter(|since| now - *since < OLDEST)
        && let Some(moved) = changed(exchange, history, since, now).await?
    {
        return Ok(moved);
    }
    let mut records = BTreeSet::new();
    for query in
        [Query::of::<Customer>().with_inactive().owing(), Query::of::<Customer>().with_inactive().owed()]
    {
        let rows = ask!(exchange, exchange.client.query(&query))?.map_err(unreadable)?;
        records.extend(rows.iter().filter_map(id_of));
        records.extend(rows.iter().filter_map(|row| reference(row, "ParentRef")));
    }
    Ok(Moved { records, written_off: BTreeSet::new(), read_at: now, is_whole: true })
}

async fn changed(
    exchange: &Exchange,
    history: &History,
    since: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<Option<Moved>, RunError> {
    let kinds = [
        EntityName::of::<Customer>(),
        EntityName::of::<Invoice>(),
        EntityName::of::<CreditMemo>(),
        EntityName::of::<Payment>(),
        EntityName::of::<Purchase>(),
        EntityName::of::<JournalEntry>(),
        EntityName::of::<Deposit>(),
        EntityName::of::<RefundReceipt>(),
    ];
    let changes = match ask!(exchange, exchange.client.changed_since(&kinds, since))? {
        Err(ReadError::Refused(_)) => return Ok(None),
        changes => changes.map_err(unreadable)?,
    };
    // A document that is gone does not say whose it was.
    if !changes.is_complete() || !changes.deleted.is_empty() {
        return Ok(None);
    }
    let mut records = BTreeSet::new();
    let (mut inactive, mut credited): (BTreeSet<RecordId>, BTreeSet<RecordId>) = Default::default();
    for record in &changes.records {
        let text = Json::Object(record.write_members()).to_string();
        let Ok(row) = serde_json::from_str::<Value>(&text) else { continue };
        if record.name() == Customer::NAME {
            records.extend(id_of(&row));
            records.extend(reference(&row, "ParentRef"));
            inactive.extend(id_of(&row).filter(|_| row.get("Active") == Some(&Value::Bool(false))));
        }
        if record.name() == CreditMemo::NAME && !is_ours(history, &row) {
            credited.extend(reference(&row, "CustomerRef"));
        }
        parties(&row, &mut records);
    }
    let written_off = inactive.intersection(&credited).cloned().collect();
    let read_at = changes.answered_at.map_or(now, |at| at.to_utc());
    Ok(Some(Moved { records, written_off, read_at, is_whole: false }))
}

/// Whether a credit memo was posted from here: its memo carries the key of an event of the log.
fn is_ours(history: &History, row: &Value) -> bool {
    let note = row.get("PrivateNote").and_then(Value::as_str).unwrap_or_default();
    let mut keys = note.split_whitespace().filter_map(|word| word.parse::<EventKey>().ok());
    keys.any(|key| history.states_of(&key).next().is_some())
}

/// The customers that a document names anywhere.
fn parties(value: &Value, records: &mut BTreeSet<RecordId>) {
    match value {
        Value::Object(members) => {
            for name in ["CustomerRef", "EntityRef", "Entity"] {
                records.extend(reference(value, name));
                let inner = members.get(name).and_then(|entity| reference(entity, "EntityRef"));
                records.extend(inner);
            }
            members.values().for_each(|member| parties(member, records));
        }
        Value::Array(items) => items.iter().for_each(|item| parties(item, records)),
        _ => {}
    }
}

fn reference(row: &Value, name: &str) -> Option<RecordId> {
    Id::new(row.get(name)?.get("value")?.as_str()?).ok()
}

fn id_of(row: &Value) -> Option<RecordId> {
    Id::new(row.get("Id")?.as_str()?).ok()
}

fn unreadable(error: ReadError) -> RunError {
    RunError::unreadable("whose balance has moved", error)
}
