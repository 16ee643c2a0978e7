//! What an exchange of customers costs: a later one grows with what has changed, not with how many customers there are.
//!
//! `CUSTOMERS=100000 cargo test -p exchange --test all customers_size -- --nocapture` prints requests, bytes, time and memory of so many.

#![allow(clippy::print_stdout, reason = "the figures of a long run")]

use crate::support;

use exchange::Exchange;
use pos_model::CustomerField;
use qb_simulator::PersonAct;
use serde_json::json;
use support::shop::Shop;

/// What an exchange has asked and been answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Cost {
    requests: usize,
    bytes: u64,
    /// Entries of the log.
    entries: usize,
}

/// An exchange of a process that goes on, with what it cost, and its share of the processor without QuickBooks'.
async fn exchanged(exchange: &mut Exchange, shop: &Shop, what: &str) -> Cost {
    let wire = &shop.world.wire;
    let before = (wire.calls().len(), wire.bytes_answered(), shop.world.log.length());
    let (cpu, simulated) = (cpu_time(), wire.time_to_answer());
    shop.world.clock.advance(3600);
    let day = exchange.run_both_ways(&[], &shop.pos, &shop.options, |_, _| {}).await.unwrap();
    let cost = Cost {
        requests: wire.calls().len() - before.0,
        bytes: wire.bytes_answered() - before.1,
        entries: shop.world.log.length() - before.2,
    };
    let cpu = (cpu_time() - cpu).saturating_sub(wire.time_to_answer() - simulated);
    println!(
        "{what}: {cost:?}, {cpu:?} of the processor, {} MB resident; {}",
        resident(),
        day.customers.counts
    );
    cost
}

/// The processor's time of this thread.
fn cpu_time() -> std::time::Duration {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanos = text.split(' ').next().and_then(|text| text.parse().ok());
    std::time::Duration::from_nanos(nanos.unwrap_or_default())
}

/// The memory of this process, QuickBooks' and the point of sale's in it, in megabytes.
fn resident() -> u64 {
    let text = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    kilobytes.unwrap_or_default() / 1024
}

/// So many customers in QuickBooks, a first exchange, and a later one in which so many were changed on each side; then a quiet one.
async fn costs(customers: usize, changes: usize) -> [Cost; 3] {
    let mut shop = Shop::new();
    shop.options.confirms_first_balances = true;
    for i in 0..customers {
        shop.new_in_quickbooks("Ann", &format!("Bell {i}"), &format!("ann{i}@example.com"));
    }
    shop.world.wire.measure(cpu_time);
    println!("{customers} customers: {} MB resident before the first exchange", resident());
    let mut exchange = shop.world.exchange();
    let first = exchanged(&mut exchange, &shop, "first").await;
    _ = exchanged(&mut exchange, &shop, "quiet").await;
    let ours = shop.pos.customers();
    let step = (customers / changes / 2).max(1);
    for (i, ours) in ours.iter().step_by(step).take(2 * changes).enumerate() {
        if i % 2 == 0 {
            shop.write_at_pos(&ours.key, CustomerField::Phone, "617 555 0101");
        } else {
            let (entity, id) = ("Customer".to_owned(), ours.quickbooks_ids[0].to_string());
            let body = json!({"CompanyName": "Bell & Sons"}).to_string();
            shop.world.wire.person(&PersonAct::Edit { entity, id, body });
        }
    }
    let later = exchanged(&mut exchange, &shop, "later").await;
    shop.world.clock.advance(3600);
    let quiet = exchanged(&mut exchange, &shop, "quiet").await;
    [first, later, quiet]
}

/// F-02, F-04, F-14: three times the customers, the same changes: a later exchange asks as much and is answered as much.
#[tokio::test]
async fn f_14_a_later_exchange_grows_with_the_changes_and_not_with_the_customers() {
    let ([first, later, quiet], [first_of_more, later_of_more, quiet_of_more]) =
        (costs(150, 10).await, costs(450, 10).await);
    assert!(first_of_more.bytes > 2 * first.bytes, "the first reads everybody");
    assert_eq!((later.requests, later.entries), (later_of_more.requests, later_of_more.entries));
    assert!(later_of_more.bytes < later.bytes + later.bytes / 20, "{later:?}, {later_of_more:?}");
    assert_eq!((quiet.requests, quiet.entries), (quiet_of_more.requests, quiet_of_more.entries));
    assert!(quiet_of_more.bytes < quiet.bytes + quiet.bytes / 20, "{quiet:?}, {quiet_of_more:?}");
    if let Some(customers) = std::env::var("CUSTOMERS").ok().and_then(|text| text.parse().ok()) {
        _ = costs(customers, 50).await;
    }
}
