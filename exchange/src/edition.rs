//! Which posting of a batch or order is the one that counts now (N-16): the first one, or, after an undo, a revision.

use std::num::NonZeroU32;

use mapping::{Company, Origin, Plan, PlanError, plan, plan_revision};

use crate::history::History;
use crate::session::Exchange;

/// Plans an origin as its first posting or as a revision.
pub(crate) fn plan_edition<'p>(
    origin: Origin<'p>,
    revision: Option<NonZeroU32>,
    company: &'p Company,
) -> Result<Plan<'p>, PlanError> {
    match revision {
        Some(n) => plan_revision(origin, n, company),
        None => plan(origin, company),
    }
}

impl History {
    /// Plans an origin as it is posted now.
    pub(crate) fn plan<'p>(&self, origin: Origin<'p>, company: &'p Company) -> Result<Plan<'p>, PlanError> {
        plan_edition(origin, self.revision(&origin.key()), company)
    }
}

impl Exchange {
    /// The revision in which an origin is posted, as far as the log has been read.
    pub(crate) fn revision_of(&self, origin: Origin<'_>) -> Option<NonZeroU32> {
        self.session.as_ref()?.history.revision(&origin.key())
    }
}
