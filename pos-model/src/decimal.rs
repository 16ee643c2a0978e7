//! Numbers that are not money: quantities and unit prices. They are information; a line's amount is the truth (D-22).

use std::fmt;

use rust_decimal::Decimal;

/// How many pieces, kilograms or hours a line is about. Positive when sold, negative when returned, never 0.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Quantity(Decimal);

/// The price of one unit before tax, with as many decimals as the till keeps; never negative.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct UnitPrice(Decimal);

impl Quantity {
    /// A quantity, unless it is 0: then a line would stand on neither side.
    pub fn new(quantity: Decimal) -> Option<Self> {
        (!quantity.is_zero()).then_some(Self(quantity.normalize()))
    }

    /// The signed number.
    pub const fn value(self) -> Decimal {
        self.0
    }

    /// Whether the goods came back.
    pub const fn is_returned(self) -> bool {
        self.0.is_sign_negative()
    }
}

impl UnitPrice {
    /// A unit price, unless it is negative.
    pub fn new(price: Decimal) -> Option<Self> {
        (price.is_zero() || price.is_sign_positive()).then_some(Self(price.normalize()))
    }

    /// Dollars for one unit.
    pub const fn value(self) -> Decimal {
        self.0
    }
}

impl fmt::Debug for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for UnitPrice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
