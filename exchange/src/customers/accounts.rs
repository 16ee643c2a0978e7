//! Where charges, payments and credits are (F-03, F-04): in the books, on their way, held, or still at the store.

use std::collections::{BTreeMap, BTreeSet};

use mapping::customers::{Charge, Movement, MovementState};
use mapping::{CustomerKey, EventKey};

use crate::history::{History, State};
use crate::report::{Outcome, Report};

/// What the reports of an exchange say of each event's documents.
#[derive(Default)]
pub(super) struct Outcomes(BTreeMap<EventKey, Vec<Outcome>>);

impl Outcomes {
    pub(super) fn note(&mut self, report: &Report) {
        for entry in &report.documents {
            if let Some(event) = &entry.identity {
                self.0.entry(event.clone()).or_default().push(entry.outcome);
            }
        }
    }

    /// Forgets an event, whose batch is run once more.
    pub(super) fn forget(&mut self, report: &Report) {
        for event in report.documents.iter().filter_map(|entry| entry.identity.as_ref()) {
            self.0.remove(event);
        }
    }
}

/// Where an event is. One of which only some documents are in the books is in doubt: what QuickBooks says of its customer is then
/// neither with it nor without it.
pub(super) fn state_of(
    event: &EventKey,
    history: &History,
    outcomes: &Outcomes,
    held: &BTreeMap<EventKey, String>,
) -> MovementState {
    let sent: Vec<&State> = history.states_of(event).collect();
    let is_posted = |state: &&State| matches!(state, State::Posted { .. } | State::StoredDifferently { .. });
    let is_in_doubt =
        |state: &&State| matches!(state, State::Sending | State::Conflict { refused: false, .. });
    let told = outcomes.0.get(event).map(Vec::as_slice).unwrap_or_default();
    let all_told_are_done = told.iter().all(|outcome| outcome.is_done());
    match sent.iter().copied().filter(is_posted).count() {
        _ if sent.iter().any(is_in_doubt) => MovementState::InDoubt,
        posted if posted > 0 && posted == sent.len() && all_told_are_done => MovementState::Posted,
        posted if posted > 0 => MovementState::InDoubt,
        _ if held.contains_key(event) => MovementState::Held,
        _ if told.iter().any(|outcome| matches!(outcome, Outcome::Refused | Outcome::Conflict)) => {
            MovementState::Refused
        }
        _ => MovementState::Unsent,
    }
}

/// The charges of closed batches and those that the stores have not handed over, each once.
pub(super) fn movements(
    charges: &[Charge],
    unsent: Vec<Movement>,
    state: impl Fn(&EventKey) -> MovementState,
) -> Vec<Movement> {
    let mut known: BTreeSet<EventKey> = BTreeSet::new();
    let mut movements = Vec::new();
    for Charge { event, customer, amount, .. } in charges {
        if known.insert(event.clone()) {
            let (event, customer): (EventKey, CustomerKey) = (event.clone(), customer.clone());
            let state = state(&event);
            movements.push(Movement { event, customer, amount: *amount, state });
        }
    }
    movements.extend(unsent.into_iter().filter(|movement| known.insert(movement.event.clone())));
    movements
}
