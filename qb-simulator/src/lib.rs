//! An offline QuickBooks Online: JSON in, JSON out, and a double-entry ledger behind it.
//!
//! [`handle`] answers one request on one [`Company`], without clock and network. [`Simulator`] puts HTTP on a loopback
//! port in front of it. Written from Intuit's field names and sharing no code with the crates it audits.
//!
//! The walk of a write: `server` -> `handle` (token, realm, route, request id) -> `changes` (create, update, delete or
//! void; token, freeze) -> `schema` (known properties) -> the entity's module under `lists` or `documents` (rules) -> `ledger` and `receivables` (books) -> `json` (answer).
//! To add an entity, see `entity`.
#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod amount;
mod batch;
mod cdc;
mod changes;
mod chart;
mod company;
mod documents;
mod entity;
mod fault;
mod handle;
mod json;
mod ledger;
mod lists;
mod message;
mod options;
mod query;
mod receivables;
mod reports;
mod schema;
mod server;
mod store;

pub use company::Company;
pub use handle::handle;
pub use json::Json;
pub use ledger::{Entry, Ledger, Leg};
pub use message::{Request, Response};
pub use options::{ClassTracking, CompanyOptions, Credentials};
pub use server::{Clock, Connection, Simulator, SimulatorOptions, StartError};
