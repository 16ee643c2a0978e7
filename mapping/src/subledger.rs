//! The POS's own sub-ledger: every control account, reckoned from the raw events of a batch.
//!
//! It is the first of the three figures that tie-out compares, so it shares nothing with the other two: it imports
//! neither rules, plan, documents nor legs (a test reads this file and checks). It asks what happened at the till, not
//! which documents say so.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use pos_model::{Batch, Customer, LineKind, Money, PurchaseOrder, Tender, TenderKind, Transaction};

use crate::{Company, ControlAccount, ItemRole};

/// What a batch does to the control accounts: by date and account, debit positive.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SubLedger {
    /// Movements; an account that nothing touched on a date is absent.
    pub movements: BTreeMap<(NaiveDate, ControlAccount), Money>,
    /// Accounts Receivable by customer: by date and the customer's id. No id stands for the store's own customer.
    pub receivables: BTreeMap<(NaiveDate, Option<String>), Money>,
}

impl SubLedger {
    /// The movement of each account over all dates.
    pub fn by_account(&self) -> BTreeMap<ControlAccount, Money> {
        let mut accounts = BTreeMap::new();
        for (&(_, account), &amount) in &self.movements {
            *accounts.entry(account).or_insert(Money::ZERO) += amount;
        }
        accounts
    }

    fn add_receivable(&mut self, date: NaiveDate, customer: Option<&Customer>, amount: Money) {
        self.add(date, ControlAccount::Receivable, amount);
        let customer = customer.map(|customer| customer.id().to_owned());
        *self.receivables.entry((date, customer)).or_insert(Money::ZERO) += amount;
    }

    fn add(&mut self, date: NaiveDate, account: ControlAccount, amount: Money) {
        *self.movements.entry((date, account)).or_insert(Money::ZERO) += amount;
    }
}

/// Reckons a batch's control accounts from its events, under the mapping of its day.
pub fn reckon(batch: &Batch, company: &Company) -> SubLedger {
    let company = company.on(batch.business_date());
    let mut ledger = SubLedger::default();
    for transaction in batch.transactions() {
        let date = company.txn_date(batch.store(), transaction.occurred_at());
        sold(&mut ledger, date, transaction, company);
        for tender in transaction.tenders() {
            received(&mut ledger, date, tender, transaction.customer().map(|customer| &**customer), company);
        }
    }
    deposits(&mut ledger, batch, company);
    for payment in batch.account_payments() {
        let date = company.txn_date(batch.store(), payment.occurred_at());
        for tender in payment.tenders() {
            received(&mut ledger, date, tender, Some(payment.customer()), company);
            ledger.add_receivable(date, Some(payment.customer()), -tender.amount());
        }
    }
    for pay in batch.pay_ins_and_outs() {
        let date = company.txn_date(batch.store(), pay.occurred_at());
        ledger.add(date, company.takings(pay.tender_type().id()), pay.signed_amount());
        ledger.add(date, ControlAccount::DropsAndPayouts, -pay.signed_amount());
    }
    ledger
}

/// Deposits count as a whole per order and type of tender, on the day of the last of them (D-12).
fn deposits(ledger: &mut SubLedger, batch: &Batch, company: &Company) {
    let mut last = BTreeMap::new();
    for deposit in batch.deposits() {
        for tender in deposit.tenders() {
            let day =
                last.entry((deposit.order(), tender.tender_type().id())).or_insert(deposit.occurred_at());
            *day = deposit.occurred_at().max(*day);
        }
    }
    for deposit in batch.deposits() {
        for tender in deposit.tenders() {
            let day = last.get(&(deposit.order(), tender.tender_type().id())).copied();
            let date = company.txn_date(batch.store(), day.unwrap_or(deposit.occurred_at()));
            received(ledger, date, tender, deposit.customer().map(|customer| &**customer), company);
            ledger.add(date, ControlAccount::Deposits, -tender.amount());
        }
    }
}

/// Reckons what a purchase order does to the control accounts, once its bill is posted.
pub fn reckon_purchase_order(order: &PurchaseOrder, company: &Company) -> SubLedger {
    let company = company.on(order.date());
    let mut ledger = SubLedger::default();
    if company.has_bills() {
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

/// Reckons what the opening entry does: certificates and deposits are owed here, and no longer where they were (T-05).
pub fn reckon_opening(company: &Company) -> SubLedger {
    let mut ledger = SubLedger::default();
    if let Some(opening) = company.opening().filter(|opening| opening.from_account.is_some()) {
        ledger.add(opening.date, ControlAccount::Vouchers, -opening.vouchers);
        ledger.add(opening.date, ControlAccount::Deposits, -opening.deposits);
        ledger.add(opening.date, ControlAccount::OpeningBalances, opening.vouchers + opening.deposits);
    }
    ledger
}

/// What was sold is owed to income, shipping, certificate holders and the tax agency.
fn sold(ledger: &mut SubLedger, date: NaiveDate, transaction: &Transaction, company: &Company) {
    for line in transaction.lines() {
        let account = match line.kind() {
            LineKind::Item => company.account_of(company.item_of(line.code())),
            LineKind::Shipping => ControlAccount::Shipping,
            LineKind::GiftCertificate => ControlAccount::Vouchers,
            LineKind::CashRounding => ControlAccount::Rounding,
        };
        ledger.add(date, account, -line.face_value());
        // What a certificate is good for is owed in full; what the customer did not pay for it is the shop's (D-06).
        let given = line.face_value() - line.amount();
        if !given.is_zero() {
            ledger.add(date, company.account_of(ItemRole::CertificateDiscount), given);
        }
        ledger.add(date, ControlAccount::SalesTax, -line.tax());
    }
}

/// What was taken: money, a certificate that is owed no longer, or the customer's promise.
fn received(
    ledger: &mut SubLedger,
    date: NaiveDate,
    tender: &Tender,
    customer: Option<&Customer>,
    company: &Company,
) {
    let account = match tender.tender_type().kind() {
        TenderKind::GiftCertificate => ControlAccount::Vouchers,
        TenderKind::Deposit => ControlAccount::Deposits,
        TenderKind::CustomerAccount => return ledger.add_receivable(date, customer, tender.amount()),
        TenderKind::Cash | TenderKind::Card | TenderKind::Check | TenderKind::Other => {
            company.takings(tender.tender_type().id())
        }
    };
    ledger.add(date, account, tender.amount());
}
