//! The posting log's port: the log in memory conforms, the check finds logs that do not, and writers are kept apart.

use crate::support;

use std::collections::BTreeSet;
use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use exchange::{
    BooksChanged, Exchange, Fence, LogError, MemoryLog, Options, Outcome, PostingLog, Row, RunError,
    conformance,
};
use qb_client::{Transport, TransportError, WireRequest, WireResponse};
use support::World;
use support::pos::sample_day;
use support::wire::SimulatedTransport;

/// One log in memory behind several handles, which does one thing wrong.
struct Handle(Arc<MemoryLog>, Wrong);

#[derive(Clone, Copy, PartialEq)]
enum Wrong {
    Nothing,
    /// Rows come back the other way round.
    Turned,
    /// Appends wherever the log happens to end.
    Careless,
    /// Appends the first row of a group although the group is refused.
    Torn,
    /// Reads from the start, whatever is asked.
    FromTheStart,
    /// Keeps nobody away.
    Unclaimed,
    /// Takes entries under any fence.
    Unfenced,
    /// Forgets bodies with the rows that hold them.
    Forgetful,
    /// Forgets bodies that are to be kept.
    Unsparing,
}

#[async_trait]
impl PostingLog for Handle {
    async fn claim(&self, owner: &str, until: DateTime<Utc>) -> Result<Fence, LogError> {
        match self.0.claim(owner, until).await {
            Err(LogError::Claimed { owner, .. }) if self.1 == Wrong::Unclaimed => {
                self.0.claim(&owner, until).await
            }
            claimed => claimed,
        }
    }

    async fn append(&self, fence: Fence, position: u64, rows: &[Row]) -> Result<(), LogError> {
        let length = self.0.read(0).await?.len() as u64;
        match self.1 {
            Wrong::Careless => self.0.append(fence, length, rows).await,
            Wrong::Torn if position != length => {
                self.0.append(fence, length, &rows[..1]).await?;
                Err(LogError::Overtaken { expected: position, found: length })
            }
            _ => match self.0.append(fence, position, rows).await {
                Err(LogError::Fenced) if self.1 == Wrong::Unfenced => Ok(()),
                appended => appended,
            },
        }
    }

    async fn read(&self, from: u64) -> Result<Vec<Row>, LogError> {
        let mut rows = self.0.read(if self.1 == Wrong::FromTheStart { 0 } else { from }).await?;
        if self.1 == Wrong::Turned {
            rows.reverse();
        }
        Ok(rows)
    }

    async fn forget_bodies(&self, fence: Fence, up_to: u64, but: &BTreeSet<u64>) -> Result<(), LogError> {
        match self.1 {
            Wrong::Forgetful => self.0.forget_bodies(fence, u64::MAX, but).await,
            Wrong::Unsparing => self.0.forget_bodies(fence, up_to, &BTreeSet::new()).await,
            _ => self.0.forget_bodies(fence, up_to, but).await,
        }
    }
}

async fn checked(wrong: Wrong) -> Result<(), String> {
    let log = Arc::new(MemoryLog::new());
    conformance::check(async || Ok(Handle(Arc::clone(&log), wrong))).await
}

#[tokio::test]
async fn the_log_in_memory_conforms() {
    checked(Wrong::Nothing).await.unwrap();
}

/// The check itself can fail: at a log that forgets its rows, and at each that does one thing wrong.
#[tokio::test]
async fn the_check_finds_what_a_log_does_wrong() {
    let forgetful = conformance::check(async || Ok(MemoryLog::new())).await.unwrap_err();
    assert!(forgetful.contains("outlive"), "{forgetful}");
    for (wrong, words) in [
        (Wrong::Turned, "in order"),
        (Wrong::Careless, "overtaken"),
        (Wrong::Torn, "of a group that was refused rows were kept"),
        (Wrong::FromTheStart, "from a position"),
        (Wrong::Unclaimed, "must not be claimed by another owner"),
        (Wrong::Unfenced, "must be fenced off"),
        (Wrong::Forgetful, "later bodies"),
        (Wrong::Unsparing, "those to be kept"),
    ] {
        let found = checked(wrong).await.unwrap_err();
        assert!(found.contains(words), "{found}, not {words}");
    }
}

/// exchanges of two owners over one log. The second waits until the first's claim has run out; then the first is fenced
/// off before it has sent anything, however late it comes back.
#[tokio::test]
async fn x_02_an_owner_whose_claim_was_taken_over_sends_nothing() {
    let world = World::new();
    let day = sample_day();
    let log = Arc::new(MemoryLog::new());
    let owned = |owner: &str| {
        let mut exchange = Exchange::new(world.client(), Arc::clone(&log) as _, world.mapping.clone());
        exchange.set_options(Options::default().with_owner(owner));
        exchange
    };
    let (mut one, mut other) = (owned("one"), owned("other"));
    one.run(&day[0]).await.unwrap();
    let fence = log.claim("one", far_ahead()).await.unwrap();
    let writes = world.wire.writes().len();
    let error = other.run(&day[1]).await.unwrap_err();
    assert_eq!(error.code(), "log-claimed", "{error:?}");

    assert_eq!(log.claim("one", DateTime::UNIX_EPOCH).await.unwrap(), fence);
    other.run(&day[1]).await.unwrap();
    let more = world.wire.writes().len();
    assert!(more > writes, "the second owner posted nothing");
    let error = one.run(&day[2]).await.unwrap_err();
    assert_eq!(error.code(), "log-fenced", "{error:?}");
    assert_eq!(world.wire.writes().len(), more, "something was sent");
}

/// a claim lasts a quarter of an hour and is renewed by appending: a long day keeps it, a long pause may lose it.
#[tokio::test]
async fn x_02_a_claim_is_renewed_by_writing() {
    let world = World::new();
    let log = Arc::new(MemoryLog::new());
    let mut exchange = Exchange::new(world.client(), Arc::clone(&log) as _, world.mapping.clone());
    for batch in sample_day() {
        world.clock.advance(1200);
        exchange.run(&batch).await.unwrap();
    }
    assert!(support::all_are(&world_reports(&mut exchange).await, exchange::Outcome::AlreadyPosted));
}

async fn world_reports(exchange: &mut Exchange) -> Vec<exchange::Report> {
    let mut reports = Vec::new();
    for batch in sample_day() {
        reports.push(exchange.run(&batch).await.unwrap());
    }
    reports
}

fn far_ahead() -> DateTime<Utc> {
    DateTime::<Utc>::from(std::time::SystemTime::now()) + TimeDelta::days(1)
}

/// two exchanges over one log in one process. Whoever writes second is told so before it has sent anything, and its
/// next run reads what the first wrote.
#[tokio::test]
async fn x_02_of_two_writers_over_one_log_the_second_is_refused_and_sends_nothing() {
    let world = World::new();
    let day = sample_day();
    let (mut one, mut other) = (world.exchange(), world.exchange());
    one.run(&day[0]).await.unwrap();
    other.run(&day[1]).await.unwrap();
    let writes = world.wire.writes().len();
    let error = one.run(&day[2]).await.unwrap_err();
    assert_eq!(error.code(), "log-overtaken", "{error:?}");
    assert_eq!(world.wire.writes().len(), writes, "something was sent");
    let report = one.run(&day[2]).await.unwrap();
    assert!(support::all_are(&[report], exchange::Outcome::Created));
    assert_eq!(other.run(&day[3]).await.unwrap_err().code(), "log-overtaken");
    other.run(&day[3]).await.unwrap();
    assert!(world.tie_out(&day).await.is_tied_out());
}

/// Lets others run before and after each request.
struct Yielding(Arc<SimulatedTransport>);

#[async_trait]
impl Transport for Yielding {
    async fn send(&self, request: WireRequest) -> Result<WireResponse, TransportError> {
        tokio::task::yield_now().await;
        let answer = self.0.send(request).await;
        tokio::task::yield_now().await;
        answer
    }
}

/// the same with the two in the middle of their runs: every document is posted once, whoever wins.
#[tokio::test]
async fn x_02_two_runs_at_once_over_one_log_post_nothing_twice() {
    let wanted = {
        let world = World::new();
        world.run(&sample_day()).await;
        world.documents()
    };
    let world = World::new();
    let day = sample_day();
    let taking_turns = || {
        let client = world.client_over(Arc::new(Yielding(Arc::clone(&world.wire))));
        Exchange::new(client, Arc::clone(&world.log) as _, world.mapping.clone())
    };
    let (mut one, mut other) = (taking_turns(), taking_turns());
    let mut refused = 0;
    for batch in &day {
        let (first, second) = tokio::join!(one.run(batch), other.run(batch));
        refused += usize::from(first.is_err()) + usize::from(second.is_err());
    }
    assert!(refused > 0, "they never met");
    world.run(&day).await;
    assert_eq!(world.documents(), wanted);
    assert!(world.tie_out(&day).await.is_tied_out());
}

/// I24: neither an entry nor an error shows a body, which may hold personal data.
#[tokio::test]
async fn a_body_is_not_shown_by_debug() {
    let world = World::new();
    world.run(&sample_day()).await;
    let shown = format!("{:?}", world.log.entries());
    for secret in ["Harbor Street", "Sara", "simulator-access-token"] {
        assert!(!shown.contains(secret), "{secret}");
    }
}

/// the log fails in mid-run: the error carries what was posted by then, and says so to programs.
#[tokio::test]
async fn x_06_an_error_in_mid_run_carries_what_was_done() {
    let world = World::new();
    world.run(&sample_day()[..1]).await;
    let length = world.log.length();
    let day = &sample_day()[1];
    world.log.fail_at(length + 6, false);
    let error = world.exchange().run(day).await.unwrap_err();
    assert_eq!(error.code(), "log-storage");
    assert!(error.ends_the_run() && matches!(error.cause(), RunError::Log { .. }), "{error:?}");
    let done = error.done().unwrap();
    assert!(!done.documents.is_empty(), "{error:?}");
    for entry in &done.documents {
        assert_eq!((entry.outcome, entry.books_changed), (Outcome::Created, BooksChanged::Now), "{entry:?}");
        assert_eq!(world.numbered(&entry.number).len(), 1);
    }
    let report = world.run(&sample_day()[1..2]).await.remove(0);
    assert_eq!(report.counts().of(Outcome::AlreadyPosted), done.counts().planned);

    // Nothing was done: the error is the bare one.
    world.log.fail_at(world.log.length(), false);
    let error = world.exchange().run(&sample_day()[2]).await.unwrap_err();
    assert!(matches!(error, RunError::Log { .. }) && error.done().is_none(), "{error:?}");
}
