//! The form of a customer, and of a file of customers: they change when no batch closes.

use std::collections::BTreeMap;
use std::fmt;

use chrono::{DateTime, FixedOffset};
#[cfg(feature = "schema")]
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::address::Address;
use super::decimal_text::DecimalText;
use super::form::{self, VERSION};

/// One file: customers of a retailer, all of them or those that changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CustomerFile {
    /// The version of this form: 1.
    pub version: u32,
    /// The retailer's account number at the POS company; ids of customers are unique within it.
    pub retailer: String,
    /// The types of customers that the POS knows, by name; a type that a customer has need not stand here.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub customer_types: Vec<String>,
    /// The custom fields that the POS has for customers, by name; one that a customer has need not stand here.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub custom_fields: Vec<String>,
    /// The customers.
    pub customers: Vec<Customer>,
}

impl Default for CustomerFile {
    /// A file of this version that holds nothing yet; the retailer is still to be named.
    fn default() -> Self {
        Self {
            version: VERSION,
            retailer: String::new(),
            customer_types: Vec::new(),
            custom_fields: Vec::new(),
            customers: Vec::new(),
        }
    }
}

/// A customer.
#[derive(Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Customer {
    /// The POS's immutable id, unique within the retailer.
    pub id: String,
    /// The account number shown to people; unique in the file.
    pub account_number: String,
    /// Title, for example `Dr`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Given name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_name: Option<String>,
    /// Family name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_name: Option<String>,
    /// Company.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub company: Option<String>,
    /// E-mail address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Telephone number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// Billing address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<Address>,
    /// Where goods go unless a sale says otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shipping_address: Option<Address>,
    /// The type of customer, by name, for example `Wholesale`.
    #[serde(default, rename = "type", skip_serializing_if = "Option::is_none")]
    pub customer_type: Option<String>,
    /// Custom fields: name and value.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub custom_fields: BTreeMap<String, String>,
    /// Buys without sales tax.
    #[serde(default)]
    pub tax_exempt: bool,
    /// The most the customer may owe, 0.00 or more; none: no limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credit_limit: Option<DecimalText>,
    /// What the customer owes by the POS's account; negative: is owed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub balance: Option<DecimalText>,
    /// Edits of this record go to QuickBooks.
    #[serde(default)]
    pub use_with_quickbooks: bool,
    /// Whether the record is used.
    #[serde(default, skip_serializing_if = "CustomerState::is_active")]
    pub state: CustomerState,
    /// The id of the customer that this one was merged into; required of a merged one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merged_into: Option<String>,
    /// The ids of QuickBooks' records of this customer, as the POS was told them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub quickbooks_ids: Vec<String>,
    /// The POS's own mark of this version of the record; a change that was made from another version is refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stamp: Option<String>,
    /// When fields were last changed, by the field's name here, `custom_fields.` before that of a custom field.
    #[serde(default, deserialize_with = "form::instants", skip_serializing_if = "BTreeMap::is_empty")]
    pub changed_at: BTreeMap<String, DateTime<FixedOffset>>,
}

/// Whether a customer's record is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum CustomerState {
    /// It is in use.
    #[default]
    Active,
    /// Hidden, to be used again perhaps.
    Inactive,
    /// Another customer's record stands for it now.
    Merged,
    /// Deleted; what was sold to the customer stays.
    Deleted,
}

impl CustomerState {
    fn is_active(&self) -> bool {
        *self == Self::Active
    }
}

impl fmt::Debug for Customer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Customer").field("id", &self.id).finish_non_exhaustive()
    }
}

/// Returns the JSON Schema of [`CustomerFile`] (P-10).
#[cfg(feature = "schema")]
#[must_use]
pub fn customer_file_schema() -> schemars::Schema {
    schemars::schema_for!(CustomerFile)
}
