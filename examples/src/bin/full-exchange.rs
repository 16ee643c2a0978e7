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
use examples::input::{self, Input, PosFormat};
use examples::output::{json, print_reports, print_tie_out, total, with_causes};
use examples::sample;
use exchange::{BatchReport, Exchange, MemoryLog, Options, Outcome, Policy, PostingLog, SqliteLog, TieOut};
use indicatif::{ProgressBar, ProgressStyle};
use mapping::{Company, page, plan};
use pos_model::Batch;

/// More documents than this are counted, not printed in full.
const PRINTED_IN_FULL: usize = 100;

/// Posts a point of sale's closed batches to QuickBooks and proves that the books are right.
///
/// Without arguments it posts the project's own sample day into a simulator inside this process, twice.
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
    /// `embedded`, or a file with the connection line that a simulator printed.
    #[arg(long, default_value = "embedded")]
    quickbooks: PathBuf,
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
    let company = input::company(arguments.mapping.as_deref())?;
    let is_sample = arguments.pos.is_empty();
    let input = if is_sample {
        Input { batches: input::parse_json("the sample day", sample::DAY.as_bytes())?, ..Input::default() }
    } else {
        input::read(&arguments.pos, arguments.pos_format, &company)
    };
    input.notices.iter().for_each(|notice| eprintln!("{notice}"));
    for error in &input.refused {
        eprintln!("refused, nothing of it is sent: {}", with_causes(error));
    }
    let Connected { client, simulator } = if arguments.quickbooks.as_os_str() == "embedded" {
        connect::embedded().await?
    } else {
        connect::from_file(&arguments.quickbooks)?
    };
    let log: Arc<dyn PostingLog> = match &arguments.log {
        Some(path) => Arc::new(SqliteLog::open(path)?),
        None => Arc::new(MemoryLog::new()),
    };

    let policy = Policy { trust_request_id: arguments.trust_request_id, ..Policy::default() };
    let mut exchange = Exchange::new(client.clone(), Arc::clone(&log), company.clone());
    let (reports, stopped) = post(&mut exchange, policy, &input.batches, &company).await;
    print_documents(&input.batches, &company);
    print_reports(&reports);
    for (reason, count) in &input.skipped {
        println!("{count} events post nothing: {reason}");
    }
    let posted: Vec<Batch> = input.batches[..].iter().filter(|b| has_report(&reports, b)).cloned().collect();
    let tie_out = if posted.is_empty() { TieOut::default() } else { exchange.tie_out(&posted).await? };
    println!();
    print_tie_out(&tie_out);
    if let Some(path) = &arguments.json {
        let report = json(&posted, &reports, &tie_out, &input.skipped, &company, &exchange);
        std::fs::write(path, format!("{report:#}\n"))?;
    }
    let counts = total(&reports);
    let settled: u64 = Outcome::ALL.iter().filter(|o| o.is_settled()).map(|o| counts.of(*o)).sum();
    let mut is_right =
        !stopped && input.refused.is_empty() && settled == counts.planned && tie_out.is_tied_out();

    if is_sample {
        println!("\nOnce more, with the same log:");
        let mut again = Exchange::new(client, log, company.clone());
        let (reports, stopped) = post(&mut again, policy, &input.batches, &company).await;
        print_reports(&reports);
        is_right &= !stopped && total(&reports).of(Outcome::AlreadyPosted) == counts.planned;
    }
    if let Some(simulator) = simulator {
        simulator.stop().await;
    }
    Ok(is_right)
}

/// Posts batch after batch; a batch that cannot be started is said and left out. The flag says that one was.
async fn post(
    exchange: &mut Exchange,
    policy: Policy,
    batches: &[Batch],
    company: &Company,
) -> (Vec<BatchReport>, bool) {
    let documents: usize =
        batches.iter().filter_map(|b| plan(b, company).ok()).map(|p| p.documents().count()).sum();
    let bar = progress(documents as u64);
    let ticker = bar.clone();
    let observer: exchange::Observer = Arc::new(move |entry| {
        if entry.identity.is_some() {
            ticker.inc(1);
        }
    });
    exchange.set_options(Options { policy, observer: Some(observer) });
    let mut reports = Vec::with_capacity(batches.len());
    let mut stopped = false;
    for batch in batches {
        match exchange.run(batch).await {
            Ok(report) => {
                let (counts, number) = (report.counts(), report.number);
                if !std::io::stderr().is_terminal() {
                    eprintln!(
                        "batch {number}: {} documents, {} new",
                        counts.planned,
                        counts.of(Outcome::Created)
                    );
                }
                reports.push(report);
            }
            Err(error) => {
                stopped = true;
                eprintln!("batch {}: {}", batch.number(), with_causes(&error));
            }
        }
    }
    bar.finish_and_clear();
    (reports, stopped)
}

fn has_report(reports: &[BatchReport], batch: &Batch) -> bool {
    reports.iter().any(|report| {
        (report.store.as_str(), report.register.as_str(), report.number)
            == (batch.store().name(), batch.register(), batch.number())
    })
}

fn print_documents(batches: &[Batch], company: &Company) {
    let plans: Vec<_> = batches.iter().filter_map(|batch| plan(batch, company).ok()).collect();
    if plans.iter().map(|plan| plan.documents().count()).sum::<usize>() <= PRINTED_IN_FULL {
        plans.iter().for_each(|plan| println!("{}", page(plan, company)));
    }
}

fn progress(documents: u64) -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len} documents, {per_sec}, {eta} left");
    ProgressBar::new(documents).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}
