//! The records of a store in the order of their ids, and pages of them.
//!
//! Deleted records stay where they are, empty; every look passes over them. Neighbours: `store` keeps them, `query` pages.

use std::collections::BTreeSet;

use crate::base::json::Json;

/// One object as the API shows it.
#[derive(Debug, Clone)]
pub(crate) struct Record {
    /// The Id; special ids such as `TAX` included.
    pub(crate) id: String,
    /// The whole object. Balances of accounts and customers are laid over it when it is read.
    pub(crate) body: Json,
}

/// The records of a store, deleted ones left out.
#[derive(Clone, Copy)]
pub(crate) struct Records<'a> {
    records: &'a [Record],
    gone: &'a BTreeSet<usize>,
}

impl<'a> Records<'a> {
    /// Records, and the places of those that are deleted.
    pub(crate) fn new(records: &'a [Record], gone: &'a BTreeSet<usize>) -> Records<'a> {
        Records { records, gone }
    }

    /// Returns how many there are.
    pub(crate) fn len(self) -> usize {
        self.records.len() - self.gone.len()
    }

    /// Iterates in the order of the ids.
    pub(crate) fn iter(self) -> impl DoubleEndedIterator<Item = &'a Record> {
        let Records { records, gone } = self;
        records.iter().enumerate().filter(move |(at, _)| !gone.contains(at)).map(|(_, record)| record)
    }

    /// Returns so many from a position on, counted from the last record on when backwards; without a walk to
    /// the position.
    pub(crate) fn page(self, position: usize, count: usize, backwards: bool) -> Vec<&'a Record> {
        let Records { records, gone } = self;
        if position >= self.len() {
            return Vec::new();
        }
        let is_there = |(at, record): (usize, &'a Record)| (!gone.contains(&at)).then_some(record);
        if backwards {
            let mut last = records.len() - 1 - position;
            for at in gone.iter().rev() {
                if *at < last {
                    break;
                }
                last = last.saturating_sub(1);
            }
            return records[..=last].iter().enumerate().rev().filter_map(is_there).take(count).collect();
        }
        let mut first = position;
        for at in gone {
            if *at > first {
                break;
            }
            first += 1;
        }
        let from = records.iter().enumerate().skip(first);
        from.filter_map(is_there).take(count).collect()
    }
}

#[cfg(test)]
mod tests {
    use crate::base::json::object;
    use crate::books::store::Store;

    #[test]
    fn pages_pass_over_deleted_records_from_either_end() {
        for gone in [vec![], vec![0, 1], vec![2, 3, 7], vec![8, 9], vec![0, 4, 5, 9], (0..9).collect()] {
            let mut store = Store::new(&[]);
            (0..10).for_each(|id| store.insert(id.to_string(), object()));
            gone.iter().for_each(|id: &usize| drop(store.remove(&id.to_string())));
            let all: Vec<&str> = store.records().iter().map(|record| record.id.as_str()).collect();
            for (position, count) in
                (0..11).flat_map(|position| [(position, 1), (position, 3), (position, 99)])
            {
                let ids = |backwards| -> Vec<&str> {
                    let page = store.records().page(position, count, backwards);
                    page.iter().map(|record| record.id.as_str()).collect()
                };
                let forwards: Vec<&str> = all.iter().copied().skip(position).take(count).collect();
                let backwards: Vec<&str> = all.iter().rev().copied().skip(position).take(count).collect();
                assert_eq!(ids(false), forwards, "{gone:?} {position} {count}");
                assert_eq!(ids(true), backwards, "{gone:?} {position} {count}");
            }
        }
    }
}
