//! D-15: payments on account matched with the oldest invoices, when runs are interrupted and options change: no invoice is
//! given more than is open on it, and what was sent stays what it was.

use crate::support;

use exchange::Outcome;
use mapping::CompanyMapping;
use pos_model::{Batch, PosFile};
use serde_json::{Value, json};
use support::pos::sale;
use support::wire::{Fault, creates, reads};
use support::{World, all_are};

const CASH: u64 = 15239;
const CARD: u64 = 15236;
const ACCOUNT: u64 = 15242;

fn world(matching: &str) -> World {
    let mut world = World::new();
    map(&mut world, matching);
    world
}

fn map(world: &mut World, matching: &str) {
    let mapping = json!({"payments_on_account": matching});
    world.map(serde_json::from_value::<CompanyMapping>(mapping).unwrap());
}

/// A batch of Sara's.
fn batch(number: u64, day: &str, transactions: &[Value], payments: &[Value]) -> Batch {
    let file = json!({
        "version": 1, "store": {"code": "boston", "name": "Boston Store", "retailer": "1651"},
        "tender_types": [{"id": CASH, "name": "Cash", "kind": "cash"}, {"id": CARD, "name": "Card", "kind": "card"},
            {"id": ACCOUNT, "name": "Account", "kind": "customer_account"}],
        "customers": [{"id": "c-7", "account_number": "1042"}],
        "batches": [{"register": "1", "number": number, "business_date": day, "status": "closed",
            "closed_at": format!("{day}T18:05:00-05:00"), "transactions": transactions,
            "account_payments": payments}]
    });
    PosFile::from_json(file.to_string().as_bytes()).unwrap().into_parts().0.remove(0)
}

fn sold(number: u64, day: &str, amount: &str, tender: u64) -> Value {
    let mut sold = sale(number, day, amount);
    sold["customer"] = json!("c-7");
    sold["tenders"] = json!([{"type": tender, "amount": amount}]);
    sold
}

fn paid(id: u64, day: &str, amount: &str, tender: u64) -> Value {
    json!({"id": id, "occurred_at": format!("{day}T10:00:00-05:00"), "customer": "c-7",
        "tenders": [{"type": tender, "amount": amount}]})
}

/// What is applied of a payment, line by line, and what of it is not.
fn applied(world: &World, number: &str) -> (Vec<String>, String) {
    let rows = world.wire.rows("Payment");
    let row = rows.iter().find(|row| row["PaymentRefNum"] == number).unwrap();
    let text = |amount: &Value| amount.to_string().trim_end_matches(".0").to_owned();
    let lines = row["Line"].as_array().unwrap().iter().map(|line| text(&line["Amount"])).collect();
    (lines, text(&row["UnappliedAmt"]))
}

fn is_applied(world: &World, number: &str, lines: &[&str], unapplied: &str) {
    let lines: Vec<String> = lines.iter().map(|&line| line.to_owned()).collect();
    assert_eq!(applied(world, number), (lines, unapplied.to_owned()), "{number}");
}

/// D-15: a payment in doubt holds what it was matched with, also against payments planned before it and in other batches.
#[tokio::test]
async fn d_15_what_a_payment_in_doubt_was_matched_with_is_given_to_no_other() {
    for is_same_batch in [true, false] {
        let world = world("oldest_first");
        world.run(&[batch(4, "2026-02-03", &[sold(1, "2026-02-03", "60.00", ACCOUNT)], &[])]).await;
        let (first, second) =
            (paid(6798, "2026-02-05", "50.00", CASH), paid(6799, "2026-02-05", "50.00", CASH));
        let days = if is_same_batch {
            vec![batch(5, "2026-02-05", &[], &[first, second])]
        } else {
            vec![batch(6, "2026-02-05", &[], &[first]), batch(5, "2026-02-05", &[], &[second])]
        };
        // The first one is refused; the second takes the invoice, arrives late, and its answer is lost.
        world.wire.once(creates("payment", "A6798B"), Fault::Refused("6210"));
        world.wire.once(creates("payment", "A6799B"), Fault::Late(900));
        world.wire.times(40, reads("query", "A6799B"), Fault::Status(503, false));
        world.run(&days).await;
        world.run(&days).await;
        world.wire.heal();
        world.clock.advance(900);
        world.run(&days).await;
        assert!(all_are(&world.run(&days).await, Outcome::AlreadyPosted));
        if is_same_batch {
            is_applied(&world, "CL15239A6798B5", &["50"], "0");
            is_applied(&world, "CL15239A6799B5", &["10"], "40");
        } else {
            is_applied(&world, "CL15239A6799B5", &["50"], "0");
            is_applied(&world, "CL15239A6798B6", &["10"], "40");
        }
        world.audit();
    }
}

/// D-15: an invoice whose own payment is still to come is not open for payments on account.
#[tokio::test]
async fn d_15_a_sale_that_waits_for_its_own_payment_is_not_open() {
    for is_same_batch in [true, false] {
        let world = world("oldest_first");
        let sale = sold(1, "2026-02-03", "60.00", CASH);
        let payment = paid(6798, "2026-02-03", "60.00", CARD);
        let days = if is_same_batch {
            vec![batch(4, "2026-02-03", &[sale], &[payment])]
        } else {
            vec![batch(4, "2026-02-03", &[sale], &[]), batch(5, "2026-02-03", &[], &[payment])]
        };
        world.wire.once(creates("payment", "CL15239T1B4"), Fault::Refused("6210"));
        world.wire.once(creates("payment", "CL15236A6798B"), Fault::Refused("6210"));
        let mut days_back = days.clone();
        days_back.reverse();
        world.run(&days).await;
        world.run(&days_back).await;
        assert!(all_are(&world.run(&days).await, Outcome::AlreadyPosted), "{:?}", world.documents());
        let number = if is_same_batch { "CL15236A6798B4" } else { "CL15236A6798B5" };
        is_applied(&world, number, &[], "60");
        is_applied(&world, "CL15239T1B4", &["60"], "0");
    }
}

/// D-15: what was posted is what was matched then, whatever the mapping says now.
#[tokio::test]
async fn d_15_matches_stay_when_the_option_changes() {
    for (before, after) in [("oldest_first", "unapplied"), ("unapplied", "oldest_first")] {
        let mut world = world(before);
        let days = [
            batch(4, "2026-02-03", &[sold(1, "2026-02-03", "60.00", ACCOUNT)], &[]),
            batch(5, "2026-02-05", &[], &[paid(6798, "2026-02-05", "50.00", CASH)]),
        ];
        world.run(&days).await;
        map(&mut world, after);
        assert!(all_are(&world.run(&days).await, Outcome::AlreadyPosted), "{before} to {after}");
        assert!(world.tie_out(&days).await.is_tied_out());
    }
}
