//! The program `trial`: proves that a run through trouble leaves the books of a run in peace.
//!
//! It connects to two simulators, each a process of its own: one that nothing disturbs, and one with QuickBooks' limits,
//! tokens that soon expire, answers that are lost after the effect, and 429s. `connect` and `full-exchange` are run as an
//! operator runs them; then every document of the two companies is read and compared.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use clap::{Parser, Subcommand};
use exchange::Exit;
use qb_client::engine::Query;
use qb_model::EntityKind;
use qb_simulator::{
    CompanyOptions, Effect, Faults, Limits, OAuthOptions, Operation, Rule, Simulator, SimulatorOptions,
    ThrottleForm, When,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::connect;
use crate::exit_codes::EXIT_CODES;
use crate::output::with_causes;
use crate::secrets::Secrets;

/// What is compared.
const DOCUMENTS: [EntityKind; 8] = [
    EntityKind::Invoice,
    EntityKind::CreditMemo,
    EntityKind::SalesReceipt,
    EntityKind::Payment,
    EntityKind::Purchase,
    EntityKind::PurchaseOrder,
    EntityKind::Bill,
    EntityKind::JournalEntry,
];

/// What a run writes by.
const WRITES: [Operation; 2] = [Operation::Create, Operation::Batch];

/// More runs than this are not made: what is left then is not settled by another.
const MOST_RUNS: usize = 5;

/// Posts the same files in peace and in trouble, and compares the books.
///
/// Trouble is a simulator with limits, expiring tokens, lost answers and 429s. Ends with 0 when both companies hold the same
/// documents, each once, and both runs tie out; with 1 when not.
#[derive(Parser)]
#[command(name = "trial", after_help = EXIT_CODES)]
pub struct Arguments {
    #[command(subcommand)]
    simulator: Option<Part>,
    #[command(flatten)]
    trouble: Trouble,
    /// What full-exchange is given beside the connection and the log: --pos and so on; the trading week without it.
    #[arg(last = true)]
    full_exchange: Vec<String>,
}

/// What goes wrong in the second run.
#[derive(Clone, Debug, clap::Args)]
pub struct Trouble {
    /// Answer 429 above QuickBooks' limits, 500 requests a minute and 10 a second among them; full-exchange is told to keep
    /// them.
    #[arg(long)]
    throttle: bool,
    /// Access tokens expire after so many seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    token_life: u32,
    /// Of a thousand creates and batches, so many are carried out and their answer is lost.
    #[arg(long, value_name = "PER_MILLE", default_value_t = 50)]
    lost: u32,
    /// Of a thousand requests, so many are answered 429 beyond the limits.
    #[arg(long, value_name = "PER_MILLE", default_value_t = 50)]
    busy: u32,
    /// The seed of all this.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// A part of a trial, in a process of its own.
#[derive(Subcommand)]
enum Part {
    /// Simulates a company until its standard input ends, then tells what happened.
    Simulate {
        /// Nothing goes wrong.
        #[arg(long)]
        quiet: bool,
        #[command(flatten)]
        trouble: Trouble,
    },
}

/// Why a trial came to nothing.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error("{what} does not run; build it: cargo build --bins")]
    Program {
        what: String,
        #[source]
        source: std::io::Error,
    },
    #[error("{what} ended with {code:?}:\n{said}")]
    Ended { what: &'static str, code: Option<i32>, said: String },
    #[error("{what} is not what was expected: {found}")]
    Unexpected { what: &'static str, found: String },
    #[error("the trial's files cannot be written or read")]
    File(#[from] std::io::Error),
    #[error("the simulator did not start")]
    Simulator(#[from] qb_simulator::StartError),
    #[error(transparent)]
    Connection(#[from] connect::ConnectError),
    #[error("the books cannot be read")]
    Read(#[source] Box<qb_client::ReadError>),
}

/// Runs the program.
pub async fn run(arguments: Arguments) -> ExitCode {
    let done = match &arguments.simulator {
        Some(Part::Simulate { quiet, trouble }) => simulate(*quiet, trouble).await.map(|()| true),
        None => compare(&arguments).await,
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(Exit::Differences.code()),
        Err(failure) => {
            eprintln!("{}", with_causes(&failure));
            ExitCode::from(Exit::Configuration.code())
        }
    }
}

/// The simulator's process: a connection line, then service until nobody listens any more, then what happened.
async fn simulate(is_quiet: bool, trouble: &Trouble) -> Result<(), Failure> {
    let chance = |per_mille, operations: &[Operation]| When {
        per_mille: Some(per_mille),
        operations: operations.to_vec(),
        ..When::default()
    };
    let busy = Effect::Throttled { form: ThrottleForm::Json, retry_after: None, committed: false };
    let mut rules = vec![
        // These two never strike: they count.
        Rule::new("requests", Effect::AnswerLost, chance(0, &[])),
        Rule::new("token requests", Effect::AnswerLost, chance(0, &[Operation::Token])),
    ];
    let mut options = SimulatorOptions::default();
    if !is_quiet {
        rules.push(Rule::new("answers lost", Effect::AnswerLost, chance(trouble.lost, &WRITES)));
        rules.push(Rule::new("429 by chance", busy, chance(trouble.busy, &[])));
        let oauth =
            OAuthOptions { access_token_seconds: Some(trouble.token_life), ..OAuthOptions::default() };
        options.company = CompanyOptions { oauth, ..CompanyOptions::default() };
        options.limits = if trouble.throttle { Limits::DOCUMENTED } else { Limits::default() };
    }
    options.faults = Faults::new(trouble.seed, rules);
    let simulator = Simulator::start(options).await?;
    println!("{}", serde_json::to_string(simulator.connection()).unwrap_or_default());
    let (ended, end) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || {
        // The trial keeps the other end; when it is gone, however it ended, this process is of no use.
        let _ = std::io::stdin().read_to_end(&mut Vec::new());
        let _ = ended.send(());
    });
    let _ = end.await;
    let mut happened: BTreeMap<String, u64> = BTreeMap::new();
    for tally in simulator.with_service(|service| service.faults.tallies().to_vec()) {
        let is_counter = tally.name.ends_with("requests");
        happened.insert(tally.name, if is_counter { tally.seen } else { tally.hits });
    }
    println!("{}", serde_json::to_string(&happened).unwrap_or_default());
    simulator.stop().await;
    Ok(())
}

/// Both runs, and what they left.
async fn compare(arguments: &Arguments) -> Result<bool, Failure> {
    let folder = std::env::temp_dir().join(format!("trial-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    println!("quiet:   nothing goes wrong");
    let quiet = side(&folder.join("quiet"), arguments, true).await?;
    let Trouble { throttle, token_life, lost, busy, seed } = &arguments.trouble;
    let limits = if *throttle { "QuickBooks' limits, " } else { "" };
    println!(
        "trouble: {limits}tokens of {token_life} s, {lost} of 1000 answers lost, {busy} of 1000 requests 429, seed {seed}"
    );
    let troubled = side(&folder.join("trouble"), arguments, false).await?;
    let doubles: usize = [&quiet, &troubled].iter().map(|side| side.doubles()).sum();
    let differences = quiet.differences(&troubled);
    differences.iter().take(20).for_each(|line| println!("  {line}"));
    println!("{} differences, {doubles} duplicates", differences.len());
    let is_equal = differences.is_empty() && doubles == 0;
    if is_equal {
        // What a failed trial leaves is worth looking at.
        let _ = std::fs::remove_dir_all(&folder);
    } else {
        println!("logs and reports: {}", folder.display());
    }
    Ok(is_equal)
}

/// What a company held in the end.
struct Side {
    /// By kind and number: date, total and who, of each document that has it.
    documents: BTreeMap<(&'static str, String), Vec<String>>,
    /// The tie-out's accounts, as the last run reported them.
    accounts: Value,
}

impl Side {
    /// Documents beyond the first of their kind and number.
    fn doubles(&self) -> usize {
        self.documents.values().map(|found| found.len().saturating_sub(1)).sum()
    }

    fn differences(&self, other: &Self) -> Vec<String> {
        let mut lines = Vec::new();
        for (key @ (kind, number), found) in &self.documents {
            if other.documents.get(key) != Some(found) {
                lines.push(format!("{kind} {number}: {found:?}, in trouble {:?}", other.documents.get(key)));
            }
        }
        for (kind, number) in other.documents.keys().filter(|key| !self.documents.contains_key(*key)) {
            lines.push(format!("{kind} {number}: in trouble alone"));
        }
        if self.accounts != other.accounts {
            lines.push(format!("accounts: {}, in trouble {}", self.accounts, other.accounts));
        }
        lines
    }
}

/// One company, from its connection to its books.
async fn side(folder: &Path, arguments: &Arguments, is_quiet: bool) -> Result<Side, Failure> {
    std::fs::create_dir_all(folder)?;
    let mut simulator = Process::start(arguments, is_quiet)?;
    std::fs::write(folder.join("line.json"), &simulator.line)?;
    connect_company(folder, &simulator.line)?;
    let begun = Instant::now();
    let mut runs = 0;
    let report = loop {
        runs += 1;
        let (code, report) = full_exchange(folder, arguments, is_quiet)?;
        match code {
            Some(0) => break report,
            Some(3) if runs < MOST_RUNS => {}
            _ => {
                let said = report["errors"].to_string();
                return Err(Failure::Ended { what: "full-exchange", code, said });
            }
        }
    };
    let taken = begun.elapsed();
    let secrets = Secrets { key_file: Some(folder.join("shop.key")), client: Some(folder.join("app.json")) };
    let documents = read_documents(&folder.join("shop.connection"), &secrets).await?;
    let happened = simulator.end()?;
    let count: usize = documents.values().map(Vec::len).sum();
    println!("  {count} documents, {runs} run(s), {}", seconds(taken));
    if let Some(usage) = report.get("usage") {
        println!("  asked of QuickBooks by the last run: {usage}");
    }
    for (what, times) in happened {
        println!("  {times:>8} {what}");
    }
    Ok(Side { documents, accounts: report["control_accounts"].clone() })
}

fn seconds(taken: Duration) -> String {
    format!("{}.{} s", taken.as_secs(), taken.subsec_millis() / 100)
}

/// A simulator in a process of its own.
struct Process {
    child: Child,
    input: Option<ChildStdin>,
    out: BufReader<std::process::ChildStdout>,
    line: String,
}

impl Process {
    fn start(arguments: &Arguments, is_quiet: bool) -> Result<Self, Failure> {
        let Trouble { throttle, token_life, lost, busy, seed } = &arguments.trouble;
        let mut command = Command::new(program("trial")?);
        command.arg("simulate");
        for (name, value) in [
            ("--token-life", token_life.to_string()),
            ("--lost", lost.to_string()),
            ("--busy", busy.to_string()),
            ("--seed", seed.to_string()),
        ] {
            command.arg(name).arg(value);
        }
        command.args(is_quiet.then_some("--quiet")).args(throttle.then_some("--throttle"));
        let child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
        let mut child = child.map_err(|source| Failure::Program { what: "trial".to_owned(), source })?;
        let (input, out) = (child.stdin.take(), child.stdout.take());
        let Some(out) = out else { return Err(no_pipe()) };
        let (mut out, mut line) = (BufReader::new(out), String::new());
        out.read_line(&mut line)?;
        Ok(Self { child, input, out, line })
    }

    /// Ends it, and returns what happened, by name.
    fn end(&mut self) -> Result<BTreeMap<String, u64>, Failure> {
        drop(self.input.take());
        let mut told = String::new();
        self.out.read_to_string(&mut told)?;
        self.child.wait()?;
        serde_json::from_str(&told)
            .map_err(|_| Failure::Unexpected { what: "the simulator's end", found: told })
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        drop(self.input.take());
        // It ends with its input; nothing is left to do when it has ended already.
        let _ = self.child.wait();
    }
}

fn no_pipe() -> Failure {
    Failure::Unexpected { what: "a program's output", found: "none".to_owned() }
}

/// A program beside this one.
fn program(name: &str) -> Result<PathBuf, Failure> {
    Ok(std::env::current_exe()?.with_file_name(name))
}

/// What a simulator prints, as far as the app's keys go.
#[derive(Deserialize, Serialize)]
struct App {
    client_id: String,
    client_secret: String,
}

/// Connects the company by the program, with a browser of its own.
fn connect_company(folder: &Path, line: &str) -> Result<(), Failure> {
    let app: App = serde_json::from_str(line)
        .map_err(|_| Failure::Unexpected { what: "the simulator's line", found: line.to_owned() })?;
    qb_connect::write_private(
        &folder.join("app.json"),
        serde_json::to_string(&app).unwrap_or_default().as_bytes(),
    )
    .map_err(|error| Failure::Unexpected { what: "the file of the app's keys", found: error.to_string() })?;
    let command = |options: &[&str]| -> Result<Command, Failure> {
        let mut command = Command::new(program("connect")?);
        command.current_dir(folder).args(options);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        Ok(command)
    };
    let spawn = |mut command: Command| {
        command.spawn().map_err(|source| Failure::Program { what: "connect".to_owned(), source })
    };
    let made = spawn(command(&["--new-key", "--key-file", "shop.key"])?)?.wait_with_output()?;
    if !made.status.success() {
        let said = String::from_utf8_lossy(&made.stderr).into_owned();
        return Err(Failure::Ended { what: "connect --new-key", code: made.status.code(), said });
    }
    let mut child = spawn(command(&[
        "--simulator",
        "line.json",
        "--no-browser",
        "--redirect",
        "http://localhost:0/callback",
        "--connection",
        "shop.connection",
        "--key-file",
        "shop.key",
        "--client",
        "app.json",
    ])?)?;
    let Some(out) = child.stdout.take() else { return Err(no_pipe()) };
    let (mut out, mut said, mut address) = (BufReader::new(out), String::new(), None);
    loop {
        let mut line = String::new();
        if out.read_line(&mut line)? == 0 {
            break;
        }
        if address.is_none() && line.starts_with("http://") {
            address = Some(line.trim().to_owned());
            browse(line.trim())?;
        }
        said.push_str(&line);
    }
    let output = child.wait_with_output()?;
    if output.status.success() {
        return Ok(());
    }
    said.push_str(&String::from_utf8_lossy(&output.stderr));
    Err(Failure::Ended { what: "connect", code: output.status.code(), said })
}

/// What a browser does at the authorization page of a simulator: it is sent back to the program.
fn browse(address: &str) -> Result<(), Failure> {
    let answer = get(address)?;
    let back = answer.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("location").then(|| value.trim().to_owned())
    });
    match back {
        Some(back) => get(&back).map(drop),
        None => Err(Failure::Unexpected { what: "the authorization page", found: answer }),
    }
}

fn get(address: &str) -> Result<String, Failure> {
    let parts = address.strip_prefix("http://").and_then(|rest| rest.split_once('/'));
    let Some((host, path)) = parts else {
        return Err(Failure::Unexpected { what: "an address", found: address.to_owned() });
    };
    let mut stream = TcpStream::connect(host)?;
    write!(stream, "GET /{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}

/// One run of the main job: its exit code and report.
fn full_exchange(
    folder: &Path,
    arguments: &Arguments,
    is_quiet: bool,
) -> Result<(Option<i32>, Value), Failure> {
    let file = |name: &str| folder.join(name).into_os_string();
    let mut command = Command::new(program("full-exchange")?);
    for (option, name) in [
        ("--connection", "shop.connection"),
        ("--key-file", "shop.key"),
        ("--client", "app.json"),
        ("--log", "log.sqlite"),
        ("--json", "report.json"),
        ("--certificate", "certificate"),
    ] {
        command.arg(option).arg(file(name));
    }
    let said = std::fs::File::create(folder.join("said.txt"))?;
    command.args((arguments.trouble.throttle && !is_quiet).then_some("--paced"));
    command.args(&arguments.full_exchange).stdin(Stdio::null()).stdout(said.try_clone()?).stderr(said);
    let status = command.status();
    let status = status.map_err(|source| Failure::Program { what: "full-exchange".to_owned(), source })?;
    let report = std::fs::read(folder.join("report.json")).unwrap_or_default();
    Ok((status.code(), serde_json::from_slice(&report).unwrap_or_default()))
}

/// Every document of a company, by its own words.
async fn read_documents(
    path: &Path,
    secrets: &Secrets,
) -> Result<BTreeMap<(&'static str, String), Vec<String>>, Failure> {
    let connect::Connected { client, tokens, .. } = connect::saved(path, secrets).await?;
    let mut documents: BTreeMap<_, Vec<String>> = BTreeMap::new();
    for kind in DOCUMENTS {
        for row in client.query(&Query::all(kind)).await.map_err(|error| Failure::Read(Box::new(error)))? {
            let text = |field: &str| row[field].to_string();
            let number = row[kind.number_field()].as_str().unwrap_or_default().to_owned();
            let who = ["CustomerRef", "VendorRef", "EntityRef"].map(|field| row[field]["name"].to_string());
            let line = format!("{} {} {}", text("TxnDate"), text("TotalAmt"), who.concat());
            documents.entry((kind.name(), number)).or_default().push(line);
        }
    }
    documents.values_mut().for_each(|found| found.sort());
    if let Some(tokens) = tokens {
        tokens.settle().await;
    }
    Ok(documents)
}
