//! CompanyInfo: name, country and plan of the company.
//!
//! Made from the options at every read; what an update has set is stored and laid over it. Neighbours: `options`.

use chrono::{DateTime, FixedOffset};

use super::preferences::{and_identity, month_name};
use crate::base::fault::{self, Checked};
use crate::base::json::{Json, object, text};
use crate::base::kind::EntityKind;
use crate::books::company::{Company, identity, touch};
use crate::books::records::Record;
use crate::schema::Kind::{Ignored, Object, Text};
use crate::schema::{Class, bases, classes};

pub(crate) static CLASS: Class = Class {
    name: "CompanyInfo",
    base: bases::LIST_ENTRY,
    fields: &[
        ("CompanyName", Text(1024)),
        ("LegalName", Text(1024)),
        ("CompanyAddr", Object(&classes::ADDRESS)),
        ("CustomerCommunicationAddr", Object(&classes::ADDRESS)),
        ("LegalAddr", Object(&classes::ADDRESS)),
        ("CustomerCommunicationEmailAddr", Object(&classes::EMAIL)),
        ("PrimaryPhone", Object(&classes::PHONE)),
        ("Email", Object(&classes::EMAIL)),
        ("WebAddr", Object(&classes::WEB)),
        ("CompanyStartDate", Ignored),
        ("FiscalYearStartMonth", Ignored),
        ("Country", Ignored),
        ("SupportedLanguages", Ignored),
        ("DefaultTimeZone", Ignored),
        ("EmployerId", Ignored),
        ("NameValue", Ignored),
    ],
};

/// What an update can set.
const WRITABLE: &[&str] = &[
    "CompanyName",
    "LegalName",
    "CompanyAddr",
    "CustomerCommunicationAddr",
    "LegalAddr",
    "CustomerCommunicationEmailAddr",
    "PrimaryPhone",
    "Email",
    "WebAddr",
];

/// Sets what a checked body names. A member that is left out stays as it is, in a full update too; the plan, the country
/// and the fiscal year cannot be set and are ignored.
pub(crate) fn update(company: &mut Company, body: &Json, now: DateTime<FixedOffset>) -> Checked<()> {
    for email in ["Email", "CustomerCommunicationEmailAddr"] {
        let address = body.get(email).and_then(|email| email.text_of("Address"));
        if let Some(address) = address.filter(|address| !address.contains('@') || !address.contains('.')) {
            return Err(fault::invalid_email(address));
        }
    }
    company.store_mut(EntityKind::CompanyInfo).change(ID, |record| {
        for name in WRITABLE {
            if let Some(value) = body.get(name).filter(|value| value.as_text() != Some("")) {
                record.set(name, value.clone());
            }
        }
        touch(record, now);
    });
    Ok(())
}

/// The Id of the one CompanyInfo object; reads name the realm instead.
pub(crate) const ID: &str = "1";

/// Enters the one record.
pub(crate) fn insert(company: &mut Company) {
    let now = company.created;
    company.store_mut(EntityKind::CompanyInfo).insert(ID.into(), identity(object(), ID, now));
}

/// Returns the whole object.
pub(crate) fn view(company: &Company, record: &Record) -> Option<Json> {
    let options = &company.options;
    let address = || {
        object()
            .with("Id", text("1"))
            .with("Line1", text("1 Loopback Lane"))
            .with("City", text("Localhost"))
            .with("CountrySubDivisionCode", text("CA"))
            .with("PostalCode", text("94000"))
            .with("Country", text("US"))
    };
    let pair =
        |name: &'static str, value: String| object().with("Name", text(name)).with("Value", text(value));
    let mut body = object()
        .with("CompanyName", text(options.company_name.clone()))
        .with("LegalName", text(options.company_name.clone()))
        .with("CompanyAddr", address())
        .with("CustomerCommunicationAddr", address())
        .with("LegalAddr", address())
        .with("CompanyStartDate", text(company.created.date_naive().to_string()))
        .with("FiscalYearStartMonth", text(month_name(options.fiscal_year_start_month)))
        .with("Country", text("US"))
        .with("Email", object().with("Address", text("books@example.com")))
        .with("SupportedLanguages", text("en"))
        .with("DefaultTimeZone", text("America/Los_Angeles"))
        .with(
            "NameValue",
            Json::List(vec![
                pair("OfferingSku", options.offering_sku.clone()),
                pair("SubscriptionStatus", "SUBSCRIBED".into()),
                pair("NeoEnabled", "true".into()),
                pair("IndustryType", "Retail".into()),
            ]),
        );
    for name in WRITABLE.iter().filter(|name| record.body.get(name).is_some()) {
        body.remove(name);
    }
    Some(and_identity(body, record))
}
