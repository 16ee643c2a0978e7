//! What a shared field holds, the set of them that one side has of a customer, and when two values say the same.
//!
//! ```text
//! "  Edward " = "Edward"       white space around and between words says nothing
//! ""          = nothing        a blank text is an empty field
//! an address is one field: cleaned line by line, compared whole
//! ```

use std::collections::BTreeMap;
use std::fmt;

use pos_model::CustomerField;
use pos_model::raw::Address;
use serde::{Deserialize, Serialize};

use crate::naming::cleaned;

/// The value of a shared field. Personal: kept out of `Debug`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum FieldValue {
    /// Active or not, exempt from tax or not.
    Flag(bool),
    /// A text.
    Text(String),
    /// A postal address, one field as a whole.
    Address(Address),
}

impl FieldValue {
    /// Returns the value without what says nothing: white space around and between words, control characters, characters
    /// that turn the direction of reading, empty lines. None when nothing is left.
    pub fn cleaned(&self) -> Option<Self> {
        match self {
            Self::Flag(flag) => Some(Self::Flag(*flag)),
            Self::Text(text) => cleaned(text).map(Self::Text),
            Self::Address(address) => {
                let part = |part: &Option<String>| part.as_deref().and_then(cleaned);
                let address = Address {
                    lines: address.lines.iter().filter_map(|line| cleaned(line)).collect(),
                    city: part(&address.city),
                    region: part(&address.region),
                    postal_code: part(&address.postal_code),
                    country: part(&address.country),
                };
                (address != Address::default()).then_some(Self::Address(address))
            }
        }
    }

    /// Returns the text; none of a flag or an address.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Flag(_) | Self::Address(_) => None,
        }
    }
}

impl fmt::Debug for FieldValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(flag) => write!(f, "Flag({flag})"),
            Self::Text(_) => f.write_str("Text(..)"),
            Self::Address(_) => f.write_str("Address(..)"),
        }
    }
}

/// Returns whether two values say the same; an empty text and no value do.
pub fn is_same(a: Option<&FieldValue>, b: Option<&FieldValue>) -> bool {
    a == b || a.and_then(FieldValue::cleaned) == b.and_then(FieldValue::cleaned)
}

/// What one side holds of a customer: the fields that have a value.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Fields(BTreeMap<CustomerField, FieldValue>);

impl Fields {
    /// Returns the value of a field; none when it is empty.
    #[must_use]
    pub fn get(&self, field: &CustomerField) -> Option<&FieldValue> {
        self.0.get(field)
    }

    /// Returns the text of a field; none when it is empty.
    pub fn text(&self, field: &CustomerField) -> Option<&str> {
        self.get(field).and_then(FieldValue::as_text)
    }

    /// Returns whether a flag is set.
    #[must_use]
    pub fn flag(&self, field: &CustomerField) -> bool {
        self.get(field) == Some(&FieldValue::Flag(true))
    }

    /// Sets a field, or empties it.
    pub fn set(&mut self, field: CustomerField, value: Option<FieldValue>) {
        match value {
            Some(value) => _ = self.0.insert(field, value),
            None => _ = self.0.remove(&field),
        }
    }

    /// Sets a field to a text; an absent or blank one empties it.
    pub fn set_text(&mut self, field: CustomerField, text: Option<&str>) {
        let text = text.filter(|text| !text.trim().is_empty());
        self.set(field, text.map(|text| FieldValue::Text(text.to_owned())));
    }

    /// Returns the fields that have a value.
    pub fn iter(&self) -> impl Iterator<Item = (&CustomerField, &FieldValue)> {
        self.0.iter()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests {
    use super::*;

    fn text(text: &str) -> FieldValue {
        FieldValue::Text(text.to_owned())
    }

    #[test]
    fn f_14_values_are_compared_after_cleaning() {
        for (a, b) in [
            ("Edward", "  Edward "),
            ("Sara  Edward", "Sara Edward"),
            ("Sara\tEdward\n", "Sara Edward"),
            ("Jose\u{301}", "José"),
            ("Sara\u{202e}", "Sara"),
            ("🚲 Bikes", "🚲 Bikes "),
        ] {
            assert!(is_same(Some(&text(a)), Some(&text(b))), "{a:?} {b:?}");
        }
        assert!(is_same(Some(&text(" ")), None));
        for (a, b) in [("Edward", "edward"), ("Sara", "Sarah"), ("", "x")] {
            assert!(!is_same(Some(&text(a)), Some(&text(b))), "{a:?} {b:?}");
        }
    }

    #[test]
    fn f_14_an_address_is_one_field() {
        let address = |lines: &[&str], city: &str| {
            let lines = lines.iter().map(|&line| line.to_owned()).collect();
            FieldValue::Address(Address { lines, city: Some(city.to_owned()), ..Address::default() })
        };
        assert!(is_same(
            Some(&address(&["1 Elm St", " "], "Salem ")),
            Some(&address(&["1  Elm St"], "Salem"))
        ));
        assert!(!is_same(Some(&address(&["1 Elm St"], "Salem")), Some(&address(&["1 Elm St"], "Boston"))));
        assert!(is_same(Some(&address(&[" "], "")), None));
    }
}
