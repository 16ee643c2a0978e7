//! One company's connection: where it lives, its tokens, and since when. Pure: times are handed in.
//!
//! ```text
//! consent --redeem--> open --asked (before each refresh)--> open --renewed--> open ... --revoked--> revoked
//! ```
//!
//! Every change gives the connection a version one higher; a store takes no other (`store.rs`).

use std::fmt;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use qb_client::{AccessToken, RealmId};

use crate::environment::Environment;
use crate::secrets::RefreshToken;

/// A reconnection is announced this long ahead.
pub(crate) const NOTICE: TimeDelta = TimeDelta::days(30);

/// What the authorization server gives for a code or a refresh token.
#[derive(Clone, Debug)]
pub struct Grant {
    /// The token for the API.
    pub access: AccessToken,
    /// How long it lives: an hour.
    pub lives: Duration,
    /// The token for the next refresh; often the one that was used.
    pub refresh: RefreshToken,
    /// How long that one lives unused: 100 days and one. `None` when the server does not say.
    pub unused: Option<Duration>,
    /// How long the consent still lives, however often it is refreshed: five years in all. `None` when the server does not
    /// say.
    pub consent: Option<Duration>,
}

/// The tokens of an open connection.
#[derive(Clone, Debug)]
pub struct Tokens {
    pub(crate) access: AccessToken,
    pub(crate) obtained_at: DateTime<Utc>,
    pub(crate) lives: Duration,
    pub(crate) refresh: RefreshToken,
    /// Another refresh token that may be good when `refresh` is not: the one before it until it has worked once, or one that
    /// came in an answer that lacked something else.
    pub(crate) spare: Option<RefreshToken>,
    /// When the answer to a refresh was last waited for and did not come, or has not come yet.
    pub(crate) asked_at: Option<DateTime<Utc>>,
    pub(crate) unused_until: Option<DateTime<Utc>>,
    pub(crate) reconnect_by: Option<DateTime<Utc>>,
}

/// Whether a connection can be used.
#[derive(Clone, Debug)]
pub(crate) enum Standing {
    Open(Tokens),
    /// Ended by the operator; no token is left.
    Revoked(DateTime<Utc>),
}

/// A connected company. `Debug` shows neither tokens nor the company's name.
#[derive(Clone)]
pub struct Connection {
    pub(crate) environment: Environment,
    pub(crate) realm: RealmId,
    pub(crate) company: Option<String>,
    pub(crate) connected_at: DateTime<Utc>,
    pub(crate) version: u64,
    pub(crate) standing: Standing,
}

impl Connection {
    /// Returns a connection that was just allowed. It follows the one that the store holds, if any, so that processes which
    /// still use that one find out.
    #[must_use]
    pub fn new(
        environment: Environment,
        realm: RealmId,
        grant: Grant,
        now: DateTime<Utc>,
        follows: Option<&Self>,
    ) -> Self {
        let version = follows.map_or(1, |earlier| earlier.version.saturating_add(1));
        let tokens = Tokens::of(grant, now);
        Self {
            environment,
            realm,
            company: None,
            connected_at: now,
            version,
            standing: Standing::Open(tokens),
        }
    }

    /// Returns where the company lives.
    #[must_use]
    pub const fn environment(&self) -> &Environment {
        &self.environment
    }

    /// Returns the company's id.
    #[must_use]
    pub const fn realm(&self) -> &RealmId {
        &self.realm
    }

    /// Returns the company's name, as QuickBooks showed it when it was connected; `None` when it was not read then.
    #[must_use]
    pub fn company(&self) -> Option<&str> {
        self.company.as_deref()
    }

    /// Returns when a person allowed it.
    #[must_use]
    pub const fn connected_at(&self) -> DateTime<Utc> {
        self.connected_at
    }

    /// Grows by one with every change; 1 for the first.
    #[must_use]
    pub const fn version(&self) -> u64 {
        self.version
    }

    /// Returns when the operator ended the connection; `None` for an open one.
    #[must_use]
    pub const fn revoked_at(&self) -> Option<DateTime<Utc>> {
        match &self.standing {
            Standing::Open(_) => None,
            Standing::Revoked(at) => Some(*at),
        }
    }

    /// Returns the tokens of an open connection.
    #[must_use]
    pub const fn tokens(&self) -> Option<&Tokens> {
        match &self.standing {
            Standing::Open(tokens) => Some(tokens),
            Standing::Revoked(_) => None,
        }
    }

    /// Returns the same connection with the company's name.
    #[must_use]
    pub fn named(&self, company: &str) -> Self {
        Self { company: Some(company.to_owned()), ..self.next(self.standing.clone()) }
    }

    /// Returns the same connection, sealed again without another change.
    #[must_use]
    pub fn again(&self) -> Self {
        self.next(self.standing.clone())
    }

    /// Returns the end of the connection: no token is left.
    #[must_use]
    pub fn revoked(&self, now: DateTime<Utc>) -> Self {
        self.next(Standing::Revoked(now))
    }

    /// Returns the connection with the moment from which an answer is waited for; `None` when none is.
    pub(crate) fn asked(&self, tokens: &Tokens, at: Option<DateTime<Utc>>) -> Self {
        self.next(Standing::Open(Tokens { asked_at: at, ..tokens.clone() }))
    }

    /// A refresh token came without the rest: kept beside the one that was used.
    pub(crate) fn salvaged(&self, tokens: &Tokens, spare: RefreshToken) -> Self {
        self.next(Standing::Open(Tokens { spare: Some(spare), ..tokens.clone() }))
    }

    /// A refresh worked; `used` is the token that it was asked with.
    pub(crate) fn renewed(&self, used: &RefreshToken, grant: Grant, now: DateTime<Utc>) -> Self {
        let spare = (*used != grant.refresh).then(|| used.clone());
        let mut tokens = Tokens { spare, ..Tokens::of(grant, now) };
        // An answer that does not say so changes nothing about the end of the consent.
        let known = self.tokens().and_then(|tokens| tokens.reconnect_by);
        tokens.reconnect_by = tokens.reconnect_by.or(known);
        self.next(Standing::Open(tokens))
    }

    fn next(&self, standing: Standing) -> Self {
        Self { version: self.version.saturating_add(1), standing, ..self.clone() }
    }

    /// Returns what somebody should know 30 days ahead: that a person must allow the app again.
    #[must_use]
    pub fn notice(&self, now: DateTime<Utc>) -> Option<ReconnectNotice> {
        let by = self.tokens()?.reconnect_by?;
        (by - now <= NOTICE).then(|| ReconnectNotice { realm: self.realm.clone(), by })
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection")
            .field("environment", &self.environment)
            .field("realm", &self.realm)
            .field("version", &self.version)
            .finish_non_exhaustive()
    }
}

impl Tokens {
    fn of(grant: Grant, now: DateTime<Utc>) -> Self {
        let after = |life: Duration| now.checked_add_signed(TimeDelta::from_std(life).ok()?);
        Self {
            access: grant.access,
            obtained_at: now,
            lives: grant.lives,
            refresh: grant.refresh,
            spare: None,
            asked_at: None,
            unused_until: grant.unused.and_then(after),
            reconnect_by: grant.consent.and_then(after),
        }
    }

    /// Returns the token for the API.
    #[must_use]
    pub const fn access(&self) -> &AccessToken {
        &self.access
    }

    /// Returns the token for the next refresh.
    #[must_use]
    pub const fn refresh(&self) -> &RefreshToken {
        &self.refresh
    }

    /// Returns when the access token came, by the clock of the process that got it.
    #[must_use]
    pub const fn obtained_at(&self) -> DateTime<Utc> {
        self.obtained_at
    }

    /// Returns until when the connection may lie unused.
    #[must_use]
    pub const fn unused_until(&self) -> Option<DateTime<Utc>> {
        self.unused_until
    }

    /// Returns when QuickBooks ends the consent, however often it is used.
    #[must_use]
    pub const fn reconnect_by(&self) -> Option<DateTime<Utc>> {
        self.reconnect_by
    }

    /// How much of the access token's life is over, in thousandths; 0 by a clock that was set back.
    pub(crate) fn spent(&self, now: DateTime<Utc>) -> u128 {
        let age = (now - self.obtained_at).to_std().unwrap_or_default().as_millis();
        age.saturating_mul(1000) / self.lives.as_millis().max(1)
    }
}

/// A reconnection that is due within 30 days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReconnectNotice {
    /// The company.
    pub realm: RealmId,
    /// The moment from which QuickBooks takes no token of this connection any more.
    pub by: DateTime<Utc>,
}

impl fmt::Display for ReconnectNotice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { realm, by } = self;
        write!(
            f,
            "company {realm} must be connected again before {}: QuickBooks ends every consent five years after it was given",
            by.format("%Y-%m-%d %H:%M UTC")
        )
    }
}
