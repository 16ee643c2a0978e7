//! The roles that accounts and items play, with the POS's names for them.

use std::fmt;

use pos_model::TenderTypeId;
use qb_model::AccountType;

/// Stands for a store in the role of an account; it follows from the store's code alone, so that the role has one key for good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StoreTag(u64);

impl StoreTag {
    /// Returns the tag of the store with this code.
    #[must_use]
    pub fn of(code: &str) -> Self {
        // FNV-1a, 64 bits: a code and its tag never part, on any machine.
        let hash = code.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        Self(hash)
    }
}

impl fmt::Display for StoreTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

/// An account that must tie out, by its role. Which account of the company plays it is the company mapping's to say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ControlAccount {
    /// item lines.
    Sales,
    /// The account of a POS item that is mapped to a QuickBooks item of its own: another income account, or a liability
    /// for tips. The number counts such accounts within one company mapping.
    OfItem(u32),
    /// what customers owe; QuickBooks' own, never mapped.
    Receivable,
    /// money tenders that are not mapped elsewhere.
    TillTakings,
    /// a money tender with an account of its own.
    TakingsOf(TenderTypeId),
    /// where refunds of a money tender are paid from, when that is not where its money goes.
    RefundsOf(TenderTypeId),
    /// P-03: a money tender with an account of its own in a store that has tenders of its own.
    TakingsAt(StoreTag, TenderTypeId),
    /// P-03: where refunds of such a tender are paid from, when that is not where its money goes.
    RefundsAt(StoreTag, TenderTypeId),
    /// gift certificates outstanding.
    Vouchers,
    /// deposits on customer orders outstanding.
    Deposits,
    /// pay-ins and pay-outs.
    DropsAndPayouts,
    /// goods received.
    Purchases,
    /// tax on purchases and on their shipping.
    PurchasesTax,
    /// shipping of purchases.
    PurchasesShipping,
    /// other fees of purchases.
    PurchasesOtherFees,
    /// shipping charged; the company's preference names the account.
    Shipping,
    /// Sales tax collected and not yet paid over; the tax agency's account.
    SalesTax,
    /// what suppliers are owed; QuickBooks' own, never mapped.
    Payable,
    /// cash rounding.
    Rounding,
    /// What gift certificates are worth beyond what was paid for them, where the mapping names an account for it; else that
    /// stands in [`ControlAccount::Sales`] (D-06).
    CertificateDiscounts,
    /// Where the books carried certificates and deposits before the company went live (T-05).
    OpeningBalances,
}

impl ControlAccount {
    /// The accounts of purchases.
    pub const PURCHASING: [Self; 5] = [
        Self::Purchases,
        Self::PurchasesTax,
        Self::PurchasesShipping,
        Self::PurchasesOtherFees,
        Self::Payable,
    ];

    /// Returns the type that this account is created with, and QuickBooks' `AccountSubType` (docs/rules.md, A-01 to A-14).
    #[must_use]
    pub const fn default_type(self) -> (AccountType, &'static str) {
        match self {
            Self::Sales | Self::OfItem(_) => (AccountType::Income, "SalesOfProductIncome"),
            Self::Receivable => (AccountType::AccountsReceivable, "AccountsReceivable"),
            Self::TillTakings
            | Self::TakingsOf(_)
            | Self::RefundsOf(_)
            | Self::TakingsAt(..)
            | Self::RefundsAt(..) => (AccountType::Bank, "CashOnHand"),
            Self::Vouchers | Self::Deposits | Self::SalesTax => {
                (AccountType::OtherCurrentLiability, "OtherCurrentLiabilities")
            }
            Self::DropsAndPayouts => (AccountType::OtherCurrentAsset, "OtherCurrentAssets"),
            Self::Purchases | Self::PurchasesTax | Self::PurchasesOtherFees => {
                (AccountType::CostOfGoodsSold, "SuppliesMaterialsCogs")
            }
            Self::PurchasesShipping => (AccountType::CostOfGoodsSold, "ShippingFreightDeliveryCos"),
            Self::Shipping => (AccountType::Income, "ServiceFeeIncome"),
            Self::Payable => (AccountType::AccountsPayable, "AccountsPayable"),
            Self::Rounding => (AccountType::Expense, "OtherMiscellaneousServiceCost"),
            Self::CertificateDiscounts => (AccountType::Income, "DiscountsRefundsGiven"),
            Self::OpeningBalances => (AccountType::Equity, "OpeningBalanceEquity"),
        }
    }

    /// Returns whether a run makes the account when the company lacks it. Shipping and sales tax are QuickBooks' own; what a
    /// mapped item or the opening entry points to is the accountant's choice.
    #[must_use]
    pub const fn is_made_when_missing(self) -> bool {
        !matches!(self, Self::Shipping | Self::SalesTax | Self::OfItem(_) | Self::OpeningBalances)
    }

    /// Returns the types that an account in this role may have in any company; [`crate::Period::allowed_types`] knows
    /// more.
    #[must_use]
    pub const fn allowed_types(self) -> &'static [AccountType] {
        use AccountType as T;
        match self {
            Self::Sales => &[T::Income, T::OtherIncome],
            Self::Receivable => &[T::AccountsReceivable],
            Self::TillTakings | Self::TakingsOf(_) | Self::TakingsAt(..) => &[T::Bank],
            Self::RefundsOf(_) | Self::RefundsAt(..) => &[T::Bank, T::CreditCard],
            Self::Vouchers | Self::Deposits | Self::SalesTax => &[T::OtherCurrentLiability],
            Self::DropsAndPayouts => &[T::OtherCurrentAsset, T::OtherCurrentLiability, T::Expense],
            Self::Purchases | Self::PurchasesTax | Self::PurchasesShipping | Self::PurchasesOtherFees => {
                &[T::CostOfGoodsSold, T::Expense, T::OtherCurrentAsset]
            }
            Self::Shipping => &[T::Income, T::OtherIncome, T::Expense],
            Self::Payable => &[T::AccountsPayable],
            Self::CertificateDiscounts => &[T::Income, T::Expense],
            Self::OfItem(_) | Self::OpeningBalances => &POSTING,
            Self::Rounding => &[T::Income, T::OtherIncome, T::Expense, T::OtherExpense, T::CostOfGoodsSold],
        }
    }
}

/// Every type but Accounts Receivable and Accounts Payable.
const POSTING: [AccountType; 13] = [
    AccountType::Bank,
    AccountType::OtherCurrentAsset,
    AccountType::FixedAsset,
    AccountType::OtherAsset,
    AccountType::CreditCard,
    AccountType::OtherCurrentLiability,
    AccountType::LongTermLiability,
    AccountType::Equity,
    AccountType::Income,
    AccountType::OtherIncome,
    AccountType::CostOfGoodsSold,
    AccountType::Expense,
    AccountType::OtherExpense,
];

/// The item a sales line names, by its role; an item decides which account its line posts to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ItemRole {
    /// `Cloud POS Item`: any goods without an item of their own.
    Goods,
    /// A QuickBooks item that the company mapping names for a POS item. The number counts such items within one company
    /// mapping.
    Mapped(u32),
    /// `Cloud POS Voucher Item`: gift certificates.
    Voucher,
    /// `Cloud POS Deposit Item`: deposits on customer orders.
    Deposit,
    /// `Cloud POS Drops and Payouts Item`: pay-ins.
    DropsAndPayouts,
    /// `Cloud POS Rounding Item`: cash rounding.
    Rounding,
    /// What a gift certificate is worth beyond what was paid for it: `Cloud POS Certificate Discount Item` where the mapping
    /// names an account for it, else `Cloud POS Item`.
    CertificateDiscount,
    /// QuickBooks' own `SHIPPING_ITEM_ID`.
    Shipping,
}

impl ItemRole {
    /// The items that documents of any company may need; QuickBooks brings the shipping item itself.
    pub const PROVISIONED: [Self; 5] =
        [Self::Goods, Self::Voucher, Self::Deposit, Self::DropsAndPayouts, Self::Rounding];

    /// The item's name in QuickBooks; of a mapped item, [`crate::Period::item_name`] knows it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Goods | Self::Mapped(_) => "Cloud POS Item",
            Self::Voucher => "Cloud POS Voucher Item",
            Self::Deposit => "Cloud POS Deposit Item",
            Self::DropsAndPayouts => "Cloud POS Drops and Payouts Item",
            Self::Rounding => "Cloud POS Rounding Item",
            Self::CertificateDiscount => "Cloud POS Certificate Discount Item",
            Self::Shipping => "Shipping",
        }
    }

    /// The account that its lines post to; of a mapped item, [`crate::Period::account_of`] knows it.
    pub(crate) const fn account(self) -> ControlAccount {
        match self {
            Self::Goods | Self::Mapped(_) => ControlAccount::Sales,
            Self::Voucher => ControlAccount::Vouchers,
            Self::Deposit => ControlAccount::Deposits,
            Self::DropsAndPayouts => ControlAccount::DropsAndPayouts,
            Self::Rounding => ControlAccount::Rounding,
            Self::CertificateDiscount => ControlAccount::CertificateDiscounts,
            Self::Shipping => ControlAccount::Shipping,
        }
    }
}
