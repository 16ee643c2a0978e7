//! Money: exact, in cents. Knows nothing of where an amount comes from or goes to.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Neg, Sub, SubAssign};

use rust_decimal::{Decimal, RoundingStrategy};

/// An amount of US dollars, exact to the cent.
///
/// Signed; what the sign means is said where a value is used. A value made from outside input is at most
/// [`Money::MAX`] either way, because QuickBooks takes no larger amount; only a balance of a report may be larger. Sums
/// inside the program are counted in 64-bit cents: it takes ninety million amounts of the largest size to leave that range.
///
/// ```
/// use pos_model::Money;
/// assert_eq!(Money::from_cents(-5)?.to_string(), "-0.05");
/// assert!(Money::from_cents(100_000_000_000).is_err());
/// # Ok::<(), pos_model::OutOfBounds>(())
/// ```
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Money {
    cents: i64,
}

/// An amount beyond 999,999,999.99 either way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the amount is beyond 999,999,999.99, the largest QuickBooks takes")]
pub struct OutOfBounds;

impl Money {
    /// 0.00
    pub const ZERO: Self = Self { cents: 0 };
    /// 999,999,999.99: QuickBooks answers code 2240 to anything larger.
    pub const MAX: Self = Self { cents: 99_999_999_999 };

    /// Returns the amount of so many cents.
    ///
    /// # Errors
    /// [`OutOfBounds`] beyond [`Money::MAX`] either way.
    pub const fn from_cents(cents: i64) -> Result<Self, OutOfBounds> {
        let money = Self { cents };
        if money.is_in_bounds() { Ok(money) } else { Err(OutOfBounds) }
    }

    /// Returns a sum or a balance of so many cents, which may be larger than [`Money::MAX`]: from a report, never an amount
    /// of the till.
    #[must_use]
    pub const fn sum_of_cents(cents: i64) -> Self {
        Self { cents }
    }

    /// Returns this amount in cents, with its sign.
    #[must_use]
    pub const fn cents(self) -> i64 {
        self.cents
    }

    /// Returns whether this amount, a sum perhaps, is still one that QuickBooks takes.
    #[must_use]
    pub const fn is_in_bounds(self) -> bool {
        self.cents.unsigned_abs() <= Self::MAX.cents.unsigned_abs()
    }

    /// Returns the amount rounded to the cent, half away from zero (D-22). For readers of foreign formats only; our own file
    /// form carries cents and is never rounded.
    ///
    /// # Errors
    /// [`OutOfBounds`] beyond [`Money::MAX`] either way.
    pub fn rounded(amount: Decimal) -> Result<Self, OutOfBounds> {
        let cents = amount.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero);
        Self::exact(cents).ok_or(OutOfBounds)
    }

    /// Returns the amount when it has no fraction of a cent and is within bounds, else nothing.
    #[must_use]
    pub fn exact(amount: Decimal) -> Option<Self> {
        let cents = amount.checked_mul(Decimal::ONE_HUNDRED)?.normalize();
        if cents.scale() != 0 {
            return None;
        }
        Self::from_cents(i64::try_from(cents.mantissa()).ok()?).ok()
    }

    /// Returns the same amount as a decimal with two places.
    #[must_use]
    pub fn to_decimal(self) -> Decimal {
        Decimal::new(self.cents, 2)
    }

    /// Returns the amount without its sign.
    #[must_use]
    pub const fn abs(self) -> Self {
        Self { cents: self.cents.abs() }
    }

    /// Returns whether this is 0.00.
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.cents == 0
    }

    /// Returns whether this is more than 0.00.
    #[must_use]
    pub const fn is_positive(self) -> bool {
        self.cents > 0
    }

    /// Returns whether this is less than 0.00.
    #[must_use]
    pub const fn is_negative(self) -> bool {
        self.cents < 0
    }
}

/// Splits `total` in proportion to `weights`: each share cut toward zero, the missing cents one each to the largest
/// remainders, the first one first on a tie. The shares of one weight or more add up to `total`.
///
/// The weights are of one sign or 0.00: then no share is larger than the total or of another sign. With weights of both
/// signs a share may be either. Where the weights add up to 0.00, and where weights of both signs make a share larger than
/// the total and than [`Money::MAX`], the first share takes everything.
#[must_use]
pub fn spread(total: Money, weights: &[Money]) -> Vec<Money> {
    proportional(total, weights).unwrap_or_else(|| {
        let mut shares = vec![Money::ZERO; weights.len()];
        if let Some(first) = shares.first_mut() {
            *first = total;
        }
        shares
    })
}

/// Parts `total` in proportion to the weights; none where there is no proportion, or one that leads out of bounds.
fn proportional(total: Money, weights: &[Money]) -> Option<Vec<Money>> {
    let whole: i128 = weights.iter().map(|w| i128::from(w.cents)).sum();
    if whole == 0 {
        return None;
    }
    let product = |weight: &Money| i128::from(total.cents) * i128::from(weight.cents);
    let mut shares: Vec<i128> = weights.iter().map(|weight| product(weight) / whole).collect();
    let mut by_remainder: Vec<usize> = (0..weights.len()).collect();
    by_remainder.sort_by_key(|&i| std::cmp::Reverse((product(&weights[i]) % whole).abs()));
    let missing = i128::from(total.cents) - shares.iter().sum::<i128>();
    // Each share lacks less than a cent: no more cents are missing than there are shares.
    for &i in by_remainder.iter().take(missing.unsigned_abs() as usize) {
        shares[i] += missing.signum();
    }
    let limit = total.cents.unsigned_abs().max(Money::MAX.cents.unsigned_abs());
    let share = |cents: i128| i64::try_from(cents).ok().filter(|cents| cents.unsigned_abs() <= limit);
    shares.into_iter().map(|cents| share(cents).map(|cents| Money { cents })).collect()
}

impl Add for Money {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self { cents: self.cents + other.cents }
    }
}

impl Sub for Money {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self { cents: self.cents - other.cents }
    }
}

impl Neg for Money {
    type Output = Self;
    fn neg(self) -> Self {
        Self { cents: -self.cents }
    }
}

impl AddAssign for Money {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl SubAssign for Money {
    fn sub_assign(&mut self, other: Self) {
        *self = *self - other;
    }
}

impl Sum for Money {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::ZERO, Add::add)
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.is_negative() { "-" } else { "" };
        let cents = self.cents.unsigned_abs();
        f.pad(&format!("{sign}{}.{:02}", cents / 100, cents % 100))
    }
}

impl fmt::Debug for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn money(text: &str) -> Money {
        Money::exact(text.parse().unwrap()).unwrap()
    }

    #[test]
    fn g_22_rounds_half_a_cent_away_from_zero() {
        let tax = Decimal::new(5000, 2) * Decimal::new(625, 4);
        assert_eq!(Money::rounded(tax).unwrap().to_string(), "3.13");
        assert_eq!(Money::rounded(-tax).unwrap().to_string(), "-3.13");
        assert_eq!((money("50.00") + money("3.13")).to_string(), "53.13");
    }

    #[test]
    fn refuses_a_fraction_of_a_cent_and_one_cent_too_many() {
        assert_eq!(Money::exact(Decimal::new(1005, 3)), None);
        assert_eq!(Money::exact(Decimal::new(1010, 3)), Some(money("1.01")));
        assert_eq!(Money::exact(Decimal::new(99_999_999_999, 2)), Some(Money::MAX));
        assert_eq!(Money::exact(Decimal::new(100_000_000_000, 2)), None);
        assert_eq!(Money::exact(Decimal::MAX), None);
    }

    #[test]
    fn gives_missing_cents_to_the_largest_remainders_first_line_first() {
        let thirds = [money("1.00"), money("1.00"), money("1.00")];
        assert_eq!(spread(money("1.00"), &thirds), [money("0.34"), money("0.33"), money("0.33")]);
        assert_eq!(spread(money("-0.02"), &thirds), [money("-0.01"), money("-0.01"), Money::ZERO]);
        assert_eq!(spread(money("5.00"), &[Money::ZERO, Money::ZERO]), [money("5.00"), Money::ZERO]);
        let unequal = [money("0.20"), money("0.30"), money("0.50")];
        assert_eq!(spread(money("0.02"), &unequal), [Money::ZERO, money("0.01"), money("0.01")]);
        assert_eq!(spread(money("5.00"), &[]), []);
    }

    #[test]
    fn weights_of_both_signs_lead_to_no_amount_out_of_bounds() {
        let all_but_a_cent = Money::from_cents(-(Money::MAX.cents() - 1)).unwrap();
        assert_eq!(spread(Money::MAX, &[Money::MAX, all_but_a_cent]), [Money::MAX, Money::ZERO]);
        let mixed = [money("3.00"), money("-1.00")];
        assert_eq!(spread(money("1.00"), &mixed), [money("1.50"), money("-0.50")]);
    }

    #[test]
    fn adds_and_subtracts_in_place_and_counts_cents() {
        let mut amount = money("10.00");
        amount -= money("2.50");
        amount += money("0.07");
        assert_eq!((amount.cents(), format!("{amount:?}")), (757, "7.57".to_owned()));
        assert_eq!(money("-0.05").cents(), -5);
        let sum = Money::sum_of_cents(-250_000_000_000);
        assert_eq!((sum.cents(), sum.is_in_bounds()), (-250_000_000_000, false));
    }

    proptest! {
        #[test]
        fn shares_add_up_to_the_total_and_keep_its_sign(
            total in -10_000_000i64..10_000_000,
            weights in prop::collection::vec(0i64..10_000_000, 1..40),
        ) {
            let total = Money::from_cents(total).unwrap();
            let weights: Vec<Money> = weights.into_iter().map(|c| Money::from_cents(c).unwrap()).collect();
            let shares = spread(total, &weights);
            prop_assert_eq!(shares.iter().copied().sum::<Money>(), total);
            prop_assert!(shares.iter().all(|s| s.cents().signum() * total.cents().signum() >= 0));
        }

        #[test]
        fn shares_add_up_to_the_total_whatever_the_signs(
            total in -99_999_999_999i64..=99_999_999_999,
            weights in prop::collection::vec(-99_999_999_999i64..=99_999_999_999, 1..8),
            opposite in 0..3i64,
        ) {
            let total = Money::from_cents(total).unwrap();
            let mut weights: Vec<Money> = weights.into_iter().map(|c| Money::from_cents(c).unwrap()).collect();
            // Often the weights leave next to nothing.
            weights.extend(Money::from_cents(opposite - weights.iter().map(|w| w.cents()).sum::<i64>()));
            let shares = spread(total, &weights);
            prop_assert_eq!(shares.iter().copied().sum::<Money>(), total);
            prop_assert!(shares.iter().all(|share| share.is_in_bounds()));
        }

        #[test]
        fn what_is_printed_is_what_is_meant(cents in -99_999_999_999i64..=99_999_999_999) {
            let amount = Money::from_cents(cents).unwrap();
            prop_assert_eq!(money(&amount.to_string()), amount);
        }
    }
}
