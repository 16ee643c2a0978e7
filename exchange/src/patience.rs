//! Waiting, and what ends it: the host asks the run to end, or its time is up.
//!
//! Every wait of a run and every read goes through here, so that none outlasts the run. A read may be dropped where it stands;
//! a write is never dropped, so a run that is asked to end waits for the one in flight. Up the walk: `driver.rs`.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use chrono::TimeDelta;
use mapping::StepKey;
use qb_client::engine::NotSentWhy;
use qb_client::{Client, Clock, ReadError};

use crate::error::RunError;
use crate::observer::{Waiting, WaitingFor};
use crate::report::Hold;
use crate::session::{Exchange, Options};
use crate::stop::Paused;

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

    /// Says it to people.
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

/// How much longer QuickBooks asks to be left alone, which is what a turn that is not given says.
impl AskedWait for Duration {
    fn asked_wait(&self) -> Option<Duration> {
        Some(*self)
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

    /// Whether the run has time to wait so long.
    pub(crate) fn has_time_for(&self, wait: Duration) -> Result<(), Ended> {
        has_time_for(wait, self.deadline, self.client.clock())
    }

    /// Waits so long, unless the run is asked to end or has not so much time: then it does not wait at all.
    pub(crate) async fn wait(&self, wait: Duration) -> Result<(), Ended> {
        self.has_time_for(wait)?;
        self.options.unless_stopped(self.client.clock().sleep(wait)).await.ok_or(Ended::Stopped)
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

    /// Asks as [`ask`](Exchange::ask) does, apart from the run, which goes on meanwhile. It must only read; it is dropped when the run
    /// is asked to end.
    pub(crate) fn patiently<T, F, R>(
        &self,
        read: R,
    ) -> impl Future<Output = Result<Result<T, ReadError>, Ended>> + use<T, F, R>
    where
        F: Future<Output = Result<T, ReadError>>,
        R: Fn(Client) -> F,
    {
        let (client, deadline) = (self.client.clone(), self.deadline);
        async move {
            loop {
                let answer = read(client.clone()).await;
                let Some(wait) = answer.as_ref().err().and_then(AskedWait::asked_wait) else {
                    return Ok(answer);
                };
                has_time_for(wait, deadline, client.clock())?;
                tracing::warn!(seconds = wait.as_secs(), "QuickBooks asks to be left alone");
                client.clock().sleep(wait).await;
            }
        }
    }
}

fn has_time_for(wait: Duration, deadline: Duration, clock: &dyn Clock) -> Result<(), Ended> {
    if wait <= deadline.saturating_sub(clock.elapsed()) {
        return Ok(());
    }
    let until = TimeDelta::from_std(wait).ok().and_then(|wait| clock.now().checked_add_signed(wait));
    Err(Ended::Paused(Paused { until }))
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
