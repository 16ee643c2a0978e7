//! What is seen only when batches and purchase orders of all stores are looked at together, before anything is sent: numbers
//! that would meet, one tender id with two meanings, and what is worth a second look though nothing forbids it.
//!
//! ```text
//! boston and salem, both on CL          refused: their numbers would meet
//! registers 1 and 2, both batch 7       refused: one batch number, one prefix
//! 6 is Visa in Boston, Cash in Salem    refused: one id, two meanings
//! account 1042 of two customers         refused: both would be 1651-1042 in QuickBooks
//! a sale at 2026-02-04T01:30:00Z        a notice: no store lies at UTC, the sale is dated a day late
//! 80.00 used of a deposit of 50.00      a notice, whichever batches they are in
//! 60.00 taken off a certificate of 50.00 a notice, where its number is known
//! ```
//!
//! A host adds what it has, batch by batch, and asks at the end. Nothing of the batches is kept but what the answers need.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, FixedOffset, NaiveDate};
use pos_model::{Batch, BatchStatus, Customer, Money, PurchaseOrder, Store, TenderKind, TenderType};
use qb_model::engine::name_key;

use crate::company::{is_on_account, is_same_code};
use crate::key::CustomerKey;
use crate::party::Party;
use crate::prepaid::{CertificateNumber, Prepaid, certificates_of, deposits_of};
use crate::{Company, Event, Period, Retailers};

/// Batches and purchase orders, looked at together.
#[derive(Debug, Default)]
pub struct Survey {
    /// Stores by prefix in upper case: codes and names.
    prefixes: BTreeMap<String, BTreeMap<String, String>>,
    /// Registers by store code, prefix in upper case and batch number.
    batches: BTreeMap<(String, String, u64), Vec<String>>,
    /// What each store last called a type of tender.
    tenders: BTreeMap<u64, BTreeMap<String, Meaning>>,
    /// Customers, with what they would be called in QuickBooks.
    customers: BTreeMap<CustomerKey, Named>,
    retailers: BTreeSet<String>,
    /// By store code: its name, and the name of the customer that stands for its sales without one.
    store_customers: BTreeMap<String, (String, String)>,
    /// By vendor's name: a supplier that it stands for.
    vendors: BTreeMap<String, String>,
    /// By store code: its name, and the earliest event at UTC.
    at_utc: BTreeMap<String, (String, At)>,
    /// By store code, register and batch: the first event on another day, and how many there are.
    outside: BTreeMap<(String, String, u64), Outside>,
    /// By store code and order.
    deposits: BTreeMap<(String, u64), OrderDeposits>,
    /// By retailer and number.
    certificates: BTreeMap<(String, CertificateNumber), Prepaid>,
}

#[derive(Debug)]
struct Meaning {
    store: String,
    day: NaiveDate,
    name: String,
    kind: TenderKind,
}

#[derive(Debug)]
struct Named {
    account: String,
    store: String,
    /// Among one retailer's customers, and among those of several.
    names: [String; 2],
}

#[derive(Debug, Clone)]
struct At {
    event: Event,
    instant: DateTime<FixedOffset>,
}

#[derive(Debug)]
struct Outside {
    store: String,
    days: (NaiveDate, Option<NaiveDate>),
    first: At,
    date: NaiveDate,
    count: usize,
}

#[derive(Debug, Default)]
struct OrderDeposits {
    store: String,
    moved: Prepaid,
}

/// What must be put right before anything of it is sent.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum SurveyFault {
    /// N-13: two stores whose numbers begin alike.
    #[error(
        "{store} ({code}) and {other} ({other_code}): the numbers of both begin with {prefix}; give each store a prefix of its own in the company mapping, under stores"
    )]
    PrefixOfTwoStores {
        /// The prefix.
        prefix: String,
        /// A store's name.
        store: String,
        /// Its code.
        code: String,
        /// Another store's name.
        other: String,
        /// Its code.
        other_code: String,
    },
    /// N-13: two registers of a store with one batch number.
    #[error(
        "store {store}: registers {register} and {other} both have a batch {batch}, and the numbers of both begin with {prefix}; give one of them a prefix of its own in the company mapping, under register_prefixes"
    )]
    BatchOfTwoRegisters {
        /// The store's code.
        store: String,
        /// A register.
        register: String,
        /// Another register.
        other: String,
        /// The batch number.
        batch: u64,
        /// The prefix.
        prefix: String,
    },
    /// D-19: two customers who would have one record in QuickBooks.
    #[error(
        "account number {account} is customer {customer} of {store} and customer {other} of {other_store}, and both would be {name:?} in QuickBooks; give one of them another account number in the point of sale, or write {{name}} in the company mapping's display_name too"
    )]
    NameOfTwoCustomers {
        /// What both would be called.
        name: String,
        /// The account number.
        account: String,
        /// A customer's id.
        customer: String,
        /// The store that named it first.
        store: String,
        /// Another customer's id.
        other: String,
        /// The store that named it first.
        other_store: String,
    },
    /// D-19: customers, stores' customers and vendors share one set of names in QuickBooks.
    #[error(
        "{name:?} would be {one} and {other} in QuickBooks, where customers and vendors share their names; {remedy}"
    )]
    NameOfTwoParties {
        /// The name.
        name: String,
        /// Whom it would stand for.
        one: String,
        /// Whom else it is the name of.
        other: String,
        /// What to do.
        remedy: &'static str,
    },
    /// P-03: one tender id with two meanings.
    #[error(
        "tender type {id} is {name:?} ({kind}) in {store} and {other_name:?} ({other_kind}) in {other}; an id stands for one name and one kind in a company; give one of them another id in its point of sale, or give one of the stores tender_accounts of its own in the company mapping, under stores"
    )]
    TenderOfTwoMeanings {
        /// The type's number.
        id: u64,
        /// A store's name.
        store: String,
        /// What it is there.
        name: String,
        /// Its kind there.
        kind: &'static str,
        /// Another store's name.
        other: String,
        /// What it is there.
        other_name: String,
        /// Its kind there.
        other_kind: &'static str,
    },
}

impl SurveyFault {
    /// Returns a stable word for this fault.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::PrefixOfTwoStores { .. } => "prefix-of-two-stores",
            Self::BatchOfTwoRegisters { .. } => "batch-of-two-registers",
            Self::NameOfTwoCustomers { .. } => "name-of-two-customers",
            Self::NameOfTwoParties { .. } => "name-of-two-parties",
            Self::TenderOfTwoMeanings { .. } => "tender-of-two-meanings",
        }
    }

    /// Returns the store that is named first, by its name or its code; none where no store is named.
    #[must_use]
    pub fn store(&self) -> Option<&str> {
        match self {
            Self::PrefixOfTwoStores { store, .. }
            | Self::BatchOfTwoRegisters { store, .. }
            | Self::NameOfTwoCustomers { store, .. }
            | Self::TenderOfTwoMeanings { store, .. } => Some(store),
            Self::NameOfTwoParties { .. } => None,
        }
    }

    /// Returns whether the company mapping alone puts it right; else the point of sale does.
    #[must_use]
    pub fn is_of_mapping(&self) -> bool {
        match self {
            Self::PrefixOfTwoStores { .. }
            | Self::BatchOfTwoRegisters { .. }
            | Self::NameOfTwoParties { .. } => true,
            Self::NameOfTwoCustomers { .. } | Self::TenderOfTwoMeanings { .. } => false,
        }
    }
}

/// What is worth saying; it stops nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Notice {
    /// P-02: instants at UTC.
    UtcInstants {
        /// The store's name.
        store: String,
        /// Its code.
        code: String,
        /// The earliest such event.
        event: Event,
        /// When it was.
        instant: DateTime<FixedOffset>,
    },
    /// P-02: events that are dated outside their batch's days.
    OutsideTheBatch {
        /// The store's name.
        store: String,
        /// The register.
        register: String,
        /// The batch.
        batch: u64,
        /// The first such event.
        event: Event,
        /// Its date.
        date: NaiveDate,
        /// The business date.
        first: NaiveDate,
        /// The day of closing; none of an open batch.
        last: Option<NaiveDate>,
        /// How many there are.
        count: usize,
    },
    /// D-10: more used of an order's deposit than was paid on it.
    DepositOverused {
        /// The store's name.
        store: String,
        /// The customer order.
        order: u64,
        /// Paid on it.
        paid: Money,
        /// Redeemed or returned.
        used: Money,
    },
    /// D-06: more taken off a gift certificate than was put onto it.
    CertificateOverused {
        /// Its number.
        number: CertificateNumber,
        /// Put onto it.
        paid: Money,
        /// Redeemed, or brought back unused.
        used: Money,
    },
}

impl Notice {
    /// Returns a stable word for this notice.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::UtcInstants { .. } => "utc-instants",
            Self::OutsideTheBatch { .. } => "outside-the-batch",
            Self::DepositOverused { .. } => "deposit-overused",
            Self::CertificateOverused { .. } => "certificate-overused",
        }
    }
}

impl fmt::Display for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UtcInstants { store, code, event, instant } => {
                let at = instant.format("%Y-%m-%dT%H:%M:%SZ");
                write!(
                    f,
                    "{store}: {} is at {at}, which is UTC; no store in the United States lies there, and sales of the evening are dated a day late: export instants with the store's own offset, or say utc of store {code} in the company mapping",
                    event.words()
                )
            }
            Self::OutsideTheBatch { store, register, batch, event, date, first, last, count } => {
                let days = match last {
                    Some(last) if last == first => first.to_string(),
                    Some(last) => format!("{first} to {last}"),
                    None => format!("{first} on"),
                };
                let more = if *count > 1 { format!(", the first of {count}") } else { String::new() };
                write!(
                    f,
                    "{store}, register {register}, batch {batch}: {} is dated {date}{more}, outside the batch's days, {days}; look whether the register's clock and the batch's business date are right",
                    event.words()
                )
            }
            Self::DepositOverused { store, order, paid, used } => write!(
                f,
                "{store}, order {order}: {used} of deposits redeemed or returned, {paid} paid, in all batches that are known here; look for a deposit under another order"
            ),
            Self::CertificateOverused { number, paid, used } => write!(
                f,
                "gift certificate {number}: {used} redeemed or brought back, {paid} put onto it, in all batches that are known here; look whether it was taken twice, or its number mistyped"
            ),
        }
    }
}

impl Survey {
    /// Adds a batch, open or closed.
    pub fn add(&mut self, batch: &Batch, company: &Company) {
        let period = company.on(batch.business_date());
        let store = batch.store();
        let prefix = self.store(store, Some(batch.register()), period);
        let key = (store.code().to_owned(), prefix, batch.number());
        let registers = self.batches.entry(key).or_default();
        if !registers.iter().any(|register| register == batch.register()) {
            registers.push(batch.register().to_owned());
        }
        let item_detail = company.item_detail_of(batch);
        for transaction in batch.transactions() {
            let (event, at) = (Event::Transaction(transaction.number()), transaction.occurred_at());
            self.event(batch, period, event, at);
            transaction.tenders().iter().for_each(|tender| self.tender(batch, tender.tender_type(), period));
            if !item_detail.adds_up(transaction) {
                self.customer(store, transaction.customer(), is_on_account(transaction.tenders()), period);
            }
        }
        for deposit in batch.deposits() {
            self.customer(store, deposit.customer(), is_on_account(deposit.tenders()), period);
            self.event(batch, period, Event::Deposit(deposit.order()), deposit.occurred_at());
            deposit.tenders().iter().for_each(|tender| self.tender(batch, tender.tender_type(), period));
        }
        for payment in batch.account_payments() {
            self.customer(store, Some(payment.customer()), true, period);
            self.event(batch, period, Event::AccountPayment(payment.id()), payment.occurred_at());
            payment.tenders().iter().for_each(|tender| self.tender(batch, tender.tender_type(), period));
        }
        for pay in batch.pay_ins_and_outs() {
            self.event(batch, period, Event::PayInOut(pay.id()), pay.occurred_at());
            self.tender(batch, pay.tender_type(), period);
        }
        for (order, moved) in deposits_of(batch) {
            let deposits = self.deposits.entry((store.code().to_owned(), order));
            let deposits = deposits.or_insert_with(|| OrderDeposits {
                store: store.name().to_owned(),
                ..OrderDeposits::default()
            });
            deposits.moved += moved;
        }
        for (number, moved) in certificates_of(batch) {
            *self.certificates.entry((store.retailer().to_owned(), number)).or_default() += moved;
        }
    }

    /// Adds what batches that are not here moved on the deposit of a customer order, as a posting log knows it. Only orders that
    /// the batches here move are noted: add those first.
    pub fn add_known_deposit(&mut self, store_code: &str, order: u64, moved: Prepaid) {
        if let Some(deposits) = self.deposits.get_mut(&(store_code.to_owned(), order)) {
            deposits.moved += moved;
        }
    }

    /// Returns the gift certificates that the batches here move: the retailer, and the number.
    pub fn certificates(&self) -> impl Iterator<Item = (&str, &CertificateNumber)> {
        self.certificates.keys().map(|(retailer, number)| (retailer.as_str(), number))
    }

    /// Adds what batches that are not here moved on a gift certificate, as a posting log knows it.
    pub fn add_known_certificate(&mut self, retailer: &str, number: &CertificateNumber, moved: Prepaid) {
        if let Some(certificate) = self.certificates.get_mut(&(retailer.to_owned(), number.clone())) {
            *certificate += moved;
        }
    }

    /// Adds a purchase order.
    pub fn add_order(&mut self, order: &PurchaseOrder, company: &Company) {
        let period = company.on(order.date());
        self.store(order.store(), None, period);
        let vendor = period.vendor(order.supplier()).to_owned();
        self.vendors.entry(vendor).or_insert_with(|| order.supplier().to_owned());
    }

    /// Returns everything that must be put right before anything is sent.
    #[must_use]
    pub fn faults(&self) -> Vec<SurveyFault> {
        let mut faults = Vec::new();
        for (prefix, stores) in &self.prefixes {
            let mut stores = stores.iter();
            let Some((code, store)) = stores.next() else { continue };
            faults.extend(stores.map(|(other_code, other)| SurveyFault::PrefixOfTwoStores {
                prefix: prefix.clone(),
                store: store.clone(),
                code: code.clone(),
                other: other.clone(),
                other_code: other_code.clone(),
            }));
        }
        for ((store, prefix, batch), registers) in &self.batches {
            let Some((register, others)) = registers.split_first() else { continue };
            faults.extend(others.iter().map(|other| SurveyFault::BatchOfTwoRegisters {
                store: store.clone(),
                register: register.clone(),
                other: other.clone(),
                batch: *batch,
                prefix: prefix.clone(),
            }));
        }
        let among = usize::from(self.retailers.len() > 1);
        let mut names: BTreeMap<String, Vec<(&CustomerKey, &Named)>> = BTreeMap::new();
        for (customer, named) in &self.customers {
            names.entry(name_key(&named.names[among])).or_default().push((customer, named));
        }
        for customers in names.into_values() {
            let mut customers = customers.into_iter();
            let Some((customer, first)) = customers.next() else { continue };
            let name = &first.names[among];
            faults.extend(customers.map(|(other, second)| SurveyFault::NameOfTwoCustomers {
                name: name.clone(),
                account: first.account.clone(),
                customer: customer.id.clone(),
                store: first.store.clone(),
                other: other.id.clone(),
                other_store: second.store.clone(),
            }));
        }
        faults.extend(self.shared_names());
        for (id, stores) in &self.tenders {
            let mut meanings = stores.values();
            let Some(first) = meanings.next() else { continue };
            let apart =
                |other: &&Meaning| other.kind != first.kind || !is_same_code(&other.name, &first.name);
            faults.extend(meanings.find(apart).map(|other| SurveyFault::TenderOfTwoMeanings {
                id: *id,
                store: first.store.clone(),
                name: first.name.clone(),
                kind: word(first.kind),
                other: other.store.clone(),
                other_name: other.name.clone(),
                other_kind: word(other.kind),
            }));
        }
        faults
    }

    /// Names that a store's customer, a customer and a vendor would have to share. Two customers are asked about elsewhere.
    fn shared_names(&self) -> Vec<SurveyFault> {
        const OTHER_STORE: &str = "map another customer for one of the stores";
        const OTHER_CUSTOMER: &str =
            "map another customer for the store, or write another display_name in the company mapping";
        const OTHER_VENDOR: &str = "map another vendor for the supplier, or another default_vendor";
        let among = usize::from(self.retailers.len() > 1);
        let mut known: BTreeMap<String, String> = BTreeMap::new();
        let mut faults = Vec::new();
        let mut note = |name: &str, whose: String, remedy: &'static str| match known.get(&name_key(name)) {
            Some(one) => {
                let (name, one) = (name.to_owned(), one.clone());
                faults.push(SurveyFault::NameOfTwoParties { name, one, other: whose, remedy });
            }
            None => _ = known.insert(name_key(name), whose),
        };
        for (store, name) in self.store_customers.values() {
            note(name, format!("the customer for sales of {store}"), OTHER_STORE);
        }
        let mut said = BTreeSet::new();
        for named in self.customers.values() {
            // Two customers of one name are a fault of their own.
            if said.insert(name_key(&named.names[among])) {
                let whose = format!("the customer with account number {} of {}", named.account, named.store);
                note(&named.names[among], whose, OTHER_CUSTOMER);
            }
        }
        for (name, supplier) in &self.vendors {
            note(name, format!("the vendor for supplier {supplier}"), OTHER_VENDOR);
        }
        faults
    }

    /// Returns everything worth saying.
    #[must_use]
    pub fn notices(&self) -> Vec<Notice> {
        let utc = self.at_utc.iter().map(|(code, (store, At { event, instant }))| Notice::UtcInstants {
            store: store.clone(),
            code: code.clone(),
            event: *event,
            instant: *instant,
        });
        let outside = self.outside.iter().map(|((_, register, batch), outside)| Notice::OutsideTheBatch {
            store: outside.store.clone(),
            register: register.clone(),
            batch: *batch,
            event: outside.first.event,
            date: outside.date,
            first: outside.days.0,
            last: outside.days.1,
            count: outside.count,
        });
        let overused = self.deposits.iter().filter(|(_, deposits)| deposits.moved.is_overused());
        let overused = overused.map(|((_, order), deposits)| Notice::DepositOverused {
            store: deposits.store.clone(),
            order: *order,
            paid: deposits.moved.paid,
            used: deposits.moved.used,
        });
        // Where nothing is known to have been put onto one, it was sold before, or without its number: that tells nothing.
        let spent = self.certificates.iter();
        let spent = spent.filter(|(_, moved)| moved.paid.is_positive() && moved.is_overused());
        let spent = spent.map(|((_, number), moved)| Notice::CertificateOverused {
            number: number.clone(),
            paid: moved.paid,
            used: moved.used,
        });
        utc.chain(outside).chain(overused).chain(spent).collect()
    }

    /// Notes a store's prefix, and gives it in upper case: numbers are compared without case.
    fn store(&mut self, store: &Store, register: Option<&str>, period: &Period) -> String {
        let prefix = period.prefix(store, register).to_ascii_uppercase();
        let stores = self.prefixes.entry(prefix.clone()).or_default();
        if !stores.contains_key(store.code()) {
            stores.insert(store.code().to_owned(), store.name().to_owned());
        }
        prefix
    }

    fn event(&mut self, batch: &Batch, period: &Period, event: Event, instant: DateTime<FixedOffset>) {
        let store = batch.store();
        if instant.offset().local_minus_utc() == 0 && !period.is_at_utc(store.code()) {
            let at = At { event, instant };
            match self.at_utc.get_mut(store.code()) {
                Some((_, first)) if first.instant <= instant => {}
                Some((_, first)) => *first = at,
                None => _ = self.at_utc.insert(store.code().to_owned(), (store.name().to_owned(), at)),
            }
        }
        let date = period.txn_date(store, instant);
        let (first, last) = match batch.status() {
            BatchStatus::Open => (batch.business_date(), None),
            BatchStatus::Closed(at) => (batch.business_date(), Some(at.date_naive())),
        };
        if date < first || last.is_some_and(|last| date > last) {
            let key = (store.code().to_owned(), batch.register().to_owned(), batch.number());
            let outside = self.outside.entry(key).or_insert_with(|| Outside {
                store: store.name().to_owned(),
                days: (first, last),
                first: At { event, instant },
                date,
                count: 0,
            });
            outside.count += 1;
        }
    }

    /// Notes what a customer would be called. A name that another may have is told apart by the account number behind it.
    /// Notes the party that an event's documents will name.
    fn customer(
        &mut self,
        store: &Store,
        customer: Option<&Arc<Customer>>,
        is_on_account: bool,
        period: &Period,
    ) {
        let Some(customer) = customer.filter(|customer| is_on_account || period.sends(customer)) else {
            let name = period.display_name(Party::Store(store));
            let known = self.store_customers.entry(store.code().to_owned());
            known.or_insert_with(|| (store.name().to_owned(), name));
            return;
        };
        self.retailers.insert(store.retailer().to_owned());
        self.customers.entry(CustomerKey::of(store, customer)).or_insert_with(|| {
            let party = Party::Customer(store, customer);
            let name = |retailers| {
                period.display_name_if_taken(party, retailers).unwrap_or_else(|| period.display_name(party))
            };
            Named {
                account: customer.account_number().to_owned(),
                store: store.name().to_owned(),
                names: [name(Retailers::One), name(Retailers::Several)],
            }
        });
    }

    fn tender(&mut self, batch: &Batch, tender: &TenderType, period: &Period) {
        let store = batch.store();
        if period.has_own_tenders(store.code()) {
            return;
        }
        let stores = self.tenders.entry(tender.id().0).or_default();
        let day = batch.business_date();
        // A type may be renamed in time: what a store calls it last is what it means there.
        match stores.get_mut(store.code()) {
            Some(known) if known.day >= day => {}
            Some(known) if known.name == tender.name() && known.kind == tender.kind() => known.day = day,
            _ => {
                let (name, kind) = (tender.name().to_owned(), tender.kind());
                let meaning = Meaning { store: store.name().to_owned(), day, name, kind };
                stores.insert(store.code().to_owned(), meaning);
            }
        }
    }
}

fn word(kind: TenderKind) -> &'static str {
    match kind {
        TenderKind::Cash => "cash",
        TenderKind::Card => "card",
        TenderKind::Check => "check",
        TenderKind::Other => "other money",
        TenderKind::GiftCertificate => "gift certificate",
        TenderKind::Deposit => "deposit",
        TenderKind::CustomerAccount => "customer account",
    }
}
