//! Deposit: what waits in Undeposited Funds goes to the bank, less fees.
//!
//! A linked line takes a whole payment, receipt or refund out of Undeposited Funds and freezes it; a direct line books
//! its account, with a negative amount for a fee. Neighbours: `changes` refuses to touch what is deposited, `control`
//! asks for names on A/R and A/P.

use rust_decimal::Decimal;

use super::control::{self, Party};
use super::{check_header, copy_notes};
use crate::base::amount::{self, money, two_decimals};
use crate::base::fault::{self, Checked};
use crate::base::json::{Json, copy, integer, object, text};
use crate::base::kind::EntityKind;
use crate::books::company::{Call, Company, balanced_entry, currency, identity, number, reference, touch};
use crate::books::ledger::{Leg, Tags};
use crate::lists::account::{self, has_type};
use crate::query::ColumnType;
use crate::schema::Kind::{Ignored, Number, Object, Ref, Text};
use crate::schema::{Class, bases, classes};

pub(crate) static CLASS: Class = Class {
    name: "Deposit",
    base: bases::DOCUMENT,
    fields: &[
        ("DepositToAccountRef", Ref),
        ("CashBack", Object(&CASH_BACK)),
        ("DepartmentRef", Ref),
        ("ClassRef", Ref),
        ("DocNumber", Ignored),
        ("TxnStatus", Ignored),
        ("TotalAmt", Ignored),
        ("HomeTotalAmt", Ignored),
        ("GlobalTaxCalculation", Text(50)),
        ("TxnTaxDetail", Object(&classes::TXN_TAX)),
    ],
};

static CASH_BACK: Class = Class {
    name: "CashBackInfo",
    base: &[],
    fields: &[("AccountRef", Ref), ("Amount", Number), ("Memo", Text(4000))],
};

pub(crate) const COLUMNS: &[(&str, ColumnType)] = &[("TxnDate", ColumnType::Date)];

/// What the lines come to.
#[derive(Default)]
struct Lines {
    legs: Vec<Leg>,
    answer: Vec<Json>,
    sources: Vec<(EntityKind, String)>,
    direct: usize,
}

/// Creates a deposit from a body.
pub(crate) fn create(company: &mut Company, body: &Json, call: &Call) -> Checked<String> {
    let date = check_header(company, body, call)?;
    if body.reference("DepositToAccountRef").is_none() {
        return Err(fault::required("DepositToAccountRef"));
    }
    let account = super::deposit_account(company, body)?.unwrap_or_default();
    let mut lines = check_lines(company, body)?;
    let cash_back = cash_back(company, body)?;
    let sum: Decimal = lines.legs.iter().map(|leg| -leg.amount).sum();
    let total = sum - cash_back.as_ref().map_or(Decimal::ZERO, |leg| leg.amount);
    if total.is_sign_negative() && !total.is_zero() {
        return Err(fault::business("Transaction amount must be 0 or greater."));
    }
    let (receivable, payable) = control::open_items(company, EntityKind::Deposit, "Deposit", &lines.legs)?;
    let applied = super::applied(
        &company.payables,
        call,
        payable.as_ref().map(|item| item.customer),
        payable.as_ref().filter(|item| item.is_charge).map(|item| item.amount).unwrap_or_default(),
    )?;
    let payable =
        payable.map(|item| crate::books::receivables::OpenItem { open: item.amount - applied, ..item });
    lines.legs.extend(cash_back);
    lines.legs.push(Leg::plain(account, total));
    let entry = balanced_entry(date, lines.legs)?;

    let id = company.id_for(EntityKind::Deposit, call);
    let mut answer = object()
        .with("DepositToAccountRef", super::account_reference(company, account))
        .with("TotalAmt", money(total));
    copy(body, &mut answer, &["CashBack"]);
    let answer = identity(answer, &id.to_string(), call.now);
    let mut answer = answer.with("TxnDate", text(date.to_string())).with("CurrencyRef", currency());
    copy_notes(company, body, &mut answer);
    let answer = answer.with("LinkedTxn", Json::List(vec![])).with("Line", Json::List(lines.answer));
    let link = object().with("TxnId", text(id.to_string())).with("TxnType", text("Deposit"));
    for (kind, source) in &lines.sources {
        company.store_mut(*kind).change(source, |body| {
            match body.get_mut("LinkedTxn") {
                Some(Json::List(links)) => links.push(link.clone()),
                _ => body.set("LinkedTxn", Json::List(vec![link.clone()])),
            }
            touch(body, call.now);
        });
    }
    super::stand(&mut company.receivables, id, receivable);
    super::stand(&mut company.payables, id, payable);
    company.book(EntityKind::Deposit, id, entry, answer);
    Ok(id.to_string())
}

/// Unfreezes what a deposit holds. Tokens stay.
pub(crate) fn give_back(company: &mut Company, deposit: u64) {
    let deposit = deposit.to_string();
    let Some(record) = company.store(EntityKind::Deposit).get(&deposit) else { return };
    let lines = record.body.get("Line").map_or(Vec::new(), |lines| lines.items().to_vec());
    for link in lines.iter().flat_map(|line| line.get("LinkedTxn").map_or(&[][..], Json::items)) {
        let source = link.text_of("TxnId").unwrap_or_default();
        let Some(kind) = company.transaction_kind(number(source)) else { continue };
        company.store_mut(kind).change(source, |body| {
            if let Some(Json::List(links)) = body.get_mut("LinkedTxn") {
                links.retain(|link| link.text_of("TxnId") != Some(&deposit));
            }
        });
    }
}

fn check_lines(company: &Company, body: &Json) -> Checked<Lines> {
    let mut lines = Lines::default();
    for line in body.get("Line").map_or(&[][..], Json::items) {
        let amount = amount::money_member(line, "Amount").ok_or_else(|| fault::required("Amount"))?;
        match line.get("LinkedTxn").and_then(|links| links.items().first()) {
            Some(link) => linked_line(company, link, amount, &mut lines)?,
            None => direct_line(company, line, amount, &mut lines)?,
        }
    }
    if lines.answer.is_empty() { Err(fault::required("Line")) } else { Ok(lines) }
}

/// A whole document out of Undeposited Funds: 620 when it is not there, 6000 when the amount is
/// another.
fn linked_line(company: &Company, link: &Json, amount: Decimal, lines: &mut Lines) -> Checked<()> {
    let id = link.text_of("TxnId").ok_or_else(|| fault::required("TxnId"))?;
    let txn_type = link.text_of("TxnType").ok_or_else(|| fault::required("TxnType"))?;
    let line_id = link.text_of("TxnLineId").ok_or_else(|| fault::required("TxnLineId"))?;
    let txn_id: u64 = id.parse().map_err(|_| fault::invalid_id(id))?;
    let kind = company.transaction_kind(txn_id).ok_or_else(|| fault::deleted_transaction().at("TxnId"))?;
    let stated = match txn_type {
        "BillPaymentCheck" | "BillPaymentCreditCard" => "BillPayment",
        other => other,
    };
    let is_linkable = matches!(
        kind,
        EntityKind::Payment
            | EntityKind::SalesReceipt
            | EntityKind::RefundReceipt
            | EntityKind::Transfer
            | EntityKind::JournalEntry
            | EntityKind::BillPayment
    );
    if !is_linkable || stated != kind.name() {
        return Err(fault::cannot_link(id, "its type cannot be put on a deposit."));
    }
    let undeposited = company.account_by("AccountSubType", "UndepositedFunds").unwrap_or_default();
    let legs = company.ledger.entry(txn_id).map_or(&[][..], |entry| entry.legs.as_slice());
    let waiting: Decimal = legs.iter().filter(|leg| leg.account == undeposited).map(|leg| leg.amount).sum();
    let body = company.store(kind).get(id).and_then(|record| record.body.get("LinkedTxn"));
    let links = body.map_or(&[][..], Json::items);
    let is_deposited = links.iter().any(|link| link.text_of("TxnType") == Some("Deposit"))
        || lines.sources.iter().any(|(_, source)| source == id);
    if waiting.is_zero() || is_deposited {
        return Err(fault::cannot_link(id, "it does not wait in Undeposited Funds."));
    }
    if waiting != amount {
        return Err(fault::business(&format!(
            "The amount of a linked deposit line must be the amount of its transaction, {}.",
            two_decimals(waiting)
        )));
    }
    lines.legs.push(Leg::plain(undeposited, -amount));
    lines.sources.push((kind, id.to_owned()));
    let link = object()
        .with("TxnId", text(id.to_owned()))
        .with("TxnType", text(txn_type.to_owned()))
        .with("TxnLineId", text(line_id.to_owned()));
    lines.answer.push(object().with("Amount", money(amount)).with("LinkedTxn", Json::List(vec![link])));
    Ok(())
}

fn direct_line(company: &Company, line: &Json, amount: Decimal, lines: &mut Lines) -> Checked<()> {
    static NOTHING: Json = Json::Null;
    match line.text_of("DetailType") {
        Some("DepositLineDetail") => {}
        Some(other) => return Err(fault::invalid_enumeration("DetailType", other)),
        None => return Err(fault::required("DetailType")),
    }
    let detail = line.get("DepositLineDetail").unwrap_or(&NOTHING);
    let account = detail.reference("AccountRef").ok_or_else(|| fault::required("AccountRef"))?;
    let party = entity(company, detail)?;
    let tags = Tags {
        class: detail.reference("ClassRef").map(number),
        name: party.as_ref().map(|party| number(&party.id)),
        ..Tags::default()
    };
    lines.legs.push(Leg { tags, ..control::leg(company, account, party.as_ref(), -amount)? });
    let method = super::payment_method(company, detail)?;
    let mut answer_detail = object()
        .with_some(
            "Entity",
            party.map(|party| {
                reference(&party.id, Some(&party.name))
                    .with("type", text(party.kind.name().to_ascii_uppercase()))
            }),
        )
        .with_some("ClassRef", super::line_class(company, detail)?)
        .with("AccountRef", super::account_reference(company, number(account)))
        .with_some("PaymentMethodRef", method);
    copy(detail, &mut answer_detail, &["CheckNum"]);
    lines.direct += 1;
    let mut answer =
        object().with("Id", text(lines.direct.to_string())).with("LineNum", integer(lines.direct));
    copy(line, &mut answer, &["Description"]);
    lines.answer.push(
        answer
            .with("Amount", money(amount))
            .with("DetailType", text("DepositLineDetail"))
            .with("DepositLineDetail", answer_detail),
    );
    Ok(())
}

fn entity(company: &Company, detail: &Json) -> Checked<Option<Party>> {
    let Some(id) = detail.reference("Entity") else { return Ok(None) };
    let kind = detail.get("Entity").and_then(|entity| entity.text_of("type")).unwrap_or("CUSTOMER");
    control::party(company, kind, id).map(Some)
}

/// Cash kept back: the debit of its account.
fn cash_back(company: &Company, body: &Json) -> Checked<Option<Leg>> {
    let Some(cash) = body.get("CashBack") else { return Ok(None) };
    let Some(amount) = amount::money_member(cash, "Amount").filter(|amount| !amount.is_zero()) else {
        return Ok(None);
    };
    if amount.is_sign_negative() {
        return Err(fault::number_range("CashBack.Amount", amount));
    }
    let id = cash.reference("AccountRef").ok_or_else(|| fault::required("AccountRef"))?;
    let record = company.active(EntityKind::Account, id)?;
    match has_type(&record.body, &[account::BANK, account::OTHER_CURRENT_ASSET]) {
        true => Ok(Some(Leg::plain(number(id), amount))),
        false => Err(fault::invalid_account_type("CashBack.AccountRef")),
    }
}
