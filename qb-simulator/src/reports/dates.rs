//! What the values of `date_macro` mean. Neighbours: `reports::answer` asks once per report.

use chrono::{Datelike, Days, Months, NaiveDate};

use crate::books::company::Company;

/// The first and last day of a macro in lower case; `None` for one that is not known here.
pub(super) fn span(company: &Company, name: &str, today: NaiveDate) -> Option<(NaiveDate, NaiveDate)> {
    let month = today.with_day(1)?;
    let year = fiscal_year_start(company, today);
    let calendar_year = month.with_month(1)?;
    let months = |day: NaiveDate, count: u32| day.checked_add_months(Months::new(count));
    let whole = |first: NaiveDate, count: u32| Some((first, months(first, count)?.pred_opt()?));
    let yesterday = today.checked_sub_days(Days::new(1))?;
    match name {
        "today" => Some((today, today)),
        "yesterday" => Some((yesterday, yesterday)),
        "this month" => whole(month, 1),
        "this month-to-date" => Some((month, today)),
        "last month" => whole(month.checked_sub_months(Months::new(1))?, 1),
        "this fiscal year" => whole(year, 12),
        "this fiscal year-to-date" => Some((year, today)),
        "last fiscal year" => whole(year.checked_sub_months(Months::new(12))?, 12),
        "this calendar year" => whole(calendar_year, 12),
        "this calendar year-to-date" => Some((calendar_year, today)),
        "last calendar year" => whole(calendar_year.checked_sub_months(Months::new(12))?, 12),
        "all" => Some((NaiveDate::from_ymd_opt(1900, 1, 1)?, today)),
        _ => None,
    }
}

/// The first day of the fiscal year that `day` lies in.
pub(super) fn fiscal_year_start(company: &Company, day: NaiveDate) -> NaiveDate {
    let month = company.options.fiscal_year_start_month.clamp(1, 12);
    let year = if day.month() >= month { day.year() } else { day.year() - 1 };
    NaiveDate::from_ymd_opt(year, month, 1).unwrap_or(day)
}
