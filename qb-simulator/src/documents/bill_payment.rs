//! BillPayment: money to a vendor, and what it settles.
//!
//! Debits A/P with TotalAmt and credits the bank or the card. A line that names a purchase is dropped without a word, and
//! what the other lines settle counts as paid, as users have seen it. Neighbours: `settlement` moves the open amounts.

use rust_decimal::Decimal;

use super::settlement::{self, Application, Side};
use super::{check_header, copy_notes};
use crate::base::amount::{self, money};
use crate::base::fault::{self, Checked};
use crate::base::json::{Json, copy, object, text};
use crate::base::kind::EntityKind;
use crate::books::company::{Call, Company, balanced_entry, currency, identity, number, reference};
use crate::books::ledger::Leg;
use crate::books::receivables::OpenItem;
use crate::lists::account::{BANK, CREDIT_CARD, Special, has_type, special_account};
use crate::query::ColumnType;
use crate::schema::Kind::{Bool, Ignored, Number, Object, Ref, Text};
use crate::schema::{Class, bases};

pub(crate) static CLASS: Class = Class {
    name: "BillPayment",
    base: bases::DOCUMENT,
    fields: &[
        ("VendorRef", Ref),
        ("APAccountRef", Ref),
        ("PayType", Text(30)),
        ("CheckPayment", Object(&CHECK)),
        ("CreditCardPayment", Object(&CARD)),
        ("TotalAmt", Number),
        ("HomeTotalAmt", Ignored),
        ("DocNumber", Text(21)),
        ("DepartmentRef", Ref),
        ("ProcessBillPayment", Bool),
    ],
};

static CHECK: Class = Class {
    name: "BillPaymentCheck",
    base: &[],
    fields: &[("BankAccountRef", Ref), ("PrintStatus", Text(30)), ("CheckDetail", Ignored)],
};

static CARD: Class = Class {
    name: "BillPaymentCreditCard",
    base: &[],
    fields: &[("CCAccountRef", Ref), ("CCDetail", Ignored)],
};

pub(crate) const COLUMNS: &[(&str, ColumnType)] = &[
    ("VendorRef", ColumnType::Text),
    ("DocNumber", ColumnType::Text),
    ("TxnDate", ColumnType::Date),
    ("TotalAmt", ColumnType::Number),
    ("APAccountRef", ColumnType::Text),
];

/// Creates a bill payment from a body.
pub(crate) fn create(company: &mut Company, body: &Json, call: &Call) -> Checked<String> {
    company.options.needs_essentials("BillPayment")?;
    let (vendor_id, vendor_name) = super::vendor(company, body)?;
    let date = check_header(company, body, call)?;
    let stated = amount::money_member(body, "TotalAmt").ok_or_else(|| fault::required("TotalAmt"))?;
    if stated.is_sign_negative() && !stated.is_zero() {
        return Err(fault::number_range("TotalAmt", stated));
    }
    let given = body.get("Line").map_or(&[][..], Json::items);
    if given.is_empty() {
        return Err(fault::required("Line"));
    }
    let (paid_from, pay_type, link_type) = paid_from(company, body, stated)?;
    if let Some(number) = body.text_of("DocNumber").filter(|_| pay_type == "Check") {
        super::purchase::check_check_number(company, number, call)?;
    }
    let lines = settlement::check_lines(company, Side::Payable, body, number(&vendor_id))?;
    let applied: Decimal =
        lines.iter().map(|line| if line.is_charge { line.amount } else { -line.amount }).sum();
    let total = if lines.len() < given.len() { stated.max(applied) } else { stated };
    let unapplied = total - applied;
    if unapplied.is_sign_negative() && !unapplied.is_zero() {
        return Err(fault::business(
            "The amounts applied are larger than the payment and the credits together.",
        ));
    }
    let paid_from = match paid_from {
        None if !total.is_zero() => return Err(fault::required("BankAccountRef")),
        other => other,
    };

    let named = super::payable_account(company, body)?;
    let of_bills = payable_account(company, &lines);
    if named.is_some_and(|account| of_bills.is_some_and(|other| other != account)) {
        return Err(fault::invalid_account_type("APAccountRef"));
    }
    let payable = match of_bills.or(named) {
        Some(account) => account,
        None => special_account(company, Special::PAYABLE, call.now),
    };
    let mut legs = vec![Leg::of_vendor(payable, number(&vendor_id), total)];
    legs.extend(paid_from.map(|account| Leg::plain(account, -total)));
    let entry = balanced_entry(date, legs)?;

    let id = company.id_for(EntityKind::BillPayment, call);
    let answers = lines.iter().map(|line| line.answer(company, Side::Payable)).collect();
    let mut answer =
        object().with("VendorRef", reference(&vendor_id, Some(&vendor_name))).with("PayType", text(pay_type));
    copy(body, &mut answer, &["CheckPayment", "CreditCardPayment"]);
    for (detail, property) in [("CheckPayment", "BankAccountRef"), ("CreditCardPayment", "CCAccountRef")] {
        let Some(detail) = answer.get_mut(detail) else { continue };
        if let Some(named) =
            detail.reference(property).map(|id| super::account_reference(company, number(id)))
        {
            detail.set(property, named);
        }
    }
    let mut answer = identity(answer.with("TotalAmt", money(total)), &id.to_string(), call.now);
    copy(body, &mut answer, &["DocNumber"]);
    let mut answer = answer.with("TxnDate", text(date.to_string())).with("CurrencyRef", currency());
    copy_notes(company, body, &mut answer);
    if named.is_some() {
        answer.push("APAccountRef", super::account_reference(company, payable));
    }
    let answer = answer.with("LinkedTxn", Json::List(vec![])).with("Line", Json::List(answers));
    for line in &lines {
        line.apply(company, Side::Payable, (id, link_type), call);
    }
    let item = OpenItem {
        customer: number(&vendor_id),
        kind: EntityKind::BillPayment,
        txn_type: link_type,
        is_charge: false,
        amount: unapplied,
        open: unapplied,
    };
    company.payables.enter(id, item);
    company.book(EntityKind::BillPayment, id, entry, answer);
    Ok(id.to_string())
}

/// Returns the account paid from, PayType, and what a bill's link calls the payment. A check for nothing may
/// name no account.
fn paid_from(
    company: &Company,
    body: &Json,
    total: Decimal,
) -> Checked<(Option<u64>, &'static str, &'static str)> {
    let (detail, property, account_type, pay_type, link_type) = match body.text_of("PayType") {
        Some("Check") => ("CheckPayment", "BankAccountRef", BANK, "Check", "BillPaymentCheck"),
        Some("CreditCard") => {
            ("CreditCardPayment", "CCAccountRef", CREDIT_CARD, "CreditCard", "BillPaymentCreditCard")
        }
        Some(other) => return Err(fault::invalid_enumeration("PayType", other)),
        None => return Err(fault::required("PayType")),
    };
    let Some(id) = body.get(detail).and_then(|detail| detail.reference(property)) else {
        let may_name_none = !company.options.choices.zero_payment_needs_bank;
        return match may_name_none && pay_type == "Check" && total.is_zero() {
            true => Ok((None, pay_type, link_type)),
            false => Err(fault::required(property)),
        };
    };
    let record = company.active(EntityKind::Account, id)?;
    match has_type(&record.body, &[account_type]) {
        true => Ok((Some(number(id)), pay_type, link_type)),
        false => Err(fault::invalid_account_type(property)),
    }
}

/// Returns the A/P account of the first document that is settled.
fn payable_account(company: &Company, lines: &[Application<'_>]) -> Option<u64> {
    let line = lines.first()?;
    let legs = &company.ledger.entry(line.txn_id)?.legs;
    legs.iter().find(|leg| leg.vendor.is_some()).map(|leg| leg.account)
}
