//! X-02, X-06: many batches at a time share requests; each has its own report, and what happens to one touches no other.

use crate::support;

use std::cell::Cell;

use exchange::{AllRun, AsOrigin, Options, Outcome, Policy, Report, RunError, Stop};
use pos_model::Batch;
use qb_simulator::{Effect, Operation, Rule, When};
use serde_json::{Value, json};
use support::pos::{batch, sale, sample_day};
use support::{World, all_are, until_stopped};

/// What every request that creates in a batch holds.
const CREATES: &str = r#""operation":"create""#;

/// What every batch that posts documents holds: their memo. List entries have none.
const DOCUMENTS: &str = r#""PrivateNote":"#;

/// The same customer in every one of these: a record that several batches bring.
fn known_sale(number: u64, date: &str) -> Value {
    let mut sale = sale(number, date, "20.00");
    sale["customer"] = json!("1042");
    sale
}

/// Batches of two sales each, one with a customer whom all batches know.
fn small(count: u64) -> Vec<Batch> {
    let day = "2026-02-03";
    let sales = |number: u64| [sale(2 * number, day, "20.00"), known_sale(2 * number + 1, day)];
    (1..=count).map(|number| batch("1", number, day, &sales(number))).collect()
}

async fn one_by_one(batches: &[Batch]) -> Vec<String> {
    let world = World::new();
    world.run(batches).await;
    world.documents()
}

/// The requests that create something.
fn creating(world: &World) -> usize {
    let calls = world.wire.writes().into_iter();
    calls.filter(|call| call.path != "batch" || call.text.contains(CREATES)).count()
}

type Told = Vec<(u64, Result<Report, RunError>)>;

/// Runs batches that are handed over whole.
async fn run_all(world: &World, batches: Vec<Batch>, options: Options) -> (AllRun, Told) {
    let mut exchange = world.exchange();
    exchange.set_options(options);
    let mut told = Vec::new();
    let all =
        exchange.run_all(batches, |batch: &Batch, result| told.push((batch.origin().number(), result))).await;
    (all, told)
}

fn numbers(told: &Told) -> Vec<u64> {
    told.iter().map(|(number, _)| *number).collect()
}

fn reports(told: Told) -> Vec<Report> {
    told.into_iter().map(|(_, result)| result.unwrap()).collect()
}

/// The books are as wanted and tie out, and one more run sends nothing.
async fn expect(world: &World, batches: &[Batch], wanted: &[String], place: &str) {
    assert_eq!(world.documents(), wanted, "{place}");
    world.audit();
    let writes = creating(world);
    let (_, told) = run_all(world, batches.to_vec(), Options::default()).await;
    assert!(all_are(&reports(told), Outcome::AlreadyPosted), "{place}");
    assert_eq!(creating(world), writes, "{place}: the run after it wrote");
    assert!(world.tie_out(batches).await.is_tied_out(), "{place}");
}

#[tokio::test]
async fn x_02_many_batches_share_requests_and_are_told_in_their_order() {
    let batches = small(40);
    let world = World::side_by_side();
    let before = {
        run_all(&world, small(1), Options::default()).await;
        creating(&world)
    };
    let (all, told) = run_all(&world, batches.clone(), Options::default()).await;
    assert!(all.is_whole() && all.run == 40, "{all:?}");
    assert_eq!(numbers(&told), (1..=40).collect::<Vec<_>>());
    assert_eq!((all.counts.planned, all.counts.of(Outcome::Created)), (160, 156));
    // 156 documents, 30 a request.
    assert!(creating(&world) - before <= 8, "{}", creating(&world) - before);
    let customers = world.wire.rows("Customer");
    let known = customers.iter().filter(|row| row["FamilyName"] == "Connor");
    assert_eq!(known.count(), 1, "{customers:?}");
    expect(&world, &batches, &one_by_one(&batches).await, "forty batches").await;
}

/// So much is read ahead as lies in memory well, however many there are; what is posted is dropped.
#[tokio::test]
async fn x_02_batches_are_taken_from_the_iterator_as_they_are_posted() {
    let world = World::side_by_side();
    let (taken, told, most) = (Cell::new(0u64), Cell::new(0u64), Cell::new(0u64));
    let day = "2026-02-03";
    let batches = (1..=220).map(|number| {
        taken.set(taken.get() + 1);
        most.set(most.get().max(taken.get() - told.get()));
        batch("1", number, day, &[sale(number, day, "20.00")])
    });
    let all = world.exchange().run_all(batches, |_, _| told.set(told.get() + 1)).await;
    assert_eq!((all.run, all.counts.of(Outcome::Created)), (220, 440));
    assert!(most.get() <= 202, "{} at a time", most.get());
}

/// What could change another's preparation waits for its end: the same batch twice, and a number that stands for two.
#[tokio::test]
async fn n_13_what_is_compared_with_what_is_posted_waits_for_it() {
    let world = World::side_by_side();
    let day = "2026-02-03";
    let first = batch("1", 4, day, &[sale(1, day, "20.00")]);
    let other = batch("2", 4, day, &[sale(1, day, "30.00")]);
    let (all, told) =
        run_all(&world, vec![first.clone(), first.clone(), other, first], Options::default()).await;
    assert_eq!((all.run, all.not_run, all.left), (3, 1, 0));
    let words: Vec<String> = told
        .iter()
        .map(|(_, result)| match result {
            Ok(report) => format!("{:?}", report.counts().by_outcome),
            Err(error) => error.code().to_owned(),
        })
        .collect();
    assert_eq!(words, ["{Created: 2}", "{AlreadyPosted: 2}", "number-taken", "{AlreadyPosted: 2}"]);
}

/// A refusal holds its own event; an unready batch is told, and the others go on.
#[tokio::test]
async fn x_06_a_fault_of_one_batch_touches_no_other() {
    let mut batches = small(6);
    batches.insert(3, batch("1", 99, "2026-02-03", &[sale(999, "2026-02-09", "20.00")]));
    let world = World::side_by_side();
    world.wire.refuse_one_of_a_batch();
    let (all, told) = run_all(&world, batches, Options::default()).await;
    assert_eq!((all.run, all.not_run, all.left), (6, 1, 0), "{all:?}");
    assert_eq!(numbers(&told), [1, 2, 3, 99, 4, 5, 6]);
    assert_eq!(told[3].1.as_ref().unwrap_err().code(), "not-ready");
    let counts = &all.counts;
    assert_eq!([Outcome::Created, Outcome::Refused, Outcome::Held].map(|o| counts.of(o)), [22, 1, 1]);
}

/// X-03: what is in doubt is waited for behind all others, whose posting it does not hold up.
#[tokio::test]
async fn x_03_a_batch_in_quarantine_is_told_behind_the_others() {
    let batches = small(5);
    let world = World::side_by_side();
    let when = When { nth: Some(1), ..When::operation(Operation::Batch) }.holding(DOCUMENTS);
    world.wire.strike(Rule::new("batch", Effect::ResetBefore, when.times(1)));
    let mut many = batches.clone();
    let day = "2026-02-03";
    // The first once more: another round, behind the one whose documents are in doubt.
    many.push(batches[0].clone());
    many.push(batch("1", 7, day, &[sale(77, day, "20.00")]));
    let (all, told) = run_all(&world, many, Options::default()).await;
    assert!(all.is_whole(), "{all:?}");
    assert_eq!(told.len(), 7);
    assert_eq!(numbers(&told), [7, 1, 2, 3, 4, 5, 1], "what is in doubt holds nothing else up");
    let settled = told
        .iter()
        .all(|(_, result)| result.as_ref().unwrap().documents.iter().all(|entry| entry.outcome.is_done()));
    assert!(settled);
    assert_eq!(world.documents().len(), 22);
}

/// The log fails: the error carries what was done, every other report says what is known, and the next run goes on.
#[tokio::test]
async fn x_06_a_log_that_fails_ends_all_of_them_and_loses_nothing() {
    let batches = small(12);
    let wanted = one_by_one(&batches).await;
    let length = {
        let world = World::side_by_side();
        run_all(&world, batches.clone(), Options::default()).await;
        world.log.length()
    };
    for (part, is_kept) in [(2, true), (4, false), (6, true), (9, false)] {
        let world = World::side_by_side();
        world.log.fail_at(length * part / 10, is_kept);
        let (all, told) = run_all(&world, batches.clone(), Options::default()).await;
        let place = format!("{part} tenths, kept {is_kept}: {all:?}");
        assert_eq!(all.run + all.not_run + all.left, 12, "{place}");
        assert_eq!(all.not_run, 1, "{place}");
        let in_books = world.documents().len();
        let said = |sure: bool| {
            let done = told.iter().filter_map(|(_, result)| match result {
                Ok(report) => Some(report),
                Err(error) => error.done(),
            });
            let entries = done.flat_map(|report| report.documents.clone());
            entries.filter(|e| e.outcome.is_done() || (!sure && e.outcome == Outcome::Unknown)).count()
        };
        assert!(said(true) <= in_books, "{place}: {} said of {in_books}", said(true));
        let (all, told) = run_all(&world, batches.clone(), Options::default()).await;
        assert!(all.is_whole() && told.len() == 12, "{place}");
        expect(&world, &batches, &wanted, &place).await;
    }
}

/// A host that asks the run to end, or a budget that is up, leaves what was not begun.
#[tokio::test]
async fn x_06_what_was_not_begun_is_left() {
    let batches = small(60);
    let world = World::side_by_side();
    let stop = Stop::new();
    let mut exchange = world.exchange();
    let ask = stop.clone();
    let settled = std::sync::atomic::AtomicUsize::new(0);
    let observer = move |_: &exchange::EntryReport| {
        if settled.fetch_add(1, std::sync::atomic::Ordering::SeqCst) == 20 {
            ask.ask();
        }
    };
    exchange.set_options(Options::default().with_observer(observer).with_stop(stop));
    let mut told = Vec::new();
    let all = exchange.run_all(batches.clone(), |_, result| told.push(result.unwrap())).await;
    assert_eq!(all.run + all.left, 60, "{all:?}");
    assert!(told.iter().any(|report| report.is_cut_short));
    let in_books = world.documents().len() as u64;
    assert!(all.counts.of(Outcome::Created) <= in_books && in_books < 240, "{in_books} {all:?}");
    let (all, _) = run_all(&world, batches.clone(), Options::default()).await;
    assert!(all.is_whole());
    expect(&world, &batches, &one_by_one(&batches).await, "asked to end").await;
}

/// Wherever the process stops, the next one ends with the same books.
#[tokio::test]
async fn x_02_killed_at_any_point_with_many_batches_each_document_is_posted_once() {
    let mut day = sample_day();
    day.extend(small(3).into_iter().skip(1));
    let wanted = one_by_one(&day).await;
    let world = World::side_by_side();
    world.gate.stop_at(0);
    run_all(&world, day.clone(), Options::default()).await;
    let points = world.gate.passed();
    assert!(points >= 40, "only {points} points");
    for point in 1..=points {
        let world = World::side_by_side();
        let mut exchange = world.exchange();
        world.gate.stop_at(point);
        let run = async { exchange.run_all(day.clone(), |_, _| {}).await };
        assert!(until_stopped(Box::pin(run), true).await.is_none(), "point {point} was not reached");
        world.gate.stop_at(0);
        let (all, told) =
            run_all(&world, day.clone(), Options::default().with_policy(Policy::default())).await;
        assert!(all.is_whole(), "point {point}");
        let entries = reports(told).into_iter().flat_map(|report| report.documents);
        let open: Vec<_> = entries.filter(|entry| !entry.outcome.is_done()).collect();
        assert!(open.is_empty(), "point {point}: {open:?}");
        expect(&world, &day, &wanted, &format!("point {point}")).await;
    }
}

/// The requests before the first document.
fn before_the_first_document(world: &World, from: usize) -> Vec<String> {
    let calls = world.wire.calls().into_iter().skip(from);
    let before = calls.take_while(|call| !call.text.contains(DOCUMENTS));
    before.map(|call| format!("{} {}", call.path, call.text.matches("bId").count())).collect()
}

/// X-02: what a run asks before its first document rides in few requests: three on a later day, however many batches there
/// are; list entries of the first day in two.
#[tokio::test]
async fn x_02_little_is_asked_before_the_first_document() {
    let world = World::side_by_side();
    run_all(&world, small(1), Options::default()).await;
    let first_day = before_the_first_document(&world, 0);
    assert!(first_day.len() <= 12, "{first_day:?}");

    let from = world.wire.calls().len();
    let later: Vec<Batch> = small(30).into_iter().skip(1).collect();
    let (all, _) = run_all(&world, later, Options::default()).await;
    assert_eq!(all.counts.of(Outcome::Created), 116);
    let later_day = before_the_first_document(&world, from);
    assert!(later_day.len() <= 3, "{later_day:?}");
}
