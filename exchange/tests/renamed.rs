//! Accounts and items that a person renames in QuickBooks, or points elsewhere (X-04): readiness and the run say it with the
//! present name and a way on, nothing is posted to another account, and the books tie out.

use crate::support;

use exchange::{NotReady, Outcome, RunError};
use mapping::{AccountRole, CompanyMapping};
use pos_model::Batch;
use serde_json::{Value, json};
use support::World;
use support::pos::{batch, certificates, sale};

const DAY: &str = "2026-02-03";

/// What a person does with the list entry of this name.
fn change(world: &World, entity: &str, name: &str, fields: &Value) {
    let mut row = world.wire.rows(entity).into_iter().find(|row| row["Name"] == name).unwrap();
    for (field, value) in fields.as_object().unwrap() {
        row[field] = value.clone();
    }
    world.wire.type_in(&entity.to_lowercase(), &row);
}

fn id(world: &World, entity: &str, name: &str) -> Value {
    world.wire.rows(entity).into_iter().find(|row| row["Name"] == name).unwrap()["Id"].clone()
}

/// What readiness and a run say of a batch; the two agree, and nothing is made or posted.
async fn said(world: &World, day: &Batch) -> Vec<String> {
    let before = (world.documents(), world.list_sizes());
    let ready = world.exchange().readiness([day]).await.unwrap();
    let Err(RunError::NotReady(run)) = world.exchange().run(day).await else {
        panic!("it was run: {ready:?}")
    };
    assert_eq!(ready, run);
    assert_eq!((world.documents(), world.list_sizes()), before);
    ready.iter().map(ToString::to_string).collect()
}

/// The company's own accounts, which no run made: a liability for certificates, and a bank account for cash.
fn of_the_company(mapped: (&str, &str)) -> CompanyMapping {
    let mut mapping = CompanyMapping::default();
    mapping.accounts.insert(AccountRole::Vouchers, mapped.0.to_owned());
    mapping.tender_accounts.insert(15239, mapped.1.into());
    mapping
}

#[tokio::test]
async fn x_04_an_account_that_was_the_company_s_already_is_known_after_it_is_renamed() {
    let mut world = World::new();
    for (name, kind) in [("Cards Outstanding", "Other Current Liability"), ("Safe", "Bank")] {
        world.wire.type_in("account", &json!({"Name": name, "AccountType": kind}));
    }
    world.map(of_the_company(("Cards Outstanding", "Safe")));
    let monday = [certificates(1, DAY, &[("30.00", "A-1")])];
    assert!(world.run(&monday).await[0].documents.iter().all(|entry| entry.outcome == Outcome::Created));
    change(&world, "Account", "Cards Outstanding", &json!({"Name": "2400 Gift cards"}));
    change(&world, "Account", "Safe", &json!({"Name": "1010 Safe"}));
    let tuesday = certificates(2, DAY, &[("45.00", "A-2")]);
    let expected = [
        r#"the account "Safe" is called "1010 Safe" in QuickBooks now; write that name in the company mapping, or rename it back"#,
        r#"the account "Cards Outstanding" is called "2400 Gift cards" in QuickBooks now; write that name in the company mapping, or rename it back"#,
    ];
    assert_eq!(said(&world, &tuesday).await, expected);
    // Another account takes the old name: it is not the one that documents went to.
    world.wire.type_in("account", &json!({"Name": "Safe", "AccountType": "Bank"}));
    assert_eq!(said(&world, &tuesday).await, expected);
    assert!(world.tie_out(&monday).await.is_tied_out(), "what is posted stands where it stood");
    world.map(of_the_company(("2400 Gift cards", "1010 Safe")));
    let report = world.run(std::slice::from_ref(&tuesday)).await.remove(0);
    assert!(report.documents.iter().all(|entry| entry.outcome == Outcome::Created), "{report:?}");
    assert!(world.tie_out(&[monday[0].clone(), tuesday]).await.is_tied_out());
}

/// The other way on: the person renames it back. Readiness asks of every time of the mapping.
#[tokio::test]
async fn x_04_a_renamed_account_may_be_renamed_back_and_a_later_mapping_is_asked_too() {
    let mut world = World::new();
    world.wire.type_in("account", &json!({"Name": "Safe", "AccountType": "Bank"}));
    let mapping = json!({"changes": [{"from": "2026-02-04", "tender_accounts": {"15239": "Safe"}}]});
    world.map(serde_json::from_value(mapping).unwrap());
    world
        .run(&[
            batch("1", 1, DAY, &[sale(1, DAY, "5.00")]),
            batch("1", 2, "2026-02-04", &[sale(2, "2026-02-04", "6.00")]),
        ])
        .await;
    change(&world, "Account", "Safe", &json!({"Name": "Vault"}));
    let (third, fourth) = (
        batch("1", 3, DAY, &[sale(3, DAY, "5.00")]),
        batch("1", 4, "2026-02-04", &[sale(4, "2026-02-04", "6.00")]),
    );
    let faults = world.exchange().readiness([&third, &fourth]).await.unwrap();
    assert_eq!(faults, [NotReady::Renamed { was: "Safe".to_owned(), now: "Vault".to_owned() }]);
    change(&world, "Account", "Vault", &json!({"Name": "Safe"}));
    let all = [third, fourth];
    assert!(world.run(&all).await.iter().all(|report| report.counts().of(Outcome::Created) == 2));
    assert!(world.tie_out(&all).await.is_tied_out());
}

#[tokio::test]
async fn x_04_an_item_renamed_and_pointed_to_another_account_posts_nothing_there() {
    let world = World::new();
    let monday = batch("1", 1, DAY, &[sale(1, DAY, "5.00")]);
    world.run(std::slice::from_ref(&monday)).await;
    world.wire.type_in("account", &json!({"Name": "Other sales", "AccountType": "Income"}));
    let elsewhere =
        json!({"Name": "Till goods", "IncomeAccountRef": {"value": id(&world, "Account", "Other sales")}});
    change(&world, "Item", "Cloud POS Item", &elsewhere);
    let tuesday = batch("1", 2, DAY, &[sale(2, DAY, "6.00")]);
    assert_eq!(
        said(&world, &tuesday).await,
        [
            r#"item "Till goods" posts to the account "Other sales", not to "Cloud POS Sales Control Account"; change the item's income account, or, if the account was only renamed, write its new name in the company mapping"#
        ]
    );
    assert!(
        world.tie_out(std::slice::from_ref(&monday)).await.is_tied_out(),
        "what is posted stands where it stood"
    );
    // Pointed back, it goes on under its new name.
    let back =
        json!({"IncomeAccountRef": {"value": id(&world, "Account", "Cloud POS Sales Control Account")}});
    change(&world, "Item", "Till goods", &back);
    let items = world.wire.rows("Item").len();
    let report = world.run(std::slice::from_ref(&tuesday)).await.remove(0);
    assert_eq!(report.counts().of(Outcome::Created), 2, "{report:?}");
    assert_eq!(world.wire.rows("Item").len(), items, "no item is made beside it");
    assert!(world.tie_out(&[monday, tuesday]).await.is_tied_out());
}

#[tokio::test]
async fn x_04_an_item_renamed_and_made_inactive_is_told_by_its_present_name() {
    let world = World::new();
    world.run(&[batch("1", 1, DAY, &[sale(1, DAY, "5.00")])]).await;
    change(&world, "Item", "Cloud POS Item", &json!({"Name": "Till goods", "Active": false}));
    let told = said(&world, &batch("1", 2, DAY, &[sale(2, DAY, "6.00")])).await;
    assert!(
        matches!(&told[..], [one] if one.starts_with("the item \"Till goods") && one.ends_with("is inactive; make it active in QuickBooks")),
        "{told:?}"
    );
}
