//! A tie-out for an accountant's eyes: the control accounts, their balances, documents of others, differences, the verdict.

use std::fmt::{self, Write};

use mapping::engine::OriginGroup;
use mapping::{OriginKey, kind_words};
use pos_model::Money;

use super::result::{AccountBalance, Difference, DifferentAmount, OtherDocument, TieOut};

/// Documents of others, and differences, that stand on the page; the JSON form has all of them.
const SHOWN: usize = 40;

impl TieOut {
    /// Writes everything, in the order in which it is read. What was left out of it (files refused, batches and purchase
    /// orders that could not be started) is in none of the figures, so the verdict says how many there are.
    #[must_use]
    pub fn page(&self, left_out: usize) -> String {
        let mut text = String::new();
        // Writing to a String cannot fail.
        let _ = write_page(&mut text, self, left_out);
        text
    }
}

fn write_page(out: &mut String, tie_out: &TieOut, left_out: usize) -> fmt::Result {
    writeln!(
        out,
        "{:<46} {:>16} {:>16} {:>16} {:>12}",
        "Control account", "Till", "Planned", "QuickBooks", "Difference"
    )?;
    for tie in &tie_out.accounts {
        let (name, difference) = (&tie.name, tie.difference());
        writeln!(
            out,
            "{name:<46} {:>16} {:>16} {:>16} {:>12}",
            side(tie.pos),
            side(tie.planned),
            side(tie.quickbooks),
            side(difference)
        )?;
    }
    for agency in &tie_out.agencies {
        writeln!(out, "  of it {:<40} {:>50}", agency.account, side(agency.amount))?;
    }
    write_balances(out, &tie_out.balances)?;
    write_others(out, &tie_out.other_documents)?;
    let (explained, others): (Vec<_>, Vec<_>) = tie_out.differences.iter().partition(|d| d.is_explained());
    let (unposted, settled): (Vec<_>, Vec<_>) = explained.into_iter().partition(|d| d.is_to_be_posted());
    write_differences(out, "Explained differences: documents that are not posted", &unposted)?;
    write_differences(out, "Explained differences: documents that a person has settled", &settled)?;
    write_differences(out, "Differences", &others)?;
    let verdict = match (tie_out.is_tied_out(), tie_out.is_explained()) {
        (true, _) => "The books tie out.",
        (false, true) if unposted.is_empty() => {
            "The books tie out but for the documents that a person has settled."
        }
        (false, true) => "The books tie out but for the documents that are not posted.",
        (false, false) => "THE BOOKS DO NOT TIE OUT.",
    };
    for notice in &tie_out.notices {
        writeln!(out, "Note: {notice}.")?;
    }
    if left_out > 0 {
        writeln!(
            out,
            "Left out of these figures: {left_out} files, batches or purchase orders that are not posted, see above."
        )?;
        return writeln!(out, "Of what was posted: {verdict}");
    }
    writeln!(out, "{verdict}")
}

/// Each account's whole balance, a table for each fiscal year.
fn write_balances(out: &mut String, balances: &[AccountBalance]) -> fmt::Result {
    for year in balances.chunk_by(|one, other| one.end_date == other.end_date) {
        let Some(end) = year.first().map(|balance| balance.end_date) else { continue };
        writeln!(
            out,
            "\n{:<46} {:>14} {:>14} {:>14} {:>14} {:>14}",
            format!("In the books of {} to {end}", year_start(year)),
            "Opening",
            "These batches",
            "Other batches",
            "Not ours",
            "Balance"
        )?;
        for balance in year {
            writeln!(
                out,
                "{:<46} {:>14} {:>14} {:>14} {:>14} {:>14}",
                balance.account,
                side(balance.opening_balance),
                side(balance.ours),
                side(balance.other_batches),
                side(balance.other_documents),
                side(balance.closing())
            )?;
        }
    }
    writeln!(out)
}

fn write_others(out: &mut String, others: &[OtherDocument]) -> fmt::Result {
    if others.is_empty() {
        return Ok(());
    }
    writeln!(out, "Documents in these accounts that are not of the posting log: {}", others.len())?;
    for document in others.iter().take(SHOWN) {
        let OtherDocument { account, txn_type, number, date, amount, may_be, .. } = document;
        let number = if number.is_empty() { "without number" } else { number };
        let hint = may_be.as_ref().map(|key| format!("; it may be our {}", key.words())).unwrap_or_default();
        writeln!(out, "  {account:<44} {date} {txn_type:<18} {number:<21} {:>14}{hint}", side(*amount))?;
    }
    write_rest(out, others.len())
}

fn write_differences(out: &mut String, title: &str, differences: &[&Difference]) -> fmt::Result {
    if differences.is_empty() {
        return Ok(());
    }
    writeln!(out, "{title}: {}", differences.len())?;
    for difference in differences.iter().take(SHOWN) {
        let name = match &difference.document {
            Some(document) => {
                let kind = kind_words(&document.kind);
                format!("{kind} {} of {}: ", document.number, origin_words(&document.origin))
            }
            None => String::new(),
        };
        writeln!(out, "  {name}{}", difference.cause)?;
        for DifferentAmount { account, date, customer, expected, found, .. } in &difference.amounts {
            let customer = customer.as_ref().map(|name| format!(" ({name})")).unwrap_or_default();
            writeln!(
                out,
                "    {account}{customer}, {date}: expected {}, found {}",
                side(*expected),
                side(*found)
            )?;
        }
    }
    write_rest(out, differences.len())
}

/// An amount as bookkeepers write it: `12.50 Dr`, `12.50 Cr`.
fn side(amount: Money) -> String {
    match amount {
        amount if amount.is_negative() => format!("{} Cr", -amount),
        amount if amount.is_positive() => format!("{amount} Dr"),
        amount => amount.to_string(),
    }
}

/// The first day of the balances of one fiscal year.
fn year_start(year: &[AccountBalance]) -> String {
    year.first().map(|balance| balance.start_date.to_string()).unwrap_or_default()
}

/// A batch, or all purchase orders of a store, as people call it.
fn origin_words(origin: &str) -> String {
    match origin.parse() {
        Ok(OriginGroup::One(OriginKey::Batch(batch))) => batch.words(),
        Ok(OriginGroup::One(OriginKey::Correction { batch, n })) => {
            format!("correction {n} of {}", batch.words())
        }
        Ok(
            OriginGroup::PurchaseOrders { store } | OriginGroup::One(OriginKey::PurchaseOrder { store, .. }),
        ) => format!("the purchase orders of store {store}"),
        Ok(OriginGroup::One(OriginKey::OpeningEntry { .. })) => "the opening balances".to_owned(),
        Err(_) => origin.to_owned(),
    }
}

fn write_rest(out: &mut String, count: usize) -> fmt::Result {
    if count > SHOWN {
        writeln!(out, "  and {} more; the report in JSON names them all", count - SHOWN)?;
    }
    writeln!(out)
}
