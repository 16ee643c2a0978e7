//! Where a page's links lead: to a document on it, to a record in QuickBooks.

use exchange::certificate::RecordName;
use maud::{Markup, html};

use crate::text;

/// The id of a document on the page. A number is unique within its kind.
pub(super) fn id(kind: &str, number: &str) -> String {
    match kind {
        "Payment" => format!("P-{number}"),
        "Expense" => format!("E-{number}"),
        "CreditMemo" => format!("C-{number}"),
        "Bill" => format!("B-{number}"),
        _ => number.to_owned(),
    }
}

/// A link into QuickBooks; where no page is known, the record's kind and id.
pub(super) fn record_link(record: &RecordName) -> Markup {
    html! {
        @match &record.link {
            Some(link) => a href=(link) { "In QuickBooks" },
            None => { "QuickBooks: " (text::kind(&record.entity)) " with id " (record.id) },
        }
    }
}
