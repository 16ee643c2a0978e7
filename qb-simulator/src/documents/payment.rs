//! Payment: money from a customer, and what it settles.
//!
//! Debits the deposit account and credits A/R with the whole TotalAmt, applied or not. Its lines move open amounts
//! only: charges (Invoice, Expense, Check) less credits (CreditMemo) may not exceed TotalAmt, and the rest stays
//! unapplied. Neighbours: `receivables` keeps the open amounts.

use std::collections::HashMap;

use rust_decimal::Decimal;

use super::{check_header, copy_notes, customer};
use crate::amount::{self, money, two_decimals};
use crate::company::{Call, Company, balanced_entry, currency, identity, number, reference, touch};
use crate::entity::EntityKind;
use crate::fault::{self, Checked};
use crate::json::{Json, object, text};
use crate::ledger::Leg;
use crate::lists::account::Special;
use crate::lists::customer::copy;
use crate::query::ColumnType;
use crate::receivables::OpenItem;
use crate::schema::Kind::{Bool, Ignored, Number, Ref, Text};
use crate::schema::{Class, bases};

pub(crate) static CLASS: Class = Class {
    name: "Payment",
    base: bases::DOCUMENT,
    fields: &[
        ("CustomerRef", Ref),
        ("ARAccountRef", Ref),
        ("DepositToAccountRef", Ref),
        ("PaymentMethodRef", Ref),
        ("PaymentRefNum", Text(21)),
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

/// One line that passed its checks.
struct Application<'a> {
    txn_id: u64,
    txn_type: &'a str,
    kind: EntityKind,
    amount: Decimal,
    is_charge: bool,
}

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
    super::refuse_links(company, body)?;
    let applications = check_lines(company, body, number(&customer_id))?;
    let applied: Decimal =
        applications.iter().map(|line| if line.is_charge { line.amount } else { -line.amount }).sum();
    let unapplied = total - applied;
    if unapplied.is_sign_negative() && !unapplied.is_zero() {
        return Err(fault::business(
            "The amounts applied are larger than the payment and the credits together.",
        ));
    }

    let receivable = company.special_account(Special::RECEIVABLE, call.now);
    let deposit_account = super::booked_deposit_account(company, deposit_account, call);
    let legs = vec![
        Leg { account: deposit_account, customer: None, amount: total },
        Leg { account: receivable, customer: Some(number(&customer_id)), amount: -total },
    ];
    let entry = balanced_entry(date, legs)?;

    let id = company.next_id(EntityKind::Payment);
    let lines = applications.iter().map(|line| answer_line(company, line)).collect();
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
    copy_notes(body, &mut answer);
    let answer = answer.with("LinkedTxn", Json::List(vec![])).with("Line", Json::List(lines));

    for line in &applications {
        apply(company, id, line, call);
    }
    let item = OpenItem {
        customer: number(&customer_id),
        kind: EntityKind::Payment,
        txn_type: "Payment",
        is_charge: false,
        open: unapplied,
    };
    company.receivables.enter(id, item);
    company.book(EntityKind::Payment, id, entry, answer);
    Ok(id.to_string())
}

/// Checks each line, and that no document is paid beyond what is open on it.
fn check_lines<'a>(company: &Company, body: &'a Json, customer: u64) -> Checked<Vec<Application<'a>>> {
    let mut applications = Vec::new();
    let mut by_document: HashMap<u64, Decimal> = HashMap::new();
    for line in body.get("Line").map_or(&[][..], Json::items) {
        let amount = amount::money_member(line, "Amount").ok_or_else(|| fault::required("Amount"))?;
        if amount.is_sign_negative() && !amount.is_zero() {
            return Err(fault::number_range("Amount", amount));
        }
        let [link] = line.get("LinkedTxn").map_or(&[][..], Json::items) else {
            return match line.get("LinkedTxn").map_or(0, |links| links.items().len()) {
                0 => Err(fault::required("LinkedTxn")),
                _ => Err(fault::business("A payment line links exactly one transaction.")),
            };
        };
        let application = check_link(company, link, customer, amount)?;
        let sum = by_document.entry(application.txn_id).or_default();
        *sum += amount;
        let open = company.receivables.item(application.txn_id).map(|item| item.open).unwrap_or_default();
        if *sum > open {
            return Err(fault::business(&format!(
                "The amount applied to transaction {} is larger than its open balance of {}.",
                application.txn_id,
                two_decimals(open)
            )));
        }
        applications.push(application);
    }
    Ok(applications)
}

/// 2020 for a missing member, 610 for an unknown transaction, 620 for one that cannot be linked.
fn check_link<'a>(
    company: &Company,
    link: &'a Json,
    customer: u64,
    amount: Decimal,
) -> Checked<Application<'a>> {
    let id = link.text_of("TxnId").ok_or_else(|| fault::required("TxnId"))?;
    let txn_type = link.text_of("TxnType").ok_or_else(|| fault::required("TxnType"))?;
    let txn_id: u64 = id.parse().map_err(|_| fault::invalid_id(id))?;
    if company.transaction_kind(txn_id).is_none() {
        return Err(fault::deleted_transaction().at("TxnId"));
    }
    let item = company
        .receivables
        .item(txn_id)
        .ok_or_else(|| fault::cannot_link(id, "it is not on an accounts receivable account."))?;
    if item.txn_type != txn_type || !matches!(txn_type, "Invoice" | "CreditMemo" | "Expense" | "Check") {
        return Err(fault::cannot_link(id, "its type cannot be linked to a payment."));
    }
    if item.customer != customer {
        return Err(fault::cannot_link(id, "it belongs to another customer."));
    }
    Ok(Application { txn_id, txn_type, kind: item.kind, amount, is_charge: item.is_charge })
}

/// The line as answered, with the open balance as it was before this payment.
fn answer_line(company: &Company, line: &Application<'_>) -> Json {
    let id = line.txn_id.to_string();
    let open = company.receivables.item(line.txn_id).map(|item| item.open).unwrap_or_default();
    let number = company.store(line.kind).get(&id).and_then(|record| record.body.text_of("DocNumber"));
    let mut any = vec![name_value("txnId", id.clone()), name_value("txnOpenBalance", two_decimals(open))];
    any.extend(number.map(|number| name_value("txnReferenceNumber", number.to_owned())));
    let link = object().with("TxnId", text(id)).with("TxnType", text(line.txn_type.to_owned()));
    object()
        .with("Amount", money(line.amount))
        .with("LinkedTxn", Json::List(vec![link]))
        .with("LineEx", object().with("any", Json::List(any)))
}

/// One element of an extension block, with the member names QuickBooks leaks from its own serialiser.
pub(crate) fn name_value(name: &'static str, value: String) -> Json {
    object()
        .with("name", text("{http://schema.intuit.com/finance/v3}NameValue"))
        .with("declaredType", text("com.intuit.schema.finance.v3.NameValue"))
        .with("scope", text("javax.xml.bind.JAXBElement$GlobalScope"))
        .with("value", object().with("Name", text(name)).with("Value", text(value)))
        .with("nil", Json::Bool(false))
        .with("globalScope", Json::Bool(true))
        .with("typeSubstituted", Json::Bool(false))
}

/// Lowers the linked document's open amount; it gains the link and a higher SyncToken.
fn apply(company: &mut Company, payment: u64, line: &Application<'_>, call: &Call) {
    let open = company.receivables.apply(line.txn_id, line.amount);
    let link = object().with("TxnId", text(payment.to_string())).with("TxnType", text("Payment"));
    company.store_mut(line.kind).change(&line.txn_id.to_string(), |body| {
        for balance in ["Balance", "RemainingCredit"] {
            if body.get(balance).is_some() {
                body.set(balance, money(open));
            }
        }
        match body.get_mut("LinkedTxn") {
            Some(Json::List(links)) if links.contains(&link) => {}
            Some(Json::List(links)) => links.push(link),
            _ => body.set("LinkedTxn", Json::List(vec![link])),
        }
        touch(body, call.now);
    });
}
