//! F-03: what a batch does to customers' accounts, event by event.
//!
//! ```text
//! sale of 50.00 on account                   + 50.00
//! return of 20.00 onto the account           - 20.00
//! payment on account, 30.00 by card          - 30.00
//! sale for cash, whoever bought              nothing
//! ```

use chrono::{DateTime, FixedOffset};
use pos_model::{Batch, Customer, Money, Tender, TenderKind};

use super::limits::Charge;
use crate::CustomerKey;
use crate::key::{Event, Identity};

/// Returns the charges, payments and credits of a batch, in its order; of an open batch, those so far.
#[must_use]
pub fn charges_of(batch: &Batch) -> Vec<Charge> {
    let store = batch.store();
    let charge =
        |event: Event, customer: &Customer, occurred_at: DateTime<FixedOffset>, amount: Money| Charge {
            event: Identity::first(store.code(), Some((batch.register(), batch.number())), event).key(),
            customer: CustomerKey::of(store, customer),
            occurred_at,
            amount,
            is_released: false,
        };
    let transactions = batch.transactions().iter().filter_map(|transaction| {
        let is_account = |tender: &&Tender| tender.tender_type().kind() == TenderKind::CustomerAccount;
        let mut on_account = transaction.tenders().iter().filter(is_account).map(Tender::amount).peekable();
        on_account.peek()?;
        let event = Event::Transaction(transaction.number());
        Some(charge(event, transaction.customer()?, transaction.occurred_at(), on_account.sum()))
    });
    let payments = batch.account_payments().iter().map(|payment| {
        let paid: Money = payment.tenders().iter().map(Tender::amount).sum();
        charge(Event::AccountPayment(payment.id()), payment.customer(), payment.occurred_at(), -paid)
    });
    transactions.chain(payments).collect()
}
