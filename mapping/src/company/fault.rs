//! What can be wrong with a company mapping. Nothing has been sent when one of these is returned.

use std::fmt;

use chrono::{DateTime, FixedOffset, NaiveDate};

/// One fault of a company mapping; `field` is its path in the form.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CompanyFault {
    /// Another version of the form.
    #[error("version {found} of the company mapping is unknown; write version 1")]
    UnknownVersion {
        /// The version found.
        found: u32,
    },
    /// A draft that nobody has gone through to its end.
    #[error(
        "to_decide: {} things are left to decide; decide each, and take its line out:\n  {}",
        .open.len(),
        .open.join("\n  ")
    )]
    Undecided {
        /// What is open, in the draft's words.
        open: Vec<String>,
    },
    /// An account name that QuickBooks does not take (docs/quickbooks.md).
    #[error(
        "{field}: {name:?} is no account name; 1 to 100 characters, no colon, quote or control character"
    )]
    AccountName {
        /// The field.
        field: String,
        /// The name.
        name: String,
    },
    /// A vendor name that QuickBooks does not take (docs/quickbooks.md).
    #[error("{field}: {name:?} is no vendor name; 1 to 100 characters, no colon or control character")]
    VendorName {
        /// The field.
        field: String,
        /// The name.
        name: String,
    },
    /// The name of an item, customer, location or class that QuickBooks does not take (docs/quickbooks.md).
    #[error("{field}: {name:?} is no name; 1 to 100 characters, no colon or control character")]
    Name {
        /// The field.
        field: String,
        /// The name.
        name: String,
    },
    /// An id that QuickBooks cannot have given.
    #[error("{field}: {id:?} is no id of QuickBooks'; write the id of the tax code, digits as a rule")]
    TaxCodeId {
        /// The field.
        field: String,
        /// The id.
        id: String,
    },
    /// Two spellings of one code: which one is meant cannot be told.
    #[error(
        "{field}: {code:?} and {other:?} are one code, codes are compared without spaces and case; write one"
    )]
    CodeTwice {
        /// The field.
        field: String,
        /// The code.
        code: String,
        /// The same in another spelling.
        other: String,
    },
    /// A combined tax code that combines nothing.
    #[error("{field}: {rule}; name two or more codes of tax_codes, each of them taxable")]
    TaxCodeSet {
        /// The field.
        field: String,
        /// What is wrong.
        rule: String,
    },
    /// One QuickBooks item with two accounts: an item points to one.
    #[error(
        "{field}: the item {item:?} is mapped to {account:?} and to {other:?}; an item points to one account, name another item for one of them"
    )]
    ItemAccounts {
        /// The field.
        field: String,
        /// The item.
        item: String,
        /// Its account here.
        account: String,
        /// Its account elsewhere.
        other: String,
    },
    /// A POS item mapped to an item of the documents' own.
    #[error("{field}: {item:?} is an item of the documents themselves; give the POS item another one")]
    ReservedItem {
        /// The field.
        field: String,
        /// The item.
        item: String,
    },
    /// A display name that cannot tell customers apart, or that is no template.
    #[error("display_name: {template:?} {rule}")]
    DisplayName {
        /// The template.
        template: String,
        /// What it breaks.
        rule: &'static str,
    },
    /// F-07: two choices of item detail from one instant on.
    #[error("item_detail: two of them {}; write one", Since(.from.as_ref()))]
    ItemDetailTwice {
        /// The instant; none of those that hold before all others.
        from: Option<DateTime<FixedOffset>>,
    },
    /// An opening balance that is no amount of money.
    #[error(
        "opening.{field}: {value:?} is no amount; write dollars and cents of 0.00 or more, like \"120.00\""
    )]
    OpeningAmount {
        /// The field.
        field: &'static str,
        /// What stands there.
        value: String,
    },
    /// An opening date of another century: the entry's number has room for two digits of the year.
    #[error("opening.date: {date} is not from 2000-01-01 to 2099-12-31; write the last day before the start")]
    OpeningDate {
        /// What stands there.
        date: NaiveDate,
    },
    /// Two changes on one date: which one comes last cannot be told.
    #[error("changes: two of them from {from}; write one")]
    ChangeTwice {
        /// The date.
        from: NaiveDate,
    },
    /// A prefix that is not 1 to 8 ASCII letters.
    #[error("store {whose}: the prefix {prefix:?} is not one to eight letters; change it")]
    Prefix {
        /// The store's code; the register, when it is the register's own prefix.
        whose: String,
        /// The prefix.
        prefix: String,
    },
    /// Prefixes of different lengths: one store's numbers could be read as another's.
    #[error(
        "store {whose}: the prefix {prefix:?} is not as long as {other:?}; all prefixes of a company have equal length"
    )]
    PrefixLength {
        /// The store's code; the register, when it is the register's own prefix.
        whose: String,
        /// The prefix.
        prefix: String,
        /// One before it.
        other: String,
    },
    /// Two stores, or registers, with one prefix.
    #[error(
        "store {whose}: the prefix {prefix:?} is taken; give every store, and every register that has one, its own"
    )]
    PrefixShared {
        /// The store's code; the register, when it is the register's own prefix.
        whose: String,
        /// The prefix.
        prefix: String,
    },
    /// A business day that ends in the afternoon.
    #[error("store {store}: the business day ends at {hour}; give an hour from 0 to 12")]
    DayEnd {
        /// The store's code.
        store: String,
        /// The hour.
        hour: u32,
    },
}

struct Since<'a>(Option<&'a DateTime<FixedOffset>>);

impl fmt::Display for Since<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(from) => write!(f, "from {}", from.to_rfc3339()),
            None => f.write_str("without from"),
        }
    }
}

impl CompanyFault {
    /// Returns a stable word for this fault.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::UnknownVersion { .. } => "unknown-mapping-version",
            Self::Undecided { .. } => "undecided",
            Self::AccountName { .. } => "account-name",
            Self::VendorName { .. } => "vendor-name",
            Self::Name { .. } => "name",
            Self::TaxCodeId { .. } => "tax-code-id",
            Self::CodeTwice { .. } => "code-twice",
            Self::TaxCodeSet { .. } => "tax-code-set",
            Self::ItemAccounts { .. } => "item-accounts",
            Self::ReservedItem { .. } => "reserved-item",
            Self::DisplayName { .. } => "display-name",
            Self::ItemDetailTwice { .. } => "item-detail-twice",
            Self::OpeningAmount { .. } => "opening-amount",
            Self::OpeningDate { .. } => "opening-date",
            Self::ChangeTwice { .. } => "change-twice",
            Self::Prefix { .. } => "prefix",
            Self::PrefixLength { .. } => "prefix-length",
            Self::PrefixShared { .. } => "prefix-shared",
            Self::DayEnd { .. } => "day-end",
        }
    }
}
