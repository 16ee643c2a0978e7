//! What cannot be planned: each fault with its place, value and remedy; nothing is sent.

use mapping::{Company, CompanyMapping, PlanError, plan};
use pos_model::PosFile;
use serde_json::{Value, json};

fn file(batch: &Value, orders: &Value) -> PosFile {
    let file = json!({"version": 1, "store": {"code": "boston", "name": "Boston Store", "retailer": "1651"},
        "tender_types": [{"id": 1, "name": "Cash", "kind": "cash"}, {"id": 4, "name": "Certificate", "kind": "gift_certificate"},
            {"id": 9, "name": "Account", "kind": "customer_account"}],
        "customers": [{"id": "a", "account_number": "1"}, {"id": "b", "account_number": "2"}],
        "batches": [batch], "purchase_orders": orders});
    PosFile::from_json(file.to_string().as_bytes()).unwrap()
}

fn batch(change: impl FnOnce(&mut Value)) -> Value {
    let mut batch = json!({"register": "1", "number": 4, "business_date": "2026-02-03", "status": "closed",
        "closed_at": "2026-02-03T18:00:00-05:00",
        "transactions": [{"number": 7, "occurred_at": "2026-02-03T10:00:00-05:00",
            "lines": [{"kind": "item", "quantity": "1", "amount": "100.00", "tax": "6.25", "tax_code": "TAX"}],
            "tenders": [{"type": 1, "amount": "106.25"}]}]});
    change(&mut batch);
    batch
}

fn refused(batch: &Value, mapping: CompanyMapping) -> (&'static str, String) {
    let company = Company::try_from(mapping).unwrap();
    let file = file(batch, &json!([]));
    let error = plan(&file.batches()[0], &company).unwrap_err();
    let code = match &error {
        PlanError::Faults(faults) => faults[0].code(),
        error => error.code(),
    };
    (code, error.to_string())
}

#[test]
fn p_01_t_05_an_open_batch_and_one_from_before_the_start() {
    let open = batch(|batch| {
        batch["status"] = json!("open");
        batch.as_object_mut().unwrap().remove("closed_at");
    });
    let found = refused(&open, CompanyMapping::default());
    let text = "store boston, register 1, batch 4 is open; close it with a Z report and export it again";
    assert_eq!(found, ("open-batch", text.to_owned()));
    let start = Some("2026-02-04T00:00:00-05:00".parse().unwrap());
    let found = refused(&batch(|_| {}), CompanyMapping { start, ..CompanyMapping::default() });
    let text = "store boston, batch 4 was closed before the company's start; it posts nothing";
    assert_eq!(found, ("before-start", text.to_owned()));
}

#[test]
fn d_21_a_tax_code_that_is_unknown_or_not_taxable() {
    let unknown = batch(|batch| batch["transactions"][0]["lines"][0]["tax_code"] = json!("FOOD"));
    let (code, text) = refused(&unknown, CompanyMapping::default());
    assert_eq!(code, "unknown-tax-code");
    assert_eq!(
        text,
        "transaction 7 of store boston, register 1, batch 4, line 1: tax code \"FOOD\" is not in the company mapping; add it to tax_codes"
    );
    let untaxed = batch(|batch| batch["transactions"][0]["lines"][0]["tax_code"] = json!("NON"));
    assert_eq!(refused(&untaxed, CompanyMapping::default()).0, "tax-on-untaxed-code");
}

#[test]
fn n_12_a_number_of_22_characters() {
    let long = batch(|batch| {
        batch["number"] = json!(12_345_678);
        batch["transactions"][0]["number"] = json!(123_456_789);
    });
    let (code, text) = refused(&long, CompanyMapping::default());
    assert_eq!(code, "number-too-long");
    assert!(text.contains("Payment: the number CL1T123456789B12345678 has 22 characters"), "{text}");
}

#[test]
fn d_23_more_lines_than_can_be_folded() {
    let many = batch(|batch| {
        let lines = batch["transactions"][0]["lines"].as_array_mut().unwrap();
        lines.extend((0..800).map(
            |_| json!({"kind": "gift_certificate", "quantity": "1", "amount": "10.00", "tax_code": "NON"}),
        ));
        batch["transactions"][0]["tenders"][0]["amount"] = json!("8106.25");
    });
    let (code, text) = refused(&many, CompanyMapping::default());
    assert_eq!(code, "too-many-lines");
    assert!(
        text.contains("801 lines after folding, QuickBooks takes 750; split it in the point of sale"),
        "{text}"
    );
}

#[test]
fn d_15_credit_is_not_paid_back_as_a_certificate() {
    let back = batch(|batch| {
        batch["account_payments"] = json!([{"id": 1, "occurred_at": "2026-02-03T11:00:00-05:00", "customer": "a",
            "tenders": [{"type": 4, "amount": "-12.00"}]}]);
    });
    assert_eq!(refused(&back, CompanyMapping::default()).0, "credit-paid-back-without-money");
}

#[test]
fn d_09_a_deposit_on_account_belongs_to_one_customer() {
    let two = batch(|batch| {
        let deposit = |id: u64, customer: &str, amount: &str| {
            json!({"id": id, "order": 7, "customer": customer, "occurred_at": "2026-02-03T11:00:00-05:00",
                "tenders": [{"type": 9, "amount": amount}]})
        };
        batch["deposits"] = json!([deposit(1, "a", "80.00"), deposit(2, "b", "-30.00")]);
    });
    assert_eq!(refused(&two, CompanyMapping::default()).0, "deposit-of-several-customers");
}

#[test]
fn d_18_a_purchase_order_that_is_open_or_empty() {
    let orders = json!([
        {"number": 5, "status": "open", "date": "2026-02-01", "supplier": "S", "lines": [{"quantity": "1", "amount": "9.00"}]},
        {"number": 6, "status": "closed", "date": "2026-02-01", "supplier": "S"}]);
    let file = file(&batch(|_| {}), &orders);
    let company = Company::default();
    let code = |index: usize| plan(&file.purchase_orders()[index], &company).unwrap_err().to_string();
    assert_eq!(code(0), "store boston, purchase order 5 is open; receive its goods and close it");
    assert_eq!(
        code(1),
        "purchase order 6 of store boston: no lines, tax, shipping or fees; leave the purchase order out"
    );
}

/// D-23: what QuickBooks takes is sent as it was sold; only beyond that are equal lines merged.
#[test]
fn d_23_750_taxed_lines_are_taken_as_they_are() {
    let lines_of = |count: usize| {
        let many = batch(|batch| {
            let line =
                json!({"kind": "item", "quantity": "1", "amount": "1.00", "tax": "0.06", "tax_code": "TAX"});
            let total = format!("{}.{:02}", count * 106 / 100, count * 106 % 100);
            batch["transactions"][0]["lines"] = Value::Array(vec![line; count]);
            batch["transactions"][0]["tenders"][0]["amount"] = json!(total);
        });
        let (file, company) = (file(&many, &json!([])), Company::default());
        let plan = plan(&file.batches()[0], &company).unwrap();
        let invoice = plan.documents().next().unwrap();
        let mapping::Document::Invoice(form) = &invoice.document else { unreachable!() };
        form.lines.len()
    };
    assert_eq!((lines_of(749), lines_of(750), lines_of(751)), (749, 750, 1));
}

/// Bad input 55: the answer to a document repeats it, so its text is bounded; each line's text counts as it is cut.
#[test]
fn the_text_on_a_document_is_bounded() {
    let with = |count: usize, length: usize| {
        let many = batch(|batch| {
            let line = json!({"kind": "item", "description": "x".repeat(length), "quantity": "1", "amount": "1.00",
                "tax_code": "TAX"});
            batch["transactions"][0]["lines"] = Value::Array(vec![line; count]);
            batch["transactions"][0]["tenders"][0]["amount"] = json!(format!("{count}.00"));
        });
        let (file, company) = (file(&many, &json!([])), Company::default());
        plan(&file.batches()[0], &company).map(drop).map_err(|error| error.to_string())
    };
    assert_eq!(with(256, 4096), Ok(()), "1 MiB");
    let text = "transaction 7 of store boston, register 1, batch 4: 1052672 bytes of text on the lines of a document, 1048576 are sent; \
        shorten the lines' texts";
    assert_eq!(with(257, 4096), Err(text.to_owned()));
    assert_eq!(with(65, 1_000_000), Ok(()), "cut to 4,000 characters, of four bytes at most");
    assert!(with(66, 1_000_000).is_err());
}

/// D-23: a purchase order has no tax on its lines, and none of them is folded.
#[test]
fn d_23_a_purchase_order_of_more_than_10_000_lines() {
    let order = |number: u64, lines: usize, name: &str| {
        json!({"number": number, "status": "closed", "date": "2026-02-01", "supplier": "S",
            "lines": vec![json!({"quantity": "1", "name": name, "amount": "9.00"}); lines]})
    };
    let long = "x".repeat(10_000);
    let orders = json!([order(1, 10_000, "Bell"), order(2, 10_001, "Bell"), order(3, 105, &long)]);
    let (file, company) = (file(&batch(|_| {}), &orders), Company::default());
    let refused = |index: usize| {
        let planned = plan(&file.purchase_orders()[index], &company);
        planned.err().map(|error| error.to_string())
    };
    assert_eq!(refused(0), None);
    let text = "purchase order 2 of store boston: 10001 lines after folding, QuickBooks takes 10000; split it in the point of sale";
    assert_eq!(refused(1).as_deref(), Some(text));
    let text = "purchase order 3 of store boston: 1050420 bytes of text on the lines of a document, 1048576 are sent; \
        shorten the lines' texts";
    assert_eq!(refused(2).as_deref(), Some(text));
}
