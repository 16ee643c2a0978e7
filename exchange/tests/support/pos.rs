//! What the till hands over: the sample day, the golden files of `mapping`, and small batches of a test's own.

use pos_model::{Batch, PosFile, PurchaseOrder};
use serde_json::{Value, json};

/// Four registers of the sample day: every kind of document, seventeen in all.
pub(crate) fn sample_day() -> Vec<Batch> {
    read(include_str!("../../../examples/data/boston-2026-02-03.json"))
}

/// The sample day's batch with taxed goods and shipping.
pub(crate) fn shipped() -> Batch {
    sample_day().remove(1)
}

/// The batches of a golden file of `mapping`.
pub(crate) fn golden(name: &str) -> Vec<Batch> {
    golden_with(name, "", "")
}

/// The same with one text in the place of another.
pub(crate) fn golden_with(name: &str, from: &str, to: &str) -> Vec<Batch> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../mapping/tests/golden");
    let text = std::fs::read_to_string(format!("{folder}/{name}/pos.json")).unwrap();
    read(&if from.is_empty() { text } else { text.replace(from, to) })
}

/// A closed batch of the Boston store.
pub(crate) fn batch(register: &str, number: u64, date: &str, transactions: &[Value]) -> Batch {
    of_store("boston", "Boston Store", register, number, date, transactions)
}

/// A closed batch of another store of the same retailer.
pub(crate) fn salem(number: u64, date: &str, transactions: &[Value]) -> Batch {
    of_store("salem", "Salem Store", "1", number, date, transactions)
}

/// An untaxed sale for cash.
pub(crate) fn sale(number: u64, date: &str, amount: &str) -> Value {
    json!({
        "number": number,
        "occurred_at": format!("{date}T10:15:00-05:00"),
        "lines": [{"kind": "item", "description": "Gloves", "quantity": "1", "amount": amount, "tax_code": "NON"}],
        "tenders": [{"type": 15239, "amount": amount}]
    })
}

/// A sale of 100.00 and 6.25 tax for cash.
pub(crate) fn taxed_sale(number: u64, date: &str) -> Value {
    let mut sale = sale(number, date, "100.00");
    sale["lines"][0]["tax"] = json!("6.25");
    sale["lines"][0]["tax_code"] = json!("TAX");
    sale["tenders"][0]["amount"] = json!("106.25");
    sale
}

/// A closed batch of the Boston store whose sales put these amounts onto gift certificates, or take them off (below zero).
pub(crate) fn certificates(number: u64, date: &str, moved: &[(&str, &str)]) -> Batch {
    let sales = (1..).zip(moved).map(|(i, (amount, certificate))| {
        let mut sale = sale(number * 100 + i, date, amount.trim_start_matches('-'));
        if amount.starts_with('-') {
            sale["tenders"][0]["type"] = json!(15241);
            sale["tenders"][0]["certificate"] = json!(certificate);
        } else {
            sale["lines"][0]["kind"] = json!("gift_certificate");
            sale["lines"][0]["certificate"] = json!(certificate);
        }
        sale
    });
    batch("1", number, date, &sales.collect::<Vec<_>>())
}

fn of_store(
    code: &str,
    name: &str,
    register: &str,
    number: u64,
    date: &str,
    transactions: &[Value],
) -> Batch {
    let file = json!({
        "version": 1,
        "store": {"code": code, "name": name, "retailer": "1651"},
        "customers": [{"id": "1042", "account_number": "2077", "first_name": "Sarah", "last_name": "Connor"}],
        "tender_types": [
            {"id": 15239, "name": "Cash", "kind": "cash"}, {"id": 15240, "name": "Check", "kind": "check"},
            {"id": 15241, "name": "Gift", "kind": "gift_certificate"}
        ],
        "batches": [{
            "register": register, "number": number, "business_date": date, "status": "closed",
            "closed_at": format!("{date}T18:05:00-05:00"), "transactions": transactions
        }]
    });
    read(&file.to_string()).remove(0)
}

fn read(json: &str) -> Vec<Batch> {
    PosFile::from_json(json.as_bytes()).unwrap().into_parts().0
}

/// Closed purchase orders of the trading week.
pub(crate) fn orders() -> Vec<PurchaseOrder> {
    let text = include_str!("../../../examples/data/boston-2026-02-02.json");
    let file = PosFile::from_json(text.as_bytes()).unwrap();
    file.purchase_orders().iter().filter(|order| order.is_closed()).cloned().collect()
}
