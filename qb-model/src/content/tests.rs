//! Tests of `content.rs`.

use serde_json::json;

use super::*;
use crate::create::samples;

fn invoice() -> Content {
    let samples = samples::all();
    let found = samples.iter().find(|create| create.kind() == EntityKind::Invoice);
    Content::of(found.unwrap())
}

fn answer() -> Value {
    json!({"Invoice": {
        "Id": "145", "SyncToken": "0", "TxnDate": "2026-02-03", "DocNumber": "CLT7B1", "TotalAmt": 50.63, "Balance": 50.63,
        "CustomerRef": {"value": "61", "name": "Boston Store"}, "PrivateNote": "another text",
        "Line": [
            {"Id": "2", "Amount": -2.5, "DetailType": "SalesItemLineDetail", "Description": "reworded",
             "SalesItemLineDetail": {"ItemRef": {"value": "20"}, "TaxCodeRef": {"value": "NON"}}},
            {"Id": "1", "Amount": 50.0, "DetailType": "SalesItemLineDetail",
             "SalesItemLineDetail": {"ItemRef": {"value": "19"}, "TaxCodeRef": {"value": "TAX"}}},
            {"Amount": 47.5, "DetailType": "SubTotalLineDetail", "SubTotalLineDetail": {}}],
        "TxnTaxDetail": {"TxnTaxCodeRef": {"value": "2"}, "TotalTax": 3.13},
        "NewField": {"kept": true}
    }, "time": "2026-02-03T09:14:07.300-08:00"})
}

#[test]
fn an_answer_with_other_order_subtotal_and_texts_is_the_same_document() {
    let found = Content::read(EntityKind::Invoice, &answer()).unwrap();
    assert_eq!(invoice().differences(&found), []);
    assert_eq!(invoice(), found);
}

/// What we send, as QuickBooks answers it.
fn echo(kind: EntityKind) -> (Content, Value) {
    let create = samples::all().into_iter().find(|create| create.kind() == kind).unwrap();
    let mut body: Value = serde_json::from_slice(&create.to_json().unwrap()).unwrap();
    let planned = Content::of(&create);
    body["TotalAmt"] = serde_json::to_value(Amount::from_cents(planned.total).unwrap()).unwrap();
    (planned, body)
}

/// Each of these differences alone makes it another document, and is named.
fn check(kind: EntityKind, cases: &[(&str, Value, &[&str])]) {
    let (planned, body) = if kind == EntityKind::Invoice { (invoice(), answer()) } else { echo(kind) };
    assert_eq!(planned.differences(&Content::read(kind, &body).unwrap()), [], "{kind}");
    for (pointer, value, expected) in cases {
        let mut changed = body.clone();
        *changed.pointer_mut(pointer).unwrap() = value.clone();
        let found = Content::read(kind, &changed).unwrap();
        let fields: Vec<_> = planned.differences(&found).into_iter().map(|d| d.field).collect();
        assert_eq!(fields, *expected, "{kind} {pointer}");
    }
}

#[test]
fn every_changed_field_is_named() {
    check(
        EntityKind::Invoice,
        &[
            ("/Invoice/TotalAmt", json!(50.64), &["total"]),
            ("/Invoice/TxnTaxDetail/TotalTax", json!(3.12), &["tax"]),
            ("/Invoice/TxnDate", json!("2026-02-04"), &["txn_date"]),
            ("/Invoice/DocNumber", json!("CLT7B2"), &["number"]),
            ("/Invoice/CustomerRef/value", json!("62"), &["party"]),
            ("/Invoice/Line/0/Amount", json!(-2.51), &["postings"]),
            ("/Invoice/Line/1/SalesItemLineDetail/ItemRef/value", json!("21"), &["postings"]),
            ("/Invoice/Line/1/SalesItemLineDetail/TaxCodeRef/value", json!("NON"), &["postings"]),
            ("/Invoice/Line/2/DetailType", json!("DiscountLineDetail"), &["postings"]),
        ],
    );
    check(
        EntityKind::Payment,
        &[
            ("/DepositToAccountRef/value", json!("36"), &["money_account"]),
            ("/DepositToAccountRef", json!(null), &["money_account"]),
            ("/TotalAmt", json!(53.14), &["total"]),
            ("/TxnDate", json!("2026-02-04"), &["txn_date"]),
            ("/PaymentRefNum", json!("CL1T7B2"), &["number"]),
            ("/CustomerRef/value", json!("62"), &["party"]),
            ("/Line/0/Amount", json!(53.12), &["links"]),
            ("/Line/0/LinkedTxn/0/TxnId", json!("146"), &["links"]),
            ("/Line/0/LinkedTxn/0/TxnType", json!("CreditMemo"), &["links"]),
            ("/Line", json!([]), &["links"]),
        ],
    );
    check(
        EntityKind::Purchase,
        &[
            ("/AccountRef/value", json!("36"), &["money_account"]),
            ("/AccountRef", json!(null), &["money_account"]),
            ("/TotalAmt", json!(53.14), &["total"]),
            ("/TxnDate", json!("2026-02-04"), &["txn_date"]),
            ("/DocNumber", json!("CL1T7B2"), &["number"]),
            ("/EntityRef/value", json!("62"), &["party"]),
            ("/PaymentType", json!("CreditCard"), &["postings"]),
            ("/Line/0/Amount", json!(53.12), &["postings"]),
            ("/Line/0/AccountBasedExpenseLineDetail/AccountRef/value", json!("85"), &["postings"]),
            ("/Line/0/DetailType", json!("ItemBasedExpenseLineDetail"), &["postings"]),
        ],
    );
    check(
        EntityKind::SalesReceipt,
        &[
            ("/DepositToAccountRef/value", json!("36"), &["money_account"]),
            ("/CustomerRef/value", json!("62"), &["party"]),
        ],
    );
}

#[test]
fn a_voided_document_and_a_deposit_are_not_the_planned_document() {
    let mut deposit = answer();
    deposit["Invoice"]["Deposit"] = json!(10);
    let found = Content::read(EntityKind::Invoice, &deposit).unwrap();
    assert_eq!(invoice().differences(&found).len(), 1);

    let mut voided = answer();
    voided["Invoice"]["TotalAmt"] = json!(0);
    voided["Invoice"]["Line"] = json!([]);
    voided["Invoice"]["TxnTaxDetail"] = json!({"TotalTax": 0});
    let found = Content::read(EntityKind::Invoice, &voided).unwrap();
    let fields: Vec<_> = invoice().differences(&found).into_iter().map(|d| d.field).collect();
    assert_eq!(fields, ["total", "tax", "postings"]);
}

#[test]
fn what_we_send_reads_as_its_own_content_once_the_total_is_there() {
    for create in samples::all() {
        let planned = Content::of(&create);
        let mut value: Value = serde_json::from_slice(&create.to_json().unwrap()).unwrap();
        if !create.kind().is_list_entry() {
            let total = Amount::from_cents(planned.total).unwrap();
            value["TotalAmt"] = serde_json::to_value(total).unwrap();
        }
        let found = Content::read(create.kind(), &value).unwrap();
        assert_eq!(planned.differences(&found), [], "{}", create.kind());
    }
}

#[test]
fn a_lost_link_is_a_difference() {
    let samples = samples::all();
    let payment = Content::of(samples.iter().find(|c| c.kind() == EntityKind::Payment).unwrap());
    let found = json!({"TotalAmt": 53.13, "TxnDate": "2026-02-03", "PaymentRefNum": "CL1T7B1",
        "CustomerRef": {"value": "61"}, "DepositToAccountRef": {"value": "35"}, "UnappliedAmt": 53.13, "Line": []});
    let differences = payment.differences(&Content::read(EntityKind::Payment, &found).unwrap());
    assert_eq!(
        differences,
        [ContentDifference { field: "links", planned: "Invoice 145 53.13".to_owned(), found: String::new() }]
    );
}

#[test]
fn a_card_refund_and_a_check_are_not_our_expense() {
    let found = json!({"TotalAmt": 5, "Credit": true, "AccountRef": {"value": "35"}, "Line": []});
    assert_eq!(Content::read(EntityKind::Purchase, &found).unwrap().total, -500);
    let found = json!({"TotalAmt": 5, "PaymentType": "Check", "AccountRef": {"value": "35"}, "Line": []});
    assert_eq!(Content::read(EntityKind::Purchase, &found).unwrap().postings.len(), 1);
}

#[test]
fn a_document_without_a_total_proves_nothing() {
    let error = Content::read(EntityKind::Invoice, &json!({"Id": "1"})).unwrap_err();
    assert_eq!(error.to_string(), "Invoice has no TotalAmt");
    let error = Content::read(EntityKind::Invoice, &json!({"TotalAmt": 1.005})).unwrap_err();
    assert_eq!(error.code(), "unreadable-field");
}

#[test]
fn list_entries_differ_in_their_name_only() {
    let samples = samples::all();
    let customer = Content::of(samples.iter().find(|c| c.kind() == EntityKind::Customer).unwrap());
    let same = json!({"Customer": {"DisplayName": "1651-7 o'hara ", "Balance": 12}});
    assert_eq!(customer.differences(&Content::read(EntityKind::Customer, &same).unwrap()), []);
    let other = json!({"Customer": {"DisplayName": "1651-8"}});
    assert_eq!(customer.differences(&Content::read(EntityKind::Customer, &other).unwrap()).len(), 1);
}

#[test]
fn a_difference_is_debugged_without_a_name() {
    let named = |name: &str| Content { name: Some(name.to_owned()), ..Content::empty(EntityKind::Customer) };
    let differences = named("Sara Edward").differences(&named("Sara Edwards"));
    assert_eq!(differences[0].found, "Sara Edwards");
    assert_eq!(format!("{differences:?}"), "[ContentDifference { field: \"name\", .. }]");
    let total = ContentDifference { field: "total", planned: "1.00".to_owned(), found: "2.00".to_owned() };
    let text = r#"ContentDifference { field: "total", planned: "1.00", found: "2.00" }"#;
    assert_eq!(format!("{total:?}"), text);
}
