//! What a number says, and what its document is.

use mapping::{DocumentKind, Event, Number, Planned};
use pos_model::TenderTypeId;

/// What a number tells of a document: the event, the batch, the type of tender, whether it is a bill.
pub(crate) type Told = (Event, Option<u64>, Option<TenderTypeId>, bool);

pub(crate) fn says(number: Number) -> Told {
    match number {
        Number::Transaction { transaction, batch } | Number::Returned { transaction, batch } => {
            (Event::Transaction(transaction), Some(batch), None, false)
        }
        Number::Tendered { tender, transaction, batch } => {
            (Event::Transaction(transaction), Some(batch), Some(tender), false)
        }
        Number::Deposit { tender, order, batch } => (Event::Deposit(order), Some(batch), Some(tender), false),
        Number::OnAccount { tender, header, batch } => {
            (Event::AccountPayment(header), Some(batch), Some(tender), false)
        }
        Number::PayInOut { tender, id, batch } => (Event::PayInOut(id), Some(batch), Some(tender), false),
        Number::Summary { date, batch } | Number::SummaryReturned { date, batch } => {
            (Event::Summary(date), Some(batch), None, false)
        }
        Number::SummaryTendered { tender, date, batch } => {
            (Event::Summary(date), Some(batch), Some(tender), false)
        }
        Number::PurchaseOrder { order } => (Event::PurchaseOrder(order), None, None, false),
        Number::Bill { order } => (Event::PurchaseOrder(order), None, None, true),
        other => panic!("{other:?}"),
    }
}

/// The same of the document itself; its type of tender, or what the number has where the document names none.
pub(crate) fn said(planned: &Planned<'_>, read: Number) -> Told {
    let tender = planned.document.tender().map(|tender| tender.id()).or(says(read).2);
    let batch = planned.identity.batch.map(|(_, batch)| batch);
    (planned.identity.event, batch, tender, planned.document.kind() == DocumentKind::Bill)
}
