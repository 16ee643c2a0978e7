//! TrialBalance: what every account stands at on a day, in a debit and a credit column.
//!
//! Balance-sheet accounts carry over; income and expense accounts show the fiscal year of the end date only, and what
//! earlier years left of them stands in Retained Earnings.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::dates::fiscal_year_start;
use super::question::{Question, header};
use crate::base::amount::two_decimals;
use crate::base::json::{Json, object, text};
use crate::base::kind::EntityKind;
use crate::books::company::{Company, number};
use crate::lists::account::{is_balance_sheet, report_order};

struct Row<'a> {
    order: usize,
    name: &'a str,
    id: &'a str,
    balance: Decimal,
}

/// The report at the question's end date, both ends included.
pub(crate) fn report(company: &Company, question: &Question) -> Json {
    let year_start = fiscal_year_start(company, question.end);
    let mut earlier = Decimal::ZERO;
    let mut rows: Vec<Row<'_>> = Vec::new();
    for record in company.store(EntityKind::Account).records().iter() {
        let id = number(&record.id);
        let carries = is_balance_sheet(&record.body);
        let from = if carries { NaiveDate::MIN } else { year_start };
        if let (false, Some(last)) = (carries, year_start.pred_opt()) {
            earlier += company.ledger.movement(id, NaiveDate::MIN, last);
        }
        rows.push(Row {
            order: report_order(record.body.text_of("AccountType").unwrap_or_default()),
            name: record.body.text_of("FullyQualifiedName").unwrap_or_default(),
            id: &record.id,
            balance: company.ledger.movement(id, from, question.end),
        });
    }
    let retained = company.account_by("AccountSubType", "RetainedEarnings").map(|id| id.to_string());
    if let Some(row) = rows.iter_mut().find(|row| Some(row.id) == retained.as_deref()) {
        row.balance += earlier;
    }
    rows.retain(|row| !row.balance.is_zero());
    rows.sort_by_key(|row| (row.order, row.name));

    let debits: Decimal = rows.iter().map(|row| row.balance).filter(Decimal::is_sign_positive).sum();
    let credits: Decimal = rows.iter().map(|row| -row.balance).filter(Decimal::is_sign_positive).sum();
    let is_empty = rows.is_empty();
    let mut lines: Vec<Json> = rows.iter().map(line).collect();
    let total = [text("TOTAL"), text(two_decimals(debits)), text(two_decimals(credits))];
    lines.push(
        object()
            .with("Summary", object().with("ColData", Json::List(total.into_iter().map(cell).collect())))
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

fn line(row: &Row<'_>) -> Json {
    let amount = text(two_decimals(row.balance.abs()));
    let nothing = text("");
    let (debit, credit) = if row.balance.is_sign_positive() { (amount, nothing) } else { (nothing, amount) };
    let account = cell(text(row.name.to_owned())).with("id", text(row.id.to_owned()));
    object().with("ColData", Json::List(vec![account, cell(debit), cell(credit)]))
}

fn cell(value: Json) -> Json {
    object().with("value", value)
}
