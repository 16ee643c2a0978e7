//! Purchase: money spent by cash, check or card.
//!
//! Debits its lines and credits the account paid from; a card refund (Credit) the other way round. A line on an A/R
//! account is an open charge of the customer it pays, which a Payment can settle against a credit memo. Neighbours:
//! `payment` links it, `receivables` keeps the charge.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::expense_lines::{self, ExpenseLines, Payee};
use super::name_value;
use super::{check_header, copy_notes};
use crate::base::amount::money;
use crate::base::fault::{self, Checked};
use crate::base::json::{Json, copy, object, text};
use crate::base::kind::EntityKind;
use crate::books::company::{Call, Company, balanced_entry, currency, identity, number, reference};
use crate::books::ledger::Leg;
use crate::books::receivables::OpenItem;
use crate::books::records::Record;
use crate::lists::account::{BANK, CREDIT_CARD, has_type};
use crate::options::Length;
use crate::query::ColumnType;
use crate::schema::Kind::{Bool, Ignored, Object, Ref, Text, TextOf};
use crate::schema::{Class, bases, classes};

pub(crate) static CLASS: Class = Class {
    name: "Purchase",
    base: bases::DOCUMENT,
    fields: &[
        ("AccountRef", Ref),
        ("PaymentMethodRef", Ref),
        ("PaymentRefNum", TextOf(Length::PaymentRef)),
        ("PaymentType", Text(30)),
        ("CheckPayment", Ignored),
        ("CreditCardPayment", Ignored),
        ("EntityRef", Ref),
        ("Credit", Bool),
        ("RemitToAddr", Object(&classes::ADDRESS)),
        ("TotalAmt", Ignored),
        ("HomeTotalAmt", Ignored),
        ("Print", Bool),
        ("PrintStatus", Text(30)),
        ("DocNumber", Text(21)),
        ("Memo", Text(4000)),
        ("DepartmentRef", Ref),
        ("ClassRef", Ref),
        ("GlobalTaxCalculation", Text(50)),
        ("TxnTaxDetail", Object(&classes::TXN_TAX)),
    ],
};

pub(crate) const COLUMNS: &[(&str, ColumnType)] = &[
    ("DocNumber", ColumnType::Text),
    ("TxnDate", ColumnType::Date),
    ("PaymentType", ColumnType::Text),
    ("TotalAmt", ColumnType::Number),
    ("EntityRef", ColumnType::Text),
];

/// How it was paid, and what that means.
#[derive(Clone, Copy, PartialEq, Eq)]
enum PaidBy {
    Cash,
    Check,
    CreditCard,
    CreditCardCredit,
}

impl PaidBy {
    fn of(body: &Json) -> Checked<PaidBy> {
        match body.text_of("PaymentType").ok_or_else(|| fault::required("PaymentType"))? {
            "Cash" => Ok(PaidBy::Cash),
            "Check" => Ok(PaidBy::Check),
            "CreditCard" if body.flag("Credit") == Some(true) => Ok(PaidBy::CreditCardCredit),
            "CreditCard" => Ok(PaidBy::CreditCard),
            other => Err(fault::invalid_enumeration("PaymentType", other)),
        }
    }

    fn payment_type(self) -> &'static str {
        match self {
            PaidBy::Cash => "Cash",
            PaidBy::Check => "Check",
            PaidBy::CreditCard | PaidBy::CreditCardCredit => "CreditCard",
        }
    }

    fn account_type(self) -> &'static str {
        match self {
            PaidBy::Cash | PaidBy::Check => BANK,
            PaidBy::CreditCard | PaidBy::CreditCardCredit => CREDIT_CARD,
        }
    }

    /// Returns what a LinkedTxn calls it.
    fn txn_type(self) -> &'static str {
        match self {
            PaidBy::Cash | PaidBy::CreditCard => "Expense",
            PaidBy::Check => "Check",
            PaidBy::CreditCardCredit => "CreditCardCredit",
        }
    }

    /// Returns the number QuickBooks shows in PurchaseEx.
    fn txn_type_number(self) -> &'static str {
        match self {
            PaidBy::Cash | PaidBy::CreditCard => "54",
            PaidBy::Check => "3",
            PaidBy::CreditCardCredit => "11",
        }
    }
}

/// Creates a purchase from a body.
pub(crate) fn create(company: &mut Company, body: &Json, call: &Call) -> Checked<String> {
    let date = check_header(company, body, call)?;
    let paid_by = PaidBy::of(body)?;
    let account = check_account(company, body, paid_by)?;
    let payee = check_payee(company, body)?;
    check_number(company, body, paid_by, call)?;
    let payment_method = super::payment_method(company, body)?;
    if body.get("CustomField").is_some_and(|fields| !fields.items().is_empty()) {
        return Err(fault::invalid_custom_field("of a Purchase"));
    }
    let party = |kind| payee.as_ref().filter(|paid| paid.kind == kind).map(|paid| number(&paid.id));
    let parties = Payee {
        customer: party(EntityKind::Customer),
        vendor: party(EntityKind::Vendor),
        may_use_control_accounts: true,
    };
    let lines = expense_lines::check(company, body, parties, |_| None)?;
    if lines.total.is_sign_negative() && !lines.total.is_zero() {
        return Err(fault::business("Transaction amount must be 0 or greater."));
    }
    if [lines.receivable, lines.payable].iter().any(|sum| sum.is_sign_negative() && !sum.is_zero()) {
        return Err(fault::business(
            "The lines of a purchase on accounts receivable or payable must not be negative together.",
        ));
    }
    let is_charge = paid_by != PaidBy::CreditCardCredit;
    let receivable = parties.customer.filter(|_| !lines.receivable.is_zero());
    let applied = super::applied(&company.receivables, call, receivable, lines.receivable)?;
    let (entry_date, total) = (date, lines.total);
    let entry = entry(account, paid_by, entry_date, &lines)?;

    let id = company.id_for(EntityKind::Purchase, call);
    let answer = answer(
        company,
        id,
        body,
        call,
        paid_by,
        (account, date, total),
        &payee,
        payment_method,
        lines.answer.clone(),
    );
    super::stand(
        &mut company.receivables,
        id,
        receivable.map(|customer| OpenItem {
            customer,
            kind: EntityKind::Purchase,
            txn_type: paid_by.txn_type(),
            is_charge,
            amount: lines.receivable,
            open: lines.receivable - applied,
        }),
    );
    super::stand(
        &mut company.payables,
        id,
        parties.vendor.filter(|_| !lines.payable.is_zero()).map(|customer| OpenItem {
            customer,
            kind: EntityKind::Purchase,
            txn_type: paid_by.txn_type(),
            is_charge: !is_charge,
            amount: lines.payable,
            open: lines.payable,
        }),
    );
    company.book(EntityKind::Purchase, id, entry, answer);
    Ok(id.to_string())
}

/// Returns the account paid from: Bank for Cash and Check, Credit Card for CreditCard, else 6430.
fn check_account(company: &Company, body: &Json, paid_by: PaidBy) -> Checked<u64> {
    let id = body.reference("AccountRef").ok_or_else(|| fault::required("AccountRef"))?;
    let record = company.active(EntityKind::Account, id)?;
    match has_type(&record.body, &[paid_by.account_type()]) {
        true => Ok(number(id)),
        false => Err(fault::invalid_account_type("AccountRef")),
    }
}

/// Who was paid.
struct Paid {
    /// Customer, Vendor or Employee.
    kind: EntityKind,
    id: String,
    name: String,
}

fn check_payee(company: &Company, body: &Json) -> Checked<Option<Paid>> {
    let Some(id) = body.reference("EntityRef") else { return Ok(None) };
    let stated = body.get("EntityRef").and_then(|entity| entity.text_of("type"));
    let kind = match stated.map(str::to_ascii_lowercase).as_deref() {
        Some("customer") => EntityKind::Customer,
        Some("vendor") => EntityKind::Vendor,
        Some("employee") => EntityKind::Employee,
        Some(other) => return Err(fault::invalid_enumeration("EntityRef.type", other)),
        None if company.store(EntityKind::Vendor).get(id).is_some() => EntityKind::Vendor,
        None => EntityKind::Customer,
    };
    let record = company.active(kind, id).map_err(|fault| fault.at("EntityRef"))?;
    let name = record.body.text_of("DisplayName").unwrap_or_default().to_owned();
    Ok(Some(Paid { kind, id: id.to_owned(), name }))
}

/// Numbers of cash and card purchases are unique when clients number purchases; numbers of checks when the company
/// warns of duplicates.
fn check_number(company: &Company, body: &Json, paid_by: PaidBy, call: &Call) -> Checked<()> {
    let Some(number) = body.text_of("DocNumber") else { return Ok(()) };
    if paid_by == PaidBy::Check {
        return check_check_number(company, number, call);
    }
    if !company.options.purchase_custom_txn_numbers || call.allow_duplicate_number {
        return Ok(());
    }
    let mut same = company.store(EntityKind::Purchase).find("DocNumber", number);
    match same.find(|record| call.is_other(record) && !is_check(record)) {
        Some(record) => Err(fault::duplicate_number(number, "Expense", &record.id)),
        None => Ok(()),
    }
}

fn is_check(record: &Record) -> bool {
    let paid_by = record.body.text_of("PaymentType").or_else(|| record.body.text_of("PayType"));
    paid_by == Some("Check")
}

/// Checks and bill payments by check share their numbers, where the company warns of duplicates.
pub(super) fn check_check_number(company: &Company, number: &str, call: &Call) -> Checked<()> {
    if !company.options.warn_duplicate_check_number || call.allow_duplicate_number {
        return Ok(());
    }
    let of = |kind| company.store(kind).find("DocNumber", number);
    let mut same = of(EntityKind::Purchase).chain(of(EntityKind::BillPayment));
    match same.find(|record| call.is_other(record) && is_check(record)) {
        Some(record) => Err(fault::duplicate_number(number, "Check", &record.id)),
        None => Ok(()),
    }
}

fn entry(
    account: u64,
    paid_by: PaidBy,
    date: NaiveDate,
    lines: &ExpenseLines,
) -> Checked<crate::books::ledger::Entry> {
    let sign = if paid_by == PaidBy::CreditCardCredit { Decimal::NEGATIVE_ONE } else { Decimal::ONE };
    let mut legs: Vec<Leg> =
        lines.debits.iter().map(|leg| Leg { amount: leg.amount * sign, ..leg.clone() }).collect();
    legs.push(Leg::plain(account, -(lines.total * sign)));
    balanced_entry(date, legs)
}

#[expect(clippy::too_many_arguments, reason = "everything the answer shows, once")]
fn answer(
    company: &mut Company,
    id: u64,
    body: &Json,
    call: &Call,
    paid_by: PaidBy,
    (account, date, total): (u64, NaiveDate, Decimal),
    payee: &Option<Paid>,
    payment_method: Option<Json>,
    lines: Vec<Json>,
) -> Json {
    let remit_to = crate::lists::party::address(company, body, "RemitToAddr");
    let entity =
        payee.as_ref().map(|paid| reference(&paid.id, Some(&paid.name)).with("type", text(paid.kind.name())));
    let is_card = paid_by.account_type() == CREDIT_CARD;
    let mut answer = object()
        .with("AccountRef", super::account_reference(company, account))
        .with_some("PaymentMethodRef", payment_method)
        .with("PaymentType", text(paid_by.payment_type()))
        .with_some("EntityRef", entity)
        .with_some("RemitToAddr", remit_to)
        .with_some("Credit", is_card.then_some(Json::Bool(paid_by == PaidBy::CreditCardCredit)))
        .with("TotalAmt", money(total));
    if paid_by == PaidBy::Check {
        let print_status = company.options.choices.print_status.name();
        answer.push("PrintStatus", text(body.text_of("PrintStatus").unwrap_or(print_status).to_owned()));
    }
    let txn_type = name_value("TxnType", paid_by.txn_type_number().to_owned());
    let mut answer = identity(
        answer.with("PurchaseEx", object().with("any", Json::List(vec![txn_type]))),
        &id.to_string(),
        call.now,
    )
    .with("CustomField", Json::List(vec![]));
    copy(body, &mut answer, &["DocNumber"]);
    let mut answer = answer.with("TxnDate", text(date.to_string())).with("CurrencyRef", currency());
    copy_notes(company, body, &mut answer);
    answer.with("Line", Json::List(lines))
}
