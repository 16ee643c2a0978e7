//! A first company mapping, drafted from what the POS files say and what the company has.
//!
//! Pure: files and the company's lists are handed in. A guess is never silent: whatever a person has to look at stands in
//! the draft's `to_decide`, and a mapping posts nothing before that list is empty.

mod seen;

use std::collections::BTreeSet;

use mapping::{AccountRole, CompanyMapping, ItemMapping, StoreMapping, TaxCodeMapping};
use pos_model::TenderKind;
use qb_model::engine::{is_same_name, name_key};
use qb_model::{AccountInfo, AccountType, ItemInfo};

pub use self::seen::Seen;

/// What the company has, as far as a mapping names it. Active entries only.
#[derive(Debug, Default)]
pub struct Lists {
    /// Its accounts.
    pub accounts: Vec<AccountInfo>,
    /// Its items.
    pub items: Vec<ItemInfo>,
    /// Its tax codes: id and name.
    pub tax_codes: Vec<(String, String)>,
    /// Its vendors' names.
    pub vendors: Vec<String>,
    /// Its locations' names; empty where it does not track them.
    pub locations: Vec<String>,
    /// Whether its preferences name a default tax code.
    pub has_default_tax_code: bool,
}

/// More names than this are not listed in a question: the person looks them up in QuickBooks.
const MOST_NAMES: usize = 8;

/// Returns the draft. Its `to_decide` says of every guess what it is, what else there is, and where it is written.
#[must_use]
pub fn draft(seen: &Seen, lists: &Lists) -> CompanyMapping {
    let mut draft = Draft { seen, lists, mapping: CompanyMapping::default() };
    draft.begin();
    draft.stores();
    draft.roles();
    draft.tenders();
    draft.items();
    draft.tax();
    draft.suppliers();
    draft.mapping
}

struct Draft<'d> {
    seen: &'d Seen,
    lists: &'d Lists,
    mapping: CompanyMapping,
}

impl Draft<'_> {
    fn ask(&mut self, field: &str, question: impl AsRef<str>) {
        self.mapping.to_decide.push(format!("{field}: {}", question.as_ref()));
    }

    /// Says from when on the books are kept, and what stood open by then (T-05).
    fn begin(&mut self) {
        self.ask("start", "from which instant on batches are posted; without it, every batch that is given");
        if self.seen.has_certificates || self.seen.has_deposits {
            let what = match (self.seen.has_certificates, self.seen.has_deposits) {
                (true, true) => "gift certificates and deposits",
                (true, false) => "gift certificates",
                _ => "deposits",
            };
            self.ask(
                "opening",
                format!("what {what} stood at on the day before, and the account that carries it today"),
            );
        }
    }

    /// Prefixes of equal length, different in all stores (N-13).
    fn stores(&mut self) {
        let is_one = self.seen.stores.len() == 1;
        let mut taken = BTreeSet::new();
        for (code, name) in &self.seen.stores {
            let mut store = StoreMapping::default();
            if !is_one {
                let prefix = prefix(name, code, &mut taken);
                self.ask(
                    &format!("stores.{code}.prefix"),
                    format!(
                        "{prefix} begins every number of {name}, and cannot change once a document is posted"
                    ),
                );
                store.prefix = Some(prefix);
            }
            store.location =
                self.lists.locations.iter().find(|location| is_like(location, &[name, code])).cloned();
            if let Some(location) = &store.location {
                self.ask(
                    &format!("stores.{code}.location"),
                    format!("the documents of {name} carry the location {location}"),
                );
            }
            if store != StoreMapping::default() {
                self.mapping.stores.insert(code.clone(), store);
            }
        }
        if is_one {
            self.ask(
                "stores",
                "numbers begin with CL; name a prefix of the store's own if another store may come",
            );
        }
    }

    /// The accounts that the company has for our roles already, under names of its own.
    fn roles(&mut self) {
        let seen = self.seen;
        for (role, kind, words, is_needed) in [
            (AccountRole::Vouchers, AccountType::OtherCurrentLiability, &["gift"][..], seen.has_certificates),
            (
                AccountRole::Deposits,
                AccountType::OtherCurrentLiability,
                &["customer deposit", "deposits from customers", "unearned"],
                seen.has_deposits,
            ),
            (
                AccountRole::DropsAndPayouts,
                AccountType::OtherCurrentAsset,
                &["petty cash", "drops"],
                seen.has_pay_ins_and_outs,
            ),
            (
                AccountRole::Rounding,
                AccountType::Expense,
                &["rounding", "over and short", "over/short"],
                seen.has_rounding,
            ),
        ] {
            if !is_needed || self.account(role.default_name(), kind).is_some() {
                continue;
            }
            let word = role_name(role);
            let found = self.of_type(kind).find(|account| {
                let name = name_key(&account.name);
                words.iter().any(|word| name.contains(word))
            });
            if let Some(name) = found.map(|account| account.name.clone()) {
                self.ask(
                    &format!("accounts.{word}"),
                    format!("{name}; without it, {} is made", role.default_name()),
                );
                self.mapping.accounts.insert(role, name);
            }
        }
        let receivables = self.names(AccountType::AccountsReceivable);
        if receivables.len() > 1 {
            let first = receivables[0].clone();
            self.ask(
                "accounts.receivable",
                format!("the one that invoices post to, of {}", listing(&receivables)),
            );
            self.mapping.accounts.insert(AccountRole::Receivable, first);
        }
        let payables = self.names(AccountType::AccountsPayable);
        if seen.has_purchase_orders && payables.len() > 1 {
            self.ask(
                "accounts.payable",
                format!("make all but one inactive in QuickBooks: {}", listing(&payables)),
            );
        }
    }

    /// Money that comes later, and from somebody else, wants an account of its own.
    fn tenders(&mut self) {
        let seen = self.seen;
        for (id, (name, kind)) in &seen.tenders {
            let field = format!("tender_accounts.{id}");
            match kind {
                TenderKind::Card | TenderKind::Other => {
                    let words = ["clearing", "merchant", "card", "processor", "stripe", "square", "paypal"];
                    let likely = self.of_type(AccountType::Bank).find(|account| {
                        let account = name_key(&account.name);
                        account.contains(&name_key(name)) || words.iter().any(|word| account.contains(word))
                    });
                    let banks = self.names(AccountType::Bank);
                    match likely.map(|account| account.name.clone()) {
                        Some(account) => {
                            self.ask(&field, format!("{name} goes to {account}; the company's bank accounts are {}", listing(&banks)));
                            self.mapping.tender_accounts.insert(*id, account.as_str().into());
                        }
                        None => self.ask(&field, format!(
                            "{name} goes to {} unless a bank account is named where its payouts are cleared{}",
                            AccountRole::TillTakings.default_name(), of_them(&banks)
                        )),
                    }
                }
                _ => {}
            }
        }
    }

    /// Items of the company's own that bear the name of one of the till's, and tips, which are nobody's income.
    fn items(&mut self) {
        let (seen, lists) = (self.seen, self.lists);
        for (code, name) in &seen.items {
            let is_tip = ["tip", "tips", "gratuity"]
                .iter()
                .any(|word| name_key(name).split(|c: char| !c.is_alphanumeric()).any(|part| part == *word));
            let can_sell =
                |item: &&ItemInfo| matches!(item.item_type.as_str(), "" | "Service" | "NonInventory");
            let found = lists.items.iter().filter(can_sell).find(|item| is_like(&item.name, &[name, code]));
            let account = found.and_then(|item| {
                let id = item.income_account.as_ref()?;
                lists.accounts.iter().find(|account| account.id == *id)
            });
            let field = format!("items.{code}");
            if let (Some(item), Some(account)) = (found, account) {
                let (item, account) = (item.name.clone(), account.name.clone());
                self.ask(
                    &field,
                    format!(
                        "{name} is sold as {item}, which posts to {account}; without it, as Cloud POS Item"
                    ),
                );
                self.mapping.items.insert(code.clone(), ItemMapping { item, account: Some(account) });
            } else if is_tip {
                let liabilities = self.names(AccountType::OtherCurrentLiability);
                self.ask(
                    &field,
                    format!(
                        "{name} is no income: map it to an item that posts to a liability{}",
                        of_them(&liabilities)
                    ),
                );
            }
        }
    }

    /// What is taxable, which tax code documents name, and the agency's account (D-21).
    fn tax(&mut self) {
        let (seen, lists) = (self.seen, self.lists);
        for (code, is_taxed) in &seen.tax_codes {
            let is_known = self
                .mapping
                .tax_codes
                .iter()
                .any(|(known, meaning)| is_same_name(known, code) && (meaning.taxable || !is_taxed));
            if is_known {
                continue;
            }
            let why = if *is_taxed {
                "the till charged tax under it"
            } else {
                "the till never charged tax under it"
            };
            let word = if *is_taxed { "taxable" } else { "not taxable" };
            self.ask(&format!("tax_codes.{code}"), format!("{word}: {why} in these files"));
            self.mapping
                .tax_codes
                .insert(code.clone(), TaxCodeMapping { taxable: *is_taxed, tax_code: None });
        }
        if !seen.tax_codes.values().any(|is_taxed| *is_taxed) {
            return;
        }
        if !lists.has_default_tax_code {
            let codes: Vec<String> =
                lists.tax_codes.iter().map(|(id, name)| format!("{id} ({name})")).collect();
            match &lists.tax_codes[..] {
                [(id, name)] => {
                    for code in seen.stores.keys() {
                        self.mapping.stores.entry(code.clone()).or_default().tax_code = Some(id.clone());
                    }
                    self.ask("stores.*.tax_code", format!("{id} ({name}), the company's only tax code"));
                }
                _ => self.ask("stores.*.tax_code", format!("the tax code of each store{}", of_them(&codes))),
            }
        }
        let agencies: Vec<String> = lists
            .accounts
            .iter()
            .filter(|account| account.account_sub_type == "SalesTaxPayable")
            .map(|account| account.name.clone())
            .collect();
        let default = AccountRole::SalesTax.default_name();
        match &agencies[..] {
            [] => self.ask(
                "accounts.sales_tax",
                "set up sales tax in QuickBooks: the company has no account of a tax agency",
            ),
            [name] if is_same_name(name, default) => {}
            [name] => _ = self.mapping.accounts.insert(AccountRole::SalesTax, name.clone()),
            [first, ..] => {
                let chosen =
                    agencies.iter().find(|name| is_same_name(name, default)).unwrap_or(first).clone();
                self.ask(
                    "accounts.sales_tax",
                    format!("the agency that the till's tax is owed to: {chosen}, of {}", listing(&agencies)),
                );
                self.mapping.accounts.insert(AccountRole::SalesTax, chosen);
            }
        }
    }

    fn suppliers(&mut self) {
        let (seen, lists) = (self.seen, self.lists);
        for id in &seen.suppliers {
            let found = lists.vendors.iter().find(|vendor| is_like(vendor, &[id]));
            let field = format!("suppliers.{id}");
            match found {
                Some(vendor) => {
                    self.ask(&field, format!("is the vendor {vendor}"));
                    self.mapping.suppliers.insert(id.clone(), vendor.clone());
                }
                None => {
                    let vendor = self.mapping.default_vendor.clone();
                    self.ask(&field, format!("no vendor of the company is called so; without an entry its orders go to {vendor}"));
                }
            }
        }
    }

    fn of_type(&self, kind: AccountType) -> impl Iterator<Item = &AccountInfo> {
        self.lists.accounts.iter().filter(move |account| account.active && account.is_type(kind))
    }

    fn account(&self, name: &str, kind: AccountType) -> Option<&AccountInfo> {
        self.of_type(kind).find(|account| is_same_name(&account.name, name))
    }

    fn names(&self, kind: AccountType) -> Vec<String> {
        self.of_type(kind).map(|account| account.name.clone()).collect()
    }
}

/// The role as the mapping's file writes it.
fn role_name(role: AccountRole) -> String {
    serde_json::to_value(role).ok().and_then(|word| Some(word.as_str()?.to_owned())).unwrap_or_default()
}

/// Two letters of a store's name or code, other than those of the stores before it.
fn prefix(name: &str, code: &str, taken: &mut BTreeSet<String>) -> String {
    let letters = |text: &str| -> Vec<char> {
        text.chars().filter(char::is_ascii_alphabetic).map(|c| c.to_ascii_uppercase()).collect()
    };
    let own: Vec<char> = letters(name).into_iter().chain(letters(code)).collect();
    let of_own =
        own.first().into_iter().flat_map(|first| own.iter().skip(1).map(move |second| [*first, *second]));
    let any = ('A'..='Z').flat_map(|first| ('A'..='Z').map(move |second| [first, second]));
    let free = of_own.chain(any).map(String::from_iter).find(|prefix| !taken.contains(prefix));
    // More than 676 stores have longer prefixes; the mapping's own check says so.
    let prefix = free.unwrap_or_else(|| "ZZ".to_owned());
    taken.insert(prefix.clone());
    prefix
}

/// Whether a name of the company's is one of these, or begins with one that says enough.
fn is_like(found: &str, names: &[&str]) -> bool {
    let plain = |text: &str| -> String { name_key(text).chars().filter(|c| c.is_alphanumeric()).collect() };
    let found = plain(found);
    names
        .iter()
        .map(|name| plain(name))
        .any(|name| !name.is_empty() && (found == name || (name.len() >= 4 && found.starts_with(&name))))
}

fn listing(names: &[String]) -> String {
    let more = names.len().saturating_sub(MOST_NAMES);
    let shown = names.iter().take(MOST_NAMES).cloned().collect::<Vec<_>>().join(", ");
    if more > 0 { format!("{shown} and {more} more") } else { shown }
}

fn of_them(names: &[String]) -> String {
    if names.is_empty() { "; the company has none".to_owned() } else { format!(", of {}", listing(names)) }
}

/// Returns the draft as a file: only what differs from the defaults, what is to be decided first.
pub fn to_text(mapping: &CompanyMapping) -> String {
    let whole = |mapping: &CompanyMapping| match serde_json::to_value(mapping) {
        Ok(serde_json::Value::Object(members)) => members,
        _ => serde_json::Map::new(),
    };
    let (default, drafted) = (whole(&CompanyMapping::default()), whole(mapping));
    let differs = |name: &str| drafted.get(name).filter(|value| default.get(name) != Some(*value));
    let first = ["version", "to_decide"];
    let rest = drafted.keys().map(String::as_str).filter(|name| !first.contains(name));
    let members: Vec<String> = first
        .into_iter()
        .chain(rest)
        .filter_map(|name| {
            let value = if name == "version" { drafted.get(name) } else { differs(name) }?;
            let text = serde_json::to_string_pretty(value).ok()?.replace('\n', "\n  ");
            Some(format!("  {name:?}: {text}"))
        })
        .collect();
    format!("{{\n{}\n}}\n", members.join(",\n"))
}

#[cfg(test)]
mod tests;
