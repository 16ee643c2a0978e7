//! Where a connection is kept: the port, and a store in memory.
//!
//! A refresh runs under the store's lock, so that of all processes of all machines one at a time asks. The lock outlives
//! single writes: a refresh writes before it asks and after it got an answer. Neighbour: `file.rs`, a store in a sealed file.

use std::sync::Arc;

use async_trait::async_trait;
use tokio::sync::{Mutex, OwnedMutexGuard};

use crate::connection::Connection;
use crate::error::StoreError;

/// Where one company's connection is kept. A host implements it over its database, with the tokens encrypted.
///
/// A database's lock is best one that belongs to a session and not to a transaction (an advisory lock, a lease), since a
/// write must be committed while the lock is still held.
#[async_trait]
pub trait ConnectionStore: Send + Sync {
    /// What is kept; `None` when nothing is.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be read or is not what was written.
    async fn read(&self) -> Result<Option<Connection>, StoreError>;

    /// The lock of this company, or `None` when another holder has it. It is given back when the value is dropped, also when
    /// its process dies.
    ///
    /// # Errors
    /// [`StoreError`] when there can be no lock.
    async fn try_lock(&self) -> Result<Option<Box<dyn StoreLock>>, StoreError>;
}

/// The right to change what is kept.
#[async_trait]
pub trait StoreLock: Send {
    /// Keeps a connection in place of the one before. When this returns, the connection survives a power failure.
    ///
    /// # Errors
    /// [`StoreError::Overtaken`] unless the connection's version is one above the one that is kept (1 in an empty store);
    /// any other when it may not have been kept. What was kept before is then still there, or the new one is.
    async fn write(&mut self, connection: &Connection) -> Result<(), StoreError>;
}

/// Refuses a connection that does not follow the one that is kept: an older pair must never replace a newer one.
///
/// # Errors
/// [`StoreError::Overtaken`].
pub fn check_follows(kept: Option<&Connection>, new: &Connection) -> Result<(), StoreError> {
    let found = kept.map_or(0, Connection::version);
    if new.version().checked_sub(1) == Some(found) {
        Ok(())
    } else {
        Err(StoreError::Overtaken { found, written: new.version() })
    }
}

/// A store that ends with the process: for tests and short programs. Clones share what they keep.
#[derive(Clone, Debug, Default)]
pub struct MemoryStore {
    kept: Arc<std::sync::Mutex<Option<Connection>>>,
    lock: Arc<Mutex<()>>,
}

impl MemoryStore {
    /// Returns an empty store.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
}

#[async_trait]
impl ConnectionStore for MemoryStore {
    async fn read(&self) -> Result<Option<Connection>, StoreError> {
        // The value is replaced whole; a panic elsewhere leaves it as it was.
        Ok(self.kept.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone())
    }

    async fn try_lock(&self) -> Result<Option<Box<dyn StoreLock>>, StoreError> {
        let guard = Arc::clone(&self.lock).try_lock_owned().ok();
        Ok(guard.map(|guard| -> Box<dyn StoreLock> {
            Box::new(MemoryLock { store: self.clone(), _guard: guard })
        }))
    }
}

struct MemoryLock {
    store: MemoryStore,
    _guard: OwnedMutexGuard<()>,
}

#[async_trait]
impl StoreLock for MemoryLock {
    async fn write(&mut self, connection: &Connection) -> Result<(), StoreError> {
        let mut kept = self.store.kept.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        check_follows(kept.as_ref(), connection)?;
        *kept = Some(connection.clone());
        Ok(())
    }
}
