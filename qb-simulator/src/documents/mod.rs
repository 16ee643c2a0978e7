//! Documents: what posts to the ledger. One module for each entity, and what they share.
//!
//! Every `create` checks everything first and changes the books only when nothing can fail any more.

mod auto_apply;
pub(crate) mod bill;
pub(crate) mod bill_payment;
mod control;
pub(crate) mod credit_memo;
pub(crate) mod deposit;
pub(crate) mod expense_lines;
pub(crate) mod invoice;
pub(crate) mod journal_entry;
pub(crate) mod lines;
pub(crate) mod payment;
pub(crate) mod purchase;
pub(crate) mod purchase_order;
pub(crate) mod refund_receipt;
pub(crate) mod sales_form;
pub(crate) mod sales_receipt;
pub(crate) mod sales_tax;
pub(crate) mod settlement;
pub(crate) mod transfer;

pub(crate) use auto_apply::auto_apply;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::base::amount;
use crate::base::clock::read_date;
use crate::base::fault::{self, Checked};
use crate::base::json::{Json, copy, object, text};
use crate::base::kind::EntityKind;
use crate::books::company::{Call, Company, number, reference};
use crate::books::receivables::{OpenItem, Receivables};
use crate::lists::account::{self, Special, has_type, special_account};
use crate::lists::check_currency;
use crate::options::ClassTracking;

/// Lines a document may have.
const MAX_LINES: usize = 10_000;

/// Returns what every document is asked before its own rules: its date (today when absent) in open books
/// (6210), the one currency, no projects, class and location where the company tracks them, at most 10,000
/// lines.
fn check_header(company: &Company, body: &Json, call: &Call) -> Checked<NaiveDate> {
    let date = body.text_of("TxnDate").and_then(read_date).unwrap_or_else(|| call.now.date_naive());
    company.check_open(date)?;
    check_currency(body)?;
    let rate = amount::member(body, "ExchangeRate").unwrap_or_default();
    if !rate.is_zero() && rate != Decimal::ONE {
        return Err(fault::feature_not_supported("several currencies").at("ExchangeRate"));
    }
    if let Some(id) = body.reference("ProjectRef") {
        return Err(fault::invalid_reference("Projects", id).at("ProjectRef"));
    }
    for (property, kind) in [
        ("DepartmentRef", EntityKind::Department),
        ("ClassRef", EntityKind::Class),
        ("SalesTermRef", EntityKind::Term),
    ] {
        if let Some(id) = body.reference(property) {
            company.active(kind, id).map_err(|fault| fault.at(property))?;
        }
    }
    let keeps = |kind, id: &str| company.kept.has(kind, id);
    let department = body.reference("DepartmentRef").filter(|id| !keeps(EntityKind::Department, id));
    if department.is_some() && !company.options.tracks_departments() {
        return Err(
            fault::business("Location tracking is turned off in the company's settings.").at("DepartmentRef")
        );
    }
    if body.reference("ClassRef").is_some_and(|id| !keeps(EntityKind::Class, id))
        && company.options.class_tracking_in_force() != ClassTracking::PerTxn
    {
        return Err(fault::business("Classes are not tracked on whole transactions.").at("ClassRef"));
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

/// Returns the customer a document names: id and name.
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

/// Returns where money goes: the account the body names, which must be Bank or Other Current Asset, else
/// Undeposited Funds (`None` here; found or made when the document is booked).
fn deposit_account(company: &Company, body: &Json) -> Checked<Option<u64>> {
    let Some(id) = body.reference("DepositToAccountRef") else { return Ok(None) };
    let record = company.active(EntityKind::Account, id)?;
    if has_type(&record.body, &[account::BANK, account::OTHER_CURRENT_ASSET]) {
        Ok(Some(number(id)))
    } else {
        Err(fault::business("You need to select a different type of account for this transaction."))
    }
}

/// Returns the deposit account of a document that is being booked.
fn booked_deposit_account(company: &mut Company, chosen: Option<u64>, call: &Call) -> u64 {
    match chosen {
        Some(id) => id,
        None => special_account(company, Special::UNDEPOSITED, call.now),
    }
}

/// Returns a reference to an account with its name.
fn account_reference(company: &Company, id: u64) -> Json {
    let id = id.to_string();
    let record = company.store(EntityKind::Account).get(&id);
    reference(&id, record.and_then(|record| record.body.text_of("FullyQualifiedName")))
}

/// Returns a payment method the body names, checked.
fn payment_method(company: &Company, body: &Json) -> Checked<Option<Json>> {
    let Some(id) = body.reference("PaymentMethodRef") else { return Ok(None) };
    company.active(EntityKind::PaymentMethod, id)?;
    Ok(Some(reference(id, None)))
}

/// Returns the custom fields of an answer: every one in use, with its value if the body has one, and those that have gone out of
/// use since the document had them. 3000 for others.
fn custom_fields(company: &Company, enabled: &[String], body: &Json) -> Checked<Json> {
    let mut values: Vec<Option<&str>> = vec![None; enabled.len().min(3)];
    let mut fields: Vec<Json> = Vec::new();
    for field in body.get("CustomField").map_or(&[][..], Json::items) {
        let Some(id) = field.text_of("DefinitionId") else { return Err(fault::required("DefinitionId")) };
        let at = id.parse::<usize>().unwrap_or_default().checked_sub(1);
        let is_enabled = at.and_then(|at| enabled.get(at)).is_some_and(|name| !name.is_empty());
        match at.and_then(|at| values.get_mut(at)).filter(|_| is_enabled) {
            Some(value) => *value = field.text_of("StringValue"),
            None if company.kept.has_custom_field(id) => fields.push(field.clone()),
            None => return Err(fault::invalid_custom_field(id)),
        }
    }
    let in_use = values.iter().zip(enabled).enumerate().filter(|(_, (_, name))| !name.is_empty());
    fields.extend(in_use.map(|(at, (value, name))| {
        object()
            .with("DefinitionId", text((at + 1).to_string()))
            .with("Name", text(name.clone()))
            .with("Type", text("StringType"))
            .with_some("StringValue", value.map(|value| text(value.to_owned())))
    }));
    fields.sort_by(|left, right| left.text_of("DefinitionId").cmp(&right.text_of("DefinitionId")));
    Ok(Json::List(fields))
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

/// Returns the class of a line, checked.
fn line_class(company: &Company, detail: &Json) -> Checked<Option<Json>> {
    let Some(id) = detail.reference("ClassRef") else { return Ok(None) };
    let record = company.active(EntityKind::Class, id).map_err(|fault| fault.at("ClassRef"))?;
    let is_tracked = company.options.class_tracking_in_force() == ClassTracking::PerTxnLine;
    if !is_tracked && !company.kept.has(EntityKind::Class, id) {
        return Err(fault::business("Classes are not tracked on lines.").at("ClassRef"));
    }
    Ok(Some(reference(id, record.body.text_of("FullyQualifiedName"))))
}

/// Returns when a document falls due: the day the body names, else by its term, else by the party's term,
/// else at once.
fn due_date(company: &Company, body: &Json, date: NaiveDate, customer: Option<&str>) -> String {
    if let Some(day) = body.text_of("DueDate") {
        return day.to_owned();
    }
    let of_party = || {
        let party = customer.and_then(|id| {
            let vendor = || company.store(EntityKind::Vendor).get(id);
            company.store(EntityKind::Customer).get(id).or_else(vendor)
        })?;
        party.body.reference("SalesTermRef").or_else(|| party.body.reference("TermRef"))
    };
    match body.reference("SalesTermRef").or_else(of_party) {
        Some(term) => crate::lists::term::due_date(company, term, date).to_string(),
        None => date.to_string(),
    }
}

/// Returns what other documents have applied to the document that an update writes; it must stay covered, and
/// stay with its party. Zero for a new document.
fn applied(book: &Receivables, call: &Call, party: Option<u64>, amount: Decimal) -> Checked<Decimal> {
    let Some(item) = call.updating.and_then(|id| book.item(id)) else { return Ok(Decimal::ZERO) };
    let applied = item.amount - item.open;
    if applied.is_zero() {
        return Ok(applied);
    }
    if party != Some(item.customer) {
        return Err(fault::business(
            "Other transactions are applied to this transaction. Unlink them before changing its name.",
        ));
    }
    if applied > amount {
        return Err(fault::business(
            "The transaction amount cannot be less than what other transactions have applied to it.",
        ));
    }
    Ok(applied)
}

/// Enters a document among the open ones, or takes it out when it stands there no more.
fn stand(book: &mut Receivables, id: u64, item: Option<OpenItem>) {
    match item {
        Some(item) => book.enter(id, item),
        None => {
            book.remove(id);
        }
    }
}

/// Returns the vendor a document names: id and name.
fn vendor(company: &Company, body: &Json) -> Checked<(String, String)> {
    let id = body.reference("VendorRef").ok_or_else(|| fault::required("VendorRef"))?;
    let record = company.active(EntityKind::Vendor, id).map_err(|fault| fault.at("VendorRef"))?;
    Ok((id.to_owned(), record.body.text_of("DisplayName").unwrap_or_default().to_owned()))
}

/// Returns the A/P account a body names (6430 when it is none), else `None`: found or made when the document
/// is booked.
fn payable_account(company: &Company, body: &Json) -> Checked<Option<u64>> {
    let Some(id) = body.reference("APAccountRef") else { return Ok(None) };
    let record = company.active(EntityKind::Account, id)?;
    match has_type(&record.body, &[account::ACCOUNTS_PAYABLE]) {
        true => Ok(Some(number(id))),
        false => Err(fault::invalid_account_type("APAccountRef")),
    }
}

/// Returns the A/P account of a document that is being booked.
fn booked_payable_account(company: &mut Company, chosen: Option<u64>, call: &Call) -> u64 {
    chosen.unwrap_or_else(|| special_account(company, Special::PAYABLE, call.now))
}

/// Adds PrivateNote, CustomerMemo, term, class and location as the body has them.
fn copy_notes(company: &Company, body: &Json, answer: &mut Json) {
    for (property, kind, name) in [
        ("DepartmentRef", EntityKind::Department, "FullyQualifiedName"),
        ("ClassRef", EntityKind::Class, "FullyQualifiedName"),
        ("SalesTermRef", EntityKind::Term, "Name"),
    ] {
        if let Some(id) = body.reference(property) {
            let record = company.store(kind).get(id);
            answer.push(property, reference(id, record.and_then(|record| record.body.text_of(name))));
        }
    }
    copy(body, answer, &["PrivateNote"]);
    if let Some(memo) = body.reference("CustomerMemo") {
        answer.push("CustomerMemo", object().with("value", text(memo.to_owned())));
    }
}

/// Makes one element of an extension block, with the member names QuickBooks leaks from its own serialiser.
fn name_value(name: &'static str, value: String) -> Json {
    object()
        .with("name", text("{http://schema.intuit.com/finance/v3}NameValue"))
        .with("declaredType", text("com.intuit.schema.finance.v3.NameValue"))
        .with("scope", text("javax.xml.bind.JAXBElement$GlobalScope"))
        .with("value", object().with("Name", text(name)).with("Value", text(value)))
        .with("nil", Json::Bool(false))
        .with("globalScope", Json::Bool(true))
        .with("typeSubstituted", Json::Bool(false))
}
