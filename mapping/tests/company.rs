//! The company mapping: what its documentation says, and its faults.
#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::collections::BTreeMap;

use mapping::{Company, CompanyMapping, ControlAccount, StoreMapping};
use pos_model::TenderTypeId;

fn documented() -> Company {
    let page = include_str!("../../docs/company-mapping.md");
    let json = page.split("```json").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    Company::try_from(serde_json::from_str::<CompanyMapping>(json).unwrap()).unwrap()
}

fn faults(change: impl FnOnce(&mut CompanyMapping)) -> Vec<String> {
    let mut mapping = CompanyMapping::default();
    change(&mut mapping);
    Company::try_from(mapping).unwrap_err().iter().map(ToString::to_string).collect()
}

#[test]
fn a_12_the_documented_example_is_valid_and_means_what_it_says() {
    let company = documented();
    assert_eq!(company.account_name(ControlAccount::Vouchers), "Sales of Certificates");
    assert_eq!(company.takings(TenderTypeId(15236)), ControlAccount::TakingsOf(TenderTypeId(15236)));
    assert_eq!(company.takings(TenderTypeId(15239)), ControlAccount::TillTakings);
    assert_eq!(company.vendor("SHIMANO"), "Shimano American Corporation");
    assert_eq!(company.vendor("GRIPCO"), "Cloud POS Vendor");
    assert_eq!(company.is_taxable("BOOKS"), Some(false));
    assert_eq!(company.is_taxable("FOOD"), None);
    assert!(company.is_before_start("2025-12-31T23:59:59-05:00".parse().unwrap()));
    assert!(!company.is_before_start("2026-01-01T00:00:00-05:00".parse().unwrap()));
}

#[test]
fn the_documentation_names_every_default_in_full() {
    let page = include_str!("../../docs/company-mapping.md");
    let company = Company::default();
    for account in company.control_accounts() {
        if account != ControlAccount::Shipping {
            let name = company.account_name(account);
            assert!(page.contains(&format!("`{name}`")), "{name}");
        }
    }
    let fields = serde_json::to_value(CompanyMapping::default()).unwrap();
    for field in fields.as_object().unwrap().keys() {
        assert!(page.contains(&format!("`{field}`")), "{field}");
    }
}

#[test]
fn every_fault_is_said_at_once() {
    let found = faults(|mapping| {
        mapping.version = 2;
        mapping.sales = "Sales:Boston".to_owned();
        mapping.suppliers.insert("X".to_owned(), String::new());
        mapping.stores =
            BTreeMap::from(["a", "b", "c", "d"].map(|code| (code.to_owned(), StoreMapping::default())));
        let set = |mapping: &mut CompanyMapping, code: &str, prefix: &str| {
            mapping.stores.get_mut(code).unwrap().prefix = Some(prefix.to_owned());
        };
        set(mapping, "a", "AA");
        set(mapping, "b", "aa");
        set(mapping, "c", "AAA");
        set(mapping, "d", "A1");
        mapping.stores.get_mut("a").unwrap().day_ends_at_hour = 25;
    });
    assert_eq!(
        found,
        [
            "version 2 of the company mapping is unknown; write version 1",
            "sales: \"Sales:Boston\" is no account name; 1 to 100 characters, no colon, quote or control character",
            "store a: the business day ends at 25; give an hour from 0 to 12",
            "store b: the prefix \"aa\" is another store's; give each store its own",
            "store c: the prefix \"AAA\" is not as long as \"AA\"; stores of one company have prefixes of equal length",
            "store d: the prefix \"A1\" is not one to eight letters; change it",
            "suppliers.X: \"\" is no vendor name; 1 to 100 characters, no colon or control character",
        ]
    );
}
