//! F-03 and F-04: what a customer owes. QuickBooks' figure contains what was posted when it was read; whatever else the stores know
//! is outside of it and counts beside it.
//!
//! ```text
//! figure = BalanceWithJobs of the customer's records, less that of sub-customers who are customers themselves
//! POS balance = figure + charges and payments that it does not contain      available = limit - POS balance
//!
//! POS says 160.00, QuickBooks 120.00, nothing outside, limit 200.00     balance 120.00, available 80.00 (G-24)
//! QuickBooks 120.00, an open batch has a charge of 30.00                balance 150.00, of it 30.00 unsent
//! a charge is in doubt                                                  the figure before it stays, with what it contains
//! ```

use std::collections::{BTreeMap, BTreeSet};

use pos_model::Money;

use super::merges::Merges;
use super::record::RecordId;
use crate::{CustomerKey, EventKey};

/// More levels than QuickBooks has (a customer and four below it).
const LEVELS: usize = 8;

/// What is known of an event on a customer's account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum MovementState {
    /// Its batch is still open.
    Open,
    /// It is to be sent.
    Unsent,
    /// It waits for room under the limit.
    Held,
    /// QuickBooks refused it.
    Refused,
    /// Nobody knows yet whether it reached the books.
    InDoubt,
    /// It is in the books.
    Posted,
}

/// A charge, a payment or a credit on a customer's account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Movement {
    /// The event at the POS.
    pub event: EventKey,
    /// Whose account, as the event names it.
    pub customer: CustomerKey,
    /// Positive: the customer owes more. Negative: less.
    pub amount: Money,
    /// What is known of it.
    pub state: MovementState,
}

/// A record's balance as QuickBooks says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordBalance {
    /// The record above; none at the top.
    pub parent: Option<RecordId>,
    /// What it owes, with everything below it.
    pub with_jobs: Money,
}

/// Returns what each customer's records owe, each amount counted once: a sub-customer that is a customer of the POS counts there and
/// not in the customer above. None for a customer of whom a record, or a record above one, was not read.
///
/// `records` holds the linked records, active or not, and every record above them.
#[must_use]
pub fn owed(
    links: &BTreeMap<CustomerKey, Vec<RecordId>>,
    records: &BTreeMap<RecordId, RecordBalance>,
) -> BTreeMap<CustomerKey, Option<Money>> {
    let linked: BTreeSet<&RecordId> = links.values().flatten().collect();
    let mut below: BTreeMap<&RecordId, Money> = BTreeMap::new();
    let mut unknown: BTreeSet<&RecordId> = BTreeSet::new();
    for id in &linked {
        let Some(record) = records.get(*id) else {
            unknown.insert(id);
            continue;
        };
        match linked_above(record, &linked, records) {
            Ok(Some(above)) => *below.entry(above).or_default() += record.with_jobs,
            Ok(None) => {}
            Err(Unread) => _ = unknown.insert(id),
        }
    }
    let own = |id: &RecordId| {
        let record = records.get(id).filter(|_| !unknown.contains(id))?;
        Some(record.with_jobs - below.get(id).copied().unwrap_or_default())
    };
    links.iter().map(|(customer, ids)| (customer.clone(), ids.iter().map(own).sum())).collect()
}

/// A record above was not read.
struct Unread;

/// The next linked record above one.
fn linked_above<'a>(
    record: &'a RecordBalance,
    linked: &BTreeSet<&RecordId>,
    records: &'a BTreeMap<RecordId, RecordBalance>,
) -> Result<Option<&'a RecordId>, Unread> {
    let mut at = record;
    for _ in 0..LEVELS {
        let Some(parent) = &at.parent else { return Ok(None) };
        if linked.contains(parent) {
            return Ok(Some(parent));
        }
        at = records.get(parent).ok_or(Unread)?;
    }
    Err(Unread)
}

/// QuickBooks' figure of a customer, with the events that it contains.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figure {
    /// What the customer owes by QuickBooks; negative for a credit.
    pub amount: Money,
    /// The events that were known to be posted when it was read.
    pub contains: BTreeSet<EventKey>,
    /// Whether it is an older one, kept because something of the customer is in doubt or could not be read.
    pub is_kept: bool,
}

impl Figure {
    /// Returns the figure after a reading. While a document is in doubt nobody knows whether the reading contains it: then the figure
    /// before stays, with what it contains. None where there is none yet.
    #[must_use]
    pub fn next(before: Option<&Self>, read: Option<Money>, movements: &[&Movement]) -> Option<Self> {
        let is_in_doubt = movements.iter().any(|movement| movement.state == MovementState::InDoubt);
        match read {
            Some(amount) if !is_in_doubt => {
                let posted = movements.iter().filter(|movement| movement.state == MovementState::Posted);
                let contains = posted.map(|movement| movement.event.clone()).collect();
                Some(Self { amount, contains, is_kept: false })
            }
            _ => before.map(|figure| Self { is_kept: true, ..figure.clone() }),
        }
    }

    /// Returns the figure of a keeper and its duplicate: both amounts, both contents (F-08).
    #[must_use]
    pub fn merged(&self, other: &Self) -> Self {
        Self {
            amount: self.amount + other.amount,
            contains: self.contains.union(&other.contains).cloned().collect(),
            is_kept: self.is_kept || other.is_kept,
        }
    }

    /// Returns what the customer owes with what the figure does not contain.
    #[must_use]
    pub fn balance(&self, movements: &[&Movement]) -> Balance {
        let outside: Vec<Movement> = (movements.iter())
            .filter(|movement| !self.contains.contains(&movement.event))
            .map(|movement| (*movement).clone())
            .collect();
        let unsent = outside.iter().map(|movement| movement.amount).sum();
        Balance { quickbooks: self.amount, unsent, outside, is_kept: self.is_kept }
    }
}

/// What a customer owes at the POS after an exchange.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Balance {
    /// QuickBooks' figure.
    pub quickbooks: Money,
    /// The net of the events that it does not contain, shown apart.
    pub unsent: Money,
    /// Those events.
    pub outside: Vec<Movement>,
    /// Whether the figure is an older one.
    pub is_kept: bool,
}

impl Balance {
    /// Returns the POS's balance: positive, the customer owes; negative, is owed.
    #[must_use]
    pub fn at_pos(&self) -> Money {
        self.quickbooks + self.unsent
    }

    /// Returns what the customer may still charge; negative when the limit is exceeded. None without a limit.
    #[must_use]
    pub fn available(&self, limit: Option<Money>) -> Option<Money> {
        Some(limit? - self.at_pos())
    }
}

/// Returns movements under the customers whose accounts they are on now, merges followed (F-08).
#[must_use]
pub fn by_keeper<'a>(movements: &'a [Movement], merges: &Merges) -> BTreeMap<CustomerKey, Vec<&'a Movement>> {
    let mut found: BTreeMap<CustomerKey, Vec<&Movement>> = BTreeMap::new();
    for movement in movements {
        found.entry(merges.keeper(&movement.customer).clone()).or_default().push(movement);
    }
    found
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests {
    use proptest::prelude::*;
    use qb_model::Id;

    use super::MovementState::{Held, InDoubt, Open, Posted, Refused, Unsent};
    use super::*;

    fn money(cents: i64) -> Money {
        Money::from_cents(cents).unwrap()
    }

    fn key(id: &str) -> CustomerKey {
        CustomerKey { retailer: "1651".to_owned(), id: id.to_owned() }
    }

    fn id(id: &str) -> RecordId {
        Id::new(id).unwrap()
    }

    fn movement(number: u64, cents: i64, state: MovementState) -> Movement {
        let event = format!("boston/1/4/transaction-{number}").parse().unwrap();
        Movement { event, customer: key("c-77"), amount: money(cents), state }
    }

    /// Records: id, parent (or none), balance with jobs in cents.
    fn records(rows: &[(&str, &str, i64)]) -> BTreeMap<RecordId, RecordBalance> {
        let record = |(of, parent, cents): &(&str, &str, i64)| {
            let parent = (!parent.is_empty()).then(|| id(parent));
            (id(of), RecordBalance { parent, with_jobs: money(*cents) })
        };
        rows.iter().map(record).collect()
    }

    #[test]
    #[rustfmt::skip]
    fn f_04_each_record_is_counted_once() {
        let tree = records(&[
            ("1", "", 10_000), ("2", "1", 4_000), ("3", "2", 1_500), ("9", "", -700), ("4", "8", 100),
        ]);
        for (links, expected) in [
            // The whole tree is one customer's.
            (vec![("a", vec!["1"])], vec![Some(10_000)]),
            // A sub-customer is another customer: it counts there.
            (vec![("a", vec!["1"]), ("b", vec!["2"])], vec![Some(6_000), Some(4_000)]),
            // The same customer's: each once.
            (vec![("a", vec!["1", "2"])], vec![Some(10_000)]),
            // Two levels below, over one that nobody has.
            (vec![("a", vec!["1"]), ("b", vec!["3"])], vec![Some(8_500), Some(1_500)]),
            (vec![("a", vec!["1"]), ("b", vec!["2"]), ("c", vec!["3"])], vec![Some(6_000), Some(2_500), Some(1_500)]),
            // Of a merge, two records.
            (vec![("a", vec!["1", "9"])], vec![Some(9_300)]),
            // A record that was not read, and one below a record that was not read.
            (vec![("a", vec!["1", "7"]), ("b", vec!["4"]), ("c", vec!["9"])], vec![None, None, Some(-700)]),
        ] {
            let links = links.into_iter().map(|(customer, ids)| (key(customer), ids.into_iter().map(id).collect()));
            let found: Vec<Option<i64>> =
                owed(&links.collect(), &tree).into_values().map(|owed| owed.map(Money::cents)).collect();
            assert_eq!(found, expected);
        }
    }

    #[test]
    fn g_24_quickbooks_figure_overwrites_the_balance_of_the_pos() {
        // The charges of 160.00 are in the books, and a payment of 40.00 was typed there.
        let posted = [movement(1, 16_000, Posted)];
        let posted: Vec<&Movement> = posted.iter().collect();
        let figure = Figure::next(None, Some(money(12_000)), &posted).unwrap();
        let balance = figure.balance(&posted);
        assert_eq!((balance.at_pos(), balance.unsent), (money(12_000), Money::ZERO));
        assert_eq!(balance.available(Some(money(20_000))), Some(money(8_000)));
        assert_eq!(balance.available(None), None);
    }

    #[test]
    fn f_04_what_the_figure_does_not_contain_counts_beside_it() {
        for state in [Open, Unsent, Held, Refused] {
            let movements =
                [movement(1, 16_000, Posted), movement(2, 3_000, state), movement(3, -500, state)];
            let movements: Vec<&Movement> = movements.iter().collect();
            let figure = Figure::next(None, Some(money(12_000)), &movements).unwrap();
            let balance = figure.balance(&movements);
            assert_eq!((balance.at_pos(), balance.unsent), (money(14_500), money(2_500)), "{state:?}");
            assert_eq!(balance.outside.len(), 2);
        }
        // Posted after the figure was read: known posted now, and not in it.
        let (before, after) = (movement(2, 3_000, Unsent), movement(2, 3_000, Posted));
        let figure = Figure::next(None, Some(money(12_000)), &[&before]).unwrap();
        assert_eq!(figure.balance(&[&after]).at_pos(), money(15_000));
    }

    #[test]
    fn f_04_in_doubt_the_figure_before_stays_with_what_it_contains() {
        let before = Figure::next(None, Some(money(12_000)), &[&movement(1, 12_000, Posted)]).unwrap();
        let doubt = [movement(1, 12_000, Posted), movement(2, 3_000, InDoubt), movement(3, 1_000, Open)];
        let doubt: Vec<&Movement> = doubt.iter().collect();
        // QuickBooks shows 150.00 already: counted with the movement it would be 180.00.
        let kept = Figure::next(Some(&before), Some(money(15_000)), &doubt).unwrap();
        assert!(kept.is_kept);
        assert_eq!(kept.balance(&doubt).at_pos(), money(16_000), "events go on counting");
        let settled = [movement(1, 12_000, Posted), movement(2, 3_000, Posted), movement(3, 1_000, Open)];
        let settled: Vec<&Movement> = settled.iter().collect();
        let next = Figure::next(Some(&kept), Some(money(15_000)), &settled).unwrap();
        assert_eq!((next.is_kept, next.balance(&settled).at_pos()), (false, money(16_000)));
        assert_eq!(Figure::next(None, Some(money(15_000)), &doubt), None, "no figure yet");
        assert!(Figure::next(Some(&before), None, &[]).unwrap().is_kept, "not read");
    }

    #[test]
    fn f_08_a_merge_adds_figures_and_contents() {
        let keeper = Figure::next(None, Some(money(12_000)), &[&movement(1, 12_000, Posted)]).unwrap();
        let duplicate = Figure::next(None, Some(money(500)), &[&movement(2, 500, Posted)]).unwrap();
        let mut merges = Merges::default();
        merges.merge(&key("c-78"), &key("c-77"));
        let of_duplicate = Movement { customer: key("c-78"), ..movement(2, 500, Posted) };
        let movements = [movement(1, 12_000, Posted), of_duplicate, movement(3, 100, Open)];
        let of_keeper = &by_keeper(&movements, &merges)[&key("c-77")];
        assert_eq!(keeper.merged(&duplicate).balance(of_keeper).at_pos(), money(12_600));
    }

    proptest! {
        /// Whatever happens in whatever order, the POS's balance is what was charged and paid, at the POS and in QuickBooks, once.
        #[test]
        fn f_04_nothing_is_counted_twice_or_lost(
            steps in prop::collection::vec((0..6_u8, -500..500_i64), 1..60),
        ) {
            let mut movements: Vec<Movement> = Vec::new();
            let (mut in_books, mut typed, mut typed_when_read) = (0_i64, 0_i64, 0_i64);
            let mut figure: Option<Figure> = None;
            for (number, (step, cents)) in (0_u64..).zip(steps) {
                match step {
                    0 => movements.push(movement(number, cents, Open)),
                    1 => movements.iter_mut().filter(|m| m.state == Open).for_each(|m| m.state = Unsent),
                    // Sent: in the books, and known or in doubt.
                    2 => for m in movements.iter_mut().filter(|m| m.state == Unsent) {
                        in_books += m.amount.cents();
                        m.state = if cents % 3 == 0 { InDoubt } else { Posted };
                    },
                    3 => movements.iter_mut().filter(|m| m.state == InDoubt).for_each(|m| m.state = Posted),
                    4 => { in_books += cents; typed += cents },
                    _ => {
                        let all: Vec<&Movement> = movements.iter().collect();
                        figure = Figure::next(figure.as_ref(), Some(Money::sum_of_cents(in_books)), &all);
                        if figure.as_ref().is_some_and(|figure| !figure.is_kept) {
                            typed_when_read = typed;
                        }
                    }
                }
                let all: Vec<&Movement> = movements.iter().collect();
                let charged: i64 = movements.iter().map(|m| m.amount.cents()).sum();
                if let Some(figure) = &figure {
                    // What was typed after the figure was read is not in it; everything of the stores counts once.
                    prop_assert_eq!(figure.balance(&all).at_pos().cents(), charged + typed_when_read);
                }
            }
        }
    }
}
