//! Updates of list entries: renaming, moving, and making inactive, which appends ` (deleted)` to the name.
//!
//! Neighbours: the list modules check and enter, `company` keeps who holds which name.

use super::{merge, write_off};
use crate::base::fault::{self, Checked};
use crate::base::json::{Json, text};
use crate::base::kind::EntityKind;
use crate::books::company::{Call, Company, NameSpace};
use crate::entity::Entity;

/// Returns where the names of an entity are unique, the property that is written, and the property that is
/// unique.
pub(crate) fn naming(kind: EntityKind) -> Option<(NameSpace, &'static str, &'static str)> {
    Some(match kind {
        EntityKind::Customer | EntityKind::Vendor | EntityKind::Employee => {
            (NameSpace::Names, "DisplayName", "DisplayName")
        }
        EntityKind::Account => (NameSpace::Accounts, "Name", "FullyQualifiedName"),
        EntityKind::Class => (NameSpace::Classes, "Name", "FullyQualifiedName"),
        EntityKind::Department => (NameSpace::Departments, "Name", "FullyQualifiedName"),
        EntityKind::Item => (NameSpace::Items, "Name", "Name"),
        EntityKind::PaymentMethod => (NameSpace::PaymentMethods, "Name", "Name"),
        EntityKind::Term => (NameSpace::Terms, "Name", "Name"),
        _ => return None,
    })
}

/// Updates a list entry.
pub(super) fn update(
    company: &mut Company,
    entity: &Entity,
    body: &Json,
    old: &Json,
    call: &Call,
) -> Checked<()> {
    let (Some(create), Some((space, written, unique))) = (entity.create, naming(entity.kind)) else {
        return Err(fault::unsupported_operation(format!("update of {}", entity.name())));
    };
    let is_sparse = body.flag("sparse") == Some(true);
    merge::needs(entity.kind, body)?;
    let mut merged = if is_sparse { merge::over(company, old, body) } else { body.clone() };
    let was_active = old.flag("Active") != Some(false);
    let is_active = match merged.flag("Active") {
        Some(active) => active,
        None => was_active || !is_sparse,
    };
    if was_active && !is_active {
        let name = merged.text_of(written).or_else(|| old.text_of(written)).unwrap_or_default();
        let name = inactive_name(company, space, unique, name, old);
        merged.set(written, text(name));
    }
    check_parent(company, entity.kind, &merged, old)?;
    let id = create(company, &merged, call)?;
    if was_active && !is_active {
        // The entry is active until here, so that a document can still be made for it.
        if let Err(fault) = write_off::at_deactivation(company, entity.kind, &id, call) {
            put_back(company, entity.kind, (space, unique), &id, old);
            return Err(fault);
        }
    }

    company.store_mut(entity.kind).change(&id, |entry| entry.set("Active", Json::Bool(is_active)));
    let record = company.store(entity.kind).get(&id);
    let new = record.map(|record| record.body.clone()).unwrap_or(Json::Null);
    let (before, after) = (old.text_of(unique).unwrap_or_default(), new.text_of(unique).unwrap_or_default());
    let blocks = company.options.choices.inactive_names_block;
    if blocks && is_active {
        // Whatever it blocked while it was inactive is free again.
        company.release_names_of(space, &id);
        company.hold_name(space, after, &id);
    } else if !blocks && before.to_lowercase() != after.to_lowercase() {
        company.release_name(space, before);
    }
    let full = |entry: &Json| entry.text_of("FullyQualifiedName").unwrap_or_default().to_owned();
    rename_children(company, entity.kind, (space, unique), &full(old), &full(&new));
    Ok(())
}

/// Undoes the entering of an entry whose update is refused after all.
fn put_back(
    company: &mut Company,
    kind: EntityKind,
    (space, unique): (NameSpace, &str),
    id: &str,
    old: &Json,
) {
    let record = company.store(kind).get(id);
    let entered = record.and_then(|record| record.body.text_of(unique)).map(str::to_owned);
    company.release_name(space, &entered.unwrap_or_default());
    company.hold_name(space, old.text_of(unique).unwrap_or_default(), id);
    company.store_mut(kind).change(id, |entry| *entry = old.clone());
}

/// The beginning of what QuickBooks puts behind the name of an inactive entry.
pub(crate) const INACTIVE: &str = " (deleted";

/// `Name (deleted)`, or the first `Name (deleted-n)` that is free.
fn inactive_name(company: &Company, space: NameSpace, unique: &str, name: &str, old: &Json) -> String {
    let prefix = match unique {
        "FullyQualifiedName" => old.text_of(unique).and_then(|full| full.rsplit_once(':')).map(|(p, _)| p),
        _ => None,
    };
    free_inactive_name(company, space, prefix, name)
}

/// The same for a name under a parent's full name, or under none.
pub(super) fn free_inactive_name(
    company: &Company,
    space: NameSpace,
    prefix: Option<&str>,
    name: &str,
) -> String {
    let mut count = 0u64;
    loop {
        let candidate = match count {
            0 => format!("{name}{INACTIVE})"),
            count => format!("{name}{INACTIVE}-{count})"),
        };
        let full = prefix.map_or_else(|| candidate.clone(), |prefix| format!("{prefix}:{candidate}"));
        if company.name_holder(space, &full).is_none() {
            return candidate;
        }
        count += 1;
    }
}

/// An entry cannot become its own descendant.
fn check_parent(company: &Company, kind: EntityKind, merged: &Json, old: &Json) -> Checked<()> {
    let Some(parent) = merged.reference("ParentRef") else { return Ok(()) };
    let own = old.text_of("FullyQualifiedName").unwrap_or_default();
    let record = company.store(kind).get(parent);
    let of_parent = record.and_then(|record| record.body.text_of("FullyQualifiedName")).unwrap_or_default();
    if old.text_of("Id") == Some(parent) || of_parent.starts_with(&format!("{own}:")) {
        return Err(fault::business("An entry cannot be its own parent.").at("ParentRef"));
    }
    Ok(())
}

/// Descendants carry the names of their ancestors.
fn rename_children(
    company: &mut Company,
    kind: EntityKind,
    (space, unique): (NameSpace, &str),
    before: &str,
    after: &str,
) {
    if before == after || before.is_empty() {
        return;
    }
    let prefix = format!("{before}:");
    let children: Vec<(String, String)> = company
        .store(kind)
        .records()
        .iter()
        .filter_map(|record| {
            let rest = record.body.text_of("FullyQualifiedName")?.strip_prefix(&prefix)?;
            Some((record.id.clone(), rest.to_owned()))
        })
        .collect();
    for (id, rest) in children {
        let full = format!("{after}:{rest}");
        if unique == "FullyQualifiedName" {
            company.release_name(space, &format!("{prefix}{rest}"));
            company.hold_name(space, &full, &id);
        }
        company.store_mut(kind).change(&id, |entry| entry.set("FullyQualifiedName", text(full)));
    }
}
