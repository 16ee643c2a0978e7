//! A rehearsal: a run that reads and decides as any other, and sends nothing.
//!
//! It is the run itself, on a copy of the log in memory. Where a run sends, the rehearsal notes the step as posted under an
//! id of its own, so that what comes after is bound and decided as it would be. Up the walk: `driver.rs`.

use std::sync::Arc;

use mapping::Company;
use qb_client::Client;

use crate::log::{Fence, LogError, MemoryLog, PostingLog};
use crate::session::Exchange;

/// What the ids of a rehearsal begin with. QuickBooks' own are digits.
const REHEARSED: &str = "rehearsed-";

/// Returns the id of what a rehearsal notes at this position of its log.
pub(crate) fn rehearsed(position: u64) -> String {
    format!("{REHEARSED}{position}")
}

/// Returns whether a rehearsal gave this id: QuickBooks need not be asked for it.
pub(crate) fn is_rehearsed(id: &str) -> bool {
    id.starts_with(REHEARSED)
}

impl Exchange {
    /// Returns an exchange that reads the company, decides everything, and sends and writes nothing: its reports say
    /// [`Outcome::ToCreate`](crate::Outcome::ToCreate) of each document and list entry that a run would create. The log is
    /// read and stays as it is.
    ///
    /// Of a payment on account it is not known which invoices of the same rehearsal it would settle, and nothing ties out
    /// that was not posted.
    ///
    /// # Errors
    /// [`LogError`]: the log cannot be read.
    pub async fn rehearsal(client: Client, log: &dyn PostingLog, company: Company) -> Result<Self, LogError> {
        let copy = MemoryLog::new();
        copy.append(Fence(0), 0, &log.read(0).await?).await?;
        Ok(Self { is_rehearsal: true, ..Self::new(client, Arc::new(copy), company) })
    }
}
