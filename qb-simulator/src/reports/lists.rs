//! CustomerBalance, AgedReceivables, their like for vendors, and AccountList: one row for each name or account.
//!
//! Open amounts are those of now, whatever the report's date; only documents dated later are left out. Neighbours:
//! `receivables` has the open amounts.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::page::{amount, cell, cell_of, column, data, page, section};
use super::question::{Question, header};
use crate::base::amount::two_decimals;
use crate::base::clock::read_date;
use crate::base::json::Json;
use crate::base::kind::EntityKind;
use crate::books::company::{Company, number};
use crate::books::receivables::Receivables;

const BUCKETS: [(&str, &str); 5] =
    [("Current", "current"), ("1 - 30", "0"), ("31 - 60", "1"), ("61 - 90", "2"), ("91 and over", "3")];

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

/// Open amounts of each name by age; credits count in the bucket of their own date.
fn aged(company: &Company, question: &Question, side: &Side) -> BTreeMap<String, (String, [Decimal; 5])> {
    let mut names: BTreeMap<String, (String, [Decimal; 5])> = BTreeMap::new();
    for (txn_id, item) in side.items(company).items().filter(|(_, item)| !item.open.is_zero()) {
        let record = company.store(item.kind).get(&txn_id.to_string());
        let day = |name: &str| record.and_then(|r| r.body.text_of(name)).and_then(read_date);
        let dated = day("TxnDate").unwrap_or(question.report_date);
        if dated > question.report_date || !question.has_name(item.customer) {
            continue;
        }
        let days = (question.report_date - day("DueDate").unwrap_or(dated)).num_days();
        let bucket = match days {
            ..=0 => 0,
            1..=30 => 1,
            31..=60 => 2,
            61..=90 => 3,
            _ => 4,
        };
        let id = item.customer.to_string();
        let record = company.store(side.kind).get(&id);
        let name = record.and_then(|record| record.body.text_of("DisplayName")).unwrap_or_default();
        let (_, sums) = names.entry(name.to_owned()).or_insert((id, [Decimal::ZERO; 5]));
        if let Some(sum) = sums.get_mut(bucket) {
            *sum += if item.is_charge { item.open } else { -item.open };
        }
    }
    names
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
    let with_total = |sums: &[Decimal; 5]| {
        let total: Decimal = sums.iter().sum();
        sums.iter().map(|sum| amount(*sum)).chain([cell(two_decimals(total))]).collect::<Vec<Json>>()
    };
    let mut totals = [Decimal::ZERO; 5];
    let mut rows = Vec::new();
    for (name, (id, sums)) in &names {
        totals.iter_mut().zip(sums).for_each(|(total, sum)| *total += sum);
        rows.push(data([vec![cell_of(name.as_str(), id.as_str())], with_total(sums)].concat()));
    }
    let summary = [vec![cell("TOTAL")], with_total(&totals)].concat();
    rows.push(section(None, Vec::new(), Some(summary), Some("GrandTotal")));
    let mut columns = vec![side.name_column()];
    columns.extend(BUCKETS.map(|(title, key)| column(title, "Money", key)));
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
    let sum = |sums: &[Decimal; 5]| sums.iter().sum::<Decimal>();
    let mut rows: Vec<Json> = names
        .iter()
        .map(|(name, (id, sums))| {
            data(vec![cell_of(name.as_str(), id.as_str()), cell(two_decimals(sum(sums)))])
        })
        .collect();
    let total: Decimal = names.values().map(|(_, sums)| sum(sums)).sum();
    let summary = vec![cell("TOTAL"), cell(two_decimals(total))];
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
                true => cell(two_decimals(company.ledger.balance(number(&record.id)))),
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
