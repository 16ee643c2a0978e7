//! Looks at the customers and vendors that documents will name. Reads only.

use std::collections::{BTreeMap, BTreeSet};

use mapping::StepKey;
use qb_client::engine::{Query, QueryEntity, QueryField};
use qb_model::EntityKind;
use qb_model::engine::name_key;
use serde_json::Value;

use super::{KnownParties, Needed};
use crate::error::{NotReady, RunError};
use crate::rehearsal::is_rehearsed;
use crate::session::{Exchange, Session};

/// More ids or names than this are not asked for at once.
const AT_ONCE: usize = 500;

impl Exchange {
    /// What is wrong with the customers and vendors that documents will name. Reads what is not known of them.
    pub(crate) async fn party_faults(
        &self,
        session: &mut Session,
        needed: &BTreeMap<StepKey, Needed>,
    ) -> Result<Vec<NotReady>, RunError> {
        let id_of = |key: &StepKey| session.history.posted_id(key).map(str::to_owned);
        let needed: Vec<(&Needed, Option<String>)> =
            needed.iter().map(|(key, needed)| (needed, id_of(key))).collect();
        let known = &mut session.snapshot.parties;
        for kind in [EntityKind::Customer, EntityKind::Vendor] {
            let ids: BTreeSet<&str> = (needed.iter().filter(|(needed, _)| needed.kind == kind))
                .filter_map(|(_, id)| id.as_deref())
                .filter(|id| !is_rehearsed(id) && !known.by_id.contains_key(&(kind, (*id).to_owned())))
                .collect();
            self.read_by_id(known, kind, &ids.into_iter().collect::<Vec<_>>()).await?;
        }
        let names: BTreeSet<&str> = (needed.iter())
            .filter(|(needed, id)| id.is_none() && !needed.has_second_name)
            .map(|(needed, _)| needed.name.as_str())
            .filter(|name| !known.customers.contains_key(&name_key(name)))
            .collect();
        self.read_by_name(known, &names.into_iter().collect::<Vec<_>>()).await?;
        let faults = needed.iter().filter_map(|(needed, id)| known.fault_of(needed, id.as_deref()));
        Ok(faults.collect())
    }

    async fn read_by_id(
        &self,
        known: &mut KnownParties,
        kind: EntityKind,
        ids: &[&str],
    ) -> Result<(), RunError> {
        for ids in ids.chunks(AT_ONCE) {
            let query = Query::all(kind).with_inactive().with_ids(ids.iter().copied());
            let rows = self.parties(query.map_err(|e| unreadable(e.into()))?).await?;
            known.take(kind, ids.iter().map(|id| (*id).to_owned()), &rows);
        }
        Ok(())
    }

    async fn read_by_name(&self, known: &mut KnownParties, names: &[&str]) -> Result<(), RunError> {
        if names.is_empty() {
            return Ok(());
        }
        if known.others.is_none() {
            let mut others = BTreeMap::new();
            let entities = [QueryEntity::Employee, EntityKind::Vendor.into()];
            let lists =
                self.client.query_all(&entities.map(|entity| Query::all(entity).with_inactive())).await;
            for (rows, word) in lists.map_err(unreadable)?.into_iter().zip(["employee", "vendor"]) {
                let named =
                    |row: &Value| Some((name_key(&text(row, "DisplayName")?), (word, is_active(row))));
                others.extend(rows.iter().filter_map(named));
            }
            known.others = Some(others);
        }
        // Characters beyond ASCII can break QuickBooks' query reader: such names are left to the request itself.
        let plain: Vec<&str> = names.iter().copied().filter(|name| name.is_ascii()).collect();
        for names in plain.chunks(AT_ONCE) {
            let query = Query::all(EntityKind::Customer).with_inactive();
            let query = query.one_of(QueryField::DisplayName, names.iter().copied());
            let rows = self.parties(query.map_err(|e| unreadable(e.into()))?).await?;
            known.customers.extend(names.iter().map(|name| (name_key(name), None)));
            let named = |row: &Value| Some((name_key(&text(row, "DisplayName")?), Some(is_active(row))));
            known.customers.extend(rows.iter().filter_map(named));
        }
        Ok(())
    }

    async fn parties(&self, query: Query) -> Result<Vec<Value>, RunError> {
        self.client.query(&query).await.map_err(unreadable)
    }
}

impl KnownParties {
    /// Notes the records of a kind that were read by these ids.
    pub(crate) fn take(&mut self, kind: EntityKind, ids: impl IntoIterator<Item = String>, rows: &[Value]) {
        self.by_id.extend(ids.into_iter().map(|id| ((kind, id), None)));
        for row in rows {
            let name = text(row, "DisplayName").unwrap_or_default();
            self.by_id.insert((kind, text(row, "Id").unwrap_or_default()), Some((name, is_active(row))));
        }
    }
}

fn unreadable(error: qb_client::ReadError) -> RunError {
    RunError::unreadable("its customers and vendors", error)
}

fn text(row: &Value, field: &str) -> Option<String> {
    row.get(field)?.as_str().map(str::to_owned)
}

fn is_active(row: &Value) -> bool {
    row.get("Active").and_then(Value::as_bool).unwrap_or(true)
}
