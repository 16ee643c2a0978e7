//! The company id and the id of one request, each checked once; and the names of kinds.

use std::fmt;

use qb_model::EntityKind;
use qb_model::received::Kind;

use crate::error::ClientError;

/// A QuickBooks company ("realm"): 1 to 20 digits. The check keeps other texts out of the address.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RealmId(String);

impl RealmId {
    /// Takes the digits Intuit handed over when the company was connected.
    ///
    /// # Errors
    /// [`ClientError::InvalidRealm`].
    pub fn new(text: impl Into<String>) -> Result<Self, ClientError> {
        let text = text.into();
        if (1..=20).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit()) {
            Ok(Self(text))
        } else {
            Err(ClientError::InvalidRealm { text: excerpt(&text) })
        }
    }

    /// Returns the digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RealmId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// The id that makes a repeated request one request: 1 to 36 ASCII letters, digits, hyphens,
/// underscores and points.
///
/// 36 and not 50, so that the same id may stand in a batch. The caller computes it from the document; this crate
/// never makes one up.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RequestId(String);

impl RequestId {
    /// Takes a computed id.
    ///
    /// # Errors
    /// [`ClientError::InvalidRequestId`].
    pub fn new(text: impl Into<String>) -> Result<Self, ClientError> {
        let text = text.into();
        let allowed = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
        if (1..=36).contains(&text.len()) && text.bytes().all(allowed) {
            Ok(Self(text))
        } else {
            Err(ClientError::InvalidRequestId { text: excerpt(&text) })
        }
    }

    /// Makes the id of a batch out of 30 hexadecimal digits.
    pub(crate) fn of_digest(hex: &str) -> Self {
        Self(format!("b-{}", hex.get(..hex.len().min(34)).unwrap_or_default()))
    }

    /// Returns the text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// A kind of record by its name on the wire: `Invoice`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EntityName(&'static str);

impl EntityName {
    /// Returns the name of a kind that can be read: `EntityName::of::<received::Deposit>()`.
    #[must_use]
    pub const fn of<K: Kind>() -> Self {
        Self(K::NAME)
    }

    /// Returns the text.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.0
    }
}

impl From<EntityKind> for EntityName {
    fn from(kind: EntityKind) -> Self {
        Self(kind.name())
    }
}

impl fmt::Display for EntityName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.0)
    }
}

fn excerpt(text: &str) -> String {
    text.chars().take(40).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_realm_is_digits() {
        assert!(RealmId::new("9130347957983546").is_ok());
        for text in ["", "12a", "../1", "1 ", &"1".repeat(21), "١"] {
            assert!(RealmId::new(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_request_id_has_at_most_36_plain_characters() {
        assert!(RequestId::new("inv-CLT1521022B4-0").is_ok());
        assert!(RequestId::new("cust-c_77.b-0").is_ok());
        assert!(RequestId::new("a".repeat(36)).is_ok());
        for text in ["", "a b", "a/b", "a:b", "é", &"a".repeat(37)] {
            assert!(RequestId::new(text).is_err(), "{text}");
        }
    }
}
