//! Which steps leave together, decided purely: what wants to leave, and what QuickBooks' limits let leave now.
//!
//! A batch that went out before goes again as it was, or not at all (`BatchItem`). Up the walk: `driver.rs`.

use std::collections::{BTreeMap, BTreeSet};

use crate::attempt::Sharing;

/// Requests that may leave, or that are wanted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Turns {
    /// As batches; one is good for a single request too.
    pub(crate) batches: usize,
    /// As single requests.
    pub(crate) singles: usize,
}

/// What leaves in one request.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Load {
    /// The steps, in the order of the batch's items.
    pub(crate) places: Vec<usize>,
    /// Whether it is a batch that went out before.
    pub(crate) is_again: bool,
    /// Whether it leaves by the turn of a batch.
    pub(crate) takes_batch: bool,
}

/// What wants to leave, sorted.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Wishes {
    /// Batches that go again, whole.
    again: Vec<Vec<usize>>,
    /// Steps that go alone.
    alone: Vec<usize>,
    /// Steps that may share a request.
    free: Vec<usize>,
}

impl Wishes {
    /// Sorts what wants to leave. `open` are the batches of which some item is not settled and does not want to leave yet: the
    /// others wait for it.
    pub(crate) fn sort(leaving: impl IntoIterator<Item = (usize, Sharing)>, open: &BTreeSet<String>) -> Self {
        let mut wishes = Self::default();
        let mut batches: BTreeMap<String, (u32, BTreeMap<u32, usize>)> = BTreeMap::new();
        for (place, sharing) in leaving {
            match sharing {
                Sharing::Free => wishes.free.push(place),
                Sharing::Alone => wishes.alone.push(place),
                Sharing::Batch(item) => {
                    let batch = batches.entry(item.request_id).or_default();
                    batch.0 = item.of;
                    batch.1.insert(item.item, place);
                }
            }
        }
        for (id, (of, items)) in batches {
            if usize::try_from(of).is_ok_and(|of| items.len() == of) {
                wishes.again.push(items.into_values().collect());
            } else if !open.contains(&id) {
                wishes.alone.extend(items.into_values());
            }
        }
        wishes
    }

    /// Whether nothing wants to leave, or may.
    pub(crate) fn is_empty(&self) -> bool {
        self.again.is_empty() && self.alone.is_empty() && self.free.is_empty()
    }

    /// The turns that would let all of it leave: in batches of up to `most`, at most so many of them new, and the rest one by one.
    pub(crate) fn wanted(&self, most: usize, batches: usize) -> Turns {
        let is_batched = most > 1 && self.free.len() > 1;
        let of_free = if is_batched { self.free.len().div_ceil(most).min(batches) } else { 0 };
        let single = self.free.len().saturating_sub(of_free.saturating_mul(most));
        Turns { batches: self.again.len() + of_free, singles: self.alone.len() + single }
    }

    /// How many more single requests could leave in the place of batches that may not.
    pub(crate) fn left_of(&self, turns: Turns, most: usize) -> usize {
        let batches = turns.batches.saturating_sub(self.again.len());
        let singles = turns.singles.saturating_sub(self.alone.len());
        self.free.len().saturating_sub(batches.saturating_mul(most)).saturating_sub(singles)
    }

    /// What leaves by these turns.
    pub(crate) fn loads(self, turns: Turns, most: usize) -> Vec<Load> {
        let Turns { mut batches, mut singles } = turns;
        let mut loads = Vec::new();
        for places in self.again.into_iter().take(batches) {
            batches -= 1;
            loads.push(Load { places, is_again: true, takes_batch: true });
        }
        for place in self.alone {
            let takes_batch = singles == 0;
            let Some(left) = (if takes_batch { batches } else { singles }).checked_sub(1) else { break };
            *(if takes_batch { &mut batches } else { &mut singles }) = left;
            loads.push(Load { places: vec![place], is_again: false, takes_batch });
        }
        let mut free = self.free.into_iter().peekable();
        for (turns, takes_batch) in [(batches, true), (singles, false)] {
            for _ in 0..turns {
                let size = if takes_batch { most.max(1) } else { 1 };
                let places: Vec<usize> = free.by_ref().take(size).collect();
                if !places.is_empty() {
                    loads.push(Load { places, is_again: false, takes_batch });
                }
            }
        }
        loads
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests {
    use super::*;
    use crate::entry::BatchItem;

    fn item(request_id: &str, item: u32, of: u32) -> Sharing {
        Sharing::Batch(BatchItem { request_id: request_id.to_owned(), item, of })
    }

    fn free(places: std::ops::Range<usize>) -> impl Iterator<Item = (usize, Sharing)> {
        places.map(|place| (place, Sharing::Free))
    }

    fn sort(leaving: impl IntoIterator<Item = (usize, Sharing)>, open: &[&str]) -> Wishes {
        Wishes::sort(leaving, &open.iter().map(|id| (*id).to_owned()).collect())
    }

    fn turns(batches: usize, singles: usize) -> Turns {
        Turns { batches, singles }
    }

    fn load(places: &[usize], is_again: bool, takes_batch: bool) -> Load {
        Load { places: places.to_vec(), is_again, takes_batch }
    }

    #[test]
    fn what_may_share_fills_batches_and_takes_single_turns_when_there_are_no_others() {
        for (count, most, batches, wanted) in [
            (0, 30, usize::MAX, turns(0, 0)),
            (1, 30, usize::MAX, turns(0, 1)),
            (2, 30, usize::MAX, turns(1, 0)),
            (31, 30, usize::MAX, turns(2, 0)),
            (31, 30, 1, turns(1, 1)),
            (31, 30, 0, turns(0, 31)),
            (31, 1, usize::MAX, turns(0, 31)),
        ] {
            assert_eq!(sort(free(0..count), &[]).wanted(most, batches), wanted, "{count} {most} {batches}");
        }
        let seven = || sort(free(0..7), &[]);
        assert_eq!(seven().left_of(turns(1, 1), 3), 3);
        let loads = seven().loads(turns(2, 2), 3);
        assert_eq!(
            loads,
            [load(&[0, 1, 2], false, true), load(&[3, 4, 5], false, true), load(&[6], false, false)]
        );
    }

    #[test]
    fn a_batch_goes_again_whole_in_its_order_or_its_items_go_alone() {
        let both = [(5, item("b-1", 1, 2)), (9, item("b-1", 0, 2))];
        let wishes = sort(both.clone(), &[]);
        assert_eq!(wishes.wanted(30, 0), turns(1, 0));
        assert_eq!(wishes.loads(turns(1, 0), 30), [load(&[9, 5], true, true)]);
        assert_eq!(sort(both.clone(), &[]).loads(turns(0, 2), 30), [], "never parted while it is whole");
        // The other item is settled: what is left goes alone. It is still open: what is left waits.
        let one = || both.iter().take(1).cloned();
        assert_eq!(sort(one(), &[]).loads(turns(0, 1), 30), [load(&[5], false, false)]);
        assert_eq!(sort(one(), &["b-1"]).wanted(30, usize::MAX), turns(0, 0));
    }

    #[test]
    fn what_went_alone_goes_alone_and_by_any_turn() {
        let leaving = || [(1, Sharing::Alone), (2, Sharing::Alone), (3, Sharing::Free), (4, Sharing::Free)];
        assert_eq!(sort(leaving(), &[]).wanted(30, usize::MAX), turns(1, 2));
        let loads = sort(leaving(), &[]).loads(turns(2, 1), 30);
        assert_eq!(loads, [load(&[1], false, false), load(&[2], false, true), load(&[3, 4], false, true)]);
    }
}
