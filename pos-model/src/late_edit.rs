//! What a batch that was changed at the till after it was posted adds to what was posted (T-06).
//!
//! ```text
//! a sale of 106.25 by card, voided afterwards     -1 coat, -100.00, tax -6.25; card -106.25
//! the same sale, a belt of 10.00 put onto it      +1 belt, +10.00, tax +0.63; card +10.63
//! paid in cash, not by card                       no line; cash +106.25, card -106.25
//! the same sale, of another customer or day       first all of it taken back, then all of it as it is now
//! ```
//!
//! What stands equal in both is left out; what is only in the older is turned round, as if it were brought back. Of two batches
//! that balance the difference does too. Deposits that are no longer redeemed are the one thing that no till writes: a deposit
//! tender below 0.00.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, FixedOffset, NaiveDate};

use crate::{
    AccountPayment, Batch, Customer, Deposit, Direction, Line, Money, PayInOut, Quantity, Tender,
    TenderTypeId, Transaction,
};

impl Batch {
    /// Returns what has to be posted beside a batch as it was posted, so that both come to the batch as it is now: nothing when no
    /// amount, customer or day has changed; one batch of differences; or two, of which the first takes back what has changed
    /// its customer or its day. `day` says on which day an instant is booked.
    #[must_use]
    pub fn late_edits(&self, now: &Self, day: impl Fn(DateTime<FixedOffset>) -> NaiveDate) -> Vec<Self> {
        let (mut first, mut second) = (self.without_events(), self.without_events());
        for (before, after) in paired(&self.transactions, &now.transactions, |event| event.number) {
            let is_moved = |before: &Transaction, after: &Transaction| {
                day(before.occurred_at) != day(after.occurred_at)
                    || is_other(before.customer.as_ref(), after.customer.as_ref())
            };
            match (before, after) {
                (Some(before), Some(after)) if is_moved(before, after) => {
                    first.transactions.push(before.taken_back());
                    second.transactions.push(after.clone());
                }
                (Some(before), Some(after)) => first.transactions.extend(before.difference(after)),
                (Some(before), None) => first.transactions.push(before.taken_back()),
                (None, after) => first.transactions.extend(after.cloned()),
            }
        }
        for (before, after) in paired(&self.deposits, &now.deposits, |event| event.id) {
            let is_moved = |before: &Deposit, after: &Deposit| {
                day(before.occurred_at) != day(after.occurred_at)
                    || before.order != after.order
                    || is_other(before.customer.as_ref(), after.customer.as_ref())
            };
            let with = |of: &Deposit, tenders| Deposit { tenders, ..of.clone() };
            match (before, after) {
                (Some(before), Some(after)) if is_moved(before, after) => {
                    first.deposits.push(with(before, differences(&before.tenders, &[])));
                    second.deposits.push(after.clone());
                }
                (Some(before), after) => {
                    let after = after.map_or(&[][..], |after| &after.tenders);
                    let tenders = differences(&before.tenders, after);
                    first.deposits.extend((!tenders.is_empty()).then(|| with(before, tenders)));
                }
                (None, after) => first.deposits.extend(after.cloned()),
            }
        }
        for (before, after) in paired(&self.account_payments, &now.account_payments, |event| event.id) {
            let is_moved = |before: &AccountPayment, after: &AccountPayment| {
                day(before.occurred_at) != day(after.occurred_at)
                    || is_other(Some(&before.customer), Some(&after.customer))
            };
            let with = |of: &AccountPayment, tenders| AccountPayment { tenders, ..of.clone() };
            match (before, after) {
                (Some(before), Some(after)) if is_moved(before, after) => {
                    first.account_payments.push(with(before, differences(&before.tenders, &[])));
                    second.account_payments.push(after.clone());
                }
                (Some(before), after) => {
                    let after = after.map_or(&[][..], |after| &after.tenders);
                    let tenders = differences(&before.tenders, after);
                    first.account_payments.extend((!tenders.is_empty()).then(|| with(before, tenders)));
                }
                (None, after) => first.account_payments.extend(after.cloned()),
            }
        }
        for (before, after) in paired(&self.pay_ins_and_outs, &now.pay_ins_and_outs, |event| event.id) {
            let is_moved = |before: &PayInOut, after: &PayInOut| {
                day(before.occurred_at) != day(after.occurred_at)
                    || before.tender_type.id() != after.tender_type.id()
            };
            match (before, after) {
                (Some(before), Some(after)) if is_moved(before, after) => {
                    first.pay_ins_and_outs.extend(before.of_amount(-before.signed_amount()));
                    second.pay_ins_and_outs.push(after.clone());
                }
                (Some(before), after) => {
                    let after = after.map_or(Money::ZERO, PayInOut::signed_amount);
                    first.pay_ins_and_outs.extend(before.of_amount(after - before.signed_amount()));
                }
                (None, after) => first.pay_ins_and_outs.extend(after.cloned()),
            }
        }
        [first, second].into_iter().filter(Self::has_events).collect()
    }

    /// Returns the batch with what posts nothing of another: its drawer's float and count, and what was skipped.
    #[must_use]
    pub fn with_drawer_of(self, other: &Self) -> Self {
        let Self { skipped, opening_float, counted_cash, .. } = other;
        Self { skipped: skipped.clone(), opening_float: *opening_float, counted_cash: *counted_cash, ..self }
    }

    fn without_events(&self) -> Self {
        Self {
            store: Arc::clone(&self.store),
            register: self.register.clone(),
            number: self.number,
            business_date: self.business_date,
            status: self.status,
            transactions: Vec::new(),
            deposits: Vec::new(),
            account_payments: Vec::new(),
            pay_ins_and_outs: Vec::new(),
            skipped: Vec::new(),
            opening_float: None,
            counted_cash: None,
        }
    }

    fn has_events(&self) -> bool {
        !(self.transactions.is_empty()
            && self.deposits.is_empty()
            && self.account_payments.is_empty()
            && self.pay_ins_and_outs.is_empty())
    }
}

impl Transaction {
    fn taken_back(&self) -> Self {
        let lines = self.lines.iter().map(Line::taken_back).collect();
        Self { lines, tenders: differences(&self.tenders, &[]), ..self.clone() }
    }

    /// What has to be added to this transaction for it to be the other; none when nothing has.
    fn difference(&self, after: &Self) -> Option<Self> {
        let mut gone: Vec<&Line> = self.lines.iter().collect();
        let mut lines = Vec::new();
        for line in &after.lines {
            match gone.iter().position(|other| *other == line) {
                Some(place) => _ = gone.remove(place),
                None => lines.push(line.clone()),
            }
        }
        lines.extend(gone.into_iter().map(Line::taken_back));
        let tenders = differences(&self.tenders, &after.tenders);
        let is_equal = lines.is_empty() && tenders.is_empty();
        // Whom it is booked for, and when, is what it was: only the rest may have changed.
        (!is_equal).then(|| Self { lines, tenders, fulfilment: after.fulfilment.clone(), ..self.clone() })
    }
}

impl Line {
    fn taken_back(&self) -> Self {
        Self {
            quantity: self.quantity.turned_round(),
            amount: -self.amount,
            face_value: -self.face_value,
            tax: -self.tax,
            ..self.clone()
        }
    }
}

impl PayInOut {
    /// The same with another amount, in for one above 0.00 and out for one below; none of 0.00.
    fn of_amount(&self, signed: Money) -> Option<Self> {
        let direction = if signed.is_negative() { Direction::PayOut } else { Direction::PayIn };
        (!signed.is_zero()).then(|| Self { direction, amount: signed.abs(), ..self.clone() })
    }
}

impl Quantity {
    fn turned_round(self) -> Self {
        Self::new(-self.value()).unwrap_or(self)
    }
}

/// What has to be added to tenders for them to be others: one of each type, certificate and order, none of 0.00.
fn differences(before: &[Tender], after: &[Tender]) -> Vec<Tender> {
    type Means<'t> = (TenderTypeId, Option<&'t str>, Option<u64>);
    let mut sums: BTreeMap<Means<'_>, (&Tender, Money)> = BTreeMap::new();
    let signed = before.iter().map(|tender| (tender, -tender.amount));
    for (tender, amount) in signed.chain(after.iter().map(|tender| (tender, tender.amount))) {
        let means = (tender.tender_type.id, tender.certificate.as_deref(), tender.order);
        sums.entry(means).or_insert((tender, Money::ZERO)).1 += amount;
    }
    let sums = sums.into_values().filter(|(_, amount)| !amount.is_zero());
    sums.map(|(tender, amount)| Tender { amount, ..tender.clone() }).collect()
}

/// Whether two events are of different customers.
fn is_other(before: Option<&Arc<Customer>>, after: Option<&Arc<Customer>>) -> bool {
    before.map(|customer| customer.id()) != after.map(|customer| customer.id())
}

/// The events of two batches by their numbers, in the order of the numbers.
fn paired<'e, E>(
    before: &'e [E],
    after: &'e [E],
    number: impl Fn(&E) -> u64,
) -> impl Iterator<Item = (Option<&'e E>, Option<&'e E>)> {
    let mut pairs: BTreeMap<u64, (Option<&E>, Option<&E>)> = BTreeMap::new();
    before.iter().for_each(|event| pairs.entry(number(event)).or_default().0 = Some(event));
    after.iter().for_each(|event| pairs.entry(number(event)).or_default().1 = Some(event));
    pairs.into_values()
}
