//! Looking for drift: what is read for it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use mapping::StepKey;
use qb_client::EntityName;
use qb_client::engine::Query;
use qb_model::EntityKind;
use qb_model::engine::Content;
use qb_model::received;
use serde_json::Value;

use super::findings::{Looked, find};
use super::reading::{Reach, Reading, place, unreadable};
use super::result::Drift;
use crate::error::RunError;
use crate::history::Record;
use crate::patience::ask;
use crate::session::{Exchange, Session};

/// Kinds of documents that move accounts: ours, and what people and other programs post.
fn kinds() -> BTreeSet<EntityName> {
    let ours = [
        EntityKind::Invoice,
        EntityKind::Payment,
        EntityKind::CreditMemo,
        EntityKind::Purchase,
        EntityKind::SalesReceipt,
        EntityKind::PurchaseOrder,
        EntityKind::Bill,
        EntityKind::JournalEntry,
    ];
    let others = [
        EntityName::of::<received::Deposit>(),
        EntityName::of::<received::Transfer>(),
        EntityName::of::<received::RefundReceipt>(),
        EntityName::of::<received::VendorCredit>(),
        EntityName::of::<received::BillPayment>(),
    ];
    ours.into_iter().map(EntityName::from).chain(others).collect()
}

impl Exchange {
    /// Compares everything that the posting log says is posted with what QuickBooks holds now. Needs no files of the point of sale.
    /// Sends nothing.
    ///
    /// Documents of others are found among the changes alone, whatever the reach: of 30 days.
    ///
    /// # Errors
    /// [`RunError`]: a posting log that is another company's or cannot be read, QuickBooks that cannot be read.
    pub async fn drift(&mut self, reach: Reach) -> Result<Drift, RunError> {
        let company = Arc::clone(&self.company);
        self.deadline = self.deadline_from_now();
        let period = company.periods().last().unwrap_or(company.first_period());
        let (session, _) = self.begin_with_faults(period).await?;
        let found = ask!(self, self.drift_of(&session, reach));
        self.session = Some(session);
        found.unwrap_or_else(|ended| Err(ended.into()))
    }

    async fn drift_of(&self, session: &Session, reach: Reach) -> Result<Drift, RunError> {
        let is_document = |(_, record): &(&StepKey, &Record)| record.sent.identity.is_some();
        let posted: Vec<(&StepKey, &Record)> = session.history.posted_steps().filter(is_document).collect();
        let records = || posted.iter().map(|(_, record)| *record);
        let mut reading = self.read_changes(records(), kinds()).await?;
        if reach == Reach::Each {
            let each = self.read_each(records().filter_map(place)).await?;
            reading.held.extend(each.held);
            // What the changes lack of our documents, each of them has.
            reading.capped.clear();
        }
        let merged = self.merged(&posted, &reading).await?;
        let mut controls: BTreeMap<String, String> = BTreeMap::new();
        for period in self.company.periods() {
            for (role, id) in session.snapshot.accounts_of(period).0 {
                if super::findings::is_of_the_till(role) {
                    let name = session.snapshot.account_name(id.as_str()).unwrap_or_default();
                    controls.insert(id.as_str().to_owned(), name.to_owned());
                }
            }
        }
        let looked = Looked {
            history: &session.history,
            snapshot: &session.snapshot,
            posted: &posted,
            reading: &reading,
            merged: &merged,
            controls: &controls,
        };
        Ok(find(&looked))
    }

    /// The customers and suppliers of documents that name another one now, and are there no more: by kind and id.
    async fn merged(
        &self,
        posted: &[(&StepKey, &Record)],
        reading: &Reading,
    ) -> Result<BTreeSet<(EntityKind, String)>, RunError> {
        let mut asked: BTreeMap<EntityKind, BTreeSet<String>> = BTreeMap::new();
        for (_, record) in posted {
            let found = place(record).and_then(|place| reading.held.get(&place)?.as_ref());
            let sent = record.sent.create().map(|create| Content::of(&create).party);
            if let (Some(found), Some(Some(party))) = (found.and_then(|found| found.content().ok()), sent)
                && found.party.as_ref() != Some(&party)
            {
                let kind = match record.sent.entity.as_str() {
                    "Bill" | "PurchaseOrder" => EntityKind::Vendor,
                    _ => EntityKind::Customer,
                };
                asked.entry(kind).or_default().insert(party);
            }
        }
        let mut merged = BTreeSet::new();
        for (kind, ids) in asked {
            merged.extend(ids.iter().map(|id| (kind, id.clone())));
            let query = Query::all(kind).with_inactive().with_ids(ids.iter().map(String::as_str));
            let query = query.map_err(|error| unreadable(error.into()))?;
            for row in self.client.query(&query).await.map_err(unreadable)? {
                let is_active = row.get("Active").and_then(Value::as_bool).unwrap_or(true);
                if let Some(id) = row.get("Id").and_then(Value::as_str).filter(|_| is_active) {
                    merged.remove(&(kind, id.to_owned()));
                }
            }
        }
        Ok(merged)
    }
}
