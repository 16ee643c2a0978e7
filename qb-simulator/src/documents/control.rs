//! Lines that stand on accounts receivable or payable by somebody's name: journal entries and direct deposit lines.
//!
//! Such a line needs a customer or a vendor and makes the document an open item of theirs. Neighbours: `journal_entry`,
//! `deposit`.

use rust_decimal::Decimal;

use crate::base::fault::{self, Checked};
use crate::base::kind::EntityKind;
use crate::books::company::{Company, number};
use crate::books::ledger::Leg;
use crate::books::receivables::OpenItem;
use crate::lists::account::{ACCOUNTS_PAYABLE, ACCOUNTS_RECEIVABLE, has_type};

/// Customer, vendor or employee, with id and name.
pub(super) struct Party {
    pub(super) kind: EntityKind,
    pub(super) id: String,
    pub(super) name: String,
}

/// Returns the customer, vendor or employee of a type in any case and an id.
pub(super) fn party(company: &Company, kind: &str, id: &str) -> Checked<Party> {
    let kind = match kind.to_ascii_lowercase().as_str() {
        "customer" => EntityKind::Customer,
        "vendor" => EntityKind::Vendor,
        "employee" => EntityKind::Employee,
        other => return Err(fault::invalid_enumeration("Entity.Type", other)),
    };
    let record = company.active(kind, id).map_err(|fault| fault.at("Entity"))?;
    let name = record.body.text_of("DisplayName").unwrap_or_default().to_owned();
    Ok(Party { kind, id: id.to_owned(), name })
}

/// Returns a leg on any account; on A/R it needs a customer, on A/P a vendor.
pub(super) fn leg(company: &Company, account: &str, party: Option<&Party>, amount: Decimal) -> Checked<Leg> {
    let body = &company.active(EntityKind::Account, account)?.body;
    let of = |kind| party.filter(|party| party.kind == kind).map(|party| number(&party.id));
    let mut leg = Leg::plain(number(account), amount);
    if has_type(body, &[ACCOUNTS_RECEIVABLE]) {
        leg.customer = Some(of(EntityKind::Customer).ok_or_else(|| {
            fault::business("When you use Accounts Receivable, you must choose a customer in the Name field.")
        })?);
    }
    if has_type(body, &[ACCOUNTS_PAYABLE]) {
        leg.vendor = Some(of(EntityKind::Vendor).ok_or_else(|| {
            fault::business("When you use Accounts Payable, you must choose a vendor in the Name field.")
        })?);
    }
    Ok(leg)
}

/// Returns what a document's legs leave open with a customer, and with a vendor. One control account and one
/// name at most.
pub(super) fn open_items(
    company: &Company,
    kind: EntityKind,
    txn_type: &'static str,
    legs: &[Leg],
) -> Checked<(Option<OpenItem>, Option<OpenItem>)> {
    let mut control = legs.iter().filter_map(|leg| Some((leg.account, leg.customer.or(leg.vendor)?)));
    let first = control.next();
    let one_line = company.options.choices.one_control_line;
    if control.any(|other| one_line || Some(other) != first) {
        return Err(fault::business(
            "A transaction can use one Accounts Receivable or Accounts Payable account and one name on it.",
        ));
    }
    let item = |party: u64, net: Decimal| OpenItem {
        customer: party,
        kind,
        txn_type,
        is_charge: net.is_sign_positive(),
        amount: net.abs(),
        open: net.abs(),
    };
    let customer = legs.iter().find_map(|leg| leg.customer);
    let vendor = legs.iter().find_map(|leg| leg.vendor);
    let owed: Decimal = legs.iter().filter(|leg| leg.customer.is_some()).map(|leg| leg.amount).sum();
    let owing: Decimal = legs.iter().filter(|leg| leg.vendor.is_some()).map(|leg| -leg.amount).sum();
    Ok((
        customer.filter(|_| !owed.is_zero()).map(|id| item(id, owed)),
        vendor.filter(|_| !owing.is_zero()).map(|id| item(id, owing)),
    ))
}
