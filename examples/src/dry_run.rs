//! What a dry run shows beyond the plan: every account, item, payment method, customer and vendor that a run would make.

use std::collections::BTreeMap;

use exchange::{Outcome, RunSummary};
use mapping::engine::{ListEntry, provision};
use mapping::{Party, Period, Plan, StepContent, StepKey};

/// Prints what a run would make in QuickBooks before and between the documents, by kind and name.
pub fn print_to_make(summary: &RunSummary, plans: &[Plan<'_>]) {
    let mut names: BTreeMap<StepKey, (&str, String)> = BTreeMap::new();
    for plan in plans {
        let listed = plan.steps().iter().filter_map(|step| match step.content {
            StepContent::ListEntry(entry) => Some(entry),
            StepContent::Document(_) => None,
        });
        for entry in provision(plan).into_iter().chain(listed) {
            names.entry(entry.key()).or_insert_with(|| name(entry, plan.period()));
        }
    }
    let entries = summary.reports().iter().flat_map(|report| &report.list_entries);
    let to_make = entries.filter(|entry| entry.outcome == Outcome::ToCreate);
    let mut lines: Vec<String> = to_make
        .filter_map(|entry| names.get(&entry.key))
        .map(|(kind, name)| format!("  {kind} {name}"))
        .collect();
    if lines.is_empty() {
        return;
    }
    lines.sort();
    println!("To make in QuickBooks, beside the documents:");
    lines.iter().for_each(|line| println!("{line}"));
    println!();
}

/// What it is, and what it would be called; of an account its type too.
fn name(entry: ListEntry<'_>, period: &Period) -> (&'static str, String) {
    match entry {
        ListEntry::Account(role) => {
            let kind = period.allowed_types(role).first().map_or("", |kind| kind.name());
            ("account", format!("{:?}, {kind}", period.account_name(role)))
        }
        ListEntry::Item(_, name) => ("item", format!("{name:?}")),
        ListEntry::PaymentMethod(tender) | ListEntry::OwnPaymentMethod(tender) => {
            ("payment method", format!("{:?}", tender.name()))
        }
        ListEntry::Customer(party @ Party::Store(_)) => {
            ("customer", format!("{:?}, for the store's sales to nobody by name", period.display_name(party)))
        }
        ListEntry::Customer(party) => ("customer", format!("{:?}", period.display_name(party))),
        ListEntry::Vendor(name) => ("vendor", format!("{name:?}")),
        _ => ("entry", String::new()),
    }
}
