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
    /// Returns the store. A file without batches and purchase orders has one too: on the day a company goes live it says
    /// whose opening balances to post.
    #[must_use]
    pub fn store(&self) -> &Arc<Store> {
        &self.store
    }

    /// Returns the batches, in the file's order.
    #[must_use]
    pub fn batches(&self) -> &[Batch] {
        &self.batches
    }

    /// Returns the purchase orders, in the file's order.
    #[must_use]
    pub fn purchase_orders(&self) -> &[PurchaseOrder] {
        &self.purchase_orders
    }

    /// Returns the batches and the purchase orders, in the file's order.
    #[must_use]
    pub fn into_parts(self) -> (Vec<Batch>, Vec<PurchaseOrder>) {
        (self.batches, self.purchase_orders)
    }
}
