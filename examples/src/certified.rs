//! The certificate of a run: written when the books were tied out, its hash in the posting log before it is put in its place.

use std::path::{Path, PathBuf};

use certificate::{Existing, ON_ONE_PAGE, Written, write};
use exchange::certificate::Beside;
use exchange::{Exchange, Exit, Fault, Place, RunSummary, Who};
use mapping::Origin;

use crate::output::with_causes;

/// Where certificates go when nobody says otherwise.
pub const FOLDER: &str = "target/certificate";

/// What of a run its certificate is made from.
pub struct Run<'r> {
    /// What was posted and tied out.
    pub origins: Vec<Origin<'r>>,
    /// The folder that was named; none for [`FOLDER`].
    pub folder: Option<&'r Path>,
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
    summary: &RunSummary,
) -> Result<Option<Written>, String> {
    let Some(tie_out) = summary.tie_out() else { return Ok(None) };
    // A certificate is of days; the opening entry alone makes none.
    if run.origins.iter().all(|origin| matches!(origin, Origin::OpeningEntry { .. })) {
        return Ok(None);
    }
    let beside = Beside { left_out: summary.left_out() as u64, skipped: summary.skipped().clone() };
    let origins = run.origins.iter().copied();
    let dossier = exchange.dossier(origins, tie_out, summary.reports(), beside).await;
    let dossier = dossier.map_err(|error| with_causes(&error))?;
    let folder = run.folder.map_or_else(|| PathBuf::from(FOLDER), Path::to_owned);
    let existing = if run.is_log_in_memory { Existing::Replace } else { Existing::Keep };
    let prepared = write(&folder, &dossier, existing, ON_ONE_PAGE).map_err(|error| with_causes(&error))?;
    drop(dossier);
    let kept = exchange.keep_certificate(prepared.certificate(), prepared.sealed()).await;
    kept.map_err(|error| with_causes(&error))?;
    prepared.finish().map(Some).map_err(|error| with_causes(&error))
}
