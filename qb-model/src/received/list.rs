//! A member of an object that is a list of records: absent, unset, the records, or something that is no such list and is kept.
//!
//! Neighbours: `record.rs` (what the list is of), `field.rs` (a member that is one value).

use std::fmt;
use std::ops::Deref;

use super::field::Slot;
use super::json::{Json, Members};
use super::record::Record;
use super::survey::Survey;

/// A list of records as QuickBooks wrote it; reads as a slice, empty when the list is absent.
#[derive(Clone, PartialEq)]
pub struct List<T>(ListState<T>);

#[derive(Clone, PartialEq)]
enum ListState<T> {
    Absent,
    Null,
    Items(Vec<T>),
    Unreadable(Box<Json>),
}

impl<T> List<T> {
    /// Returns whether the member is not there at all; an empty list is there.
    #[must_use]
    pub const fn is_absent(&self) -> bool {
        matches!(self.0, ListState::Absent)
    }

    /// Returns what stands there when it is no list of objects.
    #[must_use]
    pub fn unreadable(&self) -> Option<&Json> {
        match &self.0 {
            ListState::Unreadable(json) => Some(json),
            _ => None,
        }
    }
}

impl<T> Deref for List<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        match &self.0 {
            ListState::Items(items) => items,
            _ => &[],
        }
    }
}

impl<'l, T> IntoIterator for &'l List<T> {
    type Item = &'l T;
    type IntoIter = std::slice::Iter<'l, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<T> Default for List<T> {
    /// Absent.
    fn default() -> Self {
        Self(ListState::Absent)
    }
}

impl<T> From<Vec<T>> for List<T> {
    fn from(items: Vec<T>) -> Self {
        Self(ListState::Items(items))
    }
}

impl<T> fmt::Debug for List<T> {
    /// How many there are.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            ListState::Absent => f.write_str("Absent"),
            ListState::Null => f.write_str("Unset"),
            ListState::Items(items) => write!(f, "List({})", items.len()),
            ListState::Unreadable(_) => f.write_str("Unreadable"),
        }
    }
}

/// Every item of a list as members; the list itself when it is none, or holds something else.
pub(super) fn objects(json: Json) -> Result<Vec<Members>, Json> {
    match json {
        Json::Array(items) if items.iter().all(|item| matches!(item, Json::Object(_))) => Ok(items
            .into_iter()
            .filter_map(|item| match item {
                Json::Object(members) => Some(members),
                _ => None,
            })
            .collect()),
        other => Err(other),
    }
}

impl<T: Record> Slot for List<T> {
    fn take(members: &mut Members, name: &'static str) -> Self {
        Self(match members.remove(name) {
            None => ListState::Absent,
            Some(Json::Null) => ListState::Null,
            Some(json) => match objects(json) {
                Ok(items) => ListState::Items(items.into_iter().map(T::read_members).collect()),
                Err(json) => ListState::Unreadable(Box::new(json)),
            },
        })
    }

    fn put(&self, name: &'static str, members: &mut Members) {
        let json = match &self.0 {
            ListState::Absent => return,
            ListState::Null => Json::Null,
            ListState::Items(items) => {
                Json::Array(items.iter().map(|item| Json::Object(item.write_members())).collect())
            }
            ListState::Unreadable(json) => Json::clone(json),
        };
        members.insert(name, json);
    }

    fn survey(&self, name: &'static str, survey: &mut Survey) {
        survey.inside(name, |survey| match &self.0 {
            ListState::Absent => {}
            ListState::Null => survey.typed(),
            ListState::Items(items) if items.is_empty() => survey.typed(),
            ListState::Items(items) => {
                for (place, item) in items.iter().enumerate() {
                    survey.item(place, |survey| item.walk(survey));
                }
            }
            ListState::Unreadable(json) => survey.misfit("a list of objects", json),
        });
    }
}
