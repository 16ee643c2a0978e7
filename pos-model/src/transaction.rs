//! A transaction: what was sold and returned at once, and how it was paid.

use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, FixedOffset};

use crate::{Address, Customer, Money, Quantity, Tender, UnitPrice};

/// A completed transaction (P-02). Its tenders add up to its lines and their tax, to the cent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transaction {
    pub(crate) number: u64,
    pub(crate) occurred_at: DateTime<FixedOffset>,
    pub(crate) customer: Option<Arc<Customer>>,
    pub(crate) customer_po: Option<String>,
    pub(crate) fulfilment: Fulfilment,
    pub(crate) lines: Vec<Line>,
    pub(crate) tenders: Vec<Tender>,
}

impl Transaction {
    /// Returns the number, unique within the store, across its registers (N-13).
    #[must_use]
    pub fn number(&self) -> u64 {
        self.number
    }

    /// Returns when it was rung up, with the store's UTC offset of that moment: its local date needs no zone database.
    #[must_use]
    pub fn occurred_at(&self) -> DateTime<FixedOffset> {
        self.occurred_at
    }

    /// Returns the customer set at the till, if any.
    #[must_use]
    pub fn customer(&self) -> Option<&Arc<Customer>> {
        self.customer.as_ref()
    }

    /// Returns the customer's purchase order number.
    #[must_use]
    pub fn customer_po(&self) -> Option<&str> {
        self.customer_po.as_deref()
    }

    /// Returns how the goods reach the customer.
    #[must_use]
    pub fn fulfilment(&self) -> &Fulfilment {
        &self.fulfilment
    }

    /// Returns its lines, in the till's order.
    #[must_use]
    pub fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// Returns its tenders, in the till's order.
    #[must_use]
    pub fn tenders(&self) -> &[Tender] {
        &self.tenders
    }
}

/// How goods reach the customer; it decides the ship-to address (D-20).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Fulfilment {
    /// Taken along from the store.
    #[default]
    InStore,
    /// Ordered and collected in the store.
    Collected,
    /// Sent, to the order's address when it has one.
    Shipped(Option<Address>),
}

/// What a line is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LineKind {
    /// Goods or a service.
    Item,
    /// The `SHIP` item: QuickBooks keeps shipping apart (D-02).
    Shipping,
    /// A gift certificate sold, or brought back unused (D-06).
    GiftCertificate,
    /// What rounding to the smallest coin adds or takes off; it decides no side (D-25).
    CashRounding,
}

/// One line of a transaction. The sign of its quantity alone decides its side: sold or returned.
#[derive(Clone, PartialEq, Eq)]
pub struct Line {
    pub(crate) kind: LineKind,
    pub(crate) code: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) quantity: Quantity,
    pub(crate) unit_price: Option<UnitPrice>,
    pub(crate) amount: Money,
    pub(crate) face_value: Money,
    pub(crate) certificate: Option<String>,
    pub(crate) tax: Money,
    pub(crate) tax_code: String,
}

impl Line {
    /// Returns what it is about.
    #[must_use]
    pub fn kind(&self) -> LineKind {
        self.kind
    }

    /// Returns the item's code.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.code.as_deref()
    }

    /// Returns the item's name as printed.
    #[must_use]
    pub fn description(&self) -> Option<&str> {
        self.description.as_deref()
    }

    /// Returns the quantity: positive when sold, negative when returned.
    #[must_use]
    pub fn quantity(&self) -> Quantity {
        self.quantity
    }

    /// Returns the price of one unit, when the till gives it; information only.
    #[must_use]
    pub fn unit_price(&self) -> Option<UnitPrice> {
        self.unit_price
    }

    /// Returns the amount before tax, after every discount. The quantity's sign, or 0.00.
    #[must_use]
    pub fn amount(&self) -> Money {
        self.amount
    }

    /// Returns what a gift certificate is good for: its amount, or more when it was sold at a discount or given away. The
    /// quantity's sign. Of any other line, its amount.
    #[must_use]
    pub fn face_value(&self) -> Money {
        self.face_value
    }

    /// Returns the number of the gift certificate that is sold or brought back, when the till knows it.
    #[must_use]
    pub fn certificate(&self) -> Option<&str> {
        self.certificate.as_deref()
    }

    /// Returns the tax that the till charged: of the quantity's sign, or 0.00. The quantity's sign, or 0.00.
    #[must_use]
    pub fn tax(&self) -> Money {
        self.tax
    }

    /// Returns the POS's tax code; the company mapping says which codes are taxable (D-21).
    #[must_use]
    pub fn tax_code(&self) -> &str {
        &self.tax_code
    }

    /// Returns whether the line stands on the return side.
    #[must_use]
    pub fn is_returned(&self) -> bool {
        self.quantity.is_returned()
    }
}

impl fmt::Debug for Line {
    /// Without the certificate's number: whoever knows it can spend it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kind, code, description, quantity, unit_price, .. } = self;
        let Self { amount, face_value, certificate: _, tax, tax_code, .. } = self;
        f.debug_struct("Line")
            .field("kind", kind)
            .field("code", code)
            .field("description", description)
            .field("quantity", quantity)
            .field("unit_price", unit_price)
            .field("amount", amount)
            .field("face_value", face_value)
            .field("tax", tax)
            .field("tax_code", tax_code)
            .finish_non_exhaustive()
    }
}
