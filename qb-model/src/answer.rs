//! One entity as QuickBooks returned it.
//!
//! Typed: what every entity has. The rest stays raw JSON beside it and is never sent back.
//! Neighbours: `content.rs` reads what must be compared; `qb-client` makes answers out of responses.

use std::fmt;

use chrono::{DateTime, FixedOffset};
use serde_json::Value;

use crate::content::Content;
use crate::error::ModelError;
use crate::ids::Id;
use crate::kind::{Entity, EntityKind};
use crate::read;

/// A posted entity: it always has an id and a sync token.
#[derive(Clone, PartialEq, Eq)]
pub struct Answer {
    /// The kind.
    pub kind: EntityKind,
    /// The id QuickBooks issued.
    pub id: String,
    /// The version of the entity; grows with every change.
    pub sync_token: String,
    /// When it was created, with the company's offset; `None` when absent or unreadable.
    pub created_at: Option<DateTime<FixedOffset>>,
    /// The whole entity, without the wrapper.
    pub raw: Value,
}

impl Answer {
    /// Reads the body of a create or read, `{"Invoice": {...}, "time": ...}`, or a bare entity out of a query.
    ///
    /// # Errors
    /// [`ModelError::Missing`] without `Id` or `SyncToken`: then the body proves nothing.
    pub fn read(kind: EntityKind, mut value: Value) -> Result<Self, ModelError> {
        let raw = match value.get_mut(kind.name()) {
            Some(inner) if inner.is_object() => inner.take(),
            _ => value,
        };
        let id = read::text(&raw, &["Id"]).ok_or_else(|| ModelError::missing(kind, "Id"))?;
        let sync_token =
            read::text(&raw, &["SyncToken"]).ok_or_else(|| ModelError::missing(kind, "SyncToken"))?;
        let created_at = read::text(&raw, &["MetaData", "CreateTime"])
            .and_then(|text| DateTime::parse_from_rfc3339(&text).ok());
        Ok(Self { kind, id, sync_token, created_at, raw })
    }

    /// Returns the id under its type; `None` when the answer is of another kind or the id cannot be one.
    #[must_use]
    pub fn typed_id<E: Entity>(&self) -> Option<Id<E>> {
        if E::KIND == self.kind { Id::new(self.id.clone()).ok() } else { None }
    }

    /// Returns the memo (`PrivateNote`), in which documents of ours carry their key; `None` when there is none.
    #[must_use]
    pub fn note(&self) -> Option<&str> {
        self.raw.get("PrivateNote").and_then(Value::as_str)
    }

    /// Returns whether the memo carries this key as a word of its own, in the same spelling: what people add before or
    /// behind it takes nothing from it.
    ///
    /// What a look-up finds under a number of ours is ours only when it carries our key *and* has our content: people and other
    /// programs use numbers too.
    ///
    /// ```
    /// use qb_model::{Answer, EntityKind};
    ///
    /// let body = serde_json::json!({"Id": "7", "SyncToken": "0", "PrivateNote": "Visa | boston/1/4/15"});
    /// let answer = Answer::read(EntityKind::Invoice, body)?;
    /// assert!(answer.carries_key("boston/1/4/15"));
    /// assert!(!answer.carries_key("boston/1/4/1"));
    /// # Ok::<(), qb_model::ModelError>(())
    /// ```
    #[must_use]
    pub fn carries_key(&self, key: &str) -> bool {
        let is_between = |c: Option<char>| c.is_none_or(|c| c.is_whitespace() || c == '|');
        let is_word = |note: &str, place: usize| {
            let (before, from) = note.split_at(place);
            is_between(before.chars().next_back()) && is_between(from[key.len()..].chars().next())
        };
        let carries = |note: &str| note.match_indices(key).any(|(place, _)| is_word(note, place));
        self.note().is_some_and(|note| !key.is_empty() && carries(note))
    }

    /// Returns what must be compared with the plan.
    ///
    /// # Errors
    /// As [`Content::read`].
    pub fn content(&self) -> Result<Content, ModelError> {
        Content::read(self.kind, &self.raw)
    }
}

impl fmt::Debug for Answer {
    /// Without the raw entity, which may hold personal data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kind, id, sync_token, created_at, raw: _ } = self;
        f.debug_struct("Answer")
            .field("kind", kind)
            .field("id", id)
            .field("sync_token", sync_token)
            .field("created_at", created_at)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests {
    use super::*;
    use crate::{Customer, Invoice};
    use serde_json::json;

    #[test]
    fn reads_the_wrapped_and_the_bare_entity() {
        let bare =
            json!({"Id": "145", "SyncToken": "0", "MetaData": {"CreateTime": "2026-02-03T09:14:07-08:00"}});
        let answer = Answer::read(EntityKind::Invoice, json!({"Invoice": bare, "time": "x"})).unwrap();
        assert_eq!(answer, Answer::read(EntityKind::Invoice, bare).unwrap());
        assert_eq!(answer.created_at.unwrap().to_rfc3339(), "2026-02-03T09:14:07-08:00");
        assert_eq!(answer.typed_id::<Invoice>().unwrap().as_str(), "145");
        assert_eq!(answer.typed_id::<Customer>(), None);
    }

    #[test]
    fn an_answer_without_an_id_proves_nothing() {
        let error = Answer::read(EntityKind::Invoice, json!({"Invoice": {"SyncToken": "0"}})).unwrap_err();
        assert_eq!(error.code(), "missing-field");
        assert!(Answer::read(EntityKind::Invoice, json!([])).is_err());
    }

    #[test]
    fn a_note_carries_a_key_whole_or_not_at_all() {
        let carries = |note: Value, key: &str| {
            let body = json!({"Id": "7", "SyncToken": "0", "PrivateNote": note});
            Answer::read(EntityKind::Purchase, body).unwrap().carries_key(key)
        };
        for (note, key, expected) in [
            (json!("boston/1/4/15"), "boston/1/4/15", true),
            (json!("Spring order | PO 7 | boston/order-9"), "boston/order-9", true),
            (json!("Cash |boston/1/4/15 | paid twice?"), "boston/1/4/15", true),
            (json!("boston/1/4/15"), "boston/1/4/1", false),
            (json!("boston/1/4/15"), "Boston/1/4/15", false),
            (json!("see boston/1/4/15"), "boston/1/4/15", true),
            (json!("boston/1/4/15, paid twice?"), "boston/1/4/15", false),
            (json!("boston/1/4/151 boston/1/4/15 checked"), "boston/1/4/15", true),
            (json!("a | | b"), "", false),
            (json!(null), "boston/1/4/15", false),
            (json!(7), "7", false),
        ] {
            assert_eq!(carries(note.clone(), key), expected, "{note} {key}");
        }
    }
}
