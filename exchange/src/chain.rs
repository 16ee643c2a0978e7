//! How an entry becomes a row of the log, and a row an entry.
//!
//! ```text
//! {"version":2,"previous":"<digest of the row before>","entry":{"sending":{... "body_sha256":"<digest of the body>"}}}
//! ```
//!
//! Each row names the digest of the row before, so that a row that was changed, left out or put in is noticed. A row's body
//! stands beside its text, which holds the body's digest alone: the chain holds when bodies are forgotten. The first version
//! of this program wrote the bare entry, body and all; such rows are read, and the chain goes on from them.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use crate::entry::Entry;
use crate::log::{LogError, Row};

/// The version of rows written now.
const VERSION: u64 = 2;

/// The end of a log: what the next row is chained to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Chain {
    /// How many rows there are.
    pub(crate) length: u64,
    /// The digest of the last one; empty before the first.
    previous: String,
    /// Whether a row of this version or a later one has been read.
    is_wrapped: bool,
}

impl Chain {
    /// The rows that say these entries, and the end of the log behind them.
    pub(crate) fn rows(&self, entries: &[Entry]) -> Result<(Vec<Row>, Chain), LogError> {
        let mut chain = self.clone();
        let rows = entries.iter().map(|entry| chain.row(entry)).collect::<Result<Vec<Row>, _>>()?;
        Ok((rows, chain))
    }

    fn row(&mut self, entry: &Entry) -> Result<Row, LogError> {
        let unwritable = |source| LogError::Storage { action: "written", source: Box::new(source) };
        let mut entry = serde_json::to_value(entry).map_err(unwritable)?;
        let body = take_body(&mut entry);
        let text = json!({"version": VERSION, "previous": self.previous, "entry": entry}).to_string();
        self.previous = digest(text.as_bytes());
        self.length += 1;
        self.is_wrapped = true;
        Ok(Row { text, body })
    }

    /// The entry that the next row says.
    pub(crate) fn read(&mut self, row: &Row) -> Result<Entry, LogError> {
        let position = i64::try_from(self.length + 1).unwrap_or(i64::MAX);
        let damaged = |problem: String| LogError::Damaged { position, problem };
        let unreadable = |error: serde_json::Error| damaged(error.to_string());
        let mut value: Value = serde_json::from_str(&row.text).map_err(unreadable)?;
        let entry = match value
            .as_object_mut()
            .and_then(|wrapped| Some((wrapped.get("version")?.clone(), wrapped)))
        {
            Some((version, wrapped)) => {
                match version.as_u64() {
                    Some(VERSION) => {}
                    Some(found) if found > VERSION => {
                        return Err(LogError::NewerEntry { position, found, known: VERSION });
                    }
                    _ => return Err(damaged(format!("there is no version {version}"))),
                }
                if wrapped.get("previous").and_then(Value::as_str) != Some(&self.previous) {
                    return Err(damaged("it does not follow the entry before it".to_owned()));
                }
                let mut entry = wrapped.remove("entry").unwrap_or_default();
                put_body(&mut entry, row.body.as_deref()).map_err(damaged)?;
                self.previous = digest(row.text.as_bytes());
                self.is_wrapped = true;
                entry
            }
            None if self.is_wrapped => {
                return Err(damaged(
                    "it was written by an older program than the entry before it".to_owned(),
                ));
            }
            None => {
                let entry = value.clone();
                take_body(&mut value);
                self.previous = digest(sorted(value).to_string().as_bytes());
                entry
            }
        };
        let entry = serde_json::from_value(entry).map_err(unreadable)?;
        self.length += 1;
        Ok(entry)
    }
}

/// Returns the entries that a whole log's rows say.
///
/// # Errors
/// [`LogError::Damaged`] or [`LogError::NewerEntry`], with the position of the row.
pub fn entries(rows: &[Row]) -> Result<Vec<Entry>, LogError> {
    let mut chain = Chain::default();
    rows.iter().map(|row| chain.read(row)).collect()
}

/// Reads the rows of a log one after another, from the first: each must follow the one before it, and a body must be the one that
/// was written. A log of any length is checked row by row.
///
/// ```
/// use exchange::{Row, RowReader};
///
/// let row = Row { text: r#"{"company":{"realm":"1"}}"#.to_owned(), body: None };
/// let mut reader = RowReader::new();
/// assert_eq!(reader.entry(&row)?, exchange::Entry::Company { realm: "1".to_owned() });
/// assert_eq!(reader.length(), 1);
/// # Ok::<(), exchange::LogError>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct RowReader {
    chain: Chain,
}

impl RowReader {
    /// Returns a reader before the first row.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Returns the entry that the next row says.
    ///
    /// # Errors
    /// [`LogError::Damaged`] or [`LogError::NewerEntry`], with the position of the row.
    pub fn entry(&mut self, row: &Row) -> Result<Entry, LogError> {
        self.chain.read(row)
    }

    /// Returns the next row as a line of JSON: its text, which holds no body. The SHA-256 of the line is what the next line names as
    /// `previous`. With its body, where it has one that is not forgotten, as a member `body` at the end: personal data.
    ///
    /// # Errors
    /// [`LogError::Damaged`] or [`LogError::NewerEntry`], with the position of the row.
    pub fn line(&mut self, row: &Row, with_body: bool) -> Result<String, LogError> {
        let position = i64::try_from(self.chain.length + 1).unwrap_or(i64::MAX);
        self.entry(row)?;
        let mut body = row.body.clone();
        let mut line = row.text.clone();
        if !self.chain.is_wrapped {
            // The first version wrote the body into the text.
            let unreadable = |e: serde_json::Error| LogError::Damaged { position, problem: e.to_string() };
            let mut bare: Value = serde_json::from_str(&row.text).map_err(unreadable)?;
            body = take_body(&mut bare);
            line = sorted(bare).to_string();
        }
        if let Some(body) = body.filter(|_| with_body) {
            // The text is an object with a member at least, or it could not have been read.
            line.truncate(line.trim_end().len().saturating_sub(1));
            line = format!("{line},\"body\":{}}}", Value::String(body));
        }
        Ok(line)
    }

    /// Returns how many rows were read.
    #[must_use]
    pub fn length(&self) -> u64 {
        self.chain.length
    }

    /// Returns the digest of the last row that was read: noted elsewhere, it shows later that no row behind it was taken away. Empty
    /// before the first.
    #[must_use]
    pub fn last_digest(&self) -> &str {
        &self.chain.previous
    }
}

/// The part of an entry that has a body: of one that tells of a request, of what customers are, or of a batch; none of another.
fn with_body(entry: &mut Value) -> Option<&mut Map<String, Value>> {
    let entry = entry.as_object_mut()?;
    if entry.contains_key("sending") {
        return entry.get_mut("sending")?.get_mut("sent")?.as_object_mut();
    }
    let kind = ["customers_noted", "batch_kept"].into_iter().find(|kind| entry.contains_key(*kind))?;
    entry.get_mut(kind)?.as_object_mut()
}

/// Puts the digest of an entry's body in the place of the body, and returns the body.
fn take_body(entry: &mut Value) -> Option<String> {
    let sent = with_body(entry)?;
    let Some(Value::String(body)) = sent.remove("body") else { return None };
    sent.insert("body_sha256".to_owned(), Value::String(digest(body.as_bytes())));
    Some(body)
}

/// Puts an entry's body back, when it has one that is not forgotten.
fn put_body(entry: &mut Value, body: Option<&str>) -> Result<(), String> {
    let Some(sent) = with_body(entry) else { return Ok(()) };
    let wanted = sent.remove("body_sha256");
    match body {
        Some(body) if wanted != Some(Value::String(digest(body.as_bytes()))) => {
            return Err("its body is not the one that was written".to_owned());
        }
        body => sent.insert("body".to_owned(), Value::String(body.unwrap_or_default().to_owned())),
    };
    Ok(())
}

/// Returns the value with the members of every object in order, whatever order serde_json was built to keep.
fn sorted(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let members: BTreeMap<String, Value> = members.into_iter().collect();
            Value::Object(members.into_iter().map(|(name, value)| (name, sorted(value))).collect())
        }
        Value::Array(values) => Value::Array(values.into_iter().map(sorted).collect()),
        value => value,
    }
}

/// The SHA-256 of some bytes, in hexadecimal digits.
fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests {
    use super::*;
    use crate::conformance::samples;

    fn written(entries: &[Entry]) -> Vec<Row> {
        Chain::default().rows(entries).unwrap().0
    }

    fn old(entries: &[Entry]) -> Vec<Row> {
        let text = |entry| serde_json::to_string(entry).unwrap();
        entries.iter().map(|entry| Row { text: text(entry), body: None }).collect()
    }

    #[test]
    fn what_is_written_is_read_and_no_text_holds_a_body() {
        let rows = written(&samples().unwrap());
        assert_eq!(entries(&rows).unwrap(), samples().unwrap());
        assert!(rows.iter().all(|row| !row.text.contains("O'Hara")));
        assert_eq!(rows.iter().filter(|row| row.body.is_some()).count(), 2);
    }

    #[test]
    fn rows_of_the_first_version_are_read_and_the_chain_goes_on_from_them() {
        let samples = samples().unwrap();
        for length in 0..=samples.len() {
            let (first, rest) = samples.split_at(length);
            let mut rows = old(first);
            let mut chain = Chain::default();
            for row in &rows {
                chain.read(row).unwrap();
            }
            rows.extend(chain.rows(rest).unwrap().0);
            assert_eq!(entries(&rows).unwrap(), samples);
            // A row of the first version behind a later one was put in by hand.
            rows.extend(old(first));
            assert_eq!(entries(&rows).is_err(), length > 0 && length < samples.len(), "{length}");
        }
    }

    #[test]
    fn each_line_names_the_digest_of_the_one_before_and_shows_a_body_on_request_alone() {
        let samples = samples().unwrap();
        for length in 0..=samples.len() {
            let (first, rest) = samples.split_at(length);
            let mut rows = old(first);
            let mut chain = Chain::default();
            rows.iter().for_each(|row| _ = chain.read(row).unwrap());
            rows.extend(chain.rows(rest).unwrap().0);
            let (mut reader, mut with_bodies) = (RowReader::new(), RowReader::new());
            for row in &rows {
                let before = reader.last_digest().to_owned();
                let line = reader.line(row, false).unwrap();
                assert!(!line.contains("O'Hara"), "{line}");
                assert_eq!(reader.last_digest(), digest(line.as_bytes()));
                let value: Value = serde_json::from_str(&line).unwrap();
                assert!(value.get("version").is_none() || value["previous"] == before);
                let full: Value = serde_json::from_str(&with_bodies.line(row, true).unwrap()).unwrap();
                let body = full.get("body").and_then(Value::as_str);
                assert_eq!(body.is_some_and(|body| body.contains("O'Hara")), line.contains("body_sha256"));
            }
            assert_eq!(reader.length(), samples.len() as u64);
        }
    }

    #[test]
    fn the_chain_holds_when_a_body_is_forgotten() {
        let mut rows = written(&samples().unwrap());
        rows.iter_mut().for_each(|row| row.body = None);
        let read = entries(&rows).unwrap();
        for (read, wanted) in read.iter().zip(samples().unwrap()) {
            match (read, &wanted) {
                (Entry::Sending { sent, .. }, _) => assert_eq!(sent.body, ""),
                (Entry::BatchKept(kept), _) => assert_eq!(kept.body, ""),
                _ => assert_eq!(*read, wanted),
            }
        }
    }

    #[test]
    fn a_row_that_was_changed_left_out_turned_round_or_of_a_later_version_is_named() {
        let good = written(&samples().unwrap());
        let fault = |change: &dyn Fn(&mut Vec<Row>)| {
            let mut rows = good.clone();
            change(&mut rows);
            entries(&rows).unwrap_err().to_string()
        };
        let change = |place: usize, from: &'static str, to: &'static str| {
            move |rows: &mut Vec<Row>| {
                assert!(rows[place].text.contains(from), "{}", rows[place].text);
                rows[place].text = rows[place].text.replace(from, to);
            }
        };
        for (words, change) in [
            ("entry 3: it does not follow", &change(1, "\"79\"", "\"78\"") as &dyn Fn(&mut Vec<Row>)),
            ("entry 2: its body is not", &|rows| rows[1].body = Some("{}".to_owned())),
            ("entry 4: it does not follow", &|rows| _ = rows.remove(3)),
            ("entry 4: it does not follow", &|rows| rows.swap(3, 4)),
            ("entry 2 of the posting log has version 3", &change(1, "\"version\":2", "\"version\":3")),
            ("entry 2: there is no version 0", &change(1, "\"version\":2", "\"version\":0")),
            ("entry 4: unknown variant", &change(3, "\"batch\":{", "\"voided\":{")),
        ] {
            let found = fault(change);
            assert!(found.contains(words), "{found}, not {words}");
        }
    }
}
