//! Employee: a name that checks and journal entries can be made out to. No payroll.
//!
//! Shares names with customers and vendors. Names no document. Neighbours: `party` checks the name.

use super::party::{address, copy_person, party_name};
use crate::base::fault::{self, Checked};
use crate::base::json::{Json, copy, object, text};
use crate::base::kind::EntityKind;
use crate::books::company::{Call, Company, NameSpace, identity};
use crate::options::Length;
use crate::query::ColumnType;
use crate::schema::Kind::{Bool, Date, Ignored, Number, Object, Text, TextOf};
use crate::schema::{Class, bases, classes};

pub(crate) static CLASS: Class = Class {
    name: "Employee",
    base: bases::LIST_ENTRY,
    fields: &[
        ("Title", Text(16)),
        ("GivenName", Text(100)),
        ("MiddleName", Text(100)),
        ("FamilyName", Text(100)),
        ("Suffix", Text(16)),
        ("DisplayName", TextOf(Length::DisplayName)),
        ("PrintOnCheckName", Text(110)),
        ("PrimaryPhone", Object(&classes::PHONE)),
        ("Mobile", Object(&classes::PHONE)),
        ("PrimaryEmailAddr", Object(&classes::EMAIL)),
        ("PrimaryAddr", Object(&classes::ADDRESS)),
        ("EmployeeNumber", Text(100)),
        ("SSN", Text(100)),
        ("Gender", Text(30)),
        ("BirthDate", Date),
        ("HiredDate", Date),
        ("ReleasedDate", Date),
        ("Organization", Bool),
        ("BillableTime", Bool),
        ("BillRate", Number),
        ("CostRate", Number),
        ("V4IDPseudonym", Ignored),
    ],
};

pub(crate) const COLUMNS: &[(&str, ColumnType)] = &[
    ("DisplayName", ColumnType::Text),
    ("GivenName", ColumnType::Text),
    ("MiddleName", ColumnType::Text),
    ("FamilyName", ColumnType::Text),
    ("PrintOnCheckName", ColumnType::Text),
    ("Active", ColumnType::Bool),
];

/// How a social security number is shown; it is not kept.
const MASKED: &str = "XXX-XX-XXXX";

/// Creates an employee from a body: a given or a family name is required, whatever the DisplayName (6080).
pub(crate) fn create(company: &mut Company, body: &Json, call: &Call) -> Checked<String> {
    if body.text_of("GivenName").or_else(|| body.text_of("FamilyName")).is_none() {
        return Err(fault::no_name());
    }
    let name = party_name(company, body, call)?;
    let id = company.id_for(EntityKind::Employee, call).to_string();
    company.hold_name(NameSpace::Names, &name, &id);
    let mut employee = object().with_some("PrimaryAddr", address(company, body, "PrimaryAddr"));
    copy(body, &mut employee, &["EmployeeNumber", "Gender", "BirthDate", "HiredDate", "ReleasedDate"]);
    copy(body, &mut employee, &["BillRate", "CostRate", "Organization"]);
    if body.text_of("SSN").is_some() {
        employee.push("SSN", text(MASKED));
    }
    let billable = Json::Bool(body.flag("BillableTime") == Some(true));
    employee = identity(employee.with("BillableTime", billable), &id, call.now);
    copy_person(body, &mut employee, name, None);
    company.enter(EntityKind::Employee, &id, employee);
    Ok(id)
}
