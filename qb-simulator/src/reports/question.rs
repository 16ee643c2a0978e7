//! What a report is asked: its period, whom and what it is about, and the head of the page that repeats it.
//!
//! Neighbours: every report reads it, `dates` knows the names of periods.

use chrono::{DateTime, Datelike, FixedOffset, NaiveDate};

use super::dates::span;
use crate::base::clock::meta_time;
use crate::base::clock::read_date;
use crate::base::fault::{self, Checked};
use crate::base::json::{Json, object, text};
use crate::base::message::Target;
use crate::books::company::{Company, number};

/// How the columns are cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Summarize {
    Total,
    Month,
    Days,
}

/// What every report is asked.
pub(crate) struct Question {
    pub(crate) start: NaiveDate,
    pub(crate) end: NaiveDate,
    pub(crate) now: DateTime<FixedOffset>,
    /// The day of reports that have one day only; today unless said otherwise.
    pub(super) report_date: NaiveDate,
    /// Customers and vendors; their ids are of one sequence.
    pub(super) names: Option<Vec<u64>>,
    pub(super) accounts: Option<Vec<u64>>,
    pub(super) columns: Option<Vec<String>>,
    pub(super) summarize: Summarize,
    pub(super) date_macro: Option<String>,
}

impl Question {
    /// Whether the report is about a customer or vendor.
    pub(super) fn has_name(&self, id: u64) -> bool {
        self.names.as_ref().is_none_or(|names| names.contains(&id))
    }

    /// Whether the report is about an account.
    pub(super) fn has_account(&self, id: u64) -> bool {
        self.accounts.as_ref().is_none_or(|accounts| accounts.contains(&id))
    }

    /// Whether a column was asked for; without the parameter all are.
    pub(super) fn shows(&self, key: &str) -> bool {
        self.columns.as_ref().is_none_or(|columns| columns.iter().any(|column| column == key))
    }
}

/// The period asked for: this month to date unless said otherwise. The books are accrual books.
pub(super) fn question(company: &Company, target: &Target, now: DateTime<FixedOffset>) -> Checked<Question> {
    let today = now.date_naive();
    let date = |name: &str| match target.parameter(name) {
        None => Ok(None),
        Some(day) => read_date(day).map(Some).ok_or_else(|| fault::invalid_date(name, day)),
    };
    match target.parameter("accounting_method") {
        None => {}
        Some(method) if method.eq_ignore_ascii_case("Accrual") => {}
        Some(method) if method.eq_ignore_ascii_case("Cash") => {
            return Err(fault::feature_not_supported("reports on cash basis").at("accounting_method"));
        }
        Some(other) => return Err(fault::invalid_enumeration("accounting_method", other)),
    }
    let (given_start, given_end) = (date("start_date")?, date("end_date")?);
    let date_macro = match (target.parameter("date_macro"), given_start, given_end) {
        (_, Some(_), _) | (_, _, Some(_)) => None,
        (Some(name), None, None) => Some(name.to_lowercase()),
        (None, None, None) => Some("this month-to-date".to_owned()),
    };
    let spanned = match &date_macro {
        Some(name) => span(company, name, today)
            .map(Some)
            .ok_or_else(|| fault::invalid_enumeration("date_macro", name))?,
        None => None,
    };
    let (macro_start, macro_end) = spanned.unzip();
    let end = given_end.or(macro_end).unwrap_or(today);
    let start = given_start.or(macro_start).unwrap_or_else(|| end.with_day(1).unwrap_or(end));
    if start > end {
        return Err(fault::out_of_range("start_date", &start.to_string(), "on or before end_date"));
    }
    let summarize = match target.parameter("summarize_column_by").map(str::to_lowercase).as_deref() {
        None | Some("total") => Summarize::Total,
        Some("month") => Summarize::Month,
        Some("days") => Summarize::Days,
        Some(other) => return Err(fault::invalid_enumeration("summarize_column_by", other)),
    };
    let summarize = summarize.within((end - start).num_days());
    let list =
        |name: &str| target.parameter(name).map(|ids| ids.split(',').map(str::trim).collect::<Vec<_>>());
    let ids =
        |name: &str| -> Option<Vec<u64>> { list(name).map(|ids| ids.into_iter().map(number).collect()) };
    let names = match (ids("customer"), ids("vendor")) {
        (Some(customers), Some(vendors)) => Some([customers, vendors].concat()),
        (customers, vendors) => customers.or(vendors),
    };
    Ok(Question {
        start,
        end,
        now,
        report_date: date("report_date")?.unwrap_or(today),
        names,
        accounts: ids("account"),
        columns: list("columns").map(|keys| keys.into_iter().map(str::to_owned).collect()),
        summarize,
        date_macro,
    })
}

/// The most columns of a report, about.
const MOST_COLUMNS: i64 = 400;

impl Summarize {
    /// The same, or the next coarser way that does not make too many columns of so many days.
    fn within(self, days: i64) -> Summarize {
        match self {
            Summarize::Days if days <= MOST_COLUMNS => Summarize::Days,
            Summarize::Days | Summarize::Month if days <= MOST_COLUMNS * 30 => Summarize::Month,
            _ => Summarize::Total,
        }
    }
}

/// The Header object of a report.
pub(super) fn header(name: &'static str, question: &Question, is_empty: bool) -> Json {
    let option = object()
        .with("Name", text("NoReportData"))
        .with("Value", text(if is_empty { "true" } else { "false" }));
    object()
        .with("Time", text(meta_time(question.now)))
        .with("ReportName", text(name))
        .with_some("DateMacro", question.date_macro.clone().map(text))
        .with("ReportBasis", text("Accrual"))
        .with("StartPeriod", text(question.start.to_string()))
        .with("EndPeriod", text(question.end.to_string()))
        .with_some(
            "SummarizeColumnsBy",
            match question.summarize {
                Summarize::Total => None,
                Summarize::Month => Some(text("Month")),
                Summarize::Days => Some(text("Days")),
            },
        )
        .with("Currency", text("USD"))
        .with("Option", Json::List(vec![option]))
}
