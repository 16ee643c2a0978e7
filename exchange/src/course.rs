//! Where the steps of a plan stand while they are posted. Bookkeeping only: `driver.rs` acts.
//!
//! A step has its turn once all that it needs (`Step::needs`) is done: the documents of one event follow each other, events
//! wait for each other only where one names what another makes. A step that is taken up is under way until it is done, or is
//! set aside in quarantine.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use mapping::{Plan, Step};

use crate::attempt::{Attempt, Sharing};
use crate::finished::{Contact, Finished};
use crate::report::EntryReport;

/// Where a plan's steps stand, by their places in it.
pub(crate) struct Course<'c, 'p> {
    pub(crate) plan: &'c Plan<'p>,
    steps: Vec<&'c Step<'p>>,
    /// What became of each step.
    pub(crate) done: BTreeMap<usize, EntryReport>,
    /// Steps whose turn it is.
    ready: BTreeSet<usize>,
    /// How many steps that it needs are not done, by place.
    unmet_needs: Vec<usize>,
    /// Which steps need it, by place.
    needed_by: Vec<Vec<usize>>,
    /// Attempts under way.
    pub(crate) going: BTreeMap<usize, Attempt>,
    /// Those of them that want to leave.
    pub(crate) leaving: BTreeSet<usize>,
    /// Those of them that are left alone for a while, and until when.
    pub(crate) pauses: BTreeMap<usize, Duration>,
    /// Attempts in quarantine, and until when.
    pub(crate) aside: BTreeMap<usize, (Duration, Attempt)>,
    /// Steps whose record was mapped otherwise while the one before was in doubt.
    pub(crate) remapped: BTreeSet<usize>,
    /// Steps that failed, and those held for that reason, each with the one that failed first.
    failed: BTreeMap<usize, usize>,
    pub(crate) brake: Brake,
    /// Until when QuickBooks asks to be left alone.
    pub(crate) closed_until: Option<Duration>,
    pub(crate) is_cut_short: bool,
    /// What became of what is made beside the plan.
    pub(crate) provided: Option<Finished>,
}

impl<'c, 'p> Course<'c, 'p> {
    pub(crate) fn new(plan: &'c Plan<'p>, outage: u32) -> Self {
        let steps: Vec<&Step<'_>> = plan.steps().iter().collect();
        let unmet_needs: Vec<usize> = steps.iter().map(|step| step.needs.len()).collect();
        let ready = (0..steps.len()).filter(|place| unmet_needs[*place] == 0).collect();
        let mut needed_by = vec![Vec::new(); steps.len()];
        for (place, step) in steps.iter().enumerate() {
            step.needs.iter().for_each(|need| needed_by[*need].push(place));
        }
        Self {
            plan,
            steps,
            done: BTreeMap::new(),
            ready,
            unmet_needs,
            needed_by,
            going: BTreeMap::new(),
            leaving: BTreeSet::new(),
            pauses: BTreeMap::new(),
            aside: BTreeMap::new(),
            remapped: BTreeSet::new(),
            failed: BTreeMap::new(),
            brake: Brake::new(outage),
            closed_until: None,
            is_cut_short: false,
            provided: None,
        }
    }

    /// A course without steps, for what is made before the plan's first.
    pub(crate) fn beside(plan: &'c Plan<'p>, outage: u32) -> Self {
        let course = Self::new(plan, outage);
        Self { steps: Vec::new(), ready: BTreeSet::new(), ..course }
    }

    /// The step at a place; none for what is made beside the plan.
    pub(crate) fn step(&self, place: usize) -> Option<&'c Step<'p>> {
        self.steps.get(place).copied()
    }

    /// The next step whose turn it is, taken out.
    pub(crate) fn next_ready(&mut self) -> Option<usize> {
        self.ready.pop_first()
    }

    /// Notes what became of a step, and gives those that needed only it their turn.
    pub(crate) fn end(&mut self, place: usize, entry: EntryReport, has_failed: bool) {
        if has_failed {
            let first = self.failed_need(place).unwrap_or(place);
            self.failed.insert(place, first);
        }
        self.done.insert(place, entry);
        for next in std::mem::take(&mut self.needed_by[place]) {
            self.unmet_needs[next] -= 1;
            if self.unmet_needs[next] == 0 {
                self.ready.insert(next);
            }
        }
    }

    /// The step that failed first of those that a step needs, if any did.
    pub(crate) fn failed_need(&self, place: usize) -> Option<usize> {
        let needs = &self.step(place)?.needs;
        needs.iter().find_map(|need| self.failed.get(need)).copied()
    }

    /// How many steps are not done.
    pub(crate) fn left(&self) -> usize {
        self.steps.len().saturating_sub(self.done.len())
    }

    /// What a failure of a step under way is counted by.
    pub(crate) fn failure(&self, place: usize) -> Failure {
        let batch = self.going.get(&place).and_then(Attempt::batch_id);
        let event = || Failure::Event(self.step(place).map_or(u32::MAX, |step| step.chain));
        batch.map_or_else(event, |id| Failure::Batch(id.to_owned()))
    }

    /// Whether nothing is left to do.
    pub(crate) fn is_over(&self) -> bool {
        let is_idle = self.going.is_empty() && self.aside.is_empty();
        is_idle && self.ready.is_empty()
    }

    /// What wants to leave, in the plan's order.
    pub(crate) fn leaving(&self) -> impl Iterator<Item = (usize, Sharing)> {
        self.leaving.iter().filter_map(|place| Some((*place, self.going.get(place)?.sharing())))
    }

    /// The batches of which an item is not finished and does not want to leave.
    pub(crate) fn batches_under_way(&self) -> BTreeSet<String> {
        let going = self.going.iter().filter(|(place, _)| !self.leaving.contains(place));
        let aside = self.aside.iter().map(|(place, (_, attempt))| (place, attempt));
        let ids = going.chain(aside).filter_map(|(_, attempt)| attempt.batch_id());
        ids.map(str::to_owned).collect()
    }
}

/// What a failure to reach QuickBooks is counted by.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Failure {
    /// An event: several steps of one fail together.
    Event(u32),
    /// A batch of requests: all that it holds fails together.
    Batch(String),
}

/// Ends a run when QuickBooks cannot be reached: counts the events and batches that failed for that reason, without a success
/// between.
pub(crate) struct Brake {
    limit: usize,
    failures: BTreeSet<Failure>,
}

impl Brake {
    fn new(limit: u32) -> Self {
        Self { limit: usize::try_from(limit.max(1)).unwrap_or(usize::MAX), failures: BTreeSet::new() }
    }

    pub(crate) fn note(&mut self, failure: Failure, contact: Contact) {
        match contact {
            Contact::None => {}
            Contact::Reached => self.failures.clear(),
            Contact::Unreached => _ = self.failures.insert(failure),
        }
    }

    pub(crate) fn is_pulled(&self) -> bool {
        self.failures.len() >= self.limit
    }
}
