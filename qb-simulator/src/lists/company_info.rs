//! CompanyInfo: name, country and plan of the company.
//!
//! Read-only here; made afresh from the options at every read. Neighbours: `options`.

use super::preferences::month_name;
use crate::company::{Company, identity};
use crate::entity::EntityKind;
use crate::json::{Json, object, text};
use crate::schema::{Class, bases};
use crate::store::Record;

/// Updates are not taken yet, so that a body is never checked against this.
pub(crate) static CLASS: Class = Class { name: "CompanyInfo", base: bases::LIST_ENTRY, fields: &[] };

/// The Id of the one CompanyInfo object; reads name the realm instead.
pub(crate) const ID: &str = "1";

/// Enters the one record.
pub(crate) fn insert(company: &mut Company) {
    company.store_mut(EntityKind::CompanyInfo).insert(ID.into(), object().with("Id", text(ID)));
}

/// The whole object.
pub(crate) fn view(company: &Company, _: &Record) -> Option<Json> {
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
    let body = object()
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
    Some(identity(body, ID, company.created))
}
