//! Tests of `limits.rs`: many requests side by side on a clock that jumps, against a count of our own over every window.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::*;

/// Tokio's paused clock: whenever all wait, it jumps to the next moment at which one goes on.
#[derive(Clone, Copy)]
struct PausedClock(Instant);

#[async_trait]
impl Clock for PausedClock {
    fn now(&self) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH
    }

    fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }

    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }
}

const PATIENCE: Duration = Duration::from_secs(120);

/// When each request was sent and came to its end, in the order of sending; whether it was a batch.
type Sent = Vec<(Duration, Duration, bool)>;

/// Sends requests that all want to leave at once and take `takes` each; every `nth` of them is a batch.
async fn send(
    clock: PausedClock,
    limiter: &Limiter,
    count: usize,
    takes: Duration,
    nth: Option<usize>,
) -> Sent {
    let mut tasks = JoinSet::new();
    for at in 0..count {
        let (limiter, is_batch) = (limiter.clone(), nth.is_some_and(|nth| at % nth == 0));
        tasks.spawn(async move {
            let mut admission = limiter.admit(&clock, is_batch, PATIENCE).await.unwrap();
            let sent = clock.elapsed();
            admission.sent(sent);
            tokio::time::sleep(takes).await;
            (sent, clock.elapsed(), is_batch)
        });
    }
    let mut all = tasks.join_all().await;
    all.sort();
    all
}

/// The most that were sent within any stretch of this length.
fn most_within(sent: &[Duration], length: Duration) -> usize {
    (sent.iter().map(|first| sent.iter().filter(|time| *first <= **time && **time < *first + length).count()))
        .max()
        .unwrap_or(0)
}

/// The most that were on their way at one moment.
fn most_open(all: &Sent) -> usize {
    (all.iter().map(|(at, ..)| all.iter().filter(|(sent, end, _)| sent <= at && at < end).count()))
        .max()
        .unwrap_or(0)
}

fn times(all: &Sent, is_wanted: impl Fn(bool) -> bool) -> Vec<Duration> {
    all.iter().filter(|(_, _, is_batch)| is_wanted(*is_batch)).map(|(sent, ..)| *sent).collect()
}

const SECONDS: fn(u64) -> Duration = Duration::from_secs;

/// | requests | each takes | every so-many-th a batch | limits | the last is sent between |
#[tokio::test(start_paused = true)]
async fn no_window_holds_more_than_its_limit_and_none_less_than_it_could() {
    let documented = Limits::DOCUMENTED;
    let no_second = documented.per_second(u32::MAX);
    for (name, count, takes, nth, limits, from, to) in [
        ("ten at once go", 10, 200, None, documented, 0, 0),
        ("the eleventh waits a second", 11, 200, None, documented, 1050, 1051),
        ("ten a second", 250, 200, None, documented, 24 * 1050, 24 * 1050 + 50),
        ("five hundred a minute", 501, 1, None, no_second, 60_250, 60_251),
        ("ten open", 100, 1000, None, no_second, 9000, 9000),
        ("a slow company", 30, 7000, None, documented, 14_000, 14_000),
        ("forty batches a minute", 41, 100, Some(1), no_second, 60_250, 60_251),
        ("one at a time", 5, 300, None, documented.at_once(1), 1200, 1200),
        ("none", 1000, 300, None, Limits::NONE, 0, 0),
    ] {
        let limiter = Limiter::new(limits);
        let all = send(PausedClock(Instant::now()), &limiter, count, Duration::from_millis(takes), nth).await;
        let sent = times(&all, |_| true);
        let last = sent.last().unwrap().as_millis();
        assert!(
            (from..=to).contains(&u64::try_from(last).unwrap()),
            "{name}: the last was sent at {last} ms"
        );
        assert_eq!(sent.len(), count, "{name}");
        for (limit, most) in [
            (limits.per_second, most_within(&sent, SECONDS(1))),
            (limits.per_minute, most_within(&sent, SECONDS(60))),
            (limits.at_once, most_open(&all)),
            (limits.batches_per_minute, most_within(&times(&all, |is_batch| is_batch), SECONDS(60))),
        ] {
            assert!(most <= usize::try_from(limit).unwrap(), "{name}: {most} within a limit of {limit}");
        }
    }
}

/// What is computed is what the limiter does with requests that are answered at once; where batches stand in line with single
/// requests that come before them, it may take longer.
#[tokio::test(start_paused = true)]
async fn the_least_time_is_the_limiter_s_own() {
    let documented = Limits::DOCUMENTED;
    for (count, nth, limits) in [
        (1_usize, None, documented),
        (10, None, documented),
        (11, None, documented),
        (500, None, documented),
        (1_007, None, documented),
        (135, Some(1), documented),
        (700, Some(7), documented),
        (300, None, documented.per_second(3)),
        (90, Some(2), documented.batches_per_minute(20)),
        (1_000, None, Limits::NONE),
    ] {
        let batches = nth.map_or(0, |nth| count.div_ceil(nth));
        let all = send(PausedClock(Instant::now()), &Limiter::new(limits), count, Duration::ZERO, nth).await;
        let last = all.last().unwrap().0;
        let least = limits.least_time(count as u64, batches as u64);
        let is_mixed = nth.is_some_and(|nth| nth > 1);
        assert!(
            least <= last && (is_mixed || last <= least + Duration::from_millis(50)),
            "{count} requests, {batches} batches: {least:?} is computed, {last:?} it took"
        );
    }
}

/// Batches wait among themselves: single requests go past them.
#[tokio::test(start_paused = true)]
async fn a_batch_that_waits_holds_no_single_request_up() {
    let limits = Limits::DOCUMENTED.batches_per_minute(2).per_second(u32::MAX);
    let all =
        send(PausedClock(Instant::now()), &Limiter::new(limits), 12, Duration::from_millis(100), Some(3))
            .await;
    let (singles, batches) = (times(&all, |is_batch| !is_batch), times(&all, |is_batch| is_batch));
    assert!(singles.iter().all(|sent| *sent <= Duration::from_millis(200)), "{singles:?}");
    assert_eq!(batches.iter().filter(|sent| **sent >= SECONDS(60)).count(), 2, "{batches:?}");
}

/// A 429 in spite of it all: nothing until the pause is over, then half the rate for a minute.
#[tokio::test(start_paused = true)]
async fn a_limit_that_was_reached_all_the_same_halves_the_rate_for_a_minute() {
    for (pause, first) in [(None, Duration::ZERO), (Some(SECONDS(30)), SECONDS(30))] {
        let (clock, limiter) = (PausedClock(Instant::now()), Limiter::new(Limits::DOCUMENTED));
        limiter.throttled(clock.elapsed(), pause);
        let all = send(clock, &limiter, 400, Duration::from_millis(10), None).await;
        let sent = times(&all, |_| true);
        assert_eq!(sent[0], first, "{pause:?}");
        let calm: Vec<Duration> = sent.iter().copied().filter(|sent| *sent < first + SECONDS(60)).collect();
        assert_eq!(most_within(&calm, SECONDS(1)), 5, "{pause:?}");
        assert_eq!(most_within(&sent, SECONDS(1)), 10, "{pause:?}: the whole rate again");
        assert!(most_within(&sent, SECONDS(60)) <= 500);
    }
}

#[tokio::test(start_paused = true)]
async fn a_pause_longer_than_the_patience_is_an_answer_at_once() {
    let clock = PausedClock(Instant::now());
    let limiter = Limiter::new(Limits::DOCUMENTED);
    limiter.throttled(clock.elapsed(), Some(SECONDS(3600)));
    limiter.throttled(clock.elapsed(), Some(SECONDS(5)));
    assert_eq!(limiter.admit(&clock, false, PATIENCE).await.unwrap_err(), SECONDS(3600));
    assert_eq!(limiter.admit(&clock, true, PATIENCE).await.unwrap_err(), SECONDS(3600));
    assert_eq!(clock.elapsed(), Duration::ZERO);
    tokio::time::advance(SECONDS(3500)).await;
    assert!(limiter.admit(&clock, false, PATIENCE).await.is_ok());
    assert_eq!(clock.elapsed(), SECONDS(3600));
}

/// Whoever gives up, before or after its turn, gives the place back.
#[tokio::test(start_paused = true)]
async fn an_admission_that_is_dropped_gives_its_place_back() {
    let clock = PausedClock(Instant::now());
    let limiter = Limiter::new(Limits::DOCUMENTED.at_once(1).per_second(2).batches_per_minute(1));
    drop(limiter.admit(&clock, true, PATIENCE).await.unwrap());
    let held = limiter.admit(&clock, true, PATIENCE).await.unwrap();
    let waiting = limiter.admit(&clock, false, PATIENCE);
    assert!(tokio::time::timeout(SECONDS(9), waiting).await.is_err(), "one at a time, and one is held");
    drop(held);
    for _ in 0..20 {
        drop(limiter.admit(&clock, false, PATIENCE).await.unwrap());
    }
    assert_eq!(clock.elapsed(), SECONDS(9), "what is not sent takes nothing from the rate");
}

/// An admission keeps its place between the asking and the sending, however long that takes.
#[tokio::test(start_paused = true)]
async fn what_is_sent_late_counts_from_when_it_is_sent() {
    let clock = PausedClock(Instant::now());
    let limiter = Limiter::new(Limits::DOCUMENTED.per_second(1));
    let mut late = limiter.admit(&clock, false, PATIENCE).await.unwrap();
    let next = tokio::spawn({
        let limiter = limiter.clone();
        async move {
            let admission = limiter.admit(&clock, false, PATIENCE).await.unwrap();
            drop(admission);
            clock.elapsed()
        }
    });
    tokio::time::sleep(SECONDS(4)).await;
    late.sent(clock.elapsed());
    assert_eq!(next.await.unwrap(), SECONDS(4) + SECOND);
}

/// What was sent within the minute and what is about to be sent leave no room; half of it is left after a 429.
#[tokio::test(start_paused = true)]
async fn what_is_left_of_the_minute_counts_what_was_sent_and_what_is_about_to_be() {
    let clock = PausedClock(Instant::now());
    let limiter = Limiter::new(Limits::DOCUMENTED.per_minute(10));
    for _ in 0..3 {
        limiter.admit(&clock, false, PATIENCE).await.unwrap().sent(clock.elapsed());
    }
    let held = limiter.admit(&clock, true, PATIENCE).await.unwrap();
    assert_eq!(limiter.left_this_minute(&clock), 6);
    drop(held);
    limiter.throttled(clock.elapsed(), None);
    assert_eq!(limiter.left_this_minute(&clock), 2);
    tokio::time::advance(MINUTE).await;
    assert_eq!(limiter.left_this_minute(&clock), 10);
}

#[test]
fn no_limit_is_zero_and_no_batch_larger_than_quickbooks_takes() {
    let limits =
        Limits::DOCUMENTED.per_minute(0).per_second(0).at_once(0).batches_per_minute(0).batch_items(0);
    assert_eq!((limits.per_minute, limits.per_second, limits.at_once), (1, 1, 1));
    assert_eq!((limits.batches_per_minute, limits.items_a_batch()), (1, 1));
    assert_eq!(Limits::NONE.batch_items(31).items_a_batch(), 30);
}
