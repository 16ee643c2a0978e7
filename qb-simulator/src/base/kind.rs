//! Which entity something is of, and what can be done with one: the names that the whole crate shares.
//!
//! Knows no company. Neighbours: `entity` says what there is to know of each kind.

use serde::{Deserialize, Serialize};

/// An entity of QuickBooks that the simulator has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum EntityKind {
    Account,
    Customer,
    Item,
    PaymentMethod,
    TaxCode,
    TaxRate,
    TaxAgency,
    Invoice,
    CreditMemo,
    SalesReceipt,
    Payment,
    Purchase,
    Preferences,
    CompanyInfo,
    Vendor,
    Class,
    Department,
    Term,
    CustomerType,
    PurchaseOrder,
    Bill,
    VendorCredit,
    BillPayment,
    RefundReceipt,
    JournalEntry,
    Deposit,
    Transfer,
    Employee,
}

impl EntityKind {
    /// Every kind, in the order of its declaration.
    pub(crate) const ALL: &'static [EntityKind] = &[
        EntityKind::Account,
        EntityKind::Customer,
        EntityKind::Item,
        EntityKind::PaymentMethod,
        EntityKind::TaxCode,
        EntityKind::TaxRate,
        EntityKind::TaxAgency,
        EntityKind::Invoice,
        EntityKind::CreditMemo,
        EntityKind::SalesReceipt,
        EntityKind::Payment,
        EntityKind::Purchase,
        EntityKind::Preferences,
        EntityKind::CompanyInfo,
        EntityKind::Vendor,
        EntityKind::Class,
        EntityKind::Department,
        EntityKind::Term,
        EntityKind::CustomerType,
        EntityKind::PurchaseOrder,
        EntityKind::Bill,
        EntityKind::VendorCredit,
        EntityKind::BillPayment,
        EntityKind::RefundReceipt,
        EntityKind::JournalEntry,
        EntityKind::Deposit,
        EntityKind::Transfer,
        EntityKind::Employee,
    ];

    /// Returns the name QuickBooks gives it; the path segment is the same in lower case.
    pub(crate) fn name(self) -> &'static str {
        match self {
            EntityKind::Account => "Account",
            EntityKind::Customer => "Customer",
            EntityKind::Item => "Item",
            EntityKind::PaymentMethod => "PaymentMethod",
            EntityKind::TaxCode => "TaxCode",
            EntityKind::TaxRate => "TaxRate",
            EntityKind::TaxAgency => "TaxAgency",
            EntityKind::Invoice => "Invoice",
            EntityKind::CreditMemo => "CreditMemo",
            EntityKind::SalesReceipt => "SalesReceipt",
            EntityKind::Payment => "Payment",
            EntityKind::Purchase => "Purchase",
            EntityKind::Preferences => "Preferences",
            EntityKind::CompanyInfo => "CompanyInfo",
            EntityKind::Vendor => "Vendor",
            EntityKind::Class => "Class",
            EntityKind::Department => "Department",
            EntityKind::Term => "Term",
            EntityKind::CustomerType => "CustomerType",
            EntityKind::PurchaseOrder => "PurchaseOrder",
            EntityKind::Bill => "Bill",
            EntityKind::VendorCredit => "VendorCredit",
            EntityKind::BillPayment => "BillPayment",
            EntityKind::RefundReceipt => "RefundReceipt",
            EntityKind::JournalEntry => "JournalEntry",
            EntityKind::Deposit => "Deposit",
            EntityKind::Transfer => "Transfer",
            EntityKind::Employee => "Employee",
        }
    }

    /// Returns whether it is a document: dated, in the one sequence of transaction ids, and deletable.
    pub(crate) fn is_document(self) -> bool {
        use EntityKind::{
            Bill, BillPayment, CreditMemo, Deposit, Invoice, JournalEntry, Payment, Purchase, PurchaseOrder,
            RefundReceipt, SalesReceipt, Transfer, VendorCredit,
        };
        matches!(
            self,
            Bill | BillPayment
                | CreditMemo
                | Deposit
                | Invoice
                | JournalEntry
                | Payment
                | Purchase
                | PurchaseOrder
                | RefundReceipt
                | SalesReceipt
                | Transfer
                | VendorCredit
        )
    }
}

/// What a request asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Operation {
    /// POST of a body without Id.
    Create,
    /// POST of a body with an Id.
    Update,
    /// `operation=delete`.
    Delete,
    /// `operation=void` or `include=void`.
    Void,
    /// GET of one object.
    Read,
    /// A query.
    Query,
    /// A report.
    Report,
    /// A batch.
    Batch,
    /// Change data capture.
    Cdc,
    /// An OAuth token request.
    Token,
    /// An OAuth revocation.
    Revoke,
    /// Anything else.
    Other,
}

impl Operation {
    /// Returns whether it is a request to the OAuth server.
    #[must_use]
    pub fn is_oauth(self) -> bool {
        matches!(self, Operation::Token | Operation::Revoke)
    }

    /// Returns whether it changes one object.
    #[must_use]
    pub fn is_write(self) -> bool {
        matches!(self, Operation::Create | Operation::Update | Operation::Delete | Operation::Void)
    }
}
