//! P-02: lines sold and returned, instants, shipping, cash rounding.

use pos_model::{Fulfilment, LineKind};
use serde_json::{Value, json};

use crate::pos::{ACCOUNT, CARD, CASH, CERTIFICATE, batch, codes, transaction, with};

#[test]
fn p_02_the_sign_of_the_quantity_alone_decides_the_side() {
    for (quantity, amount, tax, gross, is_returned) in [
        ("1", "10.00", "0.63", "10.63", false),
        ("0.5", "10.00", "0.00", "10.00", false),
        ("2", "0.00", "0.00", "0.00", false),
        ("-1", "-10.00", "-0.63", "-10.63", true),
        ("-1", "0.00", "0.00", "0.00", true),
        ("-1", "0.00", "-0.63", "-0.63", true),
    ] {
        let sale = transaction(1, &[("item", quantity, amount, tax)], &[(CASH, gross)]);
        let batch = batch(json!({ "transactions": [sale] }));
        assert_eq!(batch.transactions()[0].lines()[0].is_returned(), is_returned, "{quantity} {amount}");
    }
}

#[test]
fn p_02_amount_and_tax_have_the_sign_of_the_quantity_or_are_zero() {
    for (kind, quantity, amount, tax, gross, expected) in [
        ("item", "1", "-10.00", "0.00", "-10.00", &["wrong-sign"][..]),
        ("item", "1", "10.00", "-0.63", "9.37", &["wrong-sign"]),
        ("item", "-1", "10.00", "0.63", "10.63", &["wrong-sign", "wrong-sign"]),
        ("shipping", "-1", "4.00", "0.00", "4.00", &["wrong-sign"]),
        ("item", "0", "10.00", "0.00", "10.00", &["zero-quantity"]),
        ("item", "-0.00", "0.00", "0.00", "0.00", &["zero-quantity"]),
        ("gift_certificate", "1", "10.00", "0.63", "10.63", &["tax-on-certificate"]),
        ("gift_certificate", "-1", "-10.00", "0.00", "-10.00", &[]),
    ] {
        let sale = transaction(1, &[(kind, quantity, amount, tax)], &[(CASH, gross)]);
        assert_eq!(
            codes(json!({ "transactions": [sale] })),
            expected,
            "{kind} {quantity} x {amount}, tax {tax}"
        );
    }
}

#[test]
fn p_02_sold_and_returned_lines_stand_in_one_transaction_in_the_tills_order() {
    let swap = transaction(
        1,
        &[
            ("item", "-1", "-50.00", "-3.13"),
            ("item", "1", "30.00", "1.88"),
            ("shipping", "1", "4.00", "0.00"),
        ],
        &[(CARD, "-17.25")],
    );
    let batch = batch(json!({ "transactions": [swap] }));
    let lines: Vec<_> =
        batch.transactions()[0].lines().iter().map(|line| (line.kind(), line.is_returned())).collect();
    assert_eq!(lines, [(LineKind::Item, true), (LineKind::Item, false), (LineKind::Shipping, false)]);
}

#[test]
fn p_02_an_instant_keeps_the_offset_of_its_store() {
    let late = with(
        transaction(1, &[("item", "1", "1.00", "0.00")], &[(CASH, "1.00")]),
        "occurred_at",
        json!("2026-02-03T23:30:00-05:00"),
    );
    let batch = batch(json!({ "transactions": [late] }));
    let at = batch.transactions()[0].occurred_at();
    assert_eq!(at.date_naive().to_string(), "2026-02-03");
    assert_eq!(at.to_utc().date_naive().to_string(), "2026-02-04");
}

#[test]
fn p_02_goods_are_taken_collected_or_shipped() {
    let address = json!({ "lines": ["3 Elm Street"], "city": "Salem" });
    let sale = || transaction(1, &[("item", "1", "1.00", "0.00")], &[(CASH, "1.00")]);
    let fulfilment =
        |sale: Value| batch(json!({ "transactions": [sale] })).transactions()[0].fulfilment().clone();
    assert_eq!(fulfilment(sale()), Fulfilment::InStore);
    assert_eq!(fulfilment(with(sale(), "fulfilment", json!("collected"))), Fulfilment::Collected);
    let shipped = with(sale(), "fulfilment", json!("shipped"));
    assert_eq!(fulfilment(shipped.clone()), Fulfilment::Shipped(None));
    let Fulfilment::Shipped(Some(to)) = fulfilment(with(shipped, "ship_to", address.clone())) else {
        panic!("shipped to an address")
    };
    assert_eq!(to.city.as_deref(), Some("Salem"));
    for word in ["in_store", "collected"] {
        let sale = with(with(sale(), "fulfilment", json!(word)), "ship_to", address.clone());
        assert_eq!(codes(json!({ "transactions": [sale] })), ["ship-to-without-shipping"], "{word}");
    }
}

#[test]
fn p_02_a_cash_rounding_is_an_untaxed_line_of_the_sign_of_its_quantity() {
    let goods = ("item", "1", "9.98", "0.00");
    for (quantity, amount, tax, gross, expected) in [
        ("1", "0.02", "0.00", "10.00", &[][..]),
        ("-1", "-0.03", "0.00", "9.95", &[]),
        ("1", "0.00", "0.00", "9.98", &[]),
        ("1", "-0.03", "0.00", "9.95", &["wrong-sign"]),
        ("-1", "0.02", "0.00", "10.00", &["wrong-sign"]),
        ("0", "0.02", "0.00", "10.00", &["zero-quantity"]),
        ("1", "0.01", "0.01", "10.00", &["tax-on-rounding"]),
        ("1", "0.02", "0.00", "9.98", &["tenders-do-not-foot"]),
    ] {
        let sale = transaction(1, &[goods, ("cash_rounding", quantity, amount, tax)], &[(CASH, gross)]);
        assert_eq!(codes(json!({ "transactions": [sale] })), expected, "{quantity} x {amount}, tax {tax}");
    }
}

#[test]
fn p_02_a_cash_rounding_is_read_as_a_line_of_its_own_kind() {
    let sale = transaction(
        1,
        &[("item", "1", "10.02", "0.00"), ("cash_rounding", "-1", "-0.02", "0.00")],
        &[(CASH, "10.00")],
    );
    let batch = batch(json!({ "transactions": [sale] }));
    let line = &batch.transactions()[0].lines()[1];
    assert_eq!((line.kind(), line.amount().to_string()), (LineKind::CashRounding, "-0.02".into()));
}

#[test]
fn p_02_without_lines_a_transaction_needs_a_certificate_or_an_account() {
    let named = |tenders: &[(u64, &str)]| with(transaction(1, &[], tenders), "customer", json!("c-77"));
    for (tenders, expected) in [
        (&[(CASH, "-10.00"), (CERTIFICATE, "10.00")][..], &[][..]),
        (&[(CASH, "-10.00"), (ACCOUNT, "10.00")], &[]),
        (&[(CASH, "-10.00"), (CARD, "10.00")], &["no-lines"]),
        (&[(CASH, "0.00"), (CERTIFICATE, "0.00")], &["no-lines"]),
        (&[], &["no-lines"]),
    ] {
        assert_eq!(codes(json!({ "transactions": [named(tenders)] })), expected, "{tenders:?}");
    }
}

/// P-02: a leap second belongs to the day it ends.
#[test]
fn p_02_a_leap_second_is_dated_by_its_own_day() {
    let sale = transaction(1, &[("item", "1", "12.00", "0.00")], &[(CASH, "12.00")]);
    let sale = with(sale, "occurred_at", json!("2026-02-03T23:59:60-05:00"));
    let read = batch(json!({ "transactions": [sale] }));
    assert_eq!(read.transactions()[0].occurred_at().date_naive().to_string(), "2026-02-03");
}
