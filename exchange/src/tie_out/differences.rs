//! Documents that QuickBooks does not have as they were planned: which, where, and what became of them.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use mapping::{OriginKey, StepKey};
use pos_model::Money;
use qb_client::ReadError;
use qb_client::engine::Query;
use qb_model::engine::Content;
use qb_model::{Answer, EntityKind, ModelError};

use super::result::{Cause, Difference, DifferentAmount, DifferentDocument};
use super::scope::{Amounts, Place, Scope, ScopedDocument};
use crate::drift::{Standing, standing};
use crate::error::RunError;
use crate::history::{Record, State};
use crate::report::Outcome;
use crate::session::{Exchange, Session};

/// Documents asked for by id in one query.
const IDS_AT_ONCE: usize = 100;

/// Documents that are looked up one by one: a person's edits are few. Thousands mean another company or another log, and
/// reads are metered.
const LOOKED_UP: usize = 500;

impl Exchange {
    /// Every document that the general ledger does not show as planned, in planned order.
    pub(super) async fn different_documents(
        &self,
        session: &Session,
        scope: &Scope,
    ) -> Result<Vec<Difference>, RunError> {
        let empty = Amounts::new();
        let is_different = |document: &&ScopedDocument| {
            places_that_differ(document.planned.as_ref().unwrap_or(&empty), &document.found).next().is_some()
        };
        let different: Vec<&ScopedDocument> = scope.documents.iter().filter(is_different).collect();
        let mut causes: Vec<Option<Cause>> =
            different.iter().map(|document| self.known_cause(session, scope, document)).collect();
        let unclear: Vec<(&ScopedDocument, &Record)> = (different.iter().zip(&causes))
            .filter(|(_, cause)| cause.is_none())
            .filter_map(|(document, _)| Some((*document, session.history.step(&document.key)?)))
            .take(LOOKED_UP)
            .collect();
        let mut looked_up = self.look_up_documents(session, &unclear).await?;
        let mut differences = Vec::with_capacity(different.len());
        for (document, cause) in different.into_iter().zip(causes.drain(..)) {
            let cause = cause.or_else(|| looked_up.remove(&document.key));
            differences.push(Difference {
                document: Some(DifferentDocument {
                    key: document.key.clone(),
                    kind: document.kind.clone(),
                    number: document.number.clone(),
                    id: session.history.posted_id(&document.key).map(str::to_owned),
                    origin: scope.origins[document.origin].clone(),
                }),
                cause: cause.unwrap_or(Cause::NotLookedUp),
                amounts: amounts(scope, document.planned.as_ref().unwrap_or(&empty), &document.found),
            });
        }
        Ok(differences)
    }

    /// What the posting log alone can say.
    fn known_cause(&self, session: &Session, scope: &Scope, document: &ScopedDocument) -> Option<Cause> {
        let reported = self.unfinished.get(&document.key);
        let not_posted = |outcome: Outcome, reason: Option<&String>| {
            let (outcome, reason) = match reported {
                Some((outcome, reason)) => (*outcome, reason.clone()),
                None => (outcome, reason.cloned()),
            };
            Some(Cause::NotPosted { outcome, reason })
        };
        if let Some(by_hand) = session.history.settlement(&document.key) {
            return Some(Cause::Settled { remark: format!("settled by {by_hand}") });
        }
        let Some(record) = session.history.step(&document.key) else {
            return not_posted(Outcome::Held, Some(&"it was not sent yet".to_owned()));
        };
        match &record.state {
            State::NotSent => not_posted(Outcome::Held, Some(&"QuickBooks could not be reached".to_owned())),
            State::Sending => not_posted(Outcome::Unknown, Some(&"its answer was lost".to_owned())),
            State::Refused { reason } => not_posted(Outcome::Refused, Some(reason)),
            State::Conflict { reason, .. } => not_posted(Outcome::Conflict, Some(reason)),
            State::StoredDifferently { reason, .. } => {
                Some(Cause::StoredDifferently { reason: reason.clone() })
            }
            // What we have taken back and moves accounts all the same is looked up.
            State::Undone { .. } => None,
            State::Posted { .. } => match &document.planned {
                None if is_being_undone(session, record) => Some(Cause::UndoBrokeOff),
                None => Some(Cause::NoLongerPlanned),
                Some(planned) if !is_as_sent(scope, planned, record) => Some(Cause::PlanChanged),
                Some(_) => None,
            },
        }
    }

    /// Asks QuickBooks what became of posted documents.
    async fn look_up_documents<'d>(
        &self,
        session: &Session,
        unclear: &[(&'d ScopedDocument, &Record)],
    ) -> Result<BTreeMap<&'d StepKey, Cause>, RunError> {
        let read = |source: ReadError| RunError::unreadable("documents of ours", source);
        let mut causes = BTreeMap::new();
        let mut by_kind: BTreeMap<EntityKind, Vec<(&ScopedDocument, &Record)>> = BTreeMap::new();
        for (document, record) in unclear {
            if let Some(kind) = EntityKind::from_name(&record.sent.entity) {
                by_kind.entry(kind).or_default().push((document, record));
            }
        }
        for (kind, documents) in by_kind {
            for portion in documents.chunks(IDS_AT_ONCE) {
                let ids = portion.iter().filter_map(|(_, record)| record.known_id());
                let query = Query::all(kind).with_ids(ids).map_err(|error| read(error.into()))?;
                let mut found: BTreeMap<String, Result<Content, ModelError>> = BTreeMap::new();
                for row in self.client.query(&query).await.map_err(read)? {
                    let answer = Answer::read(kind, row).map_err(|error| read(error.into()))?;
                    let content = answer.content();
                    found.insert(answer.id, content);
                }
                for (document, record) in portion {
                    let content = record.known_id().and_then(|id| found.get(id));
                    let cause = accepted(session, &document.key, record, content)
                        .unwrap_or_else(|| became(content, document, record.sent.txn_date));
                    causes.insert(&document.key, cause);
                }
            }
        }
        Ok(causes)
    }
}

/// Whether a person asked that the batch or order of a document be taken back.
fn is_being_undone(session: &Session, record: &Record) -> bool {
    let origin = record.sent.identity.as_ref().and_then(OriginKey::of);
    origin.is_some_and(|origin| session.history.undone(&origin).is_some())
}

/// That a person has said of a document which stands so that it stays as it is.
fn accepted(
    session: &Session,
    key: &StepKey,
    record: &Record,
    found: Option<&Result<Content, ModelError>>,
) -> Option<Cause> {
    let sent = Content::of(&record.sent.create()?);
    let standing = match found {
        None => Standing::Gone,
        Some(Ok(found)) => standing(&sent, Some(Ok(found.clone())), &session.snapshot),
        Some(Err(error)) => Standing::Changed { fields: Vec::new(), words: error.to_string() },
    };
    let said = session.history.said_of_document(key, &standing.state())?;
    Some(Cause::Settled { remark: format!("accepted by {}", said.by) })
}

fn became(
    content: Option<&Result<Content, ModelError>>,
    document: &ScopedDocument,
    posted_date: Option<NaiveDate>,
) -> Cause {
    match content {
        None => Cause::Deleted,
        Some(Ok(content)) if is_void(content, document) => Cause::Voided,
        Some(Ok(content)) => {
            Cause::Edited { date: content.txn_date.filter(|date| Some(*date) != posted_date) }
        }
        // It is there, and not as it was posted.
        Some(Err(_)) => Cause::Edited { date: None },
    }
}

/// Whether a document moves nothing, by its own word and by the general ledger.
fn is_void(content: &Content, document: &ScopedDocument) -> bool {
    content.moves_nothing() && document.found.is_empty()
}

/// Whether the plan still is what was sent: date and amounts by account.
fn is_as_sent(scope: &Scope, planned: &Amounts, record: &Record) -> bool {
    // In cents that a log of any content cannot overflow.
    let mut difference: BTreeMap<(&str, Option<NaiveDate>), i128> = BTreeMap::new();
    for (place, amount) in planned {
        let account = scope.accounts[place.account].id.as_str();
        *difference.entry((account, Some(place.date))).or_default() += i128::from(amount.cents());
    }
    for (account, cents) in &record.sent.legs {
        *difference.entry((account, record.sent.txn_date)).or_default() -= i128::from(*cents);
    }
    difference.values().all(|cents| *cents == 0)
}

/// Where two sets of amounts differ. Lines of a document that cancel each other on an account leave 0.00 there, which is
/// the same as nothing.
fn places_that_differ<'a>(planned: &'a Amounts, found: &'a Amounts) -> impl Iterator<Item = &'a Place> {
    let places: BTreeSet<&Place> = planned.keys().chain(found.keys()).collect();
    places.into_iter().filter(|place| at(planned, place) != at(found, place))
}

fn at(amounts: &Amounts, place: &Place) -> Money {
    amounts.get(place).copied().unwrap_or_default()
}

/// What is planned and found where the two differ.
fn amounts(scope: &Scope, planned: &Amounts, found: &Amounts) -> Vec<DifferentAmount> {
    let amount = |place: &Place| scope.amount(*place, at(planned, place), at(found, place));
    places_that_differ(planned, found).map(amount).collect()
}
