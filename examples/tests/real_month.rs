//! A retailer's real December, when the data set lies beside the project; otherwise this says that it was skipped.
#![allow(clippy::print_stderr, reason = "a skipped check must say so")]

#[allow(dead_code, reason = "each test uses what it needs of it")]
use crate::support;

use std::collections::BTreeMap;
use std::path::Path;

use support::{World, text};

/// The control accounts of December 2010, added up by hand-written rules of their own from the same CSV.
const DECEMBER: [(&str, &str); 8] = [
    ("Cloud POS Sales Control Account", "-318535.57"),
    ("Cloud POS Debtor (A/R) Control Account", "64840.35"),
    ("Cloud POS Till Takings Control Account", "285235.39"),
    ("Cloud POS Vouchers Control Account", "-1448.78"),
    ("Cloud POS Deposits Control Account", "0.00"),
    ("Cloud POS Drops and Payouts Control Account", "40290.38"),
    ("Shipping Income", "-15888.09"),
    ("Sales Tax Payable", "-54493.68"),
];

#[test]
fn december_2010_is_posted_whole_and_ties_out() {
    let csv = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/online-retail/december-2010.csv");
    if !csv.exists() {
        eprintln!("skipped: the Online Retail data set is not here");
        return;
    }
    let world = World::new("december");
    let job = || {
        let mut job = world.full_exchange_in_batches();
        job.arg("--pos-format").arg("online-retail").arg("--pos").arg(&csv);
        job.output().unwrap()
    };
    let output = job();
    assert!(output.status.success(), "{}", text(&output));
    let report = world.report();
    assert_eq!(report["batches"].as_array().unwrap().len(), 20);
    assert_eq!(report["documents"]["planned"], 2011);
    assert_eq!(report["documents"]["created"], 2011);
    assert_eq!(
        report["documents"]["by_kind"],
        serde_json::json!({"Invoice": 680, "Payment": 768, "CreditMemo": 318, "Expense": 243, "SalesReceipt": 2})
    );
    assert_eq!(report["skipped"], serde_json::json!({"stock movement": 140}));
    let accounts = report["control_accounts"].as_array().unwrap();
    let figure = |account: &serde_json::Value, field: &str| account[field].as_str().unwrap().to_owned();
    for field in ["pos", "planned", "quickbooks"] {
        let found: BTreeMap<_, _> = accounts.iter().map(|a| (figure(a, "name"), figure(a, field))).collect();
        let expected = DECEMBER.map(|(name, amount)| (name.to_owned(), amount.to_owned()));
        assert_eq!(found, BTreeMap::from(expected), "{field}");
    }
    assert!(accounts.iter().all(|account| account["difference"] == "0.00"));

    let output = job();
    assert!(output.status.success(), "{}", text(&output));
    assert_eq!(world.report()["documents"]["created"], 0);
    assert_eq!(world.report()["documents"]["already_posted"], 2011);
    assert_eq!(world.documents(), 2011);
}
