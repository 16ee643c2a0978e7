//! The sales tax groups of a company, as sums need them.
//!
//! Neighbours: `lists::tax` and `lists::tax_service` make them, `documents::sales_tax` applies them.

use rust_decimal::Decimal;

/// A group tax code and the rates it stands for.
#[derive(Debug, Clone)]
pub(crate) struct TaxGroup {
    /// The TaxCode's id.
    pub(crate) id: String,
    /// At least one.
    pub(crate) rates: Vec<TaxRate>,
}

/// One rate of one agency.
#[derive(Debug, Clone)]
pub(crate) struct TaxRate {
    /// The TaxRate's id.
    pub(crate) id: String,
    /// In percent.
    pub(crate) percent: Decimal,
    /// The agency's liability account.
    pub(crate) payable: u64,
}
