//! The small lists: Class, Department, Term and CustomerType.
//!
//! Names no document; a term only reckons due dates. Neighbours: the documents refer to all of them, `customer` and
//! `vendor` to terms and types.

use chrono::{Datelike, Days, Months, NaiveDate};

use super::{check_name, full_name, parent};
use crate::amount;
use crate::company::{Call, Company, NameSpace, identity, number, reference};
use crate::entity::EntityKind;
use crate::fault::{self, Checked};
use crate::json::{Json, copy, integer, object, text};
use crate::query::ColumnType;
use crate::schema::Kind::{Bool, Ignored, Number, Ref, Text};
use crate::schema::{Class, bases};

pub(crate) static CLASS: Class = Class {
    name: "Class",
    base: bases::LIST_ENTRY,
    fields: &[("Name", Text(100)), ("SubClass", Ignored), ("ParentRef", Ref)],
};

pub(crate) static DEPARTMENT: Class = Class {
    name: "Department",
    base: bases::LIST_ENTRY,
    fields: &[("Name", Text(100)), ("SubDepartment", Ignored), ("ParentRef", Ref), ("Address", Ignored)],
};

pub(crate) static TERM: Class = Class {
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

pub(crate) static CUSTOMER_TYPE: Class = Class {
    name: "CustomerType",
    base: bases::LIST_ENTRY,
    fields: &[("Name", Text(100)), ("IsDefault", Bool)],
};

pub(crate) const TREE_COLUMNS: &[(&str, ColumnType)] =
    &[("Name", ColumnType::Text), ("FullyQualifiedName", ColumnType::Text), ("Active", ColumnType::Bool)];
pub(crate) const TERM_COLUMNS: &[(&str, ColumnType)] =
    &[("Name", ColumnType::Text), ("Active", ColumnType::Bool)];
pub(crate) const TYPE_COLUMNS: &[(&str, ColumnType)] = &[("Active", ColumnType::Bool)];

/// Creates a class; 5030 below the Plus plan.
pub(crate) fn create_class(company: &mut Company, body: &Json, call: &Call) -> Checked<String> {
    company.options.needs_plus("Class")?;
    create_tree(company, body, call, EntityKind::Class, NameSpace::Classes, "SubClass")
}

/// Creates a department, which clients call a location; 5030 below the Plus plan.
pub(crate) fn create_department(company: &mut Company, body: &Json, call: &Call) -> Checked<String> {
    company.options.needs_plus("Department")?;
    create_tree(company, body, call, EntityKind::Department, NameSpace::Departments, "SubDepartment")
}

fn create_tree(
    company: &mut Company,
    body: &Json,
    call: &Call,
    kind: EntityKind,
    space: NameSpace,
    sub: &'static str,
) -> Checked<String> {
    let name = body.text_of("Name").ok_or_else(|| fault::required("Name"))?;
    check_name("Name", name, &[':'])?;
    let parent = parent(company, kind, body)?;
    let full_name = full_name(parent.as_ref(), name);
    if company.is_name_taken(space, &full_name, call) {
        return Err(fault::duplicate_name(
            "Another entry is already using this name. Please use a different name.",
        ));
    }
    let id = company.id_for(kind, call).to_string();
    company.hold_name(space, &full_name, &id);
    let entry = object()
        .with("Name", text(name.to_owned()))
        .with(sub, Json::Bool(parent.is_some()))
        .with_some("ParentRef", parent.as_ref().map(|(id, _)| reference(id, None)))
        .with("FullyQualifiedName", text(full_name))
        .with("Active", Json::Bool(true));
    company.enter(kind, &id, identity(entry, &id, call.now));
    Ok(id)
}

/// Creates a term: STANDARD counts days, DATE_DRIVEN names a day of the month.
pub(crate) fn create_term(company: &mut Company, body: &Json, call: &Call) -> Checked<String> {
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

/// When a document of this day falls due under a term.
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

/// The day of this month, or its last.
fn on_day(date: NaiveDate, day: u32) -> NaiveDate {
    (28..=day.max(28)).rev().find_map(|last| date.with_day(day.min(last))).unwrap_or(date)
}

fn next_month(date: NaiveDate) -> NaiveDate {
    date.with_day(1).and_then(|first| first.checked_add_months(Months::new(1))).unwrap_or(date)
}

/// What a new company has: terms of 0, 15 and 30 days, and one customer type.
pub(crate) fn insert_default(company: &mut Company, call: &Call) {
    for (name, days) in [("Due on receipt", "0"), ("Net 15", "15"), ("Net 30", "30")] {
        let body = object().with("Name", text(name)).with("DueDays", text(days));
        // A new company has no term of these names.
        let _ = create_term(company, &body, call);
    }
    let id = "5000000000000003466";
    let kind = object().with("Name", text("Retail")).with("Active", Json::Bool(true));
    company.store_mut(EntityKind::CustomerType).insert(id.to_owned(), identity(kind, id, call.now));
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
            let id = create_term(&mut company, &body, &call).unwrap();
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
