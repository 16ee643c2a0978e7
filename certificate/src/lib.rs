//! Tie-out certificates as people use them: one self-contained HTML page, an Excel workbook, CSV tables and a journal that
//! hledger reads. Everything is made from the values of [`exchange::certificate::Certificate`]; no figure is worked out here
//! but sums that stand beside the figures they are sums of.
//!
//! ```text
//! Certificate --page--> HTML        Certificate --tables--> CSV, workbook        documents --journal--> hledger
//!      \------------------ write: a folder of all of them, sealed and chained ------------------/
//!                          verify: the folder checked without a network
//! ```
#![forbid(unsafe_code)]

mod journal;
mod page;
mod tables;
mod text;
mod verify;
mod workbook;
mod write;

pub use journal::journal;
pub use page::page;
pub use verify::{Verified, verify};
pub use write::{Existing, ON_ONE_PAGE, Prepared, WriteError, Written, write};
