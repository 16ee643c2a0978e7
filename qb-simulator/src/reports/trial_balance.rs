//! TrialBalance: what every account stands at on a day, in a debit and a credit column.
//!
//! Balance-sheet accounts carry over; income and expense accounts show the fiscal year of the end date only, and what
//! earlier years left of them stands in Retained Earnings.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::dates::fiscal_year_start;
use super::page::{amount, cell};
use super::question::{Question, header};
use super::tree::{self, Sums};
use crate::base::json::{Json, object, text};
use crate::base::kind::EntityKind;
use crate::books::company::{Company, number};
use crate::books::records::Record;
use crate::lists::account::{is_balance_sheet, report_order};

/// Returns the report at the question's end date, both ends included.
pub(super) fn report(company: &Company, question: &Question) -> Json {
    let accounts = balances(company, question);
    let row =
        |first: Json, sums: &Sums| [vec![first], sums.iter().map(|sum| amount(*sum)).collect()].concat();
    let mut lines: Vec<Json> = match question.is_modern() {
        true => tree::rows(&accounts, "Name", "Total for", &row),
        false => accounts.iter().map(|(record, sums)| old_line(record, sums)).collect(),
    };
    let is_empty = lines.is_empty();
    let zero = vec![Decimal::ZERO; 2];
    let totals = accounts.iter().fold(zero, |totals, (_, sums)| tree::add(&totals, sums));
    let mut summary = vec![cell(question.word("TOTAL", "Total"))];
    summary.extend(totals.iter().map(|total| question.money(*total)));
    lines.push(
        object()
            .with("Summary", object().with("ColData", Json::List(summary)))
            .with("type", text("Section"))
            .with("group", text("GrandTotal")),
    );
    let columns = [("", "Account"), ("Debit", "Money"), ("Credit", "Money")]
        .map(|(title, kind)| object().with("ColTitle", text(title)).with("ColType", text(kind)));
    object()
        .with("Header", header("TrialBalance", question, is_empty))
        .with("Columns", object().with("Column", Json::List(columns.into())))
        .with("Rows", object().with("Row", Json::List(lines)))
}

/// Returns the accounts that stand at anything, by type and name, each with its debit and its credit.
fn balances<'a>(company: &'a Company, question: &Question) -> Vec<(&'a Record, Sums)> {
    let year_start = fiscal_year_start(company, question.end);
    let mut earlier = Decimal::ZERO;
    let mut rows: Vec<(&Record, Decimal)> = Vec::new();
    for record in company.store(EntityKind::Account).records().iter() {
        let id = number(&record.id);
        let carries = is_balance_sheet(&record.body);
        let from = if carries { NaiveDate::MIN } else { year_start };
        if let (false, Some(last)) = (carries, year_start.pred_opt()) {
            earlier += company.ledger.movement(id, NaiveDate::MIN, last);
        }
        rows.push((record, company.ledger.movement(id, from, question.end)));
    }
    let retained = company.account_by("AccountSubType", "RetainedEarnings").map(|id| id.to_string());
    if let Some((_, balance)) =
        rows.iter_mut().find(|(record, _)| Some(record.id.as_str()) == retained.as_deref())
    {
        *balance += earlier;
    }
    // A parent that stands at nothing is still the place of its sub-accounts in the new form.
    rows.retain(|(_, balance)| question.is_modern() || !balance.is_zero());
    rows.sort_by_key(|(record, _)| {
        let part = |name| record.body.text_of(name).unwrap_or_default();
        (report_order(part("AccountType")), part("FullyQualifiedName"))
    });
    let sides = |balance: Decimal| match balance.is_sign_positive() {
        true => vec![balance, Decimal::ZERO],
        false => vec![Decimal::ZERO, -balance],
    };
    rows.into_iter().map(|(record, balance)| (record, sides(balance))).collect()
}

fn old_line(record: &Record, sums: &Sums) -> Json {
    let name = record.body.text_of("FullyQualifiedName").unwrap_or_default();
    let account = cell(name).with("id", text(record.id.clone()));
    let cells = [vec![account], sums.iter().map(|sum| amount(*sum)).collect()].concat();
    object().with("ColData", Json::List(cells))
}
