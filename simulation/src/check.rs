//! What must hold at every step of a night, whatever goes wrong.

use std::collections::BTreeMap;
use std::time::Duration;

use qb_client::{TransportError, WireResponse};
use qb_simulator::Request;
use sha2::{Digest, Sha256};

use crate::disk::Disk;
use crate::wire::{is_batch, request_id};

/// The time after a request of unknown outcome within which it must not go again: QuickBooks may still be at work on it. The
/// exchange waits 165 s, measured between processes by the whole seconds of QuickBooks' own clock.
const QUARANTINE: Duration = Duration::from_secs(164);

/// Something that must never be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{rule}: {what}")]
pub struct Violation {
    /// The rule that is broken.
    pub rule: &'static str,
    /// What was seen.
    pub what: String,
}

/// What is remembered of requests in order to judge the next one.
#[derive(Debug, Default)]
pub(crate) struct Checks {
    pub(crate) violations: Vec<Violation>,
    /// The digest of the body that went under a request id.
    bodies: BTreeMap<String, [u8; 32]>,
    /// Bodies that have left, by their digests.
    doubts: BTreeMap<[u8; 32], Doubt>,
}

/// What is known of a body that has left.
#[derive(Debug)]
struct Doubt {
    sent: Duration,
    /// Under which request id.
    id: String,
    /// Whether it may have taken effect.
    is_open: bool,
    /// Whether QuickBooks has answered that something went wrong (6000): once absence is proven, that was a refusal, and what
    /// is sent then has an id of its own.
    is_told: bool,
}

impl Checks {
    /// Judges a write as it leaves.
    pub(crate) fn departs(&mut self, request: &Request, now: Duration, disk: &Disk) {
        let digest: [u8; 32] = Sha256::digest(&request.body).into();
        let id = request_id(request).to_owned();
        if id.is_empty() {
            self.violate("a write bears a request id", &request.target);
        }
        let is_batch = is_batch(request);
        let text = String::from_utf8_lossy(&request.body);
        if !(if is_batch { disk.has(&id) } else { disk.has(&text) }) {
            self.violate("nothing is sent that is not in the posting log", &request.target);
        }
        if self.bodies.insert(id.clone(), digest).is_some_and(|before| before != digest) {
            self.violate("a request id goes with one body only", &request.target);
        }
        let doubt = Doubt { sent: now, id, is_open: true, is_told: false };
        if let Some(before) = self.doubts.insert(digest, doubt).filter(|before| before.is_open) {
            if now < before.sent + QUARANTINE {
                self.violate("a request in doubt does not go again within the quarantine", &request.target);
            }
            if before.id != request_id(request) && !before.is_told {
                self.violate("a request in doubt keeps its id", &request.target);
            }
        }
    }

    /// Takes in an answer.
    pub(crate) fn answered(&mut self, request: &Request, answer: &Result<WireResponse, TransportError>) {
        let is_unclear = |response: &WireResponse| {
            matches!(response.status, 200 | 400)
                && String::from_utf8_lossy(&response.body).contains(r#""6000""#)
        };
        let is_definite = match answer {
            Err(TransportError::NotSent { .. }) => true,
            Err(_) => false,
            // 6000 may be said of what took effect.
            Ok(response) => matches!(response.status, 400 | 401 | 403 | 429) && !is_unclear(response),
        };
        let digest: [u8; 32] = Sha256::digest(&request.body).into();
        if let Some(doubt) = self.doubts.get_mut(&digest) {
            doubt.is_open = !is_definite;
            doubt.is_told = answer.as_ref().is_ok_and(is_unclear);
        }
    }

    /// The log was put back or lost: what it knew of ids and doubts is not known any more.
    pub(crate) fn log_lost(&mut self) {
        self.bodies.clear();
        self.doubts.clear();
    }

    pub(crate) fn violate(&mut self, rule: &'static str, what: impl Into<String>) {
        self.violations.push(Violation { rule, what: what.into() });
    }
}
