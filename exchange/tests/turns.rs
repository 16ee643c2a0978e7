//! whoever waits for a turn under QuickBooks' limits holds up nobody: not the reads that the next steps need.

use crate::support;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use exchange::{Exchange, Outcome};
use qb_client::{Clock, Limits, Transport, TransportError, WireRequest, WireResponse};
use serde_json::json;
use support::World;
use support::pos::{batch, sale, taxed_sale};

/// The world's clock, on which a wait is over after a while: meanwhile whatever else is under way goes on.
struct Waiting(Arc<support::effects::VirtualClock>);

#[async_trait]
impl Clock for Waiting {
    fn now(&self) -> DateTime<Utc> {
        self.0.now()
    }

    fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }

    async fn sleep(&self, duration: Duration) {
        for _ in 0..20 {
            tokio::task::yield_now().await;
        }
        self.0.sleep(duration).await;
    }
}

/// The world's wire, whose answers take a while: others are asked meanwhile.
struct Slow(Arc<support::wire::SimulatedTransport>);

#[async_trait]
impl Transport for Slow {
    async fn send(&self, request: WireRequest) -> Result<WireResponse, TransportError> {
        for _ in 0..5 {
            tokio::task::yield_now().await;
        }
        self.0.send(request).await
    }
}

/// Taxed sales ask whether QuickBooks still holds the store's customer non-taxable, while untaxed ones wait to be sent.
#[tokio::test]
async fn x_02_a_turn_that_is_waited_for_holds_up_no_read() {
    let date = "2026-02-03";
    let sales: Vec<_> = (1..=24)
        .map(|number| if number % 4 == 0 { taxed_sale(number, date) } else { sale(number, date, "20.00") })
        .collect();
    let batch = batch("1", 4, date, &sales);
    let few = Limits::DOCUMENTED.at_once(2).per_minute(6);
    for limits in
        [few.batch_items(1), few.batch_items(2).batches_per_minute(2), Limits::DOCUMENTED.per_minute(5)]
    {
        let world = World::new();
        world.wire.type_in("customer", &json!({"DisplayName": "Boston Store", "Taxable": false}));
        let (wire, clock) = (Slow(Arc::clone(&world.wire)), Waiting(Arc::clone(&world.clock)));
        let client = world.client_with(|builder| builder.transport(wire).clock(clock).limits(limits));
        let mut exchange = Exchange::new(client, Arc::clone(&world.log) as _, world.mapping.clone());
        let run = tokio::time::timeout(Duration::from_secs(20), exchange.run(&batch));
        let counts = run.await.expect("the run stands still").unwrap().counts();
        let found = [Outcome::Created, Outcome::Refused, Outcome::Held].map(|outcome| counts.of(outcome));
        assert_eq!(found, [36, 6, 6], "{limits:?}");
        world.audit();
    }
}
