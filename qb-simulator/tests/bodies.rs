//! Intuit's documented sample bodies in our own words: each is taken, and answered with the documented fields.
//!
//! `tests/bodies` has a folder a case. `request.json` says what is sent (`path`, `body`, `method` when it is no POST) and
//! which cases are sent before it (`after`); `answer.json` what the answer `carries`: every member that stands there, with
//! `"*"` for any value and `"absent"` for none. `{name}` stands for the Id of a case's object or of one that
//! `company.json` makes, `{name.SyncToken}` for another member of it, `{account:Name}` for an account's Id.

use crate::common;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use common::*;
use serde_json::{Map, Value};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bodies")
}

fn read(path: &Path) -> Value {
    let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// What placeholders stand for.
type Names = BTreeMap<String, String>;

/// Puts in what a text's placeholders stand for.
fn resolve_text(text: &str, names: &Names) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}').unwrap_or_else(|| panic!("an open brace in {text}"));
        out.push_str(before);
        out.push_str(names.get(name).unwrap_or_else(|| panic!("nothing is called {name}")));
        rest = after;
    }
    out + rest
}

fn resolve(value: &Value, names: &Names) -> Value {
    match value {
        Value::String(text) => Value::String(resolve_text(text, names)),
        Value::Array(items) => items.iter().map(|item| resolve(item, names)).collect(),
        Value::Object(members) => members
            .iter()
            .map(|(name, value)| (name.clone(), resolve(value, names)))
            .collect::<Map<_, _>>()
            .into(),
        other => other.clone(),
    }
}

/// Sends a request file's request, and gives the names of what it made.
async fn send(books: &Books, called: &str, request: &Value, names: &mut Names) -> Answer {
    let path = resolve_text(request["path"].as_str().unwrap(), names);
    let answer = match (&request["body"], request["method"].as_str()) {
        (_, Some("GET")) => books.get(&path).await,
        (Value::String(statement), None) => books.post_bytes(&path, statement.clone().into_bytes()).await,
        (body, None) => books.post(&path, resolve(body, names)).await,
        (_, Some(other)) => panic!("{called}: method {other}"),
    };
    let objects = answer.json.as_object().into_iter().flat_map(Map::values);
    if let Some(made) = objects.filter_map(Value::as_object).find(|object| object.contains_key("Id")) {
        for (member, value) in made {
            names.insert(format!("{called}.{member}"), value.as_str().unwrap_or_default().to_owned());
        }
        names.insert(called.to_owned(), made["Id"].as_str().unwrap_or_default().to_owned());
    }
    answer
}

/// Where an answer does not carry what it should.
fn missing(wanted: &Value, found: &Value, at: &str, out: &mut Vec<String>) {
    match (wanted, found) {
        (Value::String(word), Value::Null) if word == "absent" => {}
        (Value::String(word), Value::Null) if word == "*" => out.push(format!("{at} is missing")),
        (Value::String(word), _) if word == "*" => {}
        (Value::Object(members), Value::Object(_)) => {
            members
                .iter()
                .for_each(|(name, value)| missing(value, &found[name], &format!("{at}.{name}"), out));
        }
        (Value::Array(wanted), Value::Array(found)) if wanted.len() == found.len() => {
            for (index, (wanted, found)) in wanted.iter().zip(found).enumerate() {
                missing(wanted, found, &format!("{at}[{index}]"), out);
            }
        }
        (Value::Number(_), Value::Number(_)) if wanted.as_f64() == found.as_f64() => {}
        (wanted, found) if wanted == found => {}
        (wanted, found) => out.push(format!("{at}: wanted {wanted}, found {found}")),
    }
}

/// A company with what `company.json` makes.
async fn open() -> (Books, Names) {
    let books = Books::open().await;
    let mut names = Names::from([("realm".to_owned(), books.simulator.connection().realm_id.clone())]);
    let accounts = books.query("select Id, Name from Account maxresults 1000").await;
    for account in accounts.json["QueryResponse"]["Account"].as_array().unwrap() {
        names.insert(format!("account:{}", account["Name"].as_str().unwrap()), id(account));
    }
    for made in read(&folder().join("company.json")).as_array().unwrap() {
        let called = made["as"].as_str().unwrap();
        let answer = send(&books, called, made, &mut names).await;
        assert_eq!(answer.status, 200, "{called}: {}", answer.text);
    }
    (books, names)
}

#[tokio::test]
async fn every_documented_body_is_answered_with_the_documented_fields() {
    let mut cases: Vec<PathBuf> =
        fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.retain(|path| path.is_dir());
    cases.sort();
    assert!(cases.len() > 80, "{} cases", cases.len());
    let mut failures = Vec::new();
    for case in &cases {
        let name = case.file_name().unwrap().to_string_lossy().into_owned();
        let (books, mut names) = open().await;
        let (request, wanted) = (read(&case.join("request.json")), read(&case.join("answer.json")));
        for before in request["after"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            let earlier = read(&folder().join(before).join("request.json"));
            let answer = send(&books, before, &earlier, &mut names).await;
            assert_eq!(answer.status, 200, "{name}, after {before}: {}", answer.text);
        }
        let answer = send(&books, &name, &request, &mut names).await;
        let status = wanted["status"].as_u64().unwrap_or(200);
        if u64::from(answer.status) != status {
            failures.push(format!("{name}: {} {}", answer.status, answer.text));
        } else {
            let mut missed = Vec::new();
            missing(&resolve(&wanted["carries"], &names), &answer.json, "", &mut missed);
            failures.extend(missed.iter().map(|miss| format!("{name}: {miss}")));
        }
        books.close().await;
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}
