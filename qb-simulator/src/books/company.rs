//! One simulated company: its lists, its documents, its ledger, and what holds them together.
//!
//! Everything that changes the books goes through here or through the `documents` modules; no clock
//! and no network. Neighbours: `chart` fills a new company, `handle` answers requests on it.

use std::collections::HashMap;

use chrono::{DateTime, FixedOffset, NaiveDate};
use rust_decimal::Decimal;

use crate::base::clock::meta_time;
use crate::base::fault::{self, Checked};
use crate::base::json::{Json, object, text};
use crate::base::kind::EntityKind;
use crate::books::change_log::ChangeLog;
use crate::books::kept::Kept;
use crate::books::ledger::{Entry, Ledger, Leg};
use crate::books::receivables::Receivables;
use crate::books::records::Record;
use crate::books::replays::Replays;
use crate::books::store::Store;
use crate::books::tax_group::TaxGroup;
use crate::oauth::Grants;
use crate::options::CompanyOptions;

/// What a create needs to know of its request.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Call {
    /// The moment of the request, in the company's offset.
    pub(crate) now: DateTime<FixedOffset>,
    /// `include=allowduplicatedocnum`.
    pub(crate) allow_duplicate_number: bool,
    /// `include=allowautodocnum`: a journal entry without a number gets one.
    pub(crate) auto_number: bool,
    /// The object that an update writes over: it keeps its id and its links, and what it holds already is its own.
    pub(crate) updating: Option<u64>,
}

impl Call {
    /// Returns a call for something new at a moment.
    pub(crate) fn at(now: DateTime<FixedOffset>) -> Call {
        Call { now, allow_duplicate_number: false, auto_number: false, updating: None }
    }

    /// Returns whether a record is another than the one the call writes.
    pub(crate) fn is_other(&self, record: &Record) -> bool {
        self.updating.is_none_or(|id| id != number(&record.id))
    }
}

/// A deleted object, for change data capture.
#[derive(Debug, Clone)]
pub(crate) struct Tombstone {
    pub(crate) kind: EntityKind,
    pub(crate) id: String,
    pub(crate) at: DateTime<FixedOffset>,
}

/// Where names must be unique in any case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum NameSpace {
    /// Customers, vendors and employees share one.
    Names,
    Accounts,
    Items,
    PaymentMethods,
    Classes,
    Departments,
    Terms,
    TaxAgencies,
}

/// The last id given out in each sequence. Ids are never used twice.
#[derive(Debug, Default)]
struct Sequences {
    transactions: u64,
    names: u64,
    accounts: u64,
    items: u64,
    payment_methods: u64,
    classes: u64,
    departments: u64,
    terms: u64,
    taxes: u64,
    addresses: u64,
    sales_numbers: u64,
    journal_numbers: u64,
}

/// A simulated company.
#[derive(Debug)]
pub struct Company {
    pub(crate) options: CompanyOptions,
    pub(crate) created: DateTime<FixedOffset>,
    pub(crate) ledger: Ledger,
    pub(crate) receivables: Receivables,
    pub(crate) payables: Receivables,
    pub(crate) tombstones: Vec<Tombstone>,
    pub(crate) tax_groups: Vec<TaxGroup>,
    pub(crate) replays: Replays,
    pub(crate) grants: Grants,
    pub(crate) began_with: CompanyOptions,
    pub(crate) change_log: ChangeLog,
    pub(crate) answers: u64,
    /// What the object that is being updated holds; nothing at any other time.
    pub(crate) kept: Kept,
    /// Whether the request comes from a person at the company's own screens, who needs no token.
    pub(crate) is_inside: bool,
    /// Whether a person is doing what the API does not: voiding other kinds, taking a deposited payment off an invoice.
    pub(crate) is_person: bool,
    /// Whether a person has confirmed a change in closed books.
    pub(crate) in_closed_books: bool,
    /// Queries show what was created up to here.
    pub(crate) shown_until: Option<DateTime<FixedOffset>>,
    stores: Vec<Store>,
    transactions: HashMap<u64, EntityKind>,
    names: HashMap<(NameSpace, String), String>,
    sequences: Sequences,
}

impl Company {
    /// Returns a company that has nothing yet, with one store for each kind of entity, in the order of the
    /// kinds.
    pub(crate) fn empty(options: CompanyOptions, now: DateTime<FixedOffset>, stores: Vec<Store>) -> Company {
        let grants = Grants::new(&options.credentials, options.oauth, now);
        Company {
            began_with: options.clone(),
            options,
            grants,
            change_log: ChangeLog::default(),
            created: now,
            ledger: Ledger::default(),
            receivables: Receivables::default(),
            payables: Receivables::default(),
            tombstones: Vec::new(),
            tax_groups: Vec::new(),
            replays: Replays::default(),
            answers: 0,
            kept: Kept::default(),
            is_inside: false,
            is_person: false,
            in_closed_books: false,
            shown_until: None,
            stores,
            transactions: HashMap::new(),
            names: HashMap::new(),
            sequences: Sequences { sales_numbers: 1000, taxes: 3, ..Sequences::default() },
        }
    }

    /// Returns the options the company was made with.
    #[must_use]
    pub fn options(&self) -> &CompanyOptions {
        &self.options
    }

    /// Returns the options, for changing what tests switch while a company lives: the OAuth knobs, request
    /// ids, the read lag.
    pub fn options_mut(&mut self) -> &mut CompanyOptions {
        &mut self.options
    }

    /// Returns the ledger.
    #[must_use]
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// Returns the balance, debit positive, of the account with this name; `None` when there is no such
    /// account.
    #[must_use]
    pub fn balance_of(&self, account_name: &str) -> Option<Decimal> {
        let account = self.store(EntityKind::Account).find("Name", account_name).next()?;
        Some(self.ledger.balance(number(&account.id)))
    }

    pub(crate) fn store(&self, kind: EntityKind) -> &Store {
        &self.stores[kind as usize]
    }

    pub(crate) fn store_mut(&mut self, kind: EntityKind) -> &mut Store {
        &mut self.stores[kind as usize]
    }

    /// Returns the next id of an entity's sequence.
    pub(crate) fn next_id(&mut self, kind: EntityKind) -> u64 {
        let sequence = match kind {
            EntityKind::Account => &mut self.sequences.accounts,
            EntityKind::Customer | EntityKind::Vendor | EntityKind::Employee => &mut self.sequences.names,
            EntityKind::Class => &mut self.sequences.classes,
            EntityKind::Department => &mut self.sequences.departments,
            EntityKind::Term => &mut self.sequences.terms,
            EntityKind::TaxCode | EntityKind::TaxRate | EntityKind::TaxAgency => &mut self.sequences.taxes,
            EntityKind::Item => &mut self.sequences.items,
            EntityKind::PaymentMethod => &mut self.sequences.payment_methods,
            _ => &mut self.sequences.transactions,
        };
        *sequence += 1;
        *sequence
    }

    /// Returns the id a create writes to: the updated object's own, else the next.
    pub(crate) fn id_for(&mut self, kind: EntityKind, call: &Call) -> u64 {
        call.updating.unwrap_or_else(|| self.next_id(kind))
    }

    /// Enters a list entry, or writes over it: then with the next SyncToken and the old CreateTime.
    pub(crate) fn enter(&mut self, kind: EntityKind, id: &str, body: Json) {
        match self.store(kind).get(id).map(|record| record.body.clone()) {
            None => self.store_mut(kind).insert(id.to_owned(), body),
            Some(old) => self.store_mut(kind).change(id, |record| {
                *record = body;
                succeed(record, &old);
                record.shrink();
            }),
        }
    }

    /// Returns the next id of an address.
    pub(crate) fn next_address_id(&mut self) -> u64 {
        self.sequences.addresses += 1;
        self.sequences.addresses
    }

    /// Returns the next number of the one series that sales forms share; numbers already in use are passed
    /// over.
    pub(crate) fn next_sales_number(&mut self, kind: EntityKind) -> String {
        loop {
            self.sequences.sales_numbers += 1;
            let number = self.sequences.sales_numbers.to_string();
            if self.store(kind).find("DocNumber", &number).next().is_none() {
                return number;
            }
        }
    }

    /// Returns the next number of journal entries; numbers already in use are passed over.
    pub(crate) fn next_journal_number(&mut self) -> String {
        loop {
            self.sequences.journal_numbers += 1;
            let number = self.sequences.journal_numbers.to_string();
            if self.store(EntityKind::JournalEntry).find("DocNumber", &number).next().is_none() {
                return number;
            }
        }
    }

    /// Returns the id of the holder of a name in any case.
    pub(crate) fn name_holder(&self, space: NameSpace, name: &str) -> Option<&str> {
        self.names.get(&(space, name.to_lowercase())).map(String::as_str)
    }

    /// Returns whether a name belongs to another entry than the one a call writes.
    pub(crate) fn is_name_taken(&self, space: NameSpace, name: &str, call: &Call) -> bool {
        let own = call.updating.map(|id| id.to_string());
        self.name_holder(space, name).is_some_and(|holder| Some(holder) != own.as_deref())
    }

    /// Gives a name back.
    pub(crate) fn release_name(&mut self, space: NameSpace, name: &str) {
        self.names.remove(&(space, name.to_lowercase()));
    }

    /// Gives back every name that an entry holds.
    pub(crate) fn release_names_of(&mut self, space: NameSpace, id: &str) {
        self.names.retain(|(held, _), holder| *held != space || holder != id);
    }

    /// Enters a name.
    pub(crate) fn hold_name(&mut self, space: NameSpace, name: &str, id: &str) {
        self.names.insert((space, name.to_lowercase()), id.to_owned());
    }

    /// Books a checked document: its record, its entry, its place among the transactions.
    pub(crate) fn book(&mut self, kind: EntityKind, id: u64, entry: Entry, body: Json) {
        self.ledger.post(id, entry);
        self.transactions.insert(id, kind);
        self.enter(kind, &id.to_string(), body);
    }

    /// Takes a document out of everything; its id is not given out again.
    pub(crate) fn strike(&mut self, kind: EntityKind, id: u64, now: DateTime<FixedOffset>) {
        self.ledger.remove(id);
        self.receivables.remove(id);
        self.payables.remove(id);
        self.transactions.remove(&id);
        self.store_mut(kind).remove(&id.to_string());
        self.tombstones.push(Tombstone { kind, id: id.to_string(), at: now });
    }

    /// Which entity a transaction id belongs to.
    pub(crate) fn transaction_kind(&self, id: u64) -> Option<EntityKind> {
        self.transactions.get(&id).copied()
    }

    /// Finds what a reference names: 2500 when it is nowhere, 610 when it is inactive, unless the
    /// object that is being updated refers to it already.
    pub(crate) fn active(&self, kind: EntityKind, id: &str) -> Checked<&Record> {
        let list = match kind {
            EntityKind::Account => "Accounts",
            EntityKind::Item => "Items",
            EntityKind::PaymentMethod => "PaymentMethods",
            EntityKind::TaxCode => "TaxCodes",
            EntityKind::Class => "Klasses",
            EntityKind::Department => "Depts",
            EntityKind::Term => "Terms",
            EntityKind::CustomerType => "CustomerTypes",
            _ => "Names",
        };
        let record = self.store(kind).get(id).ok_or_else(|| fault::invalid_reference(list, id))?;
        match record.body.flag("Active") {
            Some(false) if !self.kept.has(kind, id) => Err(fault::made_inactive()),
            _ => Ok(record),
        }
    }

    /// Returns the first active account of a type or a subtype.
    pub(crate) fn account_by(&self, property: &str, value: &str) -> Option<u64> {
        let mut accounts = self.store(EntityKind::Account).find(property, value);
        accounts.find(|record| record.body.flag("Active") != Some(false)).map(|record| number(&record.id))
    }

    /// Refuses a date in closed books: 6210, or 6200.
    pub(crate) fn check_open(&self, date: NaiveDate) -> Checked<()> {
        let choices = &self.options.choices;
        let is_closed = match self.options.book_close_date {
            Some(closed) => date < closed || (date == closed && !choices.closing_date_is_open),
            None => false,
        };
        match is_closed && !self.in_closed_books {
            true if choices.closed_books_are_6200 => Err(fault::account_period_closed()),
            true => Err(fault::period_closed()),
            false => Ok(()),
        }
    }
}

/// Makes a document's entry; legs that do not balance are a defect of the simulator (10000).
pub(crate) fn balanced_entry(date: NaiveDate, legs: Vec<Leg>) -> Checked<Entry> {
    Entry::new(date, legs).map_err(|excess| {
        fault::application_error(format!("simulator defect: debits exceed credits by {excess}"))
    })
}

/// Returns an id as a number; ids that are none count as 0, which no record has.
pub(crate) fn number(id: &str) -> u64 {
    id.parse().unwrap_or(0)
}

/// Returns a reference in an answer.
pub(crate) fn reference(id: &str, name: Option<&str>) -> Json {
    object().with("value", text(id.to_owned())).with_some("name", name.map(|name| text(name.to_owned())))
}

/// Returns the members every object carries: domain, sparse, Id, SyncToken, MetaData.
pub(crate) fn identity(body: Json, id: &str, now: DateTime<FixedOffset>) -> Json {
    let moment = meta_time(now);
    body.with("domain", text("QBO"))
        .with("sparse", Json::Bool(false))
        .with("Id", text(id.to_owned()))
        .with("SyncToken", text("0"))
        .with(
            "MetaData",
            object().with("CreateTime", text(moment.clone())).with("LastUpdatedTime", text(moment)),
        )
}

/// Makes a body the successor of another: the next SyncToken, the same CreateTime, the same links.
fn succeed(body: &mut Json, old: &Json) {
    let token = old.text_of("SyncToken").map_or(0, number) + 1;
    body.set("SyncToken", text(token.to_string()));
    if let (Some(meta), Some(created)) = (body.get_mut("MetaData"), old.path("MetaData.CreateTime")) {
        meta.set("CreateTime", created.clone());
    }
    if let Some(links) = old.get("LinkedTxn") {
        body.set("LinkedTxn", links.clone());
    }
}

/// Raises a record's SyncToken by one and sets its LastUpdatedTime.
pub(crate) fn touch(body: &mut Json, now: DateTime<FixedOffset>) {
    let token = body.text_of("SyncToken").map_or(0, number);
    body.set("SyncToken", text((token + 1).to_string()));
    touch_time(body, now);
}

/// Sets a record's LastUpdatedTime, and leaves its SyncToken alone.
pub(crate) fn touch_time(body: &mut Json, now: DateTime<FixedOffset>) {
    if let Some(meta) = body.get_mut("MetaData") {
        meta.set("LastUpdatedTime", text(meta_time(now)));
    }
}

/// Returns the company's one currency.
pub(crate) fn currency() -> Json {
    object().with("value", text("USD")).with("name", text("United States Dollar"))
}
