//! Purchase orders and bills we create.
//!
//! It refuses to know what was ordered: lines name accounts, their descriptions are for people. Neighbours: `expense.rs`
//! (the lines), `create.rs`.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::expense::ExpenseLine;
use crate::ids::{Class, Department, Ref};
use crate::lists::{Account, Vendor};

/// An order to a supplier. It posts nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct PurchaseOrder {
    /// The supplier.
    pub vendor_ref: Ref<Vendor>,
    /// The Accounts Payable account; QuickBooks requires it here.
    #[serde(rename = "APAccountRef")]
    pub ap_account_ref: Ref<Account>,
    /// The order's date.
    pub txn_date: NaiveDate,
    /// The number; at most 21 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub doc_number: Option<String>,
    /// The memo; at most 4,000 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub private_note: Option<String>,
    /// Whether goods are still expected.
    #[serde(rename = "POStatus")]
    pub po_status: PurchaseOrderStatus,
    /// The location; refused where the company tracks none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub department_ref: Option<Ref<Department>>,
    /// The class, where the company tracks one a transaction.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub class_ref: Option<Ref<Class>>,
    /// Lines; at least one.
    pub line: Vec<ExpenseLine>,
}

/// Whether goods are still expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PurchaseOrderStatus {
    /// They are expected.
    Open,
    /// All have come.
    Closed,
}

/// What a supplier is owed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Bill {
    /// The supplier.
    pub vendor_ref: Ref<Vendor>,
    /// The Accounts Payable account.
    #[serde(rename = "APAccountRef")]
    pub ap_account_ref: Ref<Account>,
    /// The bill's date.
    pub txn_date: NaiveDate,
    /// When it is due; QuickBooks works it out from the supplier's terms when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due_date: Option<NaiveDate>,
    /// The number; at most 21 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub doc_number: Option<String>,
    /// The memo; at most 4,000 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub private_note: Option<String>,
    /// The location; refused where the company tracks none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub department_ref: Option<Ref<Department>>,
    /// The class, where the company tracks one a transaction.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub class_ref: Option<Ref<Class>>,
    /// Lines; at least one.
    pub line: Vec<ExpenseLine>,
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests {
    use super::*;
    use crate::Id;

    #[test]
    fn a_purchase_order_in_full() {
        let order = PurchaseOrder {
            vendor_ref: Id::new("41").unwrap().into(),
            ap_account_ref: Id::new("33").unwrap().into(),
            txn_date: NaiveDate::from_ymd_opt(2026, 2, 3).unwrap(),
            doc_number: Some("CL306063".to_owned()),
            private_note: None,
            po_status: PurchaseOrderStatus::Closed,
            department_ref: None,
            class_ref: None,
            line: vec![
                ExpenseLine::new(Id::new("80").unwrap(), "25.00".parse().unwrap())
                    .described("10 x TT100 Tea tin"),
            ],
        };
        let expected = concat!(
            r#"{"VendorRef":{"value":"41"},"APAccountRef":{"value":"33"},"TxnDate":"2026-02-03","#,
            r#""DocNumber":"CL306063","POStatus":"Closed","#,
            r#""Line":[{"DetailType":"AccountBasedExpenseLineDetail","Amount":25.0,"Description":"10 x TT100 Tea tin","#,
            r#""AccountBasedExpenseLineDetail":{"AccountRef":{"value":"80"}}}]}"#,
        );
        assert_eq!(serde_json::to_string(&order).unwrap(), expected);
        assert_eq!(serde_json::from_str::<PurchaseOrder>(expected).unwrap(), order);
    }
}
