//! The main job: posts POS files to QuickBooks, shows what was posted, and ties the books out.
//!
//! The walk of one sale, in the order this program takes it: `input` reads the file (`pos-model`), `mapping` plans it,
//! `exchange` records and posts each step through `qb-client`, and ties out what QuickBooks says.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "this is a program: printing is what it does")]

use std::io::IsTerminal;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser;
use examples::connect::{self, Connected};
use examples::days::print_days;
use examples::input::{self, Input, PosFormat};
use examples::output::{json, plans, print_reports, put, total, with_causes};
use examples::sample;
use examples::secrets::Secrets;
use exchange::{Exchange, MemoryLog, Options, Outcome, Policy, PostingLog, Report, RunError, TieOut};
use indicatif::{ProgressBar, ProgressStyle};
use pos_model::{Batch, PurchaseOrder};
use posting_log_sqlite::SqliteLog;

/// More documents than this are counted, not said one by one.
const SAID_ONE_BY_ONE: usize = 400;

/// Posts a point of sale's closed batches to QuickBooks and proves that the books are right.
///
/// Without arguments it posts the project's own trading week into a simulator inside this process, twice.
#[derive(Parser)]
struct Arguments {
    /// A POS file or a folder of them; may be given several times.
    #[arg(long)]
    pos: Vec<PathBuf>,
    /// The form of the POS files.
    #[arg(long, value_enum, default_value = "pos-json")]
    pos_format: PosFormat,
    /// The company mapping; without it, the defaults.
    #[arg(long)]
    mapping: Option<PathBuf>,
    /// `embedded`, a connection that `connect` has saved, or a file with the connection line that a simulator printed.
    #[arg(long, visible_alias = "connection", value_name = "FILE", default_value = "embedded")]
    quickbooks: PathBuf,
    #[command(flatten)]
    secrets: Secrets,
    /// The posting log, a SQLite file; without it, memory.
    #[arg(long)]
    log: Option<PathBuf>,
    /// Where to write the report as JSON.
    #[arg(long)]
    json: Option<PathBuf>,
    /// Send an absent document of unknown outcome again at once, trusting QuickBooks to know its request id.
    #[arg(long)]
    trust_request_id: bool,
}

type Failure = Box<dyn std::error::Error>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let warnings =
        tracing_subscriber::fmt().with_max_level(tracing::Level::WARN).with_writer(std::io::stderr);
    warnings.without_time().init();
    match run(&arguments).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{}", with_causes(&*error));
            ExitCode::from(2)
        }
    }
}

/// Whether everything named was posted and ties out.
async fn run(arguments: &Arguments) -> Result<bool, Failure> {
    let is_sample = arguments.pos.is_empty();
    let company = match &arguments.mapping {
        None if is_sample => sample::company()?,
        mapping => input::company(mapping.as_deref())?,
    };
    let input = if is_sample {
        sample::week(company)
    } else {
        input::read(&arguments.pos, arguments.pos_format, company)
    };
    input.notices.iter().for_each(|notice| eprintln!("{notice}"));
    for error in &input.refused {
        eprintln!("refused, nothing of it is sent: {}", with_causes(error));
    }
    for fault in &input.faults {
        eprintln!("refused, nothing of these files is sent: {fault}");
    }
    if !input.faults.is_empty() {
        return Ok(false);
    }
    let is_empty = input.batches.is_empty() && input.purchase_orders.is_empty() && input.skipped.is_empty();
    if is_empty && input.opening_store().is_none() {
        eprintln!("nothing to post: no valid POS file among those named");
        return Ok(false);
    }
    let Connected { client, simulator, tokens } = if arguments.quickbooks.as_os_str() == "embedded" {
        connect::embedded().await?
    } else {
        connect::from_file(&arguments.quickbooks, &arguments.secrets).await?
    };
    if let Some(tokens) = &tokens
        && let Some(notice) = tokens.notice().await
    {
        eprintln!("{notice}");
    }
    let log: Arc<dyn PostingLog> = match &arguments.log {
        Some(path) => Arc::new(SqliteLog::open(path)?),
        None => Arc::new(MemoryLog::new()),
    };

    let policy = Policy { trust_request_id: arguments.trust_request_id, ..Policy::default() };
    let mut exchange = Exchange::new(client.clone(), Arc::clone(&log), input.company.clone());
    let posted = post(&mut exchange, policy, &input).await;
    print_documents(&input);
    print_reports(&posted.reports);
    for (reason, count) in &input.skipped {
        println!("{count} left out, they post nothing: {reason}");
    }
    let tie_out = if posted.reports.is_empty() {
        TieOut::default()
    } else {
        exchange.tie_out(&posted.batches, &posted.purchase_orders).await?
    };
    println!();
    let (planned, done) = (
        input.batches.len() + input.purchase_orders.len(),
        posted.batches.len() + posted.purchase_orders.len(),
    );
    if posted.reports.is_empty() {
        println!("Nothing was posted, so nothing was tied out.");
    } else {
        put(&tie_out.page(planned - done + input.refused.len()));
    }
    if let Some(path) = &arguments.json {
        let report =
            json(&posted.batches, &posted.reports, &tie_out, &input.skipped, &input.company, &exchange);
        std::fs::write(path, format!("{report:#}\n"))?;
    }
    let counts = total(&posted.reports);
    let settled: u64 = Outcome::ALL.iter().filter(|o| o.is_settled()).map(|o| counts.of(*o)).sum();
    let is_posted = !posted.stopped && input.refused.is_empty() && settled == counts.planned;
    let mut is_right = is_posted && tie_out.is_tied_out();

    if is_sample {
        println!("\nOnce more, with the same log:");
        let mut again = Exchange::new(client, log, input.company.clone());
        let posted = post(&mut again, policy, &input).await;
        print_reports(&posted.reports);
        is_right &= !posted.stopped && total(&posted.reports).of(Outcome::AlreadyPosted) == counts.planned;
    }
    if let Some(tokens) = tokens {
        tokens.settle().await;
    }
    if let Some(simulator) = simulator {
        simulator.stop().await;
    }
    Ok(is_right)
}

/// What was posted, and whether anything could not even be started.
#[derive(Default)]
struct Posted {
    batches: Vec<Batch>,
    purchase_orders: Vec<PurchaseOrder>,
    reports: Vec<Report>,
    stopped: bool,
    /// Why the last one that could not be started was not.
    last_error: String,
    /// QuickBooks could not be reached: what follows waits for the next run.
    is_cut_short: bool,
}

/// Posts one after another; what cannot be started is said and left out.
async fn post(exchange: &mut Exchange, policy: Policy, input: &Input) -> Posted {
    let documents: usize = plans(input).iter().map(|plan| plan.documents().count()).sum();
    let bar = progress(documents as u64);
    let ticker = bar.clone();
    let observer: exchange::Observer = Arc::new(move |entry| {
        if entry.identity.is_some() {
            ticker.inc(1);
        }
    });
    exchange.set_options(Options { policy, observer: Some(observer), ..Options::default() });
    let mut posted = Posted::default();
    if let Some(store) = input.opening_store() {
        match exchange.run_opening(store).await {
            // Another store of the company lent its prefix when it was posted.
            Err(RunError::OpeningPosted { posted, planned, .. }) if posted.event() == planned.event() => {}
            report => _ = posted.note(report, "opening balances", 0, false),
        }
    }
    for batch in &input.batches {
        let report = exchange.run(batch).await;
        if posted.note(report, "batch", batch.number(), true) {
            posted.batches.push(batch.clone());
        }
        if posted.is_cut_short {
            break;
        }
    }
    for order in &input.purchase_orders {
        if posted.is_cut_short {
            break;
        }
        let report = exchange.run_purchase_order(order).await;
        if posted.note(report, "purchase order", order.number(), false) {
            posted.purchase_orders.push(order.clone());
        }
    }
    bar.finish_and_clear();
    posted
}

impl Posted {
    fn note(&mut self, report: Result<Report, RunError>, word: &str, number: u64, is_said: bool) -> bool {
        match report {
            Ok(report) => {
                let counts = report.counts();
                if is_said && !std::io::stderr().is_terminal() {
                    eprintln!(
                        "{word} {number}: {} documents, {} new",
                        counts.planned,
                        counts.of(Outcome::Created)
                    );
                }
                if report.is_cut_short {
                    eprintln!(
                        "{word} {number}: QuickBooks cannot be reached; what is left waits for the next run"
                    );
                    (self.is_cut_short, self.stopped) = (true, true);
                }
                self.reports.push(report);
                true
            }
            Err(error) => {
                self.stopped = true;
                let error = with_causes(&error);
                let number = if number == 0 { String::new() } else { format!(" {number}") };
                if error == self.last_error {
                    eprintln!("{word}{number}: the same");
                } else {
                    eprintln!("{word}{number}: {error}");
                }
                self.last_error = error;
                false
            }
        }
    }
}

fn print_documents(input: &Input) {
    let plans = plans(input);
    if plans.iter().map(|plan| plan.documents().count()).sum::<usize>() <= SAID_ONE_BY_ONE {
        print_days(&plans);
    }
}

fn progress(documents: u64) -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len} documents, {per_sec}, {eta} left");
    ProgressBar::new(documents).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}
