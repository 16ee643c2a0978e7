//! The table of entities: one row for each, and all that routing and queries need to know of it.
//!
//! To add an entity: a variant and its name in `base::kind`, a row in [`ENTITIES`], and a module under `lists` or `documents`
//! with its class, its columns and its `create`. Neighbours: `handle` and `query` look rows up,
//! `company` keeps one store for each row.

use std::borrow::Cow;

use crate::base::fault::Checked;
use crate::base::json::Json;
use crate::base::kind::EntityKind;
use crate::books::company::{Call, Company};
use crate::books::records::Record;
use crate::documents::{
    bill, bill_payment, credit_memo, deposit, invoice, journal_entry, payment, purchase, purchase_order,
    refund_receipt, sales_receipt, transfer,
};
use crate::lists::{
    account, class, company_info, customer, customer_type, employee, item, payment_method,
    preference_changes, preferences, tax, tax_service, term, vendor,
};
use crate::query::ColumnType;
use crate::schema::Class;

/// What a create does: checks, then changes the books, and gives the new Id. Nothing has changed
/// when it gives a fault.
pub(crate) type Create = fn(&mut Company, &Json, &Call) -> Checked<String>;

/// One entity.
pub(crate) struct Entity {
    /// Which.
    pub(crate) kind: EntityKind,
    /// The properties a body may carry.
    pub(crate) class: &'static Class,
    /// The properties a WHERE or ORDERBY may name, besides Id and MetaData.
    pub(crate) columns: &'static [(&'static str, ColumnType)],
    /// The properties that only an ORDERBY may name.
    pub(crate) sorted: &'static [(&'static str, ColumnType)],
    /// The columns found in constant time.
    pub(crate) indexed: &'static [&'static str],
    /// Whether inactive records are hidden from queries that do not ask for Active.
    pub(crate) is_list: bool,
    /// Whether a page of rows carries totalCount.
    pub(crate) counts_rows: bool,
    /// How one is created; `None` where the API only reads.
    pub(crate) create: Option<Create>,
    /// What is laid over the stored body when it is read.
    pub(crate) view: fn(&Company, &Record) -> Option<Json>,
}

fn as_stored(_: &Company, _: &Record) -> Option<Json> {
    None
}

/// What every row begins with: a read-only list whose body is shown as stored.
const READ_ONLY_LIST: Entity = Entity {
    kind: EntityKind::TaxCode,
    class: &tax::TAX_CODE,
    columns: &[],
    sorted: &[],
    indexed: &["Name"],
    is_list: true,
    counts_rows: false,
    create: None,
    view: as_stored,
};

/// All entities, in the order of [`EntityKind`].
pub(crate) static ENTITIES: &[Entity] = &[
    Entity {
        kind: EntityKind::Account,
        class: &account::CLASS,
        columns: account::COLUMNS,
        indexed: &["Name", "FullyQualifiedName", "AccountType", "AccountSubType"],
        create: Some(account::create),
        view: account::view,
        ..READ_ONLY_LIST
    },
    Entity {
        kind: EntityKind::Customer,
        class: &customer::CLASS,
        columns: customer::COLUMNS,
        sorted: customer::SORTED,
        indexed: &["DisplayName", "FullyQualifiedName", "ParentRef"],
        create: Some(customer::create),
        view: customer::view,
        ..READ_ONLY_LIST
    },
    Entity {
        kind: EntityKind::Item,
        class: &item::CLASS,
        columns: item::COLUMNS,
        indexed: &["Name", "FullyQualifiedName", "Sku"],
        create: Some(item::create),
        ..READ_ONLY_LIST
    },
    Entity {
        kind: EntityKind::PaymentMethod,
        class: &payment_method::CLASS,
        columns: payment_method::COLUMNS,
        create: Some(payment_method::create),
        ..READ_ONLY_LIST
    },
    Entity { kind: EntityKind::TaxCode, class: &tax::TAX_CODE, columns: tax::CODE_COLUMNS, ..READ_ONLY_LIST },
    Entity { kind: EntityKind::TaxRate, class: &tax::TAX_RATE, columns: tax::RATE_COLUMNS, ..READ_ONLY_LIST },
    Entity {
        kind: EntityKind::TaxAgency,
        class: &tax::TAX_AGENCY,
        is_list: false,
        create: Some(tax_service::create_agency),
        indexed: &[],
        ..READ_ONLY_LIST
    },
    Entity {
        kind: EntityKind::Invoice,
        class: &invoice::CLASS,
        columns: invoice::COLUMNS,
        indexed: &["DocNumber", "CustomerRef"],
        is_list: false,
        counts_rows: true,
        create: Some(invoice::create),
        ..READ_ONLY_LIST
    },
    Entity {
        kind: EntityKind::CreditMemo,
        class: &credit_memo::CLASS,
        columns: credit_memo::COLUMNS,
        indexed: &["DocNumber", "CustomerRef"],
        is_list: false,
        create: Some(credit_memo::create),
        ..READ_ONLY_LIST
    },
    Entity {
        kind: EntityKind::SalesReceipt,
        class: &sales_receipt::CLASS,
        columns: sales_receipt::COLUMNS,
        indexed: &["DocNumber", "CustomerRef"],
        is_list: false,
        create: Some(sales_receipt::create),
        ..READ_ONLY_LIST
    },
    Entity {
        kind: EntityKind::Payment,
        class: &payment::CLASS,
        columns: payment::COLUMNS,
        indexed: &["PaymentRefNum", "CustomerRef"],
        is_list: false,
        create: Some(payment::create),
        ..READ_ONLY_LIST
    },
    Entity {
        kind: EntityKind::Purchase,
        class: &purchase::CLASS,
        columns: purchase::COLUMNS,
        indexed: &["DocNumber", "EntityRef"],
        is_list: false,
        create: Some(purchase::create),
        ..READ_ONLY_LIST
    },
    Entity {
        kind: EntityKind::Preferences,
        class: &preference_changes::CLASS,
        indexed: &[],
        is_list: false,
        view: preferences::view,
        ..READ_ONLY_LIST
    },
    Entity {
        kind: EntityKind::CompanyInfo,
        class: &company_info::CLASS,
        indexed: &[],
        is_list: false,
        view: company_info::view,
        ..READ_ONLY_LIST
    },
    Entity {
        kind: EntityKind::Vendor,
        class: &vendor::CLASS,
        columns: vendor::COLUMNS,
        indexed: &["DisplayName"],
        create: Some(vendor::create),
        view: vendor::view,
        ..READ_ONLY_LIST
    },
    Entity {
        kind: EntityKind::Class,
        class: &class::CLASS,
        columns: class::COLUMNS,
        create: Some(class::create_class),
        ..READ_ONLY_LIST
    },
    Entity {
        kind: EntityKind::Department,
        class: &class::DEPARTMENT,
        columns: class::COLUMNS,
        create: Some(class::create_department),
        ..READ_ONLY_LIST
    },
    Entity {
        kind: EntityKind::Term,
        class: &term::CLASS,
        columns: term::COLUMNS,
        create: Some(term::create),
        ..READ_ONLY_LIST
    },
    Entity {
        kind: EntityKind::CustomerType,
        class: &customer_type::CLASS,
        columns: customer_type::COLUMNS,
        indexed: &[],
        ..READ_ONLY_LIST
    },
    Entity {
        kind: EntityKind::PurchaseOrder,
        class: &purchase_order::CLASS,
        columns: purchase_order::COLUMNS,
        indexed: &["DocNumber"],
        is_list: false,
        counts_rows: true,
        create: Some(purchase_order::create),
        ..READ_ONLY_LIST
    },
    Entity {
        kind: EntityKind::Bill,
        class: &bill::CLASS,
        columns: bill::COLUMNS,
        indexed: &["DocNumber", "VendorRef"],
        is_list: false,
        counts_rows: true,
        create: Some(bill::create),
        ..READ_ONLY_LIST
    },
    Entity {
        kind: EntityKind::VendorCredit,
        class: &bill::CREDIT_CLASS,
        columns: bill::CREDIT_COLUMNS,
        indexed: &["DocNumber"],
        is_list: false,
        create: Some(bill::create_credit),
        ..READ_ONLY_LIST
    },
    Entity {
        kind: EntityKind::BillPayment,
        class: &bill_payment::CLASS,
        columns: bill_payment::COLUMNS,
        indexed: &["DocNumber", "VendorRef"],
        is_list: false,
        counts_rows: true,
        create: Some(bill_payment::create),
        ..READ_ONLY_LIST
    },
    Entity {
        kind: EntityKind::RefundReceipt,
        class: &refund_receipt::CLASS,
        columns: refund_receipt::COLUMNS,
        indexed: &["DocNumber", "CustomerRef"],
        is_list: false,
        create: Some(refund_receipt::create),
        ..READ_ONLY_LIST
    },
    Entity {
        kind: EntityKind::JournalEntry,
        class: &journal_entry::CLASS,
        columns: journal_entry::COLUMNS,
        indexed: &["DocNumber"],
        is_list: false,
        counts_rows: true,
        create: Some(journal_entry::create),
        ..READ_ONLY_LIST
    },
    Entity {
        kind: EntityKind::Deposit,
        class: &deposit::CLASS,
        columns: deposit::COLUMNS,
        indexed: &[],
        is_list: false,
        counts_rows: true,
        create: Some(deposit::create),
        ..READ_ONLY_LIST
    },
    Entity {
        kind: EntityKind::Transfer,
        class: &transfer::CLASS,
        columns: transfer::COLUMNS,
        indexed: &[],
        is_list: false,
        create: Some(transfer::create),
        ..READ_ONLY_LIST
    },
    Entity {
        kind: EntityKind::Employee,
        class: &employee::CLASS,
        columns: employee::COLUMNS,
        indexed: &["DisplayName"],
        create: Some(employee::create),
        ..READ_ONLY_LIST
    },
];

/// What QuickBooks keeps and no simulated company has any of: queries and change data capture find nothing there.
const NEVER_HELD: &[&str] = &[
    "Attachable",
    "Budget",
    "CompanyCurrency",
    "CreditCardPayment",
    "Estimate",
    "ExchangeRate",
    "InventoryAdjustment",
    "JournalCode",
    "RecurringTransaction",
    "ReimburseCharge",
    "TaxPayment",
    "TimeActivity",
];

/// Returns whether a name in any case is that of an entity no simulated company has any of.
pub(crate) fn is_never_held(name: &str) -> bool {
    Entity::named(name).is_none() && NEVER_HELD.iter().any(|known| known.eq_ignore_ascii_case(name))
}

impl Entity {
    /// Returns the row of a kind.
    pub(crate) fn of(kind: EntityKind) -> &'static Entity {
        &ENTITIES[kind as usize]
    }

    /// Returns the name QuickBooks gives it.
    pub(crate) fn name(&self) -> &'static str {
        self.kind.name()
    }

    /// Returns the entity of a name in any case.
    pub(crate) fn named(name: &str) -> Option<&'static Entity> {
        ENTITIES.iter().find(|entity| entity.name().eq_ignore_ascii_case(name))
    }

    /// Returns a record as clients see it.
    pub(crate) fn shown<'a>(&self, company: &Company, record: &'a Record) -> Cow<'a, Json> {
        match (self.view)(company, record) {
            Some(body) => Cow::Owned(body),
            None => Cow::Borrowed(&record.body),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_stand_in_the_order_of_kinds() {
        for (at, entity) in ENTITIES.iter().enumerate() {
            assert_eq!(entity.kind as usize, at, "{}", entity.name());
        }
    }
}
