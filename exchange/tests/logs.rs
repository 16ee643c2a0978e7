//! The posting logs: both keep what they are given, and the file refuses what it cannot vouch for (reliability 5).
#![cfg(feature = "sqlite")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

mod support;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use async_trait::async_trait;
use exchange::{Entry, Exchange, LogError, MemoryLog, PostingLog, SqliteLog, conformance};
use qb_client::{Transport, TransportError, WireRequest, WireResponse};
use rusqlite::Connection;
use support::World;
use support::pos::sample_day;
use support::wire::SimulatedTransport;

/// A folder of this test's own, gone when it ends.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("posting-log-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::SeqCst));
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir(&path).unwrap();
        Self(path)
    }

    fn file(&self) -> PathBuf {
        self.0.join("boston.sqlite")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// One log in memory behind several handles.
struct Handle(Arc<MemoryLog>);

#[async_trait]
impl PostingLog for Handle {
    async fn append(&self, position: u64, entry: &Entry) -> Result<(), LogError> {
        self.0.append(position, entry).await
    }

    async fn read(&self) -> Result<Vec<Entry>, LogError> {
        self.0.read().await
    }
}

/// Another program's hand in the file.
fn in_file<T>(path: &Path, act: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> T {
    act(&Connection::open(path).unwrap()).unwrap()
}

/// A log with two entries.
async fn small_log(path: &Path) {
    let log = SqliteLog::open(path).unwrap();
    for (position, realm) in (0..).zip(["1", "2"]) {
        log.append(position, &company(realm.to_owned())).await.unwrap();
    }
}

/// A log's first entry.
fn company(realm: String) -> Entry {
    Entry::Company { realm }
}

#[tokio::test]
async fn the_file_conforms() {
    let folder = Folder::new();
    conformance::check(async || SqliteLog::open(folder.file())).await.unwrap();
}

#[tokio::test]
async fn the_log_in_memory_conforms() {
    let log = Arc::new(MemoryLog::new());
    conformance::check(async || Ok(Handle(Arc::clone(&log)))).await.unwrap();
}

/// The check itself can fail: a log that forgets, and one that turns entries round.
#[tokio::test]
async fn the_check_finds_a_log_that_forgets_or_turns_entries_round() {
    let forgetful = conformance::check(async || Ok(MemoryLog::new())).await.unwrap_err();
    assert!(forgetful.contains("outlive"), "{forgetful}");

    struct Turned(MemoryLog);
    #[async_trait]
    impl PostingLog for Turned {
        async fn append(&self, position: u64, entry: &Entry) -> Result<(), LogError> {
            self.0.append(position, entry).await
        }
        async fn read(&self) -> Result<Vec<Entry>, LogError> {
            Ok(self.0.read().await?.into_iter().rev().collect())
        }
    }
    let turned = conformance::check(async || Ok(Turned(MemoryLog::new()))).await.unwrap_err();
    assert!(turned.contains("in order"), "{turned}");

    /// Appends wherever the log happens to end.
    struct Careless(Handle);
    #[async_trait]
    impl PostingLog for Careless {
        async fn append(&self, _: u64, entry: &Entry) -> Result<(), LogError> {
            self.0.append(self.0.read().await?.len() as u64, entry).await
        }
        async fn read(&self) -> Result<Vec<Entry>, LogError> {
            self.0.read().await
        }
    }
    let log = Arc::new(MemoryLog::new());
    let careless = conformance::check(async || Ok(Careless(Handle(Arc::clone(&log))))).await.unwrap_err();
    assert!(careless.contains("overtaken"), "{careless}");
}

/// X-02: two exchanges over one log in one process. Whoever writes second is told so before it has sent anything, and its
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

/// X-02: the same with the two in the middle of their runs: every document is posted once, whoever wins.
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

/// One process at a time; when the first is gone the second may come.
#[tokio::test]
async fn a_second_opener_is_told_that_the_log_is_in_use() {
    let folder = Folder::new();
    let first = SqliteLog::open(folder.file()).unwrap();
    let error = SqliteLog::open(folder.file()).unwrap_err();
    assert!(matches!(error, LogError::Locked { .. }), "{error:?}");
    assert_eq!(error.code(), "log-locked");
    first.append(0, &company("1".to_owned())).await.unwrap();
    drop(first);
    assert_eq!(SqliteLog::open(folder.file()).unwrap().read().await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_file_of_something_else_is_not_touched() {
    let folder = Folder::new();
    in_file(&folder.file(), |file| file.execute_batch("CREATE TABLE recipe (name TEXT)"));
    let error = SqliteLog::open(folder.file()).unwrap_err();
    assert!(matches!(error, LogError::NotALog { found: 0, .. }), "{error:?}");
    in_file(&folder.file(), |file| file.execute_batch("PRAGMA application_id = 7"));
    let error = SqliteLog::open(folder.file()).unwrap_err();
    assert!(matches!(error, LogError::NotALog { found: 7, .. }), "{error:?}");
    let tables = in_file(&folder.file(), |file| {
        file.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get::<_, i64>(0))
    });
    assert_eq!(tables, 1);

    std::fs::write(folder.file(), "Dear diary, this is not a database at all.".repeat(40)).unwrap();
    let before = std::fs::read(folder.file()).unwrap();
    let error = SqliteLog::open(folder.file()).unwrap_err();
    assert_eq!(error.code(), "not-a-log", "{error:?}");
    assert_eq!(std::fs::read(folder.file()).unwrap(), before);
}

#[tokio::test]
async fn the_log_of_a_later_program_is_refused() {
    let folder = Folder::new();
    small_log(&folder.file()).await;
    in_file(&folder.file(), |file| file.execute_batch("PRAGMA user_version = 2"));
    let error = SqliteLog::open(folder.file()).unwrap_err();
    assert!(matches!(error, LogError::NewerVersion { found: 2, known: 1, .. }), "{error:?}");
}

#[tokio::test]
async fn a_damaged_row_is_named_and_nothing_is_sent() {
    let folder = Folder::new();
    small_log(&folder.file()).await;
    in_file(&folder.file(), |file| {
        file.execute_batch(r#"UPDATE entry SET json = '{"company":{"rea' WHERE position = 2"#)
    });
    let log = SqliteLog::open(folder.file()).unwrap();
    let error = log.read().await.unwrap_err();
    assert!(matches!(error, LogError::Damaged { position: 2, .. }), "{error:?}");

    let world = World::new();
    let mut exchange = Exchange::new(world.client(), Arc::new(log), world.mapping.clone());
    assert_eq!(exchange.run(&sample_day()[0]).await.unwrap_err().code(), "log-damaged");
    assert_eq!(world.wire.calls().len(), 0);
}

/// An entry that somebody deleted is missed.
#[tokio::test]
async fn a_row_that_is_gone_is_named() {
    let folder = Folder::new();
    small_log(&folder.file()).await;
    in_file(&folder.file(), |file| file.execute_batch("DELETE FROM entry WHERE position = 1"));
    let error = SqliteLog::open(folder.file()).unwrap().read().await.unwrap_err();
    assert!(matches!(error, LogError::Damaged { position: 2, .. }), "{error:?}");
}

/// A disk that changed bytes behind our back: found when the file is opened or read, never passed over.
#[tokio::test]
async fn a_torn_page_is_found() {
    let folder = Folder::new();
    {
        let log = SqliteLog::open(folder.file()).unwrap();
        for number in 0..400 {
            log.append(number, &company(format!("{number:0>200}"))).await.unwrap();
        }
    }
    let mut bytes = std::fs::read(folder.file()).unwrap();
    let middle = bytes.len() / 2 / 4096 * 4096;
    bytes[middle..middle + 4096].fill(0xa5);
    std::fs::write(folder.file(), bytes).unwrap();
    let code = match SqliteLog::open(folder.file()) {
        Err(error) => error.code(),
        Ok(log) => log.read().await.unwrap_err().code(),
    };
    assert_eq!(code, "log-damaged");
}

/// An entry that a later version adds is not passed over: half a history would post twice.
#[tokio::test]
async fn an_unknown_entry_is_an_error() {
    let folder = Folder::new();
    small_log(&folder.file()).await;
    in_file(&folder.file(), |file| {
        file.execute_batch(r#"INSERT INTO entry (json) VALUES ('{"voided":{"step":"inv-CLT1B4"}}')"#)
    });
    let error = SqliteLog::open(folder.file()).unwrap().read().await.unwrap_err();
    assert!(matches!(error, LogError::Damaged { position: 3, .. }), "{error:?}");
}

/// Reliability 8: a body may hold personal data, so the file and what stands beside it are their owner's alone.
#[cfg(unix)]
#[tokio::test]
async fn a_new_file_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new();
    let log = SqliteLog::open(folder.file()).unwrap();
    log.append(0, &company("1".to_owned())).await.unwrap();
    let files: Vec<_> = std::fs::read_dir(&folder.0).unwrap().map(Result::unwrap).collect();
    assert!(files.len() >= 2, "the log and its write-ahead file: {files:?}");
    for file in files {
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{:?}", file.path());
    }
    drop(log);
}

/// X-02: the same day, the same entries, whatever keeps them; and the file remembers in another process.
#[tokio::test]
async fn both_logs_hold_the_same_day() {
    let folder = Folder::new();
    let (in_memory, in_file) = (World::new(), World::new());
    in_memory.run(&sample_day()).await;

    let log = Arc::new(SqliteLog::open(folder.file()).unwrap());
    in_file.clock.advance(60);
    let mut exchange = Exchange::new(in_file.client(), log.clone(), in_file.mapping.clone());
    for batch in sample_day() {
        exchange.run(&batch).await.unwrap();
    }
    let entries = in_memory.log.entries();
    assert!(entries.len() >= 60);
    assert_eq!(log.read().await.unwrap(), entries);
    drop((exchange, log));
    assert_eq!(SqliteLog::open(folder.file()).unwrap().read().await.unwrap(), entries);
}

/// Reliability 8, I24: neither an entry nor an error shows a body, which may hold personal data.
#[tokio::test]
async fn a_body_is_not_shown_by_debug() {
    let world = World::new();
    world.run(&sample_day()).await;
    let shown = format!("{:?}", world.log.entries());
    for secret in ["Harbor Street", "Sara", "simulator-access-token"] {
        assert!(!shown.contains(secret), "{secret}");
    }
}
