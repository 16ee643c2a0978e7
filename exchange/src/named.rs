//! A company's list entries by name, as QuickBooks compares names: whatever their case. The active one comes first; where
//! several active ones of one name stand below different parents, the name does not say which is meant: a fault.

use std::collections::BTreeMap;
use std::ops::Deref;

use qb_model::engine::{is_same_name, name_key};
use qb_model::{AccountInfo, Class, Department, Id, ItemInfo};

use crate::error::NotReady;

/// QuickBooks appends this to the name of a list entry that is made inactive.
const DELETED: &str = " (deleted)";

/// A row of a list that a name can mean.
pub(crate) trait ListRow {
    /// What it is called in messages.
    const ENTITY: &'static str;
    fn name(&self) -> &str;
    /// Returns the name with the names of those that it stands below.
    fn full_name(&self) -> &str;
    fn is_active(&self) -> bool;
}

impl ListRow for AccountInfo {
    const ENTITY: &'static str = "account";
    fn name(&self) -> &str {
        &self.name
    }
    fn full_name(&self) -> &str {
        &self.full_name
    }
    fn is_active(&self) -> bool {
        self.active
    }
}

impl ListRow for ItemInfo {
    const ENTITY: &'static str = "item";
    fn name(&self) -> &str {
        &self.name
    }
    fn full_name(&self) -> &str {
        &self.full_name
    }
    fn is_active(&self) -> bool {
        self.active
    }
}

/// What documents are tracked by.
pub(crate) trait Dimension {
    const ENTITY: &'static str;
}

impl Dimension for Department {
    const ENTITY: &'static str = "location";
}

impl Dimension for Class {
    const ENTITY: &'static str = "class";
}

/// An active location or class.
#[derive(Debug)]
pub(crate) struct Tracked<K> {
    pub(crate) id: Id<K>,
    pub(crate) name: String,
    pub(crate) full_name: String,
}

impl<K: Dimension> ListRow for Tracked<K> {
    const ENTITY: &'static str = K::ENTITY;
    fn name(&self) -> &str {
        &self.name
    }
    fn full_name(&self) -> &str {
        &self.full_name
    }
    fn is_active(&self) -> bool {
        true
    }
}

/// A list, and where each name stands in it.
#[derive(Debug)]
pub(crate) struct Named<T> {
    rows: Vec<T>,
    places: BTreeMap<String, Vec<usize>>,
}

impl<T> Default for Named<T> {
    fn default() -> Self {
        Self { rows: Vec::new(), places: BTreeMap::new() }
    }
}

impl<T> Deref for Named<T> {
    type Target = [T];
    fn deref(&self) -> &[T] {
        &self.rows
    }
}

impl<T: ListRow> FromIterator<T> for Named<T> {
    fn from_iter<I: IntoIterator<Item = T>>(rows: I) -> Self {
        let rows: Vec<T> = rows.into_iter().collect();
        let mut places: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (place, row) in rows.iter().enumerate() {
            let name = row.name();
            let was = name.strip_suffix(DELETED).filter(|_| !row.is_active());
            for name in [Some(name), was].into_iter().flatten() {
                places.entry(name_key(name)).or_default().push(place);
            }
        }
        Self { rows, places }
    }
}

impl<T: ListRow> Named<T> {
    /// The row of this name: of several active ones the one that has it in full, standing below none; an inactive one only
    /// where no active one has it.
    pub(crate) fn find(&self, name: &str) -> Result<Option<&T>, NotReady> {
        let active: Vec<&T> = self.rows_named(name).filter(|row| row.is_active()).collect();
        let at_top = || active.iter().find(|row| is_same_name(row.full_name(), name)).copied();
        match active[..] {
            [] => Ok(self.rows_named(name).next()),
            [only] => Ok(Some(only)),
            [..] => at_top().map(Some).ok_or_else(|| NotReady::SameName {
                entity: T::ENTITY,
                name: name.to_owned(),
                count: active.len(),
            }),
        }
    }

    /// Every row of this name, inactive ones too.
    pub(crate) fn rows_named(&self, name: &str) -> impl Iterator<Item = &T> {
        self.places.get(&name_key(name)).into_iter().flatten().map(|&place| &self.rows[place])
    }
}
