//! What the programs share when they show something. What a run shows is its summary's: `exchange::RunSummary`.

use std::error::Error;
use std::io::Write;

use mapping::{Notice, Origin, Plan, plan};

use crate::input::Input;

/// Returns an error with its causes, one line each.
pub fn with_causes(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        // A variant that shows its source in its own text is not said twice.
        let line = error.to_string();
        if !text.contains(&line) {
            text = format!("{text}\n  because {line}");
        }
        cause = error.source();
    }
    text
}

/// Prints a text of many lines. A reader that has seen enough, `head` say, is no error.
pub fn put(text: &str) {
    let _ = std::io::stdout().lock().write_all(text.as_bytes());
}

/// Returns a notice as the programs say it.
#[must_use]
pub fn note(notice: &Notice) -> String {
    format!("Note: {notice}.")
}

/// Returns everything that was read, in the order in which it is posted: the opening balances, batches, their corrections,
/// purchase orders.
pub fn origins(input: &Input) -> impl Iterator<Item = Origin<'_>> {
    let opening = input.opening_store().and_then(|store| Origin::opening_entry(store, &input.company).ok());
    let batches = input.batches.iter().map(Origin::from).chain(input.corrections.iter().map(Origin::from));
    opening.into_iter().chain(batches).chain(input.purchase_orders.iter().map(Origin::from))
}

/// Returns their plans; what could not be planned was refused before.
#[must_use]
pub fn plans(input: &Input) -> Vec<Plan<'_>> {
    origins(input).filter_map(|origin| plan(origin, &input.company).ok()).collect()
}
