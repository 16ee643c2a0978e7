//! What QuickBooks writes: every answer, report and notice, typed where a user would look, and written back as it came.
//!
//! What we send and what came back are two types: `qb_model::Invoice` holds the fields that this program sends;
//! [`received::Invoice`](Invoice) holds those that QuickBooks writes. Nothing read is sent but the members that an
//! [`Update`](crate::Update) changes.
//!
//! * [`Payload::read`] takes the bytes of any body and says which shape it has, or with a [`BodyError`] what came instead.
//! * A [`Record`] has named fields, and keeps members that no field is named for in its `other`.
//! * A [`Field`] is absent, empty, a typed value, or something that does not fit and stays as it came. So reading never
//!   fails on a field that QuickBooks wrote in a way not seen before; [`Record::checked`] is for those who want it to.
//! * Numbers are exact. An amount is an [`Amount`](crate::Amount), a quantity, rate or balance of a list is a
//!   `rust_decimal::Decimal`, and one that is kept is the text that was written, whatever features `serde_json` has.
//! * [`Record::survey`] tells how many values were typed and names what was only kept.
//!
//! ```
//! use qb_model::received::{Invoice, LineDetail, Payload, Record};
//!
//! let body = br#"{"Invoice":{"Id":"145","SyncToken":"0","DocNumber":"H-1001","TxnDate":"2026-02-03","TotalAmt":26.50,
//!     "CustomerRef":{"value":"61","name":"Harbor House"},"NewThing":{"Rate":1.10},
//!     "Line":[{"Id":"1","LineNum":1,"Amount":26.50,"DetailType":"SalesItemLineDetail",
//!              "SalesItemLineDetail":{"ItemRef":{"value":"19"},"Qty":2,"UnitPrice":13.25}},
//!             {"Amount":26.50,"DetailType":"SubTotalLineDetail","SubTotalLineDetail":{}}]},
//!     "time":"2026-02-03T09:14:07.300-08:00"}"#;
//! let payload = Payload::read(body)?;
//! let Payload::Answer(answer) = &payload else { return Err("not an answer".into()) };
//! let invoice: &Invoice = answer.entity.as_ref().and_then(|entity| entity.of()).ok_or("not an invoice")?;
//!
//! assert_eq!(invoice.total_amt.copied().map(|total| total.cents()), Some(2650));
//! let customer: Option<&qb_model::Id<qb_model::Customer>> = invoice.customer_ref.id();
//! assert_eq!(customer.map(|id| id.as_str()), Some("61"));
//! let LineDetail::SalesItem(sold) = &invoice.line[0].detail else { return Err("nothing sold".into()) };
//! assert_eq!(sold.qty.copied(), Some(2.into()));
//!
//! assert_eq!(payload.survey().unknown, ["$.Invoice.NewThing"]);
//! assert_eq!(qb_model::received::differences(&payload.write(), &std::str::from_utf8(body)?.parse()?), [""; 0]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod bills;
mod body;
mod body_error;
mod cards;
mod company;
mod compare;
mod credits;
mod details;
mod entity;
mod envelopes;
mod estimates;
mod fault;
mod field;
mod json;
mod line;
mod list;
mod lists;
mod other;
mod parse;
mod parts;
mod payload;
mod payments;
mod people;
mod purchases;
mod record;
mod reference;
mod report;
mod sales;
mod scalar;
mod survey;
mod tax;
mod templates;
mod webhook;
mod words;

pub use bills::*;
pub use body_error::{BodyError, XmlFault};
pub use cards::*;
pub use company::*;
pub use compare::differences;
pub use credits::*;
pub use details::*;
pub use entity::{Deleted, Entity, Kind, OtherEntity, RecurringTransaction, Rows};
pub use envelopes::*;
pub use estimates::*;
pub use fault::{AnyFault, Fault, FaultError, GatewayError, GatewayFault};
pub use field::Field;
pub use json::{Json, Members, Number};
pub use line::{Line, LineDetail};
pub use list::List;
pub use lists::*;
pub use other::*;
pub use parts::*;
pub use payload::Payload;
pub use payments::*;
pub use people::*;
pub use purchases::*;
pub use record::Record;
pub use reference::{Anything, Currency, Party, Reference};
pub use report::*;
pub use sales::*;
pub use survey::{Misfit, Misfits, Survey};
pub use tax::*;
pub use templates::*;
pub use webhook::*;
pub use words::*;

/// The README's program compiles and runs.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
