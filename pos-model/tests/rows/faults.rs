//! P-09: what is refused, all of it at once, and what counts once.

use pos_model::SkipReason;
use serde_json::json;

use crate::pos::{
    CARD, CASH, CERTIFICATE, NOON, batch, codes, codes_of, deposit, file, purchase, read, tender_list,
    transaction, with,
};

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

/// P-09: an optional text that says nothing is no text, wherever it stands; a required one is missing.
#[test]
fn p_09_an_optional_text_that_is_blank_counts_as_absent() {
    for blank in ["", " ", "\u{a0} \u{3000}"] {
        let mut sale = transaction(1, &[("item", "1", "12.00", "0.00")], &[(CASH, "12.00")]);
        sale["fulfilment"] = json!("shipped");
        sale["customer"] = json!("c-77");
        let pay = json!({ "id": 9, "occurred_at": NOON, "direction": "pay_in", "tender_type": CASH, "amount": "1.00" });
        let line = json!({ "quantity": "1", "amount": "1.00" });
        let mut absent = file(json!({ "transactions": [sale], "pay_ins_and_outs": [pay] }));
        absent["purchase_orders"] = json!([purchase(1, json!({ "lines": [line] }))]);
        let place = json!({ "lines": ["3 Elm Street"] });
        for owner in ["/store", "/customers/0"] {
            absent.pointer_mut(owner).unwrap()["address"] = place.clone();
        }
        absent["batches"][0]["transactions"][0]["ship_to"] = place;
        let mut written = absent.clone();
        let sale = "/batches/0/transactions/0";
        let of_an_address = ["city", "region", "postal_code", "country"];
        for (owner, fields) in [
            ("/store/address", &of_an_address[..]),
            ("/customers/0", &["title", "first_name", "last_name", "company", "email", "phone"]),
            ("/customers/0/address", &of_an_address),
            (sale, &["customer_po"]),
            (&format!("{sale}/ship_to"), &of_an_address),
            (&format!("{sale}/lines/0"), &["code", "description"]),
            (&format!("{sale}/tenders/0"), &["certificate"]),
            ("/batches/0/pay_ins_and_outs/0", &["reason"]),
            ("/purchase_orders/0", &["title", "supplier_reference"]),
            ("/purchase_orders/0/lines/0", &["code", "name"]),
        ] {
            for field in fields {
                written.pointer_mut(owner).unwrap()[field] = json!(blank);
            }
        }
        assert_eq!(read(&written).unwrap(), read(&absent).unwrap(), "{blank:?}");
        written["batches"][0]["register"] = json!(blank);
        assert_eq!(codes_of(&written), ["missing"], "{blank:?}");
    }
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

/// P-09: what posts nothing is no reason to refuse a file that lists it again, and what was already said of a faulty sale is
/// not said again.
#[test]
fn p_09_a_transaction_of_any_status_listed_twice_counts_once() {
    use SkipReason::{NoSale, Repeated, Suspended, Voided};
    for (status, reason) in [("voided", Voided), ("suspended", Suspended), ("no_sale", NoSale)] {
        // Of what posts nothing only the number is kept: its tenders need not foot.
        let nothing = transaction(1, &[("item", "1", "12.00", "0.00")], &[(CASH, "1.00")]);
        let nothing = with(nothing, "status", json!(status));
        let read = batch(json!({ "transactions": [nothing, nothing, nothing] }));
        assert!(read.transactions().is_empty());
        let skipped: Vec<_> = read.skipped().iter().map(|skip| (skip.number, skip.reason)).collect();
        assert_eq!(skipped, [(1, reason), (1, Repeated), (1, Repeated)]);
        let other = with(nothing.clone(), "lines", json!([]));
        assert_eq!(
            codes(json!({ "transactions": [nothing, other] })),
            ["duplicate"],
            "{status}, other lines"
        );
        let sale = transaction(1, &[("item", "1", "12.00", "0.00")], &[(CASH, "12.00")]);
        let nothing = with(sale.clone(), "status", json!(status));
        assert_eq!(
            codes(json!({ "transactions": [sale, nothing] })),
            ["duplicate"],
            "completed, then {status}"
        );
        assert_eq!(
            codes(json!({ "transactions": [nothing, sale] })),
            ["duplicate"],
            "{status}, then completed"
        );
    }
    let faulty = transaction(1, &[("item", "1", "12.00", "0.00")], &[(CASH, "11.00")]);
    assert_eq!(codes(json!({ "transactions": [faulty, faulty] })), ["tenders-do-not-foot"]);
}

/// P-09: a discount is information and a UTC offset decides the day: a sale with another one is not the same.
#[test]
fn p_09_a_sale_listed_twice_is_the_same_in_everything() {
    let sale = transaction(1, &[("item", "1", "12.00", "0.00")], &[(CASH, "12.00")]);
    let mut discounted = sale.clone();
    discounted["lines"][0]["discount"] = json!("1.00");
    assert_eq!(codes(json!({ "transactions": [sale, discounted] })), ["duplicate"]);
    let elsewhere = with(sale.clone(), "occurred_at", json!("2026-02-04T02:00:00+09:00"));
    assert_eq!(codes(json!({ "transactions": [sale, elsewhere] })), ["duplicate"]);
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
