//! The form of a company mapping: plain, serialisable, versioned; everything has a default.
//!
//! `docs/company-mapping.md` explains it to people, `schema/company-mapping.schema.json` to editors. What makes it valid
//! is in `check.rs`.

use std::collections::BTreeMap;
use std::fmt;

use chrono::{DateTime, FixedOffset, NaiveDate};
use pos_model::raw::DecimalText;
#[cfg(feature = "schema")]
use schemars::JsonSchema;
use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::options::{CustomerOptions, Direction, ItemDetailFrom, Profile};
use crate::{ControlAccount, NumberScheme};

/// The prefix of every number unless a store has its own (N-13).
pub(super) const DEFAULT_PREFIX: &str = "CL";

/// How one company is mapped, as a host keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
pub struct CompanyMapping {
    /// The version of this form: 1.
    pub version: u32,
    /// What a person has still to decide: notes in a draft. While one is left the mapping is refused.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub to_decide: Vec<String>,
    /// When the company went live: batches and purchase orders closed before are skipped (T-05).
    #[cfg_attr(feature = "schema", schemars(with = "Option<String>", extend("format" = "date-time")))]
    pub start: Option<DateTime<FixedOffset>>,
    /// What certificates and deposits stood at when the company went live (T-05).
    pub opening: Option<OpeningMapping>,
    /// How numbers are written (N-12).
    pub numbers: NumberScheme,
    /// The preset of options (F-16): documents alone, or customers and balances too. Each option can be set alone.
    pub profile: Profile,
    /// How much of its receipts a batch sends, from instants on (F-07): a list, in any order. All of it where none holds.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub item_detail: Vec<ItemDetailFrom>,
    /// What the company chooses about its customers.
    pub customers: CustomerOptions,
    /// What a customer who is new to QuickBooks is called there (D-19): text with `{retailer}`, `{account}` and `{name}`. As
    /// the profile says when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// What a payment on a customer's account is matched with (D-15).
    pub payments_on_account: Matching,
    /// What happens when a batch is changed at the till after it was posted (T-06).
    pub late_edits: LateEdits,
    /// Accounts with another name than the default.
    pub accounts: BTreeMap<AccountRole, String>,
    /// Money tenders with an account of their own: type id to account name, or to two of them.
    pub tender_accounts: BTreeMap<u64, TenderAccounts>,
    /// POS items with a QuickBooks item of their own, by the POS's code. Any other is the `Cloud POS Item`.
    pub items: BTreeMap<String, ItemMapping>,
    /// The POS's tax codes.
    pub tax_codes: BTreeMap<String, TaxCodeMapping>,
    /// Tax codes of QuickBooks for documents whose lines have several of the POS's tax codes (D-21).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tax_code_sets: Vec<TaxCodeSet>,
    /// Suppliers with a vendor of their own: the POS's id to the vendor's name. Any other goes to the default vendor.
    pub suppliers: BTreeMap<String, String>,
    /// The vendor of suppliers that are not mapped.
    pub default_vendor: String,
    /// Whether a purchase order gets a bill, and how (D-18).
    pub bills: Bills,
    /// Stores that differ from the defaults, by store code.
    pub stores: BTreeMap<String, StoreMapping>,
    /// What changes on a date. The batch's business date decides, or the purchase order's date; so a batch of March is
    /// posted as March was mapped, whenever it is posted.
    pub changes: Vec<MappingChange>,
}

/// A control account that has a name of ours. Shipping has none: QuickBooks' preferences name its account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
pub enum AccountRole {
    ///
    Sales,
    /// The name that A-02 is created under when the company has no Accounts Receivable account.
    Receivable,
    ///
    TillTakings,
    ///
    Vouchers,
    ///
    Deposits,
    ///
    DropsAndPayouts,
    ///
    Purchases,
    ///
    PurchasesTax,
    ///
    PurchasesShipping,
    ///
    PurchasesOtherFees,
    /// The name that A-13 is created under when the company has no Accounts Payable account.
    Payable,
    ///
    Rounding,
    /// What gift certificates are worth beyond what was paid for them: an Income or Expense account; A-01 unless it is named
    /// (D-06).
    CertificateDiscounts,
    /// The tax agency's liability account.
    SalesTax,
}

impl AccountRole {
    /// Every role, in the order of docs/rules.md.
    pub const ALL: [Self; 14] = [
        Self::Sales,
        Self::Receivable,
        Self::TillTakings,
        Self::Vouchers,
        Self::Deposits,
        Self::DropsAndPayouts,
        Self::Purchases,
        Self::PurchasesTax,
        Self::PurchasesShipping,
        Self::PurchasesOtherFees,
        Self::Payable,
        Self::Rounding,
        Self::CertificateDiscounts,
        Self::SalesTax,
    ];

    /// Returns the name that the account has unless the mapping gives another.
    #[must_use]
    pub const fn default_name(self) -> &'static str {
        match self {
            Self::Sales | Self::CertificateDiscounts => "Cloud POS Sales Control Account",
            Self::Receivable => "Cloud POS Debtor (A/R) Control Account",
            Self::TillTakings => "Cloud POS Till Takings Control Account",
            Self::Vouchers => "Cloud POS Vouchers Control Account",
            Self::Deposits => "Cloud POS Deposits Control Account",
            Self::DropsAndPayouts => "Cloud POS Drops and Payouts Control Account",
            Self::Purchases => "Cloud POS Purchases Control Account",
            Self::PurchasesTax => "Cloud POS Purchases Tax Control Account",
            Self::PurchasesShipping => "Cloud POS Purchases Shipping Control Account",
            Self::PurchasesOtherFees => "Cloud POS Purchases Other Fees Control Account",
            Self::Payable => "Accounts Payable (A/P)",
            Self::Rounding => "Cloud POS Rounding Control Account",
            Self::SalesTax => "Sales Tax Payable",
        }
    }

    /// The role in one word, as the form writes it.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Sales => "sales",
            Self::Receivable => "receivable",
            Self::TillTakings => "till_takings",
            Self::Vouchers => "vouchers",
            Self::Deposits => "deposits",
            Self::DropsAndPayouts => "drops_and_payouts",
            Self::Purchases => "purchases",
            Self::PurchasesTax => "purchases_tax",
            Self::PurchasesShipping => "purchases_shipping",
            Self::PurchasesOtherFees => "purchases_other_fees",
            Self::Payable => "payable",
            Self::Rounding => "rounding",
            Self::CertificateDiscounts => "certificate_discounts",
            Self::SalesTax => "sales_tax",
        }
    }

    /// Returns the role of a control account; none of shipping, of an item's own account and of the opening's other side.
    /// A tender's own account has the role of the till takings.
    #[must_use]
    pub const fn of(account: ControlAccount) -> Option<Self> {
        Some(match account {
            ControlAccount::Sales => Self::Sales,
            ControlAccount::Receivable => Self::Receivable,
            ControlAccount::TillTakings
            | ControlAccount::TakingsOf(_)
            | ControlAccount::RefundsOf(_)
            | ControlAccount::TakingsAt(..)
            | ControlAccount::RefundsAt(..) => Self::TillTakings,
            ControlAccount::Vouchers => Self::Vouchers,
            ControlAccount::Deposits => Self::Deposits,
            ControlAccount::DropsAndPayouts => Self::DropsAndPayouts,
            ControlAccount::Purchases => Self::Purchases,
            ControlAccount::PurchasesTax => Self::PurchasesTax,
            ControlAccount::PurchasesShipping => Self::PurchasesShipping,
            ControlAccount::PurchasesOtherFees => Self::PurchasesOtherFees,
            ControlAccount::Payable => Self::Payable,
            ControlAccount::Rounding => Self::Rounding,
            ControlAccount::CertificateDiscounts => Self::CertificateDiscounts,
            ControlAccount::SalesTax => Self::SalesTax,
            ControlAccount::Shipping | ControlAccount::OfItem(_) | ControlAccount::OpeningBalances => {
                return None;
            }
        })
    }
}

/// The account of a money tender: a name alone, or an object where refunds are paid from another account.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TenderAccounts {
    /// Where its money goes: a Bank account; beside a refund account also an Other Current Asset, as Undeposited Funds is.
    pub account: String,
    /// Where its refunds and pay-outs are paid from: a Bank or Credit Card account; the same account when absent.
    pub refund_account: Option<String>,
}

/// [`TenderAccounts`] written in full.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
struct TwoAccounts {
    /// Where the tender's money goes: a Bank account; beside a refund account also an Other Current Asset.
    account: String,
    /// Where its refunds and pay-outs are paid from: a Bank or Credit Card account; the same account when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    refund_account: Option<String>,
}

impl From<&str> for TenderAccounts {
    fn from(account: &str) -> Self {
        Self { account: account.to_owned(), refund_account: None }
    }
}

impl Serialize for TenderAccounts {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let Self { account, refund_account } = self.clone();
        match refund_account {
            None => account.serialize(to),
            refund_account => TwoAccounts { account, refund_account }.serialize(to),
        }
    }
}

impl<'de> Deserialize<'de> for TenderAccounts {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Form;
        impl<'de> Visitor<'de> for Form {
            type Value = TenderAccounts;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an account's name, or an object with account and refund_account")
            }
            fn visit_str<E: serde::de::Error>(self, account: &str) -> Result<TenderAccounts, E> {
                Ok(account.into())
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<TenderAccounts, A::Error> {
                let TwoAccounts { account, refund_account } =
                    TwoAccounts::deserialize(MapAccessDeserializer::new(map))?;
                Ok(TenderAccounts { account, refund_account })
            }
        }
        from.deserialize_any(Form)
    }
}

#[cfg(feature = "schema")]
impl JsonSchema for TenderAccounts {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "TenderAccounts".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "description": "The account of a money tender: a name alone, or an object where refunds are paid from another account.",
            "anyOf": [{ "type": "string" }, generator.subschema_for::<TwoAccounts>()]
        })
    }
}

/// A QuickBooks item that stands for a POS item.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
pub struct ItemMapping {
    /// The item's name in QuickBooks; created when missing. Several POS items may share one.
    pub item: String,
    /// The account that it points to, which must exist; A-01 when absent. A tip's item points to a liability.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
}

/// What a tax code of the POS means in QuickBooks.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
pub struct TaxCodeMapping {
    /// Whether its lines say TAX; else they say NON (D-21).
    pub taxable: bool,
    /// The id of the QuickBooks tax code that a document names whose taxed lines all have this code; without one, the
    /// store's. Where codes that lead to different ones stand on one document, `tax_code_sets` names the one for both.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tax_code: Option<String>,
}

/// The tax code of QuickBooks for a document whose taxed lines have several of the POS's: one that has the agencies of all.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
pub struct TaxCodeSet {
    /// The POS's tax codes; two or more, each taxable.
    pub codes: Vec<String>,
    /// The id of the QuickBooks tax code.
    pub tax_code: String,
}

/// Item and tax codes are the same whatever spaces stand around them and whatever their case.
pub(crate) fn code_key(code: &str) -> String {
    code.trim().to_lowercase()
}

/// Whether two codes are the same, by [`code_key`].
pub(crate) fn is_same_code(a: &str, b: &str) -> bool {
    a == b || code_key(a) == code_key(b)
}

/// Whether a purchase order gets a bill, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
pub enum Bills {
    /// No bill: the books see what suppliers are owed elsewhere.
    None,
    /// A bill beside the order; the order is posted closed.
    #[default]
    Separate,
    /// A bill whose lines receive the order's lines; QuickBooks closes the order by it.
    Linked,
}

/// What a payment on a customer's account is matched with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
pub enum Matching {
    /// Nothing: the user matches it in QuickBooks.
    #[default]
    Unapplied,
    /// The customer's open invoices, the oldest first.
    OldestFirst,
}

/// What happens when a batch is changed at the till after it was posted (T-06).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
pub enum LateEdits {
    /// Nothing: the batch is refused, and a person puts it right.
    #[default]
    Refuse,
    /// Documents that correct what is posted, on the event's day, or on the first day on which the books are open.
    Correct,
}

/// What certificates and deposits stood at when the company went live.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
pub struct OpeningMapping {
    /// The date of the entry: the day before the first business day.
    #[cfg_attr(feature = "schema", schemars(with = "String", extend("format" = "date")))]
    pub date: NaiveDate,
    /// Gift certificates outstanding on that day; 0.00 or more.
    #[serde(default)]
    pub vouchers: DecimalText,
    /// Deposits on customer orders outstanding on that day; 0.00 or more.
    #[serde(default)]
    pub deposits: DecimalText,
    /// The account that the books carry them in today, which must exist: the entry moves them from there. Without one
    /// nothing is posted, and the tie-out states the amounts as a difference.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from_account: Option<String>,
    /// Whether the accountant has agreed to the entry; it is posted only then.
    #[serde(default)]
    pub confirmed: bool,
}

/// What differs for one store.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
pub struct StoreMapping {
    /// What its numbers begin with; letters only. All prefixes of a company are distinct and of equal length.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prefix: Option<String>,
    /// Prefixes of registers that have one of their own, by register: then two registers may have batches of one number.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub register_prefixes: BTreeMap<String, String>,
    /// The hour at which its business day ends, 0 to 12: what happens before it belongs to the day before (T-04).
    pub day_ends_at_hour: u32,
    /// Whether it really lies at UTC: no notice is given of its instants then (P-02).
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub utc: bool,
    /// The customer record that stands for its sales without a customer; the store's name when absent (D-19).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer: Option<String>,
    /// The QuickBooks tax code (its id) that its documents name; without one, the company's default code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tax_code: Option<String>,
    /// The store's own table of money tenders (P-03): present, an empty one too, its tender types are its own, whatever other stores
    /// mean by the same ids, and the company's `tender_accounts` do not hold for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tender_accounts: Option<BTreeMap<u64, TenderAccounts>>,
    /// The location (QuickBooks' Department, by name, which must exist) that its documents carry.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
    /// The class (by name, which must exist) that its documents or their lines carry, as the company tracks them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub class: Option<String>,
}

/// What changes on a date. Entries of a table replace entries of the same key; nothing is taken away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
pub struct MappingChange {
    /// The first business day that it holds for.
    #[cfg_attr(feature = "schema", schemars(with = "String", extend("format" = "date")))]
    pub from: NaiveDate,
    /// The accounts that change, in the form that the mapping has for them.
    #[serde(default)]
    pub accounts: BTreeMap<AccountRole, String>,
    /// The accounts of tenders that change, in the form that the mapping has for them.
    #[serde(default)]
    pub tender_accounts: BTreeMap<u64, TenderAccounts>,
    /// The items that change, in the form that the mapping has for them.
    #[serde(default)]
    pub items: BTreeMap<String, ItemMapping>,
    /// The tax codes that change, in the form that the mapping has for them.
    #[serde(default)]
    pub tax_codes: BTreeMap<String, TaxCodeMapping>,
    /// What replaces the mapping's sets of tax codes: one of the same tax codes replaces the one before it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tax_code_sets: Vec<TaxCodeSet>,
    /// The suppliers that change, in the form that the mapping has for them.
    #[serde(default)]
    pub suppliers: BTreeMap<String, String>,
    /// The default vendor that change, in the form that the mapping has for them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default_vendor: Option<String>,
    /// The choice of bills that change, in the form that the mapping has for them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bills: Option<Bills>,
    /// What changes for single stores, by store code.
    #[serde(default)]
    pub stores: BTreeMap<String, StoreChange>,
}

/// What changes for one store. Its prefix and its day's end never do: numbers and dates follow from them.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
pub struct StoreChange {
    /// The store's tax code from then on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tax_code: Option<String>,
    /// The accounts of the store's own tenders that change; a store that had no table of its own has one from then on (P-03).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tender_accounts: Option<BTreeMap<u64, TenderAccounts>>,
    /// The store's location from then on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
    /// The store's class from then on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub class: Option<String>,
}

impl Default for CompanyMapping {
    fn default() -> Self {
        let code = |taxable| TaxCodeMapping { taxable, tax_code: None };
        Self {
            version: 1,
            to_decide: Vec::new(),
            start: None,
            opening: None,
            numbers: NumberScheme::default(),
            profile: Profile::default(),
            item_detail: Vec::new(),
            customers: CustomerOptions::default(),
            display_name: None,
            payments_on_account: Matching::default(),
            late_edits: LateEdits::default(),
            accounts: BTreeMap::new(),
            tender_accounts: BTreeMap::new(),
            items: BTreeMap::new(),
            tax_codes: BTreeMap::from([("NON".to_owned(), code(false)), ("TAX".to_owned(), code(true))]),
            tax_code_sets: Vec::new(),
            suppliers: BTreeMap::new(),
            default_vendor: "Cloud POS Vendor".to_owned(),
            bills: Bills::default(),
            stores: BTreeMap::new(),
            changes: Vec::new(),
        }
    }
}

impl CompanyMapping {
    /// The mapping as it is from a change on.
    pub(super) fn changed(&self, change: &MappingChange) -> Self {
        let change = change.clone();
        let mut changed = Self { changes: Vec::new(), ..self.clone() };
        changed.accounts.extend(change.accounts);
        changed.tender_accounts.extend(change.tender_accounts);
        replace(&mut changed.items, change.items);
        replace(&mut changed.tax_codes, change.tax_codes);
        // The first that fits is taken.
        changed.tax_code_sets.splice(0..0, change.tax_code_sets);
        changed.suppliers.extend(change.suppliers);
        changed.default_vendor = change.default_vendor.unwrap_or(changed.default_vendor);
        changed.bills = change.bills.unwrap_or(changed.bills);
        for (code, store) in change.stores {
            let changed = changed.stores.entry(code).or_default();
            changed.tax_code = store.tax_code.or(changed.tax_code.take());
            if let Some(tenders) = store.tender_accounts {
                changed.tender_accounts.get_or_insert_default().extend(tenders);
            }
            changed.location = store.location.or(changed.location.take());
            changed.class = store.class.or(changed.class.take());
        }
        changed
    }

    /// What a customer who is new to QuickBooks is called there.
    pub(super) fn display_name(&self) -> &str {
        self.display_name.as_deref().unwrap_or(self.profile.display_name())
    }

    /// Which way edits of customers go.
    pub(super) fn direction(&self) -> Direction {
        self.customers.direction.unwrap_or(self.profile.direction())
    }

    /// The name of an account.
    pub(super) fn account_name(&self, role: AccountRole) -> &str {
        let of_sales = || match role {
            // Where nothing is named for it, it is less income.
            AccountRole::CertificateDiscounts => self.accounts.get(&AccountRole::Sales),
            _ => None,
        };
        let named = self.accounts.get(&role).or_else(of_sales);
        named.map_or(role.default_name(), String::as_str)
    }
}

/// Puts entries in the place of those of the same code, in whatever spelling.
fn replace<T>(table: &mut BTreeMap<String, T>, entries: BTreeMap<String, T>) {
    table.retain(|code, _| !entries.keys().any(|new| is_same_code(new, code)));
    table.extend(entries);
}

/// Returns the JSON Schema of [`CompanyMapping`].
#[cfg(feature = "schema")]
#[must_use]
pub fn schema() -> schemars::Schema {
    schemars::schema_for!(CompanyMapping)
}
