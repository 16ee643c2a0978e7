//! A sample company: a small shop with accounts, customers, items and three months of sales. Every name is made up.
//!
//! Made through the API itself, so that nothing in it could not have been posted. Neighbours: `company`.

use chrono::{DateTime, Days, FixedOffset};
use serde_json::{Value, json};

use crate::base::message::Response;
use crate::books::company::Company;
use crate::host::{open, person};
use crate::options::CompanyOptions;
use crate::options::act::PersonAct;

/// Name and subtype; `bank` stands at the card machine's settlement account.
const ACCOUNTS: &[(&str, &str, &str)] = &[
    ("Card Settlement", "Bank", "Checking"),
    ("Till Float", "Bank", "CashOnHand"),
    ("Gift Vouchers Sold", "Other Current Liability", "OtherCurrentLiabilities"),
    ("Bread and Pastry", "Income", "SalesOfProductIncome"),
    ("Catering", "Income", "ServiceFeeIncome"),
    ("Card Fees", "Expense", "BankCharges"),
    ("Cash Over and Short", "Expense", "OfficeGeneralAdministrativeExpenses"),
];

const CUSTOMERS: &[&str] =
    &["Walk-in Sales", "Harbour Street School", "Lindqvist & Daughters", "Tamarind Events"];

/// Name, type, income account.
const ITEMS: &[(&str, &str, &str)] = &[
    ("Rye Loaf", "NonInventory", "Bread and Pastry"),
    ("Almond Tart", "NonInventory", "Bread and Pastry"),
    ("Breakfast Platter", "Service", "Catering"),
];

/// Returns the sample company. `now` is when it was opened; its sales lie in the ninety days before. The
/// error says which document was refused, which the simulator's own tests rule out for the default options.
pub(crate) fn sample(options: CompanyOptions, now: DateTime<FixedOffset>) -> Result<Company, String> {
    let mut company = open::new(options, now);
    for (name, account_type, subtype) in ACCOUNTS {
        let body = json!({"Name": name, "AccountType": account_type, "AccountSubType": subtype});
        made(&mut company, "account", body, now)?;
    }
    for name in CUSTOMERS {
        made(&mut company, "customer", json!({"DisplayName": name}), now)?;
    }
    for (name, kind, account) in ITEMS {
        let account = id_of(&mut company, "account", "Name", account)?;
        let body = json!({"Name": name, "Type": kind, "IncomeAccountRef": {"value": account}});
        made(&mut company, "item", body, now)?;
    }
    for at in 0..12_u64 {
        sell(&mut company, at, now)?;
    }
    Ok(company)
}

/// One invoice, every second one paid, the others in part.
fn sell(company: &mut Company, at: u64, now: DateTime<FixedOffset>) -> Result<(), String> {
    let pick = |names: &[&'static str], at: u64| {
        names.get((at % (names.len() as u64).max(1)) as usize).copied().unwrap_or_default()
    };
    let names: Vec<&str> = ITEMS.iter().map(|(name, _, _)| *name).collect();
    let item = id_of(company, "item", "Name", pick(&names, at))?;
    let customer = id_of(company, "customer", "DisplayName", pick(CUSTOMERS, at))?;
    let date = now.date_naive();
    let date = date.checked_sub_days(Days::new(88 - at * 8)).unwrap_or(date).to_string();
    let (quantity, total) = (at + 1, (at + 1) * 12);
    let line = json!({"DetailType": "SalesItemLineDetail", "Amount": total, "SalesItemLineDetail":
        {"ItemRef": {"value": item}, "Qty": quantity, "UnitPrice": 12, "TaxCodeRef": {"value": "NON"}}});
    let body = json!({"CustomerRef": {"value": customer}, "TxnDate": date,
        "DocNumber": format!("S-{}", 101 + at), "Line": [line]});
    let invoice = made(company, "invoice", body, now)?;
    let paid = if at.is_multiple_of(2) { total } else { total / 3 };
    let link = json!({"Amount": paid, "LinkedTxn": [{"TxnId": invoice, "TxnType": "Invoice"}]});
    let body = json!({"CustomerRef": {"value": customer}, "TxnDate": date, "TotalAmt": paid, "Line": [link]});
    made(company, "payment", body, now).map(drop)
}

fn made(
    company: &mut Company,
    path: &str,
    body: Value,
    now: DateTime<FixedOffset>,
) -> Result<String, String> {
    let answer = asked(company, "POST", path, body.to_string(), now)?;
    let object =
        answer.as_object().and_then(|members| members.values().find_map(|value| value["Id"].as_str()));
    object.map(str::to_owned).ok_or_else(|| format!("{path}: {answer}"))
}

fn id_of(company: &mut Company, entity: &str, column: &str, name: &str) -> Result<String, String> {
    let entity = crate::entity::Entity::named(entity).ok_or_else(|| entity.to_owned())?;
    let found = company.store(entity.kind).find(column, name).next();
    found.map(|record| record.id.clone()).ok_or_else(|| format!("{} {name} is missing", entity.name()))
}

fn asked(
    company: &mut Company,
    method: &str,
    path: &str,
    body: String,
    now: DateTime<FixedOffset>,
) -> Result<Value, String> {
    let act = PersonAct::Request { method: method.into(), path: path.into(), body };
    let Response { body, .. } = person::act(company, &act, now)?.unwrap_or_default();
    serde_json::from_slice(&body).map_err(|error| format!("{path}: {error}"))
}
