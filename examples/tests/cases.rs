//! What people meet when they carry sales into QuickBooks: each case runs the programs on small files, does in the company
//! what a person does in between, and reads what is said.

use crate::support;

use std::path::PathBuf;

use qb_simulator::{CompanyOptions, Effect, Faults, Rule, SimulatorOptions, When};
use serde_json::{Value, json};
use support::{World, text};

/// A batch of a store, with its sales.
struct Day {
    register: &'static str,
    batch: u64,
    date: &'static str,
    sales: Vec<Value>,
}

/// A cash sale of one thing with this code.
fn sale(number: u64, date: &str, amount: &str, code: Option<&str>) -> Value {
    let mut line = json!({"kind": "item", "quantity": "1", "amount": amount, "tax_code": "NON"});
    if let Some(code) = code {
        line["code"] = json!(code);
    }
    json!({"number": number, "occurred_at": format!("{date}T12:00:00-05:00"), "lines": [line],
        "tenders": [{"type": 1, "amount": amount}]})
}

impl Day {
    fn written(&self, world: &World, name: &str, more: &Value) -> PathBuf {
        let Self { register, batch, date, sales } = self;
        let mut file = json!({"version": 1, "store": {"code": "dover", "name": "Dover Store", "retailer": "77"},
            "tender_types": [{"id": 1, "name": "Cash", "kind": "cash"}],
            "batches": [{"register": register, "number": batch, "business_date": date, "status": "closed",
                "closed_at": format!("{date}T18:00:00-05:00"), "transactions": sales}]});
        file.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let path = world.folder.join(name);
        std::fs::write(&path, file.to_string()).unwrap();
        path
    }
}

/// Runs the main job on files under a mapping: how it ended, and what it said, its page on one line a blank.
fn run(world: &World, mapping: &Value, files: &[&PathBuf]) -> (i32, String) {
    let path = world.folder.join("mapping.json");
    let mut whole = json!({"version": 1});
    whole.as_object_mut().unwrap().extend(mapping.as_object().unwrap().clone());
    std::fs::write(&path, whole.to_string()).unwrap();
    let mut job = world.full_exchange();
    job.arg("--mapping").arg(path).args(["--quarantine", "1"]);
    files.iter().for_each(|file| _ = job.arg("--pos").arg(file));
    let output = job.output().unwrap();
    (output.status.code().unwrap(), text(&output))
}

/// No inner key, id or field name in what people read.
fn assert_plain(words: &str) {
    for inner in [
        "inv-",
        "pay-CL",
        "exp-CL",
        "cm-CL",
        "bill-CL",
        "store-dover",
        "vend-",
        "acct-",
        "cust-",
        "dover/",
        "party",
        "postings",
        "txn_date",
    ] {
        assert!(!words.contains(inner), "{inner} in {words}");
    }
}

fn plain_day(date: &'static str, batch: u64) -> Day {
    Day { register: "1", batch, date, sales: vec![sale(batch, date, "40.00", None)] }
}

/// D-19: the names of the store's customer and of the default vendor are taken: nothing is sent, and the mended mapping posts
/// everything.
#[test]
fn d_19_taken_names_are_found_before_anything_is_sent_and_the_remedy_works() {
    let world = World::new("case-names");
    world.ask("vendor", r#"{"DisplayName": "Dover Store"}"#);
    world.ask("customer", r#"{"DisplayName": "Cloud POS Vendor"}"#);
    let order = json!({"purchase_orders": [{"number": 5, "supplier": "S1", "date": "2026-02-03", "status": "closed",
        "lines": [{"code": "W", "name": "Wheel", "quantity": "1", "amount": "5.00"}]}]});
    let file = plain_day("2026-02-03", 1).written(&world, "day.json", &order);
    let (exit, words) = run(&world, &json!({}), &[&file]);
    assert_eq!((exit, world.documents()), (2, 0), "{words}");
    for said in [
        r#""Dover Store" is a vendor in QuickBooks; map another customer for the store"#,
        r#""Cloud POS Vendor" is a customer in QuickBooks; name another default_vendor in the company mapping"#,
    ] {
        assert!(words.contains(said), "{words}");
    }
    assert_eq!(world.report()["errors"][0]["code"], "name-taken");
    let mended =
        json!({"default_vendor": "Till Suppliers", "stores": {"dover": {"customer": "Dover walk-in"}}});
    let (exit, words) = run(&world, &mended, &[&file]);
    assert_eq!((exit, world.documents()), (0, 4), "{words}");
}

/// N-13: an invoice that a person typed has our number: it is named with its amount, its customer and its date, and once it has
/// another number the next run posts.
#[test]
fn n_13_a_number_taken_by_hand_is_told_in_words_with_a_way_on() {
    let world = World::new("case-number");
    let customer = world.ask("customer", r#"{"DisplayName": "Ann Quill"}"#)["Customer"]["Id"].clone();
    let lines = json!([{"DetailType": "SalesItemLineDetail", "Amount": 99, "SalesItemLineDetail": {}}]);
    let typed = json!({"DocNumber": "clt1b1", "TxnDate": "2026-01-31", "CustomerRef": {"value": customer}, "Line": lines});
    let typed = world.ask("invoice", &typed.to_string())["Invoice"].clone();
    let file = plain_day("2026-02-03", 1).written(&world, "day.json", &json!({}));
    let (exit, words) = run(&world, &json!({}), &[&file]);
    assert_eq!(exit, 1, "{words}");
    let said = "Invoice CLT1B1: conflict: QuickBooks has an Invoice clt1b1 of 99.00 for Ann Quill of 2026-01-31, which was not \
        posted from here: give that one another number there, and run again";
    assert!(words.contains(said), "{words}");
    assert_plain(&words);
    let renumbered = json!({"Id": typed["Id"], "SyncToken": typed["SyncToken"], "sparse": true, "DocNumber": "A-1", "CustomerRef": {"value": customer}, "Line": lines});
    world.ask("invoice", &renumbered.to_string());
    let (exit, words) = run(&world, &json!({}), &[&file]);
    assert_eq!(exit, 0, "{words}");
}

/// N-13: the register's numbers have started again; under a new register name and prefix they go on.
#[test]
fn n_13_numbers_that_started_again_are_told_in_words_with_a_way_on() {
    let world = World::new("case-restart");
    let old = plain_day("2025-01-02", 1).written(&world, "2025.json", &json!({}));
    assert_eq!(run(&world, &json!({}), &[&old]).0, 0);
    let same =
        Day { register: "1", batch: 1, date: "2026-01-02", sales: vec![sale(1, "2026-01-02", "4.00", None)] };
    let other =
        Day { register: "1", batch: 1, date: "2026-01-02", sales: vec![sale(9, "2026-01-02", "4.00", None)] };
    for (name, day) in [("same.json", &same), ("other.json", &other)] {
        let file = day.written(&world, name, &json!({}));
        for mapping in [json!({}), json!({"stores": {"dover": {"prefix": "CM"}}})] {
            let (exit, words) = run(&world, &mapping, &[&file]);
            assert_eq!((exit, world.documents()), (4, 2), "{words}");
            let said = "batch 1 of register 1 was posted on 2025-01-02, and this one is of 2026-01-02: the numbers have started \
                again; give the register another name at the till and a prefix of its own in the company mapping";
            assert!(words.contains(said), "{words}");
            assert_plain(&words);
        }
    }
    let renamed = Day { register: "1b", ..same }.written(&world, "renamed.json", &json!({}));
    let mapping = json!({"stores": {"dover": {"register_prefixes": {"1b": "CM"}}}});
    let (exit, words) = run(&world, &mapping, &[&old, &renamed]);
    assert_eq!((exit, world.documents()), (0, 4), "{words}");
}

/// A mapping changed without a date: the message names the line of the mapping and points to `changes`; the payment, which is
/// posted and unchanged, is not called held. With a date it works.
#[test]
fn a_mapping_changed_without_a_date_is_told_in_words() {
    let world = World::new("case-late");
    let tips = r#"{"Name": "Tips Payable", "AccountType": "Other Current Liability", "AccountSubType": "OtherCurrentLiabilities"}"#;
    world.ask("account", tips);
    let day = |date: &'static str, batch| Day {
        register: "1",
        batch,
        date,
        sales: vec![sale(batch, date, "8.00", Some("TIP"))],
    };
    let first = day("2026-02-03", 1).written(&world, "one.json", &json!({}));
    let second = day("2026-02-04", 2).written(&world, "two.json", &json!({}));
    assert_eq!(run(&world, &json!({}), &[&first]).0, 0);
    let items = json!({"TIP": {"item": "Tip", "account": "Tips Payable"}});
    let (exit, words) = run(&world, &json!({ "items": items }), &[&first, &second]);
    assert_eq!((exit, world.documents()), (1, 4), "{words}");
    let said = "Invoice CLT1B1: conflict: it was posted 8.00 under \"Cloud POS Item\" instead of \"Tip\": the company mapping has \
        changed since; write what changed under changes, with the day from which it holds";
    assert!(words.contains(said), "{words}");
    assert!(!words.contains("held: an earlier") && words.contains("0 held"), "{words}");
    assert_plain(&words);
    let dated = json!({"changes": [{"from": "2026-02-04", "items": items}]});
    let (exit, words) = run(&world, &dated, &[&first, &second]);
    assert_eq!((exit, world.documents()), (0, 4), "{words}");
}

/// T-04, X-04: one sale in closed books: the batch waits whole, and the way that the message gives works.
#[test]
fn x_04_a_sale_in_closed_books_holds_its_whole_batch_and_the_way_on_works() {
    let world = World::new("case-closed");
    world.close_books(Some("2026-01-31"));
    let sales = vec![sale(1, "2026-01-30", "5.00", None), sale(2, "2026-02-03", "7.00", None)];
    let file =
        Day { register: "1", batch: 3, date: "2026-02-03", sales }.written(&world, "day.json", &json!({}));
    let (exit, words) = run(&world, &json!({}), &[&file]);
    assert_eq!((exit, world.documents()), (2, 0), "{words}");
    let said = "Invoice CLT1B3 is dated 2026-01-30, and the books are closed up to 2026-01-31: its whole batch waits, and nothing \
        of it is sent; set the closing date back in QuickBooks, run again, and close the books once more";
    assert!(words.contains(said), "{words}");
    assert_plain(&words);
    world.close_books(Some("2025-12-31"));
    let (exit, words) = run(&world, &json!({}), &[&file]);
    assert_eq!((exit, world.documents()), (0, 4), "{words}");
    world.close_books(Some("2026-01-31"));
    assert_eq!(run(&world, &json!({}), &[&file]).0, 0);
}

/// X-04: an account renamed in QuickBooks: the message has its new name, nothing is posted elsewhere, and with that name in the
/// mapping the books tie out.
#[test]
fn x_04_a_renamed_account_is_told_with_its_new_name() {
    for (role, name) in [
        ("sales", "Cloud POS Sales Control Account"),
        ("till_takings", "Cloud POS Till Takings Control Account"),
    ] {
        let world = World::new("case-renamed");
        let first = plain_day("2026-02-03", 1).written(&world, "one.json", &json!({}));
        let second = plain_day("2026-02-04", 2).written(&world, "two.json", &json!({}));
        assert_eq!(run(&world, &json!({}), &[&first]).0, 0);
        let mut account = world.rows("Account").into_iter().find(|account| account["Name"] == name).unwrap();
        account["Name"] = json!("4000 Retail");
        world.ask("account", &account.to_string());
        let (exit, words) = run(&world, &json!({}), &[&first, &second]);
        assert_eq!((exit, world.documents()), (2, 2), "{words}");
        let said = format!(
            "the account \"{name}\" is called \"4000 Retail\" in QuickBooks now; write that name in the company mapping"
        );
        assert!(words.contains(&said), "{words}");
        assert_plain(&words);
        let (exit, words) = run(&world, &json!({"accounts": {role: "4000 Retail"}}), &[&first, &second]);
        assert_eq!((exit, world.documents()), (0, 4), "{words}");
        assert_eq!(world.rows("Account").iter().filter(|account| account["Name"] == name).count(), 0);
    }
}

/// What the documents of a run move on an account in QuickBooks, by the report; debit positive.
fn moved(world: &World, account: &str) -> String {
    let rows = world.report()["control_accounts"].as_array().unwrap().clone();
    let found: Vec<&Value> = rows.iter().filter(|row| row["name"] == account).collect();
    assert_eq!(found.len(), 1, "{account} in {rows:#?}");
    found[0]["quickbooks"].as_str().unwrap().to_owned()
}

fn new_account(world: &World, name: &str, kind: &str, subtype: &str) {
    let body = json!({"Name": name, "AccountType": kind, "AccountSubType": subtype});
    world.ask("account", &body.to_string());
}

/// A-02: the company has two receivable accounts. Nothing is posted until the mapping names one and an invoice of QuickBooks' own
/// has been seen on it; the other one is refused by name.
#[test]
fn a_02_of_two_receivable_accounts_the_one_that_invoices_post_to_is_named() {
    let world = World::new("case-receivable");
    let file = plain_day("2026-02-03", 1).written(&world, "day.json", &json!({}));
    new_account(&world, "A/R - Retail", "Accounts Receivable", "AccountsReceivable");
    new_account(&world, "A/R - Wholesale", "Accounts Receivable", "AccountsReceivable");
    let named = |name: &str| json!({"accounts": {"receivable": name}});
    for (mapping, said) in [
        (
            json!({}),
            "the company has 2 active Accounts Receivable accounts; make all but one inactive, or name the one that its invoices \
            post to as receivable in the company mapping",
        ),
        (
            named("A/R - Retail"),
            "the company has several active Accounts Receivable accounts, and the mapping names \"A/R - Retail\" as receivable; no \
            invoice of the last year shows where invoices post: make the others inactive, or write an invoice in QuickBooks first",
        ),
    ] {
        let (exit, words) = run(&world, &mapping, &[&file]);
        assert_eq!((exit, world.documents()), (2, 0), "{words}");
        assert!(words.contains(said), "{words}");
        assert_plain(&words);
    }
    let customer = world.ask("customer", r#"{"DisplayName": "Ann Quill"}"#)["Customer"]["Id"].clone();
    let lines = json!([{"DetailType": "SalesItemLineDetail", "Amount": 99, "SalesItemLineDetail": {}}]);
    let today = chrono::Utc::now().date_naive().to_string();
    let own =
        json!({"DocNumber": "A-1", "TxnDate": today, "CustomerRef": {"value": customer}, "Line": lines});
    world.ask("invoice", &own.to_string());
    let posts_to = |name: &str| {
        let accounts = world.rows("Account");
        let account = accounts.into_iter().find(|account| account["Name"] == name).unwrap();
        account["CurrentBalance"].as_f64() != Some(0.0)
    };
    let (right, wrong) = match posts_to("A/R - Retail") {
        true => ("A/R - Retail", "A/R - Wholesale"),
        false => ("A/R - Wholesale", "A/R - Retail"),
    };
    let (exit, words) = run(&world, &named(wrong), &[&file]);
    assert_eq!((exit, world.documents()), (2, 1), "{words}");
    assert!(
        words
            .contains(&format!("its invoices post to {right:?}: name that one, or make the others inactive")),
        "{words}"
    );
    let (exit, words) = run(&world, &named(right), &[&file]);
    assert_eq!((exit, world.documents()), (0, 3), "{words}");
    assert_eq!(moved(&world, right), "0.00");
}

/// A-03: Undeposited Funds takes the money in, as US shops use it, and refunds are paid from another account; alone it is refused
/// with what to do.
#[test]
fn a_03_undeposited_funds_takes_money_in_and_refunds_come_from_another_account() {
    let world = World::new("case-undeposited");
    new_account(&world, "House Bank", "Bank", "Checking");
    let mut returned = sale(2, "2026-02-03", "15.00", None);
    returned["lines"][0]["quantity"] = json!("-1");
    returned["lines"][0]["amount"] = json!("-15.00");
    returned["tenders"][0]["amount"] = json!("-15.00");
    let sales = vec![sale(1, "2026-02-03", "40.00", None), returned];
    let file =
        Day { register: "1", batch: 1, date: "2026-02-03", sales }.written(&world, "day.json", &json!({}));
    let (exit, words) = run(&world, &json!({"tender_accounts": {"1": "Undeposited Funds"}}), &[&file]);
    assert_eq!((exit, world.documents()), (2, 0), "{words}");
    let said = "account \"Undeposited Funds\" is of type Other Current Asset; the role needs Bank, or Other Current Asset beside a \
        refund_account: map another account";
    assert!(words.contains(said), "{words}");
    let two =
        json!({"tender_accounts": {"1": {"account": "Undeposited Funds", "refund_account": "House Bank"}}});
    let (exit, words) = run(&world, &two, &[&file]);
    assert_eq!((exit, world.documents()), (0, 5), "{words}");
    assert_eq!(
        (moved(&world, "Undeposited Funds"), moved(&world, "House Bank")),
        ("40.00".to_owned(), "-15.00".to_owned())
    );
}

/// D-06: a certificate sold for less than its face value, and one given away beside a sale: Vouchers carry what they are good for,
/// and are at nothing when all of it is redeemed.
#[test]
fn d_06_certificates_below_their_face_value_are_owed_in_full() {
    let world = World::new("case-face-value");
    let certificate = |amount: &str, face: &str| json!({"kind": "gift_certificate", "quantity": "1", "amount": amount, "face_value": face, "tax_code": "NON"});
    let mut sold = sale(1, "2026-02-03", "30.00", None);
    sold["lines"][0] = certificate("30.00", "45.00");
    let mut given = sale(2, "2026-02-03", "5.00", None);
    given["lines"].as_array_mut().unwrap().push(certificate("0.00", "20.00"));
    let types = json!({"tender_types": [{"id": 1, "name": "Cash", "kind": "cash"}, {"id": 3, "name": "Gift", "kind": "gift_certificate"}]});
    let one = Day { register: "1", batch: 1, date: "2026-02-03", sales: vec![sold, given] };
    let one = one.written(&world, "one.json", &types);
    let (exit, words) = run(&world, &json!({}), &[&one]);
    assert_eq!(exit, 0, "{words}");
    assert_eq!(moved(&world, "Cloud POS Vouchers Control Account"), "-65.00");
    assert_eq!(moved(&world, "Cloud POS Sales Control Account"), "30.00", "5.00 of goods, less 35.00 given");
    let mut redeemed = sale(3, "2026-02-04", "65.00", None);
    redeemed["tenders"][0]["type"] = json!(3);
    let two = Day { register: "1", batch: 2, date: "2026-02-04", sales: vec![redeemed] };
    let two = two.written(&world, "two.json", &types);
    let (exit, words) = run(&world, &json!({}), &[&one, &two]);
    assert_eq!(exit, 0, "{words}");
    assert_eq!(moved(&world, "Cloud POS Vouchers Control Account"), "0.00");
}

/// D-10, D-06: a deposit and a certificate of yesterday's run, whose file is not handed in again, are known from the posting log.
#[test]
fn d_10_yesterdays_deposits_are_known_today_and_more_used_than_was_paid_is_noted() {
    let world = World::new("case-deposit");
    let types = json!({"tender_types": [{"id": 1, "name": "Cash", "kind": "cash"}, {"id": 5, "name": "Deposit", "kind": "deposit"},
        {"id": 3, "name": "Gift", "kind": "gift_certificate"}]});
    let mut sold = sale(1, "2026-02-03", "20.00", None);
    sold["lines"][0]["kind"] = json!("gift_certificate");
    sold["lines"][0]["certificate"] = json!("G-900");
    let one = Day { register: "1", batch: 1, date: "2026-02-03", sales: vec![sold] }
        .written(&world, "one.json", &types);
    let mut paid: Value = serde_json::from_slice(&std::fs::read(&one).unwrap()).unwrap();
    paid["batches"][0]["deposits"] = json!([{"id": 1, "order": 88, "occurred_at": "2026-02-03T12:00:00-05:00",
        "tenders": [{"type": 1, "amount": "50.00"}]}]);
    std::fs::write(&one, paid.to_string()).unwrap();
    assert_eq!(run(&world, &json!({}), &[&one]).0, 0);
    let used = |name: &str, batch: u64, deposit: &str, gift: &str| {
        let mut collected = sale(batch * 10, "2026-02-04", deposit, None);
        collected["tenders"][0] = json!({"type": 5, "amount": deposit, "order": 88});
        let mut spent = sale(batch * 10 + 1, "2026-02-04", gift, None);
        spent["tenders"][0] = json!({"type": 3, "amount": gift, "certificate": "G-900"});
        Day { register: "1", batch, date: "2026-02-04", sales: vec![collected, spent] }
            .written(&world, name, &types)
    };
    let (exit, words) = run(&world, &json!({}), &[&used("two.json", 2, "50.00", "20.00")]);
    assert_eq!(exit, 0, "{words}");
    assert!(!words.contains("all batches that are known here"), "{words}");
    let (exit, words) = run(&world, &json!({}), &[&used("three.json", 3, "10.00", "5.00")]);
    assert_eq!(exit, 0, "notices change nothing: {words}");
    let notices = world.report()["notices"].clone();
    for said in [
        "Note: Dover Store, order 88: 60.00 of deposits redeemed or returned, 50.00 paid, in all batches that are known here; look \
            for a deposit under another order.",
        "Note: gift certificate G-900: 25.00 redeemed or brought back, 20.00 put onto it, in all batches that are known here; look \
            whether it was taken twice, or its number mistyped.",
    ] {
        assert!(words.contains(said), "{words}");
        assert!(notices.as_array().unwrap().contains(&json!(said)), "{notices}");
    }
}

/// N-13: purchase orders whose numbers have started again: the second year's order 5 is not the first year's. With the numbers going
/// on where they were, it is posted.
#[test]
fn n_13_purchase_orders_that_started_again_are_told_in_words_with_a_way_on() {
    let world = World::new("case-orders-restart");
    let order = |name: &str, number: u64, date: &'static str, amount: &str| {
        let order = json!({"number": number, "supplier": "S1", "date": date, "status": "closed",
            "lines": [{"code": "W", "name": "Wheel", "quantity": "1", "amount": amount}]});
        let file = json!({"version": 1, "store": {"code": "dover", "name": "Dover Store", "retailer": "77"},
            "tender_types": [], "batches": [], "purchase_orders": [order]});
        let path = world.folder.join(name);
        std::fs::write(&path, file.to_string()).unwrap();
        path
    };
    let old = order("2025.json", 5, "2025-01-10", "5.00");
    assert_eq!(run(&world, &json!({}), &[&old]).0, 0);
    for amount in ["5.00", "8.00"] {
        let new = order("2026.json", 5, "2026-01-10", amount);
        let (exit, words) = run(&world, &json!({}), &[&new]);
        assert_eq!((exit, world.documents()), (4, 2), "{words}");
        let said = "purchase order 5 was posted on 2025-01-10, and this one is of 2026-01-10: the numbers have started again; have the \
            point of sale number its orders on from where they were, and export the order again";
        assert!(words.contains(said), "{words}");
        assert_plain(&words);
        let error = &world.report()["errors"][0];
        assert_eq!((&error["code"], &error["who"]), (&json!("numbers-restarted"), &json!("till")));
    }
    let on = order("on.json", 6, "2026-01-10", "8.00");
    let (exit, words) = run(&world, &json!({}), &[&old, &on]);
    assert_eq!((exit, world.documents()), (0, 4), "{words}");
}

/// X-04: several things that are not in order: each has a code of its own in the report, and no name of a field or an id in what
/// people read.
#[test]
fn x_04_each_thing_that_is_not_in_order_has_a_code_of_its_own() {
    let options = SimulatorOptions {
        company: CompanyOptions {
            custom_txn_numbers: false,
            book_close_date: Some("2026-02-28".parse().unwrap()),
            ..CompanyOptions::default()
        },
        ..SimulatorOptions::default()
    };
    let world = World::with("case-codes", options);
    new_account(&world, "Cloud POS Vouchers Control Account", "Expense", "OtherMiscellaneousServiceCost");
    let file = plain_day("2026-02-03", 1).written(&world, "day.json", &json!({}));
    let (exit, words) = run(&world, &json!({"stores": {"dover": {"location": "Dover"}}}), &[&file]);
    assert_eq!((exit, world.documents()), (2, 0), "{words}");
    let errors = world.report()["errors"].as_array().unwrap().clone();
    let mut codes: Vec<&str> = errors.iter().map(|error| error["code"].as_str().unwrap()).collect();
    codes.sort_unstable();
    codes.dedup();
    assert_eq!(codes, ["account-type", "missing", "preference"], "{errors:#?}");
    for error in &errors {
        let message = error["message"].as_str().unwrap();
        assert!(!message.contains("Prefs.") && !message.contains('\n'), "{message}");
        assert!(words.contains(message), "{message} is not on the page: {words}");
    }
    assert!(
        words.contains("the setting \"Custom transaction numbers\", under Sales, is off in QuickBooks"),
        "{words}"
    );
    assert_plain(&words);
}

/// X-06: what QuickBooks refuses is told in a bookkeeper's words, not in QuickBooks' own; those stand in the posting log.
#[test]
fn x_06_a_refusal_is_told_in_words() {
    let world = World::new("case-refusal");
    let rule = Rule::new(
        "closed",
        Effect::Refused {
            status: 400,
            code: "6210".to_owned(),
            detail: "Raw words of the service".to_owned(),
        },
        When::create("invoice"),
    );
    world.go_wrong(Faults::new(1, vec![rule]));
    let file = plain_day("2026-02-03", 1).written(&world, "day.json", &json!({}));
    let (exit, words) = run(&world, &json!({}), &[&file]);
    assert_eq!(exit, 1, "{words}");
    assert!(
        words.contains(
            "Invoice CLT1B1: refused: the books are closed for its date; set the closing date back"
        ),
        "{words}"
    );
    let report = world.report().to_string();
    assert!(!words.contains("Raw words") && !report.contains("Raw words"), "{words}\n{report}");
    world.go_wrong(Faults::new(1, Vec::new()));
    assert_eq!(run(&world, &json!({}), &[&file]).0, 0);
}
