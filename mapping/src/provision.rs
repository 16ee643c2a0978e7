//! List entries that documents need: accounts, items, payment methods, customers.
//!
//! They are steps like documents, keyed by role or by the POS's immutable id, ensured once and never in content
//! conflict. What the company already has is bound by its name before anything is created.

use std::collections::BTreeMap;

use pos_model::{Batch, TenderKind, TenderType};

use crate::document::Party;
use crate::{Company, ControlAccount, ItemRole, StepKey};

/// A list entry to be ensured.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum ListEntry<'a> {
    /// The account that plays a role.
    Account(ControlAccount),
    /// The item that plays a role.
    Item(ItemRole),
    /// The payment method that stands for a type of money tender.
    PaymentMethod(&'a TenderType),
    /// The customer record of a party.
    Customer(Party<'a>),
}

impl ListEntry<'_> {
    /// The lasting key.
    pub fn key(&self) -> StepKey {
        StepKey(match self {
            Self::Account(account) => format!("acct-{}", account.word()),
            Self::Item(item) => format!("item-{}", item.word()),
            Self::PaymentMethod(tender) => format!("pm-{}", tender.id()),
            Self::Customer(party) => party.key().to_string(),
        })
    }
}

/// The accounts, items and payment methods that the documents of these batches need, accounts first.
///
/// Shipping and sales tax are not among them: those accounts are QuickBooks' own.
pub fn provision<'a>(batches: &[&'a Batch], company: &Company) -> Vec<ListEntry<'a>> {
    let mut entries: Vec<ListEntry<'a>> = (company.control_accounts().into_iter())
        .filter(|account| !matches!(account, ControlAccount::Shipping | ControlAccount::SalesTax))
        .map(ListEntry::Account)
        .collect();
    entries.extend(ItemRole::PROVISIONED.map(ListEntry::Item));
    entries.extend(money_tenders(batches).into_values().map(ListEntry::PaymentMethod));
    entries
}

/// The money tenders that the batches use, by id.
fn money_tenders<'a>(batches: &[&'a Batch]) -> BTreeMap<u64, &'a TenderType> {
    let mut tenders = BTreeMap::new();
    for batch in batches {
        let used = (batch.transactions().iter().flat_map(|t| t.tenders()))
            .chain(batch.account_payments().iter().flat_map(|p| p.tenders()))
            .map(|tender| &**tender.tender_type())
            .chain(batch.pay_ins_and_outs().iter().map(|pay| &**pay.tender_type()));
        tenders.extend(used.filter(|t| t.kind().is_money()).map(|t| (t.id().0, t)));
    }
    tenders
}

/// QuickBooks' payment method for a type of tender: its name, at most 31 characters, and whether it is a card.
pub(crate) fn payment_method(tender: &TenderType) -> (String, bool) {
    (tender.name().chars().take(31).collect(), tender.kind() == TenderKind::Card)
}

impl ControlAccount {
    /// The role in one word.
    fn word(self) -> String {
        match self {
            Self::Sales => "sales".to_owned(),
            Self::Receivable => "receivable".to_owned(),
            Self::TillTakings => "till-takings".to_owned(),
            Self::TakingsOf(tender) => format!("takings-of-{tender}"),
            Self::Vouchers => "vouchers".to_owned(),
            Self::Deposits => "deposits".to_owned(),
            Self::DropsAndPayouts => "drops-and-payouts".to_owned(),
            Self::Shipping => "shipping".to_owned(),
            Self::SalesTax => "sales-tax".to_owned(),
        }
    }
}

impl ItemRole {
    /// The role in one word.
    fn word(self) -> &'static str {
        match self {
            Self::Goods => "goods",
            Self::Voucher => "voucher",
            Self::DropsAndPayouts => "drops-and-payouts",
            Self::Shipping => "shipping",
        }
    }
}
