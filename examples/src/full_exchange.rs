//! The main job: posts POS files to QuickBooks, shows what was posted, and ties the books out.
//!
//! The walk of one sale, in the order this program takes it: `input` reads the file (`pos-model`), `mapping` plans it,
//! `exchange` records and posts each step through `qb-client`, and ties out what QuickBooks says. What is printed and
//! written is the run's summary (`exchange::RunSummary`).

use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser;
use exchange::customers::{BalanceWaits, CustomerBalance};
use exchange::{
    Exchange, Exit, Fault, LogError, MemoryLog, NotReady, Options, Outcome, Place, PostingLog, Report,
    RunError, RunSummary, Who,
};
use mapping::customers::{Direction, LimitPolicy, Profile};
use mapping::{Company, CompanyMapping, Origin, StepKey};
use posting_log_sqlite::SqliteLog;
use qb_client::{Client, Limits};

use crate::certified::{self, ReadBackOf, Run, certify};
use crate::connect::{self, Connected};
use crate::customer_options::{CustomerArguments, Customers};
use crate::days::print_days;
use crate::dry_run::print_to_make;
use crate::exit_codes::EXIT_CODES;
use crate::faults::{fault, log_fault, now};
use crate::input::{self, Input, PosFormat};
use crate::notify::{self, notify};
use crate::output::{note as note_of, origins, plans, put, with_causes};
use crate::outputs::Output;
use crate::policy::PolicyArguments;
use crate::posting_log::{self, LogArguments};
use crate::progress::Progress;
use crate::sample;
use crate::secrets::Secrets;
use crate::settle::SettleArguments;
use crate::status;
use crate::stop::Stop;
use crate::undo::UndoArguments;

/// More documents than this are counted, not said one by one, unless they are asked for.
const SAID_ONE_BY_ONE: usize = 200;

/// Posts a point of sale's closed batches to QuickBooks and proves that the books are right.
///
/// Without arguments it posts the project's own trading week into a simulator inside this process, twice.
#[derive(Parser)]
#[command(name = "full-exchange", after_help = EXIT_CODES)]
pub struct Arguments {
    #[command(subcommand)]
    act: Option<Act>,
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
    #[arg(long, global = true, value_name = "FILE")]
    log: Option<PathBuf>,
    /// Where to write the report as JSON.
    #[arg(long, global = true, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Run this command (by `sh -c`) with the report's JSON on its standard input when the exit code is not 0; it has a minute.
    #[arg(long, value_name = "COMMAND")]
    notify: Option<String>,
    /// Connect, read the company, check that it is ready and decide everything, but send nothing: says what a run would post
    /// and make.
    #[arg(long)]
    dry_run: bool,
    /// Where to write the certificate of the days that were tied out: a page, its figures, a workbook, tables, a journal.
    #[arg(long, value_name = "FOLDER", conflicts_with = "no_certificate", help = format!(
        "Where to write the certificate: page, figures, workbook, tables, journal [default: {}]", certified::FOLDER
    ))]
    certificate: Option<PathBuf>,
    /// What of the posted documents is read back and compared with what was sent, for the certificate.
    #[arg(long, value_name = "WHAT", default_value = "changes", conflicts_with = "no_certificate")]
    read_back: ReadBackOf,
    /// Write no certificate.
    #[arg(long)]
    no_certificate: bool,
    /// Say of every document what it does, however many there are.
    #[arg(long)]
    show_plan: bool,
    /// Send one request after another, each of one document: slow, and easy to follow when something is to be looked into.
    #[arg(long)]
    one_by_one: bool,
    /// Keep QuickBooks' limits with a simulator too, which needs no sparing: the run takes as long as QuickBooks would let it.
    #[arg(long)]
    paced: bool,
    #[command(flatten)]
    policy: PolicyArguments,
    #[command(flatten)]
    customers: CustomerArguments,
    /// Whether customers are exchanged both ways when no mapping says otherwise.
    #[arg(skip)]
    is_two_way: bool,
}

impl Arguments {
    /// The arguments of a run whose purpose are customers: it goes both ways unless a mapping says otherwise, and writes no
    /// certificate.
    pub(crate) fn of_customers(of: OfCustomers) -> Self {
        Self {
            act: None,
            pos: of.pos,
            pos_format: PosFormat::PosJson,
            mapping: of.mapping,
            quickbooks: of.quickbooks,
            secrets: of.secrets,
            log: of.log,
            json: of.json,
            notify: of.notify,
            dry_run: of.dry_run,
            certificate: None,
            read_back: ReadBackOf::Changes,
            no_certificate: true,
            show_plan: false,
            one_by_one: false,
            paced: false,
            policy: of.policy,
            customers: of.customers,
            is_two_way: true,
        }
    }

    /// Files that an output must not be, each with what it is.
    fn needed(&self) -> Vec<(&Path, &'static str)> {
        [
            (self.log.as_deref(), "the posting log"),
            (self.mapping.as_deref(), "the company mapping"),
            (Some(self.quickbooks.as_path()), "the connection"),
            (self.secrets.key_file.as_deref(), "the key of the connection"),
            (self.secrets.client.as_deref(), "the file of the app's keys"),
            (self.json.as_deref(), "the report"),
        ]
        .into_iter()
        .filter_map(|(path, what)| Some((path?, what)))
        .chain(self.pos.iter().map(|path| (path.as_path(), "an input")))
        .collect()
    }

    /// The client under the limits that are asked for.
    fn limited(&self, client: Client) -> Client {
        let limits = if self.paced { Limits::DOCUMENTED } else { client.limiter().limits() };
        if self.one_by_one {
            client.with_limits(limits.at_once(1).batch_items(1))
        } else if self.paced {
            client.with_limits(limits)
        } else {
            client
        }
    }
}

/// What a program says whose purpose are customers.
pub(crate) struct OfCustomers {
    pub(crate) pos: Vec<PathBuf>,
    pub(crate) mapping: Option<PathBuf>,
    pub(crate) quickbooks: PathBuf,
    pub(crate) secrets: Secrets,
    pub(crate) log: Option<PathBuf>,
    pub(crate) json: Option<PathBuf>,
    pub(crate) notify: Option<String>,
    pub(crate) dry_run: bool,
    pub(crate) policy: PolicyArguments,
    pub(crate) customers: CustomerArguments,
}

/// What to do instead of posting.
#[derive(clap::Subcommand)]
enum Act {
    /// Say in the posting log that a person has put a document right in QuickBooks: one that was stored differently, whose
    /// number another document has, that was refused, or of which nobody knows whether it was posted. No later run stops on it;
    /// the tie-out goes on showing it, with the name and the reason. Nothing is sent.
    Settle(SettleArguments),
    /// Say what the posting log that `--log` names holds: documents by what became of them, those that are not done and why, late
    /// edits, the last sending, the last certificate. Also while a run goes on. Ends with 1 when a person must look at a document,
    /// with 3 when the next run has something to go on with. QuickBooks is not asked.
    Status,
    /// Check the posting log that `--log` names, show it, copy it, or forget personal data in it. Nothing is sent.
    Log(LogArguments),
    /// Take back what was posted of a batch: invoices, payments and sales receipts are voided, other documents deleted, all of
    /// them or, where something forbids it, none. `--log` names the posting log.
    Undo(UndoArguments),
}

/// Runs the program: the summary is printed, written, and says how it ends.
pub async fn run(arguments: Arguments) -> ExitCode {
    let warnings =
        tracing_subscriber::fmt().with_max_level(tracing::Level::WARN).with_writer(std::io::stderr);
    warnings.with_ansi(std::io::stderr().is_terminal()).without_time().init();
    let mut summary = RunSummary::new(now());
    if arguments.dry_run {
        summary.set_dry_run();
    }
    let output = match open(&arguments) {
        Ok(output) => output,
        Err(fault) => {
            summary.add_error(*fault);
            return finish(&arguments, summary, None);
        }
    };
    let done = match &arguments.act {
        None => post_all(&arguments, &mut summary).await,
        Some(Act::Settle(settle)) => settle.run(arguments.log.as_deref(), &mut summary).await,
        Some(Act::Status) => status::read(arguments.log.as_deref(), &mut summary),
        Some(Act::Log(log)) => log.run(arguments.log.as_deref(), &mut summary).await,
        Some(Act::Undo(undo)) => undo.run(arguments.log.as_deref(), &mut summary).await,
    };
    if let Err(fault) = done {
        summary.add_error(*fault);
    }
    finish(&arguments, summary, output)
}

/// The report's file, before anything is sent.
fn open(arguments: &Arguments) -> Result<Option<Output>, Box<Fault>> {
    let Some(path) = &arguments.json else { return Ok(None) };
    let database = arguments.customers.database(arguments.log.as_deref());
    let mut needed = arguments.needed();
    needed.retain(|(_, what)| *what != "the report");
    needed.extend(arguments.customers.needed(database.as_deref()));
    match Output::open(path, &needed) {
        Ok(output) => Ok(Some(output)),
        Err(error) => Err(fault("output", &error, Place::of_part("report"), Exit::Configuration)),
    }
}

/// Prints the summary, writes it, tells whoever is to be told, and says how the program ends.
fn finish(arguments: &Arguments, mut summary: RunSummary, output: Option<Output>) -> ExitCode {
    summary.end(now());
    match &arguments.act {
        Some(Act::Log(_)) => posting_log::say(&summary),
        Some(Act::Status) => {
            summary.status().iter().for_each(|status| put(&status.to_string()));
            posting_log::say(&summary);
        }
        _ => put(&summary.page()),
    }
    let mut exit = summary.exit();
    if let Some(output) = output {
        let written = serde_json::to_string_pretty(&summary).map(|text| text + "\n");
        let written = written.map_err(|error| error.to_string());
        let written = written.and_then(|text| output.write(&text).map_err(|error| with_causes(&error)));
        if let Err(error) = written {
            eprintln!("{error}; what was posted is said above and stands in the posting log");
            summary.add_error(
                Fault::new("report-not-written", error, Place::of_part("report"), Exit::Incomplete)
                    .for_whom(Who::Administrator),
            );
            exit = summary.exit();
        }
    }
    if exit != Exit::Ok {
        eprintln!("result: {} (exit code {})", summary.result().word().replace('_', " "), exit.code());
        tell(arguments, &summary);
    }
    ExitCode::from(exit.code())
}

/// Tells whoever the operator has named that the run did not end well. That nobody was told changes nothing of the run.
fn tell(arguments: &Arguments, summary: &RunSummary) {
    let Some(command) = &arguments.notify else { return };
    let json = serde_json::to_string(summary).map_err(|error| error.to_string());
    let told = json
        .and_then(|json| notify(command, &(json + "\n"), notify::LIMIT).map_err(|error| with_causes(&error)));
    if let Err(error) = told {
        eprintln!("{error}");
    }
}

/// Everything between the first file and the tie-out. An error here is one before which nothing was sent.
async fn post_all(arguments: &Arguments, summary: &mut RunSummary) -> Result<(), Box<Fault>> {
    let is_sample = arguments.pos.is_empty() && !arguments.customers.is_given() && !arguments.is_two_way;
    let mapping = match &arguments.mapping {
        None if is_sample => sample::company(),
        None if arguments.is_two_way => Ok(two_way()),
        mapping => input::company(mapping.as_deref()),
    };
    let company = mapping
        .map_err(|error| fault(error.code(), &error, Place::of_part("mapping"), Exit::Configuration))?;
    let mut input = if is_sample {
        sample::week(company)
    } else {
        input::read(&arguments.pos, arguments.pos_format, company)
    };
    note_input(&input, summary);
    let done = post_input(arguments, is_sample, &mut input, summary).await;
    input.together.iter().map(note_of).for_each(|notice| summary.add_notice(notice));
    done
}

/// The company of a program whose purpose are customers, when no mapping says otherwise.
fn two_way() -> Company {
    let mapping = CompanyMapping { profile: Profile::TwoWay, ..CompanyMapping::default() };
    // The defaults are a valid mapping, whatever the profile.
    Company::try_from(mapping).unwrap_or_default()
}

/// The customers, when they are exchanged: those that the command line names, and both ways. What is not done of it is said.
fn customers(
    arguments: &Arguments,
    input: &Input,
    summary: &mut RunSummary,
) -> Result<Option<Customers>, Box<Fault>> {
    let company = &input.company;
    let (is_two_way, is_held) =
        (company.direction() == Direction::TwoWay, company.limit_policy() == LimitPolicy::Hold);
    if !arguments.customers.is_given() {
        if is_two_way || is_held {
            let holds = if is_held { ", and no charge is held to a limit" } else { "" };
            summary.add_notice(format!(
                "the company mapping exchanges customers both ways, and no customers are named: none is exchanged, no balance comes back{holds}; give them with --customers"
            ));
        }
        return Ok(None);
    }
    if !is_two_way && !is_held {
        let words = "the company mapping goes one way: customers and balances do not come back, and no charge is held to a limit; write \"profile\": \"two_way\" in it";
        if arguments.is_two_way {
            return Err(Box::new(Fault::new(
                "one-way",
                words,
                Place::of_part("mapping"),
                Exit::Configuration,
            )));
        }
        summary.add_notice(words);
        return Ok(None);
    }
    if arguments.dry_run {
        let over = if is_held { "held until there is room" } else { "posted, and told" };
        summary.add_notice(format!(
            "a run exchanges customers first, as shown above, and at last overwrites the till's balances with QuickBooks'; a charge over its customer's limit would be {over}"
        ));
    }
    let log = arguments.log.as_deref();
    let ready =
        arguments.customers.ready(log, company, input, arguments.dry_run, &arguments.needed(), summary);
    ready.map(Some)
}

/// Everything between the files and the tie-out.
async fn post_input(
    arguments: &Arguments,
    is_sample: bool,
    input: &mut Input,
    summary: &mut RunSummary,
) -> Result<(), Box<Fault>> {
    if !input.faults.is_empty() {
        return Ok(());
    }
    let is_empty = input.batches.is_empty() && input.purchase_orders.is_empty() && input.skipped.is_empty();
    if is_empty && input.opening_store().is_none() && !arguments.customers.is_given() {
        if input.refused.is_empty() {
            let words = "nothing to post: no valid POS file among those named";
            let fault = Fault::new("nothing-to-post", words, Place::of_part("input"), Exit::Configuration);
            return Err(Box::new(fault));
        }
        return Ok(());
    }
    let mut customers = customers(arguments, input, summary)?;
    let unconnected = |error: &connect::ConnectError| {
        fault("no-connection", error, Place::of_part("connection"), Exit::Configuration)
    };
    let connected = if arguments.quickbooks.as_os_str() == "embedded" {
        connect::embedded().await
    } else {
        connect::from_file(&arguments.quickbooks, &arguments.secrets).await
    };
    let Connected { client, simulator, tokens } = connected.map_err(|error| unconnected(&error))?;
    let client = arguments.limited(client);
    if let Some(tokens) = &tokens
        && let Some(notice) = tokens.notice().await
    {
        summary.add_notice(notice.to_string());
    }
    let log = open_log(arguments).map_err(|error| log_fault(&error))?;
    let log_name = arguments.log.as_ref().map_or("memory".to_owned(), |path| path.display().to_string());
    summary.set_books(client.realm().as_str(), log_name);
    let mut stop = Stop::listen()
        .map_err(|error| fault("no-signals", &error, Place::of_part("signals"), Exit::Configuration))?;

    let policy = arguments.policy.policy(&client)?;
    let mut exchange = if arguments.dry_run {
        let rehearsal = Exchange::rehearsal(client.clone(), &*log, input.company.clone()).await;
        rehearsal.map_err(|error| log_fault(&error))?
    } else {
        Exchange::new(client.clone(), Arc::clone(&log), input.company.clone())
    };
    take_late_edits(&mut exchange, input, summary).await;
    // A log that cannot be read is said by the run.
    if let Ok(together) = exchange.notices(origins(input)).await {
        input.together = together;
    }
    let input = &*input;
    let options = Options::default().with_policy(policy);
    if let Some(customers) = &customers {
        let kept = customers.pos.set_company(client.base(), client.realm());
        kept.map_err(|error| fault(error.code(), &error, Place::of_part("customers"), Exit::Incomplete))?;
    }
    let to_exchange = customers.as_ref().filter(|_| !arguments.dry_run);
    if let Some(customers) = customers.as_ref().filter(|_| arguments.dry_run) {
        preview(&mut exchange, customers, &mut stop, summary).await;
    }
    let started = post(&mut exchange, &client, options.clone(), input, to_exchange, &mut stop, summary).await;
    if let Some(customers) = &mut customers {
        write_customers(customers, summary);
    }
    for notice in exchange.purchase_numbers_in_memos(origins(input)) {
        summary.add_notice(notice.to_string());
    }
    let documents: usize = plans(input).iter().map(|plan| plan.documents().count()).sum();
    let is_little = documents <= SAID_ONE_BY_ONE && !summary.reports().is_empty();
    if arguments.show_plan || is_little {
        print_days(&plans(input));
    }
    if arguments.dry_run {
        print_to_make(summary, &plans(input));
    } else if !started.is_cut_short && !stop.is_asked() && !summary.reports().is_empty() {
        let posted = started.reports.iter().map(|(origin, _)| *origin);
        let posted = posted.filter(|origin| !matches!(origin, Origin::OpeningEntry { .. }));
        let tie_out = stop.during(exchange.tie_out(posted)).await;
        summary.set_tie_out(tie_out);
        if stop.is_asked() {
            summary.interrupt();
        } else if !arguments.no_certificate {
            let origins = started.reports.iter().map(|(origin, _)| *origin);
            let run = Run {
                origins: origins.filter(|origin| !matches!(origin, Origin::OpeningEntry { .. })).collect(),
                folder: arguments.certificate.as_deref(),
                read_back: arguments.read_back,
                is_log_in_memory: arguments.log.is_none(),
            };
            stop.during(certify(&mut exchange, run, summary)).await;
        }
    }
    summary.set_usage(client.usage());
    if simulator.is_some() && !arguments.paced {
        let usage = client.usage();
        summary.set_least_time(Limits::DOCUMENTED.least_time(usage.requests, usage.batches));
    }
    if is_sample && !arguments.dry_run && !stop.is_asked() {
        let exchange = Exchange::new(client.clone(), log, input.company.clone());
        once_more(exchange, &client, options, input, &mut stop, summary).await;
    }
    if let Some(tokens) = tokens {
        tokens.settle().await;
    }
    if let Some(simulator) = simulator {
        simulator.stop().await;
    }
    Ok(())
}

/// Puts in the place of each batch that was changed after it was posted what it is run as: the batch as it was posted, and
/// corrections (T-06). One of which that cannot be said is left out.
async fn take_late_edits(exchange: &mut Exchange, input: &mut Input, summary: &mut RunSummary) {
    for batch in std::mem::take(&mut input.batches) {
        let place = Place::of_origin((&batch).into());
        match exchange.as_posted(&batch).await {
            Ok(None) => input.batches.push(batch),
            Ok(Some(posted)) => {
                let first: Vec<String> = posted.waits_for.iter().take(5).map(StepKey::words).collect();
                if !first.is_empty() {
                    let words = format!(
                        "it was changed at the till before all of it was posted; the change is posted by a run after these: {}{}",
                        first.join(", "),
                        if posted.waits_for.len() > first.len() { " ..." } else { "" }
                    );
                    summary.add_error(Fault::new("late-edit-waits", words, place, Exit::Incomplete));
                }
                input.batches.push(posted.batch);
                input.corrections.extend(posted.corrections);
            }
            // What ends a run is said by the run.
            Err(error) if error.ends_the_run() => input.batches.push(batch),
            Err(error) => summary.add_errors(&error, &place),
        }
    }
}

/// Says what an exchange of customers would do (F-01).
async fn preview(exchange: &mut Exchange, customers: &Customers, stop: &mut Stop, summary: &mut RunSummary) {
    match stop.during(exchange.preview_customers(&customers.pos, &customers.options)).await {
        Ok(plan) => {
            put(&mapping::customers::page(&plan));
            put("\n");
            summary.add_preview(&plan);
        }
        Err(error) => summary.add_exchange_error(&error),
    }
}

/// Writes the customers for the till to take over.
fn write_customers(customers: &mut Customers, summary: &mut RunSummary) {
    let Some(output) = customers.output.take() else { return };
    let text = customers.pos.export().map_err(|error| with_causes(&error));
    let text = text.and_then(|file| serde_json::to_string_pretty(&file).map_err(|error| error.to_string()));
    let written = text.and_then(|text| output.write(&(text + "\n")).map_err(|error| with_causes(&error)));
    if let Err(error) = written {
        let place = Place::of_part("customers");
        let fault = Fault::new("customers-not-written", error, place, Exit::Incomplete);
        summary.add_error(fault.for_whom(Who::Administrator));
    }
}

/// The posting log. A dry run makes no file.
fn open_log(arguments: &Arguments) -> Result<Arc<dyn PostingLog>, LogError> {
    match &arguments.log {
        Some(path) if !arguments.dry_run || path.exists() => Ok(Arc::new(SqliteLog::open(path)?)),
        _ => Ok(Arc::new(MemoryLog::new())),
    }
}

/// What was read, and what was refused of it.
fn note_input(input: &Input, summary: &mut RunSummary) {
    input.files.iter().cloned().for_each(|file| summary.add_input(file));
    input.notices.iter().for_each(|notice| summary.add_notice(notice));
    input.skipped.iter().for_each(|(reason, count)| summary.add_skipped(reason, *count));
    for error in &input.refused {
        let place = Place::of_input(error.path());
        summary.add_error(*fault(error.code(), error, place, Exit::RefusedInput));
    }
    input.faults.iter().for_each(|fault| summary.add_error(Fault::of_survey(fault)));
}

/// Shows that a second run posts nothing.
async fn once_more(
    mut exchange: Exchange,
    client: &Client,
    options: Options,
    input: &Input,
    stop: &mut Stop,
    summary: &mut RunSummary,
) {
    let mut again = RunSummary::new(now());
    post(&mut exchange, client, options, input, None, stop, &mut again).await;
    let counts = again.counts();
    if counts.planned != counts.of(Outcome::AlreadyPosted) {
        let words = "the second run did not find everything posted already";
        summary.add_error(Fault::new("posted-again", words, Place::of_part("second run"), Exit::Differences));
    }
    summary.add_notice(format!(
        "once more, with the same log: {} documents: {} already posted, {} created",
        counts.planned,
        counts.of(Outcome::AlreadyPosted),
        counts.of(Outcome::Created)
    ));
}

/// What was started, and whether the rest waits for the next run.
#[derive(Default)]
struct Started<'i> {
    reports: Vec<(Origin<'i>, Report)>,
    /// QuickBooks cannot be reached, the log failed, or a person asked to end.
    is_cut_short: bool,
}

/// Posts one after another; what cannot be started is said and left out.
async fn post<'i>(
    exchange: &mut Exchange,
    client: &Client,
    options: Options,
    input: &'i Input,
    customers: Option<&Customers>,
    stop: &mut Stop,
    summary: &mut RunSummary,
) -> Started<'i> {
    let documents: usize = plans(input).iter().map(|plan| plan.documents().count()).sum();
    let progress = Progress::new(documents, client);
    let options = options.with_observer(progress.observer()).with_stop(stop.request());
    exchange.set_options(options);
    let mut started = Started::default();
    let taken = stop.during(names_taken(exchange, input)).await;
    if !taken.is_empty() {
        taken.into_iter().for_each(|fault| summary.add_error(fault));
        return started;
    }
    match customers {
        None => {
            let note_result = |origin: &Origin<'i>, result| note(*origin, result, &mut started, summary);
            let all = stop.during(exchange.run_all(origins(input), note_result)).await;
            summary.add_left(&all);
        }
        Some(Customers { pos, options, .. }) => {
            let all: Vec<Origin<'i>> = origins(input).collect();
            let note_result = |origin, result| note(origin, result, &mut started, summary);
            match stop.during(exchange.run_both_ways(&all, pos, options, note_result)).await {
                Ok(day) => {
                    let is_unconfirmed =
                        |row: &&CustomerBalance| row.waits == Some(BalanceWaits::Unconfirmed);
                    if day.balances.iter().any(|row| is_unconfirmed(&row)) {
                        summary.add_notice(
                            "the first exchange would change the balances above at the point of sale: look at them, and confirm them once with --confirm-balances",
                        );
                    }
                    summary.add_exchange(day);
                }
                Err(error) => {
                    started.is_cut_short |= error.ends_the_run();
                    summary.add_exchange_error(&error);
                }
            }
        }
    }
    for (origin, report) in &started.reports {
        if let Origin::Batch(batch) = origin {
            summary.add_batch(exchange.batch_summary(batch, report));
        }
    }
    if stop.is_asked() {
        summary.interrupt();
    }
    started
}

/// Names that another record has. The mapping says who is called what, and what is posted under a name stays there: nothing is
/// sent before it is mended. What cannot be read now is said by the run.
async fn names_taken(exchange: &mut Exchange, input: &Input) -> Vec<Fault> {
    let faults = exchange.readiness(origins(input)).await.unwrap_or_default();
    let taken = faults.into_iter().filter(|fault| matches!(fault, NotReady::NameTaken { .. }));
    let fault =
        |taken: NotReady| *fault("name-taken", &taken, Place::of_part("readiness"), Exit::Configuration);
    taken.map(|taken| fault(taken).for_whom(Who::Bookkeeper)).collect()
}

/// Notes a report, or an error and the part of the report that was done.
fn note<'i>(
    origin: Origin<'i>,
    result: Result<Report, RunError>,
    started: &mut Started<'i>,
    summary: &mut RunSummary,
) {
    let place = Place::of_origin(origin);
    let report = match result {
        Ok(report) => {
            started.is_cut_short |= report.is_cut_short;
            report
        }
        // Another store of the company lent its prefix when it was posted.
        Err(RunError::OpeningPosted { posted, planned, .. }) if posted.event() == planned.event() => return,
        Err(error) => {
            started.is_cut_short |= error.ends_the_run();
            summary.add_errors(&error, &place);
            let Some(done) = error.done() else { return };
            done.clone()
        }
    };
    summary.add_report(report.clone());
    started.reports.push((origin, report));
}
