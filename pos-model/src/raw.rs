//! The file form of a POS export: plain structs, the same names as in the JSON.
//!
//! These say what may be written; nothing here is checked beyond its shape. Rust hosts fill them without JSON and call
//! `PosFile::try_from`. Amounts are decimal text, `"12.50"`, because a JSON number passes through binary floating
//! point in most programs. Instants are RFC 3339 with the store's offset, dates `YYYY-MM-DD`. Unknown fields are
//! refused. The JSON Schema (`pos_model::raw::schema()`, feature `schema`) is generated from these structs.

use std::fmt;

use chrono::{DateTime, FixedOffset, NaiveDate};
use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

#[cfg(feature = "schema")]
use schemars::JsonSchema;

/// The version of the file form that this crate reads and writes.
pub const VERSION: u32 = 1;

/// One file: a store, its tender types and customers, and some of its batches and purchase orders.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PosFile {
    /// The version of this form: 1.
    pub version: u32,
    /// The store that the batches and purchase orders belong to.
    pub store: Store,
    /// Every type of tender that the batches name.
    pub tender_types: Vec<TenderType>,
    /// Every customer that the batches name.
    #[serde(default)]
    pub customers: Vec<Customer>,
    /// The batches.
    #[serde(default)]
    pub batches: Vec<Batch>,
    /// Purchase orders; they belong to no batch.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub purchase_orders: Vec<PurchaseOrder>,
}

/// A store.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Store {
    /// The POS's own short name, never changed.
    pub code: String,
    /// The name people use; the QuickBooks customer for sales without a customer.
    pub name: String,
    /// The retailer's account number at the POS company.
    pub retailer: String,
    /// Where the store is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<Address>,
}

/// A postal address.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Address {
    /// Street lines, at most five.
    #[serde(default)]
    pub lines: Vec<String>,
    /// City.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub city: Option<String>,
    /// State or province.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// ZIP or postal code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub postal_code: Option<String>,
    /// Country.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
}

/// A type of tender.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct TenderType {
    /// The POS's number of the type.
    pub id: u64,
    /// Its full name.
    pub name: String,
    /// What it does to the books.
    pub kind: TenderKind,
}

/// What a type of tender does to the books.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum TenderKind {
    /// Notes and coins, net of change.
    Cash,
    /// A card terminal.
    Card,
    /// A check.
    Check,
    /// Any other money.
    Other,
    /// A gift certificate.
    GiftCertificate,
    /// A deposit paid before on a customer order.
    Deposit,
    /// The customer's account.
    CustomerAccount,
}

/// A customer.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Customer {
    /// The POS's immutable id.
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
    /// Buys without sales tax.
    #[serde(default)]
    pub tax_exempt: bool,
    /// The most the customer may owe, 0.00 or more; none: no limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credit_limit: Option<DecimalText>,
    /// Edits of this record go to QuickBooks.
    #[serde(default)]
    pub use_with_quickbooks: bool,
}

/// A batch of one register.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Batch {
    /// The register's name within its store.
    pub register: String,
    /// The batch's number.
    pub number: u64,
    /// The day the store calls this batch by.
    #[serde(deserialize_with = "form::day")]
    pub business_date: NaiveDate,
    /// Open or closed.
    pub status: BatchStatus,
    /// When it was closed; required of a closed batch.
    #[serde(default, deserialize_with = "form::instant_or_none", skip_serializing_if = "Option::is_none")]
    pub closed_at: Option<DateTime<FixedOffset>>,
    /// The Z report's totals, each tender type once; when given, they must agree with the events.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub z_totals: Option<Vec<ZTotal>>,
    /// Cash in the drawer at opening; posts nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opening_float: Option<DecimalText>,
    /// Cash counted at closing; posts nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counted_cash: Option<DecimalText>,
    /// Sales, returns and swaps.
    #[serde(default)]
    pub transactions: Vec<Transaction>,
    /// Deposits on customer orders, paid or returned.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub deposits: Vec<Deposit>,
    /// Payments on customers' accounts.
    #[serde(default)]
    pub account_payments: Vec<AccountPayment>,
    /// Money put into the register or taken out of it.
    #[serde(default)]
    pub pay_ins_and_outs: Vec<PayInOut>,
}

/// Open or closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum BatchStatus {
    /// Still selling.
    Open,
    /// The Z report has been run.
    Closed,
}

/// What a Z report prints for one type of tender.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ZTotal {
    /// The type's number.
    pub tender_type: u64,
    /// Net of everything in the batch.
    pub amount: DecimalText,
}

/// A transaction.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Transaction {
    /// Unique within the store.
    pub number: u64,
    /// When it was rung up, with the store's offset.
    #[serde(deserialize_with = "form::instant")]
    pub occurred_at: DateTime<FixedOffset>,
    /// Only a completed transaction posts.
    #[serde(default)]
    pub status: TransactionStatus,
    /// A customer's id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer: Option<String>,
    /// The customer's purchase order number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer_po: Option<String>,
    /// How the goods reach the customer.
    #[serde(default)]
    pub fulfilment: Fulfilment,
    /// The order's address, when shipped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ship_to: Option<Address>,
    /// Lines.
    #[serde(default)]
    pub lines: Vec<Line>,
    /// Tenders.
    #[serde(default)]
    pub tenders: Vec<Tender>,
}

/// What became of a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum TransactionStatus {
    /// It counts.
    #[default]
    Completed,
    /// Taken back before it was completed.
    Voided,
    /// Parked.
    Suspended,
    /// The drawer was opened without a sale.
    NoSale,
}

/// How goods reach the customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Fulfilment {
    /// Taken along from the store.
    #[default]
    InStore,
    /// Ordered and collected in the store.
    Collected,
    /// Sent.
    Shipped,
}

/// A line of a transaction.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// What it is about.
    pub kind: LineKind,
    /// The item's code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// The item's name as printed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Positive when sold, negative when returned.
    pub quantity: DecimalText,
    /// Price of one unit before tax; information.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit_price: Option<DecimalText>,
    /// Discount of the line; information, already taken off the amount.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub discount: Option<DecimalText>,
    /// Before tax, after every discount; the quantity's sign.
    pub amount: DecimalText,
    /// The till's tax on this line; the quantity's sign.
    #[serde(default)]
    pub tax: DecimalText,
    /// The POS's tax code, for example `TAX` or `NON`.
    pub tax_code: String,
}

/// What a line is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum LineKind {
    /// Goods or a service.
    Item,
    /// The `SHIP` item.
    Shipping,
    /// A gift certificate.
    GiftCertificate,
    /// What rounding the sum to the smallest coin adds (+) or takes off (-).
    CashRounding,
}

/// A tender.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Tender {
    /// The number of its type.
    #[serde(rename = "type")]
    pub tender_type: u64,
    /// Positive: taken from the customer. Negative: given to them.
    pub amount: DecimalText,
    /// The number of a gift certificate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate: Option<String>,
    /// The order whose deposit this is; required of a deposit tender.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<u64>,
}

/// A deposit on a customer order, paid or returned.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Deposit {
    /// The POS's id, unique within the store.
    pub id: u64,
    /// When it was paid or returned.
    #[serde(deserialize_with = "form::instant")]
    pub occurred_at: DateTime<FixedOffset>,
    /// The customer order.
    pub order: u64,
    /// The customer's id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer: Option<String>,
    /// Positive: paid. Negative: returned.
    pub tenders: Vec<Tender>,
}

/// A payment on a customer's account.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct AccountPayment {
    /// The POS's header id, unique within the store.
    pub id: u64,
    /// When it was paid.
    #[serde(deserialize_with = "form::instant")]
    pub occurred_at: DateTime<FixedOffset>,
    /// The customer's id; required.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer: Option<String>,
    /// How it was paid.
    pub tenders: Vec<Tender>,
}

/// Money put into the register or taken out of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PayInOut {
    /// The POS's id, unique within the store.
    pub id: u64,
    /// When it happened.
    #[serde(deserialize_with = "form::instant")]
    pub occurred_at: DateTime<FixedOffset>,
    /// Which way.
    pub direction: Direction,
    /// The number of a money tender type.
    pub tender_type: u64,
    /// How much; more than 0.00.
    pub amount: DecimalText,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// Which way money went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// Into the register.
    PayIn,
    /// Out of the register.
    PayOut,
}

/// A purchase order. A delivery in stages is one order for each stage, each with a number of its own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PurchaseOrder {
    /// Unique within the store.
    pub number: u64,
    /// Only a closed one, whose goods have been received, is posted.
    pub status: PurchaseOrderStatus,
    /// Its date; the bill has the same.
    #[serde(deserialize_with = "form::day")]
    pub date: NaiveDate,
    /// When it was closed.
    #[serde(default, deserialize_with = "form::instant_or_none", skip_serializing_if = "Option::is_none")]
    pub closed_at: Option<DateTime<FixedOffset>>,
    /// The POS's id of the supplier.
    pub supplier: String,
    /// Its title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The supplier's own reference.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supplier_reference: Option<String>,
    /// What was received.
    #[serde(default)]
    pub lines: Vec<PurchaseLine>,
    /// Tax of the order as a whole; the lines may carry their own instead.
    #[serde(default)]
    pub tax: DecimalText,
    /// Shipping.
    #[serde(default)]
    pub shipping: DecimalText,
    /// Tax on the shipping.
    #[serde(default)]
    pub shipping_tax: DecimalText,
    /// Other fees.
    #[serde(default)]
    pub other_fees: DecimalText,
}

/// Whether the goods of a purchase order have been received.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum PurchaseOrderStatus {
    /// Still expected.
    Open,
    /// Received.
    Closed,
}

/// Goods received on a purchase order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PurchaseLine {
    /// The item's code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// The item's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// How many were received.
    pub quantity: DecimalText,
    /// What they cost before tax.
    pub amount: DecimalText,
    /// Tax on them.
    #[serde(default)]
    pub tax: DecimalText,
}

/// A decimal number written as text: an optional `-`, digits, and perhaps a point and more digits.
///
/// Text that is no such number is kept as it came, so that it can be reported with every other fault of its file.
#[derive(Clone, PartialEq, Eq)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[cfg_attr(feature = "schema", schemars(with = "String", extend("pattern" = r"^-?[0-9]+(\.[0-9]+)?$", "maxLength" = 31)))]
pub struct DecimalText(Result<Decimal, String>);

impl DecimalText {
    /// What a [`Decimal`] prints at most: a sign, a point and 29 digits.
    const LONGEST: usize = 31;
    /// So many digits always fit 64 bits.
    const SHORT: usize = 18;

    /// The number, or the text that is none.
    ///
    /// # Errors
    /// The text as it came.
    pub fn value(&self) -> Result<Decimal, &str> {
        self.0.as_ref().copied().map_err(String::as_str)
    }

    fn read(text: &str) -> Self {
        let number = if text.len() <= Self::SHORT { read_short(text) } else { read_long(text) };
        Self(number.ok_or_else(|| text.to_owned()))
    }
}

/// A plain number whose digits fit 64 bits.
fn read_short(text: &str) -> Option<Decimal> {
    let (is_negative, digits) = match text.as_bytes() {
        [b'-', digits @ ..] => (true, digits),
        digits => (false, digits),
    };
    let mut number = 0_i64;
    let mut point = None;
    for (i, byte) in digits.iter().enumerate() {
        match byte {
            b'0'..=b'9' => number = number * 10 + i64::from(byte - b'0'),
            b'.' if point.is_none() && i > 0 => point = Some(i),
            _ => return None,
        }
    }
    let decimals = match point {
        Some(point) => digits.len() - point - 1,
        None => 0,
    };
    if digits.is_empty() || (point.is_some() && decimals == 0) {
        return None;
    }
    let number = if is_negative { -number } else { number };
    Decimal::try_new(number, u32::try_from(decimals).ok()?).ok()
}

/// A plain number that a [`Decimal`] holds exactly.
fn read_long(text: &str) -> Option<Decimal> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let is_plain = text.len() <= DecimalText::LONGEST && is_digits(whole) && is_digits(fraction);
    if is_plain { Decimal::from_str_exact(text).ok() } else { None }
}

impl Default for DecimalText {
    fn default() -> Self {
        Self(Ok(Decimal::ZERO))
    }
}

impl From<Decimal> for DecimalText {
    fn from(number: Decimal) -> Self {
        Self(Ok(number))
    }
}

impl From<crate::Money> for DecimalText {
    fn from(amount: crate::Money) -> Self {
        Self(Ok(amount.to_decimal()))
    }
}

impl From<&str> for DecimalText {
    fn from(text: &str) -> Self {
        Self::read(text)
    }
}

impl fmt::Display for DecimalText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Ok(number) => number.fmt(f),
            Err(text) => text.fmt(f),
        }
    }
}

impl fmt::Debug for DecimalText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for DecimalText {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for DecimalText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl serde::de::Visitor<'_> for Text {
            type Value = DecimalText;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a decimal number in quotes, like \"12.50\"")
            }
            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<DecimalText, E> {
                Ok(DecimalText::read(text))
            }
        }
        deserializer.deserialize_str(Text)
    }
}

/// How days and instants are read: only in their one form, and a text of another form is named.
mod form {
    use std::fmt;

    use chrono::{DateTime, FixedOffset, NaiveDate};
    use serde::de::{Error, Unexpected, Visitor};
    use serde::{Deserialize, Deserializer};

    use crate::error::excerpt;

    pub(super) fn day<'de, D: Deserializer<'de>>(from: D) -> Result<NaiveDate, D::Error> {
        from.deserialize_str(DayForm)
    }

    pub(super) fn instant<'de, D: Deserializer<'de>>(from: D) -> Result<DateTime<FixedOffset>, D::Error> {
        from.deserialize_str(InstantForm)
    }

    pub(super) fn instant_or_none<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Option<DateTime<FixedOffset>>, D::Error> {
        Ok(Option::<Instant>::deserialize(from)?.map(|instant| instant.0))
    }

    struct Instant(DateTime<FixedOffset>);

    impl<'de> Deserialize<'de> for Instant {
        fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
            instant(from).map(Self)
        }
    }

    struct DayForm;

    impl Visitor<'_> for DayForm {
        type Value = NaiveDate;
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a day of the calendar in the form \"2026-02-03\"")
        }
        fn visit_str<E: Error>(self, text: &str) -> Result<NaiveDate, E> {
            // The library alone would read "2026-2-3" too.
            let fits = |(i, byte): (usize, u8)| {
                if matches!(i, 4 | 7) { byte == b'-' } else { byte.is_ascii_digit() }
            };
            let is_form = text.len() == 10 && text.bytes().enumerate().all(fits);
            let day = if is_form { text.parse().ok() } else { None };
            day.ok_or_else(|| E::invalid_value(Unexpected::Str(&excerpt(text)), &self))
        }
    }

    struct InstantForm;

    impl Visitor<'_> for InstantForm {
        type Value = DateTime<FixedOffset>;
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an instant with its UTC offset in the form \"2026-02-03T10:15:00-05:00\"")
        }
        fn visit_str<E: Error>(self, text: &str) -> Result<DateTime<FixedOffset>, E> {
            DateTime::parse_from_rfc3339(text)
                .map_err(|_| E::invalid_value(Unexpected::Str(&excerpt(text)), &self))
        }
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Address(..)")
    }
}

impl fmt::Debug for Customer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Customer").field("id", &self.id).finish_non_exhaustive()
    }
}

/// The JSON Schema of [`PosFile`] (P-10).
#[cfg(feature = "schema")]
pub fn schema() -> schemars::Schema {
    schemars::schema_for!(PosFile)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_plain_decimals_and_keeps_everything_else_as_it_came() {
        for (text, number) in
            [("12.50", Decimal::new(1250, 2)), ("-3", Decimal::new(-3, 0)), ("0.005", Decimal::new(5, 3))]
        {
            assert_eq!(DecimalText::from(text).value(), Ok(number), "{text}");
        }
        for text in [
            "",
            "-",
            "NaN",
            "1e5",
            "1,00",
            "1_000",
            "+1",
            " 1",
            "1.",
            ".5",
            "1.2.3",
            "99999999999999999999999999999999",
        ] {
            assert_eq!(DecimalText::from(text).value(), Err(text), "{text}");
        }
    }
}
