//! Everything that can be wrong with a company mapping, said at once.

use std::collections::{BTreeMap, BTreeSet};
use std::iter;

use chrono::Datelike;
use pos_model::Money;
use pos_model::raw::DecimalText;
use qb_model::engine::{is_same_name, name_key};

use super::fault::CompanyFault;
use super::form::{
    AccountRole, CompanyMapping, DEFAULT_PREFIX, ItemMapping, MappingChange, OpeningMapping, StoreMapping,
    TaxCodeSet, TenderAccounts, code_key, is_same_code,
};
use super::options::ItemDetailFrom;
use super::template;
use crate::ItemRole;

/// Every fault of a mapping and of its changes.
pub(super) fn faults(mapping: &CompanyMapping) -> Vec<CompanyFault> {
    let mut faults = Vec::new();
    if mapping.version != 1 {
        faults.push(CompanyFault::UnknownVersion { found: mapping.version });
    }
    if !mapping.to_decide.is_empty() {
        faults.push(CompanyFault::Undecided { open: mapping.to_decide.clone() });
    }
    if let Err(rule) = template::check(mapping.display_name()) {
        faults.push(CompanyFault::DisplayName { template: mapping.display_name().to_owned(), rule });
    }
    faults.extend(detail_faults(&mapping.item_detail));
    let types = mapping.customers.types.iter();
    faults.extend(types.filter_map(|name| name_fault("customers.types".to_owned(), Some(name))));
    faults.extend(mapping.opening.iter().flat_map(opening_faults));
    faults.extend(account_faults("", &mapping.accounts, &mapping.tender_accounts));
    faults.extend(item_faults("", &mapping.items, mapping));
    faults.extend(stores_faults(&mapping.stores));
    faults.extend(vendor_faults("", &mapping.suppliers, Some(&mapping.default_vendor)));
    faults.extend(mapping.tax_codes.iter().filter_map(|(code, meaning)| {
        id_fault(format!("tax_codes.{code}.tax_code"), meaning.tax_code.as_deref())
    }));
    faults.extend(set_faults("", &mapping.tax_code_sets, mapping));
    faults.extend(code_faults("items", mapping.items.keys()));
    faults.extend(code_faults("tax_codes", mapping.tax_codes.keys()));
    let mut dates = BTreeSet::new();
    for change in &mapping.changes {
        if !dates.insert(change.from) {
            faults.push(CompanyFault::ChangeTwice { from: change.from });
        }
        faults.extend(change_faults(mapping, change));
    }
    faults.extend(sales_item_faults(mapping));
    faults
}

/// F-07: of two choices from one instant on it cannot be told which one holds.
fn detail_faults(choices: &[ItemDetailFrom]) -> Vec<CompanyFault> {
    let mut instants = BTreeSet::new();
    let twice = choices.iter().filter(|choice| !instants.insert(choice.from));
    twice.map(|choice| CompanyFault::ItemDetailTwice { from: choice.from }).collect()
}

/// Items without an account of their own point to A-01: where a change names another A-01, they need another item.
fn sales_item_faults(mapping: &CompanyMapping) -> Vec<CompanyFault> {
    let mut changes: Vec<&MappingChange> = mapping.changes.iter().collect();
    changes.sort_by_key(|change| change.from);
    let (mut faults, mut accounts) = (Vec::new(), BTreeMap::<String, String>::new());
    let mut note = |field: &str, period: &CompanyMapping| {
        let sales = period.account_name(AccountRole::Sales);
        for item in period.items.values().filter(|item| item.account.is_none()) {
            let before = accounts.entry(name_key(&item.item)).or_insert_with(|| sales.to_owned());
            if !is_same_name(before, sales) {
                let (item, other) = (item.item.clone(), std::mem::replace(before, sales.to_owned()));
                let (field, account) = (field.to_owned(), sales.to_owned());
                faults.push(CompanyFault::ItemAccounts { field, item, account, other });
            }
        }
    };
    note("", mapping);
    let mut period = mapping.clone();
    for change in changes {
        period = period.changed(change);
        note(&format!("changes[{}].accounts.sales", change.from), &period);
    }
    faults
}

fn change_faults(mapping: &CompanyMapping, change: &MappingChange) -> Vec<CompanyFault> {
    let at = format!("changes[{}].", change.from);
    let mut faults = account_faults(&at, &change.accounts, &change.tender_accounts);
    faults.extend(item_faults(&at, &change.items, mapping));
    faults.extend(vendor_faults(&at, &change.suppliers, change.default_vendor.as_ref()));
    faults.extend(change.tax_codes.iter().filter_map(|(code, meaning)| {
        id_fault(format!("{at}tax_codes.{code}.tax_code"), meaning.tax_code.as_deref())
    }));
    faults.extend(set_faults(&at, &change.tax_code_sets, &mapping.changed(change)));
    faults.extend(code_faults(&format!("{at}items"), change.items.keys()));
    faults.extend(code_faults(&format!("{at}tax_codes"), change.tax_codes.keys()));
    for (code, store) in &change.stores {
        let at = format!("{at}stores.{code}");
        let names = [("location", store.location.as_deref()), ("class", store.class.as_deref())];
        faults.extend(names.iter().filter_map(|(field, name)| name_fault(format!("{at}.{field}"), *name)));
        faults.extend(id_fault(format!("{at}.tax_code"), store.tax_code.as_deref()));
        faults.extend(
            store
                .tender_accounts
                .iter()
                .flat_map(|own| tender_faults(&format!("{at}."), own).collect::<Vec<_>>()),
        );
    }
    faults
}

/// Codes of one table that are the same in another spelling.
fn code_faults<'c>(field: &str, codes: impl Iterator<Item = &'c String>) -> Vec<CompanyFault> {
    let mut known = BTreeMap::new();
    let mut faults = Vec::new();
    for code in codes {
        if let Some(other) = known.insert(code_key(code), code) {
            let (field, code, other) = (field.to_owned(), code.clone(), other.clone());
            faults.push(CompanyFault::CodeTwice { field, code, other });
        }
    }
    faults
}

/// The sets given here, judged by the tax codes that hold then.
fn set_faults(at: &str, sets: &[TaxCodeSet], period: &CompanyMapping) -> Vec<CompanyFault> {
    let meaning = |code: &str| {
        let mut known = period.tax_codes.iter();
        known.find(|(known, _)| is_same_code(known, code)).map(|(_, meaning)| meaning)
    };
    let mut faults = Vec::new();
    for (i, set) in sets.iter().enumerate() {
        let field = format!("{at}tax_code_sets[{i}]");
        faults.extend(id_fault(format!("{field}.tax_code"), Some(&set.tax_code)));
        let different: BTreeSet<String> = set.codes.iter().map(|code| code_key(code)).collect();
        let wrong = set.codes.iter().find(|code| !meaning(code).is_some_and(|meaning| meaning.taxable));
        let rule = match wrong {
            Some(code) if meaning(code).is_none() => format!("{code:?} is not in tax_codes"),
            Some(code) => format!("{code:?} is not taxable"),
            None if different.len() < 2 => "it combines nothing".to_owned(),
            None => continue,
        };
        faults.push(CompanyFault::TaxCodeSet { field: format!("{field}.codes"), rule });
    }
    faults
}

fn account_faults(
    at: &str,
    accounts: &BTreeMap<AccountRole, String>,
    tenders: &BTreeMap<u64, TenderAccounts>,
) -> Vec<CompanyFault> {
    let of_roles = accounts.iter().map(|(role, name)| (format!("{at}accounts.{}", role.word()), name));
    let of_roles = of_roles.filter_map(|(field, name)| account_fault(field, name));
    of_roles.chain(tender_faults(at, tenders)).collect()
}

fn tender_faults(at: &str, tenders: &BTreeMap<u64, TenderAccounts>) -> impl Iterator<Item = CompanyFault> {
    let names = tenders.iter().flat_map(move |(id, accounts)| {
        let field = format!("{at}tender_accounts.{id}");
        let refunds = accounts.refund_account.as_ref().map(|name| (format!("{field}.refund_account"), name));
        std::iter::once((field, &accounts.account)).chain(refunds)
    });
    names.filter_map(|(field, name)| account_fault(field, name))
}

/// The items given here, judged among all that ever hold: QuickBooks' item points to one account at any time.
fn item_faults(
    at: &str,
    items: &BTreeMap<String, ItemMapping>,
    mapping: &CompanyMapping,
) -> Vec<CompanyFault> {
    let mut faults = Vec::new();
    for (code, mapped) in items {
        let field = format!("{at}items.{code}");
        faults.extend(name_fault(format!("{field}.item"), Some(&mapped.item)));
        faults
            .extend(mapped.account.as_ref().and_then(|name| account_fault(format!("{field}.account"), name)));
        let mut own = ItemRole::PROVISIONED.iter().chain([&ItemRole::CertificateDiscount]);
        if own.any(|role| is_same_name(role.name(), &mapped.item)) {
            faults.push(CompanyFault::ReservedItem { field: field.clone(), item: mapped.item.clone() });
        }
        let is_same =
            |other: &&ItemMapping| other.account != mapped.account && is_same_name(&other.item, &mapped.item);
        let of_changes = mapping.changes.iter().flat_map(|change| change.items.values());
        if let Some(other) = mapping.items.values().chain(of_changes).find(is_same) {
            let name = |account: &Option<String>| {
                account.clone().unwrap_or_else(|| AccountRole::Sales.default_name().to_owned())
            };
            let (item, account, other) = (mapped.item.clone(), name(&mapped.account), name(&other.account));
            faults.push(CompanyFault::ItemAccounts { field, item, account, other });
        }
    }
    faults
}

fn vendor_faults(
    at: &str,
    suppliers: &BTreeMap<String, String>,
    default_vendor: Option<&String>,
) -> Vec<CompanyFault> {
    let vendors = suppliers.iter().map(|(id, name)| (format!("{at}suppliers.{id}"), name));
    let vendors = vendors.chain(default_vendor.map(|name| (format!("{at}default_vendor"), name)));
    vendors
        .filter(|(_, name)| !is_name(name))
        .map(|(field, name)| CompanyFault::VendorName { field, name: name.clone() })
        .collect()
}

fn opening_faults(opening: &OpeningMapping) -> Vec<CompanyFault> {
    let amounts = [("vouchers", &opening.vouchers), ("deposits", &opening.deposits)];
    let wrong = amounts.into_iter().filter(|(_, text)| money(text).is_none());
    let mut faults: Vec<_> = wrong
        .map(|(field, text)| {
            let value = text.value().map_or_else(str::to_owned, |number| number.to_string());
            CompanyFault::OpeningAmount { field, value }
        })
        .collect();
    if !(2000..2100).contains(&opening.date.year()) {
        faults.push(CompanyFault::OpeningDate { date: opening.date });
    }
    let account = opening.from_account.as_ref();
    faults.extend(account.and_then(|name| account_fault("opening.from_account".to_owned(), name)));
    faults
}

/// An opening balance; none when it is no amount of dollars and cents, or less than 0.00.
pub(super) fn money(text: &DecimalText) -> Option<Money> {
    text.value().ok().and_then(Money::exact).filter(|amount| !amount.is_negative())
}

/// What numbers of a store begin with: the store's own, and its registers', each with the register.
pub(super) fn prefixes(options: &StoreMapping) -> impl Iterator<Item = (Option<&str>, &str)> {
    let of_store = options.prefix.as_deref().unwrap_or(DEFAULT_PREFIX);
    let of_registers = options.register_prefixes.iter();
    let of_registers = of_registers.map(|(register, prefix)| (Some(register.as_str()), prefix.as_str()));
    iter::once((None, of_store)).chain(of_registers)
}

fn stores_faults(stores: &BTreeMap<String, StoreMapping>) -> Vec<CompanyFault> {
    let mut faults = Vec::new();
    let mut prefixes: BTreeSet<String> = BTreeSet::new();
    for (code, options) in stores {
        for (register, prefix) in self::prefixes(options) {
            let prefix = prefix.to_owned();
            let whose =
                register.map_or_else(|| code.clone(), |register| format!("{code}, register {register}"));
            let other = prefixes.first().filter(|other| other.len() != prefix.len()).cloned();
            if !(1..=8).contains(&prefix.len()) || !prefix.bytes().all(|b| b.is_ascii_alphabetic()) {
                faults.push(CompanyFault::Prefix { whose, prefix });
            } else if let Some(other) = other {
                faults.push(CompanyFault::PrefixLength { whose, prefix, other });
            } else if !prefixes.insert(prefix.to_ascii_uppercase()) {
                faults.push(CompanyFault::PrefixShared { whose, prefix });
            }
        }
        let own = options.tender_accounts.iter();
        faults.extend(own.flat_map(|own| tender_faults(&format!("stores.{code}."), own).collect::<Vec<_>>()));
        let store = code.clone();
        if options.day_ends_at_hour > 12 {
            faults.push(CompanyFault::DayEnd { store, hour: options.day_ends_at_hour });
        }
        let names =
            [("customer", &options.customer), ("location", &options.location), ("class", &options.class)];
        faults.extend(
            names
                .iter()
                .filter_map(|(field, name)| name_fault(format!("stores.{code}.{field}"), name.as_deref())),
        );
        faults.extend(id_fault(format!("stores.{code}.tax_code"), options.tax_code.as_deref()));
    }
    faults
}

fn account_fault(field: String, name: &str) -> Option<CompanyFault> {
    let is_fit = is_name(name) && !name.contains('"');
    (!is_fit).then(|| CompanyFault::AccountName { field, name: name.to_owned() })
}

fn name_fault(field: String, name: Option<&str>) -> Option<CompanyFault> {
    let name = name.filter(|name| !is_name(name))?;
    Some(CompanyFault::Name { field, name: name.to_owned() })
}

fn id_fault(field: String, id: Option<&str>) -> Option<CompanyFault> {
    let id = id.filter(|id| qb_model::Id::<qb_model::TaxCode>::new(*id).is_err())?;
    Some(CompanyFault::TaxCodeId { field, id: id.to_owned() })
}

/// What QuickBooks takes as a name of any list entry.
fn is_name(name: &str) -> bool {
    !name.trim().is_empty()
        && name.chars().count() <= 100
        && !name.chars().any(|c| c.is_control() || c == ':')
}
