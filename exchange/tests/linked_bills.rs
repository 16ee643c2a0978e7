//! D-18: bills that receive their order's lines, when people work on the order in QuickBooks and when reads fail.

use crate::support;

use exchange::{Hold, Outcome};
use mapping::CompanyMapping;
use pos_model::{PosFile, PurchaseOrder};
use serde_json::{Value, json};
use support::World;
use support::wire::{Fault, creates, reads};

fn world() -> (World, PurchaseOrder) {
    let mut world = World::new();
    world.map(serde_json::from_value::<CompanyMapping>(json!({"bills": "linked"})).unwrap());
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../mapping/tests/golden");
    let bytes = std::fs::read(format!("{folder}/d18_linked_bill/pos.json")).unwrap();
    (world, PosFile::from_json(&bytes).unwrap().purchase_orders()[0].clone())
}

fn order(world: &World) -> Value {
    world.wire.rows("PurchaseOrder").remove(0)
}

/// The order's lines in another order, by a person.
fn turn_around(world: &World) {
    let order = order(world);
    let mut lines = order["Line"].as_array().unwrap().clone();
    lines.reverse();
    let number = order["DocNumber"].as_str().unwrap();
    world.wire.change(
        "PurchaseOrder",
        number,
        "update",
        &json!({"Line": lines, "VendorRef": order["VendorRef"],
        "APAccountRef": order["APAccountRef"]}),
    );
}

/// D-18: what was posted is already posted, whatever became of the order since; and it costs no read to know.
#[tokio::test]
async fn d_18_a_posted_bill_stays_posted_when_the_order_is_changed() {
    let (world, purchase) = world();
    world.exchange().run(&purchase).await.unwrap();
    turn_around(&world);
    let reads = || world.wire.calls().iter().filter(|call| call.text.contains("from PurchaseOrder")).count();
    let before = reads();
    let report = world.exchange().run(&purchase).await.unwrap();
    assert_eq!(report.counts().of(Outcome::AlreadyPosted), 2, "{report:?}");
    assert_eq!(reads() - before, 0);
}

/// D-18: a bill never receives another line of the order than its own.
#[tokio::test]
async fn d_18_a_bill_is_not_linked_with_the_lines_of_a_changed_order() {
    let (world, purchase) = world();
    world.wire.once(creates("bill", "CL306063B"), Fault::Refused("6210"));
    world.exchange().run(&purchase).await.unwrap();
    turn_around(&world);
    let report = world.exchange().run(&purchase).await.unwrap();
    assert_eq!(report.counts().of(Outcome::Refused), 1, "{report:?}");
    let reason = report.documents[1].reason.as_deref().unwrap();
    assert!(reason.contains("changed in QuickBooks"), "{reason}");
    assert_eq!(world.wire.rows("Bill").len(), 0);
}

/// a read that fails holds its step and is reported; what was posted before it is in the report.
#[tokio::test]
async fn x_06_a_bill_whose_order_cannot_be_read_is_held() {
    let (world, purchase) = world();
    world.wire.times(9, reads("query", "PurchaseOrder where Id"), Fault::Status(503, false));
    let report = world.exchange().run(&purchase).await.unwrap();
    assert_eq!(report.counts().of(Outcome::Created), 1, "{report:?}");
    assert_eq!(report.documents[1].hold, Some(Hold::Unreachable), "{report:?}");
    world.wire.heal();
    let report = world.exchange().run(&purchase).await.unwrap();
    assert_eq!(report.counts().of(Outcome::Created), 1, "{report:?}");
}
