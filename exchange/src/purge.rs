//! Forgets bodies that nothing needs any more: personal data of documents that are done.
//!
//! What stays: keys, QuickBooks' ids, dates, accounts with their amounts, and the digest of every body, so that the chain holds.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use mapping::{BatchKey, StepKey, StepKind};

use crate::chain::RowReader;
use crate::customers::{CustomerNote, CustomerNotes};
use crate::entry::Entry;
use crate::history::History;
use crate::log::{LogError, PostingLog};

/// How long the log is claimed for: longer than it takes to read one.
const LEASE: TimeDelta = TimeDelta::minutes(15);

/// What was forgotten.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Purged {
    /// How many bodies.
    pub bodies: u64,
    /// How many bodies from before the day are kept, because their document or record is not done: they are what would be sent
    /// again.
    pub unsettled: u64,
    /// The first such document or record.
    pub first_unsettled: Option<StepKey>,
    /// How many entries from before the day have their body in their text: the first version of this program wrote it there, and a
    /// text cannot change.
    pub in_text: u64,
}

/// What an entry has a body for.
enum Body {
    /// A sending of this step.
    Sent(StepKey),
    /// Values of customers.
    Noted(CustomerNotes),
    /// A batch whose late edits are corrected.
    Batch(BatchKey),
}

/// Forgets the bodies of what was sent before a day (UTC) and is done: posted as it was sent, or settled by a person. The body of
/// a document in doubt, refused, or stored otherwise is needed still, wherever it stands. Accounts, items and payment methods keep
/// theirs, which name nobody, and customers what the next exchange of customers compares with. A batch that was corrected is kept;
/// late edits of any other are no longer corrected.
///
/// Nothing else of the log changes, and a purge can be repeated. That a later run plans a document otherwise than it was posted is
/// no longer noticed once its body is forgotten.
///
/// # Errors
/// [`LogError`]: the log cannot be read, is damaged, or somebody else holds it. Some bodies may be forgotten, others not.
pub async fn purge(
    log: &dyn PostingLog,
    owner: &str,
    before: NaiveDate,
    now: DateTime<Utc>,
) -> Result<Purged, LogError> {
    let fence = log.claim(owner, now + LEASE).await?;
    let (mut reader, mut history) = (RowReader::new(), History::default());
    let mut bodies: BTreeMap<u64, Body> = BTreeMap::new();
    let (mut last, mut in_text) = (0, 0);
    let mut is_before = true;
    for row in log.read(0).await? {
        let entry = reader.entry(&row)?;
        let position = reader.length();
        if let Entry::Sending { sent, .. } = &entry {
            is_before = sent.sent_at.date_naive() < before;
        }
        if is_before {
            last = position;
            match &entry {
                Entry::Sending { sent, .. } if row.body.is_none() => {
                    in_text += u64::from(!sent.body.is_empty());
                }
                Entry::Sending { step, .. } => _ = bodies.insert(position, Body::Sent(step.clone())),
                Entry::CustomersNoted(notes) if row.body.is_some() => {
                    bodies.insert(position, Body::Noted(notes.clone()));
                }
                Entry::BatchKept(batch) => _ = bodies.insert(position, Body::Batch(batch.batch.clone())),
                _ => {}
            }
        }
        history.apply(entry);
    }
    let needed_notes = needed(&bodies);
    let mut purged = Purged { bodies: 0, unsettled: 0, first_unsettled: None, in_text };
    let mut kept: BTreeSet<u64> = BTreeSet::new();
    for (position, body) in &bodies {
        match body {
            Body::Sent(step) if !history.is_done_as_planned(step) => {
                purged.unsettled += 1;
                purged.first_unsettled.get_or_insert_with(|| step.clone());
                kept.insert(*position);
            }
            Body::Sent(step) if names_nobody(step.kind()) => _ = kept.insert(*position),
            Body::Noted(_) if needed_notes.contains(position) => _ = kept.insert(*position),
            // What was corrected is planned from it in every run.
            Body::Batch(batch) if history.kept(batch).len() > 1 => _ = kept.insert(*position),
            Body::Sent(_) | Body::Noted(_) | Body::Batch(_) => purged.bodies += 1,
        }
    }
    log.forget_bodies(fence, last, &kept).await?;
    Ok(purged)
}

/// Whether a record is the company's own: its name is compared with later, and is nobody's.
fn names_nobody(kind: StepKind) -> bool {
    matches!(kind, StepKind::Account | StepKind::Item | StepKind::PaymentMethod)
}

/// The entries whose values of customers no later entry tells anew.
fn needed(bodies: &BTreeMap<u64, Body>) -> BTreeSet<u64> {
    let (mut links, mut offers, mut to_pos) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
    for (position, body) in bodies {
        let Body::Noted(notes) = body else { continue };
        for note in &notes.notes {
            match note {
                CustomerNote::Links { customer, .. } => {
                    // What was offered is in the links from here on.
                    offers.remove(customer);
                    links.insert(customer.clone(), *position);
                }
                CustomerNote::OfferedToQuickBooks { customer } => {
                    offers.insert(customer.clone(), *position);
                }
                CustomerNote::OfferedToPos { record } => _ = to_pos.insert(record.clone(), *position),
                CustomerNote::TakenByPos { record } => _ = to_pos.remove(record),
                _ => {}
            }
        }
    }
    links.into_values().chain(offers.into_values()).chain(to_pos.into_values()).collect()
}
