//! What happened at a point of sale, in words an accountant uses.
//!
//! A file is read in two steps: [`raw`] is its form (what may be written, with a JSON Schema), the types of this
//! crate are its meaning (what can be true). [`PosFile::from_json`] and [`CustomerFile::from_json`] go from bytes to meaning and report every
//! content fault of the file together; whoever holds a [`Batch`] holds a balanced one.
//!
//! The crate knows no QuickBooks, no clock, no network, no disk and no floating point.
//! Its neighbour on the walk is `mapping`, which turns a [`Batch`] into documents.
#![forbid(unsafe_code)]

mod batch;
mod customer;
mod decimal;
mod error;
mod file;
mod money;
mod purchase_order;
pub mod raw;
mod read;
mod store;
mod tender;
mod transaction;

pub use batch::{
    AccountPayment, Batch, BatchStatus, Deposit, Direction, PayInOut, SkipReason, SkippedTransaction,
};
pub use customer::{Customer, CustomerField, CustomerFile, CustomerName, CustomerState, NoCustomerField};
pub use decimal::{Quantity, UnitPrice};
pub use error::{Fault, FileError, Place, Rule, ShapeFault};
pub use file::PosFile;
pub use money::{Money, OutOfBounds, spread};
pub use purchase_order::{PurchaseLine, PurchaseOrder};
pub use store::{Address, Store};
pub use tender::{Tender, TenderKind, TenderType, TenderTypeId};
pub use transaction::{Fulfilment, Line, LineKind, Transaction};
