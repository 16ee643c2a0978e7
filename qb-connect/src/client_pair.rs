//! The app's keys, which every token request is signed with.

use std::fmt;

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use crate::error::ConnectError;
use crate::secrets::{SecretText, visible};

/// The app's client id and client secret, from the keys page of Intuit's developer portal.
#[derive(Clone)]
pub struct ClientPair {
    id: String,
    secret: SecretString,
}

impl ClientPair {
    /// Takes both as the portal shows them.
    ///
    /// # Errors
    /// [`ConnectError::ClientPair`] when one is empty or has a character that no key has. Neither is shown.
    pub fn new(id: &str, secret: &str) -> Result<Self, ConnectError> {
        let (id, secret) = (id.trim(), secret.trim());
        for (what, text) in [("client_id", id), ("client_secret", secret)] {
            if !visible(text, 512) {
                return Err(ConnectError::ClientPair { what });
            }
        }
        Ok(Self { id: id.to_owned(), secret: SecretString::from(secret) })
    }

    /// Reads `{"client_id": "...", "client_secret": "..."}`; other members are left alone, so that the connection line of a
    /// simulator will do.
    ///
    /// # Errors
    /// [`ConnectError::ClientPair`]; no value is shown.
    pub fn from_json(text: &str) -> Result<Self, ConnectError> {
        #[derive(Deserialize)]
        struct Members {
            client_id: String,
            client_secret: SecretText,
        }
        let members: Members =
            serde_json::from_str(text).map_err(|_| ConnectError::ClientPair { what: "json object" })?;
        Self::new(&members.client_id, members.client_secret.0.expose_secret())
    }

    /// Returns the client id, which is no secret: it stands in the address of the authorization page.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    pub(crate) fn secret(&self) -> &str {
        self.secret.expose_secret()
    }
}

impl fmt::Debug for ClientPair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientPair").field("id", &self.id).field("secret", &"[redacted]").finish()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests {
    use super::*;

    #[test]
    fn no_secret_prints_itself() {
        let pair = ClientPair::from_json(r#"{"client_id":"id","client_secret":" canary\n","x":1}"#).unwrap();
        assert_eq!((pair.id(), pair.secret()), ("id", "canary"));
        let text = format!("{pair:?}");
        assert!(!text.contains("canary"), "{text}");
        for text in
            [r#"{"client_id":"id","client_secret":"can ary"}"#, r#"{"client_secret":"canary"}"#, "canary"]
        {
            let error = ClientPair::from_json(text).unwrap_err();
            assert!(!format!("{error} {error:?}").contains("ary"), "{error:?}");
            assert_eq!(error.code(), "client-pair");
        }
    }
}
