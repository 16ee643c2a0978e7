//! Posts a batch with exactly-once effect and ties the books out.
//!
//! ```no_run
//! # use std::sync::Arc;
//! # async fn nightly(client: qb_client::Client, log: Arc<dyn exchange::PostingLog>, file: pos_model::PosFile) -> Result<(), Box<dyn std::error::Error>> {
//! use exchange::Exchange;
//! use mapping::Company;
//!
//! let mut exchange = Exchange::new(client, log, Company::default());
//! for origin in mapping::origins(file.batches(), file.purchase_orders()) {
//!     let report = exchange.run(origin).await?;
//!     for entry in &report.documents {
//!         println!("{} {}: the books changed: {:?}", entry.kind, entry.number, entry.books_changed);
//!     }
//! }
//! let all = mapping::origins(file.batches(), file.purchase_orders());
//! assert!(exchange.tie_out(all).await?.is_tied_out());
//! # Ok(())
//! # }
//! ```
//!
//! Four pages hold it: `step.rs` decides, purely, what to do next with one step; `attempt.rs` turns what happened into the
//! next effect, purely too; `driver.rs` performs the effects of all steps of a batch; `run.rs` is the run as a whole. Before a day closes [`Exchange::readiness`] says what is missing; after it is posted
//! [`Exchange::tie_out`] says whether the books are right, and what is not by name. Every
//! attempt is in the posting log before its first byte leaves, and the answer before the next attempt starts. Dropping
//! a run's future, or losing the process, leaves at most one step in doubt; the next run looks it up and never sends it
//! again unseen.
//!
//! The crate is the only one that knows both `mapping` (what to post) and `qb-client` (how to send).
#![forbid(unsafe_code)]

mod attempt;
mod chain;
pub mod conformance;
mod customer_names;
mod driver;
mod entry;
mod error;
mod history;
mod job;
mod log;
mod named;
mod open_invoices;
mod order_lines;
mod parties;
mod patience;
mod prepare;
mod readiness;
mod rehearsal;
mod report;
mod retailers;
mod run;
mod run_all;
mod session;
mod settled;
mod snapshot;
mod step;
mod summary;
mod text;
mod tie_out;
mod untaxed;

pub use chain::entries;
pub use entry::{Entry, Sent};
pub use error::{NotReady, RunError};
pub use log::{Fence, LogError, MemoryLog, PostingLog, Row, Snapshot};
pub use patience::{Paused, Stop};
pub use report::{BooksChanged, Counts, EntryReport, Hold, Outcome, Report};
pub use run_all::AllRun;
pub use session::{Exchange, Observer, Options};
pub use step::Policy;
pub use summary::{
    BatchSummary, Exit, Fate, Fault, InputFate, Place, RunResult, RunSummary, SCHEMA_VERSION, Who,
};
pub use tie_out::{
    AccountBalance, AccountTie, AgencyTax, Cause, Difference, DifferentAmount, DifferentDocument, Notice,
    OtherDocument, PartTie, TieOut,
};
