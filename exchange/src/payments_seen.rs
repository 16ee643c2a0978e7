//! Payments that were looked up ahead of the plans that ask for them.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use qb_model::Answer;

/// Payments that QuickBooks has of some days, under the numbers of those that the log does not know.
#[derive(Debug)]
pub(crate) struct PaymentsSeen {
    pub(crate) first: NaiveDate,
    pub(crate) last: NaiveDate,
    pub(crate) by_number: BTreeMap<String, Vec<Answer>>,
}

impl PaymentsSeen {
    /// Those under these numbers; none when other days were looked at.
    pub(crate) fn of<'n>(
        &self,
        days: (NaiveDate, NaiveDate),
        numbers: impl Iterator<Item = &'n str>,
    ) -> Option<BTreeMap<String, Vec<Answer>>> {
        let found = |number: &'n str| Some((number.to_owned(), self.by_number.get(number)?.clone()));
        (self.first <= days.0 && days.1 <= self.last).then(|| numbers.filter_map(found).collect())
    }
}
