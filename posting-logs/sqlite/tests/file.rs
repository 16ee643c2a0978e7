//! The file conforms, and refuses what it cannot vouch for.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

#[path = "../../../exchange/tests/support/mod.rs"]
mod support;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use exchange::{Entry, Exchange, Fence, LogError, PostingLog, Row, conformance, entries, purge};
use posting_log_sqlite::{SqliteLog, back_up, each_row};
use qb_client::Clock;
use rusqlite::Connection;
use support::World;
use support::pos::sample_day;

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

/// Another program's hand in the file.
fn in_file<T>(path: &Path, act: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> T {
    act(&Connection::open(path).unwrap()).unwrap()
}

/// A row of the first version: a bare entry.
fn row(realm: &str) -> Row {
    Row { text: format!("{{\"company\":{{\"realm\":\"{realm}\"}}}}"), body: None }
}

async fn claimed(log: &SqliteLog) -> Fence {
    log.claim("exchange", chrono::DateTime::<chrono::Utc>::MAX_UTC).await.unwrap()
}

/// The rows as one who only reads sees them.
fn rows(path: &Path) -> Vec<Row> {
    let mut rows = Vec::new();
    each_row(path, |row| {
        rows.push(row);
        Ok::<(), LogError>(())
    })
    .unwrap();
    rows
}

/// A log with two entries.
async fn small_log(path: &Path) {
    let log = SqliteLog::open(path).unwrap();
    log.append(claimed(&log).await, 0, &[row("1"), row("2")]).await.unwrap();
}

#[tokio::test]
async fn the_file_conforms() {
    let folder = Folder::new();
    conformance::check(async || SqliteLog::open(folder.file())).await.unwrap();
}

/// A group of rows is one transaction: a file that takes its first row but not its second keeps neither.
#[tokio::test]
async fn a_group_that_fails_half_way_leaves_nothing() {
    let folder = Folder::new();
    small_log(&folder.file()).await;
    in_file(&folder.file(), |file| {
        file.execute_batch("CREATE TRIGGER full BEFORE INSERT ON entry WHEN new.json LIKE '%\"4\"%' BEGIN SELECT raise(ABORT, 'full'); END")
    });
    let log = SqliteLog::open(folder.file()).unwrap();
    let error = log.append(claimed(&log).await, 2, &[row("3"), row("4")]).await.unwrap_err();
    assert_eq!(error.code(), "log-storage", "{error:?}");
    assert_eq!(log.read(0).await.unwrap(), [row("1"), row("2")]);
}

/// What is forgotten is gone from the file, and the log is read as before.
#[tokio::test]
async fn forgotten_bodies_are_gone_and_the_log_goes_on() {
    let folder = Folder::new();
    let world = World::new();
    let log = Arc::new(SqliteLog::open(folder.file()).unwrap());
    let run = async |log: &Arc<SqliteLog>| {
        let mut exchange = Exchange::new(world.client(), log.clone(), world.mapping.clone());
        world.clock.advance(60);
        let mut reports = Vec::new();
        for batch in sample_day() {
            reports.push(exchange.run(&batch).await.unwrap());
        }
        reports
    };
    run(&log).await;
    let rows = log.read(0).await.unwrap();
    assert!(rows.iter().filter(|row| row.body.is_some()).count() >= 17);
    let on_disk = |text: &str| {
        let files =
            std::fs::read_dir(&folder.0).unwrap().map(|file| std::fs::read(file.unwrap().path()).unwrap());
        files.into_iter().any(|bytes| bytes.windows(text.len()).any(|window| window == text.as_bytes()))
    };
    assert!(on_disk("\"PrivateNote\":"));
    let fence = log.claim("exchange", chrono::DateTime::UNIX_EPOCH).await.unwrap();
    log.forget_bodies(fence, u64::MAX, &BTreeSet::new()).await.unwrap();
    assert!(!on_disk("\"PrivateNote\":"), "what is forgotten stands in the file still");
    assert!(log.read(0).await.unwrap().iter().all(|row| row.body.is_none()));
    let writes = world.wire.writes().len();
    assert!(support::all_are(&run(&log).await, exchange::Outcome::AlreadyPosted));
    assert_eq!(world.wire.writes().len(), writes);
}

/// A file of the first version keeps its rows and is written on in the second's.
#[tokio::test]
async fn a_file_of_the_first_version_is_continued() {
    let folder = Folder::new();
    in_file(&folder.file(), |file| {
        file.execute_batch(
            r#"PRAGMA application_id = 0x504f534c; PRAGMA user_version = 1;
               CREATE TABLE entry (position INTEGER PRIMARY KEY, json TEXT NOT NULL) STRICT;
               INSERT INTO entry (json) VALUES ('{"company":{"realm":"9130347596842384"}}')"#,
        )
    });
    let world = World::new();
    let log = Arc::new(SqliteLog::open(folder.file()).unwrap());
    let mut exchange = Exchange::new(world.client(), log.clone(), world.mapping.clone());
    exchange.run(&sample_day()[0]).await.unwrap();
    drop((exchange, log));
    let log = SqliteLog::open(folder.file()).unwrap();
    let read = entries(&log.read(0).await.unwrap()).unwrap();
    assert!(read.len() > 10 && matches!(read[0], Entry::Company { .. }), "{read:?}");
}

/// One process at a time; when the first is gone the second may come.
#[tokio::test]
async fn a_second_opener_is_told_that_the_log_is_in_use() {
    let folder = Folder::new();
    let first = SqliteLog::open(folder.file()).unwrap();
    let error = SqliteLog::open(folder.file()).unwrap_err();
    assert!(matches!(error, LogError::Locked { .. }), "{error:?}");
    assert_eq!(error.code(), "log-locked");
    first.append(claimed(&first).await, 0, &[row("1")]).await.unwrap();
    drop(first);
    assert_eq!(SqliteLog::open(folder.file()).unwrap().read(0).await.unwrap().len(), 1);
}

/// What SQLite would keep in memory is not durable; what it would take for an address with parameters is a file of that name.
#[tokio::test]
async fn what_loses_its_entries_is_refused_and_no_name_takes_the_lock_away() {
    let error = SqliteLog::open(":memory:").unwrap_err();
    assert!(matches!(error, LogError::NotDurable { setting: "journal_mode", .. }), "{error:?}");
    assert_eq!(error.code(), "log-not-durable");
    assert!(!Path::new(":memory:").exists(), "no file looks like a log");
    let name = "file:posting-log-test.sqlite?mode=memory&nolock=1";
    let _ = std::fs::remove_file(name);
    let first = SqliteLog::open(name).unwrap();
    let error = SqliteLog::open(name).unwrap_err();
    assert!(matches!(error, LogError::Locked { .. }), "{error:?}");
    first.append(claimed(&first).await, 0, &[row("1")]).await.unwrap();
    drop(first);
    assert_eq!(SqliteLog::open(name).unwrap().read(0).await.unwrap().len(), 1);
    std::fs::remove_file(name).unwrap();
    std::fs::remove_file(format!("{name}.lock")).unwrap();
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
    in_file(&folder.file(), |file| file.execute_batch("PRAGMA user_version = 3"));
    let error = SqliteLog::open(folder.file()).unwrap_err();
    assert!(matches!(error, LogError::NewerVersion { found: 3, known: 2, .. }), "{error:?}");
}

#[tokio::test]
async fn a_damaged_row_is_named_and_nothing_is_sent() {
    let folder = Folder::new();
    small_log(&folder.file()).await;
    in_file(&folder.file(), |file| {
        file.execute_batch(r#"UPDATE entry SET json = '{"company":{"rea' WHERE position = 2"#)
    });
    let log = SqliteLog::open(folder.file()).unwrap();
    let error = entries(&log.read(0).await.unwrap()).unwrap_err();
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
    let error = SqliteLog::open(folder.file()).unwrap().read(0).await.unwrap_err();
    assert!(matches!(error, LogError::Damaged { position: 2, .. }), "{error:?}");
}

/// A disk that changed bytes behind our back: found when the file is opened or read, never passed over.
#[tokio::test]
async fn a_torn_page_is_found() {
    let folder = Folder::new();
    {
        let log = SqliteLog::open(folder.file()).unwrap();
        let fence = claimed(&log).await;
        for number in 0..400 {
            log.append(fence, number, &[row(&format!("{number:0>200}"))]).await.unwrap();
        }
    }
    let mut bytes = std::fs::read(folder.file()).unwrap();
    let middle = bytes.len() / 2 / 4096 * 4096;
    bytes[middle..middle + 4096].fill(0xa5);
    std::fs::write(folder.file(), bytes).unwrap();
    let code = match SqliteLog::open(folder.file()) {
        Err(error) => error.code(),
        Ok(log) => log.read(0).await.unwrap_err().code(),
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
    let log = SqliteLog::open(folder.file()).unwrap();
    let error = entries(&log.read(0).await.unwrap()).unwrap_err();
    assert!(matches!(error, LogError::Damaged { position: 3, .. }), "{error:?}");
}

/// A body may hold personal data, so the file and what stands beside it are their owner's alone.
#[cfg(unix)]
#[tokio::test]
async fn a_file_is_its_owners_alone_whatever_it_was_before() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new();
    std::fs::write(folder.file(), "").unwrap();
    std::fs::set_permissions(folder.file(), PermissionsExt::from_mode(0o644)).unwrap();
    let log = SqliteLog::open(folder.file()).unwrap();
    log.append(claimed(&log).await, 0, &[row("1")]).await.unwrap();
    let files: Vec<_> = std::fs::read_dir(&folder.0).unwrap().map(Result::unwrap).collect();
    assert!(files.len() >= 2, "the log and its write-ahead file: {files:?}");
    for file in files {
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{:?}", file.path());
    }
    drop(log);
}

/// Half a file is damaged, and the error says what to do; a file of no version is not one of ours.
#[tokio::test]
async fn half_a_file_and_a_file_without_a_version_are_refused() {
    let folder = Folder::new();
    {
        let log = SqliteLog::open(folder.file()).unwrap();
        let fence = claimed(&log).await;
        for number in 0..400 {
            log.append(fence, number, &[row(&format!("{number:0>200}"))]).await.unwrap();
        }
    }
    let whole = std::fs::read(folder.file()).unwrap();
    std::fs::write(folder.file(), &whole[..whole.len() / 2 / 4096 * 4096 + 100]).unwrap();
    let error = SqliteLog::open(folder.file()).unwrap_err();
    assert_eq!(error.code(), "log-damaged", "{error:?}");
    assert!(error.to_string().contains("restore it"), "{error}");

    std::fs::write(folder.file(), &whole).unwrap();
    in_file(&folder.file(), |file| file.execute_batch("PRAGMA user_version = 0"));
    let error = SqliteLog::open(folder.file()).unwrap_err();
    assert_eq!(error.code(), "log-damaged", "{error:?}");
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
    let wanted = in_memory.log.entries();
    assert!(wanted.len() >= 60);
    assert_eq!(entries(&log.read(0).await.unwrap()).unwrap(), wanted);
    drop((exchange, log));
    let log = SqliteLog::open(folder.file()).unwrap();
    assert_eq!(entries(&log.read(0).await.unwrap()).unwrap(), wanted);
}

/// A log is copied while a run writes to it. The copy put in its place is an older log: what it lacks is found in QuickBooks, and
/// nothing is posted twice.
#[tokio::test]
async fn x_02_a_copy_that_is_put_back_posts_nothing_twice() {
    let folder = Folder::new();
    let (world, days) = (World::new(), sample_day());
    let copy = folder.0.join("copy.sqlite");
    {
        let log = Arc::new(SqliteLog::open(folder.file()).unwrap());
        let mut exchange = Exchange::new(world.client(), log.clone(), world.mapping.clone());
        exchange.run(&days[0]).await.unwrap();
        let copied = back_up(folder.file(), &copy).unwrap();
        assert_eq!(copied, log.read(0).await.unwrap().len() as u64);
        assert_eq!(rows(&copy), log.read(0).await.unwrap());
        let error = back_up(folder.file(), &copy).unwrap_err();
        assert_eq!(error.code(), "log-storage", "{error}: a copy is not written over");
        for batch in &days[1..] {
            exchange.run(batch).await.unwrap();
        }
        assert!(rows(&folder.file()).len() as u64 > copied);
    }
    for companion in ["boston.sqlite-wal", "boston.sqlite-shm"] {
        let _ = std::fs::remove_file(folder.0.join(companion));
    }
    std::fs::rename(&copy, folder.file()).unwrap();
    let documents = world.documents();
    world.clock.advance(3600);
    let log = Arc::new(SqliteLog::open(folder.file()).unwrap());
    let mut exchange = Exchange::new(world.client(), log, world.mapping.clone());
    let mut behind = 0;
    for batch in &days {
        let report = exchange.run(batch).await.unwrap();
        assert!(report.documents.iter().all(|entry| entry.outcome.is_done()), "{report:?}");
        behind += report.log_behind;
    }
    assert!(behind > 0, "it was not noticed that the log is an older one");
    assert_eq!(world.documents(), documents);
}

/// Bodies of what is done are forgotten up to a day; what is not done keeps its own, and what is behind it is forgotten all the same.
#[tokio::test]
async fn a_purge_keeps_what_could_be_sent_again() {
    let folder = Folder::new();
    let world = World::new();
    let log = Arc::new(SqliteLog::open(folder.file()).unwrap());
    let mut exchange = Exchange::new(world.client(), log.clone(), world.mapping.clone());
    let days = sample_day();
    let refused = support::wire::Fault::Refused("6210");
    world.wire.times(99, support::wire::creates("invoice", ""), refused);
    let first = exchange.run(&days[0]).await.unwrap();
    assert!(first.documents.iter().any(|entry| entry.outcome == exchange::Outcome::Refused));
    world.wire.heal();
    for day in &days[1..] {
        exchange.run(day).await.unwrap();
    }
    drop(exchange);
    let (today, now) = (world.clock.now().date_naive(), chrono::Utc::now());
    let before = log.read(0).await.unwrap();
    let nothing = purge(&*log, "exchange", today, now).await.unwrap();
    assert_eq!((nothing.bodies, nothing.unsettled, nothing.first_unsettled), (0, 0, None));
    assert_eq!(log.read(0).await.unwrap(), before);
    for forgotten in [true, false] {
        let purged = purge(&*log, "exchange", today.succ_opt().unwrap(), now).await.unwrap();
        assert_eq!(purged.bodies > 10, forgotten, "{purged:?}");
        assert!(purged.unsettled > 0 && purged.first_unsettled.is_some(), "{purged:?}");
    }
    let after = log.read(0).await.unwrap();
    assert!(before.iter().zip(&after).all(|(before, after)| before.text == after.text));
    let last = |rows: &[Row]| rows.iter().rposition(|row| row.body.is_some()).unwrap();
    let kinds = |rows: &[Row]| -> BTreeSet<String> {
        let kept = rows.iter().zip(entries(rows).unwrap()).filter(|(row, _)| row.body.is_some());
        let kinds = kept.filter_map(|(_, entry)| match entry {
            Entry::Sending { sent, .. } => Some(sent.entity),
            _ => None,
        });
        kinds.collect()
    };
    assert!(last(&before) > last(&after), "what is behind one that is not done is forgotten too");
    let kept = ["Account", "Invoice", "Item", "PaymentMethod"].map(str::to_owned);
    assert!(kinds(&after).is_subset(&kept.into()) && kinds(&before).len() > 4, "{:?}", kinds(&after));
    assert!(kinds(&after).contains("Invoice"));
    // What was refused is sent by the next run, of what is forgotten nothing is.
    let mut exchange = Exchange::new(world.client(), log, world.mapping.clone());
    let sent = world.wire.writes().len();
    assert!(exchange.run(&days[0]).await.unwrap().documents.iter().all(|entry| entry.outcome.is_done()));
    assert!(world.wire.writes().len() > sent);
    for day in &days[1..] {
        let again = exchange.run(day).await.unwrap();
        assert!(support::all_are(&[again], exchange::Outcome::AlreadyPosted));
    }
}
