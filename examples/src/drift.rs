//! What people changed in QuickBooks of what was posted. Changes nothing.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser;
use exchange::drift::{Drift, Reach};
use exchange::{Exchange, Exit, Fault, Place};
use posting_log_sqlite::SqliteLog;

use crate::connect::{self, Connected};
use crate::exit_codes::EXIT_CODES;
use crate::faults::{fault, log_fault};
use crate::input;
use crate::output::put;
use crate::secrets::Secrets;

/// Compares everything that was posted with what QuickBooks holds now, and names what somebody has changed there since. Sends
/// nothing.
///
/// One request asks for the changes of at most 30 days; with --each every document is read by its id, whatever its age.
#[derive(Parser)]
#[command(name = "drift", after_help = EXIT_CODES)]
pub struct Arguments {
    /// A connection that `connect` has saved, or a file with the connection line that a simulator printed.
    #[arg(long, visible_alias = "connection", value_name = "FILE")]
    quickbooks: PathBuf,
    #[command(flatten)]
    secrets: Secrets,
    /// The posting log, a SQLite file: what was posted.
    #[arg(long, value_name = "FILE")]
    log: PathBuf,
    /// The company mapping; without it, the defaults.
    #[arg(long)]
    mapping: Option<PathBuf>,
    /// Read every document by its id: a request for 100 of them.
    #[arg(long)]
    each: bool,
    /// Print the findings as JSON.
    #[arg(long)]
    json: bool,
}

/// Runs the program.
pub async fn run(arguments: Arguments) -> ExitCode {
    let exit = match look(&arguments).await {
        Ok(drift) => show(&drift, arguments.json),
        Err(fault) => {
            eprintln!("{}", fault.message);
            fault.exit()
        }
    };
    ExitCode::from(exit.code())
}

fn show(drift: &Drift, is_json: bool) -> Exit {
    if is_json {
        match serde_json::to_string_pretty(drift) {
            Ok(text) => put(&format!("{text}\n")),
            Err(error) => eprintln!("the findings cannot be written: {error}"),
        }
    } else {
        put(&drift.to_string());
    }
    match (drift.findings.is_empty(), drift.capped.is_empty()) {
        (false, _) => Exit::Differences,
        (true, false) => Exit::Incomplete,
        (true, true) => Exit::Ok,
    }
}

async fn look(arguments: &Arguments) -> Result<Drift, Box<Fault>> {
    let company = input::company(arguments.mapping.as_deref())
        .map_err(|error| fault(error.code(), &error, Place::of_part("mapping"), Exit::Configuration))?;
    if !arguments.log.exists() {
        let words = format!("{}: there is no such posting log", arguments.log.display());
        return Err(Box::new(Fault::new("no-log", words, Place::of_part("options"), Exit::Configuration)));
    }
    let log = SqliteLog::open(&arguments.log).map_err(|error| log_fault(&error))?;
    let connected = connect::from_file(&arguments.quickbooks, &arguments.secrets).await;
    let Connected { client, tokens, .. } = connected
        .map_err(|error| fault("no-connection", &error, Place::of_part("connection"), Exit::Configuration))?;
    let mut exchange = Exchange::new(client, Arc::new(log), company);
    let reach = if arguments.each { Reach::Each } else { Reach::Changes };
    let drift = exchange.drift(reach).await;
    if let Some(tokens) = tokens {
        tokens.settle().await;
    }
    drift.map_err(|error| Box::new(Fault::of_run(&error, Place::of_part("QuickBooks"))))
}
