//! One batch's figures for programs: what the till took, and what its documents move on every control account.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use mapping::{ControlAccount, legs, plan};
use pos_model::{Batch, Money};
use serde::Serialize;

use crate::report::Report;
use crate::session::Exchange;

/// A batch that was started. Amounts are text with two decimals, debit positive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct BatchSummary {
    /// The store's name.
    pub store: String,
    /// The register.
    pub register: String,
    /// The batch's number.
    pub number: u64,
    /// Its business date.
    pub business_date: NaiveDate,
    /// Its documents, counted by kind.
    pub documents: BTreeMap<&'static str, u64>,
    /// What the till took by tender type.
    pub tenders: BTreeMap<String, String>,
    /// What its documents are planned to move on each control account, by the name that it has in QuickBooks.
    pub control_accounts: BTreeMap<String, String>,
}

impl Exchange {
    /// Sums up a batch that was run.
    #[must_use]
    pub fn batch_summary(&self, batch: &Batch, report: &Report) -> BatchSummary {
        let period = self.company.on(batch.business_date());
        let mut accounts: BTreeMap<ControlAccount, Money> =
            period.control_accounts().into_iter().map(|account| (account, Money::ZERO)).collect();
        // A batch that was run can be planned.
        let history = self.session.as_ref().map(|session| &session.history);
        let is_undone = history.is_some_and(|history| history.undone(&report.origin).is_some());
        if let Some(plan) = plan(batch, &self.company).ok().filter(|_| !is_undone) {
            for leg in plan.documents().flat_map(|planned| legs(&planned.document, period)) {
                *accounts.entry(leg.account).or_default() += leg.amount;
            }
        }
        let mut named: BTreeMap<String, Money> = BTreeMap::new();
        for (account, amount) in accounts {
            let snapshot = self.session.as_ref().map(|session| &session.snapshot);
            let name =
                snapshot.map_or_else(|| period.account_name(account), |known| known.name_of(account, period));
            *named.entry(name.to_owned()).or_default() += amount;
        }
        let tenders = batch.tender_totals().into_iter();
        BatchSummary {
            store: report.store.clone(),
            register: batch.register().to_owned(),
            number: report.number,
            business_date: report.business_date,
            documents: report.counts().by_kind,
            tenders: tenders.map(|(id, amount)| (id.to_string(), amount.to_string())).collect(),
            control_accounts: named.into_iter().map(|(name, amount)| (name, amount.to_string())).collect(),
        }
    }
}
