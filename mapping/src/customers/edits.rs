//! F-02, F-08 and F-14: what changed of linked customers goes where it belongs.
//!
//! ```text
//! a field that one side changed             to the other; from the POS only where the customer's flag is set
//! inactive in QuickBooks                    inactive at the POS at once
//! inactive at the POS                       inactive in QuickBooks once its balance is 0.00, nothing is unsent or in doubt
//!                                           and no sub-customer is active; until then it stays, and the report says why
//! charged while inactive in QuickBooks      refused, or made active where the company has chosen so
//! ```

use std::collections::BTreeSet;

use pos_model::CustomerField;

use super::additions::fit_for_quickbooks;
use super::change::{Conflict, Edits, Notice, PosChange, QuickBooksChange, Refusal, Retained};
use super::draft::Draft;
use super::fields::{Verdict, compare};
use super::fit::for_pos;
use super::record::{PosRecord, QuickBooksRecord, RecordId};
use super::state::{Base, Link, LinkState, Sides};
use super::value::{FieldValue, Fields};
use crate::CustomerKey;

/// Compares every linked customer of which a side is given.
pub(super) fn exchange(draft: &mut Draft<'_>) {
    let links: Vec<(CustomerKey, Vec<Link>)> =
        draft.plan.state.links.iter().map(|(key, links)| (key.clone(), links.clone())).collect();
    for (customer, links) in links {
        let Some((first, others)) = links.split_first() else { continue };
        if customer.retailer != draft.input.settings.retailer {
            continue;
        }
        if first.state == LinkState::Live {
            one(draft, &customer, first);
        }
        let is_deleted = |link: &&Link| link.state == LinkState::Deleted;
        let retired = others.iter().chain(Some(first).filter(is_deleted));
        for link in retired.filter(|_| draft.input.settings.retires) {
            retire_spare(draft, &customer, link);
        }
    }
}

/// Both ends of a link as they are now; the base stands for an end that is not given. None when an end must be read first.
fn ends(draft: &mut Draft<'_>, customer: &CustomerKey, link: &Link) -> Option<(PosRecord, QuickBooksRecord)> {
    let (pos, quickbooks) = (draft.pos.get(customer).cloned(), draft.quickbooks.get(&link.record).cloned());
    let is_moved = is_moved(draft, customer, link);
    if pos.is_none() && quickbooks.is_none() && !is_moved {
        return None;
    }
    let must_read = is_moved || link.base.is_empty() || draft.input.state.open.contains(customer);
    // Of a field that was never compared the base says nothing.
    let is_new = |fields: &Fields| fields.iter().any(|(field, _)| !link.base.contains_key(field));
    let lacks_quickbooks =
        quickbooks.is_none() && (must_read || pos.as_ref().is_some_and(|pos| is_new(&pos.fields)));
    let lacks_pos = pos.is_none()
        && (must_read || quickbooks.as_ref().is_some_and(|quickbooks| is_new(&quickbooks.fields)));
    if lacks_quickbooks {
        draft.plan.to_read.push(link.record.clone());
    }
    if lacks_pos {
        draft.plan.to_read_in_pos.push(customer.clone());
    }
    if lacks_quickbooks || lacks_pos {
        return None;
    }
    let pos = pos.unwrap_or_else(|| PosRecord {
        key: customer.clone(),
        account_number: String::new(),
        fields: held(&link.base, |sides| &sides.pos),
        merged_into: None,
        is_deleted: false,
        // Nothing of it changed, so that nothing of it is sent.
        use_with_quickbooks: false,
        credit_limit: None,
        balance: None,
        quickbooks_ids: Vec::new(),
        stamp: None,
        changed_at: Default::default(),
    });
    let quickbooks = quickbooks.unwrap_or_else(|| QuickBooksRecord {
        id: link.record.clone(),
        sync_token: None,
        display_name: link.told_name.clone().unwrap_or_default(),
        fields: held(&link.base, |sides| &sides.quickbooks),
        parent: None,
        our_key: None,
        currency: None,
        balance_with_jobs: None,
        changed_at: None,
    });
    Some((pos, quickbooks))
}

/// Whether a merge has given the customer this record: its base is what another customer, or another record, held.
fn is_moved(draft: &Draft<'_>, customer: &CustomerKey, link: &Link) -> bool {
    let before = draft.input.state.first(customer).map(|first| &first.record);
    !link.base.is_empty() && before != Some(&link.record)
}

fn held(base: &Base, side: fn(&Sides) -> &Option<FieldValue>) -> Fields {
    let mut fields = Fields::default();
    base.iter().for_each(|(field, sides)| fields.set(field.clone(), side(sides).clone()));
    fields
}

/// What comes of one customer's comparison.
#[derive(Default)]
struct Outcome {
    to_pos: Edits,
    to_quickbooks: Edits,
    /// What the POS wants of the record: in use, or not.
    wanted: Option<bool>,
    waiting: usize,
    conflicts: usize,
}

fn one(draft: &mut Draft<'_>, customer: &CustomerKey, link: &Link) {
    let Some((pos, record)) = ends(draft, customer, link) else { return };
    if pos.is_deleted || pos.merged_into.is_some() {
        return;
    }
    let before = (draft.plan.for_pos.len(), draft.plan.for_quickbooks.len());
    let wakes = charge_of_inactive(draft, &pos, &record) || draft.woken.contains(&record.id);
    let mut outcome = Outcome::default();
    let fields: BTreeSet<CustomerField> = (pos.fields.iter().map(|(field, _)| field))
        .chain(record.fields.iter().map(|(field, _)| field))
        // A custom field that is not shared any more keeps its base and is left alone.
        .chain(link.base.keys().filter(|field| draft.input.settings.is_shared(field)))
        .cloned()
        .collect();
    for field in fields {
        if !(wakes && field == CustomerField::State) {
            compare_field(draft, &pos, &record, link, &field, &mut outcome);
        }
    }
    finish(draft, &pos, &record, wakes, outcome);
    // Until what comes of it is carried out it is looked at again: neither side need have changed.
    if is_moved(draft, customer, link) {
        draft.compared.insert(customer.clone(), true);
    }
    if record.sync_token.is_some() {
        draft.show(customer, &record);
    }
    if before == (draft.plan.for_pos.len(), draft.plan.for_quickbooks.len()) {
        draft.plan.unchanged += 1;
    }
}

/// F-03: whether an inactive record is made active for a charge; refused where that is not chosen, or in another currency.
fn charge_of_inactive(draft: &mut Draft<'_>, pos: &PosRecord, record: &QuickBooksRecord) -> bool {
    if !draft.activity(&pos.key).is_charged {
        return false;
    }
    let (customer, id) = (pos.key.clone(), record.id.clone());
    if let (Some(home), Some(currency)) = (&draft.input.settings.home_currency, &record.currency)
        && home != currency
    {
        let currency = currency.clone();
        draft.plan.refusals.push(Refusal::OtherCurrency { customer, record: id, currency });
        return false;
    }
    if record.is_active() {
        return false;
    }
    if draft.input.settings.wakes {
        return true;
    }
    draft.plan.refusals.push(Refusal::InactiveWhileCharged { customer, record: id });
    false
}

fn compare_field(
    draft: &mut Draft<'_>,
    pos: &PosRecord,
    record: &QuickBooksRecord,
    link: &Link,
    field: &CustomerField,
    outcome: &mut Outcome,
) {
    let (customer, id) = (&pos.key, &record.id);
    let (ours, theirs) = (pos.fields.get(field), record.fields.get(field));
    // Two that have met and were both empty were compared by that: whoever writes first has changed it. Which custom fields are shared
    // may change, so that of one of them nothing is known.
    let empty = Sides::default();
    let have_met = !link.base.is_empty() && !matches!(field, CustomerField::Custom(_));
    let base = link.base.get(field).or(have_met.then_some(&empty));
    let sides = || Sides { pos: ours.cloned(), quickbooks: theirs.cloned() };
    let winner = draft.winner(pos, record, field);
    match compare(field, ours, theirs, base, pos.use_with_quickbooks, winner) {
        Verdict::Agreed => draft.plan.state.settle(customer, id, field, sides()),
        Verdict::Stands => {
            let customer = customer.clone();
            match field {
                CustomerField::State => {}
                CustomerField::TaxExempt => {
                    draft.plan.notices.push(Notice::TaxExemptionDiffers { customer, record: id.clone() });
                }
                field => draft.plan.notices.push(Notice::NotTaken { customer, field: field.clone() }),
            }
        }
        verdict @ (Verdict::ToPos | Verdict::OverPos) => {
            let given = theirs.map(|value| for_pos(field, value)).transpose();
            match given {
                Ok(value) => _ = outcome.to_pos.insert(field.clone(), value.flatten()),
                Err(why) => {
                    let (record, field) = (id.clone(), field.clone());
                    draft.plan.notices.push(Notice::UnfitForPos { record, field, why });
                    outcome.waiting += 1;
                    return;
                }
            }
            if verdict == Verdict::OverPos {
                let (customer, was) = (customer.clone(), ours.cloned());
                draft.plan.notices.push(Notice::Overwritten { customer, field: field.clone(), was });
            }
        }
        Verdict::ToQuickBooks if *field == CustomerField::State => outcome.wanted = Some(pos.is_active()),
        Verdict::ToQuickBooks => {
            // The POS's value wins over the one that QuickBooks holds now: decided once, also when it cannot be sent yet.
            if let Some(base) = base {
                let sides = Sides { pos: base.pos.clone(), quickbooks: theirs.cloned() };
                draft.plan.state.settle(customer, id, field, sides);
            }
            match ours.map(|value| fit_for_quickbooks(draft, field, value)).transpose() {
                Ok(value) => _ = outcome.to_quickbooks.insert(field.clone(), value.flatten()),
                Err(why) => {
                    let (customer, field) = (customer.clone(), field.clone());
                    draft.plan.notices.push(Notice::UnfitForQuickBooks { customer, field, why });
                    outcome.waiting += 1;
                }
            }
        }
        Verdict::Waits => outcome.waiting += 1,
        Verdict::Conflict => {
            outcome.conflicts += 1;
            let is_new = !draft.input.state.open_conflicts.contains(&(customer.clone(), field.clone()));
            draft.plan.conflicts.push(Conflict {
                customer: customer.clone(),
                record: id.clone(),
                field: field.clone(),
                pos: ours.cloned(),
                quickbooks: theirs.cloned(),
                is_new,
            });
        }
    }
}

/// Turns what came of the comparison into changes.
fn finish(draft: &mut Draft<'_>, pos: &PosRecord, record: &QuickBooksRecord, wakes: bool, outcome: Outcome) {
    let Outcome { to_pos, mut to_quickbooks, wanted, mut waiting, conflicts } = outcome;
    if wakes || wanted == Some(true) {
        to_quickbooks.insert(CustomerField::State, Some(FieldValue::Flag(true)));
    }
    let customer = || pos.key.clone();
    let (id, sync_token) = (|| record.id.clone(), || record.sync_token.clone());
    if !to_pos.is_empty() {
        let from = pos.stamp.clone();
        draft.plan.for_pos.push(PosChange::Update {
            customer: customer(),
            record: id(),
            fields: to_pos,
            from,
        });
    }
    if !to_quickbooks.is_empty() {
        draft.plan.for_quickbooks.push(QuickBooksChange::Update {
            customer: customer(),
            record: id(),
            sync_token: sync_token(),
            fields: to_quickbooks,
        });
    }
    if wanted == Some(false) && !retire(draft, &pos.key, &record.id) {
        waiting += 1;
    }
    draft.compared.insert(pos.key.clone(), waiting + conflicts > 0);
    draft.plan.waiting += waiting;
}

/// A record that stands behind another, or whose customer was deleted; one that is known to be inactive need not be read.
fn retire_spare(draft: &mut Draft<'_>, customer: &CustomerKey, link: &Link) {
    let state = link.base.get(&CustomerField::State);
    match draft.quickbooks.get(&link.record).map(QuickBooksRecord::is_active) {
        Some(false) => {
            let pos = state.and_then(|sides| sides.pos.clone());
            let sides = Sides { pos, quickbooks: Some(FieldValue::Flag(false)) };
            draft.plan.state.settle(customer, &link.record, &CustomerField::State, sides);
        }
        None if state.is_some_and(|sides| sides.quickbooks == Some(FieldValue::Flag(false))) => {}
        Some(true) | None => _ = retire(draft, customer, &link.record),
    }
}

/// Makes a record inactive when nothing hangs on it, else says what does. Whether it is, or will be, inactive.
fn retire(draft: &mut Draft<'_>, customer: &CustomerKey, record: &RecordId) -> bool {
    let Some(theirs) = draft.quickbooks.get(record) else {
        draft.plan.to_read.push(record.clone());
        return false;
    };
    if !theirs.is_active() {
        return true;
    }
    let activity = draft.activity(customer);
    // A sub-customer that is made inactive in this exchange goes first.
    let retired: BTreeSet<&RecordId> = (draft.plan.for_quickbooks.iter())
        .filter_map(|change| match change {
            QuickBooksChange::Retire { record, .. } => Some(record),
            _ => None,
        })
        .collect();
    let children = draft.children.get(record).into_iter().flatten();
    let has_children = children.into_iter().any(|child| !retired.contains(child));
    let why = match theirs.balance_with_jobs {
        None => Some(Retained::UnknownBalance),
        Some(balance) if !balance.is_zero() => Some(Retained::Balance),
        Some(_) if activity.is_in_doubt => Some(Retained::InDoubt),
        Some(_) if activity.has_unsent || activity.is_charged => Some(Retained::Unsent),
        Some(_) if has_children => Some(Retained::SubCustomers),
        Some(_) => None,
    };
    let (customer, record, sync_token) = (customer.clone(), record.clone(), theirs.sync_token.clone());
    match why {
        Some(why) => draft.plan.notices.push(Notice::Retained { customer, record, why }),
        None => draft.plan.for_quickbooks.push(QuickBooksChange::Retire { customer, record, sync_token }),
    }
    why.is_none()
}
