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
    /// Returns the store that ordered.
    #[must_use]
    pub fn store(&self) -> &Arc<Store> {
        &self.store
    }

    /// Returns its number, unique within the store.
    #[must_use]
    pub fn number(&self) -> u64 {
        self.number
    }

    /// Returns whether its goods have been received; only then it is posted.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.is_closed
    }

    /// Returns its date; the bill has the same (T-04).
    #[must_use]
    pub fn date(&self) -> NaiveDate {
        self.date
    }

    /// Returns when it was closed, when the POS says.
    #[must_use]
    pub fn closed_at(&self) -> Option<DateTime<FixedOffset>> {
        self.closed_at
    }

    /// Returns the POS's id of the supplier; the company mapping names the vendor.
    #[must_use]
    pub fn supplier(&self) -> &str {
        &self.supplier
    }

    /// Returns its title.
    #[must_use]
    pub fn title(&self) -> Option<&str> {
        self.title.as_deref()
    }

    /// Returns the supplier's own reference.
    #[must_use]
    pub fn supplier_reference(&self) -> Option<&str> {
        self.supplier_reference.as_deref()
    }

    /// Returns what was received.
    #[must_use]
    pub fn lines(&self) -> &[PurchaseLine] {
        &self.lines
    }

    /// Returns the tax on the goods: the order's own and its lines'; 0.00 or more.
    #[must_use]
    pub fn tax(&self) -> Money {
        self.tax + self.lines.iter().map(|line| line.tax).sum()
    }

    /// Returns the shipping; 0.00 or more.
    #[must_use]
    pub fn shipping(&self) -> Money {
        self.shipping
    }

    /// Returns the tax on the shipping; 0.00 or more.
    #[must_use]
    pub fn shipping_tax(&self) -> Money {
        self.shipping_tax
    }

    /// Returns the other fees; 0.00 or more.
    #[must_use]
    pub fn other_fees(&self) -> Money {
        self.other_fees
    }
}

impl PurchaseLine {
    /// Returns the item's code.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.code.as_deref()
    }

    /// Returns the item's name.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// Returns how many were received; 0 or more.
    #[must_use]
    pub fn quantity(&self) -> Decimal {
        self.quantity
    }

    /// Returns what they cost before tax; 0.00 or more.
    #[must_use]
    pub fn amount(&self) -> Money {
        self.amount
    }
}
