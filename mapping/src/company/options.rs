//! What a company chooses beyond accounts (F-16): a profile is a preset, each option can be set alone.
//!
//! ```text
//!              direction   display name           limit policy   item detail
//! one way      one way     {retailer}-{account}   post           all              documents only, as a cloud POS posts them
//! two way      two ways    {name}                 hold           all              customers and balances come back
//! ```

use std::collections::BTreeSet;

use chrono::{DateTime, FixedOffset};
use pos_model::{Tender, TenderKind, Transaction};
#[cfg(feature = "schema")]
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::naming::NameOrder;

/// A preset of options (F-16).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
pub enum Profile {
    /// Documents go to QuickBooks; customers are made there at their first use, and nothing comes back.
    #[default]
    OneWay,
    /// Customers, charges and balances go both ways.
    TwoWay,
}

impl Profile {
    /// Returns which way edits of customers go.
    #[must_use]
    pub const fn direction(self) -> Direction {
        match self {
            Self::OneWay => Direction::OneWay,
            Self::TwoWay => Direction::TwoWay,
        }
    }

    /// Returns what a record new to QuickBooks is called.
    #[must_use]
    pub const fn display_name(self) -> &'static str {
        match self {
            Self::OneWay => "{retailer}-{account}",
            Self::TwoWay => "{name}",
        }
    }

    /// Returns what becomes of a charge over the limit.
    #[must_use]
    pub const fn limit_policy(self) -> LimitPolicy {
        match self {
            Self::OneWay => LimitPolicy::Post,
            Self::TwoWay => LimitPolicy::Hold,
        }
    }
}

/// Which way edits of customers go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
pub enum Direction {
    /// None: a plan of customers is empty.
    OneWay,
    /// Both ways.
    TwoWay,
}

/// Whose value stands when a field was changed on both sides (F-14).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
pub enum Preference {
    /// A person is asked.
    #[default]
    Ask,
    /// QuickBooks'.
    #[serde(rename = "quickbooks")]
    QuickBooks,
    /// The point of sale's.
    Pos,
    /// The later one, where the POS keeps an instant for the field and it is later than QuickBooks' record; else a person is
    /// asked. QuickBooks' own instant moves with documents, so that it never proves an edit to be the later one.
    Later,
}

/// What becomes of a charge over the limit once all stores are known (F-11).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
pub enum LimitPolicy {
    /// It is posted, and the report says by how much the limit is exceeded.
    #[default]
    Post,
    /// It waits whole until there is room or a person releases it.
    Hold,
}

/// How much of its receipts a batch sends (F-07). Deposits, payments on account, pay-ins, pay-outs and purchase orders have
/// documents of their own whatever is chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
pub enum ItemDetail {
    /// Every receipt, line by line.
    #[default]
    All,
    /// Receipts that charge or credit an account, line by line; the others added up by day.
    Charges,
    /// Receipts that charge or credit an account, a line for each account and tax code; the others added up by day.
    Summarised,
}

impl ItemDetail {
    /// Returns whether it is the default, which is written nowhere.
    #[must_use]
    pub fn is_all(&self) -> bool {
        *self == Self::All
    }

    /// Returns whether a receipt is added up with others: it neither charges nor credits an account.
    #[must_use]
    pub fn adds_up(self, receipt: &Transaction) -> bool {
        !self.is_all() && !is_on_account(receipt.tenders())
    }

    /// Returns the word that the company mapping has for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Charges => "charges",
            Self::Summarised => "summarised",
        }
    }
}

/// Whether one of these tenders charges or credits the customer's account.
pub(crate) fn is_on_account(tenders: &[Tender]) -> bool {
    tenders.iter().any(|tender| tender.tender_type().kind() == TenderKind::CustomerAccount)
}

/// How much of its receipts a batch sends that closed at an instant or later, until the next one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
pub struct ItemDetailFrom {
    /// From when on, compared with the instant at which a batch was closed; absent in the one that holds before all others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<String>", extend("format" = "date-time")))]
    pub from: Option<DateTime<FixedOffset>>,
    /// How much.
    pub detail: ItemDetail,
}

/// What a company chooses about its customers. What is absent is as the profile says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
pub struct CustomerOptions {
    /// Which way edits of customers go (F-02).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub direction: Option<Direction>,
    /// How `{name}` is written for a record new to QuickBooks (F-09).
    pub name_order: NameOrder,
    /// Whose value stands when a field was changed on both sides (F-14).
    pub conflicts: Preference,
    /// What becomes of a charge over the limit (F-11).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit_policy: Option<LimitPolicy>,
    /// Whether edits of a customer who came from QuickBooks go back there (F-02).
    pub use_new_with_quickbooks: bool,
    /// Whether sub-customers and projects of QuickBooks are added to the point of sale (F-01).
    pub sub_customers: bool,
    /// Only customers of these types are added to the point of sale; all where none is named (F-01).
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub types: BTreeSet<String>,
    /// Whether a record that is inactive in QuickBooks is made active for a charge (F-03).
    pub wake: bool,
    /// Whether the record of a merged or deleted customer is made inactive in QuickBooks once nothing hangs on it (F-08).
    pub retire: bool,
}

impl Default for CustomerOptions {
    fn default() -> Self {
        Self {
            direction: None,
            name_order: NameOrder::default(),
            conflicts: Preference::default(),
            limit_policy: None,
            use_new_with_quickbooks: true,
            sub_customers: false,
            types: BTreeSet::new(),
            wake: false,
            retire: false,
        }
    }
}
