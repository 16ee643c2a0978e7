//! Vendor: whom bills and purchases name, and what is owed to them.
//!
//! Shares names with customers. Names no document. Neighbours: `party` checks the name, `ledger` keeps each vendor's
//! A/P.

use super::party::{address, copy_person, party_name};
use crate::base::amount;
use crate::base::fault::Checked;
use crate::base::json::{Json, copy, object};
use crate::base::kind::EntityKind;
use crate::books::company::{Call, Company, NameSpace, currency, identity, number, reference};
use crate::books::records::Record;
use crate::options::Length;
use crate::query::ColumnType;
use crate::schema::Kind::{Bool, Date, Ignored, Number, Object, Ref, Text, TextOf};
use crate::schema::{Class, bases, classes};

pub(crate) static CLASS: Class = Class {
    name: "Vendor",
    base: bases::LIST_ENTRY,
    fields: &[
        ("Title", Text(16)),
        ("GivenName", Text(100)),
        ("MiddleName", Text(100)),
        ("FamilyName", Text(100)),
        ("Suffix", Text(16)),
        ("CompanyName", Text(100)),
        ("DisplayName", TextOf(Length::DisplayName)),
        ("PrintOnCheckName", Text(100)),
        ("PrimaryPhone", Object(&classes::PHONE)),
        ("AlternatePhone", Object(&classes::PHONE)),
        ("Mobile", Object(&classes::PHONE)),
        ("Fax", Object(&classes::PHONE)),
        ("PrimaryEmailAddr", Object(&classes::EMAIL)),
        ("WebAddr", Object(&classes::WEB)),
        ("BillAddr", Object(&classes::ADDRESS)),
        ("TermRef", Ref),
        ("AcctNum", Text(100)),
        ("Vendor1099", Bool),
        ("T4AEligible", Bool),
        ("T5018Eligible", Bool),
        ("TaxIdentifier", Text(20)),
        ("BusinessNumber", Text(20)),
        ("APAccountRef", Ref),
        ("BillRate", Number),
        ("CostRate", Number),
        ("TaxReportingBasis", Text(30)),
        ("HasTPAR", Bool),
        ("OpenBalanceDate", Date),
        ("Balance", Ignored),
        ("ClientEntityId", Ignored),
        ("V4IDPseudonym", Ignored),
    ],
};

pub(crate) const COLUMNS: &[(&str, ColumnType)] = &[
    ("DisplayName", ColumnType::Text),
    ("GivenName", ColumnType::Text),
    ("FamilyName", ColumnType::Text),
    ("CompanyName", ColumnType::Text),
    ("PrintOnCheckName", ColumnType::Text),
    ("Active", ColumnType::Bool),
    ("Balance", ColumnType::Number),
];

/// Creates a vendor from a body.
pub(crate) fn create(company: &mut Company, body: &Json, call: &Call) -> Checked<String> {
    let name = party_name(company, body, call)?;
    if let Some(term) = body.reference("TermRef") {
        company.active(EntityKind::Term, term).map_err(|fault| fault.at("TermRef"))?;
    }
    let takes_term = call.updating.is_some() || company.options.choices.new_vendors_have_terms;
    let id = company.id_for(EntityKind::Vendor, call).to_string();
    company.hold_name(NameSpace::Names, &name, &id);
    let mut vendor = object().with_some("BillAddr", address(company, body, "BillAddr"));
    copy(body, &mut vendor, &["AcctNum", "TaxIdentifier", "BillRate", "CostRate"]);
    vendor = vendor
        .with_some("TermRef", body.reference("TermRef").filter(|_| takes_term).map(|id| reference(id, None)))
        .with("Balance", Json::Number("0".into()))
        .with("Vendor1099", Json::Bool(body.flag("Vendor1099") == Some(true)))
        .with("CurrencyRef", currency());
    vendor = identity(vendor, &id, call.now);
    copy_person(body, &mut vendor, name, None);
    company.enter(EntityKind::Vendor, &id, vendor);
    Ok(id)
}

/// Lays the balance over a vendor: what the A/P accounts say, positive when owed.
pub(crate) fn view(company: &Company, record: &Record) -> Option<Json> {
    let balance = company.ledger.vendor_balance(number(&record.id));
    if balance.is_zero() {
        return None;
    }
    let mut body = record.body.clone();
    body.set("Balance", amount::money(balance));
    Some(body)
}
