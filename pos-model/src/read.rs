//! From the file form to valid values, collecting every fault of content on the way (P-09).
//!
//! Reads top down: file, batch, transaction, line, tender. A part with a fault yields nothing; its fault is noted and
//! reading goes on, so that one look at the report is enough. Nothing is repaired.

mod customer;
mod json;
mod purchase_order;
mod reader;
mod shape;
mod till_events;
mod transaction;

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use crate::batch::{Batch, BatchStatus, SkipReason, SkippedTransaction};
use crate::raw;
use crate::store::Store;
use crate::tender::{TenderKind, TenderType, TenderTypeId};
use crate::{CustomerFile, Fault, Money, Place, PosFile, Rule};

pub(crate) use self::reader::Reader;
use self::reader::{ADDRESS, ID_LIMIT, NAME_LIMIT, shown};

impl Reader {
    pub(crate) fn read(raw: raw::PosFile) -> Result<PosFile, Vec<Fault>> {
        let mut reader = Self::new();
        let file = reader.file(raw);
        if reader.faults.is_empty() { Ok(file) } else { Err(reader.faults) }
    }

    pub(crate) fn read_customers(raw: raw::CustomerFile) -> Result<CustomerFile, Vec<Fault>> {
        let mut reader = Self::new();
        let file = reader.customer_file(raw);
        if reader.faults.is_empty() { Ok(file) } else { Err(reader.faults) }
    }

    fn file(&mut self, raw: raw::PosFile) -> PosFile {
        if raw.version != raw::VERSION {
            self.fault("version", Rule::UnknownVersion { found: raw.version });
        }
        let store = Arc::new(self.store(raw.store));
        for tender_type in raw.tender_types {
            self.tender_type(tender_type);
        }
        for customer in raw.customers {
            self.customer(customer);
        }
        self.place.event = None;
        let mut numbers = HashSet::new();
        let mut batches = Vec::with_capacity(raw.batches.len());
        for batch in raw.batches {
            let register = (!batch.register.is_empty()).then(|| shown(&batch.register));
            self.place = Place { register, batch: Some(batch.number), ..Place::default() };
            if !numbers.insert((batch.register.clone(), batch.number)) {
                self.duplicate("number", batch.number);
            }
            batches.push(self.batch(&store, batch));
        }
        self.place = Place::default();
        let mut purchase_orders = Vec::with_capacity(raw.purchase_orders.len());
        for order in raw.purchase_orders {
            self.event("purchase order", order.number);
            purchase_orders.extend(self.purchase_order(&store, order));
        }
        PosFile { store, batches, purchase_orders }
    }

    fn store(&mut self, raw: raw::Store) -> Store {
        self.place.event = Some(("store", shown(&raw.code)));
        self.identifier("code", &raw.code);
        self.text("name", &raw.name, NAME_LIMIT);
        self.text("retailer", &raw.retailer, ID_LIMIT);
        let address = raw.address.map(|address| self.address(ADDRESS, address));
        Store { code: raw.code, name: raw.name, retailer: raw.retailer, address }
    }

    fn tender_type(&mut self, raw: raw::TenderType) {
        self.place.event = Some(("tender type", raw.id.to_string()));
        self.text("name", &raw.name, NAME_LIMIT);
        let kind = match raw.kind {
            raw::TenderKind::Cash => TenderKind::Cash,
            raw::TenderKind::Card => TenderKind::Card,
            raw::TenderKind::Check => TenderKind::Check,
            raw::TenderKind::Other => TenderKind::Other,
            raw::TenderKind::GiftCertificate => TenderKind::GiftCertificate,
            raw::TenderKind::Deposit => TenderKind::Deposit,
            raw::TenderKind::CustomerAccount => TenderKind::CustomerAccount,
        };
        let tender_type = TenderType { id: TenderTypeId(raw.id), name: raw.name, kind };
        if self.tender_types.insert(raw.id, Arc::new(tender_type)).is_some() {
            self.duplicate("id", raw.id);
        }
    }

    fn batch(&mut self, store: &Arc<Store>, raw: raw::Batch) -> Batch {
        self.text("register", &raw.register, ID_LIMIT);
        self.date("business_date", raw.business_date);
        if let Some(closed_at) = raw.closed_at {
            self.instant("closed_at", closed_at);
        }
        let status = match (raw.status, raw.closed_at) {
            (raw::BatchStatus::Closed, Some(closed_at)) => BatchStatus::Closed(closed_at),
            (raw::BatchStatus::Open, None) => BatchStatus::Open,
            (raw::BatchStatus::Closed, None) => {
                self.fault("closed_at", Rule::ClosedWithoutInstant);
                BatchStatus::Open
            }
            (raw::BatchStatus::Open, Some(_)) => {
                self.fault("closed_at", Rule::OpenWithInstant);
                BatchStatus::Open
            }
        };
        let [opening_float, counted_cash] =
            [("opening_float", &raw.opening_float), ("counted_cash", &raw.counted_cash)]
                .map(|(field, amount)| amount.as_ref().and_then(|amount| self.money(field, amount)));
        let faults_before = self.faults.len();
        let mut skipped = Vec::new();
        let mut transactions = Vec::with_capacity(raw.transactions.len());
        let repeated = repeated(&raw.transactions);
        for (transaction, is_repeated) in raw.transactions.into_iter().zip(repeated) {
            let number = transaction.number;
            let is_new = self.moves_on("transaction", number);
            if is_repeated {
                // Whatever is wrong with it was said of the first one.
                skipped.push(SkippedTransaction { number, reason: SkipReason::Repeated });
                continue;
            }
            let read = match skip_reason(transaction.status) {
                Some(reason) => {
                    skipped.push(SkippedTransaction { number, reason });
                    None
                }
                None => self.transaction(transaction),
            };
            if is_new {
                transactions.extend(read);
            } else {
                self.place.part = None;
                self.duplicate("number", number);
            }
        }
        let mut deposits = Vec::with_capacity(raw.deposits.len());
        for deposit in raw.deposits {
            self.event("deposit", deposit.id);
            deposits.extend(self.deposit(deposit));
        }
        let mut account_payments = Vec::with_capacity(raw.account_payments.len());
        for payment in raw.account_payments {
            self.event("account payment", payment.id);
            account_payments.extend(self.account_payment(payment));
        }
        let mut pay_ins_and_outs = Vec::with_capacity(raw.pay_ins_and_outs.len());
        for pay in raw.pay_ins_and_outs {
            self.event("pay-in or pay-out", pay.id);
            pay_ins_and_outs.extend(self.pay_in_out(pay));
        }
        self.place.event = None;
        let batch = Batch {
            store: Arc::clone(store),
            register: raw.register,
            number: raw.number,
            business_date: raw.business_date,
            status,
            transactions,
            deposits,
            account_payments,
            pay_ins_and_outs,
            skipped,
            opening_float,
            counted_cash,
        };
        let z_totals = raw.z_totals.map(|z_totals| self.z_totals(z_totals));
        if let Some(z_totals) = z_totals
            && self.faults.len() == faults_before
        {
            self.compare(&batch, z_totals);
        }
        batch
    }

    fn z_totals(&mut self, raw: Vec<raw::ZTotal>) -> BTreeMap<u64, Money> {
        let mut z_totals = BTreeMap::new();
        for (i, total) in raw.into_iter().enumerate() {
            self.place.part = Some(("z total", i));
            self.tender_type_of("tender_type", total.tender_type);
            let amount = self.money("amount", &total.amount).unwrap_or_default();
            if z_totals.insert(total.tender_type, amount).is_some() {
                self.duplicate("tender_type", total.tender_type);
            }
        }
        self.place.part = None;
        z_totals
    }

    /// The printed totals must be those of the events; a type that one side leaves out counts as 0.00 there.
    fn compare(&mut self, batch: &Batch, z_totals: BTreeMap<u64, Money>) {
        let mut both: BTreeMap<u64, (Money, Money)> = BTreeMap::new();
        for (id, printed) in z_totals {
            both.entry(id).or_default().0 = printed;
        }
        for (id, events) in batch.tender_totals() {
            both.entry(id.0).or_default().1 = events;
        }
        for (id, (printed, events)) in both {
            if printed != events {
                self.fault("z_totals", Rule::ZTotalDiffers { id, printed, events });
            }
        }
    }
}

/// Returns of each transaction of a batch whether the first one of its number is the same in everything.
fn repeated(transactions: &[raw::Transaction]) -> Vec<bool> {
    let mut firsts: HashMap<u64, &raw::Transaction> = HashMap::with_capacity(transactions.len());
    let mut repeated = Vec::with_capacity(transactions.len());
    for transaction in transactions {
        repeated.push(match firsts.entry(transaction.number) {
            Entry::Occupied(first) => is_same(first.get(), transaction),
            Entry::Vacant(entry) => {
                entry.insert(transaction);
                false
            }
        });
    }
    repeated
}

/// Instants are equal whatever their offset, but with another offset it may be another day.
fn is_same(a: &raw::Transaction, b: &raw::Transaction) -> bool {
    a == b && a.occurred_at.offset() == b.occurred_at.offset()
}

fn skip_reason(status: raw::TransactionStatus) -> Option<SkipReason> {
    match status {
        raw::TransactionStatus::Completed => None,
        raw::TransactionStatus::Voided => Some(SkipReason::Voided),
        raw::TransactionStatus::Suspended => Some(SkipReason::Suspended),
        raw::TransactionStatus::NoSale => Some(SkipReason::NoSale),
    }
}
