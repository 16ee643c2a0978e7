//! The people and companies a store sells to. Everything but the two identifiers is personal data.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use chrono::{DateTime, FixedOffset};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{Address, Money};

/// A valid customer file: customers of one retailer, all of them or those that changed. `read/json.rs` makes one from bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomerFile {
    pub(crate) retailer: String,
    pub(crate) customer_types: Vec<String>,
    pub(crate) custom_fields: Vec<String>,
    pub(crate) customers: Vec<Arc<Customer>>,
}

impl CustomerFile {
    /// Returns the retailer's account number at the POS company: ids of customers are unique within it.
    #[must_use]
    pub fn retailer(&self) -> &str {
        &self.retailer
    }

    /// Returns the names of the types of customers that the POS knows.
    #[must_use]
    pub fn customer_types(&self) -> &[String] {
        &self.customer_types
    }

    /// Returns the names of the custom fields that the POS has for customers.
    #[must_use]
    pub fn custom_fields(&self) -> &[String] {
        &self.custom_fields
    }

    /// Returns the customers, in the file's order. No merges of theirs form a ring.
    #[must_use]
    pub fn customers(&self) -> &[Arc<Customer>] {
        &self.customers
    }
}

/// A customer of the POS (P-08).
#[derive(Clone, PartialEq, Eq)]
pub struct Customer {
    pub(crate) id: String,
    pub(crate) account_number: String,
    pub(crate) name: CustomerName,
    pub(crate) email: Option<String>,
    pub(crate) phone: Option<String>,
    pub(crate) address: Option<Address>,
    pub(crate) shipping_address: Option<Address>,
    pub(crate) customer_type: Option<String>,
    pub(crate) custom_fields: BTreeMap<String, String>,
    pub(crate) tax_exempt: bool,
    pub(crate) credit_limit: Option<Money>,
    pub(crate) balance: Option<Money>,
    pub(crate) use_with_quickbooks: bool,
    pub(crate) state: CustomerState,
    pub(crate) quickbooks_ids: Vec<String>,
    pub(crate) stamp: Option<String>,
    pub(crate) changed_at: BTreeMap<CustomerField, DateTime<FixedOffset>>,
}

/// Whether a customer's record is used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CustomerState {
    /// It is in use.
    Active,
    /// Hidden, to be used again perhaps.
    Inactive,
    /// Another customer's record stands for it now.
    Merged {
        /// The id of the customer that stays.
        into: String,
    },
    /// Deleted: link, balance and events stay.
    Deleted,
}

/// A field that both programs keep of a customer (P-08), and no other is shared.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "the variants are the form's own names")]
pub enum CustomerField {
    Title,
    FirstName,
    LastName,
    Company,
    Email,
    Phone,
    /// Billing address, as one.
    Address,
    /// Shipping address, as one.
    ShippingAddress,
    /// The customer's type, by name.
    Type,
    /// Active or not.
    State,
    /// Comes from QuickBooks and never goes there.
    TaxExempt,
    /// A custom field of this name.
    Custom(String),
}

/// A text that names no shared field.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no field of a customer that is shared with QuickBooks has this name")]
pub struct NoCustomerField;

/// Opens the name of a custom field among those of the others.
const CUSTOM: &str = "custom_fields.";

impl CustomerField {
    /// Every field but the custom ones, with its name in the file form.
    const NAMED: [(Self, &'static str); 11] = [
        (Self::Title, "title"),
        (Self::FirstName, "first_name"),
        (Self::LastName, "last_name"),
        (Self::Company, "company"),
        (Self::Email, "email"),
        (Self::Phone, "phone"),
        (Self::Address, "address"),
        (Self::ShippingAddress, "shipping_address"),
        (Self::Type, "type"),
        (Self::State, "state"),
        (Self::TaxExempt, "tax_exempt"),
    ];
}

impl fmt::Display for CustomerField {
    /// The field's name in the file form: `first_name`, `custom_fields.Birthday`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Custom(name) => write!(f, "{CUSTOM}{name}"),
            named => {
                let found = Self::NAMED.iter().find(|(field, _)| field == named);
                f.write_str(found.map_or("", |(_, name)| name))
            }
        }
    }
}

impl Serialize for CustomerField {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for CustomerField {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from)?.parse().map_err(serde::de::Error::custom)
    }
}

impl FromStr for CustomerField {
    type Err = NoCustomerField;

    fn from_str(text: &str) -> Result<Self, NoCustomerField> {
        if let Some(name) = text.strip_prefix(CUSTOM).filter(|name| !name.is_empty()) {
            return Ok(Self::Custom(name.to_owned()));
        }
        let found = Self::NAMED.iter().find(|(_, name)| *name == text);
        found.map(|(field, _)| field.clone()).ok_or(NoCustomerField)
    }
}

/// What a customer is called; every part may be missing.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct CustomerName {
    /// Title, for example `Dr`.
    pub title: Option<String>,
    /// Given name.
    pub first: Option<String>,
    /// Family name.
    pub last: Option<String>,
    /// Company.
    pub company: Option<String>,
}

impl Customer {
    /// Returns the POS's immutable id: links and keys use it.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Returns the account number shown to people; unique, but it may be edited.
    #[must_use]
    pub fn account_number(&self) -> &str {
        &self.account_number
    }

    /// Returns the customer's names.
    #[must_use]
    pub fn name(&self) -> &CustomerName {
        &self.name
    }

    /// Returns the e-mail address.
    #[must_use]
    pub fn email(&self) -> Option<&str> {
        self.email.as_deref()
    }

    /// Returns the telephone number.
    #[must_use]
    pub fn phone(&self) -> Option<&str> {
        self.phone.as_deref()
    }

    /// Returns the billing address.
    #[must_use]
    pub fn address(&self) -> Option<&Address> {
        self.address.as_ref()
    }

    /// Returns where goods go unless a sale says otherwise.
    #[must_use]
    pub fn shipping_address(&self) -> Option<&Address> {
        self.shipping_address.as_ref()
    }

    /// Returns the name of the customer's type.
    #[must_use]
    pub fn customer_type(&self) -> Option<&str> {
        self.customer_type.as_deref()
    }

    /// Returns the custom fields that have a value, by name.
    #[must_use]
    pub fn custom_fields(&self) -> &BTreeMap<String, String> {
        &self.custom_fields
    }

    /// Returns whether the customer buys without sales tax.
    #[must_use]
    pub fn is_tax_exempt(&self) -> bool {
        self.tax_exempt
    }

    /// Returns the most the customer may owe, 0.00 or more; none when there is no limit. QuickBooks Online has no such
    /// field.
    #[must_use]
    pub fn credit_limit(&self) -> Option<Money> {
        self.credit_limit
    }

    /// Returns whether edits of this record go to QuickBooks (F-02). A charge sends its customer either way.
    #[must_use]
    pub fn is_used_with_quickbooks(&self) -> bool {
        self.use_with_quickbooks
    }

    /// Returns what the customer owes by the POS's account, negative for a credit; none when the file does not say.
    #[must_use]
    pub fn balance(&self) -> Option<Money> {
        self.balance
    }

    /// Returns whether the record is used.
    #[must_use]
    pub fn state(&self) -> &CustomerState {
        &self.state
    }

    /// Returns the id of the customer that this one was merged into.
    #[must_use]
    pub fn merged_into(&self) -> Option<&str> {
        match &self.state {
            CustomerState::Merged { into } => Some(into),
            _ => None,
        }
    }

    /// Returns the ids of QuickBooks' records of this customer, as the POS was told them.
    #[must_use]
    pub fn quickbooks_ids(&self) -> &[String] {
        &self.quickbooks_ids
    }

    /// Returns the POS's own mark of this version of the record.
    #[must_use]
    pub fn stamp(&self) -> Option<&str> {
        self.stamp.as_deref()
    }

    /// Returns when a field was last changed; none where the POS keeps no such instant.
    #[must_use]
    pub fn changed_at(&self, field: &CustomerField) -> Option<DateTime<FixedOffset>> {
        self.changed_at.get(field).copied()
    }

    /// Returns when fields were last changed; empty where the POS keeps no such instants.
    #[must_use]
    pub fn changed_at_all(&self) -> &BTreeMap<CustomerField, DateTime<FixedOffset>> {
        &self.changed_at
    }
}

impl fmt::Debug for Customer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Customer").field("id", &self.id).finish_non_exhaustive()
    }
}

impl fmt::Debug for CustomerName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CustomerName(..)")
    }
}
