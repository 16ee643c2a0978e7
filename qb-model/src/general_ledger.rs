//! The general ledger: every account with the documents that moved it, one row a posting.
//!
//! It refuses to know which documents are ours: the comparison is made above. Sections nest, and an amount has the sign
//! of its account's natural balance. A value that is no exact amount is an error, never zero; what does not add up to its
//! own totals is no ledger. Neighbour: `report.rs`.

use chrono::NaiveDate;
use serde_json::Value;

use crate::error::ModelError;
use crate::read;
use crate::report::{Header, adds_up, column};

const WHAT: &str = "GeneralLedger";

/// A general ledger report.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct GeneralLedger {
    /// The first day it covers, as the report itself says; compare it with the day asked for.
    pub start_date: NaiveDate,
    /// The last day it covers.
    pub end_date: NaiveDate,
    /// `Accrual` or `Cash`, as the report itself says.
    pub report_basis: String,
    /// The accounts that it shows, sub-accounts beside their parents. One account may have several sections.
    pub accounts: Vec<LedgerAccount>,
    /// How many cells it has; QuickBooks cuts a report off somewhere.
    pub cells: usize,
}

/// One section of a general ledger.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
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
#[non_exhaustive]
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
    /// Returns the entity behind the row's type, by the name it has in bodies and queries: `CreditMemo`, `Purchase`.
    #[must_use]
    pub fn entity(&self) -> String {
        entity_of_report(&self.txn_type)
    }
}

/// Returns QuickBooks' name of the entity behind what its reports call a kind of document: `Purchase` for `Expense` and
/// `Check`.
pub fn entity_of_report(txn_type: &str) -> String {
    let txn_type = txn_type.to_lowercase();
    match txn_type.as_str() {
        "expense"
        | "check"
        | "cash expense"
        | "cash purchase"
        | "credit card expense"
        | "credit card credit" => "Purchase".to_owned(),
        "refund" => "RefundReceipt".to_owned(),
        other if other.starts_with("bill payment") => "BillPayment".to_owned(),
        other => other.split_whitespace().map(capitalized).collect(),
    }
}

fn capitalized(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect()
}

impl GeneralLedger {
    /// Reads the report's JSON, in the form of either of QuickBooks' reporting services.
    ///
    /// # Errors
    /// [`ModelError::OtherReport`] for another report; [`ModelError::Missing`] or [`ModelError::Unreadable`] when header,
    /// columns, a date or an amount cannot be read, and for a body that is empty without saying so;
    /// [`ModelError::DoesNotAddUp`] when rows and totals disagree, or an account with rows has no total.
    pub fn read(report: &Value) -> Result<Self, ModelError> {
        let header = Header::read(report, WHAT)?;
        let missing = ModelError::Missing { what: WHAT, field: "Header.StartPeriod" };
        let start_date = header.start_date.ok_or(missing)?;
        let mut reader = Reader::default();
        let rows = read::list(report, &["Rows", "Row"]);
        // A ledger without rows need not say its columns.
        if !rows.is_empty() {
            reader.columns = Columns::of(report)?;
            reader.section(rows, &LedgerAccount::default())?;
        }
        let Reader { accounts, cells, .. } = reader;
        let (end_date, report_basis) = (header.end_date, header.basis);
        Ok(Self { start_date, end_date, report_basis, accounts, cells })
    }
}

/// Places of the columns: a report need not keep the order it was asked for.
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
        let needed = |place: Option<usize>, field| place.ok_or(ModelError::Missing { what: WHAT, field });
        Ok(Self {
            date: needed(column(report, &["tx_date"], &["Date", "Transaction Date"]), "column tx_date")?,
            txn_type: needed(
                column(report, &["txn_type"], &["Transaction Type", "Type"]),
                "column txn_type",
            )?,
            number: column(report, &["doc_num"], &["Num", "Number"]),
            name: column(report, &["name"], &["Name"]),
            memo: column(report, &["memo"], &["Memo/Description", "Memo", "Description"]),
            amount: needed(column(report, &["subt_nat_amount"], &["Amount"]), "column subt_nat_amount")?,
            balance: column(report, &["rbal_nat_amount"], &["Balance"]),
        })
    }
}

#[derive(Default)]
struct Reader {
    columns: Columns,
    accounts: Vec<LedgerAccount>,
    cells: usize,
}

impl Reader {
    /// Takes in the rows of a section, and of those within it; returns what they moved. A section without a header holds
    /// what was posted to the account around it.
    fn section(&mut self, rows: &[Value], around: &LedgerAccount) -> Result<i64, ModelError> {
        let mut own = LedgerAccount { account_id: around.account_id.clone(), ..LedgerAccount::default() };
        let mut moved = 0_i64;
        for row in rows {
            let data = read::list(row, &["ColData"]);
            let inner = read::list(row, &["Rows", "Row"]);
            let head = read::list(row, &["Header", "ColData"]);
            let last = read::list(row, &["Summary", "ColData"]);
            self.cells += data.len() + head.len() + last.len();
            if !data.is_empty() {
                moved = moved.saturating_add(self.add(data, &mut own)?);
            }
            // A total over the whole report adds up what has different natural sides: it says nothing.
            if inner.is_empty() && head.is_empty() {
                continue;
            }
            let named = head.iter().find_map(|cell| read::text(cell, &["id"]));
            let account_id = if head.is_empty() { around.account_id.clone() } else { named };
            let found = self.section(inner, &LedgerAccount { account_id, ..LedgerAccount::default() })?;
            let title = || [head, last].into_iter().flatten().find_map(|cell| read::text(cell, &["value"]));
            let total = read::cell_cents(last, self.columns.amount, WHAT, "Summary.subt_nat_amount")?;
            // Only what was posted to the account around may stand without a total of its own.
            if !last.is_empty() || !head.is_empty() {
                adds_up(WHAT, &title().unwrap_or_default(), found, total.unwrap_or_default())?;
            }
            moved = moved.saturating_add(found);
        }
        if own.beginning != 0 || !own.rows.is_empty() {
            self.accounts.push(own);
        }
        Ok(moved)
    }

    /// Adds a data row, the balance before the first day or a posting; returns what it moved.
    fn add(&self, data: &[Value], account: &mut LedgerAccount) -> Result<i64, ModelError> {
        let columns = &self.columns;
        let text = |place: usize| data.get(place).and_then(|cell| read::text(cell, &["value"]));
        let id = |place: usize| data.get(place).and_then(|cell| read::text(cell, &["id"]));
        let cents = |place: usize, field: &'static str| read::cell_cents(data, place, WHAT, field);
        let date = text(columns.date).and_then(|text| text.parse::<NaiveDate>().ok());
        let Some(date) = date else {
            let is_beginning = |cell: &Value| {
                read::text(cell, &["value"])
                    .is_some_and(|text| text.eq_ignore_ascii_case("beginning balance"))
            };
            // A row that is neither says something that must not be passed over: that rows were left out, for one.
            if !data.iter().any(is_beginning) {
                return Err(ModelError::unreadable(WHAT, "Row.tx_date"));
            }
            let place =
                columns.balance.ok_or(ModelError::Missing { what: WHAT, field: "column rbal_nat_amount" })?;
            account.beginning = cents(place, "Beginning Balance")?.unwrap_or_default();
            return Ok(0);
        };
        let amount = cents(columns.amount, "Row.subt_nat_amount")?.unwrap_or_default();
        account.rows.push(LedgerRow {
            date,
            txn_type: text(columns.txn_type).unwrap_or_default(),
            txn_id: id(columns.txn_type),
            number: columns.number.and_then(text).unwrap_or_default(),
            party_id: columns.name.and_then(id),
            party_name: columns.name.and_then(text).unwrap_or_default(),
            memo: columns.memo.and_then(text).unwrap_or_default(),
            amount,
        });
        Ok(amount)
    }
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
        let total = |amount: &str| json!({"ColData": [cell("Total for it"), cell(""), cell(""), cell(""), cell(""), cell(amount)]});
        json!({"Header": {"ReportName": "GeneralLedger", "StartPeriod": "2026-02-01", "EndPeriod": "2026-02-28", "ReportBasis": "Accrual"},
            "Columns": {"Column": keys.map(column)},
            "Rows": {"Row": [
                {"type": "Section", "Header": {"ColData": [{"value": "Parent", "id": "4"}]},
                 "Rows": {"Row": [
                    {"type": "Section", "Rows": {"Row": [beginning, posting("2026-02-03", "Cash Expense", "351", "-8.40")]},
                     "Summary": total("-8.40")},
                    {"type": "Section", "Header": {"ColData": [{"value": "Child", "id": "5"}]},
                     "Rows": {"Row": [posting("2026-02-04", "Credit Memo", "352", ".00")]}, "Summary": total(".00")}]},
                 "Summary": total("-8.40")}]}})
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
        for place in ["/Rows/Row/0/Summary", "/Rows/Row/0/Rows/Row/0/Summary", &format!("{rows}/1")] {
            *large.pointer_mut(&format!("{place}/ColData/5/value")).unwrap() = json!("-1000000000.00");
        }
        let ledger = GeneralLedger::read(&large).unwrap();
        assert_eq!(ledger.accounts[0].beginning, 120_000_000_001);
        assert_eq!(ledger.accounts[0].rows[0].amount, -100_000_000_000);
        *large.pointer_mut(&format!("{rows}/1/ColData/5/value")).unwrap() = json!("100000000000.00");
        let error = GeneralLedger::read(&large).unwrap_err();
        let source = std::error::Error::source(&error).unwrap().to_string();
        assert_eq!(source, "balance of 10000000000000 cents is outside -99999999999.99 to 99999999999.99");
    }

    /// The form of the service that answers since 31 August 2026: titles in Title Case, nothing for zero, other columns
    /// first and without keys, rows in any order, `-Split-` and redundant headers left out.
    fn modern() -> Value {
        let cell = |text: &str| json!({"value": text});
        let row = |date: &str, kind: Value, amount: &str| json!({"ColData": [cell(amount), kind, cell(date), cell("9.99")]});
        let posting = |date: &str, kind: &str, id: &str, amount: &str| {
            row(date, json!({"value": kind, "id": id}), amount)
        };
        let section = |name: &str, id: &str, rows: Value, amount: &str| {
            json!({"type": "Section",
            "Header": {"ColData": [cell(""), cell(""), {"value": name, "id": id}, cell("")]}, "Rows": {"Row": rows},
            "Summary": {"ColData": [cell(amount), cell(""), cell("Total For It"), cell("")]}})
        };
        let titles = ["AMOUNT", "Transaction type", "date", "Balance"];
        let child =
            section("Child", "5", json!([posting("2026-02-05", "Journal entry", "353", "-2.00")]), "-2.00");
        json!({"Header": {"ReportName": "General Ledger", "StartPeriod": "2026-02-01", "EndPeriod": "2026-02-28",
                "ReportBasis": "Accrual"},
            "Columns": {"Column": titles.map(|title| json!({"ColTitle": title}))},
            "Rows": {"Row": [section("Parent", "4", json!([
                posting("2026-02-04", "Credit memo", "352", ""),
                child,
                posting("2026-02-03", "Cash expense", "351", "-8.40"),
                {"ColData": [cell(""), cell(""), cell("Beginning balance"), cell("")]}]), "-10.40"),
              section("Idle", "6", json!([]), "")]}})
    }

    #[test]
    fn reads_the_modern_form() {
        let ledger = GeneralLedger::read(&modern()).unwrap();
        let mut found: Vec<_> = (ledger.accounts.iter())
            .map(|a| {
                (a.account_id.as_deref().unwrap(), a.beginning, a.rows.iter().map(|r| r.amount).sum::<i64>())
            })
            .collect();
        found.sort_unstable();
        assert_eq!(found, [("4", 0, -840), ("5", 0, -200)]);
        let mut entities: Vec<_> =
            ledger.accounts.iter().flat_map(|a| &a.rows).map(LedgerRow::entity).collect();
        entities.sort_unstable();
        assert_eq!(entities, ["CreditMemo", "JournalEntry", "Purchase"]);
    }

    #[test]
    fn rows_that_were_left_out_show_in_a_total() {
        let code = |ledger: &Value| GeneralLedger::read(ledger).map_or_else(|error| error.code(), |_| "read");
        for (place, row, expected) in [
            ("/Rows/Row/0/Rows/Row", 0, "read"),
            ("/Rows/Row/0/Rows/Row", 1, "report-does-not-add-up"),
            ("/Rows/Row/0/Rows/Row", 2, "report-does-not-add-up"),
            ("/Rows/Row/0/Rows/Row/1/Rows/Row", 0, "report-does-not-add-up"),
        ] {
            let mut cut = modern();
            cut.pointer_mut(place).unwrap().as_array_mut().unwrap().remove(row);
            assert_eq!(code(&cut), expected, "{place} {row}");
        }
        let mut without = modern();
        without.pointer_mut("/Rows/Row/0").unwrap().as_object_mut().unwrap().remove("Summary");
        assert_eq!(code(&without), "report-does-not-add-up", "a section that was cut before its total");
        let mut empty = modern();
        *empty.pointer_mut("/Rows/Row/0/Rows").unwrap() = json!({});
        let error = GeneralLedger::read(&empty).unwrap_err();
        let said = "GeneralLedger does not add up: rows of Parent come to 0.00, its own total says -10.40; ask again, or for less";
        assert_eq!(error.to_string(), said);
    }

    #[test]
    fn another_report_and_an_empty_body_are_no_ledger() {
        let mut other = report();
        other["Header"]["ReportName"] = json!("TransactionList");
        assert_eq!(GeneralLedger::read(&other).unwrap_err().code(), "other-report");
        for field in ["ReportName", "StartPeriod", "EndPeriod", "ReportBasis"] {
            let mut header = report();
            header["Header"].as_object_mut().unwrap().remove(field);
            let said = format!("GeneralLedger has no Header.{field}");
            assert_eq!(GeneralLedger::read(&header).unwrap_err().to_string(), said);
        }
        let mut empty = report();
        empty["Rows"] = json!({});
        for body in [empty.clone(), json!({}), json!(null)] {
            assert_eq!(GeneralLedger::read(&body).unwrap_err().code(), "missing-field");
        }
        empty["Header"]["Option"] = json!([{"Name": "NoReportData", "Value": "true"}]);
        let ledger = GeneralLedger::read(&empty).unwrap();
        assert_eq!((ledger.accounts.len(), ledger.cells), (0, 0));
    }
}
