//! Reports for people: a line a batch, what is not settled with its reason, what was made, the documents by outcome.

use std::collections::BTreeMap;
use std::fmt::{self, Write};

use mapping::{OriginKey, kind_words};

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

    /// Accounts, items, customers and the like that this run made ([`Outcome::Created`]), or, of a rehearsal, a run would make.
    pub(crate) fn made(&self, outcome: Outcome) -> impl Iterator<Item = &EntryReport> {
        self.list_entries.iter().filter(move |entry| entry.outcome == outcome)
    }
}

/// Writes several reports as one table.
pub(crate) fn write_reports(out: &mut String, reports: &[Report]) -> fmt::Result {
    write_table(out, reports)?;
    write_made(out, reports, Outcome::Created, "made")?;
    write_made(out, reports, Outcome::ToCreate, "to make")?;
    write_counts(out, reports)
}

fn write_table(out: &mut String, reports: &[Report]) -> fmt::Result {
    writeln!(
        out,
        "{:<20} {:>8} {:>6} {:>12} {:>10} {:>8} {:>8}",
        "Store", "Register", "Batch", "Date", "Documents", "New", "Open"
    )?;
    let (mut has_opening_entry, mut orders) = (false, 0_usize);
    for report in reports {
        match report.origin {
            OriginKey::Batch(_) | OriginKey::Correction { .. } => {}
            OriginKey::PurchaseOrder { .. } => {
                orders += 1;
                continue;
            }
            OriginKey::OpeningEntry { .. } => {
                has_opening_entry = true;
                continue;
            }
        }
        let counts = report.counts();
        let new = [Outcome::Created, Outcome::Adopted, Outcome::ToCreate];
        let new: u64 = new.into_iter().map(|outcome| counts.of(outcome)).sum();
        let open = counts.planned
            - new
            - counts.of(Outcome::AlreadyPosted)
            - counts.of(Outcome::Settled)
            - counts.of(Outcome::Undone);
        let number = match &report.origin {
            OriginKey::Correction { n, .. } => format!("{} C{n}", report.number),
            _ => report.number.to_string(),
        };
        writeln!(
            out,
            "{:<20} {:>8} {:>6} {:>12} {:>10} {new:>8} {open:>8}",
            report.store,
            report.register.as_deref().unwrap_or_default(),
            number,
            report.business_date.to_string(),
            counts.planned
        )?;
    }
    if has_opening_entry {
        writeln!(out, "and the opening balances")?;
    }
    if orders > 0 {
        writeln!(out, "and {orders} purchase orders")?;
    }
    for entry in reports.iter().flat_map(|report| report.list_entries.iter().chain(&report.documents)) {
        if !entry.outcome.is_done() {
            let reason = entry.reason.as_deref().unwrap_or("no reason is known");
            writeln!(out, "  {}: {}: {reason}", entry.key.words(), entry.outcome.word())?;
        }
    }
    Ok(())
}

fn write_made(out: &mut String, reports: &[Report], outcome: Outcome, word: &str) -> fmt::Result {
    let mut made: BTreeMap<&str, u64> = BTreeMap::new();
    for entry in reports.iter().flat_map(|report| report.made(outcome)) {
        *made.entry(entry.kind).or_default() += 1;
    }
    if made.is_empty() {
        return Ok(());
    }
    let words: Vec<_> = made.iter().map(|(kind, count)| format!("{count} {}", kind_words(kind))).collect();
    writeln!(out, "{word} in QuickBooks: {}", words.join(", "))
}

/// The documents by outcome, and what each outcome that occurs means to a bookkeeper.
fn write_counts(out: &mut String, reports: &[Report]) -> fmt::Result {
    let counts = Counts::over(reports);
    let some = |outcome| Some(outcome).filter(|outcome| counts.of(*outcome) > 0);
    let to_create = some(Outcome::ToCreate);
    let words: Vec<_> = Outcome::ALL
        .into_iter()
        .flat_map(|outcome| [Some(outcome), to_create.filter(|_| outcome == Outcome::AlreadyPosted)])
        .flatten()
        .chain(some(Outcome::Settled))
        .chain(some(Outcome::Undone))
        .map(|outcome| format!("{} {}", counts.of(outcome), outcome.word().replace('_', " ")))
        .collect();
    writeln!(out, "{} documents: {}", counts.planned, words.join(", "))?;
    let unfinished = Outcome::ALL.into_iter().filter(|outcome| !outcome.is_done());
    for outcome in unfinished.chain([Outcome::Settled, Outcome::Undone]) {
        if counts.of(outcome) > 0 {
            writeln!(out, "  {}: {}", outcome.word().replace('_', " "), outcome.meaning())?;
        }
    }
    Ok(())
}
