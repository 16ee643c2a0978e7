//! SalesReceipt: a sale paid at once.
//!
//! Debits the deposit account with the total, credits income, shipping and tax; touches no A/R. Neighbours:
//! `sales_form` checks.

use rust_decimal::Decimal;

use super::sales_form;
use crate::base::amount::money;
use crate::base::fault::Checked;
use crate::base::json::{Json, copy, object};
use crate::base::kind::EntityKind;
use crate::books::company::{Call, Company, balanced_entry};
use crate::books::ledger::Leg;
use crate::options::Length;
use crate::query::ColumnType;
use crate::schema::Kind::{Ignored, Ref, Text, TextOf};
use crate::schema::{Class, bases};

pub(crate) static CLASS: Class = Class {
    name: "SalesReceipt",
    base: bases::SALES_FORM,
    fields: &[
        ("DepositToAccountRef", Ref),
        ("PaymentMethodRef", Ref),
        ("PaymentRefNum", TextOf(Length::PaymentRef)),
        ("PaymentType", Text(30)),
        ("CreditCardPayment", Ignored),
    ],
};

pub(crate) const COLUMNS: &[(&str, ColumnType)] = &[
    ("CustomerRef", ColumnType::Text),
    ("DocNumber", ColumnType::Text),
    ("TxnDate", ColumnType::Date),
    ("TotalAmt", ColumnType::Number),
    ("Balance", ColumnType::Number),
    ("ProjectRef", ColumnType::Text),
];

/// Creates a sales receipt from a body.
pub(crate) fn create(company: &mut Company, body: &Json, call: &Call) -> Checked<String> {
    let form = sales_form::check(company, EntityKind::SalesReceipt, body, call, false)?;
    let deposit_account = super::deposit_account(company, body)?;
    let payment_method = super::payment_method(company, body)?;

    let deposit_account = super::booked_deposit_account(company, deposit_account, call);
    let mut legs = form.legs(Decimal::ONE);
    legs.push(Leg::plain(deposit_account, form.total));
    let entry = balanced_entry(form.date, legs)?;

    let id = company.id_for(EntityKind::SalesReceipt, call);
    let mut answer = form
        .answer(company, &id.to_string(), body, call, object())
        .with("Balance", money(Decimal::ZERO))
        .with_some("PaymentMethodRef", payment_method);
    copy(body, &mut answer, &["PaymentRefNum", "PaymentType"]);
    let answer = answer.with("DepositToAccountRef", super::account_reference(company, deposit_account));
    company.book(EntityKind::SalesReceipt, id, entry, answer);
    Ok(id.to_string())
}
