//! What QuickBooks' refusals mean, in a bookkeeper's words and with what to do. QuickBooks' own text of a refused step stands in the
//! posting log.

use qb_client::ReadError;
use qb_client::engine::{Refusal, UnknownWhy};

/// Returns a refusal in words. One whose code says nothing is told as QuickBooks says it, as a quotation.
pub(crate) fn refusal(refusal: &Refusal) -> String {
    known(&refusal.code).map_or_else(
        || quoted(&refusal.code, &refusal.message, &refusal.detail),
        |words| coded(words, &refusal.code),
    )
}

/// Returns why nobody knows what became of a request.
pub(crate) fn unknown(why: &UnknownWhy) -> String {
    match why {
        UnknownWhy::Fault { code, message, detail, .. } => {
            known(code).map_or_else(|| quoted(code, message, detail), |words| coded(words, code))
        }
        why => why.to_string(),
    }
}

/// Returns why QuickBooks could not be read, when its fault has words of its own.
pub(crate) fn unread(error: &ReadError) -> Option<String> {
    match error {
        ReadError::Refused(told) => Some(refusal(told)),
        ReadError::Failed { why: why @ UnknownWhy::Fault { .. }, .. } => Some(unknown(why)),
        _ => None,
    }
}

fn coded(words: &str, code: &str) -> String {
    format!("{words} (QuickBooks' code {code})")
}

fn quoted(code: &str, message: &str, detail: &str) -> String {
    let said = match (message.trim(), detail.trim()) {
        (message, "") => message.to_owned(),
        ("", detail) => detail.to_owned(),
        (message, detail) if message == detail => message.to_owned(),
        (message, detail) => format!("{message}: {detail}"),
    };
    match (said.is_empty(), code.is_empty()) {
        (true, true) => "QuickBooks does not say why".to_owned(),
        (true, false) => coded("QuickBooks does not say why", code),
        (false, true) => format!("QuickBooks says: \"{said}\""),
        (false, false) => coded(&format!("QuickBooks says: \"{said}\""), code),
    }
}

/// The codes whose meaning is known (docs/quickbooks.md).
fn known(code: &str) -> Option<&'static str> {
    Some(match code {
        "120" | "5020" => {
            "the user who connected this program may not do that in QuickBooks; connect again as an administrator of the company"
        }
        "610" => {
            "something that it names was made inactive in QuickBooks, or deleted; make it active there, and run again"
        }
        "2050" => "a text in it is longer than QuickBooks takes; shorten it at the till, and export again",
        "2500" => {
            "something that it names is no longer in QuickBooks; run again, which reads the company's lists first"
        }
        "3100" => "this connection may not open the company; connect again",
        "5010" => "somebody changed it in QuickBooks at the same moment; run again",
        "5030" => "the company's subscription does not have this; upgrade it",
        "6070" => {
            "QuickBooks works another amount of a line out of its quantity and price; tell whoever looks after this program"
        }
        "6100" => {
            "QuickBooks does not take the tax code of a line; look at tax_code and tax_codes in the company mapping"
        }
        "6140" => {
            "another document in QuickBooks has its number; give that one another number, and run again"
        }
        "6190" => "the company's subscription has ended; renew it in QuickBooks",
        "6210" => {
            "the books are closed for its date; set the closing date back in QuickBooks, run again, and close the books once more"
        }
        "6240" => {
            "another customer, vendor or employee in QuickBooks has its name; rename that one, or map another name in the company mapping"
        }
        "6430" => {
            "an account in it is of a type that QuickBooks does not take there; map another account in the company mapping"
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(code: &str, message: &str, detail: &str) -> String {
        let (code, message, detail) = (code.to_owned(), message.to_owned(), detail.to_owned());
        unknown(&UnknownWhy::Fault { status: 400, code, message, detail })
    }

    #[test]
    fn a_known_refusal_is_told_in_words_and_never_in_quickbooks_text() {
        let told = fault(
            "6210",
            "Account Period Closed, Cannot Update Through Services API",
            "The account period has closed",
        );
        assert!(
            told.starts_with("the books are closed for its date;")
                && told.ends_with("(QuickBooks' code 6210)"),
            "{told}"
        );
        assert!(!told.contains("API") && !told.contains("fault"), "{told}");
    }

    #[test]
    fn another_one_is_a_quotation() {
        assert_eq!(
            fault("6000", "A business validation error", "Pick a payee"),
            "QuickBooks says: \"A business validation error: Pick a payee\" (QuickBooks' code 6000)"
        );
        assert_eq!(fault("", "Same", "Same"), "QuickBooks says: \"Same\"");
        assert_eq!(fault("", "", " "), "QuickBooks does not say why");
        assert_eq!(fault("9999", "", ""), "QuickBooks does not say why (QuickBooks' code 9999)");
    }
}
