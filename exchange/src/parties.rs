//! Whom documents will name: the customers, stores' customers and vendors as QuickBooks has them now, looked at before
//! the first document is sent.
//!
//! One that the log remembers is read by its id: a person may have made it inactive, or merged it. Of a new one it is asked
//! who has its name: customers, vendors and employees share one set of names. Up the walk: `readiness.rs`, which `prepare.rs`
//! asks for every plan.

use std::collections::{BTreeMap, BTreeSet};

use mapping::{ListEntry, Party, Period, Retailers, StepKey};
use qb_client::engine::{Query, QueryEntity, QueryField};
use qb_model::EntityKind;
use qb_model::engine::name_key;
use serde_json::Value;

use crate::error::{NotReady, RunError};
use crate::rehearsal::is_rehearsed;
use crate::session::{Exchange, Session};

/// More ids or names than this are not asked for at once.
const AT_ONCE: usize = 500;

/// A customer or vendor that a document will name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Needed {
    kind: EntityKind,
    /// What it is called when it is new.
    name: String,
    /// Whether it is called otherwise when the name is taken (D-19).
    has_second_name: bool,
    /// What to do when another record has its name.
    remedy: &'static str,
}

impl Needed {
    /// The record of a list entry; none of one that is no customer or vendor.
    pub(crate) fn of(entry: ListEntry<'_>, period: &Period) -> Option<Self> {
        let (kind, name, remedy) = match entry {
            ListEntry::Customer(party) => {
                let remedy = match party {
                    Party::Store(_) => "map another customer for the store",
                    Party::Customer(..) => {
                        "rename that one in QuickBooks, or write another display_name in the company mapping"
                    }
                };
                (EntityKind::Customer, period.display_name(party), remedy)
            }
            ListEntry::Vendor(name) => {
                let is_default = period.mapping().default_vendor == name;
                let remedy = if is_default {
                    "name another default_vendor in the company mapping"
                } else {
                    "map another vendor for the supplier"
                };
                (EntityKind::Vendor, name.to_owned(), remedy)
            }
            _ => return None,
        };
        let has_second_name = matches!(entry, ListEntry::Customer(party)
            if period.display_name_if_taken(party, Retailers::One).is_some());
        Some(Self { kind, name, has_second_name, remedy })
    }
}

/// What is known of the records that documents name, until the company is read again.
#[derive(Debug, Default)]
pub(crate) struct KnownParties {
    /// By entity and id: the name, and whether it is active; none when there is no such record.
    by_id: BTreeMap<(EntityKind, String), Option<(String, bool)>>,
    /// Vendors and employees by name, and whether each is active.
    others: Option<BTreeMap<String, (&'static str, bool)>>,
    /// Customers of names that were asked for, and whether each is active.
    customers: BTreeMap<String, Option<bool>>,
}

impl KnownParties {
    /// Notes a record that has just been made, or found.
    pub(crate) fn note(&mut self, kind: EntityKind, id: &str) {
        self.by_id.insert((kind, id.to_owned()), Some((String::new(), true)));
    }

    fn fault_of(&self, needed: &Needed, id: Option<&str>) -> Option<NotReady> {
        let inactive = |name: &str| NotReady::Inactive { entity: needed.kind.name(), name: name.to_owned() };
        if let Some(id) = id {
            return match self.by_id.get(&(needed.kind, id.to_owned()))? {
                Some((_, true)) => None,
                Some((name, false)) => Some(inactive(name)),
                None => Some(NotReady::Gone { entity: needed.kind.name(), name: needed.name.clone() }),
            };
        }
        let key = name_key(&needed.name);
        let other = self.others.as_ref().and_then(|others| others.get(&key)).copied();
        let customer = self.customers.get(&key).copied().flatten().map(|is_active| ("customer", is_active));
        let (is_own, other) = match needed.kind {
            EntityKind::Customer => (customer, other),
            _ if other.is_some_and(|(holder, _)| holder == "vendor") => (other, customer),
            _ => (None, customer.or(other)),
        };
        match (is_own, other) {
            (Some((_, false)), _) if !needed.has_second_name => Some(inactive(&needed.name)),
            (None, Some((holder, _))) if !needed.has_second_name => {
                Some(NotReady::NameTaken { name: needed.name.clone(), holder, remedy: needed.remedy })
            }
            _ => None,
        }
    }
}

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
            for id in ids {
                known.by_id.insert((kind, (*id).to_owned()), None);
            }
            for row in &rows {
                let name = text(row, "DisplayName").unwrap_or_default();
                known.by_id.insert((kind, text(row, "Id").unwrap_or_default()), Some((name, is_active(row))));
            }
        }
        Ok(())
    }

    async fn read_by_name(&self, known: &mut KnownParties, names: &[&str]) -> Result<(), RunError> {
        if names.is_empty() {
            return Ok(());
        }
        if known.others.is_none() {
            let mut others = BTreeMap::new();
            for (entity, word) in [(QueryEntity::Employee, "employee"), (EntityKind::Vendor.into(), "vendor")]
            {
                let rows = self.parties(Query::all(entity).with_inactive()).await?;
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

fn unreadable(error: qb_client::ReadError) -> RunError {
    RunError::unreadable("its customers and vendors", error)
}

fn text(row: &Value, field: &str) -> Option<String> {
    row.get(field)?.as_str().map(str::to_owned)
}

fn is_active(row: &Value) -> bool {
    row.get("Active").and_then(Value::as_bool).unwrap_or(true)
}
