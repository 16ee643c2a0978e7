//! F-11 and F-15: credit limits. QuickBooks Online has no field for them and refuses nothing: the limit lives at the POS, and the
//! check is ours.
//!
//! ```text
//! limit 200.00, charges 160.00 in Boston and 50.00 in Salem before an exchange (G-23)
//!   at either till     both pass: each store knows its own
//!   `post`             both post; 210.00 > 200.00, over by 10.00, and available -10.00 blocks the next charge
//!   `hold`             160.00 posts, 50.00 waits whole: 210.00 > 200.00; a later one of 40.00 passes
//!   at one store       the second is blocked at once: available 40.00
//! ```

use std::collections::BTreeMap;
use std::fmt;

use chrono::{DateTime, FixedOffset};
use pos_model::Money;

use super::balances::Balance;
use super::merges::Merges;
use crate::company::LimitPolicy;
use crate::{CustomerKey, EventKey};

/// A charge that the till does not let pass. Nothing was charged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "a charge of {charge} is more than the available credit of {available}; take money for it, or have the limit raised"
)]
pub struct Blocked {
    /// The charge.
    pub charge: Money,
    /// What the store knows to be available; negative when the limit is exceeded already.
    pub available: Money,
}

/// Says whether a store lets a charge pass, by what it knows: up to the available credit and not beyond. Credits always pass.
///
/// # Errors
/// [`Blocked`] when the charge is more than what is available. Nothing was charged.
pub fn at_till(available: Option<Money>, charge: Money) -> Result<(), Blocked> {
    match available {
        Some(available) if charge.is_positive() && charge > available => Err(Blocked { charge, available }),
        _ => Ok(()),
    }
}

/// A transaction of a closed batch that moves a customer's account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Charge {
    /// The transaction.
    pub event: EventKey,
    /// The customer that it names.
    pub customer: CustomerKey,
    /// When it happened.
    pub occurred_at: DateTime<FixedOffset>,
    /// What it puts on the account: more than 0.00 for a charge, else a credit.
    pub amount: Money,
    /// Whether a user released it, or approved it over the limit at the till.
    pub is_released: bool,
}

/// What charges of a customer are judged against.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CreditLine {
    /// The most the customer may owe; none: no limit.
    pub limit: Option<Money>,
    /// QuickBooks' figure, read after this exchange's payments and credits were posted; none when there is none.
    pub figure: Option<Money>,
    /// Charges in doubt that the figure may not contain. Credits in doubt make no room.
    pub in_doubt: Money,
}

/// What becomes of a charge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Judgement {
    /// It is posted.
    Post,
    /// It is posted although the limit is exceeded.
    PostOver {
        /// What the customer owes with it.
        owed: Money,
        /// The limit.
        limit: Money,
    },
    /// It waits whole, with the money part of its transaction.
    Held {
        /// What the customer would owe with it.
        owed: Money,
        /// The limit.
        limit: Money,
    },
    /// It waits, for nobody knows what the customer owes.
    NoFigure,
}

impl fmt::Display for Judgement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Post => f.write_str("posted"),
            Self::PostOver { owed, limit } => {
                write!(f, "posted: {owed} > {limit}, over by {}", *owed - *limit)
            }
            Self::Held { owed, limit } => write!(f, "held: {owed} > {limit}, over by {}", *owed - *limit),
            Self::NoFigure => f.write_str("waits: what the customer owes is not known"),
        }
    }
}

/// Judges the charges of an exchange, held ones among them: by instant, then store, then event, each against the figure and what was
/// let pass before it. Payments and credits always pass and make room with the figure, not here. A merged customer's charges are
/// judged on the keeper's account. Equal to the limit passes; a smaller charge may pass one that is held.
#[must_use]
pub fn judge(
    charges: &[Charge],
    lines: &BTreeMap<CustomerKey, CreditLine>,
    merges: &Merges,
    policy: LimitPolicy,
) -> BTreeMap<EventKey, Judgement> {
    let mut ordered: Vec<&Charge> = charges.iter().collect();
    ordered.sort_by(|a, b| (a.occurred_at, &a.event).cmp(&(b.occurred_at, &b.event)));
    let mut passed: BTreeMap<&CustomerKey, Money> = BTreeMap::new();
    let mut judged = BTreeMap::new();
    for charge in ordered {
        let keeper = merges.keeper(&charge.customer);
        let line = lines.get(keeper).copied().unwrap_or_default();
        let passed = passed.entry(keeper).or_default();
        let judgement = one(charge, line, *passed, policy);
        if charge.amount.is_positive() && matches!(judgement, Judgement::Post | Judgement::PostOver { .. }) {
            *passed += charge.amount;
        }
        judged.insert(charge.event.clone(), judgement);
    }
    judged
}

fn one(charge: &Charge, line: CreditLine, passed: Money, policy: LimitPolicy) -> Judgement {
    if !charge.amount.is_positive() {
        return Judgement::Post;
    }
    let Some(limit) = line.limit else { return Judgement::Post };
    let Some(figure) = line.figure else {
        let waits = policy == LimitPolicy::Hold && !charge.is_released;
        return if waits { Judgement::NoFigure } else { Judgement::Post };
    };
    let owed = figure + line.in_doubt + passed + charge.amount;
    if owed <= limit {
        Judgement::Post
    } else if policy == LimitPolicy::Hold && !charge.is_released {
        Judgement::Held { owed, limit }
    } else {
        Judgement::PostOver { owed, limit }
    }
}

/// A customer who owes more than the limit over all stores, told before it bites.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exposure {
    /// What the customer owes by everything that is known.
    pub owed: Money,
    /// The limit.
    pub limit: Money,
    /// What QuickBooks does not contain yet, by store.
    pub by_store: BTreeMap<String, Money>,
}

impl fmt::Display for Exposure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} > {}, over by {}", self.owed, self.limit, self.owed - self.limit)?;
        for (store, amount) in &self.by_store {
            write!(f, "; {store} {amount}")?;
        }
        Ok(())
    }
}

/// Returns the exposure of a customer; none without a limit or within it.
#[must_use]
pub fn exposure(balance: &Balance, limit: Option<Money>) -> Option<Exposure> {
    let (owed, limit) = (balance.at_pos(), limit?);
    let mut by_store: BTreeMap<String, Money> = BTreeMap::new();
    for movement in &balance.outside {
        *by_store.entry(movement.event.store().to_owned()).or_default() += movement.amount;
    }
    (owed > limit).then_some(Exposure { owed, limit, by_store })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::customers::balances::{Figure, Movement, MovementState};

    fn money(cents: i64) -> Money {
        Money::from_cents(cents).unwrap()
    }

    fn key(id: &str) -> CustomerKey {
        CustomerKey { retailer: "1651".to_owned(), id: id.to_owned() }
    }

    /// A charge of a store at a minute of the day.
    fn charge(store: &str, number: u64, minute: u32, cents: i64) -> Charge {
        Charge {
            event: format!("{store}/1/4/transaction-{number}").parse().unwrap(),
            customer: key("c-77"),
            occurred_at: format!("2026-02-03T10:{minute:02}:00-05:00").parse().unwrap(),
            amount: money(cents),
            is_released: false,
        }
    }

    fn line(limit: i64, figure: i64) -> CreditLine {
        CreditLine { limit: Some(money(limit)), figure: Some(money(figure)), in_doubt: Money::ZERO }
    }

    fn judged(charges: &[Charge], line: CreditLine, policy: LimitPolicy) -> Vec<String> {
        let lines = BTreeMap::from([(key("c-77"), line)]);
        let found = judge(charges, &lines, &Merges::default(), policy);
        charges.iter().map(|charge| found[&charge.event].to_string()).collect()
    }

    #[test]
    fn g_23_two_stores_charge_over_the_limit_before_an_exchange() {
        let limit = Some(money(20_000));
        // Each till knows its own charges alone, or both.
        assert_eq!(at_till(Some(money(20_000)), money(16_000)), Ok(()));
        assert_eq!(at_till(Some(money(20_000)), money(5_000)), Ok(()));
        let blocked = Blocked { charge: money(5_000), available: money(4_000) };
        assert_eq!(at_till(Some(money(4_000)), money(5_000)), Err(blocked));

        let charges = [charge("boston", 1, 0, 16_000), charge("salem", 1, 5, 5_000)];
        assert_eq!(
            judged(&charges, line(20_000, 0), LimitPolicy::Hold),
            ["posted", "held: 210.00 > 200.00, over by 10.00"]
        );
        assert_eq!(
            judged(&charges, line(20_000, 0), LimitPolicy::Post),
            ["posted", "posted: 210.00 > 200.00, over by 10.00"]
        );
        // After `post`: the next charge is blocked, and the report names the stores before the exchange.
        let figure = Figure { amount: money(21_000), contains: Default::default(), is_kept: false };
        assert_eq!(figure.balance(&[]).available(limit), Some(money(-1_000)));
        assert!(at_till(Some(money(-1_000)), money(1)).is_err());
        let outside: Vec<Movement> = (charges.iter())
            .map(|charge| Movement {
                event: charge.event.clone(),
                customer: charge.customer.clone(),
                amount: charge.amount,
                state: MovementState::Unsent,
            })
            .collect();
        let figure = Figure { amount: Money::ZERO, ..figure };
        let balance = figure.balance(&outside.iter().collect::<Vec<_>>());
        let exposure = exposure(&balance, limit).unwrap().to_string();
        assert_eq!(exposure, "210.00 > 200.00, over by 10.00; boston 160.00; salem 50.00");
    }

    #[test]
    #[rustfmt::skip]
    fn f_11_charges_are_held_by_the_order_of_their_instants() {
        let hold = |charges: &[Charge], line| judged(charges, line, LimitPolicy::Hold);
        let held = "held: 210.00 > 200.00, over by 10.00";
        for (charges, of, expected) in [
            // Equal to the limit passes.
            (vec![charge("boston", 1, 0, 20_000)], line(20_000, 0), vec!["posted"]),
            // A later, smaller charge passes a held one.
            (vec![charge("boston", 1, 0, 16_000), charge("salem", 1, 5, 5_000), charge("salem", 2, 6, 4_000)], line(20_000, 0), vec!["posted", held, "posted"]),
            // The order of the list says nothing; of one instant, the store's code does.
            (vec![charge("salem", 1, 5, 5_000), charge("boston", 1, 0, 16_000)], line(20_000, 0), vec![held, "posted"]),
            (vec![charge("salem", 1, 5, 5_000), charge("boston", 9, 5, 16_000)], line(20_000, 0), vec![held, "posted"]),
            // A payment has made room: the figure says so.
            (vec![charge("salem", 1, 5, 5_000)], line(20_000, 15_000), vec!["posted"]),
            (vec![charge("salem", 1, 5, 5_000)], line(20_000, 16_000), vec![held]),
            // A credit passes and makes no room before it is in the figure.
            (vec![charge("salem", 1, 5, -5_000), charge("salem", 2, 6, 5_000)], line(20_000, 16_000), vec!["posted", held]),
            // A higher limit, a release, no limit.
            (vec![charge("salem", 1, 5, 5_000)], line(21_000, 16_000), vec!["posted"]),
            (vec![Charge { is_released: true, ..charge("salem", 1, 5, 5_000) }], line(20_000, 16_000), vec!["posted: 210.00 > 200.00, over by 10.00"]),
            (vec![charge("salem", 1, 5, 5_000)], CreditLine { limit: None, ..line(0, 16_000) }, vec!["posted"]),
            // Charges in doubt count; without a figure all wait, but what a user released.
            (vec![charge("salem", 1, 5, 5_000)], CreditLine { in_doubt: money(6_000), ..line(20_000, 10_000) }, vec![held]),
            (vec![charge("salem", 1, 5, 5_000)], CreditLine { figure: None, ..line(20_000, 0) }, vec!["waits: what the customer owes is not known"]),
            (vec![Charge { is_released: true, ..charge("salem", 1, 5, 5_000) }], CreditLine { figure: None, ..line(20_000, 0) }, vec!["posted"]),
            // A limit of 0.00 allows no debt.
            (vec![charge("salem", 1, 5, 1)], line(0, 0), vec!["held: 0.01 > 0.00, over by 0.01"]),
        ] {
            assert_eq!(hold(&charges, of), expected, "{charges:?}");
        }
    }

    #[test]
    fn f_11_a_merged_customer_is_judged_by_the_keepers_limit() {
        let mut merges = Merges::default();
        merges.merge(&key("c-78"), &key("c-77"));
        let lines = BTreeMap::from([(key("c-77"), line(20_000, 0)), (key("c-78"), line(99_999, 0))]);
        let of_duplicate = Charge { customer: key("c-78"), ..charge("salem", 1, 5, 5_000) };
        let charges = [charge("boston", 1, 0, 16_000), of_duplicate];
        let found = judge(&charges, &lines, &merges, LimitPolicy::Hold);
        assert_eq!(found[&charges[1].event].to_string(), "held: 210.00 > 200.00, over by 10.00");
    }

    #[test]
    fn f_15_no_limit_holds_nothing_and_no_till_asks() {
        assert_eq!(at_till(None, money(99_999_999)), Ok(()));
        assert_eq!(at_till(Some(money(-1)), money(-5_000)), Ok(()), "a credit always passes");
        let balance = Figure { amount: money(5), contains: Default::default(), is_kept: false }.balance(&[]);
        assert_eq!(exposure(&balance, None), None);
    }

    proptest! {
        /// What is let pass never exceeds the limit beyond what was owed before; the order of the list says nothing; more room never
        /// holds the first charge that passed with less.
        #[test]
        fn f_11_nothing_passes_over_the_limit(
            charges in prop::collection::vec((0..3_u8, 0..60_u32, -300..300_i64), 0..20),
            limit in 0..1_000_i64,
            figure in -200..1_200_i64,
        ) {
            let charges: Vec<Charge> = (1_u64..).zip(&charges)
                .map(|(number, (store, minute, cents))| charge(["a", "b", "c"][usize::from(*store)], number, *minute, *cents))
                .collect();
            let lines = BTreeMap::from([(key("c-77"), line(limit, figure))]);
            let found = judge(&charges, &lines, &Merges::default(), LimitPolicy::Hold);
            let posted: i64 = charges.iter()
                .filter(|charge| charge.amount.is_positive() && found[&charge.event] == Judgement::Post)
                .map(|charge| charge.amount.cents())
                .sum();
            prop_assert!(posted == 0 || figure + posted <= limit);
            let mut reversed = charges.clone();
            reversed.reverse();
            prop_assert_eq!(&judge(&reversed, &lines, &Merges::default(), LimitPolicy::Hold), &found);
            let post = judge(&charges, &lines, &Merges::default(), LimitPolicy::Post);
            let is_posted = |judgement: &Judgement| matches!(judgement, Judgement::Post | Judgement::PostOver { .. });
            prop_assert!(post.values().all(is_posted));
        }
    }
}
