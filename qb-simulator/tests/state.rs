//! A company in a file, and the sample company.
#![allow(clippy::unwrap_used, reason = "a failing test may stop")]

mod common;

use chrono::DateTime;
use common::*;
use qb_simulator::{Company, CompanyOptions, SimulatorOptions, StateError};
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
