//! A batch: what one register did between opening and closing.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, FixedOffset, NaiveDate};

use crate::{Customer, Money, Store, Tender, TenderType, TenderTypeId, Transaction};

/// A batch of one register of one store (P-01). Only a closed one can be planned; `mapping` refuses an open one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    pub(crate) store: Arc<Store>,
    pub(crate) register: String,
    pub(crate) number: u64,
    pub(crate) business_date: NaiveDate,
    pub(crate) status: BatchStatus,
    pub(crate) transactions: Vec<Transaction>,
    pub(crate) deposits: Vec<Deposit>,
    pub(crate) account_payments: Vec<AccountPayment>,
    pub(crate) pay_ins_and_outs: Vec<PayInOut>,
    pub(crate) skipped: Vec<SkippedTransaction>,
    pub(crate) opening_float: Option<Money>,
    pub(crate) counted_cash: Option<Money>,
}

/// Whether the Z report has been run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BatchStatus {
    /// Still selling.
    Open,
    /// Closed at this instant.
    Closed(DateTime<FixedOffset>),
}

impl Batch {
    /// Returns the store.
    #[must_use]
    pub fn store(&self) -> &Arc<Store> {
        &self.store
    }

    /// Returns the register's name within its store.
    #[must_use]
    pub fn register(&self) -> &str {
        &self.register
    }

    /// Returns the batch's number; it stands in every document number.
    #[must_use]
    pub fn number(&self) -> u64 {
        self.number
    }

    /// Returns the day the store calls this batch by. Documents are dated by their own event, not by this (T-04).
    #[must_use]
    pub fn business_date(&self) -> NaiveDate {
        self.business_date
    }

    /// Returns whether it is open or closed.
    #[must_use]
    pub fn status(&self) -> BatchStatus {
        self.status
    }

    /// Returns completed transactions, in the till's order.
    #[must_use]
    pub fn transactions(&self) -> &[Transaction] {
        &self.transactions
    }

    /// Deposits on customer orders, paid and returned.
    #[must_use]
    pub fn deposits(&self) -> &[Deposit] {
        &self.deposits
    }

    /// Payments that customers made on their accounts.
    #[must_use]
    pub fn account_payments(&self) -> &[AccountPayment] {
        &self.account_payments
    }

    /// Returns money put into the register or taken out of it.
    #[must_use]
    pub fn pay_ins_and_outs(&self) -> &[PayInOut] {
        &self.pay_ins_and_outs
    }

    /// Transactions of the file that post nothing, with the reason (T-03).
    #[must_use]
    pub fn skipped(&self) -> &[SkippedTransaction] {
        &self.skipped
    }

    /// Returns the cash in the drawer at opening, when the till says so. Posts nothing.
    #[must_use]
    pub fn opening_float(&self) -> Option<Money> {
        self.opening_float
    }

    /// Returns the cash counted at closing, when it was counted: with the float and what was taken it says whether the drawer
    /// is over or short. Posts nothing.
    #[must_use]
    pub fn counted_cash(&self) -> Option<Money> {
        self.counted_cash
    }

    /// Returns, per type of tender, the net of everything in the batch: transactions, deposits, payments on account, pay-ins
    /// and pay-outs. Positive: the register holds more. This is what a Z report prints.
    pub fn tender_totals(&self) -> BTreeMap<TenderTypeId, Money> {
        let mut totals = BTreeMap::new();
        let tenders = (self.transactions.iter().flat_map(Transaction::tenders))
            .chain(self.deposits.iter().flat_map(Deposit::tenders))
            .chain(self.account_payments.iter().flat_map(AccountPayment::tenders))
            .map(|tender| (tender.tender_type.id, tender.amount));
        let moves = self.pay_ins_and_outs.iter().map(|p| (p.tender_type.id, p.signed_amount()));
        for (id, amount) in tenders.chain(moves) {
            *totals.entry(id).or_insert(Money::ZERO) += amount;
        }
        totals
    }
}

/// A deposit on a customer order (P-04): paid where its tenders are positive, returned where they are negative.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deposit {
    pub(crate) id: u64,
    pub(crate) occurred_at: DateTime<FixedOffset>,
    pub(crate) order: u64,
    pub(crate) customer: Option<Arc<Customer>>,
    pub(crate) tenders: Vec<Tender>,
}

impl Deposit {
    /// Returns the POS's id, unique within the store.
    #[must_use]
    pub fn id(&self) -> u64 {
        self.id
    }

    /// Returns when it was paid or returned.
    #[must_use]
    pub fn occurred_at(&self) -> DateTime<FixedOffset> {
        self.occurred_at
    }

    /// Returns the customer order.
    #[must_use]
    pub fn order(&self) -> u64 {
        self.order
    }

    /// Returns whose order it is, when the till knows.
    #[must_use]
    pub fn customer(&self) -> Option<&Arc<Customer>> {
        self.customer.as_ref()
    }

    /// Returns how it was paid or returned; a deposit tender here is another order's.
    #[must_use]
    pub fn tenders(&self) -> &[Tender] {
        &self.tenders
    }
}

/// A payment that a customer made on account (P-05), or credit paid back when it is negative.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountPayment {
    pub(crate) id: u64,
    pub(crate) occurred_at: DateTime<FixedOffset>,
    pub(crate) customer: Arc<Customer>,
    pub(crate) tenders: Vec<Tender>,
}

impl AccountPayment {
    /// Returns the POS's header id, unique within the store.
    #[must_use]
    pub fn id(&self) -> u64 {
        self.id
    }

    /// Returns when it was paid.
    #[must_use]
    pub fn occurred_at(&self) -> DateTime<FixedOffset> {
        self.occurred_at
    }

    /// Returns who paid.
    #[must_use]
    pub fn customer(&self) -> &Arc<Customer> {
        &self.customer
    }

    /// Returns how it was paid; of any kind but the customer's account.
    #[must_use]
    pub fn tenders(&self) -> &[Tender] {
        &self.tenders
    }
}

/// Money put into the register or taken out of it (P-06).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PayInOut {
    pub(crate) id: u64,
    pub(crate) occurred_at: DateTime<FixedOffset>,
    pub(crate) direction: Direction,
    pub(crate) tender_type: Arc<TenderType>,
    pub(crate) amount: Money,
    pub(crate) reason: Option<String>,
}

/// Which way the money went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Into the register.
    PayIn,
    /// Out of the register.
    PayOut,
}

impl PayInOut {
    /// Returns the POS's id, unique within the store.
    #[must_use]
    pub fn id(&self) -> u64 {
        self.id
    }

    /// Returns when it happened.
    #[must_use]
    pub fn occurred_at(&self) -> DateTime<FixedOffset> {
        self.occurred_at
    }

    /// Returns which way the money went.
    #[must_use]
    pub fn direction(&self) -> Direction {
        self.direction
    }

    /// Returns which kind of money it was.
    #[must_use]
    pub fn tender_type(&self) -> &Arc<TenderType> {
        &self.tender_type
    }

    /// Returns how much it was; always more than 0.00.
    #[must_use]
    pub fn amount(&self) -> Money {
        self.amount
    }

    /// Returns the amount as the register sees it: positive in, negative out.
    #[must_use]
    pub fn signed_amount(&self) -> Money {
        match self.direction {
            Direction::PayIn => self.amount,
            Direction::PayOut => -self.amount,
        }
    }

    /// Returns why, as typed at the till.
    #[must_use]
    pub fn reason(&self) -> Option<&str> {
        self.reason.as_deref()
    }
}

/// A transaction that posts nothing (T-03).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SkippedTransaction {
    /// Its number.
    pub number: u64,
    /// Why it posts nothing.
    pub reason: SkipReason,
}

/// Why a transaction posts nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SkipReason {
    /// Taken back before it was completed.
    Voided,
    /// Parked, not completed.
    Suspended,
    /// The drawer was opened without a sale.
    NoSale,
    /// The file lists it a second time, the same in everything.
    Repeated,
}
