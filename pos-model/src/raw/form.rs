//! The form's version, and days and instants in their one form, so that a text of another is named.

use std::collections::BTreeMap;
use std::fmt;

use chrono::{DateTime, FixedOffset, NaiveDate};
use serde::de::{Error, Unexpected, Visitor};
use serde::{Deserialize, Deserializer};

use crate::error::excerpt;

/// The version of the file form that this crate reads and writes.
pub const VERSION: u32 = 1;

pub(super) fn day<'de, D: Deserializer<'de>>(from: D) -> Result<NaiveDate, D::Error> {
    from.deserialize_str(DayForm)
}

pub(super) fn instant<'de, D: Deserializer<'de>>(from: D) -> Result<DateTime<FixedOffset>, D::Error> {
    from.deserialize_str(InstantForm)
}

pub(super) fn instant_or_none<'de, D: Deserializer<'de>>(
    from: D,
) -> Result<Option<DateTime<FixedOffset>>, D::Error> {
    Ok(Option::<Instant>::deserialize(from)?.map(|instant| instant.0))
}

pub(super) fn instants<'de, D: Deserializer<'de>>(
    from: D,
) -> Result<BTreeMap<String, DateTime<FixedOffset>>, D::Error> {
    let instants = BTreeMap::<String, Instant>::deserialize(from)?;
    Ok(instants.into_iter().map(|(name, instant)| (name, instant.0)).collect())
}

struct Instant(DateTime<FixedOffset>);

impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        instant(from).map(Self)
    }
}

struct DayForm;

impl Visitor<'_> for DayForm {
    type Value = NaiveDate;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a day of the calendar in the form \"2026-02-03\"")
    }
    fn visit_str<E: Error>(self, text: &str) -> Result<NaiveDate, E> {
        // The library alone would read "2026-2-3" too.
        let fits = |(i, byte): (usize, u8)| {
            if matches!(i, 4 | 7) { byte == b'-' } else { byte.is_ascii_digit() }
        };
        let is_form = text.len() == 10 && text.bytes().enumerate().all(fits);
        let day = if is_form { text.parse().ok() } else { None };
        day.ok_or_else(|| E::invalid_value(Unexpected::Str(&excerpt(text)), &self))
    }
}

struct InstantForm;

impl Visitor<'_> for InstantForm {
    type Value = DateTime<FixedOffset>;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an instant with its UTC offset in the form \"2026-02-03T10:15:00-05:00\"")
    }
    fn visit_str<E: Error>(self, text: &str) -> Result<DateTime<FixedOffset>, E> {
        DateTime::parse_from_rfc3339(text)
            .map_err(|_| E::invalid_value(Unexpected::Str(&excerpt(text)), &self))
    }
}
