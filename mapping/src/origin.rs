//! What is planned, posted and tied out as one: a batch, a purchase order, the opening balances of a company.
//!
//! Neighbours: `rules` turn an origin into a plan, `subledger` into the till's own figures; `key` names it.

use chrono::NaiveDate;
use pos_model::{Batch, PurchaseOrder, Store};

use crate::key::{BatchKey, OriginKey};
use crate::{Company, Correction, PlanError};

/// What a plan is of.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Origin<'a> {
    /// A closed batch.
    Batch(&'a Batch),
    /// A closed purchase order.
    PurchaseOrder(&'a PurchaseOrder),
    /// What is posted beside a batch that was changed afterwards (T-06).
    Correction(&'a Correction),
    /// The opening balances of a company (T-05).
    OpeningEntry {
        /// The store whose prefix the entry's number has.
        store: &'a Store,
        /// Its date.
        date: NaiveDate,
    },
}

impl<'a> From<&'a Batch> for Origin<'a> {
    fn from(batch: &'a Batch) -> Self {
        Self::Batch(batch)
    }
}

impl<'a> From<&'a PurchaseOrder> for Origin<'a> {
    fn from(order: &'a PurchaseOrder) -> Self {
        Self::PurchaseOrder(order)
    }
}

impl<'a> From<&'a Correction> for Origin<'a> {
    fn from(correction: &'a Correction) -> Self {
        Self::Correction(correction)
    }
}

/// Returns the origins of batches and of purchase orders, in this order.
pub fn origins<'a>(batches: &'a [Batch], orders: &'a [PurchaseOrder]) -> impl Iterator<Item = Origin<'a>> {
    batches.iter().map(Origin::from).chain(orders.iter().map(Origin::from))
}

impl<'a> Origin<'a> {
    /// Returns the entry that moves certificates and deposits from the account that carried them before the company went
    /// live (T-05). The store lends its prefix.
    ///
    /// # Errors
    /// [`PlanError::NoOpening`] when the company mapping has no opening balances with an account to move them from.
    pub fn opening_entry(store: &'a Store, company: &Company) -> Result<Self, PlanError> {
        let opening = company.opening_entry_to_post().ok_or(PlanError::NoOpening)?;
        Ok(Self::OpeningEntry { store, date: opening.date })
    }

    /// Returns the store.
    #[must_use]
    pub fn store(self) -> &'a Store {
        match self {
            Self::Batch(batch) => batch.store(),
            Self::PurchaseOrder(order) => order.store(),
            Self::Correction(correction) => correction.differences().store(),
            Self::OpeningEntry { store, .. } => store,
        }
    }

    /// Returns the key.
    #[must_use]
    pub fn key(self) -> OriginKey {
        let store = self.store().code().to_owned();
        match self {
            Self::Batch(batch) => OriginKey::Batch(BatchKey::of(batch)),
            Self::PurchaseOrder(order) => OriginKey::PurchaseOrder { store, number: order.number() },
            Self::Correction(correction) => {
                OriginKey::Correction { batch: correction.corrected(), n: correction.number() }
            }
            Self::OpeningEntry { date, .. } => OriginKey::OpeningEntry { store, date },
        }
    }

    /// Returns the date people call it by.
    #[must_use]
    pub fn date(self) -> NaiveDate {
        match self {
            Self::Batch(batch) => batch.business_date(),
            Self::PurchaseOrder(order) => order.date(),
            Self::Correction(correction) => correction.differences().business_date(),
            Self::OpeningEntry { date, .. } => date,
        }
    }

    /// Returns its number, of a correction its batch's; of the opening balances 0.
    #[must_use]
    pub fn number(self) -> u64 {
        match self {
            Self::Batch(batch) => batch.number(),
            Self::PurchaseOrder(order) => order.number(),
            Self::Correction(correction) => correction.differences().number(),
            Self::OpeningEntry { .. } => 0,
        }
    }
}
