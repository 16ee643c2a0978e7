//! Golden folders of results: each holds the page that an accountant reads and its JSON form, of a tie-out (`page.txt`,
//! `tie-out.json`) or of a run's report (`page.txt`, `report.json`). `UPDATE_GOLDEN=1 cargo test -p exchange --test all
//! golden_pages` writes them again.

use crate::support;

use std::fs;
use std::path::Path;

use exchange::{Outcome, Report, TieOut};
use serde::Serialize;
use serde_json::{Value, json};
use support::World;
use support::pos::{batch, golden, sale};
use support::wire::{Fault, creates};

const DAY: &str = "2026-02-03";

#[track_caller]
fn check(case: &str, tie_out: &TieOut, left_out: usize) {
    compare(case, &tie_out.page(left_out), "tie-out.json", tie_out);
}

#[track_caller]
fn check_report(case: &str, report: &Report) {
    compare(case, &report.page(), "report.json", report);
}

#[track_caller]
fn compare(case: &str, page: &str, json_name: &str, result: &impl Serialize) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(case);
    let json = serde_json::to_string_pretty(result).unwrap() + "\n";
    for (name, found) in [("page.txt", page), (json_name, &json)] {
        let golden = folder.join(name);
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            fs::create_dir_all(&folder).unwrap();
            fs::write(&golden, found).unwrap();
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
    world.bank_deposit(&json!(45.00), DAY);
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

/// a first batch that goes well, with the records that it made.
#[tokio::test]
async fn x_06_a_report_of_a_day_that_went_well() {
    let world = World::new();
    let report = world.run(&golden("g13_payment_on_account")).await.remove(0);
    check_report("report_of_a_first_day", &report);
}

/// of each sale that is not settled its number, the reason and what it means, the payment that waits for it too.
#[tokio::test]
async fn x_06_a_report_of_a_day_with_every_kind_of_trouble() {
    let world = World::new();
    world.run(&[batch("1", 3, DAY, &[sale(9, DAY, "20.00")])]).await;
    let sales: Vec<_> = (1..=6).map(|number| sale(number, DAY, "20.00")).collect();
    let day = batch("1", 4, DAY, &sales);
    let customer = world.wire.rows("Customer")[0]["Id"].clone();
    let item = world.wire.rows("Item")[0]["Id"].clone();
    let line = json!({"DetailType": "SalesItemLineDetail", "Amount": 7.00,
        "SalesItemLineDetail": {"ItemRef": {"value": item}}});
    let typed =
        json!({"DocNumber": "CLT2B4", "CustomerRef": {"value": customer}, "TxnDate": DAY, "Line": [line]});
    world.wire.type_in("invoice", &typed);
    let on_another_day: fn(&mut Value) = |body| body["TxnDate"] = json!("2026-02-04");
    world.wire.once(creates("invoice", "CLT1B4"), Fault::Refused("6210"));
    world.wire.once(creates("invoice", "CLT3B4"), Fault::StoredOtherwise(on_another_day));
    world.wire.times(4, creates("invoice", "CLT4B4"), Fault::RequestLost);
    world.wire.once(creates("invoice", "CLT5B4"), Fault::AnswerLost);
    let report = world.run(&[day]).await.remove(0);
    let counts = report.counts();
    for outcome in Outcome::ALL.into_iter().filter(|outcome| *outcome != Outcome::AlreadyPosted) {
        assert!(counts.of(outcome) > 0, "{outcome:?}: {counts:?}");
    }
    check_report("report_with_every_kind_of_trouble", &report);
}

/// a run that was asked to end before its first request: all of it is held, and the next run goes on.
#[tokio::test]
async fn x_06_a_report_of_a_run_that_was_asked_to_end() {
    let world = World::new();
    let mut exchange = world.exchange();
    exchange.run(&batch("1", 3, DAY, &[sale(9, DAY, "20.00")])).await.unwrap();
    let stop = exchange::Stop::new();
    stop.ask();
    exchange.set_options(exchange::Options::default().with_stop(stop));
    let report = exchange.run(&batch("1", 4, DAY, &[sale(1, DAY, "20.00")])).await.unwrap();
    check_report("report_of_a_run_asked_to_end", &report);
}

/// every outcome has one word, in JSON, on the page and in the counts.
#[test]
fn x_06_every_outcome_has_one_word() {
    for outcome in Outcome::ALL {
        assert_eq!(serde_json::to_value(outcome).unwrap(), outcome.word());
    }
}
