//! The recorded shapes in `tests/received`: file name and text.

use std::path::{Path, PathBuf};

/// Every sample of a folder in `tests/received`, by name.
pub(crate) fn samples(folder: &str) -> Vec<(String, String)> {
    let mut paths = Vec::new();
    json_files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/received").join(folder), &mut paths);
    let read = |path: PathBuf| {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        (name, std::fs::read_to_string(path).unwrap())
    };
    let samples: Vec<_> = paths.into_iter().map(read).collect();
    assert!(!samples.is_empty(), "{folder} holds samples");
    samples
}

/// The `.json` files of a folder and of those in it, by name.
pub(crate) fn json_files(folder: &Path, paths: &mut Vec<PathBuf>) {
    let mut inside: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    inside.sort();
    for path in inside {
        if path.is_dir() {
            json_files(&path, paths);
        } else if path.extension().is_some_and(|end| end == "json") {
            paths.push(path);
        }
    }
}
