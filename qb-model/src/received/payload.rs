//! What came over the wire, whichever of its shapes it has.
//!
//! The shape is told by the members, for the same body may stand in a file, a log or an answer. Neighbours: `envelopes.rs`,
//! `report.rs`, `webhook.rs`, which are the shapes; `body.rs`, for bodies that are no JSON.

use super::body;
use super::body_error::BodyError;
use super::entity::{Entity, is_entity, is_kind, is_rows};
use super::envelopes::{
    BatchAnswer, BatchRequest, CdcAnswer, EntityAnswer, FaultAnswer, QueryAnswer, QueryResponse,
    StatusAnswer, UploadAnswer,
};
use super::fault::AnyFault;
use super::json::{Json, Members};
use super::record::Record;
use super::report::Report;
use super::survey::Survey;
use super::tax::TaxService;
use super::webhook::{CloudEvent, Notification};

/// What came over the wire.
///
/// ```
/// use qb_model::received::Payload;
///
/// let body = br#"{"QueryResponse":{"Invoice":[{"Id":"130","Balance":112.50}],"startPosition":1,"maxResults":1}}"#;
/// let Payload::Query(answer) = Payload::read(body)? else { return Err("no answer to a query".into()) };
/// let rows = &answer.query_response.get().ok_or("no rows")?.rows;
/// for invoice in rows.of::<qb_model::received::Invoice>() {
///     assert_eq!(invoice.balance.get().map(|balance| balance.cents()), Some(11_250));
/// }
/// assert_eq!(Payload::read(b"<html>").map_err(|error| error.code()), Err("html-body"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Payload {
    /// An answer with a record.
    Answer(Box<EntityAnswer>),
    /// An answer with a fault.
    Fault(Box<FaultAnswer>),
    /// An answer of the gateway that tells a state and nothing else.
    Status(Box<StatusAnswer>),
    /// An answer to a query.
    Query(Box<QueryAnswer>),
    /// Rows, or a count, without an envelope: cut out of an answer to a query.
    QueryPart(Box<QueryResponse>),
    /// A batch of requests.
    BatchRequest(Box<BatchRequest>),
    /// An answer to a batch.
    Batch(Box<BatchAnswer>),
    /// An answer to what has changed.
    Cdc(Box<CdcAnswer>),
    /// An answer to files sent.
    Upload(Box<UploadAnswer>),
    /// A report.
    Report(Box<Report>),
    /// A notice of changes, in the older form.
    Notification(Box<Notification>),
    /// Notices of changes, in the newer form.
    CloudEvents(Vec<CloudEvent>),
    /// One of them, out of its list.
    CloudEvent(Box<CloudEvent>),
    /// A tax code with its rates.
    TaxService(Box<TaxService>),
    /// A fault without an envelope: cut out of an answer.
    BareFault(AnyFault),
    /// A record without an envelope: the body of a request, or cut out of an answer. Its kind is guessed, see
    /// [`Entity::guess`].
    Bare(Box<Entity>),
    /// Records without an envelope.
    BareList(Vec<Entity>),
}

impl Payload {
    /// Reads the bytes of a body.
    ///
    /// # Errors
    /// [`BodyError`], which says what came instead.
    pub fn read(bytes: &[u8]) -> Result<Self, BodyError> {
        body::json(bytes).and_then(Self::from_json)
    }

    /// Reads a JSON value.
    ///
    /// # Errors
    /// [`BodyError::UnknownShape`].
    pub fn from_json(json: Json) -> Result<Self, BodyError> {
        match json {
            Json::Object(members) => object(members),
            Json::Array(items) => list(items),
            other => Err(BodyError::UnknownShape { found: other.kind() }),
        }
    }

    /// Writes it as it came, but for fields that were set since.
    #[must_use]
    pub fn write(&self) -> Json {
        match self {
            Self::Answer(record) => record.write(),
            Self::Fault(record) => record.write(),
            Self::Status(record) => record.write(),
            Self::Query(record) => record.write(),
            Self::QueryPart(record) => record.write(),
            Self::BatchRequest(record) => record.write(),
            Self::Batch(record) => record.write(),
            Self::Cdc(record) => record.write(),
            Self::Upload(record) => record.write(),
            Self::Report(record) => record.write(),
            Self::Notification(record) => record.write(),
            Self::CloudEvents(events) => Json::Array(events.iter().map(Record::write).collect()),
            Self::CloudEvent(event) => event.write(),
            Self::BareFault(fault) => Json::Object(fault.write_members()),
            Self::TaxService(record) => record.write(),
            Self::Bare(entity) => Json::Object(entity.write_members()),
            Self::BareList(entities) => {
                Json::Array(entities.iter().map(|entity| Json::Object(entity.write_members())).collect())
            }
        }
    }

    /// Returns what of it is typed, what did not fit, and what was only kept.
    #[must_use]
    pub fn survey(&self) -> Survey {
        let mut survey = Survey::new();
        match self {
            Self::Answer(record) => record.walk(&mut survey),
            Self::Fault(record) => record.walk(&mut survey),
            Self::Status(record) => record.walk(&mut survey),
            Self::Query(record) => record.walk(&mut survey),
            Self::QueryPart(record) => record.walk(&mut survey),
            Self::BatchRequest(record) => record.walk(&mut survey),
            Self::Batch(record) => record.walk(&mut survey),
            Self::Cdc(record) => record.walk(&mut survey),
            Self::Upload(record) => record.walk(&mut survey),
            Self::Report(record) => record.walk(&mut survey),
            Self::Notification(record) => record.walk(&mut survey),
            Self::CloudEvents(events) => {
                for (place, event) in events.iter().enumerate() {
                    survey.item(place, |survey| event.walk(survey));
                }
            }
            Self::CloudEvent(event) => event.walk(&mut survey),
            Self::BareFault(fault) => fault.walk(&mut survey),
            Self::TaxService(record) => record.walk(&mut survey),
            Self::Bare(entity) => entity.walk(&mut survey),
            Self::BareList(entities) => {
                for (place, entity) in entities.iter().enumerate() {
                    survey.item(place, |survey| entity.walk(survey));
                }
            }
        }
        survey
    }

    /// Returns the fault of the whole answer, wherever it stands; `None` when there is none. Faults of single items of a
    /// batch are theirs.
    #[must_use]
    pub fn fault(&self) -> Option<crate::Fault> {
        match self {
            Self::Fault(answer) => answer
                .fault
                .summary()
                .or_else(|| answer.query_response.get().and_then(|part| part.fault.summary())),
            Self::Query(answer) => answer.query_response.get()?.fault.summary(),
            Self::BareFault(fault) => fault.summary(),
            _ => None,
        }
    }
}

/// Reads an object by the member that tells its shape.
fn object(members: Members) -> Result<Payload, BodyError> {
    let has = |name: &str| members.get(name).is_some();
    let holds = |name: &str| matches!(members.get(name), Some(Json::Object(_)));
    let of_the_gateway = ["intuitObject", "queryResponse", "batchItemResponse", "cdcresponse"];
    Ok(if holds("Fault") || holds("fault") || of_the_gateway.iter().any(|name| has(name)) {
        Payload::Fault(read(members))
    } else if holds("responseHeader") {
        Payload::Status(read(members))
    } else if has("QueryResponse") {
        Payload::Query(read(members))
    } else if has("BatchItemRequest") {
        Payload::BatchRequest(read(members))
    } else if has("BatchItemResponse") {
        Payload::Batch(read(members))
    } else if has("CDCResponse") {
        Payload::Cdc(read(members))
    } else if has("AttachableResponse") {
        Payload::Upload(read(members))
    } else if has("eventNotifications") {
        Payload::Notification(read(members))
    } else if holds("Header") && (holds("Rows") || holds("Columns")) {
        Payload::Report(read(members))
    } else if is_event(&members) {
        Payload::CloudEvent(read(members))
    } else if let Some(fault) = AnyFault::bare(&members) {
        Payload::BareFault(fault)
    } else if has("TaxRateDetails") || has("TaxCodeId") {
        Payload::TaxService(read(members))
    } else {
        return answer_or_bare(members);
    })
}

/// One record in an envelope, or one without.
fn answer_or_bare(members: Members) -> Result<Payload, BodyError> {
    if is_answer(&members) {
        return Ok(Payload::Answer(read(members)));
    }
    let of_a_part = ["startPosition", "maxResults", "totalCount"];
    let is_rows_alone =
        !members.is_empty() && members.iter().all(|(name, json)| is_kind(name) && is_rows(name, json));
    if is_rows_alone || members.iter().any(|(name, _)| of_a_part.contains(&name)) {
        return Ok(Payload::QueryPart(read(members)));
    }
    match Entity::guess(members) {
        Ok(entity) => Ok(Payload::Bare(Box::new(entity))),
        Err(members) if is_alone(&members) => Ok(Payload::Answer(read(members))),
        Err(_) => Err(BodyError::UnknownShape { found: "an object" }),
    }
}

/// Whether one member is a record and the others are what stands around it. A member under the name of a kind is such a
/// record, unless the whole is one itself. One under another name is such a record when a time alone stands beside it.
///
/// The answer to the deletion of a budget is a time and nothing else.
fn is_answer(members: &Members) -> bool {
    let has_time = members.get("time").is_some();
    let has_kind = members.iter().any(|(name, json)| is_kind(name) && is_entity(name, json));
    (has_kind && members.get("domain").is_none()) || (has_time && (members.len() == 1 || is_alone(members)))
}

/// Whether there is one member that may be a record, and at most a time beside it.
fn is_alone(members: &Members) -> bool {
    let beside = |name: &str| name == "time";
    members.iter().any(|(name, json)| is_entity(name, json))
        && members.iter().filter(|(name, _)| !beside(name)).count() == 1
}

/// Whether these are the members of a notice in the newer form.
fn is_event(members: &Members) -> bool {
    ["specversion", "intuitentityid"].iter().any(|name| members.get(name).is_some())
}

fn read<R: Record>(members: Members) -> Box<R> {
    Box::new(R::read_members(members))
}

fn list(items: Vec<Json>) -> Result<Payload, BodyError> {
    let unknown = || BodyError::UnknownShape { found: "a list" };
    let items = super::list::objects(Json::Array(items)).map_err(|_| unknown())?;
    if items.iter().all(is_event) {
        return Ok(Payload::CloudEvents(items.into_iter().map(Record::read_members).collect()));
    }
    let entities: Result<Vec<_>, _> = items.into_iter().map(Entity::guess).collect();
    entities.map(Payload::BareList).map_err(|_| unknown())
}
