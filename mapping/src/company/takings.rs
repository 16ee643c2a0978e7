//! Where money tenders go, and where money that is given out comes from; a store may have tenders of its own (P-03).

use pos_model::TenderTypeId;
use qb_model::AccountType;

use super::period::Period;
use crate::ControlAccount;
use crate::account::StoreTag;

impl Period {
    /// Returns whether a store's tender types are its own, whatever other stores mean by the same ids (P-03).
    #[must_use]
    pub fn has_own_tenders(&self, store_code: &str) -> bool {
        self.mapping().stores.get(store_code).is_some_and(|store| store.tender_accounts.is_some())
    }

    /// Returns the account that money of this tender goes into at a store.
    #[must_use]
    pub fn takings(&self, store_code: &str, tender: TenderTypeId) -> ControlAccount {
        let (takings, _) = self.roles(store_code, tender);
        if self.tender_account(takings).is_some() { takings } else { ControlAccount::TillTakings }
    }

    /// Returns the account that money of this tender is paid out of at a store: refunds, credit paid back, pay-outs.
    #[must_use]
    pub fn refunds(&self, store_code: &str, tender: TenderTypeId) -> ControlAccount {
        let (_, refunds) = self.roles(store_code, tender);
        if self.tender_account(refunds).is_some() { refunds } else { self.takings(store_code, tender) }
    }

    /// Returns the types that an account in this role may have in this company: one that no refund is paid from may
    /// be an asset such as Undeposited Funds, for QuickBooks pays expenses from Bank and Credit Card accounts only.
    #[must_use]
    pub fn allowed_types(&self, account: ControlAccount) -> &'static [AccountType] {
        if self.takes_money_alone(account) {
            &[AccountType::Bank, AccountType::OtherCurrentAsset]
        } else {
            account.allowed_types()
        }
    }

    /// Returns whether it is a tender's own account, and refunds of the tender are paid from another one.
    #[must_use]
    pub fn takes_money_alone(&self, account: ControlAccount) -> bool {
        let is_takings = matches!(account, ControlAccount::TakingsOf(_) | ControlAccount::TakingsAt(..));
        is_takings && self.accounts_of(account).is_some_and(|accounts| accounts.refund_account.is_some())
    }

    /// The roles that a tender's own accounts have at a store, whether it has such accounts or not.
    fn roles(&self, store_code: &str, tender: TenderTypeId) -> (ControlAccount, ControlAccount) {
        if self.has_own_tenders(store_code) {
            let tag = StoreTag::of(store_code);
            (ControlAccount::TakingsAt(tag, tender), ControlAccount::RefundsAt(tag, tender))
        } else {
            (ControlAccount::TakingsOf(tender), ControlAccount::RefundsOf(tender))
        }
    }
}
