//! However a query is looked up, it finds what a walk over all documents finds, in the same order.

use crate::common;

use chrono::{DateTime, TimeDelta};
use common::NOW;
use proptest::prelude::*;
use qb_simulator::{Company, Request, handle};
use serde_json::{Value, json};

const OPERATORS: [&str; 5] = ["=", "<", ">", "<=", ">="];

/// A condition as it is written, and what it asks of an invoice.
#[derive(Debug, Clone)]
enum Condition {
    Day(usize, u32),
    Customer(u32),
    Customers(Vec<u32>),
    Ids(Vec<u32>),
    Number(u32),
    Balance(usize, u32),
    Changed(usize, u32),
}

fn is(operator: usize, ordering: std::cmp::Ordering) -> bool {
    match OPERATORS[operator] {
        "=" => ordering.is_eq(),
        "<" => ordering.is_lt(),
        ">" => ordering.is_gt(),
        "<=" => ordering.is_le(),
        _ => ordering.is_ge(),
    }
}

fn moment(hours: u32) -> String {
    let start = DateTime::parse_from_rfc3339(NOW).unwrap() + TimeDelta::hours(i64::from(hours));
    start.format("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

impl Condition {
    fn text(&self) -> String {
        let list = |values: &[u32]| values.iter().map(|v| format!("'{v}'")).collect::<Vec<_>>().join(",");
        match self {
            Condition::Day(operator, day) => format!("TxnDate {} '2026-02-{day:02}'", OPERATORS[*operator]),
            Condition::Customer(id) => format!("CustomerRef = '{id}'"),
            Condition::Customers(ids) => format!("CustomerRef in ({})", list(ids)),
            Condition::Ids(ids) => format!("Id in ({})", list(ids)),
            Condition::Number(number) => format!("DocNumber = 'N{number}'"),
            Condition::Balance(operator, amount) => format!("Balance {} '{amount}'", OPERATORS[*operator]),
            Condition::Changed(operator, hours) => {
                format!("MetaData.LastUpdatedTime {} '{}'", OPERATORS[*operator], moment(*hours))
            }
        }
    }

    fn takes(&self, invoice: &Value) -> bool {
        let text = |path: &str| invoice.pointer(path).and_then(Value::as_str).unwrap_or_default();
        let is_one = |path: &str, values: &[u32]| values.iter().any(|value| value.to_string() == text(path));
        match self {
            Condition::Day(operator, day) => {
                is(*operator, text("/TxnDate").cmp(format!("2026-02-{day:02}").as_str()))
            }
            Condition::Customer(id) => is_one("/CustomerRef/value", &[*id]),
            Condition::Customers(ids) => is_one("/CustomerRef/value", ids),
            Condition::Ids(ids) => is_one("/Id", ids),
            Condition::Number(number) => text("/DocNumber") == format!("N{number}"),
            Condition::Balance(operator, amount) => {
                let balance = invoice["Balance"].as_f64().unwrap();
                is(*operator, balance.total_cmp(&f64::from(*amount)))
            }
            Condition::Changed(operator, hours) => {
                let read = |text: &str| DateTime::parse_from_rfc3339(text).unwrap();
                is(*operator, read(text("/MetaData/LastUpdatedTime")).cmp(&read(&moment(*hours))))
            }
        }
    }
}

fn condition() -> impl Strategy<Value = Condition> {
    let operator = 0..OPERATORS.len();
    prop_oneof![
        (operator.clone(), 1..8u32).prop_map(|(operator, day)| Condition::Day(operator, day)),
        (1..4u32).prop_map(Condition::Customer),
        prop::collection::vec(1..5u32, 1..4).prop_map(Condition::Customers),
        prop::collection::vec(1..40u32, 1..9).prop_map(Condition::Ids),
        (0..6u32).prop_map(Condition::Number),
        (operator.clone(), 0..9u32).prop_map(|(operator, amount)| Condition::Balance(operator, amount)),
        (operator, 0..50u32).prop_map(|(operator, hours)| Condition::Changed(operator, hours)),
    ]
}

struct Books {
    company: Company,
    hours: u32,
}

impl Books {
    /// One request an hour.
    fn send(&mut self, path: &str, body: impl Into<Vec<u8>>) -> Value {
        let target = format!("/v3/company/{}/{path}", self.company.options().realm_id);
        let token = self.company.options().credentials.access_token.clone();
        let now = DateTime::parse_from_rfc3339(NOW).unwrap() + TimeDelta::hours(i64::from(self.hours));
        self.hours += 1;
        let response = handle(&mut self.company, &Request::new("POST", &target, body).bearer(&token), now);
        let answer = serde_json::from_slice(&response.body).unwrap();
        assert_eq!(response.status, 200, "{path}: {answer}");
        answer
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_query_finds_what_a_walk_finds(
        invoices in prop::collection::vec((1..4u32, 1..8u32, 0..6u32, 1..9u32), 1..40),
        touched in prop::collection::vec((0..40usize, any::<bool>()), 0..12),
        conditions in prop::collection::vec(condition(), 0..4),
        order in prop::option::of((prop::sample::select(vec!["Id", "TxnDate", "DocNumber"]), any::<bool>())),
        (start, page) in (1..9usize, 1..30usize),
    ) {
        let company = Company::default_company(DateTime::parse_from_rfc3339(NOW).unwrap());
        let mut books = Books { company, hours: 0 };
        for name in ["Ada", "Bob", "Cyd"] {
            books.send("customer", json!({"DisplayName": name}).to_string());
        }
        for (customer, day, number, amount) in &invoices {
            let line = json!({"DetailType": "SalesItemLineDetail", "Amount": amount,
                "SalesItemLineDetail": {"ItemRef": {"value": "1"}}});
            let body = json!({"CustomerRef": {"value": customer.to_string()}, "DocNumber": format!("N{number}"),
                "TxnDate": format!("2026-02-{day:02}"), "Line": [line]});
            books.send("invoice?include=allowduplicatedocnum", body.to_string());
        }
        for (at, deletes) in &touched {
            let id = (at % invoices.len() + 1).to_string();
            let Some(invoice) = books.company.read("Invoice", &id) else { continue };
            let token = invoice.get("SyncToken").and_then(|token| token.as_text()).unwrap().to_owned();
            let path = if *deletes { "invoice?operation=delete" } else { "invoice?include=allowduplicatedocnum" };
            let mut body = json!({"Id": id, "SyncToken": token});
            if !deletes {
                body["sparse"] = json!(true);
                body["TxnDate"] = json!("2026-02-07");
            }
            books.send(path, body.to_string());
        }
        let mut all = Vec::new();
        for id in (1..=invoices.len()).map(|id| id.to_string()) {
            if books.company.read("Invoice", &id).is_some() {
                all.push(common::call(&mut books.company, "GET", &format!("invoice/{id}"), "").1["Invoice"].clone());
            }
        }
        let mut wanted: Vec<Value> =
            all.into_iter().filter(|invoice| conditions.iter().all(|condition| condition.takes(invoice))).collect();
        if let Some((column, descending)) = &order {
            let key = |invoice: &Value| match *column {
                "Id" => format!("{:>9}", invoice["Id"].as_str().unwrap()),
                column => invoice[column].as_str().unwrap().to_owned(),
            };
            wanted.sort_by(|left, right| {
                let ordering = key(left).cmp(&key(right));
                if *descending { ordering.reverse() } else { ordering }
            });
        }
        let texts: Vec<String> = conditions.iter().map(Condition::text).collect();
        let clause = if texts.is_empty() { String::new() } else { format!(" where {}", texts.join(" and ")) };
        let order = order.map_or(String::new(), |(column, descending)| {
            format!(" orderby {column}{}", if descending { " desc" } else { "" })
        });
        let statement = format!("select * from Invoice{clause}{order} startposition {start} maxresults {page}");
        let found = books.send("query", statement.clone())["QueryResponse"].clone();
        let shown: Vec<Value> = wanted.iter().skip(start - 1).take(page).cloned().collect();
        if shown.is_empty() {
            prop_assert_eq!(found, json!({}), "{}", statement);
        } else {
            prop_assert_eq!(&found["Invoice"], &json!(shown), "{}", statement);
            prop_assert_eq!(&found["totalCount"], &json!(wanted.len()), "{}", statement);
        }
        let count = books.send("query", format!("select count(*) from Invoice{clause}"));
        prop_assert_eq!(&count["QueryResponse"]["totalCount"], &json!(wanted.len()), "{}", statement);
    }
}
