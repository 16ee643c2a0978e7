//! What a host can watch while a run goes on: each step as it is taken up and as it is finished, and each wait between.
//!
//! It refuses to decide: a run goes the same way whether anybody watches or not. Neighbours: `driver.rs` and `patience.rs`, which
//! tell; `session.rs`, whose options hold the observer.

use std::time::Duration;

use mapping::StepKey;

use crate::report::EntryReport;

/// Sees a run go on; for progress bars. What it does must be quick. Any closure over an [`EntryReport`] is one, which hears of
/// finished steps alone.
///
/// ```
/// use std::sync::atomic::{AtomicU64, Ordering};
///
/// use exchange::{EntryReport, Observer, Options, Waiting};
///
/// #[derive(Default)]
/// struct Counts {
///     finished: AtomicU64,
///     waited_ms: AtomicU64,
/// }
///
/// impl Observer for Counts {
///     fn finished(&self, _: &EntryReport) {
///         self.finished.fetch_add(1, Ordering::Relaxed);
///     }
///
///     fn waiting(&self, waiting: &Waiting) {
///         let millis = u64::try_from(waiting.duration.as_millis()).unwrap_or(u64::MAX);
///         self.waited_ms.fetch_add(millis, Ordering::Relaxed);
///     }
/// }
///
/// let options = Options::default().with_observer(Counts::default());
/// ```
pub trait Observer: Send + Sync {
    /// Hears that a step is finished.
    fn finished(&self, entry: &EntryReport);

    /// Hears that a step is taken up. One that was posted before is finished without a request.
    fn started(&self, _step: &StepKey) {}

    /// Hears that the run begins to wait.
    fn waiting(&self, _waiting: &Waiting) {}
}

impl<F: Fn(&EntryReport) + Send + Sync> Observer for F {
    fn finished(&self, entry: &EntryReport) {
        self(entry);
    }
}

/// A wait that begins.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Waiting {
    /// What is waited for.
    pub what: WaitingFor,
    /// How long, at most.
    pub duration: Duration,
    /// The step that waits; none when it is all of them.
    pub step: Option<StepKey>,
}

/// What a run waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum WaitingFor {
    /// QuickBooks' limit: it was reached, and QuickBooks wants to be left alone.
    Limit,
    /// Another try: QuickBooks could not be reached, or did not take a request up.
    AnotherTry,
    /// The end of a quarantine: what may have been sent is looked up once more then.
    Quarantine,
}

impl WaitingFor {
    /// Returns a stable word for programs: `limit`, `another-try`, `quarantine`.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Limit => "limit",
            Self::AnotherTry => "another-try",
            Self::Quarantine => "quarantine",
        }
    }
}
