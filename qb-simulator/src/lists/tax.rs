//! TaxCode, TaxRate and TaxAgency of classic US sales tax: one agency, one rate, one group code, and the two
//! pseudo codes TAX and NON.
//!
//! Codes and rates are made by `tax_service` only. Neighbours: `documents::sales_tax` computes with [`TaxGroup`].

use chrono::{DateTime, FixedOffset};

use crate::base::amount;
use crate::base::json::{Json, integer, object, text};
use crate::base::kind::EntityKind;
use crate::books::company::{Company, NameSpace, identity, reference};
use crate::books::tax_group::{TaxGroup, TaxRate};
use crate::query::ColumnType;
use crate::schema::Kind::{Ignored, Text};
use crate::schema::{Class, bases};

pub(crate) static TAX_CODE: Class = Class {
    name: "TaxCode",
    base: bases::LIST_ENTRY,
    fields: &[
        ("Name", Text(100)),
        ("Description", Text(100)),
        ("Hidden", Ignored),
        ("Taxable", Ignored),
        ("TaxGroup", Ignored),
        ("TaxCodeConfigType", Ignored),
        ("SalesTaxRateList", Ignored),
        ("PurchaseTaxRateList", Ignored),
    ],
};

pub(crate) static TAX_RATE: Class = Class {
    name: "TaxRate",
    base: bases::LIST_ENTRY,
    fields: &[
        ("Name", Text(100)),
        ("Description", Text(100)),
        ("RateValue", Ignored),
        ("AgencyRef", Ignored),
        ("SpecialTaxType", Ignored),
        ("DisplayType", Ignored),
        ("EffectiveTaxRate", Ignored),
    ],
};

pub(crate) static TAX_AGENCY: Class = Class {
    name: "TaxAgency",
    base: bases::LIST_ENTRY,
    fields: &[
        ("DisplayName", Text(100)),
        ("TaxTrackedOnSales", Ignored),
        ("TaxTrackedOnPurchases", Ignored),
        ("TaxRegistrationNumber", Ignored),
    ],
};

pub(crate) const CODE_COLUMNS: &[(&str, ColumnType)] =
    &[("Name", ColumnType::Text), ("Description", ColumnType::Text), ("Active", ColumnType::Bool)];

pub(crate) const RATE_COLUMNS: &[(&str, ColumnType)] = &[
    ("Name", ColumnType::Text),
    ("Description", ColumnType::Text),
    ("AgencyRef", ColumnType::Text),
    ("Active", ColumnType::Bool),
];

/// The id of the group code of a new company.
pub(crate) const DEFAULT_GROUP: &str = "2";
const RATE: &str = "3";
const AGENCY: &str = "1";

/// Enters the agency, the rate, the pseudo codes and the group code of a new company.
pub(crate) fn insert_default(company: &mut Company, now: DateTime<FixedOffset>) {
    let percent = company.options.sales_tax_percent;
    let payable = company.account_by("AccountSubType", "SalesTaxPayable").unwrap_or_default();
    company.hold_name(NameSpace::TaxAgencies, "Sales Tax", AGENCY);
    let agency = object()
        .with("DisplayName", text("Sales Tax"))
        .with("TaxTrackedOnSales", Json::Bool(true))
        .with("TaxTrackedOnPurchases", Json::Bool(false));
    company.store_mut(EntityKind::TaxAgency).insert(AGENCY.into(), identity(agency, AGENCY, now));
    let rate = object()
        .with("Name", text("Sales Tax"))
        .with("Description", text("Sales Tax"))
        .with("Active", Json::Bool(true))
        .with("RateValue", amount::shortest(percent))
        .with("AgencyRef", reference(AGENCY, None))
        .with("SpecialTaxType", text("NONE"))
        .with("DisplayType", text("ReadOnly"));
    company.store_mut(EntityKind::TaxRate).insert(RATE.into(), identity(rate, RATE, now));
    let detail = object()
        .with("TaxRateRef", reference(RATE, Some("Sales Tax")))
        .with("TaxTypeApplicable", text("TaxOnAmount"))
        .with("TaxOrder", integer(0));
    let group = object()
        .with("Name", text("Sales Tax"))
        .with("Description", text("Sales Tax"))
        .with("Active", Json::Bool(true))
        .with("Taxable", Json::Bool(true))
        .with("TaxGroup", Json::Bool(true))
        .with("SalesTaxRateList", object().with("TaxRateDetail", Json::List(vec![detail])))
        .with("PurchaseTaxRateList", object().with("TaxRateDetail", Json::List(vec![])));
    let codes = company.store_mut(EntityKind::TaxCode);
    codes.insert(DEFAULT_GROUP.into(), identity(group, DEFAULT_GROUP, now));
    for (id, taxable) in [("TAX", true), ("NON", false)] {
        let code = object()
            .with("Name", text(id))
            .with("Description", text(id))
            .with("Active", Json::Bool(true))
            .with("Taxable", Json::Bool(taxable))
            .with("TaxGroup", Json::Bool(false))
            .with("Id", text(id));
        codes.insert(id.into(), code);
    }
    let rates = vec![TaxRate { id: RATE.into(), percent, payable }];
    company.tax_groups.push(TaxGroup { id: DEFAULT_GROUP.into(), rates });
}
