//! Sales documents we create: invoice, credit memo, sales receipt.
//!
//! It refuses to know totals: QuickBooks adds the lines and the tax, `content.rs` does the same to compare.
//! Neighbours: `lines.rs`, `create.rs`.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::ids::{Class, Department, Ref};
use crate::lines::{SalesLine, TxnTaxDetail};
use crate::lists::{Account, CustomText, Customer, PaymentMethod, PhysicalAddress};

/// A sale on account: debits A/R, credits each line's item account and the tax payable.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Invoice {
    /// Who owes.
    pub customer_ref: Ref<Customer>,
    /// The date it posts on; must be after the closing date.
    pub txn_date: NaiveDate,
    /// When it is due; QuickBooks derives it from terms when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due_date: Option<NaiveDate>,
    /// Our number, at most 21 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub doc_number: Option<String>,
    /// Memo, at most 4,000 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub private_note: Option<String>,
    /// Where the goods went; it decides the place of taxation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ship_addr: Option<PhysicalAddress>,
    /// Where the bill goes; copied from the customer when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bill_addr: Option<PhysicalAddress>,
    /// The location; refused where the company tracks none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub department_ref: Option<Ref<Department>>,
    /// The class, where the company tracks one a transaction.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub class_ref: Option<Ref<Class>>,
    /// The lines; at least one, and their sum with tax is not below zero.
    pub line: Vec<SalesLine>,
    /// The tax charged; absent without tax.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub txn_tax_detail: Option<TxnTaxDetail>,
    /// Custom fields that have a value; refused where the company has none of the id.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub custom_field: Vec<CustomText>,
}

/// A credit to a customer: an invoice with debits and credits exchanged, amounts positive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct CreditMemo {
    /// Who is credited.
    pub customer_ref: Ref<Customer>,
    /// The date it posts on.
    pub txn_date: NaiveDate,
    /// Our number, at most 21 characters; one series with invoices.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub doc_number: Option<String>,
    /// Memo, at most 4,000 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub private_note: Option<String>,
    /// The location; refused where the company tracks none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub department_ref: Option<Ref<Department>>,
    /// The class, where the company tracks one a transaction.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub class_ref: Option<Ref<Class>>,
    /// The lines; at least one, and their sum with tax is not below zero.
    pub line: Vec<SalesLine>,
    /// The tax given back; absent without tax.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub txn_tax_detail: Option<TxnTaxDetail>,
}

/// A sale paid on the spot: debits the deposit account, credits each line's item account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct SalesReceipt {
    /// Who bought; optional in QuickBooks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer_ref: Option<Ref<Customer>>,
    /// The date it posts on.
    pub txn_date: NaiveDate,
    /// Our number, at most 21 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub doc_number: Option<String>,
    /// Memo, at most 4,000 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub private_note: Option<String>,
    /// Where the money lies; a Bank or Other Current Asset account. Undeposited Funds when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deposit_to_account_ref: Option<Ref<Account>>,
    /// How it was paid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payment_method_ref: Option<Ref<PaymentMethod>>,
    /// The payment's own reference, at most 21 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payment_ref_num: Option<String>,
    /// The location; refused where the company tracks none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub department_ref: Option<Ref<Department>>,
    /// The class, where the company tracks one a transaction.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub class_ref: Option<Ref<Class>>,
    /// The lines; at least one, and their sum with tax is not below zero.
    pub line: Vec<SalesLine>,
    /// The tax charged; absent without tax.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub txn_tax_detail: Option<TxnTaxDetail>,
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests {
    use super::*;
    use crate::{Id, LineTax};

    #[test]
    fn an_invoice_in_full() {
        let invoice = Invoice {
            customer_ref: Id::new("61").unwrap().into(),
            txn_date: NaiveDate::from_ymd_opt(2026, 2, 3).unwrap(),
            due_date: NaiveDate::from_ymd_opt(2026, 2, 3),
            doc_number: Some("CLT1521022B4".to_owned()),
            private_note: Some("pos:1651:1:1521022".to_owned()),
            ship_addr: Some(PhysicalAddress {
                line1: Some("4 Pier Rd".to_owned()),
                city: Some("Eastport".to_owned()),
                country_sub_division_code: Some("ME".to_owned()),
                postal_code: Some("04631".to_owned()),
                country: Some("USA".to_owned()),
                ..PhysicalAddress::default()
            }),
            bill_addr: None,
            department_ref: None,
            class_ref: None,
            line: vec![
                SalesLine::new(Id::new("19").unwrap(), "37.50".parse().unwrap(), LineTax::Taxable)
                    .described("Tea tin 100g")
                    .with_quantity("3".parse().unwrap(), "12.50".parse().unwrap())
                    .unwrap(),
                SalesLine::shipping("6.00".parse().unwrap(), LineTax::NonTaxable),
            ],
            txn_tax_detail: Some(TxnTaxDetail {
                txn_tax_code_ref: Some(Id::new("2").unwrap().into()),
                total_tax: "2.70".parse().unwrap(),
            }),
            custom_field: Vec::new(),
        };
        let expected = concat!(
            r#"{"CustomerRef":{"value":"61"},"TxnDate":"2026-02-03","DueDate":"2026-02-03","#,
            r#""DocNumber":"CLT1521022B4","PrivateNote":"pos:1651:1:1521022","#,
            r#""ShipAddr":{"Line1":"4 Pier Rd","City":"Eastport","CountrySubDivisionCode":"ME","PostalCode":"04631","Country":"USA"},"#,
            r#""Line":[{"DetailType":"SalesItemLineDetail","Amount":37.5,"Description":"Tea tin 100g","#,
            r#""SalesItemLineDetail":{"ItemRef":{"value":"19"},"Qty":3,"UnitPrice":12.5,"TaxCodeRef":{"value":"TAX"}}},"#,
            r#"{"DetailType":"SalesItemLineDetail","Amount":6.0,"#,
            r#""SalesItemLineDetail":{"ItemRef":{"value":"SHIPPING_ITEM_ID"},"TaxCodeRef":{"value":"NON"}}}],"#,
            r#""TxnTaxDetail":{"TxnTaxCodeRef":{"value":"2"},"TotalTax":2.7}}"#,
        );
        assert_eq!(serde_json::to_string(&invoice).unwrap(), expected);
        assert_eq!(serde_json::from_str::<Invoice>(expected).unwrap(), invoice);
    }

    #[test]
    fn a_stored_body_with_a_field_we_never_send_is_refused() {
        let text = r#"{"CustomerRef":{"value":"61"},"TxnDate":"2026-02-03","Line":[],"TotalAmt":1}"#;
        assert!(serde_json::from_str::<CreditMemo>(text).is_err());
    }
}
