//! The summary of a day: the receipts of a batch that charge and credit no account, added up (F-07, N-15).
//!
//! ```text
//! 41 sales and 2 returns of February 3rd   Invoice CLS260203B4 for the store's customer, a line for each income account and
//!                                            tax code, `41 receipts`; certificates sold, shipping, the tills' tax
//!                                          CreditMemo CLS260203B4R of what came back
//!                                          Payment CL15239S260203B4, one for each type of tender, net of what was given back
//!                                          Payment CLS260203B4 of 0.00 -> the invoice and the credit memo
//! ```
//!
//! Every receipt's lines are judged by themselves before they are added up (D-21, D-25); what the receipts come to is then
//! posted as one transaction is (D-03, D-07, D-08, D-10, D-24).

use chrono::NaiveDate;
use pos_model::Transaction;

use super::lines::Side;
use super::transaction::{Form, Of, Tenders, post, round};
use crate::PlanFault;
use crate::draft::Draft;
use crate::number::{has_six_digits, six_digits};

/// Adds the documents of a day's receipts to the plan.
pub(crate) fn documents<'a>(draft: &mut Draft<'a>, day: NaiveDate, receipts: &[&'a Transaction]) {
    draft.summary(day, receipts.iter().map(|receipt| receipt.number()).collect());
    if !has_six_digits(day) {
        draft.fault(|event| PlanFault::SummaryDay { event, day });
        return;
    }
    let (mut sold, mut returned, mut tenders) = (Side::default(), Side::default(), Tenders::default());
    for receipt in receipts {
        let number = receipt.number();
        let mut its_sold = Side::lines_of(draft, receipt.lines(), false);
        let mut its_returned = Side::lines_of(draft, receipt.lines(), true);
        round(receipt.lines(), &mut its_sold, &mut its_returned);
        sold.add_receipt(its_sold, number, draft.period);
        returned.add_receipt(its_returned, number, draft.period);
        tenders.add_receipt(Tenders::of(receipt), draft.store().code(), draft.period);
    }
    for side in [&mut sold, &mut returned] {
        side.name_sums(draft.period);
        side.complete(draft);
    }
    let (party, ship_to) = (draft.party(None, false), draft.store().address());
    post(
        draft,
        Form { of: Of::Day(six_digits(day)), party, ship_to, customer_po: None },
        sold,
        returned,
        &tenders,
    );
}
