//! X-02 for customers: a process may stop before and after every append, every request and every change at the POS; both sides end as
//! if it had not.

#![allow(
    clippy::print_stdout,
    reason = "the figures of the cuts: cargo test -p exchange --test all customers_crash -- --nocapture"
)]

use std::sync::Arc;

use crate::support;

use pos_model::CustomerField;
use serde_json::json;
use support::shop::{Gated, Shop, key};
use support::until_stopped;

/// People on both sides: the same, new ones, one whose name a supplier has.
fn people() -> Shop {
    let shop = Shop::new();
    shop.new_at_pos("c-77", "Sara", "Edward", "sara@example.com");
    shop.new_at_pos("c-78", "Ken", "Moore", "ken@example.com");
    shop.new_at_pos("c-79", "Pat", "Lee", "pat@example.com");
    shop.new_in_quickbooks("Sara", "Edward", "sara@example.com");
    shop.new_in_quickbooks("Ann", "Bell", "ann@example.com");
    shop.world.wire.type_in("vendor", &json!({"DisplayName": "Pat Lee"}));
    shop
}

/// What people do before the second exchange.
fn edit(shop: &Shop) {
    let (sara, ken) = (key("c-77"), key("c-78"));
    shop.write_at_pos(&sara, CustomerField::Phone, "617 555 0101");
    shop.edit_in_quickbooks(&shop.record_of(&sara), &json!({"FamilyName": "Edwards"}));
    shop.write_at_pos(&ken, CustomerField::Company, "Moore Bikes");
    shop.edit_in_quickbooks(
        &shop.record_of(&ken),
        &json!({"PrimaryEmailAddr": {"Address": "ken@example.org"}}),
    );
    shop.new_at_pos("c-80", "Lou", "Reyes", "lou@example.com");
    shop.new_in_quickbooks("Jo", "Park", "jo@example.com");
}

/// An exchange that is killed at a point. False when it ended before.
async fn killed_at(point: usize, shop: &Shop) -> bool {
    let pos = Gated { pos: shop.pos.clone(), gate: Arc::clone(&shop.world.gate) };
    shop.world.gate.stop_at(point);
    let ended = until_stopped(Box::pin(shop.exchange_at(&pos)), true).await;
    shop.world.gate.stop_at(0);
    if let Some(ended) = ended {
        _ = ended.unwrap();
        return false;
    }
    true
}

/// An exchange that nothing disturbs, and how many points it passes.
async fn points_of(shop: &Shop) -> usize {
    let pos = Gated { pos: shop.pos.clone(), gate: Arc::clone(&shop.world.gate) };
    shop.world.gate.stop_at(0);
    _ = shop.exchange_at(&pos).await.unwrap();
    shop.world.gate.passed()
}

/// Both sides as they are when nothing disturbs either exchange, with the points of each.
async fn undisturbed() -> ([usize; 2], Vec<String>) {
    let shop = people();
    let first = points_of(&shop).await;
    edit(&shop);
    let second = points_of(&shop).await;
    ([first, second], shop.agree())
}

/// Both sides come to what they would have, nothing is there twice, and a further exchange does nothing.
async fn expect_the_same_people(shop: &Shop, wanted: &[String], place: &str) {
    let report = shop.exchange().await;
    assert_eq!(report.refusals, [], "{place}");
    assert_eq!((report.counts.conflicts, report.counts.in_doubt), (0, 0), "{place}: {:?}", report.conflicts);
    assert_eq!(shop.people().0, wanted, "{place}: the point of sale");
    assert_eq!(shop.people().1, wanted, "{place}: QuickBooks");
    let writes = shop.writes();
    let report = shop.exchange().await;
    assert!(!report.has_changed_something(), "{place}: {}", report.counts);
    assert_eq!(shop.writes(), writes, "{place}: the exchange after it wrote");
}

/// X-02, F-14: the first exchange, killed at each of its points.
#[tokio::test]
async fn f_14_killed_at_any_point_of_the_first_exchange_both_sides_come_to_the_same() {
    let ([points, _], wanted) = undisturbed().await;
    assert!(points >= 60, "only {points} points: what is not counted is not tested");
    println!("a first exchange of customers is cut at {points} points");
    for point in 1..=points {
        let shop = people();
        assert!(killed_at(point, &shop).await, "point {point} was not reached");
        _ = shop.exchange().await;
        edit(&shop);
        expect_the_same_people(&shop, &wanted, &format!("point {point}")).await;
    }
}

/// X-02, F-14: a later exchange, killed at each of its points.
#[tokio::test]
async fn f_14_killed_at_any_point_of_a_later_exchange_both_sides_come_to_the_same() {
    let ([_, points], wanted) = undisturbed().await;
    assert!(points >= 60, "only {points} points: what is not counted is not tested");
    println!("a later exchange of customers is cut at {points} points");
    for point in 1..=points {
        let shop = people();
        _ = shop.exchange().await;
        edit(&shop);
        assert!(killed_at(point, &shop).await, "point {point} was not reached");
        expect_the_same_people(&shop, &wanted, &format!("point {point}")).await;
    }
}

/// whoever repairs a crash may crash as well.
#[tokio::test]
async fn f_14_killed_again_during_the_repair_nobody_is_there_twice() {
    let ([_, points], wanted) = undisturbed().await;
    let mut pairs = 0;
    for first in (1..=points).step_by(7) {
        for second in (1..=points).step_by(9) {
            let shop = people();
            _ = shop.exchange().await;
            edit(&shop);
            assert!(killed_at(first, &shop).await);
            pairs += usize::from(killed_at(second, &shop).await);
            expect_the_same_people(&shop, &wanted, &format!("points {first} and {second}")).await;
        }
    }
    println!("an exchange of customers and its repair are cut at {pairs} pairs of points");
}

/// F-14: with the log lost, whose record is whose is known from the ids at the POS and the keys in QuickBooks' notes.
#[tokio::test]
async fn f_14_with_the_log_lost_nobody_is_there_twice() {
    let ([first, _], _) = undisturbed().await;
    for point in 1..=first {
        let shop = people();
        assert!(killed_at(point, &shop).await, "point {point} was not reached");
        shop.world.log.replace(&[]);
        _ = shop.exchange().await;
        let people = shop.agree();
        assert_eq!(people.len(), 4, "point {point}: {people:?}");
        assert!(!shop.exchange().await.has_changed_something(), "point {point}");
    }
}

/// I9: when the log cannot be written nothing is changed that it does not know.
#[tokio::test]
async fn f_14_a_log_that_fails_at_any_entry_loses_nobody() {
    let ([..], wanted) = undisturbed().await;
    let shop = people();
    _ = shop.exchange().await;
    let length = shop.world.log.length();
    for position in 0..length {
        for is_kept in [true, false] {
            let shop = people();
            shop.world.log.fail_at(position, is_kept);
            let error = shop.try_exchange().await.unwrap_err();
            assert_eq!(error.code(), "log-storage", "entry {position}");
            _ = shop.exchange().await;
            edit(&shop);
            expect_the_same_people(&shop, &wanted, &format!("entry {position}, {is_kept}")).await;
        }
    }
    println!("the log of an exchange of customers fails at {length} entries, kept and not kept");
}
