//! Makes a bad night small: as long as one thing less still goes wrong in the same way, it is taken away.

use crate::night::Night;
use crate::play::play;

/// Returns the smallest night found that breaks the same rule as this one does first; the night itself when it breaks none.
#[must_use]
pub fn shrink(night: &Night) -> Night {
    let broken = |night: &Night| play(night).violations.first().map(|violation| violation.rule);
    let Some(rule) = broken(night) else { return night.clone() };
    let mut smallest = night.clone();
    loop {
        let smaller = smallest.smaller().into_iter().find(|smaller| broken(smaller) == Some(rule));
        match smaller {
            Some(smaller) => smallest = smaller,
            None => return smallest,
        }
    }
}

/// Returns what is left of a night, in words.
#[must_use]
pub fn words(night: &Night) -> String {
    let mut out = format!("seed {}\n  house {:?}\n", night.seed, night.house);
    for crash in &night.crashes {
        out += &format!("  crash {crash:?}\n");
    }
    for fault in &night.faults {
        out += &format!("  fault {}: {:?}\n", fault.name, fault.when);
    }
    for one in &night.happenings {
        out +=
            &format!("  {} day {} {} {}\n", crate::sales::STORES[one.store].0, one.day, one.list, one.value);
    }
    out
}
