//! The one place where requests are built.
//!
//! Everything that stands in an address is percent-encoded here; nothing else in the crate joins texts to
//! addresses. Neighbours: `client.rs` calls it, `transport.rs` carries the result.

use qb_model::EntityKind;

use crate::base_url::BaseUrl;
use crate::ids::{RealmId, RequestId};
use crate::token::AccessToken;
use crate::transport::{Method, WireRequest};

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
    Query { statement: &'a str },
    Preferences,
    CompanyInfo,
    Report { name: &'static str, parameters: &'a [(&'static str, String)] },
}

impl Operation<'_> {
    /// The path for logs: without company id and values.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Create { kind, .. } => kind.path(),
            Self::Query { .. } => "query",
            Self::Preferences => "preferences",
            Self::CompanyInfo => "companyinfo",
            Self::Report { name, .. } => name,
        }
    }
}

/// Builds a request: path, query string, headers, body, limit.
pub(crate) fn build(
    base: &BaseUrl,
    realm: &RealmId,
    token: AccessToken,
    operation: Operation<'_>,
) -> WireRequest {
    let mut query = vec![("minorversion", MINOR_VERSION)];
    let mut method = Method::Get;
    let mut content_type = None;
    let mut body = Vec::new();
    let mut response_limit = SMALL_ANSWER;
    let tail = match operation {
        Operation::Create { kind, body: bytes, request_id } => {
            method = Method::Post;
            content_type = Some("application/json");
            bytes.clone_into(&mut body);
            query.push(("requestid", request_id.as_str()));
            kind.path().to_owned()
        }
        Operation::Query { statement } => {
            response_limit = LARGE_ANSWER;
            if statement.len() > LONGEST_IN_ADDRESS {
                method = Method::Post;
                content_type = Some("application/text");
                statement.as_bytes().clone_into(&mut body);
            } else {
                query.push(("query", statement));
            }
            "query".to_owned()
        }
        Operation::Preferences => "preferences".to_owned(),
        Operation::CompanyInfo => format!("companyinfo/{}", encode(realm.as_str())),
        Operation::Report { name, parameters } => {
            response_limit = LARGE_ANSWER;
            query.extend(parameters.iter().map(|(name, value)| (*name, value.as_str())));
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
    fn a_report_and_the_company_have_their_paths() {
        let parameters = [("end_date", "2026-01-31".to_owned())];
        let report = request(Operation::Report { name: "TrialBalance", parameters: &parameters });
        assert_eq!(report.path(), "/v3/company/123/reports/TrialBalance");
        assert_eq!(report.query(), "minorversion=75&end_date=2026-01-31");
        assert_eq!(request(Operation::CompanyInfo).path(), "/v3/company/123/companyinfo/123");
    }
}
