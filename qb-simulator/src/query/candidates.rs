//! Which records a query has to look at.
//!
//! Equality on Id or an indexed column, days and moments of change are looked up; of several the one that leaves the
//! fewest is taken. What the look-up has not settled is asked of each candidate afterwards. Neighbours: `run`, and `store`, which
//! keeps what is looked up.

use std::ops::Bound;

use super::filter::{Filter, instant};
use super::{ColumnType, Operator};
use crate::books::index_entry::IndexEntry;
use crate::books::store::{CHANGED, DAY, Store};
use crate::entity::Entity;

/// The records that a look-up leaves.
pub(super) struct Candidates {
    /// Their places, in the order of ids.
    pub(super) places: Vec<usize>,
    /// Of each filter, whether they are known to match it.
    pub(super) settled: Vec<bool>,
}

/// Returns the records that can match; `None` when that is all of them.
pub(super) fn candidates(store: &Store, entity: &Entity, filters: &[Filter<'_>]) -> Option<Candidates> {
    let mut best: Option<Candidates> = None;
    // What is known to be few goes first, and nothing is collected beyond what is few already.
    let mut equal: Vec<(usize, Vec<&IndexEntry>)> = Vec::new();
    for (at, filter) in filters.iter().enumerate() {
        equal.extend(indexed(store, filter).map(|places| (at, places)));
    }
    let size = |places: &[&IndexEntry]| places.iter().map(|places| places.len()).sum::<usize>();
    if let Some((at, places)) = equal.iter().min_by_key(|(_, places)| size(places)) {
        let settles = settling(filters, |filter, other| filter == *at && other.kind == ColumnType::Text);
        keep_fewer(&mut best, places.iter().flat_map(|places| places.iter()), settles);
    }
    for (at, filter) in filters.iter().enumerate() {
        if filter.column == "Id" && is_equality(filter) {
            let places = filter.condition.values.iter().filter_map(|id| store.place(id));
            keep_fewer(&mut best, places, settling(filters, |filter, _| filter == at));
        }
    }
    let compared = |column: &'static str| {
        settling(filters, move |_, filter| {
            filter.column == column && !matches!(filter.condition.operator, Operator::In | Operator::Like)
        })
    };
    if let Some((first, last)) = bounds(filters, DAY, |day| Some(day.to_owned())) {
        let days = (first.as_ref().map(String::as_str), last.as_ref().map(String::as_str));
        keep_fewer(&mut best, store.dated(days), compared(DAY));
    }
    // Single objects such as Preferences are put together when they are shown.
    if (entity.is_list || entity.kind.is_document())
        && let Some(moments) = bounds(filters, CHANGED, instant)
    {
        keep_fewer(&mut best, store.changed(moments), compared(CHANGED));
    }
    if let Some(candidates) = &mut best {
        candidates.places.sort_unstable();
        candidates.places.dedup();
    }
    best
}

fn settling(filters: &[Filter<'_>], settles: impl Fn(usize, &Filter<'_>) -> bool) -> Vec<bool> {
    filters.iter().enumerate().map(|(at, filter)| settles(at, filter)).collect()
}

fn keep_fewer(best: &mut Option<Candidates>, found: impl Iterator<Item = usize>, settled: Vec<bool>) {
    let limit = best.as_ref().map_or(usize::MAX, |best| best.places.len());
    let places: Vec<usize> = found.take(limit).collect();
    if places.len() < limit {
        *best = Some(Candidates { places, settled });
    }
}

fn is_equality(filter: &Filter<'_>) -> bool {
    matches!(filter.condition.operator, Operator::Equal | Operator::In)
}

/// Returns where the records with one of the values of an equality stand; `None` when the column is not
/// indexed.
fn indexed<'a>(store: &'a Store, filter: &Filter<'_>) -> Option<Vec<&'a IndexEntry>> {
    if !is_equality(filter) {
        return None;
    }
    let values = filter.condition.values.iter();
    let found: Option<Vec<Option<&IndexEntry>>> =
        values.map(|value| store.places(filter.column, value)).collect();
    Some(found?.into_iter().flatten().collect())
}

/// Returns the narrowest bounds that the comparisons of a column set; `None` when none does.
fn bounds<T: PartialOrd + Clone>(
    filters: &[Filter<'_>],
    column: &str,
    read: impl Fn(&str) -> Option<T>,
) -> Option<(Bound<T>, Bound<T>)> {
    let (mut first, mut last) = (Bound::Unbounded, Bound::Unbounded);
    for filter in filters.iter().filter(|filter| filter.column == column) {
        let Some(value) = filter.condition.values.first().and_then(|value| read(value)) else { continue };
        let (from, to) = match filter.condition.operator {
            Operator::Equal => (Bound::Included(value.clone()), Bound::Included(value)),
            Operator::Less => (Bound::Unbounded, Bound::Excluded(value)),
            Operator::LessOrEqual => (Bound::Unbounded, Bound::Included(value)),
            Operator::Greater => (Bound::Excluded(value), Bound::Unbounded),
            Operator::GreaterOrEqual => (Bound::Included(value), Bound::Unbounded),
            Operator::In | Operator::Like => continue,
        };
        if is_above(&from, &first) {
            first = from;
        }
        if is_below(&to, &last) {
            last = to;
        }
    }
    match (&first, &last) {
        (Bound::Unbounded, Bound::Unbounded) => None,
        _ => Some((first, last)),
    }
}

/// Returns whether a lower bound leaves less than another.
fn is_above<T: PartialOrd>(new: &Bound<T>, old: &Bound<T>) -> bool {
    match (new, old) {
        (Bound::Unbounded, _) => false,
        (_, Bound::Unbounded) => true,
        (Bound::Excluded(new), Bound::Included(old)) => new >= old,
        (Bound::Included(new) | Bound::Excluded(new), Bound::Included(old) | Bound::Excluded(old)) => {
            new > old
        }
    }
}

/// Returns whether an upper bound leaves less than another.
fn is_below<T: PartialOrd>(new: &Bound<T>, old: &Bound<T>) -> bool {
    match (new, old) {
        (Bound::Unbounded, _) => false,
        (_, Bound::Unbounded) => true,
        (Bound::Excluded(new), Bound::Included(old)) => new <= old,
        (Bound::Included(new) | Bound::Excluded(new), Bound::Included(old) | Bound::Excluded(old)) => {
            new < old
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_two_bounds_the_narrower_counts() {
        assert!(is_above(&Bound::Excluded(5), &Bound::Included(5)));
        assert!(!is_above(&Bound::Included(5), &Bound::Excluded(5)));
        assert!(is_above(&Bound::Included(6), &Bound::Excluded(5)));
        assert!(is_below(&Bound::Excluded(5), &Bound::Included(5)));
        assert!(!is_below(&Bound::Included(5), &Bound::Excluded(5)));
        assert!(is_below(&Bound::Included(4), &Bound::Unbounded));
        assert!(!is_below::<i32>(&Bound::Unbounded, &Bound::Included(4)));
    }
}
