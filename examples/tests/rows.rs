//! `docs/rows.md`: which tests prove which rule of `docs/rules.md`. Made from the tests' names, their doc comments and the
//! golden folders; `UPDATE_GOLDEN=1 cargo test -p examples --test all rows` writes it again. And `docs/rules.md` itself: it states
//! each rule that a source or a page names, and no other.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

/// Rules by letter: how many there are.
const ROWS: [(char, u32); 8] =
    [('P', 10), ('T', 6), ('A', 14), ('N', 16), ('D', 25), ('X', 8), ('F', 16), ('G', 26)];

/// Rules that no test proves wholly, each with its reason.
const OPEN: [(&str, &str); 1] = [(
    "F-10",
    "decided by `mapping::customers`; no program reads the definitions of customers' custom fields, so that none is shared, which is said",
)];

#[test]
fn every_row_has_a_test_and_the_table_is_true() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut tests: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for file in sources(root) {
        collect(root, &file, &mut tests);
    }
    for folder in ["mapping/tests/golden", "mapping/tests/customers"] {
        for case in fs::read_dir(root.join(folder)).unwrap() {
            let name = case.unwrap().file_name().into_string().unwrap();
            for row in rows_in(&name) {
                tests.entry(row).or_default().insert(format!("{folder}/{name}"));
            }
        }
    }
    let all = ROWS.iter().flat_map(|(letter, count)| (1..=*count).map(move |n| format!("{letter}-{n:02}")));
    let mut table = String::from(
        "# Which tests prove which rule\n\nThe rules are stated in [rules.md](rules.md). Made from the tests' names, doc \
         comments and golden folders by\n`examples/tests/rows.rs`.\n\n| rule | tests |\n|---|---|\n",
    );
    let mut missing = Vec::new();
    for row in all {
        let open = OPEN.iter().find(|(open, _)| row == *open).map(|(_, reason)| *reason);
        match (tests.get(&row), open) {
            (Some(found), open) => {
                let found = found.iter().map(|test| format!("`{test}`"));
                let found: Vec<String> = found.chain(open.map(|reason| format!("open: {reason}"))).collect();
                writeln!(table, "| {row} | {} |", found.join("<br>")).unwrap();
            }
            (None, Some(reason)) => writeln!(table, "| {row} | open: {reason} |").unwrap(),
            (None, None) => missing.push(row),
        }
    }
    assert!(missing.is_empty(), "no test names {missing:?}");
    let page = root.join("docs/rows.md");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&page, table).unwrap();
    } else {
        assert!(
            fs::read_to_string(&page).unwrap() == table,
            "docs/rows.md is out of date; write it with UPDATE_GOLDEN=1"
        );
    }
}

#[test]
fn every_rule_that_is_named_is_stated_and_no_other() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let page = fs::read_to_string(root.join("docs/rules.md")).unwrap();
    let mut stated: BTreeMap<&str, &str> = BTreeMap::new();
    for row in page.lines().filter_map(|line| line.strip_prefix("| ")) {
        let Some((code, rule)) = row.split_once(" | ") else { continue };
        if !codes_in(code).is_empty() {
            assert!(stated.insert(code, rule).is_none(), "docs/rules.md states {code} twice");
            assert!(!rule.trim_end_matches(['|', ' ']).is_empty(), "docs/rules.md says nothing about {code}");
        }
    }
    let known: BTreeSet<String> = ROWS
        .iter()
        .flat_map(|(letter, count)| (1..=*count).map(move |n| format!("{letter}-{n:02}")))
        .collect();
    let stated: BTreeSet<String> = stated.into_keys().map(str::to_owned).collect();
    assert_eq!(stated, known, "docs/rules.md states one set of rules, and this test counts another");

    let mut files = sources(root);
    for folder in [root.to_path_buf(), root.join("docs"), root.join("examples/data"), root.join("pos-model")]
    {
        let pages = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        files.extend(pages.filter(|path| path.extension().is_some_and(|extension| extension == "md")));
    }
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        for code in codes_in(&text) {
            assert!(
                known.contains(&code),
                "{} names {code}, which docs/rules.md does not state",
                file.display()
            );
        }
    }
}

/// Codes as sources write them: one letter of the rules, a hyphen, two digits, and no letter or digit beside.
fn codes_in(text: &str) -> BTreeSet<String> {
    let bytes = text.as_bytes();
    let is_code = |at: &[u8]| {
        ROWS.iter().any(|(letter, _)| *letter as u8 == at[0])
            && at[1] == b'-'
            && at[2..4].iter().all(u8::is_ascii_digit)
    };
    (0..bytes.len().saturating_sub(3))
        .filter(|&at| is_code(&bytes[at..]))
        .filter(|&at| at.checked_sub(1).is_none_or(|before| !bytes[before].is_ascii_alphanumeric()))
        .filter(|&at| bytes.get(at + 4).is_none_or(|after| !after.is_ascii_alphanumeric()))
        .map(|at| text[at..at + 4].to_owned())
        .collect()
}

/// Every Rust file of the workspace that may name a rule.
fn sources(root: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let crates =
        ["pos-model", "qb-model", "mapping", "qb-client", "exchange", "posting-logs/sqlite", "examples"];
    let mut folders: Vec<PathBuf> =
        crates.iter().flat_map(|name| [root.join(name).join("src"), root.join(name).join("tests")]).collect();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    found
}

/// The tests of a file under the rows that their names and doc comments name.
fn collect(root: &Path, file: &Path, tests: &mut BTreeMap<String, BTreeSet<String>>) {
    let text = fs::read_to_string(file).unwrap();
    let place = file.strip_prefix(root).unwrap().display().to_string();
    let mut comment = String::new();
    let mut is_test = false;
    for line in text.lines().map(str::trim) {
        if let Some(words) = line.strip_prefix("///") {
            comment.push_str(words);
        } else if line.starts_with("#[") {
            is_test |= line.starts_with("#[test]") || line.starts_with("#[tokio::test");
        } else if let Some(name) = line.strip_prefix("async fn ").or(line.strip_prefix("fn ")) {
            let name = name.split(['(', '<']).next().unwrap_or_default();
            // Inside `proptest!` the attribute stands as usual.
            if is_test {
                for row in rows_in(name).into_iter().chain(rows_in(&comment)) {
                    tests.entry(row).or_default().insert(format!("{place}::{name}"));
                }
            }
            (comment, is_test) = (String::new(), false);
        } else {
            (comment, is_test) = (String::new(), false);
        }
    }
}

/// Codes in a text, as names of tests write them too: `D-04`, `d_04`, `d04`; a range `D-01..D-03` or `D-01 to D-03` counts whole.
fn rows_in(text: &str) -> Vec<String> {
    let upper = text.to_uppercase();
    let bytes = upper.as_bytes();
    let mut rows: Vec<(usize, usize, char, u32)> = Vec::new();
    for start in 0..bytes.len() {
        let before = start.checked_sub(1).map(|i| bytes[i] as char);
        if before.is_some_and(|c| c.is_ascii_alphanumeric())
            || !ROWS.iter().any(|(letter, _)| *letter as u8 == bytes[start])
        {
            continue;
        }
        let rest = upper[start + 1..].trim_start_matches(['-', '_']);
        let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
        let end = upper.len() - rest.len() + digits.len();
        if digits.len() == 2 && !upper[end..].starts_with(|c: char| c.is_ascii_alphanumeric()) {
            rows.push((start, end, bytes[start] as char, digits.parse().unwrap()));
        }
    }
    let mut found: Vec<String> = Vec::new();
    for (i, &(start, _, letter, number)) in rows.iter().enumerate() {
        let first = match i.checked_sub(1).map(|before| rows[before]) {
            Some((_, end, same, from))
                if same == letter && matches!(upper[end..start].trim_matches([' ', '_']), ".." | "TO") =>
            {
                from
            }
            _ => number,
        };
        found.extend((first..=number).map(|n| format!("{letter}-{n:02}")));
    }
    found
}

#[test]
fn codes_are_found_in_text() {
    let codes = |text| codes_in(text).into_iter().collect::<Vec<_>>();
    assert_eq!(codes("D-04: X-02 to X-06, (F-07)"), ["D-04", "F-07", "X-02", "X-06"]);
    assert_eq!(codes("UTF-16 D-100 I-13 d_24 CL-PBRB é"), Vec::<String>::new());
}

#[test]
fn row_ids_are_found_in_names_and_comments() {
    assert_eq!(rows_in("d_24_identities_hold"), ["D-24"]);
    assert_eq!(rows_in("g01_sale_one_card"), ["G-01"]);
    assert_eq!(rows_in("X-02, I1: N-01 to N-03"), ["X-02", "N-01", "N-01", "N-02", "N-03"]);
    assert_eq!(rows_in("n_01_to_n_02_are_written"), ["N-01", "N-01", "N-02"]);
    assert_eq!(rows_in("read15 D-1 grid_99x"), Vec::<String>::new());
}
