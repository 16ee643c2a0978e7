//! What everything is called, for good: batches, events, customers and steps. Each key is written and read here and
//! nowhere else; the posting log, memos and reports hold the text.
//!
//! ```text
//! BatchKey      boston/7/4                      store, register, batch number
//! EventKey      boston/7/4/transaction-1521022  an event of a batch
//!               boston/7/4/summary-251231       what a batch's receipts of a day come to (F-07)
//!               boston/purchase-order-306063    an event of no batch
//!               boston/opening-251231
//!               .../correction-1                what was posted because the event was changed afterwards (N-16)
//!               .../revision-1                  the event posted again after an undo
//! OriginKey     boston/7/4                      a batch, or an event of none
//!               boston/7/4/correction-1         what was posted because a batch was changed afterwards
//! CustomerKey   1651/1042                       retailer, the point of sale's id
//! StepKey       inv-CLT1521022B4                kind and number of a document
//!               cust-1651/1042, store-boston    kind and name of a list entry
//!               cu-5f0c2a9be1d47730             a change of a customer, by a digest of it
//!               void-inv-CLT1521022B4           an act on a document that stands in QuickBooks
//! ```
//!
//! A slash within a part is written `%2F`, and a per cent sign that would then be read wrongly `%25`; every other text
//! stands as it is, so that the keys of older logs read as they were meant.
//!
//! Room is left for what is to come. A further kind of event is a word of [`Event`]. An event's key has two or four parts, and
//! one more where it is no longer the first posting of the event ([`Edition`]). A step key's first word says its kind. The first
//! logs named a customer without the retailer (`cust-1042`): that is a customer of the log's only retailer.

use std::fmt::{self, Write};
use std::num::NonZeroU32;
use std::str::FromStr;
use std::sync::Arc;

use chrono::NaiveDate;
use pos_model::{Batch, Customer, Store, TenderTypeId};
use qb_model::EntityKind;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::number::{Edition, Number, six_digits};
use crate::{ControlAccount, DocNumber, DocumentKind, ItemRole};

/// A text that is no key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is no key of {what}; it was written by a later version, or changed by hand")]
pub struct KeyError {
    what: &'static str,
    text: String,
}

impl KeyError {
    fn new(what: &'static str, text: &str) -> Self {
        Self { what, text: text.chars().take(80).collect() }
    }
}

/// One register's batch of one store.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BatchKey {
    /// The store's code.
    pub store: String,
    /// The register's name within the store.
    pub register: String,
    /// The batch's number.
    pub number: u64,
}

impl BatchKey {
    /// Returns the key of a batch.
    #[must_use]
    pub fn of(batch: &Batch) -> Self {
        let (store, register) = (batch.store().code().to_owned(), batch.register().to_owned());
        Self { store, register, number: batch.number() }
    }

    /// Returns what people call it: `store boston, register 1, batch 4`.
    #[must_use]
    pub fn words(&self) -> String {
        format!("store {}, register {}, batch {}", self.store, self.register, self.number)
    }
}

impl fmt::Display for BatchKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", Part(&self.store), Part(&self.register), self.number)
    }
}

impl FromStr for BatchKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        let read = || {
            let [store, register, number] = parts(text)?;
            Some(Self { store: unescaped(store)?, register: unescaped(register)?, number: whole(number)? })
        };
        read().ok_or_else(|| KeyError::new("a batch", text))
    }
}

/// What happened at the point of sale, within its store or batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Event {
    /// A transaction, by number.
    Transaction(u64),
    /// The deposits on a customer order, by order number (D-12).
    Deposit(u64),
    /// A payment on account, by header id.
    AccountPayment(u64),
    /// A pay-in or pay-out, by id.
    PayInOut(u64),
    /// A purchase order, by number.
    PurchaseOrder(u64),
    /// The opening balances, by date: 251231 (T-05).
    OpeningEntry(u64),
    /// What receipts of a day come to, by date: 251231 (F-07).
    Summary(u64),
}

impl Event {
    /// Returns the opening balances of a day.
    #[must_use]
    pub fn opening_entry(day: NaiveDate) -> Self {
        Self::OpeningEntry(six_digits(day))
    }

    /// Returns the summary of a day.
    #[must_use]
    pub fn summary(day: NaiveDate) -> Self {
        Self::Summary(six_digits(day))
    }

    /// Returns what people call it: `transaction 12`, `the deposit on order 7`.
    #[must_use]
    pub fn words(self) -> String {
        match self {
            Self::Transaction(number) => format!("transaction {number}"),
            Self::Deposit(order) => format!("the deposit on order {order}"),
            Self::AccountPayment(id) => format!("payment on account {id}"),
            Self::PayInOut(id) => format!("pay-in or pay-out {id}"),
            Self::PurchaseOrder(number) => format!("purchase order {number}"),
            Self::OpeningEntry(_) => "the opening entry".to_owned(),
            Self::Summary(date) => match (Number::Summary { date, batch: 0 }).day() {
                Some(day) => format!("the summary of {day}"),
                None => format!("the summary of day {date:06}"),
            },
        }
    }

    /// Whether it happened in a batch; a store's purchase orders and opening balances did not.
    fn is_of_batch(self) -> bool {
        match self {
            Self::Transaction(_)
            | Self::Deposit(_)
            | Self::AccountPayment(_)
            | Self::PayInOut(_)
            | Self::Summary(_) => true,
            Self::PurchaseOrder(_) | Self::OpeningEntry(_) => false,
        }
    }
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Transaction(number) => write!(f, "transaction-{number}"),
            Self::Deposit(order) => write!(f, "deposit-{order}"),
            Self::PurchaseOrder(number) => write!(f, "purchase-order-{number}"),
            Self::AccountPayment(id) => write!(f, "account-payment-{id}"),
            Self::OpeningEntry(date) => write!(f, "opening-{date:06}"),
            Self::Summary(date) => write!(f, "summary-{date:06}"),
            Self::PayInOut(id) => write!(f, "pay-in-out-{id}"),
        }
    }
}

impl FromStr for Event {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        let read = || {
            let (word, number) = text.rsplit_once('-')?;
            let date = |number: &str| {
                let is_date = number.len() == 6 && number.bytes().all(|b| b.is_ascii_digit());
                if is_date { number.parse().ok() } else { None }
            };
            Some(match word {
                "transaction" => Self::Transaction(whole(number)?),
                "deposit" => Self::Deposit(whole(number)?),
                "purchase-order" => Self::PurchaseOrder(whole(number)?),
                "account-payment" => Self::AccountPayment(whole(number)?),
                "opening" => Self::OpeningEntry(date(number)?),
                "summary" => Self::Summary(date(number)?),
                "pay-in-out" => Self::PayInOut(whole(number)?),
                _ => return None,
            })
        };
        read().ok_or_else(|| KeyError::new("an event", text))
    }
}

/// The full identity of the event behind a document: more than its number says (N-13). [`EventKey`] is the same, owned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Identity<'a> {
    /// Store code.
    pub store: &'a str,
    /// Register and batch number; none of a purchase order.
    pub batch: Option<(&'a str, u64)>,
    /// The event.
    pub event: Event,
    /// Which posting of the event (N-16).
    pub edition: Edition,
}

impl<'a> Identity<'a> {
    /// Returns the identity of an event's first posting.
    #[must_use]
    pub fn first(store: &'a str, batch: Option<(&'a str, u64)>, event: Event) -> Self {
        Self { store, batch, event, edition: Edition::First }
    }

    /// Returns the owned form.
    #[must_use]
    pub fn key(&self) -> EventKey {
        let batch = self.batch.map(|(register, number)| (register.to_owned(), number));
        EventKey { store: self.store.to_owned(), batch, event: self.event, edition: self.edition }
    }
}

impl fmt::Display for Identity<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.batch {
            Some((register, batch)) => {
                write!(f, "{}/{}/{batch}/{}", Part(self.store), Part(register), self.event)
            }
            None => write!(f, "{}/{}", Part(self.store), self.event),
        }?;
        match self.edition {
            Edition::First => Ok(()),
            Edition::Correction(n) => write!(f, "/correction-{n}"),
            Edition::Revision(n) => write!(f, "/revision-{n}"),
        }
    }
}

/// The full identity of an event of a store.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventKey {
    store: String,
    /// Register and number of its batch.
    batch: Option<(String, u64)>,
    event: Event,
    edition: Edition,
}

impl EventKey {
    /// Returns the store's code.
    #[must_use]
    pub fn store(&self) -> &str {
        &self.store
    }

    /// Returns the batch that the event belongs to; none of a purchase order or of the opening balances.
    #[must_use]
    pub fn batch(&self) -> Option<BatchKey> {
        let (register, number) = self.batch.clone()?;
        Some(BatchKey { store: self.store.clone(), register, number })
    }

    /// Returns the event.
    #[must_use]
    pub fn event(&self) -> Event {
        self.event
    }

    /// Returns which posting of the event it is (N-16).
    #[must_use]
    pub fn edition(&self) -> Edition {
        self.edition
    }

    /// Returns the key of another posting of the same event.
    #[must_use]
    pub fn as_edition(&self, edition: Edition) -> Self {
        Self { edition, ..self.clone() }
    }

    /// Returns what people call it: `transaction 12 of store boston, register 1, batch 4`, `correction 1 of transaction 12 of
    /// ...`.
    #[must_use]
    pub fn words(&self) -> String {
        let event = match self.edition {
            Edition::First => self.event.words(),
            Edition::Correction(n) => format!("correction {n} of {}", self.event.words()),
            Edition::Revision(n) => format!("revision {n} of {}", self.event.words()),
        };
        match self.batch() {
            Some(batch) => format!("{event} of {}", batch.words()),
            None => format!("{event} of store {}", self.store),
        }
    }
}

impl fmt::Display for EventKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let batch = self.batch.as_ref().map(|(register, number)| (register.as_str(), *number));
        Identity { store: &self.store, batch, event: self.event, edition: self.edition }.fmt(f)
    }
}

impl FromStr for EventKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        let read = || {
            let edition = |(before, last)| Some((before, edition(last)?));
            let (text, edition) = text.rsplit_once('/').and_then(edition).unwrap_or((text, Edition::First));
            let (store, batch, event) = match parts(text) {
                Some([store, register, number, event]) => {
                    (store, Some((unescaped(register)?, whole(number)?)), event)
                }
                None => parts(text).map(|[store, event]| (store, None, event))?,
            };
            let event: Event = event.parse().ok()?;
            (event.is_of_batch() == batch.is_some()).then_some(Self {
                store: unescaped(store)?,
                batch,
                event,
                edition,
            })
        };
        read().ok_or_else(|| KeyError::new("an event", text))
    }
}

/// The last part of an event's key that is not of its first posting: `correction-1`.
fn edition(text: &str) -> Option<Edition> {
    let (word, n) = text.split_once('-')?;
    let letter = match word {
        "correction" => 'C',
        "revision" => 'V',
        _ => return None,
    };
    Edition::of(letter, whole(n)?)
}

/// What a plan is of: a batch, a purchase order, the opening balances of a company. Exhaustive, as
/// [`Origin`](crate::Origin) is: whoever tells origins apart is led by the compiler to a new one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OriginKey {
    /// A batch.
    Batch(BatchKey),
    /// A purchase order.
    PurchaseOrder {
        /// The store's code.
        store: String,
        /// The order's number.
        number: u64,
    },
    /// A correction of a batch (T-06).
    Correction {
        /// The batch.
        batch: BatchKey,
        /// Which one, from 1.
        n: NonZeroU32,
    },
    /// The opening balances (T-05).
    OpeningEntry {
        /// The code of the store whose prefix the entry's number has.
        store: String,
        /// The entry's date.
        date: NaiveDate,
    },
}

impl OriginKey {
    /// Returns the store's code.
    #[must_use]
    pub fn store(&self) -> &str {
        match self {
            Self::Batch(batch) | Self::Correction { batch, .. } => &batch.store,
            Self::PurchaseOrder { store, .. } | Self::OpeningEntry { store, .. } => store,
        }
    }

    /// Returns what is taken back as a whole (undo): of a correction its batch, any other as it is.
    #[must_use]
    pub fn whole(&self) -> Self {
        match self {
            Self::Correction { batch, .. } => Self::Batch(batch.clone()),
            other => other.clone(),
        }
    }

    /// Returns what an event belongs to; none of opening balances on no day of the calendar.
    #[must_use]
    pub fn of(event: &EventKey) -> Option<Self> {
        let store = event.store.clone();
        Some(match (event.batch(), event.event) {
            (Some(batch), _) => match event.edition {
                Edition::Correction(n) => Self::Correction { batch, n },
                Edition::First | Edition::Revision(_) => Self::Batch(batch),
            },
            (None, Event::PurchaseOrder(number)) => Self::PurchaseOrder { store, number },
            (None, Event::OpeningEntry(date)) => {
                Self::OpeningEntry { store, date: Number::OpeningEntry { date }.day()? }
            }
            (None, _) => return None,
        })
    }
}

impl fmt::Display for OriginKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (store, event) = match self {
            Self::Batch(batch) => return batch.fmt(f),
            Self::Correction { batch, n } => return write!(f, "{batch}/correction-{n}"),
            Self::PurchaseOrder { store, number } => (store, Event::PurchaseOrder(*number)),
            Self::OpeningEntry { store, date } => (store, Event::opening_entry(*date)),
        };
        Identity::first(store, None, event).fmt(f)
    }
}

impl FromStr for OriginKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        let is_first = |event: &EventKey| event.edition == Edition::First;
        let of_no_batch = || text.parse().ok().filter(is_first).as_ref().and_then(Self::of);
        let correction = || {
            let (batch, last) = text.rsplit_once('/')?;
            let Edition::Correction(n) = edition(last)? else { return None };
            Some(Self::Correction { batch: batch.parse().ok()?, n })
        };
        let found = text.parse().ok().map(Self::Batch).or_else(of_no_batch).or_else(correction);
        found.ok_or_else(|| KeyError::new("a batch, purchase order or opening entry", text))
    }
}

/// What a tie-out shows as one: a batch, the opening entry, or all purchase orders of a store.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OriginGroup {
    /// A batch or the opening entry; never a purchase order.
    One(OriginKey),
    /// The purchase orders of a store.
    PurchaseOrders {
        /// The store's code.
        store: String,
    },
}

impl OriginGroup {
    /// Returns the store's code.
    #[must_use]
    pub fn store(&self) -> &str {
        match self {
            Self::One(origin) => origin.store(),
            Self::PurchaseOrders { store } => store,
        }
    }
}

impl From<OriginKey> for OriginGroup {
    fn from(origin: OriginKey) -> Self {
        match origin {
            OriginKey::PurchaseOrder { store, .. } => Self::PurchaseOrders { store },
            one => Self::One(one),
        }
    }
}

impl fmt::Display for OriginGroup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::One(origin) => origin.fmt(f),
            Self::PurchaseOrders { store } => write!(f, "{}/purchase-orders", Part(store)),
        }
    }
}

impl FromStr for OriginGroup {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        if let Some([store, "purchase-orders"]) = parts(text)
            && let Some(store) = unescaped(store)
        {
            return Ok(Self::PurchaseOrders { store });
        }
        text.parse().map(|origin: OriginKey| origin.into())
    }
}

/// A customer of the point of sale: an id is unique within its retailer (P-08).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CustomerKey {
    /// The retailer's account at the point of sale's maker.
    pub retailer: String,
    /// The point of sale's immutable id.
    pub id: String,
}

impl CustomerKey {
    /// Returns the key of a customer of this store's retailer.
    #[must_use]
    pub fn of(store: &Store, customer: &Customer) -> Self {
        Self { retailer: store.retailer().to_owned(), id: customer.id().to_owned() }
    }

    /// Returns what the notes of its record in QuickBooks say, so that the record is known when the log is lost (D-19).
    #[must_use]
    pub fn note(&self) -> String {
        format!("Point of sale: {self}")
    }

    /// Returns the customer whose record has these notes; none when they are not ours, or were written by a version that wrote
    /// the id alone.
    #[must_use]
    pub fn noted(notes: &str) -> Option<Self> {
        let line = notes.lines().find_map(|line| line.trim().strip_prefix("Point of sale: "))?;
        line.split_whitespace().next()?.parse().ok()
    }

    /// Returns whether a record with these notes is this customer's. Earlier versions wrote the id alone.
    #[must_use]
    pub fn is_noted(&self, notes: &str) -> bool {
        notes == self.note() || notes.strip_prefix("Point of sale: cust-") == Some(&self.id)
    }
}

impl fmt::Display for CustomerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", Part(&self.retailer), Part(&self.id))
    }
}

impl FromStr for CustomerKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        let read = || {
            let [retailer, id] = parts(text)?;
            Some(Self { retailer: unescaped(retailer)?, id: unescaped(id)? })
        };
        read().ok_or_else(|| KeyError::new("a customer", text))
    }
}

/// What a step makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum StepKind {
    /// A document.
    Document(DocumentKind),
    /// An account, by its role.
    Account,
    /// An item, by its role or its name.
    Item,
    /// A payment method, by its type of tender.
    PaymentMethod,
    /// The customer record of a store.
    Store,
    /// The record of a customer of the point of sale.
    Customer,
    /// A change of such a record.
    CustomerChange,
    /// A vendor, by its name.
    Vendor,
    /// An act on a document that was posted.
    Act(DocumentAct, DocumentKind),
}

/// What is done to a document that stands in QuickBooks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum DocumentAct {
    /// Its amounts become zero; number and date stay.
    Void,
    /// It is taken away for good.
    Delete,
    /// It is given the fields back that it was posted with.
    Restore,
}

impl DocumentAct {
    const ALL: [Self; 3] = [Self::Void, Self::Delete, Self::Restore];

    /// Returns a stable word for keys and programs: `void`, `delete`, `restore`.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Void => "void",
            Self::Delete => "delete",
            Self::Restore => "restore",
        }
    }
}

impl StepKind {
    const ALL: [Self; 15] = [
        Self::Document(DocumentKind::Invoice),
        Self::Document(DocumentKind::CreditMemo),
        Self::Document(DocumentKind::Expense),
        Self::Document(DocumentKind::Payment),
        Self::Document(DocumentKind::SalesReceipt),
        Self::Document(DocumentKind::PurchaseOrder),
        Self::Document(DocumentKind::Bill),
        Self::Document(DocumentKind::JournalEntry),
        Self::Account,
        Self::Item,
        Self::PaymentMethod,
        Self::Store,
        Self::Customer,
        Self::CustomerChange,
        Self::Vendor,
    ];

    /// Returns QuickBooks' entity.
    #[must_use]
    pub const fn entity(self) -> EntityKind {
        match self {
            Self::Document(kind) | Self::Act(_, kind) => kind.entity(),
            Self::Account => EntityKind::Account,
            Self::Item => EntityKind::Item,
            Self::PaymentMethod => EntityKind::PaymentMethod,
            Self::Store | Self::Customer | Self::CustomerChange => EntityKind::Customer,
            Self::Vendor => EntityKind::Vendor,
        }
    }

    /// Returns its code in reports' JSON: `Invoice`, `Expense`, `CreditMemo`; [`kind_words`](crate::kind_words) says it to people.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Document(kind) | Self::Act(_, kind) => kind.name(),
            Self::Account => "Account",
            Self::Item => "Item",
            Self::PaymentMethod => "PaymentMethod",
            Self::Store | Self::Customer | Self::CustomerChange => "Customer",
            Self::Vendor => "Vendor",
        }
    }

    const fn word(self) -> &'static str {
        match self {
            Self::Document(kind) => kind.short(),
            Self::Account => "acct",
            Self::Item => "item",
            Self::PaymentMethod => "pm",
            Self::Store => "store",
            Self::Customer => "cust",
            Self::CustomerChange => "cu",
            Self::Vendor => "vend",
            Self::Act(act, _) => act.word(),
        }
    }
}

/// The lasting key of a step, the same in every run: `inv-CLT1521022B4`, `cust-1651/1042`. Unique in a company.
///
/// ```
/// use mapping::{DocumentKind, StepKey, StepKind};
/// let key: StepKey = "exp-CL15236T1522870B11".parse()?;
/// assert_eq!(key.kind(), StepKind::Document(DocumentKind::Expense));
/// assert_eq!(key.name(), "CL15236T1522870B11");
/// assert_eq!(key.kind().entity().name(), "Purchase");
/// # Ok::<(), mapping::KeyError>(())
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StepKey {
    // Keys are copied into every table of a run.
    text: Arc<str>,
    kind: StepKind,
}

impl StepKey {
    fn new(kind: StepKind, name: impl fmt::Display) -> Self {
        Self { text: format!("{}-{name}", kind.word()).into(), kind }
    }

    /// Returns the key of a document. Numbers are compared without case (N-13).
    #[must_use]
    pub fn of(kind: DocumentKind, number: &DocNumber) -> Self {
        Self::new(StepKind::Document(kind), number.as_str().to_ascii_uppercase())
    }

    /// Returns the key of a customer's record.
    #[must_use]
    pub fn customer(customer: &CustomerKey) -> Self {
        Self::new(StepKind::Customer, customer)
    }

    /// Returns the customer whose record it is; none of another kind of step, and of a customer that the first logs named
    /// without the retailer ([`StepKey::customer_id`]).
    #[must_use]
    pub fn customer_key(&self) -> Option<CustomerKey> {
        if self.kind == StepKind::Customer { self.name().parse().ok() } else { None }
    }

    /// Returns the id of a customer that one of the first logs named without the retailer.
    #[must_use]
    pub fn customer_id(&self) -> Option<&str> {
        let is_bare = self.kind == StepKind::Customer && !self.name().contains('/');
        is_bare.then(|| self.name())
    }

    /// Returns the key of a change of a customer's record. The first 16 hexadecimal digits of the digest stand for what is changed,
    /// of whom, and from which version.
    #[must_use]
    pub fn customer_change(digest: [u8; 8]) -> Self {
        Self::new(StepKind::CustomerChange, format_args!("{:016x}", u64::from_be_bytes(digest)))
    }

    /// Returns the key of an act on a posted document; none when the key is no document's.
    #[must_use]
    pub fn act(act: DocumentAct, document: &StepKey) -> Option<Self> {
        match document.kind {
            StepKind::Document(kind) => Some(Self::new(StepKind::Act(act, kind), document)),
            _ => None,
        }
    }

    /// Returns the act and the key of the document that it is on; none of a step that makes something.
    #[must_use]
    pub fn acts_on(&self) -> Option<(DocumentAct, StepKey)> {
        match self.kind {
            StepKind::Act(act, kind) => {
                Some((act, Self { text: self.name().into(), kind: StepKind::Document(kind) }))
            }
            _ => None,
        }
    }

    /// Returns the key of the record that stands for a store's sales without a customer.
    #[must_use]
    pub fn store(code: &str) -> Self {
        Self::new(StepKind::Store, code)
    }

    /// Returns the key of a vendor: its name stands for it, as suppliers have no id of QuickBooks' kind.
    #[must_use]
    pub fn vendor(name: &str) -> Self {
        Self::new(StepKind::Vendor, request_key(name))
    }

    /// Returns the key of an item; of a mapped one its name in QuickBooks stands for it.
    #[must_use]
    pub fn item(item: ItemRole, name: &str) -> Self {
        match item {
            ItemRole::Mapped(_) => Self::new(StepKind::Item, request_key(name)),
            item => Self::new(StepKind::Item, item_word(item)),
        }
    }

    /// Returns the key of the account that plays a role.
    #[must_use]
    pub fn account(account: ControlAccount) -> Self {
        Self::new(StepKind::Account, AccountWord(account))
    }

    /// Returns the key of the payment method that stands for a type of tender.
    #[must_use]
    pub fn payment_method(tender: TenderTypeId) -> Self {
        Self::new(StepKind::PaymentMethod, tender)
    }

    /// Returns the key of the payment method of this name, for a store that has tenders of its own (P-03).
    #[must_use]
    pub fn payment_method_named(name: &str) -> Self {
        Self::new(StepKind::PaymentMethod, request_key(name))
    }

    /// Returns what the step makes.
    #[must_use]
    pub fn kind(&self) -> StepKind {
        self.kind
    }

    /// Returns what stands behind the kind: a document's number, a list entry's name.
    #[must_use]
    pub fn name(&self) -> &str {
        self.text.get(self.kind.word().len() + 1..).unwrap_or_default()
    }

    /// Returns the whole text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns what people call it: `Invoice CLT1521022B4`, `customer 1042 of retailer 1651`, `the customer for sales of
    /// store boston`.
    #[must_use]
    pub fn words(&self) -> String {
        let name = self.name();
        match self.kind {
            StepKind::Document(kind) => format!("{} {name}", kind.words()),
            StepKind::Customer => match self.customer_key() {
                Some(CustomerKey { retailer, id }) => format!("customer {id} of retailer {retailer}"),
                None => format!("customer {name}"),
            },
            StepKind::CustomerChange => "a change of a customer".to_owned(),
            StepKind::Store => format!("the customer for sales of store {name}"),
            StepKind::Vendor => "a vendor".to_owned(),
            StepKind::PaymentMethod if name.contains('-') => {
                "the payment method for a store's tender".to_owned()
            }
            StepKind::PaymentMethod => format!("the payment method for tender type {name}"),
            StepKind::Account => match name.split('-').collect::<Vec<_>>()[..] {
                ["at", _, tender] => format!("a store's account for takings of tender type {tender}"),
                ["from", _, tender] => format!("a store's account for refunds of tender type {tender}"),
                _ => format!("the account for {}", name.replace('-', " ")),
            },
            StepKind::Item => format!("the item for {}", name.replace('-', " ")),
            StepKind::Act(act, kind) => {
                let number = name.get(kind.short().len() + 1..).unwrap_or_default();
                format!("{} {} {number}", act.word(), kind.name())
            }
        }
    }
}

impl fmt::Display for StepKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

impl PartialEq<str> for StepKey {
    fn eq(&self, text: &str) -> bool {
        &*self.text == text
    }
}

impl fmt::Debug for StepKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StepKey({:?})", self.text)
    }
}

impl FromStr for StepKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        let read = || {
            let (word, name) = text.split_once('-')?;
            if let Some(act) = DocumentAct::ALL.into_iter().find(|act| act.word() == word) {
                return Self::act(act, &name.parse().ok()?);
            }
            let kind = StepKind::ALL.into_iter().find(|kind| kind.word() == word)?;
            (!name.is_empty()).then(|| Self { text: text.into(), kind })
        };
        read().ok_or_else(|| KeyError::new("a step", text))
    }
}

/// Keys stand in JSON as their text.
macro_rules! json_is_text {
    ($($key:ty),*) => {$(
        impl Serialize for $key {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $key {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    )*};
}

json_is_text!(BatchKey, EventKey, OriginKey, CustomerKey, StepKey);

/// A part of a key, as it is written.
struct Part<'a>(&'a str);

impl fmt::Display for Part<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = self.0;
        while let Some(at) = rest.find(['/', '%']) {
            f.write_str(&rest[..at])?;
            let (found, behind) = rest[at..].split_at(1);
            match found {
                "/" => f.write_str("%2F")?,
                _ if behind.starts_with("2F") || behind.starts_with("25") => f.write_str("%25")?,
                _ => f.write_char('%')?,
            }
            rest = behind;
        }
        f.write_str(rest)
    }
}

/// A part of a key, as it was meant; none of an empty one.
fn unescaped(part: &str) -> Option<String> {
    let mut text = String::with_capacity(part.len());
    let mut rest = part;
    while let Some(at) = rest.find('%') {
        text.push_str(&rest[..at]);
        let behind = &rest[at + 1..];
        let (meant, length) = match behind.get(..2) {
            Some("2F") => ('/', 2),
            Some("25") => ('%', 2),
            _ => ('%', 0),
        };
        text.push(meant);
        rest = &behind[length..];
    }
    text.push_str(rest);
    (!text.is_empty()).then_some(text)
}

/// The parts between slashes, when there are as many as asked for.
fn parts<const N: usize>(text: &str) -> Option<[&str; N]> {
    let parts: Vec<&str> = text.split('/').collect();
    parts.try_into().ok()
}

/// A whole number as it is written: digits alone, no leading zero.
fn whole(text: &str) -> Option<u64> {
    let is_plain = text.bytes().all(|b| b.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    if is_plain { text.parse().ok() } else { None }
}

/// What stands for a name in a request id, which takes 36 plain characters: what of the name is plain, and a checksum of all
/// of it.
fn request_key(name: &str) -> String {
    // QuickBooks' names are the same in upper and lower case.
    let name = qb_model::engine::name_key(name);
    let plain: String = name.chars().filter(char::is_ascii_alphanumeric).take(16).collect();
    // FNV-1a, 32 bits: a name and its key never part, on any machine.
    let checksum =
        name.bytes().fold(0x811c_9dc5_u32, |sum, b| (sum ^ u32::from(b)).wrapping_mul(0x0100_0193));
    format!("{plain}-{checksum:08x}")
}

/// The role of an account in one word.
struct AccountWord(ControlAccount);

impl fmt::Display for AccountWord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            ControlAccount::Sales => "sales",
            ControlAccount::OfItem(index) => return write!(f, "of-item-{index}"),
            ControlAccount::OpeningBalances => "opening-balances",
            ControlAccount::Receivable => "receivable",
            ControlAccount::TillTakings => "till-takings",
            ControlAccount::TakingsOf(tender) => return write!(f, "takings-of-{tender}"),
            ControlAccount::RefundsOf(tender) => return write!(f, "refunds-of-{tender}"),
            ControlAccount::TakingsAt(store, tender) => return write!(f, "at-{store}-{tender}"),
            ControlAccount::RefundsAt(store, tender) => return write!(f, "from-{store}-{tender}"),
            ControlAccount::Vouchers => "vouchers",
            ControlAccount::Deposits => "deposits",
            ControlAccount::DropsAndPayouts => "drops-and-payouts",
            ControlAccount::Purchases => "purchases",
            ControlAccount::PurchasesTax => "purchases-tax",
            ControlAccount::PurchasesShipping => "purchases-shipping",
            ControlAccount::PurchasesOtherFees => "purchases-other-fees",
            ControlAccount::Payable => "payable",
            ControlAccount::Rounding => "rounding",
            ControlAccount::CertificateDiscounts => "certificate-discounts",
            ControlAccount::Shipping => "shipping",
            ControlAccount::SalesTax => "sales-tax",
        })
    }
}

/// The role of an item in one word.
fn item_word(item: ItemRole) -> &'static str {
    match item {
        ItemRole::Goods | ItemRole::Mapped(_) => "goods",
        ItemRole::Voucher => "voucher",
        ItemRole::Deposit => "deposit",
        ItemRole::Rounding => "rounding",
        ItemRole::CertificateDiscount => "certificate-discount",
        ItemRole::DropsAndPayouts => "drops-and-payouts",
        ItemRole::Shipping => "shipping",
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests;
