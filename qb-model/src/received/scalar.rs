//! Values without members: texts, amounts, decimals, whole numbers, yes and no, days, instants, ids.
//!
//! Each is read in every way that QuickBooks or a client of it writes it, and never guessed: what is not exactly a value
//! of its kind stays as it came. Neighbours: `field.rs`, which holds them; `words.rs`, for the ones out of a short list.

use chrono::{DateTime, FixedOffset, NaiveDate, SecondsFormat};
use rust_decimal::Decimal;

use super::field::Value;
use super::json::{Json, Number};
use super::survey::Survey;
use crate::amount::{Amount, parse_decimal};
use crate::ids::Id;

/// A value that one JSON text, number or flag holds.
pub(super) trait Scalar: Sized {
    const EXPECTED: &'static str;
    const BLANK_IS_VALUE: bool = false;
    fn read(json: &Json) -> Option<Self>;
    fn write(&self) -> Json;
}

impl<S: Scalar> Value for S {
    const EXPECTED: &'static str = S::EXPECTED;
    const BLANK_IS_VALUE: bool = S::BLANK_IS_VALUE;

    fn read(json: Json) -> Result<(Self, Option<Box<Json>>), Json> {
        match S::read(&json) {
            Some(value) if S::write(&value) == json => Ok((value, None)),
            Some(value) => Ok((value, Some(Box::new(json)))),
            None => Err(json),
        }
    }

    fn write(&self) -> Json {
        S::write(self)
    }

    fn survey(&self, survey: &mut Survey) {
        survey.typed();
    }
}

impl Scalar for String {
    const EXPECTED: &'static str = "a text";
    const BLANK_IS_VALUE: bool = true;

    /// A number counts by its digits: clients write `"SyncToken": 0`.
    fn read(json: &Json) -> Option<Self> {
        match json {
            Json::String(text) => Some(text.clone()),
            Json::Number(number) => Some(number.as_str().to_owned()),
            _ => None,
        }
    }

    fn write(&self) -> Json {
        Json::String(self.clone())
    }
}

impl Scalar for bool {
    const EXPECTED: &'static str = "true or false";

    fn read(json: &Json) -> Option<Self> {
        match json {
            Json::Bool(flag) => Some(*flag),
            Json::String(text) if text.eq_ignore_ascii_case("true") => Some(true),
            Json::String(text) if text.eq_ignore_ascii_case("false") => Some(false),
            _ => None,
        }
    }

    fn write(&self) -> Json {
        Json::Bool(*self)
    }
}

/// The text of a number, also of one that was written as a text.
fn digits(json: &Json) -> Option<&str> {
    match json {
        Json::Number(number) => Some(number.as_str()),
        Json::String(text) => Some(text),
        _ => None,
    }
}

impl Scalar for Decimal {
    const EXPECTED: &'static str = "a decimal number of at most 28 digits";

    fn read(json: &Json) -> Option<Self> {
        digits(json).and_then(parse_decimal)
    }

    fn write(&self) -> Json {
        Json::Number(Number::from(*self))
    }
}

impl Scalar for i64 {
    const EXPECTED: &'static str = "a whole number";

    fn read(json: &Json) -> Option<Self> {
        let value = digits(json).and_then(parse_decimal)?.normalize();
        if value.scale() == 0 { Self::try_from(value.mantissa()).ok() } else { None }
    }

    fn write(&self) -> Json {
        Json::Number(Number::from(*self))
    }
}

impl Scalar for Amount {
    const EXPECTED: &'static str = "an amount of whole cents up to 999999999.99";

    fn read(json: &Json) -> Option<Self> {
        digits(json)?.parse().ok()
    }

    /// Writes it as QuickBooks does: two decimals, and `0` for nothing.
    fn write(&self) -> Json {
        let text = if self.is_zero() { "0".to_owned() } else { self.to_string() };
        Json::Number(Number { text: text.into() })
    }
}

impl Scalar for NaiveDate {
    const EXPECTED: &'static str = "a day, YYYY-MM-DD";

    /// A day with an offset or a time behind it, as XML schema allows, is that day.
    fn read(json: &Json) -> Option<Self> {
        let Json::String(text) = json else { return None };
        let (day, rest) = text.split_at_checked(10)?;
        let is_rest_of_a_day = rest.is_empty() || rest == "Z" || rest.starts_with(['T', '+', '-']);
        if is_rest_of_a_day { Self::parse_from_str(day, "%Y-%m-%d").ok() } else { None }
    }

    fn write(&self) -> Json {
        Json::String(self.format("%Y-%m-%d").to_string())
    }
}

impl Scalar for DateTime<FixedOffset> {
    const EXPECTED: &'static str = "an instant, YYYY-MM-DDTHH:MM:SS with its offset";

    /// Reads it also with the offset's colon left out, as in reports, and as milliseconds since 1970, as a gateway writes it.
    fn read(json: &Json) -> Option<Self> {
        match json {
            Json::String(text) => Self::parse_from_rfc3339(text)
                .or_else(|_| Self::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f%z"))
                .ok(),
            Json::Number(number) => DateTime::from_timestamp_millis(number.as_str().parse().ok()?)
                .map(|instant| instant.fixed_offset()),
            _ => None,
        }
    }

    fn write(&self) -> Json {
        Json::String(self.to_rfc3339_opts(SecondsFormat::AutoSi, false))
    }
}

impl<E> Scalar for Id<E> {
    const EXPECTED: &'static str = "an id of 1 to 64 visible ascii characters";

    fn read(json: &Json) -> Option<Self> {
        <String as Scalar>::read(json).and_then(|text| Self::new(text).ok())
    }

    fn write(&self) -> Json {
        Json::String(self.as_str().to_owned())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests {
    use super::*;
    use std::fmt::Debug;

    /// Reads it; and whatever it was, writing gives back the same text.
    fn read<S: Scalar + PartialEq>(text: &str) -> Option<S> {
        let json: Json = text.parse().unwrap();
        match <S as Value>::read(json) {
            Ok((value, came)) => {
                let written = came.map_or_else(|| S::write(&value), |came| *came);
                assert_eq!(written.to_string(), text);
                assert!(S::read(&S::write(&value)) == Some(value), "{text}");
                S::read(&written)
            }
            Err(json) => {
                assert_eq!(json.to_string(), text);
                None
            }
        }
    }

    #[track_caller]
    fn check<S: Scalar + PartialEq + Debug>(rows: &[(&str, Option<S>)]) {
        for (text, expected) in rows {
            assert_eq!(&read::<S>(text), expected, "{text}");
        }
    }

    #[test]
    fn amounts_come_as_numbers_and_texts_and_are_never_guessed() {
        let cents = |cents| Some(Amount::from_cents(cents).unwrap());
        check(&[
            ("12.30", cents(1230)),
            ("12.3", cents(1230)),
            ("0", cents(0)),
            ("0.00", cents(0)),
            ("-0.5", cents(-50)),
            ("\"12.50\"", cents(1250)),
            ("1E+2", cents(10_000)),
            ("12.345", None),
            ("1000000000", None),
            ("\"ten\"", None),
            ("\"1,234.50\"", None),
            ("true", None),
            ("[]", None),
        ]);
    }

    #[test]
    fn numbers_of_other_kinds() {
        check(&[("33.3333330", Some(Decimal::new(33_333_333, 6))), ("1e400", None), ("null", None)]);
        check(&[
            ("3", Some(3_i64)),
            ("3.0", Some(3)),
            ("\"3\"", Some(3)),
            ("3.5", None),
            ("99999999999999999999", None),
        ]);
        check(&[("true", Some(true)), ("\"True\"", Some(true)), ("\"no\"", None), ("0", None)]);
    }

    #[test]
    fn texts_and_ids() {
        check(&[
            ("\"\"", Some(String::new())),
            ("0", Some("0".to_owned())),
            ("1.50", Some("1.50".to_owned())),
            ("{}", None),
        ]);
        check(&[
            ("\"TAX\"", Some(Id::<crate::Item>::new("TAX").unwrap())),
            ("\"a b\"", None),
            ("\"\"", None),
        ]);
    }

    #[test]
    fn days_and_instants() {
        let day = NaiveDate::from_ymd_opt(2026, 2, 3);
        check(&[
            ("\"2026-02-03\"", day),
            ("\"2026-02-03-08:00\"", day),
            ("\"2026-02-03T00:00:00Z\"", day),
            ("\"2026-02-30\"", None),
            ("\"02/03/2026\"", None),
            ("\"2026-02-03x\"", None),
            ("20260203", None),
        ]);
        let instant = |text| DateTime::parse_from_rfc3339(text).ok();
        check(&[
            ("\"2026-02-03T09:14:07-08:00\"", instant("2026-02-03T09:14:07-08:00")),
            ("\"2026-02-03T09:14:07.300-08:00\"", instant("2026-02-03T09:14:07.3-08:00")),
            ("\"2026-02-03T09:14:07-0800\"", instant("2026-02-03T09:14:07-08:00")),
            ("\"2026-02-03T17:14:07Z\"", instant("2026-02-03T17:14:07Z")),
            ("1770138847000", instant("2026-02-03T17:14:07Z")),
            ("\"2026-02-03T09:14:07\"", None),
            ("\"soon\"", None),
        ]);
    }
}
