//! Exchanges of customers, charges and balances in a run's summary: what they leave to be done, and what of it ends a run otherwise
//! than well.
//!
//! ```text
//! refused                                 differences: a person puts it right on either side
//! in doubt, cut short, a balance waits    incomplete: the next exchange goes on, or a person confirms
//! conflict, proposal, held by the limit   told; the run is well: a person decides when there is time
//! ```

use std::collections::BTreeSet;

use mapping::StepKey;

use super::fault::{Exit, Fault, Place, Who};
use crate::customers::{BalanceWaits, BothWays, CustomerReport};
use crate::report::{BooksChanged, EntryReport, Hold, Report};
use crate::tie_out::{Cause, Difference, TieOut};

/// Balances that wait for one reason are one error with this many customers named.
const NAMED: usize = 5;

/// What an exchange left to be done.
pub(super) fn faults(day: &BothWays) -> Vec<Fault> {
    let mut faults = faults_of(&day.customers);
    let place = Place::of_part("balances");
    for (waits, who) in [
        (BalanceWaits::Unconfirmed, Who::Bookkeeper),
        (BalanceWaits::NoFigure, Who::Nobody),
        (BalanceWaits::Stale, Who::Nobody),
    ] {
        let of: Vec<String> = (day.balances.iter().filter(|row| row.waits == Some(waits)))
            .map(|row| row.customer.to_string())
            .collect();
        if let Some(named) = of.get(..NAMED.min(of.len())).filter(|named| !named.is_empty()) {
            let more = if of.len() > NAMED { " and others" } else { "" };
            let words = format!("{} balances are left ({}{more}): {waits}", of.len(), named.join(", "));
            faults.push(Fault::new(waits.code(), words, place.clone(), Exit::Incomplete).for_whom(who));
        }
    }
    faults
}

/// Whether nothing of what a tie-out shows is to be done by another run: a person has settled it, or it waits for room under a
/// customer's limit (F-11).
pub(super) fn is_at_rest(reports: &[Report], tie_out: &TieOut) -> bool {
    let entries = reports.iter().flat_map(|report| &report.documents);
    let by_limit = entries.filter(|entry: &&EntryReport| entry.hold == Some(Hold::Limit));
    let held: BTreeSet<&StepKey> = by_limit.map(|entry| &entry.key).collect();
    let is_at_rest = |difference: &Difference| match (&difference.cause, &difference.document) {
        (Cause::Settled { .. }, _) => true,
        (Cause::NotPosted { .. }, Some(document)) => held.contains(&document.key),
        _ => false,
    };
    !tie_out.differences.is_empty() && tie_out.differences.iter().all(is_at_rest)
}

fn faults_of(customers: &CustomerReport) -> Vec<Fault> {
    let place = Place::of_part("customers");
    let refused = customers
        .refusals
        .iter()
        .map(|refusal| Fault::new(refusal.code(), refusal.to_string(), place.clone(), Exit::Differences));
    let mut faults: Vec<Fault> = refused.collect();
    if customers.counts.in_doubt > 0 {
        let words = format!(
            "of {} changes of customers nobody knows whether QuickBooks carried them out; the next exchange looks before it sends anything of them",
            customers.counts.in_doubt
        );
        let fault = Fault::new("customers-in-doubt", words, place.clone(), Exit::Incomplete);
        faults.push(fault.with_books(BooksChanged::Unknown));
    }
    if customers.is_cut_short {
        let words = "the exchange of customers ended before its work was done; the next one goes on";
        faults.push(Fault::new("customers-cut-short", words, place, Exit::Incomplete));
    }
    faults
}
