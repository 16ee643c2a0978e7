//! The main job as people run it: the sample day, bad input, a second run, a process that is killed.

#[allow(dead_code, reason = "each test uses what it needs of it")]
use crate::support;

use std::path::Path;
use std::process::{Command, Stdio};

use support::{World, text};

/// T-01, X-07: a run can be repeated; the simulator is the QuickBooks of every test here.
#[test]
fn without_arguments_the_trading_week_is_posted_and_a_second_run_posts_nothing() {
    let folder = std::env::temp_dir().join(format!("full-exchange-week-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_full-exchange")).current_dir(&folder).output().unwrap();
    let text = text(&output);
    assert!(output.status.success(), "{text}");
    let page = Path::new("target/certificate/certificate-1/index.html");
    assert!(text.contains(&page.display().to_string()), "{text}");
    assert!(folder.join(page).is_file());
    std::fs::remove_dir_all(&folder).unwrap();
    for number in [
        "CLT1521022B4",
        "CL15239T1521022B4",
        "CLT1521023B4",
        "CLT1522870B11",
        "CL15236A6798B7",
        "CL15239DP11791B10",
    ] {
        assert!(text.contains(number), "{number} is not shown:\n{text}");
    }
    for words in [
        "Saturday 2026-02-07",
        "Salem Store, register 1, batch 41",
        "Invoice CLT1521022B4, 112.59, for Boston Store: goods sold 105.97 and sales tax 6.62; paid in full by Payment CL15239T1521022B4",
        "Payment SL15239T830133B44, 12.75, from Salem Store: received in Cash; pays Invoice SLT830133B44 (2026-02-07)",
        "186 documents: 0 already posted, 186 created",
        "216 core calls (writes, which are free)",
        "QuickBooks' limits would have made this run take ",
        "The books tie out.",
        "186 documents: 186 already posted, 0 created",
    ] {
        assert!(text.contains(words), "{words} is not shown:\n{text}");
    }
    // What the readme shows is what the program prints.
    let readme =
        include_str!("../../README.md").split("```text\n").nth(1).unwrap().split("```").next().unwrap();
    assert!(readme.contains("The books tie out."), "{readme}");
    for line in readme.lines().filter(|line| *line != "...") {
        assert!(text.lines().any(|printed| printed == line), "the readme shows {line:?}:\n{text}");
    }
}

#[test]
#[rustfmt::skip]
fn bad_input_is_named_with_place_value_and_remedy_and_nothing_of_the_file_is_sent() {
    let world = World::new("bad");
    let bad = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bad");
    for (file, expected) in [
        ("unknown-field", "batches[0].transactions[0].tenders[0].tip: unknown field `tip`"),
        ("one-cent-off", "batch 4, transaction 1521022, tenders: tenders total 112.58 but lines and tax total 112.59"),
        ("open-batch", "store boston, register 1, batch 4 is open; close it with a Z report"),
        ("missing-tender-type", "transaction 1521022, tender 1, type: tender type 15239 is not in the file's tender_types"),
        ("number-of-22-characters", "the number CL15239T12345678B12345 has 22 characters, QuickBooks holds 21"),
        ("invalid-utf8", "is not valid UTF-8; export the file as UTF-8"),
    ] {
        let output =
            world.full_exchange().arg("--pos").arg(bad.join(file).with_extension("json")).output().unwrap();
        let text = text(&output);
        assert_eq!(output.status.code(), Some(4), "{file}: {text}");
        assert!(text.contains(expected), "{file}: {text}");
        assert_eq!(world.documents(), 0, "{file}: something was sent");
    }
}

#[test]
fn a_bad_file_does_not_keep_a_good_one_from_being_posted() {
    let world = World::new("mixed");
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let output = world
        .full_exchange()
        .arg("--pos")
        .arg(root.join("tests/bad/one-cent-off.json"))
        .arg("--pos")
        .arg(root.join("data"))
        .arg("--mapping")
        .arg(root.join("data/company/mapping.json"))
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(4), "{}", text(&output));
    assert_eq!(world.report()["documents"]["created"], 186);
    assert_eq!(world.documents(), 186);
}

#[test]
fn the_same_file_twice_is_posted_once_with_a_notice() {
    let world = World::new("twice");
    let day = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/boston-2026-02-03.json");
    let copy = world.folder.join("copy.json");
    std::fs::copy(&day, &copy).unwrap();
    let output = world.full_exchange().arg("--pos").arg(&day).arg("--pos").arg(&copy).output().unwrap();
    let text = text(&output);
    assert!(output.status.success(), "{text}");
    assert!(text.contains("batch 4 of store boston is the same as in"), "{text}");
    assert_eq!(world.documents(), 17);
}

/// T-06: a void, an addition and a change after posting are refused or said aloud; QuickBooks is left alone.
#[test]
fn a_batch_that_changes_after_posting_is_refused_with_the_documents_named() {
    let world = World::new("changed");
    let day = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/boston-2026-02-03.json");
    let text_of_day = std::fs::read_to_string(&day).unwrap();
    let file = world.folder.join("day.json");
    let run = |change: &dyn Fn(&mut serde_json::Value)| {
        let mut json: serde_json::Value = serde_json::from_str(&text_of_day).unwrap();
        change(&mut json);
        std::fs::write(&file, json.to_string()).unwrap();
        let output = world.full_exchange().arg("--pos").arg(&file).output().unwrap();
        (output.status.code(), text(&output))
    };
    assert_eq!(run(&|_| {}).0, Some(0));
    let (code, words) = run(&|day| day["batches"][3]["transactions"][0]["status"] = "voided".into());
    assert_eq!(code, Some(4), "{words}");
    assert!(
        words.contains("store boston, register 4, batch 11 was posted and has changed since: no longer in it: Credit memo CLT1522870B11"),
        "{words}"
    );
    let (code, words) = run(&|day| {
        let mut late = day["batches"][3]["transactions"][1].clone();
        late["number"] = 1522999.into();
        day["batches"][3]["transactions"].as_array_mut().unwrap().push(late);
    });
    assert_eq!(code, Some(4), "{words}");
    assert!(words.contains("new in it: Credit memo CLT1522999B11R, Invoice CLT1522999B11"), "{words}");
    let (code, words) = run(&|day| {
        let sale = &mut day["batches"][0]["transactions"][0];
        sale["lines"][0]["amount"] = "90.99".into();
        sale["tenders"][0]["amount"] = "113.59".into();
        day["batches"][0].as_object_mut().unwrap().remove("z_totals");
    });
    assert_eq!(code, Some(1), "{words}");
    assert!(
        words.contains("Invoice CLT1521022B4: conflict: it was posted over 112.59 instead of 113.59"),
        "{words}"
    );
    assert_eq!(world.documents(), 17);
}

/// T-06: the same where the company has late edits corrected; the certificate shows them, and a number of one is explained.
#[test]
fn t_06_a_batch_that_changes_after_posting_is_corrected_where_the_company_says_so() {
    let world = World::new("corrected");
    let mapping = world.folder.join("company.json");
    std::fs::write(&mapping, r#"{"version": 1, "late_edits": "correct"}"#).unwrap();
    let day = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/boston-2026-02-03.json");
    let text_of_day = std::fs::read_to_string(&day).unwrap();
    let file = world.folder.join("day.json");
    let run = |change: &dyn Fn(&mut serde_json::Value)| {
        let mut json: serde_json::Value = serde_json::from_str(&text_of_day).unwrap();
        change(&mut json);
        std::fs::write(&file, json.to_string()).unwrap();
        let output =
            world.full_exchange().arg("--pos").arg(&file).arg("--mapping").arg(&mapping).output().unwrap();
        (output.status.code(), text(&output))
    };
    let voided = |day: &mut serde_json::Value| {
        day["batches"][3]["transactions"][0]["status"] = "voided".into();
        day["batches"][3].as_object_mut().unwrap().remove("z_totals");
    };
    assert_eq!(run(&|_| {}).0, Some(0));
    assert_eq!(world.documents(), 17);
    let (code, words) = run(&voided);
    assert_eq!(code, Some(0), "{words}");
    assert!(words.contains("Boston Store, register 4, batch 11: correction 1"), "{words}");
    let corrected = world.documents();
    assert!(corrected > 17);
    let (code, words) = run(&voided);
    assert_eq!(code, Some(0), "{words}");
    assert_eq!(world.documents(), corrected, "run again posts nothing");
    let explained = Command::new(env!("CARGO_BIN_EXE_explain")).arg("CLT1522870B11C1").output().unwrap();
    let words = text(&explained);
    assert!(
        words.contains(
            "correction 1, posted because the till changed what was posted before, of transaction 1522870"
        ),
        "{words}"
    );
}

/// X-02: the process is killed after about every second document, without a chance to tidy up.
#[test]
fn killed_again_and_again_it_posts_every_document_once() {
    let world = World::new("killed");
    let day = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/boston-2026-02-03.json");
    let mut kills = 0;
    for goal in (1..17).step_by(2) {
        let mut job = world.full_exchange();
        job.arg("--pos").arg(&day).arg("--trust-request-id").stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = job.spawn().unwrap();
        while world.documents() < goal && child.try_wait().unwrap().is_none() {
            std::thread::yield_now();
        }
        if child.try_wait().unwrap().is_none() {
            child.kill().unwrap();
            kills += 1;
        }
        child.wait().unwrap();
    }
    assert!(kills > 0, "the job was too fast to be killed even once");
    let output = world.full_exchange().arg("--pos").arg(&day).arg("--trust-request-id").output().unwrap();
    let text = text(&output);
    assert!(output.status.success(), "{text}");
    assert!(text.contains("The books tie out."), "{text}");
    assert_eq!(world.documents(), 17);
    let counts = &world.report()["documents"];
    let settled = ["already_posted", "created", "adopted"].map(|word| counts[word].as_u64().unwrap());
    assert_eq!(settled.iter().sum::<u64>(), 17, "{counts}");
}

#[test]
fn x_08_a_number_is_explained_and_traced_to_the_till_s_lines() {
    let day = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/boston-2026-02-03.json");
    let explain = |number: &str| {
        let output =
            Command::new(env!("CARGO_BIN_EXE_explain")).arg(number).arg("--pos").arg(&day).output().unwrap();
        (output.status.code(), text(&output))
    };
    let (code, words) = explain("CL15239T1521022B4");
    assert_eq!(code, Some(0), "{words}");
    assert!(words.contains("transaction 1521022 of batch 4: the payment taken"), "{words}");
    assert!(words.contains("tender 15239 Cash"), "{words}");
    assert!(words.contains("event boston/1/4/transaction-1521022"), "{words}");
    let (_, words) = explain("clt1521022b4");
    assert!(words.contains("Cr          15.98  Cloud POS Sales Control Account  from line 2"), "{words}");
    let (code, words) = explain("1037");
    assert_eq!(code, Some(4), "{words}");
    assert!(words.contains("no number of ours; ours are plain and begin with CL"), "{words}");
    let (code, words) = explain("CLT999B9");
    assert_eq!(code, Some(1), "{words}");
}

/// F-07, X-01: full-exchange posts a day in each form that a mapping may choose, and it ties out; preview-plan shows the same.
#[test]
fn f_07_a_day_is_posted_and_previewed_in_every_form() {
    let day = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/boston-2026-02-03.json");
    let mut documents = Vec::new();
    for detail in ["all", "charges", "summarised"] {
        let world = World::new(&format!("detail-{detail}"));
        let mapping = world.folder.join("company.json");
        std::fs::write(&mapping, format!(r#"{{"item_detail": [{{"detail": "{detail}"}}]}}"#)).unwrap();
        let preview = Command::new(env!("CARGO_BIN_EXE_preview-plan"))
            .args([day.as_os_str(), "--mapping".as_ref(), mapping.as_os_str()])
            .output()
            .unwrap();
        let page = text(&preview);
        assert!(preview.status.success(), "{page}");
        assert_eq!(page.contains("Invoice CLS260203B4"), detail != "all", "{detail}");
        for _ in 0..2 {
            let output =
                world.full_exchange().arg("--pos").arg(&day).arg("--mapping").arg(&mapping).output().unwrap();
            assert!(output.status.success(), "{detail}: {}", text(&output));
            assert_eq!(world.report()["tie_out"]["differences"], serde_json::json!([]), "{detail}");
        }
        documents.push(world.documents());
    }
    assert!(documents[1] < documents[0] && documents[2] == documents[1], "{documents:?}");
}

/// T-05: what was closed before the company went live is skipped and counted.
#[test]
fn a_batch_closed_before_the_start_is_skipped_and_counted() {
    let world = World::new("start");
    let mapping = world.folder.join("company.json");
    std::fs::write(&mapping, r#"{"start": "2026-02-03T18:05:00-05:00"}"#).unwrap();
    let day = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/boston-2026-02-03.json");
    let output =
        world.full_exchange().arg("--pos").arg(&day).arg("--mapping").arg(&mapping).output().unwrap();
    assert!(output.status.success(), "{}", text(&output));
    let report = world.report();
    assert_eq!(report["skipped"]["batch closed before the start"], 2);
    assert_eq!(report["batches"].as_array().unwrap().len(), 2);
    assert_eq!(world.documents(), 9);
}

/// T-05: on the day the company goes live there may be opening balances to post and no batch yet.
#[test]
fn t_05_the_opening_entry_is_posted_with_a_file_without_batches() {
    let world = World::new("opening");
    let (mapping, day) = (world.folder.join("company.json"), world.folder.join("day.json"));
    let opening = r#"{"opening": {"date": "2026-02-02", "vouchers": "120.00", "deposits": "25.00",
        "from_account": "Opening Balance Equity", "confirmed": true}}"#;
    std::fs::write(&mapping, opening).unwrap();
    let store = r#"{"version": 1, "store": {"code": "boston", "name": "Boston Store", "retailer": "1651"},
        "tender_types": []}"#;
    std::fs::write(&day, store).unwrap();
    let output =
        world.full_exchange().arg("--pos").arg(&day).arg("--mapping").arg(&mapping).output().unwrap();
    assert!(output.status.success(), "{}", text(&output));
    assert!(text(&output).contains("CLOB260202"), "{}", text(&output));
    let entries = world.ask("query", "select * from JournalEntry");
    let entries = entries["QueryResponse"]["JournalEntry"].as_array().unwrap();
    assert_eq!((entries.len(), entries[0]["DocNumber"].as_str()), (1, Some("CLOB260202")));
}

/// X-01: what could not be started stands in no figure, so nothing is said to tie out; a reason that repeats is said once.
#[test]
fn nothing_is_said_to_tie_out_when_nothing_could_be_started() {
    let world = World::new("nothing");
    let mapping = world.folder.join("company.json");
    std::fs::write(&mapping, r#"{"stores": {"boston": {"location": "Nowhere"}}}"#).unwrap();
    let day = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/boston-2026-02-03.json");
    let output =
        world.full_exchange().arg("--pos").arg(&day).arg("--mapping").arg(&mapping).output().unwrap();
    assert_eq!(output.status.code(), Some(2), "{}", text(&output));
    assert!(text(&output).contains("Nothing was posted, so nothing was tied out."), "{}", text(&output));
    assert!(!text(&output).contains("The books tie out"), "{}", text(&output));
    assert_eq!(text(&output).matches("no active location").count(), 1, "{}", text(&output));
}

/// X-03: text and JSON, before anything is sent.
#[test]
fn preview_plan_shows_the_plan_and_needs_no_network() {
    let day = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/boston-2026-02-03.json");
    let preview = || Command::new(env!("CARGO_BIN_EXE_preview-plan"));
    let page = preview().arg(&day).output().unwrap();
    assert!(page.status.success());
    assert!(
        text(&page).contains("Invoice CLT1521022B4  2026-02-03  112.59  Boston Store"),
        "{}",
        text(&page)
    );
    let json = preview().arg(&day).arg("--json").output().unwrap();
    let plans: serde_json::Value = serde_json::from_slice(&json.stdout).unwrap();
    assert_eq!(plans[0]["documents"][0]["number"], "CLT1521022B4");
    assert_eq!(plans[0]["control_accounts"]["Cloud POS Vouchers Control Account"], "-2.56");
}
