//! F-08: merges of the POS's customers. Both customers are first followed through earlier merges; the same = refused, so that
//! no ring can form, in whatever order stores report.
//!
//! ```text
//! a -> b, then b -> c    a and b stand for c: its links are c's own, then b's, then a's
//! a -> b, then b -> a    refused: b already stands for a
//! a -> b, told again     nothing
//! ```

use std::collections::BTreeMap;

use crate::CustomerKey;

/// Which customer stands for which: a duplicate's key to its keeper's. Free of rings, for [`Merges::merge`] adds none.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct Merges(BTreeMap<CustomerKey, CustomerKey>);

/// What a reported merge comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Merged {
    /// The first customer is now the second's duplicate.
    New(CustomerKey, CustomerKey),
    /// It was known.
    Known,
    /// The keeper already stands for its own keeper: a ring, or a customer merged into itself.
    Ring,
}

impl Merges {
    /// Returns the customer that stands for this one now; itself when it was never merged.
    #[must_use]
    pub fn keeper<'a>(&'a self, key: &'a CustomerKey) -> &'a CustomerKey {
        let mut at = key;
        // Each merge leads to another customer: a walk as long as there are merges has come to its end.
        for _ in 0..self.0.len() {
            match self.0.get(at) {
                Some(next) => at = next,
                None => break,
            }
        }
        at
    }

    /// Returns whether the customer was merged into another.
    #[must_use]
    pub fn is_merged(&self, key: &CustomerKey) -> bool {
        self.0.contains_key(key)
    }

    /// Returns each duplicate with the customer that it was merged into.
    pub fn iter(&self) -> impl Iterator<Item = (&CustomerKey, &CustomerKey)> {
        self.0.iter()
    }

    /// Notes that a customer was merged into another.
    pub fn merge(&mut self, duplicate: &CustomerKey, keeper: &CustomerKey) -> Merged {
        let (loser, winner) = (self.keeper(duplicate).clone(), self.keeper(keeper).clone());
        if loser != winner {
            self.0.insert(loser.clone(), winner.clone());
            return Merged::New(loser, winner);
        }
        if self.is_merged(duplicate) { Merged::Known } else { Merged::Ring }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn key(id: &str) -> CustomerKey {
        CustomerKey { retailer: "1651".to_owned(), id: id.to_owned() }
    }

    #[test]
    fn f_08_merges_are_followed_and_rings_refused() {
        let mut merges = Merges::default();
        for (duplicate, keeper, expected) in [
            ("a", "a", Merged::Ring),
            ("a", "b", Merged::New(key("a"), key("b"))),
            ("a", "b", Merged::Known),
            ("b", "a", Merged::Ring),
            ("b", "c", Merged::New(key("b"), key("c"))),
            ("c", "a", Merged::Ring),
            ("a", "c", Merged::Known),
            ("a", "d", Merged::New(key("c"), key("d"))),
        ] {
            assert_eq!(merges.merge(&key(duplicate), &key(keeper)), expected, "{duplicate} -> {keeper}");
        }
        assert_eq!(merges.keeper(&key("a")), &key("d"));
    }

    proptest! {
        /// Whatever is reported in whatever order, every customer has one keeper, who is not merged.
        #[test]
        fn f_08_no_order_of_reports_makes_a_ring(reports in prop::collection::vec((0..8_u8, 0..8_u8), 0..40)) {
            let mut merges = Merges::default();
            for (duplicate, keeper) in &reports {
                merges.merge(&key(&duplicate.to_string()), &key(&keeper.to_string()));
            }
            for id in 0..8_u8 {
                let id = key(&id.to_string());
                prop_assert!(!merges.is_merged(merges.keeper(&id)));
            }
        }
    }
}
