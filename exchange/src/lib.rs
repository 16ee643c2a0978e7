//! Posts a batch with exactly-once effect and ties the books out.
//!
//! ```
//! use std::sync::Arc;
//!
//! use exchange::{Exchange, MemoryLog, Outcome};
//! use mapping::Company;
//! use pos_model::PosFile;
//! use qb_client::{AccessToken, BaseUrl, Client, RealmId, StaticToken};
//! use qb_simulator::{Simulator, SimulatorOptions};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let export = br#"{
//!   "version": 1,
//!   "store": { "code": "boston", "name": "Boston Store", "retailer": "1651" },
//!   "tender_types": [{ "id": 15239, "name": "Cash", "kind": "cash" }],
//!   "batches": [{
//!     "register": "1", "number": 4, "business_date": "2026-02-03",
//!     "status": "closed", "closed_at": "2026-02-03T18:02:11-05:00",
//!     "transactions": [{
//!       "number": 1521022, "occurred_at": "2026-02-03T10:15:00-05:00",
//!       "lines": [{ "kind": "item", "description": "Gloves", "quantity": "1",
//!                   "amount": "20.00", "tax": "1.25", "tax_code": "TAX" }],
//!       "tenders": [{ "type": 15239, "amount": "21.25" }]
//!     }]
//!   }]
//! }"#;
//! let file = PosFile::from_json(export)?;
//!
//! // A QuickBooks Online of one's own; for a company of Intuit's: BaseUrl::Production or BaseUrl::Sandbox.
//! let simulator = Simulator::start(SimulatorOptions::default()).await?;
//! let connection = simulator.connection();
//! let tokens = StaticToken::new(AccessToken::new(connection.access_token.clone())?);
//! let base = BaseUrl::loopback(&connection.base_url)?;
//! let client = Client::builder(base, RealmId::new(connection.realm_id.clone())?, tokens).build()?;
//!
//! // A log that outlives the process is `posting_log_sqlite::SqliteLog`, or a PostingLog of one's own.
//! let mut exchange = Exchange::new(client, Arc::new(MemoryLog::new()), Company::default());
//! let report = exchange.run(&file.batches()[0]).await?;
//! assert_eq!((report.counts().planned, report.counts().of(Outcome::Created)), (2, 2));
//!
//! // A second run posts nothing, and the till, the plan and QuickBooks agree on every account.
//! let report = exchange.run(&file.batches()[0]).await?;
//! assert_eq!(report.counts().of(Outcome::AlreadyPosted), 2);
//! assert!(exchange.tie_out(file.batches()).await?.is_tied_out());
//! # Ok(())
//! # }
//! ```
//!
//! # What it promises
//!
//! Every attempt is in the posting log before its first byte leaves, and the answer before the next attempt starts. Dropping a
//! run's future, or losing the process, leaves at most one step in doubt; the next run looks it up and never sends it again
//! unseen. Every entry of a report, and every error, says whether the books changed.
//!
//! # The types, by task
//!
//! * **Post a day**: [`Exchange::run`] for one batch, purchase order or opening entry, [`Exchange::run_all`] for many; the
//!   [`Report`] says of each document its [`Outcome`], whether the books changed, and why not.
//! * **Know before the day closes**: [`Exchange::readiness`] says what is missing in the company, [`Exchange::notices`] what is
//!   worth a second look.
//! * **Know afterwards**: [`Exchange::tie_out`] says whether the books are right, and what is not by name ([`TieOut`]);
//!   [`Exchange::read_back`] whether each document still stands as it was sent.
//! * **Tell people and programs**: [`RunSummary`] has the page, the JSON and the exit code of one run; [`Report::page`] and
//!   [`TieOut::page`] are pages of their own.
//! * **Choose**: [`Options`] and its [`Policy`], each with its defaults.
//! * **Keep the log**: [`PostingLog`] is the port, [`conformance`] the tests for one of your own.
//!
//! # How it works
//!
//! Four pages hold it: `step.rs` decides, purely, what to do next with one step; `attempt.rs` turns what happened into the next
//! effect, purely too; `driver.rs` performs the effects of all steps of a batch; `run.rs` is the run as a whole. The crate is the
//! only one that knows both `mapping` (what to post) and `qb-client` (how to send).
#![forbid(unsafe_code)]

mod act;
mod ahead;
mod attempt;
mod begin;
mod by;
pub mod certificate;
mod chain;
pub mod conformance;
mod content_words;
mod course;
mod customer_names;
pub mod customers;
mod departure;
pub mod drift;
mod driver;
mod edition;
mod entry;
mod error;
mod finished;
mod flights;
mod history;
mod job;
mod kept_batch;
mod late_edits;
mod log;
mod named;
mod notices;
mod observer;
mod of_days;
mod open_invoices;
mod order_lines;
mod otherwise;
mod pack;
mod parties;
mod patience;
mod payments_seen;
mod posted;
mod prepare;
mod purge;
mod readiness;
mod refusal_words;
mod rehearsal;
mod renamed;
mod report;
mod retailers;
mod round;
mod run;
mod run_all;
mod session;
mod settle;
mod snapshot;
mod status;
mod step;
mod stop;
mod summary;
mod text;
mod tie_out;
mod together;
pub mod undo;
mod untaxed;

pub use by::By;
pub use chain::{RowReader, entries};
pub use entry::{BatchItem, Entry, FindingVerb, MovedCertificate, MovedDeposit, Sent};
pub use error::{NotReady, RunError};
pub use kept_batch::KeptBatch;
pub use late_edits::AsPosted;
pub use log::{Fence, LogError, MemoryLog, PostingLog, Row, Snapshot};
pub use notices::PoInMemo;
pub use observer::{Observer, Waiting, WaitingFor};
pub use posted::PostedDocument;
pub use purge::{Purged, purge};
pub use report::{BooksChanged, Counts, EntryReport, Hold, Outcome, Report};
pub use run_all::{AllRun, AsOrigin};
pub use session::{Exchange, Options};
pub use settle::{SettleError, SettledDocument, Settlement, settle};
pub use status::{LastCertificate, LogStatus, NotDone, StatusReader};
pub use step::Policy;
pub use stop::{Paused, Stop};
pub use summary::{
    BatchSummary, Exit, Fate, Fault, InputFate, Place, RunResult, RunSummary, SCHEMA_VERSION, Who,
};
pub use tie_out::{
    AccountBalance, AccountTie, AgencyTax, Cause, Difference, DifferentAmount, DifferentDocument, Notice,
    OtherDocument, PartTie, TieOut,
};
