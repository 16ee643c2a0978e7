//! TransactionList: one row for each document of the period. Neighbours: `postings`.

use super::page::{Column, cell, cell_of, data, page};
use super::postings::{Document, account_name, documents};
use super::question::{Question, header};
use crate::base::amount;
use crate::base::json::Json;
use crate::books::company::Company;

/// The columns there are.
pub(super) const COLUMNS: &[Column] = &[
    Column::usual("tx_date", "Date"),
    Column::usual("txn_type", "Transaction Type"),
    Column::usual("doc_num", "Num"),
    Column::usual("is_no_post", "Posting"),
    Column::usual("name", "Name"),
    Column::on_request("dept_name", "Location"),
    Column::usual("memo", "Memo/Description"),
    Column::usual("account_name", "Account"),
    Column::usual("other_account", "Split"),
    Column::usual("subt_nat_home_amount", "Amount"),
    Column::on_request("create_date", "Create Date"),
    Column::on_request("last_mod_date", "Last Modified"),
];

/// Returns the report over the question's period. A document's account is that of its largest debit or credit.
pub(super) fn report(company: &Company, question: &Question) -> Json {
    let mut rows = Vec::new();
    for document in documents(company, question).iter().filter(|document| document.date >= question.start) {
        let main = document.entry.legs.iter().rev().max_by_key(|leg| leg.amount.abs());
        if !is_asked_for(question, document) {
            continue;
        }
        let (split, split_id) = main.map(|leg| document.split(company, question, leg)).unwrap_or_default();
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
            document.department(company),
            cell(document.memo),
            cell_of(account_name(company, account), id_of(account)),
            cell_of(split, id_of(split_id)),
            question.money(total),
            cell(document.moment("CreateTime")),
            cell(document.moment("LastUpdatedTime")),
        ];
        let shown = cells.into_iter().zip(COLUMNS).filter(|(_, column)| question.shows(column));
        rows.push(data(shown.map(|(cell, _)| cell).collect()));
    }
    let columns = COLUMNS.iter().filter(|column| question.shows(column)).map(Column::shown).collect();
    page(header("TransactionList", question, rows.is_empty()), columns, rows)
}

/// Returns whether a document's type, number and state of payment are among those that are asked for.
fn is_asked_for(question: &Question, document: &Document<'_>) -> bool {
    let has_type = |types: &Vec<String>| types.iter().any(|name| *name == parameter_name(document.kind));
    let has_number =
        |numbers: &Vec<String>| numbers.iter().any(|number| number.eq_ignore_ascii_case(document.number));
    // Only what can be owed by a customer is paid or unpaid.
    let open = || document.body.get("Balance").and_then(amount::read).filter(|_| document.kind == "Invoice");
    question.types.as_ref().is_none_or(has_type)
        && question.numbers.as_ref().is_none_or(has_number)
        && question.is_paid.is_none_or(|is_paid| open().is_some_and(|open| open.is_zero() == is_paid))
}

/// Returns how the parameter transaction_type spells a kind of document, in lower case.
fn parameter_name(kind: &str) -> &'static str {
    match kind {
        "Invoice" => "invoice",
        "Payment" => "receivepayment",
        "Sales Receipt" => "salesreceipt",
        "Credit Memo" => "creditmemo",
        "Refund" => "creditrefund",
        "Check" => "check",
        "Cash Expense" => "cashpurchase",
        "Expense" => "creditcardcharge",
        "Credit Card Credit" => "creditcardcredit",
        "Bill" => "bill",
        "Vendor Credit" => "vendorcredit",
        "Bill Payment (Check)" => "billpaymentcheck",
        "Bill Payment (Credit Card)" => "billpaymentcreditcard",
        "Purchase Order" => "purchaseorder",
        "Journal Entry" => "journalentry",
        "Deposit" => "deposit",
        "Transfer" => "transfer",
        _ => "",
    }
}
