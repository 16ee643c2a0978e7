//! From bytes to a valid file: UTF-8, then shape, then content.

use serde_json::Value;

use super::Reader;
use super::shape::{MOST, faults, is_company_mapping};
use crate::error::ShapeFault;
use crate::{FileError, PosFile, raw};

impl PosFile {
    /// Reads a file in the JSON form. The file is checked whole: either every batch of it is valid or it is refused.
    ///
    /// # Errors
    /// [`FileError`]: bytes that are not UTF-8, a company mapping, the faults of shape together, or every fault of content together.
    pub fn from_json(bytes: &[u8]) -> Result<Self, FileError> {
        let text =
            std::str::from_utf8(bytes).map_err(|e| FileError::InvalidUtf8 { position: e.valid_up_to() })?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        match serde_json::from_str::<raw::PosFile>(text) {
            Ok(raw) => Self::try_from(raw),
            Err(problem) => Err(shape_fault(text, problem)),
        }
    }
}

impl TryFrom<raw::PosFile> for PosFile {
    type Error = FileError;

    fn try_from(raw: raw::PosFile) -> Result<Self, FileError> {
        Reader::read(raw).map_err(FileError::Content)
    }
}

/// Reads once more, slowly, to learn the path of the fault, for the fast reader knows only line and column; then what else is
/// wrong with the shape.
fn shape_fault(text: &str, problem: serde_json::Error) -> FileError {
    let file = serde_json::from_str::<Value>(text).ok();
    if file.as_ref().is_some_and(is_company_mapping) {
        return FileError::CompanyMapping;
    }
    let mut json = serde_json::Deserializer::from_str(text);
    let path = match serde_path_to_error::deserialize::<_, raw::PosFile>(&mut json) {
        Err(e) => e.path().to_string(),
        Ok(_) => "end of file".to_owned(),
    };
    let first = ShapeFault { path, problem: problem.to_string() };
    // The first says line and column too; of what follows it only the path is known.
    let others = file.map(faults).unwrap_or_default();
    let others = others
        .into_iter()
        .filter(|other| other.path != first.path || !first.problem.starts_with(&other.problem));
    let mut found: Vec<ShapeFault> = std::iter::once(first.clone()).chain(others).collect();
    found.truncate(MOST);
    FileError::Shape(found)
}
