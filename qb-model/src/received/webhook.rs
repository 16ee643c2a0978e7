//! Notices of changes, in both forms: Intuit's own of old, and CloudEvents since 2026.
//!
//! A notice holds no data of the change: read the record. Notices come twice, out of order, or not at all.

use chrono::{DateTime, FixedOffset};

use super::field::Field;
use super::json::Json;
use super::list::List;
use super::record::record;
use super::scalar::Scalar;
use super::words::Operation;

record! {
    /// A notice in the older form.
    Notification {
        /// One entry a company.
        event_notifications: List<EventNotification> = "eventNotifications",
    }
}

record! {
    /// The changes of one company.
    EventNotification {
        /// The company.
        realm_id: Field<String> = "realmId",
        /// Its changes.
        data_change_event: Field<DataChangeEvent> = "dataChangeEvent",
    }
}

record! {
    /// Changes.
    DataChangeEvent {
        /// The changes.
        entities: List<ChangedEntity> = "entities",
    }
}

record! {
    /// A change.
    ChangedEntity {
        /// The kind of record: `Invoice`.
        name: Field<String> = "name",
        /// Its id.
        id: Field<String> = "id",
        /// What happened.
        operation: Field<Operation> = "operation",
        /// When.
        last_updated: Field<DateTime<FixedOffset>> = "lastUpdated",
        /// The id of the record that went into this one.
        deleted_id: Field<String> = "deletedId",
    }
}

record! {
    /// A change in the newer form, a CloudEvent.
    CloudEvent {
        /// `1.0`.
        specversion: Field<String> = "specversion",
        /// The id of the notice; the same twice is one notice twice.
        id: Field<String> = "id",
        /// Who tells it.
        source: Field<String> = "source",
        /// Kind and happening: `qbo.invoice.updated.v1`.
        event_type: Field<String> = "type",
        /// What it is about, in some notices.
        subject: Field<String> = "subject",
        /// `application/json`.
        data_content_type: Field<String> = "datacontenttype",
        /// When.
        time: Field<DateTime<FixedOffset>> = "time",
        /// The id of the record.
        entity_id: Field<String> = "intuitentityid",
        /// The company.
        account_id: Field<String> = "intuitaccountid",
        /// More.
        data: Field<CloudEventData> = "data",
    }
}

record! {
    /// More of a change.
    CloudEventData {
        /// The id of the record that went into this one.
        deleted_id: Field<String> = "deletedid",
    }
}

/// A change, whatever the form of the notice.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Change {
    /// The company.
    pub realm: String,
    /// The kind of record in small letters: `salesreceipt`, as in the path of a request.
    pub entity: String,
    /// Its id.
    pub id: String,
    /// What happened; `None` when it is nothing that is known here.
    pub operation: Option<Operation>,
    /// When; `None` when it is not told.
    pub at: Option<DateTime<FixedOffset>>,
    /// The id of the record that went into this one.
    pub deleted_id: Option<String>,
}

impl Notification {
    /// Returns every change that names a company, a kind and an id.
    #[must_use]
    pub fn changes(&self) -> Vec<Change> {
        let mut changes = Vec::new();
        for company in &self.event_notifications {
            let entities = company.data_change_event.get().map(|event| &event.entities);
            for changed in entities.into_iter().flatten() {
                let (Some(realm), Some(name), Some(id)) =
                    (company.realm_id.as_str(), changed.name.as_str(), changed.id.as_str())
                else {
                    continue;
                };
                changes.push(Change {
                    realm: realm.to_owned(),
                    entity: name.to_ascii_lowercase(),
                    id: id.to_owned(),
                    operation: changed.operation.copied(),
                    at: changed.last_updated.copied(),
                    deleted_id: changed.deleted_id.as_str().map(str::to_owned),
                });
            }
        }
        changes
    }
}

impl CloudEvent {
    /// Returns the change; `None` when the notice does not name a company, a kind and an id.
    #[must_use]
    pub fn change(&self) -> Option<Change> {
        let mut parts = self.event_type.as_str()?.strip_prefix("qbo.")?.split('.');
        let (entity, happening) = (parts.next()?, parts.next());
        // `updated` and `voided` are past, the words of the older form are not.
        let word = happening.and_then(|past| match past {
            "created" | "updated" | "deleted" | "merged" | "voided" => {
                past.strip_suffix(if matches!(past, "voided") { "ed" } else { "d" })
            }
            other => Some(other),
        });
        Some(Change {
            realm: self.account_id.as_str()?.to_owned(),
            entity: entity.to_ascii_lowercase(),
            id: self.entity_id.as_str()?.to_owned(),
            operation: word.and_then(|word| Operation::read(&Json::String(word.to_owned()))),
            at: self.time.copied(),
            deleted_id: self.data.get().and_then(|data| data.deleted_id.as_str()).map(str::to_owned),
        })
    }
}
