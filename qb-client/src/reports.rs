//! What QuickBooks says of the company as a whole: preferences, name and plan, trial balance, general ledger.
//!
//! A report counts only for the days and the basis that it was asked for. Neighbours: `qb-model` reads them.

use chrono::{Datelike, NaiveDate};
use qb_model::{CompanyInfo, GeneralLedger, ModelError, Preferences, TrialBalance};

use crate::client::Client;
use crate::read_error::ReadError;
use crate::request::Operation;

impl Client {
    /// Reads the company's preferences.
    ///
    /// # Errors
    /// [`ReadError`]; an answer without preferences is one, so that absence is never read as a setting.
    pub async fn preferences(&self) -> Result<Preferences, ReadError> {
        let body = self.read(Operation::Preferences).await?.value;
        match body.get("Preferences").filter(|inner| inner.is_object()) {
            Some(inner) => Ok(Preferences::read(inner)),
            None => Err(ModelError::Missing { what: "Preferences", field: "Preferences" }.into()),
        }
    }

    /// Reads the company's name, country and plan.
    ///
    /// # Errors
    /// [`ReadError`].
    pub async fn company_info(&self) -> Result<CompanyInfo, ReadError> {
        Ok(CompanyInfo::read(&self.read(Operation::CompanyInfo).await?.value)?)
    }

    /// Reads the trial balance at the end of a day, on the accrual basis.
    ///
    /// Starts on 1 January of that year: without both dates QuickBooks takes the current month.
    ///
    /// # Errors
    /// [`ReadError::OtherReport`] when the report is for another period or basis; [`ReadError::Unreadable`] when it is
    /// another report, is empty without saying so, or does not add up to its own totals; else as every read.
    pub async fn trial_balance(&self, end_date: NaiveDate) -> Result<TrialBalance, ReadError> {
        let start_date = end_date.with_ordinal(1).unwrap_or(end_date);
        let parameters = [
            ("start_date", start_date.to_string()),
            ("end_date", end_date.to_string()),
            ("accounting_method", "Accrual".to_owned()),
        ];
        let body =
            self.read(Operation::Report { name: "TrialBalance", parameters: &parameters }).await?.value;
        let report = TrialBalance::read(&body)?;
        let starts = report.start_date.is_none_or(|start| start == start_date);
        if starts && report.end_date == end_date && is_accrual(&report.report_basis) {
            return Ok(report);
        }
        let start = report.start_date.unwrap_or(start_date);
        let found = format!("{start} to {} {}", report.end_date, report.report_basis);
        Err(ReadError::OtherReport { asked: format!("{start_date} to {end_date} Accrual"), found })
    }

    /// Reads the general ledger of some accounts, by their ids, between two days, both included, on the accrual basis.
    /// Large: ask for few accounts or few days.
    ///
    /// # Errors
    /// [`ReadError::OtherReport`] when the report is for other days or another basis; [`ReadError::Unreadable`] when it is
    /// another report, is empty without saying so, or does not add up to its own totals; [`ReadError::TooLarge`] when the answer
    /// is larger than this client takes in; else as every read.
    pub async fn general_ledger(
        &self,
        start_date: NaiveDate,
        end_date: NaiveDate,
        accounts: &[&str],
    ) -> Result<GeneralLedger, ReadError> {
        let columns = "tx_date,txn_type,doc_num,name,memo,subt_nat_amount,rbal_nat_amount";
        let parameters = [
            ("start_date", start_date.to_string()),
            ("end_date", end_date.to_string()),
            ("accounting_method", "Accrual".to_owned()),
            ("account", accounts.join(",")),
            ("columns", columns.to_owned()),
        ];
        let body =
            self.read(Operation::Report { name: "GeneralLedger", parameters: &parameters }).await?.value;
        let report = GeneralLedger::read(&body)?;
        if (report.start_date, report.end_date) == (start_date, end_date) && is_accrual(&report.report_basis)
        {
            return Ok(report);
        }
        let found = format!("{} to {} {}", report.start_date, report.end_date, report.report_basis);
        Err(ReadError::OtherReport { asked: format!("{start_date} to {end_date} Accrual"), found })
    }
}

fn is_accrual(basis: &str) -> bool {
    basis.eq_ignore_ascii_case("accrual")
}
