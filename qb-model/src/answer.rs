//! One entity as QuickBooks returned it.
//!
//! Typed: what every entity has. The rest stays raw JSON beside it and is never sent back (contract 1.3).
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

    /// The id under its type; `None` when the answer is of another kind or the id cannot be one.
    #[must_use]
    pub fn typed_id<E: Entity>(&self) -> Option<Id<E>> {
        if E::KIND == self.kind { Id::new(self.id.clone()).ok() } else { None }
    }

    /// What must be compared with the plan.
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
}
