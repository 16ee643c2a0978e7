//! A company mapping as it holds from one change to the next: what roles, items, tax codes, parties and numbers are called.
//!
//! Neighbours: `company.rs` makes the periods of a mapping; `tax.rs` and `takings.rs` answer for tax codes and tenders.

use std::collections::BTreeMap;

use chrono::{DateTime, Days, FixedOffset, NaiveDate, Timelike};
use pos_model::{Customer, Store, TenderTypeId};
use qb_model::engine::is_same_name;

use super::form::{
    self, AccountRole, Bills, CompanyMapping, DEFAULT_PREFIX, MappingChange, Matching, StoreMapping,
    TenderAccounts,
};
use super::options::Direction;
use super::template::{self, Retailers};
use crate::account::StoreTag;
use crate::number::{DocNumber, NumberScheme, NumberTooLong, Numbered};
use crate::party::Party;
use crate::{ControlAccount, ItemRole};

/// What QuickBooks calls the account that it makes for shipping.
const SHIPPING: &str = "Shipping Income";

/// A company as it is mapped from one change to the next. [`Company::on`](super::Company::on) gives that of a day.
///
/// [`ItemRole::Mapped`] and [`ControlAccount::OfItem`] mean something within one period only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Period {
    since: Option<NaiveDate>,
    /// The mapping with the changes up to this period, and none to come.
    pub(super) mapping: CompanyMapping,
    /// QuickBooks' items of POS items; the index is the number in [`ItemRole::Mapped`].
    items: Vec<MappedItem>,
    /// POS item, in the spelling that codes are compared in, to index.
    item_of: BTreeMap<String, u32>,
    /// Accounts of mapped items that are no control account otherwise; the index is the number in
    /// [`ControlAccount::OfItem`].
    item_accounts: Vec<String>,
    /// Names of the documents' own items whose account a change has replaced: an item points to one account, so the new
    /// account has an item of its own.
    renamed: BTreeMap<ItemRole, String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct MappedItem {
    name: String,
    account: ControlAccount,
}

impl Default for Period {
    fn default() -> Self {
        Self::first(&CompanyMapping::default())
    }
}

impl Period {
    /// The period before the first change of a checked mapping.
    pub(super) fn first(mapping: &CompanyMapping) -> Self {
        Self::new(None, CompanyMapping { changes: Vec::new(), ..mapping.clone() })
    }

    /// The period that a change begins after this one.
    pub(super) fn changed(&self, change: &MappingChange) -> Self {
        let mut period = Self::new(Some(change.from), self.mapping.changed(change));
        period.renamed.clone_from(&self.renamed);
        let discount = self.has_certificate_discounts().then_some(ItemRole::CertificateDiscount);
        for item in ItemRole::PROVISIONED.into_iter().chain(discount) {
            let account = item.account();
            if period.account_name(account) != self.account_name(account) {
                period.renamed.insert(item, format!("{} from {}", item.name(), change.from));
            }
        }
        period
    }

    fn new(since: Option<NaiveDate>, mapping: CompanyMapping) -> Self {
        let (mut items, mut item_accounts): (Vec<MappedItem>, Vec<String>) = Default::default();
        let mut item_of = BTreeMap::new();
        for (code, mapped) in &mapping.items {
            let account = match &mapped.account {
                None => ControlAccount::Sales,
                Some(name) => {
                    ControlAccount::OfItem(position(&mut item_accounts, name, String::as_str, || {
                        name.clone()
                    }))
                }
            };
            let item = || MappedItem { name: mapped.item.clone(), account };
            let index = position(&mut items, &mapped.item, |item| &item.name, item);
            item_of.insert(form::code_key(code), index);
        }
        let renamed = BTreeMap::new();
        Self { since, mapping, items, item_of, item_accounts, renamed }
    }

    /// Returns the first day that it holds for; none of the first period. No two periods of a company have the same.
    #[must_use]
    pub fn since(&self) -> Option<NaiveDate> {
        self.since
    }

    /// Returns the mapping with every change up to this period in it.
    #[must_use]
    pub fn mapping(&self) -> &CompanyMapping {
        &self.mapping
    }

    /// The accounts of tenders that have their own: the company's, then those of stores with tenders of their own.
    pub(super) fn tender_roles(&self) -> Vec<ControlAccount> {
        let mut roles = Vec::new();
        let mut add = |table: &BTreeMap<u64, TenderAccounts>,
                       takings: &dyn Fn(TenderTypeId) -> ControlAccount,
                       refunds: &dyn Fn(TenderTypeId) -> ControlAccount| {
            roles.extend(table.keys().map(|id| takings(TenderTypeId(*id))));
            let apart = table.iter().filter(|(_, accounts)| accounts.refund_account.is_some());
            roles.extend(apart.map(|(id, _)| refunds(TenderTypeId(*id))));
        };
        add(&self.mapping.tender_accounts, &ControlAccount::TakingsOf, &ControlAccount::RefundsOf);
        for (code, store) in &self.mapping.stores {
            let tag = StoreTag::of(code);
            if let Some(own) = &store.tender_accounts {
                add(own, &|tender| ControlAccount::TakingsAt(tag, tender), &|tender| {
                    ControlAccount::RefundsAt(tag, tender)
                });
            }
        }
        roles
    }

    /// The mapped name of a tender's own account; none where the mapping has none.
    pub(super) fn tender_account(&self, account: ControlAccount) -> Option<&str> {
        let accounts = self.accounts_of(account)?;
        match account {
            ControlAccount::RefundsOf(_) | ControlAccount::RefundsAt(..) => {
                accounts.refund_account.as_deref()
            }
            _ => Some(&accounts.account),
        }
    }

    /// The entry of the mapping that a tender's own account has.
    pub(super) fn accounts_of(&self, account: ControlAccount) -> Option<&TenderAccounts> {
        match account {
            ControlAccount::TakingsOf(tender) | ControlAccount::RefundsOf(tender) => {
                self.mapping.tender_accounts.get(&tender.0)
            }
            ControlAccount::TakingsAt(tag, tender) | ControlAccount::RefundsAt(tag, tender) => {
                let mut stores = self.mapping.stores.iter();
                let (_, store) = stores.find(|(code, _)| StoreTag::of(code) == tag)?;
                store.tender_accounts.as_ref()?.get(&tender.0)
            }
            _ => None,
        }
    }

    /// Returns the mapped name of a control account. Shipping has none of ours: the company's preference names the account,
    /// and until it is read it has the name that QuickBooks gives it, `Shipping Income`.
    pub fn account_name(&self, account: ControlAccount) -> &str {
        let of_role = || AccountRole::of(account).map_or(SHIPPING, |role| self.mapping.account_name(role));
        let of_its_own = match account {
            ControlAccount::TakingsOf(_)
            | ControlAccount::RefundsOf(_)
            | ControlAccount::TakingsAt(..)
            | ControlAccount::RefundsAt(..) => self.tender_account(account),
            ControlAccount::OfItem(index) => self.item_accounts.get(index as usize).map(String::as_str),
            ControlAccount::OpeningBalances => {
                self.mapping.opening.as_ref().and_then(|opening| opening.from_account.as_deref())
            }
            _ => None,
        };
        of_its_own.unwrap_or_else(of_role)
    }

    /// Returns the control accounts that a till needs in any company, in the order of docs/rules.md. Purchases and cash
    /// rounding have theirs where they occur: [`Period::all_control_accounts`].
    #[must_use]
    pub fn control_accounts(&self) -> Vec<ControlAccount> {
        let mut accounts = vec![ControlAccount::Sales];
        accounts.extend((0..).zip(&self.item_accounts).map(|(index, _)| ControlAccount::OfItem(index)));
        accounts.extend([ControlAccount::Receivable, ControlAccount::TillTakings]);
        accounts.extend(self.tender_roles());
        accounts.extend([
            ControlAccount::Vouchers,
            ControlAccount::Deposits,
            ControlAccount::DropsAndPayouts,
            ControlAccount::Shipping,
            ControlAccount::SalesTax,
        ]);
        accounts.extend(self.has_certificate_discounts().then_some(ControlAccount::CertificateDiscounts));
        accounts
    }

    /// Returns every control account that a document of this company can move.
    #[must_use]
    pub fn all_control_accounts(&self) -> Vec<ControlAccount> {
        let mut accounts = self.control_accounts();
        accounts.extend(ControlAccount::PURCHASING);
        accounts.push(ControlAccount::Rounding);
        let opening = self.mapping.opening.as_ref().filter(|opening| opening.from_account.is_some());
        accounts.extend(opening.map(|_| ControlAccount::OpeningBalances));
        accounts
    }

    /// Returns the items that documents of this company may name; QuickBooks brings the shipping item itself.
    #[must_use]
    pub fn items(&self) -> Vec<ItemRole> {
        let mapped = (0..).zip(&self.items).map(|(index, _)| ItemRole::Mapped(index));
        let discount = self.has_certificate_discounts().then_some(ItemRole::CertificateDiscount);
        ItemRole::PROVISIONED.into_iter().chain(discount).chain(mapped).collect()
    }

    /// Returns the item that stands for goods of the POS: their own, or the generic one. Codes are compared without spaces
    /// around them and without case.
    #[must_use]
    pub fn item_of(&self, code: Option<&str>) -> ItemRole {
        // Most companies map no item: nothing is looked up then.
        let code = code.filter(|_| !self.item_of.is_empty());
        let index = code.and_then(|code| self.item_of.get(&form::code_key(code)));
        index.map_or(ItemRole::Goods, |&index| ItemRole::Mapped(index))
    }

    /// The item that a line names: what certificates are worth beyond their price stands on the goods' item, unless the
    /// mapping names an account for it.
    pub(crate) fn item(&self, item: ItemRole) -> ItemRole {
        match item {
            ItemRole::CertificateDiscount if !self.has_certificate_discounts() => ItemRole::Goods,
            item => item,
        }
    }

    fn has_certificate_discounts(&self) -> bool {
        self.mapping.accounts.contains_key(&AccountRole::CertificateDiscounts)
    }

    /// Returns an item's name in QuickBooks.
    pub fn item_name(&self, item: ItemRole) -> &str {
        match self.item(item) {
            ItemRole::Mapped(index) => self.items.get(index as usize).map_or("", |item| &item.name),
            item => self.renamed.get(&item).map_or(item.name(), String::as_str),
        }
    }

    /// Returns the account behind an item.
    #[must_use]
    pub fn account_of(&self, item: ItemRole) -> ControlAccount {
        match self.item(item) {
            ItemRole::Mapped(index) => {
                self.items.get(index as usize).map_or(ControlAccount::Sales, |item| item.account)
            }
            item => item.account(),
        }
    }

    /// Returns whether documents that move no account of a customer's name the customer: where edits go both ways, only one
    /// whose record is used with QuickBooks (F-02, F-07).
    #[must_use]
    pub fn sends(&self, customer: &Customer) -> bool {
        self.mapping.direction() == Direction::OneWay || customer.is_used_with_quickbooks()
    }

    /// Returns what a party is called in QuickBooks when it is new there: `Boston Store`, or `1651-1042` (D-19).
    pub fn display_name(&self, party: Party<'_>) -> String {
        match party {
            Party::Store(store) => {
                let name = self.store(store).and_then(|options| options.customer.as_deref());
                name.map_or_else(|| store.name().replace(':', "-"), str::to_owned)
            }
            Party::Customer(store, customer) => {
                let template = self.mapping.display_name();
                template::fill(template, self.mapping.customers.name_order, store, customer)
            }
        }
    }

    /// Returns the same when another record has that name: `Sara Edward (1042)`, and where customers of several retailers
    /// share the company `Sara Edward (1651-1042)`. None where there is nothing to fall back to: a store has one name only,
    /// and a template with the account number, and with several retailers theirs too, gives each customer a name of its own.
    #[must_use]
    pub fn display_name_if_taken(&self, party: Party<'_>, retailers: Retailers) -> Option<String> {
        let Party::Customer(store, customer) = party else { return None };
        let template = self.mapping.display_name();
        let names = |word: &str| template.contains(word);
        let is_own = names("{account}") && (retailers == Retailers::One || names("{retailer}"));
        (!is_own).then(|| template::fill_taken(&self.display_name(party), store, customer, retailers))
    }

    /// Returns the names that the mapping gives to vendors and to stores' own customers: no customer takes one of them (D-19).
    pub fn names_of_others<'c>(&'c self, store: &'c Store) -> impl Iterator<Item = String> + 'c {
        let vendors = self.mapping.suppliers.values().chain([&self.mapping.default_vendor]);
        let stores = self.mapping.stores.values().filter_map(|options| options.customer.as_ref());
        vendors.chain(stores).cloned().chain([self.display_name(Party::Store(store))])
    }

    /// Returns the name of the vendor that stands for a supplier (D-18).
    #[must_use]
    pub fn vendor(&self, supplier: &str) -> &str {
        self.mapping.suppliers.get(supplier).unwrap_or(&self.mapping.default_vendor)
    }

    /// Returns whether a purchase order gets a bill, and how (D-18).
    #[must_use]
    pub fn bills(&self) -> Bills {
        self.mapping.bills
    }

    /// Returns whether a purchase order gets a bill.
    #[must_use]
    pub fn has_bills(&self) -> bool {
        self.mapping.bills != Bills::None
    }

    /// Returns what a payment on account is matched with (D-15).
    #[must_use]
    pub fn payments_on_account(&self) -> Matching {
        self.mapping.payments_on_account
    }

    /// Writes a number of a store's (docs/rules.md, N-01 to N-14); the register is that of the batch, none of a purchase order.
    ///
    /// # Errors
    /// [`NumberTooLong`] beyond 21 characters.
    pub fn format_number(
        &self,
        store: &Store,
        register: Option<&str>,
        number: impl Into<Numbered>,
    ) -> Result<DocNumber, NumberTooLong> {
        number.into().format(self.prefix(store, register), self.mapping.numbers)
    }

    /// Returns how numbers are written (N-12).
    #[must_use]
    pub fn numbers(&self) -> NumberScheme {
        self.mapping.numbers
    }

    /// Returns what a store's numbers begin with, or those of one of its registers (N-13).
    pub fn prefix(&self, store: &Store, register: Option<&str>) -> &str {
        let Some(options) = self.store(store) else { return DEFAULT_PREFIX };
        let of_register = register.and_then(|register| options.register_prefixes.get(register));
        of_register.or(options.prefix.as_ref()).map_or(DEFAULT_PREFIX, String::as_str)
    }

    /// Returns the id of the QuickBooks tax code that a store's documents name, when it is not the company's default.
    #[must_use]
    pub fn tax_code(&self, store_code: &str) -> Option<&str> {
        self.mapping.stores.get(store_code).and_then(|options| options.tax_code.as_deref())
    }

    /// Returns whether the mapping says that a store lies at UTC.
    #[must_use]
    pub fn is_at_utc(&self, store_code: &str) -> bool {
        self.mapping.stores.get(store_code).is_some_and(|options| options.utc)
    }

    /// Returns the location that a store's documents carry, by name.
    #[must_use]
    pub fn location(&self, store_code: &str) -> Option<&str> {
        self.mapping.stores.get(store_code).and_then(|options| options.location.as_deref())
    }

    /// Returns the class that a store's documents carry, by name.
    #[must_use]
    pub fn class(&self, store_code: &str) -> Option<&str> {
        self.mapping.stores.get(store_code).and_then(|options| options.class.as_deref())
    }

    /// Returns the date of a document: the local calendar date of its event, or the day before when the store's business day
    /// ends later in the night (T-04).
    #[must_use]
    pub fn txn_date(&self, store: &Store, occurred_at: DateTime<FixedOffset>) -> NaiveDate {
        let date = occurred_at.date_naive();
        let day_ends_at_hour = self.store(store).map_or(0, |options| options.day_ends_at_hour);
        if occurred_at.hour() < day_ends_at_hour { date - Days::new(1) } else { date }
    }

    fn store(&self, store: &Store) -> Option<&StoreMapping> {
        self.mapping.stores.get(store.code())
    }
}

/// Returns the index of the entry with this name in any case of letters; appended when there is none. QuickBooks' names are unique
/// without regard to case.
fn position<T>(list: &mut Vec<T>, name: &str, name_of: impl Fn(&T) -> &str, new: impl FnOnce() -> T) -> u32 {
    let found = list.iter().position(|entry| is_same_name(name_of(entry), name));
    let index = found.unwrap_or(list.len());
    if found.is_none() {
        list.push(new());
    }
    index as u32 // a mapping of four billion items does not fit in memory
}
