//! The project's own sample day: four registers of a bicycle shop, posted when no file is named.

/// The file, in the POS's JSON form.
pub const DAY: &str = include_str!("../data/boston-2026-02-03.json");
