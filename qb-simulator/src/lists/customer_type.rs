//! CustomerType, which clients can only read.
//!
//! Neighbours: `customer` refers to it.

use crate::base::json::{Json, object, text};
use crate::base::kind::EntityKind;
use crate::books::company::{Call, Company, identity};
use crate::query::ColumnType;
use crate::schema::Kind::{Bool, Text};
use crate::schema::{Class, bases};

pub(crate) static CLASS: Class = Class {
    name: "CustomerType",
    base: bases::LIST_ENTRY,
    fields: &[("Name", Text(100)), ("IsDefault", Bool)],
};

pub(crate) const COLUMNS: &[(&str, ColumnType)] = &[("Active", ColumnType::Bool)];

/// Enters the one customer type of a new company.
pub(crate) fn insert_default(company: &mut Company, call: &Call) {
    let id = "5000000000000003466";
    let kind = object().with("Name", text("Retail")).with("Active", Json::Bool(true));
    company.store_mut(EntityKind::CustomerType).insert(id.to_owned(), identity(kind, id, call.now));
}
