//! Tests of `outcome.rs`: the table of reliability 3, row by row.

use super::*;

fn response(status: u16, body: &str) -> Result<WireResponse, TransportError> {
    let headers = vec![("Intuit-Tid".to_owned(), "1-abc".to_owned())];
    Ok(WireResponse { status, headers, body: body.as_bytes().to_vec() })
}

fn fault(code: &str, detail: &str) -> String {
    serde_json::json!({"Fault": {"Error": [{"Message": "m", "Detail": detail, "code": code, "element": ""}],
        "type": "ValidationFault"}, "time": "t"})
    .to_string()
}

#[test]
fn every_row_of_the_table() {
    let applied = r#"{"Invoice":{"Id":"145","SyncToken":"0","TotalAmt":1},"time":"t"}"#;
    let gateway =
        r#"{"fault":{"error":[{"message":"message=AuthenticationFailed","detail":"x","code":"3200"}]}}"#;
    let throttle = r#"{"Fault":{"Error":[{"Message":"message=ThrottleExceeded; errorCode=003001; statusCode=429","Detail":"d","code":"3001"}]}}"#;
    let xml = r"<IntuitResponse><Fault><Error><Message>message=ThrottleExceeded; errorCode=003001</Message></Error></Fault></IntuitResponse>";
    let wait = "An unexpected error occurred. Please wait a few minutes and try again.";
    let memo = r#"{"Invoice":{"Id":"1","SyncToken":"0","PrivateNote":"<ThrottleExceeded"}}"#;
    let two = r#"{"Fault":{"Error":[{"code":"2050"},{"code":"6000","Detail":"?"}]}}"#;
    // Reliability 9.4, row 85: ten thousand lists in each other, beside what would otherwise be a good answer.
    let (open, close) = ("[".repeat(10_000), "]".repeat(10_000));
    let deep = format!(r#"{{"Invoice":{{"Id":"145","SyncToken":"0","X":{open}{close}}}}}"#);
    let deep_fault = format!(r#"{{"Fault":{{"Error":[{{"code":"6140","X":{open}{close}}}]}}}}"#);
    let cases: [(u16, &str, &str, &str); 39] = [
        (200, applied, "applied", ""),
        (200, memo, "applied", ""),
        (401, gateway, "not-sent", "unauthorized"),
        (401, "", "not-sent", "unauthorized"),
        (429, "", "not-sent", "throttled"),
        (429, throttle, "not-sent", "throttled"),
        (403, throttle, "not-sent", "throttled"),
        (200, throttle, "not-sent", "throttled"),
        (403, xml, "not-sent", "throttled"),
        (400, &fault("6140", "Duplicate"), "refused", "6140"),
        (400, &fault("2050", "too long"), "refused", "2050"),
        (400, &fault("5010", "stale"), "refused", "5010"),
        (200, &fault("610", "Object Not Found"), "refused", "610"),
        (403, &fault("5020", "Permission Denied"), "refused", "5020"),
        (400, &fault("6000", "You must set a transaction amount"), "refused", "6000"),
        (400, &fault("6000", wait), "unknown", "unclear-fault"),
        (400, &fault("6000", "something else"), "unknown", "unclear-fault"),
        (400, &fault("500", "Unsupported Operation"), "unknown", "unclear-fault"),
        (400, &fault("600", "Duplicate Request ID"), "unknown", "unclear-fault"),
        (400, &fault("424242", "?"), "unknown", "unclear-fault"),
        (400, two, "unknown", "unclear-fault"),
        (400, r#"{"Fault":{}}"#, "unknown", "unclear-fault"),
        (403, &fault("3100", "ApplicationAuthorizationFailed"), "unknown", "unclear-fault"),
        (404, &fault("2050", "not a status of validation"), "unknown", "unclear-fault"),
        (400, "<html>back soon</html>", "unknown", "not-the-answer"),
        (404, "", "unknown", "not-the-answer"),
        (302, applied, "unknown", "redirect-refused"),
        (500, &fault("10000", "application error"), "unknown", "server-failed"),
        (503, throttle, "unknown", "server-failed"),
        (200, "", "unknown", "not-the-answer"),
        (200, r#"{"Invoice":{"Id":"145","Sync"#, "unknown", "not-the-answer"),
        (200, r#"{"Payment":{"Id":"145","SyncToken":"0"}}"#, "unknown", "not-the-answer"),
        (200, "<html></html>", "unknown", "not-the-answer"),
        (200, &deep, "unknown", "not-the-answer"),
        (400, &deep_fault, "unknown", "not-the-answer"),
        // Row 88: without an id, or without the token of its version, an answer proves nothing.
        (200, r#"{"Invoice":{"SyncToken":"0","TotalAmt":1}}"#, "unknown", "not-the-answer"),
        (200, r#"{"Invoice":{"Id":"","SyncToken":"0"}}"#, "unknown", "not-the-answer"),
        (200, r#"{"Invoice":{"Id":"145"}}"#, "unknown", "not-the-answer"),
        (200, r#"{"Invoice":[],"time":"t"}"#, "unknown", "not-the-answer"),
    ];
    for (status, body, class, word) in cases {
        let outcome = classify(EntityKind::Invoice, &response(status, body));
        let found = match &outcome {
            WriteOutcome::Applied { .. } => "",
            WriteOutcome::Refused(refusal) => refusal.code.as_str(),
            WriteOutcome::NotSent { why, .. } => why.code(),
            WriteOutcome::Unknown { why, .. } => why.code(),
        };
        assert_eq!((outcome.code(), found), (class, word), "{status} {body}");
        assert_eq!(outcome.intuit_tid(), Some("1-abc"), "{status} {body}");
    }
}

#[test]
fn a_lost_connection_differs_from_one_never_made() {
    let why = "x".to_owned();
    let never = classify(EntityKind::Invoice, &Err(TransportError::NotSent { why: why.clone() }));
    assert_eq!(never.code(), "not-sent");
    assert_eq!(classify(EntityKind::Invoice, &Err(TransportError::Unknown { why })).code(), "unknown");
}

/// Reliability 9.4, row 90.
#[test]
fn the_wait_is_held_between_a_second_and_an_hour() {
    for (text, seconds) in [
        (None, 60),
        (Some("5"), 5),
        (Some("0"), 1),
        (Some("-5"), 60),
        (Some("99999"), 3600),
        (Some("315360000"), 3600),
        (Some("99999999999999999999999"), 60),
        (Some("Wed, 21 Oct 2015 07:28:00 GMT"), 60),
    ] {
        let headers = text.map(|t| ("Retry-After".to_owned(), t.to_owned())).into_iter().collect();
        let result = Ok(WireResponse { status: 429, headers, body: Vec::new() });
        let WriteOutcome::NotSent { retry_after, .. } = classify(EntityKind::Invoice, &result) else {
            panic!("429 is not sent");
        };
        assert_eq!(retry_after, Some(Duration::from_secs(seconds)), "{text:?}");
    }
}

#[test]
fn a_refusal_keeps_all_that_was_said() {
    let body = r#"{"Fault":{"Error":[{"Message":"Duplicate Document Number Error","Detail":"DocNumber=CLT7B1 is assigned to TxnType=Invoice with TxnId=36","code":"6140","element":"DocNumber"}]}}"#;
    let WriteOutcome::Refused(refusal) = classify(EntityKind::Invoice, &response(400, body)) else {
        panic!("6140 is a refusal");
    };
    assert_eq!(refusal.element.as_deref(), Some("DocNumber"));
    assert!(refusal.detail.ends_with("TxnId=36"));
}
