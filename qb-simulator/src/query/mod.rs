//! The query language: `SELECT ... FROM Entity WHERE ... ORDERBY ... STARTPOSITION n MAXRESULTS n`.
//!
//! `parse` reads a statement into a [`Statement`], `run` answers it from a company's stores. Neighbours: `handle`
//! calls both, the entity table says which columns there are.

mod candidates;
pub(crate) mod filter;
pub(crate) mod parse;
pub(crate) mod run;
mod token;

/// How a column's values compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ColumnType {
    /// It compares characters, in any case.
    Text,
    /// It compares values, quoted or not.
    Number,
    /// `YYYY-MM-DD`.
    Date,
    /// An instant.
    Time,
    /// `true` or `false`.
    Bool,
    /// An Id: `=` and `IN` only.
    Id,
}

/// A statement as written; names are not looked up yet.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Statement {
    pub(crate) select: Select,
    pub(crate) entity: String,
    pub(crate) conditions: Vec<Condition>,
    /// Property and whether descending.
    pub(crate) order: Vec<(String, bool)>,
    pub(crate) start_position: Option<i64>,
    pub(crate) max_results: Option<i64>,
}

/// What is asked for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Select {
    /// `*`, alone or among properties.
    All,
    /// `COUNT(*)`.
    Count,
    /// A list of properties.
    Properties(Vec<String>),
}

/// One condition of the WHERE clause.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Condition {
    pub(crate) property: String,
    pub(crate) operator: Operator,
    /// One value, or the list of IN.
    pub(crate) values: Vec<String>,
    /// Whether a value stands in apostrophes.
    pub(crate) is_quoted: bool,
}

/// How a condition compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operator {
    Equal,
    Less,
    Greater,
    LessOrEqual,
    GreaterOrEqual,
    In,
    Like,
}
