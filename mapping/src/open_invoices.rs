//! Invoices that stand open in QuickBooks, handed in so that payments on account can be matched with them (D-15).
//!
//! The matching is the plan's: the oldest invoice first. Once a payment may have been sent, its matching is frozen: the
//! host hands in what its posting log says, and the plan repeats it. Neighbours: a `plan` says which payments ask,
//! `exchange` hands in.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use pos_model::Money;

use crate::key::{CustomerKey, StepKey};

/// An invoice that QuickBooks says is open.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct OpenInvoice {
    /// Its date.
    pub txn_date: NaiveDate,
    /// Its number, for people.
    pub number: String,
    /// QuickBooks' id.
    pub id: String,
    /// What of it is open; more than 0.00.
    pub balance: Money,
}

/// What payments on account can be matched with.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OpenInvoices {
    /// By customer, the oldest first.
    open: BTreeMap<CustomerKey, Vec<OpenInvoice>>,
    /// What payments that may have been sent were matched with.
    frozen: BTreeMap<StepKey, Vec<(OpenInvoice, Money)>>,
    /// By QuickBooks' id of an invoice: what payments in doubt were matched with.
    reserved: BTreeMap<String, Money>,
}

/// An open invoice of a plan: [`crate::Plan::open_invoice`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenInvoiceIndex(pub(crate) u32);

impl OpenInvoices {
    /// Hands in a customer's open invoices, in any order.
    pub fn add(&mut self, customer: CustomerKey, invoices: impl IntoIterator<Item = OpenInvoice>) {
        let open = self.open.entry(customer).or_default();
        open.extend(invoices.into_iter().filter(|invoice| invoice.balance.is_positive()));
        // By date, then number: the same whatever the order they came in.
        open.sort();
    }

    /// Hands in what a payment that was sent was matched with, of this batch or of another. While it is in doubt, the open
    /// balances may still be without it, and it counts as applied: rather leave money unapplied than apply more than is
    /// open.
    pub fn freeze(&mut self, payment: StepKey, matches: Vec<(OpenInvoice, Money)>, is_in_doubt: bool) {
        for (invoice, amount) in matches.iter().filter(|_| is_in_doubt) {
            *self.reserved.entry(invoice.id.clone()).or_default() += *amount;
        }
        self.frozen.insert(payment, matches);
    }

    /// What a payment that may have been sent was matched with.
    pub(crate) fn frozen(&self, payment: &StepKey) -> Option<Vec<(OpenInvoice, Money)>> {
        self.frozen.get(payment).cloned()
    }

    /// Matches a payment that was never sent with the oldest invoices as far as it goes. What is matched is open no longer
    /// for the payments that follow.
    pub(crate) fn allocate(&mut self, customer: &CustomerKey, amount: Money) -> Vec<(OpenInvoice, Money)> {
        let open = self.open.get_mut(customer).map_or(&mut [][..], Vec::as_mut_slice);
        let mut left = amount;
        let mut matches = Vec::new();
        for invoice in open {
            let reserved = self.reserved.get(&invoice.id).copied().unwrap_or_default();
            let matched = left.min(invoice.balance - reserved);
            if matched.is_positive() {
                matches.push((invoice.clone(), matched));
                invoice.balance -= matched;
                left -= matched;
            }
        }
        matches
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests {
    use super::*;

    fn customer() -> CustomerKey {
        "1651/7".parse().unwrap()
    }

    fn invoice(date: &str, number: &str, cents: i64) -> OpenInvoice {
        let (txn_date, balance) = (date.parse().unwrap(), Money::from_cents(cents).unwrap());
        OpenInvoice { txn_date, number: number.to_owned(), id: format!("id-{number}"), balance }
    }

    fn matched(open: &mut OpenInvoices, key: &str, cents: i64) -> Vec<(String, i64)> {
        let amount = Money::from_cents(cents).unwrap();
        let frozen = open.frozen(&key.parse().unwrap());
        let matches = frozen.unwrap_or_else(|| open.allocate(&customer(), amount));
        matches.into_iter().map(|(invoice, amount)| (invoice.number, amount.cents())).collect()
    }

    #[test]
    fn d_15_the_oldest_invoice_comes_first_and_the_next_payment_goes_on_from_there() {
        let mut open = OpenInvoices::default();
        open.add(customer(), [invoice("2026-03-02", "B", 3_000), invoice("2026-03-01", "A", 1_000)]);
        assert_eq!(matched(&mut open, "pay-1", 2_500), [("A".to_owned(), 1_000), ("B".to_owned(), 1_500)]);
        assert_eq!(matched(&mut open, "pay-2", 2_000), [("B".to_owned(), 1_500)], "5.00 stay unapplied");
        assert_eq!(matched(&mut open, "pay-3", 100), []);
    }

    #[test]
    fn d_15_what_may_have_been_sent_is_repeated_whatever_is_open_now() {
        for is_in_doubt in [false, true] {
            let mut open = OpenInvoices::default();
            open.add(customer(), [invoice("2026-03-01", "A", 1_000)]);
            open.freeze(
                "pay-1".parse().unwrap(),
                vec![(invoice("2026-03-01", "A", 900), Money::from_cents(400).unwrap())],
                is_in_doubt,
            );
            let left = if is_in_doubt { 600 } else { 1_000 };
            assert_eq!(matched(&mut open, "pay-0", 2_000), [("A".to_owned(), left)], "whatever comes first");
            assert_eq!(matched(&mut open, "pay-1", 400), [("A".to_owned(), 400)]);
            assert_eq!(matched(&mut open, "pay-2", 2_000), []);
        }
    }
}
