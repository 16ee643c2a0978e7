//! Connects a QuickBooks Online company and keeps its tokens alive.
//!
//! ```no_run
//! use std::sync::Arc;
//!
//! use qb_client::{ReqwestTransport, SystemClock};
//! use qb_connect::{AuthServer, ClientPair, Environment, FileStore, KeyRing, RefreshingTokens, read_private};
//!
//! # async fn run() -> Result<(), Box<dyn std::error::Error>> {
//! let keys = KeyRing::parse(&read_private("shop.key".as_ref())?)?;
//! let pair = ClientPair::from_json(&read_private("app.json".as_ref())?)?;
//! let store = Arc::new(FileStore::new("shop.connection", keys));
//! let server = AuthServer::new(Environment::Sandbox, pair, Arc::new(ReqwestTransport::new()?))?;
//!
//! let tokens = Arc::new(RefreshingTokens::open(store, server, Arc::new(SystemClock)).await?);
//! let client = RefreshingTokens::client(&tokens).build()?;
//! println!("{}", client.company_info().await?.company_name);
//! tokens.settle().await; // before the runtime ends: no answer is left on its way
//! # Ok(())
//! # }
//! ```
//!
//! # The types, by task
//!
//! * **Ask a person once**: [`AuthServer::consent`] gives the address to open, [`LoopbackListener`] takes the answer,
//!   [`AuthServer::redeem`] the tokens for it; [`connect()`] is the whole of it.
//! * **Keep the connection**: [`ConnectionStore`] is the port, [`FileStore`] a sealed file, [`MemoryStore`] for tests; [`seal`] and
//!   [`open`] give a text for a column of your database.
//! * **Use it**: [`RefreshingTokens`] is the `TokenStore` of `qb-client`. It renews the pair at 80 % of an access token's life and
//!   after a 401, one refresh at a time within the process and, by the store's lock, across processes.
//! * **End it**: [`disconnect`] ends the consent at QuickBooks and takes the tokens out of the store.
//!
//! The new pair is durable before its first use; the old one is kept until the new one has worked. No secret appears in an
//! error, a `Debug` text or a trace event.
//!
//! It is a crate of its own, so that a host with a token service of its own compiles neither the OAuth library nor the cipher.
//! It refuses to know documents, posting logs and browsers, and sends to the addresses of [`Environment`] and to no others.
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
