//! A valid POS file. `read/json.rs` makes one from bytes.

use std::sync::Arc;

use crate::{Batch, PurchaseOrder, Store};

/// A valid POS file: one store's batches and purchase orders, each of which knows its store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PosFile {
    pub(crate) store: Arc<Store>,
    pub(crate) batches: Vec<Batch>,
    pub(crate) purchase_orders: Vec<PurchaseOrder>,
}

impl PosFile {
    /// The store. A file without batches and purchase orders has one too: on the day a company goes live it says whose
    /// opening balances to post.
    pub fn store(&self) -> &Arc<Store> {
        &self.store
    }

    /// The batches, in the file's order.
    pub fn batches(&self) -> &[Batch] {
        &self.batches
    }

    /// The purchase orders, in the file's order.
    pub fn purchase_orders(&self) -> &[PurchaseOrder] {
        &self.purchase_orders
    }

    /// The batches and the purchase orders, in the file's order.
    pub fn into_parts(self) -> (Vec<Batch>, Vec<PurchaseOrder>) {
        (self.batches, self.purchase_orders)
    }
}
