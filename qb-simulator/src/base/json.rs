//! A JSON tree that keeps numbers as text and members in order.
//!
//! QuickBooks writes `100.00` and `0` for amounts and clients compare that text, which a tree of
//! binary floats cannot hold. This module knows nothing of QuickBooks; its neighbours are every
//! module that reads a body or builds an answer.

use std::borrow::Cow;
use std::fmt;

use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

/// One JSON value; numbers are the text that stands on the wire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Json {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number, as written.
    Number(Cow<'static, str>),
    /// A string.
    Text(Cow<'static, str>),
    /// An array.
    List(Vec<Json>),
    /// An object; members keep their order.
    Object(Vec<(Cow<'static, str>, Json)>),
}

/// Starts an object that members are added to with [`Json::with`].
pub(crate) fn object() -> Json {
    Json::Object(Vec::new())
}

/// Returns a string value.
pub(crate) fn text(value: impl Into<Cow<'static, str>>) -> Json {
    Json::Text(value.into())
}

/// Returns an integer value.
pub(crate) fn integer(value: usize) -> Json {
    Json::Number(Cow::Owned(value.to_string()))
}

/// Copies members that have a value into an answer.
pub(crate) fn copy(body: &Json, into: &mut Json, names: &[&'static str]) {
    for name in names {
        if let Some(value) = body.get(name).filter(|value| value.as_text() != Some("")) {
            into.push(name, value.clone());
        }
    }
}

impl Json {
    /// Reads a body. Bytes that are not UTF-8 or not JSON are an error in words.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Json, String> {
        let text = std::str::from_utf8(bytes).map_err(|error| error.to_string())?;
        serde_json::from_str(text).map_err(|error| error.to_string())
    }

    /// Adds a member at the end of an object.
    pub(crate) fn with(mut self, name: &'static str, value: Json) -> Json {
        self.push(name, value);
        self
    }

    /// Adds a member when there is a value.
    pub(crate) fn with_some(self, name: &'static str, value: Option<Json>) -> Json {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// Adds a member at the end of an object, in place.
    pub(crate) fn push(&mut self, name: &'static str, value: Json) {
        if let Json::Object(members) = self {
            members.push((Cow::Borrowed(name), value));
        }
    }

    /// Replaces a member, or adds it at the end.
    pub(crate) fn set(&mut self, name: &'static str, value: Json) {
        if let Json::Object(members) = self {
            match members.iter_mut().find(|(key, _)| key == name) {
                Some((_, old)) => *old = value,
                None => members.push((Cow::Borrowed(name), value)),
            }
        }
    }

    /// Takes a member out of an object.
    pub(crate) fn remove(&mut self, name: &str) {
        if let Json::Object(members) = self {
            members.retain(|(key, _)| key != name);
        }
    }

    /// Gives back room that growing left over, for objects that are kept.
    pub(crate) fn shrink(&mut self) {
        match self {
            Json::List(items) => {
                items.shrink_to_fit();
                items.iter_mut().for_each(Json::shrink);
            }
            Json::Object(members) => {
                members.shrink_to_fit();
                members.iter_mut().for_each(|(_, value)| value.shrink());
            }
            _ => {}
        }
    }

    /// Returns a member of an object. `null` counts as absent.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Json> {
        match self {
            Json::Object(members) => members
                .iter()
                .find(|(key, _)| key == name)
                .map(|(_, value)| value)
                .filter(|v| **v != Json::Null),
            _ => None,
        }
    }

    /// Returns a member of an object, for changing it.
    pub(crate) fn get_mut(&mut self, name: &str) -> Option<&mut Json> {
        match self {
            Json::Object(members) => members.iter_mut().find(|(key, _)| key == name).map(|(_, value)| value),
            _ => None,
        }
    }

    /// Returns a value by its dotted path, such as `MetaData.CreateTime`.
    pub(crate) fn path(&self, path: &str) -> Option<&Json> {
        path.split('.').try_fold(self, |value, name| value.get(name))
    }

    /// Returns the text of a string, a number or a boolean.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Json::Text(text) | Json::Number(text) => Some(text),
            Json::Bool(true) => Some("true"),
            Json::Bool(false) => Some("false"),
            _ => None,
        }
    }

    /// Returns the elements of an array; empty for anything else.
    #[must_use]
    pub fn items(&self) -> &[Json] {
        match self {
            Json::List(items) => items,
            _ => &[],
        }
    }

    /// Returns the text of a member, with `""` counted as absent.
    pub(crate) fn text_of(&self, name: &str) -> Option<&str> {
        self.get(name).and_then(Json::as_text).filter(|text| !text.is_empty())
    }

    /// Returns the `value` of a reference such as `{"value":"61"}`, with `""` counted as absent.
    pub(crate) fn reference(&self, name: &str) -> Option<&str> {
        self.get(name).and_then(|reference| reference.text_of("value"))
    }

    /// Returns a boolean member; `"true"` and `"false"` in quotes count too.
    pub(crate) fn flag(&self, name: &str) -> Option<bool> {
        match self.get(name)?.as_text()? {
            "true" => Some(true),
            "false" => Some(false),
            _ => None,
        }
    }

    /// Writes the value as compact JSON.
    pub(crate) fn write(&self, out: &mut String) {
        match self {
            Json::Null => out.push_str("null"),
            Json::Bool(true) => out.push_str("true"),
            Json::Bool(false) => out.push_str("false"),
            Json::Number(text) => out.push_str(text),
            Json::Text(text) => write_text(text, out),
            Json::List(items) => {
                out.push('[');
                for (at, item) in items.iter().enumerate() {
                    if at > 0 {
                        out.push(',');
                    }
                    item.write(out);
                }
                out.push(']');
            }
            Json::Object(members) => {
                out.push('{');
                for (at, (name, value)) in members.iter().enumerate() {
                    if at > 0 {
                        out.push(',');
                    }
                    write_text(name, out);
                    out.push(':');
                    value.write(out);
                }
                out.push('}');
            }
        }
    }
}

fn write_text(text: &str, out: &mut String) {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    out.push('"');
    let mut rest = text;
    while let Some(at) = rest.bytes().position(|byte| byte < 0x20 || byte == b'"' || byte == b'\\') {
        out.push_str(&rest[..at]);
        match rest.as_bytes()[at] {
            b'"' => out.push_str("\\\""),
            b'\\' => out.push_str("\\\\"),
            b'\n' => out.push_str("\\n"),
            b'\r' => out.push_str("\\r"),
            b'\t' => out.push_str("\\t"),
            control => {
                out.push_str("\\u00");
                out.push(HEX[usize::from(control >> 4)] as char);
                out.push(HEX[usize::from(control & 15)] as char);
            }
        }
        rest = &rest[at + 1..];
    }
    out.push_str(rest);
    out.push('"');
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Json, D::Error> {
        deserializer.deserialize_any(JsonVisitor)
    }
}

/// The member under which serde_json hands numbers over when a host turns on `arbitrary_precision`.
const NUMBER_MEMBER: &str = "$serde_json::private::Number";

struct JsonVisitor;

impl<'de> Visitor<'de> for JsonVisitor {
    type Value = Json;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Json, E> {
        Ok(Json::Bool(flag))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Json, E> {
        Ok(Json::Number(Cow::Owned(number.to_string())))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Json, E> {
        Ok(Json::Number(Cow::Owned(number.to_string())))
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<Json, E> {
        // The shortest text that reads back as this float: what was sent, up to 15 digits.
        let number = serde_json::Number::from_f64(number).ok_or_else(|| E::custom("not a number"))?;
        Ok(Json::Number(Cow::Owned(number.to_string())))
    }

    fn visit_str<E>(self, text: &str) -> Result<Json, E> {
        Ok(Json::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_string<E>(self, text: String) -> Result<Json, E> {
        Ok(Json::Text(Cow::Owned(text)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Json, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = sequence.next_element()? {
            items.push(item);
        }
        Ok(Json::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Json, A::Error> {
        let mut members = Vec::new();
        while let Some(name) = map.next_key::<String>()? {
            if name == NUMBER_MEMBER {
                return Ok(Json::Number(Cow::Owned(map.next_value::<String>()?)));
            }
            members.push((Cow::Owned(name), map.next_value()?));
        }
        Ok(Json::Object(members))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failing test may stop")]
    use super::*;

    #[test]
    fn keeps_number_text_and_order() {
        let mut out = String::new();
        object().with("b", Json::Number("100.00".into())).with("a", text("q\"\\\n\u{1}é")).write(&mut out);
        assert_eq!(out, "{\"b\":100.00,\"a\":\"q\\\"\\\\\\n\\u0001é\"}");
    }

    #[test]
    fn reads_what_it_writes() {
        let source = r#"{"a":[1,2.5,"x",true,null,{"b":{}}]}"#;
        let mut out = String::new();
        Json::parse(source.as_bytes()).unwrap().write(&mut out);
        assert_eq!(out, source);
    }

    #[test]
    fn refuses_bytes_that_are_not_utf8() {
        assert!(Json::parse(&[b'"', 0xff, b'"']).is_err());
    }
}
