//! X-02 for a day both ways: a process may stop before and after every append, every request, every change at the POS and every balance
//! that is overwritten; books, balances and what is held come to what they would have.

#![allow(
    clippy::print_stdout,
    reason = "the figures of the cuts: cargo test -p exchange --test all customers_day_crash -- --nocapture"
)]

use std::sync::Arc;

use crate::customers_accounts::{batch_of, shop};
use crate::support;

use exchange::RunError;
use exchange::customers::{BothWays, PosCustomers};
use mapping::Origin;
use mapping::customers::{Movement, MovementState, charges_of};
use pos_model::{Batch, CustomerField, Money};
use serde_json::json;
use support::shop::{Gated, Shop, key};
use support::until_stopped;

/// Charges over the limit, credits and payments on either side, somebody new, and a charge that is still in an open batch.
fn people() -> Shop {
    let shop = shop(Some(200));
    shop.new_at_pos("c-78", "Sahra", "Edwards", "s@example.com");
    shop.new_in_quickbooks("Ann", "Bell", "ann@example.com");
    shop
}

fn first() -> Vec<Batch> {
    vec![batch_of("boston", 4, &[("c-77", 1, 0, 160), ("c-78", 2, 1, 30), ("c-78", 3, 9, -10)])]
}

fn second() -> Vec<Batch> {
    let mut batches = first();
    batches.push(batch_of("salem", 9, &[("c-77", 4, 5, 50), ("c-77", 5, 6, 30), ("c-78", 6, 7, 12)]));
    batches.push(batch_of("boston", 5, &[("c-77", 7, 8, -20)]));
    batches
}

/// What people do between the two days.
fn edit(shop: &Shop) {
    let (sara, double) = (key("c-77"), key("c-78"));
    shop.write_at_pos(&sara, CustomerField::Phone, "617 555 0101");
    let id = shop.record_of(&double);
    shop.edit_in_quickbooks(&id, &json!({"CompanyName": "Edwards Bikes"}));
    shop.world.wire.type_in("payment", &json!({"CustomerRef": {"value": id}, "TotalAmt": 7.00}));
    let event = charges_of(&batch_of("boston", 6, &[("c-78", 8, 9, 3)]))[0].event.clone();
    let amount = Money::from_cents(300).unwrap();
    shop.pos.charge(Movement { event, customer: double, amount, state: MovementState::Open });
}

async fn day_at(shop: &Shop, pos: &dyn PosCustomers, batches: &[Batch]) -> Result<BothWays, RunError> {
    let origins: Vec<Origin<'_>> = batches.iter().map(Origin::from).collect();
    let mut failed = None;
    let mut exchange = shop.world.exchange();
    let day = exchange
        .run_both_ways(&origins, pos, &shop.options, |_, result| failed = result.err().or(failed.take()));
    let day = day.await?;
    failed.map_or(Ok(day), Err)
}

/// A day that is killed at a point. False when it ended before.
async fn killed_at(point: usize, shop: &Shop, batches: &[Batch]) -> bool {
    let pos = Gated { pos: shop.pos.clone(), gate: Arc::clone(&shop.world.gate) };
    shop.world.gate.stop_at(point);
    let ended = until_stopped(Box::pin(day_at(shop, &pos, batches)), true).await;
    shop.world.gate.stop_at(0);
    ended.map(Result::unwrap).is_none()
}

/// How many points a day passes that nothing disturbs.
async fn points_of(shop: &Shop, batches: &[Batch]) -> usize {
    let pos = Gated { pos: shop.pos.clone(), gate: Arc::clone(&shop.world.gate) };
    shop.world.gate.stop_at(0);
    _ = day_at(shop, &pos, batches).await.unwrap();
    shop.world.gate.passed()
}

/// The books, the customers with their balances and credit, and what is held.
async fn all_of(shop: &Shop, batches: &[Batch], place: &str) -> Vec<String> {
    let day = day_at(shop, &shop.pos, batches).await.unwrap();
    let writes = shop.world.wire.writes().len();
    let again = day_at(shop, &shop.pos, batches).await.unwrap();
    assert_eq!(shop.world.wire.writes().len(), writes, "{place}: the day after it wrote");
    assert_eq!(day.held, again.held, "{place}");
    shop.world.audit();
    let mut all = shop.world.documents();
    all.extend(shop.agree());
    // Keys of new customers depend on how many changes there were before.
    let mut balances: Vec<String> = (shop.pos.customers().iter())
        .map(|ours| {
            let name = ours.fields.text(&CustomerField::FirstName).unwrap_or_default();
            let available = shop.pos.available(&ours.key);
            format!("{name} owes {:?}, may charge {available:?}", ours.balance.unwrap_or_default())
        })
        .collect();
    balances.sort();
    all.extend(balances);
    all.extend(again.held.iter().map(|held| format!("{} {}", held.event, held.judgement)));
    all
}

async fn undisturbed() -> ([usize; 2], Vec<String>) {
    let shop = people();
    let one = points_of(&shop, &first()).await;
    edit(&shop);
    let two = points_of(&shop, &second()).await;
    ([one, two], all_of(&shop, &second(), "undisturbed").await)
}

/// X-02, F-04, F-11: the first day, killed at each of its points.
#[tokio::test]
async fn f_04_killed_at_any_point_of_the_first_day_both_sides_come_to_the_same() {
    let ([points, _], wanted) = undisturbed().await;
    assert!(points >= 100, "only {points} points: what is not counted is not tested");
    println!("a first day both ways is cut at {points} points");
    for point in 1..=points {
        let shop = people();
        assert!(killed_at(point, &shop, &first()).await, "point {point} was not reached");
        _ = day_at(&shop, &shop.pos, &first()).await.unwrap();
        edit(&shop);
        let place = format!("point {point}");
        assert_eq!(all_of(&shop, &second(), &place).await, wanted, "{place}");
    }
}

/// X-02, F-04, F-11: a later day, killed at each of its points.
#[tokio::test]
async fn f_04_killed_at_any_point_of_a_later_day_both_sides_come_to_the_same() {
    let ([_, points], wanted) = undisturbed().await;
    assert!(points >= 80, "only {points} points: what is not counted is not tested");
    println!("a later day both ways is cut at {points} points");
    for point in 1..=points {
        let shop = people();
        _ = day_at(&shop, &shop.pos, &first()).await.unwrap();
        edit(&shop);
        assert!(killed_at(point, &shop, &second()).await, "point {point} was not reached");
        let place = format!("point {point}");
        assert_eq!(all_of(&shop, &second(), &place).await, wanted, "{place}");
    }
}

/// whoever repairs a crash may crash as well.
#[tokio::test]
async fn f_04_a_day_that_is_killed_again_during_the_repair_posts_nothing_twice() {
    let ([_, points], wanted) = undisturbed().await;
    let mut pairs = 0;
    for one in (1..=points).step_by(13) {
        for two in (1..=points).step_by(17) {
            let shop = people();
            _ = day_at(&shop, &shop.pos, &first()).await.unwrap();
            edit(&shop);
            assert!(killed_at(one, &shop, &second()).await);
            pairs += usize::from(killed_at(two, &shop, &second()).await);
            let place = format!("points {one} and {two}");
            assert_eq!(all_of(&shop, &second(), &place).await, wanted, "{place}");
        }
    }
    println!("a day both ways and its repair are cut at {pairs} pairs of points");
}
