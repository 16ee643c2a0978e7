//! Whose Accounts Receivable a document moves: a customer's, or the store's own.

use std::fmt;

use pos_model::{Customer, Store};

/// Whose A/R a document moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Party<'a> {
    /// No customer was set: the store's own (D-19).
    Store(&'a Store),
    /// A customer of the POS.
    Customer(&'a Store, &'a Customer),
}

/// A party's lasting key.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PartyKey {
    /// The store of this code.
    Store(String),
    /// The customer of this id.
    Customer(String),
}

impl<'a> Party<'a> {
    /// The lasting key.
    pub fn key(self) -> PartyKey {
        match self {
            Self::Store(store) => PartyKey::Store(store.code().to_owned()),
            Self::Customer(_, customer) => PartyKey::Customer(customer.id().to_owned()),
        }
    }
}

impl fmt::Display for PartyKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Store(code) => write!(f, "store-{code}"),
            Self::Customer(id) => write!(f, "cust-{id}"),
        }
    }
}
