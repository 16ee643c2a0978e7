//! Reports in both forms: of the service before August 2026, and of the one since.
//!
//! Both are headings, columns and rows that nest. The newer one spells titles in another way, leaves a zero blank and
//! promises no order of rows; so cells are found by the key of their column, and a cell's amount by [`Cell::amount`].
//! Neighbours: `general_ledger.rs` and `trial_balance.rs`, which take two reports further.

use chrono::{DateTime, FixedOffset, NaiveDate};
use rust_decimal::Decimal;

use super::field::Field;
use super::list::List;
use super::parts::NameValue;
use super::record::record;
use super::words::RowKind;
use crate::amount::parse_decimal;

record! {
    /// A report.
    Report {
        /// What it is about.
        header: Field<ReportHeader> = "Header",
        /// Its columns.
        columns: Field<Columns> = "Columns",
        /// Its rows.
        rows: Field<ReportRows> = "Rows",
    }
}

record! {
    /// What a report is about.
    ReportHeader {
        /// When it was made.
        time: Field<DateTime<FixedOffset>> = "Time",
        /// `TrialBalance`.
        report_name: Field<String> = "ReportName",
        /// The span in words: `all`.
        date_macro: Field<String> = "DateMacro",
        /// `Accrual` or `Cash`.
        report_basis: Field<String> = "ReportBasis",
        /// The first day.
        start_period: Field<NaiveDate> = "StartPeriod",
        /// The last day.
        end_period: Field<NaiveDate> = "EndPeriod",
        /// What its columns are: `Total`, `Days`, `Customers`.
        summarize_columns_by: Field<String> = "SummarizeColumnsBy",
        /// The currency of its amounts.
        currency: Field<String> = "Currency",
        /// The ids of the customers it is limited to.
        customer: Field<String> = "Customer",
        /// The ids of the suppliers it is limited to.
        vendor: Field<String> = "Vendor",
        /// The ids of the employees it is limited to.
        employee: Field<String> = "Employee",
        /// The ids of the items it is limited to.
        item: Field<String> = "Item",
        /// The ids of the classes it is limited to.
        class: Field<String> = "Class",
        /// The ids of the locations it is limited to.
        department: Field<String> = "Department",
        /// More, by name: `NoReportData`, `report_date`.
        option: List<NameValue> = "Option",
    }
}

impl ReportHeader {
    /// Returns the value of an option: `option("NoReportData")`.
    #[must_use]
    pub fn option(&self, name: &str) -> Option<&str> {
        self.option.iter().find(|pair| pair.name.as_str() == Some(name)).and_then(|pair| pair.value.as_str())
    }
}

record! {
    /// Columns.
    Columns {
        /// The columns.
        column: List<Column> = "Column",
    }
}

record! {
    /// A column.
    Column {
        /// What stands above it.
        col_title: Field<String> = "ColTitle",
        /// `Account`, `Money`, `tx_date`.
        col_type: Field<String> = "ColType",
        /// More, by name: `ColKey`, `StartDate`.
        meta_data: List<NameValue> = "MetaData",
        /// Columns below it.
        columns: Field<Columns> = "Columns",
    }
}

impl Column {
    /// Returns its key, which stays when its title changes: the value of `ColKey`, else its type.
    #[must_use]
    pub fn key(&self) -> Option<&str> {
        let named = self.meta_data.iter().find(|pair| pair.name.as_str() == Some("ColKey"));
        named.and_then(|pair| pair.value.as_str()).or_else(|| self.col_type.as_str())
    }
}

record! {
    /// Rows.
    ReportRows {
        /// The rows.
        row: List<ReportRow> = "Row",
    }
}

record! {
    /// A row: cells, or a section with a heading, rows and a sum.
    ReportRow {
        /// Which of the two; the older form leaves it out here and there.
        row_type: Field<RowKind> = "type",
        /// What a section is: `Income`, `GrandTotal`.
        group: Field<String> = "group",
        /// The cells of a row.
        col_data: List<Cell> = "ColData",
        /// The heading of a section.
        header: Field<Cells> = "Header",
        /// The rows of a section.
        rows: Field<ReportRows> = "Rows",
        /// The sum of a section.
        summary: Field<Cells> = "Summary",
    }
}

record! {
    /// Cells.
    Cells {
        /// The cells, one a column.
        col_data: List<Cell> = "ColData",
    }
}

record! {
    /// A cell.
    Cell {
        /// What it says; blank for nothing, and in the newer form for zero.
        value: Field<String> = "value",
        /// The id of what it names.
        id: Field<String> = "id",
        /// A page about it.
        href: Field<String> = "href",
    }
}

impl Cell {
    /// Returns its amount; `None` when it is blank or says something else.
    #[must_use]
    pub fn amount(&self) -> Option<Decimal> {
        self.value.as_str().and_then(parse_decimal)
    }
}

impl Report {
    /// Returns every row that has cells of its own, however deep, in order.
    #[must_use]
    pub fn data_rows(&self) -> Vec<&ReportRow> {
        let mut found = Vec::new();
        collect(self.rows.get(), &mut found);
        found
    }
}

fn collect<'r>(rows: Option<&'r ReportRows>, found: &mut Vec<&'r ReportRow>) {
    for row in rows.into_iter().flat_map(|rows| &rows.row) {
        if !row.col_data.is_empty() {
            found.push(row);
        }
        collect(row.rows.get(), found);
    }
}
