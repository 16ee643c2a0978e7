//! What is done, and what is never done, while nobody knows whether a request took effect (X-02; I9, I15, I16, I17).

use crate::support;

use std::collections::{BTreeMap, BTreeSet};

use exchange::{BooksChanged, Entry, Options, Outcome, Policy, Report};
use pos_model::Batch;
use serde_json::{Value, json};
use support::pos::{batch, sale, sample_day};
use support::wire::{Call, Fault, creates, reads};
use support::{World, all_are, entry, outcome};

const INVOICE: &str = "inv-CLT1B4";

fn one_sale() -> [Batch; 1] {
    [batch("1", 4, "2026-02-03", &[sale(1, "2026-02-03", "20.00")])]
}

async fn run_with(world: &World, policy: Policy) -> Report {
    let mut exchange = world.exchange();
    exchange.set_options(Options::default().with_policy(policy));
    exchange.run(&one_sale()[0]).await.unwrap()
}

fn ids(calls: &[Call]) -> Vec<&str> {
    calls.iter().map(|call| call.request_id.as_str()).collect()
}

/// Several failures of every kind, one after the other, on every kind of document and customer.
async fn storm() -> World {
    let world = World::new();
    let faults = [
        // Before any doubt: a refusal in doubt proves nothing and ends no epoch.
        Fault::Refused("2500"),
        Fault::RequestLost,
        Fault::Throttled(3),
        Fault::NoConnection,
        Fault::Refused("2500"),
        Fault::Status(401, false),
        Fault::Refused("9999"),
        Fault::Refused("2080"),
        Fault::Status(500, false),
        Fault::Status(503, true),
    ];
    for path in ["customer", "invoice", "creditmemo", "purchase", "payment", "salesreceipt"] {
        for fault in faults {
            world.wire.once(creates(path, ""), fault);
        }
    }
    for fault in [Fault::Truncated, Fault::Late(90), Fault::AnswerLost] {
        world.wire.once(creates("invoice", ""), fault);
        world.wire.once(creates("payment", ""), fault);
    }
    for _ in 0..12 {
        world.run(&sample_day()).await;
    }
    assert!(world.wire.heal(), "some failures never came");
    assert!(all_are(&world.run(&sample_day()).await, Outcome::AlreadyPosted));
    assert!(world.tie_out(&sample_day()).await.is_tied_out());
    assert_eq!(world.documents().len(), 17);
    world
}

/// I9: no request leaves before the log holds "sending" with its id and its bytes, as its last entry.
#[tokio::test]
async fn sending_is_in_the_log_before_the_request_leaves() {
    let world = storm().await;
    let log = world.log.entries();
    let writes = world.wire.writes();
    assert!(writes.len() >= 70, "only {} requests", writes.len());
    for call in writes {
        match &log[call.log_length - 1] {
            Entry::Sending { step, sent } => {
                assert_eq!(call.request_id, sent.request_id(step));
                assert_eq!(call.text, sent.body);
                assert!(call.path.eq_ignore_ascii_case(&sent.entity) && sent.sent_at <= call.at);
            }
            other => panic!("{} left when the log ended with {other:?}", call.request_id),
        }
    }
}

/// I15: whatever fails, a request id always carries the same bytes. I16: only a refusal starts a new epoch.
#[tokio::test]
async fn an_id_has_one_body_and_an_epoch_ends_with_a_refusal() {
    let world = storm().await;
    let mut bodies: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for call in world.wire.writes() {
        bodies.entry(call.request_id).or_default().insert(call.text);
    }
    for (id, bodies) in &bodies {
        assert_eq!(bodies.len(), 1, "{id} was sent with {bodies:?}");
    }
    let mut ended: BTreeMap<mapping::StepKey, u32> = BTreeMap::new();
    let mut epoch: BTreeMap<mapping::StepKey, u32> = BTreeMap::new();
    for item in world.log.entries() {
        match item {
            Entry::Sending { step, sent } => {
                let refusals = ended.get(&step).copied().unwrap_or_default();
                assert_eq!(sent.epoch, refusals + 1, "{step}");
                epoch.insert(step, sent.epoch);
            }
            Entry::Refused { step, .. } => *ended.entry(step).or_default() += 1,
            _ => {}
        }
    }
    assert!(epoch.values().filter(|epoch| **epoch > 1).count() >= 5, "the storm refused too little");
}

/// I16: a refused step is sent under a new id in the next run, and only then.
#[tokio::test]
async fn a_refused_step_gets_a_new_epoch_in_the_next_run_and_only_then() {
    let world = World::new();
    world.wire.times(2, creates("invoice", "CLT1B4"), Fault::Refused("6210"));
    for (wanted, sent) in [
        (Outcome::Refused, vec!["inv-CLT1B4-1"]),
        (Outcome::Refused, vec!["inv-CLT1B4-1", "inv-CLT1B4-2"]),
        (Outcome::Created, vec!["inv-CLT1B4-1", "inv-CLT1B4-2", "inv-CLT1B4-3"]),
    ] {
        let report = world.run(&one_sale()).await.remove(0);
        assert_eq!(outcome(&report, INVOICE), wanted);
        assert_eq!(ids(&world.wire.creates("invoice")), sent);
    }
}

/// What was not sent is sent again under the same id, after the wait that was asked for; a refused token is
/// replaced at once.
#[tokio::test]
async fn what_was_not_sent_is_repeated_under_the_same_id() {
    for (fault, waits) in
        [(Fault::NoConnection, [2, 4]), (Fault::Status(401, false), [0, 0]), (Fault::Throttled(60), [60, 60])]
    {
        let world = World::new();
        world.wire.times(2, creates("invoice", "CLT1B4"), fault);
        let report = world.run(&one_sale()).await.remove(0);
        assert_eq!(outcome(&report, INVOICE), Outcome::Created);
        assert_eq!(ids(&world.wire.creates("invoice")), ["inv-CLT1B4-1"; 3]);
        assert_eq!(world.clock.waits(), waits);
    }
}

/// I16: a step that was held because nothing could be sent keeps its id in the next run; so does an unknown one.
#[tokio::test]
async fn what_was_held_or_unknown_keeps_its_id_in_the_next_run() {
    for (fault, times, first) in [
        (Fault::NoConnection, 4, Outcome::Held),
        (Fault::Status(401, false), 4, Outcome::Held),
        (Fault::RequestLost, 4, Outcome::Unknown),
    ] {
        let world = World::new();
        world.wire.times(times, creates("invoice", "CLT1B4"), fault);
        assert_eq!(outcome(&world.run(&one_sale()).await[0], INVOICE), first);
        assert_eq!(outcome(&world.run(&one_sale()).await[0], INVOICE), Outcome::Created);
        assert_eq!(ids(&world.wire.creates("invoice")), vec!["inv-CLT1B4-1"; times + 1]);
    }
}

/// I15: QuickBooks may have seen a request that it throttled. The POS corrects the batch before the next run: the id
/// that went out with the old bytes never goes out with the new ones.
#[tokio::test]
async fn an_id_that_was_throttled_is_not_used_for_another_body() {
    let world = World::new();
    world.wire.times(4, creates("invoice", "CLT1B4"), Fault::Status(401, false));
    assert_eq!(outcome(&world.run(&one_sale()).await[0], INVOICE), Outcome::Held);
    world.run(&[batch("1", 4, "2026-02-03", &[sale(1, "2026-02-03", "25.00")])]).await;
    let calls = world.wire.creates("invoice");
    let of_id: BTreeSet<_> = calls.iter().map(|call| (&call.request_id, &call.text)).collect();
    let ids: BTreeSet<_> = calls.iter().map(|call| &call.request_id).collect();
    assert_eq!(of_id.len(), ids.len(), "{of_id:?}");
}

/// I17: without an answer the absence is believed only after 165 s, then the same bytes go out under the same id.
#[tokio::test]
async fn an_unknown_outcome_waits_out_the_quarantine() {
    let world = World::new();
    world.wire.once(creates("invoice", "CLT1B4"), Fault::RequestLost);
    let report = run_with(&world, Policy::default()).await;
    assert_eq!(outcome(&report, INVOICE), Outcome::Created);
    let calls = world.wire.creates("invoice");
    assert_eq!(ids(&calls), ["inv-CLT1B4-1"; 2]);
    assert_eq!(calls[0].text, calls[1].text);
    assert!((calls[1].at - calls[0].at).num_seconds() >= 165, "{:?}", world.clock.waits());
    assert_eq!(world.clock.waits().len(), 1, "no longer than needed");
}

/// I17: the quarantine counts from the sending, whatever process sent it; the next one waits for the rest only.
#[tokio::test]
async fn the_quarantine_outlives_the_process() {
    let world = World::new();
    world.wire.once(creates("invoice", "CLT1B4"), Fault::RequestLost);
    let report = run_with(&world, Policy::default().with_sends(1)).await;
    assert_eq!(outcome(&report, INVOICE), Outcome::Unknown);
    assert_eq!(outcome(&run_with(&world, Policy::default()).await, INVOICE), Outcome::Created);
    let calls = world.wire.creates("invoice");
    assert!((calls[1].at - calls[0].at).num_seconds() >= 165);
    let waits = world.clock.waits();
    assert!(waits.len() == 1 && (60..=105).contains(&waits[0]), "{waits:?}");
}

/// The documented replay of request ids may be trusted: then there is no wait, and still one document, even when the
/// first request takes effect after the second.
#[tokio::test]
async fn a_trusted_request_id_needs_no_quarantine() {
    for fault in [Fault::RequestLost, Fault::Late(100)] {
        let world = World::new();
        world.wire.once(creates("invoice", "CLT1B4"), fault);
        let policy = Policy::default().with_trust_request_id(true);
        assert_eq!(outcome(&run_with(&world, policy).await, INVOICE), Outcome::Created);
        assert_eq!(world.clock.waits(), [0u64; 0]);
        world.clock.advance(3600);
        run_with(&world, policy).await;
        assert_eq!(world.numbered("CLT1B4").len(), 1);
    }
}

/// X-02, I17: after a lost answer a number that is taken by nobody may be taken by our own first request, which the queries
/// do not show yet. The step stays unknown, the log says no more than "sending", and the next run finds it.
#[tokio::test]
async fn a_number_taken_by_nobody_after_a_lost_answer_stays_unknown() {
    let world = World::new();
    world.wire.forget_request_ids();
    world.wire.once(creates("invoice", "CLT1B4"), Fault::AnswerLost);
    let lagging: fn(&mut Value) = |body| body["QueryResponse"] = json!({});
    let sent = creates("invoice", "CLT1B4");
    world.wire.times_after(sent, 2, reads("query", "DocNumber"), Fault::Altered(lagging));
    let policy = Policy::default().with_trust_request_id(true);
    let report = run_with(&world, policy).await;
    assert_eq!(world.wire.creates("invoice").len(), 2);
    assert!(world.wire.heal(), "a failure never came");
    let invoice = entry(&report, INVOICE);
    assert_eq!((invoice.outcome, invoice.books_changed), (Outcome::Unknown, BooksChanged::Unknown));
    let is_refused = |entry: &Entry| matches!(entry, Entry::Refused { .. });
    assert!(!world.log.entries().iter().any(is_refused), "{:?}", world.log.entries());
    assert_eq!(outcome(&run_with(&world, policy).await, INVOICE), Outcome::Adopted);
    assert_eq!(world.numbered("CLT1B4").len(), 1);
}

/// A look-up that fails proves nothing: the step stays unknown, is not sent again, and the next run finds it.
#[tokio::test]
async fn a_look_up_that_fails_proves_nothing() {
    let world = World::new();
    world.wire.once(creates("invoice", "CLT1B4"), Fault::AnswerLost);
    let sent = creates("invoice", "CLT1B4");
    world.wire.times_after(sent, 100, reads("query", "DocNumber"), Fault::Status(503, false));
    let report = world.run(&one_sale()).await.remove(0);
    assert_eq!(outcome(&report, INVOICE), Outcome::Unknown);
    assert!(entry(&report, INVOICE).reason.is_some());
    assert_eq!(world.wire.creates("invoice").len(), 1);
    world.wire.heal();
    assert_eq!(outcome(&world.run(&one_sale()).await[0], INVOICE), Outcome::Adopted);
}

/// A number that was taken is looked up before it is tried again, even when the first look-up fails.
#[tokio::test]
async fn a_number_that_was_taken_is_not_tried_again_unseen() {
    let world = World::new();
    let nothing: fn(&mut Value) = |body| body["QueryResponse"] = json!({});
    let customer = world.wire.type_in("customer", &json!({"DisplayName": "Pat"}))["Id"].clone();
    let line: Value = json!({"DetailType": "SalesItemLineDetail", "Amount": 9,
        "SalesItemLineDetail": {"ItemRef": {"value": "1"}}});
    let typed = json!({"DocNumber": "CLT1B4", "CustomerRef": {"value": customer}, "Line": [line]});
    // What was there when it was looked for is gone, or the index lags: it is sent, and refused.
    world.wire.once(reads("query", "DocNumber"), Fault::Altered(nothing));
    world.wire.once(reads("query", "DocNumber"), Fault::Altered(nothing));
    world.wire.type_in("invoice", &typed);
    assert_eq!(outcome(&world.run(&one_sale()).await[0], INVOICE), Outcome::Conflict);
    world.wire.times(4, reads("query", "DocNumber"), Fault::Status(503, false));
    assert_eq!(outcome(&world.run(&one_sale()).await[0], INVOICE), Outcome::Conflict);
    assert_eq!(ids(&world.wire.creates("invoice")), ["inv-CLT1B4-1"]);
}

/// 401 and 429 are no proof, for a later run, that a request did nothing: it is looked up, and sent again only after
/// its quarantine. Here it took effect, late.
#[tokio::test]
async fn x_02_what_was_throttled_or_unauthorized_is_looked_up_by_the_next_run() {
    for (status, times) in [(401, 4)] {
        let world = World::new();
        world.wire.forget_request_ids();
        world.wire.times(times - 1, creates("invoice", "CLT1B4"), Fault::Status(status, false));
        world.wire.once(creates("invoice", "CLT1B4"), Fault::Status(status, true));
        assert_eq!(outcome(&world.run(&one_sale()).await[0], INVOICE), Outcome::Held, "{status}");
        assert_eq!(outcome(&world.run(&one_sale()).await[0], INVOICE), Outcome::Adopted, "{status}");
        assert_eq!(world.numbered("CLT1B4").len(), 1, "{status}");
    }
}

/// after a lost answer and a proven absence a refusal is the step's: the next run sends it under a new epoch, so that a
/// mended mapping gets through.
#[tokio::test]
async fn x_02_a_refusal_after_a_doubt_and_a_proven_absence_is_refused() {
    let world = World::new();
    world.wire.once(creates("invoice", "CLT1B4"), Fault::RequestLost);
    world.wire.once(creates("invoice", "CLT1B4"), Fault::Refused("6210"));
    assert_eq!(outcome(&world.run(&one_sale()).await[0], INVOICE), Outcome::Refused);
    assert_eq!(outcome(&world.run(&one_sale()).await[0], INVOICE), Outcome::Created);
    assert_eq!(ids(&world.wire.creates("invoice")), ["inv-CLT1B4-1", "inv-CLT1B4-1", "inv-CLT1B4-2"]);
}

/// fault 6000 says no more than that something was wrong: it is looked up at once, tried once more after the quarantine,
/// and is a refusal when it comes again and nothing is there.
#[tokio::test]
async fn x_02_fault_6000_is_looked_up_and_has_a_way_out() {
    let world = World::new();
    world.wire.times(2, creates("invoice", "CLT1B4"), Fault::Refused("6000"));
    let report = world.run(&one_sale()).await.remove(0);
    assert_eq!(outcome(&report, INVOICE), Outcome::Refused);
    assert!(entry(&report, INVOICE).reason.as_deref().unwrap().contains("6000"));
    assert_eq!(world.wire.creates("invoice").len(), 2);
    assert_eq!(outcome(&world.run(&one_sale()).await[0], INVOICE), Outcome::Created);

    let replayed = World::new();
    replayed.wire.once(creates("invoice", "CLT1B4"), Fault::Status(500, true));
    assert_eq!(outcome(&replayed.run(&one_sale()).await[0], INVOICE), Outcome::Adopted);
    assert_eq!(replayed.clock.waits(), [0u64; 0]);
}

/// documents in quarantine are set aside while other events go on, and share one wait at the end of the run.
#[tokio::test]
async fn x_02_what_is_in_quarantine_waits_at_the_end_of_the_run_and_together() {
    let world = World::new();
    let sales: Vec<Value> = (1..=6).map(|number| sale(number, "2026-02-03", "20.00")).collect();
    for number in [1, 3] {
        world.wire.once(creates("invoice", &format!("CLT{number}B4")), Fault::RequestLost);
    }
    let report = world.run(&[batch("1", 4, "2026-02-03", &sales)]).await.remove(0);
    assert!(all_are(std::slice::from_ref(&report), Outcome::Created));
    let numbers: Vec<&str> = report.documents.iter().map(|entry| entry.number.as_str()).collect();
    assert_eq!(numbers[..4], ["CLT1B4", "CL15239T1B4", "CLT2B4", "CL15239T2B4"], "in the plan's order");
    let calls = world.wire.document_writes();
    let order: Vec<&str> = calls.iter().map(|call| call.request_id.as_str()).collect();
    let again = order.iter().rposition(|id| *id == "inv-CLT1B4-1").unwrap();
    let last = order.iter().position(|id| *id == "pay-CL15239T6B4-1").unwrap();
    assert!(last < again, "other events go on: {order:?}");
    let waited: u64 = world.clock.waits().iter().sum();
    assert!((140..=180).contains(&waited), "{:?}", world.clock.waits());
}

/// QuickBooks answers an earlier run's request once more. The document is read back before it is believed, it is not
/// "created", and the books did not change now; an answer told once more within one run is that run's own.
#[tokio::test]
async fn x_06_an_answer_told_once_more_is_of_the_run_that_was_answered_first() {
    let nothing: fn(&mut Value) = |body| body["QueryResponse"] = json!({});
    let sent = || creates("invoice", "CLT1B4");
    let world = World::new();
    world.wire.once(sent(), Fault::AnswerLost);
    world.wire.times_after(sent(), 100, reads("query", "DocNumber"), Fault::Status(503, false));
    assert_eq!(outcome(&world.run(&one_sale()).await[0], INVOICE), Outcome::Unknown);
    world.wire.heal();
    world.clock.advance(3600);
    world.wire.once(reads("query", "DocNumber"), Fault::Altered(nothing));
    let report = world.run(&one_sale()).await.remove(0);
    let invoice = entry(&report, INVOICE);
    assert_eq!((invoice.outcome, invoice.books_changed), (Outcome::Adopted, BooksChanged::Before));
    assert_eq!(ids(&world.wire.creates("invoice")), ["inv-CLT1B4-1"; 2]);
    assert!(matches!(
        world
            .log
            .entries()
            .iter()
            .rfind(|entry| matches!(entry, Entry::Posted { step, .. } if *step == *INVOICE)),
        Some(Entry::Posted { adopted: true, .. })
    ));

    let world = World::new();
    world.wire.once(sent(), Fault::AnswerLost);
    world.wire.times_after(sent(), 1, reads("query", "DocNumber"), Fault::Altered(nothing));
    let report = run_with(&world, Policy::default().with_trust_request_id(true)).await;
    let invoice = entry(&report, INVOICE);
    assert_eq!((invoice.outcome, invoice.books_changed), (Outcome::Created, BooksChanged::Now));
    assert_eq!(world.wire.creates("invoice").len(), 2);
}

/// an answer told once more about a document that somebody has deleted since is not believed.
#[tokio::test]
async fn x_06_an_answer_told_once_more_is_not_believed_when_the_document_is_gone() {
    let nothing: fn(&mut Value) = |body| body["QueryResponse"] = json!({});
    let world = World::new();
    world.wire.once(creates("invoice", "CLT1B4"), Fault::AnswerLost);
    world.wire.times_after(
        creates("invoice", "CLT1B4"),
        100,
        reads("query", "DocNumber"),
        Fault::Status(503, false),
    );
    assert_eq!(outcome(&world.run(&one_sale()).await[0], INVOICE), Outcome::Unknown);
    world.wire.heal();
    world.clock.advance(3600);
    world.wire.change("Invoice", "CLT1B4", "delete", &json!({}));
    world.wire.once(reads("query", "DocNumber"), Fault::Altered(nothing));
    let report = world.run(&one_sale()).await.remove(0);
    let invoice = entry(&report, INVOICE);
    assert_eq!(invoice.outcome, Outcome::StoredDifferently);
    assert!(invoice.reason.as_deref().unwrap().contains("no longer in QuickBooks"), "{invoice:?}");
}
