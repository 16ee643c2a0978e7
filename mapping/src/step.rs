//! What steps are called: a lasting key for every run, and handles within one plan.
//!
//! A handle is given by the plan when a document is added, so a link can only name a document that stands before it.

use std::fmt;

use crate::{DocNumber, DocumentKind};

/// The lasting key of a step, the same in every run: `inv-CLT1521022B4`, `cust-1042`. Unique in a company.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StepKey(pub String);

impl fmt::Display for StepKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

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

/// The key of a document. Numbers are compared without case (N-13).
pub(crate) fn step_key(kind: DocumentKind, number: &DocNumber) -> StepKey {
    StepKey(format!("{}-{}", kind.short(), number.as_str().to_ascii_uppercase()))
}
