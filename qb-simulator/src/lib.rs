//! An offline QuickBooks Online: JSON in, JSON out, and a double-entry ledger behind it.
//!
//! [`handle`] answers one request on one [`Company`], without clock and network. [`Simulator`] puts HTTP on a loopback
//! port in front of it; [`Service`] is the same with limits and faults, and without a port. Written from Intuit's field
//! names and sharing no code with the crates it audits.
//!
//! The walk of a write: `server` -> `service` (limits, faults, notifications) -> `handle` (token, realm, route, request id) -> `changes` (create, update, delete or
//! void; token, freeze) -> `schema` (known properties) -> the entity's module under `lists` or `documents` (rules) ->
//! `ledger` and `receivables` (books) -> `state` (what changed) -> `json` (answer).
//! To add an entity, see `entity`.
#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod admin;
mod amount;
mod batch;
mod cdc;
mod changes;
mod chart;
mod choices;
mod clock;
mod company;
mod deliver;
mod documents;
mod drip;
mod entity;
mod fault;
mod faults;
mod gate;
mod handle;
mod hooks;
mod inflate;
mod json;
mod ledger;
mod lists;
mod message;
mod oauth;
mod options;
mod person;
mod places;
mod query;
mod receivables;
mod records;
mod reports;
mod sample;
mod schema;
mod server;
mod service;
mod start;
mod state;
mod store;
mod throttle;
#[cfg(feature = "tls")]
mod tls;

pub use choices::{Choices, LineWithoutItem, PrintStatus};
pub use clock::{Clock, RunningClock};
pub use company::Company;
pub use faults::{
    BatchFault, Effect, Facts, Faults, Operation, Part, Rule, Strike, Tally, ThrottleForm, When,
};
pub use handle::handle;
pub use hooks::{HookForm, Hooks, Notification, signature};
pub use json::Json;
pub use ledger::{Entry, Ledger, Leg};
pub use message::{Request, Response};
pub use options::{ClassTracking, CompanyOptions, Credentials, OAuthOptions, RequestIds};
pub use person::{PersonAct, Settings};
pub use server::Simulator;
pub use service::{Delivery, Reply, Service, Wait};
pub use start::{Connection, SimulatorOptions, StartError};
pub use state::StateError;
pub use throttle::Limits;
