//! Connects to QuickBooks: to a simulator inside this process, or to the one that printed a connection line.

use std::path::Path;

use qb_client::{AccessToken, BaseUrl, Client, ClientError, RealmId, StaticToken};
use qb_simulator::{Simulator, SimulatorOptions, StartError};
use serde::Deserialize;

/// What a simulator prints on its first line; other fields are left alone.
#[derive(Deserialize)]
pub struct Connection {
    base_url: String,
    realm_id: String,
    access_token: String,
}

/// Why there is no connection. Nothing was sent.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// The file cannot be opened.
    #[error(
        "{path}: the connection file cannot be read; give the file with the line that the simulator printed"
    )]
    Unreadable {
        /// The path.
        path: String,
        /// The cause.
        #[source]
        source: std::io::Error,
    },
    /// It is not a connection line. The cause names line and column, never a value: the file holds secrets.
    #[error(
        "{path}: no connection line (line {line}, column {column}); give the line that the simulator printed"
    )]
    NotAConnection {
        /// The path.
        path: String,
        /// Line of the fault.
        line: usize,
        /// Column of the fault.
        column: usize,
    },
    /// An address or id that the client refuses.
    #[error("the connection is refused")]
    Client(#[from] ClientError),
    /// The embedded simulator did not start.
    #[error("the embedded simulator did not start")]
    Simulator(#[from] StartError),
}

/// A client, and the simulator it talks to when that is ours.
pub struct Connected {
    /// The client.
    pub client: Client,
    /// Keeps the embedded simulator running.
    pub simulator: Option<Simulator>,
}

/// Starts a simulator on a loopback port of this process and connects to it.
///
/// # Errors
/// [`ConnectError`].
pub async fn embedded() -> Result<Connected, ConnectError> {
    let simulator = Simulator::start(SimulatorOptions::default()).await?;
    let line = simulator.connection();
    let connection = Connection {
        base_url: line.base_url.clone(),
        realm_id: line.realm_id.clone(),
        access_token: line.access_token.clone(),
    };
    Ok(Connected { client: client(connection)?, simulator: Some(simulator) })
}

/// Connects to the simulator whose connection line is in a file.
///
/// # Errors
/// [`ConnectError`].
pub fn from_file(path: &Path) -> Result<Connected, ConnectError> {
    let name = path.display().to_string();
    let text = std::fs::read_to_string(path)
        .map_err(|source| ConnectError::Unreadable { path: name.clone(), source })?;
    let line = text.lines().next().unwrap_or_default();
    let connection = serde_json::from_str(line).map_err(|e| ConnectError::NotAConnection {
        path: name,
        line: e.line(),
        column: e.column(),
    })?;
    Ok(Connected { client: client(connection)?, simulator: None })
}

/// A client of this connection.
///
/// # Errors
/// [`ClientError`]: an address that is not loopback, or an id that is none.
pub fn client(connection: Connection) -> Result<Client, ClientError> {
    let tokens = StaticToken::new(AccessToken::new(connection.access_token)?);
    let base = BaseUrl::loopback(&connection.base_url)?;
    Client::builder(base, RealmId::new(connection.realm_id)?, tokens).build()
}
