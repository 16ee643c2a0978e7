//! QuickBooks' clock, as its answers tell it: the last `Date` header, and the time since on a clock that does not jump.
//!
//! A quarantine is measured by it across restarts: this machine's wall clock may be set while a request is in doubt.
//! Neighbours: `clock.rs` (time that does not jump), `client.rs` (hands every answer in).

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

/// The last `Date` of an answer, and when it came.
#[derive(Debug, Default)]
pub(crate) struct ServerTime(Mutex<Option<(DateTime<Utc>, Duration)>>);

impl ServerTime {
    /// Takes in what an answer said at `elapsed`.
    pub(crate) fn heard(&self, date: DateTime<Utc>, elapsed: Duration) {
        // What a panicking thread left is whole: it is written in one piece.
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((date, elapsed));
    }

    /// Returns the time at `elapsed`; `None` before the first answer with a date.
    pub(crate) fn at(&self, elapsed: Duration) -> Option<DateTime<Utc>> {
        let (date, heard) = (*self.0.lock().unwrap_or_else(PoisonError::into_inner))?;
        let since = TimeDelta::from_std(elapsed.saturating_sub(heard)).unwrap_or(TimeDelta::MAX);
        Some(date.checked_add_signed(since).unwrap_or(DateTime::<Utc>::MAX_UTC))
    }
}

/// Reads an HTTP date, `Tue, 03 Feb 2026 17:14:07 GMT`.
pub(crate) fn http_date(text: &str) -> Option<DateTime<Utc>> {
    DateTime::parse_from_rfc2822(text.trim()).ok().map(|date| date.to_utc())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests {
    use super::*;

    #[test]
    fn the_time_goes_on_from_the_last_date() {
        let time = ServerTime::default();
        assert_eq!(time.at(Duration::from_secs(9)), None);
        let date = http_date("Tue, 03 Feb 2026 17:14:07 GMT").unwrap();
        assert_eq!(date.to_rfc3339(), "2026-02-03T17:14:07+00:00");
        time.heard(date, Duration::from_secs(10));
        assert_eq!(time.at(Duration::from_secs(75)).unwrap().to_rfc3339(), "2026-02-03T17:15:12+00:00");
        assert_eq!(
            time.at(Duration::from_secs(1)),
            Some(date),
            "a clock that goes back does not take time away"
        );
        assert_eq!(time.at(Duration::MAX), Some(DateTime::<Utc>::MAX_UTC));
        for text in ["", "now", "2026-02-03", "Tue, 99 Feb 2026 17:14:07 GMT"] {
            assert_eq!(http_date(text), None, "{text}");
        }
    }
}
