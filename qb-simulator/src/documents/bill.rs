//! Bill and VendorCredit: what is bought on account, and what a vendor takes back.
//!
//! A bill debits its lines and credits A/P by vendor; a vendor credit the other way round. A bill line that names a
//! purchase-order line receives it; a link that fits nothing is dropped without a word, as QuickBooks does. Neighbours:
//! `expense_lines` checks, `purchase_order` keeps the orders, `bill_payment` settles.

use rust_decimal::Decimal;

use super::expense_lines::{self, Payee};
use super::{check_header, copy_notes, purchase_order};
use crate::base::amount::money;
use crate::base::fault::{self, Checked};
use crate::base::json::{Json, copy, object, text};
use crate::base::kind::EntityKind;
use crate::books::company::{Call, Company, balanced_entry, currency, identity, number, reference};
use crate::books::ledger::Leg;
use crate::books::receivables::OpenItem;
use crate::query::ColumnType;
use crate::schema::Kind::{Bool, Date, Ignored, Object, Ref, Text};
use crate::schema::{Class, bases, classes};

pub(crate) static CLASS: Class = Class {
    name: "Bill",
    base: bases::DOCUMENT,
    fields: &[
        ("VendorRef", Ref),
        ("APAccountRef", Ref),
        ("SalesTermRef", Ref),
        ("DueDate", Date),
        ("DocNumber", Text(21)),
        ("DepartmentRef", Ref),
        ("ClassRef", Ref),
        ("VendorAddr", Object(&classes::ADDRESS)),
        ("RemitToAddr", Object(&classes::ADDRESS)),
        ("TotalAmt", Ignored),
        ("HomeTotalAmt", Ignored),
        ("Balance", Ignored),
        ("HomeBalance", Ignored),
        ("GlobalTaxCalculation", Text(50)),
        ("TxnTaxDetail", Object(&classes::TXN_TAX)),
        ("IncludeInAnnualTPAR", Bool),
    ],
};

pub(crate) static CREDIT_CLASS: Class =
    Class { name: "VendorCredit", base: CLASS.base, fields: CLASS.fields };

pub(crate) const COLUMNS: &[(&str, ColumnType)] = &[
    ("VendorRef", ColumnType::Text),
    ("DocNumber", ColumnType::Text),
    ("TxnDate", ColumnType::Date),
    ("DueDate", ColumnType::Date),
    ("SalesTermRef", ColumnType::Text),
    ("APAccountRef", ColumnType::Text),
    ("TotalAmt", ColumnType::Number),
    ("Balance", ColumnType::Number),
];

pub(crate) const CREDIT_COLUMNS: &[(&str, ColumnType)] = &[
    ("DocNumber", ColumnType::Text),
    ("TxnDate", ColumnType::Date),
    ("TotalAmt", ColumnType::Number),
    ("APAccountRef", ColumnType::Text),
];

/// Creates a bill from a body.
pub(crate) fn create(company: &mut Company, body: &Json, call: &Call) -> Checked<String> {
    company.options.needs_essentials("Bill")?;
    book(company, body, call, EntityKind::Bill)
}

/// Creates a vendor credit from a body.
pub(crate) fn create_credit(company: &mut Company, body: &Json, call: &Call) -> Checked<String> {
    company.options.needs_essentials("VendorCredit")?;
    book(company, body, call, EntityKind::VendorCredit)
}

fn book(company: &mut Company, body: &Json, call: &Call, kind: EntityKind) -> Checked<String> {
    let is_bill = kind == EntityKind::Bill;
    let (vendor_id, vendor_name) = super::vendor(company, body)?;
    let vendor = number(&vendor_id);
    let date = check_header(company, body, call)?;
    let payable = super::payable_account(company, body)?;
    check_number(company, body, kind, &vendor_id, call)?;
    let payee = Payee { vendor: Some(vendor), ..Payee::default() };
    let lines = expense_lines::check(company, body, payee, |line| {
        if is_bill { purchase_order::kept_link(company, line, &vendor_id) } else { None }
    })?;
    if lines.total.is_sign_negative() && !lines.total.is_zero() {
        return Err(fault::business("Transaction amount must be 0 or greater."));
    }
    let total = lines.total;
    let open = total - super::applied(&company.payables, call, Some(vendor), total)?;

    let payable = super::booked_payable_account(company, payable, call);
    let sign = if is_bill { Decimal::ONE } else { Decimal::NEGATIVE_ONE };
    let debits = lines.debits.iter().map(|leg| Leg { amount: leg.amount * sign, ..leg.clone() });
    let mut legs: Vec<Leg> = debits.collect();
    legs.push(Leg::of_vendor(payable, vendor, -(total * sign)));
    let entry = balanced_entry(date, legs)?;

    let id = company.id_for(kind, call);
    let address = crate::lists::party::address(company, body, "VendorAddr");
    let remit_to = crate::lists::party::address(company, body, "RemitToAddr");
    let mut answer = object();
    if is_bill {
        answer.push("DueDate", text(super::due_date(company, body, date, Some(&vendor_id))));
    }
    let mut answer = identity(answer.with("Balance", money(open)), &id.to_string(), call.now);
    copy(body, &mut answer, &["DocNumber"]);
    let mut answer = answer.with("TxnDate", text(date.to_string())).with("CurrencyRef", currency());
    copy_notes(company, body, &mut answer);
    let answer = answer
        .with("LinkedTxn", Json::List(vec![]))
        .with("Line", Json::List(lines.answer))
        .with("VendorRef", reference(&vendor_id, Some(&vendor_name)))
        .with_some("VendorAddr", address)
        .with_some("RemitToAddr", remit_to)
        .with("APAccountRef", super::account_reference(company, payable))
        .with("TotalAmt", money(total));
    let txn_type = if is_bill { "Bill" } else { "VendorCredit" };
    let item = OpenItem { customer: vendor, kind, txn_type, is_charge: is_bill, amount: total, open };
    company.payables.enter(id, item);
    company.book(kind, id, entry, answer);
    if is_bill {
        purchase_order::receive(company, id, call);
    }
    Ok(id.to_string())
}

/// Bill numbers are the vendor's: unique per vendor when the company warns of duplicates. Numbers of vendor credits are
/// unique when clients number purchases.
fn check_number(company: &Company, body: &Json, kind: EntityKind, vendor: &str, call: &Call) -> Checked<()> {
    let Some(number) = body.text_of("DocNumber") else { return Ok(()) };
    let is_bill = kind == EntityKind::Bill;
    let unique = match is_bill {
        true => company.options.warn_duplicate_bill_number,
        false => company.options.purchase_custom_txn_numbers,
    };
    if !unique || call.allow_duplicate_number {
        return Ok(());
    }
    let mut same = company.store(kind).find("DocNumber", number).filter(|record| call.is_other(record));
    match same.find(|record| !is_bill || record.body.reference("VendorRef") == Some(vendor)) {
        Some(record) => {
            Err(fault::duplicate_number(number, if is_bill { "Bill" } else { "Vendor Credit" }, &record.id))
        }
        None => Ok(()),
    }
}
