//! Customers, accounts and logs over time: what is renamed, remapped, restored or made again keeps its meaning.

use crate::support;

use std::collections::BTreeMap;

use exchange::{Hold, Outcome, Report};
use mapping::{AccountRole, CompanyMapping};
use pos_model::PosFile;
use serde_json::{Value, json};
use support::World;
use support::pos::{batch, sale, taxed_sale};
use support::wire::{Fault, creates, reads};

const DAY: &str = "2026-02-03";

fn file(store: &str, customers: &Value, number: u64, transactions: &[Value]) -> PosFile {
    let file = json!({"version": 1, "store": {"code": "boston", "name": store, "retailer": "1651"},
        "tender_types": [{"id": 15239, "name": "Cash", "kind": "cash"}, {"id": 9, "name": "Account", "kind": "customer_account"}],
        "customers": customers,
        "batches": [{"register": "1", "number": number, "business_date": DAY, "status": "closed",
            "closed_at": format!("{DAY}T18:05:00-05:00"), "transactions": transactions}]});
    PosFile::from_json(file.to_string().as_bytes()).unwrap()
}

fn charge(number: u64, customer: &str) -> Value {
    let mut charge = sale(number, DAY, "20.00");
    charge["customer"] = json!(customer);
    charge["tenders"][0]["type"] = json!(9);
    charge
}

fn customers(report: &Report) -> Vec<Outcome> {
    report.list_entries.iter().map(|entry| entry.outcome).collect()
}

/// D-19, P-08: an account number is edited and a store renamed; their records stay theirs.
#[tokio::test]
async fn a_customer_keeps_its_record_whatever_its_name_becomes() {
    let world = World::new();
    let before = file(
        "Boston Store",
        &json!([{"id": "c1", "account_number": "5"}]),
        1,
        &[charge(1, "c1"), sale(2, DAY, "5.00")],
    );
    world.run(before.batches()).await;
    let after = file(
        "Boston Main Store",
        &json!([{"id": "c1", "account_number": "6"}]),
        2,
        &[charge(3, "c1"), sale(4, DAY, "5.00")],
    );
    let report = world.run(after.batches()).await.remove(0);
    assert_eq!(customers(&report), [Outcome::AlreadyPosted; 2]);
    assert!(report.documents.iter().all(|entry| entry.outcome == Outcome::Created));
    assert_eq!(world.wire.rows("Customer").len(), 2);
}

/// a new customer's record is refused: all its events are held by that record, and nobody else's. Once it can be made
/// the next run posts them.
#[tokio::test]
async fn x_06_what_needs_a_record_that_failed_is_held_by_it() {
    let world = World::new();
    let day = file(
        "Boston Store",
        &json!([{"id": "c1", "account_number": "5"}]),
        1,
        &[charge(1, "c1"), sale(2, DAY, "5.00"), charge(3, "c1")],
    );
    world.wire.times(2, creates("customer", "1651-5"), Fault::Refused("6000"));
    let report = world.run(day.batches()).await.remove(0);
    let found: Vec<_> = report.documents.iter().map(|entry| (entry.number.as_str(), entry.hold)).collect();
    let needed = Some(Hold::NeededRecord);
    assert_eq!(found, [("CLT1B1", needed), ("CLT2B1", None), ("CL15239T2B1", None), ("CLT3B1", needed)]);
    for held in report.documents.iter().filter(|entry| entry.hold.is_some()) {
        assert_eq!(held.reason.as_deref(), Some("it needs customer c1 of retailer 1651, which failed"));
    }
    let report = world.run(day.batches()).await.remove(0);
    assert_eq!(report.counts().of(Outcome::Created), 2);
    assert!(world.tie_out(day.batches()).await.is_tied_out());
}

/// D-19: another customer comes with a number that was another's. Their balances are not mixed.
#[tokio::test]
async fn one_record_never_stands_for_two_customers() {
    let world = World::new();
    world
        .run(
            file("Boston Store", &json!([{"id": "c1", "account_number": "5"}]), 1, &[charge(1, "c1")])
                .batches(),
        )
        .await;
    let later = file("Boston Store", &json!([{"id": "c2", "account_number": "5"}]), 2, &[charge(2, "c2")]);
    let report = world.run(later.batches()).await.remove(0);
    assert_eq!(customers(&report), [Outcome::Conflict]);
    assert!(
        report.list_entries[0]
            .reason
            .as_deref()
            .unwrap()
            .contains("already the record of customer c1 of retailer 1651")
    );
    assert_eq!(report.documents[0].outcome, Outcome::Held);
    assert_eq!(world.wire.rows("Invoice").len(), 1);
}

/// a role mapped to a new account gets it, and the old one is left alone.
#[tokio::test]
async fn a_remapped_account_is_made() {
    let mut world = World::new();
    let day = |number, transaction| [batch("1", number, DAY, &[sale(transaction, DAY, "20.00")])];
    world.run(&day(1, 1)).await;
    let accounts = BTreeMap::from([(AccountRole::TillTakings, "Boston Till".to_owned())]);
    world.map(CompanyMapping { accounts, ..CompanyMapping::default() });
    world.run(&day(2, 2)).await;
    let till =
        |name: &str| world.wire.rows("Account").iter().filter(|account| account["Name"] == name).count();
    assert_eq!((till("Boston Till"), till("Cloud POS Till Takings Control Account")), (1, 1));
    assert!(world.tie_out(&day(2, 2)).await.is_tied_out());
}

/// D-21: the customer is made taxable, as the message says, and the sale is posted.
#[tokio::test]
async fn a_customer_made_taxable_again_is_posted() {
    let world = World::new();
    world.wire.type_in("customer", &json!({"DisplayName": "Boston Store", "Taxable": false}));
    let day = [batch("1", 1, DAY, &[taxed_sale(1, DAY)])];
    assert_eq!(world.run(&day).await[0].documents[0].outcome, Outcome::Refused);
    let row = world.wire.rows("Customer").remove(0);
    world.wire.type_in(
        "customer",
        &json!({"Id": row["Id"], "SyncToken": row["SyncToken"], "sparse": true, "Taxable": true}),
    );
    let report = world.run(&day).await.remove(0);
    assert!(report.documents.iter().all(|entry| entry.outcome == Outcome::Created), "{:?}", report.documents);
}

/// T-01, X-04: the books are closed after a batch was posted; running it again is no error.
#[tokio::test]
async fn books_closed_after_posting_do_not_stop_a_rerun() {
    let world = World::new();
    let day = [batch("1", 1, DAY, &[sale(1, DAY, "20.00")])];
    world.run(&day).await;
    let close: fn(&mut Value) =
        |body| body["Preferences"]["AccountingInfoPrefs"]["BookCloseDate"] = json!("2026-02-28");
    world.wire.times(9, reads("preferences", ""), Fault::Altered(close));
    let report = world.run(&day).await.remove(0);
    assert!(report.documents.iter().all(|entry| entry.outcome == Outcome::AlreadyPosted));
}

/// the log is restored from a copy, and QuickBooks has forgotten the request ids. A payment on account,
/// which nothing else guards, is not posted twice.
#[tokio::test]
async fn a_payment_that_a_restored_log_does_not_know_is_found() {
    let world = World::new();
    world.wire.forget_request_ids();
    world.run(&[batch("1", 1, DAY, &[sale(1, DAY, "20.00")])]).await;
    let copy = world.log.entries();
    let later = support::pos::golden("g13_payment_on_account");
    world.run(&later).await;
    let before = world.documents();
    world.log.replace(&copy);
    let report = world.run(&later).await.remove(0);
    assert_eq!(report.documents[0].outcome, Outcome::Adopted);
    assert_eq!(world.documents(), before);
}

/// T-06: once a document of a batch is posted, nothing is added to the batch, though another document was refused.
#[tokio::test]
async fn nothing_is_added_to_a_batch_that_is_posted_in_part() {
    let world = World::new();
    world.wire.times(1, creates("invoice", "CLT2B1"), Fault::Refused("2500"));
    world.run(&[batch("1", 1, DAY, &[sale(1, DAY, "20.00"), sale(2, DAY, "5.00")])]).await;
    let before = world.documents();
    let added = batch("1", 1, DAY, &[sale(1, DAY, "20.00"), sale(2, DAY, "5.00"), sale(3, DAY, "7.00")]);
    let error = world.exchange().run(&added).await.unwrap_err();
    assert_eq!(error.code(), "batch-changed");
    assert!(error.to_string().contains("new in it: Invoice CLT3B1, Payment CL15239T3B1"), "{error}");
    assert_eq!(world.documents(), before);
}

/// I17: a clock set back by a day makes the quarantine no longer, whether QuickBooks says what time it is or not.
#[tokio::test]
async fn a_clock_set_back_waits_no_longer() {
    for is_told in [true, false] {
        let world = World::new();
        if !is_told {
            world.wire.hide_dates();
        }
        let day = batch("1", 1, DAY, &[sale(1, DAY, "20.00")]);
        world.wire.times(1, creates("invoice", ""), Fault::RequestLost);
        world.wire.times(100, reads("query", "DocNumber"), Fault::Status(503, false));
        let _ = world.exchange().run(&day).await;
        world.wire.heal();
        world.clock.advance(-86_400);
        let start = qb_client::Clock::now(&*world.clock);
        world.exchange().run(&day).await.unwrap();
        let waited = (qb_client::Clock::now(&*world.clock) - start).num_seconds();
        assert!(waited < 300, "waited {waited} s, told {is_told}");
    }
}

/// accounts that were made only when purchases came tie out over two years.
#[tokio::test]
async fn accounts_made_later_tie_out_over_two_years() {
    let world = World::new();
    world.clock.advance_to("2027-03-01");
    let orders = json!({"version": 1, "store": {"code": "boston", "name": "Boston Store", "retailer": "1651"}, "tender_types": [],
        "purchase_orders": [
            {"number": 1, "status": "closed", "date": "2026-03-01", "supplier": "s", "lines": [{"quantity": "1", "amount": "10.00"}]},
            {"number": 2, "status": "closed", "date": "2027-03-01", "supplier": "s", "lines": [{"quantity": "1", "amount": "30.00"}]}]});
    let orders = PosFile::from_json(orders.to_string().as_bytes()).unwrap();
    let day = [batch("1", 1, DAY, &[sale(1, DAY, "20.00")])];
    let mut exchange = world.exchange();
    exchange.run(&day[0]).await.unwrap();
    for order in orders.purchase_orders() {
        exchange.run(order).await.unwrap();
    }
    let ties = exchange.tie_out(mapping::origins(&day, orders.purchase_orders())).await.unwrap();
    assert!(ties.is_tied_out(), "{:?}", ties.accounts);
}
