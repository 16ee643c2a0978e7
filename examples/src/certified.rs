//! The certificate of a run: written when the books were tied out, its hash in the posting log before it is put in its place.

use std::path::{Path, PathBuf};

use certificate::{Existing, ON_ONE_PAGE, Written, write};
use exchange::certificate::{Beside, Certificate};
use exchange::drift::{Reach, ReadBack};
use exchange::{Exchange, Exit, Fault, Place, RunSummary, Who};
use mapping::Origin;

use crate::output::with_causes;

/// Where certificates go when nobody says otherwise.
pub const FOLDER: &str = "target/certificate";

/// What of the posted documents is read back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum ReadBackOf {
    /// What QuickBooks says has changed since they were sent: one request.
    Changes,
    /// Each by its id: a request for 100 documents.
    Each,
    /// Nothing.
    None,
}

/// Documents that were read back otherwise, named one by one; of more the number is said.
const NAMED: usize = 20;

/// What of a run its certificate is made from.
pub struct Run<'r> {
    /// What was posted and tied out.
    pub origins: Vec<Origin<'r>>,
    /// The folder that was named; none for [`FOLDER`].
    pub folder: Option<&'r Path>,
    /// What of the documents is read back for it.
    pub read_back: ReadBackOf,
    /// Whether the log is forgotten with the process: its certificates begin again at number 1 with each run.
    pub is_log_in_memory: bool,
}

/// Writes the certificate of what was tied out, and says where. A folder that was named and cannot be written is an error;
/// the default one, a notice. Nothing is posted.
pub async fn certify(exchange: &mut Exchange, run: Run<'_>, summary: &mut RunSummary) {
    match written(exchange, &run, summary).await {
        Ok(None) => {}
        Ok(Some(written)) => summary.add_notice(format!(
            "the certificate of these days is {}; verify-certificate checks it (SHA-256 {})",
            written.page.display(),
            written.sha256
        )),
        Err(words) if run.folder.is_none() => {
            summary.add_notice(format!("no certificate was written, --certificate names a folder: {words}"));
        }
        Err(words) => summary.add_error(
            Fault::new("certificate-not-written", words, Place::of_part("certificate"), Exit::Incomplete)
                .for_whom(Who::Administrator),
        ),
    }
}

async fn written(
    exchange: &mut Exchange,
    run: &Run<'_>,
    summary: &mut RunSummary,
) -> Result<Option<Written>, String> {
    let Some(tie_out) = summary.tie_out() else { return Ok(None) };
    // A certificate is of days; the opening entry alone makes none.
    if run.origins.iter().all(|origin| matches!(origin, Origin::OpeningEntry { .. })) {
        return Ok(None);
    }
    let read_back = read_back(exchange, run).await;
    let (read_back, unread) = match read_back {
        Ok(read_back) => (read_back, None),
        // The certificate says so by the figure that it lacks.
        Err(error) => (None, Some(format!("documents were not read back: {}", with_causes(&error)))),
    };
    let beside =
        Beside { left_out: summary.left_out() as u64, skipped: summary.skipped().clone(), read_back };
    let origins = run.origins.iter().copied();
    let dossier = exchange.dossier(origins, tie_out, summary.reports(), beside).await;
    let dossier = dossier.map_err(|error| with_causes(&error))?;
    let folder = run.folder.map_or_else(|| PathBuf::from(FOLDER), Path::to_owned);
    let existing = if run.is_log_in_memory { Existing::Replace } else { Existing::Keep };
    let prepared = write(&folder, &dossier, existing, ON_ONE_PAGE).map_err(|error| with_causes(&error))?;
    drop(dossier);
    let kept = exchange.keep_certificate(prepared.certificate(), prepared.sealed()).await;
    kept.map_err(|error| with_causes(&error))?;
    unread.into_iter().for_each(|notice| summary.add_notice(notice));
    note_changed(prepared.certificate(), summary);
    prepared.finish().map(Some).map_err(|error| with_causes(&error))
}

async fn read_back(exchange: &mut Exchange, run: &Run<'_>) -> Result<Option<ReadBack>, exchange::RunError> {
    let reach = match run.read_back {
        ReadBackOf::None => return Ok(None),
        ReadBackOf::Changes => Reach::Changes,
        ReadBackOf::Each => Reach::Each,
    };
    exchange.read_back(run.origins.iter().copied(), reach).await.map(Some)
}

/// Documents that stand in QuickBooks otherwise than they were sent, where no account shows it: the tie-out alone is green.
fn note_changed(certificate: &Certificate, summary: &mut RunSummary) {
    let changed: Vec<_> =
        certificate.differences.iter().filter(|finding| finding.cause == "read-back").collect();
    for finding in changed.iter().take(NAMED) {
        let words = format!("{}. {} {}", &*finding.title, &*finding.what, &*finding.remedy);
        note_one(words, summary);
    }
    if changed.len() > NAMED {
        note_one(format!("{} more documents are not as they were sent", changed.len() - NAMED), summary);
    }
}

fn note_one(words: String, summary: &mut RunSummary) {
    let fault = Fault::new("changed-since-posting", words, Place::of_part("certificate"), Exit::Differences);
    summary.add_error(fault.for_whom(Who::Bookkeeper));
}
