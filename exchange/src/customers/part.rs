//! The part of what is known that a plan needs, and what a plan has changed in it, as notes for the log.
//!
//! A plan is made over the customers of that exchange alone, so that its cost grows with the changes and not with the list.

use std::collections::{BTreeMap, BTreeSet};

use mapping::CustomerKey;
use mapping::customers::{Decisions, Fate, Link, LinkState, PosRecord, QuickBooksRecord, State};

use super::kept::Kept;
use super::note::{CustomerNote, Noted, Values, links};

/// The state of every customer that a plan over these can come to, and of those that wait for something by themselves.
pub(super) fn part(
    kept: &Kept,
    pos: &[PosRecord],
    quickbooks: &[QuickBooksRecord],
    fates: &BTreeMap<mapping::customers::RecordId, Fate>,
    decisions: &Decisions,
    retires: bool,
) -> State {
    let state = &kept.state;
    let mut wanted: BTreeSet<&CustomerKey> = BTreeSet::new();
    let mut want = |key| {
        wanted.insert(key);
        wanted.insert(state.merges.keeper(key));
    };
    for customer in pos {
        want(&customer.key);
        customer.merged_into.iter().for_each(&mut want);
        customer.quickbooks_ids.iter().filter_map(|record| kept.owner(record)).for_each(&mut want);
    }
    for record in quickbooks {
        kept.owner(&record.id).into_iter().for_each(&mut want);
        record.our_key.iter().for_each(&mut want);
    }
    for (lost, fate) in fates {
        kept.owner(lost).into_iter().for_each(&mut want);
        if let Fate::MergedInto(survivor) = fate {
            kept.owner(survivor).into_iter().for_each(&mut want);
        }
    }
    for (customer, record) in decisions.same.iter().chain(&decisions.apart) {
        want(customer);
        kept.owner(record).into_iter().for_each(&mut want);
    }
    decisions.winners.keys().for_each(|(customer, _)| want(customer));
    state.open.iter().for_each(&mut want);
    // Records that are gone are told of in every exchange; one that nobody uses any more is made inactive as soon as it can be.
    let waits = |links: &[Link]| {
        let is_spare = retires && links.len() > 1;
        is_spare
            || links.iter().any(|link| match link.state {
                LinkState::Live => false,
                LinkState::Gone => true,
                LinkState::Deleted => retires,
            })
    };
    state.links.iter().filter(|(_, links)| waits(links)).for_each(|(customer, _)| want(customer));
    let links = wanted
        .into_iter()
        .filter_map(|customer| Some((customer.clone(), state.links.get(customer)?.clone())))
        .collect();
    State {
        links,
        merges: state.merges.clone(),
        apart: state.apart.clone(),
        proposed: state.proposed.clone(),
        open_conflicts: state.open_conflicts.clone(),
        open: state.open.clone(),
    }
}

/// What a plan has changed: notes that make the second state of the first.
pub(super) fn changed(before: &State, after: &State) -> Vec<Noted> {
    let mut noted = Vec::new();
    let plain = |note| (note, Values::None);
    let is_known = |duplicate: &CustomerKey| before.merges.is_merged(duplicate);
    for (duplicate, keeper) in after.merges.iter().filter(|(duplicate, _)| !is_known(duplicate)) {
        let (duplicate, keeper) = (duplicate.clone(), keeper.clone());
        noted.push(plain(CustomerNote::Merged { duplicate, keeper }));
    }
    for (customer, record) in after.apart.difference(&before.apart) {
        let (customer, record) = (customer.clone(), record.clone());
        noted.push(plain(CustomerNote::Apart { customer, record }));
    }
    // First who has lost records, then who has got them.
    let gone = before.links.keys().filter(|customer| !after.links.contains_key(*customer));
    noted.extend(gone.map(|customer| links(customer, &[])));
    let new = after.links.iter().filter(|(customer, links)| before.links.get(*customer) != Some(links));
    noted.extend(new.map(|(customer, now)| links(customer, now)));
    let open = |state: &State| (state.open.clone(), state.open_conflicts.clone(), state.proposed.clone());
    if open(before) != open(after) {
        let (customers, conflicts, proposed) = open(after);
        noted.push(plain(CustomerNote::Open { customers, conflicts, proposed }));
    }
    noted
}
