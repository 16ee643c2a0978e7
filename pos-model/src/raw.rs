//! The file form of a POS export: plain structs, the same names as in the JSON.
//!
//! These say what may be written; nothing here is checked beyond its shape. Rust hosts fill them without JSON and call
//! `PosFile::try_from`. Amounts are decimal text, `"12.50"`, because a JSON number passes through binary floating
//! point in most programs. Instants are RFC 3339 with the store's offset, dates `YYYY-MM-DD`. Unknown fields are
//! refused. The JSON Schemas (`pos_model::raw::schema()` and `customer_file_schema()`, feature `schema`) are generated from
//! these structs.
//!
//! Each struct has a `Default`, so that a host names what it has and goes on compiling when a field is added:
//! `raw::Line { amount, ..raw::Line::default() }`. A default is no valid value: an empty code and a quantity of 0 are refused.

use std::fmt;

use chrono::{DateTime, FixedOffset, NaiveDate};
use serde::{Deserialize, Serialize};

#[cfg(feature = "schema")]
use schemars::JsonSchema;

mod address;
mod customer;
mod decimal_text;
mod form;
mod of_batch;

pub use address::Address;
#[cfg(feature = "schema")]
pub use customer::customer_file_schema;
pub use customer::{Customer, CustomerFile, CustomerState};
pub use decimal_text::DecimalText;
pub use form::VERSION;

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

impl Default for PosFile {
    /// A file of this version that holds nothing yet; store and tender types are still to be named.
    fn default() -> Self {
        Self {
            version: VERSION,
            store: Store::default(),
            tender_types: Vec::new(),
            customers: Vec::new(),
            batches: Vec::new(),
            purchase_orders: Vec::new(),
        }
    }
}

/// A store.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
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

/// A type of tender.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum TenderKind {
    /// Notes and coins, net of change.
    #[default]
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

/// A batch of one register.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum BatchStatus {
    /// Still selling.
    #[default]
    Open,
    /// The Z report has been run.
    Closed,
}

/// What a Z report prints for one type of tender.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ZTotal {
    /// The type's number.
    pub tender_type: u64,
    /// Net of everything in the batch.
    pub amount: DecimalText,
}

/// A transaction.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
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
    /// It is completed, and counts.
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
#[derive(Clone, PartialEq, Default, Serialize, Deserialize)]
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
    /// What a gift certificate is good for when that is more than was paid for it: sold at a discount or given away. The
    /// quantity's sign.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub face_value: Option<DecimalText>,
    /// The number of the gift certificate that is sold or brought back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate: Option<String>,
    /// The till's tax on this line; the quantity's sign.
    #[serde(default)]
    pub tax: DecimalText,
    /// The POS's tax code, for example `TAX` or `NON`.
    pub tax_code: String,
}

/// What a line is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum LineKind {
    /// Goods or a service.
    #[default]
    Item,
    /// The `SHIP` item.
    Shipping,
    /// A gift certificate.
    GiftCertificate,
    /// What rounding the sum to the smallest coin adds (+) or takes off (-).
    CashRounding,
}

/// A tender.
#[derive(Clone, PartialEq, Default, Serialize, Deserialize)]
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
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
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
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
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
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// Into the register.
    #[default]
    PayIn,
    /// Out of the register.
    PayOut,
}

/// A purchase order. A delivery in stages is one order for each stage, each with a number of its own.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum PurchaseOrderStatus {
    /// Still expected.
    #[default]
    Open,
    /// Received.
    Closed,
}

/// Goods received on a purchase order.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
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

impl fmt::Debug for Line {
    /// Without the certificate's number: whoever knows it can spend it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kind, code, description, quantity, unit_price, discount, .. } = self;
        let Self { amount, face_value, certificate: _, tax, tax_code, .. } = self;
        f.debug_struct("Line")
            .field("kind", kind)
            .field("code", code)
            .field("description", description)
            .field("quantity", quantity)
            .field("unit_price", unit_price)
            .field("discount", discount)
            .field("amount", amount)
            .field("face_value", face_value)
            .field("tax", tax)
            .field("tax_code", tax_code)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Tender {
    /// Without the certificate's number: whoever knows it can spend it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { tender_type, amount, certificate: _, order } = self;
        f.debug_struct("Tender")
            .field("type", tender_type)
            .field("amount", amount)
            .field("order", order)
            .finish_non_exhaustive()
    }
}

/// Returns the JSON Schema of [`PosFile`] (P-10).
#[cfg(feature = "schema")]
#[must_use]
pub fn schema() -> schemars::Schema {
    schemars::schema_for!(PosFile)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_s_number_is_not_debugged() {
        let certificate = Some("4711".to_owned());
        let tender = Tender { tender_type: 5, amount: DecimalText::default(), certificate, order: Some(7) };
        let text = format!("{tender:?}");
        assert!(text.starts_with("Tender { type: 5, amount: ") && !text.contains("4711"), "{text}");
        let text = format!("{:?}", Line { certificate: Some("4711".to_owned()), ..Line::default() });
        assert!(text.starts_with("Line { kind: Item, ") && !text.contains("4711"), "{text}");
    }
}
