//! Queries: a typed builder with one escaping function.
//!
//! It refuses to know OR, joins and projections, which the language lacks, and control characters in texts.
//! Every statement is in id order with its page stated. Neighbour: `client.rs` pages and reads the rows.

use std::fmt;

use chrono::NaiveDate;
use qb_model::received::Kind;
use qb_model::{EntityKind, ModelError};
use serde_json::Value;

use crate::error::ClientError;
use crate::read_error::ReadError;

/// Rows a page: the most QuickBooks gives; its default of 100 would need ten times the calls.
pub(crate) const PAGE: usize = 1000;

/// What can be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum QueryEntity {
    /// An entity of the API.
    Kind(EntityKind),
    /// Sales tax codes.
    TaxCode,
    /// Suppliers.
    Vendor,
    /// Employees; they share names with customers and suppliers.
    Employee,
    /// Another kind, by its name on the wire.
    Other(&'static str),
}

impl QueryEntity {
    /// Returns the name in the statement and in the answer.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Kind(kind) => kind.name(),
            Self::TaxCode => "TaxCode",
            Self::Vendor => "Vendor",
            Self::Employee => "Employee",
            Self::Other(name) => name,
        }
    }
}

impl From<EntityKind> for QueryEntity {
    fn from(kind: EntityKind) -> Self {
        Self::Kind(kind)
    }
}

/// Fields that can be compared with a text. Another field than those that an entity has is fault 4001.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the variants are Intuit's own names")]
#[non_exhaustive]
pub enum QueryField {
    Id,
    DocNumber,
    PaymentRefNum,
    Name,
    DisplayName,
    FullyQualifiedName,
    CompanyName,
    AccountType,
    AccountSubType,
    CustomerRef,
}

impl QueryField {
    /// Returns the field's name in the statement.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Id => "Id",
            Self::DocNumber => "DocNumber",
            Self::PaymentRefNum => "PaymentRefNum",
            Self::Name => "Name",
            Self::DisplayName => "DisplayName",
            Self::FullyQualifiedName => "FullyQualifiedName",
            Self::CompanyName => "CompanyName",
            Self::AccountType => "AccountType",
            Self::AccountSubType => "AccountSubType",
            Self::CustomerRef => "CustomerRef",
        }
    }
}

/// One query over one entity; conditions are joined by AND.
///
/// ```
/// use qb_client::engine::{Query, QueryField};
/// use qb_model::EntityKind;
///
/// let query = Query::all(EntityKind::Customer).with_inactive().equal(QueryField::DisplayName, "O'Hara")?;
/// assert_eq!(
///     query.statement(1),
///     r"select * from Customer where Active in (true, false) and DisplayName = 'O\'Hara' orderby Id startposition 1 maxresults 1000",
/// );
/// # Ok::<(), qb_client::ClientError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    entity: QueryEntity,
    conditions: Vec<String>,
}

impl Query {
    /// Asks for every row; of list entries only the active ones.
    #[must_use]
    pub fn all(entity: impl Into<QueryEntity>) -> Self {
        Self { entity: entity.into(), conditions: Vec::new() }
    }

    /// Asks for every row of a kind that can be read, such as `Query::of::<received::Deposit>()`; of list entries only the
    /// active ones.
    #[must_use]
    pub const fn of<K: Kind>() -> Self {
        Self { entity: QueryEntity::Other(K::NAME), conditions: Vec::new() }
    }

    /// Asks for inactive list entries too; QuickBooks hides them otherwise. Not for documents (fault 4001).
    #[must_use]
    pub fn with_inactive(mut self) -> Self {
        self.conditions.push("Active in (true, false)".to_owned());
        self
    }

    /// Narrows it to rows with one of these ids.
    ///
    /// # Errors
    /// [`ClientError::ControlCharacter`] in an id.
    pub fn with_ids<'i>(self, ids: impl IntoIterator<Item = &'i str>) -> Result<Self, ClientError> {
        self.one_of(QueryField::Id, ids)
    }

    /// Narrows it to rows whose field equals one of these texts, in any case of letters. 1,000 texts of a document number's
    /// length fit.
    ///
    /// # Errors
    /// [`ClientError::ControlCharacter`] in a text.
    pub fn one_of<'t>(
        mut self,
        field: QueryField,
        texts: impl IntoIterator<Item = &'t str>,
    ) -> Result<Self, ClientError> {
        let texts: Result<Vec<String>, ClientError> =
            texts.into_iter().map(|text| literal(field, text)).collect();
        self.conditions.push(format!("{} in ({})", field.name(), texts?.join(", ")));
        Ok(self)
    }

    /// Narrows it to rows whose field equals the text.
    ///
    /// Typographic quotes and other characters beyond ASCII may be refused with fault 4000: compare such texts in the rows instead.
    ///
    /// # Errors
    /// [`ClientError::ControlCharacter`].
    pub fn equal(mut self, field: QueryField, text: &str) -> Result<Self, ClientError> {
        self.conditions.push(format!("{} = {}", field.name(), literal(field, text)?));
        Ok(self)
    }

    /// Narrows it to documents with something open on them.
    #[must_use]
    pub fn open(mut self) -> Self {
        self.conditions.push("Balance > '0'".to_owned());
        self
    }

    /// Narrows it to customers who owe something.
    #[must_use]
    pub fn owing(self) -> Self {
        self.open()
    }

    /// Narrows it to customers who are owed something.
    #[must_use]
    pub fn owed(mut self) -> Self {
        self.conditions.push("Balance < '0'".to_owned());
        self
    }

    /// Narrows it to documents dated from `first` to `last`, both included.
    #[must_use]
    pub fn dated(mut self, first: NaiveDate, last: NaiveDate) -> Self {
        self.conditions.push(format!("TxnDate >= '{first}'"));
        self.conditions.push(format!("TxnDate <= '{last}'"));
        self
    }

    /// Returns what is asked for.
    #[must_use]
    pub const fn entity(&self) -> QueryEntity {
        self.entity
    }

    /// Returns the statement of the page that starts at a row, counted from 1.
    #[must_use]
    pub fn statement(&self, start: usize) -> String {
        self.page(start, PAGE)
    }

    /// Returns the statement of a page of at most so many rows.
    pub(crate) fn page(&self, start: usize, most: usize) -> String {
        let mut text = format!("select * from {}", self.entity.name());
        for (place, condition) in self.conditions.iter().enumerate() {
            text.push_str(if place == 0 { " where " } else { " and " });
            text.push_str(condition);
        }
        text.push_str(&format!(" orderby Id startposition {start} maxresults {most}"));
        text
    }

    /// Returns the rows of the answer that starts at row `start`. An empty `QueryResponse` is an empty page; none at all is no
    /// answer, and one that disagrees with itself proves nothing: a row may be there that it does not show.
    pub(crate) fn rows(&self, body: &mut Value, start: usize) -> Result<FirstPage, ReadError> {
        let entity = self.entity.name();
        let missing = || ModelError::Missing { what: entity, field: "QueryResponse" };
        let response = body.get_mut("QueryResponse").and_then(Value::as_object_mut).ok_or_else(missing)?;
        let rows = match response.remove(entity) {
            Some(Value::Array(rows)) => rows,
            None => Vec::new(),
            Some(_) => return Err(missing().into()),
        };
        let contradiction = |why: String| Err(ReadError::Contradiction { entity, why });
        if let Some((other, _)) = response.iter().find(|(_, member)| member.is_array()) {
            return contradiction(format!("it has rows of {other}"));
        }
        let count = |name: &str| {
            let value = response.get(name)?;
            value
                .as_u64()
                .or_else(|| value.as_str()?.trim().parse().ok())
                .map(|n| usize::try_from(n).unwrap_or(usize::MAX))
        };
        let last = start.saturating_sub(1).saturating_add(rows.len());
        match (count("startPosition"), count("maxResults"), count("totalCount")) {
            (Some(first), _, _) if first != start && !rows.is_empty() => {
                contradiction(format!("it starts at row {first}, and row {start} was asked for"))
            }
            (_, Some(told), _) if told > rows.len() => {
                contradiction(format!("it says that it has {told} rows, and has {}", rows.len()))
            }
            (_, _, Some(total)) if rows.is_empty() && total > last => {
                contradiction(format!("it says that there are {total} rows, and shows none after row {last}"))
            }
            _ => Ok(FirstPage { rows, total: count("totalCount") }),
        }
    }
}

/// The first page of a list: not the whole list, however few its rows are. [`Client::query_rest`](crate::Client::query_rest)
/// reads the rest.
#[derive(Clone, Default)]
pub struct FirstPage {
    pub(crate) rows: Vec<Value>,
    /// How many rows there are in all, when it is told.
    pub(crate) total: Option<usize>,
}

impl FirstPage {
    /// Returns the rows of the page.
    #[must_use]
    pub fn rows(&self) -> &[Value] {
        &self.rows
    }
}

impl fmt::Debug for FirstPage {
    /// How many rows there are; they may hold personal data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FirstPage").field("rows", &self.rows.len()).field("total", &self.total).finish()
    }
}

/// The one place where a text becomes part of a statement: a backslash before `'` and `\`.
fn literal(field: QueryField, text: &str) -> Result<String, ClientError> {
    if text.chars().any(char::is_control) {
        return Err(ClientError::ControlCharacter { field: field.name() });
    }
    let mut out = String::with_capacity(text.len() + 2);
    out.push('\'');
    for letter in text.chars() {
        if matches!(letter, '\'' | '\\') {
            out.push('\\');
        }
        out.push(letter);
    }
    out.push('\'');
    Ok(out)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A reference reader of one literal: the text and what follows it.
    fn unescape(statement: &str) -> Option<(String, &str)> {
        let mut letters = statement.char_indices();
        letters.next().filter(|(_, first)| *first == '\'')?;
        let mut text = String::new();
        while let Some((place, letter)) = letters.next() {
            match letter {
                '\\' => text.push(letters.next()?.1),
                '\'' => return Some((text, &statement[place + 1..])),
                other => text.push(other),
            }
        }
        None
    }

    #[test]
    fn conditions_are_joined_and_the_page_is_stated() {
        let first = NaiveDate::from_ymd_opt(2026, 2, 1).unwrap();
        let query = Query::all(EntityKind::Invoice).dated(first, first);
        assert_eq!(
            query.statement(1001),
            "select * from Invoice where TxnDate >= '2026-02-01' and TxnDate <= '2026-02-01' orderby Id startposition 1001 maxresults 1000"
        );
    }

    #[test]
    fn ids_stand_in_one_condition() {
        let query = Query::all(EntityKind::Bill).with_ids(["7", "8'"]).unwrap();
        assert_eq!(
            query.statement(1),
            r"select * from Bill where Id in ('7', '8\'') orderby Id startposition 1 maxresults 1000"
        );
        assert!(Query::all(EntityKind::Bill).with_ids(["\n"]).is_err());
    }

    #[test]
    fn refuses_control_characters() {
        for text in ["a\nb", "\0", "tab\t", "\u{7f}"] {
            let error = Query::all(QueryEntity::Vendor).equal(QueryField::Name, text).unwrap_err();
            assert_eq!(error.code(), "control-character");
        }
    }

    #[test]
    fn rows_of_an_empty_answer_are_none_and_no_answer_is_an_error() {
        let query = Query::all(EntityKind::Item);
        let read = |text: &str| query.rows(&mut serde_json::from_str(text).unwrap(), 1).map(|page| page.rows);
        assert_eq!(read(r#"{"QueryResponse":{}}"#).unwrap().len(), 0);
        assert_eq!(read(r#"{"QueryResponse":{"Item":[{},{}],"maxResults":2}}"#).unwrap().len(), 2);
        assert!(read("{}").is_err());
        assert!(read(r#"{"QueryResponse":{"Item":{}}}"#).is_err());
    }

    /// A page that cannot be right is no proof that a row is not there.
    #[test]
    fn a_page_that_contradicts_itself_is_an_error() {
        let query = Query::all(EntityKind::Item);
        for (start, inner, expected) in [
            (1, r#""totalCount":0"#, Ok(0)),
            (1, r#""startPosition":1,"maxResults":0,"totalCount":0"#, Ok(0)),
            (3, r#""startPosition":1,"totalCount":2"#, Ok(0)),
            (1, r#""Item":[{},{}],"startPosition":1,"maxResults":2,"totalCount":9"#, Ok(2)),
            (1, r#""Item":[{},{}],"maxResults":1"#, Ok(2)),
            (1, r#""totalCount":1"#, Err("it says that there are 1 rows, and shows none after row 0")),
            (1, r#""totalCount":"1""#, Err("it says that there are 1 rows, and shows none after row 0")),
            (
                3,
                r#""Item":[],"totalCount":3"#,
                Err("it says that there are 3 rows, and shows none after row 2"),
            ),
            (1, r#""maxResults":1"#, Err("it says that it has 1 rows, and has 0")),
            (1, r#""Item":[{}],"maxResults":2"#, Err("it says that it has 2 rows, and has 1")),
            (1, r#""Item":[{}],"startPosition":2"#, Err("it starts at row 2, and row 1 was asked for")),
            (1, r#""Invoice":[{}]"#, Err("it has rows of Invoice")),
        ] {
            let mut body = serde_json::from_str(&format!(r#"{{"QueryResponse":{{{inner}}}}}"#)).unwrap();
            match (query.rows(&mut body, start), expected) {
                (Ok(page), Ok(rows)) => assert_eq!(page.rows.len(), rows, "{inner}"),
                (Err(error), Err(why)) => {
                    assert_eq!(error.code(), "read-contradiction", "{inner}");
                    let said = format!("answer about Item contradicts itself: {why}; ask again");
                    assert_eq!(error.to_string(), said, "{inner}");
                }
                (found, _) => assert!(found.is_err() == expected.is_err(), "{inner}"),
            }
        }
    }

    #[test]
    fn numbers_stand_in_one_condition() {
        let query =
            Query::all(EntityKind::Invoice).one_of(QueryField::DocNumber, ["CLT7B1", "CLT8B1"]).unwrap();
        assert!(
            query
                .statement(1)
                .starts_with("select * from Invoice where DocNumber in ('CLT7B1', 'CLT8B1') orderby Id")
        );
    }

    proptest! {
        #[test]
        fn an_escaped_text_reads_back_and_ends_where_it_should(text in r"[ -~éß’]{0,40}") {
            let statement = Query::all(EntityKind::Customer).equal(QueryField::DisplayName, &text).unwrap().statement(1);
            let start = statement.find('\'').unwrap();
            let (back, rest) = unescape(&statement[start..]).unwrap();
            prop_assert_eq!(back, text);
            prop_assert_eq!(rest, " orderby Id startposition 1 maxresults 1000");
        }
    }
}
