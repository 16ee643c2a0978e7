//! Look-ups of documents and list entries by what they carry: a number, a name, a date.
//!
//! What is found is what QuickBooks shows now; what is not found may be there all the same. Neighbours: `pages.rs` (the lists).

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use qb_model::{Answer, EntityKind};
use serde_json::Value;

use crate::client::Client;
use crate::error::ClientError;
use crate::query::{PAGE, Query, QueryField};
use crate::read_error::ReadError;

impl Client {
    /// Returns every entity of a kind that carries this number (`DocNumber`, `PaymentRefNum`) or name, in any case of letters;
    /// of list entries the inactive ones too. An empty list soon after an unclear attempt proves nothing yet: QuickBooks may
    /// still be at work, and its queries may lag behind its books.
    ///
    /// # Errors
    /// [`ReadError`]; nothing was posted, and nothing follows about what is there.
    pub async fn find_by_number(&self, kind: EntityKind, number: &str) -> Result<Vec<Answer>, ReadError> {
        let found = self.find_by_numbers(kind, [number]).await?;
        Ok(found.into_values().flatten().collect())
    }

    /// Returns what [`find_by_number`](Client::find_by_number) would for each of these numbers, by the number as it was asked
    /// for; one that nothing carries is not among the keys. 1,000 numbers take one query and the empty page after it.
    ///
    /// # Errors
    /// As [`find_by_number`](Client::find_by_number): all are known, or none.
    pub async fn find_by_numbers<'n>(
        &self,
        kind: EntityKind,
        numbers: impl IntoIterator<Item = &'n str> + Send,
    ) -> Result<BTreeMap<String, Vec<Answer>>, ReadError> {
        let wanted: BTreeSet<String> = numbers.into_iter().map(str::to_owned).collect();
        let asked: Vec<&str> = wanted.iter().map(String::as_str).collect();
        let mut found: BTreeMap<String, Vec<Answer>> = BTreeMap::new();
        // Characters beyond ASCII can break QuickBooks' query reader: such names are compared here.
        let is_plain = !kind.is_list_entry() || asked.iter().all(|number| number.is_ascii());
        for some in asked.chunks(PAGE).filter(|_| is_plain) {
            let query = Query::numbered(kind, some)?;
            found.extend(by_number(kind, some, self.query(&query).await?)?);
        }
        // Names are unique in any case of letters; a query may compare them exactly.
        if kind.is_list_entry() && found.len() < asked.len() {
            let rows = self.query(&Query::all(kind).with_inactive()).await?;
            found = by_number(kind, &asked, rows)?;
        }
        Ok(found)
    }

    /// Returns every document of a kind that is dated from `first` to `last`, both included: for payments, which no number of
    /// QuickBooks' guards.
    ///
    /// # Errors
    /// [`ReadError`]; nothing was posted, and nothing follows about what is there.
    pub async fn find_by_date(
        &self,
        kind: EntityKind,
        first: NaiveDate,
        last: NaiveDate,
    ) -> Result<Vec<Answer>, ReadError> {
        let rows = self.query(&Query::all(kind).dated(first, last)).await?;
        rows.into_iter().map(|row| Answer::read(kind, row).map_err(ReadError::from)).collect()
    }
}

impl Query {
    /// Asks for what carries one of these numbers or names; of list entries the inactive ones too. For an engine that reads
    /// several kinds in one request ([`Client::query_each`]); [`by_number`] reads the rows.
    ///
    /// # Errors
    /// [`ClientError::ControlCharacter`] in a number.
    pub fn numbered(kind: EntityKind, numbers: &[&str]) -> Result<Self, ClientError> {
        let query = Self::all(kind);
        let query = if kind.is_list_entry() { query.with_inactive() } else { query };
        match numbers {
            [number] => query.equal(field_of(kind), number),
            _ => query.one_of(field_of(kind), numbers.iter().copied()),
        }
    }
}

/// The field that holds the number or name of a kind.
fn field_of(kind: EntityKind) -> QueryField {
    match kind.number_field() {
        "DisplayName" => QueryField::DisplayName,
        "PaymentRefNum" => QueryField::PaymentRefNum,
        "DocNumber" => QueryField::DocNumber,
        _ => QueryField::Name,
    }
}

/// Returns the rows of a kind by the numbers that were asked for, in any case of letters; a number that no row carries is not
/// among the keys, and a row that carries none of them is left out.
///
/// # Errors
/// [`ReadError::Unreadable`]: a row is not one of the kind.
pub fn by_number(
    kind: EntityKind,
    asked: &[&str],
    rows: Vec<Value>,
) -> Result<BTreeMap<String, Vec<Answer>>, ReadError> {
    let (field, mut found) = (field_of(kind), BTreeMap::<String, Vec<Answer>>::new());
    let mut by_key: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for number in asked {
        by_key.entry(number.to_lowercase()).or_default().push(number);
    }
    for row in rows {
        let key = row.get(field.name()).and_then(Value::as_str).map(str::to_lowercase);
        let Some(numbers) = key.and_then(|key| by_key.get(&key)) else { continue };
        let answer = Answer::read(kind, row)?;
        for number in numbers {
            found.entry((*number).to_owned()).or_default().push(answer.clone());
        }
    }
    Ok(found)
}
