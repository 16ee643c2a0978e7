//! The keys that seal a connection file. The host keeps them apart from the file.
//!
//! A key file has one key a line, `ID BASE64`: the first seals, all of them open. A new key is put in front; when every
//! connection was sealed again, the lines below it may go.

use std::fmt;
use std::fmt::Write as _;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chacha20poly1305::XChaCha20Poly1305;
use chacha20poly1305::aead::{Generate, Key};
use secrecy::zeroize::{Zeroize, Zeroizing};
use secrecy::{ExposeSecret, SecretBox};

use crate::error::KeyError;

/// Bytes of a key.
const LENGTH: usize = 32;

/// Keys are few: one, and those before it.
const MOST_KEYS: usize = 100;

struct SealingKey {
    id: String,
    bytes: SecretBox<[u8; LENGTH]>,
}

/// One key to seal with, and any number to open with. `Debug` shows their ids.
pub struct KeyRing {
    keys: Vec<SealingKey>,
}

impl KeyRing {
    /// Reads the text of a key file. Empty lines and lines that begin with `#` are left alone.
    ///
    /// # Errors
    /// [`KeyError`] with the line; no key is shown.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let mut keys: Vec<SealingKey> = Vec::new();
        for (line, words) in text.lines().enumerate() {
            let words = words.trim();
            if words.is_empty() || words.starts_with('#') {
                continue;
            }
            let line = line.saturating_add(1);
            let key = words.split_once(' ').and_then(|(id, key)| SealingKey::parse(id, key.trim()));
            let key = key.ok_or(KeyError::NotAKey { line })?;
            if keys.iter().any(|other| other.id == key.id) {
                return Err(KeyError::SameId { line, id: key.id });
            }
            keys.push(key);
        }
        if keys.is_empty() {
            return Err(KeyError::Empty);
        }
        if keys.len() > MOST_KEYS {
            return Err(KeyError::TooMany { most: MOST_KEYS });
        }
        Ok(Self { keys })
    }

    /// Returns a line for a key file, with a key and an id from the system's random numbers.
    ///
    /// # Errors
    /// [`KeyError::NoRandomness`].
    pub fn new_line() -> Result<Zeroizing<String>, KeyError> {
        let mut bytes = Key::<XChaCha20Poly1305>::try_generate().map_err(|_| KeyError::NoRandomness)?;
        let id = <[u8; 4]>::try_generate().map_err(|_| KeyError::NoRandomness)?;
        let mut line = Zeroizing::new(String::with_capacity(64));
        for byte in id {
            // Writing to a string does not fail.
            let _ = write!(line, "{byte:02x}");
        }
        line.push(' ');
        STANDARD.encode_string(bytes, &mut line);
        bytes.zeroize();
        Ok(line)
    }

    /// Returns the id of the key that seals.
    #[must_use]
    pub fn sealing_id(&self) -> &str {
        // There is at least one: `parse` refuses an empty ring.
        self.keys.first().map_or("", |key| key.id.as_str())
    }

    /// The key of this id.
    pub(crate) fn key(&self, id: &str) -> Option<&[u8; LENGTH]> {
        self.keys.iter().find(|key| key.id == id).map(|key| key.bytes.expose_secret())
    }

    /// Returns the ids, the sealing one first.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.keys.iter().map(|key| key.id.as_str())
    }
}

impl SealingKey {
    fn parse(id: &str, key: &str) -> Option<Self> {
        let is_id = (1..=32).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_alphanumeric());
        let bytes = Zeroizing::new(STANDARD.decode(key).ok()?);
        let bytes: Box<[u8; LENGTH]> = Box::new(bytes.as_slice().try_into().ok()?);
        is_id.then(|| Self { id: id.to_owned(), bytes: SecretBox::new(bytes) })
    }
}

impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.ids()).finish()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests {
    use super::*;

    #[test]
    fn a_new_line_is_a_key_of_its_own() {
        let lines = [KeyRing::new_line().unwrap(), KeyRing::new_line().unwrap()];
        let ring = KeyRing::parse(&format!("# newest first\n{}\n\n{}\n", *lines[0], *lines[1])).unwrap();
        assert!(lines[0].starts_with(ring.sealing_id()));
        let ids: Vec<&str> = ring.ids().collect();
        assert_ne!(ring.key(ids[0]), ring.key(ids[1]));
        assert_eq!(ring.key("other"), None);
        assert!(!format!("{ring:?}").contains(lines[0].split_once(' ').unwrap().1));
    }

    #[test]
    fn what_is_no_key_is_refused_with_its_line_and_without_the_key() {
        let good = KeyRing::new_line().unwrap();
        for (text, code) in [
            (String::new(), "key-file-empty"),
            ("# none".to_owned(), "key-file-empty"),
            ("canary".to_owned(), "key-malformed"),
            ("id canary".to_owned(), "key-malformed"),
            ("i/d AAAA".to_owned(), "key-malformed"),
            (format!("{}\n{}", *good, *good), "key-id-twice"),
        ] {
            let error = KeyRing::parse(&text).unwrap_err();
            assert_eq!(error.code(), code, "{text}");
            assert!(!format!("{error} {error:?}").contains("canary"));
        }
    }
}
