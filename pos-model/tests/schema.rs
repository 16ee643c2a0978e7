//! The published JSON Schema is the one that the structs of the file form give (P-10).
//! `UPDATE_GOLDEN=1 cargo test -p pos-model --features schema --test schema` writes it again.
#![cfg(feature = "schema")]
#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

#[test]
fn the_published_schema_is_that_of_the_structs() {
    let forms =
        [("pos-file", pos_model::raw::schema()), ("customer-file", pos_model::raw::customer_file_schema())];
    for (name, schema) in forms {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("schema/{name}.schema.json"));
        let found = format!("{}\n", serde_json::to_string_pretty(&schema).unwrap());
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            fs::write(&path, &found).unwrap();
        }
        assert_eq!(
            fs::read_to_string(&path).unwrap_or_default(),
            found,
            "{name}: run again with UPDATE_GOLDEN=1"
        );
    }
}

#[test]
fn a_decimal_is_text_with_a_pattern() {
    let schema = Value::from(pos_model::raw::schema());
    let decimal = &schema["$defs"]["DecimalText"];
    assert_eq!(decimal["type"], "string");
    assert_eq!(decimal["pattern"], r"^-?[0-9]+(\.[0-9]+)?$");
    assert_eq!(decimal["maxLength"], 31);
    assert_eq!(schema["$defs"]["Tender"]["properties"]["amount"]["$ref"], "#/$defs/DecimalText");
}

#[test]
fn days_and_instants_are_texts_of_their_format() {
    let schema = Value::from(pos_model::raw::schema());
    let field = |object: &str, field: &str| schema["$defs"][object]["properties"][field].clone();
    for (object, name, format) in [
        ("Batch", "business_date", "date"),
        ("PurchaseOrder", "date", "date"),
        ("Transaction", "occurred_at", "date-time"),
        ("Deposit", "occurred_at", "date-time"),
        ("AccountPayment", "occurred_at", "date-time"),
        ("PayInOut", "occurred_at", "date-time"),
    ] {
        let form = field(object, name);
        assert_eq!((&form["type"], &form["format"]), (&json!("string"), &json!(format)), "{object} {name}");
    }
    for object in ["Batch", "PurchaseOrder"] {
        let form = field(object, "closed_at");
        assert_eq!(
            (&form["type"], &form["format"]),
            (&json!(["string", "null"]), &json!("date-time")),
            "{object}"
        );
    }
}

#[test]
fn what_must_be_written_is_required_and_nothing_else() {
    let schema = Value::from(pos_model::raw::schema());
    for (object, required) in [
        ("Deposit", json!(["id", "occurred_at", "order", "tenders"])),
        ("PurchaseOrder", json!(["number", "status", "date", "supplier"])),
        ("PurchaseLine", json!(["quantity", "amount"])),
    ] {
        assert_eq!(schema["$defs"][object]["required"], required, "{object}");
    }
    assert_eq!(schema["required"], json!(["version", "store", "tender_types"]));
    let customers = Value::from(pos_model::raw::customer_file_schema());
    assert_eq!(customers["required"], json!(["version", "retailer", "customers"]));
    assert_eq!(customers["$defs"]["Customer"]["required"], json!(["id", "account_number"]));
}

#[test]
fn unknown_fields_are_refused_everywhere() {
    for (schema, count) in [(pos_model::raw::schema(), 15), (pos_model::raw::customer_file_schema(), 3)] {
        let schema = Value::from(schema);
        let definitions = schema["$defs"].as_object().unwrap().values().chain([&schema]);
        let objects: Vec<_> = definitions.filter(|definition| definition["type"] == "object").collect();
        assert_eq!(objects.len(), count);
        assert!(objects.iter().all(|object| object["additionalProperties"] == false));
    }
}
