//! Steps as bytes, over made-up ids.

use std::collections::BTreeSet;

use mapping::engine::{Bindings, ListEntry, resolve};
use mapping::{Document, Plan, Step, StepContent};

/// Every step of a plan on the wire, by the batch or order and the step.
pub(crate) fn bytes(plan: &Plan<'_>) -> Vec<((String, String), Vec<u8>)> {
    let bindings = bindings(plan);
    let origin = plan.origin();
    let origin = format!("{} {} {}", origin.store().code(), origin.date(), origin.number());
    let body = |(at, step): (usize, &Step<'_>)| {
        let body = resolve(step, plan, &bindings).unwrap().to_json().unwrap();
        ((origin.clone(), format!("{at:04} {}", step.key.clone())), body)
    };
    plan.steps().iter().enumerate().map(body).collect()
}

/// Made-up ids for everything that a plan names.
fn bindings(plan: &Plan<'_>) -> Bindings {
    let period = plan.period();
    let mut bindings = Bindings { tax_code: Some(qb_model::Id::new("2").unwrap()), ..Bindings::default() };
    for (id, account) in (100..).zip(period.all_control_accounts()) {
        bindings.bind(ListEntry::Account(account), &id.to_string());
    }
    for (id, item) in (200..).zip(period.items()) {
        bindings.bind(ListEntry::Item(item, ""), &id.to_string());
    }
    let tenders: BTreeSet<_> =
        plan.documents().filter_map(|planned| planned.document.tender()).map(|t| t.id().0).collect();
    for tender in plan.documents().filter_map(|planned| planned.document.tender()) {
        let id = 300 + tenders.iter().position(|id| *id == tender.id().0).unwrap();
        bindings.bind(ListEntry::PaymentMethod(tender), &id.to_string());
    }
    for (id, step) in (400..).zip(plan.steps()) {
        match &step.content {
            StepContent::ListEntry(entry) => bindings.bind(*entry, &id.to_string()),
            StepContent::Document(planned) => {
                bindings.documents.insert(step.key.clone(), id.to_string());
                if let Document::PurchaseOrder(form) = &planned.document {
                    let lines = (1..=form.lines.len()).map(|line| line.to_string()).collect();
                    bindings.order_lines.insert(step.key.clone(), lines);
                }
            }
        }
    }
    bindings
}
