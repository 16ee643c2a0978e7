//! JSON that forgets nothing: a number stays the text that was written.
//!
//! `serde_json` turns `100.00` into a binary floating point number unless a feature is on, and a feature is the host's to
//! choose. So what is kept of a body is kept in this type, whose numbers are text (`parse.rs` reads it).
//!
//! Neighbours: `parse.rs` (text in), `field.rs` (a member of an object, typed), `compare.rs` (two of these).

use std::collections::BTreeMap;
use std::collections::btree_map::{IntoIter, Iter};
use std::fmt::{self, Write as _};

use rust_decimal::Decimal;
use serde_json::Value;

use crate::amount::parse_decimal;

/// A JSON value. Two are equal when they hold the same members whatever their order, and numbers of the same text.
#[derive(Clone, PartialEq, Eq)]
pub enum Json {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number, as it was written.
    Number(Number),
    /// A text.
    String(String),
    /// A list.
    Array(Vec<Json>),
    /// Named members.
    Object(Members),
}

impl Json {
    /// Returns what this is, for an error text: `a number`. Never the value, which may be personal.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "true or false",
            Self::Number(_) => "a number",
            Self::String(_) => "a text",
            Self::Array(_) => "a list",
            Self::Object(_) => "an object",
        }
    }

    /// Returns the member of that name; `None` when there is none, or when this is no object.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Self> {
        match self {
            Self::Object(members) => members.get(name),
            _ => None,
        }
    }

    /// Returns how many values this holds that hold no others; an empty list or object counts as one.
    #[must_use]
    pub fn leaves(&self) -> usize {
        let inner: usize = match self {
            Self::Array(items) => items.iter().map(Self::leaves).sum(),
            Self::Object(members) => members.iter().map(|(_, value)| value.leaves()).sum(),
            _ => 1,
        };
        inner.max(1)
    }
}

impl From<Value> for Json {
    /// Takes over what `serde_json` read; a number has the text that `serde_json` gives it.
    fn from(value: Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(flag) => Self::Bool(flag),
            Value::Number(number) => Self::Number(Number { text: number.to_string().into() }),
            Value::String(text) => Self::String(text),
            Value::Array(items) => Self::Array(items.into_iter().map(Self::from).collect()),
            Value::Object(members) => {
                Self::Object(Members(members.into_iter().map(|(k, v)| (k, Self::from(v))).collect()))
            }
        }
    }
}

impl From<&Json> for Value {
    /// Serves readers that want a `serde_json` value. A number becomes what `serde_json` makes of its text; one that it
    /// cannot hold (`1e999`) becomes that text.
    fn from(json: &Json) -> Self {
        match json {
            Json::Null => Self::Null,
            Json::Bool(flag) => Self::Bool(*flag),
            Json::Number(number) => number
                .text
                .parse::<serde_json::Number>()
                .map_or_else(|_| Self::String(number.text.to_string()), Self::Number),
            Json::String(text) => Self::String(text.clone()),
            Json::Array(items) => Self::Array(items.iter().map(Self::from).collect()),
            Json::Object(members) => {
                Self::Object(members.iter().map(|(k, v)| (k.to_owned(), Self::from(v))).collect())
            }
        }
    }
}

impl fmt::Display for Json {
    /// JSON text without blanks, numbers as they were written.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Bool(flag) => write!(f, "{flag}"),
            Self::Number(number) => f.write_str(&number.text),
            Self::String(text) => quoted(text, f),
            Self::Array(items) => {
                f.write_char('[')?;
                for (place, item) in items.iter().enumerate() {
                    if place > 0 {
                        f.write_char(',')?;
                    }
                    write!(f, "{item}")?;
                }
                f.write_char(']')
            }
            Self::Object(members) => {
                f.write_char('{')?;
                for (place, (name, value)) in members.iter().enumerate() {
                    if place > 0 {
                        f.write_char(',')?;
                    }
                    quoted(name, f)?;
                    write!(f, ":{value}")?;
                }
                f.write_char('}')
            }
        }
    }
}

fn quoted(text: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    f.write_str(&serde_json::to_string(text).map_err(|_| fmt::Error)?)
}

impl fmt::Debug for Json {
    /// What it is, not what it says: a kept value may be personal.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Json({})", self.kind())
    }
}

/// A JSON number as it was written: `100.00` and `100` are two of them.
#[derive(Clone, PartialEq, Eq)]
pub struct Number {
    pub(super) text: Box<str>,
}

impl Number {
    /// Returns the text of the number.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns the exact value; `None` when it needs more than 28 digits.
    #[must_use]
    pub fn to_decimal(&self) -> Option<Decimal> {
        parse_decimal(&self.text)
    }
}

impl From<i64> for Number {
    fn from(value: i64) -> Self {
        Self { text: value.to_string().into() }
    }
}

impl From<Decimal> for Number {
    /// The shortest text of the value: `4.5`, `100`.
    fn from(value: Decimal) -> Self {
        Self { text: value.normalize().to_string().into() }
    }
}

/// Named members of an object, by name.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Members(BTreeMap<String, Json>);

impl Members {
    /// Returns the member of that name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Json> {
        self.0.get(name)
    }

    /// Returns whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns how many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Returns every name with its value, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Json)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// Puts a member in; what stood under that name comes back.
    pub fn insert(&mut self, name: impl Into<String>, value: Json) -> Option<Json> {
        self.0.insert(name.into(), value)
    }

    /// Takes a member out.
    pub fn remove(&mut self, name: &str) -> Option<Json> {
        self.0.remove(name)
    }

    /// Takes out the first member that a question is true of.
    pub(super) fn remove_first(&mut self, is_it: impl Fn(&str, &Json) -> bool) -> Option<(String, Json)> {
        let name = self.iter().find(|(name, value)| is_it(name, value)).map(|(name, _)| name.to_owned())?;
        self.0.remove_entry(&name)
    }

    /// Adds members whose names are not there yet.
    pub(super) fn extend_from(&mut self, others: &Self) {
        for (name, value) in &others.0 {
            self.0.entry(name.clone()).or_insert_with(|| value.clone());
        }
    }
}

impl IntoIterator for Members {
    type Item = (String, Json);
    type IntoIter = IntoIter<String, Json>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'m> IntoIterator for &'m Members {
    type Item = (&'m String, &'m Json);
    type IntoIter = Iter<'m, String, Json>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

impl fmt::Debug for Members {
    /// The names alone.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}
