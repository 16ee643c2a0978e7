//! How values stand in JSON: as the text that people read of them.

use std::fmt::Display;

use serde::Serializer;

/// One value as its text: an amount as `"-12.50"`.
pub(crate) fn as_text<T: Display, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(value)
}

/// Several values as their texts.
pub(crate) fn as_texts<T: Display, S: Serializer>(values: &[T], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(values.iter().map(ToString::to_string))
}
