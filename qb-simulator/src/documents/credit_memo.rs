//! CreditMemo: a credit on account.
//!
//! Posts the reverse of an invoice; applied to charges through a Payment. Neighbours: `sales_form` checks,
//! `payment` applies.

use rust_decimal::Decimal;

use super::sales_form;
use crate::base::amount::money;
use crate::base::fault::{self, Checked};
use crate::base::json::{Json, object};
use crate::base::kind::EntityKind;
use crate::books::company::{Call, Company, balanced_entry};
use crate::books::ledger::Leg;
use crate::books::receivables::OpenItem;
use crate::lists::account::{Special, special_account};
use crate::query::ColumnType;
use crate::schema::Kind::{Ignored, Ref};
use crate::schema::{Class, bases};

pub(crate) static CLASS: Class = Class {
    name: "CreditMemo",
    base: bases::SALES_FORM,
    fields: &[("SalesTermRef", Ref), ("RemainingCredit", Ignored), ("PaymentMethodRef", Ref)],
};

pub(crate) const COLUMNS: &[(&str, ColumnType)] = &[
    ("CustomerRef", ColumnType::Text),
    ("DocNumber", ColumnType::Text),
    ("TxnDate", ColumnType::Date),
    ("SalesTermRef", ColumnType::Text),
    ("Balance", ColumnType::Number),
    ("ProjectRef", ColumnType::Text),
];

/// Creates a credit memo from a body.
pub(crate) fn create(company: &mut Company, body: &Json, call: &Call) -> Checked<String> {
    let form = sales_form::check(company, EntityKind::CreditMemo, body, call, true)?;
    let method = super::payment_method(company, body)?;
    let customer = form.customer_id().ok_or_else(|| fault::required("CustomerRef"))?;
    let total = form.total;
    let open = total - super::applied(&company.receivables, call, Some(customer), total)?;

    let receivable = special_account(company, Special::RECEIVABLE, call.now);
    let mut legs = form.legs(Decimal::NEGATIVE_ONE);
    legs.push(Leg::of_customer(receivable, customer, -total));
    let entry = balanced_entry(form.date, legs)?;

    let id = company.id_for(EntityKind::CreditMemo, call);
    let answer = form
        .answer(company, &id.to_string(), body, call, object())
        .with_some("PaymentMethodRef", method)
        .with("RemainingCredit", money(open))
        .with("Balance", money(open));
    let item = OpenItem {
        customer,
        kind: EntityKind::CreditMemo,
        txn_type: "CreditMemo",
        is_charge: false,
        amount: total,
        open,
    };
    company.receivables.enter(id, item);
    company.book(EntityKind::CreditMemo, id, entry, answer);
    Ok(id.to_string())
}
