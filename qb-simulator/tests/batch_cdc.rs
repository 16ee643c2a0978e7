//! Lines 2, 23 and 24: batches and change data capture.

use crate::common;

use common::*;
use qb_simulator::CompanyOptions;
use serde_json::{Value, json};

fn ids(answer: &Answer) -> Vec<String> {
    let items = answer.json["BatchItemResponse"].as_array().unwrap().iter();
    items.map(|item| item["bId"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn line_23_thirty_items_pass_and_thirty_one_do_not() {
    let books = Books::open().await;
    let items = |count: usize| -> Vec<Value> {
        (0..count).map(|at| json!({"bId": format!("q{at}"), "Query": "select * from Item"})).collect()
    };
    books.post("batch", json!({"BatchItemRequest": items(31)})).await.refused("1040");
    let answer = books.post("batch", json!({"BatchItemRequest": items(30)})).await;
    assert_eq!(answer.status, 200);
    assert_eq!(ids(&answer).len(), 30);
    assert_eq!(answer.json["BatchItemResponse"][0]["QueryResponse"]["Item"][0]["Name"], "Services");
    books.post("batch", json!({})).await.refused("2020");
    books.close().await;
}

#[tokio::test]
async fn line_23_one_item_failing_does_not_undo_the_others() {
    let books = Books::open().await;
    let customer = books.customer("Ada").await;
    let receipt = books.create("SalesReceipt", form(&customer, vec![line("1", 5.0, "NON")])).await;
    let payment = books.create("Payment", json!({"CustomerRef": {"value": customer}, "TotalAmt": 7})).await;
    let key = |object: &Value| json!({"Id": object["Id"], "SyncToken": "0", "sparse": true});
    let batch = json!({"BatchItemRequest": [
        {"bId": "i1", "operation": "create", "Invoice": form(&customer, vec![line("1", 10.0, "NON")])},
        {"bId": "f2", "operation": "create", "Invoice": form("999", vec![line("1", 10.0, "NON")])},
        {"bId": "d3", "operation": "delete", "SalesReceipt": key(&receipt)},
        {"bId": "v4", "operation": "update", "optionsData": "void", "Payment": key(&payment)},
        {"bId": "x5", "operation": "create", "Query": "select * from Nothing"},
        {"bId": "n6", "operation": "create"}]});
    let answer = books.post("batch", batch).await;
    assert_eq!(answer.status, 200);
    let item = |at: usize| &answer.json["BatchItemResponse"][at];
    assert_eq!(ids(&answer), ["i1", "f2", "d3", "v4", "x5", "n6"]);
    assert_eq!(item(0)["Invoice"]["TotalAmt"], json!(10.0));
    assert_eq!(item(1)["Fault"]["Error"][0]["code"], "2500");
    assert_eq!(item(1)["Fault"]["type"], "ValidationFault");
    assert_eq!(item(2)["SalesReceipt"], json!({"domain": "QBO", "status": "Deleted", "Id": receipt["Id"]}));
    assert_eq!(item(3)["Payment"]["PrivateNote"], "Voided");
    assert_eq!(item(4)["Fault"]["Error"][0]["code"], "4001");
    assert_eq!(item(5)["Fault"]["Error"][0]["code"], "2010");
    assert_eq!(books.balance("Accounts Receivable (A/R)"), "10.00");
    books.close().await;
}

#[tokio::test]
async fn line_2_a_batch_is_replayed_item_by_item() {
    let books = Books::open().await;
    let customer = books.customer("Ada").await;
    let sale = |amount: f64| form(&customer, vec![line("1", amount, "NON")]);
    let item =
        |id: &str, amount: f64| json!({"bId": id, "operation": "create", "SalesReceipt": sale(amount)});
    let first = books.post("batch?requestid=b-1", json!({"BatchItemRequest": [item("a", 1.0)]})).await;
    let more = json!({"BatchItemRequest": [item("a", 1.0), item("b", 2.0)]});
    let second = books.post("batch?requestid=b-1", more).await;
    assert_eq!(first.json["BatchItemResponse"][0], second.json["BatchItemResponse"][0]);
    let other = books.post("batch?requestid=b-1", json!({"BatchItemRequest": [item("b", 3.0)]})).await;
    assert_eq!(other.json["BatchItemResponse"][0]["Fault"]["Error"][0]["code"], "600");
    assert_eq!(books.simulator.with_company(|company| company.count("SalesReceipt")), 2);
    let long = json!({"BatchItemRequest": [item("abcdefghijk", 1.0)]});
    books.post("batch?requestid=b-2", long.clone()).await.refused("2130");
    assert_eq!(books.post("batch", long).await.status, 200);
    let id = "x".repeat(37);
    books.post(&format!("batch?requestid={id}"), json!({"BatchItemRequest": []})).await.refused("2130");
    books.close().await;
}

#[tokio::test]
async fn line_23_a_shuffled_batch_answers_every_item_once() {
    let options = CompanyOptions { batch_shuffle: Some(7), ..CompanyOptions::default() };
    let books = Books::open_with(options).await;
    let names: Vec<String> = (0..10).map(|at| format!("c{at}")).collect();
    let items: Vec<Value> = names
        .iter()
        .map(|name| json!({"bId": name, "operation": "create", "Customer": {"DisplayName": name}}))
        .collect();
    let answer = books.post("batch", json!({"BatchItemRequest": items})).await;
    let mut found = ids(&answer);
    assert_ne!(found, names);
    found.sort();
    assert_eq!(found, names);
    books.close().await;
}

#[tokio::test]
async fn line_24_changes_show_deleted_stubs_and_reach_back_thirty_days() {
    let books = Books::open().await;
    let customer = books.customer("Ada").await;
    let kept = books.create("Invoice", form(&customer, vec![line("1", 10.0, "NON")])).await;
    let gone = books.create("Invoice", form(&customer, vec![line("1", 5.0, "NON")])).await;
    let key = json!({"Id": gone["Id"], "SyncToken": "0"});
    assert_eq!(books.post("invoice?operation=delete", key).await.status, 200);
    let since = |moment: &str| format!("cdc?entities=Invoice,Payment,customer&changedSince={moment}");
    let answer = books.get(&since("2026-02-03T00:00:00-08:00")).await;
    let parts = &answer.json["CDCResponse"][0]["QueryResponse"];
    let invoices = &parts[0]["Invoice"];
    assert_eq!(invoices[0]["Id"], kept["Id"], "{}", answer.text);
    assert_eq!((&invoices[1]["status"], &invoices[1]["Id"]), (&json!("Deleted"), &gone["Id"]));
    assert_eq!(invoices[1]["MetaData"]["LastUpdatedTime"], "2026-02-03T09:14:07-08:00");
    assert_eq!((&parts[0]["maxResults"], &parts[0]["totalCount"]), (&json!(2), &json!(2)));
    assert_eq!(parts[1], json!({}));
    assert_eq!(parts[2]["Customer"][0]["DisplayName"], "Ada");
    let none = books.get(&since("2026-02-04T00:00:00Z")).await;
    assert_eq!(none.json["CDCResponse"][0]["QueryResponse"], json!([{}, {}, {}]));
    assert_eq!(books.get(&since("2026-02-03T00:00:00%2B00:00")).await.status, 200);
    books.get(&since("2026-01-03T00:00:00-08:00")).await.refused("2180");
    books.get("cdc?entities=TaxCode&changedSince=2026-02-03").await.refused("4001");
    books.get("cdc?entities=Invoice").await.refused("2020");
    books.close().await;
}

/// At most 1000 objects in the answer to a batch, and for each entity of a change data capture.
#[tokio::test]
async fn line_23_and_24_answers_hold_a_thousand_objects() {
    let mut company =
        qb_simulator::Company::default_company(chrono::DateTime::parse_from_rfc3339(NOW).unwrap());
    for number in 0..1001 {
        let name = json!({"DisplayName": format!("Customer {number}")}).to_string();
        assert_eq!(call(&mut company, "POST", "customer", name).0, 200);
    }
    let path = "cdc?entities=Customer,Item&changedSince=2026-02-03T00:00:00-08:00";
    let changes = call(&mut company, "GET", path, "").1["CDCResponse"][0]["QueryResponse"].clone();
    assert_eq!(
        (changes[0]["maxResults"].clone(), changes[0]["totalCount"].clone()),
        (json!(1000), json!(1001))
    );
    assert_eq!(changes[0]["Customer"].as_array().unwrap().len(), 1000);
    assert_eq!(changes[1]["maxResults"], json!(1));

    let query = |id: &str, most: u32| json!({"bId": id, "Query": format!("select * from Customer maxresults {most}")});
    let batch = json!({"BatchItemRequest": [query("a", 600), query("b", 401), query("c", 400)]});
    let answers = call(&mut company, "POST", "batch", batch.to_string()).1["BatchItemResponse"].clone();
    assert_eq!(answers[0]["QueryResponse"]["maxResults"], json!(600));
    assert_eq!(answers[1]["Fault"]["Error"][0]["code"], "10100");
    assert_eq!(answers[2]["QueryResponse"]["maxResults"], json!(400));
}
