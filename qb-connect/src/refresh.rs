//! One refresh: the lock, what stands in the store, the question, the new pair. Runs as a task of its own or in its caller's.
//!
//! Neighbour: `tokens.rs` decides when, and takes over what it brings.

use std::sync::Arc;
use std::time::Duration;

use qb_client::{AccessToken, Clock, RealmId, TokenError};

use crate::connection::{Connection, Grant, Tokens};
use crate::error::{GrantError, StoreError};
use crate::secrets::RefreshToken;
use crate::server::AuthServer;
use crate::store::{ConnectionStore, StoreLock};

/// Of a thousand parts of a token's life, how many may be over before it is refreshed.
pub(crate) const SPENT: u128 = 800;

/// How often one refresh is asked for before the callers hear of it.
const ASKED: u32 = 3;

/// How long another process is waited for: longer than it can take to ask three times.
const LOCK_PATIENCE: Duration = Duration::from_secs(120);

/// How often the lock is tried.
const LOCK_PAUSE: Duration = Duration::from_millis(100);

/// A wait that the server asks for is kept to this; the engine's own waits do the rest.
const LONGEST_PAUSE: u64 = 20;

/// Who is asked, where it is kept, and what time it is.
pub(crate) struct Shared {
    pub(crate) store: Arc<dyn ConnectionStore>,
    pub(crate) server: AuthServer,
    pub(crate) clock: Arc<dyn Clock>,
}

/// Why a refresh ended without a usable token.
pub(crate) struct Failure {
    pub(crate) error: TokenError,
    /// A pair that was given and could not be written.
    pub(crate) unsaved: Option<Box<Connection>>,
    /// The version whose refresh tokens are all dead.
    pub(crate) dead: Option<u64>,
}

/// One refresh, from the lock to the new pair.
pub(crate) struct Errand {
    pub(crate) shared: Arc<Shared>,
    pub(crate) realm: RealmId,
    pub(crate) seen: Connection,
    pub(crate) refused: Option<AccessToken>,
    pub(crate) unsaved: Option<Connection>,
    pub(crate) dead: Option<u64>,
    pub(crate) is_urgent: bool,
}

impl Errand {
    pub(crate) async fn run(self) -> Result<Connection, Failure> {
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
    pub(crate) fn unavailable(why: &str) -> Self {
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
