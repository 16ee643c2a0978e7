//! What came over the wire, whichever of its shapes it has.
//!
//! The shape is told by the members, for the same body may stand in a file, a log or an answer. Neighbours: `entity.rs`,
//! `fault.rs`, `report.rs`, `webhook.rs`, which are what envelopes hold; `body.rs`, for bodies that are no JSON.

use chrono::{DateTime, FixedOffset};

use super::body::{self, BodyError};
use super::entity::{Entity, Rows, is_entity, is_kind, is_rows};
use super::fault::AnyFault;
use super::field::{Field, List};
use super::json::{Json, Members};
use super::record::{Record, record};
use super::report::Report;
use super::survey::Survey;
use super::tax::TaxService;
use super::webhook::{CloudEvent, Notification};
use super::words::Operation;
use crate::fault::Fault as AnyFaultSummary;

record! {
    /// The answer to a read or a write: `{"Invoice":{...},"time":...}`.
    EntityAnswer {
        /// When QuickBooks answered.
        time: Field<DateTime<FixedOffset>> = "time",
        /// The record, or the stub of one that was deleted.
        entity: Option<Entity> = "",
    }
}

record! {
    /// The answer that something is not to be: `{"Fault":{...},"time":...}`, or the gateway's `{"fault":{...},...}`, or
    /// either of them inside `QueryResponse`.
    FaultAnswer {
        /// The fault.
        fault: AnyFault = "",
        /// When QuickBooks answered; the gateway writes milliseconds since 1970.
        time: Field<DateTime<FixedOffset>> = "time",
        /// The id of the request.
        request_id: Field<String> = "requestId",
        /// The state of the answer.
        status: Field<String> = "status",
        /// Warnings, in the gateway's answer.
        warnings: Field<String> = "warnings",
        /// A record, in the gateway's answer: nothing.
        intuit_object: Field<String> = "intuitObject",
        /// A report, in the gateway's answer: nothing.
        report: Field<String> = "report",
        /// Rows, in the gateway's answer: nothing.
        query_response: Field<QueryResponse> = "queryResponse",
        /// Items of a batch, in the gateway's answer: none.
        batch_item_response: List<BatchResponseItem> = "batchItemResponse",
        /// Files, in the gateway's answer: none.
        attachable_response: List<BatchResponseItem> = "attachableResponse",
        /// Files not taken, in the gateway's answer: nothing.
        sync_error_response: Field<String> = "syncErrorResponse",
        /// Changes, in the gateway's answer: none.
        cdc_response: List<CdcResponse> = "cdcresponse",
    }
}

record! {
    /// The gateway's answer before it has asked the service: `{"responseHeader":{"status":500,...},"response":null}`.
    StatusAnswer {
        /// The state.
        response_header: Field<ResponseHeader> = "responseHeader",
        /// Nothing.
        response: Field<String> = "response",
    }
}

record! {
    /// A state that the gateway tells.
    ResponseHeader {
        /// The status of the answer, as in its head.
        status: Field<i64> = "status",
        /// What it means.
        message: Field<String> = "message",
        /// The id of the request at Intuit.
        intuit_tid: Field<String> = "intuitTid",
        /// The company.
        realm_id: Field<String> = "realmID",
    }
}

record! {
    /// The answer to a query: `{"QueryResponse":{...},"time":...}`.
    QueryAnswer {
        /// The rows.
        query_response: Field<QueryResponse> = "QueryResponse",
        /// When QuickBooks answered.
        time: Field<DateTime<FixedOffset>> = "time",
    }
}

record! {
    /// The rows of a query.
    QueryResponse {
        /// The fault, when it stands here.
        fault: AnyFault = "",
        /// The place of the first row, from 1.
        start_position: Field<i64> = "startPosition",
        /// How many rows these are.
        max_results: Field<i64> = "maxResults",
        /// How many there are in all, when QuickBooks tells it; alone in the answer to a count.
        total_count: Field<i64> = "totalCount",
        /// The rows.
        rows: Rows = "",
    }
}

record! {
    /// A batch of requests.
    BatchRequest {
        /// Its items.
        items: List<BatchRequestItem> = "BatchItemRequest",
    }
}

record! {
    /// An item of a batch of requests.
    BatchRequestItem {
        /// Its id within the batch.
        b_id: Field<String> = "bId",
        /// What to do.
        operation: Field<Operation> = "operation",
        /// How: `void`.
        options_data: Field<String> = "optionsData",
        /// A query.
        query: Field<String> = "Query",
        /// The record.
        entity: Option<Entity> = "",
    }
}

record! {
    /// The answer to a batch.
    BatchAnswer {
        /// One answer an item, in any order.
        items: List<BatchResponseItem> = "BatchItemResponse",
        /// When QuickBooks answered.
        time: Field<DateTime<FixedOffset>> = "time",
    }
}

record! {
    /// The answer to an item of a batch, or to a file.
    BatchResponseItem {
        /// The item's id within the batch.
        b_id: Field<String> = "bId",
        /// The fault, when it is not to be.
        fault: AnyFault = "",
        /// The rows of a query.
        query_response: Field<QueryResponse> = "QueryResponse",
        /// The changes asked for.
        cdc_response: List<CdcResponse> = "CDCResponse",
        /// The record, or the stub of one that was deleted.
        entity: Option<Entity> = "",
    }
}

record! {
    /// The answer to what has changed: `{"CDCResponse":[{"QueryResponse":[...]}],"time":...}`.
    CdcAnswer {
        /// The changes.
        responses: List<CdcResponse> = "CDCResponse",
        /// When QuickBooks answered.
        time: Field<DateTime<FixedOffset>> = "time",
    }
}

record! {
    /// Changes.
    CdcResponse {
        /// The fault, when it is not to be.
        fault: AnyFault = "",
        /// One entry a kind asked for, with [`Rows::deleted`] for stubs; an empty one for no change.
        query_responses: List<QueryResponse> = "QueryResponse",
    }
}

impl CdcAnswer {
    /// Every changed record and every stub of a deleted one.
    pub fn rows(&self) -> impl Iterator<Item = &Entity> {
        self.responses.iter().flat_map(|response| &response.query_responses).flat_map(|part| part.rows.iter())
    }
}

record! {
    /// The answer to files sent: `{"AttachableResponse":[...],"time":...}`.
    UploadAnswer {
        /// One answer a file.
        items: List<BatchResponseItem> = "AttachableResponse",
        /// When QuickBooks answered.
        time: Field<DateTime<FixedOffset>> = "time",
    }
}

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
    /// A tax code with its rates.
    TaxService(Box<TaxService>),
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
            Self::TaxService(record) => record.write(),
            Self::Bare(entity) => Json::Object(entity.write_members()),
            Self::BareList(entities) => {
                Json::Array(entities.iter().map(|entity| Json::Object(entity.write_members())).collect())
            }
        }
    }

    /// What of it is typed, what did not fit, and what was only kept.
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

    /// The fault of the whole answer, wherever it stands; `None` when there is none. Faults of single items of a batch
    /// are theirs.
    #[must_use]
    pub fn fault(&self) -> Option<AnyFaultSummary> {
        match self {
            Self::Fault(answer) => answer
                .fault
                .summary()
                .or_else(|| answer.query_response.get().and_then(|part| part.fault.summary())),
            Self::Query(answer) => answer.query_response.get()?.fault.summary(),
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
    } else if has("TaxRateDetails") {
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
    let is_rows_alone = !members.is_empty() && members.iter().all(|(name, json)| is_rows(name, json));
    if is_rows_alone || members.iter().any(|(name, _)| of_a_part.contains(&name)) {
        return Ok(Payload::QueryPart(read(members)));
    }
    let guessed = Entity::guess(members).map(|entity| Payload::Bare(Box::new(entity)));
    guessed.map_err(|_| BodyError::UnknownShape { found: "an object" })
}

/// Whether one member is a record and the others are what stands around it. A member under the name of a kind is such a
/// record, unless the whole is one itself; one under another name may be an address inside a record.
fn is_answer(members: &Members) -> bool {
    let Some((name, _)) = members.iter().find(|(name, json)| is_entity(name, json)) else { return false };
    let is_alone = members.iter().all(|(other, _)| other == name || other == "time");
    is_alone || (is_kind(name) && members.get("domain").is_none())
}

fn read<R: Record>(members: Members) -> Box<R> {
    Box::new(R::read_members(members))
}

fn list(items: Vec<Json>) -> Result<Payload, BodyError> {
    let unknown = || BodyError::UnknownShape { found: "a list" };
    let items = super::field::objects(Json::Array(items)).map_err(|_| unknown())?;
    if items.iter().all(|event| event.get("specversion").is_some() || event.get("intuitentityid").is_some()) {
        return Ok(Payload::CloudEvents(items.into_iter().map(Record::read_members).collect()));
    }
    let entities: Result<Vec<_>, _> = items.into_iter().map(Entity::guess).collect();
    entities.map(Payload::BareList).map_err(|_| unknown())
}
