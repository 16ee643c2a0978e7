//! What an exchange has read of either side, and what of it a plan is given.

use std::collections::{BTreeMap, BTreeSet};

use mapping::CustomerKey;
use mapping::customers::{Fate, PosRecord, QuickBooksRecord, RecordId};

/// What an exchange has read of either side.
#[derive(Default)]
pub(super) struct Given {
    pub(super) pos: BTreeMap<CustomerKey, PosRecord>,
    pub(super) quickbooks: BTreeMap<RecordId, QuickBooksRecord>,
    /// What became of records that are gone.
    pub(super) fates: BTreeMap<RecordId, Fate>,
    /// Names that records which were not read have, as the planner compares them.
    pub(super) names_taken: BTreeSet<String>,
    /// Names of which it is known whether they are taken.
    pub(super) names_looked_up: BTreeSet<String>,
    /// Whether that is known of every name: all records, vendors and employees were read.
    pub(super) has_all_names: bool,
    /// Customers that the point of sale does not have.
    pub(super) absent: BTreeSet<CustomerKey>,
}

/// Whom a plan is about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Turn {
    pub(super) customers: BTreeSet<CustomerKey>,
    pub(super) records: BTreeSet<RecordId>,
}

impl Turn {
    pub(super) fn is_empty(&self) -> bool {
        self.customers.is_empty() && self.records.is_empty()
    }

    pub(super) fn len(&self) -> usize {
        self.customers.len() + self.records.len()
    }

    pub(super) fn add(&mut self, customer: &CustomerKey, record: Option<&RecordId>) {
        self.customers.insert(customer.clone());
        self.records.extend(record.cloned());
    }
}

impl Given {
    /// The customers of a turn, as far as they were read.
    pub(super) fn pos_of(&self, turn: &Turn) -> Vec<PosRecord> {
        turn.customers.iter().filter_map(|customer| self.pos.get(customer)).cloned().collect()
    }

    /// The records of a turn, as far as they were read.
    pub(super) fn quickbooks_of(&self, turn: &Turn) -> Vec<QuickBooksRecord> {
        turn.records.iter().filter_map(|record| self.quickbooks.get(record)).cloned().collect()
    }

    /// Forgets what was read of a turn: it is read again.
    pub(super) fn forget(&mut self, turn: &Turn) {
        for customer in &turn.customers {
            self.pos.remove(customer);
            self.absent.remove(customer);
        }
        for record in &turn.records {
            self.quickbooks.remove(record);
            self.fates.remove(record);
        }
    }
}
