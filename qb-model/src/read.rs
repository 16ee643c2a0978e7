//! Small readers over raw JSON for everything that comes back.
//!
//! Tolerant: a field of another type counts as absent, except amounts, which are never guessed.

use serde_json::Value;

use crate::amount::{Amount, balance_cents, number_text};
use crate::error::ModelError;

/// The value at a path of object keys; `None` when absent or null.
pub(crate) fn at<'v>(value: &'v Value, path: &[&str]) -> Option<&'v Value> {
    path.iter().try_fold(value, |value, key| value.get(key)).filter(|found| !found.is_null())
}

/// A text that is not empty; a number counts by its digits.
pub(crate) fn text(value: &Value, path: &[&str]) -> Option<String> {
    at(value, path).and_then(number_text).filter(|text| !text.is_empty())
}

/// A yes or no, also as the text `true` or `false`.
pub(crate) fn flag(value: &Value, path: &[&str]) -> Option<bool> {
    match at(value, path)? {
        Value::Bool(flag) => Some(*flag),
        Value::String(text) => text.trim().to_ascii_lowercase().parse().ok(),
        _ => None,
    }
}

/// A list; empty when absent.
pub(crate) fn list<'v>(value: &'v Value, path: &[&str]) -> &'v [Value] {
    at(value, path).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// An amount of a document; `None` when absent or an empty text.
///
/// # Errors
/// Something is there that is not an exact amount.
pub(crate) fn amount(
    value: &Value,
    path: &[&str],
    what: &'static str,
    field: &'static str,
) -> Result<Option<Amount>, ModelError> {
    exact(value, path, str::parse, what, field)
}

/// A cell of a report in cents; `None` when it is absent or empty.
///
/// # Errors
/// Something is there that is not an exact balance.
pub(crate) fn cell_cents(
    cells: &[Value],
    place: usize,
    what: &'static str,
    field: &'static str,
) -> Result<Option<i64>, ModelError> {
    match cells.get(place) {
        Some(cell) => exact(cell, &["value"], balance_cents, what, field),
        None => Ok(None),
    }
}

fn exact<T>(
    value: &Value,
    path: &[&str],
    parse: impl Fn(&str) -> Result<T, ModelError>,
    what: &'static str,
    field: &'static str,
) -> Result<Option<T>, ModelError> {
    let Some(found) = at(value, path) else { return Ok(None) };
    match number_text(found) {
        Some(text) if text.is_empty() => Ok(None),
        Some(text) => parse(&text).map(Some).map_err(|cause| ModelError::Unreadable {
            what,
            field,
            source: Some(Box::new(cause)),
        }),
        None => Err(ModelError::unreadable(what, field)),
    }
}

/// The entity itself: `{"Invoice": {...}}` and the bare object are both taken.
pub(crate) fn unwrap_entity<'v>(value: &'v Value, name: &str) -> &'v Value {
    match at(value, &[name]) {
        Some(inner) if inner.is_object() => inner,
        _ => value,
    }
}
