//! A purchase order whose goods have been received (D-18).
//!
//! ```text
//! order 306063: goods 80.00, tax 6.00, shipping 5.00, its tax 0.40, fees 2.00
//!   PurchaseOrder CL306063   moves nothing
//!   Bill CL306063B           purchases 80.00, purchases tax 6.40, purchases shipping 5.00, other fees 2.00; owed 93.40
//! with linked bills, the order is posted open and the bill's lines receive its lines
//! ```

use pos_model::{Money, PurchaseOrder};

use crate::document::{Document, PurchaseForm, PurchaseFormLine, Received, Source};
use crate::draft::Draft;
use crate::rules::lines::check_purchase;
use crate::{Bills, ControlAccount, Number, PlanFault};

/// Adds the purchase order, and its bill when the company has bills and anything is owed.
pub(crate) fn documents<'a>(draft: &mut Draft<'a>, order: &'a PurchaseOrder) {
    let lines = lines(order);
    if lines.is_empty() {
        draft.fault(|event| PlanFault::EmptyPurchaseOrder { event });
        return;
    }
    check_purchase(draft, &lines);
    let vendor = draft.vendor(order.supplier());
    let (title, reference, number) = (order.title(), order.supplier_reference(), order.number());
    let bills = draft.period.bills();
    let mut owed: Vec<PurchaseFormLine> =
        lines.iter().filter(|line| !line.amount.is_zero()).cloned().collect();
    let is_linked = bills == Bills::Linked && !owed.is_empty();
    let form = |lines, received| PurchaseForm { vendor, lines, title, reference, received };
    let received = if is_linked { Received::ByBill } else { Received::Apart };
    let ordered = Document::PurchaseOrder(form(lines.clone(), received));
    let step = draft.purchase_order(Number::PurchaseOrder { order: number }, ordered);
    if bills == Bills::None || owed.is_empty() {
        return;
    }
    let mut received = Received::Apart;
    if is_linked {
        let rows = (0..).zip(&lines).filter(|(_, line)| !line.amount.is_zero()).map(|(row, _)| row);
        owed.iter_mut().zip(rows).for_each(|(line, row)| line.order_line = Some(row));
        received = Received::Order(step);
    }
    draft.add(Number::Bill { order: number }, Document::Bill(form(owed, received)));
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
            order_line: None,
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
        order_line: None,
    });
    goods.chain(headers).collect()
}
