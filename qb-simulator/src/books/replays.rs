//! Stored answers to writes, for requests that come again under the same request id.
//!
//! Neighbours: `handle` and `batch` store and ask, `company` holds them.

use std::collections::HashMap;

use chrono::{DateTime, FixedOffset, TimeDelta};

use crate::base::fault::Checked;
use crate::options::RequestIds;

/// Answers to writes, by request id; kept for the life of the company.
#[derive(Debug, Default)]
pub(crate) struct Replays {
    pub(crate) answers: HashMap<String, Replay>,
}

impl Replays {
    /// Returns the answer an id stands for, as far as ids are remembered at all.
    pub(crate) fn remembered(
        &self,
        mode: RequestIds,
        id: &str,
        now: DateTime<FixedOffset>,
    ) -> Option<&Replay> {
        self.answers.get(id).filter(|replay| match mode {
            RequestIds::Honoured | RequestIds::WithRefusals | RequestIds::Refused => true,
            RequestIds::OneDay => now - replay.at < TimeDelta::hours(24),
            RequestIds::Ignored => false,
        })
    }
}

/// One stored answer.
#[derive(Debug)]
pub(crate) struct Replay {
    pub(crate) at: DateTime<FixedOffset>,
    pub(crate) fingerprint: u64,
    /// The whole answer, or why it was refused.
    pub(crate) answer: Checked<Vec<u8>>,
}

impl Replay {
    /// Returns the first answer again.
    pub(crate) fn again(&self) -> Checked<Vec<u8>> {
        self.answer.clone().map_err(|mut fault| {
            fault.since = Some(self.at);
            fault
        })
    }
}
