//! Whether names of new records are taken: customers, vendors and employees share one set of names.

use std::collections::{BTreeMap, BTreeSet};

use mapping::CustomerKey;
use mapping::customers::folded;
use qb_client::engine::{Query, QueryEntity, QueryField};
use qb_model::EntityKind;
use serde_json::Value;

use crate::error::RunError;
use crate::patience::ask;
use crate::session::Exchange;

/// Names a query, so that no statement is beyond what QuickBooks reads.
const NAMES: usize = 100;

/// Who shares the names.
const SHARING: [QueryEntity; 3] =
    [QueryEntity::Employee, QueryEntity::Kind(EntityKind::Vendor), QueryEntity::Kind(EntityKind::Customer)];

/// Returns those of the names that are taken, as [`folded`] writes them. A name that a customer's own record has is free: the log has
/// lost it. Names beyond ASCII cannot be asked for: QuickBooks itself refuses one that is taken.
pub(super) async fn taken(
    exchange: &Exchange,
    wanted: &BTreeMap<String, CustomerKey>,
) -> Result<BTreeSet<String>, RunError> {
    let names: Vec<&str> = wanted.keys().map(String::as_str).filter(|name| name.is_ascii()).collect();
    let by_folded: BTreeMap<String, &CustomerKey> =
        wanted.iter().map(|(name, customer)| (folded(name), customer)).collect();
    let mut taken = BTreeSet::new();
    for entity in SHARING {
        for some in names.chunks(NAMES) {
            for row in rows(exchange, entity, some).await? {
                let text = |member: &str| row.get(member).and_then(Value::as_str).unwrap_or_default();
                let name = folded(text("DisplayName"));
                let is_own = by_folded.get(&name).is_some_and(|customer| customer.is_noted(text("Notes")));
                if !is_own {
                    taken.insert(name);
                }
            }
        }
    }
    Ok(taken)
}

/// Returns the names of all vendors and employees, as [`folded`] writes them.
pub(super) async fn all_of_others(exchange: &Exchange) -> Result<BTreeSet<String>, RunError> {
    let mut names = BTreeSet::new();
    for entity in [SHARING[0], SHARING[1]] {
        let query = Query::all(entity).with_inactive();
        let rows = ask!(exchange, exchange.client.query(&query))?.map_err(unreadable)?;
        names.extend(rows.iter().filter_map(|row| row.get("DisplayName")?.as_str()).map(folded));
    }
    Ok(names)
}

/// Returns whether a vendor or an employee has a name that QuickBooks refuses as taken.
pub(super) async fn is_taken_by_another(exchange: &Exchange, name: &str) -> Result<bool, RunError> {
    let mut is_taken = false;
    for entity in [SHARING[0], SHARING[1]] {
        is_taken |= !rows(exchange, entity, &[name]).await?.is_empty();
    }
    Ok(is_taken)
}

async fn rows(exchange: &Exchange, entity: QueryEntity, names: &[&str]) -> Result<Vec<Value>, RunError> {
    let query = Query::all(entity).with_inactive();
    let query = query.one_of(QueryField::DisplayName, names.iter().copied());
    let query = query.map_err(|e| unreadable(e.into()))?;
    ask!(exchange, exchange.client.query(&query))?.map_err(unreadable)
}

fn unreadable(error: qb_client::ReadError) -> RunError {
    RunError::unreadable("the names of its customers", error)
}
