//! F-14: records that are gone in QuickBooks. A merge made there by a person is followed; else the customer is parked, and nothing
//! is silently made again.
//!
//! ```text
//! 58 merged into 61, 61 is nobody's        the customer of 58 has 61 now
//! 58 merged into 61, 61 is another's       that customer becomes the keeper of the customer of 58 (F-08)
//! 58 merged into 61, both one customer's   61 stays, in the place of 58
//! 58 was a deleted customer's              its tombstone ends
//! 58 merged into 61, 61 a deleted one's    the customer of 58 has 61 now
//! 58 gone, nobody knows where              parked: refused in each exchange until a person says
//! ```

use super::change::{Notice, Refusal};
use super::draft::{Draft, Fate};
use super::merges::Merged;
use super::record::RecordId;
use super::state::LinkState;
use crate::CustomerKey;

/// Follows what became of records that are gone.
pub(super) fn follow(draft: &mut Draft<'_>) {
    let fates: Vec<(RecordId, Fate)> =
        draft.input.fates.iter().map(|(lost, fate)| (lost.clone(), fate.clone())).collect();
    for (lost, fate) in fates {
        let Some(customer) = draft.owner(&lost).cloned() else { continue };
        draft.quickbooks.remove(&lost);
        if bury(draft, &customer, &lost) {
            continue;
        }
        match survivor(draft, &lost, &fate) {
            Some(survivor) => take_over(draft, customer, lost, survivor),
            None => set_state(draft, &customer, &lost, LinkState::Gone),
        }
    }
    park(draft);
}

/// The tombstone of a deleted customer ends with its record: ids are never given twice, so that nothing is left to keep away.
fn bury(draft: &mut Draft<'_>, customer: &CustomerKey, lost: &RecordId) -> bool {
    let links = draft.plan.state.links.entry(customer.clone()).or_default();
    let before = links.len();
    links.retain(|link| link.record != *lost || link.state != LinkState::Deleted);
    let is_buried = links.len() < before;
    if links.is_empty() {
        draft.plan.state.links.remove(customer);
    }
    if is_buried {
        draft.index();
    }
    is_buried
}

/// The record that stands for a lost one now, through every merge that is known; none when it is gone too, when the merges form a
/// ring, or when the survivor stands for a store's own sales.
fn survivor(draft: &Draft<'_>, lost: &RecordId, fate: &Fate) -> Option<RecordId> {
    let mut fate = Some(fate);
    let mut at = lost;
    for _ in 0..=draft.input.fates.len() {
        match fate {
            None => break,
            Some(Fate::Gone) => return None,
            Some(Fate::MergedInto(next)) => at = next,
        }
        fate = draft.input.fates.get(at);
    }
    let is_store = draft.input.settings.store_records.contains(at);
    (fate.is_none() && at != lost && !is_store).then(|| at.clone())
}

fn take_over(draft: &mut Draft<'_>, customer: CustomerKey, lost: RecordId, survivor: RecordId) {
    draft.plan.notices.push(Notice::MergedThere {
        customer: customer.clone(),
        lost: lost.clone(),
        survivor: survivor.clone(),
    });
    let mut owner = draft.owner(&survivor).cloned();
    if let Some(of) = owner.clone().filter(|of| is_deleted(draft, of, &survivor)) {
        // Nobody is merged into one who was deleted: the tombstone ends.
        let links = draft.plan.state.links.entry(of.clone()).or_default();
        links.retain(|link| link.record != survivor);
        if links.is_empty() {
            draft.plan.state.links.remove(&of);
        }
        owner = None;
    }
    let links = draft.plan.state.links.entry(customer.clone()).or_default();
    match owner {
        // Its base stays: what the survivor holds otherwise is an edit of the person who merged.
        owner if owner.as_ref().is_none_or(|owner| *owner == customer) => {
            links.retain(|link| link.record != survivor);
            for link in links.iter_mut().filter(|link| link.record == lost) {
                (link.record, link.state) = (survivor.clone(), LinkState::Live);
            }
            draft.index();
        }
        None => {}
        Some(owner) => {
            links.retain(|link| link.record != lost);
            if links.is_empty() {
                draft.plan.state.links.remove(&customer);
            }
            if let Merged::New(loser, winner) = draft.plan.state.merges.merge(&customer, &owner) {
                draft.hand_over(&loser, &winner);
            } else {
                draft.index();
            }
        }
    }
}

fn is_deleted(draft: &Draft<'_>, customer: &CustomerKey, record: &RecordId) -> bool {
    let links = draft.plan.state.links.get(customer).map(Vec::as_slice).unwrap_or_default();
    draft.pos.get(customer).is_some_and(|ours| ours.is_deleted)
        || links.iter().any(|link| link.record == *record && link.state == LinkState::Deleted)
}

pub(super) fn set_state(draft: &mut Draft<'_>, customer: &CustomerKey, record: &RecordId, state: LinkState) {
    let links = draft.plan.state.links.get_mut(customer).map(Vec::as_mut_slice).unwrap_or_default();
    for link in links.iter_mut().filter(|link| link.record == *record) {
        link.state = state;
    }
}

/// Says which customers are parked; one whose record is read again lives.
fn park(draft: &mut Draft<'_>) {
    for (customer, links) in &mut draft.plan.state.links {
        for link in links.iter_mut().filter(|link| link.state == LinkState::Gone) {
            if draft.quickbooks.contains_key(&link.record) {
                link.state = LinkState::Live;
            } else {
                draft
                    .plan
                    .refusals
                    .push(Refusal::Gone { customer: customer.clone(), record: link.record.clone() });
            }
        }
    }
}
