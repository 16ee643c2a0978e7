//! Many origins one after another: the loop that every host would write.

use mapping::Origin;

use crate::error::RunError;
use crate::report::{Counts, Report};
use crate::session::Exchange;
use crate::stop::Paused;

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
}

impl Exchange {
    /// Runs origins in their order, as [`Exchange::run`] does, and hands each result to `sink` as it ends: put opening
    /// balances first and purchase orders last. An origin that cannot be started is handed over as its error, and the next
    /// one goes on. When QuickBooks cannot be reached, the posting log fails, the host asks the run to end
    /// ([`Options::stop`](crate::Options::stop)) or its time is up ([`Policy::budget`](crate::Policy::budget)), the rest is
    /// left for the next run; so an error never takes with it what was done before.
    pub async fn run_all<'o, O>(
        &mut self,
        origins: impl IntoIterator<Item = O>,
        mut sink: impl FnMut(Origin<'o>, Result<Report, RunError>),
    ) -> AllRun
    where
        O: Into<Origin<'o>>,
    {
        let (mut all, mut is_ended) = (AllRun::default(), false);
        let deadline = self.deadline_from_now();
        self.deadline = deadline;
        for origin in origins {
            if !is_ended && let Some(ended) = self.ended() {
                is_ended = true;
                all.paused = ended.paused();
            }
            if is_ended {
                all.left += 1;
                continue;
            }
            let origin: Origin<'o> = origin.into();
            let result = self.run_until(origin, deadline).await;
            match &result {
                Ok(report) => {
                    all.run += 1;
                    is_ended = report.is_cut_short;
                    all.paused = report.paused;
                    report.documents.iter().for_each(|entry| all.counts.add(entry));
                }
                Err(error) => {
                    all.not_run += 1;
                    is_ended = error.ends_the_run();
                    all.paused = error.paused();
                    error
                        .done()
                        .iter()
                        .flat_map(|done| &done.documents)
                        .for_each(|entry| all.counts.add(entry));
                }
            }
            sink(origin, result);
        }
        all
    }
}
