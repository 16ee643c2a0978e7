//! The general ledger: every account with the documents that moved it, one row a posting (contract 7.1).
//!
//! It refuses to know which documents are ours: the comparison is made above. Columns are found by their keys, sections
//! nest, and an amount has the sign of its account's natural balance. A value that is no exact amount is an error, never
//! zero.

use chrono::NaiveDate;
use serde_json::Value;

use crate::error::ModelError;
use crate::read;

const WHAT: &str = "GeneralLedger";

/// A general ledger report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GeneralLedger {
    /// The first day it covers, as the report itself says; compare it with the day asked for.
    pub start_date: NaiveDate,
    /// The last day it covers.
    pub end_date: NaiveDate,
    /// `Accrual` or `Cash`, as the report itself says; empty when not told.
    pub report_basis: String,
    /// The accounts that it shows, sub-accounts beside their parents. One account may have several sections.
    pub accounts: Vec<LedgerAccount>,
    /// How many cells it has; QuickBooks cuts a report off somewhere (contract 3).
    pub cells: usize,
}

/// One section of a general ledger.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LedgerAccount {
    /// The account's id; `None` on sections QuickBooks makes up.
    pub account_id: Option<String>,
    /// What the account stood at before the first day, in cents, positive on its natural side; 0 when not told.
    pub beginning: i64,
    /// The postings, in the report's order.
    pub rows: Vec<LedgerRow>,
}

/// One posting of one document.
#[derive(Clone, PartialEq, Eq)]
pub struct LedgerRow {
    /// The document's date.
    pub date: NaiveDate,
    /// What reports call its kind: `Credit Memo`, `Cash Expense`.
    pub txn_type: String,
    /// The document's id; `None` when not told.
    pub txn_id: Option<String>,
    /// Its number; empty when it has none.
    pub number: String,
    /// The customer's or vendor's id, when there is one.
    pub party_id: Option<String>,
    /// The customer's or vendor's name; empty when there is none.
    pub party_name: String,
    /// The document's memo, or a line's description; empty when it has none or the report does not say.
    pub memo: String,
    /// The movement in cents, positive towards the account's natural side.
    pub amount: i64,
}

impl std::fmt::Debug for LedgerRow {
    /// Without the name, which is personal data.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LedgerRow")
            .field("date", &self.date)
            .field("txn_type", &self.txn_type)
            .field("txn_id", &self.txn_id)
            .field("number", &self.number)
            .field("party_id", &self.party_id)
            .field("amount", &self.amount)
            .finish_non_exhaustive()
    }
}

impl LedgerRow {
    /// The entity behind the row's type, by the name it has in bodies and queries: `CreditMemo`, `Purchase`.
    #[must_use]
    pub fn entity(&self) -> String {
        match self.txn_type.as_str() {
            "Expense"
            | "Check"
            | "Cash Expense"
            | "Cash Purchase"
            | "Credit Card Expense"
            | "Credit Card Credit" => "Purchase".to_owned(),
            "Refund" => "RefundReceipt".to_owned(),
            other if other.starts_with("Bill Payment") => "BillPayment".to_owned(),
            other => other.replace(' ', ""),
        }
    }
}

impl GeneralLedger {
    /// Reads the report's JSON.
    ///
    /// # Errors
    /// [`ModelError::Missing`] or [`ModelError::Unreadable`] when a date, a column or an amount cannot be read.
    pub fn read(report: &Value) -> Result<Self, ModelError> {
        let (start_date, end_date) = (
            day(report, "StartPeriod", "Header.StartPeriod")?,
            day(report, "EndPeriod", "Header.EndPeriod")?,
        );
        let mut accounts = Vec::new();
        let rows = read::list(report, &["Rows", "Row"]);
        // A ledger without rows need not say its columns.
        let columns = if rows.is_empty() { Columns::default() } else { Columns::of(report)? };
        let mut cells = 0;
        collect(rows, &columns, &LedgerAccount::default(), &mut accounts, &mut cells)?;
        let report_basis = read::text(report, &["Header", "ReportBasis"]).unwrap_or_default();
        Ok(Self { start_date, end_date, report_basis, accounts, cells })
    }
}

fn day(report: &Value, name: &str, field: &'static str) -> Result<NaiveDate, ModelError> {
    let text = read::text(report, &["Header", name]).ok_or(ModelError::Missing { what: WHAT, field })?;
    text.parse().map_err(|_| ModelError::unreadable(WHAT, field))
}

/// Places of the columns by their keys: a report need not keep the order it was asked for.
#[derive(Default)]
struct Columns {
    date: usize,
    txn_type: usize,
    number: Option<usize>,
    name: Option<usize>,
    memo: Option<usize>,
    amount: usize,
    balance: Option<usize>,
}

impl Columns {
    fn of(report: &Value) -> Result<Self, ModelError> {
        let all = read::list(report, &["Columns", "Column"]);
        let has_key = |column: &Value, key: &str| {
            let named = |pair: &Value| {
                read::text(pair, &["Name"]).as_deref() == Some("ColKey")
                    && read::text(pair, &["Value"]).as_deref() == Some(key)
            };
            read::list(column, &["MetaData"]).iter().any(named)
                || read::text(column, &["ColType"]).as_deref() == Some(key)
        };
        let place = |key: &str| all.iter().position(|column| has_key(column, key));
        let needed =
            |key: &str, field: &'static str| place(key).ok_or(ModelError::Missing { what: WHAT, field });
        Ok(Self {
            date: needed("tx_date", "column tx_date")?,
            txn_type: needed("txn_type", "column txn_type")?,
            number: place("doc_num"),
            name: place("name"),
            memo: place("memo"),
            amount: needed("subt_nat_amount", "column subt_nat_amount")?,
            balance: place("rbal_nat_amount"),
        })
    }
}

/// Walks sections. One without a header holds what was posted to the account around it; totals are left out.
fn collect(
    rows: &[Value],
    columns: &Columns,
    around: &LedgerAccount,
    accounts: &mut Vec<LedgerAccount>,
    cells: &mut usize,
) -> Result<(), ModelError> {
    let mut own = LedgerAccount { account_id: around.account_id.clone(), ..LedgerAccount::default() };
    for row in rows {
        let data = read::list(row, &["ColData"]);
        let inner = read::list(row, &["Rows", "Row"]);
        let head = read::list(row, &["Header", "ColData"]);
        *cells += data.len() + head.len() + read::list(row, &["Summary", "ColData"]).len();
        if !data.is_empty() {
            add(data, columns, &mut own)?;
        }
        if !inner.is_empty() {
            let named = head.iter().find_map(|cell| read::text(cell, &["id"]));
            let account_id = if head.is_empty() { around.account_id.clone() } else { named };
            let section = LedgerAccount { account_id, ..LedgerAccount::default() };
            collect(inner, columns, &section, accounts, cells)?;
        }
    }
    if own.beginning != 0 || !own.rows.is_empty() {
        accounts.push(own);
    }
    Ok(())
}

/// Adds a data row: the balance before the first day, or a posting.
fn add(data: &[Value], columns: &Columns, account: &mut LedgerAccount) -> Result<(), ModelError> {
    let text = |place: usize| data.get(place).and_then(|cell| read::text(cell, &["value"]));
    let id = |place: usize| data.get(place).and_then(|cell| read::text(cell, &["id"]));
    let cents = |place: usize, field: &'static str| read::cell_cents(data, place, WHAT, field);
    let date = text(columns.date).and_then(|text| text.parse::<NaiveDate>().ok());
    let Some(date) = date else {
        let balance = match columns.balance {
            Some(place) => cents(place, "Beginning Balance")?,
            None => None,
        };
        // A row that is neither says something that must not be passed over: that rows were left out, for one.
        account.beginning = balance.ok_or_else(|| ModelError::unreadable(WHAT, "Row.tx_date"))?;
        return Ok(());
    };
    account.rows.push(LedgerRow {
        date,
        txn_type: text(columns.txn_type).unwrap_or_default(),
        txn_id: id(columns.txn_type),
        number: columns.number.and_then(text).unwrap_or_default(),
        party_id: columns.name.and_then(id),
        party_name: columns.name.and_then(text).unwrap_or_default(),
        memo: columns.memo.and_then(text).unwrap_or_default(),
        amount: cents(columns.amount, "Row.subt_nat_amount")?.unwrap_or_default(),
    });
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests {
    use super::*;
    use serde_json::json;

    /// Two accounts, one of them with a sub-account; the columns are not in the order of the default.
    fn report() -> Value {
        let column = |key: &str| json!({"ColTitle": "", "ColType": "String", "MetaData": [{"Name": "ColKey", "Value": key}]});
        let row = |cells: [Value; 6]| json!({"type": "Data", "ColData": cells});
        let cell = |text: &str| json!({"value": text});
        let keys = ["tx_date", "name", "txn_type", "doc_num", "rbal_nat_amount", "subt_nat_amount"];
        let posting = |date: &str, kind: &str, id: &str, amount: &str| {
            row([
                cell(date),
                json!({"value": "Boston Store", "id": "58"}),
                json!({"value": kind, "id": id}),
                cell("CLT1B4"),
                cell("0.00"),
                cell(amount),
            ])
        };
        let beginning =
            row([cell("Beginning Balance"), cell(""), cell(""), cell(""), cell("120.00"), cell("")]);
        let total = json!({"ColData": [cell("Total for Parent"), cell(""), cell(""), cell(""), cell(""), cell("7.00")]});
        json!({"Header": {"StartPeriod": "2026-02-01", "EndPeriod": "2026-02-28", "ReportBasis": "Accrual"},
            "Columns": {"Column": keys.map(column)},
            "Rows": {"Row": [
                {"type": "Section", "Header": {"ColData": [{"value": "Parent", "id": "4"}]},
                 "Rows": {"Row": [
                    {"type": "Section", "Rows": {"Row": [beginning, posting("2026-02-03", "Cash Expense", "351", "-8.40")]},
                     "Summary": total},
                    {"type": "Section", "Header": {"ColData": [{"value": "Child", "id": "5"}]},
                     "Rows": {"Row": [posting("2026-02-04", "Credit Memo", "352", ".00")]}, "Summary": total}]},
                 "Summary": total}]}})
    }

    #[test]
    fn reads_postings_of_nested_accounts_by_column_key() {
        let ledger = GeneralLedger::read(&report()).unwrap();
        assert_eq!((ledger.start_date.to_string(), ledger.end_date.to_string()).0, "2026-02-01");
        let found: Vec<_> = (ledger.accounts.iter())
            .map(|a| (a.account_id.as_deref().unwrap(), a.beginning, a.rows.len()))
            .collect();
        assert_eq!(found, [("4", 12_000, 1), ("5", 0, 1)]);
        let row = &ledger.accounts[0].rows[0];
        assert_eq!(
            (row.entity().as_str(), row.txn_id.as_deref(), row.amount),
            ("Purchase", Some("351"), -840)
        );
        assert_eq!((row.party_id.as_deref(), row.number.as_str()), (Some("58"), "CLT1B4"));
        assert_eq!(ledger.accounts[1].rows[0].entity(), "CreditMemo");
        assert_eq!(ledger.accounts[1].rows[0].amount, 0, "a voided document");
        assert_eq!(ledger.cells, 3 * 6 + 2 + 3 * 6);
        assert!(!format!("{ledger:?}").contains("Boston"), "a name is personal data");
    }

    #[test]
    fn a_row_that_is_neither_posting_nor_balance_is_an_error() {
        let mut cut = report();
        let place = "/Rows/Row/0/Rows/Row/1/Rows/Row/0/ColData/0/value";
        *cut.pointer_mut(place).unwrap() = json!("Unable to display more data");
        *cut.pointer_mut("/Rows/Row/0/Rows/Row/1/Rows/Row/0/ColData/4/value").unwrap() = json!("");
        assert_eq!(GeneralLedger::read(&cut).unwrap_err().code(), "unreadable-field");
        let mut bad = report();
        *bad.pointer_mut("/Rows/Row/0/Rows/Row/1/Rows/Row/0/ColData/5/value").unwrap() = json!("n/a");
        assert_eq!(GeneralLedger::read(&bad).unwrap_err().code(), "unreadable-field");
        let mut without = report();
        *without.pointer_mut("/Columns/Column/5/MetaData").unwrap() = json!([]);
        assert_eq!(GeneralLedger::read(&without).unwrap_err().code(), "missing-field");
    }

    #[test]
    fn a_balance_may_be_larger_than_any_amount_of_a_document() {
        let mut large = report();
        let rows = "/Rows/Row/0/Rows/Row/0/Rows/Row";
        *large.pointer_mut(&format!("{rows}/0/ColData/4/value")).unwrap() = json!("1200000000.01");
        *large.pointer_mut(&format!("{rows}/1/ColData/5/value")).unwrap() = json!("-1000000000.00");
        let ledger = GeneralLedger::read(&large).unwrap();
        assert_eq!(ledger.accounts[0].beginning, 120_000_000_001);
        assert_eq!(ledger.accounts[0].rows[0].amount, -100_000_000_000);
        *large.pointer_mut(&format!("{rows}/1/ColData/5/value")).unwrap() = json!("100000000000.00");
        let error = GeneralLedger::read(&large).unwrap_err();
        let source = std::error::Error::source(&error).unwrap().to_string();
        assert_eq!(source, "balance of 10000000000000 cents is outside -99999999999.99 to 99999999999.99");
    }

    #[test]
    fn an_empty_ledger_has_no_accounts() {
        let empty = json!({"Header": {"StartPeriod": "2026-02-01", "EndPeriod": "2026-02-28"}, "Rows": {}});
        let ledger = GeneralLedger::read(&empty).unwrap();
        assert_eq!((ledger.accounts.len(), ledger.cells), (0, 0));
    }
}
