//! CustomerType, which clients can only read; a person adds, renames and deactivates them.
//!
//! Neighbours: `customer` refers to it, `host::person` works on it.

use chrono::{DateTime, FixedOffset};

use crate::base::json::{Json, object, text};
use crate::base::kind::EntityKind;
use crate::books::company::{Call, Company, identity, touch};
use crate::query::ColumnType;
use crate::schema::Kind::{Bool, Text};
use crate::schema::{Class, bases};

pub(crate) static CLASS: Class = Class {
    name: "CustomerType",
    base: bases::LIST_ENTRY,
    fields: &[("Name", Text(100)), ("IsDefault", Bool)],
};

pub(crate) const COLUMNS: &[(&str, ColumnType)] = &[("Active", ColumnType::Bool)];

/// The id of the first one; QuickBooks gives them long ones.
const FIRST: u64 = 5_000_000_000_000_003_466;

/// Enters the one customer type of a new company.
pub(crate) fn insert_default(company: &mut Company, call: &Call) {
    insert(company, "Retail", call.now);
}

fn insert(company: &mut Company, name: &str, now: DateTime<FixedOffset>) -> String {
    // None is ever taken out.
    let count = company.store(EntityKind::CustomerType).records().len() as u64;
    let id = (FIRST + count).to_string();
    let kind = object().with("Name", text(name.to_owned())).with("Active", Json::Bool(true));
    company.store_mut(EntityKind::CustomerType).insert(id.clone(), identity(kind, &id, now));
    id
}

/// Adds a type as a person does, and gives its id. The error says why it cannot be.
pub(crate) fn add(company: &mut Company, name: &str, now: DateTime<FixedOffset>) -> Result<String, String> {
    check_name(company, name, None)?;
    Ok(insert(company, name, now))
}

/// Gives a type another name, or makes it active or inactive.
pub(crate) fn set(
    company: &mut Company,
    id: &str,
    (name, active): (Option<&str>, Option<bool>),
    now: DateTime<FixedOffset>,
) -> Result<(), String> {
    if company.store(EntityKind::CustomerType).get(id).is_none() {
        return Err(format!("CustomerType {id} does not exist"));
    }
    if let Some(name) = name {
        check_name(company, name, Some(id))?;
    }
    company.store_mut(EntityKind::CustomerType).change(id, |body| {
        if let Some(name) = name {
            body.set("Name", text(name.to_owned()));
        }
        if let Some(active) = active {
            body.set("Active", Json::Bool(active));
        }
        touch(body, now);
    });
    Ok(())
}

fn check_name(company: &Company, name: &str, own: Option<&str>) -> Result<(), String> {
    let length = name.chars().count();
    if length == 0 || length > 100 {
        return Err(format!("the name of a customer type has 1 to 100 characters, not {length}"));
    }
    let others = company.store(EntityKind::CustomerType).records();
    let is_taken = others.iter().filter(|other| Some(other.id.as_str()) != own).any(|other| {
        other.body.text_of("Name").is_some_and(|taken| taken.to_lowercase() == name.to_lowercase())
    });
    if is_taken { Err(format!("there is a customer type {name} already")) } else { Ok(()) }
}
