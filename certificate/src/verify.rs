//! Certificates checked without a network: hash, sums, chain, and that each page is the page of its figures.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;
use std::path::{Component, Path, PathBuf};

use exchange::certificate::{Certificate, CertificateFault, Checker, Sealed};

use crate::write::sha256_of;
use crate::{page, text};

/// What a check found.
#[derive(Debug, Default)]
pub struct Verified {
    /// The certificates that are right in themselves: file, what it says, hash.
    pub right: Vec<(String, String, String)>,
    /// What is wrong, a sentence each.
    pub faults: Vec<String>,
    /// What was not checked, a sentence each.
    pub notices: Vec<String>,
}

impl Verified {
    /// Whether something was checked, and nothing is wrong.
    #[must_use]
    pub fn is_right(&self) -> bool {
        self.faults.is_empty() && !self.right.is_empty()
    }

    /// Says everything, a line each.
    #[must_use]
    pub fn page(&self) -> String {
        let mut text = String::new();
        for (file, words, sha256) in &self.right {
            let _ = writeln!(text, "{file}: {words}; SHA-256 {sha256}");
        }
        self.notices.iter().for_each(|notice| _ = writeln!(text, "Note: {notice}"));
        self.faults.iter().for_each(|fault| _ = writeln!(text, "WRONG: {fault}"));
        let count = text::count(self.right.len() as u64, "certificate", "certificates");
        let _ = match self.is_right() {
            true => writeln!(text, "{count}: hash, sums and chain are right."),
            false => writeln!(
                text,
                "{count} right; {} wrong.",
                text::count(self.faults.len() as u64, "thing", "things")
            ),
        };
        text
    }
}

/// Checks certificates. A page stands for the figures beside it, a folder for all certificates in it, a period for its days.
/// Reads files alone.
pub fn verify(paths: &[PathBuf]) -> Verified {
    let mut verified = Verified::default();
    let mut files: BTreeSet<PathBuf> = BTreeSet::new();
    for path in paths {
        if let Err(fault) = expand(path, &mut files) {
            verified.faults.push(fault);
        }
    }
    let mut checker = Checker::new();
    let mut waiting: Vec<PathBuf> = files.iter().cloned().collect();
    waiting.reverse();
    while let Some(path) = waiting.pop() {
        for more in check(&path, &mut checker, &mut verified) {
            if files.insert(more.clone()) {
                waiting.push(more);
            }
        }
    }
    verified.faults.extend(checker.finish().iter().map(ToString::to_string));
    if verified.right.is_empty() && verified.faults.is_empty() {
        verified.faults.push("no certificate was found; name its file or its folder".to_owned());
    }
    verified
}

/// The files of figures that a path stands for.
fn expand(path: &Path, files: &mut BTreeSet<PathBuf>) -> Result<(), String> {
    let unreadable = |error: std::io::Error| format!("{}: cannot be read: {error}", path.display());
    if fs::metadata(path).map_err(unreadable)?.is_dir() {
        for entry in fs::read_dir(path).map_err(unreadable)? {
            let entry = entry.map_err(unreadable)?.path();
            let is_hidden = entry.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
            if !is_hidden && (entry.is_dir() || entry.extension().is_some_and(|end| end == "json")) {
                expand(&entry, files)?;
            }
        }
    } else if path.extension().is_some_and(|end| end == "html") {
        files.insert(path.with_extension("json"));
    } else {
        files.insert(path.to_owned());
    }
    Ok(())
}

/// Checks one file and the page beside it. The days that it names and that are there.
fn check(path: &Path, checker: &mut Checker, verified: &mut Verified) -> Vec<PathBuf> {
    let file = path.display().to_string();
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) => {
            verified.faults.push(format!("{file}: cannot be read: {error}"));
            return Vec::new();
        }
    };
    let certificate = match checker.take(&file, &bytes) {
        Ok(certificate) => certificate,
        Err(faults) => {
            verified.faults.extend(faults.iter().map(CertificateFault::to_string));
            return Vec::new();
        }
    };
    // Read once more for its hash, which was checked above.
    let Ok((_, sealed)) = Sealed::read(&file, &bytes) else { return Vec::new() };
    let words = if certificate.verdict.ties_out { "the books tie out" } else { "the books do not tie out" };
    let words = format!("{}, {words}", text::scope(&certificate.scope));
    verified.right.push((file, words, sealed.sha256().to_owned()));
    let page_path = path.with_extension("html");
    if let Ok(found) = fs::read(&page_path) {
        let page_name = page_path.display();
        if certificate.program != env!("CARGO_PKG_VERSION") {
            let by = &certificate.program;
            verified.notices.push(format!("{page_name} was made by version {by} and is not compared"));
        } else if found != page(&certificate, sealed.sha256()).as_bytes() {
            verified.faults.push(format!(
                "{page_name}: it is not the page of the figures beside it: it was changed after it was made"
            ));
        }
    }
    files(path, &certificate, verified);
    let days = certificate.pages.iter().map(|day| path.with_file_name(format!("{}.json", day.file)));
    days.filter(|day| day.is_file()).collect()
}

/// Compares workbook, tables and journal with the hashes that the certificate has of them. Whoever was sent the figures alone has
/// none of them, which is no fault.
fn files(path: &Path, certificate: &Certificate, verified: &mut Verified) {
    let folder = path.parent().unwrap_or(Path::new(""));
    let mut missing = 0;
    for file in &certificate.files {
        let is_beside = Path::new(&file.file).components().all(|part| matches!(part, Component::Normal(_)));
        let beside = folder.join(&file.file);
        match sha256_of(&beside) {
            _ if !is_beside => {
                verified.faults.push(format!("{}: {} is no file beside it", path.display(), file.file));
            }
            Ok(sha256) if sha256 == file.sha256 => {}
            Ok(_) => verified.faults.push(format!(
                "{}: it was changed after it was made; get it from a backup",
                beside.display()
            )),
            Err(_) => missing += 1,
        }
    }
    if missing > 0 {
        let files = text::count(missing, "file that it was made with is", "files that it was made with are");
        verified.notices.push(format!("{}: {files} not beside it", path.display()));
    }
}
