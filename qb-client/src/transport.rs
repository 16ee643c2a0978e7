//! The port that carries one request and brings one response.
//!
//! Neighbours: `request.rs` makes every [`WireRequest`], `http.rs` is the transport over the network,
//! `outcome.rs` reads what comes back. Tests and embedded simulators bring their own [`Transport`].

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use crate::server_time::http_date;
use crate::token::AccessToken;

/// HTTP method.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Method {
    /// Reads.
    Get,
    /// Creates, and queries that are too long for an address.
    Post,
}

impl Method {
    /// Returns `GET` or `POST`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
        }
    }
}

/// One request, ready to send. `Debug` shows method and path only: no token, no values, no body.
#[derive(Clone)]
pub struct WireRequest {
    pub(crate) method: Method,
    pub(crate) base: String,
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) accept: &'static str,
    pub(crate) content_type: Option<&'static str>,
    pub(crate) token: AccessToken,
    pub(crate) body: Vec<u8>,
    pub(crate) response_limit: usize,
}

impl WireRequest {
    /// Returns the method.
    #[must_use]
    pub const fn method(&self) -> Method {
        self.method
    }

    /// Returns the whole address with its values. Not for logs: a query may name a customer.
    #[must_use]
    pub fn url(&self) -> String {
        format!("{}{}?{}", self.base, self.path, self.query)
    }

    /// Returns the path, `/v3/company/{realm}/invoice`.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Returns the percent-encoded query string without its question mark.
    #[must_use]
    pub fn query(&self) -> &str {
        &self.query
    }

    /// Returns the headers but `Authorization`, names in lower case.
    pub fn headers(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        [("accept", self.accept)].into_iter().chain(self.content_type.map(|text| ("content-type", text)))
    }

    /// Returns the token for `Authorization: Bearer`.
    #[must_use]
    pub const fn token(&self) -> &AccessToken {
        &self.token
    }

    /// Returns the body; empty for a GET.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// Returns the largest response body, in bytes, that may be taken in.
    #[must_use]
    pub const fn response_limit(&self) -> usize {
        self.response_limit
    }
}

impl fmt::Debug for WireRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WireRequest")
            .field("method", &self.method)
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

/// One complete response. `Debug` shows status and length only.
#[derive(Clone, PartialEq, Eq)]
pub struct WireResponse {
    /// HTTP status.
    pub status: u16,
    /// Headers in order; names in any case.
    pub headers: Vec<(String, String)>,
    /// The whole body.
    pub body: Vec<u8>,
}

impl WireResponse {
    /// Returns the first header of that name, any case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// Returns the server's clock when it answered, from the `Date` header; `None` when it is absent or no HTTP date.
    #[must_use]
    pub fn date(&self) -> Option<DateTime<Utc>> {
        self.header("date").and_then(http_date)
    }

    /// Returns Intuit's id of the exchange, for support: `intuit_tid`, recorded in several spellings.
    #[must_use]
    pub fn intuit_tid(&self) -> Option<&str> {
        self.header("intuit_tid").or_else(|| self.header("intuit-tid"))
    }
}

impl fmt::Debug for WireResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WireResponse").field("status", &self.status).field("bytes", &self.body.len()).finish()
    }
}

/// No complete response. The variant says whether the request may have had an effect.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TransportError {
    /// Not one byte of the request was written: name look-up, connection or TLS failed.
    #[error("request was not sent: {why}")]
    NotSent {
        /// The cause, without values and secrets.
        why: String,
    },
    /// The request may have arrived and may have been carried out.
    #[error("no complete answer: {why}")]
    Unknown {
        /// The cause, without values and secrets.
        why: String,
    },
    /// An answer came that is larger than [`WireRequest::response_limit`]; the rest of it was not taken in. The request
    /// may have been carried out.
    #[error("answer is larger than {limit} bytes")]
    TooLarge {
        /// The limit in bytes.
        limit: usize,
    },
}

/// Carries one request.
///
/// The contract: send at most once, follow no redirect, use no proxy that the host did not choose, and answer
/// [`TransportError::NotSent`] only when nothing was written. Dropping the future leaves the outcome unknown.
#[async_trait]
pub trait Transport: Send + Sync {
    /// Sends and takes in the whole response.
    ///
    /// # Errors
    /// [`TransportError`], whose variant says whether the request may have arrived.
    async fn send(&self, request: WireRequest) -> Result<WireResponse, TransportError>;
}

/// A shared transport is one.
#[async_trait]
impl<T: Transport + ?Sized> Transport for Arc<T> {
    async fn send(&self, request: WireRequest) -> Result<WireResponse, TransportError> {
        (**self).send(request).await
    }
}
