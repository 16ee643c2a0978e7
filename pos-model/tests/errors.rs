//! The error gallery: every folder of `tests/errors` holds a file that is refused (`pos.json`, or `pos.bin` when it is
//! no text; `customers.json` when it is read as a customer file) and exactly what is said about it (`error.txt`). The
//! folders are the reference of what can be wrong. `UPDATE_GOLDEN=1 cargo test -p pos-model --test errors` writes the texts
//! again; the codes below are typed by hand.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use pos_model::{CustomerFile, FileError, PosFile};

/// Every rule of content. Its folder bears its code.
const RULES: [&str; 46] = [
    "account-tender-refused",
    "certificate-on-other-line",
    "certificate-on-other-tender",
    "closed-without-instant",
    "customer-required",
    "date-out-of-range",
    "deposit-given",
    "deposit-paid-from-itself",
    "duplicate",
    "excess-precision",
    "face-value-below-amount",
    "face-value-on-other-line",
    "illegal-character",
    "illegal-identifier",
    "keeper-of-unmerged",
    "keeper-required",
    "merge-ring",
    "merged-into-itself",
    "missing",
    "money-tender-required",
    "negative-credit-limit",
    "negative-price",
    "negative-purchase",
    "purchase-tax-twice",
    "no-lines",
    "no-tenders",
    "not-a-decimal",
    "not-positive",
    "open-with-instant",
    "order-on-other-tender",
    "order-required",
    "out-of-range",
    "ship-to-without-shipping",
    "tax-on-certificate",
    "tax-on-rounding",
    "tenders-do-not-foot",
    "too-long",
    "too-many",
    "total-out-of-range",
    "unknown-customer",
    "unknown-customer-field",
    "unknown-tender-type",
    "unknown-version",
    "wrong-sign",
    "z-total-differs",
    "zero-quantity",
];

fn folders() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/errors");
    let mut folders: Vec<_> = fs::read_dir(&root).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.sort();
    folders
}

fn name(folder: &Path) -> &str {
    folder.file_name().unwrap().to_str().unwrap()
}

fn refusal(folder: &Path) -> FileError {
    if let Ok(bytes) = fs::read(folder.join("customers.json")) {
        return CustomerFile::from_json(&bytes).expect_err(name(folder));
    }
    let bytes = fs::read(folder.join("pos.json")).or_else(|_| fs::read(folder.join("pos.bin"))).unwrap();
    PosFile::from_json(&bytes).expect_err(name(folder))
}

#[test]
fn every_refusal_reads_as_it_was_reviewed() {
    let mut wrong = Vec::new();
    for folder in folders() {
        let found = format!("{}\n", refusal(&folder));
        let golden = folder.join("error.txt");
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            fs::write(&golden, &found).unwrap();
        } else if fs::read_to_string(&golden).unwrap_or_default() != found {
            wrong.push(format!("{}\n{found}", name(&folder)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_rule_has_a_folder_that_breaks_it_and_nothing_else() {
    let folders = folders();
    for code in RULES {
        let folder = folders.iter().find(|folder| name(folder) == code).expect(code);
        let error = refusal(folder);
        let codes: Vec<_> = error.faults().iter().map(pos_model::Fault::code).collect();
        assert_eq!(codes, [code]);
    }
}

/// A folder may show another case of a rule: its name then begins with the rule's code.
#[test]
fn every_folder_is_named_by_what_is_wrong() {
    for folder in folders().iter().filter(|folder| name(folder) != "several-faults") {
        let error = refusal(folder);
        let codes = match error.faults() {
            [] => vec![error.code()],
            faults => faults.iter().map(pos_model::Fault::code).collect(),
        };
        let [code] = codes[..] else { panic!("{}: {codes:?}", name(folder)) };
        assert!(
            name(folder) == code || name(folder).starts_with(&format!("{code}-")),
            "{}: {code}",
            name(folder)
        );
    }
}

#[test]
fn files_that_are_no_json_of_this_form_have_folders_too() {
    let named =
        |start: &str| folders().into_iter().filter(|f| name(f).starts_with(start)).collect::<Vec<_>>();
    let shapes = named("wrong-shape-");
    assert_eq!(shapes.len(), 16);
    for folder in shapes {
        assert_eq!(refusal(&folder).code(), "wrong-shape", "{}", name(&folder));
    }
    let bytes = named("invalid-utf8");
    assert_eq!(bytes.len(), 1);
    assert_eq!(refusal(&bytes[0]).code(), "invalid-utf8");
}

#[test]
fn faults_are_reported_together() {
    let folder = folders().into_iter().find(|folder| name(folder) == "several-faults").unwrap();
    let error = refusal(&folder);
    assert_eq!(error.code(), "invalid-content");
    let codes: Vec<_> = error.faults().iter().map(pos_model::Fault::code).collect();
    assert_eq!(
        codes,
        [
            "closed-without-instant",
            "wrong-sign",
            "excess-precision",
            "unknown-tender-type",
            "tenders-do-not-foot",
            "customer-required",
            "not-positive",
        ]
    );
}

/// The list above cannot fall behind: it is as long as the list of codes in the crate's source.
#[test]
fn the_list_of_rules_is_complete() {
    let source = include_str!("../src/error.rs");
    let codes: BTreeSet<_> =
        source.lines().filter_map(|line| line.trim().strip_prefix("Self::")?.split_once("=> \"")).collect();
    let codes: BTreeSet<_> = codes.into_iter().map(|(_, rest)| rest.trim_end_matches("\",")).collect();
    let files =
        ["invalid-utf8", "company-mapping", "customer-file", "pos-file", "wrong-shape", "invalid-content"];
    let expected: BTreeSet<_> = RULES.into_iter().chain(files).collect();
    assert_eq!(codes, expected);
}

#[test]
fn the_readme_names_every_code() {
    let readme = include_str!("../README.md");
    for code in RULES.into_iter().chain([
        "wrong-shape",
        "company-mapping",
        "customer-file",
        "pos-file",
        "invalid-utf8",
    ]) {
        assert!(readme.contains(&format!("`{code}`")), "{code}");
    }
}
