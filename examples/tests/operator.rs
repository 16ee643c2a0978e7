//! What an operator relies on beside the posting itself: being told, files that are not overwritten, silence in a pipe, and a
//! run through trouble that leaves the books of a run in peace.
#![allow(clippy::print_stderr, reason = "a skipped check must say so")]

#[allow(dead_code, reason = "each test uses what it needs of it")]
use crate::support;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use support::{World, text};

fn day() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("data/boston-2026-02-03.json")
}

fn run(world: &World, options: &[&str]) -> Output {
    world.full_exchange().current_dir(&world.folder).args(options).arg("--pos").arg(day()).output().unwrap()
}

#[test]
fn somebody_is_told_whenever_a_run_does_not_end_well() {
    let world = World::new("notify");
    let notice = world.folder.join("notice.json");
    let bad = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bad/one-cent-off.json");
    let command = "cat > notice.json; echo told";
    let output = run(&world, &["--notify", command]);
    assert!(output.status.success() && !notice.exists(), "{}", text(&output));

    let output = run(&world, &["--notify", command, "--pos", bad.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(4), "{}", text(&output));
    let told: Value = serde_json::from_slice(&std::fs::read(&notice).unwrap()).unwrap();
    assert_eq!(told, world.report(), "what is told is what is written");
    assert!(String::from_utf8_lossy(&output.stderr).contains("told"));
    assert!(!String::from_utf8_lossy(&output.stdout).contains("told"), "the page is the program's alone");

    // Before anything is read too, and a notice that fails changes nothing but is said.
    std::fs::remove_file(&notice).unwrap();
    let output = run(&world, &["--notify", command, "--mapping", "nowhere.json"]);
    assert_eq!((output.status.code(), notice.exists()), (Some(2), true), "{}", text(&output));
    let output = run(&world, &["--notify", "exit 7", "--mapping", "nowhere.json"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output).contains("--notify: the command ended with exit status: 7"), "{}", text(&output));
}

#[test]
fn a_report_never_takes_the_place_of_a_file_that_the_run_needs() {
    let world = World::new("needed");
    for (name, option, what) in [
        ("shop.key", "--key-file", "the key of the connection"),
        ("app.json", "--client", "the file of the app's keys"),
        ("company.json", "--mapping", "the company mapping"),
    ] {
        let file = world.folder.join(name);
        std::fs::write(&file, "precious").unwrap();
        let mut job = Command::new(env!("CARGO_BIN_EXE_full-exchange"));
        job.arg(option).arg(&file).arg("--json").arg(&file).arg("--pos").arg(day());
        let output = job.output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{}", text(&output));
        assert!(text(&output).contains(what), "{}", text(&output));
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "precious");
    }
}

/// What a run in peace writes to a pipe: its page, and nothing else.
#[test]
fn no_progress_goes_into_a_pipe() {
    let world = World::new("pipe");
    let output = run(&world, &[]);
    assert!(output.status.success(), "{}", text(&output));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert!(!String::from_utf8_lossy(&output.stdout).contains('\u{1b}'));
}

/// The nightly run's units name options that the program has, and systemd takes them, where it is installed.
#[test]
fn the_units_of_the_nightly_run_are_good() {
    let deploy = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("deploy");
    let service = std::fs::read_to_string(deploy.join("full-exchange@.service")).unwrap();
    let help = Command::new(env!("CARGO_BIN_EXE_full-exchange")).arg("--help").output().unwrap();
    let (_, command) = service.split_once("ExecStart=/usr/bin/full-exchange").unwrap();
    let command = command.lines().take_while(|line| !line.starts_with('#')).collect::<Vec<_>>().join(" ");
    let options: Vec<&str> = command.split_whitespace().filter(|word| word.starts_with("--")).collect();
    assert_eq!(options.len(), 9, "{options:?}");
    for option in options.iter().map(|option| if *option == "--connection" { "--quickbooks" } else { option })
    {
        assert!(text(&help).contains(option), "{option} is no option");
    }
    let folder = std::env::temp_dir().join(format!("units-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let here = service.replace("/usr/bin/full-exchange", env!("CARGO_BIN_EXE_full-exchange"));
    for name in ["full-exchange@.service", "full-exchange@shop.service"] {
        std::fs::write(folder.join(name), &here).unwrap();
    }
    for name in ["full-exchange@.timer", "full-exchange@shop.timer"] {
        std::fs::copy(deploy.join("full-exchange@.timer"), folder.join(name)).unwrap();
    }
    let mut verify = Command::new("systemd-analyze");
    verify
        .arg("verify")
        .arg(folder.join("full-exchange@shop.service"))
        .arg(folder.join("full-exchange@shop.timer"));
    match verify.output() {
        Ok(output) => assert!(output.status.success(), "{}", text(&output)),
        Err(error) => eprintln!("skipped: systemd-analyze does not run here: {error}"),
    }
    let _ = std::fs::remove_dir_all(folder);
}

/// The week, through lost answers, 429s and tokens that run out all the time. The month that takes an hour is run by hand, see
/// `docs/connect.md`.
#[test]
fn a_run_through_trouble_leaves_the_books_of_a_run_in_peace() {
    let mut trial = Command::new(env!("CARGO_BIN_EXE_trial"));
    trial.args(["--token-life", "2", "--lost", "50", "--busy", "10", "--", "--trust-request-id"]);
    let output = trial.output().unwrap();
    let words = text(&output);
    assert!(output.status.success(), "{words}");
    let counted = |what: &str| {
        let line = words.lines().rev().find(|line| line.ends_with(what)).unwrap();
        line.split_whitespace().next().unwrap().parse::<u32>().unwrap()
    };
    assert!(counted("answers lost") > 0 && counted("429 by chance") > 0, "{words}");
    assert!(counted("token requests") > 1, "no token was renewed: {words}");
    assert_eq!(words.matches("  186 documents, 1 run(s)").count(), 2, "{words}");
    assert!(words.ends_with("0 differences, 0 duplicates\n"), "{words}");
}
