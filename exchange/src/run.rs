//! A run: plan, prepare, have the driver post every step, report.
//!
//! Neighbours: `prepare.rs` before the first step, `driver.rs` for all of them, `tie_out.rs` after the last.

use std::sync::Arc;
use std::time::Duration;

use mapping::{Origin, OriginKey, Plan, plan};
use pos_model::Store;
use qb_client::Usage;
use tracing::{Instrument, Span, info, info_span};

use crate::driver::Driver;
use crate::error::RunError;
use crate::report::{Outcome, Report};
use crate::session::{Exchange, Session};

impl Exchange {
    /// Posts what is not yet posted of a closed batch (T-01), a closed purchase order or the opening balances. Safe to repeat
    /// at any time.
    ///
    /// A step that fails holds the rest of its event; other events go on. When QuickBooks cannot be reached for several
    /// events in a row the run ends, and the rest is held ([`Policy::outage`](crate::Policy::outage)). Dropping the future
    /// is safe at any point.
    ///
    /// # Errors
    /// [`RunError`]. None of the batch's documents has been sent, unless it is a [`RunError::Partly`], which carries what was
    /// done, or a [`RunError::Log`], after which the step that it names may be posted.
    pub async fn run<'o>(&mut self, origin: impl Into<Origin<'o>>) -> Result<Report, RunError> {
        self.run_until(origin.into(), self.deadline_from_now()).await
    }

    /// The same, with a time at which it ends.
    pub(crate) async fn run_until(
        &mut self,
        origin: Origin<'_>,
        deadline: Duration,
    ) -> Result<Report, RunError> {
        self.deadline = deadline;
        let company = Arc::clone(&self.company);
        let plan = plan(origin, &company)?;
        let is_confirmed = company.opening_entry().is_some_and(|opening| opening.is_confirmed);
        if matches!(origin, Origin::OpeningEntry { .. }) && !is_confirmed {
            return Err(RunError::OpeningNotConfirmed);
        }
        let span = batch_span(self.client.realm().as_str(), &plan.origin().key());
        let (before, start) = (self.client.usage(), self.elapsed());
        let result = async {
            let mut session = self.begin(plan.period()).await?;
            let result = self.post(&mut session, plan).await;
            self.keep(session, result.as_ref().err());
            result
        }
        .instrument(span.clone())
        .await;
        span.in_scope(|| {
            let millis = u64::try_from(self.elapsed().saturating_sub(start).as_millis()).unwrap_or(u64::MAX);
            tell_end(result.as_ref(), self.client.usage() - before, millis);
        });
        result
    }

    /// Posts the entry that moves certificates and deposits at go-live (T-05), when it is not yet posted. A company has one
    /// such entry. The store lends its prefix: give the same one each time.
    ///
    /// # Errors
    /// As [`Exchange::run`]; [`RunError::OpeningNotConfirmed`] until the accountant has agreed;
    /// [`RunError::OpeningPosted`] when the log has it under another store or date.
    pub async fn run_opening_entry(&mut self, store: &Store) -> Result<Report, RunError> {
        let company = Arc::clone(&self.company);
        self.run(Origin::opening_entry(store, &company)?).await
    }

    async fn post(&mut self, session: &mut Session, mut plan: Plan<'_>) -> Result<Report, RunError> {
        let mut driver = Driver::new(self, session);
        let mut report = Report::new(plan.origin());
        let posted = match driver.prepare(&mut plan, &mut report).await {
            Ok(()) => driver.post(&plan, &mut report).await,
            Err(error) => Err(error),
        };
        for entry in report.documents.iter().chain(&report.list_entries) {
            if entry.outcome.is_done() {
                self.unfinished.remove(&entry.key);
            } else {
                self.unfinished.insert(entry.key.clone(), (entry.outcome, entry.reason.clone()));
            }
        }
        match posted {
            Ok(()) => Ok(report),
            Err(error) => Err(error.after(report)),
        }
    }
}

/// What every event of a run stands in: the company and the batch, by their ids.
fn batch_span(realm: &str, origin: &OriginKey) -> Span {
    match origin {
        OriginKey::Batch(batch) => {
            info_span!("run", realm, store = %batch.store, register = %batch.register, batch = batch.number)
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
