//! The tax service: makes a tax code with its rates; and tax agencies.
//!
//! An agency's liability account is called after it and made with its first rate. Neighbours: `tax` holds the lists,
//! `documents::sales_tax` computes with the groups.

use rust_decimal::Decimal;

use super::account::{self, NewAccount};
use crate::base::amount;
use crate::base::fault::{self, Checked};
use crate::base::json::{Json, integer, object, text};
use crate::base::kind::EntityKind;
use crate::books::company::{Call, Company, NameSpace, identity, reference};
use crate::books::tax_group::{TaxGroup, TaxRate};
use crate::schema::Kind::{Ignored, List, Number, Text};
use crate::schema::{self, Class};

static SERVICE: Class = Class {
    name: "TaxService",
    base: &[],
    fields: &[
        ("Id", Ignored),
        ("TaxCode", Text(100)),
        ("TaxCodeId", Text(50)),
        ("TaxRateDetails", List(&DETAIL)),
    ],
};

static DETAIL: Class = Class {
    name: "TaxRateDetails",
    base: &[],
    fields: &[
        ("TaxRateName", Text(100)),
        ("TaxRateId", Text(50)),
        ("RateValue", Number),
        ("TaxAgencyId", Text(50)),
        ("TaxApplicableOn", Text(30)),
    ],
};

/// A rate to make, or one that is there.
enum Rate {
    New { name: String, percent: Decimal, agency: String },
    Known(TaxRate),
}

/// Creates a tax code from a body; the answer is the body with the ids.
pub(crate) fn create(company: &mut Company, body: &Json, call: &Call) -> Checked<Json> {
    schema::check(body, &SERVICE, &company.options.choices)?;
    let name = body.text_of("TaxCode").ok_or_else(|| fault::required("TaxCode"))?.to_owned();
    if company.store(EntityKind::TaxCode).find("Name", &name).next().is_some() {
        return Err(fault::duplicate_name("Another tax code is already using this name."));
    }
    let details = body.get("TaxRateDetails").map_or(&[][..], Json::items);
    if details.is_empty() {
        return Err(fault::required("TaxRateDetails"));
    }
    let mut rates = Vec::new();
    let mut names: Vec<String> = Vec::new();
    for detail in details {
        let rate = check_rate(company, detail)?;
        let key = match &rate {
            Rate::New { name, .. } => name.to_lowercase(),
            Rate::Known(rate) => rate.id.clone(),
        };
        if names.contains(&key) {
            return Err(fault::duplicate_name("Another tax rate is already using this name."));
        }
        names.push(key);
        rates.push(rate);
    }

    let mut booked = Vec::new();
    for rate in rates {
        booked.push(match rate {
            Rate::Known(rate) => rate,
            Rate::New { name, percent, agency } => insert_rate(company, &name, percent, &agency, call),
        });
    }
    let id = company.next_id(EntityKind::TaxCode).to_string();
    let list = booked.iter().enumerate().map(|(at, rate)| {
        object()
            .with("TaxRateRef", reference(&rate.id, None))
            .with("TaxTypeApplicable", text("TaxOnAmount"))
            .with("TaxOrder", integer(at))
    });
    let code = object()
        .with("Name", text(name.clone()))
        .with("Description", text(name.clone()))
        .with("Active", Json::Bool(true))
        .with("Taxable", Json::Bool(true))
        .with("TaxGroup", Json::Bool(true))
        .with("SalesTaxRateList", object().with("TaxRateDetail", Json::List(list.collect())))
        .with("PurchaseTaxRateList", object().with("TaxRateDetail", Json::List(vec![])));
    company.store_mut(EntityKind::TaxCode).insert(id.clone(), identity(code, &id, call.now));
    let answered = details.iter().zip(&booked).map(|(detail, rate)| {
        let mut detail = detail.clone();
        detail.set("TaxRateId", text(rate.id.clone()));
        detail
    });
    let answer = object()
        .with("TaxCode", text(name))
        .with("TaxCodeId", text(id.clone()))
        .with("TaxRateDetails", Json::List(answered.collect()));
    company.tax_groups.push(TaxGroup { id, rates: booked });
    Ok(answer)
}

fn check_rate(company: &Company, detail: &Json) -> Checked<Rate> {
    if let Some(id) = detail.text_of("TaxRateId") {
        let rates = company.tax_groups.iter().flat_map(|group| &group.rates);
        let known = rates.into_iter().find(|rate| rate.id == id);
        return known.cloned().map(Rate::Known).ok_or_else(|| fault::invalid_reference("TaxRates", id));
    }
    match detail.text_of("TaxApplicableOn") {
        None | Some("Sales") => {}
        Some("Purchase") => return Err(fault::feature_not_supported("tax on purchases")),
        Some(other) => return Err(fault::invalid_enumeration("TaxApplicableOn", other)),
    }
    let name = detail.text_of("TaxRateName").ok_or_else(|| fault::required("TaxRateName"))?;
    let percent = amount::member(detail, "RateValue").ok_or_else(|| fault::required("RateValue"))?;
    if percent < Decimal::ZERO || percent > Decimal::ONE_HUNDRED {
        return Err(fault::out_of_range("RateValue", &percent.to_string(), "0 to 100"));
    }
    let agency = detail.text_of("TaxAgencyId").ok_or_else(|| fault::required("TaxAgencyId"))?;
    if company.store(EntityKind::TaxAgency).get(agency).is_none() {
        return Err(fault::invalid_reference("TaxAgencies", agency).at("TaxAgencyId"));
    }
    if company.store(EntityKind::TaxRate).find("Name", name).next().is_some() {
        return Err(fault::duplicate_name("Another tax rate is already using this name."));
    }
    Ok(Rate::New { name: name.to_owned(), percent, agency: agency.to_owned() })
}

fn insert_rate(company: &mut Company, name: &str, percent: Decimal, agency: &str, call: &Call) -> TaxRate {
    let record = company.store(EntityKind::TaxAgency).get(agency);
    let called = record.and_then(|record| record.body.text_of("DisplayName")).unwrap_or_default();
    let account_name = format!("{called} Payable");
    let payable = match company.account_by("Name", &account_name) {
        Some(account) => account,
        None => {
            let new = NewAccount::plain(&account_name, "Other Current Liability", "SalesTaxPayable");
            account::insert(company, &new, call)
        }
    };
    let id = company.next_id(EntityKind::TaxRate).to_string();
    let rate = object()
        .with("Name", text(name.to_owned()))
        .with("Description", text(name.to_owned()))
        .with("Active", Json::Bool(true))
        .with("RateValue", amount::shortest(percent))
        .with("AgencyRef", reference(agency, None))
        .with("SpecialTaxType", text("NONE"))
        .with("DisplayType", text("ReadOnly"));
    company.store_mut(EntityKind::TaxRate).insert(id.clone(), identity(rate, &id, call.now));
    TaxRate { id, percent, payable }
}

/// Creates a tax agency from a body.
pub(crate) fn create_agency(company: &mut Company, body: &Json, call: &Call) -> Checked<String> {
    let name = body.text_of("DisplayName").ok_or_else(|| fault::required("DisplayName"))?.to_owned();
    if company.is_name_taken(NameSpace::TaxAgencies, &name, call) {
        return Err(fault::duplicate_name("Another tax agency is already using this name."));
    }
    let id = company.id_for(EntityKind::TaxAgency, call);
    company.hold_name(NameSpace::TaxAgencies, &name, &id.to_string());
    let agency = object()
        .with("DisplayName", text(name))
        .with("TaxTrackedOnSales", Json::Bool(true))
        .with("TaxTrackedOnPurchases", Json::Bool(false));
    let id = id.to_string();
    company.enter(EntityKind::TaxAgency, &id, identity(agency, &id, call.now));
    Ok(id)
}
