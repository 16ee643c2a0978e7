//! What a person can do in the company's own screens. Plain data.
//!
//! Neighbours: `host::person` does it, `books::change_log` keeps what was done.

use chrono::NaiveDate;
use rust_decimal::Decimal;
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
    /// Changes what the body names of a document or list entry as it stands now: a sparse update without Id and token. Answered
    /// as the API answers.
    Edit {
        /// The entity's name.
        entity: String,
        /// The object's Id.
        id: String,
        /// A JSON object of the members to change.
        body: String,
    },
    /// Takes a document off the payments that settle it; a payment is taken off everything it settles. The money is
    /// unapplied then.
    Unlink {
        /// The entity's name.
        entity: String,
        /// The document's Id.
        id: String,
    },
    /// Voids a document; credit memos, refund receipts and purchases too, which the API does not void. What payments
    /// settled is taken off them first.
    Void {
        /// The entity's name.
        entity: String,
        /// The document's Id.
        id: String,
    },
    /// Deletes a document, and takes it off the payments that settle it first.
    Delete {
        /// The entity's name.
        entity: String,
        /// The document's Id.
        id: String,
    },
    /// Makes a document again by hand, the number with it; a payment settles nothing. Answered as the API answers.
    Duplicate {
        /// The entity's name.
        entity: String,
        /// The document's Id.
        id: String,
    },
    /// Brings what lies in the till or among undeposited funds to a bank account. Answered as the API answers a deposit.
    BankDeposit {
        /// The Id of the account it goes to.
        into: String,
        /// The Ids of the payments, sales receipts and refund receipts that make it up.
        documents: Vec<String>,
        /// The deposit's day; today unless given.
        #[serde(default)]
        on: Option<NaiveDate>,
    },
    /// Does an act and confirms what QuickBooks asks about closed books, with the password where there is one.
    InClosedBooks {
        /// The act.
        then: Box<PersonAct>,
    },
    /// Makes a list entry inactive. A customer who owes something gets a credit memo for it first, as QuickBooks does, and
    /// one who is owed something an invoice.
    MakeInactive {
        /// The entity's name.
        entity: String,
        /// The entry's Id.
        id: String,
    },
    /// Makes a list entry active again, under the name it had before unless another has it now.
    MakeActive {
        /// The entity's name.
        entity: String,
        /// The entry's Id.
        id: String,
    },
    /// Merges a customer or a vendor into another one of the same list and the same parent: documents and open amounts
    /// move, and the merged one is gone or inactive, as `Choices::merged_names` says. The API cannot do this.
    Merge {
        /// `Customer` or `Vendor`.
        entity: String,
        /// The Id of the one that is merged away; it must have no sub-customers.
        id: String,
        /// The Id of the one that stays; it must be active.
        into: String,
    },
    /// Adds a customer type; answered with the object. The API cannot do this.
    AddCustomerType {
        /// The name, which no other type may have.
        name: String,
    },
    /// Gives a customer type another name.
    RenameCustomerType {
        /// The type's Id.
        id: String,
        /// The new name.
        name: String,
    },
    /// Charges a customer for being late: an invoice of one untaxed line, answered as the API answers an invoice.
    FinanceCharge {
        /// The customer's Id.
        customer: String,
        /// What is charged, as text: `\"4.20\"`. Above 0.
        #[serde(with = "super::decimal_text")]
        amount: Decimal,
        /// The invoice's day; today unless given.
        #[serde(default)]
        on: Option<NaiveDate>,
    },
}

impl PersonAct {
    /// Returns the writing of a body to a path: `post("payment", ...)`, `post("invoice?operation=void", ...)`.
    pub fn post(path: &str, body: impl Into<String>) -> PersonAct {
        PersonAct::Request { method: "POST".into(), path: path.into(), body: body.into() }
    }

    /// Returns the reading of a path: `get("customer/7")`.
    #[must_use]
    pub fn get(path: &str) -> PersonAct {
        PersonAct::Request { method: "GET".into(), path: path.into(), body: String::new() }
    }
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
    /// Names of the custom fields of sales forms, as in [`CompanyOptions`](super::CompanyOptions).
    pub sales_custom_fields: Option<Vec<String>>,
    /// Names of the custom fields of purchase orders.
    pub purchase_custom_fields: Option<Vec<String>>,
}
