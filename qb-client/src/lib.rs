//! A QuickBooks Online client whose every answer says whether the books changed.
//!
//! What it does: builds requests, sends each exactly once, and sorts what happens into four outcomes:
//! [`WriteOutcome::Applied`], [`WriteOutcome::Refused`], [`WriteOutcome::NotSent`], [`WriteOutcome::Unknown`]. Reads, which change
//! nothing, are repeated a few times by themselves and paged.
//!
//! What it refuses to know: plans, posting logs, attempts of a write (the engine above owns every one), the
//! point of sale, and where tokens come from.
//!
//! Neighbours: `qb-model` (the wire types), `exchange` (the engine). Ports for a host: [`Transport`],
//! [`TokenStore`], [`Clock`].
//!
//! No token appears in an error, a `Debug` text or a trace event. Trace events carry method, path without values
//! and company id, status, `intuit_tid` and duration.
#![forbid(unsafe_code)]

mod auth;
mod base_url;
mod builder;
mod client;
mod clock;
mod error;
mod http;
mod ids;
mod outcome;
mod query;
mod read_error;
mod refusals;
mod request;
mod server_time;
mod token;
mod transport;

pub use auth::{AuthRequest, AuthTransport};
pub use base_url::{BaseUrl, CustomUrl};
pub use builder::ClientBuilder;
pub use client::Client;
pub use clock::{Clock, SystemClock};
pub use error::ClientError;
pub use http::ReqwestTransport;
pub use ids::RealmId;
pub use read_error::ReadError;
pub use token::{AccessToken, StaticToken, TokenError, TokenStore};
pub use transport::{Method, Transport, TransportError, WireRequest, WireResponse};

/// What an engine needs that writes and asks by itself; a host that hands its days to one does without.
pub mod engine {
    pub use crate::ids::RequestId;
    pub use crate::outcome::{
        NotSentKind, NotSentWhy, Refusal, UnknownWhy, WriteOutcome, classify, throttle_wait,
    };
    pub use crate::query::{Query, QueryEntity, QueryField};
    pub use crate::refusals::is_definite_refusal;
}
