//! Why a batch cannot be planned. Nothing has been sent when one of these is returned.

use std::fmt;

use chrono::NaiveDate;
use pos_model::Money;

use crate::NumberTooLong;

/// Why there is no plan.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PlanError {
    /// P-01: what the register does is not final.
    #[error(
        "store {store}, register {register}, batch {batch} is open; close it with a Z report and export it again"
    )]
    OpenBatch {
        /// Store code.
        store: String,
        /// Register.
        register: String,
        /// Batch number.
        batch: u64,
    },
    /// T-05: it was closed before the company went live; a host leaves it out and counts it.
    #[error("store {store}, {what} was closed before the company's start; it posts nothing")]
    BeforeStart {
        /// Store code.
        store: String,
        /// The batch or purchase order.
        what: String,
    },
    /// Its goods have not been received.
    #[error("store {store}, purchase order {number} is open; receive its goods and close it")]
    OpenPurchaseOrder {
        /// Store code.
        store: String,
        /// Number.
        number: u64,
    },
    /// T-05: the mapping names no opening balances, or no account to move them from.
    #[error("the company mapping has no opening balances with a from_account; there is nothing to post")]
    NoOpening,
    /// Every fault that the rules found.
    #[error("{}", Listing(.0))]
    Faults(Vec<PlanFault>),
}

impl PlanError {
    /// Returns a stable word for this error.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::OpenBatch { .. } => "open-batch",
            Self::BeforeStart { .. } => "before-start",
            Self::OpenPurchaseOrder { .. } => "open-purchase-order",
            Self::NoOpening => "no-opening",
            Self::Faults(_) => "unplannable",
        }
    }
}

struct Listing<'a>(&'a [PlanFault]);

impl fmt::Display for Listing<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, fault) in self.0.iter().enumerate() {
            let separator = if i == 0 { "" } else { "\n" };
            write!(f, "{separator}{fault}")?;
        }
        Ok(())
    }
}

/// `"STATE" and "CITY"`.
fn quoted(codes: &[String]) -> String {
    let mut codes: Vec<String> = codes.iter().map(|code| format!("{code:?}")).collect();
    let last = codes.pop().unwrap_or_default();
    if codes.is_empty() { last } else { format!("{} and {last}", codes.join(", ")) }
}

/// An event that no rule can turn into documents.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PlanFault {
    /// N-12: a number is never cut.
    #[error("{event}, {document}: {cause}")]
    NumberTooLong {
        /// The event, in words.
        event: String,
        /// The kind of document, in words.
        document: String,
        /// The number and its length.
        #[source]
        cause: NumberTooLong,
    },
    /// D-21: the mapping must say whether a code is taxable.
    #[error("{event}, line {line}: tax code {code:?} is not in the company mapping; add it to tax_codes")]
    UnknownTaxCode {
        /// The event, in words.
        event: String,
        /// The line, from 1.
        line: usize,
        /// The POS's tax code.
        code: String,
    },
    /// D-21: QuickBooks takes tax only on taxable lines.
    #[error(
        "{event}, line {line}: {tax} of tax under tax code {code:?}, which the company mapping says is not taxable; map the code as taxable"
    )]
    TaxOnUntaxedCode {
        /// The event, in words.
        event: String,
        /// The line, from 1.
        line: usize,
        /// The POS's tax code.
        code: String,
        /// The till's tax.
        tax: Money,
    },
    /// D-21: a document names one tax code of QuickBooks.
    #[error(
        "{event}: tax under the codes {}, which lead to different tax codes of QuickBooks, and a document names one; map them together in tax_code_sets",
        quoted(codes)
    )]
    TaxCodesApart {
        /// The event, in words.
        event: String,
        /// The POS's tax codes, one for each tax code of QuickBooks'.
        codes: Vec<String>,
    },
    /// D-15: credit on account is paid back in money.
    #[error(
        "{event}: credit on account of {amount} paid back without money; record a sale charged to the account"
    )]
    CreditPaidBackWithoutMoney {
        /// The event, in words.
        event: String,
        /// How much; positive.
        amount: Money,
    },
    /// D-23: more lines than QuickBooks takes, and too few of them may be folded.
    #[error("{event}: {lines} lines after folding, QuickBooks takes {limit}; split it in the point of sale")]
    TooManyLines {
        /// The event, in words.
        event: String,
        /// What is left after merging and folding.
        lines: usize,
        /// What QuickBooks takes.
        limit: usize,
    },
    /// More text on a document's lines than is sent.
    #[error(
        "{event}: {bytes} bytes of text on the lines of a document, {limit} are sent; shorten the lines' texts"
    )]
    DocumentTooLarge {
        /// The event, in words.
        event: String,
        /// Bytes of all lines' texts, each cut as it is sent.
        bytes: usize,
        /// What is sent.
        limit: usize,
    },
    /// D-09: a deposit on account belongs to one customer.
    #[error(
        "{event}: deposits on one order charged to the accounts of several customers in one batch; give the order one customer"
    )]
    DepositOfSeveralCustomers {
        /// The event, in words.
        event: String,
    },
    /// N-15: the number of a summary has two digits for the year.
    #[error(
        "{event}: its receipts are of {day}, and a summary's number has two digits for the year; correct the instants at the till, or choose item_detail all"
    )]
    SummaryDay {
        /// The summary, in words.
        event: String,
        /// The day.
        day: NaiveDate,
    },
    /// D-18: a purchase order with nothing on it at all.
    #[error("{event}: no lines, tax, shipping or fees; leave the purchase order out")]
    EmptyPurchaseOrder {
        /// The order, in words.
        event: String,
    },
}

impl PlanFault {
    /// Returns a stable word for this fault.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NumberTooLong { .. } => "number-too-long",
            Self::UnknownTaxCode { .. } => "unknown-tax-code",
            Self::TaxOnUntaxedCode { .. } => "tax-on-untaxed-code",
            Self::TaxCodesApart { .. } => "tax-codes-apart",
            Self::CreditPaidBackWithoutMoney { .. } => "credit-paid-back-without-money",
            Self::TooManyLines { .. } => "too-many-lines",
            Self::DocumentTooLarge { .. } => "document-too-large",
            Self::DepositOfSeveralCustomers { .. } => "deposit-of-several-customers",
            Self::SummaryDay { .. } => "summary-day",
            Self::EmptyPurchaseOrder { .. } => "empty-purchase-order",
        }
    }
}
