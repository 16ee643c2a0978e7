//! A run for people: a line a batch, what is not settled with its reason, what was made, the documents by outcome, the tie-out.

use std::collections::BTreeMap;
use std::fmt::{self, Write};

use super::{Fate, RunSummary};
use crate::report::{Outcome, Report};

impl RunSummary {
    /// Writes the page. It says of every figure only what was seen: without a tie-out it says that there is none.
    pub fn page(&self) -> String {
        let mut text = String::new();
        // Writing to a String cannot fail.
        let _ = write_page(&mut text, self);
        text
    }
}

fn write_page(out: &mut String, summary: &RunSummary) -> fmt::Result {
    if !summary.reports.is_empty() {
        write_reports(out, &summary.reports)?;
        write_made(out, summary)?;
        write_counts(out, summary)?;
    }
    for (reason, count) in &summary.skipped {
        writeln!(out, "{count} left out, they post nothing: {reason}")?;
    }
    for notice in &summary.notices {
        writeln!(out, "Note: {}", notice.trim_start_matches("Note: "))?;
    }
    let mut last = "";
    for error in &summary.errors {
        let place = error.place.to_string();
        let place = if error.message.starts_with(&place) { String::new() } else { format!("{place}: ") };
        // What repeats is said once.
        let message = if error.message == last { "the same" } else { &error.message };
        writeln!(out, "Not done: {place}{message}")?;
        last = &error.message;
    }
    let refused = summary.inputs.iter().filter(|input| input.fate == Fate::Refused);
    for input in refused {
        writeln!(out, "Refused whole, nothing of it is sent: {}", input.name)?;
    }
    if summary.is_interrupted {
        writeln!(out, "Ended early because it was asked to; what is left waits for the next run.")?;
    }
    if summary.not_started > 0 {
        writeln!(
            out,
            "{} batches or purchase orders were not started; run it again to go on.",
            summary.not_started
        )?;
    }
    writeln!(out)?;
    match &summary.tie_out {
        Some(tie_out) => out.write_str(&tie_out.page(summary.left_out())),
        None if summary.reports.is_empty() => writeln!(out, "Nothing was posted, so nothing was tied out."),
        None => writeln!(
            out,
            "What was posted was not tied out: run it again to know whether the books are right."
        ),
    }
}

fn write_reports(out: &mut String, reports: &[Report]) -> fmt::Result {
    writeln!(
        out,
        "{:<20} {:>8} {:>6} {:>12} {:>10} {:>8} {:>8}",
        "Store", "Register", "Batch", "Date", "Documents", "New", "Open"
    )?;
    let (orders, batches): (Vec<_>, Vec<_>) = reports.iter().partition(|report| report.register.is_none());
    for report in batches {
        let counts = report.counts();
        let new = counts.of(Outcome::Created) + counts.of(Outcome::Adopted);
        let open = counts.planned - new - counts.of(Outcome::AlreadyPosted);
        writeln!(
            out,
            "{:<20} {:>8} {:>6} {:>12} {:>10} {new:>8} {open:>8}",
            report.store,
            report.register.as_deref().unwrap_or_default(),
            report.number,
            report.business_date.to_string(),
            counts.planned
        )?;
    }
    let (openings, orders): (Vec<_>, Vec<_>) = orders.into_iter().partition(|report| report.number == 0);
    if !openings.is_empty() {
        writeln!(out, "and the opening balances")?;
    }
    if !orders.is_empty() {
        writeln!(out, "and {} purchase orders", orders.len())?;
    }
    for entry in reports.iter().flat_map(|report| report.list_entries.iter().chain(&report.documents)) {
        if !entry.outcome.is_settled() {
            let reason = entry.reason.as_deref().unwrap_or("no reason is known");
            writeln!(out, "  {} {}: {}: {reason}", entry.kind, entry.number, entry.outcome.word())?;
        }
    }
    Ok(())
}

fn write_made(out: &mut String, summary: &RunSummary) -> fmt::Result {
    let mut made: BTreeMap<&str, u64> = BTreeMap::new();
    for entry in summary.made() {
        *made.entry(entry.kind).or_default() += 1;
    }
    if made.is_empty() {
        return Ok(());
    }
    let words: Vec<_> = made.iter().map(|(kind, count)| format!("{count} {kind}")).collect();
    writeln!(out, "made in QuickBooks: {}", words.join(", "))
}

/// The documents by outcome, and what each outcome that occurs means to a bookkeeper.
fn write_counts(out: &mut String, summary: &RunSummary) -> fmt::Result {
    let counts = summary.counts();
    let words: Vec<_> =
        Outcome::ALL.iter().map(|o| format!("{} {}", counts.of(*o), o.word().replace('_', " "))).collect();
    writeln!(out, "{} documents: {}", counts.planned, words.join(", "))?;
    for outcome in Outcome::ALL.into_iter().filter(|outcome| !outcome.is_settled()) {
        if counts.of(outcome) > 0 {
            writeln!(out, "  {}: {}", outcome.word().replace('_', " "), outcome.meaning())?;
        }
    }
    Ok(())
}
