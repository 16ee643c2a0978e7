//! QuickBooks' side: the general ledger of the control accounts, read in portions, every posting given to whom it belongs.
//!
//! A document is known by its kind and id, as the posting log has them; never by its number.

use std::collections::{BTreeMap, HashMap, VecDeque};

use chrono::{Datelike, Days, Months, NaiveDate};
use mapping::StepKey;
use pos_model::Money;
use qb_client::ReadError;
use qb_model::{GeneralLedger, LedgerRow};

use super::result::ForeignDocument;
use super::scope::{Place, Scope};
use crate::error::RunError;
use crate::history::History;
use crate::run::Exchange;

/// QuickBooks cuts reports off near 400,000 cells (contract 3). An answer of that size is not believed.
const CUT_OFF: usize = 400_000;

/// Rows of one report that we aim at: 100,000 cells of six columns, well below where a report is cut off, and a few
/// megabytes.
const ROWS_AIMED_AT: usize = 16_000;

/// QuickBooks advises reports of at most six months (contract 3).
const MONTHS_AT_ONCE: Months = Months::new(6);

/// What one account stands at over one fiscal year.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Year {
    pub(super) opening: Money,
    pub(super) ours: Money,
    pub(super) other_batches: Money,
    pub(super) foreign: Money,
}

/// What the general ledger says beyond the figures of the documents at hand.
#[derive(Debug, Default)]
pub(super) struct LedgerSide {
    /// By the year's last day and account.
    pub(super) years: BTreeMap<(NaiveDate, usize), Year>,
    /// With the number of the account.
    foreign: Vec<(usize, ForeignDocument)>,
}

impl LedgerSide {
    /// The documents of others by account, date and id.
    pub(super) fn into_foreign(mut self) -> Vec<ForeignDocument> {
        self.foreign.sort_by(|(one, first), (other, second)| {
            let place = |document: &ForeignDocument| (document.date, document.id.len());
            (one, place(first), &first.id).cmp(&(other, place(second), &second.id))
        });
        self.foreign.into_iter().map(|(_, document)| document).collect()
    }
}

/// One report to ask for.
struct Portion {
    start: NaiveDate,
    end: NaiveDate,
    accounts: Vec<usize>,
}

/// Whose a posted document is.
#[derive(Clone, Copy)]
enum Owner {
    /// Of the batches and orders at hand: its number among the documents.
    AtHand(usize),
    /// Of other batches and orders of the posting log.
    Log,
}

impl Exchange {
    /// Reads the years' general ledgers; fills the scope's QuickBooks figures and its documents' found amounts.
    pub(super) async fn read_ledger(
        &self,
        history: &History,
        scope: &mut Scope,
        years: &[(NaiveDate, NaiveDate)],
        shown: &[usize],
    ) -> Result<LedgerSide, RunError> {
        let mut reader = Reader::new(history, scope);
        for (start, end) in years {
            let mut portions: VecDeque<Portion> = portions((*start, *end), &reader.rows_per_day)
                .into_iter()
                .map(|(start, end)| Portion { start, end, accounts: shown.to_vec() })
                .collect();
            while let Some(portion) = portions.pop_front() {
                let ids: Vec<&str> =
                    portion.accounts.iter().map(|place| scope.accounts[*place].id.as_str()).collect();
                let halves = portion.halves();
                let report = match self.client.general_ledger(portion.start, portion.end, &ids).await {
                    Ok(report) if report.cells < CUT_OFF || halves.is_none() => report,
                    Err(error) if halves.is_none() || !matches!(error, ReadError::TooLarge { .. }) => {
                        return Err(unreadable(error));
                    }
                    _ => {
                        // The earlier half first: the year's opening stands in it.
                        halves.into_iter().flatten().rev().for_each(|half| portions.push_front(half));
                        continue;
                    }
                };
                reader.take(&report, scope, *end, portion.start == *start);
            }
        }
        Ok(reader.side)
    }
}

impl Portion {
    /// The same in two: by days, or, of a single day, by accounts. None when there is nothing left to divide.
    fn halves(&self) -> Option<[Self; 2]> {
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

/// Sorts rows.
struct Reader<'h> {
    owners: HashMap<(&'h str, &'h str), Owner>,
    /// How many rows our own documents have on each day, about.
    rows_per_day: BTreeMap<NaiveDate, usize>,
    customers: HashMap<String, usize>,
    accounts: HashMap<String, usize>,
    /// Documents at hand that are not posted, by kind and number.
    open: HashMap<(String, String), StepKey>,
    side: LedgerSide,
}

impl<'h> Reader<'h> {
    fn new(history: &'h History, scope: &Scope) -> Self {
        let mut owners = HashMap::new();
        let mut rows_per_day: BTreeMap<NaiveDate, usize> = BTreeMap::new();
        for (key, record) in history.posted_steps().filter(|(_, record)| record.sent.identity.is_some()) {
            if let Some(date) = record.sent.txn_date {
                // A line and a leg are a row each, about.
                let rows = record.sent.legs.len() + record.sent.body.matches("\"DetailType\"").count();
                *rows_per_day.entry(date).or_default() += rows;
            }
            let owner = scope.by_key.get(key).map_or(Owner::Log, |place| Owner::AtHand(*place));
            owners.extend(record.id().map(|id| ((record.sent.entity.as_str(), id), owner)));
        }
        let open = scope.documents.iter().filter(|document| !history.is_posted(&document.key.0));
        let open = open.map(|d| ((d.entity.clone(), d.number.to_ascii_uppercase()), d.key.clone())).collect();
        let known = scope.accounts.iter().enumerate().filter(|(_, account)| !account.id.is_empty());
        Self {
            owners,
            rows_per_day,
            customers: scope.customer_ids(history),
            accounts: known.map(|(place, account)| (account.id.clone(), place)).collect(),
            open,
            side: LedgerSide::default(),
        }
    }

    fn take(&mut self, report: &GeneralLedger, scope: &mut Scope, year: NaiveDate, is_first: bool) {
        for section in &report.accounts {
            // A report may hold more accounts than were asked for.
            let Some(&account) = section.account_id.as_deref().and_then(|id| self.accounts.get(id)) else {
                continue;
            };
            let sign = |cents: i64| {
                let amount = money(cents);
                if scope.accounts[account].is_debit_natural { amount } else { -amount }
            };
            if is_first {
                self.side.years.entry((year, account)).or_default().opening += sign(section.beginning);
            }
            let rows: Vec<(&LedgerRow, Money)> =
                section.rows.iter().map(|row| (row, sign(row.amount))).collect();
            for (row, amount) in rows.into_iter().filter(|(_, amount)| !amount.is_zero()) {
                self.post(row, amount, account, scope, year);
            }
        }
    }

    fn post(&mut self, row: &LedgerRow, amount: Money, account: usize, scope: &mut Scope, year: NaiveDate) {
        let entity = row.entity();
        let id = row.txn_id.as_deref().unwrap_or_default();
        let sums = self.side.years.entry((year, account)).or_default();
        match self.owners.get(&(entity.as_str(), id)).copied() {
            Some(Owner::AtHand(place)) => {
                sums.ours += amount;
                let customer =
                    scope.accounts[account].is_receivable.then(|| self.customer_of(row, scope)).flatten();
                let at = Place { account, date: row.date, customer };
                let document = &mut scope.documents[place];
                *document.found.entry(at).or_default() += amount;
                let origin = document.origin;
                scope.note(origin, at, |figures| figures.quickbooks += amount);
            }
            Some(Owner::Log) => sums.other_batches += amount,
            None => {
                sums.foreign += amount;
                let may_be = self.open.get(&(entity, row.number.to_ascii_uppercase())).cloned();
                let document = ForeignDocument {
                    account: scope.accounts[account].name.clone(),
                    account_id: scope.accounts[account].id.clone(),
                    txn_type: row.txn_type.clone(),
                    id: id.to_owned(),
                    number: row.number.clone(),
                    date: row.date,
                    amount,
                    may_be,
                };
                // The lines of one document follow each other.
                match self.side.foreign.last_mut() {
                    Some((_, last)) if is_same(last, &document) => last.amount += amount,
                    _ => self.side.foreign.push((account, document)),
                }
            }
        }
    }

    fn customer_of(&mut self, row: &LedgerRow, scope: &mut Scope) -> Option<usize> {
        let id = row.party_id.as_deref()?;
        if let Some(place) = self.customers.get(id) {
            return Some(*place);
        }
        let place = scope.customer(&format!("customer {id}"), || row.party_name.clone());
        self.customers.insert(id.to_owned(), place);
        Some(place)
    }
}

fn is_same(one: &ForeignDocument, other: &ForeignDocument) -> bool {
    (&one.account_id, &one.txn_type, &one.id, one.date)
        == (&other.account_id, &other.txn_type, &other.id, other.date)
}

/// Cuts a year into portions of at most six months and about so many rows.
fn portions(
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

pub(super) fn unreadable(error: ReadError) -> RunError {
    RunError::Read { what: "its general ledger", source: Box::new(error) }
}

/// An account's movement or balance; sums may be larger than any amount of a document.
pub(super) fn money(cents: i64) -> Money {
    Money::from_cents(cents).unwrap_or_else(|_| {
        let limit = Money::MAX;
        let whole = cents / limit.cents();
        let rest = Money::from_cents(cents % limit.cents()).unwrap_or_default();
        let step = if whole < 0 { -limit } else { limit };
        (0..whole.unsigned_abs()).map(|_| step).sum::<Money>() + rest
    })
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
        assert_eq!(cut(&[("2026-02-03", 15_999), ("2026-02-04", 1)]), ["2026-06-30", "2026-12-31"]);
        assert_eq!(
            cut(&[("2026-02-03", 15_999), ("2026-02-09", 2), ("2026-09-01", 90_000), ("2026-12-31", 1)]),
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

    #[test]
    fn a_sum_may_be_larger_than_any_amount() {
        assert_eq!(money(-250_000_000_000).cents(), -250_000_000_000);
    }
}
