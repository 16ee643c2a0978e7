//! QuickBooks Online documents as they stand on the wire.
//!
//! ```
//! use qb_model::{Amount, Id, Item, LineTax, SalesLine};
//!
//! let line = SalesLine::new(Id::<Item>::new("19")?, Amount::from_cents(1230)?, LineTax::Taxable);
//! assert_eq!(
//!     serde_json::to_string(&line)?,
//!     r#"{"DetailType":"SalesItemLineDetail","Amount":12.3,"SalesItemLineDetail":{"ItemRef":{"value":"19"},"TaxCodeRef":{"value":"TAX"}}}"#,
//! );
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # The types, by task
//!
//! * **Write**: [`Create`] is the body of a new document or list entry ([`Invoice`], [`Payment`], [`Purchase`], [`Customer`] ...),
//!   [`Update`] that of a change. A body holds only fields that this crate names.
//! * **Read an answer**: [`Answer`] is what came back, [`Fault`] why not, [`Content`](engine::Content) what two versions of one
//!   document must agree on. An unknown field is ignored, a missing optional one is `None`.
//! * **Read everything**: [`received`] has a type for every record, envelope and notice that QuickBooks writes, and forgets nothing.
//! * **Read reports**: [`TrialBalance`] and [`GeneralLedger`] count only when they add up to their own totals.
//! * **Count exactly**: [`Amount`] is whole cents inside and a JSON number outside; [`WireDecimal`] is a decimal as it was written.
//! * **Point at things**: an [`Id`] and a [`Ref`] know what they are of: a customer's does not pass as an item's.
//!
//! The crate refuses to know the network, the clock, the point of sale, and which document an event needs. Its neighbours:
//! `mapping` fills these types, `qb-client` carries their bytes.
#![forbid(unsafe_code)]

mod alteration;
mod amount;
mod answer;
mod content;
mod create;
mod decimal;
mod error;
mod expense;
mod fault;
mod general_ledger;
mod ids;
mod journal;
mod kind;
mod lines;
mod lists;
mod names;
mod party_ref;
mod payment;
mod preferences;
mod purchasing;
mod read;
pub mod received;
mod records;
mod report;
mod sales;
mod trial_balance;
mod update;

pub use amount::Amount;
pub use answer::Answer;
pub use create::Create;
pub use decimal::WireDecimal;
pub use error::ModelError;
pub use expense::{ExpenseLine, Purchase};
pub use fault::{Fault, FaultEntry};
pub use general_ledger::{GeneralLedger, LedgerAccount, LedgerRow, entity_of_report};
pub use ids::{Class, CustomerType, Department, Id, Ref, TaxCode};
pub use journal::{JournalEntry, JournalLine, PostingType};
pub use kind::{Entity, EntityKind};
pub use lines::{LineTax, SalesLine, TxnTaxDetail};
pub use lists::{Account, AccountType, Customer, Item, ItemType, PaymentMethod, Vendor};
pub use party_ref::{PartyRef, PartyType};
pub use payment::{LinkedTxn, Payment, PaymentLine};
pub use preferences::Preferences;
pub use purchasing::{Bill, PurchaseOrder, PurchaseOrderStatus};
pub use records::{AccountInfo, CompanyInfo, ItemInfo};
pub use sales::{CreditMemo, Invoice, SalesReceipt};
pub use trial_balance::{TrialBalance, TrialBalanceRow};
pub use update::{Deletable, Update, Version, Voidable};

/// The parts that bodies consist of; most are filled in by the constructors of their lines.
pub mod parts {
    pub use crate::expense::{
        BillableStatus, ExpenseDetail, ExpenseDetailType, OrderLineLink, OrderLinkType, PurchasePaymentType,
    };
    pub use crate::journal::{JournalDetail, JournalDetailType};
    pub use crate::lines::{LineTaxRef, SalesDetail, SalesDetailType};
    pub use crate::lists::{
        CustomText, CustomTextType, EmailAddress, PaymentMethodType, PhysicalAddress, TelephoneNumber,
    };
    pub use crate::payment::LinkType;
}

/// What an engine needs that looks for what it posted: what two versions of a document must agree on, and when two names
/// are one.
pub mod engine {
    pub use crate::alteration::{Alteration, AlterationKind};
    pub use crate::content::{Content, ContentDifference, Link, Posting};
    pub use crate::names::{is_same_name, name_key};
}
