//! Documents of some days that carry a key of ours, whatever their numbers are. Up the walk: `otherwise.rs`, which compares them with
//! what is planned.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use mapping::{DocumentKind, EventKey, OriginKey, Plan, StepKey};
use qb_model::{Answer, EntityKind, ModelError};
use serde_json::Value;

/// Documents of some days that carry a key of ours, by what they are of.
#[derive(Debug)]
pub(crate) struct OfDays {
    first: NaiveDate,
    last: NaiveDate,
    pub(crate) ours: BTreeMap<OriginKey, Vec<(EventKey, Answer)>>,
}

impl OfDays {
    /// Those among the rows of a query.
    pub(crate) fn read(
        kind: EntityKind,
        (first, last): (NaiveDate, NaiveDate),
        rows: &[Value],
    ) -> Result<Self, ModelError> {
        let mut ours: BTreeMap<OriginKey, Vec<(EventKey, Answer)>> = BTreeMap::new();
        for row in rows {
            let answer = Answer::read(kind, row.clone())?;
            let Some(event) = answer.note().and_then(key_in) else { continue };
            let Some(origin) = OriginKey::of(&event) else { continue };
            ours.entry(origin).or_default().push((event, answer));
        }
        Ok(Self { first, last, ours })
    }

    /// The first document of a plan's origin that is not planned.
    pub(crate) fn first_of(&self, plan: &Plan<'_>) -> Option<StepKey> {
        let ours = self.ours.get(&plan.origin().key())?;
        let mut keys = ours.iter().filter_map(|(_, answer)| key_of(answer).filter(|_| !is_void(answer)));
        keys.find(|key| plan.documents().all(|planned| planned.key != *key))
    }

    /// Whether these days were read.
    pub(crate) fn has(&self, (first, last): (NaiveDate, NaiveDate)) -> bool {
        self.first <= first && last <= self.last
    }
}

/// The key of ours in a memo: as we write it, behind what the document is about, or with a person's words beside it.
fn key_in(note: &str) -> Option<EventKey> {
    let parts = || note.rsplit('|').map(str::trim);
    let whole = parts().find_map(|part| part.parse().ok());
    whole.or_else(|| parts().flat_map(str::split_whitespace).find_map(|word| word.parse().ok()))
}

/// Whether a document was voided, or moves nothing.
pub(crate) fn is_void(answer: &Answer) -> bool {
    answer.content().is_ok_and(|content| content.moves_nothing())
}

/// The key that a document of QuickBooks' would have as one of ours; none of a kind that we never post.
pub(crate) fn key_of(answer: &Answer) -> Option<StepKey> {
    let kind = match answer.kind {
        EntityKind::Invoice => DocumentKind::Invoice,
        EntityKind::CreditMemo => DocumentKind::CreditMemo,
        EntityKind::Purchase => DocumentKind::Expense,
        EntityKind::Payment => DocumentKind::Payment,
        EntityKind::SalesReceipt => DocumentKind::SalesReceipt,
        EntityKind::PurchaseOrder => DocumentKind::PurchaseOrder,
        EntityKind::Bill => DocumentKind::Bill,
        EntityKind::JournalEntry => DocumentKind::JournalEntry,
        _ => return None,
    };
    let field = if kind == DocumentKind::Payment { "PaymentRefNum" } else { "DocNumber" };
    let number = answer.raw.get(field).and_then(Value::as_str).filter(|number| !number.is_empty());
    let number = number.unwrap_or("without a number").to_ascii_uppercase();
    format!("{}-{number}", kind.short()).parse().ok()
}
