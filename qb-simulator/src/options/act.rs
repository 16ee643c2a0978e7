//! What a person can do in the company's own screens. Plain data.
//!
//! Neighbours: `host::person` does it, `books::change_log` keeps what was done.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::ClassTracking;

/// One act of a person. In JSON: `{"act":"close_books","on":"2026-01-31"}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "snake_case", deny_unknown_fields)]
pub enum PersonAct {
    /// Anything the API can do: `POST invoice` with a body.
    Request {
        /// `GET` or `POST`.
        method: String,
        /// The path after the realm, with its query string.
        path: String,
        /// The body.
        #[serde(default)]
        body: String,
    },
    /// Sets the closing date, or takes it away.
    CloseBooks {
        /// The last closed day.
        on: Option<NaiveDate>,
    },
    /// Changes preferences.
    Preferences(Settings),
    /// Makes a list entry inactive.
    MakeInactive {
        /// The entity's name.
        entity: String,
        /// The entry's Id.
        id: String,
    },
}

/// Preferences to change; those not named stay as they are.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// SalesFormsPrefs.CustomTxnNumbers.
    pub custom_txn_numbers: Option<bool>,
    /// VendorAndPurchasesPrefs.UseCustomTxnNumbers.
    pub purchase_custom_txn_numbers: Option<bool>,
    /// WarnDuplicateCheckNumber.
    pub warn_duplicate_check_number: Option<bool>,
    /// SalesFormsPrefs.AllowShipping.
    pub allow_shipping: Option<bool>,
    /// SalesFormsPrefs.AllowDiscount.
    pub allow_discount: Option<bool>,
    /// SalesFormsPrefs.AllowDeposit.
    pub allow_deposit: Option<bool>,
    /// SalesFormsPrefs.AllowGratuity; the company gets an account for them when it has none.
    pub allow_gratuity: Option<bool>,
    /// TaxPrefs.UsingSalesTax.
    pub using_sales_tax: Option<bool>,
    /// WarnDuplicateBillNumber.
    pub warn_duplicate_bill_number: Option<bool>,
    /// WarnDuplicateJournalNumber.
    pub warn_duplicate_journal_number: Option<bool>,
    /// VendorAndPurchasesPrefs.PurchaseOrderEnabled.
    pub purchase_orders: Option<bool>,
    /// AccountingInfoPrefs.TrackDepartments.
    pub track_departments: Option<bool>,
    /// SalesFormsPrefs.AutoApplyCredit.
    pub auto_apply_credits: Option<bool>,
    /// Where ClassRef is taken.
    pub class_tracking: Option<ClassTracking>,
}
