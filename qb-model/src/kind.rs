//! The kinds of QuickBooks entity this program knows, with their names on the wire.
//!
//! Neighbours: `create.rs` (one body a kind), `content.rs` (one comparison a kind). A new kind is a variant
//! here; the compiler then names every place that must learn it.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A kind of list entry or document in QuickBooks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub enum EntityKind {
    /// An account of the chart of accounts.
    Account,
    /// A product or service.
    Item,
    /// A customer.
    Customer,
    /// A way to pay (cash, a card brand).
    PaymentMethod,
    /// A supplier.
    Vendor,
    /// A sale on account.
    Invoice,
    /// Money received from a customer, or a settlement of 0.00.
    Payment,
    /// A credit to a customer.
    CreditMemo,
    /// Money spent: QuickBooks' screens call a cash purchase an Expense.
    Purchase,
    /// A sale paid on the spot.
    SalesReceipt,
    /// An order to a supplier; posts nothing.
    PurchaseOrder,
    /// What a supplier is owed.
    Bill,
    /// Debits and credits as such.
    JournalEntry,
    /// A location; read only.
    Department,
    /// A class; read only.
    Class,
    /// A sales tax code; read only.
    TaxCode,
}

impl EntityKind {
    /// Every kind that is created, list entries first.
    pub const CREATED: [Self; 13] = [
        Self::Account,
        Self::Item,
        Self::Customer,
        Self::PaymentMethod,
        Self::Vendor,
        Self::Invoice,
        Self::Payment,
        Self::CreditMemo,
        Self::Purchase,
        Self::SalesReceipt,
        Self::PurchaseOrder,
        Self::Bill,
        Self::JournalEntry,
    ];

    /// Returns the name in bodies and queries: `SalesReceipt`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Account => "Account",
            Self::Item => "Item",
            Self::Customer => "Customer",
            Self::PaymentMethod => "PaymentMethod",
            Self::Vendor => "Vendor",
            Self::PurchaseOrder => "PurchaseOrder",
            Self::Bill => "Bill",
            Self::Invoice => "Invoice",
            Self::Payment => "Payment",
            Self::CreditMemo => "CreditMemo",
            Self::Purchase => "Purchase",
            Self::SalesReceipt => "SalesReceipt",
            Self::JournalEntry => "JournalEntry",
            Self::Department => "Department",
            Self::Class => "Class",
            Self::TaxCode => "TaxCode",
        }
    }

    /// Returns the path segment: `salesreceipt`.
    #[must_use]
    pub const fn path(self) -> &'static str {
        match self {
            Self::Account => "account",
            Self::Item => "item",
            Self::Customer => "customer",
            Self::PaymentMethod => "paymentmethod",
            Self::Vendor => "vendor",
            Self::PurchaseOrder => "purchaseorder",
            Self::Bill => "bill",
            Self::Invoice => "invoice",
            Self::Payment => "payment",
            Self::CreditMemo => "creditmemo",
            Self::Purchase => "purchase",
            Self::SalesReceipt => "salesreceipt",
            Self::JournalEntry => "journalentry",
            Self::Department => "department",
            Self::Class => "class",
            Self::TaxCode => "taxcode",
        }
    }

    /// Returns the kind that this program creates with that wire name; `None` for any other.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::CREATED.into_iter().find(|kind| kind.name() == name)
    }

    /// Returns whether this is a list entry (a name that can be made inactive) and not a document that posts.
    #[must_use]
    pub const fn is_list_entry(self) -> bool {
        matches!(
            self,
            Self::Account
                | Self::Item
                | Self::Customer
                | Self::PaymentMethod
                | Self::Vendor
                | Self::Department
                | Self::Class
                | Self::TaxCode
        )
    }

    /// Returns the field that carries our number or name and can be filtered in a query: `DocNumber`, for
    /// payments `PaymentRefNum`, for list entries `Name` or `DisplayName`.
    #[must_use]
    pub const fn number_field(self) -> &'static str {
        match self {
            Self::Account
            | Self::Item
            | Self::PaymentMethod
            | Self::Department
            | Self::Class
            | Self::TaxCode => "Name",
            Self::Customer | Self::Vendor => "DisplayName",
            Self::Payment => "PaymentRefNum",
            Self::Invoice
            | Self::CreditMemo
            | Self::Purchase
            | Self::SalesReceipt
            | Self::PurchaseOrder
            | Self::Bill
            | Self::JournalEntry => "DocNumber",
        }
    }
}

impl fmt::Display for EntityKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// A type of this crate that stands for one kind: `Invoice`, `Customer`. It ties a typed id to its kind.
pub trait Entity {
    /// The kind.
    const KIND: EntityKind;
}

macro_rules! entities {
    ($($entity:ident),*) => {
        $(impl Entity for crate::$entity {
            const KIND: EntityKind = EntityKind::$entity;
        })*
    };
}

entities!(
    Account,
    Item,
    Customer,
    PaymentMethod,
    Vendor,
    Invoice,
    Payment,
    CreditMemo,
    Purchase,
    SalesReceipt,
    PurchaseOrder,
    Bill
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn path_is_the_name_in_lower_case_and_names_are_distinct() {
        for kind in EntityKind::CREATED {
            assert_eq!(kind.path(), kind.name().to_lowercase());
            assert_eq!(EntityKind::from_name(kind.name()), Some(kind));
        }
        assert_eq!(EntityKind::from_name("Estimate"), None);
    }
}
