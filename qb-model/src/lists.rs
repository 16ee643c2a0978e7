//! List entries we create: account, item, customer, payment method; and addresses.
//!
//! It refuses to know lengths and forbidden characters: `mapping` makes the names fit.
//! Neighbours: `create.rs`, `records.rs` (the same entries as they come back).

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::ids::{CustomerType, Id, Ref};

/// A new account of the chart of accounts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Account {
    /// Unique name, at most 100 characters, without `"` and `:`.
    pub name: String,
    /// The type; it decides the side of the books.
    pub account_type: AccountType,
    /// Intuit's detail type, such as `CashOnHand`; the type's default when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_sub_type: Option<String>,
}

/// QuickBooks' account types, spelt with blanks on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[non_exhaustive]
#[allow(missing_docs, reason = "the variants are Intuit's own names")]
pub enum AccountType {
    Bank,
    #[serde(rename = "Accounts Receivable")]
    AccountsReceivable,
    #[serde(rename = "Other Current Asset")]
    OtherCurrentAsset,
    #[serde(rename = "Fixed Asset")]
    FixedAsset,
    #[serde(rename = "Other Asset")]
    OtherAsset,
    #[serde(rename = "Accounts Payable")]
    AccountsPayable,
    #[serde(rename = "Credit Card")]
    CreditCard,
    #[serde(rename = "Other Current Liability")]
    OtherCurrentLiability,
    #[serde(rename = "Long Term Liability")]
    LongTermLiability,
    Equity,
    Income,
    #[serde(rename = "Other Income")]
    OtherIncome,
    #[serde(rename = "Cost of Goods Sold")]
    CostOfGoodsSold,
    Expense,
    #[serde(rename = "Other Expense")]
    OtherExpense,
}

impl AccountType {
    /// Every type, in the order of Intuit's table.
    pub const ALL: [Self; 15] = [
        Self::Bank,
        Self::AccountsReceivable,
        Self::OtherCurrentAsset,
        Self::FixedAsset,
        Self::OtherAsset,
        Self::AccountsPayable,
        Self::CreditCard,
        Self::OtherCurrentLiability,
        Self::LongTermLiability,
        Self::Equity,
        Self::Income,
        Self::OtherIncome,
        Self::CostOfGoodsSold,
        Self::Expense,
        Self::OtherExpense,
    ];

    /// Returns the name on the wire: `Other Current Liability`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Bank => "Bank",
            Self::AccountsReceivable => "Accounts Receivable",
            Self::OtherCurrentAsset => "Other Current Asset",
            Self::FixedAsset => "Fixed Asset",
            Self::OtherAsset => "Other Asset",
            Self::AccountsPayable => "Accounts Payable",
            Self::CreditCard => "Credit Card",
            Self::OtherCurrentLiability => "Other Current Liability",
            Self::LongTermLiability => "Long Term Liability",
            Self::Equity => "Equity",
            Self::Income => "Income",
            Self::OtherIncome => "Other Income",
            Self::CostOfGoodsSold => "Cost of Goods Sold",
            Self::Expense => "Expense",
            Self::OtherExpense => "Other Expense",
        }
    }

    /// Returns the type with that wire name; `None` for one this version does not know.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// A new item. Only services: no stock is kept in QuickBooks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Item {
    /// Unique name, at most 100 characters, without colon, tab and newline.
    pub name: String,
    /// Always `Service`.
    pub r#type: ItemType,
    /// The account its sales post to; any posting account but A/R and A/P.
    pub income_account_ref: Ref<Account>,
    /// Whether its lines are taxable by default; every line of ours says so itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub taxable: Option<bool>,
}

impl Id<Item> {
    /// Returns QuickBooks' own item for shipping, `SHIPPING_ITEM_ID`: posts to the company's shipping account and needs
    /// the preference `AllowShipping`.
    #[must_use]
    pub fn shipping() -> Self {
        Self::everywhere("SHIPPING_ITEM_ID")
    }
}

/// The only item type we create.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum ItemType {
    /// Something sold without stock.
    #[default]
    Service,
}

/// A new customer.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Customer {
    /// Unique among customers, suppliers and employees, ignoring case; at most 100 characters, without colon.
    pub display_name: String,
    /// The title; at most 16 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The given name; at most 100 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub given_name: Option<String>,
    /// The family name; at most 100 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub family_name: Option<String>,
    /// The name of the company; at most 100 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub company_name: Option<String>,
    /// Free text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notes: Option<String>,
    /// Main telephone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub primary_phone: Option<TelephoneNumber>,
    /// Mobile telephone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mobile: Option<TelephoneNumber>,
    /// Main e-mail address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub primary_email_addr: Option<EmailAddress>,
    /// Where bills go.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bill_addr: Option<PhysicalAddress>,
    /// Where goods go.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ship_addr: Option<PhysicalAddress>,
    /// What kind of customer it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer_type_ref: Option<Ref<CustomerType>>,
    /// Custom fields that have a value.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub custom_field: Vec<CustomText>,
}

/// The text of a custom field.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct CustomText {
    /// Which field it is.
    pub definition_id: String,
    /// What the company calls it.
    pub name: String,
    /// Always `StringType`.
    pub r#type: CustomTextType,
    /// The value; at most 31 characters.
    pub string_value: String,
}

/// The only kind of custom field that we fill.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum CustomTextType {
    /// A text.
    #[default]
    StringType,
}

/// A new payment method.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct PaymentMethod {
    /// Unique name, at most 31 characters; 15 is the safe length.
    pub name: String,
    /// Card or not.
    pub r#type: PaymentMethodType,
}

/// Whether a payment method is a card.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[non_exhaustive]
pub enum PaymentMethodType {
    /// A credit or debit card.
    CreditCard,
    /// Anything else.
    NonCreditCard,
}

/// A postal address. Only written: QuickBooks may answer with another layout of it.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct PhysicalAddress {
    /// First line, at most 500 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line1: Option<String>,
    /// Second line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line2: Option<String>,
    /// Third line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line3: Option<String>,
    /// Fourth line, 500 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line4: Option<String>,
    /// Fifth line, 500 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line5: Option<String>,
    /// Town, at most 255 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub city: Option<String>,
    /// State or province, at most 255 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country_sub_division_code: Option<String>,
    /// The postal code; at most 30 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub postal_code: Option<String>,
    /// The country; at most 255 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
}

/// An e-mail address; QuickBooks wants an `@` and a dot in it (fault 2210).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct EmailAddress {
    /// The address; at most 100 characters.
    pub address: String,
}

/// A telephone number.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct TelephoneNumber {
    /// The number as people write it; at most 30 characters.
    pub free_form_number: String,
}

/// A supplier to create.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Vendor {
    /// The name; unique across customers, vendors and employees without case. 100 characters.
    pub display_name: String,
}

/// Names, addresses and numbers of people stay out of `Debug`, and so out of logs.
macro_rules! personal {
    ($($name:ident)*) => {$(
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(..)"))
            }
        }
    )*};
}

personal!(Customer CustomText Vendor PhysicalAddress EmailAddress TelephoneNumber);

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests {
    use super::*;

    #[test]
    fn the_item_for_shipping_is_quickbooks_own() {
        assert_eq!(Id::<Item>::shipping(), Id::new("SHIPPING_ITEM_ID").unwrap());
    }

    #[test]
    fn account_types_are_spelt_with_blanks() {
        for kind in AccountType::ALL {
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.name());
            assert_eq!(AccountType::from_name(kind.name()), Some(kind));
        }
    }

    #[test]
    fn a_payment_method_names_its_type_in_capitals() {
        let method = PaymentMethod { name: "Cash".to_owned(), r#type: PaymentMethodType::NonCreditCard };
        assert_eq!(serde_json::to_string(&method).unwrap(), r#"{"Name":"Cash","Type":"NON_CREDIT_CARD"}"#);
    }

    #[test]
    fn an_item_points_to_its_income_account() {
        let item = Item {
            name: "Cloud POS Item".to_owned(),
            r#type: ItemType::Service,
            income_account_ref: crate::Id::new("79").unwrap().into(),
            taxable: None,
        };
        assert_eq!(
            serde_json::to_string(&item).unwrap(),
            r#"{"Name":"Cloud POS Item","Type":"Service","IncomeAccountRef":{"value":"79"}}"#
        );
    }
}
