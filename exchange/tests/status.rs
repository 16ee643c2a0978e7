//! What a posting log says at a glance of documents that are not done.

use crate::support;

use exchange::{Entry, LogStatus, Outcome, StatusReader};
use support::World;
use support::pos::{batch, sale};
use support::wire::{Fault, creates};

const DAY: &str = "2026-02-03";

fn status_of(entries: Vec<Entry>) -> LogStatus {
    let mut reader = StatusReader::default();
    entries.into_iter().for_each(|entry| reader.take(entry));
    reader.status()
}

fn status(world: &World) -> LogStatus {
    status_of(world.log.entries())
}

#[tokio::test]
async fn what_is_refused_in_doubt_and_held_is_named_until_it_is_done() {
    let world = World::new();
    assert!(status(&world).to_string().starts_with("Nothing was ever sent.\nNo certificate was made.\n"));
    let day = batch("1", 4, DAY, &[sale(1, DAY, "20.00"), sale(2, DAY, "5.00"), sale(3, DAY, "7.00")]);
    world.wire.times(9, creates("invoice", "transaction-1"), Fault::Refused("2010"));
    world.run(std::slice::from_ref(&day)).await;
    // Cut off behind a sending, as by a killed process.
    let mut entries = world.log.entries();
    let is_of = |entry: &Entry| matches!(entry, Entry::Sending { step, .. } if *step == *"inv-CLT2B4");
    entries.truncate(entries.iter().position(is_of).unwrap() + 1);
    let in_doubt = status_of(entries).not_done.into_iter().find(|document| document.key == *"inv-CLT2B4");
    assert_eq!(in_doubt.map(|document| document.outcome), Some(Outcome::Unknown));
    let found = status(&world);
    let of =
        |key: &str| found.not_done.iter().find(|document| document.key == *key).map(|found| found.outcome);
    assert_eq!(of("inv-CLT1B4"), Some(Outcome::Refused));
    assert_eq!(of("pay-CL15239T1B4"), Some(Outcome::Held), "begun, and never sent");
    assert_eq!(of("inv-CLT2B4"), None);
    assert!(!found.is_settled() && found.last_sent.is_some());
    let page = found.to_string();
    assert!(page.contains("Invoice CLT1B4: refused, sent "), "{page}");
    assert!(page.contains("Payment CL15239T1B4: held\n"), "{page}");
    world.wire.heal();
    world.clock.advance(600);
    world.run(std::slice::from_ref(&day)).await;
    let found = status(&world);
    assert!(found.is_settled(), "{:?}", found.not_done);
    assert_eq!(found.documents.get("already_posted"), Some(&6));
}
