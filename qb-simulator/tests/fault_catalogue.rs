//! Every effect a rule can name: readable from JSON, described in `openapi.yaml`, and doing what it says.

use crate::common;

use std::collections::BTreeSet;

use common::*;
use qb_simulator::{BatchFault, CompanyOptions, Effect, Faults, Operation, Part, RequestIds, Rule};
use qb_simulator::{SimulatorOptions, When};
use serde_json::{Value, json};

/// One of each kind. A new effect belongs here and into `openapi.yaml`.
fn one_of_each() -> Vec<Value> {
    let mut effects = vec![
        json!({"kind": "answer_lost"}),
        json!({"kind": "reset_before"}),
        json!({"kind": "late_commit", "seconds": 60}),
        json!({"kind": "status", "status": 502, "committed": true}),
        json!({"kind": "throttled", "form": "xml_as_403", "retry_after": 3, "committed": false}),
        json!({"kind": "token_expired"}),
        json!({"kind": "html", "committed": false}),
        json!({"kind": "empty", "committed": false}),
        json!({"kind": "wrong_content_type"}),
        json!({"kind": "truncated", "bytes": 9}),
        json!({"kind": "fault_in_ok", "committed": false}),
        json!({"kind": "transient", "committed": true}),
        json!({"kind": "refused", "status": 400, "code": "6190", "detail": "x"}),
        json!({"kind": "redirect", "location": "https://example.invalid/"}),
        json!({"kind": "delay", "millis": 5}),
        json!({"kind": "hold"}),
        json!({"kind": "duplicate"}),
        json!({"kind": "oauth_error", "error": "invalid_grant"}),
        json!({"kind": "gzip_bomb", "mebibytes": 1}),
        json!({"kind": "byte_flipped", "byte": 9}),
        json!({"kind": "drip", "bytes": 9, "millis": 1}),
        json!({"kind": "clock_skew", "seconds": -600}),
        json!({"kind": "page_cap", "rows": 3}),
        json!({"kind": "member_missing", "name": "refresh_token"}),
        json!({"kind": "batch", "fault": "item_refused", "code": "3001", "detail": "", "committed": true}),
    ];
    effects.extend(PARTS.map(|part| json!({"kind": "altered", "part": part})));
    effects.extend(BATCH_FAULTS.map(|fault| json!({"kind": "batch", "fault": fault})));
    effects
}

const PARTS: [&str; 16] = [
    "total",
    "tax",
    "number",
    "date",
    "customer",
    "id",
    "missing",
    "entity",
    "unknown_field",
    "renamed_enum",
    "numbers_as_text",
    "double_keys",
    "row_missing",
    "row_twice",
    "stale_token",
    "false_delete",
];

const BATCH_FAULTS: [&str; 8] = [
    "partial",
    "failed_after_part",
    "item_lost",
    "missing_id",
    "doubled_item",
    "unknown_id",
    "reordered",
    "no_items",
];

/// Fails to compile when an effect is missing here.
fn kind(effect: &Effect) -> &'static str {
    match effect {
        Effect::AnswerLost => "answer_lost",
        Effect::ResetBefore => "reset_before",
        Effect::LateCommit { .. } => "late_commit",
        Effect::Status { .. } => "status",
        Effect::Throttled { .. } => "throttled",
        Effect::TokenExpired => "token_expired",
        Effect::Html { .. } => "html",
        Effect::Empty { .. } => "empty",
        Effect::WrongContentType => "wrong_content_type",
        Effect::Truncated { .. } => "truncated",
        Effect::Altered { .. } => "altered",
        Effect::FaultInOk { .. } => "fault_in_ok",
        Effect::Transient { .. } => "transient",
        Effect::Refused { .. } => "refused",
        Effect::Redirect { .. } => "redirect",
        Effect::Delay { .. } => "delay",
        Effect::Hold => "hold",
        Effect::Duplicate => "duplicate",
        Effect::OAuthError { .. } => "oauth_error",
        Effect::GzipBomb { .. } => "gzip_bomb",
        Effect::ByteFlipped { .. } => "byte_flipped",
        Effect::Drip { .. } => "drip",
        Effect::Batch(_) => "batch",
        Effect::ClockSkew { .. } => "clock_skew",
        Effect::PageCap { .. } => "page_cap",
        Effect::MemberMissing { .. } => "member_missing",
    }
}

/// The words of an `enum: [...]` list that follows a heading in `openapi.yaml`.
fn described(heading: &str) -> BTreeSet<String> {
    let text = include_str!("../openapi.yaml");
    let after = text.split_once(heading).unwrap().1.split_once("enum: [").unwrap().1;
    let list = after.split_once(']').unwrap().0;
    list.split(',').map(|word| word.trim().to_owned()).collect()
}

#[tokio::test]
async fn every_effect_is_read_from_json_and_stands_in_the_description() {
    let books = Books::open().await;
    let rules: Vec<Value> = one_of_each()
        .into_iter()
        .map(|effect| json!({"name": "one", "effect": effect, "when": When::default()}))
        .collect();
    let faults = json!({"seed": 1, "rules": rules});
    assert_eq!(books.admin("PUT", "faults", faults.clone()).await.status, 200);
    assert_eq!(books.admin("GET", "faults", json!({})).await.json, faults);

    let effects: Vec<Effect> =
        one_of_each().into_iter().map(|effect| serde_json::from_value(effect).unwrap()).collect();
    let kinds: BTreeSet<String> = effects.iter().map(|effect| kind(effect).to_owned()).collect();
    assert_eq!(kinds, described("\n        kind:"));
    assert_eq!(described("\n        part:"), PARTS.map(str::to_owned).into());
    let mut batch: BTreeSet<String> = BATCH_FAULTS.map(str::to_owned).into();
    batch.insert("item_refused".into());
    assert_eq!(described("\n        fault:"), batch);
    for wrong in [json!({"kind": "batch"}), json!({"kind": "batch", "fault": "item_refused", "cod": "3001"})]
    {
        let faults = json!({"rules": [{"name": "wrong", "effect": wrong}]});
        assert_eq!(books.admin("PUT", "faults", faults).await.status, 400);
    }
    books.admin("PUT", "faults", json!({"rules": []})).await;
    books.close().await;
}

/// A company with this rule, and a sale for its one customer.
async fn struck(effect: Effect, when: When) -> (Books, Value) {
    let books = Books::open_faulty(vec![Rule::new("once", effect, when.times(1))]).await;
    let customer = books.customer("Ada").await;
    let sale = with(form(&customer, vec![line("1", 10.0, "NON")]), json!({"DocNumber": "N1"}));
    (books, sale)
}

fn hits(books: &Books) -> u64 {
    books.simulator.with_service(|service| service.faults.hits("once"))
}

#[tokio::test]
async fn a_bomb_is_small_on_the_wire_and_the_request_took_effect() {
    let (books, sale) = struck(Effect::GzipBomb { mebibytes: 64 }, When::create("Invoice")).await;
    let url = books.url("invoice");
    let token = books.simulator.connection().access_token.clone();
    let answer = books.send(|client| client.post(url).bearer_auth(token).body(sale.to_string())).await;
    assert_eq!((answer.status, answer.headers["content-encoding"].to_str().unwrap()), (200, "gzip"));
    let length: usize = answer.headers["content-length"].to_str().unwrap().parse().unwrap();
    assert!(length < 500_000, "{length} bytes");
    assert_eq!(books.simulator.with_company(|company| company.count("Invoice")), 1);
    books.close().await;
}

#[tokio::test]
async fn a_byte_is_flipped_where_told_or_where_the_seed_says() {
    let when = || When::operation(Operation::Read);
    let (books, _) = struck(Effect::ByteFlipped { byte: Some(0) }, when()).await;
    assert!(books.get("item/1").await.text.starts_with("z\"Item\""));
    let whole = books.get("item/1").await.text;
    books.close().await;
    let mut places = BTreeSet::new();
    for seed in 0..4 {
        let faults = Faults::new(seed, vec![Rule::new("once", Effect::ByteFlipped { byte: None }, when())]);
        let books = Books::open_simulator(SimulatorOptions { faults, ..stopped() }).await;
        let token = books.simulator.connection().access_token.clone();
        let url = books.url("item/1");
        let bytes = books.send(|client| client.get(url).bearer_auth(token)).await.text.into_bytes();
        let differs: Vec<usize> = (0..whole.len()).filter(|at| bytes[*at] != whole.as_bytes()[*at]).collect();
        assert_eq!((bytes.len(), differs.len()), (whole.len(), 1));
        places.insert(differs[0]);
        books.simulator.stop().await;
    }
    assert!(places.len() > 1, "{places:?}");
}

#[tokio::test]
async fn a_dripping_answer_arrives_whole() {
    let (books, sale) = struck(Effect::Drip { bytes: 50, millis: 1 }, When::create("Invoice")).await;
    let answer = books.post("invoice?requestid=r", sale.clone()).await;
    assert_eq!((answer.status, &answer.json["Invoice"]["DocNumber"]), (200, &json!("N1")));
    assert!(!answer.headers.contains_key("content-length"));
    assert_eq!(books.post("invoice?requestid=r", sale).await.text, answer.text);
    books.close().await;
}

/// Which bIds a batch of three departments is answered with, and which departments there are then.
async fn batch(fault: BatchFault, when: When) -> (Answer, Vec<String>, Vec<String>) {
    let books = Books::open_faulty(vec![Rule::new("once", Effect::Batch(fault), when.times(1))]).await;
    let item = |id: &str, entity: &str| json!({"bId": id, "operation": "create", entity: {"Name": id}});
    let items = [item("a", "Department"), item("b", "Class"), item("c", "Department")];
    // Another kind of request is not struck, and not counted.
    assert_eq!(books.get("item/1").await.status, 200);
    let answer = books.post("batch?requestid=r", json!({"BatchItemRequest": items})).await;
    assert_eq!(hits(&books), 1);
    let ids = answer.json["BatchItemResponse"].as_array().map_or(Vec::new(), |answers| {
        answers.iter().map(|answer| answer["bId"].as_str().unwrap_or("none").to_owned()).collect()
    });
    let mut made = Vec::new();
    for (entity, name) in [("Department", "a"), ("Class", "b"), ("Department", "c")] {
        let found = books.query(&format!("select * from {entity} where Name = '{name}'")).await;
        if found.json["QueryResponse"][entity].is_array() {
            made.push(name.to_owned());
        }
    }
    // The same batch again, under the same id, runs what has not run.
    let again = books.post("batch?requestid=r", json!({"BatchItemRequest": items})).await;
    let faults = again.json["BatchItemResponse"].as_array().unwrap().iter();
    assert!(faults.clone().all(|answer| answer.get("Fault").is_none()), "{}", again.text);
    books.close().await;
    (answer, ids, made)
}

#[tokio::test]
async fn items_of_a_batch_go_wrong_one_by_one() {
    let refused =
        |committed| BatchFault::ItemRefused { code: "3001".into(), detail: "limit".into(), committed };
    let class = || When { entities: vec!["Class".into()], ..When::default() };
    for (fault, ids, made) in [
        (BatchFault::Partial, "a", "a"),
        (BatchFault::ItemLost, "ac", "abc"),
        (BatchFault::MissingId, "anonec", "abc"),
        (BatchFault::UnknownId, "ab?c", "abc"),
        (BatchFault::DoubledItem, "abbc", "abc"),
        (BatchFault::Reordered, "cba", "abc"),
        (BatchFault::NoItems, "", "abc"),
        (BatchFault::FailedAfterPart, "", "a"),
        (refused(false), "abc", "ac"),
        (refused(true), "abc", "abc"),
    ] {
        let (answer, found, there) = batch(fault.clone(), class()).await;
        assert_eq!((found.concat().as_str(), there.concat().as_str()), (ids, made), "{fault:?}");
        match fault {
            BatchFault::FailedAfterPart => assert_eq!((answer.status, answer.fault().0), (500, "10000")),
            BatchFault::ItemRefused { .. } => {
                let error = &answer.json["BatchItemResponse"][1]["Fault"]["Error"][0];
                assert_eq!((&error["code"], &error["Detail"]), (&json!("3001"), &json!("limit")));
            }
            _ => assert_eq!(answer.status, 200),
        }
    }
    let third = When { entities: vec!["Department".into()], ..When::operation(Operation::Create) };
    assert_eq!(batch(BatchFault::ItemLost, third).await.1.concat(), "bc");
    let drawn = batch(BatchFault::ItemLost, When::default()).await.1;
    assert_eq!(drawn.len(), 2, "one of three is lost, drawn from the seed");
    assert_eq!(batch(BatchFault::ItemLost, When::default()).await.1, drawn);
}

#[tokio::test]
async fn an_old_refusal_is_answered_again_under_the_same_id() {
    let options = CompanyOptions { request_ids: RequestIds::WithRefusals, ..CompanyOptions::default() };
    let books = Books::open_with(options).await;
    let customer = books.customer("Ada").await;
    let body = form(&customer, vec![line("77", 10.0, "NON")]);
    let first = books.post("invoice?requestid=r1", body.clone()).await;
    first.refused("2500");
    books.simulator.advance(chrono::TimeDelta::days(3));
    assert_eq!(books.post("invoice?requestid=r1", body.clone()).await.text, first.text);
    books.post("invoice?requestid=r1", form(&customer, vec![line("1", 1.0, "NON")])).await.refused("600");
    let item = json!({"BatchItemRequest": [{"bId": "a", "operation": "create", "Invoice": body}]});
    let first = books.post("batch?requestid=r2", item.clone()).await.json["BatchItemResponse"].clone();
    assert_eq!(first[0]["Fault"]["Error"][0]["code"], "2500");
    assert_eq!(books.post("batch?requestid=r2", item).await.json["BatchItemResponse"], first);
    assert_eq!(books.simulator.with_company(|company| company.count("Invoice")), 0);
    books.close().await;
}

#[tokio::test]
async fn objects_come_in_shapes_that_are_not_documented() {
    for part in [Part::UnknownField, Part::RenamedEnum, Part::NumbersAsText, Part::DoubleKeys] {
        let (books, sale) = struck(Effect::Altered { part }, When::create("Invoice")).await;
        let told = books.post("invoice?requestid=r", sale.clone()).await;
        let booked = books.post("invoice?requestid=r", sale).await;
        let (told_of, booked_of) = (&told.json["Invoice"], &booked.json["Invoice"]);
        match part {
            Part::UnknownField => assert_eq!(told_of["FieldNobodyKnows"]["value"], "new"),
            Part::RenamedEnum => assert_eq!(told_of["EmailStatus"], "NotSetRenamed"),
            Part::NumbersAsText => assert_eq!(told_of["Line"][0]["Amount"], "10.0"),
            _ => assert_eq!(told.text.matches("\"TotalAmt\":").count(), 2),
        }
        assert_eq!(booked_of["TotalAmt"], json!(10.0));
        books.close().await;
    }
}

#[tokio::test]
async fn lists_lack_a_row_have_one_more_or_are_cut() {
    let statement = "select * from Account maxresults 5";
    let rows = |answer: &Answer| -> Vec<String> {
        let rows = answer.json["QueryResponse"]["Account"].as_array().unwrap().iter();
        rows.map(|row| row["Id"].as_str().unwrap().to_owned()).collect()
    };
    for (effect, expected) in [
        (Effect::Altered { part: Part::RowMissing }, "1234"),
        (Effect::Altered { part: Part::RowTwice }, "123455"),
        (Effect::PageCap { rows: 3 }, "123"),
    ] {
        let (books, _) = struck(effect, When::operation(Operation::Query)).await;
        let page = books.query(statement).await;
        assert_eq!(rows(&page).concat(), expected);
        assert_eq!(page.json["QueryResponse"]["maxResults"], json!(expected.len()));
        assert_eq!(rows(&books.query(statement).await).concat(), "12345");
        books.close().await;
    }
}

#[tokio::test]
async fn lists_show_old_tokens_and_a_capture_deletes_what_lives() {
    let when = || When::operation(Operation::Query);
    let (books, _) = struck(Effect::Altered { part: Part::StaleToken }, when()).await;
    let renamed = json!({"Id": "1", "SyncToken": "0", "sparse": true, "DisplayName": "Ada B"});
    books.create("Customer", renamed).await;
    let stale = books.query("select * from Customer").await.json["QueryResponse"]["Customer"][0].clone();
    assert_eq!((&stale["SyncToken"], &stale["DisplayName"]), (&json!("0"), &json!("Ada B")));
    let again = json!({"Id": "1", "SyncToken": "0", "sparse": true, "DisplayName": "Ada C"});
    books.post("customer", again).await.refused("5010");
    assert_eq!(books.read("Customer", "1").await["SyncToken"], "1");
    books.close().await;

    let when = When::operation(Operation::Cdc);
    let (books, _) = struck(Effect::Altered { part: Part::FalseDelete }, when).await;
    let path = "cdc?entities=Item,Customer&changedSince=2026-02-03T00:00:00-08:00";
    let told = books.get(path).await.json["CDCResponse"][0]["QueryResponse"].clone();
    assert_eq!((&told[0]["Item"][0]["status"], &told[0]["Item"][0]["Id"]), (&json!("Deleted"), &json!("1")));
    assert_eq!(told[1]["Customer"][0]["DisplayName"], "Ada");
    assert_eq!(books.read("Item", "1").await["Name"], "Services");
    books.close().await;
}

#[tokio::test]
async fn a_clock_that_is_off_dates_documents_and_ends_tokens_early() {
    let (books, sale) = struck(Effect::ClockSkew { seconds: 15 * 3600 }, When::create("Invoice")).await;
    let answer = books.post("invoice", sale).await;
    assert_eq!(answer.json["time"], "2026-02-04T00:14:07.300-08:00");
    assert_eq!(answer.json["Invoice"]["TxnDate"], "2026-02-04");
    assert_eq!(books.get("item/1").await.json["time"], NOW);
    books.close().await;

    let skew = Effect::ClockSkew { seconds: 600 };
    let faults = Faults::new(1, vec![Rule::new("skew", skew, When::operation(Operation::Read).times(1))]);
    let mut company = CompanyOptions::default();
    company.oauth.access_token_seconds = Some(3600);
    let books = Books::open_simulator(SimulatorOptions { company, faults, ..stopped() }).await;
    books.simulator.advance(chrono::TimeDelta::minutes(55));
    assert_eq!(books.get("item/1").await.status, 401);
    assert_eq!(books.get("item/1").await.status, 200);
    books.close().await;
}

#[tokio::test]
async fn a_token_answer_lacks_a_member() {
    let effect = Effect::MemberMissing { name: "refresh_token".into() };
    let (books, _) = struck(effect, When::operation(Operation::Token)).await;
    let connection = books.simulator.connection().clone();
    let url = format!("{}/oauth2/v1/tokens/bearer", connection.oauth_url);
    for is_missing in [true, false] {
        let form = format!("grant_type=refresh_token&refresh_token={}", connection.refresh_token);
        let (id, secret) = (connection.client_id.clone(), Some(connection.client_secret.clone()));
        let kind = "application/x-www-form-urlencoded";
        let sent = |client: &reqwest::Client| {
            client.post(&url).basic_auth(id, secret).header("content-type", kind).body(form)
        };
        let answer = books.send(sent).await;
        assert_eq!(
            (answer.status, answer.json["refresh_token"].is_null()),
            (200, is_missing),
            "{}",
            answer.text
        );
        assert!(answer.json["access_token"].is_string());
    }
    books.close().await;
}
