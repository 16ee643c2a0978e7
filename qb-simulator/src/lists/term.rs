//! Term: after how many days, or on which day of the month, a document falls due.
//!
//! Neighbours: the documents, `customer` and `vendor` refer to terms.

use chrono::{Datelike, Days, Months, NaiveDate};

use crate::base::amount;
use crate::base::fault::{self, Checked};
use crate::base::json::{Json, copy, integer, object, text};
use crate::base::kind::EntityKind;
use crate::books::company::{Call, Company, NameSpace, identity, number};
use crate::query::ColumnType;
use crate::schema::Kind::{Number, Text};
use crate::schema::{Class, bases};

pub(crate) static CLASS: Class = Class {
    name: "Term",
    base: bases::LIST_ENTRY,
    fields: &[
        ("Name", Text(31)),
        ("Type", Text(30)),
        ("DueDays", Number),
        ("DiscountDays", Number),
        ("DiscountPercent", Number),
        ("DayOfMonthDue", Number),
        ("DueNextMonthDays", Number),
        ("DiscountDayOfMonth", Number),
    ],
};

pub(crate) const COLUMNS: &[(&str, ColumnType)] = &[("Name", ColumnType::Text), ("Active", ColumnType::Bool)];

/// Creates a term: STANDARD counts days, DATE_DRIVEN names a day of the month.
pub(crate) fn create(company: &mut Company, body: &Json, call: &Call) -> Checked<String> {
    let name = body.text_of("Name").ok_or_else(|| fault::required("Name"))?;
    let day = whole(body, "DayOfMonthDue", 1, 31)?;
    let due_days = whole(body, "DueDays", 0, 999)?;
    let next_month = whole(body, "DueNextMonthDays", 0, 31)?;
    if day.is_none() && due_days.is_none() {
        return Err(fault::required("DueDays"));
    }
    if day.is_some() && due_days.is_some() {
        return Err(fault::conflicting("DueDays and DayOfMonthDue exclude each other."));
    }
    if company.is_name_taken(NameSpace::Terms, name, call) {
        return Err(fault::duplicate_name(
            "Another term is already using this name. Please use a different name.",
        ));
    }
    let name = name.to_owned();
    let id = company.id_for(EntityKind::Term, call).to_string();
    company.hold_name(NameSpace::Terms, &name, &id);
    let mut term = object()
        .with("Name", text(name))
        .with("Active", Json::Bool(true))
        .with("Type", text(if day.is_some() { "DATE_DRIVEN" } else { "STANDARD" }));
    copy(body, &mut term, &["DiscountPercent", "DiscountDays", "DiscountDayOfMonth"]);
    let count = |number: Option<u32>| number.map(|number| integer(number as usize));
    let term = term
        .with_some("DueDays", count(due_days))
        .with_some("DayOfMonthDue", count(day))
        .with_some("DueNextMonthDays", count(next_month));
    company.enter(EntityKind::Term, &id, identity(term, &id, call.now));
    Ok(id)
}

fn whole(body: &Json, name: &'static str, least: u32, most: u32) -> Checked<Option<u32>> {
    let Some(value) = amount::member(body, name) else { return Ok(None) };
    match value.to_string().parse::<u32>() {
        Ok(number) if (least..=most).contains(&number) => Ok(Some(number)),
        _ => Err(fault::out_of_range(name, &value.to_string(), &format!("{least} to {most}"))),
    }
}

/// Returns when a document of this day falls due under a term.
pub(crate) fn due_date(company: &Company, term: &str, date: NaiveDate) -> NaiveDate {
    let Some(record) = company.store(EntityKind::Term).get(term) else { return date };
    let count = |name: &str| record.body.text_of(name).map(number);
    let Some(day) = count("DayOfMonthDue").and_then(|day| u32::try_from(day).ok()) else {
        let days = Days::new(count("DueDays").unwrap_or_default());
        return date.checked_add_days(days).unwrap_or(date);
    };
    let mut due = on_day(date, day);
    if due < date {
        due = on_day(next_month(date), day);
    }
    match count("DueNextMonthDays").and_then(|days| date.checked_add_days(Days::new(days))) {
        Some(soon) if due <= soon => on_day(next_month(due), day),
        _ => due,
    }
}

/// Returns the day of this month, or its last.
fn on_day(date: NaiveDate, day: u32) -> NaiveDate {
    (28..=day.max(28)).rev().find_map(|last| date.with_day(day.min(last))).unwrap_or(date)
}

fn next_month(date: NaiveDate) -> NaiveDate {
    date.with_day(1).and_then(|first| first.checked_add_months(Months::new(1))).unwrap_or(date)
}

/// Enters the terms of a new company: 0, 15 and 30 days.
pub(crate) fn insert_default(company: &mut Company, call: &Call) {
    for (name, days) in [("Due on receipt", "0"), ("Net 15", "15"), ("Net 30", "30")] {
        let body = object().with("Name", text(name)).with("DueDays", text(days));
        // A new company has no term of these names.
        let _ = create(company, &body, call);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failing test may stop")]
    use super::*;

    #[test]
    fn terms_count_days_or_name_a_day_of_the_month() {
        let mut company = Company::default_company("2026-01-01T00:00:00Z".parse().unwrap());
        let call = Call::at(company.created);
        let mut due = |members: &[(&'static str, &'static str)], day: &str| {
            let name = format!("T{}", company.store(EntityKind::Term).records().len());
            let body = object().with("Name", text(name));
            let body = members.iter().fold(body, |body, (name, value)| body.with(name, text(*value)));
            let id = create(&mut company, &body, &call).unwrap();
            due_date(&company, &id, day.parse().unwrap()).to_string()
        };
        assert_eq!(due(&[("DueDays", "21")], "2026-02-03"), "2026-02-24");
        assert_eq!(due(&[("DayOfMonthDue", "10")], "2026-02-03"), "2026-02-10");
        assert_eq!(due(&[("DayOfMonthDue", "10")], "2026-02-11"), "2026-03-10");
        assert_eq!(due(&[("DayOfMonthDue", "31")], "2026-02-03"), "2026-02-28");
        let soon = [("DayOfMonthDue", "10"), ("DueNextMonthDays", "7")];
        assert_eq!(due(&soon, "2026-02-03"), "2026-03-10");
        assert_eq!(due(&soon, "2026-02-02"), "2026-02-10");
    }
}
