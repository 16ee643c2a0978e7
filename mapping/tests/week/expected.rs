//! What a week comes to, added up from the file form of its events and of the company mapping and from nothing else: not
//! from the valid batch, the company, the rules, the legs or the sub-ledger. Written from docs/rules.md, in cents.

use std::collections::BTreeMap;

use chrono::{DateTime, Days, FixedOffset, NaiveDate, Timelike};
use mapping::{AccountRole, Bills, CompanyMapping, MappingChange, TenderAccounts};
use pos_model::raw;

use super::{cents, is_money, kind_of};

/// The figures of one batch or purchase order. Nothing of 0.00 is in it.
#[derive(Debug, Default)]
pub(crate) struct Expected {
    /// By date and name of account, debit positive.
    pub(crate) accounts: BTreeMap<(NaiveDate, String), i64>,
    /// By type of tender: money taken less money given.
    pub(crate) till: BTreeMap<u64, i64>,
    /// By customer: charged to the account and not paid with the charge; credit paid back.
    pub(crate) charges: BTreeMap<String, i64>,
    /// By customer: credited to the account.
    pub(crate) credits: BTreeMap<String, i64>,
    /// By customer: the part of the credits that is money.
    pub(crate) paid_on_account: BTreeMap<String, i64>,
    /// Certificates issued, less used, less brought back.
    pub(crate) certificates: i64,
    /// By order: deposits paid, less redeemed, less returned.
    pub(crate) deposits: BTreeMap<u64, i64>,
}

/// Account names of docs/rules.md, where a mapping gives no other.
const DEFAULT_NAMES: [(AccountRole, &str); 13] = [
    (AccountRole::Sales, "Cloud POS Sales Control Account"),
    (AccountRole::Receivable, "Cloud POS Debtor (A/R) Control Account"),
    (AccountRole::TillTakings, "Cloud POS Till Takings Control Account"),
    (AccountRole::Vouchers, "Cloud POS Vouchers Control Account"),
    (AccountRole::Deposits, "Cloud POS Deposits Control Account"),
    (AccountRole::DropsAndPayouts, "Cloud POS Drops and Payouts Control Account"),
    (AccountRole::Purchases, "Cloud POS Purchases Control Account"),
    (AccountRole::PurchasesTax, "Cloud POS Purchases Tax Control Account"),
    (AccountRole::PurchasesShipping, "Cloud POS Purchases Shipping Control Account"),
    (AccountRole::PurchasesOtherFees, "Cloud POS Purchases Other Fees Control Account"),
    (AccountRole::Payable, "Accounts Payable (A/P)"),
    (AccountRole::Rounding, "Cloud POS Rounding Control Account"),
    (AccountRole::SalesTax, "Sales Tax Payable"),
];

/// A mapping as it is on a day; a week has at most one change.
#[derive(Clone, Copy)]
struct Mapped<'a> {
    mapping: &'a CompanyMapping,
    change: Option<&'a MappingChange>,
}

impl<'a> Mapped<'a> {
    fn on(mapping: &'a CompanyMapping, day: NaiveDate) -> Self {
        Self { mapping, change: mapping.changes.iter().find(|change| change.from <= day) }
    }

    fn name(self, role: AccountRole) -> String {
        let changed = self.change.and_then(|change| change.accounts.get(&role));
        let default = || match role {
            AccountRole::CertificateDiscounts => self.name(AccountRole::Sales),
            role => DEFAULT_NAMES.iter().find(|(of, _)| *of == role).unwrap().1.to_owned(),
        };
        changed.or(self.mapping.accounts.get(&role)).cloned().unwrap_or_else(default)
    }

    /// Where money goes, or where it comes from when it is given out.
    fn takings(self, tender_type: u64, is_out: bool) -> String {
        let changed = self.change.and_then(|change| change.tender_accounts.get(&tender_type));
        match changed.or(self.mapping.tender_accounts.get(&tender_type)) {
            Some(TenderAccounts { refund_account: Some(refunds), .. }) if is_out => refunds.clone(),
            Some(own) => own.account.clone(),
            None => self.name(AccountRole::TillTakings),
        }
    }

    fn income(self, code: Option<&str>) -> String {
        let item = code.and_then(|code| {
            let changed = self.change.and_then(|change| change.items.get(code));
            changed.or(self.mapping.items.get(code))
        });
        item.and_then(|item| item.account.clone()).unwrap_or_else(|| self.name(AccountRole::Sales))
    }

    fn bills(self) -> Bills {
        self.change.and_then(|change| change.bills).unwrap_or(self.mapping.bills)
    }

    /// T-04.
    fn date(self, store: &str, instant: DateTime<FixedOffset>) -> NaiveDate {
        let day_end = self.mapping.stores.get(store).map_or(0, |store| store.day_ends_at_hour);
        let local = instant.naive_local();
        local.date() - Days::new(u64::from(local.hour() < day_end))
    }
}

/// A batch of this store.
pub(crate) fn of_batch(store: &str, batch: &raw::Batch, mapping: &CompanyMapping) -> Expected {
    let mapped = Mapped::on(mapping, batch.business_date);
    let mut expected = Expected::default();
    let mut counted = Vec::new();
    for transaction in &batch.transactions {
        let is_completed = transaction.status == raw::TransactionStatus::Completed;
        if is_completed && !counted.contains(&transaction.number) {
            counted.push(transaction.number);
            expected.transaction(store, transaction, mapped);
        }
    }
    expected.deposits(store, batch, mapped);
    for payment in &batch.account_payments {
        expected.account_payment(mapped.date(store, payment.occurred_at), payment, mapped);
    }
    for pay in &batch.pay_ins_and_outs {
        let into_till = match pay.direction {
            raw::Direction::PayIn => cents(&pay.amount),
            raw::Direction::PayOut => -cents(&pay.amount),
        };
        let date = mapped.date(store, pay.occurred_at);
        expected.debit(date, mapped.takings(pay.tender_type, into_till < 0), into_till);
        expected.debit(date, mapped.name(AccountRole::DropsAndPayouts), -into_till);
        *expected.till.entry(pay.tender_type).or_default() += into_till;
    }
    expected.without_zeroes()
}

/// D-18: a received purchase order.
pub(crate) fn of_purchase_order(order: &raw::PurchaseOrder, mapping: &CompanyMapping) -> Expected {
    let mapped = Mapped::on(mapping, order.date);
    let mut expected = Expected::default();
    if mapped.bills() == Bills::None {
        return expected;
    }
    let on_lines: i64 = order.lines.iter().map(|line| cents(&line.tax)).sum();
    let parts = [
        (AccountRole::Purchases, order.lines.iter().map(|line| cents(&line.amount)).sum()),
        (AccountRole::PurchasesTax, cents(&order.tax) + on_lines + cents(&order.shipping_tax)),
        (AccountRole::PurchasesShipping, cents(&order.shipping)),
        (AccountRole::PurchasesOtherFees, cents(&order.other_fees)),
    ];
    for (role, amount) in parts {
        expected.debit(order.date, mapped.name(role), amount);
        expected.debit(order.date, mapped.name(AccountRole::Payable), -amount);
    }
    expected.without_zeroes()
}

impl Expected {
    fn debit(&mut self, date: NaiveDate, account: String, amount: i64) {
        *self.accounts.entry((date, account)).or_default() += amount;
    }

    fn without_zeroes(mut self) -> Self {
        self.accounts.retain(|_, amount| *amount != 0);
        self.till.retain(|_, amount| *amount != 0);
        self.deposits.retain(|_, amount| *amount != 0);
        for open in [&mut self.charges, &mut self.credits, &mut self.paid_on_account] {
            open.retain(|_, amount| *amount != 0);
        }
        self
    }

    /// D-01 to D-08, D-10, D-13, D-14, D-25: lines are credited to what they stand for, tenders debited to what they are.
    fn transaction(&mut self, store: &str, transaction: &raw::Transaction, mapped: Mapped<'_>) {
        let date = mapped.date(store, transaction.occurred_at);
        for line in &transaction.lines {
            let amount = cents(&line.amount);
            let account = match line.kind {
                raw::LineKind::Item => mapped.income(line.code.as_deref()),
                raw::LineKind::Shipping => "Shipping Income".to_owned(),
                raw::LineKind::GiftCertificate => {
                    let face_value = line.face_value.as_ref().map_or(amount, cents);
                    self.certificates += face_value;
                    self.debit(date, mapped.name(AccountRole::Vouchers), -face_value);
                    self.debit(date, mapped.name(AccountRole::CertificateDiscounts), face_value - amount);
                    continue;
                }
                raw::LineKind::CashRounding => mapped.name(AccountRole::Rounding),
            };
            self.debit(date, account, -amount);
            self.debit(date, mapped.name(AccountRole::SalesTax), -cents(&line.tax));
        }
        for tender in &transaction.tenders {
            let same = transaction.tenders.iter().filter(|other| other.tender_type == tender.tender_type);
            self.tender(date, tender, same.map(|tender| cents(&tender.amount)).sum(), mapped);
        }
        let on_account: i64 =
            transaction.tenders.iter().filter(|t| is_on_account(t)).map(|t| cents(&t.amount)).sum();
        if on_account != 0 {
            self.on_account(transaction.customer.as_ref().unwrap(), on_account);
        }
    }

    /// D-09, D-11, D-12: by order and type of tender, on the day of the last one.
    fn deposits(&mut self, store: &str, batch: &raw::Batch, mapped: Mapped<'_>) {
        let all =
            || batch.deposits.iter().flat_map(|deposit| deposit.tenders.iter().map(move |t| (deposit, t)));
        let mut charged: BTreeMap<(u64, u64), (String, i64)> = BTreeMap::new();
        for (deposit, tender) in all() {
            let is_same = |(other, of): &(&raw::Deposit, &raw::Tender)| {
                (other.order, of.tender_type) == (deposit.order, tender.tender_type)
            };
            let last = all().filter(is_same).map(|(other, _)| other.occurred_at).max().unwrap();
            let (date, amount) = (mapped.date(store, last), cents(&tender.amount));
            self.debit(date, mapped.name(AccountRole::Deposits), -amount);
            *self.deposits.entry(deposit.order).or_default() += amount;
            let net = all().filter(is_same).map(|(_, of)| cents(&of.amount)).sum();
            self.tender(date, tender, net, mapped);
            if is_on_account(tender) {
                let customer = deposit.customer.clone().unwrap();
                let key = (deposit.order, tender.tender_type);
                charged.entry(key).or_insert((customer, 0)).1 += amount;
            }
        }
        for (customer, amount) in charged.into_values() {
            self.on_account(&customer, amount);
        }
    }

    /// D-15: by type of tender.
    fn account_payment(&mut self, date: NaiveDate, payment: &raw::AccountPayment, mapped: Mapped<'_>) {
        let customer = payment.customer.as_ref().unwrap();
        let mut by_type: BTreeMap<u64, i64> = BTreeMap::new();
        for tender in &payment.tenders {
            let same = payment.tenders.iter().filter(|other| other.tender_type == tender.tender_type);
            self.tender(date, tender, same.map(|tender| cents(&tender.amount)).sum(), mapped);
            self.debit(date, mapped.name(AccountRole::Receivable), -cents(&tender.amount));
            *by_type.entry(tender.tender_type).or_default() += cents(&tender.amount);
        }
        for (tender_type, amount) in by_type {
            self.on_account(customer, -amount);
            if is_money(tender_type) && amount > 0 {
                *self.paid_on_account.entry(customer.clone()).or_default() += amount;
            }
        }
    }

    /// `net` is what the event as a whole moves in this type of tender: it decides between money in and money out.
    fn tender(&mut self, date: NaiveDate, tender: &raw::Tender, net: i64, mapped: Mapped<'_>) {
        let amount = cents(&tender.amount);
        let account = match kind_of(tender.tender_type) {
            raw::TenderKind::GiftCertificate => {
                self.certificates -= amount;
                mapped.name(AccountRole::Vouchers)
            }
            raw::TenderKind::Deposit => {
                *self.deposits.entry(tender.order.unwrap()).or_default() -= amount;
                mapped.name(AccountRole::Deposits)
            }
            raw::TenderKind::CustomerAccount => mapped.name(AccountRole::Receivable),
            _ => {
                *self.till.entry(tender.tender_type).or_default() += amount;
                mapped.takings(tender.tender_type, net < 0)
            }
        };
        self.debit(date, account, amount);
    }

    fn on_account(&mut self, customer: &str, amount: i64) {
        let side = if amount > 0 { &mut self.charges } else { &mut self.credits };
        *side.entry(customer.to_owned()).or_default() += amount.abs();
    }
}

fn is_on_account(tender: &raw::Tender) -> bool {
    kind_of(tender.tender_type) == raw::TenderKind::CustomerAccount
}
