//! The published JSON Schema is the one that the structs of the company mapping give.
//! `UPDATE_GOLDEN=1 cargo test -p mapping --features schema --test all schema` writes it again.
#![cfg(feature = "schema")]

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

#[test]
fn the_published_schema_is_that_of_the_structs() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema/company-mapping.schema.json");
    let found = format!("{}\n", serde_json::to_string_pretty(&mapping::company_mapping_schema()).unwrap());
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&path, &found).unwrap();
    }
    assert_eq!(fs::read_to_string(&path).unwrap_or_default(), found, "run again with UPDATE_GOLDEN=1");
}

#[test]
fn unknown_fields_are_refused_and_choices_are_listed() {
    let schema = Value::from(mapping::company_mapping_schema());
    let definitions = schema["$defs"].as_object().unwrap().values().chain([&schema]);
    let objects: Vec<_> = definitions.filter(|definition| definition["type"] == "object").collect();
    assert_eq!(objects.len(), 11);
    assert!(objects.iter().all(|object| object["additionalProperties"] == false));
    let choices = |name: &str| -> Vec<Value> {
        let of = schema["$defs"][name]["oneOf"].as_array().unwrap();
        of.iter().map(|choice| choice["const"].clone()).collect()
    };
    assert_eq!(choices("Bills"), [json!("none"), json!("separate"), json!("linked")]);
    assert_eq!(choices("NumberScheme"), [json!("plain"), json!("compact")]);
    assert_eq!(choices("Profile"), [json!("one_way"), json!("two_way")]);
    assert_eq!(choices("ItemDetail"), [json!("all"), json!("charges"), json!("summarised")]);
    assert_eq!(choices("LimitPolicy"), [json!("post"), json!("hold")]);
    assert_eq!(choices("NameOrder"), [json!("last_first"), json!("first_last"), json!("title_first_last")]);
    assert_eq!(choices("Preference"), [json!("ask"), json!("quickbooks"), json!("pos"), json!("later")]);
    assert_eq!(choices("Matching"), [json!("unapplied"), json!("oldest_first")]);
}
