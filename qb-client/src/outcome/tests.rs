//! Tests of `outcome.rs`: what each answer and each failure comes to, in one table.

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

/// Every kind of body under every kind of status. A letter is a class and why:
///
/// `A` applied, `R` refused, `S` stale, `T` not sent: the limit, `U` not sent: the token; unknown is `f` a fault that proves nothing,
/// `x` not the answer, `r` a redirect, `5` a failure of the server.
const TABLE: &str = "
body                             | 200 201 302 400 401 403 404 413 429 500 502 503 504
the entity                       |  A   A   r   x   U   x   x   x   T   5   5   5   5
the entity, a memo like a fault  |  A   A   r   x   U   x   x   x   T   5   5   5   5
the entity without its id        |  x   x   r   x   U   x   x   x   T   5   5   5   5
the entity with an empty id      |  x   x   r   x   U   x   x   x   T   5   5   5   5
the entity without its token     |  x   x   r   x   U   x   x   x   T   5   5   5   5
the entity as a list             |  x   x   r   x   U   x   x   x   T   5   5   5   5
the entity, deleted              |  x   x   r   x   U   x   x   x   T   5   5   5   5
the entity, ten thousand deep    |  x   x   r   x   U   x   x   x   T   5   5   5   5
another entity                   |  x   x   r   x   U   x   x   x   T   5   5   5   5
2050                             |  R   R   r   R   U   R   f   f   T   5   5   5   5
2050 of the gateway              |  R   R   r   R   U   R   f   f   T   5   5   5   5
2050 in QueryResponse            |  R   R   r   R   U   R   f   f   T   5   5   5   5
610                              |  R   R   r   R   U   R   f   f   T   5   5   5   5
5020                             |  R   R   r   R   U   R   f   f   T   5   5   5   5
6140                             |  R   R   r   R   U   R   f   f   T   5   5   5   5
6000, a known rule               |  R   R   r   R   U   R   f   f   T   5   5   5   5
5010                             |  S   S   r   S   U   S   f   f   T   5   5   5   5
5010 of the gateway              |  S   S   r   S   U   S   f   f   T   5   5   5   5
5010 and 2050                    |  S   S   r   S   U   S   f   f   T   5   5   5   5
2050 and 6000                    |  f   f   r   f   U   f   f   f   T   5   5   5   5
6000, wait and try again         |  f   f   r   f   U   f   f   f   T   5   5   5   5
6000, something else             |  f   f   r   f   U   f   f   f   T   5   5   5   5
500, unsupported operation       |  f   f   r   f   U   f   f   f   T   5   5   5   5
600, request id used before      |  f   f   r   f   U   f   f   f   T   5   5   5   5
3100                             |  f   f   r   f   U   f   f   f   T   5   5   5   5
3200 of the gateway              |  f   f   r   f   U   f   f   f   T   5   5   5   5
10000                            |  f   f   r   f   U   f   f   f   T   5   5   5   5
424242                           |  f   f   r   f   U   f   f   f   T   5   5   5   5
a fault without entries          |  f   f   r   f   U   f   f   f   T   5   5   5   5
3001                             |  T   T   r   T   U   T   T   T   T   5   5   5   5
3001 of the gateway              |  T   T   r   T   U   T   T   T   T   5   5   5   5
3001 in xml                      |  T   T   r   T   U   T   T   T   T   5   5   5   5
3002                             |  T   T   r   T   U   T   T   T   T   5   5   5   5
2050 in xml                      |  x   x   r   x   U   x   x   x   T   5   5   5   5
html                             |  x   x   r   x   U   x   x   x   T   5   5   5   5
nothing                          |  x   x   r   x   U   x   x   x   T   5   5   5   5
the entity, cut short            |  x   x   r   x   U   x   x   x   T   5   5   5   5
6140, cut short                  |  x   x   r   x   U   x   x   x   T   5   5   5   5
6140, ten thousand deep          |  x   x   r   x   U   x   x   x   T   5   5   5   5
bytes that are no text           |  x   x   r   x   U   x   x   x   T   5   5   5   5
the gateway's state              |  x   x   r   x   U   x   x   x   T   5   5   5   5
";

/// A body of [`TABLE`].
fn body(name: &str) -> Vec<u8> {
    let entries = |codes: &str| -> String {
        let each =
            codes.split(" and ").map(|code| format!(r#"{{"Message":"m","Detail":"d","code":"{code}"}}"#));
        each.collect::<Vec<_>>().join(",")
    };
    let service = |codes: &str| {
        format!(r#"{{"Fault":{{"Error":[{}],"type":"ValidationFault"}},"time":"t"}}"#, entries(codes))
    };
    let gateway = |code: &str| {
        format!(
            r#"{{"warnings":null,"fault":{{"error":[{{"message":"m","detail":"d","code":"{code}","element":null}}],
                "type":"SERVICE"}},"report":null,"queryResponse":null,"time":1601358000000}}"#
        )
    };
    let xml = |code: &str, message: &str| {
        format!(
            r#"<?xml version="1.0"?><IntuitResponse><Fault type="SERVICE"><Error code="{code}"><Message>{message}</Message>
                </Error></Fault></IntuitResponse>"#
        )
    };
    let (open, close) = ("[".repeat(10_000), "]".repeat(10_000));
    let text = match name {
        "the entity" => r#"{"Invoice":{"Id":"145","SyncToken":"0","TotalAmt":1},"time":"t"}"#.to_owned(),
        "the entity, a memo like a fault" => {
            r#"{"Invoice":{"Id":"1","SyncToken":"0","PrivateNote":"<ThrottleExceeded errorCode=003001"}}"#.to_owned()
        }
        "the entity without its id" => r#"{"Invoice":{"SyncToken":"0","TotalAmt":1}}"#.to_owned(),
        "the entity with an empty id" => r#"{"Invoice":{"Id":"","SyncToken":"0"}}"#.to_owned(),
        "the entity without its token" => r#"{"Invoice":{"Id":"145"}}"#.to_owned(),
        "the entity as a list" => r#"{"Invoice":[],"time":"t"}"#.to_owned(),
        "the entity, deleted" => r#"{"Invoice":{"domain":"QBO","status":"Deleted","Id":"145"}}"#.to_owned(),
        "the entity, ten thousand deep" => {
            format!(r#"{{"Invoice":{{"Id":"145","SyncToken":"0","X":{open}{close}}}}}"#)
        }
        "another entity" => r#"{"Payment":{"Id":"145","SyncToken":"0"}}"#.to_owned(),
        "the entity, cut short" => r#"{"Invoice":{"Id":"145","SyncToken":"0","Tot"#.to_owned(),
        "6140, cut short" => r#"{"Fault":{"Error":[{"code":"6140","Mess"#.to_owned(),
        "6140, ten thousand deep" => format!(r#"{{"Fault":{{"Error":[{{"code":"6140","X":{open}{close}}}]}}}}"#),
        "2050 in QueryResponse" => format!(r#"{{"QueryResponse":{}}}"#, service("2050")),
        "6000, a known rule" => {
            r#"{"Fault":{"Error":[{"code":"6000","Detail":"You must set a transaction amount"}]}}"#.to_owned()
        }
        "6000, wait and try again" => {
            r#"{"Fault":{"Error":[{"code":"6000","Detail":"Please wait a few minutes and try again. You must set a transaction amount"}]}}"#.to_owned()
        }
        "a fault without entries" => r#"{"Fault":{}}"#.to_owned(),
        "3001 in xml" => xml("3001", "message=ThrottleExceeded; errorCode=003001; statusCode=429"),
        "2050 in xml" => xml("2050", "String length"),
        "html" => "<!DOCTYPE html><html><body>We will be back soon</body></html>".to_owned(),
        "nothing" => String::new(),
        "bytes that are no text" => return vec![0xff, 0xfe, 0, b'{'],
        "the gateway's state" => r#"{"responseHeader":{"status":500,"message":"m"},"response":null}"#.to_owned(),
        gateways if gateways.ends_with(" of the gateway") => gateway(gateways.split(' ').next().unwrap()),
        codes => service(codes.split(',').next().unwrap()),
    };
    text.into_bytes()
}

/// The letter of an outcome in [`TABLE`].
fn letter(outcome: &WriteOutcome) -> &'static str {
    match outcome {
        WriteOutcome::Applied { .. } => "A",
        WriteOutcome::Refused(_) => "R",
        WriteOutcome::Stale(_) => "S",
        WriteOutcome::NotSent { why: NotSentWhy::Throttled, .. } => "T",
        WriteOutcome::NotSent { why: NotSentWhy::Unauthorized, .. } => "U",
        WriteOutcome::NotSent { .. } => "N",
        WriteOutcome::Unknown { why, .. } => match why {
            UnknownWhy::Fault { .. } => "f",
            UnknownWhy::NotTheAnswer { .. } => "x",
            UnknownWhy::RedirectRefused { .. } => "r",
            UnknownWhy::Server { .. } => "5",
            UnknownWhy::Connection(_) => "c",
            UnknownWhy::TooLarge { .. } => "l",
            UnknownWhy::ItemMissing { .. } => "m",
            UnknownWhy::ItemTwice { .. } => "2",
        },
    }
}

#[test]
fn every_body_under_every_status() {
    let mut lines = TABLE.trim().lines();
    let cells = |line: &'static str| -> Vec<&'static str> {
        line.split('|').nth(1).unwrap().split_whitespace().collect()
    };
    let statuses = cells(lines.next().unwrap());
    let (mut seen, mut wrong) = (0, Vec::new());
    for line in lines {
        let name = line.split('|').next().unwrap().trim();
        let body = body(name);
        let expected = cells(line);
        assert_eq!(expected.len(), statuses.len(), "{name}");
        for (status, expected) in statuses.iter().zip(expected) {
            let headers = vec![("Intuit-Tid".to_owned(), "1-abc".to_owned())];
            let response = WireResponse { status: status.parse().unwrap(), headers, body: body.clone() };
            let outcome = classify(EntityKind::Invoice, &Ok(response));
            assert_eq!(outcome.intuit_tid(), Some("1-abc"), "{name} {status}");
            if letter(&outcome) != expected {
                wrong.push(format!("{name} under {status}: {} and not {expected}", letter(&outcome)));
            }
            seen += 1;
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(seen, 41 * 13);
}

/// What the transport says when there is no answer at all.
#[test]
fn every_failure_without_an_answer() {
    let why = || "x".to_owned();
    for (error, expected) in [
        (TransportError::NotSent { why: why() }, "N"),
        (TransportError::Unknown { why: why() }, "c"),
        (TransportError::TooLarge { limit: 7 }, "l"),
    ] {
        assert_eq!(letter(&classify(EntityKind::Invoice, &Err(error.clone()))), expected, "{error}");
    }
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
