//! Reports for people: a line a batch, what is not settled with its reason, what was made, the documents by outcome.

use std::collections::BTreeMap;
use std::fmt::{self, Write};

use super::{Counts, EntryReport, Outcome, Report};

impl Report {
    /// Returns the page that a bookkeeper reads of this one batch or purchase order: how many documents, what is not settled
    /// and why, what was made beside them, and what each outcome means.
    #[must_use]
    pub fn page(&self) -> String {
        let mut text = String::new();
        // Writing to a String cannot fail.
        let _ = write_reports(&mut text, std::slice::from_ref(self));
        text
    }

    /// Accounts, items, customers and the like that this run made.
    pub(crate) fn made(&self) -> impl Iterator<Item = &EntryReport> {
        self.list_entries.iter().filter(|entry| entry.outcome == Outcome::Created)
    }
}

/// Writes several reports as one table.
pub(crate) fn write_reports(out: &mut String, reports: &[Report]) -> fmt::Result {
    write_table(out, reports)?;
    write_made(out, reports)?;
    write_counts(out, reports)
}

fn write_table(out: &mut String, reports: &[Report]) -> fmt::Result {
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

fn write_made(out: &mut String, reports: &[Report]) -> fmt::Result {
    let mut made: BTreeMap<&str, u64> = BTreeMap::new();
    for entry in reports.iter().flat_map(Report::made) {
        *made.entry(entry.kind).or_default() += 1;
    }
    if made.is_empty() {
        return Ok(());
    }
    let words: Vec<_> = made.iter().map(|(kind, count)| format!("{count} {kind}")).collect();
    writeln!(out, "made in QuickBooks: {}", words.join(", "))
}

/// The documents by outcome, and what each outcome that occurs means to a bookkeeper.
fn write_counts(out: &mut String, reports: &[Report]) -> fmt::Result {
    let counts = Counts::over(reports);
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
