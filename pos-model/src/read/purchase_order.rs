//! Purchase orders: nothing on them is negative.

use std::sync::Arc;

use super::reader::{NAME_LIMIT, Reader, UNLIMITED};
use crate::purchase_order::{PurchaseLine, PurchaseOrder};
use crate::raw::{self, DecimalText};
use crate::store::Store;
use crate::{Money, Rule};

impl Reader {
    pub(super) fn purchase_order(
        &mut self,
        store: &Arc<Store>,
        raw: raw::PurchaseOrder,
    ) -> Option<PurchaseOrder> {
        let faults_before = self.faults.len();
        self.date("date", raw.date);
        let is_closed = raw.status == raw::PurchaseOrderStatus::Closed;
        if let Some(closed_at) = raw.closed_at {
            self.instant("closed_at", closed_at);
            if !is_closed {
                self.fault("closed_at", Rule::OpenWithInstant);
            }
        }
        self.text("supplier", &raw.supplier, NAME_LIMIT);
        let title = self.optional_text("title", raw.title, UNLIMITED);
        let supplier_reference = self.optional_text("supplier_reference", raw.supplier_reference, UNLIMITED);
        let mut lines = Vec::with_capacity(raw.lines.len());
        for (i, line) in raw.lines.into_iter().enumerate() {
            self.place.part = Some(("line", i));
            let code = self.optional_text("code", line.code, UNLIMITED);
            let name = self.optional_text("name", line.name, UNLIMITED);
            let quantity = self.decimal("quantity", &line.quantity).filter(|quantity| {
                let is_negative = quantity.is_sign_negative() && !quantity.is_zero();
                if is_negative {
                    self.fault("quantity", Rule::NegativePurchase { amount: quantity.to_string() });
                }
                !is_negative
            });
            let (amount, tax) = (self.purchase("amount", &line.amount), self.purchase("tax", &line.tax));
            let (Some(quantity), Some(amount), Some(tax)) = (quantity, amount, tax) else { continue };
            lines.push(PurchaseLine { code, name, quantity, amount, tax });
        }
        self.place.part = None;
        let tax = self.purchase("tax", &raw.tax);
        let shipping = self.purchase("shipping", &raw.shipping);
        let shipping_tax = self.purchase("shipping_tax", &raw.shipping_tax);
        let other_fees = self.purchase("other_fees", &raw.other_fees);
        let order = PurchaseOrder {
            store: Arc::clone(store),
            number: raw.number,
            is_closed,
            date: raw.date,
            closed_at: raw.closed_at,
            supplier: raw.supplier,
            title,
            supplier_reference,
            lines,
            tax: tax?,
            shipping: shipping?,
            shipping_tax: shipping_tax?,
            other_fees: other_fees?,
        };
        let on_lines: Money = order.lines.iter().map(|line| line.tax).sum();
        if !order.tax.is_zero() && !on_lines.is_zero() {
            self.fault("tax", Rule::PurchaseTaxTwice { order: order.tax, lines: on_lines });
        }
        let total = order.lines.iter().map(|line| line.amount).sum::<Money>()
            + order.tax()
            + order.shipping
            + order.shipping_tax
            + order.other_fees;
        if !total.is_in_bounds() {
            self.fault("lines", Rule::TotalOutOfRange);
        }
        (self.faults.len() == faults_before).then_some(order)
    }

    /// An amount that may not be negative.
    fn purchase(&mut self, field: &'static str, text: &DecimalText) -> Option<Money> {
        let amount = self.money(field, text)?;
        if amount.is_negative() {
            self.fault(field, Rule::NegativePurchase { amount: amount.to_string() });
        }
        Some(amount)
    }
}
