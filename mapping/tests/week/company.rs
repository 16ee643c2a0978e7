//! Random company mappings for a random week: every choice that a mapping has, and a change on a date.

use std::collections::BTreeMap;

use chrono::Days;
use mapping::{
    AccountRole, Bills, CompanyMapping, ItemDetail, ItemDetailFrom, ItemMapping, MappingChange, Matching,
    NumberScheme, StoreMapping, TaxCodeMapping, TaxCodeSet, TenderAccounts,
};
use proptest::prelude::*;

use super::{CARD, CHECK, DEBIT_CARD, ITEMS, STORES, VOUCHER_FROM_TOWN, at, first_day};

/// Prefixes of two stores: like each other's, like the default's, like words of the numbers themselves.
/// Of the stores, and of a register of the second store when it has one of its own.
const PREFIXES: [[&str; 3]; 9] = [
    ["CL", "SM", "DP"],
    ["cl", "DP", "OB"],
    ["A", "B", "D"],
    ["T", "D", "P"],
    ["S", "R", "B"],
    ["CLS", "CLB", "CLT"],
    ["CLT", "CLR", "CLD"],
    ["CLOB", "CLDP", "CLCL"],
    ["OB", "BR", "CL"],
];

/// A mapping that is valid for the week's stores, tenders and items.
pub(crate) fn mapping() -> impl Strategy<Value = CompanyMapping> {
    let bills = || prop::sample::select(vec![Bills::None, Bills::Separate, Bills::Linked]);
    let scheme = prop_oneof![2 => Just(NumberScheme::Plain), 1 => Just(NumberScheme::Compact)];
    let matching = prop_oneof![Just(Matching::Unapplied), Just(Matching::OldestFirst)];
    let matching = (matching, item_detail());
    let numbers = (prop::sample::select(PREFIXES.to_vec()), any::<bool>(), scheme);
    let hours = prop::array::uniform2(0u32..=6);
    let change = prop::option::weighted(0.5, (0u64..6, part(), prop::option::of(bills())));
    (part(), bills(), numbers, matching, hours, change).prop_map(
        |(first, bills, (prefixes, has_register_prefix, numbers), choices, hours, change)| {
            let (payments_on_account, item_detail) = choices;
            let store = |of: usize| StoreMapping {
                prefix: Some(prefixes[of].to_owned()),
                register_prefixes: (has_register_prefix && of == 1)
                    .then(|| ("1".to_owned(), prefixes[2].to_owned()))
                    .into_iter()
                    .collect(),
                day_ends_at_hour: hours[of],
                ..StoreMapping::default()
            };
            CompanyMapping {
                numbers,
                payments_on_account,
                item_detail,
                bills,
                accounts: first.accounts(""),
                tender_accounts: first.tender_accounts(),
                items: first.items(""),
                tax_codes: first.tax_codes(true),
                tax_code_sets: vec![TaxCodeSet {
                    codes: vec!["TAX".to_owned(), "city".to_owned()],
                    tax_code: "3".to_owned(),
                }],
                suppliers: first.suppliers(),
                stores: (0..).zip(STORES).map(|(of, code)| (code.to_owned(), store(of))).collect(),
                changes: change
                    .into_iter()
                    .map(|(day, part, bills)| MappingChange {
                        from: first_day() + Days::new(day),
                        accounts: part.accounts_beside(first),
                        tender_accounts: part.tender_accounts(),
                        items: part.items(" (new)"),
                        tax_codes: part.tax_codes(false),
                        tax_code_sets: Vec::new(),
                        suppliers: part.suppliers(),
                        default_vendor: None,
                        bills,
                        stores: BTreeMap::new(),
                    })
                    .collect(),
                ..CompanyMapping::default()
            }
        },
    )
}

/// Item detail from the start and from an instant in the week on, or everything throughout (F-07).
fn item_detail() -> impl Strategy<Value = Vec<ItemDetailFrom>> {
    let detail = || prop::sample::select(vec![ItemDetail::All, ItemDetail::Charges, ItemDetail::Summarised]);
    let from = |day: Option<u64>, detail| ItemDetailFrom {
        from: day.map(|day| at(first_day() + Days::new(day), 3000)),
        detail,
    };
    let first = prop::option::of(detail()).prop_map(move |detail| detail.map(|detail| from(None, detail)));
    let later = prop::option::of((0u64..6, detail()));
    let later = later.prop_map(move |later| later.map(|(day, detail)| from(Some(day), detail)));
    (later, first).prop_map(|(later, first)| later.into_iter().chain(first).collect())
}

/// What a mapping and a change of it have in common: bits that say what is mapped.
#[derive(Debug, Clone, Copy)]
struct Part {
    accounts: u32,
    tenders: u32,
    items: u32,
    others: u32,
}

fn part() -> impl Strategy<Value = Part> {
    let bits = || prop_oneof![1 => Just(0u32), 2 => any::<u32>()];
    (bits(), bits(), bits(), bits()).prop_map(|(accounts, tenders, items, others)| Part {
        accounts,
        tenders,
        items,
        others,
    })
}

impl Part {
    fn accounts(self, word: &str) -> BTreeMap<AccountRole, String> {
        use AccountRole as Role;
        let roles = [
            (Role::Sales, "Bicycles sold"),
            (Role::TillTakings, "Till"),
            (Role::Vouchers, "Certificates out"),
            (Role::Deposits, "Deposits held"),
            (Role::DropsAndPayouts, "Petty cash"),
            (Role::Purchases, "Goods bought"),
            (Role::Rounding, "Cents"),
            (Role::CertificateDiscounts, "Certificates given"),
        ];
        let mapped = (0..).zip(roles).filter(|(bit, _)| self.accounts >> bit & 1 == 1);
        mapped.map(|(_, (role, name))| (role, format!("{name}{word}"))).collect()
    }

    /// Accounts of a change. Sales stays where it was while an item from before still points to it.
    fn accounts_beside(self, before: Self) -> BTreeMap<AccountRole, String> {
        let (mut accounts, items) = (self.accounts(" (new)"), self.items(" (new)"));
        let left =
            |(code, item): (&String, &ItemMapping)| item.account.is_none() && !items.contains_key(code);
        if before.items("").iter().any(left) {
            accounts.remove(&AccountRole::Sales);
        }
        accounts
    }

    /// Two types of card share a bank account; the town's vouchers go where the till's money goes by default.
    fn tender_accounts(self) -> BTreeMap<u64, TenderAccounts> {
        let tenders = [
            (CARD, "Card Clearing"),
            (DEBIT_CARD, "Card Clearing"),
            (CHECK, "Checks"),
            (VOUCHER_FROM_TOWN, "Cloud POS Till Takings Control Account"),
        ];
        let mapped = (0..).zip(tenders).filter(|(bit, _)| self.tenders >> bit & 1 == 1);
        // Another bit says whether refunds come from elsewhere.
        let refunds = |bit: u32| (self.tenders >> (bit + 8) & 1 == 1).then(|| "Refunds".to_owned());
        mapped
            .map(|(bit, (id, name))| (id, TenderAccounts { refund_account: refunds(bit), ..name.into() }))
            .collect()
    }

    fn items(self, word: &str) -> BTreeMap<String, ItemMapping> {
        let mapped = (0..).zip(ITEMS).filter(|(bit, _)| self.items >> bit & 1 == 1);
        let items = mapped.map(|(_, code)| {
            let account = match code {
                "TIP" => Some("Tips Payable".to_owned()),
                "BELL" => Some(format!("Accessories sold{word}")),
                _ => None,
            };
            // Inner tubes and jackets are one item.
            let name = if matches!(code, "TUBE" | "JACKET") { "Parts" } else { code };
            (code.to_owned(), ItemMapping { item: format!("{name}{word}"), account })
        });
        items.collect()
    }

    fn tax_codes(self, is_whole: bool) -> BTreeMap<String, TaxCodeMapping> {
        let id = |bit: u32| (self.others >> bit & 1 == 1).then(|| "2".to_owned());
        let code = |taxable, tax_code| TaxCodeMapping { taxable, tax_code };
        let mut codes = BTreeMap::new();
        if is_whole || self.others & 4 == 4 {
            codes.insert("TAX".to_owned(), code(true, id(0)));
            codes.insert("CITY".to_owned(), code(true, id(1)));
        }
        if is_whole {
            codes.insert("NON".to_owned(), code(false, None));
        }
        codes
    }

    fn suppliers(self) -> BTreeMap<String, String> {
        let is_mapped = self.others & 8 == 8;
        is_mapped.then(|| ("s1".to_owned(), "Tubes and Sons".to_owned())).into_iter().collect()
    }
}
