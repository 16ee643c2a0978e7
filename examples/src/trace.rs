//! From a document number back to the till: the event, its lines and tenders, and which of them each cent comes from
//!

use std::fmt::Write;

use mapping::{Company, ControlAccount, Document, Event, Origin, Plan, Planned, Source, Words, legs, plan};
use pos_model::{Batch, Line, LineKind, PurchaseOrder, Tender};

use crate::input::Input;
use crate::output::plans;

/// Returns what a number of this company says, in a sentence; none when it is no number of ours.
#[must_use]
pub fn explain(text: &str, company: &Company) -> Option<String> {
    let (_, number) = company.parse_number(text)?;
    Some(format!("{text} is {}", number.explain()))
}

/// Returns the event behind a number, and every document that bears it; none when no event of these files has it.
#[must_use]
pub fn trace(text: &str, input: &Input) -> Option<String> {
    let mut out = String::new();
    let mut last = None;
    let store = input.batches.first().map(|batch| batch.store());
    let opening = store.and_then(|store| {
        Origin::opening_entry(store, &input.company).and_then(|origin| plan(origin, &input.company)).ok()
    });
    for plan in plans(input).into_iter().chain(opening) {
        let words = Words::new(&plan);
        for planned in plan.documents().filter(|p| p.number.as_str().eq_ignore_ascii_case(text)) {
            // Writing to a String cannot fail.
            let identity = planned.identity.to_string();
            if last.as_ref() != Some(&identity) {
                let _ = write_event(&mut out, planned, &plan);
                last = Some(identity);
            }
            let _ = write_document(&mut out, planned, &plan, &words);
        }
    }
    (!out.is_empty()).then_some(out)
}

fn write_event(out: &mut String, planned: &Planned<'_>, plan: &Plan<'_>) -> std::fmt::Result {
    writeln!(out, "\nevent {}", planned.identity)?;
    match (plan.origin(), planned.identity.event) {
        (Origin::Batch(batch), event) => {
            let receipts = plan.receipts().get(&event).map_or(&[][..], Vec::as_slice);
            write_batch_event(out, batch, event, receipts)
        }
        (Origin::Correction(of), event) => write_batch_event(out, of.differences(), event, &[]),
        (Origin::PurchaseOrder(order), _) => write_order(out, order),
        // The mapping says what was outstanding; no event of the till's does.
        (Origin::OpeningEntry { .. }, _) => Ok(()),
    }
}

/// `receipts`: of a summary, those that it holds.
fn write_batch_event(out: &mut String, batch: &Batch, event: Event, receipts: &[u64]) -> std::fmt::Result {
    match event {
        Event::Transaction(number) => {
            for transaction in batch.transactions().iter().filter(|t| t.number() == number) {
                writeln!(out, "  transaction {number}, rung up {}", transaction.occurred_at())?;
                for (line, at) in transaction.lines().iter().zip(1..) {
                    write_line(out, line, at)?;
                }
                write_tenders(out, transaction.tenders())?;
            }
        }
        Event::Deposit(order) => {
            for deposit in batch.deposits().iter().filter(|deposit| deposit.order() == order) {
                writeln!(out, "  deposit {}, {}", deposit.id(), deposit.occurred_at())?;
                write_tenders(out, deposit.tenders())?;
            }
        }
        Event::AccountPayment(id) => {
            for payment in batch.account_payments().iter().filter(|payment| payment.id() == id) {
                writeln!(out, "  paid {}", payment.occurred_at())?;
                write_tenders(out, payment.tenders())?;
            }
        }
        Event::PayInOut(id) => {
            for pay in batch.pay_ins_and_outs().iter().filter(|pay| pay.id() == id) {
                let (amount, name) = (pay.signed_amount(), pay.tender_type().name());
                writeln!(out, "  {}, {amount} {name}", pay.occurred_at())?;
            }
        }
        Event::Summary(_) => {
            for number in receipts {
                write_batch_event(out, batch, Event::Transaction(*number), &[])?;
            }
        }
        // These belong to no batch.
        _ => {}
    }
    Ok(())
}

fn write_line(out: &mut String, line: &Line, at: u32) -> std::fmt::Result {
    let word = match line.kind() {
        LineKind::Item => "item",
        LineKind::Shipping => "shipping",
        LineKind::GiftCertificate => "gift certificate",
        LineKind::CashRounding => "cash rounding",
    };
    let name = line.description().or(line.code()).unwrap_or(word);
    let (quantity, amount) = (line.quantity().value(), line.amount().to_string());
    write!(out, "  line {at}: {amount:>12}  {quantity} x {name}")?;
    if !line.tax().is_zero() {
        write!(out, ", tax {}", line.tax())?;
    }
    writeln!(out)
}

fn write_tenders(out: &mut String, tenders: &[Tender]) -> std::fmt::Result {
    for tender in tenders {
        let (amount, kind) = (tender.amount().to_string(), tender.tender_type());
        write!(out, "  tender: {amount:>12}  {} {}", kind.id(), kind.name())?;
        if let Some(order) = tender.order() {
            write!(out, " on order {order}")?;
        }
        writeln!(out)?;
    }
    Ok(())
}

fn write_order(out: &mut String, order: &PurchaseOrder) -> std::fmt::Result {
    writeln!(out, "  supplier {}, {}", order.supplier(), order.date())?;
    for (line, at) in order.lines().iter().zip(1..) {
        let (amount, words) = (line.amount().to_string(), [line.code(), line.name()]);
        let words: Vec<&str> = words.into_iter().flatten().collect();
        writeln!(out, "  line {at}: {amount:>12}  {} x {}", line.quantity(), words.join(" "))?;
    }
    let parts = [
        ("tax", order.tax()),
        ("shipping", order.shipping()),
        ("tax on shipping", order.shipping_tax()),
        ("other fees", order.other_fees()),
    ];
    for (word, amount) in parts.into_iter().filter(|(_, amount)| !amount.is_zero()) {
        writeln!(out, "  {:>20}  {word}", amount.to_string())?;
    }
    Ok(())
}

fn write_document<'a>(
    out: &mut String,
    planned: &Planned<'a>,
    plan: &Plan<'a>,
    words: &Words<'_, 'a>,
) -> std::fmt::Result {
    let (document, period) = (&planned.document, plan.period());
    writeln!(out, "\n{}", words.sentence(planned))?;
    writeln!(out, "  date {}", planned.txn_date)?;
    if let Some(tender) = document.tender() {
        writeln!(out, "  tender {} {}", tender.id(), tender.name())?;
    }
    for leg in legs(document, period) {
        let side = if leg.amount.is_positive() { "Dr" } else { "Cr" };
        writeln!(
            out,
            "  {side} {:>14}  {}  from {}",
            leg.amount.abs().to_string(),
            period.account_name(leg.account),
            origin(leg.account, &leg.source)
        )?;
    }
    if let Document::Payment(payment) = document {
        for link in &payment.links {
            if let Some(target) = plan.target(link.target) {
                let (amount, kind) = (link.amount.to_string(), target.document.kind().words());
                writeln!(out, "  settles {amount:>9}  {kind} {}", target.number)?;
            }
        }
    }
    Ok(())
}

fn origin(account: ControlAccount, source: &Source) -> String {
    match source {
        Source::Line(line) => format!("line {}", line + 1),
        Source::Lines(lines) => lines_of(lines),
        Source::Receipts(receipts) => {
            let receipts = receipts
                .iter()
                .map(|receipt| format!("transaction {} {}", receipt.transaction, lines_of(&receipt.lines)));
            receipts.collect::<Vec<_>>().join("; ")
        }
        Source::Tenders => "the tenders".to_owned(),
        Source::Event if account == ControlAccount::SalesTax => "the tax of the lines".to_owned(),
        Source::Event => "the event as a whole".to_owned(),
    }
}

fn lines_of(lines: &[u32]) -> String {
    let lines: Vec<String> = lines.iter().map(|line| (line + 1).to_string()).collect();
    let word = if lines.len() == 1 { "line" } else { "lines" };
    format!("{word} {}", lines.join(", "))
}
