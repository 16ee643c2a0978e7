//! The rows of the mission that this crate keeps, one test or more each, by name.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

mod example;

use pos_model::{
    Batch, BatchStatus, Direction, FileError, Fulfilment, LineKind, PosFile, SkipReason, TenderKind,
};
use serde_json::{Value, json};

const CASH: u64 = 15239;
const CARD: u64 = 15236;
const CERTIFICATE: u64 = 15241;
const ACCOUNT: u64 = 15242;
const DEPOSIT: u64 = 15243;
const NOON: &str = "2026-02-03T12:00:00-05:00";

/// A file of one closed batch; `batch` adds to it and overrides it.
fn file(batch: Value) -> Value {
    let mut whole = json!({
        "register": "1", "number": 4, "business_date": "2026-02-03",
        "status": "closed", "closed_at": "2026-02-03T18:02:11-05:00",
    });
    for (field, value) in batch.as_object().unwrap() {
        whole[field] = value.clone();
    }
    json!({
        "version": 1,
        "store": { "code": "boston", "name": "Boston Store", "retailer": "1651" },
        "tender_types": [
            { "id": CASH, "name": "Cash", "kind": "cash" },
            { "id": CARD, "name": "Manual Credit Card", "kind": "card" },
            { "id": 15240, "name": "Check", "kind": "check" },
            { "id": 15250, "name": "Wallet", "kind": "other" },
            { "id": CERTIFICATE, "name": "Gift Certificate", "kind": "gift_certificate" },
            { "id": ACCOUNT, "name": "Customer Account", "kind": "customer_account" },
            { "id": DEPOSIT, "name": "Deposit", "kind": "deposit" },
        ],
        "customers": [{ "id": "c-77", "account_number": "1042" }],
        "batches": [whole],
    })
}

fn read(file: &Value) -> Result<PosFile, FileError> {
    PosFile::from_json(file.to_string().as_bytes())
}

fn batch(batch: Value) -> Batch {
    read(&file(batch)).unwrap_or_else(|e| panic!("{e}")).into_batches().remove(0)
}

/// The codes of everything wrong with a batch; empty when it is valid.
fn codes(batch: Value) -> Vec<&'static str> {
    codes_of(&file(batch))
}

fn codes_of(file: &Value) -> Vec<&'static str> {
    match read(file) {
        Ok(_) => Vec::new(),
        Err(error) => error.faults().iter().map(pos_model::Fault::code).collect(),
    }
}

/// A file of purchase orders without batches.
fn purchases(orders: Value) -> Value {
    let mut file = file(json!({}));
    file["batches"] = json!([]);
    file["purchase_orders"] = orders;
    file
}

/// A closed purchase order; `more` adds to it and overrides it.
fn purchase(number: u64, more: Value) -> Value {
    let mut order =
        json!({ "number": number, "status": "closed", "date": "2026-02-03", "supplier": "31", "lines": [] });
    for (field, value) in more.as_object().unwrap() {
        order[field] = value.clone();
    }
    order
}

/// A deposit on order 700710 of tenders (type, amount, order whose deposit it is).
fn deposit(id: u64, customer: Option<&str>, tenders: &[(u64, &str, Option<u64>)]) -> Value {
    let tenders: Vec<_> = (tenders.iter())
        .map(|(id, amount, order)| json!({ "type": id, "amount": amount, "order": order }))
        .collect();
    json!({ "id": id, "occurred_at": NOON, "order": 700_710, "customer": customer, "tenders": tenders })
}

/// A transaction of lines (kind, quantity, amount, tax) and tenders (type, amount).
fn transaction(number: u64, lines: &[(&str, &str, &str, &str)], tenders: &[(u64, &str)]) -> Value {
    let lines: Vec<_> = (lines.iter())
        .map(|(kind, quantity, amount, tax)| {
            json!({ "kind": kind, "quantity": quantity, "amount": amount, "tax": tax, "tax_code": "TAX" })
        })
        .collect();
    json!({ "number": number, "occurred_at": NOON, "lines": lines, "tenders": tender_list(tenders) })
}

fn tender_list(tenders: &[(u64, &str)]) -> Vec<Value> {
    tenders.iter().map(|(id, amount)| json!({ "type": id, "amount": amount })).collect()
}

fn with(mut value: Value, field: &str, content: Value) -> Value {
    value[field] = content;
    value
}

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

#[test]
fn p_03_a_kind_says_whether_money_changes_hands() {
    for (id, kind, is_money) in [
        (CASH, TenderKind::Cash, true),
        (CARD, TenderKind::Card, true),
        (15240, TenderKind::Check, true),
        (15250, TenderKind::Other, true),
        (CERTIFICATE, TenderKind::GiftCertificate, false),
        (DEPOSIT, TenderKind::Deposit, false),
        (ACCOUNT, TenderKind::CustomerAccount, false),
    ] {
        let mut sale = transaction(1, &[("item", "1", "12.00", "0.00")], &[(id, "12.00")]);
        if kind == TenderKind::Deposit {
            sale["tenders"][0]["order"] = json!(700_710);
        }
        let batch = batch(json!({ "transactions": [with(sale, "customer", json!("c-77"))] }));
        let tender_type = batch.transactions()[0].tenders()[0].tender_type();
        assert_eq!(tender_type.id().0, id);
        assert_eq!((tender_type.kind(), tender_type.kind().is_money()), (kind, is_money));
        assert!(!tender_type.name().is_empty());
    }
}

#[test]
fn p_03_tenders_are_signed_and_a_certificate_may_bear_its_number() {
    let mut sale = transaction(
        1,
        &[("item", "1", "12.00", "0.00")],
        &[(CERTIFICATE, "20.00"), (CASH, "-8.00"), (CARD, "0.00")],
    );
    sale["tenders"][0]["certificate"] = json!("GC-100");
    let batch_read = batch(json!({ "transactions": [sale] }));
    let tenders: Vec<_> = batch_read.transactions()[0].tenders().iter().collect();
    let amounts: Vec<_> = tenders.iter().map(|tender| tender.amount().to_string()).collect();
    assert_eq!(amounts, ["20.00", "-8.00", "0.00"]);
    assert_eq!(tenders[0].certificate(), Some("GC-100"));

    sale["tenders"][1]["certificate"] = json!("GC-100");
    assert_eq!(codes(json!({ "transactions": [sale] })), ["certificate-on-other-tender"]);
}

#[test]
fn p_04_a_deposit_is_paid_and_returned_on_an_order() {
    let batch = batch(json!({ "deposits": [
        deposit(3, Some("c-77"), &[(CASH, "30.00", None), (CERTIFICATE, "20.00", None)]),
        deposit(4, None, &[(CARD, "-10.00", None)]),
    ] }));
    let [paid, returned] = batch.deposits() else { panic!("two deposits") };
    assert_eq!((paid.id(), paid.order(), paid.occurred_at().to_rfc3339()), (3, 700_710, NOON.into()));
    assert_eq!(paid.customer().map(|customer| customer.id()), Some("c-77"));
    let amounts = |deposit: &pos_model::Deposit| {
        deposit.tenders().iter().map(|tender| tender.amount().to_string()).collect::<Vec<_>>()
    };
    assert_eq!(amounts(paid), ["30.00", "20.00"]);
    assert_eq!((returned.customer(), amounts(returned)), (None, vec!["-10.00".to_owned()]));
}

#[test]
fn p_04_what_a_deposit_may_be_paid_with() {
    for (customer, tenders, expected) in [
        (None, &[(CASH, "50.00", None)][..], &[][..]),
        (None, &[(CASH, "50.00", Some(700_711))], &["order-on-other-tender"]),
        (None, &[(DEPOSIT, "50.00", Some(700_711))], &[]),
        (None, &[(DEPOSIT, "50.00", Some(700_710))], &["deposit-paid-from-itself"]),
        (None, &[(DEPOSIT, "50.00", None)], &["order-required"]),
        (Some("c-77"), &[(ACCOUNT, "50.00", None)], &[]),
        (None, &[(ACCOUNT, "50.00", None)], &["customer-required"]),
        (None, &[(ACCOUNT, "-50.00", None)], &["customer-required"]),
        (None, &[(CASH, "50.00", None), (ACCOUNT, "0.00", None)], &[]),
        (Some("c-78"), &[(CASH, "50.00", None)], &["unknown-customer"]),
        (Some("c-78"), &[(ACCOUNT, "50.00", None)], &["unknown-customer"]),
        (None, &[], &["no-tenders"]),
        (None, &[(CASH, "999999999.99", None), (CARD, "-0.01", None)], &["total-out-of-range"]),
    ] {
        let deposits = json!({ "deposits": [deposit(3, customer, tenders)] });
        assert_eq!(codes(deposits), expected, "{customer:?} {tenders:?}");
    }
}

#[test]
fn p_04_a_deposit_is_redeemed_as_a_tender_that_names_its_order() {
    let sale = |amount: &str, cash: &str, order: Option<u64>| {
        let mut sale = transaction(1, &[("item", "1", "69.98", "0.00")], &[(DEPOSIT, amount), (CASH, cash)]);
        sale["tenders"][0]["order"] = json!(order);
        sale
    };
    let redeemed = batch(json!({ "transactions": [sale("50.00", "19.98", Some(700_710))] }));
    let tenders: Vec<_> =
        redeemed.transactions()[0].tenders().iter().map(|t| (t.tender_type().kind(), t.order())).collect();
    assert_eq!(tenders, [(TenderKind::Deposit, Some(700_710)), (TenderKind::Cash, None)]);
    for (sale, expected) in [
        (sale("80.00", "-10.02", Some(700_710)), &[][..]),
        (sale("50.00", "19.98", None), &["order-required"]),
        (sale("-5.00", "74.98", Some(700_710)), &["deposit-given"]),
    ] {
        assert_eq!(codes(json!({ "transactions": [sale] })), expected, "{sale}");
    }
}

#[test]
fn p_04_a_deposit_tender_needs_no_lines_beside_it() {
    let mut returned = transaction(1, &[], &[(DEPOSIT, "50.00"), (CASH, "-50.00")]);
    returned["tenders"][0]["order"] = json!(700_710);
    assert_eq!(codes(json!({ "transactions": [returned] })), Vec::<&str>::new());
}

#[test]
fn p_04_z_totals_count_deposits() {
    let deposits = [
        deposit(3, None, &[(CASH, "50.00", None)]),
        deposit(4, None, &[(CASH, "-20.00", None), (DEPOSIT, "5.00", Some(700_711))]),
    ];
    for (cash, expected) in [("30.00", &[][..]), ("50.00", &["z-total-differs"])] {
        let z_totals = json!([
            { "tender_type": CASH, "amount": cash }, { "tender_type": DEPOSIT, "amount": "5.00" },
        ]);
        assert_eq!(codes(json!({ "deposits": deposits, "z_totals": z_totals })), expected, "{cash}");
    }
}

#[test]
fn p_05_the_customers_account_needs_a_named_customer() {
    let charge = transaction(1, &[("item", "1", "12.00", "0.00")], &[(ACCOUNT, "12.00")]);
    let credit = transaction(1, &[("item", "-1", "-12.00", "0.00")], &[(ACCOUNT, "-12.00")]);
    let nothing = transaction(1, &[("item", "1", "12.00", "0.00")], &[(CASH, "12.00"), (ACCOUNT, "0.00")]);
    for (transaction, unnamed) in
        [(charge, &["customer-required"][..]), (credit, &["customer-required"]), (nothing, &[])]
    {
        let named = with(transaction.clone(), "customer", json!("c-77"));
        assert_eq!(codes(json!({ "transactions": [transaction] })), unnamed);
        assert_eq!(codes(json!({ "transactions": [named] })), Vec::<&str>::new());
    }
}

#[test]
fn p_05_a_payment_on_account_is_named_and_paid_with_anything_but_the_account() {
    let payment = |customer: Option<&str>, tenders: &[(u64, &str)]| json!({ "id": 7, "occurred_at": NOON, "customer": customer, "tenders": tender_list(tenders) });
    for (customer, tenders, expected) in [
        (Some("c-77"), &[(CASH, "10.00")][..], &[][..]),
        (Some("c-77"), &[(CERTIFICATE, "10.00"), (CARD, "2.00")], &[]),
        (Some("c-77"), &[(CASH, "-10.00")], &[]),
        (Some("c-77"), &[(ACCOUNT, "10.00")], &["account-tender-refused"]),
        (Some("c-77"), &[], &["no-tenders"]),
        (Some("c-78"), &[(CASH, "10.00")], &["unknown-customer"]),
        (None, &[(CASH, "10.00")], &["customer-required"]),
        (None, &[], &["customer-required", "no-tenders"]),
    ] {
        let payments = json!({ "account_payments": [payment(customer, tenders)] });
        assert_eq!(codes(payments), expected, "{customer:?} {tenders:?}");
    }
}

#[test]
fn p_06_a_pay_in_or_out_is_a_positive_amount_of_money_with_a_direction() {
    let pay = |direction: &str, id: u64, amount: &str| json!({ "pay_ins_and_outs": [{ "id": 9, "occurred_at": NOON, "direction": direction, "tender_type": id, "amount": amount, "reason": "Float" }] });
    for (word, direction, signed) in
        [("pay_in", Direction::PayIn, "20.00"), ("pay_out", Direction::PayOut, "-20.00")]
    {
        let batch = batch(pay(word, CASH, "20.00"));
        let pay = &batch.pay_ins_and_outs()[0];
        assert_eq!((pay.id(), pay.direction(), pay.reason()), (9, direction, Some("Float")));
        assert_eq!(
            (pay.amount().to_string(), pay.signed_amount().to_string()),
            ("20.00".into(), signed.into())
        );
    }
    for (id, amount, expected) in [
        (15250, "0.01", &[][..]),
        (CASH, "0.00", &["not-positive"]),
        (CASH, "-20.00", &["not-positive"]),
        (CERTIFICATE, "20.00", &["money-tender-required"]),
        (ACCOUNT, "-20.00", &["money-tender-required", "not-positive"]),
    ] {
        assert_eq!(codes(pay("pay_out", id, amount)), expected, "{id} {amount}");
    }
}

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

#[test]
fn p_08_a_customer_is_known_by_an_id_of_plain_characters() {
    let customer = |id: &str, account_number: &str| {
        let mut file = file(json!({}));
        file["customers"] = json!([{ "id": id, "account_number": account_number }]);
        read(&file)
            .err()
            .map_or(Vec::new(), |error| error.faults().iter().map(pos_model::Fault::code).collect())
    };
    for id in ["c-77", "A_1.b", "7", "abcdefghijklmnopqrstuvwx"] {
        assert_eq!(customer(id, "12/7 B"), Vec::<&str>::new(), "{id}");
    }
    for (id, code) in [
        ("", "missing"),
        ("abcdefghijklmnopqrstuvwxy", "too-long"),
        ("c 77", "illegal-identifier"),
        ("c/77", "illegal-identifier"),
        ("c:77", "illegal-identifier"),
        ("é", "illegal-identifier"),
        ("c\n77", "illegal-identifier"),
    ] {
        assert_eq!(customer(id, "1042"), [code], "{id:?}");
    }
}

#[test]
fn p_08_an_account_number_belongs_to_one_customer() {
    let mut file = file(json!({}));
    file["customers"] =
        json!([{ "id": "c-77", "account_number": "1042" }, { "id": "c-78", "account_number": "1043" }]);
    assert_eq!(codes_of(&file), Vec::<&str>::new());
    file["customers"][1]["account_number"] = json!("1042");
    assert_eq!(codes_of(&file), ["duplicate"]);
    file["customers"][1]["id"] = json!("c-77");
    assert_eq!(codes_of(&file), ["duplicate"], "the same customer twice is one fault");
}

#[test]
fn p_08_a_credit_limit_is_never_negative() {
    for (limit, expected) in
        [("0.00", &[][..]), ("500", &[]), ("-0.01", &["negative-credit-limit"]), ("none", &["not-a-decimal"])]
    {
        let mut file = file(json!({}));
        file["customers"][0]["credit_limit"] = json!(limit);
        assert_eq!(codes_of(&file), expected, "{limit}");
    }
}

#[test]
fn p_09_tenders_equal_the_total_to_the_cent() {
    for (tenders, expected) in [
        (&[(CASH, "12.75")][..], &[][..]),
        (&[(CASH, "12.00"), (CARD, "0.75")], &[]),
        (&[(CASH, "12.74")], &["tenders-do-not-foot"]),
        (&[(CASH, "12.76")], &["tenders-do-not-foot"]),
        (&[(CASH, "-12.75")], &["tenders-do-not-foot"]),
        (&[], &["tenders-do-not-foot"]),
    ] {
        let sale = transaction(1, &[("item", "1", "12.00", "0.75")], tenders);
        assert_eq!(codes(json!({ "transactions": [sale] })), expected, "{tenders:?}");
    }
}

#[test]
fn p_09_every_fault_is_reported_with_its_place() {
    let first = transaction(1, &[("item", "1", "12,00", "0.005")], &[(99, "12.00")]);
    let second = with(
        transaction(2, &[("item", "1", "5.00", "0.00")], &[(CASH, "4.99")]),
        "customer",
        json!("nobody"),
    );
    let third = transaction(3, &[("item", "1", "5.00", "0.00")], &[(CASH, "4.99")]);
    let mut file = file(json!({ "transactions": [first, second, third] }));
    file["store"]["name"] = json!("");
    let error = read(&file).unwrap_err();
    let places: Vec<_> = error.faults().iter().map(|fault| fault.place.to_string()).collect();
    assert_eq!(
        places,
        [
            "store boston, name",
            "register 1, batch 4, transaction 1, line 1, amount",
            "register 1, batch 4, transaction 1, line 1, tax",
            "register 1, batch 4, transaction 1, tender 1, type",
            "register 1, batch 4, transaction 2, customer",
            "register 1, batch 4, transaction 3, tenders",
        ]
    );
    assert_eq!(error.to_string().lines().count(), error.faults().len());
}

#[test]
fn p_09_one_fault_refuses_the_whole_file() {
    let good = transaction(1, &[("item", "1", "12.00", "0.00")], &[(CASH, "12.00")]);
    let mut file = file(json!({ "transactions": [good] }));
    let mut other = file["batches"][0].clone();
    other["number"] = json!(5);
    other["transactions"][0]["number"] = json!(2);
    file["batches"].as_array_mut().unwrap().push(other);
    assert_eq!(read(&file).unwrap().batches().len(), 2);
    file["batches"][1]["transactions"][0]["tenders"][0]["amount"] = json!("11.99");
    assert_eq!(read(&file).unwrap_err().faults().len(), 1);
}

#[test]
fn p_09_nothing_is_repaired() {
    let line = |field: &str, text: &str| {
        let mut sale = transaction(1, &[("item", "1", "12.00", "0.00")], &[(CASH, "12.00")]);
        sale["lines"][0][field] = json!(text);
        codes(json!({ "transactions": [sale] }))
    };
    for (field, text, code) in [
        ("amount", "12.004", "excess-precision"),
        ("amount", "12,00", "not-a-decimal"),
        ("amount", "$12.00", "not-a-decimal"),
        ("amount", " 12.00", "not-a-decimal"),
        ("amount", "+12.00", "not-a-decimal"),
        ("amount", "1.2e1", "not-a-decimal"),
        ("amount", "1_2.00", "not-a-decimal"),
        ("amount", "12.", "not-a-decimal"),
        ("amount", "", "not-a-decimal"),
        ("amount", "NaN", "not-a-decimal"),
        ("amount", "1000000000.00", "out-of-range"),
        ("tax", "0.001", "excess-precision"),
        ("quantity", "one", "not-a-decimal"),
        ("unit_price", "-12", "negative-price"),
        ("discount", "10%", "not-a-decimal"),
        ("tax_code", " ", "missing"),
        ("description", "Bell\u{7}", "illegal-character"),
    ] {
        assert_eq!(line(field, text), [code], "{field} {text:?}");
    }
    assert_eq!(line("amount", "12.0000"), Vec::<&str>::new(), "zeros are no fraction of a cent");
    assert_eq!(line("description", " Bell "), Vec::<&str>::new());
    let mut sale = transaction(1, &[("item", "1", "12.00", "0.00")], &[(CASH, "12.00")]);
    sale["lines"][0]["description"] = json!(" Bell ");
    let batch = batch(json!({ "transactions": [sale] }));
    assert_eq!(batch.transactions()[0].lines()[0].description(), Some(" Bell "), "texts are kept as written");
}

/// Every text that people type: what is longer than QuickBooks takes or holds a control character is refused, and no
/// message repeats it.
#[test]
fn p_09_typed_texts_are_free_of_control_characters_and_fit_quickbooks() {
    let mut sale = transaction(1, &[("item", "1", "12.00", "0.00")], &[(CERTIFICATE, "12.00")]);
    sale["fulfilment"] = json!("shipped");
    sale["customer_po"] = json!("");
    sale["ship_to"] = json!({ "lines": [""] });
    let address =
        json!({ "lines": ["", "3 Elm Street"], "city": "", "region": "", "postal_code": "", "country": "" });
    let pay =
        json!({ "id": 9, "occurred_at": NOON, "direction": "pay_in", "tender_type": CASH, "amount": "1.00" });
    let mut valid = file(json!({ "transactions": [sale], "pay_ins_and_outs": [pay] }));
    valid["store"]["address"] = address.clone();
    valid["customers"][0]["address"] = address;
    valid["purchase_orders"] =
        json!([purchase(1, json!({ "lines": [{ "quantity": "1", "amount": "1.00" }] }))]);
    assert_eq!(codes_of(&valid), Vec::<&str>::new());
    for (path, limit) in [
        ("/store/address/lines/0", Some(500)),
        ("/store/address/city", Some(255)),
        ("/customers/0/title", Some(100)),
        ("/customers/0/first_name", Some(100)),
        ("/customers/0/email", Some(100)),
        ("/customers/0/phone", Some(30)),
        ("/customers/0/address/lines/1", Some(500)),
        ("/customers/0/address/city", Some(255)),
        ("/customers/0/address/region", Some(255)),
        ("/customers/0/address/postal_code", Some(30)),
        ("/customers/0/address/country", Some(255)),
        ("/batches/0/transactions/0/customer_po", None),
        ("/batches/0/transactions/0/ship_to/lines/0", Some(500)),
        ("/batches/0/transactions/0/ship_to/postal_code", Some(30)),
        ("/batches/0/transactions/0/lines/0/code", None),
        ("/batches/0/transactions/0/tenders/0/certificate", None),
        ("/batches/0/pay_ins_and_outs/0/reason", None),
        ("/purchase_orders/0/supplier", Some(100)),
        ("/purchase_orders/0/title", None),
        ("/purchase_orders/0/supplier_reference", None),
        ("/purchase_orders/0/lines/0/code", None),
        ("/purchase_orders/0/lines/0/name", None),
    ] {
        let with_text = |text: &str| {
            let (parent, field) = path.rsplit_once('/').unwrap();
            let mut file = valid.clone();
            let parent = file.pointer_mut(parent).unwrap();
            match field.parse::<usize>() {
                Ok(index) => parent[index] = json!(text),
                Err(_) => parent[field] = json!(text),
            }
            file
        };
        for text in ["Sara\u{7}", "\nSara", "Sara\u{85}Edward"] {
            let error = read(&with_text(text)).unwrap_err();
            assert_eq!(
                error.faults().iter().map(pos_model::Fault::code).collect::<Vec<_>>(),
                ["illegal-character"],
                "{path}"
            );
            assert!(!error.to_string().contains("Sara"), "{error}");
        }
        let length = limit.unwrap_or(1000);
        assert_eq!(codes_of(&with_text(&"é".repeat(length))), Vec::<&str>::new(), "{path}");
        if limit.is_some() {
            assert_eq!(codes_of(&with_text(&"é".repeat(length + 1))), ["too-long"], "{path}");
        }
    }
    valid["store"]["address"]["lines"] = json!(["", "", "", "", "", ""]);
    assert_eq!(codes_of(&valid), ["too-many"]);
}

/// P-09: the same sale listed again is left out and counted, as the same batch in another file is; in another batch it would
/// be another event.
#[test]
fn p_09_a_sale_listed_twice_counts_once() {
    let sale = transaction(1, &[("item", "1", "12.00", "0.00")], &[(CASH, "12.00")]);
    let z_totals = json!([{ "tender_type": CASH, "amount": "12.00" }]);
    let read = batch(json!({ "transactions": [sale, sale], "z_totals": z_totals }));
    assert_eq!(read.transactions().len(), 1);
    let skipped: Vec<_> = read.skipped().iter().map(|skip| (skip.number, skip.reason)).collect();
    assert_eq!(skipped, [(1, SkipReason::Repeated)]);
    let mut two = file(json!({ "transactions": [sale] }));
    let mut other = two["batches"][0].clone();
    other["number"] = json!(5);
    two["batches"].as_array_mut().unwrap().push(other);
    assert_eq!(codes_of(&two), ["duplicate"]);
}

/// P-02: a leap second belongs to the day it ends.
#[test]
fn p_02_a_leap_second_is_dated_by_its_own_day() {
    let sale = transaction(1, &[("item", "1", "12.00", "0.00")], &[(CASH, "12.00")]);
    let sale = with(sale, "occurred_at", json!("2026-02-03T23:59:60-05:00"));
    let read = batch(json!({ "transactions": [sale] }));
    assert_eq!(read.transactions()[0].occurred_at().date_naive().to_string(), "2026-02-03");
}

#[test]
fn p_09_ids_are_unique_in_a_file() {
    let sale = transaction(1, &[("item", "1", "12.00", "0.00")], &[(CASH, "12.00")]);
    let later = with(sale.clone(), "occurred_at", json!("2026-02-03T16:00:00-05:00"));
    assert_eq!(codes(json!({ "transactions": [sale, later] })), ["duplicate"]);
    let payment = json!({ "id": 1, "occurred_at": NOON, "customer": "c-77", "tenders": tender_list(&[(CASH, "1.00")]) });
    let pay =
        json!({ "id": 1, "occurred_at": NOON, "direction": "pay_in", "tender_type": CASH, "amount": "1.00" });
    let one_of_each =
        json!({ "transactions": [sale], "account_payments": [payment], "pay_ins_and_outs": [pay] });
    assert_eq!(codes(one_of_each), Vec::<&str>::new(), "kinds of events number apart");
    assert_eq!(codes(json!({ "account_payments": [payment, payment] })), ["duplicate"]);
    assert_eq!(codes(json!({ "pay_ins_and_outs": [pay, pay] })), ["duplicate"]);
    let paid = deposit(1, None, &[(CASH, "1.00", None)]);
    assert_eq!(codes(json!({ "deposits": [paid, paid] })), ["duplicate"]);
}

#[test]
fn p_10_unknown_fields_are_refused_with_their_path() {
    for path in [
        "/colour",
        "/store/colour",
        "/batches/0/colour",
        "/batches/0/transactions/0/colour",
        "/batches/0/transactions/0/lines/0/colour",
        "/batches/0/transactions/0/tenders/0/colour",
        "/batches/0/deposits/0/colour",
        "/batches/0/deposits/0/tenders/0/colour",
        "/purchase_orders/0/colour",
        "/purchase_orders/0/lines/0/colour",
    ] {
        let sale = transaction(1, &[("item", "1", "12.00", "0.00")], &[(CASH, "12.00")]);
        let paid = deposit(3, None, &[(CASH, "12.00", None)]);
        let mut file = file(json!({ "transactions": [sale], "deposits": [paid] }));
        file["purchase_orders"] =
            json!([purchase(1, json!({ "lines": [{ "quantity": "1", "amount": "1.00" }] }))]);
        let (parent, field) = path.rsplit_once('/').unwrap();
        file.pointer_mut(parent).unwrap()[field] = json!("red");
        let Err(FileError::Shape { path: found, problem }) = read(&file) else { panic!("{path}") };
        let found: String = format!("/{found}").replace('.', "/").replace('[', "/").replace(']', "");
        assert_eq!(found, path);
        assert!(problem.contains("unknown field `colour`"), "{problem}");
    }
}

#[test]
fn p_10_days_and_instants_have_one_form_and_a_text_of_another_is_named() {
    for (field, text, form) in [
        ("business_date", "2026-2-3", "2026-02-03"),
        ("business_date", "2026 -2-03", "2026-02-03"),
        ("business_date", "+2026-2-03", "2026-02-03"),
        ("business_date", "02/03/2026", "2026-02-03"),
        ("business_date", "2026-02-29", "2026-02-03"),
        ("business_date", "2026-02-03T10:15:00-05:00", "2026-02-03"),
        ("business_date", "", "2026-02-03"),
        ("closed_at", "2026-02-03", "2026-02-03T10:15:00-05:00"),
        ("closed_at", "2026-02-03T10:15:00", "2026-02-03T10:15:00-05:00"),
        ("closed_at", "2026-02-03T25:15:00-05:00", "2026-02-03T10:15:00-05:00"),
    ] {
        let Err(FileError::Shape { path, problem }) = read(&file(json!({ field: text }))) else {
            panic!("{text}")
        };
        assert_eq!(path, format!("batches[0].{field}"));
        assert!(problem.contains(&format!("{text:?}")) && problem.contains(form), "{problem}");
    }
    for text in ["2026-02-03T18:02:11Z", "2026-02-03T18:02:11.250+05:30"] {
        assert_eq!(codes(json!({ "closed_at": text })), Vec::<&str>::new(), "{text}");
    }
    let long = "x".repeat(1000);
    assert!(read(&file(json!({ "business_date": long }))).unwrap_err().to_string().len() < 250);
}

#[test]
fn p_10_another_version_is_refused() {
    let mut file = file(json!({}));
    file["version"] = json!(2);
    assert_eq!(read(&file).unwrap_err().faults()[0].code(), "unknown-version");
}

#[test]
fn p_10_the_file_of_the_readme_is_valid() {
    let read = PosFile::from_json(example::text().as_bytes()).unwrap();
    let batch = &read.batches()[0];
    assert_eq!((batch.transactions().len(), batch.deposits().len()), (4, 1));
    assert_eq!((batch.account_payments().len(), batch.pay_ins_and_outs().len()), (1, 1));
    assert_eq!(read.purchase_orders().len(), 1);
    assert_eq!(batch.skipped().iter().map(|s| s.reason).collect::<Vec<_>>(), [SkipReason::NoSale]);
}
