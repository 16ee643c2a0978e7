//! Customers as a program that carries them both ways sees them: balances, times, change data capture, names, addresses.

use crate::common;

use common::*;
use qb_simulator::{Choices, Clock, Company, CompanyOptions, InactiveWithBalance, SimulatorOptions};
use serde_json::{Value, json};

const SINCE: &str = "2026-02-03T00:00:00-08:00";

fn key(object: &Value) -> Value {
    json!({"Id": object["Id"], "SyncToken": object["SyncToken"], "sparse": true})
}

/// A company whose clock the test moves.
async fn moving(company: CompanyOptions) -> Books {
    let clock = Clock::parse(&format!("fixed:{NOW}")).unwrap();
    Books::open_simulator(SimulatorOptions { company, clock, ..SimulatorOptions::default() }).await
}

async fn later(books: &Books, seconds: i64) {
    books.admin("POST", "clock", json!({"advance_seconds": seconds})).await;
}

/// The part of change data capture about customers.
async fn changed(books: &Books, since: &str) -> Value {
    let answer = books.get(&format!("cdc?entities=Customer&changedSince={since}")).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.json["CDCResponse"][0]["QueryResponse"][0].clone()
}

async fn charge(books: &Books, customer: &str, amount: f64) -> Value {
    books.create("Invoice", form(customer, vec![line("1", amount, "NON")])).await
}

#[tokio::test]
async fn a_balance_with_jobs_adds_up_every_job_below() {
    let books = Books::open().await;
    let top = books.customer("Ada").await;
    let job = json!({"DisplayName": "Kitchen", "ParentRef": {"value": top}, "Job": true});
    let job = id(&books.create("Customer", job).await);
    let deep =
        json!({"DisplayName": "Oven", "ParentRef": {"value": job}, "Job": true, "BillWithParent": true});
    let deep = id(&books.create("Customer", deep).await);
    for (customer, amount) in [(&top, 1.0), (&job, 20.0), (&deep, 300.0)] {
        charge(&books, customer, amount).await;
    }
    books.admin("POST", "person", json!({"act": "make_inactive", "entity": "Customer", "id": deep})).await;
    charge(&books, &job, 4.0).await;
    for (customer, own, with_jobs) in [(&top, 1.0, 25.0), (&job, 24.0, 24.0), (&deep, 0.0, 0.0)] {
        let customer = books.read("Customer", customer).await;
        let found = (&customer["Balance"], &customer["BalanceWithJobs"]);
        assert_eq!((found.0.as_f64(), found.1.as_f64()), (Some(own), Some(with_jobs)), "{customer}");
    }
    // It can be ordered by and not asked for.
    let found = books.query("select * from Customer orderby BalanceWithJobs desc").await;
    let rows = found.json["QueryResponse"]["Customer"].as_array().unwrap().clone();
    let names: Vec<&str> = rows.iter().map(|row| row["DisplayName"].as_str().unwrap()).collect();
    assert_eq!(names, ["Ada", "Kitchen"]);
    books.query("select * from Customer where BalanceWithJobs > '0'").await.refused("4001");
    let owing = books.query("select * from Customer where Balance > '0' and Active in (true, false)").await;
    assert_eq!(owing.json["QueryResponse"]["Customer"].as_array().unwrap().len(), 2);
    books.close().await;
}

#[tokio::test]
async fn documents_move_their_customers_time_and_not_the_token() {
    for keeps in [false, true] {
        let choices = Choices { customers_keep_their_time: keeps, ..Choices::default() };
        let books = moving(CompanyOptions { choices, ..CompanyOptions::default() }).await;
        let (ada, bob) = (books.customer("Ada").await, books.customer("Bob").await);
        later(&books, 60).await;
        let since = "2026-02-03T09:15:00-08:00";
        let told = |part: &Value| -> Vec<Value> {
            let rows = part["Customer"].as_array().cloned().unwrap_or_default();
            rows.iter().map(|row| row["Id"].clone()).collect()
        };
        let invoice = charge(&books, &ada, 5.0).await;
        let expected = if keeps { vec![] } else { vec![json!(ada)] };
        assert_eq!(told(&changed(&books, since).await), expected);
        assert_eq!(books.read("Customer", &ada).await["SyncToken"], "0");
        // A document that changes hands concerns both.
        later(&books, 60).await;
        let other = with(key(&invoice), json!({"CustomerRef": {"value": bob}}));
        books.create("Invoice", other).await;
        let expected = if keeps { vec![] } else { vec![json!(ada), json!(bob)] };
        assert_eq!(told(&changed(&books, "2026-02-03T09:16:00-08:00").await), expected);
        // Old tokens are still good.
        let ada = books.read("Customer", &ada).await;
        let renamed = with(key(&ada), json!({"SyncToken": "0", "Notes": "likes tea"}));
        assert_eq!(books.create("Customer", renamed).await["SyncToken"], "1");
        books.close().await;
    }
}

#[tokio::test]
async fn changes_come_in_their_order_then_the_deleted_and_the_cap_takes_those_first() {
    let books = moving(CompanyOptions { cdc_objects: 3, ..CompanyOptions::default() }).await;
    let mut ids = Vec::new();
    for name in ["Ada", "Bob", "Cyd", "Dan"] {
        ids.push(books.customer(name).await);
        later(&books, 1).await;
    }
    let gone = json!({"act": "merge", "entity": "Customer", "id": ids[3], "into": ids[1]});
    assert_eq!(books.admin("POST", "person", gone).await.status, 200);
    let inactive = json!({"act": "make_inactive", "entity": "Customer", "id": ids[2]});
    later(&books, 1).await;
    assert_eq!(books.admin("POST", "person", inactive).await.status, 200);
    let part = changed(&books, SINCE).await;
    let rows = part["Customer"].as_array().unwrap();
    let told: Vec<&Value> = rows.iter().map(|row| &row["Id"]).collect();
    assert_eq!(told, [&json!(ids[0]), &json!(ids[1]), &json!(ids[2])], "{part}");
    assert_eq!((&rows[2]["Active"], &rows[2]["DisplayName"]), (&json!(false), &json!("Cyd (deleted)")));
    assert_eq!((&part["maxResults"], &part["totalCount"]), (&json!(3), &json!(4)));
    // A narrower window shows what the cap hid.
    let part = changed(&books, "2026-02-03T09:14:11-08:00").await;
    let rows = part["Customer"].as_array().unwrap();
    assert_eq!((&rows[2]["status"], &rows[2]["Id"]), (&json!("Deleted"), &json!(ids[3])), "{part}");
    books.get(&format!("customer/{}", ids[3])).await.refused("610");
    books.close().await;
}

#[tokio::test]
async fn change_data_capture_can_lag() {
    let books = moving(CompanyOptions { cdc_lag_seconds: 30, ..CompanyOptions::default() }).await;
    books.customer("Ada").await;
    assert_eq!(changed(&books, SINCE).await, json!({}));
    later(&books, 31).await;
    assert_eq!(changed(&books, SINCE).await["maxResults"], json!(1));
    books.close().await;
}

#[tokio::test]
async fn a_customer_comes_back_as_it_was_sent_and_a_sparse_update_changes_what_it_names() {
    let books = Books::open().await;
    let sent = json!({"DisplayName": "Nadia Kowalczyk", "Title": "Dr", "GivenName": "Nadia",
        "MiddleName": "M", "FamilyName": "Kowalczyk", "Suffix": "Jr", "CompanyName": "Kowalczyk Ltd",
        "PrintOnCheckName": "N Kowalczyk", "Notes": "by the door", "ResaleNum": "R-7", "Taxable": false,
        "PrimaryEmailAddr": {"Address": "nadia@example.org"}, "WebAddr": {"URI": "https://example.org"},
        "PrimaryPhone": {"FreeFormNumber": "555-0101"}, "AlternatePhone": {"FreeFormNumber": "555-0102"},
        "Mobile": {"FreeFormNumber": "555-0103"}, "Fax": {"FreeFormNumber": "555-0104"},
        "PreferredDeliveryMethod": "Email",
        "BillAddr": {"Line1": "4 Pier Rd", "Line2": "Shed 2", "City": "Eastport",
            "CountrySubDivisionCode": "ME", "PostalCode": "04631", "Country": "USA"},
        "ShipAddr": {"Line1": "9 Quay St", "City": "Lubec", "PostalCode": "04652"}});
    let made = books.create("Customer", sent.clone()).await;
    let bare = |mut object: Value| -> Value {
        for address in ["BillAddr", "ShipAddr"] {
            object[address].as_object_mut().unwrap().remove("Id").unwrap();
        }
        object
    };
    let shown = bare(made.clone());
    for (name, value) in sent.as_object().unwrap() {
        assert_eq!(&shown[name], value, "{name}");
    }
    let moved = with(key(&made), json!({"ShipAddr": {"Line1": "1 Main St"}, "CompanyName": ""}));
    let moved = books.create("Customer", moved.clone()).await;
    assert_eq!(
        (&moved["ShipAddr"]["Line1"], &moved["ShipAddr"]["City"]),
        (&json!("1 Main St"), &Value::Null)
    );
    assert_eq!((&moved["CompanyName"], &moved["BillAddr"]), (&Value::Null, &made["BillAddr"]));
    let stale = with(key(&made), json!({"Notes": "again"}));
    assert!(books.post("customer", stale).await.refused("5010").contains("at the same time"));
    assert_eq!(books.read("Customer", &id(&made)).await["Notes"], "by the door");
    // The company may leave alone what an empty text names.
    let choices = Choices { blanks_change_nothing: true, ..Choices::default() };
    let other = Books::open_with(CompanyOptions { choices, ..CompanyOptions::default() }).await;
    let made = other.create("Customer", sent).await;
    let same = other.create("Customer", with(key(&made), json!({"CompanyName": "", "Notes": null}))).await;
    assert_eq!((&same["CompanyName"], &same["Notes"]), (&made["CompanyName"], &made["Notes"]));
    books.close().await;
    other.close().await;
}

#[tokio::test]
async fn names_are_refused_as_quickbooks_refuses_them() {
    let books = Books::open().await;
    for name in ["A:B", "A\tB", "A\nB"] {
        let answer = books.post("customer", json!({"DisplayName": name})).await;
        assert!(answer.refused("2040").starts_with("Element contains invalid characters. A"), "{name}");
        assert_eq!(answer.fault().2, "DisplayName");
    }
    books.post("customer", json!({"DisplayName": "n".repeat(501)})).await.refused("2050");
    books.post("customer", json!({})).await.refused("6080");
    books
        .post("customer", json!({"DisplayName": "X", "CurrencyRef": {"value": "EUR"}}))
        .await
        .refused("2220");
    for name in ["Zoë 🫖", "\u{202e}dehsarb", "O'Hara & \"Sons\" <b>"] {
        assert_eq!(books.create("Customer", json!({"DisplayName": name})).await["DisplayName"], name);
    }
    books.create("Vendor", json!({"DisplayName": "Hollow Oak"})).await;
    books.create("Employee", json!({"DisplayName": "Kim", "GivenName": "Kim"})).await;
    let made = books.create("Customer", json!({"DisplayName": "Tea House"})).await;
    for taken in ["hollow oak", "KIM", "tea house"] {
        let detail = books.post("customer", json!({"DisplayName": taken})).await.refused("6240").to_owned();
        assert!(
            detail.contains("Another customer, vendor or employee is already using this \nname."),
            "{detail}"
        );
    }
    let taken = with(key(&made), json!({"DisplayName": "HOLLOW OAK"}));
    books.post("customer", taken).await.refused("6240");
    books.close().await;
}

#[tokio::test]
async fn an_inactive_name_is_marked_and_its_old_name_free_or_blocked() {
    for blocks in [false, true] {
        let choices = Choices { inactive_names_block: blocks, ..Choices::default() };
        let books = Books::open_with(CompanyOptions { choices, ..CompanyOptions::default() }).await;
        let made = books.create("Customer", json!({"DisplayName": "Ada"})).await;
        let gone = books.create("Customer", with(key(&made), json!({"Active": false}))).await;
        assert_eq!((&gone["DisplayName"], &gone["Active"]), (&json!("Ada (deleted)"), &json!(false)));
        assert_eq!(books.query("select * from Customer").await.json["QueryResponse"], json!({}));
        let both = books.query("select * from Customer where Active in (true, false)").await;
        assert_eq!(both.json["QueryResponse"]["Customer"][0]["Id"], made["Id"]);
        let again = books.post("customer", json!({"DisplayName": "ada"})).await;
        assert_eq!(again.status, if blocks { 400 } else { 200 }, "{}", again.text);
        // Once it has another name, nothing is blocked.
        let renamed = json!({"DisplayName": "Ada Lind", "Active": true});
        books.create("Customer", with(key(&gone), renamed)).await;
        let again = books.post("customer", json!({"DisplayName": "ada"})).await;
        assert_eq!(again.status, if blocks { 200 } else { 400 }, "{}", again.text);
        books.close().await;
    }
}

#[tokio::test]
async fn a_program_makes_a_customer_with_a_balance_inactive_as_the_company_lets_it() {
    for (choice, status, balance) in [
        (InactiveWithBalance::Taken, 200, "7.00"),
        (InactiveWithBalance::Refused, 400, "7.00"),
        (InactiveWithBalance::Credited, 200, "0.00"),
    ] {
        let choices = Choices { inactive_with_balance: choice, ..Choices::default() };
        let books = Books::open_with(CompanyOptions { choices, ..CompanyOptions::default() }).await;
        let made = books.create("Customer", json!({"DisplayName": "Ada"})).await;
        charge(&books, &id(&made), 7.0).await;
        let answer = books.post("customer", with(key(&made), json!({"Active": false}))).await;
        assert_eq!(answer.status, status, "{}", answer.text);
        if choice == InactiveWithBalance::Refused {
            answer.refused("6220");
            assert_eq!(books.read("Customer", &id(&made)).await["DisplayName"], "Ada");
            books.post("vendor", json!({"DisplayName": "Ada"})).await.refused("6240");
        }
        assert_eq!(books.balance("Accounts Receivable (A/R)"), balance);
        books.close().await;
    }
}

#[tokio::test]
async fn what_changes_names_and_times_is_done_again_by_a_load() {
    let choices = Choices { inactive_with_balance: InactiveWithBalance::Credited, ..Choices::default() };
    let books = Books::open_with(CompanyOptions { choices, ..CompanyOptions::default() }).await;
    let made = books.create("Customer", json!({"DisplayName": "Ada"})).await;
    charge(&books, &id(&made), 7.0).await;
    books.create("Customer", with(key(&made), json!({"Active": false}))).await;
    let saved = books.simulator.with_company(|company| company.save().unwrap());
    let again = Company::load(&saved).unwrap();
    let shown = books.read("Customer", &id(&made)).await;
    let loaded = again.read("Customer", &id(&made)).unwrap();
    assert_eq!(
        loaded.get("MetaData").and_then(|meta| meta.get("LastUpdatedTime")?.as_text()),
        shown["MetaData"]["LastUpdatedTime"].as_str()
    );
    books.close().await;
}
