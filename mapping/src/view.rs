//! The plan as JSON: the same as the T-account page, for programs.

use std::collections::BTreeMap;
use std::fmt;

use chrono::NaiveDate;
use pos_model::Money;
use serde::Serialize;

use crate::document::{Document, Planned, PurchaseFormLine, SalesLine, Source};
use crate::legs::{Leg, legs};
use crate::{ControlAccount, DocumentKind, Origin, Period, Plan, Words};

/// A serialisable picture of a plan. Amounts are text with two decimals; debit is positive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PlanView {
    store: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    register: Option<String>,
    number: u64,
    business_date: NaiveDate,
    documents: Vec<DocumentView>,
    control_accounts: BTreeMap<String, String>,
}

#[derive(Clone, PartialEq, Eq, Serialize)]
struct DocumentView {
    key: String,
    kind: &'static str,
    number: String,
    date: NaiveDate,
    event: String,
    /// What it does, in a sentence.
    words: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    party: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tender: Option<String>,
    total: String,
    tax: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    lines: Vec<LineView>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    links: Vec<LinkView>,
    legs: Vec<LegView>,
    /// Of a summary: the receipts that it holds, by their transaction numbers.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    receipts: Vec<u64>,
}

impl fmt::Debug for DocumentView {
    /// Without the party and the sentence that names it: a customer's name is personal data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            key,
            kind,
            number,
            date,
            event,
            words: _,
            party: _,
            tender,
            total,
            tax,
            lines,
            links,
            legs,
            receipts,
        } = self;
        f.debug_struct("DocumentView")
            .field("key", key)
            .field("kind", kind)
            .field("number", number)
            .field("date", date)
            .field("event", event)
            .field("tender", tender)
            .field("total", total)
            .field("tax", tax)
            .field("lines", lines)
            .field("links", links)
            .field("legs", legs)
            .field("receipts", receipts)
            .finish_non_exhaustive()
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct LineView {
    #[serde(skip_serializing_if = "Option::is_none")]
    item: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    amount: String,
    tax_code: &'static str,
    pos_lines: Vec<u32>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    receipts: Vec<ReceiptView>,
}

/// The lines of one receipt of a summary.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct ReceiptView {
    transaction: u64,
    pos_lines: Vec<u32>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct LinkView {
    kind: &'static str,
    number: String,
    amount: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct LegView {
    account: String,
    amount: String,
    pos_lines: Vec<u32>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    receipts: Vec<ReceiptView>,
}

impl PlanView {
    /// Pictures a plan.
    #[must_use]
    pub fn new(plan: &Plan<'_>) -> Self {
        let (origin, period) = (plan.origin(), plan.period());
        let mut accounts: BTreeMap<ControlAccount, Money> = BTreeMap::new();
        let words = Words::new(plan);
        let documents = plan.documents().map(|planned| {
            let legs = legs(&planned.document, period);
            for leg in &legs {
                *accounts.entry(leg.account).or_default() += leg.amount;
            }
            document(planned, plan, &words, &legs)
        });
        let documents = documents.collect();
        let mut control_accounts: BTreeMap<String, Money> = BTreeMap::new();
        for (account, amount) in accounts {
            *control_accounts.entry(period.account_name(account).to_owned()).or_default() += amount;
        }
        Self {
            store: origin.store().name().to_owned(),
            register: match origin {
                Origin::Batch(batch) => Some(batch.register().to_owned()),
                Origin::Correction(of) => Some(of.differences().register().to_owned()),
                Origin::PurchaseOrder(_) | Origin::OpeningEntry { .. } => None,
            },
            number: origin.number(),
            business_date: origin.date(),
            documents,
            control_accounts: control_accounts
                .into_iter()
                .map(|(name, amount)| (name, amount.to_string()))
                .collect(),
        }
    }
}

fn document<'a>(
    planned: &Planned<'a>,
    plan: &Plan<'a>,
    words: &Words<'_, 'a>,
    legs: &[Leg<'_>],
) -> DocumentView {
    let (document, period) = (&planned.document, plan.period());
    let line = |line| line_view(line, period);
    let lines = match document {
        Document::Invoice(form) | Document::CreditMemo(form) => form.lines.iter().map(line).collect(),
        Document::SalesReceipt(receipt) => receipt.lines.iter().map(line).collect(),
        Document::PurchaseOrder(form) | Document::Bill(form) => {
            form.lines.iter().map(purchase_line).collect()
        }
        Document::Expense(_) | Document::Payment(_) | Document::JournalEntry(_) => Vec::new(),
    };
    let links = match document {
        Document::Payment(payment) => &payment.links[..],
        _ => &[],
    };
    DocumentView {
        key: planned.key.to_string(),
        kind: document.kind().name(),
        number: planned.number.to_string(),
        date: planned.txn_date,
        event: planned.identity.to_string(),
        words: words.sentence(planned),
        party: match document {
            Document::PurchaseOrder(form) | Document::Bill(form) => Some(form.vendor.to_owned()),
            _ => document.party().map(|party| period.display_name(party)),
        },
        tender: document.tender().map(|tender| tender.name().to_owned()),
        total: document.total().to_string(),
        tax: document.tax().to_string(),
        lines,
        links: (links.iter())
            .filter_map(|link| {
                let amount = link.amount.to_string();
                let (kind, number) = match plan.target(link.target) {
                    Some(target) => (target.document.kind(), target.number.to_string()),
                    None => (DocumentKind::Invoice, plan.open_invoice(link.target)?.number.clone()),
                };
                Some(LinkView { kind: kind.name(), number, amount })
            })
            .collect(),
        receipts: plan.receipts().get(&planned.identity.event).cloned().unwrap_or_default(),
        legs: (legs.iter())
            .map(|leg| LegView {
                account: period.account_name(leg.account).to_owned(),
                amount: leg.amount.to_string(),
                pos_lines: pos_lines(&leg.source),
                receipts: receipts(&leg.source),
            })
            .collect(),
    }
}

fn line_view(line: &SalesLine<'_>, period: &Period) -> LineView {
    LineView {
        item: Some(period.item_name(line.item).to_owned()),
        description: line.description.as_deref().map(str::to_owned),
        amount: line.amount.to_string(),
        tax_code: if line.is_taxable { "TAX" } else { "NON" },
        pos_lines: pos_lines(&line.source),
        receipts: receipts(&line.source),
    }
}

fn purchase_line(line: &PurchaseFormLine) -> LineView {
    LineView {
        item: None,
        description: Some(line.description.clone()),
        amount: line.amount.to_string(),
        tax_code: "NON",
        pos_lines: pos_lines(&line.source),
        receipts: Vec::new(),
    }
}

/// The event's lines behind an amount, counted from 1 as a receipt does.
fn pos_lines(source: &Source) -> Vec<u32> {
    match source {
        Source::Line(line) => vec![line + 1],
        Source::Lines(lines) => lines.iter().map(|line| line + 1).collect(),
        Source::Receipts(_) | Source::Tenders | Source::Event => Vec::new(),
    }
}

/// The receipts of a summary behind an amount.
fn receipts(source: &Source) -> Vec<ReceiptView> {
    let Source::Receipts(receipts) = source else { return Vec::new() };
    let view = receipts.iter().map(|receipt| ReceiptView {
        transaction: receipt.transaction,
        pos_lines: receipt.lines.iter().map(|line| line + 1).collect(),
    });
    view.collect()
}
