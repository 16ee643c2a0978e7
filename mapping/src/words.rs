//! What a document does, in a sentence that a bookkeeper would say.
//!
//! ```text
//! Invoice CLT1521022B4, 112.59, for Boston Store: goods sold 105.97 and sales tax 6.62; paid in full by Payment
//!   CL15239T1521022B4
//! Expense CL15236T1522870B11, 53.13, for Boston Store: given to the customer by Manual Credit Card; settled by Payment
//!   CLT1522870B11
//! Payment CLT1522870B11, 0.00, for Boston Store: moves no money; sets Credit memo CLT1522870B11 off against
//!   Expense CL15236T1522870B11
//! ```
//!
//! The words are made from planned documents alone; the debits and credits beside them are `legs`'.

use std::collections::BTreeMap;

use pos_model::{Money, TenderKind, TenderType};

use crate::document::{
    Document, Expense, JournalEntry, Link, LinkTarget, Payment, Planned, PurchaseForm, Received,
};
use crate::key::{Event, StepKey};
use crate::{DocNumber, DocumentKind, Plan};

mod forms;

use forms::{list, purchases, sales_form};

/// The sentences of a plan's documents.
#[derive(Debug)]
pub struct Words<'p, 'a> {
    plan: &'p Plan<'a>,
    /// By what each document is matched: the payment's number, and how much.
    matches: BTreeMap<&'p StepKey, Vec<(DocNumber, Money)>>,
}

impl<'p, 'a> Words<'p, 'a> {
    /// Looks through a plan once, after which every sentence is ready.
    #[must_use]
    pub fn new(plan: &'p Plan<'a>) -> Self {
        let mut matches: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for planned in plan.documents() {
            let Document::Payment(payment) = &planned.document else { continue };
            for link in &payment.links {
                if let Some(target) = plan.target(link.target) {
                    matches.entry(&target.key).or_default().push((planned.number, link.amount));
                }
            }
        }
        Self { plan, matches }
    }

    /// Returns the whole sentence: kind, number, total, whose it is, and what it does. No full stop, no line break of ours.
    #[must_use]
    pub fn sentence(&self, planned: &Planned<'a>) -> String {
        let document = &planned.document;
        let (kind, number, total) = (document.kind().words(), planned.number, document.total());
        let whose = match document {
            Document::PurchaseOrder(form) => format!(", to {}", form.vendor),
            Document::Bill(form) => format!(", from {}", form.vendor),
            Document::Payment(payment) if !payment.is_settlement() => {
                format!(", from {}", self.plan.period().display_name(payment.party))
            }
            _ => match document.party() {
                Some(party) => format!(", for {}", self.plan.period().display_name(party)),
                None => String::new(),
            },
        };
        format!("{kind} {number}, {total}{whose}: {}", self.effect(planned))
    }

    /// Returns what the document does: the sentence without its beginning.
    #[must_use]
    pub fn effect(&self, planned: &Planned<'a>) -> String {
        match &planned.document {
            Document::Invoice(form) => {
                let paid = self.settled(planned, form.total(), "paid", "left open on the account");
                format!("{}; {paid}", sales_form(form, self.plan.period(), false))
            }
            Document::CreditMemo(form) => {
                let settled = self.settled(planned, form.total(), "settled", "left open as a credit");
                format!("{}; {settled}", sales_form(form, self.plan.period(), true))
            }
            Document::Expense(expense) => self.expense(planned, expense),
            Document::Payment(payment) if payment.is_settlement() => self.settlement(payment),
            Document::Payment(payment) => self.payment(payment),
            Document::SalesReceipt(receipt) => {
                let reason = receipt.lines.first().and_then(|line| line.description.as_deref());
                format!("put into the register {}{}", means(receipt.tender), said(reason))
            }
            Document::PurchaseOrder(form) => {
                let left =
                    if form.received == Received::ByBill { "; open until its bill receives it" } else { "" };
                format!("ordered and received, {}; moves no account{left}", purchases(form))
            }
            Document::Bill(form) => format!("owed for {}{}", purchases(form), self.order(form)),
            Document::JournalEntry(entry) => self.journal(entry),
        }
    }

    /// How much of an invoice or credit memo the plan's payments take up.
    fn settled(&self, planned: &Planned<'a>, total: Money, word: &str, open: &str) -> String {
        let matches = self.matches(planned);
        let settled: Money = matches.iter().map(|(_, amount)| *amount).sum();
        if total.is_zero() {
            return format!("nothing left to be {word}");
        }
        if settled.is_zero() {
            return open.to_owned();
        }
        let by = payments(matches);
        if settled == total {
            format!("{word} in full by {by}")
        } else {
            format!("{settled} {word} by {by}, {} {open}", total - settled)
        }
    }

    fn expense(&self, planned: &Planned<'a>, expense: &Expense<'a>) -> String {
        let means = means(expense.tender);
        let what = match planned.identity.event {
            Event::PayInOut(_) => {
                return format!("taken out of the register {means}{}", said(expense.reason));
            }
            Event::Deposit(order) => format!("deposit on order {order} given back {means}"),
            Event::AccountPayment(_) => format!("credit on account paid back {means}"),
            Event::Transaction(_) | Event::PurchaseOrder(_) | Event::OpeningEntry(_) => {
                format!("given to the customer {means}")
            }
            Event::Summary(_) => format!("given to customers {means}"),
        };
        let matches = self.matches(planned);
        let open = expense.amount - matches.iter().map(|(_, amount)| *amount).sum();
        let mut clauses = vec![what];
        if !matches.is_empty() {
            clauses.push(format!("settled by {}", payments(matches)));
        }
        if open == expense.amount {
            clauses.push("left open on the account".to_owned());
        } else if open.is_positive() {
            clauses.push(format!("{open} left open on the account"));
        }
        clauses.join("; ")
    }

    fn payment(&self, payment: &Payment<'a>) -> String {
        let Some((_, tender)) = payment.into else { return String::new() };
        let mut clauses = vec![format!("received {}", means(tender))];
        let paid = self
            .links(payment, |target| matches!(target, LinkTarget::Invoice(_) | LinkTarget::OpenInvoice(_)));
        let taken_up = self.links(payment, |target| matches!(target, LinkTarget::Expense(_)));
        if !paid.is_empty() {
            clauses.push(format!("pays {}", list(paid)));
        }
        if !taken_up.is_empty() {
            clauses.push(format!("takes up {}", list(taken_up)));
        }
        let linked: Money = payment.links.iter().map(|link| link.amount).sum();
        if linked.is_zero() {
            clauses.push("all of it unapplied, a credit on the account".to_owned());
        } else if payment.total > linked {
            clauses.push(format!("{} unapplied, a credit on the account", payment.total - linked));
        }
        clauses.join("; ")
    }

    fn settlement(&self, payment: &Payment<'a>) -> String {
        let credit = payment.links.iter().filter(|link| matches!(link.target, LinkTarget::CreditMemo(_)));
        let credit = list(credit.map(|link| self.target(link)));
        let charges = self.links(payment, |target| !matches!(target, LinkTarget::CreditMemo(_)));
        format!("moves no money; sets {credit} off against {}", list(charges))
    }

    fn matches(&self, planned: &Planned<'a>) -> &[(DocNumber, Money)] {
        self.matches.get(&planned.key).map_or(&[], Vec::as_slice)
    }

    fn links(&self, payment: &Payment<'a>, is_wanted: impl Fn(&LinkTarget) -> bool) -> Vec<String> {
        let links = payment.links.iter().filter(|link| is_wanted(&link.target));
        links.map(|link| self.target(link)).collect()
    }

    /// `Invoice CLT1B1`, or `70.00 of Invoice CLT1B1` when the match is not all of it.
    fn target(&self, link: &Link) -> String {
        let (name, total) = match (self.plan.target(link.target), self.plan.open_invoice(link.target)) {
            (Some(target), _) => {
                (format!("{} {}", target.document.kind().words(), target.number), target.document.total())
            }
            (None, Some(invoice)) => {
                let is_whole = !self.plan.is_matched_before(link.target);
                let whole = if is_whole { invoice.balance } else { Money::ZERO };
                (format!("Invoice {} of {}", invoice.number, invoice.txn_date), whole)
            }
            (None, None) => return String::new(),
        };
        if link.amount == total { name } else { format!("{} of {name}", link.amount) }
    }

    /// The purchase order that a linked bill receives.
    fn order(&self, form: &PurchaseForm<'a>) -> String {
        let order = match form.received {
            Received::Order(step) => self.plan.purchase_order(step),
            Received::Apart | Received::ByBill => None,
        };
        order.map(|order| format!("; receives Purchase order {}", order.number)).unwrap_or_default()
    }

    /// What was outstanding before the company went live is moved to where we book it.
    fn journal(&self, entry: &JournalEntry) -> String {
        let lines = |is_debit: bool| {
            let mine = entry.lines.iter().filter(move |line| line.amount.is_positive() == is_debit);
            list(mine.map(|line| {
                format!("{} {}", self.plan.period().account_name(line.account), line.amount.abs())
            }))
        };
        format!("opening balances: debits {}; credits {}", lines(true), lines(false))
    }
}

/// `Payment CLT9B3 and Payment CL15236T9B3`: an invoice's number is a payment's too, the kind tells them apart.
fn payments(matches: &[(DocNumber, Money)]) -> String {
    list(matches.iter().map(|(number, _)| format!("{} {number}", DocumentKind::Payment.name())))
}

/// How money changed hands: `in Cash`, `by Manual Credit Card`.
fn means(tender: &TenderType) -> String {
    let name = tender.name();
    match tender.kind() {
        TenderKind::Cash => format!("in {name}"),
        _ => format!("by {name}"),
    }
}

fn said(reason: Option<&str>) -> String {
    reason.map(|reason| format!(": {reason}")).unwrap_or_default()
}
