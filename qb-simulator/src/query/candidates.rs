//! Which records a query has to look at.
//!
//! Equality on Id or an indexed column, days and moments of change are looked up; of several the one that leaves the
//! fewest is taken. Whether a candidate matches is asked afterwards all the same. Neighbours: `run`, and `store`, which
//! keeps what is looked up.

use std::ops::Bound;

use super::Operator;
use super::run::{Filter, instant};
use crate::entity::Entity;
use crate::places::Places;
use crate::store::{CHANGED, DAY, Store};

/// The places of the records that can match, in the order of ids; `None` when that is all of them.
pub(super) fn candidates(store: &Store, entity: &Entity, filters: &[Filter<'_>]) -> Option<Vec<usize>> {
    let mut best: Option<Vec<usize>> = None;
    // What is known to be few goes first, and nothing is collected beyond what is few already.
    let mut equal: Vec<Vec<&Places>> = filters.iter().filter_map(|filter| indexed(store, filter)).collect();
    equal.sort_by_key(|places| places.iter().map(|places| places.len()).sum::<usize>());
    if let Some(places) = equal.first() {
        keep_fewer(&mut best, places.iter().flat_map(|places| places.iter()));
    }
    for filter in filters.iter().filter(|filter| filter.column == "Id" && is_equality(filter)) {
        keep_fewer(&mut best, filter.condition.values.iter().filter_map(|id| store.place(id)));
    }
    if let Some((first, last)) = bounds(filters, DAY, |day| Some(day.to_owned())) {
        keep_fewer(
            &mut best,
            store.dated((first.as_ref().map(String::as_str), last.as_ref().map(String::as_str))),
        );
    }
    // Single objects such as Preferences are put together when they are shown.
    if (entity.is_list || entity.kind.is_document())
        && let Some(moments) = bounds(filters, CHANGED, instant)
    {
        keep_fewer(&mut best, store.changed(moments));
    }
    if let Some(places) = &mut best {
        places.sort_unstable();
        places.dedup();
    }
    best
}

fn keep_fewer(best: &mut Option<Vec<usize>>, found: impl Iterator<Item = usize>) {
    let limit = best.as_ref().map_or(usize::MAX, Vec::len);
    let places: Vec<usize> = found.take(limit).collect();
    if places.len() < limit {
        *best = Some(places);
    }
}

fn is_equality(filter: &Filter<'_>) -> bool {
    matches!(filter.condition.operator, Operator::Equal | Operator::In)
}

/// Where the records with one of the values of an equality stand; `None` when the column is not indexed.
fn indexed<'a>(store: &'a Store, filter: &Filter<'_>) -> Option<Vec<&'a Places>> {
    if !is_equality(filter) {
        return None;
    }
    let values = filter.condition.values.iter();
    let found: Option<Vec<Option<&Places>>> =
        values.map(|value| store.places(filter.column, value)).collect();
    Some(found?.into_iter().flatten().collect())
}

/// The narrowest bounds that the comparisons of a column set; `None` when none does.
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

/// Whether a lower bound leaves less than another, or as much.
fn is_above<T: PartialOrd>(new: &Bound<T>, old: &Bound<T>) -> bool {
    match (new, old) {
        (Bound::Unbounded, _) => false,
        (_, Bound::Unbounded) => true,
        (Bound::Included(new) | Bound::Excluded(new), Bound::Included(old) | Bound::Excluded(old)) => {
            new > old
        }
    }
}

/// Whether an upper bound leaves less than another.
fn is_below<T: PartialOrd>(new: &Bound<T>, old: &Bound<T>) -> bool {
    match (new, old) {
        (Bound::Unbounded, _) => false,
        (_, Bound::Unbounded) => true,
        (Bound::Included(new) | Bound::Excluded(new), Bound::Included(old) | Bound::Excluded(old)) => {
            new < old
        }
    }
}
