//! PurchaseOrder: what is ordered from a vendor. Posts nothing.
//!
//! What has been received is not kept twice: it is read from the bills that the order links to. An order closes when
//! every line is billed. Neighbours: `bill` receives, `expense_lines` checks.

use rust_decimal::Decimal;

use super::expense_lines::{self, Payee};
use super::{check_header, copy_notes};
use crate::base::amount::{self, money};
use crate::base::fault::{self, Checked};
use crate::base::json::{Json, copy, object, text};
use crate::base::kind::EntityKind;
use crate::books::company::{Call, Company, balanced_entry, currency, identity, reference, touch};
use crate::query::ColumnType;
use crate::schema::Kind::{Date, Ignored, Object, Ref, Text};
use crate::schema::{Class, bases, classes};

pub(crate) static CLASS: Class = Class {
    name: "PurchaseOrder",
    base: bases::DOCUMENT,
    fields: &[
        ("VendorRef", Ref),
        ("APAccountRef", Ref),
        ("POStatus", Text(30)),
        ("DocNumber", Text(21)),
        ("DueDate", Date),
        ("Memo", Text(4000)),
        ("SalesTermRef", Ref),
        ("DepartmentRef", Ref),
        ("ClassRef", Ref),
        ("ShipTo", Ref),
        ("ShipAddr", Object(&classes::ADDRESS)),
        ("VendorAddr", Object(&classes::ADDRESS)),
        ("ShipMethodRef", Ref),
        ("POEmail", Object(&classes::EMAIL)),
        ("EmailStatus", Text(30)),
        ("TotalAmt", Ignored),
        ("HomeTotalAmt", Ignored),
        ("GlobalTaxCalculation", Text(50)),
        ("TxnTaxDetail", Object(&classes::TXN_TAX)),
    ],
};

pub(crate) const COLUMNS: &[(&str, ColumnType)] =
    &[("DocNumber", ColumnType::Text), ("TxnDate", ColumnType::Date), ("DueDate", ColumnType::Date)];

/// Creates a purchase order from a body.
pub(crate) fn create(company: &mut Company, body: &Json, call: &Call) -> Checked<String> {
    company.options.needs_plus("PurchaseOrder")?;
    if !company.options.purchase_orders {
        return Err(fault::feature_not_supported("PurchaseOrder"));
    }
    let (vendor_id, vendor_name) = super::vendor(company, body)?;
    if body.reference("APAccountRef").is_none() {
        return Err(fault::required("APAccountRef"));
    }
    let payable = super::payable_account(company, body)?.unwrap_or_default();
    let date = check_header(company, body, call)?;
    let status = match body.text_of("POStatus") {
        None | Some("Open") => "Open",
        Some("Closed") => "Closed",
        Some(other) => return Err(fault::invalid_enumeration("POStatus", other)),
    };
    check_number(company, body, call)?;
    if let Some(customer) = body.reference("ShipTo") {
        company.active(EntityKind::Customer, customer).map_err(|fault| fault.at("ShipTo"))?;
    }
    let custom_fields = super::custom_fields(company, &company.options.purchase_custom_fields, body)?;
    // It posts nothing, so nobody is paid; lines on A/R and A/P accounts are refused.
    let lines = expense_lines::check(company, body, Payee::default(), |_| None)?;
    let entry = balanced_entry(date, Vec::new())?;

    let id = company.id_for(EntityKind::PurchaseOrder, call);
    let mut answer = identity(object(), &id.to_string(), call.now).with("CustomField", custom_fields);
    copy(body, &mut answer, &["DocNumber"]);
    let mut answer = answer.with("TxnDate", text(date.to_string())).with("CurrencyRef", currency());
    copy_notes(company, body, &mut answer);
    copy(
        body,
        &mut answer,
        &["Memo", "DueDate", "ShipTo", "ShipAddr", "VendorAddr", "POEmail", "ShipMethodRef"],
    );
    let answer = answer
        .with("LinkedTxn", Json::List(vec![]))
        .with("Line", Json::List(lines.answer))
        .with("VendorRef", reference(&vendor_id, Some(&vendor_name)))
        .with("APAccountRef", super::account_reference(company, payable))
        .with("TotalAmt", money(lines.total))
        .with("EmailStatus", text(body.text_of("EmailStatus").unwrap_or("NotSet").to_owned()))
        .with("POStatus", text(status));
    company.book(EntityKind::PurchaseOrder, id, entry, answer);
    Ok(id.to_string())
}

fn check_number(company: &Company, body: &Json, call: &Call) -> Checked<()> {
    let Some(number) = body.text_of("DocNumber") else { return Ok(()) };
    if !company.options.purchase_custom_txn_numbers || call.allow_duplicate_number {
        return Ok(());
    }
    let mut same = company.store(EntityKind::PurchaseOrder).find("DocNumber", number);
    match same.find(|record| call.is_other(record)) {
        Some(record) => Err(fault::duplicate_number(number, "Purchase Order", &record.id)),
        None => Ok(()),
    }
}

/// Returns the link of a bill line, when it names an open order line of the same vendor by all three members;
/// else nothing, and nobody is told.
pub(crate) fn kept_link(company: &Company, line: &Json, vendor: &str) -> Option<Json> {
    let link = line.get("LinkedTxn")?.items().first()?;
    let (order, line_id) = (link.text_of("TxnId")?, link.text_of("TxnLineId")?);
    if link.text_of("TxnType") != Some("PurchaseOrder") {
        return None;
    }
    let order_body = &company.store(EntityKind::PurchaseOrder).get(order)?.body;
    let same_vendor = order_body.reference("VendorRef") == Some(vendor);
    if !same_vendor || order_body.text_of("POStatus") != Some("Open") {
        return None;
    }
    let ordered = order_body.get("Line")?.items().iter().find(|line| line.text_of("Id") == Some(line_id))?;
    let is_received = billed(company, order, order_body, line_id) >= line_amount(ordered);
    if is_received && !line_amount(ordered).is_zero() {
        return None;
    }
    Some(order_link(order, "PurchaseOrder").with("TxnLineId", text(line_id.to_owned())))
}

fn order_link(id: &str, txn_type: &'static str) -> Json {
    object().with("TxnId", text(id.to_owned())).with("TxnType", text(txn_type))
}

fn line_amount(line: &Json) -> Decimal {
    amount::money_member(line, "Amount").unwrap_or_default()
}

/// Returns what the bills an order links to have received of one of its lines.
fn billed(company: &Company, order: &str, order_body: &Json, line_id: &str) -> Decimal {
    let bills = order_body.get("LinkedTxn").map_or(&[][..], Json::items).iter();
    let bills = bills.filter_map(|link| company.store(EntityKind::Bill).get(link.text_of("TxnId")?));
    let lines = bills.flat_map(|bill| bill.body.get("Line").map_or(&[][..], Json::items));
    let received = lines.filter(|line| {
        let link = line.get("LinkedTxn").and_then(|links| links.items().first());
        link.is_some_and(|link| {
            link.text_of("TxnId") == Some(order) && link.text_of("TxnLineId") == Some(line_id)
        })
    });
    received.map(line_amount).sum()
}

/// Returns the orders a bill's lines name, each once.
fn orders_of(company: &Company, bill: u64) -> Vec<String> {
    let bill = company.store(EntityKind::Bill).get(&bill.to_string());
    let lines = bill.and_then(|bill| bill.body.get("Line")).map_or(&[][..], Json::items).iter();
    let links = lines.flat_map(|line| line.get("LinkedTxn").map_or(&[][..], Json::items));
    let mut orders: Vec<String> = links.filter_map(|link| link.text_of("TxnId")).map(str::to_owned).collect();
    orders.sort_unstable();
    orders.dedup();
    orders
}

/// Enters a booked bill in the orders its lines name; an order that is fully billed closes.
pub(crate) fn receive(company: &mut Company, bill: u64, call: &Call) {
    for order in orders_of(company, bill) {
        let link = order_link(&bill.to_string(), "Bill");
        change_order(company, &order, Some(call), |links| links.push(link));
    }
}

/// Takes a bill out of the orders its lines name; they open again when something is to be received. Their tokens stay.
pub(crate) fn give_back(company: &mut Company, bill: u64) {
    let id = bill.to_string();
    for order in orders_of(company, bill) {
        change_order(company, &order, None, |links| links.retain(|link| link.text_of("TxnId") != Some(&id)));
    }
}

fn change_order(
    company: &mut Company,
    order: &str,
    call: Option<&Call>,
    change: impl FnOnce(&mut Vec<Json>),
) {
    company.store_mut(EntityKind::PurchaseOrder).change(order, |body| {
        if let Some(Json::List(links)) = body.get_mut("LinkedTxn") {
            change(links);
        }
    });
    let Some(body) = company.store(EntityKind::PurchaseOrder).get(order).map(|record| record.body.clone())
    else {
        return;
    };
    let lines = body.get("Line").map_or(&[][..], Json::items);
    let is_linked = body.get("LinkedTxn").is_some_and(|links| !links.items().is_empty());
    let is_billed = is_linked
        && lines.iter().all(|line| {
            billed(company, order, &body, line.text_of("Id").unwrap_or_default()) >= line_amount(line)
        });
    company.store_mut(EntityKind::PurchaseOrder).change(order, |body| {
        body.set("POStatus", text(if is_billed { "Closed" } else { "Open" }));
        if let Some(call) = call {
            touch(body, call.now);
        }
    });
}
