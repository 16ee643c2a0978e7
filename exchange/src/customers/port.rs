//! The port to the customers of a point of sale.
//!
//! A host keeps its customers as it likes; of each it needs a stamp, which changes with every change of the record, and the ids
//! of QuickBooks' records beside it. `conformance` tests one.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use mapping::CustomerKey;
use mapping::customers::{Movement, PosChange, PosRecord};
use pos_model::Money;

/// How far a reading of changes has come; a text of the host's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark(pub String);

/// Customers that changed, and how far that reading has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed {
    /// The customers as they are now, merged and deleted ones too, each once.
    pub customers: Vec<PosRecord>,
    /// The mark to read from the next time.
    pub mark: Mark,
}

/// The names of what the point of sale keeps of customers beside the customers themselves.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PosLists {
    /// Its types of customers (F-06).
    pub types: BTreeSet<String>,
    /// Its custom fields of customers (F-10).
    pub custom_fields: BTreeSet<String>,
}

/// What became of one change. Whatever it is, the change was carried out whole or not at all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Applied {
    /// It is carried out, now or before.
    Done,
    /// The customer that has the record, made now or before.
    Added(CustomerKey),
    /// The customer has changed since the change was worked out: nothing was changed. It is decided again in the next exchange.
    Stale,
    /// There is no such customer, or a merge would lead back to where it began: nothing was changed.
    Refused,
}

/// A customer's balance after an exchange (F-04).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewBalance {
    /// The customer.
    pub customer: CustomerKey,
    /// The balance that this was worked out from: another one is not overwritten, for a charge may have come in between.
    pub from: Money,
    /// The balance: QuickBooks' figure and what it does not contain. Positive: the customer owes.
    pub to: Money,
    /// What the customer may still charge; none without a limit, negative when the limit is exceeded.
    pub available: Option<Money>,
}

/// A port: the customers of a retailer at its point of sale.
///
/// Every change can be asked for twice with the effect of once: an exchange that broke off is made again. What was worked out from an
/// older version of a record is refused and not carried out.
#[async_trait]
pub trait PosCustomers: Send + Sync {
    /// Reads the customers that changed behind a mark, all of them without one. A change that happens while this reads is in this
    /// reading or in the next, never in none.
    ///
    /// # Errors
    /// [`PosCustomersError`]. Nothing changed.
    async fn changed(&self, since: Option<&Mark>) -> Result<Changed, PosCustomersError>;

    /// Reads the names of types and custom fields.
    ///
    /// # Errors
    /// [`PosCustomersError`]. Nothing changed.
    async fn lists(&self) -> Result<PosLists, PosCustomersError>;

    /// Reads customers by their keys; those that are not there are left out.
    ///
    /// # Errors
    /// [`PosCustomersError`]. Nothing changed.
    async fn read(&self, customers: &[CustomerKey]) -> Result<Vec<PosRecord>, PosCustomersError>;

    /// Carries changes out in their order, each by itself, and says of each what became of it. An update whose values all stand
    /// there already is done, whatever the record's version.
    ///
    /// # Errors
    /// [`PosCustomersError`]: the first of the changes may have been carried out, the others not; the whole may be asked for again.
    async fn apply(&self, changes: &[PosChange]) -> Result<Vec<Applied>, PosCustomersError>;

    /// Reads balances by the POS's account, with every charge that a till has made; those that are not there are left out.
    ///
    /// # Errors
    /// [`PosCustomersError`]. Nothing changed.
    async fn balances(
        &self,
        customers: &[CustomerKey],
    ) -> Result<BTreeMap<CustomerKey, Money>, PosCustomersError>;

    /// Overwrites balances and the credit that tills go by. Of each: [`Applied::Done`], [`Applied::Stale`] or [`Applied::Refused`].
    ///
    /// # Errors
    /// [`PosCustomersError`]: some balances may have been overwritten; the whole may be asked for again.
    async fn set_balances(&self, balances: &[NewBalance]) -> Result<Vec<Applied>, PosCustomersError>;

    /// Lists the charges, payments and credits of batches that were not handed to an exchange yet.
    ///
    /// # Errors
    /// [`PosCustomersError`]. Nothing changed.
    async fn unsent(&self) -> Result<Vec<Movement>, PosCustomersError>;
}

/// Why the customers of the point of sale cannot be used. QuickBooks' books are as they were.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PosCustomersError {
    /// The storage failed.
    #[error("the customers of the point of sale cannot be read or written: {why}; run the exchange again")]
    Unavailable {
        /// What the storage says.
        why: String,
    },
    /// It did not say of each change what became of it.
    #[error(
        "the point of sale was given {asked} changes of customers and answered to {answered}: its port must answer to each, in order"
    )]
    Answers {
        /// How many changes it was given.
        asked: usize,
        /// How many answers came.
        answered: usize,
    },
}

impl PosCustomersError {
    /// Returns a stable word for this error.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unavailable { .. } => "pos-unavailable",
            Self::Answers { .. } => "pos-answers",
        }
    }
}
