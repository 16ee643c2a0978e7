//! The trial balance: QuickBooks' own word on every account at a day's end.
//!
//! It refuses to know our accounts: the comparison is made above. Values are texts in the report, nothing or `.00` for
//! zero; a value that is no exact amount is an error, never zero. A balance is a sum: it may be larger than any amount of
//! a document. What does not add up to its own totals is no trial balance. Neighbour: `report.rs`.

use std::collections::HashMap;

use chrono::{DateTime, FixedOffset, NaiveDate};
use serde_json::Value;

use crate::error::ModelError;
use crate::read;
use crate::report::{Header, adds_up, column};

const WHAT: &str = "TrialBalance";

/// A trial balance report.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TrialBalance {
    /// The first day of its period, as the report itself says; `None` when not told. Balances do not start there.
    pub start_date: Option<NaiveDate>,
    /// The day it stands for, as the report itself says; compare it with the day asked for.
    pub end_date: NaiveDate,
    /// `Accrual` or `Cash`, as the report itself says.
    pub report_basis: String,
    /// When QuickBooks made it; `None` when absent or unreadable.
    pub report_time: Option<DateTime<FixedOffset>>,
    /// One row an account, in the order in which accounts first appear; totals left out.
    pub rows: Vec<TrialBalanceRow>,
}

/// One account of a trial balance.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TrialBalanceRow {
    /// The account's id; `None` on lines QuickBooks makes up.
    pub account_id: Option<String>,
    /// The account's name.
    pub name: String,
    /// Debit less credit, in cents: positive is a debit balance.
    pub balance: i64,
}

impl TrialBalance {
    /// Reads the report's JSON, in the form of either of QuickBooks' reporting services.
    ///
    /// # Errors
    /// [`ModelError::OtherReport`] for another report; [`ModelError::Missing`] or [`ModelError::Unreadable`] when header,
    /// columns or an amount cannot be read, and for a body that is empty without saying so;
    /// [`ModelError::DoesNotAddUp`] when rows and totals disagree or there is no grand total.
    pub fn read(report: &Value) -> Result<Self, ModelError> {
        let header = Header::read(report, WHAT)?;
        let lines = read::list(report, &["Rows", "Row"]);
        let mut reader = Reader::default();
        if !lines.is_empty() {
            reader.columns = Columns::of(report)?;
            let found = reader.section(lines, true)?;
            // Without it nobody can tell whether rows were left out.
            let missing = ModelError::Missing { what: WHAT, field: "grand total" };
            let (name, total) = reader.total.take().ok_or(missing)?;
            adds_up(WHAT, &name, found.debit, total.debit)?;
            adds_up(WHAT, &name, found.credit, total.credit)?;
        }
        Ok(Self {
            start_date: header.start_date,
            end_date: header.end_date,
            report_basis: header.basis,
            report_time: header.time,
            rows: reader.rows,
        })
    }

    /// Returns debits less credits over all rows, in cents: 0 in books that balance.
    #[must_use]
    pub fn out_of_balance(&self) -> i64 {
        self.rows.iter().fold(0, |sum, row| sum.saturating_add(row.balance))
    }
}

/// Places of the columns.
#[derive(Default)]
struct Columns {
    account: usize,
    debit: usize,
    credit: usize,
}

impl Columns {
    fn of(report: &Value) -> Result<Self, ModelError> {
        let needed = |place: Option<usize>, field| place.ok_or(ModelError::Missing { what: WHAT, field });
        let debit = column(report, &["debit", "debt_amt", "debt_home_amt"], &["Debit"]);
        let credit = column(report, &["credit", "credit_amt", "credit_home_amt"], &["Credit"]);
        let account = column(report, &["account", "Account", "account_name"], &["Account"]);
        Ok(Self {
            // Its title may be empty: it is then the first.
            account: account.unwrap_or_default(),
            debit: needed(debit, "column Debit")?,
            credit: needed(credit, "column Credit")?,
        })
    }
}

/// Sums of the two columns, in cents.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
struct Sides {
    debit: i64,
    credit: i64,
}

impl Sides {
    fn add(&mut self, other: Self) {
        self.debit = self.debit.saturating_add(other.debit);
        self.credit = self.credit.saturating_add(other.credit);
    }

    const fn net(self) -> i64 {
        self.debit.saturating_sub(self.credit)
    }
}

#[derive(Default)]
struct Reader {
    columns: Columns,
    rows: Vec<TrialBalanceRow>,
    /// Where in `rows` each account is.
    places: HashMap<String, usize>,
    /// The grand total with its title.
    total: Option<(String, Sides)>,
}

impl Reader {
    /// Takes in the rows of a section, and of those within it; returns what they come to.
    fn section(&mut self, lines: &[Value], is_top: bool) -> Result<Sides, ModelError> {
        let mut sum = Sides::default();
        for line in lines {
            let own = read::list(line, &["ColData"]);
            let head = read::list(line, &["Header", "ColData"]);
            let inner = read::list(line, &["Rows", "Row"]);
            let last = read::list(line, &["Summary", "ColData"]);
            let is_plain_total = !own.is_empty() && self.is_total(own);
            if is_top && is_plain_total {
                self.total = Some((self.name(own), self.sides(own)?.unwrap_or_default()));
                continue;
            }
            let mut found = self.section(inner, false)?;
            // An account with sub-accounts stands in the head of its section.
            found.add(self.account(own, true)?);
            found.add(self.account(head, false)?);
            if !last.is_empty() {
                let total = self.sides(last)?.unwrap_or_default();
                if is_top && own.is_empty() && head.is_empty() && (inner.is_empty() || self.is_total(last)) {
                    self.total = Some((self.name(last), total));
                    sum.add(found);
                    continue;
                }
                // A total may stand in one column although what it sums stands in both.
                if found != total {
                    adds_up(WHAT, &self.name(last), found.net(), total.net())?;
                }
            }
            sum.add(found);
        }
        Ok(sum)
    }

    /// Adds a row to its account; one without figures is an account at zero, or no account at all.
    fn account(&mut self, cells: &[Value], is_row: bool) -> Result<Sides, ModelError> {
        let found = self.sides(cells)?;
        let account_id = cells.get(self.columns.account).and_then(|cell| read::text(cell, &["id"]));
        if found.is_none() && !(is_row && account_id.is_some()) {
            return Ok(Sides::default());
        }
        let found = found.unwrap_or_default();
        let known = account_id.as_ref().and_then(|id| self.places.get(id)).copied();
        if let Some(row) = known.and_then(|place| self.rows.get_mut(place)) {
            row.balance = row.balance.saturating_add(found.net());
            return Ok(found);
        }
        self.places.extend(account_id.clone().map(|id| (id, self.rows.len())));
        let (name, balance) = (self.name(cells), found.net());
        self.rows.push(TrialBalanceRow { account_id, name, balance });
        Ok(found)
    }

    /// Whether these cells are titled as the total of everything and name no account.
    fn is_total(&self, cells: &[Value]) -> bool {
        let is_account =
            cells.get(self.columns.account).is_some_and(|cell| read::text(cell, &["id"]).is_some());
        !is_account && matches!(self.name(cells).to_lowercase().as_str(), "total" | "grand total")
    }

    fn name(&self, cells: &[Value]) -> String {
        cells.get(self.columns.account).and_then(|cell| read::text(cell, &["value"])).unwrap_or_default()
    }

    /// The two figures of a row; `None` when it has neither.
    fn sides(&self, cells: &[Value]) -> Result<Option<Sides>, ModelError> {
        let cents = |place: usize| read::cell_cents(cells, place, WHAT, "Row.ColData.value");
        let (debit, credit) = (cents(self.columns.debit)?, cents(self.columns.credit)?);
        let is_there = debit.is_some() || credit.is_some();
        Ok(is_there.then(|| Sides { debit: debit.unwrap_or_default(), credit: credit.unwrap_or_default() }))
    }
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
             "Summary": {"ColData": [{"value": "Total"}, {"value": ".00"}, {"value": ""}]}},
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
        let totals = ["/Rows/Row/3/Summary/ColData/1/value", "/Rows/Row/3/Summary/ColData/2/value"];
        for place in ["/Rows/Row/0/ColData/1/value", "/Rows/Row/1/ColData/2/value"].iter().chain(&totals) {
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

    /// The form of the service that answers since 31 August 2026: titles in Title Case, nothing for zero, other columns
    /// and rows first, an account with sub-accounts in the head of its section.
    fn modern() -> Value {
        let column = |title: &str, key: &str| json!({"ColTitle": title, "MetaData": [{"Name": "ColKey", "Value": key}]});
        let cells = |name: Value, debit: &str, credit: &str| json!({"ColData": [{"value": credit}, name, {"value": debit}]});
        let account = |name: &str, id: &str| json!({"value": name, "id": id});
        json!({"Header": {"Time": "2026-09-03T09:30:00-07:00", "ReportName": "Trial Balance", "ReportBasis": "ACCRUAL",
            "StartPeriod": "2026-01-01", "EndPeriod": "2026-01-31"},
          "Columns": {"Column": [column("Credit", "credit"), column("Account", "account"), column("Debit", "debit")]},
          "Rows": {"Row": [
            {"Summary": cells(json!({"value": "Total"}), "150.00", "150.00")},
            {"type": "Data", "ColData": [{"value": "150.00"}, account("Sales", "79"), {"value": ""}]},
            {"type": "Section", "Header": cells(account("Bank", "34"), "50.00", ""),
             "Rows": {"Row": [{"type": "Section", "Header": cells(account("Checking", "35"), "", ""),
                "Rows": {"Row": [cells(account("Checking", "35"), "60.00", ""), cells(account("Till", "36"), "40.00", "")]},
                "Summary": cells(json!({"value": "Total For Checking"}), "100.00", "")}]},
             "Summary": cells(json!({"value": "Total For Bank"}), "150.00", "")},
            {"type": "Data", "ColData": [{"value": ""}, account("Drawer", "37"), {"value": ""}]}]}})
    }

    #[test]
    fn reads_the_modern_form() {
        let balance = TrialBalance::read(&modern()).unwrap();
        let mut rows: Vec<_> =
            balance.rows.iter().map(|r| (r.account_id.as_deref().unwrap(), r.balance)).collect();
        rows.sort_unstable();
        assert_eq!(rows, [("34", 5_000), ("35", 6_000), ("36", 4_000), ("37", 0), ("79", -15_000)]);
        assert_eq!(balance.out_of_balance(), 0);
        assert_eq!(balance.start_date, NaiveDate::from_ymd_opt(2026, 1, 1));
        // No key of a column is promised either: titles in any case do.
        let mut titled = modern();
        titled["Columns"] =
            json!({"Column": [{"ColTitle": "CREDIT"}, {"ColTitle": ""}, {"ColTitle": "debit"}]});
        titled["Columns"]["Column"][1]["ColType"] = json!("Account");
        assert_eq!(TrialBalance::read(&titled).unwrap().rows, balance.rows);
        // All rows within one section whose total is the report's.
        let mut nested = modern();
        let rows = nested["Rows"]["Row"].as_array_mut().unwrap();
        let total = rows.remove(0);
        let inner = std::mem::take(rows);
        nested["Rows"] = json!({"Row": [{"Rows": {"Row": inner}, "Summary": total["Summary"]}]});
        assert_eq!(TrialBalance::read(&nested).unwrap().out_of_balance(), 0);
    }

    #[test]
    fn rows_that_were_left_out_show_in_a_total() {
        for form in [report(), modern()] {
            let rows = form["Rows"]["Row"].as_array().unwrap().len();
            for place in 0..rows {
                let mut cut = form.clone();
                cut["Rows"]["Row"].as_array_mut().unwrap().remove(place);
                let read = TrialBalance::read(&cut);
                match read {
                    // An account at zero changes nothing.
                    Ok(read) => assert_eq!(read.out_of_balance(), 0, "{place}"),
                    Err(error) => {
                        assert!(
                            ["report-does-not-add-up", "missing-field"].contains(&error.code()),
                            "{error}"
                        );
                    }
                }
            }
        }
        let mut cut = modern();
        cut.pointer_mut("/Rows/Row/2/Rows/Row/0/Rows/Row").unwrap().as_array_mut().unwrap().pop();
        let error = TrialBalance::read(&cut).unwrap_err();
        let said = "TrialBalance does not add up: rows of Total For Checking come to 60.00, its own total says 100.00; ask again, or for less";
        assert_eq!(error.to_string(), said);
        // Two accounts that cancel out leave the difference at zero, and the columns not.
        let mut cut = report();
        cut["Rows"]["Row"].as_array_mut().unwrap().drain(..2);
        assert_eq!(TrialBalance::read(&cut).unwrap_err().code(), "report-does-not-add-up");
    }

    #[test]
    fn another_report_and_an_empty_body_are_no_trial_balance() {
        let sheet = json!({"Header": {"ReportName": "BalanceSheet", "ReportBasis": "Accrual", "StartPeriod": "2026-01-01",
            "EndPeriod": "2026-01-31"}, "Columns": {"Column": [{"ColTitle": ""}, {"ColTitle": "Total"}]},
            "Rows": {"Row": [{"Summary": {"ColData": [{"value": "TOTAL ASSETS"}, {"value": ""}]}}]}});
        let error = TrialBalance::read(&sheet).unwrap_err();
        assert_eq!(
            (error.code(), error.to_string().as_str()),
            ("other-report", "TrialBalance was asked for, and BalanceSheet came")
        );
        let mut columns = sheet.clone();
        columns["Header"]["ReportName"] = json!("TrialBalance");
        assert_eq!(TrialBalance::read(&columns).unwrap_err().to_string(), "TrialBalance has no column Debit");

        let header = |field: &str| {
            let mut header = report();
            header["Header"].as_object_mut().unwrap().remove(field);
            TrialBalance::read(&header).unwrap_err().to_string()
        };
        for field in ["ReportName", "EndPeriod", "ReportBasis"] {
            assert_eq!(header(field), format!("TrialBalance has no Header.{field}"));
        }
        let mut empty = report();
        for rows in [json!({}), json!({"Row": []}), json!(null)] {
            empty["Rows"] = rows;
            assert_eq!(TrialBalance::read(&empty).unwrap_err().to_string(), "TrialBalance has no Rows.Row");
        }
        empty["Header"]["Option"] = json!([{"Name": "NoReportData", "Value": "true"}]);
        assert_eq!(TrialBalance::read(&empty).unwrap().rows, []);
        for body in [json!({}), json!(null), json!([]), json!({"Fault": {}})] {
            assert_eq!(TrialBalance::read(&body).unwrap_err().code(), "missing-field");
        }
    }
}
