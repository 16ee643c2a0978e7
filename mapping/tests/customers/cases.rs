//! Folders of cases in `tests/customers`: the customers of the POS (`pos.json`), QuickBooks' records as they come (`quickbooks.json`),
//! what the last exchange left (`state.json`, optional), what else the exchange knows (`exchange.json`, optional), and the page of the
//! plan with the links after it (`page.txt`). Carried out on both sides, the plan leaves nothing to do.
//! `UPDATE_GOLDEN=1 cargo test -p mapping --test all customers` writes the pages again.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::Path;

use mapping::CustomerKey;
use mapping::customers::{
    Activity, Fate, Lists, NameOrder, PosChange, PosRecord, Preference, Profile, Settings, Side, State,
    duplicates, page, record_of,
};
use pos_model::CustomerFile;
use qb_model::received::{self, Record};
use serde_json::Value;

use super::world::World;

#[test]
fn every_case_of_customers_is_as_it_was_reviewed() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/customers");
    let mut cases: Vec<_> = fs::read_dir(&root).unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.retain(|case| case.is_dir());
    cases.sort();
    assert!(cases.len() >= 20, "the cases are missing");
    let mut wrong = Vec::new();
    for case in cases {
        let name = case.file_name().unwrap().to_str().unwrap().to_owned();
        let mut world = read(&case);
        let plan = world.plan();
        assert_eq!(plan, world.plan(), "{name}: the same input gives the same plan");
        let mut found = page(&plan);
        for (customer, links) in &plan.state.links {
            let links: Vec<String> =
                links.iter().map(|link| format!("{} {:?}", link.record, link.state).to_lowercase()).collect();
            writeln!(found, "\n{customer}: {}", links.join(", ")).unwrap();
        }
        let golden = case.join("page.txt");
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            fs::write(&golden, &found).unwrap();
        } else if fs::read_to_string(&golden).unwrap_or_default() != found {
            wrong.push(format!("{}\n{found}", golden.display()));
        }
        world.carry_out(&plan);
        // What was made in an exchange is compared once more before it ends: the POS learns which record it is.
        let once_more = world.plan();
        let made = once_more.for_pos.iter().all(|change| matches!(change, PosChange::Show { .. }));
        assert!(made && once_more.for_quickbooks.is_empty(), "{name}: the same again\n{}", page(&once_more));
        world.carry_out(&once_more);
        let again = world.plan();
        assert!(again.is_empty(), "{name}: a second exchange still does\n{}", page(&again));
        assert!(again.conflicts.iter().all(|conflict| !conflict.is_new), "{name}: a conflict is new twice");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn json(case: &Path, name: &str) -> Value {
    fs::read(case.join(name)).map_or(Value::Null, |bytes| {
        serde_json::from_slice(&bytes).unwrap_or_else(|e| panic!("{}/{name}: {e}", case.display()))
    })
}

fn read(case: &Path) -> World {
    let file = CustomerFile::from_json(&fs::read(case.join("pos.json")).unwrap())
        .unwrap_or_else(|e| panic!("{}: {e}", case.display()));
    let exchange = json(case, "exchange.json");
    let lists = Lists {
        types: table(&exchange["types"]).into_iter().map(|(name, id)| (name, parsed(&id))).collect(),
        custom_fields: table(&exchange["custom_fields"]),
    };
    let mut settings = settings(&exchange["settings"]);
    settings.quickbooks_types = lists.types.keys().cloned().collect();
    settings.pos_types = file.customer_types().iter().cloned().collect();
    settings.quickbooks_custom_fields =
        exchange["custom_fields"].is_object().then(|| lists.custom_fields.keys().cloned().collect());
    settings.pos_custom_fields = file.custom_fields().iter().cloned().collect();
    let mut world = World::new(settings);
    if let Ok(bytes) = fs::read(case.join("state.json")) {
        world.state =
            serde_json::from_slice::<State>(&bytes).unwrap_or_else(|e| panic!("{}: {e}", case.display()));
        let written: State = serde_json::from_value(serde_json::to_value(&world.state).unwrap()).unwrap();
        assert_eq!(written, world.state, "a state that is written and read is the same");
    }
    world.pos = (file.customers().iter())
        .map(|customer| PosRecord::of(file.retailer(), customer))
        .map(|record| (record.key.clone(), record))
        .collect();
    for record in json(case, "quickbooks.json").as_array().unwrap() {
        let record = received::Customer::read(record.to_string().parse().unwrap()).unwrap();
        let record = record_of(&record, &lists).unwrap();
        world.quickbooks.insert(record.id.clone(), record);
    }
    for (lost, fate) in table(&exchange["fates"]) {
        let fate = if fate == "gone" { Fate::Gone } else { Fate::MergedInto(parsed(&fate)) };
        world.fates.insert(parsed(&lost), fate);
    }
    for (customer, words) in exchange["activity"].as_object().into_iter().flatten() {
        let has = |word: &str| words.as_array().unwrap().iter().any(|known| known == word);
        let activity =
            Activity { is_charged: has("charged"), has_unsent: has("unsent"), is_in_doubt: has("in_doubt") };
        world.activity.insert(customer.parse().unwrap(), activity);
    }
    let pairs = |name: &str| -> Vec<(CustomerKey, String)> {
        let pairs = exchange[name].as_array().into_iter().flatten();
        pairs
            .map(|pair| (pair[0].as_str().unwrap().parse().unwrap(), pair[1].as_str().unwrap().to_owned()))
            .collect()
    };
    world.decisions.same = pairs("same").into_iter().map(|(key, id)| (key, parsed(&id))).collect();
    world.decisions.apart = pairs("apart").into_iter().map(|(key, id)| (key, parsed(&id))).collect();
    for winner in exchange["winners"].as_array().into_iter().flatten() {
        let text = |i: usize| winner[i].as_str().unwrap();
        let side = if text(2) == "pos" { Side::Pos } else { Side::QuickBooks };
        world.decisions.winners.insert((text(0).parse().unwrap(), text(1).parse().unwrap()), side);
    }
    let names = exchange["names_taken"].as_array().into_iter().flatten();
    world.names_taken = names.map(|name| name.as_str().unwrap().to_owned()).collect();
    world
}

fn parsed<E>(id: &str) -> qb_model::Id<E> {
    qb_model::Id::new(id).unwrap()
}

fn table(json: &Value) -> BTreeMap<String, String> {
    let entries = json.as_object().into_iter().flatten();
    entries.map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned())).collect()
}

/// The options of a two-way profile, with those that the case sets.
fn settings(json: &Value) -> Settings {
    let mut settings = Settings::of(Profile::TwoWay, "1651");
    for (option, value) in json.as_object().into_iter().flatten() {
        let texts = || value.as_array().unwrap().iter().map(|text| text.as_str().unwrap().to_owned());
        match (option.as_str(), value.as_str().unwrap_or_default()) {
            ("profile", "one_way") => settings = Settings::of(Profile::OneWay, "1651"),
            ("name_order", "last_first") => settings.name_order = NameOrder::LastFirst,
            ("name_order", "title_first_last") => settings.name_order = NameOrder::TitleFirstLast,
            ("preference", "pos") => settings.preference = Preference::Pos,
            ("preference", "quickbooks") => settings.preference = Preference::QuickBooks,
            ("preference", "later") => settings.preference = Preference::Later,
            ("display_name", template) => settings.display_name = template.to_owned(),
            ("home_currency", currency) => settings.home_currency = Some(currency.to_owned()),
            ("has_other_retailers", _) => settings.has_other_retailers = value.as_bool().unwrap(),
            ("adds_sub_customers", _) => settings.adds_sub_customers = value.as_bool().unwrap(),
            ("uses_new_with_quickbooks", _) => settings.uses_new_with_quickbooks = value.as_bool().unwrap(),
            ("wakes", _) => settings.wakes = value.as_bool().unwrap(),
            ("retires", _) => settings.retires = value.as_bool().unwrap(),
            ("store_names", _) => settings.store_names = texts().collect(),
            ("store_records", _) => settings.store_records = texts().map(|id| parsed(&id)).collect(),
            ("types_added", _) => settings.types_added = texts().collect(),
            (option, value) => panic!("unknown option {option} {value}"),
        }
    }
    settings
}

/// F-08: likely duplicates of the POS's own list, most alike first, with their reasons; merged and deleted ones are left out.
#[test]
fn f_08_likely_duplicates_are_found_with_reasons() {
    let file = serde_json::json!({ "version": 1, "retailer": "1651", "customers": [
        { "id": "a", "account_number": "1", "first_name": "Sara", "last_name": "Edward", "email": "s@example.com" },
        { "id": "b", "account_number": "2", "first_name": "Sara", "last_name": "Edwards", "email": "s@example.com" },
        { "id": "c", "account_number": "3", "first_name": "Edward", "last_name": "Sara" },
        { "id": "d", "account_number": "4", "first_name": "Ken", "last_name": "Moore" },
        { "id": "e", "account_number": "5", "first_name": "Sara", "last_name": "Edward", "state": "deleted" },
        { "id": "f", "account_number": "6", "first_name": "Sara", "last_name": "Edward", "state": "merged", "merged_into": "a" }
    ]});
    let file = CustomerFile::from_json(file.to_string().as_bytes()).unwrap();
    let customers: Vec<PosRecord> =
        file.customers().iter().map(|customer| PosRecord::of(file.retailer(), customer)).collect();
    let found = duplicates(&customers).into_iter().map(|(a, b, likeness)| {
        let reasons: Vec<String> = likeness.reasons.iter().map(ToString::to_string).collect();
        format!("{} {}: {} %, {}", a.key.id, b.key.id, likeness.percent, reasons.join(", "))
    });
    assert_eq!(
        found.collect::<Vec<_>>(),
        [
            "a c: 100 %, same name",
            "a b: 95 %, names alike by 91 %, same e-mail",
            "b c: 91 %, names alike by 91 %"
        ]
    );
}
