//! Transfer: money from one balance-sheet account to another.
//!
//! A/R and A/P are refused. Neighbours: none; it touches no sub-ledger.

use rust_decimal::Decimal;

use super::{check_header, copy_notes};
use crate::base::amount::{self, money};
use crate::base::fault::{self, Checked};
use crate::base::json::{Json, object, text};
use crate::base::kind::EntityKind;
use crate::books::company::{Call, Company, balanced_entry, currency, identity, number};
use crate::books::ledger::Leg;
use crate::lists::account::{is_balance_sheet, is_control};
use crate::query::ColumnType;
use crate::schema::Kind::{Number, Ref};
use crate::schema::{Class, bases};

pub(crate) static CLASS: Class = Class {
    name: "Transfer",
    base: bases::DOCUMENT,
    fields: &[("FromAccountRef", Ref), ("ToAccountRef", Ref), ("Amount", Number), ("ClassRef", Ref)],
};

pub(crate) const COLUMNS: &[(&str, ColumnType)] =
    &[("TxnDate", ColumnType::Date), ("Amount", ColumnType::Number)];

/// Creates a transfer from a body.
pub(crate) fn create(company: &mut Company, body: &Json, call: &Call) -> Checked<String> {
    let date = check_header(company, body, call)?;
    let from = account(company, body, "FromAccountRef")?;
    let to = account(company, body, "ToAccountRef")?;
    if from == to {
        return Err(fault::business("Money cannot be transferred from an account to itself."));
    }
    let amount = amount::money_member(body, "Amount").ok_or_else(|| fault::required("Amount"))?;
    if amount <= Decimal::ZERO {
        return Err(fault::number_range("Amount", amount));
    }
    let entry = balanced_entry(date, vec![Leg::plain(to, amount), Leg::plain(from, -amount)])?;

    let id = company.id_for(EntityKind::Transfer, call);
    let answer = object()
        .with("FromAccountRef", super::account_reference(company, from))
        .with("ToAccountRef", super::account_reference(company, to))
        .with("Amount", money(amount));
    let mut answer = identity(answer, &id.to_string(), call.now)
        .with("TxnDate", text(date.to_string()))
        .with("CurrencyRef", currency());
    copy_notes(company, body, &mut answer);
    company.book(EntityKind::Transfer, id, entry, answer);
    Ok(id.to_string())
}

fn account(company: &Company, body: &Json, property: &'static str) -> Checked<u64> {
    let id = body.reference(property).ok_or_else(|| fault::required(property))?;
    let record = company.active(EntityKind::Account, id)?;
    let is_asset = record.body.text_of("Classification") == Some("Asset");
    let fits = is_balance_sheet(&record.body) && !is_control(&record.body);
    match fits && (is_asset || !company.options.choices.transfers_between_assets_only) {
        true => Ok(number(id)),
        false => Err(fault::invalid_account_type(property)),
    }
}
