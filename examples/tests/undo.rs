//! `full-exchange undo` and the program `undo`: a batch of the trading week is taken back, passed by, and posted again.

#[allow(dead_code, reason = "each test uses what it needs of it")]
use crate::support;

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;
use support::{World, text};

fn post(world: &World) -> Output {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("data");
    let mut job = world.full_exchange();
    job.arg("--pos").arg(&data).arg("--mapping").arg(data.join("company/mapping.json"));
    job.output().unwrap()
}

fn with_world<'c>(program: &'c mut Command, world: &World) -> &'c mut Command {
    let mapping = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/company/mapping.json");
    program.arg("--quickbooks").arg(world.folder.join("connection.json"));
    program.arg("--log").arg(world.folder.join("log.sqlite")).arg("--mapping").arg(mapping)
}

fn undo(world: &World, options: &[&str]) -> Output {
    let mut program = Command::new(env!("CARGO_BIN_EXE_undo"));
    with_world(&mut program, world).args(options).output().unwrap()
}

#[test]
fn a_batch_of_the_week_is_taken_back_passed_by_and_posted_again() {
    let world = World::new("undo");
    let none = undo(&world, &["boston/1/4", "--because", "x"]);
    assert_eq!(none.status.code(), Some(2), "{}", text(&none));
    let posted = post(&world);
    assert!(posted.status.success(), "{}", text(&posted));
    let count =
        |world: &World, entity: &str| world.rows(entity).iter().filter(|row| row["TotalAmt"] != 0).count();
    let invoices = count(&world, "Invoice");

    assert_eq!(undo(&world, &["boston/1/4"]).status.code(), Some(2), "no reason");
    assert_eq!(undo(&world, &["boston/1/4711", "--because", "x"]).status.code(), Some(2), "no such batch");
    let preview = undo(&world, &["boston/1/4", "--dry-run"]);
    assert!(preview.status.success(), "{}", text(&preview));
    assert!(text(&preview).contains("boston/1/4: an undo would take back"), "{}", text(&preview));
    assert_eq!(count(&world, "Invoice"), invoices);

    // The sub-command of the main program is the same.
    let mut program = Command::new(env!("CARGO_BIN_EXE_full-exchange"));
    program.args(["undo", "boston/1/4", "--because", "the wrong day", "--by", "Pat"]);
    let done = with_world(&mut program, &world).output().unwrap();
    assert!(done.status.success(), "{}", text(&done));
    let page = text(&done);
    assert!(page.contains("boston/1/4 is undone: ") && page.contains("ledger shows none of it"), "{page}");
    assert!(count(&world, "Invoice") < invoices);

    // A run passes it by, ties out without it, and its certificate says so.
    let passed = post(&world);
    assert!(passed.status.success(), "{}", text(&passed));
    assert!(text(&passed).contains("Pat on "), "{}", text(&passed));

    let again = undo(&world, &["boston/1/4", "--post-again", "--because", "the right day", "--by", "Pat"]);
    assert!(again.status.success(), "{}", text(&again));
    let posted = post(&world);
    assert!(posted.status.success(), "{}", text(&posted));
    assert_eq!(count(&world, "Invoice"), invoices);
    assert!(world.rows("Invoice").iter().any(|row| row["DocNumber"] == "CLT1521022B4V1"));

    let once_more = undo(&world, &["boston/1/4", "--because", "again", "--by", "Pat", "--json"]);
    assert!(once_more.status.success(), "{}", text(&once_more));
    let json: Value = serde_json::from_slice(&once_more.stdout).unwrap();
    assert_eq!(
        (&json["undos"][0]["result"], &json["undos"][0]["origin"]),
        (&"done".into(), &"boston/1/4".into())
    );
}
