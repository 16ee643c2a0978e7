//! The body that an update amounts to, and the ids of its lines.
//!
//! A full update is the body as sent; a sparse one is the stored object with the named members laid over it. Books
//! nothing. Neighbours: `changes` creates from the result.

use std::collections::HashSet;

use crate::base::fault::{self, Checked};
use crate::base::json::{Json, object, text};
use crate::base::kind::EntityKind;
use crate::books::company::{Company, number};
use crate::lists::item::{GRATUITY_ITEM_ID, SHIPPING_ITEM_ID};

/// Returns the body that the updated document is made from.
pub(super) fn document(company: &Company, kind: EntityKind, body: &Json, old: &Json) -> Checked<Json> {
    let is_sparse = body.flag("sparse") == Some(true);
    if kind == EntityKind::Purchase {
        let paid_by = body.text_of("PaymentType").ok_or_else(|| fault::required("PaymentType"))?;
        if old.text_of("PaymentType") != Some(paid_by) {
            return Err(fault::business("The payment type of a purchase cannot be changed."));
        }
    }
    needs(kind, body)?;
    let mut merged = if is_sparse { over(company, old, body) } else { body.clone() };
    let keeps_tax = body.get("TxnTaxDetail").is_some() || (is_sparse && body.get("Line").is_none());
    if !keeps_tax {
        let code = old.get("TxnTaxDetail").and_then(|detail| detail.get("TxnTaxCodeRef"));
        merged.remove("TxnTaxDetail");
        if let Some(code) = code {
            merged.push("TxnTaxDetail", object().with("TxnTaxCodeRef", code.clone()));
        }
    }
    // QuickBooks' own number stays; it does not draw another.
    let own = old.text_of("DocNumber").filter(|_| !company.options.custom_txn_numbers);
    if let (None, Some(number)) = (merged.text_of("DocNumber"), own) {
        merged.set("DocNumber", text(number.to_owned()));
    }
    Ok(merged)
}

/// Refuses an update, sparse or full, without the members that QuickBooks asks for in every one: 2020.
pub(super) fn needs(kind: EntityKind, body: &Json) -> Checked<()> {
    let names: &[&str] = match kind {
        EntityKind::Bill | EntityKind::VendorCredit | EntityKind::BillPayment => &["VendorRef"],
        EntityKind::Deposit => &["DepositToAccountRef"],
        EntityKind::Transfer => &["FromAccountRef", "ToAccountRef", "Amount"],
        EntityKind::Class | EntityKind::Department | EntityKind::Term => &["Name"],
        _ => &[],
    };
    if let Some(missing) = names.iter().find(|name| body.get(name).is_none()) {
        return Err(fault::required(missing));
    }
    match kind {
        EntityKind::Term if body.get("DueDays").is_none() && body.get("DayOfMonthDue").is_none() => {
            Err(fault::required("DueDays"))
        }
        _ => Ok(()),
    }
}

/// Returns the stored object with the members of a sparse body laid over it; `""` and null clear, unless the company chose
/// that they say nothing.
pub(super) fn over(company: &Company, old: &Json, body: &Json) -> Json {
    let mut merged = old.clone();
    merged.remove("LinkedTxn");
    let (Json::Object(members), Json::Object(named)) = (&mut merged, body) else { return body.clone() };
    for (name, value) in named {
        let is_blank = *value == Json::Null || value.as_text() == Some("");
        if is_blank && company.options.choices.blanks_change_nothing {
            continue;
        }
        members.retain(|(known, _)| known != name);
        if !is_blank {
            members.push((name.clone(), value.clone()));
        }
    }
    merged
}

/// Returns the ids of the lines that will be numbered: a known id is kept, every other line gets a new one.
pub(super) fn line_ids(old: &Json, merged: &Json) -> Vec<String> {
    let lines = |body: &Json| body.get("Line").map_or(Vec::new(), |lines| lines.items().to_vec());
    let known: HashSet<String> =
        lines(old).iter().filter_map(|line| line.text_of("Id")).map(str::to_owned).collect();
    let mut last = known.iter().map(|id| number(id)).max().unwrap_or_default();
    let mut taken = HashSet::new();
    lines(merged)
        .iter()
        .filter(|line| is_numbered(line))
        .map(|line| match line.text_of("Id") {
            Some(id) if known.contains(id) && taken.insert(id.to_owned()) => id.to_owned(),
            _ => {
                last += 1;
                last.to_string()
            }
        })
        .collect()
}

fn is_numbered(line: &Json) -> bool {
    match line.text_of("DetailType") {
        Some("SubTotalLineDetail" | "DiscountLineDetail") | None => false,
        Some("SalesItemLineDetail") => {
            let item = line.get("SalesItemLineDetail").and_then(|detail| detail.reference("ItemRef"));
            item != Some(SHIPPING_ITEM_ID) && item != Some(GRATUITY_ITEM_ID)
        }
        Some(_) => true,
    }
}

/// Gives the numbered lines of an answer their ids, in order.
pub(super) fn number_lines(answer: &mut Json, ids: Vec<String>) {
    let mut ids = ids.into_iter();
    let Some(Json::List(lines)) = answer.get_mut("Line") else { return };
    for line in lines.iter_mut().filter(|line| line.get("Id").is_some()) {
        if let Some(id) = ids.next() {
            line.set("Id", text(id));
        }
    }
}
