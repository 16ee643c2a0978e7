//! The properties that whole families share: every list entry, every document, every sales form.
//!
//! An entity's class names one of these as its base and adds its own. Neighbours: `schema` walks
//! them, `classes` holds the nested objects.

use super::class::Kind::{self, Bool, Date, Ignored, List, Memo, Number, Object, Ref, Text};
use super::classes::{ADDRESS, CUSTOM_FIELD, EMAIL, LINE, LINKED_TXN, TXN_TAX};

/// Properties of every list entry.
pub(crate) const LIST_ENTRY: &[(&str, Kind)] = &[
    ("Id", Text(50)),
    ("SyncToken", Ignored),
    ("MetaData", Ignored),
    ("domain", Ignored),
    ("sparse", Bool),
    ("status", Ignored),
    ("CustomField", List(&CUSTOM_FIELD)),
    ("Active", Bool),
    ("FullyQualifiedName", Ignored),
    ("CurrencyRef", Ref),
    ("Source", Ignored),
];

/// Properties of every document.
pub(crate) const DOCUMENT: &[(&str, Kind)] = &[
    ("Id", Text(50)),
    ("SyncToken", Ignored),
    ("MetaData", Ignored),
    ("domain", Ignored),
    ("sparse", Bool),
    ("status", Ignored),
    ("CustomField", List(&CUSTOM_FIELD)),
    ("TxnDate", Date),
    ("PrivateNote", Text(4000)),
    ("CurrencyRef", Ref),
    ("ExchangeRate", Number),
    ("ProjectRef", Ref),
    ("Line", List(&LINE)),
    ("LinkedTxn", List(&LINKED_TXN)),
    ("RecurDataRef", Ignored),
    ("TxnSource", Ignored),
    ("TaxExemptionRef", Ignored),
    ("TransactionLocationType", Text(100)),
];

/// Properties of every sales form, those of [`DOCUMENT`] included.
pub(crate) const SALES_FORM: &[(&str, Kind)] = &[
    ("Id", Text(50)),
    ("SyncToken", Ignored),
    ("MetaData", Ignored),
    ("domain", Ignored),
    ("sparse", Bool),
    ("status", Ignored),
    ("CustomField", List(&CUSTOM_FIELD)),
    ("TxnDate", Date),
    ("PrivateNote", Text(4000)),
    ("CurrencyRef", Ref),
    ("ExchangeRate", Number),
    ("ProjectRef", Ref),
    ("Line", List(&LINE)),
    ("LinkedTxn", List(&LINKED_TXN)),
    ("RecurDataRef", Ignored),
    ("TxnSource", Ignored),
    ("TaxExemptionRef", Ignored),
    ("TransactionLocationType", Text(100)),
    ("DocNumber", Text(21)),
    ("AutoDocNumber", Bool),
    ("CustomerMemo", Memo),
    ("DepartmentRef", Ref),
    ("ClassRef", Ref),
    ("GlobalTaxCalculation", Text(50)),
    ("TxnTaxDetail", Object(&TXN_TAX)),
    ("ApplyTaxAfterDiscount", Bool),
    ("CustomerRef", Ref),
    ("BillAddr", Object(&ADDRESS)),
    ("ShipAddr", Object(&ADDRESS)),
    ("ShipFromAddr", Object(&ADDRESS)),
    ("FreeFormAddress", Bool),
    ("BillEmail", Object(&EMAIL)),
    ("BillEmailCc", Object(&EMAIL)),
    ("BillEmailBcc", Object(&EMAIL)),
    ("ARAccountRef", Ref),
    ("ShipMethodRef", Ref),
    ("ShipDate", Date),
    ("TrackingNum", Text(100)),
    ("PrintStatus", Text(30)),
    ("EmailStatus", Text(30)),
    ("DeliveryInfo", Ignored),
    ("TotalAmt", Ignored),
    ("HomeTotalAmt", Ignored),
    ("Balance", Ignored),
    ("HomeBalance", Ignored),
    ("FullyQualifiedName", Ignored),
];
