//! An offline QuickBooks Online: JSON in, JSON out, and a double-entry ledger behind it.
//!
//! ```
//! use qb_simulator::{Company, Request, handle};
//!
//! let now = "2026-02-03T09:00:00-08:00".parse()?;
//! let mut company = Company::default_company(now);
//! let sale = r#"{"Line":[{"DetailType":"SalesItemLineDetail","Amount":12.5,
//!     "SalesItemLineDetail":{"ItemRef":{"value":"1"}}}]}"#;
//! let path = format!("/v3/company/{}/salesreceipt", company.options().realm_id);
//! let request = Request::new("POST", &path, sale).bearer(&company.options().credentials.access_token);
//!
//! let answer = handle(&mut company, &request, now);
//! assert_eq!(answer.status, 200);
//! assert_eq!(company.balance_of("Undeposited Funds"), Some("12.50".parse()?));
//! assert_eq!(company.audit(), Ok(()));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! [`handle`] answers one request on one [`Company`], without clock and network. [`Simulator`] puts HTTP on a loopback port
//! in front of it; [`Service`] is the same with limits and faults, and without a port. The facts about QuickBooks that it
//! imitates stand, with their sources, in `docs/quickbooks.md` of the repository; it shares no code with the crates it audits.
//!
//! The walk of a write: `http` (limits, faults, notifications) -> `api::handle` (token, realm, route, request id) ->
//! `changes` (create, update, delete or void; token, freeze) -> `schema` (known properties) -> the entity's module under
//! `lists` or `documents` (rules) -> `books` (ledger, what is open, what changed) -> `base::json` (answer).
//! `entity` is the table of all entities, and says how to add one; `host` is what a program does with a company besides
//! sending requests. No module needs one that needs it in turn.
#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod api;
mod base;
mod books;
mod changes;
mod documents;
mod entity;
mod faults;
mod host;
mod http;
mod lists;
mod oauth;
mod options;
mod query;
mod reports;
mod schema;

pub use api::handle::handle;
pub use base::clock::{Clock, RunningClock};
pub use base::json::Json;
pub use base::message::{Request, Response};
pub use books::company::Company;
pub use books::ledger::{Entry, Ledger, Leg, Tags};
pub use faults::{
    BatchFault, Effect, Facts, Faults, Operation, Part, Rule, Strike, Tally, ThrottleForm, When,
};
pub use host::StateError;
pub use http::hooks::{HookForm, Hooks, Notification, signature};
pub use http::server::Simulator;
pub use http::service::{Delivery, Reply, Service, Wait};
pub use http::start::{Connection, SimulatorOptions, StartError};
pub use http::throttle::Limits;
pub use options::act::{PersonAct, Settings};
pub use options::{
    Choices, ClassTracking, CompanyOptions, Credentials, InactiveWithBalance, LineWithoutItem, MergedName,
    OAuthOptions, PrintStatus, ReportForm, RequestIds,
};
