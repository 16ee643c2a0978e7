//! a process may stop at any point; the books end as if it had not.
//!
//! A point is before or after one append to the log or one request. The sweep counts the points of an undisturbed run,
//! then stops a run at each of them and starts again (I1, I2, I22).

#![allow(
    clippy::print_stdout,
    reason = "the figures of the cuts: cargo test -p exchange --test all crash -- --nocapture"
)]

use crate::support;

use exchange::{Exchange, Outcome, RunError};
use pos_model::Batch;
use support::pos::{batch, sale, sample_day};
use support::{World, all_are, until_stopped};

/// The books after a run that nothing disturbed, and how many points it passed.
struct Undisturbed {
    documents: Vec<String>,
    lists: [usize; 4],
    points: usize,
}

async fn undisturbed(batches: &[Batch]) -> Undisturbed {
    let world = World::new();
    world.gate.stop_at(0);
    world.run(batches).await;
    let points = world.gate.passed();
    Undisturbed { documents: world.documents(), lists: world.list_sizes(), points }
}

async fn run_all(exchange: &mut Exchange, batches: &[Batch]) -> Result<(), RunError> {
    for batch in batches {
        exchange.run(batch).await?;
    }
    Ok(())
}

/// Runs in a new process that is killed at this point. False when the run ended before.
async fn killed_at(point: usize, world: &World, batches: &[Batch]) -> bool {
    let mut exchange = world.exchange();
    world.gate.stop_at(point);
    let ended = until_stopped(Box::pin(run_all(&mut exchange, batches)), true).await;
    world.gate.stop_at(0);
    ended.is_none()
}

/// The books are those of an undisturbed run, they tie out, and one more run posts nothing.
async fn expect_the_same_books(world: &World, batches: &[Batch], wanted: &Undisturbed, place: &str) {
    assert_eq!(world.documents(), wanted.documents, "{place}");
    assert_eq!(world.list_sizes(), wanted.lists, "{place}");
    world.audit();
    let writes = world.wire.writes().len();
    let mut exchange = world.exchange();
    for batch in batches {
        let report = exchange.run(batch).await.unwrap();
        assert!(all_are(&[report], Outcome::AlreadyPosted), "{place}");
    }
    assert_eq!(world.wire.writes().len(), writes, "{place}: the run after it wrote");
    let ties = exchange.tie_out(batches).await.unwrap();
    assert!(ties.is_tied_out(), "{place}: {ties:?}");
}

fn all_done(reports: &[exchange::Report]) -> bool {
    reports.iter().flat_map(|report| &report.documents).all(|entry| entry.outcome.is_done())
}

/// X-02, I1, I2: the whole sample day, killed at each of its points, by a process that starts from nothing.
#[tokio::test]
async fn killed_at_any_point_the_day_is_posted_once() {
    let day = sample_day();
    let wanted = undisturbed(&day).await;
    assert_eq!(wanted.documents.len(), 17);
    assert!(wanted.points >= 190, "only {} points: what is not counted is not tested", wanted.points);
    println!("a day is cut at {} points", wanted.points);
    for point in 1..=wanted.points {
        let world = World::new();
        assert!(killed_at(point, &world, &day).await, "point {point} was not reached");
        assert!(all_done(&world.run(&day).await), "point {point}");
        expect_the_same_books(&world, &day, &wanted, &format!("point {point}")).await;
    }
}

/// a host that drops a run's future may go on with the same exchange.
#[tokio::test]
async fn dropped_at_any_point_the_same_exchange_goes_on() {
    let day = &sample_day()[1..2];
    let wanted = undisturbed(day).await;
    assert!(wanted.points >= 90, "only {} points", wanted.points);
    println!("a run is dropped at {} points", wanted.points);
    for point in 1..=wanted.points {
        let world = World::new();
        let mut exchange = world.exchange();
        world.gate.stop_at(point);
        assert!(until_stopped(Box::pin(run_all(&mut exchange, day)), false).await.is_none(), "{point}");
        world.gate.stop_at(0);
        world.clock.advance(60);
        run_all(&mut exchange, day).await.unwrap();
        expect_the_same_books(&world, day, &wanted, &format!("point {point}")).await;
    }
}

/// the process that repairs a crash may crash as well, anywhere.
#[tokio::test]
async fn killed_again_during_the_repair_nothing_is_posted_twice() {
    let sales = [batch("1", 4, "2026-02-03", &[sale(1, "2026-02-03", "20.00")])];
    let wanted = undisturbed(&sales).await;
    let mut pairs = 0;
    for first in (1..=wanted.points).step_by(5) {
        for second in (1..=wanted.points).step_by(7) {
            let world = World::new();
            assert!(killed_at(first, &world, &sales).await);
            pairs += usize::from(killed_at(second, &world, &sales).await);
            assert!(all_done(&world.run(&sales).await), "points {first} and {second}");
            let place = format!("points {first} and {second}");
            assert_eq!(world.documents(), wanted.documents, "{place}");
            assert_eq!(world.list_sizes(), wanted.lists, "{place}");
        }
    }
    assert!(pairs >= 150, "only {pairs} pairs");
    println!("a run and its repair are cut at {pairs} pairs of points");
}

/// I1: a process is killed and its log is lost with it. Request ids and numbers keep every document single.
#[tokio::test]
async fn killed_at_any_point_with_the_log_lost_nothing_is_posted_twice() {
    let day = &sample_day()[3..];
    let wanted = undisturbed(day).await;
    assert!(wanted.points >= 110, "only {} points", wanted.points);
    println!("a run is cut, and its log lost, at {} points", wanted.points);
    for point in 1..=wanted.points {
        let world = World::new();
        assert!(killed_at(point, &world, day).await, "point {point} was not reached");
        world.log.replace(&[]);
        assert!(all_done(&world.run(day).await), "point {point}");
        expect_the_same_books(&world, day, &wanted, &format!("point {point}, log lost")).await;
    }
}

/// I1, I10: after a complete day the log is replaced by each of its older copies, the empty one included.
#[tokio::test]
async fn with_any_older_copy_of_the_log_nothing_is_posted_twice() {
    let day = sample_day();
    let wanted = undisturbed(&day).await;
    let world = World::new();
    world.run(&day).await;
    let log = world.log.entries();
    assert!(log.len() >= 60, "only {} entries", log.len());
    println!("{} older copies of the log", log.len());
    for length in 0..log.len() {
        world.log.replace(&log[..length]);
        assert!(all_done(&world.run(&day).await), "{length} entries");
        expect_the_same_books(&world, &day, &wanted, &format!("{length} entries")).await;
    }
}

/// I9: when the log cannot be written the run stops with an error; the entry may or may not have been kept.
#[tokio::test]
async fn a_log_that_fails_at_any_entry_stops_the_run_and_loses_nothing() {
    let day = &sample_day()[3..];
    let wanted = undisturbed(day).await;
    let world = World::new();
    world.run(day).await;
    let length = world.log.entries().len();
    assert!(length >= 35, "only {length} entries");
    println!("a log fails at {length} entries, kept and not kept");
    for position in 0..length {
        for is_kept in [true, false] {
            let world = World::new();
            world.log.fail_at(position, is_kept);
            let mut exchange = world.exchange();
            let error = run_all(&mut exchange, day).await.unwrap_err();
            assert_eq!(error.code(), "log-storage", "entry {position}");
            let kept = world.log.entries();
            assert_eq!(kept.len(), position + usize::from(is_kept));
            if let Some(exchange::Entry::Sending { sent, .. }) = kept.last().filter(|_| is_kept) {
                let sent_anyway = world.wire.writes().iter().any(|call| call.text == sent.body);
                assert!(!sent_anyway, "entry {position}: sent although the log failed");
            }
            run_all(&mut exchange, day).await.unwrap();
            expect_the_same_books(&world, day, &wanted, &format!("entry {position}, {is_kept}")).await;
        }
    }
}
