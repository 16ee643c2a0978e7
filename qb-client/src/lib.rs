//! A QuickBooks Online client whose every answer says whether the books changed.
//!
//! What it does: builds requests, sends each exactly once, and sorts what happens into the five classes of
//! [`WriteOutcome`](engine::WriteOutcome): applied, refused, stale, not sent, unknown. Reads, which change nothing, are repeated
//! a few times by themselves and paged. QuickBooks' limits are kept before they are met.
//!
//! ```
//! use qb_client::engine::{RequestId, WriteOutcome};
//! use qb_client::{AccessToken, BaseUrl, Client, RealmId, StaticToken};
//! use qb_model::{Create, EntityKind, Vendor};
//! use qb_simulator::{Simulator, SimulatorOptions};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! // A QuickBooks Online of one's own; for a company of Intuit's: BaseUrl::Production or BaseUrl::Sandbox.
//! let simulator = Simulator::start(SimulatorOptions::default()).await?;
//! let connection = simulator.connection();
//!
//! let tokens = StaticToken::new(AccessToken::new(connection.access_token.clone())?);
//! let base = BaseUrl::loopback(&connection.base_url)?;
//! let client = Client::builder(base, RealmId::new(connection.realm_id.clone())?, tokens).build()?;
//!
//! let vendor = Create::from(Vendor { display_name: "Hollow Oak Supply".to_owned() });
//! let request_id = RequestId::new("vend-hollow-oak-1")?;
//! match client.create(EntityKind::Vendor, &vendor.to_json()?, &request_id).await {
//!     WriteOutcome::Applied { answer, .. } => println!("stored as {}", answer.id),
//!     WriteOutcome::Refused(refusal) => println!("never stored: {refusal}"),
//!     WriteOutcome::NotSent { why, .. } => println!("not sent: {why}"),
//!     // Stored or not: look it up before it is sent again.
//!     outcome => println!("{}", outcome.code()),
//! }
//! assert_eq!(client.find_by_number(EntityKind::Vendor, "Hollow Oak Supply").await?.len(), 1);
//! # Ok(())
//! # }
//! ```
//!
//! # The types, by task
//!
//! * **Connect**: [`Client::builder`] takes a [`BaseUrl`], a [`RealmId`] and a [`TokenStore`] ([`StaticToken`] for one token;
//!   `qb-connect` for tokens that renew themselves); [`ClientBuilder`] has a default for everything else.
//! * **Write**: [`Client::create`], [`update`](Client::update), [`void`](Client::void) and [`delete`](Client::delete) send one body once
//!   under a [`RequestId`](engine::RequestId) and return a [`WriteOutcome`](engine::WriteOutcome).
//! * **Read**: [`Client::record`] by id, [`query`](Client::query) with a [`Query`](engine::Query), [`pages`](Client::pages) of a long list,
//!   [`find_by_number`](Client::find_by_number) after a write in doubt, [`trial_balance`](Client::trial_balance) and
//!   [`general_ledger`](Client::general_ledger), [`invoice_pdf`](Client::invoice_pdf); [`record_link`] opens a record in QuickBooks' own pages.
//! * **Many in one request**: a [`Batch`](engine::Batch) of up to 30 writes and queries, sent by [`Client::batch`];
//!   [`Client::query_all`] asks many queries.
//! * **Learn what changed**: [`Client::changed_since`] returns [`Changes`], with the kinds that QuickBooks cut off; [`Webhooks`] reads a
//!   notice once its signature is right.
//! * **Stay within QuickBooks' limits**: [`Limits`] says them, a [`Limiter`] keeps them for every client of a company;
//!   [`Client::usage`] counts requests as Intuit meters them.
//! * **Act on an error**: [`ClientError`] before anything was sent, [`ReadError`] of a read, which changed nothing,
//!   [`Refusal`](engine::Refusal), [`NotSentWhy`](engine::NotSentWhy) and [`UnknownWhy`](engine::UnknownWhy) of a write. Each says a
//!   stable word, `code()`; a refusal has QuickBooks' own.
//! * **Bring one's own**: [`Transport`] and [`AuthTransport`] carry bytes, [`Clock`] tells the time.
//!
//! What it refuses to know: plans, posting logs, attempts of a write (the engine above owns every one), the
//! point of sale, and where tokens come from. Neighbours: `qb-model` (the wire types), `exchange` (the engine).
//!
//! No token appears in an error, a `Debug` text or a trace event. Trace events carry method, path without values
//! and company id, status, `intuit_tid` and duration.
#![forbid(unsafe_code)]

mod auth;
mod base_url;
mod batch;
mod builder;
mod changes;
mod client;
mod clock;
mod error;
mod http;
mod ids;
mod limits;
mod link;
mod lookups;
mod outcome;
mod pages;
mod query;
mod read_error;
mod records;
mod refusals;
mod reports;
mod request;
mod server_time;
mod token;
mod transport;
mod usage;
mod webhook;

pub use auth::{AuthRequest, AuthTransport};
pub use base_url::{BaseUrl, CustomUrl};
pub use builder::ClientBuilder;
pub use changes::{Changes, Deletion};
pub use client::Client;
pub use clock::{Clock, SystemClock};
pub use error::ClientError;
pub use http::ReqwestTransport;
pub use ids::{EntityName, RealmId};
pub use limits::{Limiter, Limits};
pub use link::record_link;
pub use pages::Pages;
pub use read_error::ReadError;
pub use token::{AccessToken, StaticToken, TokenError, TokenStore};
pub use transport::{Method, Transport, TransportError, WireRequest, WireResponse};
pub use usage::Usage;
pub use webhook::{SIGNATURE_HEADER, WebhookError, Webhooks};

/// What an engine needs that writes and asks by itself; a host that hands its days to one does without.
pub mod engine {
    pub use crate::batch::{Batch, BatchOutcome, Place};
    pub use crate::ids::RequestId;
    pub use crate::limits::Admission;
    pub use crate::lookups::by_number;
    pub use crate::outcome::{
        Gone, NotSentKind, NotSentWhy, Refusal, UnknownWhy, WriteOutcome, classify, throttle_wait,
    };
    pub use crate::query::{FirstPage, Query, QueryEntity, QueryField};
    pub use crate::refusals::is_definite_refusal;
    pub use crate::usage::Pace;
}

/// The README's program compiles and runs.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
