//! List entries and the company as they come back, reduced to what readiness and look-ups need.
//!
//! It refuses to know our configuration: matching names to roles is the work of `exchange`.
//! Neighbours: `lists.rs` (the same entries as we send them), `preferences.rs`.

use serde_json::Value;

use crate::error::ModelError;
use crate::ids::Id;
use crate::lists::{Account, AccountType, Item};
use crate::preferences::month_number;
use crate::read;

/// An account of the company.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountInfo {
    /// Its id.
    pub id: Id<Account>,
    /// Its name; QuickBooks appends ` (deleted)` when it is made inactive.
    pub name: String,
    /// `Bank:Checking` of one below another; its name alone at the top, and when not told.
    pub full_name: String,
    /// Its type in Intuit's spelling, `Other Current Asset`.
    pub account_type: String,
    /// Its detail type, `UndepositedFunds`; empty when not told.
    pub account_sub_type: String,
    /// Whether it can be used; true when not told.
    pub active: bool,
}

impl AccountInfo {
    /// Reads an account, wrapped or bare.
    ///
    /// # Errors
    /// [`ModelError::Missing`] or [`ModelError::Id`] without a usable id or name.
    pub fn read(value: &Value) -> Result<Self, ModelError> {
        let value = read::unwrap_entity(value, "Account");
        Ok(Self {
            id: id(value, "Account")?,
            name: name(value, "Account", "Name")?,
            full_name: full_name(value),
            account_type: read::text(value, &["AccountType"]).unwrap_or_default(),
            account_sub_type: read::text(value, &["AccountSubType"]).unwrap_or_default(),
            active: read::flag(value, &["Active"]).unwrap_or(true),
        })
    }

    /// Returns whether the account is of that type.
    #[must_use]
    pub fn is_type(&self, account_type: AccountType) -> bool {
        self.account_type == account_type.name()
    }

    /// Returns whether its natural balance is a debit: assets and expenses. Reports give amounts the sign of that side
    ///.
    #[must_use]
    pub fn is_debit_natural(&self) -> bool {
        let credits = [
            AccountType::AccountsPayable,
            AccountType::CreditCard,
            AccountType::OtherCurrentLiability,
            AccountType::LongTermLiability,
            AccountType::Equity,
            AccountType::Income,
            AccountType::OtherIncome,
        ];
        !credits.iter().any(|kind| self.is_type(*kind))
    }
}

/// An item of the company.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ItemInfo {
    /// Its id.
    pub id: Id<Item>,
    /// Its name.
    pub name: String,
    /// `Repairs:Labor` of one in a category; its name alone at the top, and when not told.
    pub full_name: String,
    /// `Service`, `Inventory`, `NonInventory`, `Category`, `Group`; empty when not told.
    pub item_type: String,
    /// The account its sales post to.
    pub income_account: Option<Id<Account>>,
    /// Whether it can be used; true when not told.
    pub active: bool,
}

impl ItemInfo {
    /// Reads an item, wrapped or bare.
    ///
    /// # Errors
    /// [`ModelError::Missing`] or [`ModelError::Id`] without a usable id or name.
    pub fn read(value: &Value) -> Result<Self, ModelError> {
        let value = read::unwrap_entity(value, "Item");
        Ok(Self {
            id: id(value, "Item")?,
            name: name(value, "Item", "Name")?,
            full_name: full_name(value),
            item_type: read::text(value, &["Type"]).unwrap_or_default(),
            income_account: read::text(value, &["IncomeAccountRef", "value"]).and_then(|t| Id::new(t).ok()),
            active: read::flag(value, &["Active"]).unwrap_or(true),
        })
    }
}

/// The company itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompanyInfo {
    /// Its name.
    pub company_name: String,
    /// Its legal name.
    pub legal_name: Option<String>,
    /// Its country; `US` or `USA` decides the tax rules.
    pub country: Option<String>,
    /// First month of the fiscal year, 1 to 12.
    pub fiscal_year_start_month: Option<u32>,
    /// Its time zone, such as `America/Los_Angeles`.
    pub default_time_zone: Option<String>,
    /// The plan, such as `QuickBooks Online Plus`; it gates features.
    pub offering_sku: Option<String>,
    /// The subscription's state, such as `SUBSCRIBED`.
    pub subscription_status: Option<String>,
}

impl CompanyInfo {
    /// Reads the answer of `GET /companyinfo/{realm}`, wrapped or bare.
    ///
    /// # Errors
    /// [`ModelError::Missing`] without `CompanyName`.
    pub fn read(value: &Value) -> Result<Self, ModelError> {
        let value = read::unwrap_entity(value, "CompanyInfo");
        let pair = |name: &str| {
            (read::list(value, &["NameValue"]).iter())
                .find(|pair| read::text(pair, &["Name"]).as_deref() == Some(name))
                .and_then(|pair| read::text(pair, &["Value"]))
        };
        Ok(Self {
            company_name: name(value, "CompanyInfo", "CompanyName")?,
            legal_name: read::text(value, &["LegalName"]),
            country: read::text(value, &["Country"]),
            fiscal_year_start_month: read::text(value, &["FiscalYearStartMonth"])
                .and_then(|text| month_number(&text)),
            default_time_zone: read::text(value, &["DefaultTimeZone"]),
            offering_sku: pair("OfferingSku"),
            subscription_status: pair("SubscriptionStatus"),
        })
    }
}

fn id<E>(value: &Value, what: &'static str) -> Result<Id<E>, ModelError> {
    Id::new(read::text(value, &["Id"]).ok_or(ModelError::Missing { what, field: "Id" })?)
}

fn full_name(value: &Value) -> String {
    let text = |field| read::text(value, &[field]);
    text("FullyQualifiedName").or_else(|| text("Name")).unwrap_or_default()
}

fn name(value: &Value, what: &'static str, field: &'static str) -> Result<String, ModelError> {
    read::text(value, &[field]).ok_or(ModelError::Missing { what, field })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn reads_an_account_past_unknown_fields() {
        let account = AccountInfo::read(&json!({"Id": "35", "Name": "Checking", "AccountType": "Bank",
            "CurrentBalance": 12.5, "Active": true, "Whatever": [1]}))
        .unwrap();
        assert!(account.is_type(AccountType::Bank));
        assert!(account.active);
        assert_eq!(account.account_sub_type, "");
    }

    #[test]
    fn reads_an_item_and_what_it_stands_below() {
        let item = ItemInfo::read(&json!({"Id": "19", "Name": "Goods", "IncomeAccountRef": {"value": "79"}}))
            .unwrap();
        assert_eq!((item.full_name.as_str(), item.income_account.unwrap().as_str()), ("Goods", "79"));
        let below =
            ItemInfo::read(&json!({"Id": "20", "Name": "Labor", "FullyQualifiedName": "Repairs:Labor"}));
        assert_eq!(below.unwrap().full_name, "Repairs:Labor");
        assert_eq!(ItemInfo::read(&json!({"Id": "19"})).unwrap_err().to_string(), "Item has no Name");
    }

    #[test]
    fn reads_the_plan_of_the_company() {
        let company = CompanyInfo::read(&json!({"CompanyInfo": {"CompanyName": "Shop", "Country": "US",
            "FiscalYearStartMonth": "January", "NameValue": [{"Name": "OfferingSku", "Value": "QuickBooks Online Plus"}]}}))
        .unwrap();
        assert_eq!(company.offering_sku.as_deref(), Some("QuickBooks Online Plus"));
        assert_eq!(company.fiscal_year_start_month, Some(1));
    }
}
