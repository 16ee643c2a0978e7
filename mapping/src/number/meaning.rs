//! What a number says, before it is written in either scheme.

use std::fmt;

use chrono::{Datelike, NaiveDate};
use pos_model::TenderTypeId;

/// What a number says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Number {
    /// N-01, N-03, N-05: a transaction's invoice, its credit memo, its settlement: `T{transaction}B{batch}`.
    Transaction {
        /// Transaction number.
        transaction: u64,
        /// Batch number.
        batch: u64,
    },
    /// N-11: the credit memo of a transaction that also has an invoice: `T{transaction}B{batch}R`.
    Returned {
        /// Transaction number.
        transaction: u64,
        /// Batch number.
        batch: u64,
    },
    /// N-02, N-04: a payment or an expense of a transaction: `{tender}T{transaction}B{batch}`.
    Tendered {
        /// Type of tender.
        tender: TenderTypeId,
        /// Transaction number.
        transaction: u64,
        /// Batch number.
        batch: u64,
    },
    /// N-06, N-07: a deposit paid or returned, all its documents: `{tender}D{order}B{batch}`.
    Deposit {
        /// Type of tender.
        tender: TenderTypeId,
        /// Customer order.
        order: u64,
        /// Batch number.
        batch: u64,
    },
    /// N-08: a payment on account: `{tender}A{header}B{batch}`.
    OnAccount {
        /// Type of tender.
        tender: TenderTypeId,
        /// The payment's header id.
        header: u64,
        /// Batch number.
        batch: u64,
    },
    /// N-09: a pay-in or pay-out: `{tender}DP{id}B{batch}`.
    PayInOut {
        /// Type of tender.
        tender: TenderTypeId,
        /// Its id.
        id: u64,
        /// Batch number.
        batch: u64,
    },
    /// N-10: a purchase order: its own number and nothing else.
    PurchaseOrder {
        /// Its number.
        order: u64,
    },
    /// N-10: the bill of a purchase order: `{order}B`.
    Bill {
        /// The order's number.
        order: u64,
    },
    /// N-15: the invoice of a day's summary, its credit memo where there is no invoice, its settlement: `S{yymmdd}B{batch}`.
    Summary {
        /// The date as a number: 260203.
        date: u64,
        /// Batch number.
        batch: u64,
    },
    /// N-15: the credit memo of a summary that also has an invoice: `S{yymmdd}B{batch}R`.
    SummaryReturned {
        /// The date as a number.
        date: u64,
        /// Batch number.
        batch: u64,
    },
    /// N-15: a payment or an expense of a summary: `{tender}S{yymmdd}B{batch}`.
    SummaryTendered {
        /// Type of tender.
        tender: TenderTypeId,
        /// The date as a number.
        date: u64,
        /// Batch number.
        batch: u64,
    },
    /// The entry that moves certificates and deposits at go-live (T-05): `OB{yymmdd}`.
    OpeningEntry {
        /// The date as a number: 251231.
        date: u64,
    },
}

/// A day in the six digits that numbers have for it: 260203. They tell the days of one century apart, 2000 to 2099.
pub(crate) fn six_digits(date: NaiveDate) -> u64 {
    let year = u64::from(date.year().rem_euclid(100).unsigned_abs());
    year * 10_000 + u64::from(date.month()) * 100 + u64::from(date.day())
}

/// Whether a day is of the century that [`six_digits`] tells apart.
pub(crate) fn has_six_digits(date: NaiveDate) -> bool {
    (2000..2100).contains(&date.year())
}

/// The day of six digits, as people write it.
struct Day(u64);

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "20{:02}-{:02}-{:02}", self.0 / 10_000, self.0 / 100 % 100, self.0 % 100)
    }
}

impl Number {
    /// Returns the number of the opening entry of a day.
    #[must_use]
    pub fn opening_entry(date: NaiveDate) -> Self {
        Self::OpeningEntry { date: six_digits(date) }
    }

    /// Returns what the number says, in words; the tender by its id.
    #[must_use]
    pub fn explain(self) -> String {
        match self {
            Self::Transaction { transaction, batch } => {
                format!("transaction {transaction} of batch {batch}: its invoice, credit memo or settlement")
            }
            Self::Returned { transaction, batch } => {
                format!("transaction {transaction} of batch {batch}, which also sold goods: its credit memo")
            }
            Self::Tendered { tender, transaction, batch } => format!(
                "transaction {transaction} of batch {batch}: the payment taken, or the expense given, in tender type {tender}"
            ),
            Self::Deposit { tender, order, batch } => {
                format!(
                    "the deposit on order {order} in tender type {tender} in batch {batch}, paid or returned"
                )
            }
            Self::OnAccount { tender, header, batch } => {
                format!(
                    "the payment on account with header id {header} in tender type {tender} in batch {batch}"
                )
            }
            Self::PayInOut { tender, id, batch } => {
                format!("the pay-in or pay-out {id} in tender type {tender} in batch {batch}")
            }
            Self::PurchaseOrder { order } => format!("purchase order {order}"),
            Self::Bill { order } => format!("the bill of purchase order {order}"),
            Self::Summary { date, batch } => {
                format!(
                    "the summary of {} of batch {batch}: its invoice, credit memo or settlement",
                    Day(date)
                )
            }
            Self::SummaryReturned { date, batch } => {
                format!(
                    "the summary of {} of batch {batch}, which also sold goods: its credit memo",
                    Day(date)
                )
            }
            Self::SummaryTendered { tender, date, batch } => format!(
                "the summary of {} of batch {batch}: the payments taken, or the refunds given, in tender type {tender}",
                Day(date)
            ),
            Self::OpeningEntry { date } => {
                format!("the opening balances of certificates and deposits on {}", Day(date))
            }
        }
    }
}
