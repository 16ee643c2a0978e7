//! From the file form to valid values, collecting every fault of content on the way (P-09).
//!
//! Reads top down: file, batch, transaction, line, tender. A part with a fault yields nothing; its fault is noted and
//! reading goes on, so that one look at the report is enough. Nothing is repaired.

mod json;
mod purchase_order;
mod shape;
mod till_events;
mod transaction;

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use chrono::{DateTime, Datelike, FixedOffset, NaiveDate};
use rust_decimal::Decimal;

use crate::batch::{Batch, BatchStatus, SkipReason, SkippedTransaction};
use crate::customer::{Customer, CustomerName};
use crate::error::excerpt;
use crate::raw::{self, DecimalText};
use crate::store::{Address, Store};
use crate::tender::{TenderKind, TenderType, TenderTypeId};
use crate::{Fault, Money, Place, PosFile, Rule};

/// Ids and account numbers: short enough for a request id and a display name.
const ID_LIMIT: usize = 24;
/// QuickBooks' names hold 100 characters.
const NAME_LIMIT: usize = 100;
/// As QuickBooks: e-mail addresses, telephone numbers, and the parts of a postal address.
const EMAIL_LIMIT: usize = 100;
const PHONE_LIMIT: usize = 30;
const ADDRESS_LINES: usize = 5;
const ADDRESS_LINE_LIMIT: usize = 500;
const ADDRESS_PART_LIMIT: usize = 255;
const POSTAL_CODE_LIMIT: usize = 30;
/// Of texts that stand in no field of QuickBooks by themselves.
const UNLIMITED: usize = usize::MAX;

/// The names of an address's fields in a message: its lines, city, region, postal code and country.
type AddressFields = [&'static str; 5];
const ADDRESS: AddressFields =
    ["address.lines", "address.city", "address.region", "address.postal_code", "address.country"];
const SHIP_TO: AddressFields =
    ["ship_to.lines", "ship_to.city", "ship_to.region", "ship_to.postal_code", "ship_to.country"];

/// What has been read so far: the tables that events refer to, the place being read, and the faults.
pub(crate) struct Reader {
    place: Place,
    faults: Vec<Fault>,
    tender_types: HashMap<u64, Arc<TenderType>>,
    customers: HashMap<String, Arc<Customer>>,
    account_numbers: HashSet<String>,
    seen: HashSet<(&'static str, u64)>,
}

impl Reader {
    pub(crate) fn read(raw: raw::PosFile) -> Result<PosFile, Vec<Fault>> {
        let mut reader = Self {
            place: Place::default(),
            faults: Vec::new(),
            tender_types: HashMap::new(),
            customers: HashMap::new(),
            account_numbers: HashSet::new(),
            seen: HashSet::new(),
        };
        let file = reader.file(raw);
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

    fn address(&mut self, fields: AddressFields, raw: raw::Address) -> Address {
        let [lines_field, city, region, postal_code, country] = fields;
        let length = raw.lines.len();
        if length > ADDRESS_LINES {
            self.fault(lines_field, Rule::TooMany { length, limit: ADDRESS_LINES });
        }
        for (i, line) in raw.lines.iter().enumerate() {
            self.place.part = Some(("address line", i));
            self.free_text(lines_field, line, ADDRESS_LINE_LIMIT);
        }
        self.place.part = None;
        Address {
            lines: raw.lines,
            city: self.optional_text(city, raw.city, ADDRESS_PART_LIMIT),
            region: self.optional_text(region, raw.region, ADDRESS_PART_LIMIT),
            postal_code: self.optional_text(postal_code, raw.postal_code, POSTAL_CODE_LIMIT),
            country: self.optional_text(country, raw.country, ADDRESS_PART_LIMIT),
        }
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

    fn customer(&mut self, raw: raw::Customer) {
        self.place.event = Some(("customer", shown(&raw.id)));
        self.identifier("id", &raw.id);
        self.text("account_number", &raw.account_number, ID_LIMIT);
        let name = CustomerName {
            title: self.optional_text("title", raw.title, NAME_LIMIT),
            first: self.optional_text("first_name", raw.first_name, NAME_LIMIT),
            last: self.optional_text("last_name", raw.last_name, NAME_LIMIT),
            company: self.optional_text("company", raw.company, NAME_LIMIT),
        };
        let address = raw.address.map(|address| self.address(ADDRESS, address));
        let email = self.optional_text("email", raw.email, EMAIL_LIMIT);
        let phone = self.optional_text("phone", raw.phone, PHONE_LIMIT);
        let credit_limit = raw.credit_limit.and_then(|limit| self.money("credit_limit", &limit));
        if let Some(limit) = credit_limit.filter(|limit| limit.is_negative()) {
            self.fault("credit_limit", Rule::NegativeCreditLimit { limit });
        }
        if self.customers.contains_key(&raw.id) {
            self.duplicate("id", shown(&raw.id));
        } else if !self.account_numbers.insert(raw.account_number.clone()) {
            self.duplicate("account_number", shown(&raw.account_number));
        }
        let customer = Customer {
            id: raw.id.clone(),
            account_number: raw.account_number,
            name,
            email,
            phone,
            address,
            tax_exempt: raw.tax_exempt,
            credit_limit,
            use_with_quickbooks: raw.use_with_quickbooks,
        };
        self.customers.insert(raw.id, Arc::new(customer));
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
        for (field, amount) in [("opening_float", &raw.opening_float), ("counted_cash", &raw.counted_cash)] {
            if let Some(amount) = amount {
                self.money(field, amount);
            }
        }
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

    /// Moves on to an event; its id must be new among its kind.
    fn event(&mut self, word: &'static str, id: u64) {
        if !self.moves_on(word, id) {
            self.duplicate(if word == "purchase order" { "number" } else { "id" }, id);
        }
    }

    /// Moves on to an event; whether its id is new among its kind.
    fn moves_on(&mut self, word: &'static str, id: u64) -> bool {
        self.place.event = Some((word, id.to_string()));
        self.place.part = None;
        self.seen.insert((word, id))
    }

    fn fault(&mut self, field: &'static str, rule: Rule) {
        self.faults.push(Fault { place: Place { field, ..self.place.clone() }, rule });
    }

    fn duplicate(&mut self, field: &'static str, value: impl ToString) {
        self.fault(field, Rule::Duplicate { value: value.to_string() });
    }

    /// A text that stands in request ids: letters and digits that no system writes differently.
    fn identifier(&mut self, field: &'static str, text: &str) {
        let is_plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
        if text.bytes().all(is_plain) {
            self.text(field, text, ID_LIMIT);
        } else {
            self.fault(field, Rule::IllegalIdentifier { text: excerpt(text) });
        }
    }

    fn text(&mut self, field: &'static str, text: &str, limit: usize) {
        if text.trim().is_empty() {
            self.fault(field, Rule::Missing);
        } else {
            self.free_text(field, text, limit);
        }
    }

    /// A text that may be missing. One that is blank says nothing and counts as missing: what stands in for a missing text
    /// stands in for it too.
    fn optional_text(&mut self, field: &'static str, text: Option<String>, limit: usize) -> Option<String> {
        let text = text?;
        self.free_text(field, &text, limit);
        (!text.trim().is_empty()).then_some(text)
    }

    /// A text that may be empty.
    fn free_text(&mut self, field: &'static str, text: &str, limit: usize) {
        // A character has a byte or more: only a text of many bytes need be counted.
        let length = if text.len() > limit { text.chars().count() } else { 0 };
        if length > limit {
            self.fault(field, Rule::TooLong { length, limit });
        } else if let Some(illegal) = text.chars().find(|c| is_illegal(*c)) {
            self.fault(field, Rule::IllegalCharacter { code: illegal.into() });
        }
    }

    fn decimal(&mut self, field: &'static str, text: &DecimalText) -> Option<Decimal> {
        match text.value() {
            Ok(number) => Some(number),
            Err(text) => {
                let text = excerpt(text);
                self.fault(field, Rule::NotADecimal { text });
                None
            }
        }
    }

    fn money(&mut self, field: &'static str, text: &DecimalText) -> Option<Money> {
        let number = self.decimal(field, text)?;
        let money = Money::exact(number);
        if money.is_none() {
            let text = number.to_string();
            let rule = if number.abs() > Money::MAX.to_decimal() {
                Rule::OutOfRange { text }
            } else {
                Rule::ExcessPrecision { text }
            };
            self.fault(field, rule);
        }
        money
    }

    fn instant(&mut self, field: &'static str, instant: DateTime<FixedOffset>) {
        self.date(field, instant.date_naive());
    }

    fn date(&mut self, field: &'static str, date: NaiveDate) {
        if !(1990..=2199).contains(&date.year()) {
            self.fault(field, Rule::DateOutOfRange { date });
        }
    }

    fn tender_type_of(&mut self, field: &'static str, id: u64) -> Option<Arc<TenderType>> {
        let found = self.tender_types.get(&id).cloned();
        if found.is_none() {
            self.fault(field, Rule::UnknownTenderType { id });
        }
        found
    }

    fn customer_of(&mut self, id: String) -> Option<Arc<Customer>> {
        let found = self.customers.get(&id).cloned();
        if found.is_none() {
            self.fault("customer", Rule::UnknownCustomer { id: excerpt(&id) });
        }
        found
    }
}

/// Control characters, line breaks, and what turns the direction of reading: a name must read as it is stored.
fn is_illegal(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// A text that names its owner in a place.
fn shown(text: &str) -> String {
    excerpt(text).escape_debug().to_string()
}

/// Of each transaction of a batch, whether the first one of its number is the same in everything.
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
