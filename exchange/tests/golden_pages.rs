//! Golden folders of results: each holds the page that an accountant reads of a tie-out (`page.txt`) and its JSON form
//! (`tie-out.json`). `UPDATE_GOLDEN=1 cargo test -p exchange --test all golden_pages` writes them again.

use crate::support;

use std::fs;
use std::path::Path;

use exchange::TieOut;
use serde_json::json;
use support::World;
use support::pos::{batch, sale};
use support::wire::{Fault, creates};

const DAY: &str = "2026-02-03";

#[track_caller]
fn check(case: &str, tie_out: &TieOut, left_out: usize) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(case);
    let json = serde_json::to_string_pretty(tie_out).unwrap() + "\n";
    for (name, found) in [("page.txt", tie_out.page(left_out)), ("tie-out.json", json)] {
        let golden = folder.join(name);
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            fs::create_dir_all(&folder).unwrap();
            fs::write(&golden, &found).unwrap();
        } else {
            assert!(fs::read_to_string(&golden).unwrap() == found, "{}:\n{found}", golden.display());
        }
    }
}

/// the books are right, and a person's own entry is listed beside them.
#[tokio::test]
async fn a_day_that_ties_out_beside_an_entry_of_the_accountant() {
    let world = World::new();
    let day = [batch("1", 4, DAY, &[sale(1, DAY, "20.00"), sale(2, DAY, "30.00")])];
    world.run(&day).await;
    let id = |name: &str| {
        let rows = world.wire.rows("Account");
        rows.iter().find(|row| row["Name"] == name).unwrap()["Id"].clone()
    };
    let line = json!({"DetailType": "DepositLineDetail", "Amount": 45.00,
        "DepositLineDetail": {"AccountRef": {"value": id("Cloud POS Till Takings Control Account")}}});
    let deposit = json!({"DepositToAccountRef": {"value": id("Checking")}, "TxnDate": DAY, "Line": [line]});
    world.wire.type_in("deposit", &deposit);
    check("ties_out_beside_a_bank_deposit", &world.tie_out(&day).await, 0);
}

/// what was refused explains the difference, and a file that was left out is said.
#[tokio::test]
async fn a_day_with_a_refused_document() {
    let world = World::new();
    world.wire.once(creates("invoice", "CLT2B4"), Fault::Refused("6210"));
    let day = [batch("1", 4, DAY, &[sale(1, DAY, "20.00"), sale(2, DAY, "30.00")])];
    let mut exchange = world.exchange();
    exchange.run(&day[0]).await.unwrap();
    check("refused_document", &exchange.tie_out(&day).await.unwrap(), 1);
}

/// a person changed one document and voided another.
#[tokio::test]
async fn a_day_that_somebody_changed() {
    let world = World::new();
    let day = [batch("1", 4, DAY, &[sale(1, DAY, "20.00"), sale(2, DAY, "30.00")])];
    world.run(&day).await;
    world.wire.change("Invoice", "CLT1B4", "update", &json!({"TxnDate": "2026-02-04"}));
    world.wire.change("Invoice", "CLT2B4", "void", &json!({}));
    check("changed_and_voided_by_hand", &world.tie_out(&day).await, 0);
}
