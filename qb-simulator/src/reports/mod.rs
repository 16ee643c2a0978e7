//! Reports: pages of text cells made from the ledger. One module for each.
//!
//! Neighbours: `handle` routes here, `ledger` has the figures.

mod dates;
mod general_ledger;
mod lists;
mod page;
mod postings;
mod question;
mod statements;
mod transaction_list;
mod trial_balance;

use chrono::{DateTime, FixedOffset};

use question::{Question, question};

use crate::base::fault::Checked;
use crate::base::json::Json;
use crate::base::message::Target;
use crate::books::company::Company;

/// Answers a report by its name in lower case; `None` when there is no such report.
pub(crate) fn answer(
    company: &Company,
    name: &str,
    target: &Target,
    now: DateTime<FixedOffset>,
) -> Checked<Option<Json>> {
    let report: fn(&Company, &Question) -> Json = match name {
        "trialbalance" => trial_balance::report,
        "generalledger" => general_ledger::report,
        "transactionlist" => transaction_list::report,
        "profitandloss" => statements::profit_and_loss,
        "balancesheet" => statements::balance_sheet,
        "customerbalance" => lists::customer_balance,
        "agedreceivables" => lists::aged_receivables,
        "vendorbalance" => lists::vendor_balance,
        "agedpayables" => lists::aged_payables,
        "accountlist" => lists::account_list,
        _ => return Ok(None),
    };
    let mut question = question(company, target, now)?;
    let is_balance = matches!(name, "customerbalance" | "vendorbalance");
    if is_balance || matches!(name, "agedreceivables" | "agedpayables") {
        (question.start, question.end) = (question.report_date, question.report_date);
        question.date_macro = is_balance.then(|| "all".to_owned());
    }
    Ok(Some(report(company, &question)))
}
