//! Bodies that are not JSON: nothing, a web page, XML, half an answer. Each has a reason of its own.
//!
//! QuickBooks answers JSON when it is asked for; a gateway in front of it may answer XML (throttling) or HTML, and a
//! broken connection leaves half a body. None of these says whether the books changed.

use super::body_error::{BodyError, XmlFault};
use super::json::Json;

/// Reads the bytes of a body as JSON.
///
/// # Errors
/// Any [`BodyError`] but [`BodyError::UnknownShape`].
pub(super) fn json(bytes: &[u8]) -> Result<Json, BodyError> {
    let text =
        std::str::from_utf8(bytes).map_err(|error| BodyError::NotUtf8 { offset: error.valid_up_to() })?;
    let start = text.trim_start_matches(['\u{feff}', ' ', '\t', '\r', '\n']);
    match start.bytes().next() {
        None => Err(BodyError::Empty),
        Some(b'<') => Err(markup(start)),
        Some(b'{' | b'[') => text.trim_start_matches('\u{feff}').parse(),
        Some(_) => Err(BodyError::OtherText),
    }
}

fn markup(text: &str) -> BodyError {
    let head: String = text.chars().take(400).collect::<String>().to_ascii_lowercase();
    if ["<!doctype html", "<html", "<head", "<body"].iter().any(|tag| head.contains(tag)) {
        BodyError::Html
    } else {
        BodyError::Xml { fault: xml_fault(text) }
    }
}

fn xml_fault(text: &str) -> Option<XmlFault> {
    let tags: Vec<&str> = text.split('<').skip(1).filter_map(|rest| rest.split('>').next()).collect();
    let named = |name: &'static str| tags.iter().filter(move |tag| is_tag(tag, name));
    let fault = named("Fault").next()?;
    Some(XmlFault {
        kind: attribute(fault, "type").unwrap_or_default(),
        codes: named("Error").filter_map(|tag| attribute(tag, "code")).collect(),
    })
}

/// Whether a tag has that name, with or without a prefix.
fn is_tag(tag: &str, name: &str) -> bool {
    let full = tag.split([' ', '\t', '\r', '\n', '/']).next().unwrap_or_default();
    full.rsplit(':').next() == Some(name)
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let (_, rest) = tag.split_once(&format!(" {name}="))?;
    let quote = rest.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
    let value = rest.get(1..)?.split(quote).next()?;
    // A code or a type is one short word; anything longer may quote data of the company.
    Some(value.chars().take_while(|char| char.is_ascii_alphanumeric()).take(40).collect())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests {
    use super::*;

    #[test]
    fn each_kind_of_body_that_is_no_json_has_its_own_reason() {
        let throttled = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?><IntuitResponse time="2026-02-03T09:14:07.300-08:00"
            xmlns="http://schema.intuit.com/finance/v3"><Fault type="SERVICE"><Error code="3001"><Message>message=ThrottleExceeded;
            errorCode=003001; statusCode=429</Message><Detail>The request limit was reached.</Detail></Error></Fault></IntuitResponse>"#;
        for (body, code, shown) in [
            ("", "empty-body", "the body is empty; whoever answered, it was not QuickBooks' service"),
            (" \n", "empty-body", "the body is empty; whoever answered, it was not QuickBooks' service"),
            (throttled, "xml-body", "the body is xml with a fault SERVICE 3001; ask for application/json"),
            ("<ns:Fault/>", "xml-body", "the body is xml with a fault  ; ask for application/json"),
            ("<ok/>", "xml-body", "the body is xml; ask for application/json"),
            (
                "<!DOCTYPE html><p>503",
                "html-body",
                "the body is html; a proxy or gateway answered for QuickBooks",
            ),
            ("<HTML><BODY>", "html-body", "the body is html; a proxy or gateway answered for QuickBooks"),
            ("upstream connect error", "not-json", "the body is neither json nor xml nor html"),
            ("true", "not-json", "the body is neither json nor xml nor html"),
            (
                r#"{"Invoice":{"Id":"1"#,
                "cut-short",
                "json ends after 19 bytes, before it is complete; ask again",
            ),
        ] {
            let error = json(body.as_bytes()).unwrap_err();
            assert_eq!((error.code(), error.to_string().as_str()), (code, shown), "{body}");
        }
        assert_eq!(json(b"{\"a\":\"\xff\"}").unwrap_err(), BodyError::NotUtf8 { offset: 6 });
        assert!(json(b"\xef\xbb\xbf {}").is_ok());
    }

    #[test]
    fn an_xml_fault_says_its_type_and_every_code() {
        let BodyError::Xml { fault } = json(
            b"<a:Fault type='ValidationFault'><a:Error code=\"6240\"/><a:Error element=\"x\" code=\"2050\">",
        )
        .unwrap_err() else {
            unreachable!("xml is told by its first byte");
        };
        let fault = fault.unwrap();
        assert_eq!(
            (fault.kind.as_str(), fault.codes),
            ("ValidationFault", vec!["6240".to_owned(), "2050".to_owned()])
        );
    }
}
