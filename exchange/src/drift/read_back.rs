//! Reading posted documents back.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use mapping::{Origin, OriginKey, StepKey};
use qb_client::engine::Query;
use qb_client::{EntityName, ReadError};
use qb_model::engine::Content;
use qb_model::received::Entity;
use qb_model::{Answer, EntityKind, ModelError};

use super::standing::{Standing, standing};
use crate::error::RunError;
use crate::history::Record;
use crate::patience::ask;
use crate::session::{Exchange, Session};

/// Documents asked for by id in one query.
const IDS_AT_ONCE: usize = 100;

/// How far back QuickBooks tells changes, less a day for two clocks that do not agree.
const TOLD: TimeDelta = TimeDelta::days(29);

/// How far before a document's sending its change is asked for.
const CLOCK_SLACK: TimeDelta = TimeDelta::minutes(10);

/// How much of what was posted is read back.
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

/// How posted documents stand in QuickBooks, as far as they were read back.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReadBack {
    standings: BTreeMap<StepKey, Standing>,
    unread: usize,
}

impl ReadBack {
    /// Returns how a document stands; none when it was not read back.
    #[must_use]
    pub fn standing(&self, document: &StepKey) -> Option<&Standing> {
        self.standings.get(document)
    }

    /// Returns the documents that were read back.
    pub fn standings(&self) -> impl Iterator<Item = (&StepKey, &Standing)> {
        self.standings.iter()
    }

    /// Returns how many posted documents were not read back.
    #[must_use]
    pub fn unread(&self) -> usize {
        self.unread
    }
}

/// What QuickBooks holds, by kind and id.
type Held = BTreeMap<(EntityKind, String), Option<Result<Content, ModelError>>>;

impl Exchange {
    /// Reads back what was posted of these batches and purchase orders, and compares it with what was sent. Sends nothing.
    ///
    /// # Errors
    /// [`RunError`]: a posting log that is another company's or cannot be read, QuickBooks that cannot be read.
    pub async fn read_back<'o, O>(
        &mut self,
        origins: impl IntoIterator<Item = O>,
        reach: Reach,
    ) -> Result<ReadBack, RunError>
    where
        O: Into<Origin<'o>>,
    {
        let company = Arc::clone(&self.company);
        self.deadline = self.deadline_from_now();
        let origins: BTreeSet<OriginKey> =
            origins.into_iter().map(|origin| Into::<Origin<'o>>::into(origin).key()).collect();
        let (session, _) = self.begin_with_faults(company.first_period()).await?;
        let read = ask!(self, self.read_back_of(&session, &origins, reach));
        self.session = Some(session);
        read.unwrap_or_else(|ended| Err(ended.into()))
    }

    async fn read_back_of(
        &self,
        session: &Session,
        origins: &BTreeSet<OriginKey>,
        reach: Reach,
    ) -> Result<ReadBack, RunError> {
        let is_of_origins = |record: &Record| {
            let origin = record.sent.identity.as_ref().and_then(OriginKey::of);
            // The opening entry belongs to every tie-out, whichever batches it is over.
            origin.is_some_and(|origin| {
                matches!(origin, OriginKey::OpeningEntry { .. }) || origins.contains(&origin)
            })
        };
        let posted: Vec<(&StepKey, &Record)> =
            session.history.posted_steps().filter(|(_, record)| is_of_origins(record)).collect();
        let mut held = match reach {
            Reach::Changes => self.changed(&posted).await?,
            Reach::Each => self.each(&posted).await?,
        };
        let mut read_back = ReadBack::default();
        for (key, record) in posted {
            let place = EntityKind::from_name(&record.sent.entity).zip(record.id().map(str::to_owned));
            let found = place.and_then(|place| held.remove(&place));
            let sent = record.sent.create().map(|create| Content::of(&create));
            let (Some(found), Some(sent)) = (found, sent) else {
                read_back.unread += 1;
                continue;
            };
            let standing = match session.history.settlement(key) {
                Some(_) => Standing::Settled,
                None => standing(&sent, found, &session.snapshot),
            };
            read_back.standings.insert(key.clone(), standing);
        }
        Ok(read_back)
    }

    /// What has changed since the first of these was sent.
    async fn changed(&self, posted: &[(&StepKey, &Record)]) -> Result<Held, RunError> {
        let kinds: BTreeSet<EntityKind> =
            posted.iter().filter_map(|(_, record)| EntityKind::from_name(&record.sent.entity)).collect();
        let sent_at = |(_, record): &(&StepKey, &Record)| -> DateTime<Utc> {
            record.sent.quickbooks_at.unwrap_or(record.sent.sent_at)
        };
        let Some(first) = posted.iter().map(sent_at).min() else { return Ok(Held::new()) };
        let now = self.client.quickbooks_time().unwrap_or_else(|| self.now());
        let since = (first - CLOCK_SLACK).max(now - TOLD);
        let kinds: Vec<EntityName> = kinds.into_iter().map(EntityName::from).collect();
        let changes = self.client.changed_since(&kinds, since).await.map_err(unreadable)?;
        let mut held = Held::new();
        for deleted in changes.deleted {
            if let Some(kind) = EntityKind::from_name(&deleted.kind) {
                held.insert((kind, deleted.id), None);
            }
        }
        for record in &changes.records {
            if let (Some(kind), Some(id)) = (EntityKind::from_name(record.name()), record.id()) {
                held.insert((kind, id.to_owned()), Some(content(kind, record)));
            }
        }
        Ok(held)
    }

    /// Each of these by its id.
    async fn each(&self, posted: &[(&StepKey, &Record)]) -> Result<Held, RunError> {
        let mut ids: BTreeMap<EntityKind, Vec<&str>> = BTreeMap::new();
        for (_, record) in posted {
            if let (Some(kind), Some(id)) = (EntityKind::from_name(&record.sent.entity), record.id()) {
                ids.entry(kind).or_default().push(id);
            }
        }
        let mut held = Held::new();
        for (kind, ids) in ids {
            for portion in ids.chunks(IDS_AT_ONCE) {
                held.extend(portion.iter().map(|id| ((kind, (*id).to_owned()), None)));
                let query = Query::all(kind).with_ids(portion.iter().copied());
                let query = query.map_err(|error| unreadable(error.into()))?;
                for row in self.client.query(&query).await.map_err(unreadable)? {
                    let answer = Answer::read(kind, row).map_err(|error| unreadable(error.into()))?;
                    let content = answer.content();
                    held.insert((kind, answer.id), Some(content));
                }
            }
        }
        Ok(held)
    }
}

fn unreadable(source: ReadError) -> RunError {
    RunError::unreadable("documents of ours", source)
}

fn content(kind: EntityKind, record: &Entity) -> Result<Content, ModelError> {
    let text = qb_model::received::Json::Object(record.write_members()).to_string();
    let value = serde_json::from_str(&text)
        .map_err(|_| ModelError::Missing { what: kind.name(), field: "its members" })?;
    Content::read(kind, &value)
}
