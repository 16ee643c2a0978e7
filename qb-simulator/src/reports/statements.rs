//! BalanceSheet and ProfitAndLoss, in total or by month or day.
//!
//! Both are trees of account types; only what they sum differs. Neighbours: `ledger` has the movements.

use std::collections::HashMap;

use chrono::{Datelike, Days, Months, NaiveDate};
use rust_decimal::Decimal;

use super::dates::fiscal_year_start;
use super::page::{amount, cell, cell_of, column, column_with, data, page, section};
use super::postings::{documents, natural};
use super::question::{Of, Question, Summarize, header};
use super::tree::{self, Sums, add};
use crate::base::json::Json;
use crate::base::kind::EntityKind;
use crate::books::company::{Company, number};
use crate::books::records::Record;

struct Statement<'a> {
    company: &'a Company,
    question: &'a Question,
    /// The movements of each account, where a part of the ledger was asked for.
    chosen: Option<HashMap<u64, Vec<(NaiveDate, Decimal)>>>,
    periods: Vec<(NaiveDate, NaiveDate)>,
    /// What the columns are of where they are no periods.
    listed: Option<Listed<'a>>,
    /// Whether figures are balances at a period's end, not movements in it.
    is_balance: bool,
}

/// The figures of the whole period by the entries of a list; what names none of them stands last.
struct Listed<'a> {
    entries: Vec<Option<&'a Record>>,
    figures: HashMap<(u64, Option<u64>), Decimal>,
}

impl<'a> Listed<'a> {
    fn new(company: &'a Company, question: &Question, of: Of) -> Listed<'a> {
        let mut figures: HashMap<(u64, Option<u64>), Decimal> = HashMap::new();
        for document in documents(company, question).iter().filter(|document| document.date >= question.start)
        {
            let legs = document.entry.legs.iter().filter(|leg| document.asks_for(question, leg));
            for leg in legs.filter(|leg| is_result(company, leg.account)) {
                let tags = document.tags(leg);
                let named = [leg.tags.name, leg.customer, leg.vendor, Some(number(document.name.0))];
                let is_there = |id: &u64| company.store(of.kind()).get(&id.to_string()).is_some();
                let id = match of {
                    Of::Customers | Of::Vendors | Of::Employees => named.into_iter().flatten().find(is_there),
                    Of::Classes => tags.class,
                    Of::Departments => tags.department,
                    Of::Items => tags.item,
                };
                *figures.entry((leg.account, id)).or_default() += leg.amount;
            }
        }
        let used = |id: Option<u64>| figures.keys().any(|(_, of)| *of == id);
        let records = company.store(of.kind()).records().iter();
        let mut entries: Vec<Option<&Record>> =
            records.filter(|record| used(Some(number(&record.id)))).map(Some).collect();
        entries.sort_by_key(|record| record.map(title).unwrap_or_default().to_lowercase());
        entries.extend(used(None).then_some(None));
        Listed { entries, figures }
    }
}

/// Returns how an entry heads its column.
fn title(record: &Record) -> &str {
    let names = ["FullyQualifiedName", "DisplayName"];
    names.iter().find_map(|name| record.body.text_of(name)).unwrap_or_default()
}

fn is_result(company: &Company, account: u64) -> bool {
    let record = company.store(EntityKind::Account).get(&account.to_string());
    record.is_some_and(|record| !crate::lists::account::is_balance_sheet(&record.body))
}

fn less(left: &Sums, right: &Sums) -> Sums {
    left.iter().zip(right).map(|(a, b)| a - b).collect()
}

impl<'a> Statement<'a> {
    fn new(company: &'a Company, question: &'a Question, is_balance: bool) -> Statement<'a> {
        let chosen = question.is_filtered().then(|| {
            let mut chosen: HashMap<u64, Vec<(NaiveDate, Decimal)>> = HashMap::new();
            for document in documents(company, question) {
                for leg in document.entry.legs.iter().filter(|leg| document.asks_for(question, leg)) {
                    chosen.entry(leg.account).or_default().push((document.date, leg.amount));
                }
            }
            chosen
        });
        let listed = match question.summarize {
            Summarize::By(of) => Some(Listed::new(company, question, of)),
            _ => None,
        };
        Statement { company, question, chosen, periods: periods(question), listed, is_balance }
    }

    /// Returns how many columns of figures there are, the total apart.
    fn width(&self) -> usize {
        self.listed.as_ref().map_or(self.periods.len(), |listed| listed.entries.len())
    }

    /// Returns what moved on an account between two days, as far as it was asked for.
    fn movement(&self, account: u64, first: NaiveDate, last: NaiveDate) -> Decimal {
        match &self.chosen {
            None => self.company.ledger.movement(account, first, last),
            Some(chosen) => {
                let movements = chosen.get(&account).map_or(&[][..], Vec::as_slice).iter();
                movements.filter(|(day, _)| (first..=last).contains(day)).map(|(_, amount)| *amount).sum()
            }
        }
    }

    fn row(&self, first: Json, sums: &Sums) -> Vec<Json> {
        let total: Vec<Json> = match self.is_balance || (self.listed.is_none() && self.periods.len() == 1) {
            true => Vec::new(),
            false => vec![amount(sums.iter().sum())],
        };
        std::iter::once(first).chain(sums.iter().map(|sum| amount(*sum))).chain(total).collect()
    }

    /// Returns the section of the accounts of one type.
    fn accounts(&self, title: &str, group: &'static str, account_type: &str) -> (Option<Json>, Sums) {
        let mut total = vec![Decimal::ZERO; self.width()];
        let mut accounts: Vec<(&Record, Sums)> = Vec::new();
        for record in self.company.store(EntityKind::Account).find("AccountType", account_type) {
            let keeps_profit = record.body.text_of("AccountSubType") == Some("RetainedEarnings");
            let by_period = || {
                self.periods.iter().map(|(first, last)| {
                    let from = if self.is_balance { NaiveDate::MIN } else { *first };
                    let own = self.movement(number(&record.id), from, *last);
                    let year = fiscal_year_start(self.company, *last);
                    let earlier = match (keeps_profit, year.pred_opt()) {
                        (true, Some(before)) => self.result(NaiveDate::MIN, before),
                        _ => Decimal::ZERO,
                    };
                    natural(&record.body, own) + earlier
                })
            };
            let sums: Sums = match &self.listed {
                Some(listed) => listed
                    .entries
                    .iter()
                    .map(|entry| {
                        let id = entry.map(|entry| number(&entry.id));
                        let figure = listed.figures.get(&(number(&record.id), id)).copied();
                        natural(&record.body, figure.unwrap_or_default())
                    })
                    .collect(),
                None => by_period().collect(),
            };
            total = add(&total, &sums);
            accounts.push((record, sums));
        }
        let rows = match self.question.is_modern() {
            true => tree::rows(&accounts, "Name", "Total", &|first, sums| self.row(first, sums)),
            false => accounts
                .iter()
                .filter(|(_, sums)| sums.iter().any(|sum| !sum.is_zero()))
                .map(|(record, sums)| {
                    let name = record.body.text_of("FullyQualifiedName").unwrap_or_default();
                    data(self.row(cell_of(name, record.id.clone()), sums))
                })
                .collect(),
        };
        (self.group(title, group, rows, &total), total)
    }

    fn group(&self, title: &str, group: &'static str, rows: Vec<Json>, sums: &Sums) -> Option<Json> {
        if rows.is_empty() {
            return None;
        }
        let head = self.row(cell(title), &vec![Decimal::ZERO; self.width()]);
        let summary = self.row(cell(format!("Total {title}")), sums);
        Some(section(Some(head), rows, Some(summary), Some(group)))
    }

    /// Returns a section of sections.
    fn nest(
        &self,
        title: &str,
        group: &'static str,
        parts: Vec<(Option<Json>, Sums)>,
    ) -> (Option<Json>, Sums) {
        let zero = vec![Decimal::ZERO; self.width()];
        let total = parts.iter().fold(zero, |total, (_, sums)| add(&total, sums));
        let rows: Vec<Json> = parts.into_iter().filter_map(|(row, _)| row).collect();
        (self.group(title, group, rows, &total), total)
    }

    fn sum_line(&self, title: &str, group: &'static str, sums: &Sums) -> Json {
        section(None, Vec::new(), Some(self.row(cell(title), sums)), Some(group))
    }

    /// Income less expense between two days.
    fn result(&self, first: NaiveDate, last: NaiveDate) -> Decimal {
        let records = self.company.store(EntityKind::Account).records().iter();
        let results = records.filter(|record| !crate::lists::account::is_balance_sheet(&record.body));
        -results.map(|record| self.movement(number(&record.id), first, last)).sum::<Decimal>()
    }

    fn columns(&self, question: &Question) -> Vec<Json> {
        let mut columns = vec![column("", "Account", "account")];
        if question.summarize == Summarize::Total {
            columns.push(column("Total", "Money", "total"));
            return columns;
        }
        if let Some(listed) = &self.listed {
            columns.extend(listed.entries.iter().map(|entry| match entry {
                Some(entry) => column(title(entry), "Money", &entry.id),
                None => column(question.word("Not specified", "Not Specified"), "Money", "not_specified"),
            }));
            columns.push(column("Total", "Money", "total"));
            return columns;
        }
        for (first, last) in &self.periods {
            let title = match question.summarize {
                _ if question.is_modern() && columns.len() > MOST_DATES => "Others".to_owned(),
                Summarize::Month => first.format("%b %Y").to_string(),
                Summarize::Year => first.format("%Y").to_string(),
                Summarize::Week | Summarize::Quarter => {
                    format!("{} - {}", first.format("%b %-d, %Y"), last.format("%b %-d, %Y"))
                }
                _ => first.format("%b %-d, %Y").to_string(),
            };
            let (start, end) = (first.to_string(), last.to_string());
            let meta = [("ColKey", title.as_str()), ("StartDate", start.as_str()), ("EndDate", end.as_str())];
            columns.push(column_with(&title, "Money", &meta));
        }
        if !self.is_balance && self.periods.len() > 1 {
            columns.push(column("Total", "Money", "total"));
        }
        columns
    }
}

/// The most date columns in the new form; what is left is summed up in one more, `Others`.
const MOST_DATES: usize = 100;

/// Returns the columns' first and last days.
fn periods(question: &Question) -> Vec<(NaiveDate, NaiveDate)> {
    let months = |first: NaiveDate, count: u32| {
        let month = first.month0() / count * count;
        first.with_day(1)?.with_month0(month)?.checked_add_months(Months::new(count))
    };
    let next = |first: NaiveDate| match question.summarize {
        Summarize::Total | Summarize::By(_) => None,
        Summarize::Days => first.checked_add_days(Days::new(1)),
        Summarize::Week => {
            first.checked_add_days(Days::new(7 - u64::from(first.weekday().num_days_from_sunday())))
        }
        Summarize::Month => months(first, 1),
        Summarize::Quarter => months(first, 3),
        Summarize::Year => months(first, 12),
    };
    let mut found = Vec::new();
    let mut first = question.start;
    while let Some(following) = next(first).filter(|following| *following <= question.end) {
        if question.is_modern() && found.len() == MOST_DATES {
            break;
        }
        found.push((first, following.pred_opt().unwrap_or(first)));
        first = following;
    }
    found.push((first, question.end));
    found
}

/// ProfitAndLoss over the question's period.
pub(super) fn profit_and_loss(company: &Company, question: &Question) -> Json {
    let page_of = Statement::new(company, question, false);
    let (income_rows, income) = page_of.accounts("Income", "Income", "Income");
    let (cogs_rows, cogs) = page_of.accounts("Cost of Goods Sold", "COGS", "Cost of Goods Sold");
    let (expense_rows, expenses) = page_of.accounts("Expenses", "Expenses", "Expense");
    let (other_rows, other) = page_of.accounts("Other Income", "OtherIncome", "Other Income");
    let (loss_rows, loss) = page_of.accounts("Other Expenses", "OtherExpenses", "Other Expense");
    let gross = less(&income, &cogs);
    let operating = less(&gross, &expenses);
    let net_other = less(&other, &loss);
    let net = add(&operating, &net_other);
    let is_empty =
        [&income_rows, &cogs_rows, &expense_rows, &other_rows, &loss_rows].iter().all(|r| r.is_none());
    let has_other = other_rows.is_some() || loss_rows.is_some();
    let mut rows: Vec<Json> = income_rows.into_iter().chain(cogs_rows).collect();
    rows.push(page_of.sum_line("Gross Profit", "GrossProfit", &gross));
    rows.extend(expense_rows);
    rows.push(page_of.sum_line("Net Operating Income", "NetOperatingIncome", &operating));
    rows.extend(other_rows.into_iter().chain(loss_rows));
    if has_other {
        rows.push(page_of.sum_line("Net Other Income", "NetOtherIncome", &net_other));
    }
    rows.push(page_of.sum_line("Net Income", "NetIncome", &net));
    page(header("ProfitAndLoss", question, is_empty), page_of.columns(question), rows)
}

/// BalanceSheet at the question's end, or at the end of each of its periods.
pub(super) fn balance_sheet(company: &Company, question: &Question) -> Json {
    let page_of = Statement::new(company, question, true);
    let current = page_of.nest(
        "Current Assets",
        "CurrentAssets",
        vec![
            page_of.accounts("Bank Accounts", "BankAccounts", "Bank"),
            page_of.accounts("Accounts Receivable", "AR", "Accounts Receivable"),
            page_of.accounts("Other Current Assets", "OtherCurrentAssets", "Other Current Asset"),
        ],
    );
    let assets = page_of.nest(
        question.word("ASSETS", "Assets"),
        "TotalAssets",
        vec![
            current,
            page_of.accounts("Fixed Assets", "FixedAssets", "Fixed Asset"),
            page_of.accounts("Other Assets", "OtherAssets", "Other Asset"),
        ],
    );
    let current = page_of.nest(
        "Current Liabilities",
        "CurrentLiabilities",
        vec![
            page_of.accounts("Accounts Payable", "AP", "Accounts Payable"),
            page_of.accounts("Credit Cards", "CreditCards", "Credit Card"),
            page_of.accounts(
                "Other Current Liabilities",
                "OtherCurrentLiabilities",
                "Other Current Liability",
            ),
        ],
    );
    let long = page_of.accounts("Long-Term Liabilities", "LongTermLiabilities", "Long Term Liability");
    let liabilities = page_of.nest("Liabilities", "Liabilities", vec![current, long]);
    let result: Sums = page_of
        .periods
        .iter()
        .map(|(_, last)| page_of.result(fiscal_year_start(company, *last), *last))
        .collect();
    let (equity_rows, equity) = page_of.accounts("Equity", "Equity", "Equity");
    let inner = equity_rows.and_then(|rows| rows.path("Rows.Row").map(|rows| rows.items().to_vec()));
    let mut rows = inner.unwrap_or_default();
    if result.iter().any(|sum| !sum.is_zero()) {
        rows.push(
            data(page_of.row(cell("Net Income"), &result))
                .with("group", crate::base::json::text("NetIncome")),
        );
    }
    let equity = add(&equity, &result);
    let equity = (page_of.group("Equity", "Equity", rows, &equity), equity);
    let owed = page_of.nest(
        question.word("LIABILITIES AND EQUITY", "Liabilities and Equity"),
        "TotalLiabilitiesAndEquity",
        vec![liabilities, equity],
    );
    let rows: Vec<Json> = [assets.0, owed.0].into_iter().flatten().collect();
    page(header("BalanceSheet", question, rows.is_empty()), page_of.columns(question), rows)
}
