//! What QuickBooks makes when a customer with a balance becomes inactive: a credit memo of what is owed, or an invoice of
//! what is owed to the customer, so that nothing is left.
//!
//! Neighbours: `lists` calls it in the middle of the update, when the customer can still be sold to.

use rust_decimal::Decimal;

use crate::base::amount::money;
use crate::base::fault::{self, Checked};
use crate::base::json::{Json, object, text};
use crate::base::kind::{EntityKind, Operation};
use crate::books::change_log::Event;
use crate::books::company::{Call, Company, number};
use crate::documents::{credit_memo, invoice};
use crate::lists::item::DEFAULT_ITEM_ID;
use crate::options::InactiveWithBalance;

/// The note on such a document.
const NOTE: &str = "Created by QB Online to adjust balance for deletion.";

/// Does with the balance of a customer that becomes inactive as the company chose: leaves it, refuses (6220), or takes it away.
pub(super) fn at_deactivation(company: &mut Company, kind: EntityKind, id: &str, call: &Call) -> Checked<()> {
    let balance = company.ledger.customer_balance(number(id));
    if kind != EntityKind::Customer || balance.is_zero() {
        return Ok(());
    }
    match company.options.choices.inactive_with_balance {
        InactiveWithBalance::Taken => Ok(()),
        InactiveWithBalance::Refused => Err(fault::open_balance("The customer")),
        InactiveWithBalance::Credited => write_off(company, id, balance, &Call::at(call.now)),
    }
}

fn write_off(company: &mut Company, customer: &str, balance: Decimal, call: &Call) -> Checked<()> {
    let reference = |id: &str| object().with("value", text(id.to_owned()));
    let detail = object().with("ItemRef", reference(DEFAULT_ITEM_ID)).with("TaxCodeRef", reference("NON"));
    let line = object()
        .with("DetailType", text("SalesItemLineDetail"))
        .with("Amount", money(balance.abs()))
        .with("SalesItemLineDetail", detail);
    let body = object()
        .with("CustomerRef", reference(customer))
        .with("PrivateNote", text(NOTE))
        .with("Line", Json::List(vec![line]));
    let (kind, id) = match balance.is_sign_positive() {
        true => (EntityKind::CreditMemo, credit_memo::create(company, &body, call)?),
        false => (EntityKind::Invoice, invoice::create(company, &body, call)?),
    };
    crate::documents::auto_apply(company, kind, &id, call);
    company.change_log.events.push(Event::of(kind, Operation::Create, id));
    Ok(())
}
