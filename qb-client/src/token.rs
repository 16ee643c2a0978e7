//! Access tokens: a type that does not print itself, and the port they come from.
//!
//! It refuses to know OAuth: refreshing and storing belong to the host's [`TokenStore`].

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;

use crate::error::ClientError;
use crate::ids::RealmId;

/// A bearer token. `Debug` prints `[redacted]`; there is no `Display` and no `Serialize`.
///
/// The text is not wiped from memory when dropped: HTTP buffers keep copies anyway.
#[derive(Clone, PartialEq, Eq)]
pub struct AccessToken(String);

impl AccessToken {
    /// Takes a token of 1 to 4,096 visible ASCII characters, so that it fits a header.
    ///
    /// # Errors
    /// [`ClientError::InvalidToken`], without the text.
    pub fn new(text: impl Into<String>) -> Result<Self, ClientError> {
        let text = text.into();
        if (1..=4096).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic()) {
            Ok(Self(text))
        } else {
            Err(ClientError::InvalidToken)
        }
    }

    /// Returns the secret itself. For the `Authorization` header and nothing else.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for AccessToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

/// Why a store gave no token. Nothing was sent. The text must hold no secret: it is shown and logged.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TokenError {
    /// None for now; a later try may succeed without anybody doing anything.
    #[error("no access token: {why}")]
    Unavailable {
        /// The cause, such as `the authorization server cannot be reached`.
        why: String,
    },
    /// None, because the program was set up wrongly: a wrong client secret, another key, a file that cannot be written.
    #[error("no access token: {why}")]
    Misconfigured {
        /// What is wrong and what to do about it.
        why: String,
    },
    /// None until somebody who may connect apps to the company signs in to QuickBooks and allows this one again.
    #[error("company {realm} must be connected again: {why}")]
    ReauthorizationNeeded {
        /// The company.
        realm: RealmId,
        /// What ended the connection, and who must do what.
        why: String,
    },
}

impl TokenError {
    /// Returns a stable kebab word for programs; the text may change, this does not.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unavailable { .. } => "token-unavailable",
            Self::Misconfigured { .. } => "token-misconfigured",
            Self::ReauthorizationNeeded { .. } => "reauthorization-needed",
        }
    }
}

/// Where the current access token comes from. The store refreshes; this client never does.
#[async_trait]
pub trait TokenStore: Send + Sync {
    /// The token to use now; a store refreshes before expiry, one caller at a time.
    ///
    /// # Errors
    /// [`TokenError`] when there is none; the request is then not sent.
    async fn access_token(&self) -> Result<AccessToken, TokenError>;

    /// QuickBooks answered 401 to this token. A store that can refresh does so before the next
    /// [`access_token`](TokenStore::access_token), unless it has given out a newer one meanwhile.
    async fn token_refused(&self, _token: &AccessToken) {}
}

/// A shared store is one.
#[async_trait]
impl<T: TokenStore + ?Sized> TokenStore for Arc<T> {
    async fn access_token(&self) -> Result<AccessToken, TokenError> {
        (**self).access_token().await
    }

    async fn token_refused(&self, token: &AccessToken) {
        (**self).token_refused(token).await;
    }
}

/// One token that never changes: for tests, simulators and short programs. A QuickBooks token lives an hour.
#[derive(Clone, Debug)]
pub struct StaticToken(AccessToken);

impl StaticToken {
    /// Always gives this token.
    #[must_use]
    pub const fn new(token: AccessToken) -> Self {
        Self(token)
    }
}

#[async_trait]
impl TokenStore for StaticToken {
    async fn access_token(&self) -> Result<AccessToken, TokenError> {
        Ok(self.0.clone())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests {
    use super::*;

    #[test]
    fn a_token_never_prints_itself() {
        let token = AccessToken::new("canary-secret").unwrap();
        let texts = format!("{token:?} {:?}", StaticToken::new(token.clone()));
        assert!(!texts.contains("canary"));
        let error = AccessToken::new("canary secret").unwrap_err();
        assert!(!format!("{error} {error:?}").contains("canary"));
    }
}
