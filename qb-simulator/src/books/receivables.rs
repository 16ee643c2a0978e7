//! Open amounts of the documents that stand in accounts receivable, or in accounts payable.
//!
//! A charge (Invoice, Expense, Check on A/R) is owed by the customer; a credit (CreditMemo, Payment)
//! is owed to the customer. Knows ids and amounts only, and checks nothing by itself: `documents::payment`
//! asks before it applies. The sum of open charges less open credits is the A/R balance. A second instance keeps accounts
//! payable: there a charge (Bill) is owed to the vendor, and `customer` is the vendor.

use std::collections::{BTreeSet, HashMap};

use rust_decimal::Decimal;

use crate::base::kind::EntityKind;

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
    /// The ids of those with something open, by party and kind.
    open: HashMap<(u64, EntityKind), BTreeSet<u64>>,
}

impl Receivables {
    /// Enters a document.
    pub(crate) fn enter(&mut self, txn_id: u64, item: OpenItem) {
        self.remove(txn_id);
        self.note(txn_id, &item);
        self.items.insert(txn_id, item);
    }

    /// Keeps a document among the open ones of its party and kind as long as something is open on it.
    fn note(&mut self, txn_id: u64, item: &OpenItem) {
        let key = (item.customer, item.kind);
        if !item.open.is_zero() {
            self.open.entry(key).or_default().insert(txn_id);
        } else if let Some(ids) = self.open.get_mut(&key) {
            ids.remove(&txn_id);
            if ids.is_empty() {
                self.open.remove(&key);
            }
        }
    }

    /// Gives the documents of a party to another one.
    pub(crate) fn rename(&mut self, from: u64, to: u64) {
        let found = self.items.iter().filter(|(_, item)| item.customer == from);
        let items: Vec<(u64, OpenItem)> = found.map(|(id, item)| (*id, item.clone())).collect();
        for (id, item) in items {
            self.enter(id, OpenItem { customer: to, ..item });
        }
    }

    /// Returns all documents by id, in no order.
    pub(crate) fn items(&self) -> impl Iterator<Item = (u64, &OpenItem)> {
        self.items.iter().map(|(id, item)| (*id, item))
    }

    /// Returns a document by its id.
    pub(crate) fn item(&self, txn_id: u64) -> Option<&OpenItem> {
        self.items.get(&txn_id)
    }

    /// Takes a document out, as it stood.
    pub(crate) fn remove(&mut self, txn_id: u64) -> Option<OpenItem> {
        let item = self.items.remove(&txn_id)?;
        self.note(txn_id, &OpenItem { open: Decimal::ZERO, ..item.clone() });
        Some(item)
    }

    /// Returns the documents of a kind on which something of a party is open, oldest first.
    pub(crate) fn open_of(&self, customer: u64, kind: EntityKind) -> impl Iterator<Item = (u64, &OpenItem)> {
        let ids = self.open.get(&(customer, kind)).into_iter().flatten();
        ids.filter_map(|id| Some((*id, self.items.get(id)?)))
    }

    /// Lowers a document's open amount and gives what remains.
    pub(crate) fn apply(&mut self, txn_id: u64, amount: Decimal) -> Decimal {
        let Some(item) = self.items.get_mut(&txn_id) else { return Decimal::ZERO };
        item.open -= amount;
        let item = item.clone();
        self.note(txn_id, &item);
        item.open
    }

    /// Open charges less open credits, of one customer or of all.
    pub(crate) fn total(&self, customer: Option<u64>) -> Decimal {
        self.items
            .values()
            .filter(|item| customer.is_none_or(|id| id == item.customer))
            .map(|item| if item.is_charge { item.open } else { -item.open })
            .sum()
    }

    /// Returns whether an open amount has fallen below zero, which would be a defect.
    pub(crate) fn overdrawn(&self) -> Option<u64> {
        self.items
            .iter()
            .find(|(_, item)| item.open.is_sign_negative() && !item.open.is_zero())
            .map(|(id, _)| *id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn invoice(customer: u64, cents: i64) -> OpenItem {
        let amount = Decimal::new(cents, 2);
        let kind = EntityKind::Invoice;
        OpenItem { customer, kind, txn_type: "Invoice", is_charge: true, amount, open: amount }
    }

    #[test]
    fn knows_what_is_open_of_a_customer_oldest_first() {
        let mut book = Receivables::default();
        for (id, customer) in [(3, 1), (1, 1), (2, 2)] {
            book.enter(id, invoice(customer, 500));
        }
        let open = |book: &Receivables, customer| -> Vec<u64> {
            book.open_of(customer, EntityKind::Invoice).map(|(id, _)| id).collect()
        };
        assert_eq!(open(&book, 1), [1, 3]);
        assert!(book.open_of(1, EntityKind::CreditMemo).next().is_none());
        book.apply(1, Decimal::new(500, 2));
        assert_eq!(open(&book, 1), [3]);
        book.apply(1, Decimal::new(-1, 2));
        assert_eq!(open(&book, 1), [1, 3]);
        book.enter(1, invoice(2, 500));
        assert_eq!((open(&book, 1), open(&book, 2)), (vec![3], vec![1, 2]));
        book.remove(2);
        assert_eq!(open(&book, 2), [1]);
    }
    #[test]
    fn a_renamed_partys_documents_are_anothers() {
        let mut book = Receivables::default();
        book.enter(1, invoice(1, 500));
        book.enter(2, invoice(2, 200));
        book.rename(1, 2);
        assert!(book.open_of(1, EntityKind::Invoice).next().is_none());
        let open = book.open_of(2, EntityKind::Invoice).map(|(id, _)| id).collect::<Vec<_>>();
        assert_eq!((open, book.total(Some(2))), (vec![1, 2], Decimal::new(700, 2)));
    }

    #[test]
    fn adds_up_what_is_open_and_finds_what_is_overdrawn() {
        let mut book = Receivables::default();
        book.enter(1, invoice(1, 500));
        book.enter(2, OpenItem { is_charge: false, ..invoice(1, 200) });
        book.enter(3, invoice(2, 100));
        let cents = |cents| Decimal::new(cents, 2);
        assert_eq!(
            (book.total(Some(1)), book.total(Some(2)), book.total(None)),
            (cents(300), cents(100), cents(400))
        );
        book.apply(3, cents(100));
        assert_eq!(book.overdrawn(), None, "settled in full");
        book.apply(3, cents(1));
        assert_eq!(book.overdrawn(), Some(3));
    }
}
