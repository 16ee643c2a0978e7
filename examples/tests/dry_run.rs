//! `full-exchange --dry-run`: everything is read and decided as by a run, and nothing is sent or written down.

#[allow(dead_code, reason = "each test uses what it needs of it")]
use crate::support;

use std::path::{Path, PathBuf};

use exchange::PostingLog;
use posting_log_sqlite::SqliteLog;
use qb_simulator::{Effect, Faults, Operation, Rule, When};
use serde_json::Value;
use support::{World, text};

fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("data").join(name)
}

/// The exit code, the report and what was printed.
fn run(world: &World, options: &[&str], pos: &Path) -> (Option<i32>, Value, String) {
    let mut job = world.full_exchange();
    job.args(options).arg("--pos").arg(pos);
    if pos.is_dir() {
        job.arg("--mapping").arg(data("company/mapping.json"));
    }
    let output = job.output().unwrap();
    (output.status.code(), world.report(), text(&output))
}

/// Counts every request that would write.
fn watch_writes(world: &World) {
    // A batch of queries writes nothing.
    let batches = When::operation(Operation::Batch).holding("\"operation\"");
    let writes = [When::operation(Operation::Create), When::operation(Operation::Update), batches];
    let writes =
        writes.map(|when| Rule::new("write", Effect::Status { status: 500, committed: false }, when));
    world.go_wrong(Faults::new(1, writes.to_vec()));
}

fn names(entries: &Value) -> Vec<(String, String)> {
    let text = |entry: &Value, field: &str| entry[field].as_str().unwrap().to_owned();
    entries.as_array().unwrap().iter().map(|entry| (text(entry, "kind"), text(entry, "key"))).collect()
}

#[test]
fn a_dry_run_says_what_a_run_then_does_and_sends_nothing() {
    let world = World::new("dry-week");
    watch_writes(&world);
    let (code, rehearsed, words) = run(&world, &["--dry-run"], &data(""));
    assert_eq!(code, Some(0), "{words}");
    assert_eq!((&rehearsed["dry_run"], &rehearsed["result"]), (&true.into(), &"ok".into()));
    assert_eq!(
        (&rehearsed["documents"]["to_create"], &rehearsed["documents"]["created"]),
        (&186.into(), &0.into())
    );
    assert!(rehearsed.get("tie_out").is_none() && rehearsed["made"] == Value::Array(Vec::new()));
    let documents =
        rehearsed["reports"].as_array().unwrap().iter().flat_map(|r| r["documents"].as_array().unwrap());
    for document in documents {
        assert_eq!((&document["outcome"], &document["books_changed"]), (&"to_create".into(), &"no".into()));
        assert_eq!(document["id"], Value::Null, "{document}");
    }
    for line in [
        "account \"Cloud POS Till Takings Control Account\", Bank",
        "payment method \"Integrated Card\"",
        "vendor \"Shimano American Corporation\"",
        "Invoice CLT1521022B4, 112.59, for Boston Store",
        "186 documents: 0 already posted, 186 to create",
        "Dry run: nothing was sent, and nothing is written down.",
    ] {
        assert!(words.contains(line), "{line}: {words}");
    }
    assert_eq!((world.hits("write"), world.documents()), (0, 0));
    assert!(!world.folder.join("log.sqlite").exists(), "a dry run made a log");

    world.go_wrong(Faults::default());
    let (code, posted, words) = run(&world, &[], &data(""));
    assert_eq!(code, Some(0), "{words}");
    assert_eq!(posted["dry_run"], false);
    assert_eq!(names(&posted["made"]), names(&rehearsed["to_make"]));
    assert_eq!(posted["documents"]["by_kind"], rehearsed["documents"]["by_kind"]);

    watch_writes(&world);
    let entries = || {
        let log = SqliteLog::open(world.folder.join("log.sqlite")).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(log.read(0)).unwrap()
    };
    let before = entries();
    let (code, again, words) = run(&world, &["--dry-run"], &data(""));
    assert_eq!(code, Some(0), "{words}");
    assert_eq!(
        (&again["documents"]["already_posted"], &again["documents"]["to_create"]),
        (&186.into(), &0.into())
    );
    assert_eq!((world.hits("write"), entries() == before), (0, true), "the log is what it was");
}

/// What stands in the way is said as a run would say it, with the run's exit code.
#[test]
fn a_dry_run_ends_as_a_run_would() {
    let world = World::new("dry-ends");
    let day = data("boston-2026-02-03.json");
    // A person has used the number of the day's first invoice.
    world.ask("customer", r#"{"DisplayName": "Somebody"}"#);
    let somebody = world.ask("query", "select Id from Customer where DisplayName = 'Somebody'");
    let id = somebody["QueryResponse"]["Customer"][0]["Id"].as_str().unwrap();
    let item = world.ask("query", "select Id from Item where Type = 'Service'");
    let item = item["QueryResponse"]["Item"][0]["Id"].as_str().unwrap_or("1").to_owned();
    let invoice = format!(
        r#"{{"DocNumber": "CLT1521022B4", "CustomerRef": {{"value": "{id}"}}, "Line": [{{"Amount": 5,
            "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": {{"ItemRef": {{"value": "{item}"}}}}}}]}}"#
    );
    world.ask("invoice", &invoice);
    watch_writes(&world);
    let (code, report, words) = run(&world, &["--dry-run"], &day);
    assert_eq!((code, &report["result"]), (Some(1), &"differences".into()), "{words}");
    assert_eq!(
        (&report["documents"]["conflict"], &report["documents"]["to_create"]),
        (&1.into(), &15.into()),
        "{words}"
    );
    assert!(words.contains("CLT1521022B4: conflict"), "{words}");

    let mapping = world.folder.join("company.json");
    std::fs::write(&mapping, r#"{"stores": {"boston": {"location": "Nowhere"}}}"#).unwrap();
    let (code, report, words) = run(&world, &["--dry-run", "--mapping", mapping.to_str().unwrap()], &day);
    assert_eq!((code, &report["result"]), (Some(2), &"not_run".into()), "{words}");
    assert!(words.contains("the company has no active location \"Nowhere\""), "{words}");

    let (code, _, words) = run(
        &world,
        &["--dry-run"],
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bad/one-cent-off.json"),
    );
    assert_eq!(code, Some(4), "{words}");

    let held = SqliteLog::open(world.folder.join("log.sqlite")).unwrap();
    let (code, _, words) = run(&world, &["--dry-run"], &day);
    assert_eq!(code, Some(5), "{words}");
    drop(held);
    assert_eq!(world.hits("write"), 0);
}

/// A document whose answer was lost is for the next run to settle: the dry run does not wait, and says so.
#[test]
fn what_is_in_doubt_stays_in_doubt() {
    let world = World::new("dry-doubt");
    let lost = When { count: Some(1), nth: Some(30), ..When::operation(Operation::Create) };
    world.go_wrong(Faults::new(1, vec![Rule::new("lost", Effect::AnswerLost, lost)]));
    let day = data("boston-2026-02-03.json");
    let mut job = world.full_exchange();
    let mut job = job
        .arg("--pos")
        .arg(&day)
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    while world.hits("lost") == 0 {
        assert_eq!(job.try_wait().unwrap(), None);
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    job.kill().unwrap();
    job.wait().unwrap();
    watch_writes(&world);
    let begun = std::time::Instant::now();
    let (code, report, words) = run(&world, &["--dry-run"], &day);
    assert!(begun.elapsed().as_secs() < 60, "it waited");
    // The effect is there: it is found by a look-up, or its absence cannot be believed yet.
    let counts = &report["documents"];
    let of = |word: &str| counts[word].as_u64().unwrap();
    assert_eq!(
        of("unknown") + of("adopted") + of("already_posted") + of("to_create") + of("held"),
        17,
        "{words}"
    );
    assert_eq!(code, Some(if of("unknown") > 0 { 3 } else { 0 }), "{words}");
    assert_eq!(world.hits("write"), 0);
}
