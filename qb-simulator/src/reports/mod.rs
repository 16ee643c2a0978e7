//! Reports: pages of text cells made from the ledger. One module for each.
//!
//! Neighbours: `handle` routes here, `ledger` has the figures.

mod dates;
mod general_ledger;
mod lists;
mod page;
mod postings;
mod statements;
mod transaction_list;
mod trial_balance;

use chrono::{DateTime, Datelike, FixedOffset, NaiveDate};

use statements::Summarize;

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
    /// The day of reports that have one day only; today unless said otherwise.
    report_date: NaiveDate,
    /// Customers and vendors; their ids are of one sequence.
    names: Option<Vec<u64>>,
    accounts: Option<Vec<u64>>,
    columns: Option<Vec<String>>,
    summarize: Summarize,
    date_macro: Option<String>,
}

impl Question {
    fn has_name(&self, id: u64) -> bool {
        self.names.as_ref().is_none_or(|names| names.contains(&id))
    }

    fn has_account(&self, id: u64) -> bool {
        self.accounts.as_ref().is_none_or(|accounts| accounts.contains(&id))
    }

    /// Whether a column was asked for; without the parameter all are.
    fn shows(&self, key: &str) -> bool {
        self.columns.as_ref().is_none_or(|columns| columns.iter().any(|column| column == key))
    }
}

/// Answers a report by its name in lower case; `None` when there is no such report.
pub(crate) fn answer(
    company: &Company,
    name: &str,
    target: &Target,
    now: DateTime<FixedOffset>,
) -> Checked<Option<Json>> {
    let report: fn(&Company, &Question) -> Json = match name {
        "trialbalance" => trial_balance::report,
        "generalledger" => general_ledger::report,
        "transactionlist" => transaction_list::report,
        "profitandloss" => statements::profit_and_loss,
        "balancesheet" => statements::balance_sheet,
        "customerbalance" => lists::customer_balance,
        "agedreceivables" => lists::aged_receivables,
        "vendorbalance" => lists::vendor_balance,
        "agedpayables" => lists::aged_payables,
        "accountlist" => lists::account_list,
        _ => return Ok(None),
    };
    let mut question = question(company, target, now)?;
    let is_balance = matches!(name, "customerbalance" | "vendorbalance");
    if is_balance || matches!(name, "agedreceivables" | "agedpayables") {
        (question.start, question.end) = (question.report_date, question.report_date);
        question.date_macro = is_balance.then(|| "all".to_owned());
    }
    Ok(Some(report(company, &question)))
}

/// The period asked for: this month to date unless said otherwise. The books are accrual books.
fn question(company: &Company, target: &Target, now: DateTime<FixedOffset>) -> Checked<Question> {
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
        Some(name) => dates::span(company, name, today)
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
    let ids = |name: &str| -> Option<Vec<u64>> {
        list(name).map(|ids| ids.into_iter().map(crate::company::number).collect())
    };
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
