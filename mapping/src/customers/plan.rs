//! The plan of an exchange of customers: its rules in their order.

use super::additions;
use super::change::{CustomerPlan, PosChange};
use super::departures;
use super::draft::{Draft, Input};
use super::edits;
use super::lists;
use super::meeting;
use super::settings::Direction;
use super::survivors;

/// Plans an exchange of customers. Pure and deterministic: the same input gives the same plan, and nothing is sent or changed.
///
/// The order: what is gone in QuickBooks, what the POS merged or deleted, who is who, what changed of linked customers, who is new.
/// A plan whose [`to_read`](CustomerPlan::to_read) or [`to_read_in_pos`](CustomerPlan::to_read_in_pos) names something is made again
/// with that read; what it says already is true without it.
#[must_use]
pub fn plan(input: &Input<'_>) -> CustomerPlan {
    if input.settings.direction == Direction::OneWay {
        return CustomerPlan { state: input.state.clone(), ..CustomerPlan::default() };
    }
    let mut draft = Draft::new(input);
    survivors::follow(&mut draft);
    departures::follow(&mut draft);
    meeting::meet(&mut draft);
    lists::exchange(&mut draft);
    edits::exchange(&mut draft);
    additions::add(&mut draft);
    let mut plan = draft.plan;
    // Whoever a person is asked about is read in every exchange, also when it gets a record in this one.
    let asked = plan.state.proposed.iter().map(|(customer, _)| customer.clone());
    plan.state.open.extend(asked);
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
