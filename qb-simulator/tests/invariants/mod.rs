//! What must hold after every request, whatever it was: the books add up, and no id is given out twice.
#![allow(dead_code, unreachable_pub, reason = "every test file uses its own part")]

use std::collections::BTreeSet;

use qb_simulator::Company;
use rust_decimal::Decimal;

/// Every kind of document; they share one sequence of ids.
pub const DOCUMENTS: [&str; 13] = [
    "Invoice",
    "CreditMemo",
    "SalesReceipt",
    "RefundReceipt",
    "Payment",
    "Purchase",
    "PurchaseOrder",
    "Bill",
    "VendorCredit",
    "BillPayment",
    "JournalEntry",
    "Deposit",
    "Transfer",
];

/// The lists that share the sequence of names, as far as they are simulated.
const NAMES: [&str; 3] = ["Customer", "Vendor", "Employee"];

/// The ids seen so far.
#[derive(Debug, Default)]
pub struct Watch {
    alive: BTreeSet<u64>,
    gone: BTreeSet<u64>,
}

impl Watch {
    /// Looks at the company after a request. The error says what does not hold.
    pub fn look(&mut self, company: &Company) -> Result<(), String> {
        company.audit()?;
        if !company.ledger().is_balanced() {
            return Err("all debits differ from all credits".into());
        }
        let now: BTreeSet<u64> = company.ledger().entries().map(|(id, _)| id).collect();
        if let Some(id) = now.iter().find(|id| self.gone.contains(id)) {
            return Err(format!("transaction id {id} is used again"));
        }
        let highest = self.alive.iter().chain(&self.gone).max().copied().unwrap_or_default();
        if let Some(id) = now.difference(&self.alive).find(|id| **id <= highest) {
            return Err(format!("transaction id {id} is new, but below {highest}"));
        }
        self.gone.extend(self.alive.difference(&now).copied());
        self.alive = now;
        Ok(())
    }

    /// What takes longer: each transaction is of one kind, each name stands in one list, and what the lists show
    /// adds up to the control accounts.
    pub fn look_closely(&mut self, company: &Company) -> Result<(), String> {
        self.look(company)?;
        for id in &self.alive {
            let kinds = DOCUMENTS.iter().filter(|kind| company.read(kind, &id.to_string()).is_some());
            if kinds.count() != 1 {
                return Err(format!("transaction {id} is not of one kind"));
            }
        }
        let documents: usize = DOCUMENTS.iter().map(|kind| company.count(kind)).sum();
        if documents != self.alive.len() {
            return Err(format!("{documents} documents, {} in the ledger", self.alive.len()));
        }
        let names = NAMES.iter().map(|list| company.count(list)).sum();
        for id in (1..=names).map(|id| id.to_string()) {
            if NAMES.iter().filter(|list| company.read(list, &id).is_some()).count() != 1 {
                return Err(format!("name {id} does not stand in one list"));
            }
        }
        for (list, account_type, sign) in
            [("Customer", "Accounts Receivable", Decimal::ONE), ("Vendor", "Accounts Payable", -Decimal::ONE)]
        {
            let owed = shown(company, list, names, "Balance", |_| true);
            let control = shown(company, "Account", company.count("Account"), "CurrentBalance", |account| {
                account.get("AccountType").and_then(|of| of.as_text()) == Some(account_type)
            });
            if owed != control * sign {
                return Err(format!("{list} balances come to {owed}, {account_type} to {control}"));
            }
        }
        Ok(())
    }
}

/// The sum of a property over the entries of a list.
fn shown(
    company: &Company,
    list: &str,
    ids: usize,
    property: &str,
    counts: impl Fn(&qb_simulator::Json) -> bool,
) -> Decimal {
    let entries =
        (1..=ids).filter_map(|id| company.read(list, &id.to_string())).filter(|entry| counts(entry));
    entries.filter_map(|entry| entry.get(property)?.as_text()?.parse::<Decimal>().ok()).sum()
}
