//! PaymentMethod: how a customer paid.
//!
//! Neighbours: payments and sales receipts refer to it.

use super::check_name;
use crate::base::fault::{self, Checked};
use crate::base::json::{Json, object, text};
use crate::base::kind::EntityKind;
use crate::books::company::{Call, Company, NameSpace, identity};
use crate::options::Length;
use crate::query::ColumnType;
use crate::schema::Kind::{Text, TextOf};
use crate::schema::{Class, bases};

pub(crate) static CLASS: Class = Class {
    name: "PaymentMethod",
    base: bases::LIST_ENTRY,
    fields: &[("Name", TextOf(Length::PaymentMethodName)), ("Type", Text(30))],
};

pub(crate) const COLUMNS: &[(&str, ColumnType)] = &[("Name", ColumnType::Text), ("Active", ColumnType::Bool)];

/// Creates a payment method from a body.
pub(crate) fn create(company: &mut Company, body: &Json, call: &Call) -> Checked<String> {
    let name = body.text_of("Name").ok_or_else(|| fault::required("Name"))?;
    check_name("Name", name, &[])?;
    let kind = match body.text_of("Type") {
        None | Some("NON_CREDIT_CARD") => "NON_CREDIT_CARD",
        Some("CREDIT_CARD") => "CREDIT_CARD",
        Some(other) => return Err(fault::invalid_enumeration("Type", other)),
    };
    if company.is_name_taken(NameSpace::PaymentMethods, name, call) {
        return Err(fault::duplicate_name(
            "Another payment method is already using this name. Please use a different name.",
        ));
    }
    Ok(insert(company, name, kind, call))
}

/// Enters a checked payment method and gives its id.
pub(crate) fn insert(company: &mut Company, name: &str, kind: &'static str, call: &Call) -> String {
    let id = company.id_for(EntityKind::PaymentMethod, call).to_string();
    company.hold_name(NameSpace::PaymentMethods, name, &id);
    let body = object()
        .with("Name", text(name.to_owned()))
        .with("Active", Json::Bool(true))
        .with("Type", text(kind));
    company.enter(EntityKind::PaymentMethod, &id, identity(body, &id, call.now));
    id
}
