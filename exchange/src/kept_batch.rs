//! A batch as the posting log keeps it (T-06): `late_edits.rs` says what for.

use std::fmt;
use std::num::NonZeroU32;

use chrono::NaiveDate;
use mapping::BatchKey;
use pos_model::{Batch, PosFile, raw};
use serde::{Deserialize, Serialize};

/// A batch as the till had it when its first document was sent, or at a late edit.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct KeptBatch {
    /// The batch.
    pub batch: BatchKey,
    /// How many edits there were by then; 0: as it was first. A second one of 0 stands in the place of the first.
    pub edit: u32,
    /// The number of the first correction that this edit makes.
    pub correction: NonZeroU32,
    /// The first day on which the books were open then: no correction of this edit is dated before it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_before: Option<NaiveDate>,
    /// The batch in the file form. Empty once the log has forgotten it: then the batch can no longer be corrected.
    pub body: String,
}

impl fmt::Debug for KeptBatch {
    /// Without the body, which holds personal data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { batch, edit, correction, not_before, body } = self;
        f.debug_struct("KeptBatch")
            .field("batch", batch)
            .field("edit", edit)
            .field("correction", correction)
            .field("not_before", not_before)
            .field("body_bytes", &body.len())
            .finish()
    }
}

impl KeptBatch {
    /// A batch as it is now.
    pub(crate) fn of(
        batch: &Batch,
        edit: u32,
        correction: NonZeroU32,
        not_before: Option<NaiveDate>,
    ) -> Self {
        // A form of plain fields is always JSON.
        let body = serde_json::to_string(&raw::PosFile::from(batch)).unwrap_or_default();
        Self { batch: BatchKey::of(batch), edit, correction, not_before, body }
    }

    /// The batch; none once the log has forgotten it.
    pub(crate) fn read(&self) -> Option<Batch> {
        let (batches, _) = PosFile::from_json(self.body.as_bytes()).ok()?.into_parts();
        batches.into_iter().next()
    }
}
