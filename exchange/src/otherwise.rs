//! What QuickBooks has of a batch, an order or the opening balances otherwise than they would be posted now, where the log knows nothing
//! of them: in the other form (F-07), under other numbers (N-13), or of events that are no longer in the file (T-06).
//!
//! A log that was lost finds what is posted by its numbers. They are others once the company sends its receipts in another form, a
//! store has another prefix or the numbers another scheme: nothing would be found, and everything be posted twice. Our key in the
//! memo stays the same. So documents of the plan's days are read where the log is in question, and the first numbers of the other
//! form are asked for always.
//!
//! `ahead.rs` asks, `prepare.rs` has what was found judged before anything is sent.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Days, NaiveDate};
use mapping::engine::{PlannedKey, other_form};
use mapping::{Company, Edition, Event, EventKey, Numbered, Origin, OriginKey, Plan, Planned, StepKey};
use qb_model::EntityKind;

use crate::course::batch_key;
use crate::error::RunError;
use crate::history::History;
use crate::of_days::{is_void, key_of};
use crate::session::Session;

/// The opening entry may have been dated otherwise: its documents are looked for so far around its day.
const AROUND_OPENING: Days = Days::new(366);

/// Why an event has another number now, and what to do.
pub(crate) const OTHER_NUMBERS: &str = "the store's prefix, or how numbers are written, was changed; give the company mapping the prefix and the numbers back that it had";

/// The same of what was undone and posted once more (N-16).
const POSTED_ONCE_MORE: &str =
    "it was undone and posted once more, which this posting log does not know; put the right log back";

/// The documents of a batch's other form, where the log knows nothing of the batch.
pub(crate) fn other_numbers(plan: &Plan<'_>, company: &Company, history: &History) -> Vec<PlannedKey> {
    match plan.origin() {
        Origin::Batch(batch) if is_unknown(plan, history) => other_form(batch, company),
        _ => Vec::new(),
    }
}

/// The first of each kind of them: one of them there says that the batch was posted so. Payments never stand alone.
pub(crate) fn first_of_each_kind(numbers: &[PlannedKey]) -> Vec<(EntityKind, String)> {
    let mut kinds = BTreeSet::from([EntityKind::Payment]);
    let first = numbers.iter().filter(|numbered| kinds.insert(numbered.key.kind().entity()));
    first.map(|numbered| (numbered.key.kind().entity(), numbered.number.to_string())).collect()
}

/// The days of which documents are read by kind, where the log may lack what QuickBooks has of a plan; none where it is not in
/// question, or knows the plan's origin.
pub(crate) fn days_in_question(
    plan: &Plan<'_>,
    others: &[PlannedKey],
    session: &Session,
) -> Option<(BTreeSet<EntityKind>, (NaiveDate, NaiveDate))> {
    let history = &session.history;
    if !is_unknown(plan, history) || plan.documents().next().is_none() {
        return None;
    }
    let is_in_question =
        history.is_new() || session.behind_since.is_some() || has_other_numbers(plan, history);
    let is_opening = matches!(plan.origin(), Origin::OpeningEntry { .. });
    if !is_in_question && !is_opening {
        return None;
    }
    let dates = || plan.documents().map(|planned| planned.txn_date).chain([plan.origin().date()]);
    // An hour at which the day ends may have moved what is posted to the day beside it.
    let around = if is_opening { AROUND_OPENING } else { Days::new(1) };
    let (first, last) = (dates().min()?, dates().max()?);
    let planned = plan.documents().map(|planned| planned.document.kind().entity());
    let kinds = planned.chain(others.iter().map(|other| other.key.kind().entity())).collect();
    Some((kinds, (first.checked_sub_days(around)?, last.checked_add_days(around)?)))
}

/// Whether the log knows nothing of what was planned: whoever sent something of it had looked before.
fn is_unknown(plan: &Plan<'_>, history: &History) -> bool {
    match batch_key(plan) {
        Some(batch) => !history.was_sent(&batch),
        None if matches!(plan.origin(), Origin::OpeningEntry { .. }) => history.opening_entry().is_none(),
        None => {
            let mut events = plan.documents().map(|planned| planned.identity.key());
            events.all(|event| history.states_of(&event).next().is_none())
        }
    }
}

/// Whether what the log knows last of the same register, or of the store's orders, has numbers of another prefix or scheme.
fn has_other_numbers(plan: &Plan<'_>, history: &History) -> bool {
    let register = match plan.origin() {
        Origin::Batch(batch) => Some(batch.register()),
        Origin::Correction(of) => Some(of.differences().register()),
        Origin::PurchaseOrder(_) | Origin::OpeningEntry { .. } => None,
    };
    let (store, period) = (plan.origin().store(), plan.period());
    let is_own = |key: &&StepKey| {
        Numbered::parse(period.prefix(store, register), period.numbers(), key.name()).is_some()
    };
    let last = history.last_numbers(store.code(), register);
    !last.is_empty() && !last.iter().any(is_own)
}

/// A document that stands in QuickBooks and is not planned so.
struct Stray<'s> {
    event: &'s EventKey,
    key: StepKey,
}

/// Refuses a plan of which QuickBooks has something otherwise than it would be posted now. What was voided there is not there.
pub(crate) fn check(session: &Session, plan: &Plan<'_>, others: &[PlannedKey]) -> Result<(), RunError> {
    if !is_unknown(plan, &session.history) {
        return Ok(());
    }
    let planned: BTreeMap<&StepKey, &Planned<'_>> =
        plan.documents().map(|planned| (&planned.key, planned)).collect();
    let strays = strays(session, plan, others, &planned);
    let is_absent = |planned: &Planned<'_>| {
        let seen = session.seen.get(&(planned.document.kind().entity(), planned.number.to_string()));
        let key = planned.identity.key().to_string();
        !seen.into_iter().flatten().any(|answer| answer.carries_key(&key))
    };
    if let Origin::OpeningEntry { .. } = plan.origin()
        && let (Some(stray), Some(planned)) = (strays.first(), plan.documents().next())
        && is_absent(planned)
    {
        let (posted, planned) = (Box::new(stray.event.clone()), Box::new(planned.identity.key()));
        return Err(RunError::OpeningPosted { key: stray.key.clone(), posted, planned });
    }
    let mut by_event: BTreeMap<EventKey, Vec<&Planned<'_>>> = BTreeMap::new();
    for planned in planned.values().filter(|_| !strays.is_empty()) {
        by_event.entry(planned.identity.key()).or_default().push(planned);
    }
    // Where what is planned stands as well, the other one is a second one: the tie-out names it.
    let renumbered = strays.iter().find_map(|stray| {
        let first = stray.event.as_edition(Edition::First);
        let same = by_event.get(&first)?.iter().find(|planned| planned.key.kind() == stray.key.kind())?;
        let remedy = match stray.event.edition() {
            Edition::Revision(_) => POSTED_ONCE_MORE,
            _ if is_absent(same) => OTHER_NUMBERS,
            _ => return None,
        };
        Some(RunError::PostedUnder {
            event: first.words(),
            posted: stray.key.name().to_owned(),
            planned: same.number.to_string(),
            remedy,
        })
    });
    if let Some(renumbered) = renumbered {
        return Err(renumbered);
    }
    let Some(batch) = batch_key(plan) else { return Ok(()) };
    let is_other_form = |event: Event| match event {
        Event::Summary(_) => true,
        Event::Transaction(number) => plan.receipts().values().any(|receipts| receipts.contains(&number)),
        _ => false,
    };
    let (form, gone): (Vec<_>, Vec<_>) = strays
        .iter()
        .filter(|stray| !by_event.contains_key(&stray.event.as_edition(Edition::First)))
        .partition(|stray| is_other_form(stray.event.event()));
    let words = |strays: &[&Stray<'_>]| listed(strays.iter().map(|stray| &stray.key));
    if !form.is_empty() {
        return Err(RunError::PostedInAnotherForm {
            batch,
            documents: words(&form),
            planned: plan.item_detail(),
        });
    }
    if !gone.is_empty() {
        return Err(RunError::BatchChanged { batch, changes: format!("no longer in it: {}", words(&gone)) });
    }
    Ok(())
}

fn strays<'s>(
    session: &'s Session,
    plan: &Plan<'_>,
    others: &'s [PlannedKey],
    planned: &BTreeMap<&StepKey, &Planned<'_>>,
) -> Vec<Stray<'s>> {
    let origin = plan.origin().key();
    let is_opening = matches!(origin, OriginKey::OpeningEntry { .. });
    let is_of_plan =
        |of: &OriginKey| *of == origin || (is_opening && matches!(of, OriginKey::OpeningEntry { .. }));
    let of_days = session.of_days.values().flat_map(|days| &days.ours);
    let of_days = of_days.filter(|(of, _)| is_of_plan(of)).flat_map(|(_, ours)| ours);
    let of_days = of_days.map(|(event, answer)| (event, answer));
    let numbered = others.iter().flat_map(|other| {
        let seen = session.seen.get(&(other.key.kind().entity(), other.number.to_string()));
        let key = other.event.to_string();
        let ours = seen.into_iter().flatten().filter(move |answer| answer.carries_key(&key));
        ours.map(|answer| (&other.event, answer))
    });
    let mut found: BTreeMap<StepKey, &EventKey> = BTreeMap::new();
    // A correction stands beside what it corrects.
    let is_correction = |event: &EventKey| matches!(event.edition(), Edition::Correction(_));
    for (event, answer) in of_days.chain(numbered).filter(|(event, _)| !is_correction(event)) {
        let is_planned =
            |key: &StepKey| planned.get(key).is_some_and(|planned| planned.identity.key() == *event);
        let key = key_of(answer).filter(|key| !is_void(answer) && !is_planned(key));
        if let Some(key) = key {
            found.insert(key, event);
        }
    }
    found.into_iter().map(|(key, event)| Stray { event, key }).collect()
}

/// The first of some documents, in words, and how many more there are.
pub(crate) fn listed<'k>(keys: impl ExactSizeIterator<Item = &'k StepKey>) -> String {
    let count = keys.len();
    let first: Vec<String> = keys.take(5).map(StepKey::words).collect();
    let more = count.saturating_sub(first.len());
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{}{more}", first.join(", "))
}
