//! Balances come back (F-04): once everything is sent and what was in doubt is settled, QuickBooks' figures are read and overwrite the
//! balances of the point of sale; what they do not contain counts beside them, and the credit that is left is worked out again.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use mapping::CustomerKey;
use mapping::customers::{Balance, Exposure, Figure, Movement, MovementState, RecordId, by_keeper, exposure};
use pos_model::Money;
use qb_client::record_link;
use qb_model::EntityKind;
use serde::Serialize;

use super::base::CustomerRun;
use super::kept::KeptFigure;
use super::moved::{Moved, moved};
use super::note::{CustomerNote, Values};
use super::port::{Applied, NewBalance, PosCustomersError};
use crate::error::RunError;

/// How often a balance is worked out again because a till has charged in between.
const TRIES: usize = 3;

/// Once a day whoever owes is read, whatever has changed.
const DAY: TimeDelta = TimeDelta::hours(24);

/// A customer's balance after an exchange.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CustomerBalance {
    /// The customer.
    pub customer: CustomerKey,
    /// The balance that the point of sale had. Positive: the customer owes.
    pub pos_before: Money,
    /// QuickBooks' figure; none when there is none yet.
    pub quickbooks: Option<Money>,
    /// The net of charges, payments and credits that the figure does not contain.
    pub unsent: Money,
    /// The balance that the point of sale has now.
    pub pos_after: Money,
    /// The most that the customer may owe; none without a limit.
    pub limit: Option<Money>,
    /// What the customer may still charge; none without a limit, negative when the limit is exceeded.
    pub available: Option<Money>,
    /// Whether the figure is an older one: something of the customer is in doubt, or a record of it could not be read.
    pub is_kept: bool,
    /// Whether QuickBooks has emptied the account with a credit memo of its own, because a record of it was made inactive there.
    pub is_written_off: bool,
    /// Why the point of sale's balance was not overwritten; none when it was.
    pub waits: Option<BalanceWaits>,
    /// By how much the limit is exceeded over all stores, with what each of them has not sent yet.
    pub exposure: Option<Exposure>,
    /// The customer's records in QuickBooks (F-12).
    pub records: Vec<RecordLink>,
}

/// A record, and where people open it (F-12).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct RecordLink {
    /// The record's id.
    pub record: RecordId,
    /// Its address in QuickBooks' own pages; none of a simulator, which has none. It opens in a browser that is signed in there.
    pub link: Option<String>,
}

/// Why a balance was not overwritten.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BalanceWaits {
    /// The first overwrite would change it, and nobody has confirmed that.
    #[error("the first exchange of balances would change it: confirm it once")]
    Unconfirmed,
    /// Nobody knows what the customer owes.
    #[error("what QuickBooks says is not known yet")]
    NoFigure,
    /// The tills charged again and again in between.
    #[error("a till has charged in between; the next exchange overwrites it")]
    Stale,
}

impl CustomerBalance {
    /// The same where the point of sale's balance is left as it is, with the credit that the till goes by then.
    fn left(self, waits: BalanceWaits) -> Self {
        let (pos_after, available) = (self.pos_before, self.limit.map(|limit| limit - self.pos_before));
        Self { waits: Some(waits), pos_after, available, ..self }
    }
}

impl BalanceWaits {
    /// Returns a stable word for programs.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Unconfirmed => "balances-unconfirmed",
            Self::NoFigure => "balances-unknown",
            Self::Stale => "balances-charged-meanwhile",
        }
    }
}

impl CustomerRun<'_> {
    /// Reads QuickBooks' figures of all whose figure may have moved and overwrites their balances at the point of sale.
    pub(super) async fn exchange_balances(
        &mut self,
        movements: Vec<Movement>,
    ) -> Result<Vec<CustomerBalance>, RunError> {
        let now = self.exchange.client.quickbooks_time().unwrap_or_else(|| self.exchange.now());
        let (at, whole_at) = self.session.history.customers.balances_at;
        let is_due = whole_at.is_none_or(|whole_at: DateTime<Utc>| now - whole_at >= DAY);
        let moved = moved(self.exchange, &self.session.history, at.filter(|_| !is_due)).await?;
        let customers = self.whose(&moved, &self.with_unsent(&movements).await?);
        let figures = self.figures(&customers).await?;
        let mut report = Vec::new();
        let mut left = customers;
        for attempt in 1..=TRIES {
            let rows = self.overwrite(&left, &figures, &movements, attempt == TRIES).await?;
            left = rows
                .iter()
                .filter(|row| row.waits == Some(BalanceWaits::Stale))
                .map(|row| row.customer.clone())
                .collect();
            report.retain(|row: &CustomerBalance| !left.contains(&row.customer));
            report.extend(rows);
            if left.is_empty() {
                break;
            }
            report.retain(|row| attempt == TRIES || !left.contains(&row.customer));
        }
        report.sort_by(|a, b| a.customer.cmp(&b.customer));
        let kept = &self.session.history.customers;
        let written_off: BTreeSet<&CustomerKey> =
            moved.written_off.iter().filter_map(|record| kept.owner(record)).collect();
        for row in report.iter_mut().filter(|row| written_off.contains(&row.customer)) {
            row.is_written_off = true;
        }
        let whole_at = if moved.is_whole { Some(moved.read_at) } else { whole_at };
        let note = CustomerNote::BalancesRead { until: moved.read_at - super::reading::OVERLAP, whole_at };
        self.note(vec![(note, Values::None)]).await?;
        Ok(report)
    }

    /// Whose figure is read: whose records or documents have changed, who was merged, who has charges outside of the figure; once a
    /// day also whoever owes, or did.
    fn whose(&self, moved: &Moved, movements: &[Movement]) -> BTreeSet<CustomerKey> {
        let kept = &self.session.history.customers;
        let mut customers: BTreeSet<CustomerKey> =
            moved.records.iter().filter_map(|record| kept.owner(record)).cloned().collect();
        customers.extend(kept.figures_due.iter().cloned());
        let is_outside = |movement: &&Movement| {
            let keeper = kept.state.merges.keeper(&movement.customer);
            let figure = kept.figures.get(keeper);
            !figure.is_some_and(|figure| self.is_contained(movement, figure))
        };
        let moving = movements.iter().filter(is_outside);
        let moving = moving.map(|movement| kept.state.merges.keeper(&movement.customer));
        customers.extend(moving.filter(|customer| kept.state.links.contains_key(*customer)).cloned());
        if moved.is_whole {
            let owing = kept.figures.iter().filter(|(_, figure)| figure.cents != 0);
            customers.extend(owing.map(|(customer, _)| customer.clone()));
        }
        // The first time, everybody's.
        if kept.balances_at.1.is_none() {
            customers.extend(kept.state.links.keys().cloned());
        }
        customers.retain(|customer| customer.retailer == self.settings.retailer);
        customers
    }

    /// Whether a figure contains a movement: it was in the books when the figure was read.
    fn is_contained(&self, movement: &Movement, figure: &KeptFigure) -> bool {
        movement.state == MovementState::Posted
            && self.session.history.event_posted_at(&movement.event).is_some_and(|at| at <= figure.at)
    }

    async fn overwrite(
        &mut self,
        customers: &BTreeSet<CustomerKey>,
        figures: &BTreeMap<CustomerKey, Option<Money>>,
        movements: &[Movement],
        is_last: bool,
    ) -> Result<Vec<CustomerBalance>, RunError> {
        let keys: Vec<CustomerKey> = customers.iter().cloned().collect();
        // The till's own charges first: one that comes later makes the balance stale.
        let movements = self.with_unsent(movements).await?;
        let before = self.pos.balances(&keys).await?;
        let limits: BTreeMap<CustomerKey, Option<Money>> = (self.pos.read(&keys).await?.into_iter())
            .map(|customer| (customer.key, customer.credit_limit))
            .collect();
        let kept = &self.session.history.customers;
        let by_keeper = by_keeper(&movements, &kept.state.merges);
        let (mut rows, mut new, mut noted) = (Vec::new(), Vec::new(), Vec::new());
        for customer in &keys {
            let Some(pos_before) = before.get(customer).copied() else { continue };
            let of: &[&Movement] = by_keeper.get(customer).map(Vec::as_slice).unwrap_or_default();
            let known = kept.figures.get(customer).map(|known| {
                let is_in = |movement: &&&Movement| self.is_contained(movement, known);
                let contains = of.iter().filter(is_in).map(|movement| movement.event.clone()).collect();
                Figure {
                    amount: Money::from_cents(known.cents).unwrap_or_default(),
                    contains,
                    is_kept: false,
                }
            });
            let read = figures.get(customer).copied().flatten();
            let limit = limits.get(customer).copied().flatten();
            let figure = Figure::next(known.as_ref(), read, of);
            let balance = figure.as_ref().map(|figure| figure.balance(of));
            let links = kept.state.links.get(customer).map(Vec::as_slice).unwrap_or_default();
            let records = links.iter().map(|link| self.record_link(&link.record)).collect();
            let row = CustomerBalance { records, ..row(customer, pos_before, limit, balance.as_ref()) };
            let is_first = known.is_none();
            let is_changed = row.pos_after != pos_before;
            let is_confirmed = self.options.confirms_first_balances || !is_first || pos_before.is_zero();
            match figure {
                None => rows.push(row.left(BalanceWaits::NoFigure)),
                Some(_) if is_changed && !is_confirmed => rows.push(row.left(BalanceWaits::Unconfirmed)),
                Some(figure) => {
                    if !figure.is_kept {
                        let note =
                            CustomerNote::Figure { customer: customer.clone(), cents: figure.amount.cents() };
                        noted.push((note, Values::None));
                    }
                    let (customer, from, to) = (customer.clone(), pos_before, row.pos_after);
                    new.push(NewBalance { customer, from, to, available: row.available });
                    rows.push(row);
                }
            }
        }
        self.note(noted).await?;
        let applied = self.pos.set_balances(&new).await?;
        if applied.len() != new.len() {
            let (asked, answered) = (new.len(), applied.len());
            return Err(PosCustomersError::Answers { asked, answered }.into());
        }
        let stale: BTreeSet<&CustomerKey> = (new.iter().zip(&applied))
            .filter(|(_, applied)| **applied != Applied::Done)
            .map(|(balance, _)| &balance.customer)
            .collect();
        for row in rows.iter_mut().filter(|row| stale.contains(&row.customer)) {
            row.waits = Some(BalanceWaits::Stale);
            if is_last {
                *row = row.clone().left(BalanceWaits::Stale);
            }
        }
        Ok(rows)
    }

    /// A record, and where people open it.
    fn record_link(&self, record: &RecordId) -> RecordLink {
        let client = &self.exchange.client;
        let link = record_link(client.base(), client.realm(), EntityKind::Customer, record.as_str());
        RecordLink { record: record.clone(), link }
    }

    /// Movements with those that the stores have not handed over yet, as they are now.
    async fn with_unsent(&self, movements: &[Movement]) -> Result<Vec<Movement>, RunError> {
        let mut all = movements.to_vec();
        let known: BTreeSet<_> = movements.iter().map(|movement| movement.event.clone()).collect();
        let unsent = self.pos.unsent().await?;
        all.extend(unsent.into_iter().filter(|movement| !known.contains(&movement.event)).map(|movement| {
            // What has been posted since is in the books, whatever the store still says.
            let is_posted = self.session.history.event_posted_at(&movement.event).is_some();
            let state = if is_posted { MovementState::Posted } else { movement.state };
            Movement { state, ..movement }
        }));
        Ok(all)
    }
}

fn row(
    customer: &CustomerKey,
    pos_before: Money,
    limit: Option<Money>,
    balance: Option<&Balance>,
) -> CustomerBalance {
    CustomerBalance {
        customer: customer.clone(),
        pos_before,
        quickbooks: balance.map(|balance| balance.quickbooks),
        unsent: balance.map(|balance| balance.unsent).unwrap_or_default(),
        pos_after: balance.map_or(pos_before, Balance::at_pos),
        limit,
        available: balance.and_then(|balance| balance.available(limit)),
        is_kept: balance.is_some_and(|balance| balance.is_kept),
        is_written_off: false,
        waits: None,
        exposure: balance.and_then(|balance| exposure(balance, limit)),
        records: Vec::new(),
    }
}
