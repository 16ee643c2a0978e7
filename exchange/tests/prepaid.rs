//! What customers have paid before they get goods: deposits on orders and gift certificates, over the batches of every run.

use crate::support;

use pos_model::Batch;
use support::World;
use support::pos::{certificates, golden, golden_with};

/// What a new process says of batches.
async fn said(world: &World, batches: &[Batch]) -> Vec<String> {
    let notices = world.exchange().notices(batches).await.unwrap();
    notices.iter().map(ToString::to_string).collect()
}

/// D-10: a deposit paid in the batch of an earlier run, which is not handed in again, is known from the posting log.
#[tokio::test]
async fn d_10_deposits_of_earlier_runs_count_beside_those_of_this_one() {
    const G09: &str = "g09_deposits_paid_and_one_redeemed";
    let world = World::new();
    let days = golden(G09);
    let (paid, collected) = (&days[..2], &days[2..]);
    let unknown = "Boston Store, order 700710: 50.00 of deposits redeemed or returned, 0.00 paid, in all batches that are \
        known here; look for a deposit under another order";
    assert_eq!(said(&world, collected).await, [unknown], "the log is new");
    world.run(paid).await;
    assert_eq!(said(&world, collected).await, [""; 0]);
    world.run(collected).await;
    for batches in [collected, &days[..]] {
        assert_eq!(said(&world, batches).await, [""; 0], "a batch that is here is not counted once more");
    }
    assert_eq!(said(&world, paid).await, [""; 0]);
    // The order is collected a second time, in a batch of its own.
    let again = golden_with(G09, "\"number\": 5,", "\"number\": 6,");
    let again: Vec<Batch> = again.into_iter().filter(|batch| batch.number() == 6).collect();
    assert_eq!(again.len(), 1);
    let twice = "Boston Store, order 700710: 100.00 of deposits redeemed or returned, 50.00 paid, in all batches that are \
        known here; look for a deposit under another order";
    assert_eq!(said(&world, &again).await, [twice]);
}

/// D-06: what an earlier run's batch put onto a certificate is known from the posting log, which does not hold its number.
#[tokio::test]
async fn d_06_certificates_of_earlier_runs_count_beside_those_of_this_one() {
    let world = World::new();
    let number = "GC-553071";
    let sold = certificates(4, "2026-02-03", &[("50.00", number)]);
    let used = |batch| certificates(batch, "2026-02-04", &[("-30.00", number)]);
    assert_eq!(said(&world, &[used(5)]).await, [""; 0], "nothing is known of it");
    world.run(&[sold, used(5)]).await;
    let twice = "gift certificate GC-553071: 60.00 redeemed or brought back, 50.00 put onto it, in all batches that are known \
        here; look whether it was taken twice, or its number mistyped";
    assert_eq!(said(&world, &[used(6)]).await, [twice]);
    assert_eq!(said(&world, &[used(5)]).await, [""; 0], "a batch that is here is not counted once more");
    let log = world.log.entries();
    let rows = format!("{log:?}");
    assert!(rows.contains("certificates") && !rows.to_lowercase().contains("553071"), "{rows}");
}
