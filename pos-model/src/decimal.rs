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
    /// Returns a quantity, unless it is 0: then a line would stand on neither side.
    #[must_use]
    pub fn new(quantity: Decimal) -> Option<Self> {
        (!quantity.is_zero()).then_some(Self(quantity.normalize()))
    }

    /// Returns the signed number.
    #[must_use]
    pub const fn value(self) -> Decimal {
        self.0
    }

    /// Returns whether the goods came back.
    #[must_use]
    pub const fn is_returned(self) -> bool {
        self.0.is_sign_negative()
    }
}

impl UnitPrice {
    /// Returns a unit price, unless it is negative.
    #[must_use]
    pub fn new(price: Decimal) -> Option<Self> {
        (price.is_zero() || price.is_sign_positive()).then_some(Self(price.normalize()))
    }

    /// Dollars for one unit.
    #[must_use]
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
