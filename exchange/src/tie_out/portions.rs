//! How much of the general ledger is asked for at once: fiscal years, cut into portions, cut into halves.

use std::collections::BTreeMap;

use chrono::{Datelike, Days, Months, NaiveDate};

/// Rows of one report that we aim at: 180,000 cells in six columns, less than half of where a report is cut off, and some
/// eight megabytes. Fewer would be more reads, which are metered.
const ROWS_AIMED_AT: usize = 30_000;

/// QuickBooks advises reports of at most six months (docs/quickbooks.md).
const MONTHS_AT_ONCE: Months = Months::new(6);

/// One report to ask for.
pub(super) struct Portion {
    pub(super) start: NaiveDate,
    pub(super) end: NaiveDate,
    pub(super) accounts: Vec<usize>,
}

impl Portion {
    /// Parts it in two: by days, or, of a single day, by accounts. None when there is nothing left to divide.
    pub(super) fn halves(&self) -> Option<[Self; 2]> {
        let days = (self.end - self.start).num_days();
        if days > 0 {
            let middle = self.start + Days::new(days.unsigned_abs() / 2);
            let accounts = || self.accounts.clone();
            return Some([
                Self { start: self.start, end: middle, accounts: accounts() },
                Self { start: middle + Days::new(1), end: self.end, accounts: accounts() },
            ]);
        }
        let (first, second) = self.accounts.split_at(self.accounts.len() / 2);
        let half = |accounts: &[usize]| Self { accounts: accounts.to_vec(), ..*self };
        (!first.is_empty()).then(|| [half(first), half(second)])
    }
}

/// Cuts a year into portions of at most six months and about so many rows.
pub(super) fn portions(
    (start, end): (NaiveDate, NaiveDate),
    rows_per_day: &BTreeMap<NaiveDate, usize>,
) -> Vec<(NaiveDate, NaiveDate)> {
    let mut cuts = Vec::new();
    let (mut first, mut rows) = (start, 0);
    let mut days = rows_per_day.range(start..=end).peekable();
    loop {
        let last = (first + MONTHS_AT_ONCE - Days::new(1)).min(end);
        let cut = match days.peek() {
            Some((day, count)) if **day <= last => {
                if rows > 0 && rows + **count > ROWS_AIMED_AT {
                    **day - Days::new(1)
                } else {
                    rows += **count;
                    days.next();
                    continue;
                }
            }
            _ => last,
        };
        cuts.push((first, cut));
        if cut >= end {
            return cuts;
        }
        (first, rows) = (cut + Days::new(1), 0);
    }
}

/// The fiscal years that these dates lie in, each with its first and last day.
pub(super) fn fiscal_years<'d>(
    dates: impl IntoIterator<Item = &'d NaiveDate>,
    first_month: u32,
) -> Vec<(NaiveDate, NaiveDate)> {
    let year_of = |date: &NaiveDate| {
        let year = if date.month() >= first_month { date.year() } else { date.year() - 1 };
        let start = NaiveDate::from_ymd_opt(year, first_month, 1)?;
        let next = NaiveDate::from_ymd_opt(year + 1, first_month, 1)?;
        Some((start, next - Days::new(1)))
    };
    let mut years: Vec<_> = dates.into_iter().filter_map(year_of).collect();
    years.sort_unstable();
    years.dedup();
    years
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn fiscal_years_may_start_in_any_month() {
        let years = |dates: &[&str], month| {
            let dates: Vec<_> = dates.iter().map(|text| day(text)).collect();
            fiscal_years(&dates, month)
        };
        assert_eq!(years(&["2010-12-01", "2010-12-23"], 1), [(day("2010-01-01"), day("2010-12-31"))]);
        assert_eq!(
            years(&["2024-07-01", "2023-06-30"], 7),
            [(day("2022-07-01"), day("2023-06-30")), (day("2024-07-01"), day("2025-06-30"))]
        );
        assert_eq!(years(&["2024-02-29"], 3), [(day("2023-03-01"), day("2024-02-29"))]);
    }

    #[test]
    fn a_year_is_read_in_halves_or_in_portions_of_so_many_rows() {
        let year = (day("2026-01-01"), day("2026-12-31"));
        let cut = |rows: &[(&str, usize)]| {
            let rows = rows.iter().map(|(date, rows)| (day(date), *rows)).collect();
            let found: Vec<_> = portions(year, &rows).into_iter().map(|(_, end)| end.to_string()).collect();
            found
        };
        assert_eq!(cut(&[]), ["2026-06-30", "2026-12-31"]);
        assert_eq!(cut(&[("2026-02-03", 29_999), ("2026-02-04", 1)]), ["2026-06-30", "2026-12-31"]);
        assert_eq!(
            cut(&[("2026-02-03", 29_999), ("2026-02-09", 2), ("2026-09-01", 90_000), ("2026-12-31", 1)]),
            ["2026-02-08", "2026-08-08", "2026-12-30", "2026-12-31"]
        );
    }

    #[test]
    fn a_report_that_was_cut_off_is_asked_for_in_halves() {
        let halves = |start: &str, end: &str, accounts: &[usize]| {
            let whole = Portion { start: day(start), end: day(end), accounts: accounts.to_vec() };
            whole.halves().map(|halves| {
                halves.map(|half| (half.start.to_string(), half.end.to_string(), half.accounts.len()))
            })
        };
        let text = |date: &str| date.to_owned();
        assert_eq!(
            halves("2026-02-01", "2026-02-03", &[1, 2]).unwrap(),
            [(text("2026-02-01"), text("2026-02-02"), 2), (text("2026-02-03"), text("2026-02-03"), 2)]
        );
        let one = || (text("2026-02-03"), text("2026-02-03"));
        assert_eq!(
            halves("2026-02-03", "2026-02-03", &[1, 2, 3]).unwrap(),
            [(one().0, one().1, 1), (one().0, one().1, 2)]
        );
        assert_eq!(halves("2026-02-03", "2026-02-03", &[1]), None);
    }
}
