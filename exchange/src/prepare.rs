//! Everything that can be wrong before the first document of a plan is sent, and what must be there by then.
//!
//! In order: payments on account learn what they pay (D-15), nothing posted before may contradict the plan (N-13, T-06), the
//! company must be ready, what a lost log does not know is looked for, list entries that are missing are made. Up the walk: `run.rs`.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use chrono::{NaiveDate, TimeDelta};
use mapping::engine::{ListEntry, provision};
use mapping::{BatchKey, ControlAccount, EventKey, Origin, Period, Plan, Planned, StepKey};
use pos_model::{Batch, BatchStatus};
use qb_client::engine::Query;
use qb_model::engine::{Content, name_key};
use qb_model::{Answer, EntityKind};

use crate::course::{batch_key, keys};
use crate::departure::window;
use crate::driver::Driver;
use crate::entry::Entry;
use crate::error::{NotReady, RunError};
use crate::finished::{Contact, Job, list_entry_report};
use crate::history::{History, Record};
use crate::of_days::OfDays;
use crate::otherwise::{self, days_in_question, first_of_each_kind, listed, other_numbers};
use crate::patience::ask;
use crate::readiness::Needs;
use crate::report::Report;

impl Driver<'_> {
    /// Finds everything that can be wrong before the first document is sent, and matches the plan's payments on account with
    /// what stands open. The report gets what was made on the way.
    pub(crate) async fn prepare(&mut self, plan: &mut Plan<'_>, report: &mut Report) -> Result<(), RunError> {
        if self.session.history.undone(&plan.origin().key()).is_some() {
            // Nothing of it is sent: nothing can be wrong.
            return Ok(());
        }
        self.exchange.claim_customers(self.session, plan.origin()).await?;
        let exchange = self.exchange;
        let open = ask!(exchange, exchange.open_invoices(self.session, plan))??;
        plan.match_payments(open);
        check_restart(&self.session.history, plan)?;
        check_identities(&self.session.history, plan)?;
        report.removed = self.check_unchanged(plan).await?;
        let needs = Needs::of_plan(plan, &self.session.history);
        let faults = ask!(self.exchange, self.exchange.faults_of(self.session, &needs))??;
        if !faults.is_empty() {
            return Err(RunError::NotReady(faults));
        }
        report.log_behind = self.look_first(plan).await?;
        self.look_otherwise(plan).await?;
        self.provision(plan, report).await?;
        self.remember_accounts(plan).await?;
        Ok(())
    }

    /// T-06: once a document of a batch may stand in QuickBooks, the batch is what it was then. Returns the numbers of those
    /// that are gone from it and from QuickBooks too.
    async fn check_unchanged(&mut self, plan: &Plan<'_>) -> Result<Vec<String>, RunError> {
        check_item_detail(&self.session.history, plan)?;
        let Some(changes) = Changes::of(&self.session.history, plan) else { return Ok(Vec::new()) };
        if !changes.new.is_empty() || !changes.receipts.is_empty() {
            return Err(changes.refused());
        }
        for key in &changes.gone {
            if !self.is_removed(key).await? {
                return Err(changes.refused());
            }
        }
        Ok(changes.gone_numbers())
    }

    /// Whether a posted document is no longer in QuickBooks, or voided there.
    async fn is_removed(&self, key: &StepKey) -> Result<bool, RunError> {
        let Some(record) = self.session.history.step(key) else { return Ok(false) };
        let (Some(id), Some(kind)) = (record.id(), EntityKind::from_name(&record.sent.entity)) else {
            return Ok(false);
        };
        let found = ask!(self.exchange, self.read(kind, id))?;
        let found = found.map_err(|e| RunError::unreadable("documents of ours", e))?;
        let is_void = |answer: &Answer| {
            answer.content().is_ok_and(|content| content.moves_nothing() && content.links.is_empty())
        };
        Ok(found.iter().all(is_void))
    }

    /// Looks for documents of a plan that this log does not know and QuickBooks may have: the log may be lost, or an older copy.
    ///
    /// Kinds whose numbers QuickBooks does not guard under the company's preferences are looked up whole, payments by date. Of
    /// every other kind the first number is; once a document of ours is found, and where the log is new, the kind is looked up
    /// whole too. A document is ours when its memo carries our key: a number that a person typed says nothing of the log. Once
    /// one of ours is found, whatever is absent may still be under way: it is sent only after a quarantine from now. Returns
    /// how many of ours were found.
    async fn look_first(&mut self, plan: &Plan<'_>) -> Result<u64, RunError> {
        let mut unknown: BTreeMap<EntityKind, Vec<&Planned<'_>>> = BTreeMap::new();
        let history = &self.session.history;
        let is_unknown = |planned: &&Planned<'_>| {
            history.step(&planned.key).is_none() && history.settlement(&planned.key).is_none()
        };
        for planned in plan.documents().filter(is_unknown) {
            unknown.entry(planned.document.kind().entity()).or_default().push(planned);
        }
        if let Some(payments) = unknown.remove(&EntityKind::Payment) {
            let exchange = self.exchange;
            let found = ask!(exchange, exchange.unknown_payments(self.session, plan))??;
            let numbers = payments.iter().map(|planned| planned.number.as_str());
            self.session.see(EntityKind::Payment, numbers, found);
        }
        let is_guarded = |(kind, _): &(EntityKind, _)| self.session.snapshot.preferences.guards_number(*kind);
        let (guarded, unguarded): (Vec<_>, Vec<_>) = unknown.into_iter().partition(is_guarded);
        for (kind, documents) in unguarded {
            self.look_up_whole(kind, &documents).await?;
        }
        for (kind, documents) in &guarded {
            if self.is_log_in_question(plan) {
                break;
            }
            let is_not_typed =
                |planned: &&&Planned<'_>| self.session.history.conflict(&planned.key).is_none();
            let Some(first) = documents.iter().find(is_not_typed).map(|planned| planned.number.as_str())
            else {
                continue;
            };
            if self.session.seen.contains_key(&(*kind, first.to_owned())) {
                continue;
            }
            let client = &self.exchange.client;
            let found = ask!(self.exchange, client.find_by_numbers(*kind, [first]))?;
            let found = found.map_err(|e| RunError::unreadable("documents of ours", e))?;
            self.session.see(*kind, [first], found);
        }
        if self.is_log_in_question(plan) {
            for (kind, documents) in &guarded {
                self.look_up_whole(*kind, documents).await?;
            }
        }
        let ours = self.session.seen_of(plan);
        if ours > 0 && self.session.behind_since.is_none() && !self.exchange.is_rehearsal {
            self.session.behind_since = Some(self.exchange.moment());
        }
        Ok(ours)
    }

    /// Looks for what the plan would post twice under other numbers, because the log was lost and the company mapping changed: what
    /// was not asked ahead is asked now.
    async fn look_otherwise(&mut self, plan: &Plan<'_>) -> Result<(), RunError> {
        let unreadable = |error| RunError::unreadable("documents of ours", error);
        let (exchange, client) = (self.exchange, &self.exchange.client);
        let others = other_numbers(plan, &exchange.company, &self.session.history);
        for (kind, number) in first_of_each_kind(&others) {
            if !self.session.seen.contains_key(&(kind, number.clone())) {
                let found = ask!(exchange, client.find_by_numbers(kind, [number.as_str()]))?;
                self.session.see(kind, [number.as_str()], found.map_err(unreadable)?);
            }
        }
        if let Some((kinds, days)) = days_in_question(plan, &others, self.session) {
            for kind in kinds {
                if !self.session.of_days.get(&kind).is_some_and(|of_days| of_days.has(days)) {
                    let query = Query::all(kind).dated(days.0, days.1);
                    let rows = ask!(exchange, client.query(&query))?.map_err(unreadable)?;
                    let of_days = OfDays::read(kind, days, &rows).map_err(|e| unreadable(e.into()))?;
                    self.session.of_days.insert(kind, of_days);
                }
            }
        }
        otherwise::check(self.session, plan, &others)
    }

    /// Whether QuickBooks may have documents of ours that the log does not know. A rehearsal asks for all of them: a run is told
    /// of a number that is taken when it sends.
    fn is_log_in_question(&self, plan: &Plan<'_>) -> bool {
        let session = &self.session;
        self.exchange.is_rehearsal
            || session.history.is_new()
            || session.behind_since.is_some()
            || session.seen_of(plan) > 0
    }

    /// Looks up all numbers of a kind in one query. Where the log is in question, what is lacking is asked for once more before
    /// it is absent: an index may lag behind the books.
    async fn look_up_whole(&mut self, kind: EntityKind, documents: &[&Planned<'_>]) -> Result<(), RunError> {
        let unreadable = |error| RunError::unreadable("documents of ours", error);
        let numbers = || documents.iter().map(|planned| planned.number.as_str());
        let (exchange, client) = (self.exchange, &self.exchange.client);
        let mut found = match self.session.seen_all(kind, numbers()) {
            Some(seen) => seen,
            None => ask!(exchange, client.find_by_numbers(kind, numbers()))?.map_err(unreadable)?,
        };
        if self.session.history.is_new() || self.session.behind_since.is_some() || !found.is_empty() {
            let lacking: Vec<&str> = numbers().filter(|number| !found.contains_key(*number)).collect();
            if !lacking.is_empty() {
                let more = ask!(exchange, client.find_by_numbers(kind, lacking.iter().copied()));
                found.extend(more?.map_err(unreadable)?);
            }
        }
        self.session.see(kind, numbers(), found);
        Ok(())
    }

    /// Notes the ids of the company's own accounts that the plan's documents are about to go to, where the log does not know
    /// them: a person may rename them.
    async fn remember_accounts(&mut self, plan: &Plan<'_>) -> Result<(), RunError> {
        let history = &self.session.history;
        if plan.documents().all(|planned| history.step(&planned.key).is_some()) {
            return Ok(());
        }
        let is_by_name = |role: &ControlAccount| {
            !matches!(role, ControlAccount::Receivable | ControlAccount::Payable | ControlAccount::Shipping)
        };
        let mut entries = Vec::new();
        for role in plan.period().all_control_accounts().into_iter().filter(is_by_name) {
            let Some(id) = self.session.bindings.accounts.get(&role).map(|id| id.as_str()) else { continue };
            let (account, name) = (StepKey::account(role), plan.period().account_name(role));
            let is_ours = history.step(&account).and_then(Record::id) == Some(id);
            if !is_ours && history.account_once(&account, name) != Some(id) {
                entries.push(Entry::Account { account, name: name.to_owned(), id: id.to_owned() });
            }
        }
        if entries.is_empty() {
            Ok(())
        } else {
            self.exchange.append(self.session, "accounts", entries).await
        }
    }

    /// Whether a list entry has its record, or the company is found to have it.
    fn is_bound(&mut self, entry: ListEntry<'_>) -> bool {
        if let Some(id) = self.session.snapshot.payment_method(entry) {
            self.session.bindings.bind(entry, id);
        }
        self.session.bindings.id(entry).is_some()
    }

    /// Makes the accounts, items and payment methods that the company lacks, together what needs no other of them.
    async fn provision(&mut self, plan: &Plan<'_>, report: &mut Report) -> Result<(), RunError> {
        self.provide_all(plan, report).await?;
        if !report.list_entries.is_empty() && !self.exchange.is_rehearsal {
            // Names and types of what was made, for the tie-out.
            let exchange = self.exchange;
            let read = ask!(exchange, exchange.read_company());
            let known = std::mem::take(&mut self.session.snapshot.parties);
            self.session.set_snapshot(read??, &exchange.company);
            self.session.snapshot.parties = known;
        }
        Ok(())
    }

    /// Makes what a plan's documents need and the company lacks, in its order, together what needs none of the others.
    async fn provide_all(&mut self, plan: &Plan<'_>, report: &mut Report) -> Result<(), RunError> {
        let mut lacking: VecDeque<ListEntry<'_>> = provision(plan).into();
        loop {
            // An item comes behind its account, and an entry behind another of its name.
            let (mut names, mut unready) = (BTreeSet::new(), None);
            let (mut ready, mut jobs) = (Vec::new(), Vec::new());
            while let Some(entry) = lacking.front().copied().filter(|_| jobs.len() < window(self.exchange)) {
                if !self.is_bound(entry) {
                    let create = match entry.resolve(plan.period(), &self.session.bindings) {
                        Ok(create) => create,
                        Err(error) => {
                            unready = Some(not_provisioned(entry, error.to_string()));
                            break;
                        }
                    };
                    let name = Content::of(&create).name.as_deref().map(name_key);
                    if name.is_some_and(|name| !names.insert((create.kind(), name))) {
                        break;
                    }
                    jobs.push(Job::of_list(entry.key(), create));
                    ready.push(entry);
                }
                lacking.pop_front();
            }
            if jobs.is_empty() {
                return unready.map_or(Ok(()), Err);
            }
            let mut failed = None;
            for (entry, finished) in ready.into_iter().zip(self.provide_each(jobs).await?) {
                let can_do_without =
                    matches!(entry, ListEntry::PaymentMethod(_) | ListEntry::OwnPaymentMethod(_));
                match finished.id.as_deref().filter(|_| finished.outcome.is_done()) {
                    Some(id) => self.session.bindings.bind(entry, id),
                    // A document goes without its payment method, not into an outage.
                    None if can_do_without && finished.contact != Contact::Unreached => {}
                    None => {
                        let reason = finished.reason.unwrap_or_default();
                        failed.get_or_insert_with(|| not_provisioned(entry, reason));
                        continue;
                    }
                }
                let entry = list_entry_report(entry, finished);
                self.exchange.observe(|observer| observer.finished(&entry));
                report.list_entries.push(entry);
            }
            failed.map_or(Ok(()), Err)?;
        }
    }
}

/// Documents of one batch or order that lie further apart than this were of two: the till's numbers have started again.
const FAR_APART: TimeDelta = TimeDelta::days(31);

/// N-13: a batch or an order whose number was posted long before or after this one.
fn check_restart(history: &History, plan: &Plan<'_>) -> Result<(), RunError> {
    let date = plan.origin().date();
    let posted: Vec<&StepKey> = match batch_key(plan) {
        Some(batch) => history.posted_of(&batch).collect(),
        None => {
            let events: BTreeSet<_> = plan.documents().map(|planned| planned.identity.key()).collect();
            events.iter().flat_map(|event| history.standing_for(event)).collect()
        }
    };
    let dates = posted.into_iter().filter_map(|key| history.step(key)?.sent.txn_date);
    let planned: Vec<NaiveDate> = plan.documents().map(|planned| planned.txn_date).chain([date]).collect();
    let is_far = |posted: &NaiveDate| planned.iter().all(|planned| (*planned - *posted).abs() > FAR_APART);
    let dates: Vec<NaiveDate> = dates.collect();
    let (Some(posted), true) = (dates.iter().min().copied(), dates.iter().all(is_far)) else { return Ok(()) };
    Err(match plan.origin() {
        Origin::Batch(batch) => RunError::NumbersRestarted {
            what: format!("batch {} of register {}", batch.number(), batch.register()),
            posted,
            planned: date,
            remedy: "give the register another name at the till and a prefix of its own in the company mapping, under its store's register_prefixes, and export the batch again",
        },
        Origin::PurchaseOrder(order) => RunError::NumbersRestarted {
            what: format!("purchase order {}", order.number()),
            posted,
            planned: date,
            remedy: "have the point of sale number its orders on from where they were, and export the order again",
        },
        Origin::Correction(_) | Origin::OpeningEntry { .. } => return Ok(()),
    })
}

/// N-13: a number or a batch that already stands for something else.
fn check_identities(history: &History, plan: &Plan<'_>) -> Result<(), RunError> {
    let of_origin = match plan.origin() {
        Origin::Batch(batch) => other_register(history, plan.period(), batch),
        Origin::PurchaseOrder(_) => posted_under(history, plan),
        Origin::Correction(_) => None,
        Origin::OpeningEntry { .. } => other_opening_entry(history, plan),
    };
    of_origin.or_else(|| number_taken(history, plan)).map_or(Ok(()), Err)
}

/// The batch's number at its store is that of a batch which another register with the same prefix has posted.
fn other_register(history: &History, period: &Period, batch: &Batch) -> Option<RunError> {
    let (store, number) = (batch.store(), batch.number());
    let prefix = period.prefix(store, Some(batch.register()));
    let is_taken = |other: &&str| period.prefix(store, Some(other)).eq_ignore_ascii_case(prefix);
    let mut others = history.registers_of(store.code(), number).filter(|other| *other != batch.register());
    others.find(is_taken).map(|other| RunError::NumberTaken {
        key: format!("batch {number} of store {}", store.code()),
        posted: format!("register {other}"),
        planned: format!("register {}", batch.register()),
    })
}

/// The order is posted under another number: its store had another prefix then.
fn posted_under(history: &History, plan: &Plan<'_>) -> Option<RunError> {
    let planned_keys = keys(plan);
    plan.documents().find_map(|planned| {
        let event = planned.identity.key();
        let posted = history.standing_for(&event).find(|key| !planned_keys.contains(*key))?;
        Some(RunError::PostedUnder {
            event: event.words(),
            posted: posted.name().to_owned(),
            planned: planned.key.name().to_owned(),
            remedy: otherwise::OTHER_NUMBERS,
        })
    })
}

/// The opening entry of another store or day is posted: a company has one.
fn other_opening_entry(history: &History, plan: &Plan<'_>) -> Option<RunError> {
    let planned = plan.documents().next()?.identity.key();
    let (key, posted) = history.opening_entry().filter(|(_, posted)| **posted != planned)?;
    let (key, posted, planned) = (key.clone(), Box::new(posted.clone()), Box::new(planned));
    Some(RunError::OpeningPosted { key, posted, planned })
}

/// A document's number stands for another event.
fn number_taken(history: &History, plan: &Plan<'_>) -> Option<RunError> {
    plan.documents().find_map(|planned| {
        let posted = history.step(&planned.key)?.sent.identity.as_ref()?;
        let event = planned.identity.key();
        (*posted != event).then(|| RunError::NumberTaken {
            key: planned.key.words(),
            posted: posted.words(),
            planned: event.words(),
        })
    })
}

/// F-07: a batch that was begun under one choice of item detail is not posted in another form.
fn check_item_detail(history: &History, plan: &Plan<'_>) -> Result<(), RunError> {
    let Some(batch) = batch_key(plan).filter(|batch| history.posted_of(batch).next().is_some()) else {
        return Ok(());
    };
    let begun = history.begun(&batch).map(|begun| begun.item_detail).unwrap_or_default();
    let planned = plan.item_detail();
    let Origin::Batch(of) = plan.origin() else { return Ok(()) };
    let BatchStatus::Closed(closed_at) = of.status() else { return Ok(()) };
    if begun == planned {
        Ok(())
    } else {
        Err(RunError::ItemDetailChanged { batch, begun, planned, closed_at })
    }
}

/// What has changed in a batch of which a document may stand in QuickBooks.
struct Changes {
    batch: BatchKey,
    /// Documents that may stand in QuickBooks and are planned no longer.
    gone: Vec<StepKey>,
    /// Documents that were not planned when the first one was sent.
    new: Vec<StepKey>,
    /// Receipts that a summary no longer holds, or holds now, in words (F-07).
    receipts: Vec<String>,
}

impl Changes {
    /// Returns what has changed; none when nothing has.
    fn of(history: &History, plan: &Plan<'_>) -> Option<Self> {
        let batch = batch_key(plan)?;
        let mut posted = history.posted_of(&batch).peekable();
        posted.peek()?;
        let planned = keys(plan);
        let gone: BTreeSet<StepKey> = posted.filter(|key| !planned.contains(*key)).cloned().collect();
        let begun = history.begun(&batch);
        let is_new = |key: &StepKey| begun.is_some_and(|begun| !begun.documents.contains(key));
        let new: Vec<StepKey> = planned.into_iter().filter(is_new).collect();
        let gone: Vec<StepKey> = gone.into_iter().collect();
        let receipts = begun.map(|begun| changed_receipts(&begun.receipts, plan)).unwrap_or_default();
        let is_changed = !gone.is_empty() || !new.is_empty() || !receipts.is_empty();
        is_changed.then_some(Self { batch, gone, new, receipts })
    }

    fn gone_numbers(&self) -> Vec<String> {
        self.gone.iter().map(|key| key.name().to_owned()).collect()
    }

    fn refused(self) -> RunError {
        let say = |word: &str, keys: &[StepKey]| {
            (!keys.is_empty()).then(|| format!("{word} {}", listed(keys.iter())))
        };
        let changes: Vec<String> = [say("no longer in it:", &self.gone), say("new in it:", &self.new)]
            .into_iter()
            .flatten()
            .chain(self.receipts)
            .collect();
        RunError::BatchChanged { batch: self.batch, changes: changes.join("; ") }
    }
}

/// What has changed in the summaries that a batch had when it was begun and still has. One that is new or gone has documents
/// that are.
fn changed_receipts(begun: &BTreeMap<EventKey, Vec<u64>>, plan: &Plan<'_>) -> Vec<String> {
    let mut changes = Vec::new();
    for (event, planned) in plan.receipts() {
        let posted = begun.iter().find(|(posted, _)| posted.event() == *event);
        let Some((_, posted)) = posted else { continue };
        let lacking = |of: &[u64], other: &[u64]| -> Vec<String> {
            of.iter().filter(|number| !other.contains(number)).take(5).map(u64::to_string).collect()
        };
        for (word, numbers) in
            [("no longer in", lacking(posted, planned)), ("new in", lacking(planned, posted))]
        {
            if !numbers.is_empty() {
                changes.push(format!("{word} {}: transaction {}", event.words(), numbers.join(", ")));
            }
        }
    }
    changes
}

fn not_provisioned(entry: ListEntry<'_>, reason: String) -> RunError {
    RunError::NotReady(vec![NotReady::NotProvisioned { key: entry.key().words(), reason }])
}
