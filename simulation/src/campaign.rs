//! Many nights, and what they came to together.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use qb_simulator::RequestIds;
use serde_json::json;

use crate::check::Violation;
use crate::disk::After;
use crate::night::Night;
use crate::planted::Planted;
use crate::play::{Played, play};
use crate::rare::Rare;
use crate::time::held;

/// Which nights to play.
#[derive(Debug, Clone)]
pub struct Campaign {
    /// Their seeds.
    pub seeds: Range<u64>,
    /// When to end, however many are left.
    pub minutes: Option<u64>,
    /// How many threads play, each a night of its own; as many as there are processors when none is given.
    pub threads: Option<usize>,
    /// Whether nothing goes wrong on them.
    pub quiet: bool,
    /// A bug that the exchange has: the campaign then ends with the first night that catches it.
    pub planted: Option<Planted>,
}

/// What nights came to.
#[derive(Debug, Clone, Default)]
pub struct Tally {
    /// Nights that were played.
    pub nights: u64,
    /// Processes that ran.
    pub exchanges: u64,
    /// Documents of all days.
    pub documents: u64,
    /// Requests that left.
    pub requests: u64,
    /// Processes that were stopped.
    pub crashes: u64,
    /// How often each fault struck.
    pub faults: BTreeMap<String, u64>,
    /// Rare states that were reached.
    pub rare: Rare,
    /// Rules that were broken, over all nights.
    pub violations: u64,
    /// The nights on which one was.
    pub failing_seeds: Vec<u64>,
}

impl Campaign {
    /// Plays the nights, and tells of every rule that is broken as it is found.
    pub fn play(&self, told: impl Fn(u64, &Violation) + Sync) -> Tally {
        let processors = || std::thread::available_parallelism().map_or(1, usize::from);
        let threads = self.threads.unwrap_or_else(processors).max(1);
        let next = AtomicU64::new(self.seeds.start);
        let tally = Mutex::new(Tally::default());
        let began = Instant::now();
        let end = self.minutes.map(|minutes| Duration::from_secs(60 * minutes));
        std::thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(|| {
                    while end.is_none_or(|end| began.elapsed() < end) {
                        let seed = next.fetch_add(1, Ordering::SeqCst);
                        if seed >= self.seeds.end {
                            break;
                        }
                        let mut night = if self.quiet { Night::quiet(seed) } else { Night::of(seed) };
                        night.planted = self.planted;
                        let played = play(&night);
                        played.violations.iter().for_each(|violation| told(seed, violation));
                        let mut tally = held(&tally);
                        tally.add(seed, &played);
                        if self.planted.is_some() && tally.violations > 0 {
                            break;
                        }
                    }
                });
            }
        });
        let mut tally = held(&tally).clone();
        tally.failing_seeds.sort_unstable();
        tally
    }
}

/// Plays each day of these seeds with one process cut at every point that it passes, for each way in which its log may be found
/// and each thing that QuickBooks may do with request ids, and tells of every rule that is broken.
pub fn cuts(seeds: Range<u64>, told: impl Fn(u64, &Violation)) -> Tally {
    use RequestIds::{Honoured, Ignored, OneDay, Refused, WithRefusals};
    let mut tally = Tally::default();
    for seed in seeds {
        for at in 1..=play(&Night::quiet(seed)).points {
            for after in [After::Kept, After::Synced, After::OlderCopy, After::Lost] {
                for ids in [Honoured, WithRefusals, OneDay, Ignored, Refused] {
                    let played = play(&Night::cut(seed, at, after, ids));
                    played.violations.iter().for_each(|violation| told(seed, violation));
                    tally.add(seed, &played);
                }
            }
        }
    }
    tally
}

impl Tally {
    fn add(&mut self, seed: u64, played: &Played) {
        self.nights += 1;
        self.exchanges += played.exchanges;
        self.documents += played.documents;
        self.requests += played.requests;
        self.crashes += played.crashes;
        for (name, count) in &played.faults {
            *self.faults.entry(name.clone()).or_default() += count;
        }
        self.rare.add(&played.rare);
        self.violations += played.violations.len() as u64; // a night breaks fewer than 2^64 rules
        if !played.violations.is_empty() && self.failing_seeds.last() != Some(&seed) {
            self.failing_seeds.push(seed);
        }
    }

    /// Returns all of it as one line of JSON.
    #[must_use]
    pub fn json(&self) -> String {
        let rare: BTreeMap<&str, u64> = self.rare.iter().collect();
        json!({
            "nights": self.nights, "exchanges": self.exchanges, "documents": self.documents, "requests": self.requests,
            "faults": self.faults, "crashes": self.crashes, "rare_states": rare, "violations": self.violations,
            "failing_seeds": self.failing_seeds,
        })
        .to_string()
    }
}
