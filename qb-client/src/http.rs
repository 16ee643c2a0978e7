//! The transport over the network: reqwest with every habit turned off that could send a request twice, follow
//! it elsewhere or route a token through a machine nobody chose.
//!
//! reqwest stays private to this file and `base_url.rs`, but for a host's own client of it. Neighbour: `transport.rs`, the port.

use std::error::Error;
use std::time::Duration;

use async_trait::async_trait;
use reqwest::header::{AUTHORIZATION, HeaderValue};

use crate::auth::{AuthRequest, AuthTransport};
use crate::base_url::may_carry_token;
use crate::error::ClientError;
use crate::transport::{Method, Transport, TransportError, WireRequest, WireResponse};

/// A connection is made within this or not at all.
pub(crate) const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// The whole exchange. Above the 120 seconds after which QuickBooks itself gives up, so that its own
/// answer wins the race.
pub(crate) const TOTAL_TIMEOUT: Duration = Duration::from_secs(130);

/// A connection that was idle for longer is not used again. Load balancers close idle ones after a minute or so, and a write
/// into a connection that is being closed has an unknown outcome.
pub(crate) const POOL_IDLE_TIMEOUT: Duration = Duration::from_secs(20);

/// The whole of a token request. QuickBooks answers these in a second or two; writes wait for them.
const AUTH_TIMEOUT: Duration = Duration::from_secs(30);

/// Largest answer to a token request: tokens have at most 4,096 characters.
const AUTH_ANSWER: usize = 64 * 1024;

/// HTTPS with rustls. No redirects, no proxies (environment variables included), no retries, bounded answers.
///
/// A failure before the connection stands is [`TransportError::NotSent`]; everything later is
/// [`TransportError::Unknown`]. Needs a tokio runtime.
#[derive(Clone, Debug)]
pub struct ReqwestTransport {
    client: reqwest::Client,
    /// The whole exchange; a host's own client may have no limit, or a shorter one.
    total: Duration,
}

/// How long a transport waits.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Timeouts {
    pub(crate) connect: Duration,
    pub(crate) total: Duration,
    pub(crate) pool_idle: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self { connect: CONNECT_TIMEOUT, total: TOTAL_TIMEOUT, pool_idle: POOL_IDLE_TIMEOUT }
    }
}

impl ReqwestTransport {
    /// Returns a transport with the usual limits: 10 seconds to connect, 130 seconds in all, connections kept for 20 idle
    /// seconds.
    ///
    /// # Errors
    /// [`ClientError::TransportSetup`] when TLS cannot be set up.
    pub fn new() -> Result<Self, ClientError> {
        Self::with(Timeouts::default())
    }

    /// Returns a transport with other time limits. A total below 120 seconds gives up while QuickBooks may still be at
    /// work: the outcome is unknown more often.
    ///
    /// # Errors
    /// [`ClientError::TransportSetup`] when TLS cannot be set up.
    pub fn with_timeouts(connect: Duration, total: Duration) -> Result<Self, ClientError> {
        Self::with(Timeouts { connect, total, ..Timeouts::default() })
    }

    pub(crate) fn with(timeouts: Timeouts) -> Result<Self, ClientError> {
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .no_proxy()
            .referer(false)
            .http1_only()
            .connect_timeout(timeouts.connect)
            .pool_idle_timeout(timeouts.pool_idle)
            .user_agent(concat!("qb-client/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|source| ClientError::TransportSetup { source: Box::new(source.without_url()) })?;
        Ok(Self { client, total: timeouts.total })
    }

    /// Returns a transport over a client that the host has set up: its proxies, certificates and pools are the host's affair.
    /// The whole exchange is still held to `total`.
    ///
    /// Build it with `redirect(Policy::none())`, `retry(retry::never())` and a `pool_idle_timeout` of less than a minute: what a
    /// client follows or repeats by itself, nobody above sees. An answer from another address than the one asked is taken for
    /// none: the outcome is unknown.
    #[must_use]
    pub const fn with_client(client: reqwest::Client, total: Duration) -> Self {
        Self { client, total }
    }
}

#[async_trait]
impl Transport for ReqwestTransport {
    async fn send(&self, request: WireRequest) -> Result<WireResponse, TransportError> {
        let url = request.url();
        if !may_carry_token(&url) {
            return Err(TransportError::NotSent {
                why: "address is neither https nor this machine".to_owned(),
            });
        }
        // A token is visible ASCII, so this does not fail.
        let mut bearer = HeaderValue::from_str(&format!("Bearer {}", request.token().expose()))
            .map_err(|_| TransportError::NotSent { why: "access token does not fit a header".to_owned() })?;
        bearer.set_sensitive(true);
        let method = match request.method() {
            Method::Get => reqwest::Method::GET,
            Method::Post => reqwest::Method::POST,
        };
        let mut builder = self.client.request(method, &url).timeout(self.total).header(AUTHORIZATION, bearer);
        for (name, value) in request.headers() {
            builder = builder.header(name, value);
        }
        let limit = request.response_limit();
        if request.method() == Method::Post {
            builder = builder.body(request.body);
        }
        exchange(builder, &url, limit).await
    }
}

#[async_trait]
impl AuthTransport for ReqwestTransport {
    async fn post(&self, request: AuthRequest) -> Result<WireResponse, TransportError> {
        if !may_carry_token(request.url()) {
            let why = "address is neither https nor this machine".to_owned();
            return Err(TransportError::NotSent { why });
        }
        let mut builder = self.client.post(request.url()).timeout(AUTH_TIMEOUT);
        for (name, value) in request.headers() {
            let mut value = HeaderValue::from_str(value).map_err(|_| TransportError::NotSent {
                why: format!("header {name} is not visible ascii"),
            })?;
            value.set_sensitive(name == "authorization");
            builder = builder.header(name, value);
        }
        let url = request.url().to_owned();
        exchange(builder.body(request.into_body()), &url, AUTH_ANSWER).await
    }
}

/// Sends once and takes in the whole response, up to the limit.
async fn exchange(
    builder: reqwest::RequestBuilder,
    asked: &str,
    limit: usize,
) -> Result<WireResponse, TransportError> {
    let mut response = builder.send().await.map_err(failure)?;
    // Only a host's own client follows: what was asked may have been done, and who answered is another.
    if reqwest::Url::parse(asked).is_ok_and(|asked| asked != *response.url()) {
        let why = "the http client followed a redirect; build it with redirect(Policy::none())".to_owned();
        return Err(TransportError::Unknown { why });
    }
    let status = response.status().as_u16();
    let headers = (response.headers().iter())
        .map(|(name, value)| {
            (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
        })
        .collect();
    // What says that it is too large is not begun with.
    if response.content_length().is_some_and(|length| length > limit as u64) {
        return Err(TransportError::TooLarge { limit });
    }
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(failure)? {
        if body.len().saturating_add(chunk.len()) > limit {
            return Err(TransportError::TooLarge { limit });
        }
        body.extend_from_slice(&chunk);
    }
    Ok(WireResponse { status, headers, body })
}

/// A failed connection or an unbuildable request was never written; all else may have arrived.
#[allow(clippy::needless_pass_by_value, reason = "the shape map_err wants")]
fn failure(error: reqwest::Error) -> TransportError {
    let never_written = error.is_connect() || error.is_builder();
    let why = causes(&error.without_url());
    if never_written { TransportError::NotSent { why } } else { TransportError::Unknown { why } }
}

/// The error and its causes in one line; the address, which may hold a query, is taken out before.
fn causes(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        let next = inner.to_string();
        if !text.ends_with(&next) {
            text.push_str(": ");
            text.push_str(&next);
        }
        cause = inner.source();
    }
    text
}
