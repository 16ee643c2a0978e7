//! What the posting log means: its entries folded into the standing of every step.
//!
//! The same fold serves a log that is read and a log that is being written, so there is one truth about a step.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroU32;

use chrono::{DateTime, Utc};
use mapping::customers::{Link, LinkState};
use mapping::{
    BatchKey, CustomerKey, DocumentAct, Edition, Event, EventKey, ItemDetail, OriginKey, StepKey, StepKind,
};
use qb_model::Id;
use qb_model::engine::name_key;

use crate::customers::Kept;
use crate::entry::{Entry, FindingVerb, MovedCertificate, MovedDeposit, Sent};
use crate::kept_batch::KeptBatch;

/// The folded log.
#[derive(Debug, Default)]
pub(crate) struct History {
    pub(crate) realm: Option<String>,
    steps: BTreeMap<StepKey, Record>,
    /// The registers that began a batch of a number, by store and number.
    registers: BTreeMap<(String, u64), BTreeSet<String>>,
    /// The keys of each batch's steps.
    batches: BTreeMap<BatchKey, BTreeSet<StepKey>>,
    /// What each batch was when its first document was sent.
    begun: BTreeMap<BatchKey, Begun>,
    /// The batches whose late edits are corrected, as they were first and at each edit.
    kept: BTreeMap<BatchKey, Vec<KeptBatch>>,
    /// The list entries by QuickBooks' entity and id.
    linked: BTreeMap<(String, String), StepKey>,
    untaxed: BTreeSet<StepKey>,
    /// The keys of opening entries (T-05).
    opening_entries: BTreeSet<StepKey>,
    /// Steps that were never sent, because another document has their number, each with what differs.
    conflicts: BTreeMap<StepKey, String>,
    /// Steps that a person has settled.
    settlements: BTreeMap<StepKey, ByHand>,
    /// Acts on posted documents, by their own keys.
    acts: BTreeMap<StepKey, Record>,
    /// Batches and orders that were undone, or are being undone.
    undos: BTreeMap<OriginKey, UndoHistory>,
    /// What people said of findings of drift, by their ids.
    findings: BTreeMap<String, FindingSaid>,
    /// How documents stood when it was said, each with the finding.
    accepted: BTreeMap<(StepKey, String), String>,
    /// Records of others that it was said of, by kind and id, each with the finding.
    accepted_others: BTreeMap<(String, String), String>,
    /// The keys of each event's documents.
    events: BTreeMap<EventKey, BTreeSet<StepKey>>,
    /// The retailer of the customers that the first logs named without one; none until it is said.
    retailer: Option<String>,
    bare_customers: BTreeSet<StepKey>,
    /// The company's own accounts that documents went to, by key and name: their ids.
    accounts: BTreeMap<(StepKey, String), String>,
    /// Codes of the stores that had documents before it was said.
    bare_stores: BTreeSet<String>,
    /// The number and the hash of the last certificate.
    certificate: Option<(u64, String)>,
    /// How many entries there are.
    entries: u64,
    /// The entry that told last that a document of an event is posted.
    posted_at: BTreeMap<EventKey, u64>,
    /// Customers: their links, and what each side held.
    pub(crate) customers: Kept,
}

/// What is known of a step.
#[derive(Debug)]
pub(crate) struct Record {
    /// The last sending; every later entry is about it.
    pub(crate) sent: Sent,
    pub(crate) state: State,
}

/// What a batch was when its first document was sent.
#[derive(Debug)]
pub(crate) struct Begun {
    /// The keys of its documents.
    pub(crate) documents: BTreeSet<StepKey>,
    deposits: Vec<MovedDeposit>,
    certificates: Vec<MovedCertificate>,
    /// How much of its receipts it sends (F-07).
    pub(crate) item_detail: ItemDetail,
    /// The receipts that each of its summaries holds.
    pub(crate) receipts: BTreeMap<EventKey, Vec<u64>>,
}

/// Who said something, why and when: `Pat on 2026-02-04: typed by hand`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ByHand {
    pub(crate) who: String,
    pub(crate) because: String,
    pub(crate) at: DateTime<Utc>,
}

impl std::fmt::Display for ByHand {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} on {}: {}", self.who, self.at.format("%Y-%m-%d"), self.because)
    }
}

/// What a person said of a finding that stays as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FindingSaid {
    pub(crate) verb: FindingVerb,
    pub(crate) by: ByHand,
}

/// What a person had taken back of a batch or order.
#[derive(Debug, Clone, Default)]
struct UndoHistory {
    /// How often it was posted again.
    revision: u32,
    /// That it is undone, until it is posted again.
    undone: Option<Undone>,
}

/// A batch or order that is undone, or is being undone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Undone {
    pub(crate) by: ByHand,
    /// Whether all of it is; otherwise the undo broke off, and the next one goes on.
    pub(crate) is_done: bool,
}

/// What became of the last sending.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum State {
    Sending,
    NotSent,
    Refused {
        reason: String,
    },
    Conflict {
        refused: bool,
        reason: String,
    },
    Posted {
        id: String,
    },
    StoredDifferently {
        id: String,
        reason: String,
    },
    /// It was posted, and we have voided or deleted it.
    Undone {
        id: String,
    },
}

impl History {
    pub(crate) fn apply(&mut self, entry: Entry) {
        self.entries += 1;
        if let Some((act, document)) = entry.step().and_then(StepKey::acts_on) {
            return self.apply_act(act, &document, entry);
        }
        match entry {
            Entry::Company { realm } => self.realm = Some(realm),
            Entry::Customers { retailer } => self.name_retailer(retailer),
            Entry::Account { account, name, id } => _ = self.accounts.insert((account, name_key(&name)), id),
            Entry::Sending { step, sent } => {
                if let Some(batch) = sent.identity.as_ref().and_then(EventKey::batch) {
                    let (store, register) = (batch.store.clone(), batch.register.clone());
                    self.registers.entry((store, batch.number)).or_default().insert(register);
                    // A correction is no part of what the batch was (T-06).
                    if !sent.identity.as_ref().is_some_and(is_correction) {
                        self.batches.entry(batch).or_default().insert(step.clone());
                    }
                }
                if sent.identity.as_ref().is_some_and(|event| matches!(event.event(), Event::OpeningEntry(_)))
                {
                    self.opening_entries.insert(step.clone());
                }
                if let Some(event) = sent.identity.as_ref().filter(|_| self.retailer.is_none()) {
                    self.bare_stores.insert(event.store().to_owned());
                }
                if let Some(event) = sent.identity.clone() {
                    self.events.entry(event).or_default().insert(step.clone());
                }
                if step.customer_id().is_some() {
                    self.bare_customers.insert(step.clone());
                }
                self.conflicts.remove(&step);
                self.steps.insert(step, Record { sent, state: State::Sending });
            }
            Entry::Posted { step, id, untaxed, .. } => {
                if untaxed {
                    self.untaxed.insert(step.clone());
                } else {
                    self.untaxed.remove(&step);
                }
                if let Some(event) = self.steps.get(&step).and_then(|record| record.sent.identity.clone()) {
                    self.posted_at.insert(event, self.entries);
                }
                let is_made = step.kind() != StepKind::CustomerChange;
                if let Some(record) =
                    self.steps.get(&step).filter(|record| is_made && record.sent.identity.is_none())
                {
                    self.linked.insert((record.sent.entity.clone(), id.clone()), step.clone());
                }
                if let Some(customer) = step.customer_key() {
                    self.link_customer(&customer, &id);
                }
                self.set(&step, State::Posted { id });
            }
            Entry::StoredDifferently { step, id, reason, .. } => {
                self.set(&step, State::StoredDifferently { id, reason })
            }
            Entry::Batch { batch, documents, deposits, certificates, item_detail, receipts } => {
                self.begun.insert(batch, Begun { documents, deposits, certificates, item_detail, receipts });
            }
            Entry::Settled { step, who, because, at } => {
                self.settlements.insert(step, ByHand { who, because, at });
            }
            Entry::BatchKept(kept) => {
                let known = self.kept.entry(kept.batch.clone()).or_default();
                if kept.edit == 0 {
                    known.clear();
                }
                known.push(kept);
            }
            Entry::UndoBegun { origin, who, because, at } => {
                let undone = Undone { by: ByHand { who, because, at }, is_done: false };
                self.undos.entry(origin.whole()).or_default().undone = Some(undone);
            }
            Entry::UndoDone { origin } => {
                if let OriginKey::Batch(batch) = &origin {
                    // What it is when it is posted again is another matter.
                    self.begun.remove(batch);
                    self.kept.remove(batch);
                }
                if let Some(undone) = self.undos.get_mut(&origin).and_then(|undo| undo.undone.as_mut()) {
                    undone.is_done = true;
                }
            }
            Entry::PostAgain { origin, .. } => {
                let undo = self.undos.entry(origin).or_default();
                undo.revision += 1; // nobody undoes a day four billion times
                undo.undone = None;
            }
            Entry::FindingSettled { finding, verb, document, state, other, who, because, at } => {
                if let Some(place) = document.zip(state) {
                    self.accepted.insert(place, finding.clone());
                }
                if let Some(other) = other {
                    self.accepted_others.insert(other, finding.clone());
                }
                self.findings.insert(finding, FindingSaid { verb, by: ByHand { who, because, at } });
            }
            Entry::Certificate { number, sha256, .. } => self.certificate = Some((number, sha256)),
            Entry::CustomersNoted(notes) => self.customers.apply(self.entries, &notes),
            Entry::Refused { step, reason, .. } => {
                if let Some(customer) = step.customer_key() {
                    self.customers.not_made_in_quickbooks(&customer);
                }
                self.set(&step, State::Refused { reason });
            }
            Entry::NotSent { step } => self.set(&step, State::NotSent),
            Entry::Conflict { step, reason, .. } if !self.steps.contains_key(&step) => {
                self.conflicts.insert(step, reason);
            }
            Entry::Conflict { step, refused, reason } => {
                self.set(&step, State::Conflict { refused, reason });
            }
        }
    }

    /// Takes in what is said of an act on a posted document.
    fn apply_act(&mut self, act: DocumentAct, document: &StepKey, entry: Entry) {
        let mut set = |step: &StepKey, state: State| {
            if let Some(record) = self.acts.get_mut(step) {
                record.state = state;
            }
        };
        match entry {
            Entry::Sending { step, sent } => {
                self.acts.insert(step, Record { sent, state: State::Sending });
            }
            Entry::NotSent { step } => set(&step, State::NotSent),
            Entry::Refused { step, reason, .. } => set(&step, State::Refused { reason }),
            Entry::Posted { step, id, .. } => {
                set(&step, State::Posted { id: id.clone() });
                if matches!(act, DocumentAct::Void | DocumentAct::Delete) {
                    self.set(document, State::Undone { id });
                }
            }
            // Nothing else is said of an act.
            _ => {}
        }
    }

    /// What is known of an act on a posted document.
    pub(crate) fn act(&self, key: &StepKey) -> Option<&Record> {
        self.acts.get(key)
    }

    /// What a person said of a finding.
    pub(crate) fn said_of(&self, finding: &str) -> Option<&FindingSaid> {
        self.findings.get(finding)
    }

    /// What a person said of a document that stands so.
    pub(crate) fn said_of_document(&self, key: &StepKey, state: &str) -> Option<&FindingSaid> {
        self.findings.get(self.accepted.get(&(key.clone(), state.to_owned()))?)
    }

    /// What a person said of a record of others.
    pub(crate) fn said_of_other(&self, entity: &str, id: &str) -> Option<&FindingSaid> {
        self.findings.get(self.accepted_others.get(&(entity.to_owned(), id.to_owned()))?)
    }

    /// That a batch or order is undone or being undone, and was not released for posting again.
    pub(crate) fn undone(&self, origin: &OriginKey) -> Option<&Undone> {
        self.undos.get(&origin.whole())?.undone.as_ref()
    }

    /// The revision in which a batch or order is posted; none when it never was undone (N-16).
    pub(crate) fn revision(&self, origin: &OriginKey) -> Option<NonZeroU32> {
        NonZeroU32::new(self.undos.get(&origin.whole())?.revision)
    }

    /// The documents of a batch or order, in the order of their keys: of its corrections and every revision, and whatever became of them.
    pub(crate) fn documents_of(&self, origin: &OriginKey) -> impl Iterator<Item = (&StepKey, &Record)> {
        self.steps.iter().filter(move |(_, record)| record.is_of(origin))
    }

    /// Every document of ours that QuickBooks has or had: what stands there, and what we have voided or deleted.
    pub(crate) fn known_documents(&self) -> impl Iterator<Item = (&StepKey, &Record)> {
        let documents = self.steps.iter().filter(|(_, record)| record.sent.identity.is_some());
        documents.filter(|(_, record)| record.known_id().is_some())
    }

    /// The retailer of the customers that the first logs named without one; none until it is said.
    pub(crate) fn retailer(&self) -> Option<&str> {
        self.retailer.as_deref()
    }

    /// Customers whose retailer the log does not name, or was told afterwards.
    pub(crate) fn bare_customers(&self) -> impl Iterator<Item = &StepKey> {
        self.bare_customers.iter()
    }

    /// Codes of the stores that had documents when customers were named without their retailer.
    pub(crate) fn bare_stores(&self) -> impl Iterator<Item = &str> {
        self.bare_stores.iter().map(String::as_str)
    }

    /// Whether a store had documents when customers were named without their retailer.
    pub(crate) fn is_bare_store(&self, code: &str) -> bool {
        self.bare_stores.contains(code)
    }

    /// Whether the log has customers of another retailer than this one.
    pub(crate) fn has_other_retailer(&self, retailer: &str) -> bool {
        let customers = self.steps.keys().filter_map(StepKey::customer_key);
        customers.map(|customer| customer.retailer).any(|other| other != retailer)
    }

    /// Gives the customers that are named without a retailer their full keys.
    fn name_retailer(&mut self, retailer: String) {
        let full = |key: &StepKey| {
            let id = key.customer_id()?.to_owned();
            Some(StepKey::customer(&CustomerKey { retailer: retailer.clone(), id }))
        };
        for bare in &self.bare_customers {
            let Some(key) = full(bare) else { continue };
            if let Some(record) = self.steps.remove(bare) {
                if let (Some(id), Some(customer)) = (record.id(), key.customer_key())
                    && let Ok(id) = Id::new(id)
                {
                    self.customers.made_in_quickbooks(&customer, &id);
                }
                self.steps.insert(key.clone(), record);
            }
            if self.untaxed.remove(bare) {
                self.untaxed.insert(key);
            }
        }
        for key in self.linked.values_mut() {
            if let Some(full) = full(key) {
                *key = full;
            }
        }
        self.retailer = Some(retailer);
    }

    /// The number of the last certificate; 0 when there is none.
    pub(crate) fn certificates(&self) -> u64 {
        self.certificate.as_ref().map_or(0, |(number, _)| *number)
    }

    /// The hash of the last certificate.
    pub(crate) fn last_certificate(&self) -> Option<&str> {
        self.certificate.as_ref().map(|(_, sha256)| sha256.as_str())
    }

    /// Whether no document was ever sent.
    pub(crate) fn is_new(&self) -> bool {
        self.events.is_empty()
    }

    /// The documents of an event that stand in QuickBooks, or may.
    pub(crate) fn standing_for(&self, event: &EventKey) -> impl Iterator<Item = &StepKey> {
        let keys = self.events.get(event).into_iter().flatten();
        keys.filter(|key| self.steps.get(*key).is_some_and(Record::may_stand))
    }

    pub(crate) fn step(&self, key: &StepKey) -> Option<&Record> {
        self.steps.get(key)
    }

    /// What differs, when a step was never sent because another document has its number.
    pub(crate) fn conflict(&self, key: &StepKey) -> Option<&String> {
        self.conflicts.get(key)
    }

    /// Who settled a step, when a person has.
    pub(crate) fn settlement(&self, key: &StepKey) -> Option<&ByHand> {
        self.settlements.get(key)
    }

    /// Whether nothing of a step is left to be done: it stands in QuickBooks, or a person has settled it.
    pub(crate) fn is_done(&self, key: &StepKey) -> bool {
        self.is_posted(key) || self.settlements.contains_key(key)
    }

    /// Whether a step stands in QuickBooks as it was sent, was taken back, or was settled by a person; of an act, whether it is done.
    pub(crate) fn is_done_as_planned(&self, key: &StepKey) -> bool {
        let state = self.steps.get(key).or_else(|| self.acts.get(key)).map(|record| &record.state);
        matches!(state, Some(State::Posted { .. } | State::Undone { .. }))
            || self.settlements.contains_key(key)
    }

    /// Every document that the log knows: sent, or of a batch that was begun.
    pub(crate) fn documents(&self) -> impl Iterator<Item = &StepKey> {
        let sent = self.steps.iter().filter(|(_, record)| record.sent.identity.is_some()).map(|(key, _)| key);
        let begun = self.begun.values().flat_map(|begun| &begun.documents);
        sent.chain(self.conflicts.keys()).chain(begun)
    }

    /// Whether a step stands in QuickBooks.
    pub(crate) fn is_posted(&self, key: &StepKey) -> bool {
        let state = self.steps.get(key).map(|record| &record.state);
        matches!(state, Some(State::Posted { .. } | State::StoredDifferently { .. }))
            || self.link_of(key).is_some()
    }

    /// QuickBooks' id of a step that stands there; of a customer, the record that it has now.
    pub(crate) fn posted_id(&self, key: &StepKey) -> Option<&str> {
        let link = self.link_of(key).map(|link| link.record.as_str());
        link.or_else(|| self.steps.get(key).and_then(Record::id))
    }

    /// The record that a customer's documents name.
    pub(crate) fn link_of(&self, key: &StepKey) -> Option<&Link> {
        self.customers.link_of(&key.customer_key()?)
    }

    /// Whether the record that a customer had is gone, and nobody knows what stands for it: its events wait (F-14).
    pub(crate) fn is_parked(&self, key: &StepKey) -> bool {
        self.link_of(key).is_some_and(|link| link.state == LinkState::Gone)
    }

    /// Every step that stands in QuickBooks, with its key.
    pub(crate) fn posted_steps(&self) -> impl Iterator<Item = (&StepKey, &Record)> {
        self.steps.iter().filter(|(_, record)| {
            matches!(record.state, State::Posted { .. } | State::StoredDifferently { .. })
        })
    }

    /// What a batch was when its first document was sent.
    pub(crate) fn begun(&self, batch: &BatchKey) -> Option<&Begun> {
        self.begun.get(batch)
    }

    /// A batch as it was when its first document was sent, and at each late edit; empty where late edits are not corrected.
    pub(crate) fn kept(&self, batch: &BatchKey) -> &[KeptBatch] {
        self.kept.get(batch).map_or(&[], Vec::as_slice)
    }

    /// What every batch that was begun moved on deposits of customer orders, with the batch (D-10).
    pub(crate) fn moved_deposits(&self) -> impl Iterator<Item = (&BatchKey, &MovedDeposit)> {
        self.begun.iter().flat_map(|(batch, begun)| begun.deposits.iter().map(move |moved| (batch, moved)))
    }

    /// What every batch that was begun moved on gift certificates whose number is known, with the batch (D-06).
    pub(crate) fn moved_certificates(&self) -> impl Iterator<Item = (&BatchKey, &MovedCertificate)> {
        self.begun
            .iter()
            .flat_map(|(batch, begun)| begun.certificates.iter().map(move |moved| (batch, moved)))
    }

    /// Whether the opening entry stands in QuickBooks.
    pub(crate) fn has_opening_entry(&self) -> bool {
        self.opening_entries.iter().any(|key| self.is_posted(key))
    }

    /// Documents that some batch began with and that do not stand in QuickBooks yet.
    pub(crate) fn still_to_come(&self) -> impl Iterator<Item = &StepKey> {
        let begun = self.begun.values().flat_map(|begun| &begun.documents);
        begun.filter(|key| !self.is_done(key))
    }

    /// Payments of which nobody knows whether they stand in QuickBooks, with their keys.
    pub(crate) fn payments_in_doubt(&self) -> impl Iterator<Item = (&StepKey, &Record)> {
        let steps = self.steps.iter().filter(|(_, record)| record.sent.entity == "Payment");
        steps.filter(|(key, record)| record.is_in_doubt() && !self.settlements.contains_key(*key))
    }

    /// The id of the account that had this name when documents first went to it in this role.
    pub(crate) fn account_once(&self, account: &StepKey, name: &str) -> Option<&str> {
        self.accounts.get(&(account.clone(), name_key(name))).map(String::as_str)
    }

    /// Changes of customers' records of which nobody knows whether they were carried out, as they were sent.
    pub(crate) fn customer_changes_in_doubt(&self) -> impl Iterator<Item = (StepKey, Sent)> {
        let changes = self.in_doubt_of(StepKind::CustomerChange);
        changes.map(|(key, record)| (key.clone(), record.sent.clone()))
    }

    /// Customers of whom nobody knows whether a record was made.
    pub(crate) fn customers_in_doubt(&self) -> impl Iterator<Item = &StepKey> {
        self.in_doubt_of(StepKind::Customer).map(|(key, _)| key)
    }

    fn in_doubt_of(&self, kind: StepKind) -> impl Iterator<Item = (&StepKey, &Record)> {
        let steps = self.steps.iter().filter(move |(key, _)| key.kind() == kind);
        steps.filter(|(key, record)| record.is_in_doubt() && !self.settlements.contains_key(*key))
    }

    /// What is known of each document of an event that was sent.
    pub(crate) fn states_of(&self, event: &EventKey) -> impl Iterator<Item = &State> {
        let keys = self.events.get(event).into_iter().flatten();
        keys.filter_map(|key| self.steps.get(key)).map(|record| &record.state)
    }

    /// The entry that told last that a document of an event is posted.
    pub(crate) fn event_posted_at(&self, event: &EventKey) -> Option<u64> {
        self.posted_at.get(event).copied()
    }

    /// The list entry that stands for this record of QuickBooks, when one does.
    pub(crate) fn linked(&self, entity: &str, id: &str) -> Option<&StepKey> {
        self.linked.get(&(entity.to_owned(), id.to_owned()))
    }

    /// Whether QuickBooks holds this customer non-taxable.
    pub(crate) fn is_untaxed(&self, key: &StepKey) -> bool {
        self.untaxed.contains(key)
    }

    /// Whether something of a batch was ever sent.
    pub(crate) fn was_sent(&self, batch: &BatchKey) -> bool {
        self.batches.contains_key(batch)
    }

    /// The steps of a batch that stand in QuickBooks, or may.
    pub(crate) fn posted_of(&self, batch: &BatchKey) -> impl Iterator<Item = &StepKey> {
        let keys = self.batches.get(batch).into_iter().flatten();
        keys.filter(|key| self.steps.get(*key).is_some_and(Record::may_stand))
    }

    /// The key and the identity of the opening entry that stands in QuickBooks, or may. A company has one.
    pub(crate) fn opening_entry(&self) -> Option<(&StepKey, &EventKey)> {
        let mut keys = self.opening_entries.iter().filter_map(|key| Some((key, self.steps.get(key)?)));
        let (key, record) = keys.find(|(_, record)| record.may_stand())?;
        Some((key, record.sent.identity.as_ref()?))
    }

    /// The documents of the last batch of a register that was begun, or without one of the last order of a store: by their numbers.
    pub(crate) fn last_numbers(&self, store: &str, register: Option<&str>) -> Vec<&StepKey> {
        let Some(register) = register else {
            let mut orders = self.events.iter().filter(|(event, _)| {
                event.store() == store && matches!(event.event(), Event::PurchaseOrder(_))
            });
            return orders.next_back().into_iter().flat_map(|(_, keys)| keys).collect();
        };
        let of = |number| BatchKey { store: store.to_owned(), register: register.to_owned(), number };
        let last = self.batches.range(of(0)..=of(u64::MAX)).next_back();
        last.into_iter().flat_map(|(_, keys)| keys).collect()
    }

    /// The registers of this store that posted a batch of this number.
    pub(crate) fn registers_of(&self, store: &str, batch: u64) -> impl Iterator<Item = &str> {
        self.registers.get(&(store.to_owned(), batch)).into_iter().flatten().map(String::as_str)
    }

    /// A record was made for a customer, or found to be its.
    fn link_customer(&mut self, customer: &CustomerKey, id: &str) {
        // QuickBooks' ids are digits; a rehearsal's are not, and link nobody.
        let is_real = id.bytes().all(|byte| byte.is_ascii_digit());
        if let Some(id) = Id::new(id).ok().filter(|_| is_real) {
            self.customers.made_in_quickbooks(customer, &id);
        }
    }

    fn set(&mut self, key: &StepKey, state: State) {
        if let Some(record) = self.steps.get_mut(key) {
            record.state = state;
        }
    }
}

fn is_correction(event: &EventKey) -> bool {
    matches!(event.edition(), Edition::Correction(_))
}

impl Record {
    /// Whether the step is a document of this batch or order, or of a correction of it.
    pub(crate) fn is_of(&self, origin: &OriginKey) -> bool {
        let of = self.sent.identity.as_ref().and_then(OriginKey::of);
        of.is_some_and(|of| of.whole() == origin.whole())
    }

    /// Whether the step stands in QuickBooks, or nobody knows that it does not.
    pub(crate) fn may_stand(&self) -> bool {
        !matches!(
            self.state,
            State::NotSent
                | State::Refused { .. }
                | State::Conflict { refused: true, .. }
                | State::Undone { .. }
        )
    }

    /// QuickBooks' id, when the step stands there.
    pub(crate) fn id(&self) -> Option<&str> {
        match &self.state {
            State::Posted { id } | State::StoredDifferently { id, .. } => Some(id),
            _ => None,
        }
    }

    /// QuickBooks' id of a step that stands there, or did until we voided or deleted it.
    pub(crate) fn known_id(&self) -> Option<&str> {
        match &self.state {
            State::Undone { id } => Some(id),
            _ => self.id(),
        }
    }

    /// Whether nobody knows if the step stands in QuickBooks.
    pub(crate) fn is_in_doubt(&self) -> bool {
        matches!(self.state, State::Sending | State::Conflict { refused: false, .. })
    }

    /// The epoch of the next request with a new body: one more after a definite refusal only.
    pub(crate) fn next_epoch(&self) -> u32 {
        match self.state {
            // A role that is remapped to a different account is a new record, which needs a new request id.
            State::Refused { .. }
            | State::Conflict { refused: true, .. }
            | State::Posted { .. }
            | State::Undone { .. } => self.sent.epoch + 1,
            _ => self.sent.epoch,
        }
    }
}
