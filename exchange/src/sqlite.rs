//! The posting log in a SQLite file: write-ahead log, synchronous FULL, one row an entry, rows only added.
//!
//! Each append is one transaction and blocks its thread for about a millisecond, the time a disk takes to promise
//! anything. The settings that make it durable are read back when the file is opened; a file that does not take them
//! is refused. The file is held by one process at a time.

use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use rusqlite::{Connection, ErrorCode};

use crate::log::{Entry, LogError, PostingLog};

/// "POSL": marks the file as a posting log.
const APPLICATION_ID: i64 = 0x504f_534c;
/// The version of the table below.
const VERSION: i64 = 1;

/// A posting log in a file.
pub struct SqliteLog {
    connection: Mutex<Connection>,
}

impl std::fmt::Debug for SqliteLog {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SqliteLog(..)")
    }
}

impl SqliteLog {
    /// Opens the log, or makes it when there is no such file. A new file can be read by its owner only.
    ///
    /// # Errors
    /// [`LogError`]: the file is locked, something else, newer, damaged, or not durable.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, LogError> {
        let path = path.as_ref();
        create_private(path)?;
        let name = path.display().to_string();
        let failed = |error| opening(error, &name);
        let connection = Connection::open(path).map_err(failed)?;
        connection.busy_timeout(std::time::Duration::ZERO).map_err(failed)?;
        connection.pragma_update(None, "locking_mode", "EXCLUSIVE").map_err(failed)?;
        identify(&connection, &name)?;
        require(&connection, &name, "journal_mode", "WAL", "wal")?;
        require(&connection, &name, "synchronous", "FULL", "2")?;
        // macOS gives up its disk cache only when asked by this name; elsewhere it changes nothing.
        connection.pragma_update(None, "fullfsync", true).map_err(failed)?;
        let check: String =
            connection.query_row("PRAGMA quick_check", [], |row| row.get(0)).map_err(failed)?;
        if check != "ok" {
            return Err(LogError::Damaged { position: 0, problem: check });
        }
        let table = "BEGIN IMMEDIATE;
             CREATE TABLE IF NOT EXISTS entry (position INTEGER PRIMARY KEY, json TEXT NOT NULL) STRICT;
             COMMIT;";
        connection.execute_batch(table).map_err(failed)?;
        Ok(Self { connection: Mutex::new(connection) })
    }

    fn connection(&self) -> MutexGuard<'_, Connection> {
        // A statement either happened or did not; a panic between two leaves nothing half-done.
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl PostingLog for SqliteLog {
    async fn append(&self, position: u64, entry: &Entry) -> Result<(), LogError> {
        let json = serde_json::to_string(entry).map_err(|e| storage("written", e))?;
        let expected = i64::try_from(position).map_err(|e| storage("written", e))?;
        let connection = self.connection();
        let mut insert = connection
            .prepare_cached(
                "INSERT INTO entry (position, json) SELECT ?1 + 1, ?2
                 WHERE (SELECT coalesce(max(position), 0) FROM entry) = ?1",
            )
            .map_err(|e| storage("written", e))?;
        if insert.execute((expected, json)).map_err(|e| storage("written", e))? == 1 {
            return Ok(());
        }
        let count = "SELECT coalesce(max(position), 0) FROM entry";
        let found: i64 =
            connection.query_row(count, [], |row| row.get(0)).map_err(|e| storage("written", e))?;
        Err(LogError::Overtaken { expected: position, found: found.unsigned_abs() })
    }

    async fn read(&self) -> Result<Vec<Entry>, LogError> {
        let connection = self.connection();
        let mut select = connection
            .prepare_cached("SELECT position, json FROM entry ORDER BY position")
            .map_err(|e| storage("read", e))?;
        let mut rows = select.query([]).map_err(|e| storage("read", e))?;
        let mut entries = Vec::new();
        while let Some(row) = rows.next().map_err(|e| storage("read", e))? {
            let position: i64 = row.get(0).map_err(|e| storage("read", e))?;
            if position != entries.len() as i64 + 1 {
                let problem = "the entries before it are not all there".to_owned();
                return Err(LogError::Damaged { position, problem });
            }
            let json: String = row.get(1).map_err(|e| storage("read", e))?;
            let entry = serde_json::from_str(&json)
                .map_err(|e| LogError::Damaged { position, problem: e.to_string() })?;
            entries.push(entry);
        }
        Ok(entries)
    }
}

/// Marks a new file as ours and refuses another program's, or a later version's.
fn identify(connection: &Connection, name: &str) -> Result<(), LogError> {
    let failed = |error| opening(error, name);
    let number = |pragma| connection.query_row(pragma, [], |row| row.get::<_, i64>(0)).map_err(failed);
    let (found, version) = (number("PRAGMA application_id")?, number("PRAGMA user_version")?);
    let is_empty = number("SELECT count(*) FROM sqlite_schema")? == 0;
    if found == 0 && is_empty {
        connection.pragma_update(None, "application_id", APPLICATION_ID).map_err(failed)?;
        connection.pragma_update(None, "user_version", VERSION).map_err(failed)?;
    } else if found != APPLICATION_ID {
        return Err(LogError::NotALog { path: name.to_owned(), found });
    } else if version > VERSION {
        return Err(LogError::NewerVersion { path: name.to_owned(), found: version, known: VERSION });
    }
    Ok(())
}

/// Sets a pragma and reads it back.
fn require(
    connection: &Connection,
    name: &str,
    setting: &'static str,
    wanted: &'static str,
    in_force: &str,
) -> Result<(), LogError> {
    let failed = |error| opening(error, name);
    connection.pragma_update(None, setting, wanted).map_err(failed)?;
    let read = |row: &rusqlite::Row<'_>| row.get::<_, rusqlite::types::Value>(0);
    let value = connection.query_row(&format!("PRAGMA {setting}"), [], read).map_err(failed)?;
    let found = match value {
        rusqlite::types::Value::Integer(number) => number.to_string(),
        rusqlite::types::Value::Text(text) => text,
        other => format!("{other:?}"),
    };
    if found == in_force {
        Ok(())
    } else {
        Err(LogError::NotDurable { path: name.to_owned(), setting, found, wanted })
    }
}

/// A body may hold personal data, so a new file is its owner's alone.
fn create_private(path: &Path) -> Result<(), LogError> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop).map_err(|e| storage("opened", e))
}

fn opening(error: rusqlite::Error, name: &str) -> LogError {
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            LogError::Locked { path: name.to_owned() }
        }
        Some(ErrorCode::NotADatabase) => LogError::NotALog { path: name.to_owned(), found: 0 },
        _ => storage("opened", error),
    }
}

fn storage(action: &'static str, error: impl std::error::Error + Send + Sync + 'static) -> LogError {
    LogError::Storage { action, source: Box::new(error) }
}
