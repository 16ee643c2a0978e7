//! Files that a program writes: opened before the first request, so that a run is not posted and then cannot be told of;
//! written beside and renamed, so that a reader never sees half of one.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Why an output cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum OutputError {
    /// It is a file that the run itself needs.
    #[error("{path}: this is {what}, which the run itself needs; name another file")]
    Needed {
        /// The path.
        path: String,
        /// What it is.
        what: &'static str,
    },
    /// It cannot be opened. Nothing was sent.
    #[error("{path}: cannot be written; check the folder and its permissions")]
    Unopened {
        /// The path.
        path: String,
        /// The cause.
        #[source]
        source: io::Error,
    },
    /// It could not be written to its end. What stood there before stands there still.
    #[error("{path}: could not be written")]
    Unwritten {
        /// The path.
        path: String,
        /// The cause.
        #[source]
        source: io::Error,
    },
}

/// An output, open.
pub struct Output {
    path: PathBuf,
    /// The file beside; none where the path is no plain file: a terminal, a pipe.
    beside: Option<PathBuf>,
    file: File,
}

impl Output {
    /// Opens an output. `needed` are the files that it must not be, each with what it is.
    ///
    /// # Errors
    /// [`OutputError`].
    pub fn open(path: &Path, needed: &[(&Path, &'static str)]) -> Result<Self, OutputError> {
        let name = || path.display().to_string();
        let unopened = |source| OutputError::Unopened { path: name(), source };
        if let Some((_, what)) = needed.iter().find(|(other, _)| is_same(path, other)) {
            return Err(OutputError::Needed { path: name(), what });
        }
        if fs::metadata(path).is_ok_and(|found| !found.is_file() && !found.is_dir()) {
            let file = OpenOptions::new().write(true).open(path).map_err(unopened)?;
            return Ok(Self { path: path.to_owned(), beside: None, file });
        }
        // A link stays a link: what it leads to is replaced.
        let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let Some(last) = path.file_name().filter(|_| !path.is_dir()) else {
            return Err(unopened(io::Error::from(io::ErrorKind::IsADirectory)));
        };
        let beside = path.with_file_name(format!(".{}.{}.part", last.to_string_lossy(), std::process::id()));
        let file = OpenOptions::new().write(true).create_new(true).open(&beside).map_err(unopened)?;
        Ok(Self { path, beside: Some(beside), file })
    }

    /// Writes the text, and puts it in the place of what stood there.
    ///
    /// # Errors
    /// [`OutputError::Unwritten`]: what stood there before stands there still.
    pub fn write(mut self, text: &str) -> Result<(), OutputError> {
        let result = self.put(text);
        result.map_err(|source| OutputError::Unwritten { path: self.path.display().to_string(), source })
    }

    fn put(&mut self, text: &str) -> io::Result<()> {
        self.file.write_all(text.as_bytes())?;
        let Some(beside) = &self.beside else { return self.file.flush() };
        self.file.sync_all()?;
        fs::rename(beside, &self.path)?;
        self.beside = None;
        Ok(())
    }
}

impl Drop for Output {
    fn drop(&mut self) {
        if let Some(beside) = &self.beside {
            // Nothing is lost with it: it was never put in place.
            let _ = fs::remove_file(beside);
        }
    }
}

/// Whether two paths lead to one file, or to its write-ahead log.
fn is_same(path: &Path, other: &Path) -> bool {
    let full = |path: &Path| {
        fs::canonicalize(path).or_else(|_| {
            let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
            let folder = fs::canonicalize(folder.unwrap_or(Path::new(".")))?;
            Ok::<_, io::Error>(folder.join(path.file_name().unwrap_or_default()))
        })
    };
    let (Ok(path_in_full), Ok(other_in_full)) = (full(path), full(other)) else { return path == other };
    let beside = |ending: &str| {
        let mut name = other_in_full.clone().into_os_string();
        name.push(ending);
        PathBuf::from(name)
    };
    path_in_full == other_in_full
        || ["-wal", "-shm", "-journal"].iter().any(|end| path_in_full == beside(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("outputs-{name}-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap_or_default();
        folder
    }

    #[test]
    fn what_stood_there_stands_until_the_new_is_whole() {
        let folder = folder("whole");
        let path = folder.join("report.json");
        fs::write(&path, "before").unwrap_or_default();
        let output = Output::open(&path, &[]).ok();
        assert_eq!(fs::read_to_string(&path).unwrap_or_default(), "before");
        drop(output);
        assert_eq!(
            fs::read_dir(&folder).map(Iterator::count).unwrap_or_default(),
            1,
            "nothing is left beside"
        );
        let output = Output::open(&path, &[]);
        assert!(output.is_ok_and(|output| output.write("after").is_ok()));
        assert_eq!(fs::read_to_string(&path).unwrap_or_default(), "after");
        fs::remove_dir_all(folder).unwrap_or_default();
    }

    #[test]
    fn a_file_that_the_run_needs_is_refused_under_any_name() {
        let folder = folder("needed");
        let log = folder.join("log.sqlite");
        fs::write(&log, "log").unwrap_or_default();
        let needed: [(&Path, &str); 1] = [(&log, "the posting log")];
        for name in ["log.sqlite", "./log.sqlite", "log.sqlite-wal"] {
            let refused = Output::open(&folder.join(name), &needed);
            assert!(matches!(refused, Err(OutputError::Needed { .. })), "{name}");
        }
        assert!(Output::open(&folder.join("other.json"), &needed).is_ok());
        assert!(matches!(Output::open(&folder, &[]), Err(OutputError::Unopened { .. })));
        assert_eq!(fs::read_to_string(&log).unwrap_or_default(), "log");
        fs::remove_dir_all(folder).unwrap_or_default();
    }
}
