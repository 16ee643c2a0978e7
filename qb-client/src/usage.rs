//! What a client has asked of QuickBooks, counted as Intuit counts it.
//!
//! Intuit meters reads (queries, reads by id, changes, reports) by the month and leaves writes free; each item of a batch
//! counts by itself, and only what succeeds. Neighbours: `client.rs` and `batch.rs` count.

use std::ops::Sub;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::clock::Clock;

/// What was asked of QuickBooks by a client and its clones since the client was made. Subtract an earlier one for what a part of
/// the work took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Usage {
    /// Requests sent, whatever came of them; a batch is one.
    pub requests: u64,
    /// Batches among them.
    pub batches: u64,
    /// Writes that QuickBooks carried out: not metered.
    pub writes: u64,
    /// Reads that QuickBooks answered: queries, records, changes, documents as PDF. Metered.
    pub reads: u64,
    /// Reports that it answered. Metered.
    pub reports: u64,
    /// Requests that it turned away at its limit.
    pub throttled: u64,
    /// How long some request was held back so that it would not be, or because it had been. Waits that have not ended yet are
    /// not in it.
    pub held: Duration,
}

impl Usage {
    /// Returns how many of the requests Intuit meters.
    #[must_use]
    pub const fn metered(&self) -> u64 {
        self.reads + self.reports
    }
}

impl Sub for Usage {
    type Output = Self;

    /// Returns what has been added since; nothing for what is less than before.
    fn sub(self, earlier: Self) -> Self {
        Self {
            requests: self.requests.saturating_sub(earlier.requests),
            batches: self.batches.saturating_sub(earlier.batches),
            writes: self.writes.saturating_sub(earlier.writes),
            reads: self.reads.saturating_sub(earlier.reads),
            reports: self.reports.saturating_sub(earlier.reports),
            throttled: self.throttled.saturating_sub(earlier.throttled),
            held: self.held.saturating_sub(earlier.held),
        }
    }
}

/// How long QuickBooks took to answer lately.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Pace {
    /// A single request; none before the first was answered.
    pub single: Option<Duration>,
    /// One item of a batch: the batch's time, divided by its items. None before the first was answered.
    pub batch_item: Option<Duration>,
}

impl Pace {
    /// Takes in that a request was answered; `items` of a batch, none of a single request. What comes later counts for a quarter.
    fn heard(&mut self, items: Option<u32>, took: Duration) {
        let (kept, took) = match items {
            Some(items) => (&mut self.batch_item, took.checked_div(items).unwrap_or(took)),
            None => (&mut self.single, took),
        };
        *kept = Some(kept.map_or(took, |before| (before.saturating_mul(3).saturating_add(took)) / 4));
    }
}

/// What Intuit counts a request as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Metering {
    Write,
    Read,
    Report,
    /// Its items count.
    Batch,
}

/// The count that a client and its clones share.
#[derive(Debug, Default)]
pub(crate) struct Meter {
    usage: Mutex<Usage>,
    pace: Mutex<Pace>,
    waits: Mutex<Waits>,
}

/// Who waits for QuickBooks' limits.
#[derive(Debug, Default)]
struct Waits {
    /// How many requests.
    count: usize,
    /// Since when one does without a pause.
    since: Duration,
}

/// A request's wait for QuickBooks' limits. It lasts until this is dropped.
pub(crate) struct Wait<'m> {
    meter: &'m Meter,
    clock: &'m dyn Clock,
}

impl Drop for Wait<'_> {
    fn drop(&mut self) {
        let mut waits = locked(&self.meter.waits);
        waits.count -= 1;
        if waits.count == 0 {
            let held = self.clock.elapsed().saturating_sub(waits.since);
            self.meter.change(|usage| usage.held = usage.held.saturating_add(held));
        }
    }
}

/// What a panicking thread left is whole: each change is a few assignments that cannot panic.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Meter {
    pub(crate) fn read(&self) -> Usage {
        *locked(&self.usage)
    }

    pub(crate) fn change(&self, change: impl FnOnce(&mut Usage)) {
        change(&mut locked(&self.usage));
    }

    /// Returns how long answers took lately.
    pub(crate) fn pace(&self) -> Pace {
        *locked(&self.pace)
    }

    /// Notes how long an answer took; of a batch with how many items.
    pub(crate) fn heard(&self, items: Option<u32>, took: Duration) {
        locked(&self.pace).heard(items, took);
    }

    /// Notes that a request waits for QuickBooks' limits. Of waits side by side the time is counted once.
    pub(crate) fn wait<'m>(&'m self, clock: &'m dyn Clock) -> Wait<'m> {
        let mut waits = locked(&self.waits);
        if waits.count == 0 {
            waits.since = clock.elapsed();
        }
        waits.count += 1;
        Wait { meter: self, clock }
    }

    /// Returns whether a request waits for QuickBooks' limits now.
    pub(crate) fn is_waiting(&self) -> bool {
        locked(&self.waits).count > 0
    }

    /// Counts something that QuickBooks has carried out or answered.
    pub(crate) fn succeeded(&self, metering: Metering) {
        self.change(|usage| match metering {
            Metering::Write => usage.writes += 1,
            Metering::Read => usage.reads += 1,
            Metering::Report => usage.reports += 1,
            Metering::Batch => {}
        });
    }
}
