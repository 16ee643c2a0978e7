//! `connect --draft-mapping`: a first company mapping from POS files and the connected company's lists, and whether the company
//! is ready for these files when it is mapped so. Reads only.

use std::fs::OpenOptions;
use std::future::Future;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use exchange::{Exchange, Exit, Fault, MemoryLog, Place, RunError};
use mapping::{Company, CompanyFault, CompanyMapping};
use qb_client::engine::{Query, QueryEntity};
use qb_client::{Client, ReadError};
use qb_model::{AccountInfo, EntityKind, ItemInfo};
use serde_json::Value;

use crate::connect::{ConnectError, Connected};
use crate::draft_mapping::{Lists, Seen, draft, to_text};
use crate::faults::exit_of_read;
use crate::input::{self, InputError, PosFormat};
use crate::output::with_causes;

/// Why there is no draft, or why its company is not ready. Nothing of this changes the books.
#[derive(Debug, thiserror::Error)]
pub(super) enum DraftError {
    #[error(transparent)]
    Saved(#[from] ConnectError),
    #[error("{path}: there is such a file; name another for the draft, or remove it")]
    There { path: String },
    #[error("{path}: the draft cannot be written")]
    Unwritten {
        path: String,
        #[source]
        source: std::io::Error,
    },
    #[error("nothing can be printed")]
    Output(#[from] std::io::Error),
    #[error("nothing to draft from: no POS file among those named")]
    NoFiles,
    #[error("{}", .refused.iter().map(|error| with_causes(error)).collect::<Vec<_>>().join("\n"))]
    Refused { refused: Vec<InputError> },
    #[error("the company's lists cannot be read")]
    Lists(#[source] Box<ReadError>),
    #[error("what the company lacks cannot be asked")]
    Readiness(#[source] Box<RunError>),
    #[error(
        "the company is not ready for these files; put it in order, and see what a dry run says then:\n  {}",
        .faults.join("\n  ")
    )]
    NotReady { faults: Vec<String> },
    #[error("the draft is no valid mapping; write it by hand from docs/company-mapping.md:\n  {}",
        .faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n  "))]
    Invalid { faults: Vec<CompanyFault> },
}

impl DraftError {
    /// How the program ends.
    pub(super) fn exit(&self) -> Exit {
        match self {
            Self::Refused { .. } => Exit::RefusedInput,
            Self::Lists(error) => exit_of_read(error),
            Self::Readiness(error) => Fault::of_run(error, Place::of_part("company")).exit(),
            _ => Exit::Configuration,
        }
    }
}

/// Drafts a mapping, writes it, and says what the company lacks for these files when it is mapped so.
pub(super) async fn run<C>(
    files: &Path,
    format: PosFormat,
    output: Option<&Path>,
    connected: impl FnOnce() -> C,
    out: &mut impl Write,
) -> Result<(), Box<DraftError>>
where
    C: Future<Output = Result<Connected, ConnectError>>,
{
    let name = output.map(|path| path.display().to_string()).unwrap_or_default();
    if output.is_some_and(Path::exists) {
        return Err(Box::new(DraftError::There { path: name }));
    }
    let (files, refused) = input::files_of(&[files.to_owned()], format);
    if files.is_empty() {
        let is_empty = refused.is_empty();
        return Err(Box::new(if is_empty { DraftError::NoFiles } else { DraftError::Refused { refused } }));
    }
    let Connected { client, tokens, .. } = connected().await.map_err(DraftError::Saved)?;
    let mut seen = Seen::default();
    files.iter().for_each(|file| seen.add(file));
    let lists = read_lists(&client).await.map_err(DraftError::Lists)?;
    let drafted = draft(&seen, &lists);
    match output {
        Some(path) => {
            write(&drafted, path).map_err(|source| DraftError::Unwritten { path: name.clone(), source })?
        }
        None => out.write_all(to_text(&drafted).as_bytes()).map_err(DraftError::Output)?,
    }
    if output.is_some() {
        tell(&drafted, files.len(), &name, out).map_err(DraftError::Output)?;
    }
    let decided = CompanyMapping { to_decide: Vec::new(), ..drafted };
    let company = Company::try_from(decided).map_err(|faults| DraftError::Invalid { faults })?;
    let mut exchange = Exchange::new(client, Arc::new(MemoryLog::new()), company);
    let origins = files.iter().flat_map(|file| mapping::origins(file.batches(), file.purchase_orders()));
    let lacking = exchange.readiness(origins).await;
    if let Some(tokens) = tokens {
        tokens.settle().await;
    }
    let lacking = lacking.map_err(|error| DraftError::Readiness(Box::new(error)))?;
    if !lacking.is_empty() {
        let faults = lacking.iter().map(ToString::to_string).collect();
        return Err(Box::new(DraftError::NotReady { faults }));
    }
    if !refused.is_empty() {
        return Err(Box::new(DraftError::Refused { refused }));
    }
    if output.is_some() {
        writeln!(out, "Mapped so, the company is ready for these files.").map_err(DraftError::Output)?;
    }
    Ok(())
}

fn write(drafted: &CompanyMapping, path: &Path) -> std::io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
    file.write_all(to_text(drafted).as_bytes())
}

fn tell(drafted: &CompanyMapping, files: usize, name: &str, out: &mut impl Write) -> std::io::Result<()> {
    writeln!(out, "Drafted from {files} files: {name}")?;
    writeln!(
        out,
        "Decide each of these in it, and take its line out of to_decide; until then nothing is posted with it:"
    )?;
    drafted.to_decide.iter().try_for_each(|question| writeln!(out, "  {question}"))
}

/// What the company has, as far as a mapping names it.
async fn read_lists(client: &Client) -> Result<Lists, Box<ReadError>> {
    let text = |row: &Value, field: &str| row[field].as_str().map(str::to_owned);
    let preferences = client.preferences().await?;
    let accounts = client.query(&Query::all(EntityKind::Account)).await?;
    let items = client.query(&Query::all(EntityKind::Item)).await?;
    let tax_codes = client.query(&Query::all(QueryEntity::TaxCode)).await?;
    let vendors = client.query(&Query::all(EntityKind::Vendor)).await?;
    let locations = match preferences.track_departments {
        Some(true) => client.query(&Query::all(EntityKind::Department)).await?,
        _ => Vec::new(),
    };
    // QuickBooks lists TAX and NON among its tax codes: they say whether a line is taxable, not which agency is owed.
    let is_code = |row: &&Value| !matches!(row["Id"].as_str(), Some("TAX" | "NON") | None);
    Ok(Lists {
        accounts: accounts.iter().filter_map(|row| AccountInfo::read(row).ok()).collect(),
        items: items.iter().filter_map(|row| ItemInfo::read(row).ok()).collect(),
        tax_codes: tax_codes
            .iter()
            .filter(is_code)
            .filter_map(|row| text(row, "Id").zip(text(row, "Name")))
            .collect(),
        vendors: vendors.iter().filter_map(|row| text(row, "DisplayName")).collect(),
        locations: locations.iter().filter_map(|row| text(row, "Name")).collect(),
        has_default_tax_code: preferences.tax_group_code.is_some(),
    })
}
