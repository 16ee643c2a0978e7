//! QuickBooks goes away: a run ends after a few events instead of spending its sends on every one, says so, and the next
//! run goes on.

use crate::support;

use std::collections::BTreeSet;
use std::time::Duration;

use exchange::{AsOrigin, Entry, Hold, Options, Outcome, Policy, Report, RunError};
use pos_model::Batch;
use qb_client::Clock;
use support::pos::{batch, sale, taxed_sale};
use support::wire::{Fault, creates, reads};
use support::{World, all_are};

const DAY: &str = "2026-02-03";
const SALES: u64 = 30;

fn busy() -> [Batch; 1] {
    let sales: Vec<_> = (1..=SALES).map(|number| sale(number, DAY, "20.00")).collect();
    [batch("1", 4, DAY, &sales)]
}

fn holds(report: &Report, hold: Hold) -> usize {
    report.documents.iter().filter(|entry| entry.hold == Some(hold)).count()
}

/// the simulator stops in the middle of a run: three events are tried, the rest is held with its reason, and the next
/// run posts it.
#[tokio::test]
async fn x_06_a_run_into_an_outage_ends_early_and_the_next_goes_on() {
    let world = World::new();
    let mut exchange = world.exchange();
    exchange.run(&batch("1", 3, DAY, &[sale(99, DAY, "20.00")])).await.unwrap();
    let before = world.wire.writes().len();
    world.wire.stop_after(Some(20));
    let report = exchange.run(&busy()[0]).await.unwrap();
    assert!(report.is_cut_short);
    let counts = report.counts();
    assert_eq!((counts.planned, counts.of(Outcome::Created), counts.of(Outcome::Held)), (60, 20, 40));
    assert_eq!(
        [Hold::Unreachable, Hold::EarlierDocument, Hold::Outage].map(|hold| holds(&report, hold)),
        [3, 3, 34]
    );
    assert_eq!(world.wire.writes().len() - before, 20 + 3 * 4, "three events, four sends each");
    let last = report.documents.last().unwrap();
    assert_eq!(last.reason.as_deref(), Some("QuickBooks cannot be reached; the next run goes on from here"));
    let was_sent = |entry: &Entry| matches!(entry, Entry::Sending { step, .. } if *step == *"inv-CLT30B4");
    assert!(!world.log.entries().iter().any(was_sent));

    let again = exchange.run(&busy()[0]).await;
    assert!(matches!(again, Err(RunError::Read { .. })), "{again:?}");
    world.wire.stop_after(None);
    let report = exchange.run(&busy()[0]).await.unwrap();
    assert!(!report.is_cut_short);
    assert_eq!(report.counts().of(Outcome::AlreadyPosted), 20);
    assert_eq!(report.counts().of(Outcome::Created), 40);
    assert!(world.tie_out(&busy()).await.is_tied_out());
}

/// of many batches each is reported as it ends; into an outage the rest is left, and what was done is not lost.
#[tokio::test]
async fn x_06_many_batches_are_reported_one_by_one_and_the_rest_is_left_in_an_outage() {
    let world = World::new();
    let first = batch("1", 3, DAY, &[sale(99, DAY, "20.00")]);
    let second = batch("1", 5, DAY, &[sale(100, DAY, "20.00")]);
    let [long] = busy();
    let mut exchange = world.exchange();
    let mut ended = Vec::new();
    let all = exchange
        .run_all([&first, &second], |batch, result| ended.push((batch.origin().key(), result.is_ok())))
        .await;
    assert_eq!((all.run, all.not_run, all.left), (2, 0, 0));
    assert!(all.is_whole());
    assert_eq!(all.counts.of(Outcome::Created), 4);
    let ended: Vec<String> = ended.into_iter().map(|(key, is_ok)| format!("{key} {is_ok}")).collect();
    assert_eq!(ended, ["boston/1/3 true", "boston/1/5 true"]);

    world.wire.stop_after(Some(20));
    let mut reports = Vec::new();
    let later = [&first, &long, &first, &first];
    let all = exchange.run_all(later, |_, result| reports.push(result.unwrap())).await;
    assert_eq!((all.run, all.not_run, all.left), (2, 0, 2));
    assert!(!all.is_whole());
    assert_eq!(reports.iter().map(|report| report.is_cut_short).collect::<Vec<_>>(), [false, true]);
    let error_of = |result: Result<Report, RunError>| result.unwrap_err().code();
    let mut codes = Vec::new();
    let all = exchange.run_all([&long], |_, result| codes.push(error_of(result))).await;
    assert_eq!((codes, all.run, all.not_run), (vec!["read-failed"], 0, 1));
}

/// an address where nobody listens costs one bounded try, however many batches wait; a run that the host asks to
/// end leaves all of them.
#[tokio::test]
async fn x_02_of_600_batches_one_is_tried_at_a_dead_address() {
    let world = World::new();
    let batches: Vec<_> =
        (1..=600).map(|number| batch("1", number, DAY, &[sale(number, DAY, "20.00")])).collect();
    world.wire.times(99, reads("companyinfo", ""), Fault::NoConnection);
    world.wire.times(99, reads("preferences", ""), Fault::NoConnection);
    world.wire.times(99, reads("query", ""), Fault::NoConnection);
    let mut codes = Vec::new();
    let all = world.exchange().run_all(&batches, |_, result| codes.push(result.unwrap_err().code())).await;
    assert_eq!((codes, all.not_run, all.left), (vec!["read-failed"], 1, 599));
    assert!(world.wire.calls().len() <= 4, "{}", world.wire.calls().len());

    world.wire.heal();
    let mut exchange = world.exchange();
    let stop = exchange::Stop::new();
    stop.ask();
    exchange.set_options(Options::default().with_stop(stop));
    let all = exchange.run_all(&batches, |_, _| panic!("nothing is run")).await;
    assert_eq!((all.run, all.not_run, all.left), (0, 0, 600));
}

/// what was posted before is said to be, also behind the point where a run ends.
#[tokio::test]
async fn x_06_what_is_posted_is_not_held_by_an_outage() {
    let world = World::new();
    world.wire.times(99, creates("invoice", "CLT1B4"), Fault::Refused("6210"));
    world.wire.times(99, creates("invoice", "CLT2B4"), Fault::Refused("6210"));
    world.wire.times(99, creates("invoice", "CLT3B4"), Fault::Refused("6210"));
    world.run(&busy()).await;
    world.wire.heal();
    let mut exchange = world.exchange();
    exchange.run(&batch("1", 3, DAY, &[sale(99, DAY, "20.00")])).await.unwrap();
    world.wire.stop_after(Some(0));
    let report = exchange.run(&busy()[0]).await.unwrap();
    assert_eq!(report.counts().of(Outcome::AlreadyPosted), 2 * (SALES - 3));
    assert_eq!(report.counts().of(Outcome::Held), 6);
}

/// an address where nobody listens: a run that has its session makes a bounded number of sends; one that has none
/// makes four reads and no send.
#[tokio::test]
async fn x_02_a_dead_address_gets_a_bounded_number_of_requests() {
    let world = World::new();
    world.wire.stop_after(Some(0));
    let calls = || world.wire.calls().len();
    // The first write would be the first that fails: reads fail only after it.
    let error = world.exchange().run(&busy()[0]).await.unwrap_err();
    assert_eq!(error.code(), "not-ready", "the first account could not be made: {error}");
    assert_eq!(world.wire.writes().len(), 4);
    let before = calls();
    let error = world.exchange().run(&busy()[0]).await.unwrap_err();
    assert_eq!((error.code(), calls() - before), ("read-failed", 4));
}

/// requests whose answers are lost count too, and are not sent again in an outage; refusals and single hiccups do not.
#[tokio::test]
async fn x_02_unknown_outcomes_end_a_run_and_refusals_do_not() {
    let lost = World::new();
    lost.wire.times(999, creates("invoice", ""), Fault::RequestLost);
    let report = lost.run(&busy()).await.remove(0);
    assert!(report.is_cut_short);
    assert_eq!(report.counts().of(Outcome::Unknown), 3);
    assert_eq!(lost.wire.creates("invoice").len(), 3);

    let refused = World::new();
    refused.wire.times(999, creates("invoice", ""), Fault::Refused("6210"));
    let report = refused.run(&busy()).await.remove(0);
    assert!(!report.is_cut_short);
    assert_eq!(report.counts().of(Outcome::Refused), SALES);

    let hiccups = World::new();
    for number in [1, 2, 4, 5, 7, 8] {
        hiccups.wire.times(4, creates("invoice", &format!("CLT{number}B4")), Fault::NoConnection);
    }
    let report = hiccups.run(&busy()).await.remove(0);
    assert!(!report.is_cut_short, "a success stands between each two failures and the next");
    assert_eq!(holds(&report, Hold::Unreachable), 6);
    assert!(hiccups.wire.heal(), "one of the hiccups never happened");
    assert_eq!(hiccups.run(&busy()).await[0].counts().of(Outcome::Created), 12);
}

/// One event that fails twice, its settlement and its money, is one event.
#[tokio::test]
async fn an_event_that_fails_twice_counts_once() {
    let world = World::new();
    let mut swap = sale(1, DAY, "100.00");
    let mut back = swap["lines"][0].clone();
    (back["quantity"], back["amount"]) = (serde_json::json!("-1"), serde_json::json!("-50.00"));
    swap["lines"].as_array_mut().unwrap().push(back);
    swap["tenders"][0]["amount"] = serde_json::json!("50.00");
    world.wire.times(8, creates("payment", "T1B4"), Fault::NoConnection);
    let mut exchange = world.exchange();
    let policy = Policy::default().with_outage(2);
    exchange.set_options(Options::default().with_policy(policy));
    let report = exchange.run(&batch("1", 4, DAY, &[swap, sale(2, DAY, "20.00")])).await.unwrap();
    assert!(world.wire.heal(), "the two payments of the swap were not tried");
    assert_eq!(holds(&report, Hold::Unreachable), 2);
    assert!(!report.is_cut_short, "{:?}", report.documents);
}

/// a customer that must be read before its document is sent and cannot be read: that document is held, and the report
/// of those before it is not lost.
#[tokio::test]
async fn x_06_a_failed_read_in_the_middle_of_a_run_holds_one_event() {
    let world = World::new();
    world.wire.type_in("customer", &serde_json::json!({"DisplayName": "Boston Store", "Taxable": false}));
    world.run(&[batch("1", 3, DAY, &[sale(99, DAY, "20.00")])]).await;
    world.wire.times(
        4,
        support::wire::reads("query", "from Customer where Active in (true, false) and Id ="),
        Fault::Status(503, false),
    );
    let day = [batch("1", 4, DAY, &[sale(1, DAY, "20.00"), taxed_sale(2, DAY), sale(3, DAY, "30.00")])];
    let report = world.run(&day).await.remove(0);
    let outcomes: Vec<_> = report.documents.iter().map(|entry| (entry.outcome, entry.hold)).collect();
    let created = (Outcome::Created, None);
    let held = |hold| (Outcome::Held, Some(hold));
    assert_eq!(
        outcomes,
        [created, created, held(Hold::Unreachable), held(Hold::EarlierDocument), created, created]
    );
    assert!(report.documents[2].reason.as_deref().unwrap().starts_with("its customer could not be read: "));
}

/// The policy says how many events in a row end a run; 0 counts as 1.
#[tokio::test]
async fn the_policy_says_how_many_events_in_a_row_end_a_run() {
    for (outage, tried) in [(0, 1), (1, 1), (5, 5)] {
        let world = World::new();
        let mut exchange = world.exchange();
        exchange.run(&batch("1", 3, DAY, &[sale(99, DAY, "20.00")])).await.unwrap();
        let policy = Policy::default().with_outage(outage);
        exchange.set_options(Options::default().with_policy(policy));
        world.wire.stop_after(Some(0));
        let report = exchange.run(&busy()[0]).await.unwrap();
        assert_eq!(holds(&report, Hold::Unreachable), tried);
        let numbers: BTreeSet<_> = world
            .wire
            .creates("invoice")
            .into_iter()
            .filter(|c| c.text.contains("B4"))
            .map(|c| c.request_id)
            .collect();
        assert_eq!(numbers.len(), tried);
    }
}

/// a run that could not start does not read the log again; what was put right is seen.
#[tokio::test]
async fn x_04_a_run_that_could_not_start_keeps_what_it_knows_of_the_log() {
    let world = World::new();
    let mut exchange = world.exchange();
    exchange.run(&batch("1", 3, DAY, &[sale(99, DAY, "20.00")])).await.unwrap();
    let close: fn(&mut serde_json::Value) = |body| {
        body["Preferences"]["AccountingInfoPrefs"]["BookCloseDate"] = serde_json::json!("2026-02-28");
    };
    world.wire.once(support::wire::reads("preferences", ""), Fault::Altered(close));
    world.clock.advance(60);
    assert_eq!(exchange.run(&busy()[0]).await.unwrap_err().code(), "not-ready");
    assert!(all_are(&[exchange.run(&busy()[0]).await.unwrap()], Outcome::Created));
    assert_eq!(world.log.reads(), 1);
}

/// A policy with so many seconds for a run.
fn budget(seconds: u64) -> Options {
    Options::default().with_policy(Policy::default().with_budget(Duration::from_secs(seconds)))
}

/// QuickBooks asks to be left alone for an hour. A run with the time obeys, and sends the same bytes under the same id;
/// one without ends paused, says what remains and until when, and the next run goes on.
#[tokio::test]
async fn x_06_a_wait_that_is_asked_for_is_obeyed_within_the_budget_and_else_pauses_the_run() {
    for (seconds, is_obeyed) in [(7200, true), (600, false)] {
        let world = World::new();
        world.wire.once(creates("invoice", "CLT2B4"), Fault::Throttled(3600));
        let mut exchange = world.exchange();
        exchange.set_options(budget(seconds));
        let report = exchange.run(&busy()[0]).await.unwrap();
        let counts = report.counts();
        if is_obeyed {
            assert_eq!((counts.of(Outcome::Created), report.paused), (60, None));
            assert_eq!(world.clock.waits(), [3600]);
            let calls = world.wire.creates("invoice");
            let of_it: Vec<_> = calls.iter().filter(|call| call.text.contains("CLT2B4")).collect();
            assert_eq!((of_it.len(), of_it[0].request_id == of_it[1].request_id), (2, true));
            assert_eq!(of_it[0].text, of_it[1].text);
            continue;
        }
        assert!(report.is_cut_short);
        assert_eq!(world.clock.waits(), [0u64; 0], "it does not wait for what it has no time for");
        assert_eq!((counts.of(Outcome::Created), counts.of(Outcome::Held)), (2, 58));
        assert_eq!(holds(&report, Hold::Paused), 58);
        let until = report.paused.unwrap().until.unwrap();
        assert!((3500..=3600).contains(&(until - world.clock.now()).num_seconds()), "{until}");
        let reason = report.documents[5].reason.as_deref().unwrap();
        assert!(reason.contains("run it again after 2026-02-04 04:"), "{reason}");
        world.clock.advance(3600);
        assert_eq!(world.run(&busy()).await[0].counts().of(Outcome::Created), 58);
        assert!(world.tie_out(&busy()).await.is_tied_out());
    }
}

/// a quarantine counts too: what else can be posted is, then the run ends, and the document stays unknown.
#[tokio::test]
async fn x_06_a_quarantine_longer_than_the_budget_is_left_to_the_next_run() {
    let world = World::new();
    world.wire.once(creates("invoice", "CLT2B4"), Fault::RequestLost);
    let mut exchange = world.exchange();
    exchange.set_options(budget(120));
    let report = exchange.run(&busy()[0]).await.unwrap();
    let counts = report.counts();
    let all = [Outcome::Created, Outcome::Unknown, Outcome::Held].map(|outcome| counts.of(outcome));
    assert_eq!(all, [58, 1, 1], "{counts:?}");
    assert_eq!(world.clock.waits(), [0u64; 0]);
    assert!(report.paused.unwrap().until.is_some_and(|until| until > world.clock.now()));
    let report = world.run(&busy()).await.remove(0);
    assert_eq!((report.counts().of(Outcome::Created), report.paused), (2, None));
}

/// a read that is throttled is waited for like a write, wherever it stands; without the time nothing is lost.
#[tokio::test]
async fn x_06_a_throttled_read_is_waited_for_within_the_budget() {
    for when in [reads("preferences", ""), reads("query", "from Invoice"), reads("query", "from Payment")] {
        let world = World::new();
        world.wire.once(when.clone(), Fault::Throttled(600));
        let report = world.run(&busy()).await.remove(0);
        assert_eq!((report.counts().of(Outcome::Created), world.clock.waits()), (60, vec![600]), "{when:?}");

        let world = World::new();
        world.wire.once(when.clone(), Fault::Throttled(600));
        let mut exchange = world.exchange();
        exchange.set_options(budget(60));
        let mut codes = Vec::new();
        let all = exchange.run_all(&busy(), |_, result| codes.push(result.unwrap_err().code())).await;
        assert_eq!((codes, world.clock.waits().len(), all.not_run), (vec!["paused"], 0, 1), "{when:?}");
        assert!(all.paused.unwrap().until.is_some());
        assert!(world.documents().is_empty());
    }
}

/// the budget is for all batches together: when it is over, the rest is left, and nothing asks for a later time.
#[tokio::test]
async fn x_06_when_the_time_is_up_the_rest_of_the_batches_is_left() {
    let world = World::new();
    let batches: Vec<_> =
        (1..=40).map(|number| batch("1", number, DAY, &[sale(number, DAY, "20.00")])).collect();
    let mut exchange = world.exchange();
    exchange.set_options(budget(120));
    let (mut posted, began) = (0, world.clock.now());
    let all =
        exchange.run_all(&batches, |_, result| posted += result.unwrap().counts().of(Outcome::Created)).await;
    assert!(all.left > 10 && all.run > 5, "{all:?}");
    assert_eq!(all.paused.map(|paused| paused.until), Some(None));
    assert!((world.clock.now() - began).num_seconds() < 150);
    assert!(posted >= 2 * (all.run - 1));
    let all = exchange.run_all(&batches, |_, _| {}).await;
    assert!(all.paused.is_some(), "one more run of two minutes is not enough: {all:?}");
    exchange.set_options(Options::default());
    let all = exchange.run_all(&batches, |_, _| {}).await;
    assert!(all.is_whole() && all.paused.is_none());
    assert_eq!(world.documents().len(), 80);
}
