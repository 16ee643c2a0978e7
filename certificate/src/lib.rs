//! Tie-out certificates as people use them: one self-contained HTML page, an Excel workbook, CSV tables and a journal that
//! hledger reads. Everything is made from the values of [`exchange::certificate::Certificate`]; no figure is worked out here
//! but sums that stand beside the figures they are sums of.
//!
//! ```
//! use certificate::{journal, page};
//! use exchange::certificate::Sealed;
//!
//! # let bytes = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/../exchange/tests/golden/certificates/agrees.json"));
//! // A certificate that was kept; `Sealed::new` seals one of a dossier.
//! let (certificate, sealed) = Sealed::read("certificate-1.json", bytes)?;
//!
//! let html = page(&certificate, sealed.sha256());
//! assert!(html.contains("Tie-out certificate"));
//! assert!(journal(&certificate).contains("Check with: hledger"));
//! # Ok::<(), exchange::certificate::CertificateFault>(())
//! ```
//!
//! ```text
//! Certificate --page--> HTML        Certificate --tables--> CSV, workbook        documents --journal--> hledger
//!      \------------------ write: a folder of all of them, sealed and chained ------------------/
//!                          verify: the folder checked without a network
//! ```
//!
//! # The functions, by task
//!
//! * **Make the parts**: [`page()`] and [`journal()`] of one certificate; pure.
//! * **Write a folder**: [`write()`] makes everything beside its place, [`Prepared::finish`] puts it there once the hash is in the posting
//!   log; [`Existing`] says what becomes of a folder that is there.
//! * **Check without a network**: [`verify()`] reads folders, and [`Verified`] says what is right, what is wrong and what was not checked.
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
