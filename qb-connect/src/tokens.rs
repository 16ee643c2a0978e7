//! Tokens that survive: refreshes before they run out and after a 401, one at a time, without ever losing the old pair.
//!
//! ```text
//! access_token ---- less than 80 % of its life over ------------------------------------> the token
//!        \---- more, or refused (401) ---> lock ---> read: renewed by another process --> the token
//!                                                \-> write "asked" -> ask -> write the new pair -> the token
//!                                                           |          |
//!                                  cannot be written: not asked        \- not sent, lost, unusable: again, twice
//!                                                                      \- invalid_grant: read once more, the spare,
//!                                                                         then a person must connect again
//! ```
//!
//! While the token is still good, whatever goes wrong costs nothing: it is used, and the refresh tried again later.
//! A new pair is durable before its first use; one that could not be written is kept and written before anything is asked
//! again. Neighbours: `store.rs` (where it is kept), `server.rs` (who is asked).

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use qb_client::{AccessToken, Client, ClientBuilder, Clock, RealmId, TokenError, TokenStore};
use tokio::sync::Mutex;

use crate::connection::{Connection, Grant, ReconnectNotice, Tokens};
use crate::error::{ConnectError, GrantError, StoreError};
use crate::secrets::RefreshToken;
use crate::server::AuthServer;
use crate::store::{ConnectionStore, StoreLock};

/// Of a thousand parts of a token's life, how many may be over before it is refreshed.
const SPENT: u128 = 800;

/// How often one refresh is asked for before the callers hear of it.
const ASKED: u32 = 3;

/// How long a failed refresh is left alone while the token is still good.
const LEFT_ALONE: TimeDelta = TimeDelta::seconds(30);

/// How long another process is waited for: longer than it can take to ask three times.
const LOCK_PATIENCE: Duration = Duration::from_secs(120);

/// How often the lock is tried.
const LOCK_PAUSE: Duration = Duration::from_millis(100);

/// A wait that the server asks for is kept to this; the engine's own waits do the rest.
const LONGEST_PAUSE: u64 = 20;

type Flight = Pin<Box<dyn Future<Output = Result<Connection, Failure>> + Send>>;

/// The tokens of one company. Give the same value to every [`Client`] of that company in this process.
///
/// Within a tokio runtime a refresh is a task of its own, so that a caller who is dropped does not lose the answer; without
/// one, the next caller goes on with it. Before a runtime ends, wait for [`settle`](RefreshingTokens::settle).
pub struct RefreshingTokens {
    shared: Arc<Shared>,
    realm: RealmId,
    state: Mutex<State>,
}

struct Shared {
    store: Arc<dyn ConnectionStore>,
    server: AuthServer,
    clock: Arc<dyn Clock>,
}

struct State {
    /// What the store held when it was last looked at.
    known: Connection,
    /// An access token that got a 401.
    refused: Option<AccessToken>,
    /// A refresh that has begun.
    flight: Option<Flight>,
    /// A pair that was given and could not be written.
    unsaved: Option<Connection>,
    /// When a refresh last failed.
    failed_at: Option<DateTime<Utc>>,
    /// A version whose refresh tokens are all dead, and what to tell.
    dead: Option<(u64, String)>,
}

/// Why a refresh ended without a usable token.
struct Failure {
    error: TokenError,
    /// A pair that was given and could not be written.
    unsaved: Option<Box<Connection>>,
    /// The version whose refresh tokens are all dead.
    dead: Option<u64>,
}

impl std::fmt::Debug for RefreshingTokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RefreshingTokens").field("realm", &self.realm).finish_non_exhaustive()
    }
}

impl RefreshingTokens {
    /// The tokens of the connection that the store holds.
    ///
    /// # Errors
    /// [`ConnectError::NotConnected`] for an empty store, [`ConnectError::UnknownEnvironment`] when the connection is of
    /// another environment than the server; else what the store said.
    pub async fn open(
        store: Arc<dyn ConnectionStore>,
        server: AuthServer,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, ConnectError> {
        let known = store.read().await?.ok_or(ConnectError::NotConnected)?;
        if known.environment() != server.environment() {
            return Err(ConnectError::UnknownEnvironment);
        }
        let realm = known.realm().clone();
        let state = State { known, refused: None, flight: None, unsaved: None, failed_at: None, dead: None };
        Ok(Self { shared: Arc::new(Shared { store, server, clock }), realm, state: Mutex::new(state) })
    }

    /// Starts a client of this company. `tokens` is shared, so that a second client refreshes together with the first.
    pub fn client(tokens: &Arc<Self>) -> ClientBuilder {
        let Shared { server, clock, .. } = &*tokens.shared;
        let base = server.environment().base_url();
        Client::builder(base, tokens.realm.clone(), Arc::clone(tokens)).clock(Arc::clone(clock))
    }

    /// The company.
    #[must_use]
    pub const fn realm(&self) -> &RealmId {
        &self.realm
    }

    /// Where the connection is kept.
    #[must_use]
    pub fn store(&self) -> Arc<dyn ConnectionStore> {
        Arc::clone(&self.shared.store)
    }

    /// The connection as this process knows it.
    pub async fn connection(&self) -> Connection {
        self.state.lock().await.known.clone()
    }

    /// What an operator should know 30 days ahead.
    pub async fn notice(&self) -> Option<ReconnectNotice> {
        self.connection().await.notice(self.shared.clock.now())
    }

    /// Returns when no refresh is under way. Call it before the runtime ends: an answer that nobody waits for is lost.
    pub async fn settle(&self) {
        let mut state = self.state.lock().await;
        self.land(&mut state).await;
    }

    /// Waits for the refresh under way, if there is one, and takes over what it brought.
    async fn land(&self, state: &mut State) -> Option<TokenError> {
        let result = state.flight.as_mut()?.await;
        state.flight = None;
        match result {
            Ok(known) => {
                state.known = known;
                state.unsaved = None;
                state.failed_at = None;
                state.dead = None;
                None
            }
            Err(failure) => {
                state.failed_at = Some(self.shared.clock.now());
                state.unsaved = failure.unsaved.map(|unsaved| *unsaved).or(state.unsaved.take());
                if let Some(version) = failure.dead {
                    state.dead = Some((version, failure.error.to_string()));
                }
                Some(failure.error)
            }
        }
    }

    fn take_off(&self, state: &State, is_urgent: bool) -> Flight {
        let errand = Errand {
            shared: Arc::clone(&self.shared),
            realm: self.realm.clone(),
            seen: state.known.clone(),
            refused: state.refused.clone(),
            unsaved: state.unsaved.clone(),
            dead: state.dead.as_ref().map(|(version, _)| *version),
            is_urgent,
        };
        match tokio::runtime::Handle::try_current() {
            Err(_) => Box::pin(errand.run()),
            Ok(runtime) => {
                let task = runtime.spawn(errand.run());
                Box::pin(async move {
                    // It ends early when the runtime does.
                    task.await.unwrap_or_else(|_| Err(Failure::unavailable("the refresh was cut off")))
                })
            }
        }
    }
}

/// How much a refresh is needed.
enum Need {
    None,
    Soon,
    Now,
}

impl State {
    fn need(&self, now: DateTime<Utc>) -> Need {
        let Some(tokens) = self.known.tokens() else { return Need::Now };
        let spent = tokens.spent(now);
        if self.refused.as_ref() == Some(&tokens.access) || spent >= 1000 {
            Need::Now
        } else if spent >= SPENT && self.failed_at.is_none_or(|at| (now - at).abs() >= LEFT_ALONE) {
            Need::Soon
        } else {
            Need::None
        }
    }
}

#[async_trait]
impl TokenStore for RefreshingTokens {
    async fn access_token(&self) -> Result<AccessToken, TokenError> {
        let mut state = self.state.lock().await;
        // A refresh that an earlier caller has left.
        let mut failure = self.land(&mut state).await;
        let need = state.need(self.shared.clock.now());
        if matches!(need, Need::Now) && failure.is_none() || matches!(need, Need::Soon) {
            state.flight = Some(self.take_off(&state, matches!(need, Need::Now)));
            failure = self.land(&mut state).await;
        }
        let usable =
            state.known.tokens().filter(|_| !matches!(state.need(self.shared.clock.now()), Need::Now));
        match (usable, failure) {
            (Some(tokens), _) => Ok(tokens.access.clone()),
            (None, Some(failure)) => Err(failure),
            (None, None) => {
                Err(TokenError::Unavailable { why: "the new token is already refused".to_owned() })
            }
        }
    }

    async fn token_refused(&self, token: &AccessToken) {
        let mut state = self.state.lock().await;
        // A newer one may have been given out meanwhile.
        if state.known.tokens().is_some_and(|tokens| tokens.access == *token) {
            state.refused = Some(token.clone());
        }
    }
}

/// One refresh, from the lock to the new pair.
struct Errand {
    shared: Arc<Shared>,
    realm: RealmId,
    seen: Connection,
    refused: Option<AccessToken>,
    unsaved: Option<Connection>,
    dead: Option<u64>,
    is_urgent: bool,
}

impl Errand {
    async fn run(self) -> Result<Connection, Failure> {
        let Some(mut lock) = self.lock().await? else { return Ok(self.seen.clone()) };
        let stored = self.read().await?;
        if let Some(unsaved) =
            self.unsaved.as_ref().filter(|unsaved| unsaved.version() == stored.version() + 1)
        {
            return self.save(&mut *lock, unsaved.clone()).await;
        }
        if self.is_good(&stored) {
            return Ok(stored);
        }
        self.refresh(&mut *lock, stored).await
    }

    /// The lock; `None` when another process has it and the token is still good.
    async fn lock(&self) -> Result<Option<Box<dyn StoreLock>>, Failure> {
        let mut waited = Duration::ZERO;
        loop {
            match self.shared.store.try_lock().await.map_err(|error| unusable(&error))? {
                Some(lock) => return Ok(Some(lock)),
                None if !self.is_urgent => return Ok(None),
                None if waited >= LOCK_PATIENCE => {
                    return Err(Failure::unavailable("another process holds the lock of this connection"));
                }
                None => {}
            }
            self.shared.clock.sleep(LOCK_PAUSE).await;
            waited = waited.saturating_add(LOCK_PAUSE);
        }
    }

    async fn read(&self) -> Result<Connection, Failure> {
        let stored = self.shared.store.read().await.map_err(|error| unusable(&error))?;
        let stored = stored.ok_or_else(|| self.ended("nothing is kept of its connection any more"))?;
        if stored.realm() != &self.realm {
            let why = format!("the store now holds company {} and not {}", stored.realm(), self.realm);
            return Err(Failure { error: TokenError::Misconfigured { why }, unsaved: None, dead: None });
        }
        Ok(stored)
    }

    /// Whether somebody else has renewed it since it was seen.
    fn is_good(&self, stored: &Connection) -> bool {
        stored.tokens().is_some_and(|tokens| {
            self.refused.as_ref() != Some(&tokens.access) && tokens.spent(self.shared.clock.now()) < SPENT
        })
    }

    async fn refresh(&self, lock: &mut dyn StoreLock, stored: Connection) -> Result<Connection, Failure> {
        let Some(tokens) = stored.tokens().cloned() else {
            return Err(self.ended("it was ended by `connect --revoke`"));
        };
        if self.dead == Some(stored.version()) {
            return Err(self.dead(&stored, &tokens, false));
        }
        let now = self.shared.clock.now();
        // Written down before it is asked: where this cannot be written, the new pair could not be either.
        let asked = stored.asked(&tokens, Some(now));
        lock.write(&asked).await.map_err(|error| unusable(&error))?;
        match self.ask(&tokens.refresh).await {
            Ok(grant) => self.renew(lock, &asked, &tokens.refresh, grant).await,
            Err(GrantError::Dead { user_left }) => {
                self.second_thoughts(lock, asked, &tokens, user_left).await
            }
            Err(GrantError::NotAnAnswer { spare: Some(spare), status, what }) if spare != tokens.refresh => {
                self.save(lock, asked.salvaged(&tokens, spare)).await?;
                Err(failed(&GrantError::NotAnAnswer { status, what, spare: None }))
            }
            Err(error) => {
                if matches!(error, GrantError::NotSent { .. } | GrantError::ClientRefused) {
                    // Nothing is waited for after all. If this is not written, a later message is less exact.
                    let _ = lock.write(&asked.asked(&tokens, tokens.asked_at)).await;
                }
                Err(failed(&error))
            }
        }
    }

    /// `invalid_grant`: reads the store once more, then tries the spare, then gives up. The pair stays where it is.
    async fn second_thoughts(
        &self,
        lock: &mut dyn StoreLock,
        asked: Connection,
        tokens: &Tokens,
        user_left: bool,
    ) -> Result<Connection, Failure> {
        let again = self.read().await?;
        if again.version() != asked.version() {
            // Somebody wrote past the lock. Theirs is newer.
            if self.is_good(&again) {
                return Ok(again);
            }
            return Err(Failure::unavailable("the connection was changed while it was refreshed"));
        }
        if let Some(spare) = tokens.spare.as_ref().filter(|spare| **spare != tokens.refresh) {
            match self.ask(spare).await {
                Ok(grant) => return self.renew(lock, &asked, spare, grant).await,
                Err(GrantError::Dead { .. }) => {}
                Err(error) => return Err(failed(&error)),
            }
        }
        // Nothing is waited for any more; what an earlier answer may have taken along is said.
        let told = asked.asked(tokens, tokens.asked_at);
        let kept = if lock.write(&told).await.is_ok() { &told } else { &asked };
        Err(self.dead(kept, tokens, user_left))
    }

    /// Asks, a few times while it is not the answer that says no.
    async fn ask(&self, token: &RefreshToken) -> Result<Grant, GrantError> {
        let mut attempt = 1;
        loop {
            let result = self.shared.server.refresh(token).await;
            let pause = match &result {
                Err(GrantError::Unavailable { retry_after, .. }) => {
                    retry_after.unwrap_or(1).clamp(1, LONGEST_PAUSE)
                }
                Err(GrantError::NotSent { .. } | GrantError::Lost { .. }) => u64::from(attempt),
                _ => return result,
            };
            if attempt >= ASKED {
                return result;
            }
            attempt += 1;
            self.shared.clock.sleep(Duration::from_secs(pause)).await;
        }
    }

    async fn renew(
        &self,
        lock: &mut dyn StoreLock,
        asked: &Connection,
        used: &RefreshToken,
        grant: Grant,
    ) -> Result<Connection, Failure> {
        let is_rotated = *used != grant.refresh;
        let renewed = asked.renewed(used, grant, self.shared.clock.now());
        let renewed = self.save(lock, renewed).await?;
        tracing::info!(realm = %self.realm, version = renewed.version(), is_rotated, "tokens refreshed");
        Ok(renewed)
    }

    /// A pair is used when it is durable, not before.
    async fn save(&self, lock: &mut dyn StoreLock, renewed: Connection) -> Result<Connection, Failure> {
        match lock.write(&renewed).await {
            Ok(()) => Ok(renewed),
            Err(error) => Err(Failure { unsaved: Some(Box::new(renewed)), ..unusable(&error) }),
        }
    }

    fn ended(&self, why: &str) -> Failure {
        let why = format!("{why}; {REMEDY}");
        let error = TokenError::ReauthorizationNeeded { realm: self.realm.clone(), why };
        Failure { error, unsaved: None, dead: None }
    }

    fn dead(&self, stored: &Connection, tokens: &Tokens, user_left: bool) -> Failure {
        let now = self.shared.clock.now();
        let why = if user_left {
            "the person who connected it is not a user of it any more".to_owned()
        } else if tokens.reconnect_by.is_some_and(|by| by <= now) {
            "QuickBooks ends every consent five years after it was given".to_owned()
        } else if tokens.unused_until.is_some_and(|until| until <= now) {
            "it was not used for 100 days".to_owned()
        } else if let Some(at) = tokens.asked_at {
            format!(
                "QuickBooks does not take its refresh token any more; an answer that may have held a new one was lost at {}",
                at.format("%Y-%m-%d %H:%M UTC")
            )
        } else {
            "QuickBooks does not take its refresh token any more: the app was disconnected there, or an older copy of the \
             connection was used"
                .to_owned()
        };
        tracing::warn!(realm = %self.realm, code = "reauthorization-needed", "connection is dead");
        Failure { dead: Some(stored.version()), ..self.ended(&why) }
    }
}

/// Who must do what.
const REMEDY: &str = "somebody who may connect apps to this company in QuickBooks runs `connect` and allows the app once more. \
                      Nothing is lost: what was not posted is posted then";

impl Failure {
    fn unavailable(why: &str) -> Self {
        Self { error: TokenError::Unavailable { why: why.to_owned() }, unsaved: None, dead: None }
    }
}

fn unusable(error: &StoreError) -> Failure {
    let why = error.to_string();
    let error = match error {
        StoreError::Overtaken { .. } | StoreError::Host { .. } => TokenError::Unavailable { why },
        StoreError::File(_) | StoreError::Sealed { .. } => TokenError::Misconfigured { why },
    };
    Failure { error, unsaved: None, dead: None }
}

fn failed(error: &GrantError) -> Failure {
    let why = error.to_string();
    tracing::warn!(code = error.code(), "refresh failed");
    let error = match error {
        GrantError::ClientRefused => TokenError::Misconfigured { why },
        _ => TokenError::Unavailable { why },
    };
    Failure { error, unsaved: None, dead: None }
}
