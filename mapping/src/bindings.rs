//! What our keys are bound to: ids of one company in QuickBooks.

use std::collections::BTreeMap;

use pos_model::TenderType;
use qb_model::engine::name_key;
use qb_model::{self as qb, Id, ModelError};

use crate::key::{CustomerKey, StepKey};
use crate::list_entry::{ListEntry, payment_method_name};
use crate::party::Party;
use crate::{ControlAccount, ItemRole};

/// What our keys are bound to in one company.
#[derive(Debug, Clone, Default)]
pub struct Bindings {
    /// Accounts by role.
    pub accounts: BTreeMap<ControlAccount, Id<qb::Account>>,
    /// Items by role; shipping needs none.
    pub items: BTreeMap<ItemRole, Id<qb::Item>>,
    /// The tax code that taxed documents name, when the store's mapping names none.
    pub tax_code: Option<Id<qb::TaxCode>>,
    /// Payment methods by their names, as [`name_key`] writes them: one tender id may have two (P-03).
    pub payment_methods: BTreeMap<String, Id<qb::PaymentMethod>>,
    /// Customer records of stores, by the store's code.
    pub stores: BTreeMap<String, Id<qb::Customer>>,
    /// Records of the point of sale's customers.
    pub customers: BTreeMap<CustomerKey, Id<qb::Customer>>,
    /// Vendors by name.
    pub vendors: BTreeMap<String, Id<qb::Vendor>>,
    /// Ids of posted documents by step.
    pub documents: BTreeMap<StepKey, String>,
    /// Ids of the lines of posted purchase orders by step, in their order; linked bills need them.
    pub order_lines: BTreeMap<StepKey, Vec<String>>,
    /// Locations by name.
    pub locations: BTreeMap<String, Id<qb::Department>>,
    /// Classes by name.
    pub classes: BTreeMap<String, Id<qb::Class>>,
    /// Whether lines carry the class, and not the document as a whole.
    pub is_class_per_line: bool,
    /// The custom field of sales forms that has customers' purchase order numbers (F-05): the id of its definition, and its name.
    pub po_field: Option<(String, String)>,
}

impl Bindings {
    /// Returns the id that a list entry is bound to.
    pub fn id(&self, entry: ListEntry<'_>) -> Option<&str> {
        match entry {
            ListEntry::Account(account) => self.accounts.get(&account).map(Id::as_str),
            ListEntry::Item(item, _) => self.items.get(&item).map(Id::as_str),
            ListEntry::PaymentMethod(tender) | ListEntry::OwnPaymentMethod(tender) => {
                self.payment_method(tender).map(Id::as_str)
            }
            ListEntry::Customer(party) => self.party(party).map(Id::as_str),
            ListEntry::Vendor(name) => self.vendors.get(name).map(Id::as_str),
        }
    }

    /// Returns the payment method of a tender.
    #[must_use]
    pub fn payment_method(&self, tender: &TenderType) -> Option<&Id<qb::PaymentMethod>> {
        self.payment_methods.get(&name_key(&payment_method_name(tender)))
    }

    /// Returns the customer record of a party.
    #[must_use]
    pub fn party(&self, party: Party<'_>) -> Option<&Id<qb::Customer>> {
        match party {
            Party::Store(store) => self.stores.get(store.code()),
            Party::Customer(store, customer) => self.customers.get(&CustomerKey::of(store, customer)),
        }
    }

    /// Binds a list entry. Text that QuickBooks could not have given as an id binds nothing.
    pub fn bind(&mut self, entry: ListEntry<'_>, id: &str) {
        match entry {
            ListEntry::Account(account) => self.accounts.extend(Id::new(id).ok().map(|id| (account, id))),
            ListEntry::Item(item, _) => self.items.extend(Id::new(id).ok().map(|id| (item, id))),
            ListEntry::PaymentMethod(tender) | ListEntry::OwnPaymentMethod(tender) => {
                let name = name_key(&payment_method_name(tender));
                self.payment_methods.extend(Id::new(id).ok().map(|id| (name, id)));
            }
            ListEntry::Customer(Party::Store(store)) => {
                self.stores.extend(Id::new(id).ok().map(|id| (store.code().to_owned(), id)));
            }
            ListEntry::Customer(Party::Customer(store, customer)) => {
                self.customers.extend(Id::new(id).ok().map(|id| (CustomerKey::of(store, customer), id)));
            }
            ListEntry::Vendor(name) => self.vendors.extend(Id::new(id).ok().map(|id| (name.to_owned(), id))),
        }
    }
}

/// Why a step cannot be resolved; nothing was sent.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ResolveError {
    /// What the step needs has not been posted, or failed.
    #[error("{key} is not in QuickBooks yet")]
    Unbound {
        /// The key that is bound to nothing.
        key: String,
    },
    /// A value that the wire cannot carry.
    #[error("a value does not fit on the wire")]
    Unfit(#[from] ModelError),
}

pub(crate) fn account_id(
    account: ControlAccount,
    bindings: &Bindings,
) -> Result<Id<qb::Account>, ResolveError> {
    bindings.accounts.get(&account).cloned().ok_or_else(|| unbound(ListEntry::Account(account)))
}

pub(crate) fn unbound(entry: ListEntry<'_>) -> ResolveError {
    ResolveError::Unbound { key: entry.key().to_string() }
}
