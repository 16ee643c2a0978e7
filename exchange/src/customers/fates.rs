//! What became of a record that is gone (F-14): a merge in QuickBooks is followed when its survivor is known.
//!
//! ```text
//! a message of QuickBooks' named both                        the survivor
//! another record, nobody's yet, carries the customer's key   that one
//! a document of ours was on the lost record                  the record that it is on now
//! none of these                                              gone: a person must say
//! ```

use mapping::customers::{Fate, RecordId};
use qb_client::engine::{Query, QueryField};
use qb_model::{EntityKind, Id};
use serde_json::Value;

use super::base::CustomerRun;
use crate::error::RunError;
use crate::patience::ask;

/// Documents that are asked for where a lost record went.
const DOCUMENTS: usize = 3;

impl CustomerRun<'_> {
    /// Finds out what became of a record that QuickBooks says is not there.
    pub(super) async fn fate(&self, lost: &RecordId) -> Result<Fate, RunError> {
        if let Some(survivor) = self.options.survivors.get(lost) {
            return Ok(Fate::MergedInto(survivor.clone()));
        }
        if let Some(owner) = self.session.history.customers.owner(lost) {
            let is_of_owner = |ours: &mapping::CustomerKey| {
                let merges = &self.session.history.customers.state.merges;
                merges.keeper(ours) == owner
            };
            // One that came with a merge at the point of sale is the customer's beside the lost one, and no survivor of it.
            let kept = &self.session.history.customers;
            let keyed = self.given.quickbooks.values().find(|record| {
                let is_of_owner = record.our_key.as_ref().is_some_and(is_of_owner);
                record.id != *lost && is_of_owner && kept.owner(&record.id).is_none()
            });
            if let Some(survivor) = keyed {
                return Ok(Fate::MergedInto(survivor.id.clone()));
            }
        }
        for (kind, id) in self.documents_on(lost) {
            let query = Query::all(kind).equal(QueryField::Id, &id);
            let query = query.map_err(|e| RunError::unreadable("documents of ours", e.into()))?;
            let rows = ask!(self.exchange, self.exchange.client.query(&query))?;
            let rows = rows.map_err(|e| RunError::unreadable("documents of ours", e))?;
            let survivor = rows.iter().filter_map(party).find(|party| party != lost);
            if let Some(survivor) = survivor {
                return Ok(Fate::MergedInto(survivor));
            }
        }
        Ok(Fate::Gone)
    }

    /// Documents of ours that were sent for a record, a few of them.
    fn documents_on(&self, record: &RecordId) -> Vec<(EntityKind, String)> {
        let is_on = |body: &str| {
            // Most bodies need not be read: the id is not in them.
            body.contains(record.as_str())
                && serde_json::from_str(body).is_ok_and(|body: Value| party(&body).as_ref() == Some(record))
        };
        let posted = self.session.history.posted_steps();
        let documents = posted.filter_map(|(_, sent)| {
            let kind = EntityKind::from_name(&sent.sent.entity)?;
            let is_sales_form =
                matches!(kind, EntityKind::Invoice | EntityKind::CreditMemo | EntityKind::Payment);
            (is_sales_form && is_on(&sent.sent.body)).then_some((kind, sent.id()?.to_owned()))
        });
        documents.take(DOCUMENTS).collect()
    }
}

/// The customer that a document names.
fn party(document: &Value) -> Option<RecordId> {
    Id::new(document.get("CustomerRef")?.get("value")?.as_str()?).ok()
}
