//! P-01: batches, their instants and Z totals.

use pos_model::BatchStatus;
use serde_json::json;

use crate::pos::{CARD, CASH, CERTIFICATE, NOON, batch, codes, file, read, tender_list, transaction};

#[test]
fn p_01_an_open_batch_is_read_as_open() {
    let open = file(
        json!({ "status": "open", "transactions": [transaction(1, &[("item", "1", "12.00", "0.00")], &[(CASH, "12.00")])] }),
    );
    let mut open = open;
    open["batches"][0].as_object_mut().unwrap().remove("closed_at");
    let read = read(&open).unwrap();
    let batch = &read.batches()[0];
    assert_eq!(batch.status(), BatchStatus::Open);
    assert_eq!(batch.transactions().len(), 1, "an open batch is not read as an empty one");
}

#[test]
fn p_01_a_closed_batch_knows_its_store_register_number_and_instant() {
    let batch = batch(json!({}));
    assert_eq!((batch.store().code(), batch.register(), batch.number()), ("boston", "1", 4));
    assert_eq!(batch.business_date().to_string(), "2026-02-03");
    let BatchStatus::Closed(at) = batch.status() else { panic!("closed") };
    assert_eq!(at.to_rfc3339(), "2026-02-03T18:02:11-05:00");
}

/// P-01, T-05: on the day a company goes live there may be opening balances and nothing else.
#[test]
fn p_01_a_file_without_batches_knows_its_store() {
    let mut empty = file(json!({}));
    empty["batches"] = json!([]);
    let read = read(&empty).unwrap();
    assert_eq!((read.store().code(), read.store().name()), ("boston", "Boston Store"));
    assert_eq!((read.batches().len(), read.purchase_orders().len()), (0, 0));
}

#[test]
fn p_01_a_status_and_its_instant_go_together() {
    assert_eq!(codes(json!({ "closed_at": null })), ["closed-without-instant"]);
    assert_eq!(codes(json!({ "status": "open" })), ["open-with-instant"]);
}

#[test]
fn p_01_z_totals_agree_with_the_events() {
    let sale = transaction(1, &[("item", "1", "30.00", "0.00")], &[(CASH, "20.00"), (CARD, "10.00")]);
    let paid = json!({ "id": 7, "occurred_at": NOON, "customer": "c-77", "tenders": tender_list(&[(CASH, "5.00")]) });
    let out = json!({ "id": 9, "occurred_at": NOON, "direction": "pay_out", "tender_type": CASH, "amount": "25.00" });
    let differs: &[&str] = &["z-total-differs"];
    for (why, z_totals, expected) in [
        ("equal", vec![(CASH, "0.00"), (CARD, "10.00")], &[][..]),
        ("a type of 0.00 may be left out", vec![(CARD, "10.00")], &[]),
        ("a type without events may stand at 0.00", vec![(CARD, "10.00"), (CERTIFICATE, "0.00")], &[]),
        ("one cent off", vec![(CARD, "10.01")], differs),
        ("the other sign", vec![(CARD, "-10.00")], differs),
        ("a missing type counts as 0.00", vec![(CASH, "0.00")], differs),
        ("no types at all", vec![], differs),
        ("a type without events", vec![(CARD, "10.00"), (CERTIFICATE, "1.00")], differs),
        (
            "each type that differs",
            vec![(CASH, "1.00"), (CARD, "9.00")],
            &["z-total-differs", "z-total-differs"],
        ),
    ] {
        let z_totals: Vec<_> =
            z_totals.iter().map(|(id, amount)| json!({ "tender_type": id, "amount": amount })).collect();
        let batch = json!({
            "transactions": [sale], "account_payments": [paid], "pay_ins_and_outs": [out], "z_totals": z_totals,
        });
        assert_eq!(codes(batch), expected, "{why}");
    }
}

#[test]
fn p_01_z_totals_name_a_type_once_and_are_checked_beside_the_events() {
    let z = |id: u64, amount: &str| json!({ "tender_type": id, "amount": amount });
    let sale = transaction(1, &[("item", "1", "30.00", "0.00")], &[(CASH, "30.00")]);
    for (z_totals, expected) in [
        ([z(CASH, "10.00"), z(CASH, "20.00")], &["duplicate"][..]),
        ([z(CASH, "30.00"), z(CASH, "30.00")], &["duplicate"]),
        ([z(CASH, "30.00"), z(99, "0.00")], &["unknown-tender-type"]),
        ([z(CASH, "30.00"), z(CARD, "0.001")], &["excess-precision"]),
    ] {
        assert_eq!(codes(json!({ "transactions": [sale], "z_totals": z_totals })), expected, "{z_totals:?}");
    }
    let faulty = transaction(1, &[("item", "1", "30.00", "0.00")], &[(CASH, "29.00")]);
    let batch = json!({ "transactions": [faulty], "z_totals": [z(CASH, "30.00"), z(CARD, "x")] });
    assert_eq!(codes(batch), ["tenders-do-not-foot", "not-a-decimal"]);
}
