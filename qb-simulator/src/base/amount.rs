//! Decimal numbers as QuickBooks reads, rounds and writes them.
//!
//! No binary floating point. Neighbours: `schema` checks that a number can be read at all, the
//! document modules compute with it, `ledger` adds it up.

use std::borrow::Cow;

use rust_decimal::{Decimal, RoundingStrategy};

use crate::base::json::Json;

/// The largest amount the simulator takes, 999,999,999,999: above every documented limit, and small
/// enough that no sum of a document can leave the decimal's 28 digits.
pub(crate) const LARGEST: Decimal = Decimal::from_parts(0xD4A5_0FFF, 0xE8, 0, false, 0);

/// Reads a number or a number in quotes. `None` for anything that is no decimal number.
pub(crate) fn read(value: &Json) -> Option<Decimal> {
    let (Json::Number(text) | Json::Text(text)) = value else { return None };
    let text = text.trim();
    if text.len() > 60 {
        return None;
    }
    if text.contains(['e', 'E']) { Decimal::from_scientific(text).ok() } else { text.parse().ok() }
}

/// Returns a number member of a body that passed the property check; `""` counts as absent.
pub(crate) fn member(body: &Json, name: &str) -> Option<Decimal> {
    body.get(name).and_then(read)
}

/// Returns a money member, rounded half up to cents. The books hold no fractions of a cent.
pub(crate) fn money_member(body: &Json, name: &str) -> Option<Decimal> {
    member(body, name).map(cents)
}

/// Rounds to cents, halves away from zero.
pub(crate) fn cents(value: Decimal) -> Decimal {
    value.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero)
}

/// `value * percent / 100` in cents, halves away from zero.
pub(crate) fn percent_of(value: Decimal, percent: Decimal) -> Decimal {
    cents(value.checked_mul(percent).unwrap_or_default() / Decimal::ONE_HUNDRED)
}

/// Returns an amount on the wire: two decimals, zero as plain `0`.
pub(crate) fn money(value: Decimal) -> Json {
    if value.is_zero() {
        return Json::Number(Cow::Borrowed("0"));
    }
    Json::Number(Cow::Owned(two_decimals(value)))
}

/// Returns an amount with exactly two decimals, as reports print it.
pub(crate) fn two_decimals(value: Decimal) -> String {
    let mut value = cents(value);
    value.rescale(2);
    if value.is_zero() {
        value.set_sign_positive(true);
    }
    value.to_string()
}

/// Returns a quantity, price or percentage on the wire: shortest form.
pub(crate) fn shortest(value: Decimal) -> Json {
    Json::Number(Cow::Owned(value.normalize().to_string()))
}

/// Returns an amount with thousands marks, as fault texts print it: `1,861.07`.
pub(crate) fn grouped(value: Decimal) -> String {
    let plain = value.normalize().to_string();
    let (sign, digits) = match plain.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", plain.as_str()),
    };
    let (whole, fraction) = digits.split_once('.').map_or((digits, None), |(w, f)| (w, Some(f)));
    let mut out = String::from(sign);
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    if let Some(fraction) = fraction {
        out.push('.');
        out.push_str(fraction);
    }
    out
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failing test may stop")]
    use super::*;

    fn dec(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    #[test]
    fn rounds_halves_away_from_zero() {
        assert_eq!(cents(dec("1861.075")), dec("1861.08"));
        assert_eq!(cents(dec("-0.005")), dec("-0.01"));
        assert_eq!(percent_of(dec("345"), dec("6.5")), dec("22.43"));
    }

    #[test]
    fn writes_zero_plainly_and_amounts_with_two_decimals() {
        assert_eq!(money(dec("0.00")), Json::Number("0".into()));
        assert_eq!(money(dec("12.5")), Json::Number("12.50".into()));
        assert_eq!(shortest(dec("4.50")), Json::Number("4.5".into()));
        assert_eq!(two_decimals(dec("-0.001")), "0.00");
    }

    #[test]
    fn reads_numbers_of_up_to_60_characters() {
        let padded = |zeros: usize| Json::Text(format!("{}7", "0".repeat(zeros)).into());
        assert_eq!((read(&padded(59)), read(&padded(60))), (Some(dec("7")), None));
        assert_eq!(read(&Json::Number("1.5E2".into())), Some(dec("150")));
        assert_eq!(read(&Json::Text("ten".into())), None);
    }

    #[test]
    fn groups_thousands() {
        assert_eq!(grouped(dec("1861.07")), "1,861.07");
        assert_eq!(grouped(dec("-44.94")), "-44.94");
        assert_eq!(grouped(dec("999999999")), "999,999,999");
    }

    #[test]
    fn reads_numbers_in_quotes_and_with_exponent() {
        assert_eq!(read(&Json::Text("12.50".into())), Some(dec("12.5")));
        assert_eq!(read(&Json::Number("1e2".into())), Some(dec("100")));
        assert_eq!(read(&Json::Text("twelve".into())), None);
        assert_eq!(read(&Json::Text("".into())), None);
    }

    #[test]
    fn the_largest_amount_is_what_its_name_says() {
        assert_eq!(LARGEST, dec("999999999999"));
    }
}
