//! The company mapping: what its documentation says, and its faults.

use std::collections::BTreeMap;

use mapping::customers::{Direction, LimitPolicy, NameOrder, Preference, Profile, Settings};
use mapping::{
    AccountRole, Bills, Company, CompanyMapping, ControlAccount, ItemDetail, ItemMapping, ItemRole,
    MappingChange, Number, NumberScheme, Party, Retailers, StoreMapping, TaxCodeMapping,
};
use pos_model::TenderTypeId;
use serde_json::json;

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
    let period = company.first_period();
    assert_eq!(period.account_name(ControlAccount::Vouchers), "Sales of Certificates");
    assert_eq!(period.takings("boston", TenderTypeId(15236)), ControlAccount::TakingsOf(TenderTypeId(15236)));
    assert_eq!(period.takings("boston", TenderTypeId(15239)), ControlAccount::TillTakings);
    let check = TenderTypeId(15237);
    let accounts = [
        period.takings("boston", check),
        period.refunds("boston", check),
        period.refunds("boston", TenderTypeId(15236)),
    ];
    assert_eq!(
        accounts.map(|account| period.account_name(account)),
        ["Undeposited Funds", "Checking", "Card Clearing"]
    );
    assert_eq!(period.vendor("SHIMANO"), "Shimano American Corporation");
    assert_eq!(period.vendor("GRIPCO"), "Cloud POS Vendor");
    assert_eq!(period.is_taxable("BOOKS"), Some(false));
    assert_eq!(period.is_taxable("FOOD"), None);
    assert_eq!(period.tax_code_of("RESORT"), Some("7"));
    assert_eq!(period.item_name(period.item_of(Some("TIP"))), "Tip");
    assert_eq!(period.account_name(period.account_of(period.item_of(Some("TIP")))), "Tips Payable");
    assert_eq!(period.item_of(Some("BIKE")), ItemRole::Goods);
    assert_eq!(period.bills(), Bills::Linked);
    assert_eq!((period.location("boston"), period.class("boston")), (Some("Boston"), Some("Retail")));
    assert_eq!((period.tax_code("salem"), period.location("salem")), (Some("5"), None));
    let opening = company.opening_entry().unwrap();
    assert_eq!((opening.vouchers.cents(), opening.deposits.cents()), (12_000, 2_500));
    assert!(opening.is_confirmed);
    assert!(company.is_before_start("2025-12-31T23:59:59-05:00".parse().unwrap()));
    assert!(!company.is_before_start("2026-01-01T00:00:00-05:00".parse().unwrap()));
}

#[test]
fn the_documentation_names_every_default_in_full() {
    let page = include_str!("../../docs/company-mapping.md");
    for role in AccountRole::ALL {
        assert!(page.contains(&format!("`{}`", role.default_name())), "{role:?}");
    }
    let fields = serde_json::to_value(CompanyMapping::default()).unwrap();
    for field in fields.as_object().unwrap().keys() {
        assert!(page.contains(&format!("`{field}`")), "{field}");
    }
}

/// T-01: what is posted again is posted as its day was mapped.
#[test]
fn a_change_holds_from_its_date_and_leaves_the_rest_as_it_was() {
    let company = documented();
    let card = |day: &str| {
        let period = company.on(day.parse().unwrap());
        period.account_name(period.takings("boston", TenderTypeId(15236))).to_owned()
    };
    assert_eq!(card("2026-03-31"), "Card Clearing");
    assert_eq!(card("2026-04-01"), "Card Clearing (new bank)");
    let april = company.on("2026-05-01".parse().unwrap());
    assert_eq!(april.account_name(ControlAccount::Vouchers), "Sales of Certificates");
    assert_eq!(april.since(), "2026-04-01".parse().ok());
    assert_eq!(company.first_period().since(), None);
    assert!(company.periods().all(|period| period.mapping().changes.is_empty()), "a period does not change");
    assert!(!company.mapping().changes.is_empty(), "the form is as it was given");
}

#[test]
fn changes_are_added_up_in_the_order_of_their_dates() {
    let change = |from: &str, sales: Option<&str>, bills: Option<Bills>| MappingChange {
        accounts: sales.map(|name| (AccountRole::Sales, name.to_owned())).into_iter().collect(),
        bills,
        ..serde_json::from_value(serde_json::json!({ "from": from })).unwrap()
    };
    let changes =
        vec![change("2026-06-01", None, Some(Bills::None)), change("2026-03-01", Some("Bikes"), None)];
    let company = Company::try_from(CompanyMapping { changes, ..CompanyMapping::default() }).unwrap();
    let at = |day: &str| {
        let period = company.on(day.parse().unwrap());
        (period.account_name(ControlAccount::Sales).to_owned(), period.bills())
    };
    assert_eq!(at("2026-02-28").0, "Cloud POS Sales Control Account");
    assert_eq!(at("2026-03-01"), ("Bikes".to_owned(), Bills::Separate));
    assert_eq!(at("2026-06-01"), ("Bikes".to_owned(), Bills::None));
}

/// N-12: a company writes its numbers in one scheme.
#[test]
fn n_12_the_scheme_of_the_numbers_is_the_company_s() {
    let scheme = |json: &str| {
        Company::try_from(serde_json::from_str::<CompanyMapping>(json).unwrap()).unwrap().numbers()
    };
    assert_eq!(scheme("{}"), NumberScheme::Plain);
    assert_eq!(scheme(r#"{"numbers": "compact"}"#), NumberScheme::Compact);
}

/// N-13: a change of the prefix would give posted events new numbers.
#[test]
fn n_13_a_change_cannot_touch_numbers() {
    let change = r#"{"changes": [{"from": "2026-03-01", "stores": {"boston": {"prefix": "XX"}}}]}"#;
    let error = serde_json::from_str::<CompanyMapping>(change).unwrap_err().to_string();
    assert!(error.contains("unknown field `prefix`"), "{error}");
}

#[test]
fn every_fault_is_said_at_once() {
    let found = faults(|mapping| {
        mapping.version = 2;
        mapping.accounts.insert(AccountRole::Sales, "Sales:Boston".to_owned());
        mapping.display_name = Some("{retailer}".to_owned());
        let opening =
            r#"{"date": "2025-12-31", "vouchers": "-1.00", "deposits": "1.005", "from_account": "A:B"}"#;
        mapping.opening = Some(serde_json::from_str(opening).unwrap());
        for (code, item, account) in [
            ("A", "Labor", None),
            ("B", "labor", Some("Other")),
            ("C", "Cloud POS Item", None),
            ("D", "", None),
        ] {
            let account = account.map(str::to_owned);
            mapping.items.insert(code.to_owned(), ItemMapping { item: item.to_owned(), account });
        }
        let code = TaxCodeMapping { taxable: true, tax_code: Some("no id".to_owned()) };
        mapping.tax_codes.insert("X".to_owned(), code);
        let changes = r#"[{"from": "2026-04-01", "accounts": {"vouchers": ""}, "default_vendor": "a:b",
            "stores": {"a": {"location": "x:y", "tax_code": ""}}}, {"from": "2026-04-01"}]"#;
        mapping.changes = serde_json::from_str(changes).unwrap();
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
        let registers = [("1", "BB"), ("2", "AA"), ("3", "B"), ("4", "B4")];
        let registers = registers.map(|(register, prefix)| (register.to_owned(), prefix.to_owned()));
        mapping.stores.get_mut("b").unwrap().register_prefixes = registers.into();
        mapping.stores.get_mut("a").unwrap().day_ends_at_hour = 25;
        mapping.stores.get_mut("b").unwrap().class = Some("a:b".to_owned());
    });
    assert_eq!(
        found,
        [
            "version 2 of the company mapping is unknown; write version 1",
            "display_name: \"{retailer}\" would call all customers alike; write {account} or {name} in it",
            "opening.vouchers: \"-1.00\" is no amount; write dollars and cents of 0.00 or more, like \"120.00\"",
            "opening.deposits: \"1.005\" is no amount; write dollars and cents of 0.00 or more, like \"120.00\"",
            "opening.from_account: \"A:B\" is no account name; 1 to 100 characters, no colon, quote or control character",
            "accounts.sales: \"Sales:Boston\" is no account name; 1 to 100 characters, no colon, quote or control character",
            "items.A: the item \"Labor\" is mapped to \"Cloud POS Sales Control Account\" and to \"Other\"; an item points to one account, name another item for one of them",
            "items.B: the item \"labor\" is mapped to \"Other\" and to \"Cloud POS Sales Control Account\"; an item points to one account, name another item for one of them",
            "items.C: \"Cloud POS Item\" is an item of the documents themselves; give the POS item another one",
            "items.D.item: \"\" is no name; 1 to 100 characters, no colon or control character",
            "store a: the business day ends at 25; give an hour from 0 to 12",
            "store b: the prefix \"aa\" is taken; give every store, and every register that has one, its own",
            "store b, register 2: the prefix \"AA\" is taken; give every store, and every register that has one, its own",
            "store b, register 3: the prefix \"B\" is not as long as \"AA\"; all prefixes of a company have equal length",
            "store b, register 4: the prefix \"B4\" is not one to eight letters; change it",
            "stores.b.class: \"a:b\" is no name; 1 to 100 characters, no colon or control character",
            "store c: the prefix \"AAA\" is not as long as \"AA\"; all prefixes of a company have equal length",
            "store d: the prefix \"A1\" is not one to eight letters; change it",
            "suppliers.X: \"\" is no vendor name; 1 to 100 characters, no colon or control character",
            "tax_codes.X.tax_code: \"no id\" is no id of QuickBooks'; write the id of the tax code, digits as a rule",
            "changes[2026-04-01].accounts.vouchers: \"\" is no account name; 1 to 100 characters, no colon, quote or control character",
            "changes[2026-04-01].default_vendor: \"a:b\" is no vendor name; 1 to 100 characters, no colon or control character",
            "changes[2026-04-01].stores.a.location: \"x:y\" is no name; 1 to 100 characters, no colon or control character",
            "changes[2026-04-01].stores.a.tax_code: \"\" is no id of QuickBooks'; write the id of the tax code, digits as a rule",
            "changes: two of them from 2026-04-01; write one",
        ]
    );
}

/// N-13: `CLOB` and then a purchase order's digits look like the default `CL` and then an opening entry's `OB`.
#[test]
fn n_13_a_store_s_number_is_read_with_the_store_s_prefix() {
    let company = |prefix: &str| {
        let store = StoreMapping { prefix: Some(prefix.to_owned()), ..StoreMapping::default() };
        let stores = BTreeMap::from([("boston".to_owned(), store)]);
        Company::try_from(CompanyMapping { stores, ..CompanyMapping::default() }).unwrap()
    };
    let long = company("CLOB");
    assert_eq!(
        long.parse_number("CLOB251231"),
        Some(("CLOB", Number::PurchaseOrder { order: 251_231 }.into()))
    );
    assert_eq!(long.parse_number("CLOB"), None);
    assert_eq!(long.parse_number("CL251231"), Some(("CL", Number::PurchaseOrder { order: 251_231 }.into())));
    let registers = BTreeMap::from([("2".to_owned(), "CLR".to_owned())]);
    let store = StoreMapping {
        prefix: Some("CLT".to_owned()),
        register_prefixes: registers,
        ..StoreMapping::default()
    };
    let stores = BTreeMap::from([("boston".to_owned(), store)]);
    let two = Company::try_from(CompanyMapping { stores, ..CompanyMapping::default() }).unwrap();
    let sale = Number::Transaction { transaction: 1, batch: 4 };
    assert_eq!(two.parse_number("CLRT1B4"), Some(("CLR", sale.into())));
    assert_eq!(two.parse_number("CLTT1B4"), Some(("CLT", sale.into())));
    assert_eq!(two.prefixes().into_iter().collect::<Vec<_>>(), ["CL", "CLR", "CLT"]);
    let small = company("cl");
    assert_eq!(small.parse_number("CL7"), Some(("cl", Number::PurchaseOrder { order: 7 }.into())));
    assert_eq!(small.prefixes().into_iter().collect::<Vec<_>>(), ["cl"]);
}

/// A-01: names are the same whatever their case, beyond ASCII too.
#[test]
fn a_01_one_item_in_two_cases_points_to_one_account() {
    let items = |second: &str| {
        let item = |item: &str, account: &str| ItemMapping {
            item: item.to_owned(),
            account: Some(account.to_owned()),
        };
        BTreeMap::from([
            ("A".to_owned(), item("Écharpe", "Scarves")),
            ("B".to_owned(), item("écharpe", second)),
        ])
    };
    let found = faults(|mapping| mapping.items = items("Other"));
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found[0].contains("an item points to one account"), "{found:?}");
    let mapping = CompanyMapping { items: items("Scarves"), ..CompanyMapping::default() };
    let company = Company::try_from(mapping).unwrap();
    let period = company.first_period();
    assert_eq!(period.item_of(Some("A")), period.item_of(Some("B")));
}

/// A-01: the documents' own item gets a successor on the day that its account changes, and keeps it; others keep theirs.
#[test]
fn a_01_a_changed_account_renames_its_item_from_that_day_on() {
    let mapping = r#"{"changes": [{"from": "2026-04-01", "accounts": {"vouchers": "Certificates out"}},
        {"from": "2026-06-01", "bills": "none"}]}"#;
    let company = Company::try_from(serde_json::from_str::<CompanyMapping>(mapping).unwrap()).unwrap();
    let names =
        |role| -> Vec<String> { company.periods().map(|period| period.item_name(role).to_owned()).collect() };
    let new = "Cloud POS Voucher Item from 2026-04-01";
    assert_eq!(names(ItemRole::Voucher), ["Cloud POS Voucher Item", new, new]);
    assert_eq!(names(ItemRole::Goods), ["Cloud POS Item"; 3]);
}

/// D-19: a second name only where the first one does not say whose it is, and never for a store.
#[test]
fn d_19_a_taken_name_has_a_second_one_unless_the_account_number_is_in_it() {
    let file = include_str!("golden/d19_names_by_template_and_store_party/pos.json");
    let file = pos_model::PosFile::from_json(file.as_bytes()).unwrap();
    let batch = &file.batches()[0];
    let customer = batch.transactions()[0].customer().unwrap();
    let second = |template: &str| {
        let mapping = CompanyMapping { display_name: Some(template.to_owned()), ..CompanyMapping::default() };
        let company = Company::try_from(mapping).unwrap();
        let period = company.first_period();
        let if_taken =
            |party| [Retailers::One, Retailers::Several].map(|r| period.display_name_if_taken(party, r));
        assert_eq!(if_taken(Party::Store(batch.store())), [None, None]);
        if_taken(Party::Customer(batch.store(), customer))
    };
    let some = |name: &str| Some(name.to_owned());
    assert_eq!(second("{name}"), [some("Emma Stone-Hill (1042)"), some("Emma Stone-Hill (1651-1042)")]);
    assert_eq!(second("No. {account}"), [None, some("No. 1042 (1651-1042)")]);
    assert_eq!(second("{retailer}-{account}"), [None, None]);
}

/// The business day may end at noon at the latest.
#[test]
fn t_04_the_business_day_ends_at_twelve_at_the_latest() {
    let ends_at = |hour: u32| format!(r#"{{"stores": {{"boston": {{"day_ends_at_hour": {hour}}}}}}}"#);
    let is_valid =
        |hour| Company::try_from(serde_json::from_str::<CompanyMapping>(&ends_at(hour)).unwrap()).is_ok();
    assert_eq!([0, 12, 13].map(is_valid), [true, true, false]);
}

/// T-05: an order of the day on which the company went live is posted, one of the day before is not.
#[test]
fn t_05_an_order_without_an_instant_is_judged_by_its_date() {
    let file = include_str!("golden/d18_linked_bill/pos.json");
    let is_before = |start: &str| {
        let start = Some(start.parse().unwrap());
        let company = Company::try_from(CompanyMapping { start, ..CompanyMapping::default() }).unwrap();
        let file = pos_model::PosFile::from_json(file.as_bytes()).unwrap(); // the order's date is 2026-02-03
        company.is_order_before_start(&file.purchase_orders()[0])
    };
    assert!(!is_before("2026-02-03T09:00:00-05:00"));
    assert!(is_before("2026-02-04T09:00:00-05:00"));
}

/// F-16: a profile is a preset, and each option of it can be set alone.
#[test]
fn f_16_a_profile_is_a_preset_and_each_option_can_be_set_alone() {
    let of = |json: serde_json::Value| {
        let company = Company::try_from(serde_json::from_value::<CompanyMapping>(json).unwrap()).unwrap();
        let settings = Settings::of_company(&company, "1651");
        assert_eq!(settings.retailer, "1651");
        let detail = company.item_detail("2026-02-03T18:00:00-05:00".parse().unwrap());
        (settings.direction, settings.display_name, settings.limit_policy, detail)
    };
    let name = |template: &str| template.to_owned();
    let one_way = (Direction::OneWay, name("{retailer}-{account}"), LimitPolicy::Post, ItemDetail::All);
    let two_way = (Direction::TwoWay, name("{name}"), LimitPolicy::Hold, ItemDetail::All);
    assert_eq!(of(json!({})), one_way);
    assert_eq!(of(json!({"profile": "one_way"})), one_way);
    assert_eq!(of(json!({"profile": "two_way"})), two_way);
    let with = |profile: &str, option: &str, value: serde_json::Value| {
        let mut mapping = json!({ "profile": profile });
        match option.strip_prefix("customers.") {
            Some(option) => mapping["customers"] = json!({ option: value }),
            None => mapping[option] = value,
        }
        of(mapping)
    };
    let of_two_way = two_way.clone();
    assert_eq!(with("two_way", "customers.direction", json!("one_way")).0, Direction::OneWay);
    assert_eq!(
        with("one_way", "customers.direction", json!("two_way")),
        (Direction::TwoWay, one_way.1.clone(), one_way.2, one_way.3)
    );
    assert_eq!(
        with("two_way", "customers.limit_policy", json!("post")),
        (of_two_way.0, of_two_way.1, LimitPolicy::Post, ItemDetail::All)
    );
    assert_eq!(with("one_way", "customers.limit_policy", json!("hold")).2, LimitPolicy::Hold);
    assert_eq!(with("two_way", "display_name", json!("{name} #{account}")).1, "{name} #{account}");
    assert_eq!(with("two_way", "item_detail", json!([{"detail": "summarised"}])).3, ItemDetail::Summarised);
    assert_eq!(
        with("one_way", "item_detail", json!([{"detail": "charges"}])),
        (one_way.0, one_way.1, one_way.2, ItemDetail::Charges)
    );
}

/// F-16: what the mapping says of customers reaches their plan, option by option.
#[test]
fn f_16_the_options_of_customers_are_those_of_their_plan() {
    let of = |customers: serde_json::Value| {
        let mapping = json!({"profile": "two_way", "customers": customers});
        Settings::of_company(
            &Company::try_from(serde_json::from_value::<CompanyMapping>(mapping).unwrap()).unwrap(),
            "1651",
        )
    };
    let default = of(json!({}));
    assert_eq!(default, Settings::of(Profile::TwoWay, "1651"));
    for (option, changed) in [
        (
            json!({"name_order": "last_first"}),
            Settings { name_order: NameOrder::LastFirst, ..default.clone() },
        ),
        (json!({"conflicts": "pos"}), Settings { preference: Preference::Pos, ..default.clone() }),
        (
            json!({"use_new_with_quickbooks": false}),
            Settings { uses_new_with_quickbooks: false, ..default.clone() },
        ),
        (json!({"sub_customers": true}), Settings { adds_sub_customers: true, ..default.clone() }),
        (
            json!({"types": ["Retail"]}),
            Settings { types_added: ["Retail".to_owned()].into(), ..default.clone() },
        ),
        (json!({"wake": true}), Settings { wakes: true, ..default.clone() }),
        (json!({"retire": true}), Settings { retires: true, ..default.clone() }),
    ] {
        assert_eq!(of(option.clone()), changed, "{option}");
        assert_ne!(changed, default, "{option}");
    }
}

/// F-07: each choice holds from its instant on, in whatever order they are written and whatever offset they have.
#[test]
fn f_07_item_detail_holds_from_its_instant_on() {
    let mapping = json!({"item_detail": [
        {"from": "2026-05-01T00:00:00-04:00", "detail": "summarised"},
        {"detail": "charges"},
        {"from": "2026-04-01T04:00:00Z", "detail": "all"},
    ]});
    let company = Company::try_from(serde_json::from_value::<CompanyMapping>(mapping).unwrap()).unwrap();
    for (closed_at, detail) in [
        ("1999-01-01T00:00:00-05:00", ItemDetail::Charges),
        ("2026-03-31T23:59:59-04:00", ItemDetail::Charges),
        ("2026-04-01T00:00:00-04:00", ItemDetail::All),
        ("2026-04-30T23:59:59-04:00", ItemDetail::All),
        ("2026-05-01T00:00:00-04:00", ItemDetail::Summarised),
        ("2030-01-01T00:00:00-05:00", ItemDetail::Summarised),
    ] {
        assert_eq!(company.item_detail(closed_at.parse().unwrap()), detail, "{closed_at}");
    }
    let written = serde_json::to_value(company.mapping()).unwrap();
    assert_eq!(written["item_detail"][1], json!({"detail": "charges"}));
}
