//! A certificate as a folder: figures, page, workbook, tables, journal. Written beside its place, and put there whole once the
//! posting log has its hash.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use exchange::certificate::{Certificate, DayPage, DocumentLine, Dossier, FileHash, Scope, Sealed};
use mapping::PlanError;
use rust_xlsxwriter::XlsxError;
use sha2::{Digest, Sha256};

use crate::tables::{Csv, DOCUMENTS, LEGS, document_row, leg_rows, tables};
use crate::workbook::Book;
use crate::{journal, page};

/// More documents than this stand on pages of their days, as a rule: a page of as many is still quick to open.
pub const ON_ONE_PAGE: u64 = 2_000;

/// The period's file, without its ending.
const INDEX: &str = "index";

const WORKBOOK: &str = "certificate.xlsx";
const JOURNAL: &str = "plan.journal";

/// What happens to a certificate of the same number that is there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Existing {
    /// It stays, and the new one gets another name.
    Keep,
    /// It is replaced: for logs in memory, whose numbers begin again with every run.
    Replace,
}

/// Why a certificate could not be written. The books are as they were, and so is what stood in its place.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WriteError {
    /// There is nothing to certify.
    #[error("there is no document and no till to certify")]
    Empty,
    /// A file or folder could not be written.
    #[error("{path}: cannot be written; check the folder, its permissions and the disk")]
    File {
        /// The path.
        path: String,
        /// The cause.
        #[source]
        source: io::Error,
    },
    /// The workbook could not be written.
    #[error("{path}: the workbook cannot be written")]
    Workbook {
        /// The path.
        path: String,
        /// The cause.
        #[source]
        source: XlsxError,
    },
    /// A batch that was tied out cannot be planned any more.
    #[error("a batch cannot be planned")]
    Plan(#[from] PlanError),
    /// The figures cannot be written as JSON.
    #[error("the figures cannot be written as JSON")]
    Json(#[from] serde_json::Error),
}

/// A certificate that is written beside its place and waits for its hash to be kept. Dropped, it leaves nothing.
#[derive(Debug)]
pub struct Prepared {
    certificate: Certificate,
    sealed: Sealed,
    beside: PathBuf,
    place: PathBuf,
    existing: Existing,
}

/// Where a certificate stands.
#[derive(Debug, Clone)]
pub struct Written {
    /// Its folder.
    pub folder: PathBuf,
    /// The page to open first.
    pub page: PathBuf,
    /// Its hash.
    pub sha256: String,
}

/// Writes the certificate of a dossier's whole period into a folder beside `folder`/certificate-N: of more than `on_one_page`
/// documents ([`ON_ONE_PAGE`] as a rule) an index and a page a day, in one chain. Nothing is in place until [`Prepared::finish`].
///
/// # Errors
/// [`WriteError`]; nothing was put in place.
pub fn write(
    folder: &Path,
    dossier: &Dossier<'_>,
    existing: Existing,
    on_one_page: u64,
) -> Result<Prepared, WriteError> {
    let period = dossier.period().ok_or(WriteError::Empty)?;
    make(folder)?;
    let beside = folder.join(format!(".certificate-{}.part", std::process::id()));
    let _ = fs::remove_dir_all(&beside);
    make(&beside.join("tables"))?;
    let undo = Undo(Some(beside.clone()));
    let mut files = Files::new(&beside)?;
    let mut certificate = if dossier.documents() <= on_one_page {
        let certificate = dossier.certificate(period)?;
        files.documents(&certificate)?;
        certificate
    } else {
        let (pages, previous) = days(dossier, &beside, &mut files)?;
        let mut certificate = dossier.index(period, pages)?;
        certificate.previous = previous.or(certificate.previous);
        certificate
    };
    certificate.files = files.finish(&certificate)?;
    let sealed = one(&beside, INDEX, &certificate)?;
    let place = folder.join(format!("certificate-{}", certificate.number));
    undo.keep();
    Ok(Prepared { certificate, sealed, beside, place, existing })
}

/// The days, each in the chain behind the one before. The last one's hash.
fn days(
    dossier: &Dossier<'_>,
    beside: &Path,
    files: &mut Files,
) -> Result<(Vec<DayPage>, Option<String>), WriteError> {
    let (mut pages, mut previous) = (Vec::new(), dossier.previous().map(str::to_owned));
    for date in dossier.days() {
        let mut day = dossier.certificate(Scope::Day { date })?;
        day.previous = previous;
        day.part_of = Some(INDEX.to_owned());
        let file = date.to_string();
        let sealed = one(beside, &file, &day)?;
        files.documents(&day)?;
        previous = Some(sealed.sha256().to_owned());
        pages.push(DayPage::new(file, date, &day, sealed.sha256()));
    }
    Ok((pages, previous))
}

/// Writes a certificate's figures and its page.
fn one(folder: &Path, name: &str, certificate: &Certificate) -> Result<Sealed, WriteError> {
    let sealed = Sealed::new(certificate)?;
    put(&folder.join(format!("{name}.json")), sealed.text())?;
    put(&folder.join(format!("{name}.html")), &page(certificate, sealed.sha256()))?;
    Ok(sealed)
}

impl Prepared {
    /// The certificate.
    #[must_use]
    pub fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    /// Returns its hash, to be kept in the posting log before [`Prepared::finish`].
    #[must_use]
    pub fn sealed(&self) -> &Sealed {
        &self.sealed
    }

    /// Puts the certificate in its place.
    ///
    /// # Errors
    /// [`WriteError::File`]; what stood there stands there still.
    pub fn finish(mut self) -> Result<Written, WriteError> {
        let failed = |path: &Path| {
            let path = path.display().to_string();
            move |source| WriteError::File { path, source }
        };
        if self.place.exists() {
            match self.existing {
                Existing::Replace => {
                    let old = self.place.with_extension("old");
                    let _ = fs::remove_dir_all(&old);
                    fs::rename(&self.place, &old).map_err(failed(&self.place))?;
                    fs::rename(&self.beside, &self.place).map_err(failed(&self.place))?;
                    let _ = fs::remove_dir_all(&old);
                }
                Existing::Keep => {
                    let name = self.place.clone();
                    let other = |more: u32| PathBuf::from(format!("{}-{more}", name.display()));
                    let free = (2..u32::MAX).map(other).find(|place| !place.exists());
                    self.place = free.unwrap_or(name);
                    fs::rename(&self.beside, &self.place).map_err(failed(&self.place))?;
                }
            }
        } else {
            fs::rename(&self.beside, &self.place).map_err(failed(&self.place))?;
        }
        let page = self.place.join(INDEX).with_extension("html");
        Ok(Written { folder: self.place.clone(), page, sha256: self.sealed.sha256().to_owned() })
    }
}

impl Drop for Prepared {
    fn drop(&mut self) {
        // Once it is in place there is nothing beside it.
        let _ = fs::remove_dir_all(&self.beside);
    }
}

/// Removes a folder that was begun, unless it is kept.
struct Undo(Option<PathBuf>);

impl Undo {
    fn keep(mut self) {
        self.0 = None;
    }
}

impl Drop for Undo {
    fn drop(&mut self) {
        if let Some(folder) = &self.0 {
            let _ = fs::remove_dir_all(folder);
        }
    }
}

/// What grows with every document: workbook, two tables, the journal.
struct Files {
    folder: PathBuf,
    book: Book,
    documents: Csv<BufWriter<File>>,
    legs: Csv<BufWriter<File>>,
    journal: BufWriter<File>,
    journal_path: PathBuf,
}

impl Files {
    fn new(folder: &Path) -> Result<Self, WriteError> {
        let table = |name: &str, columns| {
            let path = table_path(folder, name);
            Csv::new(create(&path)?, columns).map_err(|error| of_csv(&path, error))
        };
        let journal_path = folder.join(JOURNAL);
        Ok(Self {
            folder: folder.to_owned(),
            book: Book::new().map_err(|source| of_book(folder, source))?,
            documents: table("Documents", DOCUMENTS)?,
            legs: table("Debits and credits", LEGS)?,
            journal: create(&journal_path)?,
            journal_path,
        })
    }

    fn documents(&mut self, certificate: &Certificate) -> Result<(), WriteError> {
        let documents: &[DocumentLine] = &certificate.documents;
        self.book.add(documents).map_err(|source| of_book(&self.folder, source))?;
        let mut text = String::new();
        for document in documents {
            let written = self.documents.row(&document_row(document));
            written.map_err(|error| of_csv(&table_path(&self.folder, "Documents"), error))?;
            for row in leg_rows(document) {
                let written = self.legs.row(&row);
                written.map_err(|error| of_csv(&table_path(&self.folder, "Debits and credits"), error))?;
            }
            journal::entry(&mut text, document, &certificate.accounts);
        }
        self.append(&text)
    }

    fn append(&mut self, text: &str) -> Result<(), WriteError> {
        let path = self.journal_path.display().to_string();
        self.journal.write_all(text.as_bytes()).map_err(|source| WriteError::File { path, source })
    }

    /// Writes what is left. Every file with its hash.
    fn finish(mut self, certificate: &Certificate) -> Result<Vec<FileHash>, WriteError> {
        // Directives may stand anywhere before the figures that a check reads them for.
        self.append(&journal::head(&certificate.accounts))?;
        self.append(&journal::foot(certificate))?;
        let failed = |path: &Path| {
            let path = path.display().to_string();
            move |source| WriteError::File { path, source }
        };
        self.journal.flush().map_err(failed(&self.journal_path))?;
        self.documents.finish().map_err(failed(&self.folder))?;
        self.legs.finish().map_err(failed(&self.folder))?;
        let mut names: BTreeSet<String> = ["Documents", "Debits and credits"].map(table_name).into();
        for table in tables(certificate) {
            names.insert(table_name(table.name));
            let path = table_path(&self.folder, table.name);
            let mut csv = Csv::new(create(&path)?, table.columns).map_err(|error| of_csv(&path, error))?;
            for row in &table.rows {
                csv.row(row).map_err(|error| of_csv(&path, error))?;
            }
            csv.finish().map_err(failed(&path))?;
        }
        let path = self.folder.join(WORKBOOK);
        self.book.save(certificate, &path).map_err(|source| of_book(&path, source))?;
        names.extend([WORKBOOK.to_owned(), JOURNAL.to_owned()]);
        let hash = |name: String| -> Result<FileHash, WriteError> {
            let path = self.folder.join(&name);
            let sha256 = sha256_of(&path).map_err(failed(&path))?;
            Ok(FileHash::new(name, sha256))
        };
        names.into_iter().map(hash).collect()
    }
}

/// Where a table stands in the folder: `tables/debits-and-credits.csv`.
fn table_name(name: &str) -> String {
    format!("tables/{}.csv", name.to_lowercase().replace(' ', "-"))
}

fn table_path(folder: &Path, name: &str) -> PathBuf {
    folder.join(table_name(name))
}

/// The SHA-256 of a file's bytes, in hexadecimal digits.
pub(crate) fn sha256_of(path: &Path) -> io::Result<String> {
    let digest = Sha256::digest(fs::read(path)?);
    Ok(digest.iter().map(|byte| format!("{byte:02x}")).collect())
}

fn of_csv(path: &Path, error: csv::Error) -> WriteError {
    WriteError::File { path: path.display().to_string(), source: io::Error::other(error) }
}

fn of_book(path: &Path, source: XlsxError) -> WriteError {
    WriteError::Workbook { path: path.display().to_string(), source }
}

fn make(folder: &Path) -> Result<(), WriteError> {
    let path = || folder.display().to_string();
    fs::create_dir_all(folder).map_err(|source| WriteError::File { path: path(), source })
}

fn create(path: &Path) -> Result<BufWriter<File>, WriteError> {
    let file = File::create(path).map(BufWriter::new);
    file.map_err(|source| WriteError::File { path: path.display().to_string(), source })
}

fn put(path: &Path, text: &str) -> Result<(), WriteError> {
    let failed = |source| WriteError::File { path: path.display().to_string(), source };
    let mut file = File::create(path).map_err(failed)?;
    file.write_all(text.as_bytes()).map_err(failed)?;
    file.sync_all().map_err(failed)
}
