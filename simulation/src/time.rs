//! Virtual time: it stands still while anything can be done, and jumps to the next thing that somebody waits for.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, FixedOffset, TimeDelta, Utc};
use qb_client::Clock;

/// What a lock guards is whole after every step here, whatever a panic elsewhere left.
pub(crate) fn held<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The one time of a night.
#[derive(Debug, Default)]
pub(crate) struct Time {
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    now: Duration,
    timers: BTreeMap<(Duration, u64), Waker>,
    count: u64,
}

impl Time {
    /// Returns the time since the night began.
    pub(crate) fn now(&self) -> Duration {
        held(&self.inner).now
    }

    /// Returns this moment as every clock in QuickBooks' house shows it.
    pub(crate) fn quickbooks(&self) -> DateTime<FixedOffset> {
        wall(self.now(), TimeDelta::zero()).fixed_offset()
    }

    /// Returns when the next timer is due.
    pub(crate) fn next(&self) -> Option<Duration> {
        held(&self.inner).timers.keys().next().map(|(at, _)| *at)
    }

    /// Goes on to a moment, and wakes whom it is due for.
    pub(crate) fn advance_to(&self, moment: Duration) {
        let due = {
            let mut inner = held(&self.inner);
            inner.now = inner.now.max(moment);
            let after = inner.now + Duration::from_nanos(1);
            let later = inner.timers.split_off(&(after, 0));
            std::mem::replace(&mut inner.timers, later)
        };
        due.into_values().for_each(Waker::wake);
    }
}

/// The wall clock of a moment on a machine whose clock is off by so much.
fn wall(now: Duration, skew: TimeDelta) -> DateTime<Utc> {
    // 2026-02-05, 03:00 UTC: the night after the sales. A night is shorter than a year.
    let start = DateTime::from_timestamp(1_770_260_400, 0).unwrap_or_default();
    start + TimeDelta::from_std(now).unwrap_or_default() + skew
}

/// The clocks of one process.
#[derive(Debug)]
pub(crate) struct ProcessClock {
    pub(crate) time: Arc<Time>,
    /// When the process began.
    pub(crate) began: Duration,
    /// How far the machine's wall clock is off.
    pub(crate) skew: TimeDelta,
}

#[async_trait]
impl Clock for ProcessClock {
    fn now(&self) -> DateTime<Utc> {
        wall(self.time.now(), self.skew)
    }

    fn elapsed(&self) -> Duration {
        self.time.now().saturating_sub(self.began)
    }

    async fn sleep(&self, duration: Duration) {
        Until { time: Arc::clone(&self.time), deadline: self.time.now() + duration, key: None }.await;
    }
}

/// Waits until a moment.
struct Until {
    time: Arc<Time>,
    deadline: Duration,
    key: Option<(Duration, u64)>,
}

impl Future for Until {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let time = Arc::clone(&self.time);
        let mut inner = held(&time.inner);
        if inner.now >= self.deadline {
            return Poll::Ready(());
        }
        inner.count += 1;
        let key = self.key.unwrap_or((self.deadline, inner.count));
        inner.timers.insert(key, context.waker().clone());
        self.key = Some(key);
        Poll::Pending
    }
}

impl Drop for Until {
    fn drop(&mut self) {
        if let Some(key) = self.key {
            held(&self.time.inner).timers.remove(&key);
        }
    }
}
