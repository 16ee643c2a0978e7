//! Purchases we create: money out of a till or bank account.
//!
//! It refuses to know checks and card refunds: only PaymentType Cash can be linked from a payment through the
//! API. Neighbours: `payment.rs` (links it as Expense), `create.rs`.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::amount::Amount;
use crate::ids::{Class, Department, Id, Ref};
use crate::lines::LineTaxRef;
use crate::lists::{Account, Customer, PaymentMethod};
use crate::party_ref::PartyRef;
use crate::purchasing::PurchaseOrder;

/// Money spent: credits `account_ref` by the sum of the lines, debits each line's account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Purchase {
    /// Always `Cash`; QuickBooks' screens call it Expense.
    pub payment_type: PurchasePaymentType,
    /// Where the money came from; a Bank account, else fault 6430.
    pub account_ref: Ref<Account>,
    /// Who got it; required when a line is on A/R (a customer) or A/P (a supplier).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entity_ref: Option<PartyRef>,
    /// Our number, at most 21 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub doc_number: Option<String>,
    /// The date it posts on.
    pub txn_date: NaiveDate,
    /// Memo, at most 4,000 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub private_note: Option<String>,
    /// How it was paid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payment_method_ref: Option<Ref<PaymentMethod>>,
    /// The location; refused where the company tracks none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub department_ref: Option<Ref<Department>>,
    /// The class, where the company tracks one a transaction.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub class_ref: Option<Ref<Class>>,
    /// The lines; at least one.
    pub line: Vec<ExpenseLine>,
}

/// The only payment type we create.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum PurchasePaymentType {
    /// An Expense.
    #[default]
    Cash,
}

/// The only detail type an expense line of ours has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum ExpenseDetailType {
    /// An account with an amount.
    #[default]
    AccountBasedExpenseLineDetail,
}

/// One line of a purchase: an account and an amount.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct ExpenseLine {
    /// Always `AccountBasedExpenseLineDetail`.
    pub detail_type: ExpenseDetailType,
    /// The amount; positive debits the line's account.
    pub amount: Amount,
    /// Text for people, at most 4,000 characters. Not content.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Account, customer, tax marker.
    pub account_based_expense_line_detail: ExpenseDetail,
    /// The line of the purchase order that a line of a bill receives.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub linked_txn: Option<[OrderLineLink; 1]>,
}

/// A pointer to a line of a purchase order. All three members are needed, and QuickBooks drops a wrong one silently
///: the answer must be looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct OrderLineLink {
    /// The order.
    pub txn_id: Id<PurchaseOrder>,
    /// Always `PurchaseOrder`.
    pub txn_type: OrderLinkType,
    /// The id of its line, as QuickBooks answered it.
    pub txn_line_id: String,
}

/// The only type that a bill's line links to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum OrderLinkType {
    /// A purchase order.
    #[default]
    PurchaseOrder,
}

/// The account part of an expense line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct ExpenseDetail {
    /// The account debited.
    pub account_ref: Ref<Account>,
    /// A customer the cost is kept for; without `billable_status` QuickBooks may make it billable.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer_ref: Option<Ref<Customer>>,
    /// Tax marker; absent counts as untaxed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tax_code_ref: Option<LineTaxRef>,
    /// Whether the cost is to be charged on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub billable_status: Option<BillableStatus>,
    /// The class, where the company tracks one a line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub class_ref: Option<Ref<Class>>,
}

/// Whether an expense line is to be charged on to a customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum BillableStatus {
    /// Never charged on: the only state we send.
    NotBillable,
}

impl ExpenseLine {
    /// Returns a line on an account, without text, customer and tax marker.
    #[must_use]
    pub fn new(account: Id<Account>, amount: Amount) -> Self {
        Self {
            detail_type: ExpenseDetailType::AccountBasedExpenseLineDetail,
            amount,
            description: None,
            account_based_expense_line_detail: ExpenseDetail {
                account_ref: account.into(),
                customer_ref: None,
                tax_code_ref: None,
                billable_status: None,
                class_ref: None,
            },
            linked_txn: None,
        }
    }

    /// Returns the same line as the receipt of a line of a purchase order.
    #[must_use]
    pub fn receives(mut self, order: Id<PurchaseOrder>, line_id: impl Into<String>) -> Self {
        let txn_type = OrderLinkType::PurchaseOrder;
        self.linked_txn = Some([OrderLineLink { txn_id: order, txn_type, txn_line_id: line_id.into() }]);
        self
    }

    /// Returns the same line with a class.
    #[must_use]
    pub fn of_class(mut self, class: Option<&Id<Class>>) -> Self {
        self.account_based_expense_line_detail.class_ref = class.map(Id::to_ref);
        self
    }

    /// Returns the same line with a text for people.
    #[must_use]
    pub fn described(mut self, description: impl Into<String>) -> Self {
        self.description = Some(description.into());
        self
    }

    /// Returns the same line kept for a customer, marked not billable so that it is never charged on.
    #[must_use]
    pub fn for_customer(mut self, customer: Id<Customer>) -> Self {
        self.account_based_expense_line_detail.customer_ref = Some(customer.into());
        self.account_based_expense_line_detail.billable_status = Some(BillableStatus::NotBillable);
        self
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests {
    use super::*;

    #[test]
    fn a_refund_expense_in_full() {
        let purchase = Purchase {
            payment_type: PurchasePaymentType::Cash,
            account_ref: Id::new("35").unwrap().into(),
            entity_ref: Some(PartyRef::customer(&Id::new("61").unwrap())),
            doc_number: Some("CL15236T1522870B11".to_owned()),
            txn_date: NaiveDate::from_ymd_opt(2026, 2, 3).unwrap(),
            private_note: None,
            payment_method_ref: None,
            department_ref: None,
            class_ref: None,
            line: vec![
                ExpenseLine::new(Id::new("84").unwrap(), "53.13".parse().unwrap()).described("Refund"),
            ],
        };
        let expected = concat!(
            r#"{"PaymentType":"Cash","AccountRef":{"value":"35"},"EntityRef":{"value":"61","type":"Customer"},"#,
            r#""DocNumber":"CL15236T1522870B11","TxnDate":"2026-02-03","#,
            r#""Line":[{"DetailType":"AccountBasedExpenseLineDetail","Amount":53.13,"Description":"Refund","#,
            r#""AccountBasedExpenseLineDetail":{"AccountRef":{"value":"84"}}}]}"#,
        );
        assert_eq!(serde_json::to_string(&purchase).unwrap(), expected);
        assert_eq!(serde_json::from_str::<Purchase>(expected).unwrap(), purchase);
    }
}
