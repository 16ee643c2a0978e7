//! Debits and credits, derived from plan documents by this one function. Rules never write them.
//!
//! What QuickBooks does with each document is told in docs/quickbooks.md; this is our side of it, and the simulator's ledger, written
//! by other hands, is the other.

use pos_model::Money;

use crate::document::{Document, SalesLine, Source};
use crate::party::Party;
use crate::{ControlAccount, Period};

/// One debit or credit.
#[derive(Debug, Clone, PartialEq)]
pub struct Leg<'a> {
    /// The account's role.
    pub account: ControlAccount,
    /// Debit positive, credit negative; never 0.00.
    pub amount: Money,
    /// The customer, on A/R.
    pub party: Option<Party<'a>>,
    /// The part of the event it comes from.
    pub source: Source,
}

/// Returns the debits and credits of a document, in the period that it was planned in ([`crate::Plan::period`]). They add
/// up to 0.00.
#[must_use]
pub fn legs<'a>(document: &Document<'a>, period: &Period) -> Vec<Leg<'a>> {
    let mut legs = Vec::new();
    match document {
        Document::Invoice(form) => {
            push(&mut legs, ControlAccount::Receivable, form.total(), Some(form.party), Source::Event);
            credit_lines(&mut legs, &form.lines, period);
            push(&mut legs, ControlAccount::SalesTax, -form.tax, None, Source::Event);
        }
        Document::CreditMemo(form) => {
            push(&mut legs, ControlAccount::Receivable, form.total(), Some(form.party), Source::Event);
            credit_lines(&mut legs, &form.lines, period);
            push(&mut legs, ControlAccount::SalesTax, -form.tax, None, Source::Event);
            legs.iter_mut().for_each(|leg| leg.amount = -leg.amount);
        }
        Document::Expense(expense) => {
            push(&mut legs, expense.line_account, expense.amount, expense.payee, Source::Tenders);
            push(&mut legs, expense.paid_from, -expense.amount, None, Source::Tenders);
        }
        Document::Payment(payment) => {
            if let Some((account, _)) = payment.into {
                push(&mut legs, account, payment.total, None, Source::Tenders);
                push(
                    &mut legs,
                    ControlAccount::Receivable,
                    -payment.total,
                    Some(payment.party),
                    Source::Tenders,
                );
            }
        }
        Document::SalesReceipt(receipt) => {
            push(&mut legs, receipt.deposit_to, document.total(), None, Source::Tenders);
            credit_lines(&mut legs, &receipt.lines, period);
        }
        Document::PurchaseOrder(_) => {}
        Document::Bill(form) => {
            for line in &form.lines {
                push(&mut legs, line.account, line.amount, None, line.source.clone());
            }
            push(&mut legs, ControlAccount::Payable, -form.total(), None, Source::Event);
        }
        Document::JournalEntry(entry) => {
            for line in &entry.lines {
                push(&mut legs, line.account, line.amount, None, Source::Event);
            }
        }
    }
    legs
}

fn credit_lines(legs: &mut Vec<Leg<'_>>, lines: &[SalesLine<'_>], period: &Period) {
    for line in lines {
        push(legs, period.account_of(line.item), -line.amount, None, line.source.clone());
    }
}

fn push<'a>(
    legs: &mut Vec<Leg<'a>>,
    account: ControlAccount,
    amount: Money,
    party: Option<Party<'a>>,
    source: Source,
) {
    if !amount.is_zero() {
        legs.push(Leg { account, amount, party, source });
    }
}
