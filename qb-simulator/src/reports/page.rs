//! The pieces report pages are built from: cells, columns, rows, sections.
//!
//! Knows Intuit's shape and no figures. Neighbours: every report module.

use rust_decimal::Decimal;

use crate::base::amount::two_decimals;
use crate::base::json::{Json, object, text};

/// A column that a report can have: the key clients ask for and find it by, its title, and whether it stands there when
/// no columns are asked for.
pub(super) struct Column {
    pub(super) key: &'static str,
    pub(super) title: &'static str,
    pub(super) is_default: bool,
}

impl Column {
    /// Returns a column that stands there by default.
    pub(super) const fn usual(key: &'static str, title: &'static str) -> Column {
        Column { key, title, is_default: true }
    }

    /// Returns a column that is shown when it is asked for.
    pub(super) const fn on_request(key: &'static str, title: &'static str) -> Column {
        Column { key, title, is_default: false }
    }

    /// Returns the column as a page shows it.
    pub(super) fn shown(&self) -> Json {
        column(self.title, self.key, self.key)
    }
}

/// Returns a cell.
pub(super) fn cell(value: impl Into<String>) -> Json {
    object().with("value", text(value.into()))
}

/// Returns a cell that names an object.
pub(super) fn cell_of(value: impl Into<String>, id: impl Into<String>) -> Json {
    cell(value).with("id", text(id.into()))
}

/// Returns an amount; nothing for zero.
pub(super) fn amount(value: Decimal) -> Json {
    cell(if value.is_zero() { String::new() } else { two_decimals(value) })
}

/// Returns a column: title, type, and the key clients find it by.
pub(super) fn column(title: &str, kind: &str, key: &str) -> Json {
    column_with(title, kind, &[("ColKey", key)])
}

/// Returns a column with the given MetaData.
pub(super) fn column_with(title: &str, kind: &str, meta: &[(&str, &str)]) -> Json {
    let meta = meta.iter().map(|(name, value)| {
        object().with("Name", text((*name).to_owned())).with("Value", text((*value).to_owned()))
    });
    object()
        .with("ColTitle", text(title.to_owned()))
        .with("ColType", text(kind.to_owned()))
        .with("MetaData", Json::List(meta.collect()))
}

fn cells(cells: Vec<Json>) -> Json {
    object().with("ColData", Json::List(cells))
}

/// Returns a row of figures.
pub(super) fn data(row: Vec<Json>) -> Json {
    cells(row).with("type", text("Data"))
}

/// Returns a section; without a header when there is none.
pub(super) fn section(
    head: Option<Vec<Json>>,
    rows: Vec<Json>,
    summary: Option<Vec<Json>>,
    group: Option<&'static str>,
) -> Json {
    object()
        .with_some("Header", head.map(cells))
        .with_some("Rows", (!rows.is_empty()).then(|| object().with("Row", Json::List(rows))))
        .with_some("Summary", summary.map(cells))
        .with("type", text("Section"))
        .with_some("group", group.map(text))
}

/// Returns the whole page.
pub(super) fn page(header: Json, columns: Vec<Json>, rows: Vec<Json>) -> Json {
    object()
        .with("Header", header)
        .with("Columns", object().with("Column", Json::List(columns)))
        .with("Rows", object().with("Row", Json::List(rows)))
}
