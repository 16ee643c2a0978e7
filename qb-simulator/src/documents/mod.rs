//! Documents: what posts to the ledger. One module for each entity, and what they share.
//!
//! Every `create` checks everything first and changes the books only when nothing can fail any more.

pub(crate) mod credit_memo;
pub(crate) mod invoice;
pub(crate) mod lines;
pub(crate) mod payment;
pub(crate) mod purchase;
pub(crate) mod sales_form;
pub(crate) mod sales_receipt;
pub(crate) mod sales_tax;

use chrono::NaiveDate;

use crate::company::{Call, Company, number, reference};
use crate::entity::EntityKind;
use crate::fault::{self, Checked};
use crate::json::{Json, object, text};
use crate::lists::account::{self, Special, has_type};
use crate::lists::check_currency;
use crate::schema::read_date;

/// Lines a document may have.
const MAX_LINES: usize = 10_000;

/// What every document is asked before its own rules: its date (today when absent) in open books (6210), the
/// one currency, no classes, locations, projects or terms, since the company has none, at most 10,000 lines.
fn check_header(company: &Company, body: &Json, call: &Call) -> Checked<NaiveDate> {
    let date = body.text_of("TxnDate").and_then(read_date).unwrap_or_else(|| call.now.date_naive());
    company.check_open(date)?;
    check_currency(body)?;
    for (property, list) in [
        ("DepartmentRef", "Depts"),
        ("ClassRef", "Klasses"),
        ("SalesTermRef", "Terms"),
        ("ProjectRef", "Projects"),
    ] {
        if let Some(id) = body.reference(property) {
            return Err(fault::invalid_reference(list, id).at(property));
        }
    }
    for (property, values) in [
        ("PrintStatus", ["NotSet", "NeedToPrint", "PrintComplete"]),
        ("EmailStatus", ["NotSet", "NeedToSend", "EmailSent"]),
    ] {
        if let Some(value) = body.text_of(property).filter(|value| !values.contains(value)) {
            return Err(fault::invalid_enumeration(property, value));
        }
    }
    if body.get("Line").is_some_and(|lines| lines.items().len() > MAX_LINES) {
        return Err(fault::business("A transaction can have at most 10,000 lines."));
    }
    Ok(date)
}

/// The customer a document names: id and name.
fn customer(company: &Company, body: &Json, required: bool) -> Checked<Option<(String, String)>> {
    match body.reference("CustomerRef") {
        Some(id) => {
            let record = company.active(EntityKind::Customer, id).map_err(|fault| fault.at("CustomerRef"))?;
            let name = record.body.text_of("DisplayName").unwrap_or_default();
            Ok(Some((id.to_owned(), name.to_owned())))
        }
        None if required => Err(fault::required("CustomerRef")),
        None => Ok(None),
    }
}

/// Where money goes: the account the body names, which must be Bank or Other Current Asset, else Undeposited
/// Funds (`None` here; found or made when the document is booked).
fn deposit_account(company: &Company, body: &Json) -> Checked<Option<u64>> {
    let Some(id) = body.reference("DepositToAccountRef") else { return Ok(None) };
    let record = company.active(EntityKind::Account, id)?;
    if has_type(&record.body, &[account::BANK, account::OTHER_CURRENT_ASSET]) {
        Ok(Some(number(id)))
    } else {
        Err(fault::business("You need to select a different type of account for this transaction."))
    }
}

/// The deposit account of a document that is being booked.
fn booked_deposit_account(company: &mut Company, chosen: Option<u64>, call: &Call) -> u64 {
    match chosen {
        Some(id) => id,
        None => company.special_account(Special::UNDEPOSITED, call.now),
    }
}

/// A reference to an account with its name.
fn account_reference(company: &Company, id: u64) -> Json {
    let id = id.to_string();
    let record = company.store(EntityKind::Account).get(&id);
    reference(&id, record.and_then(|record| record.body.text_of("FullyQualifiedName")))
}

/// A payment method the body names, checked.
fn payment_method(company: &Company, body: &Json) -> Checked<Option<Json>> {
    let Some(id) = body.reference("PaymentMethodRef") else { return Ok(None) };
    company.active(EntityKind::PaymentMethod, id)?;
    Ok(Some(reference(id, None)))
}

/// The custom fields of an answer: every enabled one, with its value if the body has one. 3000 for others.
fn custom_fields(company: &Company, body: &Json) -> Checked<Json> {
    let enabled = &company.options.sales_custom_fields;
    let mut values: Vec<Option<&str>> = vec![None; enabled.len().min(3)];
    for field in body.get("CustomField").map_or(&[][..], Json::items) {
        let Some(id) = field.text_of("DefinitionId") else { return Err(fault::required("DefinitionId")) };
        let at = id.parse::<usize>().unwrap_or_default();
        match at.checked_sub(1).and_then(|at| values.get_mut(at)) {
            Some(value) => *value = field.text_of("StringValue"),
            None => return Err(fault::invalid_custom_field(id)),
        }
    }
    let fields = values.iter().zip(enabled).enumerate().map(|(at, (value, name))| {
        object()
            .with("DefinitionId", text((at + 1).to_string()))
            .with("Name", text(name.clone()))
            .with("Type", text("StringType"))
            .with_some("StringValue", value.map(|value| text(value.to_owned())))
    });
    Ok(Json::List(fields.collect()))
}

/// Links a create must not carry: 610 for a transaction that is not there, 620 for one that is.
fn refuse_links(company: &Company, holder: &Json) -> Checked<()> {
    match holder.get("LinkedTxn").and_then(|links| links.items().first()) {
        None => Ok(()),
        Some(link) => {
            let id = link.text_of("TxnId").unwrap_or_default();
            match company.transaction_kind(number(id)) {
                None => Err(fault::deleted_transaction().at("TxnId")),
                Some(_) => Err(fault::cannot_link(id, "this kind of transaction is linked from a Payment.")),
            }
        }
    }
}

/// Adds PrivateNote and CustomerMemo as the body has them.
fn copy_notes(body: &Json, answer: &mut Json) {
    crate::lists::customer::copy(body, answer, &["PrivateNote"]);
    if let Some(memo) = body.reference("CustomerMemo") {
        answer.push("CustomerMemo", object().with("value", text(memo.to_owned())));
    }
}
