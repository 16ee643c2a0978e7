//! How a tie-out is shown to an accountant: the control accounts, their balances, documents of others, differences.

use exchange::{AccountBalance, Difference, DifferentAmount, ForeignDocument, TieOut};
use serde_json::{Value, json};

/// Documents of others, and differences, that are printed; JSON has all of them.
const PRINTED: usize = 40;

/// Everything, in the order in which it is read: figures, balances, documents of others, differences, the verdict. What was
/// left out (files refused, batches and purchase orders that could not be started) is in none of the figures, so the
/// verdict says it.
pub fn print_tie_out(tie_out: &TieOut, left_out: usize) {
    if tie_out.accounts.is_empty() && left_out > 0 {
        println!("Nothing was posted, so nothing was tied out.");
        return;
    }
    println!(
        "{:<46} {:>16} {:>16} {:>16} {:>12}",
        "Control account (debit +)", "Till", "Planned", "QuickBooks", "Difference"
    );
    for tie in &tie_out.accounts {
        println!(
            "{:<46} {:>16} {:>16} {:>16} {:>12}",
            tie.name,
            tie.pos,
            tie.planned,
            tie.quickbooks,
            tie.difference()
        );
    }
    for agency in &tie_out.agencies {
        println!("  of it {:<40} {:>50}", agency.account, agency.amount);
    }
    print_balances(&tie_out.balances);
    print_foreign(&tie_out.foreign);
    let (explained, others): (Vec<_>, Vec<_>) = tie_out.differences.iter().partition(|d| d.is_explained());
    print_differences("Explained differences: documents that are not posted", &explained);
    print_differences("Differences", &others);
    let verdict = match (tie_out.is_tied_out(), tie_out.is_explained()) {
        (true, _) => "The books tie out.",
        (false, true) => "The books tie out but for the documents that are not posted.",
        (false, false) => "THE BOOKS DO NOT TIE OUT.",
    };
    tie_out.notices.iter().for_each(|notice| println!("Note: {notice}."));
    if left_out > 0 {
        println!(
            "Left out of these figures: {left_out} files, batches or purchase orders that are not posted, see above."
        );
        println!("Of what was posted: {verdict}");
        return;
    }
    println!("{verdict}");
}

/// Each account's whole balance, a table for each fiscal year.
fn print_balances(balances: &[AccountBalance]) {
    for year in balances.chunk_by(|one, other| one.end_date == other.end_date) {
        let Some(end) = year.first().map(|balance| balance.end_date) else { continue };
        println!(
            "\n{:<46} {:>14} {:>14} {:>14} {:>14} {:>14}",
            format!("Balance at {end} (debit +)"),
            "Opening",
            "These batches",
            "Other batches",
            "Not ours",
            "Balance"
        );
        for balance in year {
            println!(
                "{:<46} {:>14} {:>14} {:>14} {:>14} {:>14}",
                balance.account,
                balance.opening,
                balance.ours,
                balance.other_batches,
                balance.foreign,
                balance.closing()
            );
        }
    }
    println!();
}

fn print_foreign(foreign: &[ForeignDocument]) {
    if foreign.is_empty() {
        return;
    }
    println!("Documents in these accounts that are not of the posting log: {}", foreign.len());
    for document in foreign.iter().take(PRINTED) {
        let ForeignDocument { account, txn_type, id, number, date, amount, may_be, .. } = document;
        let number = if number.is_empty() { "without number" } else { number };
        let hint = may_be.as_ref().map(|key| format!("; it may be {key}")).unwrap_or_default();
        println!("  {account:<44} {date} {txn_type:<18} {number:<21} {amount:>14}  (id {id}{hint})");
    }
    print_rest(foreign.len());
}

fn print_differences(title: &str, differences: &[&Difference]) {
    if differences.is_empty() {
        return;
    }
    println!("{title}: {}", differences.len());
    for difference in differences.iter().take(PRINTED) {
        let name = match &difference.document {
            Some(document) => format!("{} {} of {}: ", document.kind, document.number, document.origin),
            None => String::new(),
        };
        println!("  {name}{}", difference.cause);
        for DifferentAmount { account, date, customer, expected, found, .. } in &difference.amounts {
            let customer = customer.as_ref().map(|name| format!(" ({name})")).unwrap_or_default();
            println!("    {account}{customer}, {date}: expected {expected}, found {found}");
        }
    }
    print_rest(differences.len());
}

fn print_rest(count: usize) {
    if count > PRINTED {
        println!("  and {} more; --json names them all", count - PRINTED);
    }
    println!();
}

/// The control accounts as JSON.
pub fn accounts_json(tie_out: &TieOut) -> Value {
    let account = |tie: &exchange::AccountTie| {
        json!({
            "name": tie.name,
            "pos": tie.pos.to_string(),
            "planned": tie.planned.to_string(),
            "quickbooks": tie.quickbooks.to_string(),
            "difference": tie.difference().to_string(),
            "not_posted": tie.not_posted.to_string(),
        })
    };
    tie_out.accounts.iter().map(account).collect()
}

/// The rest of a tie-out as JSON.
pub fn json(tie_out: &TieOut) -> Value {
    let parts: Vec<Value> = (tie_out.parts.iter())
        .map(|part| {
            json!({
                "origin": part.origin,
                "date": part.date.to_string(),
                "account": part.account,
                "customer": part.customer,
                "pos": part.pos.to_string(),
                "planned": part.planned.to_string(),
                "quickbooks": part.quickbooks.to_string(),
            })
        })
        .collect();
    let balances: Vec<Value> = (tie_out.balances.iter())
        .map(|balance| {
            json!({
                "account": balance.account,
                "start_date": balance.start_date.to_string(),
                "end_date": balance.end_date.to_string(),
                "opening": balance.opening.to_string(),
                "ours": balance.ours.to_string(),
                "other_batches": balance.other_batches.to_string(),
                "foreign": balance.foreign.to_string(),
                "closing": balance.closing().to_string(),
                "trial_balance": balance.trial_balance.to_string(),
            })
        })
        .collect();
    let foreign: Vec<Value> = (tie_out.foreign.iter())
        .map(|document| {
            json!({
                "account": document.account,
                "type": document.txn_type,
                "id": document.id,
                "number": document.number,
                "date": document.date.to_string(),
                "amount": document.amount.to_string(),
                "may_be": document.may_be.as_ref().map(ToString::to_string),
            })
        })
        .collect();
    let differences: Vec<Value> = tie_out.differences.iter().map(difference_json).collect();
    json!({
        "is_tied_out": tie_out.is_tied_out(),
        "is_explained": tie_out.is_explained(),
        "by_batch_and_date": parts,
        "balances": balances,
        "foreign_documents": foreign,
        "sales_tax_by_agency": tie_out.agencies.iter()
            .map(|agency| json!({"account": agency.account, "amount": agency.amount.to_string()}))
            .collect::<Vec<_>>(),
        "notices": tie_out.notices.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "differences": differences,
    })
}

fn difference_json(difference: &Difference) -> Value {
    let amounts: Vec<Value> = (difference.amounts.iter())
        .map(|amount| {
            json!({
                "account": amount.account,
                "date": amount.date.to_string(),
                "customer": amount.customer,
                "expected": amount.expected.to_string(),
                "found": amount.found.to_string(),
            })
        })
        .collect();
    let document = difference.document.as_ref().map(|document| {
        json!({
            "key": document.key.to_string(),
            "kind": document.kind,
            "number": document.number,
            "id": document.id,
            "origin": document.origin,
        })
    });
    json!({
        "cause": difference.cause.code(),
        "reason": difference.cause.to_string(),
        "is_explained": difference.is_explained(),
        "document": document,
        "amounts": amounts,
    })
}
