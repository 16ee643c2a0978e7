//! Money put into the register or taken out of it (D-16, D-17).
//!
//! ```text
//! pay-in of 100.00 in cash   SalesReceipt CL15239DP11790B10 into the till, drops and payouts down
//! pay-out of 5.00 in cash    Expense CL15239DP11791B10 from the till, drops and payouts up
//! ```

use std::borrow::Cow;

use pos_model::{Direction, PayInOut};

use crate::document::{Document, Expense, SalesLine, SalesReceipt, Source};
use crate::draft::Draft;
use crate::{ControlAccount, ItemRole, Number};

/// Adds the document of one pay-in or pay-out.
pub(crate) fn documents<'a>(draft: &mut Draft<'a>, pay: &'a PayInOut) {
    let (tender, amount) = (pay.tender_type(), pay.amount());
    let number = Number::PayInOut { tender: tender.id(), id: pay.id(), batch: draft.batch_number() };
    let document = match pay.direction() {
        Direction::PayIn => {
            let (item, source) = (ItemRole::DropsAndPayouts, Source::Event);
            let description = Some(Cow::Borrowed(pay.reason().unwrap_or("Pay-in")));
            let line = SalesLine { item, description, amount, quantity: None, is_taxable: false, source };
            let deposit_to = draft.period.takings(draft.store().code(), tender.id());
            Document::SalesReceipt(SalesReceipt { lines: vec![line], deposit_to, tender })
        }
        Direction::PayOut => Document::Expense(Expense {
            paid_from: draft.period.refunds(draft.store().code(), tender.id()),
            line_account: ControlAccount::DropsAndPayouts,
            payee: None,
            amount,
            tender,
            reason: pay.reason(),
        }),
    };
    draft.add(number, document);
}
