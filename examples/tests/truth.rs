//! A report never says more than was seen: each way in which a run can fail, and what its JSON, its page and its exit code say.

#[allow(dead_code, reason = "each test uses what it needs of it")]
use crate::support;

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant, SystemTime};

use chrono::{DateTime, Utc};
use posting_log_sqlite::SqliteLog;
use qb_simulator::{Effect, Faults, Operation, Rule, ThrottleForm, When};
use serde_json::{Value, json};
use support::{World, text};

fn day() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("data/boston-2026-02-03.json")
}

/// The members of a JSON report that say how it went.
fn verdict(report: &Value) -> (&str, u64, bool) {
    (
        report["result"].as_str().unwrap(),
        report["exit_code"].as_u64().unwrap(),
        report.get("tie_out").is_some(),
    )
}

fn run(world: &World) -> (Output, String) {
    let output = world.full_exchange().arg("--pos").arg(day()).output().unwrap();
    let words = text(&output);
    (output, words)
}

/// Changes one member of the connection line.
fn connect(world: &World, member: &str, value: &str) {
    let path = world.folder.join("connection.json");
    let mut line: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    line[member] = value.into();
    std::fs::write(path, line.to_string()).unwrap();
}

#[test]
fn a_day_that_is_posted_and_ties_out_says_so_with_everything_that_was_posted() {
    let world = World::new("truth-ok");
    let (output, words) = run(&world);
    assert_eq!(output.status.code(), Some(0), "{words}");
    let report = world.report();
    assert_eq!(verdict(&report), ("ok", 0, true));
    assert_eq!((&report["schema_version"], &report["company"]), (&1.into(), &world.realm().into()));
    assert_eq!(report["inputs"][0]["fate"], "taken");
    assert_eq!(
        (&report["inputs"][0]["batches"], &report["inputs"][0]["purchase_orders"]),
        (&4.into(), &0.into())
    );
    let documents: Vec<&Value> = report["reports"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|r| r["documents"].as_array().unwrap())
        .collect();
    assert_eq!(documents.len(), 17);
    for document in documents {
        assert_eq!((&document["outcome"], &document["books_changed"]), (&"created".into(), &"now".into()));
        assert!(document["kind"].is_string() && document["number"].is_string() && document["id"].is_string());
    }
    assert_eq!(report["errors"], Value::Array(Vec::new()));
    // What it asked of QuickBooks, by Intuit's classes: each document and each record that was made is a core call.
    let (usage, made) = (&report["usage"], report["made"].as_array().unwrap().len());
    assert_eq!((&usage["core"], &usage["throttled"]), (&(17 + made).into(), &0.into()), "{usage}");
    assert!(usage["metered_reads"].as_u64() > Some(0) && usage["reports"].as_u64() > Some(0), "{usage}");
    let each = usage["per_document"]["core"].as_str().unwrap();
    let thousandths = ((17 + made) * 1000 + 8) / 17;
    assert_eq!(each, format!("{}.{:03}", thousandths / 1000, thousandths % 1000), "{usage}");
    assert!(
        usage.get("least_ms_under_limits").is_none(),
        "nobody measures a simulator of somebody else's: {usage}"
    );
}

#[test]
fn when_quickbooks_is_down_nothing_is_said_to_tie_out() {
    let world = World::new("truth-down");
    connect(&world, "base_url", "http://127.0.0.1:9");
    let (output, words) = run(&world);
    assert_eq!(output.status.code(), Some(3), "{words}");
    let report = world.report();
    assert_eq!(verdict(&report), ("not_run", 3, false));
    assert!(report.get("control_accounts").is_none());
    assert_eq!(
        (&report["errors"][0]["who"], &report["errors"][0]["does_retry_help"]),
        (&"nobody".into(), &true.into())
    );
    assert_eq!(report["errors"].as_array().unwrap().len(), 1, "one try, not one a batch: {report:#}");
    assert!(words.contains("Nothing was posted, so nothing was tied out."), "{words}");
}

#[test]
fn an_expired_token_is_no_tie_out_and_names_who_must_act() {
    let world = World::new("truth-token");
    connect(&world, "access_token", "expired");
    let (output, words) = run(&world);
    assert_eq!(output.status.code(), Some(3), "{words}");
    let report = world.report();
    assert_eq!(verdict(&report), ("not_run", 3, false));
    assert_eq!(
        (&report["errors"][0]["who"], &report["errors"][0]["does_retry_help"]),
        (&"administrator".into(), &false.into())
    );
}

#[test]
fn a_refused_file_is_in_the_report_with_its_fault() {
    let world = World::new("truth-refused");
    let bad = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/bad/one-cent-off.json");
    let output = world.full_exchange().arg("--pos").arg(&bad).arg("--pos").arg(day()).output().unwrap();
    assert_eq!(output.status.code(), Some(4), "{}", text(&output));
    let report = world.report();
    assert_eq!(verdict(&report), ("refused_input", 4, true));
    let fates: Vec<_> = report["inputs"].as_array().unwrap().iter().map(|input| &input["fate"]).collect();
    assert_eq!(fates, ["refused", "taken"]);
    let error = &report["errors"][0];
    assert!(error["place"]["input"].as_str().unwrap().ends_with("one-cent-off.json"), "{error}");
    assert!(error["message"].as_str().unwrap().contains("tenders total 112.58"), "{error}");
    assert_eq!((&error["who"], &error["books_changed"]), (&"till".into(), &"no".into()));
    assert_eq!(report["documents"]["created"], 17);
}

#[test]
fn a_tie_out_that_cannot_be_read_leaves_the_report_of_what_was_posted() {
    let world = World::new("truth-reports");
    let rule = Rule::new(
        "no reports",
        Effect::Status { status: 503, committed: false },
        When::operation(Operation::Report),
    );
    world.go_wrong(Faults::new(1, vec![rule]));
    let (output, words) = run(&world);
    assert_eq!(output.status.code(), Some(3), "{words}");
    let report = world.report();
    assert_eq!(verdict(&report), ("incomplete", 3, false));
    assert_eq!(report["documents"]["created"], 17);
    assert_eq!(report["errors"][0]["place"]["part"], "tie-out");
    assert!(words.contains("What was posted was not tied out"), "{words}");
    assert!(!words.contains("The books tie out"), "{words}");
}

/// The log's disk is full after some documents: what was posted is said, and nobody is told that nothing was.
#[test]
fn a_full_disk_does_not_hide_what_was_posted() {
    let world = World::new("truth-disk");
    let job = world.full_exchange();
    let arguments: Vec<String> = (job.get_args().map(|argument| argument.to_str().unwrap().to_owned()))
        .chain(["--pos".to_owned(), day().to_str().unwrap().to_owned()])
        .collect();
    // The system refuses to let a file grow beyond so many blocks of 512 bytes; the report is smaller.
    let mut limited = Command::new("sh");
    limited.arg("-c").arg("trap '' XFSZ; ulimit -f 400; exec \"$0\" \"$@\"");
    let output = limited.arg(job.get_program()).args(arguments).output().unwrap();
    let words = text(&output);
    assert_eq!(output.status.code(), Some(3), "{words}");
    let (report, posted) = (world.report(), world.documents());
    assert!(posted > 0 && posted < 17, "the limit is of no use: {posted} documents");
    assert_eq!(verdict(&report), ("incomplete", 3, false));
    let created = report["documents"]["created"].as_u64().unwrap();
    assert!(created > 0 && created <= posted as u64, "{created} of {posted}: {words}");
    assert_eq!(report["errors"][0]["books_changed"], "unknown", "{report:#}");
    assert_eq!(report["errors"][0]["who"], "administrator");
    assert!(!words.contains("Nothing was posted"), "{words}");
    assert!(run(&world).0.status.success() || world.documents() == 17);
}

#[test]
fn a_report_that_cannot_be_written_is_said_before_anything_is_sent() {
    let world = World::new("truth-output");
    let log = world.folder.join("log.sqlite");
    for (path, words) in [
        (log.clone(), "this is the posting log"),
        (world.folder.join("nowhere/report.json"), "cannot be written"),
        (world.folder.clone(), "cannot be written"),
        (world.folder.join("connection.json"), "this is the connection"),
    ] {
        let mut job = Command::new(env!("CARGO_BIN_EXE_full-exchange"));
        job.arg("--quickbooks").arg(world.folder.join("connection.json")).arg("--log").arg(&log);
        let output = job.arg("--json").arg(&path).arg("--pos").arg(day()).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{}", text(&output));
        assert!(text(&output).contains(words), "{}", text(&output));
        assert_eq!(world.documents(), 0);
    }
}

#[test]
fn a_report_on_a_full_disk_leaves_the_page() {
    let world = World::new("truth-page");
    let mut job = Command::new(env!("CARGO_BIN_EXE_full-exchange"));
    job.arg("--quickbooks").arg(world.folder.join("connection.json"));
    let output =
        job.arg("--no-certificate").arg("--json").arg("/dev/full").arg("--pos").arg(day()).output().unwrap();
    let words = text(&output);
    assert_eq!(output.status.code(), Some(3), "{words}");
    assert!(words.contains("17 documents: 0 already posted, 17 created"), "{words}");
    assert!(words.contains("/dev/full: could not be written"), "{words}");
}

#[test]
fn a_log_in_use_is_said_with_its_own_exit() {
    let world = World::new("truth-in-use");
    let _other = SqliteLog::open(world.folder.join("log.sqlite")).unwrap();
    let (output, words) = run(&world);
    assert_eq!(output.status.code(), Some(5), "{words}");
    assert_eq!(verdict(&world.report()), ("not_run", 5, false));
    assert_eq!(world.documents(), 0);
}

#[test]
fn a_signal_ends_after_the_request_in_flight_and_the_next_run_goes_on() {
    let world = World::new("truth-signal");
    for signal in ["TERM", "INT"] {
        let before = world.documents();
        let mut job = world.full_exchange();
        let job = job.arg("--pos").arg(day()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = job.spawn().unwrap();
        while world.documents() < before + 2 && child.try_wait().unwrap().is_none() {
            std::thread::yield_now();
        }
        Command::new("kill").arg(format!("-{signal}")).arg(child.id().to_string()).status().unwrap();
        let output = child.wait_with_output().unwrap();
        let words = text(&output);
        assert_eq!(output.status.code(), Some(3), "{words}");
        let report = world.report();
        assert_eq!(verdict(&report), ("incomplete", 3, false), "{words}");
        assert_eq!(report["is_interrupted"], true);
        assert!(words.contains("Ended early because it was asked to"), "{words}");
        assert!(world.documents() < 17, "it went on to the end");
        let told = &report["documents"];
        let told = told["created"].as_u64().unwrap() + told["already_posted"].as_u64().unwrap();
        assert_eq!(told as usize, world.documents(), "every document that is posted is told: {words}");
    }
    let (output, words) = run(&world);
    assert_eq!((output.status.code(), world.documents()), (Some(0), 17), "{words}");
}

#[test]
fn help_lists_how_the_programs_end() {
    for program in [
        env!("CARGO_BIN_EXE_full-exchange"),
        env!("CARGO_BIN_EXE_preview-plan"),
        env!("CARGO_BIN_EXE_explain"),
    ] {
        let output = Command::new(program).arg("--help").output().unwrap();
        for line in [
            "0  done; after posting: everything is posted",
            "4  an input was refused",
            "5  another process has the posting log",
        ] {
            assert!(text(&output).contains(line), "{program}: {}", text(&output));
        }
    }
}

#[test]
fn nothing_but_text_goes_into_a_pipe() {
    let world = World::new("truth-pipe");
    connect(&world, "access_token", "expired");
    let (_, words) = run(&world);
    assert!(!words.contains('\u{1b}'), "{words:?}");
}

/// What becomes of the log between two runs, and what the next run says and does.
fn after_losing_the_log(name: &str, lose: impl FnOnce(&PathBuf)) -> (World, Output, String) {
    let world = World::new(name);
    let (output, words) = run(&world);
    assert_eq!(output.status.code(), Some(0), "{words}");
    let log = world.folder.join("log.sqlite");
    lose(&log);
    let (output, words) = run(&world);
    (world, output, words)
}

#[test]
fn a_log_that_was_deleted_or_emptied_is_noticed_said_and_posts_nothing_twice() {
    for (name, is_deleted) in [("truth-log-deleted", true), ("truth-log-emptied", false)] {
        let (world, output, words) = after_losing_the_log(name, |log| {
            if is_deleted { std::fs::remove_file(log).unwrap() } else { std::fs::write(log, "").unwrap() }
        });
        assert_eq!(output.status.code(), Some(0), "{words}");
        let report = world.report();
        let behind = &report["log_behind"];
        assert_eq!((&behind["code"], &behind["documents"]), (&"log-behind".into(), &17.into()), "{report:#}");
        assert!(words.contains("the log was lost, or is an older copy"), "{words}");
        assert_eq!((&report["documents"]["adopted"], world.documents()), (&17.into(), 17), "{words}");
        assert!(run(&world).0.status.success());
        assert!(world.report().get("log_behind").is_none(), "it knows them now");
    }
}

#[test]
fn half_a_log_is_damaged_and_nothing_is_sent() {
    let (world, output, words) = after_losing_the_log("truth-log-half", |log| {
        let whole = std::fs::read(log).unwrap();
        std::fs::write(log, &whole[..whole.len() / 2]).unwrap();
    });
    assert_eq!(output.status.code(), Some(2), "{words}");
    let report = world.report();
    assert_eq!(verdict(&report), ("not_run", 2, false));
    let error = &report["errors"][0];
    assert_eq!((&error["code"], &error["who"]), (&"log-damaged".into(), &"administrator".into()), "{error}");
    assert!(error["message"].as_str().unwrap().contains("restore it or look the documents up"), "{error}");
    assert_eq!(world.documents(), 17);
}

#[cfg(unix)]
#[test]
fn a_log_that_others_could_read_becomes_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let (world, output, words) = after_losing_the_log("truth-log-mode", |log| {
        std::fs::set_permissions(log, PermissionsExt::from_mode(0o644)).unwrap();
    });
    assert_eq!(output.status.code(), Some(0), "{words}");
    let mode = std::fs::metadata(world.folder.join("log.sqlite")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn a_log_without_a_version_is_refused() {
    let (world, output, words) = after_losing_the_log("truth-log-version", |log| {
        // The version stands in the bytes 60 to 63 of a SQLite file's header.
        let mut bytes = std::fs::read(log).unwrap();
        assert_eq!(bytes[60..64], [0, 0, 0, 2]);
        bytes[63] = 0;
        std::fs::write(log, bytes).unwrap();
    });
    assert_eq!(output.status.code(), Some(2), "{words}");
    assert_eq!(world.report()["errors"][0]["code"], "log-damaged", "{words}");
    assert_eq!(world.documents(), 17);
}

/// Posts the day, with what the simulator does wrong, and asks it to end while it waits; returns how long it took to.
fn ended_while_waiting(world: &World, wrong: Rule, more: &[&str]) -> (Output, String, Duration) {
    world.go_wrong(Faults::new(1, vec![wrong]));
    let mut job = world.full_exchange();
    let job = job.arg("--pos").arg(day()).args(more).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = job.spawn().unwrap();
    let told = BufReader::new(child.stderr.take().unwrap());
    let mut told = told.lines().map(Result::unwrap);
    assert!(
        told.any(|line| line.contains("waiting") || line.contains("to be left alone")),
        "it never waited"
    );
    let asked = Instant::now();
    Command::new("kill").arg("-TERM").arg(child.id().to_string()).status().unwrap();
    let rest: String = told.map(|line| line + "\n").collect();
    let output = child.wait_with_output().unwrap();
    let words = text(&output) + &rest;
    (output, words, asked.elapsed())
}

/// A quarantine lasts 165 s, and QuickBooks may ask to be left alone for an hour: a request to end cuts the wait.
#[test]
fn a_signal_cuts_a_wait() {
    let lost = || Effect::ResetBefore;
    let throttled =
        || Effect::Throttled { form: ThrottleForm::Json, retry_after: Some(3600), committed: false };
    let unasked = || Effect::Throttled { form: ThrottleForm::Json, retry_after: None, committed: false };
    let once = |entity: &str| When::create(entity).times(1);
    for (name, wrong, unknown) in [
        ("truth-cut-quarantine", Rule::new("lost", lost(), once("Invoice")), 1),
        ("truth-cut-write", Rule::new("throttled", throttled(), once("Invoice")), 0),
        ("truth-cut-list", Rule::new("throttled", throttled(), once("Account")), 0),
        ("truth-cut-ladder", Rule::new("throttled", unasked(), When::create("Payment")), 0),
        (
            "truth-cut-read",
            Rule::new("throttled", throttled(), When::operation(Operation::Query).times(1)),
            0,
        ),
    ] {
        let world = World::new(name);
        let (output, words, took) = ended_while_waiting(&world, wrong, &[]);
        assert_eq!(output.status.code(), Some(3), "{name}: {words}");
        assert!(took < Duration::from_secs(10), "{name}: {took:?}");
        let report = world.report();
        assert_eq!(
            (&report["is_interrupted"], &report["exit_code"]),
            (&true.into(), &3.into()),
            "{name}: {report:#}"
        );
        assert_eq!(report["documents"]["unknown"], unknown, "{name}: {words}");
        world.go_wrong(Faults::new(1, Vec::new()));
        // What is in doubt waits for its quarantine; here the simulator is known to have lost it.
        let mut next = world.full_exchange();
        let output = next.arg("--pos").arg(day()).args(["--quarantine", "0"]).output().unwrap();
        assert_eq!((output.status.code(), world.documents()), (Some(0), 17), "{name}: {}", text(&output));
    }
}

/// Without the time for what QuickBooks asks, the run ends paused: what remains, and until when, is said and written.
#[test]
fn a_run_without_the_time_for_a_wait_is_paused_and_says_what_remains() {
    let world = World::new("truth-paused");
    let asked = Effect::Throttled { form: ThrottleForm::Json, retry_after: Some(1800), committed: false };
    world.go_wrong(Faults::new(
        1,
        vec![Rule::new("throttled", asked, When { nth: Some(3), ..When::create("Invoice") })],
    ));
    let mut job = world.full_exchange();
    let output = job.arg("--pos").arg(day()).args(["--time-budget", "60"]).output().unwrap();
    let words = text(&output);
    assert_eq!(output.status.code(), Some(3), "{words}");
    let report = world.report();
    assert_eq!(verdict(&report), ("incomplete", 3, false));
    let (paused, documents) = (&report["paused"], &report["documents"]);
    assert_eq!((&paused["unknown"], &paused["unsent"]), (&0.into(), &documents["held"]), "{report:#}");
    assert_eq!(documents["created"].as_u64().unwrap() as usize, world.documents());
    let until = DateTime::parse_from_rfc3339(paused["until"].as_str().unwrap()).unwrap();
    let left = until.signed_duration_since(DateTime::<Utc>::from(SystemTime::now())).num_seconds();
    assert!((1700..=1800).contains(&left), "{left}: {paused}");
    assert!(
        words.contains("Paused: the run's time was up.") && words.contains("run it again after 2"),
        "{words}"
    );
    world.go_wrong(Faults::new(1, Vec::new()));
    let output = world.full_exchange().arg("--pos").arg(day()).args(["--quarantine", "0"]).output().unwrap();
    assert_eq!((output.status.code(), world.documents()), (Some(0), 17), "{}", text(&output));
    assert!(world.report().get("paused").is_none());
}

/// A person settles a document by the program: the log says who and why, the next run ends well, the tie-out shows it.
#[test]
fn a_document_that_a_person_has_settled_stops_no_run() {
    let world = World::new("truth-settle");
    let refused = Effect::Refused { status: 400, code: "6210".to_owned(), detail: String::new() };
    let last = Rule::new("refused", refused, When { nth: Some(1), ..When::create("SalesReceipt") });
    world.go_wrong(Faults::new(1, vec![last]));
    let (output, words) = run(&world);
    assert_eq!(output.status.code(), Some(1), "{words}");
    let report = world.report();
    let document = report["errors"][0]["place"]["document"].as_str().unwrap().to_owned();
    let number = document.split(' ').next_back().unwrap();
    let settle = |more: &[&str]| {
        let mut job = Command::new(env!("CARGO_BIN_EXE_full-exchange"));
        job.args(["settle", number]).args(more);
        job.arg("--log")
            .arg(world.folder.join("log.sqlite"))
            .arg("--json")
            .arg(world.folder.join("settled.json"));
        job.output().unwrap()
    };
    let settled = settle(&["--because", "posted by hand as 4711", "--by", "Pat"]);
    assert_eq!(settled.status.code(), Some(0), "{}", text(&settled));
    assert!(
        text(&settled).contains("was refused and is settled by Pat: posted by hand as 4711"),
        "{}",
        text(&settled)
    );
    let json: Value =
        serde_json::from_slice(&std::fs::read(world.folder.join("settled.json")).unwrap()).unwrap();
    assert_eq!((&json["result"], &json["settled"][0]["number"]), (&"ok".into(), &number.into()), "{json:#}");
    assert_eq!((&json["settled"][0]["was"], &json["settled"][0]["who"]), (&"refused".into(), &"Pat".into()));

    let (output, words) = run(&world);
    assert_eq!(output.status.code(), Some(0), "{words}");
    let report = world.report();
    assert_eq!((&report["documents"]["settled"], &report["errors"]), (&1.into(), &Value::Array(Vec::new())));
    let difference = &report["tie_out"]["differences"][0];
    assert_eq!(difference["cause"], "settled", "{difference:#}");
    assert!(difference["reason"].as_str().unwrap().contains("by Pat on 20"), "{difference:#}");
    assert!(words.contains("documents that a person has settled: 1"), "{words}");

    let again = settle(&["--because", "once more", "--by", "Sam"]);
    assert_eq!(again.status.code(), Some(2), "{}", text(&again));
    assert!(text(&again).contains("settled by Pat"), "{}", text(&again));
    let _held = SqliteLog::open(world.folder.join("log.sqlite")).unwrap();
    assert_eq!(settle(&["--because", "x", "--by", "Sam"]).status.code(), Some(5));
}

#[test]
fn settling_needs_a_log_and_a_reason_and_says_so() {
    for (arguments, words) in [
        (vec!["settle", "CLT1B4", "--because", "x"], "--log FILE"),
        (vec!["settle", "CLT1B4"], "--because"),
        (vec!["settle", "CLT1B4", "--because", "x", "--log", "/nowhere/log.sqlite"], "--log FILE"),
    ] {
        let output = Command::new(env!("CARGO_BIN_EXE_full-exchange")).args(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{}", text(&output));
        assert!(text(&output).contains(words), "{}", text(&output));
    }
}

/// N-13, P-03: what only all files together show is in the JSON: code, place, who must act and what to do; nothing is sent.
#[test]
fn what_only_all_files_together_show_is_in_the_report() {
    let till = std::fs::read_to_string(day()).unwrap();
    let till: Value = serde_json::from_str(&till).unwrap();
    let salem = |file: &Value| {
        let mut file = file.clone();
        (file["store"]["code"], file["store"]["name"]) = ("salem".into(), "Salem Store".into());
        file
    };
    let mut second = till.clone();
    second["batches"].as_array_mut().unwrap().truncate(1);
    second["batches"][0]["register"] = "9".into();
    let mut renamed = till.clone();
    renamed["tender_types"][0]["name"] = "Another one".into();
    for (name, other, code, who) in [
        ("truth-prefix", salem(&till), "prefix-of-two-stores", "administrator"),
        ("truth-registers", second, "batch-of-two-registers", "administrator"),
        ("truth-tender", salem(&renamed), "tender-of-two-meanings", "till"),
    ] {
        let world = World::new(name);
        let path = world.folder.join("other.json");
        std::fs::write(&path, other.to_string()).unwrap();
        let output = world.full_exchange().arg("--pos").arg(day()).arg("--pos").arg(path).output().unwrap();
        assert_eq!(output.status.code(), Some(4), "{name}: {}", text(&output));
        let report = world.report();
        assert_eq!(verdict(&report), ("refused_input", 4, false), "{name}");
        let errors = report["errors"].as_array().unwrap();
        let error =
            errors.iter().find(|error| error["code"] == code).unwrap_or_else(|| panic!("{name}: {report:#}"));
        assert!(error["place"]["store"].is_string(), "{error}");
        assert_eq!(error["place"]["part"], "all files together");
        assert_eq!((&error["who"], &error["does_retry_help"]), (&who.into(), &false.into()), "{error}");
        assert!(error["message"].as_str().unwrap().contains("; give "), "{error}");
        if code == "batch-of-two-registers" {
            assert!(error["place"]["register"].is_string() && error["place"]["batch"] == 4, "{error}");
        }
        let refused = report["inputs"].as_array().unwrap().iter().all(|input| input["fate"] == "refused");
        assert!(refused && world.documents() == 0, "{name}");
    }
}

/// A folder of so many batches of one sale each, a file each.
fn small_batches(world: &World, count: u64) -> PathBuf {
    let day: Value = serde_json::from_slice(&std::fs::read(day()).unwrap()).unwrap();
    let folder = world.folder.join("batches");
    std::fs::create_dir(&folder).unwrap();
    for number in 1..=count {
        let line = json!({"kind": "item", "description": "Tire", "quantity": "1", "unit_price": "25.00", "amount": "25.00",
            "tax_code": "NON"});
        let sale = json!({"number": number, "occurred_at": "2026-02-03T09:41:07-05:00", "lines": [line],
            "tenders": [{"type": 15239, "amount": "25.00"}]});
        let mut file = day.clone();
        file["batches"] = json!([{"register": "1", "number": number, "business_date": "2026-02-03", "status": "closed",
            "closed_at": "2026-02-03T18:02:11-05:00", "transactions": [sale]}]);
        std::fs::write(folder.join(format!("{number:04}.json")), file.to_string()).unwrap();
    }
    folder
}

/// `SMALL_BATCHES=600` looks long.
fn so_many() -> u64 {
    std::env::var("SMALL_BATCHES").ok().and_then(|count| count.parse().ok()).unwrap_or(40)
}

/// QuickBooks is gone before the first of many batches: one bounded try, not one a batch.
#[test]
fn an_outage_before_many_batches_ends_soon_and_says_what_stands() {
    let mut world = World::new("truth-outage-before");
    let folder = small_batches(&world, so_many());
    world.go_away();
    let began = Instant::now();
    let output = world.full_exchange().arg("--pos").arg(&folder).output().unwrap();
    assert!(began.elapsed() < Duration::from_secs(60), "{:?}", began.elapsed());
    assert_eq!(output.status.code(), Some(3), "{}", text(&output));
    let report = world.report();
    assert_eq!(verdict(&report), ("not_run", 3, false));
    assert_eq!(
        (&report["not_started"], report["errors"].as_array().unwrap().len()),
        (&(so_many() - 1).into(), 1)
    );
}

/// QuickBooks goes away in the middle of many batches: the run ends within a minute and says what stands.
#[test]
fn an_outage_in_the_middle_of_many_batches_ends_soon_and_says_what_stands() {
    let mut world = World::new("truth-outage-middle");
    let folder = small_batches(&world, so_many());
    let mut job = world.full_exchange();
    let job = job.arg("--pos").arg(&folder).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = job.spawn().unwrap();
    let half = so_many() as usize;
    while world.documents() < half && child.try_wait().unwrap().is_none() {
        std::thread::sleep(Duration::from_millis(5));
    }
    let stood = world.documents();
    world.go_away();
    let gone = Instant::now();
    let output = child.wait_with_output().unwrap();
    assert!(gone.elapsed() < Duration::from_secs(60), "{:?}", gone.elapsed());
    let words = text(&output);
    assert_eq!(output.status.code(), Some(3), "{words}");
    let report = world.report();
    assert_eq!(verdict(&report), ("incomplete", 3, false), "{words}");
    let (created, unknown) = (&report["documents"]["created"], &report["documents"]["unknown"]);
    let (created, unknown) = (created.as_u64().unwrap() as usize, unknown.as_u64().unwrap() as usize);
    // Between the count and the end of the simulator a few more may have been posted.
    assert!(
        created >= stood.saturating_sub(1) && created < 2 * half && unknown <= 1,
        "{created} of {stood}: {words}"
    );
    let not_started = report["not_started"].as_u64().unwrap();
    assert!(not_started > 0 && words.contains("were not started; run it again to go on"), "{words}");
    let error = &report["errors"][0];
    assert_eq!((&error["who"], &error["does_retry_help"]), (&"nobody".into(), &true.into()), "{error}");
    assert!(words.contains("What was posted was not tied out"), "{words}");
}
