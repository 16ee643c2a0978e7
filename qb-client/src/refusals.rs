//! The faults that prove a request had no effect. Every other fault leaves the outcome unknown.
//!
//! A white list, because outages have answered 400 with codes of other meaning, and
//! because a wrong "refused" lets the engine post twice, while a wrong "unknown" only costs a look-up.
//! Sources: `docs/quickbooks.md`. Neighbour: `outcome.rs`.

use qb_model::FaultEntry;

/// Codes of faults found while the request was checked, before anything was stored.
const REFUSED: [(&str, &str); 71] = [
    ("610", "a document or list entry referred to is gone or inactive"),
    ("620", "the document cannot be linked"),
    ("2000", "invalid object name"),
    ("2010", "unknown or unsupported property"),
    ("2020", "a required field is missing"),
    ("2030", "invalid id"),
    ("2040", "invalid characters"),
    ("2050", "text too short or too long"),
    ("2060", "invalid date"),
    ("2070", "invalid number"),
    ("2080", "invalid value"),
    ("2090", "invalid number"),
    ("2100", "invalid value"),
    ("2110", "invalid value"),
    ("2120", "invalid value"),
    ("2130", "invalid request id format: the request was not looked at"),
    ("2140", "invalid value"),
    ("2150", "invalid value"),
    ("2160", "invalid value"),
    ("2170", "invalid enumeration value"),
    ("2180", "out of range"),
    ("2190", "out of range"),
    ("2200", "invalid value"),
    ("2210", "invalid e-mail address"),
    ("2220", "invalid currency"),
    ("2230", "invalid value"),
    ("2240", "number out of range"),
    ("2250", "lines missing"),
    ("2260", "posting type missing"),
    ("2270", "tax applicability missing"),
    ("2280", "tax amount missing"),
    ("2290", "negative amount"),
    ("2300", "debits are not credits"),
    ("2500", "invalid reference"),
    ("2600", "conflicting elements"),
    ("3000", "invalid custom field"),
    ("4000", "query cannot be parsed"),
    ("4001", "query is invalid"),
    ("4002", "query is invalid"),
    ("5010", "stale object: says itself that the work was not saved"),
    ("5020", "permission denied"),
    ("5030", "feature not in the plan"),
    ("6010", "account type missing"),
    ("6070", "amount is not quantity times price"),
    ("6080", "name missing"),
    ("6090", "discount information missing"),
    ("6100", "line tax code is neither TAX nor NON"),
    ("6140", "document number already used"),
    ("6160", "pseudo tax code used"),
    ("6170", "tax detail where none applies"),
    ("6180", "nested too deep"),
    ("6190", "subscription ended or suspended"),
    ("6200", "period closed"),
    ("6210", "period closed"),
    ("6220", "open balance in the way"),
    ("6230", "pseudo tax code used"),
    ("6240", "name already used"),
    ("6250", "customer cannot be used on sales"),
    ("6270", "inventory before its start date"),
    ("6280", "unbilled charges in the way"),
    ("6310", "billable line without a customer"),
    ("6320", "billable status cannot be used here"),
    ("6400", "linked purchase in the way"),
    ("6420", "e-mail address missing"),
    ("6430", "account type cannot be used here"),
    ("6440", "line needs product or account"),
    ("6450", "settled transaction cannot be voided"),
    ("6470", "tax liability account or rate"),
    ("6480", "matched to another financial account"),
    ("6530", "card number in a text"),
    ("6540", "document is in a deposit"),
];

/// Texts of code 6000 that are permanent refusals, in lower case. Code 6000 alone says
/// nothing: "please wait a few minutes and try again" has been seen although the document was saved.
const REFUSED_6000: [&str; 6] = [
    "you must choose a customer in the name field",
    "you must choose a vendor in the name field",
    "fill out at least two detail lines",
    "you must set a transaction amount",
    "you need to select a different type of account for this transaction",
    "there can be only one account of singular detail type",
];

/// Returns whether this fault proves that nothing was stored.
///
/// Code and text must agree: an old list of Intuit's gives 6210 as a duplicate number;
/// such a contradiction proves nothing.
#[must_use]
pub fn is_definite_refusal(entry: &FaultEntry) -> bool {
    let text = format!("{} {}", entry.message, entry.detail).to_lowercase();
    match entry.code.as_str() {
        // The texts that ask to try again win over every other part of the text.
        "6000" => !text.contains("try again") && REFUSED_6000.iter().any(|known| text.contains(known)),
        "6200" | "6210" if text.contains("duplicate document number") => false,
        "6140" if text.contains("period closed") || text.contains("period has closed") => false,
        code => REFUSED.iter().any(|(known, _)| *known == code),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(code: &str, message: &str, detail: &str) -> FaultEntry {
        FaultEntry { code: code.into(), message: message.into(), detail: detail.into(), element: None }
    }

    #[test]
    fn the_list_is_in_order_and_has_no_code_twice() {
        let codes: Vec<u32> = REFUSED.iter().filter_map(|(code, _)| code.parse().ok()).collect();
        assert_eq!(codes.len(), REFUSED.len());
        assert!(codes.is_sorted_by(|a, b| a < b));
        assert!(REFUSED.iter().all(|(_, reason)| !reason.is_empty()));
    }

    #[test]
    fn these_prove_nothing() {
        for code in
            ["500", "600", "630", "800", "1000", "1040", "130", "3100", "6000", "6560", "9999", "10000", ""]
        {
            assert!(!is_definite_refusal(&fault(code, "m", "d")), "{code}");
        }
        let wait = "An unexpected error occurred while accessing or saving your data. Please wait a few minutes and try again.";
        assert!(!is_definite_refusal(&fault("6000", "A business validation error", wait)));
        assert!(!is_definite_refusal(&fault("6000", "", "You can only add or edit one name at a time.")));
        assert!(!is_definite_refusal(&fault("6210", "Duplicate Document Number Error", "")));
    }

    #[test]
    fn known_texts_of_6000_are_refusals() {
        let ar = "When you use Accounts Receivable, you must choose a customer in the Name field.";
        assert!(is_definite_refusal(&fault("6000", "", ar)));
        assert!(is_definite_refusal(&fault(
            "6000",
            "",
            "Business Validation Error: You must set a transaction amount"
        )));
    }
}
