//! A plan over what has changed: what it lacks is read, until it lacks nothing.

use std::collections::{BTreeMap, BTreeSet};

use mapping::CustomerKey;
use mapping::customers::{CustomerPlan, Fate, Input, QuickBooksChange, RecordId, State, folded, plan};

use super::base::CustomerRun;
use super::given::Turn;
use super::part::part;
use super::reading::{record, records};
use super::taken::taken;
use crate::error::RunError;

/// Customers that the point of sale is asked for at a time.
const SOME: usize = 1000;

/// More often than that no plan asks for something: names lead to at most two, merges to a chain of records.
const MOST: usize = 100;

impl CustomerRun<'_> {
    /// Plans for these customers and records, and for whom else the plan finds that it must know. Returns what was known before,
    /// and the plan.
    pub(super) async fn plan(&mut self, turn: &mut Turn) -> Result<(State, CustomerPlan), RunError> {
        self.with_open_matters(turn);
        for _ in 0..MOST {
            self.fill(turn).await?;
            self.with_unlinked(turn);
            self.fill(turn).await?;
            let (before, plan) = self.plan_once(turn);
            let size = turn.len();
            turn.customers.extend(plan.to_read_in_pos.iter().cloned());
            turn.records.extend(plan.to_read.iter().cloned());
            turn.records.extend(plan.for_quickbooks.iter().filter_map(not_read).cloned());
            let is_new = self.look_up_names(&plan).await?;
            if turn.len() == size && !is_new {
                return Ok((before, plan));
            }
        }
        Ok(self.plan_once(turn))
    }

    fn plan_once(&self, turn: &Turn) -> (State, CustomerPlan) {
        let (pos, quickbooks) = (self.given.pos_of(turn), self.given.quickbooks_of(turn));
        let kept = &self.session.history.customers;
        let is_of_turn = |lost: &RecordId| turn.records.contains(lost);
        let fates: BTreeMap<RecordId, Fate> = (self.given.fates.iter())
            .filter(|(lost, _)| is_of_turn(lost))
            .map(|(lost, fate)| (lost.clone(), fate.clone()))
            .collect();
        let decisions = self.options.decisions.clone();
        let before = part(kept, &pos, &quickbooks, &fates, &decisions, self.settings.retires);
        let plan = plan(&Input {
            fates,
            activity: self.options.activity.clone(),
            decisions,
            names_taken: self.given.names_taken.clone(),
            ..Input::new(&self.settings, &before, &pos, &quickbooks)
        });
        (before, plan)
    }

    /// Both ends of whatever is open, and of what persons were asked or have decided.
    fn with_open_matters(&self, turn: &mut Turn) {
        let state = &self.session.history.customers.state;
        for customer in &state.open {
            turn.add(customer, state.first(customer).map(|link| &link.record));
        }
        let decisions = &self.options.decisions;
        let pairs = state.proposed.iter().chain(&decisions.same).chain(&decisions.apart);
        pairs.for_each(|(customer, record)| turn.add(state.merges.keeper(customer), Some(record)));
        for (customer, _) in decisions.winners.keys() {
            turn.add(customer, state.first(customer).map(|link| &link.record));
        }
    }

    /// Everybody without a counterpart, when somebody of this turn has none: who is the same is found over all of them.
    fn with_unlinked(&self, turn: &mut Turn) {
        let kept = &self.session.history.customers;
        let mut customers = turn.customers.iter().filter_map(|customer| self.given.pos.get(customer));
        let is_alone = customers.any(|ours| {
            let is_live = !ours.is_deleted && ours.merged_into.is_none();
            is_live && kept.state.first(&ours.key).is_none() && !kept.state.merges.is_merged(&ours.key)
        });
        let mut records = turn.records.iter().filter(|record| self.given.quickbooks.contains_key(*record));
        let is_unknown =
            |record: &RecordId| kept.owner(record).is_none() && !self.settings.store_records.contains(record);
        if is_alone || records.any(is_unknown) {
            turn.customers.extend(kept.unlinked.iter().cloned());
            turn.records.extend(kept.unlinked_records.iter().cloned());
        }
    }

    /// Reads whom of a turn nobody has read yet. A record that is not there is asked for by its id before it is taken to be gone.
    async fn fill(&mut self, turn: &Turn) -> Result<(), RunError> {
        let is_unread = |customer: &&CustomerKey| {
            !self.given.pos.contains_key(*customer) && !self.given.absent.contains(*customer)
        };
        let customers: Vec<CustomerKey> = turn.customers.iter().filter(is_unread).cloned().collect();
        for some in customers.chunks(SOME) {
            let found = self.pos.read(some).await?;
            self.given.absent.extend(some.iter().cloned());
            for customer in found {
                self.given.absent.remove(&customer.key);
                self.given.pos.insert(customer.key.clone(), customer);
            }
        }
        let is_unread = |record: &&RecordId| {
            !self.given.quickbooks.contains_key(*record) && !self.given.fates.contains_key(*record)
        };
        let ids: BTreeSet<RecordId> = turn.records.iter().filter(is_unread).cloned().collect();
        if ids.is_empty() {
            self.follow_told_merges(turn);
            return Ok(());
        }
        for found in records(self.exchange, &ids, &self.lists).await? {
            self.given.quickbooks.insert(found.id.clone(), found);
        }
        for id in ids.iter().filter(|id| !self.given.quickbooks.contains_key(*id)).collect::<Vec<_>>() {
            let found = record(self.exchange, id).await?;
            match found.and_then(|found| mapping::customers::record_of(&found, &self.lists)) {
                Some(found) => _ = self.given.quickbooks.insert(id.clone(), found),
                None => {
                    let fate = self.fate(id).await?;
                    self.given.fates.insert(id.clone(), fate);
                }
            }
        }
        self.follow_told_merges(turn);
        Ok(())
    }

    /// A record that QuickBooks' message says was merged may be left there, inactive: it is gone all the same.
    fn follow_told_merges(&mut self, turn: &Turn) {
        for (lost, survivor) in &self.options.survivors {
            let found = self.given.quickbooks.get(lost).filter(|_| turn.records.contains(lost));
            if found.is_some_and(|found| !found.is_active()) {
                self.given.quickbooks.remove(lost);
                self.given.fates.insert(lost.clone(), Fate::MergedInto(survivor.clone()));
            }
        }
    }

    /// Finds out whether the names of new records are taken. Returns whether one is that was not known to be.
    async fn look_up_names(&mut self, plan: &CustomerPlan) -> Result<bool, RunError> {
        let mut wanted = BTreeMap::new();
        for change in &plan.for_quickbooks {
            if let QuickBooksChange::Create { customer, display_name, .. } = change
                && self.given.names_looked_up.insert(folded(display_name))
            {
                wanted.insert(display_name.clone(), customer.clone());
            }
        }
        if wanted.is_empty() || self.given.has_all_names {
            return Ok(false);
        }
        let before = self.given.names_taken.len();
        self.given.names_taken.extend(taken(self.exchange, &wanted).await?);
        Ok(self.given.names_taken.len() > before)
    }
}

/// The record of a change that was planned without having read it.
fn not_read(change: &QuickBooksChange) -> Option<&RecordId> {
    match change {
        QuickBooksChange::Update { record, sync_token: None, .. }
        | QuickBooksChange::Retire { record, sync_token: None, .. } => Some(record),
        _ => None,
    }
}
