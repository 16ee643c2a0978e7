//! What a typed view saw of a body, and what it only kept.
//!
//! Neighbours: `field.rs` and `record.rs`, which are walked; `payload.rs`, which starts the walk.

use std::fmt;

use super::compare::step;
use super::json::Json;

/// A value that is not what its field holds. The value itself stays in the field as it came
/// ([`Field::unreadable`](super::Field::unreadable)); it is not quoted here, for it may be personal.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{path} is {found} where {expected} belongs; it was kept as it came")]
pub struct Misfit {
    /// Where it stands: `$.Invoice.Line[2].Amount`.
    pub path: String,
    /// What belongs there.
    pub expected: &'static str,
    /// What stands there.
    pub found: &'static str,
}

/// Every [`Misfit`] of a body, at least one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misfits(pub Vec<Misfit>);

impl fmt::Display for Misfits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, misfit) in self.0.iter().enumerate() {
            write!(f, "{}{misfit}", if place == 0 { "" } else { "; " })?;
        }
        Ok(())
    }
}

impl std::error::Error for Misfits {}

/// What was typed, what did not fit, and what no field is named for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Survey {
    /// How many values a typed field holds.
    pub typed: usize,
    /// How many values are kept without a type: in misfits, and in members that no field is named for.
    pub kept: usize,
    /// Values that are not what their field holds.
    pub misfits: Vec<Misfit>,
    /// Paths of members that no field is named for.
    pub unknown: Vec<String>,
    at: String,
}

impl Survey {
    pub(super) fn new() -> Self {
        Self { at: "$".to_owned(), ..Self::default() }
    }

    /// Runs a walk one member deeper.
    pub(super) fn inside(&mut self, name: &str, walk: impl FnOnce(&mut Self)) {
        let length = self.at.len();
        self.at = step(&self.at, name);
        walk(self);
        self.at.truncate(length);
    }

    /// Runs a walk inside an item of a list.
    pub(super) fn item(&mut self, place: usize, walk: impl FnOnce(&mut Self)) {
        let length = self.at.len();
        self.at.push_str(&format!("[{place}]"));
        walk(self);
        self.at.truncate(length);
    }

    /// How many values were met so far.
    pub(super) const fn seen(&self) -> usize {
        self.typed + self.kept
    }

    pub(super) const fn typed(&mut self) {
        self.typed += 1;
    }

    pub(super) fn misfit(&mut self, expected: &'static str, found: &Json) {
        self.kept += found.leaves();
        self.misfits.push(Misfit { path: self.at.clone(), expected, found: found.kind() });
    }

    pub(super) fn unknown(&mut self, name: &str, value: &Json) {
        self.kept += value.leaves();
        self.unknown.push(step(&self.at, name));
    }
}
