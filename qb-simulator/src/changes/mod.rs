//! What a write does to an object that may be there already: create, update, delete, void.
//!
//! An update is a create that keeps the object's id: what the object did to others is released, the merged body is
//! checked and booked like a new one, and when it is refused everything is put back. Neighbours: `handle` and `batch`
//! call [`perform`], the entity modules create, `release` knows the links, `lists` the names. What a person can do beyond the
//! API is `merger` and `unlink`.

mod links;
pub(crate) mod lists;
mod merge;
pub(crate) mod merger;
pub(crate) mod release;
pub(crate) mod unlink;
mod void;
mod write_off;

use links::{links, txn_date};

use crate::base::amount;
use crate::base::fault::{self, Checked};
use crate::base::json::{Json, object, text};
use crate::base::kind::{self, EntityKind};
use crate::books::change_log::Event;
use crate::books::company::{Call, Company, number, touch_time};
use crate::books::kept::Kept;
use crate::entity::Entity;
use crate::lists::{company_info, preference_changes};
use crate::schema;

/// What the URL or the batch item asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operation {
    /// Nothing said: a create, or an update when the body has an Id.
    Write,
    Update,
    Delete,
    Void,
}

/// What a write has done.
pub(crate) enum Outcome {
    /// The object has this id and can be read.
    Written(String),
    /// The object with this id is gone.
    Deleted(String),
}

impl Operation {
    /// Reads the kind of change from `operation=` and whether `include=void` stands beside it; 500 for any other word.
    pub(crate) fn read(word: Option<&str>, includes_void: bool) -> Checked<Operation> {
        match word.map(str::to_ascii_lowercase).as_deref() {
            None | Some("create") | Some("update") if includes_void => Ok(Operation::Void),
            None | Some("create") => Ok(Operation::Write),
            Some("update") => Ok(Operation::Update),
            Some("delete") => Ok(Operation::Delete),
            Some("void") => Ok(Operation::Void),
            Some(other) => Err(fault::unsupported_operation(other)),
        }
    }
}

/// Checks a body's properties, does what is asked and notes it for whoever tells of changes. A refusal changes nothing.
pub(crate) fn perform(
    company: &mut Company,
    entity: &Entity,
    body: &Json,
    operation: Operation,
    call: &Call,
) -> Checked<Outcome> {
    let before = body.text_of("Id").map_or_else(Vec::new, |id| customers(company, entity.kind, id));
    let outcome = write(company, entity, body, operation, call)?;
    let done = match operation {
        Operation::Write if body.text_of("Id").is_none() => kind::Operation::Create,
        Operation::Write | Operation::Update => kind::Operation::Update,
        Operation::Delete => kind::Operation::Delete,
        Operation::Void => kind::Operation::Void,
    };
    let (Outcome::Written(id) | Outcome::Deleted(id)) = &outcome;
    company.change_log.events.push(Event::of(entity.kind, done, id.clone()));
    let after = customers(company, entity.kind, id);
    move_times(company, before.into_iter().chain(after), call);
    Ok(outcome)
}

/// Returns the customers a document names in its head or on accounts receivable.
fn customers(company: &Company, kind: EntityKind, id: &str) -> Vec<u64> {
    if !kind.is_document() {
        return Vec::new();
    }
    let head = company.store(kind).get(id).and_then(|record| record.body.reference("CustomerRef"));
    let legs = company.ledger.entry(number(id)).map_or(&[][..], |entry| entry.legs.as_slice());
    head.map(number).into_iter().chain(legs.iter().filter_map(|leg| leg.customer)).collect()
}

/// Moves the LastUpdatedTime of customers whose documents changed, unless the company chose otherwise; their SyncToken stays.
fn move_times(company: &mut Company, mut customers: impl Iterator<Item = u64>, call: &Call) {
    if company.options.choices.customers_keep_their_time {
        return;
    }
    let mut seen = Vec::new();
    for id in customers.by_ref() {
        if !seen.contains(&id) {
            let store = company.store_mut(EntityKind::Customer);
            store.change(&id.to_string(), |body| touch_time(body, call.now));
            seen.push(id);
        }
    }
}

fn write(
    company: &mut Company,
    entity: &Entity,
    body: &Json,
    operation: Operation,
    call: &Call,
) -> Checked<Outcome> {
    if let EntityKind::Preferences | EntityKind::CompanyInfo = entity.kind {
        return set(company, entity, body, operation, call);
    }
    let Some(create) = entity.create else {
        return Err(fault::unsupported_operation(format!("create of {}", entity.name())));
    };
    schema::check(body, entity.class, &company.options.choices)?;
    match operation {
        Operation::Write if body.text_of("Id").is_none() => {
            if body.flag("sparse") == Some(true) {
                return Err(fault::required("Id"));
            }
            refuse_beginnings(entity, body)?;
            let id = create(company, body, call)?;
            crate::documents::auto_apply(company, entity.kind, &id, call);
            Ok(Outcome::Written(id))
        }
        Operation::Write | Operation::Update => {
            let old = current(company, entity, body)?;
            let id = number(old.text_of("Id").unwrap_or_default());
            let call = Call { updating: Some(id), ..*call };
            company.kept = Kept::of(entity.kind, &old);
            let done = match entity.kind.is_document() {
                true => update_document(company, entity, body, &old, &call),
                false => lists::update(company, entity, body, &old, &call),
            };
            company.kept = Kept::default();
            done?;
            Ok(Outcome::Written(id.to_string()))
        }
        Operation::Delete if entity.kind.is_document() => {
            let old = current(company, entity, body)?;
            check_change(company, &old)?;
            delete(company, entity.kind, &old, call)
        }
        Operation::Void
            if void::has_void(entity.kind) || (company.is_person && void::is_on_screens(entity.kind)) =>
        {
            let old = current(company, entity, body)?;
            check_change(company, &old)?;
            void::check(company, entity.kind, &old)?;
            void::void(company, entity.kind, &old, call);
            Ok(Outcome::Written(old.text_of("Id").unwrap_or_default().to_owned()))
        }
        Operation::Delete => Err(fault::unsupported_operation(format!("delete of {}", entity.name()))),
        Operation::Void => Err(fault::unsupported_operation(format!("void of {}", entity.name()))),
    }
}

/// Refuses list entries that begin with what is not done here: inactive, or with a balance (5030).
fn refuse_beginnings(entity: &Entity, body: &Json) -> Checked<()> {
    if !entity.is_list {
        return Ok(());
    }
    if body.flag("Active") == Some(false) {
        return Err(fault::feature_not_supported("creating an inactive entry").at("Active"));
    }
    let begins = |name: &&str| amount::member(body, name).is_some_and(|amount| !amount.is_zero());
    match ["Balance", "OpeningBalance"].into_iter().find(begins) {
        Some(name) => Err(fault::feature_not_supported("opening balances").at(name)),
        None => Ok(()),
    }
}

/// Updates one of the two objects that every company has once.
fn set(
    company: &mut Company,
    entity: &Entity,
    body: &Json,
    operation: Operation,
    call: &Call,
) -> Checked<Outcome> {
    if !matches!(operation, Operation::Write | Operation::Update) {
        return Err(fault::unsupported_operation(format!("delete or void of {}", entity.name())));
    }
    schema::check(body, entity.class, &company.options.choices)?;
    let old = current(company, entity, body)?;
    match entity.kind {
        EntityKind::Preferences => {
            preference_changes::update(company, body, call.now)?;
            preference_changes::note(company, call.now);
        }
        _ => company_info::update(company, body, call.now)?,
    }
    Ok(Outcome::Written(old.text_of("Id").unwrap_or_default().to_owned()))
}

/// Returns the object a body names, as stored: 2020 without Id or SyncToken, 610 when it is not there, 5010
/// when the token is not the current one.
fn current(company: &Company, entity: &Entity, body: &Json) -> Checked<Json> {
    let id = body.text_of("Id").ok_or_else(|| fault::required("Id"))?;
    let Some(record) = company.store(entity.kind).get(id) else {
        return Err(match (id.parse::<u64>(), entity.is_list) {
            (Err(_), _) => fault::invalid_id(id),
            (_, true) => fault::made_inactive(),
            (_, false) => fault::deleted_transaction(),
        });
    };
    let token = body.text_of("SyncToken").ok_or_else(|| fault::required("SyncToken"))?;
    match record.body.text_of("SyncToken") {
        Some(current) if current != token => Err(fault::stale()),
        _ => Ok(record.body.clone()),
    }
}

/// Returns whether a document stands on others than payments, or others than payments stand on it.
pub(crate) fn is_held(document: &Json) -> bool {
    links(document).iter().any(|link| link.text_of("TxnType") != Some("Payment"))
}

/// What forbids any change of a document: its deposit (6540) and the closing date (6210).
pub(crate) fn check_change(company: &Company, old: &Json) -> Checked<()> {
    let is_deposited = links(old).iter().any(|link| link.text_of("TxnType") == Some("Deposit"));
    // On the screens what a payment settles can be changed, as its money stays.
    if is_deposited && !company.is_person {
        return Err(fault::deposited());
    }
    company.check_open(txn_date(old))
}

fn update_document(
    company: &mut Company,
    entity: &Entity,
    body: &Json,
    old: &Json,
    call: &Call,
) -> Checked<()> {
    let Some(create) = entity.create else { return Ok(()) };
    check_change(company, old)?;
    let merged = merge::document(company, entity.kind, body, old)?;
    let id = call.updating.unwrap_or_default();
    let number = |document: &Json| document.text_of("DocNumber").map(str::to_owned);
    let keeps_number = number(&merged) == number(old);
    let call = &Call { allow_duplicate_number: call.allow_duplicate_number || keeps_number, ..*call };
    let released = release::release(company, entity.kind, id);
    if let Err(fault) = create(company, &merged, call) {
        release::restore(company, released);
        return Err(fault);
    }
    let lines = merge::line_ids(old, &merged);
    company.store_mut(entity.kind).change(&id.to_string(), |new| merge::number_lines(new, lines));
    release::touch_all(company, &released, call.now);
    Ok(())
}

/// Takes a document away. Documents that others are applied to must be unlinked first.
fn delete(company: &mut Company, kind: EntityKind, old: &Json, call: &Call) -> Checked<Outcome> {
    if !links(old).is_empty() {
        return Err(fault::business(
            "This transaction is linked to others. Unlink or delete those before you delete it.",
        ));
    }
    let id = old.text_of("Id").unwrap_or_default().to_owned();
    let released = release::release(company, kind, number(&id));
    company.strike(kind, number(&id), call.now);
    release::touch_all(company, &released, call.now);
    Ok(Outcome::Deleted(id))
}

/// Returns what stands in place of a deleted object.
pub(crate) fn deleted(id: &str) -> Json {
    object().with("domain", text("QBO")).with("status", text("Deleted")).with("Id", text(id.to_owned()))
}
