//! Invoice: a sale on account.
//!
//! Debits A/R with the total, credits income, shipping and tax. A `Deposit` moves part of it to a bank account at
//! once. Neighbours: `sales_form` checks, `payment` settles.

use rust_decimal::Decimal;

use super::sales_form;
use crate::base::amount::{self, money};
use crate::base::fault::{self, Checked};
use crate::base::json::{Json, object, text};
use crate::base::kind::EntityKind;
use crate::books::company::{Call, Company, balanced_entry, number};
use crate::books::ledger::Leg;
use crate::books::receivables::OpenItem;
use crate::lists::account::{Special, special_account};
use crate::query::ColumnType;
use crate::schema::Kind::{Bool, Date, Ignored, Number, Ref};
use crate::schema::{Class, bases};

pub(crate) static CLASS: Class = Class {
    name: "Invoice",
    base: bases::SALES_FORM,
    fields: &[
        ("SalesTermRef", Ref),
        ("DueDate", Date),
        ("Deposit", Number),
        ("DepositToAccountRef", Ref),
        ("InvoiceLink", Ignored),
        ("AllowIPNPayment", Ignored),
        ("AllowOnlinePayment", Ignored),
        ("AllowOnlineCreditCardPayment", Bool),
        ("AllowOnlineACHPayment", Bool),
        ("EInvoiceStatus", Ignored),
    ],
};

pub(crate) const COLUMNS: &[(&str, ColumnType)] = &[
    ("CustomerRef", ColumnType::Text),
    ("DocNumber", ColumnType::Text),
    ("TxnDate", ColumnType::Date),
    ("DueDate", ColumnType::Date),
    ("SalesTermRef", ColumnType::Text),
    ("Balance", ColumnType::Number),
    ("TotalAmt", ColumnType::Number),
    ("ProjectRef", ColumnType::Text),
];

/// Creates an invoice from a body.
pub(crate) fn create(company: &mut Company, body: &Json, call: &Call) -> Checked<String> {
    let form = sales_form::check(company, EntityKind::Invoice, body, call, true)?;
    let deposit = check_deposit(company, body, form.total)?;
    let deposit_account = super::deposit_account(company, body)?;
    let customer = form.customer_id().ok_or_else(|| fault::required("CustomerRef"))?;
    let owed = form.total - deposit;
    let balance = owed - super::applied(&company.receivables, call, Some(customer), owed)?;

    let receivable = special_account(company, Special::RECEIVABLE, call.now);
    let mut legs = form.legs(Decimal::ONE);
    legs.push(Leg::of_customer(receivable, customer, owed));
    let deposit_account = match deposit.is_zero() {
        true => None,
        false => Some(super::booked_deposit_account(company, deposit_account, call)),
    };
    legs.extend(deposit_account.map(|account| Leg::plain(account, deposit)));
    let entry = balanced_entry(form.date, legs)?;

    let id = company.id_for(EntityKind::Invoice, call);
    let due_date =
        super::due_date(company, body, form.date, form.customer.as_ref().map(|(id, _)| id.as_str()));
    let online = |name| Json::Bool(body.flag(name) == Some(true));
    let before = object()
        .with("AllowIPNPayment", Json::Bool(false))
        .with("AllowOnlinePayment", Json::Bool(false))
        .with("AllowOnlineCreditCardPayment", online("AllowOnlineCreditCardPayment"))
        .with("AllowOnlineACHPayment", online("AllowOnlineACHPayment"));
    let mut answer =
        form.answer(company, &id.to_string(), body, call, before).with("DueDate", text(due_date));
    match (deposit_account, body.reference("DepositToAccountRef")) {
        (Some(account), _) => {
            answer.push("Deposit", money(deposit));
            answer.push("DepositToAccountRef", super::account_reference(company, account));
        }
        // Chosen for a deposit to come.
        (None, Some(chosen)) => {
            answer.push("DepositToAccountRef", super::account_reference(company, number(chosen)));
        }
        (None, None) => {}
    }
    let answer = answer.with("Balance", money(balance));
    let item = OpenItem {
        customer,
        kind: EntityKind::Invoice,
        txn_type: "Invoice",
        is_charge: true,
        amount: owed,
        open: balance,
    };
    company.receivables.enter(id, item);
    company.book(EntityKind::Invoice, id, entry, answer);
    Ok(id.to_string())
}

/// Returns the part paid at once: from 0 to the total, and only when the company allows deposits.
fn check_deposit(company: &Company, body: &Json, total: Decimal) -> Checked<Decimal> {
    let deposit = amount::money_member(body, "Deposit").unwrap_or_default();
    if deposit.is_zero() {
        return Ok(Decimal::ZERO);
    }
    if !company.options.allow_deposit && !company.kept.has_deposit {
        return Err(fault::business("Deposits are turned off in the company's sales settings."));
    }
    if deposit.is_sign_negative() {
        return Err(fault::number_range("Deposit", deposit));
    }
    if deposit > total {
        return Err(fault::business("The deposit is larger than the transaction amount."));
    }
    Ok(deposit)
}
