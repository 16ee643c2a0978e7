//! What kind of company is simulated, and the keys a client connects with.
//!
//! Plain data with a default; knows nothing of the books. Neighbours: `company` is built from it,
//! `lists::preferences` shows it to clients.

pub(crate) mod act;
mod choices;

pub(crate) use choices::Length;
pub use choices::{Choices, InactiveWithBalance, LineWithoutItem, MergedName, PrintStatus};

use std::fmt;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::base::fault::{self, Checked};

/// A company to simulate. Every field is public, so that a test changes one line:
/// `CompanyOptions { allow_shipping: false, ..CompanyOptions::default() }`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CompanyOptions {
    /// The company id in every path.
    pub realm_id: String,
    /// CompanyInfo.CompanyName and LegalName.
    pub company_name: String,
    /// The plan as CompanyInfo names it.
    pub offering_sku: String,
    /// 1 to 12; 1 is January.
    pub fiscal_year_start_month: u32,
    /// Documents on or before this day are refused (6210).
    pub book_close_date: Option<NaiveDate>,
    /// SalesFormsPrefs.CustomTxnNumbers: the client numbers sales forms, and numbers must be unique.
    pub custom_txn_numbers: bool,
    /// VendorAndPurchasesPrefs.UseCustomTxnNumbers: the same for purchases.
    pub purchase_custom_txn_numbers: bool,
    /// WarnDuplicateCheckNumber: checks must have unique numbers too.
    pub warn_duplicate_check_number: bool,
    /// WarnDuplicateBillNumber: a vendor's bill numbers must be unique.
    pub warn_duplicate_bill_number: bool,
    /// WarnDuplicateJournalNumber: journal entries must have unique numbers.
    pub warn_duplicate_journal_number: bool,
    /// VendorAndPurchasesPrefs.PurchaseOrderEnabled: purchase orders are taken, else 5030.
    pub purchase_orders: bool,
    /// AccountingInfoPrefs.TrackDepartments: DepartmentRef is taken.
    pub track_departments: bool,
    /// Where ClassRef is taken.
    pub class_tracking: ClassTracking,
    /// SalesFormsPrefs.AutoApplyCredit: QuickBooks applies credits to invoices by a zero payment of its own.
    pub auto_apply_credits: bool,
    /// Automated sales tax: TaxPrefs.PartnerTaxEnabled is true, and the engine chooses the tax code.
    pub automated_sales_tax: bool,
    /// Answers batches out of order: the seed of the order in which the items run. `None` runs them as sent.
    pub batch_shuffle: Option<u64>,
    /// SalesFormsPrefs.AllowShipping: SHIPPING_ITEM_ID lines are taken.
    pub allow_shipping: bool,
    /// SalesFormsPrefs.AllowGratuity: sales receipts take a GRATUITY_ITEM_ID line.
    pub allow_gratuity: bool,
    /// SalesFormsPrefs.AllowDiscount: discount lines are taken.
    pub allow_discount: bool,
    /// SalesFormsPrefs.AllowDeposit: Invoice.Deposit is taken.
    pub allow_deposit: bool,
    /// TaxPrefs.UsingSalesTax; without it TxnTaxDetail is dropped silently.
    pub using_sales_tax: bool,
    /// The percentage of the one sales tax group.
    #[serde(with = "decimal_text")]
    pub sales_tax_percent: Decimal,
    /// Names of the custom fields of sales forms; the first has DefinitionId `1`. At most three; an empty name is a field that
    /// is not in use.
    pub sales_custom_fields: Vec<String>,
    /// Names of the custom fields of purchase orders; the first has DefinitionId `1`. At most three, as above.
    pub purchase_custom_fields: Vec<String>,
    /// What is done where the evidence about QuickBooks conflicts.
    pub choices: Choices,
    /// What a `requestid` is good for.
    pub request_ids: RequestIds,
    /// Queries do not show objects created within so many seconds.
    pub read_lag_seconds: u32,
    /// Change data capture does not show what changed within so many seconds.
    pub cdc_lag_seconds: u32,
    /// The most objects of an entity in an answer of change data capture; Intuit documents 1000.
    pub cdc_objects: usize,
    /// Which of QuickBooks' two reporting services answers reports.
    pub reports: ReportForm,
    /// How the OAuth server behaves.
    pub oauth: OAuthOptions,
    /// Client pair and tokens.
    pub credentials: Credentials,
}

/// How the OAuth server behaves. Refresh tokens rotate after 24 hours (or as told), die after 100 days unused and after five years
/// in any case, all on the company's clock.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct OAuthOptions {
    /// After how many seconds an access token expires; QuickBooks takes 3600. Never, unless given, so that a run on a
    /// fast clock need not refresh.
    pub access_token_seconds: Option<u32>,
    /// After how many seconds a refresh gives a new refresh token and kills the old one; 24 hours unless given. 0 rotates
    /// at every refresh.
    pub rotation_seconds: Option<u32>,
    /// Refreshing is refused with `user_not_in_realm`.
    pub user_not_in_realm: bool,
    /// Consent is refused with `access_denied`.
    pub deny_consent: bool,
}

/// What a repeated `requestid` leads to. Intuit publishes neither how long ids are kept nor what else can happen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RequestIds {
    /// The first answer again, for ever.
    #[default]
    Honoured,
    /// The first answer again, for ever, refusals (400) included: a repaired request under the same id is refused like the
    /// first one, or with 600 when its body is another.
    WithRefusals,
    /// The first answer again for 24 hours; then the id counts as new.
    OneDay,
    /// Every request takes effect.
    Ignored,
    /// A fault 6000 instead of the first answer; nothing happens.
    Refused,
}

impl Default for CompanyOptions {
    /// Returns a US company on the Plus plan with classic sales tax of 8 % that lets clients number their
    /// documents.
    fn default() -> CompanyOptions {
        CompanyOptions {
            realm_id: "9130347596842384".into(),
            company_name: "Simulated Company".into(),
            offering_sku: "QuickBooks Online Plus".into(),
            fiscal_year_start_month: 1,
            book_close_date: None,
            custom_txn_numbers: true,
            purchase_custom_txn_numbers: true,
            warn_duplicate_check_number: false,
            warn_duplicate_bill_number: false,
            warn_duplicate_journal_number: false,
            purchase_orders: true,
            track_departments: true,
            class_tracking: ClassTracking::PerTxnLine,
            auto_apply_credits: false,
            automated_sales_tax: false,
            batch_shuffle: None,
            allow_shipping: true,
            allow_gratuity: false,
            allow_discount: true,
            allow_deposit: true,
            using_sales_tax: true,
            sales_tax_percent: Decimal::from(8),
            sales_custom_fields: vec!["P.O. Number".into()],
            purchase_custom_fields: Vec::new(),
            choices: Choices::default(),
            request_ids: RequestIds::Honoured,
            read_lag_seconds: 0,
            cdc_lag_seconds: 0,
            cdc_objects: 1000,
            reports: ReportForm::default(),
            oauth: OAuthOptions::default(),
            credentials: Credentials::default(),
        }
    }
}

/// The form of reports. QuickBooks moved all of them to a new service between June and August 2026.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReportForm {
    /// The new service: Title Case, nothing for zero, no `-Split-`, sub-accounts inside their parents, accounts in
    /// another order, at most 100 date columns and then `Others`, and the header `v3modernResponse: true`.
    #[default]
    Modern,
    /// The service before: `TOTAL`, `0.00` in totals, `-Split-`, accounts by type.
    Old,
}

/// Where documents take a class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClassTracking {
    /// Nowhere.
    Off,
    /// A class stands on the whole document.
    PerTxn,
    /// A class stands on each line.
    PerTxnLine,
}

impl CompanyOptions {
    /// Refuses a feature that Simple Start has not got: 5030.
    pub(crate) fn needs_essentials(&self, what: &str) -> Checked<()> {
        match self.offering_sku.contains("Simple Start") {
            true => Err(fault::feature_not_supported(what)),
            false => Ok(()),
        }
    }

    /// Returns whether the plan has the features of Plus and Advanced.
    pub(crate) fn is_plus(&self) -> bool {
        !self.offering_sku.contains("Essentials") && !self.offering_sku.contains("Simple Start")
    }

    /// Returns whether DepartmentRef is taken: asked for, and in the plan.
    pub(crate) fn tracks_departments(&self) -> bool {
        self.track_departments && self.is_plus()
    }

    /// Returns where ClassRef is taken: as asked for, in a plan that has classes.
    pub(crate) fn class_tracking_in_force(&self) -> ClassTracking {
        if self.is_plus() { self.class_tracking } else { ClassTracking::Off }
    }

    /// Refuses a feature that only Plus and Advanced have: 5030.
    pub(crate) fn needs_plus(&self, what: &str) -> Checked<()> {
        match self.is_plus() {
            true => Ok(()),
            false => Err(fault::feature_not_supported(what)),
        }
    }
}

/// The client pair and the tokens of the simulated connection. They open nothing but a simulator.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Credentials {
    /// OAuth client id.
    pub client_id: String,
    /// OAuth client secret.
    pub client_secret: String,
    /// The bearer token every call must carry.
    pub access_token: String,
    /// The refresh token.
    pub refresh_token: String,
}

impl Default for Credentials {
    fn default() -> Credentials {
        Credentials {
            client_id: "simulator-client-id".into(),
            client_secret: "simulator-client-secret".into(),
            access_token: "simulator-access-token-0001".into(),
            refresh_token: "simulator-refresh-token-0001".into(),
        }
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Credentials").field("client_id", &self.client_id).finish_non_exhaustive()
    }
}

/// A decimal number as text, which no reader takes for a binary float.
mod decimal_text {
    use rust_decimal::Decimal;
    use serde::{Deserialize, Deserializer, Serializer, de};

    pub(super) fn serialize<S: Serializer>(value: &Decimal, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(value)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Decimal, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}
