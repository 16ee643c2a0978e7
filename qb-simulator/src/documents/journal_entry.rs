//! JournalEntry: debits and credits as stated.
//!
//! Neighbours: `control` asks for names on A/R and A/P lines, `settlement` may apply what they leave open.

use rust_decimal::Decimal;

use super::control::{self, Party};
use super::{check_header, copy_notes, line_class};
use crate::base::amount::{self, money};
use crate::base::fault::{self, Checked};
use crate::base::json::{Json, copy, integer, object, text};
use crate::base::kind::EntityKind;
use crate::books::company::{Call, Company, balanced_entry, currency, identity, number, reference};
use crate::books::ledger::{Leg, Tags};
use crate::books::receivables::OpenItem;
use crate::query::ColumnType;
use crate::schema::Kind::{Bool, Ignored, Object, Text};
use crate::schema::{Class, bases, classes};

pub(crate) static CLASS: Class = Class {
    name: "JournalEntry",
    base: bases::DOCUMENT,
    fields: &[
        ("DocNumber", Text(21)),
        ("Adjustment", Bool),
        ("TotalAmt", Ignored),
        ("HomeTotalAmt", Ignored),
        ("GlobalTaxCalculation", Text(50)),
        ("TxnTaxDetail", Object(&classes::TXN_TAX)),
    ],
};

pub(crate) const COLUMNS: &[(&str, ColumnType)] =
    &[("DocNumber", ColumnType::Text), ("TxnDate", ColumnType::Date)];

/// Creates a journal entry from a body.
pub(crate) fn create(company: &mut Company, body: &Json, call: &Call) -> Checked<String> {
    let date = check_header(company, body, call)?;
    check_number(company, body, call)?;
    let (legs, lines) = check_lines(company, body)?;
    let (receivable, payable) =
        control::open_items(company, EntityKind::JournalEntry, "JournalEntry", &legs)?;
    let receivable = still_open(&company.receivables, call, receivable)?;
    let payable = still_open(&company.payables, call, payable)?;
    let entry = balanced_entry(date, legs)?;

    let id = company.id_for(EntityKind::JournalEntry, call);
    let adjustment = Json::Bool(body.flag("Adjustment") == Some(true));
    let mut answer = identity(object().with("Adjustment", adjustment), &id.to_string(), call.now);
    match body.text_of("DocNumber") {
        None if call.auto_number => answer.push("DocNumber", text(company.next_journal_number())),
        _ => copy(body, &mut answer, &["DocNumber"]),
    }
    let mut answer = answer.with("TxnDate", text(date.to_string())).with("CurrencyRef", currency());
    copy_notes(company, body, &mut answer);
    let answer = answer
        .with("LinkedTxn", Json::List(vec![]))
        .with("Line", Json::List(lines))
        .with("TxnTaxDetail", object())
        .with("TotalAmt", money(Decimal::ZERO));
    super::stand(&mut company.receivables, id, receivable);
    super::stand(&mut company.payables, id, payable);
    company.book(EntityKind::JournalEntry, id, entry, answer);
    Ok(id.to_string())
}

/// Returns an open item less what is applied to it already.
fn still_open(
    book: &crate::books::receivables::Receivables,
    call: &Call,
    item: Option<OpenItem>,
) -> Checked<Option<OpenItem>> {
    let (party, amount) = (item.as_ref().map(|item| item.customer), item.as_ref().map(|item| item.amount));
    let applied = super::applied(book, call, party, amount.unwrap_or_default())?;
    let before = call.updating.and_then(|id| book.item(id)).map(|item| item.is_charge);
    if !applied.is_zero() && before != item.as_ref().map(|item| item.is_charge) {
        return Err(fault::business("The side of a line that a payment settles cannot be changed."));
    }
    Ok(item.map(|item| OpenItem { open: item.amount - applied, ..item }))
}

fn check_number(company: &Company, body: &Json, call: &Call) -> Checked<()> {
    let Some(number) = body.text_of("DocNumber") else { return Ok(()) };
    if !company.options.warn_duplicate_journal_number || call.allow_duplicate_number {
        return Ok(());
    }
    let mut same = company.store(EntityKind::JournalEntry).find("DocNumber", number);
    match same.find(|record| call.is_other(record)) {
        Some(record) => Err(fault::duplicate_number(number, "Journal Entry", &record.id)),
        None => Ok(()),
    }
}

/// Every line names an account; else one error for each that does not, all in one answer.
fn check_accounts(body: &Json) -> Checked<()> {
    let lines = body.get("Line").map_or(&[][..], Json::items).iter();
    let nameless = lines.filter(|line| {
        let detail = line.get("JournalEntryLineDetail");
        line.text_of("DetailType") == Some("JournalEntryLineDetail")
            && detail.is_none_or(|detail| detail.reference("AccountRef").is_none())
    });
    let faults = nameless.map(|_| fault::required("AccountRef"));
    faults.reduce(|first, other| first.and(*other)).map_or(Ok(()), Err)
}

/// Checks that there are at least two lines, both sides, and equal sums.
fn check_lines(company: &Company, body: &Json) -> Checked<(Vec<Leg>, Vec<Json>)> {
    static NOTHING: Json = Json::Null;
    check_accounts(body)?;
    let (mut legs, mut answers) = (Vec::new(), Vec::new());
    for line in body.get("Line").map_or(&[][..], Json::items) {
        match line.text_of("DetailType") {
            Some("JournalEntryLineDetail") => {}
            Some("DescriptionOnly") => {
                answers.push(described(answers.len() + 1, line));
                continue;
            }
            Some(other) => return Err(fault::invalid_enumeration("DetailType", other)),
            None => return Err(fault::required("DetailType")),
        }
        let detail = line.get("JournalEntryLineDetail").unwrap_or(&NOTHING);
        let amount = amount::money_member(line, "Amount").ok_or_else(|| fault::required("Amount"))?;
        if amount.is_sign_negative() && !amount.is_zero() {
            return Err(fault::negative_amount(amount));
        }
        let posting = detail.text_of("PostingType").ok_or_else(|| fault::required("PostingType"))?;
        let signed = match posting {
            "Debit" => amount,
            "Credit" => -amount,
            other => return Err(fault::invalid_enumeration("PostingType", other)),
        };
        if let Some(status @ ("Billable" | "HasBeenBilled")) = detail.text_of("BillableStatus") {
            return Err(
                fault::feature_not_supported(&format!("BillableStatus {status}")).at("BillableStatus")
            );
        }
        let account = detail.reference("AccountRef").ok_or_else(|| fault::required("AccountRef"))?;
        let party = entity(company, detail)?;
        let department = match detail.reference("DepartmentRef") {
            None => None,
            Some(id) => {
                let record = company.active(EntityKind::Department, id);
                let record = record.map_err(|fault| fault.at("DepartmentRef"))?;
                Some(reference(id, record.body.text_of("FullyQualifiedName")))
            }
        };
        let tags = Tags {
            item: None,
            class: detail.reference("ClassRef").map(number),
            department: detail.reference("DepartmentRef").map(number),
            name: party.as_ref().map(|party| number(&party.id)),
        };
        legs.push(Leg { tags, ..control::leg(company, account, party.as_ref(), signed)? });
        let named = party.map(|party| {
            object()
                .with("Type", text(party.kind.name()))
                .with("EntityRef", reference(&party.id, Some(&party.name)))
        });
        let answer_detail = object()
            .with("PostingType", text(posting.to_owned()))
            .with_some("Entity", named)
            .with("AccountRef", super::account_reference(company, number(account)))
            .with_some("ClassRef", line_class(company, detail)?)
            .with_some("DepartmentRef", department);
        let at = answers.len() + 1;
        let mut answer = object().with("Id", text(at.to_string())).with("LineNum", integer(at));
        copy(line, &mut answer, &["Description"]);
        answers.push(
            answer
                .with("Amount", money(amount))
                .with("DetailType", text("JournalEntryLineDetail"))
                .with("JournalEntryLineDetail", answer_detail),
        );
    }
    if legs.len() < 2 {
        return Err(fault::business("Fill out at least two detail lines to continue."));
    }
    if !legs.iter().map(|leg| leg.amount).sum::<Decimal>().is_zero() {
        return Err(fault::unbalanced());
    }
    Ok((legs, answers))
}

/// Returns a line of words alone.
fn described(at: usize, line: &Json) -> Json {
    let mut answer = object().with("Id", text(at.to_string())).with("LineNum", integer(at));
    copy(line, &mut answer, &["Description"]);
    answer.with("DetailType", text("DescriptionOnly")).with("DescriptionLineDetail", object())
}

fn entity(company: &Company, detail: &Json) -> Checked<Option<Party>> {
    let Some(entity) = detail.get("Entity") else { return Ok(None) };
    let Some(id) = entity.reference("EntityRef") else { return Ok(None) };
    let kind = entity.text_of("Type").ok_or_else(|| fault::required("Type"))?;
    control::party(company, kind, id).map(Some)
}
