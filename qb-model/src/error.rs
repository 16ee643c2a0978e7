//! Everything that can go wrong while a wire type is made or read. Nothing here has sent anything.

use crate::kind::EntityKind;

/// Why a wire value could not be made or read. No variant means that anything was posted or not posted: this
/// crate never sends.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ModelError {
    /// An amount beyond the bound of plus or minus 999,999,999.99.
    #[error("amount of {cents} cents is outside -999999999.99 to 999999999.99")]
    AmountOutOfRange {
        /// The refused amount, in cents.
        cents: i128,
    },
    /// A balance of a report beyond the bound of plus or minus 99,999,999,999.99.
    #[error("balance of {cents} cents is outside -99999999999.99 to 99999999999.99")]
    BalanceOutOfRange {
        /// The refused balance, in cents.
        cents: i128,
    },
    /// An amount that is not a plain decimal number.
    #[error("amount {text:?} is not a decimal number")]
    AmountText {
        /// The refused text, at most 40 characters of it.
        text: String,
    },
    /// An amount with a fraction of a cent.
    #[error("amount {text} has more than two decimals; round it to cents first")]
    AmountDecimals {
        /// The refused text.
        text: String,
    },
    /// A quantity, price or rate that a JSON number cannot carry exactly.
    #[error("number {text:?} is not a decimal of at most 15 significant digits")]
    DecimalDigits {
        /// The refused text, at most 40 characters of it.
        text: String,
    },
    /// A quantity and unit price whose product does not round to the line's amount (fault 6070 at QuickBooks).
    #[error("{qty} x {unit_price} does not round to {amount}; leave quantity and unit price out")]
    QuantityTimesPrice {
        /// Quantity offered.
        qty: String,
        /// Unit price offered.
        unit_price: String,
        /// The line's amount.
        amount: String,
    },
    /// An id that QuickBooks cannot have issued.
    #[error("id {text:?} is not 1 to 64 visible ascii characters")]
    Id {
        /// The refused text, at most 40 characters of it.
        text: String,
    },
    /// A field that must be in an answer is not there.
    #[error("{what} has no {field}")]
    Missing {
        /// The entity or report that was read.
        what: &'static str,
        /// Name or path of the field, in Intuit's spelling.
        field: &'static str,
    },
    /// A field of an answer cannot be read.
    #[error("{what} has a {field} that cannot be read")]
    Unreadable {
        /// The entity or report that was read.
        what: &'static str,
        /// Name or path of the field, in Intuit's spelling.
        field: &'static str,
        /// The cause, when there is one.
        #[source]
        source: Option<Box<ModelError>>,
    },
    /// Another report than the one asked for.
    #[error("{what} was asked for, and {found} came")]
    OtherReport {
        /// The report asked for.
        what: &'static str,
        /// The name that came, at most 40 characters of it.
        found: String,
    },
    /// The rows of a report are not what its own total says: rows were left out, or the report is damaged.
    #[error(
        "{what} does not add up: rows of {section} come to {rows}, its own total says {total}; ask again, or for less"
    )]
    DoesNotAddUp {
        /// The report.
        what: &'static str,
        /// The section, mostly an account's name, at most 40 characters of it.
        section: String,
        /// What the rows come to.
        rows: String,
        /// What the total says; `nothing` when there is none.
        total: String,
    },
    /// A member that a change has by itself.
    #[error("a change of {what} has its {member} already; set other members")]
    Reserved {
        /// The kind of record.
        what: &'static str,
        /// The member.
        member: String,
    },
    /// A member that was read and is gone: a sparse change takes none away.
    #[error(
        "{member} of {what} is gone, which a sparse change cannot say; set it to an empty text to empty it"
    )]
    Removed {
        /// The kind of record.
        what: &'static str,
        /// The member, at most 40 characters of it.
        member: String,
    },
    /// A change that would make another record of one.
    #[error("{what} {id} cannot become another record; read that one and change it")]
    OtherRecord {
        /// The kind of record.
        what: &'static str,
        /// The record's id.
        id: String,
    },
    /// A body is not JSON of the expected shape.
    #[error("{what} is not json of the expected shape")]
    Json {
        /// The entity or report that was read.
        what: &'static str,
        /// What serde said.
        #[source]
        source: serde_json::Error,
    },
}

impl ModelError {
    /// Returns a stable kebab word for programs; the text may change, this does not.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::AmountOutOfRange { .. } => "amount-out-of-range",
            Self::BalanceOutOfRange { .. } => "balance-out-of-range",
            Self::AmountText { .. } => "amount-not-a-number",
            Self::AmountDecimals { .. } => "amount-decimals",
            Self::DecimalDigits { .. } => "decimal-digits",
            Self::QuantityTimesPrice { .. } => "quantity-times-price",
            Self::Id { .. } => "invalid-id",
            Self::Missing { .. } => "missing-field",
            Self::Unreadable { .. } => "unreadable-field",
            Self::OtherReport { .. } => "other-report",
            Self::DoesNotAddUp { .. } => "report-does-not-add-up",
            Self::Reserved { .. } => "reserved-member",
            Self::Removed { .. } => "removed-member",
            Self::OtherRecord { .. } => "other-record",
            Self::Json { .. } => "invalid-json",
        }
    }

    pub(crate) fn missing(kind: EntityKind, field: &'static str) -> Self {
        Self::Missing { what: kind.name(), field }
    }

    pub(crate) fn unreadable(what: &'static str, field: &'static str) -> Self {
        Self::Unreadable { what, field, source: None }
    }
}

/// Returns at most 40 characters of a refused text, so that an error stays one readable line.
pub(crate) fn excerpt(text: &str) -> String {
    text.chars().take(40).collect()
}
