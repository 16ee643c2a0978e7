//! Requests and responses as full bytes, and the taking apart of a request's target.
//!
//! Knows HTTP's outside only. Neighbours: `server` fills requests in from the socket, `handle`
//! answers them.

/// A request as it came in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Request {
    /// `GET` or `POST`.
    pub method: String,
    /// Path and query string, percent-encoded as sent: `/v3/company/1/invoice?minorversion=75`.
    pub target: String,
    /// Header names in any case, and their values.
    pub headers: Vec<(String, String)>,
    /// The body's bytes.
    pub body: Vec<u8>,
}

impl Request {
    /// Returns a request without headers.
    pub fn new(method: &str, target: &str, body: impl Into<Vec<u8>>) -> Request {
        Request { method: method.into(), target: target.into(), headers: Vec::new(), body: body.into() }
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Request {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Adds the bearer token.
    #[must_use]
    pub fn bearer(self, token: &str) -> Request {
        self.header("authorization", &format!("Bearer {token}"))
    }

    /// Returns the bearer token, if the request carries one.
    pub(crate) fn bearer_token(&self) -> Option<&str> {
        let (scheme, token) = self.header_value("authorization")?.trim().split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
    }

    /// Returns the value of a header, whatever the case of its name.
    pub(crate) fn header_value(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }
}

/// A response as it goes out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Response {
    /// The HTTP status.
    pub status: u16,
    /// Header names and values.
    pub headers: Vec<(String, String)>,
    /// The body's bytes.
    pub body: Vec<u8>,
}

impl Response {
    /// Returns the value of a header, whatever the case of its name.
    #[must_use]
    pub fn header_value(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }
}

/// A request's target, taken apart: path segments and query parameters, decoded.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Target {
    pub(crate) segments: Vec<String>,
    parameters: Vec<(String, String)>,
}

impl Target {
    /// Empty segments (a doubled or trailing slash) and empty parameters are dropped.
    pub(crate) fn parse(target: &str) -> Target {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let segments =
            path.split('/').filter(|segment| !segment.is_empty()).map(|s| decode(s, false)).collect();
        let parameters = query
            .split('&')
            .filter(|pair| !pair.is_empty())
            .map(|pair| {
                let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
                (decode(name, true), decode(value, true))
            })
            .collect();
        Target { segments, parameters }
    }

    /// Returns a parameter's value, the name in any case; `""` counts as absent.
    pub(crate) fn parameter(&self, name: &str) -> Option<&str> {
        let named = self.parameters.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
        named.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }

    /// Returns whether the comma-joined `include` parameter names a switch.
    pub(crate) fn includes(&self, switch: &str) -> bool {
        self.parameters
            .iter()
            .filter(|(key, _)| key.eq_ignore_ascii_case("include"))
            .any(|(_, value)| value.split(',').any(|one| one.trim().eq_ignore_ascii_case(switch)))
    }
}

/// Returns a target with its escapes undone, for searching.
pub(crate) fn decoded(target: &str) -> String {
    decode(target, true)
}

/// Undoes percent-encoding, and `+` for a blank in query strings. Broken escapes stay as they are.
fn decode(text: &str, plus_is_blank: bool) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let escaped = match bytes[at] {
            b'%' => text.get(at + 1..at + 3).and_then(|hex| u8::from_str_radix(hex, 16).ok()),
            _ => None,
        };
        match (escaped, bytes[at]) {
            (Some(byte), _) => {
                out.push(byte);
                at += 3;
                continue;
            }
            (None, b'+') if plus_is_blank => out.push(b' '),
            (None, byte) => out.push(byte),
        }
        at += 1;
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_quirky_targets_apart() {
        let target =
            Target::parse("/v3/company/1/Query/?query=select%20*+from%20Item&&minorversion=75&x&y=%zz%4");
        assert_eq!(target.segments, ["v3", "company", "1", "Query"]);
        assert_eq!(target.parameter("QUERY"), Some("select * from Item"));
        assert_eq!(target.parameter("minorversion"), Some("75"));
        assert_eq!(target.parameter("x"), None);
        assert_eq!(target.parameter("y"), Some("%zz%4"));
    }

    #[test]
    fn finds_joined_include_switches() {
        let target = Target::parse("/a?include=invoiceLink,allowduplicatedocnum");
        assert!(target.includes("allowDuplicateDocnum"));
        assert!(!target.includes("void"));
    }
}
