//! Whose Accounts Receivable a document moves: a customer's, or the store's own.

use std::fmt;

use pos_model::{Customer, Store};

use crate::key::{CustomerKey, StepKey};

/// Whose A/R a document moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Party<'a> {
    /// The store's own customer, when none was set at the till (D-19).
    Store(&'a Store),
    /// A customer of the POS.
    Customer(&'a Store, &'a Customer),
}

/// A party's lasting key.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PartyKey {
    /// The store of this code.
    Store(String),
    /// A customer of the point of sale.
    Customer(CustomerKey),
}

impl<'a> Party<'a> {
    /// Returns the lasting key.
    #[must_use]
    pub fn key(self) -> PartyKey {
        match self {
            Self::Store(store) => PartyKey::Store(store.code().to_owned()),
            Self::Customer(store, customer) => PartyKey::Customer(CustomerKey::of(store, customer)),
        }
    }
}

impl PartyKey {
    /// Returns the key of the step that ensures the party's record.
    #[must_use]
    pub fn step(&self) -> StepKey {
        match self {
            Self::Store(code) => StepKey::store(code),
            Self::Customer(customer) => StepKey::customer(customer),
        }
    }
}

impl fmt::Display for PartyKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.step().fmt(f)
    }
}
