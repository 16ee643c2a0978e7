//! N-13: a number stands for one event for ever. Another event under it is refused before anything is sent.

use crate::support;

use std::collections::BTreeMap;

use exchange::{Outcome, RunError};
use mapping::{CompanyMapping, StoreMapping};
use pos_model::Batch;
use serde_json::json;
use support::pos::{batch, golden_with, sale, salem};
use support::wire::{Fault, creates};
use support::{World, all_are};

const DATE: &str = "2026-02-03";

fn boston(register: &str, number: u64, transaction: u64) -> Batch {
    batch(register, number, DATE, &[sale(transaction, DATE, "20.00")])
}

/// Prefixes by store code.
fn prefixes(pairs: &[(&str, &str)]) -> CompanyMapping {
    let store = |prefix: &str| StoreMapping { prefix: Some(prefix.to_owned()), ..StoreMapping::default() };
    let stores: BTreeMap<_, _> =
        pairs.iter().map(|(code, prefix)| ((*code).to_owned(), store(prefix))).collect();
    CompanyMapping { stores, ..CompanyMapping::default() }
}

/// The run is refused with these three texts, and neither a document nor a list entry is sent.
async fn expect_taken(world: &World, batch: &Batch, wanted: [&str; 3]) {
    let writes = world.wire.writes().len();
    match world.exchange().run(batch).await {
        Err(RunError::NumberTaken { key, posted, planned }) => {
            assert_eq!([&*key, &*posted, &*planned], wanted)
        }
        other => panic!("wanted {wanted:?}, found {other:?}"),
    }
    assert_eq!(world.wire.writes().len(), writes, "something was sent");
}

/// N-13: one number for two registers of a store, both named; in this process, in the next, and whatever became of it.
#[tokio::test]
async fn a_batch_number_belongs_to_one_register() {
    let wanted = ["batch 4 of store boston", "register 1", "register 2"];
    for fault in [None, Some(Fault::RequestLost), Some(Fault::Refused("2500")), Some(Fault::Throttled(1))] {
        let world = World::new();
        if let Some(fault) = fault {
            world.wire.times(4, creates("invoice", ""), fault);
        }
        let mut exchange = world.exchange();
        exchange.run(&boston("1", 4, 1)).await.unwrap();
        let error = exchange.run(&boston("2", 4, 2)).await.unwrap_err();
        assert_eq!(error.code(), "number-taken");
        let text = error.to_string();
        assert!(
            text.contains("register 1") && text.contains("register 2") && text.contains("prefixes"),
            "{text}"
        );
        expect_taken(&world, &boston("2", 4, 2), wanted).await;
    }
}

/// N-13: two stores with one prefix, one batch number and one transaction number: both events are named.
#[tokio::test]
async fn a_number_belongs_to_one_store() {
    let world = World::new();
    world.run(&[boston("1", 4, 1)]).await;
    let other = salem(4, DATE, &[sale(1, DATE, "20.00")]);
    let wanted = [
        "Invoice CLT1B4",
        "transaction 1 of store boston, register 1, batch 4",
        "transaction 1 of store salem, register 1, batch 4",
    ];
    expect_taken(&world, &other, wanted).await;
}

/// N-13: with prefixes of their own both stores post.
#[tokio::test]
async fn stores_with_prefixes_of_their_own_do_not_meet() {
    let mut world = World::new();
    world.map(prefixes(&[("boston", "BO"), ("salem", "SA")]));
    let both = [boston("1", 4, 1), salem(4, DATE, &[sale(1, DATE, "20.00")])];
    assert!(all_are(&world.run(&both).await, Outcome::Created));
    assert_eq!(world.numbered("BOT1B4").len(), 1);
    assert_eq!(world.numbered("SAT1B4").len(), 1);
    assert!(world.tie_out(&both).await.is_tied_out());
}

/// N-13, N-06: two registers with one batch number and one order. Their deposits would have one number; with a prefix of its
/// own for one of them both are posted, on one order.
#[tokio::test]
async fn n_13_two_registers_with_one_batch_number_and_one_order() {
    let both = golden_with("d09_one_order_paid_at_two_registers", "\"number\": 7", "\"number\": 4");
    let world = World::new();
    world.run(&both[..1]).await;
    expect_taken(&world, &both[1], ["batch 4 of store boston", "register 1", "register 2"]).await;

    let mut world = World::new();
    world.run(&both[..1]).await;
    let mut mapping = CompanyMapping::default();
    let store = mapping.stores.entry("boston".to_owned()).or_default();
    store.register_prefixes.insert("2".to_owned(), "CM".to_owned());
    world.map(mapping);
    assert!(all_are(&world.run(&both[1..]).await, Outcome::Created));
    assert_eq!(world.numbered("CL15239D700716B4").len(), 2, "invoice and payment");
    assert_eq!(world.numbered("CM15239D700716B4").len(), 2);
    assert!(all_are(&world.run(&both).await, Outcome::AlreadyPosted));
    assert!(world.tie_out(&both).await.is_tied_out());
}

/// N-13: numbers and prefixes are compared without case.
#[tokio::test]
async fn a_number_in_another_case_is_the_same_number() {
    let mut world = World::new();
    world.run(&[boston("1", 4, 1)]).await;
    world.map(prefixes(&[("salem", "cl")]));
    let other = salem(4, DATE, &[sale(1, DATE, "20.00")]);
    let before = world.documents();
    let result = world.exchange().run(&other).await;
    assert!(matches!(result, Err(RunError::NumberTaken { .. })), "{result:?}");
    assert_eq!(world.documents(), before);
}

/// I1, N-13: the store's prefix is changed after its batch was posted. The same event must not be posted a second time.
#[tokio::test]
async fn an_event_posted_under_another_prefix_is_not_posted_again() {
    let mut world = World::new();
    world.run(&[boston("1", 4, 1)]).await;
    let before = world.documents();
    world.map(prefixes(&[("boston", "BO")]));
    let _ = world.exchange().run(&boston("1", 4, 1)).await;
    assert_eq!(world.documents(), before);
}

/// N-13: other batches of the register, and other transactions of the store, are free.
#[tokio::test]
async fn other_numbers_are_free() {
    let world = World::new();
    let batches = [boston("1", 4, 1), boston("1", 5, 1), boston("2", 6, 1)];
    assert!(all_are(&world.run(&batches).await, Outcome::Created));
}

/// N-13, N-14: the whole event behind a document is in its memo, for people, and in the report; a payment's memo names its
/// tender in full.
#[tokio::test]
async fn the_event_stands_in_the_memo_and_in_the_report() {
    let world = World::new();
    let report = world.run(&[boston("7", 4, 1)]).await.remove(0);
    assert_eq!(report.documents[0].identity, "boston/7/4/transaction-1".parse().ok());
    assert_eq!(world.wire.rows("Invoice")[0]["PrivateNote"], json!("boston/7/4/transaction-1"));
    assert_eq!(world.wire.rows("Payment")[0]["PrivateNote"], json!("Cash | boston/7/4/transaction-1"));
}
