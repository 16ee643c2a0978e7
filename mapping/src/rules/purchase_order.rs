//! A purchase order whose goods have been received (D-18).
//!
//! ```text
//! order 306063: goods 80.00, tax 6.00, shipping 5.00, its tax 0.40, fees 2.00
//!   PurchaseOrder CL306063   moves nothing
//!   Bill CL306063B           purchases 80.00, purchases tax 6.40, purchases shipping 5.00, other fees 2.00; owed 93.40
//! ```

use pos_model::{Money, PurchaseOrder};

use crate::document::{Document, PurchaseForm, PurchaseFormLine, Source};
use crate::plan::Draft;
use crate::{ControlAccount, Number, PlanFault};

/// Adds the purchase order, and its bill when the company has bills and anything is owed.
pub(crate) fn documents<'a>(draft: &mut Draft<'a>, order: &'a PurchaseOrder) {
    let lines = lines(order);
    if lines.is_empty() {
        draft.fault(|event| PlanFault::EmptyPurchaseOrder { event });
        return;
    }
    let vendor = draft.vendor(order.supplier());
    let (title, reference, number) = (order.title(), order.supplier_reference(), order.number());
    let owed: Vec<PurchaseFormLine> = lines.iter().filter(|line| !line.amount.is_zero()).cloned().collect();
    let form = |lines| PurchaseForm { vendor, lines, title, reference };
    draft.add(Number::PurchaseOrder { order: number }, Document::PurchaseOrder(form(lines)));
    if draft.company.has_bills() && !owed.is_empty() {
        draft.add(Number::Bill { order: number }, Document::Bill(form(owed)));
    }
}

/// Goods line by line, then tax, shipping and fees where there are any.
fn lines(order: &PurchaseOrder) -> Vec<PurchaseFormLine> {
    let goods = (0..).zip(order.lines()).map(|(index, line)| {
        let words: Vec<&str> = [line.code(), line.name()].into_iter().flatten().collect();
        PurchaseFormLine {
            account: ControlAccount::Purchases,
            description: format!("{} x {}", line.quantity().normalize(), words.join(" "))
                .trim_end()
                .to_owned(),
            amount: line.amount(),
            source: Source::Line(index),
        }
    });
    let headers = [
        (ControlAccount::PurchasesTax, "Tax", order.tax()),
        (ControlAccount::PurchasesShipping, "Shipping", order.shipping()),
        (ControlAccount::PurchasesTax, "Tax on shipping", order.shipping_tax()),
        (ControlAccount::PurchasesOtherFees, "Other fees", order.other_fees()),
    ];
    let headers = headers.into_iter().filter(|(.., amount): &(_, _, Money)| !amount.is_zero());
    let headers = headers.map(|(account, description, amount)| PurchaseFormLine {
        account,
        description: description.to_owned(),
        amount,
        source: Source::Event,
    });
    goods.chain(headers).collect()
}
