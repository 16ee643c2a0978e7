//! What stands around records, faults and rows. Neighbours: `entity.rs` and `fault.rs`, which are inside; `payload.rs`, which
//! tells one envelope from another.

use chrono::{DateTime, FixedOffset};

use super::entity::{Entity, Rows};
use super::fault::AnyFault;
use super::field::Field;
use super::list::List;
use super::record::record;
use super::words::Operation;

record! {
    /// The answer to a read or a write: `{"Invoice":{...},"time":...}`.
    EntityAnswer {
        /// When QuickBooks answered.
        time: Field<DateTime<FixedOffset>> = "time",
        /// The record, or the stub of one that was deleted; none in the answer to the deletion of a budget.
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
    /// Returns every changed record and every stub of a deleted one.
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
