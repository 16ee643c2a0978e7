//! Drift: what people do to documents that were posted is found, each by its name, and nothing is found where nobody did anything.
//! The sentences of all cases stand in `golden/drift.txt`; `UPDATE_GOLDEN=1` writes it again.

use crate::support;

use std::fmt::Write;
use std::fs;
use std::path::Path;

use exchange::drift::{Drift, Reach};
use qb_simulator::PersonAct;
use serde_json::{Value, json};
use support::World;
use support::pos::{batch, sale, sample_day};

const DAY: &str = "2026-02-03";
const INVOICE: &str = "CLT1521022B4";
const ON_ACCOUNT: &str = "CLT1521050B7";
const PAYMENT: &str = "CL15239T1521022B4";
const PAY_IN: &str = "CL15239DP11790B10";
const PAY_OUT: &str = "CL15239DP11791B10";
const RETURN: &str = "CLT1522870B11";
const TAKINGS: &str = "Cloud POS Till Takings Control Account";
const VOUCHERS: &str = "Cloud POS Vouchers Control Account";

/// A case: what a person does, and what is found: the deviation's code and the number of ours, `-` where it is about no document.
pub(crate) type Case = (&'static str, fn(&World), &'static [&'static str]);

pub(crate) const CASES: &[Case] = &[
    ("nothing", |_| {}, &[]),
    (
        "a memo is changed",
        |world| change(world, "Invoice", INVOICE, "update", json!({"PrivateNote": "asked for by phone"})),
        &[],
    ),
    ("an open balance is paid", pay_what_is_open, &[]),
    (
        "a sale of others that touches none of the till's accounts",
        |world| {
            let line = json!({"DetailType": "AccountBasedExpenseLineDetail", "Amount": 12,
                "AccountBasedExpenseLineDetail": {"AccountRef": {"value": id(world, "Account", "Office Expenses")}}});
            let from = json!({"value": id(world, "Account", "Checking")});
            world.wire.type_in(
                "purchase",
                &json!({"PaymentType": "Cash", "AccountRef": from, "TxnDate": DAY, "Line": [line]}),
            );
        },
        &[],
    ),
    (
        "an amount is changed",
        |world| change_line(world, "Invoice", ON_ACCOUNT, |line| line["Amount"] = json!(205.0)),
        &["changed CLT1521050B7"],
    ),
    (
        "an item is changed",
        |world| {
            let item = id(world, "Item", "Cloud POS Voucher Item");
            change_line(world, "Invoice", ON_ACCOUNT, move |line| {
                line["SalesItemLineDetail"]["ItemRef"] = json!({"value": item});
            });
        },
        &["changed CLT1521050B7"],
    ),
    (
        "the customer is changed",
        |world| {
            let store = id(world, "Customer", "Boston Store");
            change(world, "Invoice", ON_ACCOUNT, "update", json!({"CustomerRef": {"value": store}}));
        },
        &["changed CLT1521050B7"],
    ),
    (
        "the date is changed",
        |world| change(world, "Invoice", ON_ACCOUNT, "update", json!({"TxnDate": "2026-02-05"})),
        &["redated CLT1521050B7"],
    ),
    (
        "a document is moved into another year",
        |world| change(world, "SalesReceipt", PAY_IN, "update", json!({"TxnDate": "2025-12-31"})),
        &["redated CL15239DP11790B10"],
    ),
    (
        "the account of the money is changed",
        |world| {
            let checking = id(world, "Account", "Checking");
            change(
                world,
                "SalesReceipt",
                PAY_IN,
                "update",
                json!({"DepositToAccountRef": {"value": checking}}),
            );
        },
        &["changed CL15239DP11790B10"],
    ),
    (
        "the tax is changed",
        |world| change(world, "Invoice", ON_ACCOUNT, "update", json!({"TxnTaxDetail": {"TotalTax": 12.0}})),
        &["changed CLT1521050B7"],
    ),
    (
        "the number is changed",
        |world| change(world, "Invoice", ON_ACCOUNT, "update", json!({"DocNumber": "HAND17"})),
        &["changed CLT1521050B7"],
    ),
    (
        "a payment is unmatched",
        |world| change(world, "Payment", PAYMENT, "update", json!({"Line": []})),
        &["unmatched CL15239T1521022B4"],
    ),
    (
        "a settlement is unmatched, which moves no account",
        |world| change(world, "Payment", RETURN, "update", json!({"Line": []})),
        &["unmatched CLT1522870B11"],
    ),
    (
        "a payment is voided",
        |world| change(world, "Payment", PAYMENT, "void", json!({})),
        &["voided CL15239T1521022B4"],
    ),
    (
        "an invoice is voided, and its payment stands unmatched",
        |world| change(world, "Invoice", INVOICE, "void", json!({})),
        &["voided CLT1521022B4", "unmatched CL15239T1521022B4"],
    ),
    (
        "a payment is deleted",
        |world| change(world, "Payment", PAYMENT, "delete", json!({})),
        &["deleted CL15239T1521022B4"],
    ),
    (
        "an expense is deleted",
        |world| change(world, "Purchase", PAY_OUT, "delete", json!({})),
        &["deleted CL15239DP11791B10"],
    ),
    (
        "a sale is typed once more, under another number, with our memo",
        |world| type_again(world, "Invoice", ON_ACCOUNT, |row| row["DocNumber"] = json!("HAND18")),
        &["posted-twice CLT1521050B7"],
    ),
    (
        "a payment is typed once more under our number",
        |world| type_again(world, "Payment", PAYMENT, |row| row["PrivateNote"] = json!("")),
        &["posted-twice CL15239T1521022B4"],
    ),
    (
        "cash is taken to the bank",
        |world| _ = world.bank_deposit(&json!(45.00), DAY),
        &["on-control-account -"],
    ),
    ("money is moved out of the till's account", transfer, &["on-control-account -"]),
    ("an accountant posts to gift certificates", journal, &["on-control-account -"]),
    ("two customers are merged", merge, &["party-merged CLT1521050B7", "party-merged CL15236A6798B7"]),
    (
        "an account is made inactive",
        |world| {
            let account = id(world, "Account", "Cloud POS Drops and Payouts Control Account");
            let id = account.as_str().unwrap().to_owned();
            world.wire.person(&PersonAct::MakeInactive { entity: "Account".to_owned(), id });
        },
        &["account-inactive -"],
    ),
    (
        "the books are closed after a change",
        |world| {
            change(world, "Invoice", ON_ACCOUNT, "update", json!({"TxnDate": "2026-02-05"}));
            world.wire.person(&PersonAct::CloseBooks { on: "2026-02-28".parse().ok() });
        },
        &["redated CLT1521050B7"],
    ),
];

fn id(world: &World, entity: &str, name: &str) -> Value {
    let rows = world.wire.rows(entity);
    let is_it = |row: &&Value| row["Name"] == name || row["DisplayName"] == name;
    rows.iter().find(is_it).unwrap_or_else(|| panic!("no {name}"))["Id"].clone()
}

fn change(world: &World, entity: &str, number: &str, operation: &str, fields: Value) {
    world.wire.change(entity, number, operation, &fields);
}

fn row(world: &World, entity: &str, number: &str) -> Value {
    let is_it = |row: &Value| row["DocNumber"] == number || row["PaymentRefNum"] == number;
    world.wire.rows(entity).into_iter().find(is_it).unwrap()
}

/// Changes the first line of a document, whose quantity and price would not fit any more.
fn change_line(world: &World, entity: &str, number: &str, with: impl FnOnce(&mut Value)) {
    let mut lines = row(world, entity, number)["Line"].as_array().unwrap().clone();
    lines.retain(|line| line["DetailType"] != "SubTotalLineDetail");
    for field in ["Qty", "UnitPrice"] {
        lines[0]["SalesItemLineDetail"].as_object_mut().unwrap().remove(field);
    }
    with(&mut lines[0]);
    change(world, entity, number, "update", json!({"Line": lines}));
}

/// Types a document once more.
fn type_again(world: &World, entity: &str, number: &str, otherwise: impl FnOnce(&mut Value)) {
    let mut row = row(world, entity, number);
    for field in ["Id", "SyncToken", "MetaData", "domain", "sparse", "Balance", "LinkedTxn"] {
        row.as_object_mut().unwrap().remove(field);
    }
    if entity == "Payment" {
        row["Line"] = json!([]);
    }
    otherwise(&mut row);
    world.wire.type_in(&entity.to_lowercase(), &row);
}

fn pay_what_is_open(world: &World) {
    let invoice = row(world, "Invoice", ON_ACCOUNT);
    let linked = json!([{"TxnId": invoice["Id"], "TxnType": "Invoice"}]);
    let line = json!([{"Amount": 50, "LinkedTxn": linked}]);
    let into = json!({"value": id(world, "Account", "Checking")});
    let payment = json!({"CustomerRef": invoice["CustomerRef"], "TotalAmt": 50, "TxnDate": DAY, "Line": line,
        "DepositToAccountRef": into});
    world.wire.type_in("payment", &payment);
}

fn transfer(world: &World) {
    let (from, to) = (id(world, "Account", TAKINGS), id(world, "Account", "Checking"));
    let transfer = json!({"FromAccountRef": {"value": from}, "ToAccountRef": {"value": to}, "Amount": 30, "TxnDate": DAY});
    world.wire.type_in("transfer", &transfer);
}

fn journal(world: &World) {
    let line = |name: &str, side: &str| {
        json!({"DetailType": "JournalEntryLineDetail", "Amount": 20,
            "JournalEntryLineDetail": {"PostingType": side, "AccountRef": {"value": id(world, "Account", name)}}})
    };
    let lines = [line(VOUCHERS, "Debit"), line("Checking", "Credit")];
    world.wire.type_in("journalentry", &json!({"TxnDate": DAY, "DocNumber": "JE-7", "Line": lines}));
}

/// The till's customer is merged into another one of the company's.
fn merge(world: &World) {
    let customer = row(world, "Invoice", ON_ACCOUNT)["CustomerRef"]["value"].as_str().unwrap().to_owned();
    let into = world.wire.type_in("customer", &json!({"DisplayName": "Sara Edward"}));
    let into = into["Id"].as_str().unwrap().to_owned();
    world.wire.person(&PersonAct::Merge { entity: "Customer".to_owned(), id: customer, into });
}

fn told(drift: &Drift) -> Vec<String> {
    let number = |finding: &exchange::drift::DriftFinding| {
        finding.document.as_ref().map_or_else(|| "-".to_owned(), |document| document.number.clone())
    };
    drift.findings.iter().map(|finding| format!("{} {}", finding.what.code(), number(finding))).collect()
}

#[tokio::test]
async fn what_people_do_to_documents_is_found_by_name_and_nothing_else_is() {
    let mut page = String::new();
    let mut wrong = Vec::new();
    for (name, act, expected) in CASES {
        let world = World::new();
        world.run(&sample_day()).await;
        world.clock.advance(3600);
        act(&world);
        let writes = world.wire.writes().len();
        let by_changes = world.exchange().drift(Reach::Changes).await.unwrap();
        let by_each = world.exchange().drift(Reach::Each).await.unwrap();
        assert_eq!(by_changes, by_each, "{name}");
        assert_eq!(world.wire.writes().len(), writes, "{name}: something was sent");
        assert_eq!((by_changes.documents, by_changes.compared), (17, 17), "{name}");
        writeln!(page, "# {name}").unwrap();
        for finding in &by_changes.findings {
            writeln!(page, "{}\n  {}", finding.words, finding.remedy).unwrap();
        }
        page.push('\n');
        if told(&by_changes) != *expected {
            wrong.push(format!("{name}: {:?} instead of {expected:?}", told(&by_changes)));
        }
    }
    assert!(wrong.is_empty(), "{}\n\n{page}", wrong.join("\n"));
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/drift.txt");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&golden, &page).unwrap();
    }
    assert_eq!(fs::read_to_string(&golden).unwrap(), page);
}

/// A finding keeps its id while nothing changes, and has another one once the document has changed again.
#[tokio::test]
async fn a_finding_has_one_id_in_one_state() {
    let world = World::new();
    world.run(&[batch("1", 4, DAY, &[sale(1, DAY, "20.00")])]).await;
    let ids = async || {
        let drift = world.exchange().drift(Reach::Changes).await.unwrap();
        drift.findings.iter().map(|finding| finding.id.clone()).collect::<Vec<_>>()
    };
    change(&world, "Payment", "CL15239T1B4", "update", json!({"TxnDate": "2026-02-05"}));
    let (first, again) = (ids().await, ids().await);
    assert_eq!((first.len(), &first), (1, &again));
    change(&world, "Payment", "CL15239T1B4", "update", json!({"TxnDate": "2026-02-06"}));
    let later = ids().await;
    assert!(later.len() == 1 && later != first);
    // Put right again it is none any more.
    change(&world, "Payment", "CL15239T1B4", "update", json!({"TxnDate": DAY}));
    assert_eq!(ids().await, [""; 0]);
}

/// Of documents older than QuickBooks tells changes of nothing is said, unless each is read.
#[tokio::test]
async fn a_change_of_long_ago_is_found_by_looking_at_each() {
    let world = World::new();
    world.run(&[batch("1", 4, DAY, &[sale(1, DAY, "20.00")])]).await;
    change(&world, "Payment", "CL15239T1B4", "delete", json!({}));
    world.clock.advance(40 * 24 * 3600);
    let by_changes = world.exchange().drift(Reach::Changes).await.unwrap();
    assert_eq!((told(&by_changes), by_changes.compared, by_changes.documents), (vec![], 0, 2));
    let by_each = world.exchange().drift(Reach::Each).await.unwrap();
    assert_eq!((told(&by_each), by_each.compared), (vec!["deleted CL15239T1B4".to_owned()], 2));
}
