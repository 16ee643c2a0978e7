//! `full-exchange settle`: a person says that a document is put right in QuickBooks.

use std::path::Path;

use clap::Args;
use exchange::{Exit, Fault, Place, RunSummary, SettleError, Settlement, settle};
use posting_log_sqlite::SqliteLog;

use crate::faults::{fault, log_fault, now};

/// Which document, who says so and why.
#[derive(Args)]
pub struct SettleArguments {
    /// The document's number, as the report has it.
    number: String,
    /// Why: what was done about it. It stands in the posting log for good.
    #[arg(long, value_name = "TEXT")]
    because: String,
    /// Who says so; without it, the user that this program runs as.
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
    /// The kind (`Invoice`, `Payment` ...), where documents of several kinds have the number.
    #[arg(long)]
    kind: Option<String>,
}

impl SettleArguments {
    /// Adds the entry to the log; the summary says what was settled.
    ///
    /// # Errors
    /// A fault: the log did not change.
    pub(crate) async fn run(&self, log: Option<&Path>, summary: &mut RunSummary) -> Result<(), Box<Fault>> {
        let Some(path) = log.filter(|path| path.exists()) else {
            let words = "name the posting log that knows the document: --log FILE";
            return Err(Box::new(Fault::new(
                "no-log",
                words,
                Place::of_part("options"),
                Exit::Configuration,
            )));
        };
        let log = SqliteLog::open(path).map_err(|error| log_fault(&error))?;
        let user = || std::env::var("USER").unwrap_or_default();
        let who = self.by.clone().unwrap_or_else(user);
        let mut settlement = Settlement::new(&self.number, who, &self.because);
        settlement.kind.clone_from(&self.kind);
        let settled = settle(&log, "exchange", &settlement, now()).await.map_err(|error| match &error {
            SettleError::Log(error) => log_fault(error),
            error => fault(error.code(), error, Place::of_part("settle"), Exit::Configuration),
        })?;
        summary.add_settled(settled);
        Ok(())
    }
}
