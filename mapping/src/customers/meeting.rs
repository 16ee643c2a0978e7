//! F-01: who is who. Before anything is added, here and in every later exchange, customers and records without a link are matched.
//!
//! ```text
//! the POS names the record's id, or its notes carry our key     linked
//! a person said they are the same                               linked
//! equal name, equal e-mail or phone, one to one                 linked
//! the same, but the record is inactive                          a proposal that would make it active
//! equal name alone, or several such pairs                       a proposal; neither is added until it is decided
//! ```

use std::collections::{BTreeMap, BTreeSet};

use super::change::{LeftOut, Proposal, Refusal};
use super::draft::{Draft, Fate};
use super::matching::{DELETED, Features, Likeness, candidates};
use super::names::folded;
use super::record::{QuickBooksRecord, RecordId};
use crate::CustomerKey;

/// Links who is known to be the same, and proposes who may be.
pub(super) fn meet(draft: &mut Draft<'_>) {
    by_id(draft);
    by_key(draft);
    by_decision(draft);
    by_likeness(draft);
}

/// The POS was told these ids; after a lost log they are what is left of the links.
fn by_id(draft: &mut Draft<'_>) {
    let named: Vec<(CustomerKey, RecordId)> = (draft.pos.values())
        .flat_map(|record| record.quickbooks_ids.iter().map(|id| (record.key.clone(), id.clone())))
        .collect();
    for (customer, record) in named {
        let keeper = draft.plan.state.merges.keeper(&customer).clone();
        match draft.owner(&record) {
            Some(owner) if *owner == keeper => {}
            // One who was deleted has no say: its record may have been merged, and be somebody else's now.
            Some(_) if draft.pos.get(&customer).is_some_and(|ours| ours.is_deleted) => {}
            Some(owner) => {
                let owner = owner.clone();
                draft.parked.insert(customer.clone());
                draft.plan.refusals.push(Refusal::LinkOfAnother { customer, record, owner });
            }
            None if draft.quickbooks.contains_key(&record) => draft.link(&keeper, &record),
            None => match draft.input.fates.get(&record) {
                // Its link was moved to the survivor.
                Some(Fate::MergedInto(_)) => {}
                // The one before the one that a person has given it since.
                Some(Fate::Gone) if draft.has_link(&keeper) => {}
                Some(Fate::Gone) => {
                    draft.parked.insert(customer.clone());
                    draft.plan.refusals.push(Refusal::LinkToNothing { customer, record });
                }
                None => {
                    draft.parked.insert(customer);
                    draft.plan.to_read.push(record);
                }
            },
        }
    }
}

/// Our key in a record's notes: we made it, and the log that said so is lost.
fn by_key(draft: &mut Draft<'_>) {
    let unlinked: BTreeSet<CustomerKey> = draft.unlinked().into_iter().collect();
    let keyed: Vec<(CustomerKey, RecordId)> = (draft.quickbooks.values())
        .filter(|record| draft.owner(&record.id).is_none())
        .filter_map(|record| Some((record.our_key.clone()?, record.id.clone())))
        .collect();
    for (customer, record) in keyed {
        let keeper = draft.plan.state.merges.keeper(&customer).clone();
        if unlinked.contains(&keeper) && !draft.has_link(&keeper) {
            draft.link(&keeper, &record);
        }
    }
}

fn by_decision(draft: &mut Draft<'_>) {
    for (customer, record) in &draft.input.decisions.same {
        let keeper = draft.plan.state.merges.keeper(customer).clone();
        if draft.owner(record) == Some(&keeper) {
            draft.forget_gone(&keeper);
        }
        let Some(theirs) = draft.quickbooks.get(record) else { continue };
        // One who has a record of its own already has two from now on.
        if draft.owner(record).is_some() || draft.pos.get(&keeper).is_some_and(|ours| ours.is_deleted) {
            continue;
        }
        let wakes = !theirs.is_active() && draft.pos.get(&keeper).is_some_and(|ours| ours.is_active());
        draft.link(&keeper, record);
        if wakes {
            draft.woken.insert(record.clone());
        }
    }
}

fn by_likeness(draft: &mut Draft<'_>) {
    let mut ours = draft.unlinked();
    let unlinked = ours.len();
    // A customer who was charged before the question was answered has a record of its own since; the question stays.
    let asked: BTreeSet<(CustomerKey, RecordId)> = (draft.input.state.proposed.iter())
        .map(|(customer, record)| (draft.plan.state.merges.keeper(customer).clone(), record.clone()))
        .filter(|pair| !draft.plan.state.apart.contains(pair) && draft.owner(&pair.1).is_none())
        .collect();
    let answered = |key: &CustomerKey| draft.pos.get(key).is_none_or(|ours| ours.is_deleted);
    let still = asked.iter().map(|(key, _)| key).filter(|key| draft.has_link(key) && !answered(key));
    ours.extend(still.collect::<BTreeSet<_>>().into_iter().cloned());
    let theirs: Vec<RecordId> = (draft.quickbooks.values())
        .filter(|record| draft.owner(&record.id).is_none() && never(draft, record).is_none())
        .map(|record| record.id.clone())
        .collect();
    let pos: Vec<Features> = ours.iter().filter_map(|key| draft.pos.get(key)).map(Features::of_pos).collect();
    let quickbooks: Vec<Features> =
        theirs.iter().filter_map(|id| draft.quickbooks.get(id)).map(Features::of_quickbooks).collect();
    let mut pairs: BTreeMap<(usize, usize), Likeness> = candidates(&pos, &quickbooks);
    pairs.retain(|(i, j), _| {
        let pair = (ours[*i].clone(), theirs[*j].clone());
        !draft.plan.state.apart.contains(&pair) && (*i < unlinked || asked.contains(&pair))
    });

    let certain: Vec<(usize, usize)> = pairs
        .iter()
        .filter(|((i, _), like)| *i < unlinked && like.is_certain())
        .map(|(pair, _)| *pair)
        .collect();
    let (mut of_ours, mut of_theirs): (BTreeMap<usize, usize>, BTreeMap<usize, usize>) = Default::default();
    for (i, j) in &certain {
        *of_ours.entry(*i).or_default() += 1;
        *of_theirs.entry(*j).or_default() += 1;
    }
    draft.plan.state.proposed.clear();
    let mut linked: (BTreeSet<usize>, BTreeSet<usize>) = Default::default();
    for &(i, j) in &certain {
        let is_only = of_ours.get(&i) == Some(&1) && of_theirs.get(&j) == Some(&1);
        if is_only && !would_wake(draft, &ours[i], &theirs[j]) {
            draft.link(&ours[i], &theirs[j]);
            linked.0.insert(i);
            linked.1.insert(j);
        }
    }
    for ((i, j), likeness) in pairs {
        if linked.0.contains(&i) || linked.1.contains(&j) {
            continue;
        }
        let wakes = would_wake(draft, &ours[i], &theirs[j]);
        if likeness.holds() {
            draft.plan.state.proposed.insert((ours[i].clone(), theirs[j].clone()));
        }
        draft.plan.proposals.push(Proposal {
            customer: ours[i].clone(),
            record: theirs[j].clone(),
            holds: likeness.holds(),
            likeness,
            wakes,
        });
    }
}

/// Whether linking the two would make an inactive record active.
fn would_wake(draft: &Draft<'_>, customer: &CustomerKey, record: &RecordId) -> bool {
    let is_active = draft.pos.get(customer).is_some_and(|ours| ours.is_active());
    is_active && draft.quickbooks.get(record).is_some_and(|theirs| !theirs.is_active())
}

/// Why a record is never a customer of this POS, whatever its name.
pub(super) fn never(draft: &Draft<'_>, record: &QuickBooksRecord) -> Option<LeftOut> {
    let settings = draft.input.settings;
    let name = folded(&record.display_name);
    let name = name.strip_suffix(DELETED).unwrap_or(&name);
    let is_store = settings.store_records.contains(&record.id)
        || settings.store_names.iter().any(|store| folded(store) == name);
    let is_other_retailer = record.our_key.as_ref().is_some_and(|key| key.retailer != settings.retailer);
    let home = settings.home_currency.as_ref();
    let is_foreign = home.is_some() && record.currency.is_some() && record.currency.as_ref() != home;
    [
        (is_store, LeftOut::StoreCustomer),
        (is_other_retailer, LeftOut::OtherRetailer),
        (is_foreign, LeftOut::OtherCurrency),
        (record.our_key.is_some(), LeftOut::OurKey),
    ]
    .into_iter()
    .find_map(|(is, why)| is.then_some(why))
}
