//! a person settles by hand what no run could: the log gets an entry, no later run stops on it, and the tie-out goes on
//! showing it.

use crate::support;

use chrono::{DateTime, Utc};
use exchange::{
    BooksChanged, Cause, Entry, Exit, Outcome, RunSummary, SettleError, SettledDocument, Settlement, settle,
};
use pos_model::Batch;
use qb_client::Clock;
use serde_json::{Value, json};
use support::pos::{batch, sale};
use support::wire::{Fault, creates};
use support::{World, entry, outcome};

const DAY: &str = "2026-02-03";
const INVOICE: &str = "inv-CLT1B4";
const PAYMENT: &str = "pay-CL15239T1B4";

fn two_sales() -> [Batch; 1] {
    [batch("1", 4, DAY, &[sale(1, DAY, "20.00"), sale(2, DAY, "30.00")])]
}

/// What a person says of a document, in a process of its own.
async fn said(world: &World, number: &str) -> Result<SettledDocument, SettleError> {
    let settlement = Settlement::new(number, "Pat", "typed by hand as 4711");
    settle(&*world.log, "back office", &settlement, world.clock.now()).await
}

/// How a program would end after this run and its tie-out.
async fn exit(world: &World) -> Exit {
    let mut exchange = world.exchange();
    let mut summary = RunSummary::new(DateTime::<Utc>::UNIX_EPOCH);
    summary.add_report(exchange.run(&two_sales()[0]).await.unwrap());
    summary.set_tie_out(exchange.tie_out(&two_sales()).await);
    summary.exit()
}

/// A number that a person typed, and the payment that waits for it: both are settled, the next run ends well and sends nothing,
/// and the tie-out shows both with the remark.
#[tokio::test]
async fn x_06_a_conflict_that_a_person_has_settled_stops_no_run_and_stays_in_the_tie_out() {
    let world = World::new();
    let customer = world.wire.type_in("customer", &json!({"DisplayName": "Pat"}))["Id"].clone();
    let line = json!({"DetailType": "SalesItemLineDetail", "Amount": 9,
        "SalesItemLineDetail": {"ItemRef": {"value": "1"}}});
    let typed = json!({"DocNumber": "CLT1B4", "CustomerRef": {"value": customer}, "Line": [line]});
    world.wire.type_in("invoice", &typed);
    assert_eq!(exit(&world).await, Exit::Differences);
    assert_eq!(said(&world, "clt1b4 ").await.unwrap().was, Outcome::Conflict);
    assert_eq!(exit(&world).await, Exit::Incomplete, "its payment waits still");
    let held = said(&world, "CL15239T1B4").await.unwrap();
    assert_eq!((held.kind, held.was, held.number.as_str()), ("Payment", Outcome::Held, "CL15239T1B4"));

    let (writes, entries) = (world.wire.writes().len(), world.log.length());
    let report = world.run(&two_sales()).await.remove(0);
    for key in [INVOICE, PAYMENT] {
        let entry = entry(&report, key);
        assert_eq!((entry.outcome, entry.books_changed), (Outcome::Settled, BooksChanged::No));
        assert_eq!(entry.reason.as_deref(), Some("settled by Pat on 2026-02-04: typed by hand as 4711"));
    }
    assert_eq!(report.counts().of(Outcome::AlreadyPosted), 2);
    assert_eq!((world.wire.writes().len(), world.log.length()), (writes, entries));
    assert_eq!(exit(&world).await, Exit::Ok);

    let ties = world.tie_out(&two_sales()).await;
    assert!(!ties.is_tied_out() && ties.is_explained() && ties.is_settled(), "{:?}", ties.differences);
    let is_settled = |cause: &Cause| matches!(cause, Cause::Settled { remark } if remark.contains("by Pat"));
    assert!(ties.differences.iter().all(|difference| is_settled(&difference.cause)));
    let page = ties.page(0);
    assert!(page.contains("documents that a person has settled: 2"), "{page}");
    assert!(page.contains("The books tie out but for the documents that a person has settled."), "{page}");
    let of_person = world.log.entries().iter().filter(|e| matches!(e, Entry::Settled { .. })).count();
    assert_eq!(of_person, 2, "each said once");
}

/// A document that QuickBooks stored otherwise, one that was refused and one of unknown outcome: what follows them is posted.
#[tokio::test]
async fn x_06_documents_stored_differently_refused_or_unknown_can_be_settled() {
    let on_another_day: fn(&mut Value) = |body| body["TxnDate"] = json!("2026-02-04");
    for (fault, times, was) in [
        (Fault::StoredOtherwise(on_another_day), 1, Outcome::StoredDifferently),
        (Fault::Refused("6210"), 1, Outcome::Refused),
        (Fault::RequestLost, 4, Outcome::Unknown),
    ] {
        let world = World::new();
        world.wire.times(times, creates("invoice", "CLT1B4"), fault);
        assert_eq!(outcome(&world.run(&two_sales()).await[0], INVOICE), was);
        let settled = said(&world, "CLT1B4").await.unwrap();
        assert_eq!((settled.was, settled.who.as_str()), (was, "Pat"));
        let writes = world.wire.creates("invoice").len();
        let report = world.run(&two_sales()).await.remove(0);
        assert_eq!(outcome(&report, INVOICE), Outcome::Settled);
        assert_eq!(world.wire.creates("invoice").len(), writes, "{was:?}: it is not sent again");
        // Where the invoice stands, its payment is posted.
        let payment = if was == Outcome::StoredDifferently { Outcome::Created } else { Outcome::Held };
        assert_eq!(outcome(&report, PAYMENT), payment, "{was:?}");
        let ties = world.tie_out(&two_sales()).await;
        assert!(ties.is_explained(), "{was:?}: {:?}", ties.differences);
    }
}

/// What cannot be settled says why, and the log stays as it is.
#[tokio::test]
async fn x_06_what_cannot_be_settled_is_said_and_changes_nothing() {
    let world = World::new();
    world.wire.once(creates("invoice", "CLT1B4"), Fault::Refused("6210"));
    world.run(&two_sales()).await;
    let length = world.log.length();
    let code = async |settlement: Settlement| {
        settle(&*world.log, "back office", &settlement, world.clock.now()).await.unwrap_err().code()
    };
    assert_eq!(code(Settlement::new("CLT9B4", "Pat", "x")).await, "no-such-document");
    assert_eq!(code(Settlement::new("CLT2B4", "Pat", "x")).await, "nothing-to-settle");
    assert_eq!(code(Settlement::new("CLT1B4", " ", "x")).await, "settle-incomplete");
    assert_eq!(code(Settlement::new("CLT1B4", "Pat", "")).await, "settle-incomplete");
    assert_eq!(code(Settlement::new("CLT1B4", "Pat", "x").with_kind("Bill")).await, "no-such-document");
    assert_eq!(world.log.length(), length);
    said(&world, "CLT1B4").await.unwrap();
    let error = said(&world, "CLT1B4").await.unwrap_err();
    assert!(error.to_string().contains("was settled by Pat on 2026-02-04: typed by hand"), "{error}");
    assert_eq!((error.code(), world.log.length()), ("already-settled", length + 1));
}
