//! Connects to QuickBooks: to a simulator inside this process, to the one that printed a connection line, or to the company
//! whose connection `connect` has saved.

use std::path::Path;
use std::sync::Arc;

use qb_client::{
    AccessToken, BaseUrl, Client, ClientError, RealmId, ReqwestTransport, StaticToken, SystemClock,
};
use qb_connect::{
    AuthServer, ClientPair, ConnectionStore, FileStore, KeyRing, RefreshingTokens, is_sealed, read_private,
};
use qb_simulator::{Simulator, SimulatorOptions, StartError};
use serde::Deserialize;

use crate::secrets::{Secrets, SecretsError};

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
        "{path}: the connection file cannot be read; give the file that `connect` has saved, or the line that a simulator \
         printed"
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
        "{path}: no connection (line {line}, column {column}); give the file that `connect` has saved, or the line that a \
         simulator printed"
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
    /// A key or client secret is missing.
    #[error(transparent)]
    Secrets(#[from] SecretsError),
    /// A saved connection cannot be used.
    #[error(transparent)]
    Saved(#[from] qb_connect::ConnectError),
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
    /// The tokens of a saved connection. Wait for them to settle before the program ends.
    pub tokens: Option<Arc<RefreshingTokens>>,
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
    Ok(Connected { client: client(connection)?, simulator: Some(simulator), tokens: None })
}

/// Connects to the company whose saved connection is in a file, or to the simulator whose connection line is.
///
/// # Errors
/// [`ConnectError`].
pub async fn from_file(path: &Path, secrets: &Secrets) -> Result<Connected, ConnectError> {
    let name = path.display().to_string();
    let text = std::fs::read_to_string(path)
        .map_err(|source| ConnectError::Unreadable { path: name.clone(), source })?;
    if is_sealed(&text) {
        return saved(path, secrets).await;
    }
    let line = text.lines().next().unwrap_or_default();
    let connection = serde_json::from_str(line).map_err(|e| ConnectError::NotAConnection {
        path: name,
        line: e.line(),
        column: e.column(),
    })?;
    Ok(Connected { client: client(connection)?, simulator: None, tokens: None })
}

/// Opens a saved connection. Nothing is sent.
///
/// # Errors
/// [`ConnectError`].
pub async fn saved(path: &Path, secrets: &Secrets) -> Result<Connected, ConnectError> {
    // Before the key is asked for: a file that others may read is the first thing to mend.
    read_private(path).map_err(qb_connect::StoreError::from).map_err(qb_connect::ConnectError::from)?;
    saved_with(path, secrets.keys()?, secrets.pair()?).await
}

/// Opens a saved connection with these keys. Nothing is sent.
///
/// # Errors
/// [`ConnectError`].
pub async fn saved_with(path: &Path, keys: KeyRing, pair: ClientPair) -> Result<Connected, ConnectError> {
    let store = FileStore::new(path, keys);
    let kept = store.read().await.map_err(qb_connect::ConnectError::from)?;
    let kept = kept.ok_or(qb_connect::ConnectError::NotConnected)?;
    let transport = Arc::new(ReqwestTransport::new()?);
    let server = AuthServer::new(kept.environment().clone(), pair, Arc::clone(&transport) as _)?;
    let tokens = RefreshingTokens::open(Arc::new(store), server, Arc::new(SystemClock)).await?;
    let tokens = Arc::new(tokens);
    let client = RefreshingTokens::client(&tokens).transport(transport).build()?;
    Ok(Connected { client, simulator: None, tokens: Some(tokens) })
}

/// Returns a client of this connection.
///
/// # Errors
/// [`ClientError`]: an address that is not loopback, or an id that is none.
pub fn client(connection: Connection) -> Result<Client, ClientError> {
    let tokens = StaticToken::new(AccessToken::new(connection.access_token)?);
    let base = BaseUrl::loopback(&connection.base_url)?;
    Client::builder(base, RealmId::new(connection.realm_id)?, tokens).build()
}
