//! Setting a client up: what a production program needs by default, each part replaceable by name.
//!
//! Neighbours: `client.rs` (what is built), `http.rs` and `clock.rs` (the defaults).

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::base_url::BaseUrl;
use crate::client::{Client, Patience};
use crate::clock::{Clock, SystemClock};
use crate::error::ClientError;
use crate::http::{ReqwestTransport, Timeouts};
use crate::ids::RealmId;
use crate::limits::{Limiter, Limits};
use crate::token::TokenStore;
use crate::transport::Transport;

/// A client that is being set up; made by [`Client::builder`].
///
/// # Defaults
/// * transport: [`ReqwestTransport`], 10 seconds to connect, 130 seconds in all, connections kept for 20 idle seconds
/// * clock: [`SystemClock`]
/// * reads: 4 attempts, no wait longer than 120 seconds
/// * limits: [`Limits::DOCUMENTED`]; at an address on this machine [`Limits::NONE`], for a simulator need not be spared
#[must_use = "a builder does nothing until `build` is called"]
pub struct ClientBuilder {
    base: BaseUrl,
    realm: RealmId,
    tokens: Arc<dyn TokenStore>,
    transport: Option<Arc<dyn Transport>>,
    clock: Arc<dyn Clock>,
    http_client: Option<reqwest::Client>,
    timeouts: Timeouts,
    patience: Patience,
    limiter: Option<Limiter>,
}

impl Client {
    /// Starts a client of the company `realm` at `base`, for which `tokens` gives the access tokens.
    ///
    /// ```
    /// use qb_client::{AccessToken, BaseUrl, Client, RealmId, StaticToken};
    ///
    /// let tokens = StaticToken::new(AccessToken::new("an-access-token")?);
    /// let client = Client::builder(BaseUrl::Sandbox, RealmId::new("9130347957983546")?, tokens).build()?;
    /// assert_eq!(client.realm().as_str(), "9130347957983546");
    /// # Ok::<(), qb_client::ClientError>(())
    /// ```
    pub fn builder(base: BaseUrl, realm: RealmId, tokens: impl TokenStore + 'static) -> ClientBuilder {
        ClientBuilder {
            base,
            realm,
            tokens: Arc::new(tokens),
            transport: None,
            clock: Arc::new(SystemClock),
            http_client: None,
            timeouts: Timeouts::default(),
            patience: Patience::default(),
            limiter: None,
        }
    }
}

impl ClientBuilder {
    /// Carries requests by this transport instead of HTTPS: a simulator in this process, a test. The time limits then have no
    /// effect, and a client of the host's own is not used.
    pub fn transport(mut self, transport: impl Transport + 'static) -> Self {
        self.transport = Some(Arc::new(transport));
        self
    }

    /// Sends by a `reqwest` client of the host's own, for its proxy, its certificates or its pool. Of the time limits only the
    /// total is kept. What such a client must not do is said at [`ReqwestTransport::with_client`].
    pub fn http_client(mut self, client: reqwest::Client) -> Self {
        self.http_client = Some(client);
        self
    }

    /// Takes the time from this clock. The default is the machine's, which needs a tokio runtime with time.
    pub fn clock(mut self, clock: impl Clock + 'static) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Gives up connecting after this time; nothing was sent then. The default is 10 seconds.
    pub const fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.timeouts.connect = timeout;
        self
    }

    /// Gives up a whole request after this time; a write's outcome is unknown then. The default is 130 seconds. Below 120
    /// seconds, QuickBooks' own limit, it may still be at work: the outcome is unknown more often.
    pub const fn total_timeout(mut self, timeout: Duration) -> Self {
        self.timeouts.total = timeout;
        self
    }

    /// Does not use a connection again that was idle for this long. The default is 20 seconds, less than what load balancers
    /// keep: a write into a connection that is just being closed has an unknown outcome, and costs a quarantine.
    pub const fn pool_idle_timeout(mut self, timeout: Duration) -> Self {
        self.timeouts.pool_idle = timeout;
        self
    }

    /// Tries a read this often; at least once. The default is 4.
    pub const fn read_attempts(mut self, attempts: u32) -> Self {
        self.patience.read_attempts = attempts;
        self
    }

    /// Waits at most this long between two attempts of a read, and for a pause that QuickBooks asks for; a request that it wants
    /// to wait longer is not sent, and says so. The default is 120 seconds.
    pub const fn longest_wait(mut self, wait: Duration) -> Self {
        self.patience.longest_wait = wait;
        self
    }

    /// Keeps these limits instead of the default ones.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limiter = Some(Limiter::new(limits));
        self
    }

    /// Keeps the limits together with the other clients that have this limiter: QuickBooks counts the requests of a company, not
    /// those of a client.
    pub fn limiter(mut self, limiter: Limiter) -> Self {
        self.limiter = Some(limiter);
        self
    }

    /// Returns the client. Nothing is sent.
    ///
    /// # Errors
    /// [`ClientError::TransportSetup`] when TLS cannot be set up; never with a transport of one's own.
    pub fn build(self) -> Result<Client, ClientError> {
        let transport = match (self.transport, self.http_client) {
            (Some(transport), _) => transport,
            (None, Some(client)) => Arc::new(ReqwestTransport::with_client(client, self.timeouts.total)),
            (None, None) => Arc::new(ReqwestTransport::with(self.timeouts)?),
        };
        let limits = if self.base.is_loopback() { Limits::NONE } else { Limits::DOCUMENTED };
        let limiter = self.limiter.unwrap_or_else(|| Limiter::new(limits));
        Ok(Client::assemble(
            transport,
            self.tokens,
            self.clock,
            self.base,
            self.realm,
            self.patience,
            limiter,
        ))
    }
}

impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("base", &self.base)
            .field("realm", &self.realm)
            .finish_non_exhaustive()
    }
}
