//! Where two JSON values differ, as paths: `$.Invoice.Line[2].Amount`.

use super::json::Json;

/// Returns the paths at which two values differ: numbers by their text, members in any order. Empty when they are equal.
///
/// ```
/// use qb_model::received::{Json, differences};
/// let came: Json = r#"{"Balance": 100.00, "Line": [{"Id": "1"}]}"#.parse()?;
/// let went: Json = r#"{"Balance": 100, "Line": []}"#.parse()?;
/// assert_eq!(differences(&came, &went), ["$.Balance", "$.Line[0]"]);
/// # Ok::<(), qb_model::received::BodyError>(())
/// ```
#[must_use]
pub fn differences(one: &Json, other: &Json) -> Vec<String> {
    let mut found = Vec::new();
    walk(one, other, "$".to_owned(), &mut found);
    found
}

fn walk(one: &Json, other: &Json, at: String, found: &mut Vec<String>) {
    match (one, other) {
        (Json::Object(ours), Json::Object(theirs)) => {
            for (name, value) in ours.iter() {
                match theirs.get(name) {
                    Some(counterpart) => walk(value, counterpart, step(&at, name), found),
                    None => found.push(step(&at, name)),
                }
            }
            let only_theirs = theirs.iter().filter(|(name, _)| ours.get(name).is_none());
            found.extend(only_theirs.map(|(name, _)| step(&at, name)));
        }
        (Json::Array(ours), Json::Array(theirs)) => {
            for (place, pair) in ours.iter().zip(theirs).enumerate() {
                walk(pair.0, pair.1, format!("{at}[{place}]"), found);
            }
            let common = ours.len().min(theirs.len());
            found.extend((common..ours.len().max(theirs.len())).map(|place| format!("{at}[{place}]")));
        }
        _ if one == other => {}
        _ => found.push(at),
    }
}

/// The path one member deeper; a name that is no plain word stands in brackets.
pub(super) fn step(at: &str, name: &str) -> String {
    let is_plain = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if is_plain { format!("{at}.{name}") } else { format!("{at}[{name:?}]") }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests {
    use super::*;

    fn paths(one: &str, other: &str) -> Vec<String> {
        differences(&one.parse().unwrap(), &other.parse().unwrap())
    }

    #[test]
    fn the_order_of_members_is_free_and_a_number_is_its_text() {
        assert!(paths(r#"{"a":1,"b":[2]}"#, r#"{"b":[2],"a":1}"#).is_empty());
        assert_eq!(paths(r#"{"a":1.0}"#, r#"{"a":1}"#), ["$.a"]);
        assert_eq!(paths(r#"{"a":null}"#, "{}"), ["$.a"]);
        assert_eq!(paths("{}", r#"{"odd name":0}"#), [r#"$["odd name"]"#]);
        assert_eq!(paths("[1,2]", "[1]"), ["$[1]"]);
        assert_eq!(paths(r#"{"a":{}}"#, r#"{"a":[]}"#), ["$.a"]);
    }
}
