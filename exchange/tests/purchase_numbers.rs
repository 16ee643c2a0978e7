//! F-05: a business customer's own number for what it bought is where its bookkeeper looks for it: in the field of a charge, in the
//! memo of a receipt.

use crate::support;

use exchange::{Outcome, PoInMemo};
use mapping::{CompanyMapping, Origin};
use pos_model::{Batch, PosFile};
use qb_simulator::CompanyOptions;
use serde_json::{Value, json};
use support::{World, all_are};

/// A purchase of a customer with this company and this number, on account or for cash.
fn purchase(company: &str, number: &str, is_charge: bool) -> Batch {
    let tender = if is_charge { 15242 } else { 15239 };
    let file = json!({
        "version": 1, "store": {"code": "boston", "name": "Boston Store", "retailer": "1651"},
        "tender_types": [
            {"id": 15239, "name": "Cash", "kind": "cash"},
            {"id": 15242, "name": "Customer Account", "kind": "customer_account"},
        ],
        "customers": [{"id": "c-77", "account_number": "1042", "last_name": "Edward", "company": company}],
        "batches": [{
            "register": "1", "number": 4, "business_date": "2026-02-03", "status": "closed",
            "closed_at": "2026-02-03T18:05:00-05:00",
            "transactions": [{
                "number": 7, "occurred_at": "2026-02-03T10:00:00-05:00", "customer": "c-77", "customer_po": number,
                "lines": [{"kind": "item", "description": "Tent", "quantity": "1", "amount": "50.00", "tax_code": "NON"}],
                "tenders": [{"type": tender, "amount": "50.00"}],
            }],
        }],
    });
    PosFile::from_json(file.to_string().as_bytes()).unwrap().into_parts().0.remove(0)
}

/// Posts it: what the invoice has in its field, and in its memo before our key; and what is said of it.
async fn posted(world: &World, batch: &Batch) -> (Value, String, Vec<PoInMemo>) {
    let mut exchange = world.exchange();
    let report = exchange.run(batch).await.unwrap();
    assert!(all_are(&[report], Outcome::Created));
    let said = exchange.purchase_numbers_in_memos([Origin::from(batch)]);
    let [invoice] = &world.wire.rows("Invoice")[..] else { panic!("one invoice") };
    let memo = invoice["PrivateNote"].as_str().unwrap();
    let (typed, _) = memo.rsplit_once("boston/1/4/transaction-7").unwrap();
    let field = invoice["CustomField"].as_array().into_iter().flatten();
    let field = field.filter_map(|field| field["StringValue"].as_str()).collect::<Vec<_>>().join(",");
    (json!(field), typed.to_owned(), said)
}

#[tokio::test]
async fn f_05_a_purchase_number_is_where_the_bookkeeper_looks_for_it() {
    let long = "PO-8841 of the purchasing department";
    for (company, number, is_charge, field, memo) in [
        ("Outdoors Inc", "PO-8841", true, "PO-8841", String::new()),
        ("Outdoors Inc", " PO-8841 ", false, "", "P.O. Number PO-8841 | ".to_owned()),
        ("Outdoors Inc", long, true, "", format!("P.O. Number {long} | ")),
        // Of a person it is no business of the books.
        ("", "PO-8841", true, "", String::new()),
        ("", "PO-8841", false, "", String::new()),
        ("Outdoors Inc", " ", true, "", String::new()),
    ] {
        let world = World::new();
        let batch = purchase(company, number, is_charge);
        let (found, typed, said) = posted(&world, &batch).await;
        assert_eq!((found, typed), (json!(field), memo), "{company} {number} {is_charge}");
        let is_too_long = matches!(said[..], [PoInMemo::TooLong { count: 1, .. }]);
        assert_eq!((is_too_long, said.is_empty()), (number == long, number != long), "{said:?}");
        assert!(all_are(&world.run(std::slice::from_ref(&batch)).await, Outcome::AlreadyPosted));
        assert!(world.tie_out(std::slice::from_ref(&batch)).await.is_tied_out());
    }
}

#[tokio::test]
async fn f_05_a_company_without_the_field_has_it_in_the_memo_and_is_told() {
    let world = World::with(CompanyOptions { sales_custom_fields: Vec::new(), ..CompanyOptions::default() });
    let (field, memo, said) = posted(&world, &purchase("Outdoors Inc", "PO-8841", true)).await;
    assert_eq!((field, memo.as_str()), (json!(""), "P.O. Number PO-8841 | "));
    let said: Vec<String> = said.iter().map(ToString::to_string).collect();
    assert!(said[0].contains("CLT7B4 the first") && said[0].contains("custom field called"), "{said:?}");
}

/// F-05, F-07: where receipts are sent without item detail, so is the number.
#[tokio::test]
async fn f_05_without_item_detail_no_number_is_sent() {
    let mut world = World::new();
    let detail = json!({"item_detail": [{"detail": "summarised"}]});
    world.map(serde_json::from_value::<CompanyMapping>(detail).unwrap());
    let (field, memo, said) = posted(&world, &purchase("Outdoors Inc", "PO-8841", true)).await;
    assert_eq!((field, memo.as_str(), said), (json!(""), "", Vec::new()));
}
