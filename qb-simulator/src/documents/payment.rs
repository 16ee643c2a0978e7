//! Payment: money from a customer, and what it settles.
//!
//! Debits the deposit account and credits A/R with the whole TotalAmt, applied or not. Its lines move open amounts
//! only: charges (Invoice, Expense, Check) less credits (CreditMemo) may not exceed TotalAmt, and the rest stays
//! unapplied. Neighbours: `settlement` moves the open amounts.

use rust_decimal::Decimal;

use super::settlement::{self, Side};
use super::{check_header, copy_notes, customer};
use crate::base::amount::{self, money};
use crate::base::fault::{self, Checked};
use crate::base::json::{Json, copy, object, text};
use crate::base::kind::EntityKind;
use crate::books::company::{Call, Company, balanced_entry, currency, identity, number, reference};
use crate::books::ledger::Leg;
use crate::books::receivables::OpenItem;
use crate::lists::account::{Special, special_account};
use crate::options::Length;
use crate::query::ColumnType;
use crate::schema::Kind::{Bool, Ignored, Number, Ref, Text, TextOf};
use crate::schema::{Class, bases};

pub(crate) static CLASS: Class = Class {
    name: "Payment",
    base: bases::DOCUMENT,
    fields: &[
        ("CustomerRef", Ref),
        ("ARAccountRef", Ref),
        ("DepositToAccountRef", Ref),
        ("PaymentMethodRef", Ref),
        ("PaymentRefNum", TextOf(Length::PaymentRef)),
        ("PaymentType", Text(30)),
        ("TotalAmt", Number),
        ("UnappliedAmt", Ignored),
        ("ProcessPayment", Bool),
        ("CreditCardPayment", Ignored),
        ("RemitToRef", Ref),
        ("DepartmentRef", Ref),
        ("ClassRef", Ref),
    ],
};

pub(crate) const COLUMNS: &[(&str, ColumnType)] = &[
    ("CustomerRef", ColumnType::Text),
    ("TxnDate", ColumnType::Date),
    ("TotalAmt", ColumnType::Number),
    ("PaymentRefNum", ColumnType::Text),
    ("PaymentMethodRef", ColumnType::Text),
    ("ProjectRef", ColumnType::Text),
];

/// Creates a payment from a body.
pub(crate) fn create(company: &mut Company, body: &Json, call: &Call) -> Checked<String> {
    let date = check_header(company, body, call)?;
    let (customer_id, customer_name) =
        customer(company, body, true)?.ok_or_else(|| fault::required("CustomerRef"))?;
    let total = amount::money_member(body, "TotalAmt")
        .ok_or_else(|| fault::business("You must set a transaction amount"))?;
    if total.is_sign_negative() && !total.is_zero() {
        return Err(fault::number_range("TotalAmt", total));
    }
    let deposit_account = super::deposit_account(company, body)?;
    let payment_method = super::payment_method(company, body)?;
    if call.updating.is_none() {
        super::refuse_links(company, body)?;
    }
    let applications = settlement::check_lines(company, Side::Receivable, body, number(&customer_id))?;
    let applied: Decimal =
        applications.iter().map(|line| if line.is_charge { line.amount } else { -line.amount }).sum();
    let unapplied = total - applied;
    if unapplied.is_sign_negative() && !unapplied.is_zero() {
        return Err(fault::business(
            "The amounts applied are larger than the payment and the credits together.",
        ));
    }

    let receivable = special_account(company, Special::RECEIVABLE, call.now);
    let deposit_account = super::booked_deposit_account(company, deposit_account, call);
    let legs =
        vec![Leg::plain(deposit_account, total), Leg::of_customer(receivable, number(&customer_id), -total)];
    let entry = balanced_entry(date, legs)?;

    let id = company.id_for(EntityKind::Payment, call);
    let lines = applications.iter().map(|line| line.answer(company, Side::Receivable)).collect();
    let mut answer = object()
        .with("CustomerRef", reference(&customer_id, Some(&customer_name)))
        .with("DepositToAccountRef", reference(&deposit_account.to_string(), None))
        .with_some("PaymentMethodRef", payment_method);
    copy(body, &mut answer, &["PaymentRefNum"]);
    answer = identity(
        answer
            .with("TotalAmt", money(total))
            .with("UnappliedAmt", money(unapplied))
            .with("ProcessPayment", Json::Bool(false)),
        &id.to_string(),
        call.now,
    )
    .with("TxnDate", text(date.to_string()))
    .with("CurrencyRef", currency());
    copy_notes(company, body, &mut answer);
    let answer = answer.with("LinkedTxn", Json::List(vec![])).with("Line", Json::List(lines));

    for line in &applications {
        line.apply(company, Side::Receivable, (id, "Payment"), call);
    }
    let item = OpenItem {
        customer: number(&customer_id),
        kind: EntityKind::Payment,
        txn_type: "Payment",
        is_charge: false,
        amount: unapplied,
        open: unapplied,
    };
    company.receivables.enter(id, item);
    company.book(EntityKind::Payment, id, entry, answer);
    Ok(id.to_string())
}
