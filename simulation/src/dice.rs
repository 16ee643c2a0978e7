//! What is drawn from a seed: the same draws from the same seed, on every machine.

/// Draws of one kind. Each kind has dice of its own, so that one draw more of one kind leaves the others as they were.
#[derive(Debug, Clone)]
pub(crate) struct Dice(fastrand::Rng);

impl Dice {
    /// Returns the dice of a seed for one kind of draws.
    pub(crate) fn new(seed: u64, kind: u64) -> Self {
        let mut first = fastrand::Rng::with_seed(seed);
        let mixed = first.u64(..) ^ kind.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        Self(fastrand::Rng::with_seed(mixed))
    }

    /// Returns a number from 0 to `limit` - 1; 0 for a limit of 0.
    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        if limit == 0 { 0 } else { self.0.u64(..limit) }
    }

    /// Returns a number of cents within these bounds, both included.
    pub(crate) fn cents(&mut self, from: i64, to: i64) -> i64 {
        self.0.i64(from..=to)
    }

    /// Returns true so many times in a hundred.
    pub(crate) fn percent(&mut self, chance: u64) -> bool {
        self.below(100) < chance
    }

    /// Returns one of these; there must be one.
    pub(crate) fn one_of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        // `below` stays under the length.
        &all[usize::try_from(self.below(all.len() as u64)).unwrap_or_default()]
    }
}
