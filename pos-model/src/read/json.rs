//! From bytes to a valid file: UTF-8, then shape, then content.

use serde_json::Value;

use super::Reader;
use super::shape::{Form, MOST, faults};
use crate::error::ShapeFault;
use crate::{CustomerFile, FileError, PosFile, raw};

impl PosFile {
    /// Reads a file in the JSON form. The file is checked whole: either every batch of it is valid or it is refused.
    ///
    /// # Errors
    /// [`FileError`]: bytes that are not UTF-8, a company mapping or a customer file, the faults of shape together, or every
    /// fault of content together.
    pub fn from_json(bytes: &[u8]) -> Result<Self, FileError> {
        Self::try_from(form::<raw::PosFile>(bytes)?)
    }
}

impl CustomerFile {
    /// Reads a customer file in the JSON form. It is checked whole: either every customer of it is valid or it is refused.
    ///
    /// # Errors
    /// [`FileError`]: bytes that are not UTF-8, a file of batches, the faults of shape together, or every fault of content
    /// together.
    pub fn from_json(bytes: &[u8]) -> Result<Self, FileError> {
        Self::try_from(form::<raw::CustomerFile>(bytes)?)
    }
}

impl TryFrom<raw::CustomerFile> for CustomerFile {
    type Error = FileError;

    fn try_from(raw: raw::CustomerFile) -> Result<Self, FileError> {
        Reader::read_customers(raw).map_err(FileError::Content)
    }
}

impl TryFrom<raw::PosFile> for PosFile {
    type Error = FileError;

    fn try_from(raw: raw::PosFile) -> Result<Self, FileError> {
        Reader::read(raw).map_err(FileError::Content)
    }
}

fn form<T: Form>(bytes: &[u8]) -> Result<T, FileError> {
    let text =
        std::str::from_utf8(bytes).map_err(|e| FileError::InvalidUtf8 { position: e.valid_up_to() })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    serde_json::from_str(text).map_err(|problem| shape_fault::<T>(text, problem))
}

/// Reads once more, slowly, to learn the path of the fault, for the fast reader knows only line and column; then what else is
/// wrong with the shape.
fn shape_fault<T: Form>(text: &str, problem: serde_json::Error) -> FileError {
    let file = serde_json::from_str::<Value>(text).ok();
    if let Some(other) = file.as_ref().and_then(T::another_kind) {
        return other;
    }
    let mut json = serde_json::Deserializer::from_str(text);
    let path = match serde_path_to_error::deserialize::<_, T>(&mut json) {
        Err(e) => e.path().to_string(),
        Ok(_) => "end of file".to_owned(),
    };
    let first = ShapeFault { path, problem: problem.to_string(), schema: T::SCHEMA };
    // The first says line and column too; of what follows it only the path is known.
    let others = file.map(faults::<T>).unwrap_or_default();
    let others = others
        .into_iter()
        .filter(|other| other.path != first.path || !first.problem.starts_with(&other.problem));
    let mut found: Vec<ShapeFault> = std::iter::once(first.clone()).chain(others).collect();
    found.truncate(MOST);
    FileError::Shape(found)
}
