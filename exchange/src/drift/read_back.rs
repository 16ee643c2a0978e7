//! Posted documents of some batches, read back.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use mapping::{Origin, OriginKey, StepKey};
use qb_client::EntityName;
use qb_model::EntityKind;
use qb_model::engine::Content;

use super::reading::{Reach, place};
use super::standing::{Standing, standing};
use crate::error::RunError;
use crate::history::Record;
use crate::patience::ask;
use crate::session::{Exchange, Session};

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
            let is_opening = |origin: &OriginKey| matches!(origin, OriginKey::OpeningEntry { .. });
            origin.is_some_and(|origin| is_opening(&origin) || origins.contains(&origin))
        };
        let posted: Vec<(&StepKey, &Record)> =
            session.history.posted_steps().filter(|(_, record)| is_of_origins(record)).collect();
        let records = || posted.iter().map(|(_, record)| *record);
        let kinds = records().filter_map(|record| EntityKind::from_name(&record.sent.entity));
        let mut reading = match reach {
            Reach::Changes => self.read_changes(records(), kinds.map(EntityName::from).collect()).await?,
            Reach::Each => self.read_each(records().filter_map(place)).await?,
        };
        let mut read_back = ReadBack::default();
        for (key, record) in posted {
            let found = place(record).and_then(|place| reading.held.remove(&place));
            let sent = record.sent.create().map(|create| Content::of(&create));
            let (Some(found), Some(sent)) = (found, sent) else {
                read_back.unread += 1;
                continue;
            };
            let standing = match session.history.settlement(key) {
                Some(_) => Standing::Settled,
                None => {
                    let standing = standing(&sent, found.map(|found| found.content()), &session.snapshot);
                    if session.history.is_accepted(key, &standing) { Standing::Settled } else { standing }
                }
            };
            read_back.standings.insert(key.clone(), standing);
        }
        Ok(read_back)
    }
}
