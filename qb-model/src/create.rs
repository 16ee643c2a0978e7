//! One body to create: what goes out in a single request.
//!
//! It refuses to know request ids and attempts: the engine above stores the bytes of [`Create::to_json`] before
//! it sends them and sends the same bytes again. Neighbours: `sales.rs`, `payment.rs`, `expense.rs`, `lists.rs`
//! (the bodies), `content.rs` (what to compare afterwards).

use serde_json::Error;

use crate::expense::Purchase;
use crate::journal::JournalEntry;
use crate::kind::EntityKind;
use crate::lists::{Account, Customer, Item, PaymentMethod, Vendor};
use crate::payment::Payment;
use crate::purchasing::{Bill, PurchaseOrder};
use crate::sales::{CreditMemo, Invoice, SalesReceipt};

/// A list entry or document to create, one variant a kind.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[allow(clippy::large_enum_variant, reason = "short-lived; the largest variants are the usual ones")]
pub enum Create {
    /// An account.
    Account(Account),
    /// An item.
    Item(Item),
    /// A customer.
    Customer(Customer),
    /// A payment method.
    PaymentMethod(PaymentMethod),
    /// An invoice.
    Invoice(Invoice),
    /// A payment.
    Payment(Payment),
    /// A credit memo.
    CreditMemo(CreditMemo),
    /// A purchase.
    Purchase(Purchase),
    /// A sales receipt.
    SalesReceipt(SalesReceipt),
    /// A vendor.
    Vendor(Vendor),
    /// A purchase order.
    PurchaseOrder(PurchaseOrder),
    /// A bill.
    Bill(Bill),
    /// A journal entry.
    JournalEntry(JournalEntry),
}

impl Create {
    /// Returns the kind of entity this creates.
    #[must_use]
    pub const fn kind(&self) -> EntityKind {
        match self {
            Self::Account(_) => EntityKind::Account,
            Self::Item(_) => EntityKind::Item,
            Self::Customer(_) => EntityKind::Customer,
            Self::PaymentMethod(_) => EntityKind::PaymentMethod,
            Self::Invoice(_) => EntityKind::Invoice,
            Self::Payment(_) => EntityKind::Payment,
            Self::CreditMemo(_) => EntityKind::CreditMemo,
            Self::Purchase(_) => EntityKind::Purchase,
            Self::SalesReceipt(_) => EntityKind::SalesReceipt,
            Self::Vendor(_) => EntityKind::Vendor,
            Self::PurchaseOrder(_) => EntityKind::PurchaseOrder,
            Self::Bill(_) => EntityKind::Bill,
            Self::JournalEntry(_) => EntityKind::JournalEntry,
        }
    }

    /// Returns the request body: the bare object, without a wrapper, fields in a fixed order.
    ///
    /// # Errors
    /// serde_json's; not reachable for values these types can hold.
    pub fn to_json(&self) -> Result<Vec<u8>, Error> {
        // Most bodies fit; growing the buffer step by step costs a fifth of the writing.
        let mut json = Vec::with_capacity(1024);
        match self {
            Self::Account(body) => serde_json::to_writer(&mut json, body),
            Self::Item(body) => serde_json::to_writer(&mut json, body),
            Self::Customer(body) => serde_json::to_writer(&mut json, body),
            Self::PaymentMethod(body) => serde_json::to_writer(&mut json, body),
            Self::Invoice(body) => serde_json::to_writer(&mut json, body),
            Self::Payment(body) => serde_json::to_writer(&mut json, body),
            Self::CreditMemo(body) => serde_json::to_writer(&mut json, body),
            Self::Purchase(body) => serde_json::to_writer(&mut json, body),
            Self::SalesReceipt(body) => serde_json::to_writer(&mut json, body),
            Self::Vendor(body) => serde_json::to_writer(&mut json, body),
            Self::PurchaseOrder(body) => serde_json::to_writer(&mut json, body),
            Self::Bill(body) => serde_json::to_writer(&mut json, body),
            Self::JournalEntry(body) => serde_json::to_writer(&mut json, body),
        }?;
        Ok(json)
    }

    /// Returns the memo (`PrivateNote`) that is sent; `None` for list entries and documents without one.
    #[must_use]
    pub fn note(&self) -> Option<&str> {
        match self {
            Self::Invoice(body) => body.private_note.as_deref(),
            Self::Payment(body) => body.private_note.as_deref(),
            Self::CreditMemo(body) => body.private_note.as_deref(),
            Self::Purchase(body) => body.private_note.as_deref(),
            Self::SalesReceipt(body) => body.private_note.as_deref(),
            Self::PurchaseOrder(body) => body.private_note.as_deref(),
            Self::Bill(body) => body.private_note.as_deref(),
            Self::JournalEntry(body) => body.private_note.as_deref(),
            Self::Account(_)
            | Self::Item(_)
            | Self::Customer(_)
            | Self::PaymentMethod(_)
            | Self::Vendor(_) => None,
        }
    }

    /// Reads a stored body back. Strict: a field this version never sends is an error.
    ///
    /// # Errors
    /// serde_json's, with the place.
    pub fn from_json(kind: EntityKind, body: &[u8]) -> Result<Self, Error> {
        match kind {
            EntityKind::Account => serde_json::from_slice(body).map(Self::Account),
            EntityKind::Item => serde_json::from_slice(body).map(Self::Item),
            EntityKind::Customer => serde_json::from_slice(body).map(Self::Customer),
            EntityKind::PaymentMethod => serde_json::from_slice(body).map(Self::PaymentMethod),
            EntityKind::Invoice => serde_json::from_slice(body).map(Self::Invoice),
            EntityKind::Payment => serde_json::from_slice(body).map(Self::Payment),
            EntityKind::CreditMemo => serde_json::from_slice(body).map(Self::CreditMemo),
            EntityKind::Purchase => serde_json::from_slice(body).map(Self::Purchase),
            EntityKind::SalesReceipt => serde_json::from_slice(body).map(Self::SalesReceipt),
            EntityKind::Vendor => serde_json::from_slice(body).map(Self::Vendor),
            EntityKind::PurchaseOrder => serde_json::from_slice(body).map(Self::PurchaseOrder),
            EntityKind::Bill => serde_json::from_slice(body).map(Self::Bill),
            EntityKind::JournalEntry => serde_json::from_slice(body).map(Self::JournalEntry),
            EntityKind::Department | EntityKind::Class | EntityKind::TaxCode => {
                Err(serde::de::Error::custom("this kind is never created"))
            }
        }
    }
}

macro_rules! from_body {
    ($($entity:ident),*) => {
        $(impl From<$entity> for Create {
            fn from(body: $entity) -> Self {
                Self::$entity(body)
            }
        })*
    };
}

from_body!(
    Account,
    Item,
    Customer,
    PaymentMethod,
    Vendor,
    Invoice,
    Payment,
    CreditMemo,
    Purchase,
    SalesReceipt,
    PurchaseOrder,
    Bill,
    JournalEntry
);

/// One sample of every kind, for the tests of this crate.
#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]
pub(crate) mod samples {
    use super::*;
    use crate::parts::{EmailAddress, PaymentMethodType, PurchasePaymentType};
    use crate::*;
    use chrono::NaiveDate;

    pub(crate) fn all() -> Vec<Create> {
        let customer: Ref<Customer> = Id::new("61").unwrap().into();
        let account: Id<Account> = Id::new("35").unwrap();
        let txn_date = NaiveDate::from_ymd_opt(2026, 2, 3).unwrap();
        let amount: Amount = "53.13".parse().unwrap();
        let line = vec![
            SalesLine::new(Id::new("19").unwrap(), "50.00".parse().unwrap(), LineTax::Taxable),
            SalesLine::new(Id::new("20").unwrap(), "-2.50".parse().unwrap(), LineTax::NonTaxable),
        ];
        let txn_tax_detail = Some(TxnTaxDetail {
            txn_tax_code_ref: Some(Id::new("2").unwrap().into()),
            total_tax: "3.13".parse().unwrap(),
        });
        vec![
            Account {
                name: "Till".to_owned(),
                account_type: AccountType::Bank,
                account_sub_type: Some("CashOnHand".to_owned()),
            }
            .into(),
            Item {
                name: "Goods".to_owned(),
                r#type: ItemType::Service,
                income_account_ref: account.to_ref(),
                taxable: Some(true),
            }
            .into(),
            Customer {
                display_name: "1651-7 O'Hara".to_owned(),
                primary_email_addr: Some(EmailAddress { address: "o@example.org".to_owned() }),
                ..Customer::default()
            }
            .into(),
            PaymentMethod { name: "Card".to_owned(), r#type: PaymentMethodType::CreditCard }.into(),
            Vendor { display_name: "Hollow Oak Supply".to_owned() }.into(),
            Invoice {
                customer_ref: customer.clone(),
                txn_date,
                due_date: Some(txn_date),
                doc_number: Some("CLT7B1".to_owned()),
                private_note: None,
                ship_addr: None,
                bill_addr: None,
                department_ref: None,
                class_ref: None,
                line: line.clone(),
                txn_tax_detail: txn_tax_detail.clone(),
                custom_field: Vec::new(),
            }
            .into(),
            Payment {
                customer_ref: customer.clone(),
                total_amt: amount,
                txn_date,
                payment_ref_num: Some("CL1T7B1".to_owned()),
                private_note: None,
                deposit_to_account_ref: Some(account.to_ref()),
                payment_method_ref: None,
                line: vec![PaymentLine::new(amount, LinkedTxn::invoice(&Id::new("145").unwrap()))],
            }
            .into(),
            CreditMemo {
                customer_ref: customer.clone(),
                txn_date,
                doc_number: Some("CLT7B1R".to_owned()),
                private_note: Some("memo".to_owned()),
                department_ref: None,
                class_ref: None,
                line: line.clone(),
                txn_tax_detail,
            }
            .into(),
            Purchase {
                payment_type: PurchasePaymentType::Cash,
                account_ref: account.to_ref(),
                entity_ref: Some(PartyRef::customer(&customer.value)),
                doc_number: Some("CL1T7B1".to_owned()),
                txn_date,
                private_note: None,
                payment_method_ref: None,
                department_ref: None,
                class_ref: None,
                line: vec![
                    ExpenseLine::new(Id::new("84").unwrap(), amount).for_customer(customer.value.clone()),
                ],
            }
            .into(),
            SalesReceipt {
                customer_ref: Some(customer),
                txn_date,
                doc_number: Some("CL1DP9B1".to_owned()),
                private_note: None,
                deposit_to_account_ref: Some(account.to_ref()),
                payment_method_ref: Some(Id::new("3").unwrap().into()),
                payment_ref_num: None,
                department_ref: None,
                class_ref: None,
                line,
                txn_tax_detail: None,
            }
            .into(),
            PurchaseOrder {
                vendor_ref: Id::new("41").unwrap().into(),
                ap_account_ref: account.to_ref(),
                txn_date,
                doc_number: Some("CL306063".to_owned()),
                private_note: None,
                po_status: PurchaseOrderStatus::Closed,
                department_ref: None,
                class_ref: None,
                line: vec![ExpenseLine::new(Id::new("84").unwrap(), amount)],
            }
            .into(),
            Bill {
                vendor_ref: Id::new("41").unwrap().into(),
                ap_account_ref: account.to_ref(),
                txn_date,
                due_date: Some(txn_date),
                doc_number: Some("CL306063B".to_owned()),
                private_note: Some("Spring order".to_owned()),
                department_ref: None,
                class_ref: None,
                line: vec![ExpenseLine::new(Id::new("84").unwrap(), amount)],
            }
            .into(),
            JournalEntry {
                txn_date,
                doc_number: Some("CLOB251231".to_owned()),
                private_note: None,
                line: vec![
                    JournalLine::new(PostingType::Debit, account, amount),
                    JournalLine::new(PostingType::Credit, Id::new("90").unwrap(), amount),
                ],
            }
            .into(),
        ]
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests {
    use super::*;

    #[test]
    fn every_stored_body_reads_back_equal_and_writes_the_same_bytes() {
        let samples = samples::all();
        assert_eq!(samples.iter().map(Create::kind).collect::<Vec<_>>(), EntityKind::CREATED);
        for sample in samples {
            let bytes = sample.to_json().unwrap();
            let back = Create::from_json(sample.kind(), &bytes).unwrap();
            assert_eq!(back, sample);
            assert_eq!(back.to_json().unwrap(), bytes);
        }
    }

    #[test]
    fn no_body_carries_a_null() {
        for sample in samples::all() {
            let text = String::from_utf8(sample.to_json().unwrap()).unwrap();
            assert!(!text.contains("null"), "{text}");
        }
    }

    #[test]
    fn the_note_of_a_body_is_the_one_on_the_wire() {
        let mut noted = 0;
        for sample in samples::all() {
            let body: serde_json::Value = serde_json::from_slice(&sample.to_json().unwrap()).unwrap();
            assert_eq!(sample.note(), body.get("PrivateNote").and_then(serde_json::Value::as_str));
            noted += usize::from(sample.note().is_some());
        }
        assert_eq!(noted, 2);
    }
}
