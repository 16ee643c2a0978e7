//! `full-exchange undo`, and the program `undo`: what was posted of a batch is taken back.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use clap::{Args, Parser};
use exchange::undo::{UndoError, UndoResult};
use exchange::{By, Exchange, Exit, Fault, Place, RunSummary};
use mapping::OriginKey;
use posting_log_sqlite::SqliteLog;

use crate::connect::{self, Connected};
use crate::exit_codes::EXIT_CODES;
use crate::faults::{fault, log_fault, now};
use crate::input;
use crate::output::put;
use crate::secrets::Secrets;

/// What is to be taken back, and who says so.
#[derive(Args)]
pub struct UndoArguments {
    /// The batch, as reports and the posting log name it: `boston/1/4`; also a purchase order (`boston/purchase-order-306063`) or
    /// the opening entry (`boston/opening-251231`).
    #[arg(value_name = "BATCH")]
    origin: OriginKey,
    /// Why. It stands in the posting log for good.
    #[arg(long, value_name = "TEXT", required_unless_present = "dry_run")]
    because: Option<String>,
    /// Who says so; without it, the user that this program runs as.
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
    /// Say what would be taken back and what forbids it; nothing is sent.
    #[arg(long, conflicts_with = "post_again")]
    dry_run: bool,
    /// Have what is undone posted again by the next run, under numbers that say so; nothing is sent.
    #[arg(long)]
    post_again: bool,
    /// A connection that `connect` has saved, or a file with the connection line that a simulator printed.
    #[arg(long, visible_alias = "connection", value_name = "FILE")]
    quickbooks: PathBuf,
    #[command(flatten)]
    secrets: Secrets,
    /// The company mapping; without it, the defaults.
    #[arg(long)]
    mapping: Option<PathBuf>,
}

/// Takes back what was posted of a batch: invoices, payments and sales receipts are voided, other documents deleted, all of them or,
/// where something forbids it, none. Later runs send nothing of the batch until it is to be posted again.
#[derive(Parser)]
#[command(name = "undo", after_help = EXIT_CODES)]
pub struct Arguments {
    #[command(flatten)]
    undo: UndoArguments,
    /// The posting log, a SQLite file: what was posted.
    #[arg(long, value_name = "FILE")]
    log: PathBuf,
    /// Print what was done as JSON.
    #[arg(long)]
    json: bool,
}

/// Runs the program.
pub async fn run(arguments: Arguments) -> ExitCode {
    let mut summary = RunSummary::new(now());
    if let Err(fault) = arguments.undo.run(Some(&arguments.log), &mut summary).await {
        summary.add_error(*fault);
    }
    summary.end(now());
    if arguments.json {
        match serde_json::to_string_pretty(&summary) {
            Ok(text) => put(&format!("{text}\n")),
            Err(error) => eprintln!("what was done cannot be written: {error}"),
        }
    } else {
        put(&summary.page());
    }
    ExitCode::from(summary.exit().code())
}

impl UndoArguments {
    /// Does what is asked; the summary says what came of it, and how the general ledger shows it.
    ///
    /// # Errors
    /// A fault that says whether something was changed.
    pub(crate) async fn run(&self, log: Option<&Path>, summary: &mut RunSummary) -> Result<(), Box<Fault>> {
        let company = input::company(self.mapping.as_deref())
            .map_err(|error| fault(error.code(), &error, Place::of_part("mapping"), Exit::Configuration))?;
        let Some(path) = log.filter(|path| path.exists()) else {
            let words = "name the posting log that knows the batch: --log FILE";
            let place = Place::of_part("options");
            return Err(Box::new(Fault::new("no-log", words, place, Exit::Configuration)));
        };
        let log = SqliteLog::open(path).map_err(|error| log_fault(&error))?;
        let connected = connect::from_file(&self.quickbooks, &self.secrets).await;
        let Connected { client, tokens, .. } = connected.map_err(|error| {
            fault("no-connection", &error, Place::of_part("connection"), Exit::Configuration)
        })?;
        summary.set_books(client.realm().as_str(), path.display().to_string());
        let mut exchange = Exchange::new(client, Arc::new(log), company);
        let done = self.act(&mut exchange, summary).await;
        if let Some(tokens) = tokens {
            tokens.settle().await;
        }
        done
    }

    async fn act(&self, exchange: &mut Exchange, summary: &mut RunSummary) -> Result<(), Box<Fault>> {
        let user = || std::env::var("USER").unwrap_or_default();
        let by = By::new(self.by.clone().unwrap_or_else(user), self.because.clone().unwrap_or_default());
        if self.post_again {
            let said = exchange.post_again(&self.origin, &by).await;
            said.map_err(|error| told(&error, summary))?;
            summary.add_notice(format!("{}: the next run posts it again", self.origin));
            return Ok(());
        }
        if self.dry_run {
            summary.set_dry_run();
            let undo = exchange.preview_undo(&self.origin).await;
            let undo = undo.map_err(|error| told(&error, summary))?;
            summary.add_undo(undo);
            return Ok(());
        }
        let undo = exchange.undo(&self.origin, &by).await.map_err(|error| told(&error, summary))?;
        let is_done = undo.result == UndoResult::Done;
        summary.add_undo(undo);
        if is_done {
            summary.set_tie_out(exchange.tie_out_undone(std::slice::from_ref(&self.origin)).await);
        }
        Ok(())
    }
}

/// Why there is no undo; what was done all the same is in the summary.
fn told(error: &UndoError, summary: &mut RunSummary) -> Box<Fault> {
    if let UndoError::Partly { done, .. } = error {
        summary.add_undo((**done).clone());
    }
    match error {
        UndoError::Run(error) | UndoError::Partly { source: error, .. } => {
            Box::new(Fault::of_run(error, Place::of_part("QuickBooks")))
        }
        error => fault(error.code(), error, Place::of_part("options"), Exit::Configuration),
    }
}
