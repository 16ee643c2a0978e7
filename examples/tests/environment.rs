//! A bad environment, by the programs themselves: every answer and every machine that goes wrong is a typed error, nothing is
//! half-sent, and the next run in peace posts what is left, each document once.

#[allow(dead_code, reason = "each test uses what it needs of it")]
use crate::support;

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use chrono::TimeDelta;
use qb_client::engine::NotSentWhy;
use qb_client::{AccessToken, BaseUrl, Client, ReadError, RealmId, StaticToken};
use qb_simulator::{Effect, Faults, Operation, Part, Rule, SimulatorOptions, When};
use serde_json::Value;
use support::{World, text};

/// The day's first register: six documents.
fn register(world: &World) -> PathBuf {
    let day = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/boston-2026-02-03.json");
    let mut day: Value = serde_json::from_slice(&std::fs::read(day).unwrap()).unwrap();
    day["batches"].as_array_mut().unwrap().truncate(1);
    let file = world.folder.join("register.json");
    std::fs::write(&file, day.to_string()).unwrap();
    file
}

const DOCUMENTS: usize = 6;

/// One run: its exit code, its report, what it said.
fn run(world: &World, options: &[&str]) -> (Option<i32>, Value, String) {
    let _ = std::fs::remove_file(world.folder.join("report.json"));
    let output = world.full_exchange().args(options).arg("--pos").arg(register(world)).output().unwrap();
    (output.status.code(), world.report(), text(&output))
}

/// A run in peace: what is left is posted, nothing twice.
fn in_peace(world: &World, case: &str) {
    world.go_wrong(Faults::default());
    let (code, report, words) = run(world, &["--trust-request-id"]);
    assert_eq!((code, world.documents()), (Some(0), DOCUMENTS), "{case}: {words}");
    assert_eq!(report["result"], "ok", "{case}");
}

/// Somebody whom no request may reach.
struct Trap(TcpListener);

impl Trap {
    fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        Self(listener)
    }

    fn address(&self) -> String {
        format!("http://{}", self.0.local_addr().unwrap())
    }

    fn is_untouched(&self) -> bool {
        self.0.accept().is_err()
    }
}

/// What the first invoice's answer is, and what becomes of the invoice. In each case the run itself settles it.
#[test]
fn an_answer_that_no_honest_quickbooks_gives_settles_within_the_run() {
    let trap = Trap::new();
    let missing = |name: &str| Effect::MemberMissing { name: name.to_owned() };
    for (case, effect, outcome) in [
        ("302 to another host", Effect::Redirect { location: trap.address() }, "created"),
        ("a bomb of 1 GiB", Effect::GzipBomb { mebibytes: 1024 }, "adopted"),
        ("a page in a 200", Effect::Html { committed: true }, "adopted"),
        ("a 200 without a body", Effect::Empty { committed: true }, "adopted"),
        ("JSON cut off", Effect::Truncated { bytes: 40 }, "adopted"),
        ("JSON called text", Effect::WrongContentType, "created"),
        ("a fault in a 200", Effect::FaultInOk { committed: true }, "adopted"),
        ("an answer without an id", missing("Id"), "adopted"),
        ("another total than was booked", Effect::Altered { part: Part::Total }, "created"),
        ("another number", Effect::Altered { part: Part::Number }, "created"),
        (
            "a throttle in XML",
            Effect::Throttled {
                form: qb_simulator::ThrottleForm::Xml,
                retry_after: Some(1),
                committed: false,
            },
            "created",
        ),
        ("the request twice", Effect::Duplicate, "created"),
    ] {
        let world = World::new("environment-answer");
        world.go_wrong(Faults::new(1, vec![Rule::new("it", effect, When::create("Invoice").times(1))]));
        let (code, report, words) = run(&world, &["--trust-request-id"]);
        assert_eq!((code, world.documents(), world.hits("it")), (Some(0), DOCUMENTS, 1), "{case}: {words}");
        let documents = report["reports"][0]["documents"].as_array().unwrap();
        let first = documents.iter().find(|document| document["kind"] == "Invoice").unwrap();
        assert_eq!(first["outcome"], outcome, "{case}: {words}");
    }
    assert!(trap.is_untouched(), "a redirect was followed");
}

/// What every read meets, the exit code, and what is said. No document is sent.
#[test]
fn a_company_that_cannot_be_read_is_not_written_to() {
    let trap = Trap::new();
    let reads =
        || When { operations: vec![Operation::Read, Operation::Query, Operation::Other], ..When::default() };
    let refused = |status, code: &str, detail: &str| {
        let (code, detail) = (code.to_owned(), detail.to_owned());
        Effect::Refused { status, code, detail }
    };
    for (case, effect, code, words) in [
        ("302", Effect::Redirect { location: trap.address() }, 3, "redirect"),
        ("a bomb", Effect::GzipBomb { mebibytes: 1024 }, 3, ""),
        ("HTML", Effect::Html { committed: false }, 3, ""),
        ("403 3100", refused(403, "3100", "ApplicationAuthorizationFailed"), 2, "3100"),
        ("subscription ended", refused(400, "6190", "Invalid Company Status"), 2, "6190"),
        ("down", Effect::Status { status: 503, committed: false }, 3, "503"),
    ] {
        let world = World::new("environment-reads");
        world.go_wrong(Faults::new(1, vec![Rule::new("it", effect, reads())]));
        let (found, report, said) = run(&world, &[]);
        assert_eq!((found, world.documents()), (Some(code), 0), "{case}: {said}");
        assert_eq!(report["result"], "not_run", "{case}");
        assert!(said.contains(words), "{case}: {said}");
        in_peace(&world, case);
    }
    assert!(trap.is_untouched(), "a redirect was followed");
}

#[test]
fn proxies_of_the_environment_see_nothing() {
    let (world, trap) = (World::new("environment-proxy"), Trap::new());
    let mut job = world.full_exchange();
    for name in ["http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"] {
        job.env(name, trap.address());
    }
    let output = job
        .env_remove("NO_PROXY")
        .env_remove("no_proxy")
        .arg("--pos")
        .arg(register(&world))
        .output()
        .unwrap();
    assert_eq!((output.status.code(), world.documents()), (Some(0), DOCUMENTS), "{}", text(&output));
    assert!(trap.is_untouched(), "a token went to a proxy that nobody chose");
}

/// Changes members of the connection line.
fn line(world: &World, changes: &[(&str, &str)]) -> Vec<u8> {
    let path = world.folder.join("connection.json");
    let before = std::fs::read(&path).unwrap();
    let mut line: Value = serde_json::from_slice(&before).unwrap();
    changes.iter().for_each(|(member, value)| line[*member] = (*value).into());
    std::fs::write(path, line.to_string()).unwrap();
    before
}

#[test]
fn another_company_s_token_is_named_and_nothing_is_sent() {
    let world = World::new("environment-realm");
    let before = line(&world, &[("realm_id", "9130000000000001")]);
    let (code, report, words) = run(&world, &[]);
    assert_eq!((code, world.documents()), (Some(2), 0), "{words}");
    assert_eq!(report["errors"][0]["who"], "administrator", "{report:#}");
    assert!(words.contains("3100"), "{words}");
    std::fs::write(world.folder.join("connection.json"), before).unwrap();
    // The log took the other company's name before it was asked for anything; it is empty otherwise.
    std::fs::remove_file(world.folder.join("log.sqlite")).unwrap();
    in_peace(&world, "the right company");
    for realm in ["../1", "company", ""] {
        let before = line(&world, &[("realm_id", realm)]);
        let (code, _, words) = run(&world, &[]);
        assert_eq!((code, words.contains("the connection is refused")), (Some(2), true), "{realm}: {words}");
        std::fs::write(world.folder.join("connection.json"), before).unwrap();
    }
}

/// An address that is none of QuickBooks' and not this machine's is refused before a token leaves.
#[test]
fn another_host_is_refused_and_nothing_is_sent() {
    let world = World::new("environment-host");
    for address in [
        "http://quickbooks.api.intuit.com",
        "https://quickbooks.example.org",
        "https://quickbooks.api.intuit.com.example.org",
        "http://127.0.0.1.example.org:8080",
        "ftp://127.0.0.1",
        "quickbooks",
    ] {
        let before = line(&world, &[("base_url", address)]);
        let (code, report, words) = run(&world, &[]);
        assert_eq!((code, world.documents()), (Some(2), 0), "{address}: {words}");
        assert_eq!(report["errors"][0]["code"], "no-connection", "{address}");
        std::fs::write(world.folder.join("connection.json"), before).unwrap();
    }
    in_peace(&world, "the right address");
}

#[test]
fn the_log_of_another_company_is_refused_and_so_is_one_that_is_damaged_or_newer() {
    let (ours, theirs) = (World::new("environment-ours"), World::with("environment-theirs", other_company()));
    in_peace(&ours, "ours");
    let log = theirs.folder.join("log.sqlite");
    std::fs::copy(ours.folder.join("log.sqlite"), &log).unwrap();
    let sent = |case: &str, code: &str| {
        let (exit, report, words) = run(&theirs, &[]);
        assert!(matches!(exit, Some(2 | 3)), "{case}: {words}");
        assert_eq!((&report["errors"][0]["code"], theirs.documents()), (&code.into(), 0), "{case}: {words}");
    };
    sent("another company's", "other-company");
    let good = std::fs::read(&log).unwrap();
    let place = good.windows(12).position(|part| part == b"CLT1521022B4").unwrap();
    let mut bad = good.clone();
    bad[place + 9] ^= 1;
    std::fs::write(&log, bad).unwrap();
    sent("a byte was turned", "log-damaged");
    let mut newer = good;
    // SQLite keeps the version of a file's tables here, big-endian.
    newer[60..64].copy_from_slice(&99_u32.to_be_bytes());
    std::fs::write(&log, newer).unwrap();
    sent("a later program's", "log-newer-version");
}

fn other_company() -> SimulatorOptions {
    let mut options = SimulatorOptions::default();
    options.company.realm_id = "9130000000000002".to_owned();
    options
}

/// The disk is full before anything is sent: the system lets no file grow.
#[test]
fn where_the_log_cannot_be_written_nothing_is_sent() {
    let world = World::new("environment-disk");
    let job = world.full_exchange();
    let arguments: Vec<&std::ffi::OsStr> = job.get_args().collect();
    let at = arguments.iter().position(|argument| *argument == "--json").unwrap();
    let mut limited = Command::new("sh");
    limited.arg("-c").arg("trap '' XFSZ; ulimit -f 0; exec \"$0\" \"$@\"").arg(job.get_program());
    limited.args(&arguments[..at]).args(&arguments[at + 2..]).arg("--pos").arg(register(&world));
    let output = limited.output().unwrap();
    assert_eq!((output.status.code(), world.documents()), (Some(2), 0), "{}", text(&output));
    assert!(text(&output).contains("the posting log cannot be"), "{}", text(&output));
    in_peace(&world, "with room");
}

/// Settings under which a log would lose what was written: read back when it is opened, and refused.
#[test]
fn a_log_that_is_not_durable_is_refused_before_anything_is_sent() {
    let world = World::new("environment-durable");
    let job = world.full_exchange();
    let arguments: Vec<&std::ffi::OsStr> = job.get_args().collect();
    let at = arguments.iter().position(|argument| *argument == "--log").unwrap();
    let mut memory = Command::new(job.get_program());
    memory.current_dir(&world.folder).args(&arguments[..at]).args(&arguments[at + 2..]);
    let output = memory.args(["--log", ":memory:", "--pos"]).arg(register(&world)).output().unwrap();
    assert_eq!((output.status.code(), world.documents()), (Some(2), 0), "{}", text(&output));
    let error = &world.report()["errors"][0];
    assert_eq!((&error["code"], &error["books_changed"]), (&"log-not-durable".into(), &"no".into()));
    assert!(text(&output).contains("journal_mode is memory; put it on a disk"), "{}", text(&output));
    in_peace(&world, "on a disk");
}

/// QuickBooks' clock jumps while a document is on its way: nothing is believed too early, and nothing is posted twice.
#[test]
fn a_clock_that_jumps_a_day_posts_nothing_twice() {
    for (case, jump) in [("ahead", TimeDelta::days(1)), ("back", TimeDelta::days(-1))] {
        let world = World::new("environment-clock");
        let hold = When { nth: Some(2), ..When::create("Invoice") };
        let lost = When { nth: Some(1), ..When::create("Payment") };
        world.go_wrong(Faults::new(
            1,
            vec![Rule::new("held", Effect::Hold, hold), Rule::new("lost", Effect::AnswerLost, lost)],
        ));
        let mut job = world.full_exchange();
        job.arg("--pos").arg(register(&world)).stdout(Stdio::piped()).stderr(Stdio::piped());
        let child = job.spawn().unwrap();
        while world.hits("held") == 0 {
            std::thread::sleep(Duration::from_millis(5));
        }
        world.advance(jump);
        world.release();
        let output = child.wait_with_output().unwrap();
        assert_eq!(
            (output.status.code(), world.documents()),
            (Some(0), DOCUMENTS),
            "{case}: {}",
            text(&output)
        );
        in_peace(&world, case);
    }
}

#[test]
fn a_certificate_that_does_not_fit_ends_the_run_before_anything_is_sent() {
    let world = World::with("environment-tls", SimulatorOptions { tls: true, ..SimulatorOptions::default() });
    let (code, report, words) = run(&world, &[]);
    assert_eq!((code, world.documents()), (Some(3), 0), "{words}");
    assert_eq!((&report["result"], &report["errors"][0]["books_changed"]), (&"not_run".into(), &"no".into()));
    assert!(words.contains("certificate"), "{words}");
}

/// No name server knows this name, and none ever will.
#[tokio::test]
async fn an_unknown_host_is_told_as_not_sent() {
    let base = BaseUrl::explicitly_trusted("https://no-such-host.invalid").unwrap();
    let tokens = StaticToken::new(AccessToken::new("canary").unwrap());
    let client =
        Client::builder(base, RealmId::new("9130").unwrap(), tokens).read_attempts(1).build().unwrap();
    let error = client.preferences().await.unwrap_err();
    assert!(matches!(error, ReadError::NotSent { why: NotSentWhy::Connection(_), .. }), "{error:?}");
    assert!(!format!("{error} {error:?}").contains("canary"));
}
