//! The program `drift`: nothing on an untouched trading week, and what a person did is named.

#[allow(dead_code, reason = "each test uses what it needs of it")]
use crate::support;

use std::path::Path;
use std::process::{Command, Output};

use serde_json::{Value, json};
use support::{World, text};

fn drift(world: &World, options: &[&str]) -> Output {
    let mapping = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/company/mapping.json");
    let mut program = Command::new(env!("CARGO_BIN_EXE_drift"));
    program.arg("--quickbooks").arg(world.folder.join("connection.json"));
    program.arg("--log").arg(world.folder.join("log.sqlite"));
    program.arg("--mapping").arg(mapping).args(options);
    program.output().unwrap()
}

#[test]
fn drift_names_what_somebody_changed_and_nothing_else() {
    let world = World::new("drift");
    let none = drift(&world, &[]);
    assert_eq!(none.status.code(), Some(2), "{}", text(&none));
    assert!(text(&none).contains("there is no such posting log"), "{}", text(&none));
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("data");
    let mut job = world.full_exchange();
    job.arg("--pos").arg(&data).arg("--mapping").arg(data.join("company/mapping.json"));
    let posted = job.output().unwrap();
    assert!(posted.status.success(), "{}", text(&posted));
    for options in [&[][..], &["--each"]] {
        let untouched = drift(&world, options);
        assert!(untouched.status.success(), "{}", text(&untouched));
        let page = text(&untouched);
        assert_eq!(
            page,
            "186 documents posted, all compared with what was sent.\nNothing of it has drifted.\n"
        );
    }
    let payments = world.rows("Payment");
    let payment = payments.iter().find(|row| row["PaymentRefNum"] == "CL15239T1521022B4").unwrap();
    let body = json!({"Id": payment["Id"], "SyncToken": payment["SyncToken"]});
    world.ask("payment?operation=delete", &body.to_string());
    let found = drift(&world, &["--json"]);
    assert_eq!(found.status.code(), Some(1), "{}", text(&found));
    let found: Value = serde_json::from_slice(&found.stdout).unwrap();
    assert_eq!(found["findings"].as_array().unwrap().len(), 1);
    assert_eq!(found["findings"][0]["what"], "deleted");
    assert_eq!(found["findings"][0]["document"]["number"], "CL15239T1521022B4");
    assert_eq!(found["findings"][0]["document"]["event"], "boston/1/4/transaction-1521022");

    // The deletion is shown, reposted, and gone from the findings; the next run posts the batch again.
    let id = found["findings"][0]["id"].as_str().unwrap();
    let shown = drift(&world, &["repost", id, "--dry-run"]);
    assert!(shown.status.success() && text(&shown).contains("would repost"), "{}", text(&shown));
    assert_eq!(drift(&world, &["restore", id, "--because", "x", "--by", "Pat"]).status.code(), Some(1));
    assert_eq!(
        drift(&world, &["accept", "nosuchid", "--because", "x", "--by", "Pat"]).status.code(),
        Some(2)
    );
    let done = drift(&world, &["repost", id, "--because", "deleted by mistake", "--by", "Pat"]);
    assert!(done.status.success(), "{}", text(&done));
    let mut job = world.full_exchange();
    job.arg("--pos").arg(&data).arg("--mapping").arg(data.join("company/mapping.json"));
    let posted = job.output().unwrap();
    assert!(posted.status.success(), "{}", text(&posted));
    let none = drift(&world, &["--each"]);
    assert!(none.status.success(), "{}", text(&none));
}
