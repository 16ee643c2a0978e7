//! What a request is, as far as a night must know.

use qb_simulator::Request;
use serde_json::Value;

/// Returns the JSON of a body; nothing where it is none.
pub(crate) fn json(body: &[u8]) -> Value {
    serde_json::from_slice(body).unwrap_or_default()
}

/// Returns the id under which a write goes; empty where it has none.
pub(crate) fn request_id(request: &Request) -> &str {
    let query = request.target.split_once('?').map_or("", |(_, query)| query);
    query.split('&').find_map(|pair| pair.strip_prefix("requestid=")).unwrap_or_default()
}

/// Returns whether it is a batch.
pub(crate) fn is_batch(request: &Request) -> bool {
    path(request).ends_with("/batch")
}

/// Returns whether it may write: a batch of queries does not.
pub(crate) fn is_write(request: &Request) -> bool {
    let is_post = request.method == "POST" && !path(request).ends_with("/query");
    is_post && (!is_batch(request) || String::from_utf8_lossy(&request.body).contains("\"operation\""))
}

fn path(request: &Request) -> &str {
    request.target.split('?').next().unwrap_or_default()
}
