//! What can be wrong with a file, said so that the person at the POS can mend it.

use std::fmt;

use chrono::NaiveDate;

use crate::Money;

/// Why a file was refused. Nothing of it may be planned or sent.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FileError {
    /// The bytes are not UTF-8.
    #[error("byte {position} is not valid UTF-8; export the file as UTF-8")]
    InvalidUtf8 {
        /// How many good bytes come before.
        position: usize,
    },
    /// It is a company mapping.
    #[error(
        "it is a company mapping, no POS file; name it as the mapping, and keep it apart from the POS files"
    )]
    CompanyMapping,
    /// It is a file of customers where one of batches belongs.
    #[error(
        "it is a customer file, no file of batches; name it as the customer file, and keep it apart from the others"
    )]
    CustomerFile,
    /// It is a file of batches where one of customers belongs.
    #[error("it is a file of batches, no customer file; name it as a POS file")]
    PosFile,
    /// Faults of shape: syntax, unknown and missing fields, wrong types; the first twenty of them.
    #[error("{}", Listing(.0))]
    Shape(Vec<ShapeFault>),
    /// Every fault of content.
    #[error("{}", Listing(.0))]
    Content(Vec<Fault>),
}

impl FileError {
    /// Returns a stable word for this error.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::InvalidUtf8 { .. } => "invalid-utf8",
            Self::CompanyMapping => "company-mapping",
            Self::CustomerFile => "customer-file",
            Self::PosFile => "pos-file",
            Self::Shape(_) => "wrong-shape",
            Self::Content(_) => "invalid-content",
        }
    }

    /// Returns the faults of content; empty for the other kinds.
    #[must_use]
    pub fn faults(&self) -> &[Fault] {
        match self {
            Self::Content(faults) => faults,
            _ => &[],
        }
    }
}

/// One fault of shape.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("at {path}: {problem}; write it as {schema} says")]
pub struct ShapeFault {
    /// Where in the file, for example `batches[0].transactions[2].tenders[0].amount`.
    pub path: String,
    /// What the JSON reader says; of the first one with line and column.
    pub problem: String,
    /// The schema of the form, by its path in this repository.
    pub schema: &'static str,
}

struct Listing<'a, T>(&'a [T]);

impl<T: fmt::Display> fmt::Display for Listing<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, fault) in self.0.iter().enumerate() {
            let separator = if i == 0 { "" } else { "\n" };
            write!(f, "{separator}{fault}")?;
        }
        Ok(())
    }
}

/// One fault of content: where, and which rule was broken by which value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {rule}")]
pub struct Fault {
    /// Where.
    pub place: Place,
    /// What.
    pub rule: Rule,
}

impl Fault {
    /// Returns a stable word for the broken rule.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.rule.code()
    }
}

/// Where in a file a fault lies.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Place {
    pub(crate) register: Option<String>,
    pub(crate) batch: Option<u64>,
    pub(crate) event: Option<(&'static str, String)>,
    pub(crate) part: Option<(&'static str, usize)>,
    pub(crate) field: &'static str,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(register) = &self.register {
            write!(f, "register {register}, ")?;
        }
        if let Some(batch) = self.batch {
            write!(f, "batch {batch}, ")?;
        }
        if let Some((word, id)) = &self.event {
            write!(f, "{word} {id}, ")?;
        }
        if let Some((word, index)) = self.part {
            write!(f, "{word} {}, ", index + 1)?;
        }
        f.write_str(self.field)
    }
}

/// The rule that was broken, with the value that broke it and the remedy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
#[allow(missing_docs, reason = "each variant is its message")]
pub enum Rule {
    #[error("version {found} of the file form is unknown; write version 1")]
    UnknownVersion { found: u32 },
    #[error("it is empty; give it a value")]
    Missing,
    #[error("it holds the control character U+{code:04X}; remove it")]
    IllegalCharacter { code: u32 },
    #[error("{text:?} is no identifier; use ASCII letters, digits, '-', '_' and '.' only")]
    IllegalIdentifier { text: String },
    #[error("it has {length} characters, at most {limit} are allowed; shorten it")]
    TooLong { length: usize, limit: usize },
    #[error("it has {length} entries, at most {limit} are allowed; write fewer")]
    TooMany { length: usize, limit: usize },
    #[error("{text:?} is not a decimal number; write it like \"12.50\"")]
    NotADecimal { text: String },
    #[error("{text} has more than two decimals; amounts are whole cents, round where the amount is made")]
    ExcessPrecision { text: String },
    #[error("{text} is beyond 999,999,999.99, the largest amount QuickBooks takes; split it")]
    OutOfRange { text: String },
    #[error("the quantity is 0, so the line is neither sold nor returned; leave the line out")]
    ZeroQuantity,
    #[error(
        "{amount} has not the sign of its quantity {quantity}; a line sold is positive, a line returned negative"
    )]
    WrongSign { amount: Money, quantity: String },
    #[error("a unit price of {text} is negative; returned lines have a negative quantity instead")]
    NegativePrice { text: String },
    #[error(
        "{tax} of tax on a gift certificate; goods are taxed when it is redeemed, so set the tax to 0.00"
    )]
    TaxOnCertificate { tax: Money },
    #[error("a face value on a line that is no gift certificate; remove it")]
    FaceValueOnOtherLine,
    /// The number of a gift certificate on a line that is none.
    #[error("a certificate number on a line that is no gift certificate; remove it")]
    CertificateOnOtherLine,
    #[error(
        "a face value of {face_value} below the amount of {amount}; a certificate is good for what was paid for it, or for more"
    )]
    FaceValueBelowAmount { face_value: Money, amount: Money },
    #[error("tenders total {tenders} but lines and tax total {lines}; correct the tenders or the lines")]
    TendersDoNotFoot { tenders: Money, lines: Money },
    #[error("lines, taxes and tenders add up to more than 999,999,999.99 without their signs; split it")]
    TotalOutOfRange,
    #[error(
        "nothing sold or returned, and no gift certificate, deposit or customer account among its tenders; give it lines or leave it out"
    )]
    NoLines,
    #[error("tender type {id} is not in the file's tender_types; add it there")]
    UnknownTenderType { id: u64 },
    #[error("customer {id:?} is not in the file's customers; add the customer there")]
    UnknownCustomer { id: String },
    #[error("no customer is named, but a customer's account needs one; name the customer")]
    CustomerRequired,
    #[error("tender type {id} is no money; name a money tender")]
    MoneyTenderRequired { id: u64 },
    #[error("tender type {id} is the customer's account, which cannot pay itself; name another tender")]
    AccountTenderRefused { id: u64 },
    #[error("a certificate number on tender type {id}, which is no gift certificate; remove it")]
    CertificateOnOtherTender { id: u64 },
    #[error("tender type {id} is a deposit but names no order; name the order it was paid on")]
    OrderRequired { id: u64 },
    #[error("order {order} on tender type {id}, which is no deposit; remove it")]
    OrderOnOtherTender { order: u64, id: u64 },
    #[error("a deposit of {amount} given to the customer; record it as a deposit paid on its order")]
    DepositGiven { amount: Money },
    #[error("a deposit on order {order} paid from the deposit of the same order; name another tender")]
    DepositPaidFromItself { order: u64 },
    #[error("tax of {order} on the order and of {lines} on its lines; give the one or the other")]
    PurchaseTaxTwice { order: Money, lines: Money },
    #[error("{tax} of tax on a cash rounding; set the tax to 0.00")]
    TaxOnRounding { tax: Money },
    #[error("{amount} is negative; goods sent back to a supplier are no purchase order, leave them out")]
    NegativePurchase { amount: String },
    #[error(
        "a credit limit of {limit} is negative; write 0.00 to allow no debt, or leave it out for no limit"
    )]
    NegativeCreditLimit { limit: Money },
    #[error("it is merged but says not into whom; name the customer that stays")]
    KeeperRequired,
    #[error(
        "it names the customer that it was merged into, but its state is another; set the state to merged, or remove the name"
    )]
    KeeperOfUnmerged,
    #[error("it was merged into itself; name the customer that stays")]
    MergedIntoItself,
    #[error("the merges {ring} lead back to where they began; let one of these customers stay")]
    MergeRing { ring: String },
    #[error(
        "{text:?} is no field that is shared with QuickBooks; write a field of the customer, or custom_fields. and its name"
    )]
    UnknownCustomerField { text: String },
    #[error("the amount is {amount}; it must be more than 0.00, the direction says which way it went")]
    NotPositive { amount: Money },
    #[error("the payment has no tenders; leave it out")]
    NoTenders,
    #[error("a ship-to address on goods that are not shipped; remove it or set fulfilment to shipped")]
    ShipToWithoutShipping,
    #[error("{value} was used before and must be unique; leave the second one out or correct it")]
    Duplicate { value: String },
    #[error("the batch is closed but says not when; give closed_at")]
    ClosedWithoutInstant,
    #[error("it is open but has an instant of closing; remove the instant or set the status to closed")]
    OpenWithInstant,
    #[error("{date} is outside the years 1990 to 2199; correct the date")]
    DateOutOfRange { date: NaiveDate },
    #[error(
        "the Z report says {printed} for tender type {id} but the events say {events}; export the batch again"
    )]
    ZTotalDiffers { id: u64, printed: Money, events: Money },
}

impl Rule {
    /// Returns a stable word for this rule.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::UnknownVersion { .. } => "unknown-version",
            Self::Missing => "missing",
            Self::IllegalCharacter { .. } => "illegal-character",
            Self::IllegalIdentifier { .. } => "illegal-identifier",
            Self::TooLong { .. } => "too-long",
            Self::TooMany { .. } => "too-many",
            Self::NotADecimal { .. } => "not-a-decimal",
            Self::ExcessPrecision { .. } => "excess-precision",
            Self::OutOfRange { .. } => "out-of-range",
            Self::ZeroQuantity => "zero-quantity",
            Self::WrongSign { .. } => "wrong-sign",
            Self::NegativePrice { .. } => "negative-price",
            Self::TaxOnCertificate { .. } => "tax-on-certificate",
            Self::FaceValueOnOtherLine => "face-value-on-other-line",
            Self::CertificateOnOtherLine => "certificate-on-other-line",
            Self::FaceValueBelowAmount { .. } => "face-value-below-amount",
            Self::TendersDoNotFoot { .. } => "tenders-do-not-foot",
            Self::TotalOutOfRange => "total-out-of-range",
            Self::NoLines => "no-lines",
            Self::UnknownTenderType { .. } => "unknown-tender-type",
            Self::UnknownCustomer { .. } => "unknown-customer",
            Self::CustomerRequired => "customer-required",
            Self::MoneyTenderRequired { .. } => "money-tender-required",
            Self::AccountTenderRefused { .. } => "account-tender-refused",
            Self::CertificateOnOtherTender { .. } => "certificate-on-other-tender",
            Self::OrderRequired { .. } => "order-required",
            Self::OrderOnOtherTender { .. } => "order-on-other-tender",
            Self::DepositGiven { .. } => "deposit-given",
            Self::DepositPaidFromItself { .. } => "deposit-paid-from-itself",
            Self::PurchaseTaxTwice { .. } => "purchase-tax-twice",
            Self::TaxOnRounding { .. } => "tax-on-rounding",
            Self::NegativePurchase { .. } => "negative-purchase",
            Self::NegativeCreditLimit { .. } => "negative-credit-limit",
            Self::KeeperRequired => "keeper-required",
            Self::KeeperOfUnmerged => "keeper-of-unmerged",
            Self::MergedIntoItself => "merged-into-itself",
            Self::MergeRing { .. } => "merge-ring",
            Self::UnknownCustomerField { .. } => "unknown-customer-field",
            Self::NotPositive { .. } => "not-positive",
            Self::NoTenders => "no-tenders",
            Self::ShipToWithoutShipping => "ship-to-without-shipping",
            Self::Duplicate { .. } => "duplicate",
            Self::ClosedWithoutInstant => "closed-without-instant",
            Self::OpenWithInstant => "open-with-instant",
            Self::DateOutOfRange { .. } => "date-out-of-range",
            Self::ZTotalDiffers { .. } => "z-total-differs",
        }
    }
}

/// Returns as much of a text as a message bears.
pub(crate) fn excerpt(text: &str) -> String {
    text.chars().take(40).collect()
}
