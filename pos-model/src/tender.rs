//! How the till was paid.

use std::fmt;
use std::sync::Arc;

use crate::Money;

/// The POS's number of a type of tender, for example 15239 for Cash. It stands in document numbers (N-02).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TenderTypeId(pub u64);

impl fmt::Display for TenderTypeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What a type of tender does to the books.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TenderKind {
    /// Notes and coins, net of change.
    Cash,
    /// A card terminal.
    Card,
    /// A check.
    Check,
    /// Any other money: a transfer, a wallet.
    Other,
    /// A gift certificate redeemed (+) or issued for a refund (-): a liability moves, no money.
    GiftCertificate,
    /// A deposit paid before on a customer order, redeemed: a liability moves, no money.
    Deposit,
    /// The customer's account: charged (+) or credited (-).
    CustomerAccount,
}

impl TenderKind {
    /// Returns whether money changes hands.
    #[must_use]
    pub const fn is_money(self) -> bool {
        matches!(self, Self::Cash | Self::Card | Self::Check | Self::Other)
    }
}

/// A type of tender, as the store has set it up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TenderType {
    pub(crate) id: TenderTypeId,
    pub(crate) name: String,
    pub(crate) kind: TenderKind,
}

impl TenderType {
    /// Returns its number.
    #[must_use]
    pub fn id(&self) -> TenderTypeId {
        self.id
    }

    /// Returns its full name, shown in the memo of payments (N-14).
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns what it does to the books.
    #[must_use]
    pub fn kind(&self) -> TenderKind {
        self.kind
    }
}

/// One tender of a transaction or of a payment on account.
#[derive(Clone, PartialEq, Eq)]
pub struct Tender {
    pub(crate) tender_type: Arc<TenderType>,
    pub(crate) amount: Money,
    pub(crate) certificate: Option<String>,
    pub(crate) order: Option<u64>,
}

impl fmt::Debug for Tender {
    /// Without the certificate's number: whoever knows it can spend it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { tender_type, amount, certificate: _, order } = self;
        f.debug_struct("Tender")
            .field("type", &tender_type.id)
            .field("amount", amount)
            .field("order", order)
            .finish_non_exhaustive()
    }
}

impl Tender {
    /// Returns its type.
    #[must_use]
    pub fn tender_type(&self) -> &Arc<TenderType> {
        &self.tender_type
    }

    /// Returns the amount. Positive: taken from the customer. Negative: given to them. 0.00 posts nothing.
    #[must_use]
    pub fn amount(&self) -> Money {
        self.amount
    }

    /// Returns the number of a gift certificate, when the till knows it.
    #[must_use]
    pub fn certificate(&self) -> Option<&str> {
        self.certificate.as_deref()
    }

    /// Returns the customer order of a deposit tender; none of any other kind.
    #[must_use]
    pub fn order(&self) -> Option<u64> {
        self.order
    }
}
