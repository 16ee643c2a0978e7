//! X-01 as an accountant sees it: somebody works in QuickBooks between two runs, and the tie-out says what was done, by name.

#[allow(dead_code, reason = "each test uses what it needs of it")]
use crate::support;

use serde_json::{Value, json};
use support::{World, text};

fn sample() -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("data/boston-2026-02-03.json")
}

/// a deposit out of the till is listed and no difference; a deleted payment is a difference, named with its amounts,
/// on the page and in the JSON report; the exit code says that the books are not right.
#[test]
fn x_01_what_people_did_is_on_the_page_and_in_the_report() {
    let world = World::new("people");
    let job = || world.full_exchange().arg("--pos").arg(sample()).output().unwrap();
    let first = job();
    assert!(first.status.success());
    let made = "made in QuickBooks: 6 Account, 2 Customer, 4 Item, 1 Payment method\n";
    assert!(text(&first).contains(made), "{}", text(&first));
    assert_eq!(world.report()["made"][0], json!({"kind": "Account", "key": "acct-sales", "id": "16"}));

    let accounts = world.ask("query", "select * from Account maxresults 1000");
    let account = |name: &str| -> Value {
        let rows = accounts["QueryResponse"]["Account"].as_array().unwrap();
        rows.iter().find(|row| row["Name"] == name).unwrap()["Id"].clone()
    };
    let line = json!({"DetailType": "DepositLineDetail", "Amount": 100.00,
        "DepositLineDetail": {"AccountRef": {"value": account("Cloud POS Till Takings Control Account")}}});
    let deposit = json!({"DepositToAccountRef": {"value": account("Checking")}, "TxnDate": "2026-02-04", "Line": [line]});
    world.ask("deposit", &deposit.to_string());
    let output = job();
    let page = text(&output);
    assert!(output.status.success(), "{page}");
    assert!(page.contains("Documents in these accounts that are not of the posting log: 1\n"), "{page}");
    let listed = "Cloud POS Till Takings Control Account       2026-02-04 Deposit            without number             100.00 Cr";
    assert!(page.contains(listed), "{page}");
    assert!(page.contains("The books tie out."), "{page}");

    let payments = world.ask("query", "select * from Payment where PaymentRefNum = 'CL15239T1521022B4'");
    let payment = &payments["QueryResponse"]["Payment"][0];
    let gone = json!({"Id": payment["Id"], "SyncToken": payment["SyncToken"]});
    world.ask("payment?operation=delete", &gone.to_string());
    let output = job();
    let page = text(&output);
    assert_eq!(output.status.code(), Some(1), "{page}");
    for part in [
        "Differences: 1\n",
        "Payment CL15239T1521022B4 of store boston, register 1, batch 4: somebody deleted it in QuickBooks; post it by hand",
        "Cloud POS Debtor (A/R) Control Account (Boston Store), 2026-02-03: expected 112.59 Cr, found 0.00",
        "Cloud POS Till Takings Control Account, 2026-02-03: expected 112.59 Dr, found 0.00",
        "THE BOOKS DO NOT TIE OUT.",
    ] {
        assert!(page.contains(part), "{part} is missing:\n{page}");
    }
    let report = &world.report()["tie_out"];
    assert_eq!((&report["is_tied_out"], &report["is_explained"]), (&json!(false), &json!(false)));
    assert_eq!(report["differences"][0]["cause"], "deleted");
    assert_eq!(report["differences"][0]["document"]["number"], "CL15239T1521022B4");
    assert_eq!(report["foreign_documents"][0]["amount"], "-100.00");
    let takings = report["balances"].as_array().unwrap().iter();
    let takings: Vec<_> =
        takings.filter(|balance| balance["account"] == "Cloud POS Till Takings Control Account").collect();
    assert_eq!((&takings[0]["ours"], &takings[0]["closing"]), (&json!("242.55"), &json!("142.55")));
}

/// documents that are not posted are explained differences, in words that say so.
#[test]
fn x_01_what_is_not_posted_is_explained() {
    let world = World::new("not-posted");
    // Somebody has typed our number by hand.
    let customer = world.ask("customer", &json!({"DisplayName": "Pat"}).to_string());
    let line = json!({"DetailType": "SalesItemLineDetail", "Amount": 5.00,
        "SalesItemLineDetail": {"ItemRef": {"value": "1"}, "TaxCodeRef": {"value": "NON"}}});
    let invoice = json!({"CustomerRef": {"value": customer["Customer"]["Id"]}, "DocNumber": "CLT1521022B4",
        "TxnDate": "2026-02-03", "Line": [line]});
    world.ask("invoice", &invoice.to_string());
    // A number that the log does not know makes the run look everything up, and absence is believed after the quarantine.
    let output = world.full_exchange().args(["--quarantine", "1", "--pos"]).arg(sample()).output().unwrap();
    let page = text(&output);
    assert_eq!(output.status.code(), Some(1), "{page}");
    for part in [
        "Explained differences: documents that are not posted: 2\n",
        "Invoice CLT1521022B4 of store boston, register 1, batch 4: conflict: QuickBooks has an Invoice CLT1521022B4 of 5.00 for Pat of 2026-02-03",
        "Payment CL15239T1521022B4 of store boston, register 1, batch 4: held: an earlier document of the same event failed",
        "; it may be our Invoice CLT1521022B4",
        "The books tie out but for the documents that are not posted.",
    ] {
        assert!(page.contains(part), "{part} is missing:\n{page}");
    }
    assert_eq!(world.report()["tie_out"]["is_explained"], true);
}
