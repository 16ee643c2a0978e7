//! AdventureWorks' purchase orders, when they lie beside the project; otherwise this says that it was skipped.
#![allow(clippy::print_stderr, reason = "a skipped check must say so")]

#[allow(dead_code, reason = "each test uses what it needs of it")]
use crate::support;

use std::path::Path;

use support::{World, text};

/// D-18, A-07 to: every complete order is posted with its bill and ties out.
#[test]
fn every_complete_order_is_posted_with_its_bill_and_ties_out() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/adventureworks-po");
    if !folder.exists() {
        eprintln!("skipped: the AdventureWorks purchase orders are not here");
        return;
    }
    let world = World::new("orders");
    let output = world
        .full_exchange_in_batches()
        .arg("--pos-format")
        .arg("adventureworks-po")
        .arg("--pos")
        .arg(&folder)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", text(&output));
    let report = world.report();
    assert_eq!(report["documents"]["by_kind"], serde_json::json!({"PurchaseOrder": 3689, "Bill": 3689}));
    assert_eq!(report["documents"]["created"], 7378);
    assert_eq!(report["skipped"], serde_json::json!({"purchase order not complete": 323}));
    let accounts = report["control_accounts"].as_array().unwrap();
    for (name, amount) in [
        ("Cloud POS Purchases Control Account", "55617116.10"),
        ("Cloud POS Purchases Tax Control Account", "4545605.38"),
        ("Cloud POS Purchases Shipping Control Account", "1420502.18"),
        ("Cloud POS Purchases Other Fees Control Account", "0.00"),
        ("Accounts Payable (A/P)", "-61583223.66"),
    ] {
        let account = accounts.iter().find(|account| account["name"] == name).unwrap();
        assert_eq!(account["pos"], amount, "{name}");
        assert_eq!(account["difference"], "0.00", "{name}");
    }
}
