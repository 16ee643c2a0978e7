//! What a host says to a run that is to end, and what a run says that has no more time.
//!
//! Up the walk: `patience.rs` waits no longer than both allow.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::Serialize;
use tokio::sync::watch;

/// A request to end a run, asked from any other task or thread. Clones are one request.
///
/// ```
/// let stop = exchange::Stop::new();
/// let options = exchange::Options::default().with_stop(stop.clone());
/// stop.ask();
/// assert!(options.stop.is_some_and(|stop| stop.is_asked()));
/// ```
#[derive(Debug, Clone, Default)]
pub struct Stop(Arc<watch::Sender<bool>>);

impl Stop {
    /// Returns a request that nobody has made yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Asks the run to end. Whatever it waits for, it ends after the request in flight; what is left is held.
    pub fn ask(&self) {
        self.0.send_replace(true);
    }

    /// Returns whether the run was asked to end.
    #[must_use]
    pub fn is_asked(&self) -> bool {
        *self.0.borrow()
    }

    /// Returns once the run is asked to end.
    pub async fn asked(&self) {
        // It cannot fail: the sender lives as long as this.
        let _ = self.0.subscribe().wait_for(|is_asked| *is_asked).await;
    }
}

/// A run whose time was up ([`Policy::budget`](crate::Policy::budget)), or whose next wait would have gone beyond it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Paused {
    /// Until when going on is of no use: QuickBooks asked to be left alone, or a quarantine lasts. None: go on at any time.
    pub until: Option<DateTime<Utc>>,
}
