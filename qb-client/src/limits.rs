//! QuickBooks' limits, kept before they are met: a request waits here, and not in a 429.
//!
//! One [`Limiter`] a company, shared by all clients of it. Per limit it keeps the times of what was sent within a sliding
//! window, on the clock it is given, and lets requests through in the order in which they came. It refuses to send, to
//! retry and to know what a request is, but for whether it is a batch.
//!
//! An engine that writes down what it is about to send asks for an [`Admission`] first: otherwise the time that it notes would
//! be earlier than the sending by as long as the request waited here.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;

use crate::clock::Clock;

/// Requests arrive in other intervals than they leave in: a second here is a little longer than one there.
const SECOND: Duration = Duration::from_millis(1050);

/// The same of a minute.
const MINUTE: Duration = Duration::from_millis(60_250);

/// How long the rate stays halved after a 429.
const CALM: Duration = Duration::from_secs(60);

/// How much of one company's QuickBooks a client may use. Every limit is at least 1.
///
/// ```
/// use qb_client::Limits;
///
/// let shared_with_another_app = Limits::DOCUMENTED.per_minute(250).per_second(5);
/// assert_ne!(shared_with_another_app, Limits::DOCUMENTED);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    pub(crate) per_minute: u32,
    pub(crate) per_second: u32,
    pub(crate) at_once: u32,
    pub(crate) batches_per_minute: u32,
    pub(crate) batch_items: u32,
}

impl Limits {
    /// What Intuit documents of one app in one company: 500 requests in a minute and 10 in a second, 10 at once, 40 of them
    /// batches in a minute, of 30 items each.
    pub const DOCUMENTED: Self =
        Self { per_minute: 500, per_second: 10, at_once: 10, batches_per_minute: 40, batch_items: 30 };

    /// None, but for the 30 items of a batch: for a simulator on this machine.
    pub const NONE: Self = Self {
        per_minute: u32::MAX,
        per_second: u32::MAX,
        at_once: u32::MAX,
        batches_per_minute: u32::MAX,
        batch_items: 30,
    };

    /// Allows so many requests in a minute, batches among them.
    #[must_use]
    pub const fn per_minute(self, per_minute: u32) -> Self {
        Self { per_minute: at_least_one(per_minute), ..self }
    }

    /// Allows so many requests in a second.
    #[must_use]
    pub const fn per_second(self, per_second: u32) -> Self {
        Self { per_second: at_least_one(per_second), ..self }
    }

    /// Allows so many requests to be open at once.
    #[must_use]
    pub const fn at_once(self, at_once: u32) -> Self {
        Self { at_once: at_least_one(at_once), ..self }
    }

    /// Allows so many batches in a minute.
    #[must_use]
    pub const fn batches_per_minute(self, batches: u32) -> Self {
        Self { batches_per_minute: at_least_one(batches), ..self }
    }

    /// Allows so many items in a batch, 30 at most.
    #[must_use]
    pub const fn batch_items(self, items: u32) -> Self {
        Self { batch_items: if items > 30 { 30 } else { at_least_one(items) }, ..self }
    }

    /// Returns how many requests may be sent in a minute.
    #[must_use]
    pub const fn requests_a_minute(&self) -> usize {
        self.per_minute as usize
    }

    /// Returns how many requests may be sent in a second.
    #[must_use]
    pub const fn requests_a_second(&self) -> usize {
        self.per_second as usize
    }

    /// Returns how many requests may be open at once.
    #[must_use]
    pub const fn requests_at_once(&self) -> usize {
        self.at_once as usize
    }

    /// Returns how many items a batch may have.
    #[must_use]
    pub const fn items_a_batch(&self) -> usize {
        self.batch_items as usize
    }

    /// Returns how long it takes at least until so many requests, batches among them, have left, if each is answered at once:
    /// what a [`Limiter`] makes them wait that had none before. Zero without limits.
    ///
    /// ```
    /// use qb_client::Limits;
    ///
    /// assert_eq!(Limits::DOCUMENTED.least_time(10, 0).as_millis(), 0);
    /// assert_eq!(Limits::DOCUMENTED.least_time(11, 0).as_millis(), 1_050);
    /// assert_eq!(Limits::DOCUMENTED.least_time(501, 0).as_millis(), 60_250);
    /// ```
    #[must_use]
    pub fn least_time(&self, requests: u64, batches: u64) -> Duration {
        // The last of them leaves when those before it have left its windows; the first ones of each window leave together.
        let windows = |before: u64, limit: u32, length: Duration| {
            length.saturating_mul(u32::try_from(before / u64::from(limit)).unwrap_or(u32::MAX))
        };
        let last = |count: u64, a_minute: u32| {
            let before = count.saturating_sub(1);
            let within = before % u64::from(a_minute);
            windows(before, a_minute, MINUTE).saturating_add(windows(within, self.per_second, SECOND))
        };
        let by_seconds = windows(requests.saturating_sub(1), self.per_second, SECOND);
        last(requests, self.per_minute).max(last(batches, self.batches_per_minute)).max(by_seconds)
    }

    const fn is_off(&self) -> bool {
        self.per_minute == u32::MAX
            && self.per_second == u32::MAX
            && self.at_once == u32::MAX
            && self.batches_per_minute == u32::MAX
    }
}

const fn at_least_one(limit: u32) -> u32 {
    if limit == 0 { 1 } else { limit }
}

/// What one company's requests share. Cheap to clone; clones are the same limiter.
#[derive(Clone)]
pub struct Limiter {
    inner: Arc<Inner>,
}

struct Inner {
    limits: Limits,
    state: Mutex<State>,
    /// Something changed that a waiting request waits for.
    changed: Notify,
    /// Who waits to send: one at a time, in the order in which they came.
    turn: tokio::sync::Mutex<()>,
    /// Who waits to send a batch. Single requests pass them by.
    batch_turn: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct State {
    /// When the requests of the last minute were sent.
    sent: VecDeque<Duration>,
    /// When the batches among them were.
    batches: VecDeque<Duration>,
    /// Admissions that have not been used yet.
    admitted: usize,
    /// Batches among them.
    admitted_batches: usize,
    /// Requests on their way.
    open: usize,
    /// Nothing is sent before this: QuickBooks has asked for it.
    not_before: Duration,
    /// Until when the rate is halved.
    calm_until: Duration,
}

/// Whether one more request may leave.
#[derive(Debug, PartialEq, Eq)]
enum Room {
    Now,
    /// Not before this.
    At(Duration),
    /// Not before another one has come to its end.
    WhenOneEnds,
}

impl Limiter {
    /// Returns a limiter that has seen no request.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        let (turn, batch_turn) = (tokio::sync::Mutex::new(()), tokio::sync::Mutex::new(()));
        Self {
            inner: Arc::new(Inner {
                limits,
                state: Mutex::default(),
                changed: Notify::new(),
                turn,
                batch_turn,
            }),
        }
    }

    /// Returns the limits.
    #[must_use]
    pub fn limits(&self) -> Limits {
        self.inner.limits
    }

    /// How many more requests the minute's limit lets leave now, those that wait already among them.
    pub(crate) fn left_this_minute(&self, clock: &dyn Clock) -> usize {
        let (now, mut state) = (clock.elapsed(), self.inner.state());
        forget(&mut state.sent, now);
        let taken = state.sent.len() + state.admitted;
        state.rate(self.inner.limits.per_minute, now).saturating_sub(taken)
    }

    /// Waits until one more request may leave, behind all that came before. `Err` with how much longer, at once, when QuickBooks
    /// has asked to be left alone for longer than `patience`. Dropping the future gives the place in the queue up.
    pub(crate) async fn admit(
        &self,
        clock: &dyn Clock,
        is_batch: bool,
        patience: Duration,
    ) -> Result<Admission, Duration> {
        let inner = &self.inner;
        if !inner.limits.is_off() {
            let _batch_turn = match is_batch {
                true => Some(inner.batch_turn.lock().await),
                false => None,
            };
            if is_batch {
                self.wait(clock, patience, |state, now| state.batch_room(&inner.limits, now)).await?;
            }
            let _turn = inner.turn.lock().await;
            self.wait(clock, patience, |state, now| state.room(&inner.limits, now)).await?;
            return Ok(self.admission(is_batch));
        }
        Ok(self.admission(is_batch))
    }

    fn admission(&self, is_batch: bool) -> Admission {
        let mut state = self.inner.state();
        state.admitted += 1;
        state.admitted_batches += usize::from(is_batch);
        Admission { limiter: self.clone(), is_batch, is_sent: false }
    }

    async fn wait(
        &self,
        clock: &dyn Clock,
        patience: Duration,
        room: impl Fn(&mut State, Duration) -> Room + Send,
    ) -> Result<(), Duration> {
        loop {
            let changed = self.inner.changed.notified();
            tokio::pin!(changed);
            // From here on no change goes unnoticed.
            changed.as_mut().enable();
            let now = clock.elapsed();
            let (found, pause) = {
                let mut state = self.inner.state();
                (room(&mut state, now), state.not_before.saturating_sub(now))
            };
            if pause > patience {
                return Err(pause);
            }
            match found {
                Room::Now => return Ok(()),
                Room::At(time) => clock.sleep(whole_millis(time.saturating_sub(now))).await,
                Room::WhenOneEnds => changed.await,
            }
        }
    }

    /// Takes in that QuickBooks' limit was reached all the same: nothing more until the pause is over that it asks for, if it
    /// asks, and half the rate for a minute after that.
    pub(crate) fn throttled(&self, now: Duration, retry_after: Option<Duration>) {
        let mut state = self.inner.state();
        let free = now.saturating_add(retry_after.unwrap_or_default());
        state.not_before = state.not_before.max(free);
        state.calm_until = state.calm_until.max(free.saturating_add(CALM));
    }
}

impl fmt::Debug for Limiter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Limiter").field("limits", &self.inner.limits).finish_non_exhaustive()
    }
}

impl Inner {
    fn state(&self) -> MutexGuard<'_, State> {
        // What a panicking thread left is whole: each change is a few assignments that cannot panic.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Room for a request of any kind.
    fn room(&mut self, limits: &Limits, now: Duration) -> Room {
        if now < self.not_before {
            return Room::At(self.not_before);
        }
        forget(&mut self.sent, now);
        let (minute, second) = (self.rate(limits.per_minute, now), self.rate(limits.per_second, now));
        let at_once = usize::try_from(limits.at_once).unwrap_or(usize::MAX);
        if self.open + self.admitted >= at_once {
            return Room::WhenOneEnds;
        }
        let minute = window(&self.sent, self.admitted, minute, MINUTE, now);
        later(minute, window(&self.sent, self.admitted, second, SECOND, now))
    }

    /// Room for a batch among the batches.
    fn batch_room(&mut self, limits: &Limits, now: Duration) -> Room {
        forget(&mut self.batches, now);
        let limit = self.rate(limits.batches_per_minute, now);
        window(&self.batches, self.admitted_batches, limit, MINUTE, now)
    }

    fn rate(&self, limit: u32, now: Duration) -> usize {
        let limit = if now < self.calm_until { (limit / 2).max(1) } else { limit };
        usize::try_from(limit).unwrap_or(usize::MAX)
    }
}

/// Room for one more in a window of this length, where `coming` are about to be sent.
fn window(sent: &VecDeque<Duration>, coming: usize, limit: usize, length: Duration, now: Duration) -> Room {
    let is_within = |time: &&Duration| now < time.saturating_add(length);
    let taken = sent.iter().rev().take_while(is_within).count();
    let Some(over) = (taken + coming + 1).checked_sub(limit).filter(|over| *over > 0) else {
        return Room::Now;
    };
    // The oldest ones leave the window first; what has not been sent yet does not leave it at any known time.
    let last_to_leave = (sent.len() - taken).checked_add(over - 1).filter(|_| over <= taken);
    match last_to_leave.and_then(|place| sent.get(place)) {
        Some(time) => Room::At(time.saturating_add(length)),
        None => Room::WhenOneEnds,
    }
}

fn later(one: Room, other: Room) -> Room {
    match (one, other) {
        (Room::WhenOneEnds, _) | (_, Room::WhenOneEnds) => Room::WhenOneEnds,
        (Room::At(one), Room::At(other)) => Room::At(one.max(other)),
        (Room::Now, other) | (other, Room::Now) => other,
    }
}

/// Forgets what no window holds any more.
fn forget(sent: &mut VecDeque<Duration>, now: Duration) {
    while sent.front().is_some_and(|time| time.saturating_add(MINUTE) <= now) {
        sent.pop_front();
    }
}

/// The next whole millisecond: clocks need not know less.
fn whole_millis(wait: Duration) -> Duration {
    let millis = u64::try_from(wait.as_micros().div_ceil(1000)).unwrap_or(u64::MAX);
    Duration::from_millis(millis.max(1))
}

/// The right to send one request. It holds a place under every limit until it is used, and one among the open requests
/// until it is dropped; dropped unused, it gives its places back.
#[must_use = "an admission holds a place under QuickBooks' limits"]
pub struct Admission {
    limiter: Limiter,
    is_batch: bool,
    is_sent: bool,
}

impl Admission {
    /// Notes that the request leaves now.
    pub(crate) fn sent(&mut self, now: Duration) {
        if self.is_sent {
            return;
        }
        self.is_sent = true;
        let keeps = !self.limiter.inner.limits.is_off();
        let mut state = self.limiter.inner.state();
        state.admitted -= 1;
        state.open += 1;
        if keeps {
            state.sent.push_back(now);
        }
        if self.is_batch {
            state.admitted_batches -= 1;
            if keeps {
                state.batches.push_back(now);
            }
        }
        drop(state);
        self.limiter.inner.changed.notify_waiters();
    }
}

impl Drop for Admission {
    fn drop(&mut self) {
        let mut state = self.limiter.inner.state();
        if self.is_sent {
            state.open -= 1;
        } else {
            state.admitted -= 1;
            state.admitted_batches -= usize::from(self.is_batch);
        }
        drop(state);
        self.limiter.inner.changed.notify_waiters();
    }
}

impl fmt::Debug for Admission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { limiter: _, is_batch, is_sent } = self;
        f.debug_struct("Admission")
            .field("is_batch", is_batch)
            .field("is_sent", is_sent)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests;
