//! `full-exchange status`: what a posting log holds.

use std::path::Path;

use exchange::{Exit, Fault, LogError, LogStatus, Outcome, Place, RowReader, RunSummary, StatusReader};
use posting_log_sqlite::each_row;

use crate::faults::log_fault;

/// Reads the log that is named, also while a run goes on; the summary has what it holds, and an error for what is not done.
///
/// # Errors
/// A fault: the log cannot be read.
pub(crate) fn read(log: Option<&Path>, summary: &mut RunSummary) -> Result<(), Box<Fault>> {
    let Some(path) = log.filter(|path| path.exists()) else {
        let words = "name a posting log that there is: --log FILE";
        let fault = Fault::new("no-log", words, Place::of_part("options"), Exit::Configuration);
        return Err(Box::new(fault));
    };
    let (mut rows, mut reader) = (RowReader::new(), StatusReader::default());
    let read = each_row(path, |row| -> Result<(), LogError> {
        reader.take(rows.entry(&row)?);
        Ok(())
    });
    read.map_err(|error| log_fault(&error))?;
    let status = reader.status();
    if let Some(company) = &status.company {
        summary.set_books(company.clone(), path.display().to_string());
    }
    not_done(&status).into_iter().for_each(|fault| summary.add_error(fault));
    summary.set_status(status);
    Ok(())
}

/// What is not done: what a person must look at, and what the next run takes up.
fn not_done(status: &LogStatus) -> Option<Fault> {
    let left = status.not_done.len();
    let is_for_a_person = status.not_done.iter().any(|document| {
        matches!(document.outcome, Outcome::Refused | Outcome::Conflict | Outcome::StoredDifferently)
    });
    let exit = if is_for_a_person { Exit::Differences } else { Exit::Incomplete };
    let words = match left {
        1 => "1 document is not done; the next run goes on".to_owned(),
        left => format!("{left} documents are not done; the next run goes on"),
    };
    (left > 0).then(|| Fault::new("not-done", words, Place::of_part("posting log"), exit))
}
