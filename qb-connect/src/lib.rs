//! Connects a QuickBooks Online company and keeps its tokens alive.
//!
//! A person allows the app once ([`AuthServer::consent`], [`LoopbackListener`], [`AuthServer::redeem`]); the pair of tokens
//! is kept in a [`ConnectionStore`]; [`RefreshingTokens`] is the `TokenStore` of `qb-client` that refreshes it: at 80 % of
//! an access token's life and after a 401, one refresh at a time within the process and, by the store's lock, across
//! processes. The new pair is durable before its first use; the old one is kept until the new one has worked.
//!
//! A crate of its own, so that a host with a token service of its own compiles neither the OAuth library nor the cipher.
//!
//! What it refuses to know: documents, posting logs, browsers. It sends to the addresses of [`Environment`] and to no
//! others.
//!
//! No secret appears in an error, a `Debug` text or a trace event.
#![forbid(unsafe_code)]

mod acts;
mod client_pair;
mod connection;
mod consent;
mod environment;
mod error;
mod file;
mod key;
mod loopback;
mod refresh;
mod sealed;
mod secrets;
mod server;
mod store;
mod tokens;

pub use acts::{connect, disconnect, keep_name, seal_again};
pub use client_pair::ClientPair;
pub use connection::{Connection, Grant, ReconnectNotice, Tokens};
pub use consent::{Allowed, Consent, Redirect};
pub use environment::{Environment, Loopback};
pub use error::{ConnectError, ConsentError, FileError, GrantError, KeyError, SealError, StoreError};
pub use file::{FileStore, read_private, write_private};
pub use key::KeyRing;
pub use loopback::LoopbackListener;
pub use sealed::{is_sealed, open, seal};
pub use secrets::RefreshToken;
pub use server::{AuthServer, Revocation};
pub use store::{ConnectionStore, MemoryStore, StoreLock, check_follows};
pub use tokens::RefreshingTokens;

/// The README's example compiles.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
