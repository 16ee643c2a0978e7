//! From what was posted and what stands in QuickBooks to acts and obstacles. Pure.
//!
//! ```text
//! Payment CL15239T1B4 pays Invoice CLT1B4       void the payment, then the invoice
//! the invoice is paid by a payment of others    forbidden: a later document stands on it
//! somebody voided the invoice already           nothing is sent for it: it is done before
//! ```

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroU32;

use chrono::NaiveDate;
use mapping::{BatchKey, DocumentAct, Edition, OriginKey, StepKey};
use qb_model::engine::{Alteration, Content};
use qb_model::{Answer, EntityKind};
use serde_json::Value;

use super::result::{ActOutcome, Obstacle, Undo, UndoAct, UndoResult};
use crate::act::is_void;
use crate::drift::{Standing, standing};
use crate::history::{History, Record, State};
use crate::posted::PostedDocument;
use crate::snapshot::CompanySnapshot;

/// What a person's changes of documents mean for an undo.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Edits {
    /// They forbid it, unless they were accepted.
    Forbid,
    /// They go with it: that is what it is for.
    Discard,
}

/// What is known before anything is decided.
pub(super) struct Looked<'l> {
    pub(super) history: &'l History,
    pub(super) snapshot: &'l CompanySnapshot,
    pub(super) origin: &'l OriginKey,
    /// What QuickBooks holds, by kind and id; none where a document is gone.
    pub(super) held: &'l BTreeMap<(EntityKind, String), Option<Answer>>,
    pub(super) edits: Edits,
}

/// What an undo would do, and what forbids it.
pub(super) fn plan(looked: &Looked<'_>) -> Undo {
    let mut acts = Vec::new();
    let mut obstacles = Vec::new();
    let mut consequences = Vec::new();
    for (key, record) in looked.history.documents_of(looked.origin) {
        let (Some(document), Some(kind)) =
            (PostedDocument::of(key, record), EntityKind::from_name(&record.sent.entity))
        else {
            continue;
        };
        let outcome = match &record.state {
            // It never came to stand there.
            State::NotSent | State::Refused { .. } | State::Conflict { refused: true, .. } => continue,
            // What an earlier undo took back, before it was posted again, is no concern of this one.
            State::Undone { .. } if !looked.is_of_this_undo(key) => continue,
            State::Undone { .. } => ActOutcome::DoneBefore,
            State::Sending | State::Conflict { .. } => {
                match looked.history.settlement(key) {
                    Some(by) => consequences.push(format!(
                        "{document} was settled by {by}; what was put right by hand is to be taken back by hand"
                    )),
                    None => obstacles.push(Obstacle::InDoubt { document }),
                }
                continue;
            }
            State::Posted { id } | State::StoredDifferently { id, .. } => {
                let found = looked.held.get(&(kind, id.clone())).and_then(Option::as_ref);
                let sent = record.sent.create().map(|create| Content::of(&create));
                match found {
                    Some(found) if !is_void(found, sent.as_ref()) => {
                        obstacles.extend(looked.obstacles(&document, record, sent.as_ref(), found));
                        consequences.extend(looked.freed(&document, found));
                        ActOutcome::ToDo
                    }
                    _ => ActOutcome::DoneBefore,
                }
            }
        };
        acts.push(UndoAct { what: act_on(kind), document, outcome, reason: None });
    }
    consequences.extend(looked.spent());
    acts.sort_by_cached_key(|act| (rank(&act.document.entity), act.document.key.clone()));
    let result = if obstacles.is_empty() { UndoResult::ToDo } else { UndoResult::Forbidden };
    Undo { origin: looked.origin.clone(), result, acts, obstacles, consequences }
}

/// Invoices, payments and sales receipts are voided; QuickBooks voids no other kind that we post.
fn act_on(kind: EntityKind) -> DocumentAct {
    if Alteration::can_void(kind) { DocumentAct::Void } else { DocumentAct::Delete }
}

/// What stands on others goes before them: payments on all else, bills on purchase orders.
fn rank(entity: &str) -> u8 {
    match entity {
        "Payment" => 0,
        "PurchaseOrder" => 2,
        _ => 1,
    }
}

impl Looked<'_> {
    /// Whether a document that was taken back was so by the undo that is under way.
    fn is_of_this_undo(&self, key: &StepKey) -> bool {
        let of = |key: &StepKey| self.history.step(key).and_then(|record| record.sent.identity.as_ref());
        let revision = self.history.revision(self.origin).map(NonZeroU32::get).unwrap_or_default();
        of(key).is_some_and(|identity| match identity.edition() {
            Edition::Revision(n) => n.get() == revision,
            _ => revision == 0,
        })
    }

    /// What forbids that a document is taken back as it stands now.
    fn obstacles(
        &self,
        document: &PostedDocument,
        record: &Record,
        sent: Option<&Content>,
        found: &Answer,
    ) -> Vec<Obstacle> {
        let mut obstacles = Vec::new();
        let of = |document: &PostedDocument| document.clone();
        for (txn_type, id) in links(&found.raw) {
            if txn_type == "Deposit" {
                obstacles.push(Obstacle::Deposited { document: of(document), deposit: id });
            } else if !self.is_of_origin(&txn_type, &id) {
                let later = self.called(&txn_type, &id);
                obstacles.push(Obstacle::LaterDocument { document: of(document), later });
            }
        }
        let date = found.content().ok().and_then(|content| content.txn_date).or(document.date);
        if let Some(closed_to) = self.snapshot.preferences.book_close_date
            && date.is_some_and(|date: NaiveDate| date <= closed_to)
        {
            obstacles.push(Obstacle::PeriodClosed { document: of(document), closed_to });
        }
        let is_known_otherwise = matches!(record.state, State::StoredDifferently { .. });
        if let Some(sent) = sent.filter(|_| !is_known_otherwise && self.edits == Edits::Forbid) {
            let standing = standing(sent, Some(found.content()), self.snapshot);
            if let Standing::Changed { words, .. } = &standing
                && !self.history.is_accepted(&document.key, &standing)
            {
                obstacles.push(Obstacle::Edited { document: of(document), words: words.clone() });
            }
        }
        obstacles
    }

    /// Documents of other batches that a payment was matched with, and that stand open again once it is gone.
    fn freed(&self, document: &PostedDocument, found: &Answer) -> Vec<String> {
        if found.kind != EntityKind::Payment {
            return Vec::new();
        }
        let lines = found.raw.get("Line").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        let others: BTreeSet<(String, String)> =
            lines.iter().flat_map(links).filter(|(txn_type, id)| !self.is_of_origin(txn_type, id)).collect();
        let say = |(txn_type, id): &(String, String)| {
            format!("{} stands open again by what {document} paid of it", self.called(txn_type, id))
        };
        others.iter().map(say).collect()
    }

    /// What this batch took money for and later ones have used: deposits on orders (D-10), gift certificates (D-06).
    fn spent(&self) -> Vec<String> {
        let OriginKey::Batch(batch) = self.origin else { return Vec::new() };
        let mut moved: BTreeMap<String, BTreeMap<&BatchKey, i64>> = BTreeMap::new();
        for (of, deposit) in self.history.moved_deposits() {
            let rest = moved.entry(format!("the deposit on order {}", deposit.order)).or_default();
            *rest.entry(of).or_default() += deposit.paid.saturating_sub(deposit.used);
        }
        for (of, certificate) in self.history.moved_certificates() {
            let digest = certificate.digest.get(..6).unwrap_or_default();
            let rest = moved.entry(format!("a gift certificate (its key begins with {digest})")).or_default();
            *rest.entry(of).or_default() += certificate.paid.saturating_sub(certificate.used);
        }
        let spent = |(what, of): (String, BTreeMap<&BatchKey, i64>)| {
            let own = of.get(batch).copied().unwrap_or_default();
            let all: i64 = of.values().fold(0, |sum, cents| sum.saturating_add(*cents));
            let users = of.iter().filter(|(other, cents)| **other != batch && **cents < 0);
            let by: Vec<String> = users.map(|(other, _)| other.to_string()).collect();
            (own > 0 && all.saturating_sub(own) < 0 && !by.is_empty()).then(|| {
                format!(
                    "{what} was used by {}, and is paid by nobody until this is posted again",
                    by.join(" and ")
                )
            })
        };
        moved.into_iter().filter_map(spent).collect()
    }

    /// Whether a link is to a document of what is undone.
    fn is_of_origin(&self, txn_type: &str, id: &str) -> bool {
        self.ours(txn_type, id).is_some_and(|(_, record)| record.is_of(self.origin))
    }

    fn ours(&self, txn_type: &str, id: &str) -> Option<(&StepKey, &Record)> {
        let entity = entity_of(txn_type);
        let mut known = self.history.known_documents();
        known.find(|(_, record)| record.sent.entity == entity && record.known_id() == Some(id))
    }

    /// What a linked document is called: one of ours by its number and batch.
    fn called(&self, txn_type: &str, id: &str) -> String {
        match self.ours(txn_type, id).and_then(|(key, record)| PostedDocument::of(key, record)) {
            Some(document) => format!("{document} ({})", document.event),
            None => format!("the {txn_type} with id {id}, which was not posted from here,"),
        }
    }
}

/// What a document or a line says it is linked with: type and id.
fn links(value: &Value) -> Vec<(String, String)> {
    let links = value.get("LinkedTxn").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let text = |link: &Value, field: &str| Some(link.get(field)?.as_str()?.to_owned());
    links.iter().filter_map(|link| Some((text(link, "TxnType")?, text(link, "TxnId")?))).collect()
}

/// The entity that a link's type means.
fn entity_of(txn_type: &str) -> &str {
    match txn_type {
        "Expense" | "Check" | "CreditCardCredit" => "Purchase",
        other => other,
    }
}

/// Why one document must not be taken back as it stands now; none when nothing forbids it.
pub(super) fn forbids(looked: &Looked<'_>, key: &StepKey, found: &Answer) -> Option<String> {
    let record = looked.history.step(key)?;
    let document = PostedDocument::of(key, record)?;
    let sent = record.sent.create().map(|create| Content::of(&create));
    let obstacles = looked.obstacles(&document, record, sent.as_ref(), found);
    obstacles.first().map(ToString::to_string)
}
