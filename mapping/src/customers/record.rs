//! A customer as each side holds it, in the planner's own shape.

use std::collections::BTreeMap;

use chrono::{DateTime, FixedOffset};
use pos_model::raw::Address;
use pos_model::{Customer, CustomerField, CustomerState, Money};
use qb_model::Id;

use super::value::{FieldValue, Fields};
use crate::CustomerKey;

/// The id of a customer's record in QuickBooks.
pub type RecordId = Id<qb_model::Customer>;

/// A customer as the point of sale holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PosRecord {
    /// Retailer and id.
    pub key: CustomerKey,
    /// The account number shown to people.
    pub account_number: String,
    /// The shared fields that have a value.
    pub fields: Fields,
    /// The customer that this one was merged into.
    pub merged_into: Option<CustomerKey>,
    /// Whether it was deleted.
    pub is_deleted: bool,
    /// Whether edits go to QuickBooks (F-02).
    pub use_with_quickbooks: bool,
    /// The most the customer may owe; none: no limit.
    pub credit_limit: Option<Money>,
    /// What the customer owes by the POS's account; none when it does not say.
    pub balance: Option<Money>,
    /// The ids of QuickBooks' records, as the POS was told them.
    pub quickbooks_ids: Vec<RecordId>,
    /// The POS's mark of this version.
    pub stamp: Option<String>,
    /// When fields were last changed, where the POS keeps it.
    pub changed_at: BTreeMap<CustomerField, DateTime<FixedOffset>>,
}

impl PosRecord {
    /// Returns a customer of a retailer in the planner's shape.
    pub fn of(retailer: &str, customer: &Customer) -> Self {
        let key = |id: &str| CustomerKey { retailer: retailer.to_owned(), id: id.to_owned() };
        let mut fields = Fields::default();
        let name = customer.name();
        for (field, text) in [
            (CustomerField::Title, name.title.as_deref()),
            (CustomerField::FirstName, name.first.as_deref()),
            (CustomerField::LastName, name.last.as_deref()),
            (CustomerField::Company, name.company.as_deref()),
            (CustomerField::Email, customer.email()),
            (CustomerField::Phone, customer.phone()),
            (CustomerField::Type, customer.customer_type()),
        ] {
            fields.set_text(field, text);
        }
        for (name, value) in customer.custom_fields() {
            fields.set_text(CustomerField::Custom(name.clone()), Some(value));
        }
        fields.set(CustomerField::Address, customer.address().map(address));
        fields.set(CustomerField::ShippingAddress, customer.shipping_address().map(address));
        let is_active = *customer.state() == CustomerState::Active;
        fields.set(CustomerField::State, Some(FieldValue::Flag(is_active)));
        fields.set(CustomerField::TaxExempt, Some(FieldValue::Flag(customer.is_tax_exempt())));
        Self {
            key: key(customer.id()),
            account_number: customer.account_number().to_owned(),
            fields,
            merged_into: customer.merged_into().map(key),
            is_deleted: *customer.state() == CustomerState::Deleted,
            use_with_quickbooks: customer.is_used_with_quickbooks(),
            credit_limit: customer.credit_limit(),
            balance: customer.balance(),
            quickbooks_ids: customer.quickbooks_ids().iter().filter_map(|id| Id::new(id).ok()).collect(),
            stamp: customer.stamp().map(str::to_owned),
            changed_at: customer.changed_at_all().clone(),
        }
    }

    /// Returns whether it is in use.
    #[must_use]
    pub fn is_active(&self) -> bool {
        self.fields.flag(&CustomerField::State)
    }
}

fn address(address: &pos_model::Address) -> FieldValue {
    let pos_model::Address { lines, city, region, postal_code, country } = address.clone();
    FieldValue::Address(Address { lines, city, region, postal_code, country })
}

/// A customer as QuickBooks holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuickBooksRecord {
    /// Its id.
    pub id: RecordId,
    /// The version that an update must name; none when the record was not read in this exchange.
    pub sync_token: Option<String>,
    /// The name that everything else goes by there; shown at the POS, never changed by an exchange.
    pub display_name: String,
    /// The shared fields that have a value.
    pub fields: Fields,
    /// The customer above, of a sub-customer or project.
    pub parent: Option<RecordId>,
    /// Our key, where its notes carry it.
    pub our_key: Option<CustomerKey>,
    /// Its currency, where the company has several.
    pub currency: Option<String>,
    /// What it owes with everything below it; none when the answer does not say.
    pub balance_with_jobs: Option<Money>,
    /// When it was last changed; documents move it too.
    pub changed_at: Option<DateTime<FixedOffset>>,
}

impl QuickBooksRecord {
    /// Returns whether it is in use.
    #[must_use]
    pub fn is_active(&self) -> bool {
        self.fields.flag(&CustomerField::State)
    }
}
