//! Batch: up to 30 (or as many as the company chose) writes and queries in one request, each with its own answer or fault.
//!
//! Items run in the order they were sent, or shuffled when the company asks for it; none undoes another. With a request
//! id every item is replayed by request id and bId. Neighbours: `handle` routes here, `changes` writes.

use std::hash::{DefaultHasher, Hash, Hasher};

use chrono::{DateTime, FixedOffset};

use crate::base::clock::answer_time;
use crate::base::fault::{self, Checked, Fault};
use crate::base::json::{Json, object, text};
use crate::books::company::{Call, Company};
use crate::books::replays::Replay;
use crate::changes::{self, Operation, Outcome};
use crate::entity::{ENTITIES, Entity};
use crate::options::RequestIds;
use crate::query;

/// The most objects in one answer.
const MAX_OBJECTS: usize = 1000;
/// The longest request id of a batch, and the longest bId beside one.
const MAX_REQUEST_ID: usize = 36;
const MAX_ITEM_ID: usize = 10;

/// Answers a batch: 1040 above the most items, else always an answer with one entry for each item.
pub(crate) fn answer(
    company: &mut Company,
    body: &Json,
    request_id: Option<&str>,
    now: DateTime<FixedOffset>,
) -> Checked<Vec<u8>> {
    let items = body.get("BatchItemRequest").ok_or_else(|| fault::required("BatchItemRequest"))?.items();
    let most = company.options.choices.batch_items;
    if items.len() > most {
        return Err(fault::batch_too_large(most, items.len()));
    }
    if let Some(id) = request_id {
        let long = items.iter().any(|item| item_id(item).chars().count() > MAX_ITEM_ID);
        if id.chars().count() > MAX_REQUEST_ID || long {
            return Err(fault::invalid_request_id(format!(
                "A batch's request id must have at most {MAX_REQUEST_ID} characters, and each bId {MAX_ITEM_ID}."
            )));
        }
    }
    let mut answers = Vec::with_capacity(items.len());
    let mut written_items = Vec::new();
    let mut room = MAX_OBJECTS;
    for at in order(items.len(), company.options.batch_shuffle) {
        let Some(item) = items.get(at) else { continue };
        let (answer, has_written) = once(company, item, request_id, now, &mut room);
        answers.push(answer);
        if has_written {
            written_items.push(item.clone());
        }
    }
    write_down(company, written_items);
    let time = answer_time(now);
    Ok(format!("{{\"BatchItemResponse\":[{}],\"time\":\"{time}\"}}", answers.join(",")).into_bytes())
}

/// Leaves to the change log the items that changed something, in the order in which they did: repetitions, refusals and
/// queries would come out differently when it is read.
fn write_down(company: &mut Company, items: Vec<Json>) {
    company.change_log.is_repetition = items.is_empty();
    let mut body = String::new();
    object().with("BatchItemRequest", Json::List(items)).write(&mut body);
    company.change_log.instead = Some(body);
}

fn item_id(item: &Json) -> &str {
    item.text_of("bId").unwrap_or_default()
}

/// Returns the order in which items run: as sent, or shuffled by a seed.
fn order(count: usize, seed: Option<u64>) -> Vec<usize> {
    let mut order: Vec<usize> = (0..count).collect();
    let Some(mut state) = seed else { return order };
    for last in (1..count).rev() {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let other = usize::try_from((state >> 33) % (last as u64 + 1)).unwrap_or_default();
        order.swap(last, other);
    }
    order
}

/// Returns one item's answer as JSON, and whether it wrote; a successful write is stored under the request id
/// and the bId.
fn once(
    company: &mut Company,
    item: &Json,
    request_id: Option<&str>,
    now: DateTime<FixedOffset>,
    room: &mut usize,
) -> (String, bool) {
    let refused = |refusal: &Fault| (written(item, "Fault", fault::fault_object(refusal)), false);
    let key = request_id.map(|id| format!("{id}\n{}", item_id(item)));
    let fingerprint = fingerprint(item);
    let mode = company.options.request_ids;
    if let Some(replay) = key.as_ref().and_then(|key| company.replays.remembered(mode, key, now)) {
        return match (replay.fingerprint == fingerprint, mode) {
            (_, RequestIds::Refused) => refused(&fault::already_processed()),
            (true, _) => match replay.again() {
                Ok(body) => (String::from_utf8_lossy(&body).into_owned(), false),
                Err(refusal) => refused(&refusal),
            },
            (false, _) => refused(&fault::duplicate_request_id(request_id.unwrap_or_default())),
        };
    }
    match run(company, item, now, room) {
        Ok((name, body)) => {
            let answer = written(item, name, body);
            let has_written = name != "QueryResponse";
            if let Some(key) = key.filter(|_| has_written) {
                let answer = Ok(answer.clone().into_bytes());
                company.replays.answers.insert(key, Replay { at: now, fingerprint, answer });
            }
            (answer, has_written)
        }
        Err(refusal) => {
            let answer = refused(&refusal);
            if let Some(key) = key.filter(|_| mode == RequestIds::WithRefusals) {
                let replay = Replay { at: now, fingerprint, answer: Err(refusal) };
                company.replays.answers.insert(key, replay);
            }
            answer
        }
    }
}

fn fingerprint(item: &Json) -> u64 {
    let mut hasher = DefaultHasher::new();
    let mut plain = String::new();
    item.write(&mut plain);
    plain.hash(&mut hasher);
    hasher.finish()
}

fn written(item: &Json, name: &'static str, body: Json) -> String {
    let mut out = String::with_capacity(512);
    object()
        .with(name, body)
        .with_some("bId", item.get("bId").and_then(Json::as_text).map(|id| text(id.to_owned())))
        .write(&mut out);
    out
}

/// Runs one item: a query, whose rows must find room in the answer (10100), or a write of the entity it names.
fn run(
    company: &mut Company,
    item: &Json,
    now: DateTime<FixedOffset>,
    room: &mut usize,
) -> Checked<(&'static str, Json)> {
    if let Some(statement) = item.text_of("Query") {
        let result = query::run::run(company, &query::parse::parse(statement, now.date_naive())?)?;
        *room = room.checked_sub(rows(&result)).ok_or_else(|| fault::result_too_large(MAX_OBJECTS))?;
        return Ok(("QueryResponse", result));
    }
    let named = ENTITIES.iter().find_map(|entity| Some((entity, item.get(entity.name())?)));
    let (entity, body): (&Entity, &Json) = named.ok_or_else(|| {
        fault::unsupported_property("a batch item names neither a Query nor an entity".into())
    })?;
    let options = item.text_of("optionsData").unwrap_or_default();
    let has = |switch: &str| options.split(',').any(|one| one.trim().eq_ignore_ascii_case(switch));
    let operation = Operation::read(item.text_of("operation"), has("void"))?;
    let call = Call { allow_duplicate_number: has("allowduplicatedocnum"), ..Call::at(now) };
    match changes::perform(company, entity, body, operation, &call)? {
        Outcome::Deleted(id) => Ok((entity.name(), changes::deleted(&id))),
        Outcome::Written(id) => {
            let record = company.store(entity.kind).get(&id).ok_or_else(fault::deleted_transaction)?;
            Ok((entity.name(), entity.shown(company, record).into_owned()))
        }
    }
}

/// Returns how many objects a query found.
fn rows(result: &Json) -> usize {
    let Json::Object(members) = result else { return 0 };
    members.iter().map(|(_, value)| value.items().len()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_shuffles_and_loses_nothing() {
        assert_eq!(order(4, None), [0, 1, 2, 3]);
        let mut shuffled = order(30, Some(7));
        assert_ne!(shuffled, order(30, None));
        assert_eq!(shuffled, order(30, Some(7)));
        shuffled.sort_unstable();
        assert_eq!(shuffled, order(30, None));
    }
}
