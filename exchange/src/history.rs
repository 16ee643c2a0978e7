//! What the posting log means: its entries folded into the standing of every step.
//!
//! The same fold serves a log that is read and a log that is being written, so there is one truth about a step.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, FixedOffset, NaiveDate};

use crate::log::{Entry, Sent};
use crate::step::Standing;

/// The folded log.
#[derive(Debug, Default)]
pub(crate) struct History {
    pub(crate) realm: Option<String>,
    pub(crate) openings: BTreeMap<NaiveDate, Opening>,
    steps: HashMap<String, Record>,
    registers: HashMap<(String, String), String>,
    /// The keys of each batch's steps, by `store/register/batch`.
    batches: HashMap<String, BTreeSet<String>>,
    begun: HashMap<String, BTreeSet<String>>,
    /// The list entries by QuickBooks' entity and id.
    linked: HashMap<(String, String), String>,
    untaxed: BTreeSet<String>,
}

/// What is known of a step.
#[derive(Debug)]
pub(crate) struct Record {
    /// The last sending; every later entry is about it.
    pub(crate) sent: Sent,
    pub(crate) state: State,
}

/// What became of the last sending.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum State {
    Sending,
    NotSent,
    Refused,
    Conflict { refused: bool },
    Posted { id: String },
    Distorted { id: String, reason: String },
}

/// What the accounts stood at without any document of ours.
#[derive(Debug, Clone, Default)]
pub(crate) struct Opening {
    pub(crate) start_date: NaiveDate,
    pub(crate) taken_at: Option<DateTime<FixedOffset>>,
    /// Cents by account id, debit positive.
    pub(crate) balances: BTreeMap<String, i64>,
    pub(crate) income_statement: BTreeSet<String>,
}

impl History {
    pub(crate) fn read(entries: Vec<Entry>) -> Self {
        let mut history = Self::default();
        entries.into_iter().for_each(|entry| history.apply(entry));
        history
    }

    pub(crate) fn apply(&mut self, entry: Entry) {
        match entry {
            Entry::Company { realm } => self.realm = Some(realm),
            Entry::Opening { start_date, end_date, taken_at, balances, income_statement } => {
                let mut opening = Opening { start_date, taken_at, balances, income_statement };
                for (_, record) in self.posted_steps() {
                    opening.take_off(&record.sent, end_date);
                }
                self.openings.entry(end_date).or_insert(opening);
            }
            Entry::Sending { step, sent } => {
                if let Some((store, register, batch)) = sent.identity.as_deref().and_then(split) {
                    let name = format!("{store}/{register}/{batch}");
                    self.batches.entry(name).or_default().insert(step.clone());
                    self.registers.insert((store, batch), register);
                }
                self.steps.insert(step, Record { sent, state: State::Sending });
            }
            Entry::Posted { step, id, created_at, untaxed, .. } => {
                self.correct_openings(&step, created_at);
                if untaxed {
                    self.untaxed.insert(step.clone());
                } else {
                    self.untaxed.remove(&step);
                }
                if let Some(record) = self.steps.get(&step).filter(|record| record.sent.identity.is_none()) {
                    self.linked.insert((record.sent.entity.clone(), id.clone()), step.clone());
                }
                self.set(&step, State::Posted { id });
            }
            Entry::Distorted { step, id, created_at, reason } => {
                self.correct_openings(&step, created_at);
                self.set(&step, State::Distorted { id, reason });
            }
            Entry::Batch { batch, documents } => {
                self.begun.insert(batch, documents);
            }
            Entry::Refused { step, .. } => self.set(&step, State::Refused),
            Entry::NotSent { step } => self.set(&step, State::NotSent),
            Entry::Conflict { step, refused, .. } => self.set(&step, State::Conflict { refused }),
        }
    }

    pub(crate) fn step(&self, key: &str) -> Option<&Record> {
        self.steps.get(key)
    }

    /// Whether a step stands in QuickBooks.
    pub(crate) fn is_posted(&self, key: &str) -> bool {
        let state = self.steps.get(key).map(|record| &record.state);
        matches!(state, Some(State::Posted { .. } | State::Distorted { .. }))
    }

    /// Every step that stands in QuickBooks, with its key.
    pub(crate) fn posted_steps(&self) -> impl Iterator<Item = (&str, &Record)> {
        self.steps
            .iter()
            .filter(|(_, record)| matches!(record.state, State::Posted { .. } | State::Distorted { .. }))
            .map(|(key, record)| (key.as_str(), record))
    }

    /// The documents that a batch had when its first one was sent.
    pub(crate) fn begun(&self, batch: &str) -> Option<&BTreeSet<String>> {
        self.begun.get(batch)
    }

    /// The list entry that stands for this record of QuickBooks, when one does.
    pub(crate) fn linked(&self, entity: &str, id: &str) -> Option<&str> {
        self.linked.get(&(entity.to_owned(), id.to_owned())).map(String::as_str)
    }

    /// Accounts made since an opening was taken start their years at 0 too.
    pub(crate) fn learn(&mut self, income_statement: &BTreeSet<String>) {
        for opening in self.openings.values_mut() {
            opening.income_statement.extend(income_statement.iter().cloned());
        }
    }

    /// Whether QuickBooks holds this customer non-taxable.
    pub(crate) fn is_untaxed(&self, key: &str) -> bool {
        self.untaxed.contains(key)
    }

    /// The steps of a batch that stand in QuickBooks, or may.
    pub(crate) fn posted_of(&self, batch: &str) -> impl Iterator<Item = &str> {
        let keys = self.batches.get(batch).into_iter().flatten();
        keys.map(String::as_str).filter(|key| {
            let state = self.steps.get(*key).map(|record| &record.state);
            !matches!(state, None | Some(State::NotSent | State::Refused | State::Conflict { refused: true }))
        })
    }

    /// The register that posted this batch of this store.
    pub(crate) fn register_of(&self, store: &str, batch: u64) -> Option<&str> {
        self.registers.get(&(store.to_owned(), batch.to_string())).map(String::as_str)
    }

    fn set(&mut self, key: &str, state: State) {
        if let Some(record) = self.steps.get_mut(key) {
            record.state = state;
        }
    }

    /// A document that QuickBooks already had when an opening was taken (our log was lost, say) is in that opening:
    /// it comes off, so that the opening is without any document of ours.
    fn correct_openings(&mut self, key: &str, created_at: Option<DateTime<FixedOffset>>) {
        let Some(record) = self.steps.get(key) else { return };
        for (end_date, opening) in &mut self.openings {
            let is_older =
                matches!((created_at, opening.taken_at), (Some(made), Some(taken)) if made < taken);
            if is_older {
                opening.take_off(&record.sent, *end_date);
            }
        }
    }
}

impl Record {
    /// How the next run must treat the step.
    pub(crate) fn standing(&self) -> Standing {
        match self.state {
            State::Sending | State::Conflict { refused: false } => Standing::InDoubt,
            State::Conflict { refused: true } => Standing::Taken,
            State::NotSent | State::Refused | State::Posted { .. } | State::Distorted { .. } => {
                Standing::Clear
            }
        }
    }

    /// The epoch of the next request with a new body: one more after a definite refusal only.
    pub(crate) fn next_epoch(&self) -> u32 {
        match self.state {
            // An account that is mapped anew is another one, and so is its request.
            State::Refused | State::Conflict { refused: true } | State::Posted { .. } => self.sent.epoch + 1,
            _ => self.sent.epoch,
        }
    }
}

impl Opening {
    /// What a document does to an account on the trial balance from `start_date` to `end_date`, in cents by account id.
    pub(crate) fn shown<'s>(
        &self,
        sent: &'s Sent,
        end_date: NaiveDate,
    ) -> impl Iterator<Item = (&'s str, i64)> {
        let (start_date, income_statement) = (self.start_date, &self.income_statement);
        let date = sent.txn_date.filter(|date| *date <= end_date);
        let legs = date.map(|_| sent.legs.as_slice()).unwrap_or_default();
        legs.iter()
            .filter(move |(account, _)| date >= Some(start_date) || !income_statement.contains(account))
            .map(|(account, cents)| (account.as_str(), *cents))
    }

    fn take_off(&mut self, sent: &Sent, end_date: NaiveDate) {
        let shown: Vec<_> = self.shown(sent, end_date).collect();
        for (account, cents) in shown {
            *self.balances.entry(account.to_owned()).or_default() -= cents;
        }
    }
}

/// Store, register and batch of an identity `store/register/batch/event`.
fn split(identity: &str) -> Option<(String, String, String)> {
    let (store, rest) = identity.split_once('/')?;
    let (rest, _event) = rest.rsplit_once('/')?;
    let (register, batch) = rest.rsplit_once('/')?;
    Some((store.to_owned(), register.to_owned(), batch.to_owned()))
}
