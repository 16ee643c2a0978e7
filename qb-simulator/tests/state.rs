//! A company in a file, and the sample company.

use crate::common;
use crate::invariants;

use chrono::DateTime;
use common::*;
use invariants::DOCUMENTS;
use qb_simulator::{Company, CompanyOptions, PersonAct, SimulatorOptions, StateError};
use serde_json::{Value, json};

fn sample() -> Company {
    Company::sample(CompanyOptions::default(), DateTime::parse_from_rfc3339(NOW).unwrap()).unwrap()
}

#[tokio::test]
async fn a_saved_company_goes_on_where_it_stood() {
    let books = Books::open().await;
    let customer = books.customer("Ada").await;
    let body = with(form(&customer, vec![line("1", 10.0, "TAX")]), json!({"DocNumber": "N1"}));
    let first = books.post("invoice?requestid=r1", body.clone()).await;
    books.post("invoice?requestid=r1", body.clone()).await;
    books.post("invoice", body.clone()).await.refused("6140");
    books.admin("POST", "person", json!({"act": "close_books", "on": "2026-01-31"})).await;
    let state = books.admin("GET", "state", json!({})).await.text;
    books.close().await;

    let again = Books::open_simulator(SimulatorOptions { books: Some(state), ..stopped() }).await;
    assert_eq!(again.read("Invoice", "1").await, first.json["Invoice"]);
    assert_eq!(again.post("invoice?requestid=r1", body.clone()).await.text, first.text);
    again.post("invoice", with(body, json!({"TxnDate": "2026-01-31"}))).await.refused("6210");
    assert_eq!(again.customer("Bob").await, "2");
    again.close().await;
}

#[test]
fn a_state_that_was_meddled_with_is_refused() {
    let good = sample().save().unwrap();
    assert!(Company::load(&good).is_ok());
    assert!(matches!(Company::load("{}"), Err(StateError::Unreadable(_))));
    let mut state: Value = serde_json::from_str(&good).unwrap();
    state["format"] = json!(99);
    assert!(matches!(Company::load(&state.to_string()), Err(StateError::Format(99))));
    state["format"] = json!(1);
    state["changes"].as_array_mut().unwrap().pop();
    assert!(matches!(Company::load(&state.to_string()), Err(StateError::Differs(_))));
    state["changes"].as_array_mut().unwrap().remove(0);
    assert!(matches!(
        Company::load(&state.to_string()),
        Err(StateError::Refused { .. } | StateError::Differs(_))
    ));
}

#[test]
fn the_sample_company_has_sales_and_clean_books() {
    let company = sample();
    company.audit().unwrap();
    assert_eq!((company.count("Customer"), company.count("Invoice"), company.count("Payment")), (4, 12, 12));
    assert_eq!(company.balance_of("Accounts Receivable (A/R)").unwrap().to_string(), "336");
}

/// The lists whose entries can be made inactive, and those that cannot.
const LISTS: [&str; 8] =
    ["Account", "Item", "Customer", "Vendor", "PaymentMethod", "Term", "Class", "Department"];
const TAX_LISTS: [&str; 3] = ["TaxCode", "TaxRate", "TaxAgency"];

/// Every object of a company, as queries show them.
fn everything(company: &mut Company) -> Vec<Value> {
    let lists =
        LISTS.map(|list| format!("select * from {list} where Active in (true, false) maxresults 1000"));
    let others = TAX_LISTS.iter().chain(&DOCUMENTS);
    let others = others.map(|entity| format!("select * from {entity} maxresults 1000"));
    let statements: Vec<String> = lists.into_iter().chain(others).collect();
    statements
        .into_iter()
        .map(|statement| answered(company, "query", statement)["QueryResponse"].clone())
        .collect()
}

fn answered(company: &mut Company, path: &str, body: impl Into<Vec<u8>>) -> Value {
    let (status, answer) = call(company, "POST", path, body);
    assert_eq!(status, 200, "{path}: {answer}");
    answer
}

fn made(company: &mut Company, entity: &str, body: Value) -> Value {
    answered(company, &entity.to_lowercase(), body.to_string())[entity].clone()
}

fn spent(amount: f64) -> Value {
    json!({"DetailType": "AccountBasedExpenseLineDetail", "Amount": amount,
        "AccountBasedExpenseLineDetail": {"AccountRef": {"value": "14"}}})
}

#[test]
fn every_entity_and_every_change_comes_back() {
    let now = DateTime::parse_from_rfc3339(NOW).unwrap();
    let options = CompanyOptions { batch_shuffle: Some(3), ..CompanyOptions::default() };
    let mut company = Company::new(options, now);
    let ada = id(&made(&mut company, "Customer", json!({"DisplayName": "Ada"})));
    let oak = id(&made(&mut company, "Vendor", json!({"DisplayName": "Oak"})));
    for (entity, body) in [
        ("Term", json!({"Name": "Net 21", "DueDays": 21})),
        ("Class", json!({"Name": "East"})),
        ("Department", json!({"Name": "Till 2"})),
        ("PaymentMethod", json!({"Name": "Voucher"})),
        ("TaxAgency", json!({"DisplayName": "Harbour County"})),
    ] {
        made(&mut company, entity, body);
    }
    let of_vendor = |lines: Vec<Value>| json!({"VendorRef": {"value": oak}, "Line": lines});
    let bill = made(&mut company, "Bill", of_vendor(vec![spent(25.0)]));
    let credit = made(&mut company, "VendorCredit", of_vendor(vec![spent(5.0)]));
    let link = |kind: &str, to: &Value, amount: f64| json!({"Amount": amount, "LinkedTxn": [{"TxnId": to["Id"], "TxnType": kind}]});
    let paid = json!({"VendorRef": {"value": oak}, "PayType": "Check", "TotalAmt": 20, "CheckPayment":
        {"BankAccountRef": {"value": "1"}}, "Line": [link("Bill", &bill, 25.0), link("VendorCredit", &credit, 5.0)]});
    made(&mut company, "BillPayment", paid);
    let posting = |side: &str, account: &str| {
        json!({"DetailType": "JournalEntryLineDetail", "Amount": 3.5,
            "JournalEntryLineDetail": {"PostingType": side, "AccountRef": {"value": account}}})
    };
    made(&mut company, "JournalEntry", json!({"Line": [posting("Debit", "14"), posting("Credit", "1")]}));
    let sale = |amount: f64| form(&ada, vec![line("1", amount, "TAX")]);
    let refund = with(sale(4.0), json!({"DepositToAccountRef": {"value": "1"}}));
    made(&mut company, "RefundReceipt", refund);
    let gone = made(&mut company, "SalesReceipt", sale(6.0));
    let body = json!({"Id": gone["Id"], "SyncToken": "0"}).to_string();
    answered(&mut company, "salesreceipt?operation=delete", body);
    let void = made(&mut company, "Invoice", sale(7.0));
    let key = json!({"Id": void["Id"], "SyncToken": "0", "sparse": true});
    answered(&mut company, "invoice?operation=void", key.to_string());
    let more = with(key, json!({"SyncToken": "1", "PrivateNote": "changed"}));
    answered(&mut company, "invoice", more.to_string());

    // Of the second batch one item is a repetition, one is refused and one only asks.
    let item = |key: &str, amount: f64| json!({"bId": key, "operation": "create", "Invoice": sale(amount)});
    let first = json!({"BatchItemRequest": [item("a", 1.0), item("b", 2.0)]});
    answered(&mut company, "batch?requestid=r", first.to_string());
    let second = json!({"BatchItemRequest": [item("b", 2.0), item("c", 3.0), item("d", -3.0),
        {"bId": "e", "Query": "select * from Invoice"}]});
    answered(&mut company, "batch?requestid=r", second.to_string());
    answered(&mut company, "batch?requestid=r", second.to_string());
    let act = PersonAct::MakeInactive { entity: "Class".into(), id: "1".into() };
    company.act(&act, now).unwrap();

    let state = company.save().unwrap();
    let mut again = Company::load(&state).unwrap();
    assert_eq!(again.save().unwrap(), state);
    assert_eq!(everything(&mut again), everything(&mut company));
    assert_eq!(again.count("Invoice"), 4);
    assert_eq!(
        again.read("Class", "1").unwrap().get("Name").and_then(|name| name.as_text()),
        Some("East (deleted)")
    );
    let repeated = answered(&mut again, "batch?requestid=r", second.to_string());
    assert_eq!(again.count("Invoice"), 4);
    assert_eq!(repeated["BatchItemResponse"].as_array().unwrap().len(), 4);
    let cdc = "cdc?entities=SalesReceipt&changedSince=2026-02-03";
    assert_eq!(call(&mut again, "GET", cdc, "").1, call(&mut company, "GET", cdc, "").1);
}

#[test]
fn a_batch_whose_item_is_refused_now_is_no_good_state() {
    let mut company = Company::default_company(DateTime::parse_from_rfc3339(NOW).unwrap());
    let batch =
        json!({"BatchItemRequest": [{"bId": "a", "operation": "create", "Vendor": {"DisplayName": "Oak"}}]});
    answered(&mut company, "batch", batch.to_string());
    let good = company.save().unwrap();
    assert!(Company::load(&good).is_ok());
    let bad = good.replace("Oak", "O:k");
    assert!(matches!(Company::load(&bad), Err(StateError::Refused { at: 0, .. })));
}
