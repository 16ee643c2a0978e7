//! Finds and reads what the command line names: POS files, the company mapping.
//!
//! The unit of refusal is a file: it is read and planned whole before anything of it is sent; other files go on.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use mapping::{Company, CompanyFault, CompanyMapping, PlanError, plan};
use pos_model::{Batch, FileError, PosFile};

use crate::online_retail::{self, CsvError};

/// The form of a POS file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PosFormat {
    /// The JSON form of `pos-model`.
    PosJson,
    /// The CSV of the Online Retail data set.
    OnlineRetail,
}

/// All batches that may be posted, and what was left out.
#[derive(Debug, Default)]
pub struct Input {
    /// Batches in the order of the files.
    pub batches: Vec<Batch>,
    /// Events that post nothing, by reason.
    pub skipped: BTreeMap<String, u64>,
    /// Files that were refused whole.
    pub refused: Vec<InputError>,
    /// Things worth saying.
    pub notices: Vec<String>,
}

/// Why a file was refused. Nothing of it was sent.
#[derive(Debug, thiserror::Error)]
pub enum InputError {
    /// It cannot be opened.
    #[error("{path}: the file cannot be read; check the path and its permissions")]
    Unreadable {
        /// The path.
        path: String,
        /// The cause.
        #[source]
        source: std::io::Error,
    },
    /// It is not a valid POS file.
    #[error("{path}: {source}")]
    File {
        /// The path.
        path: String,
        /// Every fault.
        source: FileError,
    },
    /// It is not a CSV that can be read.
    #[error("{path}: {source}")]
    Csv {
        /// The path.
        path: String,
        /// The first fault.
        source: CsvError,
    },
    /// One of its batches cannot be planned.
    #[error("{path}: {source}")]
    Plan {
        /// The path.
        path: String,
        /// Every fault of the batch.
        source: PlanError,
    },
    /// It holds a batch that another file holds with other content.
    #[error(
        "{path}: register {register}, batch {batch} of store {store} is in {other} with other content; export it once"
    )]
    OtherContent {
        /// The path.
        path: String,
        /// Store code.
        store: String,
        /// Register.
        register: String,
        /// Batch number.
        batch: u64,
        /// The other file.
        other: String,
    },
    /// It is not a valid company mapping.
    #[error("{path}: {problem}; write the company mapping as its documentation says")]
    Mapping {
        /// The path.
        path: String,
        /// What is wrong.
        problem: String,
    },
    /// Every fault of a company mapping.
    #[error("{path}: {}", .faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    MappingFaults {
        /// The path.
        path: String,
        /// The faults.
        faults: Vec<CompanyFault>,
    },
}

/// Reads every file; a folder stands for the files in it, by name.
pub fn read(paths: &[PathBuf], format: PosFormat, company: &Company) -> Input {
    let mut input = Input::default();
    let mut seen: BTreeMap<(String, String, u64), (usize, String)> = BTreeMap::new();
    for path in paths.iter().flat_map(|path| files(path, format)) {
        let name = path.display().to_string();
        let read = bytes(&path).and_then(|bytes| parse(&name, &bytes, format, &mut input.skipped));
        match read.and_then(|batches| check(&name, batches, company, &input, &seen)) {
            Ok(batches) => {
                for batch in batches {
                    let key = key(&batch);
                    if let Some((_, other)) = seen.get(&key) {
                        let (store, register, number) = key;
                        input.notices.push(format!(
                            "{name}: register {register}, batch {number} of store {store} is the same as in {other}; ignored"
                        ));
                    } else {
                        seen.insert(key, (input.batches.len(), name.clone()));
                        input.batches.push(batch);
                    }
                }
            }
            Err(error) => input.refused.push(error),
        }
    }
    input
}

/// Reads the POS's JSON form from memory.
///
/// # Errors
/// [`InputError`] with every fault.
pub fn parse_json(name: &str, text: &[u8]) -> Result<Vec<Batch>, InputError> {
    let file =
        PosFile::from_json(text).map_err(|source| InputError::File { path: name.to_owned(), source })?;
    Ok(file.into_batches())
}

/// Reads a company mapping; without a file, the defaults.
///
/// # Errors
/// [`InputError`] with every fault.
pub fn company(path: Option<&Path>) -> Result<Company, InputError> {
    let Some(path) = path else { return Ok(Company::default()) };
    let name = path.display().to_string();
    let mapping: CompanyMapping = serde_json::from_slice(&bytes(path)?)
        .map_err(|e| InputError::Mapping { path: name.clone(), problem: e.to_string() })?;
    Company::try_from(mapping).map_err(|faults| InputError::MappingFaults { path: name, faults })
}

fn parse(
    name: &str,
    bytes: &[u8],
    format: PosFormat,
    skipped: &mut BTreeMap<String, u64>,
) -> Result<Vec<Batch>, InputError> {
    let batches = match format {
        PosFormat::PosJson => parse_json(name, bytes)?,
        PosFormat::OnlineRetail => {
            let read = online_retail::read(bytes)
                .map_err(|source| InputError::Csv { path: name.to_owned(), source })?;
            for (reason, count) in read.skipped {
                *skipped.entry(reason).or_default() += count;
            }
            PosFile::try_from(read.file)
                .map_err(|source| InputError::File { path: name.to_owned(), source })?
                .into_batches()
        }
    };
    for skip in batches.iter().flat_map(Batch::skipped) {
        *skipped.entry(format!("{:?}", skip.reason).to_lowercase()).or_default() += 1;
    }
    Ok(batches)
}

/// Plans every batch of a file, and compares it with its twin in another file.
fn check(
    name: &str,
    batches: Vec<Batch>,
    company: &Company,
    input: &Input,
    seen: &BTreeMap<(String, String, u64), (usize, String)>,
) -> Result<Vec<Batch>, InputError> {
    for batch in &batches {
        plan(batch, company).map_err(|source| InputError::Plan { path: name.to_owned(), source })?;
        if let Some((twin, other)) = seen.get(&key(batch))
            && input.batches[*twin] != *batch
        {
            let (store, register, batch) = key(batch);
            return Err(InputError::OtherContent {
                path: name.to_owned(),
                store,
                register,
                batch,
                other: other.clone(),
            });
        }
    }
    Ok(batches)
}

fn key(batch: &Batch) -> (String, String, u64) {
    (batch.store().code().to_owned(), batch.register().to_owned(), batch.number())
}

fn files(path: &Path, format: PosFormat) -> Vec<PathBuf> {
    let extension = match format {
        PosFormat::PosJson => "json",
        PosFormat::OnlineRetail => "csv",
    };
    match fs::read_dir(path) {
        Ok(entries) => {
            let paths = entries.filter_map(|entry| entry.ok().map(|entry| entry.path()));
            let mut paths: Vec<_> =
                paths.filter(|path| path.extension().is_some_and(|e| e == extension)).collect();
            paths.sort();
            paths
        }
        Err(_) => vec![path.to_owned()],
    }
}

fn bytes(path: &Path) -> Result<Vec<u8>, InputError> {
    fs::read(path).map_err(|source| InputError::Unreadable { path: path.display().to_string(), source })
}
