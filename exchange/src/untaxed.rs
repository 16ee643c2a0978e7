//! Customers whom QuickBooks holds non-taxable: it would drop the till's tax (D-21).

use mapping::Step;
use qb_client::engine::{Query, QueryField};
use qb_model::EntityKind;
use serde_json::Value;

use crate::entry::Entry;
use crate::error::RunError;
use crate::session::{Exchange, Session};

/// Whether this customer, as QuickBooks shows it, is one.
pub(crate) fn is_held_untaxed(customer: &Value) -> bool {
    customer.get("Taxable").and_then(Value::as_bool) == Some(false)
}

impl Exchange {
    /// Whether a step has tax for a customer whom QuickBooks held non-taxable, and still does (D-21).
    pub(crate) async fn is_untaxed(&self, session: &mut Session, step: &Step<'_>) -> Result<bool, RunError> {
        let taxed = step.document().filter(|planned| !planned.document.tax().is_zero());
        let Some(party) = taxed.and_then(|planned| planned.document.party()) else { return Ok(false) };
        let key = party.key().step();
        let Some(id) = session.bindings.party(party).filter(|_| session.history.is_untaxed(&key)) else {
            return Ok(false);
        };
        let read = |e| RunError::unreadable("a customer", e);
        let query = Query::all(EntityKind::Customer).with_inactive().equal(QueryField::Id, id.as_str());
        let rows = self.client.query(&query.map_err(|e| read(e.into()))?).await.map_err(read)?;
        let is_untaxed = rows.iter().any(is_held_untaxed);
        if !is_untaxed {
            let (step, id) = (key.clone(), id.as_str().to_owned());
            let entry = Entry::Posted { step, id, created_at: None, adopted: true, untaxed: false };
            self.append(session, key.as_str(), vec![entry]).await?;
        }
        Ok(is_untaxed)
    }
}
