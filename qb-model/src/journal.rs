//! Journal entries we create: debits and credits as such.
//!
//! It refuses to know names on lines: no line of ours is on A/R or A/P. Neighbours: `create.rs`, `content.rs`.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::amount::Amount;
use crate::ids::{Id, Ref};
use crate::lists::Account;

/// Debits and credits that add up to 0.00.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct JournalEntry {
    /// The date it posts on.
    pub txn_date: NaiveDate,
    /// Our number, at most 21 characters. QuickBooks guards it only in companies that warn of duplicates.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub doc_number: Option<String>,
    /// Memo, at most 4,000 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub private_note: Option<String>,
    /// The lines; at least two.
    pub line: Vec<JournalLine>,
}

/// One debit or credit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct JournalLine {
    /// Always `JournalEntryLineDetail`.
    pub detail_type: JournalDetailType,
    /// More than 0.00; the side says which way.
    pub amount: Amount,
    /// Text for people, at most 4,000 characters. Not content.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Side and account.
    pub journal_entry_line_detail: JournalDetail,
}

/// The only detail type a journal line has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum JournalDetailType {
    /// A debit or credit.
    #[default]
    JournalEntryLineDetail,
}

/// Side and account of a journal line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct JournalDetail {
    /// The side.
    pub posting_type: PostingType,
    /// The account.
    pub account_ref: Ref<Account>,
}

/// A side of the books.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PostingType {
    /// Debit.
    Debit,
    /// Credit.
    Credit,
}

impl JournalLine {
    /// Returns a debit or credit of more than 0.00.
    #[must_use]
    pub fn new(posting_type: PostingType, account: Id<Account>, amount: Amount) -> Self {
        Self {
            detail_type: JournalDetailType::JournalEntryLineDetail,
            amount,
            description: None,
            journal_entry_line_detail: JournalDetail { posting_type, account_ref: account.into() },
        }
    }

    /// Returns the same line with a text for people.
    #[must_use]
    pub fn described(mut self, description: impl Into<String>) -> Self {
        self.description = Some(description.into());
        self
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests {
    use super::*;

    #[test]
    fn a_journal_entry_in_full() {
        let (amount, account) = ("120.00".parse().unwrap(), |id: &str| Id::new(id).unwrap());
        let entry = JournalEntry {
            txn_date: NaiveDate::from_ymd_opt(2025, 12, 31).unwrap(),
            doc_number: Some("CLOB251231".to_owned()),
            private_note: None,
            line: vec![
                JournalLine::new(PostingType::Debit, account("34"), amount),
                JournalLine::new(PostingType::Credit, account("90"), amount).described("Certificates"),
            ],
        };
        let expected = concat!(
            r#"{"TxnDate":"2025-12-31","DocNumber":"CLOB251231","Line":["#,
            r#"{"DetailType":"JournalEntryLineDetail","Amount":120.0,"#,
            r#""JournalEntryLineDetail":{"PostingType":"Debit","AccountRef":{"value":"34"}}},"#,
            r#"{"DetailType":"JournalEntryLineDetail","Amount":120.0,"Description":"Certificates","#,
            r#""JournalEntryLineDetail":{"PostingType":"Credit","AccountRef":{"value":"90"}}}]}"#,
        );
        assert_eq!(serde_json::to_string(&entry).unwrap(), expected);
        assert_eq!(serde_json::from_str::<JournalEntry>(expected).unwrap(), entry);
    }
}
