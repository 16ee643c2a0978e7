//! What the posting log says of customers, folded: the links and what each side held, what was offered and not taken yet, how far both
//! sides have been read.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use mapping::CustomerKey;
use mapping::customers::{Link, RecordId, State};

use super::note::{
    CustomerNote, CustomerNotes, LoggedExchange, OfferToPos, OfferToQuickBooks, Values, links_of,
};

/// How far an exchange came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Marks {
    /// Until when changes of QuickBooks are known, by its clock.
    pub(crate) quickbooks: DateTime<Utc>,
    /// Until where changes of the point of sale are known.
    pub(crate) pos: String,
    /// A digest of what the company had chosen.
    pub(crate) options: String,
}

/// What is known of customers between two exchanges.
#[derive(Debug, Clone, Default)]
pub(crate) struct Kept {
    pub(crate) state: State,
    /// Whose each record is: the same as the links.
    owners: BTreeMap<RecordId, CustomerKey>,
    /// Whose each record is or was last: documents that were posted to it are still this customer's.
    ever: BTreeMap<RecordId, CustomerKey>,
    /// Records that were given to the point of sale, of which it is not known whether it took them.
    pub(crate) offered_to_pos: BTreeMap<RecordId, OfferToPos>,
    offered_to_quickbooks: BTreeMap<CustomerKey, OfferToQuickBooks>,
    /// Customers and records without a counterpart.
    pub(crate) unlinked: BTreeSet<CustomerKey>,
    pub(crate) unlinked_records: BTreeSet<RecordId>,
    /// What is to be looked at again.
    pub(crate) again: BTreeSet<CustomerKey>,
    pub(crate) again_records: BTreeSet<RecordId>,
    /// How far the last exchange that came to its end has read; none before the first.
    pub(crate) marks: Option<Marks>,
    /// The record above each linked one that has one.
    parents: BTreeMap<RecordId, RecordId>,
    /// What each customer owed when its balance was read last.
    pub(crate) figures: BTreeMap<CustomerKey, KeptFigure>,
    /// Customers whose figure is read in the next exchange, whatever has changed: they have other records now.
    pub(crate) figures_due: BTreeSet<CustomerKey>,
    /// Until when changes of balances are known, and when whoever owes was read last.
    pub(crate) balances_at: (Option<DateTime<Utc>>, Option<DateTime<Utc>>),
    /// What each exchange both ways came to, the oldest first.
    pub(crate) exchanges: Vec<LoggedExchange>,
}

/// QuickBooks' figure of a customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct KeptFigure {
    /// Positive: it owes.
    pub(crate) cents: i64,
    /// It contains what the log had posted before this entry.
    pub(crate) at: u64,
}

impl Kept {
    /// Whose a record is.
    pub(crate) fn owner(&self, record: &RecordId) -> Option<&CustomerKey> {
        self.owners.get(record)
    }

    /// Whether two records are, or were, those of one customer, merges followed.
    pub(crate) fn are_of_one(&self, one: &RecordId, other: &RecordId) -> bool {
        let keeper = |record| self.ever.get(record).map(|customer| self.state.merges.keeper(customer));
        keeper(one).is_some_and(|customer| keeper(other) == Some(customer))
    }

    /// The link of a customer, or of the one that stands for it, which its documents name.
    pub(crate) fn link_of(&self, customer: &CustomerKey) -> Option<&Link> {
        self.state.first(self.state.merges.keeper(customer))
    }

    /// The record that stands above a linked one.
    pub(crate) fn parent(&self, record: &RecordId) -> Option<&RecordId> {
        self.parents.get(record)
    }

    /// The linked records below one, on every level.
    pub(crate) fn below(&self, record: &RecordId) -> Vec<RecordId> {
        let mut found: Vec<RecordId> = Vec::new();
        let mut above = vec![record.clone()];
        while let Some(parent) = above.pop() {
            for (child, _) in self.parents.iter().filter(|(_, of)| **of == parent) {
                if !found.contains(child) {
                    found.push(child.clone());
                    above.push(child.clone());
                }
            }
        }
        found
    }

    /// Takes in the notes of an entry, by its place in the log.
    pub(crate) fn apply(&mut self, position: u64, notes: &CustomerNotes) {
        for (note, values) in notes.noted() {
            self.note(position, note, values);
        }
    }

    fn note(&mut self, position: u64, note: &CustomerNote, values: Values) {
        match note {
            CustomerNote::Links { customer, records } => self.set_links(customer, links_of(records, values)),
            CustomerNote::Merged { duplicate, keeper } => {
                self.state.merges.merge(duplicate, keeper);
                self.unlinked.remove(duplicate);
                // Two figures of two moments are no figure: the keeper's is read.
                if self.figures.remove(duplicate).is_some() {
                    self.figures.remove(keeper);
                }
                self.figures_due.remove(duplicate);
                self.figures_due.insert(keeper.clone());
            }
            CustomerNote::Apart { customer, record } => {
                self.state.apart.insert((customer.clone(), record.clone()));
            }
            CustomerNote::Open { customers, conflicts, proposed } => {
                self.state.open = customers.clone();
                self.state.open_conflicts = conflicts.clone();
                self.state.proposed = proposed.clone();
            }
            CustomerNote::Unlinked { customers, records } => {
                self.unlinked.extend(customers.iter().cloned());
                self.unlinked_records.extend(records.iter().cloned());
            }
            CustomerNote::NoLonger { customers, records } => {
                customers.iter().for_each(|customer| _ = self.unlinked.remove(customer));
                records.iter().for_each(|record| _ = self.unlinked_records.remove(record));
            }
            CustomerNote::OfferedToPos { record } => {
                if let Values::ToPos(offer) = values {
                    self.offered_to_pos.insert(record.clone(), *offer);
                }
            }
            CustomerNote::TakenByPos { record } => _ = self.offered_to_pos.remove(record),
            CustomerNote::OfferedToQuickBooks { customer } => {
                if let Values::ToQuickBooks(offer) = values {
                    self.offered_to_quickbooks.insert(customer.clone(), *offer);
                }
            }
            CustomerNote::Below { record, parent } => {
                let before = match parent {
                    Some(parent) => self.parents.insert(record.clone(), parent.clone()),
                    None => self.parents.remove(record),
                };
                // What the record above was read to owe may hold the other's part, or lack it.
                let above = before.iter().chain(parent).filter_map(|above| self.owners.get(above).cloned());
                self.figures_due.extend(above.collect::<Vec<_>>());
            }
            CustomerNote::Figure { customer, cents } => {
                self.figures.insert(customer.clone(), KeptFigure { cents: *cents, at: position });
                self.figures_due.remove(customer);
            }
            CustomerNote::BalancesRead { until, whole_at } => self.balances_at = (Some(*until), *whole_at),
            CustomerNote::Ended { quickbooks, pos, options, again, again_records, .. } => {
                let (pos, options) = (pos.clone(), options.clone());
                self.marks = Some(Marks { quickbooks: *quickbooks, pos, options });
                (self.again, self.again_records) = (again.clone(), again_records.clone());
            }
            CustomerNote::Exchanged(exchange) => self.exchanges.push(exchange.clone()),
        }
    }

    fn set_links(&mut self, customer: &CustomerKey, links: Vec<Link>) {
        let before = self.state.links.remove(customer).unwrap_or_default();
        let records = |links: &[Link]| links.iter().map(|link| link.record.clone()).collect::<BTreeSet<_>>();
        if records(&before) != records(&links) {
            self.figures_due.insert(customer.clone());
        }
        for link in before {
            if self.owners.get(&link.record) == Some(customer) {
                self.owners.remove(&link.record);
            }
        }
        for link in &links {
            self.owners.insert(link.record.clone(), customer.clone());
            self.ever.insert(link.record.clone(), customer.clone());
            self.unlinked_records.remove(&link.record);
        }
        if links.is_empty() {
            self.figures_due.remove(customer);
        } else {
            self.unlinked.remove(customer);
            self.state.links.insert(customer.clone(), links);
        }
    }

    /// A record was made for a customer: what each side held then is what was offered, and what was made for a document was never
    /// compared.
    pub(crate) fn made_in_quickbooks(&mut self, customer: &CustomerKey, record: &RecordId) {
        let offer = self.offered_to_quickbooks.remove(customer);
        if self.owners.contains_key(record) {
            return;
        }
        let keeper = self.state.merges.keeper(customer).clone();
        match offer {
            Some(OfferToQuickBooks { pos, sent }) => {
                self.state.added_to_quickbooks(&keeper, record.clone(), &sent, &pos);
            }
            None => self.state.link(&keeper, Link::new(record.clone())),
        }
        self.owners.insert(record.clone(), keeper.clone());
        self.ever.insert(record.clone(), keeper.clone());
        self.figures_due.insert(keeper.clone());
        self.unlinked.remove(&keeper);
        self.unlinked_records.remove(record);
    }

    /// Nothing was made of what was offered.
    pub(crate) fn not_made_in_quickbooks(&mut self, customer: &CustomerKey) {
        self.offered_to_quickbooks.remove(customer);
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests {
    use mapping::customers::{FieldValue, Fields, LinkState};
    use pos_model::CustomerField;
    use qb_model::Id;

    use super::*;
    use crate::customers::note::{Noted, links};

    fn key(id: &str) -> CustomerKey {
        CustomerKey { retailer: "1651".to_owned(), id: id.to_owned() }
    }

    fn record(id: &str) -> RecordId {
        Id::new(id).unwrap()
    }

    fn tell(kept: &mut Kept, noted: Noted) {
        kept.apply(1, &CustomerNotes::of(vec![noted]).unwrap());
    }

    #[test]
    fn f_14_links_move_and_nobody_without_a_counterpart_stays_so() {
        let mut kept = Kept::default();
        let unlinked = CustomerNote::Unlinked {
            customers: BTreeSet::from([key("a"), key("b")]),
            records: BTreeSet::from([record("58"), record("59")]),
        };
        tell(&mut kept, (unlinked, Values::None));
        tell(&mut kept, links(&key("a"), &[Link::new(record("58"))]));
        tell(&mut kept, links(&key("a"), &[]));
        tell(&mut kept, links(&key("b"), &[Link::new(record("58"))]));
        assert_eq!(kept.owner(&record("58")), Some(&key("b")));
        assert_eq!(kept.state.links.len(), 1);
        assert_eq!(kept.unlinked_records, BTreeSet::from([record("59")]));
        tell(&mut kept, (CustomerNote::Merged { duplicate: key("a"), keeper: key("b") }, Values::None));
        assert!(kept.unlinked.is_empty());
        assert_eq!(kept.link_of(&key("a")).map(|link| link.state), Some(LinkState::Live));
    }

    #[test]
    fn f_14_the_base_of_a_record_that_was_made_is_what_was_sent() {
        let mut kept = Kept::default();
        let mut sent = Fields::default();
        sent.set(CustomerField::Phone, Some(FieldValue::Text("617 555 0101".to_owned())));
        let offer = OfferToQuickBooks { pos: sent.clone(), sent };
        let note = CustomerNote::OfferedToQuickBooks { customer: key("a") };
        tell(&mut kept, (note.clone(), Values::ToQuickBooks(Box::new(offer.clone()))));
        kept.not_made_in_quickbooks(&key("a"));
        kept.made_in_quickbooks(&key("b"), &record("57"));
        tell(&mut kept, (note, Values::ToQuickBooks(Box::new(offer))));
        kept.made_in_quickbooks(&key("a"), &record("58"));
        kept.made_in_quickbooks(&key("a"), &record("58"));
        let base =
            |customer| kept.state.links[&customer].iter().map(|link| link.base.len()).collect::<Vec<_>>();
        assert_eq!((base(key("a")), base(key("b"))), (vec![1], vec![0]));
    }
}
