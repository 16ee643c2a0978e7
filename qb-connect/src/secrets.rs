//! What must never be shown: refresh tokens, authorization codes, the app's client secret.
//!
//! Their `Debug` prints no value; there is no `Display` and no `Serialize`; memory is overwritten when they are dropped.
//! HTTP buffers keep copies all the same.

use std::fmt;

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use crate::error::ConnectError;

/// What a refresh is asked with. It lives 100 days from its last use, and QuickBooks replaces it about once a day.
#[derive(Clone)]
pub struct RefreshToken(SecretString);

impl RefreshToken {
    /// Takes a token of 1 to 4,096 visible ASCII characters; Intuit's have at most 512.
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        visible(text, 4096).then(|| Self(SecretString::from(text)))
    }

    /// The secret itself. For the authorization server and for a sealed store.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl PartialEq for RefreshToken {
    fn eq(&self, other: &Self) -> bool {
        self.expose() == other.expose()
    }
}

impl Eq for RefreshToken {}

impl fmt::Debug for RefreshToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

/// Whether a text is 1 to `most` visible ASCII characters.
pub(crate) fn visible(text: &str, most: usize) -> bool {
    (1..=most).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

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

    /// The client id, which is no secret: it stands in the address of the authorization page.
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

/// A secret on its way in from JSON.
pub(crate) struct SecretText(pub(crate) SecretString);

impl<'de> Deserialize<'de> for SecretText {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from).map(|text| Self(SecretString::from(text)))
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
        let texts = format!("{pair:?} {:?}", RefreshToken::new("canary").unwrap());
        assert!(!texts.contains("canary"), "{texts}");
        for text in
            [r#"{"client_id":"id","client_secret":"can ary"}"#, r#"{"client_secret":"canary"}"#, "canary"]
        {
            let error = ClientPair::from_json(text).unwrap_err();
            assert!(!format!("{error} {error:?}").contains("ary"), "{error:?}");
            assert_eq!(error.code(), "client-pair");
        }
    }

    #[test]
    fn a_refresh_token_fits_a_form() {
        assert!(RefreshToken::new(&"a".repeat(512)).is_some());
        for text in ["", "a b", "a\n", "é"] {
            assert!(RefreshToken::new(text).is_none(), "{text:?}");
        }
    }
}
