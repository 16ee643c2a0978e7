//! What the values of `date_macro` mean. Neighbours: `reports::answer` asks once per report.

use chrono::{Datelike, Days, Months, NaiveDate, TimeDelta};

use crate::books::company::Company;

/// Returns the first and last day of a macro in lower case; `None` for one that is not known here.
pub(super) fn span(company: &Company, name: &str, today: NaiveDate) -> Option<(NaiveDate, NaiveDate)> {
    let month = today.with_day(1)?;
    let year = fiscal_year_start(company, today);
    let calendar_year = month.with_month(1)?;
    let months = |day: NaiveDate, count: u32| day.checked_add_months(Months::new(count));
    let whole = |first: NaiveDate, count: u32| Some((first, months(first, count)?.pred_opt()?));
    let yesterday = today.checked_sub_days(Days::new(1))?;
    let days = |day: NaiveDate, count: i64| day.checked_add_signed(TimeDelta::days(count));
    let week = days(today, -i64::from(today.weekday().num_days_from_sunday()))?;
    let back = |day: NaiveDate, count: u32| day.checked_sub_months(Months::new(count));
    let into_year = (today.year() - year.year()) * 12 + today.month0() as i32 - year.month0() as i32;
    let quarter = months(year, u32::try_from(into_year / 3 * 3).ok()?)?;
    match name {
        "today" => Some((today, today)),
        "yesterday" => Some((yesterday, yesterday)),
        "this week" => Some((week, days(week, 6)?)),
        "this week-to-date" => Some((week, today)),
        "last week" => Some((days(week, -7)?, days(week, -1)?)),
        "last week-to-date" => Some((days(week, -7)?, days(today, -7)?)),
        "next week" => Some((days(week, 7)?, days(week, 13)?)),
        "next 4 weeks" => Some((days(week, 7)?, days(week, 34)?)),
        "this month" => whole(month, 1),
        "this month-to-date" => Some((month, today)),
        "last month" => whole(back(month, 1)?, 1),
        "last month-to-date" => Some((back(month, 1)?, back(today, 1)?)),
        "next month" => whole(months(month, 1)?, 1),
        "this fiscal quarter" => whole(quarter, 3),
        "this fiscal quarter-to-date" => Some((quarter, today)),
        "last fiscal quarter" => whole(back(quarter, 3)?, 3),
        "last fiscal quarter-to-date" => Some((back(quarter, 3)?, back(today, 3)?)),
        "next fiscal quarter" => whole(months(quarter, 3)?, 3),
        "this fiscal year" => whole(year, 12),
        "this fiscal year-to-date" => Some((year, today)),
        "last fiscal year" => whole(back(year, 12)?, 12),
        "last fiscal year-to-date" => Some((back(year, 12)?, back(today, 12)?)),
        "next fiscal year" => whole(months(year, 12)?, 12),
        "this calendar year" => whole(calendar_year, 12),
        "this calendar year-to-date" => Some((calendar_year, today)),
        "last calendar year" => whole(back(calendar_year, 12)?, 12),
        "all" => Some((NaiveDate::from_ymd_opt(1900, 1, 1)?, today)),
        _ => None,
    }
}

/// Returns the first day of the fiscal year that `day` lies in.
pub(super) fn fiscal_year_start(company: &Company, day: NaiveDate) -> NaiveDate {
    let month = company.options.fiscal_year_start_month.clamp(1, 12);
    let year = if day.month() >= month { day.year() } else { day.year() - 1 };
    NaiveDate::from_ymd_opt(year, month, 1).unwrap_or(day)
}
