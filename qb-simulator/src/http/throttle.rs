//! Limits: requests in a sliding minute and second, batches in a sliding minute, and requests at once. All off unless
//! asked for.
//!
//! Counts moments it is given; reads no clock. Neighbours: `service` asks before anything else happens.

use std::collections::VecDeque;

use chrono::{DateTime, FixedOffset, TimeDelta};
use serde::{Deserialize, Serialize};

use crate::faults::ThrottleForm;

/// The limits of one company.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Requests in any 60 seconds; none means no limit.
    pub per_minute: Option<usize>,
    /// Requests in any second; none means no limit.
    pub per_second: Option<usize>,
    /// Batches in any 60 seconds, which count as requests too; none means no limit.
    pub batches_per_minute: Option<usize>,
    /// Requests being answered at one time; none means no limit.
    pub at_once: Option<usize>,
    /// The shape of a refusal: 429 now, 403 in earlier years.
    pub form: ThrottleForm,
}

impl Limits {
    /// What Intuit documents: 500 a minute, 10 a second, 10 at once, 40 batches a minute.
    pub const DOCUMENTED: Limits = Limits {
        per_minute: Some(500),
        per_second: Some(10),
        batches_per_minute: Some(40),
        at_once: Some(10),
        form: ThrottleForm::Json,
    };
}

/// Limits and the requests of the last minute.
#[derive(Debug, Default)]
pub(crate) struct Throttle {
    pub(crate) limits: Limits,
    second: Window,
    minute: Window,
    batches: Window,
}

impl Throttle {
    /// Returns whether a request may pass; one that may not does not count.
    pub(crate) fn admits(&mut self, now: DateTime<FixedOffset>, in_flight: usize, is_batch: bool) -> bool {
        let limits = self.limits;
        let windows = [
            (&mut self.second, limits.per_second, 1),
            (&mut self.minute, limits.per_minute, 60),
            (&mut self.batches, limits.batches_per_minute.filter(|_| is_batch), 60),
        ];
        let mut counting =
            windows.map(|(window, limit, seconds)| (window, limit, TimeDelta::seconds(seconds)));
        let has_room = counting
            .iter_mut()
            .all(|(window, limit, length)| limit.is_none_or(|limit| window.count(now, *length) < limit));
        if !has_room || limits.at_once.is_some_and(|limit| in_flight > limit) {
            return false;
        }
        for (window, limit, _) in counting {
            if limit.is_some() {
                window.0.push_back(now);
            }
        }
        true
    }
}

/// The moments of what has passed lately.
#[derive(Debug, Default)]
struct Window(VecDeque<DateTime<FixedOffset>>);

impl Window {
    /// Returns how many stand in the time up to now, after forgetting the others. A clock that was set back
    /// keeps no one out.
    fn count(&mut self, now: DateTime<FixedOffset>, length: TimeDelta) -> usize {
        self.0.retain(|moment| *moment <= now && now - *moment < length);
        self.0.len()
    }
}
