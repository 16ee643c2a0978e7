//! States that nights seldom come to, by name, and how often they did: what a simulation never reached it has not tested.

use std::collections::BTreeMap;

/// Counts by name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rare(BTreeMap<String, u64>);

impl Rare {
    /// Counts one.
    pub(crate) fn note(&mut self, name: String) {
        *self.0.entry(name).or_default() += 1;
    }

    /// Adds another's counts.
    pub fn add(&mut self, other: &Rare) {
        for (name, count) in &other.0 {
            *self.0.entry(name.clone()).or_default() += count;
        }
    }

    /// Returns each state and how often it was reached.
    pub fn iter(&self) -> impl Iterator<Item = (&str, u64)> {
        self.0.iter().map(|(name, count)| (name.as_str(), *count))
    }
}
