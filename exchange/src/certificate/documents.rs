//! The documents of a certificate: each planned one in words, with its debits and credits and the till's lines behind it.

use std::collections::BTreeMap;

use mapping::{ControlAccount, Document, Plan, Planned, ReceiptLines, Source, StepKey, Words, legs};
use pos_model::{Money, TenderTypeId};

use super::records::Records;
use super::value::{DocumentLine, DocumentName, LegLine, Personal, TillLine, TillReceipt};

/// The accounts that a plan's roles are in QuickBooks: id, empty when the company has no such account, and name.
pub(super) type AccountNames = BTreeMap<ControlAccount, (String, String)>;

/// What is known of documents beside their plans, by key.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// QuickBooks' ids.
    pub(super) ids: BTreeMap<StepKey, String>,
    /// Their states, in words.
    pub(super) states: BTreeMap<StepKey, &'static str>,
}

/// The debits and credits of a document, one a line of it.
pub(super) fn leg_lines(planned: &Planned<'_>, plan: &Plan<'_>, names: &AccountNames) -> Vec<LegLine> {
    let mut lines: Vec<LegLine> = Vec::new();
    for leg in legs(&planned.document, plan.period()) {
        let (account_id, account) = match names.get(&leg.account) {
            Some(names) => names.clone(),
            None => (String::new(), plan.period().account_name(leg.account).to_owned()),
        };
        // Lines on one account are one figure: the till's lines stand beside it.
        match lines.iter_mut().find(|line| line.account_id == account_id && line.account == account) {
            Some(line) => line.amount += leg.amount,
            None => lines.push(LegLine { account, account_id, amount: leg.amount }),
        }
    }
    lines.retain(|line| !line.amount.is_zero());
    lines
}

/// The money that a document moves: its tender, the role of its takings account, and how much; debit positive.
pub(super) fn money(document: &Document<'_>) -> Option<(TenderTypeId, ControlAccount, Money)> {
    match document {
        Document::Payment(payment) => {
            payment.into.map(|(account, tender)| (tender.id(), account, payment.total))
        }
        Document::Expense(expense) => Some((expense.tender.id(), expense.paid_from, -expense.amount)),
        Document::SalesReceipt(receipt) => Some((receipt.tender.id(), receipt.deposit_to, document.total())),
        _ => None,
    }
}

/// A document as the certificate shows it.
pub(super) fn line<'a>(
    planned: &Planned<'a>,
    plan: &Plan<'a>,
    words: &Words<'_, 'a>,
    names: &AccountNames,
    origin: &str,
    known: &Known,
    records: &Records,
) -> DocumentLine {
    let (document, period) = (&planned.document, plan.period());
    let till_line = |description: Option<&str>, amount: Money, source: &Source| TillLine {
        words: Personal::from(description.unwrap_or_default().to_owned()),
        amount,
        till_lines: till_lines(source),
        receipts: receipts(source),
    };
    let lines = match document {
        Document::Invoice(form) | Document::CreditMemo(form) => &form.lines[..],
        Document::SalesReceipt(receipt) => &receipt.lines[..],
        _ => &[],
    };
    let lines = lines.iter().map(|line| {
        let description = line.description.as_deref().or_else(|| Some(period.item_name(line.item)));
        till_line(description, line.amount, &line.source)
    });
    let purchased = match document {
        Document::PurchaseOrder(form) | Document::Bill(form) => &form.lines[..],
        _ => &[],
    };
    let purchased =
        purchased.iter().map(|line| till_line(Some(&line.description), line.amount, &line.source));
    let kind = document.kind();
    DocumentLine {
        date: planned.txn_date,
        store: plan.origin().store().code().to_owned(),
        name: DocumentName {
            kind: kind.name().to_owned(),
            number: planned.number.to_string(),
            origin: origin.to_owned(),
            record: known.ids.get(&planned.key).map(|id| records.name(kind.entity().name(), id)),
        },
        event: planned.identity.to_string(),
        party: match document {
            Document::PurchaseOrder(form) | Document::Bill(form) => Some(form.vendor.to_owned()),
            _ => document.party().map(|party| period.display_name(party)),
        }
        .map(Personal::from),
        words: Personal::from(words.effect(planned)),
        state: known.states.get(&planned.key).map(|state| (*state).to_owned()),
        total: document.total(),
        legs: leg_lines(planned, plan, names),
        lines: lines.chain(purchased).collect(),
    }
}

/// The event's lines behind an amount, counted from 1 as a receipt does.
fn till_lines(source: &Source) -> Vec<u32> {
    match source {
        Source::Line(line) => vec![line + 1],
        Source::Lines(lines) => lines.iter().map(|line| line + 1).collect(),
        Source::Receipts(_) | Source::Tenders | Source::Event => Vec::new(),
    }
}

/// The receipts of a summary behind an amount.
fn receipts(source: &Source) -> Vec<TillReceipt> {
    let Source::Receipts(receipts) = source else { return Vec::new() };
    let lines = |lines: &[u32]| lines.iter().map(|line| line + 1).collect();
    let receipt =
        |of: &ReceiptLines| TillReceipt { transaction: of.transaction, till_lines: lines(&of.lines) };
    receipts.iter().map(receipt).collect()
}
