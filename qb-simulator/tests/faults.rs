//! Lines 26 and 30, and the other faults a rule can name: each strikes where it should, is counted, and
//! leaves the books in order.

use crate::common;

use chrono::TimeDelta;
use common::*;
use qb_simulator::{
    CompanyOptions, Delivery, Effect, Faults, Limits, Operation, Part, Request, RequestIds, Rule, Service,
    SimulatorOptions, ThrottleForm, When,
};
use serde_json::{Value, json};

fn once(effect: Effect) -> Rule {
    Rule::new("once", effect, When::create("Invoice").times(1))
}

fn invoices(books: &Books) -> usize {
    books.simulator.with_company(|company| company.count("Invoice"))
}

async fn invoice(books: &Books) -> Value {
    form(&books.customer("Ada").await, vec![line("1", 10.0, "NON")])
}

#[tokio::test]
async fn line_26_the_501st_request_of_a_sliding_minute_is_429_with_3001() {
    let limits = Limits { per_second: None, ..Limits::DOCUMENTED };
    let books = Books::open_simulator(SimulatorOptions { limits, ..stopped() }).await;
    for _ in 0..500 {
        assert_eq!(books.get("taxcode/TAX").await.status, 200);
    }
    let refused = books.get("taxcode/TAX").await;
    assert_eq!((refused.status, refused.fault().0), (429, "3001"));
    assert_eq!(refused.json["Fault"]["type"], "SERVICE");
    books.simulator.advance(TimeDelta::seconds(59));
    assert_eq!(books.get("taxcode/TAX").await.status, 429);
    books.simulator.advance(TimeDelta::seconds(1));
    assert_eq!(books.get("taxcode/TAX").await.status, 200);
    books.close().await;
}

#[tokio::test]
async fn line_26_the_11th_request_of_a_second_is_429() {
    let books = Books::open_simulator(SimulatorOptions { limits: Limits::DOCUMENTED, ..stopped() }).await;
    for _ in 0..10 {
        assert_eq!(books.get("taxcode/TAX").await.status, 200);
    }
    assert_eq!(books.get("taxcode/TAX").await.status, 429);
    books.simulator.advance(TimeDelta::milliseconds(999));
    assert_eq!(books.get("taxcode/TAX").await.status, 429);
    books.simulator.advance(TimeDelta::milliseconds(1));
    assert_eq!(books.get("taxcode/TAX").await.status, 200);
    books.close().await;
}

/// Rows 2 and 16 of the choices: 40 batches a minute or, since 2025, 120; 429 or, in earlier years, 403.
#[tokio::test]
async fn line_26_the_41st_batch_of_a_minute_is_refused_in_the_chosen_shape() {
    for (batches, form, status) in [(40, ThrottleForm::Json, 429), (120, ThrottleForm::JsonAs403, 403)] {
        let limits =
            Limits { batches_per_minute: Some(batches), form, per_second: None, ..Limits::DOCUMENTED };
        let books = Books::open_simulator(SimulatorOptions { limits, ..stopped() }).await;
        let batch = json!({"BatchItemRequest": []});
        for _ in 0..batches {
            assert_eq!(books.post("batch", batch.clone()).await.status, 200);
        }
        let refused = books.post("batch/?minorversion=75", batch.clone()).await;
        assert_eq!((refused.status, refused.fault().0), (status, "3001"));
        assert_eq!(books.get("taxcode/TAX").await.status, 200, "other requests pass");
        books.simulator.advance(TimeDelta::seconds(60));
        assert_eq!(books.post("batch", batch).await.status, 200);
        books.close().await;
    }
}

#[tokio::test]
async fn line_26_the_11th_request_at_once_is_429() {
    let held = Rule::new("held", Effect::Hold, When::operation(Operation::Read));
    let limits = Limits { per_second: None, ..Limits::DOCUMENTED };
    let options = SimulatorOptions { limits, faults: Faults::new(1, vec![held]), ..stopped() };
    let books = Books::open_simulator(options).await;
    let connection = books.simulator.connection().clone();
    let url = books.url("taxcode/TAX");
    let mut readers = tokio::task::JoinSet::new();
    for _ in 0..10 {
        let (url, token) = (url.clone(), connection.access_token.clone());
        readers.spawn(async move {
            let client = reqwest::Client::builder().no_proxy().build().unwrap();
            client.get(url).bearer_auth(token).send().await.unwrap().status().as_u16()
        });
    }
    while books.admin("GET", "status", json!({})).await.json["in_flight"] != 10 {
        tokio::task::yield_now().await;
    }
    assert_eq!(books.get("taxcode/TAX").await.status, 429);
    assert_eq!(books.admin("POST", "release", json!({})).await.status, 200);
    while let Some(status) = readers.join_next().await {
        assert_eq!(status.unwrap(), 200);
    }
    books.simulator.with_service(|service| service.faults.clear());
    assert_eq!(books.get("taxcode/TAX").await.status, 200);
    books.close().await;
}

#[tokio::test]
async fn line_26_an_answer_can_be_lost_after_the_work_was_done() {
    for (effect, status) in [
        (Effect::Throttled { form: ThrottleForm::Json, retry_after: None, committed: true }, 429),
        (Effect::Status { status: 500, committed: true }, 500),
        (Effect::Status { status: 502, committed: true }, 502),
        (Effect::Status { status: 503, committed: true }, 503),
        (Effect::Status { status: 504, committed: true }, 504),
        (Effect::Html { committed: true }, 200),
        (Effect::Empty { committed: true }, 200),
        (Effect::FaultInOk { committed: true }, 200),
    ] {
        let books = Books::open_faulty(vec![once(effect.clone())]).await;
        let body = invoice(&books).await;
        let failed = books.post("invoice?requestid=r1", body.clone()).await;
        assert_eq!((failed.status, invoices(&books)), (status, 1), "{effect:?}");
        assert!(failed.json["Invoice"].is_null());
        let again = books.post("invoice?requestid=r1", body).await;
        assert_eq!((again.status, invoices(&books)), (200, 1), "{effect:?}");
        assert_eq!(books.simulator.with_service(|service| service.faults.hits("once")), 1);
        books.close().await;
    }
}

#[tokio::test]
async fn line_26_the_same_answers_come_without_effect() {
    for (effect, status) in [
        (Effect::Throttled { form: ThrottleForm::Json, retry_after: Some(7), committed: false }, 429),
        (Effect::Throttled { form: ThrottleForm::Xml, retry_after: None, committed: false }, 429),
        (Effect::Throttled { form: ThrottleForm::JsonAs403, retry_after: None, committed: false }, 403),
        (Effect::Throttled { form: ThrottleForm::XmlAs403, retry_after: None, committed: false }, 403),
        (Effect::Status { status: 500, committed: false }, 500),
        (Effect::Status { status: 504, committed: false }, 504),
        (Effect::TokenExpired, 401),
        (Effect::Html { committed: false }, 200),
        (Effect::FaultInOk { committed: false }, 200),
        (Effect::Refused { status: 400, code: "6190".into(), detail: "Subscription ended".into() }, 400),
        (Effect::Redirect { location: "https://example.invalid/".into() }, 302),
    ] {
        let books = Books::open_faulty(vec![once(effect.clone())]).await;
        let body = invoice(&books).await;
        let failed = books.post("invoice?requestid=r1", body.clone()).await;
        assert_eq!((failed.status, invoices(&books)), (status, 0), "{effect:?}");
        match &effect {
            Effect::Throttled { form, retry_after, .. } => {
                let seconds = failed.headers.get("retry-after").map(|value| value.to_str().unwrap());
                assert_eq!(seconds, retry_after.map(|_| "7"));
                let xml = matches!(form, ThrottleForm::Xml | ThrottleForm::XmlAs403);
                assert_eq!(failed.text.starts_with("<?xml"), xml);
                assert!(failed.text.contains("ThrottleExceeded") && failed.text.contains("3001"));
            }
            Effect::TokenExpired => assert!(failed.headers.contains_key("www-authenticate")),
            Effect::Redirect { .. } => assert_eq!(failed.headers["location"], "https://example.invalid/"),
            Effect::Refused { .. } => drop(failed.refused("6190").to_owned()),
            _ => {}
        }
        assert_eq!(books.post("invoice?requestid=r1", body).await.status, 200);
        assert_eq!(invoices(&books), 1);
        books.close().await;
    }
}

#[tokio::test]
async fn line_30_transient_6000_comes_with_and_without_the_document_saved() {
    for (committed, documents) in [(true, 1), (false, 0)] {
        let books = Books::open_faulty(vec![once(Effect::Transient { committed })]).await;
        let body = invoice(&books).await;
        let failed = books.post("invoice", body).await;
        assert!(failed.refused("6000").contains("Please wait a few minutes"));
        assert_eq!(invoices(&books), documents);
        books.close().await;
    }
}

#[tokio::test]
async fn connections_are_cut_before_the_effect_after_it_and_inside_the_body() {
    for (effect, documents) in
        [(Effect::ResetBefore, 0), (Effect::AnswerLost, 1), (Effect::Truncated { bytes: 40 }, 1)]
    {
        let books = Books::open_faulty(vec![once(effect.clone())]).await;
        let body = invoice(&books).await;
        books.post_cut("invoice?requestid=r1", &body).await;
        assert_eq!(invoices(&books), documents, "{effect:?}");
        assert_eq!(books.post("invoice?requestid=r1", body).await.status, 200);
        assert_eq!(invoices(&books), 1);
        books.close().await;
    }
}

#[tokio::test]
async fn a_late_commit_takes_effect_when_its_time_has_come() {
    let books = Books::open_faulty(vec![once(Effect::LateCommit { seconds: 120 })]).await;
    let body = invoice(&books).await;
    books.post_cut("invoice", &body).await;
    books.simulator.advance(TimeDelta::seconds(119));
    assert_eq!(invoices(&books), 0);
    assert_eq!(books.admin("GET", "status", json!({})).await.json["late"], 1);
    books.admin("POST", "clock", json!({"advance_seconds": 1})).await;
    assert_eq!(invoices(&books), 1);
    books.close().await;
}

#[tokio::test]
async fn an_answer_can_differ_from_what_was_booked() {
    for (part, pointer) in [
        (Part::Total, "/Invoice/TotalAmt"),
        (Part::Tax, "/Invoice/TxnTaxDetail/TotalTax"),
        (Part::Number, "/Invoice/DocNumber"),
        (Part::Date, "/Invoice/TxnDate"),
        (Part::Customer, "/Invoice/CustomerRef/value"),
        (Part::Id, "/Invoice/Id"),
        (Part::Missing, "/Invoice"),
        (Part::Entity, "/Invoice"),
    ] {
        let books = Books::open_faulty(vec![once(Effect::Altered { part })]).await;
        let taxed = json!({"DocNumber": "N1", "TxnTaxDetail": {"TxnTaxCodeRef": {"value": "2"}}});
        let body = with(form(&books.customer("Ada").await, vec![line("1", 10.0, "TAX")]), taxed);
        let told = books.post("invoice?requestid=r1", body.clone()).await;
        let booked = books.post("invoice?requestid=r1", body).await;
        assert_eq!((told.status, booked.status), (200, 200));
        assert_ne!(told.json.pointer(pointer), booked.json.pointer(pointer), "{part:?}: {}", told.text);
        books.close().await;
    }
}

#[tokio::test]
async fn a_request_can_arrive_twice_and_requestid_helps_only_where_it_is_honoured() {
    for (mode, documents) in [
        (RequestIds::Honoured, 1),
        (RequestIds::WithRefusals, 1),
        (RequestIds::OneDay, 1),
        (RequestIds::Ignored, 2),
        (RequestIds::Refused, 1),
    ] {
        let company = CompanyOptions { request_ids: mode, ..CompanyOptions::default() };
        let faults = Faults::new(1, vec![once(Effect::Duplicate)]);
        let books = Books::open_simulator(SimulatorOptions { company, faults, ..stopped() }).await;
        let body = invoice(&books).await;
        assert_eq!(books.post("invoice?requestid=r1", body.clone()).await.status, 200);
        assert_eq!(invoices(&books), documents, "{mode:?}");
        books.simulator.advance(TimeDelta::hours(25));
        let next_day = books.post("invoice?requestid=r1", body).await;
        match mode {
            RequestIds::Honoured | RequestIds::WithRefusals => {
                assert_eq!((next_day.status, invoices(&books)), (200, 1));
            }
            RequestIds::OneDay => assert_eq!((next_day.status, invoices(&books)), (200, 2)),
            RequestIds::Ignored => assert_eq!((next_day.status, invoices(&books)), (200, 3)),
            RequestIds::Refused => drop(next_day.refused("6000").to_owned()),
        }
        books.close().await;
    }
}

#[tokio::test]
async fn queries_lag_behind_and_reads_do_not() {
    let company = CompanyOptions { read_lag_seconds: 30, ..CompanyOptions::default() };
    let books = Books::open_simulator(SimulatorOptions { company, ..stopped() }).await;
    books.simulator.advance(TimeDelta::minutes(1));
    let ada = books.customer("Ada").await;
    books.read("Customer", &ada).await;
    let seen = |answer: Answer| answer.json["QueryResponse"]["Customer"].as_array().map_or(0, Vec::len);
    assert_eq!(seen(books.query("select * from Customer").await), 0);
    books.simulator.advance(TimeDelta::seconds(30));
    assert_eq!(seen(books.query("select * from Customer").await), 1);
    books.close().await;
}

#[tokio::test]
async fn a_person_works_in_the_company_meanwhile() {
    let books = Books::open().await;
    let customer = books.customer("Ada").await;
    let body = with(form(&customer, vec![line("1", 10.0, "NON")]), json!({"DocNumber": "N1"}));
    let act = json!({"act": "request", "method": "POST", "path": "invoice", "body": body.to_string()});
    assert_eq!(books.admin("POST", "person", act).await.json["Invoice"]["DocNumber"], "N1");
    books.post("invoice", body.clone()).await.refused("6140");

    let close = json!({"act": "close_books", "on": "2026-02-03"});
    assert_eq!(books.admin("POST", "person", close).await.status, 200);
    let other = with(body.clone(), json!({"DocNumber": "N2"}));
    books.post("invoice", other.clone()).await.refused("6210");
    assert_eq!(
        books.get("preferences").await.json["Preferences"]["AccountingInfoPrefs"]["BookCloseDate"],
        "2026-02-03"
    );
    books.admin("POST", "person", json!({"act": "close_books", "on": null})).await;

    books.admin("POST", "person", json!({"act": "preferences", "allow_discount": false})).await;
    assert_eq!(books.get("preferences").await.json["Preferences"]["SalesFormsPrefs"]["AllowDiscount"], false);
    books
        .admin("POST", "person", json!({"act": "make_inactive", "entity": "Customer", "id": customer}))
        .await;
    assert!(books.post("invoice", other).await.refused("610").contains("made inactive"));
    let unknown = json!({"act": "make_inactive", "entity": "Customer", "id": "99"});
    assert_eq!(books.admin("POST", "person", unknown).await.status, 400);
    books.close().await;
}

#[tokio::test]
async fn rules_come_by_the_admin_path_and_are_counted_there() {
    let books = Books::open().await;
    let rules = json!({"seed": 3, "rules": [{"name": "down", "effect": {"kind": "status", "status": 503},
        "when": {"operations": ["query"], "entities": ["item"], "every": 2}}]});
    assert_eq!(books.admin("PUT", "faults", rules).await.status, 200);
    for status in [200, 503, 200, 503] {
        assert_eq!(books.query("select * from Item").await.status, status);
    }
    let status = books.admin("GET", "status", json!({})).await.json;
    assert_eq!(status["faults"], json!([{"name": "down", "seen": 4, "hits": 2}]));
    assert_eq!(status["audit"], "clean");
    let wrong = json!({"rules": [{"name": "x", "effect": {"kind": "nothing_known"}}]});
    assert_eq!(books.admin("PUT", "faults", wrong).await.status, 400);
    assert_eq!(books.admin("GET", "nowhere", json!({})).await.status, 404);
    let url = format!("{}/simulator/status", books.simulator.connection().base_url);
    let page = books.send(|client| client.get(url).header("origin", "https://example.invalid")).await;
    assert_eq!(page.status, 403);
    books.simulator.with_service(|service| service.faults.clear());
    books.close().await;
}

#[test]
fn a_service_without_a_port_gives_the_same_decisions() {
    let now = chrono::DateTime::parse_from_rfc3339(NOW).unwrap();
    let company = qb_simulator::Company::default_company(now);
    let target = format!("/v3/company/{}/customer", company.options().realm_id);
    let token = company.options().credentials.access_token.clone();
    let mut service = Service::new(company);
    let when = When { nth: Some(2), ..When::create("customer") };
    service.faults = Faults::new(1, vec![Rule::new("lost", Effect::AnswerLost, when)]);
    let mut replies = ["Ada", "Bob", "Cyd"].map(|name| {
        let body = json!({"DisplayName": name}).to_string();
        service.exchange(&Request::new("POST", &target, body).bearer(&token), now)
    });
    assert_eq!(replies[1].delivery, Delivery::Closed);
    assert_eq!(replies[1].rule.take().as_deref(), Some("lost"));
    assert!(replies[0].answer().is_some() && replies[2].answer().is_some());
    assert_eq!(service.company().count("Customer"), 3);
}

/// A long random run of a client that repeats what it is unsure of, with most faults on: after every request the books
/// add up, and in the end every sale stands in them exactly once.
#[test]
fn a_long_run_with_faults_keeps_the_books_in_order() {
    let some = |per_mille| When { per_mille: Some(per_mille), ..When::default() };
    let mut now = chrono::DateTime::parse_from_rfc3339(NOW).unwrap();
    for seed in 0..8 {
        let company = qb_simulator::Company::default_company(now);
        let realm = company.options().realm_id.clone();
        let token = company.options().credentials.access_token.clone();
        let mut service = Service::new(company);
        let mut effects = vec![Effect::AnswerLost, Effect::ResetBefore, Effect::LateCommit { seconds: 90 }];
        effects.extend([Effect::Duplicate, Effect::Truncated { bytes: 9 }, Effect::TokenExpired]);
        effects.extend([true, false].map(|committed| Effect::Transient { committed }));
        effects.extend([true, false].map(|committed| Effect::Status { status: 503, committed }));
        effects.extend([Effect::GzipBomb { mebibytes: 1 }, Effect::ByteFlipped { byte: None }]);
        effects.extend([Effect::Drip { bytes: 9, millis: 0 }, Effect::ClockSkew { seconds: -600 }]);
        effects.extend([Part::Total, Part::Missing, Part::DoubleKeys].map(|part| Effect::Altered { part }));
        let rules = effects.into_iter().map(|effect| Rule::new("some", effect, some(60)));
        service.faults = Faults::new(seed, rules.collect());
        let mut exchange = |path: String, body: Value| loop {
            now += TimeDelta::seconds(7);
            let target = format!("/v3/company/{realm}/{path}");
            let request = Request::new("POST", &target, body.to_string()).bearer(&token);
            let reply = service.exchange(&request, now);
            service.company().audit().unwrap();
            let answer = reply.answer();
            let done = answer.is_some_and(|answer| {
                answer.status == 200 && serde_json::from_slice::<Value>(&answer.body).is_ok()
            });
            if done {
                break;
            }
        };
        exchange("customer?requestid=c".into(), json!({"DisplayName": "Ada"}));
        for sale in 0..60 {
            let body = form("1", vec![line("1", 10.0, "TAX")]);
            exchange(
                format!("invoice?requestid=i{sale}"),
                with(body, json!({"DocNumber": format!("N{sale}")})),
            );
            let paid = json!({"CustomerRef": {"value": "1"}, "TotalAmt": 4});
            exchange(format!("payment?requestid=p{sale}"), paid);
        }
        now += TimeDelta::seconds(90);
        service.settle(now);
        service.company().audit().unwrap();
        assert_eq!((service.company().count("Invoice"), service.company().count("Payment")), (60, 60));
        assert!(service.faults.hits("some") > 20);
    }
}

#[tokio::test]
async fn updates_and_batches_go_wrong_too() {
    let when = |operation, entity: &str| When { entities: vec![entity.into()], ..When::operation(operation) };
    let rules = vec![
        Rule::new("update", Effect::AnswerLost, when(Operation::Update, "Invoice").times(1)),
        Rule::new("void", Effect::Transient { committed: false }, when(Operation::Void, "Invoice").times(1)),
        Rule::new("lost batch", Effect::AnswerLost, when(Operation::Batch, "Vendor").times(1)),
        Rule::new("batch", Effect::Altered { part: Part::Id }, when(Operation::Batch, "Vendor").times(1)),
    ];
    let books = Books::open_faulty(rules).await;
    let body = invoice(&books).await;
    let made = books.create("Invoice", body).await;
    let key = |token: &str| json!({"Id": made["Id"], "SyncToken": token, "sparse": true});
    books.post_cut("invoice", &with(key("0"), json!({"PrivateNote": "x"}))).await;
    assert_eq!(books.read("Invoice", "1").await["PrivateNote"], "x");
    books.post("invoice?operation=void", key("1")).await.refused("6000");
    assert_eq!(books.post("invoice?operation=void", key("1")).await.status, 200);

    let query = json!({"BatchItemRequest": [{"bId": "a", "Query": "select * from Vendor"}]});
    let batch = json!({"BatchItemRequest": [
        {"bId": "f", "operation": "create", "Vendor": {"DisplayName": "O:k"}},
        {"bId": "v", "operation": "create", "Vendor": {"DisplayName": "Oak"}}]});
    let other = json!({"BatchItemRequest": [{"bId": "a", "Query": "select * from Item"}]});
    assert_eq!(books.post("batch", other).await.status, 200);
    books.post_cut("batch?requestid=r", &batch).await;
    assert_eq!(books.simulator.with_company(|company| company.count("Vendor")), 1);
    let altered = books.post("batch?requestid=r", batch.clone()).await;
    assert_eq!(altered.json["BatchItemResponse"][1]["Vendor"]["Id"], "999999");
    let again = books.post("batch?requestid=r", batch).await;
    assert_eq!(again.json["BatchItemResponse"][1]["Vendor"]["DisplayName"], "Oak");
    assert_eq!(books.post("batch", query).await.status, 200);
    let hits = |name: &str| books.simulator.with_service(|service| service.faults.hits(name));
    assert_eq!(["update", "void", "lost batch", "batch"].map(hits), [1; 4]);
    assert_eq!(books.simulator.with_company(|company| company.count("Vendor")), 1);
    books.close().await;
}

#[tokio::test]
async fn request_ids_mean_the_same_in_batches() {
    let item = |name: &str| json!({"bId": "a", "operation": "create", "Department": {"Name": name}});
    for (mode, code) in
        [(RequestIds::Refused, "6000"), (RequestIds::Ignored, "6240"), (RequestIds::Honoured, "")]
    {
        let books = Books::open().await;
        books.simulator.with_service(|service| service.company_mut().options_mut().request_ids = mode);
        let batch = json!({"BatchItemRequest": [item("Till")]});
        books.post("batch?requestid=r", batch.clone()).await;
        let again = books.post("batch?requestid=r", batch).await;
        let fault = &again.json["BatchItemResponse"][0]["Fault"]["Error"][0]["code"];
        assert_eq!(fault.as_str().unwrap_or_default(), code, "{}", again.text);
        books.close().await;
    }
    let books = Books::open().await;
    books
        .simulator
        .with_service(|service| service.company_mut().options_mut().request_ids = RequestIds::OneDay);
    for hours in [0, 23, 2] {
        books.simulator.advance(chrono::TimeDelta::hours(hours));
        let sale =
            json!({"bId": "a", "operation": "create", "SalesReceipt": form("", vec![line("1", 5.0, "NON")])});
        books.post("batch?requestid=r", json!({"BatchItemRequest": [sale]})).await;
    }
    assert_eq!(books.simulator.with_company(|company| company.count("SalesReceipt")), 2);
    books.close().await;
}
