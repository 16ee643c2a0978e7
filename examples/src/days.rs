//! What a run is about, day by day: each batch with its documents, in words. Debits and credits are `preview-plan`'s.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use mapping::{Origin, Plan, Words};

/// Prints every document of the plans: by day, then by store and register, purchase orders last.
pub fn print_days(plans: &[Plan<'_>]) {
    let mut days: BTreeMap<NaiveDate, Vec<&Plan<'_>>> = BTreeMap::new();
    for plan in plans {
        days.entry(plan.origin().date()).or_default().push(plan);
    }
    for (date, mut plans) in days {
        println!("{}", date.format("%A %Y-%m-%d"));
        plans.sort_by_key(|plan| place(plan.origin()));
        for plan in plans {
            print_plan(plan);
        }
        println!();
    }
}

/// Where a plan stands within its day.
fn place(origin: Origin<'_>) -> (&str, bool, &str, u64) {
    let store = origin.store().code();
    match origin {
        Origin::Batch(batch) => (store, false, batch.register(), batch.number()),
        Origin::Correction(of) => (store, false, of.differences().register(), of.differences().number()),
        Origin::PurchaseOrder(order) => (store, true, "", order.number()),
        Origin::OpeningEntry { .. } => (store, false, "", 0),
    }
}

fn print_plan(plan: &Plan<'_>) {
    let store = plan.origin().store().name();
    match plan.origin() {
        Origin::Batch(batch) => {
            println!("  {store}, register {}, batch {}", batch.register(), batch.number())
        }
        Origin::Correction(of) => {
            let (batch, n) = (of.differences(), of.number());
            println!("  {store}, register {}, batch {}: correction {n}", batch.register(), batch.number());
        }
        Origin::PurchaseOrder(order) => println!("  {store}, purchase order {}", order.number()),
        Origin::OpeningEntry { .. } => println!("  {store}, opening balances"),
    }
    let words = Words::new(plan);
    for planned in plan.documents() {
        let sentence = words.sentence(planned);
        // After midnight a document is dated later than the day its batch is called by.
        if planned.txn_date == plan.origin().date() {
            println!("    {sentence}");
        } else {
            println!("    {sentence} ({})", planned.txn_date);
        }
    }
}
