//! Customers both ways as a user has them: the story, the program with files of one's own, the main job with customers, and the file in
//! which customers are kept.

use crate::support;

use std::path::{Path, PathBuf};
use std::process::Command;

use examples::pos_customers::{DatabaseError, SqliteCustomers};
use pos_model::{CustomerFile, Money};
use serde_json::{Value, json};
use support::{World, text};

/// A shop of two stores whose mapping goes both ways.
struct Shop {
    world: World,
}

impl Shop {
    fn new(name: &str) -> Self {
        let shop = Self { world: World::new(name) };
        let stores = json!({"boston": {"prefix": "CL"}, "salem": {"prefix": "SL"}});
        shop.write("mapping.json", &json!({"version": 1, "profile": "two_way", "stores": stores}));
        shop
    }

    fn path(&self, name: &str) -> PathBuf {
        self.world.folder.join(name)
    }

    fn write(&self, name: &str, content: &Value) -> PathBuf {
        std::fs::write(self.path(name), content.to_string()).unwrap();
        self.path(name)
    }

    /// The till's customers: Sara, of this telephone and this balance, and Ken.
    fn customers(&self, phone: &str, balance: &str) -> PathBuf {
        let file = json!({"version": 1, "retailer": "1651", "customers": [
            {"id": "c-77", "account_number": "1042", "first_name": "Sara", "last_name": "Edward", "email": "sara@example.com",
             "phone": phone, "credit_limit": "200.00", "balance": balance, "use_with_quickbooks": true},
            {"id": "c-78", "account_number": "1043", "first_name": "Ken", "last_name": "Moore", "use_with_quickbooks": true},
        ]});
        self.write("customers.json", &file)
    }

    /// A file of a store with one batch in which Sara charges so much.
    fn charge(&self, store: &str, batch: u64, transaction: u64, amount: &str, status: &str) -> PathBuf {
        let minute = if store == "boston" { 0 } else { 5 };
        let mut of = json!({
            "register": "1", "number": batch, "business_date": "2026-02-03", "status": status,
            "transactions": [{
                "number": transaction, "occurred_at": format!("2026-02-03T10:{minute:02}:00-05:00"), "customer": "c-77",
                "lines": [{"kind": "item", "description": "Tent", "quantity": "1", "amount": amount, "tax_code": "NON"}],
                "tenders": [{"type": 15242, "amount": amount}],
            }],
        });
        if status == "closed" {
            of["closed_at"] = json!("2026-02-03T18:05:00-05:00");
        }
        let file = json!({
            "version": 1, "store": {"code": store, "name": format!("{store} shop"), "retailer": "1651"},
            "tender_types": [{"id": 15242, "name": "Customer Account", "kind": "customer_account"}],
            "customers": [{"id": "c-77", "account_number": "1042", "first_name": "Sara", "last_name": "Edward"}],
            "batches": [of],
        });
        self.write(&format!("{store}-{batch}.json"), &file)
    }

    fn customer_exchange(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_customer-exchange"));
        command.arg("--connection").arg(self.path("connection.json"));
        command.arg("--log").arg(self.path("log.sqlite"));
        command.arg("--json").arg(self.path("report.json"));
        command.arg("--mapping").arg(self.path("mapping.json"));
        command
    }

    fn full_exchange(&self) -> Command {
        let mut command = self.world.full_exchange();
        command.arg("--mapping").arg(self.path("mapping.json"));
        command
    }

    fn run(&self, command: &mut Command, expected: i32) -> String {
        let output = command.output().unwrap();
        assert_eq!(output.status.code(), Some(expected), "{}", text(&output));
        text(&output)
    }

    fn counts(&self) -> Value {
        self.world.report()["exchanges"][0]["customers"].clone()
    }

    /// Asks what the log and the customers' file say.
    fn ask(&self, options: &[&str]) -> String {
        let mut command = Command::new(env!("CARGO_BIN_EXE_customer-exchange"));
        command.arg("--log").arg(self.path("log.sqlite")).args(options);
        self.run(&mut command, 0)
    }
}

fn customer_of(world: &World, name: &str) -> Value {
    let rows = world.rows("Customer");
    rows.into_iter().find(|row| row["DisplayName"] == name).unwrap_or_else(|| panic!("no customer {name}"))
}

/// F-01 to F-04, F-08, F-11, F-14, F-15, G-23: the whole story is told in sentences, in the form of the report, and comes to rest.
#[test]
fn f_14_the_story_is_told_whole_and_comes_to_rest() {
    let json = std::env::temp_dir().join(format!("customer-exchange-{}.json", std::process::id()));
    let output =
        Command::new(env!("CARGO_BIN_EXE_customer-exchange")).arg("--json").arg(&json).output().unwrap();
    let said = text(&output);
    assert!(output.status.success(), "{said}");
    for sentence in [
        "Customers: 1 added to pos, 1 added to quickbooks, 1 matched.",
        "Customer 1651/c-77, phone: changed on both sides since the last exchange",
        "50.00 on the account of customer 1651/c-77 held: 210.00 > 200.00, over by 10.00.",
        "more than the available credit of -10.00",
        "Customer 1651/c-77 owed 210.00 at the point of sale and owes 110.00 now: 110.00 by QuickBooks, 90.00 available.",
        "owes 115.00 now: 115.00 by QuickBooks, 85.00 available.",
        "80.00 on the account of customer 1651/c-78 posted: 230.00 > 200.00, over by 30.00.",
        "1 merged",
        "10. Once more",
    ] {
        assert!(said.contains(sentence), "{sentence}\n\n{said}");
    }
    let told: Value = serde_json::from_slice(&std::fs::read(&json).unwrap()).unwrap();
    std::fs::remove_file(&json).unwrap();
    let exchanges = told["exchanges"].as_array().unwrap();
    assert_eq!((told["result"].as_str(), exchanges.len()), (Some("ok"), 10));
    for exchange in exchanges {
        let names = |of: &Value| of.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
        assert_eq!(names(exchange), ["balances", "customers", "documents", "held"]);
        assert_eq!(
            names(&exchange["customers"]),
            [
                "added_to_pos",
                "added_to_quickbooks",
                "conflicts",
                "matched",
                "merged",
                "open_conflicts",
                "proposed",
                "refused",
                "unchanged",
                "updated_in_pos",
                "updated_in_quickbooks",
                "waiting",
            ]
        );
        for row in exchange["balances"].as_array().unwrap() {
            assert_eq!(
                names(row),
                ["available", "customer", "limit", "pos_after", "pos_before", "quickbooks", "unsent"]
            );
        }
    }
    assert_eq!(
        (&exchanges[0]["customers"]["added_to_pos"], &exchanges[1]["customers"]["conflicts"]),
        (&json!(1), &json!(1))
    );
    assert_eq!(exchanges[3]["held"][0]["reason"], "held: 210.00 > 200.00, over by 10.00");
    assert_eq!(exchanges[3]["documents"]["created"], 1);
    assert_eq!(exchanges[4]["balances"][0]["available"], "90.00");
    assert_eq!(
        (&exchanges[9]["customers"]["unchanged"], &exchanges[9]["documents"]["created"]),
        (&json!(3), &json!(0))
    );
}

/// F-01, F-12, F-13: with files of one's own; a second exchange does nothing, the till takes the customers over, and log and file
/// tell of all of it without QuickBooks.
#[test]
fn f_13_customers_of_a_file_are_exchanged_told_and_listed() {
    let shop = Shop::new("customers-file");
    shop.world.ask("customer", r#"{"DisplayName": "Ann Bell", "GivenName": "Ann", "FamilyName": "Bell"}"#);
    let customers = shop.customers("617 555 0101", "0.00");

    // A preview does nothing on either side.
    let said = shop.run(shop.customer_exchange().arg("--customers").arg(&customers).arg("--dry-run"), 0);
    assert!(said.contains("new from") && said.contains("Ann Bell"), "{said}");
    assert_eq!((shop.counts()["added_to_pos"].as_u64(), shop.world.rows("Customer").len()), (Some(1), 1));
    assert!(!shop.path("log.sqlite.customers").exists() && !shop.path("log.sqlite").exists());

    let taken_over = shop.path("for-the-till.json");
    let exchange = |customers: &Path| {
        let mut command = shop.customer_exchange();
        command.arg("--customers").arg(customers).arg("--write-customers").arg(&taken_over);
        command
    };
    let said = shop.run(&mut exchange(&customers), 0);
    assert!(said.contains("Customers: 1 added to pos, 2 added to quickbooks"), "{said}");
    let phone = &customer_of(&shop.world, "Sara Edward")["PrimaryPhone"]["FreeFormNumber"];
    assert_eq!(phone, "617 555 0101");

    // The till takes the customers over, or has not yet: no edit either way.
    let written = CustomerFile::from_json(&std::fs::read(&taken_over).unwrap()).unwrap();
    let ann = written.customers().iter().find(|customer| customer.id().starts_with("q-")).unwrap();
    assert_eq!((written.customers().len(), ann.name().first.as_deref()), (3, Some("Ann")));
    let till = shop.path("till.json");
    std::fs::copy(&taken_over, &till).unwrap();
    for file in [&customers, &till, &customers] {
        shop.run(&mut exchange(file), 0);
        let counts = shop.counts();
        for word in ["added_to_pos", "added_to_quickbooks", "updated_in_pos", "updated_in_quickbooks"] {
            assert_eq!(counts[word], 0, "{word}: {counts}");
        }
    }
    // An edit there is no edit here until somebody makes one here.
    let sara = customer_of(&shop.world, "Sara Edward");
    let edit = json!({"Id": sara["Id"], "SyncToken": sara["SyncToken"], "sparse": true,
        "PrimaryPhone": {"FreeFormNumber": "617 555 0199"}});
    shop.world.ask("customer", &edit.to_string());
    shop.run(&mut exchange(&customers), 0);
    assert_eq!(shop.counts()["updated_in_pos"], 1);
    shop.run(&mut exchange(&customers), 0);
    assert_eq!(shop.counts()["updated_in_quickbooks"], 0, "the till's older file is no edit");
    shop.run(&mut exchange(&shop.customers("617 555 0177", "0.00")), 0);
    assert_eq!(shop.counts()["updated_in_quickbooks"], 1);
    let phone = &customer_of(&shop.world, "Sara Edward")["PrimaryPhone"]["FreeFormNumber"];
    assert_eq!(phone, "617 555 0177");

    // F-12, F-13, and the till's question.
    let list = shop.ask(&["--list"]);
    assert_eq!(list.matches("completed").count(), 3, "{list}");
    assert!(list.contains("Sara Edward"), "{list}");
    let history = shop.ask(&["--history"]);
    assert!(
        history.contains("1 added to pos, 2 added to quickbooks") && history.contains("7 exchanges"),
        "{history}"
    );
    let available = shop.ask(&["--available", "c-77", "--charge", "200.01"]);
    assert!(available.contains("200.00 is available") && available.contains("Blocked"), "{available}");
    assert!(shop.ask(&["--available", "c-78"]).contains("there is no limit"));
}

/// G-23, G-24, F-04, F-11: the main job goes both ways when the mapping says so; a held charge is no failure.
#[test]
fn g_23_the_main_job_holds_what_exceeds_a_limit_and_ends_well() {
    let shop = Shop::new("customers-held");
    let customers = shop.customers("617 555 0101", "0.00");
    let (boston, salem) =
        (shop.charge("boston", 4, 1, "160.00", "closed"), shop.charge("salem", 9, 2, "50.00", "closed"));
    let run = || {
        let mut command = shop.full_exchange();
        command.arg("--customers").arg(&customers).arg("--pos").arg(&boston).arg("--pos").arg(&salem);
        command
    };
    let said = shop.run(&mut run(), 0);
    assert!(said.contains("held: 210.00 > 200.00, over by 10.00"), "{said}");
    let report = shop.world.report();
    assert_eq!(report["result"], "ok", "{}", report["errors"]);
    let day = &report["exchanges"][0];
    assert_eq!((&day["documents"]["created"], &day["documents"]["held"]), (&json!(1), &json!(1)));
    assert_eq!(
        day["balances"][0],
        json!({"customer": "c-77", "pos_before": "0.00", "quickbooks": "160.00", "unsent": "50.00", "pos_after": "210.00",
               "limit": "200.00", "available": "-10.00"})
    );
    assert_eq!(report["exchange_details"][0]["exposures"][0]["by_store"], json!({"salem": "50.00"}));
    let record = json!({"record": customer_of(&shop.world, "Sara Edward")["Id"], "link": null});
    assert_eq!(report["exchange_details"][0]["records"]["c-77"], json!([record]));
    assert_eq!(shop.world.rows("Invoice").len(), 1);

    // A payment that was typed there makes room.
    let sara = customer_of(&shop.world, "Sara Edward");
    shop.world.ask("payment", &json!({"CustomerRef": {"value": sara["Id"]}, "TotalAmt": 40.00}).to_string());
    shop.run(&mut run(), 0);
    assert_eq!(shop.world.report()["exchanges"][0]["balances"][0]["pos_after"], "170.00");
    assert_eq!((shop.world.rows("Invoice").len(), shop.world.report()["result"].as_str()), (2, Some("ok")));
    assert!(shop.ask(&["--available", "c-77"]).contains("30.00 is available"));
}

/// F-11: a person releases a held charge; F-16: with `post` both post, over the limit, and it is told.
#[test]
fn f_11_a_held_charge_is_released_and_post_books_what_was_sold() {
    let shop = Shop::new("customers-released");
    let customers = shop.customers("617 555 0101", "0.00");
    let charge = shop.charge("boston", 4, 1, "260.00", "closed");
    let run = |options: &[&str]| {
        let mut command = shop.customer_exchange();
        command.arg("--customers").arg(&customers).arg("--pos").arg(&charge).args(options);
        shop.run(&mut command, 0)
    };
    let said = run(&[]);
    assert!(said.contains("held: 260.00 > 200.00") && shop.world.rows("Invoice").is_empty(), "{said}");
    let event = shop.world.report()["exchanges"][0]["held"][0]["event"].as_str().unwrap().to_owned();
    let said = run(&["--release", &event]);
    assert!(said.contains("posted: 260.00 > 200.00, over by 60.00"), "{said}");
    assert_eq!((run(&[]).contains("posted: "), shop.world.rows("Invoice").len()), (false, 1));
}

/// F-16: one way, nothing comes back, and it is said; `customer-exchange` refuses such a mapping.
#[test]
fn f_16_what_the_mapping_does_not_want_is_not_done_and_said() {
    let shop = Shop::new("customers-one-way");
    let stores = json!({"boston": {"prefix": "CL"}});
    shop.write("mapping.json", &json!({"version": 1, "stores": stores}));
    let (customers, charge) = (shop.customers("1", "0.00"), shop.charge("boston", 4, 1, "260.00", "closed"));
    let said = shop.run(shop.full_exchange().arg("--customers").arg(&customers).arg("--pos").arg(&charge), 0);
    assert!(said.contains("the company mapping goes one way"), "{said}");
    assert_eq!((shop.world.report().get("exchanges"), shop.world.rows("Invoice").len()), (None, 1));
    let said = shop.run(shop.customer_exchange().arg("--customers").arg(&customers), 2);
    assert!(said.contains("two_way"), "{said}");

    shop.write("mapping.json", &json!({"version": 1, "profile": "two_way", "stores": stores}));
    let said = shop.run(shop.full_exchange().arg("--pos").arg(&charge), 0);
    assert!(said.contains("no customers are named") && said.contains("no charge is held"), "{said}");
}

/// F-01, F-04: balances that the first exchange would change are left until a person confirms; charges of open batches count.
#[test]
fn f_01_first_balances_wait_for_a_person_and_open_batches_count() {
    let shop = Shop::new("customers-first");
    let customers = shop.customers("617 555 0101", "75.00");
    let open = shop.charge("boston", 4, 1, "20.00", "open");
    let run = |expected: i32, options: &[&str]| {
        let mut command = shop.customer_exchange();
        command.arg("--customers").arg(&customers).arg("--open").arg(&open).args(options);
        shop.run(&mut command, expected)
    };
    let said = run(3, &[]);
    assert!(
        said.contains("owes 75.00 at the point of sale, which is left")
            && said.contains("--confirm-balances"),
        "{said}"
    );
    assert_eq!(shop.world.report()["errors"][0]["code"], "balances-unconfirmed");
    let row = &shop.world.report()["exchanges"][0]["balances"][0];
    assert_eq!((&row["pos_after"], &row["available"]), (&json!("75.00"), &json!("125.00")));
    run(0, &["--confirm-balances"]);
    let row = &shop.world.report()["exchanges"][0]["balances"][0];
    assert_eq!(
        (&row["unsent"], &row["pos_after"], &row["available"]),
        (&json!("20.00"), &json!("20.00"), &json!("180.00"))
    );
}

/// F-14: a person decides a conflict on the command line; both values are in the report, none in the page.
#[test]
fn f_14_a_conflict_is_told_and_decided() {
    let shop = Shop::new("customers-conflict");
    let run = |customers: &Path, options: &[&str]| {
        shop.run(shop.customer_exchange().arg("--customers").arg(customers).args(options), 0)
    };
    run(&shop.customers("617 555 0101", "0.00"), &[]);
    let sara = customer_of(&shop.world, "Sara Edward");
    let edit = json!({"Id": sara["Id"], "SyncToken": sara["SyncToken"], "sparse": true,
        "PrimaryPhone": {"FreeFormNumber": "617 555 0199"}});
    shop.world.ask("customer", &edit.to_string());
    let edited = shop.customers("617 555 0177", "0.00");
    let said = run(&edited, &[]);
    assert!(said.contains("c-77, phone: changed on both sides") && !said.contains("0199"), "{said}");
    let conflict = shop.world.report()["exchange_details"][0]["conflicts"][0].clone();
    assert_eq!((&conflict["pos"], &conflict["quickbooks"]), (&json!("617 555 0177"), &json!("617 555 0199")));
    assert!(shop.ask(&["--list"]).contains("completed, conflict"));
    run(&edited, &["--decide", "c-77:phone=quickbooks"]);
    run(&edited, &[]);
    assert_eq!(shop.counts()["open_conflicts"], 0);
    let phone = &customer_of(&shop.world, "Sara Edward")["PrimaryPhone"]["FreeFormNumber"];
    assert_eq!(phone, "617 555 0199");
}

/// Whatever is wrong with a file or an option ends the program as every program ends, before anything is sent.
#[test]
fn f_01_wrong_files_and_options_are_refused_before_anything_is_sent() {
    let shop = Shop::new("customers-wrong");
    let good = shop.customers("617 555 0101", "0.00");
    let fault =
        shop.write("fault.json", &json!({"version": 1, "retailer": "1651", "customers": [{"id": "c-1"}]}));
    let other = shop.write("other.json", &json!({"version": 1, "retailer": "1652", "customers": []}));
    let foreign = shop.path("foreign.sqlite");
    std::fs::write(&foreign, "not a database, but long enough to look at: ".repeat(40)).unwrap();
    let folder = shop.path("empty");
    std::fs::create_dir_all(&folder).unwrap();
    let path = |path: &Path| path.to_str().unwrap().to_owned();
    for (options, expected, words) in [
        (vec!["--customers".to_owned(), path(&fault)], 4, "account_number"),
        (vec!["--customers".to_owned(), path(&shop.path("nowhere.json"))], 4, "cannot be read"),
        (vec!["--customers".to_owned(), path(&good), "--customers".to_owned(), path(&other)], 4, "retailer"),
        (vec!["--customers".to_owned(), path(&folder)], 2, "no customer file"),
        (
            vec!["--customers".to_owned(), path(&good), "--pos-database".to_owned(), path(&foreign)],
            2,
            "no customers of a point of sale",
        ),
        (vec!["--pos-database".to_owned(), path(&shop.path("none.sqlite"))], 2, "there are no customers yet"),
        (
            vec!["--customers".to_owned(), path(&good), "--write-customers".to_owned(), path(&good)],
            2,
            "name another file",
        ),
        (
            vec!["--customers".to_owned(), path(&good), "--decide".to_owned(), "phone=pos".to_owned()],
            2,
            "c-77:phone=pos",
        ),
        (vec!["--customers".to_owned(), path(&good), "--same".to_owned(), "c-77".to_owned()], 2, "c-77=58"),
        (vec!["--history".to_owned()], 2, "no such posting log"),
        (vec!["--available".to_owned(), "c-77".to_owned()], 2, "there are no customers yet"),
        (
            vec!["--customers".to_owned(), path(&good), "--same".to_owned(), "c-99=58".to_owned()],
            2,
            "there is no customer",
        ),
        (
            vec![
                "--customers".to_owned(),
                path(&good),
                "--release".to_owned(),
                "boston/1/4/transaction-9".to_owned(),
            ],
            2,
            "none of the batches",
        ),
    ] {
        let said = shop.run(shop.customer_exchange().args(&options), expected);
        assert!(said.contains(words), "{options:?}: {said}");
        assert!(shop.world.rows("Customer").is_empty(), "{options:?}");
    }
    // Nothing is made up where no customers are named.
    let mut bare = Command::new(env!("CARGO_BIN_EXE_customer-exchange"));
    let said = shop.run(bare.arg("--connection").arg(shop.path("connection.json")), 2);
    assert!(said.contains("--customers PATH") && shop.world.rows("Invoice").is_empty(), "{said}");
    shop.run(shop.customer_exchange().arg("--customers").arg(&good), 0);
    let said = shop.run(shop.customer_exchange().arg("--customers").arg(&other), 2);
    assert!(said.contains("of retailer 1651"), "{said}");
    let database = SqliteCustomers::open(&shop.path("log.sqlite.customers"), None).unwrap();
    let said = shop.run(shop.customer_exchange().arg("--customers").arg(&good), 5);
    assert!(said.contains("another process has these customers"), "{said}");
    drop(database);
}

/// F-01: a process is killed somewhere, again and again; in the end each side has everybody once.
#[test]
fn f_01_an_exchange_that_is_killed_goes_on_where_it_was() {
    let shop = Shop::new("customers-killed");
    let many: Vec<Value> = (1..=40)
        .map(|n| json!({"id": format!("c-{n}"), "account_number": n.to_string(), "last_name": format!("Till {n}"), "use_with_quickbooks": true}))
        .collect();
    let customers =
        shop.write("customers.json", &json!({"version": 1, "retailer": "1651", "customers": many}));
    for n in 1..=10 {
        shop.world.ask(
            "customer",
            &json!({"DisplayName": format!("Books {n}"), "FamilyName": format!("Books {n}")}).to_string(),
        );
    }
    let run = || {
        let mut command = shop.customer_exchange();
        command.arg("--customers").arg(&customers).args(["--quarantine", "0"]);
        command
    };
    for milliseconds in [60, 120, 180, 240, 300] {
        let mut child =
            run().stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null()).spawn().unwrap();
        std::thread::sleep(std::time::Duration::from_millis(milliseconds));
        child.kill().unwrap();
        child.wait().unwrap();
    }
    shop.run(&mut run(), 0);
    let names: Vec<String> = shop
        .world
        .rows("Customer")
        .iter()
        .map(|row| row["DisplayName"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(names.len(), 50, "{names:?}");
    let list = shop.ask(&["--list"]);
    assert_eq!(list.matches("completed").count(), 50, "{list}");
    shop.run(&mut run(), 0);
    assert_eq!(shop.counts()["unchanged"].as_u64().map(|_| shop.world.rows("Customer").len()), Some(50));
}

/// What every host's customers must do, those in a file do; and the file says whose it is.
#[tokio::test]
async fn customers_in_a_file_are_as_every_host_must_keep_them() {
    let folder = std::env::temp_dir().join(format!("pos-customers-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("customers.sqlite");
    let unavailable =
        |error: DatabaseError| exchange::customers::PosCustomersError::Unavailable { why: error.to_string() };
    let open = || async { SqliteCustomers::open(&file, Some("1651")).map_err(unavailable) };
    exchange::customers::conformance::check(open).await.unwrap();
    let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&file).unwrap().permissions());
    assert_eq!(mode & 0o777, 0o600);
    let code = |opened: Result<SqliteCustomers, DatabaseError>| opened.err().map(|error| error.code());
    assert_eq!(code(SqliteCustomers::open(&file, Some("1652"))), Some("other-retailer"));
    let held = SqliteCustomers::open(&file, None).unwrap();
    assert_eq!(code(SqliteCustomers::open(&file, None)), Some("customers-in-use"));
    drop(held);

    // A copy for a rehearsal has everything, and leaves the file as it is.
    let copy = SqliteCustomers::copy_of(&file, None).unwrap();
    let (key, amount) = (copy.customers().unwrap()[0].key.clone(), Money::from_cents(500).unwrap());
    copy.charge(&key, amount).unwrap();
    let kept = SqliteCustomers::open(&file, None).unwrap();
    assert_ne!(copy.customers().unwrap()[0].balance, kept.customers().unwrap()[0].balance);
    // A mark of another file says nothing: everything is told.
    use exchange::customers::PosCustomers;
    let mark = exchange::customers::Mark("another:999".to_owned());
    assert_eq!(kept.changed(Some(&mark)).await.unwrap().customers.len(), kept.customers().unwrap().len());
    std::fs::remove_dir_all(folder).unwrap();
}

/// F-12: each customer's record is opened in QuickBooks' own pages, in the company that the exchange was made with.
#[test]
fn f_12_a_customer_leads_to_its_record() {
    let pos = SqliteCustomers::in_memory("1651").unwrap();
    let (record, realm) =
        (qb_model::Id::new("58").unwrap(), qb_client::RealmId::new("9130347957983546").unwrap());
    assert_eq!(pos.link_to(&record), None, "no exchange has been made yet");
    let link = "login?deeplinkcompanyid=9130347957983546&pagereq=customerdetail%3FnameId%3D58";
    for (base, host) in [
        (qb_client::BaseUrl::Production, "qbo.intuit.com"),
        (qb_client::BaseUrl::Sandbox, "sandbox.qbo.intuit.com"),
    ] {
        pos.set_company(&base, &realm).unwrap();
        assert_eq!(pos.link_to(&record), Some(format!("https://{host}/{link}")));
    }
    pos.set_company(&qb_client::BaseUrl::loopback("http://127.0.0.1:1").unwrap(), &realm).unwrap();
    assert_eq!(pos.link_to(&record), None, "a simulator has no pages");
}
