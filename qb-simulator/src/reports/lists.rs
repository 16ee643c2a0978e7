//! CustomerBalance, AgedReceivables, their like for vendors, and AccountList: one row for each name or account.
//!
//! Open amounts are those of now, whatever the report's date; only documents dated later are left out. Neighbours:
//! `receivables` has the open amounts.

use std::collections::{BTreeMap, HashMap};

use rust_decimal::Decimal;

use super::page::{amount, cell, cell_of, column, data, page, section};
use super::question::{Question, header};
use super::tree::{self, Sums};
use crate::base::clock::read_date;
use crate::base::json::Json;
use crate::base::kind::EntityKind;
use crate::books::company::{Company, number};
use crate::books::receivables::Receivables;
use crate::books::records::Record;

/// Titles and keys of the age brackets: what is not due yet, then so many brackets of so many days, the last one open.
fn brackets(question: &Question) -> Vec<(String, String)> {
    let (days, count) = question.ages;
    let title = |at: u32| match at + 1 == count {
        true => format!("{} and over", at * days + 1),
        false => format!("{} - {}", at * days + 1, (at + 1) * days),
    };
    let late = (0..count).map(|at| (title(at), at.to_string()));
    std::iter::once(("Current".to_owned(), "current".to_owned())).chain(late).collect()
}

/// Whose open amounts a report shows.
struct Side {
    report: &'static str,
    kind: EntityKind,
    column: (&'static str, &'static str),
}

impl Side {
    fn customers(report: &'static str) -> Side {
        Side { report, kind: EntityKind::Customer, column: ("Customer", "cust_name") }
    }

    fn vendors(report: &'static str) -> Side {
        Side { report, kind: EntityKind::Vendor, column: ("Vendor", "vend_name") }
    }

    fn items<'a>(&self, company: &'a Company) -> &'a Receivables {
        match self.kind {
            EntityKind::Vendor => &company.payables,
            _ => &company.receivables,
        }
    }

    fn name_column(&self) -> Json {
        column("", self.column.0, self.column.1)
    }
}

/// Open amounts of each name by age, by the names; credits count in the bracket of their own date.
fn aged<'a>(company: &'a Company, question: &Question, side: &Side) -> Vec<(&'a Record, Sums)> {
    let (length, count) = question.ages;
    let mut names: BTreeMap<u64, Sums> = BTreeMap::new();
    for (txn_id, item) in side.items(company).items().filter(|(_, item)| !item.open.is_zero()) {
        let record = company.store(item.kind).get(&txn_id.to_string());
        let day = |name: &str| record.and_then(|r| r.body.text_of(name)).and_then(read_date);
        let dated = day("TxnDate").unwrap_or(question.report_date);
        if dated > question.report_date || !question.has_name(item.customer) {
            continue;
        }
        let days = (question.report_date - day("DueDate").unwrap_or(dated)).num_days();
        // Within the count, which fits.
        let bracket = ((days + i64::from(length) - 1) / i64::from(length)).clamp(0, i64::from(count));
        let bracket = usize::try_from(bracket).unwrap_or_default();
        let sums = names.entry(item.customer).or_insert_with(|| vec![Decimal::ZERO; count as usize + 1]);
        if let Some(sum) = sums.get_mut(bracket) {
            *sum += if item.is_charge { item.open } else { -item.open };
        }
    }
    let store = company.store(side.kind);
    let mut rows: Vec<(&Record, Sums)> =
        names.into_iter().filter_map(|(id, sums)| Some((store.get(&id.to_string())?, sums))).collect();
    rows.sort_by_key(|(record, _)| record.body.text_of("DisplayName").unwrap_or_default());
    rows
}

/// Returns the rows of names: one after another, in the new form inside their parents.
fn rows_of(
    company: &Company,
    question: &Question,
    side: &Side,
    names: &[(&Record, Sums)],
    row: &dyn Fn(Json, &Sums) -> Vec<Json>,
) -> Vec<Json> {
    if !question.is_modern() {
        let line = |(record, sums): &(&Record, Sums)| {
            let name = record.body.text_of("DisplayName").unwrap_or_default();
            data(row(cell_of(name, record.id.clone()), sums))
        };
        return names.iter().map(line).collect();
    }
    // A parent that owes nothing is still the place of its children.
    let nothing = names.first().map_or(Vec::new(), |(_, sums)| vec![Decimal::ZERO; sums.len()]);
    let owing: HashMap<&str, &Sums> = names.iter().map(|(record, sums)| (record.id.as_str(), sums)).collect();
    let own = |record: &Record| owing.get(record.id.as_str()).map(|sums| (*sums).clone());
    let all = company.store(side.kind).records().iter();
    let all: Vec<(&Record, Sums)> =
        all.map(|record| (record, own(record).unwrap_or_else(|| nothing.clone()))).collect();
    tree::rows(&all, "DisplayName", "Total for", row)
}

/// AgedReceivables at the question's report date.
pub(super) fn aged_receivables(company: &Company, question: &Question) -> Json {
    by_age(company, question, &Side::customers("AgedReceivables"))
}

/// AgedPayables at the question's report date.
pub(super) fn aged_payables(company: &Company, question: &Question) -> Json {
    by_age(company, question, &Side::vendors("AgedPayables"))
}

fn by_age(company: &Company, question: &Question, side: &Side) -> Json {
    let names = aged(company, question, side);
    let row = |first: Json, sums: &Sums| -> Vec<Json> {
        let total = question.money(sums.iter().sum());
        std::iter::once(first).chain(sums.iter().map(|sum| amount(*sum))).chain([total]).collect()
    };
    let brackets = brackets(question);
    let zero = vec![Decimal::ZERO; brackets.len()];
    let totals = names.iter().fold(zero, |totals, (_, sums)| tree::add(&totals, sums));
    let mut rows = rows_of(company, question, side, &names, &row);
    let summary = row(cell(question.word("TOTAL", "Total")), &totals);
    rows.push(section(None, Vec::new(), Some(summary), Some("GrandTotal")));
    let mut columns = vec![side.name_column()];
    columns.extend(brackets.iter().map(|(title, key)| column(title, "Money", key)));
    columns.push(column("Total", "Money", "total"));
    page(header(side.report, question, names.is_empty()), columns, rows)
}

/// CustomerBalance at the question's report date.
pub(super) fn customer_balance(company: &Company, question: &Question) -> Json {
    in_total(company, question, &Side::customers("CustomerBalance"))
}

/// VendorBalance at the question's report date.
pub(super) fn vendor_balance(company: &Company, question: &Question) -> Json {
    in_total(company, question, &Side::vendors("VendorBalance"))
}

fn in_total(company: &Company, question: &Question, side: &Side) -> Json {
    let names = aged(company, question, side);
    let row = |first: Json, sums: &Sums| vec![first, question.money(sums.iter().sum())];
    let total: Decimal = names.iter().flat_map(|(_, sums)| sums).sum();
    let mut rows = rows_of(company, question, side, &names, &row);
    let summary = vec![cell(question.word("TOTAL", "Total")), question.money(total)];
    rows.push(section(None, Vec::new(), Some(summary), Some("GrandTotal")));
    let columns = vec![side.name_column(), column("Total", "Money", "total")];
    page(header(side.report, question, names.is_empty()), columns, rows)
}

/// AccountList: the chart of accounts as it stands now.
pub(super) fn account_list(company: &Company, question: &Question) -> Json {
    let accounts = company.store(EntityKind::Account).records().iter();
    let rows: Vec<Json> = accounts
        .filter(|record| {
            record.body.flag("Active") != Some(false) && question.has_account(number(&record.id))
        })
        .map(|record| {
            let part = |name| cell(record.body.text_of(name).unwrap_or_default());
            let balance = match crate::lists::account::is_balance_sheet(&record.body) {
                true => question.money(company.ledger.balance(number(&record.id))),
                false => cell(""),
            };
            let name = record.body.text_of("FullyQualifiedName").unwrap_or_default();
            let name = cell_of(name, record.id.clone());
            data(vec![name, part("AccountType"), part("AccountSubType"), part("Description"), balance])
        })
        .collect();
    let columns = [
        ("Account", "account_name"),
        ("Type", "account_type"),
        ("Detail type", "detail_acc_type"),
        ("Description", "account_desc"),
        ("Balance", "account_bal"),
    ];
    let columns = columns.map(|(title, key)| column(title, key, key)).into();
    page(header("AccountList", question, rows.is_empty()), columns, rows)
}
