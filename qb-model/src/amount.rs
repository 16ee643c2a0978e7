//! Exact money on the wire: whole cents inside, a JSON number outside.
//!
//! It refuses to know currencies and rounding rules: a fraction of a cent is refused, never rounded.
//! Its two serde functions are the only place of the project where money passes through binary floating point: a JSON
//! number of at most 11 digits is that number again on either way. It is read through the text of `serde_json::Number`, so a
//! host that turns on `arbitrary_precision` gets the same values.
//! Neighbours: `decimal.rs` (quantities and prices), `lines.rs`.

use std::fmt;
use std::str::FromStr;

use rust_decimal::Decimal;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use crate::error::{ModelError, excerpt};

/// Largest amount either way, in cents: 999,999,999.99, the limit QuickBooks names in fault 2240
/// with its cents.
const BOUND: i64 = 99_999_999_999;

/// Largest balance of a report either way, in cents: a hundred documents of the largest amount.
const BALANCE_BOUND: i64 = 9_999_999_999_999;

/// An exact amount of money in the company's home currency.
///
/// Scale two, bound plus or minus 999,999,999.99; the sign's meaning belongs to the field that holds it.
/// As JSON it is a number in its shortest form with at least one decimal (`12.3`, `100.0`, `0.0`); it has at
/// most 11 significant digits, so it survives a reader that uses binary floating point.
///
/// ```
/// use qb_model::Amount;
/// assert_eq!(Amount::from_cents(1230)?.to_string(), "12.30");
/// assert!(Amount::from_cents(100_000_000_000).is_err());
/// # Ok::<(), qb_model::ModelError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Amount {
    cents: i64,
}

impl Amount {
    /// The amount 0.00.
    pub const ZERO: Self = Self { cents: 0 };
    /// 999,999,999.99.
    pub const MAX: Self = Self { cents: BOUND };
    /// -999,999,999.99.
    pub const MIN: Self = Self { cents: -BOUND };

    /// Returns an amount of so many cents.
    ///
    /// # Errors
    /// [`ModelError::AmountOutOfRange`] beyond [`Amount::MIN`] or [`Amount::MAX`].
    pub fn from_cents(cents: i64) -> Result<Self, ModelError> {
        if (-BOUND..=BOUND).contains(&cents) {
            Ok(Self { cents })
        } else {
            Err(ModelError::AmountOutOfRange { cents: cents.into() })
        }
    }

    /// Returns an amount from a decimal without fractions of a cent; trailing zeros do not count (`12.300` is fine).
    ///
    /// # Errors
    /// [`ModelError::AmountDecimals`] when cents would be split, [`ModelError::AmountOutOfRange`] beyond the bound.
    pub fn from_decimal(value: Decimal) -> Result<Self, ModelError> {
        let cents = whole_cents(value)?;
        let narrow = i64::try_from(cents).map_err(|_| ModelError::AmountOutOfRange { cents })?;
        Self::from_cents(narrow)
    }

    /// Returns the amount in whole cents.
    #[must_use]
    pub const fn cents(self) -> i64 {
        self.cents
    }

    /// Returns whether this is 0.00.
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.cents == 0
    }

    /// Returns the sum, refused beyond the bound.
    ///
    /// # Errors
    /// [`ModelError::AmountOutOfRange`].
    pub fn plus(self, other: Self) -> Result<Self, ModelError> {
        // Two bounded values cannot overflow an i64.
        Self::from_cents(self.cents + other.cents)
    }
}

impl From<Amount> for Decimal {
    fn from(amount: Amount) -> Self {
        Decimal::new(amount.cents, 2)
    }
}

impl std::ops::Neg for Amount {
    type Output = Self;

    /// The opposite amount; the bound is symmetric, so it always fits.
    fn neg(self) -> Self {
        Self { cents: -self.cents }
    }
}

impl fmt::Display for Amount {
    /// Two decimals and no separators: `12.30`, `-0.01`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&cents_text(self.cents))
    }
}

impl FromStr for Amount {
    type Err = ModelError;

    /// Reads a plain or scientific decimal number: `12.30`, `.00`, `-5`, `1e2`.
    fn from_str(text: &str) -> Result<Self, ModelError> {
        Self::from_decimal(decimal(text)?)
    }
}

/// The cents of a balance, or of a movement, in a report: a sum, and so not bounded as a document's amount is.
///
/// # Errors
/// [`ModelError::AmountText`], [`ModelError::AmountDecimals`], or [`ModelError::BalanceOutOfRange`] beyond 99,999,999,999.99
/// either way: nine hundred thousand balances of that size can be added up in 64 bits.
pub(crate) fn balance_cents(text: &str) -> Result<i64, ModelError> {
    let cents = whole_cents(decimal(text)?)?;
    let bounded = i64::try_from(cents).ok().filter(|cents| (-BALANCE_BOUND..=BALANCE_BOUND).contains(cents));
    bounded.ok_or(ModelError::BalanceOutOfRange { cents })
}

/// Cents as people write them: `-0.05`.
pub(crate) fn cents_text(cents: i64) -> String {
    let (sign, size) = (if cents < 0 { "-" } else { "" }, cents.unsigned_abs());
    format!("{sign}{}.{:02}", size / 100, size % 100)
}

fn whole_cents(value: Decimal) -> Result<i128, ModelError> {
    let value = value.normalize();
    let factor = match value.scale() {
        0 => 100,
        1 => 10,
        2 => 1,
        _ => return Err(ModelError::AmountDecimals { text: value.to_string() }),
    };
    Ok(value.mantissa().saturating_mul(factor))
}

fn decimal(text: &str) -> Result<Decimal, ModelError> {
    parse_decimal(text).ok_or_else(|| ModelError::AmountText { text: excerpt(text) })
}

/// Reads a decimal exactly; `None` when it is no number or needs more than 28 digits.
pub(crate) fn parse_decimal(text: &str) -> Option<Decimal> {
    if text.contains(['e', 'E']) {
        Decimal::from_scientific(text).ok()
    } else if text.contains('_') {
        None
    } else {
        Decimal::from_str_exact(text).ok()
    }
}

/// The text of a JSON number or string; `None` for anything else.
pub(crate) fn number_text(value: &Value) -> Option<String> {
    match value {
        Value::Number(number) => Some(number.to_string()),
        Value::String(text) => Some(text.trim().to_owned()),
        _ => None,
    }
}

impl Serialize for Amount {
    // Cents are at most 11 digits, far below 2^53, and a division is rounded to the nearest `f64`: the one that the decimal
    // text itself would be read as. Its shortest text is that decimal again; a property test below holds every digit.
    #[allow(clippy::float_arithmetic, clippy::cast_precision_loss, reason = "exact as argued above")]
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(self.cents as f64 / 100.0)
    }
}

impl<'de> Deserialize<'de> for Amount {
    // Through `Value`, not through `f64`: the shortest text of a JSON number with up to 15 digits is the number
    // that was written.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        let text = number_text(&value).ok_or_else(|| D::Error::custom("an amount must be a number"))?;
        text.parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn json(cents: i64) -> String {
        serde_json::to_string(&Amount::from_cents(cents).unwrap()).unwrap()
    }

    #[test]
    fn writes_the_shortest_number() {
        for (cents, expected) in [
            (1230, "12.3"),
            (1234, "12.34"),
            (10_000, "100.0"),
            (0, "0.0"),
            (-1, "-0.01"),
            (-50, "-0.5"),
            (99_999_999_999, "999999999.99"),
            (-99_999_999_999, "-999999999.99"),
        ] {
            assert_eq!(json(cents), expected);
        }
    }

    #[test]
    fn reads_numbers_and_strings() {
        for (text, cents) in [
            ("12.30", 1230),
            ("12.3", 1230),
            ("100", 10_000),
            ("1e2", 10_000),
            ("999999999.99", 99_999_999_999),
            ("-0.01", -1),
            ("-0.0", 0),
            ("\"12.50\"", 1250),
            ("\".00\"", 0),
            ("12.300", 1230),
        ] {
            assert_eq!(serde_json::from_str::<Amount>(text).unwrap().cents(), cents, "{text}");
        }
    }

    #[test]
    fn refuses_fractions_of_a_cent_and_what_is_no_number() {
        for text in
            ["12.345", "0.001", "1000000000", "\"\"", "\"ten\"", "null", "true", "[]", "1e300", "\"1_0\""]
        {
            assert!(serde_json::from_str::<Amount>(text).is_err(), "{text}");
        }
        assert_eq!(Amount::from_cents(BOUND + 1).unwrap_err().code(), "amount-out-of-range");
        assert_eq!("0.005".parse::<Amount>().unwrap_err().code(), "amount-decimals");
    }

    #[test]
    fn displays_two_decimals() {
        assert_eq!(Amount::from_cents(-5).unwrap().to_string(), "-0.05");
        assert_eq!(Amount::ZERO.to_string(), "0.00");
        assert_eq!(Amount::MAX.to_string(), "999999999.99");
    }

    proptest! {
        #[test]
        fn every_amount_survives_the_wire(cents in -BOUND..=BOUND) {
            let amount = Amount::from_cents(cents).unwrap();
            let text = serde_json::to_string(&amount).unwrap();
            prop_assert_eq!(serde_json::from_str::<Amount>(&text).unwrap(), amount);
            let value: Value = serde_json::from_str(&text).unwrap();
            prop_assert_eq!(serde_json::from_value::<Amount>(value).unwrap(), amount);
            prop_assert_eq!(amount.to_string().parse::<Amount>().unwrap(), amount);
        }
    }
}
