//! Where the records with one value of an indexed property stand in a store.
//!
//! Most values of most properties belong to one record, and many records may share one; both are small and found fast.
//! Neighbours: `store` keeps one for each value.

use std::collections::BTreeSet;

/// IndexEntry in a store, in order.
#[derive(Debug, Clone)]
pub(crate) enum IndexEntry {
    /// One place.
    One(usize),
    /// Any number of them.
    Many(BTreeSet<usize>),
}

impl IndexEntry {
    /// Returns how many there are.
    pub(crate) fn len(&self) -> usize {
        match self {
            IndexEntry::One(_) => 1,
            IndexEntry::Many(places) => places.len(),
        }
    }

    /// Adds a place.
    pub(crate) fn add(&mut self, at: usize) {
        match self {
            IndexEntry::One(only) if *only == at => {}
            IndexEntry::One(only) => *self = IndexEntry::Many(BTreeSet::from([*only, at])),
            IndexEntry::Many(places) => {
                places.insert(at);
            }
        }
    }

    /// Takes a place out, and says whether none is left.
    pub(crate) fn remove(&mut self, at: usize) -> bool {
        match self {
            IndexEntry::One(only) => *only == at,
            IndexEntry::Many(places) => {
                places.remove(&at);
                places.is_empty()
            }
        }
    }

    /// Returns the places in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = usize> {
        let (one, many) = match self {
            IndexEntry::One(only) => (Some(*only), None),
            IndexEntry::Many(places) => (None, Some(places.iter().copied())),
        };
        one.into_iter().chain(many.into_iter().flatten())
    }
}
