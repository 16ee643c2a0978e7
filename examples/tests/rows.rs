//! `docs/rows.md`: which tests prove which row of the mission. Made from the tests' names, their doc comments and the golden
//! folders; `UPDATE_GOLDEN=1 cargo test -p examples --test rows` writes it anew.
#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

/// Rows by letter: how many there are, as far as they concern what is built.
const ROWS: [(char, u32); 7] = [('P', 10), ('T', 6), ('A', 14), ('N', 14), ('D', 25), ('X', 8), ('G', 26)];

/// Rows that no test names, each with its reason.
const OPEN: [(&str, &str); 2] = [
    ("G-23", "credit limits are not built yet"),
    ("G-24", "balances coming back from QuickBooks are not built yet"),
];

#[test]
fn every_row_has_a_test_and_the_table_is_true() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut tests: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for file in sources(root) {
        collect(root, &file, &mut tests);
    }
    for case in fs::read_dir(root.join("mapping/tests/golden")).unwrap() {
        let name = case.unwrap().file_name().into_string().unwrap();
        for row in rows_in(&name) {
            tests.entry(row).or_default().insert(format!("mapping/tests/golden/{name}"));
        }
    }
    let all = ROWS.iter().flat_map(|(letter, count)| (1..=*count).map(move |n| format!("{letter}-{n:02}")));
    let mut table = String::from(
        "# Which tests prove which row\n\nMade from the tests' names, doc comments and golden folders by \
         `examples/tests/rows.rs`.\n\n| row | tests |\n|---|---|\n",
    );
    let mut missing = Vec::new();
    for row in all {
        let open = OPEN.iter().find(|(open, _)| *open == row).map(|(_, reason)| *reason);
        match (tests.get(&row), open) {
            (Some(found), _) => {
                let found: Vec<String> = found.iter().map(|test| format!("`{test}`")).collect();
                writeln!(table, "| {row} | {} |", found.join("<br>")).unwrap();
            }
            (None, Some(reason)) => writeln!(table, "| {row} | {reason} |").unwrap(),
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

/// Every Rust file of the workspace that may hold tests.
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

/// Row ids in a text: `D-04`, `d_04`, `d04`; a range `D-01..D-03` or `D-01 to D-03` counts whole.
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
fn row_ids_are_found_in_names_and_comments() {
    assert_eq!(rows_in("d_24_identities_hold"), ["D-24"]);
    assert_eq!(rows_in("g01_sale_one_card"), ["G-01"]);
    assert_eq!(rows_in("X-02, I1: N-01 to N-03"), ["X-02", "N-01", "N-01", "N-02", "N-03"]);
    assert_eq!(rows_in("n_01_to_n_02_are_written"), ["N-01", "N-01", "N-02"]);
    assert_eq!(rows_in("read15 D-1 grid_99x"), Vec::<String>::new());
}
