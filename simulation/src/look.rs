//! What stands in QuickBooks, asked of the simulator without the crates under test.

use std::collections::BTreeMap;

use chrono::{DateTime, FixedOffset};
use qb_simulator::{Request, Service, handle};
use serde_json::{Value, json};

use crate::oracle::{Expected, PAYABLE, SALES_TAX, SHIPPING, cents};
use crate::wire::json as read;

const KINDS: [&str; 8] =
    ["Bill", "CreditMemo", "Invoice", "Payment", "Purchase", "PurchaseOrder", "SalesReceipt", "JournalEntry"];
/// What the document is called that a person types in before the night.
const FOREIGN: &str = "BY-HAND-1";

fn ask(service: &mut Service, realm: &str, path: &str, body: Vec<u8>, now: DateTime<FixedOffset>) -> Value {
    let company = service.company_mut();
    let lag = std::mem::take(&mut company.options_mut().read_lag_seconds);
    let token = company.options().credentials.access_token.clone();
    let request = Request::new("POST", &format!("/v3/company/{realm}/{path}"), body).bearer(&token);
    let answer = read(&handle(company, &request, now).body);
    company.options_mut().read_lag_seconds = lag;
    answer
}

fn rows(service: &mut Service, realm: &str, entity: &str, now: DateTime<FixedOffset>) -> Vec<Value> {
    let is_list = !KINDS.contains(&entity);
    let filter = if is_list { " where Active in (true, false)" } else { "" };
    let statement = format!("select * from {entity}{filter} maxresults 1000");
    let answer = ask(service, realm, "query", statement.into_bytes(), now);
    answer["QueryResponse"][entity].as_array().cloned().unwrap_or_default()
}

/// Types in an invoice that is none of ours.
pub(crate) fn type_in_foreign(service: &mut Service, realm: &str, now: DateTime<FixedOffset>) {
    let customer = json!({"DisplayName": "Walk-in by hand"}).to_string().into_bytes();
    let customer = ask(service, realm, "customer", customer, now)["Customer"]["Id"].clone();
    let invoice = json!({
        "CustomerRef": {"value": customer}, "DocNumber": FOREIGN, "TxnDate": "2026-02-03",
        "Line": [{"DetailType": "SalesItemLineDetail", "Amount": 41.5, "SalesItemLineDetail": {"ItemRef": {"value": "1"}}}]
    });
    let invoice = invoice.to_string().into_bytes();
    ask(service, realm, "invoice", invoice, now);
}

/// Returns every document that is none of ours, as QuickBooks holds it.
pub(crate) fn foreign(service: &mut Service, realm: &str, now: DateTime<FixedOffset>) -> Vec<String> {
    let rows = rows(service, realm, "Invoice", now);
    rows.iter().filter(|row| row["DocNumber"] == FOREIGN).map(Value::to_string).collect()
}

/// Returns what stands there of ours.
pub(crate) fn found(service: &mut Service, realm: &str, now: DateTime<FixedOffset>) -> Expected {
    let mut found = Expected::default();
    let names: BTreeMap<u64, String> =
        rows(service, realm, "Account", now).iter().map(|row| (id(row), account_name(row))).collect();
    let parties: BTreeMap<u64, String> = rows(service, realm, "Customer", now)
        .iter()
        .filter_map(|row| Some((id(row), row["DisplayName"].as_str()?.strip_prefix("1651-")?.to_owned())))
        .collect();
    for kind in KINDS {
        for row in rows(service, realm, kind, now) {
            let number = if kind == "Payment" { &row["PaymentRefNum"] } else { &row["DocNumber"] };
            let number = number.as_str().unwrap_or_default().to_owned();
            if number == FOREIGN {
                continue;
            }
            let day = row["TxnDate"].as_str().unwrap_or_default().to_owned();
            let entry = service.company().ledger().entry(id(&row));
            for leg in entry.into_iter().flat_map(|entry| &entry.legs) {
                let amount = cents(&Value::String(leg.amount.to_string()));
                let account = names.get(&leg.account).cloned().unwrap_or_default();
                *found.accounts.entry((account, day.clone())).or_default() += amount;
                if let Some(party) = leg.customer.and_then(|customer| parties.get(&customer)) {
                    *found.customers.entry(party.clone()).or_default() += amount;
                }
            }
            found.documents.push((kind, number, day, cents(&row["TotalAmt"])));
        }
    }
    found.accounts.retain(|_, cents| *cents != 0);
    found.customers.retain(|_, cents| *cents != 0);
    found.documents.sort();
    found
}

/// The name under which the reckoning knows an account.
fn account_name(row: &Value) -> String {
    let name = row["Name"].as_str().unwrap_or_default();
    let known = match (row["AccountType"].as_str(), row["AccountSubType"].as_str()) {
        (Some("Accounts Payable"), _) => PAYABLE,
        (Some("Accounts Receivable"), _) => "Cloud POS Debtor (A/R) Control Account",
        (_, Some("SalesTaxPayable" | "GlobalTaxPayable")) => SALES_TAX,
        _ if name.contains("Shipping") && !name.contains("Cloud POS") => SHIPPING,
        _ => name,
    };
    known.to_owned()
}

fn id(row: &Value) -> u64 {
    row["Id"].as_str().and_then(|id| id.parse().ok()).unwrap_or_default()
}
