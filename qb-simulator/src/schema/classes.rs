//! Classes that several entities share: references, addresses, lines, tax detail, links.
//!
//! Written from Intuit's field names. Neighbours: `schema` walks them, the entity modules name them.

use super::class::Class;
use super::class::Kind::{Bool, Date, Ignored, List, Number, Object, Ref, Text, TextOf};
use crate::options::Length;

pub(crate) static REFERENCE: Class = Class {
    name: "ReferenceType",
    base: &[],
    fields: &[("value", Text(500)), ("name", Text(4000)), ("type", Text(100))],
};

pub(crate) static MEMO: Class =
    Class { name: "MemoRef", base: &[], fields: &[("value", Text(4000)), ("name", Text(4000))] };

pub(crate) static ADDRESS: Class = Class {
    name: "PhysicalAddress",
    base: &[],
    fields: &[
        ("Id", Ignored),
        ("Line1", Text(500)),
        ("Line2", Text(500)),
        ("Line3", Text(500)),
        ("Line4", Text(500)),
        ("Line5", Text(500)),
        ("City", Text(255)),
        ("Country", Text(255)),
        ("CountryCode", Text(255)),
        ("CountrySubDivisionCode", Text(255)),
        ("PostalCode", Text(30)),
        ("PostalCodeSuffix", Text(30)),
        ("Lat", Ignored),
        ("Long", Ignored),
        ("Tag", Text(255)),
        ("Note", Text(1000)),
    ],
};

pub(crate) static EMAIL: Class = Class {
    name: "EmailAddress",
    base: &[],
    fields: &[("Id", Ignored), ("Address", Text(100)), ("Default", Ignored), ("Tag", Ignored)],
};

pub(crate) static PHONE: Class = Class {
    name: "TelephoneNumber",
    base: &[],
    fields: &[("Id", Ignored), ("FreeFormNumber", Text(30)), ("Default", Ignored), ("Tag", Ignored)],
};

pub(crate) static WEB: Class = Class {
    name: "WebSiteAddress",
    base: &[],
    fields: &[("Id", Ignored), ("URI", Text(1000)), ("Tag", Ignored)],
};

pub(crate) static CUSTOM_FIELD: Class = Class {
    name: "CustomField",
    base: &[],
    fields: &[
        ("DefinitionId", Text(50)),
        ("Name", Text(100)),
        ("Type", Text(50)),
        ("StringValue", TextOf(Length::CustomField)),
        ("BooleanValue", Bool),
        ("NumberValue", Number),
        ("DateValue", Date),
    ],
};

pub(crate) static LINKED_TXN: Class = Class {
    name: "LinkedTxn",
    base: &[],
    fields: &[("TxnId", Text(50)), ("TxnType", Text(50)), ("TxnLineId", Text(50))],
};

pub(crate) static LINE: Class = Class {
    name: "Line",
    base: &[],
    fields: &[
        ("Id", Text(50)),
        ("LineNum", Number),
        ("Description", Text(4000)),
        ("Amount", Number),
        ("DetailType", Text(50)),
        ("LinkedTxn", List(&LINKED_TXN)),
        ("Received", Ignored),
        ("CustomField", List(&CUSTOM_FIELD)),
        ("CustomExtensions", Ignored),
        ("ProjectRef", Ref),
        ("SalesItemLineDetail", Object(&SALES_ITEM)),
        ("GroupLineDetail", Object(&GROUP)),
        ("DescriptionLineDetail", Object(&DESCRIPTION)),
        ("DiscountLineDetail", Object(&DISCOUNT)),
        ("SubTotalLineDetail", Object(&SUB_TOTAL)),
        ("TaxLineDetail", Object(&TAX)),
        ("AccountBasedExpenseLineDetail", Object(&ACCOUNT_EXPENSE)),
        ("ItemBasedExpenseLineDetail", Object(&ITEM_EXPENSE)),
        ("PaymentLineDetail", Ignored),
        ("JournalEntryLineDetail", Object(&JOURNAL)),
        ("DepositLineDetail", Object(&DEPOSIT)),
    ],
};

pub(crate) static SALES_ITEM: Class = Class {
    name: "SalesItemLineDetail",
    base: &[],
    fields: &[
        ("ItemRef", Ref),
        ("ItemAccountRef", Ignored),
        ("ClassRef", Ref),
        ("UnitPrice", Number),
        ("RatePercent", Number),
        ("PriceLevelRef", Ref),
        ("MarkupInfo", Ignored),
        ("Qty", Number),
        ("UOMRef", Ref),
        ("TaxCodeRef", Ref),
        ("TaxClassificationRef", Ref),
        ("ServiceDate", Date),
        ("DiscountRate", Number),
        ("DiscountAmt", Number),
        ("TaxInclusiveAmt", Number),
    ],
};

static GROUP: Class = Class {
    name: "GroupLineDetail",
    base: &[],
    fields: &[("GroupItemRef", Ref), ("Quantity", Number), ("Line", List(&LINE))],
};

static DESCRIPTION: Class =
    Class { name: "DescriptionLineDetail", base: &[], fields: &[("ServiceDate", Date), ("TaxCodeRef", Ref)] };

static DISCOUNT: Class = Class {
    name: "DiscountLineDetail",
    base: &[],
    fields: &[
        ("PercentBased", Bool),
        ("DiscountPercent", Number),
        ("DiscountAccountRef", Ref),
        ("DiscountRef", Ref),
        ("ServiceDate", Date),
        ("ClassRef", Ref),
        ("TaxCodeRef", Ref),
    ],
};

static SUB_TOTAL: Class = Class {
    name: "SubTotalLineDetail",
    base: &[],
    fields: &[("ItemRef", Ignored), ("ServiceDate", Date), ("ClassRef", Ignored), ("Qty", Ignored)],
};

static TAX: Class = Class {
    name: "TaxLineDetail",
    base: &[],
    fields: &[
        ("TaxRateRef", Ref),
        ("PercentBased", Bool),
        ("TaxPercent", Number),
        ("NetAmountTaxable", Number),
        ("TaxInclusiveAmount", Number),
        ("OverrideDeltaAmount", Number),
        ("ServiceDate", Date),
    ],
};

static ACCOUNT_EXPENSE: Class = Class {
    name: "AccountBasedExpenseLineDetail",
    base: &[],
    fields: &[
        ("AccountRef", Ref),
        ("CustomerRef", Ref),
        ("ProjectRef", Ref),
        ("ClassRef", Ref),
        ("BillableStatus", Text(30)),
        ("MarkupInfo", Ignored),
        ("TaxAmount", Number),
        ("TaxCodeRef", Ref),
        ("TaxInclusiveAmt", Number),
    ],
};

static ITEM_EXPENSE: Class = Class {
    name: "ItemBasedExpenseLineDetail",
    base: &[],
    fields: &[
        ("ItemRef", Ref),
        ("Qty", Number),
        ("UnitPrice", Number),
        ("CustomerRef", Ref),
        ("ClassRef", Ref),
        ("PriceLevelRef", Ref),
        ("BillableStatus", Text(30)),
        ("MarkupInfo", Ignored),
        ("TaxCodeRef", Ref),
        ("TaxInclusiveAmt", Number),
    ],
};

static JOURNAL: Class = Class {
    name: "JournalEntryLineDetail",
    base: &[],
    fields: &[
        ("PostingType", Text(30)),
        ("Entity", Object(&ENTITY)),
        ("AccountRef", Ref),
        ("ClassRef", Ref),
        ("DepartmentRef", Ref),
        ("TaxCodeRef", Ref),
        ("TaxRateRef", Ref),
        ("TaxApplicableOn", Text(30)),
        ("TaxAmount", Number),
        ("TaxInclusiveAmt", Number),
        ("BillableStatus", Text(30)),
        ("JournalCodeRef", Ref),
    ],
};

static ENTITY: Class =
    Class { name: "EntityTypeRef", base: &[], fields: &[("Type", Text(30)), ("EntityRef", Ref)] };

static DEPOSIT: Class = Class {
    name: "DepositLineDetail",
    base: &[],
    fields: &[
        ("Entity", Ref),
        ("ClassRef", Ref),
        ("AccountRef", Ref),
        ("PaymentMethodRef", Ref),
        ("CheckNum", Text(21)),
        ("TxnType", Text(30)),
        ("TaxCodeRef", Ref),
        ("TaxApplicableOn", Text(30)),
    ],
};

pub(crate) static TXN_TAX: Class = Class {
    name: "TxnTaxDetail",
    base: &[],
    fields: &[
        ("DefaultTaxCodeRef", Ref),
        ("TxnTaxCodeRef", Ref),
        ("TotalTax", Number),
        ("TaxReviewStatus", Ignored),
        ("TaxLine", List(&LINE)),
    ],
};
