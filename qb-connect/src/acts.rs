//! What an operator does with a connection: connects, ends it, seals it again. Each holds the store's lock meanwhile.
//!
//! Neighbour: `tokens.rs`, which uses the connection between these acts.

use qb_client::Clock;

use crate::connection::Connection;
use crate::consent::Allowed;
use crate::error::ConnectError;
use crate::server::{AuthServer, Revocation};
use crate::store::{ConnectionStore, StoreLock};

/// Exchanges what the authorization page brought, and keeps the connection. It is durable when this returns, and no token
/// of it was used before.
///
/// # Errors
/// [`ConnectError::OtherCompany`] when the store holds an open connection of another company, before anything is exchanged;
/// [`ConnectError::Busy`] while another process refreshes; else what the server or the store said. A code that was exchanged
/// and could not be kept is lost: the person has to allow the app once more.
pub async fn connect(
    store: &dyn ConnectionStore,
    server: &AuthServer,
    allowed: &Allowed,
    clock: &dyn Clock,
) -> Result<Connection, ConnectError> {
    let mut lock = lock(store).await?;
    let kept = store.read().await?;
    if let Some(kept) =
        kept.as_ref().filter(|kept| kept.revoked_at().is_none() && kept.realm() != allowed.realm())
    {
        return Err(ConnectError::OtherCompany {
            kept: kept.realm().to_string(),
            chosen: allowed.realm().to_string(),
        });
    }
    let grant = server.redeem(allowed).await?;
    let environment = server.environment().clone();
    let connection = Connection::new(environment, allowed.realm().clone(), grant, clock.now(), kept.as_ref());
    lock.write(&connection).await?;
    tracing::info!(realm = %connection.realm(), "connected");
    Ok(connection)
}

/// Keeps the company's name beside its tokens.
///
/// # Errors
/// [`ConnectError::NotConnected`], [`ConnectError::Busy`], or what the store said.
pub async fn keep_name(store: &dyn ConnectionStore, company: &str) -> Result<Connection, ConnectError> {
    let mut lock = lock(store).await?;
    let connection = store.read().await?.ok_or(ConnectError::NotConnected)?.named(company);
    lock.write(&connection).await?;
    Ok(connection)
}

/// Ends the consent at QuickBooks and takes the tokens out of the store. Processes that still use them find out at their
/// next refresh.
///
/// # Errors
/// [`ConnectError::NotConnected`], [`ConnectError::Busy`], or what the server or the store said. The tokens are kept then,
/// and it may be asked again.
pub async fn disconnect(
    store: &dyn ConnectionStore,
    server: &AuthServer,
    clock: &dyn Clock,
) -> Result<Revocation, ConnectError> {
    let mut lock = lock(store).await?;
    let kept = store.read().await?.ok_or(ConnectError::NotConnected)?;
    let Some(tokens) = kept.tokens() else { return Ok(Revocation::HadEnded) };
    let mut revocation = server.revoke(&tokens.refresh).await?;
    if let Some(spare) = tokens.spare.as_ref().filter(|_| revocation == Revocation::HadEnded) {
        revocation = server.revoke(spare).await?;
    }
    lock.write(&kept.revoked(clock.now())).await?;
    tracing::info!(realm = %kept.realm(), "disconnected");
    Ok(revocation)
}

/// Writes the connection once more, sealed with the key that stands first now.
///
/// # Errors
/// [`ConnectError::NotConnected`], [`ConnectError::Busy`], or what the store said.
pub async fn seal_again(store: &dyn ConnectionStore) -> Result<Connection, ConnectError> {
    let mut lock = lock(store).await?;
    let connection = store.read().await?.ok_or(ConnectError::NotConnected)?.again();
    lock.write(&connection).await?;
    Ok(connection)
}

async fn lock(store: &dyn ConnectionStore) -> Result<Box<dyn StoreLock>, ConnectError> {
    store.try_lock().await?.ok_or(ConnectError::Busy)
}
