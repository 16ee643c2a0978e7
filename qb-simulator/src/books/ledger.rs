//! The double-entry ledger: what every document did to the accounts.
//!
//! Knows accounts and customers by number only, and nothing of JSON. Amounts are debit positive.
//! Neighbours: the document modules make legs, `reports` reads balances, `company` asks after every
//! request whether debits equal credits.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use rust_decimal::Decimal;

/// One debit (positive) or credit (negative) of one account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leg {
    /// The account's id.
    pub account: u64,
    /// The customer, on accounts-receivable legs.
    pub customer: Option<u64>,
    /// The vendor, on accounts-payable legs.
    pub vendor: Option<u64>,
    /// Debit positive, in cents exactly.
    pub amount: Decimal,
    /// What the line behind the leg names besides its account.
    pub tags: Tags,
}

/// What a line of a document names besides its account, by id; reports choose by it. `None` where the line names none;
/// what stands at the head of the document is not repeated here.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tags {
    /// The product or service.
    pub item: Option<u64>,
    /// The class.
    pub class: Option<u64>,
    /// The department, which clients call a location.
    pub department: Option<u64>,
    /// The customer, vendor or employee of the line.
    pub name: Option<u64>,
}

impl Leg {
    /// Returns a leg of neither customer nor vendor.
    #[must_use]
    pub fn plain(account: u64, amount: Decimal) -> Leg {
        Leg { account, customer: None, vendor: None, amount, tags: Tags::default() }
    }

    /// Returns a leg on accounts receivable.
    #[must_use]
    pub fn of_customer(account: u64, customer: u64, amount: Decimal) -> Leg {
        Leg { customer: Some(customer), ..Leg::plain(account, amount) }
    }

    /// Returns a leg on accounts payable.
    #[must_use]
    pub fn of_vendor(account: u64, vendor: u64, amount: Decimal) -> Leg {
        Leg { vendor: Some(vendor), ..Leg::plain(account, amount) }
    }
}

/// What one document posted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The document's TxnDate.
    pub date: NaiveDate,
    /// Debits and credits; they sum to zero.
    pub legs: Vec<Leg>,
}

impl Entry {
    /// Returns an entry of legs that must sum to zero; legs of zero are dropped. The error is the excess of
    /// debits.
    pub fn new(date: NaiveDate, mut legs: Vec<Leg>) -> Result<Entry, Decimal> {
        legs.retain(|leg| !leg.amount.is_zero());
        let excess: Decimal = legs.iter().map(|leg| leg.amount).sum();
        if excess.is_zero() { Ok(Entry { date, legs }) } else { Err(excess) }
    }
}

/// All entries, and the balances they add up to.
#[derive(Debug, Default)]
pub struct Ledger {
    entries: HashMap<u64, Entry>,
    by_day: BTreeMap<(u64, NaiveDate), Decimal>,
    balances: HashMap<u64, Decimal>,
    customers: HashMap<u64, Decimal>,
    vendors: HashMap<u64, Decimal>,
    debits: Decimal,
    credits: Decimal,
}

impl Ledger {
    /// Books a document's entry. An entry already there is replaced.
    pub fn post(&mut self, txn_id: u64, entry: Entry) {
        self.remove(txn_id);
        self.add(&entry, true);
        self.entries.insert(txn_id, entry);
    }

    /// Takes a document's entry out again.
    pub fn remove(&mut self, txn_id: u64) {
        if let Some(entry) = self.entries.remove(&txn_id) {
            self.add(&entry, false);
        }
    }

    /// Gives every leg that names a customer, vendor or employee to another one.
    pub(crate) fn rename(&mut self, from: u64, to: u64) {
        let names = |leg: &Leg| [leg.customer, leg.vendor, leg.tags.name].contains(&Some(from));
        let found = self.entries.iter().filter(|(_, entry)| entry.legs.iter().any(names));
        let entries: Vec<(u64, Entry)> = found.map(|(id, entry)| (*id, entry.clone())).collect();
        for (id, mut entry) in entries {
            for leg in &mut entry.legs {
                for name in [&mut leg.customer, &mut leg.vendor, &mut leg.tags.name] {
                    *name = name.map(|name| if name == from { to } else { name });
                }
            }
            self.post(id, entry);
        }
    }

    /// Adds an entry to the balances, or takes it off them.
    fn add(&mut self, entry: &Entry, is_added: bool) {
        for leg in &entry.legs {
            let amount = if is_added { leg.amount } else { -leg.amount };
            *self.by_day.entry((leg.account, entry.date)).or_default() += amount;
            *self.balances.entry(leg.account).or_default() += amount;
            if let Some(customer) = leg.customer {
                *self.customers.entry(customer).or_default() += amount;
            }
            if let Some(vendor) = leg.vendor {
                *self.vendors.entry(vendor).or_default() -= amount;
            }
            if leg.amount.is_sign_positive() {
                self.debits += amount;
            } else {
                self.credits -= amount;
            }
        }
    }

    /// Returns what a document posted.
    #[must_use]
    pub fn entry(&self, txn_id: u64) -> Option<&Entry> {
        self.entries.get(&txn_id)
    }

    /// Returns every document's id and entry, in no order.
    pub fn entries(&self) -> impl Iterator<Item = (u64, &Entry)> {
        self.entries.iter().map(|(id, entry)| (*id, entry))
    }

    /// Returns the account's balance over all dates, debit positive.
    #[must_use]
    pub fn balance(&self, account: u64) -> Decimal {
        self.balances.get(&account).copied().unwrap_or_default()
    }

    /// Returns what a customer owes: the customer's accounts-receivable legs.
    #[must_use]
    pub fn customer_balance(&self, customer: u64) -> Decimal {
        self.customers.get(&customer).copied().unwrap_or_default()
    }

    /// Returns what all customers owe together.
    #[must_use]
    pub fn customers_total(&self) -> Decimal {
        self.customers.values().sum()
    }

    /// Returns what is owed to a vendor: the vendor's accounts-payable legs, credit positive.
    #[must_use]
    pub fn vendor_balance(&self, vendor: u64) -> Decimal {
        self.vendors.get(&vendor).copied().unwrap_or_default()
    }

    /// Returns what is owed to all vendors together.
    #[must_use]
    pub fn vendors_total(&self) -> Decimal {
        self.vendors.values().sum()
    }

    /// Returns whether anything was ever posted to the account.
    pub(crate) fn has_postings(&self, account: u64) -> bool {
        self.by_day.range((account, NaiveDate::MIN)..=(account, NaiveDate::MAX)).next().is_some()
    }

    /// Returns the account's movement from `first` to `last`, both included.
    #[must_use]
    pub fn movement(&self, account: u64, first: NaiveDate, last: NaiveDate) -> Decimal {
        if first > last {
            return Decimal::ZERO;
        }
        self.by_day.range((account, first)..=(account, last)).map(|(_, amount)| amount).sum()
    }

    /// Returns whether all debits equal all credits, from running totals.
    #[must_use]
    pub fn is_balanced(&self) -> bool {
        self.debits == self.credits
    }

    /// Adds everything up again and says where running balances and entries disagree.
    pub fn audit(&self) -> Result<(), String> {
        let mut fresh = Ledger::default();
        for (txn_id, entry) in &self.entries {
            let excess: Decimal = entry.legs.iter().map(|leg| leg.amount).sum();
            if !excess.is_zero() {
                return Err(format!("transaction {txn_id}: debits exceed credits by {excess}"));
            }
            fresh.add(entry, true);
        }
        let mut accounts: Vec<u64> = self.balances.keys().chain(fresh.balances.keys()).copied().collect();
        accounts.sort_unstable();
        accounts.dedup();
        for account in accounts {
            let by_day = self.movement(account, NaiveDate::MIN, NaiveDate::MAX);
            if self.balance(account) != fresh.balance(account) || by_day != fresh.balance(account) {
                return Err(format!(
                    "account {account}: balance {}, by day {by_day}, entries {}",
                    self.balance(account),
                    fresh.balance(account)
                ));
            }
        }
        if self.customers_total() != fresh.customers_total() {
            return Err("customers: running total and entries disagree".into());
        }
        if self.vendors_total() != fresh.vendors_total() {
            return Err("vendors: running total and entries disagree".into());
        }
        if self.is_balanced() { Ok(()) } else { Err("all debits differ from all credits".into()) }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failing test may stop")]
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn leg(account: u64, customer: Option<u64>, cents: i64) -> Leg {
        Leg { customer, ..Leg::plain(account, Decimal::new(cents, 2)) }
    }

    #[test]
    fn refuses_an_entry_that_does_not_balance() {
        let legs = vec![leg(1, None, 100), leg(2, None, -99)];
        assert_eq!(Entry::new(day("2026-01-01"), legs), Err(Decimal::new(1, 2)));
    }

    #[test]
    fn keeps_balances_by_account_customer_and_day() {
        let mut ledger = Ledger::default();
        let sale = Entry::new(day("2026-01-05"), vec![leg(1, Some(7), 500), leg(2, None, -500)]).unwrap();
        let payment = Entry::new(day("2026-01-09"), vec![leg(3, None, 200), leg(1, Some(7), -200)]).unwrap();
        ledger.post(10, sale);
        ledger.post(11, payment);
        assert_eq!(ledger.balance(1), Decimal::new(300, 2));
        assert_eq!(ledger.customer_balance(7), Decimal::new(300, 2));
        assert_eq!(ledger.movement(1, day("2026-01-01"), day("2026-01-08")), Decimal::new(500, 2));
        assert_eq!(ledger.movement(1, day("2026-01-05"), day("2026-01-05")), Decimal::new(500, 2));
        assert_eq!(ledger.movement(1, day("2026-02-01"), day("2026-01-01")), Decimal::ZERO);
        assert_eq!([1, 2, 3, 4].map(|account| ledger.has_postings(account)), [true, true, true, false]);
        ledger.audit().unwrap();
        ledger.remove(11);
        assert_eq!(ledger.balance(3), Decimal::ZERO);
        assert_eq!(ledger.customer_balance(7), Decimal::new(500, 2));
        ledger.audit().unwrap();
        assert!(ledger.is_balanced());
    }

    #[test]
    fn a_renamed_customers_legs_are_anothers() {
        let mut ledger = Ledger::default();
        for (id, customer, cents) in [(10, 7, 500), (11, 8, 200)] {
            let legs = vec![leg(1, Some(customer), cents), leg(2, None, -cents)];
            ledger.post(id, Entry::new(day("2026-01-05"), legs).unwrap());
        }
        ledger.rename(7, 8);
        assert_eq!(
            (ledger.customer_balance(7), ledger.customer_balance(8)),
            (Decimal::ZERO, Decimal::new(700, 2))
        );
        ledger.audit().unwrap();
    }

    #[test]
    fn posting_again_replaces() {
        let mut ledger = Ledger::default();
        for cents in [100, 250] {
            let legs = vec![leg(1, None, cents), leg(2, None, -cents)];
            ledger.post(10, Entry::new(day("2026-01-05"), legs).unwrap());
        }
        assert_eq!(ledger.balance(1), Decimal::new(250, 2));
        ledger.audit().unwrap();
    }
    #[test]
    fn an_audit_finds_whatever_was_meddled_with() {
        type Case = (fn(&mut Ledger), &'static str);
        let cases: [Case; 8] = [
            (|ledger| _ = ledger.entries.remove(&10), "account 1: balance"),
            (
                |ledger| ledger.entries.get_mut(&10).unwrap().legs[0].amount += Decimal::ONE,
                "exceed credits by 1",
            ),
            (|ledger| *ledger.balances.get_mut(&2).unwrap() += Decimal::ONE, "account 2: balance"),
            (|ledger| _ = ledger.balances.insert(9, Decimal::ONE), "account 9: balance"),
            (|ledger| _ = ledger.by_day.insert((2, day("2026-01-06")), Decimal::ONE), "account 2: balance"),
            (|ledger| _ = ledger.customers.insert(8, Decimal::ONE), "customers"),
            (|ledger| _ = ledger.vendors.insert(8, Decimal::ONE), "vendors"),
            (|ledger| ledger.debits += Decimal::ONE, "all debits"),
        ];
        for (meddle, wanted) in cases {
            let mut ledger = Ledger::default();
            let legs = vec![leg(1, Some(7), 500), leg(2, None, -500)];
            ledger.post(10, Entry::new(day("2026-01-05"), legs).unwrap());
            assert_eq!(ledger.audit(), Ok(()));
            meddle(&mut ledger);
            let found = ledger.audit().unwrap_err();
            assert!(found.contains(wanted), "{wanted}: {found}");
            assert_eq!(ledger.is_balanced(), wanted != "all debits");
        }
    }
}
