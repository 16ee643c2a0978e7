//! The program `customer-exchange`: customers, charges and balances both ways. It is the main job with customers as its purpose; without
//! arguments it tells a story instead (`customer_story.rs`).

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;
use exchange::customers::Standing;
use exchange::{Exit, Fault, Place};
use mapping::customers::{PosRecord, at_till};
use pos_model::Money;
use posting_log_sqlite::SqliteLog;

use crate::customer_options::CustomerArguments;
use crate::customer_story::tell;
use crate::exit_codes::EXIT_CODES;
use crate::faults::{fault, log_fault};
use crate::full_exchange::{self, OfCustomers};
use crate::output::put;
use crate::policy::PolicyArguments;
use crate::pos_customers::{DatabaseError, SqliteCustomers, left};
use crate::secrets::Secrets;

/// Exchanges customers, charges and balances both ways between a point of sale and QuickBooks.
///
/// Without arguments it tells a story: two stores and a simulator inside this process, a first exchange, edits on both sides,
/// charges over a limit, payments typed into QuickBooks, a merge; and once more, when nothing is left to do.
#[derive(Parser)]
#[command(name = "customer-exchange", after_help = EXIT_CODES)]
pub struct Arguments {
    #[command(flatten)]
    customers: CustomerArguments,
    /// A POS file or a folder of them, with closed batches to post between customers and balances; may be given several times.
    #[arg(long, value_name = "PATH")]
    pos: Vec<PathBuf>,
    /// The company mapping; without it, the defaults of a company that exchanges customers both ways.
    #[arg(long, value_name = "FILE")]
    mapping: Option<PathBuf>,
    /// A connection that `connect` has saved, or a file with the connection line that a simulator printed; `embedded` without it.
    #[arg(long, visible_alias = "connection", value_name = "FILE", default_value = "embedded")]
    quickbooks: PathBuf,
    #[command(flatten)]
    secrets: Secrets,
    /// The posting log, a SQLite file; without it, memory.
    #[arg(long, value_name = "FILE")]
    log: Option<PathBuf>,
    /// Where to write what came of it as JSON.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Run this command (by `sh -c`) with the report's JSON on its standard input when the exit code is not 0; it has a minute.
    #[arg(long, value_name = "COMMAND")]
    notify: Option<String>,
    /// Say what an exchange would do on either side, and do nothing.
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    policy: PolicyArguments,
    /// Say what the till may still charge to this customer, and where its record is; QuickBooks is not asked.
    #[arg(long, value_name = "CUSTOMER", conflicts_with_all = ["customers", "pos", "dry_run", "history", "list"])]
    available: Option<String>,
    /// With --available: whether the till lets a charge of so much pass.
    #[arg(long, value_name = "AMOUNT", requires = "available", value_parser = amount)]
    charge: Option<Money>,
    /// List every customer with its record, how it stands, what it owes and may still charge; QuickBooks is not asked.
    #[arg(long, conflicts_with_all = ["customers", "pos", "dry_run", "history"])]
    list: bool,
    /// List every exchange that the posting log knows, with counts; QuickBooks is not asked.
    #[arg(long, conflicts_with_all = ["customers", "pos", "dry_run"])]
    history: bool,
}

impl Arguments {
    /// Whether nothing is named that an exchange would be made with.
    fn is_empty(&self) -> bool {
        let names_nothing =
            !self.customers.is_given() && self.pos.is_empty() && self.customers.open.is_empty();
        let is_nowhere =
            self.log.is_none() && self.mapping.is_none() && self.quickbooks.as_os_str() == "embedded";
        names_nothing && is_nowhere && !self.dry_run
    }
}

/// Runs the program.
pub async fn run(arguments: Arguments) -> ExitCode {
    let told = if arguments.history {
        history(&arguments).await
    } else if arguments.list {
        list(&arguments).await
    } else if let Some(customer) = &arguments.available {
        available(&arguments, customer)
    } else if arguments.is_empty() {
        return tell(arguments.json.as_deref()).await;
    } else if arguments.customers.database(arguments.log.as_deref()).is_none()
        && !arguments.customers.is_given()
    {
        let words = "name the till's customers: --customers PATH";
        Err(Box::new(Fault::new("no-customers", words, Place::of_part("options"), Exit::Configuration)))
    } else {
        return exchange(arguments).await;
    };
    let exit = match told {
        Ok(text) => {
            put(&text);
            Exit::Ok
        }
        Err(fault) => {
            eprintln!("{}", fault.message);
            fault.exit()
        }
    };
    ExitCode::from(exit.code())
}

async fn exchange(arguments: Arguments) -> ExitCode {
    let Arguments {
        mut customers,
        pos,
        mapping,
        quickbooks,
        secrets,
        log,
        json,
        notify,
        dry_run,
        policy,
        ..
    } = arguments;
    // The customers of earlier exchanges are exchanged again when no file is named.
    customers.pos_database = customers.database(log.as_deref());
    let of = OfCustomers { pos, mapping, quickbooks, secrets, log, json, notify, dry_run, policy, customers };
    full_exchange::run(full_exchange::Arguments::of_customers(of)).await
}

/// The posting log's file, which must be there.
fn log(path: Option<&Path>) -> Result<SqliteLog, Box<Fault>> {
    let Some(path) = path.filter(|path| path.exists()) else {
        let words = match path {
            Some(path) => format!("{}: there is no such posting log", path.display()),
            None => "name the posting log of the exchanges: --log FILE".to_owned(),
        };
        return Err(Box::new(Fault::new("no-log", words, Place::of_part("options"), Exit::Configuration)));
    };
    SqliteLog::open(path).map_err(|error| log_fault(&error))
}

/// The customers' file, which must be there.
fn database(arguments: &Arguments) -> Result<SqliteCustomers, Box<Fault>> {
    let Some(path) = arguments.customers.database(arguments.log.as_deref()) else {
        let words = "name the file in which the customers are kept: --pos-database FILE, or --log FILE, which it lies beside";
        return Err(Box::new(Fault::new(
            "no-customers",
            words,
            Place::of_part("options"),
            Exit::Configuration,
        )));
    };
    SqliteCustomers::open(&path, None).map_err(|error| {
        let exit =
            if matches!(error, DatabaseError::InUse { .. }) { Exit::InUse } else { Exit::Configuration };
        fault(error.code(), &error, Place::of_part("customers"), exit)
    })
}

fn failed(error: exchange::customers::PosCustomersError) -> Box<Fault> {
    fault(error.code(), &error, Place::of_part("customers"), Exit::Incomplete)
}

/// The exchanges that the log knows, a line each.
async fn history(arguments: &Arguments) -> Result<String, Box<Fault>> {
    let log = log(arguments.log.as_deref())?;
    let standing = Standing::read(&log).await.map_err(|error| log_fault(&error))?;
    if let Some(path) = &arguments.json {
        let text = serde_json::to_string_pretty(&standing.exchanges).unwrap_or_default();
        std::fs::write(path, text + "\n")
            .map_err(|error| fault("output", &error, Place::of_part("report"), Exit::Configuration))?;
    }
    let mut text = String::new();
    for exchange in &standing.exchanges {
        let counts = |counts: &std::collections::BTreeMap<String, u64>| {
            let some = counts.iter().filter(|(_, count)| **count > 0);
            let some: Vec<String> =
                some.map(|(word, count)| format!("{count} {}", word.replace('_', " "))).collect();
            if some.is_empty() { "none".to_owned() } else { some.join(", ") }
        };
        let whole = if exchange.is_whole { "" } else { "; not all of it was done" };
        text.push_str(&format!(
            "{}  customers: {}; documents: {}; balances: {}; held: {}{whole}\n",
            exchange.at.format("%Y-%m-%d %H:%M:%S UTC"),
            counts(&exchange.customers),
            counts(&exchange.documents),
            exchange.balances,
            exchange.held
        ));
        for (customer, code) in &exchange.refused {
            text.push_str(&format!("    customer {customer}: {code}\n"));
        }
    }
    text.push_str(&format!("{} exchanges\n", standing.exchanges.len()));
    Ok(text)
}

/// Every customer, a line each.
async fn list(arguments: &Arguments) -> Result<String, Box<Fault>> {
    let pos = database(arguments)?;
    let standing = match &arguments.log {
        Some(path) => Standing::read(&log(Some(path))?).await.map_err(|error| log_fault(&error))?,
        None => Standing::default(),
    };
    let mut text = format!(
        "{:<14} {:<28} {:>11} {:>11} {:>11}  {:<20} {}\n",
        "Customer", "Name in QuickBooks", "Owes", "Limit", "Available", "Record", "QuickBooks' record"
    );
    let amount = |amount: Option<Money>| amount.map(|amount| amount.to_string()).unwrap_or_default();
    for customer in pos.customers().map_err(failed)? {
        let known = standing.customers.get(&customer.key);
        let state = match (&customer.merged_into, known) {
            (Some(keeper), _) => format!("merged into {}", keeper.id),
            (None, Some(known)) if known.conflicts > 0 => format!("{}, conflict", known.state),
            (None, Some(known)) => known.state.to_string(),
            (None, None) if customer.quickbooks_ids.is_empty() => "not posted".to_owned(),
            (None, None) => "completed".to_owned(),
        };
        let first = customer.quickbooks_ids.first();
        let name = first.map(|record| pos.name_of(record)).transpose().map_err(failed)?.flatten();
        text.push_str(&format!(
            "{:<14} {:<28} {:>11} {:>11} {:>11}  {:<20} {}\n",
            customer.key.id,
            name.unwrap_or_default(),
            amount(customer.balance),
            amount(customer.credit_limit),
            amount(left(&customer)),
            state,
            records(&pos, &customer)
        ));
    }
    Ok(text)
}

/// What the till may still charge to a customer.
fn available(arguments: &Arguments, id: &str) -> Result<String, Box<Fault>> {
    let pos = database(arguments)?;
    let Some(customer) = pos.customer(id).map_err(failed)? else {
        let words = format!("there is no customer {id:?}; write the id that the till has");
        return Err(Box::new(Fault::new(
            "no-such-customer",
            words,
            Place::of_part("options"),
            Exit::Configuration,
        )));
    };
    let merged = if customer.key.id == id { String::new() } else { format!(", who stands for {id},") };
    let (owes, available) = (customer.balance.unwrap_or_default(), left(&customer));
    let mut text = format!("Customer {}{merged} owes {owes}", customer.key.id);
    text.push_str(&match (customer.credit_limit, available) {
        (Some(limit), Some(available)) => format!("; the limit is {limit}, and {available} is available.\n"),
        _ => "; there is no limit.\n".to_owned(),
    });
    if let Some(charge) = arguments.charge {
        text.push_str(&match at_till(available, charge) {
            Ok(()) => format!("A charge of {charge} passes.\n"),
            Err(blocked) => format!("Blocked: {blocked}.\n"),
        });
    }
    if !customer.quickbooks_ids.is_empty() {
        text.push_str(&format!("QuickBooks' record: {}\n", records(&pos, &customer)));
    }
    Ok(text)
}

/// An amount as people type it: 50 or 50.00.
fn amount(text: &str) -> Result<Money, String> {
    let exact = text.parse().ok().and_then(Money::exact);
    exact.ok_or_else(|| "write dollars and cents: 50.00".to_owned())
}

/// The records of a customer, each with its address in QuickBooks' pages where it has one (F-12).
fn records(pos: &SqliteCustomers, customer: &PosRecord) -> String {
    let shown = |record| match pos.link_to(record) {
        Some(link) => format!("{record} {link}"),
        None => record.to_string(),
    };
    customer.quickbooks_ids.iter().map(shown).collect::<Vec<_>>().join(", ")
}
