//! What happened at a point of sale, in words an accountant uses.
//!
//! ```
//! use pos_model::{FileError, PosFile};
//!
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
//! let batch = &file.batches()[0];
//! assert_eq!(batch.transactions()[0].lines()[0].amount().to_string(), "20.00");
//! for (tender_type, total) in batch.tender_totals() {
//!     assert_eq!(format!("{tender_type}: {total}"), "15239: 21.25"); // what a Z report prints
//! }
//!
//! // Money that does not add up is refused, with its place, both figures and what to do.
//! let short = String::from_utf8_lossy(export).replace("21.25", "21.24");
//! let error = PosFile::from_json(short.as_bytes()).unwrap_err();
//! assert_eq!(
//!     error.to_string(),
//!     "register 1, batch 4, transaction 1521022, tenders: tenders total 21.24 but lines and tax total 21.25; \
//!      correct the tenders or the lines",
//! );
//! # Ok::<(), FileError>(())
//! ```
//!
//! Whoever holds a [`Batch`] holds a balanced one: fields are private, and there is nothing to validate later.
//!
//! # The types, by task
//!
//! * **Read a till's day**: [`PosFile::from_json`] goes from bytes to meaning and reports every fault of the file together, each a
//!   [`Fault`] with its [`Place`] and its [`Rule`].
//! * **Build one in Rust**: fill the plain structs of [`raw`] and call [`PosFile::try_from`]; or read them with serde.
//! * **Walk through it**: a [`Batch`] has [`Transaction`]s of [`Line`]s and [`Tender`]s, [`Deposit`]s on customer orders,
//!   [`AccountPayment`]s and [`PayInOut`]s; a [`PurchaseOrder`] has [`PurchaseLine`]s.
//! * **Count exactly**: [`Money`] is whole cents; [`Quantity`] and [`UnitPrice`] are decimals. No floating point anywhere.
//! * **Customers**: [`CustomerFile::from_json`] reads a file of their own, [`Customer`] says who one is.
//!
//! # The form and the meaning
//!
//! [`raw`] is the form of a file: what may be written, with a JSON Schema (feature `schema`). The types of this crate are its
//! meaning: what can be true. The repository's `pos-model/README.md` describes the form field by field.
//!
//! The crate knows no QuickBooks, no clock, no network and no disk. Its neighbour on the walk is `mapping`, which turns a
//! [`Batch`] into documents.
#![forbid(unsafe_code)]

mod batch;
mod customer;
mod decimal;
mod error;
mod file;
mod late_edit;
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
