//! What QuickBooks says that customers owe (F-04): the balance with jobs of every record of theirs, each amount counted once.

use std::collections::{BTreeMap, BTreeSet};

use mapping::CustomerKey;
use mapping::customers::{RecordBalance, RecordId, owed};
use pos_model::Money;

use super::base::CustomerRun;
use super::reading::records;
use crate::error::RunError;

/// QuickBooks has a customer and four levels below it.
const LEVELS: usize = 5;

impl CustomerRun<'_> {
    /// Reads by their ids what customers owe; none of a customer of whom a record is not there.
    pub(super) async fn figures(
        &self,
        customers: &BTreeSet<CustomerKey>,
    ) -> Result<BTreeMap<CustomerKey, Option<Money>>, RunError> {
        let mut links: BTreeMap<CustomerKey, Vec<RecordId>> = BTreeMap::new();
        let mut wanted: BTreeSet<RecordId> = BTreeSet::new();
        let kept = &self.session.history.customers;
        let records_of = |customer: &CustomerKey| -> Vec<RecordId> {
            let links = kept.state.links.get(customer).into_iter().flatten();
            links.map(|link| link.record.clone()).collect()
        };
        for customer in customers {
            links.insert(customer.clone(), records_of(customer));
            wanted.extend(records_of(customer));
        }
        // Sub-customers that are customers themselves count there, and not in the one above.
        let below: Vec<RecordId> =
            wanted.iter().flat_map(|record| kept.below(record)).filter(|id| !wanted.contains(id)).collect();
        for record in below {
            if let Some(owner) = kept.owner(&record) {
                links.entry(owner.clone()).or_insert_with(|| records_of(owner));
            }
            wanted.insert(record);
        }
        let mut found: BTreeMap<RecordId, RecordBalance> = BTreeMap::new();
        for _ in 0..LEVELS {
            if wanted.is_empty() {
                break;
            }
            let rows = records(self.exchange, &wanted, &self.lists).await?;
            for row in rows {
                if let Some(with_jobs) = row.balance_with_jobs {
                    found.insert(row.id, RecordBalance { parent: row.parent, with_jobs });
                }
            }
            let above = found.values().filter_map(|record| record.parent.clone());
            wanted = above.filter(|parent| !found.contains_key(parent)).collect();
        }
        let mut figures = owed(&links, &found);
        figures.retain(|customer, _| customers.contains(customer));
        Ok(figures)
    }
}
