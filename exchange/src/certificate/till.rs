//! What the till itself says of a day beyond the control accounts: goods sold, tax, tenders by name, drawers, certificates and
//! deposits by order. Added up from the raw events, as the sub-ledger is; a date is that of the event's documents.

use std::collections::BTreeMap;

use chrono::{DateTime, FixedOffset, NaiveDate};
use mapping::{Company, Origin, Period};
use pos_model::{Batch, LineKind, Money, Tender, TenderKind, TenderType, TenderTypeId, Transaction};

use super::value::{Drawer, GiftCertificates, OrderDeposits};

/// The till's figures of one origin on one date, or the sum of several.
#[derive(Debug, Default)]
pub(super) struct Till {
    pub(super) sold: Money,
    pub(super) taxed: Money,
    pub(super) tax: Money,
    pub(super) tenders: BTreeMap<TenderTypeId, Taken>,
    pub(super) certificates: GiftCertificates,
    /// Deposits that were outstanding at the start (T-05).
    pub(super) deposits_before: Money,
    /// By store and customer order.
    pub(super) deposits: BTreeMap<(String, u64), OrderDeposits>,
}

/// What was taken in one type of tender, less what was given.
#[derive(Debug, Clone)]
pub(super) struct Taken {
    pub(super) name: String,
    pub(super) is_money: bool,
    pub(super) amount: Money,
}

impl Till {
    /// What was taken in money.
    pub(super) fn money_in(&self) -> Money {
        self.tenders.values().filter(|taken| taken.is_money).map(|taken| taken.amount).sum()
    }

    /// Adds another one's figures.
    pub(super) fn add(&mut self, other: &Self) {
        self.sold += other.sold;
        self.taxed += other.taxed;
        self.tax += other.tax;
        for (id, taken) in &other.tenders {
            self.tender(*id, &taken.name, taken.is_money, taken.amount);
        }
        let (all, more) = (&mut self.certificates, &other.certificates);
        all.sold += more.sold;
        all.issued += more.issued;
        all.redeemed += more.redeemed;
        all.opening += more.opening;
        all.outstanding += more.outstanding;
        self.deposits_before += other.deposits_before;
        for ((store, order), more) in &other.deposits {
            let all = self.order(store, *order);
            all.paid += more.paid;
            all.used += more.used;
            all.returned += more.returned;
            all.outstanding += more.outstanding;
        }
    }

    fn tender(&mut self, id: TenderTypeId, name: &str, is_money: bool, amount: Money) {
        let new = || Taken { name: name.to_owned(), is_money, amount: Money::ZERO };
        self.tenders.entry(id).or_insert_with(new).amount += amount;
    }

    fn taken(&mut self, tender: &TenderType, amount: Money) {
        self.tender(tender.id(), tender.name(), tender.kind().is_money(), amount);
    }

    fn order(&mut self, store: &str, order: u64) -> &mut OrderDeposits {
        let new = || OrderDeposits {
            store: store.to_owned(),
            order,
            paid: Money::ZERO,
            used: Money::ZERO,
            returned: Money::ZERO,
            outstanding: Money::ZERO,
        };
        self.deposits.entry((store.to_owned(), order)).or_insert_with(new)
    }

    fn sale(&mut self, transaction: &Transaction, store: &str, period: &Period) {
        for line in transaction.lines() {
            match line.kind() {
                LineKind::Item | LineKind::Shipping => {
                    self.sold += line.amount();
                    if period.is_taxable(line.tax_code()) == Some(true) {
                        self.taxed += line.amount();
                    }
                }
                LineKind::GiftCertificate => {
                    self.certificates.sold += line.face_value();
                    self.certificates.outstanding += line.face_value();
                }
                LineKind::CashRounding => {}
            }
            self.tax += line.tax();
        }
        for tender in transaction.tenders() {
            self.tendered(tender, store);
        }
    }

    /// A tender, and what it does to certificates and deposits.
    fn tendered(&mut self, tender: &Tender, store: &str) {
        let amount = tender.amount();
        self.taken(tender.tender_type(), amount);
        match tender.tender_type().kind() {
            TenderKind::GiftCertificate => {
                let of = &mut self.certificates;
                of.outstanding -= amount;
                if amount.is_negative() { of.issued -= amount } else { of.redeemed += amount }
            }
            TenderKind::Deposit => {
                if let Some(order) = tender.order() {
                    let of = self.order(store, order);
                    of.used += amount;
                    of.outstanding -= amount;
                }
            }
            TenderKind::Cash
            | TenderKind::Card
            | TenderKind::Check
            | TenderKind::Other
            | TenderKind::CustomerAccount => {}
        }
    }
}

/// Returns the till's figures of an origin, by date, under the company's mapping of its day.
pub(super) fn by_date(origin: Origin<'_>, company: &Company) -> BTreeMap<NaiveDate, Till> {
    let mut days: BTreeMap<NaiveDate, Till> = BTreeMap::new();
    match origin {
        Origin::Batch(batch) => of_batch(&mut days, batch, company.on(origin.date()), None),
        Origin::Correction(of) => {
            of_batch(&mut days, of.differences(), company.on(origin.date()), of.not_before());
        }
        Origin::PurchaseOrder(_) => {}
        Origin::OpeningEntry { date, .. } => {
            if let Some(opening) = company.opening_entry().filter(|opening| opening.from_account.is_some()) {
                let day = days.entry(date).or_default();
                day.certificates.opening = opening.vouchers;
                day.certificates.outstanding = opening.vouchers;
                day.deposits_before = opening.deposits;
            }
        }
    }
    days
}

fn of_batch(
    days: &mut BTreeMap<NaiveDate, Till>,
    batch: &Batch,
    period: &Period,
    not_before: Option<NaiveDate>,
) {
    let store = batch.store().code();
    let date = |at| {
        let day = period.txn_date(batch.store(), at);
        not_before.map_or(day, |open| day.max(open))
    };
    for transaction in batch.transactions() {
        days.entry(date(transaction.occurred_at())).or_default().sale(transaction, store, period);
    }
    // Deposits are dated, per order and type of tender, by the last of them (D-12).
    let mut last: BTreeMap<(u64, TenderTypeId), DateTime<FixedOffset>> = BTreeMap::new();
    for deposit in batch.deposits() {
        for tender in deposit.tenders() {
            let key = (deposit.order(), tender.tender_type().id());
            let at = last.entry(key).or_insert(deposit.occurred_at());
            *at = deposit.occurred_at().max(*at);
        }
    }
    for deposit in batch.deposits() {
        for tender in deposit.tenders() {
            let at = last.get(&(deposit.order(), tender.tender_type().id()));
            let day = days.entry(date(at.copied().unwrap_or(deposit.occurred_at()))).or_default();
            day.tendered(tender, store);
            let (amount, of) = (tender.amount(), day.order(store, deposit.order()));
            of.outstanding += amount;
            if amount.is_negative() { of.returned -= amount } else { of.paid += amount }
        }
    }
    for payment in batch.account_payments() {
        let day = days.entry(date(payment.occurred_at())).or_default();
        payment.tenders().iter().for_each(|tender| day.tendered(tender, store));
    }
    for pay in batch.pay_ins_and_outs() {
        let day = days.entry(date(pay.occurred_at())).or_default();
        day.taken(pay.tender_type(), pay.signed_amount());
    }
}

/// Returns the drawer of a batch: what was counted against what should be there.
pub(super) fn drawer(batch: &Batch) -> Drawer {
    let tenders = (batch.transactions().iter().flat_map(Transaction::tenders))
        .chain(batch.deposits().iter().flat_map(|deposit| deposit.tenders()))
        .chain(batch.account_payments().iter().flat_map(|payment| payment.tenders()))
        .map(|tender| (tender.tender_type(), tender.amount()));
    let moves = batch.pay_ins_and_outs().iter().map(|pay| (pay.tender_type(), pay.signed_amount()));
    let cash = tenders.chain(moves).filter(|(tender, _)| tender.kind() == TenderKind::Cash);
    let cash = cash.map(|(_, amount)| amount).sum();
    let (float, counted) = (batch.opening_float(), batch.counted_cash());
    let expected = float.map(|float| float + cash);
    Drawer {
        register: batch.register().to_owned(),
        batch: batch.number(),
        float,
        cash,
        expected,
        counted,
        over: counted.zip(expected).map(|(counted, expected)| counted - expected),
    }
}
