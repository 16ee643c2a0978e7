//! Reports: pages of text cells made from the ledger. One module for each.
//!
//! Neighbours: `handle` routes here, `ledger` has the figures.

mod trial_balance;

use chrono::{DateTime, Datelike, FixedOffset, NaiveDate};

use crate::company::Company;
use crate::fault::{self, Checked};
use crate::json::{Json, object, text};
use crate::message::Target;
use crate::schema::read_date;

/// What every report is asked.
pub(crate) struct Question {
    pub(crate) start: NaiveDate,
    pub(crate) end: NaiveDate,
    pub(crate) now: DateTime<FixedOffset>,
}

/// Answers a report by its name in lower case; `None` when there is no such report.
pub(crate) fn answer(
    company: &Company,
    name: &str,
    target: &Target,
    now: DateTime<FixedOffset>,
) -> Checked<Option<Json>> {
    match name {
        "trialbalance" => Ok(Some(trial_balance::report(company, &question(target, now)?))),
        _ => Ok(None),
    }
}

/// The period asked for: this month to date unless said otherwise. The books are accrual books.
fn question(target: &Target, now: DateTime<FixedOffset>) -> Checked<Question> {
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
    let end = date("end_date")?.unwrap_or(today);
    let start = date("start_date")?.unwrap_or_else(|| end.with_day(1).unwrap_or(end));
    if start > end {
        return Err(fault::out_of_range("start_date", &start.to_string(), "on or before end_date"));
    }
    Ok(Question { start, end, now })
}

/// The first day of the fiscal year that `day` lies in.
fn fiscal_year_start(company: &Company, day: NaiveDate) -> NaiveDate {
    let month = company.options.fiscal_year_start_month.clamp(1, 12);
    let year = if day.month() >= month { day.year() } else { day.year() - 1 };
    NaiveDate::from_ymd_opt(year, month, 1).unwrap_or(day)
}

/// The Header object of a report.
fn header(name: &'static str, question: &Question, is_empty: bool) -> Json {
    let option = object()
        .with("Name", text("NoReportData"))
        .with("Value", text(if is_empty { "true" } else { "false" }));
    object()
        .with("Time", text(crate::company::meta_time(question.now)))
        .with("ReportName", text(name))
        .with("ReportBasis", text("Accrual"))
        .with("StartPeriod", text(question.start.to_string()))
        .with("EndPeriod", text(question.end.to_string()))
        .with("Currency", text("USD"))
        .with("Option", Json::List(vec![option]))
}
