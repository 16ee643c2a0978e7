//! What a person does in the company's own screens while a program works through the API.
//!
//! Neither limits nor faults nor tokens stand in a person's way; the rules of the books do. Neighbours: `admin` takes
//! these from outside, `handle` answers the requests among them, `by_hand` works on documents, `changes::merger` merges.

use chrono::{DateTime, FixedOffset, NaiveDate};
use rust_decimal::Decimal;

use super::by_hand;
use crate::api::handle::ask_inside;
use crate::base::amount::money;
use crate::base::clock::answer_time;
use crate::base::json::{Json, object, text};
use crate::base::kind::{self, EntityKind};
use crate::base::message::Response;
use crate::books::change_log::{Change, Event};
use crate::books::company::{Call, Company};
use crate::changes::lists::{INACTIVE, naming};
use crate::changes::{self, Operation, merger};
use crate::entity::Entity;
use crate::lists::item::DEFAULT_ITEM_ID;
use crate::lists::{customer_type, preference_changes, preferences};
use crate::options::InactiveWithBalance;
use crate::options::act::{PersonAct, Settings};

/// Does what a person did. The error says why it could not be done; then nothing has changed. A refused
/// [`PersonAct::Request`] is an answer, not an error.
pub(crate) fn act(
    company: &mut Company,
    act: &PersonAct,
    now: DateTime<FixedOffset>,
) -> Result<Option<Response>, String> {
    company.change_log.begin();
    let mut answer = None;
    match act {
        PersonAct::Request { method, path, body } => {
            return Ok(Some(ask_inside(company, method, path, body.clone(), now)));
        }
        PersonAct::FinanceCharge { customer, amount, on } => {
            let body = finance_charge(customer, *amount, *on)?;
            return Ok(Some(ask_inside(company, "POST", "invoice", body, now)));
        }
        PersonAct::InClosedBooks { then } => return in_closed_books(company, act, then, now),
        PersonAct::Edit { entity, id, body } => {
            return by_hand::edit(company, entity, id, body, now).map(Some);
        }
        PersonAct::Duplicate { entity, id } => return by_hand::duplicate(company, entity, id, now).map(Some),
        PersonAct::BankDeposit { into, documents, on } => {
            return by_hand::bank_deposit(company, into, documents, *on, now).map(Some);
        }
        PersonAct::Unlink { entity, id } => by_hand::unlink(company, entity, id, now)?,
        PersonAct::Void { entity, id } => by_hand::undo(company, entity, id, Operation::Void, now)?,
        PersonAct::Delete { entity, id } => by_hand::undo(company, entity, id, Operation::Delete, now)?,
        PersonAct::CloseBooks { on } => {
            company.options.book_close_date = *on;
            tell_of_preferences(company, now);
        }
        PersonAct::Preferences(settings) => {
            check(settings)?;
            preference_changes::set(company, settings, now);
            tell_of_preferences(company, now);
        }
        PersonAct::MakeInactive { entity, id } => set_active(company, entity, id, false, now)?,
        PersonAct::MakeActive { entity, id } => set_active(company, entity, id, true, now)?,
        PersonAct::Merge { entity, id, into } => {
            let entity = Entity::named(entity).ok_or_else(|| format!("there is no entity {entity}"))?;
            merger::merge(company, entity, id, into, now)?;
        }
        PersonAct::AddCustomerType { name } => {
            let id = customer_type::add(company, name, now)?;
            answer = Some(shown(company, EntityKind::CustomerType, &id, now));
        }
        PersonAct::RenameCustomerType { id, name } => {
            customer_type::set(company, id, (Some(name.as_str()), None), now)?;
        }
    }
    company.change_log.changes.push(Change::Act { at: now, act: act.clone() });
    Ok(answer)
}

/// Does an act in closed books. What it wrote down of itself would be refused there by a load; the confirmed act is not.
fn in_closed_books(
    company: &mut Company,
    whole: &PersonAct,
    then: &PersonAct,
    now: DateTime<FixedOffset>,
) -> Result<Option<Response>, String> {
    let before = company.change_log.changes.len();
    let was_in = std::mem::replace(&mut company.in_closed_books, true);
    let done = act(company, then, now);
    company.in_closed_books = was_in;
    if company.change_log.changes.len() > before {
        company.change_log.changes.truncate(before);
        company.change_log.changes.push(Change::Act { at: now, act: whole.clone() });
    }
    done
}

/// Returns an object as the API answers it.
fn shown(company: &Company, kind: EntityKind, id: &str, now: DateTime<FixedOffset>) -> Response {
    let entity = Entity::of(kind);
    let found = company.store(kind).get(id).map(|record| entity.shown(company, record).into_owned());
    let body = object().with_some(entity.name(), found).with("time", text(answer_time(now)));
    let mut written = String::new();
    body.write(&mut written);
    let headers = vec![("Content-Type".to_owned(), "application/json;charset=utf-8".to_owned())];
    Response { status: 200, headers, body: written.into_bytes() }
}

/// Returns the body of the invoice that charges a customer for being late.
fn finance_charge(customer: &str, amount: Decimal, on: Option<NaiveDate>) -> Result<String, String> {
    if amount <= Decimal::ZERO {
        return Err(format!("a finance charge is above 0, not {amount}"));
    }
    let reference = |id: &str| object().with("value", text(id.to_owned()));
    let detail = object().with("ItemRef", reference(DEFAULT_ITEM_ID)).with("TaxCodeRef", reference("NON"));
    let line = object()
        .with("DetailType", text("SalesItemLineDetail"))
        .with("Description", text("Finance charge"))
        .with("Amount", money(amount))
        .with("SalesItemLineDetail", detail);
    let body = object()
        .with("CustomerRef", reference(customer))
        .with_some("TxnDate", on.map(|day| text(day.to_string())))
        .with("Line", Json::List(vec![line]));
    let mut written = String::new();
    body.write(&mut written);
    Ok(written)
}

/// Refuses more custom fields than there are.
fn check(settings: &Settings) -> Result<(), String> {
    let lists = [&settings.sales_custom_fields, &settings.purchase_custom_fields];
    match lists.into_iter().flatten().any(|names| names.len() > 3) {
        true => Err("there are three custom fields at most".to_owned()),
        false => Ok(()),
    }
}

fn tell_of_preferences(company: &mut Company, now: DateTime<FixedOffset>) {
    preference_changes::note(company, now);
    let id = preferences::ID.to_owned();
    company.change_log.events.push(Event::of(EntityKind::Preferences, kind::Operation::Update, id));
}

/// Makes a list entry inactive, or active again.
fn set_active(
    company: &mut Company,
    entity: &str,
    id: &str,
    active: bool,
    now: DateTime<FixedOffset>,
) -> Result<(), String> {
    let entity = Entity::named(entity).filter(|entity| entity.is_list);
    let entity = entity.ok_or_else(|| "not an entity with an active flag".to_owned())?;
    if entity.kind == EntityKind::CustomerType {
        return customer_type::set(company, id, (None, Some(active)), now);
    }
    let Some(record) = company.store(entity.kind).get(id) else {
        return Err(format!("{} {id} does not exist", entity.name()));
    };
    let token = record.body.text_of("SyncToken").unwrap_or_default().to_owned();
    let kept = ["Name", "DueDays", "DayOfMonthDue"].map(|name| (name, record.body.get(name).cloned()));
    let mut body = kept.into_iter().fold(object(), |body, (name, value)| body.with_some(name, value));
    if let Some((written, name)) = former_name(company, entity.kind, &record.body).filter(|_| active) {
        body.set(written, text(name));
    }
    let body = body
        .with("Id", text(id.to_owned()))
        .with("SyncToken", text(token))
        .with("sparse", Json::Bool(true))
        .with("Active", Json::Bool(active));
    // What QuickBooks does with a balance is known of its screens.
    let choices = &mut company.options.choices;
    let of_programs = std::mem::replace(&mut choices.inactive_with_balance, InactiveWithBalance::Credited);
    let done = changes::perform(company, entity, &body, Operation::Update, &Call::at(now));
    company.options.choices.inactive_with_balance = of_programs;
    done.map_err(|fault| format!("{}: {}", fault.code, fault.detail))?;
    Ok(())
}

/// Returns the name of an inactive entry without what QuickBooks put behind it, and the property it stands in; `None` when
/// nothing stands there or somebody else has the name now.
fn former_name(company: &Company, kind: EntityKind, entry: &Json) -> Option<(&'static str, String)> {
    let (space, written, unique) = naming(kind)?;
    let name = |full: &str| full.rsplit_once(INACTIVE).map(|(bare, _)| bare.to_owned());
    let full = name(entry.text_of(unique)?)?;
    match company.name_holder(space, &full) {
        None => Some((written, name(entry.text_of(written)?)?)),
        Some(_) => None,
    }
}
