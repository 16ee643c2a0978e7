//! The people of the story, and what they buy on account.

use std::collections::BTreeMap;

use mapping::CustomerKey;
use mapping::customers::{FieldValue, Fields, PosRecord};
use pos_model::{CustomerField, Money};
use serde_json::{Value, json};

/// Returns a customer as a cashier makes it; the limit is in whole dollars.
pub(super) fn customer(
    key: &CustomerKey,
    first: &str,
    last: &str,
    email: &str,
    limit: Option<i64>,
) -> PosRecord {
    let mut fields = Fields::default();
    fields.set_text(CustomerField::FirstName, Some(first));
    fields.set_text(CustomerField::LastName, Some(last));
    fields.set_text(CustomerField::Email, Some(email));
    fields.set(CustomerField::State, Some(FieldValue::Flag(true)));
    fields.set(CustomerField::TaxExempt, Some(FieldValue::Flag(false)));
    PosRecord {
        key: key.clone(),
        account_number: key.id.clone(),
        fields,
        merged_into: None,
        is_deleted: false,
        use_with_quickbooks: true,
        credit_limit: limit.and_then(|dollars| Money::from_cents(dollars * 100).ok()),
        balance: Some(Money::ZERO),
        quickbooks_ids: Vec::new(),
        stamp: None,
        changed_at: BTreeMap::new(),
    }
}

/// Returns a POS file with one closed batch in which a customer buys a tent on account; Salem sells a little later than Boston.
pub(super) fn charge(store: &str, batch: u64, transaction: u64, customer: &str, amount: &str) -> Value {
    let minute = if store == "boston" { 0 } else { 5 };
    json!({
        "version": 1,
        "store": {"code": store, "name": format!("{}{} Store", &store[..1].to_uppercase(), &store[1..]), "retailer": "1651"},
        "tender_types": [{"id": 15242, "name": "Customer Account", "kind": "customer_account"}],
        "customers": [{"id": customer, "account_number": customer, "last_name": customer}],
        "batches": [{
            "register": "1", "number": batch, "business_date": "2026-02-03", "status": "closed",
            "closed_at": "2026-02-03T18:05:00-05:00",
            "transactions": [{
                "number": transaction, "occurred_at": format!("2026-02-03T10:{minute:02}:00-05:00"), "customer": customer,
                "lines": [{"kind": "item", "description": "Tent", "quantity": "1", "amount": amount, "tax_code": "NON"}],
                "tenders": [{"type": 15242, "amount": amount}],
            }],
        }],
    })
}
