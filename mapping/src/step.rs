//! Handles of steps within one plan.
//!
//! A handle is given by the plan when a document is added, so a link can only name a document that stands before it.

/// An invoice of this plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvoiceStep(pub(crate) u32);

/// A credit memo of this plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CreditMemoStep(pub(crate) u32);

/// An expense of this plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExpenseStep(pub(crate) u32);

/// A purchase order of this plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PurchaseOrderStep(pub(crate) u32);
