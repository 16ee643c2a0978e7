//! A condition of a query on a known column, and how values compare.
//!
//! Neighbours: `candidates` looks up what conditions leave, `run` asks each record.

use std::cmp::Ordering;

use chrono::{DateTime, NaiveDateTime};
use rust_decimal::Decimal;

use super::{ColumnType, Condition, Operator};
use crate::base::clock::read_date;
use crate::base::json::Json;

/// A condition on a known column.
pub(super) struct Filter<'a> {
    pub(super) column: &'static str,
    pub(super) kind: ColumnType,
    pub(super) condition: &'a Condition,
}

/// Returns a column's value in a row; references compare by their `value`, e-mail addresses by their `Address`.
pub(super) fn value<'a>(row: &'a Json, column: &str) -> Option<&'a str> {
    match row.path(column)? {
        reference @ Json::Object(_) => reference.text_of("value").or_else(|| reference.text_of("Address")),
        plain => plain.as_text(),
    }
}

impl Filter<'_> {
    /// Returns whether a record as shown meets the condition.
    pub(super) fn matches(&self, row: &Json) -> bool {
        let Some(value) = value(row, self.column) else { return false };
        let ordering = |wanted: &String| compare(self.kind, value, wanted);
        let first = self.condition.values.first();
        match self.condition.operator {
            Operator::Equal | Operator::In => {
                self.condition.values.iter().any(|wanted| ordering(wanted) == Some(Ordering::Equal))
            }
            Operator::Less => first.and_then(ordering).is_some_and(Ordering::is_lt),
            Operator::Greater => first.and_then(ordering).is_some_and(Ordering::is_gt),
            Operator::LessOrEqual => first.and_then(ordering).is_some_and(Ordering::is_le),
            Operator::GreaterOrEqual => first.and_then(ordering).is_some_and(Ordering::is_ge),
            Operator::Like => first.is_some_and(|pattern| is_like(value, pattern)),
        }
    }
}

pub(super) fn compare(kind: ColumnType, left: &str, right: &str) -> Option<Ordering> {
    match kind {
        ColumnType::Text => Some(folded(left).cmp(folded(right))),
        ColumnType::Id | ColumnType::Date => Some(left.cmp(right)),
        ColumnType::Number => Some(left.parse::<Decimal>().ok()?.cmp(&right.parse().ok()?)),
        ColumnType::Time => Some(instant(left)?.cmp(&instant(right)?)),
        ColumnType::Bool => Some(left.cmp(right.to_ascii_lowercase().as_str())),
    }
}

/// Returns an instant with an offset, with a `Z`, with a blank where a `+` was lost, without an offset (taken
/// as UTC), or a bare date.
pub(crate) fn instant(text: &str) -> Option<i64> {
    let text = text.trim().replace(' ', "+");
    if let Ok(instant) = DateTime::parse_from_rfc3339(&text) {
        return Some(instant.timestamp_millis());
    }
    let naive = NaiveDateTime::parse_from_str(&text, "%Y-%m-%dT%H:%M:%S%.f").ok();
    naive.or_else(|| read_date(&text)?.and_hms_opt(0, 0, 0)).map(|naive| naive.and_utc().timestamp_millis())
}

/// Returns a text's characters without case: queries do not tell upper from lower.
fn folded(text: &str) -> impl Iterator<Item = char> {
    text.chars().flat_map(char::to_lowercase)
}

/// `%` stands for any characters; everything else for itself, in any case.
fn is_like(value: &str, pattern: &str) -> bool {
    let (value, pattern) = (value.to_lowercase(), pattern.to_lowercase());
    let mut parts = pattern.split('%');
    let Some(first) = parts.next() else { return false };
    let Some(mut rest) = value.strip_prefix(first) else { return false };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else { return rest.is_empty() };
    for part in parts {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn like_takes_percent_anywhere() {
        assert!(is_like("Amy's Bird", "Amy%"));
        assert!(is_like("Amy's Bird", "%Bird"));
        assert!(is_like("Amy's Bird", "%'s%"));
        assert!(is_like("abc", "abc"));
        assert!(!is_like("abcd", "abc"));
        assert!(!is_like("ab", "abc%"));
        assert!(is_like("aXbXc", "a%b%c"));
        assert!(is_like("Amy's Bird", "AMY%bird"));
    }

    #[test]
    fn instants_come_in_many_forms() {
        let utc = instant("2026-02-01T08:00:00Z");
        assert!(utc.is_some());
        assert_eq!(instant("2026-02-01T00:00:00-08:00"), utc);
        assert_eq!(instant("2026-02-01T10:00:00.000+02:00"), utc);
        assert_eq!(instant("2026-02-01T10:00:00 02:00"), utc);
        assert_eq!(instant("2026-02-01T08:00:00"), utc);
        assert_eq!(instant("soon"), None);
    }
}
