//! Faults: how QuickBooks says no.
//!
//! Three envelopes are read: `Fault`, the gateway's lower-case `fault`, and either of them inside
//! `QueryResponse`. It refuses to know what a code means for the books: `qb-client` classifies.

use serde_json::Value;

use crate::read;

/// A fault with its entries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Every entry, in order; may be empty.
    pub errors: Vec<FaultEntry>,
    /// `ValidationFault`, `SystemFault`, `AUTHENTICATION`, `SERVICE` and so on; empty when not told.
    pub kind: String,
}

/// One entry of a fault. Texts are empty when absent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FaultEntry {
    /// Intuit's code, digits as text: `6140`.
    pub code: String,
    /// The short text.
    pub message: String,
    /// The long text; may quote data of the company.
    pub detail: String,
    /// The field the fault is about.
    pub element: Option<String>,
}

impl Fault {
    /// Returns the fault in a response body, wherever it stands; `None` when there is none.
    #[must_use]
    pub fn find(body: &Value) -> Option<Self> {
        let places = [
            &["Fault"][..],
            &["fault"],
            &["QueryResponse", "Fault"],
            &["QueryResponse", "fault"],
            &["queryResponse", "Fault"],
            &["queryResponse", "fault"],
        ];
        let fault = places.iter().find_map(|path| read::at(body, path))?;
        let entries =
            ["Error", "error"].iter().map(|key| read::list(fault, &[key])).find(|list| !list.is_empty());
        Some(Self {
            errors: entries.unwrap_or_default().iter().map(FaultEntry::read).collect(),
            kind: first(fault, &["type", "Type"]).unwrap_or_default(),
        })
    }

    /// Returns whether any entry carries this code.
    #[must_use]
    pub fn has_code(&self, code: &str) -> bool {
        self.errors.iter().any(|entry| entry.code == code)
    }
}

impl FaultEntry {
    fn read(entry: &Value) -> Self {
        Self {
            code: first(entry, &["code", "Code"]).unwrap_or_default(),
            message: first(entry, &["Message", "message"]).unwrap_or_default(),
            detail: first(entry, &["Detail", "detail"]).unwrap_or_default(),
            element: first(entry, &["element", "Element"]),
        }
    }
}

fn first(value: &Value, keys: &[&str]) -> Option<String> {
    keys.iter().find_map(|key| read::text(value, &[key]))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn reads_all_three_envelopes() {
        let service = json!({"Fault": {"Error": [{"Message": "Stale Object Error", "Detail": "d", "code": "5010", "element": ""}],
            "type": "ValidationFault"}, "time": "t"});
        let fault = Fault::find(&service).unwrap();
        assert_eq!(fault.kind, "ValidationFault");
        assert_eq!(fault.errors.first().unwrap().element, None);
        assert!(fault.has_code("5010"));

        let gateway = json!({"warnings": null, "fault": {"error": [{"message": "m", "detail": "Token expired", "code": 3200,
            "element": null}], "type": "AUTHENTICATION"}, "queryResponse": null, "time": 1_601_358_000_000_i64});
        assert!(Fault::find(&gateway).unwrap().has_code("3200"));

        let query =
            json!({"QueryResponse": {"Fault": {"Error": [{"Message": "m", "Detail": "d", "code": "4001"}]}}});
        assert!(Fault::find(&query).unwrap().has_code("4001"));
    }

    #[test]
    fn an_answer_without_a_fault_has_none() {
        for body in
            [json!({"Invoice": {}}), json!({"fault": null}), json!({"QueryResponse": {}}), json!(null)]
        {
            assert_eq!(Fault::find(&body), None);
        }
        assert_eq!(Fault::find(&json!({"Fault": {}})).unwrap().errors, []);
    }
}
