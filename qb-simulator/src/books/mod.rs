//! A company's books: its lists and documents, the ledger, what is open, and what has changed.

pub(crate) mod change_log;
pub(crate) mod company;
pub(crate) mod index_entry;
pub(crate) mod kept;
pub(crate) mod ledger;
pub(crate) mod receivables;
pub(crate) mod records;
pub(crate) mod replays;
pub(crate) mod store;
pub(crate) mod tax_group;
