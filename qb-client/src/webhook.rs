//! Webhooks: what QuickBooks tells of changes, believed only when it is signed.
//!
//! A notice says that a record has changed, never how: read the record. Notices come twice, late, out of order or not at all,
//! and no time is signed in them, so that an old one can be played again: it may lead to a read and to nothing else.
//! Neighbour: `qb-model` reads both forms.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use qb_model::received::{BodyError, Change, CloudEvent, Payload};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;

/// The name of the header with the signature, as HTTP/2 and most servers write it; Intuit's is of any case.
pub const SIGNATURE_HEADER: &str = "intuit-signature";

/// The largest notice, in bytes: thousands of changes.
const LARGEST: usize = 1024 * 1024;

/// Believes a notice when it is signed with a verifier token of the app's.
///
/// ```
/// use qb_client::{WebhookError, Webhooks};
///
/// // The second token is for the time in which one takes the place of another.
/// let webhooks = Webhooks::new("the-verifier-token").or_signed_with("the-one-before");
/// # let body = br#"{"eventNotifications":[{"realmId":"9130","dataChangeEvent":{"entities":[{"name":"Invoice","id":"145","operation":"Update"}]}}]}"#;
/// # let signature = "BQTG5kACLJv6UcQpvXe6KhsEXh+JeU4OTryLxIY70g0=";
/// // The header, and the body's bytes as they came: read as anything else first, they are other bytes.
/// match webhooks.changes(Some(signature), body) {
///     Ok(changes) => println!("{} records to read", changes.len()),
///     Err(WebhookError::BadSignature | WebhookError::NotSigned) => println!("401"),
///     Err(error) => println!("400: {error}"),
/// }
/// # assert_eq!(webhooks.changes(Some(signature), body)?.len(), 1);
/// # Ok::<(), WebhookError>(())
/// ```
pub struct Webhooks {
    tokens: Vec<SecretString>,
}

impl Webhooks {
    /// Returns one that believes notices signed with this verifier token, from the app's page in Intuit's portal.
    #[must_use]
    pub fn new(verifier_token: impl Into<String>) -> Self {
        Self { tokens: vec![SecretString::from(verifier_token.into())] }
    }

    /// Believes notices signed with this token too: the one before, or the one to come, while a token is replaced.
    #[must_use]
    pub fn or_signed_with(mut self, verifier_token: impl Into<String>) -> Self {
        self.tokens.push(SecretString::from(verifier_token.into()));
        self
    }

    /// Returns every change that a notice tells of, in either of QuickBooks' forms. Several companies can stand in one notice.
    ///
    /// `signature` is the value of the header [`SIGNATURE_HEADER`], `body` the bytes of the body as they came.
    ///
    /// # Errors
    /// [`WebhookError`]. Nothing that an error stands for is to be believed.
    pub fn changes(&self, signature: Option<&str>, body: &[u8]) -> Result<Vec<Change>, WebhookError> {
        if body.len() > LARGEST {
            return Err(WebhookError::TooLarge { limit: LARGEST });
        }
        let signature =
            signature.map(str::trim).filter(|text| !text.is_empty()).ok_or(WebhookError::NotSigned)?;
        let signature = STANDARD.decode(signature).map_err(|_| WebhookError::BadSignature)?;
        // Every token is tried, whichever fits, so that the time tells nothing about which.
        let fitting = self.tokens.iter().filter(|token| is_signed(token, &signature, body)).count();
        if fitting == 0 {
            return Err(WebhookError::BadSignature);
        }
        match Payload::read(body)? {
            Payload::Notification(notice) => Ok(notice.changes()),
            Payload::CloudEvents(events) => Ok(events.iter().filter_map(CloudEvent::change).collect()),
            Payload::CloudEvent(event) => Ok(event.change().into_iter().collect()),
            // A list without events is a notice of nothing.
            Payload::BareList(records) if records.is_empty() => Ok(Vec::new()),
            _ => Err(WebhookError::NotANotice),
        }
    }
}

/// Compares in constant time.
fn is_signed(token: &SecretString, signature: &[u8], body: &[u8]) -> bool {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(token.expose_secret().as_bytes()) else { return false };
    mac.update(body);
    mac.verify_slice(signature).is_ok()
}

impl fmt::Debug for Webhooks {
    /// How many tokens there are, never which.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Webhooks({} tokens)", self.tokens.len())
    }
}

/// Why a notice is not believed. No text quotes the notice or a token.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WebhookError {
    /// The header with the signature is absent or empty.
    #[error("notice has no intuit-signature header; answer 401")]
    NotSigned,
    /// The signature is not that of these bytes under any of the tokens.
    #[error(
        "notice is not signed with a verifier token of this app; answer 401, and check the token in Intuit's portal"
    )]
    BadSignature,
    /// It is larger than any notice.
    #[error("notice is larger than {limit} bytes; answer 413")]
    TooLarge {
        /// The limit in bytes.
        limit: usize,
    },
    /// It is signed and no JSON.
    #[error("notice is signed and cannot be read")]
    Unreadable(#[from] BodyError),
    /// It is signed and something else.
    #[error("what is signed is no notice of changes")]
    NotANotice,
}

impl WebhookError {
    /// Returns a stable kebab word for programs; the text may change, this does not.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotSigned => "webhook-not-signed",
            Self::BadSignature => "webhook-bad-signature",
            Self::TooLarge { .. } => "webhook-too-large",
            Self::Unreadable(_) => "webhook-unreadable",
            Self::NotANotice => "webhook-not-a-notice",
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests {
    use qb_model::received::Operation;

    use super::*;

    const OLD: &str = r#"{"eventNotifications":[{"realmId":"9130","dataChangeEvent":{"entities":[
        {"name":"SalesReceipt","id":"42","operation":"Update","lastUpdated":"2026-02-03T17:20:11.000Z"},
        {"name":"Customer","id":"61","operation":"Merge","deletedId":"60"}]}},
        {"realmId":"9131","dataChangeEvent":{"entities":[{"name":"Invoice","id":"7","operation":"Void"}]}}]}"#;
    const NEW: &str = r#"[{"specversion":"1.0","id":"b1c","source":"intuit.x","type":"qbo.salesreceipt.updated.v1",
        "datacontenttype":"application/json","time":"2026-02-03T17:20:11Z","intuitentityid":"42","intuitaccountid":"9130","data":{}},
        {"specversion":"1.0","id":"b1d","source":"intuit.x","type":"qbo.customer.merged.v1","time":"2026-02-03T17:20:11Z",
        "intuitentityid":"61","intuitaccountid":"9130","data":{"deletedid":"60"}}]"#;

    fn signed(token: &str, body: &str) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(token.as_bytes()).unwrap();
        mac.update(body.as_bytes());
        STANDARD.encode(mac.finalize().into_bytes())
    }

    #[test]
    fn both_forms_tell_the_same() {
        let webhooks = Webhooks::new("verifier");
        let old = webhooks.changes(Some(&signed("verifier", OLD)), OLD.as_bytes()).unwrap();
        let new = webhooks.changes(Some(&signed("verifier", NEW)), NEW.as_bytes()).unwrap();
        let shown = |changes: &[Change]| -> Vec<String> {
            let each = changes.iter().map(|change| {
                let Change { realm, entity, id, operation, deleted_id, .. } = change;
                format!("{realm} {entity} {id} {operation:?} {}", deleted_id.as_deref().unwrap_or("-"))
            });
            each.collect()
        };
        assert_eq!(
            shown(&old),
            [
                "9130 salesreceipt 42 Some(Update) -",
                "9130 customer 61 Some(Merge) 60",
                "9131 invoice 7 Some(Void) -"
            ]
        );
        assert_eq!(shown(&new), shown(&old)[..2]);
        assert_eq!(old[2].operation, Some(Operation::Void));
        assert_eq!(webhooks.changes(Some(&signed("verifier", "[]")), b"[]"), Ok(Vec::new()));
        // A notice of the newer form without its list.
        let one = NEW.trim_start_matches('[').split_once("},\n").unwrap().0.to_owned() + "}";
        let one = webhooks.changes(Some(&signed("verifier", &one)), one.as_bytes()).unwrap();
        assert_eq!(shown(&one), shown(&old)[..1]);
    }

    /// One token takes the place of another without a notice lost.
    #[test]
    fn two_tokens_are_good_while_one_replaces_the_other() {
        let webhooks = Webhooks::new("new").or_signed_with("old");
        for token in ["new", "old"] {
            assert!(webhooks.changes(Some(&signed(token, NEW)), NEW.as_bytes()).is_ok(), "{token}");
        }
        assert_eq!(
            Webhooks::new("new").changes(Some(&signed("old", NEW)), NEW.as_bytes()),
            Err(WebhookError::BadSignature)
        );
        assert_eq!(format!("{webhooks:?}"), "Webhooks(2 tokens)");
    }

    /// The signature is over the bytes: one of them changed, added or left out is another notice.
    #[test]
    fn what_is_not_signed_so_is_not_believed() {
        let webhooks = Webhooks::new("verifier");
        let good = signed("verifier", NEW);
        for at in 0..NEW.len() {
            let mut body = NEW.as_bytes().to_vec();
            body[at] ^= 1;
            assert_eq!(webhooks.changes(Some(&good), &body), Err(WebhookError::BadSignature), "{at}");
            assert_eq!(webhooks.changes(Some(&good), &NEW.as_bytes()[..at]), Err(WebhookError::BadSignature));
        }
        let large = vec![b' '; LARGEST + 1];
        for (signature, body, code) in [
            (None, NEW.as_bytes(), "webhook-not-signed"),
            (Some(""), NEW.as_bytes(), "webhook-not-signed"),
            (Some(" "), NEW.as_bytes(), "webhook-not-signed"),
            (Some("no base64!"), NEW.as_bytes(), "webhook-bad-signature"),
            (Some(&good[..20]), NEW.as_bytes(), "webhook-bad-signature"),
            (Some(good.as_str()), large.as_slice(), "webhook-too-large"),
        ] {
            assert_eq!(webhooks.changes(signature, body).unwrap_err().code(), code, "{signature:?}");
        }
    }

    #[test]
    fn what_is_signed_and_no_notice_is_an_error() {
        let webhooks = Webhooks::new("verifier");
        for (body, code) in [
            ("", "webhook-unreadable"),
            ("<html>", "webhook-unreadable"),
            (r#"{"Invoice":{"Id":"7"}}"#, "webhook-not-a-notice"),
            (r#"{"eventNotifications":[]"#, "webhook-unreadable"),
        ] {
            let error = webhooks.changes(Some(&signed("verifier", body)), body.as_bytes()).unwrap_err();
            assert_eq!(error.code(), code, "{body}");
        }
    }
}
