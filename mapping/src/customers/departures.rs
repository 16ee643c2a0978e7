//! F-08 and F-14: customers that the POS merged or deleted.
//!
//! ```text
//! c-78 merged into c-77       c-77 has its own records, then those of c-78; its fields, limit and flag stand
//! deleted, nothing open       the link stays as a tombstone: QuickBooks' record is left, and never added again
//! deleted, 12.00 owed         refused
//! ```

use super::change::{Notice, PosChange, Refusal};
use super::draft::Draft;
use super::merges::Merged;
use super::record::RecordId;
use super::state::{LinkState, Sides};
use super::survivors::set_state;
use crate::CustomerKey;

/// Follows deletions of the POS.
pub(super) fn follow(draft: &mut Draft<'_>) {
    draft.learn_activity();
    deletions(draft);
    tombstones(draft);
}

/// Follows merges of the POS: they come before those of QuickBooks, which are told to the POS as it is then.
pub(super) fn merges(draft: &mut Draft<'_>) {
    let reported: Vec<(CustomerKey, CustomerKey)> = draft
        .pos
        .values()
        .filter_map(|record| Some((record.key.clone(), record.merged_into.clone()?)))
        .collect();
    for (duplicate, keeper) in reported {
        match draft.plan.state.merges.merge(&duplicate, &keeper) {
            Merged::New(loser, winner) => draft.hand_over(&loser, &winner),
            Merged::Known => {}
            Merged::Ring => draft.plan.refusals.push(Refusal::MergeRing { duplicate, keeper }),
        }
    }
}

/// Tells the POS merges that it has not made, until it has made them.
pub(super) fn tell(draft: &mut Draft<'_>) {
    let merges = draft.plan.state.merges.clone();
    for (duplicate, _) in merges.iter() {
        let keeper = merges.keeper(duplicate);
        let (before, is_open) = (&draft.input.state.merges, draft.input.state.open.contains(duplicate));
        let must_read = is_open || !before.is_merged(duplicate);
        let Some(ours) = draft.pos.get(duplicate) else {
            draft.plan.to_read_in_pos.extend(must_read.then(|| duplicate.clone()));
            continue;
        };
        if ours.merged_into.is_some() || ours.is_deleted {
            if is_open {
                draft.compared.insert(duplicate.clone(), false);
            }
            continue;
        }
        match draft.pos.get(keeper) {
            None => draft.plan.to_read_in_pos.push(keeper.clone()),
            // Where the POS has merged the keeper away it is a ring, which was refused.
            Some(keeper) if keeper.merged_into.is_some() || keeper.is_deleted => {}
            Some(_) => {
                let (duplicate, keeper) = (duplicate.clone(), keeper.clone());
                draft.compared.insert(duplicate.clone(), true);
                draft.plan.for_pos.push(PosChange::Merge { duplicate, keeper });
            }
        }
    }
}

fn deletions(draft: &mut Draft<'_>) {
    let records: Vec<(CustomerKey, bool)> =
        draft.pos.values().map(|record| (record.key.clone(), record.is_deleted)).collect();
    for (customer, is_deleted) in records {
        let links = draft.plan.state.links.get(&customer).map(Vec::as_slice).unwrap_or_default();
        let ends: Vec<(RecordId, LinkState)> =
            links.iter().map(|link| (link.record.clone(), link.state)).collect();
        if !is_deleted {
            // Made again by a person at the POS: the link lives again.
            for (record, _) in ends.iter().filter(|(_, state)| *state == LinkState::Deleted) {
                set_state(draft, &customer, record, LinkState::Live);
            }
            continue;
        }
        if ends.iter().all(|(_, state)| *state != LinkState::Live) {
            continue;
        }
        let unread: Vec<RecordId> = (ends.iter().map(|(record, _)| record))
            .filter(|record| {
                !draft.quickbooks.contains_key(record) && !draft.input.fates.contains_key(record)
            })
            .cloned()
            .collect();
        if !unread.is_empty() {
            draft.plan.to_read.extend(unread);
            continue;
        }
        if is_settled(draft, &customer, &ends) {
            for (record, _) in ends.iter().filter(|(_, state)| *state == LinkState::Live) {
                set_state(draft, &customer, record, LinkState::Deleted);
            }
        } else {
            draft.plan.refusals.push(Refusal::DeletedUnsettled { customer });
        }
    }
}

/// Whether nothing is owed on either side and nothing is on its way.
fn is_settled(draft: &Draft<'_>, customer: &CustomerKey, ends: &[(RecordId, LinkState)]) -> bool {
    let activity = draft.activity(customer);
    let owes_nothing = |record: &RecordId| {
        let read = draft.quickbooks.get(record);
        read.is_none_or(|record| record.balance_with_jobs.is_some_and(|balance| balance.is_zero()))
    };
    let at_pos = draft.pos.get(customer).and_then(|record| record.balance);
    !activity.is_charged
        && !activity.has_unsent
        && !activity.is_in_doubt
        && at_pos.is_none_or(|balance| balance.is_zero())
        && ends.iter().all(|(record, _)| owes_nothing(record))
}

/// A record whose customer was deleted is left alone; when it moves a person is told, once.
fn tombstones(draft: &mut Draft<'_>) {
    let mut notices = Vec::new();
    for (customer, links) in &mut draft.plan.state.links {
        for link in links.iter_mut().filter(|link| link.state == LinkState::Deleted) {
            let Some(record) = draft.quickbooks.get(&link.record) else { continue };
            let mut has_moved = false;
            for (field, sides) in &mut link.base {
                let now = record.fields.get(field);
                if !super::value::is_same(now, sides.quickbooks.as_ref()) {
                    has_moved = true;
                    *sides = Sides { pos: sides.pos.clone(), quickbooks: now.cloned() };
                }
            }
            let owes = record.balance_with_jobs.is_some_and(|balance| !balance.is_zero());
            if has_moved || owes {
                notices
                    .push(Notice::DeletedMoved { customer: customer.clone(), record: link.record.clone() });
            }
        }
    }
    draft.plan.notices.extend(notices);
}
