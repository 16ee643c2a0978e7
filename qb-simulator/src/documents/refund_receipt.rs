//! RefundReceipt: money back at the till.
//!
//! Debits income and tax, credits the account the money leaves from; touches no A/R. Neighbours: `sales_form` checks.

use rust_decimal::Decimal;

use super::sales_form;
use crate::base::amount::money;
use crate::base::fault::{self, Checked};
use crate::base::json::{Json, copy, object};
use crate::base::kind::EntityKind;
use crate::books::company::{Call, Company, balanced_entry};
use crate::books::ledger::Leg;
use crate::lists::account::{BANK, has_type};
use crate::query::ColumnType;
use crate::schema::Kind::{Ignored, Ref, Text};
use crate::schema::{Class, bases};

pub(crate) static CLASS: Class = Class {
    name: "RefundReceipt",
    base: bases::SALES_FORM,
    fields: &[
        ("DepositToAccountRef", Ref),
        ("PaymentMethodRef", Ref),
        ("PaymentRefNum", Text(100)),
        ("PaymentType", Text(30)),
        ("CheckPayment", Ignored),
        ("CreditCardPayment", Ignored),
        ("RemainingCredit", Ignored),
    ],
};

pub(crate) const COLUMNS: &[(&str, ColumnType)] = &[
    ("CustomerRef", ColumnType::Text),
    ("DocNumber", ColumnType::Text),
    ("TxnDate", ColumnType::Date),
    ("Balance", ColumnType::Number),
    ("PaymentType", ColumnType::Text),
    ("ProjectRef", ColumnType::Text),
];

/// Creates a refund receipt from a body.
pub(crate) fn create(company: &mut Company, body: &Json, call: &Call) -> Checked<String> {
    let form = sales_form::check(company, EntityKind::RefundReceipt, body, call, false)?;
    let id = body.reference("DepositToAccountRef").ok_or_else(|| fault::required("DepositToAccountRef"))?;
    let account = super::deposit_account(company, body)?.unwrap_or_default();
    let method = super::payment_method(company, body)?;
    let is_bank =
        company.store(EntityKind::Account).get(id).is_some_and(|account| has_type(&account.body, &[BANK]));
    if is_bank && method.is_none() && body.text_of("PrintStatus") == Some("PrintComplete") {
        return Err(fault::required("PaymentMethodRef"));
    }
    let mut legs = form.legs(Decimal::NEGATIVE_ONE);
    legs.push(Leg::plain(account, -form.total));
    let entry = balanced_entry(form.date, legs)?;

    let id = company.id_for(EntityKind::RefundReceipt, call);
    let mut answer = form
        .answer(company, &id.to_string(), body, call, object())
        .with("Balance", money(Decimal::ZERO))
        .with_some("PaymentMethodRef", method);
    copy(body, &mut answer, &["PaymentRefNum", "PaymentType"]);
    let answer = answer.with("DepositToAccountRef", super::account_reference(company, account));
    company.book(EntityKind::RefundReceipt, id, entry, answer);
    Ok(id.to_string())
}
