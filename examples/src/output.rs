//! What the programs share when they show something. What a run shows is its summary's: `exchange::RunSummary`.

use std::error::Error;
use std::io::Write;

use mapping::{Origin, Plan, plan};

use crate::input::Input;

/// An error with its causes, one line each.
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

/// The plans of everything that was read; what could not be planned was refused before.
pub fn plans(input: &Input) -> Vec<Plan<'_>> {
    let batches = input.batches.iter().filter_map(|batch| plan(batch, &input.company).ok());
    let orders = input.purchase_orders.iter().filter_map(|order| plan(order, &input.company).ok());
    let opening = input
        .opening_store()
        .and_then(|store| plan(Origin::opening(store, &input.company).ok()?, &input.company).ok());
    opening.into_iter().chain(batches).chain(orders).collect()
}
