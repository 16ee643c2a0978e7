//! How to start a simulator, why it may not start, and what a client needs to connect.
//!
//! Plain data. Neighbours: `server` starts from it, `main` fills it from its flags.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use serde::{Deserialize, Serialize};

use crate::base::clock::Clock;
use crate::faults::Faults;
use crate::host::StateError;
use crate::http::throttle::Limits;
use crate::options::CompanyOptions;

/// Why a simulator did not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// The address is not loopback, and [`SimulatorOptions::allow_any_address`] is not set.
    #[error(
        "{0} is not a loopback address; the simulator has no real protection and should not be reachable"
    )]
    NotLoopback(SocketAddr),
    /// The books could not be loaded.
    #[error("the company cannot be loaded")]
    Books(#[from] StateError),
    /// TLS was asked for of a simulator that was built without the feature `tls`.
    #[error("this simulator was built without TLS; build it with the feature `tls`")]
    NoTls,
    /// The keys or the certificate for TLS could not be made.
    #[error("no certificate could be made")]
    Certificate(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The port could not be bound.
    #[error("cannot listen on {address}")]
    Listen {
        /// The address asked for.
        address: SocketAddr,
        /// What the system said.
        source: std::io::Error,
    },
}

/// How to start a simulator.
#[derive(Debug, Clone)]
pub struct SimulatorOptions {
    /// The company to simulate: an empty one of this kind, unless `books` has one.
    pub company: CompanyOptions,
    /// A company made or loaded before, as `Company::save` wrote it.
    pub books: Option<String>,
    /// Where to listen; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Listen on an address other machines can reach, too.
    pub allow_any_address: bool,
    /// Serve https with a certificate made for this run ([`Simulator::certificate`](crate::Simulator::certificate)); needs
    /// the feature `tls`.
    pub tls: bool,
    /// Where the time comes from.
    pub clock: Clock,
    /// What goes wrong on purpose.
    pub faults: Faults,
    /// Limits; off by default.
    pub limits: Limits,
}

impl Default for SimulatorOptions {
    fn default() -> SimulatorOptions {
        SimulatorOptions {
            company: CompanyOptions::default(),
            books: None,
            listen: SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0),
            allow_any_address: false,
            tls: false,
            clock: Clock::System,
            faults: Faults::default(),
            limits: Limits::default(),
        }
    }
}

/// What a client needs to connect.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Connection {
    /// Where `/v3/company/{realm}/...` is appended.
    pub base_url: String,
    /// Where `/oauth2/v1/tokens/bearer` and the other OAuth paths are appended.
    pub oauth_url: String,
    /// The company's id.
    pub realm_id: String,
    /// OAuth client id.
    pub client_id: String,
    /// OAuth client secret.
    pub client_secret: String,
    /// The bearer token.
    pub access_token: String,
    /// The refresh token.
    pub refresh_token: String,
}

impl fmt::Debug for Connection {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Connection")
            .field("base_url", &self.base_url)
            .field("realm_id", &self.realm_id)
            .finish_non_exhaustive()
    }
}
