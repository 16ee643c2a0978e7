//! Payments we create and what they settle.
//!
//! It refuses to know which document a payment should settle: the plan of `mapping` says so.
//! Neighbours: `sales.rs` and `expense.rs` (the documents linked), `create.rs`.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::amount::Amount;
use crate::expense::Purchase;
use crate::ids::{Id, Ref};
use crate::lists::{Account, Customer, PaymentMethod};
use crate::sales::{CreditMemo, Invoice};

/// Money received, or a settlement of 0.00 that matches credits to charges.
///
/// Debits the deposit account and credits A/R by `total_amt`, applied or not. Charge lines less credit lines
/// plus QuickBooks' `UnappliedAmt` make `total_amt`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Payment {
    /// Who paid.
    pub customer_ref: Ref<Customer>,
    /// The money received; 0.00 for a settlement, never negative.
    pub total_amt: Amount,
    /// The date it posts on.
    pub txn_date: NaiveDate,
    /// Our number, at most 21 characters: payments have no `DocNumber`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payment_ref_num: Option<String>,
    /// Memo, at most 4,000 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub private_note: Option<String>,
    /// Where the money lies; absent on a settlement of 0.00.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deposit_to_account_ref: Option<Ref<Account>>,
    /// How it was paid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payment_method_ref: Option<Ref<PaymentMethod>>,
    /// What it settles; none leaves all of it unapplied.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub line: Vec<PaymentLine>,
}

/// One settled document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct PaymentLine {
    /// How much of it, above zero; the side follows from the document's type.
    pub amount: Amount,
    /// Exactly one document.
    pub linked_txn: [LinkedTxn; 1],
}

impl PaymentLine {
    /// Returns a line that settles `amount` of a document.
    #[must_use]
    pub fn new(amount: Amount, linked: LinkedTxn) -> Self {
        Self { amount, linked_txn: [linked] }
    }
}

/// A pointer to a posted document with its type.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct LinkedTxn {
    txn_id: String,
    txn_type: LinkType,
}

/// The types of document a payment of ours may settle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub enum LinkType {
    /// A charge.
    Invoice,
    /// A credit.
    CreditMemo,
    /// A charge: a cash [`Purchase`] whose line is on A/R for the customer.
    Expense,
}

impl LinkType {
    /// Returns the name on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Invoice => "Invoice",
            Self::CreditMemo => "CreditMemo",
            Self::Expense => "Expense",
        }
    }
}

impl LinkedTxn {
    /// Returns an invoice.
    #[must_use]
    pub fn invoice(id: &Id<Invoice>) -> Self {
        Self { txn_id: id.as_str().to_owned(), txn_type: LinkType::Invoice }
    }

    /// Returns a credit memo.
    #[must_use]
    pub fn credit_memo(id: &Id<CreditMemo>) -> Self {
        Self { txn_id: id.as_str().to_owned(), txn_type: LinkType::CreditMemo }
    }

    /// Returns an expense: a purchase of payment type Cash is linked under this name.
    #[must_use]
    pub fn expense(id: &Id<Purchase>) -> Self {
        Self { txn_id: id.as_str().to_owned(), txn_type: LinkType::Expense }
    }

    /// Returns the linked document's id.
    #[must_use]
    pub fn txn_id(&self) -> &str {
        &self.txn_id
    }

    /// Returns the linked document's type.
    #[must_use]
    pub const fn txn_type(&self) -> LinkType {
        self.txn_type
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests {
    use super::*;

    #[test]
    fn a_settlement_links_both_sides_and_names_no_account() {
        let amount: Amount = "53.13".parse().unwrap();
        let payment = Payment {
            customer_ref: Id::new("61").unwrap().into(),
            total_amt: Amount::ZERO,
            txn_date: NaiveDate::from_ymd_opt(2026, 2, 3).unwrap(),
            payment_ref_num: Some("CLT1522870B11".to_owned()),
            private_note: None,
            deposit_to_account_ref: None,
            payment_method_ref: None,
            line: vec![
                PaymentLine::new(amount, LinkedTxn::expense(&Id::new("130").unwrap())),
                PaymentLine::new(amount, LinkedTxn::credit_memo(&Id::new("138").unwrap())),
            ],
        };
        let expected = concat!(
            r#"{"CustomerRef":{"value":"61"},"TotalAmt":0.0,"TxnDate":"2026-02-03","PaymentRefNum":"CLT1522870B11","#,
            r#""Line":[{"Amount":53.13,"LinkedTxn":[{"TxnId":"130","TxnType":"Expense"}]},"#,
            r#"{"Amount":53.13,"LinkedTxn":[{"TxnId":"138","TxnType":"CreditMemo"}]}]}"#,
        );
        assert_eq!(serde_json::to_string(&payment).unwrap(), expected);
        assert_eq!(serde_json::from_str::<Payment>(expected).unwrap(), payment);
    }
}
