//! One customer or vendor merged into another by a person, which the API cannot do.
//!
//! Whatever named the one names the other from then on: documents, open amounts, the ledger. What is left of the merged one
//! is a choice of the company. Neighbours: `host::person` calls it, `http::hooks` tells of it.

use chrono::{DateTime, FixedOffset};

use crate::base::json::{Json, text};
use crate::base::kind::{EntityKind, Operation};
use crate::books::change_log::Event;
use crate::books::company::{Company, NameSpace, Tombstone, number, touch, touch_time};
use crate::entity::{ENTITIES, Entity};
use crate::options::MergedName;

/// The members by which documents name customers and vendors.
const NAMING: &[&str] = &["CustomerRef", "VendorRef", "EntityRef", "Entity", "ShipTo"];

/// Merges one entry into another. The error says why that cannot be; then nothing has changed.
pub(crate) fn merge(
    company: &mut Company,
    entity: &Entity,
    id: &str,
    into: &str,
    now: DateTime<FixedOffset>,
) -> Result<(), String> {
    let name = check(company, entity, id, into)?;
    let (from, to) = (number(id), number(into));
    company.ledger.rename(from, to);
    company.receivables.rename(from, to);
    company.payables.rename(from, to);
    let moves_time = !company.options.choices.merged_documents_keep_their_time;
    for document in ENTITIES.iter().filter(|entity| entity.kind.is_document()) {
        let store = company.store(document.kind);
        let named = store.records().iter().filter(|record| names(&record.body, id));
        let named: Vec<String> = named.map(|record| record.id.clone()).collect();
        for document_id in named {
            company.store_mut(document.kind).change(&document_id, |body| {
                rename(body, id, into, &name);
                if moves_time {
                    touch_time(body, now);
                }
            });
        }
    }
    if !company.options.choices.customers_keep_their_time {
        company.store_mut(entity.kind).change(into, |body| touch_time(body, now));
    }
    leave(company, entity.kind, id, now);
    let merged = Some(id.to_owned());
    company
        .change_log
        .events
        .push(Event { merged, ..Event::of(entity.kind, Operation::Update, into.to_owned()) });
    Ok(())
}

/// Returns the name of the one that stays.
fn check(company: &Company, entity: &Entity, id: &str, into: &str) -> Result<String, String> {
    if !matches!(entity.kind, EntityKind::Customer | EntityKind::Vendor) {
        return Err(format!("{} cannot be merged here; customers and vendors can", entity.name()));
    }
    if id == into {
        return Err(format!("{} {id} cannot be merged into itself", entity.name()));
    }
    let store = company.store(entity.kind);
    let found = |id: &str| store.get(id).ok_or_else(|| format!("{} {id} does not exist", entity.name()));
    let (lost, kept) = (&found(id)?.body, &found(into)?.body);
    if kept.flag("Active") == Some(false) {
        return Err(format!("{} {into} is inactive", entity.name()));
    }
    if lost.reference("ParentRef") != kept.reference("ParentRef") {
        return Err("both must stand under the same parent, or under none".to_owned());
    }
    if store.find("ParentRef", id).next().is_some() {
        return Err(format!("{} {id} has others under it; give them another parent first", entity.name()));
    }
    Ok(kept.text_of("DisplayName").unwrap_or_default().to_owned())
}

/// Leaves nothing, or an inactive entry.
fn leave(company: &mut Company, kind: EntityKind, id: &str, now: DateTime<FixedOffset>) {
    company.release_names_of(NameSpace::Names, id);
    match company.options.choices.merged_names {
        MergedName::Gone => {
            company.store_mut(kind).remove(id);
            company.tombstones.push(Tombstone { kind, id: id.to_owned(), at: now });
        }
        MergedName::Inactive => {
            let record = company.store(kind).get(id);
            let name = record.and_then(|record| record.body.text_of("DisplayName")).unwrap_or_default();
            let bare = name.rsplit_once(super::lists::INACTIVE).map_or(name, |(bare, _)| bare).to_owned();
            let name = super::lists::free_inactive_name(company, NameSpace::Names, None, &bare);
            company.hold_name(NameSpace::Names, &name, id);
            company.store_mut(kind).change(id, |body| {
                body.set("Active", Json::Bool(false));
                if let Some(full) = body.text_of("FullyQualifiedName") {
                    let full = full
                        .rsplit_once(':')
                        .map_or_else(|| name.clone(), |(above, _)| format!("{above}:{name}"));
                    body.set("FullyQualifiedName", text(full));
                }
                body.set("DisplayName", text(name));
                touch(body, now);
            });
        }
    }
}

/// Returns whether a document names an entry anywhere.
fn names(value: &Json, id: &str) -> bool {
    match value {
        Json::Object(members) => members.iter().any(|(name, value)| {
            (NAMING.contains(&name.as_ref()) && value.text_of("value") == Some(id)) || names(value, id)
        }),
        Json::List(items) => items.iter().any(|item| names(item, id)),
        _ => false,
    }
}

fn rename(value: &mut Json, id: &str, into: &str, new_name: &str) {
    match value {
        Json::Object(members) => {
            for (name, value) in members {
                if NAMING.contains(&name.as_ref()) && value.text_of("value") == Some(id) {
                    value.set("value", text(into.to_owned()));
                    if value.get("name").is_some() {
                        value.set("name", text(new_name.to_owned()));
                    }
                }
                rename(value, id, into, new_name);
            }
        }
        Json::List(items) => items.iter_mut().for_each(|item| rename(item, id, into, new_name)),
        _ => {}
    }
}
