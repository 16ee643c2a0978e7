//! The posting log in a SQLite file: write-ahead log, synchronous FULL, one row an entry, rows only added.
//!
//! ```no_run
//! # fn main() -> Result<(), exchange::LogError> {
//! let log = std::sync::Arc::new(posting_log_sqlite::SqliteLog::open("company.sqlite")?);
//! # drop(log);
//! # Ok(())
//! # }
//! ```
//!
//! Each append is one transaction and blocks its thread for about a millisecond, the time a disk takes to promise
//! anything. The settings that make it durable are read back when the file is opened; a file that does not take them
//! is refused. The file is written by one process at a time, which holds the lock of an empty file beside it (`company.sqlite.lock`);
//! others can read it and copy it meanwhile ([`each_row`], [`back_up`]). Its owner alone can read it.
#![forbid(unsafe_code)]

use std::collections::BTreeSet;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use exchange::{Fence, LogError, PostingLog, Row, Snapshot};
use rusqlite::{Connection, ErrorCode, OpenFlags, OptionalExtension, Transaction, TransactionBehavior};

/// "POSL": marks the file as a posting log.
const APPLICATION_ID: i64 = 0x504f_534c;
/// The version of the tables below. Version 1 had no bodies beside its entries, no claim and no snapshot.
const VERSION: i64 = 2;

const TABLES: &str = "
    CREATE TABLE IF NOT EXISTS entry (position INTEGER PRIMARY KEY, json TEXT NOT NULL, body TEXT) STRICT;
    CREATE TABLE IF NOT EXISTS claim (
        one INTEGER PRIMARY KEY CHECK (one = 1), owner TEXT NOT NULL, until INTEGER NOT NULL, fence INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE IF NOT EXISTS snapshot (
        one INTEGER PRIMARY KEY CHECK (one = 1), position INTEGER NOT NULL, json TEXT NOT NULL
    ) STRICT;";

/// A posting log in a file.
pub struct SqliteLog {
    connection: Mutex<Connection>,
    /// Holds the lock; behind the connection, for it is let go last.
    _lock: Option<File>,
}

impl std::fmt::Debug for SqliteLog {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SqliteLog(..)")
    }
}

impl SqliteLog {
    /// Opens the log, or makes it when there is no such file. A file that others could read becomes its owner's alone. A file
    /// of an earlier version is brought to this one, in one transaction, and keeps its rows as they are.
    ///
    /// # Errors
    /// [`LogError`]: the file is locked, something else, newer, damaged, or not durable.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, LogError> {
        let path = path.as_ref();
        let name = path.display().to_string();
        // Where SQLite would open something that is gone with the process, no file is made to look like a log.
        let lock = if is_in_memory(path) { None } else { Some(make_private_and_lock(path, &name)?) };
        let failed = |error| opening(error, &name);
        let mut connection = Connection::open(on_disk(path)?).map_err(failed)?;
        connection.busy_timeout(PATIENCE).map_err(failed)?;
        let version = identify(&connection, &name)?;
        require(&connection, &name, "journal_mode", "WAL", "wal")?;
        require(&connection, &name, "synchronous", "FULL", "2")?;
        // macOS gives up its disk cache only when asked by this name; elsewhere it changes nothing.
        connection.pragma_update(None, "fullfsync", true).map_err(failed)?;
        // A body that is forgotten is gone from the file, not only from its tables.
        connection.pragma_update(None, "secure_delete", true).map_err(failed)?;
        let check: String =
            connection.query_row("PRAGMA quick_check", [], |row| row.get(0)).map_err(failed)?;
        if check != "ok" {
            return Err(LogError::Damaged { position: 0, problem: check });
        }
        let act = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(failed)?;
        if version == 1 {
            act.execute_batch("ALTER TABLE entry ADD COLUMN body TEXT").map_err(failed)?;
        }
        act.execute_batch(TABLES).map_err(failed)?;
        act.pragma_update(None, "application_id", APPLICATION_ID).map_err(failed)?;
        act.pragma_update(None, "user_version", VERSION).map_err(failed)?;
        act.commit().map_err(failed)?;
        Ok(Self { connection: Mutex::new(connection), _lock: lock })
    }

    fn connection(&self) -> MutexGuard<'_, Connection> {
        // A transaction either happened or did not; a panic in one leaves nothing half-done.
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One transaction of the holder of the highest fence.
    fn write<T>(
        &self,
        fence: Fence,
        act: impl FnOnce(&Transaction<'_>) -> Result<T, LogError>,
    ) -> Result<T, LogError> {
        let mut connection = self.connection();
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate);
        let transaction = transaction.map_err(|e| storage("written", e))?;
        let highest = "SELECT coalesce(max(fence), 0) FROM claim";
        let highest: i64 =
            transaction.query_row(highest, [], |row| row.get(0)).map_err(|e| storage("written", e))?;
        if highest.unsigned_abs() != fence.0 {
            return Err(LogError::Fenced);
        }
        let done = act(&transaction)?;
        transaction.commit().map_err(|e| storage("written", e))?;
        Ok(done)
    }
}

#[async_trait]
impl PostingLog for SqliteLog {
    async fn claim(&self, owner: &str, until: DateTime<Utc>) -> Result<Fence, LogError> {
        let failed = |error| storage("written", error);
        let mut connection = self.connection();
        let act = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(failed)?;
        let held = act
            .query_row("SELECT owner, until, fence FROM claim", [], |row| {
                Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?, row.get::<_, i64>(2)?))
            })
            .optional()
            .map_err(failed)?;
        let now = DateTime::<Utc>::from(SystemTime::now()).timestamp_millis();
        let fence = match held {
            Some((holder, _, fence)) if holder == owner => fence,
            Some((owner, until, _)) if until > now => {
                let until = DateTime::from_timestamp_millis(until).unwrap_or_default();
                return Err(LogError::Claimed { owner, until });
            }
            Some((_, _, fence)) => fence + 1,
            None => 1,
        };
        act.execute(
            "INSERT OR REPLACE INTO claim (one, owner, until, fence) VALUES (1, ?1, ?2, ?3)",
            (owner, until.timestamp_millis(), fence),
        )
        .map_err(failed)?;
        act.commit().map_err(failed)?;
        Ok(Fence(fence.unsigned_abs()))
    }

    async fn append(&self, fence: Fence, position: u64, rows: &[Row]) -> Result<(), LogError> {
        let failed = |error| storage("written", error);
        self.write(fence, |act| {
            let found = "SELECT coalesce(max(position), 0) FROM entry";
            let found: i64 = act.query_row(found, [], |row| row.get(0)).map_err(failed)?;
            if found.unsigned_abs() != position {
                return Err(LogError::Overtaken { expected: position, found: found.unsigned_abs() });
            }
            let insert = "INSERT INTO entry (position, json, body) VALUES (?1, ?2, ?3)";
            let mut insert = act.prepare_cached(insert).map_err(failed)?;
            for (row, position) in rows.iter().zip(found + 1..) {
                insert.execute((position, &row.text, &row.body)).map_err(failed)?;
            }
            Ok(())
        })
    }

    async fn read(&self, from: u64) -> Result<Vec<Row>, LogError> {
        let mut rows = Vec::new();
        rows_behind(&self.connection(), from, VERSION, &mut |row| {
            rows.push(row);
            Ok::<(), LogError>(())
        })?;
        Ok(rows)
    }

    async fn snapshot(&self) -> Result<Option<Snapshot>, LogError> {
        let read = |row: &rusqlite::Row<'_>| {
            Ok(Snapshot { position: row.get::<_, i64>(0)?.unsigned_abs(), text: row.get(1)? })
        };
        let found = self.connection().query_row("SELECT position, json FROM snapshot", [], read).optional();
        found.map_err(|e| storage("read", e))
    }

    async fn keep_snapshot(&self, fence: Fence, snapshot: &Snapshot) -> Result<(), LogError> {
        let position = i64::try_from(snapshot.position).map_err(|e| storage("written", e))?;
        self.write(fence, |act| {
            let insert = "INSERT OR REPLACE INTO snapshot (one, position, json) VALUES (1, ?1, ?2)";
            act.execute(insert, (position, &snapshot.text)).map(drop).map_err(|e| storage("written", e))
        })
    }

    async fn forget_bodies(&self, fence: Fence, up_to: u64, but: &BTreeSet<u64>) -> Result<(), LogError> {
        let failed = |error| storage("written", error);
        let number = |position: u64| i64::try_from(position).unwrap_or(i64::MAX);
        self.write(fence, |act| {
            let update =
                "UPDATE entry SET body = NULL WHERE position > ?1 AND position < ?2 AND body IS NOT NULL";
            let mut update = act.prepare_cached(update).map_err(failed)?;
            let mut behind = 0;
            let ends = but.iter().copied().filter(|position| *position <= up_to);
            for end in ends.chain([up_to.saturating_add(1)]).map(number) {
                update.execute((behind, end)).map_err(failed)?;
                behind = end;
            }
            Ok(())
        })?;
        // The pages that held them stand in the write-ahead file until it is emptied; a reader may keep it a while.
        let connection = self.connection();
        connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).map_err(failed)
    }
}

/// How long to wait for a reader that is about to end.
const PATIENCE: Duration = Duration::from_secs(5);

/// Hands out every row of a log as it is now, in its order, also while another process writes to it. Nothing of the file changes.
///
/// # Errors
/// [`LogError`]: there is no such log, or it cannot be read; or what `each` says of a row.
pub fn each_row<E: From<LogError>>(
    path: impl AsRef<Path>,
    mut each: impl FnMut(Row) -> Result<(), E>,
) -> Result<(), E> {
    let (connection, version) = reading(path.as_ref())?;
    let check = connection.query_row("PRAGMA quick_check", [], |row| row.get::<_, String>(0));
    let check = check.map_err(|e| storage("read", e))?;
    if check != "ok" {
        return Err(LogError::Damaged { position: 0, problem: check }.into());
    }
    rows_behind(&connection, 0, version, &mut each)
}

/// Copies a log as it is now into a new file, also while another process writes to it: what is copied is one state of it, and
/// survives a loss of power once this returns. Returns how many rows it has.
///
/// Put in the place of the log later, the copy is an older log: a run finds what it lacks in QuickBooks before it sends anything.
///
/// # Errors
/// [`LogError`]: there is no such log, or the new file is there already, or cannot be written.
pub fn back_up(path: impl AsRef<Path>, to: impl AsRef<Path>) -> Result<u64, LogError> {
    let (connection, _) = reading(path.as_ref())?;
    let to = on_disk(to.as_ref())?;
    let failed = |error: io::Error| storage("copied", error);
    let target = to.to_str().ok_or_else(|| {
        failed(io::Error::new(io::ErrorKind::InvalidFilename, "the name of the copy is no text"))
    })?;
    private().create_new(true).open(&to).map_err(failed)?;
    let copied = (|| {
        connection.execute("VACUUM INTO ?1", [target]).map_err(|e| storage("copied", e))?;
        File::open(&to).and_then(|file| file.sync_all()).map_err(failed)?;
        // A new name is durable when its folder is.
        if let Some(folder) = to.parent().filter(|_| cfg!(unix)) {
            File::open(folder).and_then(|folder| folder.sync_all()).map_err(failed)?;
        }
        let (copy, _) = reading(&to)?;
        let count = "SELECT count(*) FROM entry";
        let count: i64 = copy.query_row(count, [], |row| row.get(0)).map_err(|e| storage("copied", e))?;
        Ok(count.unsigned_abs())
    })();
    if copied.is_err() {
        // What is there is no log: nobody should take it for one.
        let _ = fs::remove_file(&to);
    }
    copied
}

/// A log that is read beside whoever writes to it, and its version.
fn reading(path: &Path) -> Result<(Connection, i64), LogError> {
    let name = path.display().to_string();
    let failed = |error| opening(error, &name);
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(on_disk(path)?, flags).map_err(failed)?;
    connection.busy_timeout(PATIENCE).map_err(failed)?;
    let version = identify(&connection, &name)?;
    if version == 0 {
        return Err(LogError::NotALog { path: name, found: 0 });
    }
    Ok((connection, version))
}

/// Hands out the rows behind the first `from`. The first version had no bodies beside its entries.
fn rows_behind<E: From<LogError>>(
    connection: &Connection,
    from: u64,
    version: i64,
    each: &mut impl FnMut(Row) -> Result<(), E>,
) -> Result<(), E> {
    let failed = |error| storage("read", error);
    let from = i64::try_from(from).unwrap_or(i64::MAX);
    let body = if version == 1 { "NULL" } else { "body" };
    let select = format!("SELECT position, json, {body} FROM entry WHERE position > ?1 ORDER BY position");
    let mut select = connection.prepare_cached(&select).map_err(failed)?;
    let mut found = select.query([from]).map_err(failed)?;
    let mut before = from;
    while let Some(row) = found.next().map_err(failed)? {
        let position: i64 = row.get(0).map_err(failed)?;
        // Positions begin at 1, and none is left out.
        if position != before.saturating_add(1) {
            let problem = "the entries before it are not all there".to_owned();
            return Err(LogError::Damaged { position, problem }.into());
        }
        before = position;
        each(Row { text: row.get(1).map_err(failed)?, body: row.get(2).map_err(failed)? })?;
    }
    Ok(())
}

/// Refuses another program's file, a later version's and one of no version. The version of the file; none of a new one.
fn identify(connection: &Connection, name: &str) -> Result<i64, LogError> {
    let failed = |error| opening(error, name);
    let number = |pragma| connection.query_row(pragma, [], |row| row.get::<_, i64>(0)).map_err(failed);
    let (found, version) = (number("PRAGMA application_id")?, number("PRAGMA user_version")?);
    let is_empty = number("SELECT count(*) FROM sqlite_schema")? == 0;
    match (found, version) {
        (0, _) if is_empty => Ok(0),
        (APPLICATION_ID, 1..=VERSION) => Ok(version),
        (APPLICATION_ID, version) if version > VERSION => {
            Err(LogError::NewerVersion { path: name.to_owned(), found: version, known: VERSION })
        }
        (APPLICATION_ID, _) if is_empty => Ok(0),
        (APPLICATION_ID, _) => {
            Err(LogError::Damaged { position: 0, problem: format!("the file has version {version}") })
        }
        _ => Err(LogError::NotALog { path: name.to_owned(), found }),
    }
}

/// Whether SQLite takes this name for a database in memory: one that is gone with the process, and is refused as not durable.
fn is_in_memory(path: &Path) -> bool {
    path.as_os_str() == ":memory:"
}

/// The path as SQLite gets it: a path from the root is never an address (`file:x?nolock=1`), whose parameters could take away the
/// lock, or the file itself.
fn on_disk(path: &Path) -> Result<PathBuf, LogError> {
    if is_in_memory(path) {
        return Ok(path.to_owned());
    }
    std::path::absolute(path).map_err(|e| storage("opened", e))
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

/// Makes the file its owner's alone, for a body may hold personal data, and locks it for this process until the handle is dropped.
/// SQLite gives its own companions the same mode. The lock stands on a file beside, as one of the log itself would go as soon as
/// anybody in this process closed the log; those who only read need none.
fn make_private_and_lock(path: &Path, name: &str) -> Result<File, LogError> {
    let failed = |error: io::Error| storage("opened", error);
    match private().create_new(true).open(path) {
        Ok(_) => {}
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            #[cfg(unix)]
            fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o600)).map_err(failed)?;
        }
        Err(error) => return Err(failed(error)),
    }
    // Whoever comes by a link comes to the same lock.
    let mut beside = fs::canonicalize(path).map_err(failed)?.into_os_string();
    beside.push(".lock");
    let file = private().create(true).truncate(false).open(beside).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(LogError::Locked { path: name.to_owned() }),
        Err(TryLockError::Error(error)) => Err(failed(error)),
    }
}

fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

fn opening(error: rusqlite::Error, name: &str) -> LogError {
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            LogError::Locked { path: name.to_owned() }
        }
        Some(ErrorCode::DatabaseCorrupt) => LogError::Damaged { position: 0, problem: error.to_string() },
        Some(ErrorCode::NotADatabase) => LogError::NotALog { path: name.to_owned(), found: 0 },
        _ => storage("opened", error),
    }
}

fn storage(action: &'static str, error: impl std::error::Error + Send + Sync + 'static) -> LogError {
    LogError::Storage { action, source: Box::new(error) }
}
