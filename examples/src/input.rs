//! Finds and reads what the command line names: POS files, the company mapping.
//!
//! The unit of refusal is a file: it is read and planned whole before anything of it is sent; other files go on.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::ValueEnum;
use exchange::InputFate;
use mapping::{
    Company, CompanyFault, CompanyMapping, Correction, Notice, PlanError, Survey, SurveyFault, plan,
};
use pos_model::{Batch, BatchStatus, CustomerFile, FileError, PosFile, PurchaseOrder, SkipReason, Store};

use crate::adventureworks::{self, TsvError};
use crate::online_retail::{self, CsvError};

/// The form of a POS file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PosFormat {
    /// The JSON form of `pos-model`.
    PosJson,
    /// The CSV of the Online Retail data set.
    OnlineRetail,
    /// A folder with the purchase orders of the AdventureWorks sample database.
    AdventureworksPo,
}

/// All batches that may be posted, and what was left out.
#[derive(Debug, Default)]
pub struct Input {
    /// The company mapping, with the vendors that a file names.
    pub company: Company,
    /// The store of the first file that was taken.
    pub store: Option<Arc<Store>>,
    /// Batches in the order of the files.
    pub batches: Vec<Batch>,
    /// What late edits of them come to, once the posting log has been asked ([`exchange::Exchange::as_posted`]).
    pub corrections: Vec<Correction>,
    /// Purchase orders in the order of the files.
    pub purchase_orders: Vec<PurchaseOrder>,
    /// Their keys.
    orders: BTreeSet<(String, u64)>,
    /// Events that post nothing, by reason.
    pub skipped: BTreeMap<String, u64>,
    /// What became of each file.
    pub files: Vec<InputFate>,
    /// Files that were refused whole.
    pub refused: Vec<InputError>,
    /// Things worth saying of the files.
    pub notices: Vec<String>,
    /// What all files together show, and what stops nothing. A posting log may know more: [`exchange::Exchange::notices`].
    pub together: Vec<Notice>,
    /// What only all files together show, and what forbids to send anything of them.
    pub faults: Vec<SurveyFault>,
}

impl Input {
    /// Returns the store whose prefix the opening entry bears; none when there is no opening entry to post.
    #[must_use]
    pub fn opening_store(&self) -> Option<&Store> {
        let is_posted = self.company.opening_entry().is_some_and(|opening| opening.from_account.is_some());
        self.store.as_deref().filter(|_| is_posted)
    }
}

/// Why a file was refused. Nothing of it was sent.
#[derive(Debug, thiserror::Error)]
pub enum InputError {
    /// It cannot be opened.
    #[error("{path}: the file cannot be read; check the path and its permissions")]
    Unreadable {
        /// The path.
        path: String,
        /// The cause.
        #[source]
        source: std::io::Error,
    },
    /// It is not a valid POS file.
    #[error("{path}: {source}")]
    File {
        /// The path.
        path: String,
        /// Every fault.
        source: FileError,
    },
    /// It is not a CSV that can be read.
    #[error("{path}: {source}")]
    Csv {
        /// The path.
        path: String,
        /// The first fault.
        source: CsvError,
    },
    /// It is not a folder of tab-separated files that can be read.
    #[error("{path}: {source}")]
    Tsv {
        /// The path.
        path: String,
        /// The first fault.
        source: TsvError,
    },
    /// One of its batches or purchase orders cannot be planned.
    #[error("{path}: {source}")]
    Plan {
        /// The path.
        path: String,
        /// Every fault.
        source: PlanError,
    },
    /// It holds a batch that another file holds with other content.
    #[error(
        "{path}: register {register}, batch {batch} of store {store} is in {other} with other content; export it once"
    )]
    OtherContent {
        /// The path.
        path: String,
        /// Store code.
        store: String,
        /// Register.
        register: String,
        /// Batch number.
        batch: u64,
        /// The other file.
        other: String,
    },
    /// It holds a purchase order that another file holds with other content.
    #[error(
        "{path}: purchase order {number} of store {store} is in another file with other content; export it once"
    )]
    OtherOrder {
        /// The path.
        path: String,
        /// Store code.
        store: String,
        /// Its number.
        number: u64,
    },
    /// It is not a valid company mapping.
    #[error("{path}: {problem}; write the company mapping as its documentation says")]
    Mapping {
        /// The path.
        path: String,
        /// What is wrong.
        problem: String,
    },
    /// Every fault of a company mapping.
    #[error("{path}: {}", .faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    MappingFaults {
        /// The path.
        path: String,
        /// The faults.
        faults: Vec<CompanyFault>,
    },
}

impl InputError {
    /// Returns a stable word.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unreadable { .. } => "file-unreadable",
            Self::File { source, .. } => source.code(),
            Self::Csv { .. } => "csv-fault",
            Self::Tsv { .. } => "tsv-fault",
            Self::Plan { source, .. } => source.code(),
            Self::OtherContent { .. } => "batch-in-two-files",
            Self::OtherOrder { .. } => "order-in-two-files",
            Self::Mapping { .. } => "mapping-unreadable",
            Self::MappingFaults { .. } => "mapping-faults",
        }
    }

    /// Returns the file's path.
    #[must_use]
    pub fn path(&self) -> &str {
        match self {
            Self::Unreadable { path, .. }
            | Self::File { path, .. }
            | Self::Csv { path, .. }
            | Self::Tsv { path, .. }
            | Self::Plan { path, .. }
            | Self::OtherContent { path, .. }
            | Self::OtherOrder { path, .. }
            | Self::Mapping { path, .. }
            | Self::MappingFaults { path, .. } => path,
        }
    }
}

/// Batches read so far, by store, register and number: their place in [`Input::batches`] and the file they came in.
type Seen = BTreeMap<(String, String, u64), (usize, String)>;

/// Reads every file; a folder stands for the files in it, by name.
#[must_use]
pub fn read(paths: &[PathBuf], format: PosFormat, company: Company) -> Input {
    let mut input = Input { company, ..Input::default() };
    let mut seen = Seen::new();
    for path in paths.iter().flat_map(|path| files(path, format)) {
        let name = path.display().to_string();
        let file = parse(&path, format, &mut input);
        input.take(&name, file, &mut seen);
    }
    input.survey();
    input
}

/// Returns every file that can be read, and why others cannot. Nothing is planned: there may be no mapping yet.
#[must_use]
pub fn files_of(paths: &[PathBuf], format: PosFormat) -> (Vec<PosFile>, Vec<InputError>) {
    let (mut read, mut refused, mut scratch) = (Vec::new(), Vec::new(), Input::default());
    for path in paths.iter().flat_map(|path| files(path, format)) {
        match parse(&path, format, &mut scratch) {
            Ok(file) => read.push(file),
            Err(error) => refused.push(error),
        }
    }
    (read, refused)
}

/// Returns every customer file that can be read, each with its name, and why others cannot.
#[must_use]
pub fn customer_files_of(paths: &[PathBuf]) -> (Vec<(String, CustomerFile)>, Vec<InputError>) {
    let (mut read, mut refused) = (Vec::new(), Vec::new());
    for path in paths.iter().flat_map(|path| files(path, PosFormat::PosJson)) {
        let name = path.display().to_string();
        let file = bytes(&path).and_then(|bytes| {
            CustomerFile::from_json(&bytes).map_err(|source| InputError::File { path: name.clone(), source })
        });
        match file {
            Ok(file) => read.push((name, file)),
            Err(error) => refused.push(error),
        }
    }
    (read, refused)
}

/// Reads the POS's JSON form from memory.
///
/// # Errors
/// [`InputError`] with every fault.
pub fn parse_json(name: &str, text: &[u8]) -> Result<PosFile, InputError> {
    PosFile::from_json(text).map_err(|source| InputError::File { path: name.to_owned(), source })
}

impl Input {
    /// Reads files of the POS's JSON form from memory: each with its name.
    pub fn of<'t>(files: impl IntoIterator<Item = (&'t str, &'t str)>, company: Company) -> Self {
        let mut input = Self { company, ..Self::default() };
        let mut seen = Seen::new();
        for (name, text) in files {
            let file = parse_json(name, text.as_bytes());
            input.count_skipped(&file);
            input.take(name, file, &mut seen);
        }
        input.survey();
        input
    }

    /// Looks at everything that was taken together.
    fn survey(&mut self) {
        let mut survey = Survey::default();
        self.batches.iter().for_each(|batch| survey.add(batch, &self.company));
        self.purchase_orders.iter().for_each(|order| survey.add_order(order, &self.company));
        self.faults = survey.faults();
        if !self.faults.is_empty() {
            self.files = self.files.iter().map(|file| InputFate::refused(&file.name)).collect();
        }
        self.together = survey.notices();
    }

    /// Takes a file whole or not at all.
    fn take(&mut self, name: &str, file: Result<PosFile, InputError>, seen: &mut Seen) {
        match file.and_then(|file| check(name, file, self, seen)) {
            Ok(file) => {
                self.store.get_or_insert_with(|| Arc::clone(file.store()));
                let (batches, orders) = file.into_parts();
                let before = (self.batches.len(), self.purchase_orders.len());
                self.keep(name, batches, seen);
                self.keep_orders(orders);
                let (batches, orders) =
                    (self.batches.len() - before.0, self.purchase_orders.len() - before.1);
                self.files.push(InputFate::taken(name, batches, orders));
            }
            Err(error) => {
                self.files.push(InputFate::refused(name));
                self.refused.push(error);
            }
        }
    }

    /// Counts a file's transactions that post nothing (T-03).
    fn count_skipped(&mut self, file: &Result<PosFile, InputError>) {
        for skip in file.iter().flat_map(PosFile::batches).flat_map(Batch::skipped) {
            let reason = match skip.reason {
                SkipReason::Voided => "voided",
                SkipReason::Suspended => "suspended",
                SkipReason::NoSale => "no sale",
                SkipReason::Repeated => "listed twice in its file",
            };
            *self.skipped.entry(reason.to_owned()).or_default() += 1;
        }
    }

    /// Keeps what is to be posted: not what was closed before the company went live, nor what is here already.
    fn keep(&mut self, name: &str, batches: Vec<Batch>, seen: &mut Seen) {
        for batch in batches {
            let key = key(&batch);
            if matches!(batch.status(), BatchStatus::Closed(at) if self.company.is_before_start(at)) {
                *self.skipped.entry("batch closed before the start".to_owned()).or_default() += 1;
            } else if let Some((_, other)) = seen.get(&key) {
                let (store, register, number) = key;
                self.notices.push(format!(
                    "{name}: register {register}, batch {number} of store {store} is the same as in {other}; ignored"
                ));
            } else {
                seen.insert(key, (self.batches.len(), name.to_owned()));
                self.batches.push(batch);
            }
        }
    }

    fn keep_orders(&mut self, orders: Vec<PurchaseOrder>) {
        for order in orders {
            if self.company.is_order_before_start(&order) {
                *self.skipped.entry("purchase order closed before the start".to_owned()).or_default() += 1;
            } else if self.orders.insert(order_key(&order)) {
                self.purchase_orders.push(order);
            }
        }
    }
}

/// Reads a company mapping; without a file, the defaults.
///
/// # Errors
/// [`InputError`] with every fault.
pub fn company(path: Option<&Path>) -> Result<Company, InputError> {
    let Some(path) = path else { return Ok(Company::default()) };
    let name = path.display().to_string();
    let mapping: CompanyMapping = serde_json::from_slice(&bytes(path)?)
        .map_err(|e| InputError::Mapping { path: name.clone(), problem: e.to_string() })?;
    Company::try_from(mapping).map_err(|faults| InputError::MappingFaults { path: name, faults })
}

fn parse(path: &Path, format: PosFormat, input: &mut Input) -> Result<PosFile, InputError> {
    let name = path.display().to_string();
    let (file, skipped) = match format {
        PosFormat::PosJson => (parse_json(&name, &bytes(path)?)?, BTreeMap::new()),
        PosFormat::OnlineRetail => {
            let read = online_retail::read(&bytes(path)?[..]);
            let read = read.map_err(|source| InputError::Csv { path: name.clone(), source })?;
            input.company = at_utc(&name, &input.company, &read.file.store.code)?;
            (valid(&name, read.file)?, read.skipped)
        }
        PosFormat::AdventureworksPo => {
            let read = adventureworks::read(path);
            let read = read.map_err(|source| InputError::Tsv { path: name.clone(), source })?;
            input.company = with_suppliers(&name, &input.company, read.suppliers)?;
            (valid(&name, read.file)?, read.skipped)
        }
    };
    for (reason, count) in skipped {
        *input.skipped.entry(reason).or_default() += count;
    }
    let file = Ok(file);
    input.count_skipped(&file);
    file
}

fn valid(name: &str, raw: pos_model::raw::PosFile) -> Result<PosFile, InputError> {
    PosFile::try_from(raw).map_err(|source| InputError::File { path: name.to_owned(), source })
}

/// The shop of the data set lies in London, and the file has its winter's time.
fn at_utc(name: &str, company: &Company, store: &str) -> Result<Company, InputError> {
    let mut mapping = company.mapping().clone();
    mapping.stores.entry(store.to_owned()).or_default().utc = true;
    Company::try_from(mapping).map_err(|faults| InputError::MappingFaults { path: name.to_owned(), faults })
}

/// Vendors that the file names, unless the mapping says otherwise.
fn with_suppliers(
    name: &str,
    company: &Company,
    suppliers: BTreeMap<String, String>,
) -> Result<Company, InputError> {
    let mut mapping = company.mapping().clone();
    for (id, vendor) in suppliers {
        mapping.suppliers.entry(id).or_insert(vendor);
    }
    Company::try_from(mapping).map_err(|faults| InputError::MappingFaults { path: name.to_owned(), faults })
}

/// What was closed before the company went live is no fault of its file: it is left out.
fn plannable(plan: Result<mapping::Plan<'_>, PlanError>) -> Result<(), PlanError> {
    match plan {
        Ok(_) | Err(PlanError::BeforeStart { .. }) => Ok(()),
        Err(error) => Err(error),
    }
}

/// Plans everything of a file, and compares each batch with its twin in another file.
fn check(name: &str, file: PosFile, input: &Input, seen: &Seen) -> Result<PosFile, InputError> {
    let unplannable = |source| InputError::Plan { path: name.to_owned(), source };
    for batch in file.batches() {
        plannable(plan(batch, &input.company)).map_err(unplannable)?;
        if let Some((twin, other)) = seen.get(&key(batch))
            && input.batches[*twin] != *batch
        {
            let (store, register, batch) = key(batch);
            return Err(InputError::OtherContent {
                path: name.to_owned(),
                store,
                register,
                batch,
                other: other.clone(),
            });
        }
    }
    for order in file.purchase_orders() {
        let is_known = input.orders.contains(&order_key(order));
        if is_known && !input.purchase_orders.contains(order) {
            let (store, number) = order_key(order);
            return Err(InputError::OtherOrder { path: name.to_owned(), store, number });
        }
        plannable(plan(order, &input.company)).map_err(unplannable)?;
    }
    Ok(file)
}

fn order_key(order: &PurchaseOrder) -> (String, u64) {
    (order.store().code().to_owned(), order.number())
}

fn key(batch: &Batch) -> (String, String, u64) {
    (batch.store().code().to_owned(), batch.register().to_owned(), batch.number())
}

fn files(path: &Path, format: PosFormat) -> Vec<PathBuf> {
    let extension = match format {
        PosFormat::PosJson => "json",
        PosFormat::OnlineRetail => "csv",
        PosFormat::AdventureworksPo => return vec![path.to_owned()],
    };
    match fs::read_dir(path) {
        Ok(entries) => {
            let paths = entries.filter_map(|entry| entry.ok().map(|entry| entry.path()));
            let mut paths: Vec<_> =
                paths.filter(|path| path.extension().is_some_and(|e| e == extension)).collect();
            paths.sort();
            paths
        }
        Err(_) => vec![path.to_owned()],
    }
}

fn bytes(path: &Path) -> Result<Vec<u8>, InputError> {
    fs::read(path).map_err(|source| InputError::Unreadable { path: path.display().to_string(), source })
}
