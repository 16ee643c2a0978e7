//! A day both ways: customers, then documents, then balances, in the order that F-04 and F-11 want.
//!
//! ```text
//! customers           who is charged has a record (F-03)
//! payments, credits   posted whatever their instant, and with them every charge of a customer without a limit
//! figures             read by id: what each customer with a limit owes now
//! charges             judged by instant, store and event; posted, or held whole
//! balances            read, overwritten, the available credit worked out again (F-04)
//! ```

use std::collections::{BTreeMap, BTreeSet};

use mapping::customers::{
    Activity, Charge, CreditLine, Judgement, Movement, MovementState, PosRecord, charges_of, judge,
};
use mapping::{CustomerKey, EventKey, Origin, OriginKey};
use pos_model::{BatchStatus, Money};

use super::accounts::{Outcomes, movements, state_of};
use super::balances::CustomerBalance;
use super::base::{CustomerRun, noted_entry};
use super::note::{CustomerNote, LoggedExchange, Values};
use super::options::CustomerOptions;
use super::port::PosCustomers;
use super::report::CustomerReport;
use crate::error::RunError;
use crate::report::{Counts, Outcome, Report};
use crate::run_all::AllRun;
use crate::session::Exchange;

/// What came of a day both ways, beside the reports of its documents.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct BothWays {
    /// Customers.
    pub customers: CustomerReport,
    /// Balances of all whose figure may have moved.
    pub balances: Vec<CustomerBalance>,
    /// Charges that wait for room under a limit (F-11), with the whole of their transactions.
    pub held: Vec<HeldCharge>,
    /// Charges that were posted over a limit.
    pub over: Vec<HeldCharge>,
    /// What the runs of documents came to.
    pub documents: AllRun,
}

/// A charge over its customer's limit.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct HeldCharge {
    /// The transaction.
    pub event: EventKey,
    /// Whose account.
    pub customer: CustomerKey,
    /// What it charges.
    pub amount: Money,
    /// What was judged: `held: 210.00 > 200.00, over by 10.00`.
    pub judgement: Judgement,
}

/// What a charge waits for while payments and credits are posted.
const NOT_JUDGED: &str = "charges are judged once this exchange's payments and credits are posted";

impl Exchange {
    /// Exchanges customers, posts what is not yet posted of these origins and brings balances back, in the order that keeps every
    /// figure right. Results of origins go to `sink` as they end; an origin with charges of a customer with a limit is run twice and
    /// told once.
    ///
    /// # Errors
    /// [`RunError`], of the exchange of customers or of the balances; what was done before it has been told.
    pub async fn run_both_ways<'o>(
        &mut self,
        origins: &[Origin<'o>],
        pos: &dyn PosCustomers,
        options: &CustomerOptions,
        mut sink: impl FnMut(Origin<'o>, Result<Report, RunError>),
    ) -> Result<BothWays, RunError> {
        self.held_back.clear();
        let mut counts = Counts::default();
        let mut tell = |origin: Origin<'o>, result: Result<Report, RunError>| {
            let done = result.as_ref().map_or_else(RunError::done, Some);
            done.into_iter().flat_map(|report| &report.documents).for_each(|entry| counts.add(entry));
            sink(origin, result);
        };
        let charges = self.charges(origins, options);
        let mut day = BothWays::default();
        let unsent = pos.unsent().await?;
        let activity = self.activity(&charges, &unsent, &options.activity).await?;
        let options = &CustomerOptions { activity, ..options.clone() };
        day.customers = self.run_customers(pos, options).await?;
        let result = self.post_and_balance(origins, &charges, pos, options, &mut day, &mut tell).await;
        day.documents.counts = counts;
        let logged = self.log_exchange(&day, result.is_err()).await;
        match result.and(logged) {
            Ok(()) => Ok(day),
            // What was exchanged of customers is told with the error.
            Err(source) if day.customers.has_changed_something() && source.customers_done().is_none() => {
                Err(RunError::CustomersPartly { done: Box::new(day.customers), source: Box::new(source) })
            }
            Err(source) => Err(source),
        }
    }

    /// Everything after the customers: documents in the order of F-11, then balances.
    async fn post_and_balance<'o>(
        &mut self,
        origins: &[Origin<'o>],
        charges: &[Charge],
        pos: &dyn PosCustomers,
        options: &CustomerOptions,
        day: &mut BothWays,
        tell: &mut impl FnMut(Origin<'o>, Result<Report, RunError>),
    ) -> Result<(), RunError> {
        // Payments and credits first; with them whatever no limit is asked for.
        let limits = self.credit_limits(charges, pos).await?;
        let waiting: Vec<Charge> = self.to_judge(charges, &limits);
        let why = |charge: &Charge| (charge.event.clone(), NOT_JUDGED.to_owned());
        self.held_back = waiting.iter().map(why).collect();
        let mut outcomes = Outcomes::default();
        let is_judged = |origin: &Origin<'_>| {
            let key = origin.key();
            waiting.iter().any(|charge| OriginKey::of(&charge.event).as_ref() == Some(&key))
        };
        let mut first: BTreeMap<OriginKey, Report> = BTreeMap::new();
        day.documents = self
            .run_all(origins.iter().copied(), |origin: &Origin<'o>, result| {
                if let Ok(report) = &result {
                    outcomes.note(report);
                }
                match result {
                    Ok(report) if is_judged(origin) => _ = first.insert(origin.key(), report),
                    result => tell(*origin, result),
                }
            })
            .await;

        if !waiting.is_empty() {
            let judged = self.judged(&waiting, charges, &limits, &outcomes, pos, options).await;
            if let Ok(judged) = &judged {
                self.held_back.clear();
                self.take_judgements(&waiting, judged, day);
                let again: Vec<Origin<'o>> =
                    origins.iter().filter(|origin| first.contains_key(&origin.key())).copied().collect();
                let second = self
                    .run_all(again, |origin: &Origin<'o>, result| {
                        let before = first.remove(&origin.key());
                        let result = match (before, result) {
                            (Some(before), Ok(after)) => Ok(merged(before, after)),
                            (_, result) => result,
                        };
                        if let Ok(report) = &result {
                            outcomes.forget(report);
                            outcomes.note(report);
                        }
                        tell(*origin, result);
                    })
                    .await;
                day.documents.left = day.documents.left.max(second.left);
                day.documents.paused = day.documents.paused.or(second.paused);
            }
            // What was not run again is told as the first run left it: its payments may be in the books.
            for origin in origins {
                if let Some(report) = first.remove(&origin.key()) {
                    tell(*origin, Ok(report));
                }
            }
            judged?;
        }
        // What is not posted yet is known now; nothing is read of an account while the books are still on their way.
        if day.documents.left == 0 && !day.customers.is_cut_short {
            day.balances = self.balances_of(charges, &outcomes, pos, options).await?;
        }
        Ok(())
    }

    /// What becomes of each charge that was judged.
    fn take_judgements(
        &mut self,
        waiting: &[Charge],
        judged: &BTreeMap<EventKey, Judgement>,
        day: &mut BothWays,
    ) {
        for charge in waiting {
            let Some(judgement) = judged.get(&charge.event).copied() else { continue };
            let of = HeldCharge {
                event: charge.event.clone(),
                customer: charge.customer.clone(),
                amount: charge.amount,
                judgement,
            };
            match judgement {
                Judgement::Post => {}
                Judgement::PostOver { .. } => day.over.push(of),
                Judgement::Held { .. } | Judgement::NoFigure => {
                    self.held_back.insert(charge.event.clone(), judgement.to_string());
                    day.held.push(of);
                }
            }
        }
    }

    /// Notes in the log that an exchange is over, with how much of each (F-13).
    async fn log_exchange(&mut self, day: &BothWays, has_failed: bool) -> Result<(), RunError> {
        let now = self.client.quickbooks_time().unwrap_or_else(|| self.now());
        let counts = day.customers.counts.words().into_iter();
        let documents = day.documents.counts.by_outcome.iter();
        let refused = day.customers.refusals.iter();
        let is_overwritten = |row: &&CustomerBalance| row.waits.is_none() && row.pos_before != row.pos_after;
        let exchange = LoggedExchange {
            at: now,
            is_whole: !has_failed && !day.customers.is_cut_short && day.documents.left == 0,
            customers: counts.map(|(word, count)| (word.to_owned(), count)).collect(),
            documents: documents.map(|(outcome, count)| (outcome.word().to_owned(), *count)).collect(),
            balances: day.balances.iter().filter(is_overwritten).count() as u64, // no list has 2^64 customers
            held: day.held.len() as u64,
            refused: refused
                .filter_map(|refusal| Some((refusal.customer()?.clone(), refusal.code().to_owned())))
                .collect(),
        };
        // Nothing is asked of QuickBooks for it.
        let mut session = self.with_log().await?;
        let entry = noted_entry(vec![(CustomerNote::Exchanged(exchange), Values::None)])?;
        let appended = self.append(&mut session, "the customers", vec![entry]).await;
        self.keep(session, appended.as_ref().err());
        appended
    }

    /// The charges, payments and credits of closed batches.
    fn charges(&self, origins: &[Origin<'_>], options: &CustomerOptions) -> Vec<Charge> {
        let mut charges = Vec::new();
        for origin in origins {
            if let Origin::Batch(batch) = origin
                && matches!(batch.status(), BatchStatus::Closed(_))
            {
                charges.extend(charges_of(batch));
            }
        }
        for charge in &mut charges {
            charge.is_released = options.released.contains(&charge.event);
        }
        charges
    }

    /// What accounts do: whose charges are to be sent, or in doubt.
    async fn activity(
        &mut self,
        charges: &[Charge],
        unsent: &[Movement],
        told: &BTreeMap<CustomerKey, Activity>,
    ) -> Result<BTreeMap<CustomerKey, Activity>, RunError> {
        let session = self.begin_customers().await?;
        let mut activity = told.clone();
        for charge in charges {
            let state = state_of(&charge.event, &session.history, &Outcomes::default(), &self.held_back);
            let of = activity.entry(charge.customer.clone()).or_default();
            of.is_charged |= state == MovementState::Unsent;
            of.has_unsent |= state != MovementState::Posted;
            of.is_in_doubt |= state == MovementState::InDoubt;
        }
        for movement in unsent {
            activity.entry(movement.customer.clone()).or_default().has_unsent = true;
        }
        activity.retain(|_, of| *of != Activity::default());
        self.session = Some(session);
        Ok(activity)
    }

    /// The limit of each customer who is charged, by the one who stands for it.
    async fn credit_limits(
        &mut self,
        charges: &[Charge],
        pos: &dyn PosCustomers,
    ) -> Result<BTreeMap<CustomerKey, Option<Money>>, RunError> {
        let session = self.begin_customers().await?;
        let merges = &session.history.customers.state.merges;
        let keepers: BTreeSet<CustomerKey> =
            charges.iter().map(|charge| merges.keeper(&charge.customer).clone()).collect();
        let keepers: Vec<CustomerKey> = keepers.into_iter().collect();
        self.session = Some(session);
        let found = pos.read(&keepers).await?;
        Ok(found.into_iter().map(|PosRecord { key, credit_limit, .. }| (key, credit_limit)).collect())
    }

    /// The charges that a limit is asked for, and of which nothing has left yet.
    fn to_judge(&self, charges: &[Charge], limits: &BTreeMap<CustomerKey, Option<Money>>) -> Vec<Charge> {
        let Some(session) = &self.session else { return Vec::new() };
        let merges = &session.history.customers.state.merges;
        let has_limit =
            |charge: &Charge| limits.get(merges.keeper(&charge.customer)).is_some_and(Option::is_some);
        let is_new = |charge: &Charge| session.history.states_of(&charge.event).next().is_none();
        let mut waiting: Vec<Charge> = charges.to_vec();
        waiting.retain(|charge| charge.amount.is_positive() && has_limit(charge) && is_new(charge));
        waiting
    }

    /// Judges charges against what QuickBooks says now, read by id.
    async fn judged(
        &mut self,
        waiting: &[Charge],
        charges: &[Charge],
        limits: &BTreeMap<CustomerKey, Option<Money>>,
        outcomes: &Outcomes,
        pos: &dyn PosCustomers,
        options: &CustomerOptions,
    ) -> Result<BTreeMap<EventKey, Judgement>, RunError> {
        let mut session = self.begin_customers().await?;
        let merges = session.history.customers.state.merges.clone();
        let keepers: BTreeSet<CustomerKey> =
            waiting.iter().map(|charge| merges.keeper(&charge.customer).clone()).collect();
        let figures = CustomerRun::new(self, &mut session, pos, options).figures(&keepers).await;
        let mut accounts: BTreeMap<CustomerKey, CreditLine> = BTreeMap::new();
        if let Ok(figures) = &figures {
            for keeper in keepers {
                let limit = limits.get(&keeper).copied().flatten();
                let figure = figures.get(&keeper).copied().flatten();
                accounts.insert(keeper, CreditLine { limit, figure, in_doubt: Money::ZERO });
            }
            for charge in charges.iter().filter(|charge| charge.amount.is_positive()) {
                let state = state_of(&charge.event, &session.history, outcomes, &self.held_back);
                if state == MovementState::InDoubt
                    && let Some(account) = accounts.get_mut(merges.keeper(&charge.customer))
                {
                    account.in_doubt += charge.amount;
                }
            }
        }
        self.keep(session, figures.as_ref().err());
        figures?;
        Ok(judge(waiting, &accounts, &merges, options.settings.limit_policy))
    }

    async fn balances_of(
        &mut self,
        charges: &[Charge],
        outcomes: &Outcomes,
        pos: &dyn PosCustomers,
        options: &CustomerOptions,
    ) -> Result<Vec<CustomerBalance>, RunError> {
        let mut session = self.begin_customers().await?;
        let state = |event: &EventKey| state_of(event, &session.history, outcomes, &self.held_back);
        let movements = movements(charges, Vec::new(), state);
        let balances = CustomerRun::new(self, &mut session, pos, options).exchange_balances(movements).await;
        self.keep(session, balances.as_ref().err());
        balances
    }
}

/// The report of an origin that was run twice: what the first run did is told as that, and not as done before.
fn merged(before: Report, after: Report) -> Report {
    let mut first: BTreeMap<_, _> = (before.documents.into_iter().chain(before.list_entries))
        .map(|entry| (entry.key.clone(), entry))
        .collect();
    let mut after = after;
    for entry in after.documents.iter_mut().chain(&mut after.list_entries) {
        if entry.outcome == Outcome::AlreadyPosted
            && let Some(known) = first.remove(&entry.key)
        {
            *entry = known;
        }
    }
    after.log_behind = after.log_behind.max(before.log_behind);
    after
}
