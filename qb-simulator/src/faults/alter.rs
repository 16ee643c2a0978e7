//! True answers with one thing changed on their way: a value, a shape, a row, a byte.
//!
//! The books are as they would be without it. Neighbours: `service` alters with it, `answers` makes whole answers up.

use chrono::Days;
use rust_decimal::Decimal;

use super::Part;
use crate::base::amount::{self, money};
use crate::base::clock::read_date;
use crate::base::json::{Json, integer, object, text};
use crate::base::message::Response;
use crate::books::company::number;

/// Values that QuickBooks takes from a list of its own.
const ENUMS: &[&str] = &[
    "PrintStatus",
    "EmailStatus",
    "PaymentType",
    "PayType",
    "POStatus",
    "AccountType",
    "Classification",
    "PreferredDeliveryMethod",
    "Type",
];

/// Returns a true answer with one part changed. An answer without that part stays as it is.
pub(crate) fn altered(response: Response, part: Part) -> Response {
    changed(response, |body| match part {
        Part::UnknownField => each_object(body, &mut |entity| {
            entity.set("FieldNobodyKnows", object().with("value", text("new")));
        }),
        Part::RenamedEnum => each_object(body, &mut rename_enums),
        Part::NumbersAsText => each_object(body, &mut quote_numbers),
        Part::DoubleKeys => each_object(body, &mut double_key),
        Part::RowMissing => each_page(body, &mut |page| drop(page.pop())),
        Part::RowTwice => each_page(body, &mut |page| {
            if let Some(last) = page.last().cloned() {
                page.push(last);
            }
        }),
        Part::StaleToken => each_page(body, &mut |page| page.iter_mut().for_each(lower_token)),
        Part::FalseDelete => {
            if let Some(response) = body.get_mut("CDCResponse") {
                let mut is_done = false;
                each_page(response, &mut |page| {
                    let living = page.iter_mut().find(|row| row.get("status").is_none());
                    if let Some(row) = living.filter(|_| !is_done) {
                        *row = stub(row);
                        is_done = true;
                    }
                });
            }
        }
        _ => alter(body, part),
    })
}

/// Returns a true answer whose pages hold at most so many rows.
pub(crate) fn capped(response: Response, rows: usize) -> Response {
    changed(response, |body| each_page(body, &mut |page| page.truncate(rows)))
}

/// Returns a true answer without the members of one name, at any depth.
pub(crate) fn without(response: Response, name: &str) -> Response {
    changed(response, |body| each_value(body, &mut |value| value.remove(name)))
}

/// Returns a true answer with the lowest bit of one byte turned.
pub(crate) fn flipped(mut response: Response, byte: usize) -> Response {
    if let Some(at) = byte.checked_rem(response.body.len()) {
        response.body[at] ^= 1;
    }
    response
}

fn changed(mut response: Response, change: impl FnOnce(&mut Json)) -> Response {
    if let Ok(mut body) = Json::parse(&response.body) {
        change(&mut body);
        let mut out = String::new();
        body.write(&mut out);
        response.body = out.into_bytes();
    }
    response
}

/// Goes through the lists of objects in a query's or a capture's answer, and sets their maxResults afterwards.
fn each_page(body: &mut Json, change: &mut dyn FnMut(&mut Vec<Json>)) {
    match body {
        Json::List(items) => items.iter_mut().for_each(|item| each_page(item, change)),
        Json::Object(members) => {
            for (name, value) in members {
                match name.as_ref() {
                    "QueryResponse" => pages_of(value, change),
                    "BatchItemResponse" | "CDCResponse" => each_page(value, change),
                    _ => {}
                }
            }
        }
        _ => {}
    }
}

fn pages_of(response: &mut Json, change: &mut dyn FnMut(&mut Vec<Json>)) {
    match response {
        Json::List(parts) => parts.iter_mut().for_each(|part| pages_of(part, change)),
        Json::Object(members) => {
            let mut count = None;
            for (_, value) in members.iter_mut() {
                if let Json::List(rows) = value {
                    change(rows);
                    count = Some(rows.len());
                }
            }
            if let Some(count) = count.filter(|_| response.get("maxResults").is_some()) {
                response.set("maxResults", integer(count));
            }
        }
        _ => {}
    }
}

/// Goes through the objects of an answer: the one it wraps, those of its batch items, those of its pages.
fn each_object(body: &mut Json, change: &mut dyn FnMut(&mut Json)) {
    each_page(body, &mut |page| page.iter_mut().for_each(&mut *change));
    if let Some(Json::List(items)) = body.get_mut("BatchItemResponse") {
        items.iter_mut().filter_map(wrapped).for_each(change);
    } else if let Some(entity) = wrapped(body) {
        change(entity);
    }
}

/// Returns the object an answer wraps under its entity's name.
fn wrapped(body: &mut Json) -> Option<&mut Json> {
    let Json::Object(members) = body else { return None };
    let is_entity = |name: &str| !matches!(name, "Fault" | "QueryResponse");
    let mut found =
        members.iter_mut().filter(|(name, value)| is_entity(name) && matches!(value, Json::Object(_)));
    found.next().map(|(_, value)| value)
}

fn each_value(value: &mut Json, change: &mut dyn FnMut(&mut Json)) {
    change(value);
    match value {
        Json::List(items) => items.iter_mut().for_each(|item| each_value(item, change)),
        Json::Object(members) => members.iter_mut().for_each(|(_, value)| each_value(value, change)),
        _ => {}
    }
}

fn rename_enums(entity: &mut Json) {
    for name in ENUMS {
        if let Some(Json::Text(value)) = entity.get_mut(name) {
            *value = format!("{value}Renamed").into();
        }
    }
}

fn quote_numbers(entity: &mut Json) {
    each_value(entity, &mut |value| {
        if let Json::Number(digits) = value {
            *value = Json::Text(std::mem::take(digits));
        }
    });
}

fn double_key(entity: &mut Json) {
    let raised = match entity.get("TotalAmt").and_then(amount::read) {
        Some(total) => ("TotalAmt", money(total + Decimal::ONE)),
        None => {
            let token = entity.text_of("SyncToken").map_or(0, number);
            ("SyncToken", text((token + 1).to_string()))
        }
    };
    entity.push(raised.0, raised.1);
}

fn lower_token(row: &mut Json) {
    if let Some(token) = row.text_of("SyncToken").map(number) {
        row.set("SyncToken", text(token.saturating_sub(1).to_string()));
    }
}

/// Returns what change data capture tells of a deleted object.
fn stub(row: &Json) -> Json {
    let changed = row.path("MetaData.LastUpdatedTime").cloned();
    object()
        .with("domain", text("QBO"))
        .with("status", text("Deleted"))
        .with_some("Id", row.get("Id").cloned())
        .with("MetaData", object().with_some("LastUpdatedTime", changed))
}

fn alter(body: &mut Json, part: Part) {
    // Of a batch, the first item that wrote something.
    if let Some(Json::List(items)) = body.get_mut("BatchItemResponse") {
        let wrote = |item: &&mut Json| item.get("Fault").is_none() && item.get("QueryResponse").is_none();
        if let Some(item) = items.iter_mut().find(wrote) {
            alter(item, part);
        }
        return;
    }
    let Json::Object(members) = body else { return };
    let holder = members.iter().position(|(name, value)| name != "Fault" && matches!(value, Json::Object(_)));
    let Some(at) = holder else { return };
    match part {
        Part::Missing => drop(members.remove(at)),
        Part::Entity => {
            if let Some((name, _)) = members.get_mut(at) {
                let other = if name == "Estimate" { "Invoice" } else { "Estimate" };
                *name = other.into();
            }
        }
        _ => {
            if let Some((_, entity)) = members.get_mut(at) {
                alter_entity(entity, part);
            }
        }
    }
}

fn alter_entity(entity: &mut Json, part: Part) {
    match part {
        Part::Total => raise(entity, "TotalAmt", Decimal::ONE),
        Part::Tax => {
            if let Some(tax) = entity.get_mut("TxnTaxDetail") {
                raise(tax, "TotalTax", Decimal::new(1, 2));
            }
        }
        Part::Number => {
            if let Some(number) = entity.text_of("DocNumber").map(|number| format!("{number}X")) {
                entity.set("DocNumber", text(number));
            }
        }
        Part::Date => {
            let day = entity.text_of("TxnDate").and_then(read_date);
            if let Some(day) = day.and_then(|day| day.checked_add_days(Days::new(1))) {
                entity.set("TxnDate", text(day.to_string()));
            }
        }
        Part::Customer => {
            if let Some(customer) = entity.get_mut("CustomerRef") {
                customer.set("value", text("999999"));
            }
        }
        Part::Id => entity.set("Id", text("999999")),
        _ => {}
    }
}

fn raise(holder: &mut Json, name: &'static str, by: Decimal) {
    if let Some(amount) = holder.get(name).and_then(amount::read) {
        holder.set(name, money(amount + by));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(body: &str) -> Response {
        Response { status: 200, headers: Vec::new(), body: body.into() }
    }

    fn shown(response: &Response) -> String {
        String::from_utf8_lossy(&response.body).into_owned()
    }

    #[test]
    fn changes_the_rows_of_pages() {
        let query = r#"{"QueryResponse":{"Item":[{"Id":"1","SyncToken":"3"},{"Id":"2","SyncToken":"0"}],"startPosition":1,"maxResults":2}}"#;
        let capture = r#"{"CDCResponse":[{"QueryResponse":[{"Item":[{"Id":"1","SyncToken":"3","MetaData":{"LastUpdatedTime":"t"}}],"maxResults":1},{}]}]}"#;
        for (body, part, expected) in [
            (query, Part::RowMissing, r#"[{"Id":"1","SyncToken":"3"}],"startPosition":1,"maxResults":1}"#),
            (
                query,
                Part::RowTwice,
                r#"{"Id":"2","SyncToken":"0"},{"Id":"2","SyncToken":"0"}],"startPosition":1,"maxResults":3"#,
            ),
            (query, Part::StaleToken, r#"[{"Id":"1","SyncToken":"2"},{"Id":"2","SyncToken":"0"}]"#),
            (query, Part::FalseDelete, query),
            (
                capture,
                Part::FalseDelete,
                r#"[{"domain":"QBO","status":"Deleted","Id":"1","MetaData":{"LastUpdatedTime":"t"}}]"#,
            ),
            (capture, Part::StaleToken, r#""SyncToken":"2""#),
        ] {
            let changed = shown(&altered(answer(body), part));
            assert!(changed.contains(expected), "{part:?}: {changed}");
        }
        assert!(shown(&capped(answer(query), 1)).contains(r#""maxResults":1"#));
        assert!(!shown(&without(answer(query), "SyncToken")).contains("SyncToken"));
        assert_eq!(shown(&flipped(answer("{}"), 3)), "{|");
        assert_eq!(shown(&flipped(answer(""), 3)), "");
    }

    #[test]
    fn changes_the_shape_of_objects() {
        let body = r#"{"BatchItemResponse":[{"Fault":{"Error":[]},"bId":"a"},{"Invoice":{"TotalAmt":5.25,"PrintStatus":"NotSet"},"bId":"b"}]}"#;
        for (part, expected) in [
            (Part::UnknownField, r#""FieldNobodyKnows":{"value":"new"}},"bId":"b""#),
            (Part::RenamedEnum, r#""PrintStatus":"NotSetRenamed""#),
            (Part::NumbersAsText, r#""TotalAmt":"5.25""#),
            (Part::DoubleKeys, r#""TotalAmt":5.25,"PrintStatus":"NotSet","TotalAmt":6.25"#),
        ] {
            let changed = shown(&altered(answer(body), part));
            assert!(changed.contains(expected) && changed.contains(r#"{"Error":[]}"#), "{part:?}: {changed}");
        }
    }

    #[test]
    fn changes_one_part_of_an_answer() {
        let body = r#"{"Invoice":{"Id":"5","DocNumber":"A1","TxnDate":"2026-01-31","TotalAmt":10.80,"CustomerRef":{"value":"1"},"TxnTaxDetail":{"TotalTax":0.80}},"time":"t"}"#;
        for (part, expected) in [
            (Part::Total, "\"TotalAmt\":11.80"),
            (Part::Tax, "\"TotalTax\":0.81"),
            (Part::Number, "\"DocNumber\":\"A1X\""),
            (Part::Date, "\"TxnDate\":\"2026-02-01\""),
            (Part::Customer, "\"value\":\"999999\""),
            (Part::Id, "\"Id\":\"999999\""),
            (Part::Missing, "{\"time\":\"t\"}"),
            (Part::Entity, "{\"Estimate\":{"),
        ] {
            let shown = shown(&altered(answer(body), part));
            assert!(shown.contains(expected), "{part:?}: {shown}");
        }
    }
}
