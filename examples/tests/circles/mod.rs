//! No circles of modules: whoever reads a library reads downward. Each file of a library needs others, as its text shows
//! (imports, paths, methods of the crate's own types); a set of files that need each other in a ring is a mistake, unless
//! it stands in [`ALLOWED`] with its reason.

mod modules;
mod tokens;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use self::modules::{Modules, Need};

/// Rings that may stay: the crate, its files, and why they are harmless.
const ALLOWED: [(&str, &[&str], &str); 1] = [(
    "qb-model",
    &["expense.rs", "purchasing.rs"],
    "a bill's line names an order only as the type of an id",
)];

#[test]
fn no_library_has_a_circle_of_modules() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut allowed: Vec<_> = ALLOWED.iter().collect();
    let mut report = String::new();
    let libraries = libraries(root);
    assert!(libraries.len() >= 8, "the libraries were not found: {libraries:?}");
    for library in libraries {
        let name = library.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
        let modules = Modules::read(&library.join("src"));
        assert!(
            modules.files() < 3 || !modules.needs().is_empty(),
            "{name}: no file needs another, which cannot be"
        );
        for circle in circles(modules.needs()) {
            let files: Vec<&str> = circle.iter().map(|file| modules.name(*file)).collect();
            if let Some(at) = allowed.iter().position(|(of, ring, _)| *of == name && *ring == files) {
                allowed.remove(at);
                continue;
            }
            writeln!(report, "{name}: {} files need each other", files.len()).unwrap();
            for ((from, to), need) in modules.needs() {
                if circle.contains(from) && circle.contains(to) {
                    writeln!(report, "  {} needs {} for {need}", modules.name(*from), modules.name(*to))
                        .unwrap();
                }
            }
        }
    }
    assert!(report.is_empty(), "circles of modules:\n{report}");
    assert!(allowed.is_empty(), "allowed and not there any more: {allowed:?}");
}

/// The folders of the workspace that hold a library.
fn libraries(root: &Path) -> Vec<PathBuf> {
    let folders = |at: &Path| -> Vec<PathBuf> {
        let entries = fs::read_dir(at).unwrap().map(|entry| entry.unwrap().path());
        entries.filter(|path| path.is_dir() && !path.ends_with("target")).collect()
    };
    let outer = folders(root);
    let inner: Vec<PathBuf> = outer.iter().flat_map(|folder| folders(folder)).collect();
    let mut found: Vec<PathBuf> =
        outer.into_iter().chain(inner).filter(|folder| folder.join("src/lib.rs").is_file()).collect();
    found.sort();
    found
}

/// The sets of files that reach each other, by way of what they need.
fn circles(needs: &BTreeMap<(usize, usize), Need>) -> BTreeSet<BTreeSet<usize>> {
    let files: BTreeSet<usize> = needs.keys().flat_map(|(from, to)| [*from, *to]).collect();
    let reached: BTreeMap<usize, BTreeSet<usize>> =
        files.iter().map(|file| (*file, reach(*file, needs))).collect();
    let ring = |file: &usize| -> BTreeSet<usize> {
        reached[file].iter().copied().filter(|other| reached[other].contains(file)).collect()
    };
    files.iter().map(ring).filter(|ring| !ring.is_empty()).collect()
}

/// Every file that this one needs, directly or not.
fn reach(file: usize, needs: &BTreeMap<(usize, usize), Need>) -> BTreeSet<usize> {
    let mut reached = BTreeSet::new();
    let mut ahead = vec![file];
    while let Some(at) = ahead.pop() {
        for ((_, to), _) in needs.range((at, 0)..(at + 1, 0)) {
            if reached.insert(*to) {
                ahead.push(*to);
            }
        }
    }
    reached
}

/// What the files of a small library need: `(name of the file, text)`, then lines `a.rs needs b.rs for c`.
#[track_caller]
fn check(files: &[(&str, &str)], expected: &[&str]) {
    let modules =
        Modules::of(files.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect());
    let found: Vec<String> = (modules.needs().iter())
        .map(|((from, to), need)| format!("{} needs {} for {need}", modules.name(*from), modules.name(*to)))
        .collect();
    assert_eq!(found, expected);
}

#[test]
fn a_name_is_followed_to_the_file_that_defines_it() {
    check(
        &[
            ("lib.rs", "mod a; mod b; pub use b::Thing; pub mod facade { pub use crate::b::Other; }"),
            ("a.rs", "use crate::Thing; use std::fmt; use crate::facade::{self, Other as Renamed};"),
            ("b.rs", "pub struct Thing; pub struct Other;"),
        ],
        &["a.rs needs b.rs for Thing"],
    );
    check(
        &[
            ("lib.rs", "mod a; mod b;"),
            ("a.rs", "fn f() { super::b::g(); println!(\"{}\", crate::b::LIMIT); }"),
            ("b.rs", "pub fn g() {} pub const LIMIT: u8 = 1;"),
        ],
        &["a.rs needs b.rs for g"],
    );
}

#[test]
fn a_folder_that_names_its_files_again_does_not_need_them_but_they_may_need_it() {
    check(
        &[
            ("lib.rs", "mod a;"),
            ("a.rs", "mod inner; pub use inner::Part; pub struct Whole; use inner::helper;"),
            ("a/inner.rs", "use super::Whole; pub struct Part; pub fn helper() {}"),
        ],
        &["a.rs needs a/inner.rs for helper", "a/inner.rs needs a.rs for Whole"],
    );
}

#[test]
fn a_method_is_followed_to_the_file_that_writes_it() {
    check(
        &[
            ("lib.rs", "mod a; mod b; mod c;"),
            ("a.rs", "pub struct Run; impl Run { pub fn start(&self) { self.settle_all() } }"),
            ("b.rs", "impl crate::a::Run { pub fn settle_all(&self) { Self::make(); } fn make() {} }"),
            ("c.rs", "fn f(run: &u8) { run.settle_all(); run.len(); }"),
        ],
        &[
            "a.rs needs b.rs for Run::settle_all",
            "b.rs needs a.rs for Run",
            "c.rs needs b.rs for Run::settle_all",
        ],
    );
}

#[test]
fn tests_comments_and_texts_need_nothing() {
    check(
        &[
            ("lib.rs", "mod a; mod b;"),
            (
                "a.rs",
                "//! [`crate::b::X`]\n/* use crate::b::X; */ const T: &str = \"crate::b::X\"; const C: char = '\"';\n\
                 #[cfg(test)]\nmod tests { use crate::b::X; }\n#[cfg(test)]\nuse crate::b::X;\nfn f<'a>() {}",
            ),
            ("b.rs", "pub struct X;"),
        ],
        &[],
    );
}
