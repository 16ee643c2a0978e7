//! Lines and tax of sales documents (invoice, credit memo, sales receipt).
//!
//! It refuses to know which item or tax an event needs: `mapping` decides, this file only makes the shape
//! right. Neighbours: `sales.rs` (the documents), `content.rs` (what of a line counts as content).

use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Serialize};

use crate::amount::Amount;
use crate::decimal::WireDecimal;
use crate::error::ModelError;
use crate::ids::{Class, Id, Ref, TaxCode};
use crate::lists::Item;

/// Whether a line is taxed: the only two codes a US line may carry, else fault 6100.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum LineTax {
    /// `TAX`.
    #[serde(rename = "TAX")]
    Taxable,
    /// `NON`.
    #[serde(rename = "NON")]
    NonTaxable,
}

/// A line's tax marker as a reference, `{"value":"TAX"}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineTaxRef {
    /// The marker.
    pub value: LineTax,
}

impl From<LineTax> for LineTaxRef {
    fn from(value: LineTax) -> Self {
        Self { value }
    }
}

/// The only detail type a sales line of ours has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum SalesDetailType {
    /// An item with an amount.
    #[default]
    SalesItemLineDetail,
}

/// One line of a sales document: an item, an amount and a tax marker.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct SalesLine {
    /// Always `SalesItemLineDetail`.
    pub detail_type: SalesDetailType,
    /// The line's amount without tax. Negative takes away from the document's total.
    pub amount: Amount,
    /// Text for people, at most 4,000 characters. Not content: a difference here is no conflict.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Item, quantity, price, tax marker.
    pub sales_item_line_detail: SalesDetail,
}

/// The item part of a sales line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct SalesDetail {
    /// The item sold; it decides the income account.
    pub item_ref: Ref<Item>,
    /// Quantity; only together with `unit_price`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub qty: Option<WireDecimal>,
    /// Price of one, without tax; only together with `qty`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit_price: Option<WireDecimal>,
    /// Always sent, so that QuickBooks has nothing to default.
    pub tax_code_ref: LineTaxRef,
    /// The class, where the company tracks one a line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub class_ref: Option<Ref<Class>>,
}

impl SalesLine {
    /// Returns a line of an item with an amount and no quantity.
    #[must_use]
    pub fn new(item: Id<Item>, amount: Amount, tax: LineTax) -> Self {
        Self {
            detail_type: SalesDetailType::SalesItemLineDetail,
            amount,
            description: None,
            sales_item_line_detail: SalesDetail {
                item_ref: item.into(),
                qty: None,
                unit_price: None,
                tax_code_ref: tax.into(),
                class_ref: None,
            },
        }
    }

    /// Returns the shipping line: QuickBooks' own item and only an amount.
    #[must_use]
    pub fn shipping(amount: Amount, tax: LineTax) -> Self {
        Self::new(Id::<Item>::shipping(), amount, tax)
    }

    /// Returns the same line with a class.
    #[must_use]
    pub fn of_class(mut self, class: Option<&Id<Class>>) -> Self {
        self.sales_item_line_detail.class_ref = class.map(Id::to_ref);
        self
    }

    /// Returns the same line with a text for people.
    #[must_use]
    pub fn described(mut self, description: impl Into<String>) -> Self {
        self.description = Some(description.into());
        self
    }

    /// Returns whether quantity times unit price, at full precision, rounds to the amount: half a cent away from zero, as
    /// QuickBooks checks it.
    #[must_use]
    pub fn foots(qty: WireDecimal, unit_price: WireDecimal, amount: Amount) -> bool {
        qty.value()
            .checked_mul(unit_price.value())
            .map(|product| product.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero))
            .is_some_and(|product| product == Decimal::from(amount))
    }

    /// Returns the same line with quantity and unit price.
    ///
    /// # Errors
    /// [`ModelError::QuantityTimesPrice`] when they do not foot to the amount: QuickBooks would refuse the
    /// document. Leave them out then.
    pub fn with_quantity(mut self, qty: WireDecimal, unit_price: WireDecimal) -> Result<Self, ModelError> {
        if !Self::foots(qty, unit_price, self.amount) {
            return Err(ModelError::QuantityTimesPrice {
                qty: qty.to_string(),
                unit_price: unit_price.to_string(),
                amount: self.amount.to_string(),
            });
        }
        self.sales_item_line_detail.qty = Some(qty);
        self.sales_item_line_detail.unit_price = Some(unit_price);
        Ok(self)
    }
}

/// Sales tax of a document: the company's group code and the exact tax the till charged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct TxnTaxDetail {
    /// The tax group; must be there for the tax to be stored.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub txn_tax_code_ref: Option<Ref<TaxCode>>,
    /// The whole tax of the document; taken instead of QuickBooks' own computation.
    pub total_tax: Amount,
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests {
    use super::*;

    fn foots(qty: &str, price: &str, amount: &str) -> bool {
        SalesLine::foots(qty.parse().unwrap(), price.parse().unwrap(), amount.parse().unwrap())
    }

    #[test]
    fn quantity_times_price_rounds_half_away_from_zero() {
        assert!(foots("128.350", "14.50", "1861.08"));
        assert!(!foots("128.350", "14.50", "1861.07"));
        assert!(foots("3", "33.333333", "100.00"));
        assert!(!foots("3", "33.33", "100.00"));
        assert!(foots("-1", "0.005", "-0.01"));
        assert!(!foots("999999999999999", "999999999999999", "0.01"));
    }

    #[test]
    fn refuses_a_quantity_that_does_not_foot() {
        let line = SalesLine::new(Id::new("19").unwrap(), "100.00".parse().unwrap(), LineTax::NonTaxable);
        let error = line.with_quantity("3".parse().unwrap(), "33.33".parse().unwrap()).unwrap_err();
        assert_eq!(
            error.to_string(),
            "3 x 33.33 does not round to 100.00; leave quantity and unit price out"
        );
    }
}
