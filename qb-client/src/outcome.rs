//! What happened to the books: five classes, decided by one pure function.
//!
//! The table stands at [`classify`]. Only a definite refusal lets the engine change a body or
//! take a new request id; in doubt the answer is always [`WriteOutcome::Unknown`].
//! Neighbours: `refusals.rs` (which faults prove something), `client.rs` (calls it).

use std::fmt;
use std::time::Duration;

use qb_model::{Answer, EntityKind, Fault, FaultEntry};
use serde_json::Value;

use crate::refusals::is_definite_refusal;
use crate::server_time::http_date;
use crate::transport::{TransportError, WireResponse};

/// What one attempt to write did to the books. `T` is what a write that was carried out brings: the [`Answer`] to a create, the
/// record after a change or a void, the [`Gone`] one after a deletion.
#[derive(Clone, Debug, PartialEq)]
#[must_use = "an outcome says whether the books changed"]
#[non_exhaustive]
pub enum WriteOutcome<T = Answer> {
    /// QuickBooks says it stored the entity. A claim: compare its content with the plan.
    Applied {
        /// The entity as it was stored.
        answer: T,
        /// QuickBooks' id of the exchange, for support.
        intuit_tid: Option<String>,
    },
    /// Definitely not stored, and the same body never will be.
    Refused(Refusal),
    /// Definitely not stored: what was to be changed, or a document that it is linked with, has changed since it was read
    /// (fault 5010). Read it again and decide again.
    Stale(Refusal),
    /// Definitely not carried out; the same bytes may be sent again under the same request id.
    NotSent {
        /// The reason.
        why: NotSentWhy,
        /// How long to leave QuickBooks alone first: 1 second to 1 hour as it asks; none at all after a refused token, since the
        /// next one is another; `None` when nothing was asked for. When its limit was reached and it does not say, wait as
        /// [`throttle_wait`](crate::engine::throttle_wait) tells.
        retry_after: Option<Duration>,
        /// QuickBooks' id of the exchange, when it answered.
        intuit_tid: Option<String>,
    },
    /// Stored or not: only a look-up after the quarantine can tell.
    Unknown {
        /// The reason.
        why: UnknownWhy,
        /// QuickBooks' id of the exchange, when it answered.
        intuit_tid: Option<String>,
    },
}

impl<T> WriteOutcome<T> {
    /// Returns a stable word for programs: `applied`, `refused`, `stale`, `not-sent`, `unknown`.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Applied { .. } => "applied",
            Self::Refused(_) => "refused",
            Self::Stale(_) => "stale",
            Self::NotSent { .. } => "not-sent",
            Self::Unknown { .. } => "unknown",
        }
    }

    /// Returns QuickBooks' id of the exchange, for support.
    #[must_use]
    pub fn intuit_tid(&self) -> Option<&str> {
        match self {
            Self::Refused(refusal) | Self::Stale(refusal) => refusal.intuit_tid.as_deref(),
            Self::Applied { intuit_tid, .. }
            | Self::NotSent { intuit_tid, .. }
            | Self::Unknown { intuit_tid, .. } => intuit_tid.as_deref(),
        }
    }
}

/// A record that QuickBooks has deleted.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Gone {
    /// Its id, which QuickBooks gives to no other.
    pub id: String,
}

/// A definite no of QuickBooks: the first entry of its fault.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Refusal {
    /// Intuit's code, `6140`.
    pub code: String,
    /// The short text.
    pub message: String,
    /// The long text; may quote data of the company.
    pub detail: String,
    /// The field the fault is about.
    pub element: Option<String>,
    /// QuickBooks' id of the exchange, for support.
    pub intuit_tid: Option<String>,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "fault {} {}: {}", self.code, self.message, self.detail)
    }
}

/// What a "not sent" rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NotSentKind {
    /// Not one byte of the request left: nothing can have happened.
    NeverLeft,
    /// QuickBooks answered that it did not take the request up (401 or its limit). The same bytes may go again at once, or
    /// after the wait, under the same request id. It is QuickBooks' word and no proof: an answer of its limit has been told
    /// of that came after the effect. Whoever finds it later as the last word on a request looks the document up first.
    TurnedAway,
}

/// Why nothing was carried out.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotSentWhy {
    /// No connection.
    #[error("no connection: {0}")]
    Connection(String),
    /// The token store gave no token.
    #[error("{0}")]
    NoToken(#[from] crate::token::TokenError),
    /// 401: the token was not accepted.
    #[error("access token was not accepted (401)")]
    Unauthorized,
    /// QuickBooks asks to slow down.
    #[error("request limit reached")]
    Throttled,
    /// This client held the request back: QuickBooks has asked, in answer to another one, to be left alone for longer than a
    /// request waits.
    #[error("request held back: QuickBooks asks for a longer pause")]
    HeldBack,
}

impl NotSentWhy {
    /// Returns what it rests on: whether the request never left, or QuickBooks turned it away.
    #[must_use]
    pub const fn kind(&self) -> NotSentKind {
        match self {
            Self::Connection(_) | Self::NoToken(_) | Self::HeldBack => NotSentKind::NeverLeft,
            Self::Unauthorized | Self::Throttled => NotSentKind::TurnedAway,
        }
    }

    /// Returns a stable kebab word.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Connection(_) => "no-connection",
            Self::NoToken(_) => "no-token",
            Self::Unauthorized => "unauthorized",
            Self::Throttled => "throttled",
            Self::HeldBack => "held-back",
        }
    }
}

/// Why it is not known whether the entity was stored.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UnknownWhy {
    /// The connection ended before the whole answer was in.
    #[error("no complete answer: {0}")]
    Connection(String),
    /// The answer was larger than its limit and not taken in.
    #[error("answer is larger than {limit} bytes")]
    TooLarge {
        /// The limit in bytes.
        limit: usize,
    },
    /// An answer that sends us elsewhere; not followed.
    #[error("redirect refused (status {status})")]
    RedirectRefused {
        /// HTTP status.
        status: u16,
    },
    /// A failure on the other side.
    #[error("server failed (status {status})")]
    Server {
        /// HTTP status.
        status: u16,
    },
    /// A fault that proves nothing.
    #[error("fault {code} {message}: {detail} (status {status})")]
    Fault {
        /// HTTP status.
        status: u16,
        /// Intuit's code; empty when absent.
        code: String,
        /// The short text.
        message: String,
        /// The long text; may quote data of the company.
        detail: String,
    },
    /// No JSON, no fault, or not the entity asked for.
    #[error("answer is not the one asked for (status {status})")]
    NotTheAnswer {
        /// HTTP status.
        status: u16,
    },
    /// The answer to a batch has nothing on this item.
    #[error("answer to the batch has nothing on item {item}")]
    ItemMissing {
        /// The item's `bId`.
        item: String,
    },
    /// The answer to a batch has this item more than once.
    #[error("answer to the batch has item {item} more than once")]
    ItemTwice {
        /// The item's `bId`.
        item: String,
    },
}

impl UnknownWhy {
    /// Returns Intuit's code when a fault came that proves nothing, such as `6000`: the document may be there, look it up.
    #[must_use]
    pub fn fault_code(&self) -> Option<&str> {
        match self {
            Self::Fault { code, .. } => Some(code),
            _ => None,
        }
    }

    /// Returns a stable kebab word.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Connection(_) => "connection-lost",
            Self::TooLarge { .. } => "answer-too-large",
            Self::RedirectRefused { .. } => "redirect-refused",
            Self::Server { .. } => "server-failed",
            Self::Fault { .. } => "unclear-fault",
            Self::NotTheAnswer { .. } => "not-the-answer",
            Self::ItemMissing { .. } => "item-missing",
            Self::ItemTwice { .. } => "item-twice",
        }
    }
}

/// Sorts what came back from creating an entity of `kind`.
///
/// | seen | class |
/// |---|---|
/// | request never written; 401 | not sent |
/// | 429, or `ThrottleExceeded`/3001/3002 below 500, JSON or XML | not sent, perhaps with a wait |
/// | 400 (403, 2xx) whose every fault entry is a known refusal | refused; stale when the first is 5010 |
/// | any other 4xx or fault | unknown |
/// | 3xx, 5xx, lost connection, too large, HTML, empty, unreadable 2xx | unknown |
/// | 2xx with the entity, its id and sync token | applied |
pub fn classify(kind: EntityKind, result: &Result<WireResponse, TransportError>) -> WriteOutcome {
    sort(inspect(result), |body| Answer::read(kind, body.value).ok())
}

/// Sorts what came back from any write; `take` finds what the write brings in the body of a 2xx, if it is there.
pub(crate) fn sort<T>(verdict: Verdict, take: impl FnOnce(Body) -> Option<T>) -> WriteOutcome<T> {
    match verdict {
        Verdict::Body(body) => {
            let (status, intuit_tid) = (body.status, body.intuit_tid.clone());
            match take(body) {
                Some(answer) => WriteOutcome::Applied { answer, intuit_tid },
                None => WriteOutcome::Unknown { why: UnknownWhy::NotTheAnswer { status }, intuit_tid },
            }
        }
        Verdict::Refused(refusal) if refusal.code == STALE => WriteOutcome::Stale(refusal),
        Verdict::Refused(refusal) => WriteOutcome::Refused(refusal),
        Verdict::NotSent { why, retry_after, intuit_tid } => {
            WriteOutcome::NotSent { why, retry_after, intuit_tid }
        }
        Verdict::Unknown { why, intuit_tid } => WriteOutcome::Unknown { why, intuit_tid },
    }
}

/// The fault that says that somebody else was quicker.
const STALE: &str = "5010";

/// The body of a 2xx that is JSON and holds no fault.
#[derive(Clone, Debug, Default)]
pub(crate) struct Body {
    pub(crate) value: Value,
    /// The same as it came: an amount keeps its digits.
    pub(crate) bytes: Vec<u8>,
    pub(crate) status: u16,
    pub(crate) intuit_tid: Option<String>,
}

/// The same classes before the body is given a meaning; reads use it as it is.
#[derive(Clone)]
pub(crate) enum Verdict {
    Body(Body),
    Refused(Refusal),
    NotSent { why: NotSentWhy, retry_after: Option<Duration>, intuit_tid: Option<String> },
    Unknown { why: UnknownWhy, intuit_tid: Option<String> },
}

pub(crate) fn inspect(result: &Result<WireResponse, TransportError>) -> Verdict {
    let response = match result {
        Ok(response) => response,
        Err(TransportError::NotSent { why }) => {
            let why = NotSentWhy::Connection(why.clone());
            return Verdict::NotSent { why, retry_after: None, intuit_tid: None };
        }
        Err(TransportError::TooLarge { limit }) => {
            return Verdict::Unknown { why: UnknownWhy::TooLarge { limit: *limit }, intuit_tid: None };
        }
        Err(TransportError::Unknown { why }) => {
            return Verdict::Unknown { why: UnknownWhy::Connection(why.clone()), intuit_tid: None };
        }
    };
    let status = response.status;
    let intuit_tid = response.intuit_tid().map(str::to_owned);
    let unknown = |why, intuit_tid| Verdict::Unknown { why, intuit_tid };
    match status {
        401 => {
            return Verdict::NotSent { why: NotSentWhy::Unauthorized, retry_after: None, intuit_tid };
        }
        300..=399 => return unknown(UnknownWhy::RedirectRefused { status }, intuit_tid),
        500.. => return unknown(UnknownWhy::Server { status }, intuit_tid),
        _ => {}
    }
    let json = serde_json::from_slice::<Value>(&response.body).ok();
    let fault = json.as_ref().and_then(Fault::find);
    if status == 429 || is_throttle(json.is_some(), fault.as_ref(), &response.body) {
        let retry_after = retry_after(response);
        return Verdict::NotSent { why: NotSentWhy::Throttled, retry_after, intuit_tid };
    }
    match (fault, json) {
        (Some(fault), _) => weigh(status, fault, intuit_tid),
        (None, Some(value)) if (200..=299).contains(&status) => {
            Verdict::Body(Body { value, bytes: response.body.clone(), status, intuit_tid })
        }
        _ => unknown(UnknownWhy::NotTheAnswer { status }, intuit_tid),
    }
}

/// Whether an answer is a whole PDF, by its type, its first bytes and its last.
pub(crate) fn is_pdf(response: &WireResponse) -> bool {
    let is_said = (response.header("content-type")).is_some_and(|kind| {
        kind.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/pdf")
    });
    let tail = response.body.get(response.body.len().saturating_sub(1024)..).unwrap_or_default();
    response.status == 200
        && is_said
        && response.body.starts_with(b"%PDF-")
        && tail.windows(5).any(|bytes| bytes == b"%%EOF")
}

/// A fault is a refusal only when each of its entries is one, at a status that carries validation faults.
fn weigh(status: u16, fault: Fault, intuit_tid: Option<String>) -> Verdict {
    let definite = matches!(status, 200..=299 | 400 | 403)
        && !fault.errors.is_empty()
        && fault.errors.iter().all(is_definite_refusal);
    let FaultEntry { code, message, detail, element } = fault.errors.into_iter().next().unwrap_or_default();
    if definite {
        Verdict::Refused(Refusal { code, message, detail, element, intuit_tid })
    } else {
        Verdict::Unknown { why: UnknownWhy::Fault { status, code, message, detail }, intuit_tid }
    }
}

/// 3001 or its text, in JSON or in XML; throttles have come as 403 and as XML.
fn is_throttle(is_json: bool, fault: Option<&Fault>, body: &[u8]) -> bool {
    if let Some(fault) = fault {
        let named = |entry: &FaultEntry| {
            matches!(entry.code.as_str(), "3001" | "3002") || entry.message.contains("ThrottleExceeded")
        };
        return fault.errors.iter().any(named);
    }
    // Never look into JSON that is no fault: a memo may hold any text.
    !is_json && {
        let text = String::from_utf8_lossy(body);
        text.trim_start().starts_with('<')
            && (text.contains("ThrottleExceeded") || text.contains("errorCode=003001"))
    }
}

/// The wait QuickBooks asks for, in seconds or until a date, held to 1 second to 1 hour; `None` when it does not say, or says
/// it in no form of HTTP.
fn retry_after(response: &WireResponse) -> Option<Duration> {
    let text = response.header("retry-after")?.trim();
    let digits = text.strip_prefix('-').unwrap_or(text);
    let seconds = if !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit()) {
        // What does not fit is beyond an hour, one way or the other.
        let size = digits.parse::<i64>().unwrap_or(i64::MAX);
        if digits.len() < text.len() { -size } else { size }
    } else {
        // Both by the server's clock.
        http_date(text)?.signed_duration_since(response.date()?).num_seconds()
    };
    Some(Duration::from_secs(seconds.clamp(1, 3600).unsigned_abs()))
}

/// Returns how long to wait when QuickBooks' limit was reached and it did not say for how long, after `earlier` such answers in
/// a row: 1, 2, 4, 8, 16, 30 seconds; then `None`. That is 61 seconds in all, a window of its limit.
///
/// ```
/// use std::time::Duration;
/// use qb_client::engine::throttle_wait;
///
/// assert_eq!(throttle_wait(0), Some(Duration::from_secs(1)));
/// assert_eq!(throttle_wait(5), Some(Duration::from_secs(30)));
/// assert_eq!(throttle_wait(6), None);
/// ```
#[must_use]
pub const fn throttle_wait(earlier: u32) -> Option<Duration> {
    match earlier {
        0..=4 => Some(Duration::from_secs(1 << earlier)),
        5 => Some(Duration::from_secs(30)),
        _ => None,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]
mod tests;
