//! What every report has: a header that says what it is, columns with keys and titles, sections with their own totals.
//!
//! Two forms are read. QuickBooks has answered reports from a new service since 31 August 2026 (`docs/quickbooks.md`): titles in
//! another case, nothing for zero, rows in any order, sections within sections. Columns are therefore found by their
//! keys, then by their titles in any case, and a report counts only when its header is the one asked for and its rows
//! add up to its totals.
//! Neighbours: `trial_balance.rs`, `general_ledger.rs`.

use chrono::{DateTime, FixedOffset, NaiveDate};
use serde_json::Value;

use crate::amount::cents_text;
use crate::error::{ModelError, excerpt};
use crate::read;

/// What the header of a report says.
pub(crate) struct Header {
    /// The first day, when it is told.
    pub(crate) start_date: Option<NaiveDate>,
    /// The last day.
    pub(crate) end_date: NaiveDate,
    /// `Accrual` or `Cash`.
    pub(crate) basis: String,
    /// When it was made, when that is told and can be read.
    pub(crate) time: Option<DateTime<FixedOffset>>,
}

impl Header {
    /// Reads the header of the report `what`, and whether there is anything in the report.
    ///
    /// # Errors
    /// [`ModelError::OtherReport`] for a report of another name; [`ModelError::Missing`] without name, last day or basis,
    /// and for a report that has no rows and does not say that there are none.
    pub(crate) fn read(report: &Value, what: &'static str) -> Result<Self, ModelError> {
        let missing = |field| ModelError::Missing { what, field };
        let text = |name: &str| read::text(report, &["Header", name]);
        let name = text("ReportName").ok_or_else(|| missing("Header.ReportName"))?;
        if !is_named(&name, what) {
            return Err(ModelError::OtherReport { what, found: excerpt(&name) });
        }
        let day = |text: String, field| text.parse().map_err(|_| ModelError::unreadable(what, field));
        let end_date = text("EndPeriod").ok_or_else(|| missing("Header.EndPeriod"))?;
        let has_rows = !read::list(report, &["Rows", "Row"]).is_empty();
        let says_none = read::list(report, &["Header", "Option"]).iter().any(|option| {
            read::text(option, &["Name"]).as_deref() == Some("NoReportData")
                && read::flag(option, &["Value"]) == Some(true)
        });
        if !has_rows && !says_none {
            return Err(missing("Rows.Row"));
        }
        Ok(Self {
            start_date: text("StartPeriod").map(|text| day(text, "Header.StartPeriod")).transpose()?,
            end_date: day(end_date, "Header.EndPeriod")?,
            basis: text("ReportBasis").ok_or_else(|| missing("Header.ReportBasis"))?,
            time: text("Time").and_then(|text| DateTime::parse_from_rfc3339(&text).ok()),
        })
    }
}

/// Whether two names are one without case and blanks: `Trial Balance` and `TrialBalance`.
fn is_named(one: &str, other: &str) -> bool {
    let letters =
        |text: &str| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_lowercase();
    letters(one) == letters(other)
}

/// The place of a column: the one with one of these keys, else the one with one of these titles in any case.
pub(crate) fn column(report: &Value, keys: &[&str], titles: &[&str]) -> Option<usize> {
    let columns = read::list(report, &["Columns", "Column"]);
    let has_key = |column: &Value| {
        let key = |pair: &Value| {
            let named = read::text(pair, &["Name"]).as_deref() == Some("ColKey");
            read::text(pair, &["Value"]).filter(|_| named)
        };
        let keyed = read::list(column, &["MetaData"]).iter().filter_map(key);
        keyed.chain(read::text(column, &["ColType"])).any(|found| keys.contains(&found.as_str()))
    };
    let has_title = |column: &Value| {
        let title = read::text(column, &["ColTitle"]).unwrap_or_default();
        titles.iter().any(|wanted| is_named(&title, wanted))
    };
    columns.iter().position(has_key).or_else(|| columns.iter().position(has_title))
}

/// What the rows of a section come to must be what the section's own total says, in cents.
///
/// # Errors
/// [`ModelError::DoesNotAddUp`]: rows were left out, or the report is damaged.
pub(crate) fn adds_up(what: &'static str, section: &str, rows: i64, total: i64) -> Result<(), ModelError> {
    if rows == total {
        return Ok(());
    }
    let section = excerpt(section);
    Err(ModelError::DoesNotAddUp { what, section, rows: cents_text(rows), total: cents_text(total) })
}
