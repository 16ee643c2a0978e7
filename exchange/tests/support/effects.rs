//! The clock and the log of a world, and the gate at which a process stops.

use std::sync::atomic::{AtomicI64, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Days, FixedOffset, NaiveDate, NaiveTime, TimeDelta, Utc};
use exchange::{Entry, Fence, LogError, PostingLog, Row};
use qb_client::Clock;

fn start() -> DateTime<Utc> {
    "2026-02-04T03:00:00Z".parse().unwrap()
}

/// Time that passes only when somebody sleeps, a request is sent, or a test says so.
#[derive(Debug)]
pub(crate) struct VirtualClock {
    millis: AtomicI64,
    elapsed: AtomicU64,
    waits: Mutex<Vec<Duration>>,
}

impl VirtualClock {
    pub(crate) fn new() -> Self {
        Self {
            millis: AtomicI64::new(start().timestamp_millis()),
            elapsed: AtomicU64::default(),
            waits: Mutex::default(),
        }
    }

    /// Lets time pass; a negative time sets the wall clock back and leaves the other alone.
    pub(crate) fn advance(&self, seconds: i64) {
        self.elapsed.fetch_add(u64::try_from(seconds).unwrap_or(0) * 1000, Ordering::SeqCst);
        self.millis.fetch_add(seconds * 1000, Ordering::SeqCst);
    }

    /// Lets time pass until a date's end (UTC), when it is not past.
    pub(crate) fn advance_to(&self, date: &str) {
        let date: NaiveDate = date.parse().unwrap();
        let end = (date + Days::new(1)).and_time(NaiveTime::MIN).and_utc();
        let before = self.millis.fetch_max(end.timestamp_millis(), Ordering::SeqCst);
        let passed = u64::try_from(end.timestamp_millis() - before).unwrap_or(0);
        self.elapsed.fetch_add(passed, Ordering::SeqCst);
    }

    /// QuickBooks' time: nobody sets its clock back.
    pub(crate) fn quickbooks(&self) -> DateTime<FixedOffset> {
        let passed = TimeDelta::milliseconds(self.elapsed.load(Ordering::SeqCst).try_into().unwrap());
        (start() + passed).fixed_offset()
    }

    /// Every sleep so far, in seconds.
    pub(crate) fn waits(&self) -> Vec<u64> {
        self.waits.lock().unwrap().iter().map(Duration::as_secs).collect()
    }
}

#[async_trait]
impl Clock for VirtualClock {
    fn now(&self) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(self.millis.load(Ordering::SeqCst)).unwrap()
    }

    fn elapsed(&self) -> Duration {
        Duration::from_millis(self.elapsed.load(Ordering::SeqCst))
    }

    async fn sleep(&self, duration: Duration) {
        self.waits.lock().unwrap().push(duration);
        self.elapsed.fetch_add(duration.as_millis().try_into().unwrap(), Ordering::SeqCst);
        self.millis.fetch_add(TimeDelta::from_std(duration).unwrap().num_milliseconds(), Ordering::SeqCst);
    }
}

/// Counts the points at which a process can stop, and stops it at one of them by never going on.
#[derive(Debug, Default)]
pub(crate) struct Gate {
    passed: AtomicUsize,
    stop_at: AtomicUsize,
}

impl Gate {
    /// One point: an effect is about to happen, or has just happened.
    pub(crate) async fn pass(&self) {
        let point = self.passed.fetch_add(1, Ordering::SeqCst) + 1;
        let stop_at = self.stop_at.load(Ordering::SeqCst);
        // What was under way beside it stops as well.
        if stop_at > 0 && point >= stop_at {
            std::future::pending::<()>().await;
        }
    }

    /// Counts from the start again and stops at this point, from 1; at none for 0.
    pub(crate) fn stop_at(&self, point: usize) {
        self.passed.store(0, Ordering::SeqCst);
        self.stop_at.store(point, Ordering::SeqCst);
    }

    /// The points passed since.
    pub(crate) fn passed(&self) -> usize {
        self.passed.load(Ordering::SeqCst)
    }
}

/// A log that every process of a world shares, and that can fail.
pub(crate) struct SharedLog {
    rows: Mutex<Vec<Row>>,
    gate: Arc<Gate>,
    fails: Mutex<Option<(usize, bool)>>,
    reads: AtomicUsize,
}

impl SharedLog {
    pub(crate) fn new(gate: &Arc<Gate>) -> Self {
        Self {
            rows: Mutex::default(),
            gate: Arc::clone(gate),
            fails: Mutex::default(),
            reads: AtomicUsize::new(0),
        }
    }

    /// What is in the log.
    pub(crate) fn entries(&self) -> Vec<Entry> {
        exchange::entries(&self.rows.lock().unwrap()).unwrap()
    }

    /// How many entries there are.
    pub(crate) fn length(&self) -> usize {
        self.rows.lock().unwrap().len()
    }

    /// How often the log was read.
    pub(crate) fn reads(&self) -> usize {
        self.reads.load(Ordering::SeqCst)
    }

    /// Puts another log in its place: an older copy, or none. It has the form of the first version.
    pub(crate) fn replace(&self, entries: &[Entry]) {
        let row = |entry| Row { text: serde_json::to_string(entry).unwrap(), body: None };
        *self.rows.lock().unwrap() = entries.iter().map(row).collect();
    }

    /// Lets one append fail when the log has this many entries, with or without the entries being kept.
    pub(crate) fn fail_at(&self, length: usize, is_kept: bool) {
        *self.fails.lock().unwrap() = Some((length, is_kept));
    }
}

#[async_trait]
impl PostingLog for SharedLog {
    async fn claim(&self, _: &str, _: DateTime<Utc>) -> Result<Fence, LogError> {
        Ok(Fence(1))
    }

    async fn append(&self, _: Fence, position: u64, added: &[Row]) -> Result<(), LogError> {
        self.gate.pass().await;
        let failure = {
            let mut rows = self.rows.lock().unwrap();
            let found = rows.len() as u64;
            if found != position {
                return Err(LogError::Overtaken { expected: position, found });
            }
            let mut fails = self.fails.lock().unwrap();
            let failure =
                fails.take_if(|(length, _)| (rows.len()..rows.len() + added.len()).contains(length));
            if failure.is_none_or(|(_, is_kept)| is_kept) {
                rows.extend_from_slice(added);
            }
            failure
        };
        if failure.is_some() {
            return Err(LogError::Storage { action: "written", source: "the disk is full".into() });
        }
        self.gate.pass().await;
        Ok(())
    }

    async fn read(&self, from: u64) -> Result<Vec<Row>, LogError> {
        self.reads.fetch_add(1, Ordering::SeqCst);
        Ok(self.rows.lock().unwrap().iter().skip(from as usize).cloned().collect())
    }
}
