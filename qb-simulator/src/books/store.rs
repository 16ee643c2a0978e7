//! The records of one entity, in the order of their ids, found in constant time by id and by the properties that are
//! indexed, and by day and by the moment of the last change without a walk over the others.
//!
//! Knows JSON paths, not their meaning. Neighbours: `company` holds one store per entity, `query` and `cdc` read them,
//! `places` keeps what is found.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Bound;

use chrono::DateTime;

use crate::base::json::Json;
use crate::books::index_entry::IndexEntry;
use crate::books::records::{Record, Records};

/// The property whose days are kept in order.
pub(crate) const DAY: &str = "TxnDate";
/// The property whose moments are kept in order.
pub(crate) const CHANGED: &str = "MetaData.LastUpdatedTime";

/// The records of one entity.
#[derive(Debug, Default)]
pub(crate) struct Store {
    records: Vec<Record>,
    /// IndexEntry of deleted records. They stay where they are, empty, so that deleting moves nothing.
    gone: BTreeSet<usize>,
    by_id: HashMap<String, usize>,
    indexes: Vec<(&'static str, HashMap<String, IndexEntry>)>,
    days: BTreeMap<String, IndexEntry>,
    changed: BTreeSet<(i64, usize)>,
}

/// What a record is found by.
#[derive(Debug, PartialEq, Eq)]
struct Keys {
    indexed: Vec<Option<String>>,
    day: Option<String>,
    changed: Option<i64>,
}

impl Store {
    /// Returns an empty store with an index on each of the given property paths.
    pub(crate) fn new(indexed: &[&'static str]) -> Store {
        let indexes = indexed.iter().map(|path| (*path, HashMap::new())).collect();
        Store { indexes, ..Store::default() }
    }

    fn keys(&self, body: &Json) -> Keys {
        let of = |path: &str| index_value(body, path).map(str::to_owned);
        let folded = |path: &str| index_value(body, path).map(str::to_lowercase);
        let changed = index_value(body, CHANGED).and_then(|text| DateTime::parse_from_rfc3339(text).ok());
        Keys {
            indexed: self.indexes.iter().map(|(path, _)| folded(path)).collect(),
            day: of(DAY),
            changed: changed.map(|moment| moment.timestamp_millis()),
        }
    }

    /// Takes a place out from under the keys it has no more, and enters it under those that are new.
    fn index(&mut self, at: usize, before: &Keys, after: Keys) {
        for (((_, index), old), new) in self.indexes.iter_mut().zip(&before.indexed).zip(after.indexed) {
            if *old != new {
                forget(index, old.as_ref(), at);
                if let Some(value) = new {
                    index.entry(value).and_modify(|places| places.add(at)).or_insert(IndexEntry::One(at));
                }
            }
        }
        if before.day != after.day {
            if let Some(day) = &before.day
                && self.days.get_mut(day).is_some_and(|places| places.remove(at))
            {
                self.days.remove(day);
            }
            if let Some(day) = after.day {
                self.days.entry(day).and_modify(|places| places.add(at)).or_insert(IndexEntry::One(at));
            }
        }
        if before.changed != after.changed {
            self.changed.extend(after.changed.map(|moment| (moment, at)));
            if let Some(moment) = before.changed {
                self.changed.remove(&(moment, at));
            }
        }
    }

    /// Adds a record; ids grow, so that the order of adding is the order of ids.
    pub(crate) fn insert(&mut self, id: String, mut body: Json) {
        body.shrink();
        let at = self.records.len();
        let keys = self.keys(&body);
        self.index(at, &self.keys(&Json::Null), keys);
        self.by_id.insert(id.clone(), at);
        self.records.push(Record { id, body });
    }

    /// Returns a record by its id.
    pub(crate) fn get(&self, id: &str) -> Option<&Record> {
        self.by_id.get(id).and_then(|at| self.records.get(*at))
    }

    /// Returns where the record of an id stands.
    pub(crate) fn place(&self, id: &str) -> Option<usize> {
        self.by_id.get(id).copied()
    }

    /// Returns the record at a place.
    pub(crate) fn at(&self, place: usize) -> Option<&Record> {
        self.records.get(place)
    }

    /// Changes a record's body. Indexed properties are entered again.
    pub(crate) fn change(&mut self, id: &str, change: impl FnOnce(&mut Json)) {
        let Some(at) = self.by_id.get(id).copied() else { return };
        let Some(record) = self.records.get(at) else { return };
        let before = self.keys(&record.body);
        let Some(record) = self.records.get_mut(at) else { return };
        change(&mut record.body);
        let Some(record) = self.records.get(at) else { return };
        let after = self.keys(&record.body);
        self.index(at, &before, after);
    }

    /// Takes a record out and gives its last body. Its id is not found again.
    pub(crate) fn remove(&mut self, id: &str) -> Option<Json> {
        self.get(id)?;
        let mut last = Json::Null;
        self.change(id, |body| last = std::mem::replace(body, Json::Null));
        self.gone.extend(self.by_id.remove(id));
        Some(last)
    }

    /// Returns the places of the records whose indexed property has this value in any case; `None` when the
    /// property is not indexed.
    pub(crate) fn places(&self, path: &str, value: &str) -> Option<Option<&IndexEntry>> {
        let (_, index) = self.indexes.iter().find(|(indexed, _)| *indexed == path)?;
        Some(index.get(&value.to_lowercase()))
    }

    /// Returns the records whose indexed property has exactly this value.
    pub(crate) fn find<'a>(&'a self, path: &'a str, value: &'a str) -> impl Iterator<Item = &'a Record> {
        let places = self.places(path, value).flatten();
        let records = places.into_iter().flat_map(IndexEntry::iter).filter_map(|at| self.records.get(at));
        records.filter(move |record| index_value(&record.body, path) == Some(value))
    }

    /// Returns the places of the records of some days, day by day.
    pub(crate) fn dated<'a>(
        &'a self,
        days: (Bound<&str>, Bound<&str>),
    ) -> impl Iterator<Item = usize> + use<'a> {
        let days = is_range(&days).then(|| self.days.range::<str, _>(days));
        days.into_iter().flatten().flat_map(|(_, places)| places.iter())
    }

    /// Returns the places of the records last changed within these moments, in milliseconds, in the order of
    /// the changes.
    pub(crate) fn changed(&self, moments: (Bound<i64>, Bound<i64>)) -> impl Iterator<Item = usize> {
        let first = match moments.0 {
            Bound::Included(moment) => Bound::Included((moment, 0)),
            Bound::Excluded(moment) => Bound::Excluded((moment, usize::MAX)),
            Bound::Unbounded => Bound::Unbounded,
        };
        let last = match moments.1 {
            Bound::Included(moment) => Bound::Included((moment, usize::MAX)),
            Bound::Excluded(moment) => Bound::Excluded((moment, 0)),
            Bound::Unbounded => Bound::Unbounded,
        };
        let found = is_range(&(first, last)).then(|| self.changed.range((first, last)));
        found.into_iter().flatten().map(|(_, at)| *at)
    }

    /// Returns all records in the order of their ids.
    pub(crate) fn records(&self) -> Records<'_> {
        Records::new(&self.records, &self.gone)
    }
}

/// Returns whether the bounds are in order; a map panics over others.
fn is_range<T: PartialOrd>(bounds: &(Bound<T>, Bound<T>)) -> bool {
    match bounds {
        (Bound::Excluded(first), Bound::Excluded(last)) => first < last,
        (Bound::Included(first) | Bound::Excluded(first), Bound::Included(last) | Bound::Excluded(last)) => {
            first <= last
        }
        _ => true,
    }
}

fn forget(index: &mut HashMap<String, IndexEntry>, value: Option<&String>, at: usize) {
    let Some(value) = value else { return };
    if index.get_mut(value).is_some_and(|places| places.remove(at)) {
        index.remove(value);
    }
}

/// Returns a property's text; of a reference its `value`.
fn index_value<'a>(body: &'a Json, path: &str) -> Option<&'a str> {
    match body.path(path)? {
        reference @ Json::Object(_) => reference.text_of("value"),
        plain => plain.as_text(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failing test may stop")]
    use super::*;
    use crate::base::json::{object, text};

    #[test]
    fn finds_by_index_and_follows_changes() {
        let mut store = Store::new(&["DocNumber"]);
        for id in ["5", "6", "7"] {
            store.insert(id.into(), object().with("DocNumber", text("A")));
        }
        store.change("6", |body| body.set("DocNumber", text("B")));
        let ids = |number| store.find("DocNumber", number).map(|r| r.id.clone()).collect::<Vec<_>>();
        assert_eq!(ids("A"), ["5", "7"]);
        assert_eq!(ids("B"), ["6"]);
        assert!(ids("C").is_empty());
    }

    #[test]
    fn finds_days_and_changes_and_follows_them() {
        let mut store = Store::new(&["CustomerRef"]);
        let body = |day: &'static str, time: &'static str| {
            object()
                .with("TxnDate", text(day))
                .with("CustomerRef", object().with("value", text("7")))
                .with("MetaData", object().with("LastUpdatedTime", text(time)))
        };
        store.insert("1".into(), body("2026-02-03", "2026-02-03T09:00:00-08:00"));
        store.insert("2".into(), body("2026-02-01", "2026-02-03T10:00:00-08:00"));
        let days = |store: &Store, first, last| {
            store.dated((Bound::Included(first), Bound::Excluded(last))).collect::<Vec<_>>()
        };
        assert_eq!(days(&store, "2026-02-01", "2026-02-04"), [1, 0]);
        assert_eq!(days(&store, "2026-02-01", "2026-02-03"), [1]);
        assert!(days(&store, "2026-02-04", "2026-02-01").is_empty());
        assert_eq!(store.find("CustomerRef", "7").count(), 2);
        let since = DateTime::parse_from_rfc3339("2026-02-03T09:30:00-08:00").unwrap().timestamp_millis();
        let changed =
            |store: &Store| store.changed((Bound::Included(since), Bound::Unbounded)).collect::<Vec<_>>();
        assert_eq!(changed(&store), [1]);
        store.change("1", |old| *old = body("2026-02-05", "2026-02-03T11:00:00-08:00"));
        assert_eq!(changed(&store), [1, 0]);
        assert_eq!(days(&store, "2026-02-01", "2026-02-04"), [1]);
        store.remove("2");
        assert_eq!(changed(&store), [0]);
        assert!(days(&store, "2026-02-01", "2026-02-04").is_empty());
        assert_eq!(store.find("CustomerRef", "7").count(), 1);
    }
}
