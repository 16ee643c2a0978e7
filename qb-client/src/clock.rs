//! Time as a port, so that a test decides what it is.

use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use chrono::{DateTime, Utc};

/// The time, and waiting.
#[async_trait]
pub trait Clock: Send + Sync {
    /// Returns the present instant. It jumps when somebody sets the machine's clock: use it for what people read.
    fn now(&self) -> DateTime<Utc>;

    /// Returns the time since a fixed moment of this process. It never goes back and never jumps: use it to measure. A
    /// machine that sleeps may not count that time.
    fn elapsed(&self) -> Duration;

    /// Returns when the duration has passed. Dropping the future ends the wait.
    async fn sleep(&self, duration: Duration);
}

/// The moment from which this process measures.
static START: LazyLock<Instant> = LazyLock::new(Instant::now);

/// The machine's clock; needs a tokio runtime with time.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

#[async_trait]
impl Clock for SystemClock {
    fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }

    fn elapsed(&self) -> Duration {
        START.elapsed()
    }

    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }
}

/// A shared clock is one.
#[async_trait]
impl<T: Clock + ?Sized> Clock for Arc<T> {
    fn now(&self) -> DateTime<Utc> {
        (**self).now()
    }

    fn elapsed(&self) -> Duration {
        (**self).elapsed()
    }

    async fn sleep(&self, duration: Duration) {
        (**self).sleep(duration).await;
    }
}
