//! The direction of dependencies, as `ARCHITECTURE.md` draws it: an edge that is not in this table is a mistake.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

/// Which of our crates each may use, in its library.
const ALLOWED: [(&str, &[&str]); 11] = [
    ("pos-model", &[]),
    ("qb-model", &[]),
    ("mapping", &["pos-model", "qb-model"]),
    ("qb-client", &["qb-model"]),
    ("qb-connect", &["qb-client"]),
    ("exchange", &["mapping", "pos-model", "qb-client", "qb-model"]),
    ("certificate", &["exchange", "mapping", "pos-model"]),
    ("posting-log-sqlite", &["exchange"]),
    ("qb-simulator", &[]),
    ("simulation", &["exchange", "mapping", "pos-model", "qb-client", "qb-simulator"]),
    (
        "examples",
        &[
            "certificate",
            "exchange",
            "mapping",
            "pos-model",
            "posting-log-sqlite",
            "qb-client",
            "qb-connect",
            "qb-model",
            "qb-simulator",
        ],
    ),
];

/// What the pure crates may not reach, and what only the client may.
const IMPURE: [&str; 6] = ["tokio", "reqwest", "async-trait", "rusqlite", "tracing", "axum"];

#[test]
fn crates_use_each_other_downward_only() {
    let uses = dependencies();
    for (name, allowed) in ALLOWED {
        let ours: BTreeSet<&str> = (uses[name].iter())
            .map(String::as_str)
            .filter(|used| ALLOWED.iter().any(|(ours, _)| ours == used))
            .collect();
        let allowed: BTreeSet<&str> = allowed.iter().copied().collect();
        assert!(ours.is_subset(&allowed), "{name} uses {:?}", ours.difference(&allowed));
    }
}

#[test]
fn the_pure_crates_know_no_clock_network_disk_or_async() {
    let uses = dependencies();
    for name in ["pos-model", "qb-model", "mapping"] {
        for impure in IMPURE {
            assert!(!uses[name].contains(impure), "{name} uses {impure}");
        }
    }
    for (name, used) in &uses {
        assert!(name == "qb-client" || !used.contains("reqwest"), "{name} uses reqwest: only qb-client may");
        // The programs keep customers as a host would, in a database of their own.
        let has_database = ["posting-log-sqlite", "examples"].contains(&name.as_str());
        assert!(
            has_database || !used.contains("rusqlite"),
            "{name} uses rusqlite: only a posting log or a host may"
        );
    }
}

/// Each package with its normal dependencies, as cargo sees them.
fn dependencies() -> BTreeMap<String, BTreeSet<String>> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--offline", "--format-version", "1", "--manifest-path"])
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"))
        .output()
        .unwrap();
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let normal = |package: &serde_json::Value| {
        let dependencies = package["dependencies"].as_array().unwrap().iter();
        let normal = dependencies.filter(|dependency| dependency["kind"].is_null());
        normal.map(|dependency| dependency["name"].as_str().unwrap().to_owned()).collect()
    };
    packages.iter().map(|package| (package["name"].as_str().unwrap().to_owned(), normal(package))).collect()
}
