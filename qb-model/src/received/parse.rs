//! Reads JSON text into [`Json`]: numbers stay text, a name that stands twice is refused, nesting has a limit.
//!
//! Texts with escapes are handed to `serde_json`; what is done here is brackets, names and the grammar of numbers. It
//! takes one pass, and never panics on any input (a property test in this file compares it with `serde_json`).

use std::str::FromStr;

use super::body_error::BodyError;
use super::json::{Json, Members, Number};

/// Deepest nesting that is read, as in `serde_json`.
const DEEPEST: usize = 128;

impl FromStr for Json {
    type Err = BodyError;

    /// Reads JSON text. A name that stands twice in one object, and nesting deeper than 128, are refused.
    fn from_str(text: &str) -> Result<Self, BodyError> {
        parse(text)
    }
}

/// Reads a whole text.
fn parse(text: &str) -> Result<Json, BodyError> {
    let mut reader = Reader { text, at: 0 };
    let json = reader.value(0)?;
    reader.blanks();
    if reader.at == text.len() { Ok(json) } else { Err(reader.wrong("nothing more")) }
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Reader<'t> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn blanks(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    /// The error at this place: cut short when nothing follows.
    fn wrong(&self, expected: &'static str) -> BodyError {
        match self.peek() {
            None => BodyError::CutShort { bytes: self.text.len() },
            Some(_) => BodyError::Syntax { offset: self.at, expected },
        }
    }

    fn value(&mut self, depth: usize) -> Result<Json, BodyError> {
        if depth > DEEPEST {
            return Err(BodyError::TooDeep { deepest: DEEPEST });
        }
        self.blanks();
        match self.peek() {
            Some(b'{') => self.object(depth).map(Json::Object),
            Some(b'[') => self.array(depth).map(Json::Array),
            Some(b'"') => self.string().map(Json::String),
            Some(b'-' | b'0'..=b'9') => self.number().map(Json::Number),
            Some(b't') => self.word("true", Json::Bool(true)),
            Some(b'f') => self.word("false", Json::Bool(false)),
            Some(b'n') => self.word("null", Json::Null),
            _ => Err(self.wrong("a value")),
        }
    }

    fn word(&mut self, word: &'static str, value: Json) -> Result<Json, BodyError> {
        for expected in word.bytes() {
            if self.peek() != Some(expected) {
                return Err(self.wrong(word));
            }
            self.at += 1;
        }
        Ok(value)
    }

    fn object(&mut self, depth: usize) -> Result<Members, BodyError> {
        let mut members = Members::default();
        self.at += 1;
        self.blanks();
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(members);
        }
        loop {
            self.blanks();
            if self.peek() != Some(b'"') {
                return Err(self.wrong("a name"));
            }
            let offset = self.at;
            let name = self.string()?;
            self.blanks();
            if self.peek() != Some(b':') {
                return Err(self.wrong("a colon"));
            }
            self.at += 1;
            let value = self.value(depth + 1)?;
            if members.insert(name, value).is_some() {
                return Err(BodyError::NameTwice { offset });
            }
            if self.is_last(b'}', "a comma or a closing brace")? {
                return Ok(members);
            }
        }
    }

    fn array(&mut self, depth: usize) -> Result<Vec<Json>, BodyError> {
        let mut items = Vec::new();
        self.at += 1;
        self.blanks();
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(items);
        }
        loop {
            items.push(self.value(depth + 1)?);
            if self.is_last(b']', "a comma or a closing bracket")? {
                return Ok(items);
            }
        }
    }

    fn is_last(&mut self, close: u8, expected: &'static str) -> Result<bool, BodyError> {
        self.blanks();
        let found = self.peek();
        if found != Some(close) && found != Some(b',') {
            return Err(self.wrong(expected));
        }
        self.at += 1;
        Ok(found == Some(close))
    }

    fn string(&mut self) -> Result<String, BodyError> {
        let start = self.at;
        let mut is_plain = true;
        self.at += 1;
        loop {
            match self.peek() {
                None => return Err(self.wrong("a closing quote")),
                Some(b'"') => break,
                Some(b'\\') => {
                    is_plain = false;
                    // The escaped byte is passed over unread: it may be a quote. `serde_json` judges it below.
                    self.at = (self.at + 2).min(self.text.len());
                }
                Some(byte) => {
                    is_plain &= byte >= 0x20;
                    self.at += 1;
                }
            }
        }
        self.at += 1;
        let literal = self.slice(start);
        if is_plain {
            return Ok(literal.trim_matches('"').to_owned());
        }
        serde_json::from_str(literal).map_err(|_| BodyError::Syntax {
            offset: start,
            expected: "a text without control characters and unknown escapes",
        })
    }

    /// Returns the text from `start` to here. Both ends stand beside ASCII bytes, so they are character boundaries.
    fn slice(&self, start: usize) -> &'t str {
        self.text.get(start..self.at).unwrap_or_default()
    }

    fn number(&mut self) -> Result<Number, BodyError> {
        let start = self.at;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        if self.peek() == Some(b'0') {
            self.at += 1;
        } else {
            self.digits()?;
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.digits()?;
        }
        Ok(Number { text: self.slice(start).into() })
    }

    fn digits(&mut self) -> Result<(), BodyError> {
        let start = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        if self.at > start { Ok(()) } else { Err(self.wrong("a digit")) }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::Value;

    #[test]
    fn a_number_stays_the_text_it_was() {
        for text in ["0", "-0", "0.00", "100.00", "1e5", "1E+05", "12345678901234567890.10", "1e999"] {
            assert_eq!(parse(text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn says_what_is_wrong_and_where() {
        for (text, code, shown) in [
            (r#"{"a":1"#, "cut-short", "json ends after 6 bytes, before it is complete; ask again"),
            (r#"{"a" 1}"#, "not-json", "json expects a colon at byte 5"),
            ("[1,]", "not-json", "json expects a value at byte 3"),
            ("01", "not-json", "json expects nothing more at byte 1"),
            (r#"{"a":1,"a":2}"#, "name-twice", "json has the same name twice in one object, at byte 7"),
        ] {
            let error = parse(text).unwrap_err();
            assert_eq!((error.code(), error.to_string().as_str()), (code, shown), "{text}");
        }
        let deep = "[".repeat(100_000);
        assert_eq!(parse(&deep).unwrap_err().code(), "too-deep");
    }

    #[test]
    fn texts_with_escapes_and_quotes_are_read() {
        let text = r#""a \"b\" \\ \u00e9 \ud83d\ude00""#;
        assert_eq!(parse(text).unwrap(), Json::String("a \"b\" \\ \u{e9} \u{1f600}".to_owned()));
        assert_eq!(parse(r#""""#).unwrap(), Json::String(String::new()));
        for wrong in ["\"\\q\"", "\"\\ud800\"", "\"a\nb\"", "\"\\"] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }

    /// JSON-like noise: pieces of the grammar in any order.
    fn noise() -> impl Strategy<Value = String> {
        let piece = prop::sample::select(vec![
            "{", "}", "[", "]", ",", ":", "\"", "\"a\"", "\"b\\n\"", "\\", "0", "12", "-", ".5", "e3",
            "true", "null", " ", "\u{e9}",
        ]);
        prop::collection::vec(piece, 0..14).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #[test]
        fn takes_what_serde_json_takes(text in noise()) {
            match (parse(&text), serde_json::from_str::<Value>(&text)) {
                (Ok(ours), Ok(theirs)) => prop_assert_eq!(Value::from(&ours), theirs),
                (Err(BodyError::NameTwice { .. }), Ok(_)) => {}
                (ours, theirs) => prop_assert_eq!(ours.is_ok(), theirs.is_ok(), "{}", text),
            }
        }

        #[test]
        fn any_text_is_read_or_refused(text in any::<String>()) {
            let _ = parse(&text);
        }
    }
}
