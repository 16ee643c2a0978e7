//! What a person does to documents by hand: edits, unlinks, voids, deletes, makes them again, brings them to the bank.
//!
//! Each is made of requests and changes that keep the books' rules; it only knows the tokens by itself, and may void and
//! unlink what a program may not. Neighbours: `person` calls it, `changes` does the work.

use chrono::{DateTime, FixedOffset, NaiveDate};
use rust_decimal::Decimal;

use crate::api::handle::ask_inside;
use crate::base::amount::{member, money};
use crate::base::json::{Json, object, text};
use crate::base::kind::EntityKind;
use crate::base::message::Response;
use crate::books::company::{Call, Company, number};
use crate::changes::{self, Operation, unlink};
use crate::entity::Entity;

/// What an answer has and a new document does not.
const OF_THE_OLD: &[&str] = &[
    "Id",
    "SyncToken",
    "MetaData",
    "LinkedTxn",
    "PurchaseEx",
    "domain",
    "sparse",
    "Balance",
    "UnappliedAmt",
];

/// Finds an object of an entity.
fn find<'a>(company: &'a Company, entity: &str, id: &str) -> Result<(&'static Entity, &'a Json), String> {
    let entity = Entity::named(entity).ok_or_else(|| format!("there is no entity {entity}"))?;
    let record = company.store(entity.kind).get(id);
    let record = record.ok_or_else(|| format!("{} {id} does not exist", entity.name()))?;
    Ok((entity, &record.body))
}

fn key(id: &str, body: &Json) -> Json {
    let token = body.text_of("SyncToken").unwrap_or_default().to_owned();
    object().with("Id", text(id.to_owned())).with("SyncToken", text(token))
}

fn posted(company: &mut Company, path: &str, body: &Json, now: DateTime<FixedOffset>) -> Response {
    let mut written = String::new();
    body.write(&mut written);
    ask_inside(company, "POST", path, written, now)
}

/// Changes members of an object as it stands now.
pub(super) fn edit(
    company: &mut Company,
    entity: &str,
    id: &str,
    body: &str,
    now: DateTime<FixedOffset>,
) -> Result<Response, String> {
    let (entity, old) = find(company, entity, id)?;
    let Json::Object(members) = Json::parse(body.as_bytes())? else {
        return Err("the body is not an object of members to change".to_owned());
    };
    let mut sparse = key(id, old).with("sparse", Json::Bool(true));
    if let Json::Object(sent) = &mut sparse {
        sent.extend(members);
    }
    Ok(posted(company, &entity.name().to_lowercase(), &sparse, now))
}

/// Takes a document off payments.
pub(super) fn unlink(
    company: &mut Company,
    entity: &str,
    id: &str,
    now: DateTime<FixedOffset>,
) -> Result<(), String> {
    let (entity, _) = find(company, entity, id)?;
    let done = unlink::unlink(company, entity.kind, id, &Call::at(now));
    done.map_err(|fault| format!("{}: {}", fault.code, fault.detail))
}

/// Voids or deletes a document, taken off payments first.
pub(super) fn undo(
    company: &mut Company,
    entity: &str,
    id: &str,
    how: Operation,
    now: DateTime<FixedOffset>,
) -> Result<(), String> {
    let (entity, old) = find(company, entity, id)?;
    let fails = |fault: Box<crate::base::fault::Fault>| format!("{}: {}", fault.code, fault.detail);
    changes::check_change(company, old).map_err(fails)?;
    if how == Operation::Delete && changes::is_held(old) {
        return Err(format!("{} {id} is linked to others than payments", entity.name()));
    }
    // A payment gives back what it settled by itself.
    if entity.kind != EntityKind::Payment {
        unlink::unlink(company, entity.kind, id, &Call::at(now)).map_err(fails)?;
    }
    let (entity, old) = find(company, entity.name(), id)?;
    let body = key(id, old);
    company.is_person = true;
    let done = changes::perform(company, entity, &body, how, &Call::at(now));
    company.is_person = false;
    done.map(drop).map_err(fails)
}

/// Makes a document again.
pub(super) fn duplicate(
    company: &mut Company,
    entity: &str,
    id: &str,
    now: DateTime<FixedOffset>,
) -> Result<Response, String> {
    let (entity, old) = find(company, entity, id)?;
    if !entity.kind.is_document() {
        return Err(format!("{} is no document", entity.name()));
    }
    let mut body = old.clone();
    OF_THE_OLD.iter().for_each(|name| body.remove(name));
    match body.get_mut("Line") {
        // What the first one settled is settled.
        Some(lines) if entity.kind == EntityKind::Payment => *lines = Json::List(Vec::new()),
        Some(Json::List(lines)) => {
            for line in lines {
                ["Id", "LineNum", "LineEx", "LinkedTxn"].iter().for_each(|name| line.remove(name));
            }
        }
        _ => {}
    }
    let path = format!("{}?include=allowduplicatedocnum", entity.name().to_lowercase());
    Ok(posted(company, &path, &body, now))
}

/// Brings documents to a bank account.
pub(super) fn bank_deposit(
    company: &mut Company,
    into: &str,
    documents: &[String],
    on: Option<NaiveDate>,
    now: DateTime<FixedOffset>,
) -> Result<Response, String> {
    let mut lines = Vec::new();
    for id in documents {
        let kind = company.transaction_kind(number(id));
        let kind = kind.ok_or_else(|| format!("there is no transaction {id}"))?;
        let record = company.store(kind).get(id).ok_or_else(|| format!("there is no transaction {id}"))?;
        let total = member(&record.body, "TotalAmt").unwrap_or_default();
        let sign = if kind == EntityKind::RefundReceipt { Decimal::NEGATIVE_ONE } else { Decimal::ONE };
        let link = object()
            .with("TxnId", text(id.clone()))
            .with("TxnType", text(kind.name()))
            .with("TxnLineId", text("0"));
        lines.push(object().with("Amount", money(total * sign)).with("LinkedTxn", Json::List(vec![link])));
    }
    let body = object()
        .with("DepositToAccountRef", object().with("value", text(into.to_owned())))
        .with_some("TxnDate", on.map(|day| text(day.to_string())))
        .with("Line", Json::List(lines));
    Ok(posted(company, "deposit", &body, now))
}
