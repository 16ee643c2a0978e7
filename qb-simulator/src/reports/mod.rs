//! Reports: pages of text cells made from the ledger. One module for each family.
//!
//! Every report says which parameters it takes. A parameter that Intuit documents for some report and that is not done
//! here is refused (5030), so that no client takes a whole ledger for the part it asked for. Neighbours: `handle` routes
//! here, `ledger` has the figures.

mod dates;
mod general_ledger;
mod lists;
mod page;
mod postings;
mod question;
mod statements;
mod transaction_list;
mod tree;
mod trial_balance;

use chrono::{DateTime, FixedOffset};

use question::{Question, Summarize, check_parameters, question};

use crate::base::fault::{self, Checked};
use crate::base::json::Json;
use crate::base::message::Target;
use crate::books::company::Company;

/// One report.
struct Report {
    /// The last segment of its path, in lower case.
    name: &'static str,
    /// The parameters it takes besides those that all take.
    takes: &'static [&'static str],
    answer: fn(&Company, &Question) -> Json,
}

const REPORTS: &[Report] = &[
    Report { name: "trialbalance", takes: &[], answer: trial_balance::report },
    Report {
        name: "generalledger",
        takes: &["account", "customer", "vendor", "class", "department", "columns"],
        answer: general_ledger::report,
    },
    Report {
        name: "transactionlist",
        takes: &[
            "customer",
            "vendor",
            "class",
            "department",
            "columns",
            "transaction_type",
            "docnum",
            "arpaid",
        ],
        answer: transaction_list::report,
    },
    Report {
        name: "profitandloss",
        takes: &["customer", "vendor", "item", "class", "department", "summarize_column_by"],
        answer: statements::profit_and_loss,
    },
    Report { name: "balancesheet", takes: &["summarize_column_by"], answer: statements::balance_sheet },
    Report { name: "customerbalance", takes: &["customer", "report_date"], answer: lists::customer_balance },
    Report {
        name: "agedreceivables",
        takes: &["customer", "report_date", "aging_period", "num_periods", "aging_method"],
        answer: lists::aged_receivables,
    },
    Report { name: "vendorbalance", takes: &["vendor", "report_date"], answer: lists::vendor_balance },
    Report {
        name: "agedpayables",
        takes: &["vendor", "report_date", "aging_period", "num_periods", "aging_method"],
        answer: lists::aged_payables,
    },
    Report { name: "accountlist", takes: &["account"], answer: lists::account_list },
];

/// Answers a report by its name in lower case; `None` when there is no such report.
pub(crate) fn answer(
    company: &Company,
    name: &str,
    target: &Target,
    now: DateTime<FixedOffset>,
) -> Checked<Option<Json>> {
    let Some(report) = REPORTS.iter().find(|report| report.name == name) else { return Ok(None) };
    check_parameters(target, report.takes)?;
    let mut question = question(company, target, now)?;
    match name {
        "generalledger" => question.check_columns(general_ledger::COLUMNS)?,
        "transactionlist" => question.check_columns(transaction_list::COLUMNS)?,
        "balancesheet" if matches!(question.summarize, Summarize::By(_)) => {
            let what = "columns of a balance sheet by anything but days";
            return Err(fault::feature_not_supported(what).at("summarize_column_by"));
        }
        // Seen of live companies: without a start date the end date is not read.
        "balancesheet"
            if target.parameter("start_date").is_none() && target.parameter("end_date").is_some() =>
        {
            question.end = now.date_naive();
            question.start = question.start.min(question.end);
        }
        "customerbalance" | "vendorbalance" => {
            question.on_one_day();
            question.date_macro = Some("all".to_owned());
        }
        "agedreceivables" | "agedpayables" => {
            question.on_one_day();
            question.date_macro = None;
        }
        _ => {}
    }
    Ok(Some((report.answer)(company, &question)))
}
