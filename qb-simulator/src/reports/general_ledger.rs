//! GeneralLedger: every account with its beginning balance, its movements and where they came from.
//!
//! Sub-accounts stand inside their parent; what was posted to the parent itself stands in a section without a header
//! then. Neighbours: `postings`.

use rust_decimal::Decimal;

use super::dates::fiscal_year_start;
use super::page::{Column, amount, cell, cell_of, data, page, section};
use super::postings::{Document, account_name, documents, named, natural};
use super::question::{Question, header};
use crate::base::amount::two_decimals;
use crate::base::json::Json;
use crate::base::kind::EntityKind;
use crate::books::company::{Company, number};
use crate::books::ledger::Leg;
use crate::books::records::Record;
use crate::lists::account::{is_balance_sheet, report_order};

/// The columns there are.
pub(super) const COLUMNS: &[Column] = &[
    Column::usual("tx_date", "Date"),
    Column::usual("txn_type", "Transaction Type"),
    Column::usual("doc_num", "Num"),
    Column::usual("name", "Name"),
    Column::on_request("cust_name", "Customer"),
    Column::on_request("vend_name", "Vendor"),
    Column::on_request("dept_name", "Location"),
    Column::on_request("klass_name", "Class"),
    Column::on_request("item_name", "Product/Service"),
    Column::usual("memo", "Memo/Description"),
    Column::on_request("account_name", "Account"),
    Column::usual("split_acc", "Split"),
    Column::on_request("create_date", "Create Date"),
    Column::on_request("last_mod_date", "Last Modified"),
    Column::on_request("debt_amt", "Debit"),
    Column::on_request("credit_amt", "Credit"),
    Column::usual("subt_nat_amount", "Amount"),
    Column::usual("rbal_nat_amount", "Balance"),
];

/// Returns the report over the question's period.
pub(super) fn report(company: &Company, question: &Question) -> Json {
    let ledger = Printer { company, question, documents: documents(company, question) };
    let mut accounts: Vec<&Record> = company.store(EntityKind::Account).records().iter().collect();
    accounts.sort_by_key(|record| {
        let name = record.body.text_of("FullyQualifiedName").unwrap_or_default();
        let order = report_order(record.body.text_of("AccountType").unwrap_or_default());
        (if question.is_modern() { 0 } else { order }, name.to_lowercase())
    });
    let roots = accounts.iter().filter(|record| record.body.get("ParentRef").is_none());
    let rows: Vec<Json> =
        roots.filter_map(|root| ledger.account(root, &accounts)).map(|(row, _)| row).collect();
    let columns = ledger.shown().map(Column::shown).collect();
    page(header("GeneralLedger", question, rows.is_empty()), columns, rows)
}

struct Printer<'a> {
    company: &'a Company,
    question: &'a Question,
    documents: Vec<Document<'a>>,
}

impl Printer<'_> {
    fn shown(&self) -> impl Iterator<Item = &'static Column> {
        COLUMNS.iter().filter(|column| self.question.shows(column))
    }

    /// Returns a row of the shown columns, from the cells of those that are filled.
    fn row(&self, filled: &[(&str, Json)]) -> Vec<Json> {
        let found = |key: &str| filled.iter().find(|(name, _)| *name == key).map(|(_, cell)| cell.clone());
        self.shown().map(|column| found(column.key).unwrap_or_else(|| cell(""))).collect()
    }

    /// Returns the first column's cell, whatever column that is.
    fn headed(&self, first: Json, mut row: Vec<Json>) -> Vec<Json> {
        if let Some(at) = row.first_mut() {
            *at = first;
        }
        row
    }

    /// Returns an account's section and the amount it adds to its parent; nothing for one without figures.
    fn account(&self, account: &Record, all: &[&Record]) -> Option<(Json, Decimal)> {
        let (own, moved) = self.own(account);
        let children: Vec<(Json, Decimal)> = all
            .iter()
            .filter(|other| other.body.reference("ParentRef") == Some(account.id.as_str()))
            .filter_map(|child| self.account(child, all))
            .collect();
        if own.is_empty() && children.is_empty() {
            return None;
        }
        let name = account.body.text_of("Name").unwrap_or_default();
        let total = moved + children.iter().map(|(_, amount)| *amount).sum::<Decimal>();
        let summary = |amount_of: Decimal, title: String| {
            self.headed(cell(title), self.row(&[("subt_nat_amount", amount(amount_of))]))
        };
        let rows = match children.is_empty() {
            true => own,
            false => {
                let own = (!own.is_empty())
                    .then(|| section(None, own, Some(summary(moved, format!("Total for {name}"))), None));
                own.into_iter().chain(children.into_iter().map(|(row, _)| row)).collect()
            }
        };
        let with_subs = if rows.iter().any(|row| row.get("Rows").is_some()) {
            self.question.word(" with sub-accounts", " with Sub-accounts")
        } else {
            ""
        };
        let head = self.headed(cell_of(name, account.id.clone()), self.row(&[]));
        let total_row = summary(total, format!("Total for {name}{with_subs}"));
        Some((section(Some(head), rows, Some(total_row), None), total))
    }

    /// Returns an account's own rows, and what moved in the period.
    fn own(&self, account: &Record) -> (Vec<Json>, Decimal) {
        let id = number(&account.id);
        if !self.question.has_account(id) {
            return (Vec::new(), Decimal::ZERO);
        }
        let legs = |document: &Document<'_>| -> Vec<Leg> {
            let legs = document.entry.legs.iter().filter(|leg| leg.account == id);
            legs.filter(|leg| self.question.has_tags(document.tags(leg))).cloned().collect()
        };
        let mut balance = self.beginning(account);
        let mut rows = Vec::new();
        if !balance.is_zero() {
            let first = self.row(&[("rbal_nat_amount", cell(two_decimals(balance)))]);
            rows.push(data(self.headed(cell("Beginning Balance"), first)));
        }
        let mut moved = Decimal::ZERO;
        for document in self.documents.iter().filter(|document| document.date >= self.question.start) {
            for leg in legs(document) {
                let change = natural(&account.body, leg.amount);
                moved += change;
                balance += change;
                let tags = document.tags(&leg);
                let (name_id, name) = document.name_of(self.company, &leg);
                let (split, split_id) = document.split(self.company, self.question, &leg);
                rows.push(data(self.row(&[
                    ("tx_date", cell(document.date.to_string())),
                    ("txn_type", cell_of(document.kind, document.id.to_string())),
                    ("doc_num", cell(document.number)),
                    ("name", cell_of(name, name_id)),
                    ("cust_name", named(self.company, EntityKind::Customer, name_id.parse().ok())),
                    ("vend_name", named(self.company, EntityKind::Vendor, name_id.parse().ok())),
                    ("dept_name", named(self.company, EntityKind::Department, tags.department)),
                    ("klass_name", named(self.company, EntityKind::Class, tags.class)),
                    ("item_name", named(self.company, EntityKind::Item, tags.item)),
                    ("account_name", cell_of(account_name(self.company, id), account.id.clone())),
                    ("create_date", cell(document.moment("CreateTime"))),
                    ("last_mod_date", cell(document.moment("LastUpdatedTime"))),
                    ("debt_amt", amount(leg.amount.max(Decimal::ZERO))),
                    ("credit_amt", amount((-leg.amount).max(Decimal::ZERO))),
                    ("memo", cell(document.memo)),
                    (
                        "split_acc",
                        cell_of(split, if split_id == 0 { String::new() } else { split_id.to_string() }),
                    ),
                    ("subt_nat_amount", self.question.money(change)),
                    ("rbal_nat_amount", self.question.money(balance)),
                ])));
            }
        }
        (rows, moved)
    }

    /// Returns what an account stood at before the period. Income and expense begin with the fiscal year, and
    /// what they were before stands in Retained Earnings.
    fn beginning(&self, account: &Record) -> Decimal {
        let year = fiscal_year_start(self.company, self.question.start);
        let own = number(&account.id);
        let carries = is_balance_sheet(&account.body);
        let keeps_profit = account.body.text_of("AccountSubType") == Some("RetainedEarnings");
        let is_result = |id: u64| {
            let record = self.company.store(EntityKind::Account).get(&id.to_string());
            record.is_some_and(|record| !is_balance_sheet(&record.body))
        };
        let before = self.documents.iter().filter(|document| document.date < self.question.start);
        let debit: Decimal = before
            .flat_map(|document| document.entry.legs.iter().map(move |leg| (document, leg)))
            .filter(|(document, leg)| self.question.has_tags(document.tags(leg)))
            .map(|(document, leg)| (document.date, leg))
            .filter(|(date, leg)| match leg.account == own {
                true => carries || *date >= year,
                false => keeps_profit && *date < year && is_result(leg.account),
            })
            .map(|(_, leg)| leg.amount)
            .sum();
        natural(&account.body, debit)
    }
}
