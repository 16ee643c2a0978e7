//! QuickBooks' customers, as an exchange reads them: all of them at first, later what has changed.
//!
//! ```text
//! first exchange                      every record, active or not, 1,000 a page
//! later                               what has changed since the mark, in one read
//! more than 1,000 have changed,       every record again: one that is missing in it is read by its id before it is
//! or the mark is over 30 days old     taken to be gone
//! ```

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use mapping::customers::{Lists, QuickBooksRecord, RecordId, record_of};
use qb_client::engine::Query;
use qb_client::{EntityName, ReadError};
use qb_model::received::{Customer, CustomerType};
use qb_model::{Id, received};

use crate::error::RunError;
use crate::patience::ask;
use crate::session::Exchange;

/// QuickBooks tells of changes of the last 30 days; an hour of it is left to clocks that are apart.
const OLDEST: TimeDelta = TimeDelta::hours(30 * 24 - 1);

/// What is read twice, so that nothing falls between two readings: QuickBooks' own clocks may be apart, its index behind.
pub(super) const OVERLAP: TimeDelta = TimeDelta::minutes(10);

/// From so many on, records are asked for together.
const SEVERAL: usize = 3;

/// Records a query.
const PAGE: usize = 1000;

/// QuickBooks' side.
pub(super) struct Reading {
    pub(super) records: Vec<QuickBooksRecord>,
    /// Records that are said to be gone: each is read by its id before it is believed.
    pub(super) deleted: BTreeSet<RecordId>,
    /// When it began, by QuickBooks' clock.
    pub(super) read_at: DateTime<Utc>,
    /// Whether it has every record.
    pub(super) is_whole: bool,
}

fn unreadable(error: ReadError) -> RunError {
    RunError::unreadable("its customers", error)
}

/// Reads what has changed since a mark; everything without one.
pub(super) async fn read(
    exchange: &Exchange,
    since: Option<DateTime<Utc>>,
    lists: &Lists,
) -> Result<Reading, RunError> {
    let now = exchange.client.quickbooks_time().unwrap_or_else(|| exchange.now());
    let Some(since) = since.filter(|since| now - *since < OLDEST) else {
        return whole(exchange, lists).await;
    };
    match changes(exchange, since, lists).await? {
        Some(reading) => Ok(reading),
        None => whole(exchange, lists).await,
    }
}

/// Reads what has changed since a moment; none when more has changed than QuickBooks tells at once, or when it is further back than
/// QuickBooks looks.
pub(super) async fn changes(
    exchange: &Exchange,
    since: DateTime<Utc>,
    lists: &Lists,
) -> Result<Option<Reading>, RunError> {
    let now = exchange.client.quickbooks_time().unwrap_or_else(|| exchange.now());
    let kinds = [EntityName::of::<Customer>()];
    let changes = match ask!(exchange, exchange.client.changed_since(&kinds, since))? {
        Err(ReadError::Refused(_)) => return Ok(None),
        changes => changes.map_err(unreadable)?,
    };
    let deleted = changes.deleted.iter().filter_map(|deletion| Id::new(deletion.id.as_str()).ok());
    let reading = Reading {
        records: changes.of::<Customer>().filter_map(|row| record_of(row, lists)).collect(),
        deleted: deleted.collect(),
        read_at: changes.answered_at.map_or(now, |at| at.to_utc()),
        is_whole: false,
    };
    Ok(changes.is_complete().then_some(reading))
}

async fn whole(exchange: &Exchange, lists: &Lists) -> Result<Reading, RunError> {
    let read_at = exchange.client.quickbooks_time().unwrap_or_else(|| exchange.now());
    let mut records = Vec::new();
    let mut pages = exchange.client.pages::<Customer>(Query::of::<Customer>().with_inactive());
    while let Some(rows) = ask!(exchange, pages.next())?.map_err(unreadable)? {
        records.extend(rows.iter().filter_map(|row| record_of(row, lists)));
    }
    Ok(Reading { records, deleted: BTreeSet::new(), read_at, is_whole: true })
}

/// Reads records by their ids. One that is not among them may still be there: a query proves no absence.
pub(super) async fn records(
    exchange: &Exchange,
    ids: &BTreeSet<RecordId>,
    lists: &Lists,
) -> Result<Vec<QuickBooksRecord>, RunError> {
    let mut found = Vec::new();
    if ids.len() < SEVERAL {
        for id in ids {
            found.extend(record(exchange, id).await?.and_then(|row| record_of(&row, lists)));
        }
        return Ok(found);
    }
    let ids: Vec<&str> = ids.iter().map(Id::as_str).collect();
    for some in ids.chunks(PAGE) {
        let query = Query::of::<Customer>().with_inactive().with_ids(some.iter().copied());
        let mut pages = exchange.client.pages::<Customer>(query.map_err(|e| unreadable(e.into()))?);
        while let Some(rows) = ask!(exchange, pages.next())?.map_err(unreadable)? {
            found.extend(rows.iter().filter_map(|row| record_of(row, lists)));
        }
    }
    Ok(found)
}

/// Reads a record by its id; none when QuickBooks says that there is none (fault 610).
pub(super) async fn record(
    exchange: &Exchange,
    id: &RecordId,
) -> Result<Option<received::Customer>, RunError> {
    ask!(exchange, exchange.client.record::<Customer>(id.as_str()))?.map_err(unreadable)
}

/// Reads the types of customers that are in use, by name.
pub(super) async fn types(
    exchange: &Exchange,
) -> Result<std::collections::BTreeMap<String, Id<qb_model::CustomerType>>, RunError> {
    let mut types = std::collections::BTreeMap::new();
    let mut pages = exchange.client.pages::<CustomerType>(Query::of::<CustomerType>());
    let failed = |error| RunError::unreadable("its types of customers", error);
    while let Some(rows) = ask!(exchange, pages.next())?.map_err(failed)? {
        for row in &rows {
            let is_used = row.active.copied() != Some(false);
            if let (Some(id), Some(name), true) = (row.id.get(), row.name.as_str(), is_used)
                && let Ok(id) = Id::new(id.as_str())
            {
                types.insert(name.to_owned(), id);
            }
        }
    }
    Ok(types)
}
