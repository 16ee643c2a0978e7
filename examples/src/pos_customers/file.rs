//! The file itself: whose it is, of which version, and that nobody else holds it.

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::SystemTime;

use qb_client::{BaseUrl, RealmId, record_link};
use rusqlite::{Connection, ErrorCode, OptionalExtension, params};

use super::{SqliteCustomers, text};
use mapping::customers::RecordId;

/// "POSC": marks the file as customers of a point of sale.
const APPLICATION_ID: i64 = 0x504f_5343;
/// The version of the tables below.
const VERSION: i64 = 1;

const TABLES: &str = "
    CREATE TABLE IF NOT EXISTS about (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
    CREATE TABLE IF NOT EXISTS customer (
        key TEXT PRIMARY KEY, changed INTEGER NOT NULL, json TEXT NOT NULL, said TEXT, given TEXT
    ) STRICT;
    CREATE INDEX IF NOT EXISTS customer_changed ON customer (changed);
    CREATE TABLE IF NOT EXISTS record (id TEXT PRIMARY KEY, customer TEXT NOT NULL, name TEXT NOT NULL) STRICT;
    CREATE TABLE IF NOT EXISTS list (kind TEXT NOT NULL, name TEXT NOT NULL, PRIMARY KEY (kind, name)) STRICT;
    CREATE TABLE IF NOT EXISTS unsent (event TEXT PRIMARY KEY, customer TEXT NOT NULL, cents INTEGER NOT NULL) STRICT;";

/// The tables that hold something, for a copy.
const COPIED: [&str; 5] = ["about", "customer", "record", "list", "unsent"];

/// Why the customers of a point of sale cannot be used. Nothing was changed on either side.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DatabaseError {
    /// Another process has it.
    #[error("{path}: another process has these customers; run it again when that one has ended")]
    InUse {
        /// The path.
        path: String,
    },
    /// It is some other file.
    #[error(
        "{path}: these are no customers of a point of sale; name the file that an exchange has made, or a new one"
    )]
    NotCustomers {
        /// The path.
        path: String,
    },
    /// A later version has written it.
    #[error("{path}: it was written by a later version of this program (form {found}); use that version")]
    Newer {
        /// The path.
        path: String,
        /// Its version.
        found: i64,
    },
    /// It holds another retailer's customers.
    #[error(
        "{path}: it holds the customers of retailer {found}, not those of {asked}; name another file for them"
    )]
    OtherRetailer {
        /// The path.
        path: String,
        /// Whose it is.
        found: String,
        /// Whose was asked for.
        asked: String,
    },
    /// There is no such file, and no customer file says whose customers a new one would hold.
    #[error("{path}: there are no customers yet; give the point of sale's customers with --customers")]
    Absent {
        /// The path.
        path: String,
    },
    /// It cannot be opened or written.
    #[error("{path}: the customers cannot be opened; check the folder, its permissions and the disk")]
    Storage {
        /// The path.
        path: String,
        /// The cause.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl DatabaseError {
    /// Returns a stable word for programs.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::InUse { .. } => "customers-in-use",
            Self::NotCustomers { .. } => "not-customers",
            Self::Newer { .. } => "customers-newer",
            Self::OtherRetailer { .. } => "other-retailer",
            Self::Absent { .. } => "no-customers",
            Self::Storage { .. } => "customers-storage",
        }
    }
}

impl SqliteCustomers {
    /// Opens the customers in a file, or makes the file for this retailer.
    ///
    /// # Errors
    /// [`DatabaseError`].
    pub fn open(path: &Path, retailer: Option<&str>) -> Result<Self, DatabaseError> {
        let name = path.display().to_string();
        if retailer.is_none() && !path.exists() {
            return Err(DatabaseError::Absent { path: name });
        }
        let stored = |source| DatabaseError::Storage { path: name.clone(), source };
        make_private(path).map_err(|error| stored(Box::new(error)))?;
        // A path from the root is never an address with parameters.
        let full: PathBuf = std::path::absolute(path).map_err(|error| stored(Box::new(error)))?;
        let connection = Connection::open(full).map_err(|error| opening(error, &name))?;
        Self::of(connection, &name, retailer)
    }

    /// Returns customers in memory: none yet. They are gone with the process.
    ///
    /// # Errors
    /// [`DatabaseError`].
    pub fn in_memory(retailer: &str) -> Result<Self, DatabaseError> {
        let connection = Connection::open_in_memory().map_err(|error| opening(error, "memory"))?;
        Self::of(connection, "memory", Some(retailer))
    }

    /// Returns a copy in memory of the customers in a file, for a rehearsal: the file stays as it is, and none is made.
    ///
    /// # Errors
    /// [`DatabaseError`].
    pub fn copy_of(path: &Path, retailer: Option<&str>) -> Result<Self, DatabaseError> {
        let name = path.display().to_string();
        if !path.exists() {
            return retailer.map_or(Err(DatabaseError::Absent { path: name }), Self::in_memory);
        }
        // Checked as it would be for a run: it is ours, and nobody holds it.
        let held = Self::open(path, retailer)?;
        let retailer = held.retailer.clone();
        drop(held);
        let copy = Connection::open_in_memory().map_err(|error| opening(error, &name))?;
        copy.execute_batch(TABLES).map_err(|error| opening(error, &name))?;
        let full = std::path::absolute(path)
            .map_err(|error| DatabaseError::Storage { path: name.clone(), source: Box::new(error) })?;
        let attached = copy.execute("ATTACH DATABASE ?1 AS kept", [full.to_string_lossy()]);
        attached.map_err(|error| opening(error, &name))?;
        for table in COPIED {
            let copied = copy.execute(&format!("INSERT INTO main.{table} SELECT * FROM kept.{table}"), []);
            copied.map_err(|error| opening(error, &name))?;
        }
        copy.execute("DETACH DATABASE kept", []).map_err(|error| opening(error, &name))?;
        Self::of(copy, &name, Some(&retailer))
    }

    fn of(connection: Connection, name: &str, retailer: Option<&str>) -> Result<Self, DatabaseError> {
        let failed = |error| opening(error, name);
        connection.busy_timeout(std::time::Duration::ZERO).map_err(failed)?;
        connection.pragma_update(None, "locking_mode", "EXCLUSIVE").map_err(failed)?;
        identify(&connection, name)?;
        connection.pragma_update(None, "journal_mode", "WAL").map_err(failed)?;
        connection.pragma_update(None, "synchronous", "FULL").map_err(failed)?;
        connection.execute_batch(&format!("BEGIN IMMEDIATE; {TABLES} COMMIT;")).map_err(failed)?;
        connection.pragma_update(None, "application_id", APPLICATION_ID).map_err(failed)?;
        connection.pragma_update(None, "user_version", VERSION).map_err(failed)?;
        let about = |word: &str| {
            let value = connection.query_row("SELECT value FROM about WHERE name = ?1", [word], text);
            value.optional().map_err(failed)
        };
        let found = match (about("retailer")?, retailer) {
            (Some(found), Some(asked)) if found != asked => {
                let (path, asked) = (name.to_owned(), asked.to_owned());
                return Err(DatabaseError::OtherRetailer { path, found, asked });
            }
            (Some(found), _) => found,
            (None, Some(asked)) => {
                let set = "INSERT OR IGNORE INTO about VALUES ('retailer', ?1), ('id', ?2)";
                connection.execute(set, params![asked, new_id()]).map_err(failed)?;
                asked.to_owned()
            }
            (None, None) => return Err(DatabaseError::Absent { path: name.to_owned() }),
        };
        let id = about("id")?.unwrap_or_default();
        Ok(Self { retailer: found, id, connection: Mutex::new(connection) })
    }

    /// Remembers which company of QuickBooks the records are in, so that links to them can be shown.
    ///
    /// # Errors
    /// [`DatabaseError`].
    pub fn set_company(&self, base: &BaseUrl, realm: &RealmId) -> Result<(), DatabaseError> {
        let pages = match base {
            BaseUrl::Production => "production",
            BaseUrl::Sandbox => "sandbox",
            _ => "none",
        };
        let set = "INSERT OR REPLACE INTO about VALUES ('pages', ?1), ('company', ?2)";
        let done = self.connection().execute(set, params![pages, realm.as_str()]);
        done.map(drop).map_err(|error| opening(error, "the customers"))
    }

    /// Returns the address of a record in QuickBooks' own pages (F-12); none before the first exchange, and of a simulator, which has
    /// no pages.
    #[must_use]
    pub fn link_to(&self, record: &RecordId) -> Option<String> {
        let about = |word: &str| {
            let select = "SELECT value FROM about WHERE name = ?1";
            self.connection().query_row(select, [word], text).optional().ok().flatten()
        };
        let base = match about("pages")?.as_str() {
            "production" => BaseUrl::Production,
            "sandbox" => BaseUrl::Sandbox,
            _ => return None,
        };
        record_link(
            &base,
            &RealmId::new(about("company")?).ok()?,
            qb_model::EntityKind::Customer,
            record.as_str(),
        )
    }
}

/// A text that no other file has: marks of this file are told by it from those of another.
fn new_id() -> String {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    format!("{:x}-{:x}", since.as_nanos(), std::process::id())
}

/// Refuses another program's file and a later version's.
fn identify(connection: &Connection, name: &str) -> Result<(), DatabaseError> {
    let failed = |error| opening(error, name);
    let number = |pragma| connection.query_row(pragma, [], |row| row.get::<_, i64>(0)).map_err(failed);
    let (found, version) = (number("PRAGMA application_id")?, number("PRAGMA user_version")?);
    let is_new = number("SELECT count(*) FROM sqlite_schema")? == 0;
    match found {
        APPLICATION_ID if version > VERSION => {
            Err(DatabaseError::Newer { path: name.to_owned(), found: version })
        }
        APPLICATION_ID => Ok(()),
        // Made a moment ago, or a copy of one of ours.
        0 if is_new || name_of_tables(connection).is_some_and(|tables| tables.contains("about")) => Ok(()),
        _ => Err(DatabaseError::NotCustomers { path: name.to_owned() }),
    }
}

fn name_of_tables(connection: &Connection) -> Option<String> {
    let all = "SELECT group_concat(name) FROM sqlite_schema WHERE type = 'table'";
    connection.query_row(all, [], text).ok()
}

/// The file holds names and addresses, so it is its owner's alone; SQLite gives its companions the same mode.
fn make_private(path: &Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path)?;
    #[cfg(unix)]
    file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
    drop(file);
    Ok(())
}

fn opening(error: rusqlite::Error, name: &str) -> DatabaseError {
    let path = name.to_owned();
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => DatabaseError::InUse { path },
        Some(ErrorCode::NotADatabase) => DatabaseError::NotCustomers { path },
        _ => DatabaseError::Storage { path, source: Box::new(error) },
    }
}
