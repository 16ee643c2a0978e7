//! The points at which a process can stop, and the effect that each stands before or behind.

use std::sync::{Arc, Mutex};

use crate::time::held;
use crate::trace::Trace;

/// Where a process is when it passes a point.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Point {
    BeforeAppend,
    Unsynced,
    AfterAppend,
    BeforeSend,
    InFlight,
    AfterAnswer,
}

impl Point {
    pub(crate) const fn words(self) -> &'static str {
        match self {
            Self::BeforeAppend => "before the append",
            Self::Unsynced => "with the append written, not synced",
            Self::AfterAppend => "after the append",
            Self::BeforeSend => "before the request",
            Self::InFlight => "with the request on its way",
            Self::AfterAnswer => "after the answer",
        }
    }
}

/// The gate of one process: counts the points that it passes, and stops it at one of them by never going on.
#[derive(Debug)]
pub(crate) struct Gate {
    inner: Mutex<Inner>,
    trace: Arc<Trace>,
}

#[derive(Debug, Default)]
struct Inner {
    passed: u64,
    stop_at: Option<u64>,
    stopped: Option<(Point, &'static str)>,
}

impl Gate {
    /// Returns the gate of a process that stops at this point, from 1, or at none.
    pub(crate) fn new(trace: &Arc<Trace>, stop_at: Option<u64>) -> Self {
        Self { inner: Mutex::new(Inner { stop_at, ..Inner::default() }), trace: Arc::clone(trace) }
    }

    /// Passes a point of an effect.
    pub(crate) async fn pass(&self, point: Point, effect: &'static str) {
        let is_stopped = {
            let mut inner = held(&self.inner);
            inner.passed += 1;
            if inner.stopped.is_none() && inner.stop_at.is_some_and(|at| inner.passed >= at) {
                inner.stopped = Some((point, effect));
            }
            inner.stopped.is_some()
        };
        self.trace.note(&[point.words(), effect]);
        if is_stopped {
            std::future::pending::<()>().await;
        }
    }

    /// Returns where the process has stopped, if it has.
    pub(crate) fn stopped(&self) -> Option<(Point, &'static str)> {
        held(&self.inner).stopped
    }

    /// Returns how many points were passed.
    pub(crate) fn passed(&self) -> u64 {
        held(&self.inner).passed
    }
}
