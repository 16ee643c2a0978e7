//! Adds a company's books up again from their entries.
//!
//! Neighbours: `books` holds what is added up.

use rust_decimal::Decimal;

use crate::base::amount::member;
use crate::base::kind::EntityKind;
use crate::books::company::{Company, number};
use crate::books::receivables::OpenItem;
use crate::lists::account;

/// Adds everything up again: debits equal credits in every document, running balances equal their
/// entries, the A/R accounts equal the customers' balances and the open documents, and the A/P accounts the
/// vendors' balances and the open bills. The error says what disagrees.
pub(crate) fn audit(company: &Company) -> Result<(), String> {
    company.ledger.audit()?;
    let control = control_balance(company, account::ACCOUNTS_RECEIVABLE);
    let (customers, open) = (company.ledger.customers_total(), company.receivables.total(None));
    if control != customers || control != open {
        return Err(format!("A/R {control}, customers {customers}, open documents {open}"));
    }
    let control = -control_balance(company, account::ACCOUNTS_PAYABLE);
    let (vendors, open) = (company.ledger.vendors_total(), company.payables.total(None));
    if control != vendors || control != open {
        return Err(format!("A/P {control}, vendors {vendors}, open bills {open}"));
    }
    if let Some(txn_id) = company.receivables.overdrawn().or_else(|| company.payables.overdrawn()) {
        return Err(format!("transaction {txn_id} has a negative open amount"));
    }
    company
        .receivables
        .items()
        .chain(company.payables.items())
        .try_for_each(|(id, item)| audit_open(company, id, item))
}

/// An open document is there, and shows what the books say is open on it.
fn audit_open(company: &Company, id: u64, item: &OpenItem) -> Result<(), String> {
    let Some(record) = company.store(item.kind).get(&id.to_string()) else {
        return Err(format!("transaction {id} is open, but deleted"));
    };
    let shown = ["Balance", "UnappliedAmt", "RemainingCredit"];
    let shown = shown.iter().filter_map(|name| member(&record.body, name));
    for balance in shown {
        if balance != item.open {
            return Err(format!("transaction {id} shows {balance} open, the books say {}", item.open));
        }
    }
    Ok(())
}

fn control_balance(company: &Company, account_type: &str) -> Decimal {
    let accounts = company.store(EntityKind::Account).find("AccountType", account_type);
    accounts.map(|record| company.ledger.balance(number(&record.id))).sum()
}
