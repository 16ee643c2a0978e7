//! Where the steps of plans stand while they are posted. Bookkeeping only: `driver.rs` acts.
//!
//! A step has its turn once all that it needs (`Step::needs`) is done: the documents of one event follow each other, events
//! wait for each other only where one names what another makes. A step that is taken up is under way until it is done, or is
//! set aside in quarantine.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use mapping::{BatchKey, EventKey, Identity, Origin, Plan, Step, StepKey};

use crate::attempt::{Attempt, Sharing};
use crate::finished::{Contact, Finished};
use crate::report::EntryReport;

/// Where the steps of some plans stand, by their places: those of the first plan come first, then those of the second ...
pub(crate) struct Course<'c, 'p> {
    steps: Vec<&'c Step<'p>>,
    plans: Vec<Part<'c, 'p>>,
    /// Which plan a step is of, by place.
    plan_of: Vec<usize>,
    /// What became of each step.
    done: BTreeMap<usize, EntryReport>,
    /// Steps whose turn it is.
    ready: BTreeSet<usize>,
    /// How many steps that it waits for are not done, by place.
    unmet_needs: Vec<usize>,
    /// Which steps wait for it, by place.
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
    /// What became of what is made beside the plans.
    pub(crate) provided: BTreeMap<usize, Finished>,
}

/// One of the plans.
struct Part<'c, 'p> {
    plan: &'c Plan<'p>,
    /// The place of its first step.
    first: usize,
    /// How many of its steps are not done.
    left: usize,
    stage: Stage,
    is_cut_short: bool,
}

/// How far a plan has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// None of its steps was taken up.
    Waiting,
    /// Some were.
    Begun,
    /// It was told to the host.
    Told,
    /// The run ended before any of its steps was taken up.
    Left,
}

impl<'c, 'p> Course<'c, 'p> {
    /// The course of plans that are posted together. A list entry that several of them bring is made by the first; the others
    /// wait for that, and make it themselves when the first has failed.
    pub(crate) fn new(plans: impl IntoIterator<Item = &'c Plan<'p>>, outage: u32) -> Self
    where
        'p: 'c,
    {
        let (mut steps, mut parts, mut plan_of) = (Vec::new(), Vec::new(), Vec::new());
        let (mut unmet_needs, mut needed_by) = (Vec::new(), Vec::new());
        let mut last_of_key: BTreeMap<&StepKey, usize> = BTreeMap::new();
        for plan in plans {
            let (first, left) = (steps.len(), plan.steps().len());
            for (place, step) in (first..).zip(plan.steps()) {
                let same = last_of_key.insert(&step.key, place);
                let needs = step.needs.iter().map(|need| first + need).chain(same);
                needed_by.push(Vec::new());
                unmet_needs.push(0);
                for need in needs {
                    unmet_needs[place] += 1;
                    needed_by[need].push(place);
                }
                steps.push(step);
                plan_of.push(parts.len());
            }
            parts.push(Part { plan, first, left, stage: Stage::Waiting, is_cut_short: false });
        }
        let ready = (0..steps.len()).filter(|place| unmet_needs[*place] == 0).collect();
        Self {
            steps,
            plans: parts,
            plan_of,
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
            provided: BTreeMap::new(),
        }
    }

    /// A course without steps, for what is made before the first one.
    pub(crate) fn beside(outage: u32) -> Self
    where
        'p: 'c,
    {
        Self::new([], outage)
    }

    /// The step at a place; none for what is made beside the plans.
    pub(crate) fn step(&self, place: usize) -> Option<&'c Step<'p>> {
        self.steps.get(place).copied()
    }

    /// The plan of the step at a place.
    pub(crate) fn plan(&self, place: usize) -> Option<&'c Plan<'p>> {
        Some(self.plans.get(*self.plan_of.get(place)?)?.plan)
    }

    fn part(&mut self, place: usize) -> Option<&mut Part<'c, 'p>> {
        self.plans.get_mut(*self.plan_of.get(place)?)
    }

    /// The next step whose turn it is, taken out.
    pub(crate) fn next_ready(&mut self) -> Option<usize> {
        self.ready.pop_first()
    }

    /// Notes that a step of a plan is taken up; whether it is the plan's first.
    pub(crate) fn begin(&mut self, place: usize) -> bool {
        let Some(part) = self.part(place).filter(|part| part.stage == Stage::Waiting) else { return false };
        part.stage = Stage::Begun;
        true
    }

    /// Notes that a plan's run ends early.
    pub(crate) fn cut_short(&mut self, place: usize) {
        if let Some(part) = self.part(place) {
            part.is_cut_short = true;
        }
    }

    /// Leaves the plans alone of which no step was taken up, but for the first: they are left for another run.
    pub(crate) fn leave_the_waiting(&mut self) {
        for at in 1..self.plans.len() {
            let Part { stage: Stage::Waiting, first, left: left @ 1.., .. } = self.plans[at] else {
                continue;
            };
            self.plans[at].stage = Stage::Left;
            for place in first..first + left {
                self.ready.remove(&place);
                self.release(place);
            }
        }
    }

    /// The plans, by their places, of which no step was taken up because the run ended.
    pub(crate) fn left_plans(&self) -> impl Iterator<Item = usize> {
        (0..self.plans.len()).filter(|at| self.plans[*at].stage == Stage::Left)
    }

    /// A plan that is done and was not told, with what became of it.
    pub(crate) fn next_over(&mut self) -> Option<(usize, Over)> {
        let is_over =
            |part: &Part<'_, '_>| part.left == 0 && !matches!(part.stage, Stage::Told | Stage::Left);
        let at = self.plans.iter().position(is_over)?;
        Some((at, self.tell(at)))
    }

    /// The plans that are not told yet.
    pub(crate) fn untold(&self) -> Vec<usize> {
        let is_open = |at: &usize| !matches!(self.plans[*at].stage, Stage::Told | Stage::Left);
        (0..self.plans.len()).filter(is_open).collect()
    }

    /// Whether a step of a plan was taken up.
    pub(crate) fn is_begun(&self, at: usize) -> bool {
        self.plans[at].stage == Stage::Begun
    }

    /// The steps of a plan that are not done.
    pub(crate) fn open_steps(&self, at: usize) -> Vec<usize> {
        let part = &self.plans[at];
        let places = part.first..part.first + part.plan.steps().len();
        places.filter(|place| !self.done.contains_key(place)).collect()
    }

    /// What became of a plan, so far; it is told once.
    pub(crate) fn tell(&mut self, at: usize) -> Over {
        let part = &mut self.plans[at];
        part.stage = Stage::Told;
        let end = part.first + part.plan.steps().len();
        let is_cut_short = part.is_cut_short;
        let mut of_it = self.done.split_off(&part.first);
        self.done.append(&mut of_it.split_off(&end));
        let (documents, list_entries) =
            of_it.into_iter().partition(|(place, _)| self.steps[*place].document().is_some());
        let values = |entries: BTreeMap<usize, EntryReport>| entries.into_values().collect();
        Over { documents: values(documents), list_entries: values(list_entries), is_cut_short }
    }

    /// Notes what became of a step, and gives those that waited only for it their turn.
    pub(crate) fn end(&mut self, place: usize, entry: EntryReport, has_failed: bool) {
        if has_failed {
            let first = self.failed_need(place).unwrap_or(place);
            self.failed.insert(place, first);
        }
        self.done.insert(place, entry);
        if let Some(part) = self.part(place) {
            part.left -= 1;
        }
        self.release(place);
    }

    fn release(&mut self, place: usize) {
        for next in std::mem::take(&mut self.needed_by[place]) {
            self.unmet_needs[next] -= 1;
            if self.unmet_needs[next] == 0 && self.plans[self.plan_of[next]].stage != Stage::Left {
                self.ready.insert(next);
            }
        }
    }

    /// The step that failed first of those that a step needs, if any did.
    pub(crate) fn failed_need(&self, place: usize) -> Option<usize> {
        let needs = &self.step(place)?.needs;
        let first = self.plans.get(*self.plan_of.get(place)?)?.first;
        needs.iter().find_map(|need| self.failed.get(&(first + need))).copied()
    }

    /// How many steps are not done.
    pub(crate) fn left(&self) -> usize {
        self.plans.iter().filter(|part| part.stage != Stage::Left).map(|part| part.left).sum()
    }

    /// How many of them are not under way, or wait to leave.
    pub(crate) fn unsent(&self) -> usize {
        let waiting = self.left().saturating_sub(self.going.len() + self.aside.len());
        waiting + self.leaving.len()
    }

    /// What a failure of a step under way is counted by.
    pub(crate) fn failure(&self, place: usize) -> Failure {
        let batch = self.going.get(&place).and_then(Attempt::batch_id);
        let event = || {
            let plan = self.plan_of.get(place).copied().unwrap_or_default();
            Failure::Event(plan, self.step(place).map_or(u32::MAX, |step| step.chain))
        };
        batch.map_or_else(event, |id| Failure::Batch(id.to_owned()))
    }

    /// Whether nothing is left to do.
    pub(crate) fn is_over(&self) -> bool {
        let is_idle = self.going.is_empty() && self.aside.is_empty();
        is_idle && self.ready.is_empty()
    }

    /// What wants to leave, in the order of places.
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

/// The key of a batch's plan.
pub(crate) fn batch_key(plan: &Plan<'_>) -> Option<BatchKey> {
    match plan.origin() {
        Origin::Batch(batch) => Some(BatchKey::of(batch)),
        Origin::PurchaseOrder(_) | Origin::Correction(_) | Origin::OpeningEntry { .. } => None,
    }
}

/// The receipts that each summary of a plan holds (F-07).
pub(crate) fn receipts(plan: &Plan<'_>) -> BTreeMap<EventKey, Vec<u64>> {
    let store = plan.origin().store().code();
    let batch = match plan.origin() {
        Origin::Batch(batch) => Some((batch.register(), batch.number())),
        Origin::PurchaseOrder(_) | Origin::Correction(_) | Origin::OpeningEntry { .. } => None,
    };
    let receipts = plan.receipts().iter();
    receipts.map(|(event, of)| (Identity::first(store, batch, *event).key(), of.clone())).collect()
}

/// The keys of a plan's documents.
pub(crate) fn keys(plan: &Plan<'_>) -> BTreeSet<StepKey> {
    plan.documents().map(|planned| planned.key.clone()).collect()
}

/// What became of a plan.
pub(crate) struct Over {
    pub(crate) documents: Vec<EntryReport>,
    pub(crate) list_entries: Vec<EntryReport>,
    pub(crate) is_cut_short: bool,
}

/// What a failure to reach QuickBooks is counted by.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Failure {
    /// An event of a plan: several steps of one fail together.
    Event(usize, u32),
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
