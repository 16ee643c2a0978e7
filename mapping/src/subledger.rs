//! The POS's own sub-ledger: every control account, added up from the raw events.
//!
//! It is the first of the three figures that tie-out compares, so it shares nothing with the other two: it imports
//! neither rules, plan, documents nor legs (a test reads this file and checks). It asks what happened at the till, not
//! which documents say so.

use std::collections::BTreeMap;

use chrono::{DateTime, FixedOffset, NaiveDate};
use pos_model::{
    Batch, Customer, Direction, LineKind, Money, PurchaseOrder, Store, Tender, TenderKind, TenderTypeId,
    Transaction,
};

use crate::correction::booked_on;
use crate::key::CustomerKey;
use crate::origin::Origin;
use crate::{Company, ControlAccount, ItemRole, Period};

/// What a batch does to the control accounts: by date and account, debit positive.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SubLedger {
    /// Movements; an account that nothing touched on a date is absent.
    pub movements: BTreeMap<(NaiveDate, ControlAccount), Money>,
    /// Accounts Receivable by customer: by date and customer. No customer stands for the store's own customer.
    pub receivables: BTreeMap<(NaiveDate, Option<CustomerKey>), Money>,
}

impl SubLedger {
    /// Returns what a batch, a purchase order or the opening entry does to the control accounts, under the mapping of its
    /// day. An open batch or order is taken for what it holds so far.
    pub fn of<'a>(origin: impl Into<Origin<'a>>, company: &Company) -> Self {
        let origin = origin.into();
        let period = company.on(origin.date());
        match origin {
            Origin::Batch(batch) => of_batch(batch, period, None),
            Origin::Correction(of) => of_batch(of.differences(), period, of.not_before()),
            Origin::PurchaseOrder(order) => of_order(order, period),
            Origin::OpeningEntry { .. } => of_opening(company),
        }
    }

    /// Returns the movement of each account over all dates.
    #[must_use]
    pub fn by_account(&self) -> BTreeMap<ControlAccount, Money> {
        let mut accounts = BTreeMap::new();
        for (&(_, account), &amount) in &self.movements {
            *accounts.entry(account).or_insert(Money::ZERO) += amount;
        }
        accounts
    }

    fn add_receivable(&mut self, date: NaiveDate, customer: Option<(&Store, &Customer)>, amount: Money) {
        self.add(date, ControlAccount::Receivable, amount);
        let customer = customer.map(|(store, customer)| CustomerKey::of(store, customer));
        *self.receivables.entry((date, customer)).or_insert(Money::ZERO) += amount;
    }

    fn add(&mut self, date: NaiveDate, account: ControlAccount, amount: Money) {
        *self.movements.entry((date, account)).or_insert(Money::ZERO) += amount;
    }
}

/// What a batch does to the control accounts, event by event.
fn of_batch(batch: &Batch, period: &Period, not_before: Option<NaiveDate>) -> SubLedger {
    let day = |at| booked_on(period, batch.store(), at, not_before);
    let (store, mut ledger) = (&**batch.store(), SubLedger::default());
    for transaction in batch.transactions() {
        let date = day(transaction.occurred_at());
        sold(&mut ledger, date, transaction, period);
        let mut drawer = Drawer::default();
        for tender in transaction.tenders() {
            let customer = transaction.customer().map(|customer| (store, &**customer));
            drawer.add(tender);
            received(&mut ledger, date, tender, customer);
        }
        drawer.enter(&mut ledger, date, store.code(), period);
    }
    deposits(&mut ledger, batch, period, day);
    for payment in batch.account_payments() {
        let date = day(payment.occurred_at());
        let mut drawer = Drawer::default();
        for tender in payment.tenders() {
            drawer.add(tender);
            received(&mut ledger, date, tender, Some((store, payment.customer())));
            ledger.add_receivable(date, Some((store, payment.customer())), -tender.amount());
        }
        drawer.enter(&mut ledger, date, store.code(), period);
    }
    for pay in batch.pay_ins_and_outs() {
        let date = day(pay.occurred_at());
        let tender = pay.tender_type().id();
        let account = match pay.direction() {
            Direction::PayIn => period.takings(store.code(), tender),
            Direction::PayOut => period.refunds(store.code(), tender),
        };
        ledger.add(date, account, pay.signed_amount());
        ledger.add(date, ControlAccount::DropsAndPayouts, -pay.signed_amount());
    }
    ledger
}

/// Deposits count as a whole per order and type of tender, on the day of the last of them (D-12).
fn deposits(
    ledger: &mut SubLedger,
    batch: &Batch,
    period: &Period,
    day: impl Fn(DateTime<FixedOffset>) -> NaiveDate,
) {
    let store = &**batch.store();
    let mut groups: BTreeMap<_, (DateTime<FixedOffset>, Drawer)> = BTreeMap::new();
    for deposit in batch.deposits() {
        for tender in deposit.tenders() {
            let at = deposit.occurred_at();
            let key = (deposit.order(), tender.tender_type().id());
            let (last, drawer) = groups.entry(key).or_insert((at, Drawer::default()));
            *last = at.max(*last);
            drawer.add(tender);
        }
    }
    for deposit in batch.deposits() {
        for tender in deposit.tenders() {
            let group = groups.get(&(deposit.order(), tender.tender_type().id()));
            let last = group.map_or(deposit.occurred_at(), |(last, _)| *last);
            let date = day(last);
            received(ledger, date, tender, deposit.customer().map(|customer| (store, &**customer)));
            ledger.add(date, ControlAccount::Deposits, -tender.amount());
        }
    }
    for (last, drawer) in groups.into_values() {
        drawer.enter(ledger, day(last), store.code(), period);
    }
}

/// What a purchase order does to the control accounts, once its bill is posted.
fn of_order(order: &PurchaseOrder, period: &Period) -> SubLedger {
    let mut ledger = SubLedger::default();
    if period.has_bills() {
        let goods: Money = order.lines().iter().map(|line| line.amount()).sum();
        let tax = order.tax() + order.shipping_tax();
        ledger.add(order.date(), ControlAccount::Purchases, goods);
        ledger.add(order.date(), ControlAccount::PurchasesTax, tax);
        ledger.add(order.date(), ControlAccount::PurchasesShipping, order.shipping());
        ledger.add(order.date(), ControlAccount::PurchasesOtherFees, order.other_fees());
        let owed = goods + tax + order.shipping() + order.other_fees();
        ledger.add(order.date(), ControlAccount::Payable, -owed);
    }
    ledger
}

/// What the opening entry does: certificates and deposits are owed here, and no longer where they were (T-05).
fn of_opening(company: &Company) -> SubLedger {
    let mut ledger = SubLedger::default();
    if let Some(opening) = company.opening_entry().filter(|opening| opening.from_account.is_some()) {
        ledger.add(opening.date, ControlAccount::Vouchers, -opening.vouchers);
        ledger.add(opening.date, ControlAccount::Deposits, -opening.deposits);
        ledger.add(opening.date, ControlAccount::OpeningBalances, opening.vouchers + opening.deposits);
    }
    ledger
}

/// What was sold is owed to income, shipping, certificate holders and the tax agency.
fn sold(ledger: &mut SubLedger, date: NaiveDate, transaction: &Transaction, period: &Period) {
    for line in transaction.lines() {
        let account = match line.kind() {
            LineKind::Item => period.account_of(period.item_of(line.code())),
            LineKind::Shipping => ControlAccount::Shipping,
            LineKind::GiftCertificate => ControlAccount::Vouchers,
            LineKind::CashRounding => ControlAccount::Rounding,
        };
        ledger.add(date, account, -line.face_value());
        // What a certificate is good for is owed in full; what the customer did not pay for it is the shop's (D-06).
        let given = line.face_value() - line.amount();
        if !given.is_zero() {
            ledger.add(date, period.account_of(ItemRole::CertificateDiscount), given);
        }
        ledger.add(date, ControlAccount::SalesTax, -line.tax());
    }
}

/// What was taken and is no money: a certificate or a deposit that is owed no longer, or the customer's promise.
fn received(ledger: &mut SubLedger, date: NaiveDate, tender: &Tender, customer: Option<(&Store, &Customer)>) {
    match tender.tender_type().kind() {
        TenderKind::GiftCertificate => ledger.add(date, ControlAccount::Vouchers, tender.amount()),
        TenderKind::Deposit => ledger.add(date, ControlAccount::Deposits, tender.amount()),
        TenderKind::CustomerAccount => ledger.add_receivable(date, customer, tender.amount()),
        // The drawer has it.
        TenderKind::Cash | TenderKind::Card | TenderKind::Check | TenderKind::Other => {}
    }
}

/// The money that one event moves, by type of tender: what was taken and what was given of one type at once meet in the
/// drawer, and only the rest goes to an account or comes from one (D-24, A-03).
#[derive(Default)]
struct Drawer(BTreeMap<TenderTypeId, Money>);

impl Drawer {
    fn add(&mut self, tender: &Tender) {
        if tender.tender_type().kind().is_money() {
            *self.0.entry(tender.tender_type().id()).or_insert(Money::ZERO) += tender.amount();
        }
    }

    fn enter(self, ledger: &mut SubLedger, date: NaiveDate, store: &str, period: &Period) {
        for (tender, amount) in self.0 {
            let account = if amount.is_negative() {
                period.refunds(store, tender)
            } else {
                period.takings(store, tender)
            };
            ledger.add(date, account, amount);
        }
    }
}
