//! Decimal numbers as text: read exactly or kept as they came.

use std::fmt;

use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

#[cfg(feature = "schema")]
use schemars::JsonSchema;

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

    /// Returns the number, or the text that is none.
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
