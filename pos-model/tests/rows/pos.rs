//! POS files to read, and what is said about them.

use pos_model::{Batch, FileError, PosFile};
use serde_json::{Value, json};

pub(crate) const CASH: u64 = 15239;
pub(crate) const CARD: u64 = 15236;
pub(crate) const CERTIFICATE: u64 = 15241;
pub(crate) const ACCOUNT: u64 = 15242;
pub(crate) const DEPOSIT: u64 = 15243;
pub(crate) const NOON: &str = "2026-02-03T12:00:00-05:00";

/// A file of one closed batch; `batch` adds to it and overrides it.
pub(crate) fn file(batch: Value) -> Value {
    let mut whole = json!({
        "register": "1", "number": 4, "business_date": "2026-02-03",
        "status": "closed", "closed_at": "2026-02-03T18:02:11-05:00",
    });
    for (field, value) in batch.as_object().unwrap() {
        whole[field] = value.clone();
    }
    json!({
        "version": 1,
        "store": { "code": "boston", "name": "Boston Store", "retailer": "1651" },
        "tender_types": [
            { "id": CASH, "name": "Cash", "kind": "cash" },
            { "id": CARD, "name": "Manual Credit Card", "kind": "card" },
            { "id": 15240, "name": "Check", "kind": "check" },
            { "id": 15250, "name": "Wallet", "kind": "other" },
            { "id": CERTIFICATE, "name": "Gift Certificate", "kind": "gift_certificate" },
            { "id": ACCOUNT, "name": "Customer Account", "kind": "customer_account" },
            { "id": DEPOSIT, "name": "Deposit", "kind": "deposit" },
        ],
        "customers": [{ "id": "c-77", "account_number": "1042" }],
        "batches": [whole],
    })
}

pub(crate) fn read(file: &Value) -> Result<PosFile, FileError> {
    PosFile::from_json(file.to_string().as_bytes())
}

pub(crate) fn batch(batch: Value) -> Batch {
    read(&file(batch)).unwrap_or_else(|e| panic!("{e}")).into_parts().0.remove(0)
}

/// The codes of everything wrong with a batch; empty when it is valid.
pub(crate) fn codes(batch: Value) -> Vec<&'static str> {
    codes_of(&file(batch))
}

pub(crate) fn codes_of(file: &Value) -> Vec<&'static str> {
    match read(file) {
        Ok(_) => Vec::new(),
        Err(error) => error.faults().iter().map(pos_model::Fault::code).collect(),
    }
}

/// A file of purchase orders without batches.
pub(crate) fn purchases(orders: Value) -> Value {
    let mut file = file(json!({}));
    file["batches"] = json!([]);
    file["purchase_orders"] = orders;
    file
}

/// A closed purchase order; `more` adds to it and overrides it.
pub(crate) fn purchase(number: u64, more: Value) -> Value {
    let mut order =
        json!({ "number": number, "status": "closed", "date": "2026-02-03", "supplier": "31", "lines": [] });
    for (field, value) in more.as_object().unwrap() {
        order[field] = value.clone();
    }
    order
}

/// A deposit on order 700710 of tenders (type, amount, order whose deposit it is).
pub(crate) fn deposit(id: u64, customer: Option<&str>, tenders: &[(u64, &str, Option<u64>)]) -> Value {
    let tenders: Vec<_> = (tenders.iter())
        .map(|(id, amount, order)| json!({ "type": id, "amount": amount, "order": order }))
        .collect();
    json!({ "id": id, "occurred_at": NOON, "order": 700_710, "customer": customer, "tenders": tenders })
}

/// A transaction of lines (kind, quantity, amount, tax) and tenders (type, amount).
pub(crate) fn transaction(number: u64, lines: &[(&str, &str, &str, &str)], tenders: &[(u64, &str)]) -> Value {
    let lines: Vec<_> = (lines.iter())
        .map(|(kind, quantity, amount, tax)| {
            json!({ "kind": kind, "quantity": quantity, "amount": amount, "tax": tax, "tax_code": "TAX" })
        })
        .collect();
    json!({ "number": number, "occurred_at": NOON, "lines": lines, "tenders": tender_list(tenders) })
}

pub(crate) fn tender_list(tenders: &[(u64, &str)]) -> Vec<Value> {
    tenders.iter().map(|(id, amount)| json!({ "type": id, "amount": amount })).collect()
}

pub(crate) fn with(mut value: Value, field: &str, content: Value) -> Value {
    value[field] = content;
    value
}
