//! Payment lines: what a Payment settles in accounts receivable, and a BillPayment in accounts payable.
//!
//! Moves open amounts only and posts nothing. Neighbours: `payment` and `bill_payment` check with it, `release` takes
//! back with it, `receivables` keeps the open amounts.

use std::collections::HashMap;

use rust_decimal::Decimal;

use super::name_value;
use crate::base::amount::{self, money, two_decimals};
use crate::base::fault::{self, Checked};
use crate::base::json::{Json, object, text};
use crate::base::kind::EntityKind;
use crate::books::company::{Call, Company, number, touch};
use crate::books::receivables::Receivables;

/// Whose open amounts move.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    Receivable,
    Payable,
}

impl Side {
    fn book(self, company: &Company) -> &Receivables {
        match self {
            Side::Receivable => &company.receivables,
            Side::Payable => &company.payables,
        }
    }

    fn book_mut(self, company: &mut Company) -> &mut Receivables {
        match self {
            Side::Receivable => &mut company.receivables,
            Side::Payable => &mut company.payables,
        }
    }

    /// Returns what a line may link.
    fn takes(self, txn_type: &str, is_charge: bool) -> bool {
        match (self, txn_type) {
            (_, "JournalEntry") => !is_charge || self == Side::Payable,
            (Side::Receivable, "Invoice" | "CreditMemo" | "Expense" | "Check" | "CreditCardCredit") => true,
            (Side::Payable, "Bill" | "VendorCredit" | "Deposit") => true,
            _ => false,
        }
    }
}

/// One line that passed its checks.
pub(crate) struct Application<'a> {
    pub(crate) txn_id: u64,
    txn_type: &'a str,
    kind: EntityKind,
    pub(crate) amount: Decimal,
    pub(crate) is_charge: bool,
}

/// Checks each line, and that no document is paid beyond what is open on it.
pub(crate) fn check_lines<'a>(
    company: &Company,
    side: Side,
    body: &'a Json,
    party: u64,
) -> Checked<Vec<Application<'a>>> {
    let mut applications = Vec::new();
    let mut by_document: HashMap<u64, Decimal> = HashMap::new();
    for line in body.get("Line").map_or(&[][..], Json::items) {
        let amount = amount::money_member(line, "Amount").ok_or_else(|| fault::required("Amount"))?;
        if amount.is_sign_negative() && !amount.is_zero() {
            return Err(fault::number_range("Amount", amount));
        }
        let [link] = line.get("LinkedTxn").map_or(&[][..], Json::items) else {
            return match line.get("LinkedTxn").map_or(0, |links| links.items().len()) {
                0 => Err(fault::required("LinkedTxn")),
                _ => Err(fault::business("A payment line links exactly one transaction.")),
            };
        };
        // A bill payment that names a purchase is taken, and the line is dropped without a word; where the company chose
        // so, a customer's payment too.
        let txn_type = link.text_of("TxnType").unwrap_or_default();
        let drops = side == Side::Payable || company.options.choices.drops_purchase_links;
        if drops && matches!(txn_type, "Purchase" | "Expense" | "Check" | "CreditCardCredit") {
            continue;
        }
        let application = check_link(company, side, link, party, amount)?;
        let sum = by_document.entry(application.txn_id).or_default();
        *sum += amount;
        let open = side.book(company).item(application.txn_id).map(|item| item.open).unwrap_or_default();
        if *sum > open {
            return Err(fault::business(&format!(
                "The amount applied to transaction {} is larger than its open balance of {}.",
                application.txn_id,
                two_decimals(open)
            )));
        }
        applications.push(application);
    }
    Ok(applications)
}

/// 2020 for a missing member, 610 for an unknown transaction, 620 for one that cannot be linked.
fn check_link<'a>(
    company: &Company,
    side: Side,
    link: &'a Json,
    party: u64,
    amount: Decimal,
) -> Checked<Application<'a>> {
    let id = link.text_of("TxnId").ok_or_else(|| fault::required("TxnId"))?;
    let txn_type = link.text_of("TxnType").ok_or_else(|| fault::required("TxnType"))?;
    let txn_id: u64 = id.parse().map_err(|_| fault::invalid_id(id))?;
    if company.transaction_kind(txn_id).is_none() {
        return Err(fault::deleted_transaction().at("TxnId"));
    }
    let item = side
        .book(company)
        .item(txn_id)
        .ok_or_else(|| fault::cannot_link(id, "it has no open balance that a payment could settle."))?;
    if item.txn_type != txn_type || !side.takes(txn_type, item.is_charge) {
        return Err(fault::cannot_link(id, "its type cannot be linked to a payment."));
    }
    if item.customer != party {
        return Err(fault::cannot_link(id, "it belongs to another customer or vendor."));
    }
    Ok(Application { txn_id, txn_type, kind: item.kind, amount, is_charge: item.is_charge })
}

impl Application<'_> {
    /// Returns the line as answered, with the open balance as it was before this payment.
    pub(crate) fn answer(&self, company: &Company, side: Side) -> Json {
        let id = self.txn_id.to_string();
        let link = object().with("TxnId", text(id.clone())).with("TxnType", text(self.txn_type.to_owned()));
        let answer = object().with("Amount", money(self.amount)).with("LinkedTxn", Json::List(vec![link]));
        if side == Side::Payable {
            return answer;
        }
        let open = side.book(company).item(self.txn_id).map(|item| item.open).unwrap_or_default();
        let number = company.store(self.kind).get(&id).and_then(|record| record.body.text_of("DocNumber"));
        let mut any = vec![name_value("txnId", id.clone()), name_value("txnOpenBalance", two_decimals(open))];
        any.extend(number.map(|number| name_value("txnReferenceNumber", number.to_owned())));
        answer.with("LineEx", object().with("any", Json::List(any)))
    }

    /// Lowers the linked document's open amount; it gains the link and a higher SyncToken.
    pub(crate) fn apply(&self, company: &mut Company, side: Side, payer: (u64, &'static str), call: &Call) {
        let open = side.book_mut(company).apply(self.txn_id, self.amount);
        let link = object().with("TxnId", text(payer.0.to_string())).with("TxnType", text(payer.1));
        company.store_mut(self.kind).change(&self.txn_id.to_string(), |body| {
            show_open(body, open);
            match body.get_mut("LinkedTxn") {
                Some(Json::List(links)) if links.contains(&link) => {}
                Some(Json::List(links)) => links.push(link),
                _ => body.set("LinkedTxn", Json::List(vec![link])),
            }
            touch(body, call.now);
        });
    }
}

fn show_open(body: &mut Json, open: Decimal) {
    for balance in ["Balance", "RemainingCredit"] {
        if body.get(balance).is_some() {
            body.set(balance, money(open));
        }
    }
}

/// Takes back everything a payment settled: the open amounts rise again, the links go. Tokens stay.
pub(crate) fn unapply_all(company: &mut Company, side: Side, kind: EntityKind, payer: u64) {
    let payer = payer.to_string();
    let Some(record) = company.store(kind).get(&payer) else { return };
    let lines = record.body.get("Line").map_or(Vec::new(), |lines| lines.items().to_vec());
    for line in &lines {
        let amount = amount::money_member(line, "Amount").unwrap_or_default();
        let links = line.get("LinkedTxn").map_or(&[][..], Json::items).iter();
        for target in links.filter_map(|link| link.text_of("TxnId")) {
            let Some(target_kind) = company.transaction_kind(number(target)) else { continue };
            let open = side.book_mut(company).apply(number(target), -amount);
            company.store_mut(target_kind).change(target, |body| {
                show_open(body, open);
                if let Some(Json::List(links)) = body.get_mut("LinkedTxn") {
                    links.retain(|link| link.text_of("TxnId") != Some(&payer));
                }
            });
        }
    }
}
