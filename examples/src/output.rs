//! What the programs show: a table of outcomes, and the report as JSON.

use std::collections::BTreeMap;
use std::error::Error;
use std::io::Write;

use exchange::{Counts, EntryReport, Exchange, Outcome, Report, TieOut};
use mapping::{Company, ControlAccount, Plan, legs, plan, plan_opening, plan_purchase_order};
use pos_model::{Batch, Money};
use serde_json::{Value, json};

use crate::input::Input;

/// An error with its causes, one line each.
pub fn with_causes(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        // A variant that shows its source in its own text is not said twice.
        let line = error.to_string();
        if !text.contains(&line) {
            text = format!("{text}\n  because {line}");
        }
        cause = error.source();
    }
    text
}

/// Prints a text of many lines. A reader that has seen enough, `head` say, is no error.
pub fn put(text: &str) {
    let _ = std::io::stdout().lock().write_all(text.as_bytes());
}

/// The plans of everything that was read; what could not be planned was refused before.
pub fn plans(input: &Input) -> Vec<Plan<'_>> {
    let batches = input.batches.iter().filter_map(|batch| plan(batch, &input.company).ok());
    let orders =
        input.purchase_orders.iter().filter_map(|order| plan_purchase_order(order, &input.company).ok());
    let opening = input.opening_store().and_then(|store| plan_opening(store, &input.company).ok());
    opening.into_iter().chain(batches).chain(orders).collect()
}

/// All documents of several batches counted.
pub fn total(reports: &[Report]) -> Counts {
    let mut counts = Counts::default();
    reports.iter().flat_map(|report| &report.documents).for_each(|entry| counts.add(entry));
    counts
}

/// Accounts, items, customers and the like that these runs made.
fn made_in(reports: &[Report]) -> impl Iterator<Item = &EntryReport> {
    let entries = reports.iter().flat_map(|report| &report.list_entries);
    entries.filter(|entry| entry.outcome == Outcome::Created)
}

/// One line a batch, then every document that is not settled, with its reason.
pub fn print_reports(reports: &[Report]) {
    println!(
        "{:<20} {:>8} {:>6} {:>12} {:>10} {:>8} {:>8}",
        "Store", "Register", "Batch", "Date", "Documents", "New", "Open"
    );
    let (orders, batches): (Vec<_>, Vec<_>) = reports.iter().partition(|report| report.register.is_none());
    for report in batches {
        let counts = report.counts();
        let new = counts.of(Outcome::Created) + counts.of(Outcome::Adopted);
        let open = counts.planned - new - counts.of(Outcome::AlreadyPosted);
        println!(
            "{:<20} {:>8} {:>6} {:>12} {:>10} {new:>8} {open:>8}",
            report.store,
            report.register.as_deref().unwrap_or_default(),
            report.number,
            report.business_date.to_string(),
            counts.planned
        );
    }
    let (openings, orders): (Vec<_>, Vec<_>) = orders.into_iter().partition(|report| report.number == 0);
    if !openings.is_empty() {
        println!("and the opening balances");
    }
    if !orders.is_empty() {
        println!("and {} purchase orders", orders.len());
    }
    for entry in reports.iter().flat_map(|report| report.list_entries.iter().chain(&report.documents)) {
        if !entry.outcome.is_settled() {
            let reason = entry.reason.as_deref().unwrap_or("no reason given");
            println!("  {} {}: {}: {reason}", entry.kind, entry.number, entry.outcome.word());
        }
    }
    let mut made: BTreeMap<&str, u64> = BTreeMap::new();
    for entry in made_in(reports) {
        *made.entry(entry.kind).or_default() += 1;
    }
    if !made.is_empty() {
        let words: Vec<_> = made.iter().map(|(kind, count)| format!("{count} {kind}")).collect();
        println!("made in QuickBooks: {}", words.join(", "));
    }
    let counts = total(reports);
    let words: Vec<_> =
        Outcome::ALL.iter().map(|o| format!("{} {}", counts.of(*o), o.word().replace('_', " "))).collect();
    println!("{} documents: {}", counts.planned, words.join(", "));
}

/// The report that `--json` writes.
pub fn json(
    batches: &[Batch],
    reports: &[Report],
    tie_out: &TieOut,
    skipped: &BTreeMap<String, u64>,
    company: &Company,
    exchange: &Exchange,
) -> Value {
    let batches: Vec<Value> = (batches.iter())
        .filter_map(|batch| {
            let report = reports.iter().find(|r| {
                (r.store.as_str(), r.register.as_deref(), r.number)
                    == (batch.store().name(), Some(batch.register()), batch.number())
            })?;
            Some(batch_json(batch, report, company, exchange))
        })
        .collect();
    let counts = total(reports);
    let mut documents = json!({ "planned": counts.planned, "by_kind": counts.by_kind });
    for outcome in Outcome::ALL {
        documents[outcome.word()] = counts.of(outcome).into();
    }
    let made: Vec<Value> = made_in(reports)
        .map(|entry| json!({ "kind": entry.kind, "key": entry.key.to_string(), "id": entry.id }))
        .collect();
    json!({
        "batches": batches,
        "control_accounts": tie_out.accounts,
        "tie_out": tie_out,
        "made": made,
        "documents": documents,
        "skipped": skipped,
    })
}

fn batch_json(batch: &Batch, report: &Report, company: &Company, exchange: &Exchange) -> Value {
    let mut accounts: BTreeMap<ControlAccount, Money> =
        company.control_accounts().into_iter().map(|account| (account, Money::ZERO)).collect();
    // A batch that was posted can be planned.
    if let Ok(plan) = plan(batch, company) {
        for leg in plan.documents().flat_map(|planned| legs(&planned.document, company)) {
            *accounts.entry(leg.account).or_default() += leg.amount;
        }
    }
    let mut named: BTreeMap<String, Money> = BTreeMap::new();
    for (account, amount) in accounts {
        *named.entry(exchange.account_name(account).to_owned()).or_default() += amount;
    }
    let text = |amount: Money| amount.to_string();
    let tenders: BTreeMap<String, String> =
        batch.tender_totals().into_iter().map(|(id, amount)| (id.to_string(), text(amount))).collect();
    let accounts: BTreeMap<String, String> =
        named.into_iter().map(|(name, amount)| (name, text(amount))).collect();
    json!({
        "store": report.store,
        "number": report.number,
        "business_date": report.business_date.to_string(),
        "documents": report.counts().by_kind,
        "tenders": tenders,
        "control_accounts": accounts,
    })
}
