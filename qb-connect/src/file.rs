//! A connection in a sealed file of mode 0600, and the care that such files need.
//!
//! A write goes to a file beside it, is flushed to the disk, and takes the name over; the folder is flushed too. The lock
//! is a file of its own, since the other one changes. It works between processes of one machine; on a network drive it is
//! as good as the drive's locks.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;

use crate::connection::Connection;
use crate::error::{FileError, StoreError};
use crate::key::KeyRing;
use crate::sealed::{open, seal};
use crate::store::{ConnectionStore, StoreLock, check_follows};

/// A sealed connection, a client pair or a key file is far smaller.
const LARGEST: u64 = 64 * 1024;

/// A connection in a file. Clones share the file.
///
/// Reading and writing block for the time that the disk takes: a few milliseconds, twice an hour.
#[derive(Clone, Debug)]
pub struct FileStore {
    path: PathBuf,
    keys: Arc<KeyRing>,
}

impl FileStore {
    /// Returns the connection in this file, sealed with the first key of the ring. Nothing is read yet.
    #[must_use]
    pub fn new(path: impl Into<PathBuf>, keys: KeyRing) -> Self {
        Self { path: path.into(), keys: Arc::new(keys) }
    }

    /// Returns the file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Returns the id of the key that seals.
    #[must_use]
    pub fn sealing_key(&self) -> &str {
        self.keys.sealing_id()
    }

    fn kept(&self) -> Result<Option<Connection>, StoreError> {
        let text = match read_private(&self.path) {
            Ok(text) => text,
            Err(FileError::Absent { .. }) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let path = self.path.clone();
        open(&text, &self.keys).map(Some).map_err(|source| StoreError::Sealed { path, source })
    }
}

#[async_trait]
impl ConnectionStore for FileStore {
    async fn read(&self) -> Result<Option<Connection>, StoreError> {
        self.kept()
    }

    async fn try_lock(&self) -> Result<Option<Box<dyn StoreLock>>, StoreError> {
        let path = beside(&self.path, ".lock");
        let failed = |source| FileError::Failed { action: "locked", path: path.clone(), source };
        let file = options().create(true).truncate(false).write(true).open(&path).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Box::new(FileLock { store: self.clone(), _file: file }))),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(source)) => Err(failed(source).into()),
        }
    }
}

/// The lock lasts as long as the file is open: a process that dies gives it back.
struct FileLock {
    store: FileStore,
    _file: File,
}

#[async_trait]
impl StoreLock for FileLock {
    async fn write(&mut self, connection: &Connection) -> Result<(), StoreError> {
        let FileStore { path, keys } = &self.store;
        check_follows(self.store.kept()?.as_ref(), connection)?;
        let text =
            seal(connection, keys).map_err(|source| StoreError::Sealed { path: path.clone(), source })?;
        Ok(write_private(path, text.as_bytes())?)
    }
}

/// Reads a small file that only its owner may read: a connection, a key, a client pair.
///
/// # Errors
/// [`FileError`]: absent, readable for others, too large, or not to be read at all.
pub fn read_private(path: &Path) -> Result<String, FileError> {
    let failed = |source: io::Error| match source.kind() {
        io::ErrorKind::NotFound => FileError::Absent { path: path.to_owned() },
        _ => FileError::Failed { action: "read", path: path.to_owned(), source },
    };
    let mut file = File::open(path).map_err(failed)?;
    let about = file.metadata().map_err(failed)?;
    check_mode(path, &about)?;
    let mut text = String::new();
    let read =
        Read::by_ref(&mut file).take(LARGEST.saturating_add(1)).read_to_string(&mut text).map_err(failed)?;
    if read as u64 > LARGEST {
        return Err(FileError::TooLarge { path: path.to_owned(), limit: LARGEST });
    }
    Ok(text)
}

#[cfg(unix)]
fn check_mode(path: &Path, about: &fs::Metadata) -> Result<(), FileError> {
    use std::os::unix::fs::PermissionsExt;
    let mode = about.permissions().mode() & 0o777;
    if mode & 0o077 == 0 { Ok(()) } else { Err(FileError::OthersMayRead { path: path.to_owned(), mode }) }
}

#[cfg(not(unix))]
fn check_mode(_path: &Path, _about: &fs::Metadata) -> Result<(), FileError> {
    Ok(())
}

/// Puts a file in place of another so that at any moment the old one or the new one is there, whole, and only its owner
/// may read it. The caller sees to it that nobody else writes it.
///
/// # Errors
/// [`FileError::Failed`]; the old file is still there then, unless only the last flush failed.
pub fn write_private(path: &Path, bytes: &[u8]) -> Result<(), FileError> {
    let new = beside(path, ".new");
    let put = || -> io::Result<()> {
        // What a process that died has left.
        match fs::remove_file(&new) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut file = options().create_new(true).write(true).open(&new)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&new, path)?;
        flush_folder(path)
    };
    put().map_err(|source| {
        // It may never have been made.
        let _ = fs::remove_file(&new);
        FileError::Failed { action: "written", path: path.to_owned(), source }
    })
}

fn options() -> OpenOptions {
    #[allow(unused_mut, reason = "only Unix has modes")]
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// A new name is durable when its folder is.
fn flush_folder(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    if cfg!(unix) { File::open(folder.unwrap_or(Path::new(".")))?.sync_all() } else { Ok(()) }
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}
