//! Bugs that are planted on purpose, around the exchange: what nights do not find is not tested by them.
//!
//! Each is what the exchange would do if it had the bug: its requests, its log or what it believes of an answer is changed on the
//! way. Nothing in the libraries has to be switched.

use qb_client::WireResponse;
use qb_simulator::Request;
use serde_json::Value;

use crate::wire::json;

/// A bug of an exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Planted {
    /// It writes down what it sends after it has sent it.
    LogAfterSend,
    /// It sends again under a request id of its own.
    NewIdOnRetry,
    /// It believes an absence at once.
    NoQuarantine,
    /// It packs a batch otherwise when it goes again under the same id.
    RepackedBatch,
    /// It takes 500, 502, 503 and 504 for a refusal.
    ServerErrorIsRefusal,
    /// It takes fault 6000 for a refusal.
    TransientIsRefusal,
    /// It dates a sale by the clock at UTC.
    DateAtUtc,
}

impl Planted {
    /// Each of them.
    pub const ALL: [Self; 7] = [
        Self::LogAfterSend,
        Self::NewIdOnRetry,
        Self::NoQuarantine,
        Self::RepackedBatch,
        Self::ServerErrorIsRefusal,
        Self::TransientIsRefusal,
        Self::DateAtUtc,
    ];

    /// Returns its name on the command line.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::LogAfterSend => "log-after-send",
            Self::NewIdOnRetry => "new-id-on-retry",
            Self::NoQuarantine => "no-quarantine",
            Self::RepackedBatch => "repacked-batch",
            Self::ServerErrorIsRefusal => "server-error-is-refusal",
            Self::TransientIsRefusal => "transient-is-refusal",
            Self::DateAtUtc => "date-at-utc",
        }
    }

    /// Changes a write that leaves for the so-many-th time, from 0, under its request id.
    pub(crate) fn depart(self, request: &mut Request, times: u64) {
        match self {
            Self::NewIdOnRetry if times > 0 => {
                request.target = request.target.replace("requestid=", &format!("requestid=again{times}-"));
            }
            Self::RepackedBatch if times > 0 => {
                let mut body = json(&request.body);
                if let Some(Value::Array(items)) = body.get_mut("BatchItemRequest") {
                    items.reverse();
                    request.body = body.to_string().into_bytes();
                }
            }
            _ => {}
        }
    }

    /// Changes what the exchange takes an answer to a write for.
    pub(crate) fn believe(self, answer: &mut WireResponse) {
        const REFUSED: &str = r#"{"Fault":{"Error":[{"Message":"Refused","Detail":"believed","code":"2010"}],"type":"ValidationFault"}}"#;
        let is_taken = match self {
            Self::ServerErrorIsRefusal => (500..=504).contains(&answer.status),
            Self::TransientIsRefusal => String::from_utf8_lossy(&answer.body).contains(r#""code":"6000""#),
            _ => false,
        };
        if is_taken {
            answer.status = 400;
            answer.body = REFUSED.into();
        }
    }

    /// Changes the files that the exchange is handed.
    pub(crate) fn read(self, file: &mut Value) {
        if self == Self::DateAtUtc {
            each_instant(file, &|text| {
                chrono::DateTime::parse_from_rfc3339(text).ok().map(|instant| instant.to_utc().to_rfc3339())
            });
        }
    }
}

/// Changes every `occurred_at`.
fn each_instant(value: &mut Value, change: &dyn Fn(&str) -> Option<String>) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                match value.as_str().filter(|_| name == "occurred_at").and_then(change) {
                    Some(changed) => *value = changed.into(),
                    None => each_instant(value, change),
                }
            }
        }
        Value::Array(values) => values.iter_mut().for_each(|value| each_instant(value, change)),
        _ => {}
    }
}
