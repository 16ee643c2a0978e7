//! A document of ours that was posted, as findings and acts name it.

use std::fmt;

use chrono::NaiveDate;
use mapping::{StepKey, kind_words};
use serde::Serialize;

use crate::history::Record;

/// A document of ours that was posted. Reads as `Invoice CLT1521022B4 of 2026-02-03`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct PostedDocument {
    /// `Invoice`, `Payment`, `Expense` ...
    pub kind: String,
    /// Its number.
    pub number: String,
    /// The date that it was posted on.
    pub date: Option<NaiveDate>,
    /// The till's event: `boston/1/4/transaction-1521022`.
    pub event: String,
    /// QuickBooks' name of its kind.
    pub entity: String,
    /// QuickBooks' id; empty when it is not known.
    pub id: String,
    /// Its key in the posting log.
    #[serde(skip)]
    pub key: StepKey,
}

impl PostedDocument {
    /// The document of a step; none of one that is no document.
    pub(crate) fn of(key: &StepKey, record: &Record) -> Option<Self> {
        Some(Self {
            kind: key.kind().name().to_owned(),
            number: key.name().to_owned(),
            date: record.sent.txn_date,
            event: record.sent.identity.as_ref()?.to_string(),
            entity: record.sent.entity.clone(),
            id: record.known_id().unwrap_or_default().to_owned(),
            key: key.clone(),
        })
    }
}

impl fmt::Display for PostedDocument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kind, number, date, .. } = self;
        write!(f, "{} {number}", kind_words(kind))?;
        match date {
            Some(date) => write!(f, " of {date}"),
            None => Ok(()),
        }
    }
}
