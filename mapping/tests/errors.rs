//! The error gallery: every folder of `tests/errors` holds what is refused, a POS file that cannot be planned (`pos.json`,
//! perhaps with a `company.json`) or a company mapping that is none (`company.json` alone), and exactly what is said about
//! it (`error.txt`). `UPDATE_GOLDEN=1 cargo test -p mapping --test all errors` writes the texts again; the codes are typed by hand.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use mapping::{Company, CompanyFault, CompanyMapping, Origin, PlanError, PlanFault, plan};
use pos_model::PosFile;

/// A megabyte of text is no reading: `refusals.rs` has its test.
const WITHOUT_FOLDER: &str = "document-too-large";

/// Every fault of a plan and of a company mapping. Its folder bears its code.
const CODES: [&str; 33] = [
    "account-name",
    "before-start",
    "change-twice",
    "code-twice",
    "credit-paid-back-without-money",
    "day-end",
    "deposit-of-several-customers",
    "display-name",
    WITHOUT_FOLDER,
    "empty-purchase-order",
    "item-accounts",
    "item-detail-twice",
    "name",
    "no-opening",
    "number-too-long",
    "open-batch",
    "open-purchase-order",
    "opening-amount",
    "opening-date",
    "prefix",
    "prefix-length",
    "prefix-shared",
    "reserved-item",
    "summary-day",
    "tax-code-id",
    "tax-code-set",
    "tax-codes-apart",
    "tax-on-untaxed-code",
    "too-many-lines",
    "undecided",
    "unknown-mapping-version",
    "unknown-tax-code",
    "vendor-name",
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

/// The codes of everything wrong, and what is said.
fn refusal(folder: &Path) -> (Vec<&'static str>, String) {
    let company = match fs::read(folder.join("company.json")) {
        Ok(bytes) => match serde_json::from_slice::<CompanyMapping>(&bytes) {
            Ok(mapping) => Company::try_from(mapping),
            Err(error) => return (vec!["wrong-shape"], error.to_string()),
        },
        Err(_) => Ok(Company::default()),
    };
    let company = match company {
        Ok(company) => company,
        Err(faults) => {
            let lines: Vec<String> = faults.iter().map(ToString::to_string).collect();
            return (faults.iter().map(CompanyFault::code).collect(), lines.join("\n"));
        }
    };
    let file = fs::read(folder.join("pos.json")).map(|bytes| PosFile::from_json(&bytes).unwrap());
    let file = file.unwrap_or_else(|_| panic!("{}: the mapping is valid and there is no file", name(folder)));
    let batches = file.batches().iter().map(|batch| plan(batch, &company).map(drop));
    let orders = file.purchase_orders().iter().map(|order| plan(order, &company).map(drop));
    let opening = file.batches().first().map(|batch| {
        Origin::opening_entry(batch.store(), &company).and_then(|origin| plan(origin, &company)).map(drop)
    });
    let error = batches.chain(orders).chain(opening).find_map(Result::err);
    let error = error.unwrap_or_else(|| panic!("{}: nothing is wrong", name(folder)));
    let codes = match &error {
        PlanError::Faults(faults) => faults.iter().map(PlanFault::code).collect(),
        error => vec![error.code()],
    };
    (codes, error.to_string())
}

#[test]
fn every_refusal_reads_as_it_was_reviewed() {
    let mut wrong = Vec::new();
    for folder in folders() {
        let found = format!("{}\n", refusal(&folder).1);
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
fn every_code_has_a_folder_and_every_folder_is_named_by_what_is_wrong() {
    let folders = folders();
    for code in CODES.into_iter().filter(|code| *code != WITHOUT_FOLDER) {
        assert!(folders.iter().any(|folder| name(folder) == code), "{code}");
    }
    for folder in folders.iter().filter(|folder| name(folder) != "several-faults") {
        let codes: BTreeSet<_> = refusal(folder).0.into_iter().collect();
        let found =
            codes.iter().any(|code| name(folder) == *code || name(folder).starts_with(&format!("{code}-")));
        assert!(found && codes.len() == 1, "{}: {codes:?}", name(folder));
    }
}

#[test]
fn faults_are_reported_together() {
    let folder = folders().into_iter().find(|folder| name(folder) == "several-faults").unwrap();
    let (codes, _) = refusal(&folder);
    assert_eq!(codes, ["unknown-tax-code", "tax-on-untaxed-code", "number-too-long"]);
}

/// The list above cannot fall behind: it is as long as the lists of codes in the crate's sources.
#[test]
fn the_list_of_codes_is_complete() {
    let sources = [include_str!("../src/error.rs"), include_str!("../src/company/fault.rs")];
    let lines = sources.iter().flat_map(|source| source.lines());
    let codes = lines.filter_map(|line| line.trim().strip_prefix("Self::")?.split_once("=> \""));
    let codes: BTreeSet<_> = codes.map(|(_, rest)| rest.trim_end_matches("\",")).collect();
    // Plan faults together are an error of their own code, whose text is theirs.
    let expected: BTreeSet<_> = CODES.into_iter().chain(["unplannable"]).collect();
    assert_eq!(codes, expected);
}
