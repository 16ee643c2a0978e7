//! The address that opens a record in QuickBooks' own pages, `/login?deeplinkcompanyid=REALM&pagereq=customerdetail?nameId=7`:
//! whether a link leads to the record it means.
//!
//! The page says which record it is, and nothing else. Neighbours: `handle` routes here before it asks for a token, which a browser
//! has not got.

use crate::base::kind::EntityKind;
use crate::base::message::{Request, Response, Target};
use crate::books::company::Company;
use crate::entity::Entity;

/// Each page, and what it shows.
const PAGES: &[(&str, EntityKind)] = &[
    ("customerdetail", EntityKind::Customer),
    ("vendordetail", EntityKind::Vendor),
    ("register", EntityKind::Account),
    ("invoice", EntityKind::Invoice),
    ("recvpayment", EntityKind::Payment),
    ("creditmemo", EntityKind::CreditMemo),
    ("salesreceipt", EntityKind::SalesReceipt),
    ("refundreceipt", EntityKind::RefundReceipt),
    ("bill", EntityKind::Bill),
    ("billpayment", EntityKind::BillPayment),
    ("expense", EntityKind::Purchase),
    ("purchaseorder", EntityKind::PurchaseOrder),
    ("vendorcredit", EntityKind::VendorCredit),
    ("journal", EntityKind::JournalEntry),
    ("deposit", EntityKind::Deposit),
    ("transfer", EntityKind::Transfer),
];

/// Answers a request for a page: 200 with the record's kind, name or number and Id, 403 for another company, 404 for
/// what is not there. `None` when the request is for no page.
pub(super) fn answer(company: &Company, request: &Request, target: &Target) -> Option<Response> {
    if request.method != "GET" || target.segments.len() != 1 || target.segments.first()? != "login" {
        return None;
    }
    if target.parameter("deeplinkcompanyid") != Some(company.options.realm_id.as_str()) {
        return Some(page(403, "You are not signed in to this company"));
    }
    Some(match target.parameter("pagereq").and_then(|asked| title(company, asked)) {
        Some(title) => page(200, &title),
        None => page(404, "There is no such record"),
    })
}

/// Returns what a page is headed with.
fn title(company: &Company, asked: &str) -> Option<String> {
    let (name, parameter) = asked.split_once('?')?;
    let (_, kind) = PAGES.iter().find(|(known, _)| *known == name)?;
    let (word, id) = parameter.split_once('=')?;
    let expected = match kind {
        EntityKind::Customer | EntityKind::Vendor => "nameId",
        EntityKind::Account => "accountId",
        _ => "txnId",
    };
    let record = company.store(*kind).get(id).filter(|_| word == expected)?;
    let names = ["DisplayName", "Name", "DocNumber", "PaymentRefNum"];
    let shown = names.iter().find_map(|name| record.body.text_of(name)).unwrap_or_default();
    Some(format!("{} {shown} (Id {id})", Entity::of(*kind).name()))
}

fn page(status: u16, title: &str) -> Response {
    let escaped = title.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let body = format!("<!doctype html><meta charset=\"utf-8\"><title>{escaped}</title><h1>{escaped}</h1>\n");
    let headers = vec![("Content-Type".to_owned(), "text/html;charset=utf-8".to_owned())];
    Response { status, headers, body: body.into_bytes() }
}
