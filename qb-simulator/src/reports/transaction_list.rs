//! TransactionList: one row for each document of the period. Neighbours: `postings`.

use super::page::{cell, cell_of, column, data, page};
use super::postings::{account_name, documents};
use super::question::{Question, header};
use crate::base::amount::{self, two_decimals};
use crate::base::json::Json;
use crate::books::company::Company;

/// Key and title.
const COLUMNS: &[(&str, &str)] = &[
    ("tx_date", "Date"),
    ("txn_type", "Transaction Type"),
    ("doc_num", "Num"),
    ("is_no_post", "Posting"),
    ("name", "Name"),
    ("memo", "Memo/Description"),
    ("account_name", "Account"),
    ("other_account", "Split"),
    ("subt_nat_home_amount", "Amount"),
];

/// The report over the question's period. A document's account is that of its largest debit or credit.
pub(super) fn report(company: &Company, question: &Question) -> Json {
    let mut rows = Vec::new();
    for document in documents(company, question).iter().filter(|document| document.date >= question.start) {
        let main = document.entry.legs.iter().rev().max_by_key(|leg| leg.amount.abs());
        if !document.entry.legs.iter().any(|leg| question.has_account(leg.account))
            && question.accounts.is_some()
        {
            continue;
        }
        let (split, split_id) = main.map(|leg| document.split(company, leg)).unwrap_or_default();
        let account = main.map_or(0, |leg| leg.account);
        // A journal entry states no total, and a transfer none of this name.
        let stated = document.body.get("TotalAmt").and_then(amount::read).filter(|total| !total.is_zero());
        let total = stated.or_else(|| main.map(|leg| leg.amount.abs())).unwrap_or_default();
        let is_posting = document.kind != "Purchase Order";
        let (name_id, name) = main.map_or(document.name, |leg| document.name_of(company, leg));
        let id_of = |id: u64| if id == 0 { String::new() } else { id.to_string() };
        let cells = [
            cell(document.date.to_string()),
            cell_of(document.kind, document.id.to_string()),
            cell(document.number),
            cell(if is_posting { "Yes" } else { "No" }),
            cell_of(name, name_id),
            cell(document.memo),
            cell_of(account_name(company, account), id_of(account)),
            cell_of(split, id_of(split_id)),
            cell(two_decimals(total)),
        ];
        let shown = cells.into_iter().zip(COLUMNS).filter(|(_, (key, _))| question.shows(key));
        rows.push(data(shown.map(|(cell, _)| cell).collect()));
    }
    let shown = COLUMNS.iter().filter(|(key, _)| question.shows(key));
    let columns = shown.map(|(key, title)| column(title, key, key)).collect();
    page(header("TransactionList", question, rows.is_empty()), columns, rows)
}
