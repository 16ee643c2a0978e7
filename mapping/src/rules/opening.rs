//! The opening balances (T-05).
//!
//! ```text
//! certificates 120.00, deposits 25.00, carried in OpeningEntry Balance Equity until 2025-12-31
//!   JournalEntry CLOB251231   Dr OpeningEntry Balance Equity 145.00   Cr vouchers 120.00   Cr deposits 25.00
//! ```

use crate::ControlAccount;
use crate::company::OpeningEntry;
use crate::document::{Document, JournalEntry, JournalLine};
use crate::draft::Draft;
use crate::key::Event;
use crate::number::Number;

/// Adds the entry: what is outstanding is owed in our accounts, and no longer where it was.
pub(crate) fn document(draft: &mut Draft<'_>, opening: &OpeningEntry) {
    let number = Number::opening_entry(opening.date);
    if let Number::OpeningEntry { date } = number {
        draft.dated(Event::OpeningEntry(date), opening.date);
    }
    let lines = [
        (ControlAccount::OpeningBalances, opening.vouchers + opening.deposits, "Certificates and deposits"),
        (ControlAccount::Vouchers, -opening.vouchers, "Gift certificates outstanding"),
        (ControlAccount::Deposits, -opening.deposits, "Deposits on customer orders outstanding"),
    ];
    let lines = lines.into_iter().filter(|(_, amount, _)| !amount.is_zero());
    let lines =
        lines.map(|(account, amount, description)| JournalLine { account, amount, description }).collect();
    draft.add(number, Document::JournalEntry(JournalEntry { lines }));
}
