//! Waiting, and what ends it: the host asks the run to end, or its time is up.
//!
//! Every wait of a run and every read goes through here, so that none outlasts the run. A read may be dropped where it stands;
//! a write is never dropped, so a run that is asked to end waits for the one in flight. Up the walk: `driver.rs`.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use mapping::StepKey;
use qb_client::ReadError;
use qb_client::engine::{Admission, NotSentWhy};
use serde::Serialize;
use tokio::sync::watch;

use crate::error::RunError;
use crate::observer::{Waiting, WaitingFor};
use crate::report::Hold;
use crate::session::{Exchange, Options};

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

/// Why a run ends before its work is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ended {
    /// The host asked for it.
    Stopped,
    /// Its time is up.
    Paused(Paused),
}

impl Ended {
    /// Why what is left is held.
    pub(crate) fn hold(self) -> Hold {
        match self {
            Self::Stopped => Hold::Stopped,
            Self::Paused(_) => Hold::Paused,
        }
    }

    /// That its time is up, when it is.
    pub(crate) fn paused(self) -> Option<Paused> {
        match self {
            Self::Stopped => None,
            Self::Paused(paused) => Some(paused),
        }
    }

    /// The same for people.
    pub(crate) fn reason(self) -> String {
        match self {
            Self::Stopped => "the run was asked to end; the next run goes on from here".to_owned(),
            Self::Paused(Paused { until: None }) => {
                "the run's time was up; the next run goes on from here".to_owned()
            }
            Self::Paused(Paused { until: Some(until) }) => format!(
                "QuickBooks must be left alone for longer than the run's time; run it again after {}",
                until.format("%Y-%m-%d %H:%M:%S UTC")
            ),
        }
    }
}

impl From<Ended> for RunError {
    fn from(ended: Ended) -> Self {
        match ended {
            Ended::Stopped => Self::Stopped,
            Ended::Paused(paused) => Self::Paused(paused),
        }
    }
}

/// An error that may say how long QuickBooks asks to be left alone.
pub(crate) trait AskedWait {
    /// How long; none when it does not say, or is about something else.
    fn asked_wait(&self) -> Option<Duration>;
}

impl AskedWait for ReadError {
    fn asked_wait(&self) -> Option<Duration> {
        match self {
            Self::NotSent { why: NotSentWhy::Throttled | NotSentWhy::HeldBack, retry_after } => *retry_after,
            _ => None,
        }
    }
}

impl AskedWait for RunError {
    fn asked_wait(&self) -> Option<Duration> {
        match self {
            Self::Read { source, .. } => source.asked_wait(),
            _ => None,
        }
    }
}

impl Options {
    /// Does this until the run is asked to end: it is dropped then, and there is no result.
    async fn unless_stopped<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        let Some(stop) = &self.stop else { return Some(work.await) };
        let (mut work, mut asked) = (pin!(work), pin!(stop.asked()));
        let first = poll_fn(|context| match work.as_mut().poll(context) {
            Poll::Ready(value) => Poll::Ready(Some(value)),
            Poll::Pending => asked.as_mut().poll(context).map(|()| None),
        });
        first.await
    }
}

impl Exchange {
    /// When a run that begins now has no more time, by [`Exchange::elapsed`].
    pub(crate) fn deadline_from_now(&self) -> Duration {
        self.elapsed().saturating_add(self.options.policy.budget)
    }

    /// Why the run goes no further, when it was asked to end or has no more time.
    pub(crate) fn ended(&self) -> Option<Ended> {
        if self.options.is_stop_asked() {
            return Some(Ended::Stopped);
        }
        (self.elapsed() >= self.deadline).then_some(Ended::Paused(Paused { until: None }))
    }

    /// Waits so long, unless the run is asked to end or has not so much time: then it does not wait at all.
    pub(crate) async fn wait(&self, wait: Duration) -> Result<(), Ended> {
        if wait > self.deadline.saturating_sub(self.elapsed()) {
            let until = TimeDelta::from_std(wait).ok().and_then(|wait| self.now().checked_add_signed(wait));
            return Err(Ended::Paused(Paused { until }));
        }
        self.options.unless_stopped(self.client.clock().sleep(wait)).await.ok_or(Ended::Stopped)
    }

    /// Waits for a place under QuickBooks' limits. Whoever writes down what is about to be sent asks for it before: the time of
    /// sending that is written down is then that of the sending.
    pub(crate) async fn admission(&self) -> Result<Admission, Ended> {
        loop {
            match self.options.unless_stopped(self.client.admit()).await.ok_or(Ended::Stopped)? {
                Ok(admission) => return Ok(admission),
                Err(wait) => {
                    self.tell_wait(WaitingFor::Limit, wait, None);
                    self.wait(wait).await?;
                }
            }
        }
    }

    /// Tells whoever watches that a wait begins.
    pub(crate) fn tell_wait(&self, what: WaitingFor, duration: Duration, step: Option<&StepKey>) {
        let waiting = Waiting { what, duration, step: step.cloned() };
        self.observe(|observer| observer.waiting(&waiting));
    }

    /// Takes the answer to one question, or waits as QuickBooks asks and takes none: half of `ask!`.
    pub(crate) async fn answer<T, E: AskedWait>(
        &self,
        read: impl Future<Output = Result<T, E>>,
    ) -> Result<Option<Result<T, E>>, Ended> {
        let answer = self.options.unless_stopped(read).await.ok_or(Ended::Stopped)?;
        let Some(wait) = answer.as_ref().err().and_then(AskedWait::asked_wait) else {
            return Ok(Some(answer));
        };
        tracing::warn!(seconds = wait.as_secs(), "QuickBooks asks to be left alone");
        self.tell_wait(WaitingFor::Limit, wait, None);
        self.wait(wait).await?;
        Ok(None)
    }
}

/// Asks QuickBooks for something, once more after each wait that it asks for: `ask!(exchange, question)` is the question's answer
/// or [`Ended`]. It must only read.
///
/// A macro, because no signature can say that the futures of an async closure move between threads, and a host spawns its
/// runs.
macro_rules! ask {
    ($exchange:expr, $question:expr) => {
        loop {
            match $exchange.answer($question).await {
                Ok(Some(answer)) => break Ok(answer),
                Ok(None) => {}
                Err(ended) => break Err(ended),
            }
        }
    };
}

pub(crate) use ask;
