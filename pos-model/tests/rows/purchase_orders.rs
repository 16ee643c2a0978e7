//! P-07: purchase orders.

use serde_json::json;

use crate::pos::{NOON, codes_of, purchase, purchases, read};

#[test]
fn p_07_a_purchase_order_has_lines_tax_shipping_and_fees() {
    let file = purchases(json!([purchase(
        306_063,
        json!({
            "closed_at": NOON, "title": "Spring", "supplier_reference": "A-2210",
            "lines": [
                { "code": "HM-210", "name": "Helmet", "quantity": "4", "amount": "120.00", "tax": "7.50" },
                { "code": "CB-001", "quantity": "12.125", "amount": "75.10" },
            ],
            "shipping": "9.00", "shipping_tax": "0.56", "other_fees": "1.50",
        })
    )]));
    let (batches, orders) = read(&file).unwrap().into_parts();
    assert!(batches.is_empty(), "a purchase order belongs to no batch");
    let order = &orders[0];
    assert_eq!((order.store().code(), order.number(), order.supplier()), ("boston", 306_063, "31"));
    assert_eq!((order.title(), order.supplier_reference()), (Some("Spring"), Some("A-2210")));
    assert_eq!(
        (order.date().to_string(), order.closed_at().unwrap().to_rfc3339()),
        ("2026-02-03".into(), NOON.into())
    );
    let lines: Vec<_> = order
        .lines()
        .iter()
        .map(|line| (line.code(), line.name(), line.quantity().to_string(), line.amount().to_string()))
        .collect();
    assert_eq!(
        lines,
        [
            (Some("HM-210"), Some("Helmet"), "4".into(), "120.00".into()),
            (Some("CB-001"), None, "12.125".into(), "75.10".into()),
        ]
    );
    let sums = [order.tax(), order.shipping(), order.shipping_tax(), order.other_fees()];
    assert_eq!(sums.map(|sum| sum.to_string()), ["7.50", "9.00", "0.56", "1.50"]);
}

#[test]
fn p_07_an_open_order_is_read_as_open() {
    let file = purchases(json!([
        purchase(1, json!({ "status": "open" })),
        purchase(2, json!({})),
        purchase(3, json!({ "closed_at": NOON })),
    ]));
    let read = read(&file).unwrap();
    let orders: Vec<_> =
        read.purchase_orders().iter().map(|order| (order.is_closed(), order.closed_at().is_some())).collect();
    assert_eq!(orders, [(false, false), (true, false), (true, true)]);
}

#[test]
fn p_07_each_stage_of_a_delivery_is_an_order_with_a_number_of_its_own() {
    let stage = |number: u64, quantity: &str, amount: &str| {
        purchase(number, json!({ "lines": [{ "name": "Helmet", "quantity": quantity, "amount": amount }] }))
    };
    let staged = purchases(json!([stage(306_063, "4", "120.00"), stage(306_064, "2", "60.00")]));
    let read = read(&staged).unwrap();
    let numbers: Vec<_> = read.purchase_orders().iter().map(|order| order.number()).collect();
    assert_eq!(numbers, [306_063, 306_064]);
    let twice = purchases(json!([stage(306_063, "4", "120.00"), stage(306_063, "2", "60.00")]));
    assert_eq!(codes_of(&twice), ["duplicate"]);
}

#[test]
fn p_07_nothing_of_a_purchase_order_is_negative() {
    for field in ["tax", "shipping", "shipping_tax", "other_fees"] {
        let order = purchase(1, json!({ field: "-0.01" }));
        assert_eq!(codes_of(&purchases(json!([order]))), ["negative-purchase"], "{field}");
    }
    for field in ["quantity", "amount", "tax"] {
        let mut line = json!({ "quantity": "4", "amount": "120.00" });
        line[field] = json!("-4");
        let order = purchase(1, json!({ "lines": [line] }));
        assert_eq!(codes_of(&purchases(json!([order]))), ["negative-purchase"], "{field}");
    }
}

#[test]
fn p_07_lines_of_0_and_an_order_without_lines_are_kept() {
    let lines = json!([
        { "name": "Sample", "quantity": "1", "amount": "0.00" },
        { "name": "Not delivered", "quantity": "0", "amount": "0.00" },
        { "name": "Minus nothing", "quantity": "-0.0", "amount": "-0.00", "tax": "-0" },
    ]);
    let file = purchases(json!([purchase(1, json!({ "lines": lines })), purchase(2, json!({}))]));
    let read = read(&file).unwrap();
    let counts: Vec<_> = read.purchase_orders().iter().map(|order| order.lines().len()).collect();
    assert_eq!(counts, [3, 0]);
    assert!(read.purchase_orders()[0].lines().iter().all(|line| line.amount().is_zero()));
}

#[test]
fn p_07_numbers_are_exact_and_in_bounds() {
    let order = |field: &str, text: &str| {
        let mut line = json!({ "quantity": "4", "amount": "120.00" });
        line[field] = json!(text);
        codes_of(&purchases(json!([purchase(1, json!({ "lines": [line] }))])))
    };
    for (field, text, code) in [
        ("quantity", "four", "not-a-decimal"),
        ("amount", "120.005", "excess-precision"),
        ("tax", "1000000000.00", "out-of-range"),
    ] {
        assert_eq!(order(field, text), [code], "{field} {text}");
    }
    assert_eq!(order("tax", "999999999.99"), ["total-out-of-range"]);
    let order = purchase(1, json!({ "date": "1989-12-31", "supplier": "" }));
    assert_eq!(codes_of(&purchases(json!([order]))), ["date-out-of-range", "missing"]);
    let order = purchase(1, json!({ "closed_at": "2200-01-01T00:00:00Z" }));
    assert_eq!(codes_of(&purchases(json!([order]))), ["date-out-of-range"]);
}
