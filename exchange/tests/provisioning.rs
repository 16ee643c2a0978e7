//! what a company lacks is made once, whatever fails; what it has is taken.

use crate::support;

use std::collections::BTreeMap;

use exchange::{NotReady, Outcome};
use mapping::{AccountRole, CompanyMapping};
use serde_json::{Value, json};
use support::pos::{batch, sale, sample_day, shipped};
use support::wire::{Fault, creates, reads};
use support::{World, all_are};

const DATE: &str = "2026-02-03";

/// provisioning can be repeated, takes what is there by name or type, and never makes a second A/R account.
#[tokio::test]
async fn provisioning_is_repeatable_and_takes_what_is_there() {
    let world = World::new();
    world.wire.type_in("account", &json!({"Name": "Debtors", "AccountType": "Accounts Receivable"}));
    let vouchers =
        json!({"Name": "cloud pos VOUCHERS control account", "AccountType": "Other Current Liability"});
    world.wire.type_in("account", &vouchers);
    let day = [batch("1", 4, DATE, &[sale(1, DATE, "20.00")])];
    world.run(&day).await;
    let sizes = world.list_sizes();
    assert_eq!(sizes, [15 + 2 + 4, 1 + 4, 3, 1], "accounts, items, payment methods, customers");
    for is_lost in [false, true, true] {
        if is_lost {
            world.log.replace(&[]);
        }
        world.run(&day).await;
        assert_eq!(world.list_sizes(), sizes);
    }
    let is_receivable = |row: &&Value| row["AccountType"] == "Accounts Receivable";
    assert_eq!(world.wire.rows("Account").iter().filter(is_receivable).count(), 1);
}

/// what a run made in the company is in its report, and not in the next one's.
#[tokio::test]
async fn x_05_the_report_names_what_was_made() {
    let world = World::new();
    let day = [batch("1", 4, DATE, &[sale(1, DATE, "20.00")])];
    let made = |reports: &[exchange::Report]| -> Vec<String> {
        let entries = reports[0].list_entries.iter();
        entries.map(|entry| format!("{} {} {}", entry.kind, entry.key, entry.outcome.word())).collect()
    };
    assert_eq!(
        made(&world.run(&day).await),
        [
            "Account acct-sales created",
            "Account acct-receivable created",
            "Account acct-till-takings created",
            "Account acct-vouchers created",
            "Account acct-deposits created",
            "Account acct-drops-and-payouts created",
            "Item item-goods created",
            "Item item-voucher created",
            "Item item-deposit created",
            "Item item-drops-and-payouts created",
            "Customer store-boston created",
        ]
    );
    assert_eq!(made(&world.run(&day).await), ["Customer store-boston already_posted"]);
}

/// a payment method can be done without, but not when QuickBooks cannot be reached: that is an outage.
#[tokio::test]
async fn a_payment_method_that_could_not_be_sent_stops_the_run() {
    let world = World::new();
    world.wire.times(9, creates("paymentmethod", ""), Fault::NoConnection);
    let faults = world.faults_of(&shipped()).await;
    assert!(matches!(&faults[..], [NotReady::NotProvisioned { .. }]), "{faults:?}");
    assert_eq!(world.wire.creates("paymentmethod").len(), 4);
}

/// an account that cannot be made stops the run before a document; the next run makes it once.
#[tokio::test]
async fn what_cannot_be_made_is_named_and_made_by_the_next_run() {
    for fault in [Fault::Refused("2040"), Fault::RequestLost, Fault::AnswerLost] {
        let world = World::new();
        world.wire.times(4, creates("account", "Receivable"), fault);
        world.wire.times(20, reads("query", "Name = "), Fault::Status(503, false));
        let faults = world.faults_of(&shipped()).await;
        assert!(
            matches!(&faults[..], [NotReady::NotProvisioned { key, .. }] if key == "the account for receivable")
        );
        world.wire.heal();
        world.clock.advance(3600);
        assert!(all_are(&world.run(&[shipped()]).await, Outcome::Created));
        assert_eq!(world.list_sizes()[0], 15 + 6);
    }
}

/// two roles may share one account of the company's own; it is found, not made.
#[tokio::test]
async fn a_mapped_account_of_the_company_is_found_and_not_made() {
    let mut world = World::new();
    let accounts = BTreeMap::from([
        (AccountRole::TillTakings, "Checking".to_owned()),
        (AccountRole::Deposits, "Cloud POS Vouchers Control Account".to_owned()),
    ]);
    world.map(CompanyMapping { accounts, ..CompanyMapping::default() });
    assert!(all_are(&world.run(&sample_day()).await, Outcome::Created));
    assert_eq!(world.list_sizes()[0], 15 + 4);
    assert!(world.tie_out(&sample_day()).await.is_tied_out());
}
