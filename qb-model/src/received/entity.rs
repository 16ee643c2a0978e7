//! An entity of any kind, and the places of an envelope that hold one or many.
//!
//! Neighbours: the files with the kinds (`sales.rs`, `payments.rs`, `purchases.rs`, `people.rs`, `lists.rs`, `tax.rs`,
//! `company.rs`, `other.rs`); `payload.rs`, whose envelopes hold entities.

use super::field::Slot;
use super::json::{Json, Members};
use super::list::objects;
use super::record::{Record, entity_record};
use super::reference::Anything;
use super::survey::Survey;
use super::{
    Account, Attachable, Bill, BillPayment, Budget, Class, CompanyCurrency, CompanyInfo,
    CreditCardPaymentTxn, CreditMemo, Customer, CustomerType, Department, Deposit, Employee, Estimate,
    ExchangeRate, InventoryAdjustment, Invoice, Item, JournalCode, JournalEntry, MetaData, Payment,
    PaymentMethod, Preferences, Purchase, PurchaseOrder, RefundReceipt, ReimburseCharge, SalesReceipt,
    TaxAgency, TaxCode, TaxPayment, TaxRate, Term, TimeActivity, Transfer, Vendor, VendorCredit,
};
use crate::ids::Id;

entity_record! {
    /// What stands in the place of a record that was deleted.
    Deleted: Anything {}
}

entity_record! {
    /// A record of a kind that has no type here: what every entity has is typed, the rest is in `other`.
    OtherEntity: Anything {}
}

entity_record! {
    /// A template that documents are made from.
    RecurringTransaction: Anything {
        /// The document.
        entity: Option<Entity> = "",
    }
}

/// A kind of entity that has a type here. `query.rows.of::<Invoice>()` and `entity.of::<Invoice>()` find it.
pub trait Kind: Record {
    /// Its name on the wire, `SalesReceipt`.
    const NAME: &'static str;

    /// This kind out of an entity of any.
    fn of(entity: &Entity) -> Option<&Self>;
}

macro_rules! entities {
    ($($kind:ident,)*) => {
        /// An entity of any kind.
        #[derive(Clone, Debug, PartialEq)]
        #[non_exhaustive]
        pub enum Entity {
            $(
                #[doc = concat!("A record under the name `", stringify!($kind), "`.")]
                $kind(Box<$kind>),
            )*
            /// The stub in place of a record that was deleted; the text is the name of its kind.
            Deleted(String, Box<Deleted>),
            /// A record of another kind; the text is its name, blank when it had none.
            Other(String, Box<OtherEntity>),
        }

        $(
            impl Kind for $kind {
                const NAME: &'static str = stringify!($kind);

                fn of(entity: &Entity) -> Option<&Self> {
                    match entity {
                        Entity::$kind(record) => Some(record),
                        _ => None,
                    }
                }
            }
        )*

        /// Every kind with the members that it has fields for.
        const KINDS: &[(&str, &[&str])] = &[$((stringify!($kind), <$kind as Record>::NAMES)),*];

        impl Entity {
            /// Reads an object that stood under a name.
            #[must_use]
            pub fn read(name: &str, members: Members) -> Self {
                if is_deleted(&members) {
                    return Self::Deleted(name.to_owned(), Box::new(Deleted::read_members(members)));
                }
                match name {
                    $(stringify!($kind) => Self::$kind(Box::new($kind::read_members(members))),)*
                    _ => Self::Other(name.to_owned(), Box::new(OtherEntity::read_members(members))),
                }
            }

            /// Returns the name of its kind on the wire; blank when it had none.
            #[must_use]
            pub fn name(&self) -> &str {
                match self {
                    $(Self::$kind(_) => stringify!($kind),)*
                    Self::Deleted(name, _) | Self::Other(name, _) => name,
                }
            }

            /// Writes its members, without the name.
            #[must_use]
            pub fn write_members(&self) -> Members {
                match self {
                    $(Self::$kind(record) => record.write_members(),)*
                    Self::Deleted(_, record) => record.write_members(),
                    Self::Other(_, record) => record.write_members(),
                }
            }

            /// Returns the text of its id; `None` when it has none.
            #[must_use]
            pub fn id(&self) -> Option<&str> {
                match self {
                    $(Self::$kind(record) => record.id.get().map(Id::as_str),)*
                    Self::Deleted(_, record) => record.id.get().map(Id::as_str),
                    Self::Other(_, record) => record.id.get().map(Id::as_str),
                }
            }

            /// Returns its version; `None` when it has none, as the stub of a deleted one.
            #[must_use]
            pub fn sync_token(&self) -> Option<&str> {
                match self {
                    $(Self::$kind(record) => record.sync_token.as_str(),)*
                    Self::Deleted(_, record) => record.sync_token.as_str(),
                    Self::Other(_, record) => record.sync_token.as_str(),
                }
            }

            /// Returns when it was made and changed; `None` when it does not say.
            #[must_use]
            pub fn meta_data(&self) -> Option<&MetaData> {
                match self {
                    $(Self::$kind(record) => record.meta_data.get(),)*
                    Self::Deleted(_, record) => record.meta_data.get(),
                    Self::Other(_, record) => record.meta_data.get(),
                }
            }

            pub(super) fn walk(&self, survey: &mut Survey) {
                match self {
                    $(Self::$kind(record) => record.walk(survey),)*
                    Self::Deleted(_, record) => record.walk(survey),
                    Self::Other(_, record) => record.walk(survey),
                }
            }
        }
    };
}

entities! {
    Account,
    Attachable,
    Bill,
    BillPayment,
    Budget,
    Class,
    CompanyCurrency,
    CompanyInfo,
    CreditCardPaymentTxn,
    CreditMemo,
    Customer,
    CustomerType,
    Department,
    Deposit,
    Employee,
    Estimate,
    ExchangeRate,
    InventoryAdjustment,
    Invoice,
    Item,
    JournalCode,
    JournalEntry,
    Payment,
    PaymentMethod,
    Preferences,
    Purchase,
    PurchaseOrder,
    RecurringTransaction,
    RefundReceipt,
    ReimburseCharge,
    SalesReceipt,
    TaxAgency,
    TaxCode,
    TaxPayment,
    TaxRate,
    Term,
    TimeActivity,
    Transfer,
    Vendor,
    VendorCredit,
}

/// Members that every entity has, and that tell no kind.
const COMMON: [&str; 8] = ["", "Id", "SyncToken", "MetaData", "domain", "sparse", "status", "time"];

fn is_deleted(members: &Members) -> bool {
    matches!(members.get("status"), Some(Json::String(status)) if status.eq_ignore_ascii_case("deleted"))
}

impl Entity {
    /// Returns this entity as one of that kind; `None` when it is of another, or deleted.
    #[must_use]
    pub fn of<K: Kind>(&self) -> Option<&K> {
        K::of(self)
    }

    /// Reads an object that stood under no name, such as the body of a request. The kind is the one that has fields for
    /// most of its members; of several the one whose fields the values fit best, then the one with the fewest fields; none,
    /// when they are members that every kind has. A document and, beside it, such members alone are a template.
    /// Who knows the kind, from the path of the request, reads it with [`Entity::read`].
    ///
    /// # Errors
    /// The members, when no kind has a field for any of them.
    pub fn guess(members: Members) -> Result<Self, Members> {
        let told = |names: &&[&str]| {
            names.iter().filter(|name| !COMMON.contains(name) && members.get(name).is_some()).count()
        };
        let most = KINDS.iter().map(|(_, names)| told(names)).max().unwrap_or_default();
        if most == 0 {
            let marks = || COMMON.iter().filter(|name| !matches!(**name, "" | "time"));
            let is_any = marks().any(|name| members.get(name).is_some());
            let of_any = |name: &str| COMMON.contains(&name);
            let documents =
                members.iter().filter(|(name, json)| is_kind(name) && is_entity(name, json)).count();
            let is_template = documents == 1 && members.iter().filter(|(name, _)| !of_any(name)).count() == 1;
            return match (is_any, is_template) {
                (true, true) => Ok(Self::read(RecurringTransaction::NAME, members)),
                (true, false) => Ok(Self::read("", members)),
                (false, _) => Err(members),
            };
        }
        // Of kinds that know equally many, the one that the values fit; of several, the one with fewest fields.
        let alike: Vec<_> = KINDS.iter().filter(|(_, names)| told(names) == most).collect();
        let kept = |name: &str| {
            let mut survey = Survey::new();
            Self::read(name, members.clone()).walk(&mut survey);
            survey.kept
        };
        let best = match alike.as_slice() {
            [one] => Some(one),
            _ => alike.iter().min_by_key(|(name, names)| (kept(name), names.len())),
        };
        let name = best.map_or("", |(name, _)| name);
        Ok(Self::read(name, members))
    }
}

/// Whether a name is that of a kind which has a type here.
pub(super) fn is_kind(name: &str) -> bool {
    KINDS.iter().any(|(kind, _)| *kind == name)
}

/// Whether a member holds an entity: an object under the name of a kind, or under a name spelled like one.
pub(super) fn is_entity(name: &str, json: &Json) -> bool {
    matches!(json, Json::Object(_)) && (is_kind(name) || is_like_a_kind(name))
}

/// Whether a name is spelled like a kind's: a capital letter first, then letters and digits.
fn is_like_a_kind(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_uppercase())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

impl Slot for Option<Entity> {
    /// Takes a record of a kind that has a type here; without one, any object that is spelled like a kind. What is no
    /// record in such an object (a fault, rows, times) has been taken by the fields above.
    fn take(members: &mut Members, _: &'static str) -> Self {
        let known = members.remove_first(|name, json| is_kind(name) && is_entity(name, json));
        match known.or_else(|| members.remove_first(is_entity))? {
            (name, Json::Object(entity)) => Some(Entity::read(&name, entity)),
            (name, other) => {
                members.insert(name, other);
                None
            }
        }
    }

    fn put(&self, _: &'static str, members: &mut Members) {
        if let Some(entity) = self {
            members.insert(entity.name(), Json::Object(entity.write_members()));
        }
    }

    fn survey(&self, _: &'static str, survey: &mut Survey) {
        if let Some(entity) = self {
            survey.inside(entity.name(), |survey| entity.walk(survey));
        }
    }
}

/// The rows of a query or of changes, by the name of their kind.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rows(Vec<(String, Vec<Entity>)>);

impl Rows {
    /// Returns every row, of every kind.
    pub fn iter(&self) -> impl Iterator<Item = &Entity> {
        self.0.iter().flat_map(|(_, entities)| entities)
    }

    /// Returns the rows of one kind, without deleted ones.
    pub fn of<K: Kind + 'static>(&self) -> impl Iterator<Item = &K> {
        self.iter().filter_map(K::of)
    }

    /// Returns the stubs of deleted records, with the name of their kind.
    pub fn deleted(&self) -> impl Iterator<Item = (&str, &Deleted)> {
        self.iter().filter_map(|entity| match entity {
            Entity::Deleted(name, stub) => Some((name.as_str(), stub.as_ref())),
            _ => None,
        })
    }

    /// Returns how many rows there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.iter().map(|(_, entities)| entities.len()).sum()
    }

    /// Returns whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Whether a member holds rows: a list of objects under the name of a kind, or under a name spelled like one.
pub(super) fn is_rows(name: &str, json: &Json) -> bool {
    let Json::Array(items) = json else { return false };
    let are_objects = items.iter().all(|item| matches!(item, Json::Object(_)));
    are_objects && (is_kind(name) || (is_like_a_kind(name) && !items.is_empty()))
}

impl Slot for Rows {
    fn take(members: &mut Members, _: &'static str) -> Self {
        let mut rows = Vec::new();
        while let Some((name, json)) = members.remove_first(is_rows) {
            match objects(json) {
                Ok(items) => {
                    let entities = items.into_iter().map(|members| Entity::read(&name, members)).collect();
                    rows.push((name, entities));
                }
                // `is_rows` has seen that every item is an object.
                Err(json) => {
                    members.insert(name, json);
                    break;
                }
            }
        }
        Self(rows)
    }

    fn put(&self, _: &'static str, members: &mut Members) {
        for (name, entities) in &self.0 {
            let items = entities.iter().map(|entity| Json::Object(entity.write_members())).collect();
            members.insert(name.clone(), Json::Array(items));
        }
    }

    fn survey(&self, _: &'static str, survey: &mut Survey) {
        for (name, entities) in &self.0 {
            survey.inside(name, |survey| {
                if entities.is_empty() {
                    survey.typed();
                }
                for (place, entity) in entities.iter().enumerate() {
                    survey.item(place, |survey| entity.walk(survey));
                }
            });
        }
    }
}
