//! Which origins are posted at a time: as many as lie in memory well, and none that another of them could change.
//!
//! What a plan is compared with before it is sent (its numbers, its batch, the invoices that its payments on account find open)
//! is what stood there before: so a plan whose preparation another one could change waits for that one's end.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use mapping::{CustomerKey, EventKey, Matching, Origin, Party, Plan, Planned, StepKey};

/// Documents of one round: some minutes at QuickBooks' limits.
const MOST_DOCUMENTS: usize = 4_000;

/// Origins of one round.
pub(crate) const MOST_ORIGINS: usize = 200;

/// What the origins of a round have.
#[derive(Default)]
pub(crate) struct Round {
    origins: usize,
    documents: usize,
    /// From which day on the company is mapped as it is for them.
    since: Option<NaiveDate>,
    retailer: String,
    is_opening: bool,
    keys: BTreeSet<StepKey>,
    events: BTreeSet<EventKey>,
    /// Batches by store, prefix and number.
    batches: BTreeSet<(String, String, u64)>,
    customers: BTreeSet<CustomerKey>,
}

impl Round {
    /// Takes one more in, when it goes together with the others; the first always does.
    pub(crate) fn takes(&mut self, plan: &Plan<'_>) -> bool {
        let one = Self::of(plan);
        let is_taken = self.origins == 0 || self.goes_with(&one, plan);
        if is_taken {
            self.origins += 1;
            self.documents += one.documents;
            (self.since, self.retailer) = (one.since, one.retailer);
            self.is_opening |= one.is_opening;
            self.keys.extend(one.keys);
            self.events.extend(one.events);
            self.batches.extend(one.batches);
            self.customers.extend(one.customers);
        }
        is_taken
    }

    fn of(plan: &Plan<'_>) -> Self {
        let batch = match plan.origin() {
            Origin::Batch(batch) => {
                let prefix = plan.period().prefix(batch.store(), Some(batch.register()));
                Some((batch.store().code().to_owned(), prefix.to_ascii_uppercase(), batch.number()))
            }
            Origin::PurchaseOrder(_) | Origin::Correction(_) | Origin::OpeningEntry { .. } => None,
        };
        Self {
            origins: 1,
            documents: plan.documents().count(),
            since: plan.period().since(),
            retailer: plan.origin().store().retailer().to_owned(),
            is_opening: matches!(plan.origin(), Origin::OpeningEntry { .. }),
            keys: plan.documents().map(|planned| planned.key.clone()).collect(),
            events: plan.documents().map(|planned| planned.identity.key()).collect(),
            batches: batch.into_iter().collect(),
            customers: plan.documents().filter_map(customer).collect(),
        }
    }

    fn goes_with(&self, one: &Self, plan: &Plan<'_>) -> bool {
        let is_matching = plan.period().payments_on_account() != Matching::Unapplied;
        let mut payers = plan.payments_on_account().filter(|_| is_matching).filter_map(customer);
        self.origins < MOST_ORIGINS
            && self.documents + one.documents <= MOST_DOCUMENTS
            && (self.since, &self.retailer) == (one.since, &one.retailer)
            && !self.is_opening
            && !one.is_opening
            && self.keys.is_disjoint(&one.keys)
            && self.events.is_disjoint(&one.events)
            && self.batches.is_disjoint(&one.batches)
            // Their invoices are open only once they are posted.
            && payers.all(|payer| !self.customers.contains(&payer))
    }
}

fn customer(planned: &Planned<'_>) -> Option<CustomerKey> {
    match planned.document.party()? {
        Party::Customer(store, customer) => Some(CustomerKey::of(store, customer)),
        _ => None,
    }
}
