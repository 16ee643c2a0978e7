//! The options of an exchange of customers, for every program that makes one: where the till's customers are, where they are kept, and
//! what persons have decided.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use clap::Args;
use exchange::customers::CustomerOptions;
use exchange::{Exit, Fault, InputFate, Place, RunSummary};
use mapping::customers::{Movement, MovementState, RecordId, Settings, Side, charges_of};
use mapping::{Company, CustomerKey, EventKey, Party};
use pos_model::{BatchStatus, CustomerField, CustomerFile, PosFile};

use crate::faults::fault;
use crate::input::{self, Input, InputError, PosFormat};
use crate::outputs::Output;
use crate::pos_customers::{DatabaseError, SqliteCustomers};

/// Where the customers are, and what persons have decided.
#[derive(Args, Clone, Debug, Default)]
pub struct CustomerArguments {
    /// The point of sale's customers: a customer file or a folder of them; may be given several times. Customers who are not in
    /// a file are as they were.
    #[arg(long, value_name = "PATH")]
    pub customers: Vec<PathBuf>,
    /// The file in which the customers are kept between exchanges; it belongs to the posting log, and is LOG.customers without
    /// this option.
    #[arg(long, value_name = "FILE")]
    pub pos_database: Option<PathBuf>,
    /// Where to write the customers as they are after the exchange, in the form of a customer file, for the till to take over.
    #[arg(long, value_name = "FILE")]
    pub write_customers: Option<PathBuf>,
    /// POS files of batches that are still open: their charges and payments count in the balances.
    #[arg(long, value_name = "PATH")]
    pub open: Vec<PathBuf>,
    /// Let the first exchange overwrite balances that differ between the till and QuickBooks; without it they are listed and left.
    #[arg(long)]
    pub confirm_balances: bool,
    /// Whose value stands of a field that was changed on both sides: c-77:phone=pos, or =quickbooks. May be given several times.
    #[arg(long, value_name = "CUSTOMER:FIELD=SIDE")]
    pub decide: Vec<Winner>,
    /// A customer and a record of QuickBooks that are the same: c-77=58. May be given several times.
    #[arg(long, value_name = "CUSTOMER=RECORD")]
    pub same: Vec<Pair>,
    /// A customer and a record of QuickBooks that are not the same. May be given several times.
    #[arg(long, value_name = "CUSTOMER=RECORD")]
    pub apart: Vec<Pair>,
    /// A held charge that is to be posted although it exceeds the limit, as the report names it: boston/1/4/transaction-12. May be
    /// given several times.
    #[arg(long, value_name = "EVENT")]
    pub release: Vec<EventKey>,
}

/// Whose value stands.
#[derive(Clone, Debug)]
pub struct Winner {
    customer: String,
    field: CustomerField,
    side: Side,
}

impl FromStr for Winner {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let read = || {
            let (of, side) = text.rsplit_once('=')?;
            let (customer, field) = of.split_once(':')?;
            let side = match side {
                "pos" => Side::Pos,
                "quickbooks" => Side::QuickBooks,
                _ => return None,
            };
            Some(Self { customer: customer.to_owned(), field: field.parse().ok()?, side })
        };
        read().ok_or("write a customer's id, a field and a side: c-77:phone=pos, or c-77:custom_fields.Birthday=quickbooks")
    }
}

/// A customer and a record.
#[derive(Clone, Debug)]
pub struct Pair {
    customer: String,
    record: RecordId,
}

impl FromStr for Pair {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let read = || {
            let (customer, record) = text.rsplit_once('=')?;
            Some(Self { customer: customer.to_owned(), record: RecordId::new(record).ok()? })
        };
        read().ok_or("write a customer's id and the id of a record of QuickBooks: c-77=58")
    }
}

/// Customers that are ready to be exchanged.
pub struct Customers {
    /// Where they are kept.
    pub pos: SqliteCustomers,
    /// What is chosen and decided.
    pub options: CustomerOptions,
    /// The file to write them to afterwards.
    pub output: Option<Output>,
}

impl CustomerArguments {
    /// Returns whether customers are to be exchanged.
    #[must_use]
    pub fn is_given(&self) -> bool {
        !self.customers.is_empty() || self.pos_database.is_some()
    }

    /// Returns the file in which the customers are kept beside this log; none when that is memory.
    #[must_use]
    pub fn database(&self, log: Option<&Path>) -> Option<PathBuf> {
        self.pos_database.clone().or_else(|| {
            let mut path = log?.to_path_buf().into_os_string();
            path.push(".customers");
            Some(path.into())
        })
    }

    /// Returns the files that no output may be, each with what it is.
    #[must_use]
    pub fn needed<'p>(&'p self, database: Option<&'p Path>) -> Vec<(&'p Path, &'static str)> {
        let inputs = self.customers.iter().chain(&self.open).map(|path| (path.as_path(), "an input"));
        inputs.chain(database.map(|path| (path, "the customers of the point of sale"))).collect()
    }

    /// Reads the customers, takes what the till says into their file, and names what is chosen. Nothing of it when one of the files is
    /// refused; of a rehearsal the file stays as it is.
    ///
    /// # Errors
    /// A fault: nothing was sent.
    pub fn ready(
        &self,
        log: Option<&Path>,
        company: &Company,
        posted: &Input,
        is_rehearsal: bool,
        needed: &[(&Path, &'static str)],
        summary: &mut RunSummary,
    ) -> Result<Customers, Box<Fault>> {
        let database = self.database(log);
        let output = (self.write_customers.as_ref().filter(|_| !is_rehearsal))
            .map(|path| {
                let needed: Vec<_> = needed.iter().copied().chain(self.needed(database.as_deref())).collect();
                Output::open(path, &needed)
            })
            .transpose()
            .map_err(|error| fault("output", &error, Place::of_part("customers"), Exit::Configuration))?;
        let files = self.files(summary)?;
        let open = self.movements(summary)?;
        let retailer = files.first().map(CustomerFile::retailer);
        let pos = match (&database, retailer) {
            (Some(path), retailer) if is_rehearsal => SqliteCustomers::copy_of(path, retailer),
            (Some(path), retailer) => SqliteCustomers::open(path, retailer),
            (None, Some(retailer)) => SqliteCustomers::in_memory(retailer),
            (None, None) => Err(DatabaseError::Absent { path: "memory".to_owned() }),
        };
        let pos = pos.map_err(|error| {
            let exit =
                if matches!(error, DatabaseError::InUse { .. }) { Exit::InUse } else { Exit::Configuration };
            fault(error.code(), &error, Place::of_part("customers"), exit)
        })?;
        let failed = |error: exchange::customers::PosCustomersError| {
            fault(error.code(), &error, Place::of_part("customers"), Exit::Incomplete)
        };
        for file in &files {
            pos.import(file).map_err(failed)?;
        }
        pos.set_unsent(&open).map_err(failed)?;
        self.check(&pos, posted)?;
        let options = self.options(company, pos.retailer(), posted);
        Ok(Customers { pos, options, output })
    }

    /// Whether everything that a person decides is about something that there is.
    fn check(&self, pos: &SqliteCustomers, posted: &Input) -> Result<(), Box<Fault>> {
        let not_there = |code: &str, words: String| {
            Box::new(Fault::new(code, words, Place::of_part("options"), Exit::Configuration))
        };
        let named = self.decide.iter().map(|winner| &winner.customer);
        for id in named.chain(self.same.iter().chain(&self.apart).map(|pair| &pair.customer)) {
            let found = pos.customer(id).map_err(|error| {
                fault(error.code(), &error, Place::of_part("customers"), Exit::Incomplete)
            })?;
            if found.is_none() {
                let words = format!("there is no customer {id:?}; write the id that the till has");
                return Err(not_there("no-such-customer", words));
            }
        }
        let charges: BTreeSet<EventKey> =
            posted.batches.iter().flat_map(charges_of).map(|charge| charge.event).collect();
        match self.release.iter().find(|event| !charges.contains(event)) {
            None => Ok(()),
            Some(event) => {
                let words = format!(
                    "--release {event}: none of the batches has this charge; write it as the report has it, and name its batch with --pos"
                );
                Err(not_there("no-such-charge", words))
            }
        }
    }

    /// What is chosen and decided.
    fn options(&self, company: &Company, retailer: &str, posted: &Input) -> CustomerOptions {
        let key = |id: &String| CustomerKey { retailer: retailer.to_owned(), id: id.clone() };
        let mut settings = Settings::of_company(company, retailer);
        for batch in &posted.batches {
            let store = batch.store();
            let period = company.on(batch.business_date());
            settings.store_names.insert(period.display_name(Party::Store(store)));
            settings.has_other_retailers |= store.retailer() != retailer;
        }
        let mut options = CustomerOptions::new(settings);
        options.confirms_first_balances = self.confirm_balances;
        options.released.extend(self.release.iter().cloned());
        let decisions = &mut options.decisions;
        for Winner { customer, field, side } in &self.decide {
            decisions.winners.insert((key(customer), field.clone()), *side);
        }
        let pair = |pair: &Pair| (key(&pair.customer), pair.record.clone());
        decisions.same.extend(self.same.iter().map(pair));
        decisions.apart.extend(self.apart.iter().map(pair));
        options
    }

    /// The customer files, each of the same retailer.
    fn files(&self, summary: &mut RunSummary) -> Result<Vec<CustomerFile>, Box<Fault>> {
        let (files, refused) = input::customer_files_of(&self.customers);
        files.iter().for_each(|(name, _)| summary.add_input(InputFate::taken(name, 0, 0)));
        if let Some((first, rest)) = files.split_first()
            && let Some((name, other)) = rest.iter().find(|(_, file)| file.retailer() != first.1.retailer())
        {
            let words = format!(
                "{name}: these are customers of retailer {}, and those of {} are of {}; exchange each retailer's by itself",
                other.retailer(),
                first.0,
                first.1.retailer()
            );
            return Err(Box::new(Fault::new(
                "several-retailers",
                words,
                Place::of_input(name),
                Exit::RefusedInput,
            )));
        }
        if files.is_empty() && refused.is_empty() && !self.customers.is_empty() {
            let words = "no customer file among those named: give a file, or a folder with .json files in it";
            return Err(Box::new(Fault::new(
                "no-customers",
                words,
                Place::of_part("customers"),
                Exit::Configuration,
            )));
        }
        refuse(&refused, summary)?;
        Ok(files.into_iter().map(|(_, file)| file).collect())
    }

    /// What batches that are still open do to customers' accounts.
    fn movements(&self, summary: &mut RunSummary) -> Result<Vec<Movement>, Box<Fault>> {
        let (files, refused) = input::files_of(&self.open, PosFormat::PosJson);
        refuse(&refused, summary)?;
        let batches = files.iter().flat_map(PosFile::batches);
        let open = batches.filter(|batch| matches!(batch.status(), BatchStatus::Open));
        let movements = open.flat_map(charges_of).map(|charge| Movement {
            event: charge.event,
            customer: charge.customer,
            amount: charge.amount,
            state: MovementState::Open,
        });
        Ok(movements.collect())
    }
}

/// Says of each file why it is refused: all are read before anything is taken over.
fn refuse(refused: &[InputError], summary: &mut RunSummary) -> Result<(), Box<Fault>> {
    let of =
        |error: &InputError| fault(error.code(), error, Place::of_input(error.path()), Exit::RefusedInput);
    refused.iter().for_each(|error| summary.add_input(InputFate::refused(error.path())));
    let Some((last, others)) = refused.split_last() else { return Ok(()) };
    others.iter().for_each(|error| summary.add_error(*of(error)));
    Err(of(last))
}
