//! The company mapping: which account plays which role, what the stores' numbers begin with, what is taxable.
//!
//! `company/form.rs` is the plain form that a host keeps, `company/check.rs` what makes it valid, and [`Company`] the valid
//! mapping that rules ask. A mapping may change on dates: [`Company::on`] is the one that holds on a day.

mod check;
mod fault;
mod form;
mod takings;
mod tax;
mod template;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Days, FixedOffset, NaiveDate, Timelike};
use pos_model::{Money, PurchaseOrder, Store, TenderTypeId};
use qb_model::engine::is_same_name;

pub use fault::CompanyFault;
pub(crate) use form::is_same_code;
pub use form::{
    AccountRole, Bills, CompanyMapping, ItemMapping, MappingChange, Matching, OpeningMapping, StoreChange,
    StoreMapping, TaxCodeMapping, TaxCodeSet, TenderAccounts,
};

#[cfg(feature = "schema")]
pub use form::schema;

use self::form::DEFAULT_PREFIX;
use crate::number::{DocNumber, Number, NumberScheme, NumberTooLong};
use crate::party::Party;
use crate::{ControlAccount, ItemRole};

/// How many retailers have customers in the company: an account number says who is meant among one retailer's alone (D-19).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retailers {
    /// One.
    One,
    /// Two or more.
    Several,
}

/// What QuickBooks calls the account that it makes for shipping.
const SHIPPING: &str = "Shipping Income";

/// A valid company mapping, with all that changes in it by date.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Company {
    mapping: CompanyMapping,
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
    /// The company from each change on, in order. They have no changes themselves.
    later: Vec<(NaiveDate, Company)>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct MappedItem {
    name: String,
    account: ControlAccount,
}

/// What certificates and deposits stood at when the company went live (T-05).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opening {
    /// The date of the entry.
    pub date: NaiveDate,
    /// Certificates outstanding; 0.00 or more.
    pub vouchers: Money,
    /// Deposits outstanding; 0.00 or more.
    pub deposits: Money,
    /// The account that the books carry them in; none when nothing is to be posted.
    pub from_account: Option<String>,
    /// Whether the accountant has agreed.
    pub is_confirmed: bool,
}

impl Default for Company {
    fn default() -> Self {
        Self::period(CompanyMapping::default())
    }
}

impl TryFrom<CompanyMapping> for Company {
    type Error = Vec<CompanyFault>;

    fn try_from(mapping: CompanyMapping) -> Result<Self, Vec<CompanyFault>> {
        let faults = check::faults(&mapping);
        if !faults.is_empty() {
            return Err(faults);
        }
        let mut changes: Vec<&MappingChange> = mapping.changes.iter().collect();
        changes.sort_by_key(|change| change.from);
        let mut later: Vec<(NaiveDate, Self)> = Vec::with_capacity(changes.len());
        let first = Self::period(mapping.clone());
        for change in changes {
            let before = later.last().map_or(&first, |(_, company)| company);
            let mut company = Self::period(before.mapping.changed(change));
            company.renamed.clone_from(&before.renamed);
            let discount = before.has_certificate_discounts().then_some(ItemRole::CertificateDiscount);
            for item in ItemRole::PROVISIONED.into_iter().chain(discount) {
                let account = item.account();
                if company.account_name(account) != before.account_name(account) {
                    company.renamed.insert(item, format!("{} from {}", item.name(), change.from));
                }
            }
            later.push((change.from, company));
        }
        Ok(Self { later, ..first })
    }
}

impl Company {
    /// The company of a checked mapping without regard to its changes.
    fn period(mapping: CompanyMapping) -> Self {
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
        Self { mapping, items, item_of, item_accounts, renamed, later: Vec::new() }
    }

    /// The company as it is mapped on a day. A batch is judged by its business date, a purchase order by its date; every
    /// function of this crate that takes one of them does so by itself.
    pub fn on(&self, day: NaiveDate) -> &Self {
        let from = self.later.iter().rev().find(|(from, _)| *from <= day);
        from.map_or(self, |(_, company)| company)
    }

    /// The company before its first change, and as each change leaves it.
    pub fn periods(&self) -> impl Iterator<Item = &Self> {
        std::iter::once(self).chain(self.later.iter().map(|(_, company)| company))
    }

    /// The form this company was made from; of a later period, with the changes up to it.
    pub fn mapping(&self) -> &CompanyMapping {
        &self.mapping
    }

    /// The account that refunds of this tender are paid from, when it is another than money goes into.
    fn refund_account(&self, tender: TenderTypeId) -> Option<&str> {
        self.mapping.tender_accounts.get(&tender.0)?.refund_account.as_deref()
    }

    /// The mapped name of a control account. Shipping has none of ours: the company's preference names the account, and until it
    /// is read it has the name that QuickBooks gives it, `Shipping Income`.
    pub fn account_name(&self, account: ControlAccount) -> &str {
        let of_role = || AccountRole::of(account).map_or(SHIPPING, |role| self.mapping.account_name(role));
        let of_its_own = match account {
            ControlAccount::TakingsOf(tender) => {
                self.mapping.tender_accounts.get(&tender.0).map(|accounts| accounts.account.as_str())
            }
            ControlAccount::RefundsOf(tender) => self.refund_account(tender),
            ControlAccount::OfItem(index) => self.item_accounts.get(index as usize).map(String::as_str),
            ControlAccount::OpeningBalances => {
                self.mapping.opening.as_ref().and_then(|opening| opening.from_account.as_deref())
            }
            _ => None,
        };
        of_its_own.unwrap_or_else(of_role)
    }

    /// The control accounts that a till needs in any company, in the order of docs/rules.md. Purchases and cash rounding have
    /// theirs where they occur: [`Company::all_control_accounts`].
    pub fn control_accounts(&self) -> Vec<ControlAccount> {
        let mut accounts = vec![ControlAccount::Sales];
        accounts.extend((0..).zip(&self.item_accounts).map(|(index, _)| ControlAccount::OfItem(index)));
        accounts.extend([ControlAccount::Receivable, ControlAccount::TillTakings]);
        let tenders = || self.mapping.tender_accounts.keys().map(|&id| TenderTypeId(id));
        accounts.extend(tenders().map(ControlAccount::TakingsOf));
        let apart = |tender: &TenderTypeId| self.refund_account(*tender).is_some();
        accounts.extend(tenders().filter(apart).map(ControlAccount::RefundsOf));
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

    /// Every control account that a document of this company can move.
    pub fn all_control_accounts(&self) -> Vec<ControlAccount> {
        let mut accounts = self.control_accounts();
        accounts.extend(ControlAccount::PURCHASING);
        accounts.push(ControlAccount::Rounding);
        let opening = self.mapping.opening.as_ref().filter(|opening| opening.from_account.is_some());
        accounts.extend(opening.map(|_| ControlAccount::OpeningBalances));
        accounts
    }

    /// The items that documents of this company may name; QuickBooks brings the shipping item itself.
    pub fn items(&self) -> Vec<ItemRole> {
        let mapped = (0..).zip(&self.items).map(|(index, _)| ItemRole::Mapped(index));
        let discount = self.has_certificate_discounts().then_some(ItemRole::CertificateDiscount);
        ItemRole::PROVISIONED.into_iter().chain(discount).chain(mapped).collect()
    }

    /// The item that stands for goods of the POS: their own, or the generic one. Codes are compared without spaces around
    /// them and without case.
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

    /// An item's name in QuickBooks.
    pub fn item_name(&self, item: ItemRole) -> &str {
        match self.item(item) {
            ItemRole::Mapped(index) => self.items.get(index as usize).map_or("", |item| &item.name),
            item => self.renamed.get(&item).map_or(item.name(), String::as_str),
        }
    }

    /// The account behind an item.
    pub fn account_of(&self, item: ItemRole) -> ControlAccount {
        match self.item(item) {
            ItemRole::Mapped(index) => {
                self.items.get(index as usize).map_or(ControlAccount::Sales, |item| item.account)
            }
            item => item.account(),
        }
    }

    /// What a party is called in QuickBooks when it is new there: `Boston Store`, or `1651-1042` (D-19).
    pub fn display_name(&self, party: Party<'_>) -> String {
        match party {
            Party::Store(store) => {
                let name = self.store(store).and_then(|options| options.customer.as_deref());
                name.map_or_else(|| store.name().replace(':', "-"), str::to_owned)
            }
            Party::Customer(store, customer) => template::fill(&self.mapping.display_name, store, customer),
        }
    }

    /// Returns the same when another record has that name: `Sara Edward (1042)`, and where customers of several retailers
    /// share the company `Sara Edward (1651-1042)`. None where there is nothing to fall back to: a store has one name only,
    /// and a template with the account number, and with several retailers theirs too, gives each customer a name of its own.
    pub fn display_name_if_taken(&self, party: Party<'_>, retailers: Retailers) -> Option<String> {
        let Party::Customer(store, customer) = party else { return None };
        let template = &self.mapping.display_name;
        let names = |word: &str| template.contains(word);
        let is_own = names("{account}") && (retailers == Retailers::One || names("{retailer}"));
        (!is_own).then(|| template::fill_taken(template, store, customer, retailers))
    }

    /// The name of the vendor that stands for a supplier (D-18).
    pub fn vendor(&self, supplier: &str) -> &str {
        self.mapping.suppliers.get(supplier).unwrap_or(&self.mapping.default_vendor)
    }

    /// Whether a purchase order gets a bill, and how (D-18).
    pub fn bills(&self) -> Bills {
        self.mapping.bills
    }

    /// Whether a purchase order gets a bill.
    pub fn has_bills(&self) -> bool {
        self.mapping.bills != Bills::None
    }

    /// What a payment on account is matched with (D-15).
    pub fn payments_on_account(&self) -> Matching {
        self.mapping.payments_on_account
    }

    /// What certificates and deposits stood at when the company went live; none when the mapping does not say.
    pub fn opening(&self) -> Option<Opening> {
        let opening = self.mapping.opening.as_ref()?;
        let amount = |text| check::money(text).unwrap_or_default(); // checked when the company was made
        Some(Opening {
            date: opening.date,
            vouchers: amount(&opening.vouchers),
            deposits: amount(&opening.deposits),
            from_account: opening.from_account.clone(),
            is_confirmed: opening.confirmed,
        })
    }

    /// Returns the opening balances that an entry is posted for: those with an account to move them from, and of more than
    /// 0.00 together.
    pub(crate) fn opening_to_post(&self) -> Option<Opening> {
        let is_posted = |opening: &Opening| {
            opening.from_account.is_some() && (opening.vouchers + opening.deposits).is_positive()
        };
        self.opening().filter(is_posted)
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

    /// Writes a number of a store's (docs/rules.md, N-01 to N-14); the register is that of the batch, none of a purchase order.
    ///
    /// # Errors
    /// [`NumberTooLong`] beyond 21 characters.
    pub fn format_number(
        &self,
        store: &Store,
        register: Option<&str>,
        number: Number,
    ) -> Result<DocNumber, NumberTooLong> {
        number.format(self.prefix(store, register), self.mapping.numbers)
    }

    /// What a number says, when it is one of this company's, and the prefix it begins with.
    pub fn parse_number(&self, text: &str) -> Option<(&str, Number)> {
        let read = |prefix| Some((prefix, Number::parse(prefix, self.mapping.numbers, text)?));
        // The longest first: a store's CLOB is no default CL before an opening entry's OB.
        let mut prefixes: Vec<&str> = self.prefixes().into_iter().collect();
        prefixes.sort_by_key(|prefix| std::cmp::Reverse(prefix.len()));
        prefixes.into_iter().find_map(read)
    }

    /// How numbers are written.
    pub fn numbers(&self) -> NumberScheme {
        self.mapping.numbers
    }

    /// What a store's numbers begin with, or those of one of its registers (N-13).
    pub fn prefix(&self, store: &Store, register: Option<&str>) -> &str {
        let Some(options) = self.store(store) else { return DEFAULT_PREFIX };
        let of_register = register.and_then(|register| options.register_prefixes.get(register));
        of_register.or(options.prefix.as_ref()).map_or(DEFAULT_PREFIX, String::as_str)
    }

    /// Every prefix that numbers of this company can begin with.
    pub fn prefixes(&self) -> BTreeSet<&str> {
        let stores = self.mapping.stores.values();
        let mut prefixes: BTreeSet<&str> =
            stores.flat_map(check::prefixes).map(|(_, prefix)| prefix).collect();
        // Stores that the mapping does not name have the default prefix, unless a named one has it, in either case.
        if !prefixes.iter().any(|prefix| prefix.eq_ignore_ascii_case(DEFAULT_PREFIX)) {
            prefixes.insert(DEFAULT_PREFIX);
        }
        prefixes
    }

    /// The id of the QuickBooks tax code that a store's documents name, when it is not the company's default.
    pub fn tax_code(&self, store_code: &str) -> Option<&str> {
        self.mapping.stores.get(store_code).and_then(|options| options.tax_code.as_deref())
    }

    /// Whether the mapping says that a store lies at UTC.
    pub fn is_at_utc(&self, store_code: &str) -> bool {
        self.mapping.stores.get(store_code).is_some_and(|options| options.utc)
    }

    /// The location that a store's documents carry, by name.
    pub fn location(&self, store_code: &str) -> Option<&str> {
        self.mapping.stores.get(store_code).and_then(|options| options.location.as_deref())
    }

    /// The class that a store's documents carry, by name.
    pub fn class(&self, store_code: &str) -> Option<&str> {
        self.mapping.stores.get(store_code).and_then(|options| options.class.as_deref())
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

/// The index of the entry with this name, whatever its case; appended when there is none. QuickBooks' names are unique
/// without regard to case.
fn position<T>(list: &mut Vec<T>, name: &str, name_of: impl Fn(&T) -> &str, new: impl FnOnce() -> T) -> u32 {
    let found = list.iter().position(|entry| is_same_name(name_of(entry), name));
    let index = found.unwrap_or(list.len());
    if found.is_none() {
        list.push(new());
    }
    index as u32 // a mapping of four billion items does not fit in memory
}
