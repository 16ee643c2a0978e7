//! Webhooks: what changed, in both of Intuit's forms, signed, with doubles and swaps on demand.
//!
//! Makes notifications and sends none; it knows no socket. Neighbours: `service` notes what changed, `deliver` sends.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, FixedOffset, SecondsFormat, Utc};
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::Sha256;

use crate::base::kind::{EntityKind, Operation};
use crate::books::change_log::Event;

/// The form of a notification's body.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HookForm {
    /// `{"eventNotifications":[...]}`.
    #[default]
    Legacy,
    /// A bare array of CloudEvents.
    CloudEvents,
    /// The two by turns.
    Mixed,
}

/// Where notifications go, and what goes wrong with them.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Hooks {
    /// An `http` address on this machine, such as `http://127.0.0.1:8080/hook`. Without one they are only kept for
    /// [`Service::take_notifications`](crate::Service::take_notifications).
    pub url: Option<String>,
    /// The verifier token bodies are signed with.
    pub verifier: String,
    /// The form.
    pub form: HookForm,
    /// Every so-many-th notification comes twice.
    pub double_every: Option<u64>,
    /// Every so-many-th notification comes after the one that follows it.
    pub swap_every: Option<u64>,
    /// Every so-many-th notification carries a wrong signature.
    pub forge_every: Option<u64>,
    /// Every so-many-th notification is lost.
    pub lose_every: Option<u64>,
}

impl fmt::Debug for Hooks {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Hooks").field("url", &self.url).field("form", &self.form).finish_non_exhaustive()
    }
}

/// One POST to the receiver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notification {
    /// Header names and values, the signature among them.
    pub headers: Vec<(String, String)>,
    /// The body the signature is over.
    pub body: Vec<u8>,
}

/// The settings, and what is on its way.
#[derive(Debug, Default)]
pub(crate) struct Outbox {
    pub(crate) hooks: Hooks,
    made: u64,
    held: Option<Notification>,
    ready: Vec<Notification>,
}

impl Outbox {
    pub(crate) fn new(hooks: Hooks) -> Outbox {
        Outbox { hooks, ..Outbox::default() }
    }

    /// Notes a change of one object.
    pub(crate) fn note(&mut self, realm: &str, change: &Event, now: DateTime<FixedOffset>) {
        // None of them is among the entities Intuit tells of.
        if matches!(change.kind, EntityKind::TaxAgency | EntityKind::CompanyInfo | EntityKind::CustomerType) {
            return;
        }
        let (entity, id) = (change.kind.name(), change.id.as_str());
        let names = match change.merged {
            Some(_) => Some(("Merge", "merged")),
            None => names(change.operation),
        };
        let Some((legacy, event)) = names else { return };
        self.made += 1;
        let at = self.made;
        let strikes = |every: Option<u64>| every.is_some_and(|every| every > 0 && at.is_multiple_of(every));
        if strikes(self.hooks.lose_every) {
            return;
        }
        let is_legacy = match self.hooks.form {
            HookForm::Legacy => true,
            HookForm::CloudEvents => false,
            HookForm::Mixed => !at.is_multiple_of(2),
        };
        let moment = now.with_timezone(&Utc);
        let body = match is_legacy {
            true => {
                let updated = moment.to_rfc3339_opts(SecondsFormat::Millis, true);
                let mut entity =
                    json!({"name": entity, "id": id, "operation": legacy, "lastUpdated": updated});
                if let Some(merged) = &change.merged {
                    entity["deletedId"] = json!(merged);
                }
                json!({"eventNotifications": [{"realmId": realm, "dataChangeEvent": {"entities": [entity]}}]})
            }
            false => {
                let data =
                    change.merged.as_ref().map_or_else(|| json!({}), |merged| json!({"deletedid": merged}));
                json!([{"specversion": "1.0", "id": format!("simulator-event-{at:08}"),
                "source": "intuit.simulator", "type": format!("qbo.{}.{event}.v1", entity.to_lowercase()),
                "datacontenttype": "application/json", "time": moment.to_rfc3339_opts(SecondsFormat::Secs, true),
                "intuitentityid": id, "intuitaccountid": realm, "data": data}])
            }
        };
        let made = self.signed(&body, strikes(self.hooks.forge_every), at, now);
        let (is_double, is_swapped) = (strikes(self.hooks.double_every), strikes(self.hooks.swap_every));
        let copies = if is_double { vec![made.clone(), made] } else { vec![made] };
        match (is_swapped, self.held.take()) {
            (true, None) => {
                let mut copies = copies.into_iter();
                self.held = copies.next();
                self.ready.extend(copies);
            }
            (_, held) => {
                self.ready.extend(copies);
                self.ready.extend(held);
            }
        }
    }

    /// Returns what is to be delivered now, in order.
    pub(crate) fn take(&mut self) -> Vec<Notification> {
        std::mem::take(&mut self.ready)
    }

    fn signed(&self, body: &Value, is_forged: bool, at: u64, now: DateTime<FixedOffset>) -> Notification {
        let body = body.to_string().into_bytes();
        let key = if is_forged { "not the verifier token" } else { &self.hooks.verifier };
        let headers = [
            ("Content-Type", "application/json".to_owned()),
            ("intuit-signature", signature(key, &body)),
            ("intuit-created-time", now.with_timezone(&Utc).to_rfc3339_opts(SecondsFormat::Secs, true)),
            ("intuit-t-id", format!("simulator-{at:08}")),
            ("intuit-notification-schema-version", "0.1".to_owned()),
        ];
        Notification { headers: headers.map(|(name, value)| (name.to_owned(), value)).into(), body }
    }
}

/// Returns the value of `intuit-signature`: HMAC-SHA256 of the body under the verifier token, in base64.
#[must_use]
pub fn signature(verifier: &str, body: &[u8]) -> String {
    // A key of any length is good for HMAC; the error cannot happen.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(verifier.as_bytes()) else { return String::new() };
    mac.update(body);
    STANDARD.encode(mac.finalize().into_bytes())
}

/// Returns the operation's name in the old form and in the new one.
fn names(operation: Operation) -> Option<(&'static str, &'static str)> {
    match operation {
        Operation::Create => Some(("Create", "created")),
        Operation::Update => Some(("Update", "updated")),
        Operation::Delete => Some(("Delete", "deleted")),
        Operation::Void => Some(("Void", "voided")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // The well-known test case 2 of RFC 4231, in base64.
    #[test]
    fn signs_as_the_standard_says() {
        let signed = signature("Jefe", b"what do ya want for nothing?");
        assert_eq!(signed, "W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM=");
    }
}
