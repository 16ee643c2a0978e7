//! Updates of Preferences through the API: which of the shown members can be set, and what setting them means.
//!
//! A member that is left out stays as it is, in a full update too; one that cannot be set (BookCloseDate among them) is
//! ignored. Neighbours: `preferences` shows, `person` sets the same from the company's own screens.

use super::account::add_gratuities;
use super::preferences::ID;
use crate::base::fault::{self, Checked};
use crate::base::json::Json;
use crate::base::kind::EntityKind;
use crate::books::company::{Company, touch};
use crate::options::ClassTracking;
use crate::options::act::Settings;
use crate::schema::Kind::{Bool, Ignored, List, Object, Text};
use crate::schema::{Class, bases};
use chrono::{DateTime, FixedOffset};

pub(crate) static CLASS: Class = Class {
    name: "Preferences",
    base: bases::LIST_ENTRY,
    fields: &[
        ("AccountingInfoPrefs", Object(&ACCOUNTING)),
        ("ProductAndServicesPrefs", Ignored),
        ("SalesFormsPrefs", Object(&SALES_FORMS)),
        ("EmailMessagesPrefs", Ignored),
        ("VendorAndPurchasesPrefs", Ignored),
        ("TimeTrackingPrefs", Ignored),
        ("TaxPrefs", Object(&TAX)),
        ("CurrencyPrefs", Ignored),
        ("ReportPrefs", Ignored),
        ("OtherPrefs", Object(&OTHER)),
    ],
};

static ACCOUNTING: Class = Class {
    name: "CompanyAccountingPrefs",
    base: &[],
    fields: &[
        ("UseAccountNumbers", Ignored),
        ("TrackDepartments", Bool),
        ("DepartmentTerminology", Ignored),
        ("ClassTrackingPerTxn", Bool),
        ("ClassTrackingPerTxnLine", Bool),
        ("FirstMonthOfFiscalYear", Ignored),
        ("TaxYearMonth", Ignored),
        ("TaxForm", Ignored),
        ("BookCloseDate", Ignored),
        ("CustomerTerminology", Ignored),
    ],
};

static SALES_FORMS: Class = Class {
    name: "SalesFormsPrefs",
    base: &[],
    fields: &[
        ("CustomField", Ignored),
        ("CustomTxnNumbers", Bool),
        ("AllowDeposit", Bool),
        ("AllowDiscount", Bool),
        ("DefaultDiscountAccount", Ignored),
        ("AllowEstimates", Ignored),
        ("AllowServiceDate", Ignored),
        ("AllowShipping", Bool),
        ("DefaultShippingAccount", Ignored),
        ("DefaultTerms", Ignored),
        ("DefaultCustomerMessage", Ignored),
        ("AutoApplyCredit", Bool),
        ("AutoApplyPayments", Ignored),
        ("EmailCopyToCompany", Ignored),
        ("ETransactionEnabledStatus", Ignored),
        ("ETransactionAttachPDF", Ignored),
        ("ETransactionPaymentEnabled", Ignored),
        ("IPNSupportEnabled", Ignored),
        ("SalesEmailBcc", Ignored),
        ("SalesEmailCc", Ignored),
        ("UsingProgressInvoicing", Ignored),
        ("UsingPriceLevels", Ignored),
    ],
};

static TAX: Class = Class {
    name: "TaxPrefs",
    base: &[],
    fields: &[
        ("UsingSalesTax", Bool),
        ("PartnerTaxEnabled", Ignored),
        ("TaxGroupCodeRef", Ignored),
        ("PaySalesTax", Ignored),
        ("NonTaxableSalesTaxCodeRef", Ignored),
        ("TaxableSalesTaxCodeRef", Ignored),
    ],
};

static OTHER: Class = Class { name: "OtherPrefs", base: &[], fields: &[("NameValue", List(&NAME_VALUE))] };

static NAME_VALUE: Class =
    Class { name: "NameValue", base: &[], fields: &[("Name", Text(500)), ("Value", Text(4000))] };

/// Sets what a checked body names: 6000 for classes in two places, 5030 for what the plan has not got.
pub(crate) fn update(company: &mut Company, body: &Json, now: DateTime<FixedOffset>) -> Checked<()> {
    let settings = read(company, body)?;
    let plan = &company.options;
    if settings.track_departments == Some(true) && !plan.track_departments {
        plan.needs_plus("Department")?;
    }
    let tracks = settings.class_tracking.filter(|tracking| *tracking != ClassTracking::Off);
    if tracks.is_some_and(|tracking| tracking != plan.class_tracking) {
        plan.needs_plus("Class")?;
    }
    if settings.purchase_orders == Some(true) && !plan.purchase_orders {
        plan.needs_plus("PurchaseOrder")?;
    }
    set(company, &settings, now);
    Ok(())
}

/// Sets what is named; what is not stays as it is.
pub(crate) fn set(company: &mut Company, settings: &Settings, now: DateTime<FixedOffset>) {
    let options = &mut company.options;
    for (value, option) in [
        (settings.custom_txn_numbers, &mut options.custom_txn_numbers),
        (settings.purchase_custom_txn_numbers, &mut options.purchase_custom_txn_numbers),
        (settings.warn_duplicate_check_number, &mut options.warn_duplicate_check_number),
        (settings.allow_shipping, &mut options.allow_shipping),
        (settings.allow_discount, &mut options.allow_discount),
        (settings.allow_deposit, &mut options.allow_deposit),
        (settings.allow_gratuity, &mut options.allow_gratuity),
        (settings.using_sales_tax, &mut options.using_sales_tax),
        (settings.warn_duplicate_bill_number, &mut options.warn_duplicate_bill_number),
        (settings.warn_duplicate_journal_number, &mut options.warn_duplicate_journal_number),
        (settings.purchase_orders, &mut options.purchase_orders),
        (settings.track_departments, &mut options.track_departments),
        (settings.auto_apply_credits, &mut options.auto_apply_credits),
    ] {
        *option = value.unwrap_or(*option);
    }
    options.class_tracking = settings.class_tracking.unwrap_or(options.class_tracking);
    for (names, option) in [
        (&settings.sales_custom_fields, &mut options.sales_custom_fields),
        (&settings.purchase_custom_fields, &mut options.purchase_custom_fields),
    ] {
        if let Some(names) = names {
            option.clone_from(names);
        }
    }
    add_gratuities(company, now);
}

/// Notes that the preferences are others than before.
pub(crate) fn note(company: &mut Company, now: DateTime<FixedOffset>) {
    company.store_mut(EntityKind::Preferences).change(ID, |body| touch(body, now));
}

fn read(company: &Company, body: &Json) -> Checked<Settings> {
    let flag = |path: &str| {
        let (group, name) = path.split_once('.')?;
        body.get(group)?.flag(name)
    };
    let pairs = body.path("OtherPrefs.NameValue").map_or(&[][..], Json::items);
    let named = |name: &str| {
        // Some mirrors of Intuit's names have a stray blank in them.
        let is_it = |pair: &&Json| pair.text_of("Name").is_some_and(|found| found.replace(' ', "") == name);
        pairs.iter().find(is_it)?.flag("Value")
    };
    Ok(Settings {
        custom_txn_numbers: flag("SalesFormsPrefs.CustomTxnNumbers"),
        purchase_custom_txn_numbers: named("VendorAndPurchasesPrefs.UseCustomTxnNumbers"),
        warn_duplicate_check_number: named("WarnDuplicateCheckNumber"),
        warn_duplicate_bill_number: named("WarnDuplicateBillNumber"),
        warn_duplicate_journal_number: named("WarnDuplicateJournalNumber"),
        allow_shipping: flag("SalesFormsPrefs.AllowShipping"),
        allow_discount: flag("SalesFormsPrefs.AllowDiscount"),
        allow_deposit: flag("SalesFormsPrefs.AllowDeposit"),
        allow_gratuity: named("SalesFormsPrefs.AllowGratuity"),
        using_sales_tax: flag("TaxPrefs.UsingSalesTax"),
        purchase_orders: named("VendorAndPurchasesPrefs.PurchaseOrderEnabled"),
        track_departments: flag("AccountingInfoPrefs.TrackDepartments"),
        auto_apply_credits: flag("SalesFormsPrefs.AutoApplyCredit"),
        class_tracking: classes(company, flag)?,
        // Read-only through the API.
        sales_custom_fields: None,
        purchase_custom_fields: None,
    })
}

/// Returns where classes go; one flag alone leaves the other as it is.
fn classes(company: &Company, flag: impl Fn(&str) -> Option<bool>) -> Checked<Option<ClassTracking>> {
    let (whole, lines) = (
        flag("AccountingInfoPrefs.ClassTrackingPerTxn"),
        flag("AccountingInfoPrefs.ClassTrackingPerTxnLine"),
    );
    if whole.is_none() && lines.is_none() {
        return Ok(None);
    }
    let now = company.options.class_tracking_in_force();
    let whole = whole.unwrap_or(now == ClassTracking::PerTxn && lines != Some(true));
    let lines = lines.unwrap_or(now == ClassTracking::PerTxnLine && !whole);
    match (whole, lines) {
        (true, true) => {
            Err(fault::business("Classes are tracked on transactions or on their lines, not on both."))
        }
        (true, false) => Ok(Some(ClassTracking::PerTxn)),
        (false, true) => Ok(Some(ClassTracking::PerTxnLine)),
        (false, false) => Ok(Some(ClassTracking::Off)),
    }
}
