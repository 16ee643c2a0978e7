//! Preferences: the company's options as clients read them.
//!
//! Made from the options at every read; only its SyncToken and times are stored. Neighbours: `options`,
//! `preference_changes` sets what it shows.

use crate::base::json::{Json, object, text};
use crate::base::kind::EntityKind;
use crate::books::company::{Company, identity, reference};
use crate::books::records::Record;
use crate::lists::{account, tax};
use crate::options::ClassTracking;

/// The Id of the one Preferences object.
pub(crate) const ID: &str = "1";

/// Enters the one record.
pub(crate) fn insert(company: &mut Company) {
    let now = company.created;
    company.store_mut(EntityKind::Preferences).insert(ID.into(), identity(object(), ID, now));
}

/// Returns the whole object.
pub(crate) fn view(company: &Company, record: &Record) -> Option<Json> {
    let options = &company.options;
    let purchase_fields = match options.purchase_custom_fields.as_slice() {
        [] => Vec::new(),
        names => custom_fields(names, PURCHASE_USE, PURCHASE_NAME),
    };
    let body = object()
        .with("AccountingInfoPrefs", accounting(company))
        .with(
            "ProductAndServicesPrefs",
            object()
                .with("ForSales", Json::Bool(true))
                .with("ForPurchase", Json::Bool(true))
                .with("QuantityWithPriceAndRate", Json::Bool(true))
                .with("QuantityOnHand", Json::Bool(false)),
        )
        .with("SalesFormsPrefs", sales_forms(company))
        .with(
            "VendorAndPurchasesPrefs",
            object()
                .with("TrackingByCustomer", Json::Bool(false))
                .with("BillableExpenseTracking", Json::Bool(false))
                .with("POCustomField", Json::List(purchase_fields)),
        )
        .with(
            "TaxPrefs",
            object()
                .with("UsingSalesTax", Json::Bool(options.using_sales_tax))
                .with_some(
                    "PartnerTaxEnabled",
                    options.automated_sales_tax.then_some(Json::Bool(options.using_sales_tax)),
                )
                .with_some(
                    "TaxGroupCodeRef",
                    options.using_sales_tax.then(|| reference(tax::DEFAULT_GROUP, None)),
                ),
        )
        .with(
            "CurrencyPrefs",
            object()
                .with("MultiCurrencyEnabled", Json::Bool(false))
                .with("HomeCurrency", reference("USD", None)),
        )
        .with(
            "ReportPrefs",
            object()
                .with("ReportBasis", text("Accrual"))
                .with("CalcAgingReportFromTxnDate", Json::Bool(false)),
        )
        .with("OtherPrefs", object().with("NameValue", Json::List(other(company))));
    Some(and_identity(body, record))
}

/// Returns the members of a record behind those that are made from the options.
pub(crate) fn and_identity(mut body: Json, record: &Record) -> Json {
    if let (Json::Object(members), Json::Object(stored)) = (&mut body, &record.body) {
        members.extend(stored.iter().cloned());
    }
    body
}

fn accounting(company: &Company) -> Json {
    let options = &company.options;
    let classes = options.class_tracking_in_force();
    object()
        .with("UseAccountNumbers", Json::Bool(false))
        .with("TrackDepartments", Json::Bool(options.tracks_departments()))
        .with("ClassTrackingPerTxn", Json::Bool(classes == ClassTracking::PerTxn))
        .with("ClassTrackingPerTxnLine", Json::Bool(classes == ClassTracking::PerTxnLine))
        .with("FirstMonthOfFiscalYear", text(month_name(options.fiscal_year_start_month)))
        .with("TaxYearMonth", text("January"))
        .with_some("BookCloseDate", options.book_close_date.map(|day| text(day.to_string())))
        .with("CustomerTerminology", text("Customers"))
}

fn sales_forms(company: &Company) -> Json {
    let options = &company.options;
    let account = |name: &str| {
        let mut found = company.store(EntityKind::Account).find("Name", name);
        found.next().map(|record| text(record.id.clone()))
    };
    object()
        .with("CustomField", Json::List(custom_fields(&options.sales_custom_fields, SALES_USE, SALES_NAME)))
        .with("CustomTxnNumbers", Json::Bool(options.custom_txn_numbers))
        .with("AllowDeposit", Json::Bool(options.allow_deposit))
        .with("AllowDiscount", Json::Bool(options.allow_discount))
        .with_some(
            "DefaultDiscountAccount",
            options.allow_discount.then(|| account(account::DISCOUNT_ACCOUNT)).flatten(),
        )
        .with("AllowEstimates", Json::Bool(false))
        .with("AllowServiceDate", Json::Bool(true))
        .with("AllowShipping", Json::Bool(options.allow_shipping))
        .with_some(
            "DefaultShippingAccount",
            options.allow_shipping.then(|| account(account::SHIPPING_ACCOUNT)).flatten(),
        )
        .with("AutoApplyCredit", Json::Bool(options.auto_apply_credits))
        .with("AutoApplyPayments", Json::Bool(false))
        .with("UsingProgressInvoicing", Json::Bool(false))
        .with("UsingPriceLevels", Json::Bool(false))
}

const SALES_USE: [&str; 3] =
    ["SalesFormsPrefs.UseSalesCustom1", "SalesFormsPrefs.UseSalesCustom2", "SalesFormsPrefs.UseSalesCustom3"];
const SALES_NAME: [&str; 3] = [
    "SalesFormsPrefs.SalesCustomName1",
    "SalesFormsPrefs.SalesCustomName2",
    "SalesFormsPrefs.SalesCustomName3",
];
const PURCHASE_USE: [&str; 3] = [
    "PurchasePrefs.UsePurchaseCustom1",
    "PurchasePrefs.UsePurchaseCustom2",
    "PurchasePrefs.UsePurchaseCustom3",
];
const PURCHASE_NAME: [&str; 3] = [
    "PurchasePrefs.PurchaseCustomName1",
    "PurchasePrefs.PurchaseCustomName2",
    "PurchasePrefs.PurchaseCustomName3",
];

/// First which of the three fields are in use, then their names, as QuickBooks lists them.
fn custom_fields(names: &[String], use_names: [&'static str; 3], name_names: [&'static str; 3]) -> Vec<Json> {
    let in_use = use_names.into_iter().enumerate().map(|(at, name)| {
        object()
            .with("Name", text(name))
            .with("Type", text("BooleanType"))
            .with("BooleanValue", Json::Bool(names.get(at).is_some_and(|name| !name.is_empty())))
    });
    let named =
        name_names.into_iter().zip(names).filter(|(_, value)| !value.is_empty()).map(|(name, value)| {
            object()
                .with("Name", text(name))
                .with("Type", text("StringType"))
                .with("StringValue", text(value.clone()))
        });
    vec![
        object().with("CustomField", Json::List(in_use.collect())),
        object().with("CustomField", Json::List(named.collect())),
    ]
}

fn other(company: &Company) -> Vec<Json> {
    let options = &company.options;
    let flag = |on: bool| if on { "true" } else { "false" };
    let gratuity_account = company.account_by("Name", account::GRATUITY_ACCOUNT);
    let gratuity_account = gratuity_account.filter(|_| options.allow_gratuity);
    [
        ("VendorAndPurchasesPrefs.UseCustomTxnNumbers", flag(options.purchase_custom_txn_numbers)),
        ("VendorAndPurchasesPrefs.PurchaseOrderEnabled", flag(options.purchase_orders && options.is_plus())),
        ("SalesFormsPrefs.DefaultItem", crate::lists::item::DEFAULT_ITEM_ID),
        ("SalesFormsPrefs.AllowGratuity", flag(options.allow_gratuity)),
        ("WarnDuplicateCheckNumber", flag(options.warn_duplicate_check_number)),
        ("WarnDuplicateBillNumber", flag(options.warn_duplicate_bill_number)),
        ("WarnDuplicateJournalNumber", flag(options.warn_duplicate_journal_number)),
    ]
    .into_iter()
    .map(|(name, value)| (name, value.to_owned()))
    .chain(gratuity_account.map(|id| ("SalesFormsPrefs.GratuityAccount", id.to_string())))
    .map(|(name, value)| object().with("Name", text(name)).with("Value", text(value)))
    .collect()
}

/// January to December; anything else counts as January.
pub(crate) fn month_name(month: u32) -> &'static str {
    const NAMES: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    NAMES.get((month as usize).saturating_sub(1)).copied().unwrap_or("January")
}
