//! Untrusted bytes never panic the simulator and never unbalance its books.
//!
//! The corpus of the fuzz target is replayed here; the bodies of `tests/bodies` are damaged at random and sent.

use crate::damage;
mod drive;

use std::fs;
use std::path::{Path, PathBuf};

use damage::{Damage, sample_bodies};
use proptest::prelude::*;

fn files(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut files: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

#[test]
fn every_script_of_the_corpus_leaves_the_books_in_balance() {
    let scripts = files("fuzz/corpus/requests");
    assert!(scripts.len() > 10, "{} scripts", scripts.len());
    for path in scripts {
        if let Err(why) = drive::drive(&fs::read(&path).unwrap()) {
            panic!("{}: {why}", path.display());
        }
    }
}

fn damages() -> impl Strategy<Value = Vec<Damage>> {
    let one = (any::<usize>(), 0..12usize, any::<usize>());
    let one = one.prop_map(|(place, kind, choice)| Damage { place, kind, choice });
    prop::collection::vec(one, 0..4)
}

/// 96 cases; `PROPTEST_CASES` asks for more.
fn config() -> ProptestConfig {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(96);
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn damaged_bodies_never_unbalance_the_books(
        steps in prop::collection::vec((any::<usize>(), damages()), 1..20),
    ) {
        let bodies = sample_bodies();
        let mut script = String::new();
        for (at, damages) in &steps {
            let (path, body) = &bodies[at % bodies.len()];
            if !script.is_empty() {
                script.push_str("\n%%\n");
            }
            script.push_str(&format!("POST {path}\n\n{}", damage::damaged(body, damages)));
        }
        drive::drive(script.as_bytes()).map_err(TestCaseError::fail)?;
    }

    #[test]
    fn arbitrary_scripts_never_unbalance_the_books(
        lines in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..80), 0..12),
    ) {
        drive::drive(&lines.join(&b"\n"[..])).map_err(TestCaseError::fail)?;
    }
}
