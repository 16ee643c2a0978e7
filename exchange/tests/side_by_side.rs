//! X-02: documents in batches and requests side by side, as QuickBooks' limits allow: the books are those of one request after
//! another, whatever is lost on the way and wherever the process stops.

use crate::support;

use exchange::{Entry, Outcome, Report};
use pos_model::Batch;
use qb_simulator::{BatchFault, Effect, Operation, Rule, ThrottleForm, When};
use support::pos::{batch, sale, sample_day};
use support::wire::Call;
use support::{World, all_are, until_stopped};

/// What every request that creates in a batch holds.
const CREATES: &str = r#""operation":"create""#;

/// What every batch that posts documents holds: their memo. List entries have none.
const DOCUMENTS: &str = r#""PrivateNote":"#;

/// The books after one request after another.
async fn one_by_one(batches: &[Batch]) -> Vec<String> {
    let world = World::new();
    world.run(batches).await;
    world.documents()
}

fn all_done(reports: &[Report]) -> bool {
    reports.iter().flat_map(|report| &report.documents).all(|entry| entry.outcome.is_done())
}

/// The requests that create something, in a batch or alone.
fn creating(world: &World) -> Vec<Call> {
    let calls = world.wire.writes().into_iter();
    calls.filter(|call| call.path != "batch" || call.text.contains(CREATES)).collect()
}

/// The batches that post documents.
fn batches(world: &World) -> Vec<Call> {
    let is_of_documents = |call: &Call| call.path == "batch" && call.text.contains(DOCUMENTS);
    creating(world).into_iter().filter(is_of_documents).collect()
}

/// The books are as wanted, they tie out, and one more run sends nothing.
async fn expect(world: &World, day: &[Batch], wanted: &[String], place: &str) {
    assert_eq!(world.documents(), wanted, "{place}");
    world.audit();
    let writes = creating(world).len();
    let mut exchange = world.exchange();
    for batch in day {
        let report = exchange.run(batch).await.unwrap();
        assert!(all_are(&[report], Outcome::AlreadyPosted), "{place}");
    }
    assert_eq!(creating(world).len(), writes, "{place}: the run after it wrote");
    assert!(exchange.tie_out(day).await.unwrap().is_tied_out(), "{place}");
}

fn many_sales() -> Vec<Batch> {
    let sales: Vec<_> = (1..=40).map(|number| sale(number, "2026-02-03", "20.00")).collect();
    vec![batch("1", 4, "2026-02-03", &sales)]
}

#[tokio::test]
async fn x_02_forty_sales_go_in_batches_of_thirty_and_payments_follow_their_invoices() {
    let day = many_sales();
    let world = World::side_by_side();
    let reports = world.run(&day).await;
    assert!(all_are(&reports, Outcome::Created));
    let batches = batches(&world);
    let items: Vec<usize> = batches.iter().map(|call| call.text.matches("bId").count()).collect();
    assert_eq!(items.iter().sum::<usize>(), 80, "{items:?}");
    assert!(batches.len() <= 4 && items[0] == 30, "{items:?}");
    expect(&world, &day, &one_by_one(&day).await, "in batches").await;
    // The report is in the plan's order, whatever came first.
    let world = World::new();
    let one_by_one = world.run(&day).await;
    assert_eq!(support::keys(&reports[0]), support::keys(&one_by_one[0]));
}

/// Every item is written down before its batch leaves, with its place in it.
#[tokio::test]
async fn x_02_a_batch_is_written_down_whole_before_it_leaves() {
    let day = many_sales();
    let world = World::side_by_side();
    world.run(&day).await;
    let entries = world.log.entries();
    for call in batches(&world) {
        let items: Vec<_> = entries[..call.log_length]
            .iter()
            .filter_map(|entry| match entry {
                Entry::Sending { sent, .. } => sent.batch_item.as_ref(),
                _ => None,
            })
            .filter(|item| item.request_id == call.request_id)
            .collect();
        let places: Vec<u32> = items.iter().map(|item| item.item).collect();
        let wanted: Vec<u32> = (0..u32::try_from(call.text.matches("bId").count()).unwrap()).collect();
        assert_eq!(places, wanted);
        assert!(items.iter().all(|item| item.of as usize == places.len()));
    }
}

/// What goes wrong with the first batch, or the second.
#[tokio::test]
async fn x_02_whatever_happens_to_a_batch_each_document_is_posted_once() {
    let day = many_sales();
    let wanted = one_by_one(&day).await;
    let status = |status, committed| Effect::Status { status, committed };
    let throttled =
        |committed| Effect::Throttled { form: ThrottleForm::Json, retry_after: Some(7), committed };
    let refused = |code: &str, committed| {
        let (code, detail) = (code.to_owned(), "by the test".to_owned());
        Effect::Batch(BatchFault::ItemRefused { code, detail, committed })
    };
    for (name, effect) in [
        ("answer lost", Effect::AnswerLost),
        ("request lost", Effect::ResetBefore),
        ("answer truncated", Effect::Truncated { bytes: 300 }),
        ("500 before", status(500, false)),
        ("500 after", status(500, true)),
        ("503 before", status(503, false)),
        ("429", throttled(false)),
        ("429 after", throttled(true)),
        ("late", Effect::LateCommit { seconds: 100 }),
        ("some items only", Effect::Batch(BatchFault::Partial)),
        ("500 after some items", Effect::Batch(BatchFault::FailedAfterPart)),
        ("an item without answer", Effect::Batch(BatchFault::ItemLost)),
        ("an answer without id", Effect::Batch(BatchFault::MissingId)),
        ("an answer with another id", Effect::Batch(BatchFault::UnknownId)),
        ("an answer twice", Effect::Batch(BatchFault::DoubledItem)),
        ("answers in another order", Effect::Batch(BatchFault::Reordered)),
        ("no answers", Effect::Batch(BatchFault::NoItems)),
        ("an item throttled", refused("3001", false)),
        ("an item throttled after", refused("3001", true)),
        ("an item unclear", refused("6000", true)),
    ] {
        for nth in [1, 2] {
            let place = format!("{name}, batch {nth}");
            let world = World::side_by_side();
            let when = When { nth: Some(nth), ..When::operation(Operation::Batch) }.holding(DOCUMENTS);
            world.wire.strike(Rule::new("batch", effect.clone(), when.times(1)));
            let mut reports = world.run(&day).await;
            if !all_done(&reports) {
                reports = world.run(&day).await;
            }
            assert!(all_done(&reports), "{place}: {:?}", reports[0].counts());
            expect(&world, &day, &wanted, &place).await;
        }
    }
}

/// A batch of which nobody knows anything goes again whole, under its own id, once absence is proven.
#[tokio::test]
async fn x_02_a_lost_batch_goes_again_as_it_was() {
    let day = many_sales();
    let world = World::side_by_side();
    let when = When { nth: Some(1), ..When::operation(Operation::Batch) }.holding(DOCUMENTS);
    world.wire.strike(Rule::new("batch", Effect::ResetBefore, when.times(1)));
    assert!(all_done(&world.run(&day).await));
    let sent = batches(&world);
    let again: Vec<&Call> = sent.iter().filter(|call| call.request_id == sent[0].request_id).collect();
    assert_eq!(again.len(), 2);
    assert_eq!(again[0].text, again[1].text);
    assert!((again[1].at - again[0].at).num_seconds() >= 165, "not before the quarantine is over");
}

/// Of a batch that was carried out in part, what is absent goes alone, under another id than any that went out.
#[tokio::test]
async fn x_02_what_a_broken_batch_left_out_goes_alone() {
    let day = many_sales();
    let world = World::side_by_side();
    let when = When { nth: Some(1), ..When::operation(Operation::Batch) }.holding(DOCUMENTS);
    world.wire.strike(Rule::new("batch", Effect::Batch(BatchFault::Partial), when.times(1)));
    assert!(all_done(&world.run(&day).await));
    let sent = batches(&world);
    assert_eq!(sent.iter().filter(|call| call.request_id == sent[0].request_id).count(), 1);
    let alone = creating(&world).into_iter().filter(|call| call.path == "invoice" && call.at > sent[0].at);
    let alone: Vec<String> = alone.map(|call| call.request_id).collect();
    assert!(!alone.is_empty() && alone.iter().all(|id| id.ends_with("-2")), "{alone:?}");
}

/// One document that QuickBooks refuses holds its own event and no other.
#[tokio::test]
async fn x_02_an_item_that_is_refused_holds_its_own_event_only() {
    let day = many_sales();
    let world = World::side_by_side();
    world.wire.refuse_one_of_a_batch();
    let counts = world.run(&day).await[0].counts();
    let found = [Outcome::Created, Outcome::Refused, Outcome::Held].map(|outcome| counts.of(outcome));
    assert_eq!(found, [78, 1, 1]);
}

/// Wherever the process stops, with whatever was under way side by side, the next one ends with the same books.
#[tokio::test]
async fn x_02_killed_at_any_point_with_requests_side_by_side_the_day_is_posted_once() {
    let day = sample_day();
    let wanted = one_by_one(&day).await;
    let world = World::side_by_side();
    world.gate.stop_at(0);
    world.run(&day).await;
    let points = world.gate.passed();
    assert!(points >= 60, "only {points} points");
    for point in 1..=points {
        let world = World::side_by_side();
        let mut exchange = world.exchange();
        world.gate.stop_at(point);
        let run = async {
            for batch in &day {
                exchange.run(batch).await.unwrap();
            }
        };
        assert!(until_stopped(Box::pin(run), true).await.is_none(), "point {point} was not reached");
        world.gate.stop_at(0);
        assert!(all_done(&world.run(&day).await), "point {point}");
        expect(&world, &day, &wanted, &format!("point {point}")).await;
    }
}
