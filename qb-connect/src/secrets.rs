//! What must never be shown: refresh tokens; and how any secret comes in from JSON.
//!
//! Their `Debug` prints no value; there is no `Display` and no `Serialize`; memory is overwritten when they are dropped.
//! HTTP buffers keep copies all the same.

use std::fmt;

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

/// What a refresh is asked with. It lives 100 days from its last use, and QuickBooks replaces it about once a day.
#[derive(Clone)]
pub struct RefreshToken(SecretString);

impl RefreshToken {
    /// Takes a token of 1 to 4,096 visible ASCII characters; Intuit's have at most 512.
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        visible(text, 4096).then(|| Self(SecretString::from(text)))
    }

    /// Returns the secret itself. For the authorization server and for a sealed store.
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
    fn a_refresh_token_fits_a_form_and_does_not_print_itself() {
        assert!(RefreshToken::new(&"a".repeat(512)).is_some());
        for text in ["", "a b", "a\n", "é"] {
            assert!(RefreshToken::new(text).is_none(), "{text:?}");
        }
        assert_eq!(format!("{:?}", RefreshToken::new("canary").unwrap()), "[redacted]");
    }
}
