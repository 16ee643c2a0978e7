//! Line 25: webhooks in both forms, signed, doubled and out of order.

use crate::common;

use common::*;
use qb_simulator::{HookForm, Hooks, Notification, signature};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

const VERIFIER: &str = "simulator-verifier";

fn hooks(form: HookForm) -> Hooks {
    Hooks { verifier: VERIFIER.into(), form, ..Hooks::default() }
}

async fn made(books: &Books, hooks: Hooks, names: &[&str]) -> Vec<Notification> {
    books.simulator.with_service(|service| service.set_hooks(Some(hooks))).unwrap();
    for name in names {
        books.customer(name).await;
    }
    books.simulator.with_service(|service| service.take_notifications())
}

fn body(notification: &Notification) -> Value {
    serde_json::from_slice(&notification.body).unwrap()
}

fn is_signed(notification: &Notification) -> bool {
    let sent = notification.headers.iter().find(|(name, _)| name == "intuit-signature");
    sent.unwrap().1 == signature(VERIFIER, &notification.body)
}

/// The ids told of, in the order of arrival; legacy form.
fn ids(notifications: &[Notification]) -> Vec<String> {
    let id = |sent: &Notification| {
        body(sent)["eventNotifications"][0]["dataChangeEvent"]["entities"][0]["id"].clone()
    };
    notifications.iter().map(|sent| id(sent).as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn line_25_both_forms_carry_a_valid_signature() {
    let books = Books::open().await;
    let sent = made(&books, hooks(HookForm::Mixed), &["Ada", "Bob"]).await;
    assert!(sent.iter().all(is_signed));
    let legacy = &body(&sent[0])["eventNotifications"][0];
    assert_eq!(legacy["realmId"], json!(books.simulator.connection().realm_id));
    let entity = json!({"name": "Customer", "id": "1", "operation": "Create", "lastUpdated": "2026-02-03T17:14:07.300Z"});
    assert_eq!(legacy["dataChangeEvent"]["entities"], json!([entity]));
    let event = &body(&sent[1])[0];
    assert_eq!((&event["type"], &event["intuitentityid"]), (&json!("qbo.customer.created.v1"), &json!("2")));
    assert_eq!((&event["specversion"], &event["time"]), (&json!("1.0"), &json!("2026-02-03T17:14:07Z")));
    books.close().await;
}

#[tokio::test]
async fn line_25_notifications_come_twice_out_of_order_forged_or_never() {
    let names = ["Ada", "Bob", "Cyd", "Dan"];
    for (knobs, expected) in [
        (Hooks { double_every: Some(2), ..hooks(HookForm::Legacy) }, vec!["1", "2", "2", "3", "4", "4"]),
        (Hooks { swap_every: Some(3), ..hooks(HookForm::Legacy) }, vec!["1", "2", "4", "3"]),
        (Hooks { lose_every: Some(2), ..hooks(HookForm::Legacy) }, vec!["1", "3"]),
    ] {
        let books = Books::open().await;
        assert_eq!(ids(&made(&books, knobs, &names).await), expected);
        books.close().await;
    }
    let books = Books::open().await;
    let sent = made(&books, Hooks { forge_every: Some(2), ..hooks(HookForm::Legacy) }, &names).await;
    assert_eq!(sent.iter().map(is_signed).collect::<Vec<_>>(), [true, false, true, false]);
    books.close().await;
}

#[tokio::test]
async fn refusals_and_repetitions_tell_nobody() {
    let books = Books::open().await;
    books.simulator.with_service(|service| service.set_hooks(Some(hooks(HookForm::Legacy)))).unwrap();
    for _ in 0..2 {
        books.post("customer?requestid=r1", json!({"DisplayName": "Ada"})).await;
    }
    books.post("customer", json!({"DisplayName": "ada"})).await.refused("6240");
    books.query("select * from Customer").await;
    assert_eq!(books.simulator.with_service(|service| service.take_notifications()).len(), 1);
    books.close().await;
}

#[tokio::test]
async fn updates_voids_deletes_and_batches_are_told_of() {
    let books = Books::open().await;
    let ada = books.customer("Ada").await;
    let sale = |amount: f64| form(&ada, vec![line("1", amount, "NON")]);
    let first = books.create("Invoice", sale(1.0)).await;
    let second = books.create("Invoice", sale(2.0)).await;
    books.simulator.with_service(|service| service.set_hooks(Some(hooks(HookForm::Mixed)))).unwrap();
    let key = |object: &Value, token: &str| json!({"Id": object["Id"], "SyncToken": token, "sparse": true});
    books.post("invoice", with(key(&first, "0"), json!({"PrivateNote": "x"}))).await;
    books.post("invoice?operation=void", key(&first, "1")).await;
    books.post("invoice?operation=delete", key(&second, "0")).await;
    let batch = json!({"BatchItemRequest": [
        {"bId": "a", "operation": "create", "Vendor": {"DisplayName": "Oak"}},
        {"bId": "b", "operation": "create", "Vendor": {"DisplayName": "oak"}},
        {"bId": "c", "operation": "update", "Customer": with(key(&json!({"Id": ada}), "0"), json!({"Notes": "y"}))},
        {"bId": "d", "Query": "select * from Invoice"}]});
    for _ in 0..2 {
        books.post("batch?requestid=r", batch.clone()).await;
    }
    books.admin("POST", "person", json!({"act": "make_inactive", "entity": "Vendor", "id": "2"})).await;
    books.admin("POST", "person", json!({"act": "preferences", "allow_shipping": false})).await;
    let shipping = json!({"Id": "1", "SyncToken": "1", "SalesFormsPrefs": {"AllowShipping": true}});
    books.create("Preferences", shipping).await;
    books.create("CompanyInfo", json!({"Id": "1", "SyncToken": "0", "LegalName": "Tea"})).await;
    let sent = books.simulator.with_service(|service| service.take_notifications());
    let told: Vec<(String, String)> = sent
        .iter()
        .map(|notification| {
            let body = body(notification);
            let text = |value: &Value| value.as_str().unwrap().to_owned();
            match body.as_array() {
                Some(events) => (text(&events[0]["type"]), text(&events[0]["intuitentityid"])),
                None => {
                    let entity = &body["eventNotifications"][0]["dataChangeEvent"]["entities"][0];
                    (format!("{} {}", text(&entity["name"]), text(&entity["operation"])), text(&entity["id"]))
                }
            }
        })
        .collect();
    let told: Vec<(&str, &str)> = told.iter().map(|(what, id)| (what.as_str(), id.as_str())).collect();
    assert_eq!(
        told,
        [
            ("Invoice Update", "1"),
            ("qbo.invoice.voided.v1", "1"),
            ("Invoice Delete", "2"),
            ("qbo.vendor.created.v1", "2"),
            ("Customer Update", "1"),
            ("qbo.vendor.updated.v1", "2"),
            ("Preferences Update", "1"),
            ("qbo.preferences.updated.v1", "1"),
        ]
    );
    books.close().await;
}

#[tokio::test]
async fn line_25_they_are_delivered_to_an_address_on_this_machine() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/hook", listener.local_addr().unwrap());
    let books = Books::open().await;
    let far = json!({"url": "http://192.0.2.1:80/hook", "verifier": VERIFIER});
    assert_eq!(books.admin("PUT", "hooks", far).await.status, 400);
    let near = json!({"url": url, "verifier": VERIFIER, "form": "cloud_events"});
    assert_eq!(books.admin("PUT", "hooks", near).await.status, 200);
    books.customer("Ada").await;
    let (mut stream, _) = listener.accept().await.unwrap();
    let mut received = Vec::new();
    while !received.ends_with(b"}]") {
        assert_ne!(stream.read_buf(&mut received).await.unwrap(), 0);
    }
    stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").await.unwrap();
    let received = String::from_utf8(received).unwrap();
    let (head, body) = received.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("POST /hook HTTP/1.1\r\n"));
    assert!(head.contains(&format!("intuit-signature: {}", signature(VERIFIER, body.as_bytes()))));
    books.close().await;
}
