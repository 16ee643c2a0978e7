//! D-24: which credit of a transaction settles which of its charges.
//!
//! ```text
//! charges  expense(s) by tender id, then the invoice
//! credits  the credit memo, then payment(s) by tender id
//! swap of G-25:  charges [106.25]  credits [53.13, 53.12]  ->  credit 0 : charge 0 = 53.13, credit 1 : charge 0 = 53.12
//! ```

use pos_model::Money;

/// So much of one credit settles so much of one charge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Match {
    /// Index of the credit.
    pub(crate) credit: usize,
    /// Index of the charge.
    pub(crate) charge: usize,
    /// More than 0.00.
    pub(crate) amount: Money,
}

/// Matches `credits` with `charges` in order. All are 0.00 or more, and
/// `sum(charges) - sum(credits) == on_account`: what the transaction leaves on the customer's account.
///
/// A positive `on_account` leaves that much of the charges open, taken from the end: the invoice first. A negative one
/// leaves that much of the credits open, taken from the front: the credit memo first. What remains is equal on both
/// sides; every cent of it is matched.
///
/// ```text
/// a return of 50.00, of which 20.00 go onto the account and 30.00 back in cash:
/// charges [30.00]  credits [50.00]  on account -20.00  ->  credit 0 : charge 0 = 30.00
/// ```
#[must_use]
pub(crate) fn settle(charges: &[Money], credits: &[Money], on_account: Money) -> Vec<Match> {
    debug_assert_eq!(
        charges.iter().copied().sum::<Money>() - credits.iter().copied().sum::<Money>(),
        on_account
    );
    let mut open_charge = if on_account.is_positive() { on_account } else { Money::ZERO };
    let mut open_credit = if on_account.is_negative() { -on_account } else { Money::ZERO };
    let mut charges = charges.to_vec();
    let mut credits = credits.to_vec();
    for charge in charges.iter_mut().rev() {
        leave_open(charge, &mut open_charge);
    }
    for credit in &mut credits {
        leave_open(credit, &mut open_credit);
    }

    let mut matches = Vec::with_capacity(credits.len() + charges.len());
    let mut charge = 0;
    for (credit, left) in credits.iter_mut().enumerate() {
        while left.is_positive() && charge < charges.len() {
            let amount = (*left).min(charges[charge]);
            if amount.is_positive() {
                matches.push(Match { credit, charge, amount });
            }
            *left -= amount;
            charges[charge] -= amount;
            if charges[charge].is_zero() {
                charge += 1;
            }
        }
    }
    matches
}

fn leave_open(part: &mut Money, open: &mut Money) {
    let kept = (*part).min(*open);
    *part -= kept;
    *open -= kept;
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn amounts(cents: &[i64]) -> Vec<Money> {
        cents.iter().map(|&c| Money::from_cents(c).unwrap()).collect()
    }

    fn check(charges: &[i64], credits: &[i64], expected: &[(usize, usize, i64)]) {
        let (charges, credits) = (amounts(charges), amounts(credits));
        let on_account = charges.iter().copied().sum::<Money>() - credits.iter().copied().sum::<Money>();
        let matches = settle(&charges, &credits, on_account);
        let matches: Vec<_> = matches.iter().map(|m| (m.credit, m.charge, m.amount.cents())).collect();
        assert_eq!(matches, expected);
    }

    #[test]
    fn d_24_matches_in_order() {
        check(&[10_000], &[10_000], &[(0, 0, 10_000)]); // G-01: a sale, one card
        check(&[5_313], &[5_313], &[(0, 0, 5_313)]); // G-04: a return, one card
        check(&[10_625], &[5_313, 5_312], &[(0, 0, 5_313), (1, 0, 5_312)]); // G-25: a swap
        check(&[500, 10_000], &[10_500], &[(0, 0, 500), (0, 1, 10_000)]); // card cash-back on a sale
        check(&[0], &[], &[]); // a sale of 0.00
    }

    #[test]
    fn d_24_leaves_the_invoice_open_first_and_the_credit_memo_first() {
        check(&[10_000], &[4_000], &[(0, 0, 4_000)]); // D-13: part cash, part account
        check(&[3_000], &[5_000], &[(0, 0, 3_000)]); // D-14: part of a refund onto the account
        check(&[2_000, 5_000], &[1_500], &[(0, 0, 1_500)]); // more on account than the invoice
        check(&[1_000], &[2_000, 3_000], &[(1, 0, 1_000)]); // the credit memo stays open whole
    }

    proptest! {
        #[test]
        fn d_24_identities_hold(
            charges in prop::collection::vec(0i64..100_000, 0..6),
            credits in prop::collection::vec(0i64..100_000, 0..6),
        ) {
            let (charges, credits) = (amounts(&charges), amounts(&credits));
            let sum = |part: &[Money]| part.iter().copied().sum::<Money>();
            let on_account = sum(&charges) - sum(&credits);
            let matches = settle(&charges, &credits, on_account);
            let matched: Money = matches.iter().map(|m| m.amount).sum();
            prop_assert!(matches.iter().all(|m| m.amount.is_positive()));
            prop_assert_eq!(matched, sum(&charges).min(sum(&credits)), "all that can be matched is");
            for (i, &charge) in charges.iter().enumerate() {
                prop_assert!(matches.iter().filter(|m| m.charge == i).map(|m| m.amount).sum::<Money>() <= charge);
            }
            for (i, &credit) in credits.iter().enumerate() {
                prop_assert!(matches.iter().filter(|m| m.credit == i).map(|m| m.amount).sum::<Money>() <= credit);
            }
        }
    }
}
