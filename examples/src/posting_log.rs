//! `full-exchange log`: checks a posting log, shows it, copies it, forgets what is no longer needed.

use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use clap::{Args, Subcommand};
use exchange::{Exit, Fault, LogError, Place, RowReader, RunSummary, purge};
use posting_log_sqlite::{SqliteLog, back_up, each_row};

use crate::faults::{fault, log_fault, now};
use crate::output::put;

/// What to do with the log.
#[derive(Args)]
pub struct LogArguments {
    #[command(subcommand)]
    act: LogAct,
}

#[derive(Subcommand)]
enum LogAct {
    /// Read every entry: each must follow the one before it, and each body be the one that was written. Also while a run goes on.
    Verify,
    /// Print every entry as JSON, one a line, without what was sent. Also while a run goes on.
    Export {
        /// With the bodies that were sent, which hold names and addresses.
        #[arg(long)]
        bodies: bool,
    },
    /// Forget what was sent before a day and is done: names and addresses. Keys, QuickBooks' ids, amounts and digests stay.
    Purge {
        /// The day, as 2026-02-03; a day is UTC's.
        #[arg(long, value_name = "DATE")]
        before: NaiveDate,
    },
    /// Copy the log into a new file. Also while a run goes on.
    Backup {
        /// The new file.
        file: PathBuf,
    },
}

impl LogArguments {
    /// Does it. What came of it stands in the summary's notices.
    ///
    /// # Errors
    /// A fault: nothing came of it.
    pub(crate) async fn run(&self, log: Option<&Path>, summary: &mut RunSummary) -> Result<(), Box<Fault>> {
        let Some(path) = log.filter(|path| path.exists()) else {
            let words = "name a posting log that there is: --log FILE";
            let fault = Fault::new("no-log", words, Place::of_part("options"), Exit::Configuration);
            return Err(Box::new(fault));
        };
        let done = match &self.act {
            LogAct::Verify => verify(path, summary),
            LogAct::Export { bodies } => export(path, *bodies),
            LogAct::Purge { before } => forget(path, *before, summary).await,
            LogAct::Backup { file } => back_up(path, file).map_err(Failure::Log).map(|entries| {
                summary.add_notice(format!("{entries} entries are in {}", file.display()));
            }),
        };
        done.map_err(|failure| match failure {
            Failure::Log(error) => log_fault(&error),
            Failure::Output(error) => {
                fault("output", &error, Place::of_part("standard output"), Exit::Configuration)
            }
        })
    }
}

/// Prints what came of it, or on standard error why nothing did: standard output may be a file of entries.
pub(crate) fn say(summary: &RunSummary) {
    summary.notices().iter().for_each(|notice| put(&format!("{notice}\n")));
    summary.errors().iter().for_each(|error| eprintln!("{}", error.message));
}

enum Failure {
    Log(LogError),
    Output(io::Error),
}

impl From<LogError> for Failure {
    fn from(error: LogError) -> Self {
        Self::Log(error)
    }
}

fn verify(path: &Path, summary: &mut RunSummary) -> Result<(), Failure> {
    let mut reader = RowReader::new();
    let (mut kept, mut forgotten) = (0_u64, 0_u64);
    each_row(path, |row| {
        let has_body = row.text.contains("\"body_sha256\"");
        kept += u64::from(row.body.is_some());
        forgotten += u64::from(has_body && row.body.is_none());
        reader.entry(&row).map(drop)
    })?;
    summary.add_notice(format!(
        "{} entries, each follows the one before it; the digest of the last is {}",
        reader.length(),
        reader.last_digest()
    ));
    summary.add_notice(format!(
        "{kept} bodies are kept, each is the one that was written; {forgotten} are forgotten"
    ));
    Ok(())
}

fn export(path: &Path, with_bodies: bool) -> Result<(), Failure> {
    let mut reader = RowReader::new();
    let mut out = BufWriter::new(io::stdout().lock());
    let printed = each_row(path, |row| {
        let line = reader.line(&row, with_bodies)?;
        writeln!(out, "{line}").map_err(Failure::Output)
    });
    match printed.and_then(|()| out.flush().map_err(Failure::Output)) {
        // A reader that has seen enough, `head` say.
        Err(Failure::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        printed => printed,
    }
}

async fn forget(path: &Path, before: NaiveDate, summary: &mut RunSummary) -> Result<(), Failure> {
    let log = SqliteLog::open(path)?;
    let purged = purge(&log, "exchange", before, now()).await?;
    summary.add_notice(format!("{} bodies are forgotten", purged.bodies));
    if let Some(first) = &purged.first_unsettled {
        summary.add_notice(format!(
            "{} bodies are kept: what they say is not done, {} for one; run again, or settle it",
            purged.unsettled,
            first.words()
        ));
    }
    if purged.in_text > 0 {
        summary.add_notice(format!(
            "{} entries of an early version keep their bodies: they are part of what cannot change",
            purged.in_text
        ));
    }
    Ok(())
}
