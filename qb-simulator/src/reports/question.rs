//! What a report is asked: its period, whom and what it is about, and the head of the page that repeats it.
//!
//! Neighbours: every report reads it, `dates` knows the names of periods.

use chrono::{DateTime, Datelike, FixedOffset, NaiveDate};
use rust_decimal::Decimal;

use super::dates::span;
use super::page::{Column, amount, cell};
use crate::base::amount::two_decimals;
use crate::base::clock::meta_time;
use crate::base::clock::read_date;
use crate::base::fault::{self, Checked};
use crate::base::json::{Json, object, text};
use crate::base::kind::EntityKind;
use crate::base::message::Target;
use crate::books::company::{Company, number};
use crate::books::ledger::Tags;
use crate::options::ReportForm;

/// How the columns are cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Summarize {
    Total,
    Days,
    Week,
    Month,
    Quarter,
    Year,
    /// One column for each entry of a list.
    By(Of),
}

/// Whose entries columns are of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Of {
    Customers,
    Vendors,
    Employees,
    Classes,
    Departments,
    Items,
}

impl Of {
    /// Each with the parameter's word and the list.
    const ALL: &[(Of, &'static str, EntityKind)] = &[
        (Of::Customers, "Customers", EntityKind::Customer),
        (Of::Vendors, "Vendors", EntityKind::Vendor),
        (Of::Employees, "Employees", EntityKind::Employee),
        (Of::Classes, "Classes", EntityKind::Class),
        (Of::Departments, "Departments", EntityKind::Department),
        (Of::Items, "ProductsAndServices", EntityKind::Item),
    ];

    fn row(self) -> (&'static str, EntityKind) {
        let found = Of::ALL.iter().find(|(of, ..)| *of == self);
        found.map_or(("Customers", EntityKind::Customer), |(_, word, kind)| (*word, *kind))
    }

    /// Returns the list.
    pub(super) fn kind(self) -> EntityKind {
        self.row().1
    }
}

/// What every report is asked.
pub(crate) struct Question {
    pub(super) form: ReportForm,
    pub(super) start: NaiveDate,
    pub(super) end: NaiveDate,
    pub(super) now: DateTime<FixedOffset>,
    /// The day of reports that have one day only; today unless said otherwise.
    pub(super) report_date: NaiveDate,
    /// Customers and vendors; their ids are of one sequence.
    names: Option<Vec<u64>>,
    accounts: Option<Vec<u64>>,
    items: Option<Vec<u64>>,
    classes: Option<Vec<u64>>,
    departments: Option<Vec<u64>>,
    /// Transaction types as the parameter spells them, in lower case.
    pub(super) types: Option<Vec<String>>,
    pub(super) numbers: Option<Vec<String>>,
    /// Only documents that are paid in full, or only those that are not.
    pub(super) is_paid: Option<bool>,
    /// How many days an age bracket of the ageing reports has, and how many brackets there are.
    pub(super) ages: (u32, u32),
    columns: Option<Vec<String>>,
    pub(super) summarize: Summarize,
    pub(super) date_macro: Option<String>,
}

fn has(chosen: Option<&Vec<u64>>, id: Option<u64>) -> bool {
    chosen.is_none_or(|ids| id.is_some_and(|id| ids.contains(&id)))
}

impl Question {
    /// Returns whether the report is about a customer or vendor.
    pub(super) fn has_name(&self, id: u64) -> bool {
        has(self.names.as_ref(), Some(id))
    }

    /// Returns whether the report is about an account.
    pub(super) fn has_account(&self, id: u64) -> bool {
        has(self.accounts.as_ref(), Some(id))
    }

    /// Returns whether the report is about what a line names: its item, class and department.
    pub(super) fn has_tags(&self, tags: Tags) -> bool {
        has(self.items.as_ref(), tags.item)
            && has(self.classes.as_ref(), tags.class)
            && has(self.departments.as_ref(), tags.department)
    }

    /// Returns whether a part of the ledger was asked for, by name or by what lines name.
    pub(super) fn is_filtered(&self) -> bool {
        [&self.names, &self.items, &self.classes, &self.departments].iter().any(|chosen| chosen.is_some())
    }

    /// Returns whether a column was asked for; without the parameter those that stand there by default are.
    pub(super) fn shows(&self, column: &Column) -> bool {
        match &self.columns {
            None => column.is_default,
            Some(columns) => columns.iter().any(|key| key.eq_ignore_ascii_case(column.key)),
        }
    }

    /// Refuses columns that the report does not have: 5030.
    pub(super) fn check_columns(&self, known: &[Column]) -> Checked<()> {
        let mut asked = self.columns.iter().flatten();
        match asked.find(|key| !known.iter().any(|column| column.key.eq_ignore_ascii_case(key))) {
            Some(key) => Err(fault::feature_not_supported(&format!("the report column {key}")).at("columns")),
            None => Ok(()),
        }
    }

    /// Makes the report one of its report date alone.
    pub(super) fn on_one_day(&mut self) {
        (self.start, self.end) = (self.report_date, self.report_date);
    }

    /// Returns whether the report has the form of the new service.
    pub(super) fn is_modern(&self) -> bool {
        self.form == ReportForm::Modern
    }

    /// Returns a cell of money that the old form never leaves empty; the new one shows nothing for zero.
    pub(super) fn money(&self, value: Decimal) -> Json {
        if self.is_modern() { amount(value) } else { cell(two_decimals(value)) }
    }

    /// Returns the first of two words in the old form, the second in the new one.
    pub(super) fn word(&self, old: &'static str, modern: &'static str) -> &'static str {
        if self.is_modern() { modern } else { old }
    }
}

/// Parameters that Intuit documents for one report or another, besides those that every report takes.
const DOCUMENTED: &[&str] = &[
    "account",
    "account_status",
    "account_type",
    "add_due_date",
    "agingmethod",
    "aging_method",
    "aging_period",
    "appaid",
    "arpaid",
    "attachmenttype",
    "bothamount",
    "class",
    "cleared",
    "columns",
    "createdate_macro",
    "custom1",
    "custom2",
    "custom3",
    "custom_pp",
    "customer",
    "department",
    "docnum",
    "duedate_macro",
    "employee",
    "end_createdate",
    "end_duedate",
    "end_moddate",
    "end_svcdate",
    "group_by",
    "high_pp_date",
    "item",
    "journal_code",
    "low_pp_date",
    "memo",
    "moddate_macro",
    "name",
    "num_periods",
    "past_due",
    "payment_method",
    "printed",
    "report_date",
    "shipvia",
    "showrows",
    "sort_by",
    "sort_order",
    "source_account",
    "source_account_type",
    "start_createdate",
    "start_duedate",
    "start_moddate",
    "start_svcdate",
    "subcol_pct_exp",
    "subcol_pct_inc",
    "subcol_pct_inc_exp",
    "subcol_pp",
    "subcol_pp_chg",
    "subcol_pp_pct_chg",
    "summarize_column_by",
    "svcdate_macro",
    "term",
    "transaction_type",
    "vendor",
];

/// Refuses parameters that the report does not take although Intuit documents them: 5030. Their answer would be taken for
/// the part that was asked for.
pub(super) fn check_parameters(target: &Target, takes: &[&str]) -> Checked<()> {
    let says_nothing = |name: &str| match name {
        "summarize_column_by" => target.parameter(name).is_some_and(|by| by.eq_ignore_ascii_case("Total")),
        "group_by" => target.parameter(name).is_some_and(|by| by.eq_ignore_ascii_case("None")),
        _ => false,
    };
    let asked = DOCUMENTED.iter().filter(|name| target.parameter(name).is_some());
    match asked.filter(|name| !takes.contains(name)).find(|name| !says_nothing(name)) {
        Some(name) => {
            Err(fault::feature_not_supported(&format!("the parameter {name} of this report")).at(*name))
        }
        None => Ok(()),
    }
}

/// Reads what is asked: this month to date unless said otherwise. The books are accrual books.
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
    let list = |name: &str| -> Option<Vec<String>> {
        target.parameter(name).map(|values| values.split(',').map(|value| value.trim().to_owned()).collect())
    };
    let ids =
        |name: &str| -> Option<Vec<u64>> { list(name).map(|ids| ids.iter().map(|id| number(id)).collect()) };
    let names = match (ids("customer"), ids("vendor")) {
        (Some(customers), Some(vendors)) => Some([customers, vendors].concat()),
        (customers, vendors) => customers.or(vendors),
    };
    let is_paid = match target.parameter("arpaid").map(str::to_lowercase).as_deref() {
        None | Some("all") => None,
        Some("paid") => Some(true),
        Some("unpaid") => Some(false),
        Some(other) => return Err(fault::invalid_enumeration("arpaid", other)),
    };
    let report_date = match target.parameter("aging_method").map(str::to_lowercase).as_deref() {
        None | Some("report_date") => date("report_date")?.unwrap_or(today),
        Some("current") => today,
        Some(other) => return Err(fault::invalid_enumeration("aging_method", other)),
    };
    let form = company.options.reports;
    Ok(Question {
        form,
        start,
        end,
        now,
        report_date,
        names,
        accounts: ids("account"),
        items: ids("item"),
        classes: ids("class"),
        departments: ids("department"),
        types: list("transaction_type").map(|types| types.iter().map(|name| name.to_lowercase()).collect()),
        numbers: list("docnum"),
        is_paid,
        ages: (count(target, "aging_period", 30, 365)?, count(target, "num_periods", 4, 52)?),
        columns: list("columns"),
        summarize: summarize(target, form, (end - start).num_days())?,
        date_macro,
    })
}

fn count(target: &Target, name: &'static str, usual: u32, most: u32) -> Checked<u32> {
    match target.parameter(name) {
        None => Ok(usual),
        Some(given) => match given.parse() {
            Ok(count) if (1..=most).contains(&count) => Ok(count),
            _ => Err(fault::out_of_range(name, given, &format!("1 to {most}"))),
        },
    }
}

/// The most columns of a report in the old form, about.
const MOST_COLUMNS: i64 = 400;

fn summarize(target: &Target, form: ReportForm, days: i64) -> Checked<Summarize> {
    let asked = match target.parameter("summarize_column_by").map(str::to_lowercase).as_deref() {
        None | Some("total") => Summarize::Total,
        Some("days") => Summarize::Days,
        Some("week") => Summarize::Week,
        Some("month") => Summarize::Month,
        Some("quarter") => Summarize::Quarter,
        Some("year") => Summarize::Year,
        Some(other) => match Of::ALL.iter().find(|(_, word, _)| word.eq_ignore_ascii_case(other)) {
            Some((of, ..)) => return Ok(Summarize::By(*of)),
            None => return Err(fault::invalid_enumeration("summarize_column_by", other)),
        },
    };
    // The new form has a column for what is too much; the old one took the next coarser way.
    Ok(if form == ReportForm::Modern { asked } else { asked.within(days) })
}

impl Summarize {
    /// Returns how it is called in the Header; `None` for one column.
    pub(super) fn name(self) -> Option<&'static str> {
        match self {
            Summarize::Total => None,
            Summarize::Days => Some("Days"),
            Summarize::Week => Some("Week"),
            Summarize::Month => Some("Month"),
            Summarize::Quarter => Some("Quarter"),
            Summarize::Year => Some("Year"),
            Summarize::By(of) => Some(of.row().0),
        }
    }

    /// Returns the same, or the next coarser way that does not make too many columns of so many days.
    fn within(self, days: i64) -> Summarize {
        match self {
            Summarize::Days if days <= MOST_COLUMNS => Summarize::Days,
            Summarize::Week if days <= MOST_COLUMNS * 7 => Summarize::Week,
            Summarize::Quarter if days <= MOST_COLUMNS * 90 => Summarize::Quarter,
            Summarize::Year if days <= MOST_COLUMNS * 365 => Summarize::Year,
            Summarize::Days | Summarize::Week | Summarize::Month if days <= MOST_COLUMNS * 30 => {
                Summarize::Month
            }
            _ => Summarize::Total,
        }
    }
}

/// Returns the Header object of a report.
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
        .with_some("SummarizeColumnsBy", question.summarize.name().map(text))
        .with("Currency", text("USD"))
        .with("Option", Json::List(vec![option]))
}
