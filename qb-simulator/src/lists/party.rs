//! What customers, vendors and employees have in common: a name that only one of them can have, and addresses.
//!
//! Names no document. Neighbours: the three lists; sales forms copy addresses.

use super::{check_currency, check_name};
use crate::base::fault::{self, Checked};
use crate::base::json::{Json, copy, object, text};
use crate::books::company::{Call, Company, NameSpace};

/// The checked DisplayName: characters (2040), e-mail (2210), currency, and that nobody else
/// has the name (6240).
pub(crate) fn party_name(company: &Company, body: &Json, call: &Call) -> Checked<String> {
    check_currency(body)?;
    let name = display_name(body)?;
    check_name("DisplayName", &name, &[':', '\t', '\n'])?;
    if let Some(printed) = body.text_of("PrintOnCheckName") {
        check_name("PrintOnCheckName", printed, &[':', '\t', '\n'])?;
    }
    let email = body.get("PrimaryEmailAddr").and_then(|email| email.text_of("Address"));
    if let Some(address) = email.filter(|address| !address.contains('@') || !address.contains('.')) {
        return Err(fault::invalid_email(address));
    }
    let page = body.get("WebAddr").and_then(|page| page.text_of("URI")).filter(|page| !page.is_empty());
    if let Some(page) = page.filter(|page| !page.contains('.') || page.contains(char::is_whitespace)) {
        return Err(fault::invalid_web_address(page));
    }
    if company.is_name_taken(NameSpace::Names, &name, call) {
        return Err(fault::duplicate_name(
            "Another customer, vendor or employee is already using this \nname. Please use a different name.",
        ));
    }
    Ok(name)
}

/// DisplayName, else built from the parts of the name: 6080 when there is none.
fn display_name(body: &Json) -> Checked<String> {
    if let Some(name) = body.text_of("DisplayName") {
        return Ok(name.to_owned());
    }
    let parts = ["Title", "GivenName", "MiddleName", "FamilyName", "Suffix"];
    let given: Vec<&str> = parts.iter().filter_map(|part| body.text_of(part)).collect();
    if given.is_empty() { Err(fault::no_name()) } else { Ok(given.join(" ")) }
}

/// Adds the names and contacts of a body to an answer, in QuickBooks' order. Only customers have a full name.
pub(crate) fn copy_person(body: &Json, into: &mut Json, name: String, full_name: Option<String>) {
    copy(body, into, &["Title", "GivenName", "MiddleName", "FamilyName", "Suffix"]);
    let printed = body.text_of("PrintOnCheckName").unwrap_or(&name).to_owned();
    if let Some(full_name) = full_name {
        into.push("FullyQualifiedName", text(full_name));
    }
    copy(body, into, &["CompanyName"]);
    into.push("DisplayName", text(name));
    into.push("PrintOnCheckName", text(printed));
    into.push("Active", Json::Bool(true));
    let contacts = ["PrimaryPhone", "AlternatePhone", "Mobile", "Fax", "PrimaryEmailAddr", "WebAddr"];
    copy(body, into, &contacts);
}

/// Returns an address of a body under an id of its own, in an update under the one it has; an address without content counts as
/// absent.
pub(crate) fn address(company: &mut Company, body: &Json, name: &str) -> Option<Json> {
    let Some(Json::Object(members)) = body.get(name) else { return None };
    let lines: Vec<_> = members
        .iter()
        .filter(|(key, value)| key != "Id" && value.as_text().is_some_and(|text| !text.is_empty()))
        .cloned()
        .collect();
    if lines.is_empty() {
        return None;
    }
    let own = body.get(name).and_then(|address| address.text_of("Id"));
    let id = match own.filter(|id| company.kept.has_address(id)) {
        Some(id) => id.to_owned(),
        None => company.next_address_id().to_string(),
    };
    let mut address = object().with("Id", text(id));
    if let Json::Object(members) = &mut address {
        members.extend(lines);
    }
    Some(address)
}
