//! The company mapping: which account plays which role, what the stores' numbers begin with, which tax codes are
//! taxable. A plain, serialisable form, and the valid [`Company`] made from it with every fault reported together.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Days, FixedOffset, NaiveDate, Timelike};
use pos_model::{PurchaseOrder, Store, TenderTypeId};
use serde::{Deserialize, Serialize};

use crate::{ControlAccount, ItemRole};

/// The prefix of every number unless a store has its own (N-13).
const DEFAULT_PREFIX: &str = "CL";

/// The form of a company mapping, as a host keeps it. Everything has the seed's default.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CompanyMapping {
    /// The version of this form: 1.
    pub version: u32,
    /// Name of A-01.
    pub sales: String,
    /// Name that A-02 is created under when the company has no Accounts Receivable account.
    pub receivable: String,
    /// Name of A-03.
    pub till_takings: String,
    /// Name of A-04.
    pub vouchers: String,
    /// Name of A-05.
    pub deposits: String,
    /// Name of A-06.
    pub drops_and_payouts: String,
    /// Name of A-07.
    pub purchases: String,
    /// Name of A-08.
    pub purchases_tax: String,
    /// Name of A-09.
    pub purchases_shipping: String,
    /// Name of A-10.
    pub purchases_other_fees: String,
    /// Name that A-13 is created under when the company has no Accounts Payable account.
    pub payable: String,
    /// Name of A-14.
    pub rounding: String,
    /// Name of the tax agency's liability account.
    pub sales_tax: String,
    /// Money tenders with a bank account of their own: type id to account name.
    pub tender_accounts: BTreeMap<u64, String>,
    /// Suppliers that have a vendor of their own: the POS's id to the vendor's name. Any other goes to the default vendor.
    pub suppliers: BTreeMap<String, String>,
    /// The vendor of suppliers that are not mapped.
    pub default_vendor: String,
    /// Whether a purchase order gets a bill (D-18).
    pub bills: bool,
    /// When the company went live: batches and purchase orders closed before are skipped (T-05).
    pub start: Option<DateTime<FixedOffset>>,
    /// The POS's tax codes: whether each is taxable.
    pub tax_codes: BTreeMap<String, bool>,
    /// Stores that differ from the defaults, by store code.
    pub stores: BTreeMap<String, StoreMapping>,
}

/// What differs for one store.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct StoreMapping {
    /// What its numbers begin with; letters only. Stores that share a company have distinct ones of equal length.
    pub prefix: Option<String>,
    /// The hour at which its business day ends, 0 to 12: what happens before it belongs to the day before (T-04).
    pub day_ends_at_hour: u32,
    /// The QuickBooks tax code (its id) that its documents name; without one, the company's default code.
    pub tax_code: Option<String>,
}

impl Default for CompanyMapping {
    fn default() -> Self {
        Self {
            version: 1,
            sales: "Cloud POS Sales Control Account".to_owned(),
            receivable: "Cloud POS Debtor (A/R) Control Account".to_owned(),
            till_takings: "Cloud POS Till Takings Control Account".to_owned(),
            vouchers: "Cloud POS Vouchers Control Account".to_owned(),
            deposits: "Cloud POS Deposits Control Account".to_owned(),
            drops_and_payouts: "Cloud POS Drops and Payouts Control Account".to_owned(),
            purchases: "Cloud POS Purchases Control Account".to_owned(),
            purchases_tax: "Cloud POS Purchases Tax Control Account".to_owned(),
            purchases_shipping: "Cloud POS Purchases Shipping Control Account".to_owned(),
            purchases_other_fees: "Cloud POS Purchases Other Fees Control Account".to_owned(),
            payable: "Accounts Payable (A/P)".to_owned(),
            rounding: "Cloud POS Rounding Control Account".to_owned(),
            sales_tax: "Sales Tax Payable".to_owned(),
            tender_accounts: BTreeMap::new(),
            suppliers: BTreeMap::new(),
            default_vendor: "Cloud POS Vendor".to_owned(),
            bills: true,
            start: None,
            tax_codes: BTreeMap::from([("NON".to_owned(), false), ("TAX".to_owned(), true)]),
            stores: BTreeMap::new(),
        }
    }
}

/// One fault of a company mapping.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CompanyFault {
    /// Another version of the form.
    #[error("version {found} of the company mapping is unknown; write version 1")]
    UnknownVersion {
        /// The version found.
        found: u32,
    },
    /// An account name that QuickBooks does not take (contract 6.15).
    #[error(
        "{field}: {name:?} is no account name; 1 to 100 characters, no colon, quote or control character"
    )]
    AccountName {
        /// The field.
        field: String,
        /// The name.
        name: String,
    },
    /// A vendor name that QuickBooks does not take (contract 6.13).
    #[error("{field}: {name:?} is no vendor name; 1 to 100 characters, no colon or control character")]
    VendorName {
        /// The field.
        field: String,
        /// The name.
        name: String,
    },
    /// A prefix that is not 1 to 8 ASCII letters.
    #[error("store {store}: the prefix {prefix:?} is not one to eight letters; change it")]
    Prefix {
        /// The store's code.
        store: String,
        /// The prefix.
        prefix: String,
    },
    /// Prefixes of different lengths: one store's numbers could be read as another's.
    #[error(
        "store {store}: the prefix {prefix:?} is not as long as {other:?}; stores of one company have prefixes of equal length"
    )]
    PrefixLength {
        /// The store's code.
        store: String,
        /// Its prefix.
        prefix: String,
        /// Another store's prefix.
        other: String,
    },
    /// Two stores with one prefix.
    #[error("store {store}: the prefix {prefix:?} is another store's; give each store its own")]
    PrefixShared {
        /// The store's code.
        store: String,
        /// The prefix.
        prefix: String,
    },
    /// A business day that ends in the afternoon.
    #[error("store {store}: the business day ends at {hour}; give an hour from 0 to 12")]
    DayEnd {
        /// The store's code.
        store: String,
        /// The hour.
        hour: u32,
    },
}

/// A valid company mapping.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Company {
    mapping: CompanyMapping,
}

impl TryFrom<CompanyMapping> for Company {
    type Error = Vec<CompanyFault>;

    fn try_from(mapping: CompanyMapping) -> Result<Self, Vec<CompanyFault>> {
        let mut faults = Vec::new();
        if mapping.version != 1 {
            faults.push(CompanyFault::UnknownVersion { found: mapping.version });
        }
        let names = [
            ("sales", &mapping.sales),
            ("receivable", &mapping.receivable),
            ("till_takings", &mapping.till_takings),
            ("vouchers", &mapping.vouchers),
            ("deposits", &mapping.deposits),
            ("drops_and_payouts", &mapping.drops_and_payouts),
            ("purchases", &mapping.purchases),
            ("purchases_tax", &mapping.purchases_tax),
            ("purchases_shipping", &mapping.purchases_shipping),
            ("purchases_other_fees", &mapping.purchases_other_fees),
            ("payable", &mapping.payable),
            ("rounding", &mapping.rounding),
            ("sales_tax", &mapping.sales_tax),
        ]
        .map(|(field, name)| (field.to_owned(), name));
        let of_tenders =
            mapping.tender_accounts.iter().map(|(id, name)| (format!("tender_accounts.{id}"), name));
        for (field, name) in names.into_iter().chain(of_tenders) {
            if !is_name(name) || name.contains('"') {
                faults.push(CompanyFault::AccountName { field, name: name.clone() });
            }
        }
        faults.extend(store_faults(&mapping));
        let vendors = mapping.suppliers.iter().map(|(id, name)| (format!("suppliers.{id}"), name));
        for (field, name) in vendors.chain([("default_vendor".to_owned(), &mapping.default_vendor)]) {
            if !is_name(name) {
                faults.push(CompanyFault::VendorName { field, name: name.clone() });
            }
        }
        if faults.is_empty() { Ok(Self { mapping }) } else { Err(faults) }
    }
}

/// What QuickBooks takes as a name of any list entry.
fn is_name(name: &str) -> bool {
    !name.trim().is_empty()
        && name.chars().count() <= 100
        && !name.chars().any(|c| c.is_control() || c == ':')
}

fn store_faults(mapping: &CompanyMapping) -> Vec<CompanyFault> {
    let mut faults = Vec::new();
    let mut prefixes: BTreeSet<String> = BTreeSet::new();
    for (store, options) in &mapping.stores {
        let store = store.clone();
        let prefix = options.prefix.clone().unwrap_or_else(|| DEFAULT_PREFIX.to_owned());
        let other = prefixes.first().filter(|other| other.len() != prefix.len()).cloned();
        if !(1..=8).contains(&prefix.len()) || !prefix.bytes().all(|b| b.is_ascii_alphabetic()) {
            faults.push(CompanyFault::Prefix { store: store.clone(), prefix });
        } else if let Some(other) = other {
            faults.push(CompanyFault::PrefixLength { store: store.clone(), prefix, other });
        } else if !prefixes.insert(prefix.to_ascii_uppercase()) {
            faults.push(CompanyFault::PrefixShared { store: store.clone(), prefix });
        }
        if options.day_ends_at_hour > 12 {
            faults.push(CompanyFault::DayEnd { store, hour: options.day_ends_at_hour });
        }
    }
    faults
}

impl Company {
    /// The form this company was made from.
    pub fn mapping(&self) -> &CompanyMapping {
        &self.mapping
    }

    /// The account that a money tender goes to.
    pub fn takings(&self, tender: TenderTypeId) -> ControlAccount {
        if self.mapping.tender_accounts.contains_key(&tender.0) {
            ControlAccount::TakingsOf(tender)
        } else {
            ControlAccount::TillTakings
        }
    }

    /// The mapped name of a control account. Shipping has none of ours: the company's preference names the account.
    pub fn account_name(&self, account: ControlAccount) -> &str {
        let mapping = &self.mapping;
        match account {
            ControlAccount::Sales => &mapping.sales,
            ControlAccount::Receivable => &mapping.receivable,
            ControlAccount::TillTakings => &mapping.till_takings,
            ControlAccount::TakingsOf(tender) => {
                mapping.tender_accounts.get(&tender.0).unwrap_or(&mapping.till_takings)
            }
            ControlAccount::Vouchers => &mapping.vouchers,
            ControlAccount::Deposits => &mapping.deposits,
            ControlAccount::DropsAndPayouts => &mapping.drops_and_payouts,
            ControlAccount::Shipping => "(shipping)",
            ControlAccount::SalesTax => &mapping.sales_tax,
            ControlAccount::Purchases => &mapping.purchases,
            ControlAccount::PurchasesTax => &mapping.purchases_tax,
            ControlAccount::PurchasesShipping => &mapping.purchases_shipping,
            ControlAccount::PurchasesOtherFees => &mapping.purchases_other_fees,
            ControlAccount::Payable => &mapping.payable,
            ControlAccount::Rounding => &mapping.rounding,
        }
    }

    /// The control accounts that a till needs in any company, in the order of mission 2.2. Purchases and cash rounding have
    /// theirs where they occur: [`Company::all_control_accounts`].
    pub fn control_accounts(&self) -> Vec<ControlAccount> {
        let mut accounts =
            vec![ControlAccount::Sales, ControlAccount::Receivable, ControlAccount::TillTakings];
        accounts.extend(
            self.mapping.tender_accounts.keys().map(|&id| ControlAccount::TakingsOf(TenderTypeId(id))),
        );
        accounts.extend([
            ControlAccount::Vouchers,
            ControlAccount::Deposits,
            ControlAccount::DropsAndPayouts,
            ControlAccount::Shipping,
            ControlAccount::SalesTax,
        ]);
        accounts
    }

    /// Every control account that a document of this company can move.
    pub fn all_control_accounts(&self) -> Vec<ControlAccount> {
        let mut accounts = self.control_accounts();
        accounts.extend(ControlAccount::PURCHASING);
        accounts.push(ControlAccount::Rounding);
        accounts
    }

    /// The name of the vendor that stands for a supplier (D-18).
    pub fn vendor(&self, supplier: &str) -> &str {
        self.mapping.suppliers.get(supplier).unwrap_or(&self.mapping.default_vendor)
    }

    /// Whether a purchase order gets a bill.
    pub fn has_bills(&self) -> bool {
        self.mapping.bills
    }

    /// Whether something closed at this instant was closed before the company went live (T-05).
    pub fn is_before_start(&self, closed_at: DateTime<FixedOffset>) -> bool {
        self.mapping.start.is_some_and(|start| closed_at < start)
    }

    /// The same of a purchase order; one that does not say when it was closed is judged by its date.
    pub fn is_order_before_start(&self, order: &PurchaseOrder) -> bool {
        match (order.closed_at(), self.mapping.start) {
            (Some(at), _) => self.is_before_start(at),
            (None, Some(start)) => order.date() < start.date_naive(),
            (None, None) => false,
        }
    }

    /// The account behind an item.
    pub fn account_of(&self, item: ItemRole) -> ControlAccount {
        item.account()
    }

    /// What a store's numbers begin with.
    pub fn prefix(&self, store: &Store) -> &str {
        self.store(store).and_then(|options| options.prefix.as_deref()).unwrap_or(DEFAULT_PREFIX)
    }

    /// Every prefix that numbers of this company can begin with.
    pub fn prefixes(&self) -> BTreeSet<&str> {
        let of_stores =
            self.mapping.stores.values().map(|store| store.prefix.as_deref().unwrap_or(DEFAULT_PREFIX));
        let mut prefixes: BTreeSet<&str> = of_stores.collect();
        // Stores that the mapping does not name have the default prefix.
        prefixes.insert(DEFAULT_PREFIX);
        prefixes
    }

    /// The id of the QuickBooks tax code that a store's documents name, when it is not the company's default.
    pub fn tax_code(&self, store_code: &str) -> Option<&str> {
        self.mapping.stores.get(store_code).and_then(|options| options.tax_code.as_deref())
    }

    /// Whether a POS tax code is taxable; none when the mapping does not know the code.
    pub fn is_taxable(&self, tax_code: &str) -> Option<bool> {
        self.mapping.tax_codes.get(tax_code).copied()
    }

    /// The date of a document: the local calendar date of its event, or the day before when the store's business day
    /// ends later in the night (T-04).
    pub fn txn_date(&self, store: &Store, occurred_at: DateTime<FixedOffset>) -> NaiveDate {
        let date = occurred_at.date_naive();
        let day_ends_at_hour = self.store(store).map_or(0, |options| options.day_ends_at_hour);
        if occurred_at.hour() < day_ends_at_hour { date - Days::new(1) } else { date }
    }

    fn store(&self, store: &Store) -> Option<&StoreMapping> {
        self.mapping.stores.get(store.code())
    }
}
