//! Valid bodies, damaged: members dropped, repeated, of another type, huge, deep, in odd letters, with foreign ids.
#![allow(unreachable_pub, reason = "every test file uses its own part")]

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

/// One thing done to a body: where, what, and which of several.
#[derive(Debug, Clone)]
pub struct Damage {
    pub place: usize,
    pub kind: usize,
    pub choice: usize,
}

/// The ids that placeholders of `tests/bodies` stand for here; they fit the company of `untrusted/begin.txt`.
fn stand_in(name: &str) -> &'static str {
    match name {
        "customer" | "account:Checking" | "tea" | "class" | "store" | "create-invoice" => "1",
        "vendor" | "account:Savings" | "create-credit-memo" => "2",
        "account:Undeposited Funds" | "create-payment" | "term" => "3",
        "account:Company Card" | "create-sales-receipt" => "4",
        "account:Services" => "8",
        "account:Sales of Product Income" => "9",
        "account:Discounts given" => "11",
        "account:Cost of Goods Sold" => "12",
        "account:Bank Charges" => "13",
        "account:Office Expenses" => "14",
        "receivable" => "16",
        "payable" => "17",
        "create-deposit" => "5",
        "create-purchase-order" => "6",
        "create-bill" => "7",
        "create-bill-payment-card" => "8",
        "create-journal-entry" => "9",
        _ if name.ends_with(".SyncToken") => "0",
        _ => "10",
    }
}

fn fill_in(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}').unwrap_or((after, ""));
        out.push_str(before);
        out.push_str(stand_in(name));
        rest = after;
    }
    out + rest
}

fn filled(value: &Value) -> Value {
    match value {
        Value::String(text) => Value::String(fill_in(text)),
        Value::Array(items) => items.iter().map(filled).collect(),
        Value::Object(members) => {
            Value::Object(members.iter().map(|(name, value)| (name.clone(), filled(value))).collect())
        }
        other => other.clone(),
    }
}

/// Path and body of every request of `tests/bodies` that is posted as JSON.
pub fn sample_bodies() -> Vec<(String, Value)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bodies");
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let Ok(text) = fs::read_to_string(entry.unwrap().path().join("request.json")) else { continue };
        let request: Value = serde_json::from_str(&text).unwrap();
        if request["body"].is_object() {
            found.push((fill_in(request["path"].as_str().unwrap()), filled(&request["body"])));
        }
    }
    found.sort_by(|left, right| {
        left.0.cmp(&right.0).then_with(|| left.1.to_string().cmp(&right.1.to_string()))
    });
    found
}

fn size(value: &Value) -> usize {
    1 + match value {
        Value::Array(items) => items.iter().map(size).sum(),
        Value::Object(members) => members.values().map(size).sum(),
        _ => 0,
    }
}

/// Numbers that are hard to compute with.
const NUMBERS: &[&str] = &[
    "0",
    "-1",
    "0.005",
    "0.004999",
    "999999999999",
    "999999999999.99",
    "1000000000000",
    "1e308",
    "-1e15",
    "1e-30",
    "79228162514264337593543950335",
    "-0.0",
    "100",
    "33.333333333333333333333333",
    "2",
    "18446744073709551616",
];

/// Texts that are hard to store and compare.
const TEXTS: &[&str] = &[
    "",
    " ",
    "\u{0}",
    "\u{202e}txet",
    "\u{130}\u{130}",
    "\u{fb03}",
    "e\u{301}\u{301}",
    "\u{1f9fe}",
    "a:b",
    "N1",
    "Ada",
    "Ada (deleted)",
    "true",
    "SHIPPING_ITEM_ID",
    "GRATUITY_ITEM_ID",
    "TAX",
    "NON",
    "2026-02-31",
    "0001-01-01",
    "9999-12-31",
    "Invoice",
    "Check",
    "CreditCard",
    "Customer",
    "CUSTOMER",
    "BillPaymentCheck",
    "Subtotal:",
];

/// Ids of things that are there, of things that are not, and of nothing.
const IDS: &[&str] = &[
    "1",
    "2",
    "3",
    "4",
    "5",
    "6",
    "7",
    "8",
    "9",
    "10",
    "11",
    "16",
    "17",
    "0",
    "-1",
    "999999",
    "18446744073709551616",
    "1.5",
    "x",
];

fn deep(choice: usize) -> Value {
    let mut value = json!("1");
    for level in 0..(choice % 140) {
        value = if level % 2 == 0 { json!([value]) } else { json!({"Line": value}) };
    }
    value
}

fn damage_here(value: &mut Value, kind: usize, choice: usize) {
    let of = |list: &[&'static str]| list[choice % list.len()];
    *value = match kind {
        3 => match &*value {
            Value::String(text) => serde_json::from_str(text).unwrap_or(Value::Null),
            Value::Object(_) => json!([value.clone()]),
            Value::Array(items) => items.first().cloned().unwrap_or(json!({})),
            other => Value::String(other.to_string()),
        },
        4 => Value::Null,
        5 => json!(choice.is_multiple_of(2)),
        // A number as text: what is too large for JSON's numbers here is sent unquoted by `damaged`.
        6 => Value::String(of(NUMBERS).to_owned()),
        7 => serde_json::from_str(of(NUMBERS)).unwrap_or(Value::Null),
        8 => deep(choice),
        9 => Value::String(of(TEXTS).repeat(1 + choice / 64 % 3 * 900)),
        10 => Value::String(of(IDS).to_owned()),
        _ => json!({"value": of(IDS)}),
    };
}

/// Damages the node at a place, counted in depth first.
fn damage_at(value: &mut Value, mut place: usize, kind: usize, choice: usize) {
    if place == 0 {
        return damage_here(value, kind.max(3), choice);
    }
    place -= 1;
    match value {
        Value::Array(items) => {
            for at in 0..items.len() {
                let here = size(&items[at]);
                if place < here {
                    match (place, kind) {
                        (0, 0) => drop(items.remove(at)),
                        (0, 1 | 2) => items.insert(at, items[at].clone()),
                        _ => damage_at(&mut items[at], place, kind, choice),
                    }
                    return;
                }
                place -= here;
            }
        }
        Value::Object(members) => {
            let names: Vec<String> = members.keys().cloned().collect();
            for name in names {
                let here = size(&members[&name]);
                if place < here {
                    match (place, kind) {
                        (0, 0) => drop(members.remove(&name)),
                        (0, 1) => {
                            let moved = members[&name].clone();
                            members.insert(["LinkedTxn", "Foo", "Id", "Line"][choice % 4].into(), moved);
                        }
                        _ => {
                            if let Some(inner) = members.get_mut(&name) {
                                damage_at(inner, place, kind, choice);
                            }
                        }
                    }
                    return;
                }
                place -= here;
            }
        }
        _ => {}
    }
}

/// The body as text after all its damages.
pub fn damaged(body: &Value, damages: &[Damage]) -> String {
    let mut body = body.clone();
    let mut twice = None;
    for Damage { place, kind, choice } in damages {
        if (*kind, place % 7) == (2, 0) {
            twice = body
                .as_object()
                .and_then(|members| members.keys().nth(choice % members.len().max(1)).cloned());
        }
        let nodes = size(&body);
        damage_at(&mut body, 1 + place % nodes.saturating_sub(1).max(1), *kind, *choice);
    }
    let text = body.to_string();
    match (twice, text.strip_prefix('{')) {
        (Some(name), Some(rest)) => format!("{{\"{name}\":null,{rest}"),
        _ => text,
    }
}
