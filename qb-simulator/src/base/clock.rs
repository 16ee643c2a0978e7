//! The company's clock: the system's, a stopped one, a fast one, or one that steps with every request.
//!
//! Only [`RunningClock::now`] reads the system's time. Neighbours: `server` asks it once per request, `admin` moves it.

use std::time::Instant;

use chrono::{DateTime, FixedOffset, NaiveDate, SubsecRound, TimeDelta, Utc};

/// Where the time in answers comes from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Clock {
    /// The system's clock, at the offset of Pacific standard time.
    #[default]
    System,
    /// Always this moment.
    Fixed(DateTime<FixedOffset>),
    /// It runs so many times as fast as the system's clock, from this moment on.
    Scaled {
        /// The moment of the start.
        start: DateTime<FixedOffset>,
        /// Company seconds for one real second.
        factor: u32,
    },
    /// It is so much later with every request, from this moment on.
    Stepped {
        /// The moment of the first request.
        start: DateTime<FixedOffset>,
        /// The step in milliseconds.
        millis: u32,
    },
}

impl Clock {
    /// Reads `system`, `fixed:MOMENT`, `scaled:FACTOR@MOMENT` or `stepped:MILLIS@MOMENT`; a moment is RFC 3339.
    pub fn parse(text: &str) -> Result<Clock, String> {
        let moment =
            |text: &str| DateTime::parse_from_rfc3339(text).map_err(|error| format!("{text}: {error}"));
        let pair = |text: &str| {
            let (number, start) = text.split_once('@').ok_or_else(|| format!("{text}: no @"))?;
            let number = number.parse::<u32>().map_err(|error| format!("{number}: {error}"))?;
            moment(start).map(|start| (number, start))
        };
        match text.split_once(':') {
            None if text == "system" => Ok(Clock::System),
            Some(("fixed", at)) => moment(at).map(Clock::Fixed),
            Some(("scaled", rest)) => pair(rest).map(|(factor, start)| Clock::Scaled { start, factor }),
            Some(("stepped", rest)) => pair(rest).map(|(millis, start)| Clock::Stepped { start, millis }),
            _ => Err(format!("{text}: not system, fixed:, scaled: or stepped:")),
        }
    }
}

/// A clock that was started, with what it was moved by since.
#[derive(Debug, Clone)]
pub struct RunningClock {
    clock: Clock,
    started: Instant,
    steps: u32,
    moved: TimeDelta,
}

impl RunningClock {
    /// Starts a clock.
    #[must_use]
    pub fn start(clock: Clock) -> RunningClock {
        RunningClock { clock, started: Instant::now(), steps: 0, moved: TimeDelta::zero() }
    }

    /// Returns the moment it shows.
    #[must_use]
    pub fn now(&self) -> DateTime<FixedOffset> {
        let shown = match self.clock {
            Clock::System => {
                let pacific = FixedOffset::west_opt(8 * 3600);
                let now = Utc::now().trunc_subsecs(3);
                pacific.map_or_else(|| now.fixed_offset(), |pacific| now.with_timezone(&pacific))
            }
            Clock::Fixed(moment) => moment,
            Clock::Scaled { start, factor } => {
                let passed = TimeDelta::from_std(self.started.elapsed()).unwrap_or_default();
                let factor = i32::try_from(factor).unwrap_or(i32::MAX);
                later(start, passed.checked_mul(factor).unwrap_or_default()).trunc_subsecs(3)
            }
            Clock::Stepped { start, millis } => {
                later(start, TimeDelta::milliseconds(i64::from(millis) * i64::from(self.steps)))
            }
        };
        later(shown, self.moved)
    }

    /// Returns the moment of a request; a stepped clock goes on.
    pub fn tick(&mut self) -> DateTime<FixedOffset> {
        let now = self.now();
        self.steps = self.steps.saturating_add(1);
        now
    }

    /// Moves any clock, back too.
    pub fn advance(&mut self, by: TimeDelta) {
        self.moved = self.moved.checked_add(&by).unwrap_or(self.moved);
    }

    /// Moves any clock to a moment.
    pub fn set(&mut self, moment: DateTime<FixedOffset>) {
        self.advance(moment - self.now());
    }
}

fn later(moment: DateTime<FixedOffset>, by: TimeDelta) -> DateTime<FixedOffset> {
    moment.checked_add_signed(by).unwrap_or(moment)
}

/// Returns a moment as answers carry it: with milliseconds.
pub(crate) fn answer_time(now: DateTime<FixedOffset>) -> String {
    now.format("%Y-%m-%dT%H:%M:%S%.3f%:z").to_string()
}

/// Returns a moment as MetaData carries it: without milliseconds.
pub(crate) fn meta_time(now: DateTime<FixedOffset>) -> String {
    now.format("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

/// Returns a date in the one form QuickBooks documents.
pub(crate) fn read_date(text: &str) -> Option<NaiveDate> {
    match text.as_bytes() {
        [_, _, _, _, b'-', _, _, b'-', _, _] => NaiveDate::parse_from_str(text, "%Y-%m-%d").ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failing test may stop")]
    use super::*;

    #[test]
    fn steps_with_requests_and_moves_when_told() {
        let mut clock = RunningClock::start(Clock::parse("stepped:1500@2026-02-03T09:00:00-08:00").unwrap());
        let seconds = |clock: &mut RunningClock| clock.tick().format("%H:%M:%S%.3f").to_string();
        assert_eq!(seconds(&mut clock), "09:00:00.000");
        assert_eq!(seconds(&mut clock), "09:00:01.500");
        clock.advance(TimeDelta::days(1));
        assert_eq!(clock.now().to_rfc3339(), "2026-02-04T09:00:03-08:00");
        clock.set(DateTime::parse_from_rfc3339("2026-01-01T00:00:00-08:00").unwrap());
        assert_eq!(clock.now().to_rfc3339(), "2026-01-01T00:00:00-08:00");
    }

    #[test]
    fn reads_the_four_kinds_and_refuses_others() {
        assert_eq!(Clock::parse("system"), Ok(Clock::System));
        assert!(matches!(
            Clock::parse("scaled:60@2026-01-01T00:00:00Z"),
            Ok(Clock::Scaled { factor: 60, .. })
        ));
        assert!(matches!(Clock::parse("fixed:2026-01-01T00:00:00Z"), Ok(Clock::Fixed(_))));
        for bad in ["", "fixed:", "fixed:tomorrow", "scaled:x@2026-01-01T00:00:00Z", "stepped:5"] {
            assert!(Clock::parse(bad).is_err(), "{bad}");
        }
    }
}
