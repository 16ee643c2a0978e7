//! The one place where requests are built.
//!
//! Everything that stands in an address is percent-encoded here; nothing else in the crate joins texts to
//! addresses. Neighbours: `client.rs` calls it, `transport.rs` carries the result.

use std::borrow::Cow;

use chrono::{DateTime, SecondsFormat, Utc};
use qb_model::EntityKind;

use crate::base_url::BaseUrl;
use crate::ids::{RealmId, RequestId};
use crate::token::AccessToken;
use crate::transport::{Method, WireRequest};
use crate::usage::Metering;

/// The version of the API. Lower ones are served as 75 since August 2025.
const MINOR_VERSION: &str = "75";

/// Largest answer to a write or a small read: 8 MiB, far above 750 lines.
const SMALL_ANSWER: usize = 8 * 1024 * 1024;

/// Largest answer to a query of 1,000 rows or a report: 32 MiB.
const LARGE_ANSWER: usize = 32 * 1024 * 1024;

/// Longest statement that goes into the address, in bytes; encoded, it stays far below the 8 KiB at which servers commonly
/// refuse an address. A longer one is posted as a body, which QuickBooks takes too.
const LONGEST_IN_ADDRESS: usize = 2000;

/// What is asked of QuickBooks.
#[derive(Clone, Copy)]
pub(crate) enum Operation<'a> {
    Create { kind: EntityKind, body: &'a [u8], request_id: &'a RequestId },
    Change { entity: &'static str, how: Change, body: &'a [u8], request_id: &'a RequestId },
    Batch { body: &'a [u8], items: u32, request_id: Option<&'a RequestId> },
    Query { statement: &'a str },
    Record { entity: &'static str, id: &'a str },
    Pdf { entity: &'static str, id: &'a str },
    Changes { entities: &'a [&'static str], since: DateTime<Utc> },
    Preferences,
    CompanyInfo,
    Report { name: &'static str, parameters: &'a [(&'static str, String)] },
}

/// How a record is changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    Update,
    Delete,
    /// By an operation of its own.
    Void,
    /// By an update that says so.
    VoidingUpdate,
}

impl Change {
    /// The value of `operation`, in an address and in a batch.
    pub(crate) const fn operation(self) -> &'static str {
        match self {
            Self::Update | Self::VoidingUpdate => "update",
            Self::Delete => "delete",
            Self::Void => "void",
        }
    }

    /// What stands beside it: `include` in an address, `optionsData` in a batch.
    pub(crate) const fn include(self) -> Option<&'static str> {
        match self {
            Self::VoidingUpdate => Some("void"),
            Self::Update | Self::Delete | Self::Void => None,
        }
    }
}

impl Operation<'_> {
    /// The path for logs: without company id and values.
    pub(crate) fn label(self) -> Cow<'static, str> {
        match self {
            Self::Create { kind, .. } => kind.path().into(),
            Self::Change { entity, how, .. } => {
                format!("{}?operation={}", entity.to_ascii_lowercase(), how.operation()).into()
            }
            Self::Batch { .. } => "batch".into(),
            Self::Query { .. } => "query".into(),
            Self::Record { entity, .. } => entity.to_ascii_lowercase().into(),
            Self::Pdf { entity, .. } => format!("{}/pdf", entity.to_ascii_lowercase()).into(),
            Self::Changes { .. } => "cdc".into(),
            Self::Preferences => "preferences".into(),
            Self::CompanyInfo => "companyinfo".into(),
            Self::Report { name, .. } => name.into(),
        }
    }

    /// What Intuit counts it as.
    pub(crate) const fn metering(self) -> Metering {
        match self {
            Self::Create { .. } | Self::Change { .. } => Metering::Write,
            Self::Batch { .. } => Metering::Batch,
            Self::Report { .. } => Metering::Report,
            Self::Query { .. }
            | Self::Record { .. }
            | Self::Pdf { .. }
            | Self::Changes { .. }
            | Self::Preferences
            | Self::CompanyInfo => Metering::Read,
        }
    }

    /// How many items it has, when it is a batch.
    pub(crate) const fn items(&self) -> Option<u32> {
        match self {
            Self::Batch { items, .. } => Some(*items),
            _ => None,
        }
    }

    pub(crate) const fn is_batch(self) -> bool {
        matches!(self, Self::Batch { .. })
    }
}

/// Builds a request: path, query string, headers, body, limit.
pub(crate) fn build(
    base: &BaseUrl,
    realm: &RealmId,
    token: AccessToken,
    operation: Operation<'_>,
) -> WireRequest {
    let mut query: Vec<(&str, Cow<'_, str>)> = vec![("minorversion", MINOR_VERSION.into())];
    let mut method = Method::Get;
    let (mut accept, mut content_type) = ("application/json", None);
    let mut body = Vec::new();
    let mut response_limit = SMALL_ANSWER;
    let mut post = |bytes: &[u8], kind: &'static str| {
        (method, content_type) = (Method::Post, Some(kind));
        bytes.clone_into(&mut body);
    };
    let tail = match operation {
        Operation::Create { kind, body, request_id } => {
            post(body, "application/json");
            query.push(("requestid", request_id.as_str().into()));
            kind.path().to_owned()
        }
        Operation::Change { entity, how, body, request_id } => {
            post(body, "application/json");
            query.push(("operation", how.operation().into()));
            query.extend(how.include().map(|include| ("include", include.into())));
            query.push(("requestid", request_id.as_str().into()));
            encode(&entity.to_ascii_lowercase())
        }
        Operation::Batch { body, items: _, request_id } => {
            post(body, "application/json");
            response_limit = LARGE_ANSWER;
            query.extend(request_id.map(|id| ("requestid", id.as_str().into())));
            "batch".to_owned()
        }
        Operation::Query { statement } => {
            response_limit = LARGE_ANSWER;
            if statement.len() > LONGEST_IN_ADDRESS {
                post(statement.as_bytes(), "application/text");
            } else {
                query.push(("query", statement.into()));
            }
            "query".to_owned()
        }
        Operation::Record { entity, id } => {
            format!("{}/{}", encode(&entity.to_ascii_lowercase()), encode(id))
        }
        Operation::Pdf { entity, id } => {
            (accept, response_limit) = ("application/pdf", LARGE_ANSWER);
            format!("{}/{}/pdf", encode(&entity.to_ascii_lowercase()), encode(id))
        }
        Operation::Changes { entities, since } => {
            response_limit = LARGE_ANSWER;
            query.push(("entities", entities.join(",").into()));
            query.push(("changedSince", since.to_rfc3339_opts(SecondsFormat::Secs, true).into()));
            "cdc".to_owned()
        }
        Operation::Preferences => "preferences".to_owned(),
        Operation::CompanyInfo => format!("companyinfo/{}", encode(realm.as_str())),
        Operation::Report { name, parameters } => {
            response_limit = LARGE_ANSWER;
            query.extend(parameters.iter().map(|(name, value)| (*name, value.as_str().into())));
            format!("reports/{}", encode(name))
        }
    };
    let pairs: Vec<String> =
        query.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect();
    WireRequest {
        method,
        base: base.as_str().to_owned(),
        path: format!("/v3/company/{}/{tail}", encode(realm.as_str())),
        query: pairs.join("&"),
        accept,
        content_type,
        token,
        body,
        response_limit,
    }
}

/// Percent-encodes everything but the unreserved characters of RFC 3986, section 2.3.
fn encode(text: &str) -> String {
    const HEX: [char; 16] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F'];
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            out.push(char::from(byte));
        } else {
            out.push('%');
            // A nibble is below 16; the list has 16 entries.
            out.extend([byte >> 4, byte & 15].iter().filter_map(|nibble| HEX.get(usize::from(*nibble))));
        }
    }
    out
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests {
    use super::*;

    fn request(operation: Operation<'_>) -> WireRequest {
        let token = AccessToken::new("canary").unwrap();
        build(&BaseUrl::Production, &RealmId::new("123").unwrap(), token, operation)
    }

    #[test]
    fn a_create_carries_version_request_id_and_the_same_bytes() {
        let request_id = RequestId::new("inv-CLT7B1-0").unwrap();
        let request = request(Operation::Create {
            kind: EntityKind::SalesReceipt,
            body: b"{}",
            request_id: &request_id,
        });
        assert_eq!(
            request.url(),
            "https://quickbooks.api.intuit.com/v3/company/123/salesreceipt?minorversion=75&requestid=inv-CLT7B1-0"
        );
        assert_eq!(request.method(), Method::Post);
        assert_eq!(request.body(), b"{}");
        assert_eq!(
            request.headers().collect::<Vec<_>>(),
            [("accept", "application/json"), ("content-type", "application/json")]
        );
        assert_eq!(
            format!("{request:?}"),
            "WireRequest { method: Post, path: \"/v3/company/123/salesreceipt\", .. }"
        );
    }

    #[test]
    fn values_are_percent_encoded() {
        let request =
            request(Operation::Query { statement: "select * from Customer where X = 'O\\'H & é+%'" });
        assert_eq!(
            request.query(),
            "minorversion=75&query=select%20%2A%20from%20Customer%20where%20X%20%3D%20%27O%5C%27H%20%26%20%C3%A9%2B%25%27"
        );
        assert_eq!(request.headers().count(), 1);
    }

    #[test]
    fn a_long_statement_is_a_body() {
        let statement = format!("select * from Invoice where DocNumber in ('{}')", "A".repeat(2000));
        let request = request(Operation::Query { statement: &statement });
        assert_eq!((request.method(), request.body()), (Method::Post, statement.as_bytes()));
        assert_eq!(request.query(), "minorversion=75");
        assert!(request.headers().any(|header| header == ("content-type", "application/text")));
    }

    #[test]
    #[rustfmt::skip]
    fn every_other_operation_has_its_address() {
        let request_id = RequestId::new("r-1").unwrap();
        let (body, request_id) = (&b"{}"[..], &request_id);
        let change = |how| Operation::Change { entity: "SalesReceipt", how, body, request_id };
        let since = DateTime::UNIX_EPOCH;
        for (operation, address, label) in [
            (change(Change::Update), "salesreceipt?minorversion=75&operation=update&requestid=r-1", "salesreceipt?operation=update"),
            (change(Change::Delete), "salesreceipt?minorversion=75&operation=delete&requestid=r-1", "salesreceipt?operation=delete"),
            (change(Change::Void), "salesreceipt?minorversion=75&operation=void&requestid=r-1", "salesreceipt?operation=void"),
            (change(Change::VoidingUpdate), "salesreceipt?minorversion=75&operation=update&include=void&requestid=r-1", "salesreceipt?operation=update"),
            (Operation::Batch { body, items: 1, request_id: Some(request_id) }, "batch?minorversion=75&requestid=r-1", "batch"),
            (Operation::Record { entity: "TaxCode", id: "a/b" }, "taxcode/a%2Fb?minorversion=75", "taxcode"),
            (Operation::Pdf { entity: "Invoice", id: "7" }, "invoice/7/pdf?minorversion=75", "invoice/pdf"),
            (Operation::Changes { entities: &["Invoice", "Payment"], since }, "cdc?minorversion=75&entities=Invoice%2CPayment&changedSince=1970-01-01T00%3A00%3A00Z", "cdc"),
        ] {
            let request = request(operation);
            assert_eq!(request.url(), format!("https://quickbooks.api.intuit.com/v3/company/123/{address}"));
            assert_eq!(operation.label(), label);
            let is_write = matches!(operation.metering(), Metering::Write | Metering::Batch);
            assert_eq!(request.method() == Method::Post, is_write, "{label}");
            let accepts = if label == "invoice/pdf" { "application/pdf" } else { "application/json" };
            assert!(request.headers().any(|header| header == ("accept", accepts)), "{label}");
        }
    }

    #[test]
    fn a_report_and_the_company_have_their_paths() {
        let parameters = [("end_date", "2026-01-31".to_owned())];
        let report = request(Operation::Report { name: "TrialBalance", parameters: &parameters });
        assert_eq!(report.path(), "/v3/company/123/reports/TrialBalance");
        assert_eq!(report.query(), "minorversion=75&end_date=2026-01-31");
        assert_eq!(request(Operation::CompanyInfo).path(), "/v3/company/123/companyinfo/123");
    }
}
