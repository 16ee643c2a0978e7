//! What only batches of all stores together show: each case is a few batches, perhaps a mapping, and what is said.

use mapping::{Company, CompanyMapping, Notice, Survey, SurveyFault};
use pos_model::PosFile;
use serde_json::{Value, json};

const CASH: u64 = 7;
const DEPOSIT: u64 = 9;

/// A store's file with one batch of these events; its day is the third of February.
fn file(store: &str, register: &str, number: u64, events: &Value) -> Value {
    let name = format!("{} Store", store[..1].to_uppercase() + &store[1..]);
    let mut batch = json!({"register": register, "number": number, "business_date": "2026-02-03", "status": "closed",
        "closed_at": "2026-02-03T18:00:00-05:00"});
    for (key, value) in events.as_object().unwrap() {
        batch[key] = value.clone();
    }
    json!({"version": 1, "store": {"code": store, "name": name, "retailer": "2207"},
        "tender_types": [{"id": CASH, "name": "Cash", "kind": "cash"}, {"id": DEPOSIT, "name": "Deposit", "kind": "deposit"}],
        "batches": [batch]})
}

fn sale(number: u64, at: &str, tenders: &[(u64, &str)]) -> Value {
    let cents: i64 = tenders.iter().map(|(_, amount)| amount.replace('.', "").parse::<i64>().unwrap()).sum();
    let tenders: Vec<Value> = tenders
        .iter()
        .map(|(id, amount)| match *id {
            CASH => json!({"type": CASH, "amount": amount}),
            order => json!({"type": DEPOSIT, "amount": amount, "order": order}),
        })
        .collect();
    let amount = format!("{}.{:02}", cents / 100, cents % 100);
    json!({"number": number, "occurred_at": at, "tenders": tenders,
        "lines": [{"kind": "item", "quantity": "1", "amount": amount, "tax_code": "NON"}]})
}

fn deposit(id: u64, order: u64, amount: &str, source: Option<u64>) -> Value {
    let tender = match source {
        None => json!({"type": CASH, "amount": amount}),
        Some(source) => json!({"type": DEPOSIT, "amount": amount, "order": source}),
    };
    json!({"id": id, "occurred_at": "2026-02-03T12:00:00-05:00", "order": order, "tenders": [tender]})
}

const NOON: &str = "2026-02-03T12:00:00-05:00";

fn sold() -> Value {
    json!({"transactions": [sale(1, NOON, &[(CASH, "10.00")])]})
}

/// Codes and texts of everything said.
fn said(mapping: Value, files: &[Value]) -> (Vec<&'static str>, String) {
    let company = Company::try_from(serde_json::from_value::<CompanyMapping>(mapping).unwrap()).unwrap();
    let mut survey = Survey::default();
    for file in files {
        let file = PosFile::from_json(file.to_string().as_bytes()).unwrap();
        file.batches().iter().for_each(|batch| survey.add(batch, &company));
        file.purchase_orders().iter().for_each(|order| survey.add_order(order, &company));
    }
    let (faults, notices) = (survey.faults(), survey.notices());
    let codes = faults.iter().map(SurveyFault::code).chain(notices.iter().map(Notice::code)).collect();
    let texts = faults.iter().map(ToString::to_string).chain(notices.iter().map(ToString::to_string));
    (codes, texts.collect::<Vec<_>>().join("\n"))
}

#[test]
fn n_13_a_second_store_on_the_default_prefix_is_found_before_anything_is_sent() {
    let files = [file("boston", "1", 4, &sold()), file("salem", "1", 9, &sold())];
    let (codes, text) = said(json!({}), &files);
    assert_eq!(codes, ["prefix-of-two-stores"]);
    assert_eq!(
        text,
        "Boston Store (boston) and Salem Store (salem): the numbers of both begin with CL; \
            give each store a prefix of its own in the company mapping, under stores"
    );
    let one = json!({"stores": {"salem": {"prefix": "SA"}}});
    assert_eq!(said(one, &files).0, [""; 0]);
    let order = json!({"number": 5, "status": "closed", "date": "2026-02-01", "supplier": "S",
        "lines": [{"quantity": "1", "amount": "9.00"}]});
    let mut orders = file("salem", "1", 9, &json!({}));
    orders["batches"] = json!([]);
    orders["purchase_orders"] = json!([order]);
    assert_eq!(
        said(json!({}), &[files[0].clone(), orders]).0,
        ["prefix-of-two-stores"],
        "orders have numbers too"
    );
}

#[test]
fn n_13_a_second_till_with_the_same_batch_number_is_found_before_anything_is_sent() {
    let files = |number| [file("boston", "front", 4, &sold()), file("boston", "back", number, &sold())];
    let (codes, text) = said(json!({}), &files(4));
    assert_eq!(codes, ["batch-of-two-registers"]);
    assert_eq!(
        text,
        "store boston: registers front and back both have a batch 4, and the numbers of both begin with CL; \
            give one of them a prefix of its own in the company mapping, under register_prefixes"
    );
    assert_eq!(said(json!({}), &files(5)).0, [""; 0], "batch numbers may be counted over all registers");
    let apart = json!({"stores": {"boston": {"register_prefixes": {"back": "CB"}}}});
    assert_eq!(said(apart, &files(4)).0, [""; 0]);
    let twice = [files(4)[0].clone(), files(4)[0].clone()];
    assert_eq!(said(json!({}), &twice).0, [""; 0], "the same batch in two files is another matter");
}

#[test]
fn p_03_one_tender_id_with_two_meanings_is_found_with_both_stores() {
    let prefixes = json!({"stores": {"boston": {"prefix": "BO"}, "salem": {"prefix": "SA"}}});
    let mut salem = file("salem", "1", 4, &sold());
    let mut meaning = |name: &str, kind: &str| {
        salem["tender_types"][0] = json!({"id": CASH, "name": name, "kind": kind});
        said(prefixes.clone(), &[file("boston", "1", 4, &sold()), salem.clone()])
    };
    let (codes, text) = meaning("Visa", "card");
    assert_eq!(codes, ["tender-of-two-meanings"]);
    assert_eq!(
        text,
        "tender type 7 is \"Cash\" (cash) in Boston Store and \"Visa\" (card) in Salem Store; \
            an id stands for one name and one kind in a company; give one of them another id in its point of sale, \
            or give one of the stores tender_accounts of its own in the company mapping, under stores"
    );
    assert_eq!(meaning("Cash", "other").0, ["tender-of-two-meanings"]);
    assert_eq!(meaning("Coins", "cash").0, ["tender-of-two-meanings"]);
    assert_eq!(meaning("CASH ", "cash").0, [""; 0], "the same in another spelling");
    // A store that has tenders of its own, none with an account of their own among them, may mean what it likes.
    let mut own = prefixes.clone();
    own["stores"]["salem"]["tender_accounts"] = json!({});
    let mut visa = file("salem", "1", 4, &sold());
    visa["tender_types"][0] = json!({"id": CASH, "name": "Visa", "kind": "card"});
    assert_eq!(said(own, &[file("boston", "1", 4, &sold()), visa]).0, [""; 0]);
    // A type that is renamed everywhere is no other type.
    let renamed = |store: &str, date: &str, name: &str, number| {
        let mut file = file(store, "1", number, &sold());
        file["batches"][0]["business_date"] = json!(date);
        file["tender_types"][0]["name"] = json!(name);
        file
    };
    let weeks = [
        renamed("boston", "2026-02-02", "Cash", 1),
        renamed("boston", "2026-02-03", "Cash drawer", 2),
        renamed("salem", "2026-02-03", "Cash drawer", 2),
        renamed("salem", "2026-02-02", "Cash", 1),
    ];
    assert_eq!(said(prefixes.clone(), &weeks).0, [""; 0]);
}

#[test]
fn p_02_instants_at_utc_are_noted_with_the_first_sale() {
    let events = json!({"transactions": [sale(12, "2026-02-04T01:10:00Z", &[(CASH, "10.00")]),
            sale(11, "2026-02-03T23:50:00Z", &[(CASH, "10.00")]), sale(13, NOON, &[(CASH, "10.00")])],
        "closed_at": "2026-02-04T02:00:00Z"});
    let files = [file("boston", "1", 4, &events)];
    let (codes, text) = said(json!({}), &files);
    assert_eq!(codes, ["utc-instants"]);
    assert_eq!(
        text,
        "Boston Store: transaction 11 is at 2026-02-03T23:50:00Z, which is UTC; no store in the United States lies \
            there, and sales of the evening are dated a day late: export instants with the store's own offset, or say \
            utc of store boston in the company mapping"
    );
    assert_eq!(said(json!({"stores": {"boston": {"utc": true}}}), &files).0, [""; 0]);
}

#[test]
fn p_02_an_instant_outside_the_days_of_its_batch_is_noted() {
    let day = |at: &str, ends: u32| {
        let events =
            json!({"transactions": [sale(12, at, &[(CASH, "10.00")]), sale(13, at, &[(CASH, "10.00")])]});
        let mapping = json!({"stores": {"boston": {"day_ends_at_hour": ends}}});
        said(mapping, &[file("boston", "1", 4, &events)])
    };
    let (codes, text) = day("2026-02-02T19:00:00-05:00", 0);
    assert_eq!(codes, ["outside-the-batch"]);
    assert_eq!(
        text,
        "Boston Store, register 1, batch 4: transaction 12 is dated 2026-02-02, the first of 2, outside the batch's \
            days, 2026-02-03; look whether the register's clock and the batch's business date are right"
    );
    assert_eq!(day("2026-02-04T00:10:00-05:00", 0).0, ["outside-the-batch"], "after the closing's day");
    assert_eq!(day("2026-02-04T00:10:00-05:00", 3).0, [""; 0], "the business day had not ended");
    assert_eq!(day("2026-02-03T02:10:00-05:00", 3).0, ["outside-the-batch"], "it belongs to the day before");
    assert_eq!(day(NOON, 0).0, [""; 0]);
}

/// D-10: over all batches that are given, order by order, whatever other orders hold.
#[test]
fn d_10_more_used_of_a_deposit_than_was_paid_on_its_order_is_noted() {
    let monday = file(
        "boston",
        "1",
        4,
        &json!({"deposits": [deposit(1, 500, "50.00", None), deposit(2, 501, "900.00", None)]}),
    );
    let used = |events: Value| said(json!({}), &[file("boston", "2", 5, &events), monday.clone()]);
    let collected = |order: u64, amount: &str| json!({"transactions": [sale(1, NOON, &[(order, amount), (CASH, "5.00")])]});
    assert_eq!(used(collected(500, "50.00")).0, [""; 0]);
    let (codes, text) = used(collected(500, "80.00"));
    assert_eq!(codes, ["deposit-overused"]);
    assert_eq!(
        text,
        "Boston Store, order 500: 80.00 of deposits redeemed or returned, 50.00 paid, in all batches that are known here; \
            look for a deposit under another order"
    );
    assert_eq!(used(collected(510, "1.00")).0, ["deposit-overused"], "none was ever paid");
    assert_eq!(
        used(json!({"deposits": [deposit(3, 500, "-50.01", None)]})).0,
        ["deposit-overused"],
        "returned"
    );
    // What moves from one order to another is used of the one and paid on the other.
    let moved = |amount: &str| {
        json!({"deposits": [deposit(3, 502, amount, Some(500))],
        "transactions": [sale(1, NOON, &[(502, "50.00"), (CASH, "5.00")])]})
    };
    assert_eq!(used(moved("50.00")).0, [""; 0]);
    assert_eq!(used(moved("49.99")).0, ["deposit-overused"]);
    assert_eq!(used(moved("50.01")).0, ["deposit-overused"]);
}

/// D-06: over all batches that are given, certificate by certificate, in any spelling of its number; without a number nothing
/// is known, and one that nothing was put onto was sold before the batches that are given.
#[test]
fn d_06_more_taken_off_a_certificate_than_was_put_onto_it_is_noted_by_its_number() {
    const GIFT: u64 = 11;
    let with = |store: &str, events: Value| {
        let mut file = file(store, "1", 4, &events);
        let gift = json!({"id": GIFT, "name": "Gift", "kind": "gift_certificate"});
        file["tender_types"].as_array_mut().unwrap().push(gift);
        file
    };
    let sold = |quantity: &str, amount: &str, face: &str, number: &str| {
        let line = json!({"kind": "gift_certificate", "quantity": quantity, "amount": amount, "face_value": face,
            "tax_code": "NON", "certificate": number});
        json!({"number": 1, "occurred_at": NOON, "lines": [line], "tenders": [{"type": CASH, "amount": amount}]})
    };
    let used = |number: &str, amount: &str| {
        let mut sale = sale(2, NOON, &[(CASH, amount)]);
        sale["tenders"][0] = json!({"type": GIFT, "amount": amount, "certificate": number});
        sale
    };
    let monday = with("boston", json!({"transactions": [sold("1", "40.00", "50.00", "GC-7731")]}));
    let mapping = json!({"stores": {"boston": {"prefix": "BO"}, "salem": {"prefix": "SA"}}});
    let at_salem = |sale: Value| {
        said(mapping.clone(), &[monday.clone(), with("salem", json!({"transactions": [sale]}))])
    };
    assert_eq!(at_salem(used("GC-7731", "50.00")).0, [""; 0], "the face value is what it is good for");
    let (codes, text) = at_salem(used(" gc-7731", "60.00"));
    assert_eq!(codes, ["certificate-overused"]);
    assert_eq!(
        text,
        "gift certificate GC-7731: 60.00 redeemed or brought back, 50.00 put onto it, in all batches that are known here; \
            look whether it was taken twice, or its number mistyped"
    );
    let back = sold("-1", "-50.01", "-50.01", "GC-7731");
    assert_eq!(at_salem(back).0, ["certificate-overused"], "brought back");
    assert_eq!(at_salem(used("GC-7732", "60.00")).0, [""; 0], "of another nothing is known");
    let other = {
        let mut file = with("salem", json!({"transactions": [used("GC-7731", "60.00")]}));
        file["store"]["retailer"] = json!("2208");
        file
    };
    assert_eq!(said(mapping.clone(), &[monday.clone(), other]).0, [""; 0], "another retailer's certificate");
    let mut refunded = sale(3, NOON, &[(CASH, "20.00")]);
    refunded["lines"][0]["quantity"] = json!("-1");
    refunded["lines"][0]["amount"] = json!("-20.00");
    refunded["tenders"][0] = json!({"type": GIFT, "amount": "-20.00", "certificate": "GC-7731"});
    let both = with("salem", json!({"transactions": [refunded, used("GC-7731", "70.00")]}));
    assert_eq!(said(mapping, &[monday, both]).0, [""; 0], "a refund went onto it");
}

/// P-08: two people, each with a record; never one record for both, whatever they are called.
#[test]
fn p_08_one_customer_id_of_two_retailers_is_two_customers() {
    let at = |store: &str, retailer: &str| {
        let mut charge = sale(1, NOON, &[(CASH, "10.00")]);
        charge["customer"] = json!("c-5");
        let mut file = file(store, "1", 4, &json!({ "transactions": [charge] }));
        file["store"]["retailer"] = json!(retailer);
        file["customers"] = json!([{"id": "c-5", "account_number": "3001"}]);
        file
    };
    for template in ["{retailer}-{account}", "{name}", "{account}"] {
        let mapping = json!({"display_name": template,
            "stores": {"boston": {"prefix": "BO"}, "salem": {"prefix": "SA"}}});
        assert_eq!(
            said(mapping.clone(), &[at("boston", "2207"), at("salem", "2208")]).0,
            [""; 0],
            "{template}"
        );
        assert_eq!(said(mapping, &[at("boston", "2207"), at("salem", "2207")]).0, [""; 0], "{template}");
    }
}

/// D-19: two stores of one retailer number their customers by themselves. Another retailer's customers are others.
#[test]
fn d_19_two_customers_with_one_account_number_are_found_and_both_are_named() {
    let at = |store: &str, id: &str, account: &str, last: &str| {
        let mut charge = sale(1, NOON, &[(CASH, "10.00")]);
        charge["customer"] = json!(id);
        let mut file = file(store, "1", 4, &json!({ "transactions": [charge] }));
        file["customers"] = json!([{"id": id, "account_number": account, "last_name": last}]);
        file
    };
    let mapping = |display_name: &str| json!({"display_name": display_name, "stores": {"boston": {"prefix": "BO"}, "salem": {"prefix": "SA"}}});
    let both = [at("boston", "b-3", "2044", "Moss"), at("salem", "s-9", "2044", "Reed")];
    let (codes, text) = said(mapping("{retailer}-{account}"), &both);
    assert_eq!(codes, ["name-of-two-customers"]);
    assert_eq!(
        text,
        "account number 2044 is customer b-3 of Boston Store and customer s-9 of Salem Store, and both would be \
            \"2207-2044\" in QuickBooks; give one of them another account number in the point of sale, or write {name} in \
            the company mapping's display_name too"
    );
    assert_eq!(said(mapping("{retailer}-{account} {name}"), &both).0, [""; 0], "the remedy helps");
    assert_eq!(said(mapping("{name}"), &both).0, [""; 0]);
    let namesakes = [both[0].clone(), at("salem", "s-9", "2044", "MOSS")];
    assert_eq!(
        said(mapping("{name}"), &namesakes).0,
        ["name-of-two-customers"],
        "the account number tells nothing"
    );
    let same = [both[0].clone(), at("salem", "b-3", "2044", "Moss")];
    assert_eq!(said(mapping("{retailer}-{account}"), &same).0, [""; 0], "one customer at two stores");
    let mut other = both;
    other[1]["store"]["retailer"] = json!("2208");
    assert_eq!(said(mapping("{retailer}-{account}"), &other).0, [""; 0]);
}

/// D-19: customers, stores' customers and vendors share one set of names in QuickBooks: two of them that would have to share one are
/// found before anything is sent, each with the line of the mapping that parts them.
#[test]
fn d_19_one_name_of_two_kinds_of_party_is_found_with_both_and_the_remedy_helps() {
    let order = json!({"number": 5, "status": "closed", "date": "2026-02-01", "supplier": "S-1",
        "lines": [{"quantity": "1", "amount": "9.00"}]});
    let mut boston = file("boston", "1", 4, &sold());
    boston["purchase_orders"] = json!([order]);
    let mut charge = sale(2, NOON, &[(CASH, "10.00")]);
    charge["customer"] = json!("c-5");
    let mut salem =
        file("salem", "1", 4, &json!({"transactions": [sale(1, NOON, &[(CASH, "5.00")]), charge]}));
    salem["customers"] = json!([{"id": "c-5", "account_number": "3001", "company": "Hub Cycles"}]);
    let files = [boston, salem];
    let told = |boston: &str, salem: &str, vendor: &str| {
        said(
            json!({"display_name": "{name}-{account}", "suppliers": {"S-1": vendor},
                "stores": {"boston": {"prefix": "BO", "customer": boston}, "salem": {"prefix": "SA", "customer": salem}}}),
            &files,
        )
    };
    assert_eq!(told("Walk-in B", "Walk-in S", "Wheels").0, [""; 0]);
    let shared = "would be the customer for sales of Boston Store and";
    let behind = "in QuickBooks, where customers and vendors share their names";
    for (names, text) in [
        (
            ("Walk-in", "walk-in", "Wheels"),
            format!(
                "\"walk-in\" {shared} the customer for sales of Salem Store {behind}; map another customer for one of the stores"
            ),
        ),
        (
            ("Hub Cycles-3001", "Walk-in", "Wheels"),
            format!(
                "\"Hub Cycles-3001\" {shared} the customer with account number 3001 of Salem Store {behind}; map another customer \
                    for the store, or write another display_name in the company mapping"
            ),
        ),
        (
            ("Wheels", "Walk-in", "WHEELS"),
            format!(
                "\"WHEELS\" {shared} the vendor for supplier S-1 {behind}; map another vendor for the supplier, or another \
                    default_vendor"
            ),
        ),
    ] {
        assert_eq!(told(names.0, names.1, names.2), (vec!["name-of-two-parties"], text));
    }
}
