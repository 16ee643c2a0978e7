//! The client over a transport that answers from a list.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, Utc};
use qb_client::engine::{Query, RequestId, WriteOutcome};
use qb_client::{
    AccessToken, BaseUrl, Client, Clock, Method, RealmId, StaticToken, TokenError, TokenStore, Transport,
    TransportError, WireRequest, WireResponse,
};
use qb_model::EntityKind;
use serde_json::{Value, json};

/// Answers from a list and keeps what was asked; the clock keeps what was waited.
#[derive(Default)]
struct Script {
    answers: Mutex<VecDeque<Result<WireResponse, TransportError>>>,
    asked: Mutex<Vec<WireRequest>>,
    waited: Mutex<Vec<u64>>,
    refused: Mutex<u32>,
}

#[async_trait]
impl Transport for Script {
    async fn send(&self, request: WireRequest) -> Result<WireResponse, TransportError> {
        self.asked.lock().unwrap().push(request);
        self.answers.lock().unwrap().pop_front().unwrap()
    }
}

#[async_trait]
impl Clock for Script {
    fn now(&self) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH
    }

    fn elapsed(&self) -> Duration {
        Duration::from_secs(self.waited.lock().unwrap().iter().sum())
    }

    async fn sleep(&self, duration: Duration) {
        self.waited.lock().unwrap().push(duration.as_secs());
    }
}

#[async_trait]
impl TokenStore for Script {
    async fn access_token(&self) -> Result<AccessToken, TokenError> {
        Ok(AccessToken::new("canary-token").unwrap())
    }

    async fn token_refused(&self, _token: &AccessToken) {
        *self.refused.lock().unwrap() += 1;
    }
}

fn answer(status: u16, body: &Value) -> Result<WireResponse, TransportError> {
    Ok(WireResponse { status, headers: Vec::new(), body: body.to_string().into_bytes() })
}

fn client(answers: Vec<Result<WireResponse, TransportError>>) -> (Arc<Script>, Client) {
    let script = Arc::new(Script { answers: Mutex::new(answers.into()), ..Script::default() });
    let base = BaseUrl::loopback("http://127.0.0.1:1").unwrap();
    let realm = RealmId::new("9130").unwrap();
    let builder =
        Client::builder(base, realm, script.clone()).transport(script.clone()).clock(script.clone());
    (script, builder.build().unwrap())
}

fn unknown() -> Result<WireResponse, TransportError> {
    Err(TransportError::Unknown { why: "reset".to_owned() })
}

#[tokio::test]
async fn a_create_is_tried_once_even_when_a_second_try_would_help() {
    for first in [unknown(), answer(503, &json!({})), answer(429, &json!({})), answer(401, &json!({}))] {
        let (script, client) = client(vec![first]);
        let id = RequestId::new("inv-1-0").unwrap();
        let outcome = client.create(EntityKind::Invoice, b"{}", &id).await;
        assert!(matches!(outcome, WriteOutcome::Unknown { .. } | WriteOutcome::NotSent { .. }));
        assert_eq!(script.asked.lock().unwrap().len(), 1);
        assert_eq!(script.waited.lock().unwrap().len(), 0);
    }
}

#[tokio::test]
async fn a_refused_token_is_told_to_the_store() {
    let body = json!({"Invoice": {"Id": "1", "SyncToken": "0"}});
    let (script, client) = client(vec![answer(401, &json!({})), answer(200, &body)]);
    let id = RequestId::new("inv-1-0").unwrap();
    assert_eq!(client.create(EntityKind::Invoice, b"{}", &id).await.code(), "not-sent");
    assert_eq!(client.create(EntityKind::Invoice, b"{}", &id).await.code(), "applied");
    assert_eq!(*script.refused.lock().unwrap(), 1);
}

#[tokio::test]
async fn a_read_waits_and_tries_again() {
    let company = json!({"CompanyInfo": {"CompanyName": "Shop"}});
    let (script, client) =
        client(vec![unknown(), answer(429, &json!({})), answer(500, &json!({})), answer(200, &company)]);
    assert_eq!(client.company_info().await.unwrap().company_name, "Shop");
    assert_eq!(*script.waited.lock().unwrap(), [1, 1, 2]);
}

fn throttled(headers: &[(&str, &str)]) -> Result<WireResponse, TransportError> {
    let headers = headers.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
    Ok(WireResponse { status: 429, headers, body: Vec::new() })
}

/// QuickBooks' limit is waited for without using up an attempt: as long as it asks, else a window of the limit.
#[tokio::test]
async fn a_read_outlasts_the_limit() {
    let company = || answer(200, &json!({"CompanyInfo": {"CompanyName": "Shop"}}));
    let (script, reader) = client((0..6).map(|_| throttled(&[])).chain([company()]).collect());
    assert_eq!(reader.company_info().await.unwrap().company_name, "Shop");
    assert_eq!(*script.waited.lock().unwrap(), [1, 2, 4, 8, 16, 30]);

    let asked = vec![throttled(&[("retry-after", "7")]), unknown(), unknown(), unknown(), company()];
    let (script, reader) = client(asked);
    assert_eq!(reader.company_info().await.unwrap().company_name, "Shop");
    assert_eq!(*script.waited.lock().unwrap(), [7, 1, 2, 4]);

    let (script, reader) = client((0..7).map(|_| throttled(&[])).collect());
    assert_eq!(reader.company_info().await.unwrap_err().code(), "read-not-sent");
    assert_eq!(script.waited.lock().unwrap().iter().sum::<u64>(), 61);

    let (script, reader) = client(vec![throttled(&[("Retry-After", "600")])]);
    assert_eq!(reader.company_info().await.unwrap_err().code(), "read-not-sent");
    assert_eq!(script.waited.lock().unwrap().len(), 0, "longer than a read waits");
}

/// QuickBooks' clock comes from its answers, whatever they say, and goes on by a clock that does not jump.
#[tokio::test]
async fn quickbooks_time_is_the_last_date_and_what_has_passed_since() {
    let dated = |status, second: u32| {
        let headers = vec![("Date".to_owned(), format!("Tue, 03 Feb 2026 17:14:{second:02} GMT"))];
        Ok(WireResponse { status, headers, body: b"{}".to_vec() })
    };
    let (script, client) = client(vec![dated(500, 7), unknown(), dated(401, 30), unknown()]);
    assert_eq!(client.quickbooks_time(), None);
    let id = RequestId::new("inv-1-0").unwrap();
    let mut told = Vec::new();
    for wait in [0, 5, 60, 1] {
        script.waited.lock().unwrap().push(wait);
        assert_ne!(client.create(EntityKind::Invoice, b"{}", &id).await.code(), "applied");
        // A clone is the same client.
        told.push(client.clone().quickbooks_time().unwrap().format("%H:%M:%S").to_string());
    }
    assert_eq!(told, ["17:14:07", "17:14:12", "17:14:30", "17:14:31"]);
    assert_eq!(client.clock().now(), DateTime::UNIX_EPOCH, "not this machine's clock");
}

#[tokio::test]
async fn a_read_gives_up_after_four_attempts_and_at_once_on_a_refusal() {
    let (script, reader) = client(vec![unknown(), unknown(), unknown(), unknown()]);
    assert_eq!(reader.preferences().await.unwrap_err().code(), "read-failed");
    assert_eq!(script.asked.lock().unwrap().len(), 4);

    let fault = json!({"Fault": {"Error": [{"Message": "m", "Detail": "d", "code": "4001"}]}});
    let (script, reader) = client(vec![answer(400, &fault)]);
    assert_eq!(reader.query(&Query::all(EntityKind::Item)).await.unwrap_err().code(), "read-refused");
    assert_eq!(script.asked.lock().unwrap().len(), 1);
}

/// The same question brings the same answer, so it is asked once.
#[tokio::test]
async fn an_answer_beyond_its_limit_is_not_asked_for_again() {
    let too_large = || Err(TransportError::TooLarge { limit: 7 });
    let (script, client) = client(vec![too_large(), too_large()]);
    let error = client.preferences().await.unwrap_err();
    assert_eq!(
        (error.code(), error.to_string()),
        ("read-too-large", "answer is larger than 7 bytes; ask for less".to_owned())
    );
    assert_eq!(script.answers.lock().unwrap().len(), 1);
}

/// A general ledger for other days or on another basis is no answer.
#[tokio::test]
async fn a_ledger_for_other_days_is_no_answer() {
    let day = |text: &str| text.parse::<chrono::NaiveDate>().unwrap();
    let ledger = |start: &str, basis: &str| {
        let header = json!({"ReportName": "GeneralLedger", "StartPeriod": start, "EndPeriod": "2026-02-28", "ReportBasis": basis,
            "Option": [{"Name": "NoReportData", "Value": "true"}]});
        answer(200, &json!({"Header": header, "Rows": {}}))
    };
    let answers =
        vec![ledger("2026-02-01", "Accrual"), ledger("2026-01-01", "Accrual"), ledger("2026-02-01", "Cash")];
    let (_, client) = client(answers);
    let mut codes = Vec::new();
    for _ in 0..3 {
        let read = client.general_ledger(day("2026-02-01"), day("2026-02-28"), &["4", "35"]).await;
        codes.push(read.map_or_else(|error| error.code(), |_| "read"));
    }
    assert_eq!(codes, ["read", "read-other-report", "read-other-report"]);
}

/// A page of so many rows, with ids from `first` on.
fn page(entity: &str, first: usize, rows: usize) -> Result<WireResponse, TransportError> {
    let list: Vec<Value> =
        (first..first + rows).map(|n| json!({"Id": n.to_string(), "SyncToken": "0"})).collect();
    answer(200, &json!({"QueryResponse": {entity: list, "startPosition": first, "maxResults": rows}}))
}

fn nothing() -> Result<WireResponse, TransportError> {
    answer(200, &json!({"QueryResponse": {}}))
}

/// Neither a page that is a row short, nor a cap below what was asked for, ends a list.
#[tokio::test]
async fn a_query_goes_on_until_an_empty_page() {
    for sizes in [&[1000, 999, 3][..], &[100, 100, 7], &[1, 1, 1, 1], &[]] {
        let mut first = 1;
        let mut pages = Vec::new();
        for size in sizes {
            pages.push(page("Item", first, *size));
            first += size;
        }
        pages.push(nothing());
        let (script, client) = client(pages);
        assert_eq!(client.query(&Query::all(EntityKind::Item)).await.unwrap().len(), first - 1, "{sizes:?}");
        let asked = script.asked.lock().unwrap();
        let end = format!("startposition%20{first}%20maxresults%201000");
        assert!(asked.last().unwrap().query().ends_with(&end), "{sizes:?}");
    }
}

/// Less than there is said to be is no list, wherever it is said.
#[tokio::test]
async fn fewer_rows_than_told_are_no_list() {
    let told = |rows: &Value| answer(200, &json!({"QueryResponse": {"Invoice": rows, "totalCount": 2}}));
    let none_of_one = answer(200, &json!({"QueryResponse": {"totalCount": 1}}));
    let one = json!([{"Id": "7", "SyncToken": "0", "DocNumber": "CLT7B1"}]);
    let both = json!([{"Id": "7", "SyncToken": "0"}, {"Id": "8", "SyncToken": "0"}]);
    for (answers, expected) in [
        (vec![none_of_one], "read-contradiction"),
        (vec![told(&one), nothing()], "read-contradiction"),
        (vec![told(&one), told(&json!([]))], "read-contradiction"),
        (vec![told(&both), nothing()], "2"),
        (vec![told(&both), told(&json!([]))], "2"),
    ] {
        let (_, reader) = client(answers);
        let read = reader.query(&Query::all(EntityKind::Invoice)).await;
        let found = read.map_or_else(|error| error.code().to_owned(), |rows| rows.len().to_string());
        assert_eq!(found, expected);
    }
    let (_, reader) = client(vec![answer(200, &json!({"QueryResponse": {"totalCount": 1}}))]);
    let error = reader.find_by_number(EntityKind::Invoice, "CLT7B1").await.unwrap_err();
    assert_eq!(error.code(), "read-contradiction", "not absent");
}

#[tokio::test]
async fn numbers_are_looked_up_a_thousand_at_a_time() {
    let row = |id: &str, number: &str| json!({"Id": id, "SyncToken": "0", "DocNumber": number});
    let rows = json!({"QueryResponse": {"Invoice": [row("1", "CLT1B1"), row("2", "clt2b1"), row("3", "CLT2B1"), row("4", "X")]}});
    let (script, reader) = client(vec![answer(200, &rows), nothing()]);
    let found = reader.find_by_numbers(EntityKind::Invoice, ["CLT1B1", "CLT2B1", "CLT3B1"]).await.unwrap();
    let ids: Vec<(&str, Vec<&str>)> = found
        .iter()
        .map(|(number, all)| (number.as_str(), all.iter().map(|a| a.id.as_str()).collect()))
        .collect();
    assert_eq!(
        ids,
        [("CLT1B1", vec!["1"]), ("CLT2B1", vec!["2", "3"])],
        "CLT3B1 is nowhere, X was not asked for"
    );
    let asked = script.asked.lock().unwrap().clone();
    let asked = asked.first().unwrap().query().replace("%20", " ").replace("%27", "'").replace("%2C", ",");
    assert!(asked.contains("DocNumber in %28'CLT1B1', 'CLT2B1', 'CLT3B1'%29"), "{asked}");

    let numbers: Vec<String> = (0..1001).map(|n| format!("CLT{n}B1")).collect();
    let (script, reader) = client(vec![nothing(), nothing()]);
    let found =
        reader.find_by_numbers(EntityKind::Payment, numbers.iter().map(String::as_str)).await.unwrap();
    assert_eq!(found.len(), 0);
    let asked = script.asked.lock().unwrap().clone();
    assert_eq!(asked.iter().map(WireRequest::method).collect::<Vec<_>>(), [Method::Post, Method::Get]);
    let statement = String::from_utf8(asked.first().unwrap().body().to_vec()).unwrap();
    assert_eq!(statement.matches("CLT").count(), 1000);
    assert!(statement.contains(" where PaymentRefNum in ("), "{statement}");

    let (script, reader) = client(Vec::new());
    assert_eq!(reader.find_by_numbers(EntityKind::Invoice, []).await.unwrap().len(), 0);
    assert_eq!(script.asked.lock().unwrap().len(), 0);
}

#[tokio::test]
async fn payments_are_found_by_their_dates() {
    let payment = json!({"QueryResponse": {"Payment": [{"Id": "9", "SyncToken": "0", "TotalAmt": 5}]}});
    let (script, client) = client(vec![answer(200, &payment), nothing()]);
    let day = |day| NaiveDate::from_ymd_opt(2026, 2, day).unwrap();
    let found = client.find_by_date(EntityKind::Payment, day(1), day(3)).await.unwrap();
    assert_eq!(found.iter().map(|answer| answer.id.as_str()).collect::<Vec<_>>(), ["9"]);
    let asked = script.asked.lock().unwrap().first().unwrap().query().replace("%20", " ").replace("%27", "'");
    assert!(asked.contains("TxnDate %3E%3D '2026-02-01' and TxnDate %3C%3D '2026-02-03'"), "{asked}");
}

/// Customers' invoices may be large: a page of them is asked for in smaller ones.
#[tokio::test]
async fn a_page_that_is_too_large_is_halved() {
    let too_large = || Err(TransportError::TooLarge { limit: 7 });
    let answers = vec![
        too_large(),
        page("Invoice", 1, 500),
        too_large(),
        page("Invoice", 501, 250),
        page("Invoice", 751, 10),
        nothing(),
    ];
    let (script, reader) = client(answers);
    assert_eq!(reader.query(&Query::all(EntityKind::Invoice)).await.unwrap().len(), 760);
    let page_of = |request: &WireRequest| request.query().split("startposition").nth(1).unwrap().to_owned();
    let pages: Vec<String> = script.asked.lock().unwrap().iter().map(page_of).collect();
    assert_eq!(
        pages,
        [
            "%201%20maxresults%201000",
            "%201%20maxresults%20500",
            "%20501%20maxresults%20500",
            "%20501%20maxresults%20250",
            "%20751%20maxresults%20250",
            "%20761%20maxresults%20250"
        ]
    );
    let (script, reader) = client((0..12).map(|_| too_large()).collect());
    let error = reader.query(&Query::all(EntityKind::Invoice)).await.unwrap_err();
    assert_eq!((error.code(), script.asked.lock().unwrap().len()), ("read-too-large", 10), "down to one row");
}

#[tokio::test]
async fn a_name_beyond_ascii_is_compared_here() {
    let rows = json!({"QueryResponse": {"Customer": [
        {"Id": "1", "SyncToken": "0", "DisplayName": "ZOË"}, {"Id": "2", "SyncToken": "0", "DisplayName": "Zoe"}]}});
    let (script, client) = client(vec![answer(200, &rows), nothing()]);
    let found = client.find_by_number(EntityKind::Customer, "Zoë").await.unwrap();
    assert_eq!(found.iter().map(|a| a.id.as_str()).collect::<Vec<_>>(), ["1"]);
    assert!(!script.asked.lock().unwrap().first().unwrap().query().contains("DisplayName"));
}

#[tokio::test]
async fn a_report_for_another_day_is_no_answer() {
    let report = json!({"Header": {"ReportName": "TrialBalance", "EndPeriod": "2026-11-30", "ReportBasis": "Accrual",
        "Option": [{"Name": "NoReportData", "Value": "true"}]}, "Rows": {}});
    let (script, client) = client(vec![answer(200, &report), answer(200, &report)]);
    let asked = NaiveDate::from_ymd_opt(2026, 1, 31).unwrap();
    assert_eq!(client.trial_balance(asked).await.unwrap_err().code(), "read-other-report");
    assert_eq!(
        script.asked.lock().unwrap().first().unwrap().query(),
        "minorversion=75&start_date=2026-01-01&end_date=2026-01-31&accounting_method=Accrual"
    );
    assert!(client.trial_balance(NaiveDate::from_ymd_opt(2026, 11, 30).unwrap()).await.is_ok());
}

#[tokio::test]
async fn no_error_shows_the_token() {
    let fault = json!({"Fault": {"Error": [{"Message": "m", "Detail": "d", "code": "6000"}]}});
    let (script, client) =
        client(vec![answer(400, &fault), answer(302, &json!({})), unknown(), answer(400, &fault)]);
    let id = RequestId::new("inv-1-0").unwrap();
    let mut texts = format!("{client:?}");
    for _ in 0..3 {
        texts.push_str(&format!("{:?}", client.create(EntityKind::Invoice, b"{}", &id).await));
    }
    let error = client.preferences().await.unwrap_err();
    texts.push_str(&format!("{error} {error:?} {:?}", script.asked.lock().unwrap()));
    assert!(!texts.contains("canary"));
}

#[test]
fn futures_can_move_between_threads() {
    fn is_send<T: Send>(_: &T) {}
    let (_, client) = client(Vec::new());
    let id = RequestId::new("a").unwrap();
    let query = Query::all(EntityKind::Item);
    is_send(&client.create(EntityKind::Invoice, b"{}", &id));
    is_send(&client.query(&query));
    is_send(&client.preferences());
    let _store: Arc<dyn TokenStore> = Arc::new(StaticToken::new(AccessToken::new("x").unwrap()));
}
