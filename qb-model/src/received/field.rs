//! A member of an object: absent, empty, a typed value, or something that does not fit and is kept.
//!
//! A value that can be written in several ways (`100.00`, `100`, `"100"`) is held once, as what it means; the way it came
//! is held beside it only where it is not the way this crate writes. Writing gives back what came.
//!
//! Neighbours: `scalar.rs` (values without members), `record.rs` (values with members), `list.rs` (lists of these).

use std::fmt;

use super::json::{Json, Members};
use super::survey::Survey;

/// Something that a member can hold.
pub(super) trait Value: Sized {
    /// What it is, for an error text.
    const EXPECTED: &'static str;
    /// Whether a blank text is a value of its own (a text) and not the absence of one.
    const BLANK_IS_VALUE: bool = false;
    /// Reads it; beside it the way it came, where it is not the way it is written. What does not fit comes back.
    fn read(json: Json) -> Result<(Self, Option<Box<Json>>), Json>;
    /// Writes it.
    fn write(&self) -> Json;
    /// Walks it.
    fn survey(&self, survey: &mut Survey);
}

/// A part of a record that takes its members out of an object and puts them back.
pub(super) trait Slot: Sized + Default {
    fn take(members: &mut Members, name: &'static str) -> Self;
    fn put(&self, name: &'static str, members: &mut Members);
    fn survey(&self, name: &'static str, survey: &mut Survey);
}

/// A member of an object as QuickBooks wrote it.
///
/// ```
/// use qb_model::Amount;
/// use qb_model::received::{Invoice, Json, Record};
///
/// let json: Json = r#"{"TotalAmt": 112.50, "Balance": "to come", "DueDate": ""}"#.parse()?;
/// let mut invoice = Invoice::read(json)?;
/// assert_eq!(invoice.total_amt.get(), Some(&Amount::from_cents(11_250)?));
/// assert!(invoice.due_date.get().is_none() && !invoice.due_date.is_absent());
/// assert!(invoice.balance.unreadable().is_some());
/// assert!(invoice.doc_number.is_absent());
/// invoice.balance = Amount::ZERO.into();
/// assert_eq!(invoice.write().to_string(), r#"{"Balance":0,"DueDate":"","TotalAmt":112.50}"#);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq)]
pub struct Field<T>(State<T>);

#[derive(Clone, PartialEq)]
enum State<T> {
    Absent,
    /// `null`, or a blank text where no text belongs: both mean "not set".
    Unset(Box<Json>),
    /// The value, and the way it came where it is not the way it is written.
    Value(T, Option<Box<Json>>),
    Unreadable(Box<Json>),
}

impl<T> Field<T> {
    /// Returns the value; `None` when it is absent, empty or unreadable.
    #[must_use]
    pub const fn get(&self) -> Option<&T> {
        match &self.0 {
            State::Value(value, _) => Some(value),
            _ => None,
        }
    }

    /// Returns whether the member is not there at all.
    #[must_use]
    pub const fn is_absent(&self) -> bool {
        matches!(self.0, State::Absent)
    }

    /// Returns what stands there when it is not what the field holds.
    #[must_use]
    pub fn unreadable(&self) -> Option<&Json> {
        match &self.0 {
            State::Unreadable(json) => Some(json),
            _ => None,
        }
    }

    /// Returns the value, by value.
    #[must_use]
    pub fn into_value(self) -> Option<T> {
        match self.0 {
            State::Value(value, _) => Some(value),
            _ => None,
        }
    }
}

impl<T: Copy> Field<T> {
    /// Returns the value, copied.
    #[must_use]
    pub fn copied(&self) -> Option<T> {
        self.get().copied()
    }
}

impl Field<String> {
    /// Returns the text; `None` when it is absent or unreadable.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        self.get().map(String::as_str)
    }
}

impl<T> Default for Field<T> {
    /// Absent.
    fn default() -> Self {
        Self(State::Absent)
    }
}

impl<T> From<T> for Field<T> {
    fn from(value: T) -> Self {
        Self(State::Value(value, None))
    }
}

impl<T> From<Option<T>> for Field<T> {
    /// `None` is absent.
    fn from(value: Option<T>) -> Self {
        value.map_or_else(Self::default, Self::from)
    }
}

impl<T> fmt::Debug for Field<T> {
    /// Shows its state, never its value, which may be personal.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            State::Absent => "Absent",
            State::Unset(_) => "Unset",
            State::Value(..) => "Value",
            State::Unreadable(_) => "Unreadable",
        })
    }
}

impl<T: Value> Slot for Field<T> {
    fn take(members: &mut Members, name: &'static str) -> Self {
        let Some(json) = members.remove(name) else { return Self::default() };
        let is_blank = matches!(&json, Json::String(text) if text.is_empty());
        if json == Json::Null || (is_blank && !T::BLANK_IS_VALUE) {
            return Self(State::Unset(Box::new(json)));
        }
        Self(match T::read(json) {
            Ok((value, came)) => State::Value(value, came),
            Err(json) => State::Unreadable(Box::new(json)),
        })
    }

    fn put(&self, name: &'static str, members: &mut Members) {
        let json = match &self.0 {
            State::Absent => return,
            State::Value(value, None) => value.write(),
            State::Value(_, Some(json)) | State::Unset(json) | State::Unreadable(json) => Json::clone(json),
        };
        members.insert(name, json);
    }

    fn survey(&self, name: &'static str, survey: &mut Survey) {
        survey.inside(name, |survey| match &self.0 {
            State::Absent => {}
            State::Unset(_) => survey.typed(),
            State::Value(value, _) => value.survey(survey),
            State::Unreadable(json) => survey.misfit(T::EXPECTED, json),
        });
    }
}
