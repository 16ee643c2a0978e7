//! Where the company mapping lets money go, seen in the books: certificates worth more than their price.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

mod support;

use exchange::{NotReady, Outcome, RunError, TieOut};
use mapping::CompanyMapping;
use serde_json::{Value, json};
use support::pos::golden;
use support::{World, all_are};

fn mapped(mapping: Value) -> World {
    let mut world = World::new();
    world.map(serde_json::from_value::<CompanyMapping>(mapping).unwrap());
    world
}

fn account(world: &World, name: &str, kind: &str) {
    world.wire.type_in("account", &json!({"Name": name, "AccountType": kind}));
}

/// QuickBooks' figure of an account, as the tie-out has it.
fn moved(ties: &TieOut, name: &str) -> i64 {
    let found = ties.accounts.iter().find(|tie| tie.name == name);
    found.unwrap_or_else(|| panic!("no {name} in {ties:?}")).quickbooks.cents()
}

fn not_ready(error: RunError) -> Vec<String> {
    match error {
        RunError::NotReady(faults) => faults.iter().map(NotReady::to_string).collect(),
        other => panic!("{other:?}"),
    }
}

/// D-06: certificates owe their face value; the rest is less income, or stands where the mapping says: in an account of
/// Income, made when it is missing, or of Expense. Another type is refused before anything is sent.
#[tokio::test]
async fn d_06_certificates_below_their_face_value_tie_out() {
    let day = golden("d06_certificate_below_face_value");
    for (mapping, made, name, cents) in [
        (json!({}), None, "Cloud POS Sales Control Account", -6_100),
        (json!({"accounts": {"certificate_discounts": "Promotions"}}), None, "Promotions", 1_500),
        (json!({"accounts": {"certificate_discounts": "Promotions"}}), Some("Expense"), "Promotions", 1_500),
    ] {
        let world = mapped(mapping);
        made.into_iter().for_each(|kind| account(&world, name, kind));
        let reports = world.run(&day).await;
        assert!(all_are(&reports, Outcome::Created), "{reports:?}");
        let ties = world.tie_out(&day).await;
        assert!(ties.is_tied_out(), "{ties:?}");
        assert_eq!((moved(&ties, "Cloud POS Vouchers Control Account"), moved(&ties, name)), (-300, cents));
    }
    let world = mapped(json!({"accounts": {"certificate_discounts": "Promotions"}}));
    account(&world, "Promotions", "Other Current Asset");
    let error = world.exchange().run(&day[0]).await.unwrap_err();
    let told = not_ready(error);
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].contains("Promotions") && told[0].contains("Income or Expense"), "{told:?}");
    assert!(world.documents().is_empty());
}
