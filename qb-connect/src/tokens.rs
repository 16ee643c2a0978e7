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
//! again. Neighbours: `refresh.rs` (one refresh), `store.rs` (where it is kept), `server.rs` (who is asked).

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use qb_client::{AccessToken, Client, ClientBuilder, Clock, RealmId, TokenError, TokenStore};
use tokio::sync::Mutex;

use crate::connection::{Connection, ReconnectNotice};
use crate::error::ConnectError;
use crate::refresh::{Errand, Failure, SPENT, Shared};
use crate::server::AuthServer;
use crate::store::ConnectionStore;

/// How long a failed refresh is left alone while the token is still good.
const LEFT_ALONE: TimeDelta = TimeDelta::seconds(30);

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

impl std::fmt::Debug for RefreshingTokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RefreshingTokens").field("realm", &self.realm).finish_non_exhaustive()
    }
}

impl RefreshingTokens {
    /// Returns the tokens of the connection that the store holds.
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

    /// Returns the company.
    #[must_use]
    pub const fn realm(&self) -> &RealmId {
        &self.realm
    }

    /// Returns where the connection is kept.
    #[must_use]
    pub fn store(&self) -> Arc<dyn ConnectionStore> {
        Arc::clone(&self.shared.store)
    }

    /// Returns the connection as this process knows it.
    pub async fn connection(&self) -> Connection {
        self.state.lock().await.known.clone()
    }

    /// Returns what an operator should know 30 days ahead.
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
