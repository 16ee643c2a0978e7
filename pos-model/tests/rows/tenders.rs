//! P-03 to P-06: tenders, deposits, customer accounts, pay-ins and pay-outs.

use pos_model::{Direction, TenderKind};
use serde_json::json;

use crate::pos::{
    ACCOUNT, CARD, CASH, CERTIFICATE, DEPOSIT, NOON, batch, codes, deposit, tender_list, transaction, with,
};

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
