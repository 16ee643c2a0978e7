//! Open amounts of the documents that stand in accounts receivable, or in accounts payable.
//!
//! A charge (Invoice, Expense, Check on A/R) is owed by the customer; a credit (CreditMemo, Payment)
//! is owed to the customer. Knows ids and amounts only, and checks nothing by itself: `documents::payment`
//! asks before it applies. The sum of open charges less open credits is the A/R balance. A second instance keeps accounts
//! payable: there a charge (Bill) is owed to the vendor, and `customer` is the vendor.

use std::collections::HashMap;

use rust_decimal::Decimal;

use crate::entity::EntityKind;

/// One document in accounts receivable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OpenItem {
    /// The customer who owes or is owed.
    pub(crate) customer: u64,
    /// What kind of document it is.
    pub(crate) kind: EntityKind,
    /// The name a LinkedTxn calls it by: `Invoice`, `CreditMemo`, `Expense`, `Check`, `Payment`.
    pub(crate) txn_type: &'static str,
    /// Whether the customer owes it.
    pub(crate) is_charge: bool,
    /// What the document came to before anything was applied to it.
    pub(crate) amount: Decimal,
    /// What is still open; never negative.
    pub(crate) open: Decimal,
}

/// All documents in accounts receivable, the settled ones included.
#[derive(Debug, Default)]
pub(crate) struct Receivables {
    items: HashMap<u64, OpenItem>,
}

impl Receivables {
    /// Enters a document.
    pub(crate) fn enter(&mut self, txn_id: u64, item: OpenItem) {
        self.items.insert(txn_id, item);
    }

    /// All documents by id, in no order.
    pub(crate) fn items(&self) -> impl Iterator<Item = (u64, &OpenItem)> {
        self.items.iter().map(|(id, item)| (*id, item))
    }

    /// A document by its id.
    pub(crate) fn item(&self, txn_id: u64) -> Option<&OpenItem> {
        self.items.get(&txn_id)
    }

    /// Takes a document out, as it stood.
    pub(crate) fn remove(&mut self, txn_id: u64) -> Option<OpenItem> {
        self.items.remove(&txn_id)
    }

    /// The open charges or the open credits of a customer, oldest first.
    pub(crate) fn open_of(&self, customer: u64, charges: bool) -> Vec<u64> {
        let items = self.items.iter().filter(|(_, item)| {
            item.customer == customer && item.is_charge == charges && !item.open.is_zero()
        });
        let mut ids: Vec<u64> = items.map(|(id, _)| *id).collect();
        ids.sort_unstable();
        ids
    }

    /// Lowers a document's open amount and gives what remains.
    pub(crate) fn apply(&mut self, txn_id: u64, amount: Decimal) -> Decimal {
        match self.items.get_mut(&txn_id) {
            Some(item) => {
                item.open -= amount;
                item.open
            }
            None => Decimal::ZERO,
        }
    }

    /// Open charges less open credits, of one customer or of all.
    pub(crate) fn total(&self, customer: Option<u64>) -> Decimal {
        self.items
            .values()
            .filter(|item| customer.is_none_or(|id| id == item.customer))
            .map(|item| if item.is_charge { item.open } else { -item.open })
            .sum()
    }

    /// Whether an open amount has fallen below zero, which would be a defect.
    pub(crate) fn overdrawn(&self) -> Option<u64> {
        self.items
            .iter()
            .find(|(_, item)| item.open.is_sign_negative() && !item.open.is_zero())
            .map(|(id, _)| *id)
    }
}
