//! The company's preferences that decide whether posting is safe.
//!
//! It refuses to judge: readiness above says what is wrong. Every field is optional, because QuickBooks leaves
//! out what does not apply; absent is never read as off.
//! Neighbour: `records.rs` (company, accounts, items, customers).

use chrono::NaiveDate;
use serde_json::Value;

use crate::ids::{Id, TaxCode};
use crate::kind::EntityKind;
use crate::lists::Account;
use crate::read;

/// A typed view of `GET /preferences`. `None` means: QuickBooks did not say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Preferences {
    /// Whether sales forms keep the number we send.
    pub custom_txn_numbers: Option<bool>,
    /// The same for purchases, from `OtherPrefs`.
    pub use_custom_txn_numbers: Option<bool>,
    /// Whether a vendor's bill number is taken once only, from `OtherPrefs`.
    pub warn_duplicate_bill_number: Option<bool>,
    /// Whether the number of a journal entry is taken once only, from `OtherPrefs`.
    pub warn_duplicate_journal_number: Option<bool>,
    /// Whether `SHIPPING_ITEM_ID` lines are taken.
    pub allow_shipping: Option<bool>,
    /// The account shipping posts to.
    pub default_shipping_account: Option<Id<Account>>,
    /// Whether QuickBooks applies open credits to new invoices by itself.
    pub auto_apply_credit: Option<bool>,
    /// Whether QuickBooks applies new payments to open invoices by itself.
    pub auto_apply_payments: Option<bool>,
    /// Whether sales tax is on; off drops the tax of a document silently.
    pub using_sales_tax: Option<bool>,
    /// Automated sales tax: on, off (set up wanted), or absent in a classic company.
    pub partner_tax_enabled: Option<bool>,
    /// The company's default tax group.
    pub tax_group_code: Option<Id<TaxCode>>,
    /// The last closed day: nothing posts on or before it.
    pub book_close_date: Option<NaiveDate>,
    /// First month of the fiscal year, 1 to 12.
    pub first_month_of_fiscal_year: Option<u32>,
    /// ISO code of the home currency.
    pub home_currency: Option<String>,
    /// Whether several currencies are in use.
    pub multi_currency_enabled: Option<bool>,
    /// Whether documents carry a location.
    pub track_departments: Option<bool>,
    /// Whether documents carry a class.
    pub class_tracking_per_txn: Option<bool>,
    /// Whether lines carry a class.
    pub class_tracking_per_txn_line: Option<bool>,
    /// The custom fields of sales forms that are in use: the id of the definition, `1` to `3`, and the name.
    pub sales_custom_fields: Vec<(String, String)>,
}

impl Preferences {
    /// Reads the answer, with or without the wrapper `Preferences`. Never fails: what is not there is `None`.
    #[must_use]
    pub fn read(value: &Value) -> Self {
        let value = read::unwrap_entity(value, "Preferences");
        let flag = |path: &[&str]| read::flag(value, path);
        Self {
            custom_txn_numbers: flag(&["SalesFormsPrefs", "CustomTxnNumbers"]),
            use_custom_txn_numbers: other_flag(value, "VendorAndPurchasesPrefs.UseCustomTxnNumbers"),
            warn_duplicate_bill_number: other_flag(value, "WarnDuplicateBillNumber"),
            warn_duplicate_journal_number: other_flag(value, "WarnDuplicateJournalNumber"),
            allow_shipping: flag(&["SalesFormsPrefs", "AllowShipping"]),
            default_shipping_account: read::text(value, &["SalesFormsPrefs", "DefaultShippingAccount"])
                .or_else(|| read::text(value, &["SalesFormsPrefs", "DefaultShippingAccount", "value"]))
                // Intuit's page calls the field a Boolean; such a text is no id.
                .filter(|text| !matches!(text.as_str(), "true" | "false"))
                .and_then(|text| Id::new(text).ok()),
            auto_apply_credit: flag(&["SalesFormsPrefs", "AutoApplyCredit"]),
            auto_apply_payments: flag(&["SalesFormsPrefs", "AutoApplyPayments"]),
            using_sales_tax: flag(&["TaxPrefs", "UsingSalesTax"]),
            partner_tax_enabled: flag(&["TaxPrefs", "PartnerTaxEnabled"]),
            tax_group_code: read::text(value, &["TaxPrefs", "TaxGroupCodeRef", "value"])
                .and_then(|text| Id::new(text).ok()),
            book_close_date: read::text(value, &["AccountingInfoPrefs", "BookCloseDate"])
                .and_then(|text| text.parse().ok()),
            first_month_of_fiscal_year: read::text(value, &["AccountingInfoPrefs", "FirstMonthOfFiscalYear"])
                .and_then(|text| month_number(&text)),
            home_currency: read::text(value, &["CurrencyPrefs", "HomeCurrency", "value"]),
            multi_currency_enabled: flag(&["CurrencyPrefs", "MultiCurrencyEnabled"]),
            track_departments: flag(&["AccountingInfoPrefs", "TrackDepartments"]),
            class_tracking_per_txn: flag(&["AccountingInfoPrefs", "ClassTrackingPerTxn"]),
            class_tracking_per_txn_line: flag(&["AccountingInfoPrefs", "ClassTrackingPerTxnLine"]),
            sales_custom_fields: sales_custom_fields(value),
        }
    }

    /// Returns the id and the name of the custom field of sales forms that is called so, whatever its case.
    #[must_use]
    pub fn sales_custom_field(&self, name: &str) -> Option<(&str, &str)> {
        let is_so = |(_, found): &&(String, String)| found.eq_ignore_ascii_case(name);
        self.sales_custom_fields.iter().find(is_so).map(|(id, name)| (id.as_str(), name.as_str()))
    }

    /// Returns whether QuickBooks is known to refuse a document that it is asked to create under a number which another one of
    /// this kind has. Purchases are those paid in cash, the only ones that are created here. `false` where the preferences do
    /// not say so: a second one must then be looked for.
    #[must_use]
    pub fn guards_number(&self, kind: EntityKind) -> bool {
        let preference = match kind {
            EntityKind::Invoice | EntityKind::CreditMemo | EntityKind::SalesReceipt => {
                self.custom_txn_numbers
            }
            EntityKind::Purchase => self.use_custom_txn_numbers,
            EntityKind::Bill => self.warn_duplicate_bill_number,
            EntityKind::JournalEntry => self.warn_duplicate_journal_number,
            _ => None,
        };
        preference == Some(true)
    }
}

/// The custom fields of sales forms that are switched on and have a name; some mirrors show stray blanks in the names of the settings.
fn sales_custom_fields(value: &Value) -> Vec<(String, String)> {
    let groups = read::list(value, &["SalesFormsPrefs", "CustomField"]);
    let settings: Vec<&Value> = groups.iter().flat_map(|group| read::list(group, &["CustomField"])).collect();
    let setting = |name: String| {
        let is_so = |found: &&&Value| {
            read::text(found, &["Name"]).is_some_and(|found| found.replace(' ', "") == name)
        };
        settings.iter().find(is_so).copied()
    };
    let field = |id: u8| {
        let used = setting(format!("SalesFormsPrefs.UseSalesCustom{id}"))?;
        let named = setting(format!("SalesFormsPrefs.SalesCustomName{id}"))?;
        let name = read::text(named, &["StringValue"])?;
        (read::flag(used, &["BooleanValue"]) == Some(true)).then(|| (id.to_string(), name))
    };
    (1..=3).filter_map(field).collect()
}

/// A switch of `OtherPrefs`.
fn other_flag(value: &Value, name: &str) -> Option<bool> {
    other(value, name).and_then(|text| text.to_ascii_lowercase().parse().ok())
}

/// A name and value of `OtherPrefs`; some mirrors show stray blanks in the names.
fn other(value: &Value, name: &str) -> Option<String> {
    read::list(value, &["OtherPrefs", "NameValue"])
        .iter()
        .find(|pair| read::text(pair, &["Name"]).is_some_and(|n| n.replace(' ', "") == name))
        .and_then(|pair| match read::at(pair, &["Value"])? {
            Value::Bool(flag) => Some(flag.to_string()),
            _ => read::text(pair, &["Value"]),
        })
}

/// `January` is 1; digits are taken too.
pub(crate) fn month_number(text: &str) -> Option<u32> {
    match text.parse::<u32>() {
        Ok(number) => Some(number).filter(|n| (1..=12).contains(n)),
        Err(_) => text.parse::<chrono::Month>().ok().map(|month| month.number_from_month()),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn reads_what_readiness_needs() {
        let prefs = Preferences::read(&json!({"Preferences": {
            "SalesFormsPrefs": {"CustomTxnNumbers": true, "AllowShipping": true, "DefaultShippingAccount": 94, "AutoApplyCredit": false},
            "TaxPrefs": {"UsingSalesTax": true, "TaxGroupCodeRef": {"value": "2"}},
            "AccountingInfoPrefs": {"BookCloseDate": "2025-12-31", "FirstMonthOfFiscalYear": "April"},
            "CurrencyPrefs": {"HomeCurrency": {"value": "USD"}, "MultiCurrencyEnabled": false},
            "OtherPrefs": {"NameValue": [{"Name": "VendorAndPurchasesPrefs.UseCustomTxnNumbers", "Value": "true"}]}
        }, "time": "t"}));
        assert_eq!(prefs.custom_txn_numbers, Some(true));
        assert_eq!(prefs.use_custom_txn_numbers, Some(true));
        assert_eq!(prefs.default_shipping_account.unwrap().as_str(), "94");
        assert_eq!(prefs.auto_apply_credit, Some(false));
        assert_eq!(prefs.auto_apply_payments, None);
        assert_eq!(prefs.partner_tax_enabled, None);
        assert_eq!(prefs.tax_group_code.unwrap().as_str(), "2");
        assert_eq!(prefs.book_close_date, NaiveDate::from_ymd_opt(2025, 12, 31));
        assert_eq!(prefs.first_month_of_fiscal_year, Some(4));
        assert_eq!(prefs.home_currency.as_deref(), Some("USD"));
    }

    #[test]
    fn a_number_is_guarded_only_where_the_preferences_say_so() {
        let guarded = |value: serde_json::Value| {
            let prefs = Preferences::read(&value);
            EntityKind::CREATED.into_iter().filter(|kind| prefs.guards_number(*kind)).collect::<Vec<_>>()
        };
        let other =
            |name: &str, value: &str| json!({"OtherPrefs": {"NameValue": [{"Name": name, "Value": value}]}});
        let sales = [EntityKind::Invoice, EntityKind::CreditMemo, EntityKind::SalesReceipt];
        assert_eq!(guarded(json!({"SalesFormsPrefs": {"CustomTxnNumbers": true}})), sales);
        assert_eq!(
            guarded(other("VendorAndPurchasesPrefs.UseCustomTxnNumbers", "True")),
            [EntityKind::Purchase]
        );
        assert_eq!(guarded(other("WarnDuplicateBillNumber", "true")), [EntityKind::Bill]);
        assert_eq!(guarded(other("WarnDuplicateJournalNumber", "true")), [EntityKind::JournalEntry]);
        assert_eq!(guarded(other("WarnDuplicateBillNumber", "false")), []);
        assert_eq!(guarded(json!({})), []);
    }

    #[test]
    fn f_05_a_custom_field_of_sales_forms_is_one_that_is_in_use() {
        let settings = json!([
            {"CustomField": [
                {"Name": "SalesFormsPrefs.UseSalesCustom1", "Type": "BooleanType", "BooleanValue": false},
                {"Name": "SalesFormsPrefs. UseSalesCustom2", "Type": "BooleanType", "BooleanValue": true}
            ]},
            {"CustomField": [
                {"Name": "SalesFormsPrefs.SalesCustomName1", "Type": "StringType", "StringValue": "Crew #"},
                {"Name": "SalesFormsPrefs.SalesCustomName2", "Type": "StringType", "StringValue": "P.O. Number "}
            ]}
        ]);
        let prefs = Preferences::read(&json!({"SalesFormsPrefs": {"CustomField": settings}}));
        assert_eq!(prefs.sales_custom_field("p.o. number"), Some(("2", "P.O. Number")));
        assert_eq!(prefs.sales_custom_field("Crew #"), None);
        assert_eq!(Preferences::read(&json!({})).sales_custom_field("P.O. Number"), None);
    }

    #[test]
    fn a_shipping_account_of_true_is_no_account() {
        let prefs = Preferences::read(&json!({"SalesFormsPrefs": {"DefaultShippingAccount": true}}));
        assert_eq!(prefs.default_shipping_account, None);
        let prefs = Preferences::read(&json!({"SalesFormsPrefs": {"DefaultShippingAccount": "94"}}));
        assert!(prefs.default_shipping_account.is_some());
    }
}
