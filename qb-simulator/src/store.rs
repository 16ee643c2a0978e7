//! The records of one entity, in the order of their ids, found in constant time by id and by the
//! properties that are indexed.
//!
//! Knows JSON paths, not their meaning. Neighbours: `company` holds one store per entity, `query`
//! reads them.

use std::collections::{BTreeSet, HashMap};

use crate::json::Json;

/// One object as the API shows it.
#[derive(Debug, Clone)]
pub(crate) struct Record {
    /// The Id; special ids such as `TAX` included.
    pub(crate) id: String,
    /// The whole object. Balances of accounts and customers are laid over it when it is read.
    pub(crate) body: Json,
}

/// The records of one entity.
#[derive(Debug, Default)]
pub(crate) struct Store {
    records: Vec<Record>,
    /// Places of deleted records. They stay where they are, empty, so that deleting moves nothing.
    gone: BTreeSet<usize>,
    by_id: HashMap<String, usize>,
    indexes: Vec<(&'static str, HashMap<String, Vec<usize>>)>,
}

impl Store {
    /// An empty store with an index on each of the given property paths.
    pub(crate) fn new(indexed: &[&'static str]) -> Store {
        let indexes = indexed.iter().map(|path| (*path, HashMap::new())).collect();
        Store { records: Vec::new(), gone: BTreeSet::new(), by_id: HashMap::new(), indexes }
    }

    /// Adds a record; ids grow, so that the order of adding is the order of ids.
    pub(crate) fn insert(&mut self, id: String, mut body: Json) {
        body.shrink();
        let at = self.records.len();
        for (path, index) in &mut self.indexes {
            if let Some(value) = index_value(&body, path) {
                index.entry(value.to_owned()).or_default().push(at);
            }
        }
        self.by_id.insert(id.clone(), at);
        self.records.push(Record { id, body });
    }

    /// A record by its id.
    pub(crate) fn get(&self, id: &str) -> Option<&Record> {
        self.by_id.get(id).and_then(|at| self.records.get(*at))
    }

    /// Changes a record's body. Indexed properties are entered anew.
    pub(crate) fn change(&mut self, id: &str, change: impl FnOnce(&mut Json)) {
        let Some(at) = self.by_id.get(id).copied() else { return };
        let Some(record) = self.records.get_mut(at) else { return };
        let before: Vec<Option<String>> =
            self.indexes.iter().map(|(path, _)| index_value(&record.body, path).map(str::to_owned)).collect();
        change(&mut record.body);
        for ((path, index), before) in self.indexes.iter_mut().zip(before) {
            let after = index_value(&record.body, path);
            if before.as_deref() == after {
                continue;
            }
            if let Some(places) = before.and_then(|value| index.get_mut(&value)) {
                places.retain(|place| *place != at);
            }
            if let Some(value) = after {
                let places = index.entry(value.to_owned()).or_default();
                places.insert(places.partition_point(|place| *place < at), at);
            }
        }
    }

    /// Takes a record out and gives its last body. Its id is not found again.
    pub(crate) fn remove(&mut self, id: &str) -> Option<Json> {
        self.get(id)?;
        let mut last = Json::Null;
        self.change(id, |body| last = std::mem::replace(body, Json::Null));
        self.gone.extend(self.by_id.remove(id));
        Some(last)
    }

    /// Whether a property is indexed.
    pub(crate) fn is_indexed(&self, path: &str) -> bool {
        self.indexes.iter().any(|(indexed, _)| *indexed == path)
    }

    /// The records whose indexed property has exactly this value.
    pub(crate) fn find<'a>(&'a self, path: &str, value: &str) -> impl Iterator<Item = &'a Record> {
        let places = self
            .indexes
            .iter()
            .find(|(indexed, _)| *indexed == path)
            .and_then(|(_, index)| index.get(value))
            .map_or(&[][..], Vec::as_slice);
        places.iter().filter_map(|at| self.records.get(*at))
    }

    /// All records in the order of their ids.
    pub(crate) fn records(&self) -> Records<'_> {
        Records { records: &self.records, gone: &self.gone }
    }
}

/// The records of a store, deleted ones left out.
#[derive(Clone, Copy)]
pub(crate) struct Records<'a> {
    records: &'a [Record],
    gone: &'a BTreeSet<usize>,
}

impl<'a> Records<'a> {
    /// How many there are.
    pub(crate) fn len(self) -> usize {
        self.records.len() - self.gone.len()
    }

    /// In the order of their ids.
    pub(crate) fn iter(self) -> impl DoubleEndedIterator<Item = &'a Record> {
        let Records { records, gone } = self;
        records.iter().enumerate().filter(move |(at, _)| !gone.contains(at)).map(|(_, record)| record)
    }
}

fn index_value<'a>(body: &'a Json, path: &str) -> Option<&'a str> {
    body.path(path).and_then(Json::as_text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::{object, text};

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
}
