//! What a class of QuickBooks is: properties and what they may hold.

use crate::options::Length;

/// A set of properties under the name QuickBooks gives it.
pub(crate) struct Class {
    pub(crate) name: &'static str,
    /// What the class shares with its family.
    pub(crate) base: &'static [(&'static str, Kind)],
    /// What it has of its own.
    pub(crate) fields: &'static [(&'static str, Kind)],
}

/// What a property may hold.
#[derive(Clone, Copy)]
pub(crate) enum Kind {
    /// A text of at most so many characters.
    Text(usize),
    /// A text whose greatest length is a choice of the company.
    TextOf(Length),
    /// A number, or a number in quotes.
    Number,
    /// `true`, `false`, or either in quotes.
    Bool,
    /// `YYYY-MM-DD`.
    Date,
    /// `{"value":..,"name":..}`; `name` and `type` are never read.
    Ref,
    /// `{"value":..}` of at most 1000 characters.
    Memo,
    /// One object.
    Object(&'static Class),
    /// An array of objects.
    List(&'static Class),
    /// Server-owned: whatever stands here is ignored.
    Ignored,
}

impl Class {
    /// Own properties first, then the family's.
    pub(crate) fn properties(&self) -> impl Iterator<Item = &'static (&'static str, Kind)> {
        self.fields.iter().chain(self.base)
    }
}
