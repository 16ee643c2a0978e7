//! Where money tenders go, and where money that is given out comes from.

use pos_model::TenderTypeId;
use qb_model::AccountType;

use super::period::Period;
use crate::ControlAccount;

impl Period {
    /// Returns the account that money of this tender goes into.
    #[must_use]
    pub fn takings(&self, tender: TenderTypeId) -> ControlAccount {
        if self.mapping.tender_accounts.contains_key(&tender.0) {
            ControlAccount::TakingsOf(tender)
        } else {
            ControlAccount::TillTakings
        }
    }

    /// Returns the account that money of this tender is paid out of: refunds, credit paid back, pay-outs.
    #[must_use]
    pub fn refunds(&self, tender: TenderTypeId) -> ControlAccount {
        if self.refund_account(tender).is_some() {
            ControlAccount::RefundsOf(tender)
        } else {
            self.takings(tender)
        }
    }

    /// Returns the types that an account in this role may have in this company: one that no refund is paid from may
    /// be an asset such as Undeposited Funds, for QuickBooks pays expenses from Bank and Credit Card accounts only.
    #[must_use]
    pub fn allowed_types(&self, account: ControlAccount) -> &'static [AccountType] {
        match account {
            ControlAccount::TakingsOf(tender) if self.refund_account(tender).is_some() => {
                &[AccountType::Bank, AccountType::OtherCurrentAsset]
            }
            account => account.allowed_types(),
        }
    }
}
