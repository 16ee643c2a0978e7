//! The simulator as a program: prints its connection as one JSON line, then serves until it is killed.

use std::error::Error;
use std::io::Write;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use qb_simulator::{
    Clock, Company, CompanyOptions, Faults, Limits, ReportForm, RunningClock, Simulator, SimulatorOptions,
};

/// An offline QuickBooks Online on a loopback port.
///
/// The first line on stdout is the connection as one JSON object. While it runs, programs on the same machine work on
/// it under /simulator/ (see openapi.yaml).
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// Where to listen; port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// Listen on an address other machines can reach, too.
    #[arg(long)]
    allow_any_address: bool,
    /// Serve plain http; the default.
    #[arg(long, conflicts_with = "tls")]
    plain_http: bool,
    /// Serve https with a certificate made for this run, and write the certificate to trust (PEM) to this file. Needs a
    /// build with the feature `tls`.
    #[arg(long, value_name = "FILE")]
    tls: Option<PathBuf>,
    /// `empty`, `sample`, or a file that was saved before.
    #[arg(long, default_value = "empty", value_name = "empty|sample|FILE")]
    company: String,
    /// The options of an empty or the sample company: a JSON file like {"allow_shipping":false,
    /// "choices":{"batch_items":10}}; what it leaves out keeps its default.
    #[arg(long, value_name = "FILE")]
    options: Option<PathBuf>,
    /// Save the company to this file when the program is interrupted (Ctrl-C).
    #[arg(long, value_name = "FILE")]
    save: Option<PathBuf>,
    /// `system`, `fixed:MOMENT`, `scaled:FACTOR@MOMENT` or `stepped:MILLIS@MOMENT`; a moment reads like
    /// 2026-02-03T09:00:00-08:00.
    #[arg(long, default_value = "system", value_parser = Clock::parse)]
    clock: Clock,
    /// Fault rules: a JSON file like {"seed":1,"rules":[{"name":"lost","effect":{"kind":"answer_lost"},
    /// "when":{"operations":["create"],"per_mille":50}}]}.
    #[arg(long, value_name = "FILE")]
    faults: Option<PathBuf>,
    /// Answer 429 above 500 requests a minute, 10 a second, 10 at once and 40 batches a minute.
    #[arg(long)]
    throttle: bool,
    /// Batches a minute with --throttle; Intuit has named 40 and, since 2025, 120.
    #[arg(long, value_name = "COUNT", requires = "throttle", default_value_t = 40)]
    batches_per_minute: usize,
    /// The form of reports: `modern` is that of QuickBooks' service since August 2026. For empty and sample.
    #[arg(long, value_name = "modern|old", value_parser = report_form)]
    reports: Option<ReportForm>,
    /// Access tokens expire after so many seconds (QuickBooks: 3600); never unless given. For empty and sample.
    #[arg(long, value_name = "SECONDS")]
    token_life: Option<u32>,
}

fn report_form(text: &str) -> Result<ReportForm, String> {
    match text {
        "modern" => Ok(ReportForm::Modern),
        "old" => Ok(ReportForm::Old),
        _ => Err("not modern or old".into()),
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let mut errors = std::io::stderr().lock();
            let cause = error.source().map(|cause| format!(": {cause}")).unwrap_or_default();
            // Nothing is left to tell when even this cannot be written.
            drop(writeln!(errors, "qb-simulator: {error}{cause}"));
            ExitCode::FAILURE
        }
    }
}

fn options(arguments: &Arguments) -> Result<SimulatorOptions, Box<dyn Error>> {
    let read = |path: &str| std::fs::read_to_string(path).map_err(|error| format!("{path}: {error}"));
    let mut company = match &arguments.options {
        Some(path) => serde_json::from_str(&read(&path.to_string_lossy())?)?,
        None => CompanyOptions::default(),
    };
    company.reports = arguments.reports.unwrap_or(company.reports);
    company.oauth.access_token_seconds = arguments.token_life.or(company.oauth.access_token_seconds);
    let books = match arguments.company.as_str() {
        "empty" => None,
        "sample" => {
            let now = RunningClock::start(arguments.clock).now();
            Some(Company::sample(company.clone(), now)?.save()?)
        }
        path => Some(read(path)?),
    };
    let faults = match &arguments.faults {
        Some(path) => serde_json::from_str(&read(&path.to_string_lossy())?)?,
        None => Faults::default(),
    };
    Ok(SimulatorOptions {
        company,
        books,
        listen: arguments.listen,
        allow_any_address: arguments.allow_any_address,
        tls: arguments.tls.is_some(),
        clock: arguments.clock,
        faults,
        limits: match arguments.throttle {
            true => Limits { batches_per_minute: Some(arguments.batches_per_minute), ..Limits::DOCUMENTED },
            false => Limits::default(),
        },
    })
}

async fn run(arguments: Arguments) -> Result<(), Box<dyn Error>> {
    let simulator = Simulator::start(options(&arguments)?).await?;
    if let (Some(path), Some(certificate)) = (&arguments.tls, simulator.certificate()) {
        std::fs::write(path, certificate).map_err(|error| format!("{}: {error}", path.display()))?;
    }
    let line = serde_json::to_string(simulator.connection())?;
    let mut out = std::io::stdout();
    writeln!(out, "{line}")?;
    out.flush()?;
    tokio::signal::ctrl_c().await?;
    if let Some(path) = &arguments.save {
        std::fs::write(path, simulator.with_company(Company::save)?)?;
    }
    simulator.stop().await;
    Ok(())
}
