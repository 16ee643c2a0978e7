//! The trial balance: QuickBooks' own word on every account at a day's end (contract 7.1).
//!
//! It refuses to know our accounts: the comparison is made above. Values are texts in the report, `""` for
//! nothing and `.00` for zero; a value that is no exact amount is an error, never zero. A balance is a sum: it may be larger
//! than any amount of a document.

use chrono::{DateTime, FixedOffset, NaiveDate};
use serde_json::Value;

use crate::error::ModelError;
use crate::read;

const WHAT: &str = "TrialBalance";

/// A trial balance report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrialBalance {
    /// The day it stands for, as the report itself says; compare it with the day asked for.
    pub end_date: NaiveDate,
    /// `Accrual` or `Cash`, as the report itself says; empty when not told.
    pub report_basis: String,
    /// When QuickBooks made it; `None` when absent or unreadable.
    pub report_time: Option<DateTime<FixedOffset>>,
    /// One row an account that moved, in the report's order; totals left out.
    pub rows: Vec<TrialBalanceRow>,
}

/// One account of a trial balance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrialBalanceRow {
    /// The account's id; `None` on lines QuickBooks makes up.
    pub account_id: Option<String>,
    /// The account's name.
    pub name: String,
    /// Debit less credit, in cents: positive is a debit balance.
    pub balance: i64,
}

impl TrialBalance {
    /// Reads the report's JSON.
    ///
    /// # Errors
    /// [`ModelError::Missing`] or [`ModelError::Unreadable`] when the date or an amount cannot be read.
    pub fn read(report: &Value) -> Result<Self, ModelError> {
        let end = read::text(report, &["Header", "EndPeriod"])
            .ok_or(ModelError::Missing { what: WHAT, field: "Header.EndPeriod" })?;
        let end_date = end.parse().map_err(|_| ModelError::unreadable(WHAT, "Header.EndPeriod"))?;
        let report_time =
            read::text(report, &["Header", "Time"]).and_then(|text| DateTime::parse_from_rfc3339(&text).ok());
        let mut rows = Vec::new();
        collect(report, columns(report), &mut rows)?;
        let report_basis = read::text(report, &["Header", "ReportBasis"]).unwrap_or_default();
        Ok(Self { end_date, report_basis, report_time, rows })
    }

    /// Debits less credits over all rows, in cents: 0 in books that balance.
    #[must_use]
    pub fn out_of_balance(&self) -> i64 {
        self.rows.iter().fold(0, |sum, row| sum.saturating_add(row.balance))
    }
}

/// Places of the debit and the credit column; by title, as reports need not keep an order.
fn columns(report: &Value) -> (usize, usize) {
    let titles = read::list(report, &["Columns", "Column"]);
    let place = |title: &str| {
        titles
            .iter()
            .position(|c| read::text(c, &["ColTitle"]).is_some_and(|t| t.eq_ignore_ascii_case(title)))
    };
    (place("Debit").unwrap_or(1), place("Credit").unwrap_or(2))
}

/// Walks sections; a section's own header cells may carry an account with sub-accounts, its summary never counts.
fn collect(
    section: &Value,
    (debit, credit): (usize, usize),
    rows: &mut Vec<TrialBalanceRow>,
) -> Result<(), ModelError> {
    for row in read::list(section, &["Rows", "Row"]) {
        for cells in [read::list(row, &["ColData"]), read::list(row, &["Header", "ColData"])] {
            let Some(first) = cells.first() else { continue };
            let cents = |place: usize| read::cell_cents(cells, place, WHAT, "Row.ColData.value");
            let (debit, credit) = (cents(debit)?, cents(credit)?);
            if debit.is_none() && credit.is_none() {
                continue;
            }
            rows.push(TrialBalanceRow {
                account_id: read::text(first, &["id"]),
                name: read::text(first, &["value"]).unwrap_or_default(),
                // Two bounded balances cannot overflow.
                balance: debit.unwrap_or_default() - credit.unwrap_or_default(),
            });
        }
        collect(row, (debit, credit), rows)?;
    }
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests {
    use super::*;
    use serde_json::json;

    fn report() -> Value {
        json!({"Header": {"Time": "2026-02-03T09:30:00-08:00", "ReportName": "TrialBalance", "ReportBasis": "Accrual",
            "StartPeriod": "2026-01-01", "EndPeriod": "2026-01-31", "Currency": "USD"},
          "Columns": {"Column": [{"ColTitle": "", "ColType": "Account"}, {"ColTitle": "Debit"}, {"ColTitle": "Credit"}]},
          "Rows": {"Row": [
            {"ColData": [{"value": "Checking", "id": "35"}, {"value": "4151.74"}, {"value": ""}]},
            {"ColData": [{"value": "Sales", "id": "79"}, {"value": ""}, {"value": "4151.74"}]},
            {"type": "Section", "Rows": {"Row": [{"ColData": [{"value": "Nested", "id": "4"}, {"value": ".00"}, {"value": ""}]}]},
             "Summary": {"ColData": [{"value": "Total"}, {"value": "1.00"}, {"value": ""}]}},
            {"Summary": {"ColData": [{"value": "TOTAL"}, {"value": "4151.74"}, {"value": "4151.74"}]},
             "type": "Section", "group": "GrandTotal"}]}})
    }

    #[test]
    fn reads_debits_as_positive_and_leaves_totals_out() {
        let balance = TrialBalance::read(&report()).unwrap();
        let rows: Vec<_> =
            balance.rows.iter().map(|r| (r.account_id.as_deref(), r.name.as_str(), r.balance)).collect();
        assert_eq!(
            rows,
            [(Some("35"), "Checking", 415_174), (Some("79"), "Sales", -415_174), (Some("4"), "Nested", 0)]
        );
        assert_eq!(balance.out_of_balance(), 0);
        assert_eq!(balance.end_date, NaiveDate::from_ymd_opt(2026, 1, 31).unwrap());
        assert_eq!(balance.report_basis, "Accrual");
    }

    #[test]
    fn a_balance_may_be_larger_than_any_amount_of_a_document() {
        let mut large = report();
        for place in ["/Rows/Row/0/ColData/1/value", "/Rows/Row/1/ColData/2/value"] {
            *large.pointer_mut(place).unwrap() = json!("99999999999.99");
        }
        let balance = TrialBalance::read(&large).unwrap();
        assert_eq!(balance.rows[0].balance, 9_999_999_999_999);
        assert_eq!((balance.rows[1].balance, balance.out_of_balance()), (-9_999_999_999_999, 0));
    }

    #[test]
    fn a_value_that_is_no_amount_is_an_error() {
        for text in ["n/a", "0.005", "100000000000.00", "-100000000000.00", "1e300", "9".repeat(60).as_str()]
        {
            let mut bad = report();
            *bad.pointer_mut("/Rows/Row/0/ColData/1/value").unwrap() = json!(text);
            assert_eq!(TrialBalance::read(&bad).unwrap_err().code(), "unreadable-field", "{text}");
        }
        assert_eq!(TrialBalance::read(&json!({})).unwrap_err().code(), "missing-field");
    }
}
