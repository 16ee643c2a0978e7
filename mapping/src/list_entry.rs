//! A list entry that documents need: an account, item, payment method, customer or vendor.
//!
//! Keyed by role or by the POS's immutable id, ensured once and never in content conflict.

use pos_model::TenderType;

use crate::key::{StepKey, StepKind};
use crate::party::Party;
use crate::{ControlAccount, ItemRole};

/// A list entry to be ensured.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum ListEntry<'a> {
    /// The account that plays a role.
    Account(ControlAccount),
    /// The item that plays a role, by its name.
    Item(ItemRole, &'a str),
    /// The payment method that stands for a type of money tender.
    PaymentMethod(&'a TenderType),
    /// The same at a store whose types are its own (P-03): its name stands for it.
    OwnPaymentMethod(&'a TenderType),
    /// The customer record of a party.
    Customer(Party<'a>),
    /// The vendor of this name.
    Vendor(&'a str),
}

impl ListEntry<'_> {
    /// Returns the lasting key.
    #[must_use]
    pub fn key(&self) -> StepKey {
        match self {
            Self::Account(account) => StepKey::account(*account),
            Self::Item(item, name) => StepKey::item(*item, name),
            Self::PaymentMethod(tender) => StepKey::payment_method(tender.id()),
            Self::OwnPaymentMethod(tender) => StepKey::payment_method_named(&payment_method_name(tender)),
            Self::Customer(party) => party.key().step(),
            Self::Vendor(name) => StepKey::vendor(name),
        }
    }

    /// Returns what it is.
    #[must_use]
    pub fn kind(&self) -> StepKind {
        match self {
            Self::Account(_) => StepKind::Account,
            Self::Item(..) => StepKind::Item,
            Self::PaymentMethod(_) | Self::OwnPaymentMethod(_) => StepKind::PaymentMethod,
            Self::Customer(Party::Store(_)) => StepKind::Store,
            Self::Customer(Party::Customer(..)) => StepKind::Customer,
            Self::Vendor(_) => StepKind::Vendor,
        }
    }
}

/// Returns the name of QuickBooks' payment method for a type of tender: its own, cut at the 31 characters that QuickBooks takes.
#[must_use]
pub fn payment_method_name(tender: &TenderType) -> String {
    tender.name().chars().take(31).collect()
}
