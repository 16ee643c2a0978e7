//! The sealed form of a connection: a JSON object whose tokens only a key of the host opens.
//!
//! Environment, company id and key id stand in the clear, so that an operator sees which file is which; they are part of
//! what the seal covers, so that nobody can change them or put one company's tokens under another's id.
//! Pure but for the nonce. Neighbours: `key.rs`, `file.rs`.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chacha20poly1305::aead::{Aead, Generate, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use chrono::{DateTime, Utc};
use qb_client::{AccessToken, RealmId};
use secrecy::ExposeSecret;
use secrecy::zeroize::Zeroizing;
use serde::{Deserialize, Serialize};

use crate::connection::{Connection, Standing, Tokens};
use crate::environment::Environment;
use crate::error::{KeyError, SealError};
use crate::key::KeyRing;
use crate::secrets::{RefreshToken, SecretText};

const FORMAT: &str = "qb-connection-1";

/// What stands in the file.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Envelope {
    format: String,
    environment: String,
    realm_id: String,
    key_id: String,
    nonce: String,
    sealed: String,
}

/// What the seal hides, on its way out.
#[derive(Serialize)]
struct Content<'a> {
    company: Option<&'a str>,
    connected_at: DateTime<Utc>,
    version: u64,
    revoked_at: Option<DateTime<Utc>>,
    tokens: Option<TokensOut<'a>>,
}

#[derive(Serialize)]
struct TokensOut<'a> {
    access: &'a str,
    obtained_at: DateTime<Utc>,
    lives_seconds: u64,
    refresh: &'a str,
    spare: Option<&'a str>,
    asked_at: Option<DateTime<Utc>>,
    unused_until: Option<DateTime<Utc>>,
    reconnect_by: Option<DateTime<Utc>>,
}

/// The same on its way in.
#[derive(Deserialize)]
struct ContentIn {
    company: Option<String>,
    connected_at: DateTime<Utc>,
    version: u64,
    revoked_at: Option<DateTime<Utc>>,
    tokens: Option<TokensIn>,
}

#[derive(Deserialize)]
struct TokensIn {
    access: SecretText,
    obtained_at: DateTime<Utc>,
    lives_seconds: u64,
    refresh: SecretText,
    spare: Option<SecretText>,
    asked_at: Option<DateTime<Utc>>,
    unused_until: Option<DateTime<Utc>>,
    reconnect_by: Option<DateTime<Utc>>,
}

/// Returns whether a text claims to be a sealed connection, whatever its key.
#[must_use]
pub fn is_sealed(text: &str) -> bool {
    serde_json::from_str::<Envelope>(text).is_ok_and(|envelope| envelope.format.starts_with("qb-connection-"))
}

/// Seals a connection with the first key of the ring.
///
/// # Errors
/// [`SealError::Key`] when the system gives no random numbers.
pub fn seal(connection: &Connection, keys: &KeyRing) -> Result<String, SealError> {
    let tokens = connection.tokens().map(|tokens| TokensOut {
        access: tokens.access.expose(),
        obtained_at: tokens.obtained_at,
        lives_seconds: tokens.lives.as_secs(),
        refresh: tokens.refresh.expose(),
        spare: tokens.spare.as_ref().map(RefreshToken::expose),
        asked_at: tokens.asked_at,
        unused_until: tokens.unused_until,
        reconnect_by: tokens.reconnect_by,
    });
    let content = Content {
        company: connection.company(),
        connected_at: connection.connected_at,
        version: connection.version,
        revoked_at: connection.revoked_at(),
        tokens,
    };
    // Texts, numbers and moments: writing them as JSON does not fail.
    let plain = Zeroizing::new(serde_json::to_vec(&content).map_err(|_| SealError::NotAConnection)?);
    let nonce = XNonce::try_generate().map_err(|_| KeyError::NoRandomness)?;
    let mut envelope = Envelope {
        format: FORMAT.to_owned(),
        environment: connection.environment.to_string(),
        realm_id: connection.realm.to_string(),
        key_id: keys.sealing_id().to_owned(),
        nonce: STANDARD.encode(nonce),
        sealed: String::new(),
    };
    let key = keys.key(&envelope.key_id).ok_or(KeyError::Empty)?;
    let covered = covered(&envelope);
    let payload = Payload { msg: &plain, aad: covered.as_bytes() };
    // It fails beyond 256 GiB only.
    let sealed = XChaCha20Poly1305::new(key.into()).encrypt(&nonce, payload);
    envelope.sealed = STANDARD.encode(sealed.map_err(|_| SealError::NotAConnection)?);
    let mut text = serde_json::to_string_pretty(&envelope).map_err(|_| SealError::NotAConnection)?;
    text.push('\n');
    Ok(text)
}

/// Opens a sealed connection with the key that it names.
///
/// # Errors
/// [`SealError`]; nothing of the content is shown.
pub fn open(text: &str, keys: &KeyRing) -> Result<Connection, SealError> {
    let envelope: Envelope = serde_json::from_str(text).map_err(|_| SealError::NotAConnection)?;
    if envelope.format != FORMAT {
        return Err(SealError::OtherFormat);
    }
    let key = keys.key(&envelope.key_id).ok_or_else(|| SealError::UnknownKey {
        id: envelope.key_id.chars().take(32).collect(),
        known: keys.ids().collect::<Vec<_>>().join(", "),
    })?;
    let bytes = |text: &str| STANDARD.decode(text).map_err(|_| SealError::NotAConnection);
    let nonce = bytes(&envelope.nonce)?;
    let nonce = XNonce::try_from(nonce.as_slice()).map_err(|_| SealError::NotAConnection)?;
    let covered = covered(&envelope);
    let sealed = bytes(&envelope.sealed)?;
    let payload = Payload { msg: &sealed, aad: covered.as_bytes() };
    let plain = XChaCha20Poly1305::new(key.into()).decrypt(&nonce, payload);
    let plain = Zeroizing::new(plain.map_err(|_| SealError::Broken { key_id: envelope.key_id.clone() })?);
    let environment: Environment = envelope.environment.parse().map_err(|_| SealError::NotAConnection)?;
    let realm = RealmId::new(&envelope.realm_id).map_err(|_| SealError::NotAConnection)?;
    read(&plain, environment, realm).ok_or(SealError::NotAConnection)
}

/// Everything in the clear, as the seal covers it. None of these texts has a line break.
fn covered(envelope: &Envelope) -> String {
    let Envelope { format, environment, realm_id, key_id, .. } = envelope;
    format!("{format}\n{environment}\n{realm_id}\n{key_id}")
}

fn read(plain: &[u8], environment: Environment, realm: RealmId) -> Option<Connection> {
    let content: ContentIn = serde_json::from_slice(plain).ok()?;
    let refresh = |text: &SecretText| RefreshToken::new(text.0.expose_secret());
    let standing = match (content.revoked_at, content.tokens) {
        (Some(at), _) => Standing::Revoked(at),
        (None, None) => return None,
        (None, Some(tokens)) => Standing::Open(Tokens {
            access: AccessToken::new(tokens.access.0.expose_secret()).ok()?,
            obtained_at: tokens.obtained_at,
            lives: std::time::Duration::from_secs(tokens.lives_seconds),
            refresh: refresh(&tokens.refresh)?,
            spare: tokens.spare.as_ref().and_then(refresh),
            asked_at: tokens.asked_at,
            unused_until: tokens.unused_until,
            reconnect_by: tokens.reconnect_by,
        }),
    };
    let ContentIn { company, connected_at, version, .. } = content;
    Some(Connection { environment, realm, company, connected_at, version, standing })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::connection::Grant;

    fn connection() -> Connection {
        let grant = Grant {
            access: AccessToken::new("canary-access").unwrap(),
            lives: Duration::from_secs(3600),
            refresh: RefreshToken::new("canary-refresh").unwrap(),
            unused: Some(Duration::from_secs(8_726_400)),
            consent: Some(Duration::from_secs(157_680_000)),
        };
        let now = DateTime::from_timestamp(1_770_000_000, 0).unwrap();
        Connection::new(Environment::Sandbox, RealmId::new("9130").unwrap(), grant, now, None)
            .named("Canary Shop")
    }

    fn ring() -> KeyRing {
        KeyRing::parse(&KeyRing::new_line().unwrap()).unwrap()
    }

    #[test]
    fn a_connection_comes_back_as_it_was_sealed_and_shows_no_secret() {
        let keys = ring();
        let text = seal(&connection(), &keys).unwrap();
        assert!(is_sealed(&text));
        assert!(text.contains("9130") && text.contains("sandbox") && text.contains(keys.sealing_id()));
        assert!(!text.to_lowercase().contains("canary"), "{text}");
        let again = open(&text, &keys).unwrap();
        let (one, other) = (connection(), again);
        assert_eq!(
            (one.company(), one.version(), one.connected_at()),
            (other.company(), other.version(), other.connected_at())
        );
        let (one, other) = (one.tokens().unwrap(), other.tokens().unwrap());
        assert_eq!((one.access(), &one.refresh, one.lives), (other.access(), &other.refresh, other.lives));
        assert_eq!((one.reconnect_by(), one.unused_until()), (other.reconnect_by(), other.unused_until()));
        assert_ne!(text, seal(&connection(), &keys).unwrap(), "a nonce is used once");
    }

    #[test]
    fn what_stands_in_the_clear_cannot_be_changed() {
        let keys = ring();
        let text = seal(&connection(), &keys).unwrap();
        for (from, to) in [("9130", "9131"), ("sandbox", "production")] {
            let error = open(&text.replace(from, to), &keys).unwrap_err();
            assert_eq!(error.code(), "connection-seal-broken", "{from}");
        }
        let end = text.rfind("\"\n").unwrap();
        let flipped = format!("{}AAAA{}", &text[..end - 4], &text[end..]);
        assert!(open(&flipped, &keys).is_err());
    }

    #[test]
    fn another_key_another_format_and_damage_are_told_apart() {
        let (keys, text) = (ring(), seal(&connection(), &ring()).unwrap());
        assert_eq!(open(&text, &keys).unwrap_err().code(), "connection-key-unknown");
        let newer = text.replace("qb-connection-1", "qb-connection-2");
        assert!(is_sealed(&newer));
        assert_eq!(open(&newer, &keys).unwrap_err().code(), "connection-format-unknown");
        for damaged in ["", "{}", "null", &text[..text.len() / 2]] {
            assert_eq!(open(damaged, &keys).unwrap_err().code(), "not-a-connection", "{damaged}");
            assert!(!is_sealed(damaged));
        }
    }

    #[test]
    fn a_revoked_connection_has_no_tokens_left() {
        let keys = ring();
        let now = DateTime::from_timestamp(1_770_000_000, 0).unwrap();
        let again = open(&seal(&connection().revoked(now), &keys).unwrap(), &keys).unwrap();
        assert_eq!(again.revoked_at(), Some(now));
        assert!(again.tokens().is_none());
    }
}
