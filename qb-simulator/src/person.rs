//! What a person does in the company's own screens while a program works through the API.
//!
//! Neither limits nor faults nor tokens stand in a person's way; the rules of the books do. Neighbours: `admin` takes
//! these from outside, `handle` answers the requests among them.

use chrono::{DateTime, FixedOffset, NaiveDate};
use serde::{Deserialize, Serialize};

use crate::changes::{self, Operation};
use crate::company::{Call, Company};
use crate::entity::{Entity, EntityKind};
use crate::faults;
use crate::handle::handle_inside;
use crate::json::{Json, object, text};
use crate::lists::{preference_changes, preferences};
use crate::message::{Request, Response};
use crate::options::ClassTracking;
use crate::state::{Change, Event};

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

impl Company {
    /// Does what a person did. The error says why it could not be done; then nothing has changed. A refused
    /// [`PersonAct::Request`] is an answer, not an error.
    pub fn act(&mut self, act: &PersonAct, now: DateTime<FixedOffset>) -> Result<Option<Response>, String> {
        self.journal.begin();
        match act {
            PersonAct::Request { method, path, body } => {
                let target = format!("/v3/company/{}/{path}", self.options.realm_id);
                let request = Request::new(method, &target, body.as_str());
                return Ok(Some(handle_inside(self, &request, now)));
            }
            PersonAct::CloseBooks { on } => {
                self.options.book_close_date = *on;
                self.tell_of_preferences(now);
            }
            PersonAct::Preferences(settings) => {
                self.set(settings, now);
                self.tell_of_preferences(now);
            }
            PersonAct::MakeInactive { entity, id } => self.make_inactive(entity, id, now)?,
        }
        self.journal.changes.push(Change::Act { at: now, act: act.clone() });
        Ok(None)
    }

    fn tell_of_preferences(&mut self, now: DateTime<FixedOffset>) {
        preference_changes::note(self, now);
        let id = preferences::ID.to_owned();
        self.journal.events.push(Event {
            kind: EntityKind::Preferences,
            operation: faults::Operation::Update,
            id,
        });
    }

    pub(crate) fn set(&mut self, settings: &Settings, now: DateTime<FixedOffset>) {
        let options = &mut self.options;
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
        crate::chart::add_gratuities(self, now);
    }

    fn make_inactive(&mut self, entity: &str, id: &str, now: DateTime<FixedOffset>) -> Result<(), String> {
        let entity = Entity::named(entity).filter(|entity| entity.is_list);
        let entity = entity.ok_or_else(|| "not an entity with an active flag".to_owned())?;
        let Some(record) = self.store(entity.kind).get(id) else {
            return Err(format!("{} {id} does not exist", entity.name));
        };
        let token = record.body.text_of("SyncToken").unwrap_or_default().to_owned();
        let body = object()
            .with("Id", text(id.to_owned()))
            .with("SyncToken", text(token))
            .with("sparse", Json::Bool(true))
            .with("Active", Json::Bool(false));
        let done = changes::perform(self, entity, &body, Operation::Update, &Call::at(now));
        done.map_err(|fault| format!("{}: {}", fault.code, fault.detail))?;
        Ok(())
    }
}
