//! Certificates checked without a network: each file's hash and sums, then the chain through all of them.

use std::collections::BTreeMap;

use super::fault::CertificateFault;
use super::seal::Sealed;
use super::sums;
use super::value::{Certificate, DayPage};

/// Checks certificates, one file after the other, and in the end their chain.
#[derive(Debug, Default)]
pub struct Checker {
    /// By hash: the file, and the hash of the one before.
    files: BTreeMap<String, (String, Option<String>)>,
    /// By file: the days of a period.
    pages: Vec<(String, Vec<DayPage>)>,
}

impl Checker {
    /// A checker that has seen no file.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Checks a file's hash, then that its figures add up. Returns the certificate when its hash is right.
    ///
    /// # Errors
    /// Everything that is wrong with the file itself.
    pub fn take(&mut self, file: &str, bytes: &[u8]) -> Result<Certificate, Vec<CertificateFault>> {
        let (certificate, sealed) = Sealed::read(file, bytes).map_err(|fault| vec![fault])?;
        let faults = sums::check(file, &certificate);
        let previous = certificate.previous.clone();
        self.files.insert(sealed.sha256().to_owned(), (file.to_owned(), previous));
        if !certificate.pages.is_empty() {
            self.pages.push((file.to_owned(), certificate.pages.clone()));
        }
        if faults.is_empty() { Ok(certificate) } else { Err(faults) }
    }

    /// Checks the chain: of the files that were right each but one follows another of them, no two follow the same one, and
    /// the days that a period names are there and are the ones it names. One file alone has no chain.
    #[must_use]
    pub fn finish(self) -> Vec<CertificateFault> {
        let mut faults = Vec::new();
        let mut followers: BTreeMap<&str, &str> = BTreeMap::new();
        let mut beginnings = Vec::new();
        for (file, previous) in self.files.values() {
            let known = previous.as_deref().filter(|previous| self.files.contains_key(*previous));
            if known.is_none() {
                beginnings.push((file, previous.as_deref()));
            }
            if let Some(previous) = previous.as_deref()
                && let Some(other) = followers.insert(previous, file)
            {
                let (file, other) = (file.clone(), other.to_owned());
                faults.push(CertificateFault::Fork { file, other, previous: previous.to_owned() });
            }
        }
        // The files that were handed in begin somewhere: once.
        if beginnings.len() > 1 {
            let later = beginnings.into_iter().filter_map(|(file, previous)| Some((file, previous?)));
            faults.extend(later.map(|(file, previous)| CertificateFault::Missing {
                file: file.clone(),
                previous: previous.to_owned(),
            }));
        }
        for (file, pages) in &self.pages {
            for page in pages.iter().filter(|page| !self.files.contains_key(&page.sha256)) {
                let (file, day) = (file.clone(), page.file.clone());
                let is_day = |(name, _): &(String, Option<String>)| is_file(name, &page.file);
                faults.push(match self.files.values().any(is_day) {
                    true => CertificateFault::Page { file, day, sha256: page.sha256.clone() },
                    false => CertificateFault::NoPage { file, day },
                });
            }
        }
        faults
    }
}

/// Whether a path leads to a file of this name, its ending left out.
fn is_file(path: &str, name: &str) -> bool {
    let last = path.rsplit(['/', '\\']).next().unwrap_or(path);
    last.strip_suffix(".json") == Some(name)
}
