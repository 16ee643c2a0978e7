//! Limits: requests in a sliding minute, and requests at once. Both off unless asked for.
//!
//! Counts moments it is given; reads no clock. Neighbours: `service` asks before anything else happens.

use std::collections::VecDeque;

use chrono::{DateTime, FixedOffset, TimeDelta};
use serde::{Deserialize, Serialize};

/// The limits of one company.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Requests in any 60 seconds; none means no limit.
    pub per_minute: Option<usize>,
    /// Requests being answered at one time; none means no limit.
    pub at_once: Option<usize>,
}

impl Limits {
    /// What Intuit documents: 500 a minute, 10 at once.
    pub const DOCUMENTED: Limits = Limits { per_minute: Some(500), at_once: Some(10) };
}

/// Limits and the requests of the last minute.
#[derive(Debug, Default)]
pub(crate) struct Throttle {
    pub(crate) limits: Limits,
    minute: VecDeque<DateTime<FixedOffset>>,
}

impl Throttle {
    /// Whether a request may pass; one that may not does not count towards the minute.
    pub(crate) fn admits(&mut self, now: DateTime<FixedOffset>, in_flight: usize) -> bool {
        if self.limits.at_once.is_some_and(|limit| in_flight > limit) {
            return false;
        }
        let Some(limit) = self.limits.per_minute else { return true };
        // A clock that was set back keeps no one out.
        self.minute.retain(|moment| *moment <= now && now - *moment < TimeDelta::seconds(60));
        if self.minute.len() >= limit {
            return false;
        }
        self.minute.push_back(now);
        true
    }
}
