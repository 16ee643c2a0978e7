//! Many origins: the loop that every host would write, with as many of them under way at a time as go together.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, OnceLock};

use mapping::{Company, Origin, Plan, StepKey};
use pos_model::{Batch, PurchaseOrder};

use crate::departure::window;
use crate::error::RunError;
use crate::report::{Counts, EntryReport, Outcome, Report};
use crate::round::{MOST_ORIGINS, Round};
use crate::run::plan_of;
use crate::session::Exchange;
use crate::stop::Paused;

/// What can be run: an origin, a batch or a purchase order, or a reference to one. What is handed over whole is dropped once it
/// is posted, so that a year of batches need not lie in memory.
pub trait AsOrigin {
    /// Returns what is run.
    fn origin(&self) -> Origin<'_>;
}

impl AsOrigin for Origin<'_> {
    fn origin(&self) -> Origin<'_> {
        *self
    }
}

impl AsOrigin for Batch {
    fn origin(&self) -> Origin<'_> {
        self.into()
    }
}

impl AsOrigin for PurchaseOrder {
    fn origin(&self) -> Origin<'_> {
        self.into()
    }
}

impl<T: AsOrigin + ?Sized> AsOrigin for &T {
    fn origin(&self) -> Origin<'_> {
        (**self).origin()
    }
}

/// What became of many origins. The reports themselves went to the host as they came.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct AllRun {
    /// Documents of all reports, also of those that errors carry.
    pub counts: Counts,
    /// Origins with a report.
    pub run: u64,
    /// Origins that could not be started: none of their documents was sent, unless the error says otherwise.
    pub not_run: u64,
    /// Origins that were left for the next run, because QuickBooks could not be reached, the posting log failed, or the host
    /// asked the run to end, or its time was up.
    pub left: u64,
    /// What remains and until when, when the run's time was up.
    pub paused: Option<Paused>,
}

impl AllRun {
    /// Returns whether every origin has a report.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.not_run == 0 && self.left == 0
    }

    fn note(&mut self, result: &Result<Report, RunError>) {
        let done = match result {
            Ok(report) => {
                self.run += 1;
                Some(report)
            }
            Err(error) => {
                self.not_run += 1;
                error.done()
            }
        };
        done.into_iter().flat_map(|report| &report.documents).for_each(|entry| self.counts.add(entry));
    }
}

/// An origin, and what an earlier round of the run knows of it.
type Item<O> = (O, Option<Report>);

/// What is still to be run.
struct Coming<O, I: Iterator<Item = O>> {
    /// Before all others.
    first: VecDeque<Item<O>>,
    origins: std::iter::Peekable<std::iter::Fuse<I>>,
    /// Behind all others: something of them is in quarantine.
    last: Vec<Item<O>>,
}

impl<O, I: Iterator<Item = O>> Coming<O, I> {
    fn next(&mut self) -> Option<Item<O>> {
        self.first.pop_front().or_else(|| self.origins.next().map(|origin| (origin, None)))
    }

    /// Whether nothing comes but what is in quarantine.
    fn is_over(&mut self) -> bool {
        self.first.is_empty() && self.origins.peek().is_none()
    }
}

/// The plans of a round, each with the place of its origin, and which origin does not belong to it any more.
type Gathered<'s> = (Vec<Plan<'s>>, Vec<usize>, Option<usize>);

impl Exchange {
    /// Runs origins as [`Exchange::run`] does, several at a time, and hands each result to `sink` as it ends: put opening
    /// balances first and purchase orders last. What they send shares requests, and so much of them is read ahead as that
    /// takes; a fault of one touches no other. The results come in the order of the origins, but for those with a document of
    /// unknown outcome: those wait out its quarantine behind all others.
    ///
    /// An origin that cannot be started is handed over as its error, and the next one goes on. When QuickBooks cannot be
    /// reached, the posting log fails, the host asks the run to end ([`Options::stop`](crate::Options::stop)) or its time is up
    /// ([`Policy::budget`](crate::Policy::budget)), the rest is left for the next run; so an error never takes with it what was
    /// done before.
    pub async fn run_all<O: AsOrigin>(
        &mut self,
        origins: impl IntoIterator<Item = O>,
        mut sink: impl FnMut(&O, Result<Report, RunError>),
    ) -> AllRun {
        let mut all = AllRun::default();
        let company = Arc::clone(&self.company);
        self.deadline = self.deadline_from_now();
        // What was undone is planned as its next revision. A log that cannot be read fails the first round.
        if let Ok(session) = self.with_log().await {
            self.session = Some(session);
        }
        let origins = origins.into_iter().fuse().peekable();
        let mut coming = Coming { first: VecDeque::new(), origins, last: Vec::new() };
        let (mut is_ended, mut is_waiting) = (false, false);
        loop {
            if coming.is_over() {
                // Nothing else is left to do: from here on quarantines are waited out.
                is_waiting = true;
                coming.first.extend(coming.last.drain(..));
            }
            if coming.is_over() {
                break;
            }
            if let Some(ended) = self.ended().filter(|_| !is_ended) {
                is_ended = true;
                all.paused = ended.paused();
            }
            if is_ended {
                break;
            }
            let shelf: Vec<OnceLock<Item<O>>> = (0..MOST_ORIGINS).map(|_| OnceLock::new()).collect();
            let mut told = |(origin, earlier): &Item<O>, result: Result<Report, RunError>| {
                let result = with_earlier(earlier.as_ref(), result);
                all.note(&result);
                sink(origin, result);
            };
            let (plans, places, behind) = self.gather(&company, &mut coming, &shelf, &mut told);
            let is_all = behind.is_none() && coming.is_over() && coming.last.is_empty();
            let mut remains = self
                .post_together(plans, is_waiting || is_all, |at, result| {
                    if let Some(item) = shelf[places[at]].get() {
                        told(item, result);
                    }
                })
                .await;
            is_ended = remains.is_ended;
            all.paused = all.paused.or(remains.paused);
            let of = |place: usize| places.iter().position(|other| *other == place);
            let mut again = Vec::new();
            for (place, item) in shelf.into_iter().enumerate() {
                let Some((origin, earlier)) = item.into_inner() else { break };
                let plan = of(place);
                if behind == Some(place) || plan.is_some_and(|plan| remains.left.contains(&plan)) {
                    again.push((origin, earlier));
                } else if let Some(report) = plan.and_then(|plan| remains.in_quarantine.remove(&plan)) {
                    let report = match earlier {
                        Some(earlier) => report.behind(&earlier),
                        None => report,
                    };
                    coming.last.push((origin, Some(report)));
                }
            }
            again.into_iter().rev().for_each(|item| coming.first.push_front(item));
        }
        for (origin, known) in coming.first.into_iter().chain(coming.last) {
            match known {
                Some(report) => {
                    let result = Ok(report);
                    all.note(&result);
                    sink(&origin, result);
                }
                None => all.left += 1,
            }
        }
        all.left += coming.origins.count() as u64; // no host has 2^64 origins
        all
    }

    /// Puts the origins of the next round on the shelf and plans them.
    fn gather<'s, O: AsOrigin, I: Iterator<Item = O>>(
        &self,
        company: &'s Company,
        coming: &mut Coming<O, I>,
        shelf: &'s [OnceLock<Item<O>>],
        told: &mut impl FnMut(&Item<O>, Result<Report, RunError>),
    ) -> Gathered<'s> {
        let (mut plans, mut places) = (Vec::new(), Vec::new());
        let mut round = Round::default();
        // One document a request: one origin after another.
        let most = if window(self) == 1 { 1 } else { MOST_ORIGINS };
        for (place, kept) in shelf.iter().enumerate() {
            if plans.len() == most {
                break;
            }
            let Some(item) = coming.next() else { break };
            let item = kept.get_or_init(|| item);
            let origin = item.0.origin();
            match plan_of(origin, self.revision_of(origin), company) {
                Ok(plan) if round.takes(&plan) => {
                    plans.push(plan);
                    places.push(place);
                }
                Err(error) if plans.is_empty() => told(item, Err(error)),
                // It begins the next round.
                _ => return (plans, places, Some(place)),
            }
        }
        (plans, places, None)
    }
}

/// What became of an origin, with what an earlier round of this run did of it.
fn with_earlier(earlier: Option<&Report>, result: Result<Report, RunError>) -> Result<Report, RunError> {
    let Some(earlier) = earlier else { return result };
    match result {
        Ok(report) => Ok(report.behind(earlier)),
        Err(RunError::Partly { done, source }) => Err(source.after(done.behind(earlier))),
        Err(error) => Err(error.after(earlier.clone())),
    }
}

impl Report {
    /// The same report, of a run that began with an earlier one: what that one posted was posted by the run.
    fn behind(mut self, earlier: &Report) -> Self {
        fn entries(now: &mut Vec<EntryReport>, earlier: &[EntryReport]) {
            let finished = earlier.iter().filter(|entry| entry.outcome.is_done());
            let mut finished: BTreeMap<&StepKey, &EntryReport> =
                finished.map(|entry| (&entry.key, entry)).collect();
            for entry in now.iter_mut() {
                let before = finished.remove(&entry.key);
                if let Some(before) = before.filter(|_| entry.outcome == Outcome::AlreadyPosted) {
                    entry.clone_from(before);
                }
            }
            let lacking = finished.into_values().cloned().collect::<Vec<_>>();
            now.splice(0..0, lacking);
        }
        entries(&mut self.documents, &earlier.documents);
        entries(&mut self.list_entries, &earlier.list_entries);
        self.log_behind = self.log_behind.max(earlier.log_behind);
        self
    }
}
