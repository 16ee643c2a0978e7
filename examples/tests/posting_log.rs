//! `full-exchange log`: what an operator does with a posting log.

use crate::support;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use posting_log_sqlite::SqliteLog;
use serde_json::Value;
use sha2::{Digest, Sha256};
use support::{World, text};

/// Posts the sample day.
fn run(world: &World) -> Output {
    let day = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("data/boston-2026-02-03.json");
    world.full_exchange().arg("--pos").arg(day).output().unwrap()
}

fn log(file: &Path, act: &[&str]) -> Output {
    let mut job = Command::new(env!("CARGO_BIN_EXE_full-exchange"));
    job.arg("log").args(act).arg("--log").arg(file).output().unwrap()
}

fn lines(output: &Output) -> Vec<String> {
    assert_eq!(output.status.code(), Some(0), "{}", text(output));
    String::from_utf8(output.stdout.clone()).unwrap().lines().map(str::to_owned).collect()
}

/// The log is checked, shown, copied and purged by the program; shown and copied beside a run too, for nothing of it is locked to a
/// reader.
#[test]
fn a_log_is_checked_shown_copied_and_purged() {
    let world = World::new("posting-log");
    let output = run(&world);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output));
    let (file, copy) = (world.folder.join("log.sqlite"), world.folder.join("copy.sqlite"));
    let exported = lines(&log(&file, &["export"]));
    assert!(exported.len() > 40);
    assert!(!exported.iter().any(|line| line.contains("PrivateNote")), "bodies are not shown");
    for pair in exported.windows(2) {
        let digest = Sha256::digest(&pair[0]).iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        let line: Value = serde_json::from_str(&pair[1]).unwrap();
        assert_eq!(
            line["previous"], digest,
            "whoever has the lines can check the chain without this program"
        );
    }
    let bodies = lines(&log(&file, &["export", "--bodies"]));
    let bodies = bodies.iter().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let bodies: Vec<Value> = bodies.filter(|line| line.get("body").is_some()).collect();
    assert!(bodies.iter().any(|line| line["body"].as_str().unwrap().contains("PrivateNote")));
    let verified = lines(&log(&file, &["verify"]));
    let said =
        format!("{} entries, each follows the one before it; the digest of the last is ", exported.len());
    assert!(verified[0].starts_with(&said), "{verified:?}");
    let said = format!("{} bodies are kept, each is the one that was written; 0 are forgotten", bodies.len());
    assert_eq!(verified[1], said);

    let held = SqliteLog::open(&file).unwrap();
    assert_eq!(lines(&log(&file, &["verify"])), verified);
    assert_eq!(lines(&log(&file, &["backup", copy.to_str().unwrap()])).len(), 1);
    assert_eq!(lines(&log(&copy, &["export"])), exported);
    let again = log(&file, &["backup", copy.to_str().unwrap()]);
    assert_eq!(again.status.code(), Some(2), "a copy is not written over: {}", text(&again));
    let locked = log(&file, &["purge", "--before", "2100-01-01"]);
    assert_eq!(locked.status.code(), Some(5), "who writes locks it: {}", text(&locked));
    drop(held);

    assert_eq!(lines(&log(&file, &["purge", "--before", "2000-01-01"])), ["0 bodies are forgotten"]);
    let report = world.folder.join("purge.json");
    let purged = log(&file, &["purge", "--before", "2100-01-01", "--json", report.to_str().unwrap()]);
    let report: Value = serde_json::from_slice(&std::fs::read(report).unwrap()).unwrap();
    assert_eq!(lines(&purged), [report["notices"][0].as_str().unwrap()]);
    assert_eq!(report["result"], "ok");
    assert_eq!(lines(&log(&file, &["export"])), exported, "texts stay, and with them the chain");
    assert!(!lines(&log(&file, &["export", "--bodies"])).iter().any(|line| line.contains("PrivateNote")));
    assert!(!lines(&log(&file, &["verify"]))[1].contains("; 0 are forgotten"));
    let output = run(&world);
    assert_eq!((output.status.code(), world.documents()), (Some(0), 17), "{}", text(&output));
}

/// What is no log, is not there, or was changed, ends with 2 and says why on standard error.
#[test]
fn what_is_no_log_or_was_changed_is_refused() {
    let world = World::new("posting-log-refused");
    assert_eq!(run(&world).status.code(), Some(0));
    let (file, other) = (world.folder.join("log.sqlite"), world.folder.join("other.sqlite"));
    let refused = |file: &Path, act: &[&str], words: &str| {
        let output = log(file, act);
        assert_eq!(output.status.code(), Some(2), "{}", text(&output));
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(said.contains(words), "{said}, not {words}");
    };
    refused(&other, &["verify"], "name a posting log that there is");
    assert!(!other.exists(), "no log is made where there was none");
    std::fs::write(&other, "no log at all, by any means").unwrap();
    refused(&other, &["verify"], "is not a posting log");
    let change = |act: &str| rusqlite::Connection::open(&file).unwrap().execute_batch(act).unwrap();
    change(
        "UPDATE entry SET body = replace(body, 'PrivateNote', 'PublicNote') WHERE position = 40 OR body LIKE '%PrivateNote%'",
    );
    refused(&file, &["verify"], "its body is not the one that was written");
    refused(&file, &["export"], "its body is not the one that was written");
    refused(&file, &["purge", "--before", "2100-01-01"], "its body is not the one that was written");
    change("UPDATE entry SET body = replace(body, 'PublicNote', 'PrivateNote')");
    assert_eq!(log(&file, &["verify"]).status.code(), Some(0));
    change(
        "UPDATE entry SET json = replace(json, 'posted', 'refused') WHERE json LIKE '%\"posted\"%' AND position < 30",
    );
    refused(&file, &["verify"], "the posting log is damaged at entry");
    change("PRAGMA user_version = 99");
    refused(&file, &["verify"], "use a newer program");
}

/// What a log holds is told by the program too, beside a run, for people and for programs.
#[test]
fn a_log_says_what_it_holds() {
    let world = World::new("status");
    let file = world.folder.join("log.sqlite");
    let json = world.folder.join("status.json");
    let status = || {
        let mut job = Command::new(env!("CARGO_BIN_EXE_full-exchange"));
        job.arg("status").arg("--log").arg(&file).arg("--json").arg(&json).output().unwrap()
    };
    let output = status();
    assert_eq!(output.status.code(), Some(2), "there is no log yet: {}", text(&output));
    assert_eq!(run(&world).status.code(), Some(0));
    let held = SqliteLog::open(&file).unwrap();
    let output = status();
    drop(held);
    let said = text(&output);
    assert_eq!(output.status.code(), Some(0), "{said}");
    assert!(said.contains("Documents: 17 already posted"), "{said}");
    assert!(said.contains("Last sent: ") && said.contains("Last certificate: 1, of "), "{said}");
    let json: Value = serde_json::from_str(&std::fs::read_to_string(&json).unwrap()).unwrap();
    assert_eq!(json["status"]["documents"]["already_posted"], 17);
    assert_eq!(json["status"]["not_done"], Value::Array(Vec::new()));
    assert_eq!(json["status"]["certificate"]["number"], 1);
}
