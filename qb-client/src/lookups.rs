//! Look-ups of documents and list entries by what they carry: a number, a name, a date.
//!
//! What is found is what QuickBooks shows now; what is not found may be there all the same. Neighbours: `pages.rs` (the lists).

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use qb_model::{Answer, EntityKind};
use serde_json::Value;

use crate::client::Client;
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
        let field = match kind.number_field() {
            "DisplayName" => QueryField::DisplayName,
            "PaymentRefNum" => QueryField::PaymentRefNum,
            "DocNumber" => QueryField::DocNumber,
            _ => QueryField::Name,
        };
        let wanted: BTreeSet<String> = numbers.into_iter().map(str::to_owned).collect();
        let asked: Vec<&str> = wanted.iter().map(String::as_str).collect();
        let mut found: BTreeMap<String, Vec<Answer>> = BTreeMap::new();
        // Characters beyond ASCII can break QuickBooks' query reader: such names are compared here.
        let is_plain = !kind.is_list_entry() || asked.iter().all(|number| number.is_ascii());
        for some in asked.chunks(PAGE).filter(|_| is_plain) {
            let query = Query::all(kind);
            let query = if kind.is_list_entry() { query.with_inactive() } else { query };
            let query = match some {
                [number] => query.equal(field, number)?,
                _ => query.one_of(field, some.iter().copied())?,
            };
            take(kind, field, &asked, self.query(&query).await?, &mut found)?;
        }
        // Names are unique in any case of letters; a query may compare them exactly.
        if kind.is_list_entry() && found.len() < asked.len() {
            found.clear();
            let rows = self.query(&Query::all(kind).with_inactive()).await?;
            take(kind, field, &asked, rows, &mut found)?;
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

/// Puts each row to the numbers it was asked for by; what answers to none of them was not asked for.
fn take(
    kind: EntityKind,
    field: QueryField,
    asked: &[&str],
    rows: Vec<Value>,
    found: &mut BTreeMap<String, Vec<Answer>>,
) -> Result<(), ReadError> {
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
    Ok(())
}
