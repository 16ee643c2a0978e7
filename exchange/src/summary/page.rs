//! A run for people: a line a batch, what is not settled with its reason, what was made, the documents by outcome, what was
//! asked of QuickBooks, the tie-out.

use std::fmt::{self, Write};

use mapping::kind_words;
use pos_model::Money;

use super::{Fate, RunSummary};
use crate::customers::CustomerBalance;
use crate::report::write_reports;
use crate::settle::SettledDocument;

impl RunSummary {
    /// Writes the page. It says of every figure only what was seen: without a tie-out it says that there is none.
    #[must_use]
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
    }
    for (number, day) in summary.exchanges.iter().enumerate() {
        let heading =
            if summary.exchanges.len() > 1 { format!("Exchange {}: ", number + 1) } else { String::new() };
        writeln!(out, "{heading}{}", day.sentences().join("\n"))?;
        write_balances(out, &day.balances)?;
    }
    for (reason, count) in &summary.skipped {
        writeln!(out, "{count} left out, they post nothing: {reason}")?;
    }
    for notice in &summary.notices {
        writeln!(out, "Note: {}", notice.trim_start_matches("Note: "))?;
    }
    if let Some(behind) = summary.log_behind() {
        writeln!(out, "Note: {}", behind.message)?;
    }
    let mut last = String::new();
    for errors in summary.errors.chunk_by(|one, other| one.place == other.place) {
        let [first, ..] = errors else { continue };
        let place = first.place.to_string();
        let message = errors.iter().map(|error| error.message.as_str()).collect::<Vec<_>>().join("\n  ");
        let place = if message.starts_with(&place) { String::new() } else { format!("{place}: ") };
        // What repeats is said once.
        let said = if message == last { "the same" } else { &message };
        writeln!(out, "Not done: {place}{said}")?;
        last = message;
    }
    let refused = summary.inputs.iter().filter(|input| input.fate == Fate::Refused);
    for input in refused {
        writeln!(out, "Refused whole, nothing of it is sent: {}", input.name)?;
    }
    if summary.is_interrupted {
        writeln!(out, "Ended early because it was asked to; what is left waits for the next run.")?;
    }
    if let Some(remains) = summary.remains() {
        let until = summary.paused.and_then(|paused| paused.until);
        let until = until.map(|until| until.format(" after %Y-%m-%d %H:%M:%S UTC").to_string());
        writeln!(
            out,
            "Paused: the run's time was up. {} documents are not sent, of {} nobody knows whether they are; run it again{} to go on.",
            remains.unsent,
            remains.unknown,
            until.unwrap_or_default()
        )?;
    }
    if summary.not_started > 0 {
        writeln!(
            out,
            "{} batches or purchase orders were not started; run it again to go on.",
            summary.not_started
        )?;
    }
    for document in &summary.settled {
        let SettledDocument { kind, number, was, who, because, .. } = document;
        let was = was.word().replace('_', " ");
        writeln!(out, "{} {number} was {was} and is settled by {who}: {because}", kind_words(kind))?;
    }
    for undo in &summary.undos {
        write!(out, "{undo}")?;
    }
    if !summary.undos.is_empty() && summary.reports.is_empty() {
        return write_proof(out, summary);
    }
    if !summary.settled.is_empty() && summary.reports.is_empty() {
        return writeln!(
            out,
            "The posting log says so; no run stops on it, and the tie-out goes on showing it."
        );
    }
    for line in summary.asked().into_iter().flat_map(|asked| asked.lines()) {
        writeln!(out, "{line}")?;
    }
    writeln!(out)?;
    match &summary.tie_out {
        Some(tie_out) => out.write_str(&tie_out.page(summary.left_out())),
        None if summary.is_dry_run => {
            writeln!(out, "Dry run: nothing was sent, and nothing is written down.")
        }
        None if summary.reports.is_empty() && !summary.exchanges.is_empty() => Ok(()),
        None if summary.reports.is_empty() => writeln!(out, "Nothing was posted, so nothing was tied out."),
        None => writeln!(
            out,
            "What was posted was not tied out: run it again to know whether the books are right."
        ),
    }
}

/// Whose balance was read, and what it is on either side.
fn write_balances(out: &mut String, balances: &[CustomerBalance]) -> fmt::Result {
    if balances.is_empty() {
        return Ok(());
    }
    writeln!(
        out,
        "{:<20} {:>12} {:>12} {:>12} {:>12} {:>12} {:>12}  Record",
        "Balance of customer", "POS before", "QuickBooks", "Not posted", "POS now", "Limit", "Available"
    )?;
    let text = |amount: Option<Money>| amount.map(|amount| amount.to_string()).unwrap_or_default();
    for row in balances {
        writeln!(
            out,
            "{:<20} {:>12} {:>12} {:>12} {:>12} {:>12} {:>12}  {}",
            row.customer.to_string(),
            row.pos_before.to_string(),
            text(row.quickbooks),
            row.unsent.to_string(),
            row.pos_after.to_string(),
            text(row.limit),
            text(row.available),
            row.records.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
        )?;
    }
    Ok(())
}

/// What the tie-out says of an undo.
fn write_proof(out: &mut String, summary: &RunSummary) -> fmt::Result {
    match &summary.tie_out {
        Some(tie_out) if tie_out.is_tied_out() => {
            writeln!(out, "Tie-out: QuickBooks' general ledger shows none of it on any control account.")
        }
        Some(tie_out) => write!(out, "{}", tie_out.page(0)),
        None => Ok(()),
    }
}
