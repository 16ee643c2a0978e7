//! List entries: what documents refer to. One module for each entity or small family.

pub(crate) mod account;
pub(crate) mod class;
pub(crate) mod company_info;
pub(crate) mod customer;
pub(crate) mod customer_type;
pub(crate) mod employee;
pub(crate) mod item;
pub(crate) mod party;
pub(crate) mod payment_method;
pub(crate) mod preference_changes;
pub(crate) mod preferences;
pub(crate) mod tax;
pub(crate) mod tax_service;
pub(crate) mod term;
pub(crate) mod vendor;

use crate::base::fault::{self, Checked};
use crate::base::json::Json;
use crate::base::kind::EntityKind;
use crate::books::company::Company;

/// How deep lists nest, the top level included.
const MAX_LEVELS: usize = 5;

/// Refuses characters a name must not hold: 2040.
pub(crate) fn check_name(property: &str, name: &str, forbidden: &[char]) -> Checked<()> {
    match name.chars().any(|c| forbidden.contains(&c) || c.is_control()) {
        true => Err(fault::invalid_text(property, name)),
        false => Ok(()),
    }
}

/// Returns the parent a body names, with the parent's full name; 2500, 610 or 6180 when it cannot be one.
pub(crate) fn parent<'a>(
    company: &Company,
    kind: EntityKind,
    body: &'a Json,
) -> Checked<Option<(&'a str, String)>> {
    let Some(id) = body.reference("ParentRef") else { return Ok(None) };
    let record = company.active(kind, id)?;
    let full_name = record.body.text_of("FullyQualifiedName").unwrap_or_default().to_owned();
    if full_name.split(':').count() >= MAX_LEVELS {
        return Err(fault::nested_too_deep());
    }
    Ok(Some((id, full_name)))
}

/// Refuses an entry that says it stands under another and names none: 2020.
pub(crate) fn under_a_parent(body: &Json, sub: &str) -> Checked<()> {
    match body.flag(sub) == Some(true) && body.reference("ParentRef").is_none() {
        true => Err(fault::required("ParentRef")),
        false => Ok(()),
    }
}

/// `Parent:Child`, or the name alone.
pub(crate) fn full_name(parent: Option<&(&str, String)>, name: &str) -> String {
    match parent {
        Some((_, parent)) => format!("{parent}:{name}"),
        None => name.to_owned(),
    }
}

/// Refuses another currency than the company's: 2220.
pub(crate) fn check_currency(body: &Json) -> Checked<()> {
    match body.reference("CurrencyRef") {
        Some(currency) if currency != "USD" => Err(fault::invalid_currency(currency)),
        _ => Ok(()),
    }
}
