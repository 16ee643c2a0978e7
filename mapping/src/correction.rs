//! Corrections of a batch that was changed at the till after it was posted (T-06). Nothing that is posted is edited: what has to
//! be added to it for both to come to the batch as it is now is a batch of its own, of differences, and is posted as one.
//!
//! ```text
//! sale 12 of February 3rd, a coat of 100.00 with tax 6.25, by card; posted as
//!     Invoice CLT12B4 106.25, Payment CL15236T12B4 106.25
//! voided the day after                      CreditMemo CLT12B4C1 106.25, Expense CL15236T12B4C1 106.25, and a payment
//!                                             CLT12B4C1 of 0.00 that settles the two
//! a belt of 10.00 put onto it instead       Invoice CLT12B4C1 10.63, Payment CL15236T12B4C1 10.63
//! paid in cash, not by card                 Expense CL15236T12B4C1 106.25, Payment CL15239T12B4C1 106.25 that takes it up
//! the belt, and a week later its return to
//!     what it was                           the documents above with C1, and what undoes them with C2
//! rung up for Sara, not for nobody          C1 takes all of it back from the store's customer, C2 posts all of it for Sara
//! ```
//!
//! A correction is dated as its events are, but no earlier than the day on which the books are open. A receipt that stands in a
//! summary (F-07) is corrected by documents of its own; the summary stays.

use std::num::NonZeroU32;

use chrono::{DateTime, FixedOffset, NaiveDate};
use pos_model::{Batch, Store};

use crate::{BatchKey, Company, Period};

/// What is posted beside a batch because it was changed afterwards: one of its corrections.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Correction {
    batch: Batch,
    n: NonZeroU32,
    not_before: Option<NaiveDate>,
}

impl Correction {
    /// Returns the corrections after which what was posted comes to the batch as it is now; none when no amount, customer or day
    /// has changed, two when a customer or a day has. `posted` is the batch as it was posted, with the corrections since then;
    /// the first of the new ones is the `n`th. None is dated before `not_before`.
    #[must_use]
    pub fn between(
        posted: &Batch,
        now: &Batch,
        n: NonZeroU32,
        not_before: Option<NaiveDate>,
        company: &Company,
    ) -> Vec<Self> {
        let period = company.on(posted.business_date());
        let edits = posted.late_edits(now, |at| period.txn_date(posted.store(), at));
        let numbered = (0..).zip(edits);
        numbered.map(|(more, batch)| Self { batch, n: n.saturating_add(more), not_before }).collect()
    }

    /// Returns the events that differ, each with what has to be added. They are no receipts: their amounts balance, and no till
    /// has rung them up.
    #[must_use]
    pub fn differences(&self) -> &Batch {
        &self.batch
    }

    /// Returns which correction of its batch it is, from 1 (N-16).
    #[must_use]
    pub fn number(&self) -> NonZeroU32 {
        self.n
    }

    /// Returns the day before which nothing of it is dated: the first one on which the books were open when it was made.
    #[must_use]
    pub fn not_before(&self) -> Option<NaiveDate> {
        self.not_before
    }

    /// Returns the key of the batch that is corrected.
    #[must_use]
    pub fn corrected(&self) -> BatchKey {
        BatchKey::of(&self.batch)
    }
}

/// The day on which an instant of a store is booked: its own (T-04), or the first on which the books are open.
pub(crate) fn booked_on(
    period: &Period,
    store: &Store,
    at: DateTime<FixedOffset>,
    not_before: Option<NaiveDate>,
) -> NaiveDate {
    let day = period.txn_date(store, at);
    not_before.map_or(day, |open| day.max(open))
}
