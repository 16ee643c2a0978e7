//! What every document tells of itself: its date, and what is linked to it.

use chrono::NaiveDate;

use crate::base::clock::read_date;
use crate::base::json::Json;

/// Returns the day of a stored document.
pub(super) fn txn_date(document: &Json) -> NaiveDate {
    document.text_of("TxnDate").and_then(read_date).unwrap_or_default()
}

/// Returns the links of a stored document.
pub(super) fn links(document: &Json) -> &[Json] {
    document.get("LinkedTxn").map_or(&[][..], Json::items)
}
