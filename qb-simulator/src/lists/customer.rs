//! Customer: whom sales forms and payments name, and what they owe.
//!
//! Names no document. Neighbours: `ledger` keeps each customer's A/R, the documents copy addresses.

use rust_decimal::Decimal;

use super::party::{address, copy_person, party_name};
use super::{full_name, parent};
use crate::base::amount;
use crate::base::fault::Checked;
use crate::base::json::{Json, copy, object, text};
use crate::base::kind::EntityKind;
use crate::books::company::{Call, Company, NameSpace, currency, identity, number, reference};
use crate::books::records::Record;
use crate::options::Length;
use crate::query::ColumnType;
use crate::schema::Kind::{Bool, Date, Ignored, Object, Ref, Text, TextOf};
use crate::schema::{Class, bases, classes};

pub(crate) static CLASS: Class = Class {
    name: "Customer",
    base: bases::LIST_ENTRY,
    fields: &[
        ("Title", Text(16)),
        ("GivenName", Text(100)),
        ("MiddleName", Text(100)),
        ("FamilyName", Text(100)),
        ("Suffix", Text(16)),
        ("CompanyName", Text(100)),
        ("DisplayName", TextOf(Length::DisplayName)),
        ("PrintOnCheckName", Text(110)),
        ("PrimaryPhone", Object(&classes::PHONE)),
        ("AlternatePhone", Object(&classes::PHONE)),
        ("Mobile", Object(&classes::PHONE)),
        ("Fax", Object(&classes::PHONE)),
        ("PrimaryEmailAddr", Object(&classes::EMAIL)),
        ("WebAddr", Object(&classes::WEB)),
        ("BillAddr", Object(&classes::ADDRESS)),
        ("ShipAddr", Object(&classes::ADDRESS)),
        ("Notes", Text(2000)),
        ("Job", Bool),
        ("BillWithParent", Bool),
        ("ParentRef", Ref),
        ("Level", Ignored),
        ("IsProject", Bool),
        ("Taxable", Bool),
        ("DefaultTaxCodeRef", Ref),
        ("TaxExemptionReasonId", Text(10)),
        ("ResaleNum", Text(16)),
        ("SalesTermRef", Ref),
        ("PaymentMethodRef", Ref),
        ("CustomerTypeRef", Ref),
        ("ARAccountRef", Ref),
        ("PreferredDeliveryMethod", Text(30)),
        ("OpenBalanceDate", Date),
        ("Balance", Ignored),
        ("BalanceWithJobs", Ignored),
        ("AcctNum", Text(100)),
        ("ClientEntityId", Ignored),
        ("V4IDPseudonym", Ignored),
        ("PrimaryTaxIdentifier", Text(20)),
    ],
};

pub(crate) const COLUMNS: &[(&str, ColumnType)] = &[
    ("DisplayName", ColumnType::Text),
    ("GivenName", ColumnType::Text),
    ("MiddleName", ColumnType::Text),
    ("FamilyName", ColumnType::Text),
    ("CompanyName", ColumnType::Text),
    ("PrintOnCheckName", ColumnType::Text),
    ("FullyQualifiedName", ColumnType::Text),
    ("PrimaryEmailAddr", ColumnType::Text),
    ("Active", ColumnType::Bool),
    ("Balance", ColumnType::Number),
];

/// What a query can order by and not ask for.
pub(crate) const SORTED: &[(&str, ColumnType)] = &[("BalanceWithJobs", ColumnType::Number)];

/// Creates a customer from a body.
pub(crate) fn create(company: &mut Company, body: &Json, call: &Call) -> Checked<String> {
    let name = party_name(company, body, call)?;
    let parent = parent(company, EntityKind::Customer, body)?;
    if let Some(method) = body.reference("PaymentMethodRef") {
        company.active(EntityKind::PaymentMethod, method)?;
    }
    if let Some(code) = body.reference("DefaultTaxCodeRef") {
        company.active(EntityKind::TaxCode, code)?;
    }
    let lists = [("SalesTermRef", EntityKind::Term), ("CustomerTypeRef", EntityKind::CustomerType)];
    for (property, kind) in lists {
        if let Some(id) = body.reference(property) {
            company.active(kind, id).map_err(|fault| fault.at(property))?;
        }
    }
    let id = company.id_for(EntityKind::Customer, call).to_string();
    company.hold_name(NameSpace::Names, &name, &id);
    let level = parent.as_ref().map_or(0, |(_, parent)| parent.split(':').count());
    let full_name = full_name(parent.as_ref(), &name);
    let mut customer = object()
        .with("Taxable", Json::Bool(body.flag("Taxable") != Some(false)))
        .with_some("BillAddr", address(company, body, "BillAddr"))
        .with_some("ShipAddr", address(company, body, "ShipAddr"));
    copy(
        body,
        &mut customer,
        &["Notes", "ResaleNum", "TaxExemptionReasonId", "AcctNum", "PrimaryTaxIdentifier"],
    );
    customer = customer
        .with("Job", Json::Bool(body.flag("Job") == Some(true)))
        .with("BillWithParent", Json::Bool(body.flag("BillWithParent") == Some(true)))
        .with_some("ParentRef", parent.as_ref().map(|(id, _)| reference(id, None)))
        .with_some("Level", parent.as_ref().map(|_| crate::base::json::integer(level)))
        .with_some("SalesTermRef", body.reference("SalesTermRef").map(|id| reference(id, None)))
        .with_some("CustomerTypeRef", body.reference("CustomerTypeRef").map(|id| reference(id, None)))
        .with_some("PaymentMethodRef", body.reference("PaymentMethodRef").map(|id| reference(id, None)))
        .with_some("DefaultTaxCodeRef", body.reference("DefaultTaxCodeRef").map(|id| reference(id, None)))
        .with("Balance", Json::Number("0".into()))
        .with("BalanceWithJobs", Json::Number("0".into()))
        .with("CurrencyRef", currency())
        .with("PreferredDeliveryMethod", text(delivery(body)))
        .with("IsProject", Json::Bool(false));
    customer = identity(customer, &id, call.now);
    copy_person(body, &mut customer, name, Some(full_name));
    company.enter(EntityKind::Customer, &id, customer);
    Ok(id)
}

fn delivery(body: &Json) -> String {
    body.text_of("PreferredDeliveryMethod").unwrap_or("Print").to_owned()
}

/// Lays the balances over a customer: what the A/R accounts say, of the customer alone and with all sub-customers.
pub(crate) fn view(company: &Company, record: &Record) -> Option<Json> {
    let balance = company.ledger.customer_balance(number(&record.id));
    let with_jobs = balance + of_jobs(company, &record.id);
    if balance.is_zero() && with_jobs.is_zero() {
        return None;
    }
    let mut body = record.body.clone();
    body.set("Balance", amount::money(balance));
    body.set("BalanceWithJobs", amount::money(with_jobs));
    Some(body)
}

/// Returns what the sub-customers of a customer owe, at every depth, inactive ones included.
fn of_jobs(company: &Company, id: &str) -> Decimal {
    let jobs = company.store(EntityKind::Customer).find("ParentRef", id);
    jobs.map(|job| company.ledger.customer_balance(number(&job.id)) + of_jobs(company, &job.id)).sum()
}
