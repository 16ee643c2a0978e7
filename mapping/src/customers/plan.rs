//! The plan of an exchange of customers: its rules in their order.

use std::collections::BTreeMap;

use super::additions;
use super::change::{CustomerPlan, PosChange};
use super::departures;
use super::draft::{Draft, Input};
use super::edits;
use super::lists;
use super::meeting;
use super::survivors;
use crate::CustomerKey;
use crate::company::Direction;

/// Plans an exchange of customers. Pure and deterministic: the same input gives the same plan, and nothing is sent or changed.
///
/// The order: what the POS merged, what is gone in QuickBooks, what the POS deleted, who is who, what changed of linked customers, who is new.
/// A plan whose [`to_read`](CustomerPlan::to_read) or [`to_read_in_pos`](CustomerPlan::to_read_in_pos) names something is made again
/// with that read; what it says already is true without it.
#[must_use]
pub fn plan(input: &Input<'_>) -> CustomerPlan {
    if input.settings.direction == Direction::OneWay {
        return CustomerPlan { state: input.state.clone(), ..CustomerPlan::default() };
    }
    let mut draft = Draft::new(input);
    departures::merges(&mut draft);
    survivors::follow(&mut draft);
    departures::tell(&mut draft);
    departures::follow(&mut draft);
    meeting::meet(&mut draft);
    lists::exchange(&mut draft);
    edits::exchange(&mut draft);
    additions::add(&mut draft);
    let (compared, mut plan) = (draft.compared, draft.plan);
    open_matters(&compared, &mut plan);
    // A type must be there before a customer has it; a merge before the keeper's fields.
    plan.for_pos.sort_by_key(|change| match change {
        PosChange::AddType { .. } => 0,
        PosChange::Merge { .. } => 1,
        _ => 2,
    });
    plan.to_read.sort();
    plan.to_read.dedup();
    plan.to_read_in_pos.sort();
    plan.to_read_in_pos.dedup();
    plan
}

/// Notes what stays open for the next exchange; of customers that were not compared it is as before.
fn open_matters(compared: &BTreeMap<CustomerKey, bool>, plan: &mut CustomerPlan) {
    let state = &mut plan.state;
    state.open_conflicts.retain(|(customer, _)| !compared.contains_key(customer));
    let conflicts = plan.conflicts.iter();
    state.open_conflicts.extend(conflicts.map(|of| (of.customer.clone(), of.field.clone())));
    state.open.retain(|customer| !compared.contains_key(customer));
    state.open.extend(compared.iter().filter(|(_, is_open)| **is_open).map(|(customer, _)| customer.clone()));
    // Whoever a person is asked about is read in every exchange, also when it gets a record in this one.
    state.open.extend(state.proposed.iter().map(|(customer, _)| customer.clone()));
}
