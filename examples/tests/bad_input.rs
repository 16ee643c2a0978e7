//! `docs/bad-input.md` names every row of the catalogue once, and every place it names is there.

use std::path::Path;

const TABLE: &str = include_str!("../../docs/bad-input.md");

/// The rows of the table: first cell, third cell.
fn rows() -> Vec<(&'static str, &'static str)> {
    let lines = TABLE.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| row"));
    lines
        .map(|line| {
            let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
            assert_eq!(cells.len(), 3, "{line}");
            (cells[0], cells[2])
        })
        .collect()
}

#[test]
fn every_row_of_the_catalogue_is_answered_once() {
    let mut found: Vec<u32> = Vec::new();
    for (row, _) in rows().iter().filter(|(row, _)| !row.is_empty()) {
        let mut ends = row.split(" to ").map(|number| number.parse::<u32>().unwrap());
        let first = ends.next().unwrap();
        found.extend(first..=ends.next().unwrap_or(first));
    }
    assert_eq!(found, (1..=94).collect::<Vec<_>>());
}

#[test]
fn every_place_it_names_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    for (row, place) in rows() {
        let is_answered = ["does not apply", "do not apply", "`", "see row"];
        assert!(is_answered.iter().any(|word| place.contains(word)), "row {row}: {place}");
        for name in place.split('`').skip(1).step_by(2).filter(|name| name.contains('/')) {
            let is_there = match name.split_once("::") {
                Some((file, test)) => {
                    std::fs::read_to_string(root.join(file)).unwrap().contains(&format!("fn {test}("))
                }
                None => ["error.txt", "page.txt"].iter().any(|file| root.join(name).join(file).is_file()),
            };
            assert!(is_there, "row {row}: {name}");
        }
    }
}
