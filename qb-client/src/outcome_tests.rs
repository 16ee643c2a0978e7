//! Tests of `outcome.rs`: the table at `classify`, row by row.

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
    // Ten thousand lists in each other, beside what would otherwise be a good answer.
    let (open, close) = ("[".repeat(10_000), "]".repeat(10_000));
    let deep = format!(r#"{{"Invoice":{{"Id":"145","SyncToken":"0","X":{open}{close}}}}}"#);
    let deep_fault = format!(r#"{{"Fault":{{"Error":[{{"code":"6140","X":{open}{close}}}]}}}}"#);
    let cases: [(u16, &str, &str, &str); 40] = [
        (200, applied, "applied", ""),
        (200, memo, "applied", ""),
        (401, gateway, "not-sent", "unauthorized"),
        (401, "", "not-sent", "unauthorized"),
        (429, "", "not-sent", "throttled"),
        (429, throttle, "not-sent", "throttled"),
        (403, &fault("3002", "The request limit was reached."), "not-sent", "throttled"),
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

/// A wait of minus five seconds, of ten years, until a date that is past: all become a second to an hour.
#[test]
fn the_wait_is_held_between_a_second_and_an_hour() {
    let date = "Wed, 21 Oct 2026 07:28:00 GMT";
    for (text, seconds) in [
        (None, None),
        (Some("5"), Some(5)),
        (Some("0"), Some(1)),
        (Some("-5"), Some(1)),
        (Some("99999"), Some(3600)),
        (Some("315360000"), Some(3600)),
        (Some("99999999999999999999999"), Some(3600)),
        (Some("-99999999999999999999999"), Some(1)),
        (Some("Wed, 21 Oct 2026 07:28:30 GMT"), Some(30)),
        (Some("Wed, 21 Oct 2015 07:28:00 GMT"), Some(1)),
        (Some("Tue, 21 Oct 2036 07:28:00 GMT"), Some(3600)),
        (Some("soon"), None),
        (Some("5.5"), None),
        (Some("-"), None),
        (Some(""), None),
    ] {
        let header = |(name, text): (&str, &str)| (name.to_owned(), text.to_owned());
        let headers =
            text.map(|text| ("Retry-After", text)).into_iter().chain([("date", date)]).map(header).collect();
        let result = Ok(WireResponse { status: 429, headers, body: Vec::new() });
        let WriteOutcome::NotSent { why, retry_after, .. } = classify(EntityKind::Invoice, &result) else {
            panic!("429 is not sent");
        };
        assert_eq!(retry_after, seconds.map(Duration::from_secs), "{text:?}");
        assert_eq!(why.kind(), NotSentKind::TurnedAway);
    }
}

#[test]
fn a_limit_without_a_wait_is_waited_for_61_seconds_in_all() {
    let waits: Vec<u64> = (0..).map_while(throttle_wait).map(|wait| wait.as_secs()).collect();
    assert_eq!((waits.as_slice(), waits.iter().sum::<u64>()), (&[1, 2, 4, 8, 16, 30][..], 61));
    assert_eq!(throttle_wait(u32::MAX), None);
}

#[test]
fn what_never_left_differs_from_what_was_turned_away() {
    let kind = |result| match classify(EntityKind::Invoice, &result) {
        WriteOutcome::NotSent { why, .. } => why.kind(),
        other => panic!("{other:?}"),
    };
    assert_eq!(kind(response(401, "")), NotSentKind::TurnedAway);
    assert_eq!(kind(response(429, "")), NotSentKind::TurnedAway);
    assert_eq!(kind(Err(TransportError::NotSent { why: "x".to_owned() })), NotSentKind::NeverLeft);
    let no_token = crate::token::TokenError::Unavailable { why: "x".to_owned() };
    assert_eq!(NotSentWhy::from(no_token).kind(), NotSentKind::NeverLeft);
}

/// QuickBooks asks to try again in a while with code 6000, and has kept the document all the same.
#[test]
fn a_fault_that_proves_nothing_tells_its_code() {
    let WriteOutcome::Unknown { why, .. } = classify(
        EntityKind::Invoice,
        &response(400, &fault("6000", "Please wait a few minutes and try again.")),
    ) else {
        panic!("6000 proves nothing");
    };
    assert_eq!(why.fault_code(), Some("6000"));
    assert_eq!(UnknownWhy::Server { status: 500 }.fault_code(), None);
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
