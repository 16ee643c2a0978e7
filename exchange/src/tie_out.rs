//! Tie-out: what the till says, what the plan says and what QuickBooks says, account by account.
//!
//! QuickBooks' figure is a movement: its trial balance now, less what it was before our first document (kept in the log,
//! without any document of ours), less the documents of the log that belong to other batches. Accounts of the balance
//! sheet are read at the last fiscal year's end; income and expense, which start each year at 0, year by year.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use chrono::{Datelike, Days, NaiveDate};
use mapping::{
    Company, ControlAccount, Plan, SubLedger, legs, plan, plan_purchase_order, reckon, reckon_purchase_order,
};
use pos_model::{Batch, Money, PurchaseOrder};

use crate::error::RunError;
use crate::history::Opening;
use crate::log::{Entry, Sent};
use crate::run::{Exchange, Session};

/// One account's three figures; debit positive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountTie {
    /// The account's name.
    pub name: String,
    /// QuickBooks' id.
    pub id: String,
    /// Reckoned from the raw events.
    pub pos: Money,
    /// Debits and credits of the planned documents.
    pub planned: Money,
    /// The movement in QuickBooks.
    pub quickbooks: Money,
}

impl AccountTie {
    /// QuickBooks less the till: 0.00 when the books are right.
    pub fn difference(&self) -> Money {
        self.quickbooks - self.pos
    }

    /// Whether all three figures agree.
    pub fn is_tied_out(&self) -> bool {
        self.pos == self.planned && self.planned == self.quickbooks
    }
}

/// What the till and the plans say.
#[derive(Default)]
struct Figures {
    pos: BTreeMap<ControlAccount, Money>,
    planned: BTreeMap<ControlAccount, Money>,
    ours: HashSet<String>,
    /// What identities of their documents begin with.
    origins: HashSet<String>,
    dates: Vec<NaiveDate>,
}

impl Figures {
    fn add(&mut self, plan: &Plan<'_>, reckoned: &SubLedger, company: &Company) {
        for (account, amount) in reckoned.by_account() {
            *self.pos.entry(account).or_default() += amount;
        }
        for document in plan.documents() {
            for leg in legs(&document.document, company) {
                *self.planned.entry(leg.account).or_default() += leg.amount;
            }
            self.ours.insert(document.key().0);
            self.dates.push(document.txn_date);
            // All that was posted for the same batch or order is ours, also what is no longer planned.
            let identity = document.identity.to_string();
            let origin = identity.rsplit_once('/').filter(|_| document.identity.batch.is_some());
            self.origins.insert(origin.map_or(identity.clone(), |(batch, _)| format!("{batch}/")));
        }
    }
}

/// Every control account.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TieOut {
    /// In the order of mission 2.2.
    pub accounts: Vec<AccountTie>,
}

impl TieOut {
    /// Whether every account ties out.
    pub fn is_tied_out(&self) -> bool {
        self.accounts.iter().all(AccountTie::is_tied_out)
    }
}

impl Exchange {
    /// Ties out the control accounts over these batches and purchase orders, which should have been run before. Reads
    /// only.
    ///
    /// # Errors
    /// [`RunError`]: a batch that cannot be planned, or QuickBooks that cannot be read.
    pub async fn tie_out(&mut self, batches: &[Batch], orders: &[PurchaseOrder]) -> Result<TieOut, RunError> {
        let kept = self.session.take();
        let session = self.open(kept).await?;
        let mut figures = Figures::default();
        for batch in batches {
            figures.add(&plan(batch, &self.company)?, &reckon(batch, &self.company), &self.company);
        }
        for order in orders {
            let reckoned = reckon_purchase_order(order, &self.company);
            figures.add(&plan_purchase_order(order, &self.company)?, &reckoned, &self.company);
        }
        let Figures { pos, planned, ours, origins, dates } = figures;
        let years = fiscal_years(&dates, session.first_month());
        let quickbooks =
            self.movements(&session, &years, &|key, sent| is_ours(key, sent, &ours, &origins)).await?;

        let mut ties: Vec<AccountTie> = Vec::new();
        let is_purchasing =
            |account: &ControlAccount| !orders.is_empty() && ControlAccount::PURCHASING.contains(account);
        let used = |account: &ControlAccount| {
            pos.contains_key(account) || planned.contains_key(account) || is_purchasing(account)
        };
        let mut accounts = self.company.control_accounts();
        let others = self.company.all_control_accounts().into_iter().filter(used);
        accounts.extend(others.filter(|account| !accounts.contains(account)).collect::<Vec<_>>());
        for account in accounts {
            let Some(id) = session.bindings.accounts.get(&account) else {
                // Nothing of it was ever made: it ties out only where nothing should be there.
                if used(&account) {
                    let name = self.company.account_name(account).to_owned();
                    let (pos, planned) = (pos.get(&account).copied(), planned.get(&account).copied());
                    let (pos, planned) = (pos.unwrap_or_default(), planned.unwrap_or_default());
                    ties.push(AccountTie { name, id: String::new(), pos, planned, quickbooks: Money::ZERO });
                }
                continue;
            };
            let sum = |figures: &BTreeMap<ControlAccount, Money>| {
                figures.get(&account).copied().unwrap_or_default()
            };
            // Two roles may share an account: QuickBooks knows only their sum.
            if let Some(tie) = ties.iter_mut().find(|tie| tie.id == id.as_str()) {
                tie.pos += sum(&pos);
                tie.planned += sum(&planned);
                continue;
            }
            let name =
                session.books.account_name(id.as_str()).unwrap_or_else(|| self.company.account_name(account));
            ties.push(AccountTie {
                name: name.to_owned(),
                id: id.to_string(),
                pos: sum(&pos),
                planned: sum(&planned),
                quickbooks: quickbooks.get(id.as_str()).copied().unwrap_or_default(),
            });
        }
        self.session = Some(session);
        Ok(TieOut { accounts: ties })
    }

    /// The name that a control account has in QuickBooks; the mapped name before the first run.
    pub fn account_name(&self, account: ControlAccount) -> &str {
        let found = self.session.as_ref().and_then(|session| {
            let id = session.bindings.accounts.get(&account)?;
            session.books.account_name(id.as_str())
        });
        found.unwrap_or_else(|| self.company.account_name(account))
    }

    /// Notes what the accounts stand at, once for each fiscal year, before our first document of that year.
    pub(crate) async fn take_openings(
        &self,
        session: &mut Session,
        dates: &[NaiveDate],
    ) -> Result<(), RunError> {
        let missing: Vec<_> = fiscal_years(dates, session.first_month())
            .into_iter()
            .filter(|(_, end_date)| !session.history.openings.contains_key(end_date))
            .collect();
        for (start_date, end_date) in missing {
            let (taken_at, balances) = self.balances(end_date).await?;
            let income_statement = session.books.income_statement();
            let entry = Entry::Opening { start_date, end_date, taken_at, balances, income_statement };
            self.append(session, &mapping::StepKey("opening".to_owned()), entry).await?;
        }
        Ok(())
    }

    /// Our documents' movement of every account in QuickBooks.
    async fn movements(
        &self,
        session: &Session,
        years: &BTreeSet<(NaiveDate, NaiveDate)>,
        is_ours: &(dyn Fn(&str, &Sent) -> bool + Sync),
    ) -> Result<BTreeMap<String, Money>, RunError> {
        let mut cents: BTreeMap<String, i64> = BTreeMap::new();
        let last = years.last().map(|(_, end_date)| *end_date);
        for (_, end_date) in years {
            let Some(opening) = session.history.openings.get(end_date) else { continue };
            let (_, closing) = self.balances(*end_date).await?;
            let movement = year_movement(session, opening, closing, *end_date, is_ours);
            for (account, amount) in movement {
                if Some(*end_date) == last || opening.income_statement.contains(&account) {
                    *cents.entry(account).or_default() += amount;
                }
            }
        }
        Ok(cents.into_iter().map(|(account, cents)| (account, money(cents))).collect())
    }

    /// QuickBooks' balances by account id, and when it made them.
    async fn balances(
        &self,
        end_date: NaiveDate,
    ) -> Result<(Option<chrono::DateTime<chrono::FixedOffset>>, BTreeMap<String, i64>), RunError> {
        let report = self.client.trial_balance(end_date).await;
        let report = report.map_err(|e| RunError::Read { what: "its trial balance", source: Box::new(e) })?;
        let balances = report.rows.into_iter().filter_map(|row| Some((row.account_id?, row.balance)));
        Ok((report.report_time, balances.collect()))
    }
}

impl Session {
    fn first_month(&self) -> u32 {
        self.books
            .preferences
            .first_month_of_fiscal_year
            .filter(|month| (1..=12).contains(month))
            .unwrap_or(1)
    }
}

/// Whether a posted step belongs to the batches and orders at hand.
fn is_ours(key: &str, sent: &Sent, ours: &HashSet<String>, origins: &HashSet<String>) -> bool {
    let is_of_origin = |identity: &str| {
        let batch = identity.rsplit_once('/').map(|(batch, _)| format!("{batch}/"));
        origins.contains(identity) || batch.is_some_and(|batch| origins.contains(&batch))
    };
    ours.contains(key) || sent.identity.as_deref().is_some_and(is_of_origin)
}

/// Closing less opening, less what other batches' documents of the log add to it.
fn year_movement(
    session: &Session,
    opening: &Opening,
    closing: BTreeMap<String, i64>,
    end_date: NaiveDate,
    is_ours: &dyn Fn(&str, &Sent) -> bool,
) -> BTreeMap<String, i64> {
    let mut movement = closing;
    for (account, cents) in &opening.balances {
        *movement.entry(account.clone()).or_default() -= cents;
    }
    for (_, record) in session.history.posted_steps().filter(|(key, record)| !is_ours(key, &record.sent)) {
        for (account, cents) in opening.shown(&record.sent, end_date) {
            *movement.entry(account.to_owned()).or_default() -= cents;
        }
    }
    movement
}

/// The fiscal years that these dates lie in, each with its first and last day.
fn fiscal_years(dates: &[NaiveDate], first_month: u32) -> BTreeSet<(NaiveDate, NaiveDate)> {
    let year_of = |date: &NaiveDate| {
        let year = if date.month() >= first_month { date.year() } else { date.year() - 1 };
        let start = NaiveDate::from_ymd_opt(year, first_month, 1)?;
        let next = NaiveDate::from_ymd_opt(year + 1, first_month, 1)?;
        Some((start, next - Days::new(1)))
    };
    dates.iter().filter_map(year_of).collect()
}

/// An account's movement; sums of amounts that are each far below the bound.
fn money(cents: i64) -> Money {
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

    #[test]
    fn fiscal_years_may_start_in_any_month() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let years = |dates: &[&str], month| {
            let dates: Vec<_> = dates.iter().map(|text| day(text)).collect();
            fiscal_years(&dates, month).into_iter().collect::<Vec<_>>()
        };
        assert_eq!(years(&["2010-12-01", "2010-12-23"], 1), [(day("2010-01-01"), day("2010-12-31"))]);
        assert_eq!(
            years(&["2023-06-30", "2024-07-01"], 7),
            [(day("2022-07-01"), day("2023-06-30")), (day("2024-07-01"), day("2025-06-30"))]
        );
        assert_eq!(years(&["2024-02-29"], 3), [(day("2023-03-01"), day("2024-02-29"))]);
    }
}
