//! Whether a new customer's name is taken (D-19).
//!
//! Reads only. Up the walk: `run.rs`.

use std::collections::BTreeMap;

use mapping::engine::ListEntry;
use mapping::{CustomerKey, Party, Plan, Retailers, Step, StepContent};
use qb_client::engine::{Query, QueryEntity};
use qb_model::engine::name_key;
use qb_model::{Create, EntityKind};
use serde_json::Value;

use crate::error::RunError;
use crate::history::State;
use crate::session::{Exchange, Session};

impl Exchange {
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
        let Party::Customer(store, customer) = party else { return Ok(create) };
        let is_shared = session.history.has_other_retailer(store.retailer());
        let retailers = if is_shared { Retailers::Several } else { Retailers::One };
        let (Some(second), Create::Customer(mut body)) =
            (plan.period().display_name_if_taken(party, retailers), create.clone())
        else {
            return Ok(create);
        };
        let ours = CustomerKey::of(store, customer);
        // What may have been sent keeps its name.
        let record = session.history.step(&step.key);
        if record.is_some_and(|record| !matches!(record.state, State::Refused { .. } | State::NotSent)) {
            return Ok(create);
        }
        if session.snapshot.names.is_none() {
            session.snapshot.names = Some(self.names().await?);
        }
        let names = session.snapshot.names.get_or_insert_default();
        // A log that was lost may have made it: the notes say whose it is.
        let is_ours = |notes: &Option<String>| notes.as_ref().is_some_and(|notes| ours.is_noted(notes));
        let name = name_key(&body.display_name);
        let is_kept_free = plan.period().names_of_others(store).any(|other| name_key(&other) == name);
        let is_taken = is_kept_free || names.get(&name).is_some_and(|notes| !is_ours(notes));
        if is_taken {
            body.display_name = second;
        }
        names.insert(name_key(&body.display_name), body.notes.clone());
        Ok(body.into())
    }

    /// The names that customers, vendors and employees share, each with the notes of the customer that has it.
    async fn names(&self) -> Result<BTreeMap<String, Option<String>>, RunError> {
        let mut names = BTreeMap::new();
        let entities = [QueryEntity::Employee, EntityKind::Vendor.into(), EntityKind::Customer.into()];
        let lists = self.client.query_all(&entities.map(|entity| Query::all(entity).with_inactive())).await;
        for rows in lists.map_err(|e| RunError::unreadable("the names of its customers", e))? {
            let text = |row: &Value, field: &str| row.get(field).and_then(Value::as_str).map(str::to_owned);
            let named = |row: &Value| Some((name_key(&text(row, "DisplayName")?), text(row, "Notes")));
            names.extend(rows.iter().filter_map(named));
        }
        Ok(names)
    }
}
