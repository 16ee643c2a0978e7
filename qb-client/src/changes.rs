//! What has changed in the company since a moment: QuickBooks' change data capture.
//!
//! Neighbours: `client.rs` asks, `qb-model` reads the records. It refuses to page, which QuickBooks does not offer: what is
//! cut off is said.

use chrono::{DateTime, FixedOffset, Utc};
use qb_model::ModelError;
use qb_model::received::{Entity, Kind, Payload, QueryResponse};

use crate::client::Client;
use crate::ids::EntityName;
use crate::outcome::UnknownWhy;
use crate::read_error::ReadError;
use crate::request::Operation;

/// The most records of one kind in one answer.
const MOST: usize = 1000;

/// What has changed.
#[derive(Clone, Debug)]
#[must_use = "`capped` says which kinds were cut off"]
#[non_exhaustive]
pub struct Changes {
    /// The records as they now stand, of all kinds.
    pub records: Vec<Entity>,
    /// The records that are gone.
    pub deleted: Vec<Deletion>,
    /// The kinds of which QuickBooks gave as many as it gives, 1,000: there may be more, and the deleted ones are cut off
    /// first. Ask for a shorter time, or read these kinds whole. Empty when nothing was cut off.
    pub capped: Vec<String>,
    /// When QuickBooks answered, by its clock. Ask from a few minutes before it the next time, and tell versions that come twice
    /// by id, token and time.
    pub answered_at: Option<DateTime<FixedOffset>>,
}

/// A record that is gone.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Deletion {
    /// Its kind, by its name on the wire.
    pub kind: String,
    /// Its id.
    pub id: String,
    /// When it was deleted; `None` when QuickBooks does not say.
    pub at: Option<DateTime<FixedOffset>>,
}

impl Changes {
    /// Returns the records of one kind.
    pub fn of<K: Kind + 'static>(&self) -> impl Iterator<Item = &K> {
        self.records.iter().filter_map(Entity::of)
    }

    /// Returns whether nothing was cut off.
    #[must_use]
    pub const fn is_complete(&self) -> bool {
        self.capped.is_empty()
    }
}

impl Client {
    /// Returns what was created, changed or deleted since a moment, at most 30 days ago, of these kinds. One metered read.
    ///
    /// QuickBooks gives at most 1,000 records of a kind and has no second page: [`Changes::capped`] names the kinds of which
    /// there may be more.
    ///
    /// ```
    /// # use chrono::{DateTime, Utc};
    /// # use qb_client::{Client, EntityName, ReadError};
    /// use qb_model::received::{Customer, Invoice};
    ///
    /// # async fn example(client: Client, since: DateTime<Utc>) -> Result<(), ReadError> {
    /// let kinds = [EntityName::of::<Customer>(), EntityName::of::<Invoice>()];
    /// let changes = client.changed_since(&kinds, since).await?;
    /// for invoice in changes.of::<Invoice>() {
    ///     println!("invoice {:?} has changed", invoice.doc_number.as_str());
    /// }
    /// if !changes.is_complete() {
    ///     println!("read {} whole", changes.capped.join(" and "));
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`ReadError::Refused`] when it is more than 30 days ago, or QuickBooks keeps no changes of a kind (tax codes, rates and
    /// agencies); [`ReadError::Contradiction`] when the answer has records that were not asked for or fewer than it says; else
    /// as every read. Nothing was posted.
    pub async fn changed_since(
        &self,
        kinds: &[EntityName],
        since: DateTime<Utc>,
    ) -> Result<Changes, ReadError> {
        let entities: Vec<&'static str> = kinds.iter().map(|kind| kind.as_str()).collect();
        let body = self.read(Operation::Changes { entities: &entities, since }).await?;
        let missing = ModelError::Missing { what: "changes", field: "CDCResponse" };
        let Ok(Payload::Cdc(answer)) = Payload::read(&body.bytes) else { return Err(missing.into()) };
        if answer.responses.iter().any(|response| response.fault.summary().is_some()) {
            let why = UnknownWhy::NotTheAnswer { status: body.status };
            return Err(ReadError::Failed { why, intuit_tid: body.intuit_tid });
        }
        if answer.responses.is_empty() {
            return Err(missing.into());
        }
        let mut changes = Changes {
            records: Vec::new(),
            deleted: Vec::new(),
            capped: Vec::new(),
            answered_at: answer.time.copied(),
        };
        for part in answer.responses.iter().flat_map(|response| &response.query_responses) {
            changes.take(part, &entities)?;
        }
        Ok(changes)
    }
}

impl Changes {
    /// Takes in the changes of one kind.
    fn take(&mut self, part: &QueryResponse, asked: &[&'static str]) -> Result<(), ReadError> {
        let contradiction = |why| Err(ReadError::Contradiction { entity: "changes", why });
        if part.fault.summary().is_some() {
            return contradiction("a part of it is a fault".to_owned());
        }
        let Some(first) = part.rows.iter().next() else {
            return match part.total_count.copied().or(part.max_results.copied()) {
                Some(told) if told > 0 => {
                    contradiction(format!("it says that there are {told}, and shows none"))
                }
                _ => Ok(()),
            };
        };
        let kind = first.name().to_owned();
        if let Some(other) = part.rows.iter().find(|row| !asked.contains(&row.name())) {
            return contradiction(format!("it has {}, which was not asked for", other.name()));
        }
        let (count, told) = (part.rows.len(), part.total_count.copied().unwrap_or_default());
        if part
            .max_results
            .copied()
            .and_then(|told| usize::try_from(told).ok())
            .is_some_and(|told| told > count)
        {
            return contradiction(format!("it says that it has more {kind} than the {count} that it shows"));
        }
        if count >= MOST || usize::try_from(told).is_ok_and(|told| told > count) {
            self.capped.push(kind);
        }
        for row in part.rows.iter() {
            match row {
                Entity::Deleted(kind, stub) => {
                    let Some(id) = stub.id.get() else {
                        return contradiction(format!("it says that a {kind} is deleted, and not which"));
                    };
                    let at = stub.meta_data.get().and_then(|data| data.last_updated_time.copied());
                    self.deleted.push(Deletion { kind: kind.clone(), id: id.as_str().to_owned(), at });
                }
                record => self.records.push(record.clone()),
            }
        }
        Ok(())
    }
}
