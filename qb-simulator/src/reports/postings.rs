//! The ledger read as a list: every debit and credit with the document it comes from.
//!
//! Neighbours: `general_ledger` and `transaction_list` print it.

use chrono::{DateTime, NaiveDate};
use rust_decimal::Decimal;

use super::page::{cell, cell_of};
use super::question::Question;
use crate::base::json::Json;
use crate::base::kind::EntityKind;
use crate::books::company::{Company, number};
use crate::books::ledger::{Entry, Leg, Tags};

/// One document as reports name it.
pub(super) struct Document<'a> {
    pub(super) id: u64,
    pub(super) date: NaiveDate,
    pub(super) entry: &'a Entry,
    pub(super) kind: &'static str,
    pub(super) number: &'a str,
    /// The customer's or vendor's id and name; both empty where the lines name them, or nobody does.
    pub(super) name: (&'a str, &'a str),
    pub(super) memo: &'a str,
    pub(super) body: &'a Json,
}

/// Returns the documents up to the question's end, of its customers, by date and id.
pub(super) fn documents<'a>(company: &'a Company, question: &Question) -> Vec<Document<'a>> {
    let mut found: Vec<Document<'a>> = company
        .ledger
        .entries()
        .filter(|(_, entry)| entry.date <= question.end)
        .filter_map(|(id, entry)| document(company, id, entry))
        .filter(|document| document.is_of(question))
        .collect();
    found.sort_by_key(|document| (document.date, document.id));
    found
}

fn document<'a>(company: &'a Company, id: u64, entry: &'a Entry) -> Option<Document<'a>> {
    let kind = company.transaction_kind(id)?;
    let body = &company.store(kind).get(&id.to_string())?.body;
    let holder = ["CustomerRef", "EntityRef", "VendorRef"].iter().find_map(|name| body.get(name));
    let part = |name| holder.and_then(|holder| holder.text_of(name)).unwrap_or_default();
    Some(Document {
        id,
        date: entry.date,
        entry,
        kind: type_name(kind, body),
        number: body.text_of("DocNumber").or_else(|| body.text_of("PaymentRefNum")).unwrap_or_default(),
        name: (part("value"), part("name")),
        memo: body.text_of("PrivateNote").unwrap_or_default(),
        body,
    })
}

/// Returns the name of a kind of document in the column Transaction Type.
fn type_name(kind: EntityKind, body: &Json) -> &'static str {
    match kind.name() {
        "SalesReceipt" => "Sales Receipt",
        "CreditMemo" => "Credit Memo",
        "RefundReceipt" => "Refund",
        "JournalEntry" => "Journal Entry",
        "PurchaseOrder" => "Purchase Order",
        "BillPayment" => match body.text_of("PayType") {
            Some("CreditCard") => "Bill Payment (Credit Card)",
            _ => "Bill Payment (Check)",
        },
        "VendorCredit" => "Vendor Credit",
        "Purchase" => match (body.text_of("PaymentType"), body.flag("Credit")) {
            (Some("Check"), _) => "Check",
            (Some("CreditCard"), Some(true)) => "Credit Card Credit",
            (Some("Cash"), _) => "Cash Expense",
            _ => "Expense",
        },
        other => other,
    }
}

impl<'a> Document<'a> {
    /// Returns whether the question is about the document: its name, or one of a line, and what one of its
    /// lines names.
    fn is_of(&self, question: &Question) -> bool {
        let legs = &self.entry.legs;
        let of_legs = || legs.iter().filter_map(|leg| leg.customer.or(leg.vendor).or(leg.tags.name));
        let has_name = question.has_name(number(self.name.0)) || of_legs().any(|id| question.has_name(id));
        let tags = || legs.iter().map(|leg| self.tags(leg));
        has_name && (question.has_tags(self.tags_of_head()) || tags().any(|tags| question.has_tags(tags)))
    }

    /// Returns what the head of the document names.
    fn tags_of_head(&self) -> Tags {
        let of = |name| self.body.reference(name).map(number);
        Tags { item: None, class: of("ClassRef"), department: of("DepartmentRef"), name: None }
    }

    /// Returns what a leg's line names, else the head of the document.
    pub(super) fn tags(&self, leg: &Leg) -> Tags {
        let head = self.tags_of_head();
        Tags {
            class: leg.tags.class.or(head.class),
            department: leg.tags.department.or(head.department),
            ..leg.tags
        }
    }

    /// Returns whether the question is about a leg of the document: what its line names, and whom it or the
    /// document names.
    pub(super) fn asks_for(&self, question: &Question, leg: &Leg) -> bool {
        let names = [leg.tags.name, leg.customer, leg.vendor, Some(number(self.name.0))];
        question.has_tags(self.tags(leg)) && names.into_iter().flatten().any(|id| question.has_name(id))
    }

    /// Returns the id and name of the customer or vendor of a leg: the document's, else that of the line it
    /// came from.
    pub(super) fn name_of(&self, company: &'a Company, leg: &Leg) -> (&'a str, &'a str) {
        let line = match (leg.customer, leg.vendor) {
            (Some(customer), _) => company.store(EntityKind::Customer).get(&customer.to_string()),
            (None, Some(vendor)) => company.store(EntityKind::Vendor).get(&vendor.to_string()),
            (None, None) => None,
        };
        match line.filter(|_| self.name.0.is_empty()) {
            Some(record) => (&record.id, record.body.text_of("DisplayName").unwrap_or_default()),
            None => self.name,
        }
    }

    /// Returns the cell of the department the document names.
    pub(super) fn department(&self, company: &Company) -> Json {
        named(company, EntityKind::Department, self.tags_of_head().department)
    }

    /// Returns a moment of the document's MetaData as reports write it: the offset has no colon.
    pub(super) fn moment(&self, name: &str) -> String {
        let moment = self.body.get("MetaData").and_then(|meta| meta.text_of(name));
        let moment = moment.and_then(|moment| DateTime::parse_from_rfc3339(moment).ok());
        moment.map(|moment| moment.format("%Y-%m-%dT%H:%M:%S%z").to_string()).unwrap_or_default()
    }

    /// Returns the account at the other side of a leg. When there are several: `-Split-`, in the new form
    /// nothing.
    pub(super) fn split(&self, company: &Company, question: &Question, leg: &Leg) -> (String, u64) {
        let mut others = self.entry.legs.iter().filter(|other| other.account != leg.account);
        match (others.next(), others.next()) {
            (Some(other), None) => (account_name(company, other.account), other.account),
            (None, _) => (String::new(), 0),
            _ => (question.word("-Split-", "").into(), 0),
        }
    }
}

/// Returns the cell of a list entry by its full name; empty when there is none.
pub(super) fn named(company: &Company, kind: EntityKind, id: Option<u64>) -> Json {
    let record = id.and_then(|id| company.store(kind).get(&id.to_string()));
    record.map_or_else(
        || cell(""),
        |record| {
            let name =
                record.body.text_of("FullyQualifiedName").or_else(|| record.body.text_of("DisplayName"));
            cell_of(name.unwrap_or_default(), record.id.clone())
        },
    )
}

/// Returns an account's full name.
pub(super) fn account_name(company: &Company, id: u64) -> String {
    let record = company.store(EntityKind::Account).get(&id.to_string());
    record.and_then(|record| record.body.text_of("FullyQualifiedName")).unwrap_or_default().to_owned()
}

/// Returns an amount as the account's classification reads it: positive is a debit for assets and expenses, a
/// credit for liabilities, equity and revenue.
pub(super) fn natural(account: &Json, debit: Decimal) -> Decimal {
    match account.text_of("Classification") {
        Some("Asset" | "Expense") => debit,
        _ => -debit,
    }
}
