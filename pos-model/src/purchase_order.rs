//! Purchase orders whose goods have been received (P-07).

use std::sync::Arc;

use chrono::{DateTime, FixedOffset, NaiveDate};
use rust_decimal::Decimal;

use crate::{Money, Store};

/// A purchase order. Each stage of a delivery is an order of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PurchaseOrder {
    pub(crate) store: Arc<Store>,
    pub(crate) number: u64,
    pub(crate) is_closed: bool,
    pub(crate) date: NaiveDate,
    pub(crate) closed_at: Option<DateTime<FixedOffset>>,
    pub(crate) supplier: String,
    pub(crate) title: Option<String>,
    pub(crate) supplier_reference: Option<String>,
    pub(crate) lines: Vec<PurchaseLine>,
    pub(crate) tax: Money,
    pub(crate) shipping: Money,
    pub(crate) shipping_tax: Money,
    pub(crate) other_fees: Money,
}

/// Goods received.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PurchaseLine {
    pub(crate) code: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) quantity: Decimal,
    pub(crate) amount: Money,
    pub(crate) tax: Money,
}

impl PurchaseOrder {
    /// The store that ordered.
    pub fn store(&self) -> &Arc<Store> {
        &self.store
    }

    /// Its number, unique within the store.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// Whether its goods have been received; only then it is posted.
    pub fn is_closed(&self) -> bool {
        self.is_closed
    }

    /// Its date; the bill has the same (T-04).
    pub fn date(&self) -> NaiveDate {
        self.date
    }

    /// When it was closed, when the POS says.
    pub fn closed_at(&self) -> Option<DateTime<FixedOffset>> {
        self.closed_at
    }

    /// The POS's id of the supplier; the company mapping names the vendor.
    pub fn supplier(&self) -> &str {
        &self.supplier
    }

    /// Its title.
    pub fn title(&self) -> Option<&str> {
        self.title.as_deref()
    }

    /// The supplier's own reference.
    pub fn supplier_reference(&self) -> Option<&str> {
        self.supplier_reference.as_deref()
    }

    /// What was received.
    pub fn lines(&self) -> &[PurchaseLine] {
        &self.lines
    }

    /// Tax on the goods: the order's own and its lines'; 0.00 or more.
    pub fn tax(&self) -> Money {
        self.tax + self.lines.iter().map(|line| line.tax).sum()
    }

    /// Shipping; 0.00 or more.
    pub fn shipping(&self) -> Money {
        self.shipping
    }

    /// Tax on the shipping; 0.00 or more.
    pub fn shipping_tax(&self) -> Money {
        self.shipping_tax
    }

    /// Other fees; 0.00 or more.
    pub fn other_fees(&self) -> Money {
        self.other_fees
    }
}

impl PurchaseLine {
    /// The item's code.
    pub fn code(&self) -> Option<&str> {
        self.code.as_deref()
    }

    /// The item's name.
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// How many were received; 0 or more.
    pub fn quantity(&self) -> Decimal {
        self.quantity
    }

    /// What they cost before tax; 0.00 or more.
    pub fn amount(&self) -> Money {
        self.amount
    }
}
