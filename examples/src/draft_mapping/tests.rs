//! Drafts as tables: what is seen, what the company has, what the draft says.

#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::collections::BTreeMap;

use mapping::Company;
use serde_json::{Value, json};

use super::*;

fn account(id: &str, name: &str, kind: &str, detail: &str) -> AccountInfo {
    AccountInfo::read(&json!({"Id": id, "Name": name, "AccountType": kind, "AccountSubType": detail}))
        .unwrap()
}

fn seen() -> Seen {
    Seen { stores: BTreeMap::from([("boston".to_owned(), "Boston Store".to_owned())]), ..Seen::default() }
}

/// The draft as its file, and as a company once everything is decided.
fn drafted(seen: &Seen, lists: &Lists) -> Value {
    let draft = draft(seen, lists);
    let text = to_text(&draft);
    let read: CompanyMapping = serde_json::from_str(&text).unwrap();
    assert_eq!(read, draft, "the file says what was drafted");
    assert!(Company::try_from(draft.clone()).is_err(), "an undecided draft is no company");
    let decided = CompanyMapping { to_decide: Vec::new(), ..draft };
    assert!(Company::try_from(decided).is_ok(), "{text}");
    serde_json::from_str(&text).unwrap()
}

fn questions(draft: &Value) -> String {
    let lines = draft["to_decide"].as_array().unwrap().iter().map(|line| line.as_str().unwrap());
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn a_store_alone_keeps_the_default_prefix_and_stores_together_get_different_ones() {
    let one = drafted(&seen(), &Lists::default());
    assert_eq!(one.get("stores"), None);
    assert!(questions(&one).contains("numbers begin with CL"));
    let mut several = seen();
    for (code, name) in
        [("bolton", "Bolton Store"), ("salem", "Salem Store"), ("7", "7th Avenue"), ("8", "8")]
    {
        several.stores.insert(code.to_owned(), name.to_owned());
    }
    let lists = Lists { locations: vec!["Salem".to_owned(), "Warehouse".to_owned()], ..Lists::default() };
    let draft = drafted(&several, &lists);
    let prefixes: BTreeSet<&str> = draft["stores"]
        .as_object()
        .unwrap()
        .values()
        .map(|store| store["prefix"].as_str().unwrap())
        .collect();
    assert_eq!(prefixes.len(), 5, "{draft:#}");
    assert_eq!(draft["stores"]["salem"]["location"], "Salem");
    assert_eq!(draft["stores"]["bolton"].get("location"), None);
}

/// Accounts of the company's own are taken for a role that the files need, and said.
#[test]
fn the_company_s_own_accounts_are_found_by_what_they_are_called() {
    let lists = Lists {
        accounts: vec![
            account("1", "Gift Cards Outstanding", "Other Current Liability", ""),
            account("2", "Merchant Clearing", "Bank", ""),
            account("3", "Checking", "Bank", ""),
            account("4", "Gift Wrapping", "Income", ""),
            account("5", "Board of Equalization Payable", "Other Current Liability", "SalesTaxPayable"),
        ],
        has_default_tax_code: true,
        ..Lists::default()
    };
    let mut seen = seen();
    seen.tenders.insert(15237, ("Integrated Card".to_owned(), TenderKind::Card));
    seen.tenders.insert(15239, ("Cash".to_owned(), TenderKind::Cash));
    seen.tax_codes.insert("TAX".to_owned(), true);
    let draft = drafted(&seen, &lists);
    assert_eq!(
        draft["accounts"],
        json!({"sales_tax": "Board of Equalization Payable"}),
        "no certificate was sold"
    );
    assert_eq!(draft["tender_accounts"], json!({"15237": "Merchant Clearing"}));
    assert!(questions(&draft).contains("Integrated Card goes to Merchant Clearing; the company's bank accounts are Merchant Clearing, Checking"));
    seen.has_certificates = true;
    let draft = drafted(&seen, &lists);
    assert_eq!(draft["accounts"]["vouchers"], "Gift Cards Outstanding");
    assert!(questions(&draft).contains("opening: what gift certificates stood at"));
}

#[test]
fn tax_codes_are_what_the_till_did_with_them() {
    let mut seen = seen();
    seen.tax_codes = [("TAX", true), ("NON", false), ("FOOD", false), ("RESORT", true)]
        .into_iter()
        .map(|(code, is_taxed)| (code.to_owned(), is_taxed))
        .collect();
    let lists = Lists { tax_codes: vec![("7".to_owned(), "Massachusetts".to_owned())], ..Lists::default() };
    let draft = drafted(&seen, &lists);
    assert_eq!(draft["tax_codes"]["FOOD"], json!({"taxable": false}));
    assert_eq!(draft["tax_codes"]["RESORT"], json!({"taxable": true}));
    assert_eq!(draft["stores"]["boston"]["tax_code"], "7");
    assert!(questions(&draft).contains("tax_codes.FOOD: not taxable: the till never charged tax under it"));
    assert!(questions(&draft).contains("7 (Massachusetts), the company's only tax code"));
    assert!(questions(&draft).contains("the company has no account of a tax agency"));
}

#[test]
fn items_vendors_and_tips_are_matched_by_name_and_never_silently() {
    let item = ItemInfo::read(
        &json!({"Id": "9", "Name": "Workshop Labor", "Type": "Service", "IncomeAccountRef": {"value": "1"}}),
    )
    .unwrap();
    let stock = ItemInfo::read(
        &json!({"Id": "8", "Name": "Helmet", "Type": "Inventory", "IncomeAccountRef": {"value": "1"}}),
    )
    .unwrap();
    let lists = Lists {
        accounts: vec![account("1", "Service Income", "Income", "")],
        items: vec![item, stock],
        vendors: vec!["Shimano American Corporation".to_owned()],
        ..Lists::default()
    };
    let mut seen = seen();
    for (code, name) in [("WL", "workshop labor"), ("H1", "Helmet"), ("T", "Tip"), ("TIPPED", "Tippet")] {
        seen.items.insert(code.to_owned(), name.to_owned());
    }
    seen.suppliers = BTreeSet::from(["SHIMANO".to_owned(), "GIRO".to_owned()]);
    let draft = drafted(&seen, &lists);
    assert_eq!(draft["items"], json!({"WL": {"item": "Workshop Labor", "account": "Service Income"}}));
    assert_eq!(draft["suppliers"], json!({"SHIMANO": "Shimano American Corporation"}));
    let questions = questions(&draft);
    assert!(
        questions.contains("items.T: Tip is no income") && !questions.contains("items.TIPPED"),
        "{questions}"
    );
    assert!(questions.contains("suppliers.GIRO: no vendor of the company is called so"), "{questions}");
}
