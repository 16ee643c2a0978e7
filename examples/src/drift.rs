//! What people changed in QuickBooks of what was posted, and what is done about it.

use std::fmt::Display;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::{Args, Parser, Subcommand};
use exchange::drift::{Drift, MendError, Mending, MendingResult, Reach, Verb};
use exchange::{By, Exchange, Exit, Fault, Place};
use posting_log_sqlite::SqliteLog;
use serde::Serialize;

use crate::connect::{self, Connected};
use crate::exit_codes::EXIT_CODES;
use crate::faults::{fault, log_fault};
use crate::input;
use crate::output::put;
use crate::secrets::Secrets;

/// Compares everything that was posted with what QuickBooks holds now, and names what somebody has changed there since. Without a
/// verb it sends nothing.
///
/// One request asks for the changes of at most 30 days; with --each every document is read by its id, whatever its age.
#[derive(Parser)]
#[command(name = "drift", after_help = EXIT_CODES)]
pub struct Arguments {
    #[command(subcommand)]
    act: Option<Act>,
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

/// What to do about a finding.
#[derive(Subcommand)]
enum Act {
    /// Leave it as it is, for a reason: it is shown as accepted, and the tie-out says so.
    Accept(About),
    /// Leave it as it is and show it no more until it changes again.
    Ignore(About),
    /// Give the document back what it was posted with.
    Restore(About),
    /// Take back what was posted of its batch; the next run posts it again, under numbers that say so.
    Repost(About),
}

/// Which finding, who says so and why.
#[derive(Args)]
struct About {
    /// The finding's id, as it is shown.
    id: String,
    /// Why. It stands in the posting log for good.
    #[arg(long, value_name = "TEXT", required_unless_present = "dry_run")]
    because: Option<String>,
    /// Who says so; without it, the user that this program runs as.
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
    /// Say what would be done; nothing is sent.
    #[arg(long)]
    dry_run: bool,
}

impl Act {
    fn parts(&self) -> (Verb, &About) {
        match self {
            Self::Accept(about) => (Verb::Accept, about),
            Self::Ignore(about) => (Verb::Ignore, about),
            Self::Restore(about) => (Verb::Restore, about),
            Self::Repost(about) => (Verb::Repost, about),
        }
    }
}

/// What is shown.
enum Shown {
    Drift(Drift),
    Mending(Box<Mending>),
}

/// Runs the program.
pub async fn run(arguments: Arguments) -> ExitCode {
    let exit = match look(&arguments).await {
        Ok(Shown::Drift(drift)) => show(&drift, arguments.json),
        Ok(Shown::Mending(mending)) => show_mending(&mending, arguments.json),
        Err(fault) => {
            eprintln!("{}", fault.message);
            fault.exit()
        }
    };
    ExitCode::from(exit.code())
}

fn show(drift: &Drift, is_json: bool) -> Exit {
    print(drift, is_json);
    match (drift.open().next().is_none(), drift.capped.is_empty()) {
        (false, _) => Exit::Differences,
        (true, false) => Exit::Incomplete,
        (true, true) => Exit::Ok,
    }
}

fn show_mending(mending: &Mending, is_json: bool) -> Exit {
    print(mending, is_json);
    match mending.result {
        MendingResult::ToDo | MendingResult::Done => Exit::Ok,
        MendingResult::Incomplete => Exit::Incomplete,
        // A verb that cannot be done leaves the difference.
        _ => Exit::Differences,
    }
}

fn print(shown: &(impl Serialize + Display), is_json: bool) {
    if !is_json {
        return put(&shown.to_string());
    }
    match serde_json::to_string_pretty(shown) {
        Ok(text) => put(&format!("{text}\n")),
        Err(error) => eprintln!("the findings cannot be written: {error}"),
    }
}

async fn look(arguments: &Arguments) -> Result<Shown, Box<Fault>> {
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
    let shown = match &arguments.act {
        None => exchange.drift(reach).await.map(Shown::Drift).map_err(MendError::Run),
        Some(act) => mend(&mut exchange, act, reach).await.map(|mending| Shown::Mending(Box::new(mending))),
    };
    if let Some(tokens) = tokens {
        tokens.settle().await;
    }
    shown.map_err(|error| match &error {
        MendError::Run(error) => Box::new(Fault::of_run(error, Place::of_part("QuickBooks"))),
        error => fault(error.code(), error, Place::of_part("options"), Exit::Configuration),
    })
}

async fn mend(exchange: &mut Exchange, act: &Act, reach: Reach) -> Result<Mending, MendError> {
    let (verb, About { id, because, by, dry_run }) = act.parts();
    if *dry_run {
        return exchange.preview_mend(id, verb, reach).await;
    }
    let user = || std::env::var("USER").unwrap_or_default();
    let by = By::new(by.clone().unwrap_or_else(user), because.clone().unwrap_or_default());
    exchange.mend(id, verb, reach, &by).await
}
