//! What can go wrong with one request. Plain data, readable from JSON: `{"kind":"answer_lost"}`.
//!
//! `committed` always means: the request had its effect in the books although the answer does not say so.
//! Neighbours: `answers` writes the wrong answers, `service` decides what reaches the company.

use serde::{Deserialize, Serialize};

/// The shape of a throttling answer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ThrottleForm {
    /// 429 with a JSON fault.
    #[default]
    Json,
    /// 429 with an XML fault.
    Xml,
    /// 403 with a JSON fault, as in earlier years.
    #[serde(rename = "json_as_403")]
    JsonAs403,
    /// 403 with an XML fault.
    #[serde(rename = "xml_as_403")]
    XmlAs403,
}

/// The part of an answer that is changed on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// TotalAmt, by one unit of money.
    Total,
    /// TxnTaxDetail.TotalTax, by one cent.
    Tax,
    /// DocNumber gets a letter more.
    Number,
    /// TxnDate, by one day.
    Date,
    /// CustomerRef names another customer.
    Customer,
    /// The Id is another one.
    Id,
    /// The object is missing; only `time` is left.
    Missing,
    /// The object stands under another entity's name.
    Entity,
    /// Every object has a member more that nobody knows.
    UnknownField,
    /// Values such as PrintStatus, EmailStatus, PaymentType and AccountType have another name than the documented one.
    RenamedEnum,
    /// Every number stands in quotes.
    NumbersAsText,
    /// TotalAmt stands twice, the second time one unit higher; of an object without it, SyncToken.
    DoubleKeys,
    /// Every page of a list lacks its last row.
    RowMissing,
    /// Every page of a list has its last row twice: one row more than was asked for.
    RowTwice,
    /// Every object in a list shows the SyncToken it had before its last change.
    StaleToken,
    /// The first living object of a change data capture is told of as deleted.
    FalseDelete,
}

/// What goes wrong inside a batch. The item at fault is the first that the rule's entities and operations name; a rule
/// that names none, or only [`Operation::Batch`](super::Operation::Batch), draws it from the seed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "fault", rename_all = "snake_case", deny_unknown_fields)]
pub enum BatchFault {
    /// The item and those after it do not run and are not answered.
    Partial,
    /// The items before it run; the whole batch is answered with 500 and code 10000.
    FailedAfterPart,
    /// The item has this fault instead of its answer.
    ItemRefused {
        /// The fault's code, such as `3001` or `6000`.
        code: String,
        /// The fault's Detail.
        #[serde(default)]
        detail: String,
        /// Whether the item ran all the same.
        #[serde(default)]
        committed: bool,
    },
    /// All items run; this one's answer is missing.
    ItemLost,
    /// All items run; this one's answer has no bId.
    MissingId,
    /// All items run; this one's answer stands twice.
    DoubledItem,
    /// All items run; this one's answer has a bId that was not sent.
    UnknownId,
    /// All items run and are answered in the opposite order.
    Reordered,
    /// All items run; none is answered.
    NoItems,
}

/// What goes wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Effect {
    /// The request takes effect; the connection is closed instead of an answer.
    AnswerLost,
    /// The connection is reset before anything happens.
    ResetBefore,
    /// The connection is closed now, and the request takes effect later on the company's clock.
    LateCommit {
        /// How much later.
        seconds: u32,
    },
    /// 500, 502, 503, 504 or any other status. 500 is a JSON fault 10000, the others are HTML.
    Status {
        /// The status.
        status: u16,
        /// Whether the request took effect.
        #[serde(default)]
        committed: bool,
    },
    /// The limit is said to be reached (3001).
    Throttled {
        /// The shape of the answer.
        #[serde(default)]
        form: ThrottleForm,
        /// The Retry-After header.
        #[serde(default)]
        retry_after: Option<u32>,
        /// Whether the request took effect.
        #[serde(default)]
        committed: bool,
    },
    /// 401 with code 3200, `Token expired`.
    TokenExpired,
    /// 200 with an HTML page.
    Html {
        /// Whether the request took effect.
        #[serde(default)]
        committed: bool,
    },
    /// 200 without a body.
    Empty {
        /// Whether the request took effect.
        #[serde(default)]
        committed: bool,
    },
    /// The true answer under the content type `text/plain`.
    WrongContentType,
    /// The request takes effect; the answer's body breaks off after so many bytes.
    Truncated {
        /// Bytes of the body that still arrive.
        bytes: usize,
    },
    /// The request takes effect; the answer differs from what was booked.
    Altered {
        /// The part that differs.
        part: Part,
    },
    /// 200 with a Fault inside (6000, transient).
    FaultInOk {
        /// Whether the request took effect.
        #[serde(default)]
        committed: bool,
    },
    /// 400 with code 6000 and the text that asks to try again in a few minutes.
    Transient {
        /// Whether the request took effect.
        #[serde(default)]
        committed: bool,
    },
    /// A refusal with this code and detail; nothing happens in the books.
    Refused {
        /// The HTTP status.
        #[serde(default = "bad_request")]
        status: u16,
        /// The fault's code, such as `6190`.
        code: String,
        /// The fault's Detail.
        #[serde(default)]
        detail: String,
    },
    /// A redirect to elsewhere; nothing happens in the books.
    Redirect {
        /// The Location header.
        location: String,
    },
    /// The request takes effect at once, the answer comes later.
    Delay {
        /// How much later, in real time.
        millis: u64,
    },
    /// The request takes effect at once; the answer waits until held answers are released.
    Hold,
    /// The request arrives twice, as from a middlebox that repeats; the first answer is given.
    Duplicate,
    /// The request takes effect; the answer is a small compressed body that comes to so many mebibytes of zeros.
    GzipBomb {
        /// How many; at most 1024 are sent.
        mebibytes: u32,
    },
    /// The request takes effect; the lowest bit of one byte of the answer's body is turned.
    ByteFlipped {
        /// Which byte, from 0, counted round when the body is shorter; drawn from the seed unless given.
        #[serde(default)]
        byte: Option<usize>,
    },
    /// The request takes effect; the answer's body comes in pieces.
    Drip {
        /// Bytes of one piece; 0 counts as 1.
        bytes: usize,
        /// Real time before each piece.
        millis: u64,
    },
    /// Something goes wrong inside a batch. Strikes batches only.
    Batch(BatchFault),
    /// The request is answered by a machine whose clock is off: expiry of tokens, `time`, MetaData and the date of
    /// undated documents follow it.
    ClockSkew {
        /// How far its clock is off; negative is behind.
        seconds: i32,
    },
    /// Pages of lists hold at most so many rows, whatever was asked for.
    PageCap {
        /// How many.
        rows: usize,
    },
    /// The request takes effect; every member of this name is missing from the answer, at any depth.
    MemberMissing {
        /// The member, such as `refresh_token`.
        name: String,
    },
    /// A token request gets this OAuth error; nothing happens.
    #[serde(rename = "oauth_error")]
    OAuthError {
        /// `invalid_grant`, `invalid_client`...
        error: String,
    },
}

fn bad_request() -> u16 {
    400
}

impl Effect {
    /// Returns whether a made-up answer hides an effect in the books.
    pub(crate) fn commits(&self) -> bool {
        match self {
            Effect::GzipBomb { .. } => true,
            Effect::Status { committed, .. }
            | Effect::Throttled { committed, .. }
            | Effect::Html { committed }
            | Effect::Empty { committed }
            | Effect::FaultInOk { committed }
            | Effect::Transient { committed } => *committed,
            _ => false,
        }
    }
}
