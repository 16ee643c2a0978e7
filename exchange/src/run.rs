//! A run: plan, post (`together.rs`), report.
//!
//! Neighbours: `run_all.rs` for many at a time, `tie_out.rs` after the last.

use std::num::NonZeroU32;
use std::sync::Arc;

use mapping::{Company, Origin, Plan};
use pos_model::Store;

use crate::edition::plan_edition;
use crate::error::RunError;
use crate::report::Report;
use crate::session::Exchange;

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
        self.deadline = self.deadline_from_now();
        let company = Arc::clone(&self.company);
        let origin = origin.into();
        let session = self.with_log().await?;
        let revision = session.history.revision(&origin.key());
        self.session = Some(session);
        let plan = plan_of(origin, revision, &company)?;
        let mut result = None;
        _ = self.post_together(vec![plan], true, |_, ended| result = Some(ended)).await;
        // The one plan is told: it is the first, and what is in quarantine is waited for.
        result.unwrap_or(Err(RunError::Stopped))
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
}

/// The plan of an origin, as its first posting or as a revision (N-16).
///
/// # Errors
/// [`RunError`]: it cannot be planned, or the accountant has not agreed to the opening entry yet.
pub(crate) fn plan_of<'p>(
    origin: Origin<'p>,
    revision: Option<NonZeroU32>,
    company: &'p Company,
) -> Result<Plan<'p>, RunError> {
    let plan = plan_edition(origin, revision, company)?;
    let is_confirmed = company.opening_entry().is_some_and(|opening| opening.is_confirmed);
    if matches!(origin, Origin::OpeningEntry { .. }) && !is_confirmed {
        return Err(RunError::OpeningNotConfirmed);
    }
    Ok(plan)
}
