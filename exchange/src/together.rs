//! Plans that are posted together: prepared one after another, then packed into the same requests; each has its own report.
//!
//! Neighbours: `prepare.rs` before the first step of each, `driver.rs` for all of them. Up the walk: `run.rs` has one plan,
//! `run_all.rs` as many as may go together (`round.rs`).

use std::collections::{BTreeMap, BTreeSet};

use mapping::{OriginKey, Plan};
use qb_client::Usage;
use tracing::{Instrument, Span, info, info_span};

use crate::course::{Course, Over};
use crate::driver::Driver;
use crate::error::RunError;
use crate::report::{EntryReport, Outcome, Report};
use crate::session::Exchange;
use crate::stop::Paused;

/// What remains of plans that were posted together, by their places.
#[derive(Default)]
pub(crate) struct Remains {
    /// Those of which nothing was taken up. They were not told.
    pub(crate) left: BTreeSet<usize>,
    /// Those of which something is in quarantine, each with what is known of it. They were not told.
    pub(crate) in_quarantine: BTreeMap<usize, Report>,
    /// Whether what follows would fail for the same reason, or has no time.
    pub(crate) is_ended: bool,
    pub(crate) paused: Option<Paused>,
}

/// Hands over what became of each plan, in their order.
struct Telling<F> {
    tell: F,
    results: BTreeMap<usize, Result<Report, RunError>>,
    /// Plans that are still to be told.
    open: BTreeSet<usize>,
}

impl<F: FnMut(usize, Result<Report, RunError>)> Telling<F> {
    fn put(&mut self, at: usize, result: Result<Report, RunError>) {
        self.results.insert(at, result);
        self.go_on();
    }

    /// These are not told.
    fn leave(&mut self, plans: impl IntoIterator<Item = usize>) {
        for at in plans {
            self.open.remove(&at);
        }
        self.go_on();
    }

    fn go_on(&mut self) {
        while let Some(at) = self.open.first().copied()
            && let Some(result) = self.results.remove(&at)
        {
            self.open.pop_first();
            (self.tell)(at, result);
        }
    }
}

impl Exchange {
    /// Posts plans of one period together: what they send is packed over all of them. `tell` gets what became of each, in their
    /// order, as it ends. What is in quarantine is waited for only where `waits` says so. The first plan is told, or remains in
    /// quarantine.
    pub(crate) async fn post_together(
        &mut self,
        plans: Vec<Plan<'_>>,
        waits: bool,
        mut tell: impl FnMut(usize, Result<Report, RunError>),
    ) -> Remains {
        let (realm, client) = (self.client.realm().as_str().to_owned(), self.client.clone());
        let keys: Vec<OriginKey> = plans.iter().map(|plan| plan.origin().key()).collect();
        let span = match &keys[..] {
            [one] => batch_span(&realm, one),
            several => info_span!("run", realm, batches = several.len()),
        };
        let (mut before, start) = (client.usage(), self.elapsed());
        let mut unfinished = Vec::new();
        let told = |at: usize, result: Result<Report, RunError>| {
            let used = client.usage();
            let millis = client.clock().elapsed().saturating_sub(start).as_millis();
            let millis = u64::try_from(millis).unwrap_or(u64::MAX);
            let end = || tell_end(result.as_ref(), used - before, millis);
            if keys.len() == 1 {
                end()
            } else {
                batch_span(&realm, &keys[at]).in_scope(end)
            }
            before = used;
            let report = result.as_ref().map_or_else(RunError::done, Some);
            let entries =
                report.into_iter().flat_map(|report| report.documents.iter().chain(&report.list_entries));
            let reason = |entry: &EntryReport| {
                (!entry.outcome.is_done()).then(|| (entry.outcome, entry.reason.clone()))
            };
            unfinished.extend(entries.map(|entry| (entry.key.clone(), reason(entry))));
            tell(at, result);
        };
        let telling = Telling { tell: told, results: BTreeMap::new(), open: (0..plans.len()).collect() };
        let remains = self.post_plans(plans, waits, telling).instrument(span).await;
        for (key, outcome) in unfinished {
            match outcome {
                Some(outcome) => _ = self.unfinished.insert(key, outcome),
                None => _ = self.unfinished.remove(&key),
            }
        }
        remains
    }

    async fn post_plans(
        &mut self,
        mut plans: Vec<Plan<'_>>,
        waits: bool,
        mut telling: Telling<impl FnMut(usize, Result<Report, RunError>)>,
    ) -> Remains {
        let mut remains = Remains::default();
        let Some(first) = plans.first() else { return remains };
        let mut session = match self.begin(first.period(), &plans).await {
            Ok(session) => session,
            Err(error) => {
                remains.end(&error);
                remains.leave(1..plans.len(), &mut telling);
                telling.put(0, Err(error));
                return remains;
            }
        };
        let mut driver = Driver::new(self, &mut session);
        let (mut is_disturbed, mut is_log_lost) = (false, false);
        let (mut ready, mut reports) = (Vec::new(), Vec::new());
        for (at, plan) in plans.iter_mut().enumerate() {
            let mut report = Report::new(plan.origin());
            let Err(error) = driver.prepare(plan, &mut report).await else {
                ready.push(at);
                reports.push(Some(report));
                continue;
            };
            is_disturbed = true;
            // What the log holds is not known: nothing is sent.
            if is_of_log(&error) {
                is_log_lost = true;
                remains.leave(ready.drain(..), &mut telling);
            }
            let ends = remains.end(&error);
            telling.put(at, Err(error.after(report)));
            if ends {
                remains.leave(at + 1..plans.len(), &mut telling);
                break;
            }
        }
        let mut course = Course::new(ready.iter().map(|at| &plans[*at]), self.options.policy.outage);
        let mut report_of = |at: usize, over: Over, paused: Option<Paused>| {
            let report = reports[at].take().unwrap_or_else(|| Report::new(plans[ready[at]].origin()));
            report.with(over, paused)
        };
        let mut is_cut_short = false;
        let posted = driver
            .post(&mut course, waits, |at, over, paused| {
                is_cut_short |= over.is_cut_short;
                telling.put(ready[at], Ok(report_of(at, over, paused)));
            })
            .await;
        remains.is_ended |= is_cut_short || course.brake.is_pulled() || driver.is_ended();
        remains.paused = remains.paused.or(driver.paused());
        remains.leave(course.left_plans().map(|at| ready[at]), &mut telling);
        let mut error = posted.err();
        let is_failed = error.is_some();
        for at in course.untold() {
            if let Some(error) = error.take() {
                (is_disturbed, is_log_lost) = (true, is_of_log(&error));
                remains.end(&error);
                let over = course.tell(at);
                telling.put(ready[at], Err(error.after(report_of(at, over, None))));
            } else if is_failed && !course.is_begun(at) {
                remains.leave([ready[at]], &mut telling);
            } else {
                driver.close(&mut course, at);
                let report = report_of(at, course.tell(at), driver.paused());
                if is_failed {
                    telling.put(ready[at], Ok(report));
                } else {
                    telling.leave([ready[at]]);
                    remains.in_quarantine.insert(ready[at], report);
                }
            }
        }
        self.keep_after(session, is_disturbed, is_log_lost);
        remains
    }
}

impl Remains {
    /// Notes an error; returns whether the run ends with it.
    fn end(&mut self, error: &RunError) -> bool {
        self.paused = self.paused.or(error.paused());
        self.is_ended |= error.ends_the_run();
        error.ends_the_run()
    }

    fn leave(
        &mut self,
        plans: impl IntoIterator<Item = usize>,
        telling: &mut Telling<impl FnMut(usize, Result<Report, RunError>)>,
    ) {
        let plans: Vec<usize> = plans.into_iter().collect();
        telling.leave(plans.iter().copied());
        self.left.extend(plans);
    }
}

fn is_of_log(error: &RunError) -> bool {
    matches!(error.cause(), RunError::Log { .. })
}

impl Report {
    /// The same report with what became of its steps.
    fn with(mut self, over: Over, paused: Option<Paused>) -> Self {
        self.documents.extend(over.documents);
        self.list_entries.extend(over.list_entries);
        self.is_cut_short |= over.is_cut_short;
        Self { paused, ..self }
    }
}

/// What every event of a run stands in: the company and the batch, by their ids.
fn batch_span(realm: &str, origin: &OriginKey) -> Span {
    match origin {
        OriginKey::Batch(batch) => {
            info_span!("run", realm, store = %batch.store, register = %batch.register, batch = batch.number)
        }
        OriginKey::Correction { batch, n } => {
            let (store, register, number) = (&batch.store, &batch.register, batch.number);
            info_span!("run", realm, store = %store, register = %register, batch = number, correction = n.get())
        }
        OriginKey::PurchaseOrder { store, number } => {
            info_span!("run", realm, store = %store, purchase_order = number)
        }
        OriginKey::OpeningEntry { store, date } => info_span!("run", realm, store = %store, opening = %date),
    }
}

/// The one event at the end of a run that says what came of it. Counts, and no names.
fn tell_end(result: Result<&Report, &RunError>, used: Usage, millis: u64) {
    let (requests, writes, metered) = (used.requests, used.writes, used.metered());
    match result {
        Ok(report) => {
            let counts = report.counts();
            let of = |outcome| counts.of(outcome);
            info!(
                documents = report.documents.len(),
                created = of(Outcome::Created),
                posted_before = of(Outcome::AlreadyPosted),
                adopted = of(Outcome::Adopted),
                refused = of(Outcome::Refused),
                conflict = of(Outcome::Conflict),
                held = of(Outcome::Held),
                unknown = of(Outcome::Unknown),
                requests,
                writes,
                metered,
                throttled = used.throttled,
                millis,
                "run ended"
            );
        }
        Err(error) => {
            info!(code = error.code(), requests, writes, metered, millis, "run ended with an error")
        }
    }
}
