//! The T-account page: a whole plan in debits and credits, for an accountant's eyes, before anything is sent.

use std::collections::BTreeMap;
use std::fmt::{self, Write};

use pos_model::Money;

use crate::document::{Document, Planned, Received};
use crate::legs::legs;
use crate::origin::Origin;
use crate::plan::Plan;
use crate::{ControlAccount, Words};

/// Writes the page: every document with what it does in words, its lines, links and legs, then every account.
#[must_use]
pub fn page(plan: &Plan<'_>) -> String {
    let mut text = String::new();
    // Writing to a String cannot fail.
    let _ = write_page(&mut text, plan);
    text
}

fn write_page(out: &mut String, plan: &Plan<'_>) -> fmt::Result {
    let period = plan.period();
    match plan.origin() {
        Origin::Batch(batch) => {
            let (store, date) = (batch.store().name(), batch.business_date());
            writeln!(out, "{store}, register {}, batch {}, {date}", batch.register(), batch.number())?;
        }
        Origin::PurchaseOrder(order) => {
            writeln!(out, "{}, purchase order {}, {}", order.store().name(), order.number(), order.date())?;
        }
        Origin::Correction(of) => {
            let (batch, n) = (of.differences(), of.number());
            let (store, date) = (batch.store().name(), batch.business_date());
            writeln!(
                out,
                "{store}, register {}, batch {}, {date}: correction {n}",
                batch.register(),
                batch.number()
            )?;
        }
        Origin::OpeningEntry { store, date } => writeln!(out, "{}, opening balances, {date}", store.name())?,
    }
    let mut accounts: BTreeMap<ControlAccount, (Money, Money)> = BTreeMap::new();
    let words = Words::new(plan);
    for planned in plan.documents() {
        writeln!(out)?;
        write_document(out, planned, plan, &words)?;
        for leg in legs(&planned.document, period) {
            let name = period.account_name(leg.account);
            if leg.amount.is_positive() {
                writeln!(out, "  Dr {name:<46} {:>14}", leg.amount)?;
                accounts.entry(leg.account).or_default().0 += leg.amount;
            } else {
                writeln!(out, "     Cr {name:<43} {:>14} {:>14}", "", -leg.amount)?;
                accounts.entry(leg.account).or_default().1 -= leg.amount;
            }
        }
    }
    writeln!(out, "\n{:<49} {:>14} {:>14} {:>14}", "Account", "Debit", "Credit", "Net")?;
    let (mut debits, mut credits) = (Money::ZERO, Money::ZERO);
    for (account, (debit, credit)) in accounts {
        let name = period.account_name(account);
        writeln!(out, "{name:<49} {debit:>14} {credit:>14} {:>14}", debit - credit)?;
        debits += debit;
        credits += credit;
    }
    writeln!(out, "{:<49} {debits:>14} {credits:>14} {:>14}", "Total", debits - credits)
}

fn write_document<'a>(
    out: &mut String,
    planned: &Planned<'a>,
    plan: &Plan<'a>,
    words: &Words<'_, 'a>,
) -> fmt::Result {
    let document = &planned.document;
    write!(
        out,
        "{} {}  {}  {}",
        document.kind().words(),
        planned.number,
        planned.txn_date,
        document.total()
    )?;
    if let Some(party) = document.party() {
        write!(out, "  {}", plan.period().display_name(party))?;
    }
    if let Document::PurchaseOrder(form) | Document::Bill(form) = document {
        write!(out, "  {}", form.vendor)?;
    }
    if let Some(tender) = document.tender() {
        write!(out, "  {}", tender.name())?;
    }
    writeln!(out, "\n  {}", words.effect(planned))?;
    let lines = match document {
        Document::Invoice(form) | Document::CreditMemo(form) => &form.lines[..],
        Document::SalesReceipt(receipt) => &receipt.lines[..],
        Document::Expense(_)
        | Document::Payment(_)
        | Document::PurchaseOrder(_)
        | Document::Bill(_)
        | Document::JournalEntry(_) => &[],
    };
    for line in lines {
        let description = line.description.as_deref().unwrap_or_default();
        let tax = if line.is_taxable { "TAX" } else { "NON" };
        write!(out, "  {:>12} {tax}  {}", line.amount.to_string(), plan.period().item_name(line.item))?;
        writeln!(out, "{}{description}", if description.is_empty() { "" } else { ": " })?;
    }
    if let Document::PurchaseOrder(form) | Document::Bill(form) = document {
        for line in &form.lines {
            writeln!(out, "  {:>12}      {}", line.amount.to_string(), line.description)?;
        }
        match form.received {
            Received::Apart => {}
            Received::ByBill => writeln!(out, "  open until its bill receives these lines")?,
            Received::Order(step) => {
                let order = plan.purchase_order(step).map(|order| order.number.to_string());
                writeln!(out, "  receives the lines of Purchase order {}", order.unwrap_or_default())?;
            }
        }
    }
    if !document.tax().is_zero() {
        writeln!(out, "  {:>12}      sales tax", document.tax().to_string())?;
    }
    if let Document::Payment(payment) = document {
        for link in &payment.links {
            let amount = link.amount.to_string();
            if let Some(target) = plan.target(link.target) {
                writeln!(
                    out,
                    "  {amount:>12}      settles {} {}",
                    target.document.kind().words(),
                    target.number
                )?;
            } else if let Some(invoice) = plan.open_invoice(link.target) {
                let (number, date) = (&invoice.number, invoice.txn_date);
                writeln!(out, "  {amount:>12}      settles Invoice {number}, open since {date}")?;
            }
        }
        let credits = |link: &&crate::Link| matches!(link.target, crate::LinkTarget::CreditMemo(_));
        let matched: Money = payment.links.iter().filter(|l| !credits(l)).map(|l| l.amount).sum();
        if payment.total > matched {
            writeln!(out, "  {:>12}      unapplied", (payment.total - matched).to_string())?;
        }
    }
    Ok(())
}
