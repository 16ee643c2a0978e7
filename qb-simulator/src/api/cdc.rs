//! Change data capture: what was changed or deleted since a moment, at most 30 days back.
//!
//! Neighbours: `handle` routes here, `company` keeps what was deleted.

use std::ops::Bound;

use chrono::{DateTime, FixedOffset};

use crate::base::clock::{answer_time, meta_time};
use crate::base::fault::{self, Checked};
use crate::base::json::{Json, integer, object, text};
use crate::base::kind::EntityKind;
use crate::base::message::Target;
use crate::books::company::Company;
use crate::books::store::CHANGED;
use crate::entity::{Entity, is_never_held};
use crate::query::filter::instant;

const MAX_AGE_MILLIS: i64 = 30 * 24 * 60 * 60 * 1000;

/// Answers `cdc?entities=A,B&changedSince=...`.
pub(crate) fn answer(company: &Company, target: &Target, now: DateTime<FixedOffset>) -> Checked<Json> {
    let names = target.parameter("entities").ok_or_else(|| fault::required("entities"))?;
    let since = target.parameter("changedSince").ok_or_else(|| fault::required("changedSince"))?;
    let moment = instant(since).ok_or_else(|| fault::invalid_date("changedSince", since))?;
    if moment < now.timestamp_millis() - MAX_AGE_MILLIS {
        return Err(fault::out_of_range("changedSince", since, "at most 30 days ago"));
    }
    let until = now.timestamp_millis() - i64::from(company.options.cdc_lag_seconds) * 1000;
    let mut parts = Vec::new();
    for name in names.split(',').map(str::trim).filter(|name| !name.is_empty()) {
        if is_never_held(name) && company.options.choices.refuses_entities_it_lacks {
            return Err(fault::feature_not_supported(&format!("changes of {name}")));
        }
        parts.push(match is_never_held(name) {
            true => object(),
            false => changes(company, entity(name)?, moment, until),
        });
    }
    let response = object().with("QueryResponse", Json::List(parts));
    Ok(object().with("CDCResponse", Json::List(vec![response])).with("time", text(answer_time(now))))
}

/// Returns the entity of a name; tax lists are not offered.
fn entity(name: &str) -> Checked<&'static Entity> {
    use EntityKind::{TaxAgency, TaxCode, TaxRate};
    Entity::named(name)
        .filter(|entity| !matches!(entity.kind, TaxAgency | TaxCode | TaxRate))
        .ok_or_else(|| fault::query_validation(format!("invalid context declaration: {name}")))
}

/// Returns an entity's part: what is there in the order of the changes, then what was deleted, so that the cap takes the deleted
/// ones first.
fn changes(company: &Company, entity: &'static Entity, since: i64, until: i64) -> Json {
    let since = since - since.rem_euclid(1000);
    let store = company.store(entity.kind);
    let places: Vec<usize> = match entity.is_list || entity.kind.is_document() {
        true => store.changed((Bound::Included(since), Bound::Included(until))).collect(),
        // Single objects such as Preferences are put together when they are shown.
        false => (0..store.records().len()).collect(),
    };
    let is_recent = |body: &Json| {
        let changed = body.path(CHANGED).and_then(Json::as_text).and_then(instant);
        changed.is_some_and(|changed| (since..=until).contains(&changed))
    };
    let mut rows: Vec<Json> = places
        .into_iter()
        .filter_map(|at| store.at(at))
        .map(|record| entity.shown(company, record))
        .filter(|body| is_recent(body))
        .map(std::borrow::Cow::into_owned)
        .collect();
    let gone = company.tombstones.iter().filter(|tombstone| {
        tombstone.kind == entity.kind && (since..=until).contains(&tombstone.at.timestamp_millis())
    });
    rows.extend(gone.map(|tombstone| {
        object()
            .with("domain", text("QBO"))
            .with("status", text("Deleted"))
            .with("Id", text(tombstone.id.clone()))
            .with("MetaData", object().with("LastUpdatedTime", text(meta_time(tombstone.at))))
    }));
    let total = rows.len();
    rows.truncate(company.options.cdc_objects);
    if rows.is_empty() {
        return object();
    }
    let count = rows.len();
    object()
        .with(entity.name(), Json::List(rows))
        .with("startPosition", integer(1))
        .with("maxResults", integer(count))
        .with("totalCount", integer(total))
}
