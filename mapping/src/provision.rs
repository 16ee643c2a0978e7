//! List entries that documents need: accounts, items, payment methods, customers.
//!
//! They are steps like documents, keyed by role or by the POS's immutable id, ensured once and never in content
//! conflict. What the company already has is bound by its name before anything is created.

use std::collections::BTreeMap;

use pos_model::{TenderKind, TenderType};

use crate::document::Party;
use crate::{ControlAccount, ItemRole, Origin, Plan, StepKey};

/// A list entry to be ensured.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum ListEntry<'a> {
    /// The account that plays a role.
    Account(ControlAccount),
    /// The item that plays a role, by its name.
    Item(ItemRole, &'a str),
    /// The payment method that stands for a type of money tender.
    PaymentMethod(&'a TenderType),
    /// The customer record of a party.
    Customer(Party<'a>),
    /// The vendor of this name.
    Vendor(&'a str),
}

impl ListEntry<'_> {
    /// The lasting key.
    pub fn key(&self) -> StepKey {
        StepKey(match self {
            Self::Account(account) => format!("acct-{}", account.word()),
            Self::Item(ItemRole::Mapped(_), name) => format!("item-{}", name_key(name)),
            Self::Item(item, _) => format!("item-{}", item.word()),
            Self::PaymentMethod(tender) => format!("pm-{}", tender.id()),
            Self::Customer(party) => party.key().to_string(),
            Self::Vendor(name) => format!("vend-{}", name_key(name)),
        })
    }
}

/// The accounts, items and payment methods that a plan's documents need, accounts first: of a batch the till's own control
/// accounts and, where a document uses it, the rounding account; of a purchase order those of purchases.
///
/// What is not ours to make is never among them: [`ControlAccount::is_made_when_missing`].
pub fn provision<'a>(plan: &Plan<'a>) -> Vec<ListEntry<'a>> {
    let company = plan.company();
    let accounts = match plan.origin() {
        Origin::Batch(_) => {
            let mut accounts = company.control_accounts();
            if plan.uses(ItemRole::Rounding) {
                accounts.push(ControlAccount::Rounding);
            }
            accounts
        }
        Origin::PurchaseOrder(_) => ControlAccount::PURCHASING.to_vec(),
        Origin::Opening { .. } => vec![ControlAccount::Vouchers, ControlAccount::Deposits],
    };
    let is_ours = |account: &ControlAccount| account.is_made_when_missing();
    let mut entries: Vec<ListEntry<'a>> =
        accounts.iter().copied().filter(is_ours).map(ListEntry::Account).collect();
    if let Origin::Batch(_) = plan.origin() {
        let is_needed = |item: &ItemRole| match item {
            ItemRole::Mapped(_) => plan.uses(*item),
            item => accounts.contains(&item.account()),
        };
        let items = company.items().into_iter().filter(is_needed);
        entries.extend(items.map(|item| ListEntry::Item(item, company.item_name(item))));
    }
    let tenders: BTreeMap<u64, &'a TenderType> = plan
        .documents()
        .filter_map(|planned| planned.document.tender())
        .map(|tender| (tender.id().0, tender))
        .collect();
    entries.extend(tenders.into_values().map(ListEntry::PaymentMethod));
    entries
}

/// A vendor or a mapped item has no id of the POS's: its name stands for it. A request id takes 36 plain characters, so the key holds what
/// of the name is plain and a checksum of all of it.
fn name_key(name: &str) -> String {
    // QuickBooks' names are the same whatever their case.
    let name = qb_model::name_key(name);
    let plain: String = name.chars().filter(char::is_ascii_alphanumeric).take(16).collect();
    // FNV-1a, 32 bits: a name and its key never part, on any machine.
    let checksum =
        name.bytes().fold(0x811c_9dc5_u32, |sum, b| (sum ^ u32::from(b)).wrapping_mul(0x0100_0193));
    format!("{plain}-{checksum:08x}")
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
            Self::OfItem(index) => format!("of-item-{index}"),
            Self::OpeningBalances => "opening-balances".to_owned(),
            Self::Receivable => "receivable".to_owned(),
            Self::TillTakings => "till-takings".to_owned(),
            Self::TakingsOf(tender) => format!("takings-of-{tender}"),
            Self::Vouchers => "vouchers".to_owned(),
            Self::Deposits => "deposits".to_owned(),
            Self::DropsAndPayouts => "drops-and-payouts".to_owned(),
            Self::Purchases => "purchases".to_owned(),
            Self::PurchasesTax => "purchases-tax".to_owned(),
            Self::PurchasesShipping => "purchases-shipping".to_owned(),
            Self::PurchasesOtherFees => "purchases-other-fees".to_owned(),
            Self::Payable => "payable".to_owned(),
            Self::Rounding => "rounding".to_owned(),
            Self::CertificateDiscounts => "certificate-discounts".to_owned(),
            Self::Shipping => "shipping".to_owned(),
            Self::SalesTax => "sales-tax".to_owned(),
        }
    }
}

impl ItemRole {
    /// The role in one word.
    fn word(self) -> &'static str {
        match self {
            Self::Goods | Self::Mapped(_) => "goods",
            Self::Voucher => "voucher",
            Self::Deposit => "deposit",
            Self::Rounding => "rounding",
            Self::CertificateDiscount => "certificate-discount",
            Self::DropsAndPayouts => "drops-and-payouts",
            Self::Shipping => "shipping",
        }
    }
}
