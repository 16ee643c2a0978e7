//! QuickBooks Online documents as they stand on the wire.
//!
//! What it does: the bodies we send ([`Create`] and its structs), a tolerant view of what comes back
//! ([`Answer`], [`Content`](engine::Content), [`Fault`], the read types), and exact wire numbers ([`Amount`], [`WireDecimal`]).
//!
//! What it refuses to know: the network, the clock, the point of sale, and which document an event needs.
//!
//! Strict in what we write: a body holds only fields this crate names. Tolerant in what we read: an unknown
//! field is ignored, a missing optional one is `None`. [`received`] reads all that QuickBooks writes and forgets nothing.
//!
//! Neighbours: `mapping` fills these types, `qb-client` carries their bytes.
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
#![forbid(unsafe_code)]

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
pub use general_ledger::{GeneralLedger, LedgerAccount, LedgerRow};
pub use ids::{Class, CustomerType, Department, Id, PartyRef, PartyType, Ref, TaxCode};
pub use journal::{JournalEntry, JournalLine, PostingType};
pub use kind::{Entity, EntityKind};
pub use lines::{LineTax, SalesLine, TxnTaxDetail};
pub use lists::{Account, AccountType, Customer, Item, ItemType, PaymentMethod, Vendor};
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
    pub use crate::content::{Content, ContentDifference, Link, Posting};
    pub use crate::names::{is_same_name, name_key};
}
