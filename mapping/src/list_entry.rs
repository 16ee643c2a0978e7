//! A list entry that documents need: an account, item, payment method, customer or vendor.
//!
//! Keyed by role or by the POS's immutable id, ensured once and never in content conflict.

use pos_model::{TenderKind, TenderType};

use crate::party::Party;
use crate::step::StepKey;
use crate::{ControlAccount, ItemRole};

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
            Self::Item(ItemRole::Mapped(_), name) => format!("item-{}", request_key(name)),
            Self::Item(item, _) => format!("item-{}", item.word()),
            Self::PaymentMethod(tender) => format!("pm-{}", tender.id()),
            Self::Customer(party) => party.key().to_string(),
            Self::Vendor(name) => format!("vend-{}", request_key(name)),
        })
    }
}

/// A vendor or a mapped item has no id of the POS's: its name stands for it. A request id takes 36 plain characters, so the key holds what
/// of the name is plain and a checksum of all of it.
fn request_key(name: &str) -> String {
    // QuickBooks' names are the same whatever their case.
    let name = qb_model::engine::name_key(name);
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
            Self::RefundsOf(tender) => format!("refunds-of-{tender}"),
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
