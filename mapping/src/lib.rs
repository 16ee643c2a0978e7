//! Point-of-sale events become QuickBooks documents.
//!
//! The walk: [`plan`] hands each event of a closed batch to its rule; rules say which documents, amounts and numbers;
//! [`legs`] derives debits and credits from the documents; [`resolve`] puts QuickBooks' ids in the place of our keys.
//! Beside that walk, and sharing no arithmetic with it, [`SubLedger::of`] works out every control account from the raw events.
//!
//! The crate knows no clock, network, disk or QuickBooks id: a plan speaks in our own keys. It is the only one that
//! knows both of its neighbours, `pos-model` above and `qb-model` below.
#![forbid(unsafe_code)]

mod account;
mod bindings;
mod company;
pub mod customers;
mod document;
mod draft;
mod error;
mod key;
mod legs;
mod list_entry;
mod number;
mod open_invoices;
mod origin;
mod page;
mod party;
mod plan;
mod provision;
mod resolve;
mod rules;
mod step;
mod subledger;
mod survey;
mod view;
mod words;

pub use account::{ControlAccount, ItemRole};
pub use bindings::{Bindings, ResolveError};
#[cfg(feature = "schema")]
pub use company::schema as company_mapping_schema;
pub use company::{
    AccountRole, Bills, Company, CompanyFault, CompanyMapping, ItemMapping, MappingChange, Matching, Opening,
    OpeningMapping, Period, Retailers, StoreChange, StoreMapping, TaxCodeMapping, TaxCodeSet, TenderAccounts,
};
pub use document::{
    Document, Expense, JournalEntry, JournalLine, Link, LinkTarget, Payment, Planned, PurchaseForm,
    PurchaseFormLine, Received, SalesForm, SalesLine, SalesReceipt, Source,
};
pub use error::{PlanError, PlanFault};
pub use key::{BatchKey, CustomerKey, Event, EventKey, Identity, KeyError, OriginKey, StepKey, StepKind};
pub use legs::{Leg, legs};
pub use list_entry::ListEntry;
pub use number::{DocNumber, DocumentKind, Number, NumberScheme, NumberTooLong};
pub use open_invoices::{OpenInvoice, OpenInvoiceIndex, OpenInvoices};
pub use origin::{Origin, origins};
pub use page::page;
pub use party::{Party, PartyKey};
pub use plan::{Plan, Step, StepContent};
pub use provision::provision;
pub use resolve::resolve;
pub use rules::plan;
pub use rules::settlement::{Match, settle};
pub use step::{CreditMemoStep, ExpenseStep, InvoiceStep, PurchaseOrderStep};
pub use subledger::SubLedger;
pub use survey::{Notice, Survey, SurveyFault};
pub use view::PlanView;
pub use words::Words;
