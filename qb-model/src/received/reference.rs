//! References: `{"value":"35","name":"Checking"}`, with the id under the type of what it points at.

use std::fmt;

use super::field::{Field, Slot, Value};
use super::json::{Json, Members};
use super::record::Record;
use super::survey::Survey;
use crate::ids::Id;

/// Marker of a party in any list of names: a customer, a supplier or an employee. [`Reference::list`] says which.
#[derive(Clone, Copy, Debug)]
pub enum Party {}

/// Marker of a currency; its id is its code, `USD`.
#[derive(Clone, Copy, Debug)]
pub enum Currency {}

/// Marker of anything that has an id.
#[derive(Clone, Copy, Debug)]
pub enum Anything {}

/// A pointer to an entity, as QuickBooks writes it.
pub struct Reference<E> {
    /// The id pointed at. On the wire: `value`.
    pub value: Field<Id<E>>,
    /// The name of what it points at, when QuickBooks tells it. On the wire: `name`.
    pub name: Field<String>,
    /// The list of a party, `Customer` or `CUSTOMER`. On the wire: `type`.
    pub list: Field<String>,
    /// Members that no field is named for, as they came.
    pub other: Members,
}

impl<E> Reference<E> {
    /// Returns the id pointed at; `None` when it is absent or unreadable.
    #[must_use]
    pub fn id(&self) -> Option<&Id<E>> {
        self.value.get()
    }
}

impl<E> Field<Reference<E>> {
    /// Returns the id pointed at; `None` when there is no reference, or no id in it.
    #[must_use]
    pub fn id(&self) -> Option<&Id<E>> {
        self.get().and_then(Reference::id)
    }

    /// Returns the name of what it points at; `None` when QuickBooks does not tell it.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.get().and_then(|reference| reference.name.as_str())
    }
}

impl<E> From<Id<E>> for Reference<E> {
    fn from(id: Id<E>) -> Self {
        Self { value: id.into(), ..Self::default() }
    }
}

impl<E> Clone for Reference<E> {
    fn clone(&self) -> Self {
        let Self { value, name, list, other } = self;
        Self { value: value.clone(), name: name.clone(), list: list.clone(), other: other.clone() }
    }
}

impl<E> PartialEq for Reference<E> {
    fn eq(&self, theirs: &Self) -> bool {
        let Self { value, name, list, other } = self;
        *value == theirs.value && *name == theirs.name && *list == theirs.list && *other == theirs.other
    }
}

impl<E> Default for Reference<E> {
    /// Points nowhere.
    fn default() -> Self {
        Self {
            value: Field::default(),
            name: Field::default(),
            list: Field::default(),
            other: Members::default(),
        }
    }
}

impl<E> fmt::Debug for Reference<E> {
    /// The id alone: a name may be personal.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Reference({})", self.id().map_or("", Id::as_str))
    }
}

impl<E> Record for Reference<E> {
    const NAMES: &'static [&'static str] = &["value", "name", "type"];

    fn read_members(mut members: Members) -> Self {
        Self {
            value: Slot::take(&mut members, "value"),
            name: Slot::take(&mut members, "name"),
            list: Slot::take(&mut members, "type"),
            other: members,
        }
    }

    fn write_members(&self) -> Members {
        let mut members = Members::default();
        self.value.put("value", &mut members);
        self.name.put("name", &mut members);
        self.list.put("type", &mut members);
        members.extend_from(&self.other);
        members
    }

    fn walk(&self, survey: &mut Survey) {
        let before = survey.seen();
        Slot::survey(&self.value, "value", survey);
        Slot::survey(&self.name, "name", survey);
        Slot::survey(&self.list, "type", survey);
        for (name, value) in self.other.iter() {
            survey.unknown(name, value);
        }
        if survey.seen() == before {
            survey.typed();
        }
    }
}

impl<E> Value for Reference<E> {
    const EXPECTED: &'static str = "a reference";

    fn read(json: Json) -> Result<(Self, Option<Box<Json>>), Json> {
        match json {
            Json::Object(members) => Ok((Self::read_members(members), None)),
            other => Err(other),
        }
    }

    fn write(&self) -> Json {
        Record::write(self)
    }

    fn survey(&self, survey: &mut Survey) {
        self.walk(survey);
    }
}
