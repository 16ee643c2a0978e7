//! What else happens at a register: deposits, payments on account, pay-ins and pay-outs.

use super::reader::{Reader, UNLIMITED};
use crate::batch::{AccountPayment, Deposit, Direction, PayInOut};
use crate::tender::TenderKind;
use crate::{Money, Rule, raw};

impl Reader {
    pub(super) fn deposit(&mut self, raw: raw::Deposit) -> Option<Deposit> {
        let faults_before = self.faults.len();
        self.instant("occurred_at", raw.occurred_at);
        let is_named = raw.customer.is_some();
        let customer = raw.customer.and_then(|id| self.customer_of(id));
        if raw.tenders.is_empty() {
            self.fault("tenders", Rule::NoTenders);
        }
        let tenders = self.tenders(raw.tenders);
        for (i, tender) in tenders.iter().enumerate() {
            self.place.part = Some(("tender", i));
            if tender.order == Some(raw.order) {
                self.fault("order", Rule::DepositPaidFromItself { order: raw.order });
            }
            let is_account = tender.tender_type.kind == TenderKind::CustomerAccount;
            if is_account && !tender.amount.is_zero() && !is_named {
                self.fault("type", Rule::CustomerRequired);
            }
            self.place.part = None;
        }
        if !tenders.iter().map(|t| t.amount.abs()).sum::<Money>().is_in_bounds() {
            self.fault("tenders", Rule::TotalOutOfRange);
        }
        let (id, occurred_at, order) = (raw.id, raw.occurred_at, raw.order);
        (self.faults.len() == faults_before).then_some(Deposit { id, occurred_at, order, customer, tenders })
    }

    pub(super) fn account_payment(&mut self, raw: raw::AccountPayment) -> Option<AccountPayment> {
        let faults_before = self.faults.len();
        self.instant("occurred_at", raw.occurred_at);
        let customer = match raw.customer {
            Some(id) => self.customer_of(id),
            None => {
                self.fault("customer", Rule::CustomerRequired);
                None
            }
        };
        if raw.tenders.is_empty() {
            self.fault("tenders", Rule::NoTenders);
        }
        let tenders = self.tenders(raw.tenders);
        for (i, tender) in tenders.iter().enumerate() {
            if tender.tender_type.kind == TenderKind::CustomerAccount {
                self.place.part = Some(("tender", i));
                self.fault("type", Rule::AccountTenderRefused { id: tender.tender_type.id.0 });
                self.place.part = None;
            }
        }
        self.no_deposit_given(&tenders);
        if !tenders.iter().map(|t| t.amount.abs()).sum::<Money>().is_in_bounds() {
            self.fault("tenders", Rule::TotalOutOfRange);
        }
        if self.faults.len() > faults_before {
            return None;
        }
        Some(AccountPayment { id: raw.id, occurred_at: raw.occurred_at, customer: customer?, tenders })
    }

    pub(super) fn pay_in_out(&mut self, raw: raw::PayInOut) -> Option<PayInOut> {
        self.instant("occurred_at", raw.occurred_at);
        let reason = self.optional_text("reason", raw.reason, UNLIMITED);
        let amount = self.money("amount", &raw.amount);
        let tender_type = self.tender_type_of("tender_type", raw.tender_type)?;
        if !tender_type.kind.is_money() {
            self.fault("tender_type", Rule::MoneyTenderRequired { id: raw.tender_type });
        }
        let amount = amount?;
        if !amount.is_positive() {
            self.fault("amount", Rule::NotPositive { amount });
        }
        let direction = match raw.direction {
            raw::Direction::PayIn => Direction::PayIn,
            raw::Direction::PayOut => Direction::PayOut,
        };
        let (id, occurred_at) = (raw.id, raw.occurred_at);
        Some(PayInOut { id, occurred_at, direction, tender_type, amount, reason })
    }
}
