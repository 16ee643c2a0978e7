//! Point-of-sale events become QuickBooks documents.
//!
//! ```
//! use mapping::{Company, SubLedger, Words, legs, plan};
//! use pos_model::{Money, PosFile};
//!
//! let export = br#"{
//!   "version": 1,
//!   "store": { "code": "boston", "name": "Boston Store", "retailer": "1651" },
//!   "tender_types": [{ "id": 15239, "name": "Cash", "kind": "cash" }],
//!   "batches": [{
//!     "register": "1", "number": 4, "business_date": "2026-02-03",
//!     "status": "closed", "closed_at": "2026-02-03T18:02:11-05:00",
//!     "transactions": [{
//!       "number": 1521022, "occurred_at": "2026-02-03T10:15:00-05:00",
//!       "lines": [{ "kind": "item", "description": "Gloves", "quantity": "1",
//!                   "amount": "20.00", "tax": "1.25", "tax_code": "TAX" }],
//!       "tenders": [{ "type": 15239, "amount": "21.25" }]
//!     }]
//!   }]
//! }"#;
//! let file = PosFile::from_json(export)?;
//! let batch = &file.batches()[0];
//! let company = Company::default();
//!
//! let plan = plan(batch, &company)?;
//! let words = Words::new(&plan);
//! let said: Vec<String> = plan.documents().map(|planned| words.sentence(planned)).collect();
//! assert_eq!(said, [
//!     "Invoice CLT1521022B4, 21.25, for Boston Store: goods sold 20.00 and sales tax 1.25; \
//!      paid in full by Payment CL15239T1521022B4",
//!     "Payment CL15239T1521022B4, 21.25, from Boston Store: received in Cash; pays Invoice CLT1521022B4",
//! ]);
//!
//! // Debits equal credits, and every account moves as the till's raw events say.
//! let posted = plan.documents().flat_map(|planned| legs(&planned.document, plan.period()));
//! let moved: Vec<_> = posted.map(|leg| (leg.account, leg.amount)).collect();
//! assert_eq!(moved.iter().map(|(_, amount)| *amount).sum::<Money>(), Money::ZERO);
//! for (account, amount) in SubLedger::of(batch, &company).by_account() {
//!     let planned: Money = moved.iter().filter(|(of, _)| *of == account).map(|(_, amount)| *amount).sum();
//!     assert_eq!(planned, amount);
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # The types, by task
//!
//! * **Say how a company keeps its books**: [`CompanyMapping`] is the form, with defaults for everything; [`Company`] is a valid
//!   one, [`Company::on`] the [`Period`] of a day.
//! * **Plan a batch, a purchase order or the opening balances**: [`plan`] takes an [`Origin`]; the [`Plan`]'s [`Step`]s are in
//!   posting order, and a [`Planned`] document has its number, its key and the event behind it.
//! * **Check files before anything is sent**: [`Survey`] collects what must be put right and what is worth saying.
//! * **Show a plan**: [`page()`] as T-accounts, [`PlanView`] as JSON, [`Words`] in a bookkeeper's sentences.
//! * **Read a number**: [`Company::parse_number`] says what `CL15239T1521022B4` stands for.
//! * **Know what the accounts must move**: [`legs`] derives debits and credits from documents; [`SubLedger::of`] works every
//!   control account out from the raw events, and shares no arithmetic with the plan.
//! * **Customers both ways**: [`customers`] plans what changes at the till and in QuickBooks.
//!
//! # How it works
//!
//! [`plan`] hands each event of a closed batch to its rule; rules say which documents, amounts and numbers; `resolve` puts
//! QuickBooks' ids in the place of our keys. A number and a key follow from the event alone, so that a second plan of the same
//! batch is the same plan. The rules are stated in `docs/rules.md` of the repository.
//!
//! The crate knows no clock, network, disk or QuickBooks id: a plan speaks in our own keys. It is the only one that knows both of
//! its neighbours, `pos-model` above and `qb-model` below; `exchange` posts what it plans.
#![forbid(unsafe_code)]

mod account;
mod bindings;
mod company;
mod correction;
pub mod customers;
mod document;
mod draft;
mod error;
mod key;
mod kind_words;
mod legs;
mod list_entry;
mod naming;
mod number;
mod open_invoices;
mod origin;
mod page;
mod party;
mod plan;
mod prepaid;
mod provision;
mod resolve;
mod rules;
mod step;
mod subledger;
mod survey;
mod view;
mod words;

pub use account::{ControlAccount, ItemRole, StoreTag};
#[cfg(feature = "schema")]
pub use company::schema as company_mapping_schema;
pub use company::{
    AccountRole, Bills, Company, CompanyFault, CompanyMapping, CustomerOptions, ItemDetail, ItemDetailFrom,
    ItemMapping, LateEdits, MappingChange, Matching, OpeningEntry, OpeningMapping, Period, Retailers,
    StoreChange, StoreMapping, TaxCodeMapping, TaxCodeSet, TenderAccounts,
};
pub use correction::Correction;
pub use document::{
    CustomerPo, Document, Expense, JournalEntry, JournalLine, Link, LinkTarget, Payment, Planned,
    PurchaseForm, PurchaseFormLine, ReceiptLines, Received, SalesForm, SalesLine, SalesReceipt, Source,
};
pub use error::{PlanError, PlanFault};
pub use key::{
    BatchKey, CustomerKey, DocumentAct, Event, EventKey, Identity, KeyError, OriginKey, StepKey, StepKind,
};
pub use kind_words::kind_words;
pub use legs::{Leg, legs};
pub use number::{DocNumber, DocumentKind, Edition, Number, NumberScheme, NumberTooLong, Numbered};
pub use origin::{Origin, origins};
pub use page::page;
pub use party::{Party, PartyKey};
pub use plan::{Plan, Step, StepContent};
pub use prepaid::{CertificateNumber, Prepaid, certificates_of, deposits_of};
pub use rules::{plan, plan_revision};
pub use subledger::SubLedger;
pub use survey::{Notice, Survey, SurveyFault};
pub use view::PlanView;
pub use words::Words;

/// What an engine needs that carries a plan out; a host that makes plans, shows them or hands them to an engine does without:
/// what must be there before a document can be sent ([`provision`](engine::provision)), what our keys are bound to
/// ([`Bindings`](engine::Bindings)), a step as QuickBooks' body ([`resolve`](engine::resolve)), what stands open for payments on
/// account ([`OpenInvoices`](engine::OpenInvoices)), and the handles that links are made of.
pub mod engine {
    pub use crate::bindings::{Bindings, ResolveError};
    pub use crate::document::PlannedKey;
    pub use crate::key::OriginGroup;
    pub use crate::list_entry::{ListEntry, payment_method_name};
    pub use crate::open_invoices::{OpenInvoice, OpenInvoiceIndex, OpenInvoices};
    pub use crate::provision::provision;
    pub use crate::resolve::resolve;
    pub use crate::rules::other_form;
    pub use crate::step::{CreditMemoStep, ExpenseStep, InvoiceStep, PurchaseOrderStep};
}
