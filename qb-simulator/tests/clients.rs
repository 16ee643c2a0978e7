//! What published client libraries were seen to need, each over plain HTTP.

use crate::common;

use common::*;
use serde_json::json;

/// A path outside the company.
fn address(books: &Books, path: &str) -> String {
    format!("{}{path}", books.simulator.connection().base_url)
}

// intuit-oauth for Python reads every one of them when it is made.
#[tokio::test]
async fn discovery_names_the_address_for_user_information() {
    let books = Books::open().await;
    let url = address(&books, "/.well-known/openid_sandbox_configuration/");
    let found = books.send(|client| client.get(url)).await.json["userinfo_endpoint"].clone();
    assert_eq!(found, json!(address(&books, "/v1/openid_connect/userinfo")));
    let (url, token) = (found.as_str().unwrap(), books.simulator.connection().access_token.clone());
    let answer = books.send(|client| client.get(url).bearer_auth(token)).await;
    assert!(answer.status == 200 && answer.json["sub"].is_string(), "{}", answer.text);
    let answer = books.send(|client| client.get(url).bearer_auth("another-token-altogether")).await;
    assert_eq!((answer.status, &answer.json["error"]), (401, &json!("invalid_token")));
    books.close().await;
}

// python-quickbooks sends every property of its classes, set or not.
#[tokio::test]
async fn takes_the_properties_of_other_countries_and_forms_when_they_are_empty() {
    let books = Books::open().await;
    let vendor = json!({"DisplayName": "Acme Supply", "TaxReportingBasis": "", "HasTPAR": false});
    books.create("Vendor", vendor).await;
    let (bank, income) = (books.account("Checking").await, books.account("Sales of Product Income").await);
    let line = json!({"DetailType": "DepositLineDetail", "Amount": 5,
        "DepositLineDetail": {"AccountRef": {"value": income}}});
    let deposit =
        json!({"DepositToAccountRef": {"value": bank}, "DocNumber": "", "TxnStatus": "", "Line": [line]});
    books.create("Deposit", deposit).await;
    let code = json!({"TaxCode": "County", "Id": 0, "TaxRateDetails": [
        {"TaxRateName": "County", "RateValue": 3, "TaxAgencyId": 1, "TaxApplicableOn": "Sales"}]});
    let answer = books.post("taxservice/taxcode", code).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    books.close().await;
}

// tap-quickbooks asks for all entities at once, qbosdk and quickbooks-api for each by itself.
#[tokio::test]
async fn entities_that_no_simulated_company_has_are_found_empty() {
    let books = Books::open().await;
    for entity in ["Employee", "estimate", "TimeActivity", "Budget", "Attachable"] {
        let found = books.query(&format!("select * from {entity} where Active in (true, false)")).await;
        assert_eq!(found.json["QueryResponse"], json!({}), "{entity}: {}", found.text);
        let count = books.query(&format!("select count(*) from {entity}")).await;
        assert_eq!(count.json["QueryResponse"], json!({"totalCount": 0}), "{entity}");
    }
    let changes = books.get("cdc?entities=Budget,Employee,Bill&changedSince=2026-02-01T00:00:00Z").await;
    assert_eq!(changes.json["CDCResponse"][0]["QueryResponse"], json!([{}, {}, {}]), "{}", changes.text);
    books.get("cdc?entities=Budgets&changedSince=2026-02-01T00:00:00Z").await.refused("4001");
    books.query("select * from Employees").await.refused("4001");
    books.close().await;
}
