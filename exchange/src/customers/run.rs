//! An exchange of customers: both sides are read, it is decided what goes where, and that is carried out.
//!
//! ```text
//! read QuickBooks    reading.rs          all records at first, later what has changed
//! settle             doubt.rs            what an exchange that broke off has left in doubt
//! read the POS       port.rs             what has changed since the mark
//! plan               planning.rs         mapping::customers::plan, with what it asks for
//! carry out          to_pos.rs           change sets
//!                    to_quickbooks.rs    one record after another; send.rs
//! look again         run.rs              what has changed meanwhile, and what was stale
//! note the mark      run.rs              only when all of it was done
//! ```

use std::collections::BTreeSet;
use std::sync::Arc;

use mapping::customers::{CustomerPlan, Direction, Link, LinkState, Lists, RecordId, Refusal, Settings};
use mapping::{CustomerKey, StepKind};
use qb_model::Id;
use sha2::{Digest, Sha256};
use tracing::{Instrument, info_span};

use super::base::CustomerRun;
use super::given::{Given, Turn};
use super::note::{CustomerNote, Values};
use super::options::CustomerOptions;
use super::part::changed;
use super::port::{Mark, PosCustomers};
use super::reading::{OVERLAP, Reading, changes, read, types};
use super::report::{CustomerRefusal, CustomerReport};
use super::taken::all_of_others;
use crate::error::RunError;
use crate::session::{Exchange, Session};

/// How often an exchange looks again at what was changed while it went on.
const LOOKS: usize = 5;

impl Exchange {
    /// Exchanges customers between a point of sale and QuickBooks, both ways (F-01 to F-14). Safe to repeat at any time, and after a
    /// crash at any point: the posting log keeps what each side held, and every change is written down before it leaves.
    ///
    /// # Errors
    /// [`RunError`]. Nothing of customers was changed, unless it is a [`RunError::CustomersPartly`], which carries what was done, or
    /// a [`RunError::Log`], after which the change that it names may be carried out.
    pub async fn run_customers(
        &mut self,
        pos: &dyn PosCustomers,
        options: &CustomerOptions,
    ) -> Result<CustomerReport, RunError> {
        self.deadline = self.deadline_from_now();
        let span = info_span!("customers", realm = self.client.realm().as_str());
        let mut session = self.begin_customers().instrument(span.clone()).await?;
        let (result, report) = async {
            let mut run = CustomerRun::new(self, &mut session, pos, options);
            let result = run.exchange_all().await;
            (result, run.report)
        }
        .instrument(span)
        .await;
        // Documents that follow look at their customers as they are now.
        session.snapshot.parties.forget_customers();
        self.keep(session, result.as_ref().err());
        match result {
            Ok(()) => Ok(report),
            Err(source) if report.has_changed_something() => {
                Err(RunError::CustomersPartly { done: Box::new(report), source: Box::new(source) })
            }
            Err(error) => Err(error),
        }
    }

    /// Returns what an exchange of customers would do: the plan, with its counts (F-01). Nothing is changed on either side.
    ///
    /// # Errors
    /// [`RunError`]. Nothing was changed.
    pub async fn preview_customers(
        &mut self,
        pos: &dyn PosCustomers,
        options: &CustomerOptions,
    ) -> Result<CustomerPlan, RunError> {
        self.deadline = self.deadline_from_now();
        let mut session = self.begin_customers().await?;
        let result = CustomerRun::new(self, &mut session, pos, options).preview().await;
        self.keep(session, result.as_ref().err());
        result
    }

    /// Begins as a run does. What is wrong with accounts and items is for documents to say.
    pub(super) async fn begin_customers(&mut self) -> Result<Session, RunError> {
        let company = Arc::clone(&self.company);
        let period = company.on(self.now().date_naive());
        let (session, _) = self.begin_with_faults(period).await?;
        Ok(session)
    }
}

impl<'e> CustomerRun<'e> {
    pub(super) fn new(
        exchange: &'e Exchange,
        session: &'e mut Session,
        pos: &'e dyn PosCustomers,
        options: &'e CustomerOptions,
    ) -> Self {
        Self {
            exchange,
            session,
            pos,
            options,
            settings: options.settings.clone(),
            lists: Lists::default(),
            given: Given::default(),
            next: Turn::default(),
            later: Turn::default(),
            report: CustomerReport::default(),
        }
    }

    async fn exchange_all(&mut self) -> Result<(), RunError> {
        if self.settings.direction == Direction::OneWay {
            return Ok(());
        }
        let (reading, mark) = self.read_quickbooks().await?;
        self.settle_doubts(&reading).await?;
        if self.is_over() {
            return Ok(());
        }
        let (mut turn, mut mark) = self.first_turn(&reading, mark).await?;
        let mut seen = Turn::default();
        for look in 0..LOOKS {
            let (before, plan) = self.plan(&mut turn).await?;
            self.note(changed(&before, &plan.state)).await?;
            self.report.take(&plan, look == 0);
            self.again_for_refusals(&plan);
            seen.customers.extend(turn.customers.iter().cloned());
            seen.records.extend(turn.records.iter().cloned());
            self.apply_to_pos(&plan.for_pos).await?;
            if !self.report.is_cut_short {
                self.send_to_quickbooks(&plan.for_quickbooks).await?;
            }
            if self.report.is_cut_short {
                return Ok(());
            }
            turn = std::mem::take(&mut self.next);
            self.given.forget(&turn);
            let has_written = !plan.is_empty() && self.report.has_changed_something();
            if look == 0 && has_written {
                mark = self.look_again(&reading, &mark, &mut turn).await?;
            }
            // Who is in doubt or was refused is for the next exchange.
            turn.customers.retain(|customer| !self.later.customers.contains(customer));
            turn.records.retain(|record| !self.later.records.contains(record));
            if turn.is_empty() {
                break;
            }
        }
        for customer in &turn.customers {
            self.report.refuse(CustomerRefusal::Restless { customer: customer.clone() });
        }
        self.later.customers.append(&mut turn.customers);
        self.later.records.append(&mut turn.records);
        self.end(&reading, &mark, &seen).await
    }

    async fn preview(&mut self) -> Result<CustomerPlan, RunError> {
        if self.settings.direction == Direction::OneWay {
            return Ok(CustomerPlan::default());
        }
        let (reading, mark) = self.read_quickbooks().await?;
        let (mut turn, _) = self.first_turn(&reading, mark).await?;
        let (_, plan) = self.plan(&mut turn).await?;
        Ok(plan)
    }

    /// Reads QuickBooks' side and the lists of both. Returns from where the point of sale is to be read.
    async fn read_quickbooks(&mut self) -> Result<(Reading, Option<Mark>), RunError> {
        let names = self.pos.lists().await?;
        self.lists.types = types(self.exchange).await?;
        self.lists.custom_fields = self.options.custom_fields.clone().unwrap_or_default();
        let settings = &mut self.settings;
        (settings.pos_types, settings.pos_custom_fields) = (names.types, names.custom_fields);
        settings.quickbooks_types = self.lists.types.keys().cloned().collect();
        settings.quickbooks_custom_fields =
            self.options.custom_fields.as_ref().map(|fields| fields.keys().cloned().collect());
        let preferences = &self.session.snapshot.preferences;
        let has_several = preferences.multi_currency_enabled == Some(true);
        settings.home_currency = preferences.home_currency.clone().filter(|_| has_several);
        let stores = self.session.history.posted_steps().filter(|(key, _)| key.kind() == StepKind::Store);
        settings.store_records.extend(stores.filter_map(|(_, record)| Id::new(record.id()?).ok()));

        let marks = self.session.history.customers.marks.clone();
        let reading = read(self.exchange, marks.as_ref().map(|marks| marks.quickbooks), &self.lists).await?;
        self.report.was_whole = reading.is_whole;
        if reading.is_whole {
            self.given.names_taken = all_of_others(self.exchange).await?;
            self.given.has_all_names = true;
        }
        Ok((reading, marks.map(|marks| Mark(marks.pos))))
    }

    /// Whom the exchange looks at first: all of it in the first, later what has changed, what waits and what is charged.
    async fn first_turn(&mut self, reading: &Reading, since: Option<Mark>) -> Result<(Turn, Mark), RunError> {
        let changed = self.pos.changed(since.as_ref()).await?;
        let kept = &self.session.history.customers;
        let mut turn = Turn { customers: kept.again.clone(), records: kept.again_records.clone() };
        for customer in self.options.activity.keys() {
            let keeper = kept.state.merges.keeper(customer);
            turn.add(keeper, kept.state.first(keeper).map(|link| &link.record));
        }
        let is_known =
            |record: &&RecordId| kept.owner(record).is_some() || kept.unlinked_records.contains(*record);
        turn.records.extend(reading.deleted.iter().filter(is_known).cloned());
        let lost = self.options.survivors.keys().filter(|record| kept.owner(record).is_some());
        turn.records.extend(lost.cloned());
        if reading.is_whole {
            let live = |link: &&Link| link.state != LinkState::Gone;
            let links = kept.state.links.values().flatten().filter(live);
            turn.records.extend(links.map(|link| link.record.clone()));
            turn.records.extend(kept.unlinked_records.iter().cloned());
        }
        if kept.marks.as_ref().is_some_and(|marks| marks.options != digest(&self.settings)) {
            turn.customers.extend(kept.unlinked.iter().cloned());
            turn.records.extend(kept.unlinked_records.iter().cloned());
        }
        for record in &reading.records {
            turn.records.insert(record.id.clone());
            // What was changed to settle a doubt is newer than the reading.
            self.given.quickbooks.entry(record.id.clone()).or_insert_with(|| record.clone());
        }
        for customer in changed.customers {
            turn.customers.insert(customer.key.clone());
            self.given.pos.insert(customer.key.clone(), customer);
        }
        let stale = std::mem::take(&mut self.next);
        self.given.forget(&stale);
        turn.customers.extend(stale.customers);
        turn.records.extend(stale.records);
        Ok((turn, changed.mark))
    }

    /// What has changed on either side since it was read: what was made is compared once more before the exchange ends.
    async fn look_again(
        &mut self,
        reading: &Reading,
        mark: &Mark,
        turn: &mut Turn,
    ) -> Result<Mark, RunError> {
        if let Some(again) = changes(self.exchange, reading.read_at, &self.lists).await? {
            for record in again.records {
                turn.records.insert(record.id.clone());
                self.given.quickbooks.insert(record.id.clone(), record);
            }
            let kept = &self.session.history.customers;
            let lost = again.deleted.iter().filter(|record| kept.owner(record).is_some());
            turn.records.extend(lost.cloned());
        }
        let changed = self.pos.changed(Some(mark)).await?;
        for customer in changed.customers {
            turn.customers.insert(customer.key.clone());
            self.given.pos.insert(customer.key.clone(), customer);
        }
        Ok(changed.mark)
    }

    /// Who was refused is looked at in every exchange, until it can be done.
    fn again_for_refusals(&mut self, plan: &CustomerPlan) {
        let records = &self.session.history.customers.state;
        for refusal in &plan.refusals {
            if let Some(customer) = refused(refusal) {
                self.later.add(customer, records.first(customer).map(|link| &link.record));
            }
        }
    }

    /// Notes that the exchange has come to its end: from here on only what changes is read.
    async fn end(&mut self, reading: &Reading, mark: &Mark, seen: &Turn) -> Result<(), RunError> {
        let kept = &self.session.history.customers;
        let (mut customers, mut no_longer) = (BTreeSet::new(), BTreeSet::new());
        for customer in &seen.customers {
            let ours = self.given.pos.get(customer);
            let is_live = ours.is_some_and(|ours| !ours.is_deleted && ours.merged_into.is_none());
            let is_alone =
                is_live && !kept.state.links.contains_key(customer) && !kept.state.merges.is_merged(customer);
            if is_alone && !kept.unlinked.contains(customer) {
                customers.insert(customer.clone());
            } else if !is_alone && kept.unlinked.contains(customer) {
                no_longer.insert(customer.clone());
            }
        }
        let (mut records, mut records_no_longer) = (BTreeSet::new(), BTreeSet::new());
        for record in &seen.records {
            let is_alone = self.given.quickbooks.contains_key(record)
                && kept.owner(record).is_none()
                && !self.settings.store_records.contains(record);
            if is_alone && !kept.unlinked_records.contains(record) {
                records.insert(record.clone());
            } else if !is_alone && kept.unlinked_records.contains(record) {
                records_no_longer.insert(record.clone());
            }
        }
        let mut noted = Vec::new();
        for record in seen.records.iter().filter_map(|record| self.given.quickbooks.get(record)) {
            let is_linked = kept.owner(&record.id).is_some();
            if is_linked && kept.parent(&record.id) != record.parent.as_ref() {
                let (record, parent) = (record.id.clone(), record.parent.clone());
                noted.push((CustomerNote::Below { record, parent }, Values::None));
            }
        }
        if !customers.is_empty() || !records.is_empty() {
            noted.push((CustomerNote::Unlinked { customers, records }, Values::None));
        }
        if !no_longer.is_empty() || !records_no_longer.is_empty() {
            let note = CustomerNote::NoLonger { customers: no_longer, records: records_no_longer };
            noted.push((note, Values::None));
        }
        let counts = self.report.counts.words();
        noted.push((
            CustomerNote::Ended {
                quickbooks: reading.read_at - OVERLAP,
                pos: mark.0.clone(),
                options: digest(&self.settings),
                again: std::mem::take(&mut self.later.customers),
                again_records: std::mem::take(&mut self.later.records),
                counts: counts.into_iter().map(|(word, count)| (word.to_owned(), count)).collect(),
            },
            Values::None,
        ));
        self.note(noted).await
    }
}

/// The customer that a refusal is about, when it can be looked at again; one whose record is gone is in every exchange by itself.
fn refused(refusal: &Refusal) -> Option<&CustomerKey> {
    match refusal {
        Refusal::MergeRing { duplicate, .. } => Some(duplicate),
        Refusal::Gone { .. } => None,
        Refusal::LinkToNothing { customer, .. }
        | Refusal::LinkOfAnother { customer, .. }
        | Refusal::NameTaken { customer }
        | Refusal::InactiveWhileCharged { customer, .. }
        | Refusal::OtherCurrency { customer, .. }
        | Refusal::DeletedUnsettled { customer } => Some(customer),
    }
}

/// What stands for everything that a company has chosen.
fn digest(settings: &Settings) -> String {
    let digest = Sha256::digest(format!("{settings:?}"));
    digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}
