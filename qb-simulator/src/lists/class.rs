//! Class and Department: lists whose entries can have parents. Clients call a department a location.
//!
//! Neighbours: the documents refer to both.

use super::party::address;
use super::{check_name, full_name, parent, under_a_parent};
use crate::base::fault::{self, Checked};
use crate::base::json::{Json, object, text};
use crate::base::kind::EntityKind;
use crate::books::company::{Call, Company, NameSpace, identity, reference};
use crate::query::ColumnType;
use crate::schema::Kind::{Ignored, Object, Ref, Text};
use crate::schema::{Class, bases, classes};

pub(crate) static CLASS: Class = Class {
    name: "Class",
    base: bases::LIST_ENTRY,
    fields: &[("Name", Text(100)), ("SubClass", Ignored), ("ParentRef", Ref)],
};

pub(crate) static DEPARTMENT: Class = Class {
    name: "Department",
    base: bases::LIST_ENTRY,
    fields: &[
        ("Name", Text(100)),
        ("SubDepartment", Ignored),
        ("ParentRef", Ref),
        ("Address", Object(&classes::ADDRESS)),
    ],
};

pub(crate) const COLUMNS: &[(&str, ColumnType)] =
    &[("Name", ColumnType::Text), ("FullyQualifiedName", ColumnType::Text), ("Active", ColumnType::Bool)];

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
    under_a_parent(body, sub)?;
    let full_name = full_name(parent.as_ref(), name);
    if company.is_name_taken(space, &full_name, call) {
        return Err(fault::duplicate_name(
            "Another entry is already using this name. Please use a different name.",
        ));
    }
    let id = company.id_for(kind, call).to_string();
    company.hold_name(space, &full_name, &id);
    let address = address(company, body, "Address");
    let entry = object()
        .with("Name", text(name.to_owned()))
        .with(sub, Json::Bool(parent.is_some()))
        .with_some("ParentRef", parent.as_ref().map(|(id, _)| reference(id, None)))
        .with("FullyQualifiedName", text(full_name))
        .with_some("Address", address)
        .with("Active", Json::Bool(true));
    company.enter(kind, &id, identity(entry, &id, call.now));
    Ok(id)
}
