//! Whatever came is written back as it came: bodies that QuickBooks never wrote, and samples with something changed.

use crate::support;

use std::sync::LazyLock;

use proptest::prelude::*;
use qb_model::received::{BodyError, Entity, Json, Members, Payload, differences};
use support::samples;

static ALL: LazyLock<Vec<(String, Json)>> = LazyLock::new(|| {
    let folders = ["entities", "envelopes", "odd"].into_iter().flat_map(samples);
    folders.map(|(name, text)| (name, text.parse().unwrap())).collect()
});

/// Every name that stands in a sample.
fn names() -> Vec<String> {
    fn walk(json: &Json, names: &mut Vec<String>) {
        match json {
            Json::Object(members) => {
                for (name, value) in members {
                    names.push(name.clone());
                    walk(value, names);
                }
            }
            Json::Array(items) => items.iter().for_each(|item| walk(item, names)),
            _ => {}
        }
    }
    let mut names = Vec::new();
    ALL.iter().for_each(|(_, json)| walk(json, &mut names));
    names.extend(["New".to_owned(), String::new(), "odd name".to_owned()]);
    names.sort();
    names.dedup();
    names
}

/// Values that have no members, in every way that a client or QuickBooks writes one, and some that nobody does.
fn leaf() -> impl Strategy<Value = Json> {
    let texts = [
        "null",
        "true",
        "false",
        "0",
        "-0",
        "0.00",
        "12.30",
        "100",
        "1e2",
        "1E-7",
        "12.345",
        "99999999999",
        "1.10000000000000000000001",
        "123456789012345678901234567890",
        "1e999",
        r#""""#,
        r#""TAX""#,
        r#""12.50""#,
        r#""True""#,
        r#""a b""#,
        r#""2026-02-03""#,
        r#""2026-02-30""#,
        r#""2026-02-03T09:00:00-08:00""#,
        r#""2026-02-03T09:00:00-0800""#,
        r#""Deleted""#,
        r#""SalesItemLineDetail""#,
        r#""DiscountLineDetail""#,
        r#""DEBIT""#,
        r#""\u00e9\n\"""#,
        "{}",
        "[]",
    ];
    prop_oneof![
        4 => prop::sample::select(texts.to_vec()).prop_map(|text| text.parse().unwrap()),
        1 => any::<String>().prop_map(Json::String),
        1 => any::<i64>().prop_map(|number| Json::Number(number.into())),
    ]
}

fn tree() -> impl Strategy<Value = Json> {
    let name = prop::sample::select(names());
    leaf().prop_recursive(5, 60, 6, move |inner| {
        prop_oneof![
            3 => prop::collection::vec((name.clone(), inner.clone()), 0..6).prop_map(object),
            1 => prop::collection::vec(inner, 0..4).prop_map(Json::Array),
        ]
    })
}

fn object(pairs: Vec<(String, Json)>) -> Json {
    let mut members = Members::default();
    for (name, value) in pairs {
        members.insert(name, value);
    }
    Json::Object(members)
}

/// Puts something else at the n-th place of a value, counted over everything inside it.
fn replace(json: &mut Json, place: &mut usize, with: &Json) {
    if *place == 0 {
        *json = with.clone();
        *place = usize::MAX;
        return;
    }
    *place -= 1;
    match json {
        Json::Array(items) => {
            for item in items {
                if *place == usize::MAX {
                    return;
                }
                replace(item, place, with);
            }
        }
        Json::Object(members) => {
            let names: Vec<String> = members.iter().map(|(name, _)| name.to_owned()).collect();
            for name in names {
                if *place == usize::MAX {
                    return;
                }
                if let Some(mut value) = members.remove(&name) {
                    replace(&mut value, place, with);
                    members.insert(name, value);
                }
            }
        }
        _ => {}
    }
}

/// Reads a value, and a text of it, and demands it back; or a refusal that says why.
fn same(json: &Json) -> Result<(), TestCaseError> {
    let text = json.to_string();
    match Payload::read(text.as_bytes()) {
        Ok(payload) => {
            let went = payload.write();
            prop_assert_eq!(differences(json, &went), Vec::<String>::new(), "{}", text);
            prop_assert_eq!(&went.to_string(), &text);
            let survey = payload.survey();
            prop_assert_eq!(survey.typed + survey.kept, count(json), "{}", text);
        }
        Err(BodyError::UnknownShape { .. } | BodyError::OtherText) => {}
        Err(error) => prop_assert!(false, "{}: {}", text, error),
    }
    Ok(())
}

/// Values without members inside it; an empty list at the root holds none, for it is no record.
fn count(json: &Json) -> usize {
    if matches!(json, Json::Array(items) if items.is_empty()) { 0 } else { json.leaves() }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn any_value_is_written_back_as_it_came_or_refused(json in tree()) {
        same(&json)?;
    }

    #[test]
    fn any_record_of_any_kind_is_written_back_as_it_came(
        (name, _) in prop::sample::select(ALL.clone()),
        tree in tree(),
    ) {
        let Json::Object(members) = tree else { return Ok(()) };
        let kind = kind_of(&name);
        let entity = Entity::read(&kind, members.clone());
        prop_assert_eq!(entity.write_members(), members.clone());
        let mut envelope = Members::default();
        envelope.insert(kind, Json::Object(members));
        same(&Json::Object(envelope))?;
    }

    #[test]
    fn a_sample_with_something_else_at_any_place_is_written_back_as_it_came(
        (_, json) in prop::sample::select(ALL.clone()),
        place in any::<prop::sample::Index>(),
        with in tree(),
    ) {
        let mut json = json;
        let mut place = place.index(json.leaves() * 2);
        replace(&mut json, &mut place, &with);
        same(&json)?;
    }

    #[test]
    fn a_body_that_is_cut_anywhere_is_cut_short(
        (_, json) in prop::sample::select(ALL.clone()),
        place in any::<prop::sample::Index>(),
    ) {
        let text = json.to_string();
        let end = place.index(text.len());
        let expected = if end == 0 { "empty-body" } else { "cut-short" };
        prop_assert_eq!(Payload::read(&text.as_bytes()[..end]).unwrap_err().code(), expected);
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
        let _ = Payload::read(&bytes);
    }
}

/// The name on the wire of the kind that a sample is named after; other samples stand for no kind.
fn kind_of(sample: &str) -> String {
    let found = ALL.iter().find(|(name, _)| name == sample).map(|(_, json)| json);
    let name = match found {
        Some(Json::Object(members)) => {
            members.iter().map(|(name, _)| name.to_owned()).find(|name| name.to_lowercase() == sample)
        }
        _ => None,
    };
    name.unwrap_or_else(|| "Unheard".to_owned())
}

/// Every value of every kind, turned into something that no field holds, is named by the survey: no field takes anything.
#[test]
fn a_wrong_type_in_any_place_is_seen() {
    let wrong: Json = r#"{"odd":[1.10]}"#.parse().unwrap();
    let mut checked = 0;
    for (name, json) in
        samples("entities").into_iter().map(|(name, text)| (name, text.parse::<Json>().unwrap()))
    {
        for path in leaf_paths(&json) {
            let mut changed = json.clone();
            set(&mut changed, &path, &wrong);
            let payload = Payload::from_json(changed.clone()).unwrap();
            assert_eq!(differences(&payload.write(), &changed), [""; 0], "{name} {path:?}");
            let survey = payload.survey();
            let is_seen = survey.misfits.len() + survey.unknown.len() == 1 && survey.kept == 1;
            assert!(is_seen, "{name} {path:?}: {:?} {:?}", survey.misfits, survey.unknown);
            checked += 1;
        }
    }
    assert!(checked > 1000, "{checked} places were tried");
}

/// The path of every value without members: names and places.
fn leaf_paths(json: &Json) -> Vec<Vec<String>> {
    let inner: Vec<(String, &Json)> = match json {
        Json::Object(members) => members.iter().map(|(name, value)| (name.to_owned(), value)).collect(),
        Json::Array(items) => {
            items.iter().enumerate().map(|(place, item)| (place.to_string(), item)).collect()
        }
        _ => Vec::new(),
    };
    if inner.is_empty() {
        return vec![Vec::new()];
    }
    let deeper = |(name, value): (String, &Json)| {
        let name = [name];
        leaf_paths(value).into_iter().map(move |rest| name.iter().cloned().chain(rest).collect())
    };
    inner.into_iter().flat_map(deeper).collect()
}

fn set(json: &mut Json, path: &[String], with: &Json) {
    let Some((name, rest)) = path.split_first() else {
        *json = with.clone();
        return;
    };
    match json {
        Json::Object(members) => {
            let mut value = members.remove(name).unwrap();
            set(&mut value, rest, with);
            members.insert(name.clone(), value);
        }
        Json::Array(items) => set(&mut items[name.parse::<usize>().unwrap()], rest, with),
        _ => {}
    }
}
