//! Quantities, unit prices and rates on the wire.
//!
//! The same rule as for money (`amount.rs`): exact inside, a JSON number outside, through text. It refuses to
//! round: what a JSON number cannot carry is an error.

use std::fmt;
use std::str::FromStr;

use rust_decimal::Decimal;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Number, Value};

use crate::amount::{number_text, parse_decimal};
use crate::error::{ModelError, excerpt};

/// A decimal of at most 15 significant digits: a quantity (`Qty`) or a unit price (`UnitPrice`).
///
/// Fifteen, because Intuit documents 15 digits and because any 15 digits survive a reader that
/// uses binary floating point. Written in its shortest form: `3`, `4.5`, `33.333333`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WireDecimal(Decimal);

impl WireDecimal {
    /// Takes a decimal; trailing zeros do not count as digits and are dropped.
    ///
    /// # Errors
    /// [`ModelError::DecimalDigits`] beyond 15 significant digits.
    pub fn new(value: Decimal) -> Result<Self, ModelError> {
        let value = value.normalize();
        let mut digits = value.mantissa().unsigned_abs();
        // Trailing zeros of a whole number (1000) are places, not significant digits.
        while digits != 0 && digits.is_multiple_of(10) {
            digits /= 10;
        }
        if digits < 1_000_000_000_000_000 {
            Ok(Self(value))
        } else {
            Err(ModelError::DecimalDigits { text: excerpt(&value.to_string()) })
        }
    }

    /// Returns the exact value.
    #[must_use]
    pub const fn value(self) -> Decimal {
        self.0
    }
}

impl fmt::Display for WireDecimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for WireDecimal {
    type Err = ModelError;

    fn from_str(text: &str) -> Result<Self, ModelError> {
        Self::new(parse_decimal(text).ok_or_else(|| ModelError::DecimalDigits { text: excerpt(text) })?)
    }
}

impl Serialize for WireDecimal {
    // As in `Amount`: the text becomes the host's kind of JSON number; 15 digits come through either unchanged.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Number::from_str(&self.0.to_string()).map_err(serde::ser::Error::custom)?.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for WireDecimal {
    // As in `Amount`: read through the number's text.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        let text = number_text(&value).ok_or_else(|| D::Error::custom("a decimal must be a number"))?;
        text.parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn keeps_the_digits_that_make_a_product_foot() {
        for (text, expected) in
            [("33.333333", "33.333333"), ("3.000", "3"), ("-2", "-2"), ("0", "0"), ("1000", "1000")]
        {
            let value: WireDecimal = text.parse().unwrap();
            assert_eq!(serde_json::to_string(&value).unwrap(), expected);
        }
    }

    #[test]
    fn refuses_a_16th_significant_digit() {
        assert!("123456789.012345".parse::<WireDecimal>().is_ok());
        assert_eq!("123456789.0123456".parse::<WireDecimal>().unwrap_err().code(), "decimal-digits");
    }

    proptest! {
        #[test]
        fn fifteen_digits_survive_the_wire(mantissa in -999_999_999_999_999_i64..=999_999_999_999_999, scale in 0_u32..=12) {
            let value = WireDecimal::new(Decimal::new(mantissa, scale)).unwrap();
            let text = serde_json::to_string(&value).unwrap();
            prop_assert_eq!(serde_json::from_str::<WireDecimal>(&text).unwrap(), value);
        }
    }
}
