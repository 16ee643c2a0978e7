//! What QuickBooks holds, read by its changes or by ids.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use qb_client::engine::Query;
use qb_client::{EntityName, ReadError};
use qb_model::received::{Entity, Json};
use qb_model::{Answer, EntityKind, ModelError};
use serde_json::Value;

use crate::error::RunError;
use crate::history::Record;
use crate::session::Exchange;

/// Documents asked for by id in one query.
const IDS_AT_ONCE: usize = 100;

/// How far back QuickBooks tells changes, less a day for two clocks that do not agree.
const TOLD: TimeDelta = TimeDelta::days(29);

/// How far before a document's sending its change is asked for.
const CLOCK_SLACK: TimeDelta = TimeDelta::minutes(10);

/// How much of what was posted is read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reach {
    /// What QuickBooks says has changed since the first of the documents was sent: one metered read. It tells the changes of 30 days, and
    /// 1,000 documents of a kind; others are left unread.
    #[default]
    Changes,
    /// Every document by its id: a metered read for 100 of them.
    Each,
}

/// A document by its kind and id.
pub(crate) type Place = (EntityKind, String);

/// What QuickBooks holds.
#[derive(Default)]
pub(crate) struct Reading {
    /// Documents of kinds that we post; none where one is gone.
    pub(crate) held: BTreeMap<Place, Option<Answer>>,
    /// Documents of kinds that we never post: the name of the kind, and the document.
    pub(super) others: Vec<(String, Value)>,
    /// Kinds of which QuickBooks told no more than it tells at once.
    pub(super) capped: Vec<String>,
}

/// The document that a step is.
pub(super) fn place(record: &Record) -> Option<Place> {
    Some((EntityKind::from_name(&record.sent.entity)?, record.id()?.to_owned()))
}

impl Exchange {
    /// What of these kinds has changed since the first of these documents was sent, as far back as QuickBooks tells.
    pub(super) async fn read_changes<'r>(
        &self,
        posted: impl Iterator<Item = &'r Record>,
        kinds: BTreeSet<EntityName>,
    ) -> Result<Reading, RunError> {
        let sent_at =
            |record: &Record| -> DateTime<Utc> { record.sent.quickbooks_at.unwrap_or(record.sent.sent_at) };
        let Some(first) = posted.map(sent_at).min() else { return Ok(Reading::default()) };
        let now = self.client.quickbooks_time().unwrap_or_else(|| self.now());
        let since = (first - CLOCK_SLACK).max(now - TOLD);
        let kinds: Vec<EntityName> = kinds.into_iter().collect();
        let changes = self.client.changed_since(&kinds, since).await.map_err(unreadable)?;
        let mut reading = Reading { capped: changes.capped, ..Reading::default() };
        for deleted in changes.deleted {
            if let Some(kind) = EntityKind::from_name(&deleted.kind) {
                reading.held.insert((kind, deleted.id), None);
            }
        }
        for record in &changes.records {
            let value = value(record).map_err(|error| unreadable(error.into()))?;
            match EntityKind::from_name(record.name()) {
                Some(kind) => {
                    let answer = Answer::read(kind, value).map_err(|error| unreadable(error.into()))?;
                    reading.held.insert((kind, answer.id.clone()), Some(answer));
                }
                None => reading.others.push((record.name().to_owned(), value)),
            }
        }
        Ok(reading)
    }

    /// Each of these documents by its id.
    pub(crate) async fn read_each(&self, places: impl Iterator<Item = Place>) -> Result<Reading, RunError> {
        let mut ids: BTreeMap<EntityKind, Vec<String>> = BTreeMap::new();
        for (kind, id) in places {
            ids.entry(kind).or_default().push(id);
        }
        let mut reading = Reading::default();
        for (kind, ids) in ids {
            for portion in ids.chunks(IDS_AT_ONCE) {
                reading.held.extend(portion.iter().map(|id| ((kind, id.clone()), None)));
                let query = Query::all(kind).with_ids(portion.iter().map(String::as_str));
                let query = query.map_err(|error| unreadable(error.into()))?;
                for row in self.client.query(&query).await.map_err(unreadable)? {
                    let answer = Answer::read(kind, row).map_err(|error| unreadable(error.into()))?;
                    reading.held.insert((kind, answer.id.clone()), Some(answer));
                }
            }
        }
        Ok(reading)
    }
}

pub(super) fn unreadable(source: ReadError) -> RunError {
    RunError::unreadable("documents of ours", source)
}

/// A record as plain JSON.
fn value(record: &Entity) -> Result<Value, ModelError> {
    let text = Json::Object(record.write_members()).to_string();
    serde_json::from_str(&text).map_err(|_| ModelError::Missing { what: "a changed record", field: "JSON" })
}
