//! What came of an exchange of customers: counts in the words of the summary's JSON, and every refusal, conflict and notice by itself.

use std::collections::BTreeMap;
use std::fmt;

use mapping::CustomerKey;
use mapping::customers::{
    Conflict, CustomerPlan, LeftOut, Notice, Proposal, RecordId, Refusal as PlanRefusal,
};
use serde::Serialize;

use crate::stop::Paused;

/// How many of each. Of changes: those that were carried out, and not those that were planned.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct CustomerCounts {
    /// Customers that the point of sale got.
    pub added_to_pos: u64,
    /// Records that QuickBooks got.
    pub added_to_quickbooks: u64,
    /// Customers of the point of sale of which fields were changed.
    pub updated_in_pos: u64,
    /// Records of QuickBooks of which fields were changed, or that were made inactive.
    pub updated_in_quickbooks: u64,
    /// Fields that both sides changed, told for the first time.
    pub conflicts: u64,
    /// What could not be done.
    pub refused: u64,
    /// Linked customers that were looked at, and of which nothing changed.
    pub unchanged: u64,
    /// Records that were found to be a customer's.
    pub matched: u64,
    /// Pairs that may be the same customer: a person decides.
    pub proposed: u64,
    /// Edits of the point of sale that wait for the flag, for a value that fits, or for a record that can be made inactive.
    pub waiting: u64,
    /// Customers that were merged into others.
    pub merged: u64,
    /// Fields that both sides changed, told before and not decided yet.
    pub open_conflicts: u64,
    /// Changes of QuickBooks of which nobody knows whether they were carried out; the next exchange looks.
    pub in_doubt: u64,
}

/// What could not be done of an exchange. Nothing of it was carried out on either side.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CustomerRefusal {
    /// It cannot be planned.
    #[error(transparent)]
    Plan(#[from] PlanRefusal),
    /// QuickBooks refused a change of a record.
    #[error(
        "customer {customer}: QuickBooks refuses the change of record {record}: {fault}; correct it on either side"
    )]
    Change {
        /// The customer.
        customer: CustomerKey,
        /// The record.
        record: RecordId,
        /// What QuickBooks says.
        fault: String,
    },
    /// QuickBooks refused a new record.
    #[error(
        "customer {customer}: QuickBooks refuses its record: {fault}; correct the customer at the point of sale"
    )]
    New {
        /// The customer.
        customer: CustomerKey,
        /// What QuickBooks says.
        fault: String,
    },
    /// The point of sale refused a change of a customer.
    #[error(
        "customer {customer}: the point of sale does not take the change: it has no such customer; run the exchange again, and look for the customer there if it comes again"
    )]
    AtPos {
        /// The customer.
        customer: CustomerKey,
    },
    /// The point of sale refused a record as a new customer.
    #[error(
        "record {record}: the point of sale does not take it as a new customer; look at what its own log says"
    )]
    NewAtPos {
        /// The record.
        record: RecordId,
    },
    /// Either side was changed again and again while the exchange decided: it is decided in the next one.
    #[error(
        "customer {customer} was changed on either side while the exchange went on; the next exchange decides"
    )]
    Restless {
        /// The customer.
        customer: CustomerKey,
    },
}

impl CustomerRefusal {
    /// Returns the customer that it is about; none of a record that is nobody's yet.
    #[must_use]
    pub fn customer(&self) -> Option<&CustomerKey> {
        match self {
            Self::Plan(refusal) => Some(refusal.customer()),
            Self::Change { customer, .. }
            | Self::New { customer, .. }
            | Self::AtPos { customer }
            | Self::Restless { customer } => Some(customer),
            Self::NewAtPos { .. } => None,
        }
    }

    /// Returns a stable word for this refusal.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Plan(refusal) => refusal.code(),
            Self::Change { .. } => "change-refused",
            Self::New { .. } => "record-refused",
            Self::AtPos { .. } => "pos-refused",
            Self::NewAtPos { .. } => "pos-refused-new",
            Self::Restless { .. } => "restless",
        }
    }
}

/// What came of an exchange of customers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[must_use]
#[non_exhaustive]
pub struct CustomerReport {
    /// How many of each.
    pub counts: CustomerCounts,
    /// What could not be done.
    pub refusals: Vec<CustomerRefusal>,
    /// Fields that both sides changed.
    pub conflicts: Vec<Conflict>,
    /// Pairs that may be the same customer.
    pub proposals: Vec<Proposal>,
    /// What a person should know.
    pub notices: Vec<Notice>,
    /// Records that are not added to the point of sale, by why.
    pub left_out: BTreeMap<LeftOut, usize>,
    /// Whether both lists were read whole: in the first exchange, after more than 30 days, and where more had changed than QuickBooks
    /// tells at once.
    pub was_whole: bool,
    /// Whether the exchange ended before its work was done; the next one goes on.
    pub is_cut_short: bool,
    /// That its time was up, when it was.
    pub paused: Option<Paused>,
}

impl CustomerReport {
    /// Takes in what a plan says by itself; of a later look in the same exchange, what is new in it.
    pub(crate) fn take(&mut self, plan: &CustomerPlan, is_first: bool) {
        let counts = &mut self.counts;
        counts.matched += plan.matched as u64; // no list has 2^64 customers
        counts.merged += plan.merged as u64;
        if is_first {
            (counts.unchanged, counts.waiting) = (plan.unchanged as u64, plan.waiting as u64);
            self.left_out.clone_from(&plan.left_out);
        }
        extend(&mut self.proposals, &plan.proposals);
        extend(&mut self.conflicts, &plan.conflicts);
        extend(&mut self.notices, &plan.notices);
        plan.refusals.iter().for_each(|refusal| self.refuse(refusal.clone().into()));
        let new = self.conflicts.iter().filter(|conflict| conflict.is_new).count() as u64;
        self.counts.conflicts = new;
        self.counts.open_conflicts = self.conflicts.len() as u64 - new;
        self.counts.proposed = self.proposals.len() as u64;
    }

    /// What a plan would come to, if nothing stood in its way.
    pub(crate) fn of_plan(plan: &CustomerPlan) -> Self {
        let mut report = Self::default();
        report.take(plan, true);
        let planned = plan.counts();
        let count = |word| planned.get(word).copied().unwrap_or_default() as u64; // no list has 2^64 customers
        let counts = &mut report.counts;
        counts.added_to_pos = count("added_to_pos");
        counts.added_to_quickbooks = count("added_to_quickbooks");
        counts.updated_in_pos = count("updated_in_pos");
        counts.updated_in_quickbooks = count("updated_in_quickbooks");
        report
    }

    pub(crate) fn refuse(&mut self, refusal: CustomerRefusal) {
        if !self.refusals.contains(&refusal) {
            self.refusals.push(refusal);
        }
        self.counts.refused = self.refusals.len() as u64;
    }

    /// Returns whether something was carried out, or may have been.
    #[must_use]
    pub fn has_changed_something(&self) -> bool {
        let CustomerCounts {
            added_to_pos,
            added_to_quickbooks,
            updated_in_pos,
            updated_in_quickbooks,
            in_doubt,
            ..
        } = self.counts;
        added_to_pos + added_to_quickbooks + updated_in_pos + updated_in_quickbooks + in_doubt > 0
    }
}

fn extend<T: Clone + PartialEq>(all: &mut Vec<T>, more: &[T]) {
    if all.is_empty() {
        all.extend_from_slice(more);
        return;
    }
    for one in more {
        if !all.contains(one) {
            all.push(one.clone());
        }
    }
}

impl CustomerCounts {
    /// Returns each count with its word in the summary's JSON, in its order.
    #[must_use]
    pub const fn words(&self) -> [(&'static str, u64); 13] {
        [
            ("added_to_pos", self.added_to_pos),
            ("added_to_quickbooks", self.added_to_quickbooks),
            ("updated_in_pos", self.updated_in_pos),
            ("updated_in_quickbooks", self.updated_in_quickbooks),
            ("conflicts", self.conflicts),
            ("refused", self.refused),
            ("unchanged", self.unchanged),
            ("matched", self.matched),
            ("proposed", self.proposed),
            ("waiting", self.waiting),
            ("merged", self.merged),
            ("open_conflicts", self.open_conflicts),
            ("in_doubt", self.in_doubt),
        ]
    }
}

impl fmt::Display for CustomerCounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut is_first = true;
        for (word, count) in self.words().into_iter().filter(|(_, count)| *count > 0) {
            let comma = if is_first { "" } else { ", " };
            write!(f, "{comma}{count} {}", word.replace('_', " "))?;
            is_first = false;
        }
        if is_first { f.write_str("nothing to do") } else { Ok(()) }
    }
}
