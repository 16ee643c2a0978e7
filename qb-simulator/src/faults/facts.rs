//! What a request is about: its operation and its entity, read from its outside.
//!
//! Judges nothing; a request the company will refuse has facts too. Neighbours: `Faults::decide` matches them,
//! `hooks` names events by them.

use crate::base::json::Json;
use crate::base::kind::{EntityKind, Operation};
use crate::base::message::{Request, Target};

/// A request's operation and entity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// What it asks for.
    pub operation: Operation,
    /// The entity's or report's name as it stands in the path or the statement.
    pub entity: Option<String>,
    /// What the items of a batch ask for, in their order.
    pub items: Vec<Facts>,
}

impl Facts {
    fn new(operation: Operation, entity: Option<&str>) -> Facts {
        Facts { operation, entity: entity.map(str::to_owned), items: Vec::new() }
    }

    /// Reads a request's facts.
    pub fn of(request: &Request) -> Facts {
        let target = Target::parse(&request.target);
        let path: Vec<String> = target.segments.iter().map(|segment| segment.to_ascii_lowercase()).collect();
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        let facts = |operation, entity: Option<&str>| Facts::new(operation, entity);
        match (request.method.as_str(), path.as_slice()) {
            ("POST", ["oauth2", "v1", "tokens", "bearer"]) => facts(Operation::Token, None),
            ("POST", [.., "tokens", "revoke"]) => facts(Operation::Revoke, None),
            (_, ["v3", "company", _, "query"]) => {
                let statement = match request.method.as_str() {
                    "GET" => target.parameter("query").unwrap_or_default().to_owned(),
                    _ => String::from_utf8_lossy(&request.body).into_owned(),
                };
                facts(Operation::Query, selected(&statement).as_deref())
            }
            ("GET", ["v3", "company", _, "reports", name]) => facts(Operation::Report, Some(name)),
            ("POST", ["v3", "company", _, "batch"]) => {
                Facts { items: batch_items(&request.body), ..facts(Operation::Batch, None) }
            }
            ("GET", ["v3", "company", _, "cdc"]) => facts(Operation::Cdc, None),
            ("GET", ["v3", "company", _, entity] | ["v3", "company", _, entity, _]) => {
                facts(Operation::Read, Some(entity))
            }
            ("POST", ["v3", "company", _, entity]) => facts(written(request, &target), Some(entity)),
            (_, ["v3", "company", _, entity, ..]) => facts(Operation::Other, Some(entity)),
            _ => facts(Operation::Other, None),
        }
    }
}

fn selected(statement: &str) -> Option<String> {
    let mut words = statement.split_whitespace();
    words.find(|word| word.eq_ignore_ascii_case("from"))?;
    words.next().map(str::to_owned)
}

fn batch_items(body: &[u8]) -> Vec<Facts> {
    let Ok(body) = Json::parse(body) else { return Vec::new() };
    body.get("BatchItemRequest").map_or(&[][..], Json::items).iter().map(batch_item).collect()
}

fn batch_item(item: &Json) -> Facts {
    if let Some(statement) = item.text_of("Query") {
        return Facts::new(Operation::Query, selected(statement).as_deref());
    }
    let named = EntityKind::ALL.iter().find_map(|kind| Some((kind.name(), item.get(kind.name())?)));
    let Some((name, body)) = named else { return Facts::new(Operation::Other, None) };
    let voids = item.text_of("optionsData").unwrap_or_default().split(',');
    let voids = voids.map(str::trim).any(|option| option.eq_ignore_ascii_case("void"));
    let operation = item.text_of("operation").unwrap_or_default();
    Facts::new(asked(operation, voids, || body.text_of("Id").is_some()), Some(name))
}

fn written(request: &Request, target: &Target) -> Operation {
    let operation = target.parameter("operation").unwrap_or_default();
    let has_id = || Json::parse(&request.body).is_ok_and(|body| body.text_of("Id").is_some());
    asked(operation, target.includes("void"), has_id)
}

/// Returns what the word after `operation`, the switch `void` and the body together ask for.
fn asked(operation: &str, voids: bool, has_id: impl FnOnce() -> bool) -> Operation {
    let operation = operation.to_ascii_lowercase();
    if operation == "delete" {
        return Operation::Delete;
    }
    if operation == "void" || voids {
        return Operation::Void;
    }
    if operation == "update" || has_id() { Operation::Update } else { Operation::Create }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_a_request_asks_for() {
        for (method, path, body, operation, entity) in [
            ("POST", "invoice?requestid=1", "{\"Line\":[]}", Operation::Create, Some("invoice")),
            ("POST", "invoice", "{\"Id\":\"7\"}", Operation::Update, Some("invoice")),
            (
                "POST",
                "payment?operation=update&include=void",
                "{\"Id\":\"7\"}",
                Operation::Void,
                Some("payment"),
            ),
            ("POST", "invoice?operation=delete", "{}", Operation::Delete, Some("invoice")),
            ("GET", "query?query=select+*+from+Item", "", Operation::Query, Some("Item")),
            ("POST", "query", "select count(*) FROM Invoice", Operation::Query, Some("Invoice")),
            ("GET", "reports/GeneralLedger", "", Operation::Report, Some("generalledger")),
            ("GET", "customer/7", "", Operation::Read, Some("customer")),
            ("POST", "batch", "{}", Operation::Batch, None),
        ] {
            let facts = Facts::of(&Request::new(method, &format!("/v3/company/1/{path}"), body));
            assert_eq!((facts.operation, facts.entity.as_deref()), (operation, entity), "{path}");
        }
    }
}
